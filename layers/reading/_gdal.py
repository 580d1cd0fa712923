"""GDAL through pyogrio: its errors in one line, its frames as raw content."""

from __future__ import annotations

import warnings
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
from pyogrio.errors import CRSError as LayerCrsError
from pyogrio.errors import DataLayerError, DataSourceError, FieldError, GeometryError
from pyproj import CRS
from pyproj.exceptions import CRSError
from shapely.errors import GEOSException

from layers.errors import ReadError
from layers.quality import Text
from layers.reading._raw import MAX_COLUMNS, Raw
from layers.reading._refusals import AGAIN, IS_IT_RIGHT
from layers.reading._titles import Title

if TYPE_CHECKING:
    from pathlib import Path

_MENDED = "mended_shapes"


def gdal(path: Path, call: Any, *, source: str | None = None, **options: Any) -> Any:
    """Return what a pyogrio function gives for a path, its errors told in one line, its warnings not shown.

    Parameters
    ----------
    path
        The file, as it is called in messages.
    call
        A function of pyogrio that takes a path first.
    source
        What GDAL opens where that is not ``path`` (``GeoJSONSeq:…`` names the driver).
    options
        Passed on.

    Raises
    ------
    ReadError
        If GDAL cannot read the file.
    """
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", category=RuntimeWarning)
            warnings.simplefilter("ignore", category=UserWarning)
            return call(path if source is None else source, **options)
    except (UnicodeDecodeError, LookupError) as error:
        raise ReadError(
            f"{path.name}: its texts cannot be decoded ({error})",
            f"{path.name} 的文字解不出来",
            hint="name the encoding with --encoding",
            hint_zh="请用 --encoding 说明字符编码",
        ) from None
    except UnboundLocalError:  # pyogrio, at a coordinate system that GDAL knows in part
        raise ReadError(
            f"{path.name}: the coordinate system that it declares cannot be read",
            f"{path.name} 声明的坐标系读不出",
            hint="take its .prj away or mend it, and name the system with --crs",
            hint_zh="请移走或改正 .prj，并用 --crs 说明坐标系",
        ) from None
    except (
        DataSourceError, DataLayerError, FieldError, GeometryError, LayerCrsError, CRSError,
        ValueError, RuntimeError, OverflowError, MemoryError,
    ) as error:  # fmt: skip
        reason = " ".join(str(error).split()).replace(str(path), path.name)[:160]
        raise ReadError(f"{path.name} cannot be read ({reason})", f"{path.name} 无法读取", **AGAIN) from None


def layer_names(path: Path) -> list[str]:
    """Return the names of the layers in a file, in its order."""
    return [str(row[0]) for row in gdal(path, pyogrio.list_layers)]


def read_frame(path: Path, *, source: str | None = None, **options: Any) -> pd.DataFrame:
    """Return the records of a map file, as :func:`pyogrio.read_dataframe` gives them.

    Shapes that GEOS takes for none, such as rings that are not closed, are closed; :func:`raw_of` says so.

    Raises
    ------
    ReadError
        If it cannot be read, has no records, or more columns than a layer may have.
    """
    with warnings.catch_warnings(record=True):
        try:
            frame: pd.DataFrame = gdal(path, pyogrio.read_dataframe, source=source, **options)
        except GEOSException:
            frame = gdal(path, pyogrio.read_dataframe, source=source, on_invalid="fix", **options)
            frame.attrs[_MENDED] = True
    if frame.empty:
        raise ReadError(f"{path.name} has no records", f"{path.name} 没有记录", **IS_IT_RIGHT)
    if len(frame.columns) > MAX_COLUMNS:
        raise ReadError(
            f"{path.name} has {len(frame.columns)} columns",
            f"{path.name} 有 {len(frame.columns)} 列",
            hint=f"a layer may have {MAX_COLUMNS}",
            hint_zh=f"一个图层最多 {MAX_COLUMNS} 列",
        )
    return frame


def raw_of(frame: pd.DataFrame, crs_from: str) -> Raw:
    """Return a frame as raw content; ``crs_from`` says what declares its CRS, if it has one."""
    crs, geometry, is_mended = None, None, _MENDED in frame.attrs
    if isinstance(frame, gpd.GeoDataFrame) and frame._geometry_column_name in frame.columns:  # noqa: SLF001
        crs = None if frame.crs is None else CRS(frame.crs)
        geometry = np.asarray(frame.geometry.to_numpy(), dtype=object)
        frame = pd.DataFrame(frame.drop(columns=frame._geometry_column_name))  # noqa: SLF001
    titles = [Title(str(name)) for name in frame.columns]
    cells = frame.set_axis(range(len(titles)), axis=1).reset_index(drop=True)
    raw = Raw(titles, cells, geometry, crs, crs_from if crs is not None else "")
    if is_mended:
        raw.warnings.append(
            Text("有的面没有闭合，读入时已闭合，请核对", "some rings were not closed; they were closed, please check")
        )
    return raw
