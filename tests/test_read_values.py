"""Cells as clerks write them: what is read, with which reservation, and what is not read at all."""

from __future__ import annotations

import math
from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.schema import kind
from layers.values import parse_column
from layers.values._dates import parse_date, parse_year
from layers.values._numbers import chinese_number, number_range, parse_number


@pytest.mark.parametrize(
    ("text", "unit", "stated", "value", "rule"),
    [
        ("１２０", "stalls", "", 120, ""),
        ("4９6", "households", "", 496, ""),
        ("1,860", "households", "", 1860, ""),
        ("1 860", "households", "", 1860, ""),
        ("6栋", "buildings", "", 6, ""),
        ("约300", "households", "", 300, "approximate"),
        ("三百多", "vehicles", "", 350, "approximate"),
        ("三百二十", "vehicles", "", 320, ""),
        ("六七百", "vehicles", "", 650, "approximate"),
        ("三四百户", "households", "", 350, "approximate"),
        ("三五百", "vehicles", "", 400, "approximate"),
        ("百十户", "households", "", 110, "approximate"),
        ("二十七八", "vehicles", "", 27.5, "approximate"),
        ("1.5万余", "vehicles", "", 15_500, "approximate"),
        ("二百五", "households", "", 250, "spoken"),
        ("一百二", "households", "", 120, "spoken"),
        ("三千二", "households", "", 3_200, "spoken"),
        ("一万五", "m2", "", 15_000, "spoken"),
        ("两万八平方米", "m2", "", 28_000, "spoken"),
        ("二百零五", "households", "", 205, ""),
        ("一九八五", "households", "", 1985, ""),
        ("300+", "vehicles", "", 300, "approximate"),
        ("上千", "vehicles", "", 1000, "approximate"),
        ("不足50", "vehicles", "", 50, "approximate"),
        ("80左右", "stalls", "", 80, "approximate"),
        ("320（含子母位16）", "stalls", "", 320, "words_in_cell"),
        ("200+30（地面）", "stalls", "", 230, "sum"),
        ("快充8 慢充12", "piles", "", 20, "sum"),
        ("15-20", "CNY", "万元", 175_000, "range"),
        ("15-20万", "CNY", "", 175_000, "range"),
        ("36500平方米", "m2", "万m2", 36_500, "unit"),
        ("1.62", "m2", "万m2", 16_200, ""),
        ("2.3亩", "m2", "", 2.3 * 2000 / 3, "unit"),
        ("0.86公顷", "m2", "", 8_600, "unit"),
        ("约 380㎡", "m2", "", 380, "approximate"),
        ("1,200m2", "m2", "", 1_200, ""),
        ("120KW*10", "kW", "", 1_200, "product"),
        ("1.04MW", "kW", "", 1_040, "unit"),
        ("28千瓦", "kW", "", 28, ""),
        ("2.3万", "CNY/month", "", 23_000, ""),
        ("8元/时", "CNY/h", "", 8, ""),
        ("￥2,100,000", "CNY/year", "万元", 2_100_000, "unit"),
        ("1,286.50", "CNY/year", "万元", 12_865_000, ""),
        ("36万+运营补贴", "CNY/year", "万元", 360_000, "approximate"),
        ("5个工作日", "working hours", "", 40, "unit"),
        ("4工时", "working hours", "", 4, ""),
        ("86%", "fraction", "%", 0.86, ""),
        ("91", "fraction", "%", 0.91, ""),
        ("0.72", "fraction", "%", 0.72, "percent"),
        ("0.72", "fraction", "", 0.72, ""),
        ("91", "fraction", "", 0.91, "percent"),
    ],
)
def test_numbers(text: str, unit: str, stated: str, value: float, rule: str) -> None:
    reading = parse_number(text, unit, stated_unit=stated)
    assert reading.value == pytest.approx(value)
    assert reading.rule == rule


