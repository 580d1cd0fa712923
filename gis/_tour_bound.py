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
    cost = (asked.stay_minutes + near)[rest]
    order = np.argsort(-value[rest] / np.maximum(cost, TRIFLE), kind="stable")
    worth, cost, near = value[rest][order], cost[order], near[rest][order]
    if asked.start is not None:
        return float(value[ends].sum() + _filled(worth, cost, room))
    firsts = (
        _filled(worth, np.where(np.arange(cost.size) == row, cost - near, cost), room) for row in range(cost.size)
    )
    return float(value[ends].sum() + max(firsts, default=0.0))


def _filled(worth: Floats, cost: Floats, room: float) -> float:
    """Return the most worth that fits into ``room``, the last item in part; items come by worth a minute."""
    before = np.r_[0.0, np.cumsum(cost)[:-1]]
    share = np.clip((room - before) / np.maximum(cost, TRIFLE), 0.0, 1.0)
    return float((worth * share).sum())
