"""Walking distances: cases a hand can follow, barriers, and an independent Dijkstra on the same streets."""

from __future__ import annotations

import heapq
import itertools
import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import LineString, MultiLineString, Point, Polygon, box

from gis.network import Reach
from layers.schema import conform, empty, kind

CRS = "EPSG:4547"


def streets(lines, **columns):
    frame = gpd.GeoDataFrame(
        {"asset_id": [f"s{number}" for number in range(len(lines))], **columns}, geometry=list(lines), crs=CRS
    )
    return conform(frame, kind("street"))


def places(**points):
    geometry = [Point(at) if isinstance(at, tuple) else at for at in points.values()]
    return gpd.GeoSeries(geometry, index=list(points), crs=CRS)


def reach(lines, detour_factor=1.3, **columns):
    return Reach.build(streets(lines, **columns), detour_factor=detour_factor)


def distances(found: pd.DataFrame) -> dict[tuple[str, str], float]:
    return {(row.origin, row.site): row.distance_m for row in found.itertuples()}


# Five nodes: A(0,0) B(100,0) C(200,0) D(100,80) E(200,80).  A-B-C along the bottom, B-D up, D-E along the top, C-E up.
FIVE = (
    LineString([(0, 0), (100, 0), (200, 0)]),
    LineString([(100, 0), (100, 80)]),
    LineString([(100, 80), (200, 80)]),
    LineString([(200, 0), (200, 80)]),
)


def test_five_nodes_by_hand():
    origins = places(a=(0, 0), mid=(30, 5))
    sites = places(e=(200, 80), up=(97, 40))
    found = distances(reach(FIVE).pairs(origins, sites, 1000))
    # a -> e: 200 along the bottom and 80 up, or 100 + 80 + 100: both 280.
    assert found["a", "e"] == pytest.approx(280)
    # a -> up: 100 along, 40 up, 3 from the street to the place.
    assert found["a", "up"] == pytest.approx(143)
    # mid stands 5 from the street at 30 along: 5 + 70 + 100 + 80; and 5 + 70 + 40 + 3.
    assert found["mid", "e"] == pytest.approx(255)
    assert found["mid", "up"] == pytest.approx(118)


def test_a_walk_longer_than_the_cutoff_is_left_out():
    found = reach(FIVE).pairs(places(a=(0, 0)), places(e=(200, 80), d=(100, 80)), 200)
    assert distances(found) == {("a", "d"): pytest.approx(180)}
    assert len(reach(FIVE).pairs(places(a=(0, 0)), places(d=(100, 80)), 180)) == 1, "the cutoff itself is within"


def test_two_places_on_one_edge_walk_straight_between_them():
    lines = [LineString([(0, 0), (0, 400)])]
    found = distances(reach(lines).pairs(places(o=(3, 100)), places(n=(-4, 150), same=(3, 100)), 1000))
    assert found["o", "n"] == pytest.approx(3 + 50 + 4)
    assert found["o", "same"] == pytest.approx(6)


def test_the_way_round_a_loop_can_be_shorter_than_along_the_edge():
    # A ring of 400 m that is one edge: 10 m and 390 m along it are 20 m apart through its first point.
    ring = [LineString([(0, 0), (100, 0), (100, 100), (0, 100), (0, 0)])]
    found = distances(reach(ring).pairs(places(o=(10, 0)), places(s=(0, 10)), 1000))
    assert found["o", "s"] == pytest.approx(20)


def test_parallel_edges_take_the_shorter():
    ends = [LineString([(-50, 0), (0, 0)]), LineString([(100, 0), (300, 0)])]
    short, detour = LineString([(0, 0), (100, 0)]), LineString([(100, 0), (50, 80), (0, 0)])
    for lines in ([*ends, short, detour], [*ends, detour, short]):
        found = distances(reach(lines).pairs(places(o=(-50, 0)), places(s=(300, 0)), 1000))
        assert found["o", "s"] == pytest.approx(350)


def test_a_river_is_crossed_by_its_bridge_only():
    south, north = LineString([(0, 0), (1000, 0)]), LineString([(0, 60), (1000, 60)])
    bridge = LineString([(1000, 0), (1000, 60)])
    origins, sites = places(bank=(0, 0)), places(opposite=(0, 60))
    assert reach([south, north]).pairs(origins, sites, 5000).empty
    found = distances(reach([south, north, bridge]).pairs(origins, sites, 5000))
    assert found["bank", "opposite"] == pytest.approx(2060)