@pytest.mark.parametrize(
    ("text", "unit"),
    [
        ("≥10%", "stalls"),
        ("插座40", "piles"),
        ("1柜12仓", "piles"),
        ("3层", "stalls"),
        ("10元/次", "CNY/h"),
        ("首2小时免费，之后5元/小时，封顶30", "CNY/h"),
        ("固定600/非固定450", "CNY/month"),
        ("无", "stalls"),
        ("inf", "m2"),
        ("1e999", "m2"),
        ("0x1F", "m2"),
        ("1_000", "m2"),
        ("20-15", "m2"),
        ("5 6", "m2"),
        ("1,2", "m2"),
        ("300kVA", "kW"),
        ("#REF!", "m2"),
        ("五三百", "m2"),
    ],
)
def test_what_is_no_number_of_the_column_is_null_and_says_so(text: str, unit: str) -> None:
    reading = parse_number(text, unit)
    assert reading.value is None
    assert reading.rule == "unreadable"
    assert reading.keep_text


@pytest.mark.parametrize("text", ["", "/", "—", "——", "不详", "待核", "N/A"])
def test_marks_for_missing_are_missing_and_not_nought(text: str) -> None:
    assert parse_number(text, "stalls") == parse_number("-", "stalls")
    assert parse_number(text, "stalls").value is None
    assert parse_number(text, "stalls").rule == ""


def test_one_below_a_percent_title_is_asked_about() -> None:
    assert parse_number("1", "fraction", stated_unit="%").rule == "ambiguous"


def test_sentences_write_numbers_and_dates_as_clerks_do() -> None:
    assert parse_number("2.5亩", "m2").zh.endswith("换算为 1666.67 平方米")
    assert parse_number("约2.5亩", "m2").en == "not exact: 1666.67 m2 taken (1500 to 1833.33)"
    assert "15000000 元（10000000 至 20000000）" in parse_number("1000-2000万", "CNY").zh
    assert "0.0001" in parse_number("0.0001（估）", "m2").zh
    assert parse_date("44286").zh.endswith("读作 2021-03-31")
    assert parse_date("46270.5", with_time=True).zh.endswith("读作 2026-09-05 12:00")
    read = parse_column(pd.Series(["-5"], dtype=object), kind("idle_land")["area_m2"])
    assert read.touched[0].reading.zh == "-5 平方米 超出范围（0 平方米 至 5000000 平方米），已置空"


def test_an_unknown_word_is_answered_with_the_words_that_are_known() -> None:
    tenure = parse_column(pd.Series(["市政"], dtype=object), kind("idle_land")["tenure"]).touched[0].reading
    assert "国有出让，国有划拨，储备地，集体" in tenure.zh
    assert "State land, granted; State land, allocated" in tenure.en
    service = parse_column(pd.Series(["门面"], dtype=object), kind("service")["service_type"]).touched[0].reading
    assert "等 18 种，见数据字典" in service.zh
    listed = tenure.zh.partition("：")[2].split("，")
    read = parse_column(pd.Series(listed, dtype=object), kind("idle_land")["tenure"])
    assert read.series.tolist() == list(kind("idle_land")["tenure"].codes or {})
    assert read.touched == ()


def test_ranges_are_shown_with_both_ends() -> None:
    assert "270" in parse_number("约300", "households").zh
    assert "330" in parse_number("约300", "households").en


NUMBERS_TOLD = ("约300", "300（约）", "300以上", "不足50", "三百多", "300", "300（其中地下50）")


def test_between_what_a_number_lies():
    told = {text: number_range(text, "vehicles") for text in NUMBERS_TOLD}
    assert told["300"] is None
    assert told["三百多"] == (350, 300, 400)
    assert told["约300"] == told["300（约）"] == pytest.approx((300, 270, 330))
    assert told["300以上"] == pytest.approx((300, 300, 330)), "never so many to the car"
    assert told["不足50"] == pytest.approx((50, 45, 50))
    assert told["300（其中地下50）"] is None
    # The title states the unit that the cell leaves out.
    assert number_range("约3.5", "m2", stated_unit="万m2") == pytest.approx((35_000, 31_500, 38_500))
    assert "1985" in parse_year("八十年代末").zh


