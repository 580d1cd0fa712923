"""A plan made better part by part: a neighbourhood is planned anew while all else stays, again and again."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gis._bundle_master import Left, Master, at_best, to_share
from gis._bundle_packing import packed
from gis._bundle_pricing import Pricing

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from gis._bundle_clock import Clock
    from gis._bundle_ground import Ground
    from gis._graph import Floats, Ints

    Rows = tuple[int, ...]
    Started = dict[Rows, int]

ROUNDS, PART, NODES = 15, 0.04, 500
"""Rounds of prices in one neighbourhood, and which part of all the time its plan may take, or how many nodes."""


class Window(NamedTuple):
    """What is planned anew at once.

    Parameters
    ----------
    centre, size
        Around which member, and how many members.
    shaken
        By how much prices are shaken to find other bundles; ``None``: of bundles that are known, none is looked for.
    """

    centre: int
    size: int
    shaken: float | None


def replanned(
    ground: Ground,
    allowed: NDArray[np.bool_],
    plan: Started,
    kept: Collection[int],
    window: Window,
    pool: tuple[Collection[Rows], np.random.Generator],
    clock: Clock,
    *,
    by_year: bool,
) -> Started:
    """Return a plan with a neighbourhood planned anew, or the plan itself where that gives nothing more.

    Parameters
    ----------
    ground, allowed, kept
        Members and limits; those that may be, and must be, in a bundle.
    plan
        Bundles with their start years.
    window
        The neighbourhood.
    pool
        Bundles known so far, and chance.
    clock
        Of the whole search.
    by_year
        Whether the years of the plan hold, or only its money as a whole.
    """
    near = _near(ground, allowed, window.centre, window.size)
    freed = {rows: year for rows, year in plan.items() if near[list(rows)].mean() > 0.5}
    stays = {rows: year for rows, year in plan.items() if rows not in freed}
    for rows in freed:
        near[list(rows)] = True
    for rows in stays:
        near[list(rows)] = False
    members = np.flatnonzero(near)
    left = _left(ground, stays, by_year=by_year)
    part, place = (
        _part(ground, members, left.budget if by_year else ground.budget),
        {int(row): at for at, row in enumerate(members)},
    )
    must = [place[row] for row in kept if row in place]
    begun = {tuple(place[row] for row in rows): year for rows, year in freed.items()}
    known = [tuple(place[row] for row in rows) for rows in pool[0] if near[list(rows)].all()]
    bundles = list(dict.fromkeys([*begun, *known]))
    if window.shaken is not None:
        shaken = 1.0 + window.shaken * pool[1].uniform(-1.0, 1.0, len(members))
        bundles = _offered(part._replace(benefit=part.benefit * shaken), must, bundles, left, clock)
    found = packed(part, bundles, left, clock, kept=must, start=begun, by_year=by_year, part=PART, nodes=NODES)
    before = sum(float(ground.benefit[list(rows)].sum()) for rows in freed)
    if found is None or found.benefit < before + 1e-9:
        return plan
    return {**stays, **{tuple(int(members[at]) for at in rows): year for rows, year in found.bundles.items()}}


def _offered(part: Ground, must: list[int], known: list[Rows], left: Left, clock: Clock) -> list[Rows]:
    """Return bundles that together hold a good plan of a part."""
    master = Master(part, must, left, clock)
    for rows in known:
        master.add(rows)
    pricing = Pricing(part, np.ones(len(part.npv), dtype=bool), clock)
    for _ in range(ROUNDS):
        if not pricing.heuristic(master, master.solve()):
            break
    return master.bundles


def _near(ground: Ground, allowed: NDArray[np.bool_], centre: int, size: int) -> NDArray[np.bool_]:
    """Return the ``size`` members nearest to one, by steps."""
    near, queue = np.zeros(len(ground.npv), dtype=bool), deque([centre])
    near[centre], count = True, 1
    while queue and count < size:
        row = queue.popleft()
        for to in ground.ends[ground.starts[row] : ground.starts[row + 1]]:
            if allowed[to] and not near[to]:
                near[to], count = True, count + 1
                queue.append(int(to))
    return near


def _part(ground: Ground, members: Ints, budget: Floats) -> Ground:
    """Return the ground of some members alone, each bundle of which a year of the budget must be able to pay."""
    place = np.full(len(ground.npv), -1)
    place[members] = np.arange(len(members))
    ends = [place[ground.ends[ground.starts[row] : ground.starts[row + 1]]] for row in members]
    ends = [each[each >= 0] for each in ends]
    starts = np.r_[0, np.cumsum([len(each) for each in ends])].astype(np.int64)
    order = np.argsort(np.argsort(ground.order[members], kind="stable"), kind="stable")
    by_member: dict[str, Any] = {
        name: np.ascontiguousarray(getattr(ground, name)[members])
        for name in ("npv", "cash", "public", "benefit", "scenario", "scenario_cash", "element", "worth")
    }
    pairs: dict[str, Any] = {name: place[getattr(ground, name)] for name in ("together", "apart")}
    pairs = {name: np.ascontiguousarray(at[(at >= 0).any(axis=1)]) for name, at in pairs.items()}
    return ground._replace(
        starts=starts,
        ends=np.concatenate([np.empty(0, np.int64), *ends]),
        order=order,
        budget=budget,
        **by_member,
        **pairs,
    )


def _left(ground: Ground, stays: Started, *, by_year: bool) -> Left:
    """Return what the rest of the plan leaves of money, NPV and transfers; money as a whole in the first year."""
    budget = ground.budget.copy()
    if len(budget) and not by_year:
        spent = sum(float(ground.public[list(rows)].sum()) for rows in stays)
        budget = np.r_[budget.sum() - spent, np.zeros(len(budget) - 1)]
    elif len(budget):
        for rows, year in stays.items():
            spans = ground.public[list(rows)].sum(axis=0)[: len(budget) - year]
            budget[year : year + len(spans)] -= spans
    own = to_share(ground, stays)
    starts = np.array(list(stays.values()), dtype=np.int64)
    npv = own * ground.yearly**starts if by_year else at_best(ground, own)
    taken = float(np.maximum(-npv, 0.0).sum())
    return Left(np.maximum(budget, 0.0), float(npv.sum()), max(0.0, ground.transfers - taken))
