"""资金平衡表.xlsx: accounts of bundles with live formulas: a price that is changed changes them all."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import openpyxl

from api import _balance_sheet as cells
from api._balance_members import HOUSEHOLDS, members_of, write_members
from api._balance_overview import Overview
from api._balance_prices import Prices
from api._balance_transfers import FIRST_ROW, TITLE_ROW, Shared
from api._balance_units import Units
from api._balance_years import write_accounts
from gis._account_facts import LOSS_YEARS, PROFIT_TAX, RATE, REVENUE_TAX
from gis._price_titles import price_title
from gis.bundle_account import COVER, LOAN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    import pandas as pd
    from openpyxl.worksheet.worksheet import Worksheet

    from api._balance_blocks import Block
    from gis.model import Model

FIRST_PARAMETER = 4
ALWAYS = (RATE, LOAN, COVER, REVENUE_TAX, PROFIT_TAX, LOSS_YEARS)
"""Parameters that stand first on their sheet."""
KEPT = (
    *("household_count", "funding_state_cny", "funding_enterprise_cny", "npv_cny", "deepest_deficit_cny"),
    *("transfer_in_cny", "transfer_out_cny"),
)
"""Columns of the run's table ``bundle`` beside which the sheets put what they come to."""
SAMPLE = "示例数据，不可用于决策。Sample data: not for decisions."
NO_RATE, NEVER = "无或不唯一 none or several", "期内不回收 never"
CONFIDENCES = {"high": ("高", "High"), "medium": ("中", "Medium"), "low": ("低", "Low")}
SUMMARY_HEADS = (
    *("配包\nBundle", "名称\nName", "成员数\nMembers", "投资合计\nInvestment"),
    *(
        "财政出资\nState",
        "产权人出资\nOwner",
        "企业出资\nEnterprise",
        "居民出资\nResidents",
        "净现值4%\nNPV 4 %",
        "净现值6%\nNPV 6 %",
        "净现值8%\nNPV 8 %",
    ),
    *("净现值(参数折现率)\nNPV, rate set", "内部收益率\nIRR", "最深缺口\nDeepest deficit", "缺口年\nIts year"),
    *("回收期(年)\nPayback", "最低偿债备付率\nLeast debt cover", "备付率达标\nCover holds"),
    "不增加政府投入\nNo more public money",
)
PARAMETER_HEADS = (
    *("参数\nKey", "名称\nTitle", "英文名\nTitle, English", "值\nValue", "单位\nUnit", "低\nLow", "高\nHigh"),
    *("来源\nSource", "置信度\nConfidence", "备注\nNote"),
)
NOTES = (
    "全部金额为公式：改“参数”“成员”或“计量”的黄色格即重算；各年不变价，收入记在年末。",
    "All amounts are formulas: change a yellow cell of 参数, 成员, 计量. Constant prices, income at the end of a year.",
    "账目为运营企业的账：投资只计企业出资，收入只计可还本部分和获准年限内的部分。",
    "The account is the operator's: of the investment what it pays, of income what may repay, in the years granted.",
    "计算年限、数量来自分析批次，不随参数改变；年限只可改到已有的年数以内；亏损结转年限只可改短。",
    "Years and counts come from the run and follow no parameter; years may only be changed within those there are.",
    "税费按成员各自计算（假定）：折旧按整笔投资，成员之间盈亏不互抵；物业费只计收入税费。",
    "Taxes are each member's own (an assumption): the whole investment is written off; fees pay no tax on profit.",
    "偿债备付率（假定）：最深缺口全部贷款，自第1年起在账目全部年限内等额还本付息；备付率=（净额+投资）÷还本付息。",
    "Debt cover (an assumption): a loan fills the deepest deficit, paid back in equal yearly payments over all years.",
    "不增加政府投入：逐年比较（财政出资+新模式财政支出）与现状财政支出。",
    "No more public money than today: what the state invests and pays in the new model beside what it pays today.",
    "盈利反哺（有上限时）：缺额由他包按净现值比例补入，记在各包第0年；上限和合计按首个预算年币值，各包按起始年折算。",
    "Transfers (where capped): who lacks takes from the others by NPV, in year 0 of each; sums in first-year money.",
    "来源以 ASSUMPTION 开头的参数为假定，使用前请换成本地数据。",
    "Parameters whose source begins with ASSUMPTION are assumptions: put local numbers in their place.",
)


