"""Titles in Pinyin, as surveyors' shapefiles have them, name the fields that their Chinese titles name."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from reading_files import passed_on, write_csv

from layers.reading import read_file
from layers.reading._pinyin_titles import personal_titles, spelled_fields
from layers.reading._titles import key, pinyin_fields, titles_of
from layers.schema import input_kinds

if TYPE_CHECKING:
    from pathlib import Path

LAND = {
    "DKBH": ["L-01", "L-02"], "DKMC": ["东湖地块", "西关地块"], "ZDMJ": [1200.0, 800.0],
    "QSDW": ["区土发中心", "某街道办"],
    "TDGHYT": ["G1", "R2"], "LXR": ["王小明", "李伟"], "LXDH": ["13800138000", "13900001234"], "BZ": ["荒草", None],
}  # fmt: skip


def test_a_shapefile_of_surveyors(tmp_path: Path) -> None:
    shapes = [shapely.box(113.2 + at / 100, 23.1, 113.201 + at / 100, 23.101) for at in range(2)]
    gpd.GeoDataFrame(LAND, geometry=shapes, crs="EPSG:4490").to_file(tmp_path / "a.shp", encoding="GBK")
    result = read_file(tmp_path / "a.shp", "idle_land", crs="EPSG:4490")
    frame = result.frame
    assert frame["source_id"].tolist() == ["L-01", "L-02"]
    assert frame["name"].tolist() == ["东湖地块", "西关地块"]
    assert frame["area_m2"].tolist() == [1200, 800]
    assert frame["owner"].tolist() == ["区土发中心", "某街道办"]
    assert frame["remark"].fillna("").str.contains("荒草").tolist() == [True, False]
    said = passed_on(result).to_csv() + str(result.report.to_dict())
    assert not [name for name in ("王小明", "李伟", "13800138000") if name in said]
    uses = {use.title: use.zh for use in result.report.columns}
    assert uses["DKMC"] == "名称（按拼音）"


@pytest.mark.parametrize(
    ("kind", "title", "field"),
    [
        ("community", "XQMC", "name"), ("community", "JZMJ", "floor_area_m2"), ("community", "jcnf", "built_year"),
        ("community", "Hushu", "household_count"), ("parking", "BWZS", "stall_count"),
        ("heritage", "BHJB", "heritage_class"),
        ("idle_land", "GHYT", "zoning"), ("subdistrict", "JDMC", "name"), ("district", "XZQMC", "name"),
    ],
)  # fmt: skip
def test_titles_by_their_initials_or_in_full(kind: str, title: str, field: str) -> None:
    assert pinyin_fields(kind)[key(title)] == field


def test_letters_that_stand_for_two_fields_name_neither(tmp_path: Path) -> None:
    names = {"建筑层数": ("floors", 0), "建筑幢数": ("buildings", 0), "建筑处数": ("places", 0), "层数": ("floors", 1)}
    found = spelled_fields(names)
    assert found.items() >= {"jianzhucengshu": "floors", "jianzhuchushu": "places", "cengshu": "floors"}.items()
    assert found["jianzhuzhuangshu"] == found["jianzhuchuangshu"] == found["jzzs"] == "buildings"
    assert "jzcs" not in found
    assert "cs" not in found


def test_two_letters_are_names_addresses_and_remarks_only() -> None:
    for kind in input_kinds():
        short = {letters: of for letters, of in pinyin_fields(kind).items() if len(letters) == 2}
        assert set(short.values()) <= {"name", "address", "remark"}, kind


@given(st.sampled_from(input_kinds()), st.data())
def test_a_title_in_its_own_words_comes_first(kind: str, data: st.DataObject) -> None:
    letters = data.draw(st.sampled_from(sorted(pinyin_fields(kind))))
    assert letters not in titles_of(kind)
    assert letters not in personal_titles()


def test_a_column_with_a_chinese_title_comes_before_one_in_pinyin(tmp_path: Path) -> None:
    rows = [["XQMC", "小区名称", "经度", "纬度"], ["旧名", "东湖新村", "113.2", "23.1"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "community", crs="EPSG:4326")
    assert result.frame["name"].tolist() == ["东湖新村"]
    assert "旧名" in result.frame["remark"][0]
