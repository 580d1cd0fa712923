"""A file in several datums: where one ends and the next begins.

A hidden Markov chain over the order of the records: each record has one reading, neighbours mostly share it. A change
costs :data:`CHANGE_COST` in log-likelihood, so that it needs records that speak for it together; at the border of a
group (another source, another pattern of decimals) it costs less. Viterbi's path gives the readings, the forward and
backward sums how sure each is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

CHANGE_COST = 7.0
"""A change must be 1,100 times likelier than none: a file of 1,000 records may change anywhere."""
GROUP_COST = 2.0
"""A group of another source is as likely as not in another datum."""
CLEARLY = 0.9
FEWEST_RECORDS, FEWEST_SHARE = 20, 0.02
"""ASSUMPTION: fewer neighbours that fit another datum share an error of place or name: one street of ten stations does
in Shenzhen's 1,587."""
_NEVER = -1e6


class Segments(NamedTuple):
    """Reading of each record, and whether it is sure."""

    reading: Ints
    is_sure: NDArray[np.bool_]


def split(weight: Floats, groups: Ints | None = None) -> Segments:
    """Return the reading of each record; readings of too few records are given up, and these records are not sure.

    Parameters
    ----------
    weight
        Log-likelihood of each record under each reading, shape (records, readings), records in their order.
    groups
        Number of the group of each record, ``None`` where there are none.
    """
    parts = segment(weight, groups)
    fewest = max(FEWEST_RECORDS, FEWEST_SHARE * len(weight))
    left, doubted = weight.copy(), np.zeros(len(weight), dtype=bool)
    while True:
        counts = np.bincount(parts.reading, minlength=weight.shape[1])
        given_up = np.flatnonzero((counts > 0) & (counts < fewest))
        if not len(given_up) or len(given_up) == np.count_nonzero(counts):
            return parts._replace(is_sure=parts.is_sure & ~doubted)
        doubted |= np.isin(parts.reading, given_up)
        left[:, given_up] = _NEVER
        parts = segment(left, groups)


def silent(weight: Floats, groups: Ints | None = None) -> NDArray[np.bool_]:
    """Return the records of groups of which no record says anything, while others do.

    Parameters
    ----------
    weight, groups
        As for :func:`split`; groups of fewer than :data:`FEWEST_RECORDS` go with their neighbours.
    """
    speaks = np.ptp(weight, axis=1) > 0
    if groups is None or not speaks.any():
        return np.zeros(len(weight), dtype=bool)
    _, group, counts = np.unique(groups, return_inverse=True, return_counts=True)
    is_heard = np.bincount(group, weights=speaks) > 0
    return np.asarray((~is_heard & (counts >= FEWEST_RECORDS))[group])


def segment(weight: Floats, groups: Ints | None = None) -> Segments:
    """Return the reading of each record.

    Parameters
    ----------
    weight
        Log-likelihood of each record under each reading, shape (records, readings), records in their order.
    groups
        Number of the group of each record, ``None`` where there are none.
    """
    count = len(weight)
    whole = int(weight.sum(axis=0).argmax()) if count else 0
    same = Segments(np.full(count, whole, dtype=np.int64), np.ones(count, dtype=bool))
    if weight.shape[1] < 2 or (weight.max(axis=1) - weight[:, whole]).sum() <= GROUP_COST:
        return same
    order = np.arange(count) if groups is None else np.argsort(groups, kind="stable")
    sorted_groups = np.zeros(count, dtype=np.int64) if groups is None else groups[order]
    speaks = np.ptp(weight[order], axis=1) > 0
    heard = np.flatnonzero(speaks)
    cost = np.where(np.diff(sorted_groups[heard], prepend=sorted_groups[heard[0]]) != 0, GROUP_COST, CHANGE_COST)
    path = _best_path(weight[order][heard], cost)
    if (path == path[0]).all():
        return Segments(np.full(count, path[0], dtype=np.int64), np.ones(count, dtype=bool))
    sure = _certainty(weight[order][heard], cost)[np.arange(len(heard)), path] >= CLEARLY
    reading, is_sure = np.empty(count, dtype=np.int64), np.empty(count, dtype=bool)
    reading[order], is_sure[order] = _filled(heard, path, sure, sorted_groups)
    return Segments(reading, is_sure)


def _best_path(weight: Floats, cost: Floats) -> Ints:
    """Return the path of the highest sum: of weights along it, less the cost of each change."""
    count, readings = weight.shape
    came_from = np.empty((count, readings), dtype=np.int64)
    stay = np.arange(readings)
    score = weight[0].copy()
    for at in range(1, count):
        best = int(score.argmax())
        change = score[best] - cost[at]
        came_from[at] = np.where(score >= change, stay, best)
        score = np.maximum(score, change) + weight[at]
    path = np.empty(count, dtype=np.int64)
    path[-1] = int(score.argmax())
    for at in range(count - 1, 0, -1):
        path[at - 1] = came_from[at, path[at]]
    return path


def _certainty(weight: Floats, cost: Floats) -> Floats:
    """Return the probability of each reading of each record, given all records."""
    forward = _sums(weight, cost)
    backward = _sums(weight[::-1], np.append(cost[1:], 0.0)[::-1])[::-1]
    both = forward + backward - weight
    both -= both.max(axis=1, keepdims=True)
    share = np.exp(both)
    return np.asarray(share / share.sum(axis=1, keepdims=True))


def _sums(weight: Floats, cost: Floats) -> Floats:
    """Return log sums over all paths up to each record; ``cost[i]`` stands between records i - 1 and i."""
    total = np.empty_like(weight)
    total[0] = weight[0]
    change = np.exp(-cost)
    for at in range(1, len(weight)):
        last = total[at - 1]
        peak = last.max()
        likely = np.exp(last - peak)
        total[at] = np.log(likely + change[at] * (likely.sum() - likely)) + peak + weight[at]
    return total


def _filled(heard: Ints, path: Ints, sure: NDArray[np.bool_], groups: Ints) -> tuple[Ints, NDArray[np.bool_]]:
    """Return readings of all records: those that say nothing follow their neighbours, unsure where these differ."""
    rows = np.arange(len(groups))
    after = np.minimum(np.searchsorted(heard, rows), len(heard) - 1)
    before = np.maximum(np.searchsorted(heard, rows, side="right") - 1, 0)
    in_before, in_after = groups[heard[before]] == groups, groups[heard[after]] == groups
    use_after = (in_after & ~in_before) | ((in_after == in_before) & (heard[after] - rows < rows - heard[before]))
    nearest = np.where(use_after, after, before)
    agree = (path[before] == path[after]) | (in_before != in_after)
    return path[nearest], sure[nearest] & (agree | (heard[nearest] == rows))
