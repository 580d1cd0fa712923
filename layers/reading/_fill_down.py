"""Cells merged down a column: words hold for every row of theirs, an amount belongs to all of them together."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from layers.reading._titles import key
from layers.values._text import is_missing, plain

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from layers.quality import QualityReport
    from layers.reading._raw import Raw
    from layers.schema import Field

_ADDED_UNITS = frozenset(("m2", "CNY", "CNY/month", "CNY/year", "kW"))
_WIDER = frozenset(("街道", "镇街", "街镇"))
_GROUPS = _WIDER | {"社区", "村居", "社区村", "社区居委会", "片区", "区域"}
_NEVER_BLANK = frozenset(("事项类别", "宗地号"))  # a blank below them is a merged cell, whatever else the column shows


class Shared(NamedTuple):
    """One amount that a ledger states for several records together: its column, their positions, its words."""

    column: int
    positions: NDArray[np.int64]
    text: str


def is_amount(field: Field) -> bool:
    """Return whether values of a field add up: a year, a share or a price holds for each record, a count does not."""
    return (field.dtype == "int" and field.unit != "year") or (field.dtype == "float" and field.unit in _ADDED_UNITS)


def fill_down(
    raw: Raw,
    report: QualityReport,
    totals: NDArray[np.bool_],
    is_record: NDArray[np.bool_],
    amounts: Collection[int],
) -> list[Shared]:
    """Fill cells that were merged down a column, never across a row of totals; return the amounts, which are not.

    An amount in a merged cell is taken out of ``raw``: nobody knows how much of it is whose.

    Parameters
    ----------
    raw
        A table; changed in place.
    report
        Says what was filled and what was taken out.
    totals, is_record
        Which rows are totals, and which are records.
    amounts
        Columns of fields that add up (:func:`is_amount`).
    """
    sections = pd.Series(np.cumsum(totals), index=raw.cells.index)
    streets = sections + _begun(raw, _WIDER)  # a community goes on for as long as its sub-district does
    shared: list[Shared] = []
    for number, title in enumerate(raw.titles):
        column = raw.cells[number]
        if raw.merges and number in amounts:
            shared += _taken_out(raw, number, is_record, report)
            continue
        if raw.merges:
            filled = _filled_merges(column, raw, number)
        elif _is_merged(name := key(title.text, with_brackets=False), column, totals):
            within = streets if name in _GROUPS - _WIDER else sections
            filled = column.groupby(within).ffill().where(~pd.Series(totals, index=column.index), column)
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
    return shared


def _begun(raw: Raw, titles: Collection[str]) -> pd.Series:
    """Return how often another value has begun, row by row, in columns of these titles."""
    begun = pd.Series(0, index=raw.cells.index)
    for number, title in enumerate(raw.titles):
        if key(title.text, with_brackets=False) in titles:
            column = raw.cells[number]
            begun += (column.notna() & column.ne(column.ffill().shift())).cumsum()
    return begun


def _taken_out(raw: Raw, number: int, is_record: NDArray[np.bool_], report: QualityReport) -> list[Shared]:
    """Return the amounts of a column that stand in cells merged over several records, and blank them."""
    column, title = raw.cells[number].astype(object).copy(), raw.titles[number].text
    found: list[Shared] = []
    for first, last in (raw.merges or {}).get(number, ()):
        positions = first + np.flatnonzero(is_record[first : last + 1])
        if len(positions) < 2 or pd.isna(column.iloc[first]):
            continue
        text = str(column.iloc[first])
        if _is_nothing(text):
            column.iloc[positions] = text
            continue
        found.append(Shared(number, positions, text))
        column.iloc[first] = None
        report.note_each(
            "shared_amount",
            f"“{title}”的 {text} 写在合并单元格里，是 {len(positions)} 条记录合计的一个数：各条置空，原文留在备注",
            f"the {text} of {title} stands in a merged cell, one total for {len(positions)} records: null in each, its "
            "words kept in the remark",
            positions + 1, field=title, value=text, action="warning",
        )  # fmt: skip
    raw.cells[number] = column
    return found


def _is_nothing(text: str) -> bool:
    """Return whether a cell says nought or that nothing is known, which holds for each record as for all."""
    bare = plain(text)
    return is_missing(bare) or not bare.strip("0.")


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
