"""Shapefiles cut titles and texts at a byte, within a character if need be: they are read all the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from reading_files import write_shapefile

from layers.errors import ReadError, UsageError
from layers.reading import read_file
from layers.reading._cut_texts import split

if TYPE_CHECKING:
    from pathlib import Path

PLACES = [shapely.Point(113.27012, 23.12034), shapely.Point(113.27512, 23.12434)]


def _write(path: Path, columns: dict[str, list[object]], encoding: str = "UTF-8") -> Path:
    frame = gpd.GeoDataFrame(columns, geometry=PLACES, crs="EPSG:4490")
    return write_shapefile(path, frame, encoding=encoding)


@pytest.mark.parametrize("written", ["UTF-8", "GBK"])
@pytest.mark.parametrize("is_told", [True, False])
def test_long_titles_name_their_fields(tmp_path: Path, written: str, *, is_told: bool) -> None:
    path = _write(tmp_path / "a.shp", {"停车场名称": ["甲停车场", "乙停车场"], "泊位总数量": [30, 40]}, written)
    result = read_file(path, "parking", encoding=written if is_told else "auto")
    assert result.frame["name"].tolist() == ["甲停车场", "乙停车场"]
    land = _write(tmp_path / "b.shp", {"地块名称": ["甲", "乙"], "建筑面积": [700.0, 800.0]}, written)
    community = read_file(land, "community", encoding=written if is_told else "auto")
    assert community.frame["floor_area_m2"].tolist() == [700.0, 800.0]


def test_the_byte_that_is_left_tells_titles_apart(tmp_path: Path) -> None:
    # 停车场名称 and 停车场类型 are both cut to 停车场 and one byte: E5 of 名 in one, E7 of 类 in the other
    columns = {"停车场类型": ["公共停车场", "住宅配建"], "停车场名称": ["甲停车场", "乙停车场"]}
    result = read_file(_write(tmp_path / "a.shp", columns), "parking")
    assert result.frame["name"].tolist() == ["甲停车场", "乙停车场"]
    assert result.frame["parking_type"].tolist() == ["public", "residential"]


def test_titles_that_are_the_same_once_cut_lose_nothing(tmp_path: Path) -> None:
    # both go on with 名: the second one becomes 停车, two bytes of 场, and _1
    columns = {"停车场名称": ["甲停车场", "乙停车场"], "停车场名录说明": ["第一批", "第二批"]}
    frame = read_file(_write(tmp_path / "a.shp", columns), "parking").frame
    assert frame["name"].tolist() == ["甲停车场", "乙停车场"]
    assert frame["remark"].tolist() == ["停车_1: 第一批", "停车_1: 第二批"]


@pytest.mark.parametrize("written", ["UTF-8", "GBK"])
def test_a_value_cut_within_a_character_is_read_and_said(tmp_path: Path, written: str) -> None:
    path = _write(tmp_path / "a.shp", {"name": ["甲停车场", "乙停车场"]}, written)
    table = path.with_suffix(".dbf")
    whole, cut = "甲停车场".encode(written), "甲停车".encode(written) + "场".encode(written)[:1]
    table.write_bytes(table.read_bytes().replace(whole, cut.ljust(len(whole))))
    result = read_file(path, "parking", encoding=written)
    assert result.frame["name"].tolist() == ["甲停车", "乙停车场"]
    assert any("半个字" in item.zh and "甲停车" in item.zh for item in result.report.warnings)


def test_a_value_in_another_encoding_is_refused_with_its_record(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.shp", {"name": ["甲停车场", "乙停车场"]})
    table = path.with_suffix(".dbf")
    table.write_bytes(table.read_bytes().replace("乙停车场".encode(), "乙停车场".encode("gbk") + b"    "))
    with pytest.raises(ReadError, match=r"not in utf-8 \(record 2, field name\)"):
        read_file(path, "parking", encoding="utf-8")


def test_an_encoding_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="there is no encoding 'utf-9'"):
        read_file(_write(tmp_path / "a.shp", {"name": ["甲", "乙"]}), "parking", encoding="utf-9")


@given(st.text(st.characters(codec="gb18030", exclude_categories=["Cc", "Cs"])), st.sampled_from(["utf-8", "gb18030"]))
def test_whole_characters_and_the_rest_are_the_text(text: str, encoding: str) -> None:
    data = text.encode(encoding)
    for width in range(len(data) + 1):
        whole, rest = split(data[:width], encoding)
        assert whole.encode(encoding) + rest == data[:width]
        assert text.startswith(whole)
        assert len(rest) < 4
