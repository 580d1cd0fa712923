"""Units, magnitudes and terms in brackets beside a number: 3.5（亩）, 36（万元）, 60000（元/年）, 10（次）."""

from __future__ import annotations

import re

from layers.values._text import split_notes
from layers.values._units import UNITS, factor_of, is_unit

_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]")
_NUMERAL = re.compile(r"[0-9零〇一二两三四五六七八九十百千万亿半]")
_TAIL = re.compile(r"(?:[^0-9.]|(?<=m)2)*$")
"""What stands behind the last figure (``元`` of 60000元)."""
_MONEY_PER = re.compile(r"[百千万亿]*(?:元|rmb|cny)[/每].+|[百千万亿]+[/每].+")
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
_WORKING_DAYS = frozenset(("工作日", "个工作日"))  # beside a price they say when it holds


def units_opened(cell: str, unit: str) -> str:
    """Return a cell with the brackets taken off whatever belongs to its number; other brackets stay.

    3.5(亩) becomes 3.5亩, (万元)36 becomes 36万元, 10(次) becomes 10元/次 in a column of prices. The number then means
    what it would mean without brackets, or cannot be read. A bracket that says the unit or the term of the field once
    more, or that the number has already, stays and says nothing new.

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
    return part if is_unit(part) or part in _TERMS else ""


def _price_in(part: str, unit: str) -> str:
    """Return for what a price is asked, as ``元/次``; nothing where the field says the same or it is other words."""
    if _MONEY_PER.fullmatch(part):
        return part
    if (found := _TERM.fullmatch(part)) is not None:
        return _term_in(found, unit)
    named, thing = _NAMED_TERM.fullmatch(part), part.lstrip("/每")
    if named is not None:
        thing = named["term"]
    elif not is_unit(thing) or thing in _EACH_OF | _WORKING_DAYS:
        return ""
    return "" if _is_own(thing, unit) else f"元/{thing}"


def _term_in(found: re.Match[str], unit: str) -> str:
    """Return the term of a price as ``元/半小时``; nothing for dates, for 首小时, and for the term of the field."""
    count, pieces, term = found["count"] or "", found["pieces"] or "", found["term"]
    if found["first"] and not (count and term in _SHORT):
        return ""  # 首小时 and 前三年 say when a price holds
    if count == "24" and term in _SHORT:
        return "元/天"
    if count in ("", "1", "一"):
        return "" if _is_own(term, unit) else f"元/{term}"
    return "" if term in _CALENDAR and not pieces else f"元/{count}{pieces}{term}"


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
