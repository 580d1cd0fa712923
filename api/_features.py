"""Layers as they are served, and the slim form in which the workbench draws them."""

from __future__ import annotations

import gzip
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from layers.serving.shelf import prepared_aside
from layers.serving.texts import DRAWING_DECIMALS, encode, geometry_texts, property_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from layers.schema import Kind
    from layers.serving.prepared import Prepared

GZIP_LEVEL = 5
"""A third of the time of level 9 for 5 % more bytes on GeoJSON."""
SLIM_NUMBERS = 6
"""How many figures of a record a tooltip has room for."""

TOLD_WHOLE = frozenset({"bundle", "bundle_member", "bundle_year", "route", "site_choice"})
"""Kinds that are few and whose records have no other page: all that is known of them goes with their drawing."""


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
    held
        Its records, mapped from disk.
    """

    kind: Kind
    info: LayerInfo
    held: Prepared

    @classmethod
    def prepared(cls, frame: gpd.GeoDataFrame, kind: Kind, info: LayerInfo) -> Layer:
        """Return the layer of ``frame`` (:func:`layers.serving.prepared.prepare`), kept while this process runs."""
        return cls.of(prepared_aside(frame, kind), kind, info)

    @classmethod
    def of(cls, held: Prepared, kind: Kind, info: LayerInfo) -> Layer:
        """Return the layer of what is prepared, with the counts and the extent of what is in it."""
        placed = held.shapes.boxes[~held.unplaced]
        extent = (*placed[:, :2].min(axis=0).tolist(), *placed[:, 2:].max(axis=0).tolist()) if len(placed) else None
        unlocated = int(held.unplaced.sum()) if kind.geometry else 0
        return cls(kind, replace(info, count=len(held), unlocated_count=unlocated, extent=extent), held)

    def __len__(self) -> int:
        return len(self.held)

    @cached_property
    def frame(self) -> pd.DataFrame:
        """Its columns without the geometry, numbered from 0."""
        frame: pd.DataFrame = self.held.columns.to_pandas()
        return frame

    def column(self, name: str) -> pd.Series | None:
        """Return one column, or ``None`` where there is none; read when it is first asked for."""
        if name not in self._columns and name in self.held.columns.column_names:
            self._columns[name] = self.held.columns.select([name]).to_pandas()[name]
        return self._columns.get(name)

    @cached_property
    def _columns(self) -> dict[str, pd.Series]:
        return {}

    @cached_property
    def geometry(self) -> NDArray[np.object_]:
        """Geometries in longitude, latitude; ``None`` where a record has no place."""
        return self.held.shapes.geometries(np.arange(len(self)))

    @property
    def unplaced(self) -> NDArray[np.bool_]:
        """Whether each record has no place."""
        return self.held.unplaced

    @cached_property
    def drawing(self) -> bytes:
        """The slim FeatureCollection for drawing: placed records only, few properties, rounded coordinates.

        Of a table that a decision's card shows all records: none has a place.
        """
        is_table = not self.kind.geometry and self.kind.name in TOLD_WHOLE
        placed = np.flatnonzero(~self.unplaced | is_table)
        names = slim_columns(self.kind, self.frame.columns)
        features = feature_texts(
            [self.held.name(row) for row in placed.tolist()],
            geometry_texts(self.geometry[placed], DRAWING_DECIMALS),
            property_texts(self.frame.iloc[placed], names),
        )
        text = '{"type":"FeatureCollection","features":[' + ",\n".join(features) + "]}"
        return text.encode()

    @cached_property
    def drawing_gzip(self) -> bytes:
        """:attr:`drawing`, compressed."""
        return gzip.compress(self.drawing, GZIP_LEVEL, mtime=0)


def feature_texts(ids: Sequence[str], geometries: Sequence[str], properties: Sequence[str]) -> list[str]:
    """Return GeoJSON features from their parts."""
    return [
        f'{{"type":"Feature","id":{encode(name)},"geometry":{geometry},"properties":{values}}}'
        for name, geometry, values in zip(ids, geometries, properties, strict=True)
    ]


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
