"""The band of a gap where the radius itself is a range: every end of it is a catchment of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis._catchment import gap_with_band, weights_within
from gis.network import SLACK_M

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.city import City
    from gis.model import Model


DETOUR = "reach.detour_factor"


def ends_m(city: City, key: str, model: Model) -> dict[str, float]:
    """Return the radius of parameter ``key`` in metres as walks are measured, and its two ends (``_low``, ``_high``).

    Where there is no street, walks are straight lines times ``reach.detour_factor``. That the true way round may be
    longer or shorter is then told by the ends: the narrow one shrinks by value / high of the factor, the wide one grows
    by value / low.
    """
    shrinks = grows = 1.0
    if not city.reach.has_network:
        shrinks, grows = model.value(DETOUR) / model.high(DETOUR), model.value(DETOUR) / model.low(DETOUR)
    return {"": model.value(key), "_low": model.low(key) * shrinks, "_high": model.high(key) * grows}


def walks_within(city: City, sites: gpd.GeoSeries, key: str, model: Model) -> pd.DataFrame:
    """Return who reaches which of ``sites`` within the widest radius of ``key``."""
    widest_m = max(ends_m(city, key, model).values())
    return city.reach.pairs(city.placed("community").geometry, sites, widest_m)


def gap_within(
    city: City, walk: pd.DataFrame, left: pd.DataFrame, supply: pd.DataFrame, key: str, model: Model
) -> pd.DataFrame:
    """Return :func:`gis._catchment.gap_with_band` within the radius of ``key``, its band over all radii of the range.

    A narrower radius takes sites from a community and claimants from its sites: either end of the range may give either
    end of the band.
    """
    found = [
        gap_with_band(walk[walk["distance_m"] <= radius_m + SLACK_M], left, supply, weights_within(radius_m, model))
        for radius_m in dict.fromkeys(ends_m(city, key, model).values())
    ]
    low, high = (pd.concat([part[end] for part in found], axis=1) for end in ("gap_low", "gap_high"))
    return found[0].assign(gap_low=low.min(axis=1), gap_high=high.max(axis=1))
