"""One thing registered twice near by under one name, as ledgers of several departments have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.spatial import KDTree

from layers.matching.names import spelled
from layers.trusted import PLACE_KINDS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.check._subject import Subject

TWIN_DISTANCE_M = 50.0
"""ASSUMPTION: two records of one name nearer than this are the same place, put on the map by two people."""
SAME_PLACE_M = 1.5
"""Records as near as this were compared when the file was read, and kept apart for a reason."""


def check_twins(subject: Subject) -> None:
    """Warn of records that share their name with an earlier one within 50 m; merging is for :mod:`layers.matching`."""
    if subject.kind.name not in PLACE_KINDS or not subject.has("name"):
        return
    there = np.flatnonzero(~shapely.is_missing(subject.geometry) & subject.frame["name"].notna().to_numpy())
    name = pd.factorize(spelled(subject.frame["name"].iloc[there]))[0]
    shared = (name >= 0) & (np.bincount(name[name >= 0], minlength=1)[name] > 1)
    rows, name = there[shared], name[shared]
    if not len(rows):
        return
    points = shapely.centroid(subject.metric(subject.geometry[rows]))
    pairs, distance_m = _nearest_of_name(np.column_stack([shapely.get_x(points), shapely.get_y(points)]), name)
    for (one, other), distance in zip(pairs.tolist(), distance_m.tolist(), strict=True):
        first = subject.where(int(rows[one]))
        subject.warn(
            "same_name_near",
            f"与{first.zh}同名，相距 {distance:.0f} 米，请核对是否同一处",
            f"has the name of {first.en}, {distance:.0f} m away: check whether they are one place",
            rows[[other]], field="name", values=[subject.frame["name"].iloc[rows[other]]],
        )  # fmt: skip


def _nearest_of_name(
    xy_m: NDArray[np.float64], name: NDArray[np.int64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Return pairs of a point and the nearest of its name within the tolerance, earlier first, and their distances.

    Names stand on a third axis, so far apart that no other name is ever near. Of the points of a name at one spot only
    the first is looked at: a hundred thousand of them would make as many leaves of the tree one.
    """
    spots = np.column_stack([name, np.round(xy_m / SAME_PLACE_M)])
    firsts = np.sort(np.unique(spots, axis=0, return_index=True)[1])
    storeys = np.column_stack([xy_m[firsts], name[firsts] * (4 * TWIN_DISTANCE_M)])
    distance, near = KDTree(storeys).query(storeys, k=2, distance_upper_bound=TWIN_DISTANCE_M)
    own = np.arange(len(firsts))
    is_twin = np.isfinite(distance[:, 1]) & (distance[:, 1] > SAME_PLACE_M)
    found = np.sort(np.column_stack([firsts[own[is_twin]], firsts[near[is_twin, 1]]]), axis=1)
    pairs, at = np.unique(found, axis=0, return_index=True)
    return pairs, distance[is_twin, 1][at]
