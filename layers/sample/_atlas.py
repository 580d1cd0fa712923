"""Where things are, in words: the sub-district and the address of any place in the town."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.sample._areas import codes, locate
from layers.sample._names import address

if TYPE_CHECKING:
    from layers.sample._chance import FloatArray, GeometryArray, IntArray
    from layers.sample._town import Town


@dataclass(frozen=True)
class Atlas:
    """Answers for a town: which sub-district, which street, which free spot."""

    town: Town
    _tree: shapely.STRtree
    _names: np.ndarray

    @classmethod
    def of(cls, town: Town) -> Atlas:
        """Return the atlas of a town."""
        named = town.streets[town.streets["name"].notna() & town.streets["is_walkable"]]
        return cls(town, shapely.STRtree(named["geometry"].to_numpy()), named["name"].to_numpy())

    def subdistrict_of(self, shapes: GeometryArray) -> IntArray:
        """Return the number of the sub-district that holds a point of each shape."""
        return locate(shapely.point_on_surface(shapes), self.town.subdistricts)

    def place(self, table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
        """Return ``table`` with ``address`` and ``subdistrict_code``, from its ``geometry`` in the plane."""
        shapes = table["geometry"].to_numpy()
        points = shapely.point_on_surface(shapes)
        number = locate(points, self.town.subdistricts)
        street = self._names[self._tree.nearest(points)]
        doors = rng.integers(1, 240, len(table))
        words = [address(*item) for item in zip(number, street, doors, strict=True)]
        return table.assign(address=words, subdistrict_code=codes(number))

    def spots(self, blocks: IntArray, rng: np.random.Generator) -> GeometryArray:
        """Return a free point in each of the given blocks, just inside its edge."""
        shapes = self.town.blocks["rest"].to_numpy()[blocks]
        edge = shapely.get_exterior_ring(shapely.buffer(shapes, -1.2))
        empty = shapely.is_empty(edge) | shapely.is_missing(edge)
        edge[empty] = shapely.get_exterior_ring(shapes[empty])
        return np.asarray(shapely.line_interpolate_point(edge, rng.random(len(blocks)), normalized=True))

    def street_middles(self) -> FloatArray:
        """Return the middle of every street edge, shape ``(n, 2)``."""
        edges = self.town.streets["geometry"].to_numpy()
        return np.asarray(shapely.get_coordinates(shapely.line_interpolate_point(edges, 0.5, normalized=True)))

    def along_streets(self, weights: FloatArray, count: int, rng: np.random.Generator) -> GeometryArray:
        """Return points at the side of streets, each street drawn by its weight.

        Sub-districts meet on centre lines, so a point keeps off them by a third of the width.
        """
        streets = self.town.streets
        chosen = rng.choice(len(streets), size=count, p=weights / weights.sum())
        lines, width_m = streets["geometry"].to_numpy()[chosen], streets["width_m"].to_numpy()[chosen]
        share = rng.uniform(0.04, 0.96, count)
        ends = [shapely.line_interpolate_point(lines, share + step, normalized=True) for step in (-0.01, 0.01)]
        low, high = (shapely.get_coordinates(points) for points in ends)
        along = high - low
        along /= np.maximum(np.hypot(*along.T), 1e-9)[:, None]
        side = np.stack([-along[:, 1], along[:, 0]], axis=1) * (rng.choice([-1.0, 1.0], count) * width_m / 3)[:, None]
        return np.asarray(shapely.points((low + high) / 2 + side))


def unplace(table: pd.DataFrame, rows: IntArray) -> pd.DataFrame:
    """Return ``table`` with the geometry of some rows taken away: an address only, as ledgers often are."""
    shapes = table["geometry"].to_numpy(dtype=object).copy()
    shapes[rows] = None
    return table.assign(geometry=pd.Series(list(shapes), index=table.index, dtype=object))
