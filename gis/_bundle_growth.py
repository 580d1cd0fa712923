"""Bundles grown around a member, the best few of each size kept (a beam search); compiled.

It finds bundles of a good price quickly and proves nothing: :mod:`gis._bundle_proof` does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis._bundle_cuts import Cuts, cost_of
from gis._bundle_ground import Ground, may_be
from gis._compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis._graph import Floats, Ints

    Marks = NDArray[np.uint64]
    Flags = NDArray[np.bool_]

TRIED_EACH = 64
"""Sets tried at most, of every size, for each that is kept."""

TABLE = 1 << 15
"""Places in the table of sets already tried; a power of two, and more than are tried at once."""


class Prices(NamedTuple):
    """What a bundle is looked for by.

    Parameters
    ----------
    member
        ``(n,)``: benefit of each member less what it takes from the rest of the plan.
    trade
        Benefit that a CNY of worth is thought to be good for, while a bundle grows.
    short
        Benefit that a CNY costs by which a bundle falls short.
    cuts
        What bundles cost that hold two of certain three members.
    """

    member: Floats
    trade: float
    short: float
    cuts: Cuts


class Grown(NamedTuple):
    """Bundles: members of each, how many, and the value by the prices."""

    rows: Ints
    size: Ints
    value: Floats
    found: int


class _Beam(NamedTuple):
    """Sets of one size that are kept: members, sums of prices and of worth and of NPV, a mark of each."""

    rows: Ints
    price: Floats
    worth: Floats
    npv: Floats
    mark: Marks


@compiled()
def grow(
    ground: Ground, allowed: Flags, prices: Prices, seed: tuple[Ints, int], breadth: tuple[int, int], marks: Marks
) -> Grown:
    """Return the best bundles found that hold ``seed``.

    Parameters
    ----------
    ground, prices
        What is searched, and by which prices.
    allowed
        Members that may be taken.
    seed
        Members to begin with, contiguous, and the order above which others must lie.
    breadth
        How many sets of each size are kept, and how many bundles are returned at most.
    marks
        A random number of each member: sets are told apart by the exclusive or of theirs.
    """
    width, keep = breadth
    found = Grown(np.empty((keep, ground.most), np.int64), np.zeros(keep, np.int64), np.full(keep, -np.inf), 0)
    kept = np.zeros(keep, np.uint64)
    beam, states = _begun(ground, prices, seed[0], width, marks), 1
    for size in range(seed[0].size, ground.most + 1):
        for state in range(states):
            found = _noted(ground, prices, beam, state, size, found, kept)
        if size == ground.most:
            break
        beam, states = _widened(ground, allowed, prices, seed[1], beam, states, size, marks)
        if states == 0:
            break
    return found


@compiled()
def _empty(width: int, most: int) -> _Beam:
    return _Beam(
        np.empty((width, most), np.int64), np.empty(width), np.empty(width), np.empty(width), np.zeros(width, np.uint64)
    )


@compiled()
def _begun(ground: Ground, prices: Prices, seed: Ints, width: int, marks: Marks) -> _Beam:
    beam = _empty(width, ground.most)
    beam.price[0] = beam.worth[0] = beam.npv[0] = 0.0
    inside = np.full(ground.npv.size, -1, np.int64)
    for at in range(min(seed.size, ground.most)):
        row = seed[at]
        beam.rows[0, at] = row
        beam.price[0] += prices.member[row] - cost_of(prices.cuts, inside, 0, row)
        beam.worth[0] += ground.worth[row]
        beam.npv[0] += ground.npv[row]
        beam.mark[0] ^= marks[row]
        inside[row] = 0
    return beam


@compiled()
def _noted(ground: Ground, prices: Prices, beam: _Beam, state: int, size: int, found: Grown, kept: Marks) -> Grown:
    """Return what was found with one more set, if it is a bundle and better than the least that was."""
    count, keep = found.found, found.size.size
    value = beam.price[state] - prices.short * max(0.0, -beam.npv[state])
    place = count if count < keep else np.argmin(found.value)
    if count == keep and value <= found.value[place]:
        return found
    for at in range(count):
        if kept[at] == beam.mark[state]:
            return found
    if not may_be(ground, beam.rows[state], size):
        return found
    found.rows[place, :size] = beam.rows[state, :size]
    found.size[place], found.value[place], kept[place] = size, value, beam.mark[state]
    return Grown(found.rows, found.size, found.value, min(count + 1, keep))


@compiled()
def _widened(
    ground: Ground, allowed: Flags, prices: Prices, floor: int, beam: _Beam, states: int, size: int, marks: Marks
) -> tuple[_Beam, int]:
    """Return the best sets of one member more, and how many."""
    width = beam.price.size
    most = width * TRIED_EACH
    parent, member = np.empty(most, np.int64), np.empty(most, np.int64)
    price, score = np.empty(most), np.empty(most)
    table, tried = np.zeros(TABLE, np.uint64), 0
    seen, inside = np.full(ground.npv.size, -1, np.int64), np.full(ground.npv.size, -1, np.int64)
    for state in range(states):
        for at in range(size):
            seen[beam.rows[state, at]] = inside[beam.rows[state, at]] = state
        for at in range(size):
            row = beam.rows[state, at]
            for end in range(ground.starts[row], ground.starts[row + 1]):
                to = ground.ends[end]
                if seen[to] == state or not allowed[to] or ground.order[to] <= floor or tried >= most:
                    continue
                seen[to] = state
                if not _is_new(table, beam.mark[state] ^ marks[to]):
                    continue
                parent[tried], member[tried] = state, to
                price[tried] = beam.price[state] + prices.member[to] - cost_of(prices.cuts, inside, state, to)
                score[tried] = price[tried] + prices.trade * (beam.worth[state] + ground.worth[to])
                tried += 1
    best = np.argsort(-score[:tried], kind="mergesort")[:width]
    return _taken(ground, beam, size, (parent[best], member[best], price[best]), marks), best.size


@compiled()
def _taken(ground: Ground, beam: _Beam, size: int, steps: tuple[Ints, Ints, Floats], marks: Marks) -> _Beam:
    """Return the sets that come of taking a member (second) into a set (first), with their prices (third)."""
    after = _empty(beam.price.size, ground.most)
    for at in range(steps[0].size):
        state, row = steps[0][at], steps[1][at]
        after.rows[at, :size] = beam.rows[state, :size]
        after.rows[at, size] = row
        after.price[at] = steps[2][at]
        after.worth[at] = beam.worth[state] + ground.worth[row]
        after.npv[at] = beam.npv[state] + ground.npv[row]
        after.mark[at] = beam.mark[state] ^ marks[row]
    return after


@compiled()
def _is_new(table: Marks, mark: np.uint64) -> bool:
    """Put a mark into the table and return whether it was not there; a full table takes none."""
    slot = mark & np.uint64(TABLE - 1)
    for _ in range(TABLE):
        if table[slot] == 0:
            table[slot] = mark
            return True
        if table[slot] == mark:
            return False
        slot = (slot + np.uint64(1)) & np.uint64(TABLE - 1)
    return False
