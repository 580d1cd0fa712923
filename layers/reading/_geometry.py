"""Geometries made fit for a kind: flat, valid, of the right type; whatever is changed is said with its area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.findings import WAITS
from layers.reading._repair import POLYGON_TYPES, joined, no_originals, originals, part_of, repaired
from layers.values._sift import contains

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from layers.quality import QualityReport
    from layers.schema import GeometryType, Kind

_TYPE_IDS: dict[GeometryType, tuple[int, ...]] = {"point": (0, 4), "line": (1, 2, 5), "polygon": POLYGON_TYPES}
_TITLES = {"point": ("点", "a point"), "line": ("线", "a line"), "polygon": ("面", "a polygon")}
_COLLECTION = 7
_MINUTES = r"['＇′’‘分]"
_FOUR_DECIMALS = r"[.．][0-9０-９]{4}"


@dataclass
class Shapes:
    """Geometries, one a record, ``None`` where it has no place, which records must be left out, and what was changed.

    Parameters
    ----------
    originals
        The shapes that were changed, as :func:`layers.reading._repair.no_originals` describes them.
    """

    geometry: NDArray[np.object_]
    rejected: NDArray[np.bool_]
    originals: gpd.GeoDataFrame


def flatten(geometry: NDArray[np.object_], records: NDArray[np.int64], report: QualityReport) -> NDArray[np.object_]:
    """Return geometries without heights, empty ones as ``None``; says which had heights."""
    has_z = shapely.has_z(geometry)
    if has_z.any():
        report.note_each(
            "geometry_3d", "图形带高程，已去掉高程", "its heights are dropped", records[has_z], field="geometry",
            action="changed",
        )  # fmt: skip
        geometry = shapely.force_2d(geometry)
    empty = shapely.is_empty(geometry)
    return _cleared(geometry, empty) if empty.any() else geometry


def drop_unusable(
    geometry: NDArray[np.object_], records: NDArray[np.int64], report: QualityReport
) -> NDArray[np.object_]:
    """Return geometries with those at (0, 0) or with coordinates that are no numbers as ``None``, each one said."""
    bounds = shapely.bounds(geometry)
    there = ~shapely.is_missing(geometry)
    coordinates, owner = shapely.get_coordinates(geometry, return_index=True)
    infinite = np.zeros(len(geometry), dtype=bool)
    infinite[owner[~np.isfinite(coordinates).all(axis=1)]] = True
    zero = there & ~infinite & (np.abs(bounds) < 1e-9).all(axis=1)
    for chosen, rule, zh, en in (
        (infinite, "not_finite", "坐标不是有限的数", "coordinates are not finite numbers"),
        (zero, "zero_coordinates", "坐标为 0,0", "coordinates are 0, 0"),
    ):
        report.note_each(rule, zh + WAITS.zh, en + WAITS.en, records[chosen], field="geometry", action="unlocated")
    lost = infinite | zero
    return _cleared(geometry, lost) if lost.any() else geometry


def _cleared(geometry: NDArray[np.object_], chosen: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Return geometries with the chosen ones as ``None``."""
    cleared = geometry.copy()
    cleared[chosen] = None
    return cleared


def fit(
    geometry: NDArray[np.object_],
    kind: Kind,
    records: NDArray[np.int64],
    report: QualityReport,
    *,
    written: NDArray[np.object_] | None = None,
) -> Shapes:
    """Return geometries of the types that ``kind`` allows, valid; others are left out, each with its reason.

    Parameters
    ----------
    geometry
        WGS 84 longitude, latitude; ``None`` where a record has no place.
    kind
        The kind that they must serve.
    records
        Numbers of the records.
    report
        Where every change is said.
    written
        The same geometries as the file has them, with heights; ``None`` where they have none.
    """
    high = [] if written is None else [_with_heights(geometry, written, records)]
    parts, collections = _parts_of_collections(geometry, kind, records, report)
    fitted, invalid, collapsed = repaired(parts, records, report)
    fitted = _wound(fitted, records, report)
    types = shapely.get_type_id(fitted)
    allowed = np.isin(types, [number for name in kind.geometry for number in _TYPE_IDS[name]])
    rejected = ~allowed & ~collapsed & ~shapely.is_missing(fitted)
    wanted_zh = "或".join(_TITLES[name][0] for name in kind.geometry)
    wanted_en = " or ".join(_TITLES[name][1] for name in kind.geometry)
    for type_id in np.unique(types[rejected]).tolist():
        name = next((name for name, numbers in _TYPE_IDS.items() if type_id in numbers), None)
        zh, en = _TITLES[name] if name else ("其他图形", "another geometry")
        report.leave_out_each(
            records[rejected & (types == type_id)], f"图形是{zh}，应为{wanted_zh}", f"is {en}, should be {wanted_en}",
            rule="geometry_type",
        )  # fmt: skip
    return Shapes(fitted, rejected | collapsed, joined([*high, collections, invalid]))


