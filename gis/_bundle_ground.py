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
    scenario
        NPV in each scenario; no column where none is asked for.
    worth
        NPV, or a number of which the sum over every bundle is no less than ``-shortfall`` as that of the NPVs is, and
        which is more often in the way: what a member counts in a scenario that must balance.
    budget
        Public money by year; empty without a limit.
    together, apart
        Pairs of members, ``(pairs, 2)``.
    order
        Of all members of a bundle the one of least order is its root: the fattest.
    most, working_capital, shortfall, balanced
        Members of a bundle, least cumulative cash (negated), how far an NPV may fall short, scenarios to balance in.
    """

    starts: Ints
    ends: Ints
    npv: Floats
    cash: Floats
    public: Floats
    benefit: Floats
    scenario: Floats
    worth: Floats
    budget: Floats
    together: Ints
    apart: Ints
    order: Ints
    most: int
    working_capital: float
    shortfall: float
    balanced: int


def prepared(members: Members, limits: Limits) -> Ground:
    """Return members and limits as the search takes them; they were checked before."""
    count = len(members)
    links = _links(members, limits)
    starts = np.searchsorted(links[:, 0], np.arange(count + 1))
    years = np.arange(members.net_cny.shape[1])
    npv = (members.net_cny * (1.0 + limits.discount_rate) ** -years).sum(axis=1)
    scenario, balanced = _scenarios(members, limits)
    worth = _worth(npv, scenario, balanced)
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
        worth=worth,
        budget=np.array(limits.public_budget_cny, dtype=np.float64),
        together=np.array(limits.together, dtype=np.int64).reshape(-1, 2),
        apart=np.array(limits.apart, dtype=np.int64).reshape(-1, 2),
        order=order,
        most=int(limits.most_members),
        working_capital=float(limits.working_capital_cny) + TOLERANCE_CNY / 2,
        shortfall=float(limits.transfer_cap_cny) + TOLERANCE_CNY / 2,
        balanced=balanced,
    )


def _links(members: Members, limits: Limits) -> Ints:
    """Return every pair of neighbours both ways, sorted, once; without those of two units where that is asked for."""
    links = np.asarray(members.links, dtype=np.int64).reshape(-1, 2)
    links = links[links[:, 0] != links[:, 1]]
    if limits.within_unit and members.unit is not None:
        unit = np.asarray(members.unit)
        links = links[unit[links[:, 0]] == unit[links[:, 1]]]
    return np.unique(np.vstack([links, links[:, ::-1]]), axis=0)


def _scenarios(members: Members, limits: Limits) -> tuple[Floats, int]:
    """Return the NPVs by scenario that are looked at, and in how many of them a bundle must balance."""
    if limits.balanced_share is None or members.npv_scenario_cny is None:
        return np.empty((len(members), 0)), 0
    scenario = np.ascontiguousarray(members.npv_scenario_cny, dtype=np.float64)
    return scenario, int(np.ceil(limits.balanced_share * scenario.shape[1] - 1e-9))


def _worth(npv: Floats, scenario: Floats, balanced: int) -> Floats:
    """Return what members count in the worst scenarios of which one must balance, where that is less than their NPV.

    Of any ``scenarios - balanced + 1`` one must balance, so the sum of the most that members bring in these must.
    """
    if balanced == 0:
        return npv
    worst = np.argsort(scenario.sum(axis=0), kind="stable")[: scenario.shape[1] - balanced + 1]
    most: Floats = scenario[:, worst].max(axis=1)
    return most if most.sum() < npv.sum() else npv


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
    return _is_balanced(ground, rows, size) and _is_paid(ground, rows, size) and _keeps_pairs(ground, rows, size)


@compiled()
def _is_balanced(ground: Ground, rows: Ints, size: int) -> bool:
    """Return whether enough scenarios balance."""
    balanced = 0
    for scenario in range(ground.scenario.shape[1]):
        npv = 0.0
        for at in range(size):
            npv += ground.scenario[rows[at], scenario]
        balanced += npv >= -ground.shortfall
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
