"""Text tables and workbooks as people have them: encodings, title rows, merged cells, units, personal columns."""

from __future__ import annotations

import json
from datetime import datetime
from typing import TYPE_CHECKING

import pandas as pd
import pytest
import shapely
from reading_files import found, write_csv, write_xlsx

from layers.errors import ReadError, UsageError
from layers.reading import read_file
from layers.schema import kind

if TYPE_CHECKING:
    from pathlib import Path

PARKING = [
    ["停车场名称", "泊位总数", "经度", "纬度"],
    ["甲停车场", "120", "113.271001", "23.121001"],
    ["乙停车场", "80", "113.272001", "23.122001"],
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk", "gb18030", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
def test_encoding_and_delimiter_are_found(tmp_path: Path, encoding: str, delimiter: str) -> None:
    path = write_csv(tmp_path / "a.csv", PARKING, encoding=encoding, delimiter=delimiter)
    result = read_file(path, "parking")
    assert result.frame["name"].tolist() == ["甲停车场", "乙停车场"]
    assert result.frame["stall_count"].tolist() == [120, 80]
    assert result.frame.geometry.iloc[0] == shapely.Point(113.271001, 23.121001)
    assert tuple(result.frame.columns) == (*kind("parking").columns, "geometry")
    assert result.frame.crs.to_epsg() == 4326


def test_characters_outside_gbk_survive(tmp_path: Path) -> None:
    rows = [["停车场名称", "泊位总数"], ["㙟塘𠮷停车场", "5"]]
    for encoding in ("gb18030", "utf-8"):
        path = write_csv(tmp_path / f"{encoding}.csv", rows, encoding=encoding)
        assert read_file(path, "parking").frame["name"].tolist() == ["㙟塘𠮷停车场"]


def test_an_encoding_that_was_named_is_used_and_a_wrong_one_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["name", "capacity"], ["廣場", "5"]], encoding="big5")
    assert read_file(path, "parking", encoding="big5").frame["name"].tolist() == ["廣場"]
    with pytest.raises(ReadError, match="is not utf-8"):
        read_file(path, "parking", encoding="utf-8")
    with pytest.raises(UsageError, match="there is no encoding"):
        read_file(path, "parking", encoding="klingon")


def test_damaged_utf8_is_not_taken_for_gbk(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["停车场名称", "泊位总数"], *([["甲停车场", "5"]] * 20)])
    path.write_bytes(path.read_bytes()[:-4] + b"\xe5\n")
    with pytest.raises(ReadError, match="UTF-8 but damaged in line"):
        read_file(path, "parking")


def test_title_rows_two_row_headers_totals_and_notes(tmp_path: Path) -> None:
    rows = [
        ["附件1"],
        ["小区摸查表  填报日期：2026.10.9"],
        ["序号", "社区", "小区名称", "户数（户）", None, "总建筑面积（万㎡）"],
        [None, None, None, "总户数", "其中：直管公房", None],
        ["1", "甲社区", "一号院", "212", "38", "1.62"],
        ["2", None, "二号院", "100", "0", "1"],
        [None, "小计", None, "312", "38", "2.62"],
        ["3", "乙社区", "三号院", "1,000", None, "36500平方米"],
        ["合计", None, None, "1,313", None, None],
        ["注：户数以年底为准。"],
    ]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "community")
    frame, report = result.frame, result.report
    assert frame["name"].tolist() == ["一号院", "二号院", "三号院"]
    assert frame["household_count"].tolist() == [212, 100, 1000]
    assert frame["public_housing_household_count"].fillna(-1).tolist() == [38, 0, -1]
    assert frame["floor_area_m2"].tolist() == [16_200, 10_000, 36_500]
    assert frame["remark"].tolist()[:2] == ["社区: 甲社区"] * 2
    assert frame["data_date"].dt.strftime("%Y-%m-%d").tolist() == ["2026-10-09"] * 3
    assert (report.read, report.kept, report.merged, report.left_out, report.unlocated) == (6, 3, 0, 3, 3)
    assert {text.en: count for text, count in report.left_out_reasons.items()} == {
        "a row of totals, not a record": 2,
        "a note, not a record": 1,
    }
    assert found(report, "total_differs") == [(None, "household_count", "1,313")]
    assert "1312" in next(item.en for item in report.findings if item.rule == "total_differs")


