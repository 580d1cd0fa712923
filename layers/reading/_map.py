"""Map files through GDAL and pyarrow: GeoJSON, GeoPackage, shapefile, GeoParquet."""

from __future__ import annotations

import json
import re
import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely
from pyogrio.errors import DataLayerError, DataSourceError, FieldError
from pyproj import CRS
from pyproj.exceptions import CRSError

from layers.errors import ReadError
from layers.quality import Text
from layers.reading._columns_match import Title
from layers.reading._raw import MAX_COLUMNS, Raw
from layers.reading._shapefile import check_parts, find_encoding, read_table
from layers.schema import STORAGE_CRS

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.schema import Kind

_SQLITE_MAGIC = b"SQLite format 3\0"
_PARQUET_MAGIC = b"PAR1"
_AGAIN = "copy or export it again from its source"


def read_shapefile(path: Path, encoding: str) -> Raw:
    """Return a shapefile, its table in the right encoding.

    Raises
    ------
    ReadError
        If a part is missing or damaged.
    """
    parts = check_parts(path)
    table = read_table(parts[".dbf"])
    name, told = find_encoding(parts, table)
    if encoding.lower() != "auto":
        name, told = encoding, Text(f"字符编码按指定 {encoding}", f"encoding as told: {encoding}")
    raw = _raw(_read(path, encoding=name), "the .prj file" if ".prj" in parts else "")
    if len(raw.cells) != table.record_count:
        raise ReadError(
            f"{path.name} has {len(raw.cells)} shapes and its .dbf {table.record_count} records", hint=_AGAIN
        )
    raw.facts["encoding"] = told
    raw.is_cut = True
    return raw


def read_geopackage(path: Path, kind: Kind, layer: str | None) -> Raw:
    """Return the layer of a GeoPackage: the one named, the only one, or the one named like the kind.

    Raises
    ------
    ReadError
        If the file is no GeoPackage, is damaged, or has several layers and none is named.
    """
    with path.open("rb") as stream:
        if stream.read(16) != _SQLITE_MAGIC:
            raise ReadError(f"{path.name} is not a GeoPackage, whatever its name says", hint="is it the right file?")
    names = [str(row[0]) for row in _gdal(path, pyogrio.list_layers)]
    if not names:
        raise ReadError(f"{path.name} has no layers", hint="is it the right file?")
    chosen = layer or (names[0] if len(names) == 1 else kind.name if kind.name in names else None)
    if chosen is None or chosen not in names:
        shown = ", ".join(names)
        raise ReadError(
            f"{path.name} has the layers {shown}"
            if layer is None
            else f"{path.name} has no layer {layer!r}, but {shown}",
            hint=f"name one: {path.name}|layername={names[0]}",
        )
    raw = _raw(_read(path, layer=chosen), "the GeoPackage")
    raw.facts["layer"] = Text(f"图层 {chosen}", f"layer {chosen}")
    return raw


def read_geojson(path: Path) -> Raw:
    """Return a GeoJSON file; without a ``crs`` member it is WGS 84 by RFC 7946, which is a default, not a statement.

    Raises
    ------
    ReadError
        If it is no GeoJSON or is damaged.
    """
    with path.open("rb") as stream:
        head = stream.read(65_536)
        stream.seek(max(path.stat().st_size - 4096, 0))
        ends = head + stream.read()
    if not head.removeprefix(b"\xef\xbb\xbf").lstrip().startswith(b"{"):
        raise ReadError(f"{path.name} is not GeoJSON, whatever its name says", hint="is it the right file?")
    stated = re.search(rb'"crs"\s*:\s*\{[^{}]*\{[^{}]*"(?:name|code)"\s*:\s*"?([^"}]+)', ends)
    raw = _raw(_read(path), "the crs member" if stated else "")
    raw.unreadable = _unreadable(path, raw)
    if stated is None:
        raw.crs, raw.crs_from = (CRS(STORAGE_CRS), "the columns of a Panhuo export") if raw.is_own else (None, "")
    else:
        raw.preamble = stated[1].decode("utf-8", "replace")
        raw.crs = _stated_crs(raw.preamble) or raw.crs
    return raw


