"""What a reader must know of each account, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis._notes import Note, noted

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from gis._account_facts import Charges

NOBODY = Note("收入归财政或归属不明，不计还本", "Income of the treasury or of nobody known: repays nothing")
NO_FUNDER = Note("出资方未定", "Who would pay for it is not known")
NO_IRR = Note("没有唯一的内部收益率", "No single internal rate of return")
NO_BREAKEVEN = Note("满负荷也不能保本", "It does not break even even at full use")


def with_notes(
    table: pd.DataFrame, granted_years: NDArray[np.float64], charged: Charges, reinstatement_cny_m2: float
) -> pd.DataFrame:
    """Return ``table`` of :class:`gis.finance.Accounts` with ``account_note`` and its English twin."""
    earns, known = table["revenue_cny_year"] > 0, table["capex_cny"].notna()
    priced, repays_nothing = table["revenue_cny_year"].notna(), table["repaying_cny_year"] == 0
    repays, whole = table["repaying_cny_year"] > 0, table["npv_cny"].notna()
    invested = repays & whole & (table["capex_cny"] > 0)
    cases = [
        (~known, Note("缺规模，无法算账", "Size unknown, no account")),
        (
            table["land_rent_cny_year"].isna(),
            Note("缺地租", "Land rent unknown"),
        ),
        (np.isnan(granted_years), Note("年限未定，按默认期限", "Years granted unknown, the usual term is assumed")),
        (
            known & ~priced,
            Note("用途或产权不明，租金条件未知", "Use or owner unknown: nobody can say at what rent it is let"),
        ),
        (known & priced & ~earns, Note("无经营收入", "It earns nothing")),
        (known & (earns | ~priced) & repays_nothing, NOBODY),
        (
            repays & whole & table["payback_years"].isna(),
            Note("年限内不能回本", "It does not pay back within its years"),
        ),
        (invested & table["irr"].isna(), NO_IRR),
        (invested & table["breakeven_utilisation"].isna(), NO_BREAKEVEN),
        (known & table["funding_enterprise_cny"].isna(), NO_FUNDER),
        (whole & repays, _taxed(charged)),
        (whole & (table["reinstatement_cny"] > 0), _cleared(reinstatement_cny_m2)),
    ]
    return noted(table.assign(account_note="", account_note_en=""), "account_note", cases)


def _taxed(charged: Charges) -> Note:
    revenue, profit = float(charged.taxes.revenue_share), float(charged.taxes.profit_share)  # type: ignore[arg-type]
    return Note(
        f"税费按收入的{revenue:.1%}、利润的{profit:.0%}估算",
        f"Taxes estimated at {revenue:.1%} of income and {profit:.0%} of profit",
    )


def _cleared(price: float) -> Note:
    return Note(f"到期腾退复原按每平方米{price:g}元估算", f"Clearing the land at the end estimated at {price:g} CNY/m2")
