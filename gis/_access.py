"""Where a place enters the walking network: the nearest point of a street that can be reached without a barrier."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gis._barriers import OVERDRAWN_M
from gis._doors import NOWHERE, Doors, doors

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gis._barriers import Barriers
    from gis._graph import Floats, Geometries, Graph, Ints

TRIED_AT_ONCE = 8
"""Streets that a place whose nearest one lies across a barrier tries at a time."""

PLACES_PER_THREAD = 10_000
"""Places that one thread looks at before it takes more."""

PLACES_AT_ONCE = 4096
"""Such places that are looked at together; each has some hundred streets within reach."""


class Entered(IntEnum):
    """How a place enters the network."""

    NEAREST = 0
    OTHER = 1
    """By another street than the nearest, which lies across a barrier."""
    FAR = 2
    """Not at all: every street is too far away."""
    BARRED = 3
    """Not at all: all streets that are near enough lie across a barrier."""


class Entries(NamedTuple):
    """Places on the network, a row each.

    ``edge`` is -1 for those that do not enter it; ``along_m`` runs from the edge's start, ``access_m`` is the straight
    way from the place to that point. ``ground`` is the dry part of the place and ``off_m`` the metres to it
    (:meth:`gis._barriers.Barriers.ashore`); ``how`` is an :class:`Entered`; ``doors`` are further entries of those with
    a long outline.
    """

    edge: Ints
    along_m: Floats
    access_m: Floats
    ground: Geometries
    off_m: Floats
    how: Ints
    doors: Doors = NOWHERE

    @property
    def entry_count(self) -> int:
        """How many there are, a place that has none counted once."""
        return self.edge.size + self.doors.place.size


def enter(graph: Graph | None, barriers: Barriers, places: Geometries, limit_m: float) -> Entries:
    """Return where ``places`` enter ``graph``, as :func:`_entered` does, many of them in several threads at once."""
    if graph is None or len(places) <= PLACES_PER_THREAD:
        return _entered(graph, barriers, places, limit_m)
    from gis._compiled import thread_count  # noqa: PLC0415  (loads numba, which most commands can do without)

    graph.grid  # noqa: B018  (made once, before the threads ask for it)
    starts = range(0, len(places), PLACES_PER_THREAD)
    with ThreadPoolExecutor(thread_count()) as pool:
        parts = [
            pool.submit(_entered, graph, barriers, places[start : start + PLACES_PER_THREAD], limit_m)
            for start in starts
        ]
    return _joined([part.result() for part in parts], starts)


def _joined(parts: Sequence[Entries], starts: Iterable[int]) -> Entries:
    """Return the entries of all parts; the doors of each name its rows."""
    found = [part.doors._replace(place=part.doors.place + start) for part, start in zip(parts, starts, strict=True)]
    through = Doors(*(np.concatenate(column) for column in zip(*found, strict=True)))
    edge, along, access, ground, off_m, how = (
        np.concatenate(column) for column in zip(*(p[:6] for p in parts), strict=True)
    )
    return Entries(edge, along, access, ground, off_m, how, through)


def _entered(graph: Graph | None, barriers: Barriers, places: Geometries, limit_m: float) -> Entries:
    """Return where ``places`` enter ``graph`` by a straight way of at most ``limit_m`` that crosses no barrier.

    Streets are tried by their distance from the middle of the place; the way starts at the place's own edge. A polygon
    with a long outline has further entries around it (:func:`gis._doors.doors`).
    """
    ground, middle, off_m = _stand(graph, barriers, places)
    edge, along = np.full(len(places), -1, dtype=np.int64), np.zeros(len(places))
    access, how = np.full(len(places), np.inf), np.full(len(places), int(Entered.FAR))
    entries = Entries(edge, along, access, ground, off_m, how)
    if graph is None or not len(places):
        return entries
    _try(graph, barriers, middle, entries, np.arange(len(places)), _nearest(graph, middle), limit_m)
    how[how == Entered.OTHER] = Entered.NEAREST
    barred = np.flatnonzero(how == Entered.BARRED)
    for start in range(0, barred.size, PLACES_AT_ONCE):
        _try_others(graph, barriers, middle, entries, barred[start : start + PLACES_AT_ONCE], limit_m)
    return _with_doors(entries, doors(graph, barriers, ground, middle, limit_m))


def _with_doors(entries: Entries, found: Doors) -> Entries:
    """Return the entries with further ones; a place that had none takes the nearest of these for its first."""
    lost = np.flatnonzero((entries.edge < 0)[found.place])
    lost = lost[np.lexsort((found.along_m[lost], found.edge[lost], found.access_m[lost], found.place[lost]))]
    place = found.place[lost]
    lost = lost[np.r_[True, place[1:] != place[:-1]]] if lost.size else lost
    place = found.place[lost]
    entries.edge[place], entries.along_m[place] = found.edge[lost], found.along_m[lost]
    entries.access_m[place] = found.access_m[lost]
    entries.how[place] = np.where(entries.how[place] == Entered.BARRED, int(Entered.OTHER), int(Entered.NEAREST))
    return entries._replace(doors=found)


def _stand(graph: Graph | None, barriers: Barriers, places: Geometries) -> tuple[Geometries, Geometries, Floats]:
    """Return the ground of each place, its middle, and metres to it: dry ground, but what stands on a bridge stays."""
    middle = _middle(places)
    ground, near, off_m = barriers.ashore(places, middle)
    drowned = np.flatnonzero(off_m)
    if graph is not None and drowned.size:
        edge = _nearest(graph, middle[drowned])
        who = drowned[shapely.dwithin(places[drowned], graph.lines[edge], OVERDRAWN_M)]
        ground[who], near[who], off_m[who] = places[who], middle[who], 0.0
    return ground, near, off_m


def _middle(places: Geometries) -> Geometries:
    """Return the centroid where it lies in the place (it turns with the city), else a point that does."""
    middle = places.copy()
    wide = np.flatnonzero(shapely.get_type_id(places) != shapely.GeometryType.POINT)
    middle[wide] = shapely.centroid(places[wide])
    outside = wide[~shapely.intersects(places[wide], middle[wide])]
    middle[outside] = shapely.point_on_surface(places[outside])
    return middle


def _nearest(graph: Graph, middle: Geometries) -> Ints:
    """Return the nearest edge of each; of edges at one distance the one entered furthest west, then south."""
    from gis._nearest import nearest_lines  # noqa: PLC0415  (loads numba, which most commands can do without)

    return nearest_lines(graph.grid, shapely.get_coordinates(middle))


def _try(
    graph: Graph, barriers: Barriers, middle: Geometries, entries: Entries, who: Ints, edge: Ints, limit_m: float
) -> None:
    """Let each place of ``who`` enter by the first of its edges that it can; rows of a place stand together."""
    line = graph.lines[edge]
    along = shapely.line_locate_point(line, middle[who])
    point = shapely.line_interpolate_point(line, along)
    access = shapely.distance(entries.ground[who], point) + entries.off_m[who]
    near = access <= limit_m
    entries.how[who[near]] = Entered.BARRED
    if not barriers.is_empty:
        near[near] = ~barriers.stop_entry(shapely.shortest_line(entries.ground[who[near]], point[near]))
    rows = np.flatnonzero(near)
    rows = rows[np.r_[True, who[rows][1:] != who[rows][:-1]]] if rows.size else rows
    entries.edge[who[rows]], entries.along_m[who[rows]] = edge[rows], along[rows]
    entries.access_m[who[rows]], entries.how[who[rows]] = access[rows], Entered.OTHER


def _try_others(
    graph: Graph, barriers: Barriers, middle: Geometries, entries: Entries, barred: Ints, limit_m: float
) -> None:
    number, edge = graph.tree.query(entries.ground[barred], predicate="dwithin", distance=limit_m)
    who = barred[number]
    order = np.lexsort((edge, shapely.distance(graph.lines[edge], middle[who]), who))
    who, edge = who[order], edge[order]
    turn = (np.arange(who.size) - np.searchsorted(who, who)) // TRIED_AT_ONCE
    for number in range(turn.max(initial=-1) + 1):
        rows = np.flatnonzero((turn == number) & (entries.edge[who] < 0))
        _try(graph, barriers, middle, entries, who[rows], edge[rows], limit_m)
