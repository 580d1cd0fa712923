"""Stray quotation marks in text tables: no row disappears inside a cell; cells of several lines are read."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from layers.errors import ReadError
from layers.reading import read_file
from layers.reading._csv import read_csv

if TYPE_CHECKING:
    from pathlib import Path

TITLES = ["名称", "经度", "纬度", "泊位数"]
ROWS = [[f"停车场{at}", f"113.27{at:03d}1", f"23.12{at:03d}4", str(at)] for at in range(20, 60)]


def _write(path: Path, rows: list[list[str]], sign: str = ",", encoding: str = "utf-8") -> Path:
    path.write_bytes("\r\n".join(sign.join(row) for row in [TITLES, *rows]).encode(encoding) + b"\r\n")
    return path


def _marked(marks: list[tuple[int, int, str]]) -> list[list[str]]:
    """Return the rows with a mark before or behind (``"x`` or ``x"``) some cells."""
    rows = [list(row) for row in ROWS]
    for row, column, form in marks:
        rows[row][column] = form.replace("x", rows[row][column])
    return rows


@pytest.mark.parametrize("column", range(4))
@pytest.mark.parametrize(("sign", "encoding"), [(",", "utf-8"), ("\t", "gb18030"), ("，", "utf-8"), (",", "utf-16")])
def test_a_mark_that_is_never_closed_is_refused_with_its_line(
    tmp_path: Path, column: int, sign: str, encoding: str
) -> None:
    path = _write(tmp_path / "a.csv", _marked([(10, column, '"x')]), sign, encoding)
    with pytest.raises(ReadError, match="begins in line 12 is not closed before the end") as error:
        read_file(path, "parking")
    assert "第 12 行" in str(error.value.zh)


@pytest.mark.parametrize("column", range(4))
@pytest.mark.parametrize("apart", [1, 2, 10])
@pytest.mark.parametrize("sign", [",", "\t", "，"])
def test_a_mark_that_is_closed_in_a_later_row_is_refused_with_its_line(
    tmp_path: Path, column: int, apart: int, sign: str
) -> None:
    rows = _marked([(2, 0, '"x\r\n街口"'), (10, column, '"x'), (10 + apart, column, 'x"')])
    with pytest.raises(ReadError, match=f"begins in line 13 is not closed before {apart} lines farther down"):
        read_file(_write(tmp_path / "a.csv", rows, sign), "parking")


def test_a_mark_that_a_quoted_cell_closes_is_refused(tmp_path: Path) -> None:
    rows = _marked([(10, 0, '"x'), (20, 0, '"x"')])
    with pytest.raises(ReadError, match="begins in line 12 "):
        read_file(_write(tmp_path / "a.csv", rows), "parking")


@pytest.mark.parametrize(
    "address",
    [
        "中山四路1号\n东门",
        "中山四路1号,\n东门,\n二楼",
        "A座,B座\n\nC座",
        "一、东门\n二、西门\n三、北门,南门",
        "东门\r\n西门\r\n",
    ],
)
@pytest.mark.parametrize("at", [0, 1, 2])
def test_cells_of_several_lines_are_read(tmp_path: Path, address: str, at: int) -> None:
    titles, rows = [*TITLES, "地址"], [[*row, "中山四路"] for row in ROWS]
    rows[5][4] = rows[39][4] = address
    order = {0: [4, 0, 1, 2, 3], 1: [0, 1, 4, 2, 3], 2: [0, 1, 2, 3, 4]}[at]
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows([[row[number] for number in order] for row in [titles, *rows]])
    result = read_file(path, "parking")
    assert result.report.kept == len(ROWS)
    assert result.frame["stall_count"].tolist() == list(range(20, 60))


def test_two_columns_of_words_with_commas(tmp_path: Path) -> None:
    rows = [["名称", "备注"], ["甲,\n乙", "东门,西门\n北门"], ["丙", "一,二\n三,四\n五"]]
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows[:2])
    assert read_csv(path, "auto")[0].cells.to_numpy().tolist() == rows[:2]


WORDS = st.text(st.sampled_from("甲乙1\n\"' "), min_size=1, max_size=6).filter(str.strip)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=60, deadline=None)
@given(rows=st.lists(st.lists(WORDS, min_size=3, max_size=3), min_size=2, max_size=8))
def test_what_a_program_wrote_is_read_cell_by_cell(tmp_path: Path, rows: list[list[str]]) -> None:
    path = tmp_path / "a.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream).writerows(rows)
    assert read_csv(path, "auto")[0].cells.to_numpy().tolist() == rows
