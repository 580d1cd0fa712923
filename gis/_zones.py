"""Heritage zones that hold or touch an asset, and what they forbid there."""

from __future__ import annotations

from typing import TYPE_CHECKING, get_args

import numpy as np
import pandas as pd
import shapely

from gis import permission, verdicts
from gis._notes import Note
from gis.permission import ACCURACY, EDGE_OF

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray
    from shapely import Geometry

    from gis.city import City
    from gis.model import Model
    from gis.options import Sieve

    Shapes = NDArray[np.object_]

Zones = dict[str, tuple[tuple[str, str | None], ...]]
Strips = dict[str, list["Geometry"]]

APPROXIMATE = (
    Note("位置为近似，须先落图", "Position approximate: place it on the map first"),
    Note("在地图上落准位置，再核对所在保护区划", "Place it on the map, then look which heritage zones hold it"),
)
"""Why nothing that hangs on the place is sure, and the next step."""
SHARED_M2 = 0.01
"""Ground that two drawings of one edge share by rounding: a millimetre along ten metres of it."""
BORDERS = Note(
    "与保护区划边界相接，须向文物部门核对界线",
    "It borders on a heritage zone: check the boundary with the cultural heritage department",
)


def is_approximate(assets: gpd.GeoDataFrame) -> pd.Series:
    """Return which assets stand at a stand-in for their place, such as the middle of a community."""
    return (assets["position"] == "approximate").fillna(value=False).astype(bool)


def touching(city: City, model: Model, assets: gpd.GeoDataFrame, *, are_exact: bool = False) -> Zones:
    """Return, per asset, the type and legal class of every heritage zone that holds it or a part of it.

    A polygon lies in a zone where the two share ground (more than :data:`SHARED_M2`), not where they only share an edge
    (:func:`bordering`); a point or a line on the border of a zone counts as inside. Where what they share is narrower
    than ``map.drawing_accuracy`` (:func:`are_edges`), two drawings of one edge may differ: the type stands behind
    :data:`gis.permission.EDGE_OF`.
    A zone without a class of its own takes that of the heritage site it belongs to: the one whose ``source_id`` its
    ``heritage_id`` names. Where no site, or more than one, has that id, the class is ``None``. A blank type is
    :data:`gis.permission.UNKNOWN_ZONE`.

    Parameters
    ----------
    city, model, assets
        The zones, the accuracy of their drawing, and what may lie in them.
    are_exact
        Whether any shared ground counts: of a place that somebody asks about, and of heritage sites, which stay what
        they are and whose repair the stricter rule then governs.
    """
    zones = city.placed("heritage_zone")
    if zones.empty or assets.empty:
        return {}
    sites = city["heritage"].dropna(subset=["source_id"]).drop_duplicates("source_id", keep=False)
    of_site = sites.set_index(sites["source_id"].astype(object))["heritage_class"].astype(object)
    told = zones["heritage_class"].astype(object)
    classes = told.where(told.notna(), zones["heritage_id"].astype(object).map(of_site))
    types = zones["zone_type"].astype(object).where(zones["zone_type"].notna(), permission.UNKNOWN_ZONE)
    asset, zone, is_in, is_edge = _met(zones, assets, 0.0 if are_exact else model.value(ACCURACY))
    pairs: dict[str, set[tuple[str, str | None]]] = {}
    for at, which, on_edge in zip(asset[is_in], zone[is_in], is_edge[is_in], strict=True):
        named = classes.iloc[which]
        said = None if pd.isna(named) else str(named)
        kind = str(types.iloc[which])
        pairs.setdefault(str(assets.index[at]), set()).add((EDGE_OF + kind if on_edge else kind, said))
    return {key: tuple(sorted(found, key=str)) for key, found in pairs.items()}


def strips(city: City, model: Model, assets: gpd.GeoDataFrame) -> Strips:
    """Return, per asset, the strips that it holds of zones of which it holds a strip of their edge only, as drawn."""
    zones = city.placed("heritage_zone")
    if zones.empty or assets.empty:
        return {}
    places, drawn = assets.geometry.array, zones.geometry.array
    asset, zone, _, is_edge = _met(zones, assets, model.value(ACCURACY))
    found: Strips = {}
    for at, which in zip(asset[is_edge], zone[is_edge], strict=True):
        found.setdefault(str(assets.index[at]), []).append(shapely.intersection(places[at], drawn[which]))
    return found


