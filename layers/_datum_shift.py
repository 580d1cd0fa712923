"""GCJ-02 and BD-09, forwards by their public formulas, backwards by iteration; numpy arrays in, numpy arrays out."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Shift = Callable[[Floats, Floats], tuple[Floats, Floats]]

CHINA_BOX = (72.004, 0.8293, 137.8347, 55.8271)
"""West, south, east, north of the box inside which the public GCJ-02 formula shifts (degrees)."""

_AXIS_M = 6_378_245.0
_ECCENTRICITY_SQUARED = 0.00669342162296594323
_SINE_SERIES = tuple((-1.0) ** (power // 2) / math.factorial(power) for power in (13, 11, 9, 7, 5, 3))
_BAIDU_PI = np.pi * 3000.0 / 180.0
_BAIDU_LON, _BAIDU_LAT = 0.0065, 0.006
_CLOSE_DEG = 5e-7
_CLOSE_BAIDU_DEG = 1e-8
"""A round that moved no point further is the last. It leaves at most 1/150 (GCJ-02) or 1/50 (BD-09) of that: 0.4 mm at
worst, 0.01 mm as a rule."""
_MAX_ROUNDS = 20
_BLOCK = 16_384  # points at a time: the many passes of the formula then stay in the processor's cache


def in_china_box(lon: ArrayLike, lat: ArrayLike) -> NDArray[np.bool_]:
    """Return which points lie in :data:`CHINA_BOX`; points that are not finite do not."""
    west, south, east, north = CHINA_BOX
    lon, lat = np.asarray(lon, dtype="float64"), np.asarray(lat, dtype="float64")
    with np.errstate(invalid="ignore"):
        return np.asarray((lon >= west) & (lon <= east) & (lat >= south) & (lat <= north))


def wgs84_to_gcj02(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return GCJ-02 degrees of WGS 84 degrees by the public formula; outside :data:`CHINA_BOX` nothing is shifted.

    Parameters
    ----------
    lon, lat
        Longitudes and latitudes, WGS 84 degrees, of one shape.
    """
    return _inside(lon, lat, _to_gcj02)


def gcj02_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return WGS 84 degrees of GCJ-02 degrees, to better than 1 mm; outside :data:`CHINA_BOX` nothing is shifted.

    Parameters
    ----------
    lon, lat
        Longitudes and latitudes, GCJ-02 degrees, of one shape.
    """
    return _inside(lon, lat, lambda x, y: _inverse(x, y, _to_gcj02, _CLOSE_DEG))


def wgs84_to_bd09(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return BD-09 degrees of WGS 84 degrees; outside :data:`CHINA_BOX` nothing is shifted.

    Parameters
    ----------
    lon, lat
        Longitudes and latitudes, WGS 84 degrees, of one shape.
    """
    return _inside(lon, lat, lambda x, y: _gcj02_to_bd09(*_to_gcj02(x, y)))


def bd09_to_wgs84(lon: ArrayLike, lat: ArrayLike) -> tuple[Floats, Floats]:
    """Return WGS 84 degrees of BD-09 degrees, to better than 1 mm; outside :data:`CHINA_BOX` nothing is shifted.

    Parameters
    ----------
    lon, lat
        Longitudes and latitudes, BD-09 degrees, of one shape.
    """
    return _inside(lon, lat, _from_bd09)


def _inside(lon: ArrayLike, lat: ArrayLike, shift: Shift) -> tuple[Floats, Floats]:
    x, y = np.array(lon, dtype="float64"), np.array(lat, dtype="float64")
    flat_x, flat_y = x.reshape(-1), y.reshape(-1)
    chosen = np.flatnonzero(in_china_box(flat_x, flat_y))
    for start in range(0, len(chosen), _BLOCK):
        block = chosen[start : start + _BLOCK]
        flat_x[block], flat_y[block] = shift(flat_x[block], flat_y[block])
    return x, y


def _from_bd09(x: Floats, y: Floats) -> tuple[Floats, Floats]:
    return _inverse(*_inverse(x, y, _gcj02_to_bd09, _CLOSE_BAIDU_DEG), _to_gcj02, _CLOSE_DEG)


