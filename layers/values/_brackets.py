"""Units, magnitudes and terms in brackets beside a number: 3.5（亩）, 36（万元）, 60000（元/年）, 10（次）."""

from __future__ import annotations

import re
from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.values._text import split_notes
from layers.values._units import UNITS, factor_of, is_unit

if TYPE_CHECKING:
    from collections.abc import Mapping

_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_NUMERAL = re.compile(r"[0-9零〇一二两三四五六七八九十百千万亿半]")
_TAIL = re.compile(r"(?:[^0-9.]|(?<=m)2)*$")
"""What stands behind the last figure (``元`` of 60000元)."""
_MONEY_PER = re.compile(r"(?P<money>[百千万亿]*(?:元|rmb|cny)|[百千万亿]+)[/每].+")
_SMALL_MONEY = re.compile(r"[角毛分]钱?(?:[/每].+)?")
_BETWEEN = re.compile(r"[/·.每按]+|(?:(?<=m2)|(?<=[米方亩车辆]))(?=[年季月周天日次])")
"""What stands between the parts of a price (亩/年, 每亩每年), and where nothing does (㎡月, 车次)."""
_COUNT = r"(?P<count>[0-9]{1,2}|半|[一二两三四五六七八九十]{1,3})?(?P<pieces>个半?)?"
_TERM = re.compile(
    rf"(?P<first>[首前]?)[/每按包全整过]*{_COUNT}(?P<term>年|季度?|月|周|星期|天|日|晚|夜|次|小时|时|h|分钟)"
    r"(?:度|租金?|卡|票|费|保|均|收入?|总额|合计)?"
)
_NAMED_TERM = re.compile(r"[^0-9]*(?P<term>年|季)度?(?:租|费|卡|保|收入)[^0-9]*")
"""A term among other words: 含税年租金."""
_CALENDAR = frozenset("月日时")
"""With a figure and without 个 these are dates and hours of the clock: 3月, 15日, 8时."""
_SHORT = frozenset(("小时", "h", "分钟"))
_TERMS = frozenset(("年", "季", "季度", "月", "周", "天", "日", "次", "小时", "时", "分钟", "全天", "半小时", "全年"))
_EACH_OF = frozenset((*UNITS["stalls"], *UNITS["vehicles"], "车", "个"))
"""Prices are for one of these anyway: 600（车位） is a price of a stall."""
_COUNTED_AS: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "stalls": frozenset(("辆", "台", "部")),
        "households": frozenset(("间", "套")),
        "ports": frozenset(("台",)),
    }
)
"""Measure words of what stands for one of the things that a field counts: a stall a car, a household a flat."""
_WORKING_DAYS = frozenset(("工作日", "个工作日"))  # beside a price they say when it holds


def units_opened(cell: str, unit: str) -> str:
    """Return a cell with the brackets taken off whatever belongs to its number; other brackets stay.

    3.5(亩) becomes 3.5亩, (万元)36 becomes 36万元, 10(次) becomes 10元/次 in a column of prices. The number then means
    what it would mean without brackets, or cannot be read. A bracket that says the unit or the term of the field once
    more, or that the number has already, stays and says nothing new; so does what a price is for besides its term
    (500(元/车/月) becomes 500元/月(车)) and the measure word of a count.

    Parameters
    ----------
    cell
        The cell as plain text in simplified characters.
    unit
        Unit of the field.
    """
    first = _BRACKET.match(cell)
    if first is not None and _NUMERAL.search(cell[first.end() :]):
        cell = cell[first.end() :].lstrip() + first[0]
    text, at = "", 0
    for found in _BRACKET.finditer(cell):
        text += cell[at : found.start()]
        text += _opened(found[1], split_notes(text)[0], unit) or found[0]
        at = found.end()
    return text + cell[at:]


def _opened(inside: str, before: str, unit: str) -> str:
    """Return what a bracket adds to the number before it, other words of it still in brackets; empty for nothing."""
    if not _NUMERAL.search(before):
        return ""
    parts = re.split(r"[,;、]", inside)
    for number, part in enumerate(parts):
        said = _unit_in(re.sub(r"^单位:?|\s", "", part).lower(), unit)
        if said and (added := _added(before, said, unit)):
            rest = ",".join(parts[:number] + parts[number + 1 :])
            return added + (f"({rest})" if rest else "")
    return ""


