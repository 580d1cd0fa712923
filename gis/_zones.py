"""Heritage zones that hold or touch an asset."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.city import City

Zones = dict[str, tuple[tuple[str, str | None], ...]]


def touching(city: City, assets: gpd.GeoDataFrame) -> Zones:
    """Return, per asset, the type and legal class of every heritage zone that its shape meets.

    A zone without a class of its own takes that of the heritage site it belongs to; else it is ``None``.
    """
    zones = city.placed("heritage_zone")
    if zones.empty or assets.empty:
        return {}
    of_site = city["heritage"]["heritage_class"]
    told = zones["heritage_class"].astype(object)
    classes = told.where(told.notna(), zones["heritage_id"].astype(object).map(of_site.astype(object)))
    tree = shapely.STRtree(np.asarray(zones.geometry.array, dtype=object))
    asset, zone = tree.query(np.asarray(assets.geometry.array, dtype=object), predicate="intersects")
    pairs: dict[str, set[tuple[str, str | None]]] = {}
    for at, which in zip(asset, zone, strict=True):
        named = classes.iloc[which]
        said = None if pd.isna(named) else str(named)
        pairs.setdefault(str(assets.index[at]), set()).add((str(zones["zone_type"].iloc[which]), said))
    return {key: tuple(sorted(found, key=str)) for key, found in pairs.items()}
