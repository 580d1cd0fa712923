"""The lines of walks: by hand, and as long as the distances on the sample city."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, Point, box
from test_network import CRS, FIVE, places, reach, streets

from gis._ways import INSIDE, STRAIGHT
from gis.network import Reach
from layers.schema import conform, kind
from layers.workspace import Workspace


def way(network, origin, site):
    return network.ways(places(o=origin), places(s=site))[0]


def drawn(found):
    return [tuple(point) for point in shapely.get_coordinates(found.line).tolist()]


def test_the_way_along_three_streets():
    found = way(reach(FIVE), (30, 5), (97, 40))
    assert found.distance_m == pytest.approx(118)
    assert drawn(found) == [(30, 5), (30, 0), (100, 0), (100, 40), (97, 40)]


def test_on_one_edge_the_way_is_straight_along_it():
    found = way(reach([LineString([(0, 0), (0, 400)])]), (-4, 150), (3, 100))
    assert found.distance_m == pytest.approx(57)
    assert drawn(found) == [(-4, 150), (0, 150), (0, 100), (3, 100)]


def test_round_a_ring_the_shorter_way_leads_over_its_first_point():
    ring = [LineString([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)])]
    assert drawn(way(reach(ring), (10, 0), (0, 10))) == [(10, 0), (0, 0), (0, 10)]


def test_of_two_streets_between_two_corners_the_shorter_is_drawn():
    ends = [LineString([(-50, 0), (0, 0)]), LineString([(100, 0), (300, 0)])]
    short, detour = LineString([(0, 0), (100, 0)]), LineString([(100, 0), (50, 80), (0, 0)])
    for lines in ([*ends, short, detour], [*ends, detour, short]):
        assert way(reach(lines), (-50, 0), (300, 0)).line.length == pytest.approx(350)


def test_a_river_is_crossed_on_its_bridge():
    south, north = LineString([(0, 0), (1000, 0)]), LineString([(0, 60), (1000, 60)])
    assert way(reach([south, north]), (0, 0), (0, 60)) is None
    found = way(reach([south, north, LineString([(1000, 0), (1000, 60)])]), (0, 0), (0, 60))
    assert found.distance_m == pytest.approx(2060)
    assert drawn(found) == [(0, 0), (1000, 0), (1000, 60), (0, 60)]


def test_where_no_street_is_the_line_is_straight_and_the_walk_longer():
    found = way(reach([]), (0, 0), (300, 400))
    assert (found.distance_m, found.line.length, found.by) == (pytest.approx(650), pytest.approx(500), STRAIGHT)


def test_a_boat_is_left_by_the_bank():
    water = conform(gpd.GeoDataFrame({"asset_id": ["w"]}, geometry=[box(0, 10, 200, 50)], crs=CRS), kind("water"))
    network = Reach.build(streets([LineString([(0, 0), (200, 0)])]), detour_factor=1.3, waters=water)
    found = way(network, (30, 18), (90, 0))
    assert found.distance_m == pytest.approx(8 + 10 + 60)
    assert drawn(found) == [(30, 18), (30, 10), (30, 0), (90, 0)]


def test_what_touches_is_no_way_apart():
    found = way(reach(FIVE), box(0, 5, 50, 50), (20, 20))
    assert (found.distance_m, found.line.is_empty, found.by) == (0, True, INSIDE)


def test_a_long_outline_is_left_by_the_side_that_is_nearest():
    lines = [LineString([(0, 0), (600, 0)]), LineString([(600, 0), (600, 300)]), LineString([(600, 300), (0, 300)])]
    found = way(reach(lines), box(0, 10, 500, 290), (0, 310))
    assert found.distance_m == pytest.approx(
        reach(lines).pairs(places(o=box(0, 10, 500, 290)), places(s=(0, 310)), 9e3)["distance_m"][0]
    )
    assert found.line.length == pytest.approx(20)


def test_what_has_no_place_has_no_way():
    assert way(reach(FIVE), None, (0, 0)) is None


@given(st.integers(0, 10_000))
@settings(max_examples=60)
def test_the_line_is_as_long_as_the_distance(seed):
    rng = np.random.default_rng(seed)
    nodes = rng.uniform(0, 600, (8, 2)).round(1)
    lines = [LineString(nodes[rng.choice(8, size=int(rng.integers(2, 4)), replace=False)]) for _ in range(9)]
    spots = [
        Point(at) if rng.random() < 0.6 else Point(at).buffer(rng.uniform(5, 90)) for at in rng.uniform(0, 600, (6, 2))
    ]
    network = reach(lines)
    origins, sites = (
        places(**{f"p{number}": spot for number, spot in enumerate(some)}) for some in (spots[:3], spots[3:])
    )
    told = network.pairs(origins, sites, 1e6).set_index(["origin", "site"])["distance_m"]
    for (origin, one), (site, other), found in zip(
        origins.items(), sites.items(), network.ways(origins, sites), strict=True
    ):
        if (origin, site) not in told.index:
            assert found is None
            continue
        assert found.distance_m == pytest.approx(told[origin, site], rel=1e-6, abs=1e-6)
        factor = network.detour_factor if found.by == STRAIGHT else 1
        assert found.line.length * factor == pytest.approx(found.distance_m, rel=1e-6, abs=1e-6)
        if found.distance_m:
            ends = shapely.get_point(found.line, [0, -1])
            assert shapely.distance(ends, [one, other]) == pytest.approx([0, 0], abs=1e-6)


def test_on_the_sample_city_every_line_is_as_long_as_its_distance(sample_workspace):
    workspace = Workspace.open(sample_workspace)
    layers = {name: workspace.read(name).to_crs("EPSG:4547") for name in ("street", "water", "heritage", "community")}
    network = Reach.build(layers["street"], detour_factor=1.3, waters=layers["water"])
    sights = layers["heritage"].set_index("asset_id").geometry.dropna()
    homes = layers["community"].set_index("asset_id").geometry.dropna().sample(len(sights), random_state=4)
    told = network.pairs(homes, sights, 1e6).set_index(["origin", "site"])["distance_m"]
    found = network.ways(homes, sights)
    assert sum(item is not None for item in found) > 100
    for home, sight, item in zip(homes.index, sights.index, found, strict=True):
        if item is None:
            assert (home, sight) not in told.index
            continue
        assert item.distance_m == pytest.approx(told[home, sight], rel=1e-6)
        assert item.line.length == pytest.approx(item.distance_m, rel=1e-6)
