"""Encodings are found by the bytes, in every place where a file has texts; what a declaration says comes second."""

from __future__ import annotations

import codecs
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
    with pytest.raises(ReadError, match="is UTF-8 but damaged in line"):
        read_file(path, "parking")
    path.write_bytes(b"\xff\xff\xff," * 30)
    with pytest.raises(ReadError, match="neither UTF-8 nor GB18030"):
        read_file(path, "parking")
    with pytest.raises(ReadError, match=r"is not gb18030 \(line 1, byte 1\)"):
        read_file(path, "parking", encoding="gb18030")


@pytest.mark.parametrize("mark", [b"", codecs.BOM_UTF8])
@pytest.mark.parametrize(("first", "then"), [("utf-8", "gb18030"), ("gb18030", "utf-8")])
@pytest.mark.parametrize("told", ["auto", "utf-8"])
def test_parts_in_two_encodings_are_named_by_their_lines(
    tmp_path: Path, mark: bytes, first: str, then: str, told: str
) -> None:
    if mark and first == "gb18030":
        return  # no program writes this mark before GBK
    lines = [
        "name,lon,lat",
        *(f"停车场{name}号,113.2701{at},23.1201{at}" for at, name in enumerate("甲乙丙丁戊己庚辛")),
    ]
    path = tmp_path / "a.csv"
    path.write_bytes(mark + "\n".join(lines[:5]).encode(first) + b"\n" + "\n".join(lines[5:]).encode(then) + b"\n")
    gbk, utf8 = (6, 2) if first == "utf-8" else (2, 6)
    with pytest.raises(ReadError, match=f"mixes two encodings: line {gbk} is GBK .*, line {utf8} UTF-8") as caught:
        read_file(path, "parking", encoding=told)
    assert f"第 {gbk} 行" in (caught.value.line_zh or "")


def test_one_line_in_gbk_below_a_title_in_utf8(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"  # all of it can be read as GB18030, as nonsense
    path.write_bytes("名称,经度,纬度\n甲场,113.27012,23.12034\n".encode() + "乙场,113.28012,23.13034\n".encode("gbk"))
    with pytest.raises(ReadError, match="line 3 is GBK"):
        read_file(path, "parking")


def test_a_mark_that_does_not_hold_is_told_with_the_line(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(codecs.BOM_UTF8 + b"name,lon,lat\na,113.2,23.1\nb\xff\xff,113.2,23.1\n")
    with pytest.raises(ReadError, match=r"begins with the mark of UTF-8 \(BOM\), but line 3 is not in it \(byte 31\)"):
        read_file(path, "parking")


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


@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "gbk"])
def test_texts_guarded_against_becoming_numbers_are_the_texts(tmp_path: Path, encoding: str, quoted: bool) -> None:
    guard = '"=""{0}"""'.format if quoted else '="{0}"'.format
    lines = ["工单编号,受理时间,诉求内容,来源"]
    lines += [f"{guard(20261002000 + at)},2026-10-02,{guard('路灯不亮')},{guard('')}" for at in range(3)]
    path = tmp_path / "工单.csv"
    path.write_bytes(("\r\n".join(lines) + "\r\n").encode(encoding))
    result = read_file(path, "report")
    assert result.frame["source_id"].tolist() == ["20261002000", "20261002001", "20261002002"]
    assert result.frame["content"].tolist() == ["路灯不亮"] * 3
    assert result.frame["channel"].isna().all()
    assert '="' not in str(result.report.to_dict())


def test_a_formula_that_only_begins_like_a_guard_stays_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "工单.csv"
    path.write_text('工单编号,诉求内容\n1,"=""甲""&""乙"""\n2,"=HYPERLINK(""x"")"\n', encoding="utf-8")
    assert read_file(path, "report").frame["content"].tolist() == ['="甲"&"乙"', '=HYPERLINK("x")']
