"""Rows below a header that number the columns or name their units are no records; small numbers that look so are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reading_files import write_csv, write_xls, write_xlsx

from layers.errors import ReadError
from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

TITLES = ["地块名称", "面积", "土地价款", "经度", "纬度"]
PLOTS = [[f"{name}地块", at, at * 10, 113.27012 + at / 1000, 23.12034] for at, name in enumerate("东西南", start=2)]


@pytest.mark.parametrize(
    "row",
    [[1, 2, 3, 4, 5], ["栏次", 1, 2, 3, 4], ["甲", "（1）", "（2）", "（3）", "（4）"], ["甲", "乙", 1, 2, 3]],
)
@pytest.mark.parametrize("write", [write_xls, write_xlsx])
def test_numbers_of_columns_are_no_record(tmp_path: Path, row: list[object], write: object) -> None:
    path = write(tmp_path / f"a.{write.__name__[6:]}", {"一": [TITLES, row, *PLOTS]})  # type: ignore[operator,attr-defined]
    result = read_file(path, "idle_land", crs="WGS84")
    assert result.frame["name"].tolist() == ["东地块", "西地块", "南地块"]
    assert result.frame["area_m2"].tolist() == [2, 3, 4]
    assert "其下是列号，第 1 条记录在第 3 行" in result.report.facts["header"].zh
    assert not result.report.warnings


def test_units_below_the_titles_are_those_of_the_columns(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [TITLES, ["—", "亩", "(万元)", "度", "度"], [1, 2, 3, 4, 5], *PLOTS])
    result = read_file(path, "idle_land", crs="WGS84")
    assert result.frame["area_m2"].tolist() == pytest.approx([2 * 2000 / 3, 2000, 4 * 2000 / 3])
    assert result.frame["land_price_cny"].tolist() == [200_000, 300_000, 400_000]
    assert "其下是单位，其下是列号，第 1 条记录在第 4 行" in result.report.facts["header"].zh


def test_a_unit_in_the_title_comes_before_one_below_it(tmp_path: Path) -> None:
    path = write_csv(
        tmp_path / "a.csv", [["地块名称", "面积（㎡）", *TITLES[2:]], [None, "亩", "元", None, None], *PLOTS]
    )
    assert read_file(path, "idle_land", crs="WGS84").frame["area_m2"].tolist() == [2, 3, 4]


@pytest.mark.parametrize("first", [["1", 2, None, 113.27, 23.12], ["个", 2, 3, 113.27, 23.12]])
def test_a_record_of_small_numbers_or_a_name_like_a_unit_stays(tmp_path: Path, first: list[object]) -> None:
    path = write_csv(tmp_path / "a.csv", [TITLES, first, *PLOTS])
    assert len(read_file(path, "idle_land", crs="WGS84").frame) == 4


def test_units_without_any_record_are_told_as_no_record(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [TITLES, [None, "亩", "万元", "度", "度"]])
    with pytest.raises(ReadError, match="no records below its header"):
        read_file(path, "idle_land", crs="WGS84")
