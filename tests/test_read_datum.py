"""What coordinates are in: said, declared, written in titles, or plain in the numbers; never guessed in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from pyproj import CRS, Transformer
from reading_files import found, rules, write_csv, write_geojson, write_shapefile

from layers.crs import wgs84_to_bd09, wgs84_to_gcj02
from layers.errors import DatumError
from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

    from layers.reading import ReadResult

LON = np.array([113.271, 113.2789, 113.2752001, 113.2668])
LAT = np.array([23.121, 23.1198, 23.1233001, 23.1262])
TOLERANCE_DEG = 1e-8  # a millimetre


def table(path: Path, x: np.ndarray, y: np.ndarray, *, titles: tuple[str, str] = ("X", "Y"), above: str = "") -> Path:
    """Write four car parks with coordinates."""
    rows = [[above]] if above else []
    rows += [["停车场名称", "泊位总数", *titles]]
    rows += [[f"P{at}", "5", f"{a:.9f}", f"{b:.9f}"] for at, (a, b) in enumerate(zip(x, y, strict=True))]
    return write_csv(path, rows)


def is_right(result: ReadResult) -> bool:
    """Return whether the four points came back to their places."""
    places = result.frame.geometry
    return bool(np.allclose(places.x, LON, atol=TOLERANCE_DEG) and np.allclose(places.y, LAT, atol=TOLERANCE_DEG))


def in_crs(code: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the four points in a CRS, easting first."""
    return Transformer.from_crs("EPSG:4326", f"EPSG:{code}", always_xy=True).transform(LON, LAT)


@pytest.mark.parametrize("code", [4326, 4490, 4547, 4526, 3857, 32649, 2326])
def test_what_the_user_says_is_used(tmp_path: Path, code: int) -> None:
    result = read_file(table(tmp_path / "a.csv", *in_crs(code)), "parking", crs=f"EPSG:{code}")
    assert np.allclose(result.frame.geometry.x, LON, atol=1e-6 if code == 2326 else TOLERANCE_DEG)
    assert result.crs_found == f"EPSG:{code}"
    assert "datum" not in rules(result.report)


@pytest.mark.parametrize(("datum", "shift"), [("GCJ-02", wgs84_to_gcj02), ("BD-09", wgs84_to_bd09)])
def test_web_map_datums_are_said_or_read_from_titles(tmp_path: Path, datum: str, shift) -> None:
    x, y = shift(LON, LAT)
    assert is_right(read_file(table(tmp_path / "a.csv", x, y), "parking", crs=datum))
    word = {"GCJ-02": "高德", "BD-09": "百度"}[datum]
    for result in (
        read_file(table(tmp_path / "b.csv", x, y, titles=(f"{word}经度", f"{word}纬度")), "parking"),
        read_file(table(tmp_path / "c.csv", x, y, titles=("lng", "lat"), above=f"一览表（{word}坐标）"), "parking"),
        read_file(table(tmp_path / f"车场_{word}.csv", x, y, titles=("经度", "纬度")), "parking"),
    ):
        assert result.crs_found == datum
        assert is_right(result)
        assert any(datum in text.zh for text in result.evidence)


def test_plain_degrees_are_taken_as_they_are_with_the_risk_said(tmp_path: Path) -> None:
    result = read_file(table(tmp_path / "a.csv", LON, LAT, titles=("经度", "纬度")), "parking")
    assert is_right(result)
    assert result.crs_declared is None
    assert result.frame["position"].eq("exact").all()
    (warning,) = (item for item in result.report.warnings if item.rule == "datum")
    assert "坐标系未声明" in warning.zh
    assert "620" in warning.en


def test_degrees_that_are_declared_carry_no_warning(tmp_path: Path) -> None:
    result = read_file(table(tmp_path / "a.csv", LON, LAT, titles=("CGCS2000经度", "CGCS2000纬度")), "parking")
    assert result.crs_found == "EPSG:4490"
    assert "datum" not in rules(result.report)


