"""What kind of town stands where on the sheet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

if TYPE_CHECKING:
    from layers.sample._chance import BoolArray, FloatArray

CORE = (-480.0, 640.0, 550.0, 300.0)
VILLAGES = ((-2980.0, 1230.0, 180.0, 135.0), (1420.0, -1420.0, 182.0, 152.0))
"""Centre and half axes of the old town and of the two urban villages."""
CENTRE = (-480.0, 420.0)
"""Between the old town and its landing stage: everything grew outwards from here."""
INNER_REACH_M = 1480.0
INDUSTRY = ((2480.0, 1e5, -1e5, -216.0), (-1e5, -2640.0, -1e5, -620.0))
HILLS = ((2480.0, 1e5, 2480.0, 1e5), (3230.0, 1e5, 1420.0, 1e5))
PONDS = ((-1e5, -3330.0, 1420.0, 1e5),)
"""West, east, south and north edges."""


EXPRESSWAY_M = 24.0


def _in_ellipse(u: FloatArray, v: FloatArray, shape: tuple[float, float, float, float]) -> BoolArray:
    return np.asarray(((u - shape[0]) / shape[2]) ** 2 + ((v - shape[1]) / shape[3]) ** 2 < 1)


def _in_box(u: FloatArray, v: FloatArray, box: tuple[float, float, float, float]) -> BoolArray:
    return np.asarray((u > box[0]) & (u < box[1]) & (v > box[2]) & (v < box[3]))


def in_core(u: FloatArray, v: FloatArray, margin_m: float = 0.0) -> BoolArray:
    """Return whether points of the sheet lie in the old town, or within ``margin_m`` of it."""
    west, south, half_u, half_v = CORE
    return _in_ellipse(u, v, (west, south, half_u + margin_m, half_v + margin_m))


def zone_at(u: FloatArray, v: FloatArray) -> npt.NDArray[np.str_]:
    """Return the kind of town at points of the sheet, one of the keys of ``SHARES``."""
    near = np.hypot((u - CENTRE[0]) / 1.3, v - CENTRE[1]) < INNER_REACH_M
    zone = np.where(near, "inner", "outer").astype("U8")
    for name, boxes in (("industry", INDUSTRY), ("hill", HILLS), ("ponds", PONDS)):
        for box in boxes:
            zone[_in_box(u, v, box)] = name
    for shape in VILLAGES:
        zone[_in_ellipse(u, v, shape)] = "village"
    zone[in_core(u, v)] = "core"
    return zone


def widths_m(street_class: npt.NDArray[np.str_], u: FloatArray, v: FloatArray) -> FloatArray:
    """Return the width of streets by class, from wall to wall, narrower in and around the old town."""
    plain = {
        "expressway": EXPRESSWAY_M,
        "main": 32.0,
        "secondary": 20.0,
        "local": 11.0,
        "alley": 3.4,
        "path": 2.0,
        "steps": 2.4,
    }
    old = {"main": 17.0, "secondary": 12.0, "local": 7.0, "alley": 2.8}
    width = np.array([plain[name] for name in street_class])
    narrow = np.array([old.get(name, plain[name]) for name in street_class])
    return np.where(in_core(u, v, 160.0), narrow, width)
