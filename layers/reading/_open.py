"""From a path to the raw content of a file: does it exist, which format is it, which reader serves it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from layers.errors import ReadError, UsageError
from layers.quality import Text
from layers.reading import _archive, _geojson
from layers.reading._books import read_book
from layers.reading._contents import with_contents
from layers.reading._corner_text import corner_sheet, is_corner_text
from layers.reading._corners import corner_raw, is_corner_list
from layers.reading._csv import read_csv
from layers.reading._dxf import read_dxf
from layers.reading._editions import period_of
from layers.reading._geojson import read_geojson
from layers.reading._kml import read_kml, read_kmz
from layers.reading._map import read_flatgeobuf, read_geopackage, read_geoparquet, read_shapefile
from layers.reading._raw import Raw, table_of
from layers.reading._refusals import IS_IT_RIGHT
from layers.reading._xls import OLE_MAGIC, xls_sheets
from layers.reading._xlsx import xlsx_sheets

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers.schema import Kind


class Request(NamedTuple):
    """What is asked of a reader: the file, a layer in it, the kind, the encoding, columns that the user named.

    ``latest_year`` is the year after which nothing can have been recorded yet.
    """

    file: Path
    layer: str | None
    kind: Kind
    encoding: str
    columns: Mapping[str, str]
    latest_year: int | None = None


def _table(ask: Request) -> Raw:
    """Return a text table, or the parcels of a list of corner points."""
    if _starts_with(ask.file, OLE_MAGIC, _ZIP_MAGIC):
        raw = _book(ask)
        raw.warnings.append(
            Text("这个文件其实是 Excel 工作簿，按工作簿读入", "this file is a workbook and is read as one")
        )
        return raw
    is_filing = is_corner_text(ask.file)
    sheet, facts = (corner_sheet if is_filing else read_csv)(ask.file, ask.encoding)
    is_corners = "polygon" in ask.kind.geometry and is_corner_list(sheet)
    raw = corner_raw([sheet]) if is_corners else table_of(sheet, ask.kind, ask.columns)
    raw.facts = facts | raw.facts
    return raw


def _book(ask: Request) -> Raw:
    """Return a workbook, by its content and not by its suffix: programs save the one format under the other's name."""
    sheets = xls_sheets(ask.file) if _starts_with(ask.file, OLE_MAGIC) else xlsx_sheets(ask.file)
    for sheet in sheets:
        sheet.period = period_of(sheet.name, latest_year=ask.latest_year)
    return read_book(ask.file, sheets, ask.kind, ask.columns, ask.layer)


def _zip(ask: Request) -> Raw:
    """Return the one readable file of an archive, or the one that is named."""
    there = _archive.members(ask.file)
    likely = (ask.kind.name, ask.kind.zh, *ask.kind.aliases)
    chosen, layer = _archive.choose(ask.file, there, _IN_ARCHIVES, ask.layer, likely)
    with _archive.unpacked(ask.file, there, chosen) as file:
        raw = _read(ask._replace(file=file, layer=layer))
    raw.facts = {"member": _archive.told(chosen, there, _IN_ARCHIVES)} | raw.facts
    raw.preamble = f"{raw.preamble} {chosen.path.stem}".strip()
    return raw


_ZIP_MAGIC = b"PK\x03\x04"
_READERS: dict[str, Callable[[Request], Raw]] = {
    **dict.fromkeys(_geojson.SUFFIXES, lambda ask: read_geojson(ask.file, ask.encoding)),
    ".gpkg": lambda ask: read_geopackage(ask.file, ask.kind, ask.layer),
    ".shp": lambda ask: read_shapefile(ask.file, ask.encoding),
    ".parquet": lambda ask: read_geoparquet(ask.file),
    ".geoparquet": lambda ask: read_geoparquet(ask.file),
    ".fgb": lambda ask: read_flatgeobuf(ask.file),
    ".kml": lambda ask: read_kml(ask.file, ask.layer, ask.encoding),
    ".kmz": lambda ask: read_kmz(ask.file, ask.layer, ask.encoding),
    ".dxf": lambda ask: read_dxf(ask.file, ask.kind, ask.layer, ask.encoding),
    ".csv": _table,
    ".txt": _table,
    ".tsv": _table,
    ".xlsx": _book,
    ".xlsm": _book,
    ".xls": _book,
    ".zip": _zip,
}
_IN_ARCHIVES = frozenset(_READERS) - {".zip"}
_WITH_LAYERS = frozenset((".gpkg", ".kml", ".kmz", ".dxf", ".xlsx", ".xlsm", ".xls", ".zip"))
SUFFIXES = tuple(_READERS)
"""Suffixes of the files that can be read."""

