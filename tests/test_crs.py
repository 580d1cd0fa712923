"""Coordinate systems: the zone to measure in, what --crs means, Chinese datums both ways."""

from __future__ import annotations

import math

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import CRS, Geod

from layers import crs
from layers.errors import DatumError

MM_PER_DEGREE = 111_320_000.0
LON = st.floats(73.6, 134.7)
LAT = st.floats(3.5, 53.5)


@pytest.mark.parametrize(
    ("bounds", "epsg"),
    [
        ((113.2, 23.0, 113.4, 23.2), 4547),  # Guangzhou, 114 E
        ((106.4, 29.4, 106.7, 29.7), 4545),  # Chongqing, 108 E: 106.55 rounds up
        ((73.5, 39.0, 73.6, 39.1), 4534),  # the western end, 75 E
        ((134.5, 48.0, 134.7, 48.3), 4554),  # the eastern end, 135 E
        ((-122.42, 37.77, -122.39, 37.80), 32610),  # San Francisco
        ((7.4, 43.72, 7.44, 43.75), 32632),  # Monaco
        ((18.4, -34.0, 18.5, -33.9), 32734),  # Cape Town
        ((179.9, 0.0, 180.0, 0.1), 32660),  # the last zone, not a 61st
    ],
)
def test_working_crs_is_the_zone_of_the_middle(bounds: tuple[float, ...], epsg: int) -> None:
    assert crs.working_crs(bounds).to_epsg() == epsg


@pytest.mark.parametrize("meridian", range(75, 136, 3))
def test_every_zone_has_its_meridian(meridian: int) -> None:
    zone = crs.gk3_crs(meridian)
    assert zone.name == f"CGCS2000 / 3-degree Gauss-Kruger CM {meridian}E"
    zoned = crs.gk3_crs_of_zone(meridian // 3)
    assert zoned.name == f"CGCS2000 / 3-degree Gauss-Kruger zone {meridian // 3}"


@pytest.mark.parametrize("bounds", [(math.nan,) * 4, (math.inf, math.inf, -math.inf, -math.inf)])
def test_nothing_placed_has_no_working_crs(bounds: tuple[float, ...]) -> None:
    with pytest.raises(DatumError, match="no record has a place yet"):
        crs.working_crs(bounds)


def test_metres_are_no_degrees() -> None:
    with pytest.raises(DatumError, match="are not degrees"):
        crs.working_crs((425_000, 2_558_000, 426_000, 2_559_000))


def test_to_working_measures_a_hectare() -> None:
    square = gpd.GeoDataFrame(geometry=[shapely.box(425_000, 2_558_000, 425_100, 2_558_100)], crs="EPSG:4547")
    measured = crs.to_working(square.to_crs("EPSG:4326"))
    assert measured.crs.to_epsg() == 4547
    assert measured.area.iloc[0] == pytest.approx(10_000, abs=0.01)


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("EPSG:4547", "EPSG:4547"),
        ("epsg: 4526", "EPSG:4526"),
        ("4490", "EPSG:4490"),
        ("GCJ-02", "GCJ-02"),
        ("gcj 02", "GCJ-02"),
        ("Bd09", "BD-09"),
        ("WGS 84", "EPSG:4326"),
        ("cgcs2000", "EPSG:4490"),
        ("国家2000", "EPSG:4490"),
        ("2000国家大地坐标系", "EPSG:4490"),
        ("WGS84坐标", "EPSG:4326"),
        ("高德", "GCJ-02"),
        ("腾讯地图", "GCJ-02"),
        ("火星坐标系", "GCJ-02"),
        ("百度经纬度", "BD-09"),
    ],
)
def test_crs_is_read_in_any_spelling(text: str, name: str) -> None:
    found = crs.parse_crs(text)
    assert found is not None
    assert found.name == name


def test_auto_decides_nothing() -> None:
    assert crs.parse_crs(" Auto ") is None


