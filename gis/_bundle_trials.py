"""What would make a member fit that is in no bundle: every way is tried, and what each still lacks is told.

Nothing here proves anything: it grows bundles greedily, and tells the least that it finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis._returns import npv_cny
from gis.bundle import TOLERANCE_CNY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from gis._graph import Floats
    from gis.bundle import Bundle, Limits, Members, Plan


ROUNDING = 1e-9


@dataclass(frozen=True)
class Trial:
    """A bundle that would hold a member, and what it lacks.

    Parameters
    ----------
    rows
        Its members.
    joined
        Place in the plan of the bundle that the member would join; ``None``: one of its own.
    npv_lack_cny, capital_lack_cny
        What its account lacks to balance, and how much deeper than the working capital it runs.
    public_lack_cny
        Public money that the budget lacks.
    over
        By how many members it is too large.
    """

    rows: tuple[int, ...]
    joined: int | None
    npv_lack_cny: float
    capital_lack_cny: float
    public_lack_cny: float
    over: int

    @property
    def subsidy_cny(self) -> float:
        """The least money at the start that mends the account: it lifts its NPV and every year's cash alike."""
        return max(self.npv_lack_cny, self.capital_lack_cny)

    @property
    def fits(self) -> bool:
        """Whether nothing is lacking."""
        return self.subsidy_cny <= 0 and self.public_lack_cny <= 0 and self.over == 0


