"""Which rows of a ledger are records: totals, notes and blank forms set aside, merged cells filled down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.reading._columns_match import key
from layers.values._numbers import APPROXIMATE_SHARE, parse_number
from layers.values._text import MISSING, plain
from layers.values._units import factor_of
from layers.values._written import quantity_as_written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from layers.quality import QualityReport
    from layers.reading._fields import FieldReader
    from layers.reading._raw import Raw

_TOTAL = re.compile(
    r"(?:本页)?(?:小计|合计|总计|共计|累计|总数|(?:sub|grand )?total|sum)[:0-9]*(?:\(.*\))?", re.IGNORECASE
)
_SECTION = re.compile(r"\(?[一二三四五六七八九十]{1,3}[)、.]|以下空白")
_WITH_NAMES = re.compile(r"人|制表|审核|复核|填报|统计")
_SUSPECT = r"[一二三四五六七八九十][)）、.．]|空白|计|总数|total|sum|注|说明|制表|填表|填报|审核|复核|负责人|来源"
_NOTE = re.compile(
    r"(?:\*?注\d*[:.、]|备注[:.]|说明[:.]|附注|填表说明|虚构说明|(?:制表|填表|填报|审核|复核|统计)(?:人|日期|单位)?:|单位负责人|资料来源|数据来源)"
)
_GROUPS = frozenset(("街道", "镇街", "街镇", "社区", "村居", "社区村", "社区居委会", "片区", "区域"))
_NEVER_BLANK = frozenset(("事项类别", "宗地号"))  # a blank below them is a merged cell, whatever else the column shows
_SAME_AS_ABOVE = frozenset(("同上", "〃", "″"))
_DITTO = r"^[ \t　]*(?:同上|〃|″|同[ \t　]*(?:序号)?[ \t　]*[0-9０-９]{1,6})[ \t　]*$"
_SAME_AS = re.compile(r"同\s*(?:序号)?\s*(\d{1,6})")


def keep_records(raw: Raw, report: QualityReport, row_number: int | None) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Drop the rows of ``raw`` that are no records, each with its reason, after filling merged cells down.

    Parameters
    ----------
    raw
        A table; changed in place.
    report
        Counts what is read and what is left out.
    row_number
        Column of row numbers, if there is one.

    Returns
    -------
    records
        Number of each record that stays (1 is the first row below the header).
    totals
        The rows of totals (小计, 合计), to be compared with the records.
    """
    count = len(raw.cells)
    report.read += count
    first = _filled_cells(raw.cells)
    totals, notes = _totals_and_notes(raw.cells, first)
    headers = _repeated_headers(raw) & ~totals
    notes &= ~(totals | headers)
    others = raw.cells.drop(columns=[] if row_number is None else [row_number])
    blank = ~others.notna().any(axis=1).to_numpy(dtype=bool) & ~(totals | headers | notes)
    _fill_down(raw, report, totals)
    _resolve_dittos(raw, report, row_number, ~(totals | headers | notes | blank))
    reasons = (
        (totals, "合计行，不是记录", "a row of totals, not a record", "total_row"),
        (headers, "重复的表头，不是记录", "the header again, not a record", "header_row"),
        (notes, "说明文字，不是记录", "a note, not a record", "note_row"),
        (blank, "只有序号的空行", "a blank row with a number only", "blank_row"),
    )
    for chosen, zh, en, rule in reasons:
        rows = np.flatnonzero(chosen)
        shown = [str(cell) if cell is not None else "" for cell in first[rows, 0]]
        if rule == "note_row":
            shown = ["" if _WITH_NAMES.search(text) else text for text in shown]
        report.leave_out_each(rows + 1, zh, en, rule=rule, values=[text or None for text in shown])
    kept = ~(totals | headers | notes | blank)
    total_rows = raw.cells[totals]
    if not kept.all():
        raw.cells = raw.cells[kept].reset_index(drop=True)
    return np.flatnonzero(kept) + 1, total_rows


