"""Idle land: the legal test at its edges, the clock, the path by tenure."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from land_cases import COLLECTIVE, LOT, NOBODY, offered, row
from need_city import AS_OF, MODEL, city

from gis import idle_land
from gis.model import Model

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
        ({"agreed_start_date": "2020-01-01", "invested_share": 0.24}, True),
        ({"agreed_start_date": "2020-01-01", "invested_share": 0.25}, False),  # who spent a quarter has begun
        ({"agreed_start_date": "2020-01-01", "started_area_share": 0.1}, False),  # begun, and nobody says it stopped
        ({"agreed_start_date": "2020-01-01", "extended_start_date": "2021-01-01"}, True),
        ({"agreed_start_date": "2024-07-02", "extended_start_date": "2025-07-02"}, False),
        ({"agreed_start_date": "2024-07-02", "extended_start_date": "2025-07-03"}, True),  # too long: it moves nothing
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


NUMBER = "穗规资闲认〔2024〕001号"
NO_NUMBERS = ("待认定", "未取得", "办理中", "已撤销", "已撤销〔2023〕5号", "待认定（2024年申请）", "2024-05-01", "1")


@pytest.mark.parametrize("cause", ["company", "government"])
def test_only_the_number_of_a_certificate_certifies(cause):
    facts = {"tenure": "granted", "zoning": "R2", "idle_cause": cause, "agreed_start_date": "2020-01-01"}
    texts = (*NO_NUMBERS, "无", "-", "没有", "不适用", " ")
    found = offered(*({"at": LOT, "certificate_no": text, **facts} for text in texts))
    assert found.table["asset_id"].nunique() == len(texts)
    assert set(found.table["permission"]) == {"unclear"}
    assert set(found.table["clock"]) == {"疑似闲置，不起算"}
    assert not found.table["permission_reason"].str.contains("已认定闲置土地，").any()


def test_a_certificate_under_way_or_withdrawn_makes_land_suspected_and_says_why():
    found = offered(*({**COLLECTIVE, "certificate_no": text} for text in NO_NUMBERS))
    assert found.table["asset_id"].nunique() == len(NO_NUMBERS)
    assert set(found.table["permission"]) == {"unclear"}
    assert found.table["permission_reason"].str.contains("认定书一栏所填不是有效文号").all()
    assert found.table["permission_reason_en"].str.contains("no number of one in force").all()


def test_a_plain_no_for_the_certificate_leaves_other_land_alone():
    found = offered(*({**COLLECTIVE, "certificate_no": text} for text in ("无", "-", "不适用", None)))
    assert set(found.table["permission"]) == {"approval"}


@pytest.mark.parametrize("number", [NUMBER, "无锡市规闲认〔2024〕1号", "未央区闲认2024-7"])
def test_a_number_certifies_also_where_a_place_begins_with_a_word_of_refusal(number):
    town = city(idle_land=[{"at": LOT, "tenure": "granted", "certificate_no": number}])
    assert idle_land.legal_class(town["idle_land"], town, MODEL).to_list() == ["legal_idle"]


@pytest.mark.parametrize("tenure", [None, "unknown", "collective", "reserve", "public_unit"])
def test_only_state_land_that_somebody_holds_is_legally_idle(tenure):
    facts = {"certificate_no": NUMBER, "idle_cause": "government", "agreed_start_date": "2020-01-01"}
    town = city(idle_land=[{"at": LOT, "tenure": tenure, **facts}])
    assert idle_land.legal_class(town["idle_land"], town, MODEL).to_list() == ["suspected_idle"]
    found = row(offered({"at": LOT, "tenure": tenure, "zoning": "B1", **facts}), "surface_parking")
    assert found["permission"] == "unclear"
    assert "土地性质不是国有出让或划拨" in found["permission_reason"]


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
    days = (pd.Timestamp("2027-01-01") - pd.Timestamp(AS_OF)).days  # 184 days to the end of the second year
    assert times["months_to_fee"].iloc[0] == 0
    assert times["months_to_reclaim"].iloc[0] == pytest.approx(days / 365.25 * 12)
    assert times["fee_cny"].to_list() == pytest.approx([1e7, np.nan, np.nan], nan_ok=True)
    # Its works were started and stopped: fee and recovery are for the disposal decision.
    assert times.loc[times.index[1], ["months_to_fee", "fee_date", "months_to_reclaim", "reclaim_date"]].isna().all()
    assert times.drop(columns="is_extended").iloc[2].isna().all()
    legal = idle_land.legal_class(town["idle_land"], town, MODEL)
    texts = idle_land.clock_text(times, legal, MODEL, AS_OF)
    assert list(texts.iloc[0]) == [
        "闲置1.5年：已满一年，应缴闲置费20%，约1,000万元；距满两年还有6个月（条文待核）",
        (
            "Idle for 1.5 years: past 1 year, an idle-land fee of 20% is due, about 10,000,000 CNY; "
            "6 months left to 2 years (clause to be checked)"
        ),
    ]
    assert texts["clock"].iloc[1].startswith("闲置2.5年：曾动工开发后中止，现有依据未写明这种情形缴闲置费或收回的期限")
    assert texts["clock"].iloc[2].startswith("已认定，政府原因")


def test_figures_in_words_are_those_of_the_model():
    model = Model.load(
        overrides={
            "idle.fee": "0.15",
            "idle.years_not_started": "2",
            "idle.reclaim_years": "3",
            "parking.mech_idle_rate": "0.35",
            "parking.ev_ready_share_min": "0.125",
        }
    )
    late = {"idle_cause": "company", "agreed_start_date": "2024-01-01", "tenure": "granted"}
    town = city(idle_land=[{"at": LOT, "certificate_no": "认1", **late}, COLLECTIVE])
    found = idle_land.options(town, NOBODY, model).table.set_index(["asset_id", "action"])
    clocks = found["clock"].loc["idle_land-0"]
    own = "（本区设定，非法定）"
    assert clocks.str.endswith(f"：已满两年，应缴闲置费15%{own}；距满3年还有6个月{own}").all()
    plot = found["warnings"].loc["idle_land-1"]
    assert "机械泊位按约35%闲置计（" in plot["mechanical_parking"]
    assert "使用率按65%计" in plot["mechanical_parking"]
    assert "全国" not in plot["mechanical_parking"], "the number is the district's own"
    assert "须按不少于12.5%的泊位预留充电条件" in plot["surface_parking"]
    assert model["parking.mech_idle_rate"].source in plot["mechanical_parking"]
    assert f"预留充电条件（{model['parking.ev_ready_share_min'].source}）" in plot["surface_parking"]


def test_without_a_start_or_a_stop_no_clock_runs_from_the_certificate():
    facts = {"certificate_no": "认1", "certificate_date": "2020-01-01", "land_price_cny": 5e7, "idle_cause": "company"}
    town = city(idle_land=[{"at": LOT, "tenure": "granted", **facts}])
    times = idle_land.clock(town["idle_land"], town, MODEL)
    assert times.drop(columns="is_extended").isna().all(axis=None)
    texts = idle_land.clock_text(times, idle_land.legal_class(town["idle_land"], town, MODEL), MODEL, AS_OF)
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
        ({"tenure": "collective", "zoning": "不详"}, "unclear", 15),
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
