"""Which site serves how much of which need, exactly, while sites are opened one after another.

A site that is opened takes what nobody serves, and what others serve if these can serve something else instead: the
way to it is searched as in any flow. The needs that count most come first. So the whole is the most that the open
sites can serve, whichever came first, and a site keeps what it added when it came (sites are substitutes of each other
and complements of the needs: L. Shapley, Naval Research Logistics Quarterly 9, 1962).
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from gis._graph import Floats
    from gis._site_terms import Reached

LEAST = 1e-9
"""Less than this of a need is nothing."""


class Step(NamedTuple):
    """So much more (or less) of a need is served by a site."""

    need: int
    site: int
    amount: float


class Serving:
    """What the open sites serve.

    Parameters
    ----------
    reached
        Which site serves which need.
    need, weight
        How much there is of each need, and what a unit of it counts (above 0).
    room
        Of each site, in the unit of the needs.
    """

    def __init__(self, reached: Reached, need: Floats, weight: Floats, room: Floats) -> None:
        self.left = np.array(need, dtype=np.float64)
        self._weight, self._room = weight, room
        self._needs: dict[int, list[int]] = defaultdict(list)
        for row, site in zip(*reached.once(), strict=True):
            self._needs[int(site)].append(int(row))
        self._by: dict[int, dict[int, float]] = defaultdict(dict)

    def open(self, site: int) -> list[Step]:
        """Open a site and return what changed."""
        steps: list[Step] = []
        rest = float(self._room[site])
        while rest > LEAST and (way := self._way(site)):
            amount = min(rest, float(self.left[way[-1].need]), *(-step.amount for step in way if step.amount < 0))
            done = [Step(need, at, amount if sign > 0 else -amount) for need, at, sign in way]
            self._apply(done)
            steps += done
            rest -= amount
        return steps

    def gain(self, site: int) -> float:
        """Return what opening a site would add, weighted."""
        steps = self.open(site)
        self._apply([Step(need, at, -amount) for need, at, amount in reversed(steps)])
        return self.worth(steps)

    def worth(self, steps: list[Step]) -> float:
        """Return what changes count; a need that only passes from one site to another counts nothing."""
        return float(sum(self._weight[need] * amount for need, _, amount in steps))

    def _apply(self, steps: list[Step]) -> None:
        for need, site, amount in steps:
            self._by[need][site] = self._by[need].get(site, 0.0) + amount
            self.left[need] -= amount

    def _way(self, start: int) -> list[Step]:
        """Return the steps to the need that counts most of those with something left, by way of other open sites."""
        came: dict[int, int] = {}
        freed: dict[int, int] = {start: -1}
        queue, best = [start], -1
        for site in queue:
            for need in self._needs[site]:
                if need in came:
                    continue
                came[need] = site
                if self.left[need] > LEAST and (best < 0 or self._weight[need] > self._weight[best]):
                    best = need
                for other, amount in self._by[need].items():
                    if amount > LEAST and other not in freed:
                        freed[other] = need
                        queue.append(other)
        return self._traced(best, came, freed) if best >= 0 else []

    def _traced(self, need: int, came: dict[int, int], freed: dict[int, int]) -> list[Step]:
        steps: list[Step] = []
        while need >= 0:
            site = came[need]
            steps.append(Step(need, site, 1.0))
            need = freed[site]
            if need >= 0:
                steps.append(Step(need, site, -self._by[need][site]))
        return steps[::-1]
