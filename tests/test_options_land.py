"""Idle land: what a plot yields, and what stands around it."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from land_cases import COLLECTIVE, LOT, NOBODY, actions, offered, row
from need_city import MODEL, city
from shapely import affinity
from shapely.geometry import Point, Polygon, box

from gis import capacity, idle_land
from gis.finance import accounts
from gis.option_facts import with_facts

# Capacity ---------------------------------------------------------------------------------------------------------


def test_stalls_of_3000_m2_by_hand():
    parking = row(offered(COLLECTIVE), "surface_parking")
    # Six rows at 90 degrees in 50 m: three modules of 5.3 + 5.5 + 5.3 m. A row of 60 m holds 25 stalls of 2.4 m, less
    # the way that joins the aisles and the entrance: 23 + 20 + 20 + 21 + 20 + 21.
    assert (parking["area_m2"], parking["stalls"]) == (3000, 125)
    assert parking["stalls"] <= 6 * 25
    assert parking["stalls_low"] == 43  # 3000 / 69.7, the poorest lot seen
    assert 125 <= parking["stalls_high"] <= 150


def test_mechanical_and_charging_by_hand():
    found = offered(COLLECTIVE)
    rack = row(found, "mechanical_parking")
    assert rack["stalls"] == 2 * 125 - 6  # two levels, one free place in each of the six rows to slide into
    assert rack["stalls_low"] == 96  # 2 x 3000 x 0.4 / 25
    assert rack["stalls_high"] >= 3 * 125 - 2 * 6
    assert "42%" in rack["warnings"]
    piles = row(found, "charging")
    assert (piles["chargers"], piles["area_m2"]) == (13, 357.5)  # a tenth of 125 stalls, 27.5 m2 each


def test_ebike_ports_follow_the_gap_around_but_no_less_than_a_site():
    near = {"at": (60, 0), "household_count": 100, "ebike_count": 500, "ebike_port_count": 0}
    assert row(offered(COLLECTIVE, community=[near]), "ebike_charging")["chargers"] == 65  # 0.13 x 500
    few = {**near, "ebike_count": 10}
    site = row(offered(COLLECTIVE, community=[few]), "ebike_charging")
    assert (site["chargers"], site["area_m2"]) == (20, pytest.approx(66))


def test_a_point_without_area_offers_rooms_only_and_a_point_with_area_has_no_sure_stalls():
    found = offered({"at": (100, 0)}, {"at": (100, 0), "area_m2": 3000.0, "tenure": "collective", "zoning": "B1"})
    assert actions(found, 0) == {"community_service", "culture_space"}
    room = row(found, "community_service")
    assert np.isnan(room["area_m2"])
    assert room["stalls"] == 0
    lot = row(found, "surface_parking", 1)
    assert (lot["stalls"], lot["stalls_low"]) == (92, 0)
    assert "idle_land.geometry" in lot["missing"].split(",")
    assert [note.en.split(":")[0] for note in found.notes] == ["Idle land"]


def test_an_area_told_about_on_a_point_opens_the_band_and_is_said():
    # 三千多 is 3,500 (3,000 to 4,000): 3500 x 0.85 / 27.5 = 108 stalls, at most 4000 / 25 = 160, at least none.
    facts = {"at": (100, 0), "area_m2": 3500.0, "tenure": "collective", "zoning": "B1"}
    exact, about = offered(facts), offered({**facts, "remark": "面积: 三千多平方米"})
    ends = ["stalls", "stalls_low", "stalls_high"]
    assert row(exact, "surface_parking")[ends].to_list() == [108, 0, 140]
    assert row(about, "surface_parking")[ends].to_list() == [108, 0, 160]
    assert row(about, "mechanical_parking")["stalls_high"] == math.floor(3 * 4000 / 15)
    assert row(about, "charging")["chargers_low"] == 0, "nobody knows whether its stalls can be laid"
    said = "只有点位、轮廓不明：规模按台账面积估算，低值为0，保护区划只按点位核对"
    for found in (exact, about):
        assert said in row(found, "surface_parking")["warnings"].split("；")
        assert "A point of unknown outline: its area is the ledger's" in row(found, "market")["warnings_en"]
    told = "台账面积为约数（三千多平方米），按3,000–4,000平方米计"
    assert [told in row(found, "pocket_park")["warnings"].split("；") for found in (exact, about)] == [False, True]
    assert not any("轮廓不明" in text for text in offered(COLLECTIVE).table["warnings"])


def test_an_area_made_of_chargers_says_by_what_it_was_estimated():
    table = with_facts(offered(COLLECTIVE).table, city(), MODEL).set_index("action")
    said = "面积为估算，不是量算：13桩×每桩27.5平方米（25–40，合325–520），为假定"
    source = "假定每桩一个地面泊位连同车道，见parking.stall_area.surface"
    assert f"{said}（{source}）" in table.loc["charging", "warnings"].split("；")
    assert "13 piles x 27.5 m2 (25-40, in all 325-520), an assumption" in table.loc["charging", "warnings_en"]
    assert "20口×每口3.3平方米（折算：227处" in table.loc["ebike_charging", "warnings"]
    assert "不是量算" not in table.loc["surface_parking", "warnings"]
    # A confirmed capacity leaves fewer piles: the words follow.
    fed = {**COLLECTIVE, "grid_capacity_kw": 5 * MODEL.value("ev.power.dc"), "is_grid_confirmed": True}
    town = city(idle_land=[fed])
    bound = with_facts(idle_land.options(town, NOBODY, MODEL).table, town, MODEL).set_index("action").loc["charging"]
    assert f"{bound['chargers']:.0f}桩×每桩27.5平方米" in bound["warnings"]
    assert bound["chargers"] < 13


def test_land_without_an_outline_is_to_be_surveyed_first():
    facts = {"area_m2": 3000.0, "tenure": "collective", "zoning": "B1"}
    points = ({"at": (100, 0), **facts}, {"at": (100, 0), **facts, "surface": "built", "position": "approximate"})
    found = offered(*points, {"at": LOT, **facts}).table.set_index("asset_id")
    step = "先测绘或核实用地范围，再按实有边界重新测算"
    plots = found[~found["action"].isin(["community_service", "culture_space"])]
    assert plots.loc["idle_land-0", "next_step"].str.startswith(f"{step}；").all()
    assert plots.loc["idle_land-0", "next_step_en"].str.startswith("Survey it or find out its boundary first").all()
    assert not found.loc["idle_land-2", "next_step"].str.contains(step).any()
    rooms = found.loc["idle_land-1"]
    assert set(rooms["action"]) == {"community_service", "culture_space"}
    assert not rooms["next_step"].str.contains(step).any(), "a room that stands has its size"


def test_a_point_on_open_ground_has_no_room_for_culture_or_a_service():
    surfaces = ("grass", "bare", "paved", "dug", "built", None)
    found = offered(*({"at": (100, 0), "surface": surface} for surface in surfaces))
    rooms = {"community_service", "culture_space"}
    assert [actions(found, place) for place in range(6)] == [set()] * 4 + [rooms] * 2
    green = offered(*({"at": (100, 0), **facts} for facts in ({"zoning": "G1"}, {"tenure": "green_leftover"})))
    assert green.table.empty, "nobody says that something stands there"
    assert actions(offered({"at": (100, 0), "zoning": "G1", "surface": "built"})) == {"culture_space"}
    told = found.exclusions.query("asset_id == 'idle_land-0'").set_index("action")["rule"]
    assert told[["culture_space", "community_service"]].to_list() == ["open_plot", "open_plot"]


def test_an_open_plot_has_no_room_for_a_service_either():
    plot = {"at": LOT, "tenure": "collective", "zoning": "B1"}
    found = offered(*({**plot, "surface": surface} for surface in ("bare", None, "built")))
    assert not {"community_service", "culture_space"} & (actions(found, 0) | actions(found, 1))
    assert {"community_service", "culture_space"} <= actions(found, 2)
    told = found.exclusions.query("asset_id == 'idle_land-0' and rule == 'open_plot'")
    assert dict(zip(told["action"], told["reason"], strict=True)) == dict.fromkeys(
        ("community_service", "culture_space"), "露天场地，没有可利用的房屋"
    )


def test_unplaced_land_is_not_offered():
    assert offered({"tenure": "collective", "area_m2": 3000.0}).table.empty


def test_width_is_that_of_the_largest_circle():
    frame = gpd.GeoDataFrame(
        {"area_m2": [np.nan] * 3},
        geometry=[box(0, 0, 40, 8), Polygon([(0, 0), (30, 0), (0, 40)]), Point(0, 0)],
        crs="EPSG:4547",
    )
    shapes = capacity.shape_of(frame)
    assert shapes["width_m"].to_list()[:2] == pytest.approx([8, 20], abs=0.2)  # inscribed circle of 30-40-50: r = 10
    assert np.isnan(shapes["width_m"].iloc[2])


@settings(max_examples=25, deadline=None)
@given(st.floats(0, 360), st.floats(5, 120), st.floats(5, 120))
def test_turning_a_plot_changes_neither_its_area_nor_its_width(angle, width, height):
    plot = box(0, 0, width, height)
    frame = gpd.GeoDataFrame({"area_m2": [np.nan] * 2}, geometry=[plot, affinity.rotate(plot, angle)], crs="EPSG:4547")
    shapes = capacity.shape_of(frame)
    assert shapes["area_m2"].iloc[1] == pytest.approx(shapes["area_m2"].iloc[0])
    tolerance = 4 * capacity.WIDTH_TOLERANCE_SHARE * np.hypot(width, height)
    assert shapes["width_m"].iloc[1] == pytest.approx(shapes["width_m"].iloc[0], abs=tolerance)


@given(st.floats(100, 20_000), st.floats(1, 2))
def test_more_area_never_yields_fewer_stalls_and_bands_hold_the_value(area, more):
    stalls = capacity.surface_stalls(pd.Series([area, area * more]), MODEL)
    assert stalls["stalls"].is_monotonic_increasing
    assert (stalls["stalls_low"] <= stalls["stalls"]).all()
    assert (stalls["stalls"] <= stalls["stalls_high"]).all()


# Around -----------------------------------------------------------------------------------------------------------


def test_what_stands_around_a_plot():
    homes = [
        {"at": (60, 0), "household_count": 100, "elderly_share": 0.4, "vehicle_count": 50, "stall_count": 20},
        {"at": (100, 0), "household_count": 300, "elderly_share": 0.2, "vehicle_count": 10, "stall_count": 20},
        {"at": (5000, 0), "household_count": 999},
    ]
    reports = [
        {"at": (80, 0), "reported_at": "2026-06-01", "event_item": "机动车违停"},
        {"at": (80, 0), "reported_at": "2026-06-01", "event_item": "路灯不亮"},
        {"at": (80, 0), "reported_at": "2025-06-30", "event_item": "机动车违停"},
    ]
    found = row(offered(COLLECTIVE, community=homes, report=reports), "surface_parking")
    assert found["people_served"] == 1000  # 400 households of 2.5
    assert found["near_elderly_share"] == pytest.approx((250 * 0.4 + 750 * 0.2) / 1000)
    assert found["near_night_gap"] == 30
    assert (found["near_reports"], found["near_parking_reports"]) == (2, 1)


def test_missing_layers_are_unknown_and_empty_surroundings_are_nobody():
    found = row(offered(COLLECTIVE), "surface_parking")
    assert np.isnan(found["near_people"])
    assert np.isnan(found["near_reports"])
    far = row(offered(COLLECTIVE, community=[{"at": (5000, 0), "household_count": 10}]), "surface_parking")
    assert far["near_people"] == 0


def test_the_ledger_tells_whose_income_it_is_and_what_document_pledges_it():
    plot = {"at": LOT, "tenure": "reserve", "zoning": "B1", "land_rent_cny_m2_month": 0.0}
    papers = {"pledgeable_share": 0.5, "pledge_document": "示〔2026〕1号"}
    plots = [plot, {**plot, "income_owner": "operator"}, {**plot, **papers}, {**plot, "pledgeable_share": 0.5}]
    table = offered(*plots).table.query("action == 'surface_parking'")
    assert table["income_owner"].to_list() == ["treasury", "operator", "treasury", "treasury"]
    # The treasury's income repays nothing, but for the share that a named document grants.
    account = accounts(table, MODEL).table
    assert account["pledgeable_share"].to_list() == [0, 1, 0.5, 0]
    granted = offered({**plot, "tenure": "granted"}).table
    assert granted["missing"].str.contains("idle_land.income_owner").all()
