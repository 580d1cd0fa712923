"""Workbooks, old and new: merged cells, several sheets, editions, sheets that are hidden or sum others up."""

from __future__ import annotations

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
import pytest
from reading_checks import NAMES, assert_parking
from reading_files import write_csv, write_xls, write_xlsx, write_zip

from layers.errors import ReadError
from layers.reading import read_file
from layers.reading._editions import is_later, period_of

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["reading_fixtures"]
pytestmark = pytest.mark.usefixtures("temporary_folder")

TABLE = [["街道", "停车场名称", "泊位总数", "有效期至", "经度", "纬度"],
         ["榕桥街", "甲停车场", 35, date(2027, 3, 31), 113.27101, 23.12101],
         [None, "乙停车场", 120, datetime(2026, 12, 1, 8, 30), 113.28202, 23.12402]]  # noqa: DTZ001  # fmt: skip


def test_an_old_workbook_with_merges_and_dates(tmp_path: Path) -> None:
    xls = assert_parking(write_xls(tmp_path / "a.xls", {"台账": TABLE}, merges=["A2:A3"]))
    xlsx = assert_parking(write_xlsx(tmp_path / "a.xlsx", {"台账": TABLE}, merges=["A2:A3"]))
    assert [str(day) for day in xls.frame["valid_until"].dt.date] == ["2027-03-31", "2026-12-01"]
    assert xls.frame["remark"].tolist() == ["街道: 榕桥街", "街道: 榕桥街"]
    pd.testing.assert_frame_equal(pd.DataFrame(xls.frame), pd.DataFrame(xlsx.frame))


def test_a_workbook_under_the_other_suffix(tmp_path: Path) -> None:
    old, new = write_xls(tmp_path / "a.xls", {"一": TABLE}), write_xlsx(tmp_path / "b.xlsx", {"一": TABLE})
    for name, source in (("c.xlsx", old), ("d.xls", new), ("e.csv", new), ("f.csv", old)):
        path = tmp_path / name
        path.write_bytes(source.read_bytes())
        result = assert_parking(path)
        assert any("其实是 Excel" in item.zh for item in result.report.warnings) == name.endswith(".csv")


@pytest.mark.parametrize("write", [write_xls, write_xlsx])
def test_sheets_of_one_ledger_are_one_layer(tmp_path: Path, write: Any) -> None:
    title = [["停车场一览表　单位：个"], TABLE[0]]
    second = [["停车场台账（水磨）"], [*TABLE[0][1:], "街道"], [*TABLE[2][1:], "水磨街"]]
    sheets = {"青砖": [*title, TABLE[1]], "说明": [["填表说明"], ["一式三份"]], "水磨": second}
    path = write(tmp_path / f"a.{write.__name__[6:]}", sheets)
    result = assert_parking(path)
    assert result.frame["remark"].tolist() == ["街道: 榕桥街；工作表: 青砖", "街道: 水磨街；工作表: 水磨"]
    assert "2 个工作表一并读入：青砖（1 行）、水磨（1 行）" in result.report.facts["sheet"].zh
    assert list(result.report.rows) == [3, 3]
    assert read_file(f"{path}|layername=水磨", "parking").frame["name"].tolist() == NAMES[1:]
    with pytest.raises(ReadError, match="no sheet '东基' with cells, but 青砖、说明、水磨"):
        read_file(f"{path}|layername=东基", "parking")


def test_editions_of_one_ledger_are_not_added_up(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"9月": TABLE, "10月": TABLE})
    result = assert_parking(path)
    assert any("多半是同一批记录" in item.zh and "|layername=9月" in item.zh for item in result.report.warnings)


def test_a_summary_and_a_hidden_sheet_are_left_and_said(tmp_path: Path) -> None:
    summary = [["街道", "泊位总数", "其中充电车位", "月保", "经营单位"], ["榕桥街", 155, 20, 300, "各家"]]
    path = write_xlsx(tmp_path / "a.xlsx", {"明细": TABLE, "汇总": summary, "旧": [TABLE[0], [None, "丙停车场", 7]]})
    book = openpyxl.load_workbook(path)
    book["旧"].sheet_state = "hidden"
    book.save(path)
    said = [item.zh for item in assert_parking(path).report.warnings]
    assert any("“汇总”像同类台账，但列与“明细”不同" in text for text in said)
    assert any("隐藏的工作表“旧”像同类台账，未读入" in text and "|layername=旧" in text for text in said)


def test_a_layer_named_in_a_format_without_layers_is_refused(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [row[1:] for row in TABLE])
    zipped = write_zip(tmp_path / "a.zip", {"a.csv": path.read_bytes()})
    for name in (path, zipped):
        with pytest.raises(ReadError, match="has no layers, and so no '二'"):
            read_file(f"{name}|layername=二", "parking")


