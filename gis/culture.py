"""Culture beyond heritage sites: halls of fame in public rooms and on walls, culture markets on land near heritage.

Each is another use of what a programme offers already, so that it passes the same exclusions and asks the same leave:
a hall of fame is a culture space that shows the people of a place, or the panels of a wall that could be a corridor; a
culture market is a market with a theme. What they ask beside that stands in the rules ``culture.*`` of the model.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gis import permission, verdicts
from gis._land_sieve import OPEN
from gis._notes import NOTHING, SEPARATORS, Note, merged_codes, missing_codes, noted
from gis._permission_authorities import gathered
from gis._stories import heritage_around, near_residents_story
from gis._terms import granted
from gis._zones import touching
from gis.heritage import CAN_DISPOSE, GRADE_NUMBER
from gis.options import Options, Sieve, merged, value_of
from layers.kinds._results import DECISION_LEVELS
from layers.schema import kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis._permission_authorities import Level
    from gis.city import City
    from gis.model import Model, Rule

HALL, MARKET = "hall_of_fame", "culture_market"
NO_MARKET = ("protection", "block_core")
"""Zones that no culture market is thought of in, whatever leave their rules would need: ours, no clause says so."""
CONDITIONS = 4
"""Of reuse: owner, tenants, structure, building type."""
KNOWN_TENURES = ("reserve", "collective", "public_unit", "under_bridge", "road_leftover", "granted", "allocated")

STEPS = {code: number for number, code in enumerate(("", *DECISION_LEVELS))}
"""Level of decision -> how high it is; the lowest is where no rule names one."""
NEEDED = {"no_residents_story": ("heritage", "community"), "no_heritage_near": ("heritage",)}
"""Exclusion -> layers that tell whether what an action needs is near."""


class Base(NamedTuple):
    """What a culture action is made of: the assets, the action that a programme offers there, and what must be near.

    ``needs`` is the exclusion where that is not near.
    """

    asset_kind: str
    offered: str
    action: str
    rule: str
    needs: str


ROOM = Base("public_building", "culture_space", HALL, "culture.hall_of_fame", "no_residents_story")
WALL = Base("community", "culture_corridor", HALL, "culture.hall_of_fame", "no_residents_story")
SQUARE = Base("idle_land", "market", MARKET, "culture.market", "no_heritage_near")


def options(city: City, need: pd.DataFrame, model: Model, offered: Options) -> Options:
    """Return the culture actions on what other programmes offer.

    ``hall_of_fame``: in a room that could be a culture space, or along a wall that could be a culture corridor, with a
    told story and an old community within a walk of ``reach.story_radius``; it uses at most ``hall_of_fame.area`` (of a
    wall ``hall_of_fame.panel_height`` of its length). ``culture_market``: on land that could hold a market, with
    heritage within that walk, outside protection zones and cores of historic blocks, for ``culture_market.term_max``
    years at most.

    Parameters
    ----------
    city, need, model
        As every programme gets them.
    offered
        What the other programmes offer and exclude.

    Returns
    -------
    Options
        Per asset and action, theme ``heritage``. Where an action is not offered there is an exclusion: that of the use
        it is made of, that no story, old community or heritage is near, or the zone.
    """
    return merged(
        [_rooms(city, need, model, offered), _walls(city, need, model, offered), _squares(city, model, offered)]
    )


def _rooms(city: City, need: pd.DataFrame, model: Model, offered: Options) -> Options:
    rooms = city.placed(ROOM.asset_kind)
    near = near_residents_story(city, need, model, rooms)
    table = _told(city, model, offered, ROOM, near)
    table["area_m2"] = table["area_m2"].astype(float).clip(upper=model.value("hall_of_fame.area"))
    owner, grade = (value_of(rooms, table, name).astype(object) for name in ("ownership", "danger_grade"))
    table = _stood_around(table, city, model, rooms).assign(condition=grade.map(GRADE_NUMBER).astype(float))
    occupancy = value_of(rooms, table, "occupancy").astype(object)
    # Any room holds panels: one of the four conditions holds. Of a room that is partly let a part is free.
    asked = (
        (owner.isin(CAN_DISPOSE), _blank(owner)),
        (occupancy == "vacant", occupancy.isna() | (occupancy == "partly_let")),
        (grade.isin(["A", "B"]), _blank(grade)),
    )
    table = table.assign(**_filters(1.0, *asked))
    return Options(table, _exclusions(offered, ROOM, _far(city, model, offered, ROOM, near)))


def _walls(city: City, need: pd.DataFrame, model: Model, offered: Options) -> Options:
    near = near_residents_story(city, need, model, city.placed(WALL.asset_kind))
    table = _told(city, model, offered, WALL, near)
    panels_m2 = table["wall_m"].astype(float) * model.value("hall_of_fame.panel_height")
    table = table.assign(area_m2=panels_m2.clip(upper=model.value("hall_of_fame.area")), wall_m=np.nan)
    return Options(table, _exclusions(offered, WALL, _far(city, model, offered, WALL, near)))


def _squares(city: City, model: Model, offered: Options) -> Options:
    land = city.placed(SQUARE.asset_kind)
    near = heritage_around(city, model, land)["cluster"] > 0
    held = touching(city, model, land)
    inside = pd.Series(
        [any(zone in NO_MARKET for zone, _ in held.get(key, ())) for key in land.index], index=land.index
    )
    inside = inside.astype(bool)
    table = _told(city, model, offered, SQUARE, near & ~inside)
    table = _stood_around(_shortened(table, model), city, model, land).assign(**_plots(land, table))
    sieve = Sieve(model, SQUARE.asset_kind, land.index, (MARKET,))
    sieve.exclude("no_market_in_zone", inside & _usable(offered, SQUARE, land.index))
    far = _far(city, model, offered, SQUARE, near | inside)
    return Options(table, _exclusions(offered, SQUARE, far, sieve.exclusions()))


def _shortened(table: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return markets with no more years than a culture market gets, and the reason where that is shorter."""
    limit, before = model["culture_market.term_max"], table["horizon_years"].astype(float)
    told = granted(limit, model.value(limit.key))
    is_shorter = before > told["horizon_years"]
    return table.assign(**{name: table[name].mask(is_shorter, value) for name, value in told.items()})


