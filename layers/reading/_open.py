"""From a path to the raw content of a file: does it exist, which format is it, which reader serves it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from layers.errors import ReadError, UsageError
from layers.reading._csv import read_csv
from layers.reading._map import read_geojson, read_geopackage, read_geoparquet, read_shapefile
from layers.reading._raw import Raw, table_of
from layers.reading._xlsx import read_xlsx

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Kind

_MAPS = (".geojson", ".json", ".gpkg", ".shp", ".parquet")
_TEXTS = (".csv", ".txt", ".tsv")
_BOOKS = (".xlsx", ".xlsm")
SUFFIXES = _MAPS + _TEXTS + _BOOKS
"""Suffixes of the files that can be read."""

_OTHERS = {
    ".xls": "save it as .xlsx or .csv",
    ".zip": "unpack it first",
    ".dbf": "name the .shp beside it",
    ".shx": "name the .shp beside it",
    ".kml": "export it as GeoJSON or GeoPackage",
    ".dxf": "export it as GeoPackage or Shapefile",
    ".dwg": "export it as GeoPackage or Shapefile",
    ".pbf": "use import-osm",
}


def existing_file(path: Path) -> tuple[Path, str | None]:
    """Return the file of a path and the layer named behind ``|layername=``.

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
            raise ReadError(f"{file} is a directory", hint="name one file in it")
        if not file.exists():
            raise ReadError(f"{file} does not exist", hint="check the path")
        if file.suffix.lower() not in SUFFIXES:
            hint = _OTHERS.get(file.suffix.lower(), f"use one of {', '.join(SUFFIXES)}")
            raise UsageError(f"{file.name}: files of type {file.suffix or '(none)'} cannot be read", hint=hint)
        if file.stat().st_size == 0:
            raise ReadError(f"{file.name} is empty", hint="is it the right file?")
        with file.open("rb"):
            pass
    except OSError as error:
        raise ReadError(f"{file.name} cannot be opened ({error.strerror})", hint="check its permissions") from None
    return file, layer if mark else None


def open_raw(file: Path, layer: str | None, kind: Kind, encoding: str, columns: Mapping[str, str]) -> Raw:
    """Return the raw content of a file that exists.

    Raises
    ------
    ReadError
        If it is damaged or not what its suffix says.
    """
    suffix = file.suffix.lower()
    if suffix in _TEXTS:
        sheet, facts = read_csv(file, encoding)
        raw = table_of(sheet, kind, columns)
        raw.facts = facts | raw.facts
        return raw
    if suffix in _BOOKS:
        sheet, facts, warnings = read_xlsx(file, kind, columns)
        raw = table_of(sheet, kind, columns)
        raw.facts, raw.warnings = facts | raw.facts, warnings
        return raw
    if suffix == ".shp":
        return read_shapefile(file, encoding)
    if suffix == ".gpkg":
        return read_geopackage(file, kind, layer)
    return read_geoparquet(file) if suffix == ".parquet" else read_geojson(file)