def test_streets_that_cross_without_a_common_vertex_do_not_meet():
    street, flyover = LineString([(0, 0), (200, 0)]), LineString([(100, -100), (100, 100)])
    origins, sites = places(o=(0, 0)), places(s=(100, 100))
    assert reach([street, flyover]).pairs(origins, sites, 1000).empty
    joined = LineString([(100, -100), (100, 0), (100, 100)])
    met = LineString([(0, 0), (100, 0), (200, 0)])
    assert distances(reach([met, joined]).pairs(origins, sites, 1000))["o", "s"] == pytest.approx(200)


def test_ends_within_a_centimetre_are_one_node():
    lines = [LineString([(0, 0), (100, 0)]), LineString([(100.003, -0.002), (200, 0)])]
    assert len(reach(lines).pairs(places(o=(0, 0)), places(s=(200, 0)), 1000)) == 1


def test_expressways_and_closed_streets_are_not_walked_on():
    lines = [LineString([(0, 0), (500, 0)]), LineString([(0, 0), (0, 100), (500, 100), (500, 0)])]
    origins, sites = places(o=(0, 0)), places(s=(500, 0))
    for columns in ({"street_class": ["expressway", "local"]}, {"is_walkable": [False, None]}):
        found = reach(lines, **columns)
        assert distances(found.pairs(origins, sites, 2000))["o", "s"] == pytest.approx(700)
        assert any("cannot be walked on" in note.en for note in found.notes)
    walkable = reach(lines, street_class=["expressway", "local"], is_walkable=[True, None])
    assert distances(walkable.pairs(origins, sites, 2000))["o", "s"] == pytest.approx(500)


@pytest.mark.parametrize("frame", [empty(kind("street")), streets([]), streets([Point(0, 0)]), streets([None])])
def test_without_streets_straight_lines_are_taken_and_said(frame):
    found = Reach.build(frame, detour_factor=1.3)
    assert not found.has_network
    assert found.method.startswith("straight line x 1.3")
    assert distances(found.pairs(places(o=(0, 0)), places(s=(0, 100), far=(0, 101)), 130)) == {
        ("o", "s"): pytest.approx(130)
    }


def test_a_place_far_from_any_street_is_measured_straight():
    found = reach([LineString([(0, 0), (1000, 0)])])
    origins = places(far=(500, 400), near=(500, 10))
    sites = places(s=(500, 0), farther=(500, 700))
    assert list(found.is_off_network(origins)) == [True, False]
    walked = distances(found.pairs(origins, sites, 2000))
    assert walked["far", "s"] == pytest.approx(400 * 1.3)
    assert walked["far", "farther"] == pytest.approx(300 * 1.3)
    assert walked["near", "farther"] == pytest.approx(690 * 1.3)
    assert walked["near", "s"] == pytest.approx(10)


def test_a_compound_is_walked_from_its_edge_not_from_its_middle():
    found = reach([LineString([(0, 0), (1000, 0)])])
    origins = places(beside=box(100, 20, 300, 220), crossed=box(400, -50, 600, 50))
    walked = distances(found.pairs(origins, places(s=(1000, 0)), 2000))
    # Its corner at (300, 20) is 20 m from the street and 700 m from s; the street leaves the other one at (600, 0).
    assert walked["beside", "s"] == pytest.approx(20 + 700)
    assert walked["crossed", "s"] == pytest.approx(400)


def test_isolated_stubs_are_left_out_and_counted():
    lines = [LineString([(0, 0), (50_000, 0)]), LineString([(100, 40), (140, 40)])]
    found = reach(lines)
    assert "1 edges" in found.method
    assert any("isolated stubs" in note.en for note in found.notes)
    assert distances(found.pairs(places(o=(120, 41)), places(s=(500, 0)), 1000))["o", "s"] == pytest.approx(41 + 380)


def test_places_without_geometry_and_empty_sets_are_left_out():
    found = reach(FIVE)
    nowhere = gpd.GeoSeries([None, Polygon()], index=["x", "y"], crs=CRS)
    nobody = gpd.GeoSeries([], index=[], crs=CRS)
    for origins, sites in ((nowhere, places(e=(200, 80))), (places(a=(0, 0)), nowhere), (nobody, nobody)):
        pairs = found.pairs(origins, sites, 1000)
        assert pairs.empty
        assert list(pairs.columns) == ["origin", "site", "distance_m"]


