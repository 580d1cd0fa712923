"""One bad cell blocks no file, and a slipped digit places nothing far away; towns, cities and exclaves stay."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from reading_files import found, rules, write_csv

from layers.errors import DatumError
from layers.reading import read_file
from layers.reading._far_away import find_strays

if TYPE_CHECKING:
    from pathlib import Path

    from layers.reading import ReadResult
    from layers.trusted import Trusted

TITLES = ["停车场名称", "泊位总数", "经度", "纬度"]
KM = 1 / 111.195  # degrees of latitude


def car_parks(count: int) -> list[list[str]]:
    """Return car parks some hundred metres apart from each other, within 5 km."""
    return [
        [f"车场{at}", "5", f"{113.26 + 0.007 * (at % 5) + 0.000321:.6f}", f"{23.11 + 0.006 * (at // 5) + 0.000123:.6f}"]
        for at in range(count)
    ]


def read(path: Path, rows: list[list[str]], crs: str = "auto", trusted: Trusted | None = None) -> ReadResult:
    """Read rows as a CSV file."""
    return read_file(write_csv(path / "点错.csv", [TITLES, *rows]), "parking", crs=crs, trusted=trusted)


@pytest.mark.parametrize("crs", ["auto", "EPSG:4326", "高德"])
@pytest.mark.parametrize("bad", [("1132845", "231227"), ("113284512", "23122745"), ("2", "1132845")])
def test_one_lost_decimal_point_waits_and_the_rest_is_placed(tmp_path: Path, crs: str, bad: tuple[str, str]) -> None:
    rows = car_parks(20)
    rows[6][2:] = bad
    result = read(tmp_path, rows, crs)
    assert result.frame["position"].tolist() == ["exact"] * 6 + ["unlocated"] + ["exact"] * 13
    written = ", ".join(bad)
    assert result.frame["remark"].dropna().tolist() == [f"原坐标（{result.crs_found}）: {written}"]
    assert "," not in result.crs_found
    (finding,) = (item for item in result.report.findings if item.action == "unlocated")
    assert (finding.rule, finding.row, finding.value) == ("stray_coordinates", 8, written)
    assert "axes_swapped" not in rules(result.report)
    assert not [item for item in result.report.warnings if "北" in item.zh]


def test_degrees_among_metres_wait_too(tmp_path: Path) -> None:
    rows = car_parks(20)
    for at, row in enumerate(rows):
        row[2:] = [f"{38_430_000 + 311 * at}.5", f"{2_557_000 + 97 * at}.5"]
    rows[3][2:] = ["113.28123", "23.12123"]
    result = read(tmp_path, rows, "EPSG:4526")
    assert result.frame["position"].tolist() == ["exact"] * 3 + ["unlocated"] + ["exact"] * 16
    assert found(result.report, "stray_coordinates") == [(4, "geometry", "113.28123, 23.12123")]


@pytest.mark.parametrize("crs", ["auto", "EPSG:4326"])
def test_a_real_mixture_is_refused_and_its_parts_are_named(tmp_path: Path, crs: str) -> None:
    rows = car_parks(10)
    for at in (2, 4, 5, 7):
        rows[at][2:] = [f"{432_000 + at}", f"{2_557_000 + at}"]
    with pytest.raises(DatumError) as refusal:
        read(tmp_path, rows, crs)
    for words in (refusal.value.line_zh or "", str(refusal.value)):
        assert "432002, 2557002" in words
        assert "4 条" in words or "4 records" in words or "4 of its 10 records" in words
    assert "第 4 行 432002, 2557002" in (refusal.value.zh or "")
    assert "row 4" in refusal.value.message


def test_three_of_ten_are_a_mixture_and_two_of_ten_are_not(tmp_path: Path) -> None:
    rows = car_parks(10)
    for at in (2, 4):
        rows[at][2:] = ["1132845", "231227"]
    assert read(tmp_path, rows).report.unlocated == 2
    rows[5][2:] = ["1132846", "231228"]
    with pytest.raises(DatumError):
        read(tmp_path, rows)


def test_a_slipped_digit_waits_and_a_smaller_slip_is_pointed_out(tmp_path: Path) -> None:
    rows = car_parks(20)
    rows[3][2] = "114.281201"
    rows[9][2] = "113.460123"
    result = read(tmp_path, rows)
    assert result.frame["position"].tolist() == ["exact"] * 3 + ["unlocated"] + ["exact"] * 16
    assert f"114.281201, {rows[3][3]}" in str(result.frame["remark"].iloc[3])
    far = [item for item in result.report.findings if item.rule == "far_away"]
    assert [(item.row, item.action) for item in far] == [(5, "unlocated"), (11, "warning")]
    assert "约 101 公里" in far[0].zh or "约 102 公里" in far[0].zh
    assert far[1].zh == "“车场9”的坐标离其他记录约 18 公里，请核对"


def points(lon: np.ndarray, lat: np.ndarray) -> np.ndarray:
    """Return points of degrees."""
    return np.asarray(shapely.points(lon, lat), dtype=object)


def town(count: int, east: float = 113.27, north: float = 23.13, size_km: float = 5.0, seed: int = 1) -> np.ndarray:
    """Return points within ``size_km`` of a place, denser in its middle."""
    moved = np.random.default_rng(seed).normal(0, size_km / 2.5, (count, 2)).clip(-size_km, size_km) * KM
    return points(east + moved[:, 0], north + moved[:, 1])


def square(east: float, north: float, side_km: float) -> shapely.Polygon:
    """Return a square of degrees about a place."""
    return shapely.box(*(at + sign * side_km / 2 * KM for sign in (-1, 1) for at in (east, north)))


def districts(*shapes: shapely.Geometry) -> gpd.GeoDataFrame:
    """Return accepted districts."""
    return gpd.GeoDataFrame(
        {"kind": "district", "name": "示例区"}, geometry=[*shapes], crs="EPSG:4326", index=range(len(shapes))
    )


def test_a_whole_city_with_thin_outskirts_raises_no_alarm() -> None:
    core = town(3000, size_km=15.0)
    rng = np.random.default_rng(5)
    outskirts = points(113.3 + rng.uniform(-60, 60, 400) * KM, 23.2 + rng.uniform(-60, 60, 400) * KM)
    assert not len(find_strays(np.concatenate([core, outskirts])).rows)


def test_two_towns_and_an_exclave_keep_their_places() -> None:
    assert not len(find_strays(np.concatenate([town(60), town(40, 114.5, 23.9, seed=2)])).rows)
    exclave = np.concatenate([town(100), town(3, 113.27 + 40 * KM, 23.13, size_km=1.5, seed=3)])
    strays = find_strays(exclave)
    assert strays.rows.tolist() == [100, 101, 102]
    assert not strays.is_slip.any()
    alone = np.concatenate([town(100), town(1, 113.27 + 40 * KM, 23.13)])
    assert find_strays(alone).is_slip.tolist() == [True]
    of_district = districts(square(113.27, 23.13, 15), square(113.27 + 40 * KM, 23.13, 5))
    assert not find_strays(alone, of_district).is_slip.any()


def test_a_sparse_county_has_no_strays() -> None:
    rng = np.random.default_rng(3)
    county = points(113 + rng.uniform(-90, 90, 25) * KM, 24 + rng.uniform(-90, 90, 25) * KM)
    assert not find_strays(county).is_slip.any()


def test_outside_every_accepted_district_a_lone_place_is_a_slip_though_the_file_is_wide() -> None:
    two_towns = [town(150, size_km=10.0), town(150, 113.27 + 120 * KM, size_km=10.0, seed=2)]
    wide = np.concatenate([*two_towns, points(np.array([113.27]), np.array([23.13 + 55 * KM]))])
    strays = find_strays(wide)
    assert not strays.is_slip.any()
    accepted = districts(square(113.27, 23.13, 25), square(113.27 + 120 * KM, 23.13, 25))
    with_areas = find_strays(wide, accepted)
    assert with_areas.rows[with_areas.is_slip].tolist() == [300]


def test_a_slip_that_was_copied_waits_as_well() -> None:
    copied = points(np.array([114.27, 114.2701]), np.array([23.13, 23.1301]))
    strays = find_strays(np.concatenate([town(50), copied]))
    assert (strays.rows.tolist(), strays.is_slip.tolist()) == ([50, 51], [True, True])


@settings(max_examples=40)
@given(st.permutations(list(range(30))), st.integers(-40, 40), st.integers(-20, 20))
def test_order_and_place_on_earth_do_not_matter(order: list[int], east: int, north: int) -> None:
    near = np.concatenate([town(28), points(np.array([114.27, 113.45]), np.array([23.13, 23.13]))])
    strays = find_strays(near)
    shuffled = find_strays(near[order])
    assert sorted(order[at] for at in shuffled.rows) == strays.rows.tolist()
    moved = shapely.transform(near, lambda xy: xy + np.array([east, 0]))
    assert find_strays(moved).rows.tolist() == strays.rows.tolist() == [28, 29]
    assert find_strays(shapely.transform(near, lambda xy: xy + np.array([0, north / 100]))).is_slip.tolist() == [
        True,
        False,
    ]


def test_a_million_places_take_seconds() -> None:
    rng = np.random.default_rng(0)
    many = points(113.3 + rng.normal(0, 0.2, 1_000_000), 23.1 + rng.normal(0, 0.2, 1_000_000))
    many[7] = shapely.Point(118.3, 23.1)
    strays = find_strays(many)
    assert 7 in strays.rows[strays.is_slip]