def _unit_in(part: str, unit: str) -> str:
    """Return the unit, magnitude or term that a part of a bracket is, as it stands behind a number; else nothing."""
    if not part or factor_of(part, unit) is not None:
        return part
    if unit.startswith("CNY"):
        return _price_in(part, unit)
    is_foreign = (is_unit(part) or part in _TERMS) and part not in _COUNTED_AS.get(unit, ())
    return part if is_foreign else ""


def _price_in(part: str, unit: str) -> str:
    """Return for what a price is asked, as ``元/次``; nothing where the field says the same or it is other words."""
    money = _MONEY_PER.fullmatch(part)
    head = "" if money is None else money["money"]
    if (price := _composed(head, part.removeprefix(head), unit)) is not None:
        return price
    if money is not None or _SMALL_MONEY.fullmatch(part):
        return part
    if (found := _TERM.fullmatch(part)) is not None:
        return _term_in(found, unit)
    named, thing = _NAMED_TERM.fullmatch(part), part.lstrip("/每按")
    if named is not None:
        thing = named["term"]
    elif not is_unit(thing) or thing in _EACH_OF | _WORKING_DAYS:
        return ""
    return "" if _is_own(thing, unit) else f"元/{thing}"


def _composed(head: str, per: str, unit: str) -> str | None:
    """Return a price of several parts as ``元/亩·年`` or ``元/月(车)``; ``None`` where it has one, or other words.

    Whatever a field is not a price of anyway stands before the term, so that nobody takes it for one of the term alone.
    """
    parts = [part for part in _BETWEEN.split(per) if part]
    areas = ["m2" if UNITS["m2"][part] == 1.0 else part for part in parts if part in UNITS["m2"]]
    each = [part for part in parts if part in _EACH_OF and unit != "CNY/m2/month"]
    lengths = {part: _length(found) for part in parts if (found := _TERM.fullmatch(part)) is not None}
    terms = [length for length in lengths.values() if length]
    things = [part for part in parts if part not in {*UNITS["m2"], *each, *lengths} and is_unit(part)]
    if not parts[1:] or len(areas) + len(each) + len(terms) + len(things) < len(parts):
        return None
    is_of_term = not areas and not things
    is_own = factor_of(f"元/{'·'.join(things + areas + terms)}", unit) == 1.0
    if not head and (is_own or (is_of_term and any(_is_own(term, unit) for term in terms))):
        return ""
    money = head if head.endswith(("元", "rmb", "cny")) else f"{head}元"
    if each and is_of_term and len(terms) == 1:
        return f"{money}/{terms[0]}" + (f"({'、'.join(each)})" if head else "")
    return f"{money}/{'·'.join(things + each + areas + terms)}"


def _term_in(found: re.Match[str], unit: str) -> str:
    """Return the term of a price as ``元/半小时``; nothing for dates, for 首小时, and for the term of the field."""
    term = _length(found)
    return "" if not term or _is_own(term, unit) else f"元/{term}"


def _length(found: re.Match[str]) -> str:
    """Return how long a term is (半小时); nothing for dates and for 首小时."""
    count, pieces, term = found["count"] or "", found["pieces"] or "", found["term"]
    if found["first"] and not (count and term in _SHORT):
        return ""  # 首小时 and 前三年 say when a price holds
    if count == "24" and term in _SHORT:
        return "天"
    if count in ("", "1", "一"):
        return str(term)
    return "" if term in _CALENDAR and not pieces else f"{count}{pieces}{term}"


def _is_own(thing: str, unit: str) -> bool:
    """Return whether prices of a field are for this anyway (the month of a monthly rent)."""
    return any(factor_of(head + thing, unit) == 1.0 for head in ("元/", "元/m2·"))


def _added(before: str, said: str, unit: str) -> str:
    """Return what is new in a unit behind a text: 年 behind 60000元/, nothing behind a text that says it already."""
    found = _TAIL.search(before)
    tail = "" if found is None else found[0].strip().lower()
    if unit.startswith("CNY") and ("/" in tail or "每" in tail or ("每" in before and "/" in said)):
        return ""
    if tail and factor_of(tail, unit) == factor_of(said, unit) is not None:
        return ""
    shared = next(size for size in range(len(said), -1, -1) if before.endswith(said[:size]))
    return said[shared:]
