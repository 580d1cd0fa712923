"""What the offline page says of a decision: the card of a walk, a stop, a chosen site, in words; how a card is made."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.kinds._walks import WALK_THEMES
from layers.schema import kind
from maps import _folium_text as words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Row = Mapping[str, Any]
    Line = tuple[str, str]


def card(lines: Iterable[Line]) -> str:
    """Return titles with their values as HTML; what is not known is left out."""
    known = [f"<dt>{title}</dt><dd>{value}</dd>" for title, value in lines if value not in ("", words.NOTHING)]
    return f"<dl>{''.join(known)}</dl>"


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
            titled("route", "stop_count", words.number(row["stop_count"])),
            (words.both("主题", "Theme"), _themes(row["theme"])),
            (words.both("步行路径", "It follows"), words.coded("route", "way", row["way"])),
            (words.both("总价值", "Worth"), _walk_proof(row)),
            (words.both("提示", "What to know"), words.told(row, "note")),
            source(row, is_sample=is_sample),
        ]
    )


def walk_line(row: Row) -> str:
    """Return the one line of a walk in the list."""
    stops, (time, time_en), (way, way_en) = words.number(row["stop_count"]), _time(row["arrive_minutes"]), _way(row)
    return words.both(f"{stops} 处 · {time} · 步行 {way}", f"{stops} sights, {time_en}, {way_en} on foot")


def stop_heading(row: Row) -> str:
    """Return the number and the name of a stop."""
    return f"{words.number(row['stop_order'])}. {words.told(row, 'name')}"


def stop(row: Row, *, is_sample: bool) -> str:
    """Return the card of a stop: when, how long, how it is seen, its story."""
    return card(
        [
            (words.both("到达–离开", "Arrive, leave"), f"{_clock(row)} ({_minutes(row['arrive_minutes'])})"),
            (words.both("从上一站步行", "Walk from the one before"), _walked(row) if is_any(row["walk_m"]) else ""),
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
            source(row, is_sample=is_sample),
        ]
    )


def stop_line(row: Row) -> str:
    """Return the one line of a stop in the list."""
    way, way_en = _way(row)
    return f"{_clock(row)} · {words.both(f'步行 {way}', f'{way_en} on foot')}" if is_any(row["walk_m"]) else _clock(row)


def _clock(row: Row) -> str:
    return f"{words.text(row['arrive_clock'])}–{words.text(row['leave_clock'])}"


def _hours(row: Row) -> str:
    """Return when a whole walk starts and ends: it leaves before it arrives."""
    start, end = words.text(row["leave_clock"]), words.text(row["arrive_clock"])
    return f"{start}–{end} · {_minutes(row['arrive_minutes'])}"


def _waited(row: Row) -> str:
    return _minutes(row["wait_minutes"]) if is_any(row["wait_minutes"]) else words.NOTHING


def _walked(row: Row) -> str:
    return words.both(*_way(row))


def _way(row: Row) -> tuple[str, str]:
    """Return how long and how far a walk is, in both languages."""
    (time, time_en), metres = _time(row["walk_minutes"]), words.number(row["walk_m"])
    return f"{time} {metres} 米", f"{time_en}, {metres} m"


def _minutes(value: object) -> str:
    return words.NOTHING if words.is_null(value) else words.both(*_time(value))


def _time(value: object) -> tuple[str, str]:
    """Return minutes in both languages; of a short time with a decimal."""
    minutes = words.number(value, 0 if words.is_null(value) or float(value) >= 10 else 1)  # type: ignore[arg-type]
    return f"{minutes} 分钟", f"{minutes} min"


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
            titled("site_choice", "action", words.coded("site_choice", "action", row["action"])),
            (words.both("比前面的多", "Adds to those before it"), _gain(row)),
            titled("site_choice", "reason", words.told(row, "reason")),
            titled("site_choice", "room_units", words.number(row["room_units"])),
            titled("site_choice", "served_units", words.number(row["served_units"])),
            titled("site_choice", "communities", words.text(row["communities"])),
            titled("site_choice", "people_served", words.number(row["people_served"])),
            (words.both("平均步行", "Mean walk"), words.number(row["walk_m"], 0, " m")),
            titled("site_choice", "capex_cny", words.money(row["capex_cny"])),
            titled("site_choice", "permission", words.coded("site_choice", "permission", row["permission"])),
            titled("site_choice", "is_temporary", yes_no(row["is_temporary"])),
            titled("site_choice", "is_decided", yes_no(row["is_decided"])),
            (
                words.both("整个方案", "The whole choice"),
                choice + proof(row["choice_value"], row["choice_bound"], row["choice_gap"]),
            ),
            source(row, is_sample=is_sample),
        ]
    )


def site_line(row: Row) -> str:
    """Return the one line of a chosen site in the list."""
    action = words.both(*_code("site_choice", "action", row["action"]))
    return f"{action} · {_gain(row)} · {words.both(words.money(row['capex_cny']), million(row['capex_cny']))}"


def _gain(row: Row) -> str:
    gain = words.number(row["gain"])
    return words.NOTHING if gain == words.NOTHING else f"{gain} {words.coded('site_choice', 'gain_of', row['gain_of'])}"


def proof(value: object, bound: object, gap: object) -> str:
    """Return how good a whole decision is: its value, and how much better any could be."""
    if words.is_null(gap) or words.is_null(bound):
        return words.number(value)
    if float(gap) <= 1e-9:  # type: ignore[arg-type]
        return f"{words.number(value)} · {words.both('已证明没有更好的', 'proven: none is better')}"
    limit, share = words.number(bound), percent(gap)
    known = words.both(f"已证明的界 {limit}，离最优不超过 {share}", f"proven bound {limit}, within {share} of the best")
    return f"{words.number(value)} · {known}"


def million(cny: object) -> str:
    """Return an amount of CNY in millions, as English readers write it."""
    return words.NOTHING if words.is_null(cny) else words.number(float(cny) / 1e6, 2, " M CNY")  # type: ignore[arg-type]


def titled(kind_name: str, field: str, value: str) -> Line:
    """Return a value under the title that the schema gives its column."""
    of = kind(kind_name)[field]
    return words.both(of.zh, of.en), value


def _code(kind_name: str, field: str, value: object) -> tuple[str, str]:
    found = (kind(kind_name)[field].codes or {}).get(str(value))
    return found or (str(value), str(value))


def percent(share: object) -> str:
    """Return share as a percentage, or a dash."""
    return words.number(100 * float(share), 1, "%") if not words.is_null(share) else words.NOTHING  # type: ignore[arg-type]


def is_any(value: object) -> bool:
    """Return whether a number is known and not nothing."""
    return not words.is_null(value) and abs(float(value)) > 1e-9  # type: ignore[arg-type]


def if_any(cny: object) -> str:
    """Return an amount of money where there is any, else a dash."""
    return words.money(cny) if is_any(cny) else words.NOTHING


def yes_no(value: object) -> str:
    """Return yes or no in both languages."""
    return words.NOTHING if words.is_null(value) else words.both("是", "yes") if bool(value) else words.both("否", "no")


def source(row: Row, *, is_sample: bool) -> Line:
    """Return that a record is invented, where it is."""
    mine = not words.is_null(row.get("is_sample")) and bool(row["is_sample"])
    return words.both("数据", "Data"), words.both("示例数据", "Sample data, invented") if mine or is_sample else ""
