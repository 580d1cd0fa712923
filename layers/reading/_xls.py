"""Old workbooks (.xls, BIFF): values, dates and merged cells through xlrd, which holds filled cells only.

python-calamine reads them seven times as fast, but lays each sheet out whole (two cells in the far corners of a 16 kB
file take a gigabyte) and ends the process at a damaged one.
"""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import xlrd

from layers.errors import ReadError
from layers.reading._raw import MAX_COLUMNS, Sheet
from layers.reading._xlsx import cell_text, sheet_of

if TYPE_CHECKING:
    from pathlib import Path

OLE_MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
MAX_XLS_BYTES = 256 * 1024**2
"""A full sheet of 65,536 rows and 30 columns of text has some 60 MB."""
_AGAIN = {"hint": "open it in Excel or WPS and save it as .xlsx", "hint_zh": "请用 Excel 或 WPS 打开后另存为 .xlsx"}


def xls_sheets(path: Path) -> list[Sheet]:
    """Return the sheets of a workbook in the format of Excel 97 to 2003 (and before) as text.

    Raises
    ------
    ReadError
        If the file is no such workbook, is damaged, locked, or larger than any.
    """
    size = path.stat().st_size
    if size > MAX_XLS_BYTES:
        raise ReadError(f"{path.name} is {size / 1e6:.0f} MB", f"{path.name} 有 {size / 1e6:.0f} MB", **_AGAIN)
    try:
        book = xlrd.open_workbook(
            file_contents=path.read_bytes(), formatting_info=True, ragged_rows=True, logfile=io.StringIO()
        )
        return [_sheet(book, page) for page in book.sheets()]
    except ReadError:
        raise
    except xlrd.XLRDError as error:
        is_locked = "encrypted" in str(error).lower()
        raise ReadError(
            f"{path.name} is locked with a password" if is_locked else f"{path.name} is no workbook of Excel ({error})",
            f"{path.name} 设有密码" if is_locked else f"{path.name} 不是 Excel 工作簿",
            **_AGAIN,
        ) from None
    except Exception as error:  # noqa: BLE001  (xlrd meets damage with whatever its arithmetic raises)
        reason = " ".join(str(error).split())[:120] or type(error).__name__
        raise ReadError(
            f"{path.name} is a damaged workbook ({reason})", f"{path.name} 是损坏的工作簿", **_AGAIN
        ) from None


def _sheet(book: xlrd.book.Book, page: xlrd.sheet.Sheet) -> Sheet:
    rows: dict[int, dict[int, str]] = {}
    for number in range(page.nrows):
        texts = {
            column: text
            for column, cell in enumerate(page.row(number)[: MAX_COLUMNS + 1])
            if (text := cell_text(_value(book, cell))) is not None
        }
        if texts:
            rows[number + 1] = texts
    merges = [(left + 1, top + 1, right, bottom) for top, bottom, left, right in page.merged_cells]
    return sheet_of(page.name, rows, merges, is_hidden=page.visibility != 0)


def _value(book: xlrd.book.Book, cell: xlrd.sheet.Cell) -> Any:
    """Return the value of a cell in the type of Python that an .xlsx would give."""
    if cell.ctype == xlrd.XL_CELL_DATE:
        try:
            moment = xlrd.xldate_as_datetime(cell.value, book.datemode)
            return moment.time() if 0 <= cell.value < 1 else moment  # a time of day has no date
        except (ValueError, OverflowError):
            return cell.value
    if cell.ctype == xlrd.XL_CELL_BOOLEAN:
        return bool(cell.value)
    if cell.ctype == xlrd.XL_CELL_ERROR:
        return xlrd.error_text_from_code.get(cell.value, "#VALUE!")
    return cell.value
