"""The quiet base map, small enough to send by mail: simplified, and thinned where that is not enough."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from layers.schema import STORAGE_CRS, kind
from maps.palette import STREET_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

METRES_PER_DEGREE = 111_320.0
"""Of latitude. A degree of longitude is shorter, so a tolerance taken with it is never exceeded."""
COORDINATE_DECIMALS = 6
"""0.11 m or less."""
TOLERANCES_M = (0.5, 1.0, 2.0, 4.0)
PARTS_PER_FEATURE = 400
"""Neighbours are drawn as one feature; Leaflet leaves a feature out when its box is out of sight."""

VERTEX_BUDGETS: Mapping[str, int] = MappingProxyType(
    {"green": 12_000, "water": 12_000, "street": 48_000, "building": 68_000}
)
"""Vertices of each kind; one vertex takes at most 26 bytes of the page, so the base map stays under 3.7 MB."""


@dataclass(frozen=True)
class Backdrop:
    """One kind of the base map, ready to be drawn.

    Parameters
    ----------
    kind
        Name of the layer kind.
    features
        GeoJSON features in WGS 84, with a property ``street_class`` where the kind has one.
    note
        What was simplified or left out, in both languages; ``None`` if every shape is there within 0.5 m.
    """

    kind: str
    features: list[dict[str, Any]]
    note: Mapping[str, str] | None


def geographic(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return ``frame`` in longitude, latitude; a frame without a CRS already is."""
    return frame if frame.crs is None or frame.crs == STORAGE_CRS else frame.to_crs(STORAGE_CRS)


def rounded(geometries: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return geometries with coordinates rounded to six decimals and without heights."""
    flat = shapely.force_2d(geometries)
    slim: NDArray[np.object_] = shapely.transform(flat, lambda xy: np.round(xy, COORDINATE_DECIMALS))
    return slim


def as_geojson(geometry: shapely.Geometry) -> dict[str, Any]:
    """Return one geometry as GeoJSON of plain lists."""
    return dict(shapely.geometry.mapping(geometry))


def backdrops(layers: Mapping[str, gpd.GeoDataFrame]) -> Iterator[Backdrop]:
    """Yield the kinds of the base map that ``layers`` has, in the order in which they are drawn."""
    for name, budget in VERTEX_BUDGETS.items():
        if name in layers and len(layers[name]):
            yield backdrop(name, layers[name], budget=budget)


def backdrop(name: str, frame: gpd.GeoDataFrame, *, budget: int) -> Backdrop:
    """Return one kind simplified until it has at most ``budget`` vertices.

    The tolerance grows through :data:`TOLERANCES_M`; if the coarsest is not enough, the least important shapes go (the
    smallest areas, the lowest street classes) and the note says how many.
    """
    placed = geographic(frame)
    placed = placed[placed.geometry.notna() & ~placed.geometry.is_empty]
    parts, owner = shapely.get_parts(placed.geometry.to_numpy(), return_index=True)
    classes = _classes(placed)[owner]
    drawable = shapely.get_dimensions(parts) >= 1
    parts, classes = parts[drawable], classes[drawable]
    tolerance_m, shapes = _simplified(parts, budget)
    kept = _most_important(shapes, classes, budget)
    return Backdrop(name, list(_features(shapes[kept], classes[kept])), _note(name, tolerance_m, len(parts), len(kept)))


def _classes(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    if "street_class" not in frame.columns:
        return np.full(len(frame), "", dtype=object)
    names: NDArray[np.object_] = frame["street_class"].astype("string").fillna("").to_numpy(dtype=object)
    return names


def _simplified(parts: NDArray[np.object_], budget: int) -> tuple[float, NDArray[np.object_]]:
    for tolerance_m in TOLERANCES_M:
        shapes: NDArray[np.object_] = rounded(shapely.simplify(parts, tolerance_m / METRES_PER_DEGREE))
        if shapely.get_num_coordinates(shapes).sum() <= budget:
            break
    return tolerance_m, shapes


def _most_important(shapes: NDArray[np.object_], classes: NDArray[np.object_], budget: int) -> NDArray[np.intp]:
    """Return the positions of the shapes that fit, the most important ones, in their old order."""
    order_of_class = {name: -place for place, name in enumerate(STREET_WEIGHTS)}
    importance = pd.DataFrame(
        {
            "street_class": [order_of_class.get(name, -len(order_of_class)) for name in classes],
            "area": shapely.area(shapes),
            "length": shapely.length(shapes),
        }
    )
    ranked = importance.sort_values(["street_class", "area", "length"], ascending=False, kind="stable").index.to_numpy()
    running = np.cumsum(shapely.get_num_coordinates(shapes)[ranked])
    kept: NDArray[np.intp] = np.sort(ranked[running <= budget])
    return kept


def _features(shapes: NDArray[np.object_], classes: NDArray[np.object_]) -> Iterator[dict[str, Any]]:
    """Yield multi-part features of neighbours, polygons wound one way so that overlaps are filled and holes are not."""
    if not len(shapes):
        return
    table = pd.DataFrame({"shape": shapes, "street_class": classes, "dimension": shapely.get_dimensions(shapes)})
    lon, lat = shapely.get_coordinates(shapely.centroid(shapes)).T
    cell = 0.01  # about 1 km: neighbours stand together without a space-filling curve
    table["row"], table["column"] = np.floor(lat / cell), np.floor(lon / cell)
    for (street_class, dimension), group in table.groupby(["street_class", "dimension"], sort=True):
        near = group.sort_values(["row", "column"], kind="stable")["shape"].to_numpy()
        for start in range(0, len(near), PARTS_PER_FEATURE):
            chunk = near[start : start + PARTS_PER_FEATURE]
            many = (
                shapely.multipolygons(shapely.orient_polygons(chunk))
                if dimension == 2
                else shapely.multilinestrings(chunk)
            )
            yield {
                "type": "Feature",
                "properties": {"street_class": street_class},
                "geometry": as_geojson(many),
            }


def _note(name: str, tolerance_m: float, total: int, kept: int) -> Mapping[str, str] | None:
    if kept == total and tolerance_m == TOLERANCES_M[0]:
        return None
    titles = kind(name)
    zh, en = f"{titles.zh}轮廓按 {tolerance_m:g} 米简化", f"{titles.en} outlines simplified to {tolerance_m:g} m"
    if kept < total:
        zh += f",{total:,} 个中绘出最主要的 {kept:,} 个"
        en += f"; the {kept:,} most important of {total:,} are drawn"
    return {"zh": zh, "en": en}
