"""Old communities: renovation, and murals and culture corridors on walls that face a street near heritage."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis import permission
from gis._notes import Note, missing_codes, noted
from gis._zones import touching
from gis.heritage import heritage_around
from gis.options import Options, Sieve, value_of, with_defaults
from gis.surroundings import surroundings

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.city import City
    from gis.model import Model

    Bools = NDArray[np.bool_]
    Floats = NDArray[np.float64]

ACTIONS = ("renovation", "culture_corridor")
PIECE_M = 5.0
"""ASSUMPTION: a wall is measured in pieces of this length, a few steps."""
NO_YEAR = (
    Note("建成年份不明，未能认定老旧小区", "Year built unknown: it cannot be called old"),
    Note("核实建成年份", "Find out when it was built"),
)
GRADE_NUMBER = {"A": 1.0, "B": 2.0, "C": 3.0, "D": 4.0}


def options(city: City, need: pd.DataFrame, model: Model) -> Options:
    """Return renovation of every old community, and a culture corridor where a wall and heritage are near.

    Renovation adds what renovation really adds: ``old_comm.stalls_added`` stalls and ``old_comm.ev_chargers_added``
    piles per community (national mean). A corridor is the part of the community's boundary within
    ``corridor.street_distance`` of a street, in metres; its theme is heritage.

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
    table = table.join(_verdicts(city, model, homes, facts, rows)).join(around, on="asset_id")
    people = value_of(facts, rows, "people").astype("Float64").astype("float64")
    table["people_served"] = np.where(is_wall, table["near_people"], people)
    table["household_count"] = value_of(facts, rows, "household_count").astype("Float64").astype("float64")
    table["wall_m"] = value_of(walls.to_frame("wall_m"), rows, "wall_m").where(is_wall)
    table = table.assign(**_added(model, is_wall), income_owner=np.where(is_wall, "unknown", "owners"))
    for name in nearby.columns:
        table[name] = value_of(nearby, rows, name).where(is_wall)
    table["condition"] = value_of(homes, rows, "condition_grade").astype(object).map(GRADE_NUMBER).where(is_wall)
    table = table.assign(**_filters(model, homes, rows, is_wall))
    table = noted(table, "warnings", _cautions(model, table, is_wall))
    table["missing"] = _missing(homes, facts, rows, table, is_wall)
    return Options(with_defaults(table), sieve.exclusions())


def wall_length_m(city: City, model: Model) -> pd.Series:
    """Return the length of each community's boundary that faces a street, in metres.

    The boundary is cut into pieces of at most :data:`PIECE_M`; a piece counts where its middle is within
    ``corridor.street_distance`` of a street. Null for points, and where there is no street layer.
    """
    homes = city.placed("community")
    places = np.asarray(homes.geometry.array, dtype=object)
    is_polygon = shapely.get_dimensions(places) == 2
    unknown = pd.Series(np.nan, index=homes.index, name="wall_m")
    if "street" in city.missing or not is_polygon.any():
        return unknown
    edges = shapely.segmentize(shapely.boundary(places[is_polygon]), PIECE_M)
    parts, owner = shapely.get_parts(edges, return_index=True)
    points, line = shapely.get_coordinates(parts, return_index=True)
    same = line[1:] == line[:-1]
    starts, ends = points[:-1][same], points[1:][same]
    middles = shapely.points((starts + ends) / 2)
    streets = shapely.STRtree(np.asarray(city.placed("street").geometry.array, dtype=object))
    seen = np.unique(streets.query(middles, predicate="dwithin", distance=model.value("corridor.street_distance"))[0])
    length = np.linalg.norm(ends - starts, axis=1)
    home = owner[line[:-1][same]]
    total = np.bincount(home[seen], weights=length[seen], minlength=int(is_polygon.sum()))
    unknown.iloc[np.flatnonzero(is_polygon)] = total
    return unknown


def _sieved(
    model: Model, homes: gpd.GeoDataFrame, facts: pd.DataFrame, nearby: pd.DataFrame, walls: pd.Series
) -> Sieve:
    sieve = Sieve(model, "community", homes.index, ACTIONS)
    not_old = (facts["is_old"] == False).fillna(value=False)  # noqa: E712  (three-valued)
    why = [Note(*texts) for texts in zip(facts["old_reason"], facts["old_reason_en"], strict=True)]
    sieve.exclude("not_old", not_old, detail=pd.Series(why, index=facts.index))
    sieve.exclude("renovated", homes["renovation_state"].isin(["started", "done"]))
    no_wall = ~(walls >= model.value("corridor.min_length")) | ~(nearby["cluster"] > 0)
    sieve.withdraw(no_wall, ["culture_corridor"])
    return sieve


def _verdicts(
    city: City, model: Model, homes: gpd.GeoDataFrame, facts: pd.DataFrame, rows: pd.DataFrame
) -> pd.DataFrame:
    zones = touching(city, homes)
    found = []
    for asset, action in zip(rows["asset_id"], rows["action"], strict=True):
        rule = model.rules["community.corridor" if action == "culture_corridor" else "community.renovation"]
        verdict = permission.of_rule(rule, city.as_of)
        if pd.isna(facts.loc[asset, "is_old"]):
            verdict = permission.lowered(verdict, "unclear", *NO_YEAR)
        held = zones.get(asset, ())
        if held:
            zoned = permission.heritage(model, "", held, "alteration", city.as_of)
            verdict = permission.strictest([verdict, zoned])
        found.append({**verdict.columns(), "horizon_years": model.value(rule.horizon)})
    table = permission.table(found, rows.index)
    private = permission.of_rule(model.rules["community.private_capital"], city.as_of)
    renewed = rows["action"] == "renovation"
    return noted(table, "warnings", [(renewed, note) for note in private.warnings])


def _added(model: Model, is_wall: Bools) -> dict[str, Floats]:
    found = {}
    for name, key in (("stalls", "old_comm.stalls_added"), ("chargers", "old_comm.ev_chargers_added")):
        for end, find in (("", model.value), ("_low", model.low), ("_high", model.high)):
            found[f"{name}{end}"] = np.where(is_wall, 0.0, find(key))
    return found


def _filters(model: Model, homes: gpd.GeoDataFrame, rows: pd.DataFrame, is_wall: Bools) -> dict[str, pd.Series]:
    """Return the conditions of a corridor of 4: owners willing, nobody moves, grade A or B, a wall to the street."""
    willing = value_of(homes, rows, "willingness_share").astype(float)
    grade = value_of(homes, rows, "condition_grade").astype(object)
    asked = model.value("consent.quorum_people")
    sure = 2.0 + (willing >= asked).astype(float) + grade.isin(["A", "B"]).astype(float)
    open_questions = willing.isna().astype(float) + grade.isna().astype(float)
    middle = sure + open_questions / 2
    found = {"filters_passed": middle, "filters_passed_low": sure, "filters_passed_high": sure + open_questions}
    return {name: values.where(is_wall) for name, values in found.items()}


def _cautions(model: Model, table: pd.DataFrame, is_wall: Bools) -> list[tuple[Bools, Note]]:
    many = table["stalls_high"] > model.value("parking.renovation_stalls_warning")
    poor = Note(
        "改造投资远大于自身收益，须与有收益的资产搭配",
        "Renovation costs far more than it earns: pair it with assets that earn",
    )
    crowd = Note("单个老旧小区新增泊位过多，请核实", "Many new stalls for one old community: please check")
    return [(~is_wall, poor), (many.to_numpy(), crowd)]


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
