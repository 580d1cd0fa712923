"""Shapes that had to be changed: made valid, with their originals kept and the change measured."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Geod

from layers.crs import working_crs
from layers.schema import STORAGE_CRS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from layers.quality import QualityReport

POLYGON_TYPES = (3, 6)
_COLLECTION = 7
_NOUGHT_SHARE = 0.01
"""Below this share of what a mended outline encloses, the area of the original is nought but for rounding."""
_OTHER_SHARE = 0.5
"""ASSUMPTION: an outline of which half comes or goes by mending is another shape."""
_GEOD = Geod(ellps="GRS80")
_REASONS_ZH = {
    "Self-intersection": "自相交",
    "Ring Self-intersection": "环自相交",
    "Hole lies outside shell": "洞在外环之外",
    "Holes are nested": "洞套着洞",
    "Interior is disconnected": "内部断开",
    "Nested shells": "面套着面",
    "Duplicate Rings": "重复的环",
    "Too few points in geometry component": "点数不足",
}


def no_originals() -> gpd.GeoDataFrame:
    """Return the table of changed shapes without rows.

    Columns: ``record`` (number in the file), ``rule``, ``area_before_m2``, ``area_after_m2`` (GRS 80 ellipsoid; null
    where nothing is enclosed), ``hausdorff_m`` (how far the outline moved at most) and ``geometry``, the shape as the
    file has it, in WGS 84 longitude, latitude, heights included.
    """
    columns = {"record": "int64", "rule": "string", "area_before_m2": "float64", "area_after_m2": "float64"}
    data = {name: pd.Series(dtype=dtype) for name, dtype in (columns | {"hausdorff_m": "float64"}).items()}
    return gpd.GeoDataFrame(data, geometry=[], crs=STORAGE_CRS)


def originals(
    rule: str, records: NDArray[np.int64], before: NDArray[np.object_], after: NDArray[np.object_]
) -> gpd.GeoDataFrame:
    """Return a table of changed shapes as :func:`no_originals` describes it.

    Parameters
    ----------
    rule
        Why they were changed.
    records
        Numbers of their records.
    before, after
        The shapes as written and as accepted, in degrees.
    """
    if not len(records):
        return no_originals()
    data = {
        "record": records,
        "rule": pd.Series([rule] * len(records), dtype="string"),
        "area_before_m2": areas_m2(before),
        "area_after_m2": areas_m2(after),
        "hausdorff_m": _hausdorff_m(before, after),
    }
    return gpd.GeoDataFrame(data, geometry=before, crs=STORAGE_CRS)


def joined(tables: Sequence[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    """Return several tables of changed shapes as one."""
    filled = [table for table in tables if len(table)]
    return pd.concat(filled, ignore_index=True) if filled else no_originals()


def areas_m2(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return areas on the GRS 80 ellipsoid in square metres; NaN where nothing is enclosed."""
    areas = np.full(len(shapes), np.nan)
    for at in np.flatnonzero(np.isin(shapely.get_type_id(shapes), POLYGON_TYPES)):
        areas[at] = abs(_GEOD.geometry_area_perimeter(shapely.orient_polygons(shapes[at]))[0])
    return areas


