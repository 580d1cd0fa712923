"""How far records lie from the accepted places and boundaries of the same name."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from layers.datums._evidence import Evidence
from layers.datums._ground import Ground, plain_name
from layers.quality import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Objects = NDArray[np.object_]

_PLACE_M, _PLACE_RANGE_M = 80.0, 5_000.0
_SAME_PLACE = 0.85
"""ASSUMPTION: of two records of one name in one district 85 % are one place, surveyed some 80 m apart."""
_BOUNDARY_M, _BOUNDARY_CHANCE_M = 60.0, 400.0
"""Guangzhou's boundaries lie 45 to 71 m from OpenStreetMap's when read rightly, about 430 m when not."""
_MOST_NAMESAKES = 5
_MOST_VERTICES = 200
_CAP = 4.0


def compare_places(
    positions: Floats, names: Objects, places: gpd.GeoDataFrame, ground: Ground, blur_m: float = 0.0
) -> Evidence | None:
    """Return how near each reading puts the records to the accepted places of their names; ``None`` if none is known.

    A record lies at a distance d from its namesake with the density ``0.85 exp(-d/s) / (2 pi s^2)``, s = 80 m, or
    anywhere within 5 km; what counts is its ratio to the latter alone.

    Parameters
    ----------
    positions
        WGS 84 degrees of each record under each reading, shape (readings, records, 2).
    names
        What the records are called.
    places
        Accepted records with ``name``, WGS 84.
    ground
        Plane to measure in.
    blur_m
        How coarse the coordinates are.
    """
    pairs = namesakes(names, places["name"].to_numpy(dtype=object))
    if not len(pairs.row):
        return None
    there = ground.shapes(np.asarray(places.geometry.to_numpy(), dtype=object))
    distance = np.full((positions.shape[1], len(positions)), np.nan)
    for reading, lonlat in enumerate(positions):
        points = ground.points(lonlat[pairs.row, 0], lonlat[pairs.row, 1])
        apart = shapely.distance(points, there[pairs.other])
        _nearest(distance[:, reading], pairs.row, np.where(np.isnan(apart), np.inf, apart))
    size = _PLACE_M + blur_m
    ratio = _SAME_PLACE * _PLACE_RANGE_M**2 / (2 * size**2) * np.exp(-distance / size) + (1 - _SAME_PLACE)
    return Evidence(np.nan_to_num(np.minimum(np.log(ratio), _CAP), nan=0.0), distance, _teller("同名地点", "places"))


def compare_boundaries(
    readings: Sequence[Callable[[NDArray[np.int64]], Objects]], names: Objects, areas: gpd.GeoDataFrame, ground: Ground
) -> Evidence | None:
    """Return how near each reading puts polygons to the accepted boundaries of their names; ``None`` if none is known.

    The distance d of a polygon is the median distance of its vertices from the accepted boundary. Its likelihood
    falls off over 60 m when read rightly and over 400 m by chance.

    Parameters
    ----------
    readings
        For each reading, a function from positions of records to their geometries in metres of ``ground``.
    names
        What the records are called.
    areas
        Polygons with ``name``, WGS 84.
    ground
        Plane to measure in.
    """
    pairs = namesakes(names, areas["name"].to_numpy(dtype=object))
    if not len(pairs.row):
        return None
    lines = shapely.boundary(ground.shapes(np.asarray(areas.geometry.to_numpy(), dtype=object)))
    distance = np.full((len(names), len(readings)), np.nan)
    rows, first = np.unique(pairs.row, return_inverse=True)
    for reading, shapes_of in enumerate(readings):
        apart = vertex_distance(shapes_of(rows)[first], lines[pairs.other])
        _nearest(distance[:, reading], pairs.row, apart)
    log = np.log(_BOUNDARY_CHANCE_M / _BOUNDARY_M) - distance / _BOUNDARY_M + distance / _BOUNDARY_CHANCE_M
    weight = np.nan_to_num(np.clip(log, -_CAP, _CAP), nan=0.0)
    return Evidence(weight, distance, _teller("同名边界", "boundaries"))


def some_vertices(shapes: Objects, most: int) -> tuple[Floats, NDArray[np.int64]]:
    """Return some ``most`` vertices of each shape, evenly spread, and whose they are; only finite ones."""
    xy, owner = shapely.get_coordinates(shapes, return_index=True)
    counts = np.bincount(owner, minlength=len(shapes))
    rank = np.arange(len(owner)) - np.repeat(np.cumsum(counts) - counts, counts)
    kept = (rank % np.maximum(counts // most, 1)[owner] == 0) & np.isfinite(xy).all(axis=1)
    return xy[kept], owner[kept]


def vertex_distance(shapes: Objects, lines: Objects) -> Floats:
    """Return the median distance of each shape's vertices (at most 200 of them) from its line; inf where unknown."""
    xy, owner = some_vertices(shapes, _MOST_VERTICES)
    if not len(xy):
        return np.full(len(shapes), np.inf)
    apart = shapely.distance(shapely.points(xy), lines[owner])
    order = np.lexsort((apart, owner))
    counts = np.bincount(owner, minlength=len(shapes))
    middle = np.cumsum(counts) - counts + counts // 2
    return np.where(counts > 0, apart[order][np.minimum(middle, len(order) - 1)], np.inf)


class Pairs(NamedTuple):
    """Records and what has their name."""

    row: NDArray[np.int64]
    other: NDArray[np.int64]


def namesakes(names: Objects, others: Objects) -> Pairs:
    """Return which records and which accepted things are called the same; names that more than five have are none."""
    by_name: dict[str, list[int]] = defaultdict(list)
    for at, name in enumerate(others):
        by_name[plain_name(name)].append(at)
    by_name.pop("", None)
    if not by_name:
        return Pairs(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64))
    found = [
        (row, at)
        for row, name in enumerate(names)
        if len(same := by_name.get(plain_name(name), ())) <= _MOST_NAMESAKES
        for at in same
    ]
    table = np.array(found, dtype=np.int64).reshape(-1, 2)
    return Pairs(table[:, 0], table[:, 1])


def _nearest(column: Floats, row: NDArray[np.int64], apart: Floats) -> None:
    """Put the smallest ``apart`` of each row into ``column``."""
    column[row] = np.inf
    np.minimum.at(column, row, apart)


def _teller(zh_what: str, en_what: str) -> Callable[[Floats, Floats | None, str], Text]:
    def tell(best: Floats, other: Floats | None, other_name: str) -> Text:
        metres = float(np.median(best))
        zh = f"{len(best)} 条与已收图层的{zh_what}相距中位数 {metres:.0f} 米"
        en = f"{len(best)} records lie {metres:.0f} m (median) from accepted {en_what} of the same name"
        if other is None:
            return Text(zh, en)
        far = float(np.median(other))
        return Text(f"{zh}（按 {other_name} 则为 {far:.0f} 米）", f"{en} (as {other_name} {far:.0f} m)")

    return tell