def test_sheets_in_different_units_keep_their_quantities(tmp_path: Path) -> None:
    first = [["地块名称", "地址", "面积（亩）"], ["甲", "一路", "3"], ["乙", "二路", "1.5（暂定）"]]
    second = [["地块名称", "地址", "面积（㎡）"], ["丙", "三路", "800"], ["丁", "四路", "0.2公顷"]]
    third = [["单位：万元、公顷"], ["地块名称", "地址", "面积"], ["戊", "五路", 2]]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", {"一": first, "二": second, "三": third}), "idle_land")
    assert result.frame["area_m2"].tolist() == pytest.approx([2000, 1000, 800, 2000, 20_000])


def test_merged_cells_of_a_second_sheet_fill_their_own_rows(tmp_path: Path) -> None:
    rows = [TABLE[0], *([None, f"场{at}", at, None, None, None] for at in range(1, 4))]
    path = write_xlsx(tmp_path / "a.xlsx", {"一": TABLE[:2], "二": rows})
    book = openpyxl.load_workbook(path)
    book["二"]["A2"] = "水磨街"
    book["二"].merge_cells("A2:A3")
    book.save(path)
    remarks = read_file(path, "parking").frame["remark"].fillna("")
    assert ["水磨街" in text for text in remarks] == [False, True, True, False]


def places(letter: str, count: int) -> list[list[Any]]:
    return [[f"{letter}{at}", 113.27011 + at / 100, 23.12011] for at in range(count)]


@pytest.mark.parametrize("write", [write_xls, write_xlsx])
def test_a_sheet_with_fewer_columns_is_read_too(tmp_path: Path, write: Any) -> None:
    short = [["名称", "经度", "纬度"], *places("甲", 9)]
    long = [["名称", "泊位数", "经度", "纬度"], ["乙", 5, 113.27511, 23.13011]]
    result = read_file(write(tmp_path / f"a.{write.__name__[6:]}", {"一": short, "二": long}), "parking")
    assert result.frame["name"].tolist() == [*(f"甲{at}" for at in range(9)), "乙"]
    assert "一（9 行）、二（1 行）" in result.report.facts["sheet"].zh


def test_a_hidden_sheet_with_few_columns_is_told_of(tmp_path: Path) -> None:
    sheets = {"一": [["名称", "经度", "纬度"], *places("甲", 2)], "二": [["名称", "经度", "纬度"], *places("乙", 1)]}
    path = write_xlsx(tmp_path / "a.xlsx", sheets)
    book = openpyxl.load_workbook(path)
    book["二"].sheet_state = "hidden"
    book.save(path)
    said = [item.zh for item in read_file(path, "parking").report.warnings]
    assert any("隐藏的工作表“二”像同类台账，未读入" in text and "|layername=二" in text for text in said)


def test_every_sheet_with_rows_is_read_or_named(tmp_path: Path) -> None:
    notes = [["填表说明"], ["一式三份"]]
    chargers = [["名称", "充电桩数", "枪数", "经度", "纬度"], ["丙", 4, 8, 113.3, 23.2]]
    sheets = {"一": [["名称", "经度", "纬度"], *places("甲", 2)], "说明": notes, "充电": chargers, "空": []}
    result = read_file(write_xlsx(tmp_path / "a.xlsx", sheets), "parking")
    assert result.frame["name"].tolist() == ["甲0", "甲1"]
    assert result.report.facts["unread"].zh.endswith("：说明（2 行）")
    assert any("工作表“充电”更像充电站，未读入" in item.zh for item in result.report.warnings)
    one = read_file(f"{tmp_path / 'a.xlsx'}|layername=一", "parking").report.facts["unread"].zh
    assert one.endswith("：说明（2 行）、充电（2 行）")


def test_coordinates_of_two_sheets_join_under_different_titles(tmp_path: Path) -> None:
    first = [["名称", "位置", None, "泊位"], [None, "经度", "纬度", "总数"], ["甲", 113.27011, 23.12011, 5]]
    second = [["名称", "泊位总数", "lon", "lat"], ["乙", 6, 113.28011, 23.13011]]
    path = write_xlsx(tmp_path / "a.xlsx", {"一": first, "二": second}, merges=["A1:A2", "B1:C1"])
    frame = read_file(path, "parking").frame
    assert [(point.x, point.y) for point in frame.geometry] == [(113.27011, 23.12011), (113.28011, 23.13011)]
    assert frame["stall_count"].tolist() == [5, 6]
    assert frame["remark"].tolist() == ["工作表: 一", "工作表: 二"]


@pytest.mark.parametrize("write", [write_xls, write_xlsx])
def test_the_newest_edition_by_the_names_of_the_sheets_is_read(tmp_path: Path, write: Any) -> None:
    older = [TABLE[0], [*TABLE[1][:2], 5, *TABLE[1][3:]], [*TABLE[2][:2], 6, *TABLE[2][3:]]]
    sheets = {"说明": [["填表说明"], ["一式三份"]], "2024年": older, "2025年": TABLE, "2023年": older}
    path = write(tmp_path / f"a.{write.__name__[6:]}", sheets)
    result = assert_parking(path)
    assert result.report.facts["sheet"].zh == "工作表 2025年"
    told = [item.zh for item in result.report.warnings if "同一批记录" in item.zh]
    assert told == [
        f"工作表“{year}年”与“2025年”多半是同一批记录，按表名“2025年”更新，读入的是它，工作表“{year}年”未读入；"
        f"要读它请写 {path.name}|layername={year}年"
        for year in (2024, 2023)
    ]
    assert read_file(f"{path}|layername=2024年", "parking").frame["stall_count"].tolist() == [5, 6]


