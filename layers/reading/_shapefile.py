"""Shapefiles: all parts there and whole, the table in its right encoding (the language byte often lies)."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, NamedTuple

from layers.errors import ReadError
from layers.quality import Text
from layers.reading._cut_texts import split
from layers.reading._encoding import common_share, looks_like_big5
from layers.reading._refusals import AGAIN, not_what_it_says
from layers.reading._titles import Title

if TYPE_CHECKING:
    from pathlib import Path

TITLE_BYTES = 10
"""A title in a DBF is cut behind so many bytes."""
_SHP_MAGIC, _SHP_HEADER_BYTES = 9994, 100
_SAMPLE_BYTES = 16 * 1024**2
_MOSTLY = 0.98
_PAIRED = 0.8  # of the high bytes; Western words have single ones, which GBK would swallow with the next letter
_LANGUAGE_BYTES = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5", 0x03: "cp1252", 0x57: "", 0x00: ""}
_TITLES = {"utf-8": "UTF-8", "gb18030": "GBK (GB18030)", "big5": "Big5", "ascii": "ASCII"}


class Table(NamedTuple):
    """What the header of a DBF says, its titles and its texts (titles among them) that are not ASCII, as bytes.

    ``is_sample`` says that there are more texts than were looked at.
    """

    record_count: int
    language_byte: int
    titles: list[bytes]
    texts: list[bytes]
    is_sample: bool


def check_parts(path: Path) -> dict[str, Path]:
    """Return the parts of a shapefile by suffix.

    Raises
    ------
    ReadError
        If the file is no shapefile, a part is missing, or a part is shorter than its header says.
    """
    stem = path.stem.lower()
    parts = {item.suffix.lower(): item for item in path.parent.iterdir() if item.stem.lower() == stem}
    with path.open("rb") as stream:
        header = stream.read(_SHP_HEADER_BYTES)
    if len(header) < _SHP_HEADER_BYTES or struct.unpack(">i", header[:4])[0] != _SHP_MAGIC:
        raise not_what_it_says(path, "a shapefile", "Shapefile")
    stated = struct.unpack(">i", header[24:28])[0] * 2
    if path.stat().st_size < stated:
        raise ReadError(
            f"{path.name} is cut short: {path.stat().st_size} of {stated} bytes",
            f"{path.name} 不完整：应有 {stated} 字节，只有 {path.stat().st_size}",
            **AGAIN,
        )
    for suffix in (".shx", ".dbf"):
        if suffix not in parts:
            raise ReadError(
                f"{path.stem}{suffix} is missing beside {path.name}",
                f"{path.name} 旁边缺 {path.stem}{suffix}",
                hint="a shapefile is .shp, .shx and .dbf together (.prj and .cpg if there are any); copy them all",
                hint_zh="Shapefile 由 .shp、.shx、.dbf 组成（有 .prj、.cpg 也要），请一并拷来",
            )
    return parts


def read_table(path: Path) -> Table:
    """Return the header of a DBF and its texts.

    Raises
    ------
    ReadError
        If it is no DBF or is cut short.
    """
    size = path.stat().st_size
    with path.open("rb") as stream:
        head = stream.read(32)
        if len(head) < 32:
            raise ReadError(f"{path.name} is empty or cut short", f"{path.name} 是空的或不完整", **AGAIN)
        count, header_bytes, record_bytes = struct.unpack("<IHH", head[4:12])
        if record_bytes < 1 or size < header_bytes + count * record_bytes:
            raise ReadError(
                f"{path.name} is cut short: it should hold {count} records",
                f"{path.name} 不完整：应有 {count} 条记录",
                **AGAIN,
            )
        descriptors = stream.read(max(header_bytes - 32, 0))
        body = stream.read(min(count * record_bytes, _SAMPLE_BYTES))
    titles: list[bytes] = []
    texts: list[bytes] = []
    offset = 1
    for start in range(0, len(descriptors) - 31, 32):
        item = descriptors[start : start + 32]
        if item[0] in (0x0D, 0x00):
            break
        titles.append(item[:11].split(b"\0")[0].strip())
        width = item[16]
        if item[11:12] == b"C":
            texts += [body[at + offset : at + offset + width] for at in range(0, len(body), record_bytes)]
        offset += width
    texts = [text.strip(b" \0") for text in (*titles, *texts) if not text.isascii()]
    return Table(count, head[29], titles, texts, is_sample=count * record_bytes > _SAMPLE_BYTES)


class Encoding(NamedTuple):
    """The encoding of a table, what to say of it, and whether what the file declares is not so."""

    name: str
    text: Text
    is_against: bool


def find_encoding(parts: dict[str, Path], table: Table) -> Encoding:
    """Return the encoding of a shapefile's table, weighing ``.cpg``, the language byte and the bytes themselves.

    Bytes that are valid UTF-8 by the thousand are UTF-8, whatever the declarations say; bytes that are not, but make
    everyday Chinese in GBK or surely in Big5, are that. A declaration decides only where the bytes leave it open.
    """
    cpg = parts[".cpg"].read_text("ascii", "ignore").strip()[:40] if ".cpg" in parts else ""
    stated = _codec(cpg) or _LANGUAGE_BYTES.get(table.language_byte, "")
    told = f".cpg: {cpg or '—'}, 0x{table.language_byte:02X}"
    if not table.texts:
        return Encoding("utf-8", Text(f"字符编码 ASCII ({told})", f"encoding ASCII ({told})"), is_against=False)
    name = _by_bytes(table.texts, stated)
    title = _TITLES.get(name, name)
    against = name != stated and bool(stated)
    doubt = ", which the bytes contradict" if against else ""
    zh = f"属性表编码 {title}（按字节判断；声明 {told}{'，与字节不符' if against else ''}）"
    en = f"encoding of the table {title} (from its bytes; declared {told}{doubt})"
    return Encoding(name, Text(zh, en), against)


def titles_of(path: Path, table: Table, encoding: str) -> list[Title]:
    """Return the titles of a table; of those that its format may have cut it is told how they go on.

    Raises
    ------
    ReadError
        If they are in another encoding.
    """
    widest = len("中".encode(encoding, "replace"))
    titles: list[Title] = []
    for data in table.titles:
        try:
            text, rest = split(data, encoding)
        except UnicodeDecodeError:
            raise undecodable(path, encoding) from None
        may_be_cut = len(data) + widest > TITLE_BYTES  # some programs take the broken character away
        titles.append(Title(text, cut=(encoding, rest) if may_be_cut else None))
    return titles


def undecodable(path: Path, encoding: str, record: int | None = None, field: str | None = None) -> ReadError:
    """Return the error for a table with texts in another encoding than the one found or told."""
    return ReadError(
        f"{path.name}: texts of its table are not in {encoding}",
        f"{path.name} 的属性表有文字不是 {encoding} 编码",
        record=record,
        field=field,
        hint="mend them, or name another encoding with --encoding (auto finds it)",
        hint_zh="请改正，或用 --encoding 指明其他编码（auto 由程序判断）",
    )


def _by_bytes(texts: list[bytes], stated: str) -> str:
    """Return the encoding that the bytes speak for; the declared one where they leave it open."""
    fits_utf8 = _share(texts, "utf-8") >= _MOSTLY
    is_chinese = stated == "gb18030" or _pairs_share(texts) >= _PAIRED
    fits_gbk = is_chinese and _share(texts, "gb18030") >= _MOSTLY
    if fits_utf8 and not (fits_gbk and stated == "gb18030" and _few(texts)):
        return "utf-8"
    if looks_like_big5(b"".join(texts)) and _share(texts, "big5") >= _MOSTLY:
        return "big5"
    if stated == "big5" and _share(texts, "big5") >= _MOSTLY and common_share(b"".join(texts), "gb18030") < 1.0:
        return "big5"
    if stated not in ("", "utf-8", "cp1252", "big5") and _share(texts, stated) >= _MOSTLY:
        return stated
    if fits_gbk:
        return "gb18030"
    return stated if stated not in ("", "utf-8") else "cp1252"


def _codec(cpg: str) -> str:
    """Return the Python name of what a ``.cpg`` says; empty for what is not known or says nothing (ISO 8859-1)."""
    text = re.sub(r"[\s_-]", "", cpg).lower()
    if text in ("utf8", "65001"):
        return "utf-8"
    if text in ("gbk", "gb2312", "gb18030", "936", "cp936", "ansi936", "54936", "oem936"):
        return "gb18030"
    if text in ("big5", "950", "cp950", "ansi950"):
        return "big5"
    return "cp1252" if text in ("iso88591", "88591", "1252", "cp1252", "ansi1252", "latin1") else ""


def _share(texts: list[bytes], encoding: str) -> float:
    """Return the share of texts that can be decoded; a character cut by the width of its column is forgiven."""
    return sum(_fits(text, encoding) for text in texts) / len(texts)


def _fits(text: bytes, encoding: str) -> bool:
    try:
        split(text, encoding)
    except UnicodeDecodeError:
        return False
    return True


def _pairs_share(texts: list[bytes]) -> float:
    """Return the share of high bytes that stand in pairs of the GB 2312 plane, as Chinese text does."""
    high = sum(byte > 0x7F for text in texts for byte in text)
    paired = sum(2 * len(re.findall(rb"[\xA1-\xF7][\xA1-\xFE]", text)) for text in texts)
    return paired / high if high else 0.0


def _few(texts: list[bytes]) -> bool:
    """Return whether there is too little text for its bytes to tell UTF-8 from GBK (the ``联通`` case)."""
    return sum(len(text) for text in texts) < 12
