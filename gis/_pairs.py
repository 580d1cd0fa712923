"""Pairs of places with the metres between them: put together, put in order, each once with its least distance."""

from __future__ import annotations

import numpy as np

from gis._graph import Floats, Ints

Pairs = tuple[Ints, Ints, Floats]
"""Rows of the first members, rows of the second, metres."""


def joined(parts: list[Pairs]) -> Pairs:
    """Return the pairs of all parts, one part after the other."""
    filled = [part for part in parts if part[0].size]
    if len(filled) == 1:
        return filled[0]  # millions of pairs on a network need no copy
    nothing = (np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))
    first, second, metres = zip(nothing, *filled, strict=True)
    return np.concatenate(first), np.concatenate(second), np.concatenate(metres)


def in_order(pairs: Pairs, shape: tuple[int, int]) -> Pairs:
    """Return every pair once with its least distance, by first, then by second member.

    Parameters
    ----------
    pairs
        In any order.
    shape
        How many first and second members there are: rows are put into place by counting, which beats comparing.
    """
    if not pairs[0].size:
        return pairs
    from gis._compiled import by_members  # noqa: PLC0415  (loads numba, which most commands can do without)

    first, second, metres = by_members(*pairs, *shape)
    starts = np.r_[True, (first[1:] != first[:-1]) | (second[1:] != second[:-1])]
    if starts.all():
        return first, second, metres
    return first[starts], second[starts], np.minimum.reduceat(metres, np.flatnonzero(starts))


def nearest_few(pairs: Pairs, count: int) -> Pairs:
    """Return the ``count`` pairs with the least distances of each first member, sorted by it, then by distance.

    ``pairs`` come sorted by their first member; of equal distances the smaller second member goes first.
    """
    if not pairs[0].size:
        return pairs
    from gis._compiled import few_of_each  # noqa: PLC0415  (loads numba, which most commands can do without)

    rows = few_of_each(*pairs, count)
    return pairs[0][rows], pairs[1][rows], pairs[2][rows]
