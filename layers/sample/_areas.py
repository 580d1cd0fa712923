"""Sub-districts, the district they tile, and governance areas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.sample._names import SUBDISTRICT_CODES, SUBDISTRICT_STEMS

if TYPE_CHECKING:
    from layers.sample._chance import GeometryArray, IntArray

SEATS = (
    (-880, 620), (-90, 650), (-1640, 480), (600, 620), (-800, 1640), (560, 1720), (-1700, 1820), (-3000, 700),
    (-3000, 1900), (1380, 640), (1500, 2050), (2900, 640), (3000, 1950), (-3300, -1050), (-1650, -950),
    (-80, -1000), (1450, -1050), (3150, -950),
)  # fmt: skip
"""Seats of the 18 sub-districts on the sheet; the river parts the first 13 from the others."""
CENTRAL = 7
"""So many of the first sub-districts lie in parking zone A."""
GOVERNANCE = (
    ("old_communities", -1640, 700, 8), ("old_communities", 600, 900, 8), ("old_communities", -800, -600, 9),
    ("old_communities", 700, 1750, 8), ("urban_village", -2980, 1230, 0), ("urban_village", 1420, -1420, 0),
    ("urban_rural_fringe", -3700, -900, 7), ("urban_rural_fringe", -3000, 2250, 7),
)  # fmt: skip
"""Type, a place on the sheet, and how many blocks around it; 0 is every block of the village."""


def assign(u: np.ndarray, v: np.ndarray) -> IntArray:
    """Return the number of the sub-district of cells by their middles: the nearest seat on their bank."""
    seats = np.array(SEATS, dtype=float)
    gap = np.hypot(u[:, None] - seats[:, 0], (v[:, None] - seats[:, 1]) * 1.15)
    gap[(v[:, None] > 0) != (seats[:, 1] > 0)] = np.inf
    return np.asarray(gap.argmin(axis=1), dtype=np.int64)


def subdistricts(cells: pd.DataFrame) -> GeometryArray:
    """Return the shapes of the sub-districts, which share their borders vertex by vertex."""
    owner = assign(cells["u"].to_numpy(), cells["v"].to_numpy())
    shapes = cells["geometry"].to_numpy()
    return np.array([shapely.union_all(shapes[owner == k]) for k in range(len(SEATS))], dtype=object)


def locate(points: GeometryArray, areas: GeometryArray) -> IntArray:
    """Return the number of the area that holds each point, the nearest one for a point on no area."""
    return np.asarray(shapely.STRtree(areas).nearest(points), dtype=np.int64)


def governance_areas(blocks: pd.DataFrame) -> pd.DataFrame:
    """Return governance areas: ``area_type`` and ``geometry``, each made of neighbouring blocks with their streets."""
    place = blocks[["u", "v"]].to_numpy(dtype=float)
    zone = blocks["zone"].to_numpy()
    faces = blocks["face"].to_numpy()
    rows = []
    taken = np.zeros(len(blocks), dtype=bool)
    for area_type, u, v, count in GOVERNANCE:
        gap = np.hypot(place[:, 0] - u, place[:, 1] - v)
        gap[taken | np.isin(zone, ["hill", "core"])] = np.inf
        near = np.argsort(gap, kind="stable")
        chosen = near[:count] if count else near[(zone[near] == "village") & (gap[near] < 450)]
        chosen = _joined(chosen, faces)
        taken[chosen] = True
        shape = shapely.union_all(shapely.buffer(faces[chosen], 0.02, join_style="mitre")).buffer(
            -0.02, join_style="mitre"
        )
        rows.append((area_type, shapely.Polygon(shape.exterior)))
    return pd.DataFrame(rows, columns=["area_type", "geometry"])


def _joined(chosen: IntArray, faces: GeometryArray) -> IntArray:
    """Return those of ``chosen`` that hang together with the first one."""
    held = [int(chosen[0])]
    rest = [int(item) for item in chosen[1:]]
    grew = True
    while grew:
        grew = False
        whole = shapely.union_all(faces[held]).buffer(0.05)
        for item in list(rest):
            if whole.intersection(faces[item]).area > 0.5:
                held.append(item)
                rest.remove(item)
                grew = True
    return np.array(sorted(held))


def codes(numbers: IntArray) -> list[str]:
    """Return the codes of sub-districts by number."""
    return [SUBDISTRICT_CODES[number] for number in numbers]


def stems(numbers: IntArray) -> list[str]:
    """Return the invented names of sub-districts by number, without 街道."""
    return [SUBDISTRICT_STEMS[number] for number in numbers]
