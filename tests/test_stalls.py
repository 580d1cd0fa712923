"""Layouts whose count a hand can follow, and what a plot may look like."""

from __future__ import annotations

import math

import numpy as np
import pytest
import shapely
from shapely.affinity import rotate, translate
from shapely.geometry import LineString, MultiPolygon, Point, Polygon, box
from stall_plots import RULES, counted, east_of, irregular, rules

from gis.stalls import layout
from layers.errors import AnalysisError

OPEN = rules()
LOT = box(0, 0, 60, 17)


# Rectangles -------------------------------------------------------------------------------------------------------


def test_a_plot_17_m_deep_holds_two_rows_and_their_aisle():
    # 5.3 + 5.5 + 5.3 = 16.1 m fit into 17 m; 60 m / 2.5 m = 24 stalls a row; the aisle opens on the short side.
    found = counted(LOT, streets=east_of(LOT))
    assert (found.count, found.module) == (48, "90")
    assert found.angle_deg == pytest.approx(0)
    assert found.m2_per_stall == pytest.approx(1020 / 48)
    assert sorted(found.runs) == [24, 24]


def test_an_entrance_across_a_row_takes_its_width_from_it():
    # No street: the entrance stands on the longest side and takes 5.5 m of one row: (60 - 5.5) / 2.5 = 21.
    assert counted(LOT).count == 24 + 21


def test_one_row_fits_where_two_do_not():
    # 11 m: one row and the aisle (10.8 m), 50 / 2.5 = 20. Two rows need 16.1 m, a parallel one besides 13.2 m.
    assert counted(box(0, 0, 50, 11)).count == 20


def test_parallel_stalls_fill_what_is_too_shallow_for_a_second_row():
    # 13.5 m: 5.3 + 5.5 = 10.8 m, and 2.4 m along the aisle beyond: 20 + floor(50 / 6) = 28.
    found = counted(plot := box(0, 0, 50, 13.5), streets=east_of(plot))
    assert found.count == 28
    assert sum(found.runs) == 20


def test_a_narrow_strip_holds_parallel_stalls_only():
    # 6.5 m hold a lane of 3.8 m and stalls of 2.4 m: floor(48 / 6) = 8.
    found = counted(box(0, 0, 48, 6.5))
    assert (found.count, found.module) == (8, "parallel")


def test_stalls_at_60_degrees_need_less_depth_for_one_row():
    # 5.3 sin 60 + 2.5 cos 60 + 4.5 = 10.34 m; 60 m less the lean of 3.37 m, by 2.5 / sin 60 = 2.887 m: 19 stalls.
    found = counted(plot := box(0, 0, 60, 10.5), modules=("90", "60"), streets=east_of(plot))
    depth = 5.3 * math.sin(math.pi / 3) + 1.25
    assert math.floor((60 - depth / math.tan(math.pi / 3)) / (2.5 / math.sin(math.pi / 3))) == 19
    assert (found.count, found.module) == (19, "60")


def test_four_metres_hold_nothing():
    assert counted(box(0, 0, 200, 4)).count == 0
    assert counted(box(0, 0, 200, 4), RULES).count == 0


def test_the_setback_is_kept_from_all_sides():
    # 17 m less 2 x 0.5 m is 16 m: no second row of 5.3 m. 59 m / 2.5 m = 23; parallel 59 / 6 = 9.
    found = counted(LOT, rules(setback=0.5), streets=east_of(LOT))
    assert found.count == 23 + 9


def test_two_bays_are_joined_by_one_lane():
    # 32.2 m hold two bays, 60 m / 2.5 m = 24 stalls a row. The lane of 5.5 m takes two rows back to 54.5 / 2.5 = 21.
    found = counted(plot := box(0, 0, 60, 32.2), streets=east_of(plot))
    assert found.count == 24 + 21 + 21 + 24
    assert len(found.aisles) == 1


