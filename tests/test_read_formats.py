"""Formats as people send them: archives, drawings, old workbooks, lists of corners, one feature a line."""

from __future__ import annotations

import json
import re
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd
import pytest
import shapely
from reading_checks import NAMES, PLACES, STALLS, assert_parking
from reading_files import (
    dxf,
    folder_files,
    polyline,
    words,
    write_csv,
    write_geojson,
    write_shapefile,
    write_xlsx,
    write_zip,
)  # fmt: skip

from layers.errors import ReadError
from layers.reading import SUFFIXES, read_file

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["reading_fixtures"]
pytestmark = pytest.mark.usefixtures("temporary_folder")

FEATURES: list[tuple[dict[str, Any], Any]] = [
    ({"停车场名称": name, "泊位总数": count}, {"type": "Point", "coordinates": list(place)})
    for name, count, place in zip(NAMES, STALLS, PLACES, strict=True)
]


@pytest.fixture
def parking() -> gpd.GeoDataFrame:
    """Return two car parks."""
    return gpd.GeoDataFrame(
        {"停车场名称": NAMES, "泊位总数": STALLS}, geometry=[shapely.Point(place) for place in PLACES], crs="EPSG:4490"
    )


# archives


@pytest.mark.parametrize("name_encoding", [None, "gb18030", "utf-8"])
@pytest.mark.parametrize("inside", ["", "数据/停车/"])
def test_a_zipped_shapefile_in_any_spelling_of_its_names(
    tmp_path: Path, parking: gpd.GeoDataFrame, name_encoding: str | None, inside: str
) -> None:
    write_shapefile(
        tmp_path / "停车场.shp", parking.rename(columns={"停车场名称": "名称", "泊位总数": "泊位数"}), encoding="GBK"
    )
    files = {inside + name: data for name, data in folder_files(tmp_path, "停车场").items()}
    files |= {inside + "说明.txt": "说明".encode(), "__MACOSX/._停车场.shp": b"x"}
    result = assert_parking(write_zip(tmp_path / "a.zip", files, name_encoding=name_encoding))
    assert result.report.facts["member"].zh.startswith(f"压缩包里的 {inside}停车场.shp")
    assert result.report.file == "a.zip"


def test_two_members_of_one_name_are_offered_with_their_folders(tmp_path: Path) -> None:
    one, two = (write_csv(tmp_path / f"{at}.csv", [["停车场名称"], [f"{at}停车场"]]).read_bytes() for at in "甲乙")
    path = write_zip(tmp_path / "a.zip", {"一/车场.csv": one, "二/车场.csv": two})
    for asked in (path, f"{path}|layername=车场"):
        with pytest.raises(ReadError) as caught:
            read_file(asked, "parking")
        assert caught.value.hint == "name one: a.zip|layername=一/车场"
    found = read_file(f"{path}|layername=一/车场", "parking")
    assert found.frame["name"].tolist() == ["甲停车场"]
    assert read_file(f"{path}|layername=二/车场", "parking").frame["name"].tolist() == ["乙停车场"]


def test_the_unicode_name_field_comes_before_the_bytes(tmp_path: Path) -> None:
    data = "停车场名称,泊位总数,经度,纬度\n甲停车场,35,113.27101,23.12101\n乙停车场,120,113.28202,23.12402\n".encode()
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        info = zipfile.ZipInfo("t.csv")
        body = b"\x01" + struct.pack("<I", zlib.crc32(b"t.csv")) + "停车.csv".encode()
        info.extra = struct.pack("<HH", 0x7075, len(body)) + body
        archive.writestr(info, data)
    assert assert_parking(path).report.facts["member"].zh == "压缩包里的 停车.csv"


def test_any_one_file_in_a_zip(tmp_path: Path, parking: gpd.GeoDataFrame) -> None:
    rows = [
        ["停车场名称", "泊位总数", "经度", "纬度"],
        *([n, c, *p] for n, c, p in zip(NAMES, STALLS, PLACES, strict=True)),
    ]
    parking.to_file(tmp_path / "a.gpkg", layer="parking")
    write_xlsx(tmp_path / "b.xlsx", {"一": rows})
    write_csv(tmp_path / "c.csv", rows, encoding="gb18030")
    write_geojson(tmp_path / "d.geojson", FEATURES)
    for name in ("a.gpkg", "b.xlsx", "c.csv", "d.geojson"):
        path = write_zip(tmp_path / f"{name}.zip", {name: (tmp_path / name).read_bytes()})
        assert_parking(path)


