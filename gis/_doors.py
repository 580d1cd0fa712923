"""Several ways into one place: a long outline is entered from all its sides, not from the street nearest its middle."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gis._barriers import TOUCH_M
from gis._notes import Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis._barriers import Barriers
    from gis._graph import Floats, Geometries, Graph, Ints

OUTLINE_STEP_M = 100.0
"""Points of an outline from which its nearest street is entered are no further apart than this. ASSUMPTION: gates are
on no map that was read, so that every side is taken to have one; with a step of a block a walk along the outline is at
most half a block too long, and steps of 50 m found the same pairs within 1,000 m but for 1 in 800 for twice the work.
An outline of at most two such steps is entered once, as a point is."""

TIE_M = 1e-6
"""Streets at one distance are all entered, and a side of whole steps is cut into these, whatever rounding adds."""

NOTE = Note(
    f"有轮廓的地块按可从各边出入计（轮廓上每隔至多{OUTLINE_STEP_M:g}米就近进入路网）：大门位置未知，为假设，"
    "封闭小区的实际步行距离可能更长；相接或相含的两处距离为0。",
    f"A place with an outline is taken to be entered from all its sides (at the nearest street of points at most "
    f"{OUTLINE_STEP_M:g} m apart): where its gates are is not known, an ASSUMPTION, and the walk to a gated compound "
    "may be longer; places that touch or hold each other are 0 m apart.",
)
"""Said of every run on a network."""


class Doors(NamedTuple):
    """Entries of places with a long outline, besides their first: the place's row, and a point on an edge as there."""

    place: Ints
    edge: Ints
    along_m: Floats
    access_m: Floats

    def at(self, rows: Ints | NDArray[np.bool_]) -> Doors:
        """Return the doors of ``rows``."""
        return Doors(self.place[rows], self.edge[rows], self.along_m[rows], self.access_m[rows])


NOWHERE = Doors(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0), np.empty(0))


def doors(graph: Graph, barriers: Barriers, ground: Geometries, middle: Geometries, limit_m: float) -> Doors:
    """Return where polygons with a long outline enter ``graph``, sorted by place.

    The middle, every vertex of the outline, and points between these no further apart than :data:`OUTLINE_STEP_M` each
    name their nearest street, and where it is nearest; the straight way there, of at most ``limit_m``, starts at the
    place's own edge. None leads across a barrier, or starts on one. Entries that no walk can prefer are left out.
    """
    place, spots = _spots(ground, middle)
    if not place.size:
        return NOWHERE
    (near, _), metres = graph.tree.query_nearest(spots, return_distance=True, all_matches=False)
    tied, edge = graph.tree.query(spots[near], predicate="dwithin", distance=metres + TIE_M)
    at = near[tied]
    along = shapely.line_locate_point(graph.lines[edge], spots[at])
    way = shapely.shortest_line(ground[place[at]], shapely.line_interpolate_point(graph.lines[edge], along))
    found = Doors(place[at], edge, along, np.asarray(shapely.length(way), dtype=np.float64))
    leads = found.access_m <= limit_m
    start = shapely.get_point(way, 0)
    leads[barriers.line_tree.query(start, predicate="dwithin", distance=TOUCH_M)[0]] = False
    leads[leads] = ~barriers.stop_entry(way[leads])
    return _useful(found.at(leads), graph) if leads.any() else NOWHERE


def _spots(ground: Geometries, middle: Geometries) -> tuple[Ints, Geometries]:
    """Return (row, point) of the middle of every polygon whose outline is long, and of points along that."""
    is_polygon = np.isin(shapely.get_type_id(ground), (shapely.GeometryType.POLYGON, shapely.GeometryType.MULTIPOLYGON))
    wide = np.flatnonzero(is_polygon)
    wide = wide[shapely.length(ground[wide]) > 2 * OUTLINE_STEP_M]
    outline = shapely.segmentize(shapely.boundary(ground[wide]), OUTLINE_STEP_M + TIE_M)
    xy, number = shapely.get_coordinates(outline, return_index=True)
    return np.concatenate([wide, wide[number]]), np.concatenate([middle[wide], shapely.points(xy)])


def _useful(found: Doors, graph: Graph) -> Doors:
    """Return the doors without those that another door of the same place leads to, along their edge, as quickly.

    Edges that meet where a door is are the same to a walk: the first of them stands for all.
    """
    length = graph.length_m[found.edge]
    node = np.where(found.along_m <= TIE_M, graph.start[found.edge], graph.end[found.edge])
    inner = (found.along_m > TIE_M) & (found.along_m < length - TIE_M)
    corner = np.where(inner, -1 - np.arange(node.size), node)
    order = np.lexsort((found.edge, found.access_m, corner, found.place))
    corner, place = corner[order], found.place[order]
    first = np.r_[True, (corner[1:] != corner[:-1]) | (place[1:] != place[:-1])]
    found = found.at(order[first])
    found = found.at(np.lexsort((found.access_m, found.along_m, found.edge, found.place)))
    same = (found.place[1:] == found.place[:-1]) & (found.edge[1:] == found.edge[:-1])
    between, saved = np.diff(found.along_m), np.diff(found.access_m)
    after = np.r_[False, same & (between <= saved)]
    before = np.r_[same & (between < -saved), False]
    return found.at(~(after | before))