def test_a_later_list_of_changes_is_no_edition(tmp_path: Path) -> None:
    rows = [["甲街", f"虚构{at}号停车场", 20 + at, None, 113.27 + at / 100, 23.12] for at in range(6)]
    book = {"2024年": [TABLE[0], *rows], "2025年": [TABLE[0], *rows[:2]]}
    result = read_file(write_xlsx(tmp_path / "a.xlsx", book), "parking")
    assert len(result.frame) == 6


def test_sheets_of_years_that_hold_other_places_are_read_together(tmp_path: Path) -> None:
    book = {"2024年": TABLE[:2], "2025年": [TABLE[0], TABLE[2]]}
    assert assert_parking(write_xlsx(tmp_path / "a.xlsx", book)).report.facts["sheet"].zh.startswith("2 个工作表")


@pytest.mark.parametrize(
    ("later", "earlier"),
    [
        ("2025年", "2024年"), ("台账2025", "2024年度台账"), ("二〇二五年", "二〇二四年"), ("25年", "24年12月"),
        ("2024年12月", "2024年9月"), ("202412", "202409"), ("20241231", "2024-06-30"), ("2024年下半年", "2024年上半年"),
        ("2024年第四季度", "2024年Q3"), ("11月", "9月"), ("2023-2025年", "2022-2024年"),
    ],
)  # fmt: skip
def test_a_later_time_is_told_from_names_of_sheets(later: str, earlier: str) -> None:
    assert is_later(period_of(later), period_of(earlier))
    assert not is_later(period_of(earlier), period_of(later))


@pytest.mark.parametrize(
    ("name", "other"),
    [
        ("Sheet2", "Sheet1"), ("2024年", "2024年6月"), ("12月", "2024年"), ("12月", "1月"), ("440104", "440103"),
        ("第2批", "第1批"), ("2025年", "台账"),
    ],
)  # fmt: skip
def test_names_that_tell_no_later_time_leave_it_open(name: str, other: str) -> None:
    assert not is_later(period_of(name), period_of(other))
    assert not is_later(period_of(other), period_of(name))


@pytest.mark.parametrize(
    "name",
    ["2030年规划", "2025年目标", "2026年建设计划", "2026年拟建", "2026年预测", "2025年模板",
     "90年代", "2010年代", "20年以上", "2000年以前", "2000年之前"],
)  # fmt: skip
def test_plans_forms_and_ages_are_no_editions(name: str) -> None:
    assert period_of(name) is None


@pytest.mark.parametrize(
    ("name", "year"),
    [("规划局2025年台账", 2025), ("2024年代管房", 2024), ("2024年前三季度", 2024), ("模拟2025年", 2025)],
)
def test_words_that_only_look_like_plans_and_ages_leave_the_year(name: str, year: int) -> None:
    period = period_of(name)
    assert period is not None
    assert period.year == year


@pytest.mark.parametrize(
    ("as_of", "read"), [(date(2026, 11, 23), "2024年"), (date(2030, 1, 1), "2030年"), (None, "2030年")]
)
def test_a_year_ahead_of_the_day_of_import_is_no_edition(tmp_path: Path, as_of: date | None, read: str) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"2024年": TABLE, "2030年": TABLE})
    assert read_file(path, "parking", as_of=as_of).report.facts["sheet"].zh == f"工作表 {read}"


def test_a_sheet_of_plans_is_not_read_for_what_is_there(tmp_path: Path) -> None:
    planned = [TABLE[0], *([*row[:2], 99, *row[3:]] for row in TABLE[1:])]
    path = write_xlsx(tmp_path / "a.xlsx", {"2024年现状": TABLE, "2030年规划": planned})
    assert read_file(path, "parking").frame["stall_count"].tolist() == [35, 120]


def test_a_number_of_a_division_is_no_time() -> None:
    assert period_of("440104001") is None


@pytest.mark.parametrize(
    ("head", "said"),
    [
        ("<html><body><table><tr><th>停车场名称</th></tr></table></body></html>", "其实是网页表格"),
        ('<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"/>', "2003 版的 XML 表格"),
        ("停车场名称", "不是 Excel 工作簿"),
    ],
)
def test_what_only_calls_itself_a_workbook_is_named(tmp_path: Path, head: str, said: str) -> None:
    path = tmp_path / "公房导出.xls"
    path.write_text(head, encoding="gbk")
    with pytest.raises(ReadError) as error:
        read_file(path, "parking")
    assert said in str(error.value.line_zh)
    assert "另存为" in str(error.value.line_zh)
