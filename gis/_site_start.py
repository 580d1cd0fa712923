"""A choice of sites to begin with: the best for its money one by one, then exchanges; and a bound that comes with it.

Covering is serving with room without end, so both are searched alike: rooms are filled one site after another, and
what is left of each need says what one more site would add. What that is at most proves how good any choice can be:
the sum of what is served and of what the best sites would add, each counted alone (what a site adds only shrinks with
the others; G. Nemhauser, L. Wolsey and M. Fisher 1978).
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis._site_terms import ROUNDING

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis._graph import Floats, Ints
    from gis._site_terms import Reached, Terms


RULES = (1.0, 0.0)
"""A site is good by what it adds for its money, or by what it adds: neither rule alone is safe from bad luck."""


SHARE = 0.3
"""Part of the time that exchanges may take; the rest is for the solver."""


class Start(NamedTuple):
    """Rows of sites, ascending, and a proven bound of what any choice serves."""

    sites: Ints
    bound: float


class Rooms:
    """Sites with room for needs that they reach, filled with what counts most first.

    Parameters
    ----------
    reached
        Each pair once.
    need, weight
        How much there is of each need, and what a unit of it counts.
    room
        Of each site; infinite where it takes all that it reaches.
    """

    def __init__(self, reached: Reached, need: Floats, weight: Floats, room: Floats) -> None:
        order = np.lexsort((reached.need, -weight[reached.need], reached.site))
        self._need, self._site = reached.need[order], reached.site[order]
        self._first = np.searchsorted(self._site, np.arange(len(room) + 1))
        self.need, self.weight, self.room = need, weight, room

    def gains(self, left: Floats) -> Floats:
        """Return what each site, filled alone with what is ``left`` of the needs, counts."""
        asked = left[self._need]
        before = np.cumsum(asked) - asked
        start = np.append(before, 0.0)[np.minimum(self._first[:-1], before.size)]
        taken = np.clip(self.room[self._site] - (before - start[self._site]), 0.0, asked)
        counted = np.bincount(self._site, weights=taken * self.weight[self._need], minlength=len(self.room))
        return counted.astype(np.float64)

    def left_by(self, sites: Ints) -> Floats:
        """Return what is left of the needs once ``sites`` are filled, one after another."""
        left = np.array(self.need, dtype=np.float64)
        for site in sites:
            self.fill(int(site), left)
        return left

    def fill(self, site: int, left: Floats) -> None:
        """Take out of ``left`` what a site has room for."""
        rows = self._need[self._first[site] : self._first[site + 1]]
        asked = left[rows]
        left[rows] = asked - np.clip(self.room[site] - (np.cumsum(asked) - asked), 0.0, asked)

    def served(self, left: Floats) -> float:
        """Return what is no longer ``left``, weighted."""
        return float(self.weight @ (self.need - left))


def started(rooms: Rooms, price: Floats, terms: Terms) -> Start:
    """Return the best choice of a greedy search and of exchanges of one site for others; ties by row.

    Parameters
    ----------
    rooms
        Sites and needs.
    price
        Of each site, 0 for those fixed.
    terms
        What the choice keeps.
    """
    search = _Search(rooms, price, terms)
    first = max((search.filled(sorted(terms.fixed), rule) for rule in RULES), key=search.value)
    best = search.exchanged(first)
    return Start(np.array(sorted(best), dtype=np.int64), search.bound)


class _Search:
    def __init__(self, rooms: Rooms, price: Floats, terms: Terms) -> None:
        self.rooms, self.price, self.terms = rooms, price, terms
        self.groups = terms.groups(len(price))
        self.is_new = np.ones(len(price), dtype=np.bool_)
        self.is_new[list(terms.fixed)] = False
        self.bound = math.inf

    def value(self, sites: list[int]) -> float:
        return self.rooms.served(self.rooms.left_by(np.array(sorted(sites), dtype=np.int64)))

    def filled(self, sites: list[int], rule: float, barred: int | None = None) -> list[int]:
        """Return ``sites`` and more of them, each time the best by its gain over price ** ``rule``, while any gains."""
        chosen, left = list(sites), self.rooms.left_by(np.array(sorted(sites), dtype=np.int64))
        while True:
            gain = self.rooms.gains(left)
            if barred is None:
                self.bound = min(self.bound, self.rooms.served(left) + self._most(gain))
            gain[~self._may_open(chosen)] = 0.0
            if barred is not None:
                gain[barred] = 0.0
            if not (gain > ROUNDING).any() or (barred is not None and self.terms.is_over(SHARE)):
                return chosen
            site = int(np.argmax(gain / np.maximum(self.price, ROUNDING) ** rule))
            chosen.append(site)
            self.rooms.fill(site, left)

    def exchanged(self, sites: list[int]) -> list[int]:
        """Return the choice after every exchange that helps: one site closed, others opened for its money."""
        best, value, is_better = sites, self.value(sites), True
        while is_better:
            is_better = False
            for site in sorted(site for site in best if self.is_new[site]):
                if self.terms.is_over(SHARE):
                    return best
                rest = [other for other in best if other != site]
                trial = max((self.filled(rest, rule, site) for rule in RULES), key=self.value)
                if self.value(trial) > value * (1.0 + ROUNDING) + ROUNDING:
                    best, value, is_better = trial, self.value(trial), True
                    break
        return best

    def _may_open(self, chosen: list[int]) -> NDArray[np.bool_]:
        """Return which sites may be opened beside those chosen."""
        new = [site for site in chosen if self.is_new[site]]
        rest = self.terms.budget - float(self.price[chosen].sum())
        may = self.is_new & (
            self.price <= rest + ROUNDING * max(self.terms.budget, 1.0) if math.isfinite(rest) else True
        )
        if self.terms.most_new is not None and len(new) >= self.terms.most_new:
            return np.zeros(len(self.price), dtype=np.bool_)
        may[chosen] = False
        return may & ~np.isin(self.groups, self.groups[chosen])

    def _most(self, gain: Floats) -> float:
        """Return what all sites could add at most within the budget, in parts, and by their number."""
        added, price = gain[self.is_new], self.price[self.is_new]
        always = float(gain[~self.is_new].sum())
        by_number = np.sort(added)[::-1][: self.terms.most_new].sum()
        if not math.isfinite(self.terms.budget):
            return always + float(by_number)
        order = np.argsort(-added / np.maximum(price, ROUNDING), kind="stable")
        paid = np.cumsum(price[order])
        part = np.clip(1.0 - (paid - self.terms.budget) / np.maximum(price[order], ROUNDING), 0.0, 1.0)
        return always + min(float(by_number), float(added[order] @ part))
