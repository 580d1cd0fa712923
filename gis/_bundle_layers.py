"""A plan of bundles as layers of a run: the bundles, their members with their reasons, their accounts by year."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import minimum_spanning_tree

from gis import _bundle_elements as elements
from gis import _bundle_reasons as reasons
from gis._bundle_left import Left
from gis._bundle_links import is_only_link, neighbours
from gis._bundle_transfers import ADVANCED, advanced_cny, transfers, with_transfers
from gis._notes import SEPARATORS, Note
from gis._returns import npv_cny
from gis.bundle import TOLERANCE_CNY
from layers.kinds._columns import ROOM_INCOME_OWNERS
from layers.schema import conform, kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gis._bundle_accounts import Accounted
    from gis._bundle_transfers import Transfers
    from gis._graph import Floats, Ints
    from gis.bundle import Limits, Plan
    from gis.bundle_city import CityMembers

AROUND_M, JOINT_M = 15.0, 6.0
"""How far the area of a bundle is drawn around its members, and around the lines that join them."""
WIDEST = 3
"""How many of the parameters that an account depends on most its row names."""
BEFORE_TRANSFERS = Note(
    "平衡概率与两端情景占比按自身账目计（未计反哺）",
    "its probability of a balance and its share of scenarios are those of its own account, without transfers",
)
OF_TABLE = (
    *("asset_kind", "asset_id", "name", "subdistrict_code", "action", "npv_cny", "capex_cny", "operator_capex_cny"),
    *("public_cny", "household_count", "elder_count", "benefit", "is_sample"),
)
"""Columns of a member that its row tells as they are."""
OF_WORTH = (
    *("npv_cny", "npv_4pct_cny", "npv_6pct_cny", "npv_8pct_cny", "npv_p10_cny", "npv_p50_cny", "npv_p90_cny"),
    *("balance_probability", "irr", "payback_years", "payback_discounted_years", "deepest_deficit_cny"),
    *("deepest_year", "debt_cover_least", "public_holds"),
)
"""What the account of a bundle tells that its row repeats."""


def layers_of(
    found: CityMembers, limits: Limits, plan: Plan, bundles: Sequence[Accounted]
) -> dict[str, gpd.GeoDataFrame]:
    """Return the tables ``bundle``, ``bundle_member`` and ``bundle_year`` of a plan.

    ``bundle_member`` has a row for each member, and one for each community that is in no bundle, with what it lacks.

    Parameters
    ----------
    found, limits, plan
        What was searched, and what was found.
    bundles
        The plan's, as :func:`gis._bundle_accounts.accounted` tells them.
    """
    crs = found.candidates.table.crs
    paid = _transfers(limits, bundles)
    made = {
        "bundle": _bundle_rows(found, limits, plan, bundles, paid),
        "bundle_member": [*_member_rows(found, limits, bundles, paid), *_left_rows(found, limits, plan, bundles)],
        "bundle_year": _year_rows(found, bundles, paid),
    }
    tables = {}
    for name, rows in made.items():
        of = kind(name)
        frame = pd.DataFrame(rows, columns=[*of.columns, "geometry"])
        tables[name] = conform(gpd.GeoDataFrame(frame, geometry="geometry", crs=crs), of)
    return tables


def area(shapes: Sequence[shapely.Geometry], pairs: Ints) -> shapely.Geometry:
    """Return one polygon drawn around members and the shortest lines that join neighbours.

    Parameters
    ----------
    shapes
        Of the members, in metres.
    pairs
        Places of neighbours among them, ``(m, 2)``.
    """
    parts = [shapely.buffer(np.asarray(shapes, dtype=object), AROUND_M)]
    if len(pairs):
        first, second = (np.asarray([shapes[place] for place in side], dtype=object) for side in pairs.T)
        joints = shapely.shortest_line(first, second)
        # A tree keeps one piece with few lines; scipy takes a length of nothing for no line.
        weight = shapely.length(joints) + 1.0
        whole = minimum_spanning_tree(coo_matrix((weight, pairs.T), shape=(len(shapes),) * 2)).tocoo()
        tree = {(int(row), int(column)) for row, column in zip(whole.row, whole.col, strict=True)}
        kept = np.array([(int(one), int(other)) in tree for one, other in pairs])
        parts.append(shapely.buffer(joints[kept], JOINT_M))
    return shapely.union_all(np.concatenate(parts))


def _transfers(limits: Limits, bundles: Sequence[Accounted]) -> Transfers:
    """Return what the bundles take from each other and give, in their order."""
    npv, start = [item.account.npv_cny for item in bundles], [item.bundle.start_year for item in bundles]
    return transfers(
        npv,
        [item.account.deepest_deficit_cny for item in bundles],
        start,
        rate=limits.discount_rate,
        cap_cny=limits.transfer_cap_cny,
        working_capital_cny=limits.working_capital_cny,
    )


def _bundle_rows(
    found: CityMembers, limits: Limits, plan: Plan, bundles: Sequence[Accounted], paid: Transfers
) -> list[dict[str, Any]]:
    rows = []
    advanced = advanced_cny(paid, [item.bundle.start_year for item in bundles])
    for item, taken, given, worth, ahead in zip(bundles, *paid, advanced, strict=True):
        table, account = found.candidates.table.iloc[item.rows], item.account
        deepest = max(0.0, -float((account.by_year["cumulative_cny"] + taken - given).min()))
        place = {row: number for number, row in enumerate(item.rows)}
        inside = [
            (place[one], place[two]) for one, two in found.members.links.tolist() if one in place and two in place
        ]
        told = [
            *_of_transfers(taken, given, worth, deepest),
            *([ADVANCED] if min(taken, ahead) > TOLERANCE_CNY else []),
        ]
        note, widest = _note(found, item, told), _sensitive_to(item)
        of_element, lost = elements.told(found.members.npv_element_cny, item.rows)
        rows.append(
            {
                "bundle_id": item.bundle_id,
                "bundle_number": item.number,
                "name": item.name.zh,
                "name_en": item.name.en,
                "subdistrict_code": _only(table["subdistrict_code"]),
                "member_count": len(table),
                "community_count": int(table["is_community"].sum()),
                "asset_count": int((~table["is_community"]).sum()),
                **{name: table[name].sum() for name in ("household_count", "elder_count", "benefit", "capex_cny")},
                **{f"funding_{who}_cny": cny for who, cny in account.funding.items()},
                "start_year": item.bundle.start_year,
                **{name: getattr(account, name) for name in OF_WORTH},
                "elements": of_element.zh,
                "elements_en": of_element.en,
                "element_taken_cny": lost,
                "ends_share": _ends_share(found, limits, item.rows),
                "transfer_in_cny": taken,
                "transfer_out_cny": given,
                "deepest_after_cny": deepest,
                "working_capital_cny": limits.working_capital_cny if np.isfinite(limits.working_capital_cny) else None,
                "service_count": len(item.merged),
                "service_cny_year": float(item.merged["contract_cny_year"].sum()),
                "plan_benefit": plan.benefit,
                "plan_bound": plan.bound,
                "plan_gap": max(plan.gap, 0.0),
                "plan_is_cut": plan.is_cut,
                "sensitive_to": widest.zh,
                "sensitive_to_en": widest.en,
                "note": note.zh,
                "note_en": note.en,
                "is_sample": bool(table["is_sample"].fillna(value=False).any()),
                "geometry": area(list(table.geometry), np.array(inside, dtype=np.int64).reshape(-1, 2)),
            }
        )
    return rows


def _note(found: CityMembers, item: Accounted, transfer: Iterable[Note]) -> Note:
    """Return what a reader must know of a bundle: services, transfers, whose income it lives on, what ends early."""
    return _one_note([*item.service_notes, *transfer, *_of_income(found, item.rows), *item.account.notes])


def _of_transfers(taken: float, given: float, worth: float, deepest: float) -> Iterable[Note]:
    """Yield what a bundle takes or gives, when, and how deep its account then runs."""
    for cny, zh, en in (
        (taken, "起始年由他包补入", "takes from other bundles in the year it starts"),
        (given, "起始年补给他包", "gives to other bundles in the year it starts"),
    ):
        if cny > TOLERANCE_CNY:
            amount, now, deep = reasons.money(cny), reasons.money(cny * worth), reasons.money(deepest)
            is_later = worth < 1
            yield Note(
                f"{zh}{amount.zh}" + (f"（折首个预算年{now.zh}）" if is_later else "") + f"，其后累计亏空最深{deep.zh}",
                f"{en} {amount.en}"
                + (f" ({now.en} in money of the first budget year)" if is_later else "")
                + f"; after that its account runs {deep.en} deep",
            )
            yield BEFORE_TRANSFERS


def _sensitive_to(item: Accounted) -> Note:
    """Return the parameters whose ranges move the NPV most, and between which ends."""
    told = []
    for _, row in item.account.sensitivity.head(WIDEST).iterrows():
        low, high = (reasons.money(row[name]) for name in ("npv_low_cny", "npv_high_cny"))
        ends = f"{row['low']:g}–{row['high']:g}"
        told.append(
            Note(
                f"{row['title']}{ends}：净现值{low.zh}至{high.zh}",
                f"{row['title_en']} {ends}: NPV {low.en} to {high.en}",
            )
        )
    return _one_note(told)


def _of_income(found: CityMembers, rows: list[int]) -> Iterable[Note]:
    """Yield on whose income a bundle lives beside the operator's, and how much of it ends before the account does."""
    table, revenue = found.candidates.table.iloc[rows], found.candidates.lines["revenue_cny"][rows]
    earns = (table["npv_cny"] > 0).to_numpy()
    owners = table["income_owner"][earns]
    for owner, (zh, en) in ROOM_INCOME_OWNERS.items():
        count = int((owners == owner).sum())
        if count and owner != "operator":
            yield Note(
                f"{count}处收益资产的收入归{zh}，用于还本须经其同意",
                f"the income of {count} that earn is somebody else's ({en.lower()}): who owns it must agree to repay",
            )
    ends = earns & (revenue[:, -1] == 0) & (revenue.sum(axis=1) > 0)
    if ends.any():
        first = int(min((row > 0).nonzero()[0].max() for row in revenue[ends]))
        yield Note(
            f"{int(ends.sum())}处收益资产的账目止于设施寿命或可用期限（最早第{first}年），其后更新与收益未计",
            f"the accounts of {int(ends.sum())} that earn end with the asset's life or its grant (the first in year "
            f"{first}); what follows is not counted",
        )


