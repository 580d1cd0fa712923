"""The sheet 计量 of the balance workbook: the units that members are counted in, what each costs and earns."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from openpyxl.utils import get_column_letter

from api import _balance_sheet as cells
from api._balance_prices import Formula, parameter, unit_formulas, written
from gis._units import LET_BY_MONTH, NIGHT_GAP, SHOP_RENT, UNIT_COLUMNS, column

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from api._balance_members import Member
    from api._balance_prices import Prices
    from gis._recipes import Terms
    from gis.model import Model

TITLE_ROW, FIRST_ROW = 3, 4
HEADS = (
    *("配包\nBundle", "成员编号\nMember", "名称\nName", "计量单位\nUnit", "数量\nCount", "商铺参考租金\nShop rent"),
    *("单位造价(元)\nCapex", "单位年收入(元)\nIncome", "运营支出率\nRunning share", "单位年固定支出(元)\nFixed cost"),
    *("单位年场地租(元)\nSite rent", "使用率\nUse", "最多可出租\nWanted", "成交比例\nTaken"),
    *("投资(元)\nCapex", "年收入(元)\nIncome", "年运营支出(元)\nRunning cost", "年场地租(元)\nSite rent"),
)
TITLES = {
    "stall": "车位 stall",
    "pile": "充电桩 pile",
    "port": "端口 port",
    "m2": "m²",
    "household": "户 household",
    "m": "米 m",
}
COUNT, RENT, FIRST_AMOUNT, USED, WANTED, TAKEN = 5, 6, 7, 12, 13, 14
"""Columns of how many units there are, a shop's rent, what each costs, how much it is used, who wants it, takes it."""
LEGEND = (
    "黄色可改，其余为公式；“—”：该计量单位没有这一项。"
    "Yellow cells may be changed, the others are formulas; —: the unit has no such item."
)
HOUSEHOLD = "household"
OPEX_SHARE = 9
"""Column of the running cost as a share of the income of a unit."""
TOTALS = {"capex": 15, "revenue": 16, "opex": 17, "rent": 18}
"""What the units of a member come to -> its column."""


class Units:
    """The sheet of the units, written member by member; yellow cells may be changed, the others are formulas."""

    def __init__(self, sheet: Worksheet, prices: Prices, model: Model) -> None:
        self._sheet, self._prices, self._model = sheet, prices, model
        self._row = FIRST_ROW
        cells.title(sheet, 1, "计量：数量与单价 Units: counts and prices", bold=True)
        cells.title(sheet, 2, LEGEND)
        cells.head(sheet, TITLE_ROW, HEADS)

    def write(self, bundle_id: str, member: Member) -> dict[str, str]:
        """Write the units of a member; return what sums to each of :data:`TOTALS`, and its ``households``."""
        options, first = member.options, self._row
        terms = options["rent_terms"].iloc[0] if "rent_terms" in options else None
        read = str(member.action), None if pd.isna(terms) else str(terms)
        shop_rent = Formula(f"${get_column_letter(RENT)}{first}")
        units = unit_formulas(self._model, *read, shop_rent)
        is_let = any(shop_rent.text in written(amount) for unit in units for amount in _amounts(unit))
        for unit in units:
            for at, said in enumerate((bundle_id, member.member, member.name, TITLES[unit.unit]), start=1):
                cells.text(self._sheet, self._row, at, said)
            self._unit(self._row, unit, options)
            self._totals(self._row)
            cells.none(self._sheet, self._row, [RENT, WANTED])
            self._row += 1
        if is_let:
            self._shop_rent(first, options)
        self._taken(first, column(options, NIGHT_GAP)[0] if member.action in LET_BY_MONTH else np.nan)
        totals = {name: cells.down(self._sheet, at, first, self._row - 1) for name, at in TOTALS.items()}
        homes = [cells.ref(self._sheet, row, COUNT) for row, unit in enumerate(units, first) if unit.unit == HOUSEHOLD]
        return {**totals, **({"households": homes[0]} if homes else {})}

    def end(self) -> None:
        """Set how the sheet is printed, once all units stand on it."""
        widths = (22, 42, 28, 16, *(16,) * (len(HEADS) - 4))
        cells.on_paper(self._sheet, widths, rows=f"{TITLE_ROW}:{TITLE_ROW}", freeze=f"D{FIRST_ROW}")

    def _unit(self, row: int, unit: Terms, options: pd.DataFrame) -> None:
        """Write how many units there are, what each costs and earns, and how much it is used."""
        count = column(options, UNIT_COLUMNS[unit.unit])[0]
        cells.number(self._sheet, row, COUNT, count, cells.COUNT, is_input=True)
        for at, amount in enumerate(_amounts(unit), start=FIRST_AMOUNT):
            form = cells.SHARE if at == OPEX_SHARE else cells.PRICE
            cells.formula(self._sheet, row, at, self._prices.resolved(written(amount)), form)
        if isinstance(unit.used, Formula):
            cells.formula(self._sheet, row, USED, self._prices.resolved(unit.used), cells.SHARE)
        else:
            cells.none(self._sheet, row, [USED])
        cells.number(self._sheet, row, TAKEN, 1, cells.SHARE)

    def _taken(self, row: int, wanted: float) -> None:
        """Write of the first unit of a member how many are wanted, where that is told, and so how many are taken."""
        if not np.isnan(wanted):
            used = f"L{row}*E{row}"
            cells.number(self._sheet, row, WANTED, wanted, cells.COUNT, is_input=True)
            cells.formula(self._sheet, row, TAKEN, f"IF({used}>M{row},M{row}/({used}),1)", cells.SHARE)

    def _totals(self, row: int) -> None:
        totals = (f"G{row}*E{row}", f"H{row}*E{row}*N{row}", f"J{row}*E{row}+I{row}*P{row}", f"K{row}*E{row}")
        for at, said in zip(TOTALS.values(), totals, strict=True):
            cells.formula(self._sheet, row, at, said, cells.WHOLE)

    def _shop_rent(self, row: int, options: pd.DataFrame) -> None:
        """Write the rent of a shop: the one that is known for the place, else the model's."""
        known = column(options, "reference_rent_cny_m2_month")[0]
        if np.isnan(known):
            cells.formula(self._sheet, row, RENT, self._prices.resolved(parameter(SHOP_RENT)), cells.PRICE)
        else:
            cells.number(self._sheet, row, RENT, known, cells.PRICE, is_input=True)


def _amounts(unit: Terms) -> tuple[object, ...]:
    return unit.capex, unit.revenue, unit.opex_share, unit.opex_fixed, unit.rent
