"""What a reader must know of each account, in words."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._account_facts import REINSTATEMENT
from gis._notes import SEPARATORS, Note, noted, texts_of
from gis._units import column, stalls_wanted
from gis.funding import assumed_splits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis._account_facts import Charges, Facts
    from gis.model import Model

NOBODY = Note(
    "收入归财政或归属不明，不计还本，运营支出照计",
    "Income of the treasury or of nobody known: repays nothing, what it costs to run counts all the same",
)
NO_FUNDER = Note("出资方未定", "Who would pay for it is not known")
NO_IRR = Note("没有或不止一个内部收益率", "No internal rate of return, or more than one")
NO_BREAKEVEN = Note("满负荷也不能保本", "Full use would not break even")
NO_GAP = Note("周边夜间缺口未知，出租数未封顶", "Night gap around it unknown: nothing limits how many stalls are let")


def with_notes(
    table: pd.DataFrame, options: pd.DataFrame, facts: Facts, charged: Charges, model: Model
) -> pd.DataFrame:
    """Return ``table`` of :class:`gis.finance.Accounts` with ``account_note`` and its English twin."""
    earns, known = table["revenue_cny_year"] > 0, table["capex_cny"].notna()
    priced, repays_nothing = table["revenue_cny_year"].notna(), table["repaying_cny_year"] == 0
    repays, whole = table["repaying_cny_year"] > 0, table["npv_cny"].notna()
    invested, wanted = repays & whole & (table["capex_cny"] > 0), stalls_wanted(options, "")
    cases = [
        (~known, Note("缺规模，无法算账", "Size unknown, no account")),
        (
            table["land_rent_cny_year"].isna(),
            Note("缺地租", "Land rent unknown"),
        ),
        (
            np.isnan(facts.granted_years),
            Note("年限未定，按默认期限", "Years granted unknown, the usual term is assumed"),
        ),
        (
            known & ~priced,
            Note("用途或产权不明，租金条件未知", "Use or owner unknown: nobody can say at what rent it is let"),
        ),
        (known & priced & ~earns, Note("无经营收入", "It earns nothing")),
        (table["stalls_let"].notna() & np.isnan(wanted), NO_GAP),
        (known & (earns | ~priced) & repays_nothing, NOBODY),
        (
            repays & whole & table["payback_years"].isna(),
            Note("年限内不能回本", "It does not pay back within its years"),
        ),
        (invested & table["irr"].isna(), NO_IRR),
        (invested & table["breakeven_utilisation"].isna(), NO_BREAKEVEN),
        (known & table["funding_enterprise_cny"].isna(), NO_FUNDER),
        *assumed_splits(options, table),
        (whole & repays, _taxed(charged)),
        (whole & (table["reinstatement_cny"] > 0), _cleared(model.value(REINSTATEMENT))),
    ]
    limits = _limits(wanted, options, table["taken_share"] < 1)
    return noted(table.assign(**limits), "account_note", cases)


def _limits(
    wanted: NDArray[np.float64], options: pd.DataFrame, is_limited: pd.Series
) -> dict[str, NDArray[np.object_]]:
    """Return the first words of each account: to how many cars its stalls are let, where these are too few."""
    notes = pd.Series(
        [
            Note(
                f"出租以步行范围内夜间缺口为限（{most:,.0f}个，布置{laid:,.0f}个）",
                f"Let to no more cars than lack a stall at night within the walk ({most:,.0f}; {laid:,.0f} laid out)",
            )
            for most, laid in zip(wanted[is_limited], column(options, "stalls")[is_limited], strict=True)
        ],
        index=options.index[is_limited],
        dtype=object,
    )
    texts = {f"account_note{end}": texts_of(notes, options.index, place) for place, end in enumerate(SEPARATORS)}
    return {name: np.where(is_limited, text, "") for name, text in texts.items()}


def _taxed(charged: Charges) -> Note:
    revenue, profit = float(charged.taxes.revenue_share), float(charged.taxes.profit_share)  # type: ignore[arg-type]
    return Note(
        f"税费按收入的{revenue:.1%}、利润的{profit:.0%}估算",
        f"Taxes estimated at {revenue:.1%} of income and {profit:.0%} of profit",
    )


def _cleared(price: float) -> Note:
    return Note(f"到期腾退复原按每平方米{price:g}元估算", f"Clearing the land at the end estimated at {price:g} CNY/m2")
