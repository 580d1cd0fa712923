"""Columns that hold two dates, a beginning and an end (合同起止, 租期): parted into the fields of the kind."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from layers.quality import ColumnUse
from layers.reading._titles import key
from layers.values import as_string
from layers.values._dates import parse_date
from layers.values._text import is_missing, plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from layers.reading._fields import FieldReader
    from layers.schema import Kind

_PAIRS = (
    (re.compile(r"(?:租赁?|租约|合同|协议)?(?:起止|起讫|起始)(?:日期|时间|年月|期限)?|(?:租期|租赁期限?|合同期限?)(?:起止)?"),
     "lease_start", "lease_end"),
    (re.compile(r"(?:合同|服务|协议|履约)?(?:起止|起讫)(?:日期|时间|年月|期限)?|(?:合同|服务|协议|履约)(?:有效)?期限?"),
     "contract_start", "contract_end"),
    (re.compile(r"(?:备案)?有效期限?(?:起止)?|(?:备案)?起止(?:日期|时间)"), "valid_from", "valid_until"),
)  # fmt: skip
"""Titles of such columns, and the fields of which a kind has both or one."""
_DAY = r"[0-9]{4}(?:[-/.年] ?[0-9]{1,2}(?:[-/.月] ?(?:[0-9]{1,2}[日号]?)?)?|年)?|(?:19|20)[0-9]{6}"
_SPAN = re.compile(
    rf"[自从]?(?P<start>{_DAY}) ?[起始]? ?(?:-{{1,2}}|~|至|到|,|、) ?"
    rf"(?P<end>{_DAY}|[0-9]{{1,2}}[-/.月][0-9]{{1,2}}日?|长期|今|无固定期限)[止底末]?"
)
_OPEN_START = re.compile(rf"[至到](?P<end>{_DAY})[止底末]?")
_OPEN_END = re.compile(rf"[自从]?(?P<start>{_DAY})(?:起|开始|[-至])")
_MIXED = re.compile(r"[0-9]{4}(?:[./年][0-9]{1,2}月?-|-[0-9]{1,2}[./])[0-9]{1,2}.*")
"""Two signs between three numbers: 2021.3-12 is March to December, or a slip, and no day."""
_YEAR_ALONE = re.compile(r"[0-9]{4}年?")
_NEVER_ENDS = frozenset(("长期", "今", "无固定期限"))
_UNREAD = "没有读出日期，原文留在备注", "no date could be read; its words are kept in the remark"
_BACKWARDS = (
    "终止早于起始，两个日期都未采用，原文留在备注",
    "it ends before it begins: neither date is taken, its words are kept",
)
_WHICH = (
    "只有一个日期，看不出是起还是止，原文留在备注",
    "one date, and nothing tells whether it begins or ends; kept in the remark",
)


class _Span(NamedTuple):
    """What one cell says: first and last day as far as it says them, whether every word of it is held by them.

    ``fault`` says, in both languages, why neither was read.
    """

    start: object
    end: object
    is_whole: bool
    fault: tuple[str, str] | None = None


def date_spans(reader: FieldReader) -> dict[str, pd.Series]:
    """Return the dates of columns that hold a beginning and an end in each cell, under the fields of the kind.

    A field that has a column of its own is left to that. What a cell says more stays in the remark: a kind may keep the
    end alone, a month is read as its first or last day, a term without end has none. One date alone is the end (有效期,
    租期), unless the title asks for the beginning (起始日期) or for both (起止).

    Parameters
    ----------
    reader
        The file, the kind and its columns; takes what was parted out of the columns that are no field.
    """
    found: dict[str, pd.Series] = {}
    for number, title in enumerate(reader.raw.titles):
        if number in reader.matches.used or number in reader.matches.rivals:
            continue
        names = _fields_of(key(title.text, with_brackets=False), reader.kind, {**reader.matches.fields, **found})
        texts = as_string(reader.raw.cells[number])
        if not any(names) or not texts.notna().any():
            continue
        codes, uniques = pd.factorize(texts.to_numpy(dtype=object), use_na_sentinel=True)
        alone = _alone(title.text)
        spans = [_span(str(text), alone) for text in uniques]
        if all(span.fault is _UNREAD or (span[:2] == (None, None) and span.fault is None) for span in spans):
            continue  # a column of terms (三年) is none of dates
        for name, part in zip(names, zip(*((span.start, span.end) for span in spans), strict=True), strict=True):
            if name:
                days = np.array([*part, None], dtype="datetime64[ms]")[codes]
                found[name] = pd.Series(days, index=reader.raw.cells.index)
        _tell(reader, number, names, codes, [str(text) for text in uniques], spans)
    return found


def _fields_of(title: str, kind: Kind, taken: Mapping[str, object]) -> tuple[str, str]:
    """Return the fields for the beginning and the end of what a title names; empty where the kind has none free."""
    for words, *names in _PAIRS:
        there = [name if name in kind and name not in taken else "" for name in names]
        if any(there) and words.fullmatch(title):
            return there[0], there[1]
    return "", ""


def _alone(title: str) -> str:
    """Return which date a column of this title means where a cell holds one: ``start``, ``end`` or neither."""
    if re.search("起止|起讫", title):
        return ""
    return "start" if "起始" in title else "end"


def _span(text: str, alone: str = "") -> _Span:
    """Return the two dates in a cell; a cell whose end lies before its beginning says neither."""
    cell = re.sub(r"\s", "", plain(text))
    if is_missing(cell):
        return _Span(None, None, is_whole=True)
    found = _OPEN_START.fullmatch(cell) or _OPEN_END.fullmatch(cell)
    alone = "end" if cell.endswith(("止", "前")) else alone
    one = parse_date(cell, is_end=alone == "end")
    if found is None and one.value is not None and not _YEAR_ALONE.fullmatch(cell) and not _MIXED.fullmatch(cell):
        days = {"start": None, "end": None, alone: one.value}
        is_whole, fault = bool(alone and not one.rule), None if alone else _WHICH
        return _Span(days["start"], days["end"], is_whole, fault)
    found = found or _SPAN.fullmatch(cell)  # last: 2025-06-30 is no span from 2025 to 06-30
    if found is None:
        return _Span(None, None, is_whole=False, fault=_UNREAD)
    parts = found.groupdict()
    start, end = parts.get("start") or "", parts.get("end") or ""
    if re.fullmatch(r"[0-9]{1,2}[-/.月][0-9]{1,2}日?", end):  # the end of 2021.3.1-12.31 is of the same year
        if _YEAR_ALONE.fullmatch(start):  # 2021-3.12 is a slip
            return _Span(None, None, is_whole=False, fault=_UNREAD)
        end = f"{start[:4]}.{end.removesuffix('日').replace('月', '.')}"
    first, last = parse_date(start), parse_date("" if end in _NEVER_ENDS else end, is_end=True)
    is_backwards = first.value is not None and last.value is not None and last.value < first.value
    is_unread = (start and first.value is None) or (end and end not in _NEVER_ENDS and last.value is None)
    if is_backwards or is_unread:
        return _Span(None, None, is_whole=False, fault=_BACKWARDS if is_backwards else _UNREAD)
    is_exact = not (first.rule or last.rule)
    return _Span(first.value, last.value, is_whole=is_exact and None not in (first.value, last.value))


def _tell(
    reader: FieldReader,
    number: int,
    names: tuple[str, str],
    codes: NDArray[np.int64],
    texts: list[str],
    spans: list[_Span],
) -> None:
    """Say of each different cell how it was parted; words that the dates do not hold go into the remark."""
    title, kept = reader.raw.titles[number].text, []
    used = [reader.kind[name] for name in names if name]
    for code, (text, span) in enumerate(zip(texts, spans, strict=True)):
        rows = np.flatnonzero(codes == code)
        days = [day for name, day in zip(names, span[:2], strict=True) if name]
        said = [(field, day) for field, day in zip(used, days, strict=True) if day is not None]
        if span.fault is not None:
            reader.report.note_each(
                "date_span_unread", *span.fault, reader.records[rows], field=title, value=text, action="warning"
            )
        elif said:
            zh = "，".join(f"{field.zh} {day:%Y-%m-%d}" for field, day in said)
            en = ", ".join(f"{field.en.lower()} {day:%Y-%m-%d}" for field, day in said)
            reader.report.note_each(
                "date_span", f"按起止读作：{zh}", f"read as beginning and end: {en}", reader.records[rows],
                field=said[0][0].name, value=text, action="changed",
            )  # fmt: skip
        if not (is_missing(plain(text)) or (span.is_whole and len(said) == 2 - span[:2].count(None))):
            kept.append((rows, text))
    reader.keep(number, kept)
    reader.parted.add(number)
    zh, en = "、".join(field.zh for field in used), ", ".join(field.en for field in used)
    reader.report.columns.append(ColumnUse(title, None, f"分为{zh}", f"parted into {en}"))
