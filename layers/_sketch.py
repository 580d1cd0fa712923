"""What a report draws of an import: places as written and as accepted, thinned to what an eye can tell apart."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from layers._runs import NO_RECORDS, Runs

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

WIDTH, HEIGHT = 9600, 6000
"""Size of the drawing in its own units, ten to a pixel of a wide screen."""
_MARGIN = 0.06
_SMALLEST_SPAN_DEG = 0.002
_METRES_PER_DEG = 111_195  # of latitude, on a sphere of 6,371 km: exact enough for a scale bar
_DOT = 20
_KEY = 1 << 20  # more than the drawing is high: two whole numbers in one, for a fast sort
_MOST_DOTS = 12_000
_MOST_VERTICES = 30_000
_MOST_MOVES = 400
_FARTHEST_DEG = 0.1
"""Places written farther than this from where they were accepted are told in words, not drawn."""
_SMALLEST_SHAPE = 40
_TOLERANCE = 5
_LETTER = 170
"""Width of a Chinese character of a name, and its height."""
_NOTE = re.compile(r"[（(][^（）()]*[）)]")
_CORE_SHARE, _REACH = 0.02, 1.0
"""The drawing shows the middle 96 % of the records and as much again on every side; what lies beyond is told in
words, so that one slip of the pen does not make a dot of the district."""


class AreaName(NamedTuple):
    """The name of an area and where it stands in the drawing."""

    name: str
    x: int
    y: int


@dataclass
class Sketch:
    """Marks in units of the drawing, whole numbers, ``y`` downwards.

    Parameters
    ----------
    metres_per_unit
        Scale in the middle of the drawing.
    areas, names
        Outlines of trusted areas, and their names.
    dots, shapes
        Accepted records: middles, shape (n, 2), and outlines.
    written, moves
        Middles as written, and lines from there to where they were accepted, shape (n, 4).
    repaired
        Middles of records whose shape was changed.
    derived
        Places of records that the file does not place: by address, code or community.
    beyond
        Records that lie beyond the drawing.
    accepted_count, moved_count, repaired_count, derived_count
        How many records each stands for; the marks are fewer.
    """

    metres_per_unit: float
    areas: list[NDArray[np.int64]] = field(default_factory=list)
    names: list[AreaName] = field(default_factory=list)
    dots: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    shapes: list[NDArray[np.int64]] = field(default_factory=list)
    written: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    moves: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 4), dtype=np.int64))
    repaired: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    beyond: Runs = NO_RECORDS
    accepted_count: int = 0
    moved_count: int = 0
    repaired_count: int = 0
    derived: NDArray[np.int64] = field(default_factory=lambda: np.empty((0, 2), dtype=np.int64))
    derived_count: int = 0
    frame: _Frame | None = field(default=None, repr=False)


@dataclass(frozen=True)
class _Frame:
    """From degrees to units of the drawing: equal scale both ways in the middle latitude."""

    west: float
    north: float
    units_per_deg: float
    shrink: float

    @classmethod
    def around(cls, bounds: NDArray[np.float64]) -> _Frame:
        west, south, east, north = bounds
        shrink = float(np.cos(np.radians((south + north) / 2)))
        span_x = max((east - west) * shrink, _SMALLEST_SPAN_DEG) * (1 + 2 * _MARGIN)
        span_y = max(north - south, _SMALLEST_SPAN_DEG) * (1 + 2 * _MARGIN)
        scale = min(WIDTH / span_x, HEIGHT / span_y)
        middle_x, middle_y = (west + east) / 2, (south + north) / 2
        return cls(middle_x - WIDTH / (2 * scale * shrink), middle_y + HEIGHT / (2 * scale), scale, shrink)

    def place(self, lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
        x = (lonlat[:, 0] - self.west) * self.shrink * self.units_per_deg
        return np.column_stack([x, (self.north - lonlat[:, 1]) * self.units_per_deg])

    @property
    def box(self) -> shapely.Geometry:
        east = self.west + WIDTH / (self.units_per_deg * self.shrink)
        return shapely.box(self.west, self.north - HEIGHT / self.units_per_deg, east, self.north)


def sketch(
    geometry: NDArray[np.object_],
    areas: gpd.GeoDataFrame,
    *,
    records: NDArray[np.int64] | None = None,
    written: NDArray[np.float64] | None = None,
    changed: NDArray[np.object_] | None = None,
) -> Sketch | None:
    """Return the drawing of a layer, ``None`` where no record has a place.

    Parameters
    ----------
    geometry
        Accepted geometries in WGS 84 longitude, latitude; ``None`` where there is none.
    areas
        Trusted areas with ``kind`` and ``name``, in degrees.
    records
        Number of each record in its file; 1, 2, 3 … where there is none.
    written
        Middle of each geometry as the file has its numbers, shape (records, 2), where they were moved.
    changed
        Original geometries of those that were changed.
    """
    bounds = shapely.bounds(geometry)
    there = np.isfinite(bounds[:, 0])
    if not there.any():
        return None
    middles = (bounds[:, :2] + bounds[:, 2:]) / 2
    seen = there & _is_central(middles, there)
    before = _near(written, middles)
    moved = seen & np.isfinite(before[:, 0])
    corners = np.concatenate([bounds[seen, :2], bounds[seen, 2:], before[moved]])
    frame = _Frame.around(np.concatenate([corners.min(axis=0), corners.max(axis=0)]))
    made = Sketch(_METRES_PER_DEG / frame.units_per_deg, accepted_count=int(seen.sum()), moved_count=int(moved.sum()))
    made.frame = frame
    numbers = np.arange(1, len(geometry) + 1) if records is None else records
    made.beyond = Runs.of(numbers[there & ~seen])
    made.areas, made.names = _areas(areas, frame)
    made.shapes, rest = _outlines(geometry, seen, frame)
    made.dots = _thinned(frame.place(middles[rest]))
    if moved.any():
        after = frame.place(middles[moved])
        made.written = _thinned(frame.place(before[moved]))
        chosen = np.unique(np.linspace(0, len(after) - 1, _MOST_MOVES).astype(np.int64))
        made.moves = np.round(np.column_stack([frame.place(before[moved])[chosen], after[chosen]])).astype(np.int64)
    if changed is not None and len(changed):
        boxes = shapely.bounds(changed)
        places = frame.place((boxes[:, :2] + boxes[:, 2:]) / 2)
        made.repaired = _thinned(places[((places >= 0) & (places <= (WIDTH, HEIGHT))).all(axis=1)])
        made.repaired_count = len(changed)
    return made


def with_derived(drawn: Sketch | None, geometry: NDArray[np.object_], areas: gpd.GeoDataFrame) -> Sketch | None:
    """Return a drawing with records that were placed afterwards; of nothing else where none had a place before.

    Parameters
    ----------
    drawn
        What is drawn already.
    geometry
        Their places, longitude and latitude.
    areas
        As for :func:`sketch`.
    """
    if not len(geometry):
        return drawn
    if drawn is None or drawn.frame is None:
        made = sketch(geometry, areas)
        nothing = np.empty((0, 2), dtype=np.int64)
        return made and replace(
            made, derived=made.dots, derived_count=made.accepted_count, dots=nothing, accepted_count=0
        )
    places = drawn.frame.place(shapely.get_coordinates(shapely.centroid(geometry)))
    inside = ((places >= 0) & (places <= (WIDTH, HEIGHT))).all(axis=1)
    return replace(drawn, derived=_thinned(places[inside]), derived_count=len(geometry))


def _is_central(middles: NDArray[np.float64], there: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return which places lie in the box of the middle 96 %, made three times as wide and high."""
    low, high = np.quantile(middles[there], (_CORE_SHARE, 1 - _CORE_SHARE), axis=0)
    reach = _REACH * np.maximum(high - low, _SMALLEST_SPAN_DEG)
    with np.errstate(invalid="ignore"):
        return np.asarray(((middles >= low - reach) & (middles <= high + reach)).all(axis=1))


