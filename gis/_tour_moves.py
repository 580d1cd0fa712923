"""Moves that shorten a walk from one post to another, compiled: parts turned (2-opt) or put elsewhere (or-opt).

A walk is a row of numbers of sights, the first and the last of which stay where they are.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gis._compiled import compiled

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from gis._graph import Floats, Ints

LEAST_GAIN = 1e-7
"""A move that saves less is none: sums in another order differ by so much."""

LONGEST_PART = 3
"""Sights in a row that are put elsewhere together."""


class Walk(NamedTuple):
    """Sights in order, with room for all, and the place of each in it or -1. How many are in it is kept beside."""

    nodes: Ints
    place: Ints


class Ground(NamedTuple):
    """What it takes between any two sights, the same there and back, and the others of each sight, nearest first."""

    cost: Floats
    near: Ints


@compiled()
def put_in(walk: Walk, size: int, node: int, after: int) -> int:
    """Put a sight behind the one at place ``after``; return the new size."""
    for at in range(size, after + 1, -1):
        walk.nodes[at] = walk.nodes[at - 1]
        walk.place[walk.nodes[at]] = at
    walk.nodes[after + 1], walk.place[node] = node, after + 1
    return size + 1


@compiled()
def take_out(walk: Walk, size: int, first: int, last: int) -> int:
    """Take out the sights from place ``first`` to ``last``; return the new size."""
    for at in range(first, last + 1):
        walk.place[walk.nodes[at]] = -1
    for at in range(last + 1, size):
        walk.nodes[at - last - 1 + first] = walk.nodes[at]
        walk.place[walk.nodes[at]] = at - last - 1 + first
    return size - (last - first + 1)


@compiled()
def length_of(walk: Walk, size: int, cost: Floats) -> float:
    """Return what the walk takes."""
    total = 0.0
    for at in range(size - 1):
        total += cost[walk.nodes[at], walk.nodes[at + 1]]
    return total


@compiled()
def shorten(walk: Walk, size: int, ground: Ground, dirty: NDArray[np.bool_]) -> None:
    """Make every move that helps near the ``dirty`` sights, until none does; then none is dirty."""
    again = True
    while again:
        again = False
        for at in range(size):
            node = walk.nodes[at]
            while dirty[node]:
                dirty[node] = _turn(walk, size, node, ground, dirty) or _move(walk, size, node, ground, dirty)
                again = again or dirty[node]


@compiled()
def _reverse(walk: Walk, first: int, last: int) -> None:
    while first < last:
        low, high = walk.nodes[first], walk.nodes[last]
        walk.nodes[first], walk.nodes[last], walk.place[high], walk.place[low] = high, low, first, last
        first, last = first + 1, last - 1


@compiled()
def _turn(walk: Walk, size: int, node: int, ground: Ground, dirty: NDArray[np.bool_]) -> bool:
    """Turn round the part between ``node`` and one near to it, if that helps."""
    cost, here = ground.cost, walk.place[node]
    for step in (1, -1):
        if not 0 <= here + step < size:
            continue
        beside = walk.nodes[here + step]
        for other in ground.near[node]:
            there, now = walk.place[other], cost[node, beside]
            if cost[node, other] >= now:
                break
            if there < 0 or not 0 <= there + step < size:
                continue
            past = walk.nodes[there + step]
            if now + cost[other, past] - cost[node, other] - cost[beside, past] > LEAST_GAIN:
                low, high = min(here, there), max(here, there)
                _reverse(walk, low + (step > 0), high - (step < 0))
                dirty[beside], dirty[other], dirty[past] = True, True, True
                return True
    return False


@compiled()
def _move(walk: Walk, size: int, node: int, ground: Ground, dirty: NDArray[np.bool_]) -> bool:
    """Put ``node``, alone or with those before or behind it, beside one near to it, if that helps."""
    here = walk.place[node]
    for length in range(1, LONGEST_PART + 1):
        for first in (here, here - length + 1):
            last = first + length - 1
            if first >= 1 and last <= size - 2 and _moved(walk, size, (first, last, node), ground, dirty):
                return True
    return False


@compiled()
def _moved(walk: Walk, size: int, part: tuple[int, int, int], ground: Ground, dirty: NDArray[np.bool_]) -> bool:
    """Put the part from ``first`` to ``last``, one of which is ``node``, beside one near to ``node``, if that helps."""
    (first, last, node), cost = part, ground.cost
    before, behind = walk.nodes[first - 1], walk.nodes[last + 1]
    far = walk.nodes[last] if walk.nodes[first] == node else walk.nodes[first]
    saved = cost[before, walk.nodes[first]] + cost[walk.nodes[last], behind] - cost[before, behind]
    for other in ground.near[node]:
        if cost[node, other] >= saved:
            return False
        there = walk.place[other]
        if there < 0 or first <= there <= last:
            continue
        for step in (1, -1):
            if not 0 <= there + step < size or first <= there + step <= last:
                continue
            past = walk.nodes[there + step]
            if saved - cost[node, other] - cost[far, past] + cost[other, past] > LEAST_GAIN:
                _carry(walk, (first, last), max(there, there + step), (walk.nodes[first] == node) != (step > 0))
                for end in (before, behind, other, past, far):
                    dirty[end] = True
                return True
    return False


@compiled()
def _carry(walk: Walk, part: tuple[int, int], to: int, is_turned: bool) -> None:
    """Put a part in front of what is at place ``to``, turned round or not."""
    first, last = part
    if is_turned:
        _reverse(walk, first, last)
    if to > last:  # the same as turning both the part and what it passes, and then both together
        _reverse(walk, first, last)
        _reverse(walk, last + 1, to - 1)
        _reverse(walk, first, to - 1)
    else:
        _reverse(walk, to, first - 1)
        _reverse(walk, first, last)
        _reverse(walk, to, last)
