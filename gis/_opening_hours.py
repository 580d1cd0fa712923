"""Opening hours as ledgers write them: 9:00-17:00（周一闭馆）, 上午9时至12时, Tu-Su 09:00-17:00; Mo off."""

from __future__ import annotations

import re
import unicodedata
from functools import reduce
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import date

Span = tuple[int, int]
"""From and to, in minutes since midnight; to may lie after the next midnight."""

WEEK = range(7)
"""Days as :meth:`datetime.date.weekday` counts them: 0 is Monday."""
ALL_DAY: Span = (0, 24 * 60)
NAMES = dict(zip("一二三四五六日", WEEK, strict=True)) | {"天": 6}
ENGLISH = ("mon?", "tue?s?", "wed?n?e?s?", "thu?r?s?", "fri?", "satu?r?", "sun?")
NAMES_ZH, NAMES_EN = "一二三四五六日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")

_SPELLED: tuple[tuple[str, str], ...] = (
    (r"[-–—―~至到]+", "-"),
    *((f"(?:星期|礼拜|周){name}", f"<{day}>") for name, day in NAMES.items()),
    *((rf"\b{name}(?:day)?\b\.?", f"<{day}>") for day, name in enumerate(ENGLISH)),
    *((f"(?<=[>、和及-]){name}", f"<{day}>") for name, day in NAMES.items()),
    (r"周末|双休日", "<5>-<6>"),
    (r"工作日", "<0>-<4>"),
    (r"([0-9]{1,2})[点时]半", r"\1:30"),
    (r"([0-9]{1,2})[点时]([0-9]{1,2})分?", r"\1:\2"),
    (r"([0-9]{1,2})[点时]整?", r"\1:00"),
)
"""Spellings brought to one: ``<0>`` is Monday."""

_TIME = r"(?:上午|早上?|中午|下午|晚上?|am|pm)?\s*[0-9]{1,2}:[0-9]{2}"
_TOKENS = re.compile(
    rf"""(?P<last>(?P<until>{_TIME})\s*(?:以?后|起|之后)?\s*(?:停止|谢绝|截止|最后|结束)(?:入[场馆园内]|进[场馆入园]|检票|售票|参观|取票)+)
    |(?P<span>(?P<from>{_TIME})\s*-\s*(?P<to>{_TIME}))
    |(?P<all>全天候?|24\s*小时|24/7)
    |(?P<days>每?逢?<[0-6]>(?:\s*-\s*<[0-6]>)?)
    |(?P<closed>闭馆|闭园|休馆|休园|休息|休|关闭|不对?外?开放|\boff\b|\bclosed\b)
    |(?P<said>(?:国家|国务院)?(?:法定)?节?假日(?:除外|照常|正常|期间|延长|不)?|对外|开放|开馆|营业|接待|参观|时间|每[天日]|逢|daily|open
        |除外|照常|例行|[\s:,;.。，；、()（）和及/]+)""",
    re.VERBOSE | re.IGNORECASE,
)
_AFTERNOON = re.compile("下午|晚|pm|中午")
_NOON = 12 * 60


class Hours(NamedTuple):
    """When a place is open: spans of each weekday, and when it takes the last visitor (``None`` where it says not)."""

    week: tuple[tuple[Span, ...], ...]
    last_entry: int | None = None

    @property
    def closed_days(self) -> tuple[int, ...]:
        """Weekdays on which it is not open at all."""
        return tuple(day for day in WEEK if not self.week[day])

    def on(self, day: date | None) -> tuple[Span, ...]:
        """Return the spans of a day; of an unknown one those that hold on every day that it is open."""
        if day is not None:
            return self.week[day.weekday()]
        opened = [spans for spans in self.week if spans]
        return reduce(_common, opened) if opened else ()


def hours_of(text: object) -> Hours | None:
    """Return the opening hours that a text tells, ``None`` where it is blank or any of its words is not understood.

    Words on public holidays are passed over: which days these are is not known here.
    """
    read = _Reading()
    for kind, found in _read(_spelled(text)):
        if not read.take(kind, found):
            return None
    return read.hours()