def test_several_files_in_a_zip_are_asked_about(tmp_path: Path) -> None:
    data = {
        name: write_geojson(tmp_path / "x.geojson", FEATURES).read_bytes()
        for name in ("老/停车.geojson", "新/停车.geojson")
    }
    path = write_zip(tmp_path / "a.zip", data)
    with pytest.raises(ReadError, match=r"老/停车.geojson, 新/停车.geojson.*a\.zip\|layername="):
        read_file(path, "parking")
    with pytest.raises(ReadError, match="has no '中'"):
        read_file(f"{path}|layername=中", "parking")
    for name in ("新/停车.geojson", "新/停车"):
        result = assert_parking(f"{path}|layername={name}")
        assert "另有 1 个可读的文件未读" in result.report.facts["member"].zh
    likely = write_zip(tmp_path / "b.zip", {"parking.geojson": data["新/停车.geojson"], "其他.geojson": b"{}"})
    assert_parking(likely)


def test_a_layer_of_a_file_in_a_zip(tmp_path: Path, parking: gpd.GeoDataFrame) -> None:
    parking.to_file(tmp_path / "a.gpkg", layer="甲")
    parking.iloc[:1].to_file(tmp_path / "a.gpkg", layer="乙")
    path = write_zip(tmp_path / "a.zip", {"a.gpkg": (tmp_path / "a.gpkg").read_bytes()})
    assert_parking(f"{path}|layername=甲")
    assert_parking(f"{path}|layername=a.gpkg/甲")
    with pytest.raises(ReadError, match="has the layers 甲, 乙"):
        read_file(path, "parking")


# maps


