"""Column names and cells in everyday words: what is near is suggested, what is half said is asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from reading_files import found, write_csv

from layers.errors import CheckError, UsageError
from layers.reading import read_file
from layers.reading._field_names import named_fields
from layers.reading._personal_titles import is_personal
from layers.reading.mapping import load_mapping, mapping_of, save_mapping
from layers.schema import kind
from layers.values import parse_column
from layers.values._codes import parse_code

if TYPE_CHECKING:
    from pathlib import Path


def test_misspelt_columns_are_named_with_the_nearest_fields(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "闲置.csv", [["座落位置", "规划用地性子", "现况"], ["东湖路", "R2", "空"]])
    with pytest.raises(CheckError) as refusal:
        read_file(path, "idle_land")
    line = refusal.value.line_zh or ""
    assert "它的列有 座落位置、规划用地性子、现况" in line
    assert "座落位置 → address 地址？" in line
    assert "规划用地性子 → zoning 规划用途？" in line
    assert "座落位置 → address" in str(refusal.value)


def test_without_anything_near_the_fields_are_named_in_chinese(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["甲甲", "乙乙"], ["1", "2"]])
    with pytest.raises(CheckError, match="甲甲") as refusal:
        read_file(path, "parking")
    assert "stall_count 泊位总数" in (refusal.value.line_zh or "")


def test_fields_are_called_by_their_chinese_titles_too(tmp_path: Path) -> None:
    rows = [["一", "二", "三", "四"], ["东湖车场", "12", "113.271234", "23.131234"]]
    path = write_csv(tmp_path / "a.csv", rows)
    said = {"名称": "一", "泊位总数": "二", "经度": "三", "纬度": "四"}
    result = read_file(path, "parking", columns=said)
    same = read_file(path, "parking", columns={"name": "一", "stall_count": "二", "lon": "三", "lat": "四"})
    pd.testing.assert_frame_equal(pd.DataFrame(result.frame), pd.DataFrame(same.frame))
    assert result.frame["stall_count"].tolist() == [12]
    assert result.frame.geometry.x.tolist() == [113.271234]
    save_mapping(tmp_path / "m.toml", mapping_of(result.report, columns=said))
    assert dict(load_mapping(tmp_path / "m.toml").columns)["lon"] == "三"


def test_what_is_said_last_of_one_field_counts() -> None:
    assert named_fields({"lon": "甲", "经度": "乙"}, kind("parking")) == {"lon": "乙"}
    with pytest.raises(UsageError) as refusal:
        named_fields({"泊位总树": "甲"}, kind("parking"))
    assert "stall_count 泊位总数" in (refusal.value.hint_zh or "")


def test_unused_columns_are_told_on_one_line(tmp_path: Path) -> None:
    rows = [["停车场名称", "现况", "所属街道", "空列", "联系人"], ["东湖车场", "停用中", "东湖街", "", "陈某"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    (line,) = (text for text in result.report.lines() if "未用的列" in text)
    assert "未用的列：现况、所属街道（原文留在备注）" in line
    assert "空列" not in line
    assert "联系人" not in line


def test_who_owns_a_parcel_is_known_by_its_usual_heading(tmp_path: Path) -> None:
    rows = [["地块名称", "权属", "权属性质"], ["甲", "某村经联社", "集体"]]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), "idle_land").frame
    assert frame[["owner", "tenure"]].to_numpy().tolist() == [["某村经联社", "collective"]]


@pytest.mark.parametrize(
    ("marks", "yes_or_no", "access", "is_mergeable"),
    [("√✓✔☑", True, "public", "yes"), ("×✗✘✖✕X", False, "private", "no"), ("○●□", None, None, None)],
)
def test_ticks_and_crosses_answer_wherever_yes_and_no_do(
    marks: str, yes_or_no: bool | None, access: str | None, is_mergeable: str | None
) -> None:
    for layer, field, value in (
        ("report", "is_repeat", yes_or_no),
        ("parking", "access", access),
        ("service_item", "is_mergeable", is_mergeable),
        ("community", "property_management", None),
    ):
        read = parse_column(pd.Series([*marks]), kind(layer)[field])
        assert [None if pd.isna(item) else item for item in read.series] == [value] * len(marks)
        assert not any(item.reading.action == "changed" for item in read.touched if value is None)


def test_a_tick_with_words_in_brackets_is_read_as_the_word_would_be() -> None:
    ticked, worded = (parse_column(pd.Series([f"{mark}（职工）"]), kind("parking")["access"]) for mark in "×否")
    assert ticked.series.tolist() == worded.series.tolist() == ["permit"]
    assert [item.text for item in ticked.touched] == ["×（职工）"]


@pytest.mark.parametrize(
    ("layer", "field", "text", "code", "said"),
    [
        ("parking", "parking_type", "公共", "public", ""),
        ("parking", "parking_type", "路内", "kerb", ""),
        ("parking", "parking_type", "路边", "kerb", ""),
        ("parking", "parking_type", "地下", None, "还须说明：公共、住宅配建或公建配建"),
        ("idle_land", "tenure", "国有", None, "还须说明：储备、出让或划拨"),
        ("idle_land", "tenure", "国有土地", None, "还须说明：储备、出让或划拨"),
        ("public_building", "danger_grade", "好", None, "鉴定"),
        ("public_building", "danger_grade", "较差", None, "鉴定"),
        ("public_building", "danger_grade", "危房", None, "C 级或 D 级"),
        ("heritage", "danger_grade", "一般", None, "鉴定"),
        ("community", "condition_grade", "危", None, "C 级或 D 级"),
        ("public_building", "ownership", "国有", "state", ""),
    ],
)
def test_everyday_words_are_read_or_what_they_lack_is_said(
    layer: str, field: str, text: str, code: str | None, said: str
) -> None:
    reading = parse_code(text, kind(layer)[field])
    assert reading.value == code
    assert said in reading.zh
    if code is None:
        assert (reading.rule, reading.keep_text) == ("code_unknown", True)
        assert "不在代码表内" not in reading.zh
        assert reading.en.isascii()


@pytest.mark.parametrize("title", ["房号", "室号", "门牌(户)", "反映人", "当事人", "主叫", "主叫号码", "户 号"])
def test_columns_of_people_and_flats_are_personal(title: str) -> None:
    assert is_personal(title)


@pytest.mark.parametrize("title", ["门牌号", "户数", "住户数", "公房户数", "反映内容", "主管部门", "房屋名称", "编号"])
def test_columns_of_buildings_are_not(title: str) -> None:
    assert not is_personal(title)


def test_flats_and_names_of_a_report_are_cut_to_the_building(tmp_path: Path) -> None:
    rows = [
        ["工单编号", "受理时间", "发生地址", "诉求内容", "大类", "处理意见"],
        [
            "1",
            "2026-03-01",
            "东湖路8号3栋1402房",
            "陈美玲女士反映3栋2单元1402室漏水，影响20户居民",
            "部件-公用设施",
            "已联系欧阳先生",
        ],
        ["2", "2026-03-01", "东湖路12号", "一位女士反映601路公交站乱停车，3栋楼下 5 辆", "部件-公用设施", "无"],
    ]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "report")
    frame = result.frame
    assert frame["address"].tolist() == ["东湖路8号3栋", "东湖路12号"]
    assert frame["content"].tolist() == [
        "[姓名已隐去]女士反映3栋漏水，影响20户居民",
        "一位女士反映601路公交站乱停车，3栋楼下 5 辆",
    ]
    assert frame["remark"].tolist()[0] == "处理意见: 已联系[姓名已隐去]先生"
    assert sorted(str(item[1]) for item in found(result.report, "personal_cut")) == ["address", "content"]
    assert sorted(str(item[1]) for item in found(result.report, "personal_name")) == ["content", "remark"]
    text = str(result.report.to_dict())
    for word in ("1402", "陈美玲", "欧阳"):
        assert word not in text


def test_the_flat_that_is_the_asset_keeps_its_number(tmp_path: Path) -> None:
    rows = [["物业名称", "地址", "产权性质"], ["公房甲", "东湖路8号3栋1402房", "国有"]]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), "public_building").frame
    assert frame["address"].tolist() == ["东湖路8号3栋1402房"]


def test_the_flat_of_a_public_building_is_the_building(tmp_path: Path) -> None:
    rows = [["物业名称", "地址", "房号", "建筑面积"], ["虚构公房", "东湖路8号", "1402", "60"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "public_building")
    assert "1402" in result.frame["remark"][0]
