"""Fire rules for e-bikes: where they may not be charged. They exclude, they are never points off a score.

高层民用建筑消防安全管理规定 (应急管理部令第5号, in force since 2021-08-01) art. 37: e-bikes are neither parked nor
charged in public lobbies, evacuation corridors, stairwells and exits of high-rise civil buildings; where they are
charged stands by itself at a safe distance, or is partitioned off where it must lie inside. Art. 22 and art. 28 of the
fire law (消防法) keep fire lanes free. 广东省高层建筑消防安全管理规定 (in force since 2026-04-01) art. 23 (5) adds
any room that does not meet the conditions. No text in force gives a distance: both that are used here are assumptions
of the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis._notes import NOTHING, Note
from gis._zoning import zonings

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.city import City
    from gis.model import Model
    from gis.options import Sieve

ACTION = "ebike_charging"
MOST = 0.5
"""ASSUMPTION: a plot lies inside the building that covers more than half of it."""
DANGEROUS_ZONING = ("B41", "W3", "U13")
"""GB 50137-2011: petrol and gas stations; stores of what burns, explodes or is highly toxic; gas supply."""
DANGEROUS_USE = "加油|加气|油库|易燃|易爆|危险品|危化|烟花|爆竹|液化气|液化石油气|fuel|petrol|gas_station"
"""Words in the use or the name of a building. ASSUMPTION: no layer lists dangerous premises."""
UNCHECKED = (
    Note("没有建筑图层，消防间距无法核对", "No buildings are known, so its distance to them cannot be checked"),
    Note(
        "导入建筑图层，或请消防救援机构现场核对间距", "Import the buildings, or have fire and rescue check it on site"
    ),
)
"""Why a place for e-bike chargers is unclear in a city without buildings, and the next step."""
NO_OUTLINE = (
    Note(
        "只有点位，范围不明，消防间距无法核对",
        "Known as a point only: how far it reaches, and so its distance to buildings, cannot be checked",
    ),
    Note("补绘场地范围，再核对消防间距", "Draw the outline of the place, then check its distance to buildings"),
)
"""Why a place that is known as a point is unclear, and the next step."""


def ebike_rooms(city: City, model: Model, plots: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return what buildings leave of each plot for the charging of e-bikes.

    What lies nearer than ``ebike.fire_distance_danger`` to danger needs no room: such plots are excluded whole.

    Parameters
    ----------
    city, model
        The city with its buildings, and the model.
    plots
        Placed plots in the city's CRS, index ``asset_id``.

    Returns
    -------
    DataFrame
        By plot: ``covered_m2`` (of it inside buildings), ``ebike_room_m2`` (the largest connected part of it that is
        ``ebike.fire_distance_building`` from every building; null for a point, whose extent is not known), and
        ``building_m`` (distance to the nearest building; null farther away than that).
    """
    away_m = model.value("ebike.fire_distance_building")
    places, outlines = (np.asarray(frame.geometry.array, dtype=object) for frame in (plots, city.placed("building")))
    is_plot = shapely.get_dimensions(places) == 2
    covered_m2, room_m2 = np.zeros(len(places)), np.where(is_plot, shapely.area(places), np.nan)
    building_m = np.full(len(places), np.nan)
    near, which = shapely.STRtree(outlines).query(places, predicate="dwithin", distance=away_m)
    order = np.lexsort((which, near))
    at, group = np.unique(near[order], return_inverse=True)
    gathered = shapely.geometrycollections(outlines[which[order]], indices=group)
    standing = shapely.union_all(gathered.reshape(-1, 1), axis=1)
    building_m[at] = shapely.distance(places[at], standing)
    covered_m2[at] = shapely.area(shapely.intersection(places[at], standing))
    held, around = at[is_plot[at]], shapely.buffer(standing[is_plot[at]], away_m)
    left, owner = shapely.get_parts(shapely.difference(places[held], around), return_index=True)
    room_m2[held] = 0.0
    np.maximum.at(room_m2, held[owner], shapely.area(left))
    return pd.DataFrame(
        {"covered_m2": covered_m2, "ebike_room_m2": room_m2, "building_m": building_m}, index=plots.index
    )


def ebike_exclusions(sieve: Sieve, city: City, model: Model, plots: gpd.GeoDataFrame, rooms: pd.DataFrame) -> None:
    """Exclude e-bike charging from the plots where it may not be, each for its reason.

    Inside a building (built plots, those that buildings cover by more than half, points in an outline); where too
    little is left at ``ebike.fire_distance_building`` from every building for the smallest site
    (``ebike.ports_per_site``, low end, times ``ebike.m2_per_port``), or a point lies nearer than that; within
    ``ebike.fire_distance_danger`` of a petrol station or of what may burn or explode, or on land planned for it. Fire
    lanes are out for every action (``constraint.fire_lane``).

    Parameters
    ----------
    sieve
        Of ``plots``; holds the action ``ebike_charging``.
    city, model
        The city with its buildings, and the model.
    plots
        Placed plots in the city's CRS, index ``asset_id``.
    rooms
        Of the same plots, as :func:`ebike_rooms` gives it.
    """
    places = np.asarray(plots.geometry.array, dtype=object)
    is_plot, area_m2 = shapely.get_dimensions(places) == 2, shapely.area(places)
    is_built = (plots["surface"] == "built").fillna(value=False).to_numpy(dtype=bool)
    is_covered = np.where(is_plot, rooms["covered_m2"] > MOST * area_m2, rooms["building_m"] == 0)
    is_inside = is_built | is_covered
    least_m2 = model.low("ebike.ports_per_site") * model.value("ebike.m2_per_port")
    sieve.exclude("fire.ebike_in_building", is_inside)
    # A plot that is too small for a site as it is says so itself; here the distance takes what would do.
    is_cut = np.where(is_plot, (rooms["ebike_room_m2"] < least_m2) & (area_m2 >= least_m2), rooms["building_m"].notna())
    away_m = model.value("ebike.fire_distance_building")
    left = zip(rooms["ebike_room_m2"], rooms["building_m"], strict=True)
    detail = [_near_note(room_m2, building_m, away_m, least_m2) for room_m2, building_m in left]
    sieve.exclude(
        "fire.ebike_near_building", is_cut & ~is_inside, detail=pd.Series(detail, index=plots.index, dtype=object)
    )
    sieve.exclude("fire.ebike_near_danger", _near_danger(city, plots, model.value("ebike.fire_distance_danger")))


