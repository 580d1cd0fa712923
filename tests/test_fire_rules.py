"""Where e-bikes may not be charged: the rules take places out of the list and stations out of the supply."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from need_city import FIVE, MODEL, city
from shapely import affinity
from shapely.geometry import box

from gis import _fire_rules as fire
from gis import charging, idle_land, need, option_facts, public_rooms
from gis._land_sieve import ROOM_ACTIONS
from gis.options import Sieve

BIKE = {"charger_type": "ebike", "access": "public", "status": "operating", "port_count": 20, "at": (50, 50)}
HOME = {"vehicle_count": 0, "stall_count": 0, "charger_count": 0, "ebike_count": 1000, "at": box(0, 0, 100, 100)}
AWAY = MODEL.value("ebike.fire_distance_building")


def rules(plot, *buildings, **layers):
    """Return the fire rules that take e-bike charging from ``plot``, and their reasons."""
    land = [{"asset_id": "plot", **plot}, *layers.pop("more_land", [])]
    town = city(idle_land=land, building=[{"at": box(9000, 9000, 9010, 9010)}, *buildings], **layers)
    sieve = Sieve(MODEL, "idle_land", town["idle_land"].index, ("ebike_charging", "market"))
    land = town.placed("idle_land")
    fire.ebike_exclusions(sieve, town, MODEL, land, fire.ebike_rooms(town, MODEL, land))
    found = sieve.exclusions()
    assert sieve.offered["market"].all(), "other actions are not touched"
    assert found.empty or set(found["action"]) == {"ebike_charging"}
    return found[found["asset_id"] == "plot"].set_index("rule")["reason"].to_dict() if len(found) else {}


def test_a_site_lies_six_metres_from_every_building():
    # 12 ports x 3.3 m2 = 39.6 m2 is the smallest site. The plot of 8 x 10 m keeps 6 m from a wall along its west side:
    # touching it leaves 2 x 10 = 20 m2, 2 m away leaves 4 x 10 = 40 m2.
    assert AWAY == 6
    plot = {"at": box(0, 0, 8, 10)}

    def wall(metres):
        return {"at": box(-10 - metres, -50, -metres, 60)}

    assert set(rules(plot, wall(0))) == {"fire.ebike_near_building"}
    assert "离建筑6米外最多余20 m2，至少40 m2" in rules(plot, wall(0))["fire.ebike_near_building"]
    assert rules(plot, wall(2)) == {}
    assert rules(plot) == {}
    # What is too small in itself is not said to be too close.
    assert rules({"at": box(0, 0, 3, 10)}, wall(0)) == {}
    # Two pieces of 30 m2 on both sides of a building are no site of 60 m2.
    assert set(rules({"at": box(0, 0, 22, 10)}, {"at": box(9, -50, 13, 60)})) == {"fire.ebike_near_building"}


def ports(land, *buildings):
    """Return the option of e-bike charging on one parcel amid 1,000 e-bikes, which ask for 130 ports."""
    parcel = {"tenure": "collective", "zoning": "B1", "surface": "paved", **land}
    town = city(FIVE, community=[HOME], idle_land=[parcel], building=[{"at": box(9000, 0, 9010, 10)}, *buildings])
    table = idle_land.options(town, need.assemble(town, MODEL)[0], MODEL).table
    return option_facts.with_facts(table, town, MODEL).set_index("action").loc["ebike_charging"]


def test_ports_stand_only_where_the_fire_distance_leaves_room():
    # 25 x 20 m amid walls on three sides: 6 m off the west, the east and the north leave 13 x 14 = 182 m2. Each port
    # takes 3.3 m2: 55 of them, 181.5 m2. Without the walls 500 m2 would hold the 130 that are asked for.
    plot = {"at": box(0, 0, 25, 20)}
    walls = [{"at": box(-5, -30, 0, 30)}, {"at": box(25, -30, 30, 30)}, {"at": box(0, 20, 25, 25)}]
    found = ports(plot, *walls)
    assert (found["chargers"], found["area_m2"]) == (55, pytest.approx(181.5))
    assert found["chargers_high"] == 55
    assert ports(plot)["chargers"] == 130


def test_the_room_is_the_largest_piece_that_is_left():
    # A wall of 2 m across a plot of 40 x 10 m leaves 14 - 6 = 8 m west of it and 24 - 6 = 18 m east: 180 m2.
    town = city(idle_land=[{"at": box(0, 0, 40, 10)}, {"at": (500, 0)}], building=[{"at": box(14, -50, 16, 60)}])
    rooms = fire.ebike_rooms(town, MODEL, town.placed("idle_land"))
    assert rooms["ebike_room_m2"].iloc[0] == pytest.approx(180)
    assert rooms["covered_m2"].tolist() == pytest.approx([20, 0])
    assert np.isnan(rooms["ebike_room_m2"].iloc[1]), "a point has no extent"
    assert rooms["building_m"].isna().tolist() == [False, True]


def test_two_buildings_that_overlap_take_their_ground_once():
    houses = [{"at": box(0, 0, 10, 10)}, {"at": box(5, 0, 15, 10)}]
    town = city(idle_land=[{"at": box(0, 0, 40, 10)}], building=houses)
    room = fire.ebike_rooms(town, MODEL, town.placed("idle_land")).iloc[0]
    assert (room["covered_m2"], room["ebike_room_m2"]) == (pytest.approx(150), pytest.approx(190))


def test_a_point_in_or_near_a_building_is_out_and_elsewhere_unclear():
    point = {"at": (50, 50), "area_m2": 500.0}
    house = box(0, 0, 49, 100)  # 1 m west of the point
    near = rules(point, {"at": house})
    assert set(near) == {"fire.ebike_near_building"}
    assert "离建筑1.0米，至少6米" in near["fire.ebike_near_building"]
    assert set(rules(point, {"at": box(0, 0, 60, 60)})) == {"fire.ebike_in_building"}
    assert rules(point, {"at": box(0, 0, 43.9, 100)}) == {}
    found = ports(point, {"at": box(0, 0, 43.9, 100)})
    assert found["permission"] == "unclear"
    assert "只有点位，范围不明" in found["permission_reason"]
    assert "补绘场地范围" in found["next_step"]
    assert (found["chargers_low"], found["chargers"]) == (0, 130)
    assert "idle_land.geometry" in found["missing"].split(",")
    assert ports({"at": box(0, 0, 25, 20)})["permission"] == "approval", "an outline was checked"


def test_inside_a_building_is_out():
    plot = {"at": box(0, 0, 40, 40)}
    assert set(rules(plot, {"at": box(0, 0, 21, 40)})) == {"fire.ebike_in_building"}, "more than half of it is covered"
    assert rules(plot, {"at": box(0, 0, 20, 40)}) == {}, "half of it is not; 14 x 40 m are left"
    assert set(rules({**plot, "surface": "built"})) == {"fire.ebike_in_building"}
    assert rules({**plot, "surface": "paved"}) == {}


@pytest.mark.parametrize(("metres", "rule"), [(0, True), (30, True), (30.1, False)])
@pytest.mark.parametrize("words", [{"use": "加油站"}, {"name": "某某危险品仓库"}, {"use": "fuel"}])
def test_what_may_burn_or_explode_is_thirty_metres_away(metres, rule, words):
    found = rules({"at": box(0, 0, 40, 40)}, {"at": box(40 + metres, 0, 60 + metres, 40), **words})
    assert ("fire.ebike_near_danger" in found) is rule


def test_land_planned_for_danger_is_danger():
    plot = {"at": box(0, 0, 40, 40)}
    assert "fire.ebike_near_danger" in rules({**plot, "zoning": "B41"})
    assert "fire.ebike_near_danger" in rules({**plot, "zoning": "三类物流仓储用地"})
    assert "fire.ebike_near_danger" in rules(plot, more_land=[{"at": box(60, 0, 90, 40), "zoning": "W3"}])
    assert rules(plot, more_land=[{"at": box(60, 0, 90, 40), "zoning": "B11"}]) == {}
    assert rules({**plot, "zoning": "B1"}) == {}


def test_excluded_not_subtracted():
    # The plot keeps every other action; e-bike charging is a row of the exclusions with its document and no option.
    land = {"tenure": "collective", "zoning": "B1", "surface": "paved", "at": box(0, 0, 8, 10)}
    town = city(FIVE, community=[HOME], idle_land=[land], building=[{"at": box(-10, -50, 0, 60)}])
    found = idle_land.options(town, need.assemble(town, MODEL)[0], MODEL)
    assert "ebike_charging" not in set(found.table["action"])
    said = found.exclusions.set_index("rule")
    assert "应急管理部令第5号) 第37条" in said.loc["fire.ebike_near_building", "source"]
    lane = city(FIVE, community=[HOME], idle_land=[{**land, "constraint": "fire_lane", "at": box(0, 0, 60, 60)}])
    out = idle_land.options(lane, need.assemble(lane, MODEL)[0], MODEL)
    assert out.table.empty
    assert "消防法" in out.exclusions["source"].iloc[0]


def test_rooms_are_never_offered_for_ebikes():
    assert "ebike_charging" not in (*ROOM_ACTIONS, *public_rooms.ACTIONS)
    room = {"at": (10, 10), "floor_area_m2": 900.0, "occupancy": "vacant", "ownership": "state", "has_title": True}
    town = city(FIVE, community=[HOME], public_building=[room], idle_land=[{"at": (20, 20)}])
    found = need.assemble(town, MODEL)[0]
    rows = pd.concat([part.options(town, found, MODEL).table["action"] for part in (public_rooms, idle_land)])
    assert len(rows) > 0
    assert "ebike_charging" not in set(rows)


def test_without_buildings_it_is_unclear_never_allowed():
    land = {"tenure": "collective", "zoning": "B1", "surface": "paved", "at": box(0, 0, 60, 60)}
    seen = {}
    for name, layers in {"known": {"building": [{"at": box(900, 0, 910, 10)}]}, "unknown": {}}.items():
        town = city(FIVE, community=[HOME], idle_land=[land], **layers)
        table = idle_land.options(town, need.assemble(town, MODEL)[0], MODEL).table
        facts = option_facts.with_facts(table, town, MODEL).set_index("action")
        seen[name] = facts.loc["ebike_charging"]
        assert facts.loc["market", "permission"] == table.set_index("action").loc["market", "permission"]
    assert seen["known"]["permission"] == "approval"
    assert seen["unknown"]["permission"] == "unclear"
    assert "消防间距无法核对" in seen["unknown"]["permission_reason"]
    assert "building" in seen["unknown"]["missing"].split(",")


def station(*buildings, **row):
    return city(community=[{"ebike_port_count": 0, **HOME}], charging=[{**BIKE, **row}], building=list(buildings))


@pytest.mark.parametrize(
    ("row", "buildings", "units", "is_listed"),
    [
        ({}, [], (20, 20, 20), False),
        ({"is_indoors": True}, [], (0, 0, 0), True),
        ({"is_indoors": False}, [{"at": box(40, 40, 60, 60)}], (20, 20, 20), False),
        ({}, [{"at": box(40, 40, 60, 60)}], (0, 0, 20), True),
        ({"charger_type": "car", "is_indoors": True}, [], (0, 0, 0), False),
    ],
)
def test_stations_inside_buildings_are_no_supply_and_are_listed(row, buildings, units, is_listed):
    town = station(*buildings, **row)
    found = charging.supply(town, "ebike").iloc[0]
    assert tuple(found[["units", "units_low", "units_high"]]) == units
    listed = charging.options(town, pd.DataFrame(), MODEL)
    assert listed.table.empty
    assert listed.exclusions["rule"].tolist() == ["fire.ebike_indoors"] * is_listed
    assert any("设在建筑内" in note.zh for note in charging.need(town, MODEL).attrs["notes"]) is is_listed


def test_ports_inside_buildings_come_off_what_a_community_counts_as_its_own():
    # 1,000 e-bikes ask for 130 ports. The ledger counts 50 on site; 20 of them stand in a stairwell.
    home = {**HOME, "ebike_port_count": 50}
    town = city(community=[home], charging=[{**BIKE, "access": "permit", "is_indoors": True}])
    row = charging.need(town, MODEL).iloc[0]
    # At the low end the ledger may have left them out already: 130 - 50.
    assert [row[f"ebike_gap_ports{end}"] for end in ("", "_low", "_high")] == pytest.approx([100, 80, 100])
    silent = city(community=[{**HOME, "ebike_port_count": None}], charging=[{**BIKE, "access": "permit"}])
    row = charging.need(silent, MODEL).iloc[0]
    assert row["ebike_gap_ports"] == pytest.approx(110), "where the ledger is silent the residents' station counts"
    assert "community.ebike_port_count" not in row["missing"]


@settings(max_examples=8, deadline=None)
@given(turn=st.floats(0, 360), east=st.floats(-5e3, 5e3), gap=st.floats(0, 12), width=st.floats(3, 30))
def test_turning_or_moving_the_city_changes_no_rule(turn, east, gap, width):
    def moved(shape):
        return affinity.translate(affinity.rotate(shape, turn, origin=(0, 0)), east, -east)

    plot, wall = box(0, 0, width, 10), box(-10 - gap, -50, -gap, 60)
    room_m2 = max(0.0, width - max(0.0, AWAY - gap)) * 10
    if abs(room_m2 - 39.6) < 1e-3 or abs(width * 10 - 39.6) < 1e-3:
        return
    expected = {"fire.ebike_near_building"} if room_m2 < 39.6 <= width * 10 else set()
    assert set(rules({"at": plot}, {"at": wall})) == expected
    assert set(rules({"at": moved(plot)}, {"at": moved(wall)})) == expected


def test_reasons_stand_in_both_languages():
    for key in ("in_building", "near_building", "near_danger", "indoors"):
        rule = MODEL.exclusions[f"fire.ebike_{key}"]
        assert rule.actions == ("ebike_charging",)
        assert all((rule.zh, rule.en, rule.source))
    for key in ("ebike.fire_distance_building", "ebike.fire_distance_danger"):
        assert MODEL[key].is_assumption, "no text in force gives the distance"
    assert np.isfinite(MODEL.value("ebike.fire_distance_danger"))
