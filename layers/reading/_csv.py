"""Text tables: encoding and delimiter are found, not asked."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import warnings
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
from pyarrow import csv as arrow_csv

from layers.errors import ReadError
from layers.quality import Text
from layers.reading._csv_quotes import refuse_swallowed, unpaired
from layers.reading._encoding import BLOCK_BYTES, TITLES, scan
from layers.reading._header import HEADER_ROWS
from layers.reading._raw import MAX_COLUMNS, Sheet
from layers.reading._refusals import IS_IT_RIGHT, too_wide
from layers.values._sift import contains

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

MAX_TEXT_BYTES = 2 * 1024**3
_DELIMITERS = (",", "\t", ";", "|", "，")
_SAMPLE_CHARACTERS = 200_000
_MAX_CELL_CHARACTERS = 16 * 1024**2
_REGULAR_ENCODINGS = frozenset(("utf-8", "utf-8-sig", "ascii", "gb18030", "gbk", "cp950", "big5"))
"""Encodings in which a byte that looks like one of these delimiters, a quotation mark or a line end is one: the later
bytes of a Chinese character are digits or lie above 0x3F."""
_REGULAR_DELIMITERS = (",", "\t", ";")
_QUOTE, _LINE_END, _RETURN = b'"\n\r'
_END = "\ufdd0"
"""Stands behind the last line, as a line of its own unless a quotation mark is open; no text has this character."""
_GUARDED = r'^="(?:[^"]|"")*"$'
_TWO_BOMS = 2 * codecs.BOM_UTF8
_ARROW_BLOCK_BYTES = 16 * 1024**2


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
        elif (regular := _regular_grid(path, encoding, delimiter, width)) is not None:
            cells = regular
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
    refuse_swallowed(path, cells, sample, delimiter)
    return _blank_to_none(_unguarded(cells))


def _regular_grid(path: Path, encoding: str, delimiter: str, width: int) -> pd.DataFrame | None:
    """Return the cells of a table in which every row has ``width`` cells, ``None`` where it is not as regular as that.

    Arrow reads such tables in a quarter of the time. On others (short rows, a lone carriage return, a quotation mark
    inside a word) readers differ: those are left to the reader that always had them.
    """
    if encoding not in _REGULAR_ENCODINGS or delimiter not in _REGULAR_DELIMITERS or not _is_regular(path, delimiter):
        return None
    names = [str(number) for number in range(width)]
    try:
        table = arrow_csv.read_csv(
            path,
            arrow_csv.ReadOptions(
                column_names=names,
                encoding="utf8" if encoding == "utf-8-sig" else encoding,
                block_size=_ARROW_BLOCK_BYTES,
            ),
            arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True, ignore_empty_lines=False),
            arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(names, pa.large_string()), null_values=[""], strings_can_be_null=True
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_columns != width:  # nothing but blank lines
        return None
    return table.to_pandas(split_blocks=True, self_destruct=True).set_axis(range(width), axis=1)


def _is_regular(path: Path, delimiter: str) -> bool:
    """Return whether quotation marks stand around whole cells only, and lines end in a way that all readers know."""
    is_inside = False
    with path.open("rb") as stream:
        while block := stream.read(BLOCK_BYTES):
            block += stream.readline()  # what follows a mark is in its block
            if b"\0" in block or _TWO_BOMS in block or block.count(b"\r") != block.count(b"\r\n"):
                return False
            text = np.frombuffer(block.removeprefix(codecs.BOM_UTF8), dtype=np.uint8)
            marks = np.flatnonzero(text == _QUOTE)
            if not _stand_at_edges(text, marks, delimiter, is_inside=is_inside):
                return False
            is_inside ^= len(marks) % 2 == 1
    return not is_inside


def _stand_at_edges(text: NDArray[np.uint8], marks: NDArray[np.int64], delimiter: str, *, is_inside: bool) -> bool:
    """Return whether every opening mark stands at the start of a cell and every closing one at its end.

    Two marks for one inside a cell are a closing and an opening one. ``text`` begins where a line does.
    """
    edges = [ord(delimiter), _LINE_END, _QUOTE]
    padded = np.concatenate([[_LINE_END], text, [_LINE_END]])
    opens = np.arange(len(marks)) % 2 == is_inside
    fits = np.where(opens, np.isin(padded[marks], edges), np.isin(padded[marks + 2], [*edges, _RETURN]))
    return bool(fits.all())


def _ragged_grid(path: Path, encoding: str, delimiter: str) -> pd.DataFrame:
    """Return the cells of a table whose rows differ in length (slower, for files that the fast reader refuses)."""
    rows: list[list[str | None]] = []
    width, start = 0, 1
    try:
        with path.open(encoding=encoding, newline="") as stream:
            reader = csv.reader(itertools.chain(stream, [_END]), delimiter=delimiter)
            for row in reader:
                if row == [_END]:
                    break
                if row and row[-1].endswith(_END):  # it is inside the last cell
                    raise unpaired(path, start)
                start = reader.line_num + 1
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


def _unguarded(cells: pd.DataFrame) -> pd.DataFrame:
    """Return cells without the ``="…"`` in which office programs keep a text of digits from becoming a number."""
    for name in cells.columns:
        guarded = contains(cells[name], _GUARDED)
        if guarded.any():
            texts = cells[name].astype("string")
            inner = texts.str.slice(2, -1).str.replace('""', '"', regex=False)
            bare = texts.mask(guarded, inner).astype(object)
            cells[name] = bare.where(bare.notna() & (bare != ""), None)
    return cells


def _blank_to_none(cells: pd.DataFrame) -> pd.DataFrame:
    """Return cells with white space alone as missing."""
    for name in cells.columns:
        column = cells[name]
        blank = column.astype("string").str.isspace().fillna(value=False)
        if blank.any():
            cells[name] = column.mask(blank.to_numpy(dtype=bool))
    return cells
