"""Files made to exhaust: one child reads them, and says how long each took and how much memory it needed."""

from __future__ import annotations

import json
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
import xlwt
from reading_checks import ROWS, refusal
from reading_files import write_xlsx, write_zip

from layers.reading import _encoding, _xlsx, read_file

pytest_plugins = ["reading_fixtures"]
pytestmark = pytest.mark.usefixtures("temporary_folder")

MOST_BYTES = 900 * 1024**2
MOST_SECONDS = 30.0

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
