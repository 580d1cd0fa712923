"""Totals below their records, above them, of several kinds: right where one reading fits, else told with the sums."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_files import found, write_csv

from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from layers.quality import QualityReport

HEAD = ["街道", "停车场名称", "泊位总数"]


def lots(*counts: int, street: str = "甲街") -> list[list[str | None]]:
    """Return car parks with so many stalls, each of another name."""
    return [[street, f"{street}{at}号停车场", str(count)] for at, count in enumerate(counts)]


def report_of(path: Path, *rows: list[list[str | None]]) -> QualityReport:
    return read_file(write_csv(path, [HEAD, *(row for part in rows for row in part)]), "parking").report


def total(count: int | str, word: str = "小计") -> list[list[str | None]]:
    return [[word, None, str(count)]]


FIRST, SECOND = lots(10, 20), lots(3, 4, 5, street="乙街")
RIGHT = {
    "below": [FIRST, total(30), SECOND, total(12), total(42, "合计")],
    "above": [total(42, "合计"), total(30), FIRST, total(12), SECOND],
    "grand total above, others below": [total(42, "总计"), FIRST, total(30), SECOND, total(12)],
    "grand total below, others above": [total(30), FIRST, total(12), SECOND, total(42, "合计")],
    "one above": [total(30, "合计"), FIRST],
    "running": [FIRST, total(30, "累计"), SECOND, total(42, "累计")],
    "two levels": [FIRST, total(30), SECOND, total(12), total(42), total(42, "合计")],
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_total_that_fits_some_reading_is_right(tmp_path: Path, name: str) -> None:
    assert found(report_of(tmp_path / "a.csv", *RIGHT[name]), "total_differs") == []


def test_a_wrong_total_between_groups_is_told_with_each_sum(tmp_path: Path) -> None:
    report = report_of(tmp_path / "a.csv", FIRST, total(31), SECOND, total(12), total(42, "合计"))
    assert found(report, "total_differs") == [(None, "stall_count", "31")]
    (said,) = (item for item in report.findings if item.rule == "total_differs")
    assert said.zh == "第 4 行“泊位总数”合计写 31，其上 2 条相加为 30，其下 3 条相加为 12，全部 5 条相加为 42"
    assert "the 2 records above it add up to 30, the 3 records below it add up to 12, all 5 add up to 42" in said.en


def test_a_wrong_total_above_everything_is_told_with_the_sum(tmp_path: Path) -> None:
    report = report_of(tmp_path / "a.csv", total(41, "合计"), FIRST, SECOND)
    (said,) = (item for item in report.findings if item.rule == "total_differs")
    assert said.zh == "“泊位总数”合计写 41，各条相加为 42"


@settings(max_examples=15, deadline=None)
@given(st.lists(st.lists(st.integers(1, 500), min_size=1, max_size=4), min_size=1, max_size=4), st.booleans())
def test_totals_of_groups_are_right_on_either_side_and_off_by_one_never(
    tmp_path_factory: pytest.TempPathFactory, groups: list[list[int]], is_above: bool
) -> None:
    path = tmp_path_factory.mktemp("totals") / "a.csv"
    for error in (0, 10_000):  # more than everything adds up to
        parts = []
        for at, counts in enumerate(groups):
            block = [lots(*counts, street=f"{at}街"), total(sum(counts) + error)]
            parts += block[::-1] if is_above else block
        told = found(report_of(path, *parts), "total_differs")
        assert bool(told) is bool(error)
