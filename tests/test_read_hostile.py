"""Files made to hurt: refused in one line, bounded in memory and time, nothing left behind."""

from __future__ import annotations

import json
import zlib
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from reading_checks import ROWS, refusal
from reading_files import dxf, polyline, words, write_csv, write_geojson, write_xls, write_xlsx, write_zip

from layers.reading import _archive, read_file

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytest_plugins = ["reading_fixtures"]
pytestmark = pytest.mark.usefixtures("temporary_folder")

POINT = {"type": "Point", "coordinates": [113.27101, 23.12101]}


# archives


@pytest.mark.parametrize("name", ["../a.csv", "b/../../a.csv", "/etc/a.csv", "C:/a.csv", "..\\a.csv", "C:\\a.csv"])
def test_names_that_lead_out_of_the_folder(tmp_path: Path, name: str) -> None:
    path = write_zip(tmp_path / "z.zip", {"good.csv": write_csv(tmp_path / "g.csv", ROWS).read_bytes(), name: b"x"})
    assert "leads out of its folder" in refusal(path)
    assert not (tmp_path.parent / "a.csv").exists()


def test_bombs_by_ratio_by_size_and_by_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "unpacks to 100 MB" in refusal(write_zip(tmp_path / "a.zip", {"a.csv": b"0" * 100_000_000}))
    assert "unpacks to 100 MB" in refusal(write_zip(tmp_path / "a.kmz", {"doc.kml": b" " * 100_000_000}))
    monkeypatch.setattr(_archive, "MAX_MEMBERS", 50)
    many = write_zip(tmp_path / "b.zip", {f"{at}.csv": b"x" for at in range(51)})
    assert "holds 51 files" in refusal(many)


def test_archives_in_archives_and_archives_of_nothing(tmp_path: Path) -> None:
    inner = write_zip(tmp_path / "i.zip", {"a.csv": b"x"}).read_bytes()
    assert "holds another archive, i.zip" in refusal(write_zip(tmp_path / "a.zip", {"i.zip": inner}))
    assert "holds nothing that can be read (a.png)" in refusal(write_zip(tmp_path / "b.zip", {"a.png": b"x"}))
    assert "holds nothing" in refusal(write_zip(tmp_path / "c.zip", {}))
    assert "no zip archive" in refusal(write_csv(tmp_path / "d.zip", ROWS))


def test_locked_archives(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"a.csv": b"x"})
    data = bytearray(path.read_bytes())
    data[6] |= 1
    at = data.index(b"PK\x01\x02")
    data[at + 8] |= 1
    path.write_bytes(bytes(data))
    assert "locked with a password" in refusal(path)


def test_a_member_that_is_not_what_the_directory_says(tmp_path: Path) -> None:
    path = tmp_path / "a.zip"
    csv = write_csv(tmp_path / "a.csv", ROWS).read_bytes()
    write_zip(path, {"a.csv": csv})
    whole = path.read_bytes()
    at = whole.index(b"PK\x01\x02")
    shorter = whole[: at + 24] + (len(csv) - 9).to_bytes(4, "little") + whole[at + 28 :]  # it unpacks to more
    wrong_sum = whole[: at + 16] + zlib.crc32(b"other").to_bytes(4, "little") + whole[at + 20 :]
    bad_method = whole[:8] + b"\x63\0" + whole[10 : at + 10] + b"\x63\0" + whole[at + 12 :]
    for data in (shorter, wrong_sum, bad_method):
        path.write_bytes(data)
        assert "cannot be unpacked" in refusal(path)


def test_a_name_flagged_as_utf8_that_is_not(tmp_path: Path) -> None:
    path = write_zip(tmp_path / "a.zip", {"停车.csv": b"x"})
    path.write_bytes(path.read_bytes().replace("停车".encode(), b"\xff\xfe\xff\xfe\xff\xfe"))
    assert "a.zip" in refusal(path)


# cut short

PLACES = [(425_300.0 + 60 * at, 2_558_100.0) for at in range(30)]
SQUARES = [[(x, y), (x + 40, y), (x + 40, y + 30), (x, y + 30)] for x, y in PLACES]


def _features() -> list[tuple[dict[str, Any], Any]]:
    return [({"停车场名称": row[0], "泊位总数": row[1]}, {"type": "Point", "coordinates": row[2:]}) for row in ROWS[1:]]


def _seed(suffix: str, folder: Path) -> Path:
    """Write a good file of a format."""
    path = folder / f"a{suffix}"
    frame = gpd.GeoDataFrame(
        {"name": [row[0] for row in ROWS[1:]]}, geometry=[shapely.Point(row[2:]) for row in ROWS[1:]], crs="EPSG:4326"
    )
    kml = "".join(
        f"<Placemark><name>{name}</name><Point><coordinates>{x},{y}</coordinates></Point></Placemark>"
        for name, _, x, y in ROWS[1:]
    )
    document = f'<kml xmlns="http://www.opengis.net/kml/2.2"><Document>{kml}</Document></kml>'
    makers: dict[str, Callable[[], Any]] = {
        ".xls": lambda: write_xls(path, {"一": ROWS}),
        ".xlsx": lambda: write_xlsx(path, {"一": ROWS}),
        ".zip": lambda: write_zip(path, {"a.csv": write_csv(folder / "b.csv", ROWS).read_bytes()}),
        ".kml": lambda: path.write_text(document, encoding="utf-8"),
        ".kmz": lambda: write_zip(path, {"doc.kml": document.encode()}),
        ".dxf": lambda: path.write_text(dxf(*(polyline(s, closed=True) for s in SQUARES), words("甲", 1, 1)), "utf-8"),
        ".fgb": lambda: frame.to_file(path, driver="FlatGeobuf"),
        ".gpkg": lambda: frame.to_file(path),
        ".parquet": lambda: frame.to_parquet(path),
        ".geojson": lambda: write_geojson(path, _features()),
    }
    makers[suffix]()
    return path


