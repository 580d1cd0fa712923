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
from layers.schema import input_kinds, kind

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
    ("of", "title", "field"),
    [
        ("community", "XQMC", "name"), ("community", "JZMJ", "floor_area_m2"), ("community", "jcnf", "built_year"),
        ("community", "Hushu", "household_count"), ("parking", "BWZS", "stall_count"),
        ("heritage", "BHJB", "heritage_class"),
        ("idle_land", "GHYT", "zoning"), ("subdistrict", "JDMC", "name"), ("district", "XZQMC", "name"),
    ],
)  # fmt: skip
def test_titles_by_their_initials_or_in_full(of: str, title: str, field: str) -> None:
    assert pinyin_fields(of)[key(title)][0] == field


def test_letters_that_stand_for_two_fields_name_neither() -> None:
    fields = {item.name: item for item in kind("community").fields}
    names = {"停车泊位数": ("stall_count", 0), "停车泊位水": ("building_count", 0), "泊位总数": ("stall_count", 1)}
    found = spelled_fields(names, fields)
    assert "tcbws" not in found
    assert found == {
        "tingcheboweishu": ("stall_count", 0), "tingcheboweishui": ("building_count", 0),
        "bwzs": ("stall_count", 1), "boweizongshu": ("stall_count", 1),
    }  # fmt: skip


def test_few_letters_are_names_addresses_and_words_only() -> None:
    for name in input_kinds():
        fields = {item.name: item for item in kind(name).fields}
        for letters, (of, _) in pinyin_fields(name).items():
            field = fields[of]
            assert field.dtype not in ("date", "datetime", "bool"), (name, letters)
            assert len(letters) >= (4 if field.dtype in ("int", "float") else 3) or letters in ("mc", "dz", "bz")


@pytest.mark.parametrize(
    ("of", "titles", "cells", "field"),
    [
        ("community", ("LCS", "MC"), ("9", "甲苑"), "building_count"),
        ("community", ("JCSJ", "MC"), ("2024-05-01", "甲苑"), "built_year"),
        ("community", ("juli", "MC"), ("350", "甲苑"), "stall_count"),
        ("idle_land", ("TJSJ", "DKMC"), ("2024-05-01", "甲地"), "stopped_since"),
        ("idle_land", ("JDSJ", "DKMC"), ("2024-05-01", "甲地"), "handover_date"),
    ],
)
def test_initials_of_other_words_make_no_number_and_no_date_of_the_law(
    tmp_path: Path, of: str, titles: tuple[str, str], cells: tuple[str, str], field: str
) -> None:
    rows = [[*titles, "lon", "lat"], [*cells, "113.2", "23.1"]]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), of, crs="EPSG:4326").frame
    assert frame[field].isna().all()
    assert cells[0] in frame["remark"][0]
    assert frame["name"][0] == cells[1]


def test_the_nearest_title_of_a_kind_wins_whatever_the_order_of_the_columns(tmp_path: Path) -> None:
    rows = [["SQMC", "XQ", "XQMC", "lon", "lat"], ["东湖社区", "越秀区", "锦荣花园", "113.2", "23.1"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "community", crs="EPSG:4326")
    assert result.frame["name"].tolist() == ["锦荣花园"]


@pytest.mark.parametrize("title", ["SFZX", "SJX", "ZJX"])
def test_other_words_are_no_personal_titles(title: str) -> None:
    assert key(title) not in personal_titles()


@given(st.sampled_from(input_kinds()), st.data())
def test_a_title_in_its_own_words_comes_first(of: str, data: st.DataObject) -> None:
    letters = data.draw(st.sampled_from(sorted(pinyin_fields(of))))
    assert letters not in titles_of(of)
    assert letters not in personal_titles()


def test_a_column_with_a_chinese_title_comes_before_one_in_pinyin(tmp_path: Path) -> None:
    rows = [["XQMC", "小区名称", "经度", "纬度"], ["旧名", "东湖新村", "113.2", "23.1"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "community", crs="EPSG:4326")
    assert result.frame["name"].tolist() == ["东湖新村"]
    assert "旧名" in result.frame["remark"][0]
