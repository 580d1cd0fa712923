"""Areas and marks that may be laid over the base map: sub-districts, heritage zones, need, exclusions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.schema import kind
from maps import _folium_text as words
from maps import opening
from maps._folium_context import METRES_PER_DEGREE, Backdrop, as_geojson, geographic, rounded
from maps.palette import OUTSIDE_STYLE, gap_colour

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    import geopandas as gpd

AREA_TOLERANCE_M = 2.0
SHAPES_PER_OVERLAY = 1_500
LABELLED_AREAS = 60
"""With more sub-districts than this their names would cover the map."""
OUTSIDE = ("不在任何镇街范围内", "Outside every sub-district")
VEIL_DEG = 2.0
"""How far the veil over the outside reaches beyond the sub-districts: further than the widest zoom shows of a city."""
SEAM_M = 5.0
"""Neighbouring sub-districts drawn from two sources stand this far apart without leaving a strip between them."""


@dataclass(frozen=True)
class Overlay:
    """A layer that a reader can switch on and off.

    Parameters
    ----------
    key
        Name of the layer kind.
    titles
        Chinese and English.
    features
        GeoJSON features; property ``look`` holds Leaflet's path options.
    fields
        Properties that the tooltip shows, with their titles; empty for a layer that does not answer the mouse.
    labels
        GeoJSON points with a property ``text``.
    is_shown
        Whether it is on when the page opens.
    note
        What was left out, in both languages.
    """

    key: str
    titles: tuple[str, str]
    features: list[dict[str, Any]]
    fields: Mapping[str, str] = field(default_factory=dict)
    labels: list[dict[str, Any]] = field(default_factory=list)
    is_shown: bool = False
    note: Mapping[str, str] | None = None


def subdistrict_names(frame: gpd.GeoDataFrame | None) -> Mapping[str, str]:
    """Return the name of each sub-district by its code."""
    if frame is None:
        return {}
    named = frame[frame["subdistrict_code"].notna() & frame["name"].notna()]
    return dict(zip(named["subdistrict_code"].astype(str), named["name"].astype(str), strict=True))


def overlays(layers: Mapping[str, gpd.GeoDataFrame], results: Mapping[str, gpd.GeoDataFrame]) -> list[Overlay]:
    """Return the overlays for which there is anything to draw, lowest first."""
    makers = (
        ("need", results.get("need"), _need),
        ("heritage_zone", layers.get("heritage_zone"), _zones),
        ("subdistrict", layers.get("subdistrict"), _subdistricts),
        ("exclusion", results.get("exclusion"), _exclusions),
    )
    return [made for name, frame, make in makers if frame is not None and (made := _made(name, frame, make)).features]


def _made(name: str, frame: gpd.GeoDataFrame, make: Callable[[gpd.GeoDataFrame], Overlay]) -> Overlay:
    placed = geographic(frame[frame.geometry.notna() & ~frame.geometry.is_empty])
    made = make(placed.head(SHAPES_PER_OVERLAY))
    if len(placed) <= SHAPES_PER_OVERLAY:
        return made
    note = cut_note((kind(name).zh, kind(name).en), len(placed))
    return Overlay(name, made.titles, made.features, made.fields, made.labels, made.is_shown, note)


def cut_note(titles: tuple[str, str], count: int) -> dict[str, str]:
    """Return that only the first of ``count`` are drawn, in both languages."""
    zh, en = titles
    return {
        "zh": f"{zh}:{count:,} 个中绘出 {SHAPES_PER_OVERLAY:,} 个",
        "en": f"{en}: {SHAPES_PER_OVERLAY:,} of {count:,} are drawn",
    }


def _need(frame: gpd.GeoDataFrame) -> Overlay:
    """Return communities by the stalls they lack at night; those whose gap is not known stay white."""
    rows = frame.drop(columns=frame.geometry.name).to_dict("records")
    said = [
        {
            "heading": words.text(row["name"]),
            "gap": _with_band(row, "night_gap_stalls"),
            "chargers": _with_band(row, "charger_gap_piles"),
            "services": words.number(row["services_missing_count"]),
            "look": {"color": "#6d6480", "weight": 0.8, "fillColor": _gap_fill(row), "fillOpacity": 0.75},
        }
        for row in rows
    ]
    fields = {
        "heading": "",
        "gap": words.both("夜间停车缺口", "Night gap, stalls"),
        "chargers": words.both("充电桩缺口", "Charger gap, piles"),
        "services": words.both("缺失服务数", "Services missing"),
    }
    return Overlay("need", ("小区夜间停车缺口", "Night parking gap"), list(_features(frame, said)), fields)


def _gap_fill(row: Mapping[Any, Any]) -> str:
    gap = row["night_gap_stalls"]
    return "#ffffff" if words.is_null(gap) else gap_colour(float(gap))


def _with_band(row: Mapping[Any, Any], name: str) -> str:
    spread = words.band(words.number(row.get(f"{name}_low")), words.number(row.get(f"{name}_high")))
    return f"{words.number(row[name])} {spread}".strip()


def _zones(frame: gpd.GeoDataFrame) -> Overlay:
    look = {"color": "#a3542f", "weight": 1.2, "dashArray": "5 4", "fillColor": "#d89a78", "fillOpacity": 0.12}
    said = [
        {
            "heading": words.text(row["name"]),
            "zone": words.coded("heritage_zone", "zone_type", row["zone_type"]),
            "look": look,
        }
        for row in frame.drop(columns=frame.geometry.name).to_dict("records")
    ]
    titles = kind("heritage_zone")
    fields = {"heading": "", "zone": words.both("区划类型", "Type of zone")}
    return Overlay("heritage_zone", (titles.zh, titles.en), list(_features(frame, said)), fields)


def _subdistricts(frame: gpd.GeoDataFrame) -> Overlay:
    look = {"color": "#8d8470", "weight": 1.3, "dashArray": "7 4 2 4", "fill": False}
    features = [_outside(frame), *_features(frame, [{"look": look}] * len(frame))]
    points = rounded(shapely.point_on_surface(frame.geometry.to_numpy()))
    labels = [
        {"type": "Feature", "id": str(place), "properties": {"text": words.esc(name)}, "geometry": as_geojson(point)}
        for place, (name, point) in enumerate(zip(frame["name"], points, strict=True))
        if not words.is_null(name) and len(frame) <= LABELLED_AREAS
    ]
    titles = kind("subdistrict")
    return Overlay("subdistrict", (titles.zh, titles.en), features, labels=labels, is_shown=True)


def _outside(frame: gpd.GeoDataFrame) -> dict[str, Any]:
    """Return what lies in none of the sub-districts: what is analysed there belongs to nobody's list."""
    seam = SEAM_M / METRES_PER_DEGREE
    areas = frame.geometry.to_numpy()
    held = shapely.union_all(shapely.buffer(areas[shapely.get_dimensions(areas) == 2], seam))
    around = shapely.box(*shapely.bounds(shapely.buffer(held, VEIL_DEG)))
    rest = shapely.difference(around, shapely.buffer(held, -seam))
    slim = rounded(shapely.simplify(np.array([rest], dtype=object), AREA_TOLERANCE_M / METRES_PER_DEGREE))
    return {
        "type": "Feature",
        "id": "outside",
        "properties": {"look": dict(OUTSIDE_STYLE)},
        "geometry": as_geojson(slim[0]),
    }


