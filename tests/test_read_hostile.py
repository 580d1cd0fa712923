"""Files made to hurt: refused in one line, bounded in memory and time, nothing left behind."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
import xlwt
from reading_files import dxf, polyline, words, write_csv, write_geojson, write_xls, write_xlsx, write_zip

from layers.errors import PanhuoError
from layers.reading import _archive, _encoding, _xlsx, read_file

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROWS = [
    ["停车场名称", "泊位总数", "经度", "纬度"],
    *([f"甲{at}", 20 + at, 113.27101 + at / 997, 23.12101] for at in range(40)),
]
POINT = {"type": "Point", "coordinates": [113.27101, 23.12101]}
MOST_BYTES = 900 * 1024**2
MOST_SECONDS = 30.0


@pytest.fixture(autouse=True)
def _no_litter(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield
    assert list(folder.iterdir()) == []


def refusal(path: Path | str, kind: str = "parking") -> str:
    """Return the one line with which a file is refused."""
    with pytest.raises(PanhuoError) as caught:
        read_file(path, kind)
    text = str(caught.value)
    assert "\n" not in text
    assert caught.value.hint
    assert caught.value.line_zh
    return text


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


def test_coordinates_that_are_no_numbers_or_beyond_all(tmp_path: Path) -> None:
    odd = [
        "[NaN, 23.1]",
        "[113.2, Infinity]",
        "[1e999, 23.1]",
        "[1e300, 1e300]",
        '["113.2", "23.1"]',
        "[113.2]",
        "[]",
        "null",
    ]
    text = ", ".join(
        f'{{"type":"Feature","properties":{{"停车场名称":"乙{at}","泊位总数":9}},'
        f'"geometry":{{"type":"Point","coordinates":{place}}}}}'
        for at, place in enumerate(odd)
    )
    good = ", ".join(json.dumps({"type": "Feature", "properties": p, "geometry": g}) for p, g in _features())
    path = tmp_path / "a.geojson"
    path.write_text(f'{{"type":"FeatureCollection","features":[{good}, {text}]}}', encoding="utf-8")
    try:
        result = read_file(path, "parking")
    except PanhuoError as error:
        assert "\n" not in str(error)  # noqa: PT017
        return
    assert result.report.read == len(ROWS) - 1 + len(odd)
    places = shapely.get_coordinates(result.frame.geometry.to_numpy())
    assert (abs(places) <= 180).all()


def test_cells_that_are_no_coordinates(tmp_path: Path) -> None:
    odd = [["乙", 9, "nan", "23.1"], ["丙", 9, "inf", "-inf"], ["丁", 9, "1e400", "23"], ["戊", 9, "9" * 400, "1"]]
    result = read_file(write_csv(tmp_path / "a.csv", [*ROWS, *odd]), "parking")
    assert result.report.kept == len(ROWS) - 1 + len(odd)
    assert result.report.unlocated == len(odd)


# bounded: one child reads the files, and says how long each took and how much memory it needed

CHILD = """
import json, sys, time
from pathlib import Path
from layers.errors import PanhuoError
from layers.reading import read_file

def peak():
    text = Path("/proc/self/status").read_text()
    return int(text.split("VmHWM:")[1].split()[0]) * 1024

for line in sys.stdin:
    path, kind = json.loads(line)
    Path("/proc/self/clear_refs").write_text("5")
    before, start = peak(), time.monotonic()
    try:
        said = f"read {read_file(Path(path), kind).report.read}"
    except PanhuoError as error:
        said = str(error)
    print(json.dumps([said, time.monotonic() - start, peak() - before]), flush=True)
