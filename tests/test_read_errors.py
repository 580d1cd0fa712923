"""Files that cannot be read: one line, the file's name, the next step; never a traceback, never a wait."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reading_files import shp_header, write_csv, write_geojson, write_xlsx, zip_bomb

from layers.errors import CheckError, PanhuoError, ReadError, UsageError
from layers.reading import read_file

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [["停车场名称", "泊位总数"], ["甲", "5"]]
SUFFIXES = (".geojson", ".json", ".gpkg", ".shp", ".csv", ".xlsx", ".parquet")


def refusal(path: Path, kind: str = "parking") -> str:
    """Return the one line with which a file is refused."""
    with pytest.raises(PanhuoError) as caught:
        read_file(path, kind)
    text = str(caught.value)
    assert "\n" not in text
    assert caught.value.hint
    return text


def test_a_missing_file_and_a_directory(tmp_path: Path) -> None:
    assert "does not exist" in refusal(tmp_path / "无.csv")
    assert "is a directory" in refusal(tmp_path)


@pytest.mark.parametrize("suffix", SUFFIXES)
def test_an_empty_file(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.touch()
    assert refusal(path).startswith(f"a{suffix} is empty")


@pytest.mark.parametrize("suffix", [suffix for suffix in SUFFIXES if suffix != ".csv"])
def test_a_text_under_another_suffix(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_text("这只是一段文字。\n" * 100, encoding="utf-8")
    assert f"a{suffix} is not" in refusal(path)


def test_a_binary_under_csv(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(bytes(range(256)) * 10)
    assert "is not a text file" in refusal(path)


@pytest.mark.parametrize("suffix", [".rar", ".dwg", ".gdb", ".dbf", ".pbf", ".docx", ""])
def test_formats_that_are_not_read_say_what_to_do(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(b"x")
    with pytest.raises(UsageError, match="cannot be read"):
        read_file(path, "parking")


def test_a_result_kind_and_an_unknown_kind(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    assert "is a result" in refusal(path, "opportunity")
    assert "no layer kind" in refusal(path, "停车")


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
@pytest.mark.parametrize("suffix", [".geojson", ".gpkg", ".xlsx", ".parquet"])
def test_a_file_cut_short(tmp_path: Path, suffix: str, share: float) -> None:
    path = tmp_path / f"a{suffix}"
    places = [shapely.Point(113 + at / 1000, 23.12345) for at in range(200)]
    frame = gpd.GeoDataFrame({"name": [f"P{at}" for at in range(200)]}, geometry=places, crs="EPSG:4326")
    if suffix == ".xlsx":
        write_xlsx(path, {"一": [ROWS[0], *([f"P{at}", at] for at in range(200))]})
    elif suffix == ".parquet":
        frame.to_parquet(path)
    else:
        frame.to_file(path)
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * share)])
    assert f"a{suffix}" in refusal(path)


def test_a_shapefile_that_is_only_a_header(tmp_path: Path) -> None:
    path = tmp_path / "a.shp"
    path.write_bytes(shp_header(5000))
    assert "cut short: 100 of 10000 bytes" in refusal(path)


def test_tables_with_nothing_in_them(tmp_path: Path) -> None:
    assert "no records below its header" in refusal(write_csv(tmp_path / "a.csv", ROWS[:1]))
    blank = tmp_path / "b.csv"
    blank.write_text(" \n\n", encoding="utf-8")
    assert "is empty" in refusal(blank)
    assert "only totals or notes" in refusal(write_csv(tmp_path / "c.csv", [ROWS[0], ["合计", "5"]]))
    assert "no cells" in refusal(write_xlsx(tmp_path / "d.xlsx", {"一": []}))
    assert "no records" in refusal(write_geojson(tmp_path / "e.geojson", []))


def test_the_wrong_kind_is_told_with_the_right_one(tmp_path: Path) -> None:
    rows = [["站点名称", "充电桩数", "快充桩数", "总功率", "服务费"], ["甲", "5", "2", "120", "0.3"]]
    with pytest.raises(CheckError, match=r"import it as charging"):
        read_file(write_csv(tmp_path / "a.csv", rows), "heritage")


def test_columns_that_nobody_knows_are_listed(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match=r"its columns are foo, bar.*--column"):
        read_file(write_csv(tmp_path / "a.csv", [["foo", "bar"], ["p", "q"]]), "parking")


def test_a_corner_list_of_one_corner_is_no_parcel(tmp_path: Path) -> None:
    rows = [["宗地号", "点号", "X坐标", "Y坐标"], ["RQ-1", "J1", "2558124.254", "38425326.452"]]
    with pytest.raises(ReadError, match="corner points"):
        read_file(write_csv(tmp_path / "a.csv", rows), "idle_land")


def test_a_zip_that_is_no_workbook_and_a_bomb(tmp_path: Path) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("hello.txt", "x")
    assert "no Excel workbook" in refusal(path)
    assert "unpacks to 100 MB" in refusal(zip_bomb(tmp_path / "b.xlsx", 100_000_000))


def test_geojson_nested_ten_thousand_deep(tmp_path: Path) -> None:
    path = tmp_path / "a.geojson"
    path.write_text('{"type":"FeatureCollection","features":' + "[" * 10_000 + "]" * 10_000 + "}", encoding="utf-8")
    assert "a.geojson" in refusal(path)
    deep = {"type": "Point", "coordinates": [113, 23]}
    for _ in range(200):
        deep = {"type": "GeometryCollection", "geometries": [deep]}
    path.write_text(json.dumps({"type": "Feature", "properties": {"name": "a"}, "geometry": deep}), encoding="utf-8")
    assert "a.geojson" in refusal(path)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(min_size=1, max_size=300), suffix=st.sampled_from(SUFFIXES))
def test_no_bytes_end_in_a_traceback(tmp_path: Path, data: bytes, suffix: str) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data)
    with pytest.raises(PanhuoError):
        read_file(path, "parking")


CELLS = st.one_of(
    st.none(), st.text(max_size=12), st.sampled_from(["113.27", "23.12", "合计", "同1", "约300", "1,2", "=1"])
)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.lists(st.lists(CELLS, min_size=6, max_size=6), min_size=1, max_size=6))
def test_any_cells_are_counted_or_refused(tmp_path: Path, body: list[list[str | None]]) -> None:
    header = ["序号", "停车场名称", "泊位总数", "经度", "纬度", "有效期至"]
    cleaned = [[None if cell is None else cell.replace("\x00", "") for cell in row] for row in body]
    path = tmp_path / "a.csv"
    try:
        write_csv(path, [header, *cleaned])
        report = read_file(path, "parking").report
    except (PanhuoError, UnicodeEncodeError):
        return
    report.check_counts()
    assert report.kept <= report.read <= len(body)


def test_errors_of_the_reader_are_of_its_class(tmp_path: Path) -> None:
    with pytest.raises(ReadError):
        read_file(tmp_path / "a.csv", "parking")


def test_a_geometry_that_cannot_be_read_is_left_out_and_a_null_one_waits_for_a_place(tmp_path: Path) -> None:
    point = {"type": "Point", "coordinates": [113.27, 23.13]}
    geometries = [point, None, {"type": "Polygon", "coordinates": "none"}]
    features = [
        {"type": "Feature", "properties": {"name": f"虚构车场{at}", "stall_count": 10 + at}, "geometry": geometry}
        for at, geometry in enumerate(geometries)
    ]
    file = tmp_path / "parking.geojson"
    file.write_text(json.dumps({"type": "FeatureCollection", "features": features}), encoding="utf-8")
    result = read_file(file, "parking")
    assert result.frame["name"].tolist() == ["虚构车场0", "虚构车场1"]
    assert (result.report.read, result.report.kept, result.report.left_out, result.report.unlocated) == (3, 2, 1, 1)
    assert [item.record for item in result.report.findings if item.rule == "geometry_unreadable"] == [3]
