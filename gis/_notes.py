"""What an analysis says about itself in words: notes in two languages, and the codes of data that is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
    from numpy.typing import NDArray

GEOMETRY = "community.geometry"
"""Code in ``missing`` of a community that has no place yet."""


class Note(NamedTuple):
    """One sentence about a run (what was left out and why), in Chinese and in English."""

    zh: str
    en: str


def missing_codes(flags: Mapping[str, pd.Series | NDArray[np.bool_] | bool], index: pd.Index) -> pd.Series:
    """Return, per row, the codes whose flag is true, sorted and separated by commas (empty where none is).

    Parameters
    ----------
    flags
        Code (``community.vehicle_count``: layer and field; ``parking``: the whole layer) -> which rows lack it.
    index
        Rows of the result.
    """
    text = pd.Series("", index=index, dtype="object")
    for code in sorted(flags):
        lacks = pd.Series(flags[code], index=index, dtype="bool")
        text = text.mask(lacks, text + "," + code)
    return text.str.lstrip(",").rename("missing").astype("string")


def merged_codes(*parts: pd.Series) -> pd.Series:
    """Return the union of several ``missing`` columns on the same rows, sorted and separated by commas."""
    rows = zip(*(part.fillna("") for part in parts), strict=True)
    united = [",".join(sorted({code for text in row for code in text.split(",") if code})) for row in rows]
    return pd.Series(united, index=parts[0].index, name="missing", dtype="string")
