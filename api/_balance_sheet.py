"""Cells of the balance workbook: texts that are never formulas, numbers to change in yellow, formulas, paper."""

from __future__ import annotations

import unicodedata
from typing import TYPE_CHECKING, Any

from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.page import PageMargins
from openpyxl.worksheet.properties import PageSetupProperties

from layers._cells import neutralise

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

INPUT = PatternFill("solid", fgColor="FFF2CC")
HEAD = PatternFill("solid", fgColor="DDE6EE")
THIN = Border(bottom=Side(style="thin", color="8A8A8A"))
OVER = Border(top=Side(style="thin", color="8A8A8A"))
BROKEN = Alignment(vertical="top", wrap_text=True)
RIGHT = Alignment(vertical="top", horizontal="right")
"""Of numbers, and of formulas that tell a word where there is no number: left, it would touch the one before."""
MIDDLE = Alignment(vertical="center", horizontal="center", wrap_text=True)
LEFT = Alignment(vertical="top", horizontal="left")
NAMED = Alignment(vertical="center", wrap_text=True)
"""Of the head of a first column, which holds names."""
FACE = "Calibri"
PLAIN, BOLD, GREY = Font(name=FACE), Font(name=FACE, bold=True), Font(name=FACE, color="8A8A8A")
A3 = 8
CNY, COUNT, PRICE, WHOLE = "[>=0.5]#,##0;[<=-0.5]-#,##0;–", "General", "#,##0.00", "#,##0"
NONE = "—"
"""What stands where there is no number to be told: a cell left empty might have been forgotten."""
SHARE, TIMES, TEN_THOUSAND = "0.0%", "0.00", "#,##0.00"
THOUSAND = 1000
LINE_PT = 15.5
"""Height of a line, of Chinese characters too."""
SIDE_IN, END_IN = 0.4, 0.6


def title(sheet: Worksheet, row: int, said: str, *, bold: bool = False) -> None:
    """Write a text over the whole width of a sheet."""
    cell = sheet.cell(row, 1, neutralise(said))
    cell.data_type, cell.font = "s", BOLD if bold else PLAIN


def text(sheet: Worksheet, row: int, column: int, said: object, *, bold: bool = False) -> None:
    """Write a text, made harmless."""
    cell = sheet.cell(row, column, neutralise(str(said)))
    cell.data_type, cell.font = "s", BOLD if bold else PLAIN
    cell.alignment = BROKEN


def number(sheet: Worksheet, row: int, column: int, value: float, form: str, *, is_input: bool = False) -> None:
    """Write a number; yellow where a reader is meant to change it."""
    cell = sheet.cell(row, column, float(value))
    cell.number_format = _counted(value) if form == COUNT else form
    cell.font, cell.alignment = PLAIN, RIGHT
    if is_input:
        cell.fill = INPUT


def _counted(value: float) -> str:
    """Return the form of a count that a reader may change: small whole numbers show a fraction typed in their place."""
    if float(value) != round(value):
        return PRICE
    return WHOLE if abs(value) >= THOUSAND else COUNT


def none(sheet: Worksheet, row: int, columns: Sequence[int]) -> None:
    """Write that there is no number to be told."""
    for column in columns:
        cell = sheet.cell(row, column, NONE)
        cell.alignment, cell.font = RIGHT, GREY


def formula(sheet: Worksheet, row: int, column: int, said: str, form: str) -> None:
    """Write a formula, given without its equals sign."""
    cell = sheet.cell(row, column, f"={said}")
    cell.number_format, cell.font, cell.alignment = form, PLAIN, RIGHT


def head(sheet: Worksheet, row: int, titles: Sequence[str], *, first: int = 1) -> None:
    """Write the head of a table from column ``first`` on."""
    for column, title in enumerate(titles, start=first):
        cell: Any = sheet.cell(row, column, title)
        cell.font, cell.fill, cell.border = BOLD, HEAD, THIN
        cell.alignment = MIDDLE if column > 1 else NAMED


def ref(sheet: Worksheet, row: int, column: int) -> str:
    """Return the address of a cell for a formula on any sheet."""
    return f"'{sheet.title}'!${get_column_letter(column)}${row}"


def down(sheet: Worksheet, column: int, first: int, last: int) -> str:
    """Return the address of a part of a column for a formula on any sheet."""
    return f"{ref(sheet, first, column)}:${get_column_letter(column)}${last}"


def span(row: int, first: int, last: int) -> str:
    """Return the address of a part of a row on the same sheet."""
    return f"{get_column_letter(first)}{row}:{get_column_letter(last)}{row}"


def here(row: int, column: int) -> str:
    """Return the address of a cell on the same sheet."""
    return f"{get_column_letter(column)}{row}"


def on_paper(sheet: Worksheet, widths: Sequence[float], *, rows: str, freeze: str) -> None:
    """Set the widths of the columns, and how the sheet is printed: A3 across, one page wide, heads on each page."""
    for column, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(column)].width = width
    for row in sheet.iter_rows():
        lines = [_lines(cell.value, widths[cell.column - 1]) for cell in row if cell.alignment.wrap_text]
        sheet.row_dimensions[row[0].row].height = LINE_PT * max(lines, default=1)
    sheet.page_setup.orientation, sheet.page_setup.paperSize = "landscape", A3
    sheet.page_setup.fitToWidth, sheet.page_setup.fitToHeight = 1, 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_title_rows, sheet.freeze_panes = rows, freeze
    sheet.page_margins = PageMargins(SIDE_IN, SIDE_IN, END_IN, END_IN, header=SIDE_IN / 2, footer=SIDE_IN / 2)


def say_whence(sheet: Worksheet, run: str, sample: str) -> None:
    """Write on each page from which run it is, and on sheet and page that the data is a sample where it is one."""
    sheet.oddFooter.left.text, sheet.oddFooter.center.text = run, "&A  &P / &N"
    if sample:
        sheet.oddHeader.center.text = sample
        sheet["A1"].value = f"{sheet['A1'].value}　{sample}"


def _lines(said: object, width: float) -> int:
    """Return into how many lines a text is broken in a column, of whose characters a Chinese one takes two."""
    pieces = str(said or "").split("\n")
    each = (sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in piece) for piece in pieces)
    return sum(max(1, -(-length // max(int(width) - 1, 1))) for length in each)


def put_away(sheet: Worksheet, rows: Sequence[int]) -> None:
    """Fold rows away that only serve others; a reader can open them."""
    for row in rows:
        sheet.row_dimensions[row].outlineLevel, sheet.row_dimensions[row].hidden = 1, True