@pytest.mark.parametrize(
    ("text", "between"),
    [
        ("六七百", "600 至 700"), ("三五百", "300 至 500"), ("两三千", "2000 至 3000"), ("十七八", "17 至 18"),
        ("百十", "100 至 120"), ("1.5万余", "15000 至 16000"), ("1.25万多", "12500 至 12600"), ("三四", "3 至 4"),
    ],
)  # fmt: skip
def test_spoken_ranges_are_shown_and_their_words_kept(text: str, between: str) -> None:
    reading = parse_number(text, "m2")
    assert f"（{between}）" in reading.zh
    assert reading.keep_text


def test_a_last_power_left_out_is_said() -> None:
    assert parse_number("二百五", "m2").zh == "口语省去了末尾的单位，读作 250 平方米"


@given(st.integers(1, 9), st.integers(1, 9), st.sampled_from("百千万"))
def test_a_bare_last_digit_counts_the_power_below(high: int, low: int, power: str) -> None:
    first, below = in_chinese(high) + power, {"百": "十", "千": "百", "万": "千"}[power]
    assert chinese_number(first + in_chinese(low)) == chinese_number(first + in_chinese(low) + below)
    assert chinese_number(first + "零" + in_chinese(low)) == chinese_number(first) + low


@given(st.integers(0, 99_999_999))
def test_chinese_numerals_of_any_number(number: int) -> None:
    assert chinese_number(in_chinese(number)) == number


def in_chinese(number: int) -> str:
    """Return a number in Chinese numerals, written out independently of the reader."""
    if number == 0:
        return "零"
    high, low = divmod(number, 10_000)
    if high:
        return in_chinese(high) + "万" + (("零" if low < 1000 else "") + in_chinese(low) if low else "")
    text, pending = "", False
    for power, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit = number // power % 10
        if digit:
            text += ("零" if pending and text else "") + "零一二三四五六七八九"[digit] + name
            pending = False
        else:
            pending = True
    return text


@given(st.floats(0, 1e9, allow_subnormal=False))
def test_any_plain_number_is_read_as_itself(number: float) -> None:
    read = parse_number(repr(number), "m2").value
    assert math.isclose(read, number, rel_tol=1e-11)


@given(st.text(max_size=30))
def test_no_text_breaks_the_readers(text: str) -> None:
    for unit in ("", "m2", "fraction", "CNY/year", "stalls"):
        reading = parse_number(text, unit, stated_unit="%" if unit == "fraction" else "")
        assert reading.value is None or math.isfinite(reading.value)
    parse_year(text)
    parse_date(text, is_end=True, with_time=True)


@pytest.mark.parametrize(
    ("text", "moment", "rule"),
    [
        ("2026.10.9", (2026, 10, 9), ""),
        ("2026/9/3 22:41", (2026, 9, 3, 22, 41), ""),
        ("2026年9月5日 9时12分", (2026, 9, 5, 9, 12), ""),
        ("2026-09-08 17:02:11", (2026, 9, 8, 17, 2, 11), ""),
        ("20260903", (2026, 9, 3), ""),
        ("46270.5", (2026, 9, 5, 12), "excel_serial"),
        ("44286", (2021, 3, 31), "excel_serial"),
        ("2026-09-07T14:20:00+08:00", (2026, 9, 7, 14, 20), ""),
        ("2026-09-07T14:20:00Z", (2026, 9, 7, 14, 20), "time_zone"),
        ("2023.5", (2023, 5, 1), "partial_date"),
        ("2024年", (2024, 1, 1), "partial_date"),
    ],
)
def test_dates(text: str, moment: tuple[int, ...], rule: str) -> None:
    reading = parse_date(text, with_time=True)
    assert reading.value == datetime(*moment)  # noqa: DTZ001
    assert reading.rule == rule


def test_the_end_of_a_month_is_its_last_day() -> None:
    assert parse_date("2028.2", is_end=True).value == datetime(2028, 2, 29)  # noqa: DTZ001
    assert parse_date("至2026年底", is_end=True).value == datetime(2026, 12, 31)  # noqa: DTZ001


