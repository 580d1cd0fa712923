"""GeoJSON: one document, or one feature a line (RFC 8142 record separators or not), whatever the file is called."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from layers.errors import ReadError
from layers.quality import Text
from layers.reading._encoding import TITLES, as_utf8
from layers.reading._gdal import raw_of, read_frame
from layers.reading._refusals import AGAIN, not_what_it_says
from layers.schema import STORAGE_CRS

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from layers.reading._raw import Raw

SUFFIXES = (".geojson", ".json", ".geojsonl", ".ndjson", ".geojsons", ".geojsonseq")
MAX_SECOND_LOOK_BYTES = 512 * 1024**2
"""Files up to this size are looked at again for geometries that GDAL gave up; it takes ten times their size."""
_HEAD_BYTES, _TAIL_BYTES = 65_536, 4096
_MEMBERS_SHOWN = 10
_BLOCK_BYTES = 1 << 20
_BOM = b"\xef\xbb\xbf"
_SEPARATOR = b"\x1e"
_STATED_CRS = re.compile(rb'"crs"\s*:\s*\{[^{}]*\{[^{}]*"(?:name|code)"\s*:\s*"?([^"}]+)')


def read_geojson(path: Path, encoding: str = "auto") -> Raw:
    """Return a GeoJSON file; without a ``crs`` member it is WGS 84 by RFC 7946, which is a default, not a statement.

    Parameters
    ----------
    path
        One document, or one feature a line or behind each record separator.
    encoding
        ``auto`` or the encoding. The standard knows UTF-8 alone; GBK is found out and said.

    Raises
    ------
    ReadError
        If it is no GeoJSON or is damaged.
    """
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES).removeprefix(_BOM).lstrip()
    if not head.replace(b"\0", b"").lstrip(b"\xff\xfe \t\r\n").startswith((b"{", _SEPARATOR)):
        raise not_what_it_says(path, "GeoJSON", "GeoJSON")
    with as_utf8(path, encoding, lines=False) as (file, name):
        raw = _read_utf8(file)
    if name != "utf-8":
        raw.facts["encoding"] = Text(f"字符编码 {TITLES.get(name, name)}", f"encoding {TITLES.get(name, name)}")
    return raw


def _read_utf8(path: Path) -> Raw:
    """Return a GeoJSON file in UTF-8 without byte-order mark."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES)
        stream.seek(max(path.stat().st_size - _TAIL_BYTES, 0))
        ends = head + stream.read()
    if _is_sequence(path):
        return _read_sequence(path)
    stated = _STATED_CRS.search(ends)
    raw = raw_of(_read(path, "GeoJSON"), "the crs member" if stated else "")
    _check_members(path, raw)
    if stated is None:
        return _by_default(raw)
    raw.preamble = stated[1].decode("utf-8", "replace")
    raw.crs = _stated_crs(raw.preamble) or raw.crs
    return raw


def _read(path: Path, driver: str) -> pd.DataFrame:
    """Return the records that one driver of GDAL reads; another, which a text may ask for, could open other files."""
    return read_frame(path, source=f"{driver}:{path}")


def _by_default(raw: Raw) -> Raw:
    """Return content whose file states no CRS; Panhuo's own exports are WGS 84."""
    raw.crs, raw.crs_from = (CRS(STORAGE_CRS), "the columns of a Panhuo export") if raw.is_own else (None, "")
    return raw


def _is_sequence(path: Path) -> bool:
    """Return whether a text is one JSON value a line: record separators, or a first line that is a whole feature."""
    with path.open("rb") as stream:
        head = stream.read(_HEAD_BYTES).lstrip()
        if head.startswith(_SEPARATOR):
            return True
        if b'"FeatureCollection"' in head.partition(b"\n")[0]:
            return False
        stream.seek(0)
        first = stream.readline(MAX_SECOND_LOOK_BYTES)
        while first and not first.strip():
            first = stream.readline(MAX_SECOND_LOOK_BYTES)
        if not any(block.strip() for block in iter(lambda: stream.read(_BLOCK_BYTES), b"")):
            return False
    try:
        return json.loads(first).get("type") in ("Feature", *_GEOMETRY_TYPES)
    except (ValueError, RecursionError, AttributeError):
        return False


