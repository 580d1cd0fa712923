"""Text tables: encoding and delimiter are found, not asked."""

from __future__ import annotations

import csv
import io
import itertools
import warnings
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from layers.errors import ReadError
from layers.quality import Text
from layers.reading._encoding import TITLES, scan
from layers.reading._raw import HEADER_ROWS, MAX_COLUMNS, Sheet
from layers.reading._refusals import IS_IT_RIGHT, too_wide

if TYPE_CHECKING:
    from pathlib import Path

MAX_TEXT_BYTES = 2 * 1024**3
_DELIMITERS = (",", "\t", ";", "|", "，")
_SAMPLE_CHARACTERS = 200_000
_MAX_CELL_CHARACTERS = 16 * 1024**2


def read_csv(path: Path, encoding: str) -> tuple[Sheet, dict[str, Text]]:
    """Return the cells of a text table and what was found out about it.

    Parameters
    ----------
    path
        A CSV or other delimited text file.
    encoding
        ``auto``, or the name of the encoding.

    Raises
    ------
    ReadError
        If the file is empty, not text, too large, or not in the encoding.
    """
    size = path.stat().st_size
    if size > MAX_TEXT_BYTES:
        raise ReadError(
            f"{path.name} is {size / 1e9:.1f} GB",
            f"{path.name} 有 {size / 1e9:.1f} GB",
            hint="split it, or bring it as GeoPackage or GeoParquet",
            hint_zh="请拆分，或存为 GeoPackage、GeoParquet",
        )
    name, is_blank = scan(path, encoding)
    if is_blank:
        raise ReadError(f"{path.name} is empty", f"{path.name} 是空文件", **IS_IT_RIGHT)
    with path.open(encoding=name, newline="") as stream:
        sample = stream.read(_SAMPLE_CHARACTERS)
    delimiter = _delimiter(sample)
    shown = {"\t": "Tab"}.get(delimiter, delimiter)
    facts = {
        "encoding": Text(f"字符编码 {TITLES.get(name, name)}", f"encoding {TITLES.get(name, name)}"),
        "delimiter": Text(f"分隔符 {shown}", f"delimiter {shown}"),
    }
    return Sheet(path.name, _grid(path, name, sample, delimiter)), facts


def _delimiter(sample: str) -> str:
    """Return the delimiter that divides most lines into the same number of cells."""
    best, best_score = ",", (0, 0)
    for delimiter in _DELIMITERS:
        try:
            rows = _head(sample, delimiter, HEADER_ROWS)
        except csv.Error:
            continue
        widths = Counter(len(row) for row in rows if len(row) > 1)
        if widths:
            width, count = widths.most_common(1)[0]
            best, best_score = max((best, best_score), (delimiter, (count, width)), key=lambda item: item[1])
    return best


def _grid(path: Path, encoding: str, sample: str, delimiter: str) -> pd.DataFrame:
    """Return all cells as text, ``None`` where blank, rows numbered from 1 as a spreadsheet would show them."""
    csv.field_size_limit(_MAX_CELL_CHARACTERS)
    try:
        width = max((len(row) for row in _head(sample, delimiter, 1000)), default=1)
        if width > MAX_COLUMNS or not delimiter.isascii():  # the fast reader takes separators of one byte
            cells = _ragged_grid(path, encoding, delimiter)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("error", category=pd.errors.ParserWarning)  # it would drop cells otherwise
                cells = pd.read_csv(
                    path, encoding=encoding, sep=delimiter, header=None, names=range(max(width, 1)), dtype=str,
                    keep_default_na=False, na_values=[""], skip_blank_lines=False, engine="c", index_col=False,
                    compression=None,
                )  # fmt: skip
    except (csv.Error, pd.errors.ParserError, pd.errors.ParserWarning):
        cells = _ragged_grid(path, encoding, delimiter)
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    return _blank_to_none(cells)


def _ragged_grid(path: Path, encoding: str, delimiter: str) -> pd.DataFrame:
    """Return the cells of a table whose rows differ in length (slower, for files that the fast reader refuses)."""
    rows: list[list[str | None]] = []
    width = 0
    try:
        with path.open(encoding=encoding, newline="") as stream:
            for row in csv.reader(stream, delimiter=delimiter):
                while row and not row[-1].strip():
                    row.pop()
                width = max(width, len(row))
                if width > MAX_COLUMNS:
                    raise too_wide(path, width)
                rows.append([cell or None for cell in row])
    except csv.Error as error:
        raise ReadError(
            f"{path.name} cannot be read as a table: {error}",
            f"{path.name} 不能按表格读取",
            hint="check its quotation marks",
            hint_zh="请检查其中的引号",
        ) from None
    return pd.DataFrame([row + [None] * (width - len(row)) for row in rows], dtype=object)


def _head(sample: str, delimiter: str, count: int) -> list[list[str]]:
    """Return the first rows of a text."""
    return list(itertools.islice(csv.reader(io.StringIO(sample), delimiter=delimiter), count))


def _blank_to_none(cells: pd.DataFrame) -> pd.DataFrame:
    """Return cells with white space alone as missing."""
    for name in cells.columns:
        column = cells[name]
        blank = column.astype("string").str.isspace().fillna(value=False)
        if blank.any():
            cells[name] = column.mask(blank.to_numpy(dtype=bool))
    return cells
