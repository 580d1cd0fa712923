"""Communities: old or not by rule, households and people, and what the street reports around them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis._notes import GEOMETRY, Note, missing_codes, noted
from gis._told_about import TOLD_ENDS, about_notes, told
from gis.network import has_place

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.city import City
    from gis.model import Model

REPORT_MONTHS = 12
PARKING_WORDS = "停车|违停|车位|泊位|机动车乱停"
STATE = ("elderly_share", "willingness_share", "condition_grade")
"""What the ledger says of the people and houses of a community, handed on as it is."""
NOT_CARS = "非机动车|单车|自行车|电动车|电单车"


def need(city: City, model: Model) -> pd.DataFrame:
    """Return who lives in each community and in what state, whether it is old by rule, and the reports around it.

    Returns
    -------
    DataFrame
        By community id: ``name``, ``subdistrict_code``, ``is_old``, ``old_reason``, ``old_reason_en``,
        ``household_count``, ``people``, ``elderly_share``, ``willingness_share``, ``condition_grade``,
        ``report_count``, ``parking_report_count``, ``warnings``, ``warnings_en``, ``reach_method``, ``missing``,
        ``is_sample``. Nulls stand only where ``missing`` says so; ``attrs["notes"]`` holds notes.
    """
    frame = city["community"]
    homes = households(city, model)
    old = oldness(frame, model)
    reports, notes = _reports(city, model.value("report.radius"))
    unplaced = ~has_place(frame.geometry)
    flags = {
        "community.household_count": frame["household_count"].isna(),
        "community.built_year": frame["built_year"].isna(),
        **{f"community.{name}": frame[name].isna() for name in STATE},
        GEOMETRY: unplaced,
        "report": "report" in city.missing,
    }
    table = pd.DataFrame(
        {
            "name": frame["name"],
            "subdistrict_code": frame["subdistrict_code"],
            **old,
            "household_count": homes["household_count"].round().astype("Int64"),
            "people": homes["household_count"] * people_per_household(city, model),
            **{name: frame[name] for name in STATE},
            **reports,
            "warnings": "",
            "warnings_en": "",
            "reach_method": city.reach.method,
            "missing": missing_codes(flags, frame.index),
            "is_sample": frame["is_sample"],
        },
        index=frame.index,
    )
    table = noted(table, "warnings", [*implausible(frame, model), *_unknown(frame), *_about(frame)])
    table.attrs["notes"] = notes
    return table


def implausible(frame: pd.DataFrame, model: Model) -> list[tuple[pd.Series, Note]]:
    """Return which communities have counts to be checked before their figures are believed, and what to say.

    Households outside ``old_comm.households_plausible`` (50-5,000 a community) and floor area outside
    ``old_comm.m2_per_household_plausible`` (20-200 m2 a household). What is unknown is not implausible.
    """
    homes = frame["household_count"].astype("Float64").astype("float64")
    m2_each = frame["floor_area_m2"] / homes.where(homes > 0)
    few, many = (find("old_comm.households_plausible") for find in (model.low, model.high))
    small, large = (find("old_comm.m2_per_household_plausible") for find in (model.low, model.high))
    of_homes = Note(f"户数不在{few:g}至{many:g}户之间，请核实", f"Households outside {few:g} to {many:g}: please check")
    of_area = Note(
        f"户均建筑面积不在{small:g}至{large:g}平方米之间，请核实户数和面积",
        f"Floor area a household outside {small:g} to {large:g} m2: please check both",
    )
    return [
        (homes.notna() & ~homes.between(few, many), of_homes),
        (m2_each.notna() & ~m2_each.between(small, large), of_area),
    ]


def _unknown(frame: gpd.GeoDataFrame) -> list[tuple[pd.Series, Note]]:
    """Return which communities lack their households, their year or their place, and what to say."""
    unplaced = pd.Series(~has_place(frame.geometry), index=frame.index)
    return [
        (frame["household_count"].isna(), Note("户数不明", "Number of households unknown")),
        (frame["built_year"].isna(), Note("建成年份不明", "Year built unknown")),
        (unplaced, Note("待落图，未作空间测算", "Not placed yet: not measured in space")),
    ]


def _about(frame: gpd.GeoDataFrame) -> list[tuple[pd.Series, Note]]:
    """Return which communities have counts that the ledger only tells about, and what to say.

    Those of vehicles and stalls are said beside them (:mod:`gis._parking_basis`).
    """
    counts = {
        "household_count": (Note("户数", "Households"), Note("户", "")),
        "floor_area_m2": (Note("建筑面积", "Floor area"), Note("平方米", " m2")),
        "charger_count": (Note("充电桩数", "Car chargers on site"), Note("个", "")),
        "ebike_count": (Note("电动自行车数", "E-bikes"), Note("辆", "")),
        "ebike_port_count": (Note("电动自行车充电端口数", "E-bike charging ports"), Note("个", "")),
        "lifts_to_add_count": (Note("拟加装电梯数", "Lifts to be added"), Note("部", "")),
    }
    return [note for name, words in counts.items() for note in about_notes(told(frame, "community", name), *words)]


def households(city: City, model: Model) -> pd.DataFrame:
    """Return the households of each community with a band.

    The ledger's count; where it has none, floor area over ``old_comm.floor_area_per_household`` (73.6 m2 a household,
    64.1-73.6); else null. What the ledger tells about only keeps the range of its words (:func:`gis._told_about.told`).

    Returns
    -------
    DataFrame
        ``household_count``, ``household_count_low``, ``household_count_high`` by community id, in households.
    """
    frame = city["community"]
    counted, floor_m2 = (told(frame, "community", name) for name in ("household_count", "floor_area_m2"))
    floor_m2 = floor_m2[list(TOLD_ENDS.values())].where(floor_m2["value"] > 0)
    key = "old_comm.floor_area_per_household"
    m2_each = {"": model.value(key), "_low": model.high(key), "_high": model.low(key)}
    return pd.DataFrame(
        {f"household_count{end}": counted[of].fillna(floor_m2[of] / m2_each[end]) for end, of in TOLD_ENDS.items()},
        index=frame.index,
    )


def people_per_household(city: City, model: Model) -> pd.Series:
    """Return the persons per household of each community's sub-district, else ``people.per_household``."""
    areas = city["subdistrict"].dropna(subset=["subdistrict_code"]).drop_duplicates("subdistrict_code")
    population = areas["population"].astype("Float64").astype("float64")
    homes = areas["household_count"].astype("Float64").astype("float64")
    told = (population / homes).where((population > 0) & (homes > 0))
    told.index = pd.Index(areas["subdistrict_code"].astype(object), dtype="object")
    own = city["community"]["subdistrict_code"].astype(object).map(told).astype("float64")
    return own.fillna(model.value("people.per_household"))