def bordering(city: City, assets: gpd.GeoDataFrame) -> pd.Series:
    """Return which assets share an edge or a corner with a heritage zone that they do not lie in."""
    asset, _, is_in, _ = _met(city.placed("heritage_zone"), assets, 0.0)
    return pd.Series(np.isin(np.arange(len(assets)), asset[~is_in]), index=assets.index)


def border_notes(city: City, assets: gpd.GeoDataFrame, rows: pd.DataFrame) -> list[tuple[pd.Series, Note]]:
    """Return the warning on the options of assets that border a heritage zone, as :func:`gis._notes.noted` takes it."""
    borders = bordering(city, assets)
    return [(rows["asset_id"].isin(borders.index[borders]), BORDERS)]


def are_edges(plots: Shapes, others: Shapes, width_m: float) -> NDArray[np.bool_]:
    """Return of which pairs of polygons the common ground is nowhere as wide as ``width_m``: a strip of their edges.

    Half of the width taken off all round leaves nothing of it. A polygon that is itself no wider has no inside to tell
    from its edge, and lies in the other one.
    """
    if width_m <= 0:
        return np.zeros(len(plots), dtype=bool)
    return _narrow(shapely.intersection(plots, others), width_m) & ~_narrow(plots, width_m) & ~_narrow(others, width_m)


def _narrow(shapes: Shapes, width_m: float) -> NDArray[np.bool_]:
    return np.asarray(shapely.is_empty(shapely.buffer(shapes, -width_m / 2)), dtype=bool)


def _met(
    zones: gpd.GeoDataFrame, assets: gpd.GeoDataFrame, accuracy_m: float
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_], NDArray[np.bool_]]:
    """Return the positions of the assets and zones that meet, which of them share ground, and which an edge alone.

    Where one of them is no area, they share ground; 0 for ``accuracy_m`` makes no strip a mere edge.
    """
    places, drawn = (np.asarray(frame.geometry.array, dtype=object) for frame in (assets, zones))
    asset, zone = shapely.STRtree(drawn).query(places, predicate="intersects")
    of_asset, of_zone = places[asset], drawn[zone]
    are_areas = (shapely.get_dimensions(of_asset) == 2) & (shapely.get_dimensions(of_zone) == 2)
    shared = shapely.intersection(of_asset, of_zone)
    is_in = ~are_areas | (shapely.area(shared) > SHARED_M2)
    is_edge = are_areas & is_in
    is_edge[is_edge] = are_edges(of_asset[is_edge], of_zone[is_edge], accuracy_m)
    return asset, zone, is_in, is_edge


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
    """Exclude the actions whose act the zones of ``assets`` forbid, with the reason and documents of the rules that do.

    The act is what an action does to land, but for those ``reused``: they only change the use of what stands there.
    """
    for act in get_args(permission.Act):
        done = [code for code in actions if act == ("use_change" if code in reused else model.actions[code].land_act)]
        if not done:
            continue
        here = {key: held for key, held in zones.items() if key in assets.index}
        said = {key: permission.heritage(model, "", held, act, city.as_of) for key, held in here.items()}
        banned = {key: _ban(verdict) for key, verdict in said.items() if verdict.permission == "forbidden"}
        table = pd.DataFrame.from_dict(banned, orient="index", columns=["detail", "source"], dtype=object)
        table = table.reindex(sieve.offered.index)
        hit = np.isin(sieve.offered.index, list(banned))
        sieve.exclude("heritage_zone", hit, actions=done, detail=table["detail"], sources=table["source"])


def _ban(verdict: verdicts.Verdict) -> tuple[Note, str]:
    """Return why a verdict forbids, with the clauses of it that are no sure ground, and in which documents."""
    parts = [part for part in verdict.parts if part.permission == "forbidden"]
    doubts = list(dict.fromkeys(note for part in parts for note in part.doubts))
    why = [verdict.reasons[0], *doubts]
    sources = dict.fromkeys(source for part in parts for source in part.sources)
    return Note("，".join(note.zh for note in why), ", ".join(note.en for note in why)), "; ".join(sources)


def land_verdict(
    city: City,
    model: Model,
    own: verdicts.Verdict,
    held: Sequence[tuple[str, str | None]],
    action: str,
    *,
    is_reused: bool = False,
) -> verdicts.Verdict:
    """Return ``own`` and, where zones hold the place, what they say of the act of ``action``: the strictest.

    ``is_reused`` where the action only changes the use of what stands there.
    """
    if not held:
        return own
    act: permission.Act = "alteration" if model.actions[action].land_act == "alteration" else "new_building"
    asked = "use_change" if is_reused else act
    return verdicts.strictest([own, permission.heritage(model, "", held, asked, city.as_of)])
