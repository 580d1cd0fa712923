"""A graph of streets, and points on it, as arrays of one type each: what compiled searches read."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis._graph import Floats, Ints

if TYPE_CHECKING:
    from gis._graph import Graph

Found = tuple[Ints, Ints, Floats]
"""Sources, places and the metres between them, a row per pair."""


class Points(NamedTuple):
    """Points on edges: the edge, metres along it from its start, metres from the place to the point."""

    edge: Ints
    along_m: Floats
    access_m: Floats

    def at(self, rows: Ints) -> Points:
        """Return the points of ``rows``."""
        return Points(self.edge[rows], self.along_m[rows], self.access_m[rows])


class Roads(NamedTuple):
    """Arcs between nodes: those from node ``i`` are ``first[i]`` to ``first[i + 1]``."""

    first: Ints
    to: Ints
    metres: Floats


class Edges(NamedTuple):
    """Edges that places lie on, with both their end nodes."""

    low: Ints
    high: Ints
    metres: Floats


class Lists(NamedTuple):
    """A list for each of a row of things: that of number ``i`` is ``item[first[i] : first[i + 1]]``."""

    first: Ints
    item: Ints


def roads_of(graph: Graph) -> Roads:
    """Return the arcs of ``graph``."""
    roads = graph.adjacency
    return Roads(roads.indptr.astype(np.int64), roads.indices.astype(np.int64), _held(roads.data))


def edges_of(graph: Graph) -> Edges:
    """Return the edges of ``graph``."""
    return Edges(graph.start, graph.end, _held(graph.length_m))


def _held(metres: Floats) -> Floats:
    """Return ``metres`` so that numba compiles for one type of array only: writable and in one piece."""
    return np.require(metres, dtype=np.float64, requirements=["C", "W"])


def grouped(key: Ints, count: int) -> Lists:
    """Return, for each of ``count`` keys, the rows that have it, ascending."""
    return Lists(np.r_[0, np.cumsum(np.bincount(key, minlength=count))], np.argsort(key, kind="stable"))
