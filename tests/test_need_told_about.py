"""Counts that are told about (三百多), and those that nobody made: their range in the need, and what they rest on."""

from __future__ import annotations

import pandas as pd
import pytest
from need_city import FIVE, MODEL, city

from gis import charging, community, parking

OPEN = {"parking_type": "public", "access": "public", "is_open_at_night": True}


def test_a_count_told_about_keeps_the_range_of_its_words():
    asked = [
        # 三百多 is read as 350, 300 to 400; beside it another part of the compound with 40, and words on other columns.
        {"community_name": "甲", "surveyed_at": pd.Timestamp("2026-06-01 23:00"), "parked_count": 350, **remark}
        for remark in (
            {"remark": "夜间查；实停（辆）: 三百多；划线泊位: 约90"},
            {"remark": "实停: 900多", "parked_count": 40},
        )
    ]
    here = city(community=[{"asset_id": "a", "name": "甲", "at": (0, 0)}], parking_survey=asked)
    cars = parking.vehicles(here, MODEL)
    assert cars[["vehicles", "vehicles_low", "vehicles_high"]].to_numpy().tolist() == [[390, 340, 440]]
    assert parking.need(here, MODEL)["vehicles_high"].tolist() == [440]


@pytest.mark.parametrize(
    ("remark", "low", "high", "basis", "basis_en"),
    [
        ("近学校；车辆数: 三百多", 300, 400, "台账为约数（三百多），按300–400计", "taken as 300-400"),
        ("夜间车辆数（辆）: 约350", 315, 385, "台账为约数（约350），按315–385计", "taken as 315-385"),
        ("车辆数: 350（估）", 315, 385, "台账为约数（350（估）），按315–385计", "told about only (350（估）)"),
        # A column that was named for the import: its title is no title of ours, and the words say just this number.
        ("实有小车: 约350", 315, 385, "台账为约数（约350），按315–385计", "taken as 315-385"),
        ("实有小车: 三百六七十", 350, 350, "台账", "Ledger"),
        ("电动自行车数: 约350", 350, 350, "台账", "Ledger"),
        # Corrected since: the words tell about another number.
        ("车辆数: 七百多", 350, 350, "台账", "Ledger"),
        (None, 350, 350, "台账", "Ledger"),
    ],
)
def test_a_ledgers_count_told_about_keeps_the_range_of_its_words(remark, low, high, basis, basis_en):
    home = {"vehicle_count": 350, "stall_count": 100, "remark": remark, "at": (0, 0)}
    lot = {**OPEN, "stall_count": 50, "at": (0, 0)}
    found = parking.need(city(FIVE, community=[home], parking=[lot]), MODEL).iloc[0]
    assert [found[f"vehicles{end}"] for end in ("", "_low", "_high")] == pytest.approx([350, low, high])
    gap = [found[f"night_gap_stalls{end}"] for end in ("", "_low", "_high")]
    assert gap == pytest.approx([200, low - 150, high - 150])
    assert found["vehicles_basis"] == basis
    assert basis_en in found["vehicles_basis_en"]


def test_vehicles_that_nobody_counted_say_what_they_are_made_of():
    homes = [
        {"asset_id": "a", "household_count": 200, "at": (0, 0)},
        {"asset_id": "b", "name": "乙", "at": (0, 0)},
        {"asset_id": "c", "at": (0, 0)},
    ]
    surveys = [
        {"community_name": "乙", "surveyed_at": pd.Timestamp(f"2026-0{month}-01 23:00"), "parked_count": count}
        for month, count in ((5, 75), (6, 60))
    ]
    found = parking.need(city(FIVE, community=homes, parking_survey=surveys), MODEL)
    source = "没有找到来源的假定，上限取宁波市中心2015年的数"
    said = f"无车辆数：按200户×每户0.5（0.3–1.26）辆估算，为假定，不是现状数（{source}，置信度低）"
    assert found["vehicles_basis"].tolist() == [said, "夜间停车普查，按60–75计", "无数据，无法估算"]
    assert found.loc["a", "vehicles_basis_en"].startswith("No count of vehicles: 200 households x 0.5 (0.3-1.26) each")
    # 100 (60 to 252) vehicles, 63 (18 to 252) stalls: what is assumed of the one stands in the other.
    stalls = found.loc["a", ["stalls_on_site", "stalls_on_site_low", "stalls_on_site_high"]]
    assert stalls.tolist() == pytest.approx([63, 18, 252])
    assert found.loc["a", "night_gap_stalls_high"] == pytest.approx(252 * 0.7)


