"""Rows of the sheet 账目 of the balance workbook: the lines of an account, a column a year."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api import _balance_sheet as cells
from gis.bundle_account import COSTS, INCOME

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from openpyxl.worksheet.worksheet import Worksheet

    Cell = Callable[[int], str]
    """The formula of a year, given the number of the year."""

FIRST_YEAR = 3
"""Column of year 0."""
TITLES = {
    "active": "在期比例 Part of the year granted",
    "capex_cny": "企业投资 Capex of the enterprise",
    "revenue_cny": "可还本收入 Income that may repay",
    "other_income_cny": "其他收入(净) Other income",
    "property_fee_cny": "物业费 Property fee",
    "opex_cny": "运营支出 Running cost",
    "land_rent_cny": "地租或场地租 Land or site rent",
    "upkeep_cny": "长效管养 Upkeep",
    "reinstatement_cny": "复原费 Clearing the land",
    "revenue_tax": "其中收入税费 Tax on income",
    "profit": "税前利润 Profit",
    "taxable": "应税利润 Taxable profit",
    "tax_cny": "税费 Taxes",
    "net_cny": "净额 Net",
    "cumulative_cny": "累计 Cumulative",
    "discounted_cny": "净额现值 Net in money of year 0",
    "transfer_in_cny": "由他包补入 Taken from other bundles",
    "transfer_out_cny": "补给他包 Given to other bundles",
    "after_cny": "反哺后净额 Net after transfers",
    "after_cumulative_cny": "反哺后累计 Cumulative after transfers",
    "after_discounted_cny": "反哺后净额现值 Net after transfers in money of year 0",
    "funding_state_cny": "财政出资 Paid by the state",
    "funding_owner_cny": "产权人出资 Paid by the owner",
    "funding_residents_cny": "居民出资 Paid by residents",
    "present_public_cny": "现状财政支出 Public money today",
    "new_public_cny": "新模式财政支出 Public money, new model",
    "public_more_cny": "财政增减(含出资) More public money",
    "debt_service_cny": "还本付息(假定) Debt service",
    "debt_cover": "偿债备付率 Debt cover",
    "back": "回收时点(年) Paid back at",
    "sign": "净额正负 Sign of net",
    "turn": "净额变号 Turns of net",
    "sum_sign": "累计正负 Sign of cumulative",
    "sum_turn": "累计变号 Turns of cumulative",
}


@dataclass(frozen=True)
class Block:
    """Where the account of a bundle stands: rows of its lines, and its years."""

    rows: Mapping[str, int]
    years: int

    def cell(self, name: str, year: int) -> str:
        """Return the address of a line in a year, on the sheet."""
        return cells.here(self.rows[name], FIRST_YEAR + year)

    def span(self, name: str, first: int = 0) -> str:
        """Return the addresses of a line from year ``first`` on."""
        return cells.span(self.rows[name], FIRST_YEAR + first, FIRST_YEAR + self.years)


def write_row(
    sheet: Worksheet,
    block: Block,
    name: str,
    cell: Cell,
    *,
    form: str = cells.CNY,
    is_summed: bool = True,
    is_input: bool = False,
) -> None:
    """Write a line of all years; ``is_input``: years that are plain numbers are to be changed."""
    row = block.rows[name]
    cells.text(sheet, row, 1, TITLES.get(name, name), bold=name == "net_cny")
    for year in range(block.years + 1):
        said = cell(year)
        if _is_number(said):
            cells.number(sheet, row, FIRST_YEAR + year, float(said), form, is_input=is_input)
        else:
            cells.formula(sheet, row, FIRST_YEAR + year, said, form)
    if is_summed:
        cells.formula(sheet, row, 2, f"SUM({block.span(name)})", form)


def _is_number(said: str) -> bool:
    return said.lstrip("-").replace(".", "", 1).replace("e", "", 1).replace("-", "", 1).isdigit()


def net(block: Block, year: int) -> str:
    """Return what a year leaves: income less costs, of the lines that there are."""
    came = [block.cell(name, year) for name in INCOME if name in block.rows]
    went = [block.cell(name, year) for name in COSTS if name in block.rows]
    return "+".join(came or ["0"]) + "".join(f"-{cell}" for cell in went)
