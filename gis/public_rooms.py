"""Idle public rooms: what they could hold, after the filters danger, trust, let and title."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis import permission, verdicts
from gis._left_out import with_unplaced
from gis._notes import NOTHING, Note, missing_codes, noted
from gis._terms import path_columns, path_table
from gis._zones import APPROXIMATE, border_notes, touching
from gis.options import Options, Sieve, at_least, code_of, value_of, with_defaults
from gis.surroundings import surroundings

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from gis._zones import Zones
    from gis.city import City
    from gis.model import Model

ACTIONS = ("community_service", "culture_space", "market")
IN_USE = ("let", "occupied")
HELD = (*IN_USE, "overdue")
"""Of a room that is offered, one of these says that its lease has ended and somebody is in it yet."""
INCOME_OWNER = {
    "state": "treasury",
    "sub_district": "treasury",
    "state_enterprise": "state_enterprise",
    "collective": "collective",
}
"""Rent of public rooms usually goes to the treasury (收支两条线); unknown where the owner is."""
OWNERS_INCOME = {**INCOME_OWNER, "private": "owners", "mixed": "owners"}
"""Ownership -> whose income says that the owner runs the room."""
TENANTS = ("operator", "state_enterprise", "collective", "owners")
"""Whose income means that a room is rented, where they do not own it: the treasury and trust accounts rent none."""
RENT_FREE = ("community_service", "culture_space")
"""Actions for the public good, which holds a room free of rent (``heritage.rent_public_good``)."""
NO_TITLE = (
    Note("无产权证", "No title"),
    Note(
        "补办产权登记或由主管部门出具权属证明", "Register the title, or have the department in charge certify the owner"
    ),
)
TITLE_UNKNOWN = (Note("有无产权证不明", "Nobody says whether it has a title"), NO_TITLE[1])
GRADE_UNKNOWN = (
    Note("房屋安全等级不明，可能为D级", "Danger grade unknown: it may be grade D"),
    Note("先做房屋安全鉴定", "Have its safety surveyed first"),
)
STILL_HELD = (
    Note("租期已届满或超期占用，是否腾退不明", "Its lease has ended or was overstayed: nobody says that it is free"),
    Note("核实是否续租，或先清退", "Find out whether it was let anew, or clear it first"),
)
"""What makes a room unclear whoever owns it: the reason, and the next step."""
NO_OCCUPANCY = (
    Note("使用状况不明", "Occupancy unknown"),
    Note("现场核实是否空置及租约", "Find out on site whether it stands vacant, and by what lease"),
)
ENDED, ENDS = Note("租期已届满", "The lease has ended"), Note("租期届满", "The lease ends")
OPEN_TENDER = Note("可重新公开招租", "it may be let by open tender again")
THEN_TENDER = Note("其后方可重新公开招租", "only then may it be let by open tender again")
NO_TENDER = {
    "private": Note("私产，由产权人决定是否再出租", "private: its owner decides whether to let it again"),
    "mixed": Note("混合产权，由全体产权人决定是否再出租", "of several owners: all decide whether to let it again"),
    "unknown": Note("产权不明，先查清产权再定如何出租", "owner unknown: find out whose it is before it is let"),
}
"""Owner -> who decides where no public owner lets it."""
OTHER_RULES = Note("不在公有房屋招租之列，须问产权人", "not among the public rooms that are let: ask its owner")
WORKS_FIRST = {
    "D": Note("D级危房，排险修缮并复核等级前不得使用", "grade D: not to be used before it is repaired and graded anew"),
    "C": Note("C级，须先加固并复核等级", "grade C: strengthen it and have it graded anew first"),
    "": Note("房屋安全等级不明，先做房屋安全鉴定", "danger grade unknown: have its safety surveyed first"),
}
"""Danger grade (blank: unknown) -> what comes before any letting."""


def options(city: City, need: pd.DataFrame, model: Model) -> Options:
    """Return what each placed public room could become.

    Rooms that are let or in use, or whose lease runs, are out until it ends; grade D and rooms in trust, of the
    military or of a religion are out. A room without title or known occupancy, of unknown danger grade, or still held
    after its lease is unclear. Rent is not asked of community services; the term is ``room.lease_max`` (usually at most
    five years by open tender). Where the income is a tenant's (:data:`TENANTS`) and not the owner's, the account bears
    the reference rent of the room (``has_land``), and none is known where the ledger holds none.

    Returns
    -------
    Options
        Per room and action; ``area_m2`` is the floor area, null where the ledger has none or the room is partly let:
        how much of it is free no ledger tells.
    """
    rooms = city.placed("public_building")
    around = surroundings(city, need, model, rooms)
    sieve = _sieved(city, model, rooms)
    rows = sieve.rows()
    zones = touching(city, model, rooms)
    verdicts = {asset: _verdict(city, model, rooms.loc[asset], zones) for asset in rows["asset_id"].unique()}
    ruled = path_table([verdicts[asset] for asset in rows["asset_id"]], rows.index)
    table = rows.assign(theme="revitalization").join(ruled).join(around, on="asset_id")
    partly_let = (value_of(rooms, rows, "occupancy") == "partly_let").fillna(value=False).astype(bool)
    table["area_m2"] = value_of(rooms, rows, "floor_area_m2").mask(partly_let)
    table["danger_grade"] = value_of(rooms, rows, "danger_grade").astype(object)
    for name in ("stalls", "chargers"):
        table = table.assign(**{f"{name}{end}": 0.0 for end in ("", "_low", "_high")})
    table["people_served"] = table["near_people"]
    table = table.join(_lease_text(value_of(rooms, rows, "lease_end"), city)).join(_rent(rooms, rows))
    table = noted(table, "warnings", [*_cautions(rooms, rows), *border_notes(city, rooms, rows)])
    names = ("floor_area_m2", "ownership", "has_title", "danger_grade", "occupancy")
    flags = {name: value_of(rooms, rows, name).isna() for name in names}
    flags["floor_area_m2"] |= partly_let
    flags["reference_rent_cny_m2_month"] = table["has_land"] & table["land_rent_cny_m2_month"].isna()
    table["missing"] = missing_codes({f"public_building.{name}": lacks for name, lacks in flags.items()}, rows.index)
    return Options(with_defaults(table), with_unplaced(sieve.exclusions(), city, model, "public_building", ACTIONS))


def _rent(rooms: gpd.GeoDataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    """Return whose the income of each option is, and the rent that a tenant pays for the room; null where unknown."""
    told, rent = (value_of(rooms, rows, name) for name in ("income_owner", "reference_rent_cny_m2_month"))
    owner = value_of(rooms, rows, "ownership")
    income_owner = told.astype(object).where(told.notna(), owner.map(INCOME_OWNER)).fillna("unknown")
    is_let = income_owner.isin(TENANTS) & (income_owner != owner.map(OWNERS_INCOME)) & ~rows["action"].isin(RENT_FREE)
    return pd.DataFrame(
        {
            "income_owner": income_owner,
            "reference_rent_cny_m2_month": rent,
            "has_land": is_let.astype(bool),
            "land_rent_cny_m2_month": rent.where(is_let),
            # A room that is handed back is no land to be cleared.
            "clears_at_end": False,
        },
        index=rows.index,
    )


def _sieved(city: City, model: Model, rooms: gpd.GeoDataFrame) -> Sieve:
    sieve = Sieve(model, "public_building", rooms.index, ACTIONS)
    ended = rooms["lease_end"] <= pd.Timestamp(city.as_of)
    used = rooms["occupancy"].isin(IN_USE) & ~ended.fillna(value=False)
    # A lease that runs outweighs what else the ledger says, but for rooms of which only a part is let.
    used |= (rooms["lease_end"] > pd.Timestamp(city.as_of)) & (rooms["occupancy"] != "partly_let").fillna(value=True)
    until = rooms["lease_end"].map(_lease_until)
    sieve.exclude("in_use", used, detail=until)
    sieve.exclude("danger_D", (rooms["danger_grade"] == "D").fillna(value=False))
    for code in ("trust", "religious", "military"):
        sieve.exclude(f"owner_{code}", (rooms["ownership"] == code).fillna(value=False))
    area_m2 = rooms["floor_area_m2"]
    least = {"community_service": "room.min_area.community_service", "market": "market.min_area"}
    for action, key in least.items():
        limit = model.value(key)
        sieve.exclude("too_small", area_m2 < limit, actions=[action], detail=at_least(area_m2, limit, "m2"))
    return sieve


def _lease_until(day: pd.Timestamp) -> Note:
    return NOTHING if pd.isna(day) else Note(f"租期至{day:%Y-%m-%d}", f"let until {day:%Y-%m-%d}")


def _verdict(city: City, model: Model, room: pd.Series, zones: Zones) -> dict[str, object]:
    rule = model.rules[f"room.{code_of(room, 'ownership') or 'unknown'}"]
    verdict = permission.of_rule(rule, city.as_of)
    doubts = (
        (pd.isna(room["has_title"]), TITLE_UNKNOWN),
        (pd.notna(room["has_title"]) and not room["has_title"], NO_TITLE),
        (pd.isna(room["occupancy"]), NO_OCCUPANCY),
        (code_of(room, "occupancy") in HELD, STILL_HELD),
        (pd.isna(room["danger_grade"]), GRADE_UNKNOWN),
        (code_of(room, "position") == "approximate", APPROXIMATE),
    )
    for holds, why in doubts:
        verdict = verdicts.lowered(verdict, "unclear", *why) if holds else verdict
    held = zones.get(str(room.name), ())
    if held:
        verdict = verdicts.strictest([verdict, permission.heritage(model, "", held, "use_change", city.as_of)])
    return path_columns(rule, verdict, model)


def _lease_text(lease_end: pd.Series, city: City) -> pd.DataFrame:
    """Return the end of each lease in words, in ``clock`` and ``clock_en``; empty where there is none."""
    day = lease_end.dt.strftime("%Y-%m-%d").fillna("")
    none, ahead = lease_end.isna(), lease_end > pd.Timestamp(city.as_of)
    texts = {
        "clock": ("租期至" + day, "租期已于" + day + "届满"),
        "clock_en": ("Let until " + day, "Lease ended on " + day),
    }
    return pd.DataFrame({name: runs.where(ahead, ended).mask(none, "") for name, (runs, ended) in texts.items()})


def lease_end_text(rooms: gpd.GeoDataFrame, as_of: date) -> dict[str, list[str]]:
    """Return what the end of each room's lease means, as columns ``note`` and ``note_en``.

    That it has ended or will; what must be done before anybody may be let in (:data:`WORKS_FIRST`); and who may let it:
    by open tender only where its owner is public (:data:`INCOME_OWNER`).
    """
    told = []
    for _, room in rooms.iterrows():
        ended = pd.notna(room["lease_end"]) and room["lease_end"] <= pd.Timestamp(as_of)
        owner, grade = code_of(room, "ownership"), code_of(room, "danger_grade")
        works = [WORKS_FIRST[grade or ""]] if (grade or "") in WORKS_FIRST else []
        tender = THEN_TENDER if works else OPEN_TENDER
        lets = tender if owner in INCOME_OWNER else NO_TENDER.get(owner or "unknown", OTHER_RULES)
        steps = [ENDED if ended else ENDS, *works, lets]
        told.append(Note("，".join(step.zh for step in steps), ", ".join(step.en for step in steps)))
    return {"note": [note.zh for note in told], "note_en": [note.en for note in told]}


def _cautions(rooms: gpd.GeoDataFrame, rows: pd.DataFrame) -> list[tuple[pd.Series, Note]]:
    occupancy, grade = value_of(rooms, rows, "occupancy"), value_of(rooms, rows, "danger_grade")
    catering = Note("消防、油烟须符合商业用途要求", "Fire safety and kitchen fumes must meet the rules for commerce")
    return [
        (occupancy == "overdue", Note("超期占用，须先清退", "Occupied beyond its term: clear it first")),
        (
            occupancy == "partly_let",
            Note(
                "部分出租，可用面积小于建筑面积、台账未载，不算账：空置部分请另列一条",
                "Partly let: less than the floor area is free and no ledger tells how much, so there is no account; "
                "record the vacant part by itself",
            ),
        ),
        (grade == "C", Note("C级，须先加固", "Grade C: strengthen it first")),
        (rows["action"] == "market", catering),
    ]
