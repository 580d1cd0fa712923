"""GCJ-02 and BD-09, forwards by their public formulas, backwards by iteration; numpy arrays in, numpy arrays out."""

from __future__ import annotations

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
_BAIDU_PI = np.pi * 3000.0 / 180.0
_BAIDU_LON, _BAIDU_LAT = 0.0065, 0.006
_TOLERANCE_DEG = 1e-10  # 0.01 mm on the ground
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
    return _inside(lon, lat, lambda x, y: _inverse(x, y, _to_gcj02))


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
    return _inside(lon, lat, lambda x, y: _inverse(*_inverse(x, y, _gcj02_to_bd09), _to_gcj02))


def _inside(lon: ArrayLike, lat: ArrayLike, shift: Shift) -> tuple[Floats, Floats]:
    x, y = np.array(lon, dtype="float64"), np.array(lat, dtype="float64")
    flat_x, flat_y = x.reshape(-1), y.reshape(-1)
    chosen = np.flatnonzero(in_china_box(flat_x, flat_y))
    for start in range(0, len(chosen), _BLOCK):
        block = chosen[start : start + _BLOCK]
        flat_x[block], flat_y[block] = shift(flat_x[block], flat_y[block])
    return x, y


def _inverse(x: Floats, y: Floats, forward: Shift) -> tuple[Floats, Floats]:
    """Return what ``forward`` maps to (x, y): a fixed point, each round shrinks the error some 200 times."""
    found_x, found_y = x.copy(), y.copy()
    for _ in range(_MAX_ROUNDS):
        there_x, there_y = forward(found_x, found_y)
        off_x, off_y = x - there_x, y - there_y
        found_x += off_x
        found_y += off_y
        if max(np.abs(off_x).max(initial=0.0), np.abs(off_y).max(initial=0.0)) < _TOLERANCE_DEG:
            break
    return found_x, found_y


def _to_gcj02(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    x, y = lon - 105.0, lat - 35.0
    root, product = 0.1 * np.sqrt(np.abs(x)), 0.1 * x * y
    ripple = (20.0 * np.sin(6.0 * x * np.pi) + 20.0 * np.sin(2.0 * x * np.pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + product + 2.0 * root + ripple
    north += (20.0 * np.sin(y * np.pi) + 40.0 * np.sin(y / 3.0 * np.pi)) * 2.0 / 3.0
    north += (160.0 * np.sin(y / 12.0 * np.pi) + 320.0 * np.sin(y * np.pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + product + root + ripple
    east += (20.0 * np.sin(x * np.pi) + 40.0 * np.sin(x / 3.0 * np.pi)) * 2.0 / 3.0
    east += (150.0 * np.sin(x / 12.0 * np.pi) + 300.0 * np.sin(x / 30.0 * np.pi)) * 2.0 / 3.0
    angle = np.radians(lat)
    magic = 1.0 - _ECCENTRICITY_SQUARED * np.sin(angle) ** 2
    meridian_m = _AXIS_M * (1.0 - _ECCENTRICITY_SQUARED) / (magic * np.sqrt(magic))
    parallel_m = _AXIS_M / np.sqrt(magic) * np.cos(angle)
    return lon + np.degrees(east / parallel_m), lat + np.degrees(north / meridian_m)


def _gcj02_to_bd09(lon: Floats, lat: Floats) -> tuple[Floats, Floats]:
    radius = np.hypot(lon, lat) + 0.00002 * np.sin(lat * _BAIDU_PI)
    angle = np.arctan2(lat, lon) + 0.000003 * np.cos(lon * _BAIDU_PI)
    return radius * np.cos(angle) + _BAIDU_LON, radius * np.sin(angle) + _BAIDU_LAT
