"""Communities without a place: near which sites they may stand, by the sub-district that the ledger tells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis.network import SLACK_M, has_place

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.city import City

ANYWHERE = ""
"""Stands for the sub-district of a community of which nobody says in which it lies, or where that one is."""

NOBODY = pd.DataFrame({"origin": pd.Series(dtype=object), "site": pd.Series(dtype=object), "distance_m": []})


def alike(city: City) -> pd.Series:
    """Return, by id of each community without a place, the first of those that may stand at the same places.

    These are the communities of one sub-district, of which an outline is known. All others may stand anywhere, and so
    may any of them while not a single community has a place: nothing is known then of what stands around a site.
    """
    frame = city["community"]
    unplaced = frame[~has_place(frame.geometry)]
    if unplaced.empty:
        return pd.Series(dtype=object, name="origin")
    code = _code(city, unplaced)
    first = pd.Series(unplaced.index, index=unplaced.index, dtype=object).groupby(code.to_numpy()).transform("first")
    return first.rename("origin")


def most_lost(city: City) -> pd.Series:
    """Return, by id as :func:`alike` names them, whether more communities have no place than have one.

    Counted among the communities of the same sub-district, or of the whole city where that is not known. Which of them
    stand near a site is then no matter of a few: nobody knows who lives around it.
    """
    first = alike(city)
    lost = first.value_counts()
    homes = np.asarray(city.placed("community").geometry.array, dtype=object)
    outlines = _outlines(city)
    placed = {ANYWHERE: len(homes)}
    for code, outline in outlines.items():
        placed[str(code)] = int(shapely.intersects(homes, outline).sum())
    codes = _code(city, city["community"].loc[lost.index])
    return (lost > codes.map(placed)).rename("is_most")


def may_be_near(city: City, places: gpd.GeoSeries, longest_m: float) -> pd.DataFrame:
    """Return which of ``places`` communities without a place may stand near.

    A community stands somewhere in its sub-district, so the least that the walk can be is the straight line to that:
    nothing inside it.

    Parameters
    ----------
    city
        The city.
    places
        Placed sites in its CRS, by label.
    longest_m
        Longest walk of interest, in metres.

    Returns
    -------
    DataFrame
        ``origin`` (id of a community, standing for all that are :func:`alike`), ``site``, ``distance_m`` (the least
        walk), sorted by origin.
    """
    first = alike(city).drop_duplicates()
    if first.empty:
        return NOBODY.copy()
    codes = _code(city, city["community"].loc[first.index])
    outlines = _outlines(city)
    sites = np.asarray(places.array, dtype=object)
    parts = []
    for origin, code in codes.items():
        away_m = np.zeros(len(sites))
        if code != ANYWHERE:
            away_m = shapely.distance(sites, outlines[code])
        near = away_m <= longest_m + SLACK_M
        parts.append(pd.DataFrame({"origin": origin, "site": places.index[near], "distance_m": away_m[near]}))
    return pd.concat(parts, ignore_index=True)


def _code(city: City, communities: gpd.GeoDataFrame) -> pd.Series:
    """Return the sub-district of each community, :data:`ANYWHERE` where it narrows nothing."""
    told = communities["subdistrict_code"].astype(object)
    is_blind = city.placed("community").empty
    return told.where(told.isin(_outlines(city).index) & (not is_blind), ANYWHERE)


def _outlines(city: City) -> pd.Series:
    """Return the outline of each sub-district by its code; of one drawn in parts their union."""
    areas = city.placed("subdistrict")
    drawn = areas[(shapely.get_dimensions(np.asarray(areas.geometry.array, dtype=object)) == 2)]
    drawn = drawn[drawn["subdistrict_code"].notna().to_numpy(dtype=bool)]
    shapes = pd.Series(list(drawn.geometry), index=drawn["subdistrict_code"].astype(object), dtype=object)
    return shapes.groupby(level=0).agg(lambda parts: shapely.union_all(list(parts)))