def _ends_share(found: CityMembers, limits: Limits, rows: list[int]) -> float:
    """Return in which share of the scenarios a bundle balances and keeps to its working capital; NaN without any."""
    scenarios = found.members.net_scenario_cny
    if scenarios is None:
        return float("nan")
    net = scenarios[rows].sum(axis=0)
    balances = npv_cny(net, limits.discount_rate) >= -TOLERANCE_CNY
    holds = np.cumsum(net, axis=1).min(axis=1) >= -limits.working_capital_cny - TOLERANCE_CNY
    return float((balances & holds).mean())


def _member_rows(
    found: CityMembers, limits: Limits, bundles: Sequence[Accounted], transfer: Transfers
) -> Iterable[dict[str, Any]]:
    table, near = found.candidates.table, neighbours(found.members)
    npv = table["npv_cny"].to_numpy(dtype=float)
    for item, taken in zip(bundles, transfer.taken_cny, strict=True):
        paid = paid_cny(npv[item.rows])
        payers = reasons.payers(inside=bool(paid.any()), others=taken > TOLERANCE_CNY)
        for row, pays in zip(item.rows, paid, strict=True):
            member, is_link = table.iloc[row], is_only_link(row, item.rows, near)
            elders = float(member["elder_count"]) if member["is_age_known"] else float("nan")
            why = reasons.of_member(
                npv_cny=npv[row],
                paid_cny=pays,
                people=(float(member["household_count"]), elders) if member["is_community"] else None,
                payers=payers,
                stalls=float(member["gap_stalls"]),
                is_link=is_link,
                is_kept=row in limits.kept,
            )
            yield {
                **_told_of(member, item),
                "role": reasons.role(npv_cny=npv[row], is_community=bool(member["is_community"]), is_link=is_link),
                "paid_cny": pays,
                "reason": why.zh,
                "reason_en": why.en,
            }