def test_multilines_and_repeated_vertices_are_taken_as_they_run():
    lines = [MultiLineString([[(0, 0), (100, 0)], [(100, 0), (100, 0), (100, 50)]]), LineString([(5, 5), (5, 5)])]
    found = reach(lines)
    assert "network of 2 edges" in found.method, "neither the repeated vertex nor the line without a length is an edge"
    assert distances(found.pairs(places(o=(0, 0)), places(s=(100, 50)), 1000))["o", "s"] == pytest.approx(150)


def grid(seed: int, size: int = 14, drop: float = 0.25):
    """Return the streets of a crooked grid, some missing, with bends between crossings."""
    rng = np.random.default_rng(seed)
    crossing = {
        (x, y): (x * 100 + rng.uniform(-30, 30), y * 100 + rng.uniform(-30, 30))
        for x in range(size)
        for y in range(size)
    }
    lines = []
    for (x, y), start in crossing.items():
        for end in (crossing.get((x + 1, y)), crossing.get((x, y + 1))):
            if end is not None and rng.random() > drop:
                bend = ((start[0] + end[0]) / 2 + rng.uniform(-15, 15), (start[1] + end[1]) / 2 + rng.uniform(-15, 15))
                lines.append(LineString([start, bend, end]))
    return lines


def scattered(seed: int, count: int, prefix: str):
    rng = np.random.default_rng(seed)
    return gpd.GeoSeries(
        shapely.points(rng.uniform(0, 1300, (count, 2))),
        index=[f"{prefix}{number}" for number in range(count)],
        crs=CRS,
    )


def brute_distances(lines, origins, sites) -> dict[tuple[str, str], float]:
    """Cut all places into the streets and search from each origin with a heap: shares no code with the module."""
    graph: dict[object, dict[object, float]] = {}

    def join(a, b, length):
        graph.setdefault(a, {})[b] = min(length, graph.get(a, {}).get(b, math.inf))
        graph.setdefault(b, {})[a] = min(length, graph.get(b, {}).get(a, math.inf))

    access, cuts = {}, {number: [] for number in range(len(lines))}
    for name, place in (*origins.items(), *sites.items()):
        nearest = min(cuts, key=lambda number: lines[number].distance(place))
        access[name] = lines[nearest].distance(place)
        cuts[nearest].append((lines[nearest].project(place), name))
    for number, line in enumerate(lines):
        stops = [(0.0, line.coords[0]), *sorted(cuts[number]), (line.length, line.coords[-1])]
        for (here, a), (there, b) in itertools.pairwise(stops):
            join(a, b, there - here)
    found = {}
    for origin in origins.index:
        best, queue = {origin: 0.0}, [(0.0, 0, origin)]
        while queue:
            so_far, _, at = heapq.heappop(queue)
            for other, length in graph[at].items():
                if so_far + length < best.get(other, math.inf):
                    best[other] = so_far + length
                    heapq.heappush(queue, (best[other], len(best), other))
        found |= {(origin, site): best[site] + access[origin] + access[site] for site in sites.index if site in best}
    return found


def test_equals_an_independent_dijkstra_on_1000_random_pairs():
    lines = grid(7)
    origins, sites = scattered(1, 50, "o"), scattered(2, 20, "s")
    found = distances(Reach.build(streets(lines), detour_factor=1.3).pairs(origins, sites, 1e6))
    expected = brute_distances(lines, origins, sites)
    assert len(expected) == 1000
    assert found.keys() == expected.keys()
    assert max(abs(found[pair] - expected[pair]) for pair in expected) < 1e-6


def test_small_chunks_give_the_same_answer(monkeypatch):
    found = Reach.build(streets(grid(3)), detour_factor=1.3)
    origins, sites = scattered(5, 40, "o"), scattered(6, 30, "s")
    whole = found.pairs(origins, sites, 600)
    monkeypatch.setattr("gis._dijkstra.SOURCES_PER_TASK", 1)
    pd.testing.assert_frame_equal(whole, found.pairs(origins, sites, 600))


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), cutoff=st.floats(50, 900))
def test_symmetric_and_never_shorter_than_a_straight_line(seed, cutoff):
    found = Reach.build(streets(grid(seed, size=6)), detour_factor=1.3)
    origins, sites = scattered(seed + 1, 12, "o"), scattered(seed + 2, 7, "s")
    there = found.pairs(origins, sites, cutoff)
    back = {(site, origin): d for (origin, site), d in distances(found.pairs(sites, origins, cutoff)).items()}
    assert distances(there) == pytest.approx(back)
    straight = origins[there["origin"]].distance(sites[there["site"]], align=False).to_numpy()
    assert (there["distance_m"].to_numpy() >= straight - 1e-6).all()
    assert (there["distance_m"] <= cutoff).all()
