"""How buildings stand: in rows inside a compound, or plot by plot along an alley."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.sample._blocks import envelopes, largest

if TYPE_CHECKING:
    from layers.sample._chance import FloatArray, GeometryArray, IntArray

Range = tuple[float, float]


@dataclass(frozen=True)
class Fabric:
    """How one kind of place is built; metres, and floors as a range."""

    depth_m: Range
    pitch_m: Range
    length_m: Range
    gap_m: float
    setback_m: float
    floors: tuple[int, int]
    has_spine: bool = False
    faces_south: bool = True


@dataclass(frozen=True)
class Footprints:
    """Building shapes, the number of the block each stands in, and paths between them with the same."""

    shapes: GeometryArray
    block: IntArray
    paths: GeometryArray
    path_block: IntArray


@dataclass(frozen=True)
class Local:
    """A frame of its own for every block, with x along it."""

    centre: FloatArray
    along: FloatArray

    def into(self, shapes: GeometryArray, block: IntArray) -> GeometryArray:
        """Return ``shapes`` in the frames of their blocks."""
        points, owner = shapely.get_coordinates(shapes, return_index=True)
        row = block[owner]
        offset, axis = points - self.centre[row], self.along[row]
        x = offset[:, 0] * axis[:, 0] + offset[:, 1] * axis[:, 1]
        y = offset[:, 1] * axis[:, 0] - offset[:, 0] * axis[:, 1]
        return np.asarray(shapely.set_coordinates(shapes.copy(), np.stack([x, y], axis=1)))

    def back(self, shapes: GeometryArray, block: IntArray) -> GeometryArray:
        """Return ``shapes`` from the frames of their blocks in the plane."""
        points, owner = shapely.get_coordinates(shapes, return_index=True)
        row = block[owner]
        axis = self.along[row]
        x = points[:, 0] * axis[:, 0] - points[:, 1] * axis[:, 1]
        y = points[:, 0] * axis[:, 1] + points[:, 1] * axis[:, 0]
        return np.asarray(shapely.set_coordinates(shapes.copy(), np.stack([x, y], axis=1) + self.centre[row]))


def frames(shapes: GeometryArray, *, faces_south: bool) -> Local:
    """Return the frame of each block: x along its long side, or along whichever side runs more nearly east."""
    box = envelopes(shapes)
    along = box.along
    if faces_south:
        across = np.stack([-along[:, 1], along[:, 0]], axis=1)
        along = np.where(np.abs(along[:, :1]) >= np.abs(across[:, :1]), along, across)
    return Local(box.centre, np.where(along[:, :1] < 0, -along, along))


def count_up(counts: IntArray) -> tuple[IntArray, IntArray]:
    """Return, for each of ``counts`` things in each row, the number of the row and of the thing in it."""
    owner = np.repeat(np.arange(len(counts)), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    return owner, np.arange(len(owner)) - first


def _span(shapes: GeometryArray, y: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Return the longest stretch of x that each shape covers at height ``y``; empty ones are reversed."""
    ends = np.stack([np.full_like(y, -5000.0), y, np.full_like(y, 5000.0), y], axis=1).reshape(-1, 2, 2)
    cut = shapely.intersection(shapely.linestrings(ends), shapes)
    parts, source = shapely.get_parts(cut, return_index=True)
    order = np.lexsort((-shapely.length(parts), source))
    rows, first = np.unique(source[order], return_index=True)
    low, high = np.full(len(y), 1.0), np.full(len(y), 0.0)
    bounds = shapely.bounds(parts[order][first])
    low[rows], high[rows] = bounds[:, 0], bounds[:, 2]
    return low, high


def _boxes(x0: FloatArray, y0: FloatArray, x1: FloatArray, y1: FloatArray) -> GeometryArray:
    return np.asarray(shapely.box(x0, y0, x1, y1))


def fit_rows(shapes: GeometryArray, faces: GeometryArray, fabric: Fabric, rng: np.random.Generator) -> Footprints:
    """Fill blocks with rows of detached buildings, and lay paths between the rows where the fabric has a spine.

    Parameters
    ----------
    shapes
        What may be built on.
    faces
        The faces between street centre lines around them: paths end on their edges, so that they join the streets.
    """
    size = len(shapes)
    every = np.arange(size)
    local = frames(shapes, faces_south=fabric.faces_south)
    inner = local.into(largest(shapely.buffer(shapes, -fabric.setback_m, join_style="mitre")), every)
    depth, pitch, length = (rng.uniform(*item, size) for item in (fabric.depth_m, fabric.pitch_m, fabric.length_m))
    pitch = np.maximum(pitch, depth + 6.0)
    bounds = np.nan_to_num(shapely.bounds(inner))
    room = bounds[:, 3] - bounds[:, 1]
    counts = np.maximum(np.floor((room - depth) / pitch).astype(int) + 1, 0)
    start = bounds[:, 1] + (room - (counts - 1) * pitch - depth) / 2
    spine = (bounds[:, 0] + bounds[:, 2]) / 2 + rng.uniform(-0.12, 0.12, size) * (bounds[:, 2] - bounds[:, 0])
    block, number = count_up(counts)
    y = start[block] + number * pitch[block]
    low, high = _span(inner[block], y)
    low_top, high_top = _span(inner[block], y + depth[block])
    low, high = np.maximum(low, low_top), np.minimum(high, high_top)
    stretch = [(block, y, low, high)]
    if fabric.has_spine:
        half = 3.5
        west, east = np.minimum(high, spine[block] - half), np.maximum(low, spine[block] + half)
        stretch = [(block, y, low, west), (block, y, east, high)]
    found = [_slabs(*item, depth, length, fabric, rng) for item in stretch]
    boxes, owner = (np.concatenate(items) for items in zip(*found, strict=True))
    kept = shapely.covered_by(boxes, inner[owner])
    boxes, owner = boxes[kept], owner[kept]
    paths, path_block = np.array([], dtype=object), np.array([], dtype=int)
    if fabric.has_spine:
        paths, path_block = _paths(local, inner, faces, spine, (block, number, counts), y + (depth + pitch)[block] / 2)
    return Footprints(local.back(boxes, owner), owner, local.back(paths, path_block), path_block)


