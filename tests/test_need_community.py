"""Old or not by rule, households, people, reports around a community."""

from __future__ import annotations

import pandas as pd
import pytest
from need_city import MODEL, city
from shapely.geometry import box

from gis import community
from gis.model import Model

NO = {"is_self_built": False, "in_rebuild_plan": False}


def oldness(model=MODEL, **row):
    found = community.need(city(community=[row]), model).iloc[0]
    return found["is_old"], found["old_reason"]


@pytest.mark.parametrize(
    ("row", "is_old", "words"),
    [
        ({**NO, "built_year": 2000}, True, "2000年建成，不晚于2000年"),
        ({**NO, "built_year": 2001}, False, "2001年建成，晚于2000年"),
        ({**NO, "built_year": 1980, "is_self_built": True}, False, "自建房"),
        ({**NO, "built_year": 1980, "in_rebuild_plan": True}, False, "已纳入拆建计划"),
        ({"built_year": 1980}, True, "按否计"),
        ({"built_year": 2010}, False, "晚于2000年"),
        ({"is_self_built": True}, False, "自建房"),
    ],
)
def test_old_by_rule(row, is_old, words):
    found, reason = oldness(**row)
    assert bool(found) is is_old
    assert words in reason
    assert ("按否计" in reason) == (words == "按否计")
    if is_old:
        assert "国办发〔2020〕23号" in reason


def test_an_unknown_year_is_unknown():
    found, reason = oldness(**NO)
    assert pd.isna(found)
    assert reason == "建成年份不明，无法认定"


def test_a_district_moves_the_year_and_may_count_self_built_houses():
    later = Model.load(overrides={"old_comm.built_before_year": "2004"})
    assert bool(oldness(later, **NO, built_year=2004)[0])
    mild = Model.load(overrides={"old_comm.exclude_self_built": "0"})
    assert bool(oldness(mild, is_self_built=True, in_rebuild_plan=False, built_year=1980)[0])


def test_households_and_people():
    found = community.need(
        city(
            community=[
                {"asset_id": "a", "household_count": 100, "floor_area_m2": 9e9, "subdistrict_code": "S1"},
                {"asset_id": "b", "floor_area_m2": 7360.0, "subdistrict_code": "S2"},
                {"asset_id": "c"},
                {"asset_id": "d", "household_count": 0},
            ],
            subdistrict=[
                {"subdistrict_code": "S1", "population": 90_000, "household_count": 30_000},
                {"subdistrict_code": "S2", "population": 90_000},
            ],
        ),
        MODEL,
    )
    assert found["household_count"].tolist() == [100, 100, pd.NA, 0]
    assert found["people"].tolist() == pytest.approx([300, 250, float("nan"), 0], nan_ok=True)
    assert "community.household_count" not in found.loc["a", "missing"]
    for unknown in ("b", "c"):
        assert "community.household_count" in found.loc[unknown, "missing"]


def test_the_band_of_households_follows_the_parameter():
    found = community.households(city(community=[{"floor_area_m2": 64_100.0}]), MODEL).iloc[0]
    assert found.tolist() == pytest.approx([64_100 / 73.6, 64_100 / 73.6, 1000])


def test_the_state_of_people_and_houses_is_handed_on():
    told = {"elderly_share": 0.31, "willingness_share": 0.86, "condition_grade": "C"}
    found = community.need(city(community=[{"asset_id": "a", **told}, {"asset_id": "b"}]), MODEL)
    assert found.loc["a", list(told)].tolist() == list(told.values())
    codes = {f"community.{name}" for name in told}
    assert codes <= set(found.loc["b", "missing"].split(","))
    assert not codes & set(found.loc["a", "missing"].split(","))


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"household_count": 49}, "户数不在50至5000户之间，请核实"),
        ({"household_count": 50}, ""),
        ({"household_count": 5000}, ""),
        ({"household_count": 5001}, "户数不在50至5000户之间，请核实"),
        ({"household_count": 0}, "户数不在50至5000户之间，请核实"),
        ({"household_count": 100, "floor_area_m2": 1_999.0}, "户均建筑面积不在20至200平方米之间，请核实户数和面积"),
        ({"household_count": 100, "floor_area_m2": 2_000.0}, ""),
        ({"household_count": 100, "floor_area_m2": 20_000.0}, ""),
        ({"household_count": 100, "floor_area_m2": 20_001.0}, "户均建筑面积不在20至200平方米之间，请核实户数和面积"),
        ({"household_count": None, "floor_area_m2": 1.0}, "户数不明"),
        ({"household_count": 100, "at": None}, "待落图，未作空间测算"),
        ({"household_count": 100, "built_year": None}, "建成年份不明"),
    ],
)
def test_what_is_odd_or_unknown_is_said(row, words):
    placed = {"built_year": 1990, "at": (0, 0), **row}
    found = community.need(city(community=[placed, {"built_year": 1990, "household_count": 60, "at": (9, 9)}]), MODEL)
    assert found["warnings"].tolist() == [words, ""]
    assert (found["warnings_en"] != "").tolist() == [bool(words), False]


def test_a_community_of_which_nothing_is_known_is_told_in_words():
    found = community.need(city(community=[{}]), MODEL).iloc[0]
    assert found["warnings"] == "户数不明；建成年份不明；待落图，未作空间测算"
    assert found["warnings_en"].count("; ") == 2


def report(day, at=(0, 0), item="机动车乱停放", **more):
    return {"reported_at": pd.Timestamp(day), "event_item": item, "at": at, **more}


def test_reports_of_the_last_twelve_months_within_300_m():
    table = community.need(
        city(
            community=[
                {"asset_id": "point", "at": (0, 0)},
                {"asset_id": "outline", "at": box(600, -50, 700, 50)},
                {"asset_id": "nowhere"},
            ],
            report=[
                report("2026-07-01 23:59", (300, 0)),
                report("2025-07-01 00:00", (299, 0), item="暴露垃圾"),
                report("2025-06-30 23:59"),
                report("2026-07-02 00:00"),
                report(None),
                {"reported_at": pd.Timestamp("2026-06-01"), "event_item": "停车管理"},
            ],
        ),
        MODEL,
    )
    found = table.loc[["point", "outline", "nowhere"]]
    assert found["report_count"].tolist() == [2, 1, pd.NA]
    assert found["parking_report_count"].tolist() == [1, 1, pd.NA]
    (note,) = table.attrs["notes"]
    assert "1 have no date" in note.en


@pytest.mark.parametrize(
    ("item", "content", "is_parking"),
    [
        ("停车管理", None, True),
        ("机动车乱停放", None, True),
        ("事件-街面秩序-共享单车", "乱停车", False),
        ("非机动车乱停放", None, False),
        (None, "门口总有车违停", True),
        ("违法建设", "楼顶搭建，占了停车位", False),
        (None, None, False),
    ],
)
def test_what_is_a_parking_report(item, content, is_parking):
    frame = pd.DataFrame({"event_item": [item], "content": [content]}, dtype="string")
    assert community.is_parking_report(frame).tolist() == [is_parking]


def test_no_report_layer_is_unknown_not_zero():
    found = community.need(city(community=[{"at": (0, 0)}]), MODEL).iloc[0]
    assert pd.isna(found["report_count"])
    assert "report" in found["missing"].split(",")
