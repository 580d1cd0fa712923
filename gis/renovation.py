"""Old communities: renovation, and murals and culture corridors on walls that face a street near heritage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis import _consent_words, permission, verdicts
from gis._frontage import near_length_m
from gis._left_out import leave_out, with_unplaced
from gis._notes import SEPARATORS, Note, missing_codes, noted
from gis._stories import heritage_around
from gis._terms import path_columns, path_table
from gis._zones import border_notes, touching
from gis.capacity import surface_stalls
from gis.community import implausible
from gis.heritage import GRADE_NUMBER
from gis.options import Options, Sieve, value_of, with_defaults
from gis.surroundings import surroundings

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from gis._zones import Zones
    from gis.city import City
    from gis.model import Model
    from gis.permission import Act

    Bools = NDArray[np.bool_]

ACTIONS = ("renovation", "culture_corridor")
NO_YEAR = (
    Note("建成年份不明，未能认定老旧小区", "Year built unknown: it cannot be called old"),
    Note("核实建成年份", "Find out when it was built"),
)
NO_HOUSEHOLDS = Note(
    "户数不明，未估算新增泊位和充电桩", "Number of households unknown: stalls and piles to be added are not estimated"
)
REPAIRS_ONLY = Note(
    "位于禁止新建的保护区划，不得新增泊位和充电桩，只可修缮",
    "In a zone where nothing new may be built: repairs only, no stalls and no piles are added",
)
MAYBE_REPAIRS = Note(
    "边缘与禁止新建的保护区划重叠，界线核对前，新增泊位和充电桩可能为零",
    "Its edge overlaps a zone where nothing new may be built: until that is checked, stalls and piles may be none",
)
NO_WALL = Note("临街边界不足或不明", "its boundary on a street is too short or not known")
NO_HERITAGE = Note("步行范围内没有文物古迹，或图层缺失", "no heritage within the walk, or its layer is missing")
WALL_POINTS = 2.0
"""What each of a wall's two conditions counts on the scale of four that heritage sites have four conditions for."""


def options(city: City, need: pd.DataFrame, model: Model) -> Options:
    """Return renovation of every old community, and a culture corridor where a wall and heritage are near.

    Renovation adds what renovation really adds (:func:`added`). A corridor is the part of the community's boundary
    within ``corridor.street_distance`` of a street, in metres; its theme is heritage.

    Returns
    -------
    Options
        Per community and action. Communities whose age is unknown are offered as ``unclear``.
    """
    homes = city.placed("community")
    facts = need.reindex(homes.index)
    around = surroundings(city, need, model, homes)
    nearby = heritage_around(city, model, homes)
    walls = wall_length_m(city, model)
    sieve = _sieved(model, homes, facts, nearby, walls)
    rows = sieve.rows()
    is_wall = (rows["action"] == "culture_corridor").to_numpy()
    table = rows.assign(theme=np.where(is_wall, "heritage", "revitalization"))
    zones = touching(city, model, homes)
    repairs_only = _repairs_only(city, model, zones)
    maybe_repairs = _repairs_only(city, model, _widened(zones)) - repairs_only
    table = table.join(_verdicts(city, model, facts, rows, zones, repairs_only)).join(around, on="asset_id")
    people = value_of(facts, rows, "people").astype("Float64").astype("float64")
    table["people_served"] = np.where(is_wall, table["near_people"], people)
    table["household_count"] = value_of(facts, rows, "household_count").astype("Float64").astype("float64")
    table["wall_m"] = value_of(walls.to_frame("wall_m"), rows, "wall_m").where(is_wall)
    adds = added(homes, facts, model)
    adds.loc[adds.index.isin(repairs_only)] = 0.0
    sized = adds.columns[adds.columns.str.endswith("_low")]
    adds.loc[adds.index.isin(maybe_repairs), sized] = adds.loc[adds.index.isin(maybe_repairs), sized].clip(upper=0.0)
    table = table.assign(**{name: value_of(adds, rows, name).mask(is_wall, 0.0) for name in adds.columns})
    table = table.assign(income_owner=np.where(is_wall, "unknown", "owners"))
    for name in nearby.columns:
        table[name] = value_of(nearby, rows, name).where(is_wall)
    table["condition"] = value_of(homes, rows, "condition_grade").astype(object).map(GRADE_NUMBER).where(is_wall)
    table = table.assign(**_filters(model, homes, rows, is_wall))
    table = table.join(_consent(homes, rows, table, model))
    cautions = _cautions(model, homes, table, is_wall, repairs_only)
    cautions.append((~is_wall & table["asset_id"].isin(maybe_repairs).to_numpy(), MAYBE_REPAIRS))
    table = noted(table, "warnings", [*cautions, *border_notes(city, homes, table)])
    table = _with_missing_items(table, facts, rows, is_wall)
    table["missing"] = _missing(homes, facts, rows, table, is_wall)
    return Options(with_defaults(table), with_unplaced(sieve.exclusions(), city, model, "community", ACTIONS))


