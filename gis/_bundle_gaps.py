"""Which stalls lacking at night each member of a bundle closes, so that no gap is counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis._radius_bands import ends_m
from gis._units import column
from gis.network import SLACK_M

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

    from gis._graph import Floats, Ints
    from gis.city import City
    from gis.model import Model

RADIUS = "parking.service_radius"


def stalls_closed(city: City, members: gpd.GeoDataFrame, need: pd.DataFrame, model: Model) -> Floats:
    """Return how many stalls of the night gap each member counts for, in stalls.

    A member can close what its option closes alone (``x_night_gap_closed``), of the gaps within the walk; several can
    close one gap. Each community's gap is therefore dealt out once: first to the stalls of its own renovation, then
    what is left of it to all within ``parking.service_radius``, in proportion to what each can still close. What any
    members count together is never more than they close, whoever of the others is chosen; it may be less.

    Parameters
    ----------
    city
        Its communities and walks.
    members
        ``asset_id``, ``is_community``, ``x_night_gap_closed``, geometry.
    need
        Of all communities: ``asset_id``, ``night_gap_stalls``. A gap that nobody knows counts nothing.
    model
        Holds the walk.
    """
    can = np.nan_to_num(column(members, "x_night_gap_closed"))
    gap = np.maximum(np.nan_to_num(column(need, "night_gap_stalls")), 0.0)
    home = {asset: row for row, asset in enumerate(need["asset_id"])}
    own = np.array([home.get(asset, -1) for asset in members["asset_id"]], dtype=np.int64)
    own = np.where(members["is_community"].to_numpy(dtype=bool), own, -1)
    (is_home,) = np.nonzero(own >= 0)
    closed = np.zeros(len(members))
    closed[is_home] = np.minimum(can[is_home], gap[own[is_home]])
    gap[own[is_home]] -= closed[is_home]
    places = members.geometry.set_axis(np.arange(len(members)))[can > closed]
    walks = city.reach.pairs(city.placed("community").geometry, places, ends_m(city, RADIUS, model)[""] + SLACK_M)
    near = walks[walks["origin"].isin(home)]
    at = near["origin"].map(home).to_numpy(dtype=np.int64)
    return closed + _dealt(gap, can - closed, at, near["site"].to_numpy(dtype=np.int64))


def _dealt(gap: Floats, can: Floats, home: Ints, member: Ints) -> Floats:
    """Return what each member gets of the gaps: pair by pair in proportion to what it can, and no more than that."""
    asked = np.bincount(home, can[member], minlength=len(gap))
    share = np.divide(gap, asked, out=np.zeros(len(gap)), where=asked > 0)
    return np.minimum(np.bincount(member, can[member] * share[home], minlength=len(can)), can)
