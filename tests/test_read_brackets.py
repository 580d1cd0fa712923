"""Brackets beside numbers: units, magnitudes and terms belong to the number, other words do not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_files import write_csv

from layers.reading import read_file
from layers.schema import kind
from layers.values import ParsedColumn, parse_column
from layers.values._brackets import units_opened
from layers.values._dates import parse_year
from layers.values._units import MU_M2, UNITS

if TYPE_CHECKING:
    from pathlib import Path


def parsed(layer: str, field: str, text: str, stated_unit: str = "") -> ParsedColumn:
    return parse_column(pd.Series([text]), kind(layer)[field], stated_unit=stated_unit)


def assert_set_aside(layer: str, field: str, text: str, value: float) -> None:
    """The number is read, and the words beside it are kept and told."""
    column = parsed(layer, field, text)
    assert column.series.tolist() == [value]
    (told,) = column.touched
    assert (told.reading.rule, told.reading.keep_text) == ("words_in_cell", True)


@pytest.mark.parametrize(
    ("layer", "field", "text", "value", "rule"),
    [
        ("idle_land", "area_m2", "3.5（亩）", 3.5 * MU_M2, "unit"),
        ("idle_land", "area_m2", "（亩）3.5", 3.5 * MU_M2, "unit"),
        ("idle_land", "area_m2", "三（亩）", 2_000, "unit"),
        ("idle_land", "area_m2", "3.5（单位：亩，实测）", 3.5 * MU_M2, "unit"),
        ("idle_land", "area_m2", "3.5（实测）（亩）", 3.5 * MU_M2, "unit"),
        ("idle_land", "area_m2", "0.35（公顷）", 3_500, "unit"),
        ("idle_land", "area_m2", "1.2（万㎡）", 12_000, "unit"),
        ("idle_land", "area_m2", "1.2万（㎡）", 12_000, "unit"),
        ("idle_land", "area_m2", "约3（亩）", 2_000, "approximate"),
        ("idle_land", "area_m2", "3-6（亩）", 3_000, "range"),
        ("idle_land", "land_price_cny", "3600（万元）", 36_000_000, "unit"),
        ("public_building", "rent_cny_month", "2.3（万元）", 23_000, "unit"),
        ("public_building", "rent_cny_month", "2.3万（元）", 23_000, "unit"),
        ("public_building", "rent_cny_m2_month", "12（元/㎡/年）", 1, "unit"),
        ("service_item", "contract_sum_cny_year", "36（万元）", 360_000, "unit"),
        ("community", "household_count", "300（户）", 300, ""),
        ("community", "stall_count", "200（个）+30（地面）", 230, "sum"),
        ("community", "elderly_share", "35（%）", 0.35, ""),
        ("report", "deadline_h", "3（工作日）", 24, "unit"),
        ("parking", "tariff_cny_h", "5（元/小时）", 5, ""),
    ],
)
def test_a_unit_in_brackets_belongs_to_its_number(layer: str, field: str, text: str, value: float, rule: str) -> None:
    column = parsed(layer, field, text)
    assert column.series.tolist() == [pytest.approx(value)]
    assert [item.reading.rule for item in column.touched] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("field", "text", "without"),
    [
        ("rent_cny_month", "60000（元/年）", "60000元/年"),
        ("rent_cny_month", "60000元（年）", "60000元/年"),
        ("rent_cny_month", "（年）60000", "60000元/年"),
        ("rent_cny_month", "60000(年租)", "60000元/年"),
        ("rent_cny_month", "60000（含税年租金）", "60000元/年"),
        ("rent_cny_month", "15000（季度）", "15000元/季度"),
        ("rent_cny_month", "60000（十二个月）", "60000元/十二个月"),
        ("tariff_cny_h", "10（次）", "10元/次"),
        ("tariff_cny_h", "5元（每半小时）", "5元/半小时"),
        ("tariff_cny_h", "5（15分钟）", "5元/15分钟"),
        ("tariff_cny_h", "20元（全天）", "20元/天"),
        ("tariff_cny_h", "20（24小时）", "20元/天"),
        ("tariff_cny_h", "10（首2小时）", "10元/2小时"),
        ("tariff_cny_month", "7200（年卡）", "7200元/年"),
        ("tariff_cny_month", "1500（季）", "1500元/季度"),
        ("contract_sum_cny_year", "108万（三年）", "108万元/三年"),
        ("contract_sum_cny_year", "12万（半年）", "12万元/半年"),
    ],
)
def test_a_price_of_another_term_is_nulled_as_without_brackets(field: str, text: str, without: str) -> None:
    layer = {"rent": "public_building", "contract": "service_item"}.get(field.split("_", maxsplit=1)[0], "parking")
    column, expected = parsed(layer, field, text), parsed(layer, field, without)
    assert column.series.isna().all()
    (told,), (same) = column.touched, expected.touched[0]
    assert (told.reading.rule, told.reading.zh) == (same.reading.rule, same.reading.zh)
    assert (told.text, told.reading.keep_text) == (text, True)


@pytest.mark.parametrize(
    ("layer", "field", "text", "value"),
    [
        ("public_building", "rent_cny_month", "5000（月）", 5_000),
        ("public_building", "rent_cny_month", "5000元（元/月）", 5_000),
        ("public_building", "rent_cny_month", "36万（万元）", 360_000),
        ("public_building", "rent_cny_month", "5000（年付）", 5_000),
        ("public_building", "rent_cny_month", "5000（2024年）", 5_000),
        ("public_building", "rent_cny_month", "5000（3月）", 5_000),
        ("public_building", "rent_cny_month", "5000（首年）", 5_000),
        ("public_building", "rent_cny_month", "5000（每年递增5%）", 5_000),
        ("public_building", "rent_cny_m2_month", "25（㎡·月）", 25),
        ("service_item", "contract_sum_cny_year", "36万（一年）", 360_000),
        ("parking", "tariff_cny_h", "5（每小时）", 5),
        ("parking", "tariff_cny_h", "5（首小时）", 5),
        ("parking", "tariff_cny_h", "5元/小时（24小时）", 5),
        ("parking", "tariff_cny_h", "5（工作日）", 5),
        ("parking", "tariff_cny_month", "600（车位）", 600),
        ("charging", "service_fee_cny_kwh", "0.8（度）", 0.8),
        ("idle_land", "area_m2", "36500㎡（平方米）", 36_500),
        ("idle_land", "area_m2", "3500（实测）", 3_500),
        ("community", "stall_count", "120（三层）", 120),
    ],
)
def test_other_words_and_what_the_field_says_anyway_are_set_aside(
    layer: str, field: str, text: str, value: float
) -> None:
    assert_set_aside(layer, field, text, value)


@pytest.mark.parametrize(
    ("layer", "field", "text", "value"),
    [
        ("public_building", "rent_cny_m2_month", "1（㎡/天）", 365 / 12),
        ("public_building", "rent_cny_m2_month", "1（平方/日）", 365 / 12),
        ("public_building", "rent_cny_m2_month", "360（平方米/年）", 30),
        ("public_building", "rent_cny_m2_month", "360（每平方米每年）", 30),
        ("public_building", "rent_cny_m2_month", "360（元/年/平方米）", 30),
        ("public_building", "rent_cny_m2_month", "30（每平方米每月）", 30),
        ("idle_land", "land_rent_cny_m2_month", "800（亩/年）", None),
        ("idle_land", "land_rent_cny_m2_month", "800（每亩每年）", None),
        ("idle_land", "land_rent_cny_m2_month", "800（/亩/年）", None),
        ("idle_land", "land_rent_cny_m2_month", "800（按亩）", None),
        ("public_building", "rent_cny_month", "30（平方米/月）", None),
        ("public_building", "rent_cny_month", "5000（户/月）", None),
        ("service_item", "contract_sum_cny_year", "36（户/年）", None),
        ("charging", "service_fee_cny_kwh", "4（角）", None),
        ("charging", "service_fee_cny_kwh", "5（分）", None),
        ("charging", "service_fee_cny_kwh", "5（分/度）", None),
        ("parking", "tariff_cny_h", "10（每车次）", None),
        ("parking", "tariff_cny_month", "6000（车/年）", None),
        ("parking", "tariff_cny_month", "6000（元/车位/年）", None),
    ],
)
def test_a_price_of_several_parts_is_converted_or_refused_as_a_whole(
    layer: str, field: str, text: str, value: float | None
) -> None:
    column = parsed(layer, field, text)
    assert column.series.tolist() == [pytest.approx(value)] if value else column.series.isna().all()
    (told,) = column.touched
    assert (told.text, told.reading.keep_text) == (text, True)


@pytest.mark.parametrize(
    ("layer", "field", "text", "value"),
    [
        ("parking", "tariff_cny_month", "500（元/车/月）", 500),
        ("parking", "tariff_cny_month", "500（元/车位/月）", 500),
        ("parking", "tariff_cny_month", "500（元/辆·月）", 500),
        ("parking", "tariff_cny_month", "500（元/泊位·月）", 500),
        ("parking", "tariff_cny_month", "500元（每车每月）", 500),
        ("parking", "tariff_cny_h", "5（元/车·小时）", 5),
        ("parking", "tariff_cny_h", "5（元/小时/车位）", 5),
        ("parking", "stall_count", "100（辆）", 100),
        ("parking", "stall_count", "100（台）", 100),
        ("charging", "port_count", "10（台）", 10),
        ("community", "household_count", "1200（间）", 1_200),
        ("community", "household_count", "1200（套）", 1_200),
    ],
)
def test_the_own_term_of_each_and_the_measure_word_leave_the_number(
    layer: str, field: str, text: str, value: float
) -> None:
    assert_set_aside(layer, field, text, value)


def test_the_money_of_a_price_of_each_goes_before_the_unit_of_the_title() -> None:
    assert parsed("parking", "tariff_cny_month", "500（元/车/月）", "万元").series.tolist() == [500]
    assert parsed("parking", "tariff_cny_month", "0.05（万元/车/月）").series.tolist() == [500]


@pytest.mark.parametrize(
    ("layer", "field", "text"),
    [("community", "household_count", "400（栋）"), ("charging", "pile_count", "4（枪）"),
     ("community", "building_count", "12（户）"), ("parking", "stall_count", "100（㎡）")],
)  # fmt: skip
def test_a_count_of_other_things_is_refused(layer: str, field: str, text: str) -> None:
    assert parsed(layer, field, text).series.isna().all()


@pytest.mark.parametrize("text", ["36500平方米（亩）", "300（次）", "300（户）"])
def test_a_unit_that_does_not_fit_is_not_set_aside(text: str) -> None:
    column = parsed("idle_land", "area_m2", text)
    assert column.series.isna().all()
    assert column.touched[0].reading.rule == "unreadable"


def test_a_bracket_goes_before_the_unit_of_the_title() -> None:
    assert parsed("public_building", "rent_cny_month", "2.3（万元）", "万元").series.tolist() == [23_000]
    assert parsed("public_building", "rent_cny_month", "23000（元）", "万元").series.tolist() == [23_000]
    assert parsed("public_building", "rent_cny_month", "2.3（月）", "万元").series.tolist() == [23_000]


@pytest.mark.parametrize(
    ("text", "value"),
    [("三亩半", 3.5), ("三亩半（实测）", 3.5), ("2亩半", 2.5), ("三十亩半", 30.5), ("半亩", 0.5)],
)
def test_a_half_behind_a_unit_is_half_of_it(text: str, value: float) -> None:
    assert parsed("idle_land", "area_m2", text).series.tolist() == [pytest.approx(value * MU_M2)]


@pytest.mark.parametrize("text", ["三半", "3.5亩半", "半", "半次"])
def test_a_half_of_nothing_is_no_number(text: str) -> None:
    assert parsed("idle_land", "area_m2", text).series.isna().all()


@pytest.mark.parametrize(
    ("text", "year", "rule"),
    [("1986（年）", 1986, ""), ("1980（年代）", 1984, "range"), ("1986（改建）", 1986, "approximate")],
)
def test_the_word_year_in_brackets_belongs_to_the_year(text: str, year: int, rule: str) -> None:
    reading = parse_year(text)
    assert (reading.value, reading.rule) == (year, rule)


@given(
    number=st.decimals(min_value="0.01", max_value=99_999, places=2),
    unit=st.sampled_from([(field, unit) for field in ("m2", "CNY", "kW", "CNY/year") for unit in UNITS[field]]),
)
def test_brackets_about_a_unit_change_nothing(number: object, unit: tuple[str, str]) -> None:
    assert units_opened(f"{number}({unit[1]})", unit[0]) == f"{number}{unit[1]}".lower()
    assert units_opened(f"({unit[1]}){number}", unit[0]) == f"{number}{unit[1]}".lower()


def test_a_rent_by_the_year_does_not_come_into_the_ledger_as_one_by_the_month(tmp_path: Path) -> None:
    rows = [["房屋名称", "地址", "月租金"], ["甲", "某路1号", "60000（元/年）"], ["乙", "某路2号", "0.5（万元）"]]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), "public_building").frame
    assert frame["rent_cny_month"].isna().tolist() == [True, False]
    assert frame["rent_cny_month"].tolist()[1] == 5_000
    assert "60000（元/年）" in frame["remark"].tolist()[0]
