"""Workbooks: stored results of formulas, merged cells, bounded in size whatever the file claims."""

from __future__ import annotations

import re
import warnings
import zipfile
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException
from openpyxl.worksheet._reader import WorkSheetParser

from layers.errors import ReadError
from layers.reading._archive import ZIP_DAMAGE, check_sizes
from layers.reading._raw import MAX_COLUMNS, Sheet
from layers.reading._refusals import SAVE_AS_XLSX

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_HEAD_BYTES = 4096
MAX_UNPACKED_BYTES = 512 * 1024**2
"""Some ten million cells, a minute of reading; a ledger has some thousands."""
MAX_ROWS = 1_048_576
MAX_TAGS = 200_000
"""Tags between two rows (or two shared texts); a row has at most 16,384 cells, a sheet some thousand merged ranges."""
_BLOCK_BYTES = 1 << 20
_NAMESPACE = rb"(?:\w+:)?"
_OPENERS = re.compile(rb"<" + _NAMESPACE + rb"(?:row|si)[\s/>]")
_MERGE = re.compile(rb"<" + _NAMESPACE + rb'mergeCell\s[^>]*ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_NO_RESULT = re.compile(  # a cell with a formula and no stored value
    (
        rb'<{0}c\s[^>]*?r="([A-Z]+[0-9]+)"[^>]*>\s*<{0}f(?:\s[^>]*)?(?:/>|>[^<]*</{0}f>)\s*'
        rb"(?:<{0}v\s*/>|<{0}v></{0}v>)?\s*</{0}c>"
    ).replace(b"{0}", _NAMESPACE)
)
_LONGEST_CELL_BYTES = 4096
_DAMAGE = (*ZIP_DAMAGE, InvalidFileException, TypeError, AttributeError, SyntaxError)
"""What zipfile and openpyxl raise at a workbook that is broken somewhere."""


def xlsx_sheets(path: Path) -> list[Sheet]:
    """Return the sheets of a workbook as text. Links to other files are never followed.

    Raises
    ------
    ReadError
        If the file is no workbook, is damaged, or is larger inside than any ledger.
    """
    _check_archive(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", category=UserWarning)  # openpyxl on styles and extensions it does not keep
            return _sheets(path)
    except _DAMAGE as error:
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise ReadError(
            f"{path.name} is a damaged workbook ({reason})",
            f"{path.name} 是损坏的工作簿",
            hint="open it in Excel or WPS and save it again",
            hint_zh="请用 Excel 或 WPS 打开后重新保存",
        ) from None


def _what_it_is(path: Path) -> tuple[str, str]:
    """Return what a file is that calls itself a workbook and is none, in English and in Chinese."""
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES).lower()
    if any(mark in head for mark in (b"<html", b"<table", b"<!doctype html")):
        return (
            "a web page with a table, as many systems export",
            "其实是网页表格（不少系统这样导出），不是 Excel",
        )
    if b"urn:schemas-microsoft-com:office:spreadsheet" in head:
        return "a workbook of 2003 written as XML", "是 2003 版的 XML 表格，不是 Excel 工作簿"
    return "not an Excel workbook (.xlsx)", "不是 Excel 工作簿（.xlsx）"


