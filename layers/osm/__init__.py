"""OpenStreetMap extracts (``.osm.pbf``) as layers: what a district has before any ledger arrives.

``read_osm`` reads a file in one pass and returns one frame per layer kind with a report in which
``read = kept + merged + left out`` holds for every kind, every object left out or merged with its id and the reason.
Which tags become what stands in :mod:`layers.osm._tags`. Data are © OpenStreetMap contributors under the ODbL; maps and
exports must say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from layers import schema
from layers.errors import ReadError
from layers.osm._communities import communities
from layers.osm._fields import conform_rows
from layers.osm._found import NO_PLACE, UNITS_PER_DEGREE
from layers.osm._merge import merge_twins
from layers.osm._scan import scan
from layers.osm._sea import sea
from layers.osm._shapes import rows_of
from layers.osm._streets import streets
from layers.osm._subdistricts import subdistricts
from layers.quality import ImportReport, Text
from layers.subdistricts import fill_subdistricts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    import geopandas as gpd
    import numpy.typing as npt

    from layers.osm._found import Scan
    from layers.osm._shapes import Bounds

OSM_SOURCE = "OpenStreetMap"
OSM_LICENCE = "ODbL 1.0"
OSM_ATTRIBUTION = "© OpenStreetMap contributors"
_TAGGED = ("parking", "charging", "heritage", "idle_land", "community", "service", "building", "water", "green")
KINDS = ("subdistrict", *_TAGGED, "street")
"""Layer kinds that an extract fills."""
_MARGIN_DEG = 1e-7  # a file of one point still has an extent


@dataclass(frozen=True)
class OsmResult:
    """What an extract gave.

    Parameters
    ----------
    frames
        One frame per kind of :data:`KINDS`, conformed, longitude and latitude, inside ``extent``; perhaps empty.
    report
        Counts, reasons and findings per kind.
    extent
        West, south, east, north in degrees: the box of the file's header, else the bounds of its data.
    """

    frames: dict[str, gpd.GeoDataFrame]
    report: ImportReport
    extent: tuple[float, float, float, float]


def read_osm(path: Path, *, progress: Callable[[str, float], None] | None = None) -> OsmResult:
    """Read an OpenStreetMap extract into layers.

    Parameters
    ----------
    path
        ``.osm.pbf`` (or another format that osmium reads: ``.osm``, ``.osm.bz2``, ``.opl``).
    progress
        Called with the stage and the share done, 0 to 1.

    Returns
    -------
    OsmResult
        ``source`` is ``OpenStreetMap``, ``source_id`` is ``node/1``, ``way/2`` or ``relation/3``, unique in its kind
        (edges of streets ``way/2#0``; derived records ``cluster/…``, ``grid/…``, ``coastline/…``);
        ``subdistrict_code`` is filled by location; ``data_date`` is the day of the header's timestamp, UTC.

    Raises
    ------
    ReadError
        If the file is missing, empty, a folder, damaged, no OpenStreetMap file, or holds nothing of use.
    """
    tell = progress or _say_nothing
    read = scan(path, tell)
    report = ImportReport(path.name)
    extent = _extent(read, path, report)
    frames = _frames(read, extent, report, tell)
    if not any(item.read for item in report.reports):
        raise _nothing_in(path)
    if not any(len(frame) for frame in frames.values()):
        where = ", ".join(f"{degrees:g}" for degrees in extent)
        raise ReadError(
            f"nothing in {path} lies in its own box ({where})",
            f"{path} 的内容都不在它声明的范围（{where}）里",
            hint="make the extract again",
            hint_zh="请重新截取数据",
        )
    tell("sub-districts", 0.92)
    areas = subdistricts(read.boundaries, read.boundary_ways, _places(frames), extent, report["subdistrict"])
    frames = {"subdistrict": areas} | frames
    for kind, frame in frames.items():
        frames[kind] = _finish(fill_subdistricts(frame, areas), read)
        _sign(report, kind, frames[kind])
    report.check_counts()
    tell("done", 1.0)
    return OsmResult(frames, report, extent)


def _say_nothing(_stage: str, _share: float) -> None:
    """Stand in for a progress bar."""


def _frames(
    read: Scan, extent: Bounds, report: ImportReport, tell: Callable[[str, float], None]
) -> dict[str, gpd.GeoDataFrame]:
    frames = {}
    for number, kind in enumerate(_TAGGED):
        tell(kind, 0.6 + 0.2 * number / len(_TAGGED))
        of = schema.kind(kind)
        rows = merge_twins(rows_of(read.found.pop(kind, []), of, extent, report[kind]), kind, report[kind])
        frames[kind] = conform_rows(rows, of, report[kind])
        report[kind].kept = len(rows)
    tell("streets", 0.8)
    frames["street"] = streets(read.streets, read.streets_without_line, extent, report["street"])
    tell("communities", 0.85)
    found = communities(frames["community"], frames["building"], frames["street"], extent, report["community"])
    report["community"].kept = len(found)
    frames["community"] = found
    tell("sea", 0.9)
    surface = sea(read.coastlines, extent, report["water"])
    if len(surface):
        frames["water"] = pd.concat([frames["water"], surface], ignore_index=True)
    return frames


def _nothing_in(path: Path) -> ReadError:
    return ReadError(
        f"{path} holds nothing that a layer is made of",
        f"{path} 里没有图层能用的内容",
        hint="choose an extract of the district",
        hint_zh="请换一份本区的数据",
    )


def _extent(read: Scan, path: Path, report: ImportReport) -> Bounds:
    if read.box is not None:
        zh = "提取范围取文件头的边框；跨边的面和线已裁切，框外的对象未收"
        en = "the extract is the box of the header; what crosses it is clipped, what lies outside is left out"
        report.notes.append(Text(zh, en))
        return read.box
    streets = read.streets
    x, y = np.asarray(streets.x, dtype=np.int64), np.asarray(streets.y, dtype=np.int64)
    on_street = np.column_stack([x, y])[x != NO_PLACE] / UNITS_PER_DEGREE
    shapes = shapely.from_wkb([item.wkb for found in read.found.values() for item in found if item.wkb is not None])
    points = np.vstack([on_street, shapely.get_coordinates(np.asarray(shapes, dtype=object))])
    if not len(points):
        raise _nothing_in(path)
    zh, en = "文件头没有边框，提取范围取数据的外框", "the header has no box: the extract is the bounds of the data"
    report.notes.append(Text(zh, en))
    (west, south), (east, north) = points.min(axis=0).tolist(), points.max(axis=0).tolist()
    return west - _MARGIN_DEG, south - _MARGIN_DEG, east + _MARGIN_DEG, north + _MARGIN_DEG


def _places(frames: dict[str, gpd.GeoDataFrame]) -> npt.NDArray[Any]:
    kinds = ("parking", "charging", "heritage", "idle_land", "service", "building")
    shapes = np.concatenate([frames[kind].geometry.to_numpy() for kind in kinds])
    return np.asarray(shapely.point_on_surface(shapes), dtype=object)


def _finish(frame: gpd.GeoDataFrame, read: Scan) -> gpd.GeoDataFrame:
    result = frame.copy()
    result["source"] = pd.Series(OSM_SOURCE, index=result.index, dtype="string")
    result["is_sample"] = pd.Series(False, index=result.index, dtype="boolean")
    if read.dated is not None:
        day = pd.Timestamp(read.dated.date())
        result["data_date"] = pd.Series(day, index=result.index).astype("datetime64[ms]")
    return result


def _sign(report: ImportReport, kind: str, frame: gpd.GeoDataFrame) -> None:
    report[kind].attribution, report[kind].licence = OSM_ATTRIBUTION, OSM_LICENCE
    outside = int(frame["subdistrict_code"].isna().sum())
    if outside:
        report[kind].note(
            "no_subdistrict",
            f"{outside} 条不在任何镇街内",
            f"{outside} records lie in none of the sub-districts",
            action="warning",
        )
