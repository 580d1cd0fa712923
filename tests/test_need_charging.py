"""Piles for cars and ports for e-bikes that are lacking, by hand."""

from __future__ import annotations

import numpy as np
import pytest
from need_city import FIVE, MODEL, city
from shapely.geometry import box

from gis import charging

CAR = {"charger_type": "car", "access": "public", "status": "operating"}
BIKE = {"charger_type": "ebike", "access": "public", "status": "operating"}
HOME = {"stall_count": 0, "charger_count": 0, "ebike_count": 0, "ebike_port_count": 0}


def test_two_communities_share_the_piles_within_900_m():
    # Ten piles for each hundred vehicles: c0 asks 20 and has 5, c1 asks 5. The 8 piles are shared 15 : 5.
    found = charging.need(
        city(
            FIVE,
            community=[
                {**HOME, "asset_id": "c0", "vehicle_count": 200, "charger_count": 5, "at": (0, 0)},
                {**HOME, "asset_id": "c1", "vehicle_count": 50, "at": (200, 80)},
            ],
            charging=[{**CAR, "pile_count": 8, "at": (100, 80)}],
        ),
        MODEL,
    )
    assert found["chargers_nearby"].tolist() == pytest.approx([6, 2])
    assert found["charger_gap_piles"].tolist() == pytest.approx([9, 3])
    # 30 % at the high end: 55 and 15 are asked for there, and the 8 piles are shared 55 : 15.
    assert found["charger_gap_piles_high"].tolist() == pytest.approx([55 - 8 * 55 / 70, 15 - 8 * 15 / 70])
    assert found["missing"].tolist() == ["", ""]


@pytest.mark.parametrize(
    ("row", "units"),
    [
        ({**CAR, "pile_count": 6}, (6, 6, 6)),
        ({**CAR, "pile_count": 6, "status": "planned"}, (0, 0, 0)),
        ({**CAR, "pile_count": 6, "status": "closed"}, (0, 0, 0)),
        ({**CAR, "pile_count": 6, "access": "private"}, (0, 0, 0)),
        ({**CAR, "pile_count": 6, "access": "permit"}, (0, 0, 0)),
        ({**CAR, "pile_count": 6, "charger_type": "battery_swap"}, (0, 0, 0)),
        ({**CAR, "pile_count": 6, "charger_type": "ebike"}, (0, 0, 0)),
        ({**CAR, "pile_count": 6, "charger_type": None}, (0, 0, 6)),
        ({**CAR, "pile_count": 6, "status": None}, (6, 0, 6)),
        ({**CAR, "pile_count": 6, "access": None}, (6, 0, 6)),
        ({**CAR}, (1, 1, 1)),
        ({**CAR, "port_count": 4}, (1, 1, 4)),
        ({**CAR, "dc_pile_count": 3}, (3, 3, 3)),
    ],
)
def test_which_piles_count(row, units):
    found = charging.supply(city(charging=[{**row, "at": (0, 0)}]), "car").iloc[0]
    assert tuple(found[["units", "units_low", "units_high"]]) == units


def test_a_station_of_unknown_type_counts_at_the_high_end_of_supply_and_is_said():
    home = {**HOME, "vehicle_count": 100, "ebike_count": 100, "at": (0, 0)}
    station = {"pile_count": 4, "access": "public", "status": "operating", "at": (100, 0)}
    found = charging.need(city(FIVE, community=[home], charging=[station]), MODEL)
    row = found.iloc[0]
    assert [row[f"charger_gap_piles{end}"] for end in ("", "_low", "_high")] == pytest.approx([10, 6, 30])
    assert [row[f"ebike_gap_ports{end}"] for end in ("", "_low", "_high")] == pytest.approx([13, 9, 13])
    assert row["missing"] == "charging.charger_type"
    note, asked = found.attrs["notes"]
    assert "1处充电设施中0处为汽车充电，0处计入" in note.zh
    assert "1处类型不明，只计入供给高值" in note.zh
    assert "北京核心区目标，非国家标准" in asked.zh, "the radius is no national standard"


def test_a_station_that_a_community_counts_as_its_own_is_not_shared_as_well():
    # 300 vehicles ask for 30; the ledger counts 4 on site, which the public station of 4 inside may be.
    home = {**HOME, "vehicle_count": 300, "charger_count": 4, "at": box(0, 0, 100, 100)}
    town = city(community=[home], charging=[{**CAR, "pile_count": 4, "at": (50, 50)}])
    row = charging.need(town, MODEL).iloc[0]
    assert [row[f"charger_gap_piles{end}"] for end in ("", "_low", "_high")] == pytest.approx([26, 22, 86])
    town = city(community=[home], charging=[{**CAR, "pile_count": 5, "at": (50, 50)}])
    assert charging.need(town, MODEL).iloc[0]["charger_gap_piles"] == pytest.approx(21), "five are more than its four"


@pytest.mark.parametrize("parts", [[12], [4, 4, 4]])
def test_stations_inside_are_held_together_against_the_count_of_the_community(parts):
    # 30 are asked for (90 at the high end), 4 counted, 12 public ones inside: 14 are missing; 18 where 4 are of 12.
    home = {**HOME, "vehicle_count": 300, "charger_count": 4, "at": box(0, 0, 100, 100)}
    stations = [{**CAR, "pile_count": count, "at": (50, 50)} for count in parts]
    row = charging.need(city(community=[home], charging=stations), MODEL).iloc[0]
    assert [row[f"charger_gap_piles{end}"] for end in ("", "_low", "_high")] == pytest.approx([14, 14, 78])