@dataclass(frozen=True)
class Balance:
    """One bundle for the workbook.

    Parameters
    ----------
    bundle_id, name
        As in the table of bundles.
    members
        One row per member, in the order to show: ``member`` (as in ``lines``), ``name``, ``action`` (code of the
        action; null of a service item), ``household_count`` (0 of an asset; null of a service item).
    lines
        As for :func:`gis.bundle_account.account`.
    basis
        As for :func:`gis.bundle_account.account`: rows of the run's table ``account_basis``. Members that are not in it
        are numbers to be changed, not formulas of prices.
    kept
        What the run keeps of it: :data:`KEPT`.
    start_year
        The year of the plan in which it starts, 0 the first budget year.
    """

    bundle_id: str
    name: str
    members: pd.DataFrame
    lines: pd.DataFrame
    basis: pd.DataFrame | None
    kept: Mapping[str, float]
    start_year: int = 0


@dataclass(frozen=True)
class Origin:
    """Where the bundles of a workbook are from, for its reader.

    Parameters
    ----------
    run_id
        The run that keeps them.
    as_of
        The day of its data, ``YYYY-MM-DD``.
    is_sample
        Whether they are made of sample data: the sheets say so.
    notice
        Attribution and licences of the layers behind them.
    """

    run_id: str
    as_of: str
    is_sample: bool
    notice: str = ""

    @property
    def sample(self) -> str:
        """What marks sample data; empty where the data is none."""
        return SAMPLE if self.is_sample else ""


def write_balance(
    path: Path,
    bundles: Sequence[Balance],
    model: Model,
    origin: Origin,
    *,
    transfer_cap_cny: float = 0.0,
    working_capital_cny: float = math.inf,
) -> None:
    """Write 资金平衡表.xlsx of the bundles.

    Parameters
    ----------
    path
        The file, ending in ``.xlsx``; one that is there is replaced.
    bundles
        The bundles, in the order to show.
    model
        The model that priced their members.
    origin
        The run that keeps them.
    transfer_cap_cny
        What the bundles may give each other in all, in money of the plan's year 0: with it the sheets tell who gives
        and takes (:func:`gis._bundle_transfers.transfers`), by formulas too.
    working_capital_cny
        How far the cumulative cash of a bundle may fall below 0: what it gives keeps to it.
    """
    book = openpyxl.Workbook()
    first = book.active
    first.title = "概览"
    summary, inputs, people, counted, years, said = (
        book.create_sheet(title) for title in ("汇总", "参数", "成员", "计量", "账目", "说明")
    )
    prices = Prices(inputs.title, FIRST_PARAMETER, "D")
    for key in ALWAYS:
        prices.cell(key)
    members = [(item.bundle_id, members_of(item, model)) for item in bundles]
    units = Units(counted, prices, model)
    placed = write_members(people, members, prices, units)
    units.end()
    homes = [f"SUM({cells.down(people, HOUSEHOLDS, of[0].row, of[-1].row)})" for of in placed]
    titles = [f"{item.bundle_id} {item.name}" for item in bundles]
    shared = Shared(summary.title, prices, count=len(bundles)) if transfer_cap_cny > 0 else None
    blocks = write_accounts(years, list(zip(titles, placed, strict=True)), prices, model, shared)
    _summarise(summary, bundles, [(block, years.title) for block in blocks], prices)
    if shared is not None:
        shared.write(summary, [item.start_year for item in bundles], transfer_cap_cny, working_capital_cny)
    Overview(first, summary.title, prices, model, has_transfers=shared is not None).write(bundles, origin, homes)
    _parameters(inputs, prices, model)
    _explain(said, origin)
    for sheet in book:
        cells.say_whence(sheet, f"run {origin.run_id}", origin.sample)
    book.calculation.fullCalcOnLoad = True
    book.save(path)


def _summarise(
    sheet: Worksheet,
    bundles: Sequence[Balance],
    blocks: Sequence[tuple[Block, str]],
    prices: Prices,
) -> None:
    """Write one row a bundle, money in 万元."""
    cells.title(sheet, 1, "资金平衡表 Balance of funds", bold=True)
    cells.title(sheet, 2, "单位：万元（10,000 CNY）。")
    cells.head(sheet, TITLE_ROW, SUMMARY_HEADS)
    for row, (item, (block, title)) in enumerate(zip(bundles, blocks, strict=True), start=FIRST_ROW):
        cells.text(sheet, row, 1, item.bundle_id)
        cells.text(sheet, row, 2, item.name)
        cells.number(sheet, row, 3, item.members["action"].notna().sum(), "0")
        for column, (said, form) in enumerate(_of_bundle(block, f"'{title}'!", prices), start=4):
            cells.formula(sheet, row, column, said, form)
    widths = (22, 36, 10, *(13,) * 12, 18, *(13,) * (len(SUMMARY_HEADS) - 17), 22)
    cells.on_paper(sheet, widths, rows=f"{TITLE_ROW}:{TITLE_ROW}", freeze="C4")