def test_a_long_dead_end_gives_up_a_stall_to_turn_in():
    # As the first case: 48 stalls, less the last one of the dead end of 60 m, which is longer than 30 m.
    assert counted(LOT, rules(dead_end_max=30.0), streets=east_of(LOT)).count == 47
    assert counted(LOT, rules(dead_end_max=60.0), streets=east_of(LOT)).count == 48


def test_no_car_can_turn_at_the_end_of_a_narrow_lane_so_it_ends_sooner():
    # Eight as above from the end, of which 30 / 6 = 5 stand within reach of a driver who backs out.
    plot = box(0, 0, 48, 6.5)
    assert counted(plot, rules(dead_end_max=30.0), streets=east_of(plot)).count == 5


# Other shapes -----------------------------------------------------------------------------------------------------


def test_an_l_holds_more_than_its_longer_leg():
    # The longer leg 60 x 17 alone holds 48; the other, 17 wide and 43 long, holds at most 2 x 17 = 34 more.
    found = counted(Polygon([(0, 0), (60, 0), (60, 17), (17, 17), (17, 60), (0, 60)]))
    assert 48 < found.count <= 48 + 34


def test_a_triangle_holds_at_most_what_its_area_does():
    # 1,800 m2; a stall with its half of the aisle takes 2.5 x (5.3 + 2.75) = 20.1 m2.
    found = counted(Polygon([(0, 0), (60, 0), (0, 60)]))
    assert 45 <= found.count <= 1800 / 20.1


def test_nothing_stands_in_a_hole():
    plot = box(0, 0, 60, 60).difference(box(25, 25, 35, 35))
    found = counted(plot, RULES)
    assert found.count > 0.75 * counted(box(0, 0, 60, 60), RULES).count
    assert not shapely.intersects(found.stalls, box(25.1, 25.1, 34.9, 34.9)).any()


def test_nothing_stands_on_an_obstacle_even_at_the_boundary():
    hut = MultiPolygon([box(-1, -1, 10, 10), Point(30, 25).buffer(2)])
    found = counted(box(0, 0, 60, 40), RULES, obstacles=hut)
    assert found.count > 0
    assert not shapely.intersects(shapely.union_all([*found.stalls, *found.aisles, *found.entrances]), hut).any()


def test_each_part_has_an_entrance_of_its_own():
    parts = [LOT, box(100, 0, 160, 17), box(200, 0, 204, 50)]
    found = counted(MultiPolygon(parts), streets=shapely.union(east_of(parts[0]), east_of(parts[1])))
    assert found.count == 48 + 48
    assert len(found.entrances) == len(found.aisles) == 2


def test_an_obstacle_across_makes_two_plots():
    found = counted(LOT, obstacles=box(29, -1, 31, 18))
    assert len(found.entrances) == 2


def test_a_waist_that_the_setback_closes_makes_two_halves():
    # A waist of 0.5 m between two lots of 30 x 17 m is gone after 0.3 m on both sides: only the half with the entrance
    # holds stalls.
    plot = shapely.union_all([box(0, 0, 30, 17), box(30, 8, 40, 8.5), box(40, 0, 70, 17)])
    found = counted(plot, RULES, streets=LineString([(-5, 0), (-5, 17)]))
    assert found.count == counted(box(0, 0, 30, 17), RULES, streets=LineString([(-5, 0), (-5, 17)])).count > 0


def test_tiny_and_huge_plots():
    assert counted(box(0, 0, 3, 3)).count == 0
    huge = layout(box(0, 0, 400, 400), RULES)
    assert 6000 < huge.count < 160_000 / 20.1


def test_a_round_plot_of_800_corners_is_laid_out():
    round_plot = Point(0, 0).buffer(30, quad_segs=200)
    found = counted(round_plot, RULES)
    assert 25 < found.m2_per_stall < 40


@pytest.mark.parametrize(
    "shape", [Point(0, 0), LineString([(0, 0), (9, 9)]), Polygon([(0, 0), (40, 40), (40, 0), (0, 40)]), None]
)
def test_what_is_no_valid_polygon_is_refused(shape):
    with pytest.raises(AnalysisError):
        layout(shape, OPEN)


