"""Which boxes meet a box: a packed Hilbert R-tree in flat arrays, mapped from disk and shared by all processes.

A tree of shapely keeps a geometry object for each record in each process: some hundred MB for a million. This one is
six numbers a record on disk, none in memory, and is searched level by level with whole arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

import numpy as np
import shapely

from layers.serving.blobs import mapped_array

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

NODE_SIZE = 16
"""Children of a node: a search touches few levels, and each test is one array operation."""
HILBERT_LEVEL = 16
"""Cells of the curve along each side: 2 to this power."""


@dataclass(frozen=True, eq=False)
class BoxTree:
    """An index over the boxes of records.

    Parameters
    ----------
    rows
        Numbers of the records that have a box, along the curve.
    boxes
        (m, 4) boxes of all nodes, west, south, east, north: the records' own first, then level by level to the root.
    levels
        Where each level begins in ``boxes``, and the end.
    """

    rows: NDArray[np.int64]
    boxes: NDArray[np.float64]
    levels: NDArray[np.int64]

    @classmethod
    def over(cls, boxes: NDArray[np.float64]) -> Self:
        """Return the index over ``boxes`` ((n, 4), NaN where a record has none)."""
        rows = np.flatnonzero(np.isfinite(boxes).all(axis=1))
        if len(rows):
            west, south, east, north = boxes[rows].T
            extent = (west.min(), south.min(), east.max(), north.max())
            middle = shapely.points((west + east) / 2, (south + north) / 2)
            rows = rows[np.argsort(_along_hilbert(middle, extent), kind="stable")]
        floors = [np.ascontiguousarray(boxes[rows])]
        while len(floors[-1]) > 1:
            floors.append(_parents(floors[-1]))
        sizes = [0, *(len(floor) for floor in floors)]
        return cls(rows.astype(np.int64), np.concatenate(floors), np.cumsum(sizes).astype(np.int64))

    def search(self, west: float, south: float, east: float, north: float) -> NDArray[np.int64]:
        """Return the numbers of the records whose boxes meet the given one, edges included, in order."""
        found = np.zeros(1, dtype=np.int64)
        for floor in range(len(self.levels) - 2, -1, -1):
            start, end = self.levels[floor], self.levels[floor + 1]
            if floor < len(self.levels) - 2:
                found = (found[:, None] * NODE_SIZE + np.arange(NODE_SIZE)).ravel()
            found = found[found < end - start]
            box = self.boxes[start + found]
            meets = (box[:, 0] <= east) & (box[:, 2] >= west) & (box[:, 1] <= north) & (box[:, 3] >= south)
            found = found[meets]
        return np.sort(self.rows[found])

    def save(self, folder: Path) -> None:
        """Write the arrays into ``folder``."""
        for name in ("rows", "boxes", "levels"):
            np.save(folder / f"tree_{name}.npy", getattr(self, name))

    @classmethod
    def load(cls, folder: Path) -> Self:
        """Map the arrays that :meth:`save` wrote."""
        rows, boxes = (mapped_array(folder / f"tree_{name}.npy") for name in ("rows", "boxes"))
        return cls(rows, boxes, np.load(folder / "tree_levels.npy"))


def _parents(boxes: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the boxes of nodes over ``boxes``, :data:`NODE_SIZE` at a time."""
    starts = np.arange(0, len(boxes), NODE_SIZE)
    low = np.minimum.reduceat(boxes[:, :2], starts, axis=0)
    return np.hstack((low, np.maximum.reduceat(boxes[:, 2:], starts, axis=0)))


def _along_hilbert(points: NDArray[np.object_], extent: tuple[float, float, float, float]) -> NDArray[np.uint32]:
    """Return where points lie along the Hilbert curve of ``extent``."""
    import geopandas as gpd  # noqa: PLC0415  (only where a tree is made, not where it is searched)

    return np.asarray(gpd.GeoSeries(points).hilbert_distance(total_bounds=extent, level=HILBERT_LEVEL))
