"""Records that were left out, or wait, and can be mended: the source's own columns, to correct and import again."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import numpy as np
import openpyxl
import pandas as pd
import shapely
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from layers._cells import neutralise
from layers._runs import is_among
from layers.errors import UsageError
from layers.values import as_text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from numpy.typing import NDArray
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet

    from layers.findings import Action, Finding
    from layers.quality import QualityReport
    from layers.reading._raw import Raw

ROW_TITLE = "原文件行号 row in the source"
REASON_TITLE = "未收原因 why it was left out"
SUFFIXES = (".csv", ".xlsx")
_NO_COORDINATES = "没有坐标，待落图 / it has no coordinates; not placed"
ADDED = frozenset((ROW_TITLE, REASON_TITLE))
_NUMBER = re.compile(r"[-+]?[0-9][0-9,]*\.?[0-9]*(?:[eE][-+]?[0-9]+)?")
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_MOST_CHARACTERS = 32_767
"""What a cell of a worksheet holds; a longer WKT is written to CSV only."""


def without_added(raw: Raw) -> Raw:
    """Take out the columns that :func:`write_rejected` added, so that a corrected file is read as it once was."""
    added = [number for number, title in enumerate(raw.titles) if title.text in ADDED]
    if not added:
        return raw
    raw.is_correction = True
    kept = [number for number in range(len(raw.titles)) if number not in added]
    raw.titles = [raw.titles[number] for number in kept]
    raw.cells = raw.cells[kept].set_axis(range(len(kept)), axis=1)
    if raw.merges is not None:
        raw.merges = {kept.index(number): spans for number, spans in raw.merges.items() if number in kept}
    return raw


def rejected_records(
    raw: Raw, chosen: NDArray[np.bool_], records: NDArray[np.int64], report: QualityReport
) -> pd.DataFrame:
    """Return the records that a correction would bring in or place, as the file has them, indexed by their numbers.

    Those that wait for a place are in the layer and here: mended, they take the place of themselves.

    Parameters
    ----------
    raw
        The file, rows that are no records taken out.
    chosen
        Which of its records were left out, or have no place.
    records
        Numbers of its records.
    report
        Knows why.

    Returns
    -------
    pandas.DataFrame
        The row in the source (its number where the file has no rows), why it was left out, then the columns of the
        source under their own titles, texts as they stand; of a map the geometry as WKT. Of a list of corner points
        the rows of the list.
    """
    rows = np.flatnonzero(chosen)
    if raw.listed is not None and len(rows):
        return _listed(raw.listed(rows), records, report)
    titles = distinct([ROW_TITLE, REASON_TITLE, *(title.text for title in raw.titles)])
    numbers = records[rows]
    places = np.asarray(report.rows)[numbers - 1] if len(report.rows) else numbers
    columns = [
        pd.Series(places, dtype="int64"),
        pd.Series(_reasons(report, numbers), dtype="string"),
        *(as_text(raw.cells[number].iloc[rows]).reset_index(drop=True) for number in range(len(raw.titles))),
    ]
    table = pd.DataFrame(dict(zip(titles, columns, strict=True)))
    if raw.geometry is not None:
        code = None if raw.crs is None else raw.crs.to_epsg()
        name = "geometry_wkt" if code is None else f"geometry_wkt_epsg{code}"
        table[name] = shapely.to_wkt(raw.geometry[rows], rounding_precision=-1, output_dimension=2)
    return table.set_axis(numbers, axis=0)


def still_to_mend(table: pd.DataFrame, report: QualityReport, waiting: NDArray[np.int64]) -> pd.DataFrame:
    """Return records to be mended without those that were placed after all, each with the reason that is left.

    Parameters
    ----------
    table
        As :func:`rejected_records` returned it, before the layers of a workspace placed any.
    report
        The account of the file after that.
    waiting
        Numbers of the records that are in the layer and still have no place.
    """
    left_out = [item.records.array() for item in _with_action(report, "left_out")]
    kept = table[table.index.isin(np.concatenate([waiting, *left_out]))]
    return kept.assign(**{REASON_TITLE: pd.array(_reasons(report, kept.index.to_numpy()), dtype="string")})


def _listed(rows: pd.DataFrame, records: NDArray[np.int64], report: QualityReport) -> pd.DataFrame:
    """Return the rows that records consist of, each with the reason of its record; corrected they are a list again."""
    numbers = records[rows["record"].to_numpy(dtype=np.int64)]
    table = rows.drop(columns=["record", "row"])
    table.insert(0, ROW_TITLE, rows["row"].astype("int64"))
    table.insert(1, REASON_TITLE, pd.Series(_reasons(report, numbers), dtype="string"))
    return table.set_axis(numbers, axis=0)


def distinct(titles: Sequence[str]) -> list[str]:
    """Return titles of which none stands twice."""
    seen: dict[str, int] = {}
    found = []
    for title in titles:
        seen[title] = seen.get(title, 0) + 1
        found.append(title if seen[title] == 1 else f"{title} {seen[title]}")
    return found


def _reasons(report: QualityReport, numbers: NDArray[np.int64]) -> NDArray[np.object_]:
    """Return in both languages why each of these records was left out, or waits for a place.

    What is wrong with its coordinates says more than that nothing else places it, and why it was left out most.
    """
    known, at = np.unique(numbers, return_inverse=True)
    why = np.full(len(known), _NO_COORDINATES, dtype=object)
    waits = sorted(_with_action(report, "unlocated"), key=lambda item: item.rule != "unlocated")
    for item in (*waits, *_with_action(report, "left_out")):
        tail = f" [{item.value}]" if item.value and item.action == "left_out" else ""
        told = item.records.array()
        why[np.searchsorted(known, told[is_among(told, known)])] = f"{item.zh} / {item.en}{tail}"
    return why[at]


def _with_action(report: QualityReport, action: Action) -> list[Finding]:
    return [item for item in report.findings if item.action == action and len(item.records)]


def refuse_suffix(path: Path) -> None:
    """Refuse a file of records to be mended that could not be written.

    Raises
    ------
    UsageError
        If it is neither ``.csv`` nor ``.xlsx``.
    """
    if path.suffix.lower() not in SUFFIXES:
        raise UsageError(
            f"{path.name}: rejected records are written as .csv or .xlsx",
            f"{path.name}：未收的记录只能写成 .csv 或 .xlsx",
            hint="choose one of them",
            hint_zh="请换一个后缀",
        )


def write_rejected(table: pd.DataFrame, path: Path) -> None:
    """Write records that were left out to a file that can be corrected and imported again.

    Parameters
    ----------
    table
        As :attr:`layers.reading.ReadResult.rejected` has it.
    path
        ``.csv`` (UTF-8 with a byte-order mark, for Excel) or ``.xlsx``. No cell is a formula.

    Raises
    ------
    UsageError
        If the suffix is neither, or a geometry is too long for a worksheet.
    """
    refuse_suffix(path)
    if path.suffix.lower() == ".csv":
        with path.open("w", encoding="utf-8-sig", newline="") as stream:
            csv.writer(stream).writerows(_lines(table))
    else:
        _write_xlsx(table, path)


def _lines(table: pd.DataFrame) -> Iterator[list[str]]:
    yield [_cell(title) for title in table.columns]
    for row in table.itertuples(index=False):
        yield ["" if value is None or value is pd.NA else _cell(str(value)) for value in row]


def _cell(text: str) -> str:
    """Return a text that a spreadsheet takes for no formula; a number needs no guard, and would be none with one."""
    return text if _NUMBER.fullmatch(text) else neutralise(text)


def _write_xlsx(table: pd.DataFrame, path: Path) -> None:
    book = openpyxl.Workbook(write_only=True)
    sheet: WriteOnlyWorksheet = book.create_sheet("未收记录 rejected")
    sheet.freeze_panes = "C2"
    for at, line in enumerate(_lines(table)):
        if any(len(text) > _MOST_CHARACTERS for text in line):
            raise UsageError(
                f"{path.name}: a cell is longer than a worksheet can hold",
                f"{path.name}：有单元格超过表格软件的上限",
                hint="write .csv instead",
                hint_zh="请写成 .csv",
            )
        cells = [WriteOnlyCell(sheet, value=_CONTROL.sub("", text) or None) for text in line]
        for cell in cells:
            cell.data_type = "s" if cell.value is not None else "n"
            if at == 0:
                cell.font = Font(bold=True)
        sheet.append(cells)
    book.save(path)
