"""The layer under check, and where everything that is found in it is said."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property, partialmethod
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.crs import working_crs
from layers.findings import FindingLog, Text, where
from layers.schema import STORAGE_CRS
from layers.values._written import as_written

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from numpy.typing import NDArray
    from pyproj import CRS

    from layers.findings import Action
    from layers.schema import Kind
    from layers.trusted import Trusted

POLYGON_TYPES = (3, 6)


@dataclass
class Subject:
    """Records of one kind, what they are held against, and the findings so far.

    Parameters
    ----------
    frame
        Records in WGS 84 longitude, latitude, columns of the kind; index 0, 1, 2 …
    kind
        What they are.
    records
        Number of each record in its file.
    trusted
        Accepted layers.
    as_of
        The day of the check; ``None`` where nothing is held against a day.
    sheet_rows
        Row in the sheet of every record of the file, in order; empty where it has no rows.
    sheet_names
        Sheet of every record of the file, where there are several; else empty.
    log
        Where findings are said.
    """

    frame: gpd.GeoDataFrame
    kind: Kind
    records: NDArray[np.int64]
    trusted: Trusted
    as_of: date | None
    sheet_rows: Sequence[int] | NDArray[np.int64] = ()
    sheet_names: Sequence[str] = ()
    log: FindingLog = field(default_factory=FindingLog)

    def __len__(self) -> int:
        """Return how many records there are."""
        return len(self.frame)

    def has(self, *names: str) -> bool:
        """Return whether all of these columns are there and hold any value."""
        return all(name in self.frame.columns and bool(self.frame[name].notna().any()) for name in names)

    def where(self, row: int) -> Text:
        """Return where the record at a position stands in its file, for sentences that point to it."""
        return where(int(self.records[row]), self.sheet_rows, self.sheet_names)

    def numbers(self, name: str) -> pd.Series:
        """Return a column of numbers, NaN where missing."""
        return self.frame[name].astype("float64")

    def written(self, name: str, rows: NDArray[np.bool_]) -> list[str | None]:
        """Return the values of a field at ``rows`` as a clerk writes them, ``None`` where missing."""
        said = self.frame[name][rows]
        shown = {value: as_written(value, self.kind[name]).zh for value in said.dropna().unique()}
        return [None if pd.isna(value) else shown[value] for value in said]

    def warn(
        self,
        rule: str,
        zh: str,
        en: str,
        rows: NDArray[np.int64] | NDArray[np.bool_],
        *,
        field: str | None = None,
        values: Collection[object] | None = None,
        action: Action = "warning",
    ) -> None:
        """Say one thing of the records at ``rows`` (positions or a mask); ``values`` holds what each of them has."""
        self.log.note_each(rule, zh, en, self.records[rows], field=field, values=values, action=action)

    note = partialmethod(warn, action="note")
    """Say one thing that is not doubtful, as :meth:`warn` does."""

    @cached_property
    def geometry(self) -> NDArray[np.object_]:
        """Geometries in degrees, ``None`` where a record has no place."""
        shapes = np.asarray(self.frame.geometry.to_numpy(), dtype=object)
        empty = shapely.is_empty(shapes)
        if empty.any():
            shapes = shapes.copy()
            shapes[empty] = None
        return shapes

    @cached_property
    def polygons(self) -> NDArray[np.int64]:
        """Positions of the records that are polygons."""
        return np.flatnonzero(np.isin(shapely.get_type_id(self.geometry), POLYGON_TYPES))

    @cached_property
    def crs(self) -> CRS:
        """The metric CRS to measure in; only where at least one record has a place."""
        return working_crs(shapely.total_bounds(self.geometry))

    def metric(self, shapes: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return geometries in degrees in the metric CRS of the layer."""
        return np.asarray(gpd.GeoSeries(shapes, crs=STORAGE_CRS).to_crs(self.crs).to_numpy(), dtype=object)

    @cached_property
    def outlines(self) -> NDArray[np.object_]:
        """The polygons of :attr:`polygons` in the metric CRS."""
        return self.metric(self.geometry[self.polygons])
