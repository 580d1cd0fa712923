"""Bounded shortest paths, compiled: the work of a search is that of the ground within reach, not of the whole city.

:mod:`gis.network` imports this module when the first distance is asked for, since it loads numba.

A heap is two arrays, a key in metres and an item; of equal keys the smaller item comes first, so that ties do not hang
on the order in which they were found.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis._compiled import compiled, thread_count
from gis._graph import Floats, Ints

if TYPE_CHECKING:
    from gis._graph import Graph

SOURCES_PER_TASK = 256
"""Sources that one thread searches from before it takes more: it bounds what is held twice, and splits evenly."""

_FIRST_ROOM = 1024
"""Entries that a heap or a list of results has room for at first; it doubles when full."""

Found = tuple[Ints, Ints, Floats]
_Heap = tuple[Floats, Ints]


class Points(NamedTuple):
    """Points on edges: the edge, metres along it from its start, metres from the place to the point."""

    edge: Ints
    along_m: Floats
    access_m: Floats

    def at(self, rows: Ints) -> Points:
        """Return the points of ``rows``."""
        return Points(self.edge[rows], self.along_m[rows], self.access_m[rows])


class _Roads(NamedTuple):
    """Arcs between nodes: those from node ``i`` are ``first[i]`` to ``first[i + 1]``."""

    first: Ints
    to: Ints
    metres: Floats


class _Edges(NamedTuple):
    """Edges that places lie on, with both their end nodes."""

    low: Ints
    high: Ints
    metres: Floats


class _Lists(NamedTuple):
    """A list for each of a row of things: that of number ``i`` is ``item[first[i] : first[i + 1]]``."""

    first: Ints
    item: Ints


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
    on_edge = _grouped(places.edge, len(graph.length_m))
    at_node = _edges_at_nodes(graph, np.unique(places.edge))
    order = np.argsort(sources.edge, kind="stable")  # neighbours one after the other find their ground in the cache
    roads, edges, lying, ordered = _roads(graph), _edges(graph), places.at(on_edge.item), sources.at(order)
    on_edge, who = _Lists(on_edge.first, whom[on_edge.item]), who[order]

    def task(start: int) -> Found:
        rows = np.arange(start, min(start + SOURCES_PER_TASK, order.size))
        part: Found = _search(roads, edges, at_node, on_edge, lying, ordered.at(rows), who[rows], float(cutoff_m))
        return part

    with ThreadPoolExecutor(thread_count()) as pool:
        parts = list(pool.map(task, range(0, order.size, SOURCES_PER_TASK)))
    source, place, distance = (np.concatenate(column) for column in zip(*parts, strict=True))
    return source, place, distance


def nearest(graph: Graph, sources: Points, places: Points, cutoff_m: float, count: int) -> Found:
    """Return the ``count`` nearest sources of each place that lie within ``cutoff_m`` along the edges.

    All sources spread at once and each node keeps the first ``count`` that arrive: what is nearest to a place came
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
    arrivals = _arrivals(_roads(graph), ends, to_end, float(cutoff_m), count)
    on_edge = _grouped(sources.edge, len(graph.length_m))
    best_m, best = _best(_edges(graph), arrivals, on_edge, sources, places, count)
    place, rank = np.nonzero(best_m <= cutoff_m)
    return best[place, rank], place, best_m[place, rank]


def _roads(graph: Graph) -> _Roads:
    roads = graph.adjacency
    return _Roads(roads.indptr.astype(np.int64), roads.indices.astype(np.int64), _held(roads.data))


def _edges(graph: Graph) -> _Edges:
    return _Edges(graph.start, graph.end, _held(graph.length_m))


def _held(metres: Floats) -> Floats:
    """Return ``metres`` so that numba compiles for one type of array only: writable and in one piece."""
    return np.require(metres, dtype=np.float64, requirements=["C", "W"])


def _grouped(key: Ints, count: int) -> _Lists:
    """Return, for each of ``count`` keys, the rows that have it, ascending."""
    return _Lists(np.r_[0, np.cumsum(np.bincount(key, minlength=count))], np.argsort(key, kind="stable"))


def _edges_at_nodes(graph: Graph, edges: Ints) -> _Lists:
    """Return, for each node, which of ``edges`` end there; an edge from a node to itself is listed once."""
    other = edges[graph.start[edges] != graph.end[edges]]
    lists = _grouped(np.r_[graph.start[edges], graph.end[other]], graph.node_count)
    return _Lists(lists.first, np.r_[edges, other][lists.item])


@compiled()
def _push(key: Floats, item: Ints, size: int, new_key: float, new_item: int) -> None:
    """Put an entry into a heap of ``size`` entries whose arrays have room for one more."""
    place = size
    while place > 0:
        above = (place - 1) >> 1
        if key[above] < new_key or (key[above] == new_key and item[above] <= new_item):
            break
        key[place], item[place] = key[above], item[above]
        place = above
    key[place], item[place] = new_key, new_item


@compiled()
def _drop_first(key: Floats, item: Ints, size: int) -> None:
    """Take the first entry off a heap that has ``size`` entries left after it."""
    last_key, last_item = key[size], item[size]
    place, below = 0, 1
    while below < size:
        right = below + 1
        if right < size and (key[right] < key[below] or (key[right] == key[below] and item[right] < item[below])):
            below = right
        if key[below] > last_key or (key[below] == last_key and item[below] >= last_item):
            break
        key[place], item[place] = key[below], item[below]
        place, below = below, 2 * below + 1
    key[place], item[place] = last_key, last_item


