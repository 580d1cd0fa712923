"""Who may be in a bundle: communities to renovate and assets that earn, each with the operator's account by year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._account_facts import CONCESSION, RATE, REVENUE_TAX
from gis._bundle_gaps import RADIUS, stalls_closed
from gis._notes import Note, one_piece
from gis._recipes import MONTHS_PER_YEAR
from gis._returns import npv_cny
from gis.bundle_account import COSTS, INCOME
from layers.schema import kind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import geopandas as gpd

    from gis._graph import Floats
    from gis.city import City
    from gis.model import Model

OF_ACCOUNT = (*INCOME, *COSTS)
PAID_BY_OPERATOR, PAID_BY_STATE = "funding_enterprise_cny", "funding_state_cny"
PERMITTED = ("allowed", "approval")
FEE, UPKEEP, COLLECTED = "reno.property_fee_m2_month", "reno.upkeep_m2_month", "reno.property_fee_collection"
FLOOR = "old_comm.floor_area_per_household"
BENEFITS = {
    "household_count": "bundle.benefit.household",
    "elder_count": "bundle.benefit.elder",
    "gap_stalls": "bundle.benefit.stall",
}
"""What benefits, and the parameter that weighs it: the one weighted sum that bundles are chosen by."""
UNPLACED = Note("没有位置或边界，不知道与谁相邻", "it has no place: nobody knows its neighbours")
NOT_PERMITTED = Note("许可待核实，未计入", "its permission is open: it is not counted")
NO_HOMES = Note(
    "户数不明，受益无法计算：请在小区台账补填户数或建筑面积",
    "nobody knows its households, so nobody knows whom it benefits: fill in the households or the floor area of the "
    "community",
)
NO_ACCOUNT = Note("账目不全，不能计入", "its account is incomplete: it cannot be counted")
NO_FUNDER = Note("没有明确出资方，不能计入", "nobody is known to pay for it: it cannot be counted")
NO_INCOME = Note("没有可还本的收入，不能为他处付出", "no income of it may repay: it cannot pay for others")
BARS = (UNPLACED, NOT_PERMITTED, NO_HOMES, NO_ACCOUNT, NO_FUNDER)


@dataclass(frozen=True)
class Candidates:
    """Members as the run tells them.

    Parameters
    ----------
    table
        One row a member, by ``opportunity_id``: ``asset_id``, ``asset_kind``, ``action``, ``name``,
        ``subdistrict_code``, ``is_community``, ``household_count``, ``elder_count``, ``gap_stalls``, ``benefit``,
        ``capex_cny`` (all of it), ``public_cny`` (the state's part), ``npv_cny`` (the operator's), ``geometry``.
    lines
        :data:`OF_ACCOUNT`, each ``members x (years + 1)``: what comes in and what goes out of the operator's account.
    left
        Communities to renovate that cannot be members: columns of ``table`` and ``reason``, ``reason_en``.
    notes
        What was left out and what is assumed, with counts.
    """

    table: gpd.GeoDataFrame
    lines: Mapping[str, Floats]
    left: gpd.GeoDataFrame
    notes: tuple[Note, ...]

    @property
    def net_cny(self) -> Floats:
        """The operator's net cash by year, ``members x (years + 1)``."""
        return _net_cny(self.lines)


