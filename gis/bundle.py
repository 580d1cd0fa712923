"""Fat-lean bundles (肥瘦搭配): neighbours whose joint account balances over the term, and a proof of how good they are.

It knows nothing of streets or ledgers: members come as rows with the operator's cash by year, neighbours as pairs of
rows (:mod:`gis.bundle_city` makes both of a city). What comes out is checked by :mod:`gis.bundle_check`, which shares
nothing with the search.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from layers.errors import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis._bundle_search import Search
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
    net_scenario_cny
        ``(n, scenarios, years + 1)``: as ``net_cny`` in each scenario, for :attr:`Limits.balanced_share`.
    npv_element_cny
        ``(n, elements)``: NPV of each member by element (renovation, parking, charging …), for
        :attr:`Limits.element_cap_cny`.
    """

    net_cny: Floats
    public_cny: Floats
    benefit: Floats
    links: Ints
    unit: Ints | None = None
    net_scenario_cny: Floats | None = None
    npv_element_cny: Floats | None = None

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
        together; what is taken must be there: a bundle has its NPV to give, and no more than its working capital leaves
        beside its deepest deficit, for it pays at its start. All in money of year 0 of the plan, to which what a bundle
        gives or takes is discounted from its start. 0: each bundle balances by itself.
    element_cap_cny
        盈利反哺 between the elements of one bundle: what elements that lose may take from those that earn, in each
        bundle, in money of its start.
    balanced_share
        Robust: share of the scenarios in which each bundle must balance and keep to its working capital, beside the
        account itself; ``None``: the account alone. Not together with transfers: with them no bundle balances, or
        fails to, by itself.
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
    element_cap_cny: float = np.inf
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


SECONDS = 60.0
"""How long a search may take by default where a clock tells the time."""

MOST_POOLED = 3000
"""Sets of rows handed on for a second search."""


def best_bundles(
    members: Members,
    limits: Limits,
    *,
    seed: int = 0,
    seconds: float = SECONDS,
    spent: Callable[[], float] | None = None,
    progress: Callable[[float], None] | None = None,
    warm: Plan | None = None,
    is_tighter: bool = False,
) -> Plan:
    """Return the bundles of most benefit found, with a proven bound; proven best where members are few.

    Bundles are columns of a set packing (J. Desrosiers and M. Lübbecke, A primer in column generation, 2005) found
    around each member by growing and, for the proof, by branch and bound over all contiguous sets; cuts of three
    members sharpen the bound, and parts of the plan are planned anew while there is time. The same for the same seed
    where no clock is given, or none stops it.

    Parameters
    ----------
    members, limits
        What may be bundled, and what bundles must keep.
    seed
        Of the parts that are planned anew.
    seconds, spent
        Time in all, and which share of it is over; at 1 the search ends with the best so far. Without ``spent``
        nothing tells the time and the search ends when it has looked at enough.
    progress
        Is told the share done.
    warm
        A plan of an earlier search for the same members: it and its pool are taken in where the limits still allow it.
    is_tighter
        Whether every plan that keeps ``limits`` kept those of ``warm``: its bound still holds then.

    Raises
    ------
    AnalysisError
        If the numbers make no sense, or the members to be kept cannot be.
    """
    from gis import _bundle_checks, _bundle_clock, _bundle_ground, _bundle_search  # noqa: PLC0415  (numba: most commands need none)

    _bundle_checks.check(members, limits)
    if not len(members):
        return Plan((), 0.0, 0.0)
    ground = _bundle_ground.prepared(members, limits)
    allowed = np.ones(len(members), dtype=bool)
    allowed[list(limits.left_out)] = False
    search = _bundle_search.Search(
        ground,
        allowed,
        sorted(set(limits.kept)),
        seed=seed,
        clock=_bundle_clock.Clock(seconds, spent),
        tell=progress or _tell_nobody,
    )
    if warm is not None:
        known = {bundle.rows: bundle.start_year for bundle in warm.bundles}
        search.begin(known, warm.pool, warm.bound if is_tighter else np.inf)
    search.run()
    if search.plan is None:
        raise _not_kept(limits, is_proven=search.are_all_tried)
    return _plan(search)


def compile_search() -> None:
    """Compile the loops of the search, or read them from where they are kept: seconds that no search need pay for."""
    for count in (8, 20):
        row = np.arange(count)
        benefit = np.where(row % 3 == 1, 0.0, 3.0 + row * 7 % 11)
        net = np.where(row % 3 == 1, 4.0 + row * 5 % 7, -3.0 - row * 3 % 5)[:, None] * np.array([1.0, 0.0])
        links = np.column_stack([np.r_[row[:-1], row[:-3]], np.r_[row[1:], row[3:]]])
        best_bundles(Members(net, np.ones((count, 1)), benefit, links), Limits(0.0, 5, public_budget_cny=(count / 2,)))


def _plan(search: Search) -> Plan:
    """Return what a search found, without bundles and members that bring nothing and are not needed."""
    from gis import _bundle_ground, _bundle_search  # noqa: PLC0415  (numba: most commands need none)

    pared = {search.pared(rows): year for rows, year in (search.plan or {}).items()}
    begun = _bundle_ground.earliest(search.ground, {rows: year for rows, year in pared.items() if rows})
    bundles = tuple(Bundle(rows, year) for rows, year in sorted(begun.items()))
    benefit = float(sum(search.ground.benefit[list(bundle.rows)].sum() for bundle in bundles))
    pool = tuple(search.master.bundles[:MOST_POOLED])
    # What the arithmetic of the solver takes off a bound is none; a bound that lies lower is wrong, and told as it is.
    is_near = benefit - search.bound <= _bundle_search.DONE * max(1.0, benefit)
    bound = max(benefit, search.bound) if is_near else search.bound
    return Plan(bundles, benefit, bound, is_cut=not search.is_whole, pool=pool)


def _not_kept(limits: Limits, *, is_proven: bool) -> AnalysisError:
    if not is_proven:
        return AnalysisError(
            f"no plan that holds every member to be kept ({len(limits.kept)}) was found",
            f"未找到含全部 {len(limits.kept)} 个指定成员的方案",
            hint="keep fewer, loosen the limits, or allow more time",
            hint_zh="请减少指定成员、放宽限制，或延长时间",
        )
    return AnalysisError(
        f"no plan holds every member to be kept ({len(limits.kept)}): with all of them no bundles balance",
        f"指定入包的 {len(limits.kept)} 个成员无法全部入包：任何组合都不能平衡",
        hint="keep fewer of them, allow more working capital or public money, or larger bundles",
        hint_zh="请减少指定成员，或放宽垫资、财政资金、包内成员数",
    )


def _tell_nobody(_share: float) -> None:
    """Take progress that nobody asked for."""
