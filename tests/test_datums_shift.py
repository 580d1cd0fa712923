"""GCJ-02 and BD-09 against an implementation of their own, over all of China, and at speed."""

from __future__ import annotations

import math
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers import crs

MM_PER_DEGREE = 111_320_000.0
LON, LAT = st.floats(73.6, 134.7), st.floats(3.5, 53.5)


def gcj02_by_hand(lon: float, lat: float) -> tuple[float, float]:
    """Return GCJ-02 of one point by the public formula, written out term by term."""
    x, y = lon - 105, lat - 35

    def wave(angle: float, *parts: tuple[float, float]) -> float:
        return sum(size * math.sin(angle * math.pi / period) for size, period in parts) * 2 / 3

    ripple = wave(x, (20, 1 / 6), (20, 1 / 2))
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * math.sqrt(abs(x))
    north += ripple + wave(y, (20, 1), (40, 3), (160, 12), (320, 30))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * math.sqrt(abs(x))
    east += ripple + wave(x, (20, 1), (40, 3), (150, 12), (300, 30))
    a, ee = 6378245.0, 0.00669342162296594323
    magic = 1 - ee * math.sin(math.radians(lat)) ** 2
    north *= 180 / ((a * (1 - ee)) / (magic * math.sqrt(magic)) * math.pi)
    east *= 180 / (a / math.sqrt(magic) * math.cos(math.radians(lat)) * math.pi)
    return lon + east, lat + north


def bd09_by_hand(lon: float, lat: float) -> tuple[float, float]:
    """Return BD-09 of one GCJ-02 point by the public formula in polar form."""
    k = math.pi * 3000 / 180
    radius = math.hypot(lon, lat) + 0.00002 * math.sin(lat * k)
    angle = math.atan2(lat, lon) + 0.000003 * math.cos(lon * k)
    return radius * math.cos(angle) + 0.0065, radius * math.sin(angle) + 0.006


def bisected(target: tuple[float, float], forward, rounds: int = 60) -> tuple[float, float]:
    """Return the inverse of ``forward`` by halving one axis at a time: slow, and nothing like a fixed point."""
    lon, lat = target
    for _ in range(4):
        for axis in (0, 1):
            low, high = (lon, lat)[axis] - 0.05, (lon, lat)[axis] + 0.05
            for _ in range(rounds):
                middle = (low + high) / 2
                there = forward(middle, lat) if axis == 0 else forward(lon, middle)
                low, high = (middle, high) if there[axis] < target[axis] else (low, middle)
            lon, lat = (low, lat) if axis == 0 else (lon, low)
    return lon, lat


@given(LON, LAT)
def test_the_way_there_is_the_public_formula(lon: float, lat: float) -> None:
    x, y = crs.wgs84_to_gcj02([lon], [lat])
    assert (x[0], y[0]) == pytest.approx(gcj02_by_hand(lon, lat), abs=1e-12 * 360)
    x, y = crs.wgs84_to_bd09([lon], [lat])
    assert (x[0], y[0]) == pytest.approx(bd09_by_hand(*gcj02_by_hand(lon, lat)), abs=1e-10)


@given(LON, LAT)
def test_the_way_back_agrees_with_bisection(lon: float, lat: float) -> None:
    for inverse, forward in (
        (crs.gcj02_to_wgs84, gcj02_by_hand),
        (crs.bd09_to_wgs84, lambda x, y: bd09_by_hand(*gcj02_by_hand(x, y))),
    ):
        x, y = inverse([lon], [lat])
        other = bisected((lon, lat), forward)
        assert abs(x[0] - other[0]) * MM_PER_DEGREE < 1
        assert abs(y[0] - other[1]) * MM_PER_DEGREE < 1


def test_a_million_points_come_back_to_a_millimetre() -> None:
    rng = np.random.default_rng(5)
    lon, lat = rng.uniform(73.6, 134.7, 1_000_000), rng.uniform(3.5, 53.5, 1_000_000)
    for there, back in ((crs.wgs84_to_gcj02, crs.gcj02_to_wgs84), (crs.wgs84_to_bd09, crs.bd09_to_wgs84)):
        x, y = there(lon, lat)
        started = time.process_time()
        x, y = back(x, y)
        seconds = time.process_time() - started
        assert np.abs(x - lon).max() * MM_PER_DEGREE < 1
        assert np.abs(y - lat).max() * MM_PER_DEGREE < 1
        # The house asks for a million a second; a machine that others use at the same time gets half of itself.
        assert seconds < 2.0, f"{back.__name__}: {seconds:.2f} s of processor for a million points"