def test_contradicting_titles_are_asked_about(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", LON, LAT, titles=("lng", "lat"), above="高德坐标，后转百度坐标")
    with pytest.raises(DatumError, match=r"several datums \(BD-09, GCJ-02\)"):
        read_file(path, "parking")
    assert len(read_file(path, "parking", crs="GCJ-02").frame) == 4


def test_the_column_title_beats_the_title_row(tmp_path: Path) -> None:
    path = table(tmp_path / "a.csv", LON, LAT, titles=("WGS84经度", "WGS84纬度"), above="数据来自高德坐标")
    assert is_right(read_file(path, "parking"))


def test_of_several_pairs_the_one_that_needs_no_shift_is_used(tmp_path: Path) -> None:
    x, y = wgs84_to_bd09(LON, LAT)
    rows = [["停车场名称", "百度经度", "百度纬度", "WGS84经度", "WGS84纬度"]]
    rows += [[f"P{at}", x[at], y[at], LON[at], LAT[at]] for at in range(4)]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert is_right(result)
    assert result.crs_found == "EPSG:4326"
    assert "百度经度" in result.frame["remark"].iloc[0]


def test_eastings_with_a_zone_number_name_their_zone_in_either_order(tmp_path: Path) -> None:
    east, north = in_crs(4526)
    for name, x, y in (("a.csv", east, north), ("b.csv", north, east)):
        result = read_file(table(tmp_path / name, x, y, titles=("X坐标", "Y坐标")), "parking")
        assert result.crs_found == "EPSG:4526"
        assert is_right(result)
        assert any("38" in text.zh for text in result.evidence)


def test_plain_eastings_need_the_zone_in_the_title_or_the_user(tmp_path: Path) -> None:
    east, north = in_crs(4547)
    told = table(tmp_path / "a.csv", east, north, above="2000国家大地坐标系，中央子午线114度")
    assert read_file(told, "parking").crs_found == "EPSG:4547"
    with pytest.raises(DatumError, match=r"does not say in which system; .* 21.*: first import .* --crs EPSG:4547"):
        read_file(table(tmp_path / "b.csv", east, north), "parking")


@pytest.mark.parametrize("words", ["西安80坐标系", "北京54坐标"])
def test_old_datums_are_never_passed_off_as_new_ones(tmp_path: Path, words: str) -> None:
    with pytest.raises(DatumError, match="not public"):
        read_file(table(tmp_path / "a.csv", *in_crs(4526), above=words), "parking")
    result = read_file(table(tmp_path / "b.csv", *in_crs(2362)), "parking", crs="EPSG:2362")
    assert "datum" in rules(result.report)


@pytest.mark.parametrize(
    ("code", "crs", "message"),
    [
        (4547, "EPSG:4326", "100% of its coordinates are none"),
        (4326, "EPSG:4547", "look like degrees"),
        (4526, "EPSG:4547", "far outside the area"),
        (4547, "GCJ-02", "100% of its coordinates are none"),
    ],
)
def test_numbers_that_contradict_what_is_said_are_refused(tmp_path: Path, code: int, crs: str, message: str) -> None:
    with pytest.raises(DatumError, match=message):
        read_file(table(tmp_path / "a.csv", *in_crs(code)), "parking", crs=crs)


def test_degrees_show_the_zone_of_metres_beside_them(tmp_path: Path) -> None:
    east, north = in_crs(4547)
    path = table(tmp_path / "a.csv", np.append(LON, east), np.append(LAT, north))
    result = read_file(path, "parking")
    assert result.crs_found == "EPSG:4326 4, EPSG:4547 4"
    assert np.allclose(result.frame.geometry.x, np.append(LON, LON), atol=TOLERANCE_DEG)


def test_degrees_mixed_with_metres_of_elsewhere_are_refused(tmp_path: Path) -> None:
    east, north = in_crs(4547)
    path = table(tmp_path / "a.csv", np.append(LON, east), np.append(LAT, north + 1e6))
    with pytest.raises(DatumError, match=r"mixes degrees \(4 records\) with other coordinates \(4 records\)"):
        read_file(path, "parking")


def test_swapped_records_are_put_right_one_by_one(tmp_path: Path) -> None:
    x, y = LON.copy(), LAT.copy()
    x[2], y[2] = LAT[2], LON[2]
    result = read_file(table(tmp_path / "a.csv", x, y, titles=("经度", "纬度")), "parking")
    assert is_right(result)
    assert found(result.report, "axes_swapped") == [(3, "geometry", None)]


def test_western_points_are_swapped_only_where_china_says_so(tmp_path: Path) -> None:
    # Kashgar: 75.99 E, 39.47 N; both numbers could be latitudes.
    rows = [["停车场名称", "经度", "纬度"], ["甲", "39.4701", "75.9901"], ["乙", "75.9802", "39.4702"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert [(place.x, place.y) for place in result.frame.geometry] == [(75.9901, 39.4701), (75.9802, 39.4702)]


def test_points_outside_china_are_left_as_they_are(tmp_path: Path) -> None:
    rows = [["name", "capacity", "lon", "lat"], ["A", "5", "-122.41", "37.77"], ["B", "5", "-122.42", "37.78"]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking", crs="GCJ-02")
    assert [(place.x, place.y) for place in result.frame.geometry] == [(-122.41, 37.77), (-122.42, 37.78)]


def test_nought_and_infinity_are_no_places(tmp_path: Path) -> None:
    rows = [["停车场名称", "经度", "纬度"], ["甲", "0", "0"], ["乙", "inf", "23.1"], ["丙", "113.2701", "23.1201"]]
    rows += [["丁", "113.27", None]]
    result = read_file(write_csv(tmp_path / "a.csv", rows), "parking")
    assert result.frame["position"].tolist() == ["unlocated", "unlocated", "exact", "unlocated"]
    assert found(result.report, "zero_coordinates") == [(1, "geometry", None)]
    assert [item[0] for item in found(result.report, "coordinates_unreadable")] == [2, 4]


def test_coarse_degrees_are_pointed_out(tmp_path: Path) -> None:
    places = [({"停车场名称": f"P{at}"}, {"type": "Point", "coordinates": [113.27, 23.12 + at]}) for at in (0, 1)]
    assert "coarse_degrees" in rules(read_file(write_geojson(tmp_path / "a.geojson", places), "parking").report)
    assert "coarse_degrees" not in rules(read_file(table(tmp_path / "b.csv", LON + 1e-5, LAT), "parking").report)


@pytest.mark.parametrize(
    ("lon", "lat", "is_coarse"),
    [
        ("113.27", "23.121", True),
        ("113.270", "23.120", True),
        ("113.27°", "23.12°", True),
        ("１１３．２７", "23.12", True),
        ("113.2700", "23.1200", False),
        ("113.27", "23.1200", False),
        ("113°16′12″", "23°07′12″", False),
        ("113度16.2分", "23度7.2分", False),
    ],
)
def test_decimals_are_counted_as_they_are_written(tmp_path: Path, lon: str, lat: str, is_coarse: bool) -> None:
    apart = [["停车场名称", "经度", "纬度"], *([name, lon, lat] for name in "甲乙丙")]
    together = [["停车场名称", "经纬度"], *([name, f"{lon}，{lat}"] for name in "甲乙丙")]
    for rows in (apart, together):
        report = read_file(write_csv(tmp_path / "a.csv", rows), "parking").report
        assert ("coarse_degrees" in rules(report)) is is_coarse


def square_frame(code: int) -> gpd.GeoDataFrame:
    """Return one sub-district in a CRS."""
    frame = gpd.GeoDataFrame({"name": ["甲"]}, geometry=[shapely.box(113.27, 23.12, 113.28, 23.13)], crs="EPSG:4326")
    return frame.to_crs(code)


def test_a_prj_is_used_and_its_absence_asked_about(tmp_path: Path) -> None:
    frame = square_frame(4547)
    path = write_shapefile(tmp_path / "a.shp", frame, encoding="UTF-8")
    result = read_file(path, "subdistrict")
    assert result.crs_declared == "EPSG:4547"
    assert result.frame.geometry.iloc[0].bounds == pytest.approx((113.27, 23.12, 113.28, 23.13), abs=1e-8)
    path.with_suffix(".prj").unlink()
    with pytest.raises(DatumError, match="projected coordinates"):
        read_file(path, "subdistrict")
    assert read_file(path, "subdistrict", crs="EPSG:4547").crs_declared is None


def test_a_prj_in_degrees_over_metres_is_refused(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "a.shp", square_frame(4547), encoding="UTF-8")
    path.with_suffix(".prj").write_text(CRS.from_epsg(4326).to_wkt("WKT1_ESRI"), encoding="ascii")
    with pytest.raises(DatumError, match=r"should be in degrees \(EPSG:4326\)"):
        read_file(path, "subdistrict")


def test_a_name_that_contradicts_the_declaration_is_asked_about(tmp_path: Path) -> None:
    path = write_shapefile(tmp_path / "街道_gcj02.shp", square_frame(4326), encoding="UTF-8")
    with pytest.raises(DatumError, match=r"decide with --crs GCJ-02 or --crs EPSG:4326"):
        read_file(path, "subdistrict")
    assert read_file(path, "subdistrict", crs="GCJ-02").crs_found == "GCJ-02"


def test_a_shift_is_undone_after_a_declared_projection(tmp_path: Path) -> None:
    path = tmp_path / "a.gpkg"
    square_frame(3857).to_file(path, layer="a", driver="GPKG")
    result = read_file(path, "subdistrict", crs="GCJ-02")
    assert result.crs_found == "GCJ-02 (EPSG:3857)"
    x, y = wgs84_to_gcj02(*result.frame.geometry.iloc[0].exterior.coords.xy)
    assert np.allclose([x.min(), y.min()], [113.27, 23.12], atol=1e-8)


def test_geojson_is_wgs84_by_default_and_says_that_it_is_only_that(tmp_path: Path) -> None:
    point = [({"停车场名称": "甲"}, {"type": "Point", "coordinates": [113.27123, 23.12123]})]
    result = read_file(write_geojson(tmp_path / "a.geojson", point), "parking")
    assert result.crs_declared is None
    assert "datum" in rules(result.report)
    crs = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::4547"}}
    metres = [({"停车场名称": "甲"}, {"type": "Point", "coordinates": [425326.452, 2558124.254]})]
    result = read_file(write_geojson(tmp_path / "b.geojson", metres, crs=crs), "parking")
    assert result.crs_declared == "EPSG:4547"
    assert result.frame.geometry.iloc[0].distance(shapely.Point(113.271, 23.121)) < 1e-7
    with pytest.raises(DatumError, match="projected coordinates"):
        read_file(write_geojson(tmp_path / "c.geojson", metres), "parking")