@pytest.mark.parametrize("suffix", [".geojsonl", ".ndjson", ".geojsons", ".geojson", ".json"])
@pytest.mark.parametrize("separator", ["", "\x1e"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
def test_one_feature_a_line(tmp_path: Path, suffix: str, separator: str, encoding: str) -> None:
    listed = [{"type": "Feature", "properties": props, "geometry": place} for props, place in FEATURES]
    path = tmp_path / f"a{suffix}"
    text = "".join(f"{separator}{json.dumps(item, ensure_ascii=False)}\n\n" for item in listed)
    path.write_bytes(text.encode(encoding))
    assert "features" in assert_parking(path).report.facts


def test_a_record_of_several_lines_behind_a_separator(tmp_path: Path) -> None:
    listed = [{"type": "Feature", "properties": props, "geometry": place} for props, place in FEATURES]
    path = tmp_path / "a.geojsons"
    path.write_text("".join(f"\x1e{json.dumps(item, indent=2)}\n" for item in listed), encoding="utf-8")
    assert_parking(path)


def test_a_first_feature_longer_than_any_head_is_not_the_only_one(tmp_path: Path) -> None:
    ring = [[113.27 + at / 1e6, 23.12] for at in range(9000)] + [[113.28, 23.13], [113.27, 23.12]]
    listed = [({"停车场名称": "甲"}, {"type": "Polygon", "coordinates": [ring]}), FEATURES[1]]
    path = tmp_path / "a.json"
    path.write_text(
        "\n".join(json.dumps({"type": "Feature", "properties": p, "geometry": g}) for p, g in listed), "utf-8"
    )
    assert read_file(path, "parking").report.read == 2
    path.write_text(
        json.dumps({"type": "Feature", "properties": FEATURES[0][0], "geometry": FEATURES[0][1]}, indent=1), "utf-8"
    )
    assert read_file(path, "parking").report.read == 1


@pytest.mark.parametrize("bad", ['{"type": "Feature", "properties": {', "[1]", "第三行"])
def test_a_line_that_is_no_feature_is_named(tmp_path: Path, bad: str) -> None:
    listed = [json.dumps({"type": "Feature", "properties": p, "geometry": g}) for p, g in FEATURES]
    path = tmp_path / "a.geojsonl"
    path.write_text("\n".join([listed[0], bad, listed[1]]), encoding="utf-8")
    with pytest.raises(ReadError, match="line 2 of 3 is no GeoJSON feature"):
        read_file(path, "parking")


def test_a_geojson_in_gbk_is_read_and_said(tmp_path: Path) -> None:
    path = write_geojson(tmp_path / "a.geojson", FEATURES)
    path.write_bytes(json.dumps(json.loads(path.read_text("utf-8")), ensure_ascii=False).encode("gb18030"))
    assert "GB18030" in assert_parking(path).report.facts["encoding"].en


def test_flatgeobuf_whole_and_cut(tmp_path: Path, parking: gpd.GeoDataFrame) -> None:
    path = tmp_path / "a.fgb"
    parking.to_file(path, driver="FlatGeobuf", SPATIAL_INDEX="NO")
    assert assert_parking(path).crs_declared == "EPSG:4490"
    data = path.read_bytes()
    for share in (0.2, 0.5, 0.9, 0.99):
        path.write_bytes(data[: int(len(data) * share)])
        with pytest.raises(ReadError, match=r"a\.fgb"):
            read_file(path, "parking")


def kml(body: str, declaration: str = '<?xml version="1.0" encoding="UTF-8"?>') -> str:
    """Return a KML document."""
    return (
        f'{declaration}<kml xmlns="http://www.opengis.net/kml/2.2"><Document><name>停车</name>{body}</Document></kml>'
    )


def placemark(name: str, count: int, place: tuple[float, float], how: str = "extended") -> str:
    """Return a placemark with its stalls in extended data, or in a table of its description."""
    data = (
        f'<ExtendedData><Data name="泊位总数"><value>{count}</value></Data></ExtendedData>'
        if how == "extended"
        else f"<description><![CDATA[<table><tr><th colspan=2>属性</th></tr><tr><td>泊位总数</td><td>{count}</td></tr>"
        "</table>路边]]></description>"
    )
    point = f"<Point><coordinates>{place[0]},{place[1]},0</coordinates></Point>"
    return f"<Placemark><name>{name}</name>{data}{point}</Placemark>"


MARKS = [placemark(*values) for values in zip(NAMES, STALLS, PLACES, strict=True)]


@pytest.mark.parametrize("how", ["extended", "table"])
def test_kml_with_extended_data_or_a_table_in_the_description(tmp_path: Path, how: str) -> None:
    path = tmp_path / "a.kml"
    path.write_text(kml("".join(placemark(*v, how) for v in zip(NAMES, STALLS, PLACES, strict=True))), encoding="utf-8")
    result = assert_parking(path)
    assert ("路边" in result.frame["remark"].fillna("").iloc[0]) == (how == "table")


@pytest.mark.parametrize(("declared", "encoding"), [("GBK", "gb18030"), ("UTF-8", "gb18030"), ("gb2312", "utf-8")])
def test_kml_in_another_encoding_than_it_declares(tmp_path: Path, declared: str, encoding: str) -> None:
    path = tmp_path / "a.kml"
    path.write_bytes(kml("".join(MARKS), f'<?xml version="1.0" encoding="{declared}"?>').encode(encoding))
    assert_parking(path)


def test_kml_folders_are_layers(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    body = f"<Folder><name>青砖</name>{MARKS[0]}</Folder><Folder><name>水磨</name>{MARKS[1]}</Folder>"
    path.write_text(kml(body), encoding="utf-8")
    result = assert_parking(path)
    assert result.frame["remark"].tolist() == ["文件夹: 青砖", "文件夹: 水磨"]
    assert read_file(f"{path}|layername=水磨", "parking").frame["name"].tolist() == NAMES[1:]
    with pytest.raises(ReadError, match="no folder '东基', but 青砖, 水磨"):
        read_file(f"{path}|layername=东基", "parking")


def test_kmz(tmp_path: Path) -> None:
    text = kml("".join(MARKS)).encode()
    assert_parking(write_zip(tmp_path / "a.kmz", {"doc.kml": text, "files/a.png": b"x", "b/c.kml": b"<kml/>"}))
    with pytest.raises(ReadError, match=r"should hold one \.kml file"):
        read_file(write_zip(tmp_path / "b.kmz", {"a.png": b"x"}), "parking")


def test_kml_that_declares_entities_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.kml"
    path.write_text(
        kml("&b;", '<?xml version="1.0"?><!DOCTYPE kml [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>'), encoding="utf-8"
    )
    with pytest.raises(ReadError, match=r"declares entities|is not KML"):
        read_file(path, "parking")


# drawings

SQUARE = [(425_300.0, 2_558_100.0), (425_340.0, 2_558_100.0), (425_340.0, 2_558_130.0), (425_300.0, 2_558_130.0)]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8"])
def test_closed_polylines_of_a_drawing_are_parcels(tmp_path: Path, encoding: str) -> None:
    inner = [(x + 100, y) for x, y in SQUARE]
    old = [(0, "POLYLINE"), (100, "AcDbEntity"), (8, "旧"), (66, 1), (100, "AcDb2dPolyline"), (70, 1)]
    old += [pair for x, y in inner for pair in ((0, "VERTEX"), (8, "旧"), (10, x), (20, y))] + [(0, "SEQEND")]
    unmarked = [(x, y + 100) for x, y in [*SQUARE, SQUARE[0]]]  # not marked as closed, but ends where it begins
    drawing = dxf(
        polyline(SQUARE, closed=True), old, polyline(unmarked, closed=False), polyline(SQUARE[:3], closed=False),
        words("青砖里", 425_305, 2_558_120), words("旧厂", 425_305, 2_558_110), words("路", 425_500, 2_558_500),
        [(0, "CIRCLE"), (100, "AcDbEntity"), (8, "0"), (100, "AcDbCircle"), (10, 425_310), (20, 2_558_110), (40, 3)],
        header=[(9, "$ACADVER"), (1, "AC1021" if encoding == "utf-8" else "AC1015"), (9, "$DWGCODEPAGE"),
                (3, "ANSI_936")],
    )  # fmt: skip
    path = tmp_path / "地块.dxf"
    path.write_bytes(drawing.encode(encoding))
    result = read_file(path, "idle_land", crs="EPSG:4547")
    assert result.report.read == 3
    assert result.frame["name"].iloc[0] == "青砖里 旧厂"
    assert result.frame["remark"].tolist() == ["图层: 宗地", "图层: 旧", "图层: 宗地"]
    assert result.frame.to_crs("EPSG:4547").area.tolist() == pytest.approx([1200] * 3, abs=1e-3)
    assert "1 条未闭合的线和 1 个其他图元" in result.report.warnings[0].zh
    one = read_file(f"{path}|layername=旧", "idle_land", crs="EPSG:4547")
    assert one.report.read == 1
    with pytest.raises(ReadError, match="nothing on the layer '新', but on"):
        read_file(f"{path}|layername=新", "idle_land", crs="EPSG:4547")


def test_words_go_to_the_smallest_parcel_around_them(tmp_path: Path) -> None:
    outer = [(x * 3 - 850_640, y * 3 - 5_116_230) for x, y in SQUARE]
    path = tmp_path / "a.dxf"
    path.write_text(
        dxf(polyline(outer, closed=True), polyline(SQUARE, closed=True), words("内", 425_305, 2_558_120)), "utf-8"
    )
    result = read_file(path, "idle_land", crs="EPSG:4547")
    assert [None if pd.isna(name) else name for name in result.frame["name"]] == [None, "内"]


def test_a_drawing_without_closed_lines_says_what_to_do(tmp_path: Path) -> None:
    path = tmp_path / "a.dxf"
    path.write_text(dxf(polyline(SQUARE, closed=False)), encoding="utf-8")
    with pytest.raises(ReadError, match=r"only 1 open lines.*PEDIT"):
        read_file(path, "idle_land")


def test_the_reader_names_every_format_that_it_reads() -> None:
    told = re.split(r"[^A-Za-z]+", str(read_file.__doc__).lower())
    by_suffix = {
        ".shp": "shapefile", ".gpkg": "geopackage", ".fgb": "flatgeobuf", ".parquet": "geoparquet",
    }  # fmt: skip
    others = [suffix for suffix in SUFFIXES if "json" not in suffix]
    assert [suffix for suffix in others if by_suffix.get(suffix, suffix[1:]) not in told] == []
    assert {"geojson", "line"} <= set(told)  # one feature a line has five suffixes
