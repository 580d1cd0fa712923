"""Editions of one ledger in one workbook: which sheet is the newest, by the year or date in its name."""

from __future__ import annotations

import re
from typing import NamedTuple

from layers.values._text import plain

_DIGITS = str.maketrans("〇零○一二三四五六七八九", "000123456789")
_CHINESE_YEAR = re.compile(r"[二][〇零○一二三四五六七八九]{3}(?=年)")
_QUARTERS = {"一": 3, "二": 6, "三": 9, "四": 12, "1": 3, "2": 6, "3": 9, "4": 12}
_DATE = re.compile(
    r"(?<![0-9])(20[0-9]{2})[-./年]?(0[1-9]|1[0-2]|(?<=[-./年])[1-9])(?:[-./月]?([0-3]?[0-9])日?)?(?![0-9])"
)
_YEAR = re.compile(r"(?<![0-9])(20[0-9]{2})(?![0-9])|(?<![0-9])([0-9]{2})(?=年)")
_MONTH = re.compile(r"(?<![0-9])(1[0-2]|0?[1-9])月(?:([0-3]?[0-9])日)?")
_QUARTER = re.compile(r"(?:第?([一二三四1-4])季度|Q([1-4]))", re.IGNORECASE)
_ONE_YEAR_MONTHS = 6  # ASSUMPTION: months without a year that lie no further apart are of one year
_HALF = re.compile(r"[上下]半年")
_NO_EDITION = re.compile(
    r"规划(?![局院处科股所部]|[和与及]|自然|资源|国土)|计划|目标|(?<!模)拟|预[测计算]|远期|模板|样表|示例|范例"
    r"|年代(?![码管理征建缴])|[年月日]以[上下前后内来]|[年月日]之[前后]|年[限期]"
)
"""What a sheet is meant to become, how it is filled in, or the age of what it lists: 2030年规划, 90年代, 20年以上."""


class Period(NamedTuple):
    """The time of an edition as a name tells it; 0 for what is not told."""

    year: int
    month: int
    day: int


def period_of(name: str, *, latest_year: int | None = None) -> Period | None:
    """Return the year, month and day in the name of a sheet, ``None`` where it tells no time of its records.

    Parameters
    ----------
    name
        The name of the sheet.
    latest_year
        The year after which nothing can have been recorded yet; ``None`` where no day is known.

    Examples
    --------
    >>> period_of("2025年")
    Period(year=2025, month=0, day=0)
    >>> period_of("摸查表20241231")
    Period(year=2024, month=12, day=31)
    >>> period_of("24年下半年")
    Period(year=2024, month=12, day=0)
    >>> period_of("Sheet1") is None and period_of("2030年规划") is None
    True
    """
    text = _CHINESE_YEAR.sub(lambda found: found[0].translate(_DIGITS), plain(name))
    if _NO_EDITION.search(text):
        return None
    period = _period_in(text)
    is_ahead = period is not None and latest_year is not None and period.year > latest_year
    return None if is_ahead else period


def _period_in(text: str) -> Period | None:
    """Return the last date in words, else the last year or month."""
    dates = [Period(int(found[1]), int(found[2]), int(found[3] or 0)) for found in _DATE.finditer(text)]
    if dates:
        return max(dates)
    years = [int(found[1] or f"20{found[2]}") for found in _YEAR.finditer(text)]  # 2023-2024年 is of 2024
    month, day = _month(text)
    return Period(max(years, default=0), month, day) if years or month else None


def _month(text: str) -> tuple[int, int]:
    """Return the last month of the part of a year that is named, and the day; 0 where none is."""
    if found := _MONTH.search(text):
        return int(found[1]), int(found[2] or 0)
    if found := _QUARTER.search(text):
        return _QUARTERS[found[1] or found[2]], 0
    if found := _HALF.search(text):
        return (6 if found[0].startswith("上") else 12), 0
    return 0, 0


def is_later(one: Period | None, two: Period | None) -> bool:
    """Return whether one sheet is surely of a later time than another, by the times that their names tell.

    A year beside a month without a year, or a year beside a month of the same year, leaves it open; so do two months
    without a year that lie far apart (12月 and 1月 may be of the winter).
    """
    if one is None or two is None or (one.year == 0) != (two.year == 0):
        return False
    if one.year != two.year:
        return one.year > two.year
    if 0 in (one.month, two.month) or (one.year == 0 and one.month - two.month > _ONE_YEAR_MONTHS):
        return False
    return one.month > two.month or (one.month == two.month and 0 < two.day < one.day)
