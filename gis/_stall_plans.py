"""One way of laying bays over a plot: its aisles, the lanes that join them, its entrance, and its stalls; compiled.

A plan is an angle, a module and the y of its lowest aisle; bays (row, aisle, row) follow every ``2 depth + aisle``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis._compiled import compiled
from gis._stall_bands import (
    AISLE,
    DEPTH,
    FILL_DEPTH,
    FILL_PITCH,
    LEAN,
    MOST_SPANS,
    PITCH,
    SHORTEST,
    TOLERANCE_M,
    fitting,
    free_spans,
    row_stalls,
    sort_rows,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.float64]
    Labels = NDArray[np.int64]
    Strips = tuple[Rows, Labels, Rows, float]

STRIPS = "Tuple((float64[:, :, :, ::1], int64[:, ::1], float64[::1], float64))"
"""Type of the strips of a plan: free spans, their counts, module, y of the lowest aisle."""
MOST_BAYS = 256
"""Bays of one plan; what lies beyond (4 km of depth) is not laid out."""
MOST_BASES = 16
MOST_STALLS_A_ROW = 2048
LANE, LOWER, UPPER, LOWER_SHALLOW, UPPER_SHALLOW, LINK = range(6)
"""Strips of a bay: its aisle, its two rows, the shallow part of these, and all from its aisle to the next one."""


@compiled("Tuple((float64[:, :, :, ::1], int64[:, ::1]))(float64[:, ::1], float64[::1], float64, float64)")
def bay_strips(edges: Rows, module: Rows, base: float, top: float) -> tuple[Rows, Labels]:
    """Return the free spans of every strip of every bay: ``(bays, 6, MOST_SPANS, 2)``, and how many ``(bays, 6)``."""
    depth, aisle, fill = module[DEPTH], module[AISLE], module[FILL_DEPTH]
    period = 2 * depth + aisle
    bays = min(MOST_BAYS, max(1, int(np.ceil((top - base + depth) / period))))
    spans, counts = np.zeros((bays, 6, MOST_SPANS, 2)), np.zeros((bays, 6), np.int64)
    for b in range(bays):
        y = base + b * period
        counts[b, LANE] = free_spans(edges, y, y + aisle, spans[b, LANE])
        if counts[b, LANE] == 0:
            continue
        counts[b, LOWER] = free_spans(edges, y - depth, y, spans[b, LOWER])
        counts[b, UPPER] = free_spans(edges, y + aisle, y + aisle + depth, spans[b, UPPER])
        if module[FILL_PITCH] > 0:
            counts[b, LOWER_SHALLOW] = free_spans(edges, y - fill, y, spans[b, LOWER_SHALLOW])
            counts[b, UPPER_SHALLOW] = free_spans(edges, y + aisle, y + aisle + fill, spans[b, UPPER_SHALLOW])
    return spans, counts


@compiled("void(float64[:, ::1], float64[::1], float64, float64[:, :, :, ::1], int64[:, ::1])")
def link_strips(edges: Rows, module: Rows, base: float, spans: Rows, counts: Labels) -> None:
    """Add the free spans from each aisle to the next one, over which a lane may join them."""
    period = 2 * module[DEPTH] + module[AISLE]
    for b in range(len(counts) - 1):
        if counts[b, LANE] > 0 and counts[b + 1, LANE] > 0:
            y = base + b * period
            counts[b, LINK] = free_spans(edges, y, y + period + module[AISLE], spans[b, LINK])


@compiled("float64[:, ::1](float64[:, :, :, ::1], int64[:, ::1], float64[::1])")
def pieces_of(spans: Rows, counts: Labels, module: Rows) -> Rows:
    """Return the aisles ``(n, 3)``: bay, start and end; too short to turn into a stall is none."""
    found, count = np.empty((len(counts) * MOST_SPANS, 3)), 0
    for b in range(len(counts)):
        for i in range(counts[b, LANE]):
            low, high = spans[b, LANE, i, 0], spans[b, LANE, i, 1]
            if high - low >= max(module[SHORTEST], module[PITCH] + module[LEAN]) - TOLERANCE_M:
                found[count, 0], found[count, 1], found[count, 2] = b, low, high
                count += 1
    return found[:count]


@compiled(f"int64({STRIPS}, float64[::1], int64, float64[:, ::1], int64, float64[:, ::1])")
def piece_row(strips: Strips, piece: Rows, above: int, blocks: Rows, block_count: int, out: Rows) -> int:
    """Write the stalls on one side (0 below, 1 above) of an aisle; return how many.

    Parameters
    ----------
    strips
        Spans, their counts, module and base of the plan.
    piece
        The aisle: bay, start, end.
    above
        The side.
    blocks, block_count
        Lanes across the rows ``x0, y0, x1, y1``.
    out
        As :func:`gis._stall_bands.row_stalls` fills it.
    """
    spans, counts, module, base = strips
    b = int(piece[0])
    y = base + b * (2 * module[DEPTH] + module[AISLE])
    low = y - module[DEPTH] if above == 0 else y + module[AISLE]
    cuts, count = np.empty((block_count + len(out), 2)), 0
    for i in range(block_count):
        if blocks[i, 1] < low + module[DEPTH] - TOLERANCE_M and blocks[i, 3] > low + TOLERANCE_M:
            cuts[count, 0], cuts[count, 1] = blocks[i, 0], blocks[i, 2]
            count += 1
    sort_rows(cuts, count)
    deep, shallow = LOWER + above, LOWER_SHALLOW + above
    return row_stalls(
        spans[b, deep],
        counts[b, deep],
        spans[b, shallow],
        counts[b, shallow],
        piece[1],
        piece[2],
        cuts,
        count,
        module,
        out,
    )


@compiled("int64(float64[:, :, :, ::1], int64[:, ::1], float64[::1], float64[::1], int64, int64)")
def _most_fill(spans: Rows, counts: Labels, module: Rows, piece: Rows, b: int, side: int) -> int:
    """Return the parallel stalls that fill what the full rows leave of the shallow spans."""
    total = 0
    for i in range(counts[b, LOWER_SHALLOW + side]):
        start = max(piece[1], spans[b, LOWER_SHALLOW + side, i, 0])
        end = min(piece[2], spans[b, LOWER_SHALLOW + side, i, 1])
        if end - start < module[FILL_PITCH] - TOLERANCE_M:
            continue
        for k in range(counts[b, LOWER + side]):
            low, high = max(start, spans[b, LOWER + side, k, 0]), min(end, spans[b, LOWER + side, k, 1])
            run = fitting(high - low, module[PITCH], module[LEAN]) * module[PITCH]
            if run > 0:
                total += fitting(low - start, module[FILL_PITCH], 0.0)
                start = low + run + module[LEAN]
        total += fitting(end - start, module[FILL_PITCH], 0.0)
    return total


@compiled("int64(float64[:, :, :, ::1], int64[:, ::1], float64[::1])")
def potential(spans: Rows, counts: Labels, module: Rows) -> int:
    """Return the most stalls that a plan can hold: all rows full, no lane and no entrance taken from them."""
    total, fills = 0, module[FILL_PITCH] > 0
    pieces = pieces_of(spans, counts, module)
    for p in range(len(pieces)):
        piece = pieces[p]
        b = int(piece[0])
        for side in range(2):
            for i in range(counts[b, LOWER + side]):
                low, high = spans[b, LOWER + side, i, 0], spans[b, LOWER + side, i, 1]
                total += fitting(min(high, piece[2]) - max(low, piece[1]), module[PITCH], module[LEAN])
            if fills:
                total += _most_fill(spans, counts, module, piece, b, side)
    return total


@compiled("float64[::1](float64[:, ::1], float64, float64, float64[::1])")
def bases(edges: Rows, bottom: float, top: float, module: Rows) -> Rows:
    """Return the y of lowest aisles worth trying: a row or an aisle flush with a side along x, else evenly spread."""
    depth, aisle = module[DEPTH], module[AISLE]
    period = 2 * depth + aisle
    found, count = np.empty(MOST_BASES), 0
    flush, levels = np.empty(6), 2
    flush[0], flush[1] = bottom, top
    for i in range(len(edges)):
        along = abs(edges[i, 2] - edges[i, 0])
        if levels < len(flush) and along >= period / 2 and edges[i, 3] - edges[i, 1] <= along / 100:
            flush[levels] = edges[i, 1]
            levels += 1
    for k in range(levels * 4 + 3):
        y = bottom + (k - 4 * levels + 1) * period / 4
        if k < levels * 4:
            y = flush[k // 4] + (
                depth if k % 4 == 0 else -aisle if k % 4 == 1 else 0.0 if k % 4 == 2 else -depth - aisle
            )
        y = bottom - depth + (y - bottom + depth + TOLERANCE_M) % period - TOLERANCE_M
        known = False
        for i in range(count):
            known = known or abs(found[i] - y) < 0.01
        if not known and count < len(found):
            found[count] = y
            count += 1
    return found[:count]


@compiled("float64[:, ::1](float64[:, ::1], float64[::1])")
def with_room(edges: Rows, module: Rows) -> Rows:
    """Return the y of the lowest aisle, and the most stalls, of every offset of a module in one frame ``(n, 2)``."""
    bottom, top = edges[0, 1], edges[0, 3]
    for i in range(len(edges)):
        bottom, top = min(bottom, edges[i, 1]), max(top, edges[i, 3])
    starts = bases(edges, bottom, top, module)
    found = np.empty((len(starts), 2))
    for i in range(len(starts)):
        spans, counts = bay_strips(edges, module, starts[i], top)
        found[i, 0], found[i, 1] = starts[i], potential(spans, counts, module)
    return found