@pytest.mark.parametrize("sizes", [{"stall_width": 0.0}, {"aisle_90": math.nan}, {"setback": -1.0}])
def test_sizes_that_are_none_are_refused(sizes):
    with pytest.raises(AnalysisError, match=next(iter(sizes))):
        rules(**sizes)


# The way in -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("street", "side"), [((0, -10, 60, -10), "south"), ((70, 0, 70, 17), "east")])
def test_the_entrance_is_on_the_side_nearest_a_street(street, side):
    found = counted(LOT, rules(setback=0.3), streets=LineString([street[:2], street[2:]]))
    gate = found.entrances[0].bounds
    assert {"south": gate[1], "east": 60 - gate[2]}[side] == pytest.approx(0, abs=0.01)
    assert found.entrances[0].area > 0


def test_without_a_street_the_longest_side_has_the_entrance():
    found = counted(LOT, rules(setback=0.3), streets=LineString([(500, 0), (500, 50)]))
    gate = found.entrances[0].bounds
    assert min(gate[1], 17 - gate[3]) == pytest.approx(0, abs=0.01)
    assert gate[2] - gate[0] == pytest.approx(5.5)


def test_no_entrance_away_from_the_street_while_one_at_it_reaches_a_stall():
    # A lot of 60 x 40 m with a neck of 8 x 20 m down to the street: the neck takes the way in, whatever it costs.
    flag, street = Polygon([(0, 0), (60, 0), (60, 40), (0, 40), (0, 8), (-20, 8), (-20, 0)]), [(-25, -5), (-25, 20)]
    found = counted(flag, RULES, streets=LineString(street))
    assert found.is_at_street
    assert found.entrances[0].distance(LineString(street)) < RULES.street_reach
    # At 5 m the neck is no way in for an entrance of 6 m: stalls are laid from the other side, and it is said.
    thin = Polygon([(0, 0), (60, 0), (60, 40), (0, 40), (0, 5), (-20, 5), (-20, 0)])
    away = counted(thin, RULES, streets=LineString(street))
    assert away.count > 0
    assert not away.is_at_street
    assert not counted(LOT).is_at_street, "no street is known"


def test_a_long_side_is_a_front_only_where_the_street_is():
    # The street ends 30 m along the 120 m of the south side, whose middle is out of reach.
    plot, street = box(0, 0, 120, 30), LineString([(0, -8), (30, -8)])
    found = counted(plot, RULES, streets=street)
    assert found.is_at_street
    assert found.entrances[0].distance(street) <= RULES.street_reach


@pytest.mark.parametrize("seed", [43, 94, 119, 121, *range(12)])
def test_the_entrance_of_any_plot_is_within_reach_or_it_is_said(seed):
    plot = irregular(seed, 300.0, 4_000.0)
    corners = np.array(plot.exterior.coords)
    first, second = corners[seed % (len(corners) - 1) :][:2]
    off = 8 * np.array([second[1] - first[1], first[0] - second[0]]) / math.dist(first, second)
    off = -off if plot.contains(Point((first + second) / 2 + off / 16)) else off
    street = LineString([first + off, second + off])
    found = counted(plot, RULES, streets=street)
    if found.count:
        farthest = max(entrance.distance(street) for entrance in found.entrances)
        assert found.is_at_street == (farthest <= RULES.street_reach + 0.01)


def test_the_layout_follows_the_plot_when_the_city_is_turned():
    plot = Polygon([(0, 0), (70, 0), (78, 33), (40, 52), (0, 41)])
    here = counted(plot, RULES)
    for angle in (17.0, 90.0, 211.0):
        turned = translate(rotate(plot, angle, origin=(0, 0)), 425_000, 2_560_000)
        there = counted(turned, RULES)
        assert there.count == here.count
        assert math.remainder(there.angle_deg - here.angle_deg - angle, 180) == pytest.approx(0, abs=1e-6)
