"""Frames as GeoJSON text: every record's properties and geometry encoded once, whole arrays at a time."""

from __future__ import annotations

import gzip
import json
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from layers.matching.sources import SOURCES, in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.schema import Kind

DRAWING_DECIMALS = 6
"""0.1 m on the ground: enough to draw."""
DEGREE_DECIMALS = 8
"""1 mm on the ground."""
METRE_DECIMALS = 3
GZIP_LEVEL = 5
"""A third of the time of level 9 for 5 % more bytes on GeoJSON."""
SLIM_NUMBERS = 6
"""How many figures of a record a tooltip has room for."""

TOLD_WHOLE = frozenset({"bundle", "bundle_member", "bundle_year", "route", "site_choice"})
"""Kinds that are few and whose records have no other page: all that is known of them goes with their drawing."""

encode: Callable[[Any], str] = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode


@dataclass(frozen=True)
class LayerInfo:
    """What is said of a layer without reading it."""

    kind: str
    version: str
    count: int
    unlocated_count: int
    extent: tuple[float, float, float, float] | None
    data_date: str | None
    accepted_at: str
    source: str
    licence: str | None
    attribution: str | None
    crs_note: str | None


@dataclass(frozen=True, eq=False)
class Layer:
    """One version of a layer as one caller may see it, ready to be served.

    Parameters
    ----------
    kind
        Its declaration.
    info
        Counts and provenance.
    frame
        Its columns without the geometry, numbered from 0.
    geometry
        Geometries in longitude, latitude, without heights, exterior rings anticlockwise as RFC 7946 wants them;
        ``None`` where a record has no place.
    """

    kind: Kind
    info: LayerInfo
    frame: pd.DataFrame
    geometry: NDArray[np.object_]

    @classmethod
    def prepared(cls, frame: gpd.GeoDataFrame, kind: Kind, info: LayerInfo) -> Layer:
        """Return the layer of ``frame``, personal columns left out whatever it holds, its sources told in words."""
        personal = [item.name for item in kind.fields if item.personal]
        geometry = served_geometry(frame.geometry.to_numpy())
        columns = pd.DataFrame(frame.drop(columns=[frame.geometry.name, *personal], errors="ignore"))
        if SOURCES in columns:
            columns[SOURCES] = pd.array(in_words(columns[SOURCES], kind), dtype="string")
        layer = cls(kind, info, columns.reset_index(drop=True), geometry)
        return replace(layer, info=layer._counted(info))

    def _counted(self, info: LayerInfo) -> LayerInfo:
        """Return ``info`` with the counts and the extent of what is in this layer."""
        placed = ~self.unplaced
        extent = shapely.total_bounds(self.geometry[placed]).tolist() if placed.any() else None
        return replace(
            info,
            count=len(self.frame),
            unlocated_count=int((~placed).sum()) if self.kind.geometry else 0,
            extent=(extent[0], extent[1], extent[2], extent[3]) if extent else None,
        )

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def ids(self) -> list[str]:
        """Ids of the records, in order."""
        return [str(item) for item in self.frame[self.kind.id_field]]

    @cached_property
    def rows(self) -> dict[str, int]:
        """Id -> row."""
        return {item: row for row, item in enumerate(self.ids)}

    @cached_property
    def tree(self) -> shapely.STRtree:
        """Index over the geometries; records without a place are not in it."""
        return shapely.STRtree(self.geometry)

    @cached_property
    def unplaced(self) -> NDArray[np.bool_]:
        """Whether each record has no place."""
        return np.asarray(shapely.is_missing(self.geometry), dtype=bool)

    @cached_property
    def properties(self) -> list[str]:
        """All properties of each record, as JSON text."""
        return property_texts(self.frame, self.frame.columns)

    @cached_property
    def geometries(self) -> list[str]:
        """Geometry of each record in longitude, latitude, as JSON text."""
        return geometry_texts(self.geometry, DEGREE_DECIMALS)

    @cached_property
    def drawing(self) -> bytes:
        """The slim FeatureCollection for drawing: placed records only, few properties, rounded coordinates.

        Of a table that a decision's card shows all records: none has a place.
        """
        is_table = not self.kind.geometry and self.kind.name in TOLD_WHOLE
        placed = np.flatnonzero(~self.unplaced | is_table)
        names = slim_columns(self.kind, self.frame.columns)
        features = feature_texts(
            [self.ids[row] for row in placed],
            geometry_texts(self.geometry[placed], DRAWING_DECIMALS),
            property_texts(self.frame.iloc[placed], names),
        )
        text = '{"type":"FeatureCollection","features":[' + ",\n".join(features) + "]}"
        return text.encode()

    @cached_property
    def drawing_gzip(self) -> bytes:
        """:attr:`drawing`, compressed."""
        return gzip.compress(self.drawing, GZIP_LEVEL, mtime=0)

    def record(self, row: int) -> dict[str, Any]:
        """Return the properties of one record as JSON values."""
        values: dict[str, Any] = json.loads(self.properties[row])
        return values


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


def feature_texts(ids: Sequence[str], geometries: Sequence[str], properties: Sequence[str]) -> list[str]:
    """Return GeoJSON features from their parts."""
    return [
        f'{{"type":"Feature","id":{encode(name)},"geometry":{geometry},"properties":{values}}}'
        for name, geometry, values in zip(ids, geometries, properties, strict=True)
    ]


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


def slim_columns(kind: Kind, present: Iterable[str]) -> list[str]:
    """Return the columns that drawing and a tooltip need: identity, codes, flags and the first few figures.

    Of what was decided (:data:`TOLD_WHOLE`) all.
    """
    have, figures, chosen = set(present), 0, []
    if kind.name in TOLD_WHOLE:
        return [item.name for item in kind.fields if item.name in have and not item.personal]
    references = {kind.id_field, "asset_id", "asset_kind", "name", "subdistrict_code"}
    for item in kind.fields:
        if item.name not in have or item.personal or item.name in {"position", "is_sample"}:
            continue
        is_figure = item.dtype in ("int", "float") and not item.name.endswith(("_low", "_high", "_p10", "_p90"))
        figures += is_figure
        if item.name in references or item.codes or item.dtype == "bool" or (is_figure and figures <= SLIM_NUMBERS):
            chosen.append(item.name)
    return chosen
