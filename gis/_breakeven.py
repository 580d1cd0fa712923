"""How well used an asset must be for its account to break even."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np

from gis._account_lines import npvs
from gis._notes import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

    from gis._account_lines import Account

    Floats = NDArray[np.float64]

HALVINGS = 48
"""Halvings of a bracket a few incomes wide: beyond twelve digits."""

STANDS_LET = Note("摊位出租率", "share of stands let")
STALLS_LET = Note("月租车位出租率", "share of stalls let by the month")
MEASURES: Mapping[str, Note] = MappingProxyType(
    {
        "surface_parking": STALLS_LET,
        "mechanical_parking": STALLS_LET,
        "charging": Note("充电利用率（占额定电量）", "share of the piles' rated energy"),
        "market": STANDS_LET,
        "culture_market": STANDS_LET,
    }
)
"""Action -> what its use is measured by; every other income by its share of what is expected (:data:`OF_INCOME`)."""
OF_INCOME = Note("占预期收入的比例", "share of the income expected")


def breakeven_scale(account: Account, opex_varying_cny_year: ArrayLike, rate: float) -> Floats:
    """Return what share of its income brings the NPV of each account to 0, the varying cost falling with it.

    The NPV rises with the share all along, because what a further CNY costs and is taxed is less than a CNY. So a
    bracket is halved: at 0 nothing comes in; at ``costs / ((1 - tax - varying cost) x (1 - tax on profit) x income)``,
    all in present values and without any other income, the NPV is at least 0.

    Parameters
    ----------
    account
        Accounts at the income expected, one for each option.
    opex_varying_cny_year
        What of the running cost rises and falls with the income.
    rate
        Discount rate per year.

    Returns
    -------
    ndarray
        1 is the income expected; 0 where other income carries the account; NaN where no income would, or where the
        account is not known.
    """
    varying = np.asarray(opex_varying_cny_year, dtype=float)
    fixed = np.asarray(account.opex_cny_year, dtype=float) - varying

    def worth(scale: Floats) -> Floats:
        revenue = np.asarray(account.revenue_cny_year) * scale
        return npvs(replace(account, revenue_cny_year=revenue, opex_cny_year=fixed + varying * scale), [rate])[0]

    alone = replace(account, taxes=replace(account.taxes, profit_share=0.0), other_income_cny=None)
    costs = -npvs(replace(alone, revenue_cny_year=0.0 * varying, opex_cny_year=fixed), [rate])[0]
    gained = npvs(alone, [rate])[0] + costs
    kept = gained * (1.0 - np.asarray(account.taxes.profit_share))
    high = np.divide(np.maximum(costs, 0.0), kept, out=np.full(account.shape, np.nan), where=kept > 0)
    low = np.zeros(account.shape)
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        is_enough = worth(middle) >= 0
        low, high = np.where(is_enough, low, middle), np.where(is_enough, middle, high)
    return np.asarray(high)
