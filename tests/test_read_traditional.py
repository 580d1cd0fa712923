"""Ledgers in traditional characters: titles, units, codes and totals mean what they mean in simplified ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from reading_files import write_csv, write_xlsx

from layers.reading import read_file
from layers.values._script import simplified

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["reading_fixtures"]
pytestmark = pytest.mark.usefixtures("temporary_folder")

PARKING = [
    ["名稱", "經度", "緯度", "地址", "泊位總數"],
    ["甲場", 113.27012, 23.12034, "榕橋街1號", "約30"],
    ["乙場", 113.28012, 23.12134, "榕橋街2號", 40],
]


@pytest.mark.parametrize("encoding", ["big5", "utf-8"])
def test_titles_are_known_and_words_stay_as_they_are(tmp_path: Path, encoding: str) -> None:
    frame = read_file(write_csv(tmp_path / "a.csv", PARKING, encoding=encoding), "parking").frame
    assert frame["name"].tolist() == ["甲場", "乙場"]
    assert frame["address"].tolist() == ["榕橋街1號", "榕橋街2號"]
    assert frame["stall_count"].tolist() == [30, 40]
    assert [(point.x, point.y) for point in frame.geometry] == [(113.27012, 23.12034), (113.28012, 23.12134)]


def test_units_totals_and_personal_columns(tmp_path: Path) -> None:
    rows = [
        ["地塊名稱", "用地面積（畝）", "聯繫人", "聯繫電話"],
        ["甲地", 3, "陳大文", "13800138000"],
        ["乙地", "1.5萬平方米", "李小明", "13900139000"],
        ["合計", None, None, None],
        ["備註：虛構"],
    ]
    result = read_file(write_xlsx(tmp_path / "a.xlsx", {"一": rows}), "idle_land")
    assert result.frame["name"].tolist() == ["甲地", "乙地"]
    assert result.frame["area_m2"].tolist() == pytest.approx([2000, 15_000])
    assert result.report.left_out == 2
    assert not result.frame["remark"].fillna("").str.contains("陳大文|13800138000").any()


def test_a_column_named_by_the_user_in_either_script(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", [["場名", "經度", "緯度", "位數"], ["甲場", 113.27, 23.12, 30]])
    frame = read_file(path, "parking", columns={"name": "场名", "泊位總數": "位數"}).frame
    assert frame["name"].tolist() == ["甲場"]
    assert frame["stall_count"].tolist() == [30]


@pytest.mark.parametrize(
    ("text", "same"),
    [("建築面積", "建筑面积"), ("地址", "地址"), ("lon", "lon"), ("清·光緒", "清·光绪"), ("㙟塘", "㙟塘")],
)
def test_simplified(text: str, same: str) -> None:
    assert simplified(text) == same