def _near(written: NDArray[np.float64] | None, middles: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return places as written where they can be drawn beside the accepted ones, longitude first; NaN elsewhere."""
    if written is None:
        return np.full_like(middles, np.nan)
    near = np.full_like(middles, np.nan)
    for places in (written, written[:, ::-1]):
        with np.errstate(invalid="ignore"):
            fits = (np.abs(places - middles) < _FARTHEST_DEG).all(axis=1) & (places != middles).any(axis=1)
        near[fits] = places[fits]
    return near


def _thinned(places: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return places of which no two share a cell of the size of a dot; cells grow until there are few enough.

    The places are true ones, not the middles of their cells, which would make a grid of a crowd.
    """
    kept, dot = np.round(places).astype(np.int64), _DOT
    while True:
        cells = kept // dot
        kept = kept[np.unique(cells[:, 0] * _KEY + cells[:, 1], return_index=True)[1]]
        if len(kept) <= _MOST_DOTS:
            return kept
        dot = dot * 5 // 4


def _outlines(
    geometry: NDArray[np.object_], there: NDArray[np.bool_], frame: _Frame
) -> tuple[list[NDArray[np.int64]], NDArray[np.bool_]]:
    """Return the outlines that are large enough to see, and which records are dots instead."""
    drawable = there & (shapely.get_dimensions(geometry) > 0)
    sizes = np.zeros(len(geometry))
    boxes = shapely.bounds(geometry[drawable])
    sizes[drawable] = np.max(boxes[:, 2:] - boxes[:, :2], axis=1) * frame.units_per_deg if len(boxes) else 0
    large = np.flatnonzero(sizes >= _SMALLEST_SHAPE)
    large = large[np.argsort(-sizes[large], kind="stable")][: _MOST_VERTICES // 4]
    simple = shapely.simplify(geometry[large], _TOLERANCE / frame.units_per_deg)
    large = large[np.cumsum(shapely.get_num_coordinates(simple)) <= _MOST_VERTICES]
    dots = there.copy()
    dots[large] = False
    return _placed_lines(simple[: len(large)], frame), dots


def _areas(areas: gpd.GeoDataFrame, frame: _Frame) -> tuple[list[NDArray[np.int64]], list[AreaName]]:
    """Return outlines and names of the districts and sub-districts in the drawing."""
    shown = areas[areas["kind"].isin(("district", "subdistrict"))] if len(areas) else areas
    shapes = shown.geometry.to_numpy()
    shapes = shapely.intersection(
        shapely.simplify(shapely.make_valid(shapes), _TOLERANCE / frame.units_per_deg), frame.box
    )
    seen = shapely.area(shapes) > 0
    small = shown[seen]["kind"].eq("subdistrict").to_numpy(dtype=bool)
    parts = shapes[seen][small]
    largest = np.argsort(-shapely.area(parts), kind="stable")
    inside = frame.place(shapely.get_coordinates(shapely.point_on_surface(parts)))
    words = shown[seen]["name"][small].tolist()
    named = [AreaName(_NOTE.sub("", str(words[at])), round(inside[at][0]), round(inside[at][1])) for at in largest]
    return _placed_lines(shapes[seen], frame), _apart(named)


def _apart(names: list[AreaName]) -> list[AreaName]:
    """Return the names that cover none of those before them."""
    kept: list[AreaName] = []
    for item in names:
        width = len(item.name) * _LETTER
        if all(
            abs(item.x - other.x) > (width + len(other.name) * _LETTER) / 2 or abs(item.y - other.y) > _LETTER * 1.2
            for other in kept
        ):
            kept.append(item)
    return kept


def _placed_lines(shapes: NDArray[np.object_], frame: _Frame) -> list[NDArray[np.int64]]:
    """Return every ring and line of shapes as vertices of the drawing."""
    parts = shapely.get_parts(shapely.get_parts(shapes))
    lines = np.concatenate([shapely.get_rings(parts), parts[shapely.get_dimensions(parts) == 1]])
    xy, owner = shapely.get_coordinates(lines, return_index=True)
    placed = np.round(frame.place(xy)).astype(np.int64)
    starts = np.searchsorted(owner, np.arange(1, len(lines)))
    return [line for line in np.split(placed, starts) if len(line) > 1]
