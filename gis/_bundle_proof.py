"""How good a bundle around a member can be at most: all contiguous sets, branch and bound; compiled.

Members join one by one; each is taken first and then left out for good. A branch is cut where even the best that can
still join brings no bundle above the threshold: prices are joined with worth times a trade (a Lagrangian multiplier of
the balance), and whatever lies some steps away takes at least one member of every step between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis._bundle_cuts import Cuts
from gis._bundle_ground import Ground, may_be
from gis._compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis._bundle_growth import Prices
    from gis._graph import Floats, Ints

    Flags = NDArray[np.bool_]

FREE, IN, OUT = 0, 1, 2

SPREAD, TRADES = 8.0, 16
"""How far around its scale a trade is looked for, and in how many steps."""


class Around(NamedTuple):
    """A member and all that may share a bundle with it, numbered anew from 0.

    Parameters
    ----------
    rows
        Their numbers elsewhere, the member first, then by steps.
    starts, ends
        Neighbours, as in :class:`gis._bundle_ground.Ground`.
    price, worth, npv, joined
        Of each; ``joined`` is the price with worth times the trade.
    spare
        By how much the value of a bundle that falls short may exceed its joined price.
    cuts
        What bundles cost that hold two of certain three members, by the new numbers.
    """

    rows: Ints
    starts: Ints
    ends: Ints
    price: Floats
    worth: Floats
    npv: Floats
    joined: Floats
    spare: float
    cuts: Cuts


class Proof(NamedTuple):
    """The most that a bundle can be worth, the best one that was found (``size`` 0: none), and sets looked at."""

    most: float
    rows: Ints
    size: int
    value: float
    looked_at: int


@compiled()
def around(ground: Ground, root: int, allowed: Flags) -> Ints:
    """Return ``root`` and the members of higher order that may share a bundle with it, by steps.

    What costs more than the most that as many of the others as fit could bring is in no bundle, and joins none.
    """
    may, rows = allowed.copy(), _within_reach(ground, root, allowed)
    while True:
        worth = np.sort(ground.worth[rows[1:]])
        most = ground.worth[root] + np.maximum(worth[max(0, worth.size - ground.most + 2) :], 0.0).sum()
        before = rows.size
        for row in rows[1:]:
            may[row] = ground.worth[row] + most >= -ground.shortfall
        rows = _within_reach(ground, root, may)
        if rows.size == before:
            return rows


@compiled()
def _within_reach(ground: Ground, root: int, allowed: Flags) -> Ints:
    """Return ``root`` and the allowed members of higher order within a bundle's reach, by steps."""
    step = np.full(ground.npv.size, -1, np.int64)
    rows = np.empty(ground.npv.size, np.int64)
    rows[0], step[root], count, at = root, 0, 1, 0
    while at < count:
        row = rows[at]
        at += 1
        if step[row] >= ground.most - 1:
            break
        for end in range(ground.starts[row], ground.starts[row + 1]):
            to = ground.ends[end]
            if step[to] < 0 and allowed[to] and ground.order[to] > ground.order[root]:
                step[to] = step[row] + 1
                rows[count] = to
                count += 1
    return rows[:count].copy()


@compiled()
def least_bound(ground: Ground, rows: Ints, prices: Prices, scale: float) -> tuple[float, float]:
    """Return the trade of the least bound on a bundle of ``rows`` that holds the first, and that bound.

    The bound is convex in the trade, which is looked for around ``scale``.
    """
    low, high = scale / SPREAD, scale * SPREAD
    at_trade, best = 0.0, bound_at(ground, rows, prices, 0.0)
    for _ in range(TRADES):
        one, two = low + 0.382 * (high - low), low + 0.618 * (high - low)
        bound, other = bound_at(ground, rows, prices, one), bound_at(ground, rows, prices, two)
        if bound < best:
            best, at_trade = bound, one
        if other < best:
            best, at_trade = other, two
        if bound <= other:
            high = two
        else:
            low = one
    return at_trade, best


