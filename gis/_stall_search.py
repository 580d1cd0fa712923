"""The search over angles, modules and offsets: the plans with the most room first, until none can be better."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gis._stall_bands import AISLE, DEPTH, turned
from gis._stall_lanes import best_gate, joined
from gis._stall_plans import MOST_STALLS_A_ROW, bay_strips, link_strips, piece_row, pieces_of, with_room

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Edges = NDArray[np.float64]


BASES_KEPT = 3
"""Offsets of one angle and module that are kept: another module may be better once lanes have taken their share."""


class Plan(NamedTuple):
    """Angle of the aisles in radians, which module, y of the lowest aisle, and the most stalls that fit."""

    angle: float
    module: int
    base: float
    most: int


class Laid(NamedTuple):
    """A plan laid over a plot: its strips, aisles ``(n, 3)``, lanes ``(2 n + 1, 6)``, and the net of each aisle."""

    around: Edges
    strips: tuple[Any, ...]
    pieces: Edges
    lanes: Edges
    lane_count: int
    nets: NDArray[np.int64]


class Gated(NamedTuple):
    """The entrance of a laid plan: the stalls it reaches, its aisle (-1: there is none), and ``x0, y0, x1, y1``."""

    held: int
    at: int
    entrance: Edges


class Drawn(NamedTuple):
    """What the entrance of a plan reaches, in the frame of the plan.

    Parameters
    ----------
    pieces
        ``(n, 3)``: y of the lower side, start and end of each aisle.
    lanes
        ``(n, 6)``: ``x0, y0, x1, y1, lower aisle, upper aisle``.
    entrance
        ``x0, y0, x1, y1``.
    at
        The aisle that it leads to.
    stalls
        ``(n, 5)``: start, end, 0 full or 1 parallel, aisle, 0 below it or 1 above.
    """

    pieces: Edges
    lanes: Edges
    entrance: Edges
    at: int
    stalls: Edges


def plans(edges: Edges, angles: Sequence[float], modules: Edges) -> list[Plan]:
    """Return every plan with room, the most stalls first.

    Parameters
    ----------
    edges
        ``(n, 4)`` of the plot less setback and obstacles, metres from a local origin.
    angles
        Directions of the aisles, in radians.
    modules
        ``(n, 7)``, as :data:`gis._stall_bands.DEPTH` and the following say.
    """
    found = []
    for angle in angles:
        frame = turned(edges, math.cos(angle), math.sin(angle))
        for number, module in enumerate(modules):
            room = [
                Plan(angle, number, base, int(most)) for base, most in with_room(frame, module).tolist() if most > 0
            ]
            found += sorted(room, key=lambda plan: -plan.most)[:BASES_KEPT]
    return sorted(found, key=lambda plan: -plan.most)


def laid(edges: Edges, hard: Edges, plan: Plan, module: Edges, lane_m: float, loop_m: float) -> Laid:
    """Return a plan with its aisles joined by lanes."""
    cosine, sine = math.cos(plan.angle), math.sin(plan.angle)
    frame, around = turned(edges, cosine, sine), turned(hard, cosine, sine)
    spans, counts = bay_strips(frame, module, plan.base, frame[:, 3].max())
    link_strips(frame, module, plan.base, spans, counts)
    strips = (spans, counts, module, plan.base)
    pieces = pieces_of(spans, counts, module)
    return Laid(around, strips, pieces, *joined(strips, pieces, lane_m, loop_m))


def gated(plan: Laid, sides: NDArray[np.int64], side: int, width_m: float) -> Gated:
    """Return the most stalls that an entrance over ``side`` reaches."""
    count, at, entrance = best_gate(plan.around, sides, side, *plan[1:], width_m)
    return Gated(int(count), int(at), entrance)


def drawn(plan: Laid, gate: Gated) -> Drawn:
    """Return what an entrance reaches."""
    blocks, count = plan.lanes.copy(), plan.lane_count + 1
    blocks[count - 1, :4] = gate.entrance
    row, reached = np.empty((MOST_STALLS_A_ROW, 3)), plan.nets == plan.nets[gate.at]
    parts = []
    for number in np.flatnonzero(reached):
        for above in range(2):
            held = piece_row(plan.strips, plan.pieces[number], above, blocks, count, row)
            parts.append(np.column_stack([row[:held], np.full(held, number), np.full(held, above)]))
    _, _, module, base = plan.strips
    pieces = plan.pieces.copy()
    pieces[:, 0] = base + pieces[:, 0] * (2 * module[DEPTH] + module[AISLE])
    lanes = plan.lanes[: plan.lane_count]
    return Drawn(pieces, lanes[reached[lanes[:, 4].astype(int)]], gate.entrance, gate.at, np.concatenate(parts))
