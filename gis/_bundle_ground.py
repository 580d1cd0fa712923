"""What the search for bundles works on: plain arrays, and whether a set of members may be a bundle; compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis._compiled import compiled
from gis.bundle import TOLERANCE_CNY

if TYPE_CHECKING:
    from gis._graph import Floats, Ints
    from gis.bundle import Limits, Members


class Ground(NamedTuple):
    """Members and limits as arrays; one row a member unless said.

    Parameters
    ----------
    starts, ends
        Neighbours of member ``i``: ``ends[starts[i]:starts[i + 1]]``.
    npv, cash, public, benefit
        NPV; cumulative cash and public money by year; benefit.
    scenario, scenario_cash
        NPV, and cumulative cash by year, in each scenario; no column where none is asked for, or no year where working
        capital has no limit.
    element
        NPV by element; no column where those need not balance.
    worth
        NPV, or a number of which the sum over every bundle is no less than ``-shortfall`` as that of the NPVs is, and
        which is more often in the way: what a member counts in a scenario that must balance.
    budget
        Public money by year; empty without a limit.
    together, apart
        Pairs of members, ``(pairs, 2)``.
    order
        Of all members of a bundle the one of least order is its root: the fattest.
    most, working_capital, balanced, element_cap
        Members of a bundle, least cumulative cash (negated), scenarios to balance in, what elements may take.
    yearly, late, transfers, shortfall
        What money of one year is worth in the year before, and that of the last start year in year 0 (1 where nothing
        is transferred); what all bundles that fall short may take together, in money of year 0; how far one may fall
        short, in money of its start.
    """

    starts: Ints
    ends: Ints
    npv: Floats
    cash: Floats
    public: Floats
    benefit: Floats
    scenario: Floats
    scenario_cash: Floats
    element: Floats
    worth: Floats
    budget: Floats
    together: Ints
    apart: Ints
    order: Ints
    most: int
    working_capital: float
    balanced: int
    element_cap: float
    yearly: float
    late: float
    transfers: float
    shortfall: float


def prepared(members: Members, limits: Limits) -> Ground:
    """Return members and limits as the search takes them; they were checked before."""
    count = len(members)
    links = _links(members, limits)
    starts = np.searchsorted(links[:, 0], np.arange(count + 1))
    years = np.arange(members.net_cny.shape[1])
    npv = (members.net_cny * (1.0 + limits.discount_rate) ** -years).sum(axis=1)
    scenario, scenario_cash, balanced = _scenarios(members, limits)
    worth = _worth(npv, scenario, balanced)
    yearly = 1.0 / (1.0 + limits.discount_rate)
    last = max(0, len(limits.public_budget_cny) - 1) if limits.transfer_cap_cny > 0 else 0
    late, transfers = min(1.0, yearly**last), float(limits.transfer_cap_cny) + TOLERANCE_CNY / 2
    is_capped = np.isfinite(limits.element_cap_cny) and members.npv_element_cny is not None
    order = np.empty(count, dtype=np.int64)
    order[np.lexsort((np.arange(count), -worth))] = np.arange(count)
    return Ground(
        starts=starts.astype(np.int64),
        ends=np.ascontiguousarray(links[:, 1]),
        npv=npv,
        cash=np.ascontiguousarray(np.cumsum(members.net_cny, axis=1)),
        public=np.ascontiguousarray(members.public_cny, dtype=np.float64),
        benefit=np.asarray(members.benefit, dtype=np.float64),
        scenario=scenario,
        scenario_cash=scenario_cash,
        element=np.ascontiguousarray(members.npv_element_cny) if is_capped else np.empty((count, 0)),
        worth=worth,
        budget=np.array(limits.public_budget_cny, dtype=np.float64),
        together=np.array(limits.together, dtype=np.int64).reshape(-1, 2),
        apart=np.array(limits.apart, dtype=np.int64).reshape(-1, 2),
        order=order,
        most=int(limits.most_members),
        working_capital=float(limits.working_capital_cny) + TOLERANCE_CNY / 2,
        balanced=balanced,
        element_cap=float(limits.element_cap_cny) + TOLERANCE_CNY / 2,
        yearly=yearly,
        late=late,
        transfers=transfers,
        shortfall=transfers / late,
    )


def _links(members: Members, limits: Limits) -> Ints:
    """Return every pair of neighbours both ways, sorted, once; without those of two units where that is asked for."""
    links = np.asarray(members.links, dtype=np.int64).reshape(-1, 2)
    links = links[links[:, 0] != links[:, 1]]
    if limits.within_unit and members.unit is not None:
        unit = np.asarray(members.unit)
        links = links[unit[links[:, 0]] == unit[links[:, 1]]]
    return np.unique(np.vstack([links, links[:, ::-1]]), axis=0)


def _scenarios(members: Members, limits: Limits) -> tuple[Floats, Floats, int]:
    """Return NPVs and cumulative cash by scenario that are looked at, and in how many of them a bundle must balance."""
    if limits.balanced_share is None or members.net_scenario_cny is None:
        return np.empty((len(members), 0)), np.empty((len(members), 0, 0)), 0
    net = np.asarray(members.net_scenario_cny, dtype=np.float64)
    scenario = net @ (1.0 + limits.discount_rate) ** -np.arange(net.shape[2])
    cash = np.cumsum(net, axis=2) if np.isfinite(limits.working_capital_cny) else net[:, :, :0]
    balanced = int(np.ceil(limits.balanced_share * net.shape[1] - 1e-9))
    return np.ascontiguousarray(scenario), np.ascontiguousarray(cash), balanced


def _worth(npv: Floats, scenario: Floats, balanced: int) -> Floats:
    """Return what members count in the worst scenarios of which one must balance, where that is less than their NPV.

    Of any ``scenarios - balanced + 1`` one must balance, so the sum of the most that members bring in these must. The
    worst are those in which what earns earns least.
    """
    if balanced == 0:
        return npv
    worst = np.argsort(np.maximum(scenario, 0.0).sum(axis=0), kind="stable")[: scenario.shape[1] - balanced + 1]
    most: Floats = scenario[:, worst].max(axis=1)
    return most if np.maximum(most, 0.0).sum() < np.maximum(npv, 0.0).sum() else npv


def earliest(ground: Ground, plan: dict[tuple[int, ...], int]) -> dict[tuple[int, ...], int]:
    """Return a plan whose bundles start as soon as the money of each year allows; with transfers, as they are."""
    if ground.transfers > TOLERANCE_CNY or len(ground.budget) < 2:
        return plan
    left, years, begun = ground.budget.copy(), len(ground.budget), {}
    asked = {rows: ground.public[list(rows)].sum(axis=0) for rows in plan}
    for rows, year in plan.items():
        spans = asked[rows][: years - year]
        left[year : year + len(spans)] -= spans
    for rows, year in sorted(plan.items(), key=lambda item: (item[1], item[0])):
        spans = asked[rows][: years - year]
        left[year : year + len(spans)] += spans
        fits = (at for at in range(year) if (spans <= left[at : at + len(spans)]).all())
        begun[rows] = first = next(fits, year)
        left[first : first + len(spans)] -= spans
    return begun


@compiled()
def may_be(ground: Ground, rows: Ints, size: int) -> bool:
    """Return whether the first ``size`` of ``rows``, which are contiguous, may be a bundle by all other limits."""
    npv = 0.0
    for at in range(size):
        npv += ground.npv[rows[at]]
    if npv < -ground.shortfall:
        return False
    for year in range(ground.cash.shape[1]):
        cash = 0.0
        for at in range(size):
            cash += ground.cash[rows[at], year]
        if cash < -ground.working_capital:
            return False
    if not _is_paid(ground, rows, size) or not _keeps_pairs(ground, rows, size):
        return False
    return _is_fair(ground, rows, size) and _is_balanced(ground, rows, size)


@compiled()
def _is_fair(ground: Ground, rows: Ints, size: int) -> bool:
    """Return whether elements that lose take no more than they may."""
    taken = 0.0
    for element in range(ground.element.shape[1]):
        npv = 0.0
        for at in range(size):
            npv += ground.element[rows[at], element]
        taken += max(0.0, -npv)
    return taken <= ground.element_cap


@compiled()
def _is_balanced(ground: Ground, rows: Ints, size: int) -> bool:
    """Return whether enough scenarios balance and keep to the working capital."""
    balanced, scenarios = 0, ground.scenario.shape[1]
    for scenario in range(scenarios):
        if balanced + scenarios - scenario < ground.balanced:
            return False
        npv = 0.0
        for at in range(size):
            npv += ground.scenario[rows[at], scenario]
        holds = npv >= -ground.shortfall
        for year in range(ground.scenario_cash.shape[2]):
            if not holds:
                break
            cash = 0.0
            for at in range(size):
                cash += ground.scenario_cash[rows[at], scenario, year]
            holds = cash >= -ground.working_capital
        balanced += holds
    return balanced >= ground.balanced


@compiled()
def _is_paid(ground: Ground, rows: Ints, size: int) -> bool:
    """Return whether some start year has the public money."""
    years, spans = ground.budget.size, ground.public.shape[1]
    if years == 0:
        return True
    spent = np.zeros(spans)
    for at in range(size):
        for year in range(spans):
            spent[year] += ground.public[rows[at], year]
    for start in range(years):
        fits = True
        for year in range(spans):
            if spent[year] > 0 and (start + year >= years or spent[year] > ground.budget[start + year] + TOLERANCE_CNY):
                fits = False
        if fits:
            return True
    return False


@compiled()
def _keeps_pairs(ground: Ground, rows: Ints, size: int) -> bool:
    return _no_pair_has(ground.together, rows, size, 1) and _no_pair_has(ground.apart, rows, size, 2)


@compiled()
def _no_pair_has(pairs: Ints, rows: Ints, size: int, count: int) -> bool:
    """Return whether of no pair exactly ``count`` are among the rows."""
    for pair in range(pairs.shape[0]):
        found = 0
        for at in range(size):
            found += rows[at] == pairs[pair, 0] or rows[at] == pairs[pair, 1]
        if found == count:
            return False
    return True
