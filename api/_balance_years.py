"""The sheet 账目 of the balance workbook: the account of each bundle by year, and that of each of its members."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl.worksheet.pagebreak import Break

from api import _balance_sheet as cells
from api._balance_blocks import Block, net, write_row
from api._balance_member_years import write_member
from gis._account_facts import RATE
from gis.bundle_account import COSTS, INCOME, LOAN, OTHERS_PAY, SERVICES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from api._balance_blocks import Cell
    from api._balance_members import Placed
    from api._balance_prices import Prices
    from api._balance_transfers import Shared
    from gis.model import Model

TOTALS = (*INCOME, *COSTS, "net_cny", "cumulative_cny", "discounted_cny", *OTHERS_PAY, *SERVICES)
TRANSFERS = ("transfer_in_cny", "transfer_out_cny", "after_cny", "after_cumulative_cny", "after_discounted_cny")
HELPERS = ("back", "sign", "turn", "sum_sign", "sum_turn")
DERIVED = ("public_more_cny", "debt_service_cny", "debt_cover", *HELPERS)


def write_accounts(
    sheet: Worksheet,
    bundles: Sequence[tuple[str, Sequence[Placed]]],
    prices: Prices,
    model: Model,
    shared: Shared | None = None,
) -> list[Block]:
    """Write the account of every bundle, its members' below it; return where each stands.

    ``shared``: where it is told what the bundles give each other; ``None`` where they may not.
    """
    cells.title(sheet, 1, "账目：元，按年，全部为公式 Accounts by year in CNY, all formulas", bold=True)
    row, found, widest = 3, [], 0
    more = TRANSFERS if shared is not None else ()
    for number, (title, members) in enumerate(bundles):
        years = max(len(item.member.given["capex_cny"]) for item in members) - 1
        rows = {name: row + 1 + place for place, name in enumerate((*TOTALS, *more, *DERIVED))}
        block, widest = Block(rows, years), max(widest, years)
        if number:
            sheet.row_breaks.append(Break(id=row - 1))
        cells.head(sheet, row, [title, *[""] * (years + 2)])
        after, blocks = row + len(rows) + 2, []
        for item in members:
            blocks.append(write_member(sheet, after, item, years, (prices, model)))
            after = max(blocks[-1].rows.values()) + 2
        _totals(sheet, block, blocks, prices)
        if shared is not None:
            _transfers(sheet, block, shared.paid(number))
        cells.put_away(sheet, [block.rows[name] for name in HELPERS])
        found.append(block)
        row = after + 1
    cells.head(sheet, 2, ["", "合计\nSum", *(f"第{year}年\nYear {year}" for year in range(widest + 1))])
    cells.on_paper(sheet, (52, 15, *(13,) * (widest + 1)), rows="1:2", freeze="C3")
    return found


def _totals(sheet: Worksheet, block: Block, members: Sequence[Block], prices: Prices) -> None:
    """Write the lines of the bundle: the sums of its members', and what follows from them."""

    def summed(name: str) -> Cell:
        return lambda year: "+".join(item.cell(name, year) for item in members if name in item.rows) or "0"

    for name in (*INCOME, *COSTS, *OTHERS_PAY, *SERVICES):
        write_row(sheet, block, name, summed(name))
    at, rate = block.cell, prices.cell(RATE)
    write_row(sheet, block, "net_cny", lambda year: net(block, year))
    write_row(sheet, block, "cumulative_cny", lambda year: f"SUM({_upto(block, 'net_cny', year)})", is_summed=False)
    write_row(sheet, block, "discounted_cny", lambda year: f"{at('net_cny', year)}/(1+{rate})^{year}")
    write_row(
        sheet,
        block,
        "public_more_cny",
        lambda year: "{}+{}-{}".format(*(at(name, year) for name in ("funding_state_cny", *reversed(SERVICES)))),
    )
    write_row(sheet, block, "debt_service_cny", lambda year: _debt_service(block, year, prices))
    write_row(sheet, block, "debt_cover", lambda year: _cover(block, year), form=cells.TIMES, is_summed=False)
    write_row(sheet, block, "back", lambda year: _back(block, year), form=cells.TIMES, is_summed=False)
    for of, sign, turn in (("net_cny", "sign", "turn"), ("cumulative_cny", "sum_sign", "sum_turn")):
        write_row(sheet, block, sign, _sign(block, of, sign), is_summed=False)
        write_row(sheet, block, turn, _turn(block, sign))


def _transfers(sheet: Worksheet, block: Block, paid: tuple[str, str]) -> None:
    """Write what the bundle takes and gives in its year 0, and what the account is after that."""
    at = block.cell
    for name, cell in zip(TRANSFERS, paid, strict=False):
        write_row(sheet, block, name, lambda year, cell=cell: "0" if year else cell)  # type: ignore[misc]
    with_them = f"+{at('transfer_in_cny', 0)}-{at('transfer_out_cny', 0)}"
    for name, of in (("after_cny", "net_cny"), ("after_discounted_cny", "discounted_cny")):
        write_row(sheet, block, name, lambda year, of=of: at(of, year) + ("" if year else with_them))  # type: ignore[misc]
    write_row(sheet, block, TRANSFERS[3], lambda year: f"SUM({_upto(block, 'after_cny', year)})", is_summed=False)


def _upto(block: Block, name: str, year: int) -> str:
    return f"${block.cell(name, 0)}:{block.cell(name, year)}"


def _debt_service(block: Block, year: int, prices: Prices) -> str:
    """Return the yearly payment of a loan for the deepest deficit, in equal parts over all years."""
    if year == 0:
        return "0"
    debt, rate = f"MAX(0,-MIN({block.span('cumulative_cny')}))", prices.cell(LOAN)
    return f"IF({rate}=0,{debt}/{block.years},{debt}*{rate}/(1-(1+{rate})^-{block.years}))"


def _cover(block: Block, year: int) -> str:
    service, net, capex = (block.cell(name, year) for name in ("debt_service_cny", "net_cny", "capex_cny"))
    return f'IF({service}>0.01,({net}+{capex})/{service},"")'


def _back(block: Block, year: int) -> str:
    """Return when in this year the sum of flows comes back to zero; nothing in the others."""
    if year == 0:
        return '""'
    before, now = (block.cell("cumulative_cny", at) for at in (year - 1, year))
    net = block.cell("net_cny", year)
    return f'IF(AND({before}<0,{now}>=0),{year - 1}+MIN(1,-{before}/{net}),"")'


def _sign(block: Block, of: str, sign: str) -> Cell:
    """Return the sign of a line, that of the year before where it is nothing."""

    def cell(year: int) -> str:
        value = block.cell(of, year)
        return f"SIGN({value})" if year == 0 else f"IF({value}=0,{block.cell(sign, year - 1)},SIGN({value}))"

    return cell


def _turn(block: Block, sign: str) -> Cell:
    return lambda year: "0" if year == 0 else f"IF({block.cell(sign, year - 1)}*{block.cell(sign, year)}<0,1,0)"
