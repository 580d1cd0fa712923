"""Which members of bundles are neighbours: near on foot, on one street, or touching; a river or an expressway parts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from collections.abc import Collection

    import geopandas as gpd

    from gis._graph import Ints
    from gis.bundle import Members
    from gis.city import City
    from gis.model import Model

WALK, STREET_WALK, FRONTAGE = "bundle.link_walk", "bundle.link_street", "bundle.street_distance"


def links(city: City, places: gpd.GeoSeries, model: Model) -> Ints:
    """Return the pairs of rows of ``places`` that are neighbours, ``(m, 2)``.

    Neighbours are places that touch (0 m), that are no further apart on foot than ``bundle.link_walk``, or that lie on
    one street (within ``bundle.street_distance`` of its middle) and are no further apart than ``bundle.link_street``.

    Parameters
    ----------
    city
        Its streets, and the barriers between places.
    places
        Members, in the CRS of the city.
    model
        Holds the three distances.
    """
    rows = places.set_axis(np.arange(len(places)))
    near_m, far_m = model.value(WALK), max(model.value(STREET_WALK), model.value(WALK))
    found = city.reach.pairs(rows, rows, far_m)
    pairs = found[["origin", "site"]].to_numpy(dtype=np.int64).reshape(-1, 2)
    metres = found["distance_m"].to_numpy(dtype=float)
    once = pairs[:, 0] < pairs[:, 1]
    pairs, metres = pairs[once], metres[once]
    kept = metres <= near_m
    far = np.flatnonzero(~kept & (metres <= model.value(STREET_WALK)))
    if far.size:
        kept[far] = _on_one_street(city, places, pairs[far], model.value(FRONTAGE))
    neighbours: Ints = pairs[kept]
    return neighbours


def _on_one_street(city: City, places: gpd.GeoSeries, pairs: Ints, distance_m: float) -> np.ndarray:
    """Return which pairs lie on one street: one record of the street layer, or records of one name that is not null."""
    streets = city.placed("street")
    if streets.empty:
        return np.zeros(len(pairs), dtype=bool)
    tree = shapely.STRtree(np.asarray(streets.geometry.array, dtype=object))
    shapes = np.asarray(places.array, dtype=object)
    row, street = tree.query(shapes, predicate="dwithin", distance=distance_m)
    named = streets["name"].astype(object).where(streets["name"].notna(), streets["asset_id"]).to_numpy()
    on: list[set[object]] = [set() for _ in shapes]
    for at, of in zip(row, named[street], strict=True):
        on[at].add(of)
    return np.array([not on[first].isdisjoint(on[second]) for first, second in pairs], dtype=bool)


def neighbours(members: Members) -> list[set[int]]:
    """Return the neighbours of every member."""
    found: list[set[int]] = [set() for _ in range(len(members))]
    for first, second in members.links.tolist():
        found[first].add(second)
        found[second].add(first)
    return found


def is_only_link(row: int, rows: Collection[int], near: list[set[int]]) -> bool:
    """Whether the others of ``rows`` fall apart without ``row``."""
    others = set(rows) - {row}
    if len(others) <= 1:
        return False
    seen, open_rows = set(), [min(others)]
    while open_rows:
        at = open_rows.pop()
        if at not in seen:
            seen.add(at)
            open_rows.extend(near[at] & others - seen)
    return len(seen) < len(others)
