"""Cells that hold a place: pairs of degrees below the title of an address, degrees and minutes with blanks only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_files import found, write_csv

from layers.reading import read_file
from layers.reading._place import coordinates

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["reading_fixtures"]
temporary_folder = pytest.mark.usefixtures("temporary_folder")


@temporary_folder
def test_pairs_below_the_title_of_an_address_are_places(tmp_path: Path) -> None:
    rows = [["名称", "位置"], ["甲", "113.27012,23.12034"], ["乙", "113.28012,23.13034"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert [(point.x, point.y) for point in result.frame.geometry] == [(113.27012, 23.12034), (113.28012, 23.13034)]
    assert result.frame["address"].isna().all()
    assert any("“位置”列的列名像地址，但 100% 的内容是经纬度" in item.zh for item in result.report.warnings)


@temporary_folder
def test_addresses_stay_addresses(tmp_path: Path) -> None:
    rows = [["名称", "位置"], ["甲", "榕桥路1号"], ["乙", "榕桥路3号"]]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), "parking").frame
    assert frame["address"].tolist() == ["榕桥路1号", "榕桥路3号"]
    placed = [["名称", "位置", "经度", "纬度"], ["甲", "113.27,23.12（东门）", 113.27012, 23.12034]]
    frame = read_file(write_csv(tmp_path / "b.csv", placed), "parking").frame
    assert frame["address"].tolist() == ["113.27,23.12（东门）"]


@temporary_folder
def test_an_address_that_the_user_names_is_one_whatever_it_holds(tmp_path: Path) -> None:
    rows = [["名称", "位置"], ["甲", "113.27012,23.12034"]]
    frame = read_file(write_csv(tmp_path / "a.csv", rows), "parking", columns={"address": "位置"}).frame
    assert frame["address"].tolist() == ["113.27012,23.12034"]
    assert frame.geometry.isna().all()


@pytest.mark.parametrize(
    ("text", "degrees"),
    [
        ("113 16 12.4", 113 + 16 / 60 + 12.4 / 3600),
        ("113-16-12.4", 113 + 16 / 60 + 12.4 / 3600),
        ("23 07 13", 23 + 7 / 60 + 13 / 3600),
        ("E 113 16 12.4", 113 + 16 / 60 + 12.4 / 3600),
        ("113 16.2068", 113 + 16.2068 / 60),
        ("113 ° 16 ′ 12.4 ″", 113 + 16 / 60 + 12.4 / 3600),
        ("2 558 124.25", 2_558_124.25),
        ("113.27012", 113.27012),
    ],
)
def test_degrees_minutes_and_seconds(text: str, degrees: float) -> None:
    values, is_bad = coordinates(pd.Series([text], dtype="string"))
    assert values[0] == pytest.approx(degrees, abs=1e-12)
    assert not is_bad[0]


@pytest.mark.parametrize("text", ["113 76 12.4", "113 16 72", "113.27 16", "113 16 12 4", "113-16 12.4", "1131 16 12"])
def test_numbers_side_by_side_that_are_no_degrees_are_refused(text: str) -> None:
    values, is_bad = coordinates(pd.Series([text], dtype="string"))
    assert np.isnan(values[0])
    assert is_bad[0]


@temporary_folder
def test_a_refused_cell_is_shown_as_it_stands(tmp_path: Path) -> None:
    rows = [["名称", "经度", "纬度"], ["甲", "113 16 72", "23 07 13"], ["乙", "113 16 12.4", "23 07 13.2"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert result.frame.geometry.isna().tolist() == [True, False]
    assert found(result.report, "coordinates_unreadable") == [(1, "geometry", "113 16 72, 23 07 13")]


@given(st.integers(0, 179), st.integers(0, 59), st.integers(0, 59_999), st.sampled_from(" -"))
def test_any_degrees_minutes_and_seconds(degrees: int, minutes: int, thousandths: int, gap: str) -> None:
    seconds = f"{thousandths / 1000:.3f}"
    values, _ = coordinates(pd.Series([f"{degrees}{gap}{minutes:02d}{gap}{seconds}"], dtype="string"))
    assert values[0] == pytest.approx(degrees + minutes / 60 + float(seconds) / 3600, abs=1e-12)
