"""Dates and years as ledgers write them: 2026.10.9, 2023年5月, 44286, 八十年代末, 一九九四年."""

from __future__ import annotations

import calendar
import re
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.values._numbers import chinese_number
from layers.values._script import simplified
from layers.values._text import MISSING, Reading, is_missing, plain, split_notes, unreadable
from layers.values._written import moment_as_written

if TYPE_CHECKING:
    from collections.abc import Iterator

_SERIAL_EPOCH = datetime(1899, 12, 30)  # noqa: DTZ001  (a ledger's dates are local wall-clock time)
_SERIAL_FIRST, _SERIAL_LAST = 20_000, 80_000  # 1954 to 2119: outside, a bare number is no date
_YEAR_FIRST, _YEAR_LAST = 1000, 2200
_HALVES = MappingProxyType(
    dict.fromkeys(("上午", "早上", "早晨", "清晨", "早", "am"), (range(12), range(0)))
    | {"凌晨": (range(7), range(12, 13)), "中午": (range(11, 15), range(1, 3))}
    | dict.fromkeys(("下午", "傍晚", "pm"), (range(12, 24), range(1, 12)))
    | dict.fromkeys(("晚上", "夜间", "夜里", "晚"), (range(17, 24), range(5, 12)))
)
"""Hours as they are counted in each part of a day: those of a day's 24, and those that are 12 off (下午3点, 凌晨12点).
No other hour fits: 晚上12点 may be the midnight before or after, 上午12点 noon or midnight."""
_CLOCK = (
    rf"(?:[T ,日号]*(?P<half>{'|'.join(_HALVES)})? ?(?P<hour>\d{{1,2}})[:时点]整?"
    r"(?:(?P<minute>半|\d{1,2})(?:[:分](?:(?P<second>\d{1,2})(?:\.\d+)?秒?)?)?)?)?"
)
_DATE = re.compile(
    r"(?P<year>\d{4})[-/.年](?P<month>\d{1,2})(?:[-/.月](?:(?P<day>\d{1,2})[日号]?)?)?"
    + _CLOCK
    + r"(?P<zone>Z|[+-]\d{2}:?\d{2})?"
)
_COMPACT = re.compile(
    r"(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?"
)
_YEAR = re.compile(r"(?P<year>[12]\d{3})年?")
_YEAR_IN_BRACKETS = re.compile(r"(?<=[0-9十])\((年代?[初中末底]?)\)")
"""The word that belongs to the figure: 1986（年）, 80（年代）."""
_TWO_DIGITS = re.compile(r"'?(?P<year>\d{2})(?P<mark>年(?:(?P<month>\d{1,2})月(?:\d{1,2}日)?)?)?")
_SURELY_LAST_CENTURY = 50
"""ASSUMPTION: where nothing tells the day, years from here on are of the 20th century: 50年 to 99年."""
_DECADE = re.compile(
    r"(?:20世纪|上世纪|二十世纪)?(?P<decade>[一二三四五六七八九]十|(?:19|20)?\d0)年代(?P<part>[初中末]|早期|中期|后期|末期)?"
)
_PARTS = {"初": (0, 4), "早期": (0, 4), "中": (3, 6), "中期": (3, 6), "末": (5, 9), "后期": (5, 9), "末期": (5, 9)}


def parse_date(text: str, *, is_end: bool = False, with_time: bool = False) -> Reading:
    """Return the date (or date and time) in a cell, as a naive local ``datetime``.

    Parameters
    ----------
    text
        The cell: ISO and common Chinese forms, ``YYYYMMDD``, an Excel serial number.
    is_end
        Whether the field ends something: a month or a year alone is then its last day, not its first.
    with_time
        Whether the field holds a time of day as well.
    """
    cell = simplified(plain(text))
    if is_missing(cell):
        return MISSING
    bare, has_notes = split_notes(cell)
    bare = re.sub(r"^至(?=\d)|[起止底前]$|年底$", lambda found: "年" if found[0] == "年底" else "", bare)
    if re.fullmatch(r"\d{5}(?:\.\d+)?", bare) and _SERIAL_FIRST <= float(bare) <= _SERIAL_LAST:
        moment = _SERIAL_EPOCH + timedelta(seconds=round(float(bare) * 86_400))
        shown = moment_as_written(moment)
        return Reading(moment, "excel_serial", f"Excel 日期序列值，读作 {shown}", f"Excel serial date, read as {shown}")
    found = _DATE.fullmatch(bare) or _COMPACT.fullmatch(bare) or _YEAR.fullmatch(bare)
    if found is None:
        return unreadable("不是可读的日期，已置空", "cannot be read as a date, set to null")
    parts = found.groupdict()
    if with_time and _hour(parts) is None:
        return unreadable(
            "看不出是几点，已置空，原文留在备注",
            "the hour cannot be told, set to null, its words kept in the remark",
            rule="ambiguous",
        )
    return _moment(parts, is_end=is_end, with_time=with_time, has_notes=has_notes or bare != cell)


