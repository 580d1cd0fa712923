"""Whole numbers in the place of texts, for the joins of identity: numbering, pairing, grouping."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    Ints = NDArray[np.int64]
    Bools = NDArray[np.bool_]


def numbered(texts: pa.ChunkedArray) -> Ints:
    """Return a number for each text, the same for the same one; -1 for none."""
    indices = texts.combine_chunks().dictionary_encode().indices
    return np.asarray(indices.fill_null(-1).to_numpy(), dtype=np.int64)


def paired(one: NDArray[Any], other: NDArray[Any], is_there: Bools) -> Ints:
    """Return a number for each pair of whole numbers, the same for the same pair; -1 where it is not there."""
    low = int(other.min(initial=0))
    width = int(other.max(initial=0)) - low + 1
    codes = pd.factorize(one.astype(np.int64) * width + (other.astype(np.int64) - low))[0]
    return np.where(is_there, codes, -1).astype(np.int64)


def among(number: Ints, others: Ints) -> Bools:
    """Return which numbers (small, from -1) are among others; -1 never is."""
    there = np.zeros(max(number.max(initial=-1), others.max(initial=-1)) + 2, dtype=bool)
    there[others] = True
    there[-1] = False
    found: Bools = there[number]
    return found


def distinct(record: Ints, claim: Ints, n_assets: int) -> tuple[Ints, Ints]:
    """Return claims in order, the first of each record on each asset."""
    first = ~pd.Series(record * n_assets + claim).duplicated().to_numpy()
    return record[first], claim[first]


def only_owners(known_by: Ints, key_known_by: Ints, asset: Ints) -> Ints:
    """Return the one asset that the keys of each record's number lead to; -1 where there are none, or several.

    Also -1 for a record whose number another record of the file has.
    """
    count = int(max(known_by.max(initial=-1), key_known_by.max(initial=-1))) + 1
    told = np.flatnonzero(key_known_by >= 0)
    number, owner = distinct(key_known_by[told], asset[told], int(asset.max(initial=-1)) + 1)
    is_one = np.bincount(number, minlength=count) == 1
    asset_of = np.full(count + 1, -1, dtype=np.int64)  # the last is that of -1
    asset_of[number] = owner
    asset_of[:count][~is_one | (np.bincount(known_by[known_by >= 0], minlength=count) != 1)] = -1
    return np.asarray(asset_of[known_by], dtype=np.int64)


class Groups:
    """Keys sorted by a number, so that those of one number are found at once, oldest first."""

    def __init__(self, number: Ints) -> None:
        self._order = np.argsort(number, kind="stable").astype(np.int64)
        self._ends = np.cumsum(np.bincount(number + 1, minlength=1))

    def size_of(self, number: Ints) -> Ints:
        """Return how many keys have each number; none have -1."""
        first, last = self.bounds(number)
        return last - first

    def bounds(self, number: Ints) -> tuple[Ints, Ints]:
        """Return where the keys of each number begin and end in order."""
        inside = (number >= 0) & (number + 1 < len(self._ends))
        at = np.where(inside, number, 0)
        first = np.where(inside, self._ends[at], 0)
        return first, np.where(inside, self._ends[np.where(inside, at + 1, 0)], first)

    def keys(self, number: int) -> Ints:
        """Return the keys of one number."""
        first, last = self.bounds(np.array([number]))
        return self._order[first[0] : last[0]]

    def pairs(self, number: Ints, rows: Ints | None = None) -> tuple[Ints, Ints]:
        """Return every (record of ``rows``, or of all; key) of one number."""
        asked = np.arange(len(number)) if rows is None else rows
        first, last = self.bounds(number[asked])
        count = last - first
        before = np.cumsum(count) - count
        return np.repeat(asked, count), self._order[np.repeat(first - before, count) + np.arange(count.sum())]
