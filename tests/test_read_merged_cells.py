"""Cells merged down a column: words hold for every row, an amount for all rows together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from reading_files import found, rules, write_xls, write_xlsx

from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["reading_fixtures"]
pytestmark = pytest.mark.usefixtures("temporary_folder")

TITLES = ["社区", "小区名称", "户数", "建成年份", "建筑面积（万㎡）", "物业管理情况", "经度", "纬度"]
ROWS = [
    ["榕桥社区", "甲小区", 300, 1985, "1.2", "有物业", 113.27011, 23.12011],
    [None, "乙小区", None, None, None, None, 113.28011, 23.13011],
    [None, "丙小区", None, None, None, None, 113.29011, 23.14011],
]
MERGES = ["A2:A4", "C2:C4", "D2:D4", "E2:E4", "F2:F4"]
writers = pytest.mark.parametrize("write", [write_xlsx, write_xls])


@writers
def test_an_amount_is_not_multiplied_and_its_words_are_kept(tmp_path: Path, write: Any) -> None:
    path = write(tmp_path / f"a.{write.__name__[6:]}", {"台账": [TITLES, *ROWS]}, merges=MERGES)
    result = read_file(path, "community")
    assert result.frame["household_count"].isna().all()
    assert result.frame["floor_area_m2"].isna().all()
    for remark in result.frame["remark"]:
        assert "户数: 300（3 条合计）" in remark
        assert "建筑面积（万㎡）: 1.2（3 条合计）" in remark
    told = [item.zh for item in result.report.warnings if item.rule == "shared_amount"]
    assert len(told) == 2
    assert all("3 条记录合计的一个数" in text for text in told)
    assert found(result.report, "shared_amount")[:3] == [(1, "户数", "300"), (2, "户数", "300"), (3, "户数", "300")]


@writers
def test_words_and_years_hold_for_every_row(tmp_path: Path, write: Any) -> None:
    path = write(tmp_path / f"a.{write.__name__[6:]}", {"台账": [TITLES, *ROWS]}, merges=MERGES)
    frame = read_file(path, "community").frame
    assert frame["built_year"].tolist() == [1985] * 3
    assert all("社区: 榕桥社区" in remark for remark in frame["remark"])


def test_nought_and_unknown_hold_for_every_row(tmp_path: Path) -> None:
    rows = [[None, f"{name}小区", *cells] for name, cells in (("甲", [0, "不详"]), ("乙", [None, None]))]
    table = [["社区", "小区名称", "户数", "楼栋数"], *rows]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", {"一": table}, merges=["C2:C3", "D2:D3"]), "community")
    assert result.frame["household_count"].tolist() == [0, 0]
    assert result.frame["building_count"].isna().all()
    assert "shared_amount" not in rules(result.report)


def test_an_amount_merged_with_a_row_of_no_record_is_its_own(tmp_path: Path) -> None:
    table = [["序号", "小区名称", "户数"], [1, "甲小区", 300], [2, None, None], [3, "乙小区", 40]]
    frame = read_file(write_xlsx(tmp_path / "a.xlsx", {"一": table}, merges=["C2:C3"]), "community").frame
    assert frame["household_count"].tolist() == [300, 40]


@pytest.mark.parametrize(("total", "differs"), [(340, False), (900, True)])
def test_a_total_counts_a_shared_amount_once(tmp_path: Path, total: int, differs: bool) -> None:
    table = [["小区名称", "户数"], ["甲小区", 300], ["乙小区", None], ["丙小区", 40], ["合计", total]]
    path = write_xlsx(tmp_path / "a.xlsx", {"一": table}, merges=["B2:B3"])
    assert ("total_differs" in rules(read_file(path, "community").report)) == differs


def test_shared_amounts_of_two_sheets_stay_with_their_records(tmp_path: Path) -> None:
    lots = [["小区名称", "户数", "楼栋数"], ["注：含商铺"], ["甲小区", 300, 3], ["乙小区", None, 4]]
    others = [["小区名称", "户数", "楼栋数"], ["丙小区", 20, 1], ["丁小区", 30, 2]]
    path = write_xlsx(tmp_path / "a.xlsx", {"一": lots, "二": others}, merges=["B3:B4"])
    frame = read_file(path, "community").frame.set_index("name")
    assert frame["household_count"].fillna(-1).to_dict() == {"甲小区": -1, "乙小区": -1, "丙小区": 20, "丁小区": 30}
    assert ["（2 条合计）" in text for text in frame["remark"]] == [True, True, False, False]
