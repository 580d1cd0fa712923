"""What the offline page says of a decision: the card of a bundle, a member, a walk, a stop, a chosen site, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.kinds._walks import WALK_THEMES
from layers.schema import kind
from maps import _folium_text as words
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


def card(lines: Iterable[Line]) -> str:
    """Return titles with their values as HTML; what is not known is left out."""
    known = [f"<dt>{title}</dt><dd>{value}</dd>" for title, value in lines if value not in ("", words.NOTHING)]
    return f"<dl>{''.join(known)}</dl>"


def bundle(row: Row, members: Sequence[Row], *, is_sample: bool) -> str:
    """Return the card of a bundle: who is in it and why, what it costs and brings, when its account is lowest."""
    return card(
        [
            (words.both("受益", "Who gains"), _people(row)),
            _titled("bundle", "benefit", words.number(row["benefit"])),
            (words.both("总投资", "Capex"), _paid_by(row)),
            (words.both("净现值", "NPV to the operator"), _npv(row)),
            (words.both("最大累计亏空", "Deepest deficit"), _deepest(row)),
            (words.both("开始", "Starts"), _year(row["start_year"]) if _is_any(row["start_year"]) else words.NOTHING),
            _titled("bundle", "transfer_in_cny", _if_any(row["transfer_in_cny"])),
            _titled("bundle", "transfer_out_cny", _if_any(row["transfer_out_cny"])),
            _titled("bundle", "public_holds", _yes_no(row["public_holds"])),
            (words.both("成员和理由", "Members, and why"), _members(members)),
            _titled("bundle", "sensitive_to", words.told(row, "sensitive_to")),
            _titled("bundle", "note", words.told(row, "note")),
            (words.both("全部包", "All bundles"), _proof(row["plan_benefit"], row["plan_bound"], row["plan_gap"])),
            _source(row, is_sample=is_sample),
        ]
    )


def called(row: Row) -> str:
    """Return what a bundle is called on the map: its number."""
    return f"{words.number(row['bundle_number'])}号包"


def bundle_line(row: Row) -> str:
    """Return the one line of a bundle in the list."""
    members, homes = words.number(row["member_count"], 0, " 个成员"), words.number(row["household_count"], 0, " 户")
    return f"{members} · {homes} · 投资 {words.money(row['capex_cny'])} · 净现值 {words.money(row['npv_cny'])}"


def _people(row: Row) -> str:
    homes = words.number(row["household_count"], 0, " 户")
    elders = words.number(row["elder_count"], 0, " 名老人")
    return f"{words.number(row['community_count'], 0, ' 个小区')} · {homes} · {elders}"


def _paid_by(row: Row) -> str:
    parts = [
        words.both(f"{zh} {words.money(row[name])}", en) for name, (zh, en) in PAYERS.items() if _is_any(row[name])
    ]
    return f"{words.money(row['capex_cny'])}<br>{' · '.join(parts)}" if parts else words.money(row["capex_cny"])


def _npv(row: Row) -> str:
    spread = words.band(words.money(row["npv_p10_cny"]), words.money(row["npv_p90_cny"]))
    share = _percent(row["balance_probability"])
    chance = words.both(f"有 {share} 的情形能平衡", f"balances in {share} of draws")
    return f"{words.money(row['npv_cny'])} {spread}".strip() + ("" if share == words.NOTHING else f"<br>{chance}")


def _deepest(row: Row) -> str:
    if words.is_null(row["deepest_deficit_cny"]):
        return words.NOTHING
    if not _is_any(row["deepest_deficit_cny"]):
        return words.both("各年均不亏", "Never below zero")
    return f"{words.money(row['deepest_deficit_cny'])} · {_year(row['deepest_year'])}"


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
            _titled("bundle_member", "role", words.coded("bundle_member", "role", row["role"])),
            _titled("bundle_member", "bundle_number", called(row)),
            _titled("bundle_member", "action", _action(row)),
            _titled("bundle_member", "reason", words.told(row, "reason")),
            _titled("bundle_member", "npv_cny", words.money(row["npv_cny"])),
            _titled("bundle_member", "paid_cny", _if_any(row["paid_cny"])),
            _titled("bundle_member", "capex_cny", words.money(row["capex_cny"])),
            _titled("bundle_member", "operator_capex_cny", _if_any(row["operator_capex_cny"])),
            _titled("bundle_member", "public_cny", _if_any(row["public_cny"])),
            *_homes(row),
            _source(row, is_sample=is_sample),
        ]
    )


def left_out(row: Row, *, is_sample: bool) -> str:
    """Return the card of a community in no bundle: what it lacks and what would make it fit."""
    return card(
        [
            _titled("bundle_member", "lacks", words.coded("bundle_member", "lacks", row["lacks"])),
            _titled("bundle_member", "reason", words.told(row, "reason")),
            _titled("bundle_member", "least_subsidy_cny", _if_any(row["least_subsidy_cny"])),
            _titled("bundle_member", "npv_cny", words.money(row["npv_cny"])),
            _titled("bundle_member", "capex_cny", words.money(row["capex_cny"])),
            *_homes(row),
            _source(row, is_sample=is_sample),
        ]
    )


def _homes(row: Row) -> Iterable[Line]:
    for name, unit in (("household_count", " 户"), ("elder_count", " 人"), ("benefit", "")):
        yield _titled("bundle_member", name, words.number(row[name], 0, unit) if _is_any(row[name]) else words.NOTHING)


def walk(row: Row, *, is_sample: bool) -> str:
    """Return the card of a walk: how long it takes, of what, and how good it is."""
    return card(
        [
            (words.both("时间", "Time"), _hours(row)),
            (words.both("步行", "On foot"), _walked(row)),
            (words.both("停留", "At sights"), _minutes(row["stay_minutes"])),
            (
                words.both("等候", "Waited"),
                _waited(row),
            ),
            _titled("route", "stop_count", words.number(row["stop_count"], 0, " 处")),
            (words.both("主题", "Theme"), _themes(row["theme"])),
            (words.both("步行路径", "It follows"), words.coded("route", "way", row["way"])),
            (words.both("总价值", "Worth"), _walk_proof(row)),
            (words.both("提示", "What to know"), words.told(row, "note")),
            _source(row, is_sample=is_sample),
        ]
    )


def walk_line(row: Row) -> str:
    """Return the one line of a walk in the list."""
    return f"{words.number(row['stop_count'], 0, ' 处')} · {_minutes(row['arrive_minutes'])} · {_walked(row)}"


def stop_heading(row: Row) -> str:
    """Return the number and the name of a stop."""
    return f"{words.number(row['stop_order'])}. {words.told(row, 'name')}"


def stop(row: Row, *, is_sample: bool) -> str:
    """Return the card of a stop: when, how long, how it is seen, its story."""
    return card(
        [
            (words.both("到达–离开", "Arrive, leave"), f"{_clock(row)} ({_minutes(row['arrive_minutes'])})"),
            (words.both("从上一站步行", "Walk from the one before"), _walked(row) if _is_any(row["walk_m"]) else ""),
            (
                words.both("等候", "Waited"),
                _waited(row),
            ),
            (words.both("停留", "Stay"), _minutes(row["stay_minutes"])),
            (words.both("看法", "How it is seen"), words.coded("route", "visit", row["visit"])),
            (words.both("主题", "Theme"), _themes(row["theme"])),
            (words.both("提示", "What to know"), words.told(row, "note")),
            (words.both("故事", "Story"), words.told(row, "story")),
            (words.both("价值", "Worth"), words.number(row["value"], 2)),
            _source(row, is_sample=is_sample),
        ]
    )


def stop_line(row: Row) -> str:
    """Return the one line of a stop in the list."""
    way = f" · 步行 {_walked(row)}" if _is_any(row["walk_m"]) else ""
    return f"{_clock(row)}{way}"


def _clock(row: Row) -> str:
    return f"{words.text(row['arrive_clock'])}–{words.text(row['leave_clock'])}"


def _hours(row: Row) -> str:
    """Return when a whole walk starts and ends: it leaves before it arrives."""
    start, end = words.text(row["leave_clock"]), words.text(row["arrive_clock"])
    return f"{start}–{end} · {_minutes(row['arrive_minutes'])}"


def _waited(row: Row) -> str:
    return _minutes(row["wait_minutes"]) if _is_any(row["wait_minutes"]) else words.NOTHING


def _walked(row: Row) -> str:
    return f"{_minutes(row['walk_minutes'])} {words.number(row['walk_m'], 0, ' 米')}"


def _minutes(value: object) -> str:
    """Return minutes; of a short time with a decimal."""
    return words.number(value, 0 if words.is_null(value) or float(value) >= 10 else 1, " 分钟")  # type: ignore[arg-type]


def _themes(codes: object) -> str:
    """Return the themes of a walk or a stop, which are written as codes with commas."""
    if words.is_null(codes):
        return words.NOTHING
    return "、".join(words.both(*WALK_THEMES.get(code, (code, code))) for code in str(codes).split(","))


def _walk_proof(row: Row) -> str:
    if not words.is_null(row["is_proven"]) and bool(row["is_proven"]):
        return f"{words.number(row['value'], 2)} · {words.both('已证明最优', 'proven best')}"
    bound = words.number(row["value_bound"], 2)
    known = words.both(f"任何线路不超过 {bound}", f"no walk is worth more than {bound}")
    return f"{words.number(row['value'], 2)} · {known}" if bound != words.NOTHING else words.number(row["value"], 2)


def site_heading(row: Row) -> str:
    """Return the order and the name of a chosen site."""
    return f"{words.number(row['site_order'])}. {words.named(row['name'], row['asset_kind'])}"


def site(row: Row, *, is_sample: bool) -> str:
    """Return the card of a chosen site: what it adds, whom it serves, what it costs."""
    choice = f"{words.both(*_code('site_choice', 'mode', row['mode']))}<br>"
    return card(
        [
            _titled("site_choice", "action", words.coded("site_choice", "action", row["action"])),
            (words.both("比前面的多", "Adds to those before it"), _gain(row)),
            _titled("site_choice", "reason", words.told(row, "reason")),
            _titled("site_choice", "room_units", words.number(row["room_units"])),
            _titled("site_choice", "served_units", words.number(row["served_units"])),
            _titled("site_choice", "communities", words.text(row["communities"])),
            _titled("site_choice", "people_served", words.number(row["people_served"], 0, " 人")),
            (words.both("平均步行", "Mean walk"), words.number(row["walk_m"], 0, " 米")),
            _titled("site_choice", "capex_cny", words.money(row["capex_cny"])),
            _titled("site_choice", "permission", words.coded("site_choice", "permission", row["permission"])),
            _titled("site_choice", "is_temporary", _yes_no(row["is_temporary"])),
            _titled("site_choice", "is_decided", _yes_no(row["is_decided"])),
            (
                words.both("整个方案", "The whole choice"),
                choice + _proof(row["choice_value"], row["choice_bound"], row["choice_gap"]),
            ),
            _source(row, is_sample=is_sample),
        ]
    )


def site_line(row: Row) -> str:
    """Return the one line of a chosen site in the list."""
    action, _ = _code("site_choice", "action", row["action"])
    return f"{words.esc(action)} · {_gain(row)} · {words.money(row['capex_cny'])}"


def _gain(row: Row) -> str:
    gain = words.number(row["gain"])
    return words.NOTHING if gain == words.NOTHING else f"{gain} {words.coded('site_choice', 'gain_of', row['gain_of'])}"


def _proof(value: object, bound: object, gap: object) -> str:
    """Return how good a whole decision is: its value, and how much better any could be."""
    if words.is_null(gap) or words.is_null(bound):
        return words.number(value)
    if float(gap) <= 1e-9:  # type: ignore[arg-type]
        return f"{words.number(value)} · {words.both('已证明没有更好的', 'proven: none is better')}"
    limit, share = words.number(bound), _percent(gap)
    known = words.both(f"已证明的界 {limit}，差距 {share}", f"proven bound {limit}, gap {share}")
    return f"{words.number(value)} · {known}"


def _titled(kind_name: str, field: str, value: str) -> Line:
    """Return a value under the title that the schema gives its column."""
    of = kind(kind_name)[field]
    return words.both(of.zh, of.en), value


def _code(kind_name: str, field: str, value: object) -> tuple[str, str]:
    found = (kind(kind_name)[field].codes or {}).get(str(value))
    return found or (str(value), str(value))


def _percent(share: object) -> str:
    return words.number(100 * float(share), 1, "%") if not words.is_null(share) else words.NOTHING  # type: ignore[arg-type]


def _is_any(value: object) -> bool:
    return not words.is_null(value) and abs(float(value)) > 1e-9  # type: ignore[arg-type]


def _if_any(cny: object) -> str:
    return words.money(cny) if _is_any(cny) else words.NOTHING


def _yes_no(value: object) -> str:
    return words.NOTHING if words.is_null(value) else words.both("是", "yes") if bool(value) else words.both("否", "no")


def _source(row: Row, *, is_sample: bool) -> Line:
    mine = not words.is_null(row.get("is_sample")) and bool(row["is_sample"])
    return words.both("数据", "Data"), words.both("示例数据", "Sample data, invented") if mine or is_sample else ""