def _unreadable(path: Path, raw: Raw) -> NDArray[np.bool_] | None:
    """Return which features have a geometry member that GDAL could make nothing of; ``null`` members are no fault.

    Raises
    ------
    ReadError
        If that is all of them.
    """
    if raw.geometry is None or not shapely.is_missing(raw.geometry).any():
        return None
    try:
        features = json.loads(path.read_text(encoding="utf-8-sig")).get("features", [])
    except (ValueError, RecursionError, AttributeError):
        return None  # one feature a line, or one feature alone: GDAL's reading stands
    if len(features) != len(raw.geometry):
        return None
    has_member = np.array([isinstance(item, dict) and item.get("geometry") is not None for item in features])
    is_lost: NDArray[np.bool_] = has_member & shapely.is_missing(raw.geometry)
    if is_lost.all():
        raise ReadError(f"{path.name}: none of its {len(features)} geometries can be read", hint=_AGAIN)
    return is_lost


def _stated_crs(text: str) -> CRS | None:
    """Return the CRS that the name in a ``crs`` member stands for, ``None`` if it stands for none."""
    try:
        return CRS.from_user_input(text)
    except CRSError:
        return None


def read_geoparquet(path: Path) -> Raw:
    """Return a GeoParquet file.

    Raises
    ------
    ReadError
        If it is no GeoParquet or is damaged.
    """
    with path.open("rb") as stream:
        if stream.read(4) != _PARQUET_MAGIC:
            raise ReadError(f"{path.name} is not a Parquet file, whatever its name says", hint="is it the right file?")
    try:
        frame = gpd.read_parquet(path)
    except (ValueError, OSError, KeyError, CRSError) as error:
        reason = " ".join(str(error).split())[:160]
        raise ReadError(f"{path.name} cannot be read as GeoParquet ({reason})", hint=_AGAIN) from None
    return _raw(frame, "the GeoParquet metadata")


def _gdal(path: Path, call: Any, **options: Any) -> Any:
    """Return what a pyogrio function gives for a path, its errors told in one line, its warnings not shown."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", category=RuntimeWarning)
            warnings.simplefilter("ignore", category=UserWarning)
            return call(path, **options)
    except (DataSourceError, DataLayerError, FieldError) as error:
        reason = " ".join(str(error).split()).replace(str(path), path.name)[:160]
        raise ReadError(f"{path.name} cannot be read ({reason})", hint=_AGAIN) from None
    except (UnicodeDecodeError, LookupError) as error:
        raise ReadError(f"{path.name}: its texts cannot be decoded ({error})", hint="name it with --encoding") from None
    except (ValueError, RuntimeError, OverflowError) as error:
        reason = " ".join(str(error).split())[:160]
        raise ReadError(f"{path.name} cannot be read ({reason})", hint=_AGAIN) from None


def _read(path: Path, **options: Any) -> pd.DataFrame:
    with warnings.catch_warnings(record=True):
        frame: pd.DataFrame = _gdal(path, pyogrio.read_dataframe, **options)
    if frame.empty:
        raise ReadError(f"{path.name} has no records", hint="is it the right file?")
    if len(frame.columns) > MAX_COLUMNS:
        raise ReadError(f"{path.name} has {len(frame.columns)} columns", hint=f"a layer may have {MAX_COLUMNS}")
    return frame


def _raw(frame: pd.DataFrame, crs_from: str) -> Raw:
    crs, geometry = None, None
    if isinstance(frame, gpd.GeoDataFrame) and frame._geometry_column_name in frame.columns:  # noqa: SLF001
        crs = None if frame.crs is None else CRS(frame.crs)
        geometry = np.asarray(frame.geometry.to_numpy(), dtype=object)
        frame = pd.DataFrame(frame.drop(columns=frame._geometry_column_name))  # noqa: SLF001
    titles = [Title(str(name)) for name in frame.columns]
    cells = frame.set_axis(range(len(titles)), axis=1).reset_index(drop=True)
    return Raw(titles, cells, geometry, crs, crs_from if crs is not None else "")
