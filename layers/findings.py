"""What was found in a file, each thing once with the numbers of all its records, and what was done about it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from layers._masking import mask_personal, shorten
from layers._runs import NO_RECORDS, Runs, is_among

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

Action = Literal["kept", "changed", "nulled", "unlocated", "merged", "left_out", "warning", "note"]
ACTION_TITLES: dict[str, tuple[str, str]] = {
    "kept": ("保留", "kept"),
    "changed": ("已改", "changed"),
    "nulled": ("置空", "set to null"),
    "unlocated": ("待落图", "not placed"),
    "merged": ("合并", "merged"),
    "left_out": ("未收", "left out"),
    "warning": ("警示", "warning"),
    "note": ("说明", "note"),
}
_MOST_RUNS_ON_A_LINE = 6
_MOST_SHEETS_ON_A_LINE = 3
_ROW, _RECORD = ("行", "row"), ("条", "record")
SheetRows = tuple[tuple[str, Runs], ...]
"""Rows by the sheet in which they stand, in the order of the sheets."""


class Text(NamedTuple):
    """One sentence in Chinese and in English."""

    zh: str
    en: str


WAITS = Text("，待落图", "; not placed")
"""How a finding ends whose action is ``unlocated``."""
WAITS_TO_BE_MENDED = Text(
    "，先按待落图收下，请改正坐标后重新导入", "; kept without a place: correct the coordinates and import again"
)
"""The same where the coordinates are a slip that a person can put right."""
PLACED_AFTER_ALL = Text("，已另行落图", "; placed otherwise")
"""How such a finding ends for a record that other evidence placed."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was found, in which records, and what was done about it.

    Parameters
    ----------
    records
        Numbers of the records in the file (1 is the first record below the header); empty for the whole file.
    field
        Column of the layer, or title of the source column.
    value
        The value as the file has it, the same in all the records; never a personal one.
    rule
        Short name of the rule, the same in every report (``range``, ``duplicate``, ``geometry_invalid``).
    action
        What was done: one of the keys of :data:`ACTION_TITLES`.
    zh, en
        The sentence a person reads.
    rows
        Rows of the records in the sheet as Excel numbers them, in the order of ``records``; empty where the file has
        no rows.
    sheets
        The rows by sheet, where the records of the file come from several; else empty.
    """

    records: Runs
    field: str | None
    value: str | None
    rule: str
    action: Action
    zh: str
    en: str
    rows: Runs = NO_RECORDS
    sheets: SheetRows = ()

    @property
    def record(self) -> int | None:
        """Number of the first record, ``None`` for the whole file."""
        return self.records.first

    @property
    def row(self) -> int | None:
        """Row of the first record, ``None`` where the file has no rows."""
        return self.rows.first

    @property
    def where(self) -> Text:
        """Where the records stand in their file, the first few of many; empty for the whole file."""
        return place(self.records, self.rows, sheets=self.sheets, most=_MOST_RUNS_ON_A_LINE)

    def to_dict(self) -> dict[str, Any]:
        """Return the finding as JSON values; records and rows as pairs of first and last number, both inclusive.

        ``sheets`` holds the rows of each sheet where there are several.
        """
        return {
            "records": self.records.pairs(),
            "rows": self.rows.pairs(),
            "sheets": {name: rows.pairs() for name, rows in self.sheets},
            "field": self.field,
            "value": self.value,
            "rule": self.rule,
            "action": self.action,
            "zh": self.zh,
            "en": self.en,
        }


def place(records: Runs, rows: Runs = NO_RECORDS, *, sheets: SheetRows = (), most: int | None = None) -> Text:
    """Return where records stand: their rows in the sheet, or their numbers where the file has no rows.

    Parameters
    ----------
    records
        Numbers of the records.
    rows
        Their rows, empty where the file has none.
    sheets
        The rows by sheet, where there are several sheets; each is named.
    most
        How many runs are shown of each; ``None`` for all.
    """
    count = len(records)
    if not count:
        return Text("", "")
    if sheets:
        return _place_in_sheets(sheets if most is None else sheets[:_MOST_SHEETS_ON_A_LINE], len(sheets), most)
    shown, zh, en = (rows, *_ROW) if len(rows) else (records, *_RECORD)
    if count == 1:
        return Text(f"第 {shown.first} {zh}", f"{en} {shown.first}")
    zh_tail, en_tail = f"（{count} 条）", f" ({count} records)"
    return Text(f"第 {shown.text('、', most=most)} {zh}{zh_tail}", f"{en}s {shown.text(most=most)}{en_tail}")


def _place_in_sheets(shown: SheetRows, count: int, most: int | None) -> Text:
    parts = [(name, place(held, held, most=most)) for name, held in shown]
    more = [] if len(shown) == count else ["…"]
    return Text(
        "，".join([f"工作表“{name}”{text.zh}" for name, text in parts] + more),
        "; ".join([f"{name}, {text.en}" for name, text in parts] + more),
    )


def where(record: int, rows: Sequence[int] | NDArray[np.int64] = (), sheets: Sequence[str] = ()) -> Text:
    """Return where one record stands in its file.

    Parameters
    ----------
    record
        Its number.
    rows, sheets
        Row and sheet of every record of the file, in order; empty where it has none, or one sheet only.
    """
    number, (zh, en) = (int(rows[record - 1]), _ROW) if 0 < record <= len(rows) else (record, _RECORD)
    if 0 < record <= len(sheets):
        name = sheets[record - 1]
        return Text(f"工作表“{name}”第 {number} {zh}", f"{name}, {en} {number}")
    return Text(f"第 {number} {zh}", f"{en} {number}")


class FindingLog:
    """Findings as they are made: whatever is said in the same words of the same value becomes one."""

    def __init__(self) -> None:
        self._records: dict[tuple[Any, ...], list[NDArray[np.int64] | int]] = {}
        self._made: dict[tuple[Any, ...], Finding] = {}
        self.size = 0
        """How often something was said; tells a reader whether there is news."""

    def __iter__(self) -> Iterator[Finding]:
        """Yield the findings in the order in which they were first made."""
        for key, numbers in self._records.items():
            made = self._made.get(key)
            if made is None:
                field, value, rule, action, zh, en = key
                made = self._made[key] = Finding(_runs(numbers), field, value, rule, action, zh, en)
            yield made

    def note(
        self,
        rule: str,
        zh: str,
        en: str,
        *,
        record: int | None = None,
        field: str | None = None,
        value: object = None,
        action: Action = "note",
    ) -> None:
        """Say one thing of one record, or of the whole file; ``value`` is masked and shortened."""
        self._add((field, shorten(value), rule, action, mask_personal(zh), mask_personal(en)), record)

    def note_each(
        self,
        rule: str,
        zh: str,
        en: str,
        records: NDArray[np.int64],
        *,
        field: str | None = None,
        value: object = None,
        values: Collection[object] | None = None,
        action: Action = "note",
    ) -> None:
        """Say one thing of many records at once.

        Parameters
        ----------
        rule, zh, en, field, action
            As in :class:`Finding`.
        records
            Numbers of the records.
        value, values
            What the file has in all of them, or in each.
        """
        if not len(records):
            return
        said = mask_personal(zh), mask_personal(en)
        if values is None:
            self._add((field, shorten(value), rule, action, *said), records)
            return
        codes, different = pd.factorize(np.array([*values, None], dtype=object)[:-1], use_na_sentinel=False)
        for shown, rows in zip(different, positions_by_code(codes, len(different)), strict=True):
            self._add((field, shorten(shown), rule, action, *said), records[rows])

    def extend(self, findings: Iterable[Finding]) -> None:
        """Take over findings that were made elsewhere, of records with the same numbers."""
        for item in findings:
            key = (item.field, item.value, item.rule, item.action, item.zh, item.en)
            self._add(key, item.records.array() if len(item.records) else None)

    def tell_placed(self, records: NDArray[np.int64]) -> None:
        """Say of records that were placed after all no more that they wait; what is wrong with them stays said."""
        if not any(action == "unlocated" for _, _, _, action, _, _ in self._records):
            return
        placed = np.unique(records)
        told, self._records = self._records, {}
        self._made.clear()
        for key, numbers in told.items():
            field, value, rule, action, zh, en = key
            if action != "unlocated" or not numbers:
                self._records[key] = numbers
                continue
            every = np.concatenate([np.atleast_1d(np.asarray(item, dtype=np.int64)) for item in numbers])
            is_placed = is_among(every, placed)
            if not is_placed.all():
                self._records[key] = [every[~is_placed]]
            if is_placed.any():
                self._add((field, value, rule, "changed", *_placed_after_all(zh, en)), every[is_placed])
        self.size += 1

    def _add(self, key: tuple[Any, ...], numbers: NDArray[np.int64] | int | None) -> None:
        self.size += 1
        known = self._records.setdefault(key, [])
        if numbers is not None:
            known.append(numbers)
            self._made.pop(key, None)


def _placed_after_all(zh: str, en: str) -> tuple[str, str]:
    for tail in (WAITS_TO_BE_MENDED, WAITS):
        zh, en = zh.removesuffix(tail.zh), en.removesuffix(tail.en)
    return zh + PLACED_AFTER_ALL.zh, en + PLACED_AFTER_ALL.en


def positions_by_code(codes: NDArray[np.int64], count: int) -> list[NDArray[np.int64]]:
    """Return for each code from 0 to ``count - 1`` the positions at which it stands, ascending; -1 stands for none."""
    order = np.argsort(codes, kind="stable")
    ends = np.searchsorted(codes[order], np.arange(count + 1))
    return [order[first:last] for first, last in zip(ends[:-1].tolist(), ends[1:].tolist(), strict=True)]


def with_rows(
    findings: Iterable[Finding], rows: Sequence[int] | NDArray[np.int64], sheets: Sequence[str] = ()
) -> tuple[Finding, ...]:
    """Return findings with the rows of their records; ``rows`` and ``sheets`` as in :func:`where`."""
    if not len(rows):
        return tuple(findings)
    return tuple(
        replace(item, rows=rows_of(item.records, rows), sheets=sheets_of(item.records, rows, sheets))
        for item in findings
    )


def sheets_of(records: Runs, rows: Sequence[int] | NDArray[np.int64], sheets: Sequence[str]) -> SheetRows:
    """Return the rows of records by sheet; nothing where ``sheets``, that of every record of the file, is empty."""
    if not len(records) or len(sheets) != len(rows) or not len(rows_of(records, rows)):
        return ()
    at = records.array() - 1
    codes, names = pd.factorize(np.asarray(sheets, dtype=object)[at])
    numbers = np.asarray(rows, dtype=np.int64)[at]
    return tuple(
        (str(name), Runs.of(numbers[held]))
        for name, held in zip(names, positions_by_code(codes, len(names)), strict=True)
    )


def rows_of(records: Runs, rows: Sequence[int] | NDArray[np.int64]) -> Runs:
    """Return the rows of records; none where ``rows``, that of every record of the file in order, is empty."""
    numbers, table = records.array(), np.asarray(rows, dtype=np.int64)
    return Runs.of(table[numbers - 1]) if len(numbers) and numbers[0] > 0 and numbers[-1] <= len(table) else NO_RECORDS


def _runs(numbers: list[NDArray[np.int64] | int]) -> Runs:
    if not numbers:
        return NO_RECORDS
    if len(numbers) == 1:
        only = numbers[0]
        return Runs.of(only if isinstance(only, np.ndarray) else (only,))
    return Runs.of(np.concatenate([np.atleast_1d(np.asarray(item, dtype=np.int64)) for item in numbers]))