def candidates(city: City, results: Mapping[str, gpd.GeoDataFrame], model: Model, *, with_unclear: bool) -> Candidates:
    """Return the communities that may be renovated and, of every other asset that earns, its best action.

    The best action is the one of the highest NPV to the operator, who pays its part of the investment (and no more)
    and gets what may repay in the years granted. An account that nobody can know (no land rent, no size) is left out.

    Parameters
    ----------
    city
        Its communities, and the walks to them.
    results
        Tables of the run: ``opportunity``, ``need``, ``cashflow``.
    model
        Its parameters.
    with_unclear
        Whether options of open permission are taken as well. What is forbidden is no option.
    """
    found = results["opportunity"].set_index("opportunity_id", drop=False).rename_axis(index=None)
    homes = found["action"] == "renovation"
    income = results["cashflow"].groupby("opportunity_id")[["revenue_cny", "other_income_cny"]].sum().sum(axis=1)
    earns = income.reindex(found.index) > 0
    asked = found[homes | (earns & ~found["asset_id"].isin(found.loc[homes, "asset_id"]))]
    told = _with_people(asked, results["need"])
    barred = _barred(told, with_unclear=with_unclear)
    able = told[barred < 0]
    lines = _lines(able, results["cashflow"], city["community"], model)
    able = able.assign(npv_cny=npv_cny(_net_cny(lines), model.value(RATE)))
    kept = _best(able)
    rows, table = able.index.get_indexer(kept), able.loc[kept]
    table = table.assign(gap_stalls=stalls_closed(city, table, results["need"], model))
    table = table.assign(benefit=sum(table[name] * model.value(key) for name, key in BENEFITS.items()))
    lean = told[(barred >= 0) & told["is_community"]]
    why = [BARS[place] for place in barred[lean.index]]
    left = lean.assign(npv_cny=np.nan, reason=[note.zh for note in why], reason_en=[note.en for note in why])
    notes = (*_notes(found, asked, barred, earns & ~homes), *_assumed(table, city["community"], model))
    return Candidates(table, {name: values[rows] for name, values in lines.items()}, left, notes)


def _barred(asked: gpd.GeoDataFrame, *, with_unclear: bool) -> pd.Series:
    """Return why an option cannot be a member, as a place in :data:`BARS`; -1 where it can."""
    placed = asked.geometry.notna() & ~asked.geometry.is_empty
    fails = (
        ~placed,
        ~asked["permission"].isin((*PERMITTED, "unclear") if with_unclear else PERMITTED),
        asked["is_community"] & ~(asked["household_count"] > 0),
        asked["npv_cny"].isna() | asked["capex_cny"].isna(),
        asked[PAID_BY_OPERATOR].isna(),
    )
    return pd.Series(np.select([np.asarray(item, dtype=bool) for item in fails], range(len(BARS)), -1), asked.index)


def _with_people(asked: gpd.GeoDataFrame, need: pd.DataFrame) -> gpd.GeoDataFrame:
    """Return the options with who lives in a community, and without what they benefit.

    Elders are people over 60: persons as the need tells them times their share; nobody where either is unknown.
    """
    people = need.set_index("asset_id").reindex(asked["asset_id"]).set_index(asked.index)
    homes = (asked["action"] == "renovation").to_numpy()
    counts = {
        "household_count": _number(people["household_count"]),
        "elder_count": _number(people["people"]) * _number(people["elderly_share"]),
    }
    return asked.assign(
        **{name: np.where(homes, np.nan_to_num(values), 0.0) for name, values in counts.items()},
        is_age_known=~np.isnan(counts["elder_count"]),
        is_community=homes,
        gap_stalls=0.0,
        benefit=0.0,
        public_cny=np.nan_to_num(_number(asked[PAID_BY_STATE])),
        operator_capex_cny=_number(asked[PAID_BY_OPERATOR]),
    )


def _lines(able: gpd.GeoDataFrame, flows: pd.DataFrame, homes: gpd.GeoDataFrame, model: Model) -> dict[str, Floats]:
    """Return the account of each option over the concession, the operator's part of the investment in year 0."""
    years = int(np.ceil(model.value(CONCESSION)))
    found = {name: np.zeros((len(able), years + 1)) for name in OF_ACCOUNT}
    mine = flows[flows["opportunity_id"].isin(able.index)]
    row, year = able.index.get_indexer(mine["opportunity_id"]), mine["year"].to_numpy(dtype=int)
    for name in OF_ACCOUNT:
        if name in mine:
            found[name][row, year] = mine[name].to_numpy(dtype=float)
    found["capex_cny"][:, 0] = able["operator_capex_cny"]
    fee, upkeep = _upkeep_cny_year(able, homes, model)
    found["property_fee_cny"][:, 1:] = fee[:, None]
    found["upkeep_cny"][:, 1:] = upkeep[:, None]
    found["tax_cny"][:, 1:] += model.value(REVENUE_TAX) * fee[:, None]
    return found