def paid_cny(npv: Floats) -> Floats:
    """Return what each fat member pays for the lean ones: all pay the same share of what they are worth."""
    fat, lean = np.maximum(npv, 0.0), np.maximum(-npv, 0.0)
    share = min(lean.sum() / fat.sum(), 1.0) if fat.sum() > 0 else 0.0
    return np.asarray(fat * share)


def _left_rows(
    found: CityMembers, limits: Limits, plan: Plan, bundles: Sequence[Accounted]
) -> Iterable[dict[str, Any]]:
    table = found.candidates.table
    taken = {row for bundle in plan.bundles for row in bundle.rows}
    left = Left(found, limits, plan, {item.place: item.number for item in bundles})
    for row in np.flatnonzero(table["is_community"].to_numpy()).tolist():
        if row not in taken:
            yield {**_told_of(table.iloc[row], None), **_left(left.why(row))}
    for _, member in found.candidates.left.iterrows():
        note = Note(member["reason"], member["reason_en"])
        yield {**_told_of(member, None), **_left(reasons.Why("not_counted", float("nan"), note))}


def _left(why: reasons.Why) -> dict[str, Any]:
    return {
        "role": "left_out",
        "lacks": why.lacks,
        "least_subsidy_cny": why.subsidy_cny,
        "reason": why.note.zh,
        "reason_en": why.note.en,
    }