class Trials:
    """Tries where the members that are in no bundle of a plan could go.

    Parameters
    ----------
    members, limits, plan
        What was searched, and what was found.
    """

    def __init__(self, members: Members, limits: Limits, plan: Plan) -> None:
        self._members, self._limits, self._plan = members, limits, plan
        self._npv = npv_cny(members.net_cny, limits.discount_rate)
        self._near = neighbours(members)
        self._taken = {row: place for place, bundle in enumerate(plan.bundles) for row in bundle.rows}
        self._spent = _spent(members, limits, plan.bundles)
        worth = np.array([self._npv[list(bundle.rows)].sum() for bundle in plan.bundles])
        short = float(np.maximum(-worth, 0.0).sum())
        self._transfer = max(min(limits.transfer_cap_cny - short, float(worth.sum())), 0.0)

    def of(self, row: int) -> tuple[Trial, ...]:
        """Return what was tried for ``row``: every bundle next to it, and one of its own; the best first."""
        places = sorted({self._taken[near] for near in self._near[row] if near in self._taken})
        found = [self._best(self._grown([row]), None)]
        for place in places:
            whole = [*self._plan.bundles[place].rows, row]
            if self._is_barred(row, whole):
                continue
            grown = self._grown(whole) if len(whole) <= self._limits.most_members else iter([tuple(whole)])
            found.append(self._best(grown, place))
        return tuple(sorted(found, key=lambda trial: (trial.over > 0, trial.subsidy_cny, trial.public_lack_cny)))

    def _best(self, grown: Iterator[tuple[int, ...]], joined: int | None) -> Trial:
        return min((self._tried(rows, joined) for rows in grown), key=lambda trial: (trial.over, trial.subsidy_cny))

    def _grown(self, rows: list[int]) -> Iterator[tuple[int, ...]]:
        """Yield ``rows``, then with the free neighbours that lift its NPV most, step by step."""
        have = list(rows)
        yield tuple(have)
        while len(have) < self._limits.most_members:
            ways = [way for way in self._ways(have) if len(have) + len(way) <= self._limits.most_members]
            best = max(ways, key=lambda way: (self._npv[list(way)].sum() / len(way), way), default=())
            if not best or self._npv[list(best)].sum() <= 0:
                return
            have += best
            yield tuple(have)

    def _ways(self, have: list[int]) -> Iterator[tuple[int, ...]]:
        free = {near for row in have for near in self._near[row] if self._is_free(near, have)}
        for first in sorted(free):
            yield (first,)
            if self._npv[first] <= 0:
                behind = sorted(near for near in self._near[first] - free if self._is_free(near, have))
                yield from ((first, second) for second in behind)

    def _is_free(self, row: int, have: Collection[int]) -> bool:
        return row not in have and row not in self._taken and not self._is_barred(row, have)

    def _is_barred(self, row: int, have: Collection[int]) -> bool:
        """Whether a wish of the person who asks, or a border, keeps ``row`` out of a bundle with ``have``."""
        limits, unit = self._limits, self._members.unit
        crosses = limits.within_unit and unit is not None and any(unit[row] != unit[other] for other in have)
        parted = any({row, other} in map(set, limits.apart) for other in have if other != row)
        return row in limits.left_out or bool(crosses) or parted

    def _tried(self, rows: tuple[int, ...], joined: int | None) -> Trial:
        members, limits, at = self._members, self._limits, list(rows)
        lack = -float(self._npv[at].sum()) - self._transfer
        if joined is not None:
            lack -= max(-float(self._npv[list(self._plan.bundles[joined].rows)].sum()), 0.0)
        lack = max(lack, self._robust_lack(at))
        depth = -float(np.cumsum(members.net_cny[at].sum(axis=0)).min()) - limits.working_capital_cny
        return Trial(
            rows,
            joined,
            _above(lack),
            _above(depth),
            _above(self._public_lack(rows, joined)),
            max(len(rows) - limits.most_members, 0),
        )

    def _robust_lack(self, rows: list[int]) -> float:
        """Return what lacks in the worst of the scenarios that must balance; nothing where none is asked for."""
        limits, scenarios = self._limits, self._members.npv_scenario_cny
        if limits.balanced_share is None or scenarios is None:
            return 0.0
        lacks = np.sort(-scenarios[rows].sum(axis=0))
        worst = int(np.ceil(limits.balanced_share * lacks.size - ROUNDING)) - 1
        return float(lacks[worst]) - limits.transfer_cap_cny

    def _public_lack(self, rows: tuple[int, ...], joined: int | None) -> float:
        budget = self._limits.public_budget_cny
        if not budget:
            return 0.0
        new = [row for row in rows if self._taken.get(row) is None]
        asked = self._members.public_cny[new].sum(axis=0)
        starts = range(len(budget)) if joined is None else (self._plan.bundles[joined].start_year,)
        return min(self._lack_from(start, asked) for start in starts)

    def _lack_from(self, start: int, asked: Floats) -> float:
        budget = self._limits.public_budget_cny
        lack = 0.0
        for place, money in enumerate(asked):
            left = budget[start + place] - self._spent[start + place] if start + place < len(budget) else 0.0
            lack += max(float(money) - left, 0.0) if money > 0 else 0.0
        return lack


def neighbours(members: Members) -> list[set[int]]:
    """Return the neighbours of every member."""
    found: list[set[int]] = [set() for _ in range(len(members))]
    for first, second in members.links.tolist():
        found[first].add(second)
        found[second].add(first)
    return found


def is_only_link(row: int, rows: Collection[int], near: list[set[int]]) -> bool:
    """Whether the others of ``rows`` fall apart without ``row``."""
    others = set(rows) - {row}
    if len(others) <= 1:
        return False
    seen, open_rows = set(), [min(others)]
    while open_rows:
        at = open_rows.pop()
        if at not in seen:
            seen.add(at)
            open_rows.extend(near[at] & others - seen)
    return len(seen) < len(others)


def _above(lack: float) -> float:
    return lack if lack > TOLERANCE_CNY else 0.0


def _spent(members: Members, limits: Limits, bundles: Collection[Bundle]) -> Floats:
    """Return the public money that a plan spends by year of the budget."""
    spent = np.zeros(len(limits.public_budget_cny) + members.public_cny.shape[1])
    for bundle in bundles:
        money = members.public_cny[list(bundle.rows)].sum(axis=0)
        spent[bundle.start_year : bundle.start_year + money.size] += money
    return spent
