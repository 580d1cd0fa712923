"""Corners that cannot belong to their parcel: a digit that slipped takes one of them kilometres away."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial import KDTree
from scipy.spatial.distance import pdist

from layers.reading._far_away import ASIDE_M

if TYPE_CHECKING:
    from collections.abc import Sequence

LINKED_M = 500.0
"""ASSUMPTION: corners of a parcel follow each other nearer than that; farther, an edge is worth a look."""
LOOK_RATIO, SLIP_RATIO = 3.0, 10.0
"""ASSUMPTION: corners that lie off by three times what the others are apart are worth a look; no parcel is a needle of
ten times."""
SURE_M = 5_000.0
"""ASSUMPTION: wedges beside roads and rivers are needles, but none so long."""
MOST_SHARE = 1 / 3
"""ASSUMPTION: more corners than that are not typed wrong; the parcel is large, and drawn more finely in one place."""
_METRES_A_DEGREE = 111_320.0
_MOST_CORNERS = 2_000
"""Longer rings are coastlines and districts, not parcels that a clerk types."""


class Slip(NamedTuple):
    """A corner far from the others of its ring: its position, how far, and whether it can be nothing but a slip."""

    at: int
    gap_m: float
    is_certain: bool


def slips(places: Sequence[tuple[float, float]]) -> list[Slip]:
    """Return the corners of a ring that lie far from all the others.

    Corners within :data:`LINKED_M` of each other hang together. What hangs together with few is worth a look where it
    makes a needle of the parcel, and can be nothing but a slip where it lies kilometres off.

    Parameters
    ----------
    places
        The corners in order, metres or degrees.
    """
    xy = np.asarray(places, dtype=np.float64)
    if np.abs(xy).max() < 360:
        xy = xy * _METRES_A_DEGREE  # a parallel is shorter by the cosine of its latitude: no matter at this scale
    if np.ptp(xy, axis=0).max() <= LINKED_M or len(xy) > _MOST_CORNERS:
        return []
    part = fcluster(linkage(xy, "single"), LINKED_M, "distance") - 1
    main = part == np.bincount(part).argmax()
    if (~main).mean() > MOST_SHARE or main.all():
        return []
    gaps_m, _ = KDTree(xy[main]).query(xy[~main])
    span_m = float(pdist(xy[main]).max())
    certain = (gaps_m > SURE_M) & (gaps_m > min(ASIDE_M, SLIP_RATIO * span_m))
    told = certain | (gaps_m > LOOK_RATIO * span_m)
    rows = zip(np.flatnonzero(~main)[told], gaps_m[told], certain[told], strict=True)
    return [Slip(int(at), float(gap), bool(sure)) for at, gap, sure in rows]
