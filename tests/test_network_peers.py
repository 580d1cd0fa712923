"""Walking distances beside independent answers: scipy's Dijkstra on real streets, and what must hold for any walk."""

from __future__ import annotations

import itertools
import os
import subprocess
import sys
from pathlib import Path

import geopandas as gpd
import numba
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse
from scipy.sparse import csgraph
from shapely import affinity
from shapely.geometry import LineString, Point

from gis import _arrivals, _dijkstra
from gis._compiled import compiled
from gis.network import Reach
from layers.crs import working_crs
from layers.osm import read_osm
from layers.schema import conform, kind

CRS = "EPSG:4547"
ROOT = Path(__file__).resolve().parent.parent


def streets(lines):
    frame = gpd.GeoDataFrame({"asset_id": [f"s{n}" for n in range(len(lines))]}, geometry=list(lines), crs=CRS)
    return conform(frame, kind("street"))


def reach(lines):
    return Reach.build(streets(lines), detour_factor=1.3)


def town(seed: int, size: int = 7, drop: float = 0.2):
    """Return the streets of a crooked grid of 100 m, some missing, each a straight line."""
    rng = np.random.default_rng(seed)
    node = np.stack(np.meshgrid(np.arange(size), np.arange(size)), axis=-1) * 100 + rng.uniform(
        -30, 30, (size, size, 2)
    )
    ends = np.concatenate([
        np.stack([node[:, :-1], node[:, 1:]], axis=2).reshape(-1, 2, 2),
        np.stack([node[:-1], node[1:]], axis=2).reshape(-1, 2, 2),
    ])  # fmt: skip
    return list(shapely.linestrings(ends[rng.random(len(ends)) > drop]))


def scattered(seed: int, count: int, prefix: str, extent=(0, 0, 600, 600)):
    west, south, east, north = extent
    spots = np.random.default_rng(seed).uniform((west, south), (east, north), (count, 2))
    return gpd.GeoSeries(shapely.points(spots), index=[f"{prefix}{n}" for n in range(count)], crs=CRS)


def by_scipy(lines, origins, sites):
    """Return origins x sites by ``csgraph.dijkstra`` on streets that every place is cut into, as a node of its own.

    Streets meet where they share an end or a vertex, to the centimetre. Every vertex and every place is a node, so
    nothing is shared with the graph under test but the streets.
    """
    places = [*origins, *sites]
    tree = shapely.STRtree(lines)
    edge = [int(tree.nearest(place)) for place in places]
    number: dict[tuple[float, float], int] = {}
    row, column, metres = [], [], []
    first_place = sum(shapely.get_num_coordinates(lines))
    for at, line in enumerate(lines):
        stops = []
        walked = 0.0
        points = shapely.get_coordinates(line)
        for here, before in zip(points, [points[0], *points[:-1]], strict=True):
            walked += float(np.hypot(*(here - before)))
            stops.append((walked, number.setdefault(tuple(np.round(here, 2) + 0.0), len(number))))
        stops += [(line.project(places[n]), first_place + n) for n in range(len(places)) if edge[n] == at]
        stops.sort()
        for (low, a), (high, b) in itertools.pairwise(stops):
            row.append(a)
            column.append(b)
            metres.append(max(high - low, 1e-12))  # csgraph takes a stored zero for no arc at all in some forms
    shape = (first_place + len(places),) * 2
    arcs = pd.DataFrame({"row": row, "column": column, "metres": metres})
    arcs = arcs[arcs["row"] != arcs["column"]]
    arcs[["row", "column"]] = np.sort(arcs[["row", "column"]].to_numpy(), axis=1)
    arcs = arcs.groupby(["row", "column"], as_index=False)["metres"].min()
    graph = sparse.csr_array((arcs["metres"], (arcs["row"], arcs["column"])), shape=shape)
    found = csgraph.dijkstra(graph, directed=False, indices=first_place + np.arange(len(origins)))
    access = np.array([lines[n].distance(place) for n, place in zip(edge, places, strict=True)])
    walk = found[:, first_place + len(origins) :]
    return walk + access[: len(origins), None] + access[None, len(origins) :]


def matrix(found: pd.DataFrame, origins, sites) -> np.ndarray:
    table = found.pivot_table(index="origin", columns="site", values="distance_m", dropna=False)
    return table.reindex(index=origins.index, columns=sites.index).fillna(np.inf).to_numpy(dtype=float)


def assert_equal(found, expected):
    assert (np.isfinite(found) == np.isfinite(expected)).all()
    known = np.isfinite(expected)
    assert np.abs(found[known] - expected[known]).max() < 1e-6


@pytest.fixture(scope="module")
def san_francisco(shared_dir):
    frame = read_osm(shared_dir / "data" / "osm" / "sf-downtown.osm.pbf").frames["street"]
    return frame.to_crs(working_crs(tuple(frame.total_bounds)))


