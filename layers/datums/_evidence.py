"""What a comparison says: a log-likelihood a record and reading, and a sentence for people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from layers.quality import Text

    Floats = NDArray[np.float64]

INDEPENDENT_RECORDS = 200
"""ASSUMPTION: records of one file err together (one clerk, one boundary layer), so that more than 200 say no more."""


@dataclass(frozen=True)
class Evidence:
    """One comparison of the records with what is trusted.

    Parameters
    ----------
    weight
        Natural logarithm of how much better each reading explains each record than chance does, shape (records,
        readings); a row of zeros where the record says nothing.
    measure
        What was measured, of the same shape: 1 or 0 for a share, metres for a distance; NaN where nothing was.
    tell
        From the measures of the records of a group under its best reading, and under another (``None`` where there is
        none) with that reading's name, to a sentence.
    """

    weight: Floats
    measure: Floats
    tell: Callable[[Floats, Floats | None, str], Text]

    def total(self, rows: NDArray[np.bool_]) -> Floats:
        """Return what the records ``rows`` say together of each reading, for at most 200 records' worth."""
        speaking = self.weight[rows & self.weight.any(axis=1)]
        summed = speaking.sum(axis=0)
        return np.asarray(summed * min(1.0, INDEPENDENT_RECORDS / max(len(speaking), 1)))

    def sentence(self, rows: NDArray[np.bool_], best: int, other: int | None, other_name: str) -> Text | None:
        """Return what the records ``rows`` show for the reading ``best``; ``None`` where they show nothing."""
        measured = rows & ~np.isnan(self.measure).all(axis=1)
        if not measured.any():
            return None
        rival = None if other is None else self.measure[measured, other]
        return self.tell(self.measure[measured, best], rival, other_name)
