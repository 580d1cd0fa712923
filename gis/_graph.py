"""Streets as a graph: split where lines share a vertex, in pieces where they do not touch."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse import csgraph

from gis._notes import Note

if TYPE_CHECKING:
    import geopandas as gpd

    from gis._nearest import Grid

GRID_M = 0.01
"""Line ends closer than this (after rounding) are one node."""

STUB_LENGTH_M, STUB_SHARE = 300.0, 0.01
"""A piece of street that touches nothing else is left out if it is shorter than both 300 m and 1 % of the network.
ASSUMPTION: such pieces are drawing faults or courtyards; a place snapped to one could walk nowhere."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Geometries = NDArray[np.object_]


def has_place(places: gpd.GeoSeries) -> NDArray[np.bool_]:
    """Return which of ``places`` have a geometry that is not empty and whose coordinates are all numbers."""
    geometry = np.asarray(places.array, dtype=object)
    points, row = shapely.get_coordinates(geometry, return_index=True)
    broken = np.bincount(row[~np.isfinite(points).all(axis=1)], minlength=len(geometry)) > 0
    return np.asarray(~(shapely.is_missing(geometry) | shapely.is_empty(geometry) | broken), dtype=np.bool_)


@dataclass(frozen=True)
class Graph:
    """An undirected graph of street edges.

    Parameters
    ----------
    start, end
        Node of each edge's first and last point.
    length_m
        Length of each edge along its line.
    lines
        LineString of each edge, from ``start`` to ``end``.
    node_count
        Number of nodes.
    piece
        Connected piece of each edge, the longest piece being 0.
    piece_length_m
        Length of street in each piece, longest first.
    tree
        Spatial index of ``lines``.
    adjacency
        Lengths between nodes as a symmetric matrix, the shortest of parallel edges taken.
    """

    start: Ints
    end: Ints
    length_m: Floats
    lines: NDArray[np.object_]
    node_count: int
    piece: Ints
    piece_length_m: Floats
    tree: shapely.STRtree = field(repr=False)
    adjacency: sparse.csr_array = field(repr=False)

    @cached_property
    def grid(self) -> Grid:
        """The pieces of ``lines`` by where they lie, to find the nearest of many points in."""
        from gis._nearest import grid_of  # noqa: PLC0415  (loads numba, which most commands can do without)

        return grid_of(self.lines)


def graph_of(lines: gpd.GeoSeries) -> Graph | None:
    """Return the graph of ``lines``, or ``None`` where there is no line with a length.

    Nodes are the ends of lines and the vertices that two lines (or one line twice) have in common, after rounding to
    :data:`GRID_M`. Lines that cross without a common vertex (a bridge over a street) are not joined.

    Parameters
    ----------
    lines
        LineStrings and MultiLineStrings in a metric CRS; other geometry types are left out, and those with a coordinate
        that is no number.
    """
    parts = shapely.get_parts(np.asarray(lines[has_place(lines)].array, dtype=object))
    parts = shapely.force_2d(parts[shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING])
    points, line = shapely.get_coordinates(parts, return_index=True)
    vertex = _vertex_numbers(points)
    same = np.zeros(vertex.size, dtype=bool)
    same[1:] = (vertex[1:] == vertex[:-1]) & (line[1:] == line[:-1])
    points, line, vertex = points[~same], line[~same], vertex[~same]
    lengthless = np.bincount(line, minlength=len(parts))[line] < 2
    points, line, vertex = points[~lengthless], line[~lengthless], vertex[~lengthless]
    return _split(points, line, vertex) if vertex.size else None


def _vertex_numbers(points: Floats) -> Ints:
    """Return a number per point, the same for points in the same cell of the grid."""
    cells = np.round(points / GRID_M).astype(np.int64)
    return np.unique(cells, axis=0, return_inverse=True)[1].reshape(-1) if len(cells) else np.empty(0, dtype=np.int64)


