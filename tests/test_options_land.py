"""Idle land: the legal test at its edges, the clock, the path by tenure, exclusions, and what a plot yields."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from need_city import AS_OF, FIVE, MODEL, city
from shapely import affinity
from shapely.geometry import Point, Polygon, box

from gis import capacity, idle_land
from gis._notes import SEPARATORS
from gis.model import Model
from gis.need import assemble

NOBODY = assemble(city(), MODEL)[0]
LOT = box(50, 10, 110, 60)  # 60 m x 50 m = 3,000 m2


def offered(*plots, **layers):
    town = city(FIVE, idle_land=plots, **layers)
    need = assemble(town, MODEL)[0] if "community" in layers else NOBODY
    return idle_land.options(town, need, MODEL)


def actions(found, plot=0):
    table = found.table
    return set(table.loc[table["asset_id"] == f"idle_land-{plot}", "action"])


def excluded(found, rule):
    table = found.exclusions
    return set(table.loc[table["rule"] == rule, "action"].astype(object).where(lambda code: code.notna(), "*"))


def row(found, action, plot=0):
    table = found.table
    return table[(table["asset_id"] == f"idle_land-{plot}") & (table["action"] == action)].iloc[0]


COLLECTIVE = {"at": LOT, "tenure": "collective", "zoning": "B1", "land_rent_cny_m2_month": 3.0}


# The legal test ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "meets"),
    [
        ({"started_area_share": 0.33, "invested_share": 0.9, "stopped_since": "2025-07-01"}, True),
        ({"started_area_share": 0.34, "invested_share": 0.30, "stopped_since": "2025-07-01"}, False),
        ({"started_area_share": 0.34, "invested_share": 0.249, "stopped_since": "2025-07-01"}, True),
        ({"started_area_share": 0.33, "stopped_since": "2025-07-02"}, False),
        ({"invested_share": 0.249, "stopped_since": "2025-07-01"}, True),  # the area is unknown: either test will do
        ({"invested_share": 0.249, "stopped_since": "2025-07-02"}, False),
        ({"invested_share": 0.25, "stopped_since": "2025-07-01"}, False),
        ({"stopped_since": "2020-01-01"}, False),
        ({"agreed_start_date": "2025-07-01"}, True),
        ({"agreed_start_date": "2025-07-02"}, False),
        ({"agreed_start_date": "2020-01-01", "started_area_share": 0.9, "invested_share": 0.9}, False),
        ({}, False),
    ],
)
def test_the_legal_test_at_its_edges(facts, meets):
    town = city(idle_land=[{"at": LOT, "tenure": "granted", **facts}])
    land = town["idle_land"]
    assert idle_land.meets_idle_test(land, town, MODEL).to_list() == [meets]
    expected = "suspected_idle" if meets else "underused_space"
    assert idle_land.legal_class(land, town, MODEL).to_list() == [expected]


def test_without_a_certificate_land_is_only_suspected_and_has_no_clock():
    found = offered(
        {"at": LOT, "tenure": "granted", "zoning": "R2", "land_class": "legal_idle", "idle_cause": "company"}
    )
    assert set(found.table["clock"]) == {"疑似闲置，不起算"}
    assert set(found.table["permission"]) == {"unclear"}


def test_collective_land_that_lies_idle_is_not_legally_idle():
    town = city(idle_land=[{"at": LOT, "tenure": "collective", "agreed_start_date": "2015-01-01"}])
    assert idle_land.legal_class(town["idle_land"], town, MODEL).to_list() == ["underused_space"]


def test_the_clock_of_a_company_counts_fee_and_months():
    certified = {"at": LOT, "tenure": "granted", "certificate_no": "认1", "land_price_cny": 5e7}
    town = city(
        idle_land=[
            {**certified, "idle_cause": "company", "agreed_start_date": "2025-01-01"},
            {**certified, "idle_cause": "company", "stopped_since": "2024-01-01", "agreed_start_date": "2020-01-01"},
            {**certified, "idle_cause": "government", "agreed_start_date": "2020-01-01"},
        ]
    )
    times = idle_land.clock(town["idle_land"], town, MODEL)
    days = (pd.Timestamp(AS_OF) - pd.Timestamp("2025-01-01")).days  # 546
    assert times["months_to_fee"].iloc[0] == 0
    assert times["months_to_reclaim"].iloc[0] == pytest.approx(24 - days / 365.25 * 12)
    assert times["fee_cny"].to_list() == [1e7, 1e7, pytest.approx(np.nan, nan_ok=True)]
    assert times["months_to_reclaim"].iloc[1] == 0
    assert times.iloc[2].isna().all()
    legal = idle_land.legal_class(town["idle_land"], town, MODEL)
    texts = idle_land.clock_text(times, legal, MODEL)
    assert list(texts.iloc[0]) == [
        "闲置1.5年：已满1年，应缴闲置费20%，约1,000万元；距满2年6个月",
        "Idle for 1.5 years: past 1 year, an idle-land fee of 20% is due, about 10,000,000 CNY; 6 months to 2 years",
    ]
    assert texts["clock"].iloc[2].startswith("已认定，政府原因")


def test_figures_in_words_are_those_of_the_model():
    model = Model.load(
        overrides={
            "idle.fee": "0.15",
            "idle.years_not_started": "2",
            "idle.reclaim_years": "3",
            "parking.mech_idle_rate": "0.35",
            "ev.share.public_min": "0.125",
        }
    )
    late = {"idle_cause": "company", "agreed_start_date": "2020-01-01", "tenure": "granted"}
    town = city(idle_land=[{"at": LOT, "certificate_no": "认1", **late}, COLLECTIVE])
    found = idle_land.options(town, NOBODY, model).table.set_index(["asset_id", "action"])
    clocks = found["clock"].loc["idle_land-0"]
    assert clocks.str.endswith("：已满2年，应缴闲置费15%；已满3年，可无偿收回").all()
    plot = found["warnings"].loc["idle_land-1"]
    assert "全国机械泊位约35%闲置，使用率按65%计" in plot["mechanical_parking"]
    assert "须按不少于12.5%的泊位预留充电条件" in plot["surface_parking"]


def test_without_a_start_or_a_stop_no_clock_runs_from_the_certificate():
    facts = {"certificate_no": "认1", "certificate_date": "2020-01-01", "land_price_cny": 5e7, "idle_cause": "company"}
    town = city(idle_land=[{"at": LOT, "tenure": "granted", **facts}])
    times = idle_land.clock(town["idle_land"], town, MODEL)
    assert times.isna().all(axis=None)
    texts = idle_land.clock_text(times, idle_land.legal_class(town["idle_land"], town, MODEL), MODEL)
    assert texts["clock"].iloc[0].startswith("已认定")
    assert texts["clock"].iloc[0].endswith("不起算")
    assert texts["clock_en"].iloc[0].endswith("no clock runs")


# Permission -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "permission", "years"),
    [
        ({"tenure": "reserve"}, "approval", 2),
        ({"tenure": "collective"}, "approval", 15),
        ({"tenure": "public_unit"}, "approval", 5),
        ({"tenure": "unknown"}, "unclear", 2),
        ({"tenure": "granted"}, "unclear", 2),
        ({"tenure": "granted", "certificate_no": "认1", "idle_cause": "government"}, "approval", 2),
        ({"tenure": "granted", "certificate_no": "认1", "idle_cause": "company"}, "unclear", 2),
        ({"tenure": "collective", "zoning": None}, "unclear", 15),
        ({"tenure": "collective", "available_until": "2027-07-01"}, "approval", 365 / 365.25),
    ],
)
def test_path_and_term_by_tenure(facts, permission, years):
    found = row(offered({"at": LOT, "zoning": "B1", **facts}), "surface_parking")
    assert found["permission"] == permission
    assert found["horizon_years"] == pytest.approx(years)


def test_nothing_on_land_is_ever_allowed_outright():
    tenures = ("granted", "allocated", "reserve", "collective", "public_unit", "under_bridge", "road_leftover")
    found = offered(*({"at": LOT, "tenure": tenure, "zoning": "S42"} for tenure in tenures))
    assert "allowed" not in set(found.table["permission"])


# Exclusions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["metro_protection", "river_strip", "fire_lane", "school", "military", "religious"])
def test_constraints_exclude_everything_once(code):
    found = offered({**COLLECTIVE, "constraint": code})
    assert actions(found) == set()
    assert found.exclusions["rule"].to_list() == [f"constraint.{code}"]
    assert found.exclusions["action"].isna().all()
    assert found.exclusions["reason"].str.len().min() > 0


def test_litigation_excludes_everything():
    assert actions(offered({**COLLECTIVE, "in_litigation": True})) == set()


@pytest.mark.parametrize("zoning", ["G1", "公园绿地G1", "g12"])
def test_no_parking_in_parks(zoning):
    found = offered({**COLLECTIVE, "zoning": zoning})
    assert actions(found) == {"pocket_park"}
    assert "surface_parking" in excluded(found, "zoning.G1")


@pytest.mark.parametrize("zoning", ["A33", "A9", "H41", "E1"])
def test_schools_religion_military_water_by_zoning(zoning):
    assert actions(offered({**COLLECTIVE, "zoning": zoning})) == set()


def test_a_plot_mostly_in_a_park_or_on_water_is_not_built_on():
    half = {"at": box(40, 0, 82, 70)}
    park = offered(COLLECTIVE, green=[{**half, "green_type": "park"}])
    assert actions(park) == {"pocket_park"}
    assert actions(offered(COLLECTIVE, green=[{**half, "green_type": "grass"}])) == actions(offered(COLLECTIVE))
    less = {"at": box(40, 0, 78, 70), "green_type": "park"}
    assert actions(offered(COLLECTIVE, green=[less])) == actions(offered(COLLECTIVE))
    assert actions(offered(COLLECTIVE, water=[half])) == set()


def test_temporary_land_holds_nothing_permanent():
    found = offered({"at": LOT, "tenure": "reserve", "zoning": "B1"})
    assert actions(found) == {"surface_parking", "charging", "ebike_charging", "pocket_park", "market"}
    assert excluded(found, "permanent_on_temporary") == {"mechanical_parking", "community_service"}
    assert "只可临时使用" in row(found, "surface_parking")["warnings"]


def test_a_strip_of_four_metres_holds_no_car():
    found = offered({**COLLECTIVE, "at": box(50, 10, 54, 260)})
    assert {"surface_parking", "charging", "mechanical_parking"}.isdisjoint(actions(found))
    reasons = found.exclusions.loc[found.exclusions["rule"] == "too_narrow", "reason"]
    assert "过窄（最宽处4.0 m，至少6.2 m）" in set(reasons)


def test_too_small_and_too_large_say_by_how_much():
    found = offered({**COLLECTIVE, "at": box(50, 10, 60, 20)}, {**COLLECTIVE, "at": box(300, 0, 500, 100)})
    assert "pocket_park" not in actions(found, 0) | actions(found, 1)
    reasons = set(found.exclusions["reason"])
    assert "面积不足（100 m2，至少400 m2）" in reasons
    assert "超过口袋公园面积上限（20,000 m2，至多10,000 m2）" in reasons
    in_english = set(found.exclusions["reason_en"])
    assert "Too small (100 m2, at least 400 m2 needed)" in in_english
    assert "Larger than a pocket park (20,000 m2, at most 10,000 m2)" in in_english


def test_nothing_new_in_a_protection_zone_but_a_garden_may_be_approved():
    zone = {"at": box(100, 0, 140, 40), "zone_type": "protection", "heritage_class": "district_unit"}
    found = offered(COLLECTIVE, heritage_zone=[zone])
    assert actions(found) == {"pocket_park", "ebike_charging"}
    assert "区级文物保护单位保护范围：新建禁止" in found.exclusions["reason"].iloc[-1]
    park = row(found, "pocket_park")
    assert park["permission"] == "approval"
    assert "公示不少于20日" in park["next_step"].split(SEPARATORS[""])


def test_a_zone_takes_the_class_of_its_site_and_without_one_is_unclear():
    site = {"at": (400, 400), "heritage_class": "city_unit", "source_id": "W1"}
    known = {"at": LOT, "zone_type": "control", "heritage_id": "W1"}
    assert row(offered(COLLECTIVE, heritage=[site], heritage_zone=[known]), "market")["permission"] == "approval"
    twice = row(offered(COLLECTIVE, heritage=[site, site], heritage_zone=[known]), "market")
    assert twice["permission"] == "unclear", "two sites of one id: nobody knows which class the zone has"
    blank = {"at": LOT, "zone_type": "control"}
    assert row(offered(COLLECTIVE, heritage_zone=[blank]), "market")["permission"] == "unclear"


# Capacity ---------------------------------------------------------------------------------------------------------


def test_stalls_of_3000_m2_by_hand():
    parking = row(offered(COLLECTIVE), "surface_parking")
    assert (parking["area_m2"], parking["stalls"]) == (3000, 92)  # 3000 x 0.85 / 27.5 = 92.7
    assert (parking["stalls_low"], parking["stalls_high"]) == (40, 120)  # 3000 x 0.4 / 30, 3000 x 1 / 25


def test_mechanical_and_charging_by_hand():
    found = offered(COLLECTIVE)
    rack = row(found, "mechanical_parking")
    assert (rack["stalls"], rack["stalls_low"], rack["stalls_high"]) == (255, 96, 600)  # 2 x 3000 x 0.85 / 20
    assert "42%" in rack["warnings"]
    piles = row(found, "charging")
    assert (piles["chargers"], piles["area_m2"]) == (10, 275)  # a tenth of 92 stalls, 27.5 m2 each


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
