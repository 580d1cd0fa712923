"""Ledgers as clerks of different departments title them and fill them in: one meaning a word, what is left is said."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pytest
from reading_files import found, write_csv

from layers.reading import read_file
from layers.reading._columns_match import match_columns
from layers.reading._titles import Title, key
from layers.schema import input_kinds, kind
from layers.values._code_words import _WORDS
from layers.values._codes import parse_code

if TYPE_CHECKING:
    from pathlib import Path

TITLES = [
    ("idle_land", "地块位置", "address"),
    ("idle_land", "宗地坐落", "address"),
    ("idle_land", "闲置地块名称", "name"),
    ("idle_land", "占地面积（亩）", "area_m2"),
    ("idle_land", "土地取得方式", "tenure"),
    ("idle_land", "土地使用权人", "owner"),
    ("idle_land", "是否围挡", "is_fenced"),
    ("parking", "场库名称", "name"),
    ("parking", "场库地址", "address"),
    ("parking", "车位总数", "stall_count"),
    ("parking", "备案车位数（个）", "stall_count"),
    ("parking", "其中：充电泊位", "charger_stall_count"),
    ("parking", "月保价", "tariff_cny_month"),
    ("parking", "包月收费（元）", "tariff_cny_month"),
    ("parking", "临时停车收费标准", "tariff_cny_h"),
    ("parking", "备案到期日", "valid_until"),
    ("heritage", "现用途", "use_state"),
    ("heritage", "文物保护级别", "heritage_class"),
    ("heritage", "始建年代", "era"),
    ("heritage", "是否对外开放", "is_open"),
    ("community", "停车位数量", "stall_count"),
    ("community", "小区地址", "address"),
    ("community", "竣工时间", "built_year"),
    ("community", "总建筑面积（平方米）", "floor_area_m2"),
    ("public_building", "房屋坐落", "address"),
    ("public_building", "租赁到期日", "lease_end"),
    ("public_building", "出租情况", "occupancy"),
    ("charging", "场站名称", "name"),
    ("charging", "充电枪数量", "port_count"),
    ("charging", "其中：快充桩", "dc_pile_count"),
    ("service", "设施类别", "service_type"),
    ("report", "事发地点", "address"),
    ("report", "问题描述", "content"),
    ("report", "诉求类型", "event_item"),
    ("report", "承办单位", "department"),
    ("service_item", "项目名称", "name"),
    ("service_item", "合同到期日期", "contract_end"),
    ("parking_survey", "实停车辆数", "parked_count"),
]


@pytest.mark.parametrize(("layer", "title", "field"), TITLES)
def test_a_title_of_another_department_is_the_same_field(layer: str, title: str, field: str) -> None:
    assert match_columns([Title(title)], kind(layer)).fields == {field: 0}


@pytest.mark.parametrize(
    ("layer", "title"),
    [
        ("community", "社区"),  # whose community office, not which compound
        ("heritage", "用途"),  # of old or now
        ("heritage", "面积"),  # of the ground or of the floors
        ("idle_land", "四至"),
        ("idle_land", "可利用面积"),
        ("parking", "剩余车位"),
        ("parking", "月保车位数"),
        ("public_building", "使用面积"),
        ("report", "发生时间"),  # not when it was received
        ("service_item", "合同总金额"),  # of several years
    ],
)
def test_a_title_that_may_mean_something_else_is_left(layer: str, title: str) -> None:
    assert match_columns([Title(title)], kind(layer)).fields == {}


@pytest.mark.parametrize("layer", input_kinds())
def test_no_title_stands_for_two_fields(layer: str) -> None:
    claims: dict[str, set[str]] = defaultdict(set)
    for item in kind(layer).fields:
        for title in (item.zh, *item.aliases):
            claims[key(title)].add(item.name)
    assert {title: names for title, names in claims.items() if len(names) > 1} == {}


def test_a_register_of_car_parks_is_read_to_its_last_column(tmp_path: Path) -> None:
    rows = [
        ["备案号", "场库名称", "场库地址", "车位总数"],
        ["海珠010", "甲", "东湖路1号", "180"],
        ["海珠011", "乙", "东湖路2号", "60"],
    ]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert result.frame["source_id"].tolist() == ["海珠010", "海珠011"]
    assert result.frame[["name", "address", "stall_count"]].to_numpy().tolist() == [
        ["甲", "东湖路1号", 180],
        ["乙", "东湖路2号", 60],
    ]
    assert "unused_columns" not in result.report.facts


def test_a_layer_without_names_and_counts_says_which_columns_may_hold_them(tmp_path: Path) -> None:
    rows = [
        ["点位全名", "可停辆位数", "所属社区", "经营单位"],
        ["甲场", "180", "东湖", "某公司"],
        ["乙场", "60", "青砖", "某公司"],
    ]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    told = [item for item in result.report.warnings if item.rule == "field_blank"]
    assert [item.field for item in told] == ["name", "stall_count"]
    assert (
        told[0].zh == "没有一条记录有名称（name）；“点位全名”列还没有用，像是它，请加 --column name=点位全名 再导入一次"
    )
    assert "add --column name=点位全名 and import again" in told[0].en
    assert "请加 --column stall_count=可停辆位数 再导入一次" in told[1].zh
    line = next(line for line in result.report.lines() if "--column name=点位全名" in line)
    assert line.startswith("  ! ")
    said = {"name": "点位全名", "stall_count": "可停辆位数"}
    again = read_file(tmp_path / "a.csv", "parking", columns=said)
    assert again.frame[["name", "stall_count"]].to_numpy().tolist() == [["甲场", 180], ["乙场", 60]]
    assert found(again.report, "field_blank") == []


def test_a_column_that_is_like_no_count_is_named_without_a_guess(tmp_path: Path) -> None:
    rows = [["小区名称", "地址", "人气"], ["甲", "东湖路1号", "180"], ["乙", "东湖路2号", "60"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "community")
    (told,) = (item for item in result.report.warnings if item.rule == "field_blank")
    assert told.zh == (
        "没有一条记录有户数（household_count）；若它写在别的列（人气）里，请加 --column household_count=列名 再导入一次"
    )


def test_an_address_names_a_parcel_as_well(tmp_path: Path) -> None:
    rows = [
        ["地块位置", "面积", "社区"],
        ["东湖路1号", "180", "东湖"],
        ["东湖路2号", "60", "东湖"],
        ["东湖路3号", "70", "东湖"],
    ]
    assert found(read_file(write_csv(tmp_path / "a.csv", rows), "idle_land").report, "field_blank") == []
    without = [row[1:] for row in rows]
    (told,) = (
        item
        for item in read_file(write_csv(tmp_path / "b.csv", without), "idle_land").report.warnings
        if item.rule == "field_blank"
    )
    assert "若它写在别的列（社区）里，请加 --column name=列名" in told.zh


def test_a_layer_whose_columns_are_all_used_is_not_asked_for_more(tmp_path: Path) -> None:
    rows = [["停车场名称", "地址"], ["甲", "东湖路1号"]]
    assert found(read_file(write_csv(tmp_path / "a.csv", rows), "parking").report, "field_blank") == []


@pytest.mark.parametrize(
    ("layer", "field", "text", "code"),
    [
        ("heritage", "heritage_class", "区级文保单位", "district_unit"),
        ("heritage", "heritage_class", "区（县）级文物保护单位", "district_unit"),
        ("heritage", "heritage_class", "市级文保", "city_unit"),
        ("heritage", "heritage_class", "市保", "city_unit"),
        ("heritage", "heritage_class", "第六批省级文保单位", "provincial_unit"),
        ("heritage", "heritage_class", "省文保", "provincial_unit"),
        ("heritage", "heritage_class", "国保", "national_unit"),
        ("heritage", "heritage_class", "国保单位（第四批）", "national_unit"),
        ("heritage", "heritage_class", "区登记保护文物单位", "unclassified_relic"),
        ("heritage", "heritage_class", "市级历史建筑", "historic_building"),
        ("heritage", "heritage_class", "市级", None),  # of a protected site or of a historic building
        ("heritage", "heritage_class", "区保护建筑", None),
        ("heritage", "heritage_class", "区文保点", None),
        ("heritage", "heritage_class", "文保单位", None),
        ("heritage", "use_state", "停用", "vacant"),
        ("heritage", "use_state", "原商铺", None),
        ("idle_land", "land_class", "低效", "underused_space"),
        ("idle_land", "land_class", "边角地", "underused_space"),
        ("idle_land", "land_class", "零星", "underused_space"),
        ("idle_land", "land_class", "闲置低效用地", None),
        ("idle_land", "surface", "荒草", "grass"),
        ("idle_land", "surface", "混凝土地面", "paved"),
        ("idle_land", "surface", "建筑垃圾", None),
        ("idle_land", "surface", "未硬化", None),
        ("idle_land", "tenure", "政府储备", "reserve"),
        ("idle_land", "tenure", "待出让", None),
        ("idle_land", "tenure", "拟划拨", None),
        ("parking", "parking_type", "医院配建", "attached"),
        ("parking", "parking_type", "公共建筑配套", "attached"),
        ("parking", "parking_type", "小区配建", "residential"),
        ("parking", "parking_type", "占道泊位", "kerb"),
        ("parking", "parking_type", "村集体", None),
        ("public_building", "ownership", "政府代管", "trust"),
        ("public_building", "occupancy", "未出租", "vacant"),
        ("community", "property_management", "业主自管", None),
        ("community", "property_management", "自管", "unit"),
        ("community", "renovation_state", "未完成", None),
        ("charging", "status", "停止运营", "closed"),
        ("charging", "status", "正常", "operating"),
        ("service", "service_type", "农贸市场", "market"),
        ("report", "event_class", "街面秩序", "event_05"),
        ("report", "event_class", "市容环境", None),  # a component or an event
    ],
)
def test_a_word_of_the_office_is_a_code_only_where_it_means_one(
    layer: str, field: str, text: str, code: str | None
) -> None:
    reading = parse_code(text, kind(layer)[field])
    assert reading.value == code
    assert reading.keep_text


@pytest.mark.parametrize(
    ("layer", "field", "text", "said"),
    [
        ("idle_land", "land_class", "闲置", "“闲置”没有说明是已认定的闲置土地、疑似闲置土地还是低效利用空间，已置空"),
        ("idle_land", "tenure", "国有", "“国有”还须说明：储备、出让或划拨，已置空"),
        ("parking", "parking_type", "配建", "“配建”还须说明：住宅配建或公建配建，已置空"),
        ("heritage", "use_state", "出租", "“出租”没有说明租作什么"),
    ],
)
def test_what_a_word_leaves_open_reads_aloud(layer: str, field: str, text: str, said: str) -> None:
    assert parse_code(text, kind(layer)[field]).zh.startswith(said)


def test_every_word_is_of_a_code_of_its_field() -> None:
    fields = {item.name: item for layer in input_kinds() for item in kind(layer).fields if item.codes}
    for name, words in _WORDS.items():
        codes = [of.codes or {} for layer in input_kinds() for of in kind(layer).fields if of.name == name and of.codes]
        assert name in fields
        assert set(words) <= {code for listed in codes for code in listed}, name
        said = [word for of in words.values() for word in of.replace("=", "").split()]
        assert len(said) == len(set(said)), name
