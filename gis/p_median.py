"""Sites that many places walk least to (the p-median problem), with a proven bound.

A search that swaps sites gives a choice. A bound comes from paying places for being served (Lagrangian relaxation by
subgradients; Cornuejols, Fisher and Nemhauser 1977), which also tells most sites and pairs that no better choice can
use. What is left goes to HiGHS by distances instead of pairs (S. Elloumi, Journal of Combinatorial Optimization 19,
2010): "nobody nearer than this is open" is one number for each place and distance.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from gis._integer_program import Rows, minimise
from gis._site_terms import SECONDS, Choice
from layers.errors import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from gis._graph import Floats, Ints
    from gis._integer_program import Solved, Wait

    Flags = NDArray[np.bool_]

TINY = 1e-9
STARTS = 5
STARTS_SHARE, PRICES_SHARE = 0.3, 0.7
"""Parts of the time after which no other start is swapped, and after which prices stop; the rest is for HiGHS."""
PATIENCE, STEP, LEAST_STEP, ROUNDS = 20, 1.5, 5e-4, 1500
"""Rounds without a better bound after which the step shrinks; its first and least length; rounds at most."""
TRIED_EVERY, NEARLY = 10, 1.03
"""Every so many rounds the sites of the bound are tried as a choice, if they are nearly as good as the best."""


def p_median(
    cost: Floats,
    count: int,
    *,
    fixed: Sequence[int] = (),
    seed: int = 0,
    seconds: float = SECONDS,
    spent: Callable[[], float] | None = None,
    wait: Wait | None = None,
) -> Choice:
    """Return the ``count`` sites for which the costs of all places, each to its nearest site, add up to least.

    Parameters
    ----------
    cost
        ``(places, sites)``: metres times weight, say; infinite where there is no way.
    count
        Sites to have, those fixed included.
    fixed
        Sites that are there already.
    seed
        Of the search.
    seconds
        After which the best so far is returned.
    spent
        The share of these seconds that is over; without it only the integer program looks at them.
    wait
        As for :func:`gis._integer_program.minimise`.

    Raises
    ------
    AnalysisError
        If the numbers make no sense, or a place reaches no site.
    """
    _check(cost, count, fixed)
    from gis._median_swap import swapped  # noqa: PLC0415  (loads numba, which most commands can do without)

    sites = cost.shape[1]
    is_fixed = np.zeros(sites, dtype=np.bool_)
    is_fixed[list(fixed)] = True
    ways = np.where(np.isfinite(cost), cost, _far(cost))
    if count in {sites, len(set(fixed))}:
        return _choice(ways, is_fixed | (count == sites), math.inf)
    rng, best, value = np.random.default_rng(seed), is_fixed, math.inf
    used = spent or (lambda: 0.0)
    for turn in range(STARTS):
        if turn and used() >= STARTS_SHARE:
            break
        is_open = is_fixed.copy()
        is_open[rng.choice(np.flatnonzero(~is_fixed), count - int(is_fixed.sum()), replace=False)] = True
        found = float(swapped(ways, is_open, is_fixed))
        if found < value:
            best, value = is_open, found
    search = _Bound(ways, count, is_fixed)
    bound, best, value = search.run(best, value, used)
    if not search.is_proven(bound, value) and used() < 1.0:
        bound, best, value = search.solved(best, value, (seconds, used), wait)
    return _choice(ways, best, value if search.is_proven(bound, value) else bound)


class _Bound:
    """What a choice costs at least, by prices that places pay."""

    def __init__(self, cost: Floats, count: int, is_fixed: Flags) -> None:
        self.cost, self.count, self.is_fixed = cost, count, is_fixed
        self.least_step = 1.0 if np.array_equal(cost, np.round(cost)) else 0.0
        self.bound, self.price = -math.inf, np.empty(0)

    def is_proven(self, bound: float, value: float) -> bool:
        """Whether no choice can cost less than ``value``: with whole costs the next bound is the next whole number."""
        if self.least_step:
            return bool(np.ceil(bound - TINY) >= value)
        return bound >= value * (1.0 - TINY)

    def run(self, best: Flags, value: float, used: Callable[[], float]) -> tuple[float, Flags, float]:
        """Raise the prices until the bound stands still; return it, and the best choice met on the way."""
        from gis._median_swap import swapped  # noqa: PLC0415  (loads numba, which most commands can do without)

        near = np.sort(self.cost[:, best], axis=1)
        price = near[:, : min(2, self.count)].mean(axis=1)
        step, waited, last = STEP, 0, np.zeros(len(price))
        for turn in range(ROUNDS):
            worth = np.minimum(self.cost - price[:, None], 0.0).sum(axis=0)
            chosen = self._cheapest(worth)
            bound = float(price.sum() + worth[chosen].sum())
            waited = 0 if bound > self.bound + abs(self.bound) * 1e-5 else waited + 1
            if bound > self.bound:
                self.bound, self.price = bound, price.copy()
            if waited >= PATIENCE:
                step, waited = step * 0.7, 0
            slope = 0.7 * (1.0 - (self.cost[:, chosen] < price[:, None]).sum(axis=1)) + 0.3 * last
            if step < LEAST_STEP or self.is_proven(self.bound, value) or not slope.any() or used() >= PRICES_SHARE:
                break
            price, last = price + step * (value * 1.002 - bound) / float(slope @ slope) * slope, slope
            if turn % TRIED_EVERY == 0 and self.cost[:, chosen].min(axis=1).sum() < value * NEARLY:
                is_open = np.zeros(self.cost.shape[1], dtype=np.bool_)
                is_open[chosen] = True
                found = float(swapped(self.cost, is_open, self.is_fixed))
                if found < value:
                    best, value = is_open, found
        return self.bound, best, value

    def _cheapest(self, worth: Floats) -> Ints:
        """Return the sites of least worth, the fixed ones in any case."""
        first = np.where(self.is_fixed, -np.inf, worth)
        return np.argpartition(first, self.count - 1)[: self.count]

    def solved(
        self, best: Flags, value: float, time: tuple[float, Callable[[], float]], wait: Wait | None
    ) -> tuple[float, Flags, float]:
        """Return the bound and the best choice after HiGHS has looked at what no bound rules out.

        ``time``: the seconds given in all, and what tells the share of them that is over.
        """
        free, must, usable = self._left(value)
        seconds, used = time
        program = _Program(self.cost[:, free], usable[:, free], self.count, must[free])
        if not program.is_stated(used):
            return self.bound, best, value
        found = program.minimise(seconds * (1.0 - used()), wait)
        if found.is_impossible:
            return value, best, value
        if found.x is not None:
            is_open = np.zeros(self.cost.shape[1], dtype=np.bool_)
            is_open[free[found.x[: free.size] > 0.5]] = True
            cost = float(self.cost[:, is_open].min(axis=1).sum())
            if cost < value:
                best, value = is_open, cost
        return max(self.bound, min(found.bound + program.constant, value)), best, value

    def _left(self, value: float) -> tuple[Ints, Flags, Flags]:
        """Return sites that a better choice may open, which it must, and pairs that it may use."""
        worth = np.minimum(self.cost - self.price[:, None], 0.0).sum(axis=0)
        worth = np.where(self.is_fixed, -np.inf, worth)
        order = np.sort(worth)
        last, first = order[self.count - 1], order[self.count]
        limit = value - (self.least_step or value * TINY) + TINY * max(value, 1.0)
        may = self.bound + np.maximum(worth - last, 0.0) <= limit
        must = self.is_fixed | ((worth <= last) & (self.bound + first - worth > limit))
        extra = np.maximum(self.cost - self.price[:, None], 0.0) + np.maximum(worth - last, 0.0)[None, :]
        return np.flatnonzero(may), must, self.bound + extra <= limit


class _Program:
    """The integer program: which sites are open, and of each place and distance whether nobody nearer is."""

    def __init__(self, cost: Floats, usable: Flags, count: int, must: Flags) -> None:
        self.sites, self.count, self.must, self.constant = cost.shape[1], count, must, 0.0
        self.extra: list[float] = []
        self._at: list[tuple[int, int, float]] = []
        self.least: list[float] = []
        self._cost, self._usable = cost, usable

    def is_stated(self, used: Callable[[], float]) -> bool:
        """Write down the rows of every place; false where the time is over before."""
        for place in range(self._cost.shape[0]):
            if used() >= 1.0:
                return False
            self._add(self._cost[place], np.flatnonzero(self._usable[place]))
        return True

    def _add(self, cost: Floats, sites: Ints) -> None:
        """Add the rows of one place: at each distance a site is open, or nobody so near is, or one nearer is."""
        levels, level = np.unique(cost[sites], return_inverse=True)
        self.constant += float(levels[0]) if levels.size else 0.0
        for number in range(levels.size):
            row, before = len(self.least), self.sites + len(self.extra) - 1
            self._at += [(row, int(site), 1.0) for site in sites[level == number]]
            if number > 0:
                self._at.append((row, before, -1.0))
            if number < levels.size - 1:
                self._at.append((row, self.sites + len(self.extra), 1.0))
                self.extra.append(float(levels[number + 1] - levels[number]))
            self.least.append(0.0 if number else 1.0)
        if not levels.size:  # no pair of this place is of any use to a better choice: there is none
            self.least.append(1.0)

    def minimise(self, seconds: float, wait: Wait | None) -> Solved:
        width = self.sites + len(self.extra)
        row, column, value = zip(*self._at, strict=True) if self._at else ((), (), ())
        served = sparse.csr_array((value, (row, column)), shape=(len(self.least), width))
        is_site = np.r_[np.ones(self.sites), np.zeros(len(self.extra))]
        counted = sparse.csr_array(is_site[None, :])
        return minimise(
            np.r_[np.zeros(self.sites), self.extra],
            [Rows(served, np.array(self.least), np.inf), Rows(counted, self.count, self.count)],
            is_site,
            (np.r_[self.must.astype(float), np.zeros(len(self.extra))], 1.0),
            seconds=seconds,
            wait=wait,
        )


def _choice(cost: Floats, is_open: Flags, bound: float) -> Choice:
    value = float(cost[:, is_open].min(axis=1).sum())
    return Choice(tuple(int(site) for site in np.flatnonzero(is_open)), value, min(bound, value), 0.0)


def _far(cost: Floats) -> float:
    """Return a cost for what no way leads to, above all that a choice could cost."""
    most = float(cost[np.isfinite(cost)].max(initial=0.0))
    return most * float(cost.shape[0]) + 1.0


def _check(cost: Floats, count: int, fixed: Sequence[int]) -> None:
    if cost.ndim != 2 or np.isnan(cost).any() or (cost < 0).any():
        raise AnalysisError("the table of ways holds a number below 0 or an empty cell", "距离表含负数或空值")
    if not max(1, len(set(fixed))) <= count <= cost.shape[1]:
        raise AnalysisError(
            f"{count} sites cannot be had of {cost.shape[1]} with {len(set(fixed))} fixed",
            f"共{cost.shape[1]}处、已定{len(set(fixed))}处，不能选{count}处",
        )
    if not np.isfinite(cost).any(axis=1).all():
        place = int(np.flatnonzero(~np.isfinite(cost).any(axis=1))[0])
        raise AnalysisError(
            "a place reaches no site",
            "有需求点到不了任何选址",
            record=place,
            hint="leave it out, or look whether streets are missing there",
            hint_zh="请剔除该点，或检查该处路网是否缺失",
        )
