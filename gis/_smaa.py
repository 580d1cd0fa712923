"""Ranks under drawn weights and drawn data (SMAA), compiled.

Every uncertain quantity has a key of its own, and its number in a draw is a hash of that key and of the draw. So a
draw belongs to the quantity, not to its place in a table: the order of rows, the sites beside it and the number of
threads change nothing.

Lahdelma, R. & Salminen, P. (2001): SMAA-2, Operations Research 49(3), 444-454. The hash is the finaliser of
SplitMix64 (Steele, Lea & Flood 2014, OOPSLA).
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from hashlib import blake2b
from typing import TYPE_CHECKING

import numpy as np

from gis._compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Keys = NDArray[np.uint64]
    Ranks = NDArray[np.uint16] | NDArray[np.uint32]

THREADS = 2
"""Threads that share the draws; results do not depend on it."""
BLOCK_CELLS = 1_000_000
"""Scores that a thread holds at a time (8 MB)."""
TIE_BITS = 11
"""Bits by which equal scores are told apart, anew in each draw."""
SCORE_BITS = 40
"""Bits of a score at most: scores nearer to each other than 1e-12 are equal, so that rounding decides nothing."""
KEY_BITS = 62
"""Bits of a sort key: the score, the tie, the site. The more sites, the fewer are left for the score."""


def keys_of(names: Iterable[str]) -> Keys:
    """Return a 64-bit key for each name (BLAKE2b), the same on every machine."""
    digests = [blake2b(str(name).encode(), digest_size=8).digest() for name in names]
    return np.frombuffer(b"".join(digests), dtype="<u8").astype(np.uint64)


def mixed(keys: Keys) -> Keys:
    """Return the keys hashed once more, so that the exclusive or of two of them is as good as a new one."""
    z = keys ^ (keys >> np.uint64(30))
    z = z * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(z ^ (z >> np.uint64(31)))


def drawn_ranks(
    weights: Floats,
    bands: tuple[Floats, Floats, Floats],
    quantities: Keys,
    sites: Keys,
    draw_keys: Keys,
    *,
    threads: int = THREADS,
) -> Ranks:
    """Return the rank of each site in each draw; the ranks of a draw are 1 to the number of sites.

    A value is drawn by halves: ``value + u (high - value)`` for ``u`` in 0..1, ``value + u (value - low)`` for ``u`` in
    -1..0, ``u`` even over -1..1, so that the stated value is the median. Scores that agree to nine digits or
    more are equal, and chance decides between them, in each draw anew.

    Parameters
    ----------
    weights
        Drawn weights, draws x criteria, each row summing to 1.
    bands
        Value, low and high, each sites x criteria, from 0 to 1.
    quantities
        Key of the uncertain quantity behind each band, sites x criteria; where keys are equal, one number is drawn.
    sites
        Key of each site, for ties.
    draw_keys
        Key of each draw.
    threads
        Threads that share the draws.

    Returns
    -------
    ndarray
        Draws x sites.
    """
    value, low, high = bands
    draws, size = len(weights), len(value)
    index_bits = max(1, (size - 1).bit_length())
    found = np.empty((draws, size), dtype=np.uint16 if size < 2**16 else np.uint32)
    up, down = np.ascontiguousarray(high - value), np.ascontiguousarray(value - low)
    scale = float(2 ** min(SCORE_BITS, KEY_BITS - TIE_BITS - index_bits) - 1)
    rows = max(1, BLOCK_CELLS // max(1, size))

    def fill(start: int) -> None:
        here = slice(start, min(start + rows, draws))
        keys = np.empty((here.stop - start, size), dtype=np.int64)
        _sort_keys(weights[here], value, up, down, quantities, sites, draw_keys[here], scale, index_bits, keys)
        keys.sort(axis=1)
        _ranked(keys, index_bits, found[here])

    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(fill, range(0, draws, rows)))
    return found


@compiled(inline=True)
def _hashed(z: np.uint64) -> np.uint64:
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return z ^ (z >> np.uint64(31))


@compiled()
def _sort_keys(
    weights: Floats,
    value: Floats,
    up: Floats,
    down: Floats,
    quantities: Keys,
    sites: Keys,
    draw_keys: Keys,
    scale: float,
    index_bits: int,
    out: NDArray[np.int64],
) -> None:
    """Fill ``out`` (draws x sites) with keys that sort from worst to best: score, then chance, then the site itself."""
    tie_mask = np.uint64(2**TIE_BITS - 1)
    for draw in range(len(weights)):
        salt = draw_keys[draw]
        for site in range(len(value)):
            total = 0.0
            for item in range(weights.shape[1]):
                drawn = value[site, item]
                above, below = up[site, item], down[site, item]
                if above > 0.0 or below > 0.0:
                    bits = _hashed(quantities[site, item] ^ salt) >> np.uint64(11)
                    side = np.float64(bits) * 2.0**-52 - 1.0
                    drawn += side * (above if side > 0.0 else below)
                total += weights[draw, item] * drawn
            score = np.int64(min(max(total, 0.0), 1.0) * scale + 0.5)
            tie = np.int64(_hashed(sites[site] ^ salt) & tie_mask)
            out[draw, site] = (((score << TIE_BITS) | tie) << index_bits) | site


@compiled()
def _ranked(ordered: NDArray[np.int64], index_bits: int, out: Ranks) -> None:
    """Fill ``out`` (draws x sites) with the rank of each site from keys sorted from worst to best."""
    mask = (np.int64(1) << index_bits) - 1
    size = ordered.shape[1]
    for draw in range(len(ordered)):
        for place in range(size):
            out[draw, ordered[draw, place] & mask] = size - place
