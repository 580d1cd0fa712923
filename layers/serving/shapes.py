"""Geometries of many records as flat arrays, so that whole layers are read from a mapped file and cut in one step.

Every geometry is parts, every part rings, every ring points: a polygon's part is its shell and its holes, the part of a
line or a point is one ring. So one set of offsets holds all types of a layer, mixed as they come.
"""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Self

import numpy as np
import shapely

from layers.serving.blobs import mapped_array

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

POINT, LINE, POLYGON, MULTIPOINT, MULTILINE, MULTIPOLYGON = 0, 1, 3, 4, 5, 6
"""Type ids of shapely."""
NO_PLACE = -1
MANY = {POINT: MULTIPOINT, LINE: MULTILINE, POLYGON: MULTIPOLYGON}
HELD = frozenset({*MANY, *MANY.values(), NO_PLACE})


@dataclass(frozen=True, eq=False)
class Shapes:
    """Geometries of ``n`` records in longitude, latitude (degrees).

    Parameters
    ----------
    types
        (n,) shapely's type id, :data:`NO_PLACE` where a record has none.
    records
        (n + 1,) where the parts of each record begin.
    parts
        (p + 1,) where the rings of each part begin.
    rings
        (r + 1,) where the points of each ring begin.
    coords
        (c, 2) longitude, latitude.
    boxes
        (n, 4) west, south, east, north; NaN where a record has no place.
    """

    types: NDArray[np.int8]
    records: NDArray[np.int64]
    parts: NDArray[np.int64]
    rings: NDArray[np.int64]
    coords: NDArray[np.float64]
    boxes: NDArray[np.float64]

    def __len__(self) -> int:
        return len(self.types)

    @classmethod
    def of(cls, geometries: NDArray[np.object_]) -> Self:
        """Return the arrays of shapely geometries; what is missing or empty has no place, heights are left out.

        Raises
        ------
        ValueError
            For a type that no layer holds (a collection, a bare ring).
        """
        given = np.asarray(geometries, dtype=object)
        types = np.where(shapely.is_empty(given), NO_PLACE, shapely.get_type_id(given)).astype(np.int8)
        if not HELD.issuperset(np.unique(types).tolist()):
            raise ValueError(f"layers hold points, lines and polygons, not {set(np.unique(types)) - HELD}")
        part, record_of = shapely.get_parts(given[types != NO_PLACE], return_index=True)
        counts = np.zeros(len(given), dtype=np.int64)
        counts[types != NO_PLACE] = np.bincount(record_of, minlength=int((types != NO_PLACE).sum()))
        coords, rings_per_part, points_per_ring = _flattened(part)
        return cls(
            types, _offsets(counts), _offsets(rings_per_part), _offsets(points_per_ring), coords, shapely.bounds(given)
        )

    def take(self, rows: NDArray[np.intp]) -> Self:
        """Return the records ``rows``, in their order, as arrays of their own."""
        part_at, records = _spread(self.records, rows)
        ring_at, parts = _spread(self.parts, part_at)
        point_at, rings = _spread(self.rings, ring_at)
        return type(self)(self.types[rows], records, parts, rings, self.coords[point_at], self.boxes[rows])

    def geometries(self, rows: NDArray[np.intp]) -> NDArray[np.object_]:
        """Return the records ``rows`` as shapely geometries, ``None`` where one has no place."""
        some = self.take(np.asarray(rows, dtype=np.intp))
        made = np.full(len(some), None, dtype=object)
        for single, many in MANY.items():
            such = (some.types == single) | (some.types == many)
            if such.any():
                parts = np.flatnonzero(np.repeat(such, np.diff(some.records)))
                _gather(made, some, _made_parts(some, parts, single), parts, single)
        return made

    def save(self, folder: Path) -> None:
        """Write one ``.npy`` file for each array into ``folder``."""
        for item in fields(self):
            np.save(folder / f"{item.name}.npy", getattr(self, item.name))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Map the arrays that :meth:`save` wrote; pages are read when they are touched, and shared by all processes."""
        return cls(**{item.name: mapped_array(folder / f"{item.name}.npy") for item in fields(cls)})


def _flattened(part: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Return the points of single geometries, how many rings each has, and how many points each ring."""
    is_polygon = shapely.get_type_id(part) == POLYGON
    rings_per_part = np.where(is_polygon, shapely.get_num_interior_rings(part) + 1, 1).astype(np.int64)
    ring = np.repeat(part, rings_per_part)
    of_polygon = np.repeat(is_polygon, rings_per_part)
    if of_polygon.any():
        ring[of_polygon] = shapely.get_rings(part[is_polygon])
    coords = shapely.get_coordinates(ring)
    return coords, rings_per_part, np.asarray(shapely.get_num_coordinates(ring), dtype=np.int64)


def _offsets(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)


def _spread(offsets: NDArray[np.int64], rows: NDArray[np.intp]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the positions that ``rows`` span, one behind the other, and where each row begins among them."""
    starts = offsets[rows]
    begins = _offsets(offsets[np.asarray(rows) + 1] - starts)
    counts = np.diff(begins)
    return np.arange(begins[-1]) + np.repeat(starts - begins[:-1], counts), begins


def _made_parts(of: Shapes, parts: NDArray[np.intp], single: int) -> NDArray[np.object_]:
    """Return the parts at the positions ``parts``, all of the type ``single``, as shapely geometries."""
    if len(parts) == len(of.parts) - 1:  # all are of this type
        per_part, per_ring, coords = of.parts, of.rings, of.coords
    else:
        ring_at, per_part = _spread(of.parts, parts)
        point_at, per_ring = _spread(of.rings, ring_at)
        coords = of.coords[point_at]
    owner = np.repeat(np.arange(len(per_ring) - 1), np.diff(per_ring))
    if single == POINT:
        return np.atleast_1d(shapely.points(coords))
    if single == LINE:
        return np.atleast_1d(shapely.linestrings(coords, indices=owner))
    rings = shapely.linearrings(coords, indices=owner)
    return np.atleast_1d(shapely.polygons(rings, indices=np.repeat(np.arange(len(parts)), np.diff(per_part))))


def _gather(
    made: NDArray[np.object_], of: Shapes, parts: NDArray[np.object_], at: NDArray[np.intp], single: int
) -> None:
    """Put parts into the records that they belong to."""
    owner = np.repeat(np.arange(len(of)), np.diff(of.records))[at]
    alone = of.types[owner] == single
    made[owner[alone]] = parts[alone]
    if not alone.all():
        collect = {POINT: shapely.multipoints, LINE: shapely.multilinestrings, POLYGON: shapely.multipolygons}[single]
        many, position = np.unique(owner[~alone], return_inverse=True)
        made[many] = collect(parts[~alone], indices=position)