def test_pages_sections_and_signatures_are_no_records(tmp_path: Path) -> None:
    header = ["序号", "停车场名称", "泊位总数", "联网"]
    rows = [header, ["一、公共停车场"], ["1", "甲", "5", "是"], header, ["2", "乙", "6", "否"], ["3"], ["以下空白"]]
    result = read_file(write_csv(tmp_path / "a.csv", [*rows, ["审核人：张三"]]), "parking")
    assert result.frame["name"].tolist() == ["甲", "乙"]
    assert [item.rule for item in result.report.findings if item.action == "left_out"] == [
        "header_row",
        "note_row",
        "note_row",
        "note_row",
        "blank_row",
    ]
    assert "张三" not in result.report.to_html()


def test_degrees_are_not_paired_with_metres(tmp_path: Path) -> None:
    rows = [["停车场名称", "经度", "X", "Y", "纬度"], ["甲", "113.27123", "425326", "2558124", "23.12123"]]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), "parking", crs="EPSG:4490").frame
    assert frame.geometry.iloc[0] == shapely.Point(113.27123, 23.12123)
    with pytest.raises(UsageError, match="of lon and lat only one is named"):
        read_file(tmp_path / "a.csv", "parking", columns={"lon": "经度"})


def test_blanks_are_filled_down_only_where_cells_were_merged(tmp_path: Path) -> None:
    repeated = [["小区名称", "社区", "户数"], ["一", "甲", "1"], ["二", "甲", "2"], ["三", None, "3"]]
    merged = [
        ["小区名称", "社区", "户数"],
        ["一", "甲", "1"],
        ["二", None, "2"],
        ["小计", None, "3"],
        ["三", None, "3"],
    ]
    assert read_file(write_csv(tmp_path / "a.csv", repeated), "community").frame["remark"].isna().tolist() == [
        False,
        False,
        True,
    ]
    assert read_file(write_csv(tmp_path / "b.csv", merged), "community").frame["remark"].fillna("").tolist() == [
        "社区: 甲",
        "社区: 甲",
        "",
    ]


@pytest.mark.parametrize("is_each", [False, True])
def test_a_community_is_not_filled_into_the_next_sub_district(tmp_path: Path, is_each: bool) -> None:
    again = "榕桥街" if is_each else None
    rows = [
        ["街道", "社区", "小区名称"], ["榕桥街", "青砖社区", "一"], [again, None, "二"], [again, "水磨社区", "三"],
        ["桥中街", None, "四"], [None, "桥中社区", "五"], [None, None, "六"],
    ]  # fmt: skip
    remarks = read_file(write_csv(tmp_path / "a.csv", rows), "community").frame["remark"].tolist()
    said = [None if "社区" not in text else text.rpartition("社区: ")[2] for text in remarks]
    assert said == ["青砖社区", "青砖社区", "水磨社区", None, "桥中社区", "桥中社区"]


def test_workbook_with_merges_dates_and_a_better_second_sheet(tmp_path: Path) -> None:
    rows = [
        ["停车场备案表", None, None, None],
        ["类型", "停车场名称", "泊位总数", "有效期至"],
        ["公共停车场", "甲", 120, datetime(2027, 3, 31)],  # noqa: DTZ001
        [None, "乙", 80.0, "2027年6月"],
        ["临时", "丙", "约30", 44286],
    ]
    path = write_xlsx(tmp_path / "a.xlsx", {"台账": rows, "封面": [["某街道"], ["2026"]]}, merges=["A1:D1", "A3:A4"])
    result = read_file(path, "parking")
    assert result.frame["parking_type"].tolist() == ["public", "public", "temporary"]
    assert result.frame["stall_count"].tolist() == [120, 80, 30]
    assert result.frame["valid_until"].dt.strftime("%Y-%m-%d").tolist() == ["2027-03-31", "2027-06-30", "2021-03-31"]
    assert "工作表 台账" in result.report.facts["sheet"].zh
    assert found(result.report, "filled_down") == [(None, "类型", None)]


def test_other_sheets_of_the_same_kind_are_pointed_out(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"一月": PARKING, "二月": PARKING})
    report = read_file(path, "parking").report
    assert any("二月" in item.zh for item in report.warnings)


