"""Conditions that every plan keeps and half bundles do not: of three members no two bundles hold two each.

Subset-row cuts (M. Jepsen et al., Operations Research 56, 2008), for sets of three. A cut costs a bundle its dual price
once the bundle holds two of the three; who grows a bundle can count that as members join.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis._compiled import compiled

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from gis._graph import Floats, Ints

    Flags = NDArray[np.bool_]

    Rows = tuple[int, ...]
    Triple = tuple[int, int, int]

LEAST_BROKEN = 0.03
"""By how much a condition must be broken to be worth adding."""

MOST_TRIPLES = 200_000
"""Broken conditions that are looked at."""

LEAST_AT_ONCE, MOST_EACH = 60, 4
"""Conditions that are added at once, more of many members; of them those of one member."""


class Cuts(NamedTuple):
    """Conditions with their prices.

    Parameters
    ----------
    members
        ``(cuts, 3)``.
    cost
        Of each.
    starts, ends
        The cuts of member ``i``: ``ends[starts[i]:starts[i + 1]]``.
    """

    members: Ints
    cost: Floats
    starts: Ints
    ends: Ints


def cuts(members: Sequence[Triple], cost: Floats, count: int) -> Cuts:
    """Return the cuts of ``count`` members that cost anything."""
    dear = np.flatnonzero(cost > 0)
    triples = np.array(members, dtype=np.int64).reshape(-1, 3)[dear]
    order = np.argsort(triples.ravel(), kind="stable")
    starts = np.searchsorted(triples.ravel()[order], np.arange(count + 1)).astype(np.int64)
    return Cuts(triples, np.ascontiguousarray(cost[dear], dtype=np.float64), starts, order // 3)


@compiled()
def cost_of(cuts: Cuts, inside: Ints, mark: int, row: int) -> float:
    """Return what cuts cost a set when ``row`` joins; ``inside`` holds ``mark`` at its members."""
    cost = 0.0
    for at in range(cuts.starts[row], cuts.starts[row + 1]):
        cut, held = cuts.ends[at], 0
        for place in range(3):
            held += inside[cuts.members[cut, place]] == mark
        if held == 1:
            cost += cuts.cost[cut]
    return cost


def broken(bundles: Sequence[Rows], shares: Floats, known: set[Triple]) -> list[Triple]:
    """Return the conditions that are broken most by bundles taken in shares, without those known."""
    taken = [(bundle, share) for bundle, share in zip(bundles, shares, strict=True) if 1e-6 < share < 1 - 1e-6]
    if not taken:
        return []
    members = np.unique(np.concatenate([bundle for bundle, _ in taken]))
    place = {int(row): at for at, row in enumerate(members)}
    holds = np.zeros((len(members), len(taken)), dtype=np.bool_)
    for column, (bundle, _) in enumerate(taken):
        holds[[place[row] for row in bundle], column] = True
    found, excess = _triples(holds, np.array([share for _, share in taken]), LEAST_BROKEN)
    chosen: list[Triple] = []
    most = max(LEAST_AT_ONCE, len(members) // 8)
    often = np.zeros(len(members), dtype=int)
    for at in np.lexsort((*found.T[::-1], -excess.round(9))):
        triple = tuple(int(row) for row in members[found[at]])
        if triple not in known and often[found[at]].max() < MOST_EACH and len(chosen) < most:
            often[found[at]] += 1
            chosen.append((triple[0], triple[1], triple[2]))
    return chosen


@compiled()
def _triples(holds: Flags, shares: Floats, least: float) -> tuple[Ints, Floats]:
    """Return triples of members of which bundles that hold two take more than one together, and by how much."""
    both, count = _pairs(holds, shares), holds.shape[0]
    found, excess, size = np.empty((MOST_TRIPLES, 3), np.int64), np.empty(MOST_TRIPLES), 0
    for one in range(count):
        for two in range(one + 1, count):
            if both[one, two] <= 0:
                continue
            for three in range(two + 1, count):
                if both[one, three] <= 0 or both[two, three] <= 0:
                    continue
                over = both[one, two] + both[one, three] + both[two, three] - 1
                if over > least:
                    every = holds[one] & holds[two] & holds[three]
                    over -= 2 * (shares * every).sum()
                if over > least and size < MOST_TRIPLES:
                    found[size, 0], found[size, 1], found[size, 2], excess[size] = one, two, three, over
                    size += 1
    return found[:size].copy(), excess[:size].copy()


@compiled()
def _pairs(holds: Flags, shares: Floats) -> Floats:
    """Return how much of bundles is taken that hold each pair of members."""
    both = np.zeros((holds.shape[0], holds.shape[0]))
    for bundle in range(holds.shape[1]):
        rows = np.flatnonzero(holds[:, bundle])
        for one in rows:
            for other in rows:
                both[one, other] += shares[bundle]
    return both
