"""Whether records keep to accepted buildings, streets and boundaries, or lie as if thrown onto the map.

What a wrong reading gives is measured, not assumed: the records are moved by eight fixed offsets, and the share of hits
among the moved ones is what chance gives here. A reading counts only where it differs from that, either way (car parks
keep off buildings, stations keep near streets).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from layers.datums._evidence import Evidence
from layers.datums._named_places import some_vertices
from layers.quality import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from layers.datums._ground import Ground
    from layers.trusted import Trusted

    Floats = NDArray[np.float64]
    Objects = NDArray[np.object_]
    Hits = Callable[[Objects], NDArray[np.bool_]]

MOST_RECORDS = 2_000
"""Records that are looked at, evenly spread; more would not change the answer."""
_FEWEST_RECORDS = 20
_OFFSETS_M = ((350, 0), (0, 350), (-350, 0), (0, -350), (570, 570), (-570, 570), (-570, -570), (570, -570))
"""Farther than what blurs a place, nearer than the next part of the city; GCJ-02 moves by 300 to 700 m."""
_NEAR_STREET_M, _ON_BOUNDARY_M = 15.0, 100.0
_GENERALISE_M, _MOST_VERTICES = 5.0, 40
_CLEARLY = 4.0
_CLUSTERED = 1.5
"""ASSUMPTION: neighbours hit together, which widens the spread of a share by half."""
_FEWEST_MORE = 0.05
_LEAST_SHARE = 0.02


class _Layer(NamedTuple):
    """What is looked at, and which geometries (metres) hit it."""

    zh: str
    en: str
    hits: Hits


def compare(
    readings: Sequence[Callable[[NDArray[np.int64]], Objects]], count: int, trusted: Trusted, ground: Ground
) -> list[Evidence]:
    """Return what buildings, streets and boundaries say of each reading; nothing where they do not tell.

    A hit counts ``log(p / p0)`` and a miss ``log((1 - p) / (1 - p0))`` for its reading, p being the share of hits
    under the reading that stands out most and p0 the share among records moved by :data:`_OFFSETS_M`.

    Parameters
    ----------
    readings
        For each reading, a function from positions of records to their geometries in metres of ``ground``.
    count
        Number of records.
    trusted
        Accepted layers.
    ground
        Plane to measure in.
    """
    if not (len(trusted.buildings) or len(trusted.streets) or len(trusted.areas)):
        return []
    rows = np.unique(np.linspace(0, count - 1, min(count, MOST_RECORDS)).astype(np.int64))
    shapes = [shapes_of(rows) for shapes_of in readings]
    is_polygon = np.isin(shapely.get_type_id(shapes[0]), (3, 6))
    found = []
    for chosen, layers in (
        (is_polygon, _polygon_layers(trusted, ground)),
        (~is_polygon & ~shapely.is_missing(shapes[0]), _point_layers(trusted, ground)),
    ):
        if chosen.sum() >= _FEWEST_RECORDS:
            part = [_marks(reading[chosen]) for reading in shapes]
            found += [_compare(layer, part, rows[chosen], count) for layer in layers]
    return [evidence for evidence in found if evidence is not None]


def _marks(shapes: Objects) -> Objects:
    """Return lines as their middle point, other geometries as they are."""
    is_line = np.isin(shapely.get_type_id(shapes), (1, 2))
    marked = shapes.copy()
    marked[is_line] = shapely.line_interpolate_point(shapes[is_line], 0.5, normalized=True)
    return marked


def _compare(layer: _Layer, readings: list[Objects], rows: NDArray[np.int64], count: int) -> Evidence | None:
    hits = np.column_stack([layer.hits(shapes) for shapes in readings])
    moved = [layer.hits(_moved(readings[0], offset)) for offset in _OFFSETS_M]
    chance = float(np.clip(np.mean(moved), _LEAST_SHARE, 1 - _LEAST_SHARE))
    shares = np.clip(hits.mean(axis=0), _LEAST_SHARE, 1 - _LEAST_SHARE)
    share = float(shares[np.argmax(np.abs(shares - chance))])
    spread = _CLUSTERED * np.sqrt(chance * (1 - chance) / len(rows))
    if abs(share - chance) < max(_CLEARLY * spread, _FEWEST_MORE):
        return None
    weight, measure = np.zeros((count, len(readings))), np.full((count, len(readings)), np.nan)
    weight[rows] = np.where(hits, np.log(share / chance), np.log((1 - share) / (1 - chance)))
    measure[rows] = hits
    return Evidence(weight, measure, _teller(layer, chance))


def _moved(shapes: Objects, offset_m: tuple[float, float]) -> Objects:
    return np.asarray(shapely.transform(shapes, lambda xy: xy + np.asarray(offset_m, dtype="float64")))


def _teller(layer: _Layer, chance: float) -> Callable[[Floats, Floats | None, str], Text]:
    def tell(best: Floats, other: Floats | None, other_name: str) -> Text:
        zh, en = f"{best.mean():.0%} {layer.zh}", f"{best.mean():.0%} {layer.en}"
        if other is None:
            return Text(f"{zh}（随意移动后为 {chance:.0%}）", f"{en} ({chance:.0%} when moved at random)")
        return Text(
            f"{zh}（按 {other_name} 则为 {other.mean():.0%}，随意移动后为 {chance:.0%}）",
            f"{en} (as {other_name} {other.mean():.0%}, {chance:.0%} when moved at random)",
        )

    return tell


def _point_layers(trusted: Trusted, ground: Ground) -> list[_Layer]:
    layers = []
    if len(trusted.buildings):
        inside = _querying(_tree(trusted.buildings.geometry, ground), "intersects")
        layers.append(_Layer("的点落在已收的建筑内", "of the points lie in accepted buildings", inside))
    if len(trusted.streets):
        near = _querying(_tree(trusted.streets.geometry, ground), "dwithin", _NEAR_STREET_M)
        layers.append(
            _Layer("的点距已收的道路中线不到 15 米", "of the points lie within 15 m of accepted streets", near)
        )
    return layers


def _polygon_layers(trusted: Trusted, ground: Ground) -> list[_Layer]:
    layers = []
    if len(trusted.streets):
        crossed = _querying(_tree(trusted.streets.geometry, ground), "intersects")
        layers.append(_Layer("的面被已收的道路中线穿过", "of the polygons are crossed by accepted streets", crossed))
    if len(trusted.areas):
        zh, en = "的面边线与已收的区界相距不到 100 米", "of the polygons run within 100 m of accepted boundaries"
        along = _running_along(_pieces(ground.shapes(_geometries(trusted.areas.geometry))))
        layers.append(_Layer(zh, en, along))
    return layers


def _pieces(shapes: Objects) -> shapely.STRtree:
    """Return the boundaries of polygons, one straight piece an entry: a search then looks at near pieces only."""
    simple = shapely.simplify(shapely.boundary(shapes), _GENERALISE_M)
    xy, line = shapely.get_coordinates(shapely.get_parts(simple), return_index=True)
    same = line[1:] == line[:-1]
    return shapely.STRtree(shapely.linestrings(np.stack([xy[:-1][same], xy[1:][same]], axis=1)))


def _running_along(pieces: shapely.STRtree) -> Hits:
    """Return which shapes have at least half of their vertices (of at most 40) near a piece."""

    def hits(shapes: Objects) -> NDArray[np.bool_]:
        vertices, owner = some_vertices(shapes, _MOST_VERTICES)
        near = np.zeros(len(vertices), dtype=bool)
        near[pieces.query(shapely.points(vertices), predicate="dwithin", distance=_ON_BOUNDARY_M)[0]] = True
        counts = np.bincount(owner, minlength=len(shapes))
        return np.asarray(2 * np.bincount(owner, weights=near, minlength=len(shapes)) >= np.maximum(counts, 1))

    return hits


def _geometries(series: object) -> Objects:
    return np.asarray(series, dtype=object)


def _tree(series: object, ground: Ground) -> shapely.STRtree:
    return shapely.STRtree(ground.shapes(_geometries(series)))


def _querying(tree: shapely.STRtree, predicate: str, distance: float | None = None) -> Hits:
    def hits(shapes: Objects) -> NDArray[np.bool_]:
        found = np.zeros(len(shapes), dtype=bool)
        found[tree.query(shapes, predicate=predicate, distance=distance)[0]] = True
        return found

    return hits