def test_households_made_of_the_floor_area_are_not_told_as_counted():
    """36,800 m2 at 73.6 m2 a household (64.1 at the least) are 500 (500 to 574) households."""
    homes = [
        {"asset_id": "a", "floor_area_m2": 36_800.0, "at": (0, 0)},
        {"asset_id": "b", "household_count": 500, "remark": "户数: 约500", "at": (0, 0)},
        {"asset_id": "c", "household_count": 500, "at": (0, 0)},
        {"asset_id": "d", "floor_area_m2": 36_800.0, "vehicle_count": 90, "at": (0, 0)},
    ]
    town = city(FIVE, community=homes)
    found = parking.need(town, MODEL)
    told = found["vehicles_basis"].str.split("×").str[0]
    assert told.tolist()[:3] == [
        "无车辆数：按500户（户数按建筑面积估算，500–574）",
        "无车辆数：按500户（户数为约数，450–550）",
        "无车辆数：按500户",
    ]
    assert "500 households (estimated from the floor area, 500-574) x" in found.loc["a", "vehicles_basis_en"]
    for need in (found, charging.need(town, MODEL)):
        lacks = need["missing"].str.contains("community.household_count")
        assert lacks.to_dict() == {"a": True, "b": False, "c": False, "d": False}


def test_words_under_a_title_nobody_knows_tell_of_no_number_that_stands_in_two_columns():
    homes = [
        {"asset_id": "a", "household_count": 200, "stall_count": 200, "remark": "私家车: 约200", "at": (0, 0)},
        {"asset_id": "b", "household_count": 200, "remark": "几户: 约200", "at": (0, 0)},
        {"asset_id": "c", "household_count": 200, "stall_count": 200, "remark": "户数: 约200", "at": (0, 0)},
    ]
    town = city(FIVE, community=homes)
    rough = community.need(town, MODEL)["warnings"].str.contains("户数为约数（约200）")
    assert rough.to_dict() == {"a": False, "b": True, "c": True}
    assert parking.need(town, MODEL).loc["a", "stalls_on_site_basis"] == "台账"


def test_stalls_told_about_open_the_gap_on_site_and_around():
    # 100 vehicles; 六七十 on site is 65 (60 to 70), 约20 around it 20 (18 to 22).
    home = {"vehicle_count": 100, "stall_count": 65, "remark": "停车位: 六七十", "at": (0, 0)}
    lot = {**OPEN, "stall_count": 20, "remark": "泊位数: 约20", "at": (0, 0)}
    found = parking.need(city(FIVE, community=[home], parking=[lot]), MODEL).iloc[0]
    assert [found[f"stalls_on_site{end}"] for end in ("", "_low", "_high")] == [65, 60, 70]
    assert [found[f"night_gap_stalls{end}"] for end in ("", "_low", "_high")] == pytest.approx([15, 8, 22])
    assert found["stalls_on_site_basis"] == "台账为约数（六七十），按60–70计"


def test_households_told_about_open_the_vehicles_they_stand_for():
    # 约500 is 450 to 550 households, each with 0.5 (0.3 to 1.26) vehicles; 约3.5 of 10,000 m2 is 428 to 601.
    homes = [
        {"asset_id": "a", "household_count": 500, "remark": "户数: 约500", "at": (0, 0)},
        {"asset_id": "b", "floor_area_m2": 35_000.0, "remark": "建筑面积（万㎡）: 约3.5", "at": (0, 0)},
    ]
    town = city(FIVE, community=homes)
    found = parking.need(town, MODEL)
    assert found.loc["a", ["vehicles", "vehicles_low", "vehicles_high"]].tolist() == pytest.approx([250, 135, 693])
    least, most = 31_500 / 73.6 * 0.3, 38_500 / 64.1 * 1.26
    assert found.loc["b", ["vehicles_low", "vehicles_high"]].tolist() == pytest.approx([least, most])
    told = community.need(town, MODEL)["warnings"]
    assert told.loc["a"].split("；")[0] == "建成年份不明"
    assert "户数为约数（约500），按450–550户计" in told.loc["a"]
    assert "建筑面积为约数（约3.5），按31,500–38,500平方米计" in told.loc["b"]
