"""Places outside the district, and outside the sub-district that their record names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.trusted import AREA_KINDS, Standing, Trusted

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.check._subject import Subject

OUTSIDE_M = 50.0
"""ASSUMPTION: boundaries in circulation are generalised, so what lies this near may well be inside."""
_GOVERNED = ("district", "subdistrict")


def check_within(subject: Subject) -> None:
    """Warn of places outside the district (else outside all sub-districts), and outside their own sub-district."""
    areas = subject.trusted.areas
    is_governed = subject.kind.name in AREA_KINDS[:3] or subject.kind.role == "context"
    there = np.flatnonzero(~shapely.is_missing(subject.geometry))
    if is_governed or areas.empty or not len(there):
        return
    whole = next((areas[areas["kind"] == name] for name in _GOVERNED if (areas["kind"] == name).any()), None)
    if whole is None:
        return
    is_confirmed = not Trusted(areas=whole).holds(Standing.DECLARED)
    words = _DISTRICT if is_confirmed else _UNCONFIRMED
    far = _outside(subject, there, shapely.union_all(whole.geometry.to_numpy()), "outside", words)
    inside = np.setdiff1d(there, far, assume_unique=True)
    _check_own(subject, inside, areas[(areas["kind"] == "subdistrict") & areas["subdistrict_code"].notna()])


_DISTRICT = ("在本区边界以外约 {}，请核对坐标", "lies about {} outside the district: check its coordinates")
_UNCONFIRMED = (
    f"{_DISTRICT[0]}；本区边界的坐标系只有文件声明、未经确认，也可能是边界偏了",
    f"{_DISTRICT[1]}; the datum of the district itself is declared and not confirmed, so it may be that which is off",
)
_OWN = (
    "在所填镇街“{name}”以外约 {{}}，请核对坐标或镇街代码",
    "lies about {{}} outside {name!r}, the sub-district that it names: check coordinates or code",
)


def _check_own(subject: Subject, rows: NDArray[np.int64], subdistricts: gpd.GeoDataFrame) -> None:
    """Warn of places outside the sub-district whose code their record carries."""
    if not subject.has("subdistrict_code") or subdistricts.empty:
        return
    codes = subject.frame["subdistrict_code"].iloc[rows].fillna("").to_numpy(dtype=object)
    for area in subdistricts.itertuples(index=False):
        words = tuple(text.format(name=str(area.name)) for text in _OWN)
        _outside(subject, rows[codes == area.subdistrict_code], area.geometry, "outside_subdistrict", words)


def _outside(
    subject: Subject,
    rows: NDArray[np.int64],
    area: shapely.Geometry,
    rule: str,
    words: tuple[str, ...],
) -> NDArray[np.int64]:
    """Say which of the records at ``rows`` lie wholly outside an area, each with its distance; return them."""
    shapes = subject.geometry[rows]
    shapely.prepare(area)
    if (shapely.get_type_id(shapes) == 0).all():
        is_out = ~shapely.intersects_xy(area, shapely.get_x(shapes), shapely.get_y(shapes))
    else:
        is_out = ~shapely.intersects(area, shapes)
    out: NDArray[np.int64] = rows[is_out]
    if not len(out):
        return out
    outline = subject.metric(np.array([area], dtype=object))[0]
    shapely.prepare(outline)
    distance_m = shapely.distance(outline, subject.metric(subject.geometry[out]))
    out, distance_m = out[distance_m > OUTSIDE_M], distance_m[distance_m > OUTSIDE_M]
    rounded = _two_digits(distance_m)
    for distance in np.unique(rounded):
        shown_zh, shown_en = (f"{distance:.0f} 米", f"{distance:.0f} m") if distance < 1000 else _kilometres(distance)
        subject.warn(
            rule, words[0].format(shown_zh), words[1].format(shown_en), out[rounded == distance], field="geometry"
        )
    return out


def _two_digits(distance_m: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return distances to two digits, so that a million of them make some hundred sentences."""
    size = 10 ** (np.floor(np.log10(distance_m)) - 1)
    return np.asarray(np.round(distance_m / size) * size)


def _kilometres(distance_m: float) -> tuple[str, str]:
    return f"{distance_m / 1000:.4g} 公里", f"{distance_m / 1000:.4g} km"