def _plots(land: gpd.GeoDataFrame, table: pd.DataFrame) -> dict[str, pd.Series]:
    """Return the conditions of reuse on plots, and what of them nobody says.

    Nobody lives on an open plot, nothing stands there that could be dangerous or of a type: it is as good as grade A.
    Where something stands, or nobody says whether, these three are open.
    """
    tenure, surface = (value_of(land, table, name).astype(object) for name in ("tenure", "surface"))
    is_open = surface.isin(OPEN)
    blank = missing_codes({"idle_land.surface": surface.isna()}, table.index)
    return {
        "condition": pd.Series(GRADE_NUMBER["A"], index=table.index).where(is_open),
        "missing": merged_codes(table["missing"].astype("string"), blank),
        **_filters(0.0, (tenure.isin(KNOWN_TENURES), _blank(tenure)), *[(is_open, ~is_open)] * 3),
    }


def _told(city: City, model: Model, offered: Options, base: Base, near: pd.Series) -> pd.DataFrame:
    """Return the offered rows of ``base`` that are ``near`` as rows of its action, with what its own rule says."""
    rows = offered.table
    here = (rows["asset_kind"] == base.asset_kind) & (rows["action"] == base.offered)
    here &= rows["asset_id"].isin(near.index[near.to_numpy(dtype=bool)])
    table = rows[here].assign(action=base.action, theme="heritage").reset_index(drop=True)
    table["people_served"] = table.get("near_people_15min", np.nan)
    return with_rule(table, model.rules[base.rule], city.as_of)


