"""Records as JSON text: properties and geometries encoded whole columns at a time."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

DRAWING_DECIMALS = 6
"""0.1 m on the ground: enough to draw."""
DEGREE_DECIMALS = 8
"""1 mm on the ground."""
METRE_DECIMALS = 3

encode: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


def served_geometry(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return geometries without heights, rings as RFC 7946 wants them, ``None`` for what is empty or not finite."""
    flat = shapely.orient_polygons(shapely.force_2d(geometry), exterior_cw=False)
    usable = np.isfinite(shapely.bounds(flat)).all(axis=1)
    result = np.full(len(flat), None, dtype=object)
    result[usable] = flat[usable]
    return result


def rounded(geometry: NDArray[np.object_], decimals: int) -> NDArray[np.object_]:
    """Return ``geometry`` with coordinates rounded, no vertex dropped."""
    return np.asarray(shapely.transform(geometry, lambda points: np.round(points, decimals)), dtype=object)


def geometry_texts(geometry: NDArray[np.object_], decimals: int) -> list[str]:
    """Return each geometry as GeoJSON text, ``null`` where there is none."""
    texts = np.atleast_1d(shapely.to_geojson(rounded(geometry, decimals)))
    return ["null" if text is None else text for text in texts.tolist()]


def property_texts(frame: pd.DataFrame, names: Iterable[str]) -> list[str]:
    """Return the columns ``names`` of each row as one JSON object."""
    chosen = list(names)
    columns = [json_values(frame[name]) for name in chosen]
    if not columns:
        return ["{}"] * len(frame)
    return [encode(dict(zip(chosen, row, strict=True))) for row in zip(*columns, strict=True)]


def json_values(column: pd.Series) -> list[Any]:
    """Return a column as JSON values: nulls for what is missing or not finite, dates as ISO 8601 text.

    A column of days gives days. Times are the clock of the place, as the source wrote them, and carry no zone.
    """
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        only_days = bool((column.dropna() == column.dropna().dt.normalize()).all())
        column = column.dt.strftime("%Y-%m-%d" if only_days else "%Y-%m-%dT%H:%M:%S")
    elif pd.api.types.is_float_dtype(column.dtype):
        values = column.to_numpy(dtype="float64", na_value=np.nan)
        return [value if finite else None for value, finite in zip(values.tolist(), np.isfinite(values), strict=True)]
    return list(column.astype(object).where(column.notna(), None))
