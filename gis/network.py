"""How far people walk: along the streets where there are streets, else straight lines times a stated factor."""

from __future__ import annotations

from dataclasses import dataclass, field
from hashlib import blake2b

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from gis._access import Entered, Entries, enter
from gis._barriers import Barriers
from gis._doors import NOTE
from gis._graph import Graph, Ints, graph_of, has_place, network_notes, stubs
from gis._notes import Note
from gis._pairs import Pairs, in_order, joined, nearest_few
from gis._roads import Points
from gis._ways import INSIDE, NOWHERE, STRAIGHT, Streets, Way, line_of, straight

__all__ = ["Entered", "Reach", "has_place"]

SNAP_LIMIT_M = 300.0
"""A place further than this from any street is not entered from the network. ASSUMPTION: the walk to a car park that is
accepted outside centres (300 m, GB 50220-95 8.1.4), since no source gives a snapping distance."""

STRAIGHT_ROWS = 1024
"""Places whose straight lines to all others are held in memory at a time."""

KEPT_PLACES = 20_000
"""How many places at most are kept with their entries: layers that a run asks for again; larger ones come once."""

SLACK_M = 1e-6
"""What rounding may add to a walk: a place at just the cutoff stays within it wherever the city lies."""

BARRED = "barred_pairs"
"""Key in ``attrs`` of a table of walks: pairs left out because their straight line crosses a barrier."""