def _check_archive(path: Path) -> None:
    """Raise unless the file is a zip of a workbook that unpacks to a sane size and has no part without end."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            names = {item.filename for item in members}
    except _DAMAGE:
        en, zh = _what_it_is(path)
        raise ReadError(f"{path.name} is {en}", f"{path.name} {zh}", **SAVE_AS_XLSX) from None
    check_sizes(path, members, MAX_UNPACKED_BYTES)
    if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        raise ReadError(
            f"{path.name} is a zip file but no Excel workbook", f"{path.name} 是压缩包，不是工作簿", **SAVE_AS_XLSX
        )


def _sheets(path: Path) -> list[Sheet]:
    """Return all sheets as text, with their merged ranges and the formula cells that have no stored result."""
    with path.open("rb") as stream, zipfile.ZipFile(stream) as archive:  # opened by content: suffixes are often wrong
        for member in archive.namelist():
            if member.startswith("xl/") and member.endswith(".xml"):
                _check_tags(archive, member, path)
        book = openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False)
        try:
            sheets = []
            for page in book.worksheets:
                merges, missing = _scan(archive, page._worksheet_path)  # noqa: SLF001  (no public name)
                sheets.append(_sheet(archive, book, page, merges, missing))
            return sheets
        finally:
            book.close()


def _check_tags(archive: zipfile.ZipFile, member: str, path: Path) -> None:
    """Raise if a part of a workbook declares entities, or holds more between two rows or texts than a sheet can."""
    count = 0
    with archive.open(member) as stream:
        while block := stream.read(_BLOCK_BYTES):
            if b"<!DOCTYPE" in block or b"<!ENTITY" in block:
                raise ReadError(
                    f"{path.name} declares entities in {member}, which no workbook needs",
                    f"{path.name} 的 {member} 含有实体声明，工作簿用不着",
                    **SAVE_AS_XLSX,
                )
            pieces = _OPENERS.split(block)
            for number, piece in enumerate(pieces):
                count = piece.count(b"<") + (0 if number else count)
                if count > MAX_TAGS:
                    raise ReadError(
                        f"{path.name} is no ordinary workbook: {member} has more than {MAX_TAGS} things in one row",
                        f"{path.name} 不是正常的工作簿：{member} 的一行里有 {MAX_TAGS} 个以上的内容",
                        hint="save its sheet as .csv",
                        hint_zh="请把表另存为 .csv",
                    )


def _scan(archive: zipfile.ZipFile, member: str) -> tuple[list[tuple[int, int, int, int]], list[str]]:
    """Return merged ranges (left, top, right, bottom) and formula cells without results, read in blocks."""
    merges: dict[str, tuple[int, int, int, int]] = {}
    missing: dict[str, None] = {}
    tail = b""
    with archive.open(member) as stream:
        while block := stream.read(_BLOCK_BYTES):
            text = tail + block
            for found in _MERGE.findall(text):
                left, top, right, bottom = range_boundaries(found.decode())
                merges[found.decode()] = (int(left or 1), int(top or 1), int(right or 1), int(bottom or 1))
            missing |= dict.fromkeys(found.decode() for found in _NO_RESULT.findall(text))
            tail = text[-_LONGEST_CELL_BYTES:]
    return list(merges.values()), list(missing)


def _sheet(
    archive: zipfile.ZipFile, book: Any, page: Any, merges: list[tuple[int, int, int, int]], missing: list[str]
) -> Sheet:
    """Return one sheet; its cells are taken as they come, never padded to the width that a sheet claims."""
    rows: dict[int, dict[int, str]] = {}
    with archive.open(page._worksheet_path) as stream:  # noqa: SLF001
        parser = WorkSheetParser(
            stream, page._shared_strings, data_only=True, epoch=book.epoch,  # noqa: SLF001
            date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,  # noqa: SLF001
        )  # fmt: skip
        for number, cells in parser.parse():
            texts = {cell["column"] - 1: text for cell in cells if (text := cell_text(cell["value"])) is not None}
            if texts:
                rows[number] = texts
    return sheet_of(page.title, rows, merges, is_hidden=page.sheet_state != "visible", no_result=missing)


def sheet_of(
    title: str,
    rows: dict[int, dict[int, str]],
    merges: Sequence[tuple[int, int, int, int]],
    *,
    is_hidden: bool = False,
    no_result: Sequence[str] = (),
) -> Sheet:
    """Return the sheet of filled cells.

    Parameters
    ----------
    title
        Name of the sheet.
    rows
        Row number from 1 -> column from 0 -> text.
    merges
        Merged ranges: left, top, right, bottom, from 1.
    is_hidden
        Whether people do not see it.
    no_result
        Formula cells without a stored result.

    Raises
    ------
    ReadError
        If something stands further down or further right than a ledger goes.
    """
    width = max((max(texts) + 1 for texts in rows.values()), default=0)
    last = max(rows, default=0)
    if width > MAX_COLUMNS or last > MAX_ROWS:
        at = next(number for number, texts in rows.items() if number > MAX_ROWS or max(texts) >= MAX_COLUMNS)
        raise ReadError(
            f"sheet {title} has something in column {max(rows[at]) + 1} of row {at}",
            f"工作表 {title} 的第 {at} 行第 {max(rows[at]) + 1} 列有内容",
            hint=f"a table may have {MAX_COLUMNS} columns; clear what stands far to the right",
            hint_zh=f"一张表最多 {MAX_COLUMNS} 列，请清除右边多余的内容",
        )
    numbers = sorted(rows)
    cells = [[rows[number].get(column) for column in range(width)] for number in numbers]
    frame = pd.DataFrame(cells, columns=range(width), index=pd.Index(numbers, dtype="int64"), dtype=object)
    down: dict[int, list[tuple[int, int]]] = {}
    for left, top, _, bottom in merges:
        if bottom > top and left <= width:
            down.setdefault(left - 1, []).append((top, bottom))
    spans = tuple((left - 1, top, right - 1, bottom) for left, top, right, bottom in merges if left <= width)
    return Sheet(title, frame, down, is_hidden=is_hidden, no_result=tuple(no_result), spans=spans)


def cell_text(value: object) -> str | None:
    """Return the value of a cell as text, ``None`` where blank; dates in ISO form, numbers at full precision."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return str(value)
