"""How far people walk: along the streets where there are streets, else straight lines times a stated factor."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy import sparse
from scipy.sparse import csgraph

from gis._graph import Floats, Graph, Ints, graph_of
from gis._notes import Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

SNAP_LIMIT_M = 300.0
"""A place further than this from any street is not entered from the network. ASSUMPTION: the walk to a car park that is
accepted outside centres (300 m, GB 50220-95 8.1.4), since no source gives a snapping distance."""

STUB_LENGTH_M, STUB_SHARE = 300.0, 0.01
"""A piece of street that touches nothing else is left out if it is shorter than both 300 m and 1 % of the network.
ASSUMPTION: such pieces are drawing faults or courtyards; a place snapped to one could walk nowhere."""

CHUNK_CELLS = 4_000_000
"""Distances held in memory at a time (32 MB an array)."""


class Snapped(NamedTuple):
    """Places on the network: edge (-1 where none is near), metres along it, metres from the place to it."""

    edge: Ints
    along_m: Floats
    access_m: Floats


@dataclass(frozen=True)
class Reach:
    """Walking distances between places.

    Parameters
    ----------
    detour_factor
        Walking distance over straight distance where the network cannot tell.
    method
        How distances are measured, for a reader.
    notes
        What was left out of the network and why.
    snap_limit_m
        Places further than this from any street are measured in a straight line.
    """

    detour_factor: float
    method: str
    notes: tuple[Note, ...] = ()
    snap_limit_m: float = SNAP_LIMIT_M
    _graph: Graph | None = field(default=None, repr=False)

    @classmethod
    def build(cls, streets: gpd.GeoDataFrame, *, detour_factor: float) -> Reach:
        """Return the reach over ``streets`` (kind ``street``, metric CRS).

        Streets with ``is_walkable`` false are left out, and expressways unless ``is_walkable`` says otherwise.
        """
        is_expressway = (streets["street_class"] == "expressway").fillna(value=False).astype(bool)
        walkable = streets["is_walkable"].astype("boolean").fillna(~is_expressway).astype(bool)
        graph = graph_of(streets.geometry[walkable])
        if graph is None:
            method = f"straight line x {detour_factor:g} 直线距离×{detour_factor:g}"
            note = Note(
                f"没有可步行的街道，步行距离按直线距离×{detour_factor:g}估算。",
                f"There is no street to walk on: walking distance is taken as straight distance x {detour_factor:g}.",
            )
            return cls(detour_factor, method, (note,))
        is_stub = graph.piece_length_m < min(STUB_LENGTH_M, STUB_SHARE * graph.piece_length_m.sum())
        notes = _network_notes(graph, is_stub, int((~walkable).sum()))
        if is_stub.any():
            graph = graph_of(gpd.GeoSeries(graph.lines[~is_stub[graph.piece]]))
        edges = 0 if graph is None else len(graph.lines)
        return cls(detour_factor, f"walking network of {edges} edges 步行路网{edges}段", notes, _graph=graph)

    @property
    def has_network(self) -> bool:
        """Whether there are streets to walk on."""
        return self._graph is not None

    def is_off_network(self, places: gpd.GeoSeries) -> pd.Series:
        """Return which ``places`` are too far from any street to be entered from it."""
        return pd.Series(self._snap(_geometries(places)).edge < 0, index=places.index, dtype=bool)

    def pairs(self, origins: gpd.GeoSeries, sites: gpd.GeoSeries, cutoff_m: float) -> pd.DataFrame:
        """Return the walking distance of every origin and site no further apart than ``cutoff_m``.

        A place enters the network at the point nearest to its middle; the straight line from the place's
        own edge to that point is part of the walk. Between two such points people walk along whole or part edges, in
        both directions. Where one of the two is more than :attr:`snap_limit_m` from any street, or there is no network,
        the straight line between them times :attr:`detour_factor` is taken. Places on pieces of the network that do
        not touch do not reach each other.

        Parameters
        ----------
        origins, sites
            Places of any geometry in the CRS of the streets, indexed by id; those without a place are left out.
        cutoff_m
            Longest walk of interest, in metres.

        Returns
        -------
        DataFrame
            ``origin``, ``site`` (ids), ``distance_m``; sorted by the order of ``origins``, then of ``sites``.
        """
        origins, sites = origins[has_place(origins)], sites[has_place(sites)]
        swap = len(origins) < len(sites)
        few, many = (origins, sites) if swap else (sites, origins)
        row, column, distance = self._positions(_geometries(few), _geometries(many), cutoff_m)
        origin, site = (row, column) if swap else (column, row)
        order = np.lexsort((site, origin))
        return pd.DataFrame(
            {
                "origin": origins.index.to_numpy()[origin[order]],
                "site": sites.index.to_numpy()[site[order]],
                "distance_m": distance[order],
            }
        )

    def _positions(
        self, few: NDArray[np.object_], many: NDArray[np.object_], cutoff_m: float
    ) -> tuple[Ints, Ints, Floats]:
        at_few, at_many = self._snap(few), self._snap(many)
        parts = [_walked(self._graph, at_few, at_many, cutoff_m)] if self._graph is not None else []
        off_few, off_many = at_few.edge < 0, at_many.edge < 0
        parts.append(self._straight(few, many, np.flatnonzero(off_few), np.arange(len(many)), cutoff_m))
        parts.append(self._straight(few, many, np.flatnonzero(~off_few), np.flatnonzero(off_many), cutoff_m))
        rows, columns, distances = zip(*parts, strict=True)
        return np.concatenate(rows), np.concatenate(columns), np.concatenate(distances)

    def _snap(self, places: NDArray[np.object_]) -> Snapped:
        edge = np.full(len(places), -1, dtype=np.int64)
        along, access = np.zeros(len(places)), np.full(len(places), np.inf)
        if self._graph is None or not len(places):
            return Snapped(edge, along, access)
        inside = _middle(places)
        who, nearest = self._graph.tree.query_nearest(inside, all_matches=False)
        line = self._graph.lines[nearest]
        along[who] = shapely.line_locate_point(line, inside[who])
        access[who] = shapely.distance(places[who], shapely.line_interpolate_point(line, along[who]))
        near = access[who] <= self.snap_limit_m
        edge[who[near]] = nearest[near]
        return Snapped(edge, along, access)

    def _straight(
        self, few: NDArray[np.object_], many: NDArray[np.object_], rows: Ints, columns: Ints, cutoff_m: float
    ) -> tuple[Ints, Ints, Floats]:
        if not rows.size or not columns.size:
            return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0)
        tree = shapely.STRtree(many[columns])
        row, column = tree.query(few[rows], predicate="dwithin", distance=cutoff_m / self.detour_factor)
        row, column = rows[row], columns[column]
        return row, column, shapely.distance(few[row], many[column]) * self.detour_factor


def has_place(places: gpd.GeoSeries) -> NDArray[np.bool_]:
    """Return which of ``places`` have a geometry that is not empty."""
    geometry = _geometries(places)
    return np.asarray(~(shapely.is_missing(geometry) | shapely.is_empty(geometry)), dtype=np.bool_)


def _geometries(places: gpd.GeoSeries) -> NDArray[np.object_]:
    return np.asarray(places.array, dtype=object)


def _middle(places: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return the centroid where it lies in the place (it turns with the city), else a point that does."""
    centre = shapely.centroid(places)
    inside = np.where(shapely.intersects(places, centre), centre, shapely.point_on_surface(places))
    return np.asarray(inside, dtype=object)