def _filled_cells(cells: pd.DataFrame) -> NDArray[np.object_]:
    """Return the first two cells of each row that are filled, ``None`` where there are fewer, shape (rows, 2)."""
    found = np.full((len(cells), 2), None, dtype=object)
    seen = np.zeros(len(cells), dtype="int64")
    for number in cells.columns:
        chosen = np.flatnonzero(cells[number].notna().to_numpy() & (seen < 2))
        if len(chosen):
            found[chosen, seen[chosen]] = cells[number].iloc[chosen].to_numpy(dtype=object)
            seen[chosen] += 1
        elif number == cells.columns[-1] or (seen == 2).all():
            break
    return found


def _totals_and_notes(cells: pd.DataFrame, first: NDArray[np.object_]) -> tuple[NDArray[np.bool_], NDArray[np.bool_]]:
    """Return which rows are totals and which are notes; only rows with an odd cell near their start are looked at."""
    suspect = np.zeros(len(cells), dtype=bool)
    for number in cells.columns[:3]:
        hits = cells[number].astype("string").str.contains(_SUSPECT, case=False).fillna(value=False)
        suspect |= hits.to_numpy(dtype=bool)
    rows = np.flatnonzero(suspect)
    filled = cells.iloc[rows].notna().sum(axis=1).to_numpy(dtype="int64")
    one, two = first[rows, 0], first[rows, 1]
    totals, notes = np.zeros(len(cells), dtype=bool), np.zeros(len(cells), dtype=bool)
    totals[rows] = _where_cell(one, _is_total) | _where_cell(two, _is_total)
    is_note, is_section = _where_cell(one, _NOTE.match), _where_cell(one, _SECTION.match)
    notes[rows] = (is_note & (filled <= 3)) | (is_section & (filled == 1))
    return totals, notes


def _where_cell(cells: NDArray[np.object_], test: Callable[[str], object]) -> NDArray[np.bool_]:
    """Return which cells pass a test in their plain form; each different one is looked at once."""
    codes, uniques = pd.factorize(cells, use_na_sentinel=True)
    passed = np.array([*(bool(test(plain(str(cell)))) for cell in uniques), False], dtype=bool)
    return np.asarray(passed[codes], dtype=bool)


def _repeated_headers(raw: Raw) -> NDArray[np.bool_]:
    """Return the rows that say the column titles again, as every printed page does."""
    same = np.zeros(len(raw.cells), dtype="int64")
    for number, title in enumerate(raw.titles):
        for text in {title.top, title.sub} - {""}:
            same += (raw.cells[number].astype("string") == text).fillna(value=False).to_numpy(dtype=bool)
    filled = raw.cells.notna().sum(axis=1).to_numpy(dtype="int64")
    return np.asarray((same >= 2) & (same == filled))


def _is_total(cell: str) -> bool:
    return _TOTAL.fullmatch(re.sub(r"\s", "", cell)) is not None


def _fill_down(raw: Raw, report: QualityReport, totals: NDArray[np.bool_]) -> None:
    """Fill cells that were merged down a column, never across a row of totals."""
    sections = pd.Series(np.cumsum(totals), index=raw.cells.index)
    for number, title in enumerate(raw.titles):
        column = raw.cells[number]
        if raw.merges:
            filled = _filled_merges(column, raw, number)
        elif _is_merged(key(title.text, with_brackets=False), column, totals):
            filled = column.groupby(sections).ffill().where(~pd.Series(totals, index=column.index), column)
        else:
            continue
        count = int((filled.notna() & column.isna()).sum())
        if count:
            raw.cells[number] = filled
            report.note(
                "filled_down",
                f"“{title.text}”的合并单元格向下填充 {count} 格",
                f"{count} merged cells filled down",
                field=title.text,
            )


def _filled_merges(column: pd.Series, raw: Raw, number: int) -> pd.Series:
    filled = column.astype(object).copy()
    for first, last in (raw.merges or {}).get(number, ()):
        if not pd.isna(filled.iloc[first]):
            filled.iloc[first : last + 1] = filled.iloc[first]
    return filled


def _is_merged(title: str, column: pd.Series, totals: NDArray[np.bool_]) -> bool:
    return title in _NEVER_BLANK or (title in _GROUPS and _looks_merged(column, totals))


