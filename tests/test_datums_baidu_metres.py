"""Baidu's own mercator metres: to degrees as Baidu publishes them, never mixed up with web mercator in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import golden_files as golden
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from reading_files import write_csv

from layers._baidu_mercator import baidu_mercator_to_bd09
from layers.crs import BAIDU_METRES, crs_name, parse_crs, wgs84_to_bd09
from layers.errors import DatumError, DatumUnsureError
from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

PUBLISHED = (
    (12693763.634, 3874151.929, 114.0287781, 33.0176697),
    (12747479.603, 4423799.762, 114.5113116, 37.0766797),
    (12388395.109, 2673332.050, 111.2856358, 23.4828109),
    (12096188.561, 2493660.013, 108.6607283, 21.9856319),
    (12919282.125, 5426197.163, 116.0546232, 43.9397782),
    (10247925.918, 3673043.553, 92.0576832, 31.4824421),
)
"""Metres and degrees of city centres in the test data of gcoord (MIT), which asked Baidu's conversion service."""
SYSTEM = golden.System("bd09mc", 4326, family="baidu")


def to_baidu(lonlat: np.ndarray) -> np.ndarray:
    """Return Baidu's metres of true degrees: the way back, halved until it lands on the target."""
    lon, lat = wgs84_to_bd09(lonlat[:, 0], lonlat[:, 1])
    low, high = [np.zeros(len(lon)), np.zeros(len(lon))], [np.full(len(lon), 2e7), np.full(len(lon), 1e7)]
    for _ in range(60):
        middle = [(a + b) / 2 for a, b in zip(low, high, strict=True)]
        there = baidu_mercator_to_bd09(*middle)
        for axis, target in enumerate((lon, lat)):
            is_less = there[axis] < target
            low[axis] = np.where(is_less, middle[axis], low[axis])
            high[axis] = np.where(is_less, high[axis], middle[axis])
    return np.column_stack(low)


def write(folder: Path, *, swapped: bool = False) -> Path:
    """Write the golden points in Baidu's metres as a table that declares nothing."""
    folder.mkdir()
    return golden.write(
        folder, "csv-utf8-bom", SYSTEM, "parking", swapped=swapped, declared=False, change=to_baidu
    )  # fmt: skip


@pytest.mark.parametrize(("x", "y", "lon", "lat"), PUBLISHED)
def test_metres_become_the_published_degrees(x: float, y: float, lon: float, lat: float) -> None:
    found = baidu_mercator_to_bd09(np.array([x]), np.array([y]))
    assert np.abs(np.ravel(found) - (lon, lat)).max() < 1.5e-7  # a centimetre and a half: the seventh decimal


@given(st.floats(8e6, 15.3e6), st.floats(1e5, 7.4e6), st.floats(1.0, 1e3))
def test_further_north_is_further_north_and_the_other_side_is_its_mirror(x: float, y: float, step: float) -> None:
    lon, lat = baidu_mercator_to_bd09(np.array([x, x, -x]), np.array([y, y + step, -y]))
    assert lat[1] > lat[0]
    assert (lon[2], lat[2]) == (-lon[0], -lat[0])


def test_what_is_no_number_is_no_place() -> None:
    lon, lat = baidu_mercator_to_bd09(np.array([np.nan, 1.2e7]), np.array([2.6e6, np.nan]))
    assert np.isnan(lon[0])
    assert np.isnan(lat[1])


@pytest.mark.parametrize("text", ["BD09MC", "bd-09 mc", "百度墨卡托", "百度墨卡托坐标", "百度米制坐标"])
def test_it_has_names(text: str) -> None:
    assert parse_crs(text) == BAIDU_METRES


@pytest.mark.parametrize("text", ["GCJ-02 (EPSG:3857)", "BD-09（EPSG:4526）", "BD09MC", "WGS84", "EPSG:4547", "GCJ-02"])
def test_every_name_of_a_report_can_be_said(text: str) -> None:
    source = parse_crs(text)
    assert source is not None
    assert parse_crs(crs_name(source)) == source
    assert parse_crs(source.name) == source


@pytest.mark.parametrize("swapped", [False, True])
def test_accepted_sub_districts_tell_them_from_web_mercator(tmp_path: Path, *, swapped: bool) -> None:
    town = golden.city(SYSTEM.lon, SYSTEM.lat)
    file = write(tmp_path / "a", swapped=swapped)
    result = read_file(file, "parking", trusted=town.trusted)
    assert result.crs_found == "BD-09 MC"
    assert result.question is None
    assert golden.off_m(np.asarray(result.frame.geometry, dtype=object), town.points).max() < 0.001
    said = read_file(file, "parking", crs="BD09MC")
    assert golden.off_m(np.asarray(said.frame.geometry, dtype=object), town.points).max() < 0.001


def test_alone_they_are_asked_about(tmp_path: Path) -> None:
    with pytest.raises(DatumUnsureError) as caught:
        read_file(write(tmp_path / "a"), "parking")
    names = [item.name for item in caught.value.choices]
    assert names[0] == "EPSG:3857"
    assert "BD-09MC" in names[:3]
    assert max(item.confidence for item in caught.value.choices) < 0.6


def test_a_title_that_names_baidu_is_enough(tmp_path: Path) -> None:
    x, y = to_baidu(np.array([[113.271, 23.121], [113.2789, 23.1198]])).T
    rows = [
        ["停车场名称", "百度X", "百度Y"],
        *([f"P{at}", f"{a:.2f}", f"{b:.2f}"] for at, (a, b) in enumerate(zip(x, y, strict=True))),
    ]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert (result.crs_found, result.question) == ("BD-09 MC", None)


def test_web_mercator_that_is_none_is_refused_by_what_is_accepted(tmp_path: Path) -> None:
    town = golden.city(SYSTEM.lon, SYSTEM.lat)
    folder = tmp_path / "a"
    folder.mkdir()
    system = golden.System("mercator", 3857, family="baidu")
    file = golden.write(folder, "gpkg", system, "parking", swapped=False, declared=True, change=to_baidu)
    with pytest.raises(DatumError, match=r"declares EPSG:3857 .* to be in BD-09 MC") as caught:
        read_file(file, "parking", trusted=town.trusted)
    assert "--crs BD-09MC or" in str(caught.value)
    assert read_file(file, "parking", crs="BD09MC", trusted=town.trusted).crs_found == "BD-09 MC"
