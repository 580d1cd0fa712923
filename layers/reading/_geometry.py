"""Geometries made fit for a kind: flat, valid, of the right type; whatever is changed is said with its area."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import Geod

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.quality import QualityReport
    from layers.schema import GeometryType, Kind

_GEOD = Geod(ellps="GRS80")
_TYPE_IDS: dict[GeometryType, tuple[int, ...]] = {"point": (0, 4), "line": (1, 2, 5), "polygon": (3, 6)}
_TITLES = {"point": ("点", "a point"), "line": ("线", "a line"), "polygon": ("面", "a polygon")}
_COLLECTION = 7


@dataclass
class Shapes:
    """Geometries, one a record, ``None`` where it has no place, and which records must be left out."""

    geometry: NDArray[np.object_]
    rejected: NDArray[np.bool_]


def flatten(geometry: NDArray[np.object_], report: QualityReport) -> NDArray[np.object_]:
    """Return geometries without heights, empty ones as ``None``; says how many had heights."""
    has_z = shapely.has_z(geometry)
    if has_z.any():
        count = int(has_z.sum())
        report.note(
            "geometry_3d", f"{count} 个图形带高程，已去掉高程", f"{count} geometries had heights; they are dropped"
        )
    flat = shapely.force_2d(geometry)
    return _cleared(flat, shapely.is_empty(flat))


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
        (infinite, "not_finite", "坐标不是有限的数，待落图", "coordinates are not finite numbers; not placed"),
        (zero, "zero_coordinates", "坐标为 0,0，待落图", "coordinates are 0, 0; not placed"),
    ):
        for at in np.flatnonzero(chosen):
            report.note(rule, zh, en, record=int(records[at]), field="geometry", action="unlocated")
    return _cleared(geometry, infinite | zero)


def _cleared(geometry: NDArray[np.object_], chosen: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Return geometries with the chosen ones as ``None``."""
    cleared = geometry.copy()
    cleared[chosen] = None
    return cleared


def fit(geometry: NDArray[np.object_], kind: Kind, records: NDArray[np.int64], report: QualityReport) -> Shapes:
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
    """
    fitted = _parts_of_collections(geometry, kind, records, report)
    fitted = _repaired(fitted, records, report)
    types = shapely.get_type_id(fitted)
    allowed = np.isin(types, [number for name in kind.geometry for number in _TYPE_IDS[name]])
    rejected = ~allowed & ~shapely.is_missing(fitted)
    wanted_zh = "或".join(_TITLES[name][0] for name in kind.geometry)
    wanted_en = " or ".join(_TITLES[name][1] for name in kind.geometry)
    for at in np.flatnonzero(rejected):
        name = next((name for name, numbers in _TYPE_IDS.items() if types[at] in numbers), None)
        zh, en = _TITLES[name] if name else ("其他图形", "another geometry")
        report.leave_out(
            int(records[at]), f"图形是{zh}，应为{wanted_zh}", f"is {en}, should be {wanted_en}", rule="geometry_type"
        )
    return Shapes(fitted, rejected)


def _parts_of_collections(
    geometry: NDArray[np.object_], kind: Kind, records: NDArray[np.int64], report: QualityReport
) -> NDArray[np.object_]:
    """Return collections as the part that the kind wants (polygons first), said for each."""
    fitted = geometry.copy()
    for at in np.flatnonzero(shapely.get_type_id(geometry) == _COLLECTION):
        part = _part(geometry[at], kind.geometry)
        if part is not None:
            fitted[at] = part
            report.note(
                "geometry_collection",
                "混合图形，只取其中的面（或线、点）",
                "a collection; only its polygons (or lines, points) are kept",
                record=int(records[at]), field="geometry", action="changed",
            )  # fmt: skip
    return fitted


def _part(collection: shapely.Geometry, allowed: tuple[GeometryType, ...]) -> shapely.Geometry | None:
    flat = np.array([collection], dtype=object)
    while (shapely.get_type_id(flat) == _COLLECTION).any():
        flat = shapely.get_parts(flat)
    flat = shapely.get_parts(flat)
    for name in ("polygon", "line", "point"):
        chosen = flat[np.isin(shapely.get_type_id(flat), _TYPE_IDS[name])]
        if name in allowed and len(chosen):
            if len(chosen) == 1:
                return chosen[0]
            return {"polygon": shapely.multipolygons, "line": shapely.multilinestrings, "point": shapely.multipoints}[
                name
            ](chosen)
    return None


def _repaired(geometry: NDArray[np.object_], records: NDArray[np.int64], report: QualityReport) -> NDArray[np.object_]:
    """Return polygons made valid, with the area before and after in square metres on the ellipsoid."""
    is_polygon = np.isin(shapely.get_type_id(geometry), _TYPE_IDS["polygon"])
    broken = np.flatnonzero(is_polygon & ~shapely.is_valid(geometry))
    if not len(broken):
        return geometry
    fitted = geometry.copy()
    reasons = shapely.is_valid_reason(geometry[broken])
    made = shapely.make_valid(geometry[broken])
    for at, reason, shape in zip(broken, reasons, made, strict=True):
        part = _part(shape, ("polygon",)) if shapely.get_type_id(shape) == _COLLECTION else shape
        fitted[at] = shape if part is None else part
        before, after = _area_m2(geometry[at]), _area_m2(fitted[at])
        why = str(reason).split("[")[0]
        report.note(
            "geometry_invalid",
            f"图形无效（{why}），已修复；面积 {before:.1f} 变为 {after:.1f} 平方米",
            f"invalid ({why}), repaired; area {before:.1f} became {after:.1f} m2",
            record=int(records[at]), field="geometry", action="changed",
        )  # fmt: skip
    return fitted


def _area_m2(geometry: shapely.Geometry) -> float:
    return abs(float(_GEOD.geometry_area_perimeter(shapely.orient_polygons(geometry))[0]))


def warn_of_outliers(geometry: NDArray[np.object_], records: NDArray[np.int64], report: QualityReport) -> None:
    """Say which records lie far from all the others: more than 2 degrees and ten times the usual distance away."""
    bounds = shapely.bounds(geometry)
    x, y = (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2
    there = np.isfinite(x)
    if there.sum() < 5:
        return
    distance = np.hypot(x - np.median(x[there]), y - np.median(y[there]))
    limit = max(2.0, 10 * float(np.median(distance[there])))
    for at in np.flatnonzero(there & (distance > limit)):
        report.note(
            "far_away",
            f"离其他记录很远（{x[at]:.4f}, {y[at]:.4f}），请核对",
            f"lies far from the others ({x[at]:.4f}, {y[at]:.4f}); please check",
            record=int(records[at]), field="geometry", action="warning",
        )  # fmt: skip


def warn_of_coarse(x: NDArray[np.float64], y: NDArray[np.float64], report: QualityReport) -> None:
    """Say if most degrees have three decimals or fewer: they place a record to within some hundred metres only."""
    there = np.isfinite(x) & np.isfinite(y)
    coarse = there & (np.abs(x - np.round(x, 3)) < 1e-9) & (np.abs(y - np.round(y, 3)) < 1e-9)
    count = int(coarse.sum())
    if count >= 2 and count > 0.5 * int(there.sum()):
        report.note(
            "coarse_degrees",
            f"{count} 条经纬度不超过三位小数，位置只到百米左右",
            f"{count} records have degrees of three decimals or fewer, true to some hundred metres only",
            field="geometry",
            action="warning",
        )
