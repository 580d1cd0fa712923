"""Plots for the tests of stall layouts, and what must hold for every layout."""

from __future__ import annotations

import math

import numpy as np
import shapely
from need_city import MODEL
from shapely.geometry import LineString, Polygon

from gis.stalls import StallRules, layout

RULES = StallRules.of(MODEL.value)
NEAR_M = 2e-3
"""What shapes may overlap or miss each other by: rounding, after the city was turned."""


def rules(**sizes):
    """Return round sizes that a hand can count with: 2.5 x 5.3 m stalls, 5.5 m aisles, no setback."""
    given = {
        "stall_width": 2.5,
        "stall_length": 5.3,
        "parallel_width": 2.4,
        "parallel_length": 6.0,
        "aisle_90": 5.5,
        "aisle_60": 4.5,
        "aisle_parallel": 3.8,
        "entrance_width": 5.5,
        "setback": 0.0,
        "dead_end_max": 1000.0,
        "street_reach": 20.0,
    }
    return StallRules(**{**given, **sizes})


def irregular(seed, least_m2=300.0, most_m2=10_000.0):
    """Return a plot of four to nine corners, often concave, made from a seed."""
    draw = np.random.default_rng(seed)
    while True:
        count = draw.integers(4, 10)
        angles, reach = np.sort(draw.uniform(0, 2 * math.pi, count)), draw.uniform(0.45, 1.0, count)
        flat = draw.uniform(0.5, 1.0)
        plot = Polygon(np.column_stack([reach * np.cos(angles) * flat, reach * np.sin(angles)]))
        area_m2 = draw.uniform(least_m2, most_m2)
        if plot.is_valid and plot.area > 0.3:
            return scaled(plot, math.sqrt(area_m2 / plot.area))


def scaled(plot, factor):
    return shapely.transform(plot, lambda xy: xy * factor + [425_000, 2_560_000])


def sides_of(stalls):
    """Return the four sides of each stall, less a hundredth at either end: ``(n, 4)`` lines."""
    corners = np.array([shapely.get_coordinates(stall) for stall in stalls])
    start, way = corners[:, :-1], np.diff(corners, axis=1)
    return shapely.linestrings(np.stack([start + 0.01 * way, start + 0.99 * way], axis=2))


def check(found, plot, sizes, obstacles=None):
    """Assert what holds for every layout of every plot."""
    if not found.count:
        assert len(found.aisles) == len(found.entrances) == 0
        return
    ground = plot if obstacles is None else plot.difference(obstacles)
    free = shapely.buffer(ground, -sizes.setback, quad_segs=32) if sizes.setback else ground
    assert shapely.covers(free.buffer(NEAR_M), found.stalls).all()  # inside, less the setback
    assert shapely.covers(ground.buffer(NEAR_M), [*found.aisles, *found.entrances]).all()
    one, other = shapely.STRtree(found.stalls).query(found.stalls, predicate="intersects")
    twice = shapely.area(shapely.intersection(found.stalls[one], found.stalls[other]))[one < other]
    assert (twice < 0.05).all()  # no two stalls overlap: 2 mm x 5.3 m is 0.01 m2
    assert len(found.aisles) == len(found.entrances)
    lanes = shapely.union_all([*found.aisles, *found.entrances])
    shapely.prepare(lanes)
    assert not shapely.intersects(lanes, shapely.buffer(found.stalls, -0.01)).any()  # no lane runs over a stall
    beside = shapely.union_all([aisle.buffer(NEAR_M) for aisle in found.aisles])
    shapely.prepare(beside)
    assert shapely.covers(beside, sides_of(found.stalls)).any(axis=1).all()  # each stall opens on an aisle
    for aisle, entrance in zip(found.aisles, found.entrances, strict=True):
        assert aisle.geom_type == entrance.geom_type == "Polygon"
        assert shapely.dwithin(entrance, plot.exterior if plot.geom_type == "Polygon" else plot.boundary, NEAR_M)
        narrow = min(sizes.aisle_parallel, sizes.aisle_60, sizes.entrance_width) / 2 - 0.01
        drivable = aisle.union(entrance.buffer(NEAR_M)).buffer(-narrow)  # what the middle of a lane can reach
        assert drivable.geom_type == "Polygon"
        assert not drivable.is_empty


def east_of(plot):
    """Return a street 5 m east of a plot: its other sides are more than 20 m away."""
    _, south, east, north = plot.bounds
    return LineString([(east + 5, south), (east + 5, north)])


def counted(plot, sizes=None, **more):
    """Return the layout of a plot, after everything was checked that must hold for each."""
    sizes = rules() if sizes is None else sizes
    found = layout(plot, sizes, **more)
    check(found, plot, sizes, more.get("obstacles"))
    return found