_GEOMETRY_TYPES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon")


def _read_sequence(path: Path) -> Raw:
    """Return one feature a line or record.

    Raises
    ------
    ReadError
        If a line is no feature: GDAL would leave it out without a word.
    """
    count, kind = _count(path)
    try:
        raw = raw_of(_read(path, "GeoJSONSeq"), "")
    except ReadError:
        raise _bad_line(path, count, kind) from None
    if len(raw.cells) != count:
        raise _bad_line(path, count, kind)
    raw.facts["features"] = Text(f"每{kind.zh}一个要素", f"one feature a {kind.en}")
    return _by_default(raw)


_LINE, _RECORD = Text("行", "line"), Text("段", "record")


def _count(path: Path) -> tuple[int, Text]:
    """Return how many lines with something in them, or records behind a separator, a file has; in blocks."""
    lines = records = 0
    is_blank = True
    with path.open("rb") as stream:
        while block := stream.read(_BLOCK_BYTES):
            records += block.count(_SEPARATOR)
            first, *others = block.split(b"\n")
            lines += sum(1 for piece in others if piece.strip()) + (is_blank and bool(first.strip()))
            is_blank = not others[-1].strip() if others else is_blank and not first.strip()
    return (records, _RECORD) if records else (lines, _LINE)


def _bad_line(path: Path, count: int, kind: Text) -> ReadError:
    number = _first_bad(path, kind)
    return ReadError(
        f"{path.name}: {kind.en} {number} of {count} is no GeoJSON feature",
        f"{path.name} 的第 {number} {kind.zh}（共 {count}）不是 GeoJSON 要素",
        **AGAIN,
    )


def _first_bad(path: Path, kind: Text) -> int:
    """Return the number, among those with something in them, of the first line or record that is no feature."""
    number = 0
    for piece in path.read_bytes().split(_SEPARATOR if kind is _RECORD else b"\n"):
        if not piece.strip():
            continue
        number += 1
        try:
            if not isinstance(json.loads(piece), dict):
                return number
        except (ValueError, RecursionError):
            return number
    return number


def _check_members(path: Path, raw: Raw) -> None:
    """Mark the features with a geometry that GDAL could make nothing of; ``null`` geometries are no fault.

    Members of ``features`` that are no objects, which GDAL passes over, are said.

    Raises
    ------
    ReadError
        If no geometry can be read, or GDAL read other features than there are.
    """
    if raw.geometry is None or not shapely.is_missing(raw.geometry).any():
        return
    if path.stat().st_size > MAX_SECOND_LOOK_BYTES:
        return
    try:
        members = json.loads(path.read_text(encoding="utf-8")).get("features", [])
    except (ValueError, RecursionError, AttributeError):
        return
    if not isinstance(members, list) or not members:  # one feature alone: GDAL's reading stands
        return
    features = [item for item in members if isinstance(item, dict)]
    if len(features) != len(raw.geometry):
        raise ReadError(
            f"{path.name}: {len(raw.geometry)} of its {len(features)} features can be read",
            f"{path.name} 有 {len(features)} 个要素，只读出 {len(raw.geometry)} 个",
            **AGAIN,
        )
    others = [str(number) for number, item in enumerate(members, start=1) if not isinstance(item, dict)]
    if others:
        shown = ", ".join(others[:_MEMBERS_SHOWN]) + (" …" if len(others) > _MEMBERS_SHOWN else "")
        raw.warnings.append(
            Text(
                f"features 里有 {len(others)} 项不是要素（第 {shown} 项），没有内容可收",
                f"{len(others)} members of features are no features (number {shown}) and hold nothing to read",
            )
        )
    has_member = np.array([item.get("geometry") is not None for item in features])
    raw.unreadable = has_member & shapely.is_missing(raw.geometry)
    if raw.unreadable.all():
        raise ReadError(
            f"{path.name}: none of its {len(features)} geometries can be read",
            f"{path.name} 的 {len(features)} 个图形都读不出",
            **AGAIN,
        )


def _stated_crs(text: str) -> CRS | None:
    """Return the CRS that the name in a ``crs`` member stands for, ``None`` if it stands for none."""
    try:
        return CRS.from_user_input(text)
    except CRSError:
        return None