def oldness(frame: gpd.GeoDataFrame, model: Model) -> pd.DataFrame:
    """Return whether each community is old by rule, and the reason (``old_reason``, in English ``old_reason_en``).

    Old is: finished by the end of ``old_comm.built_before_year`` (2000 unless the district says otherwise), not
    self-built (where ``old_comm.exclude_self_built`` holds), not in a rebuild plan. The document (国办发〔2020〕23号)
    also asks for worn condition and willing residents: those are read beside this, not in it. Null where the year is
    unknown and nothing else decides. A blank in the ledger's two exclusions counts as no, and the reason says so.
    """
    limit = int(model.value("old_comm.built_before_year"))
    excludes_self_built = bool(model.value("old_comm.exclude_self_built"))
    self_built = frame["is_self_built"].fillna(value=False).astype(bool) & excludes_self_built
    rebuilt = frame["in_rebuild_plan"].fillna(value=False).astype(bool)
    unsaid = frame["in_rebuild_plan"].isna() | (frame["is_self_built"].isna() & excludes_self_built)
    year = frame["built_year"].astype("Float64").astype("float64")
    cases = [self_built, rebuilt, year.isna(), year <= limit]
    is_old = pd.Series(np.select(cases, [False, False, False, True], default=False), index=frame.index, dtype="boolean")
    unknown = year.isna() & ~self_built & ~rebuilt
    source = model["old_comm.built_before_year"].source
    reasons = _reasons(frame["built_year"].astype("string").fillna(""), limit, source, unsaid)
    told = {name: np.select(cases, texts[:-1], texts[-1]) for name, texts in reasons.items()}
    return pd.DataFrame({"is_old": is_old.mask(unknown), **told}, index=frame.index).astype(
        dict.fromkeys(told, "string")
    )


