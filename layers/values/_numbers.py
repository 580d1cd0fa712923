"""Numbers as ledgers write them: 约300, 三百多, 36500平方米, 2.3万, 200+30（地面）, 86%."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.values._brackets import units_opened
from layers.values._script import simplified
from layers.values._text import MISSING, Reading, is_missing, plain, split_notes, unreadable
from layers.values._units import factor_of, is_counted
from layers.values._written import number_as_written, quantity_as_written

if TYPE_CHECKING:
    from collections.abc import Mapping

APPROXIMATE_SHARE = 0.1
"""ASSUMPTION: 约, 左右 and ≈ mean within 10 % either way, 以上 at most 10 % more and 不足 at most 10 % less; no source
states a width, and only the finding shows it."""

EITHER_WITHIN = 2.0
"""ASSUMPTION: two areas in one cell, the larger at most twice the smaller, are two sayings of one area."""

_DIGITS = dict(zip("零〇一二三四五六七八九两", (0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 2), strict=True))
_POWERS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000, "亿": 100_000_000}
_CHINESE = "零〇一二两三四五六七八九十百千万亿"
_SPOKEN = re.compile(r"[百千万亿][一二两三四五六七八九]$")
_NEIGHBOURS = re.compile(
    rf"(?P<head>[{_CHINESE}]*?)(?P<low>[一二两三四五六七八])(?P<high>[二两三四五六七八九])(?P<tail>[十百千万亿]*)"
)
"""Two digits side by side before a power, or last: 六七百, 三五百, 十七八, 两三."""
_SIDE_BY_SIDE = frozenset((*zip("一二两三三四五六七八", "两三三四五五六七八九", strict=True), ("一", "二")))
"""Digits that follow each other, and 三五; 一九 and 二五 are no range."""
_HUNDRED_ODD = re.compile(r"一?百十")
_SEPARATORS = re.compile(r"(?<=[0-9])[, ](?=[0-9]{3}(?![0-9]))")
_TWO_NUMBERS = re.compile(r"[0-9] +[0-9]")  # nobody knows which of them is meant
_RANGES = {"-": "range", "~": "range", "至": "range"}
_JOINTS = {**_RANGES, "+": "sum", "*": "product", "x": "product"}
_ABOUT = re.compile(r"^(?:大约|大概|约|将近|近|估计|暂估|≈|~)|(?:左右|上下)$")
_ABOUT_NOTE = re.compile(r"[(\[](?:大约|大概|约|约数|概数|估|估计|估算|估数|估算数|暂估|左右|上下)[)\]]")
_AT_LEAST = re.compile(r"^(?:超过|超|逾|大于|不少于|至少|上(?=[百千万])|>=?|≥)|(?:以上|起|\+[^0-9]*)$")
_AT_MOST = re.compile(r"^(?:不足|不到|小于|少于|不超过|至多|最多|<=?|≤)|(?:以内|以下)$")
_QUANTITY = re.compile(
    rf"(?P<number>[-+]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)|[{_CHINESE}]+)(?P<scale>百万|千万|[百千万亿]?)(?P<more>[多余几来]?)"
    rf"(?P<unit>(?:[^0-9{_CHINESE}+*~]|千(?=[瓦米])|(?<=m)2)*)"
)
_EITHER = re.compile(r"(?P<left>[0-9]{3,}[.0-9]*)(?P<own>m2|[^0-9/]*)/(?P<right>[0-9]{3,}[.0-9]*)(?P<unit>m2|[^0-9/]*)")
"""1500/1800; of fewer digits it may be a date or a fraction."""
_OTHER = rf"[^0-9{_CHINESE}半+*~]+"
_AND_A_HALF = re.compile(rf"(?P<number>[0-9]+|[{_CHINESE}]+)(?P<unit>{_OTHER})半|半(?P<alone>{_OTHER})")
"""三亩半, 2亩半, 半亩."""
_INCOME = re.compile(r"收入|收益|分成")
_PLAIN = re.compile(r"[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:e[-+]?[0-9]{1,3})?", re.IGNORECASE)
_LABELLED = re.compile(r"(?:快充|慢充|快|慢|直流|交流|地上|地下|地面|室内|室外):?([0-9]+)(?:个|台|桩|位)?[,;、 ]*")


@dataclass(frozen=True)
class _Amount:
    value: float
    low: float | None
    high: float | None
    rule: str = ""


def chinese_number(text: str) -> int | None:
    """Return the number that Chinese numerals write, ``None`` where they do not.

    三百 -> 300, 一九九四 -> 1994; a last digit right behind 百, 千, 万 or 亿 counts the power below, as it is spoken
    (:func:`is_spoken`): 二百五 -> 250, 一万五 -> 15,000, but 二百零五 -> 205.
    """
    if not text or any(character not in _CHINESE for character in text):
        return None
    if all(character in _DIGITS for character in text):
        return int("".join(str(_DIGITS[character]) for character in text))
    total, section, digit = 0, 0, 0
    for character in text:
        if character in _DIGITS:
            if digit:
                return None  # 五三百 is a slip, 六七百 a range
            digit = _DIGITS[character]
        elif (power := _POWERS[character]) >= 10_000:
            total, section, digit = (total + section + digit or 1) * power, 0, 0
        else:
            section, digit = section + (digit or 1) * power, 0
    return total + section + digit * (_POWERS[text[-2]] // 10 if is_spoken(text) else 1)


def is_spoken(text: str) -> bool:
    """Return whether Chinese numerals leave out their last power (二百五 for 二百五十)."""
    return _SPOKEN.search(text) is not None


def parse_number(text: str, unit: str, *, stated_unit: str = "", is_whole: bool = False) -> Reading:
    """Return the number in a cell, in the unit of its field.

    Parameters
    ----------
    text
        The cell.
    unit
        Unit of the field (``m2``, ``CNY/month``, ``fraction`` …).
    stated_unit
        Unit that the column title or the sheet states; a unit in the cell comes first.
    is_whole
        Whether the field counts things; anything else is rounded and said.
    """
    cell = _SEPARATORS.sub("", simplified(plain(text)))
    if is_missing(cell):
        return MISSING
    bare, has_notes = split_notes(units_opened(cell, unit))
    amount = _amount_in(cell, unit, stated_unit)
    if amount is None and unit.startswith("CNY") and _INCOME.search(bare):
        return unreadable(
            "写的是收入的去向或预计，不是金额：不计入，原文留在备注",
            "says where income goes or what is expected, no amount: not counted, its words kept in the remark",
            rule="income_not_counted",
        )
    if amount is None or not math.isfinite(amount.value):
        return unreadable("不是可读的数值，已置空", "cannot be read as a number, set to null")
    value, rule = float(f"{amount.value:.15g}"), amount.rule
    if unit == "fraction" and stated_unit == "%" and bare == "1":
        return unreadable("1 可能是 1% 也可能是 100%，已置空", "1 may be 1 % or 100 %, set to null", rule="ambiguous")
    if unit == "fraction":
        value, rule = _share(value, bare, stated_unit, rule)
    return _told(value, amount, rule, unit, has_notes=has_notes, is_whole=is_whole)


def number_range(
    text: str, unit: str, *, stated_unit: str = "", is_whole: bool = False
) -> tuple[float, float, float] | None:
    """Return the number that a cell tells about, as :func:`parse_number` reads it, and between what it lies.

    ``None`` for an exact number and for what is none. Of at least or at most so many only one end is told: the other
    is as far off as that of a number told about (:data:`APPROXIMATE_SHARE`).

    Parameters
    ----------
    text, unit, stated_unit, is_whole
        As :func:`parse_number` takes them.
    """
    amount = _amount_in(_SEPARATORS.sub("", simplified(plain(text))), unit, stated_unit)
    if amount is None or amount.rule not in ("approximate", "range"):
        return None
    width = abs(amount.value) * APPROXIMATE_SHARE
    low = amount.value - width if amount.low is None else amount.low
    high = amount.value + width if amount.high is None else amount.high
    if not (math.isfinite(low) and low <= amount.value <= high and math.isfinite(high)):
        return None
    return math.floor(amount.value + 0.5) if is_whole else amount.value, low, high


def _amount_in(cell: str, unit: str, stated_unit: str) -> _Amount | None:
    """Return what a cell says without its brackets; one that holds only 约 or 估 makes it about so many."""
    opened = units_opened(cell, unit)
    bare, _ = split_notes(opened)
    factor = factor_of(stated_unit, unit)
    amount = None if _TWO_NUMBERS.search(bare) else _expression(bare, unit, 1.0 if factor is None else factor)
    is_about = amount is not None and not amount.rule and _ABOUT_NOTE.search(opened) is not None
    return _bounded(amount, "about") if is_about else amount


def _told(value: float, amount: _Amount, rule: str, unit: str, *, has_notes: bool, is_whole: bool) -> Reading:
    if is_whole and value != round(value):
        value, rule = math.floor(value + 0.5), rule or "rounded"
    low, high = ("?" if end is None else number_as_written(end) for end in (amount.low, amount.high))
    zh, en = quantity_as_written(value, unit)
    if rule in ("approximate", "range"):
        between = f"{low} 至 {high}", f"{low} to {high}"
        return Reading(
            value, rule, f"估数，取 {zh}（{between[0]}）", f"not exact: {en} taken ({between[1]})", keep_text=True
        )
    sentences = {
        "spoken": (f"口语省去了末尾的单位，读作 {zh}", f"its last power is left out as in speech, read as {en}"),
        "sum": (f"几个数合计为 {zh}", f"several numbers added to {en}"),
        "product": (f"相乘为 {zh}", f"numbers multiplied to {en}"),
        "unit": (f"单元格另有单位，换算为 {zh}", f"the cell has a unit of its own, converted to {en}"),
        "percent": (f"按百分数读作 {zh}", f"read as a percentage: {en}"),
        "rounded": (f"不是整数，取 {zh}", f"not a whole number, {en} taken"),
        "": (f"括号内另有说明，取 {zh}", f"words in brackets set aside, {en} taken"),
    }
    if not rule and not has_notes:
        return Reading(value)
    zh, en = sentences[rule]
    return Reading(value, rule or "words_in_cell", zh, en, keep_text=rule != "percent")


def _share(value: float, bare: str, stated_unit: str, rule: str) -> tuple[float, str]:
    """Return a share of 1: ``86%`` is 0.86; a bare number above 1 is a percentage; 0.72 below a % title is 72 %."""
    if "%" in bare or "‰" in bare:
        return value, "" if rule == "unit" else rule
    stated = value / 0.01 if stated_unit == "%" else value
    if stated > 1:
        return stated / 100, rule or ("" if stated_unit == "%" else "percent")
    return stated, rule or ("percent" if stated_unit == "%" and stated > 0 else "")


def _expression(bare: str, unit: str, stated: float) -> _Amount | None:
    """Return what a cell without brackets says: one quantity, about one, a range, a sum or a product."""
    if not unit.startswith("CNY/") and _LABELLED.match(bare) and "".join(_LABELLED.split(bare)[::2]) == "":
        return _Amount(float(sum(int(number) for number in _LABELLED.findall(bare))), None, None, "sum")
    text = bare.replace(" ", "")
    if _PLAIN.fullmatch(text):
        return _quantity(text, unit, stated)
    if unit.startswith("CNY") and text.startswith("¥"):
        return _in_yuan(text[1:], unit, stated)
    text = re.sub(r"^(?:合计|总计|共计|共|总)(?=.)", "", text)
    for pattern, kind in ((_ABOUT, "about"), (_AT_LEAST, "least"), (_AT_MOST, "most")):
        inner = pattern.sub("", text)
        if inner and inner != text:
            spread = _joined(inner, unit, stated, _RANGES) if kind == "about" else None
            return spread or _bounded(_quantity(inner, unit, stated), kind)  # 约300-350 is no wider than it says
    return _either(text, unit, stated) or _joined(text, unit, stated, _JOINTS) or _quantity(text, unit, stated)


def _either(text: str, unit: str, stated: float) -> _Amount | None:
    """Return two areas with a slash between them (1500/1800) as a range: whichever is meant lies in it.

    Of two that lie further apart than :data:`EITHER_WITHIN` nobody can say whether they speak of one thing.
    """
    if unit != "m2" or (found := _EITHER.fullmatch(text)) is None:
        return None
    ends = (found["left"] + (found["own"] or found["unit"]), found["right"] + found["unit"])
    low, high = sorted(math.nan if (end := _quantity(part, unit, stated)) is None else end.value for part in ends)
    return _Amount((low + high) / 2, low, high, "range") if 0 < low < high <= EITHER_WITHIN * low else None


def _joined(text: str, unit: str, stated: float, joints: Mapping[str, str]) -> _Amount | None:
    """Return two quantities with the first of some signs between them as one amount, ``None`` without such a sign."""
    for separator, rule in joints.items():
        left, found, right = text.partition(separator)
        if found and left and right:
            return _pair(left, right, rule, unit, stated)
    return None


def _in_yuan(text: str, unit: str, stated: float) -> _Amount | None:
    amount = _expression(text, unit, 1.0)
    if amount is None or stated == 1 or amount.rule:
        return amount
    return _Amount(amount.value, amount.low, amount.high, "unit")


def _bounded(amount: _Amount | None, kind: str) -> _Amount | None:
    if amount is None:
        return None
    value = amount.value
    if kind == "about":
        width = abs(value) * APPROXIMATE_SHARE
        low, high = amount.low, amount.high
        if low is None and high is None:
            low, high = value - width, value + width
        return _Amount(value, low, high, "approximate")
    return _Amount(value, value, None, "approximate") if kind == "least" else _Amount(value, None, value, "approximate")


def _pair(left: str, right: str, rule: str, unit: str, stated: float) -> _Amount | None:
    """Return a range, sum or product of two quantities; in a range the unit of the second serves the first."""
    second = _quantity(right, unit, stated)
    tail = _QUANTITY.fullmatch(right)
    if rule == "range" and tail is not None and re.fullmatch(r"[0-9.]+", left):
        left += tail["scale"] + tail["unit"]
    first = _quantity(left, unit, stated)
    if rule == "product" and first is not None:
        second = _quantity(right, "", 1.0)
    if first is None or second is None:
        return None
    if rule == "product":
        return _Amount(first.value * second.value, None, None, rule)
    if rule == "sum":
        return _Amount(first.value + second.value, None, None, rule)
    low, high = first.value, second.value
    return _Amount((low + high) / 2, low, high, rule) if low <= high else None


def _quantity(text: str, unit: str, stated: float) -> _Amount | None:
    """Return one number with its scale and unit (``三百多``, ``2.3万``, ``36500平方米``)."""
    if _PLAIN.fullmatch(text):
        return _Amount(float(text) * stated, None, None)
    if (half := _AND_A_HALF.fullmatch(text)) is not None:
        return _halved(half, unit, stated)
    found = _QUANTITY.fullmatch(text)
    if found is None:
        return None
    said = _said(found["number"], has_more=bool(found["more"]))
    factor = factor_of(found["unit"], unit)
    if said is None or factor is None:
        return None
    scale = {"": 1.0, "百": 1e2, "千": 1e3, "万": 1e4, "百万": 1e6, "千万": 1e7, "亿": 1e8}[found["scale"]]
    has_unit = bool(found["unit"].strip())
    low, high = (end * scale * (factor if has_unit else _without_scale(stated, scale)) for end in said)
    if low < high:
        return _Amount((low + high) / 2, low, high, "approximate")
    rule = "unit" if has_unit and factor * scale != stated and unit != "fraction" else ""
    return _Amount(low, None, None, "spoken" if is_spoken(found["number"]) else rule)


def _halved(found: re.Match[str], unit: str, stated: float) -> _Amount | None:
    """Return a number of units and a half (三亩半), or half of one (半亩); nothing for what is counted (半户)."""
    whole = _one_number(found["number"]) if found["number"] else 0.0
    factor = factor_of(found["unit"] or found["alone"], unit)
    if whole is None or factor is None or (factor == 1 and is_counted(unit)):
        return None
    return _Amount((whole + 0.5) * factor, None, None, "unit" if factor != stated else "")


def _said(text: str, *, has_more: bool) -> tuple[float, float] | None:
    """Return the ends between which a number lies: of 三百多, of 六七百; twice the same where it is exact."""
    if ends := _spoken_range(text):
        return ends
    number = _one_number(text)
    return None if number is None else (number, number + (_step(text, number) if has_more and number else 0.0))


def _one_number(text: str) -> float | None:
    """Return the number that Arabic digits or Chinese numerals write."""
    if text[-1] in _CHINESE:
        number = chinese_number(text)
        return None if number is None else float(number)
    return float(text)


def _spoken_range(numerals: str) -> tuple[int, int] | None:
    """Return the ends of a range that Chinese numerals say in one word (六七百: 600 to 700), ``None`` for a number."""
    if _HUNDRED_ODD.fullmatch(numerals):
        return 100, 120
    found = _NEIGHBOURS.fullmatch(numerals)
    if found is None or (found["low"], found["high"]) not in _SIDE_BY_SIDE:
        return None
    if found["head"] and all(character in _DIGITS for character in found["head"] + found["tail"]):
        return None  # 一九七八 is a row of digits
    low, high = (chinese_number(found["head"] + found[end] + found["tail"]) for end in ("low", "high"))
    return None if low is None or high is None else (low, high)


def _without_scale(stated: float, scale: float) -> float:
    """Return the factor for a cell without a unit: one that writes 万 itself stands in the plain unit."""
    return 1.0 if scale > 1 and stated >= 1e4 else stated


def _step(text: str, number: float) -> float:
    """Return the place value of the last digit that is said: 三百多 is 300 to 400, 1.5万多 is 15,000 to 16,000."""
    decimals = text.partition(".")[2]
    step = 10.0 ** -len(decimals)
    while not decimals and number >= 10 * step and number % (10 * step) == 0:
        step *= 10
    return step
