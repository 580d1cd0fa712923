"""Rows of which the ledger itself says that they repeat another one: 疑与上行同站, 与第1行重复, 是否重复 是.

Rows that agree are folded (:mod:`layers.reading._merge`); of those that stay apart a person must decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from layers.findings import Text
from layers.reading._words import RecordWords
from layers.schema import Phrase
from layers.values import as_string
from layers.values._text import plain

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.quality import QualityReport
    from layers.reading._fields import FieldReader

_THE_SAME = r"(?:为|属|系|是)?(?:同一?(?:站|处|个|宗|户|地块|小区|车场|项目)|重复|相同)"
_ABOVE = Phrase("同|重复", None, rf"(?P<value>与?上一?[行条]){_THE_SAME}")
_NUMBERED = Phrase("同|重复", None, rf"与(?:第|序号)? ?(?P<value>[0-9]{{1,6}}) ?[行条号]?{_THE_SAME}")
_AGAIN = Phrase("重复|再次|同一诉求", None, r"(?P<value>重复件|重复(?:来电|投诉|反映|诉求)|同一诉求|再次来电)")


class SaidTwice(NamedTuple):
    """Positions of rows that say they repeat another, the words, and the position of that other (-1: not told)."""

    rows: NDArray[np.int64]
    words: list[str]
    others: NDArray[np.int64]


def said_twice(frame: pd.DataFrame, positions: NDArray[np.int64], reader: FieldReader) -> SaidTwice:
    """Return which rows say that they repeat another one.

    Parameters
    ----------
    frame
        Fields of the records to keep, duplicates still among them; index 0, 1, 2 …
    positions
        Position of each among all records that were read (its row number stands there).
    reader
        Knows the column of row numbers.
    """
    words = RecordWords(frame, reader.kind, (_ABOVE, _NUMBERED, _AGAIN), only=("remark", "content"))
    others: dict[int, tuple[str, int]] = {}
    if "is_repeat" in frame:
        said = np.flatnonzero(frame["is_repeat"].fillna(value=False).to_numpy(dtype=bool))
        others |= {int(row): ("是", -1) for row in said}
    for phrase in (_AGAIN, _ABOVE, _NUMBERED) if len(words.rows) else ():
        rows, found, held = words.find(phrase)
        numbered = _rows_numbered(held, positions, reader) if phrase is _NUMBERED else np.full(len(rows), -1)
        at = rows - 1 if phrase is _ABOVE else numbered
        others |= {int(row): (str(text), int(other)) for row, text, other in zip(rows, found, at, strict=True)}
    order = np.array(sorted(others), dtype=np.int64)
    before = _same_address_before(frame, order)
    told = [others[int(row)] for row in order]
    known = np.array([other for _, other in told], dtype=np.int64)
    return SaidTwice(order, [text for text, _ in told], np.where(known >= 0, known, before))


def _rows_numbered(held: pd.Series, positions: NDArray[np.int64], reader: FieldReader) -> NDArray[np.int64]:
    """Return the positions of the rows with these numbers (序号, else the number of the record); -1 for none."""
    column = reader.matches.row_number
    numbers = (
        pd.Series((positions + 1).astype(str))
        if column is None
        else as_string(reader.raw.cells[column]).iloc[positions].str.strip().reset_index(drop=True)
    )
    first = numbers[numbers.notna() & ~numbers.duplicated(keep=False)]
    at = pd.Series(first.index, index=first.to_numpy())
    return np.asarray(held.map(at).fillna(-1), dtype=np.int64)


def _same_address_before(frame: pd.DataFrame, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return for each row the nearest one before it that has its address; -1 for none."""
    if "address" not in frame or not len(rows):
        return np.full(len(rows), -1)
    texts = frame["address"]
    wanted = set(texts.iloc[rows].dropna())
    near = np.flatnonzero(texts.isin(wanted).to_numpy(dtype=bool))
    spelled = texts.iloc[near].map(lambda text: plain(str(text)))
    previous = pd.Series(near, index=near).groupby(spelled.to_numpy()).shift()
    return np.asarray(previous.reindex(rows).fillna(-1), dtype=np.int64)


def tell_said_twice(
    said: SaidTwice, stays: NDArray[np.bool_], records: NDArray[np.int64], report: QualityReport
) -> None:
    """Say of the rows that were not folded which row they repeat, as far as the ledger tells."""
    for row, words, other in zip(*said, strict=True):
        if not stays[row] or other == row:
            continue
        there = report.where(int(records[other])) if other >= 0 else None
        fate = Text("两条都保留，请核对是否同一件事", "both are kept: check whether they are one and the same")
        if there is None:
            fate = Text("没有写明是哪一条，照样保留，请核对", "it does not say which; kept, please check")
        with_zh, with_en = (f"，指{there.zh}", f" of {there.en}") if there else ("", "")
        report.note(
            "said_twice", f"台账自己写明重复{with_zh}；{fate.zh}", f"the ledger says a repeat{with_en}; {fate.en}",
            record=int(records[row]), value=words, action="warning",
        )  # fmt: skip
