"""By how much, and which way, records lie off the accepted places and areas of the same name, all together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from layers.datums._named_places import namesakes
from layers.quality import Text

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.datums._ground import Ground

    Objects = NDArray[np.object_]

_FEWEST_PAIRS = 5
_FARTHEST_M = 3_000.0
"""Namesakes farther apart are two places."""
_DIRECTIONS = (
    ("北", "north"), ("东北", "north-east"), ("东", "east"), ("东南", "south-east"),
    ("南", "south"), ("西南", "south-west"), ("西", "west"), ("西北", "north-west"),
)  # fmt: skip


class Displacement(NamedTuple):
    """Median offset in metres east and north, its standard error, and the number of pairs behind it."""

    east_m: float
    north_m: float
    error_m: float
    pairs: int

    @property
    def size_m(self) -> float:
        """How far."""
        return float(np.hypot(self.east_m, self.north_m))

    @property
    def is_offset(self) -> bool:
        """Whether it is an offset and no scatter: more than three standard errors."""
        return self.size_m > 3 * self.error_m

    def text(self, name: str) -> Text:
        """Return the sentence for people; ``name`` is the reading under which it was measured."""
        at = round(float(np.degrees(np.arctan2(self.east_m, self.north_m))) / 45) % 8
        zh, en = _DIRECTIONS[at]
        return Text(
            f"按 {name} 读，{self.pairs} 条与同名地点的中位偏移为向{zh} {self.size_m:.0f} 米（±{self.error_m:.0f} 米）",
            f"read as {name}, {self.pairs} records lie {self.size_m:.0f} m (median, ±{self.error_m:.0f} m) {en} "
            "of their namesakes",
        )


def displacement(shapes: Objects, names: Objects, others: gpd.GeoDataFrame, ground: Ground) -> Displacement | None:
    """Return the median offset of records from their namesakes, middle to middle; ``None`` for fewer than five pairs.

    The standard error is ``1.2533 * 1.4826 * MAD / sqrt(n)`` of the wider axis, that of a median of normal scatter.

    Parameters
    ----------
    shapes
        Geometries of the records in metres of ``ground``.
    names
        What they are called.
    others
        Accepted records with ``name``, WGS 84.
    ground
        Plane to measure in.
    """
    pairs = namesakes(names, others["name"].to_numpy(dtype=object))
    if len(pairs.row) < _FEWEST_PAIRS:
        return None
    here = shapely.centroid(shapes[pairs.row])
    there = shapely.centroid(ground.shapes(np.asarray(others.geometry.to_numpy(), dtype=object)[pairs.other]))
    off = np.column_stack([shapely.get_x(here) - shapely.get_x(there), shapely.get_y(here) - shapely.get_y(there)])
    off = off[np.isfinite(off).all(axis=1)]
    off = off[np.hypot(off[:, 0], off[:, 1]) <= _FARTHEST_M]
    if len(off) < _FEWEST_PAIRS:
        return None
    middle = np.median(off, axis=0)
    scatter = float(np.median(np.abs(off - middle), axis=0).max())
    error_m = 1.2533 * 1.4826 * scatter / float(np.sqrt(len(off)))
    return Displacement(float(middle[0]), float(middle[1]), error_m, len(off))
