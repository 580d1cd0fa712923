"""Where a strip across a plot is free, and how many stalls stand in it: exact for straight edges, compiled.

Everything here is in the frame of one layout: aisles run along x. A rectangle lies inside the plot when no edge enters
the strip between its lower and its upper side over its length, and a point of it is inside. So the free spans of a
strip are the gaps between the edges that enter it.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from gis._compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.float64]

TOLERANCE_M = 1e-4
"""What may be lost in rounding: a strip of 16.1 m still holds 5.3 + 5.5 + 5.3 m after the city was turned."""
MOST_SPANS = 24
"""Spans of one strip that are looked at; a plot with more holes side by side loses stalls, never gains."""
DEPTH, AISLE, PITCH, LEAN, FILL_DEPTH, FILL_PITCH, SHORTEST = range(7)
"""What a module is: depth of a row, width of the aisle, aisle length a stall, how far a stall leans along the aisle,
depth and length of the parallel stalls that fill what is too shallow for it (0 for none), and the shortest aisle: a car
must stand in it before it turns into a stall; all in metres."""


@compiled("float64[:, ::1](float64[:, ::1], float64, float64)")
def turned(edges: Rows, cosine: float, sine: float) -> Rows:
    """Return edges ``(n, 4)`` of ``x0, y0, x1, y1`` turned by minus the angle, each with its lower end first."""
    found = np.empty_like(edges)
    for i in range(len(edges)):
        x0, y0 = cosine * edges[i, 0] + sine * edges[i, 1], cosine * edges[i, 1] - sine * edges[i, 0]
        x1, y1 = cosine * edges[i, 2] + sine * edges[i, 3], cosine * edges[i, 3] - sine * edges[i, 2]
        if y0 <= y1:
            found[i, 0], found[i, 1], found[i, 2], found[i, 3] = x0, y0, x1, y1
        else:
            found[i, 0], found[i, 1], found[i, 2], found[i, 3] = x1, y1, x0, y0
    return found


@compiled("UniTuple(float64, 2)(float64, float64, float64, float64, float64, float64)")
def clipped(x0: float, y0: float, x1: float, y1: float, low: float, high: float) -> tuple[float, float]:
    """Return the least and the greatest x of an edge between ``low`` and ``high`` (``y0 <= y1``, and they meet)."""
    rise = y1 - y0
    start = x0 + (x1 - x0) * (low - y0) / rise if y0 < low else x0
    end = x0 + (x1 - x0) * (high - y0) / rise if y1 > high else x1
    return min(start, end), max(start, end)


@compiled("void(float64[:, ::1], int64)")
def sort_rows(rows: Rows, count: int) -> None:
    """Sort the first ``count`` rows by their first column, in place; few enter one strip, so by insertion."""
    for i in range(1, count):
        at = i
        while at > 0 and rows[at - 1, 0] > rows[at, 0]:
            for k in range(rows.shape[1]):
                rows[at - 1, k], rows[at, k] = rows[at, k], rows[at - 1, k]
            at -= 1


@compiled("int64(float64[:, ::1], float64, float64, float64[:, ::1])")
def free_spans(edges: Rows, low: float, high: float, spans: Rows) -> int:
    """Write the spans of x over which the strip from ``low`` to ``high`` lies inside the plot; return how many.

    Parameters
    ----------
    edges
        ``(n, 4)`` edges of all rings, lower end first, in metres.
    low, high
        The strip.
    spans
        ``(MOST_SPANS, 2)``, filled from the left.
    """
    blocks = np.empty((len(edges), 3))
    low, high = low + TOLERANCE_M, high - TOLERANCE_M
    middle, count = (low + high) / 2, 0
    for i in range(len(edges)):
        y0, y1 = edges[i, 1], edges[i, 3]
        if y1 > low and y0 < high:
            blocks[count, 0], blocks[count, 1] = clipped(edges[i, 0], y0, edges[i, 2], y1, low, high)
            blocks[count, 2] = 1.0 if y0 <= middle < y1 else 0.0
            count += 1
    sort_rows(blocks, count)
    found, crossings, reach = 0, 0, -np.inf
    for i in range(count):
        if crossings % 2 == 1 and blocks[i, 0] > reach + TOLERANCE_M and found < len(spans):
            spans[found, 0], spans[found, 1] = reach, blocks[i, 0]
            found += 1
        crossings += int(blocks[i, 2])
        reach = max(reach, blocks[i, 1])
    return found


@compiled("int64(float64, float64, float64)")
def fitting(length: float, pitch: float, lean: float) -> int:
    """Return how many stalls stand along ``length``: ``(length - lean) / pitch``, rounded down."""
    return max(0, math.floor((length - lean + TOLERANCE_M) / pitch))


@compiled("int64(float64, float64, float64[:, ::1], int64, float64, float64, float64, float64[:, ::1], int64)")
def packed(
    low: float, high: float, cuts: Rows, cut_count: int, pitch: float, lean: float, kind: float, out: Rows, count: int
) -> int:
    """Write the stalls of one span less ``cuts`` (sorted by start) behind the ``count`` of ``out``; return how many."""
    at = low
    for i in range(cut_count + 1):
        end = min(high, cuts[i, 0]) if i < cut_count else high
        for _ in range(fitting(end - at, pitch, lean)):
            if count == len(out):
                return count
            out[count, 0], out[count, 1], out[count, 2] = at, at + pitch, kind
            at += pitch
            count += 1
        if i < cut_count:
            at = max(at, cuts[i, 1])
    return count


@compiled(
    "int64(float64[:, ::1], int64, float64[:, ::1], int64, float64, float64,"
    " float64[:, ::1], int64, float64[::1], float64[:, ::1])",
)
def row_stalls(
    deep: Rows,
    deep_count: int,
    shallow: Rows,
    shallow_count: int,
    low: float,
    high: float,
    cuts: Rows,
    cut_count: int,
    module: Rows,
    out: Rows,
) -> int:
    """Write the stalls of one row of an aisle; return how many.

    Full stalls first, from the left of each span; then parallel ones where only their depth is free.

    Parameters
    ----------
    deep, deep_count, shallow, shallow_count
        Free spans of the row's depth, and of the depth of a parallel stall.
    low, high
        The aisle.
    cuts, cut_count
        Spans taken by lanes that cross the row, sorted by start; has room for as many more as ``out`` has stalls.
    module
        As :data:`DEPTH` and the following say.
    out
        ``(n, 3)``: start and end along the aisle, 0 for a full and 1 for a parallel stall.
    """
    count = 0
    for i in range(deep_count):
        start, end = max(low, deep[i, 0]), min(high, deep[i, 1])
        if end > start:
            count = packed(start, end, cuts, cut_count, module[PITCH], module[LEAN], 0.0, out, count)
    if module[FILL_PITCH] == 0.0 or shallow_count == 0:
        return count
    for i in range(count):
        cuts[cut_count, 0], cuts[cut_count, 1] = out[i, 0], out[i, 1] + module[LEAN]
        cut_count += 1
    sort_rows(cuts, cut_count)
    for i in range(shallow_count):
        start, end = max(low, shallow[i, 0]), min(high, shallow[i, 1])
        if end - start >= module[FILL_PITCH] - TOLERANCE_M:
            count = packed(start, end, cuts, cut_count, module[FILL_PITCH], 0.0, 1.0, out, count)
    return count
