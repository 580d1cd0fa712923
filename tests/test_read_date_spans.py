"""A column that holds a beginning and an end becomes two dates; what the dates do not hold stays in the remark."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_files import found, write_csv

from layers.reading import read_file
from layers.reading._date_spans import _span

if TYPE_CHECKING:
    from pathlib import Path

    from layers.reading import ReadResult

TERM = ("2021-03-01", "2026-02-28")


def houses(folder: Path, title: str, *terms: str, more: tuple[str, ...] = ()) -> ReadResult:
    """Read public houses with a term each."""
    rows = [["物业名称", "建筑面积", title, *more]]
    rows += [[f"{at}号物业", "80", term, *("2020-01-05" for _ in more)] for at, term in enumerate(terms)]
    return read_file(write_csv(folder / "a.csv", rows), "public_building")


def days(result: ReadResult, name: str) -> list[str | None]:
    return [None if pd.isna(day) else f"{day:%Y-%m-%d}" for day in result.frame[name]]


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2021.3.1-2026.2.28", *TERM),
        ("2021-03-01-2026-02-28", *TERM),
        ("2021/3/1～2026/2/28", *TERM),
        ("20210301-20260228", *TERM),
        ("2021年3月1日起至2026年2月28日止", *TERM),
        ("自2021年3月至2026年2月", *TERM),
        ("2021.3—2026.2", *TERM),
        ("2021-2026", "2021-01-01", "2026-12-31"),
        ("2021.3.1-12.31", "2021-03-01", "2021-12-31"),
        ("2021.3.1至长期", "2021-03-01", None),
        ("2021.3.1起", "2021-03-01", None),
        ("至2026年2月", None, "2026-02-28"),
        ("2026", None, None),
        ("2025-06-30", None, None),
        ("2025/6/30", None, None),
        ("2021.3-12", None, None),
        ("2023.05-06", None, None),
        ("一年一签", None, None),
        ("2026.2.28-2021.3.1", None, None),
        ("2021.3.1-2026.13.28", None, None),
        ("/", None, None),
    ],
)
def test_two_dates_in_a_cell(text: str, first: str | None, last: str | None) -> None:
    span = _span(text)
    assert [None if day is None else f"{day:%Y-%m-%d}" for day in span[:2]] == [first, last]


@given(st.dates(date(1980, 1, 1), date(2050, 1, 1)), st.integers(0, 20_000), st.sampled_from(["-", "至", "~", "—"]))
def test_whatever_the_days_and_the_mark(first: date, length: int, mark: str) -> None:
    last = first + timedelta(days=length)
    for form in ("{0.year}.{0.month}.{0.day}", "{0.year}年{0.month}月{0.day}日", "{0:%Y-%m-%d}"):
        span = _span(f"{form.format(first)}{mark}{form.format(last)}")
        assert (span.start.date(), span.end.date(), span.is_whole) == (first, last, True)


@pytest.mark.parametrize("title", ["租期", "租赁期限", "合同起止", "起止日期", "租赁起止时间", "合同期限"])
def test_a_kind_that_has_both_takes_both(tmp_path: Path, title: str) -> None:
    result = houses(tmp_path, title, "2021.3.1-2026.2.28", "2021年3月至2026年2月", "三年")
    assert days(result, "lease_start") == [TERM[0], TERM[0], None]
    assert days(result, "lease_end") == [TERM[1], TERM[1], None]
    remarks = [None if pd.isna(text) else text for text in result.frame["remark"]]
    assert remarks == [None, f"{title}: 2021年3月至2026年2月", f"{title}: 三年"]
    assert [item[0] for item in found(result.report, "date_span")] == [1, 2]
    assert any(use.title == title and "租期起" in use.zh for use in result.report.columns)


def test_a_kind_that_has_the_end_alone_keeps_the_words(tmp_path: Path) -> None:
    rows = [["事项名称", "合同起止"], ["清扫", "2024.7.1-2027.6.30"], ["巡查", "一年一签"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "service_item")
    assert days(result, "contract_end") == ["2027-06-30", None]
    assert result.frame["remark"].tolist() == ["合同起止: 2024.7.1-2027.6.30", "合同起止: 一年一签"]


def test_columns_of_their_own_come_first(tmp_path: Path) -> None:
    result = houses(tmp_path, "租期", "2021.3.1-2026.2.28", more=("起租日期",))
    assert days(result, "lease_start") == ["2020-01-05"]
    assert days(result, "lease_end") == [TERM[1]]
    assert result.frame["remark"].tolist() == ["租期: 2021.3.1-2026.2.28"]


ONE = ("2027/12/31", "2024-6-30", "2025年6月30日", "2025-06-30", "20260630", "2026年6月", "至2026.6.30")
ONE_READ = ["2027-12-31", "2024-06-30", "2025-06-30", "2025-06-30", "2026-06-30", "2026-06-30", "2026-06-30"]


@pytest.mark.parametrize("title", ["租期", "合同期限"])
def test_one_date_alone_is_the_end(tmp_path: Path, title: str) -> None:
    result = houses(tmp_path, title, *ONE)
    assert days(result, "lease_end") == ONE_READ
    assert days(result, "lease_start") == [None] * len(ONE)
    remarks = [None if pd.isna(text) else text for text in result.frame["remark"]]
    assert remarks == [None, None, None, None, None, f"{title}: 2026年6月", f"{title}: 至2026.6.30"]


def test_the_validity_of_a_permit_is_its_end(tmp_path: Path) -> None:
    rows = [["停车场名称", "泊位数", "有效期"], *([f"{at}号场", "9", day] for at, day in enumerate(ONE))]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert days(result, "valid_until") == ONE_READ


def test_one_date_below_beginning_is_the_beginning_and_below_both_is_neither(tmp_path: Path) -> None:
    begun = houses(tmp_path, "租赁起始日期", "2025-06-30", "2025/6/30")
    assert days(begun, "lease_start") == ["2025-06-30", "2025-06-30"]
    assert days(begun, "lease_end") == [None, None]
    unsure = houses(tmp_path, "合同起止", "2025-06-30", "2021.3.1-2026.2.28")
    assert days(unsure, "lease_start") == [None, TERM[0]]
    assert unsure.frame["remark"].fillna("").tolist() == ["合同起止: 2025-06-30", ""]
    assert found(unsure.report, "date_span_unread") == [(1, "合同起止", "2025-06-30")]


@pytest.mark.parametrize("text", ["2021.3-12", "2023.05-06", "2021年3-12", "2021-3.12"])
def test_months_of_one_year_are_no_day(tmp_path: Path, text: str) -> None:
    result = houses(tmp_path, "租赁期限", text, "2021.3.1-2026.2.28")
    assert days(result, "lease_end") == [None, TERM[1]]
    assert result.frame["remark"][0] == f"租赁期限: {text}"
    assert found(result.report, "date_span_unread") == [(1, "租赁期限", text)]


def test_what_could_not_be_read_is_said(tmp_path: Path) -> None:
    result = houses(tmp_path, "租期", "2026.2.28-2021.3.1", "三年", "2021.3.1-2026.2.28", "/")
    told = {item.value: item.zh for item in result.report.findings if item.rule == "date_span_unread"}
    assert list(told) == ["2026.2.28-2021.3.1", "三年"]
    assert "早于起始" in told["2026.2.28-2021.3.1"]
    assert days(result, "lease_end") == [None, None, TERM[1], None]


def test_a_column_of_terms_alone_is_no_date(tmp_path: Path) -> None:
    result = houses(tmp_path, "租期", "三年", "五年")
    assert result.frame["remark"].tolist() == ["租期: 三年", "租期: 五年"]
    assert found(result.report, "date_span") == []
