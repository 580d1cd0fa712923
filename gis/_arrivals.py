"""The few sources nearest to each place along streets, compiled: the work does not grow with the number of pairs.

:mod:`gis.network` imports this module when the first distance is asked for, since it loads numba.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis._buckets import FIRST_ROOM, empty_queue, put, take, with_room
from gis._compiled import compiled
from gis._roads import Edges, Found, Lists, Points, Roads, edges_of, grouped, roads_of

if TYPE_CHECKING:
    from gis._graph import Floats, Graph, Ints


def nearest(graph: Graph, sources: Points, places: Points, cutoff_m: float, count: int) -> Found:
    """Return the ``count`` nearest sources of each place that lie within ``cutoff_m`` along the edges.

    All sources spread at once and each node keeps its nearest ``count``: what is nearest to a place came
    over an end of its edge, where it was among the nearest too, or lies on the edge itself.

    Returns
    -------
    source, place, distance_m
        Row numbers in ``sources`` and ``places``; places ascending, the nearest first, of equals the first source.
    """
    if not sources.edge.size or not places.edge.size:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0)
    ends = np.r_[graph.start[sources.edge], graph.end[sources.edge]]
    to_end = np.r_[sources.along_m, graph.length_m[sources.edge] - sources.along_m] + np.tile(sources.access_m, 2)
    arrivals = _arrivals(roads_of(graph), ends, to_end, (float(cutoff_m), float(graph.length_m.mean())), count)
    on_edge = grouped(sources.edge, len(graph.length_m))
    best_m, best = _best(edges_of(graph), arrivals, on_edge, sources, places, count)
    place, rank = np.nonzero(best_m <= cutoff_m)
    return best[place, rank], place, best_m[place, rank]


@compiled()
def _offered(best_m: Floats, best: Ints, metres: float, source: int) -> bool:
    """Put ``source`` into a list sorted by metres, then source, unless it is too far or there with fewer metres."""
    place = best.size - 1
    for number in range(best.size):
        if best[number] == source:
            place = number
            break
    if metres > best_m[place] or (metres == best_m[place] and source >= best[place]):
        return False
    while place > 0:
        before = place - 1
        if metres > best_m[before] or (metres == best_m[before] and source > best[before]):
            break
        best_m[place], best[place] = best_m[before], best[before]
        place = before
    best_m[place], best[place] = metres, source
    return True


@compiled()
def _holds(best_m: Floats, best: Ints, metres: float, source: int) -> bool:
    """Return whether ``source`` is in a list with so many metres."""
    for number in range(best.size):
        if best[number] == source:
            return bool(best_m[number] == metres)
    return False


@compiled()
def _arrivals(
    roads: Roads, ends: Ints, to_end_m: Floats, limits: tuple[float, float], count: int
) -> tuple[Floats, Ints]:
    """Return, per node, metres and numbers of the ``count`` sources nearest to it (infinite and -1 for none).

    All sources spread at once; a node passes a source on as long as it is one of its nearest. ``limits`` are the cutoff
    and the breadth of a bucket, in metres.
    """
    (cutoff_m, bucket_m), nodes, sources = limits, roads.first.size - 1, ends.size // 2
    best_m, best, size, bucket = np.full((nodes, count), np.inf), np.full((nodes, count), -1), 0, 0
    queue = empty_queue(cutoff_m, bucket_m, max(ends.size, FIRST_ROOM))
    for row in range(ends.size):
        node, source, metres = ends[row], row % sources, to_end_m[row]
        if metres <= cutoff_m and _offered(best_m[node], best[node], metres, source):
            put(queue, size, bucket_m, metres, source * nodes + node)
            size += 1
    while bucket < queue.last.size:
        entry = take(queue, bucket)
        if entry < 0:
            bucket += 1
            continue
        at_m, source, here = queue.metres[entry], queue.item[entry] // nodes, queue.item[entry] % nodes
        if not _holds(best_m[here], best[here], at_m, source):
            continue  # a shorter way, or nearer sources, came since
        if size + roads.first[here + 1] - roads.first[here] > queue.item.size:
            queue = with_room(queue, size + roads.first[here + 1] - roads.first[here])
        for arc in range(roads.first[here], roads.first[here + 1]):
            metres, there = at_m + roads.metres[arc], roads.to[arc]
            if metres <= cutoff_m and _offered(best_m[there], best[there], metres, source):
                put(queue, size, bucket_m, metres, source * nodes + there)
                size += 1
    return best_m, best


@compiled()
def _best(
    edges: Edges, arrivals: tuple[Floats, Ints], on_edge: Lists, sources: Points, places: Points, count: int
) -> tuple[Floats, Ints]:
    """Return, per place, metres and numbers of its nearest sources: over the ends of its edge, or along it."""
    (arrived_m, arrived), size = arrivals, places.edge.size
    best_m, best = np.full((size, count), np.inf), np.full((size, count), -1)
    for place in range(size):
        edge, along, access = places.edge[place], places.along_m[place], places.access_m[place]
        for node, metres in ((edges.low[edge], along), (edges.high[edge], edges.metres[edge] - along)):
            for rank in range(count):
                if arrived[node, rank] >= 0:
                    far_m = arrived_m[node, rank] + metres + access
                    _offered(best_m[place], best[place], far_m, arrived[node, rank])
        for slot in range(on_edge.first[edge], on_edge.first[edge + 1]):
            source = on_edge.item[slot]
            far_m = abs(sources.along_m[source] - along) + sources.access_m[source] + access
            _offered(best_m[place], best[place], far_m, source)
    return best_m, best
