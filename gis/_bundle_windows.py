"""A plan made better part by part: a neighbourhood is planned anew while all else stays, again and again."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gis._bundle_master import Left, Master, at_best, to_share
from gis._bundle_packing import packed
from gis._bundle_pricing import Pricing

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

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
    seed
        Of the shaking.
    """

    centre: int
    size: int
    shaken: float | None
    seed: int


class _Part(NamedTuple):
    """A neighbourhood: its members, the bundles that give them up, and what it may use."""

    window: Window
    members: Ints
    freed: Started
    left: Left


def replanned(
    ground: Ground,
    allowed: NDArray[np.bool_],
    plan: Started,
    kept: Collection[int],
    windows: Sequence[Window],
    pool: Collection[Rows],
    clock: Clock,
    *,
    by_year: bool,
) -> Started:
    """Return a plan with neighbourhoods planned anew, as they are where that gives nothing more.

    Each is planned in a thread; they share no member, and what money the plan leaves is parted between them, so
    whatever comes of one goes with what comes of another.

    Parameters
    ----------
    ground, allowed, kept
        Members and limits; those that may be, and must be, in a bundle.
    plan
        Bundles with their start years.
    windows
        The neighbourhoods; what is in two of them belongs to the first.
    pool
        Bundles known so far.
    clock
        Of the whole search.
    by_year
        Whether the years of the plan hold, or only its money as a whole.
    """
    parts = _parts(ground, allowed, plan, windows, by_year=by_year)

    def anew(part: _Part) -> Started:
        return _replanned(ground, kept, part, pool, clock, by_year=by_year)

    with ThreadPoolExecutor(len(parts)) as threads:
        found = list(threads.map(anew, parts))
    stays = {rows: year for rows, year in plan.items() if not any(rows in part.freed for part in parts)}
    return {**stays, **{rows: year for planned in found for rows, year in planned.items()}}


def _parts(
    ground: Ground, allowed: NDArray[np.bool_], plan: Started, windows: Sequence[Window], *, by_year: bool
) -> list[_Part]:
    """Return neighbourhoods that share no member."""
    found: list[tuple[Window, Ints, Started]] = []
    free = allowed.copy()
    for window in windows:
        if not free[window.centre]:
            continue
        near = _near(ground, free, window.centre, window.size)
        freed = {rows: year for rows, year in plan.items() if free[rows[0]] and near[list(rows)].mean() > 0.5}
        for rows in plan:
            near[list(rows)] = rows in freed
        free &= ~near
        for rows in freed:
            free[list(rows)] = False
        found.append((window, np.flatnonzero(near), freed))
    lefts = _lefts(ground, plan, [freed for _, _, freed in found], by_year=by_year)
    return [_Part(*each, left) for each, left in zip(found, lefts, strict=True)]


def _replanned(
    ground: Ground, kept: Collection[int], part: _Part, pool: Collection[Rows], clock: Clock, *, by_year: bool
) -> Started:
    """Return the best bundles found of a neighbourhood, or those that it had."""
    (window, members, freed, left), place = part, {int(row): at for at, row in enumerate(part.members)}
    within = _part(ground, members, left.budget if by_year else ground.budget)
    must = [place[row] for row in kept if row in place]
    begun = {tuple(place[row] for row in rows): year for rows, year in freed.items()}
    known = [tuple(place[row] for row in rows) for rows in pool if all(row in place for row in rows)]
    bundles = list(dict.fromkeys([*begun, *known]))
    if window.shaken is not None:
        chance = np.random.default_rng(window.seed)
        shaken = 1.0 + window.shaken * chance.uniform(-1.0, 1.0, len(members))
        bundles = _offered(within._replace(benefit=within.benefit * shaken), must, bundles, left, clock)
    found = packed(within, bundles, left, clock, kept=must, start=begun, by_year=by_year, part=PART, nodes=NODES)
    before = sum(float(ground.benefit[list(rows)].sum()) for rows in freed)
    if found is None or found.benefit < before + 1e-9:
        return freed
    return {tuple(int(members[at]) for at in rows): year for rows, year in found.bundles.items()}


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


def _lefts(ground: Ground, plan: Started, freed: Sequence[Started], *, by_year: bool) -> list[Left]:
    """Return what each of several parts may use: what it gives up and its share of what the plan leaves."""
    budget = ground.budget.copy()
    if len(budget) and not by_year:
        budget = np.r_[budget.sum(), np.zeros(len(budget) - 1)]
    spare = np.maximum(budget - _spent(ground, plan, by_year=by_year), 0.0)
    given, taken = _given(ground, plan, by_year=by_year)
    share, found = 1.0 / max(1, len(freed)), []
    for each in freed:
        gives, takes = _given(ground, each, by_year=by_year)
        money = share * spare + _spent(ground, each, by_year=by_year)
        transfers = max(0.0, share * (ground.transfers - taken) + takes)
        found.append(Left(money, share * given - gives, transfers))
    return found


def _spent(ground: Ground, plan: Started, *, by_year: bool) -> Floats:
    """Return the public money of bundles by year of the budget; as a whole in its first year where none is told."""
    spent = np.zeros(len(ground.budget))
    for rows, year in plan.items() if len(spent) else ():
        spans = ground.public[list(rows)].sum(axis=0)
        spans = spans[: len(spent) - year] if by_year else spans.sum(keepdims=True)
        spent[year if by_year else 0 :][: len(spans)] += spans
    return spent


def _given(ground: Ground, plan: Started, *, by_year: bool) -> tuple[float, float]:
    """Return what bundles leave to others in year 0 in all, and what those that fall short take."""
    own = to_share(ground, plan)
    starts = np.array(list(plan.values()), dtype=np.int64)
    npv = own * ground.yearly**starts if by_year else at_best(ground, own)
    return float(npv.sum()), float(np.maximum(-npv, 0.0).sum())