def _walked(graph: Graph, few: Snapped, many: Snapped, cutoff_m: float) -> tuple[Ints, Ints, Floats]:
    """Search from the few: each is a source with an arc to both ends of its edge; the many are read off their edges."""
    rows, columns = np.flatnonzero(few.edge >= 0), np.flatnonzero(many.edge >= 0)
    chunk = max(1, CHUNK_CELLS // max(1, graph.node_count, columns.size))
    parts = [
        _walked_chunk(graph, few, rows[start : start + chunk], many, columns, cutoff_m)
        for start in range(0, rows.size if columns.size else 0, chunk)
    ]
    if not parts:
        return np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0)
    row, column, distance = zip(*parts, strict=True)
    return np.concatenate(row), np.concatenate(column), np.concatenate(distance)


def _walked_chunk(
    graph: Graph, few: Snapped, rows: Ints, many: Snapped, columns: Ints, cutoff_m: float
) -> tuple[Ints, Ints, Floats]:
    at_node = _from_sources(graph, few.edge[rows], few.along_m[rows], cutoff_m)
    edge, along = many.edge[columns], many.along_m[columns]
    distance = at_node[:, graph.start[edge]] + along
    np.minimum(distance, at_node[:, graph.end[edge]] + (graph.length_m[edge] - along), out=distance)
    same_row, same_column = np.nonzero(few.edge[rows][:, None] == edge[None, :])
    direct = np.abs(few.along_m[rows][same_row] - along[same_column])
    distance[same_row, same_column] = np.minimum(distance[same_row, same_column], direct)
    distance += many.access_m[columns]
    distance += few.access_m[rows][:, None]
    row, column = np.nonzero(distance <= cutoff_m)
    return rows[row], columns[column], distance[row, column]


def _from_sources(graph: Graph, edge: Ints, along_m: Floats, cutoff_m: float) -> Floats:
    """Return the distance from each source point to every node, infinite beyond the cutoff (sources x nodes)."""
    length = np.c_[along_m, graph.length_m[edge] - along_m]
    ends = np.c_[graph.start[edge], graph.end[edge]]
    # A stored zero counts as an arc in csgraph; sources have arcs out of them only, so nobody walks through one.
    nodes, sources = graph.node_count, edge.size
    indptr = np.r_[graph.adjacency.indptr, graph.adjacency.indptr[-1] + 2 * np.arange(1, sources + 1)]
    data = np.r_[graph.adjacency.data, length.ravel()]
    indices = np.r_[graph.adjacency.indices, ends.ravel()]
    arcs = sparse.csr_array((data, indices, indptr), shape=(nodes + sources, nodes + sources))
    found = csgraph.dijkstra(arcs, directed=True, indices=np.arange(nodes, nodes + sources), limit=cutoff_m)
    return np.asarray(found[:, :nodes], dtype=np.float64)


def _network_notes(graph: Graph, is_stub: NDArray[np.bool_], unwalkable: int) -> tuple[Note, ...]:
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
