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


def radii_m(key: str, model: Model) -> tuple[float, ...]:
    """Return the radius of parameter ``key`` in metres, then the ends of its range that differ from it."""
    return tuple(dict.fromkeys((model.value(key), model.low(key), model.high(key))))


def walks_within(city: City, sites: gpd.GeoSeries, key: str, model: Model) -> pd.DataFrame:
    """Return who reaches which of ``sites`` within the widest radius of ``key``."""
    return city.reach.pairs(city.placed("community").geometry, sites, max(radii_m(key, model)))


def gap_within(walk: pd.DataFrame, left: pd.DataFrame, supply: pd.DataFrame, key: str, model: Model) -> pd.DataFrame:
    """Return :func:`gis._catchment.gap_with_band` within the radius of ``key``, its band over all radii of the range.

    A narrower radius takes sites from a community and claimants from its sites: either end of the range may give either
    end of the band.
    """
    found = [
        gap_with_band(walk[walk["distance_m"] <= radius_m + SLACK_M], left, supply, weights_within(radius_m, model))
        for radius_m in radii_m(key, model)
    ]
    low, high = (pd.concat([part[end] for part in found], axis=1) for end in ("gap_low", "gap_high"))
    return found[0].assign(gap_low=low.min(axis=1), gap_high=high.max(axis=1))