@pytest.mark.parametrize("text", ["EPSG:999999", "西安80", "坐标", "EPSG:", "EPSG:5773", "GCJ-03"])
def test_unknown_crs_is_refused_with_the_choices(text: str) -> None:
    with pytest.raises(DatumError, match=r"国家2000.*高德, 腾讯, 火星.*百度.*EPSG:4547") as caught:
        crs.parse_crs(text)
    assert caught.value.line_zh is not None
    assert "高德" in caught.value.line_zh


def test_gcj02_moves_guangzhou_as_far_as_published() -> None:
    geod = Geod(ellps="WGS84")
    lon, lat = np.array([113.2644]), np.array([23.1291])
    for shift, low, high in ((crs.wgs84_to_gcj02, 598, 626), (crs.wgs84_to_bd09, 1235, 1277)):
        x, y = shift(lon, lat)
        distance_m = geod.inv(lon, lat, x, y)[2][0]
        assert low <= distance_m <= high  # parameters crs.gcj02_offset_gz and crs.bd09_offset_gz


def test_gcj02_of_a_known_point() -> None:
    # The example that implementations of the public formula share: Tiananmen.
    x, y = crs.wgs84_to_gcj02([116.3912022], [39.9073728])
    assert x[0] == pytest.approx(116.397445, abs=2e-5)
    assert y[0] == pytest.approx(39.908776, abs=2e-5)


@given(LON, LAT)
def test_inverse_is_better_than_a_millimetre_over_china(lon: float, lat: float) -> None:
    for forward, inverse in ((crs.wgs84_to_gcj02, crs.gcj02_to_wgs84), (crs.wgs84_to_bd09, crs.bd09_to_wgs84)):
        x, y = inverse(*forward([lon], [lat]))
        assert abs(x[0] - lon) * MM_PER_DEGREE * math.cos(math.radians(lat)) < 1
        assert abs(y[0] - lat) * MM_PER_DEGREE < 1


@given(st.floats(-180, 70), st.floats(-89, 89))
def test_outside_china_nothing_moves(lon: float, lat: float) -> None:
    for shift in (crs.wgs84_to_gcj02, crs.gcj02_to_wgs84, crs.wgs84_to_bd09, crs.bd09_to_wgs84):
        x, y = shift([lon], [lat])
        assert (x[0], y[0]) == (lon, lat)


def test_arrays_keep_their_shape_their_order_and_their_gaps() -> None:
    lon = np.full((3, 20_000), 113.0)
    lat = np.full((3, 20_000), 23.0)
    lon[1, 5], lat[2, 7] = math.nan, 89.0
    x, y = crs.gcj02_to_wgs84(lon, lat)
    assert x.shape == (3, 20_000)
    assert math.isnan(x[1, 5])
    assert (x[2, 7], y[2, 7]) == (113.0, 89.0)
    assert np.unique(x[0]).size == 1
    assert lon[0, 0] == 113.0  # the caller's array is not touched


def test_to_lonlat_is_easting_first_and_undoes_the_shift_last() -> None:
    point = np.array([shapely.Point(425_326.452, 2_558_124.254, 7.0), None], dtype=object)
    plain = crs.to_lonlat(point, crs.SourceCrs(CRS.from_epsg(4547)))
    assert plain[1] is None
    assert not plain[0].has_z
    assert (plain[0].x, plain[0].y) == (pytest.approx(113.271, abs=1e-7), pytest.approx(23.121, abs=1e-7))
    shifted = crs.to_lonlat(point, crs.SourceCrs(CRS.from_epsg(4547), "GCJ-02"))
    assert (shifted[0].x, shifted[0].y) == tuple(
        pytest.approx(value[0], abs=1e-9) for value in crs.gcj02_to_wgs84([plain[0].x], [plain[0].y])
    )


def test_old_datums_are_known_by_their_base() -> None:
    assert crs.is_old_chinese_datum(CRS.from_epsg(2362))  # Xian 1980 zone 38
    assert crs.is_old_chinese_datum(CRS.from_epsg(4214))  # Beijing 1954
    assert not crs.is_old_chinese_datum(CRS.from_epsg(4526))