def test_formulas_give_their_stored_results_and_missing_ones_are_said(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"一": [["停车场名称", "泊位总数"], ["甲", "=1+1"]]})
    report = read_file(path, "parking").report
    assert any("B2" in item.en for item in report.warnings)


def test_pair_columns_in_every_spelling(tmp_path: Path) -> None:
    rows = [
        ["停车场名称", "经纬度"],
        ["甲", "113.280539,23.120629"],
        ["乙", "23.115325，113.278836"],
        ["丙", "E113.287347 N23.122337"],
        ["丁", "113°16′18.4″，23°07′18.2″"],
        ["戊", "见图"],
        ["己", None],
    ]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking", crs="EPSG:4490")
    points = [None if place is None else (round(place.x, 6), round(place.y, 6)) for place in result.frame.geometry]
    assert points == [
        (113.280539, 23.120629),
        (113.278836, 23.115325),
        (113.287347, 23.122337),
        (113.271778, 23.121722),
        None,
        None,
    ]
    assert result.frame["position"].tolist() == ["exact"] * 4 + ["unlocated"] * 2
    assert found(result.report, "axes_swapped") == [(2, "geometry", None)]
    assert found(result.report, "coordinates_unreadable") == [(5, "geometry", "见图")]


def test_wkt_columns_with_or_without_srid(tmp_path: Path) -> None:
    rows = [
        ["小区名称", "wkt"],
        ["甲", "SRID=4547;POINT (425326.452 2558124.254)"],
        ["乙", "POLYGON ((0 0"],
        ["丙", None],
    ]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "community")
    assert result.crs_declared == "EPSG:4547"
    assert result.frame["name"].tolist() == ["甲", "丙"]
    assert result.frame.geometry.iloc[0].x == pytest.approx(113.271, abs=1e-7)
    assert {text.en: count for text, count in result.report.left_out_reasons.items()} == {
        "its geometry cannot be read": 1
    }


def test_unmatched_columns_stay_in_the_remark_and_personal_ones_do_not(tmp_path: Path) -> None:
    rows = [
        ["停车场名称", "泊位总数", "联网", "联系人", "联系电话", "备注"],
        ["甲", "5", "是", "王女士", "13900001234", "找李工13900001234"],
    ]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert result.frame["remark"].tolist() == ["找[姓名已隐去][电话已隐去]；联网: 是"]
    said = json.dumps(result.report.to_dict(), ensure_ascii=False) + result.report.to_html() + result.frame.to_json()
    assert "王女士" not in said
    assert "13900001234" not in said
    assert {value[1] for value in found(result.report, "personal")} == {"联系人", "联系电话"}


