"""Heritage zones that hold or touch an asset, and what they forbid there."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd
import shapely

from gis import permission
from gis._notes import Note
from gis.permission import EDGE_OF

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.city import City
    from gis.model import Model
    from gis.options import Sieve

Zones = dict[str, tuple[tuple[str, str | None], ...]]

APPROXIMATE = (
    Note("位置为近似，须先落图", "Position approximate: place it on the map first"),
    Note("在地图上落准位置，再核对所在保护区划", "Place it on the map, then look which heritage zones hold it"),
)
"""Why nothing that hangs on the place is sure, and the next step."""
SHARED_M2 = 0.01
"""Ground that two drawings of one edge share by rounding: a millimetre along ten metres of it."""
LEAST = 0.01
"""ASSUMPTION: less than this share of a plot is the inaccuracy of two drawings of one edge."""
BORDERS = Note(
    "与保护区划边界相接，须向文物部门核对界线",
    "It borders on a heritage zone: check the boundary with the cultural heritage department",
)


def is_approximate(assets: gpd.GeoDataFrame) -> pd.Series:
    """Return which assets stand at a stand-in for their place, such as the middle of a community."""
    return (assets["position"] == "approximate").fillna(value=False).astype(bool)


def touching(city: City, assets: gpd.GeoDataFrame, *, are_exact: bool = False) -> Zones:
    """Return, per asset, the type and legal class of every heritage zone that holds it or a part of it.

    A polygon lies in a zone where the two share ground (more than :data:`SHARED_M2`), not where they only share an edge
    (:func:`bordering`); a point or a line on the border of a zone counts as inside. Where they share no more than
    :data:`LEAST` of either, two drawings of one edge may differ: the type stands behind :data:`gis.permission.EDGE_OF`.
    A zone without a class of its own takes that of the heritage site it belongs to: the one whose ``source_id`` its
    ``heritage_id`` names. Where no site, or more than one, has that id, the class is ``None``. A blank type is
    :data:`gis.permission.UNKNOWN_ZONE`.

    Parameters
    ----------
    city, assets
        The zones, and what may lie in them.
    are_exact
        Whether any shared ground counts: of a place that somebody asks about, and of what stays what it is in a zone
        (heritage sites, communities), whose repair the stricter rule then governs.
    """
    zones = city.placed("heritage_zone")
    if zones.empty or assets.empty:
        return {}
    sites = city["heritage"].dropna(subset=["source_id"]).drop_duplicates("source_id", keep=False)
    of_site = sites.set_index(sites["source_id"].astype(object))["heritage_class"].astype(object)
    told = zones["heritage_class"].astype(object)
    classes = told.where(told.notna(), zones["heritage_id"].astype(object).map(of_site))
    types = zones["zone_type"].astype(object).where(zones["zone_type"].notna(), permission.UNKNOWN_ZONE)
    asset, zone, share = _met(zones, assets)
    pairs: dict[str, set[tuple[str, str | None]]] = {}
    for at, which, shared in zip(asset[share > 0], zone[share > 0], share[share > 0], strict=True):
        named = classes.iloc[which]
        said = None if pd.isna(named) else str(named)
        kind = str(types.iloc[which])
        is_sliver = shared <= LEAST and not are_exact
        pairs.setdefault(str(assets.index[at]), set()).add((EDGE_OF + kind if is_sliver else kind, said))
    return {key: tuple(sorted(found, key=str)) for key, found in pairs.items()}


def bordering(city: City, assets: gpd.GeoDataFrame) -> pd.Series:
    """Return which assets share an edge or a corner with a heritage zone that they do not lie in."""
    asset, _, share = _met(city.placed("heritage_zone"), assets)
    return pd.Series(np.isin(np.arange(len(assets)), asset[share == 0]), index=assets.index)


def border_notes(city: City, assets: gpd.GeoDataFrame, rows: pd.DataFrame) -> list[tuple[pd.Series, Note]]:
    """Return the warning on the options of assets that border a heritage zone, as :func:`gis._notes.noted` takes it."""
    borders = bordering(city, assets)
    return [(rows["asset_id"].isin(borders.index[borders]), BORDERS)]


def _met(
    zones: gpd.GeoDataFrame, assets: gpd.GeoDataFrame
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Return the positions of the assets and zones that meet, and which part of the smaller of the two they share.

    Nothing where they share an edge alone, all of it where one of them is no area.
    """
    places, drawn = (np.asarray(frame.geometry.array, dtype=object) for frame in (assets, zones))
    asset, zone = shapely.STRtree(drawn).query(places, predicate="intersects")
    of_asset, of_zone = places[asset], drawn[zone]
    are_areas = (shapely.get_dimensions(of_asset) == 2) & (shapely.get_dimensions(of_zone) == 2)
    shared_m2 = shapely.area(shapely.intersection(of_asset, of_zone))
    smaller_m2 = np.minimum(shapely.area(of_asset), shapely.area(of_zone))
    share = np.divide(shared_m2, smaller_m2, out=np.ones_like(shared_m2), where=smaller_m2 > 0)
    return asset, zone, np.where(are_areas, np.where(shared_m2 > SHARED_M2, share, 0.0), 1.0)


def exclude_forbidden(
    sieve: Sieve,
    city: City,
    model: Model,
    assets: gpd.GeoDataFrame,
    zones: Zones,
    actions: Sequence[str],
    *,
    reused: Sequence[str] = (),
) -> None:
    """Exclude the actions whose act the zones of ``assets`` forbid, with the strictest zone's reason and document.

    The act is what an action does to land, but for those ``reused``: they only change the use of what stands there.
    """
    for act in get_args(permission.Act):
        done = [code for code in actions if act == ("use_change" if code in reused else model.actions[code].land_act)]
        if not done:
            continue
        here = {key: held for key, held in zones.items() if key in assets.index}
        said = {key: permission.heritage(model, "", held, act, city.as_of) for key, held in here.items()}
        banned = {key: verdict.reasons[0] for key, verdict in said.items() if verdict.permission == "forbidden"}
        detail = pd.Series(banned, dtype="object").reindex(sieve.offered.index)
        sieve.exclude("heritage_zone", np.isin(sieve.offered.index, list(banned)), actions=done, detail=detail)


def land_verdict(
    city: City,
    model: Model,
    own: permission.Verdict,
    held: Sequence[tuple[str, str | None]],
    action: str,
    *,
    is_reused: bool = False,
) -> permission.Verdict:
    """Return ``own`` and, where zones hold the place, what they say of the act of ``action``: the strictest.

    ``is_reused`` where the action only changes the use of what stands there.
    """
    if not held:
        return own
    act: permission.Act = "alteration" if model.actions[action].land_act == "alteration" else "new_building"
    asked = "use_change" if is_reused else act
    return permission.strictest([own, permission.heritage(model, "", held, asked, city.as_of)])
