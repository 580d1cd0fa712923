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


def ebike_exclusions(sieve: Sieve, city: City, model: Model, plots: gpd.GeoDataFrame) -> None:
    """Exclude e-bike charging from the plots where it may not be, each for its reason.

    Inside a building (built plots, and those that buildings cover by more than half); where too little is left at
    ``ebike.fire_distance_building`` from every building for the smallest site (``ebike.ports_per_site``, low end,
    times ``ebike.m2_per_port``); within ``ebike.fire_distance_danger`` of a petrol station or of what may burn or
    explode, or on land planned for it. Fire lanes are out for every action (``constraint.fire_lane``).

    Parameters
    ----------
    sieve
        Of ``plots``; holds the action ``ebike_charging``.
    city, model
        The city with its buildings, and the model.
    plots
        Placed plots in the city's CRS, index ``asset_id``.
    """
    buildings = city.placed("building")
    places = np.asarray(plots.geometry.array, dtype=object)
    is_plot = shapely.get_dimensions(places) == 2
    covered_m2, room_m2 = _rooms(places, buildings, model.value("ebike.fire_distance_building"))
    is_built = (plots["surface"] == "built").fillna(value=False).to_numpy(dtype=bool)
    is_inside = is_built | (is_plot & (covered_m2 > MOST * shapely.area(places)))
    least_m2 = model.low("ebike.ports_per_site") * model.value("ebike.m2_per_port")
    sieve.exclude("fire.ebike_in_building", is_inside)
    # A plot that is too small for a site as it is says so itself; here the distance takes what would do.
    is_cut = is_plot & (room_m2 < least_m2) & (shapely.area(places) >= least_m2)
    away_m = model.value("ebike.fire_distance_building")
    words = Note(
        f"离建筑{away_m:g}米外最多余{{:.0f}} m2，至少{least_m2:.0f} m2",
        f"at most {{:.0f}} m2 lie {away_m:g} m from buildings, at least {least_m2:.0f} m2 needed",
    )
    detail = [Note(words.zh.format(room), words.en.format(room)) for room in room_m2]
    sieve.exclude(
        "fire.ebike_near_building", is_cut & ~is_inside, detail=pd.Series(detail, index=plots.index, dtype=object)
    )
    sieve.exclude("fire.ebike_near_danger", _near_danger(city, plots, model.value("ebike.fire_distance_danger")))


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


def _rooms(
    places: NDArray[np.object_], buildings: gpd.GeoDataFrame, away_m: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return what buildings cover of each place, and the largest part of it that is ``away_m`` from all of them, m2."""
    outlines = np.asarray(buildings.geometry.array, dtype=object)
    covered_m2, room_m2 = np.zeros(len(places)), shapely.area(places)
    near, which = shapely.STRtree(outlines).query(places, predicate="dwithin", distance=away_m)
    for at in np.unique(near):
        standing = shapely.union_all(outlines[which[near == at]])
        covered_m2[at] = shapely.area(shapely.intersection(places[at], standing))
        left = shapely.get_parts(shapely.difference(places[at], shapely.buffer(standing, away_m)))
        room_m2[at] = shapely.area(left).max(initial=0.0)
    return covered_m2, room_m2


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
