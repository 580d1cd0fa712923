"""Loops that numpy has no word for, compiled by numba.

Compiled code is kept in numba's cache: beside its module or, where that cannot be written, in the user's cache folder;
``NUMBA_CACHE_DIR`` names another. Where no folder can be written at all it is compiled anew in each process, which
takes seconds and changes nothing else. Only modules that are imported when they are needed may import this one: numba
takes half a second to load.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, cast

import numba
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis._graph import Floats, Ints

Compiled = TypeVar("Compiled", bound="Callable[..., Any]")


def compiled(signature: str | None = None, *, inline: bool = False) -> Callable[[Compiled], Compiled]:
    """Return what compiles a function, free of the interpreter's lock.

    Parameters
    ----------
    signature
        Its types in numba's words: it is compiled at once then, else at its first call for the types it is given.
    inline
        Whether its body takes the place of each call.
    """
    jit: Callable[..., Any] = numba.njit
    options = {"nogil": True, "inline": "always" if inline else "never"}
    types = () if signature is None else (signature,)

    def of(function: Compiled) -> Compiled:
        try:
            return cast("Compiled", jit(*types, cache=True, **options)(function))
        except RuntimeError:  # numba found no folder that it may write to
            return cast("Compiled", jit(*types, **options)(function))

    return of


def thread_count() -> int:
    """Return how many threads to share work between: the cores that this process may use, or ``NUMBA_NUM_THREADS``."""
    return int(numba.config.NUMBA_NUM_THREADS)  # type: ignore[attr-defined]


@compiled()
def by_members(first: Ints, second: Ints, metres: Floats, firsts: int, seconds: int) -> tuple[Ints, Ints, Floats]:
    """Return the pairs sorted by both members: a counting sort by the second, then one by the first that keeps it."""
    size = first.size
    place, order = np.zeros(seconds + 1, dtype=np.int64), np.empty(size, dtype=np.int64)
    for at in range(size):
        place[second[at] + 1] += 1
    place = np.cumsum(place)
    for at in range(size):
        order[place[second[at]]] = at
        place[second[at]] += 1
    place = np.zeros(firsts + 1, dtype=np.int64)
    for at in range(size):
        place[first[at] + 1] += 1
    place = np.cumsum(place)
    by_first, by_second, by_metres = np.empty(size, np.int64), np.empty(size, np.int64), np.empty(size)
    for at in range(size):
        row = order[at]
        to = place[first[row]]
        place[first[row]] += 1
        by_first[to], by_second[to], by_metres[to] = first[row], second[row], metres[row]
    return by_first, by_second, by_metres


@compiled()
def few_of_each(first: Ints, second: Ints, metres: Floats, count: int) -> Ints:
    """Return the rows of the ``count`` pairs least in metres, then in second member, of each first, in this order.

    ``first`` is ascending.
    """
    rows, kept, begin = np.empty(first.size, dtype=np.int64), 0, 0
    for at in range(first.size):
        if at and first[at] != first[at - 1]:
            begin = kept
        place = kept
        while place > begin:
            above = rows[place - 1]
            if metres[above] < metres[at] or (metres[above] == metres[at] and second[above] <= second[at]):
                break
            if place - begin < count:
                rows[place] = above
            place -= 1
        if place - begin < count:
            rows[place] = at
            kept = min(kept + 1, begin + count)
    return rows[:kept]
