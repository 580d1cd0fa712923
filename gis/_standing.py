"""Where a site would stand with another score, all other sites staying as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import ArrayLike, NDArray

RESOLUTION = 1e-12
"""Scores nearer to each other than this are equal, and the id decides."""
ID_BITS = 22
"""Bits of a key below the score; so many sites as they count (4 million) can be told apart by id."""


class Standing:
    """The candidates of one theme in the order of their scores, ties by id, as :func:`gis.ranking.ranks` has them.

    Parameters
    ----------
    score
        Score of each candidate, 0 to 1.
    ids
        ``opportunity_id`` of each candidate, unique.
    """

    def __init__(self, score: pd.Series, ids: pd.Series) -> None:
        self._place = np.empty(len(score), dtype=np.int64)
        self._place[np.argsort(ids.to_numpy(dtype=object), kind="stable")] = np.arange(len(score))
        self._own = self._keys(score.to_numpy(dtype=float), np.arange(len(score)))
        self._ordered = np.sort(self._own)

    def _keys(self, score: NDArray[np.float64], at: ArrayLike) -> NDArray[np.int64]:
        steps = np.rint(score / RESOLUTION).astype(np.int64)
        return np.asarray((steps << ID_BITS) - self._place[np.asarray(at)])

    def rank(self, at: ArrayLike, score: ArrayLike) -> NDArray[np.int64]:
        """Return the rank that each site would have if its score alone were another.

        Parameters
        ----------
        at
            Positions of the sites among the candidates.
        score
            The score each would have.
        """
        keys = self._keys(np.asarray(score, dtype=float), at)
        ahead = len(self._ordered) - np.searchsorted(self._ordered, keys, side="right")
        return np.asarray(1 + ahead - (self._own[np.asarray(at)] > keys))

    def order(self) -> NDArray[Any]:
        """Return the positions of the candidates from the best to the last."""
        return np.argsort(-self._own, kind="stable")
