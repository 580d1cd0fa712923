"""Headers of two and three rows: with merged cells in workbooks old and new, with blank cells in text tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from reading_files import found, write_csv, write_xls, write_xlsx

from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["reading_fixtures"]
pytestmark = pytest.mark.usefixtures("temporary_folder")

LOTS = [["1", "甲场", 113.27012, 23.12034, 30, "东门"], ["2", "乙场", 113.28012, 23.12534, 40, None]]
GROUPED = [["序号", "名称", "位置", None, "泊位", "备注"], [None, None, "经度", "纬度", "总数", None], *LOTS]
COMMUNITIES = [
    ["序号", "小区名称", "基本情况", None, None, "坐标", None],
    [None, None, "户数", "建成年份", "建筑面积", "经度", "纬度"],
    [1, "甲小区", 100, 1985, 8000, 113.27012, 23.12034],
    [2, "乙小区", 200, 1990, 16000, 113.28012, 23.12534],
]
THREE_ROWS = [
    ["序号", "小区名称", "情况", None, None, "坐标", None],
    [None, None, "户", None, "建筑面积", "经度", "纬度"],
    [None, None, "总户数", "其中：直管公房", None, None, None],
    [1, "甲小区", 100, 5, 8000, 113.27012, 23.12034],
    [2, "乙小区", 200, 6, 16000, 113.28012, 23.12534],
]
GROUPED_MERGES = ["C1:D1", "A1:A2", "B1:B2", "F1:F2"]
COMMUNITY_MERGES = ["C1:E1", "F1:G1", "A1:A2", "B1:B2"]
THREE_ROW_MERGES = ["C1:E1", "F1:G1", "A1:A3", "B1:B3", "C2:D2", "E2:E3", "F2:F3", "G2:G3"]


def written(folder: Path, form: str, rows: list[list[Any]], merges: list[str]) -> Path:
    """Write a table in one of the forms; a text table keeps nothing of the merged cells but blanks."""
    if form == "csv":
        return write_csv(folder / "a.csv", rows)
    writer = write_xlsx if form == "xlsx" else write_xls
    return writer(folder / f"a.{form}", {"台账": rows}, merges=merges)


forms = pytest.mark.parametrize("form", ["csv", "xlsx", "xls"])


@forms
def test_coordinates_and_counts_below_groups(tmp_path: Path, form: str) -> None:
    result = read_file(written(tmp_path, form, GROUPED, GROUPED_MERGES), "parking")
    assert result.frame["name"].tolist() == ["甲场", "乙场"]
    assert result.frame["stall_count"].tolist() == [30, 40]
    assert [(point.x, point.y) for point in result.frame.geometry] == [(113.27012, 23.12034), (113.28012, 23.12534)]
    assert "表头在第 1 行和其下一行，第 1 条记录在第 3 行" in result.report.facts["header"].zh


@forms
def test_names_merged_down_beside_a_lower_row_with_more_titles(tmp_path: Path, form: str) -> None:
    frame = read_file(written(tmp_path, form, COMMUNITIES, COMMUNITY_MERGES), "community").frame
    assert frame["name"].tolist() == ["甲小区", "乙小区"]
    assert frame["household_count"].tolist() == [100, 200]
    assert frame["built_year"].tolist() == [1985, 1990]
    assert frame["floor_area_m2"].tolist() == [8000, 16000]
    assert frame["remark"].isna().all()


@forms
def test_three_rows(tmp_path: Path, form: str) -> None:
    result = read_file(written(tmp_path, form, [["老旧小区台账"], *THREE_ROWS], down(THREE_ROW_MERGES)), "community")
    frame = result.frame
    assert frame["name"].tolist() == ["甲小区", "乙小区"]
    assert frame["household_count"].tolist() == [100, 200]
    assert frame["public_housing_household_count"].tolist() == [5, 6]
    assert frame["floor_area_m2"].tolist() == [8000, 16000]
    assert frame.geometry.notna().all()
    assert "表头在第 2 行和其下两行，第 1 条记录在第 5 行" in result.report.facts["header"].zh


def down(merges: list[str]) -> list[str]:
    """Return merged ranges one row further down."""
    ends = [merge.split(":") for merge in merges]
    return [":".join(f"{cell[0]}{int(cell[1:]) + 1}" for cell in pair) for pair in ends]


@forms
def test_longitude_below_the_title_of_an_address_is_no_address(tmp_path: Path, form: str) -> None:
    rows = [["序号", "名称", "位置", None, "泊位数", "备注"], [None, None, "经度", "纬度", None, None], *LOTS]
    frame = read_file(written(tmp_path, form, rows, [*GROUPED_MERGES, "E1:E2"]), "parking").frame
    assert frame["address"].isna().all()
    assert frame.geometry.notna().all()
    assert frame["stall_count"].tolist() == [30, 40]


def test_a_group_written_above_each_of_its_columns(tmp_path: Path) -> None:
    rows = [["序号", "名称", "坐标", "坐标", "泊位数", "备注"], [None, None, "经度", "纬度", None, None], *LOTS]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), "parking").frame
    assert frame["name"].tolist() == ["甲场", "乙场"]
    assert frame.geometry.notna().all()


def test_titles_in_two_languages(tmp_path: Path) -> None:
    rows = [["名称", "经度", "纬度", "泊位数"], ["name", "lon", "lat", "stall_count"], *[row[1:5] for row in LOTS]]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), "parking").frame
    assert frame["name"].tolist() == ["甲场", "乙场"]
    assert frame["stall_count"].tolist() == [30, 40]


@forms
def test_a_first_record_of_words_is_no_header(tmp_path: Path, form: str) -> None:
    rows = [["名称", "地址", None, "备注"], ["甲场", "榕桥街", "东门", None], ["乙场", "水磨街", None, "停用"]]
    frame = read_file(written(tmp_path, form, rows, ["B1:C1", "D1:D3"]), "parking").frame
    assert frame["name"].tolist() == ["甲场", "乙场"]


@forms
def test_lines_above_the_header_are_no_part_of_it(tmp_path: Path, form: str) -> None:
    rows = [
        ["榕桥街停车场台账", None, None, None],
        ["填报单位 城管办", None, "填报日期 十月", None],
        ["名称", "泊位数", "经度", "纬度"],
        *[[row[1], row[4], row[2], row[3]] for row in LOTS],
    ]
    result = read_file(written(tmp_path, form, rows, ["A1:D1", "A2:B2", "C2:D2"]), "parking")
    assert result.frame["name"].tolist() == ["甲场", "乙场"]
    assert "表头在第 3 行，第 1 条记录在第 4 行" in result.report.facts["header"].zh


def test_without_a_name_a_column_that_differs_in_every_row_is_asked_about(tmp_path: Path) -> None:
    titles = ["甚么场", "泊位数", "经度", "纬度"]
    lots = [[f"第{word}停车点", 30, 113.27 + at / 1000, 23.12] for at, word in enumerate("一二三四")]
    result = read_file(write_csv(tmp_path / "a.csv", [titles, *lots]), "parking")
    warning = next(item for item in result.report.warnings if "甚么场" in item.zh)
    assert "--column name=甚么场" in warning.zh
    assert "--column name=甚么场" in warning.en
    alike = [["露天场", *lot[1:]] for lot in lots]
    report = read_file(write_csv(tmp_path / "b.csv", [titles, *alike]), "parking").report
    assert not found(report, "file")


@forms
def test_what_is_counted_below_a_count_is_no_title_of_its_own(tmp_path: Path, form: str) -> None:
    rows = [
        ["路段", "划线泊位", None, "实停（辆）", None],
        [None, "小型车", "电动自行车", "小型车", "电动自行车"],
        ["甲路", 46, 5, 71, 9],
    ]
    frame = read_file(written(tmp_path, form, rows, ["A1:A2", "B1:C1", "D1:E1"]), "parking_survey").frame
    assert frame["parked_count"].tolist() == [71]


def test_ids_and_dates_are_not_asked_about_as_names(tmp_path: Path) -> None:
    titles = ["甚么编号", "甚么日", "泊位数", "经度", "纬度"]
    lots = [[f"榕{at}号", f"202{at}年5月", 30, 113.27 + at / 1000, 23.12] for at in range(4)]
    report = read_file(write_csv(tmp_path / "a.csv", [titles, *lots]), "parking").report
    assert not found(report, "file")


@forms
def test_a_header_of_three_rows_again_below_is_no_record(tmp_path: Path, form: str) -> None:
    rows = [*THREE_ROWS[:4], *THREE_ROWS[:3], THREE_ROWS[4]]
    result = read_file(written(tmp_path, form, rows, THREE_ROW_MERGES), "community")
    assert result.frame["name"].tolist() == ["甲小区", "乙小区"]
    assert result.report.left_out == 3
