"""Places far from all others of their file: a digit that slipped, told from a second cluster and from a wide file.

Records that lie within some kilometres of each other hang together; what hangs together with few others is a stray. A
stray that stands alone tens of kilometres off is a slip and waits for its place; one that is nearer, or that has
neighbours of its own (an exclave, a second town), is only pointed out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components
from scipy.spatial import KDTree

from layers.datums._ground import Ground
from layers.findings import WAITS_TO_BE_MENDED

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.quality import QualityReport

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]

FEWEST = 5
"""Fewer places have no usual distance."""
LINKED_M = 10_000.0
"""ASSUMPTION: built-up parts of one district lie nearer to each other; farther, a record is worth a look."""
LINKED_SPACINGS = 3.0
"""ASSUMPTION: the same for a wide file, in the usual distance of a place to the next one."""
ASIDE_M = 30_000.0
"""ASSUMPTION: a district of a city is some tens of kilometres across; a slip of a tenth of a degree is 10 km, of a
whole one 100 km."""
CERTAIN_M = 200_000.0
"""No district has a part so far off, even if several records lie there."""
ONE_PLACE_M = 500.0
"""ASSUMPTION: records this near stand at one place, whose coordinates were copied with their slip."""
FEW, FEW_SHARE, MOST_SHARE = 3, 0.05, 0.2
"""ASSUMPTION: coordinates that are typed wrong are the exception in a ledger: three, or 5 % of a long one, that hang
together; and no more than a fifth of a file in all, or it covers several areas."""
_CELLS_A_LINK = 4
_SPACING_CELL_M = 1_000.0
_GOVERNED = ("district", "subdistrict")


class Strays(NamedTuple):
    """Positions of records worth a look, their distance to the nearest of the others, and which of them are a slip."""

    rows: Ints
    gap_m: Floats
    is_slip: Bools


_NO_STRAYS = Strays(np.empty(0, dtype=np.int64), np.empty(0), np.empty(0, dtype=bool))


def find_strays(geometry: NDArray[np.object_], areas: gpd.GeoDataFrame | None = None) -> Strays:
    """Return the records that lie far from all the others.

    Parameters
    ----------
    geometry
        WGS 84 degrees, ``None`` where a record has no place.
    areas
        Accepted areas (:class:`layers.trusted.Trusted`): what lies in a district or sub-district is never a slip, and
        what stands alone far outside all of them always is.
    """
    bounds = shapely.bounds(geometry)
    lon, lat = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    there = np.flatnonzero(np.isfinite(lon))
    if len(there) < FEWEST:
        return _NO_STRAYS
    ground = Ground(float(np.median(lon[there])), float(np.median(lat[there])))
    xy = ground.xy(lon[there], lat[there])
    part = _parts(xy)
    count = np.bincount(part)
    few = (count <= max(FEW, FEW_SHARE * len(xy))) & (np.arange(len(count)) != count.argmax())
    if not few.any():
        return _NO_STRAYS
    strays, rest = np.flatnonzero(few[part]), xy[~few[part]]
    gap_m, _ = KDTree(rest).query(xy[strays])
    spread_m = float(np.percentile(np.hypot(*(rest - np.median(rest, axis=0)).T), 95))
    alone = _stands_alone(xy[strays], part[strays])
    is_far = gap_m > max(ASIDE_M, spread_m)
    is_slip = (alone & is_far) | (gap_m > max(CERTAIN_M, 2 * spread_m))
    outside_m = _outside(xy[strays], ground, areas)
    is_slip = (is_slip & ~(outside_m == 0)) | (alone & (outside_m > ASIDE_M))
    is_slip &= len(strays) <= MOST_SHARE * len(xy)
    told = is_slip | is_far | (alone & (gap_m > max(LINKED_M, spread_m)))
    return Strays(there[strays[told]], gap_m[told], is_slip[told])


def _parts(xy: Floats) -> Ints:
    """Return for each place the number of the part of the file that it hangs together with."""
    centre, _ = _cells(xy, _SPACING_CELL_M)
    if len(centre) < 2:
        return np.zeros(len(xy), dtype=np.int64)
    spacing_m = float(np.median(KDTree(centre).query(centre, k=2)[0][:, 1]))
    link_m = max(LINKED_M, LINKED_SPACINGS * spacing_m)
    centre, cell = _cells(xy, link_m / _CELLS_A_LINK)
    pairs = KDTree(centre).query_pairs(link_m, output_type="ndarray")
    links = coo_matrix((np.ones(len(pairs)), (pairs[:, 0], pairs[:, 1])), shape=(len(centre), len(centre)))
    return np.asarray(connected_components(links, directed=False)[1][cell], dtype=np.int64)


def _cells(xy: Floats, side_m: float) -> tuple[Floats, Ints]:
    """Return the middle of the places of each occupied square, and the square of each place: few even of a million."""
    column, row = np.floor(xy / side_m).astype(np.int64).T
    codes, _ = pd.factorize((row - row.min()) * (np.ptp(column) + 1) + (column - column.min()))
    count = np.bincount(codes)
    return np.column_stack([np.bincount(codes, xy[:, axis]) / count for axis in (0, 1)]), codes


def _stands_alone(xy: Floats, part: Ints) -> Bools:
    """Return which strays have no neighbour of their part but at the same place."""
    spans = pd.DataFrame(xy).groupby(part).transform("max") - pd.DataFrame(xy).groupby(part).transform("min")
    return np.asarray((spans <= ONE_PLACE_M).all(axis=1))


def _outside(xy: Floats, ground: Ground, areas: gpd.GeoDataFrame | None) -> Floats:
    """Return how far outside the accepted districts and sub-districts places lie; NaN where there are none."""
    governed = None if areas is None else areas.geometry[areas["kind"].isin(_GOVERNED)].to_numpy()
    if governed is None or not len(governed):
        return np.full(len(xy), np.nan)
    tree = shapely.STRtree(ground.shapes(governed))
    return np.asarray(tree.query_nearest(shapely.points(xy), return_distance=True, all_matches=False)[1])


def set_far_aside(
    geometry: NDArray[np.object_],
    strays: Strays,
    names: Sequence[str],
    written: Sequence[str],
    records: Ints,
    report: QualityReport,
) -> Ints:
    """Say of each stray how far off it is, replace slips by ``None`` in ``geometry``, and return their positions.

    Parameters
    ----------
    geometry
        WGS 84 degrees; changed in place.
    strays
        What :func:`find_strays` found in it.
    names, written
        What each stray is called and its coordinates as the file has them; both only for the report.
    records, report
        Numbers of all records, and where each stray is said.
    """
    for at, gap_m, is_slip, name, text in zip(*strays, names, written, strict=True):
        name_zh, name_en = (f"“{name}”", f"{name!r} ") if name else ("", "")
        zh, en = f"约 {gap_m / 1000:.0f} 公里", f"about {gap_m / 1000:.0f} km"
        if is_slip:
            said = (
                f"{name_zh}的坐标离其他记录很远（{zh}）{WAITS_TO_BE_MENDED.zh}",
                f"{name_en}lies far from the others ({en}){WAITS_TO_BE_MENDED.en}",
            )
        else:
            said = f"{name_zh}的坐标离其他记录{zh}，请核对", f"{name_en}lies {en} from the others; please check"
        report.note(
            "far_away", *said, record=int(records[at]), field="geometry", value=text,
            action="unlocated" if is_slip else "warning",
        )  # fmt: skip
    slips = strays.rows[strays.is_slip]
    geometry[slips] = None
    return slips
