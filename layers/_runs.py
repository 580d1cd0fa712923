"""Sets of record numbers: a million neighbours are one run, so what is said of them stays one line."""

from __future__ import annotations

from typing import TYPE_CHECKING, Self

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from numpy.typing import NDArray


class Runs:
    """An ascending set of whole numbers, kept as its runs; equal and hashed by content, never changed.

    Parameters
    ----------
    ends
        First and last number of each run, both inclusive, shape (runs, 2), ascending and not touching.
    """

    __slots__ = ("_ends",)

    def __init__(self, ends: NDArray[np.int64]) -> None:
        self._ends = ends

    @classmethod
    def of(cls, numbers: Collection[int] | NDArray[np.int64]) -> Self:
        """Return the set of ``numbers``, in any order, repeated or not."""
        if len(numbers) == 1:
            number = next(iter(numbers))
            return cls(np.full((1, 2), number, dtype=np.int64))
        values = np.asarray(numbers if isinstance(numbers, np.ndarray) else list(numbers), dtype=np.int64)
        if len(values) and not (values[1:] > values[:-1]).all():
            values = np.unique(values)
        breaks = np.flatnonzero(np.diff(values) != 1)
        first, last = np.append(0, breaks + 1), np.append(breaks, len(values) - 1)
        return cls(np.column_stack([values[first], values[last]]) if len(values) else _NOTHING)

    def __len__(self) -> int:
        """Return how many numbers there are, not how many runs."""
        return int((self._ends[:, 1] - self._ends[:, 0] + 1).sum())

    def __iter__(self) -> Iterator[int]:
        """Yield the numbers, ascending."""
        return iter(self.array().tolist())

    def __eq__(self, other: object) -> bool:
        """Return whether both hold the same numbers."""
        return isinstance(other, Runs) and np.array_equal(self._ends, other._ends)

    def __hash__(self) -> int:
        """Return a hash of the content."""
        return hash(self._ends.tobytes())

    def __repr__(self) -> str:
        """Return the numbers as a reader writes them."""
        return f"Runs({self.text()})"

    @property
    def first(self) -> int | None:
        """The smallest number, ``None`` where there is none."""
        return int(self._ends[0, 0]) if len(self._ends) else None

    def array(self) -> NDArray[np.int64]:
        """Return the numbers, ascending."""
        sizes = self._ends[:, 1] - self._ends[:, 0] + 1
        starts = np.repeat(self._ends[:, 0] - np.append(0, np.cumsum(sizes)[:-1]), sizes)
        return np.asarray(starts + np.arange(len(starts)), dtype=np.int64)

    def pairs(self) -> list[list[int]]:
        """Return first and last number of each run, as JSON values."""
        pairs: list[list[int]] = self._ends.tolist()
        return pairs

    def text(self, between: str = ", ", *, most: int | None = None) -> str:
        """Return ``1-5, 9``; where there are more than ``most`` runs, the first ones and an ellipsis."""
        shown = self.pairs() if most is None else self._ends[:most].tolist()
        said = [str(first) if first == last else f"{first}-{last}" for first, last in shown]
        return between.join([*said, "…"] if len(shown) < len(self._ends) else said)


_NOTHING = np.empty((0, 2), dtype=np.int64)
NO_RECORDS = Runs(_NOTHING)
"""What concerns a whole file names no record."""


def is_among(numbers: NDArray[np.int64], ascending: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which numbers stand in an ascending array, in the time that the numbers take and not the array."""
    if not len(ascending):
        return np.zeros(len(numbers), dtype=bool)
    at = np.minimum(np.searchsorted(ascending, numbers), len(ascending) - 1)
    return np.asarray(ascending[at] == numbers, dtype=bool)
