"""Years as people say them: 92年, 1992年底, 95-97; a century that is assumed is always said."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_files import write_csv

from layers.reading import read_file
from layers.values._dates import parse_year

if TYPE_CHECKING:
    from pathlib import Path

AS_OF = date(2026, 10, 10)


@pytest.mark.parametrize(
    ("text", "year", "rule"),
    [
        ("92年", 1992, "two_digit_year"),
        ("9２年", 1992, "two_digit_year"),
        ("'92年建", 1992, "two_digit_year"),
        ("92年10月", 1992, "two_digit_year"),
        ("92年底", 1992, "two_digit_year"),
        ("05年", 2005, "two_digit_year"),
        ("26年", 2026, "two_digit_year"),
        ("27年", 1927, "two_digit_year"),
        ("约95年", 1995, "two_digit_year"),
        ("95-97", 1996, "two_digit_year"),
        ("95-97年", 1996, "two_digit_year"),
        ("95年至97年", 1996, "two_digit_year"),
        ("98-02年", 2000, "two_digit_year"),
        ("1995-97", 1996, "two_digit_year"),
        ("1992年底", 1992, "approximate"),
        ("1992年末", 1992, "approximate"),
        ("1992年初", 1992, "approximate"),
        ("1978/1992", 1985, "range"),
    ],
)
def test_years_are_read_and_what_was_assumed_is_said(text: str, year: int, rule: str) -> None:
    reading = parse_year(text, latest=AS_OF.year)
    assert (reading.value, reading.rule) == (year, rule)
    assert reading.keep_text
    assert str(year) in reading.zh
    assert str(year) in reading.en


@pytest.mark.parametrize("text", ["92", "5年", "992年", "95-12", "97-95", "12-95-97", "92年代初建", "1992年13月"])
def test_what_may_be_an_age_a_month_or_nothing_is_no_year(text: str) -> None:
    assert parse_year(text, latest=AS_OF.year).value is None


def test_without_a_day_to_count_from_only_the_last_century_is_sure() -> None:
    assert parse_year("92年").value == 1992
    assert parse_year("05年").value is None
    assert parse_year("05年").rule == "two_digit_year"


@given(st.integers(0, 99), st.integers(1990, 2060))
def test_no_year_of_two_digits_lies_ahead_or_a_century_back(digits: int, latest: int) -> None:
    year = parse_year(f"{digits:02d}年", latest=latest).value
    assert year % 100 == digits
    assert latest - 100 < year <= latest


def test_the_finding_names_the_rows_and_the_words_stay(tmp_path: Path) -> None:
    rows = [["小区名称", "建成年份"], ["甲", "92年"], ["乙", "1992年底"], ["丙", "95-97"], ["丁", "05年"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "community", as_of=AS_OF)
    assert result.frame["built_year"].tolist() == [1992, 1992, 1996, 2005]
    assert result.frame["remark"].tolist() == [f"建成年份: {row[1]}" for row in rows[1:]]
    said = [item for item in result.report.findings if item.rule == "two_digit_year"]
    assert [(item.row, item.value) for item in said] == [(2, "92年"), (4, "95-97"), (5, "05年")]
    early = read_file(write_csv(tmp_path / "a.csv", rows), "community", as_of=date(2004, 1, 1))
    assert early.frame["built_year"].iloc[3] == 1905