class _Reading:
    """What was told so far, and the days that it is told of."""

    def __init__(self) -> None:
        self._spans: dict[int, list[Span]] = {day: [] for day in WEEK}
        self._closed: set[int] = set()
        self._days: tuple[int, ...] = ()
        self._last_entry: int | None = None
        self._was_days = self._has_told = False

    def take(self, kind: str, found: re.Match[str]) -> bool:
        """Take one piece; return whether it is understood."""
        if kind == "days":
            self._days = (*(self._days if self._was_days else ()), *_days(found[0]))
        elif kind == "closed":
            self._closed |= set(self._days or WEEK)
            self._days, self._has_told = (), True
        elif kind == "last":
            self._last_entry = _minutes(found["until"])
        elif kind in ("span", "all"):
            span = ALL_DAY if kind == "all" else _span(found)
            if span is None:
                return False
            for day in self._days or WEEK:
                self._spans[day].append(span)
            self._has_told = True
        self._was_days = kind == "days" or (self._was_days and kind == "said")
        return kind != "?"

    def hours(self) -> Hours | None:
        """Return all that was told, ``None`` if that is nothing."""
        closed = self._closed
        if self._was_days:  # 9:00-17:00（周二至周日）: the days stand behind
            closed = closed | (set(WEEK) - set(self._days))
        week = tuple(() if day in closed else tuple(sorted(set(self._spans[day]))) for day in WEEK)
        return Hours(week, self._last_entry) if self._has_told else None


def days_words(days: Iterable[int]) -> tuple[str, str]:
    """Return weekdays in Chinese and in English."""
    days = tuple(days)
    return "、".join(f"周{NAMES_ZH[day]}" for day in days), ", ".join(NAMES_EN[day] for day in days)


def clock(minutes: float) -> str:
    """Return a time of day as a clock shows it: 545 is 09:05; after midnight it begins anew."""
    hours, rest = divmod(round(minutes), 60)
    return f"{hours % 24:02d}:{rest:02d}"


def _spelled(text: object) -> str:
    plain = unicodedata.normalize("NFKC", text).strip().lower() if isinstance(text, str) else ""
    for pattern, form in _SPELLED:
        plain = re.sub(pattern, form, plain)
    return plain


def _read(text: str) -> Iterator[tuple[str, re.Match[str]]]:
    """Yield what a text tells piece by piece; ``?`` for what is not understood."""
    at = 0
    while at < len(text):
        found = _TOKENS.match(text, at)
        if found is None:
            rest = re.compile(".").match(text, at)
            if rest is not None:
                yield "?", rest
            return
        yield str(found.lastgroup), found
        at = found.end()


def _days(text: str) -> tuple[int, ...]:
    ends = [int(number) for number in re.findall("<([0-6])>", text)]
    first, last = ends[0], ends[-1]
    return tuple((first + step) % 7 for step in range((last - first) % 7 + 1))


def _minutes(text: str) -> int:
    hours, minutes = (int(number) for number in re.findall("[0-9]+", text))
    found = hours * 60 + minutes
    return found + _NOON if _AFTERNOON.search(text) and found < _NOON else found


def _span(found: re.Match[str]) -> Span | None:
    first, last = _minutes(found["from"]), _minutes(found["to"])
    if last < first < last + _NOON <= ALL_DAY[1] and _AFTERNOON.search(found["from"]):
        last += _NOON  # 下午2:00-5:30
    if max(first, last) > ALL_DAY[1] or first == last:
        return None
    return first, last if last > first else last + ALL_DAY[1]


def _common(some: tuple[Span, ...], others: tuple[Span, ...]) -> tuple[Span, ...]:
    both = ((max(one[0], other[0]), min(one[1], other[1])) for one in some for other in others)
    return tuple(span for span in both if span[0] < span[1])