def test_unknown_codes_are_null_and_keep_their_words(tmp_path: Path) -> None:
    rows = [["小区名称", "物业管理"], ["甲", "村委"], ["乙", "物业公司"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "community")
    assert result.frame["property_management"].isna().tolist() == [True, False]
    assert result.frame["remark"].iloc[0] == "物业管理: 村委"
    assert found(result.report, "code_unknown") == [(1, "property_management", "村委")]


def test_columns_that_the_user_names_come_first(tmp_path: Path) -> None:
    rows = [["station", "piles_total", "jd", "wd"], ["甲", "5", "113.2710", "23.1210"]]
    path = write_csv(tmp_path / "a.csv", rows)
    columns = {"name": "station", "pile_count": "piles_total", "lon": "jd", "lat": "wd"}
    frame = read_file(path, "charging", columns=columns).frame
    assert (frame["name"].iloc[0], frame["pile_count"].iloc[0]) == ("甲", 5)
    assert frame.geometry.iloc[0] == shapely.Point(113.271, 23.121)
    assert pd.isna(frame["remark"].iloc[0])


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"stalls": "泊位总数"}, r"no field 'stalls'.*stall_count"),
        ({"stall_count": "车位"}, r"no column '车位'.*泊位总数"),
    ],
)
def test_a_wrong_field_or_column_is_answered_with_the_choices(
    tmp_path: Path, columns: dict[str, str], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        read_file(write_csv(tmp_path / "a.csv", PARKING), "parking", columns=columns)


def test_ids_cut_by_a_spreadsheet_are_no_key(tmp_path: Path) -> None:
    rows = [["工单编号", "诉求内容"], ["4.40104E+17", "甲"], ["4.40104E+17", "乙"], ["GD-3", "丙"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "report")
    assert result.frame["source_id"].isna().tolist() == [True, True, False]
    assert len(found(result.report, "truncated_id")) == 2


def test_duplicates_merge_with_both_values_said(tmp_path: Path) -> None:
    rows = [
        ["备案编号", "停车场名称", "泊位总数", "经营单位"],
        ["A1", "锦荣花园地下停车场", "320", None],
        ["A2", "东基停车场", "80", "经联社"],
        ["A1", "锦荣花园停车场", "336", "锦荣物业"],
        ["A2", "完全不同的名字", "5", None],
    ]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert result.frame["name"].tolist() == ["锦荣花园地下停车场", "东基停车场", "完全不同的名字"]
    assert result.frame["stall_count"].iloc[0] == 320
    assert result.frame["operator"].iloc[0] == "锦荣物业"
    merged = next(item for item in result.report.findings if item.action == "merged")
    assert merged.record == 3
    assert "320 / 336" in merged.en
    assert found(result.report, "maybe_duplicate") == [(4, None, None)]
    assert (result.report.read, result.report.kept, result.report.merged) == (4, 3, 1)


def test_same_name_and_place_merge_and_same_name_elsewhere_does_not(tmp_path: Path) -> None:
    rows = [
        ["停车场名称", "泊位总数", "经度", "纬度"],
        ["甲", "5", "113.2710001", "23.1210001"],
        ["甲", "5", "113.2710002", "23.1210002"],
        ["甲", "5", "113.2810001", "23.1210001"],
    ]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert (result.report.kept, result.report.merged) == (2, 1)


def test_what_the_source_tells_apart_stays_apart(tmp_path: Path) -> None:
    place = ["甲", "5", "113.2710001", "23.1210001"]
    rows = [["编号", "停车场名称", "泊位总数", "经度", "纬度"], ["A1", *place], ["A2", *place], [None, *place]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert result.frame["source_id"].tolist() == ["A1", "A2"]
    assert found(result.report, "maybe_duplicate") == [(2, None, None)]
    events = [["工单编号", "诉求内容", "发生地址"], ["G1", "井盖破损", "甲路1号"], ["G2", "井盖破损", "甲路1号"]]
    result = read_file(write_csv(tmp_path / "b.csv", events), "report")
    assert len(result.frame) == 2
    assert "maybe_duplicate" not in [item.rule for item in result.report.findings]


def test_sample_marks_of_the_file_are_kept(tmp_path: Path) -> None:
    rows = [["台账（虚构示例）"], ["停车场名称", "泊位总数"], ["甲", "5"]]
    assert read_file(write_csv(tmp_path / "a.csv", rows), "parking").frame["is_sample"].tolist() == [True]
    assert read_file(write_csv(tmp_path / "b.csv", PARKING), "parking").frame["is_sample"].tolist() == [False, False]


def test_rows_of_different_length_and_cells_with_line_breaks(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text('停车场名称,泊位总数\n"甲\n乙",5\n丙,6,多余,更多\n丁\n', encoding="utf-8")
    result = read_file(path, "parking")
    assert result.frame["name"].tolist() == ["甲\n乙", "丙", "丁"]
    assert "多余" in result.frame["remark"].iloc[1]


def test_a_million_columns_are_nothing_if_blank_and_refused_if_not(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("停车场名称,泊位总数" + "," * 1_000_000 + "\n甲,5\n", encoding="utf-8")
    assert read_file(path, "parking").frame["stall_count"].tolist() == [5]
    path.write_text("停车场名称,泊位总数" + ",x" * 1_000_000 + "\n甲,5\n", encoding="utf-8")
    with pytest.raises(ReadError, match="1000002 columns"):
        read_file(path, "parking")


def test_cells_beyond_the_header_far_down_are_not_lost(tmp_path: Path) -> None:
    rows = [["停车场名称", "泊位总数"], *([f"P{at}", "5"] for at in range(2000)), ["末", "6", "多出来的"]]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), "parking").frame
    assert len(frame) == 2001
    assert "多出来的" in frame["remark"].iloc[-1]
