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


def held_share(areas: gpd.GeoDataFrame, counts: pd.Series, places: gpd.GeoSeries, amounts: pd.Series) -> pd.Series:
    """Return the share of each place that the own count of its area may hold already.

    The places of an area are held together: 1 where the count is large enough for the sum of their amounts, so that
    they are taken to be what it counts (the same stall or pile must not stand on site and around it as well); else the
    count over that sum, since some of them may still be. One lot of 60 and two of 30 are the same.

    Parameters
    ----------
    areas
        Communities.
    counts
        What each of them counts as its own, null where it says nothing.
    places, amounts
        What stands where, and how much of it; null stands outside the count.

    Returns
    -------
    Series
        0 to 1 by place; 0 where no area that counts anything holds it.
    """
    amount = amounts.astype("Float64").astype("float64").to_numpy()
    own = counts.reindex(areas.index).astype("Float64").astype("float64").fillna(0.0).to_numpy()
    place, area = _inside(areas, places)
    told = ~np.isnan(amount[place])
    place, area = place[told], area[told]
    together = np.bincount(area, weights=amount[place], minlength=len(areas)).astype(float)
    share = np.minimum(1.0, np.divide(own, together, out=np.zeros(len(areas)), where=together > 0))
    found = np.zeros(len(places))
    np.maximum.at(found, place, share[area])
    return pd.Series(found, index=places.index)


def _inside(areas: gpd.GeoDataFrame, places: gpd.GeoSeries) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return the numbers of places and of the areas that hold their middle."""
    middle = shapely.centroid(np.asarray(places.array, dtype=object))
    tree = shapely.STRtree(np.asarray(areas.geometry.array, dtype=object))
    place, area = tree.query(middle, predicate="intersects")
    return place, area
