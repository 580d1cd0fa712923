"""Heritage zones that hold or touch an asset, and what they forbid there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis import permission

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from gis.city import City
    from gis.model import Model
    from gis.options import Sieve

Zones = dict[str, tuple[tuple[str, str | None], ...]]


def touching(city: City, assets: gpd.GeoDataFrame) -> Zones:
    """Return, per asset, the type and legal class of every heritage zone that its shape meets.

    A zone without a class of its own takes that of the heritage site it belongs to: the one whose ``source_id`` its
    ``heritage_id`` names. Where no site, or more than one, has that id, the class is ``None``.
    """
    zones = city.placed("heritage_zone")
    if zones.empty or assets.empty:
        return {}
    sites = city["heritage"].dropna(subset=["source_id"]).drop_duplicates("source_id", keep=False)
    of_site = sites.set_index(sites["source_id"].astype(object))["heritage_class"].astype(object)
    told = zones["heritage_class"].astype(object)
    classes = told.where(told.notna(), zones["heritage_id"].astype(object).map(of_site))
    tree = shapely.STRtree(np.asarray(zones.geometry.array, dtype=object))
    asset, zone = tree.query(np.asarray(assets.geometry.array, dtype=object), predicate="intersects")
    pairs: dict[str, set[tuple[str, str | None]]] = {}
    for at, which in zip(asset, zone, strict=True):
        named = classes.iloc[which]
        said = None if pd.isna(named) else str(named)
        pairs.setdefault(str(assets.index[at]), set()).add((str(zones["zone_type"].iloc[which]), said))
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