def _moment(parts: dict[str, str | None], *, is_end: bool, with_time: bool, has_notes: bool) -> Reading:
    year, month, day = (int(parts.get(name) or 0) for name in ("year", "month", "day"))
    minute, second = (int((parts.get(name) or "0").replace("半", "30")) for name in ("minute", "second"))
    hour = _hour(parts) or 0
    try:
        last = calendar.monthrange(year, month or 12)[1]
        month, whole_day = month or (12 if is_end else 1), day or (last if is_end else 1)
        moment = datetime(year, month, whole_day, hour, minute, second)  # noqa: DTZ001
    except (ValueError, calendar.IllegalMonthError):
        return unreadable("没有这个日期，已置空", "there is no such date, set to null", rule="impossible_date")
    shown = f"{moment:%Y-%m-%d}"
    if not day:
        return Reading(
            moment, "partial_date", f"日期不全，取 {shown}", f"not a full date, {shown} taken", keep_text=True
        )
    if parts.get("zone") and parts["zone"] not in ("+08:00", "+0800"):
        zone = parts["zone"]
        return Reading(
            moment,
            "time_zone",
            f"带时区 {zone}，按所写钟点读入",
            f"has the zone {zone}; read as the time written",
            keep_text=True,
        )
    if not with_time and (hour or minute or second):
        return Reading(datetime(year, month, day))  # noqa: DTZ001
    if has_notes:
        return Reading(
            moment, "words_in_cell", f"另有文字，取 {shown}", f"other words set aside, {shown} taken", keep_text=True
        )
    return Reading(moment)


def _hour(parts: dict[str, str | None]) -> int | None:
    """Return the hour of 24 that a date has, noon and midnight told apart; ``None`` where it cannot be told."""
    hour, half = int(parts.get("hour") or 0), parts.get("half")
    if half is None:
        return hour
    same, twelve_off = _HALVES[half]
    return hour if hour in same else (hour + 12) % 24 if hour in twelve_off else None


def parse_year(text: str, *, latest: int | None = None) -> Reading:
    """Return the year in a cell; a decade, a span or two years give the middle, with both ends in the finding.

    Parameters
    ----------
    text
        The cell: ``1986``, ``1999.12``, ``2003年``, ``一九九四年``, ``八十年代末`` (1985 to 1989), ``1978/1992``,
        ``1992年底``, ``92年``, ``95-97``.
    latest
        The last year that a cell can mean. Two digits are a year of the hundred that end with it (in 2026: 1927 to
        2026), which is always said; ``None`` leaves 50年 to 99年 only, of the 20th century.
    """
    cell = simplified(plain(text))
    if is_missing(cell):
        return MISSING
    bare, has_notes = split_notes(_YEAR_IN_BRACKETS.sub(r"\1", cell))
    bare = re.sub(r"(?<=^\d{4})\.0+$", "", bare)
    about = re.sub(r"^(?:约|大约|建于|建成于)|(?:左右|前后|建成|建|竣工)$", "", bare)
    about = re.sub(r"(?<=年)[底末初中]$", "", about)
    span, is_assumed = _years(about), False
    if span is None:
        span, is_assumed = _short_years(about, latest), True
    if span is None:
        if latest is None and _TWO_DIGITS.fullmatch(about) and "年" in about:
            return unreadable(
                "两位数年份看不出是哪个世纪，已置空",
                "a year of two digits, no century: set to null",
                rule="two_digit_year",
            )
        return unreadable("不是可读的年份，已置空", "cannot be read as a year, set to null")
    return _year_between(*span, is_exact=about == bare and not has_notes, is_assumed=is_assumed)