def test_a_station_between_both_ends_of_the_radius_opens_the_band():
    # At 950 m it is beyond 900 m and within 1,000 m.
    home = {**HOME, "vehicle_count": 100, "at": (0, 0)}
    row = charging.need(city(community=[home], charging=[{**CAR, "pile_count": 4, "at": (0, 950 / 1.3)}]), MODEL).iloc[
        0
    ]
    assert [row[f"charger_gap_piles{end}"] for end in ("", "_low", "_high")] == pytest.approx([10, 6, 30])


def test_what_is_assumed_is_said_with_and_without_stations():
    home = {**HOME, "vehicle_count": 100, "ebike_count": 9, "at": (0, 0)}
    for layers in ({}, {"charging": [{**CAR, "at": (0, 0)}]}):
        asked = charging.need(city(community=[home], **layers), MODEL).attrs["notes"][-1]
        assert "夜间车辆的10%计，为假设（ASSUMPTION）" in asked.zh
        assert "不是每车桩数" in asked.zh
        assert "每辆0.13个充电口" in asked.zh
        assert "北京核心区目标，非国家标准" in asked.zh
        assert "5-minute circle, an ASSUMPTION" in asked.en
        assert "区间不含比例本身的误差" in asked.zh
        assert "does not hold its uncertainty" in asked.en
    assert "circle.5min.radius" in MODEL.actions["ebike_charging"].parameters


def test_ebike_ports_by_hand():
    # 1,000 e-bikes ask for 130 ports; 50 on site, 20 public ones at 300 m, 40 a metre further.
    found = charging.need(
        city(
            community=[
                {**HOME, "vehicle_count": 0, "ebike_count": 1000, "ebike_port_count": 50, "at": (0, 0)},
            ],
            charging=[
                {**BIKE, "port_count": 20, "at": (0, 300 / 1.3)},
                {**BIKE, "port_count": 40, "at": (0, 301 / 1.3)},
                {**BIKE, "port_count": 40, "access": "permit", "at": (0, 10)},
                {**CAR, "pile_count": 40, "at": (0, 10)},
            ],
        ),
        MODEL,
    ).iloc[0]
    # Without streets the way round is 1.2 to 1.5 times the straight line, not 1.3: the 300 m hold 325 m or 260 m of it.
    assert [found[f"ebike_gap_ports{end}"] for end in ("", "_low", "_high")] == pytest.approx([60, 20, 80])


def test_surveyed_ebikes_come_first_and_unknown_ones_are_named():
    found = charging.need(
        city(
            community=[
                {**HOME, "asset_id": "a", "name": "甲", "vehicle_count": 0, "at": (0, 0)},
                {**HOME, "asset_id": "b", "vehicle_count": 0, "ebike_count": None, "at": (0, 0)},
            ],
            parking_survey=[{"community_name": "甲", "ebike_count": 200}],
            charging=[{**CAR, "at": (5000, 5000)}],
        ),
        MODEL,
    )
    assert found["ebike_gap_ports"].tolist() == pytest.approx([26, np.nan], nan_ok=True)
    assert found["missing"].tolist() == ["", "community.ebike_count"]


def test_counts_told_about_open_the_gaps_of_piles_and_ports():
    # 一百多 e-bikes are 150 (100 to 200), each asks for 0.13 ports; 约10 ports of its own are 9 to 11. Of 100 cars 10 %
    # (30 %) ask for a pile; 约5 piles of its own are 4.5 to 5.5, 约2 at the station around are 1.8 to 2.2.
    home = {
        "vehicle_count": 100,
        "charger_count": 5,
        "ebike_count": 150,
        "ebike_port_count": 10,
        "remark": "电动自行车数: 一百多；充电桩数: 约5；电动自行车充电端口数: 约10",
        "at": (0, 0),
    }
    station = {"charger_type": "car", "access": "public", "status": "operating", "at": (100, 0)}
    station |= {"pile_count": 2, "remark": "充电桩数: 约2"}
    found = charging.need(city(FIVE, community=[home], charging=[station]), MODEL).iloc[0]
    ports = [found[f"ebike_gap_ports{end}"] for end in ("", "_low", "_high")]
    assert ports == pytest.approx([0.13 * 150 - 10, 0.13 * 100 - 11, 0.13 * 200 - 9])
    piles = [found[f"charger_gap_piles{end}"] for end in ("", "_low", "_high")]
    assert piles == pytest.approx([10 - 5 - 2, 10 - 5.5 - 2.2, 30 - 4.5 - 1.8])


def test_residents_own_piles_are_on_site_where_the_ledger_is_silent():
    home = {**HOME, "charger_count": None, "vehicle_count": 100}
    own = {**CAR, "access": "permit", "pile_count": 4}
    found = charging.need(
        city(
            community=[
                {**home, "asset_id": "a", "at": box(0, 0, 100, 100)},
                {**home, "asset_id": "b", "at": box(5000, 0, 5100, 100)},
            ],
            charging=[{**own, "at": (50, 50)}],
        ),
        MODEL,
    )
    assert found["charger_gap_piles"].tolist() == pytest.approx([6, 10])
    assert found["charger_gap_piles_low"].tolist() == pytest.approx([6, 0]), "unknown piles on site might close the gap"
    assert found["missing"].tolist() == ["community.charger_count"] * 2


def test_without_stations_or_place_the_low_end_is_zero():
    home = {**HOME, "vehicle_count": 100}
    found = charging.need(city(community=[{**home, "at": (0, 0)}]), MODEL).iloc[0]
    assert np.isnan(found["chargers_nearby"])
    assert [found[f"charger_gap_piles{end}"] for end in ("", "_low", "_high")] == pytest.approx([10, 0, 30])
    assert found["missing"] == "charging"
    found = charging.need(city(community=[home], charging=[{**CAR, "at": (0, 0)}]), MODEL).iloc[0]
    assert found["charger_gap_piles_low"] == 0
    assert found["missing"] == "community.geometry"
