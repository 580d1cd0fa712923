"""The walk of most value among few sights, by trying all (M. Held and R. Karp, SIAM Journal 10, 1962); compiled.

Of all orders of the same sights that end with the same one, that which gets there first is as good as any.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis._compiled import compiled
from gis._tour_moves import LEAST_GAIN
from gis._tour_search import Found

if TYPE_CHECKING:
    from gis._graph import Floats, Ints
    from gis._tour_search import Sights

MOST_SIGHTS = 12
"""What takes 4,096 sets of 12: a few milliseconds."""


def exact(sights: Sights, limit: float) -> Found:
    """Return the walk from the last post but one to the last; of two of one value the one that takes less."""
    rows = np.flatnonzero(sights.value > 0)
    begin, end = sights.value.size - 2, sights.value.size - 1
    soonest, before = _soonest(sights, rows, begin, limit)
    back = soonest + sights.ground.cost[rows, end] if rows.size else np.empty((1, 0))
    back[back > min(limit, sights.late[end]) + LEAST_GAIN] = np.inf
    takes = back.min(axis=1, initial=np.inf)
    value = np.array([sights.value[rows[_members(number, rows.size)]].sum() for number in range(2**rows.size)])
    value[~np.isfinite(takes)] = -1.0
    value[0] = 0.0
    group = int(np.lexsort((takes, -value))[0])
    last, order = int(np.argmin(back[group])) if group else -1, [end]
    while last >= 0:
        order.append(int(rows[last]))
        group, last = group & ~(1 << last), int(before[group, last])
    nodes = np.array([*order, begin][::-1], dtype=np.int64)
    return Found(nodes, nodes.size)


def _members(number: int, count: int) -> Ints:
    """Return which of ``count`` sights a set holds."""
    return np.flatnonzero((number >> np.arange(count)) & 1)


@compiled()
def _soonest(sights: Sights, rows: Ints, begin: int, limit: float) -> tuple[Floats, Ints]:
    """Return, for each set and its last sight, when one stands there first, and which sight came before or -1."""
    count, cost = rows.size, sights.ground.cost
    soonest, before = np.full((1 << count, count), np.inf), np.full((1 << count, count), -1)
    for group in range(1, 1 << count):
        for last in range(count):
            rest = group & ~(1 << last)
            if rest == group:
                continue
            if rest == 0:
                soonest[group, last] = cost[begin, rows[last]]
            for other in range(count):
                if rest >> other & 1 and soonest[rest, other] + cost[rows[other], rows[last]] < soonest[group, last]:
                    soonest[group, last] = soonest[rest, other] + cost[rows[other], rows[last]]
                    before[group, last] = other
            when = max(soonest[group, last], sights.early[rows[last]])
            soonest[group, last] = when if when <= min(limit, sights.late[rows[last]]) + LEAST_GAIN else np.inf
    return soonest, before
