"""Idle land: what each parcel could become, by which path, for how long, and what it yields; what it may not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis._area_notes import outline_notes
from gis._certain_ground import NO_SURE_STALL, with_ground
from gis._fire_rules import ebike_rooms
from gis._grid import confirmed_kw
from gis._land_clock import clock, clock_text, legal_class, meets_idle_test, percent, with_term
from gis._land_paths import NO_FRONTAGE, doubts_of, paths, shortest_term, zoning_is_sure
from gis._land_shape import covers, measured, near_metro
from gis._land_sieve import CAR_ACTIONS, LAND_ACTIONS, ROOM_ACTIONS, TEMPORARY, are_premises, sieve_land
from gis._left_out import leave_out, with_unplaced
from gis._notes import SEPARATORS, Note, missing_codes, noted
from gis._stall_city import entrance_notes, plans_of
from gis._terms import path_table
from gis._zones import border_notes, is_approximate, touching
from gis.capacity import land_capacity, yield_notes
from gis.charging import GRID
from gis.options import Options, Sieve, value_of, with_defaults
from gis.surroundings import surroundings

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.city import City
    from gis.model import Model

__all__ = ["INCOME_OWNER", "clock", "clock_text", "legal_class", "meets_idle_test", "options"]

INCOME_OWNER = {
    "reserve": "treasury",
    "collective": "collective",
    "under_bridge": "treasury",
    "road_leftover": "treasury",
    "green_leftover": "treasury",
}
"""Whose income it is where the ledger does not tell and the tenure does (收支两条线; a collective's own)."""


SURVEY = Note(
    "先测绘或核实用地范围，再按实有边界重新测算",
    "Survey it or find out its boundary first, then work it out again with that",
)
"""First step of what lies on a parcel without an outline: its place in the ranking rests on the ledger's area, or less.

Rooms that stand have their own size."""


def options(city: City, need: pd.DataFrame, model: Model) -> Options:
    """Return what each placed idle parcel could become, and what it may not.

    Points without an area offer only what needs no land: rooms in the premises that stand there. Temporary land
    (certified, suspected, reserve) is granted ``idle.temp_use_max`` years and may hold nothing permanent. Every action
    that is not offered has its reason among the exclusions.

    Returns
    -------
    Options
        Per parcel and action, with stalls and chargers from the polygon (:mod:`gis.capacity`), who must agree, and the
        years granted: the strictest of rule, ledger and the day on which the land may be taken back.
    """
    land = city.placed("idle_land")
    shapes, covered = measured(city, model, land).join(ebike_rooms(city, model, land)), covers(city, model, land)
    legal = legal_class(land, city, model)
    zones = touching(city, model, land)
    around = surroundings(city, need, model, land)
    sieve = sieve_land(city, model, land, shapes, legal, zones, covered)
    rows = sieve.rows()
    laid = plans_of(city, model, _car_plots(land, shapes, rows))
    capacity = land_capacity(rows, shapes, around, model, laid)
    rows = _sized(sieve, rows, capacity)
    capacity = capacity.loc[rows.index]
    found = paths(
        city, model, land, legal, zones, doubts_of(model, land, legal, shapes, covered), are_premises(land, shapes)
    )
    keys = zip(rows["asset_id"], rows["action"], strict=True)
    ruled = path_table([found[key] for key in keys], rows.index)
    table = rows.assign(theme="revitalization").join(capacity).join(ruled).join(around, on="asset_id")
    table["people_served"] = table["near_people"]
    table["has_land"] = True
    table["land_rent_cny_m2_month"] = value_of(land, rows, "land_rent_cny_m2_month")
    table = table.assign(**_income(land, rows))
    times = clock(land, city, model)
    clocks = clock_text(times, legal, model, city.as_of)
    table = table.join(with_term(clocks, land["available_until"]), on="asset_id")
    until, reclaim = value_of(land, rows, "available_until"), value_of(times, rows, "reclaim_date")
    table = table.assign(**shortest_term(table, until, reclaim, city.as_of, model))
    table["frontage_m"] = value_of(shapes, rows, "frontage_m")
    table = noted(table, "warnings", [*_cautions(land, rows, model), *border_notes(city, land, rows)])
    table = noted(with_ground(table, city, model, land), "warnings", outline_notes(rows, shapes))
    is_unsure = table[["stalls", "chargers"]].isna().any(axis=1)
    table = noted(table, "warnings", [(is_unsure, NO_SURE_STALL), *yield_notes(table, model)])
    table = noted(table, "warnings", entrance_notes(rows, shapes, model, laid))
    table = noted(table, "warnings", _ways_in(city, model, land, shapes, rows))
    table = _survey_first(table, _without_outline(land, rows) & ~rows["action"].isin(ROOM_ACTIONS))
    table["missing"] = _missing(city, land, rows, table, model)
    exclusions = with_unplaced(sieve.exclusions(), city, model, "idle_land", LAND_ACTIONS)
    return Options(with_defaults(table.reset_index(drop=True)), exclusions, _notes(shapes, is_approximate(land)))


def _survey_first(table: pd.DataFrame, where: pd.Series) -> pd.DataFrame:
    """Return ``table`` whose next steps begin with :data:`SURVEY` ``where`` it has to be done."""
    names = [f"next_step{end}" for end in SEPARATORS]
    others = table[names]
    table = noted(table.assign(**dict.fromkeys(names, "")), "next_step", [(where, SURVEY)])
    told = {
        name: table[name] + np.where((table[name] != "") & (others[name] != ""), separator, "") + others[name]
        for name, separator in zip(names, SEPARATORS.values(), strict=True)
    }
    return table.assign(**told)


def _car_plots(land: gpd.GeoDataFrame, shapes: pd.DataFrame, rows: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the plots on which cars could stand: only over these are stalls laid."""
    cars = rows.loc[rows["action"].isin(CAR_ACTIONS), "asset_id"]
    return land[land.index.isin(cars) & shapes["is_polygon"].to_numpy(dtype=bool)]


def _income(land: gpd.GeoDataFrame, rows: pd.DataFrame) -> dict[str, pd.Series]:
    """Return whose the income of each option is, as the ledger tells or else the tenure, and what of it is pledged."""
    told, by_tenure = value_of(land, rows, "income_owner"), value_of(land, rows, "tenure").map(INCOME_OWNER)
    whose = told.astype(object).where(told.notna(), by_tenure).fillna("unknown")
    papers = {name: value_of(land, rows, name) for name in ("pledgeable_share", "pledge_document")}
    return {"income_owner": whose, **papers}


def _sized(sieve: Sieve, rows: pd.DataFrame, capacity: pd.DataFrame) -> pd.DataFrame:
    """Return the rows that hold something, or may do where boundaries are sure; the others give ``sieve`` a reason."""
    is_known = capacity[["stalls", "chargers"]].notna().all(axis=1)
    is_parking = rows["action"].isin(["surface_parking", "mechanical_parking"])
    parks_nothing = is_parking & is_known & ~(capacity["stalls"] > 0)
    holds_nothing = ~(capacity["area_m2"] > 0) & is_known & ~rows["action"].isin(ROOM_ACTIONS)
    for rule, empty in (("no_stall_fits", parks_nothing), ("no_capacity", holds_nothing & ~parks_nothing)):
        for action, assets in rows[empty].groupby("action")["asset_id"]:
            where = pd.Series(sieve.offered.index.isin(assets), index=sieve.offered.index)
            leave_out(sieve, rule, where, [str(action)])
    return rows[~parks_nothing & ~holds_nothing]


def _cautions(land: gpd.GeoDataFrame, rows: pd.DataFrame, model: Model) -> list[tuple[pd.Series, Note]]:
    surface = value_of(land, rows, "surface")
    tenure, action = value_of(land, rows, "tenure"), rows["action"]
    rate, asked = model["parking.mech_idle_rate"], model["parking.ev_ready_share_min"]
    is_idle = model.value("parking.mech_idle_rate")
    idle, used, share = percent(is_idle), percent(1 - is_idle), percent(model.value("parking.ev_ready_share_min"))
    built = Note(
        "场地有建（构）筑物，须先核查是否可拆", "Something stands on it: check first whether it may be pulled down"
    )
    cleared = Note(
        "只可临时使用，到期清退，回收期不得超过可用年限",
        "For temporary use only and cleared at its end: it must pay back within the years granted",
    )
    racks = Note(
        f"机械泊位按约{idle}闲置计（{rate.cited.zh}），使用率按{used}计",
        f"About {idle} of mechanical stalls are taken to stand idle ({rate.source}); {used} are counted as used",
    )
    ready = Note(
        f"须按不少于{share}的泊位预留充电条件（{asked.cited.zh}）",
        f"At least {share} of the stalls must be ready for charging ({asked.source})",
    )
    return [
        (surface == "dug", Note("场地已开挖，须先回填整平", "Dug up: fill and level it first")),
        ((surface == "built") & ~action.isin(ROOM_ACTIONS), built),
        (tenure.isin(TEMPORARY), cleared),
        (action == "mechanical_parking", racks),
        (action.isin(["charging", "ebike_charging"]) & confirmed_kw(land).reindex(rows["asset_id"]).isna().array, GRID),
        (action == "surface_parking", ready),
    ]


def _ways_in(
    city: City, model: Model, land: gpd.GeoDataFrame, shapes: pd.DataFrame, rows: pd.DataFrame
) -> list[tuple[pd.Series, Note]]:
    """Return what has to be looked at on site: how cars get in, and whether a metro line lies below."""
    least = model.value("land.entrance_width")
    sure, maybe = (value_of(shapes, rows, name) for name in ("frontage_m", "frontage_high_m"))
    drives = rows["action"].isin(CAR_ACTIONS)
    narrow = Note(
        "只临街巷或等级不明的道路，须核实车行通道",
        "On an alley or a street of unknown class only: check how cars get in",
    )
    unknown = Note("临街情况不明，须核实车行通道", "Its sides on streets are not known: check how cars get in")
    metro = Note(
        "附近有地铁站，须向地铁公司核实是否在保护区内",
        "A metro station is near: ask the metro company whether it lies in a protection zone",
    )
    beneath = value_of(near_metro(city, model, land).to_frame("near"), rows, "near").astype(bool)
    return [
        (drives & (sure < least) & (maybe >= least), narrow),
        ((rows["action"] == "market") & (maybe < least), NO_FRONTAGE[0]),
        (drives & maybe.isna(), unknown),
        (beneath & ~rows["action"].isin(ROOM_ACTIONS), metro),
    ]


def _missing(city: City, land: gpd.GeoDataFrame, rows: pd.DataFrame, table: pd.DataFrame, model: Model) -> pd.Series:
    flags = {
        "idle_land.zoning": ~zoning_is_sure(value_of(land, rows, "zoning"), model),
        "idle_land.tenure": value_of(land, rows, "tenure").isna(),
        "idle_land.land_rent_cny_m2_month": table["land_rent_cny_m2_month"].isna(),
        "idle_land.income_owner": table["income_owner"] == "unknown",
        "idle_land.geometry": _without_outline(land, rows),
        "street": rows["action"].isin(CAR_ACTIONS) & ("street" in city.missing),
    }
    return missing_codes(flags, rows.index)


def _without_outline(land: gpd.GeoDataFrame, rows: pd.DataFrame) -> pd.Series:
    """Return which options lie on a parcel that is a point, or stands at a stand-in for its place."""
    polygon = shapely.get_dimensions(value_of(land, rows, "geometry").to_numpy()) == 2
    return pd.Series(~polygon, index=rows.index) | is_approximate(land).loc[rows["asset_id"]].array


def _notes(shapes: pd.DataFrame, rough: pd.Series) -> tuple[Note, ...]:
    bare, near = int((shapes["area_m2"].isna() & ~rough).sum()), int(rough.sum())
    told = [
        Note(
            f"闲置用地：{bare}处只有点位、没有面积，只考虑利用现有房屋（社区服务、文化空间），不估算泊位。",
            f"Idle land: {bare} are points without an area; only rooms in what stands there (community service, "
            "culture space) are considered, and no stalls are estimated.",
        ),
        Note(
            f"闲置用地：{near}处位置为近似，须先落图；不估算泊位，台账面积不作依据。",
            f"Idle land: the position of {near} is approximate: place them on the map first; no stalls are estimated, "
            "and the area of the ledger is not used.",
        ),
    ]
    return tuple(note for note, count in zip(told, (bare, near), strict=True) if count)
