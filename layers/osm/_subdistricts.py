"""Sub-districts of an extract: the deepest administrative areas that hold nearly everything, else a stated grid."""

from __future__ import annotations

import string
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod

from layers import schema
from layers.osm import _reasons as why
from layers.osm._admin import Areas, areas_of_level
from layers.osm._values import count, name_of
from layers.quality import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from layers.osm._found import Boundary
    from layers.osm._shapes import Bounds
    from layers.quality import QualityReport

COVERED_SHARE = 0.9
"""ASSUMPTION: areas that hold this share of the buildings and places of an extract are its sub-districts; the rest lies
over a border or on the water."""
GRID_CELL_M = 800.0
"""ASSUMPTION: side of a cell of the grid that stands in for sub-districts, about a ten-minute walk across."""


def subdistricts(
    boundaries: Sequence[Boundary],
    ways: Mapping[int, list[bytes]],
    places: npt.NDArray[Any],
    extent: Bounds,
    report: QualityReport,
) -> gpd.GeoDataFrame:
    """Return the ``subdistrict`` layer.

    Parameters
    ----------
    boundaries, ways
        Administrative relations, and WKB lines of their member ways.
    places
        One point for each building and place of the extract.
    extent
        West, south, east, north in degrees.
    report
        Takes the relations read, why the others were left out, and which way was taken.
    """
    report.read = len(boundaries)
    for level in _levels(boundaries):
        of_level = [item for item in boundaries if item.tags.get("admin_level") == str(level)]
        areas = areas_of_level(of_level, ways, extent)
        share = _share_inside(list(areas.shapes.values()), places)
        if len(areas.shapes) > 1 and share >= COVERED_SHARE:
            frame = _from_areas(of_level, areas)
            _tell_areas(boundaries, areas, level, share, report)
            return frame
    frame = _grid(extent, places)
    _tell_grid(boundaries, len(frame), report)
    return frame


def _levels(boundaries: Sequence[Boundary]) -> list[int]:
    texts = {item.tags.get("admin_level", "") for item in boundaries}
    return sorted((int(text) for text in texts if text.isdecimal()), reverse=True)


def _share_inside(areas: list[shapely.Geometry], places: npt.NDArray[Any]) -> float:
    if not areas or not len(places):
        return 0.0
    hits = shapely.STRtree(areas).query(places, predicate="intersects")[0]
    return len(np.unique(hits)) / len(places)


def _from_areas(boundaries: Sequence[Boundary], areas: Areas) -> gpd.GeoDataFrame:
    rows = [item for item in boundaries if item.relation_id in areas.shapes]
    columns = pd.DataFrame(
        {
            "name": [name_of(item.tags) for item in rows],
            "subdistrict_code": [f"osm-{item.relation_id}" for item in rows],
            "population": [count(item.tags.get("population")) for item in rows],
            "source_id": [f"relation/{item.relation_id}" for item in rows],
            "position": ["approximate" if item.relation_id in areas.closed else "exact" for item in rows],
            "remark": [f"admin_level={item.tags['admin_level']}" for item in rows],
        }
    )
    shapes = gpd.GeoSeries([areas.shapes[item.relation_id] for item in rows], crs=schema.STORAGE_CRS)
    return schema.conform(gpd.GeoDataFrame(columns, geometry=shapes), schema.kind("subdistrict"))


def _grid(extent: Bounds, places: npt.NDArray[Any]) -> gpd.GeoDataFrame:
    """Return equal cells of the extract that hold anything, named A1, A2, … along the rows from the north-west."""
    west, south, east, north = extent
    geod = Geod(ellps="WGS84")
    middle = (south + north) / 2
    width_m, height_m = geod.inv(west, middle, east, middle)[2], geod.inv(west, south, west, north)[2]
    columns, rows = (max(1, round(length_m / GRID_CELL_M)) for length_m in (width_m, height_m))
    x, y = np.linspace(west, east, columns + 1), np.linspace(north, south, rows + 1)
    row, column = (part.ravel() for part in np.mgrid[0:rows, 0:columns])
    cells = shapely.box(x[column], y[row + 1], x[column + 1], y[row])
    used = np.ones(len(cells), dtype=bool)
    if len(places):
        used = np.isin(np.arange(len(cells)), shapely.STRtree(cells).query(places, predicate="intersects")[1])
    names = [f"{_letters(one)}{other + 1}" for one, other in zip(row[used], column[used], strict=True)]
    data = pd.DataFrame(
        {
            "name": [f"Grid {name}" for name in names],
            "subdistrict_code": [f"grid-{name}" for name in names],
            "source_id": [f"grid/{name}" for name in names],
            "position": "approximate",
            "remark": f"网格，不是行政区 / a cell of a grid of about {GRID_CELL_M:g} m, not an administrative area",
        }
    )
    shapes = gpd.GeoSeries(list(cells[used]), crs=schema.STORAGE_CRS)
    return schema.conform(gpd.GeoDataFrame(data, geometry=shapes), schema.kind("subdistrict"))


def _letters(number: int) -> str:
    """Return the letters of a row as spreadsheets count columns: A for 0, Z for 25, AA for 26."""
    letters = ""
    rest = int(number) + 1
    while rest:
        rest, letter = divmod(rest - 1, 26)
        letters = string.ascii_uppercase[letter] + letters
    return letters


def _tell_areas(boundaries: Sequence[Boundary], areas: Areas, level: int, share: float, report: QualityReport) -> None:
    report.kept = len(areas.shapes)
    report.facts["subdistricts"] = Text(
        f"镇街取行政级别 admin_level={level} 的 {len(areas.shapes)} 个区域，含全部建筑与场所的 {share:.1%}",
        f"sub-districts are the {len(areas.shapes)} areas of admin_level={level}; "
        f"they hold {share:.1%} of the buildings and places",
    )
    for number, item in enumerate(boundaries, start=1):
        source_id = f"relation/{item.relation_id}"
        if item.relation_id in areas.shapes:
            gap_m = areas.closed.get(item.relation_id)
            if gap_m is not None:
                zh = f"边界缺 {gap_m:.0f} 米(成员不在文件中)，以直线闭合"
                en = f"{gap_m:.0f} m of its boundary are not in the file; closed by a straight line"
                report.note("boundary_gap", zh, en, record=number, value=source_id, action="warning")
            continue
        reason = why.OTHER_LEVEL
        if item.tags.get("admin_level") == str(level):
            reason = why.UNRESOLVED if item.relation_id in areas.unresolved else why.OUTSIDE
        report.leave_out(number, reason.zh, reason.en, value=source_id)


def _tell_grid(boundaries: Sequence[Boundary], cell_count: int, report: QualityReport) -> None:
    for number, item in enumerate(boundaries, start=1):
        report.leave_out(number, why.NOT_TILING.zh, why.NOT_TILING.en, value=f"relation/{item.relation_id}")
    report.read += cell_count
    report.kept = cell_count
    report.facts["subdistricts"] = Text(
        f"没有一级行政区能盖住提取范围，以约 {GRID_CELL_M:g} 米网格的 {cell_count} 格代替镇街",
        f"no administrative level covers the extract: {cell_count} cells of a grid of about {GRID_CELL_M:g} m "
        "stand in for sub-districts",
    )
