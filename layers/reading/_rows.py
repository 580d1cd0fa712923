"""Which rows of a ledger are records: totals, notes and blank forms set aside, merged cells filled down."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.reading._fill_down import fill_down
from layers.values._script import simplified
from layers.values._sift import contains
from layers.values._text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from numpy.typing import NDArray

    from layers.quality import QualityReport
    from layers.reading._raw import Raw

_TOTAL = re.compile(
    r"(?:本页)?(?:小计|合计|总计|共计|累计|总数|(?:sub|grand )?total|sum)[:0-9]*(?:\(.*\))?", re.IGNORECASE
)
_SECTION = re.compile(r"\(?[一二三四五六七八九十]{1,3}[)、.]|以下空白")
_WITH_NAMES = re.compile(r"人|制表|审核|复核|填报|统计")
_SUSPECT = (
    r"[一二三四五六七八九十][)）、.．]|空白|[计計]|[总總][数數]|total|sum|[注註]|[说說]明|[制製]表|填表|填[报報]|[审審]核|[复復複]核"
    r"|[负負][责責]人|[来來]源"
)
_NOTE = re.compile(
    r"(?:\*?注\d*[:.、]|备注[:.]|说明[:.]|附注|填表说明|虚构说明|(?:制表|填表|填报|审核|复核|统计)(?:人|日期|单位)?:|单位负责人|资料来源|数据来源)"
)
_SAME_AS_ABOVE = frozenset(("同上", "〃", "″"))
_DITTO = r"^[ \t　]*(?:同上|〃|″|同[ \t　]*(?:序号)?[ \t　]*[0-9０-９]{1,6})[ \t　]*$"
_SAME_AS = re.compile(r"同\s*(?:序号)?\s*(\d{1,6})")


def keep_records(
    raw: Raw, report: QualityReport, row_number: int | None, amounts: Collection[int] = ()
) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Drop the rows of ``raw`` that are no records, each with its reason, after filling merged cells down.

    Parameters
    ----------
    raw
        A table; changed in place.
    report
        Counts what is read and what is left out.
    row_number
        Column of row numbers, if there is one.
    amounts
        Columns of fields that add up; an amount in a merged cell goes to ``raw.shared``.

    Returns
    -------
    records
        Number of each record that stays (1 is the first row below the header).
    totals
        The rows of totals (小计, 合计) by their position, to be compared with the records.
    """
    count = len(raw.cells)
    report.read += count
    first = _filled_cells(raw.cells)
    totals, notes = _totals_and_notes(raw.cells, first)
    headers = _repeated_headers(raw) & ~totals
    notes &= ~(totals | headers)
    others = raw.cells.drop(columns=[] if row_number is None else [row_number])
    blank = ~others.notna().any(axis=1).to_numpy(dtype=bool) & ~(totals | headers | notes)
    kept = ~(totals | headers | notes | blank)
    shared = fill_down(raw, report, totals, kept, amounts)
    _resolve_dittos(raw, report, row_number, kept)
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
    total_rows = raw.cells[totals]
    places = np.cumsum(kept) - 1
    raw.shared = [item._replace(positions=places[item.positions]) for item in shared]
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
        suspect |= contains(cells[number].astype("string"), _SUSPECT, ignore_case=True)
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
    passed = np.array([*(bool(test(simplified(plain(str(cell))))) for cell in uniques), False], dtype=bool)
    return np.asarray(passed[codes], dtype=bool)


def _repeated_headers(raw: Raw) -> NDArray[np.bool_]:
    """Return the rows that say the column titles again, as every printed page does."""
    same = np.zeros(len(raw.cells), dtype="int64")
    for number, title in enumerate(raw.titles):
        for text in {title.top, *title.top.split("/"), title.sub} - {""}:
            same += (raw.cells[number].astype("string") == text).fillna(value=False).to_numpy(dtype=bool)
    filled = raw.cells.notna().sum(axis=1).to_numpy(dtype="int64")
    return np.asarray((same >= 2) & (same == filled))


def _is_total(cell: str) -> bool:
    return _TOTAL.fullmatch(re.sub(r"\s", "", cell)) is not None


def _resolve_dittos(raw: Raw, report: QualityReport, row_number: int | None, is_record: NDArray[np.bool_]) -> None:
    """Put the words meant in place of 同上 (the row above) and 同1 (the row numbered 1)."""
    above = _rows_above(is_record)
    for number, title in enumerate(raw.titles):
        column = raw.cells[number]
        if pd.api.types.is_numeric_dtype(column.dtype):
            continue
        marked = contains(column.astype("string"), _DITTO)
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