_OTHERS = {
    ".dbf": Text("请写旁边的 .shp 文件", "name the .shp beside it"),
    ".shx": Text("请写旁边的 .shp 文件", "name the .shp beside it"),
    ".dwg": Text("请在 CAD 里另存为 DXF", "save it as DXF in CAD"),
    ".gdb": Text("请导出为 GeoPackage 或 Shapefile", "export it as GeoPackage or Shapefile"),
    ".mdb": Text("请导出为 GeoPackage 或 Shapefile", "export it as GeoPackage or Shapefile"),
    ".gml": Text("请导出为 GeoPackage 或 GeoJSON", "export it as GeoPackage or GeoJSON"),
    ".et": Text("请另存为 .xlsx 或 .csv", "save it as .xlsx or .csv"),
    ".ods": Text("请另存为 .xlsx 或 .csv", "save it as .xlsx or .csv"),
    ".doc": Text("请把其中的表格存为 .xlsx 或 .csv", "save its table as .xlsx or .csv"),
    ".docx": Text("请把其中的表格存为 .xlsx 或 .csv", "save its table as .xlsx or .csv"),
    ".pdf": Text("请向来源方要表格文件（.xlsx、.csv）", "ask its source for the table as .xlsx or .csv"),
    ".rar": Text("请先解压，或改用 zip 打包", "unpack it first, or pack it as zip"),
    ".7z": Text("请先解压，或改用 zip 打包", "unpack it first, or pack it as zip"),
    ".gz": Text("请先解压", "unpack it first"),
    ".pbf": Text("请用 panhuo import-osm", "use import-osm"),
}


def existing_file(path: Path) -> tuple[Path, str | None]:
    """Return the file of a path and the layer, sheet or member named behind ``|layername=``.

    Raises
    ------
    ReadError
        If the file is missing, a directory, empty or not readable.
    UsageError
        If its format is none that can be read.
    """
    name, mark, layer = str(path).partition("|layername=")
    file = Path(name)
    try:
        if file.is_dir():
            raise ReadError(
                f"{file} is a directory", f"{file} 是文件夹", hint="name one file in it", hint_zh="请写其中一个文件"
            )
        if not file.exists():
            raise ReadError(f"{file} does not exist", f"{file} 不存在", hint="check the path", hint_zh="请核对路径")
        if file.suffix.lower() not in SUFFIXES:
            known = ", ".join(SUFFIXES)
            hint_zh, hint = _OTHERS.get(file.suffix.lower(), Text(f"可读 {known}", f"use one of {known}"))
            raise UsageError(
                f"{file.name}: files of type {file.suffix or '(none)'} cannot be read",
                f"{file.name}：不能读 {file.suffix or '没有后缀的'} 文件",
                hint=hint,
                hint_zh=hint_zh,
            )
        if file.stat().st_size == 0:
            raise ReadError(f"{file.name} is empty", f"{file.name} 是空文件", **IS_IT_RIGHT)
        with file.open("rb"):
            pass
    except (OSError, ValueError) as error:
        raise ReadError(
            f"{file.name} cannot be opened ({getattr(error, 'strerror', None) or error})",
            f"{file.name} 打不开",
            hint="check its path and permissions",
            hint_zh="请检查路径和文件权限",
        ) from None
    return file, layer if mark else None


def open_raw(ask: Request) -> Raw:
    """Return the raw content of a file that exists.

    Raises
    ------
    ReadError
        If it is damaged or not what its suffix says.
    """
    return with_contents(_read(ask), ask.kind, ask.columns)


def _read(ask: Request) -> Raw:
    """Return what the reader of a file's suffix gives.

    Raises
    ------
    ReadError
        If a layer is named in a format that has none.
    """
    suffix = ask.file.suffix.lower()
    if ask.layer is not None and suffix not in _WITH_LAYERS and not _starts_with(ask.file, OLE_MAGIC, _ZIP_MAGIC):
        raise ReadError(
            f"{ask.file.name} has no layers, and so no {ask.layer!r}",
            f"{ask.file.name} 不分图层，没有 {ask.layer!r}",
            hint="leave |layername= out",
            hint_zh="请去掉 |layername=",
        )
    return _READERS[suffix](ask)


def _starts_with(file: Path, *marks: bytes) -> bool:
    with file.open("rb") as stream:
        return stream.read(8).startswith(marks)
