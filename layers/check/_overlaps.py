"""Parcels that lie upon each other: of land that is idle, no square metre can be offered twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.values._written import number_as_written

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.check._subject import Subject

OVERLAP_LEAST_M2 = 1.0
"""ASSUMPTION: neighbours drawn by different hands overlap by less along their shared edge."""
_KINDS = frozenset(("idle_land",))


def check_overlaps(subject: Subject) -> None:
    """Warn of parcels that overlap an earlier one, with the area of the overlap in m2 and both names."""
    if subject.kind.name not in _KINDS or len(subject.polygons) < 2:
        return
    first, second, area_m2 = _overlaps(subject.outlines)
    rows, others = subject.polygons[second], subject.polygons[first]
    blank = pd.Series("", index=subject.frame.index)
    names = subject.frame.get("name", blank).fillna("").to_numpy(dtype=object)
    for row, other, area in zip(rows.tolist(), others.tolist(), area_m2.tolist(), strict=True):
        there = subject.where(other)
        zh, en = (f"“{names[other]}”", f" {names[other]!r}") if names[other] else ("", "")
        size = number_as_written(area)
        subject.warn(
            "overlap",
            f"与{there.zh}{zh}重叠 {size} 平方米，请核对边线",
            f"overlaps {there.en}{en} by {size} m2: check their outlines",
            np.array([row]), field="geometry", values=[names[row] or None],
        )  # fmt: skip


def _overlaps(
    shapes: NDArray[np.object_],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.float64]]:
    """Return the pairs of shapes that overlap, earlier first, and by how much in square metres.

    Pairs whose boxes share less than the least area are not cut with each other.
    """
    second, first = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    earlier = first < second
    first, second = first[earlier], second[earlier]
    boxes = shapely.bounds(shapes)
    sides = np.minimum(boxes[first, 2:], boxes[second, 2:]) - np.maximum(boxes[first, :2], boxes[second, :2])
    shared = (sides > 0).all(axis=1) & (sides.prod(axis=1) > OVERLAP_LEAST_M2)
    first, second = first[shared], second[shared]
    area = shapely.area(shapely.intersection(shapes[first], shapes[second]))
    true = area > OVERLAP_LEAST_M2
    order = np.lexsort((first[true], second[true]))
    return first[true][order], second[true][order], area[true][order]
