"""One-to-one assignment of the most total score, and which of its pairs are no better than another choice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.optimize import linear_sum_assignment
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components, min_weight_full_bipartite_matching

if TYPE_CHECKING:
    from numpy.typing import NDArray


LARGEST_DENSE = 4_000_000
"""Cells of a score matrix up to which the dense solver is used (32 MB)."""


def assign(left: NDArray[np.int64], right: NDArray[np.int64], score: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Return which pairs to take so that no record is taken twice and the total score is greatest.

    Solved in each connected component by itself; a pair whose records have no other pair is simply taken.

    Parameters
    ----------
    left, right
        Records of each pair; a pair occurs once.
    score
        Above 0.
    """
    taken = np.zeros(len(score), dtype=bool)
    if not len(score):
        return taken
    rows, columns = np.unique(left, return_inverse=True)[1], np.unique(right, return_inverse=True)[1]
    taken[:] = (np.bincount(rows)[rows] == 1) & (np.bincount(columns)[columns] == 1)
    open_pairs = np.flatnonzero(~taken)
    if not len(open_pairs):
        return taken
    component = _components(rows[open_pairs], columns[open_pairs])
    ordered = open_pairs[np.argsort(component, kind="stable")]
    for pairs in np.split(ordered, np.cumsum(np.bincount(component))[:-1]):
        taken[pairs] = _solved(rows[pairs], columns[pairs], score[pairs])
    return taken


def _components(rows: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of the connected component of each pair."""
    first = int(rows.max()) + 1
    size = first + int(columns.max()) + 1
    graph = coo_array((np.ones(len(rows)), (rows, first + columns)), shape=(size, size))
    _, numbers = np.unique(connected_components(graph, directed=False)[1][rows], return_inverse=True)
    return np.asarray(numbers, dtype=np.int64)


def _solved(rows: NDArray[np.int64], columns: NDArray[np.int64], score: NDArray[np.float64]) -> NDArray[np.bool_]:
    row, column = np.unique(rows, return_inverse=True)[1], np.unique(columns, return_inverse=True)[1]
    n_rows, n_columns = int(row.max()) + 1, int(column.max()) + 1
    partner = np.full(n_rows, -1)
    if n_rows * n_columns <= LARGEST_DENSE:
        scores = np.zeros((n_rows, n_columns))
        scores[row, column] = score
        matched = linear_sum_assignment(scores, maximize=True)
    else:  # a record may stay alone: it is then matched with a stand-in of score 0
        alone, most = np.arange(n_rows), 1.0 + float(score.max())
        cost = np.concatenate([most - score, np.full(n_rows, most)])
        places = np.concatenate([row, alone]), np.concatenate([column, n_columns + alone])
        matched = min_weight_full_bipartite_matching(coo_array((cost, places)).tocsr())
    partner[matched[0]] = matched[1]
    return np.asarray(partner[row] == column, dtype=bool)


def rivals(
    left: NDArray[np.int64],
    right: NDArray[np.int64],
    score: NDArray[np.float64],
    taken: NDArray[np.bool_],
    margin: float,
) -> NDArray[np.bool_]:
    """Return pairs between which the scores do not decide.

    For every pair that was not taken: what would be lost if it were? Its records leave their partners, and these go to
    each other or to the best free record. Where the total falls by less than ``margin``, all pairs of both choices are
    returned.

    Parameters
    ----------
    left, right, score
        As in :func:`assign`.
    taken
        Which pairs were assigned.
    margin
        Scores that differ by less are equally good.
    """
    pairs = pd.DataFrame({"left": left, "right": right, "score": score, "pair": np.arange(len(score))})
    own, others = pairs[taken], pairs[~taken]
    by_left, by_right = own.set_index("left"), own.set_index("right")
    is_free = ~others["left"].isin(own["left"]), ~others["right"].isin(own["right"])
    leaves = by_left.reindex(others["left"]), by_right.reindex(others["right"])
    # The record that each loses its partner: of the right list beside ``left``, of the left list beside ``right``.
    lone = leaves[0]["right"].to_numpy(), leaves[1]["left"].to_numpy()
    swap = pd.DataFrame({"left": lone[1], "right": lone[0]}).merge(pairs, on=["left", "right"], how="left")
    away = _best(others[is_free[0]], "right").reindex(lone[0]), _best(others[is_free[1]], "left").reindex(lone[1])
    ways = [[swap], list(away)]
    gains = [sum(np.nan_to_num(table["score"].to_numpy()) for table in way) for way in ways]
    loss = sum(np.nan_to_num(table["score"].to_numpy()) for table in leaves)
    found = np.zeros(len(score), dtype=bool)
    for way, gain in zip(ways, gains, strict=True):
        is_rival = (loss - others["score"].to_numpy() - gain < margin) & (loss > 0)
        for table in (others, *leaves, *way):
            numbers = table["pair"].to_numpy(dtype=np.float64)[is_rival]
            found[numbers[~np.isnan(numbers)].astype(np.int64)] = True
    return found


def _best(pairs: pd.DataFrame, side: str) -> pd.DataFrame:
    """Return the best pair of each record of one side."""
    return pairs.sort_values(["score", "pair"], ascending=[False, True]).drop_duplicates(side).set_index(side)
