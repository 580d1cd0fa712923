"""Regions of a few steps around, which together hold every member."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse
from scipy.sparse import csgraph

if TYPE_CHECKING:
    from gis._bundle_ground import Ground
    from gis._graph import Ints

STEPS, CORE_STEPS = 5, 3
"""How far a region reaches from its middle, and how near every member is to a middle."""


def adjacency(ground: Ground) -> sparse.csr_array:
    """Return which members are neighbours as a matrix of ones."""
    count = len(ground.npv)
    return sparse.csr_array((np.ones(len(ground.ends)), ground.ends, ground.starts), shape=(count, count))


def regions(ground: Ground) -> list[Ints]:
    """Return the members of each region; a middle lies where no other is near, the first ones first."""
    count, links = len(ground.npv), adjacency(ground)
    is_near, found = np.zeros(count, dtype=bool), []
    for middle in range(count):
        if not is_near[middle]:
            steps = csgraph.dijkstra(links, unweighted=True, indices=middle, limit=STEPS)
            is_near |= steps <= CORE_STEPS
            found.append(np.flatnonzero(steps <= STEPS))
    return found