@pytest.mark.shared
def test_1000_random_pairs_in_san_francisco_equal_scipy(san_francisco):
    found = Reach.build(san_francisco, detour_factor=1.3)
    west, south, east, north = san_francisco.total_bounds
    extent = (west + 0.3 * (east - west), south + 0.3 * (north - south), east, north)
    places = scattered(3, 400, "p", extent)
    places = places[~found.is_off_network(places).to_numpy()]
    origins, sites = places[:50], places[50:70].rename(index=lambda name: f"to {name}")
    assert len(origins) * len(sites) == 1000
    walked = matrix(found.pairs(origins, sites, 1e6), origins, sites)
    expected = by_scipy(list(found._graph.lines), origins, sites)
    assert_equal(walked, expected)
    assert np.isfinite(walked).mean() > 0.8, "most of the city hangs together"


def test_1000_random_pairs_on_a_grid_equal_scipy():
    lines = town(7, size=14)
    origins, sites = scattered(1, 50, "o", (0, 0, 1300, 1300)), scattered(2, 20, "s", (0, 0, 1300, 1300))
    walked = matrix(reach(lines).pairs(origins, sites, 1e6), origins, sites)
    assert_equal(walked, by_scipy(lines, origins, sites))


@pytest.mark.parametrize("count", [1, 3])
def test_the_nearest_are_the_least_of_all_pairs_even_where_some_are_off_the_network(count):
    found = reach(town(3))
    origins = scattered(5, 60, "o", (-500, -500, 1100, 1100))
    sites = scattered(6, 25, "s", (-500, -500, 1100, 1100))
    assert 0 < found.is_off_network(origins).sum() < 60
    pairs = found.pairs(origins, sites, 900)
    order = pairs.sort_values("distance_m", kind="stable").groupby("origin").head(count)
    expected = order.set_index("origin").loc[[name for name in origins.index if name in set(pairs["origin"])]]
    nearest = found.nearest(origins, sites, 900, count)
    assert list(nearest["origin"]) == list(expected.index)
    assert list(nearest["site"]) == list(expected["site"])
    assert nearest["distance_m"].to_numpy() == pytest.approx(expected["distance_m"].to_numpy())


def test_of_sites_at_one_distance_the_first_is_the_nearest():
    cross = [LineString([(-200, 0), (0, 0), (200, 0)]), LineString([(0, -200), (0, 0), (0, 200)])]
    sites = gpd.GeoSeries([Point(100, 0), Point(0, 100), Point(-100, 0)], index=["e", "n", "w"], crs=CRS)
    origin = gpd.GeoSeries([Point(0, 0)], index=["o"], crs=CRS)
    assert list(reach(cross).nearest(origin, sites, 500, 2)["site"]) == ["e", "n"]
    assert list(reach(cross).nearest(origin, sites[::-1], 500, 2)["site"]) == ["w", "n"]
    assert reach(cross).nearest(origin, sites, 99).empty


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), cutoff=st.floats(50, 700), shorter=st.floats(0.1, 1.0))
def test_a_shorter_cutoff_only_leaves_out_what_is_further(seed, cutoff, shorter):
    found = reach(town(seed))
    origins, sites = scattered(seed + 1, 12, "o"), scattered(seed + 2, 9, "s")
    whole = found.pairs(origins, sites, cutoff)
    part = whole[whole["distance_m"] <= cutoff * shorter].reset_index(drop=True)
    pd.testing.assert_frame_equal(part, found.pairs(origins, sites, cutoff * shorter))


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000))
def test_by_way_of_a_third_place_is_never_shorter(seed):
    found = reach(town(seed))
    # Of the streets that are kept (no stub), so that there is no access and all walk on the streets.
    on_street = [line.interpolate(0.3, normalized=True) for line in found._graph.lines[::4]]
    places = gpd.GeoSeries(on_street, index=[f"p{n}" for n in range(len(on_street))], crs=CRS)
    walk = matrix(found.pairs(places, places, 1e6), places, places)
    assert np.diag(walk) == pytest.approx(0.0)
    assert (walk[:, :, None] + walk[None, :, :] >= walk[:, None, :] - 1e-6).all(), "i to j to k, beside i to k"


