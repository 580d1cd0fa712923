"""Chance that repeats: one generator a part, so that a change in one part leaves the others as they were."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]
GeometryArray = npt.NDArray[np.object_]


def generator(seed: int, part: str) -> np.random.Generator:
    """Return the generator of one part of the city, the same in every process and on every machine."""
    digest = hashlib.blake2b(f"{seed}/{part}".encode(), digest_size=16).digest()
    return np.random.Generator(np.random.PCG64(int.from_bytes(digest, "big")))


def draw(rng: np.random.Generator, shares: Mapping[Any, float], size: int) -> npt.NDArray[np.object_]:
    """Return ``size`` keys of ``shares``, each as often as its share says."""
    weights = np.array(list(shares.values()), dtype=float)
    keys = np.empty(len(shares), dtype=object)
    keys[:] = list(shares)
    return keys[rng.choice(len(keys), size=size, p=weights / weights.sum())]


def deal(rng: np.random.Generator, counts: Mapping[Any, int]) -> npt.NDArray[np.object_]:
    """Return every key of ``counts`` exactly as often as counted, shuffled."""
    keys = np.empty(sum(counts.values()), dtype=object)
    keys[:] = [key for key, count in counts.items() for _ in range(count)]
    return keys[rng.permutation(len(keys))]


def blank(rng: np.random.Generator, values: Sequence[Any] | npt.NDArray[Any], share: float) -> npt.NDArray[np.object_]:
    """Return ``values`` with about ``share`` of them missing, as ledgers are."""
    kept = np.empty(len(values), dtype=object)
    kept[:] = list(values)
    kept[rng.random(len(kept)) < share] = None
    return kept


def only(where: npt.NDArray[Any], values: Sequence[Any] | npt.NDArray[Any]) -> npt.NDArray[np.object_]:
    """Return ``values`` where they apply, missing elsewhere."""
    kept = np.empty(len(values), dtype=object)
    kept[:] = list(values)
    kept[~np.asarray(where, dtype=bool)] = None
    return kept
