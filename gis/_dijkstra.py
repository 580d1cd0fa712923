"""All places within reach of each source along streets, compiled: a search costs what the ground within reach costs.

:mod:`gis.network` imports this module when the first distance is asked for, since it loads numba.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis._buckets import FIRST_ROOM, Queue, empty_queue, put, take, with_room
from gis._compiled import compiled, thread_count
from gis._roads import Edges, Found, Lists, Points, Roads, edges_of, grouped, roads_of

if TYPE_CHECKING:
    from gis._graph import Floats, Graph, Ints

SOURCES_PER_TASK = 256
"""Sources that one thread searches from before it takes more: it bounds what is held twice, and splits evenly."""

_ENDS = 2
"""Ways that a search sets out with: one to either end of its edge."""


class _Ground(NamedTuple):
    """What a search came to: metres to each node, infinite where it did not, and a list of the others."""

    reach_m: Floats
    touched: Ints


def within(
    graph: Graph, sources: Points, places: Points, cutoff_m: float, numbers: tuple[Ints, Ints] | None = None
) -> Found:
    """Return every source and place no further apart than ``cutoff_m`` along the edges, accesses included.

    One search per source over the nodes within its reach; places are read off the edges that it touches. What comes
    out is the same for any number of threads (``NUMBA_NUM_THREADS``).

    Returns
    -------
    source, place, distance_m
        Row numbers in ``sources`` and ``places``, or what ``numbers`` calls these, in no particular order but always
        the same.
    """
    if not sources.edge.size or not places.edge.size:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0)
    who, whom = (np.arange(sources.edge.size), np.arange(places.edge.size)) if numbers is None else numbers
    on_edge = grouped(places.edge, len(graph.length_m))
    at_node = _edges_at_nodes(graph, np.unique(places.edge))
    order = np.argsort(sources.edge, kind="stable")  # neighbours one after the other find their ground in the cache
    roads, edges, lying, ordered = roads_of(graph), edges_of(graph), places.at(on_edge.item), sources.at(order)
    limits = (float(cutoff_m), float(graph.length_m.mean()))
    on_edge, who = Lists(on_edge.first, whom[on_edge.item]), who[order]

    def task(start: int) -> Found:
        rows = np.arange(start, min(start + SOURCES_PER_TASK, order.size))
        part: Found = _search(roads, edges, at_node, on_edge, lying, ordered.at(rows), who[rows], limits)
        return part

    with ThreadPoolExecutor(thread_count()) as pool:
        parts = list(pool.map(task, range(0, order.size, SOURCES_PER_TASK)))
    source, place, distance = (np.concatenate(column) for column in zip(*parts, strict=True))
    return source, place, distance


def _edges_at_nodes(graph: Graph, edges: Ints) -> Lists:
    """Return, for each node, which of ``edges`` end there; an edge from a node to itself is listed once."""
    other = edges[graph.start[edges] != graph.end[edges]]
    lists = grouped(np.r_[graph.start[edges], graph.end[other]], graph.node_count)
    return Lists(lists.first, np.r_[edges, other][lists.item])


@compiled()
def _set_out(edges: Edges, start: tuple[int, float], limits: tuple[float, float], ground: _Ground, queue: Queue) -> int:
    """Put the ends of the edge that a search starts on into an empty queue; return how many nodes that is."""
    (edge, along), (limit_m, bucket_m), (reach_m, touched), count = start, limits, ground, 0
    for entry, node, metres in ((0, edges.low[edge], along), (1, edges.high[edge], edges.metres[edge] - along)):
        if metres <= limit_m and metres < reach_m[node]:
            if reach_m[node] == np.inf:
                touched[count] = node
                count += 1
            reach_m[node] = metres
            put(queue, entry, bucket_m, metres, node)
    return count


@compiled()
def _spread(roads: Roads, limits: tuple[float, float], ground: _Ground, queue: Queue, count: int) -> tuple[int, Queue]:
    """Search from the ends in the queue; return how many nodes were touched, and the queue: empty, maybe larger."""
    (limit_m, bucket_m), (reach_m, touched), size, bucket = limits, ground, _ENDS, 0
    while bucket < queue.last.size:
        entry = take(queue, bucket)
        if entry < 0:
            bucket += 1
            continue
        at_m, here = queue.metres[entry], queue.item[entry]
        if at_m > reach_m[here]:
            continue  # a shorter way was found since
        if size + roads.first[here + 1] - roads.first[here] > queue.item.size:
            queue = with_room(queue, size + roads.first[here + 1] - roads.first[here])
        for arc in range(roads.first[here], roads.first[here + 1]):
            metres, there = at_m + roads.metres[arc], roads.to[arc]
            if metres > limit_m or metres >= reach_m[there]:
                continue
            if reach_m[there] == np.inf:
                touched[count] = there
                count += 1
            reach_m[there] = metres
            put(queue, size, bucket_m, metres, there)
            size += 1
    return count, queue


@compiled()
def _touched_edges(edges: Edges, at_node: Lists, home: int, reach_m: Floats, touched: Ints, seen: Ints) -> Ints:
    """Return the edges with places that a search came to, each once: the home edge, then those at the nodes."""
    count = 1
    seen[0] = home  # both its ends may lie beyond the cutoff
    for here in touched:
        for slot in range(at_node.first[here], at_node.first[here + 1]):
            edge = at_node.item[slot]
            if edge == home or (here != edges.low[edge] and reach_m[edges.low[edge]] < np.inf):
                continue  # seen already, or to be seen from its other end
            if count == seen.size:
                seen = np.concatenate((seen, seen))
            seen[count] = edge
            count += 1
    return seen[:count]


@compiled()
def _search(
    roads: Roads,
    edges: Edges,
    at_node: Lists,
    on_edge: Lists,
    places: Points,
    sources: Points,
    numbers: Ints,
    limits: tuple[float, float],
) -> Found:
    """Return the ``numbers`` of sources and of ``places``, which lie sorted by edge, in reach of one another.

    ``limits`` are the cutoff and the breadth of a bucket, in metres.
    """
    cutoff_m, bucket_m = limits
    reach_m, touched = np.full(roads.first.size - 1, np.inf), np.empty(roads.first.size - 1, dtype=np.int64)
    ground, queue = _Ground(reach_m, touched), empty_queue(cutoff_m, bucket_m, FIRST_ROOM)
    seen = np.empty(FIRST_ROOM, np.int64)
    found, who, whom, far_m = 0, np.empty(FIRST_ROOM, np.int64), np.empty(FIRST_ROOM, np.int64), np.empty(FIRST_ROOM)
    for source in range(sources.edge.size):
        home, along, access = sources.edge[source], sources.along_m[source], sources.access_m[source]
        limit = (cutoff_m - access, bucket_m)
        count = _set_out(edges, (home, along), limit, ground, queue)
        count, queue = _spread(roads, limit, ground, queue, count)
        for edge in _touched_edges(edges, at_node, home, reach_m, touched[:count], seen):
            low_m, high_m = reach_m[edges.low[edge]], reach_m[edges.high[edge]]
            for place in range(on_edge.first[edge], on_edge.first[edge + 1]):
                at_m = places.along_m[place]
                metres = min(low_m + at_m, high_m + (edges.metres[edge] - at_m))
                if edge == home:
                    metres = min(metres, abs(along - at_m))
                metres += places.access_m[place] + access
                if metres > cutoff_m:
                    continue
                if found == who.size:
                    who, whom = np.concatenate((who, who)), np.concatenate((whom, whom))
                    far_m = np.concatenate((far_m, far_m))
                who[found], whom[found], far_m[found] = numbers[source], on_edge.item[place], metres
                found += 1
        reach_m[touched[:count]] = np.inf
    return who[:found].copy(), whom[:found].copy(), far_m[:found].copy()
