"""What members of a city that are in no bundle lack, in words: every way is tried, the one that lacks least is told."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis import _bundle_reasons as reasons
from gis._bundle_links import neighbours
from gis._bundle_trials import Trials, in_turn
from gis._notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from gis._bundle_trials import Trial
    from gis.bundle import Limits, Plan
    from gis.bundle_city import CityMembers


class AllInTurn(NamedTuple):
    """What it takes to bring every community that is in no bundle into one, one after the other.

    ``brought``: communities that then are in one; ``subsidised``: how many of them a subsidy brought there;
    ``later``: how many of these start after the first budget year; ``subsidy_cny``: all of it, in money of that year;
    ``public_lack_cny``: public money, the subsidies among it, that the budget lacks for them; ``never``: communities
    that nothing that was tried brings into a bundle.
    """

    brought: int
    subsidised: int
    later: int
    subsidy_cny: float
    public_lack_cny: float
    never: int


def all_in_turn(found: CityMembers, limits: Limits, plan: Plan) -> AllInTurn:
    """Return what it takes to bring every community that is in no bundle of ``plan`` into one.

    Each takes its bundle and its money out of what is left for the next, so these sums hold together, unlike those of
    :meth:`Left.why`, which each count on the same neighbours. What nobody may bundle, or could be a member, is left
    out. Found greedily: less may do.
    """
    taken = {row for bundle in plan.bundles for row in bundle.rows} | set(limits.left_out)
    homes = np.flatnonzero(found.candidates.table["is_community"].to_numpy(dtype=bool)).tolist()
    rows = [row for row in homes if row not in taken]
    done = [trial for _, trial in in_turn(found.members, limits, plan, rows) if trial is not None]
    brought = {row for trial in done for row in trial.rows}.intersection(rows)
    return AllInTurn(
        len(brought),
        sum(trial.subsidy_cny > 0 for trial in done),
        sum(trial.subsidy_cny > 0 and trial.start_year > 0 for trial in done),
        float(sum(trial.subsidy_cny * (1.0 + limits.discount_rate) ** -trial.start_year for trial in done)),
        float(sum(trial.public_lack_cny for trial in done)),
        len(rows) - len(brought),
    )


class Left:
    """Tells of members that are in no bundle what would make them fit.

    Parameters
    ----------
    found, limits, plan
        What was searched, and what was found.
    numbers
        The number of each bundle, by its place in the plan.
    """

    def __init__(self, found: CityMembers, limits: Limits, plan: Plan, numbers: Mapping[int, int]) -> None:
        self._names = found.candidates.table["name"]
        self._members, self._limits, self._plan, self._numbers = found.members, limits, plan, numbers
        self._trials, self._near = Trials(found.members, limits, plan), neighbours(found.members)

    def why(self, row: int) -> reasons.Why:
        """Return what ``row`` lacks, were it the only one that is still to be brought into a bundle."""
        return self._said(row, self._trials.of(row))

    def in_turn(self, rows: Iterable[int]) -> Iterator[tuple[int, reasons.Why]]:
        """Yield what each of ``rows`` lacks once those before it have their bundles; who lacks least comes first."""
        for row, trial in in_turn(self._members, self._limits, self._plan, rows):
            yield row, self._said(row, () if trial is None else (trial,))

    def _said(self, row: int, tried: Sequence[Trial]) -> reasons.Why:
        limits = self._limits
        if row in limits.left_out:
            return reasons.Why("asked", float("nan"), reasons.FORBIDDEN)
        is_asked = any(row in pair for pair in limits.together)
        if not tried:
            return reasons.Why("asked", float("nan"), reasons.TOGETHER if is_asked else reasons.NO_WAY)
        told = reasons.of_left(
            tried,
            lambda trial: self._place_of(trial, row),
            is_alone=not self._near[row],
            most_members=limits.most_members,
            has_budget=bool(limits.public_budget_cny),
        )
        if told.lacks == "nothing" and is_asked:
            return reasons.Why("asked", 0.0, reasons.TOGETHER)
        return told

    def _place_of(self, trial: Trial, row: int) -> Note:
        """Return which bundle a trial makes, as the beginning of a sentence."""
        others = [other for other in trial.rows if other != row]
        number = None if trial.joined is None else self._numbers.get(trial.joined)
        if number is not None:
            return Note(f"并入{number}号包", f"added to bundle {number}")
        if not others:
            return Note("单独", "by itself")
        name, more = self._names.iloc[others[0]], len(others) - 1
        return Note(
            f"与{name}成包" if not more else f"与{name}等{len(others)}处成包",
            f"with {name}" if not more else f"with {name} and {more} more",
        )
