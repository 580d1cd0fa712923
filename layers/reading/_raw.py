"""What every reader hands on: columns under their titles, geometry if the file has it, what it says of itself."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.errors import ReadError
from layers.quality import Text
from layers.reading._below_header import rows_aside
from layers.reading._header import find_header
from layers.reading._titles import Title

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from numpy.typing import NDArray
    from pyproj import CRS

    from layers.reading._editions import Period
    from layers.reading._fill_down import Shared
    from layers.schema import Kind

MAX_COLUMNS = 512
"""Columns read of a table; a ledger has some twenty, a hostile or damaged file 16,384 empty ones."""
OWN_COLUMNS = frozenset(("asset_id", "position", "is_sample"))
"""Columns that every layer Panhuo exports has, and no other program's file; such a file is in WGS 84."""
_BELOW = (Text("", ""), Text("和其下一行", " and the one below it"), Text("和其下两行", " and the two below it"))


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
    shared
        Amounts that stand in cells merged over several records, by position of the record.
    facts
        What was found out about the file.
    warnings
        What a person should know about the file before using it.
    is_cut
        Whether the format cuts column titles to ten bytes.
    unreadable
        Which records have a geometry in the file that nobody can read; ``None`` where that cannot happen.
    faults
        Why a geometry cannot be read, and what stands in its place, by position of the record, where a reader knows.
    listed
        The rows of the file that make up records, given their positions, where a record is several rows: ``record``
        (its position), ``row`` in the file, then the cells under their titles.
    curved
        Which records are curves in the file and were made straight pieces; ``None`` where that cannot happen.
    sheets
        Name of the sheet of each record, where the records come from several.
    is_sheet
        Whether it is a CSV file or a worksheet, whose texts may carry an apostrophe against formulas.
    is_correction
        Whether it is a file of records to be mended that Panhuo wrote.
    """

    titles: list[Title]
    cells: pd.DataFrame
    geometry: NDArray[np.object_] | None = None
    crs: CRS | None = None
    crs_from: str = ""
    preamble: str = ""
    row_numbers: pd.Index | None = None
    merges: dict[int, list[tuple[int, int]]] | None = None
    shared: list[Shared] = field(default_factory=list)
    facts: dict[str, Text] = field(default_factory=dict)
    warnings: list[Text] = field(default_factory=list)
    is_cut: bool = False
    unreadable: NDArray[np.bool_] | None = None
    faults: Mapping[int, tuple[Text, str]] = field(default_factory=dict)
    listed: Callable[[NDArray[np.int64]], pd.DataFrame] | None = None
    curved: NDArray[np.bool_] | None = None
    sheets: list[str] | None = None
    is_sheet: bool = False
    is_correction: bool = False

    @property
    def is_own(self) -> bool:
        """Whether Panhuo wrote the file."""
        return OWN_COLUMNS.issubset(title.text for title in self.titles)


@dataclass
class Sheet:
    """A grid of cells, text or ``None``, as a CSV file or a worksheet has it; the index is the row number from 1.

    ``merges`` are cells merged down a column: column -> (first row, last row) pairs; ``None`` where a format has none.
    ``spans`` are all merged ranges: left column from 0, top row, right column, bottom row, both ends included.
    ``no_result`` are the formula cells whose result was not stored; ``period`` is the time that the name tells.
    """

    name: str
    cells: pd.DataFrame
    merges: dict[int, list[tuple[int, int]]] | None = None
    is_hidden: bool = False
    no_result: tuple[str, ...] = ()
    spans: tuple[tuple[int, int, int, int], ...] = ()
    period: Period | None = None


def table_of(sheet: Sheet, kind: Kind, explicit: Mapping[str, str]) -> Raw:
    """Return the records of a sheet below the header that fits ``kind`` best.

    Raises
    ------
    ReadError
        If nothing stands below the header.
    """
    head = find_header(sheet, kind, explicit)
    grid, titles = sheet.cells, head.titles
    body = grid.iloc[head.last + 1 :]
    body = body[body.notna().any(axis=1)]
    titles, aside = rows_aside(body, titles)
    body = body.iloc[len(aside) :]
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
    preamble = " ".join(str(cell) for cell in grid.iloc[: head.first].to_numpy().ravel() if not pd.isna(cell))
    below = _BELOW[head.last - head.first]
    raw = Raw(titles, cells.reset_index(drop=True), preamble=preamble, row_numbers=cells.index, is_sheet=True)
    raw.merges = None if sheet.merges is None else _positions(sheet.merges, used, cells.index)
    passed_zh = "".join(f"，其下是{item.zh}" for item in aside)
    passed_en = "".join(f", below it {item.en}" for item in aside)
    raw.facts["header"] = Text(
        f"表头在第 {grid.index[head.first]} 行{below.zh}{passed_zh}，第 1 条记录在第 {cells.index[0]} 行",
        f"the header is row {grid.index[head.first]}{below.en}{passed_en}, record 1 is row {cells.index[0]}",
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
