"""What bundles give each other (盈利反哺), on the sheet 汇总 of the balance workbook: right of what each comes to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from openpyxl.utils import get_column_letter

from api import _balance_sheet as cells
from gis._account_facts import RATE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from api._balance_prices import Prices

TITLE_ROW, FIRST_ROW = 3, 4
NPV, DEEPEST = 12, 14
"""Columns of the NPV at the rate that is set, and of the deepest deficit."""
FIRST, SUMS = 20, 8
"""First column of what bundles give each other, and the column of the cap and the sums."""
HEADS = (
    *("起始年\nStarts in year", "缺额(折首年)\nLacks, year 0", "余额(折首年)\nSpare, year 0"),
    *("由他包补入\nTaken, at its start", "补给他包\nGiven, at its start", "反哺后净现值\nNPV after"),
)
START, SHORT, OVER, TAKEN, GIVEN, AFTER = range(FIRST, FIRST + len(HEADS))
SAID = (
    "盈利反哺上限(首个预算年币值) Cap on transfers, in money of the first budget year",
    "每包累计垫资上限(空为不限) Working capital of a bundle (empty: no limit)",
    "合计缺额 Lacking in all",
    "合计余额 Spare in all",
    "实际反哺 Given in all",
)


class Shared:
    """Where the sheet 汇总 tells what the bundles give each other, one row a bundle; money in 万元."""

    def __init__(self, sheet: str, prices: Prices, *, count: int) -> None:
        self._sheet, self._rate, self._last = sheet, prices.cell(RATE), FIRST_ROW + count - 1

    def paid(self, number: int) -> tuple[str, str]:
        """Return the formulas of what a bundle takes and gives, in CNY, for another sheet."""
        row = FIRST_ROW + number
        taken, given = (f"'{self._sheet}'!{cells.here(row, column)}*10000" for column in (TAKEN, GIVEN))
        return taken, given

    def write(
        self, sheet: Worksheet, start_years: Sequence[int], cap_cny: float, working_capital_cny: float = math.inf
    ) -> None:
        """Write the columns of the bundles, and below them the cap, the working capital and the sums."""
        cells.head(sheet, TITLE_ROW, HEADS, first=FIRST)
        for column in range(FIRST, AFTER + 1):
            sheet.column_dimensions[get_column_letter(column)].width = 15
        cap, capital, short, over, paid = (
            f"${get_column_letter(SUMS)}${self._last + 2 + place}" for place in range(len(SAID))
        )
        for row, year in enumerate(start_years, start=FIRST_ROW):
            at, grown = {column: cells.here(row, column) for column in range(NPV, AFTER + 1)}, f"(1+{self._rate})^"
            cells.number(sheet, row, START, year, "0")
            for column, said in (
                (SHORT, f"MAX(0,-{at[NPV]})/{grown}{at[START]}"),
                (OVER, f'MAX(0,IF({capital}="",{at[NPV]},MIN({at[NPV]},{capital}-{at[DEEPEST]})))/{grown}{at[START]}'),
                (TAKEN, f"IF({short}=0,0,{paid}*{at[SHORT]}/{short})*{grown}{at[START]}"),
                (GIVEN, f"IF({over}=0,0,{paid}*{at[OVER]}/{over})*{grown}{at[START]}"),
                (AFTER, f"{at[NPV]}+{at[TAKEN]}-{at[GIVEN]}"),
            ):
                cells.formula(sheet, row, column, said, cells.TEN_THOUSAND)
        for place, said in enumerate(SAID):
            row = self._last + 2 + place
            cells.title(sheet, row, said)
        cells.number(sheet, self._last + 2, SUMS, cap_cny / 10_000, cells.TEN_THOUSAND, is_input=True)
        if math.isfinite(working_capital_cny):
            cells.number(sheet, self._last + 3, SUMS, working_capital_cny / 10_000, cells.TEN_THOUSAND, is_input=True)
        for row, said in enumerate((self._sum(SHORT), self._sum(OVER), f"MIN({cap},{short},{over})"), self._last + 4):
            cells.formula(sheet, row, SUMS, said, cells.TEN_THOUSAND)

    def _sum(self, column: int) -> str:
        letter = get_column_letter(column)
        return f"SUM({letter}{FIRST_ROW}:{letter}{self._last})"