def _slabs(
    block: IntArray,
    y: FloatArray,
    low: FloatArray,
    high: FloatArray,
    depth: FloatArray,
    length: FloatArray,
    fabric: Fabric,
    rng: np.random.Generator,
) -> tuple[GeometryArray, IntArray]:
    """Divide stretches of rows into buildings of about the wished length; rows do not all start alike."""
    ragged = rng.uniform(0.0, 0.08, (2, len(y))) * (high - low)
    low, high = low + ragged[0], high - ragged[1]
    room = high - low
    kept = room >= fabric.length_m[0] * 0.45
    block, y, low, room = block[kept], y[kept], low[kept], room[kept]
    number = np.maximum(np.round((room + fabric.gap_m) / (length[block] + fabric.gap_m)).astype(int), 1)
    each = (room - (number - 1) * fabric.gap_m) / number
    row, place = count_up(number)
    x0 = low[row] + place * (each + fabric.gap_m)[row]
    owner = block[row]
    return _boxes(x0, y[row], x0 + each[row], y[row] + depth[owner]), owner


def _paths(
    local: Local,
    inner: GeometryArray,
    faces: GeometryArray,
    spine: FloatArray,
    rows: tuple[IntArray, IntArray, IntArray],
    y: FloatArray,
) -> tuple[GeometryArray, IntArray]:
    """Return a spine through each compound and a rung between each two rows, in the frames of the blocks."""
    every = np.arange(len(spine))
    ends = np.stack([spine, np.full_like(spine, -3000), spine, np.full_like(spine, 3000)], axis=1).reshape(-1, 2, 2)
    spines, owner = shapely.get_parts(
        shapely.intersection(shapely.linestrings(ends), local.into(faces, every)), return_index=True
    )
    block, number, counts = rows
    between = number < counts[block] - 1
    block, y = block[between], y[between]
    low, high = _span(inner[block], y)
    low, high = low + 5, high - 5
    through = (low < spine[block] - 8) & (high > spine[block] + 8)
    ends = np.stack([low, y, high, y], axis=1)[through].reshape(-1, 2, 2)
    return np.concatenate([spines, shapely.linestrings(ends)]), np.concatenate([owner, block[through]])


def plots(
    shapes: GeometryArray, width_m: tuple[FloatArray, FloatArray], row_m: float, rng: np.random.Generator
) -> tuple[GeometryArray, GeometryArray, IntArray]:
    """Divide blocks into plots that front on the alleys, and return plots, houses and the block of each.

    Houses fill their plots from wall to wall but for a yard at the back: the deep narrow houses of the old town.
    """
    local = frames(shapes, faces_south=False)
    inner = local.into(shapes, np.arange(len(shapes)))
    bounds = shapely.bounds(inner)
    rows = np.maximum(2 * np.round((bounds[:, 3] - bounds[:, 1]) / row_m / 2).astype(int), 2)
    strip, number = count_up(rows)
    share = (number + np.where((number == 0), 0.0, rng.uniform(-0.06, 0.06, len(strip)))) / rows[strip]
    y0 = bounds[strip, 1] + share * (bounds[strip, 3] - bounds[strip, 1])
    y1 = np.where(number == rows[strip] - 1, bounds[strip, 3], np.append(y0[1:], 0.0))
    count = np.maximum(np.round((bounds[:, 2] - bounds[:, 0]) / rng.uniform(*width_m)).astype(int), 1)[strip]
    row, _ = count_up(count)
    cuts = rng.uniform(0.7, 1.3, len(row))
    total = np.bincount(row, weights=cuts)
    stop = np.cumsum(cuts) - (np.cumsum(total) - total)[row]
    length = (bounds[:, 2] - bounds[:, 0])[strip[row]]
    x1 = bounds[strip[row], 0] + stop / total[row] * length
    x0 = x1 - cuts / total[row] * length
    is_lower = number[row] % 2 == 0
    y0, y1, block = y0[row], y1[row], strip[row]
    yard = np.minimum(rng.uniform(0.04, 0.26, len(row)) ** 1.3, 0.3) * (y1 - y0)
    plot = shapely.intersection(_boxes(x0 + 0.06, y0 + 0.1, x1 - 0.06, y1 - 0.1), inner[block])
    house = shapely.intersection(
        _boxes(x0 + 0.06, np.where(is_lower, y0 + 0.1, y0 + yard), x1 - 0.06, np.where(is_lower, y1 - yard, y1 - 0.1)),
        inner[block],
    )
    return local.back(plot, block), local.back(house, block), block


def sound(shapes: GeometryArray, least_m2: float) -> np.ndarray:
    """Return which shapes are single polygons of at least ``least_m2`` that are no mere slivers."""
    area = shapely.area(shapes)
    is_polygon = shapely.get_type_id(shapes) == shapely.GeometryType.POLYGON
    compact = area > 0.09 * shapely.length(shapes) ** 2 / 4
    return np.asarray(is_polygon & (area >= least_m2) & compact & ~shapely.is_empty(shapes))
