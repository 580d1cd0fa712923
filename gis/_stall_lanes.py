"""How cars reach the aisles of a plan: lanes from aisle to aisle, and an entrance on a given side; compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis._compiled import compiled
from gis._stall_bands import AISLE, DEPTH, TOLERANCE_M, clipped
from gis._stall_plans import LINK, MOST_STALLS_A_ROW, STRIPS, piece_row

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Rows = NDArray[np.float64]
    Labels = NDArray[np.int64]
    Strips = tuple[Rows, Labels, Rows, float]

WAYS, PLACES = 4, 3
"""Ways out of an aisle: over its right end, its left end, upwards, downwards; and places tried for each."""


@compiled("int64(int64[::1], int64)")
def root(parents: Labels, i: int) -> int:
    """Return the first aisle of the net that aisle ``i`` belongs to."""
    while parents[i] != i:
        i = parents[i]
    return i


@compiled("boolean(float64[:, ::1], int64, float64, float64)")
def holds(pieces: Rows, p: int, low: float, high: float) -> bool:
    """Whether aisle ``p`` runs along all of the span."""
    return bool(low >= pieces[p, 1] - TOLERANCE_M and high <= pieces[p, 2] + TOLERANCE_M)


@compiled(f"void({STRIPS}, float64[:, ::1], float64[:, ::1], int64, float64, float64, float64, float64[:, ::1])")
def place_lane(
    strips: Strips, pieces: Rows, lanes: Rows, at: int, low: float, high: float, lane_m: float, row: Rows
) -> None:
    """Put lane ``at`` where it leaves the most stalls: at an end of the span, or in its middle."""
    _, _, module, base = strips
    p, q = int(lanes[at, 4]), int(lanes[at, 5])
    lanes[at, 1] = base + pieces[p, 0] * (2 * module[DEPTH] + module[AISLE]) + module[AISLE]
    lanes[at, 3] = lanes[at, 1] + 2 * module[DEPTH]
    most, chosen = -1, low
    for place in range(3):
        x = low + place * (high - low - lane_m) / 2
        lanes[at, 0], lanes[at, 2] = x, x + lane_m
        held = piece_row(strips, pieces[p], 1, lanes, at + 1, row) + piece_row(strips, pieces[q], 0, lanes, at + 1, row)
        if held > most:
            most, chosen = held, x
    lanes[at, 0], lanes[at, 2] = chosen, chosen + lane_m


@compiled(f"int64({STRIPS}, float64[:, ::1], int64[::1], int64, int64)")
def upper_aisle(strips: Strips, pieces: Rows, nets: Labels, p: int, i: int) -> int:
    """Return the aisle of the next bay that free span ``i`` leads to from ``p``, in another net; -1 for none."""
    spans, _, _, _ = strips
    b = int(pieces[p, 0])
    low, high = spans[b, LINK, i, 0], spans[b, LINK, i, 1]
    if holds(pieces, p, low, high):
        for q in range(p + 1, len(pieces)):
            if int(pieces[q, 0]) == b + 1 and holds(pieces, q, low, high) and root(nets, p) != root(nets, q):
                return q
    return -1


@compiled(f"Tuple((float64[:, ::1], int64, int64[::1]))({STRIPS}, float64[:, ::1], float64, float64)")
def joined(strips: Strips, pieces: Rows, lane_m: float, loop_m: float) -> tuple[Rows, int, Labels]:
    """Return the lanes ``x0, y0, x1, y1, lower aisle, upper aisle``, how many, and the net each aisle belongs to.

    Two aisles that are not yet in one net are joined at the end of their common free span, or in its middle, where
    that costs the fewest stalls; at both ends of a span of ``loop_m`` or more, so that cars go round.
    """
    spans, counts, _, _ = strips
    nets, lanes = np.empty(len(pieces), np.int64), np.empty((2 * len(pieces) + 1, 6))
    for p in range(len(pieces)):
        nets[p] = p
    row, count = np.empty((MOST_STALLS_A_ROW, 3)), 0
    for p in range(len(pieces)):
        b = int(pieces[p, 0])
        for i in range(counts[b, LINK]):
            low, high = spans[b, LINK, i, 0], spans[b, LINK, i, 1]
            q = upper_aisle(strips, pieces, nets, p, i) if high - low >= lane_m else -1
            if q >= 0:
                lanes[count, 4], lanes[count, 5] = p, q
                is_loop = high - low >= loop_m
                place_lane(strips, pieces, lanes, count, low, low + lane_m if is_loop else high, lane_m, row)
                count += 1
                if is_loop:
                    lanes[count, 4], lanes[count, 5] = p, q
                    place_lane(strips, pieces, lanes, count, high - lane_m, high, lane_m, row)
                    count += 1
                nets[root(nets, q)] = root(nets, p)
    for p in range(len(pieces)):
        nets[p] = root(nets, p)
    return lanes, count, nets


@compiled(
    "UniTuple(float64, 2)(float64[:, ::1], int64[::1], int64, float64, float64, float64, float64, boolean, int64)",
)
def opening(
    edges: Rows,
    sides: Labels,
    side: int,
    across0: float,
    across1: float,
    start: float,
    lead: float,
    is_x: bool,
    sign: int,
) -> tuple[float, float]:
    """Return from where to where a lane leaves the plot through a side; ``nan`` if it cannot.

    Parameters
    ----------
    edges, sides
        Edges of the plot and its obstacles without setback ``(n, 4)``, and the side that each belongs to (-1: none).
    side
        The side to leave by.
    across0, across1
        The lane, across its direction.
    start
        Where the aisle lets the lane out.
    lead
        How far the lane may begin before ``start``.
    is_x
        Whether it runs along x.
    sign
        1 towards greater x or y, -1 the other way.
    """
    low, high = across0 + TOLERANCE_M, across1 - TOLERANCE_M
    near, far, covered = np.inf, -np.inf, 0.0
    ranges, count = np.empty((len(edges), 2)), 0
    for i in range(len(edges)):
        if is_x:
            u0, v0, u1, v1 = edges[i, 1], edges[i, 0], edges[i, 3], edges[i, 2]
        else:
            u0, v0, u1, v1 = edges[i, 0], edges[i, 1], edges[i, 2], edges[i, 3]
        if u0 > u1:
            u0, v0, u1, v1 = u1, v1, u0, v0
        if u1 <= low or u0 >= high:
            continue
        least, most = clipped(v0, u0, v1, u1, low, high)
        least, most = (least - start, most - start) if sign > 0 else (start - most, start - least)
        if most < -lead:
            continue
        if sides[i] == side and least >= -lead and abs(v1 - v0) <= u1 - u0:
            near, far = min(near, least), max(far, most)
            covered += min(u1, high) - max(u0, low)
        else:
            ranges[count, 0], ranges[count, 1] = least, most
            count += 1
    if abs(covered - (high - low)) > 0.01:
        return np.nan, np.nan
    near = min(near, 0.0)
    for i in range(count):
        if ranges[i, 0] < far - TOLERANCE_M and ranges[i, 1] > near + TOLERANCE_M:
            return np.nan, np.nan
    return near, far


@compiled(
    "float64[::1](float64[:, ::1], int64[::1], int64, float64[::1], float64, float64[::1], float64, int64, int64)",
)
def gate(
    edges: Rows, sides: Labels, side: int, piece: Rows, y: float, module: Rows, width: float, way: int, place: int
) -> Rows:
    """Return the entrance ``x0, y0, x1, y1`` of an aisle over ``side``; ``nan`` where there is none.

    Parameters
    ----------
    y
        Lower side of the aisle.
    way
        Over its right end (0), its left end (1), upwards (2) or downwards (3).
    place
        0, 1 or 2: at the start, in the middle or at the end of where it may stand.
    """
    found, share = np.empty(4), place / 2
    found[0] = np.nan
    if way < 2:
        across = y + share * (module[AISLE] - width)
        start, sign = piece[2 - way], 1 - 2 * way
        near, far = opening(edges, sides, side, across, across + width, start, width, True, sign)
        first, last = start + sign * near, start + sign * far
        found[0], found[1], found[2], found[3] = min(first, last), across, max(first, last), across + width
        return found
    least, most = np.inf, -np.inf
    for i in range(len(edges)):
        if sides[i] == side:
            first, last = edges[i, 0], edges[i, 2]
            least, most = min(least, first, last), max(most, first, last)
    least, most = max(least, piece[1]), min(most, piece[2])
    if most - least < width:
        return found
    across = least + share * (most - least - width)
    start, sign = y + (3 - way) * module[AISLE], 5 - 2 * way
    near, far = opening(edges, sides, side, across, across + width, start, 0.0, False, sign)
    first, last = start + sign * near, start + sign * far
    found[0], found[1], found[2], found[3] = across, min(first, last), across + width, max(first, last)
    return found


@compiled(
    f"int64({STRIPS}, float64[:, ::1], int64[::1], int64[::1], int64, float64[:, ::1], int64, float64[:, ::1])",
)
def left_by(
    strips: Strips, pieces: Rows, nets: Labels, each: Labels, net: int, blocks: Rows, at: int, row: Rows
) -> int:
    """Return the stalls that entrance ``blocks[at]`` leaves to a net, whose aisles hold ``each`` without it."""
    _, _, module, base = strips
    total = 0
    for p in range(len(pieces)):
        if nets[p] == net:
            y = base + pieces[p, 0] * (2 * module[DEPTH] + module[AISLE])
            if blocks[at, 1] < y + module[AISLE] + module[DEPTH] and blocks[at, 3] > y - module[DEPTH]:
                total += piece_row(strips, pieces[p], 0, blocks, at + 1, row)
                total += piece_row(strips, pieces[p], 1, blocks, at + 1, row)
            else:
                total += each[p]
    return total


@compiled(
    "Tuple((int64, int64, float64[::1]))(float64[:, ::1], int64[::1], int64,"
    f" {STRIPS}, float64[:, ::1], float64[:, ::1], int64, int64[::1], float64)",
)
def best_gate(
    edges: Rows,
    sides: Labels,
    side: int,
    strips: Strips,
    pieces: Rows,
    lanes: Rows,
    lane_count: int,
    nets: Labels,
    width: float,
) -> tuple[int, int, Rows]:
    """Return the most stalls behind one entrance over ``side``, its aisle (-1: there is none), and that entrance.

    The entrance is written behind the lanes, so that it takes its stalls like one of them.
    """
    _, _, module, base = strips
    row, best, at = np.empty((MOST_STALLS_A_ROW, 3)), 0, -1
    chosen, period = np.empty(4), 2 * module[DEPTH] + module[AISLE]
    each, held = np.empty(len(pieces), np.int64), np.zeros(len(pieces), np.int64)
    for p in range(len(pieces)):
        each[p] = piece_row(strips, pieces[p], 0, lanes, lane_count, row)
        each[p] += piece_row(strips, pieces[p], 1, lanes, lane_count, row)
        held[nets[p]] += each[p]
    for p in range(len(pieces)):
        for k in range(WAYS * PLACES):
            if held[nets[p]] <= best:
                break
            y = base + pieces[p, 0] * period
            found = gate(edges, sides, side, pieces[p], y, module, width, k // PLACES, k % PLACES)
            if np.isnan(found[0] + found[1] + found[2] + found[3]):
                continue
            for i in range(4):
                lanes[lane_count, i] = found[i]
            stalls = left_by(strips, pieces, nets, each, nets[p], lanes, lane_count, row)
            if stalls > best:
                best, at, chosen = stalls, p, found
    return best, at, chosen
