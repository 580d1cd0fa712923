"""The lines of an account by year: what is put in, what comes in, what it costs, taxes, clearing the land."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from layers.errors import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Taxes:
    """What the holder of an account pays in taxes.

    Parameters
    ----------
    revenue_share
        Tax on income (value-added tax with its surcharges), as a share of the income that counts in the account.
    profit_share
        Tax on the year's profit (income tax), as a share of what is left after earlier losses.
    loss_years
        For how many years a loss may be set against later profits; the oldest first.
    """

    revenue_share: ArrayLike = 0.0
    profit_share: ArrayLike = 0.0
    loss_years: int = 0


NO_TAXES = Taxes()
A_DAY = 1 / 365
"""In years. Land granted for less than that is written off as if for a day."""


@dataclass(frozen=True)
class Account:
    """Steady accounts of any shape: one of each value per account, or per account and draw; all broadcast together.

    Parameters
    ----------
    capex_cny
        Investment, in year 0.
    revenue_cny_year, opex_cny_year, land_rent_cny_year
        Of a full year: income that may repay, running cost, land rent.
    horizon_years
        Years granted; of the last one, the part that is granted counts.
    free_years
        First years without income.
    reinstatement_cny
        Cost of clearing the land, paid at the end of the last year granted.
    taxes
        Taxes; none unless told.
    other_income_cny, other_cost_cny
        Further income that may repay, and its cost, of year 1, 2 … along the first axis.

    Raises
    ------
    AnalysisError
        If an investment, a cost of clearing or a number of years is negative.
    """

    capex_cny: ArrayLike
    revenue_cny_year: ArrayLike
    opex_cny_year: ArrayLike
    land_rent_cny_year: ArrayLike
    horizon_years: ArrayLike
    free_years: ArrayLike = 0.0
    reinstatement_cny: ArrayLike = 0.0
    taxes: Taxes = NO_TAXES
    other_income_cny: Floats | None = None
    other_cost_cny: Floats | None = None

    def __post_init__(self) -> None:
        for name in ("capex_cny", "horizon_years", "reinstatement_cny"):
            if np.any(np.asarray(getattr(self, name), dtype=float) < 0):
                raise AnalysisError(
                    f"{name} of an account is negative",
                    f"账目的 {name} 小于 0",
                    hint="sizes, years granted and prices must be 0 or more",
                    hint_zh="规模、年限与单价须不小于 0",
                )

    @property
    def shape(self) -> tuple[int, ...]:
        """The shape of all its values together."""
        values = (self.capex_cny, self.revenue_cny_year, self.opex_cny_year, self.land_rent_cny_year)
        return np.broadcast_shapes(*(np.shape(value) for value in (*values, self.horizon_years)))

    @property
    def is_steady(self) -> bool:
        """Whether all years are alike, but for a part of the last one and the clearing at its end."""
        return self.other_income_cny is None and self.other_cost_cny is None and not np.any(self.free_years)


class Year(NamedTuple):
    """One year of the accounts, costs positive; other income is what its own cost leaves.

    ``net = revenue + other income - opex - land rent - tax - reinstatement - capex``.
    """

    capex_cny: ArrayLike
    revenue_cny: ArrayLike
    other_income_cny: ArrayLike
    opex_cny: ArrayLike
    land_rent_cny: ArrayLike
    tax_cny: ArrayLike
    reinstatement_cny: ArrayLike
    net_cny: Floats


def by_year(account: Account) -> Iterator[Year]:
    """Yield year 0 (the investment), then every year granted.

    The profit that is taxed is income less the tax on it, running cost, land rent, the cost of clearing and
    straight-line depreciation of the investment over the years granted.
    """
    capex, horizon = (np.asarray(value, dtype=float) for value in (account.capex_cny, account.horizon_years))
    clearing, taxes = np.asarray(account.reinstatement_cny, dtype=float), account.taxes
    last, losses, written_off = np.ceil(horizon), Losses(taxes.loss_years), _written_off(account)
    at_once = clearing * (last == 0)
    yield Year(capex, 0.0, 0.0, 0.0, 0.0, 0.0, at_once, np.asarray(-capex - at_once))
    for year in range(1, int(np.max(last, initial=0.0)) + 1):
        active = np.clip(horizon - (year - 1), 0.0, 1.0)
        revenue = np.asarray(account.revenue_cny_year) * (active * (year > np.asarray(account.free_years)))
        opex = np.asarray(account.opex_cny_year) * active
        rent = np.asarray(account.land_rent_cny_year) * active
        more = _other(account.other_income_cny, year) * active
        cost = _other(account.other_cost_cny, year) * active
        cleared = clearing * (last == year)
        on_revenue = np.asarray(taxes.revenue_share) * (revenue + more)
        before = (revenue + more) - (opex + rent + cost + cleared) - on_revenue
        tax = on_revenue + np.asarray(taxes.profit_share) * losses.taxable(before - written_off * active)
        net = before - (tax - on_revenue)
        yield Year(0.0, revenue, more - cost, opex, rent, tax, cleared, net)


def lines(account: Account) -> dict[str, Floats]:
    """Return every line of the accounts: one value per account, ``accounts x (years + 1)``.

    The fields of :class:`Year`, and ``cumulative_cny``, the sum of the net flows so far.
    """
    told = list(by_year(account))
    found = {
        name: np.stack([np.broadcast_to(getattr(year, name), account.shape) for year in told], axis=-1)
        for name in Year._fields
    }
    return found | {"cumulative_cny": np.cumsum(found["net_cny"], axis=-1)}


def npvs(account: Account, rates: Sequence[float]) -> list[Floats]:
    """Return the net present value of the accounts at each of several rates, without keeping the years."""
    if account.is_steady:
        return _steady_npvs(account, rates)
    found = [np.zeros(account.shape) for _ in rates]
    for number, year in enumerate(by_year(account)):
        for place, rate in enumerate(rates):
            found[place] += year.net_cny * (1.0 + rate) ** -number
    return found


def _steady_npvs(account: Account, rates: Sequence[float]) -> list[Floats]:
    """Return the net present values of accounts whose years are all alike but for the last, without going through them.

    With the annuity factor ``A``, the last year's part ``a`` and discount factor ``d``, income less costs of a full
    year ``n``, its profit ``p``, the cost of clearing ``R`` and the tax share ``s``:
    ``-capex + A n - s ((A - a d) max(p, 0) + d max(a p - R, 0)) - d R``. No loss comes before a profit, so none is
    carried.
    """
    taxes, clearing = account.taxes, np.asarray(account.reinstatement_cny, dtype=float)
    kept = np.asarray(account.revenue_cny_year) * (1.0 - np.asarray(taxes.revenue_share))
    full = kept - np.asarray(account.opex_cny_year) - np.asarray(account.land_rent_cny_year)
    profit = full - _written_off(account)
    horizon = np.asarray(account.horizon_years, dtype=float)
    last = np.ceil(horizon)
    part = horizon - np.maximum(last - 1.0, 0.0)
    taxed, taxed_last = np.maximum(profit, 0.0), np.maximum(profit * part - clearing, 0.0)
    found = []
    for rate in rates:
        at_end = (1.0 + rate) ** -last
        before = (
            np.maximum(last - 1.0, 0.0) if rate == 0 else (1.0 - (1.0 + rate) ** -np.maximum(last - 1.0, 0.0)) / rate
        )
        tax = np.asarray(taxes.profit_share) * (before * taxed + at_end * taxed_last)
        worth = (before + part * at_end) * full - tax - at_end * clearing - np.asarray(account.capex_cny)
        found.append(np.asarray(np.broadcast_to(worth, account.shape)))
    return found


def yearly_tax(account: Account) -> Floats:
    """Return the taxes of a full year with income, without further income or losses of earlier years."""
    revenue, capex = np.asarray(account.revenue_cny_year), np.asarray(account.capex_cny, dtype=float)
    on_revenue = np.asarray(account.taxes.revenue_share) * revenue
    costs = np.asarray(account.opex_cny_year) + np.asarray(account.land_rent_cny_year) + _written_off(account)
    profit = np.maximum(revenue - on_revenue - costs, 0.0)
    return np.asarray(on_revenue + np.asarray(account.taxes.profit_share) * profit + 0.0 * capex)


def _written_off(account: Account) -> Floats:
    """Return what of the investment a full year wears off, in equal parts over the years granted."""
    capex, horizon = (np.asarray(value, dtype=float) for value in (account.capex_cny, account.horizon_years))
    return np.asarray(capex / np.maximum(horizon, A_DAY))


class Losses:
    """The losses of earlier years that may still be set against a profit."""

    def __init__(self, years: int) -> None:
        self._kept: deque[Floats] = deque(maxlen=years)

    def taxable(self, profit: Floats) -> Floats:
        """Return what is left of a year's profit after earlier losses, and keep the year's loss."""
        left = np.maximum(profit, 0.0)
        if self._kept.maxlen == 0:
            return np.asarray(left)
        for age, loss in enumerate(self._kept):
            used = np.minimum(loss, left)
            left = left - used
            self._kept[age] = loss - used
        self._kept.append(np.maximum(-profit, 0.0))
        return np.asarray(left)


def _other(by_year: Floats | None, year: int) -> ArrayLike:
    """Return the further income or cost of a year, nothing where none is told."""
    return by_year[year - 1] if by_year is not None and year <= len(by_year) else 0.0
