"""Layers and results as files that other programs read: RFC 7946 GeoJSON, GeoPackage, CSV, XLSX."""

from __future__ import annotations

import contextlib
import os
import sqlite3
import warnings
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd
import pyarrow as pa
import pyogrio
from pyogrio.errors import DataSourceError

from layers.crs import parse_crs
from layers.errors import UsageError, WorkspaceError
from layers.schema import STORAGE_CRS
from layers.writing._geojson import write_geojson
from layers.writing._tables import with_places, write_csv, write_xlsx

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from pyproj import CRS

    from layers.schema import Kind

SUFFIXES = (".geojson", ".gpkg", ".csv", ".xlsx")
"""Suffixes of the files that can be written."""

_GEOJSON_CODES = (4326, 4490)


def write_layer(
    frame: pd.DataFrame,
    kind: Kind,
    path: Path,
    *,
    crs: str | None = None,
    attribution: str | None = None,
    notice: str | None = None,
) -> int:
    """Write the records of a layer or a result to a file, in the format of its suffix; return how many.

    The file appears complete or not at all. Personal columns are never written; columns that the kind does not declare
    (``x_…``, ``v_…`` of a run) are written after the declared ones.

    - ``.geojson``: RFC 7946; WGS 84, seven decimals, feature ids; ``attribution`` and ``notice`` are foreign members.
    - ``.gpkg``: any CRS; attribution and notice stand in its metadata and in the layer's description.
    - ``.csv``: UTF-8 with a byte-order mark; ``lon``, ``lat`` of a point inside (WGS 84) and the geometry as WKT.
      CSV has no place for attribution or notice: they stand in ``NAME.csv.txt`` beside it.
    - ``.xlsx``: the same columns, those of a result headed by their Chinese titles, those of an input by the names by
      which they are read back; a second sheet 说明 holds names, titles, units, codes, attribution and notice.

    In CSV and XLSX a text that a spreadsheet would run as a formula is written with an apostrophe before it;
    :func:`layers.reading.read_file` takes it off again.

    Parameters
    ----------
    frame
        Records; a GeoDataFrame with a CRS, or a plain table.
    kind
        What they are.
    path
        Where to write; its folder must exist.
    crs
        ``EPSG:n`` of the coordinates written; ``None`` is WGS 84. GeoJSON can only be WGS 84 (or 4490, the same
        within planning scale).
    attribution, notice
        Whose data it is under which licence, and the notice of sample data.

    Raises
    ------
    UsageError
        If the format, the CRS or the folder will not do.
    DatumError
        If there is no such CRS.
    WorkspaceError
        If the file cannot be written.
    """
    suffix = path.suffix.lower()
    if suffix not in SUFFIXES:
        raise UsageError(
            f"files of type {path.suffix or '(none)'} cannot be written",
            f"不能写 {path.suffix or '没有后缀的'} 文件",
            hint=f"use {', '.join(SUFFIXES)}",
            hint_zh=f"可用 {', '.join(SUFFIXES)}",
        )
    target = _target_crs(crs, suffix)
    table, places = _split(frame, kind)
    is_again = path.exists()
    with _replacing(path) as part:
        _write(part, table, places, kind, target, attribution or "", notice or "")
    if suffix == ".csv":
        said = [line for line in (notice, attribution) if line]
        _write_beside(path.with_name(f"{path.name}.txt"), said, is_again=is_again)
    return len(table)


def _write_beside(path: Path, lines: list[str], *, is_again: bool) -> None:
    """Write what a format has no place for; what was said of an earlier file of the name is gone in any case."""
    if lines:
        with _replacing(path) as beside:
            beside.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
    elif is_again:
        path.unlink(missing_ok=True)


def _write(
    part: Path, table: pd.DataFrame, places: gpd.GeoSeries, kind: Kind, target: CRS, attribution: str, notice: str
) -> None:
    """Write one file in the format of its suffix, which is one of :data:`SUFFIXES` in any case."""
    suffix = part.suffix.lower()
    if suffix == ".geojson":
        lonlat = places.to_crs(STORAGE_CRS).to_numpy()
        with part.open("w", encoding="utf-8") as stream:
            write_geojson(stream, table, lonlat, kind, attribution=attribution, notice=notice)
    elif suffix == ".gpkg":
        _write_geopackage(part, table, places.to_crs(target), kind, attribution, notice)
    elif suffix == ".csv":
        write_csv(part, _with_places(table, places, kind, target), kind)
    else:
        write_xlsx(part, _with_places(table, places, kind, target), kind, attribution=attribution, notice=notice)