def wall_length_m(city: City, model: Model) -> pd.Series:
    """Return the length of each community's boundary within ``corridor.street_distance`` of a street, in metres.

    Measured by :func:`gis._frontage.near_length_m`. Null for points, and where there is no street layer.
    """
    homes = city.placed("community")
    if "street" in city.missing:
        return pd.Series(np.nan, index=homes.index, name="wall_m")
    places, streets = (np.asarray(of.geometry.array, dtype=object) for of in (homes, city.placed("street")))
    length_m = near_length_m(places, streets, model.value("corridor.street_distance"))
    return pd.Series(length_m, index=homes.index, name="wall_m")


def _sieved(
    model: Model, homes: gpd.GeoDataFrame, facts: pd.DataFrame, nearby: pd.DataFrame, walls: pd.Series
) -> Sieve:
    sieve = Sieve(model, "community", homes.index, ACTIONS)
    not_old = (facts["is_old"] == False).fillna(value=False)  # noqa: E712  (three-valued)
    why = [Note(*texts) for texts in zip(facts["old_reason"], facts["old_reason_en"], strict=True)]
    sieve.exclude("not_old", not_old, detail=pd.Series(why, index=facts.index))
    sieve.exclude("renovated", homes["renovation_state"].isin(["started", "done"]))
    lacks = ((~(walls >= model.value("corridor.min_length")), NO_WALL), (~(nearby["cluster"] > 0), NO_HERITAGE))
    for where, detail in lacks:
        leave_out(sieve, "no_corridor", where, ["culture_corridor"], detail=detail)
    return sieve


def _repairs_only(city: City, model: Model, zones: Zones) -> frozenset[str]:
    """Return the communities in whose zones nothing new may be built: they are repaired, and no stall is added."""
    return frozenset(
        asset
        for asset, held in zones.items()
        if held and permission.heritage(model, "", held, "new_building", city.as_of).permission == "forbidden"
    )


def _widened(zones: Zones) -> Zones:
    """Return the zones as if every strip of an edge lay inside."""
    return {
        asset: tuple((zone.removeprefix(permission.EDGE_OF), of) for zone, of in held) for asset, held in zones.items()
    }


def _verdicts(
    city: City, model: Model, facts: pd.DataFrame, rows: pd.DataFrame, zones: Zones, repairs_only: frozenset[str]
) -> pd.DataFrame:
    """Return what the rules say: of repair and, where renovation adds stalls and piles, of building them."""
    found = []
    for asset, action in zip(rows["asset_id"], rows["action"], strict=True):
        rule = model.rules["community.corridor" if action == "culture_corridor" else "community.renovation"]
        verdict = permission.of_rule(rule, city.as_of)
        if pd.isna(facts.loc[asset, "is_old"]):
            verdict = verdicts.lowered(verdict, "unclear", *NO_YEAR)
        held = zones.get(asset, ())
        if held:
            is_repair = action == "culture_corridor" or asset in repairs_only
            asked: tuple[Act, ...] = ("alteration",) if is_repair else ("alteration", "new_building")
            zoned = [permission.heritage(model, "", held, act, city.as_of) for act in asked]
            verdict = verdicts.strictest([verdict, *zoned])
        found.append(path_columns(rule, verdict, model))
    table = path_table(found, rows.index)
    private = permission.of_rule(model.rules["community.private_capital"], city.as_of)
    renewed = rows["action"] == "renovation"
    return noted(table, "clauses_open", [(renewed, note) for note in private.doubts])


