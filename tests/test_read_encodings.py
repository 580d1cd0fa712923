"""Encodings are found by the bytes, in every place where a file has texts; what a declaration says comes second."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from reading_files import set_language_byte, write_csv, write_shapefile

from layers.errors import ReadError, UsageError
from layers.reading import _encoding, read_file
from layers.reading._encoding import as_utf8, scan

if TYPE_CHECKING:
    from pathlib import Path

ROWS = [
    ["停车场名称", "泊位总数", "地址"],
    *([f"锦荣花园第{at}停车场", 30 + at, f"榕桥街水磨坊路{at}号一楼"] for at in range(30)),
]
TRADITIONAL = [
    ["name", "泊位數", "地址"],
    *([f"灣仔第{at}停車場", 30 + at, f"香港灣仔軒尼詩道{at}號地下"] for at in range(30)),
]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_table_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    result = read_file(write_csv(tmp_path / "a.csv", ROWS, encoding=encoding), "parking")
    assert result.frame["name"].tolist() == [row[0] for row in ROWS[1:]]
    assert result.frame["stall_count"].tolist() == [row[1] for row in ROWS[1:]]


def test_big5_where_the_bytes_leave_no_doubt(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", TRADITIONAL, encoding="big5")
    result = read_file(path, "parking")
    assert result.report.facts["encoding"].en == "encoding Big5"
    assert result.frame["name"].tolist() == [row[0] for row in TRADITIONAL[1:]]
    gbk = write_csv(tmp_path / "b.csv", TRADITIONAL, encoding="gbk")
    assert scan(gbk).encoding == "gb18030"


def test_rare_characters_of_gb18030_in_four_bytes(tmp_path: Path) -> None:
    rows = [ROWS[0], ["㐀𠀀塱", 5, "塱头村"], *ROWS[1:]]
    result = read_file(write_csv(tmp_path / "a.csv", rows, encoding="gb18030"), "parking")
    assert result.frame["name"].iloc[0] == "㐀𠀀塱"


@given(st.text(st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5), min_size=40, max_size=200))
def test_a_character_cut_by_a_block_is_no_fault(tmp_path_factory: pytest.TempPathFactory, text: str) -> None:
    path = tmp_path_factory.mktemp("e") / "a.txt"
    before = _encoding.BLOCK_BYTES
    try:
        _encoding.BLOCK_BYTES = 7
        for encoding in ("utf-8", "gb18030"):
            path.write_bytes(f"名称,{text}\n".encode(encoding))
            with as_utf8(path, encoding) as (file, _):
                assert file.read_text("utf-8") == f"名称,{text}\n"
            assert scan(path, encoding).encoding == encoding
    finally:
        _encoding.BLOCK_BYTES = before


def test_damage_is_told_with_its_place(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a.csv", ROWS)
    data = path.read_bytes()
    at = data.index("水磨坊".encode()) + 1
    path.write_bytes(data[:at] + b"\xff" + data[at + 1 :])
    with pytest.raises(ReadError, match="is UTF-8 but damaged at byte"):
        read_file(path, "parking")
    path.write_bytes(b"\xff\xff\xff," * 30)
    with pytest.raises(ReadError, match="neither UTF-8 nor GB18030"):
        read_file(path, "parking")
    with pytest.raises(ReadError, match=r"is not gb18030 \(byte 1\)"):
        read_file(path, "parking", encoding="gb18030")


@pytest.mark.parametrize("encoding", ["utf-9", "hex", "rot13", "a\0b", ""])
def test_encodings_that_are_none(tmp_path: Path, encoding: str) -> None:
    with pytest.raises(UsageError, match="there is no encoding"):
        read_file(write_csv(tmp_path / "a.csv", ROWS), "parking", encoding=encoding)


def _frame(rows: list[list[Any]]) -> gpd.GeoDataFrame:
    places = [shapely.Point(113.27101 + at / 997, 23.12101) for at in range(len(rows) - 1)]
    return gpd.GeoDataFrame({"name": [row[0] for row in rows[1:]]}, geometry=places, crs="EPSG:4490")


@pytest.mark.parametrize("written", ["UTF-8", "GBK", "BIG5"])
@pytest.mark.parametrize("cpg", ["UTF-8", "GBK", "BIG5", "ISO-8859-1", None, "无"])
@pytest.mark.parametrize("language", [0x00, 0x4D, 0x57, 0x78])
def test_a_declaration_that_lies_loses_to_the_bytes(
    tmp_path: Path, written: str, cpg: str | None, language: int
) -> None:
    rows = TRADITIONAL if written == "BIG5" else ROWS
    path = write_shapefile(tmp_path / "a.shp", _frame(rows), encoding=written)
    if cpg:
        path.with_suffix(".cpg").write_text(cpg, encoding="utf-8")
    set_language_byte(path.with_suffix(".dbf"), language)
    result = read_file(path, "parking")
    assert result.frame["name"].tolist() == [row[0] for row in rows[1:]]
    lies = cpg in ("UTF-8", "GBK", "BIG5") and cpg != written
    assert any("与字节不符" in item.zh for item in result.report.warnings) or not lies