@pytest.mark.parametrize(
    "suffix", [".xls", ".xlsx", ".zip", ".kml", ".kmz", ".dxf", ".fgb", ".gpkg", ".parquet", ".geojson"]
)
def test_every_format_cut_short(tmp_path: Path, suffix: str) -> None:
    path = _seed(suffix, tmp_path)
    data = path.read_bytes()
    for share in (0.001, 0.02, 0.3, 0.6, 0.9, 0.99):
        path.write_bytes(data[: max(1, int(len(data) * share))])
        assert f"a{suffix}" in refusal(path, "idle_land" if suffix == ".dxf" else "parking")


def test_a_text_of_parquet_that_is_no_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    frame = gpd.GeoDataFrame({"name": ["甲停车场", "乙停车场"]}, geometry=[shapely.Point(113, 23)] * 2, crs="EPSG:4326")
    frame.to_parquet(path, compression=None, column_encoding="PLAIN", use_dictionary=False)
    path.write_bytes(path.read_bytes().replace("甲停".encode(), b"\x80\x80\x80\x80\x80\x80"))
    assert "cannot be read as GeoParquet" in refusal(path)


# not what the suffix says

PICTURE = (
    b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR\0\0\0\x01\0\0\0\x01\x08\x02\0\0\0\x90wS\xde\0\0\0\x0cIDATx\x9cc\xf8\xcf\xc0\0\0\x03\x01"
    b"\x01\0\x18\xdd\x8d\xb0\0\0\0\0IEND\xaeB`\x82"
)


@pytest.mark.parametrize(
    "suffix", [".csv", ".xlsx", ".xls", ".zip", ".kml", ".dxf", ".fgb", ".gpkg", ".shp", ".geojson", ".parquet"]
)
@pytest.mark.parametrize(
    "data", [PICTURE, b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\0\0", b"<html><table></table></html>"]
)
def test_a_picture_a_page_and_a_document_under_every_suffix(tmp_path: Path, suffix: str, data: bytes) -> None:
    path = tmp_path / f"a{suffix}"
    path.write_bytes(data)
    assert f"a{suffix}" in refusal(path)


def test_a_text_that_asks_for_another_driver_is_not_followed(tmp_path: Path) -> None:
    secret = write_geojson(tmp_path / "secret.geojson", _features())
    layer = f"<OGRVRTLayer name='a'><SrcDataSource>{secret}</SrcDataSource></OGRVRTLayer>"
    layer = f"<OGRVRTDataSource>{layer}</OGRVRTDataSource>"
    for suffix in (".geojson", ".kml", ".gpkg", ".fgb", ".shp", ".dxf"):
        path = tmp_path / f"a{suffix}"
        path.write_text(layer, encoding="utf-8")
        assert f"a{suffix} is not" in refusal(path)


# coordinates


@pytest.mark.parametrize(
    ("place", "outcome"),
    [
        ("[NaN, 23.1]", "unlocated"),
        ("[113.2, Infinity]", "unlocated"),
        ("[1e999, 23.1]", "a.geojson cannot be read"),
        ("[1e300, 1e300]", "mixes degrees (2 records) with other coordinates"),
        ('["113.2", "23.1"]', "left out"),
        ("[113.2]", "left out"),
        ("[]", "left out"),
        ("null", "left out"),
    ],
)
def test_coordinates_that_are_no_numbers_or_beyond_all(tmp_path: Path, place: str, outcome: str) -> None:
    good = ", ".join(json.dumps({"type": "Feature", "properties": p, "geometry": g}) for p, g in _features()[:2])
    geometry = f'{{"type":"Point","coordinates":{place}}}'
    odd = f'{{"type":"Feature","properties":{{"停车场名称":"乙","泊位总数":9}},"geometry":{geometry}}}'
    path = tmp_path / "a.geojson"
    path.write_text(f'{{"type":"FeatureCollection","features":[{good}, {odd}]}}', encoding="utf-8")
    if outcome not in ("unlocated", "left out"):
        assert outcome in refusal(path)
        return
    report = read_file(path, "parking").report
    assert (report.read, report.kept) == (3, 3 if outcome == "unlocated" else 2)
    assert (report.unlocated, report.left_out) == ((1, 0) if outcome == "unlocated" else (0, 1))


def test_members_that_are_no_features_hide_no_lost_geometry(tmp_path: Path) -> None:
    bad = '{"type":"Feature","properties":{"停车场名称":"乙"},"geometry":{"type":"Circle","coordinates":[113.2,23.1]}}'
    good = json.dumps({"type": "Feature", "properties": _features()[0][0], "geometry": POINT})
    path = tmp_path / "a.geojson"
    path.write_text(f'{{"type":"FeatureCollection","features":[{good}, null, {bad}, 3]}}', encoding="utf-8")
    report = read_file(path, "parking").report
    assert (report.read, report.kept, report.left_out) == (2, 1, 1)
    assert any("2 项不是要素（第 2, 4 项）" in item.zh for item in report.warnings)


def test_cells_that_are_no_coordinates(tmp_path: Path) -> None:
    odd = [["乙", 9, "nan", "23.1"], ["丙", 9, "inf", "-inf"], ["丁", 9, "1e400", "23"], ["戊", 9, "9" * 400, "1"]]
    result = read_file(write_csv(tmp_path / "a.csv", [*ROWS, *odd]), "parking")
    assert result.report.kept == len(ROWS) - 1 + len(odd)
    assert result.report.unlocated == len(odd)
