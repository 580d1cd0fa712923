"""Heritage zones that hold or touch an asset, and what they forbid there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis import permission
from gis._notes import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from gis.city import City
    from gis.model import Model
    from gis.options import Sieve

Zones = dict[str, tuple[tuple[str, str | None], ...]]

APPROXIMATE = (
    Note("位置为近似，须先落图", "Position approximate: place it on the map first"),
    Note("在地图上落准位置，再核对所在保护区划", "Place it on the map, then look which heritage zones hold it"),
)
"""Why nothing that hangs on the place is sure, and the next step."""


def is_approximate(assets: gpd.GeoDataFrame) -> pd.Series:
    """Return which assets stand at a stand-in for their place, such as the middle of a community."""
    return (assets["position"] == "approximate").fillna(value=False).astype(bool)


def touching(city: City, assets: gpd.GeoDataFrame) -> Zones:
    """Return, per asset, the type and legal class of every heritage zone that its shape meets.

    A zone without a class of its own takes that of the heritage site it belongs to: the one whose ``source_id`` its
    ``heritage_id`` names. Where no site, or more than one, has that id, the class is ``None``. A blank
    type is :data:`gis.permission.UNKNOWN_ZONE`.
    """
    zones = city.placed("heritage_zone")
    if zones.empty or assets.empty:
        return {}
    sites = city["heritage"].dropna(subset=["source_id"]).drop_duplicates("source_id", keep=False)
    of_site = sites.set_index(sites["source_id"].astype(object))["heritage_class"].astype(object)
    told = zones["heritage_class"].astype(object)
    classes = told.where(told.notna(), zones["heritage_id"].astype(object).map(of_site))
    types = zones["zone_type"].astype(object).where(zones["zone_type"].notna(), permission.UNKNOWN_ZONE)
    tree = shapely.STRtree(np.asarray(zones.geometry.array, dtype=object))
    asset, zone = tree.query(np.asarray(assets.geometry.array, dtype=object), predicate="intersects")
    pairs: dict[str, set[tuple[str, str | None]]] = {}
    for at, which in zip(asset, zone, strict=True):
        named = classes.iloc[which]
        said = None if pd.isna(named) else str(named)
        pairs.setdefault(str(assets.index[at]), set()).add((str(types.iloc[which]), said))
    return {key: tuple(sorted(found, key=str)) for key, found in pairs.items()}


def exclude_forbidden(
    sieve: Sieve, city: City, model: Model, assets: gpd.GeoDataFrame, zones: Zones, actions: Sequence[str]
) -> None:
    """Exclude the actions whose act on land the zones forbid; the strictest zone's reason stands behind it."""
    for act in permission.DIGS:
        done = [code for code in actions if model.actions[code].land_act == act]
        if not done:
            continue
        said = {key: permission.heritage(model, "", held, act, city.as_of) for key, held in zones.items()}
        banned = {key: verdict for key, verdict in said.items() if verdict.permission == "forbidden"}
        detail = pd.Series({key: verdict.reasons[0] for key, verdict in banned.items()}, dtype="object")
        where = np.isin(assets.index, list(banned))
        sieve.exclude("heritage_zone", where, actions=done, detail=detail.reindex(assets.index))


def land_verdict(
    city: City, model: Model, own: permission.Verdict, held: Sequence[tuple[str, str | None]], action: str
) -> permission.Verdict:
    """Return ``own`` and, where zones hold the place, what they say of the act of ``action``: the strictest."""
    if not held:
        return own
    act: permission.Act = "alteration" if model.actions[action].land_act == "alteration" else "new_building"
    return permission.strictest([own, permission.heritage(model, "", held, act, city.as_of)])