def _hausdorff_m(before: NDArray[np.object_], after: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return how far the shapes moved at most, in metres: the Hausdorff distance of their outlines."""
    bounds = shapely.total_bounds(np.concatenate([before, after]))
    target = working_crs(bounds)
    metric = [gpd.GeoSeries(shapely.force_2d(shapes), crs=STORAGE_CRS).to_crs(target) for shapes in (before, after)]
    return np.asarray(shapely.hausdorff_distance(*(series.to_numpy() for series in metric)), dtype=np.float64)


def repaired(
    geometry: NDArray[np.object_], records: NDArray[np.int64], report: QualityReport
) -> tuple[NDArray[np.object_], gpd.GeoDataFrame, NDArray[np.bool_]]:
    """Return polygons made valid, the originals of those that were not, and which enclose nothing: they are left out.

    Each change is said and measured.
    """
    is_polygon = np.isin(shapely.get_type_id(geometry), POLYGON_TYPES)
    broken = np.flatnonzero(is_polygon & ~shapely.is_valid(geometry))
    collapsed = np.zeros(len(geometry), dtype=bool)
    if not len(broken):
        return geometry, no_originals(), collapsed
    made = shapely.make_valid(geometry[broken])
    for at in np.flatnonzero(shapely.get_type_id(made) == _COLLECTION):
        made[at] = part_of(made[at], ("polygon",)) or made[at]
    is_whole = np.isin(shapely.get_type_id(made), POLYGON_TYPES) & ~shapely.is_empty(made)
    collapsed[broken[~is_whole]] = True
    report.leave_out_each(
        records[collapsed], "面的各点在一条线上或同一点，没有面积，请改正后重新导入",
        "its corners lie on one line or at one point and enclose nothing: correct it and import again",
        rule="geometry_collapsed",
    )  # fmt: skip
    broken, made = broken[is_whole], made[is_whole]
    kept = originals("geometry_invalid", records[broken], geometry[broken], made)
    for reason, row in zip(shapely.is_valid_reason(geometry[broken]), kept.itertuples(index=False), strict=True):
        _tell_of_repair(str(reason).split("[")[0], row, report)
    fitted = geometry.copy()
    fitted[broken] = made
    return fitted, kept, collapsed


def _tell_of_repair(why: str, row: Any, report: QualityReport) -> None:
    """Say what was wrong with a polygon and how much it changed; where that is half of it, somebody must look at it.

    Where lines cross, parts that run the other way round count against the rest: a bow-tie has an area of nought,
    and a change in per cent of that says nothing.
    """
    before, after = row.area_before_m2, row.area_after_m2
    if before < _NOUGHT_SHARE * after:
        zh, en = (
            f"修复后面积 {after:.1f} 平方米（原图自相交，面积无从计算）",
            f"its area is {after:.1f} m2 (the original, whose lines cross, has none to tell)",
        )
    else:
        share = f" ({100 * (after - before) / before:+.1f} %)"
        zh, en = f"面积 {before:.1f} 变为 {after:.1f} 平方米{share}", f"area {before:.1f} became {after:.1f} m2{share}"
    is_other = abs(after - before) >= _OTHER_SHARE * max(after, before)
    report.note(
        "geometry_invalid",
        f"图形无效（{_REASONS_ZH.get(why, why)}），已修复，原图另存；{zh}，边线最多移动 {row.hausdorff_m:.1f} 米"
        + ("；已不是原来的形状，多半是顶点次序错了，请核对" if is_other else ""),
        f"invalid ({why}), repaired; {en}, its outline moved by {row.hausdorff_m:.1f} m at most; the original is kept"
        + ("; this is another shape: most likely its corners are in the wrong order, check it" if is_other else ""),
        record=int(row.record), field="geometry", action="warning" if is_other else "changed",
    )  # fmt: skip


def part_of(collection: shapely.Geometry, allowed: Sequence[str]) -> shapely.Geometry | None:
    """Return the polygons of a collection, else its lines, else its points, of those allowed; ``None`` for none."""
    flat = np.array([collection], dtype=object)
    while (shapely.get_type_id(flat) == _COLLECTION).any():
        flat = shapely.get_parts(flat)
    flat = shapely.get_parts(flat)
    for name, type_ids, gathered in (
        ("polygon", (3,), shapely.multipolygons),
        ("line", (1, 2), shapely.multilinestrings),
        ("point", (0,), shapely.multipoints),
    ):
        chosen = flat[np.isin(shapely.get_type_id(flat), type_ids)]
        if name in allowed and len(chosen):
            return chosen[0] if len(chosen) == 1 else gathered(chosen)
    return None