def _looks_merged(column: pd.Series, totals: NDArray[np.bool_]) -> bool:
    """Return whether the blanks of a column are merged cells: a value comes first, none stands twice running."""
    values = column[~totals]
    if values.empty or values.notna().all() or pd.isna(values.iloc[0]):
        return False
    return not bool((values.notna() & (values == values.shift())).any())


def _resolve_dittos(raw: Raw, report: QualityReport, row_number: int | None, is_record: NDArray[np.bool_]) -> None:
    """Put the words meant in place of 同上 (the row above) and 同1 (the row numbered 1)."""
    above = _rows_above(is_record)
    for number, title in enumerate(raw.titles):
        column = raw.cells[number]
        if pd.api.types.is_numeric_dtype(column.dtype):
            continue
        marked = column.astype("string").str.contains(_DITTO).fillna(value=False).to_numpy(dtype=bool)
        if not (marked & is_record).any():
            continue
        cells = column.astype(object).to_numpy(copy=True)
        for at in np.flatnonzero(marked & is_record):
            text = plain(str(cells[at]))
            source = _ditto_source(raw, text, int(at), row_number, above)
            if source is None or pd.isna(cells[source]):
                continue
            cells[at] = cells[source]
            there = report.where(source + 1)
            report.note(
                "ditto", f"“{text}”取{there.zh}的值", f"{text!r} stands for the value of {there.en}",
                record=int(at) + 1, field=title.text, value=text, action="changed",
            )  # fmt: skip
        raw.cells[number] = pd.Series(cells, index=column.index, dtype=column.dtype)


def _rows_above(is_record: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return for each row the nearest record above it, -1 where there is none."""
    last = np.maximum.accumulate(np.where(is_record, np.arange(len(is_record)), -1))
    return np.append(-1, last[:-1])


def _ditto_source(raw: Raw, text: str, at: int, row_number: int | None, above: NDArray[np.int64]) -> int | None:
    """Return the position of the row that a ditto mark points to."""
    if text in _SAME_AS_ABOVE:
        return int(above[at]) if above[at] >= 0 else None
    found = _SAME_AS.fullmatch(text)
    if found is None or row_number is None:
        return None
    numbers = raw.cells[row_number].astype("string").str.strip()
    hits = np.flatnonzero((numbers == found[1]).fillna(value=False).to_numpy(dtype=bool))
    return int(hits[0]) if len(hits) == 1 and hits[0] != at else None


def check_totals(
    totals: pd.DataFrame, reader: FieldReader, sums: Sequence[dict[str, float]], report: QualityReport
) -> None:
    """Say where the last total of a column is not the sum of its records, to the decimals of the total.

    Parameters
    ----------
    totals
        Rows of totals as the ledger has them.
    reader
        Knows the columns and the units that they state.
    sums
        Sums by field, with duplicates and (last) without; either may be what was added up.
    report
        Where to say it.
    """
    for name, merged in sums[-1].items() if len(totals) else ():
        column, unit = reader.matches.fields[name], reader.kind[name].unit
        cell = totals[column].iloc[-1]
        stated = reader.units.get(name, "")
        total = MISSING if pd.isna(cell) else parse_number(str(cell), unit, stated_unit=stated)
        if total.value is None:
            continue
        decimals = len(re.sub(r"[^0-9.]", "", plain(str(cell))).partition(".")[2])
        margin = 0.5 * 10**-decimals * (factor_of(stated, unit) or 1.0) + 1e-9 * abs(merged)
        if total.rule:
            margin = APPROXIMATE_SHARE * abs(total.value)
        if all(abs(found[name] - total.value) > margin for found in sums):
            title = reader.raw.titles[column].text
            added = quantity_as_written(merged, unit, _unit_in_cell(str(cell), unit) or stated)
            report.note(
                "total_differs", f"“{title}”合计写 {cell}，各条相加为 {added.zh}",
                f"the total of {title} says {cell}, the records add up to {added.en}",
                field=name, value=cell, action="warning",
            )  # fmt: skip


def _unit_in_cell(text: str, unit: str) -> str:
    """Return the unit that a cell writes behind its number, or nothing."""
    found = re.search(r"[0-9] ?([^0-9()]+)$", plain(text))
    return found[1] if found and factor_of(found[1], unit) is not None else ""