@compiled()
def bound_at(ground: Ground, rows: Ints, prices: Prices, trade: float) -> float:
    """Return the most that a bundle of ``rows`` which holds the first can be worth, by one trade."""
    gains, count = np.empty(rows.size), 0
    for at in range(1, rows.size):
        gain = prices.member[rows[at]] + trade * ground.worth[rows[at]]
        if gain > 0:
            gains[count] = gain
            count += 1
    few = np.sort(gains[:count])
    bound = prices.member[rows[0]] + trade * ground.worth[rows[0]] + _spare(ground, prices, trade)
    most: float = bound + few[max(0, count - ground.most + 1) :].sum()
    return most


@compiled()
def _spare(ground: Ground, prices: Prices, trade: float) -> float:
    """Return what joined prices lack at most beside the value of a bundle that falls short.

    By a shortfall ``s`` a bundle loses ``short * s``, its joined price ``trade * s``, and ``s`` has a limit.
    """
    is_npv = True
    for row in range(ground.npv.size):
        is_npv &= ground.worth[row] == ground.npv[row]
    return (max(0.0, trade - prices.short) if is_npv else trade) * ground.shortfall


@compiled()
def surroundings(ground: Ground, rows: Ints, prices: Prices, trade: float) -> Around:
    """Return ``rows`` numbered anew, with their prices."""
    place = np.full(ground.npv.size, -1, np.int64)
    for at in range(rows.size):
        place[rows[at]] = at
    starts = np.zeros(rows.size + 1, np.int64)
    ends = np.empty(ground.ends.size, np.int64)
    count = 0
    for at in range(rows.size):
        for end in range(ground.starts[rows[at]], ground.starts[rows[at] + 1]):
            if place[ground.ends[end]] >= 0:
                ends[count] = place[ground.ends[end]]
                count += 1
        starts[at + 1] = count
    price, worth = prices.member[rows], ground.worth[rows]
    joined = price + trade * worth
    spare = _spare(ground, prices, trade)
    near = _cuts_near(prices.cuts, rows, place)
    return Around(rows, starts, ends[:count].copy(), price, worth, ground.npv[rows], joined, spare, near)


@compiled()
def _cuts_near(cuts: Cuts, rows: Ints, place: Ints) -> Cuts:
    """Return the cuts of the members in ``rows`` by the new numbers; members elsewhere are told by -1."""
    members = np.empty_like(cuts.members)
    for cut in range(members.shape[0]):
        for at in range(3):
            members[cut, at] = place[cuts.members[cut, at]]
    starts, ends, count = np.zeros(rows.size + 1, np.int64), np.empty(cuts.ends.size, np.int64), 0
    for at in range(rows.size):
        for of in range(cuts.starts[rows[at]], cuts.starts[rows[at] + 1]):
            ends[count] = cuts.ends[of]
            count += 1
        starts[at + 1] = count
    return Cuts(members, cuts.cost, starts, ends)


class _Search(NamedTuple):
    """Where a search stands: the set, who is in or out, who was left out in order, and how many were at each size."""

    members: Ints
    state: Ints
    left: Ints
    marks: Ints
    step: Ints
    queue: Ints
    gains: Floats
    worths: Floats
    held: Ints


