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
    assert found["charger_gap_piles_high"].tolist() == pytest.approx([60 - 5 - 6, 15 - 2]), "30 % at the high end"
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
    assert tuple(found) == units


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
    assert [found[f"ebike_gap_ports{end}"] for end in ("", "_low", "_high")] == pytest.approx([60, 60, 60])


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
