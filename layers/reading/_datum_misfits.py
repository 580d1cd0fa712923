"""The few records of a file whose numbers are none of what the others are: a lost decimal point, two cells mixed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.errors import DatumError
from layers.reading._datum_refusals import SAY, shown

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from layers.crs import SourceCrs
    from layers.datums import Clues
    from layers.quality import Text

    Floats = NDArray[np.float64]

FEW, FEW_SHARE, MOST_SHARE = 3, 0.05, 0.2
"""ASSUMPTION: cells that are typed wrong are the exception: three, or 5 % of a long file, and never more than a fifth
of a short one. Beyond that a file holds two sorts of coordinates, which only a person can part."""
_MOST_DEGREES = 180.0


def is_few(count: int, total: int) -> bool:
    """Return whether ``count`` of ``total`` records are slips beside the rest, rather than a part of a mixture."""
    return count <= max(FEW, FEW_SHARE * total) and count <= MOST_SHARE * total


def misfits_of_said(
    x: Floats, y: Floats, said: SourceCrs, clues: Clues, where: Callable[[int], Text]
) -> NDArray[np.int64]:
    """Return the records that cannot be in the system that is said: no degrees where it has them, degrees where not.

    Where most records cannot, it is for :func:`layers.reading._datum_axes.turned_axes` to say that the system is wrong.

    Raises
    ------
    DatumError
        If they are too many for slips and too few for all.
    """
    there = np.isfinite(x) & np.isfinite(y)
    is_degrees = (np.abs(x) <= _MOST_DEGREES) & (np.abs(y) <= _MOST_DEGREES)
    rows = np.flatnonzero(there & (is_degrees != said.is_degrees))
    rest, total = np.flatnonzero(there & (is_degrees == said.is_degrees)), int(there.sum())
    if len(rows) >= len(rest):
        return np.empty(0, dtype=np.int64)
    if len(rows) and not is_few(len(rows), total):
        fits, others = shown(rest, x, y, where), shown(rows, x, y, where)
        raise DatumError(
            f"{clues.file} should be in {said.name}, but {len(rows)} of its {total} records are not ({others.en}), "
            f"while the others are ({fits.en})",
            f"{clues.file} 应为 {said.name}，{total} 条中有 {len(rows)} 条不是（{others.zh}），其余是（{fits.zh}）",
            **SAY,
        )
    return rows