@settings(max_examples=20)
@given(seed=st.integers(0, 10_000), angle=st.floats(0, 360), east=st.floats(-1e5, 1e5), north=st.floats(-1e5, 1e5))
def test_order_of_rows_place_and_direction_of_the_city_change_nothing(seed, angle, east, north):
    def moved(shapes):
        return [affinity.translate(affinity.rotate(one, angle, origin=(0, 0)), east, north) for one in shapes]

    lines = town(seed)
    origins, sites = scattered(seed + 1, 15, "o"), scattered(seed + 2, 6, "s")
    before = reach(lines).pairs(origins, sites, 600)
    rng = np.random.default_rng(seed)
    lines = [lines[n].reverse() if n % 2 else lines[n] for n in rng.permutation(len(lines))]
    turned = gpd.GeoSeries(moved(origins), index=origins.index), gpd.GeoSeries(moved(sites), index=sites.index)
    shuffled = turned[0].sample(frac=1, random_state=seed), turned[1].sample(frac=1, random_state=seed)
    after = reach(moved(lines)).pairs(*shuffled, 600 + 1e-6)
    key = ["origin", "site"]
    pd.testing.assert_frame_equal(
        before.sort_values(key, ignore_index=True), after.sort_values(key, ignore_index=True), rtol=0, atol=1e-4
    )


def test_streets_drawn_twice_change_nothing():
    lines = town(11)
    origins, sites = scattered(1, 30, "o"), scattered(2, 8, "s")
    once, twice = (reach(some).pairs(origins, sites, 800) for some in (lines, [*lines, *lines[::-1]]))
    pd.testing.assert_frame_equal(once, twice, rtol=0, atol=1e-9)


def test_lines_and_places_that_are_no_numbers_are_left_out():
    with np.errstate(invalid="ignore"):
        lines = [*town(2), LineString([(0, 0), (np.nan, 5)]), LineString([(0, 0), (np.inf, 5)]), LineString(), None]
    found = reach(lines)
    origins = gpd.GeoSeries([Point(50, 50), Point(np.nan, 5), Point(np.inf, 0), Point(), None], crs=CRS)
    assert list(found.pairs(origins, origins, 500)["origin"]) == [0]
    assert list(found.nearest(origins, origins, 500)["origin"]) == [0]
    assert list(found.is_off_network(origins)) == [False, True, True, True, True]
    assert found.method == reach(town(2)).method


@pytest.mark.parametrize("threads", [1, 3])
def test_any_number_of_threads_gives_the_same(monkeypatch, threads):
    found = reach(town(5, size=12))
    origins, sites = scattered(1, 90, "o", (0, 0, 1100, 1100)), scattered(2, 70, "s", (0, 0, 1100, 1100))
    whole = found.pairs(origins, sites, 700)
    monkeypatch.setattr("gis._dijkstra.SOURCES_PER_TASK", 7)
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", threads)
    pd.testing.assert_frame_equal(whole, found.pairs(origins, sites, 700))


@pytest.mark.parametrize("threads", [1, 3])
def test_places_enter_alike_in_parts(monkeypatch, threads):
    """Some with a long outline, whose further entries name the row of their place."""
    lines = town(5, size=12)
    blocks = scattered(1, 90, "o", (0, 0, 1100, 1100))
    blocks[::3] = blocks[::3].buffer(90)
    sites = scattered(2, 70, "s", (0, 0, 1100, 1100))
    whole = reach(lines).pairs(blocks, sites, 700)
    monkeypatch.setattr("gis._access.PLACES_PER_THREAD", 7)
    monkeypatch.setattr(numba.config, "NUMBA_NUM_THREADS", threads)
    pd.testing.assert_frame_equal(whole, reach(lines).pairs(blocks, sites, 700))


def test_one_type_of_array_is_compiled_for():
    """Others would each be compiled, for seconds, and never be found in the cache by the next process."""
    frozen = reach(town(5))
    for array in (frozen._graph.length_m, frozen._graph.adjacency.data):
        array.flags.writeable = False
    origins, sites = scattered(1, 9, "o"), scattered(2, 7, "s")
    for one in (reach(town(4)), frozen):
        for cutoff in (500, 500.0):
            one.pairs(origins, sites, cutoff)
            one.nearest(origins, sites, cutoff)
    assert [len(f.signatures) for f in (_dijkstra._search, _arrivals._arrivals, _arrivals._best)] == [1, 1, 1]


def test_where_no_folder_can_be_written_it_is_compiled_in_memory(monkeypatch):
    monkeypatch.setattr(numba.core.caching.CacheImpl, "_locator_classes", [])
    with pytest.raises(RuntimeError, match="cannot cache"):
        numba.njit(cache=True)(twice)
    assert compiled(twice)(4) == 8


def twice(number: int) -> int:
    """Return something worth compiling."""
    return 2 * number


def test_a_cache_folder_that_cannot_be_made_stops_nobody_and_listing_layers_loads_no_compiler(tmp_path):
    blocked = tmp_path / "a file, no folder"
    blocked.touch()
    code = "import sys, gis.pipeline, gis.network; assert 'numba' not in sys.modules; import gis._dijkstra"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env={**os.environ, "NUMBA_CACHE_DIR": str(blocked / "cache")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
