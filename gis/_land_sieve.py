"""Hard exclusions of idle land: constraints, zoning, shape, heritage zones, what temporary land may not hold."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis._fire_rules import ebike_exclusions
from gis._grid import exclude_powerless
from gis._land_clock import YEARS_TO_RECLAIM, clock, lapse, own_words
from gis._land_shape import MOST, covers
from gis._left_out import leave_out
from gis._notes import Note
from gis._zones import exclude_forbidden, is_approximate
from gis._zoning import zonings
from gis.capacity import surface_stalls
from gis.options import Sieve, at_least, at_most

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from gis._land_shape import Cover
    from gis._zones import Zones
    from gis.city import City
    from gis.model import Model

ROOM_ACTIONS = ("community_service", "culture_space")
LAND_ACTIONS = (
    "surface_parking",
    "mechanical_parking",
    "charging",
    "ebike_charging",
    "pocket_park",
    "market",
    *ROOM_ACTIONS,
)
CAR_ACTIONS = ("surface_parking", "mechanical_parking", "charging")
SERVING = (*CAR_ACTIONS, "market", "community_service")
"""What on a parcel serves a heritage site or a wall beside it."""
SETBACK = "parking.layout.setback"
"""Kept free on both sides of the row and the lane of a rack."""
TEMPORARY = ("reserve",)
"""Tenures whose land is granted for a short time and may hold nothing permanent."""
MAYBE_IDLE = ("legal_idle", "suspected_idle", "disposed")
"""Legal classes whose land is granted for a short time as well: it may be taken back, or built on by its holder."""
OPEN = ("paved", "bare", "grass", "dug")
"""Surfaces of a plot on which nothing stands."""
NEVER_BUILT_ON = ("under_bridge", "road_leftover", "green_leftover")


def sieve_land(
    city: City,
    model: Model,
    land: gpd.GeoDataFrame,
    shapes: pd.DataFrame,
    legal: pd.Series,
    zones: Zones,
    covered: Sequence[Cover],
) -> Sieve:
    """Return the actions left for each parcel after the hard exclusions, each of which gives its reason.

    Rooms are thought of in premises (:func:`are_premises`) only: what they cost is the fitting out of a room that
    stands, and no document was found that lets one be put up on an open plot. Of a point without an area nothing else
    is known, while a built plot may be cleared for what needs land. What is not thought of has its reason among the
    exclusions as well, so that every action that is not offered has one.
    """
    sieve = Sieve(model, "idle_land", land.index, LAND_ACTIONS)
    is_premises = are_premises(land, shapes)
    _constraints(sieve, model, land)
    sieve.exclude("approximate_position", is_approximate(land))
    _ended(sieve, city, model, land)
    temporary = land["tenure"].isin([*TEMPORARY, *NEVER_BUILT_ON]) | legal.isin(MAYBE_IDLE)
    sieve.exclude("permanent_on_temporary", temporary & ~is_premises)
    for cover in covered:
        sieve.exclude(cover.rule, cover.share > MOST)
    _shapes(sieve, model, shapes)
    exclude_forbidden(sieve, city, model, land[~is_premises], zones, LAND_ACTIONS)
    exclude_forbidden(sieve, city, model, land[is_premises], zones, LAND_ACTIONS, reused=ROOM_ACTIONS)
    ebike_exclusions(sieve, city, model, land, shapes)
    exclude_powerless(sieve, model, land)
    leave_out(sieve, "point_without_area", shapes["area_m2"].isna(), set(LAND_ACTIONS) - set(ROOM_ACTIONS))
    leave_out(sieve, "open_plot", ~is_premises, ROOM_ACTIONS)
    return sieve


def are_premises(land: gpd.GeoDataFrame, shapes: pd.DataFrame) -> pd.Series:
    """Return where something stands whose rooms could be used: built plots, and points of which nobody knows.

    A point without an area has no room either where its surface is told to be open (grass, paved, bare, dug), or where
    it is green land (G of GB 50137, a leftover of a green) and nobody says that something stands there.
    """
    surface, zoned = land["surface"].astype(object), zonings(land["zoning"])
    is_green = zoned.map(lambda held: any(code.startswith("G") for code in held.codes)).astype(bool)
    is_green |= (land["tenure"] == "green_leftover").fillna(value=False).astype(bool)
    return surface.isin(["built"]) | (shapes["area_m2"].isna() & ~surface.isin(OPEN) & ~is_green)


def may_serve(city: City, model: Model) -> pd.Series:
    """Return which placed parcels could hold something that serves a neighbour (:data:`SERVING`).

    Out are those that constraint, planned use, tenure, a court, the end of their availability or what they lie on
    exclude from all of it; shape, zones and path are not asked here.
    """
    land = city.placed("idle_land")
    sieve = Sieve(model, "idle_land", land.index, SERVING)
    _constraints(sieve, model, land)
    _ended(sieve, city, model, land)
    for cover in covers(city, model, land):
        sieve.exclude(cover.rule, cover.share > MOST)
    return sieve.offered.any(axis=1)


def _ended(sieve: Sieve, city: City, model: Model, land: gpd.GeoDataFrame) -> None:
    """Exclude what has no years left: its term has ended, or it may be taken back by now."""
    today, until, back = pd.Timestamp(city.as_of), land["available_until"], clock(land, city, model)["reclaim_date"]
    ended = until.map(lambda day: Note(f"可用至{day:%Y-%m-%d}", f"available until {day:%Y-%m-%d}"), na_action="ignore")
    sieve.exclude("availability_ended", until <= today, detail=ended)
    unsure = own_words(model, YEARS_TO_RECLAIM), lapse(model, city.as_of, [YEARS_TO_RECLAIM])
    zh, en = ("".join(words) for words in zip(*unsure, strict=True))
    due = back.map(lambda day: Note(f"{day:%Y-%m-%d}起{zh}", f"from {day:%Y-%m-%d}{en}"), na_action="ignore")
    sieve.exclude("reclaim_due", back <= today, detail=due)


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
    sieve.exclude("too_large", area_m2 > largest, detail=at_most(area_m2, largest, " m2"))
    widths = {
        ("surface_parking", "charging"): model.value("parking.module_width.parallel"),
        ("mechanical_parking",): model.value("parking.module_width.mechanical") + 2 * model.value(SETBACK),
    }
    for actions, limit in widths.items():
        measured = at_least(width_m, limit, "m", decimals=1)
        detail = measured.map(lambda note: Note(f"最宽处{note.zh}", f"at its widest {note.en}"))
        sieve.exclude("too_narrow", width_m < limit, actions=actions, detail=detail)
    steepest, slope = model.value("land.slope_max"), shapes["slope_share"]
    rises = at_most(100 * slope, 100 * steepest, "%", decimals=1)
    steep = rises.map(lambda note: Note(f"坡度{note.zh}", f"slope {note.en}"))
    sieve.exclude("too_steep", slope > steepest, actions=CAR_ACTIONS, detail=steep)
    leave_out(sieve, "no_stall_fits", surface_stalls(area_m2, model)["stalls"] < 1, ["surface_parking", "charging"])