@dataclass(frozen=True)
class Reach:
    """Walking distances between places.

    A place enters the network at the point of a street nearest to its middle; the straight way from the place's own
    edge to that point is part of the walk. A street that could only be entered across open water or an expressway on
    the ground (:mod:`gis._barriers`) is passed over for the next nearest. A polygon with a long outline is entered from
    all its sides as well (:mod:`gis._doors`; an ASSUMPTION, since gates are not known), and the least walk counts.
    Between two such points people walk along whole or part edges, in both directions. Places on pieces of the network
    that do not touch do not reach each other. Two places that touch or hold each other, not both points, are 0 m apart.

    Where one of two places has no street to enter within :attr:`snap_limit_m`, or there is no network, the straight
    line between them times :attr:`detour_factor` is taken; none, where it crosses an expressway or water that is
    longer to walk round than this factor allows.

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
    _barriers: Barriers = field(default_factory=lambda: Barriers.of(gpd.GeoSeries(), None), repr=False)
    _entries: dict[bytes, Entries] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def build(cls, streets: gpd.GeoDataFrame, *, detour_factor: float, waters: gpd.GeoDataFrame | None = None) -> Reach:
        """Return the reach over ``streets`` (kind ``street``, metric CRS) between ``waters`` (kind ``water``).

        Streets with ``is_walkable`` false are left out, and expressways unless ``is_walkable`` says otherwise. These
        expressways are barriers unless ``is_bridge`` says that one can walk under them.
        """
        is_expressway = (streets["street_class"] == "expressway").fillna(value=False).astype(bool)
        walkable = streets["is_walkable"].astype("boolean").fillna(~is_expressway).astype(bool)
        on_ground = ~streets["is_bridge"].astype("boolean").fillna(value=False).astype(bool)
        barriers = Barriers.of(streets.geometry[is_expressway & ~walkable & on_ground], waters)
        graph = graph_of(streets.geometry[walkable])
        if graph is None:
            method = f"straight line x {detour_factor:g} 直线距离×{detour_factor:g}"
            note = Note(
                f"没有可步行的街道，步行距离按直线距离×{detour_factor:g}估算；跨越水面或地面快速路的不计。",
                f"There is no street to walk on: walking distance is taken as straight distance x {detour_factor:g}, "
                "and as none across water or an expressway on the ground.",
            )
            return cls(detour_factor, method, (note,), _barriers=barriers)
        is_stub = stubs(graph)
        notes = (NOTE, *network_notes(graph, is_stub, int((~walkable).sum())))
        if is_stub.any():
            graph = graph_of(gpd.GeoSeries(graph.lines[~is_stub[graph.piece]]))
        edges = 0 if graph is None else len(graph.lines)
        method = f"walking network of {edges} edges 步行路网{edges}段"
        return cls(detour_factor, method, notes, _graph=graph, _barriers=barriers)

    @property
    def has_network(self) -> bool:
        """Whether there are streets to walk on."""
        return self._graph is not None

    def entered(self, places: gpd.GeoSeries) -> pd.Series:
        """Return how each of ``places`` enters the network, as numbers of :class:`gis._access.Entered`."""
        how = pd.Series(int(Entered.FAR), index=places.index, name="entered", dtype="int64")
        placed = has_place(places)
        how[placed] = self._enter(places[placed]).how
        return how

    def is_off_network(self, places: gpd.GeoSeries) -> pd.Series:
        """Return which ``places`` no street can be entered from, because it is too far away or across a barrier."""
        return (self.entered(places) >= Entered.FAR).rename(None)

    def pairs(self, origins: gpd.GeoSeries, sites: gpd.GeoSeries, cutoff_m: float) -> pd.DataFrame:
        """Return the walking distance of every origin and site no further apart than ``cutoff_m``.

        Those of the two with fewer entries are searched from.

        Parameters
        ----------
        origins, sites
            Places of any geometry in the CRS of the streets, indexed by id; those without a place are left out.
        cutoff_m
            Longest walk of interest, in metres.

        Returns
        -------
        DataFrame
            ``origin``, ``site`` (ids), ``distance_m``; sorted by the order of ``origins``, then of ``sites``. Its
            ``attrs`` say how many pairs are missing because a barrier lies between them (:data:`BARRED`).
        """
        origins, sites = origins[has_place(origins)], sites[has_place(sites)]
        at_origins, at_sites = self._enter(origins), self._enter(sites)
        swap = at_origins.entry_count < at_sites.entry_count
        few, many = (at_origins, at_sites) if swap else (at_sites, at_origins)
        straight, barred = self._straight(few, many, cutoff_m + SLACK_M)
        walked = _walked(self._graph, few, many, cutoff_m + SLACK_M)
        row, column, distance = joined([walked, *straight, _touching(few, many)])
        origin, site = (row, column) if swap else (column, row)
        return _table(origins, sites, in_order((origin, site, distance), (len(origins), len(sites))), barred)

    def nearest(self, origins: gpd.GeoSeries, sites: gpd.GeoSeries, cutoff_m: float, count: int = 1) -> pd.DataFrame:
        """Return the ``count`` sites nearest to each origin, of those no further than ``cutoff_m`` on foot.

        The same distances as :meth:`pairs`, but the work and the memory do not grow with the number of pairs.

        Parameters
        ----------
        origins, sites, cutoff_m
            As for :meth:`pairs`.
        count
            How many sites at most, at least 1.

        Returns
        -------
        DataFrame
            ``origin``, ``site``, ``distance_m``; sorted by the order of ``origins``, then by distance, of equals by the
            order of ``sites``. Origins that reach no site have no row. ``attrs`` as for :meth:`pairs`.
        """
        origins, sites = origins[has_place(origins)], sites[has_place(sites)]
        at_origins, at_sites = self._enter(origins), self._enter(sites)
        straight, barred = self._straight(at_origins, at_sites, cutoff_m + SLACK_M, count)
        walked = _walked_nearest(self._graph, at_origins, at_sites, cutoff_m + SLACK_M, count)
        pairs = joined([walked, *straight, _touching(at_origins, at_sites)])
        pairs = nearest_few(in_order(pairs, (len(origins), len(sites))), count)
        return _table(origins, sites, pairs, barred)

    def ways(self, origins: gpd.GeoSeries, sites: gpd.GeoSeries) -> list[Way | None]:
        """Return the shortest walk from each origin to the site of the same row, with its line.

        Parameters
        ----------
        origins, sites
            As for :meth:`pairs`, as many of one as of the other.

        Returns
        -------
        list
            As long as :meth:`pairs` tells without a cutoff; ``None`` where there is no walk, or one has no place.
        """
        both = np.flatnonzero(has_place(origins) & has_place(sites))
        found: list[Way | None] = [None] * len(origins)
        ends = [self._enter(places.iloc[both]) for places in (origins, sites)]
        row, column, _ = _touching(*ends)
        touching = {int(number) for number in row[row == column]}
        streets = None if self._graph is None else Streets(self._graph)
        for number, place in enumerate(both):
            two = [origins.iloc[place], sites.iloc[place]]
            found[place] = Way(0.0, NOWHERE, INSIDE) if number in touching else self._way(ends, number, two, streets)
        return found

    def _way(
        self, ends: list[Entries], number: int, places: list[shapely.Geometry], streets: Streets | None
    ) -> Way | None:
        """Return the walk between two places that do not touch, which are row ``number`` of ``ends``."""
        grounds = [at.ground[number] for at in ends]
        off_m = np.array([at.off_m[number] for at in ends])
        if streets is None or any(at.edge[number] < 0 for at in ends):
            rows = np.array([number])
            (_, _, metres), _ = self._measured(ends[0], ends[1], (rows, rows), np.inf)
            return Way(float(metres[0]), straight(places, grounds, off_m), STRAIGHT) if metres.size else None
        way = streets.way(*(_entries_of(at, number) for at in ends))
        return None if way is None else Way(way[0], line_of(places, grounds, off_m, way[1]))

    def _enter(self, places: gpd.GeoSeries) -> Entries:
        """Return where ``places`` enter the network; programmes ask for the same few layers again and again."""
        shapes = np.asarray(places.array, dtype=object)
        if len(shapes) > KEPT_PLACES:
            return enter(self._graph, self._barriers, shapes, self.snap_limit_m)
        key = blake2b(b"".join(shapely.to_wkb(shapes))).digest()
        if key not in self._entries:
            self._entries[key] = enter(self._graph, self._barriers, shapes, self.snap_limit_m)
        return self._entries[key]

    def _straight(
        self, few: Entries, many: Entries, cutoff_m: float, count: int | None = None
    ) -> tuple[list[Pairs], int]:
        """Return the pairs, one of which does not enter the network, and how many more a barrier parts.

        Of each row of ``few`` only the nearest ``count``, where given.
        """
        everybody, strangers = np.arange(few.edge.size), few.edge < 0
        parts, barred = [], 0
        for rows, columns in (
            (everybody[strangers], np.arange(many.edge.size)),
            (everybody[~strangers], np.flatnonzero(many.edge < 0)),
        ):
            tree = shapely.STRtree(many.ground[columns])
            for start in range(0, rows.size if columns.size else 0, STRAIGHT_ROWS):
                some = rows[start : start + STRAIGHT_ROWS]
                row, column = tree.query(few.ground[some], predicate="dwithin", distance=cutoff_m / self.detour_factor)
                pairs, parted = self._measured(few, many, (some[row], columns[column]), cutoff_m)
                parts.append(pairs if count is None else nearest_few(pairs, count))
                barred += parted
        return parts, barred

    def _measured(self, few: Entries, many: Entries, pairs: tuple[Ints, Ints], cutoff_m: float) -> tuple[Pairs, int]:
        row, column = pairs
        way = shapely.shortest_line(few.ground[row], many.ground[column])
        distance = (shapely.length(way) + few.off_m[row] + many.off_m[column]) * self.detour_factor
        near = distance <= cutoff_m
        stopped = np.zeros(row.size, dtype=bool)
        stopped[near] = self._barriers.stop_straight(way[near], self.detour_factor)
        keep = near & ~stopped
        return (row[keep], column[keep], distance[keep]), int(stopped.sum())


def _walked(graph: Graph | None, few: Entries, many: Entries, cutoff_m: float) -> Pairs:
    """Return the pairs along the network, by row; several of two places where one has several entries."""
    if graph is None:
        return joined([])
    from gis import _dijkstra  # noqa: PLC0415  (loads numba, which most commands can do without)

    (rows, sources), (columns, places) = _ways_in(few), _ways_in(many)
    return _dijkstra.within(graph, sources, places, cutoff_m, (rows, columns))


def _walked_nearest(graph: Graph | None, origins: Entries, sites: Entries, cutoff_m: float, count: int) -> Pairs:
    if graph is None:
        return joined([])
    from gis import _arrivals  # noqa: PLC0415  (loads numba, which most commands can do without)

    (rows, sources), (columns, places) = _ways_in(sites), _ways_in(origins)
    entries = np.sort(np.bincount(rows, minlength=1))[::-1]
    enough = int(entries[: count - 1].sum()) + 1  # so many entries belong to at least ``count`` sites
    site, origin, distance = _arrivals.nearest(graph, sources, places, cutoff_m, enough)
    return columns[origin], rows[site], distance


def _ways_in(at: Entries) -> tuple[Ints, Points]:
    """Return the row of the place and the point on an edge of every entry."""
    on = np.flatnonzero(at.edge >= 0)
    first, more = Points(*at[:3]).at(on), at.doors
    if not more.place.size:
        return on, first
    both = (np.concatenate(columns) for columns in zip(first, more[1:], strict=True))
    return np.concatenate([on, more.place]), Points(*both)


def _entries_of(at: Entries, row: int) -> Points:
    """Return the points on edges of every entry of one place."""
    rows, points = _ways_in(at)
    return points.at(np.flatnonzero(rows == row))


def _touching(few: Entries, many: Entries) -> Pairs:
    """Return the pairs on dry ground that share a point, unless both are points: those may merely be drawn alike."""
    dry = [np.flatnonzero(at.off_m == 0) for at in (few, many)]
    has_extent = [shapely.get_dimensions(at.ground) > 0 for at in (few, many)]
    (rows, columns), parts = dry, []
    for some, others in (
        (rows[has_extent[0][rows]], columns),
        (rows[~has_extent[0][rows]], columns[has_extent[1][columns]]),
    ):
        if some.size and others.size:
            row, column = shapely.STRtree(many.ground[others]).query(few.ground[some], predicate="intersects")
            parts.append((some[row], others[column], np.zeros(row.size)))
    return joined(parts)


def _table(origins: gpd.GeoSeries, sites: gpd.GeoSeries, pairs: Pairs, barred: int) -> pd.DataFrame:
    origin, site, distance = pairs
    table = pd.DataFrame(
        {
            # Ids become an array of pandas once per place, not once per pair.
            "origin": pd.Series(origins.index.to_numpy()).array.take(origin),
            "site": pd.Series(sites.index.to_numpy()).array.take(site),
            "distance_m": distance,
        }
    )
    table.attrs[BARRED] = barred
    return table
