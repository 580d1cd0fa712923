"""What `panhuo bundle` prints: the limits it kept to, bundles, members with reasons, and how good the choice is."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from api import _bundle_tables as tables
from api import _cli_output as output
from api import _console as console
from api._bundle_assumptions import sensitive_lines
from api._bundle_since import since_lines
from api._bundle_tables import million, wan
from api._help import both
from gis._bundle_members import BENEFITS
from gis._bundle_scenarios import SCENARIOS
from gis._returns import npv_cny
from gis.bundle import TOLERANCE_CNY
from layers import schema
from layers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd

    from api.bundling import Bundled

MOST_LEFT = 20
"""Communities in no bundle that are printed; the table ``bundle_member`` has all."""
WORKBOOK = ".xlsx"
ROLES = {"fat": "肥 fat", "lean": "瘦 lean", "link": "连通 link"}
ALL_BUT_SURE, SMALL = 1e-6, 1e-3
"""Gaps that are none: the arithmetic of the solver; and that are told as below a tenth of a percent."""


def check_workbook(path: Path | None) -> None:
    """Raise before the search where the workbook could not be written."""
    if path is not None and path.suffix.lower() != WORKBOOK:
        raise UsageError(
            f"--workbook {path} does not end in {WORKBOOK}",
            f"--workbook {path} 不以 {WORKBOOK} 结尾",
            hint="name a file like 资金平衡表.xlsx",
            hint_zh="请写成 资金平衡表.xlsx 这样的文件名",
        )
    if path is not None:
        output.check_opens(path)


def tell(done: Bundled, workbook: Path | None, directory: Path, *, as_json: bool) -> None:
    """Print what was found, in 万元; as JSON in CNY."""
    if as_json:
        console.show_json(_json(done, workbook))
        return
    for line in [*_asked(done), "", *_verdict(done), *since_lines(done)]:
        console.show_line(line)
    bundles, members = done.tables["bundle"], done.tables["bundle_member"]
    inside = members[members["bundle_id"].notna()]
    if len(bundles):
        console.show_line("")
        _tell_bundles(bundles)
        for line in tables.in_all(bundles, done.limits, done.ground.model):
            console.show_line(line)
        for line in sensitive_lines(done.bundles, done.ground.model):
            console.show_line(line)
        tables.tell_elements(bundles, done.limits)
        tables.tell_transfers(bundles, done.limits)
        console.show_line("")
        _tell_members(inside)
    _tell_left(
        members[members["bundle_id"].isna()],
        done.run.manifest["decided"]["bundle"]["left_in_turn"],
        is_best=done.plan.gap <= ALL_BUT_SURE,
    )
    console.show_line("")
    tables.tell_assumptions(done.run.manifest["decided"]["bundle"]["assumptions"])
    console.show_line("")
    for note in done.found.candidates.notes:
        console.show_line(f"· {both(note.zh, note.en)}")
    if workbook is not None:
        console.show_line(both(f"资金平衡表：{workbook}", "the accounts, with live formulas"))
    console.show_line(both(f"已存为分析 {done.run.run_id}", "kept as a run of its own"))
    table = "bundle_year" if len(bundles) else "bundle_member"
    output.tell_next(f"panhuo export {directory} {table} --out {table}.xlsx")


def _asked(done: Bundled) -> list[str]:
    """Return under what limits was searched, and by what measure; where each number is from stands at the end."""
    limits, model = done.limits, done.ground.model
    budget = limits.public_budget_cny
    years, years_en = "、".join(map(wan, budget)), ", ".join(map(million, budget))
    told = {name: model.value(key) for name, key in BENEFITS.items()}
    households, elders, stalls = (told[name] for name in ("household_count", "elder_count", "gap_stalls"))
    walk, street = model.value("bundle.link_walk"), model.value("bundle.link_street")
    more = []
    if limits.transfer_cap_cny > 0:
        cap = limits.transfer_cap_cny
        more.append(
            both(
                f"包间盈利反哺合计至多{wan(cap)}万元（首个预算年币值）",
                f"bundles give each other {million(cap)} M CNY at most, in money of the first budget year",
            )
        )
    if math.isfinite(limits.element_cap_cny):
        cap = limits.element_cap_cny
        more.append(
            both(
                f"每包要素间盈利反哺至多{wan(cap)}万元（起始年币值）",
                f"elements of one bundle that lose take {million(cap)} M CNY at most from those that earn, in money of "
                "its start",
            )
        )
    if limits.balanced_share is not None:
        share = limits.balanced_share
        more.append(
            both(
                f"稳健：每包在{SCENARIOS}个情景的至少{share:.0%}中平衡且各年垫资不超限；每个情景中各参数随机取其区间的一端（假定）",
                f"robust: each balances within its working capital in {share:.0%} of {SCENARIOS} scenarios, every "
                "parameter at one end of its range by chance (ASSUMPTION)",
            )
        )
    return [
        both(
            f"限额：每包至多{limits.most_members}个成员，累计垫资至多{wan(limits.working_capital_cny)}万元，"
            f"财政各年{years}万元（出处见文末）",
            f"limits: {limits.most_members} members a bundle, its cash no deeper than "
            f"{million(limits.working_capital_cny)} M CNY, public money {years_en} M CNY by year (why: see the end)",
        ),
        both(
            f"公共效益 = {households:g}×户数 + {elders:g}×60岁以上老人 + {stalls:g}×补上的夜间车位（假定）",
            f"benefit = {households:g} x households + {elders:g} x people over 60 + {stalls:g} x stalls (ASSUMPTION)",
        ),
        both(
            f"可入包{len(done.found.members)}处，其中{done.found.earning}处净现值为正",
            f"{len(done.found.members)} members, {done.found.earning} of them worth more than nothing",
        ),
        both(
            f"相邻：相接、步行{walk:g}米内，或同一街道{street:g}米内；隔河、隔快速路不算（假定）",
            f"neighbours touch, lie within {walk:g} m on foot, or {street:g} m on one street; not over a river or an "
            "expressway (ASSUMPTION)",
        ),
        *more,
    ]


def _verdict(done: Bundled) -> list[str]:
    """Return how good the plan is, or why there is none, in words."""
    plan, members = done.plan, done.tables["bundle_member"]
    if plan.bundles:
        if plan.gap <= ALL_BUT_SURE:
            proof = both("已证明没有更好的方案", "proven: no plan has more")
        else:
            gap = "0.1%" if plan.gap < SMALL else f"{plan.gap:.1%}"
            proof = both(
                f"已证明任何方案都不超过 {plan.bound:,.1f}：本方案离最优不超过 {gap}",
                f"proven: no plan has more than {plan.bound:,.1f}, so this one is within {gap} of the best",
            )
        lines = [
            both(
                f"{len(plan.bundles)}个包，公共效益 {plan.benefit:,.1f}",
                f"{len(plan.bundles)} {'bundle' if len(plan.bundles) == 1 else 'bundles'}, benefit {plan.benefit:,.1f}",
            ),
            proof,
        ]
        if plan.is_cut:
            lines.append(
                both(
                    "搜索提前结束（时限到或 Ctrl-C），取当前最好；加时（--seconds）可能更好",
                    "the search was ended early (time or Ctrl-C): with more time (--seconds) it may find more",
                )
            )
        return lines
    lacking = int((members["lacks"] == "public_budget").sum())
    budget = both(
        f"{lacking}个小区账目够，只缺财政预算", f"{lacking} communities would balance and lack public money alone"
    )
    return [_why_none(done), *([budget] if lacking else []), *_least(members)]


def _why_none(done: Bundled) -> str:
    if not len(done.found.members):
        return both("没有可改造的老旧小区，也没有有收益的资产", "there is nothing to renovate and nothing that earns")
    if not done.found.candidates.table["is_community"].any():
        return both("没有可入包的老旧小区，无须搭配", "no old community can be bundled: there is nothing to pay for")
    if not done.found.earning:
        return both(
            "没有净现值为正的资产，任何包都不能平衡", "no asset is worth more than nothing: no bundle can balance"
        )
    share, most = done.limits.balanced_share, _most_balanced(done)
    if share is not None and most < share - ALL_BUT_SURE:
        return both(
            f"只有{most:.0%}的情景中有成员的净现值不为负，任何包都不能在{share:.0%}的情景中平衡",
            f"in only {most:.0%} of the scenarios does any member balance: no bundle can in {share:.0%} of them",
        )
    if done.plan.is_cut and done.plan.bound > 0:
        return both("时限内没有找到能平衡的包", "no bundle that balances was found in the time")
    return _none_balances(share)


def _none_balances(share: float | None) -> str:
    if share is None:
        return both("没有能平衡的包", "no bundle balances")
    return both(
        f"没有能在{share:.0%}的情景中平衡的包；稳健要求可放低（--robust），0 为不要求",
        f"no bundle balances in {share:.0%} of the scenarios; --robust may ask for a smaller share, 0 for none",
    )


def _most_balanced(done: Bundled) -> float:
    """Return the share of the scenarios in which some member balances by itself: in no other can a bundle balance."""
    scenarios = done.found.members.net_scenario_cny
    if scenarios is None:
        return 1.0
    npv = npv_cny(scenarios, done.limits.discount_rate)
    return float((npv >= -TOLERANCE_CNY / len(npv)).any(axis=0).mean())


def _least(members: pd.DataFrame) -> list[str]:
    """Return what the least subsidy would be that makes one community fit by itself."""
    short = members[members["least_subsidy_cny"] > 0].sort_values("least_subsidy_cny", kind="stable")
    if short.empty:
        return []
    name, least = short["name"].iloc[0], float(short["least_subsidy_cny"].iloc[0])
    return [both(f"最少补助：{name} {wan(least)}万元", f"least subsidy: {million(least)} M CNY for one community")]


def _in_turn(total: Mapping[str, Any]) -> str:
    """Return what it takes to bring all that are left out into bundles, which the single sums do not add up to."""
    told, lack, never = total["subsidy_cny"], total["public_lack_cny"], total["never"]
    now = ("，折首个预算年", ", in money of the first budget year") if total["later"] else ("", "")
    return both(
        "上表各数为单独补足时所需，共用同一批邻居、反哺和预算，不能相加；"
        f"逐个补足（前一个用掉的不再给后一个），{total['brought']}个小区入包、其中{total['subsidised']}个须补助，"
        f"合计补助{wan(told)}万元（属财政资金{now[0]}）"
        + (f"，连同财政出资，财政预算还差{wan(lack)}万元" if lack else "")
        + (f"；{never}个怎样也未能入包" if never else ""),
        "each sum above holds for one community alone: several count on the same neighbours, transfers and budget, so "
        f"they cannot be added; one after the other {total['brought']} communities come into bundles, "
        f"{total['subsidised']} of them by subsidies of {million(told)} M CNY in all (public money{now[1]})"
        + (f", and with the state's part the public budget lacks {million(lack)} M CNY" if lack else "")
        + (f"; {never} could not be brought into any" if never else ""),
    )


def _tell_bundles(bundles: pd.DataFrame) -> None:
    titles = (
        *("包 no", "名称 name", "小区+资产 members", "户数 households", "效益 benefit", "总投资 capex", "财政 state"),
        *("企业 operator", "净现值 NPV", "4%", "8%", "IRR", "两端情景 ends", "最深亏空(年) deepest", "开始 start"),
    )
    money = ("capex_cny", "funding_state_cny", "funding_enterprise_cny", "npv_cny", "npv_4pct_cny", "npv_8pct_cny")
    rows = [
        (
            row["bundle_number"],
            _short_name(row),
            f"{row['community_count']}+{row['asset_count']}",
            row["household_count"],
            f"{row['benefit']:,.0f}",
            *(wan(row[name]) for name in money),
            _percent(row["irr"]),
            _percent(row["ends_share"]),
            f"{wan(row['deepest_deficit_cny'])} ({row['deepest_year']})",
            row["start_year"],
        )
        for _, row in bundles.iterrows()
    ]
    console.show_line(both("包（金额：万元）", "bundles (10,000 CNY)"))
    console.show_table(titles, rows, giving_way=[["名称 name"]])


def _short_name(row: pd.Series) -> str:
    """Return the name of a bundle without its number, how many more are in it as a figure."""
    first = str(row["name_en"]).partition(": ")[2].rpartition(" and ")[0] if row["member_count"] > 1 else ""
    return f"{first} +{row['member_count'] - 1}" if first else str(row["name"]).partition("：")[2]


def _tell_members(members: pd.DataFrame) -> None:
    rows = [
        (
            row["bundle_number"],
            ROLES[row["role"]],
            row["name"],
            wan(row["npv_cny"]),
            row["reason"],
            row["reason_en"],
        )
        for _, row in members.iterrows()
    ]
    console.show_line(
        both(
            "成员及理由（净现值：万元）：肥有净收益，瘦受补，连通只为相连",
            "members and why (NPV in 10,000 CNY): fat earns, lean is paid for, a link only joins the others",
        )
    )
    titles = ("包 no", "角色 role", "名称 name", "净现值 NPV", "理由", "why")
    console.show_table(titles, rows, giving_way=[["why"], ["理由"]])


def _tell_left(left: pd.DataFrame, total: Mapping[str, Any], *, is_best: bool) -> None:
    if left.empty:
        return
    lacks = schema.kind("bundle_member")["lacks"].codes or {}
    ordered = left.sort_values(["least_subsidy_cny", "bundle_member_id"], na_position="last", kind="stable")
    shown = ordered.head(MOST_LEFT)
    rows = [
        (row["name"], " ".join(lacks[row["lacks"]]), wan(row["least_subsidy_cny"]), row["reason"], row["reason_en"])
        for _, row in shown.iterrows()
    ]
    more = len(left) - len(shown)
    console.show_line("")
    console.show_line(
        both(
            f"未入包的小区{len(left)}个，怎样才能入包"
            + ("" if is_best else "（在本方案上补，另一方案或许更少）")
            + (f"（列出{len(shown)}个，其余见 bundle_member）" if more else ""),
            f"{len(left)} communities in no bundle, and what would make them fit"
            + ("" if is_best else ", beside this plan (with another it may be less)")
            + (f" ({len(shown)} are listed, the others are in bundle_member)" if more else ""),
        )
    )
    titles = ("名称 name", "缺 lacks", "至少补助 subsidy", "怎样才能入包", "what would do")
    console.show_table(titles, rows, giving_way=[["what would do"], ["怎样才能入包"]])
    if total["subsidised"] + total["never"]:
        console.show_line(_in_turn(total))


def _json(done: Bundled, workbook: Path | None) -> dict[str, Any]:
    tables = {name: _records(frame) for name, frame in done.tables.items()}
    return {
        "run_id": done.run.run_id,
        **done.run.manifest["decided"]["bundle"],
        "workbook": None if workbook is None else str(workbook),
        **tables,
    }


def _records(frame: pd.DataFrame) -> Sequence[dict[str, Any]]:
    plain = frame.drop(columns="geometry").astype(object)
    return [{name: _plain(value) for name, value in row.items()} for row in plain.to_dict("records")]


def _plain(value: Any) -> Any:
    return None if value is None or value != value or str(value) == "<NA>" else value  # noqa: PLR0124  (NaN)


def _percent(share: float) -> str:
    return "" if math.isnan(share) else f"{share:.1%}"
