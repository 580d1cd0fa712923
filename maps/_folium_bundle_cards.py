"""What the offline page says of bundles: the card of one, of a member, of what was left out; on what a plan rests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.schema import kind
from maps import _folium_chart as chart
from maps import _folium_text as words
from maps._folium_cards import card, if_any, is_any, million, percent, proof, source, titled, yes_no
from maps.palette import ROLE_SIGNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    Row = Mapping[str, Any]
    Line = tuple[str, str]

PAYERS = {
    "funding_enterprise_cny": ("企业", "enterprise"),
    "funding_state_cny": ("财政", "state"),
    "funding_owner_cny": ("产权人", "owner"),
    "funding_residents_cny": ("居民", "residents"),
}


TOLD_ASSUMED, ASSUMED = 5, "ASSUMPTION - "


def bundle(
    row: Row, members: Sequence[Row], years: Sequence[Row] = (), assumed: Sequence[Row] = (), *, is_sample: bool
) -> str:
    """Return the card of a bundle: who is in it and why, what it costs and brings by year, on what it rests.

    ``years``: its rows of ``bundle_year``. ``assumed``: what the plan rests on, as the run's manifest tells it.
    """
    return chart.account(years, row.get("working_capital_cny")) + card(
        [
            (words.both("受益", "Who gains"), _people(row)),
            titled("bundle", "benefit", words.number(row["benefit"])),
            (words.both("总投资", "Capex"), _paid_by(row)),
            (words.both("净现值", "NPV to the operator"), _npv(row)),
            (words.both("最大累计亏空", "Deepest deficit"), _deepest(row)),
            (words.both("开始", "Starts"), _year(row["start_year"]) if is_any(row["start_year"]) else words.NOTHING),
            titled("bundle", "transfer_in_cny", if_any(row["transfer_in_cny"])),
            titled("bundle", "transfer_out_cny", if_any(row["transfer_out_cny"])),
            titled("bundle", "deepest_after_cny", _deepest_after(row)),
            titled("bundle", "public_holds", yes_no(row["public_holds"])),
            (words.both("成员和理由", "Members, and why"), _members(members)),
            titled("bundle", "sensitive_to", words.told(row, "sensitive_to")),
            titled("bundle", "note", words.told(row, "note")),
            (words.both("全部包", "All bundles"), _plan_proof(row)),
            (words.both("所依据的假定", "It rests on"), _assumed(assumed)),
            source(row, is_sample=is_sample),
        ]
    )


def called(row: Row) -> str:
    """Return what a bundle is called on the map: its number."""
    number = words.number(row["bundle_number"])
    return words.both(f"{number}号包", f"Bundle {number}")


def bundle_line(row: Row) -> str:
    """Return the one line of a bundle in the list."""
    members, homes = words.number(row["member_count"]), words.number(row["household_count"])
    capex, npv, taken = (words.money(row[name]) for name in ("capex_cny", "npv_cny", "transfer_in_cny"))
    is_helped = is_any(row["transfer_in_cny"])
    return words.both(
        f"{members} 个成员 · {homes} 户 · 投资 {capex} · 净现值 {npv}"
        + (f" · 由他包补入 {taken}" if is_helped else ""),
        f"{members} members, {homes} households, capex {million(row['capex_cny'])}, NPV {million(row['npv_cny'])}"
        + (f", other bundles give {million(row['transfer_in_cny'])}" if is_helped else ""),
    )


def _people(row: Row) -> str:
    homes, elders = words.number(row["household_count"]), words.number(row["elder_count"])
    communities = words.number(row["community_count"])
    return words.both(
        f"{communities} 个小区 · {homes} 户 · {elders} 名60岁以上老人",
        f"{communities} communities, {homes} households, {elders} people over 60",
    )


def _plan_proof(row: Row) -> str:
    """Return how good all bundles together are, and whether the search was ended before it had finished."""
    told = proof(row["plan_benefit"], row["plan_bound"], row["plan_gap"])
    is_cut = not words.is_null(row.get("plan_is_cut")) and bool(row["plan_is_cut"])
    cut = words.both("搜索提前结束，加时可能更好", "the search was ended early: with more time it may find more")
    return f"{told}<br>{cut}" if is_cut else told


def _assumed(told: Sequence[Row]) -> str:
    """Return what a plan rests on in short; sources and the rest stand beside the list of bundles."""
    if not told:
        return words.NOTHING
    open_ones = [item for item in told if item["is_assumption"]]
    short = "；".join(f"{item['zh']} {item['shown']['zh']}" for item in open_ones[:TOLD_ASSUMED])
    short_en = "; ".join(f"{item['en']} {item['shown']['en']}" for item in open_ones[:TOLD_ASSUMED])
    return words.both(
        f"{short}；共{len(told)}项取值，其中{len(open_ones)}项为假定，出处见页面列表“肥瘦搭配包”下",
        f"{short_en}; {len(told)} values, {len(open_ones)} of them assumptions: sources under the list of bundles",
    )


def assumptions(told: Sequence[Row]) -> str:
    """Return all that a plan rests on as a table: value, whether it is assumed, source and confidence."""
    levels = kind("opportunity")["confidence"].codes or {}
    rows = "".join(
        f"<tr><td>{words.both(item['zh'], item['en'])}</td><td>{_shown(item['shown'])}</td>"
        f"<td>{_basis(item, levels)}<br>{_shown(_without_mark(item['source']))}</td></tr>"
        for item in told
    )
    if not rows:
        return ""
    titles = (("项目", "item"), ("取值", "value"), ("依据、置信度、出处", "basis, confidence, source"))
    head = "".join(f"<th>{words.both(*title)}</th>" for title in titles)
    said = words.both("这些包所依据的假定和取值", "What these bundles rest on")
    return f'<details class="assumed"><summary>{said}</summary><table><tr>{head}</tr>{rows}</table></details>'


def _basis(item: Row, levels: Mapping[str, tuple[str, str]]) -> str:
    if item["is_given"]:
        return words.both("本次给定", "given")
    said = words.both("假定", "ASSUMPTION") if item["is_assumption"] else words.both("有出处", "sourced")
    level = levels.get(str(item["confidence"]))
    mark = f"<b>{said}</b>" if item["is_assumption"] else said
    return f"{mark} · {words.both(*level)}" if level else mark


def _without_mark(source: Row) -> Row:
    return {lang: str(said).removeprefix(ASSUMED) for lang, said in source.items()}


def _shown(said: Row) -> str:
    return words.esc(said["zh"]) if said["zh"] == said["en"] else words.both(str(said["zh"]), str(said["en"]))


def _paid_by(row: Row) -> str:
    parts = [words.both(f"{zh} {words.money(row[name])}", en) for name, (zh, en) in PAYERS.items() if is_any(row[name])]
    return f"{words.money(row['capex_cny'])}<br>{' · '.join(parts)}" if parts else words.money(row["capex_cny"])


def _npv(row: Row) -> str:
    spread = words.band(words.money(row["npv_p10_cny"]), words.money(row["npv_p90_cny"]))
    share = percent(row["balance_probability"])
    chance = words.both(f"有 {share} 的情形能平衡", f"balances in {share} of draws")
    return f"{words.money(row['npv_cny'])} {spread}".strip() + ("" if share == words.NOTHING else f"<br>{chance}")


def _deepest(row: Row) -> str:
    if words.is_null(row["deepest_deficit_cny"]):
        return words.NOTHING
    if not is_any(row["deepest_deficit_cny"]):
        return words.both("各年均不亏", "Never below zero")
    return f"{words.money(row['deepest_deficit_cny'])} · {_year(row['deepest_year'])}"


def _deepest_after(row: Row) -> str:
    """Return how deep the account runs with the transfers, where there are any."""
    is_any_given = is_any(row["transfer_in_cny"]) or is_any(row["transfer_out_cny"])
    return if_any(row.get("deepest_after_cny")) if is_any_given else words.NOTHING


def _year(value: object) -> str:
    if words.is_null(value):
        return words.NOTHING
    year = words.number(value)
    return words.both(f"第{year}年", f"year {year}")


def _members(members: Sequence[Row]) -> str:
    items = "".join(
        f'<li><i class="role-sign {words.esc(row["role"])}">{ROLE_SIGNS[row["role"]]}</i>'
        f"<b>{words.named(row['name'], row['asset_kind'])}</b> {_action(row)}<br>{words.told(row, 'reason')}</li>"
        for row in members
    )
    return f'<ul class="members">{items}</ul>' if items else words.NOTHING


def _action(row: Row) -> str:
    return words.coded("bundle_member", "action", row["action"])


def member_heading(row: Row) -> str:
    """Return the name of a member with its sign."""
    sign = f'<i class="role-sign {words.esc(row["role"])}">{ROLE_SIGNS[row["role"]]}</i>'
    return f"{sign} {words.named(row['name'], row['asset_kind'])}"


def member(row: Row, *, is_sample: bool) -> str:
    """Return the card of a member: its role, what it is worth and pays, why it is in."""
    return card(
        [
            titled("bundle_member", "role", words.coded("bundle_member", "role", row["role"])),
            titled("bundle_member", "bundle_number", called(row)),
            titled("bundle_member", "action", _action(row)),
            titled("bundle_member", "reason", words.told(row, "reason")),
            titled("bundle_member", "npv_cny", words.money(row["npv_cny"])),
            titled("bundle_member", "paid_cny", if_any(row["paid_cny"])),
            titled("bundle_member", "capex_cny", words.money(row["capex_cny"])),
            titled("bundle_member", "operator_capex_cny", if_any(row["operator_capex_cny"])),
            titled("bundle_member", "public_cny", if_any(row["public_cny"])),
            *_homes(row),
            source(row, is_sample=is_sample),
        ]
    )


def left_out(row: Row, *, is_sample: bool) -> str:
    """Return the card of a community in no bundle: what it lacks and what would make it fit."""
    return card(
        [
            titled("bundle_member", "lacks", words.coded("bundle_member", "lacks", row["lacks"])),
            titled("bundle_member", "reason", words.told(row, "reason")),
            titled("bundle_member", "least_subsidy_cny", if_any(row["least_subsidy_cny"])),
            titled("bundle_member", "npv_cny", words.money(row["npv_cny"])),
            titled("bundle_member", "capex_cny", words.money(row["capex_cny"])),
            *_homes(row),
            source(row, is_sample=is_sample),
        ]
    )


def _homes(row: Row) -> Iterable[Line]:
    for name in ("household_count", "elder_count", "benefit"):
        yield titled("bundle_member", name, words.number(row[name]) if is_any(row[name]) else words.NOTHING)