def _year_between(low: int, high: int, *, is_exact: bool, is_assumed: bool) -> Reading:
    """Return the middle of a span of years, with what was assumed or left out."""
    middle = (low + high) // 2
    span_zh, span_en = f"{low} 至 {high}，取中间 {middle}", f"{low} to {high}, middle {middle} taken"
    if is_assumed:
        zh, en = (str(low), str(low)) if low == high else (span_zh, span_en)
        return Reading(
            middle,
            "two_digit_year",
            f"年份只写两位数，推定为 {zh}，请核对",
            f"a year of two digits, assumed to be {en}; please check",
            keep_text=True,
        )
    if low < high:
        zh, en = f"为一段时间，取中间 {middle}（{low} 至 {high}）", f"a span, middle {middle} taken ({low} to {high})"
        return Reading(middle, "range", zh, en, keep_text=True)
    if is_exact:
        return Reading(low)
    zh, en = f"另有文字或为约数，取 {low}", f"about, or with other words: {low} taken"
    return Reading(low, "approximate", zh, en, keep_text=True)


def _years(text: str) -> tuple[int, int] | None:
    """Return the first and last year that a text may mean."""
    if found := _DECADE.fullmatch(text):
        return _decade(found["decade"], found["part"])
    if single := _single_year(text):
        return single, single
    for left, right in _halves(text):
        first, last = _single_year(left), _single_year(right)
        if first and last and first <= last:
            return first, last
    return None


def _halves(text: str) -> Iterator[tuple[str, str]]:
    """Yield what stands before and after each mark that may part two years."""
    for separator in ("/", "-", "~", "至", "、", ","):
        left, mark, right = text.partition(separator)
        if mark:
            yield left, right


def _short_years(text: str, latest: int | None) -> tuple[int, int] | None:
    """Return the first and last year of a text with years of two digits.

    Alone they need their 年, for 92 may be an age; of two, the second must be above 12 or have its 年, for 95-12 may be
    December 1995.
    """
    found = _TWO_DIGITS.fullmatch(text)
    if found is not None:
        year = _in_century(text, latest) if found["mark"] else None
        return None if year is None else (year, year)
    for left, right in _halves(text):
        second = _TWO_DIGITS.fullmatch(right)
        if second is None or not (second["mark"] or int(second["year"]) > 12):
            continue
        first, last = _single_year(left) or _in_century(left, latest), _in_century(right, latest)
        if first and last and first <= last:
            return first, last
    return None


def _in_century(text: str, latest: int | None) -> int | None:
    """Return the year that two digits mean among the hundred years that end with ``latest``."""
    found = _TWO_DIGITS.fullmatch(text)
    if found is None or not 1 <= int(found["month"] or 1) <= 12:
        return None
    digits = int(found["year"])
    if latest is None:
        return 1900 + digits if digits >= _SURELY_LAST_CENTURY else None
    return latest - (latest - digits) % 100


def _single_year(text: str) -> int | None:
    found = _YEAR.fullmatch(text) or _DATE.fullmatch(text) or _COMPACT.fullmatch(text)
    if found is not None:
        month = int(found.groupdict().get("month") or 1)
        year = int(found["year"])
        return year if 1 <= month <= 12 and _YEAR_FIRST <= year <= _YEAR_LAST else None
    digits = text.removesuffix("年")
    chinese = chinese_number(digits) if len(digits) == 4 and not set(digits) & set("十百千万亿") else None
    return chinese if chinese is not None and _YEAR_FIRST <= chinese <= _YEAR_LAST else None


def _decade(decade: str, part: str | None) -> tuple[int, int] | None:
    start = chinese_number(decade) if not decade.isdigit() else int(decade)
    if start is None:
        return None
    if start < 100:
        if start < 40:  # 二十年代 may be the 1920s or the 2020s
            return None
        start += 1900
    first, last = _PARTS[part] if part else (0, 9)
    return start + first, start + last