def _split(points: Floats, line: Ints, vertex: Ints) -> Graph:
    is_first = np.r_[True, line[1:] != line[:-1]]
    is_last = np.r_[line[1:] != line[:-1], True]
    is_node = is_first | is_last | (np.bincount(vertex)[vertex] > 1)
    # A node inside a line ends one edge and starts the next: its point stands twice.
    inner = is_node & ~is_first & ~is_last
    copies = np.where(inner, 2, 1)
    row = np.repeat(np.arange(vertex.size), copies)
    second = np.r_[False, row[1:] == row[:-1]]
    edge = np.cumsum(second | is_first[row]) - 1
    lines = shapely.linestrings(points[row], indices=edge)
    starts = np.flatnonzero(np.r_[True, edge[1:] != edge[:-1]])
    ends = np.r_[starts[1:] - 1, row.size - 1]
    nodes, number = np.unique(vertex[row[np.r_[starts, ends]]], return_inverse=True)
    start, end = number[: starts.size].astype(np.int64), number[starts.size :].astype(np.int64)
    length = shapely.length(lines)
    piece, piece_length = _pieces(start, end, length, len(nodes))
    adjacency = _adjacency(start, end, length, len(nodes))
    return Graph(start, end, length, lines, len(nodes), piece, piece_length, shapely.STRtree(lines), adjacency)


def _adjacency(start: Ints, end: Ints, length_m: Floats, node_count: int) -> sparse.csr_array:
    low, high = np.minimum(start, end), np.maximum(start, end)
    order = np.lexsort((length_m, high, low))
    low, high, length = low[order], high[order], length_m[order]
    shortest = np.ones(low.size, dtype=bool)
    shortest[1:] = (low[1:] != low[:-1]) | (high[1:] != high[:-1])
    keep = shortest & (low != high)
    low, high, length = low[keep], high[keep], length[keep]
    both = (np.r_[length, length], (np.r_[low, high], np.r_[high, low]))
    return sparse.csr_array(both, shape=(node_count, node_count))


def _pieces(start: Ints, end: Ints, length_m: Floats, node_count: int) -> tuple[Ints, Floats]:
    links = sparse.coo_array((np.ones(start.size), (start, end)), shape=(node_count, node_count))
    label = csgraph.connected_components(links, directed=False)[1][start]
    total = np.bincount(label, weights=length_m)
    order = np.argsort(-total, kind="stable")
    place = np.argsort(order)
    return np.asarray(place[label], dtype=np.int64), np.asarray(total[order], dtype=np.float64)


def stubs(graph: Graph) -> NDArray[np.bool_]:
    """Return which pieces of the network are left out of it."""
    return np.asarray(graph.piece_length_m < min(STUB_LENGTH_M, STUB_SHARE * graph.piece_length_m.sum()))


def network_notes(graph: Graph, is_stub: NDArray[np.bool_], unwalkable: int) -> tuple[Note, ...]:
    """Return what a reader is told of the network: roads that cannot be walked on, stubs, pieces that do not touch."""
    notes = []
    if unwalkable:
        notes.append(
            Note(
                f"{unwalkable}条道路不可步行（快速路等），不计入步行路网。",
                f"{unwalkable} roads cannot be walked on (expressways and the like) and are no part of the network.",
            )
        )
    if is_stub.any():
        count, length = int(is_stub.sum()), float(graph.piece_length_m[is_stub].sum())
        notes.append(
            Note(
                f"{count}段孤立短路（共{length:.0f}米）不与路网相连，未采用。",
                f"{count} isolated stubs of street ({length:.0f} m in all) touch nothing else and are left out.",
            )
        )
    pieces = int((~is_stub).sum())
    if pieces > 1:
        share = graph.piece_length_m[0] / graph.piece_length_m[~is_stub].sum()
        notes.append(
            Note(
                f"步行路网分为{pieces}块互不相连，最大一块占{share:.0%}；不同块之间不可达。",
                f"The network is in {pieces} pieces that do not touch, the largest holding {share:.0%} of it; "
                "places on different pieces do not reach each other.",
            )
        )
    return tuple(notes)