def _reasons(year: pd.Series, limit: int, source: str, unsaid: pd.Series) -> dict[str, list[pd.Series | str]]:
    """Return why a community is old or not, case by case: self-built, to be rebuilt, year unknown, old, not old."""
    caveat = pd.Series(np.where(unsaid, "；自建、拆建两项有未填，按否计", ""), index=year.index, dtype="object")
    blank = "; blanks in self-built and rebuild plan count as no"
    caveat_en = pd.Series(np.where(unsaid, blank, ""), index=year.index, dtype="object")
    return {
        "old_reason": [
            f"自建房，不属老旧小区（{source}）",
            f"已纳入拆建计划，不属老旧小区（{source}）",
            "建成年份不明，无法认定",
            year + f"年建成，不晚于{limit}年，非自建，未纳入拆建计划（{source}）" + caveat,
            year + f"年建成，晚于{limit}年（{source}）",
        ],
        "old_reason_en": [
            f"Self-built houses are no old community ({source})",
            f"In a rebuild plan, so no old community ({source})",
            "Year built unknown, nobody can say",
            "Built in " + year + f", by {limit}; not self-built, in no rebuild plan ({source})" + caveat_en,
            "Built in " + year + f", after {limit} ({source})",
        ],
    }


def _reports(city: City, radius_m: float) -> tuple[pd.DataFrame, tuple[Note, ...]]:
    """Count the reports of the last 12 months within ``radius_m`` (straight line) of each community."""
    frame = city["community"]
    if "report" in city.missing:
        nothing = pd.Series(pd.NA, index=frame.index, dtype="Int64")
        return pd.DataFrame({"report_count": nothing, "parking_report_count": nothing}), ()
    reports = city.placed("report")
    end = pd.Timestamp(city.as_of) + pd.Timedelta(days=1)
    start = pd.Timestamp(city.as_of) - pd.DateOffset(months=REPORT_MONTHS)
    recent = reports[(reports["reported_at"] >= start) & (reports["reported_at"] < end)]
    is_parking = is_parking_report(recent).to_numpy()
    placed = has_place(frame.geometry)
    tree = shapely.STRtree(np.asarray(recent.geometry.array, dtype=object))
    near = np.asarray(frame.geometry.array, dtype=object)
    community, report = tree.query(near, predicate="dwithin", distance=radius_m)
    size = len(frame)
    counts = {
        "report_count": np.bincount(community, minlength=size),
        "parking_report_count": np.bincount(community[is_parking[report]], minlength=size),
    }
    table = pd.DataFrame(
        {name: pd.Series(n, index=frame.index, dtype="Int64").where(placed) for name, n in counts.items()}
    )
    undated = int(city["report"]["reported_at"].isna().sum())
    span, until = f"{start:%Y-%m-%d}", str(city.as_of)
    note = Note(
        f"诉求：统计{span}至{until}受理、距小区{radius_m:g}米（直线）内的记录；{undated}条无受理时间，未计。",
        f"Reports: those received from {span} to {until} within {radius_m:g} m (straight line) of a community "
        f"are counted; {undated} have no date and are not.",
    )
    return table, (note,)


def is_parking_report(reports: pd.DataFrame) -> pd.Series:
    """Return which reports are about parked cars: by the words of their item, of their text where there is no item."""
    words = reports["event_item"].fillna(reports["content"]).fillna("").astype("string")
    return (words.str.contains(PARKING_WORDS) & ~words.str.contains(NOT_CARS)).astype(bool)