def with_rule(table: pd.DataFrame, rule: Rule, as_of: date) -> pd.DataFrame:
    """Return options of which ``rule`` must hold as well: the stricter permission, with the words of both.

    The decision is at the higher level of the two. A rule on a path forbids no uses and sets no first step.
    """
    verdict = permission.of_rule(rule, as_of)
    steps = table["permission"].map(verdicts.STRICTNESS).astype(float)
    eased = steps < verdicts.STRICTNESS[verdict.permission]
    table = table.assign(permission=table["permission"].mask(eased, verdict.permission))
    for column, notes in {
        "permission_reason": verdict.reasons,
        "authority": gathered(verdict.authorities),
        "next_step": verdict.next_steps,
        "clauses_open": verdict.doubts,
        "warnings": verdict.warnings,
    }.items():
        new = [(~_says(table[column], note.zh), note) for note in notes]
        table = noted(table, column, new)
    source = table["permission_source"].astype(object)
    for document in verdict.sources:
        source = source.where(_says(source, document), source + SEPARATORS[""] + document)
    return _with_levels(table.assign(permission_source=source), verdict.levels)


def _with_levels(table: pd.DataFrame, levels: Sequence[Level]) -> pd.DataFrame:
    """Return options with the higher of their level of approval and that of ``levels``, and what tells it."""
    for level in levels:
        here = table["approval_level"].fillna("").map(STEPS)
        is_higher = here < STEPS[level.code]
        blank = {name: table[name].mask(is_higher, "") for name in ("approval_reason", "approval_reason_en")}
        table = table.assign(approval_level=table["approval_level"].mask(is_higher, level.code), **blank)
        is_new = (here <= STEPS[level.code]) & ~_says(table["approval_reason"], level.why.zh)
        table = noted(table, "approval_reason", [(is_new, level.why)])
    return table


def _says(texts: pd.Series, piece: str) -> pd.Series:
    return texts.map(lambda text: piece in str(text).split(SEPARATORS[""])).astype(bool)


def _stood_around(table: pd.DataFrame, city: City, model: Model, assets: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return ``table`` with the heritage, stops and idle assets around each row's asset."""
    around = heritage_around(city, model, assets)
    return table.assign(**{name: value_of(around, table, name) for name in around.columns})


def _blank(codes: pd.Series) -> pd.Series:
    return codes.isna() | (codes == "unknown")


def _filters(sure: float, *asked: tuple[pd.Series, pd.Series]) -> dict[str, pd.Series]:
    """Return how many of the four conditions hold: ``sure`` of them, and those asked (holds, unknown).

    What is unknown counts half; null where all are.
    """
    passed = sure + sum(holds.astype(float) for holds, _ in asked)
    unknown = sum(blank.astype(float) for _, blank in asked)
    return {
        "filters_passed": (passed + unknown / 2).where(unknown < CONDITIONS),
        "filters_passed_low": passed,
        "filters_passed_high": passed + unknown,
    }


def _far(city: City, model: Model, offered: Options, base: Base, near: pd.Series) -> pd.DataFrame:
    """Return the exclusions of what could be used as ``base`` is, but for what should be ``near`` and is not."""
    sieve = Sieve(model, base.asset_kind, near.index, (base.action,))
    layers = [name for name in NEEDED[base.needs] if name in city.missing]
    lacks = Note(f"缺图层：{'、'.join(kind(name).zh for name in layers)}", f"no layer of {', '.join(layers)}")
    is_far = ~near.astype(bool) & _usable(offered, base, near.index)
    sieve.exclude(base.needs, is_far, detail=lacks if layers else NOTHING)
    return sieve.exclusions()  # of one action: told of every action, :func:`_exclusions` names it


def _usable(offered: Options, base: Base, assets: pd.Index) -> NDArray[np.bool_]:
    """Return which ``assets`` could be used as ``base`` is: nothing excludes that yet."""
    rows = offered.table
    here = (rows["asset_kind"] == base.asset_kind) & (rows["action"] == base.offered)
    return np.asarray(assets.isin(rows.loc[here, "asset_id"]), dtype=bool)


def _exclusions(offered: Options, base: Base, *more: pd.DataFrame) -> pd.DataFrame:
    """Return what excludes the use that an action is made of, and ``more``, as exclusions of that action."""
    rows = offered.exclusions
    here = (rows["asset_kind"] == base.asset_kind) & (rows["action"] == base.offered).fillna(value=False)
    parts = [rows[here.astype(bool)], *more]
    found = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
    return found.assign(action=base.action)