def _of_bundle(block: Block, on: str, prices: Prices) -> list[tuple[str, str]]:
    """Return the formulas of a bundle's row, each with its form."""

    def spread(name: str, first: int = 0) -> str:
        return f"{on}{block.span(name, first)}"

    paid = [f"SUM({spread(name)})" for name in ("funding_state_cny", "funding_owner_cny", "capex_cny")]
    paid.append(f"SUM({spread('funding_residents_cny')})")
    start, net, total = f"{on}{block.cell('net_cny', 0)}", spread("net_cny", 1), spread("cumulative_cny")
    rates = ("0.04", "0.06", "0.08", prices.cell(RATE))
    cover = spread("debt_cover", 1)
    served = f"COUNT({cover})=0"
    return [
        (f"({'+'.join(paid)})/10000", cells.TEN_THOUSAND),
        *((f"{one}/10000", cells.TEN_THOUSAND) for one in paid),
        *((f"(NPV({rate},{net})+{start})/10000", cells.TEN_THOUSAND) for rate in rates),
        (_rate_of_return(block, on), "0.00%"),
        (f"MAX(0,-MIN({total}))/10000", cells.TEN_THOUSAND),
        (f"MATCH(MIN({total}),{total},0)-1", "0"),
        (_payback(block, on), cells.TIMES),
        (f'IF({served},"—",MIN({cover}))', cells.TIMES),
        (f"IF({served},{_yes_if(f'MIN({total})>=-0.01')},{_yes_if(f'MIN({cover})>={prices.cell(COVER)}')})", "General"),
        (_public(block, on), "General"),
    ]


def _yes_if(test: str) -> str:
    return f'IF({test},"是 yes","否 no")'


def _rate_of_return(block: Block, on: str) -> str:
    """Return the internal rate of return where it is the only one by the rules of :func:`gis._returns.irr`, else words.

    One change of sign: one rate. More: one above 0 where the running sum changes its sign once and does not end at 0.
    """
    flows, end = f"{on}{block.span('net_cny')}", f"{on}{block.cell('cumulative_cny', block.years)}"
    turns, sum_turns = (f"SUM({on}{block.span(name)})" for name in ("turn", "sum_turn"))
    rate = f'IFERROR(IRR({flows}),IFERROR(IRR({flows},-0.3),"{NO_RATE}"))'
    return f'IF({turns}=1,{rate},IF(AND({turns}>1,{sum_turns}=1,ABS({end})>0.005),{rate},"{NO_RATE}"))'


def _payback(block: Block, on: str) -> str:
    back, end = f"{on}{block.span('back')}", f"{on}{block.cell('cumulative_cny', block.years)}"
    return f'IF({end}<0,"{NEVER}",IF(COUNT({back})=0,0,MAX({back})))'


def _public(block: Block, on: str) -> str:
    """Return whether no year takes more public money than today; words where nothing bought today is taken in."""
    today, more = f"SUM({on}{block.span('present_public_cny')})", f"MAX({on}{block.span('public_more_cny')})"
    return f'IF({today}=0,"未纳入服务 no services",{_yes_if(f"{more}<=0.01")})'


def _parameters(sheet: Worksheet, prices: Prices, model: Model) -> None:
    """Write every parameter that a formula reads, its value to be changed."""
    cells.title(sheet, 1, "参数：改黄色格，全表重算 Change a yellow cell and all is calculated again", bold=True)
    cells.head(sheet, FIRST_PARAMETER - 1, PARAMETER_HEADS)
    for key, row in prices.rows():
        item, title = model[key], price_title(key)
        for column, said in ((1, key), (2, title.zh), (3, title.en), (5, item.unit), (8, item.cited.zh)):
            cells.text(sheet, row, column, said)
        cells.number(sheet, row, 4, model.value(key), "General", is_input=True)
        cells.number(sheet, row, 6, model.low(key), "General")
        cells.number(sheet, row, 7, model.high(key), "General")
        zh, en = CONFIDENCES.get(item.confidence, (item.confidence, ""))
        cells.text(sheet, row, 9, f"{zh} {en}")
        cells.text(sheet, row, 10, item.note)
    widths = (34, 26, 40, 12, 24, 12, 12, 60, 14, 50)
    cells.on_paper(sheet, widths, rows=f"{FIRST_PARAMETER - 1}:{FIRST_PARAMETER - 1}", freeze=f"D{FIRST_PARAMETER}")


def _explain(sheet: Worksheet, origin: Origin) -> None:
    cells.title(sheet, 1, "说明 Notes", bold=True)
    told = [*NOTES, *filter(None, [origin.notice])]
    for row, said in enumerate(told, start=2):
        cells.text(sheet, row, 1, said)
    cells.on_paper(sheet, (150,), rows="1:1", freeze="A2")