def _upkeep_cny_year(able: gpd.GeoDataFrame, homes: gpd.GeoDataFrame, model: Model) -> tuple[Floats, Floats]:
    """Return the property fees collected and the upkeep after renovation, of a full year (长效管养).

    Nothing where a property company is there already: fees and upkeep stay with it. Where nobody knows who manages the
    place, the strictest holds: the upkeep counts and no fee does.
    """
    facts = homes.reindex(able["asset_id"])
    floor = _number(facts["floor_area_m2"])
    floor = np.where(np.isnan(floor), able["household_count"].to_numpy() * model.value(FLOOR), floor)
    manager = facts["property_management"].to_numpy(dtype=object, na_value=None)
    is_mine = able["is_community"].to_numpy() & (manager != "company")
    year = np.where(is_mine, floor, 0.0) * MONTHS_PER_YEAR
    fee = year * model.value(FEE) * model.value(COLLECTED)
    return np.where(pd.isna(manager), 0.0, fee), year * model.value(UPKEEP)


def _best(able: gpd.GeoDataFrame) -> pd.Index:
    """Return the label of each asset's option that is worth most to its operator, of equals the first by id."""
    ordered = able.sort_index().sort_values("npv_cny", ascending=False, kind="stable")
    return ordered.drop_duplicates("asset_id").sort_index().index


def _notes(found: gpd.GeoDataFrame, asked: gpd.GeoDataFrame, barred: pd.Series, earns: pd.Series) -> tuple[Note, ...]:
    """Return how many options were left out, and why."""
    told = []
    homes = asked["action"] == "renovation"
    for where, zh, en in ((homes, "老旧小区改造", "communities"), (~homes, "有收益的做法", "options that earn")):
        for place, note in enumerate(BARS):
            count = int((barred[where] == place).sum())
            if count:
                told.append(Note(f"{zh}{count}项：{note.zh}", f"{count} {en}: {note.en}"))
    silent = (found["action"] != "renovation") & ~earns
    unknown = int((silent & found["npv_cny"].isna()).sum())
    idle = int(silent.sum()) - unknown
    if unknown:
        told.append(
            Note(
                f"{unknown}项做法账目不全（多为缺地租、缺规模），不能计入",
                f"{unknown} options have no complete account (mostly no land rent or size): they cannot be counted",
            )
        )
    if idle:
        told.append(Note(f"{idle}项做法：{NO_INCOME.zh}", f"{idle} options: {NO_INCOME.en}"))
    return tuple(told)


def _assumed(table: gpd.GeoDataFrame, homes: gpd.GeoDataFrame, model: Model) -> Iterator[Note]:
    """Yield of how many communities among the members something was not told, and what holds in its place."""
    mine = table[table["is_community"]]
    facts = homes.reindex(mine["asset_id"])
    item = model[FLOOR]
    level, level_en = (kind("opportunity")["confidence"].codes or {})[item.confidence]
    each = Note(
        f"（每户{item.value:g}平方米，{FLOOR}，{item.cited.zh}，置信度{level}）",
        f" ({item.value:g} m2 each, {FLOOR}, {item.source}, {level_en.lower()} confidence)",
    )
    for unknown, zh, en in (
        (
            facts["household_count"].isna(),
            "户数按建筑面积估算" + each.zh,
            "households are estimated from the floor area" + each.en,
        ),
        (~mine["is_age_known"], "老人占比不明，受益老人按0计", "the share of old people is unknown and counts nobody"),
        (
            facts["property_management"].isna(),
            "物业管理情况不明：从严只计长效管养支出，不计物业费收入",
            "who manages the place is unknown: the upkeep counts and no fee does",
        ),
    ):
        count = int(unknown.sum())
        if count:
            yield one_piece(Note(f"{count}个小区{zh}", f"{count} communities: {en}"))
    if (table["gap_stalls"][~table["is_community"]] > 0).any():
        walk = f"{model.value(RADIUS):g}"
        yield Note(
            f"夜间车位缺口不重复计：先计小区自身改造补上的，余下由步行{walk}米内能补的成员按比例分担",
            f"a gap at night counts once: first what the renovation of the community closes, the rest dealt out among "
            f"the members within {walk} m that can close it",
        )


def _net_cny(lines: Mapping[str, Floats]) -> Floats:
    return np.asarray(sum(lines[name] for name in INCOME) - sum(lines[name] for name in COSTS))


def _number(values: pd.Series) -> Floats:
    return np.asarray(values.astype("Float64").to_numpy(dtype=float, na_value=np.nan))
