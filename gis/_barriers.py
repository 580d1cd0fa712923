"""What nobody walks across where no street does: open water, and expressways on the ground.

Streets themselves are never tested: a bridge, a tunnel or an underpass is an edge of the network, and leads across.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from gis._graph import Floats, Geometries, Ints, has_place

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

STEP_M = 2.0
"""Water this narrow on a straight way is stepped over. ASSUMPTION: an adult's long step, and the error of a sheet of
1:2000 or of OpenStreetMap; no source gives a width."""

OVERDRAWN_M = 5.0
"""A street may lie this far inside drawn water and still be entered from the bank. ASSUMPTION: quays and boardwalks are
drawn over the water beside them by metres; a bridge further out is entered where it lands."""

TOUCH_M = 0.5
"""A straight way may touch an expressway or a watercourse with this much of either end: what lies beside one, or on
it, is not yet across. ASSUMPTION: drawing accuracy."""

TILE_VERTICES = 128
"""Water of more vertices is looked at in pieces: a search then meets few vertices, however long the shore."""

STEPPED_OVER = frozenset({"drain", "ditch"})
"""Watercourses (OpenStreetMap's words) that are drawn as a line and stop nobody."""


@dataclass(frozen=True)
class Barriers:
    """Water and expressways, ready to be asked.

    Parameters
    ----------
    water
        Water as it hangs together, whatever tiles or names it was drawn in.
    round_m
        The longest way from any bank of each water to its opposite, along the shore: half its outline. Infinite where
        there is an island in it.
    tiles, tile_water
        Pieces of water with few vertices each, and the water that each is a piece of.
    tile_tree, line_tree
        Spatial indexes of the tiles, and of watercourses and expressways that are lines.
    """

    water: Geometries = field(repr=False)
    round_m: Floats = field(repr=False)
    tiles: Geometries = field(repr=False)
    tile_water: Ints = field(repr=False)
    tile_tree: shapely.STRtree = field(repr=False)
    line_tree: shapely.STRtree = field(repr=False)

    @classmethod
    def of(cls, expressways: gpd.GeoSeries, waters: gpd.GeoDataFrame | None) -> Barriers:
        """Return the barriers made by ``expressways`` on the ground and ``waters`` (kind ``water``; may be missing)."""
        parts = shapely.get_parts(_placed(expressways))
        water = np.empty(0, dtype=object)
        if waters is not None:
            narrow = waters["water_type"].isin(STEPPED_OVER).to_numpy(dtype=bool)
            drawn, wide = (
                shapely.get_parts(_placed(waters.geometry)),
                shapely.get_parts(_placed(waters.geometry[~narrow])),
            )
            parts = np.concatenate([parts, wide[_is(wide, shapely.GeometryType.LINESTRING)]])
            whole = shapely.make_valid(drawn[_is(drawn, shapely.GeometryType.POLYGON)])
            water = shapely.get_parts(shapely.disjoint_subset_union_all(whole)) if whole.size else water
            water = water[_is(water, shapely.GeometryType.POLYGON)]
        islands = shapely.get_num_interior_rings(water) > 0
        round_m = np.where(islands, np.inf, shapely.length(water) / 2)
        tiles, tile_water = _tiled(water)
        return cls(water, round_m, tiles, tile_water, shapely.STRtree(tiles), shapely.STRtree(parts))

    @property
    def is_empty(self) -> bool:
        """Whether nothing stops anybody."""
        return not len(self.tile_tree) and not len(self.line_tree)

    def stop_entry(self, ways: Geometries) -> NDArray[np.bool_]:
        """Return which straight ``ways`` from dry ground to a street (their last point) cross a barrier."""
        way, _, wet = self._wet(ways)
        wet_m = _summed(way, wet, len(ways))
        rows = np.flatnonzero(wet_m > STEP_M)
        ends = np.unique(self.tile_tree.query(shapely.get_point(ways[rows], -1), predicate="intersects")[0])
        wet_m[rows[ends]] -= OVERDRAWN_M - STEP_M
        return (wet_m > STEP_M) | self._cut(ways)

    def stop_straight(self, ways: Geometries, detour_factor: float) -> NDArray[np.bool_]:
        """Return which straight ``ways`` between places on dry ground no detour makes good.

        A pond is walked round: that costs at most half its outline less what the way lies over it. Together this may
        make a way up to ``detour_factor`` times as long, since that is how long it is taken to be. A river or a lake is
        longer round, an expressway and a watercourse have no end that is known.
        """
        way, water, wet = self._wet(ways)
        more = np.where(wet > STEP_M, self.round_m[water] - wet, 0.0)
        more_m = _summed(way, more, len(ways))
        spared_m = (detour_factor - 1) * np.asarray(shapely.length(ways), dtype=np.float64)
        return (more_m > spared_m) | self._cut(ways)

    def ashore(self, places: Geometries, middles: Geometries) -> tuple[Geometries, Geometries, Floats]:
        """Return the dry part of each place, its middle there, and metres from the place to it.

        A place that lies in water altogether (a pier, a moored boat) is its nearest point on the bank.
        """
        dry, near, off_m = places.copy(), middles.copy(), np.zeros(len(places))
        place, tile = self.tile_tree.query(places, predicate="intersects")
        if not place.size:
            return dry, near, off_m
        wet = np.unique(place)
        dry[wet] = shapely.make_valid(dry[wet])
        turn = np.arange(place.size) - np.searchsorted(place, place)  # the tiles of one place one after the other
        for number in range(turn.max() + 1):
            rows = turn == number
            dry[place[rows]] = shapely.difference(dry[place[rows]], self.tiles[tile[rows]])
        drowned = wet[shapely.is_empty(dry[wet])]
        dry[drowned], off_m[drowned] = self._bank(middles[drowned], places[drowned])
        moved = wet[~shapely.intersects(dry[wet], middles[wet])]
        near[moved] = shapely.get_point(shapely.shortest_line(dry[moved], middles[moved]), 0)
        return dry, near, off_m

    def _bank(self, middles: Geometries, places: Geometries) -> tuple[Geometries, Floats]:
        shores = shapely.get_parts(shapely.boundary(self.water))
        who, shore = shapely.STRtree(shores).query_nearest(middles, all_matches=False)
        bank = middles.copy()
        line = shores[shore]
        bank[who] = shapely.line_interpolate_point(line, shapely.line_locate_point(line, middles[who]))
        return bank, np.asarray(shapely.distance(places, bank), dtype=np.float64)

    def _wet(self, ways: Geometries) -> tuple[Ints, Ints, Floats]:
        """Return (way, water, metres of the way over it) where a way meets water."""
        way, tile = self.tile_tree.query(ways, predicate="intersects")
        metres = shapely.length(shapely.intersection(ways[way], self.tiles[tile]))
        key, number = np.unique(way * max(1, len(self.water)) + self.tile_water[tile], return_inverse=True)
        way, water = np.divmod(key, max(1, len(self.water)))
        return way, water, _summed(number, metres, key.size)

    def _cut(self, ways: Geometries) -> NDArray[np.bool_]:
        """Return which ways cross an expressway or a watercourse, their ends apart."""
        cut = np.zeros(len(ways), dtype=bool)
        length = shapely.length(ways)
        long = np.flatnonzero(length > 2 * TOUCH_M) if len(self.line_tree) else np.empty(0, dtype=np.int64)
        ends = [shapely.line_interpolate_point(ways[long], at) for at in (TOUCH_M, length[long] - TOUCH_M)]
        inner = shapely.linestrings(np.stack([shapely.get_coordinates(end) for end in ends], axis=1))
        cut[long[np.unique(self.line_tree.query(inner, predicate="intersects")[0])]] = True
        return cut


def _summed(row: Ints, values: Floats, count: int) -> Floats:
    """Return the sum of the values of each row (``bincount`` counts in whole numbers where there are none)."""
    return np.bincount(row, weights=values, minlength=count).astype(np.float64)


def _placed(shapes: gpd.GeoSeries) -> Geometries:
    return np.asarray(shapely.force_2d(np.asarray(shapes[has_place(shapes)].array, dtype=object)), dtype=object)


def _is(shapes: Geometries, type_id: shapely.GeometryType) -> NDArray[np.bool_]:
    return np.asarray(shapely.get_type_id(shapes) == type_id, dtype=np.bool_)


def _tiled(shapes: Geometries) -> tuple[Geometries, Ints]:
    """Return polygons cut into quarters until each has few vertices, and the row that each piece is of."""
    done, rows = [np.empty(0, dtype=object)], [np.empty(0, dtype=np.int64)]
    row = np.arange(len(shapes))
    while row.size:
        small = shapely.get_num_coordinates(shapes) <= TILE_VERTICES
        done.append(shapes[small])
        rows.append(row[small])
        shapes, row = shapes[~small], row[~small]
        west, south, east, north = shapely.bounds(shapes).T
        middle_x, middle_y = (west + east) / 2, (south + north) / 2
        quarters = [
            shapely.intersection(shapes, shapely.box(x0, y0, x1, y1))
            for x0, x1 in ((west, middle_x), (middle_x, east))
            for y0, y1 in ((south, middle_y), (middle_y, north))
        ]
        parts, number = shapely.get_parts(np.concatenate(quarters), return_index=True)
        keep = _is(parts, shapely.GeometryType.POLYGON)
        shapes, row = parts[keep], np.tile(row, 4)[number[keep]]
    return np.concatenate(done), np.concatenate(rows)
