"""Every bundle of a few members, tried one by one; compiled."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis._bundle_ground import Ground, may_be
from gis._compiled import compiled

if TYPE_CHECKING:
    from gis._graph import Ints

MOST = 16
"""Members of which all sets are tried: some 65,000."""


@compiled()
def every_bundle(ground: Ground, members: Ints) -> Ints:
    """Return every set of ``members`` that may be a bundle, as the bits of a number by their order in ``members``."""
    count = members.size
    near = np.zeros(count, dtype=np.int64)
    for at in range(count):
        for end in range(ground.starts[members[at]], ground.starts[members[at] + 1]):
            for other in range(count):
                if members[other] == ground.ends[end]:
                    near[at] |= 1 << other
    found, rows, size = np.empty(1 << count, dtype=np.int64), np.empty(count, dtype=np.int64), 0
    for bits in range(1, 1 << count):
        taken = 0
        for at in range(count):
            if bits >> at & 1:
                rows[taken] = members[at]
                taken += 1
        if taken <= ground.most and _is_contiguous(near, bits) and may_be(ground, rows, taken):
            found[size] = bits
            size += 1
    return found[:size].copy()


@compiled()
def _is_contiguous(near: Ints, bits: int) -> bool:
    reached, before = bits & -bits, 0
    while reached != before:
        before = reached
        for at in range(near.size):
            if reached >> at & 1:
                reached |= near[at] & bits
    return reached == bits