def added(homes: gpd.GeoDataFrame, facts: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return the stalls and car piles that renovation adds to each community.

    ``min(mean added x households / old_comm.households_avg, what the outline holds, what the community lacks)``. The
    means are national ones of what renovation really adds (``old_comm.stalls_added``, ``old_comm.ev_chargers_added``),
    so small communities get parts of a stall: of many such communities it is the mean. The outline holds the stalls
    of an open plot of its area, and a pile for every ``charging.lot_area_per_pile``; a community lacks its night gap
    and its charging gap. A bound that is not known (a point, no gap) bounds nothing.

    Parameters
    ----------
    homes
        Placed communities.
    facts
        Their need: ``household_count``, ``night_gap_stalls``, ``charger_gap_piles`` with ``_low`` and ``_high``.
    model
        Holds the parameters.

    Returns
    -------
    DataFrame
        ``stalls``, ``chargers`` with ``_low`` and ``_high``, by community id; null where the households are unknown.
    """
    places = np.asarray(homes.geometry.array, dtype=object)
    is_outline = shapely.get_dimensions(places) == 2
    area_m2 = pd.Series(np.where(is_outline, shapely.area(places), np.nan), index=homes.index)
    pile = "charging.lot_area_per_pile"
    holds = surface_stalls(area_m2, model).assign(
        chargers=area_m2 / model.value(pile),
        chargers_low=area_m2 / model.high(pile),
        chargers_high=area_m2 / model.low(pile),
    )
    means = {
        "stalls": ("old_comm.stalls_added", "night_gap_stalls"),
        "chargers": ("old_comm.ev_chargers_added", "charger_gap_piles"),
    }
    share = _floats(facts["household_count"]) / model.value("old_comm.households_avg")
    found = {}
    for name, (key, gap) in means.items():
        for end, find in (("", model.value), ("_low", model.low), ("_high", model.high)):
            bound = np.fmin(holds[f"{name}{end}"], _floats(facts[f"{gap}{end}"]))
            found[f"{name}{end}"] = np.fmin(share * find(key), bound).where(share.notna())
    return pd.DataFrame(found, index=homes.index)


def _floats(values: pd.Series) -> pd.Series:
    return values.astype("Float64").astype("float64")


def _consent(homes: gpd.GeoDataFrame, rows: pd.DataFrame, table: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return what the owners must agree to (Civil Code art. 278), and the share that is willing by the survey."""
    owners = homes.reindex(rows["asset_id"]).set_axis(rows.index)
    item = _consent_words.item_of(
        (rows["action"] == "culture_corridor").to_numpy(),
        ~((table["stalls_high"] <= 0) & (table["chargers_high"] <= 0)).to_numpy(),
        (owners["lifts_to_add_count"] > 0).fillna(value=False).to_numpy(dtype=bool),
    )
    told = _consent_words.consent_needed(item, owners, model)
    return told.assign(willingness_share=owners["willingness_share"].astype(float))


def _with_missing_items(table: pd.DataFrame, facts: pd.DataFrame, rows: pd.DataFrame, is_wall: Bools) -> pd.DataFrame:
    """Return ``table`` whose warnings name the basic items that the community lacks: they come first (应改尽改)."""
    lacks = (value_of(facts, rows, "missing_basic") > 0).fillna(value=False).to_numpy(dtype=bool) & ~is_wall
    told = {}
    for end, before in (("", "基础类应改尽改，尚缺："), ("_en", "Basic items come first, missing: ")):
        text = table[f"warnings{end}"].astype("object")
        items = value_of(facts, rows, f"missing_basic_items{end}").astype("object").fillna("")
        named = before + items.str.replace("; ", ", ")
        told[f"warnings{end}"] = text.mask(lacks, text.where(text == "", text + SEPARATORS[end]) + named)
    return table.assign(**told)


def _filters(model: Model, homes: gpd.GeoDataFrame, rows: pd.DataFrame, is_wall: Bools) -> dict[str, pd.Series]:
    """Return the conditions of a corridor: owners willing, grade A or B, :data:`WALL_POINTS` each.

    Nobody lives in a wall and no use of it suits or not, so of the four conditions of a heritage site only these two
    are asked. An unknown one counts half, with the band; null where both are unknown.
    """
    willing = value_of(homes, rows, "willingness_share").astype(float)
    grade = value_of(homes, rows, "condition_grade").astype(object)
    asked = model.value("consent.quorum_people")
    sure = WALL_POINTS * ((willing >= asked).astype(float) + grade.isin(["A", "B"]).astype(float))
    unknown = willing.isna().astype(float) + grade.isna().astype(float)
    middle = (sure + WALL_POINTS * unknown / 2).where(unknown < len(("owners", "grade")))
    found = {"filters_passed": middle, "filters_passed_low": sure}
    found["filters_passed_high"] = sure + WALL_POINTS * unknown
    return {name: values.where(is_wall) for name, values in found.items()}


def _cautions(
    model: Model, homes: gpd.GeoDataFrame, table: pd.DataFrame, is_wall: Bools, repairs_only: frozenset[str]
) -> list[tuple[Bools, Note]]:
    many = table["stalls_high"] > model.value("parking.renovation_stalls_warning")
    poor = Note(
        "改造投资远大于自身收益，须与有收益的资产搭配",
        "Renovation costs far more than it earns: pair it with assets that earn",
    )
    crowd = Note("单个老旧小区新增泊位过多，请核实", "Many new stalls for one old community: please check")
    unsized = ~is_wall & table["household_count"].isna().to_numpy()
    bare = ~is_wall & table["asset_id"].isin(repairs_only).to_numpy()
    odd = [
        (~is_wall & table["asset_id"].isin(where.index[where]).to_numpy(), note)
        for where, note in implausible(homes, model)
    ]
    return [(~is_wall, poor), (many.to_numpy(), crowd), (unsized, NO_HOUSEHOLDS), (bare, REPAIRS_ONLY), *odd]


def _missing(
    homes: gpd.GeoDataFrame, facts: pd.DataFrame, rows: pd.DataFrame, table: pd.DataFrame, is_wall: Bools
) -> pd.Series:
    flags = {
        "community.household_count": table["household_count"].isna(),
        "community.built_year": value_of(facts, rows, "is_old").isna(),
        "community.willingness_share": value_of(homes, rows, "willingness_share").isna(),
        "community.condition_grade": value_of(homes, rows, "condition_grade").isna() & is_wall,
    }
    return missing_codes(flags, rows.index)
