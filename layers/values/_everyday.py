"""What offices write for numbers and codes: 无 of stalls, 5元/小时封顶40, 固定600/非固定450, 空置率5%."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from layers.quality import Text
from layers.values._text import Reading, plain, split_notes, unreadable
from layers.values._written import number_as_written, quantity_as_written

if TYPE_CHECKING:
    from layers.schema import Field

_COUNTED = frozenset(("stalls", "piles", "ports"))
"""Things of which a place may have none; no households, no area or no price means that nobody knows."""
_NONE = re.compile(
    r"(?:无|没有|没)(?:停?车位|停车泊位|泊位|充电车位|充电桩|快充桩?|桩|充电端口|端口|充电枪|枪|插座)?|未(?:设置?|配建|配置|安装)"
)
_AMOUNT = r"[0-9]+(?:\.[0-9]+)?"
_FRONT = rf"(?:(?P<low>{_AMOUNT})元?[-~至])?(?P<front>{_AMOUNT})元"
_BACK = rf"(?P<back>{_AMOUNT})(?:元?[-~至](?P<high>{_AMOUNT}))?元"
_HOURLY = re.compile(rf"{_FRONT}[/每]?(?:个?小时|时|h)|每(?:个?小时|时):?{_BACK}")
_MONTHLY = re.compile(rf"{_FRONT}[/每](?:个?月)|每(?:个月|月):?{_BACK}")
_BY_MINUTES = re.compile(rf"{_AMOUNT}元[/每]?(?:[0-9]+分钟|半个?小时)")
"""A price of less than an hour: beside one of an hour it is that of another time of day."""
_OTHER_TERM = re.compile(rf"{_AMOUNT}元[/每]?(?P<term>次|天|日|晚|夜|年|季度?|[0-9]+分钟|半个?小时)")
_TERMS = {"日": "天", "夜": "晚", "季": "季度"}
_EACH = re.compile(rf"[^0-9次天日晚夜年季时封]{{0,8}}:?(?P<price>{_AMOUNT})元?")
"""One of several monthly prices: whom or what it is for, and the price (固定600)."""
_HOUR = "(?:[01]?[0-9]|2[0-4])"
_TIME_OF_DAY = re.compile(rf"(?<![0-9]){_HOUR}:[0-5][0-9]|(?<![0-9.]){_HOUR}-{_HOUR}(?= [0-9])")
"""7:30, and 8-22 before a price."""
_STRAY_SPACE = re.compile(r"[0-9] +(?![0-9]{3}(?![0-9]))[0-9]")
"""A space inside a number, or between two: nobody knows; before three digits it is one between thousands (1 000)."""
_FREE = frozenset(("免费", "不收费", "免费停车", "全天免费"))
_NOT_SOLD = frozenset(("不办理", "不办", "无月保", "没有月保", "不办月保", "不办理月保", "不设月保"))

_SHARE = re.compile(
    r"(?P<what>空置|闲置|出租|在租|已租|入住|租用)(?P<is_rate>率|比例|(?:面积)?占比)?[:为达是]?(?:约|近|超过?)?"
    r"(?P<percent>[0-9]+(?:\.[0-9]+)?) ?(?P<sign>%)?"
)
_COUNT = "[0-9一二两三四五六七八九十]"
_EMPTY = "(?:空置|闲置|空闲|空关|未出租|未租)"
_PART_EMPTY = re.compile(
    rf"(?:[部局]分|部份|局部|一?半|大半|多数|少量|个别|(?:{_COUNT}[、至和-]?)+[层楼间]|首层)"
    rf"(?:房间|房屋|单元|面积|楼层)?[为是仍现]?{_EMPTY}|"
    rf"{_EMPTY}(?:一?半|过半|部分|[二两三四五六七八九]成|[二三四五]分之[一二三四]|约?[0-9.]+(?:m2|平方米|平米)|{_COUNT}+[间套]|两层)"
)
"""部分空置, 二层空置, 空置一半, 空置2间; for how long (空置3个月) is no part; 空置二层 may be all of a flat."""


def everyday_code(cell: str, field: Field) -> Reading | None:
    """Return what a cell says of how much of a house is empty; ``None`` where it says nothing of it.

    Parameters
    ----------
    cell
        The cell in half-width forms and simplified characters.
    field
        The coded field that it stands in; one without a code for a part is left empty by a part.
    """
    codes, text = field.codes or {}, cell.replace(" ", "")
    if "vacant" not in codes:
        return None
    empty = _empty_percent(text)
    if empty is None and not _PART_EMPTY.search(text):
        return None
    code = "vacant" if empty == 100 else "let" if empty == 0 else "partly_let"
    if code not in codes:
        return unreadable(
            f"“{cell}”说的是空置多少，不是使用现状，已置空，原文留在备注",
            f"{cell!r} tells how much is empty, no present use: set to null, its words kept in the remark",
            rule="code_unknown",
        )
    zh, en = codes[code]
    return Reading(code, "code_read_as", f"“{cell}”读作“{zh}”", f"{cell!r} read as {en!r}", keep_text=True)


def _empty_percent(text: str) -> float | None:
    """Return how much of a house stands empty, by its rate, bare up to 1 a share; ``None`` where there is none."""
    found = _SHARE.search(text)
    if found is None or not (found["is_rate"] or found["sign"]) or float(found["percent"]) > 100:
        return None
    told = float(found["percent"]) * (1 if found["sign"] or float(found["percent"]) > 1 else 100)
    return told if found["what"] in ("空置", "闲置") else 100 - told


def everyday_amount(text: str, field: Field) -> Reading | None:
    """Return what a cell says that is no number as such; ``None`` where nothing is known of its words.

    Parameters
    ----------
    text
        The cell.
    field
        The field of numbers that it stands in.
    """
    cell = plain(text)
    bare, has_notes = split_notes(cell)
    bare = bare.replace(" ", "").lower()
    if field.unit in _COUNTED and _NONE.fullmatch(bare):
        return Reading(0.0, "none_is_zero", f"“{cell}”读作 0", f"{cell!r} read as 0", keep_text=has_notes)
    if not field.name.startswith("tariff_cny"):
        return None
    told = _TIME_OF_DAY.sub(";", split_notes(cell)[0])
    if _STRAY_SPACE.search(told):
        return unreadable(
            "数字之间有空格，不知是一个数还是两个，已置空，原文留在备注",
            "a space between digits, one number or two: set to null, its words kept in the remark",
            rule="ambiguous",
        )
    return _tariff(told.replace(" ", "").lower(), field)


def _tariff(text: str, field: Field) -> Reading | None:
    """Return the hourly or monthly price that a tariff states, or why it states none."""
    is_monthly = field.unit == "CNY/month"
    if text in _FREE:
        return Reading(0.0, "words_in_cell", "免费，取 0", "free: 0 taken", keep_text=True)
    if is_monthly and text in _NOT_SOLD:
        said = Text("写明不办月保，没有月价", "says that none is sold by the month")
        return unreadable(f"{said.zh}，原文留在备注", f"{said.en}; its words kept in the remark", rule="no_price")
    prices = _prices(text, _MONTHLY if is_monthly else _HOURLY)
    if not is_monthly and prices and (other := _BY_MINUTES.search(text)):
        return unreadable(
            "另有按分钟的价格，小时单价不定，已置空，原文留在备注",
            f"another price by the minute ({other[0]}), which holds is open: set to null, its words kept in the remark",
            rule="other_term",
        )
    if is_monthly and not prices:
        prices = _labelled(text)
    if prices:
        return _priced(prices, field)
    if (other := _OTHER_TERM.search(text)) is None:
        return None
    term, wanted = _TERMS.get(other["term"], other["term"]), "月价" if is_monthly else "小时单价"
    return unreadable(
        f"按{term}收费，没有{wanted}，已置空，原文留在备注",
        f"charged by another term ({other[0]}), no price for this one: set to null, its words kept in the remark",
        rule="other_term",
    )


def _prices(text: str, pattern: re.Pattern[str]) -> list[float]:
    ends = [found.group("low", "front", "back", "high") for found in pattern.finditer(text)]
    return [float(price) for found in ends for price in found if price]


def _labelled(text: str) -> list[float]:
    """Return prices that are told apart by words alone; none where any part of the cell is something else."""
    parts = [_EACH.fullmatch(part) for part in re.split(r"[/、,;，；]", text)]
    return [float(part["price"]) for part in parts if part] if all(parts) else []


def _priced(prices: list[float], field: Field) -> Reading:
    """Return the price, of several the middle; what else the cell says stays in the remark."""
    low, high = min(prices), max(prices)
    shown = quantity_as_written((low + high) / 2, field.unit)
    if low == high:
        told = Text(f"另有说明，取 {shown.zh}", f"words set aside, {shown.en} taken")
    else:
        ends = number_as_written(low), number_as_written(high)
        told = Text(
            f"有几个价格，取中间 {shown.zh}（{ends[0]} 至 {ends[1]}）",
            f"several prices, the middle {shown.en} taken ({ends[0]} to {ends[1]})",
        )
    return Reading((low + high) / 2, "approximate", told.zh, told.en, keep_text=True)
