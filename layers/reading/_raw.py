"""What every reader hands on: columns under their titles, geometry if the file has it, what it says of itself."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.errors import ReadError
from layers.quality import Text
from layers.reading._columns_match import Title, header_score, key
from layers.reading._place import place_role

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray
    from pyproj import CRS

    from layers.schema import Kind

HEADER_ROWS = 40
MAX_COLUMNS = 512
"""Columns read of a table; a ledger has some twenty, a hostile or damaged file 16,384 empty ones."""
OWN_COLUMNS = frozenset(("asset_id", "position", "is_sample"))
"""Columns that every layer Panhuo exports has, and no other program's file; such a file is in WGS 84."""


@dataclass
class Raw:
    """A file as it is, before anything is interpreted.

    Parameters
    ----------
    titles
        Column titles from left to right.
    cells
        One column a title (numbered from 0), one row a record; text, or numbers where the format has types.
    geometry
        Geometries in the order of the rows; ``None`` for tables.
    crs
        CRS that the file declares, ``None`` where it declares none.
    crs_from
        What declares it (``.prj``, ``GeoPackage``), or why there is none.
    preamble
        What stands above the header, one line.
    first_row
        Row of the file in which record 1 stands.
    row_numbers
        Row of each record in the file.
    merges
        Cells merged down a column: column -> (first, last) pairs of positions in ``cells``.
    facts
        What was found out about the file.
    warnings
        What a person should know about the file before using it.
    is_cut
        Whether the format cuts column titles to ten bytes.
    unreadable
        Which records have a geometry in the file that nobody can read; ``None`` where that cannot happen.
    curved
        Which records are curves in the file and were made straight pieces; ``None`` where that cannot happen.
    sheets
        Name of the sheet of each record, where the records come from several.
    is_sheet
        Whether it is a CSV file or a worksheet, whose texts may carry an apostrophe against formulas.
    """

    titles: list[Title]
    cells: pd.DataFrame
    geometry: NDArray[np.object_] | None = None
    crs: CRS | None = None
    crs_from: str = ""
    preamble: str = ""
    row_numbers: pd.Index | None = None
    merges: dict[int, list[tuple[int, int]]] | None = None
    facts: dict[str, Text] = field(default_factory=dict)
    warnings: list[Text] = field(default_factory=list)
    is_cut: bool = False
    unreadable: NDArray[np.bool_] | None = None
    curved: NDArray[np.bool_] | None = None
    sheets: list[str] | None = None
    is_sheet: bool = False

    @property
    def is_own(self) -> bool:
        """Whether Panhuo wrote the file."""
        return OWN_COLUMNS.issubset(title.text for title in self.titles)


@dataclass
class Sheet:
    """A grid of cells, text or ``None``, as a CSV file or a worksheet has it; the index is the row number from 1.

    ``merges`` are cells merged down a column: column -> (first row, last row) pairs; ``None`` where a format has none.
    ``no_result`` are the formula cells whose result was not stored.
    """

    name: str
    cells: pd.DataFrame
    merges: dict[int, list[tuple[int, int]]] | None = None
    is_hidden: bool = False
    no_result: tuple[str, ...] = ()


def sheet_score(sheet: Sheet, kind: Kind, explicit: Mapping[str, str]) -> tuple[int, int]:
    """Return how well the best row serves as a header of ``kind``, and its position."""
    wanted = {key(column) for column in explicit.values()}
    head = sheet.cells.iloc[:HEADER_ROWS]
    texts = [[None if pd.isna(cell) else str(cell) for cell in row] for row in head.itertuples(index=False)]
    is_place = {key(cell): bool(place_role(cell)) for row in texts for cell in row if cell and len(cell) < 40}
    scores = [
        header_score(row, kind, is_place) + sum(5 for cell in row if cell and key(cell) in wanted) for row in texts
    ]
    if not scores:
        return 0, 0
    best = max(scores)
    if best >= 2 or len(scores) == 1:
        return best, scores.index(best)
    for position, row in enumerate(texts):
        filled = [cell for cell in row if cell]
        if len(filled) >= 2 and not any(_is_number(cell) for cell in filled):
            return best, position
    return best, 0


