"""Rows that a stray quotation mark swallowed: a mark that opens a cell takes every line up to the next one into it."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from layers.errors import ReadError
from layers.reading._encoding import BLOCK_BYTES
from layers.values._sift import contains

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

_LINE_END = re.compile(r"\r\n|\r|\n")
_SWALLOWED_SHARE = 0.5
"""ASSUMPTION: of the lines inside a cell, so many look like rows of the table where they are some."""


def refuse_swallowed(path: Path, cells: pd.DataFrame, sample: str, delimiter: str) -> None:
    """Raise if a cell holds rows of the table; a cell of several lines that are none is an address or a remark.

    Parameters
    ----------
    path
        The file.
    cells
        Its cells as text, a row a record, numbered from 1 in their order.
    sample, delimiter
        The beginning of its text, and what parts the cells of a line.

    Raises
    ------
    ReadError
        At the first such cell, naming the line in which it begins.
    """
    usual = _usual_count(sample, delimiter)
    if not usual or _line_count(path) <= len(cells):
        return
    sign = re.escape(delimiter)
    found: list[tuple[int, int, int]] = []
    for column, name in enumerate(cells.columns):
        texts = cells[name]
        maybe = contains(texts, f"(?s){sign}.*[\r\n]|[\r\n].*{sign}")
        swallowed = ((at, _rows_in(str(texts.iloc[at]), column, usual, delimiter)) for at in maybe.nonzero()[0])
        first = next(((int(at), column, count) for at, count in swallowed if count), None)
        found += [first] if first else []
    if found:
        at, _, count = min(found)
        raise unpaired(path, at + 1 + _line_ends(cells.iloc[:at]), count)


def unpaired(path: Path, line: int, count: int | None = None) -> ReadError:
    """Return the error for a mark whose fellow is missing, or stands ``count`` lines farther down."""
    to_en = "the end of the file" if count is None else f"{count} lines farther down"
    to_zh = "直到文件末尾" if count is None else f"直到 {count} 行之后"
    return ReadError(
        f"{path.name}: a quotation mark in the cell that begins in line {line} is not closed before {to_en}",
        f"{path.name} 第 {line} 行开头的那一格，引号没有成对，{to_zh}的各行都被并进这一格",
        hint="take the mark away or close it, and import again",
        hint_zh="请删去或补上引号，再导入",
    )


def _usual_count(sample: str, delimiter: str) -> int:
    """Return how many delimiters most lines have."""
    counts = Counter(line.count(delimiter) for line in _LINE_END.split(sample) if line.strip())
    return counts.most_common(1)[0][0] if counts else 0


def _rows_in(cell: str, column: int, usual: int, delimiter: str) -> int:
    """Return how many line ends a cell has where its lines are rows of the table, else 0.

    Whole lines inside it have as many delimiters as a row. Where there are none, its first line completes the row in
    which it begins and its last one is the beginning of another; in a table of two columns words could do that, too.
    """
    first, *inside, last = (line.count(delimiter) for line in _LINE_END.split(cell))
    if inside:
        return len(inside) + 1 if sum(count == usual for count in inside) >= _SWALLOWED_SHARE * len(inside) else 0
    return 1 if usual > 1 and first == usual - column and last == column else 0


def _line_count(path: Path) -> int:
    """Return how many line ends a file has; lone carriage returns count where it has no others."""
    feeds = returns = 0
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            feeds += block.count(b"\n")
            returns += 0 if feeds else block.count(b"\r")
    return feeds or returns


def _line_ends(cells: pd.DataFrame) -> int:
    """Return how many line ends stand inside cells."""
    return sum(
        len(_LINE_END.findall(str(text)))
        for name in cells.columns
        for text in cells[name][contains(cells[name], "[\r\n]")]
    )
