"""The sheet 概览 of the balance workbook: what the run kept of each bundle beside what the sheets come to now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from openpyxl.formatting.rule import CellIsRule, FormulaRule
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter

from api import _balance_sheet as cells
from api._balance_transfers import AFTER, DEEPEST, NPV
from api._balance_transfers import FIRST_ROW as SUMMARY_ROW
from gis._account_facts import RATE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from api._balance_prices import Prices
    from api.balance_workbook import Balance, Origin
    from gis.model import Model

STATE_ROW, HEAD_ROW, FIRST_ROW = 8, 9, 11
IDENTITY = (
    *("配包\nBundle", "名称\nName", "起始年\nStarts in year", "成员数\nMembers", "服务事项数\nServices"),
    "与保存值比\nAgainst the stored",
)
START, STATE, FIRST_FIGURE = 3, 6, 7
"""Columns of the year of the plan in which a bundle starts, of whether it was changed, and of the first figure."""
EACH = ("保存值\nStored", "现值(公式)\nLive", "差\nDifference")
SAME, CHANGED = "一致 same", "已改 changed"
HOW_TO_READ = (
    "保存值：本次运行算出并保存，不随表变。现值：公式，随各表黄色格重算。差＝现值－保存值。",
    "Stored: what the run computed and kept. Live: formulas that follow the yellow cells. Difference: live - stored.",
    "合计：净现值折为首个预算年币值后相加；最深缺口不在同一年，不相加（—）。",
    "Totals: NPVs in money of the first budget year; deepest deficits fall in different years and have no sum (—).",
)
RED, PALE = Font(name=cells.FACE, color="9C0006", bold=True), PatternFill("solid", bgColor="FFC7CE")
PLACES = 6
"""Digits of 10,000 CNY to which a difference is told: a cent, below which is only the noise of the arithmetic."""


@dataclass(frozen=True)
class Figure:
    """A figure of a bundle that the run keeps and the sheets hold as a formula.

    Parameters
    ----------
    name
        Key of ``Balance.kept``.
    title
        Above its three columns.
    column
        Where the sheet 汇总 has it; 0: not there, but on 成员.
    is_money
        Whether it is told in 万元.
    is_worth
        Whether it is in money of the start of each bundle: summed in money of the plan's year 0.
    is_summed
        Whether bundles have a sum of it.
    """

    name: str
    title: str
    column: int
    is_money: bool = True
    is_worth: bool = False
    is_summed: bool = True

    def shown(self, value: float) -> float:
        """Return a value as it is told: money in 万元."""
        return value / 10_000 if self.is_money else value

    @property
    def form(self) -> str:
        """How it is formatted."""
        return cells.TEN_THOUSAND if self.is_money else cells.WHOLE


FIGURES = (
    Figure("household_count", "户数 Households", 0, is_money=False),
    Figure("funding_state_cny", "财政出资 Paid by the state", 5),
    Figure("funding_enterprise_cny", "企业出资 Paid by the enterprise", 7),
    Figure("npv_cny", "净现值(参数折现率) NPV, rate set", NPV, is_worth=True),
    Figure("deepest_deficit_cny", "最深缺口 Deepest deficit", DEEPEST, is_summed=False),
)
AFTER_TRANSFERS = Figure("npv_after_cny", "反哺后净现值 NPV after transfers", AFTER, is_worth=True)


class Overview:
    """The sheet 概览: one row a bundle, then the sums; money in 万元.

    Parameters
    ----------
    sheet
        To be written.
    summary
        Title of the sheet whose rows are linked.
    prices, model
        Where the rate of discount stands, and what it is.
    has_transfers
        Whether the bundles may give each other anything.
    """

    def __init__(self, sheet: Worksheet, summary: str, prices: Prices, model: Model, *, has_transfers: bool) -> None:
        self._sheet, self._summary = sheet, summary
        self._rate_cell, self._rate = prices.cell(RATE), model.value(RATE)
        self._model = model
        self._figures = (*FIGURES, AFTER_TRANSFERS) if has_transfers else FIGURES

    def write(self, bundles: Sequence[Balance], origin: Origin, homes: Sequence[str]) -> None:
        """Write the sheet: where the numbers are from, each bundle, the sums, and what marks a change.

        ``homes``: the formula of the households of each bundle.
        """
        last = FIRST_ROW + len(bundles) - 1
        self._above(origin, last)
        self._heads()
        for number, (item, home) in enumerate(zip(bundles, homes, strict=True)):
            self._bundle(FIRST_ROW + number, SUMMARY_ROW + number, item, home)
        if bundles:
            self._sums(last, [item.start_year for item in bundles], [_kept(item) for item in bundles])
            self._mark(last)
        widths = (22, 36, 10, 9, 11, 13, *(12, 12, 11) * len(self._figures))
        cells.on_paper(self._sheet, widths, rows=f"{HEAD_ROW}:{HEAD_ROW + 1}", freeze=f"C{FIRST_ROW}")
        self._sheet.row_dimensions[HEAD_ROW].height = cells.LINE_PT  # its titles stand over three columns each

    def _above(self, origin: Origin, last: int) -> None:
        cells.title(self._sheet, 1, "概览：保存值与现值 Overview: stored and live", bold=True)
        cells.title(self._sheet, 2, "单位：万元（10,000 CNY）。")
        model = f"参数模型 model {self._model.name}（{self._model.sha256[:12]}）"
        run = f"分析批次 run {origin.run_id}；数据截至 as of {origin.as_of}；"
        cells.title(self._sheet, 3, run + model)
        for row, said in enumerate(HOW_TO_READ, start=4):
            cells.title(self._sheet, row, said)
        if last >= FIRST_ROW:
            state = get_column_letter(STATE)
            count = f'COUNTIF({state}{FIRST_ROW}:{state}{last},"{CHANGED}")'
            same = '"全部与保存值一致 All as stored"'
            cells.formula(
                self._sheet, STATE_ROW, 1, f'IF({count}=0,{same},{count}&"个包已改 bundles changed")', "General"
            )
            self._sheet.cell(STATE_ROW, 1).alignment = cells.LEFT  # a sentence: it runs on over the columns after it

    def _heads(self) -> None:
        cells.head(self._sheet, HEAD_ROW, [*[""] * len(IDENTITY), *self._titles()])
        cells.head(self._sheet, HEAD_ROW + 1, [*IDENTITY, *EACH * len(self._figures)])
        for place, _ in enumerate(self._figures):
            first = _first(place)
            self._sheet.merge_cells(
                start_row=HEAD_ROW, end_row=HEAD_ROW, start_column=first, end_column=first + len(EACH) - 1
            )

    def _titles(self) -> list[str]:
        return [title for figure in self._figures for title in (figure.title, *[""] * (len(EACH) - 1))]

    def _bundle(self, row: int, summary_row: int, item: Balance, homes: str) -> None:
        sheet, kept = self._sheet, _kept(item)
        cells.text(sheet, row, 1, item.bundle_id)
        cells.text(sheet, row, 2, item.name)
        is_service = item.members["action"].isna()
        for column, count in ((START, item.start_year), (4, (~is_service).sum()), (5, is_service.sum())):
            cells.number(sheet, row, column, count, "0")
        for place, figure in enumerate(self._figures):
            first = _first(place)
            cells.number(sheet, row, first, figure.shown(kept[figure.name]), figure.form)
            live = f"'{self._summary}'!{cells.here(summary_row, figure.column)}" if figure.column else homes
            cells.formula(sheet, row, first + 1, live, figure.form)
        self._differences(row, self._figures)

    def _differences(self, row: int, figures: Sequence[Figure]) -> None:
        """Write how far the live figures of a row are from the stored ones, and in a word whether any is."""
        told = []
        for place, figure in enumerate(self._figures):
            if figure in figures:
                stored, live, less = (cells.here(row, _first(place) + at) for at in range(len(EACH)))
                cells.formula(self._sheet, row, _first(place) + 2, f"ROUND({live}-{stored},{PLACES})", figure.form)
                told.append(f"{less}=0")
        cells.formula(self._sheet, row, STATE, f'IF(AND({",".join(told)}),"{SAME}","{CHANGED}")', "General")

    def _sums(self, last: int, starts: Sequence[int], kept: Sequence[Mapping[str, float]]) -> None:
        row, sheet = last + 1, self._sheet
        cells.text(sheet, row, 1, "合计 Total", bold=True)
        for column in (4, 5):
            cells.formula(sheet, row, column, f"SUM({_down(column, last)})", "0")
        for place, figure in enumerate(self._figures):
            first = _first(place)
            if not figure.is_summed:
                cells.none(sheet, row, range(first, first + len(EACH)))
                continue
            worth = [(1.0 + self._rate) ** -year if figure.is_worth else 1.0 for year in starts]
            stored = sum(one[figure.name] * share for one, share in zip(kept, worth, strict=True))
            cells.number(sheet, row, first, figure.shown(stored), figure.form)
            live = _down(first + 1, last)
            grown = f"SUMPRODUCT({live},(1+{self._rate_cell})^(-{_down(START, last)}))"
            cells.formula(sheet, row, first + 1, grown if figure.is_worth else f"SUM({live})", figure.form)
        self._differences(row, [figure for figure in self._figures if figure.is_summed])
        for column in range(1, _first(len(self._figures))):
            sheet.cell(row, column).border = cells.OVER

    def _mark(self, last: int) -> None:
        """Colour what is not as the run kept it."""
        for place, _ in enumerate(self._figures):
            less = _down(_first(place) + 2, last + 1)
            rule = CellIsRule(operator="notBetween", formula=["-0.0000001", "0.0000001"], font=RED, fill=PALE)
            self._sheet.conditional_formatting.add(less, rule)
        state = f"{get_column_letter(STATE)}{FIRST_ROW}"
        changed = FormulaRule(formula=[f'{state}="{CHANGED}"'], font=RED, fill=PALE)
        self._sheet.conditional_formatting.add(_down(STATE, last + 1), changed)


def _first(place: int) -> int:
    """Return the first of the three columns of a figure."""
    return FIRST_FIGURE + len(EACH) * place


def _down(column: int, last: int) -> str:
    letter = get_column_letter(column)
    return f"{letter}{FIRST_ROW}:{letter}{last}"


def _kept(item: Balance) -> dict[str, float]:
    """Return what the run keeps of a bundle, with its NPV after transfers."""
    found = {name: float(value) for name, value in item.kept.items()}
    after = found["npv_cny"] + found.get("transfer_in_cny", 0.0) - found.get("transfer_out_cny", 0.0)
    return {**found, AFTER_TRANSFERS.name: after}
