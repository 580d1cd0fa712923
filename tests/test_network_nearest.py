"""The nearest street of a point and the order of pairs, beside GEOS and pandas."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from gis._nearest import grid_of, nearest_lines
from gis._pairs import in_order, nearest_few


def nearest(lines, points):
    return nearest_lines(grid_of(np.array(lines, dtype=object)), np.array(points, dtype=float)).tolist()


def by_geos(lines, points):
    """Return what an index of GEOS finds: the least distance, then the entry furthest west, then south, then first."""
    middle = shapely.points(points)
    who, line = shapely.STRtree(lines).query_nearest(middle, all_matches=True)
    entry = shapely.line_interpolate_point(lines[line], shapely.line_locate_point(lines[line], middle[who]))
    x, y = shapely.get_coordinates(entry).T
    order = np.lexsort((line, y, x, who))
    return line[order][np.unique(who[order], return_index=True)[1]].tolist()


def test_the_nearest_street_is_that_of_geos_bit_for_bit():
    # Bends of up to four points over 2 km, and places all round them: distances tie only where the place is an end.
    rng = np.random.default_rng(7)
    starts = rng.uniform(500_000, 502_000, (400, 1, 2))
    lines = shapely.linestrings(starts + np.cumsum(rng.normal(0, 60, (400, 4, 2)), axis=1))
    points = np.concatenate([rng.uniform(499_000, 503_000, (3000, 2)), shapely.get_coordinates(lines)])
    assert nearest(lines, points) == by_geos(lines, points)


def test_of_streets_at_one_distance_the_one_entered_furthest_west_then_south_is_taken():
    west, east = shapely.linestrings([(0, 0), (0, 100)]), shapely.linestrings([(80, 0), (80, 100)])
    north, south = shapely.linestrings([(0, 100), (80, 100)]), shapely.linestrings([(0, 0), (80, 0)])
    assert nearest([east, west], [(40, 50)]) == [1]
    assert nearest([north, south], [(40, 50)]) == [1]
    assert nearest([south, west], [(-30, -40)]) == [0]  # both are entered where they meet: the first of them
    assert nearest([west, south], [(-30, -40)]) == [0]


@pytest.mark.parametrize("point", [(-5000, 3), (5000, -3000), (40, 90_000), (0, 0), (1000, 0)])
def test_a_place_may_lie_far_outside_the_streets_and_these_in_one_line(point):
    lines = shapely.linestrings([[(at, 0), (at + 10, 0)] for at in range(0, 1000, 10)])
    assert nearest(lines, [point]) == by_geos(lines, np.array([point]))


def test_a_long_street_is_found_from_every_cell_that_it_passes():
    # One slant of 10 km among 2,000 short streets in a corner: cells are small, and it passes some hundred of them.
    slant = shapely.linestrings([(0, 0), (10_000, 7_000)])
    short = [[(at % 40, at // 40), (at % 40 + 0.5, at // 40)] for at in range(2000)]
    points = [(x, 0.7 * x + 1) for x in range(500, 10_000, 100)]
    assert set(nearest([*shapely.linestrings(short), slant], points)) == {2000}


rows = st.lists(st.tuples(st.integers(0, 5), st.integers(0, 7), st.floats(0, 1000)), max_size=40)


def pairs_of(table):
    first, second, metres = zip(*table, strict=True) if table else ((), (), ())
    return np.array(first, np.int64), np.array(second, np.int64), np.array(metres, float)


@settings(max_examples=50, deadline=None)
@given(rows)
def test_every_pair_stands_once_with_its_least_distance_in_order(table):
    found = pd.DataFrame(dict(zip("abm", in_order(pairs_of(table), (6, 8)), strict=True)))
    least = pd.DataFrame(table, columns=list("abm")).groupby(["a", "b"], as_index=False)["m"].min()
    assert list(found.itertuples(index=False, name=None)) == list(least.itertuples(index=False, name=None))


@settings(max_examples=50, deadline=None)
@given(rows, st.integers(1, 4))
def test_the_nearest_few_of_each_are_sorted_by_distance_of_equals_by_the_second_member(table, count):
    table = sorted((a, b, round(m, -2)) for a, b, m in table)  # many of equal distance
    found = pd.DataFrame(dict(zip("abm", nearest_few(pairs_of(table), count), strict=True)))
    least = pd.DataFrame(table, columns=list("abm")).sort_values(["a", "m", "b"], kind="stable")
    assert found.to_numpy().tolist() == least.groupby("a").head(count).to_numpy().tolist()


def test_the_nearest_two_of_each_by_hand():
    table = [(0, 3, 9.0), (0, 1, 5.0), (0, 2, 5.0), (0, 0, 7.0), (1, 2, 4.0), (1, 0, 4.0)]
    assert [column.tolist() for column in nearest_few(pairs_of(table), 2)] == [[0, 0, 1, 1], [1, 2, 0, 2], [5, 5, 4, 4]]