"""


def _sheet_book(path: Path, sheet: bytes, **parts: bytes) -> Path:
    """Write a workbook around the XML of one sheet; ``parts`` replace members by the end of their name."""
    write_xlsx(path, {"一": ROWS[:3]})
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    members["xl/worksheets/sheet1.xml"] = sheet or members["xl/worksheets/sheet1.xml"]
    members |= {f"xl/{name}.xml": data for name, data in parts.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path


def _sparse_xls(path: Path) -> Path:
    """Write ten sheets, each with a record in its last row and a word in its last column."""
    book = xlwt.Workbook(encoding="utf-8")
    for number in range(10):
        sheet = book.add_sheet(f"表{number}")
        for column, title in enumerate(("停车场名称", "泊位总数")):
            sheet.write(0, column, title)
            sheet.write(65_535, column, f"甲{number}" if not column else number + 5)
        sheet.write(1, 255, "远")
    book.save(str(path))
    return path


def _noise(count: int) -> bytes:
    """Return bytes of text that packing does not save."""
    return b"".join(zlib.crc32(str(at).encode()).to_bytes(4, "little").hex().encode() for at in range(count // 8))


SPREADSHEET = b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%b</sheetData></worksheet>'
CELL = b'<c r="%b" t="inlineStr"><is><t>x</t></is></c>'


def _hostile_files(folder: Path) -> dict[str, tuple[Path, str, str]]:
    """Write the files; name -> path, kind, and what must be said of it."""
    header = b'<row r="1">' + b"".join(
        b'<c r="%b1" t="inlineStr"><is><t>%b</t></is></c>' % (column, title.encode())
        for column, title in ((b"A", "停车场名称"), (b"B", "泊位总数"))
    )
    record = b'<row r="2"><c r="A2" t="inlineStr"><is><t>x</t></is></c><c r="B2"><v>5</v></c></row>'
    wide = b"".join(b'<row r="%d"><c r="XFD%d" s="0"/></row>' % (at, at) for at in range(3, 60_000))
    far = b'<row r="999999999"><c r="A999999999"><v>1</v></c></row>'
    laughs = b'<!DOCTYPE x [<!ENTITY a "%b">%b]><sst>&j;</sst>' % (
        b"ha" * 50,
        b"".join(b'<!ENTITY %c "%b">' % (98 + at, (b"&%c;" % (97 + at)) * 20) for at in range(9)),
    )
    one_line = folder / "line.csv"
    with one_line.open("wb") as stream:
        stream.write("停车场名称,泊位总数\n".encode())
        for _ in range(70):
            stream.write(b"a" * 1024**2)
    deep = folder / "deep.geojson"
    deep.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","properties":{},"geometry":{"type":"Polygon",'
        '"coordinates":' + "[" * 10_000 + "]" * 10_000 + "}}]}"
    )
    props = folder / "props.geojson"
    props.write_text(
        '{"type":"FeatureCollection","features":[{"type":"Feature","geometry":null,"properties":{"a":'
        + '{"a":' * 10_000
        + "1"
        + "}" * 10_000
        + "}}]}"
    )
    tall = folder / "deep.kml"
    tall.write_text('<kml xmlns="x">' + "<Folder>" * 200_000)
    return {
        "a million empty columns": (
            _sheet_book(folder / "wide.xlsx", SPREADSHEET % (header + b"</row>" + record + wide)), "parking", "read 1",
        ),
        "a row at the end of the world": (
            _sheet_book(folder / "far.xlsx", SPREADSHEET % (header + b"</row>" + record + far)),
            "parking", "in column 1 of row 999999999",
        ),
        "a filled cell far to the right": (
            _sheet_book(folder / "right.xlsx", SPREADSHEET % (header + CELL % b"XFD1" + b"</row>" + record)),
            "parking", "something in column 16384 of row 1",
        ),
        "a column beyond Excel": (
            _sheet_book(folder / "zzzz.xlsx", SPREADSHEET % (header + CELL % b"ZZZZZZZ1" + b"</row>" + record)),
            "parking", "xlsx",
        ),
        "a row without end": (
            _sheet_book(folder / "long.xlsx", SPREADSHEET % (header + b"<c/>" * 9_000_000 + b"</row>")),
            "parking", "things in one row",
        ),
        "a billion laughs": (
            _sheet_book(folder / "laughs.xlsx", b"", sharedStrings=laughs), "parking", "declares entities",
        ),
        "two cells in far corners of an old workbook": (
            _sparse_xls(folder / "sparse.xls"), "parking", "read 10",
        ),
        "one line of 70 MB": (one_line, "parking", "a line of more than 64 MB"),
        "coordinates nested 10,000 deep": (deep, "parking", "deep.geojson"),
        "properties nested 10,000 deep": (props, "parking", "props.geojson"),
        "folders in folders": (tall, "parking", "deep.kml"),
        "a comma for every byte": (_written(folder / "commas.csv", b"," * 2_000_000), "parking", "commas.csv"),
        "an open quotation mark": (
            _written(folder / "quote.csv", '停车场名称,泊位总数\n甲,"'.encode() + (b"a,b\n" * 5_000_000)),
            "parking", "quote.csv",
        ),
        "a member of noise": (
            write_zip(folder / "noise.zip", {"a.geojson": b"{" + _noise(20_000_000)}), "parking", "a.geojson",
        ),
    }  # fmt: skip


def _written(path: Path, data: bytes) -> Path:
    path.write_bytes(data)
    return path


def test_memory_and_time_stay_bounded(tmp_path: Path) -> None:
    files = _hostile_files(tmp_path)
    asked = "".join(json.dumps([str(path), kind]) + "\n" for path, kind, _ in files.values())
    done = subprocess.run(
        [sys.executable, "-c", CHILD], input=asked, capture_output=True, text=True, timeout=300, check=False,
        cwd=Path(__file__).resolve().parent.parent,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(answers) == len(files), done.stderr[-2000:]
    for (name, (_, _, expected)), (said, seconds, grown) in zip(files.items(), answers, strict=True):
        assert expected in said, f"{name}: {said}"
        assert "\n" not in said, name
        assert seconds < MOST_SECONDS, f"{name}: {seconds:.1f} s"
        assert grown < MOST_BYTES, f"{name}: {grown / 1e6:.0f} MB"


def test_limits_are_held_to_what_they_say(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_encoding, "MAX_LINE_BYTES", 1024)
    monkeypatch.setattr(_encoding, "BLOCK_BYTES", 100)
    path = tmp_path / "a.csv"
    path.write_bytes("停车场名称,泊位总数\n".encode() + b"a" * 900 + b",5\n" + b"b" * 900 + b",6\n")
    assert read_file(path, "parking").report.read == 2
    path.write_bytes("停车场名称,泊位总数\n".encode() + b"a" * 1100 + b",5\n")
    assert "a line of more than" in refusal(path)
    monkeypatch.setattr(_xlsx, "MAX_UNPACKED_BYTES", 1000)
    assert "unpacks to" in refusal(write_xlsx(tmp_path / "b.xlsx", {"一": ROWS}))


def test_links_to_other_workbooks_are_not_followed(tmp_path: Path) -> None:
    path = write_xlsx(tmp_path / "a.xlsx", {"一": ROWS})
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    link = b'<externalLink xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    target = (
        b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" '
        b'Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/externalLinkPath" '
        b'Target="http://example.invalid/x.xlsx" TargetMode="External"/></Relationships>'
    )
    members |= {"xl/externalLinks/externalLink1.xml": link, "xl/externalLinks/_rels/externalLink1.xml.rels": target}
    sheet = members["xl/worksheets/sheet1.xml"]
    members["xl/worksheets/sheet1.xml"] = sheet.replace(b"<v>20</v>", b"<f>[1]Sheet1!A1</f><v>20</v>")
    write_zip(path, members)
    assert read_file(path, "parking").frame["stall_count"].tolist() == [row[1] for row in ROWS[1:]]
