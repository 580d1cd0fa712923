"""Fat-lean bundles (肥瘦搭配): neighbours whose joint account balances over the term, and a proof of how good they are.

It knows nothing of streets or ledgers: members come as rows with the operator's cash by year, neighbours as pairs of
rows (:mod:`gis.bundle_city` makes both of a city). What comes out is checked by :mod:`gis.bundle_check`, which shares
nothing with the search.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gis._graph import Floats, Ints

TOLERANCE_CNY = 0.01
"""Money that a balance may lack and still count as balanced: sums of binary fractions are not exact."""


@dataclass(frozen=True)
class Members:
    """What may be bundled; every array has one row a member.

    Parameters
    ----------
    net_cny
        ``(n, years + 1)``: the operator's net cash by year since the bundle starts, year 0 the investment; money that
        may not be counted (not granted in that year, not pledgeable) is not in it.
    public_cny
        ``(n, k)``: public money by year since the bundle starts, not negative.
    benefit
        ``(n,)``: public benefit of each, not negative.
    links
        ``(m, 2)``: rows of members that are neighbours.
    unit
        ``(n,)``: number of the sub-district (or district) of each, for :attr:`Limits.within_unit`; ``None``: all one.
    npv_scenario_cny
        ``(n, scenarios)``: NPV of each member in each scenario, for :attr:`Limits.balanced_share`.
    """

    net_cny: Floats
    public_cny: Floats
    benefit: Floats
    links: Ints
    unit: Ints | None = None
    npv_scenario_cny: Floats | None = None

    def __len__(self) -> int:
        """Return how many there are."""
        return len(self.benefit)


@dataclass(frozen=True)
class Limits:
    """What every bundle, and all together, must keep.

    Parameters
    ----------
    discount_rate
        At which the account is discounted to the year its bundle starts.
    most_members
        Of one bundle.
    working_capital_cny
        How far the cumulative cash of a bundle may fall below zero in any year.
    public_budget_cny
        Public money of each year that bundles may start in or spend in, all bundles together; a bundle must start and
        spend within these years. Empty: no limit, and all start in year 0.
    within_unit
        Whether no bundle may cross the border of a unit.
    transfer_cap_cny
        盈利反哺 between bundles of the one operator: what bundles that fall short may take from the others, all
        together, in money of their starts; what is taken must be there: all NPVs sum to 0 or more. 0: each bundle
        balances by itself.
    balanced_share
        Robust: share of the scenarios in which each bundle must balance (with transfers: fall short by no more than
        the cap), beside the account itself; ``None``: the account alone.
    kept
        Rows that must be in a bundle.
    left_out
        Rows that may be in none.
    together, apart
        Pairs of rows that must be in one bundle if either is in any; that may not be in one bundle.
    """

    discount_rate: float
    most_members: int = 12
    working_capital_cny: float = np.inf
    public_budget_cny: tuple[float, ...] = ()
    within_unit: bool = False
    transfer_cap_cny: float = 0.0
    balanced_share: float | None = None
    kept: tuple[int, ...] = ()
    left_out: tuple[int, ...] = ()
    together: tuple[tuple[int, int], ...] = ()
    apart: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True)
class Bundle:
    """Members that share one account.

    Parameters
    ----------
    rows
        Members, ascending.
    start_year
        The year of the budget in which it starts, 0 the first.
    """

    rows: tuple[int, ...]
    start_year: int = 0


@dataclass(frozen=True)
class Plan:
    """Bundles, and how good they are.

    Parameters
    ----------
    bundles
        Disjoint, by their first member; empty where none balances.
    benefit
        Of all members that are in one.
    bound
        Proven: no plan has more.
    is_cut
        Whether the time ended the search.
    pool
        Sets of rows that the search tried, for a quick second search after a change of the limits.
    """

    bundles: tuple[Bundle, ...]
    benefit: float
    bound: float
    is_cut: bool = False
    pool: tuple[tuple[int, ...], ...] = field(default=(), repr=False)

    @property
    def gap(self) -> float:
        """How much more another plan could have at most, as a share of :attr:`bound`; 0 is proven best."""
        return (self.bound - self.benefit) / self.bound if self.bound > 0 else 0.0
