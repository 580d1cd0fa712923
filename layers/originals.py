"""Shapes as their files have them, where a layer holds a mended one: kept beside the layer, asset by asset."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from layers import snapshot
from layers.schema import STORAGE_CRS, Field, Kind

if TYPE_CHECKING:
    from pathlib import Path

    from layers.storage import Storage

ORIGINAL = Kind(
    "original",
    "原图形",
    "Original shape",
    "result",
    ("polygon", "line", "point"),
    (
        Field("asset_id", "string", "资产编号", "Asset"),
        Field("source", "string", "数据来源", "Source"),
        Field("record", "int", "文件中第几条", "Record of the file"),
        Field("rule", "string", "修复原因", "Why it was mended"),
        Field("area_before_m2", "float", "原面积", "Area as written", "m2"),
        Field("area_after_m2", "float", "现面积", "Area as kept", "m2"),
        Field("hausdorff_m", "float", "轮廓最大移动", "How far the outline moved at most", "m"),
    ),
    id_field="asset_id",
)
"""One row a mended shape; the geometry is the one that the file has, longitude, latitude."""


def name_of(kind: str, version: str) -> str:
    """Return the name under which originals are kept (:mod:`layers.storage`)."""
    return f"originals/{kind}/{version}.parquet"


def write(frame: gpd.GeoDataFrame, kind: str, storage: Storage, tmp: Path) -> str:
    """Keep originals of a layer under their content hash and return it (see :func:`layers.snapshot.write_table`)."""
    columns = [*(item.name for item in ORIGINAL.fields), "geometry"]
    return snapshot.write_table(
        kind, storage, tmp, name_of, lambda draft: frame[columns].to_parquet(draft, index=False, compression="zstd")
    )


def read(kind: str, version: str | None, storage: Storage) -> gpd.GeoDataFrame:
    """Return originals that were kept; an empty table where nothing was mended.

    Raises
    ------
    WorkspaceError
        If their file is missing or damaged.
    """
    if version is None:
        empty = {item.name: pd.Series(dtype="object") for item in ORIGINAL.fields}
        return gpd.GeoDataFrame(empty, geometry=[], crs=STORAGE_CRS)
    return gpd.read_parquet(io.BytesIO(storage.read(name_of(kind, version))))
