"""What members of a city that are in no bundle lack, in words: every way is tried, the one that lacks least is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gis import _bundle_reasons as reasons
from gis._bundle_trials import Trials, neighbours
from gis._notes import Note

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis._bundle_trials import Trial
    from gis.bundle import Limits, Plan
    from gis.bundle_city import CityMembers


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
        self._limits, self._numbers = limits, numbers
        self._trials, self._near = Trials(found.members, limits, plan), neighbours(found.members)

    def why(self, row: int) -> reasons.Why:
        """Return what ``row`` lacks."""
        limits = self._limits
        if row in limits.left_out:
            return reasons.Why("asked", float("nan"), reasons.FORBIDDEN)
        told = reasons.of_left(
            self._trials.of(row),
            lambda trial: self._place_of(trial, row),
            is_alone=not self._near[row],
            most_members=limits.most_members,
        )
        if told.lacks == "nothing" and any(row in pair for pair in limits.together):
            return reasons.Why("asked", 0.0, reasons.TOGETHER)
        return told

    def _place_of(self, trial: Trial, row: int) -> Note:
        """Return which bundle a trial makes, as the beginning of a sentence."""
        others = [other for other in trial.rows if other != row]
        if trial.joined is not None:
            number = self._numbers[trial.joined]
            return Note(f"并入{number}号包", f"added to bundle {number}")
        if not others:
            return Note("单独", "by itself")
        name, more = self._names.iloc[others[0]], len(others) - 1
        return Note(
            f"与{name}成包" if not more else f"与{name}等{len(others)}处成包",
            f"with {name}" if not more else f"with {name} and {more} more",
        )
