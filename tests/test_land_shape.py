"""The shape of idle land: frontage and the way in, slope; parks, water and schools that it partly lies on."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from land_cases import COLLECTIVE, LOT, NOBODY, actions, excluded, offered, row
from need_city import AS_OF, MODEL, layer
from shapely import affinity
from shapely.geometry import LineString, Point, Polygon, box

from gis import idle_land
from gis._frontage import PIECE_M, near_length_m
from gis._land_shape import measured
from gis.city import City

CARS = ("surface_parking", "mechanical_parking", "charging")
SOUTH = LineString([(0, 0), (200, 0)])  # 10 m south of LOT, whose south side is 60 m


def town(*streets, plots=(COLLECTIVE,), **layers):
    """Return a city whose streets have classes."""
    frames = {name: layer(name, *rows) for name, rows in layers.items()}
    frames |= {"idle_land": layer("idle_land", *plots), "street": layer("street", *streets)}
    return City.build(frames, as_of=AS_OF, detour_factor=1.3)


def found_in(city):
    return idle_land.options(city, NOBODY, MODEL)


def street(street_class, at=SOUTH, **facts):
    return {"at": at, "street_class": street_class, **facts}


# Frontage ---------------------------------------------------------------------------------------------------------


def test_length_near_a_line_by_hand():
    places = np.array([box(0, 10, 60, 60), box(0, 30, 60, 60), Point(0, 0)], dtype=object)
    lines = np.array([LineString([(-100, 0), (200, 0)])], dtype=object)
    # Pieces of 5 m: the south side (60 m) is 10 m away; on either flank two pieces have their middle within 20 m.
    assert near_length_m(places, lines, 20.0)[:2].tolist() == [pytest.approx(60 + 2 * 2 * PIECE_M), 0.0]
    assert np.isnan(near_length_m(places, lines, 20.0)[2])
    assert near_length_m(places[:2], lines[:0], 20.0).tolist() == [0.0, 0.0]


@settings(max_examples=30, deadline=None)
@given(st.floats(0, 360), st.floats(-5000, 5000))
def test_turning_and_moving_the_city_changes_no_frontage(angle, away):
    place, line = Polygon([(0, 7), (50, 11), (60, 60), (10, 40)]), SOUTH

    def moved(shape):
        return affinity.translate(affinity.rotate(shape, angle, origin=(0, 0)), away, -away)

    one, other = (
        near_length_m(np.array([shape], dtype=object), np.array([by], dtype=object), 20.0)[0]
        for shape, by in ((place, line), (moved(place), moved(line)))
    )
    assert one == pytest.approx(other, abs=2 * PIECE_M + 1e-6)  # a piece at either end may be in or out


NARROW = "只临街巷或等级不明的道路，须核实车行通道"
WAYS_IN = (
    (street("local"), "approval", 80.0, ""),
    (street("main"), "approval", 80.0, ""),
    (street("alley"), "approval", 0.0, NARROW),
    (street(None), "approval", 0.0, NARROW),
    (street("path"), "unclear", 0.0, ""),
    (street("steps"), "unclear", 0.0, ""),
    (street("expressway"), "unclear", 0.0, ""),
    (street("main", is_bridge=True), "unclear", 0.0, ""),
    (street("main", at=LineString([(0, -200), (200, -200)])), "unclear", 0.0, ""),
)
"""A street south of a plot, what is then said of cars there, the frontage, the warning."""


def apart(shape, number):
    return affinity.translate(shape, 0, 1000 * number)


def test_cars_need_a_way_in():
    streets = [{**case[0], "at": apart(case[0]["at"], number)} for number, case in enumerate(WAYS_IN)]
    plots = [{**COLLECTIVE, "at": apart(LOT, number)} for number in range(len(WAYS_IN))]
    found = found_in(town(*streets, plots=plots))
    for plot, (of, permission, frontage_m, warned) in enumerate(WAYS_IN):
        for action in CARS:
            lot = row(found, action, plot)
            assert lot["permission"] == permission, of
            assert ("无临街面，须核实车行通道" in lot["permission_reason"]) == (permission == "unclear"), of
            assert lot["frontage_m"] == pytest.approx(frontage_m), of
            assert warned in lot["warnings"], of
            assert ("须核实车行通道" in lot["warnings"]) == bool(warned), of
        assert row(found, "pocket_park", plot)["permission"] == "approval", of
        assert ("无临街面" in row(found, "market", plot)["warnings"]) == (permission == "unclear"), of


def test_without_streets_nobody_knows_how_cars_get_in():
    lot = row(found_in(town()), "charging")
    assert lot["permission"] == "approval"
    assert np.isnan(lot["frontage_m"])
    assert "临街情况不明，须核实车行通道" in lot["warnings"]
    assert "street" in lot["missing"].split(",")


def test_a_point_has_no_frontage_and_is_not_said_to_have_none():
    lot = row(found_in(town(street("local"), plots=[{**COLLECTIVE, "at": (80, 10), "area_m2": 900.0}])), CARS[0])
    assert np.isnan(lot["frontage_m"])
    assert lot["permission"] == "approval"
    assert "临街情况不明" in lot["warnings"]


# Slope ------------------------------------------------------------------------------------------------------------


def test_steep_ground_holds_no_cars():
    slopes = {None: False, 0.0: False, 0.05: False, 0.051: True, 0.12: True}
    found = offered(*({**COLLECTIVE, "slope_share": slope} for slope in slopes))
    for plot, (slope, is_steep) in enumerate(slopes.items()):
        assert set(CARS).isdisjoint(actions(found, plot)) == is_steep, slope
        assert {"pocket_park", "market"} <= actions(found, plot), slope
    assert excluded(found, "too_steep") == set(CARS)
    said = found.exclusions[found.exclusions["rule"] == "too_steep"].iloc[-1]
    assert said["reason"] == "坡度过大（坡度12.0%，至多5.0%）"
    assert said["reason_en"] == "Too steep (slope 12.0%, at most 5.0%)"


# Geometry ---------------------------------------------------------------------------------------------------------

MOST_OF_IT = box(40, 0, 82, 70)  # 32 m of its 60 m
LESS_OF_IT = box(40, 0, 78, 70)  # 28 m
LAYERS = {
    "in_park": ("green", {"green_type": "park"}),
    "on_water": ("water", {}),
    "in_school": ("service", {"service_type": "primary_school"}),
    "in_religious": ("heritage", {"ownership": "religious"}),
    "in_military": ("heritage", {"ownership": "military"}),
}


@pytest.mark.parametrize("rule", LAYERS)
def test_what_the_layers_draw_excludes_or_is_asked_about(rule):
    name, facts = LAYERS[rule]
    drawn = (MOST_OF_IT, LESS_OF_IT, box(0, 0, 50, 70))  # the last one shares an edge only
    covers = [{"at": apart(shape, number), **facts} for number, shape in enumerate(drawn)]
    plots = [{**COLLECTIVE, "at": apart(LOT, number)} for number in range(len(drawn) + 1)]
    found = offered(*plots, **{name: covers})
    assert actions(found, 0) == ({"pocket_park"} if rule == "in_park" else set())
    assert excluded(found, rule)
    assert actions(found, 1) == actions(found, 2) == actions(found, 3)
    lot = row(found, "market", 1)
    assert lot["permission"] == "unclear"
    assert "地块部分涉及" in lot["permission_reason"]
    assert "partly lies on" in lot["permission_reason_en"]
    assert row(found, "market", 2)["permission"] == "approval"
    if rule == "in_park":  # a park beside a park takes nothing from it
        assert row(found, "pocket_park", 1)["permission"] == "approval"


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("service", {"at": (80, 30), "service_type": "kindergarten"}),
        ("heritage", {"at": (80, 30), "ownership": "religious"}),
        ("water", {"at": LineString([(0, 30), (200, 30)])}),
    ],
)
def test_a_point_or_a_line_on_the_plot_is_asked_about(name, facts):
    assert row(offered(COLLECTIVE, **{name: [facts]}), "market")["permission"] == "unclear"


def test_near_a_metro_station_one_asks():
    """The parameter says 100 m; LOT ends at x = 110."""
    plots = [{**COLLECTIVE, "at": apart(LOT, number)} for number in range(2)]
    stations = [{"at": (110 + away, 30 + 1000 * number)} for number, away in enumerate((99, 101))]
    found = offered(*plots, service=[{**station, "service_type": "metro_station"} for station in stations])
    assert ["地铁站" in row(found, "market", plot)["warnings"] for plot in range(2)] == [True, False]


def test_metro_and_flood_land_by_zoning():
    told = {"S2": "S2", "城市轨道交通用地": "S2", "U32": "U32", "防洪用地": "U32"}
    found = offered(*({**COLLECTIVE, "zoning": zoning} for zoning in told))
    assert found.table.empty
    for rule in set(told.values()):
        assert excluded(found, f"zoning.{rule}") == {"*"}


def test_the_shape_of_an_approximate_place_is_not_measured():
    city = town(street("local"), plots=[{**COLLECTIVE, "position": "approximate"}, {**COLLECTIVE, "at": LOT}])
    shapes = measured(city, MODEL, city["idle_land"])
    assert shapes.loc["idle_land-0", ["area_m2", "width_m", "frontage_m"]].isna().all()
    assert shapes.loc["idle_land-1", ["area_m2", "width_m", "frontage_m"]].notna().all()