@compiled()
def prove(ground: Ground, place: Around, short: float, threshold: float, most: tuple[int, Flags]) -> Proof:
    """Return the most that a bundle which holds the first member can be worth, or ``threshold`` if that is more.

    Parameters
    ----------
    ground, place
        Members and limits; the member with all that may share a bundle with it.
    short, threshold
        Benefit a CNY costs by which a bundle falls short; what is no more than this is not looked for.
    most
        Sets looked at, after which, or when the sign beside it goes up, nothing is looked into any further: what is
        left counts by its bound.
    """
    # One long loop with its sums in numbers of their own: parted into functions it takes 1.6 times as long.
    size_all, room, (most_looks, halted) = place.rows.size, ground.most, most
    search = _Search(
        np.zeros(room, np.int64),
        np.zeros(size_all, np.int64),
        np.empty(size_all + 1, np.int64),
        np.zeros(room + 1, np.int64),
        np.empty(size_all, np.int64),
        np.empty(size_all, np.int64),
        np.empty(room + 1),
        np.empty(room + 1),
        np.zeros(place.cuts.cost.size, np.int64),
    )
    best_rows, rows, best, best_size = np.zeros(room, np.int64), np.zeros(room, np.int64), -np.inf, 0
    search.state[0] = IN
    _counted(place.cuts, search.held, 0, 1)
    size, left, looks, upper, is_new = 1, 0, 0, threshold, True
    joined, price, npv, worth = place.joined[0], place.price[0], place.npv[0], place.worth[0]
    while True:
        if is_new:
            looks += 1
            value = price - short * max(0.0, -npv)
            if value > best:
                for at in range(size):
                    rows[at] = place.rows[search.members[at]]
                if may_be(ground, rows, size):
                    best, best_size = value, size
                    best_rows[:size] = rows[:size]
        bound, pick, gain = _ahead(place, search, size, room)
        bound += joined + place.spare
        goes_on = pick >= 0 and bound > max(threshold, best) and worth + gain >= -ground.shortfall
        if goes_on and (looks >= most_looks or halted[0]):
            upper, goes_on = max(upper, bound), False
        is_new = goes_on
        if goes_on:
            search.state[pick], search.members[size] = IN, pick
            size += 1
            search.marks[size] = left
            cost = _counted(place.cuts, search.held, pick, 1)
            joined, price = joined + place.joined[pick] - cost, price + place.price[pick] - cost
            npv, worth = npv + place.npv[pick], worth + place.worth[pick]
            continue
        while left > search.marks[size]:
            left -= 1
            search.state[search.left[left]] = FREE
        if size == 1:
            break
        size -= 1
        last = search.members[size]
        cost = _counted(place.cuts, search.held, last, -1)
        joined, price = joined - place.joined[last] + cost, price - place.price[last] + cost
        npv, worth = npv - place.npv[last], worth - place.worth[last]
        search.state[last], search.left[left] = OUT, last
        left += 1
    return Proof(max(upper, best), best_rows, best_size, best, looks)


@compiled()
def _counted(cuts: Cuts, held: Ints, row: int, step: int) -> float:
    """Count a member in (1) or out (-1) and return what the cuts cost of which the set holds, or held, two by it."""
    cost = 0.0
    for at in range(cuts.starts[row], cuts.starts[row + 1]):
        cut = cuts.ends[at]
        if held[cut] == (1 if step > 0 else 2):
            cost += cuts.cost[cut]
        held[cut] += step
    return cost


@compiled()
def _ahead(place: Around, search: _Search, size: int, most: int) -> tuple[float, int, float]:
    """Return the most that joined prices may still rise, which neighbour to take next (-1: none), worth to be had."""
    room, queue, gains, worths, earning = most - size, search.queue, search.gains, search.worths, 0
    search.step[:] = -1
    for at in range(size):
        search.step[search.members[at]] = 0
        queue[at] = search.members[at]
    begin, count, kept, pick = 0, size, 0, -1
    forced, best = 0.0, 0.0
    for layer in range(1, room + 1):
        at, begin = begin, count
        count = _stepped(place, search, at, begin)
        if count == begin:
            break
        lead = begin
        for near in range(begin + 1, count):
            if place.joined[queue[near]] > place.joined[queue[lead]]:
                lead = near
        if layer == 1:
            pick = queue[lead]
        forced += place.joined[queue[lead]]
        for near in range(begin, count):
            if place.worth[queue[near]] > 0:
                earning = _ranked(worths, earning, room, place.worth[queue[near]])
            if near != lead and place.joined[queue[near]] > 0:
                kept = _ranked(gains, kept, room, place.joined[queue[near]])
        best = max(best, forced + gains[: min(kept, room - layer)].sum())
    return best, pick, worths[:earning].sum()


@compiled()
def _stepped(place: Around, search: _Search, at: int, end: int) -> int:
    """Queue the free neighbours of those queued from ``at`` to ``end``, and return how many are queued."""
    count = end
    for of in range(at, end):
        for near in range(place.starts[search.queue[of]], place.starts[search.queue[of] + 1]):
            to = place.ends[near]
            if search.step[to] < 0 and search.state[to] == FREE:
                search.step[to] = 1
                search.queue[count] = to
                count += 1
    return count


@compiled()
def _ranked(gains: Floats, kept: int, room: int, gain: float) -> int:
    """Put a gain among the ``room`` highest, highest first, and return how many are kept."""
    at = min(kept, room)
    while at > 0 and gains[at - 1] < gain:
        gains[at] = gains[at - 1]
        at -= 1
    gains[at] = gain
    return min(kept + 1, room)
