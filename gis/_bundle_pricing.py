"""Bundles worth more than a linear program knows, looked for around every member, and the bound that comes of it."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from typing import TYPE_CHECKING, NamedTuple, TypeVar

import numpy as np
from scipy.sparse import csgraph

from gis._bundle_checks import is_contiguous
from gis._bundle_growth import Prices, grow
from gis._bundle_proof import Proof, around, least_bound, prove, surroundings
from gis._bundle_regions import adjacency
from gis._compiled import thread_count

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from gis._bundle_clock import Clock
    from gis._bundle_ground import Ground
    from gis._bundle_master import Duals, Master
    from gis._graph import Ints

    Flags = NDArray[np.bool_]

Given = TypeVar("Given")
Looked = TypeVar("Looked")

WIDTH, KEEP = 120, 6
"""Sets of one size kept while bundles grow, and bundles offered, around one member."""

KNOWN, KNOWN_WIDTH = 300, 12
"""Bundles nearest to paying that are changed a little, and sets kept while they grow again."""

FEW = 8
"""Looks around that are not worth a thread."""

TICK_S = 0.1
"""How often a look around is asked whether the time is over."""

LEAST = 1e-7
"""What a bundle must add to a plan to be worth offering, in the value of the plan."""


class Tried(NamedTuple):
    """Whether something new was offered, what bundles add at most to what is fixed, and how much of that is open."""

    is_new: bool
    most: float
    open: float


class Pricing:
    """The search around members.

    Parameters
    ----------
    ground
        Members and limits.
    allowed
        Members that may be in a bundle.
    clock
        Ends a look around.
    seeds
        Sets that bundles are grown from beside single members.
    """

    def __init__(self, ground: Ground, allowed: NDArray[np.bool_], clock: Clock, seeds: Sequence[Ints] = ()) -> None:
        self._ground, self._allowed, self._clock = ground, allowed, clock
        fat = np.flatnonzero(allowed & (ground.worth >= -ground.shortfall))
        self.roots = fat[np.argsort(ground.order[fat])]
        self._seeds = [(np.array([root]), int(ground.order[root])) for root in self.roots]
        self._seeds += [(np.asarray(seed, dtype=np.int64), -1) for seed in seeds]
        self._around: dict[int, Ints] = {}
        chance = np.random.default_rng(0)
        self._marks = chance.integers(1, np.iinfo(np.int64).max, len(ground.npv)).astype(np.uint64)

    def heuristic(self, master: Master, duals: Duals) -> bool:
        """Offer bundles that seem worth it and return whether any is new."""
        least = LEAST * max(1.0, duals.value)

        def look(seed: tuple[Ints, int], halted: Flags) -> list[Ints]:
            if halted[0]:
                return []
            trade, bound = self._trade(int(seed[0][0]), duals)
            if bound <= least and len(seed[0]) == 1:
                return []
            prices = Prices(duals.member, trade, duals.short, duals.cuts)
            found = grow(self._ground, self._allowed, prices, seed, (WIDTH, KEEP), self._marks)
            good = [at for at in range(found.found) if found.value[at] > least]
            return [found.rows[at, : found.size[at]] for at in good]

        offered = [master.add(rows) for bundles in self._each(look, self._seeds) for rows in bundles]
        return any(offered)

    def changed(self, master: Master, duals: Duals) -> bool:
        """Offer bundles that come of those nearest to paying when a member leaves, and return whether any is new."""
        ground, least = self._ground, LEAST * max(1.0, duals.value)
        bundles = master.bundles
        gain = np.array([duals.member[list(rows)].sum() for rows in bundles])
        near = [bundles[at] for at in np.argsort(-gain, kind="stable")[:KNOWN]]
        seeds = [np.array(rest) for rows in near for rest in _without_one(ground, rows)]
        prices = Prices(duals.member, duals.trade or _usual(ground), duals.short, duals.cuts)

        def look(seed: Ints, halted: Flags) -> list[Ints]:
            if halted[0]:
                return []
            found = grow(ground, self._allowed, prices, (seed, -1), (KNOWN_WIDTH, 2), self._marks)
            good = [at for at in range(found.found) if found.value[at] > least]
            return [found.rows[at, : found.size[at]] for at in good]

        offered = [master.add(rows) for bundles in self._each(look, seeds) for rows in bundles]
        return any(offered)

    def proof(self, master: Master, duals: Duals, looks: int, spare: float = 0.0, until: float = 1.0) -> Tried:
        """Return what bundles add at most, and offer those found on the way.

        A look that the time ends counts by the bound it has.

        Parameters
        ----------
        master, duals
            The linear program and its prices.
        looks
            Sets looked at around one member at most.
        spare
            What all bundles together may add and still not be looked at, as a share of the plan's value.
        until
            Share of the time at which the looks end.
        """
        least = max(LEAST, spare / max(1, len(self.roots))) * max(1.0, duals.value)

        def look(root: int, halted: Flags) -> tuple[float, Proof | None]:
            trade, bound = self._trade(root, duals)
            if bound <= least or halted[0]:
                return max(bound, 0.0), None
            place = surroundings(
                self._ground, self._around[root], Prices(duals.member, trade, duals.short, duals.cuts), trade
            )
            found = prove(self._ground, place, duals.short, least, (looks, halted))
            return min(bound, found.most), found

        most, is_new, still_open = 0.0, False, 0.0
        for bound, found in self._each(look, self.roots.tolist(), until):
            most += bound
            if found is not None:
                still_open += bound if found.looked_at >= looks else 0.0
                if found.size and found.value > least:
                    is_new |= master.add(found.rows[: found.size])
        return Tried(is_new, most, still_open)

    def _each(self, look: Callable[[Given, Flags], Looked], of: Sequence[Given], until: float = 1.0) -> list[Looked]:
        """Return what ``look`` says of each, in order; threads share nothing, so their number changes no result.

        When the time is over a sign is put up, at which looks end.
        """
        halted = np.zeros(1, dtype=np.bool_)
        if len(of) < FEW:
            return [look(item, halted) for item in of]
        with ThreadPoolExecutor(thread_count()) as pool:
            asked = [pool.submit(look, item, halted) for item in of]
            while wait(asked, timeout=TICK_S).not_done:
                halted[0] |= self._clock.is_over(until)
        return [item.result() for item in asked]

    def _trade(self, root: int, duals: Duals) -> tuple[float, float]:
        if root not in self._around:
            self._around[root] = around(self._ground, root, self._allowed)
        prices = Prices(duals.member, 0.0, duals.short, duals.cuts)
        return least_bound(self._ground, self._around[root], prices, duals.trade or _usual(self._ground))


def seeds(ground: Ground, allowed: Flags, kept: Sequence[int]) -> list[Ints]:
    """Return what bundles are grown from beside the fat members: those to be kept, and ways between pairs."""
    found = [np.array([row]) for row in kept]
    if not len(ground.together):
        return found
    _, before = csgraph.dijkstra(
        adjacency(ground), unweighted=True, indices=ground.together[:, 0], return_predecessors=True
    )
    for (first, last), back in zip(ground.together, before, strict=True):
        way = [int(last)]
        while way[-1] != first and back[way[-1]] >= 0:
            way.append(int(back[way[-1]]))
        if way[-1] == first and len(way) <= ground.most and allowed[way].all():
            found.append(np.array(way))
    return found


def _without_one(ground: Ground, rows: Sequence[int]) -> list[list[int]]:
    """Return what is left of a bundle without each member that no other hangs on."""
    rests = [[row for row in rows if row != gone] for gone in rows]
    return [rest for rest in rests if rest and is_contiguous(ground, rest)]


def _usual(ground: Ground) -> float:
    """Return the benefit that a CNY buys where members cost most of what they bring: a scale, nothing more."""
    lacking = float(-np.minimum(ground.worth, 0.0).sum())
    return float(ground.benefit.sum()) / lacking if lacking > 0 else 0.0