def _told_of(member: pd.Series, item: Accounted | None) -> dict[str, Any]:
    return {
        "bundle_member_id": f"{item.bundle_id if item else 'none'}:{member['opportunity_id']}",
        "bundle_id": item.bundle_id if item else None,
        "bundle_number": item.number if item else None,
        "opportunity_id": member["opportunity_id"],
        **{name: member[name] for name in OF_TABLE},
        "geometry": member["geometry"],
    }


def _year_rows(found: CityMembers, bundles: Sequence[Accounted], paid: Transfers) -> Iterable[dict[str, Any]]:
    columns = kind("bundle_year").columns
    for item, taken, given, _ in zip(bundles, *paid, strict=True):
        codes = found.candidates.table["subdistrict_code"].iloc[item.rows]
        inside = _only(codes)
        is_sample = bool(found.candidates.table["is_sample"].iloc[item.rows].fillna(value=False).any())
        for year, row in with_transfers(item.account.by_year, taken, given).iterrows():
            yield {
                **{name: value for name, value in row.items() if name in columns},
                "bundle_year_id": f"{item.bundle_id}:{year}",
                "bundle_id": item.bundle_id,
                "bundle_number": item.number,
                "year": year,
                "plan_year": item.bundle.start_year + year,
                "subdistrict_code": inside,
                "is_sample": is_sample,
            }


def _only(codes: pd.Series) -> str | None:
    """Return the code that all share; ``None`` where they do not, or one has none."""
    known = codes.unique()
    return str(known[0]) if len(known) == 1 and pd.notna(known[0]) else None


def _one_note(told: Iterable[Note]) -> Note:
    pieces = [note for note in told if note.zh]
    return Note(
        *(separator.join(note[place] for note in pieces) for place, separator in enumerate(SEPARATORS.values()))
    )
