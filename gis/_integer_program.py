"""Integer programs by HiGHS (as scipy ships it), asked in a way that its answer can be trusted."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import optimize, sparse

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis._graph import Floats

OPTIMAL, STOPPED, IMPOSSIBLE = 0, 1, 2
"""What HiGHS says of its answer: proven, out of time, no answer exists."""

GAP = 1e-9
TOLERANCE = 1e-6


class Rows(NamedTuple):
    """Conditions: ``low <= matrix @ x <= high``."""

    matrix: sparse.csr_array
    low: Floats | float
    high: Floats | float


class Solved(NamedTuple):
    """The vector, or ``None`` where none was found; a proven bound; whether there is no answer at all."""

    x: Floats | None
    bound: float
    is_impossible: bool = False


def minimise(
    cost: Floats,
    rows: Sequence[Rows],
    whole: Floats,
    bounds: tuple[Floats | float, Floats | float],
    *,
    seconds: float,
) -> Solved:
    """Return the ``x`` of least ``cost @ x`` under ``rows`` and ``bounds``, integer where ``whole`` is 1.

    A vector is only believed if it keeps every condition itself: a status alone says nothing of it.
    """
    found = optimize.milp(
        cost,
        constraints=[optimize.LinearConstraint(*row) for row in rows],
        bounds=optimize.Bounds(*bounds),
        integrality=whole,
        options={"time_limit": max(seconds, 0.1), "mip_rel_gap": GAP},
    )
    if found.status == IMPOSSIBLE:
        return Solved(None, math.inf, is_impossible=True)
    bound = -math.inf if found.mip_dual_bound is None else float(found.mip_dual_bound)
    if found.status not in {OPTIMAL, STOPPED} or found.x is None:
        return Solved(None, bound)
    x = np.where(whole > 0, np.round(found.x), found.x)
    return Solved(x if _keeps(x, rows, bounds) else None, bound)


def _keeps(x: Floats, rows: Sequence[Rows], bounds: tuple[Floats | float, Floats | float]) -> bool:
    """Return whether a vector keeps what it must, up to :data:`TOLERANCE` of the size of each condition."""
    checks = [(x, *bounds), *((row.matrix @ x, row.low, row.high) for row in rows)]
    slack = [TOLERANCE * (1.0 + np.abs(value)) for value, _, _ in checks]
    return all(
        bool(np.all(value >= low - more) and np.all(value <= high + more))
        for (value, low, high), more in zip(checks, slack, strict=True)
    )
