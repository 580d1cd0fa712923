"""Text tables: encoding and delimiter are found, not asked."""

from __future__ import annotations

import codecs
import csv
import io
import itertools
import warnings
from collections import Counter
from typing import TYPE_CHECKING

import pandas as pd

from layers.errors import ReadError
from layers.quality import Text
from layers.reading._raw import HEADER_ROWS, MAX_COLUMNS, Sheet

if TYPE_CHECKING:
    from pathlib import Path

MAX_TEXT_BYTES = 2 * 1024**3
_DELIMITERS = (",", "\t", ";", "|", "，")
_SAMPLE_CHARACTERS = 200_000
_MAX_CELL_CHARACTERS = 16 * 1024**2
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_TITLES = {"utf-8": "UTF-8", "utf-8-sig": "UTF-8 (BOM)", "utf-16": "UTF-16", "gb18030": "GB18030 (GBK)"}
_BROKEN_SHARE = 0.1


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
        raise ReadError(f"{path.name} is {size / 1e9:.1f} GB", hint="split it, or bring it as GeoPackage or GeoParquet")
    data = path.read_bytes()
    name = find_encoding(data, path.name) if encoding.lower() == "auto" else encoding
    text = decode(data, name, path.name)
    del data
    if not text.strip():
        raise ReadError(f"{path.name} is empty", hint="is it the right file?")
    delimiter = _delimiter(text[:_SAMPLE_CHARACTERS])
    shown = {"\t": "Tab"}.get(delimiter, delimiter)
    facts = {
        "encoding": Text(f"字符编码 {_TITLES.get(name, name)}", f"encoding {_TITLES.get(name, name)}"),
        "delimiter": Text(f"分隔符 {shown}", f"delimiter {shown}"),
    }
    return Sheet(path.name, _grid(text, delimiter, path.name)), facts


def find_encoding(data: bytes, name: str) -> str:
    """Return the encoding of a text: by its byte-order mark, else UTF-8 if its bytes are that, else GB18030.

    Raises
    ------
    ReadError
        If the bytes are neither, or are UTF-8 with damaged places (read as GB18030 they would turn into nonsense).
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    if b"\0" in data[:65_536]:
        raise ReadError(f"{name} is not a text file", hint="is its suffix right?")
    try:
        data.decode("utf-8")
    except UnicodeDecodeError as error:
        sample = data[max(0, error.start - 500_000) : error.start + 500_000].decode("utf-8", "replace")
        broken = sample.count("\ufffd")
        whole = sum(character > "\x7f" for character in sample) - broken
        if whole and broken / (whole + broken) < _BROKEN_SHARE:
            raise ReadError(
                f"{name} is UTF-8 but damaged at byte {error.start + 1}", hint="save it again, or cut the damaged line"
            ) from None
    else:
        return "utf-8"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError as error:
        raise ReadError(
            f"{name} is neither UTF-8 nor GB18030 (byte {error.start + 1})", hint="name its encoding with --encoding"
        ) from None
    return "gb18030"


def decode(data: bytes, encoding: str, name: str) -> str:
    """Return the text of bytes.

    Raises
    ------
    ReadError
        If there is no such encoding, or the bytes are not in it.
    """
    try:
        return data.decode(encoding)
    except LookupError:
        raise ReadError(f"there is no encoding {encoding!r}", hint="use auto, utf-8, gb18030 or big5") from None
    except UnicodeError as error:
        at = f" (byte {error.start + 1})" if isinstance(error, UnicodeDecodeError) else ""
        raise ReadError(f"{name} is not {encoding}{at}", hint="leave --encoding out to have it found") from None


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


def _grid(text: str, delimiter: str, name: str) -> pd.DataFrame:
    """Return all cells as text, ``None`` where blank, rows numbered from 1 as a spreadsheet would show them."""
    csv.field_size_limit(_MAX_CELL_CHARACTERS)
    try:
        width = max((len(row) for row in _head(text[:_SAMPLE_CHARACTERS], delimiter, 1000)), default=1)
        if width > MAX_COLUMNS:
            cells = _ragged_grid(text, delimiter, name)
        else:
            with warnings.catch_warnings():
                warnings.simplefilter("error", category=pd.errors.ParserWarning)  # it would drop cells otherwise
                cells = pd.read_csv(
                    io.StringIO(text), sep=delimiter, header=None, names=range(max(width, 1)), dtype=str,
                    keep_default_na=False, na_values=[""], skip_blank_lines=False, engine="c", index_col=False,
                )  # fmt: skip
    except (csv.Error, pd.errors.ParserError, pd.errors.ParserWarning):
        cells = _ragged_grid(text, delimiter, name)
    cells.index = pd.RangeIndex(1, len(cells) + 1)
    return _blank_to_none(cells)


def _ragged_grid(text: str, delimiter: str, name: str) -> pd.DataFrame:
    """Return the cells of a table whose rows differ in length (slower, for files that the fast reader refuses)."""
    try:
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    except csv.Error as error:
        raise ReadError(f"{name} cannot be read as a table: {error}", hint="check its quotation marks") from None
    for row in rows:
        while row and not row[-1].strip():
            row.pop()
    width = max((len(row) for row in rows), default=0)
    if width > MAX_COLUMNS:
        raise ReadError(f"{name} has {width} columns", hint=f"a table may have {MAX_COLUMNS}")
    return pd.DataFrame([[cell or None for cell in row] + [None] * (width - len(row)) for row in rows], dtype=object)


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