def table_of(sheet: Sheet, kind: Kind, explicit: Mapping[str, str]) -> Raw:
    """Return the records of a sheet below the header that fits ``kind`` best.

    Raises
    ------
    ReadError
        If nothing stands below the header.
    """
    _, at = sheet_score(sheet, kind, explicit)
    grid = sheet.cells
    top = [None if pd.isna(cell) else str(cell) for cell in grid.iloc[at]] if len(grid) else []
    below = [None if pd.isna(cell) else str(cell) for cell in grid.iloc[at + 1]] if len(grid) > at + 1 else []
    has_second = _is_second_row(top, below)
    titles = _titles(top, below if has_second else [])
    body = grid.iloc[at + 1 + has_second :]
    body = body[body.notna().any(axis=1)]
    used = [number for number, title in enumerate(titles) if title.text or body[number].notna().any()]
    titles = [titles[number] if titles[number].text else Title(f"列{number + 1}") for number in used]
    if body.empty:
        raise ReadError(
            f"{sheet.name} has no records below its header",
            f"{sheet.name} 的表头下没有记录",
            hint="is it the right file or sheet?",
            hint_zh="请核对是不是这个文件、这张表",
        )
    cells = body[used].set_axis(range(len(used)), axis=1)
    preamble = " ".join(str(cell) for cell in grid.iloc[:at].to_numpy().ravel() if not pd.isna(cell))
    header = Text(f"表头在第 {grid.index[at]} 行", f"the header is row {grid.index[at]}")
    raw = Raw(titles, cells.reset_index(drop=True), preamble=preamble, row_numbers=cells.index, is_sheet=True)
    raw.merges = None if sheet.merges is None else _positions(sheet.merges, used, cells.index)
    raw.facts["header"] = Text(
        f"{header.zh}{'和其下一行' if has_second else ''}，第 1 条记录在第 {cells.index[0]} 行",
        f"{header.en}{' and the one below it' if has_second else ''}, record 1 is row {cells.index[0]}",
    )
    return raw


def _positions(
    merges: Mapping[int, list[tuple[int, int]]], used: list[int], rows: pd.Index
) -> dict[int, list[tuple[int, int]]]:
    """Return cells merged over two records or more, by column in use, as positions instead of rows of the sheet."""
    places = {number: at for at, number in enumerate(used)}
    found: dict[int, list[tuple[int, int]]] = {}
    for number, spans in merges.items():
        if number in places:
            ends = np.asarray(spans, dtype="int64")
            first = rows.searchsorted(ends[:, 0], side="left")
            last = rows.searchsorted(ends[:, 1], side="right") - 1
            several = last > first
            found[places[number]] = list(zip(first[several].tolist(), last[several].tolist(), strict=True))
    return found


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?[0-9][0-9,.]*%?", text.strip()) is not None


def _is_second_row(top: list[str | None], below: list[str | None]) -> bool:
    """Return whether the row below a header divides its columns: text only, and only below blank or widened cells."""
    filled = [number for number, cell in enumerate(below) if cell]
    if not filled or any(_is_number(below[number] or "") for number in filled):
        return False
    following = [*top[1:], "end"]
    free = [number for number in filled if not top[number] or not following[number]]
    return (
        free == filled
        and any(not top[number] for number in filled)
        and len(filled) < len([cell for cell in top if cell])
    )


def _titles(top: list[str | None], below: list[str | None]) -> list[Title]:
    if not below:
        return [Title(cell.strip() if cell else "") for cell in top]
    titles: list[Title] = []
    group = ""
    for number, (upper, lower) in enumerate(zip(top, below, strict=True)):
        opens = bool(upper)
        group = upper.strip() if upper else (group if lower else "")
        is_wide = opens and bool(lower) and not (top[number + 1] if number + 1 < len(top) else "end")
        titles.append(Title(group if lower or opens else "", (lower or "").strip(), is_wide))
    return titles
