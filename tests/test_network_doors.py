"""Places with an outline: entered from all sides, 0 m from what they touch, wherever the city lies and is turned."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from need_city import CRS, MODEL, city, layer
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon, box

from gis import _doors, parking
from gis.network import Entered, Reach

AROUND = LineString([(-5, -5), (155, -5), (155, 155), (-5, 155), (-5, -5)])
COMPOUND = Polygon([(0, 0), (150, 0), (150, 149), (75, 150), (0, 149)])
"""Its middle lies a little south, so that the south street is the nearest to it."""


def places(**shapes):
    return gpd.GeoSeries([Point(at) if isinstance(at, tuple) else at for at in shapes.values()], list(shapes), crs=CRS)


def reach(*lines):
    return Reach.build(layer("street", *({"at": line} for line in lines)), detour_factor=1.3)


def walk(found: Reach, origin, site, cutoff_m=2000.0):
    table = found.pairs(places(o=origin), places(s=site), cutoff_m)
    return table["distance_m"].tolist()


def test_what_stands_inside_or_across_any_street_is_near():
    # Entered by the south street only, the lot across the north one was 335 m away and that inside 340 m.
    for lot, metres in (((75, 140), 0), ((75, 170), 20), ((75, -20), 20), ((-20, 75), 20), ((170, 75), 20)):
        # 5 m to the middle of the street, 15 m beyond it; the middle of the sides of 149 m is half a metre further.
        assert walk(reach(AROUND), COMPOUND, lot) == pytest.approx([metres], abs=0.6)
        assert walk(reach(AROUND), lot, COMPOUND) == pytest.approx([metres], abs=0.6)


def test_the_stalls_inside_and_across_the_back_street_close_the_gap():
    home = {"vehicle_count": 50, "stall_count": 0, "at": COMPOUND}
    lot = {"parking_type": "public", "access": "public", "is_open_at_night": True, "stall_count": 50}
    for at in ((75, 140), (75, 170)):
        found = parking.need(city([AROUND], community=[home], parking=[{**lot, "at": at}]), MODEL).iloc[0]
        assert [found[f"night_gap_stalls{end}"] for end in ("", "_low", "_high")] == [0, 0, 0]


def test_shapes_that_touch_are_0_m_apart_and_two_points_walk():
    found = reach(LineString([(0, 0), (400, 0)]))
    assert walk(found, box(0, 30, 40, 70), box(40, 70, 90, 90)) == [0]
    assert walk(found, box(0, 30, 40, 70), (20, 50)) == [0]
    assert walk(found, (20, 50), box(0, 30, 40, 70)) == [0]
    assert walk(found, (20, 50), (20, 50)) == [100], "drawn at one spot, they may be two doors of a street"
    assert walk(found, box(0, 30, 40, 70), (20, 50), 0.0) == [0]


def test_the_nearest_know_what_touches_and_all_doors():
    homes = places(compound=COMPOUND, point=(300, -5))
    sites = places(north=(75, 170), inside=(75, 140), far=(155, 400), block=box(160, 0, 300, 120))
    found = reach(AROUND, LineString([(155, -5), (400, -5)]), LineString([(155, 155), (155, 400)]))
    pairs = found.pairs(homes, sites, 900)
    for count in (1, 2, 3):
        expected = pairs.sort_values(["origin", "distance_m"], kind="stable").groupby("origin").head(count)
        nearest = found.nearest(homes, sites, 900, count)
        assert nearest["site"].tolist() == expected["site"].tolist()
        assert nearest["distance_m"].tolist() == pytest.approx(expected["distance_m"].tolist())
    # The block's west side stands 5 m from the street at x = 155, the compound's east side too.
    assert pairs.set_index(["origin", "site"]).loc[("compound", "block"), "distance_m"] == pytest.approx(10)


def test_no_door_leads_across_an_expressway_even_where_the_outline_runs_along_it():
    lines = [
        LineString([(-500, 60), (500, 60)]),
        LineString([(-500, 200), (500, 200)]),
        LineString([(-500, 0), (500, 0)]),
    ]
    classes = ("expressway", "local", "local")
    streets = layer("street", *({"at": line, "street_class": name} for line, name in zip(lines, classes, strict=True)))
    found = Reach.build(streets, detour_factor=1.3)
    for top in (59.9, 60.0, 50.0):
        assert walk(found, box(-100, 10, 100, top), (0, 200)) == []
        assert walk(found, box(-100, 10, 100, top), (0, 0)) == pytest.approx([10])


def test_a_place_whose_middle_is_far_from_any_street_is_entered_at_its_edge():
    wood = box(0, 0, 2000, 2000)
    beside = LineString([(-10, -400), (-10, 100)])
    found = reach(beside, LineString([(-10, -400), (2000, -400)]))
    assert found.entered(places(wood=wood)).tolist() == [Entered.NEAREST]
    assert walk(found, wood, (-10, -100)) == pytest.approx([110])


def test_doors_that_another_door_makes_useless_are_left_out():
    # A street ends 50 m from the west side of a square of 300 m: all its points and its middle look at that end.
    entered = reach(LineString([(-600, 150), (-50, 150)]))._enter(places(square=box(0, 0, 300, 300)))
    assert entered.doors.place.size == 1
    assert entered.doors.access_m[0] == pytest.approx(50)


def test_the_run_says_that_gates_are_assumed():
    assert reach(AROUND).notes[0] == _doors.NOTE
    assert "假设" in _doors.NOTE.zh
    assert "ASSUMPTION" in _doors.NOTE.en


@settings(max_examples=20, deadline=None)
@given(angle=st.floats(0, 360), east=st.floats(-1e5, 1e5), north=st.floats(-1e5, 1e5), seed=st.integers(0, 500))
def test_turning_the_city_and_drawing_outlines_and_streets_otherwise_change_nothing(angle, east, north, seed):
    rng = np.random.default_rng(seed)
    grid = [LineString([(x, 0), (x, 300), (x, 600)]) for x in (0, 300, 600)]
    grid += [LineString([(0, y), (300, y), (600, y)]) for y in (0, 300, 600)]
    blocks = [box(x + 8, y + 8, x + 292, y + 292) for x in (0, 300) for y in (0, 300)]
    spots = [Point(xy) for xy in rng.uniform(0, 600, (12, 2))]

    def moved(shape):
        return affinity.translate(affinity.rotate(shape, angle, origin=(0, 0)), east, north)

    def redrawn(block):
        ring = list(block.exterior.coords)[:-1]
        start = int(rng.integers(len(ring)))
        return Polygon((ring[start:] + ring[:start])[:: int(rng.choice([-1, 1]))])

    before = reach(*grid).pairs(gpd.GeoSeries(blocks, crs=CRS), gpd.GeoSeries(spots, crs=CRS), 400)
    turned = reach(*(moved(line.reverse() if rng.random() < 0.5 else line) for line in grid))
    there = gpd.GeoSeries([moved(redrawn(block)) for block in blocks], crs=CRS)
    after = turned.pairs(there, gpd.GeoSeries([moved(spot) for spot in spots], crs=CRS), 400)
    pd.testing.assert_frame_equal(before, after, check_exact=False, atol=1e-4, rtol=0)


def test_a_walk_of_just_the_cutoff_counts_however_the_city_is_turned():
    for angle in range(0, 360, 7):
        line, home, lot = (
            affinity.translate(affinity.rotate(shape, angle, origin=(0, 0)), 425_000, 2_560_000)
            for shape in (LineString([(0, 0), (400, 0)]), Point(0, 0), Point(300, 0))
        )
        assert walk(reach(line), home, lot, 300.0) == pytest.approx([300])
