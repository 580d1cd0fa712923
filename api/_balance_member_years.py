"""The account of a member by year on the sheet 账目 of the balance workbook: what its prices make, what else it has."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from openpyxl.utils import get_column_letter

from api import _balance_sheet as cells
from api._balance_blocks import FIRST_YEAR, Block, net, write_row
from gis._account_facts import LOSS_YEARS, PROFIT_TAX, REINSTATEMENT, REVENUE_TAX
from gis._account_lines import A_DAY
from gis._bundle_sensitivity import OF_CARE
from gis.bundle_account import COSTS, INCOME, OTHERS_PAY, SERVICES

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from api._balance_blocks import Cell
    from api._balance_members import Placed
    from api._balance_prices import Prices
    from gis.model import Model

NOTHING_CNY = 1e-4
"""Below it an amount is only the noise of the arithmetic."""


def write_member(sheet: Worksheet, row: int, item: Placed, years: int, priced_by: tuple[Prices, Model]) -> Block:
    """Write the account of a member from ``row`` on."""
    prices, model = priced_by
    names = _line_names(item, int(model.value(LOSS_YEARS)))
    block = Block({name: row + 1 + place for place, name in enumerate(names)}, years)
    cells.head(sheet, row, [item.member.name])
    made = _priced(item, block, prices, int(model.value(LOSS_YEARS))) if item.member.is_priced else {}
    for name in names:
        fixed = item.member.fixed.get(name)
        write_row(
            sheet,
            block,
            name,
            _with_fixed(made.get(name), fixed),
            form=cells.SHARE if name == "active" else cells.CNY,
            is_summed=name != "active",
            is_input=not item.member.is_priced,
        )
    return block


def _line_names(item: Placed, loss_years: int) -> list[str]:
    """Return the rows of a member: of lines that it need not have, those that it has."""
    member = item.member
    every = (*INCOME, *COSTS, *OTHERS_PAY, *SERVICES)
    told = [name for name in every if np.any(np.abs(member.given[name]) > NOTHING_CNY)]
    if not member.is_priced:
        return [*told, "net_cny"]
    losses = [_loss_title(age) for age in range(loss_years, 0, -1)]
    is_split = member.action == "renovation"
    paid = [name for name in OTHERS_PAY if name in told or (is_split and name != "funding_owner_cny")]
    extra = [name for name in ("other_income_cny", *OF_CARE) if name in told]
    return [
        *("active", "capex_cny", "revenue_cny", *extra, "opex_cny", "land_rent_cny", "reinstatement_cny"),
        *("revenue_tax", "profit", *losses, "taxable", "tax_cny", "net_cny"),
        *(*paid, *(name for name in SERVICES if name in told)),
    ]


def _loss_title(age: int) -> str:
    return f"弥补{age}年前亏损 Loss of {age} years before"


def _with_fixed(made: Cell | None, fixed: np.ndarray[tuple[int, ...], np.dtype[np.float64]] | None) -> Cell:
    """Return a formula with what of its line does not come from prices."""

    def cell(year: int) -> str:
        rest = float(fixed[year]) if fixed is not None and abs(fixed[year]) > NOTHING_CNY else 0.0
        said = made(year) if made else ""
        if not said:
            return repr(rest)
        return f"{said}+{rest!r}" if rest else said

    return cell


def _priced(item: Placed, block: Block, prices: Prices, loss_years: int) -> dict[str, Cell]:
    """Return the formulas of a member that is made of prices, as :func:`gis._account_lines.by_year` has them."""
    at, of = block.cell, item.addresses
    income = [name for name in ("revenue_cny", "other_income_cny") if name in block.rows]
    outgo = ("opex_cny", "land_rent_cny", "reinstatement_cny")
    rate, profit_rate = prices.cell(REVENUE_TAX), prices.cell(PROFIT_TAX)

    def later(cell: Cell) -> Cell:
        return lambda year: cell(year) if year else "0"

    def first(said: str) -> Cell:
        return lambda year: "0" if year else said

    def profit(year: int) -> str:
        earned = "+".join(at(name, year) for name in income)
        spent = "-".join(at(name, year) for name in outgo)
        worn = f"{of['capex']}/MAX({of['horizon']},{A_DAY!r})*{at('active', year)}"
        return f"{earned}-{spent}-{at('revenue_tax', year)}-{worn}"

    def tax(year: int) -> str:
        fee = f"+{rate}*{at('property_fee_cny', year)}" if "property_fee_cny" in block.rows else ""
        return f"{at('revenue_tax', year)}+{profit_rate}*{at('taxable', year)}{fee}"

    losses = {_loss_title(age): _loss(block, age, loss_years, prices) for age in range(1, loss_years + 1)}
    used = f"-SUM({{0}}{block.rows[_loss_title(loss_years)]}:{{0}}{block.rows[_loss_title(1)]})" if loss_years else ""
    return {
        "active": later(lambda year: f"MAX(0,MIN(1,{of['horizon']}-{year - 1}))"),
        "capex_cny": first(f"{of['capex']}*{of['share_enterprise']}"),
        "revenue_cny": later(
            lambda year: f"{of['revenue']}*{of['pledged']}*{at('active', year)}*IF({year}>{of['free']},1,0)"
        ),
        "property_fee_cny": later(lambda _: _care(item, prices, "property_fee_cny")),
        "upkeep_cny": later(lambda _: _care(item, prices, "upkeep_cny")),
        "opex_cny": later(lambda year: f"{of['opex']}*{at('active', year)}"),
        "land_rent_cny": later(lambda year: f"{of['rent']}*{at('active', year)}"),
        "reinstatement_cny": lambda year: (
            f"IF(ROUNDUP({of['horizon']},0)={year},{of['cleared_m2']}*{prices.cell(REINSTATEMENT)},0)"
        ),
        "revenue_tax": later(lambda year: f"{rate}*({'+'.join(at(name, year) for name in income)})"),
        "profit": later(profit),
        **{name: later(cell) for name, cell in losses.items()},
        "taxable": later(lambda year: f"MAX(0,{at('profit', year)})" + used.format(_letter(year))),
        "tax_cny": later(tax),
        "net_cny": lambda year: net(block, year),
        "funding_state_cny": first(f"{of['capex']}*{of['share_state']}"),
        "funding_owner_cny": first(f"{of['capex']}*{of['share_owner']}"),
        "funding_residents_cny": first(f"{of['capex']}*{of['share_residents']}"),
    }


def _letter(year: int) -> str:
    return str(get_column_letter(FIRST_YEAR + year))


def _care(item: Placed, prices: Prices, line: str) -> str:
    return "*".join([item.addresses[line], *(prices.cell(key) for key in OF_CARE[line])])


def _loss(block: Block, age: int, oldest: int, prices: Prices) -> Cell:
    """Return how much of the loss of ``age`` years before is set against a year's profit: the oldest losses first.

    ``MIN(what is left of that loss, what is left of the profit)``; nothing where it is too old for the law.
    """

    def cell(year: int) -> str:
        born = year - age
        if born < 1:
            return "0"
        gone = "".join(f"-{block.cell(_loss_title(earlier), born + earlier)}" for earlier in range(1, age))
        older = "".join(f"-{block.cell(_loss_title(more), year)}" for more in range(oldest, age, -1))
        loss, profit = block.cell("profit", born), block.cell("profit", year)
        left = f"MIN(MAX(0,-{loss}){gone},MAX(0,{profit}){older})"
        return f"IF({age}>{prices.cell(LOSS_YEARS)},0,{left})"

    return cell
