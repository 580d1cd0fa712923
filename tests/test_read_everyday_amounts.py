"""Amounts as offices write them: none of a thing, tariffs with their small print; nothing is guessed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from reading_files import write_csv

from layers.reading import read_file
from layers.schema import kind
from layers.values import ParsedColumn, parse_column
from layers.values._numbers import parse_number

if TYPE_CHECKING:
    from pathlib import Path


def parsed(layer: str, field: str, text: str) -> ParsedColumn:
    return parse_column(pd.Series([text]), kind(layer)[field])


@pytest.mark.parametrize(
    ("layer", "field"),
    [
        ("community", "stall_count"),
        ("community", "charger_count"),
        ("community", "ebike_port_count"),
        ("parking", "charger_stall_count"),
        ("charging", "dc_pile_count"),
        ("charging", "port_count"),
    ],
)
@pytest.mark.parametrize("text", ["无", "没有", " 无 ", "未设置"])
def test_none_of_a_thing_is_zero_and_said(layer: str, field: str, text: str) -> None:
    column = parsed(layer, field, text)
    assert column.series.tolist() == [0]
    (told,) = column.touched
    assert (told.reading.rule, told.reading.action) == ("none_is_zero", "changed")
    assert told.reading.zh == f"“{text.strip()}”读作 0"


def test_words_beside_none_are_kept() -> None:
    (told,) = parsed("community", "stall_count", "无（路边停车）").touched
    assert (told.reading.value, told.reading.keep_text) == (0, True)
    assert parsed("community", "stall_count", "无车位").series.tolist() == [0]


@pytest.mark.parametrize(
    ("layer", "field"),
    [
        ("community", "household_count"),
        ("community", "floor_area_m2"),
        ("community", "vehicle_count"),
        ("idle_land", "area_m2"),
        ("parking", "tariff_cny_h"),
        ("public_building", "rent_cny_month"),
        ("idle_land", "handover_date"),
    ],
)
def test_none_of_what_everything_has_is_unknown(layer: str, field: str) -> None:
    assert parsed(layer, field, "无").series.isna().all()


@pytest.mark.parametrize("text", ["暂无", "不详", "/"])
def test_not_known_is_not_none(text: str) -> None:
    assert parsed("community", "stall_count", text).series.isna().all()


@pytest.mark.parametrize(
    ("field", "text", "value", "said"),
    [
        ("tariff_cny_h", "5元/小时封顶40", 5, "取 5 元/时"),
        ("tariff_cny_h", "5元/小时，24小时封顶40元/天", 5, "取 5 元/时"),
        ("tariff_cny_h", "首2小时免费，之后5元/小时", 5, "取 5 元/时"),
        ("tariff_cny_h", "首2小时免费，之后每小时5元，封顶30", 5, "取 5 元/时"),
        ("tariff_cny_h", "5元/小时，过夜10元/次", 5, "取 5 元/时"),
        ("tariff_cny_h", "白天5元/小时，夜间2元/小时", 3.5, "取中间 3.5 元/时（2 至 5）"),
        ("tariff_cny_h", "免费", 0, "免费，取 0"),
        ("tariff_cny_h", "7:30-21:30 3元/小时", 3, "取 3 元/时"),
        ("tariff_cny_h", "7：30－22：305元／小时", 5, "取 5 元/时"),
        ("tariff_cny_h", "8-22 5元/小时", 5, "取 5 元/时"),
        ("tariff_cny_h", "8:00-22:00 5元/小时", 5, "取 5 元/时"),
        ("tariff_cny_h", "7:30-21:30 3-5元/小时", 4, "取中间 4 元/时（3 至 5）"),
        ("tariff_cny_month", "业主200-300元/月", 250, "取中间 250 元/月（200 至 300）"),
        ("tariff_cny_month", "固定600/非固定450", 525, "取中间 525 元/月（450 至 600）"),
        ("tariff_cny_month", "固定车位600元", 600, "取 600 元/月"),
        ("tariff_cny_month", "600元/月，季保1700", 600, "取 600 元/月"),
        ("tariff_cny_month", "每月450元起，需预约", 450, "取 450 元/月"),
    ],
)
def test_a_tariff_gives_its_price_and_keeps_its_words(field: str, text: str, value: float, said: str) -> None:
    column = parsed("parking", field, text)
    assert column.series.tolist() == [value]
    (told,) = column.touched
    assert said in told.reading.zh
    assert told.reading.keep_text
    assert told.reading.en.isascii()


@pytest.mark.parametrize(
    ("field", "text", "said"),
    [
        ("tariff_cny_h", "8元/次", "按次收费，没有小时单价，已置空"),
        ("tariff_cny_h", "10元/天", "按天收费，没有小时单价，已置空"),
        ("tariff_cny_h", "7:30-21:30 3元/15分钟，24h封顶26", "按15分钟收费，没有小时单价，已置空"),
        ("tariff_cny_h", "8:00-20:00 4元/15分钟，20:00-8:00 2元/小时", "另有按分钟的价格"),
        ("tariff_cny_h", "1 0元/小时", "数字之间有空格"),
        ("tariff_cny_month", "月租12 00元/月", "数字之间有空格"),
        ("tariff_cny_month", "每月2 50元", "数字之间有空格"),
        ("tariff_cny_month", "地上450 地下700", "不是可读的数值，已置空"),
        ("tariff_cny_month", "5元/次", "按次收费，没有月价，已置空"),
        ("tariff_cny_month", "不办理", "写明不办月保，没有月价"),
        ("tariff_cny_month", "季保1700", "不是可读的数值，已置空"),
        ("tariff_cny_h", "同地下", "不是可读的数值，已置空"),
        ("tariff_cny_h", "首2小时免费", "不是可读的数值，已置空"),
    ],
)
def test_a_tariff_by_another_term_says_so(field: str, text: str, said: str) -> None:
    column = parsed("parking", field, text)
    assert column.series.isna().all()
    (told,) = column.touched
    assert told.reading.zh.startswith(said)
    assert (told.reading.action, told.reading.keep_text) == ("nulled", True)


@pytest.mark.parametrize(
    ("text", "price"),
    [
        ("7:30-21:30 3元/15分钟", "3元/15分钟"),
        ("8：30—20：00 2元/次", "2元/次"),
        ("8:00-20:0010元/天", "10元/天"),
    ],
)
def test_the_hours_of_a_tariff_are_no_part_of_its_price(text: str, price: str) -> None:
    (told,) = parsed("parking", "tariff_cny_h", text).touched
    assert told.reading.en.startswith(f"charged by another term ({price})")


def test_a_space_between_thousands_is_none_between_two_numbers() -> None:
    assert parsed("parking", "tariff_cny_month", "1 000元/月起").series.tolist() == [1000]


def test_a_price_beyond_all_bounds_is_not_taken() -> None:
    (told,) = parsed("parking", "tariff_cny_h", "5000元/小时封顶").touched
    assert told.reading.rule == "range_exceeded"


def test_the_words_of_a_tariff_stay_in_the_remark(tmp_path: Path) -> None:
    rows = [
        ["停车场名称", "收费标准", "月保价"],
        ["甲", "5元/小时封顶40", "固定600/非固定450"],
        ["乙", "8元/次", "不办理"],
    ]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), "parking").frame
    assert frame["tariff_cny_h"].tolist()[0] == 5
    assert frame["remark"].tolist() == [
        "收费标准: 5元/小时封顶40；月保价: 固定600/非固定450",
        "收费标准: 8元/次；月保价: 不办理",
    ]


@pytest.mark.parametrize("text", ["约300-350户", "大约300至350户", "300-350户左右", "约300～350", "近300-350户"])
def test_about_a_range_is_the_range(text: str) -> None:
    found = parse_number(text, kind("community")["household_count"].unit)
    assert (found.value, found.rule) == (325, "range")
    assert "300 至 350" in found.zh


@pytest.mark.parametrize(
    ("text", "value", "between"),
    [
        ("约600平", 600, "540 至 660"),
        ("600多平", 650, "600 至 700"),
        ("1500/1800", 1650, "1500 至 1800"),
        ("1800／1500㎡", 1650, "1500 至 1800"),
    ],
)
def test_an_area_as_people_say_it_is_read_with_its_range(text: str, value: float, between: str) -> None:
    found = parse_number(text, "m2")
    assert (found.value, found.keep_text) == (value, True)
    assert between in found.zh


def test_square_metres_are_said_by_their_first_word() -> None:
    assert (parse_number("600平", "m2").value, parse_number("1.5万平", "m2").value) == (600, 15_000)


@pytest.mark.parametrize("text", ["12/18", "1/2", "2026/08", "2026/08/01", "1500/9000", "1500/1500"])
def test_two_numbers_that_are_no_two_sayings_of_one_area_are_not_read(text: str) -> None:
    assert parse_number(text, "m2").value is None
    assert parse_number("1500/1800", "stalls").value is None