@pytest.mark.parametrize("text", ["2026/9/31", "2026-02-30", "2026-13-01"])
def test_dates_that_do_not_exist_are_null(text: str) -> None:
    assert parse_date(text).rule == "impossible_date"


@pytest.mark.parametrize("text", ["上周五", "长期", "3/9/2026", "12", "99999"])
def test_what_is_no_date_is_null(text: str) -> None:
    assert parse_date(text).rule == "unreadable"


@pytest.mark.parametrize(
    ("text", "year", "rule"),
    [
        ("1986", 1986, ""),
        ("1986.0", 1986, ""),
        ("1999.12", 1999, ""),
        ("2003年", 2003, ""),
        ("一九九四年", 1994, ""),
        ("八十年代末", 1987, "range"),
        ("90年代初", 1992, "range"),
        ("1978/1992", 1985, "range"),
        ("约1990年", 1990, "approximate"),
    ],
)
def test_years(text: str, year: int, rule: str) -> None:
    reading = parse_year(text)
    assert (reading.value, reading.rule) == (year, rule)


@pytest.mark.parametrize("text", ["二十年代", "民国", "1992/1978", "99", "3500"])
def test_what_is_no_year_is_null(text: str) -> None:
    assert parse_year(text).value is None


@pytest.mark.parametrize(
    ("layer", "field", "text", "code", "rule"),
    [
        ("heritage", "heritage_class", "区级文物保护单位", "district_unit", ""),
        ("heritage", "heritage_class", "district_unit", "district_unit", ""),
        ("heritage", "heritage_class", "市保", "city_unit", "code_read_as"),
        ("heritage", "ownership", "直管公房＋私房", "mixed", "code_read_as"),
        ("heritage", "ownership", "非国有", None, "code_unknown"),
        ("heritage", "danger_grade", "D级（危房）", "D", "code_read_as"),
        ("heritage", "danger_grade", "较差", None, "code_unknown"),
        ("charging", "access", "否（职工）", "permit", "code_read_as"),
        ("charging", "access", "否", "private", "code_read_as"),
        ("service_item", "is_mergeable", "不可", "no", ""),
        ("idle_land", "tenure", "国有", None, "code_unknown"),
        ("idle_land", "tenure", "不详", "unknown", ""),
        ("community", "property_management", "未知", None, None),
    ],
)
def test_codes(layer: str, field: str, text: str, code: str | None, rule: str | None) -> None:
    read = parse_column(pd.Series([text], dtype=object), kind(layer)[field])
    assert (None if pd.isna(read.series.iloc[0]) else read.series.iloc[0]) == code
    assert [item.reading.rule for item in read.touched] == ([rule] if rule else [])


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("是", True),
        ("有", True),
        ("√", True),
        ("否", False),
        ("无", False),
        ("无证", False),
        ("部分", None),
        ("无法核实", None),
    ],
)
def test_yes_and_no(text: str, value: bool | None) -> None:
    read = parse_column(pd.Series([text], dtype=object), kind("public_building")["has_title"]).series.iloc[0]
    assert (None if pd.isna(read) else read) == value


def test_a_column_says_what_it_changed_and_where() -> None:
    area = kind("idle_land")["area_m2"]
    read = parse_column(pd.Series(["12,400", "2.3亩", None, "9999999999", "-5"], dtype=object), area)
    assert [item.reading.rule for item in read.touched] == ["unit_assumed", "unit", "range_exceeded", "range_exceeded"]
    assert [item.positions.tolist() for item in read.touched] == [[0], [1], [3], [4]]
    assert read.series.isna().tolist() == [False, False, True, True, True]
    assert read.touched[0].reading.action == "kept"


def test_numbers_of_a_map_file_are_read_without_detour() -> None:
    read = parse_column(pd.Series([3.0, math.nan, 2.5]), kind("charging")["pile_count"])
    assert read.series.tolist()[0] == 3
    assert read.series.isna().tolist() == [False, True, False]
    assert [(item.positions.tolist(), item.reading.rule) for item in read.touched] == [([2], "rounded")]
