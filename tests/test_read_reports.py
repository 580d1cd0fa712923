"""What the report says of a file, so that a clerk finds the cell and mends it; nothing is lost on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from reading_files import found, rules, write_csv, write_xlsx

from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from layers.reading import ReadResult

TITLES = ["停车场名称", "泊位总数", "经度", "纬度"]
PLACES = [[f"车场{at}", "5", f"113.2{at}0123", f"23.1{at}0123"] for at in range(6)]


def read_rows(path: Path, rows: list[list[str | None]], kind: str = "parking", crs: str = "auto") -> ReadResult:
    """Read rows as a CSV file."""
    return read_file(write_csv(path / "a.csv", rows), kind, crs=crs)


def test_a_coordinate_far_from_all_others_waits_for_a_place(tmp_path: Path) -> None:
    slip = ["错写车场", "8", "11.20", "3.4"]
    result = read_rows(tmp_path, [["一览表"], TITLES, *PLACES[:4], slip, *PLACES[4:]], crs="高德")
    assert result.frame["position"].tolist() == ["exact"] * 4 + ["unlocated"] + ["exact"] * 2
    assert result.frame.geometry.isna().tolist() == [False] * 4 + [True] + [False] * 2
    assert result.frame["remark"].iloc[4] == "原坐标（GCJ-02）: 11.20, 3.4"
    assert result.frame["stall_count"].iloc[4] == 8
    assert result.report.unlocated == 1
    assert result.frame.total_bounds[0] > 113
    (finding,) = (item for item in result.report.findings if item.rule == "far_away")
    assert (finding.record, finding.row, finding.value, finding.action) == (5, 7, "11.20, 3.4", "unlocated")
    (line,) = (text for text in result.report.lines() if "11.20" in text)
    assert line.startswith("  ! 第 7 行 图形 [11.20, 3.4]：“错写车场”的坐标离其他记录很远")
    assert "改正坐标后重新导入" in line
    assert "correct the coordinates and import again" in line


def test_few_records_two_areas_and_wide_files_keep_their_places(tmp_path: Path) -> None:
    far = [["甲", "5", "120.501", "30.501"], ["乙", "5", "120.502", "30.502"]]
    few = read_rows(tmp_path, [TITLES, *PLACES[:3], far[0]])
    assert few.frame["position"].eq("exact").all()
    assert rules(few.report).count("far_away") == 0
    two_areas = read_rows(tmp_path, [TITLES, *PLACES[:5], *far])
    assert two_areas.frame["position"].eq("exact").all()
    assert [item.rule for item in two_areas.report.warnings].count("far_away") == 2
    wide = [[f"点{at}", "5", f"{104 + 2.5 * at}123", f"{22 + 2 * at}.0123"] for at in range(7)]
    assert "far_away" not in rules(read_rows(tmp_path, [TITLES, *wide]).report)


@pytest.mark.parametrize("suffix", [".csv", ".xlsx"])
def test_rows_are_those_that_excel_shows(tmp_path: Path, suffix: str) -> None:
    rows = [
        ["停车场台账"],
        [],
        TITLES,
        ["甲", "约300", *PLACES[0][2:]],
        ["合计", "300"],
        [],
        ["乙", "很多", None, None],
    ]
    path = tmp_path / f"a{suffix}"
    if suffix == ".csv":
        write_csv(path, rows)
    else:
        write_xlsx(path, {"一": [row or [None] for row in rows]})
    report = read_file(path, "parking").report
    said = {(item.rule, item.record, item.row) for item in report.findings if item.record is not None}
    assert said == {("approximate", 1, 4), ("total_row", 2, 5), ("unreadable", 3, 7)}
    assert any(line.startswith("  第 7 行 泊位总数 [很多]：不是可读的数值") for line in report.lines())


def test_sentences_that_point_to_another_record_name_its_row(tmp_path: Path) -> None:
    rows = [["编号", *TITLES], ["A1", *PLACES[0]], ["A1", *PLACES[0]], ["A1", "完全不同", "9", None, "同上"]]
    rows += [["A2", *PLACES[2]], ["A3", *PLACES[3]]]
    said = "\n".join(read_rows(tmp_path, rows).report.lines())
    assert "第 3 行：与第 2 行合并" in said
    assert "与第 2 行编号相同，但内容" in said
    assert "取第 3 行的值" in said


def test_records_taken_for_samples_are_said_with_the_words_and_their_place(tmp_path: Path) -> None:
    above = read_rows(tmp_path, [["台账（虚构示例）"], TITLES, *PLACES])
    (finding,) = (item for item in above.report.warnings if item.rule == "sample_words")
    assert finding.zh.startswith("表头以上写有“虚构”，6 条按示例数据收下")
    assert any("表头以上写有“虚构”" in line for line in above.report.lines())
    rows = [[*TITLES, "备注"], [*PLACES[0], None], [*PLACES[1], "示例数据"]]
    inside = read_rows(tmp_path, rows)
    assert inside.frame["is_sample"].tolist() == [False, True]
    (finding,) = (item for item in inside.report.warnings if item.rule == "sample_words")
    assert finding.zh.startswith("第 3 行等的备注写有“示例数据”，1 条")
    assert "row 3" in finding.en
    stated = [[*TITLES, "备注", "is_sample"], [*PLACES[0], "虚构", "否"]]
    assert "sample_words" not in rules(read_rows(tmp_path, stated).report)


def test_records_without_a_place_are_told_how_to_get_one(tmp_path: Path) -> None:
    report = read_rows(tmp_path, [TITLES, PLACES[0], ["甲", "5", None, None]]).report
    (line,) = (text for text in report.lines() if "落图前" in text)
    assert line.startswith("  1 条没有可用的位置，照样保留")
    assert "“经度”“纬度”" in line
    assert "not analysed as sites until they are placed" in line
    assert "unlocated" not in read_rows(tmp_path, [TITLES, *PLACES]).report.facts


def test_merged_remarks_say_everything_once_and_contradict_nothing(tmp_path: Path) -> None:
    rows = [
        ["编号", "停车场名称", "泊位总数", "有效期至", "社区", "联网", "备注"],
        ["A1", "锦荣花园停车场", "320", "2027-03-31", "甲", None, "临街；夜间关门"],
        ["A1", "锦荣花园停车场", "约300", "2027-06-30", "乙", "是", "临街；夜间关门"],
        ["A1", "锦荣花园停车场", "320（含子母位）", None, "甲", "是", "夜间关门"],
        *([f"B{at}", f"别处{at}", "5", None, None, None, None] for at in range(3)),
    ]
    result = read_rows(tmp_path, rows)
    assert result.frame["remark"].tolist()[:1] == ["临街；夜间关门；社区: 甲；联网: 是；泊位总数: 320（含子母位）"]
    merged = [item for item in result.report.findings if item.action == "merged"]
    assert merged[0].zh.endswith("取前者：泊位总数 320 / 300，备案有效期至 2027-03-31 / 2027-06-30，社区: 甲 / 乙")
    assert "00:00" not in merged[0].zh + merged[0].en
    assert merged[1].zh.endswith("编号相同")


def test_words_come_along_with_the_value_that_they_explain(tmp_path: Path) -> None:
    rows = [["备案编号", "停车场名称", "泊位总数"], ["A1", "锦荣花园", "很多"], ["A1", "锦荣花园", "约300"]]
    frame = read_rows(tmp_path, rows).frame
    assert frame["stall_count"].tolist() == [300]
    assert frame["remark"].tolist() == ["泊位总数: 很多；泊位总数: 约300"]


def test_a_place_from_a_duplicate_needs_no_original(tmp_path: Path) -> None:
    rows = [["编号", *TITLES], *(["", *row] for row in PLACES), ["B1", "甲", "5", "113.25123", "23.15123"]]
    result = read_rows(tmp_path, [*rows, ["B1", "甲", "5", "11.25123", "23.15123"]])
    assert result.report.merged == 1
    assert result.frame["position"].eq("exact").all()
    assert pd.isna(result.frame["remark"].iloc[6])
    assert [item[2] for item in found(result.report, "far_away")] == ["11.25123, 23.15123"]


@pytest.mark.parametrize(
    ("title", "areas", "total", "said"),
    [
        ("面积（亩）", ["2.5", "3.5"], "7", "各条相加为 6 亩"),
        ("面积", ["2.5亩", "3.5亩"], "约9亩", "各条相加为 6 亩"),
        ("面积（平方米）", ["1666.666667", "1"], "1700", "各条相加为 1667.67 平方米"),
    ],
)
def test_totals_are_compared_in_the_unit_of_the_ledger(
    tmp_path: Path, title: str, areas: list[str], total: str, said: str
) -> None:
    rows = [["地块名称", title], ["甲", areas[0]], ["乙", areas[1]], ["合计", total]]
    report = read_rows(tmp_path, rows, "idle_land").report
    (finding,) = (item for item in report.warnings if item.rule == "total_differs")
    assert finding.zh.endswith(said)