def _exclusions(frame: gpd.GeoDataFrame) -> Overlay:
    """Return what may not be, and why."""
    look = {"color": "#6b6b6b", "weight": 1, "fillColor": "#b9b5ad", "fillOpacity": 0.9, "dashArray": "2 2"}
    said = [
        {
            "heading": words.text(row["name"]),
            "action": words.coded("exclusion", "action", row["action"]),
            "reason": words.told(row, "reason"),
            "basis": words.text(row["source"]),
            "look": look,
        }
        for row in frame.drop(columns=frame.geometry.name).to_dict("records")
    ]
    titles = kind("exclusion")
    fields = {
        "heading": "",
        "action": words.both("活化动作", "Action"),
        "reason": words.both("理由", "Reason"),
        "basis": words.both("依据", "Document"),
    }
    return Overlay("exclusion", (titles.zh, titles.en), list(_features(frame, said)), fields)


def _features(frame: gpd.GeoDataFrame, said: Sequence[Mapping[str, Any]]) -> Iterator[dict[str, Any]]:
    shapes = rounded(shapely.simplify(frame.geometry.to_numpy(), AREA_TOLERANCE_M / METRES_PER_DEGREE))
    for place, (shape, properties) in enumerate(zip(shapes, said, strict=True)):
        yield {"type": "Feature", "id": str(place), "properties": dict(properties), "geometry": as_geojson(shape)}


def first_view(opportunities: gpd.GeoDataFrame, subdistricts: gpd.GeoDataFrame | None) -> opening.Bounds | None:
    """Return the box that the map shows first, in degrees: see :func:`maps.opening.first_view`."""
    ranked = geographic(opportunities[opportunities["rank"].notna()])
    held = geographic(subdistricts).geometry.to_numpy() if subdistricts is not None else np.empty(0, dtype=object)
    return opening.first_view(ranked.geometry.to_numpy(), held)


def bounds(layers: Sequence[Backdrop]) -> tuple[float, float, float, float] | None:
    """Return west, south, east, north of the base map, or ``None``."""
    shapes = [shapely.geometry.shape(item["geometry"]) for layer in layers for item in layer.features]
    if not shapes:
        return None
    west, south, east, north = shapely.total_bounds(np.array(shapes, dtype=object))
    return float(west), float(south), float(east), float(north)
