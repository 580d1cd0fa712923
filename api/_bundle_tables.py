"""Tables of `panhuo bundle` beside its bundles: what they give each other, and on what the plan rests."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from api import _console as console
from api._help import both
from gis._bundle_transfers import ADVANCED
from gis.bundle_account import COVER
from layers import schema

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from gis.bundle import Limits
    from gis.model import Model

WAN = 1e4
CENT, ASSUMED = 0.01, "ASSUMPTION - "


def in_all(bundles: pd.DataFrame, limits: Limits, model: Model) -> list[str]:
    """Return what the bundles come to together, public money by year, and what their columns mean."""
    money = ("capex_cny", "funding_state_cny", "funding_enterprise_cny", "npv_cny")
    now = (1.0 + limits.discount_rate) ** -bundles["start_year"].astype(float)
    sums = [float(bundles[name].sum()) for name in money[:3]] + [float((bundles["npv_cny"] * now).sum())]
    zh, en = [wan(cny) for cny in sums], [million(cny) for cny in sums]
    told = [
        both(
            f"合计（万元）：总投资{zh[0]}，财政{zh[1]}，企业{zh[2]}，净现值{zh[3]}（折首个预算年）",
            f"in all (M CNY): capex {en[0]}, state {en[1]}, operator {en[2]}, NPV {en[3]} in money of the first year",
        )
    ]
    if limits.public_budget_cny:
        spent = bundles.groupby(bundles["start_year"].astype(int))["funding_state_cny"].sum()
        years = [(float(spent.get(year, 0.0)), budget) for year, budget in enumerate(limits.public_budget_cny)]
        told.append(
            both(
                "财政逐年用/预算（万元）：" + "、".join(f"{wan(used)}/{wan(budget)}" for used, budget in years),
                "public money used / budget by year (M CNY): "
                + ", ".join(f"{million(used)}/{million(budget)}" for used, budget in years),
            )
        )
    least, asked = bundles["debt_cover_least"], model.value(COVER)
    weak = int((least < asked).sum())
    if weak:
        told.append(
            both(
                f"偿债：{weak}个包有的年份还贷能力不足{asked:g}倍（最低{float(least.min()):.2f}倍，见 bundle_year；"
                "假定亏空全靠贷款、按年等额还）",
                f"debt: in {weak} of them some year covers less than {asked:g} times what a loan asks (least "
                f"{float(least.min()):.2f}, see bundle_year; ASSUMPTION: a loan fills the deficit, equal payments)",
            )
        )
    told.append(
        both(
            "开始：预算第几年，0为首年。两端情景：各参数随机取其区间一端（假定）时账目仍平衡的情景占比，越低越经不起变化",
            "start: which year of the budget, 0 the first. ends: share of scenarios in which it still balances with "
            "every parameter at one end of its range by chance (ASSUMPTION); the lower, the less it can bear",
        )
    )
    return told


def tell_elements(bundles: pd.DataFrame, limits: Limits) -> None:
    """Tell what each bundle is worth by element, and what those that lose take, where that is capped."""
    if not math.isfinite(limits.element_cap_cny):
        return
    rows = [
        (row["bundle_number"], wan(row["element_taken_cny"]), row["elements"], row["elements_en"])
        for _, row in bundles.iterrows()
    ]
    console.show_line("")
    console.show_line(
        both(
            f"要素间盈利反哺（万元）：亏损要素取用，每包上限{wan(limits.element_cap_cny)}",
            f"elements (10,000 CNY): what those that lose take, {wan(limits.element_cap_cny)} a bundle at most",
        )
    )
    titles = ("包 no", "取用 takes", "分要素净现值", "NPV by element")
    console.show_table(titles, rows, giving_way=[["NPV by element"], ["分要素净现值"]])


def tell_transfers(bundles: pd.DataFrame, limits: Limits) -> None:
    """Tell which bundle gives what to the others and when, where they may: what is left sums to a balance."""
    if limits.transfer_cap_cny <= 0:
        return
    worth = (1.0 + limits.discount_rate) ** -bundles["start_year"].astype(float)
    taken, given = bundles["transfer_in_cny"], bundles["transfer_out_cny"]
    rows = [
        (
            row["bundle_number"],
            row["start_year"],
            wan(row["npv_cny"]),
            *(wan(row[name]) if row[name] > CENT else "" for name in ("transfer_in_cny", "transfer_out_cny")),
            wan((row["transfer_in_cny"] - row["transfer_out_cny"]) * now),
            wan(row["npv_cny"] + row["transfer_in_cny"] - row["transfer_out_cny"]),
            f"{wan(row['deepest_deficit_cny'])} → {wan(row['deepest_after_cny'])}",
        )
        for (_, row), now in zip(bundles.iterrows(), worth, strict=True)
        if row["transfer_in_cny"] + row["transfer_out_cny"] > CENT
    ]
    console.show_line("")
    if not rows:
        console.show_line(both("盈利反哺：各包自行平衡，没有用到", "transfers: every bundle balances by itself"))
        return
    cap, paid = limits.transfer_cap_cny, float((taken * worth).sum())
    out = float((given * worth).sum())
    console.show_line(
        both(
            f"盈利反哺（万元，记在各包起始年）：折首个预算年，补入{wan(paid)}＝付出{wan(out)}，上限{wan(cap)}",
            f"transfers (10,000 CNY, in the year each starts): in money of the first budget year {wan(paid)} taken = "
            f"{wan(out)} given, {wan(cap)} at most",
        )
    )
    titles = (
        *("包 no", "开始 start", "净现值 NPV", "补入 takes", "付出 gives", "折首年 first-year"),
        *("反哺后净现值 NPV after", "最深亏空 deepest → after"),
    )
    console.show_table(titles, rows)
    _tell_by_year(bundles, limits)


def _tell_by_year(bundles: pd.DataFrame, limits: Limits) -> None:
    """Tell what is taken and given in each year of the plan, and who pays where it is taken first (ASSUMPTION)."""
    names = ["transfer_in_cny", "transfer_out_cny"]
    by_year = bundles.groupby(bundles["start_year"].astype(int))[names].sum()
    if len(by_year) < 2:
        return
    flow = (by_year[names[0]] - by_year[names[1]]) * (1.0 + limits.discount_rate) ** -by_year.index.astype(float)
    ahead = flow.cumsum().clip(lower=0.0)
    rows = [
        (year, *(wan(row[name]) for name in names), wan(ahead[year]) if ahead[year] > CENT else "")
        for year, row in by_year.iterrows()
    ]
    console.show_line(
        both(
            "盈利反哺分年（万元，当年币值；垫付累计折首个预算年）",
            "transfers by year of the plan (10,000 CNY of that year; advanced so far: in money of the first)",
        )
    )
    console.show_table(("年序 year", "补入 taken", "付出 given", "垫付累计 advanced"), rows)
    if (ahead > CENT).any():
        console.show_line(both(ADVANCED.zh, ADVANCED.en))


def tell_assumptions(told: Sequence[Mapping[str, Any]]) -> None:
    """Tell on what the plan rests: value, whether a document or nobody stands behind it, confidence."""
    levels = schema.kind("opportunity")["confidence"].codes or {}
    rows = [
        (
            f"{item['zh']} {item['en']}",
            _in_both(item["shown"]),
            _basis(item, levels),
            _in_both({lang: said.removeprefix(ASSUMED) for lang, said in item["source"].items()}),
            item["key"],
        )
        for item in told
    ]
    console.show_line(
        both(
            "本方案所依据的假定和取值（改法：--set 参数=值，或本区参数文件 --model）",
            "what this plan rests on (to change it: --set key=value, or a district's model by --model)",
        )
    )
    titles = ("项目 item", "取值 value", "依据和置信度 basis, confidence", "出处 source", "参数 key")
    console.show_table(titles, rows, giving_way=[["出处 source"], ["项目 item"]])


def _basis(item: Mapping[str, Any], levels: Mapping[str, tuple[str, str]]) -> str:
    """Return whether a document, nobody or the person who asked stands behind a value, and how sure it is."""
    if item["is_given"]:
        return "给定 given"
    said = "假定 ASSUMPTION" if item["is_assumption"] else "有出处 sourced"
    level = levels.get(item["confidence"])
    return f"{said}, {level[0]} {level[1].lower()}" if level else said


def _in_both(said: Mapping[str, str]) -> str:
    return said["zh"] if said["zh"] == said["en"] else both(said["zh"], said["en"])


def wan(cny: float) -> str:
    return "" if math.isnan(cny) else f"{cny / WAN:,.1f}"


def million(cny: float) -> str:
    return f"{cny / 1e6:,.2f}"