def _with_heights(
    geometry: NDArray[np.object_], written: NDArray[np.object_], records: NDArray[np.int64]
) -> gpd.GeoDataFrame:
    """Return the originals of geometries that lost heights; heights that are all nought say nothing."""
    high = np.flatnonzero(shapely.has_z(written) & ~shapely.is_missing(geometry))
    if not len(high):
        return no_originals()
    heights, owner = shapely.get_coordinates(written[high], include_z=True, return_index=True)
    said = np.unique(owner[np.nan_to_num(heights[:, 2]) != 0.0])
    chosen = high[said]
    raised = shapely.force_3d(geometry[chosen])
    flat = shapely.get_coordinates(geometry[chosen])
    levels = heights[np.isin(owner, said), 2]
    raised = shapely.set_coordinates(raised, np.column_stack([flat, levels]))
    return originals("geometry_3d", records[chosen], raised, geometry[chosen])


def _parts_of_collections(
    geometry: NDArray[np.object_], kind: Kind, records: NDArray[np.int64], report: QualityReport
) -> tuple[NDArray[np.object_], gpd.GeoDataFrame]:
    """Return collections as the part that the kind wants (polygons first), and their originals; said for each."""
    mixed = np.flatnonzero(shapely.get_type_id(geometry) == _COLLECTION)
    if not len(mixed):
        return geometry, no_originals()
    parts = np.array([part_of(shape, kind.geometry) for shape in geometry[mixed]], dtype=object)
    taken = mixed[~shapely.is_missing(parts)]
    report.note_each(
        "geometry_collection",
        "混合图形，只取其中的面（或线、点），原图另存",
        "a collection; only its polygons (or lines, points) are kept, the original beside",
        records[taken], field="geometry", action="changed",
    )  # fmt: skip
    fitted = geometry.copy()
    fitted[taken] = parts[~shapely.is_missing(parts)]
    return fitted, originals("geometry_collection", records[taken], geometry[taken], fitted[taken])


def _wound(geometry: NDArray[np.object_], records: NDArray[np.int64], report: QualityReport) -> NDArray[np.object_]:
    """Return polygons with their outer rings counter-clockwise (RFC 7946); no point of them moves.

    Formats differ in what they want, so a direction alone is no fault; a hole that runs like its shell is, in all.
    """
    polygons = np.flatnonzero(np.isin(shapely.get_type_id(geometry), POLYGON_TYPES))
    if not len(polygons):
        return geometry
    report.note_each(
        "winding", "洞与外环同向，已调整方向，形状不变",
        "a hole ran in the direction of its shell; turned round, the shape is the same",
        records[polygons[_holes_like_shells(geometry[polygons])]], field="geometry", action="changed",
    )  # fmt: skip
    wound = geometry.copy()
    wound[polygons] = shapely.orient_polygons(geometry[polygons])
    return wound


def _holes_like_shells(polygons: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return the positions of the polygons that have a hole which runs in the direction of its shell."""
    parts, owner = shapely.get_parts(polygons, return_index=True)
    holed = np.flatnonzero(shapely.get_num_interior_rings(parts) > 0)
    if not len(holed):
        return holed
    rings, ring_owner = shapely.get_rings(parts[holed], return_index=True)
    is_ccw = shapely.is_ccw(rings)
    is_shell = np.append(True, np.diff(ring_owner) != 0)
    shell = is_ccw[is_shell][ring_owner]
    return np.unique(owner[holed[ring_owner[~is_shell & (is_ccw == shell)]]])


def warn_of_coarse(
    x: NDArray[np.float64], y: NDArray[np.float64], written: pd.Series | None, report: QualityReport
) -> None:
    """Say if most degrees have three decimals or fewer: they place a record to within some hundred metres only.

    ``written`` are the coordinates as the file has them, ``None`` where it has no text: 113.2700 has four decimals,
    which its number does not show, and 113°16′18″ has none and is exact to some 30 m: minutes are not judged.
    """
    there = np.isfinite(x) & np.isfinite(y)
    if written is None:
        coarse = (np.abs(x - np.round(x, 3)) < 1e-9) & (np.abs(y - np.round(y, 3)) < 1e-9)
    else:
        texts = written.astype("string").fillna("")
        coarse = ~(contains(texts, _MINUTES) | contains(texts, _FOUR_DECIMALS))
    count = int((there & coarse).sum())
    if count >= 2 and count > 0.5 * int(there.sum()):
        report.note(
            "coarse_degrees",
            f"{count} 条经纬度不超过三位小数，位置只到百米左右",
            f"{count} records have degrees of three decimals or fewer, true to some hundred metres only",
            field="geometry",
            action="warning",
        )
