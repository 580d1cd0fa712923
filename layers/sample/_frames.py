"""From the plane to frames that the schema knows: WGS 84, provenance, types."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from layers import schema
from layers.sample._blocks import largest
from layers.sample._warp import PLANE_CRS

if TYPE_CHECKING:
    from datetime import date

    from layers.sample._chance import GeometryArray

SOURCE = "panhuo-sample"
DECIMALS = 7
"""Digits of a degree that are kept: 1 cm, and the same text on every machine."""


@cache
def _transformer() -> Transformer:
    return Transformer.from_crs(PLANE_CRS, schema.STORAGE_CRS, always_xy=True)


def to_degrees(shapes: GeometryArray) -> GeometryArray:
    """Return shapes of the plane as rounded longitudes and latitudes; ``None`` stays ``None``."""
    points = shapely.get_coordinates(shapes)
    longitude, latitude = _transformer().transform(points[:, 0], points[:, 1])
    rounded = np.round(np.stack([longitude, latitude], axis=1), DECIMALS)
    found = np.asarray(shapely.set_coordinates(shapes.copy(), rounded))
    crossed = ~shapely.is_valid(found) & ~shapely.is_missing(found)  # rounding may fold a needle over itself
    found[crossed] = largest(shapely.set_precision(shapely.make_valid(found[crossed]), 10.0**-DECIMALS))
    return found


def finish(table: pd.DataFrame, kind: str, prefix: str, data_date: date) -> gpd.GeoDataFrame:
    """Return ``table`` as a frame of ``kind``: degrees, provenance, declared columns and types.

    Parameters
    ----------
    table
        Columns of the kind, ``geometry`` in the plane or ``None``; other columns are dropped.
    kind
        Name of the layer kind.
    prefix
        Beginning of every record's id in its source.
    data_date
        Date of the data.
    """
    width = max(4, len(str(len(table))))
    shapes = np.empty(len(table), dtype=object)
    shapes[:] = list(table["geometry"]) if "geometry" in table else [None] * len(table)
    placed = ~shapely.is_missing(shapes)
    frame = table.drop(columns="geometry", errors="ignore").reset_index(drop=True)
    frame["source"] = SOURCE
    frame["source_id"] = [f"{prefix}-{number:0{width}d}" for number in range(1, len(table) + 1)]
    frame["data_date"] = pd.Timestamp(data_date)
    frame["is_sample"] = True
    known = frame["position"] if "position" in frame else pd.Series(pd.NA, index=frame.index, dtype="object")
    if schema.kind(kind).geometry:
        usual = pd.Series(np.where(placed, "exact", "unlocated"), index=frame.index, dtype="object")
        frame["position"] = known.where(known.notna(), usual)
    shapes = to_degrees(shapes)
    return schema.conform(
        gpd.GeoDataFrame(frame, geometry=gpd.GeoSeries(shapes, index=frame.index), crs=schema.STORAGE_CRS),
        schema.kind(kind),
    )
