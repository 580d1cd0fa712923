"""The sheet 账目 of the balance workbook: the account of each bundle by year, and that of each of its members."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from openpyxl.utils import get_column_letter

from api import _balance_sheet as cells
from gis._account_facts import LOSS_YEARS, PROFIT_TAX, RATE, REINSTATEMENT, REVENUE_TAX
from gis._account_lines import A_DAY
from gis._bundle_sensitivity import OF_CARE
from gis.bundle_account import COSTS, INCOME, LOAN, OTHERS_PAY, SERVICES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from api._balance_members import Placed
    from api._balance_prices import Prices
    from api._balance_transfers import Shared
    from gis.model import Model

    Cell = Callable[[int], str]
    """The formula of a year, given the number of the year."""

FIRST_YEAR = 3
"""Column of year 0."""
NOTHING_CNY = 1e-4
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
TOTALS = (*INCOME, *COSTS, "net_cny", "cumulative_cny", "discounted_cny", *OTHERS_PAY, *SERVICES)
TRANSFERS = ("transfer_in_cny", "transfer_out_cny", "after_cny", "after_cumulative_cny", "after_discounted_cny")
HELPERS = ("back", "sign", "turn", "sum_sign", "sum_turn")
DERIVED = ("public_more_cny", "debt_service_cny", "debt_cover", *HELPERS)


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
        cells.head(sheet, row, [title, "合计\nSum", *(f"第{year}年\nYear {year}" for year in range(years + 1))])
        after, blocks = row + len(rows) + 2, []
        for item in members:
            blocks.append(_member_block(sheet, after, item, years, (prices, model)))
            after = max(blocks[-1].rows.values()) + 2
        _totals(sheet, block, blocks, prices)
        if shared is not None:
            _transfers(sheet, block, shared.paid(number))
        cells.put_away(sheet, [block.rows[name] for name in HELPERS])
        found.append(block)
        row = after + 1
    cells.on_paper(sheet, (44, 15, *(13,) * (widest + 1)), rows="1:1", freeze="C3")
    return found


def _row(
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


def _member_block(sheet: Worksheet, row: int, item: Placed, years: int, priced_by: tuple[Prices, Model]) -> Block:
    """Write the account of a member from ``row`` on."""
    prices, model = priced_by
    names = _line_names(item, int(model.value(LOSS_YEARS)))
    block = Block({name: row + 1 + place for place, name in enumerate(names)}, years)
    cells.head(sheet, row, [item.member.name])
    made = _priced(item, block, prices, int(model.value(LOSS_YEARS))) if item.member.is_priced else {}
    for name in names:
        fixed = item.member.fixed.get(name)
        _row(
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
        "net_cny": lambda year: _net(block, year),
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


def _net(block: Block, year: int) -> str:
    """Return what a year leaves: income less costs, of the lines that there are."""
    came = [block.cell(name, year) for name in INCOME if name in block.rows]
    went = [block.cell(name, year) for name in COSTS if name in block.rows]
    return "+".join(came or ["0"]) + "".join(f"-{cell}" for cell in went)


def _totals(sheet: Worksheet, block: Block, members: Sequence[Block], prices: Prices) -> None:
    """Write the lines of the bundle: the sums of its members', and what follows from them."""

    def summed(name: str) -> Cell:
        return lambda year: "+".join(item.cell(name, year) for item in members if name in item.rows) or "0"

    for name in (*INCOME, *COSTS, *OTHERS_PAY, *SERVICES):
        _row(sheet, block, name, summed(name))
    at, rate = block.cell, prices.cell(RATE)
    _row(sheet, block, "net_cny", lambda year: _net(block, year))
    _row(sheet, block, "cumulative_cny", lambda year: f"SUM({_upto(block, 'net_cny', year)})", is_summed=False)
    _row(sheet, block, "discounted_cny", lambda year: f"{at('net_cny', year)}/(1+{rate})^{year}")
    _row(
        sheet,
        block,
        "public_more_cny",
        lambda year: "{}+{}-{}".format(*(at(name, year) for name in ("funding_state_cny", *reversed(SERVICES)))),
    )
    _row(sheet, block, "debt_service_cny", lambda year: _debt_service(block, year, prices))
    _row(sheet, block, "debt_cover", lambda year: _cover(block, year), form=cells.TIMES, is_summed=False)
    _row(sheet, block, "back", lambda year: _back(block, year), form=cells.TIMES, is_summed=False)
    for of, sign, turn in (("net_cny", "sign", "turn"), ("cumulative_cny", "sum_sign", "sum_turn")):
        _row(sheet, block, sign, _sign(block, of, sign), is_summed=False)
        _row(sheet, block, turn, _turn(block, sign))


def _transfers(sheet: Worksheet, block: Block, paid: tuple[str, str]) -> None:
    """Write what the bundle takes and gives in its year 0, and what the account is after that."""
    at = block.cell
    for name, cell in zip(TRANSFERS, paid, strict=False):
        _row(sheet, block, name, lambda year, cell=cell: "0" if year else cell)  # type: ignore[misc]
    with_them = f"+{at('transfer_in_cny', 0)}-{at('transfer_out_cny', 0)}"
    for name, of in (("after_cny", "net_cny"), ("after_discounted_cny", "discounted_cny")):
        _row(sheet, block, name, lambda year, of=of: at(of, year) + ("" if year else with_them))  # type: ignore[misc]
    _row(sheet, block, TRANSFERS[3], lambda year: f"SUM({_upto(block, 'after_cny', year)})", is_summed=False)


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