def _inverse(x: Floats, y: Floats, forward: Shift, close_deg: float) -> tuple[Floats, Floats]:
    """Return what ``forward`` maps to (x, y): a fixed point, each round shrinks the error 200 times (BD-09: 50)."""
    found_x, found_y = x.copy(), y.copy()
    for _ in range(_MAX_ROUNDS):
        there_x, there_y = forward(found_x, found_y)
        off_x, off_y = x - there_x, y - there_y
        found_x += off_x
        found_y += off_y
        if max(np.abs(off_x).max(initial=0.0), np.abs(off_y).max(initial=0.0)) < close_deg:
            break
    return found_x, found_y


def _to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the public formula: a polynomial and waves of 60, 24, 6, 2, 1 and 1/3 degrees' length.

    All its angles are whole multiples of pi / 60 per degree, so that one sine and cosine an axis give them all.
    """
    x, y = lon - 105.0, lat - 35.0
    root, product = 0.1 * np.sqrt(np.abs(x)), 0.1 * x * y
    x_30, x_12, x_3, x_1, x_half, x_sixth = _waves(x)
    y_30, y_12, y_3, y_1, _, _ = _waves(y)
    ripple = 20.0 * (x_sixth + x_half)
    north = ripple + 20.0 * y_1 + 40.0 * y_3 + 160.0 * y_12 + 320.0 * y_30
    north *= 2.0 / 3.0
    north += -100.0 + 2.0 * x + (3.0 + 0.2 * y) * y + product + 2.0 * root
    east = ripple + 20.0 * x_1 + 40.0 * x_3 + 150.0 * x_12 + 300.0 * x_30
    east *= 2.0 / 3.0
    east += 300.0 + (1.0 + 0.1 * x) * x + 2.0 * y + product + root
    sine, _ = _doubled(*_doubled(*_sine_cosine(lat * (np.pi / 720.0))))
    sine_squared = sine * sine
    magic = 1.0 - _ECCENTRICITY_SQUARED * sine_squared
    over_normal = np.sqrt(magic) / _AXIS_M
    north *= magic * over_normal / (1.0 - _ECCENTRICITY_SQUARED)
    east *= over_normal / np.sqrt(1.0 - sine_squared)
    return lon + np.degrees(east), lat + np.degrees(north)


def _waves(degrees: Floats) -> tuple[Floats, Floats, Floats, Floats, Floats, Floats]:
    """Return sin(pi d / 30), sin(pi d / 12), sin(pi d / 3), sin(pi d), sin(2 pi d) and sin(6 pi d)."""
    sine, cosine = _doubled(*_doubled(*_sine_cosine(degrees * (np.pi / 240.0))))
    sine_2, cosine_2 = _doubled(sine, cosine)
    sine_4, cosine_4 = _doubled(sine_2, cosine_2)
    sine_5, cosine_5 = sine_4 * cosine + cosine_4 * sine, cosine_4 * cosine - sine_4 * sine
    sine_20, cosine_20 = _doubled(*_doubled(sine_5, cosine_5))
    sine_60, cosine_60 = _tripled(sine_20, cosine_20)
    sine_120 = 2.0 * sine_60 * cosine_60
    return sine_2, sine_5, sine_20, sine_60, sine_120, sine_120 * (3.0 - 4.0 * sine_120 * sine_120)


def _sine_cosine(angle: Floats) -> tuple[Floats, Floats]:
    """Return sine and cosine of angles below 0.45 radians, exact to 1e-16, in a third of the time of ``numpy.sin``."""
    square = angle * angle
    series = square * _SINE_SERIES[0]
    for term in _SINE_SERIES[1:]:
        series += term
        series *= square
    series += 1.0
    series *= angle
    return series, np.sqrt(1.0 - series * series)


def _doubled(sine: Floats, cosine: Floats) -> tuple[Floats, Floats]:
    return 2.0 * sine * cosine, 1.0 - 2.0 * sine * sine


def _tripled(sine: Floats, cosine: Floats) -> tuple[Floats, Floats]:
    return sine * (3.0 - 4.0 * sine * sine), cosine * (4.0 * cosine * cosine - 3.0)


def _gcj02_to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    """Return the public formula: a little further out, turned by a little, and a constant added.

    The turn is at most 3e-6 radians, so its sine is itself and its cosine 1 - turn^2 / 2 (to 1e-11 degrees).
    """
    stretch = 1.0 + 0.00002 * np.sin(lat * _BAIDU_PI) / np.sqrt(lon * lon + lat * lat)
    turn = 0.000003 * np.cos(lon * _BAIDU_PI)
    straight = 1.0 - 0.5 * turn * turn
    return (lon * straight - lat * turn) * stretch + _BAIDU_LON, (lat * straight + lon * turn) * stretch + _BAIDU_LAT
