"""What would make a member fit that is in no bundle: every way is tried, and what each still lacks is told.

Nothing here proves anything: it grows bundles greedily, and tells the least that it finds.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis._bundle_links import neighbours
from gis._bundle_transfers import share_cny
from gis._returns import npv_cny
from gis.bundle import TOLERANCE_CNY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from gis._graph import Floats
    from gis.bundle import Limits, Members, Plan


ROUNDING = 1e-9


@dataclass(frozen=True)
class Trial:
    """A bundle that would hold a member, and what it lacks.

    Parameters
    ----------
    rows
        Its members.
    joined
        Place of the bundle that the member would join, in the plan and what was taken after it; ``None``: one of its
        own.
    start_year
        In which it would start: where public money lacks least, of equals where its account does.
    npv_lack_cny, capital_lack_cny
        What its account lacks to balance, and how much deeper than the working capital it runs, in money of its start;
        what it must give the others counts in both.
    public_lack_cny
        Public money that the budget lacks, the subsidy among it: who subsidises spends public money.
    over
        By how many members it is too large.
    """

    rows: tuple[int, ...]
    joined: int | None
    start_year: int
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


@dataclass(frozen=True)
class _Made:
    """A bundle that stands: its members, the year of its start, and the subsidy that it was given.

    ``share_cny``: what it can give the others, or lacks (below 0), in money of year 0 of the plan.
    """

    rows: tuple[int, ...]
    start_year: int
    given_cny: float
    share_cny: float


class Trials:
    """Tries where the members that are in no bundle of a plan could go.

    Parameters
    ----------
    members, limits, plan
        What was searched, and what was found.
    """

    def __init__(self, members: Members, limits: Limits, plan: Plan) -> None:
        self._members, self._limits = members, limits
        self._npv = npv_cny(members.net_cny, limits.discount_rate)
        self._near = neighbours(members)
        self._partners = _partners(limits)
        self._made = [self._stands(bundle.rows, bundle.start_year, 0.0) for bundle in plan.bundles]
        self._taken = {row: place for place, bundle in enumerate(self._made) for row in bundle.rows}
        self._spent = np.zeros(len(limits.public_budget_cny) + members.public_cny.shape[1])
        for bundle in self._made:
            self._spend(bundle.start_year, members.public_cny[list(bundle.rows)].sum(axis=0))

    def of(self, row: int) -> tuple[Trial, ...]:
        """Return what was tried for ``row``: every bundle next to it, and one of its own; the best first.

        With it go those that must share its bundle, and theirs. Empty where they cannot be brought together.
        """
        mine = sorted(self._with_partners({row}))
        if not self._taken.keys().isdisjoint(mine):
            return ()
        places = sorted({self._taken[near] for each in mine for near in self._near[each] if near in self._taken})
        found = []
        for place in (None, *places):
            have = [] if place is None else list(self._made[place].rows)
            whole = self._joined_up([*have, *mine])
            if whole is not None and not any(self._is_barred(other, whole) for other in whole):
                grown = self._grown(whole) if len(whole) <= self._limits.most_members else [tuple(whole)]
                found.append(self._best(grown, place))
        return tuple(sorted(found, key=lambda trial: (trial.over > 0, trial.subsidy_cny, trial.public_lack_cny)))

    def take(self, trial: Trial) -> None:
        """Count a trial as done, with the subsidy that it asks for: its members and its money are gone for the next."""
        held = () if trial.joined is None else self._made[trial.joined].rows
        given = 0.0 if trial.joined is None else self._made[trial.joined].given_cny
        made = self._stands(trial.rows, trial.start_year, given + trial.subsidy_cny)
        place = len(self._made) if trial.joined is None else trial.joined
        self._made[place : place + 1] = [made]
        self._taken |= dict.fromkeys(trial.rows, place)
        new = [row for row in trial.rows if row not in held]
        self._spend(trial.start_year, self._asked(new, trial.subsidy_cny))

    def _stands(self, rows: tuple[int, ...], start_year: int, given_cny: float) -> _Made:
        npv, depth = self._worth(rows, given_cny)
        share = float(share_cny([npv], [max(depth, 0.0)], self._limits.working_capital_cny)[0])
        return _Made(rows, start_year, given_cny, share * (1.0 + self._limits.discount_rate) ** -start_year)

    def _worth(self, rows: tuple[int, ...], given_cny: float) -> tuple[float, float]:
        """Return the NPV of members with a subsidy at their start, and how deep below zero their cash then falls."""
        cash = np.cumsum(self._members.net_cny[list(rows)].sum(axis=0))
        return float(self._npv[list(rows)].sum()) + given_cny, -float(cash.min()) - given_cny

    def _spend(self, start: int, money: Floats) -> None:
        self._spent[start : start + money.size] += money

    def _asked(self, new: list[int], subsidy_cny: float) -> Floats:
        """Return the public money by year that new members take, and the subsidy in the first."""
        asked: Floats = self._members.public_cny[new].sum(axis=0)
        asked[0] += subsidy_cny
        return asked

    def _best(self, grown: Iterable[tuple[int, ...]], joined: int | None) -> Trial:
        return min((self._tried(rows, joined) for rows in grown), key=_lacking)

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
            yield from self._whole((first,), have)
            if self._npv[first] <= 0:
                behind = sorted(near for near in self._near[first] - free if self._is_free(near, [*have, first]))
                for second in behind:
                    yield from self._whole((first, second), have)

    def _whole(self, way: tuple[int, ...], have: list[int]) -> Iterator[tuple[int, ...]]:
        """Yield a way with those that must share its bundle, where they all may and hang together."""
        wanted = self._with_partners(way)
        may = wanted == set(way) or all(self._is_free(row, [*have, *(wanted - {row})]) for row in wanted)
        if may and len(self._reached(have, {*have, *wanted})) == len(have) + len(wanted):
            yield way if wanted == set(way) else tuple(sorted(wanted))

    def _with_partners(self, rows: Collection[int]) -> set[int]:
        """Return ``rows`` with all that must share their bundle, and those that must share theirs."""
        found, open_rows = set(rows), list(rows)
        while open_rows:
            more = self._partners.get(open_rows.pop(), set()) - found
            found |= more
            open_rows.extend(more)
        return found

    def _joined_up(self, rows: list[int]) -> list[int] | None:
        """Return ``rows`` with the free members that make them hang together, few of them; ``None`` where none do."""
        have = list(rows)
        while len(reached := self._reached(have, set(have))) < len(have):
            path = self._path(reached, set(have) - reached, have)
            if path is None:
                return None
            have += path
        return have

    def _reached(self, rows: list[int], inside: set[int]) -> set[int]:
        """Return what of ``inside`` hangs together with the first of ``rows``."""
        seen, open_rows = set(), [rows[0]]
        while open_rows:
            at = open_rows.pop()
            if at not in seen:
                seen.add(at)
                open_rows.extend(self._near[at] & inside - seen)
        return seen

    def _path(self, begin: set[int], end: set[int], have: list[int]) -> list[int] | None:
        """Return the fewest free members between two parts."""
        before = dict.fromkeys(sorted(begin), -1)
        ring = list(before)
        while ring:
            after = []
            for at in ring:
                for near in sorted(self._near[at] - before.keys()):
                    if near in end:
                        path = [at]
                        while before[path[-1]] >= 0:
                            path.append(before[path[-1]])
                        return [row for row in path if row not in begin]
                    if self._is_free(near, have) and self._with_partners({near}) <= {near, *have}:
                        before[near] = at
                        after.append(near)
            ring = after
        return None

    def _is_free(self, row: int, have: Collection[int]) -> bool:
        return row not in have and row not in self._taken and not self._is_barred(row, have)

    def _is_barred(self, row: int, have: Collection[int]) -> bool:
        """Whether a wish of the person who asks, or a border, keeps ``row`` out of a bundle with ``have``."""
        limits, unit = self._limits, self._members.unit
        crosses = limits.within_unit and unit is not None and any(unit[row] != unit[other] for other in have)
        parted = any({row, other} in map(set, limits.apart) for other in have if other != row)
        return row in limits.left_out or bool(crosses) or parted

    def _tried(self, rows: tuple[int, ...], joined: int | None) -> Trial:
        limits, made = self._limits, None if joined is None else self._made[joined]
        given, held = (0.0, ()) if made is None else (made.given_cny, made.rows)
        npv, depth = self._worth(rows, given)
        least = max(self._robust_lack(list(rows)), self._element_lack(list(rows))) - given
        over, spare = max(len(rows) - limits.most_members, 0), self._transfer_cny(joined)
        new = [row for row in rows if row not in held]

        def starting(year: int) -> Trial:
            takes = spare * (1.0 + limits.discount_rate) ** year
            lack = _above(max(-npv - takes, least))
            deep = _above(max(depth, 0.0) + max(-takes, 0.0) - limits.working_capital_cny)
            short = _above(self._lack_from(year, self._asked(new, max(lack, deep))))
            return Trial(rows, joined, year, lack, deep, short, over)

        return min(map(starting, self._starts(made)), key=self._by_start)

    def _by_start(self, trial: Trial) -> tuple[float, float, int]:
        """Return what one start of a bundle is better by than another: subsidies in money of one year."""
        now = trial.subsidy_cny * (1.0 + self._limits.discount_rate) ** -trial.start_year
        return trial.public_lack_cny, now, trial.start_year

    def _transfer_cny(self, joined: int | None) -> float:
        """Return what a bundle may take from the others, in money of year 0; below 0: what it must give them.

        ``joined`` is none of the others: they may live on it, and on what it has beside its new members.
        """
        limits = self._limits
        if limits.transfer_cap_cny <= 0:
            return 0.0
        shares = np.array([made.share_cny for place, made in enumerate(self._made) if place != joined])
        left = limits.transfer_cap_cny - float(np.maximum(-shares, 0.0).sum())
        return min(max(left, 0.0), float(shares.sum()))

    def _robust_lack(self, rows: list[int]) -> float:
        """Return what lacks in the worst of the scenarios that must balance; nothing where none is asked for."""
        limits, scenarios = self._limits, self._members.net_scenario_cny
        if limits.balanced_share is None or scenarios is None:
            return 0.0
        net = scenarios[rows].sum(axis=0)
        deep = -np.cumsum(net, axis=1).min(axis=1) - limits.working_capital_cny
        lacks = np.sort(np.maximum(-npv_cny(net, limits.discount_rate), deep))
        worst = int(np.ceil(limits.balanced_share * lacks.size - ROUNDING)) - 1
        return float(lacks[worst])

    def _element_lack(self, rows: list[int]) -> float:
        """Return by how much elements that lose take more than they may; a subsidy of them takes its place."""
        limits, elements = self._limits, self._members.npv_element_cny
        if np.isinf(limits.element_cap_cny) or elements is None:
            return 0.0
        return float(np.maximum(-elements[rows].sum(axis=0), 0.0).sum()) - limits.element_cap_cny

    def _starts(self, made: _Made | None) -> Iterable[int]:
        if made is not None:
            return (made.start_year,)
        return range(max(len(self._limits.public_budget_cny), 1))

    def _lack_from(self, start: int, asked: Floats) -> float:
        budget = self._limits.public_budget_cny
        if not budget:
            return 0.0
        lack = 0.0
        for place, money in enumerate(asked):
            left = budget[start + place] - self._spent[start + place] if start + place < len(budget) else 0.0
            lack += max(float(money) - max(left, 0.0), 0.0) if money > 0 else 0.0
        return lack


def in_turn(members: Members, limits: Limits, plan: Plan, rows: Iterable[int]) -> Iterator[tuple[int, Trial | None]]:
    """Yield members that are in no bundle with what each lacks when those before it have had what they lacked.

    Each takes its bundle, the subsidy that it asks for and its public money out of what is left for the next: these
    sums may be added, unlike those of :meth:`Trials.of`, of which several may count on one asset. First come those that
    lack least by themselves. ``None``: nothing that was tried makes it fit the size of a bundle.
    """
    trials = Trials(members, limits, plan)
    alone = {row: trials.of(row) for row in rows}
    asked = {row: found[0].subsidy_cny if found and not found[0].over else np.inf for row, found in alone.items()}
    held = {row for bundle in plan.bundles for row in bundle.rows}
    for row in sorted(alone, key=lambda row: (asked[row], row)):
        if row in held:
            continue  # it came with one that was before it
        best = next(iter(trials.of(row)), None)
        if best is None or best.over:
            yield row, None
            continue
        trials.take(best)
        held.update(best.rows)
        yield row, best


def _partners(limits: Limits) -> dict[int, set[int]]:
    """Return whom each member must share its bundle with."""
    found: dict[int, set[int]] = {}
    for first, second in limits.together:
        found.setdefault(first, set()).add(second)
        found.setdefault(second, set()).add(first)
    return found


def _above(lack: float) -> float:
    return lack if lack > TOLERANCE_CNY else 0.0


def _lacking(trial: Trial) -> tuple[int, float, float]:
    return trial.over, trial.subsidy_cny, trial.public_lack_cny