def _with_places(table: pd.DataFrame, places: gpd.GeoSeries, kind: Kind, target: CRS) -> pd.DataFrame:
    if not kind.geometry:
        return table
    projected = gpd.GeoDataFrame(table, geometry=places.to_crs(target))
    return with_places(table, projected, places.to_crs(STORAGE_CRS), target)


def _target_crs(crs: str | None, suffix: str) -> CRS:
    """Return the CRS to write in.

    Raises
    ------
    UsageError
        If the format cannot hold it, or it is a web-map datum, in which nothing is ever written.
    """
    asked = parse_crs(crs or STORAGE_CRS) or parse_crs(STORAGE_CRS)
    assert asked is not None  # noqa: S101  (STORAGE_CRS is not "auto")
    if asked.shift:
        raise UsageError(
            f"nothing is written in {asked.shift}",
            f"不写出 {asked.shift} 坐标",
            hint="use EPSG:n, such as EPSG:4490 or EPSG:4547",
            hint_zh="请用 EPSG 编号，如 EPSG:4490、EPSG:4547",
        )
    if suffix == ".geojson" and asked.crs.to_epsg() not in _GEOJSON_CODES:
        raise UsageError(
            f"GeoJSON is WGS 84 by RFC 7946, not {asked.name}",
            f"GeoJSON 按 RFC 7946 只用 WGS 84，不能写 {asked.name}",
            hint="write .gpkg for another CRS",
            hint_zh="要别的坐标系请写 .gpkg",
        )
    return asked.crs


def _split(frame: pd.DataFrame, kind: Kind) -> tuple[pd.DataFrame, gpd.GeoSeries]:
    """Return the columns that are written, declared ones first, and the geometries."""
    geometry_name = frame._geometry_column_name if isinstance(frame, gpd.GeoDataFrame) else None  # noqa: SLF001
    declared = [name for name in kind.columns if name in frame.columns and not kind[name].personal]
    extra = [name for name in frame.columns if name not in kind and name not in (geometry_name, "geometry")]
    table = pd.DataFrame(frame[[*declared, *extra]]).reset_index(drop=True)
    if isinstance(frame, gpd.GeoDataFrame) and geometry_name in frame.columns:
        places = frame.geometry.reset_index(drop=True)
        return table, places if places.crs is not None else places.set_crs(STORAGE_CRS)
    return table, gpd.GeoSeries([None] * len(table), index=table.index, crs=STORAGE_CRS)


@contextlib.contextmanager
def _replacing(path: Path) -> Iterator[Path]:
    """Give a file to write beside ``path``; it takes the place of ``path`` when all went well, else it is removed.

    Raises
    ------
    UsageError
        If the folder is missing or ``path`` is a folder.
    WorkspaceError
        If the disk refuses.
    """
    if path.is_dir():
        raise UsageError(
            f"{path} is a directory", f"{path} 是文件夹", hint="name a file in it", hint_zh="请写其中的文件名"
        )
    if not path.parent.is_dir():
        raise UsageError(
            f"the folder {path.parent} does not exist",
            f"文件夹 {path.parent} 不存在",
            hint="make it first",
            hint_zh="请先新建",
        )
    part = path.with_name(f".{path.stem}.{os.getpid()}.part{path.suffix}")
    try:
        yield part
        part.replace(path)
    except (OSError, DataSourceError, sqlite3.Error) as error:
        reason = getattr(error, "strerror", None) or " ".join(str(error).split())[:160]
        raise WorkspaceError(
            f"{path} cannot be written ({reason})",
            f"无法写入 {path}（{reason}）",
            hint="check the folder and the disk",
            hint_zh="请检查文件夹权限和磁盘空间",
        ) from None
    finally:
        part.unlink(missing_ok=True)


def _write_geopackage(
    path: Path, table: pd.DataFrame, places: gpd.GeoSeries, kind: Kind, attribution: str, notice: str
) -> None:
    """Write one layer named like the kind; attribution and notice go into metadata and description."""
    days = [item.name for item in kind.fields if item.dtype == "date" and item.name in table]
    typed = table.astype(dict.fromkeys(days, pd.ArrowDtype(pa.date32())))
    said = {name: text for name, text in (("attribution", attribution), ("notice", notice)) if text}
    options = {
        "layer": kind.name,
        "driver": "GPKG",
        "layer_options": {"IDENTIFIER": kind.zh, "DESCRIPTION": "; ".join([kind.en, *said.values()])},
        "use_arrow": True,
    }
    if said:
        options["layer_metadata"] = said
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", category=RuntimeWarning)  # GDAL on names that it launders; none are lost
        if kind.geometry:
            unknown = {} if len(table) else {"geometry_type": "Unknown"}
            pyogrio.write_dataframe(gpd.GeoDataFrame(typed, geometry=places), path, **options, **unknown)
        else:
            pyogrio.write_dataframe(typed, path, **options)
