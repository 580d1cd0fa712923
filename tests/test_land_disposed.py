"""Idle land of which the ledger says that its idleness is over: no clock runs, and one asks."""

from __future__ import annotations

import json

import pytest
from land_cases import COLLECTIVE, LOT, offered, row
from need_city import MODEL, city

from gis import idle_land
from gis._land_words import said_disposed
from layers.reading import read_file

CERTIFIED = {
    "at": LOT,
    "tenure": "granted",
    "zoning": "R2",
    "certificate_no": "穗规资闲认〔2024〕001号",
    "idle_cause": "company",
    "agreed_start_date": "2020-01-01",
}
OVER = (
    "闲置类别: 闲置土地（已处置）",
    "已消除闲置",
    "已动工",
    "已收回",
    "2024年3月已动工建设",
    "该地块已于2024年5月完成处置",
    "已由区政府收储",
    "处置情况: 处置完毕",
    "不属于闲置土地",
    "不再认定为闲置土地",
    "曾停工，已复工",
    "已移出闲置台账",
)
NOT_OVER = (
    "闲置土地（部分已处置）",
    "闲置土地（处置中）",
    "未处置",
    "已制定处置方案",
    "已列入2026年处置计划",
    "已公示待处置",
    "拟收回",
    "尚未动工",
    "已责令动工",
    "已发动工通知书",
    "已动工面积占比: 20%",
    "已动工约20%",
    "已动工，2020年停工",
    "违建已处置",
    "闲置费已收回",
    "租约已收回",
    "抵押已解除",
    "已闲置三年",
    "已围蔽",
)


def classes(*facts):
    town = city(idle_land=[{**CERTIFIED, **each} for each in facts])
    land = town["idle_land"].loc[[f"idle_land-{number}" for number in range(len(facts))]]
    return idle_land.legal_class(land, town, MODEL).to_list(), idle_land.clock(land, town, MODEL)


def test_words_of_an_end_stop_the_clock():
    found, times = classes(*({"remark": text} for text in OVER))
    assert dict(zip(OVER, found, strict=True)) == dict.fromkeys(OVER, "disposed")
    assert times.drop(columns="is_extended").isna().all(axis=None)


def test_words_that_deny_plan_or_speak_of_something_else_do_not():
    found, times = classes(*({"remark": text} for text in NOT_OVER))
    assert dict(zip(NOT_OVER, found, strict=True)) == dict.fromkeys(NOT_OVER, "legal_idle")
    assert times["start_date"].notna().all()


def test_it_is_asked_about():
    found = row(offered({**CERTIFIED, "remark": "闲置类别: 闲置土地（已处置）"}), "surface_parking")
    assert found["permission"] == "unclear"
    assert "台账称已处置，请核实" in found["permission_reason"]
    assert "The ledger says that its idleness is over" in found["permission_reason_en"]
    assert found["clock"] == "台账称已处置，请核实；不起算"
    assert "fee" not in found["clock_en"]
    assert found["horizon_years"] == 2


def test_a_parcel_that_was_never_certified_is_asked_about_as_well():
    found = row(offered({**COLLECTIVE, "remark": "闲置类别: 低效用地（已盘活）"}), "market")
    assert found["permission"] == "unclear"
    assert "台账称已处置，请核实" in found["permission_reason"]
    assert row(offered({**COLLECTIVE, "remark": "闲置类别: 低效用地"}), "market")["permission"] == "approval"


def test_works_that_stopped_after_they_began_are_idle_whatever_the_remark_says():
    found, _ = classes({"remark": "已动工", "stopped_since": "2024-01-01", "started_area_share": 0.1})
    assert found == ["legal_idle"]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({"started_area_share": 0.34, "invested_share": 0.25}, "disposed"),  # both limits passed, and going on
        ({"started_area_share": 0.34, "invested_share": 0.24}, "legal_idle"),
        ({"started_area_share": 0.33, "invested_share": 0.90}, "legal_idle"),
        ({"started_area_share": 0.34, "invested_share": 0.25, "stopped_since": "2024-01-01"}, "legal_idle"),
        ({"started_area_share": 0.9}, "legal_idle"),
    ],
)
def test_figures_of_works_under_way_contradict_a_certificate(facts, expected):
    assert classes(facts)[0] == [expected]


def test_begun_land_without_a_stop_has_no_day_to_count_from():
    """Its certificate stands, but the agreed start tells nothing of works that did begin."""
    _, times = classes({"started_area_share": 0.2}, {"started_area_share": 0.0})
    assert times["start_date"].isna().to_list() == [True, False]


def test_what_one_of_several_sources_said_counts():
    told = {"records": [{"source": "街道", "values": {"remark": "2025年已收回"}}, {"source": "规自局", "values": {}}]}
    town = city(idle_land=[{**CERTIFIED, "sources": json.dumps(told, ensure_ascii=False)}, CERTIFIED])
    assert said_disposed(town["idle_land"]).to_list() == [True, False]


def test_the_reader_keeps_the_words_that_are_looked_for(tmp_path):
    cells = ("闲置土地（已处置）", "已消除闲置", "已动工", "已收回", "闲置土地", "闲置土地（部分已处置）")
    lines = [f"地块{at},113.26{at}1,23.1301,{cell},穗闲认〔2024〕{at}号,国有出让" for at, cell in enumerate(cells)]
    path = tmp_path / "land.csv"
    path.write_text("\n".join(["地块名称,经度,纬度,闲置类别,认定书文号,土地性质", *lines]), encoding="utf-8")
    frame = read_file(path, "idle_land").frame
    assert said_disposed(frame).to_list() == [True, True, True, True, False, False]
