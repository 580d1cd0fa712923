"""Map files through GDAL and pyarrow: GeoPackage, shapefile, FlatGeobuf, GeoParquet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pyarrow as pa
import pyarrow.parquet as pq
import pyogrio
from pyproj.exceptions import CRSError

from layers.errors import ReadError
from layers.quality import Text
from layers.reading._curves import curved_records
from layers.reading._cut_texts import BYTES_AS_TEXT, decoded, is_cut
from layers.reading._encoding import known
from layers.reading._gdal import gdal, layer_names, raw_of, read_frame
from layers.reading._refusals import AGAIN, IS_IT_RIGHT, not_what_it_says
from layers.reading._shapefile import Encoding, check_parts, find_encoding, read_table, titles_of, undecodable

if TYPE_CHECKING:
    from pathlib import Path

    from layers.reading._raw import Raw
    from layers.schema import Kind

_SQLITE_MAGIC = b"SQLite format 3\0"
_PARQUET_MAGIC = b"PAR1"
_FLATGEOBUF_MAGIC = b"fgb\x03"


def read_shapefile(path: Path, encoding: str) -> Raw:
    """Return a shapefile, its table in the right encoding.

    Raises
    ------
    UsageError
        If there is no such encoding.
    ReadError
        If a part is missing or damaged, or its texts are in another encoding.
    """
    parts = check_parts(path)
    table = read_table(parts[".dbf"])
    found = find_encoding(parts, table)
    if encoding.lower() != "auto":
        told = Text(f"字符编码按指定 {encoding}", f"encoding as told: {encoding}")
        found = Encoding(known(encoding), told, is_against=False)
    is_spoilt = table.is_sample or is_cut(table.texts, found.name)
    frame = read_frame(path, encoding=BYTES_AS_TEXT if is_spoilt else found.name)
    raw = raw_of(frame, "the .prj file" if ".prj" in parts else "")
    if len(raw.cells) != table.record_count:
        raise ReadError(
            f"{path.name} has {len(raw.cells)} shapes and its .dbf {table.record_count} records",
            f"{path.name} 有 {len(raw.cells)} 个图形，.dbf 却有 {table.record_count} 条记录",
            **AGAIN,
        )
    raw.titles = titles_of(path, table, found.name)
    if is_spoilt:
        _decode(path, raw, found.name)
    raw.facts["encoding"] = found.text
    raw.warnings += [found.text] if found.is_against else []
    raw.is_cut = True
    return raw


def _decode(path: Path, raw: Raw, encoding: str) -> None:
    """Put texts that were read byte by byte into their encoding; says which are cut within a character.

    Raises
    ------
    ReadError
        If a text is in another encoding.
    """
    for number, title in enumerate(raw.titles):
        if raw.cells[number].dtype not in ("object", "str", "string"):
            continue
        try:
            raw.cells[number], cut = decoded(raw.cells[number], encoding)
        except UnicodeDecodeError as error:
            raise undecodable(path, encoding, error.start + 1, title.text) from None
        if cut:
            text = raw.cells[number].iloc[cut[0]]
            raw.warnings.append(
                Text(
                    f"“{title.text}”列有 {len(cut)} 条被字段宽度截断在半个字处（“{text}”），半个字已去掉",
                    f"{len(cut)} cells of {title.text} are cut within a character ({text!r}); the half is left out",
                )
            )


def read_geopackage(path: Path, kind: Kind, layer: str | None) -> Raw:
    """Return the layer of a GeoPackage: the one named, the only one, or the one named like the kind.

    Raises
    ------
    ReadError
        If the file is no GeoPackage, is damaged, or has several layers and none is named.
    """
    with path.open("rb") as stream:
        if stream.read(16) != _SQLITE_MAGIC:
            raise not_what_it_says(path, "a GeoPackage", "GeoPackage")
    names = layer_names(path)
    if not names:
        raise ReadError(f"{path.name} has no layers", f"{path.name} 里没有图层", **IS_IT_RIGHT)
    chosen = layer or (names[0] if len(names) == 1 else kind.name if kind.name in names else None)
    if chosen is None or chosen not in names:
        shown = ", ".join(names)
        raise ReadError(
            f"{path.name} has the layers {shown}"
            if layer is None
            else f"{path.name} has no layer {layer!r}, but {shown}",
            f"{path.name} 有图层 {shown}" + ("" if layer is None else f"，没有 {layer!r}"),
            hint_zh=f"请指明一个：{path.name}|layername={names[0]}",
            hint=f"name one: {path.name}|layername={names[0]}",
        )
    raw = raw_of(read_frame(path, layer=chosen), "the GeoPackage")
    raw.curved = curved_records(path, layer=chosen)
    raw.facts["layer"] = Text(f"图层 {chosen}", f"layer {chosen}")
    return raw


def read_flatgeobuf(path: Path) -> Raw:
    """Return a FlatGeobuf file.

    Raises
    ------
    ReadError
        If it is no FlatGeobuf, or damaged.
    """
    with path.open("rb") as stream:
        if stream.read(4) != _FLATGEOBUF_MAGIC:
            raise not_what_it_says(path, "a FlatGeobuf file", "FlatGeobuf")
    stated = int(gdal(path, pyogrio.read_info)["features"])
    raw = raw_of(read_frame(path), "the FlatGeobuf header")
    if 0 <= stated != len(raw.cells):
        raise ReadError(
            f"{path.name} is cut short: {len(raw.cells)} of {stated} records",
            f"{path.name} 不完整：应有 {stated} 条记录，只有 {len(raw.cells)}",
            **AGAIN,
        )
    raw.curved = curved_records(path)
    return raw


def _check_texts(path: Path) -> None:
    """Raise if a text of a Parquet file is no UTF-8: pyarrow takes it on trust, and fails where it is first looked at.

    Raises
    ------
    pyarrow.lib.ArrowInvalid
        A ``ValueError``, as for other damage.
    """
    schema = pq.read_schema(path)
    texts = [item.name for item in schema if pa.types.is_string(item.type) or pa.types.is_large_string(item.type)]
    if texts:
        pq.read_table(path, columns=texts).validate(full=True)


def read_geoparquet(path: Path) -> Raw:
    """Return a GeoParquet file.

    Raises
    ------
    ReadError
        If it is no GeoParquet or is damaged.
    """
    with path.open("rb") as stream:
        if stream.read(4) != _PARQUET_MAGIC:
            raise not_what_it_says(path, "a Parquet file", "Parquet")
    try:
        _check_texts(path)
        frame = gpd.read_parquet(path)
    except (ValueError, OSError, KeyError, TypeError, pa.ArrowException, CRSError) as error:
        reason = " ".join(str(error).split())[:160]
        raise ReadError(
            f"{path.name} cannot be read as GeoParquet ({reason})", f"{path.name} 不能按 GeoParquet 读取", **AGAIN
        ) from None
    return raw_of(frame, "the GeoParquet metadata")
