"""What holds for every layout: on made plots, on those of the sample city, on car parks of real maps."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest
import sample_city
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from need_city import MODEL
from shapely.affinity import rotate, translate
from stall_plots import RULES, check, irregular

from gis import _stall_city
from gis.city import City
from gis.stalls import layout
from layers.crs import working_crs
from layers.osm import read_osm

PLOTS = [irregular(seed, 1_001.0) for seed in range(200)]


def test_two_hundred_plots_keep_every_rule_and_their_median_is_that_of_real_lots():
    found = [layout(plot, RULES) for plot in PLOTS]
    for plot, laid in zip(PLOTS, found, strict=True):
        check(laid, plot, RULES)
    each = np.array([laid.m2_per_stall for laid in found])
    assert 25 <= np.median(each) <= 45
    assert each.min() > 20.1  # a stall with its half of the aisle: 2.5 x (5.3 + 2.75) m


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_every_plot_keeps_every_rule(seed):
    plot = irregular(seed)
    draw = np.random.default_rng(seed)
    middle, size_m = plot.representative_point(), draw.uniform(1, 12)
    hut = shapely.box(middle.x - size_m, middle.y, middle.x + size_m, middle.y + size_m) if seed % 2 else None
    check(layout(plot, RULES, obstacles=hut), plot, RULES, hut)


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.floats(0, 360), st.floats(-5e4, 5e4), st.floats(-5e4, 5e4))
def test_turning_and_moving_the_city_turns_and_moves_its_stalls(seed, angle, east, north):
    plot = irregular(seed, 300.0, 4_000.0)
    there = layout(translate(rotate(plot, angle, origin=(0, 0)), east, north), RULES)
    here = layout(plot, RULES)
    # A stall or two may hang on a tenth of a millimetre, and with it which of two equal plans is first.
    assert abs(there.count - here.count) <= max(2, 0.03 * here.count)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 10**6))
def test_the_same_plot_has_the_same_layout(seed):
    plot = irregular(seed, 300.0, 4_000.0)
    one, other = layout(plot, RULES), layout(shapely.from_wkb(plot.wkb), RULES)
    assert shapely.to_wkb(one.stalls).tolist() == shapely.to_wkb(other.stalls).tolist()
    assert (one.module, one.runs) == (other.module, other.runs)


def test_the_sample_city_yields_what_real_lots_do():
    layers = {name: sample_city.plane()[name] for name in ("idle_land", "building", "street")}
    named = {name: frame.assign(asset_id=[f"{name}-{row}" for row in frame.index]) for name, frame in layers.items()}
    town = City.build(named, as_of=date(2026, 7, 1), detour_factor=1.3)
    land = town.placed("idle_land")
    found = _stall_city.layouts(town, MODEL, land)
    assert len(found) >= 200
    outlines = np.asarray(town.placed("building").geometry.array, dtype=object)
    standing = shapely.STRtree(outlines)
    for asset, laid in found.items():
        plot = land.geometry[asset]
        check(laid, plot, RULES, shapely.union_all(outlines[standing.query(plot, predicate="intersects")]))
    each = np.array([laid.m2_per_stall for laid in found.values() if laid.area_m2 > 1_000])
    assert 25 <= np.median(each) <= 45
    assert sum(math.isinf(one) for one in each) <= 0.05 * len(each)


@pytest.mark.shared
def test_real_car_parks_keep_every_rule(shared_dir):
    lots = read_osm(shared_dir / "data" / "osm" / "monaco.osm.pbf").frames["parking"]
    lots = lots[lots.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    for plot in lots.to_crs(working_crs(lots.total_bounds)).geometry:
        check(layout(plot, RULES), plot, RULES)
