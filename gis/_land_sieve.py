"""Hard exclusions of idle land: constraints, zoning, shape, heritage zones, what temporary land may not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis._notes import Note
from gis._zones import exclude_forbidden, is_approximate
from gis._zoning import zonings
from gis.capacity import surface_stalls
from gis.options import Sieve, at_least

if TYPE_CHECKING:
    import geopandas as gpd

    from gis._zones import Zones
    from gis.city import City
    from gis.model import Model

ROOM_ACTIONS = ("community_service", "culture_space")
PLOT_ACTIONS = (
    "surface_parking",
    "mechanical_parking",
    "charging",
    "ebike_charging",
    "pocket_park",
    "market",
    "community_service",
)
LAND_ACTIONS = (*PLOT_ACTIONS, "culture_space")
TEMPORARY = ("reserve",)
"""Tenures whose land is granted for a short time and may hold nothing permanent; certified and suspected land too."""
MOST = 0.5
"""ASSUMPTION: a plot belongs to the park or the water that holds more than half of it."""
NEVER_BUILT_ON = ("under_bridge", "road_leftover", "green_leftover")


def sieve_land(
    city: City, model: Model, land: gpd.GeoDataFrame, shapes: pd.DataFrame, legal: pd.Series, zones: Zones
) -> Sieve:
    """Return the actions left for each parcel after the hard exclusions, each of which gives its reason.

    Premises (points without an area, and built plots) are thought of for rooms; open plots for everything else.
    """
    sieve = Sieve(model, "idle_land", land.index, LAND_ACTIONS)
    is_premises = shapes["area_m2"].isna() | (land["surface"] == "built").fillna(value=False).astype(bool)
    sieve.withdraw(is_premises & shapes["area_m2"].isna(), [code for code in PLOT_ACTIONS if code not in ROOM_ACTIONS])
    sieve.withdraw(~is_premises, ["culture_space"])
    _constraints(sieve, model, land)
    sieve.exclude("approximate_position", is_approximate(land))
    until = land["available_until"]
    ended = until.map(lambda day: Note(f"可用至{day:%Y-%m-%d}", f"available until {day:%Y-%m-%d}"), na_action="ignore")
    sieve.exclude("availability_ended", until <= pd.Timestamp(city.as_of), detail=ended)
    temporary = land["tenure"].isin([*TEMPORARY, *NEVER_BUILT_ON]) | legal.isin(["legal_idle", "suspected_idle"])
    sieve.exclude("permanent_on_temporary", temporary & ~is_premises)
    green, water = city.placed("green"), city.placed("water")
    sieve.exclude("in_park", share_inside(land, green[green["green_type"] == "park"]) > MOST)
    sieve.exclude("on_water", share_inside(land, water) > MOST)
    _shapes(sieve, model, shapes)
    exclude_forbidden(sieve, city, model, land, zones, LAND_ACTIONS)
    return sieve


def _constraints(sieve: Sieve, model: Model, land: gpd.GeoDataFrame) -> None:
    zoned = zonings(land["zoning"])
    for key in model.exclusions:
        group, _, code = key.partition(".")
        if group == "constraint":
            sieve.exclude(key, (land["constraint"] == code).fillna(value=False))
        elif group == "zoning":
            sieve.exclude(key, zoned.map(lambda held, code=code: any(z.startswith(code) for z in held.codes)))
        elif group == "tenure":
            sieve.exclude(key, (land["tenure"] == code).fillna(value=False))
    sieve.exclude("litigation", land["in_litigation"].fillna(value=False))


def share_inside(land: gpd.GeoDataFrame, cover: gpd.GeoDataFrame) -> pd.Series:
    """Return the share of each plot that lies inside the polygons of ``cover``; of a point 0 or 1."""
    places, covers = (np.asarray(frame.geometry.array, dtype=object) for frame in (land, cover))
    covers = covers[shapely.get_dimensions(covers) == 2]
    found = pd.Series(0.0, index=land.index)
    plot, held = shapely.STRtree(covers).query(places, predicate="intersects")
    for at in np.unique(plot):
        inside = shapely.intersection(places[at], shapely.union_all(covers[held[plot == at]]))
        whole = shapely.area(places[at])
        found.iloc[at] = shapely.area(inside) / whole if whole > 0 else 1.0
    return found


def _shapes(sieve: Sieve, model: Model, shapes: pd.DataFrame) -> None:
    area_m2, width_m = shapes["area_m2"], shapes["width_m"]
    least = {
        "surface_parking": model.value("parking.stall_area.surface") / model.value("parking.site_yield_factor"),
        "mechanical_parking": model.value("parking.mechanical_min_area"),
        "charging": model.value("charging.lot_area_per_pile"),
        "ebike_charging": model.low("ebike.ports_per_site") * model.value("ebike.m2_per_port"),
        "pocket_park": model.value("pocket_park.area_min"),
        "market": model.value("market.min_area"),
        "community_service": model.value("room.min_area.community_service"),
    }
    for action, limit in least.items():
        sieve.exclude("too_small", area_m2 < limit, actions=[action], detail=at_least(area_m2, limit, "m2"))
    largest = model.value("pocket_park.area_max")
    much = area_m2.map(
        lambda area: Note(f"{area:,.0f} m2，至多{largest:,.0f} m2", f"{area:,.0f} m2, at most {largest:,.0f} m2")
    )
    sieve.exclude("too_large", area_m2 > largest, detail=much)
    widths = {
        ("surface_parking", "charging"): model.value("parking.module_width.parallel"),
        ("mechanical_parking",): model.value("parking.module_width.mechanical"),
    }
    for actions, limit in widths.items():
        measured = at_least(width_m, limit, "m", decimals=1)
        detail = measured.map(lambda note: Note(f"最宽处{note.zh}", f"at its widest {note.en}"))
        sieve.exclude("too_narrow", width_m < limit, actions=actions, detail=detail)
    none = surface_stalls(area_m2, model)["stalls"] < 1
    sieve.withdraw(none, ["surface_parking", "charging"])
