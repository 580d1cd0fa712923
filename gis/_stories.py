"""What stands around an asset that a story needs: heritage, stops, idle assets, old communities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._land_sieve import may_serve
from layers.documents import is_document_no

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.city import City
    from gis.model import Model

TRANSIT = ("metro_station", "bus_stop")
NO_OWNER = ("trust", "religious", "military")
"""Owners whose houses are excluded by default."""


def heritage_around(city: City, model: Model, assets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the heritage, transit and idle assets around each asset, on foot.

    Returns
    -------
    DataFrame
        ``cluster`` (other heritage sites within ``reach.story_radius``), ``legal_level`` and ``story`` (what the best
        of those sites lends: ``heritage.lent_share`` of its own, since what stands beside heritage is none),
        ``transit_m`` (walk to the nearest metro or bus stop, ``circle.15min.radius`` where none is nearer; null where
        the layer holds no stop), ``idle_support`` (idle parcels and vacant public rooms that could serve it, within
        ``reach.story_radius``; null where either layer is missing: half a count is none).
    """
    radius_m = model.value("reach.story_radius")
    sites = city.placed("heritage")
    walk = city.reach.pairs(assets.geometry, sites.geometry, radius_m)
    walk = walk[walk["origin"] != walk["site"]]
    facts = pd.DataFrame(
        {
            "legal_level": sites["heritage_class"].astype(object).map(model.levels).astype(float),
            "story": story_points(sites),
        },
        index=sites.index,
    )
    groups = walk.join(facts, on="site").groupby("origin")
    best = groups[["legal_level", "story"]].max().reindex(assets.index).astype(float)
    found = (best * model.value("heritage.lent_share")).assign(
        cluster=groups.size().reindex(assets.index, fill_value=0).astype(float)
    )
    if "heritage" in city.missing:
        found["cluster"] = np.nan
    stops = city.placed("service")
    stops = stops[stops["service_type"].isin(TRANSIT)]
    limit = model.value("circle.15min.radius")
    nearest = city.reach.pairs(assets.geometry, stops.geometry, limit).groupby("origin")["distance_m"].min()
    found["transit_m"] = np.nan if stops.empty else nearest.reindex(assets.index).fillna(limit)
    served = city.reach.pairs(assets.geometry, _idle(city, model), radius_m)
    support = served[served["origin"] != served["site"]].groupby("origin").size()
    known = not {"idle_land", "public_building"} & set(city.missing)
    found["idle_support"] = support.reindex(assets.index, fill_value=0).astype(float) if known else np.nan
    return found


def _idle(city: City, model: Model) -> gpd.GeoSeries:
    """Return the places of idle parcels and vacant rooms, less those that are out whatever they are thought of for."""
    land, rooms = city.placed("idle_land"), city.placed("public_building")
    is_whole = (rooms["danger_grade"] != "D").fillna(value=True) & ~rooms["ownership"].isin(NO_OWNER)
    is_empty = (rooms["occupancy"] == "vacant").fillna(value=False)
    serving = city.once("may_serve", lambda: may_serve(city, model), model)
    return pd.concat([land.geometry[serving], rooms.geometry[(is_empty & is_whole).astype(bool)]])


def story_points(sites: gpd.GeoDataFrame) -> pd.Series:
    """Return 1 for a story told and 1 for a place on the official red list; null where both are blank.

    A site is "red" only by the list with its document number (待定 is none), never by a word in its story.
    """
    told = sites["story"].fillna("").str.strip() != ""
    points = told.astype(float) + is_red(sites).astype(float)
    return points.where(told | sites["is_red_listed"].notna()).rename("story")


def is_red(sites: gpd.GeoDataFrame) -> pd.Series:
    """Return which sites stand on the official red list by the number of its document (待定 is none)."""
    listed = sites["is_red_listed"].fillna(value=False).astype(bool)
    return listed & is_document_no(sites["red_list_document"])


def near_residents_story(city: City, need: pd.DataFrame, model: Model, assets: gpd.GeoDataFrame) -> pd.Series:
    """Return which assets have a told story and an old community within a walk of ``reach.story_radius``.

    A hall of fame shows the people of a place: it needs a story and neighbours to whom it is one. The asset's own
    story or community counts as well, at no distance.
    """
    radius_m = model.value("reach.story_radius")
    sites, homes = city.placed("heritage"), city.placed("community")
    told = sites[sites["story"].fillna("").str.strip() != ""]
    old = homes[(need["is_old"].reindex(homes.index) == True).fillna(value=False)]  # noqa: E712  (three-valued)
    near = pd.Series(data=True, index=assets.index)
    for frame in (told, old):
        reached = city.reach.pairs(assets.geometry, frame.geometry, radius_m)["origin"]
        near &= assets.index.isin(reached) | assets.index.isin(frame.index)
    return near
