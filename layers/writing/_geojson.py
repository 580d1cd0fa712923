"""RFC 7946 GeoJSON: WGS 84, right-handed rings, ids, no NaN, streamed feature by feature."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from numpy.typing import NDArray

    from layers.schema import Kind

DECIMALS = 7
"""Decimals of a degree: about a centimetre."""


def write_geojson(
    stream: TextIO, table: pd.DataFrame, geometry: NDArray[np.object_], kind: Kind, *, attribution: str, notice: str
) -> None:
    """Write a FeatureCollection; attribution and notice are foreign members of it.

    Parameters
    ----------
    stream
        Where to write, UTF-8.
    table
        Properties.
    geometry
        WGS 84 longitude, latitude.
    kind
        Names the collection; its id column gives the feature ids.
    attribution, notice
        Whose data, and that it is a sample; left out where empty.
    """
    head = {"type": "FeatureCollection", "name": kind.name}
    head |= {name: text for name, text in (("attribution", attribution), ("notice", notice)) if text}
    stream.write(json.dumps(head, ensure_ascii=False)[:-1] + ', "features": [')
    ids = table[kind.id_field] if kind.id_field in table else pd.Series(pd.NA, index=table.index)
    shapes = shapely.to_geojson(as_rfc7946(geometry))
    columns = {str(name): list(_json_values(table[name], _is_day(kind, str(name)))) for name in table.columns}
    for at, (identity, shape) in enumerate(zip(ids, shapes, strict=True)):
        properties = {name: values[at] for name, values in columns.items()}
        text = json.dumps(properties, ensure_ascii=False, allow_nan=False)
        named = "" if pd.isna(identity) else f'"id": {json.dumps(str(identity), ensure_ascii=False)}, '
        stream.write(
            f'{"," if at else ""}\n{{"type": "Feature", {named}"properties": {text}, "geometry": {shape or "null"}}}'
        )
    stream.write("\n]}\n")


def as_rfc7946(geometry: NDArray[np.object_]) -> NDArray[np.object_]:
    """Return geometries with seven decimals and outer rings counter-clockwise; none becomes invalid by the rounding."""
    rounded = shapely.transform(shapely.force_2d(geometry), lambda xy: np.round(xy, DECIMALS))
    broken = np.flatnonzero(~shapely.is_valid(rounded) & shapely.is_valid(geometry))
    if len(broken):
        snapped = shapely.set_precision(geometry[broken], 10.0**-DECIMALS)
        rounded[broken] = np.where(shapely.is_empty(snapped), geometry[broken], snapped)
    oriented: NDArray[np.object_] = shapely.orient_polygons(rounded)
    return oriented


def _is_day(kind: Kind, name: str) -> bool:
    return name in kind and kind[name].dtype == "date"


def _json_values(column: pd.Series, is_day: bool) -> Iterator[Any]:
    """Yield the values of a column as JSON has them; what is missing or not finite is null."""
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        form = "%Y-%m-%d" if is_day else "%Y-%m-%dT%H:%M:%S"
        yield from (None if pd.isna(moment) else moment.strftime(form) for moment in column)
        return
    for value in column.astype(object):
        yield json_value(value)


def json_value(value: Any) -> Any:
    """Return one value as JSON has it."""
    if isinstance(value, (list, tuple, np.ndarray)):
        return [json_value(item) for item in value]
    if isinstance(value, dict):
        return {str(name): json_value(item) for name, item in value.items()}
    if value is pd.NA or value is pd.NaT or (isinstance(value, (float, np.floating)) and not np.isfinite(value)):
        return None
    if value is None or isinstance(value, (bool, int, float, str)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
