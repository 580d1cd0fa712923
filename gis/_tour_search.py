"""The search for a walk of most value within a limit: parts are taken out and others put in, again and again; compiled.

Ruin and recreate (G. Schrimpf et al., Journal of Computational Physics 159, 2000; strings of neighbours as in
J. Christiaens and G. Vanden Berghe, Transportation Science 54, 2020) under simulated annealing; every other round
forces a few neighbours in and drops what is worth least for the way it takes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis._compiled import compiled
from gis._tour_moves import LEAST_GAIN, Ground, Walk, length_of, put_in, shorten, take_out

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis._graph import Floats, Ints

    Flags = NDArray[np.bool_]

STRINGS, LONGEST_STRING, FORCED = 3, 15, 6
"""Parts taken out at once and their sights; sights forced in at once."""

LENGTH_WEIGHT = 0.02
"""What a walk shorter by all of the limit is worth beside all values: of two of one value the shorter is better."""

LOUD = 50.0
"""How much chance may outweigh worth in the first sight put in by the clock: greed alone comes to the same walks."""

KEEP = 3.0
"""How much dearer a sight just forced in is when others are dropped for it."""


class Sights(NamedTuple):
    """What a walk may take in: the ground, values, and the earliest and latest time to stand at the middle of each."""

    ground: Ground
    value: Floats
    early: Floats
    late: Floats


class Found(NamedTuple):
    """A walk: its sights in order, and how many."""

    nodes: Ints
    size: int


@compiled()
def search(
    sights: Sights, limit: float, start: Found, rounds: tuple[int, float, np.random.Generator]
) -> tuple[Found, Found]:
    """Return the best walk of some rounds, and the one to go on from. ``rounds``: how many, the heat, chance."""
    count, heat, rng = rounds
    size_all, is_timed = sights.value.size, bool(np.isfinite(sights.late).any() or sights.early.any())
    dirty, kept = np.zeros(size_all, dtype=np.bool_), np.zeros(size_all, dtype=np.bool_)
    walk, now, best = _walk_of(start, size_all), start, start
    worth_now = _worth(walk, start.size, sights, limit)
    worth_best = worth_now
    for _ in range(count):
        walk.place[:] = -1
        for at in range(now.size):
            walk.nodes[at] = now.nodes[at]
            walk.place[now.nodes[at]] = at
        size = now.size
        if is_timed or rng.random() < 0.5:
            size = _ruin(walk, size, sights.ground.near, rng)
        else:
            size = _force(walk, size, sights, limit, dirty, kept, rng)
        size = _refill(walk, size, sights, limit, dirty, is_timed, rng)
        worth = _worth(walk, size, sights, limit)
        if worth >= worth_now or rng.random() < np.exp((worth - worth_now) / heat):
            now, worth_now = Found(walk.nodes[:size].copy(), size), worth
            if worth > worth_best:
                best, worth_best = now, worth
    return best, now


@compiled()
def _walk_of(found: Found, size_all: int) -> Walk:
    nodes, place = np.zeros(size_all, dtype=np.int64), np.full(size_all, -1)
    nodes[: found.size] = found.nodes[: found.size]
    for at in range(found.size):
        place[nodes[at]] = at
    return Walk(nodes, place)


@compiled()
def _worth(walk: Walk, size: int, sights: Sights, limit: float) -> float:
    """Return the share of all values that a walk has, less a little for its length."""
    value = 0.0
    for at in range(size):
        value += sights.value[walk.nodes[at]]
    length = length_of(walk, size, sights.ground.cost)
    return float(value / sights.value.sum() - LENGTH_WEIGHT * length / limit)


@compiled()
def _ruin(walk: Walk, size: int, near: Ints, rng: np.random.Generator) -> int:
    """Take out some parts of the walk near a place picked at random."""
    middle, strings, longest = rng.integers(0, near.shape[0]), rng.integers(1, STRINGS + 1), (size - 1) // 2
    for turn in range(-1, near.shape[1]):
        if strings == 0 or size <= 2:
            break
        at = walk.place[middle if turn < 0 else near[middle, turn]]
        if not 0 < at < size - 1:
            continue
        length = rng.integers(1, max(1, min(LONGEST_STRING, longest)) + 1)
        first = max(1, at - rng.integers(0, length))
        size = take_out(walk, size, first, min(size - 2, first + length - 1))
        strings -= 1
    return size


@compiled()
def _force(
    walk: Walk, size: int, sights: Sights, limit: float, dirty: Flags, kept: Flags, rng: np.random.Generator
) -> int:
    """Put in some sights near a place picked at random, whatever it takes, then drop others until the rest fits."""
    near = sights.ground.near
    kept[:] = False
    middle, wanted = rng.integers(0, near.shape[0]), rng.integers(1, FORCED + 1)
    for turn in range(-1, near.shape[1]):
        node = int(middle if turn < 0 else near[middle, turn])
        if wanted == 0:
            break
        if walk.place[node] < 0 and sights.value[node] > 0:
            size = put_in(walk, size, node, _cheapest(walk, size, sights.ground, node)[1])
            kept[node], wanted = True, wanted - 1
    dirty[:] = True
    shorten(walk, size, sights.ground, dirty)
    return _drop(walk, size, sights, limit, kept, rng)


@compiled()
def _drop(walk: Walk, size: int, sights: Sights, limit: float, kept: Flags, rng: np.random.Generator) -> int:
    """Drop what is worth least for what it takes, until the walk keeps its limit."""
    cost, noise, length = sights.ground.cost, 0.5 * rng.random(), length_of(walk, size, sights.ground.cost)
    while length > limit + LEAST_GAIN and size > 2:
        least, which, saved = np.inf, -1, 0.0
        for at in range(1, size - 1):
            before, node, behind = walk.nodes[at - 1], walk.nodes[at], walk.nodes[at + 1]
            takes = cost[before, node] + cost[node, behind] - cost[before, behind]
            score = sights.value[node] / (max(takes, 0.0) + 1e-3) * (1.0 + noise * rng.random())
            score *= KEEP if kept[node] else 1.0
            if score < least:
                least, which, saved = score, at, takes
        size, length = take_out(walk, size, which, which), length - saved
    return size


@compiled()
def _refill(
    walk: Walk, size: int, sights: Sights, limit: float, dirty: Flags, is_timed: bool, rng: np.random.Generator
) -> int:
    """Put in what fits, shorten the walk, and put in what fits then."""
    taste = (0.7 + 0.8 * rng.random(), 0.8 * rng.random(), rng)
    if is_timed:
        return _fill_by_the_clock(walk, size, sights, limit, taste)
    size = _fill(walk, size, sights, limit, taste)
    before = length_of(walk, size, sights.ground.cost)
    dirty[:] = True
    shorten(walk, size, sights.ground, dirty)
    if length_of(walk, size, sights.ground.cost) < before - LEAST_GAIN:
        size = _fill(walk, size, sights, limit, taste)
    return size


@compiled()
def _cheapest(walk: Walk, size: int, ground: Ground, node: int) -> tuple[float, int]:
    """Return what putting a sight in takes, and behind which place: beside one near to it, if one is in the walk."""
    cost, least, after = ground.cost, np.inf, -1
    for other in ground.near[node]:
        there = walk.place[other]
        for at in (there - 1, there):
            if there >= 0 and 0 <= at < size - 1:
                takes = cost[walk.nodes[at], node] + cost[node, walk.nodes[at + 1]]
                takes -= cost[walk.nodes[at], walk.nodes[at + 1]]
                if takes < least:
                    least, after = takes, at
    if after >= 0:
        return least, after
    for at in range(size - 1):
        takes = cost[walk.nodes[at], node] + cost[node, walk.nodes[at + 1]] - cost[walk.nodes[at], walk.nodes[at + 1]]
        if takes < least:
            least, after = takes, at
    return least, after


@compiled()
def _fill(walk: Walk, size: int, sights: Sights, limit: float, taste: tuple[float, float, np.random.Generator]) -> int:
    """Put in what is worth most for what it takes, as long as the walk keeps its limit."""
    cost, (power, noise, rng), count = sights.ground.cost, taste, 0
    length = length_of(walk, size, cost)
    takes, rest = np.empty(sights.value.size), np.empty(sights.value.size, dtype=np.int64)
    for node in range(sights.value.size):
        if walk.place[node] < 0 and sights.value[node] > 0:
            takes[node] = _cheapest(walk, size, sights.ground, node)[0]
            if length + takes[node] <= limit + LEAST_GAIN:
                rest[count] = node
                count += 1
    while count > 0:
        most, which, number = -1.0, -1, 0
        while number < count:
            node = rest[number]
            if length + takes[node] > limit + LEAST_GAIN:
                count -= 1
                rest[number] = rest[count]
                continue
            score = sights.value[node] ** power / (max(takes[node], 0.0) + 1e-3) * (1.0 + noise * rng.random())
            if score > most:
                most, which = score, number
            number += 1
        if which < 0:
            break
        node, count = rest[which], count - 1
        rest[which] = rest[count]
        extra, after = _cheapest(walk, size, sights.ground, node)
        if length + extra <= limit + LEAST_GAIN:
            ends = walk.nodes[after], walk.nodes[after + 1]
            size, length = put_in(walk, size, node, after), length + extra
            _recount(walk, size, sights.ground, rest[:count], takes, (ends[0], node, ends[1]))
    return size


@compiled()
def _recount(walk: Walk, size: int, ground: Ground, rest: Ints, takes: Floats, put: tuple[int, int, int]) -> None:
    """Bring up to date what putting in the ``rest`` takes, after one was put between two others."""
    cost, (before, node, behind) = ground.cost, put
    for other in rest:
        if cost[before, other] + cost[other, behind] - cost[before, behind] <= takes[other] + LEAST_GAIN:
            takes[other] = _cheapest(walk, size, ground, other)[0]
        else:
            first = cost[before, other] + cost[other, node] - cost[before, node]
            second = cost[node, other] + cost[other, behind] - cost[node, behind]
            takes[other] = min(takes[other], first, second)


@compiled()
def _fill_by_the_clock(
    walk: Walk, size: int, sights: Sights, limit: float, taste: tuple[float, float, np.random.Generator]
) -> int:
    """Put in what is worth most for the time it takes, as long as nobody comes late anywhere."""
    power, usual, rng = taste
    noise = LOUD if rng.random() < 0.5 else usual
    arrive, latest = np.empty(sights.value.size), np.empty(sights.value.size)
    while True:
        _clock(walk, size, sights, limit, arrive, latest)
        most, which, after = -1.0, -1, -1
        for node in range(sights.value.size):
            if walk.place[node] >= 0 or sights.value[node] <= 0:
                continue
            takes, at = _soonest(walk, size, sights, node, arrive, latest)
            if at >= 0:
                score = sights.value[node] ** power / (max(takes, 0.0) + 1e-3) * (1.0 + noise * rng.random())
                if score > most:
                    most, which, after = score, node, at
        if which < 0:
            return size
        size, noise = put_in(walk, size, which, after), usual


@compiled()
def _clock(walk: Walk, size: int, sights: Sights, limit: float, arrive: Floats, latest: Floats) -> None:
    """Fill in when the middle of each visit is, and when it may be at the latest, by place in the walk."""
    cost, nodes = sights.ground.cost, walk.nodes
    arrive[0], latest[size - 1] = 0.0, min(limit, sights.late[nodes[size - 1]])
    for at in range(1, size):
        arrive[at] = max(sights.early[nodes[at]], arrive[at - 1] + cost[nodes[at - 1], nodes[at]])
    for at in range(size - 2, -1, -1):
        latest[at] = min(sights.late[nodes[at]], latest[at + 1] - cost[nodes[at], nodes[at + 1]])


@compiled()
def _soonest(walk: Walk, size: int, sights: Sights, node: int, arrive: Floats, latest: Floats) -> tuple[float, int]:
    """Return what time putting a sight in takes, waiting included, and behind which place; -1 where nowhere."""
    cost, least, after = sights.ground.cost, np.inf, -1
    for at in range(size - 1):
        here, there = walk.nodes[at], walk.nodes[at + 1]
        when = max(sights.early[node], arrive[at] + cost[here, node])
        then = when + cost[node, there]
        if when > sights.late[node] + LEAST_GAIN or then > latest[at + 1] + LEAST_GAIN:
            continue
        takes = then - arrive[at] - cost[here, there]
        if takes < least:
            least, after = takes, at
    return least, after
