"""What no walk can be worth more than: a bound that needs no search."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from gis._graph import Floats
    from gis.orienteering import Sights, Tour

TRIFLE = 1e-9


def upper_bound(asked: Sights, tour: Tour) -> float:
    """Return what no walk can be worth more than.

    Each sight takes its stay and at least the way from the place nearest to it, but for the first where the start is
    free; opening hours are left out, and the last sight counts by the part of it that fits (a fractional knapsack). Of
    a proven walk it is its value.
    """
    if tour.is_proven:
        return tour.value
    travel = asked.travel_minutes.copy()
    np.fill_diagonal(travel, np.inf)
    near, value = travel.min(axis=1), np.asarray(asked.value, dtype=float)
    ends = sorted({row for row in (asked.start, asked.end) if row is not None})
    room = asked.limit_minutes - float(asked.stay_minutes[ends].sum())
    room -= 0.0 if asked.end is None or asked.start is None else float(near[asked.end])
    rest = np.setdiff1d(np.flatnonzero(value > 0), ends)
    stay = asked.stay_minutes[rest]
    cost, seen = stay + near[rest], float(value[ends].sum())
    if asked.start is not None:
        return max(tour.value, seen + _filled(value[rest], cost, room))
    first = np.eye(rest.size, dtype=bool)
    firsts = (_filled(value[rest], np.where(at, stay, cost), room) for at in first)
    return max(tour.value, seen + max(firsts, default=0.0))


def _filled(worth: Floats, cost: Floats, room: float) -> float:
    """Return the most worth that fits into ``room``, those of most worth a minute first, the last one in part.

    What costs infinitely much (no way leads there) does not fit.
    """
    can = np.flatnonzero(np.isfinite(cost))
    cost = np.maximum(cost[can], TRIFLE)
    order = np.argsort(-worth[can] / cost, kind="stable")
    cost, gained = cost[order], worth[can][order]
    before = np.r_[0.0, np.cumsum(cost)[:-1]] if cost.size else cost
    return float((gained * np.clip((room - before) / cost, 0.0, 1.0)).sum())
