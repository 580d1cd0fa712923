"""Rows of totals held against the records: 合计 and 小计, below what they sum or above it.

A total may stand under its records or over them, and there may be several kinds in one ledger. So each is held against
the records up to any total before it, the records down to any total after it, and all records; where one of these sums
fits, it is right.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from layers.quality import Text
from layers.values._numbers import APPROXIMATE_SHARE, parse_number
from layers.values._text import MISSING, plain
from layers.values._units import factor_of
from layers.values._written import quantity_as_written

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from layers.quality import QualityReport
    from layers.reading._fields import FieldReader

    Floats = NDArray[np.float64]

_SUMMED_UNITS = frozenset(("m2", "CNY", "CNY/year", "kW"))
_MOST_LEVELS = 50
"""Totals on either side that may end what a total sums; ledgers have three levels or four."""


class Added(NamedTuple):
    """The columns of records that may be added up, and the position of each record in the file."""

    columns: pd.DataFrame
    positions: NDArray[np.int64]


class _Blocks(NamedTuple):
    """What the records around a total add up to: since each total above, nearest first; to each below; together.

    ``counts`` are the records up to the nearest total above, down to the nearest below, and all.
    """

    above: Floats
    below: Floats
    everything: float
    counts: tuple[int, int, int]


class _Stated(NamedTuple):
    """A total as the ledger states it: the cell, its value, and how far from it a sum may be."""

    cell: str
    value: float
    margin: float


def added(frame: pd.DataFrame, reader: FieldReader, rows: NDArray[np.int64]) -> Added:
    """Return the columns of records that may be added up.

    Parameters
    ----------
    frame
        Fields of the records.
    reader
        Knows which fields the file has.
    rows
        Position of each among all records that were read.
    """
    fields = [reader.kind[name] for name in reader.matches.fields]
    summed = [
        field.name
        for field in fields
        if (field.dtype == "int" and field.unit != "year") or (field.dtype == "float" and field.unit in _SUMMED_UNITS)
    ]
    values = frame[summed].apply(lambda column: column.astype("float64").fillna(0.0))
    for item in reader.raw.shared:  # stated once for several records: here the first one of them has it
        name = next((name for name in summed if reader.matches.fields[name] == item.column), None)
        at = np.flatnonzero(np.isin(rows, item.positions))[:1]
        if name is not None and len(at):
            stated = parse_number(item.text, reader.kind[name].unit, stated_unit=reader.units.get(name, "")).value
            values.iloc[at, values.columns.get_loc(name)] += stated or 0.0
    return Added(values, reader.records[rows] - 1)


def check_totals(totals: pd.DataFrame, reader: FieldReader, variants: Sequence[Added], report: QualityReport) -> None:
    """Say where a total is the sum of no records that it may stand for, to the decimals of the total.

    Parameters
    ----------
    totals
        Rows of totals as the ledger has them, by their position in the file.
    reader
        Knows the columns and the units that they state.
    variants
        The records with duplicates and (last) without; either may be what was added up.
    report
        Where to say it.
    """
    told: set[tuple[str, str, Text]] = set()
    for position in totals.index[::-1].tolist():
        for name in variants[-1].columns:
            stated = _stated(totals.loc[position, reader.matches.fields[name]], name, reader)
            if stated is None:
                continue
            blocks = [_blocks(item, name, position, totals.index.to_numpy()) for item in variants]
            margin = stated.margin + 1e-9 * abs(blocks[-1].everything)
            if any(abs(found - stated.value) <= margin for item in blocks for found in _sums(item)):
                continue
            sums = _sums_told(blocks[-1], stated.cell, name, reader)
            if (name, stated.cell, sums) not in told:  # 小计 and 合计 of one group are one mistake
                told.add((name, stated.cell, sums))
                _tell(name, stated.cell, sums, position, reader, report, is_last=position == totals.index[-1])


def _stated(cell: object, name: str, reader: FieldReader) -> _Stated | None:
    """Return the total in a cell, ``None`` where there is none."""
    text, unit, stated_unit = str(cell), reader.kind[name].unit, reader.units.get(name, "")
    total = MISSING if pd.isna(cell) else parse_number(text, unit, stated_unit=stated_unit)
    if total.value is None:
        return None
    decimals = len(re.sub(r"[^0-9.]", "", plain(text)).partition(".")[2])
    margin = 0.5 * 10**-decimals * (factor_of(stated_unit, unit) or 1.0)
    return _Stated(text, total.value, APPROXIMATE_SHARE * abs(total.value) if total.rule else margin)


def _blocks(item: Added, name: str, position: int, totals: NDArray[np.int64]) -> _Blocks:
    """Return what the records around the total at ``position`` add up to."""
    running = np.concatenate([[0.0], np.cumsum(item.columns[name].to_numpy(dtype="float64"))])
    here = int(np.searchsorted(item.positions, position))
    above = np.append(totals[totals < position][::-1][:_MOST_LEVELS], -1)
    below = np.append(totals[totals > position][:_MOST_LEVELS], item.positions.max(initial=-1) + 1)
    starts, ends = np.searchsorted(item.positions, above), np.searchsorted(item.positions, below)
    return _Blocks(
        running[here] - running[starts],
        running[ends] - running[here],
        float(running[-1]),
        (here - int(starts[0]), int(ends[0]) - here, len(item.positions)),
    )


def _sums(blocks: _Blocks) -> Iterator[float]:
    yield from blocks.above.tolist()
    yield from blocks.below.tolist()
    yield blocks.everything


def _sums_told(blocks: _Blocks, cell: str, name: str, reader: FieldReader) -> Text:
    """Return what the records next to a total add up to, above and below, as the ledger writes numbers."""
    unit, (above, below, count) = reader.kind[name].unit, blocks.counts
    shown = _unit_in_cell(cell, unit) or reader.units.get(name, "")
    everything = quantity_as_written(blocks.everything, unit, shown)
    parts = []
    for number, added_up, zh, en in (
        (above, float(blocks.above[0]), "其上", "above it"),
        (below, float(blocks.below[0]), "其下", "below it"),
    ):
        if 0 < number < count:
            text = quantity_as_written(added_up, unit, shown)
            parts.append(Text(f"{zh} {number} 条相加为 {text.zh}", f"the {number} records {en} add up to {text.en}"))
    whole = Text(f"各条相加为 {everything.zh}", f"the records add up to {everything.en}")
    if parts:
        whole = Text(f"全部 {count} 条相加为 {everything.zh}", f"all {count} add up to {everything.en}")
    return Text("，".join(part.zh for part in (*parts, whole)), ", ".join(part.en for part in (*parts, whole)))


def _tell(
    name: str, cell: str, sums: Text, position: int, reader: FieldReader, report: QualityReport, *, is_last: bool
) -> None:
    title = reader.raw.titles[reader.matches.fields[name]].text
    at = Text("", "") if is_last else report.where(position + 1)
    report.note(
        "total_differs", f"{at.zh}“{title}”合计写 {cell}，{sums.zh}",
        f"the total of {title}{f' in {at.en}' if at.en else ''} says {cell}, {sums.en}",
        field=name, value=cell, action="warning",
    )  # fmt: skip


def _unit_in_cell(text: str, unit: str) -> str:
    """Return the unit that a cell writes behind its number, or nothing."""
    found = re.search(r"[0-9] ?([^0-9()]+)$", plain(text))
    return found[1] if found and factor_of(found[1], unit) is not None else ""