@compiled()
def _set_out(
    edges: _Edges, start: tuple[int, float], limit_m: float, heap: _Heap, reach_m: Floats, touched: Ints
) -> int:
    """Put the ends of the edge that a search starts on into an empty heap; return how many nodes that is."""
    (edge, along), size = start, 0
    for node, metres in ((edges.low[edge], along), (edges.high[edge], edges.metres[edge] - along)):
        if metres > limit_m or metres >= reach_m[node]:
            continue
        if reach_m[node] < np.inf:  # both ends are one node: the shorter way takes the place of the only entry
            size = 0
        touched[size] = node
        reach_m[node] = metres
        _push(heap[0], heap[1], size, metres, node)
        size += 1
    return size


@compiled()
def _spread(roads: _Roads, heap: _Heap, size: int, reach_m: Floats, touched: Ints, limit_m: float) -> tuple[int, _Heap]:
    """Search from ``size`` nodes, in the heap and touched already; return how many were touched, and the heap."""
    key, item = heap
    count = size
    while size > 0:
        at_m, here = key[0], item[0]
        size -= 1
        _drop_first(key, item, size)
        if at_m > reach_m[here]:
            continue
        for arc in range(roads.first[here], roads.first[here + 1]):
            metres, there = at_m + roads.metres[arc], roads.to[arc]
            if metres > limit_m or metres >= reach_m[there]:
                continue
            if reach_m[there] == np.inf:
                touched[count] = there
                count += 1
            reach_m[there] = metres
            if size == key.size:
                key, item = np.concatenate((key, key)), np.concatenate((item, item))
            _push(key, item, size, metres, there)
            size += 1
    return count, (key, item)


@compiled()
def _touched_edges(edges: _Edges, at_node: _Lists, home: int, reach_m: Floats, touched: Ints, seen: Ints) -> Ints:
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
    roads: _Roads,
    edges: _Edges,
    at_node: _Lists,
    on_edge: _Lists,
    places: Points,
    sources: Points,
    numbers: Ints,
    cutoff_m: float,
) -> Found:
    """Return the ``numbers`` of sources and of ``places``, which lie sorted by edge, in reach of one another."""
    reach_m, touched = np.full(roads.first.size - 1, np.inf), np.empty(roads.first.size - 1, dtype=np.int64)
    heap, seen = (np.empty(_FIRST_ROOM), np.empty(_FIRST_ROOM, np.int64)), np.empty(_FIRST_ROOM, np.int64)
    found, who, whom, far_m = 0, np.empty(_FIRST_ROOM, np.int64), np.empty(_FIRST_ROOM, np.int64), np.empty(_FIRST_ROOM)
    for source in range(sources.edge.size):
        home, along, access = sources.edge[source], sources.along_m[source], sources.access_m[source]
        size = _set_out(edges, (home, along), cutoff_m - access, heap, reach_m, touched)
        count, heap = _spread(roads, heap, size, reach_m, touched, cutoff_m - access)
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


@compiled()
def _arrivals(roads: _Roads, ends: Ints, to_end_m: Floats, cutoff_m: float, count: int) -> tuple[Floats, Ints]:
    """Return, per node, metres and numbers of the ``count`` sources that reach it first (infinite and -1 for none)."""
    nodes, sources, size = roads.first.size - 1, ends.size // 2, 0
    arrived_m, arrived = np.full((nodes, count), np.inf), np.full((nodes, count), -1)
    held = np.zeros(nodes, dtype=np.int64)
    key, item = np.empty(ends.size), np.empty(ends.size, dtype=np.int64)
    for row in range(ends.size):
        if to_end_m[row] <= cutoff_m:
            _push(key, item, size, to_end_m[row], row % sources * nodes + ends[row])
            size += 1
    while size > 0:
        at_m, source, here = key[0], item[0] // nodes, item[0] % nodes
        size -= 1
        _drop_first(key, item, size)
        if held[here] == count or (arrived[here] == source).any():
            continue
        arrived_m[here, held[here]], arrived[here, held[here]] = at_m, source
        held[here] += 1
        for arc in range(roads.first[here], roads.first[here + 1]):
            metres, there = at_m + roads.metres[arc], roads.to[arc]
            if metres > cutoff_m or held[there] == count:
                continue
            if size == key.size:
                key, item = np.concatenate((key, key)), np.concatenate((item, item))
            _push(key, item, size, metres, source * nodes + there)
            size += 1
    return arrived_m, arrived


@compiled()
def _offer(best_m: Floats, best: Ints, metres: float, source: int) -> None:
    """Put ``source`` into a list sorted by metres, then source, unless it is there already with fewer metres."""
    place = best.size - 1
    for number in range(best.size):
        if best[number] == source:
            place = number
    if metres > best_m[place] or (metres == best_m[place] and source >= best[place]):
        return
    while place > 0:
        before = place - 1
        if metres > best_m[before] or (metres == best_m[before] and source > best[before]):
            break
        best_m[place], best[place] = best_m[before], best[before]
        place = before
    best_m[place], best[place] = metres, source


@compiled()
def _best(
    edges: _Edges, arrivals: tuple[Floats, Ints], on_edge: _Lists, sources: Points, places: Points, count: int
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
                    _offer(best_m[place], best[place], far_m, arrived[node, rank])
        for slot in range(on_edge.first[edge], on_edge.first[edge + 1]):
            source = on_edge.item[slot]
            far_m = abs(sources.along_m[source] - along) + sources.access_m[source] + access
            _offer(best_m[place], best[place], far_m, source)
    return best_m, best
