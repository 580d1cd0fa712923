"""Parcel by action: nothing is hidden; every path says who must agree and how long it lasts."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from land_cases import COLLECTIVE, LOT, NOBODY, offered, row
from need_city import FIVE, MODEL, city
from shapely.geometry import Polygon, box

from gis import idle_land, public_rooms
from gis._land_sieve import LAND_ACTIONS
from gis.action_matrix import STATES, action_matrix
from layers.kinds._columns import TENURES
from layers.kinds._land import IDLE_LAND

SIZES = st.sampled_from([0.4, 3.0, 5.8, 6.5, 12.0, 40.0, 130.0])
PLACES = st.one_of(
    st.none(),
    st.just((100, 0)),
    st.builds(lambda width, height: box(50, 10, 50 + width, 10 + height), SIZES, SIZES),
    st.just(Polygon([(50, 10), (51, 10), (52, 10)])),  # of area 0
)


def coded(name):
    return st.sampled_from([None, *(IDLE_LAND[name].codes or ())])


PLOTS = st.fixed_dictionaries(
    {"at": PLACES, "tenure": coded("tenure"), "surface": coded("surface"), "constraint": coded("constraint")},
    optional={
        "zoning": st.sampled_from(["B1", "G1", "A33", "不详", None]),
        "area_m2": st.sampled_from([0.0, 20.0, 900.0]),
        "position": st.sampled_from(["approximate", "exact"]),
        "certificate_no": st.sampled_from(["穗闲认〔2024〕1号", "办理中"]),
        "idle_cause": coded("idle_cause"),
        "agreed_start_date": st.sampled_from(["2020-01-01", "2026-01-01", "2027-01-01"]),
        "available_until": st.sampled_from(["2026-01-01", "2027-01-01"]),
        "in_litigation": st.booleans(),
        "slope_share": st.sampled_from([0.01, 0.2]),
        "remark": st.sampled_from(["已处置", "杂物"]),
    },
)
QUANTITIES = ("area_m2", "stalls", "stalls_low", "stalls_high", "chargers", "chargers_low", "chargers_high")


def matrix_of(found, assets, actions=LAND_ACTIONS):
    return action_matrix(found.table, found.exclusions, assets, actions).set_index(["asset_id", "action"])


@settings(max_examples=12, deadline=None)
@given(st.lists(PLOTS, min_size=1, max_size=6))
def test_every_parcel_and_action_is_offered_or_has_its_reason(plots):
    town = city(FIVE, idle_land=plots)
    found = idle_land.options(town, NOBODY, MODEL)
    matrix = matrix_of(found, town["idle_land"].index)
    assert len(matrix) == len(plots) * len(LAND_ACTIONS)
    assert matrix["state"].isin(STATES).all()
    assert (matrix["reason"].str.len() > 0).all()
    assert (matrix["reason_en"].str.len() > 0).all()
    is_offered = matrix["state"] == "offered"
    assert is_offered.sum() == len(found.table)
    assert (matrix["permission"].notna() == is_offered).all()
    for quantity in QUANTITIES:  # a room in premises of unknown size has no area, and nothing else is unknown
        known = found.table[~found.table["action"].isin(["community_service", "culture_space"])]
        assert np.isfinite(known[quantity].astype(float)).all(), quantity
    assert found.table["horizon_years"].ge(0).all()


def test_states_and_reasons_by_hand():
    plots = [
        COLLECTIVE,
        {**COLLECTIVE, "constraint": "school"},
        {"at": (100, 0)},
        {**COLLECTIVE, "at": None},
        {**COLLECTIVE, "at": box(50, 10, 55, 15)},
    ]
    found = offered(*plots)
    matrix = matrix_of(found, [f"idle_land-{number}" for number in range(len(plots))])
    state = matrix["state"]
    assert state["idle_land-0", "market"] == "offered"
    assert state["idle_land-0", "culture_space"] == "withdrawn"
    assert set(state["idle_land-1"]) == {"excluded"}
    assert set(state["idle_land-3"]) == {"withdrawn"}
    assert state["idle_land-2"].to_dict() == {
        **dict.fromkeys(LAND_ACTIONS, "withdrawn"),
        "community_service": "offered",
        "culture_space": "offered",
    }
    cell = matrix.loc[("idle_land-4", "surface_parking")]  # 25 m2: too small for a stall, and too narrow
    assert (cell["state"], cell["rules"]) == ("excluded", "too_small,too_narrow")
    assert cell["reason"] == "面积不足（25 m2，至少32 m2）；过窄（最宽处5.0 m，至少6.2 m）"
    assert matrix.loc[("idle_land-3", "market"), "reason"] == "尚未落图，须先定位"
    assert matrix.loc[("idle_land-2", "market"), "rules"] == "point_without_area"


def test_the_matrix_of_rooms_has_no_gap_either():
    rooms = [{"at": (100, 0), "floor_area_m2": 20.0}, {"at": (100, 0), "occupancy": "let"}, {"floor_area_m2": 300.0}]
    town = city(FIVE, public_building=rooms)
    found = public_rooms.options(town, NOBODY, MODEL)
    matrix = matrix_of(found, town["public_building"].index, public_rooms.ACTIONS)
    assert matrix["state"].isin(STATES).all()
    assert set(matrix.loc["public_building-1", "state"]) == {"excluded"}
    assert set(matrix.loc["public_building-2", "state"]) == {"withdrawn"}


def test_nothing_said_is_null_and_empty_tables_are_no_error():
    found = offered(COLLECTIVE)
    none = action_matrix(found.table.iloc[:0], found.exclusions.iloc[:0], ["x"], ["market"])
    assert none["state"].isna().all()
    assert action_matrix(found.table, found.exclusions, [], LAND_ACTIONS).empty


# Who must agree, and for how long -----------------------------------------------------------------------------------


@pytest.mark.parametrize("tenure", [*TENURES, None])
def test_every_path_says_who_must_agree_and_how_long(tenure):
    table = offered({"at": LOT, "tenure": tenure, "zoning": "S1"}).table
    texts = ["must_agree", "must_agree_en", "horizon_reason", "horizon_reason_en", "horizon_source"]
    assert (table[texts].astype(str).apply(lambda column: column.str.len()) > 0).all(axis=None)
    rule = MODEL.rules[f"tenure.{tenure or 'unknown'}"]
    assert table["must_agree"].eq(rule.must_agree).all()
    assert table["is_temporary"].eq(rule.horizon == "idle.temp_use_max").all()
    assert table["horizon_source"].str.endswith(MODEL[rule.horizon].source).all()


def test_the_strictest_term_wins_and_says_why():
    long, short = ({**COLLECTIVE, "available_until": day} for day in ("2046-07-01", "2027-07-01"))
    found = offered(COLLECTIVE, long, short)
    plain, far, near = (row(found, "market", plot) for plot in range(3))
    assert plain["horizon_years"] == far["horizon_years"] == 15
    assert far["horizon_reason"] == plain["horizon_reason"]
    assert plain["horizon_reason"].endswith("至多15年")
    assert near["horizon_years"] == pytest.approx(365 / 365.25)
    assert (near["horizon_reason"], near["horizon_reason_en"]) == (
        "台账：可用至2027-07-01",
        "ledger: available until 2027-07-01",
    )
    assert "台账" in near["horizon_source"]


def test_in_a_zone_its_authority_must_agree_as_well():
    zone = {"at": box(100, 0, 140, 40), "zone_type": "control", "heritage_class": "district_unit"}
    alone, zoned = (row(offered(COLLECTIVE, **layers), "market") for layers in ({}, {"heritage_zone": [zone]}))
    assert alone["must_agree"] == "集体经济组织成员（代表）会议，镇街三资监管"
    assert zoned["must_agree"].startswith(alone["must_agree"] + "；")
    assert "规划部门" in zoned["must_agree"]


def test_the_order_of_parcels_changes_nothing():
    plots = [COLLECTIVE, {"at": (100, 0)}, {"at": box(300, 0, 330, 30), "tenure": "reserve", "zoning": "G1"}]
    keys = ["asset_id", "action"]
    tables = []
    for order in ([0, 1, 2], [2, 0, 1]):
        ids = [{**plots[at], "asset_id": f"p{at}"} for at in order]
        tables.append(offered(*ids).table.sort_values(keys, ignore_index=True))
    pd.testing.assert_frame_equal(*tables)
