"""What stands inside a community: its own, which it does not share with the neighbourhood."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray


def sum_inside(areas: gpd.GeoDataFrame, places: gpd.GeoSeries, amounts: pd.Series) -> pd.Series:
    """Return the sum of ``amounts`` over the places whose middle lies in each area; null where none with an amount."""
    amount = amounts.astype("Float64").astype("float64").to_numpy()
    place, area = _inside(areas, places)
    told = ~np.isnan(amount[place])
    sums = pd.Series(amount[place[told]]).groupby(areas.index.to_numpy()[area[told]]).sum()
    return sums.reindex(areas.index)


def is_counted_on_site(
    areas: gpd.GeoDataFrame, counts: pd.Series, places: gpd.GeoSeries, amounts: pd.Series
) -> pd.Series:
    """Return which places lie in an area whose own count is large enough to hold them.

    Such a count is taken to hold them: the same stall or pile must not stand on site and around it as well.

    Parameters
    ----------
    areas
        Communities.
    counts
        What each of them counts as its own, null where it says nothing.
    places, amounts
        What stands where, and how much of it; null holds nothing.
    """
    amount = amounts.astype("Float64").astype("float64").to_numpy()
    own = counts.reindex(areas.index).astype("Float64").astype("float64").to_numpy()
    place, area = _inside(areas, places)
    held = place[amount[place] <= own[area]]
    found = np.zeros(len(places), dtype=bool)
    found[held] = True
    return pd.Series(found, index=places.index)


def _inside(areas: gpd.GeoDataFrame, places: gpd.GeoSeries) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the numbers of places and of the areas that hold their middle."""
    middle = shapely.centroid(np.asarray(places.array, dtype=object))
    tree = shapely.STRtree(np.asarray(areas.geometry.array, dtype=object))
    place, area = tree.query(middle, predicate="intersects")
    return place, area
