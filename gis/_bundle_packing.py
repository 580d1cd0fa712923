"""The best plan that can be made of given bundles: disjoint, paid for year by year; an integer program by HiGHS."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import highspy
import numpy as np
from scipy import sparse

from gis._bundle_clock import NODES
from gis._bundle_master import CNY, Left, at_best, solver, to_share
from gis.bundle import TOLERANCE_CNY

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from gis._bundle_clock import Clock
    from gis._bundle_ground import Ground
    from gis._graph import Floats, Ints

    Flags = NDArray[np.bool_]
    Rows = tuple[int, ...]
    Started = dict[Rows, int]

ENDED = (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kInfeasible)
"""What a program says that was not given up: its word, or its silence, is proven."""

GAP = 1e-9
TOLERANCE = 1e-6
EXACT = 1e-9
"""How exactly the solver keeps conditions: a thousandth of a CNY."""

MONEY_TOLERANCE = 4e-9
"""What money may be over, in millions: with half of :data:`gis.bundle.TOLERANCE_CNY` that is added to every limit, less
than that tolerance."""


class Packed(NamedTuple):
    """Bundles with their start years, their benefit, and a proven bound over the bundles given."""

    bundles: Started
    benefit: float
    bound: float


class _Choices(NamedTuple):
    """Every bundle in every year in which it may start: number of the bundle, year, money spent by year."""

    bundle: Ints
    start: Ints
    spent: Floats


def packed(
    ground: Ground,
    bundles: Sequence[Rows],
    left: Left,
    clock: Clock,
    *,
    kept: Sequence[int] = (),
    start: Mapping[Rows, int] | None = None,
    by_year: bool = True,
    cuts: Sequence[tuple[int, int, int]] = (),
    part: float = 1.0,
    nodes: int = NODES,
) -> Packed | None:
    """Return the best plan of disjoint ``bundles`` within what is ``left``; ``None`` where none keeps ``kept``.

    Parameters
    ----------
    ground, bundles, left, clock
        Members, bundles that each may be one, what they may use, and the time of the whole search.
    kept
        Members that must be in one of them.
    start
        A plan to begin with.
    by_year
        Whether money is looked at year by year, or only as a whole (all start in year 0 then).
    cuts
        Sets of three members of which no two bundles may hold two each: true of every plan, and of help.
    part, nodes
        Of the whole time, and looked at where nothing tells the time, after which the best so far is returned.
    """
    if not by_year and left.budget.size:
        left = left._replace(budget=left.budget.sum(keepdims=True))
    if not bundles:
        return None if len(kept) else Packed({}, 0.0, 0.0)
    choices = _choices(ground, bundles, left.budget, by_year=by_year)
    if not len(choices.bundle):
        return None if len(kept) else Packed({}, 0.0, 0.0)
    matrix, low, high = _rows(ground, bundles, choices, left, kept=kept, by_year=by_year)
    money = slice(len(ground.npv), len(low))
    if cuts:
        matrix, low, high = _with_cuts(matrix, low, high, len(ground.npv), cuts)
    benefit = np.array([ground.benefit[list(rows)].sum() for rows in bundles])[choices.bundle]
    highs = _model(benefit, matrix, low, high, clock)
    clock.within(highs, part, nodes=nodes)
    if start:
        solution = highspy.HighsSolution()
        solution.col_value = _begun(bundles, choices, start, by_year=by_year).tolist()
        highs.setSolution(solution)
    highs.run()
    clock.is_ended |= highs.getModelStatus() not in ENDED
    slack = np.full(len(low), TOLERANCE)
    slack[money] = MONEY_TOLERANCE
    chosen = _kept_to(highs, matrix, low - slack, high + slack)
    if chosen is None:
        return None
    found = {bundles[choices.bundle[at]]: int(choices.start[at]) for at in np.flatnonzero(chosen)}
    value = float(benefit[chosen].sum())
    return Packed(found, value, max(value, float(highs.getInfo().mip_dual_bound)))


def _begun(bundles: Sequence[Rows], choices: _Choices, start: Mapping[Rows, int], *, by_year: bool) -> Floats:
    """Return a plan as values of the choices."""
    begun = [
        start.get(bundles[bundle], -1) == year or (not by_year and bundles[bundle] in start)
        for bundle, year in zip(*choices[:2], strict=True)
    ]
    return np.array(begun, dtype=float)


def _kept_to(highs: highspy.Highs, matrix: sparse.csc_array, low: Floats, high: Floats) -> Flags | None:
    """Return which choices a solver took, if they keep the conditions: a status alone says nothing of a vector."""
    chosen = np.round(np.array(highs.getSolution().col_value))
    if highs.getInfo().primal_solution_status != highspy.SolutionStatus.kSolutionStatusFeasible:
        return None
    used = matrix @ chosen
    return None if (used < low).any() or (used > high).any() else chosen > 0.5


def _choices(ground: Ground, bundles: Sequence[Rows], budget: Floats, *, by_year: bool) -> _Choices:
    """Return bundles by year, in those years in which their money is there."""
    spans = np.array([ground.public[list(rows)].sum(axis=0) for rows in bundles]).reshape(len(bundles), -1)
    spans = spans if by_year else spans.sum(axis=1, keepdims=True)
    if not ground.budget.size:
        every = np.arange(len(bundles))
        return _Choices(every, np.zeros_like(every), np.empty((len(bundles), 0)))
    is_alike = ground.transfers <= TOLERANCE_CNY  # what asks for no money is the same in every year
    found = []
    for year in range(len(budget)):
        within = min(spans.shape[1], len(budget) - year)
        fits = (spans[:, :within] <= budget[year : year + within] + TOLERANCE_CNY).all(axis=1)
        fits &= (spans[:, within:] == 0).all(axis=1)
        if year and is_alike:
            fits &= (spans != 0).any(axis=1)
        at = np.flatnonzero(fits)
        spent = np.zeros((len(at), len(budget)))
        spent[:, year : year + within] = spans[at, :within]
        found.append(_Choices(at, np.full(len(at), year), spent))
    return _Choices(*(np.concatenate(parts) for parts in zip(*found, strict=True)))


def _rows(
    ground: Ground, bundles: Sequence[Rows], choices: _Choices, left: Left, *, kept: Sequence[int], by_year: bool
) -> tuple[sparse.csc_array, Floats, Floats]:
    """Return the conditions: each member once, money by year, all balance, transfers."""
    sizes = np.array([len(bundles[bundle]) for bundle in choices.bundle])
    members = np.concatenate([bundles[bundle] for bundle in choices.bundle]).astype(np.int64)
    at = np.repeat(np.arange(len(sizes)), sizes)
    shape = (len(ground.npv), len(sizes))
    once = sparse.csr_array((np.ones(len(at)), (members, at)), shape=shape)
    shares = to_share(ground, bundles)[choices.bundle]
    shares = (shares * ground.yearly**choices.start if by_year else at_best(ground, shares)) * CNY
    money = np.vstack([choices.spent.T * CNY, shares[None, :], np.maximum(-shares, 0.0)[None, :]])
    low = np.full(shape[0] + len(money), -np.inf)
    low[list(kept)], low[-2] = 1.0, -left.npv * CNY
    spare = (left.budget + TOLERANCE_CNY / 2) * CNY
    high = np.r_[np.ones(shape[0]), spare, np.inf, left.transfers * CNY]
    return sparse.vstack([once, sparse.csr_array(money)], format="csc"), low, high


def _with_cuts(
    matrix: sparse.csc_array, low: Floats, high: Floats, count: int, cuts: Sequence[tuple[int, int, int]]
) -> tuple[sparse.csc_array, Floats, Floats]:
    """Return the conditions with the cuts among them."""
    at = np.array(cuts, dtype=np.int64)
    rows = np.repeat(np.arange(len(at)), 3)
    of = sparse.csr_array((np.ones(at.size), (rows, at.ravel())), shape=(len(at), count))
    held = (of @ matrix[:count]).tocsc()
    held.data = (held.data > 1.5).astype(float)
    held.eliminate_zeros()
    return (
        sparse.vstack([matrix, held], format="csc"),
        np.r_[low, np.full(len(at), -np.inf)],
        np.r_[high, np.ones(len(at))],
    )


def _model(benefit: Floats, matrix: sparse.csc_array, low: Floats, high: Floats, clock: Clock) -> highspy.Highs:
    """Return the integer program, ready to run."""
    program = highspy.HighsLp()
    program.num_row_, program.num_col_ = matrix.shape
    program.sense_ = highspy.ObjSense.kMaximize
    program.col_cost_, program.col_lower_ = benefit, np.zeros(len(benefit))
    program.col_upper_ = np.ones(len(benefit))
    program.row_lower_, program.row_upper_ = low, high
    program.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    program.a_matrix_.start_, program.a_matrix_.index_ = matrix.indptr, matrix.indices
    program.a_matrix_.value_ = matrix.data
    program.integrality_ = [highspy.HighsVarType.kInteger] * len(benefit)
    exact = {"mip_feasibility_tolerance": EXACT, "primal_feasibility_tolerance": EXACT}
    highs = solver(clock, mip_rel_gap=GAP, **exact)
    highs.passModel(program)
    return highs
