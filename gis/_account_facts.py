"""What the account of every option rests on beside its prices: years, land, whose income, taxes, further income."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis import other_income
from gis._account_lines import Account, Taxes
from gis._pledges import OWNER_KEYS, pledgeable_share
from gis._recipes import MONTHS_PER_YEAR
from gis._units import column

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

    from gis._recipes import Reader
    from gis.model import Model

    Floats = NDArray[np.float64]

RATE = "fin.discount_rate.project"
CONCESSION = "fin.concession_default"
REVENUE_TAX, PROFIT_TAX, LOSS_YEARS = "fin.tax.revenue_share", "fin.tax.profit_share", "fin.tax.loss_years"
REINSTATEMENT = "fin.reinstatement_m2"
DRAWN_KEYS = (REVENUE_TAX, PROFIT_TAX, REINSTATEMENT, *OWNER_KEYS)
ACCOUNT_KEYS = (CONCESSION, RATE, LOSS_YEARS, *DRAWN_KEYS)
"""Parameters that every account reads, whatever its action."""


@dataclass(frozen=True)
class Charges:
    """What parameters say of every account: taxes, the price of clearing land, and what share of the income counts.

    One of each, or one for each draw; ``share`` has a row for each option.
    """

    taxes: Taxes
    reinstatement_cny_m2: ArrayLike
    share: Floats


def charges(options: pd.DataFrame, read: Reader) -> Charges:
    """Return the charges on the accounts of ``options`` as ``read`` tells them."""
    taxes = Taxes(read.cost(REVENUE_TAX), read.cost(PROFIT_TAX), int(read.model.value(LOSS_YEARS)))
    return Charges(taxes, read.cost(REINSTATEMENT), pledgeable_share(options, read.gain))


class Amounts(NamedTuple):
    """Amounts of accounts, for all units together: the investment; income, running cost and rent of a full year.

    ``rent``: of what the units rent by the piece; that of the land is among the facts.
    """

    capex: Floats
    revenue: Floats
    opex: Floats
    rent: Floats


@dataclass(frozen=True)
class Facts:
    """What an options table tells of each account.

    Parameters
    ----------
    granted_years
        As the table has it; NaN where unknown.
    horizon_years
        Years that the account runs over: those granted, no longer than the asset lives and the usual concession.
    land_rent_cny_year
        NaN where land is rented at a rent nobody knows.
    cleared_m2
        Land that must be cleared and handed back at the end; 0 where it need not.
    other_income_cny, other_cost_cny
        Further income that may repay, and its cost: years x options, from year 1 on.
    """

    granted_years: Floats
    horizon_years: Floats
    land_rent_cny_year: Floats
    cleared_m2: Floats
    other_income_cny: Floats
    other_cost_cny: Floats

    @classmethod
    def of(cls, options: pd.DataFrame, life_years: Floats, model: Model, entries: pd.DataFrame | None) -> Facts:
        """Return the facts of ``options``, whose assets live ``life_years``."""
        granted = column(options, "horizon_years")
        horizon = np.fmin(np.fmin(granted, life_years), model.value(CONCESSION))
        years = int(np.ceil(np.max(horizon, initial=0.0)))
        income, cost = other_income.by_year(options, entries, model, years)
        return cls(granted, horizon, _land_rent_cny_year(options), _cleared_m2(options, life_years), income, cost)

    @property
    def has_other(self) -> bool:
        """Whether there is any further income or cost."""
        return bool(self.other_income_cny.any() or self.other_cost_cny.any())

    def without_unknown_rent(self) -> Facts:
        """Return the facts with a rent of nothing where nobody knows it: no account can be better than that."""
        return replace(self, land_rent_cny_year=np.nan_to_num(self.land_rent_cny_year, nan=0.0))

    def at(self, rows: NDArray[np.intp]) -> Facts:
        """Return the facts of the options at ``rows``."""
        by_option = {
            name: getattr(self, name)[rows]
            for name in ("granted_years", "horizon_years", "land_rent_cny_year", "cleared_m2")
        }
        by_year = {name: getattr(self, name)[:, rows] for name in ("other_income_cny", "other_cost_cny")}
        return replace(self, **by_option, **by_year)

    def account(self, amounts: Amounts, free_years: ArrayLike, charged: Charges) -> Account:
        """Return the accounts at these amounts: one for each option, or options x draws.

        Income that repays nothing does so whether it is known or not.
        """
        capex, revenue, opex, rent = amounts
        # Options along the first axis, draws behind it where there are any.
        wide = (slice(None), *(None,) * (np.ndim(capex) - 1))
        share = charged.share[(..., *(None,) * (np.ndim(capex) - charged.share.ndim))]
        return Account(
            capex_cny=capex,
            revenue_cny_year=np.where(share > 0, revenue * share, 0.0),
            opex_cny_year=opex,
            land_rent_cny_year=self.land_rent_cny_year[wide] + rent,
            horizon_years=self.horizon_years[wide],
            free_years=free_years,
            reinstatement_cny=self.cleared_m2[wide] * np.asarray(charged.reinstatement_cny_m2),
            taxes=charged.taxes,
            other_income_cny=self.other_income_cny[(slice(None), *wide)] if self.has_other else None,
            other_cost_cny=self.other_cost_cny[(slice(None), *wide)] if self.has_other else None,
        )


def has_land(options: pd.DataFrame) -> NDArray[np.bool_]:
    """Return which accounts must hold a rent of their land; none where no option says so."""
    if "has_land" not in options:
        return np.zeros(len(options), dtype=bool)
    return np.asarray(options["has_land"].to_numpy(dtype=bool))


def _land_rent_cny_year(options: pd.DataFrame) -> Floats:
    rent = column(options, "area_m2") * column(options, "land_rent_cny_m2_month") * MONTHS_PER_YEAR
    return np.where(has_land(options), rent, 0.0)


def _cleared_m2(options: pd.DataFrame, life_years: Floats) -> Floats:
    """Return the land to be cleared: all of it where ``clears_at_end`` says so.

    Where nobody says, land that is granted for fewer years than what stands on it lives must be handed back cleared.
    """
    clears = has_land(options) & (column(options, "horizon_years") < life_years)
    if "clears_at_end" in options:
        told = options["clears_at_end"].astype("boolean")
        clears = np.where(told.isna(), clears, told.fillna(value=False).to_numpy(dtype=bool))
    return np.where(clears, column(options, "area_m2"), 0.0)