def unchecked(table: pd.DataFrame, city: City) -> list[tuple[pd.Series, tuple[Note, Note], str]]:
    """Return which options of e-bike charging were not held against the fire distance: why and next step, and a code.

    Those of a city whose buildings are not known, and those on land that is known as a point.

    Parameters
    ----------
    table
        Options: ``asset_kind``, ``asset_id``, ``action``.
    city
        The city, with the places of its idle land.
    """
    is_ebike = table["action"] == ACTION
    land = city.placed("idle_land")
    points = land.index[shapely.get_dimensions(np.asarray(land.geometry.array, dtype=object)) < 2]
    is_point = is_ebike & (table["asset_kind"] == "idle_land") & table["asset_id"].isin(points)
    has_none = "building" in city.missing
    return [
        (is_ebike & has_none, UNCHECKED, "building"),
        (is_point & (not has_none), NO_OUTLINE, "idle_land.geometry"),
    ]


def indoor_stations(city: City) -> pd.DataFrame:
    """Return which placed e-bike stations stand inside a building.

    Returns
    -------
    DataFrame
        By station id: ``is_indoors`` (the ledger says so), ``may_be_indoors`` (the ledger is silent, and its place lies
        inside the outline of a building).
    """
    stations = city.placed("charging")
    is_ebike = (stations["charger_type"] == "ebike").fillna(value=False).to_numpy(dtype=bool)
    said = stations["is_indoors"]
    outlines = np.asarray(city.placed("building").geometry.array, dtype=object)
    middle = shapely.centroid(np.asarray(stations.geometry.array, dtype=object))
    inside = np.zeros(len(stations), dtype=bool)
    inside[shapely.STRtree(outlines).query(middle, predicate="within")[0]] = True
    return pd.DataFrame(
        {
            "is_indoors": is_ebike & said.fillna(value=False).to_numpy(dtype=bool),
            "may_be_indoors": is_ebike & said.isna().to_numpy(dtype=bool) & inside,
        },
        index=stations.index,
    )


def list_indoor_stations(sieve: Sieve, indoor: pd.DataFrame) -> None:
    """List the e-bike stations of :func:`indoor_stations`, each with what is known of it."""
    doubt = Note(
        "台账未填是否在建筑内，点位落在建筑轮廓内", "the ledger is silent, its place lies inside a building's outline"
    )
    detail = pd.Series(
        [doubt if may else NOTHING for may in indoor["may_be_indoors"]], index=indoor.index, dtype=object
    )
    sieve.exclude("fire.ebike_indoors", indoor["is_indoors"] | indoor["may_be_indoors"], detail=detail)


def _near_note(room_m2: float, building_m: float, away_m: float, least_m2: float) -> Note:
    """Return what of a place lies far enough from buildings, or how near a point is to one."""
    if np.isnan(room_m2):
        return Note(
            f"离建筑{building_m:.1f}米，至少{away_m:g}米",
            f"{building_m:.1f} m from a building, at least {away_m:g} m needed",
        )
    return Note(
        f"离建筑{away_m:g}米外最多余{room_m2:.0f} m2，至少{least_m2:.0f} m2",
        f"at most {room_m2:.0f} m2 lie {away_m:g} m from buildings, at least {least_m2:.0f} m2 needed",
    )


def _near_danger(city: City, plots: gpd.GeoDataFrame, away_m: float) -> NDArray[np.bool_]:
    """Return which plots are dangerous land or lie within ``away_m`` of it, or of a dangerous building."""
    buildings, land = city.placed("building"), city.placed("idle_land")
    words = buildings["use"].fillna("").astype(str) + " " + buildings["name"].fillna("").astype(str)
    sources = [
        np.asarray(buildings.geometry.array, dtype=object)[
            words.str.contains(DANGEROUS_USE, case=False).to_numpy(bool)
        ],
        np.asarray(land.geometry.array, dtype=object)[_is_dangerous(land["zoning"])],
    ]
    tree = shapely.STRtree(np.concatenate(sources))
    found = np.zeros(len(plots), dtype=bool)
    places = np.asarray(plots.geometry.array, dtype=object)
    found[tree.query(places, predicate="dwithin", distance=away_m)[0]] = True
    return found


def _is_dangerous(zoning: pd.Series) -> NDArray[np.bool_]:
    held = zonings(zoning)
    return np.fromiter(
        (any(code.startswith(DANGEROUS_ZONING) for code in item.codes) for item in held), bool, len(held)
    )
