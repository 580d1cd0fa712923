"""The line of the shortest walk between two places: as long as the distance that :class:`gis.network.Reach` tells.

It is asked for the few legs of a walk, so one search of scipy a leg is quick enough; distances by the million come from
:mod:`gis._dijkstra`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from scipy import sparse
from scipy.sparse import csgraph

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis._graph import Floats, Graph, Ints
    from gis._roads import Points

STREET, STRAIGHT, INSIDE = "street", "straight", "inside"


class Way(NamedTuple):
    """A walk from one place to another.

    ``distance_m`` is that of :meth:`gis.network.Reach.pairs`. ``line`` leads from the edge of the first place to that
    of the second and is as long, but for a ``by`` of :data:`STRAIGHT` (shorter by the detour factor), and empty where
    the two touch or one holds the other (:data:`INSIDE`). Streets whose ends were drawn up to a centimetre apart are
    joined, which adds as much.
    """

    distance_m: float
    line: shapely.LineString
    by: str = STREET


NOWHERE = shapely.LineString()


def _to_ground(place: shapely.Geometry, ground: shapely.Geometry, off_m: float) -> list[Floats]:
    """Return the line from a place that lies in water to its ground on the bank; nothing of any other."""
    return [shapely.get_coordinates(shapely.shortest_line(place, ground))] if off_m > 0 else []


def straight(
    places: Sequence[shapely.Geometry], grounds: Sequence[shapely.Geometry], off_m: Floats
) -> shapely.LineString:
    """Return the straight line between the grounds of two places, and from there to the places themselves."""
    first, last = (_to_ground(*stand) for stand in zip(places, grounds, off_m, strict=True))
    middle = shapely.get_coordinates(shapely.shortest_line(*grounds))
    return _line([*first, middle, *(part[::-1] for part in last)])


class Streets:
    """A graph ready to be asked for the edges of its shortest ways."""

    def __init__(self, graph: Graph) -> None:
        self._graph = graph
        low, high = np.minimum(graph.start, graph.end), np.maximum(graph.start, graph.end)
        self._order = np.lexsort((graph.length_m, high, low))
        self._key = (low * graph.node_count + high)[self._order]

    def way(self, origin: Points, site: Points) -> tuple[float, list[Floats]] | None:
        """Return the shortest way from one of the entries of ``origin`` to one of ``site``; ``None`` where none leads.

        Returns
        -------
        distance_m, parts
            Accesses are part of the distance; ``parts`` are the coordinates from entry to entry along the streets.
        """
        metres, before = self._search(origin)
        nodes, cost, rows = self._ends(site)
        total = metres[nodes] + cost
        best = int(np.argmin(total))
        along, first, last = self._on_one_edge(origin, site)
        if along <= total[best]:
            return (along, [self._part(origin, first, site.along_m[last])]) if np.isfinite(along) else None
        path = [int(nodes[best])]
        while before[path[-1]] != self._graph.node_count:
            path.append(int(before[path[-1]]))
        path.reverse()
        first, last = self._entry_at(origin, path[0]), int(rows[best])
        arrive = self._part(site, last, self._mark(site, last, path[-1]))[::-1]
        start = self._part(origin, first, self._mark(origin, first, path[0]))
        return float(total[best]), [start, *self._edges(path), arrive]

    def _ends(self, points: Points) -> tuple[Ints, Floats, Ints]:
        """Return the node, the metres to it and the row of every way from an entry to an end of its edge."""
        graph, rows = self._graph, np.arange(points.edge.size)
        nodes = np.r_[graph.start[points.edge], graph.end[points.edge]]
        cost = np.r_[points.along_m, graph.length_m[points.edge] - points.along_m] + np.tile(points.access_m, 2)
        return nodes, cost, np.r_[rows, rows]

    def _entry_at(self, points: Points, node: int) -> int:
        nodes, cost, rows = self._ends(points)
        return int(rows[np.argmin(np.where(nodes == node, cost, np.inf))])

    def _search(self, origin: Points) -> tuple[Floats, Ints]:
        """Return the metres from ``origin`` to every node, and the node before each; the place is one more node."""
        nodes, cost, _ = self._ends(origin)
        order = np.lexsort((cost, nodes))
        nodes, cost = nodes[order], cost[order]
        first = np.r_[True, nodes[1:] != nodes[:-1]]
        roads, count = self._graph.adjacency, self._graph.node_count
        data, indices = np.r_[roads.data, cost[first]], np.r_[roads.indices, nodes[first]]
        graph = sparse.csr_array((data, indices, np.r_[roads.indptr, data.size]), shape=(count + 1, count + 1))
        metres, before = csgraph.dijkstra(graph, indices=count, return_predecessors=True)
        return metres, before

    def _on_one_edge(self, origin: Points, site: Points) -> tuple[float, int, int]:
        """Return the shortest way along one edge that both have an entry on, and the two rows; infinite if none."""
        metres = np.abs(origin.along_m[:, None] - site.along_m) + origin.access_m[:, None] + site.access_m
        metres = np.where(origin.edge[:, None] == site.edge, metres, np.inf)
        first, last = np.unravel_index(int(np.argmin(metres)), metres.shape)
        return float(metres[first, last]), int(first), int(last)

    def _mark(self, points: Points, row: int, node: int) -> float:
        """Return how far along the edge of an entry its end at ``node`` lies: that which is nearer to it."""
        edge, along = points.edge[row], float(points.along_m[row])
        length = float(self._graph.length_m[edge])
        if self._graph.start[edge] != node or (self._graph.end[edge] == node and length - along < along):
            return length
        return 0.0

    def _part(self, points: Points, row: int, to_m: float) -> Floats:
        """Return the coordinates along the edge of an entry from it to ``to_m``."""
        line, from_m = self._graph.lines[points.edge[row]], float(points.along_m[row])
        xy = shapely.get_coordinates(line)
        at = np.r_[0.0, np.cumsum(np.hypot(*np.diff(xy, axis=0).T))]
        inner = xy[(at > min(from_m, to_m)) & (at < max(from_m, to_m))]
        ends = shapely.get_coordinates(shapely.line_interpolate_point(line, [from_m, to_m]))
        return np.vstack([ends[:1], inner if from_m <= to_m else inner[::-1], ends[1:]])

    def _edges(self, path: list[int]) -> list[Floats]:
        """Return the coordinates of the shortest edge between each two nodes of ``path``."""
        nodes = np.array(path, dtype=np.int64)
        low, high = np.minimum(nodes[:-1], nodes[1:]), np.maximum(nodes[:-1], nodes[1:])
        edges = self._order[np.searchsorted(self._key, low * self._graph.node_count + high)]
        lines = [shapely.get_coordinates(self._graph.lines[edge]) for edge in edges]
        return [
            xy if self._graph.start[edge] == node else xy[::-1]
            for xy, edge, node in zip(lines, edges, nodes[:-1], strict=True)
        ]


def line_of(
    places: Sequence[shapely.Geometry], grounds: Sequence[shapely.Geometry], off_m: Floats, parts: list[Floats]
) -> shapely.LineString:
    """Return the line from place to place: from each one's ground to its entry, and ``parts`` along the streets."""
    doors = [shapely.Point(parts[0][0]), shapely.Point(parts[-1][-1])]
    ways = [
        [*_to_ground(*stand), shapely.get_coordinates(shapely.shortest_line(stand[1], door))]
        for *stand, door in zip(places, grounds, off_m, doors, strict=True)
    ]
    back = [part[::-1] for part in reversed(ways[1])]
    return _line([*ways[0], *parts, *back])


def _line(parts: list[Floats]) -> shapely.LineString:
    """Return parts, one after the other, as one line; a point that stands twice in a row stands once."""
    xy = np.vstack(parts)
    xy = xy[np.r_[True, (xy[1:] != xy[:-1]).any(axis=1)]]
    return shapely.LineString(xy) if len(xy) > 1 else NOWHERE
