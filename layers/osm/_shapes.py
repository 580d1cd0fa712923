"""From objects read to rows of a layer: valid shapes of the types its kind allows, inside the extract.

Every object that does not become a row is counted with its reason and its id.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.osm import _reasons as why
from layers.osm._idle import why_not_idle
from layers.osm._tags import is_linear
from layers.schema import STORAGE_CRS

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    import numpy.typing as npt

    from layers.osm._found import Found
    from layers.quality import QualityReport, Text
    from layers.schema import Kind

    Shapes = npt.NDArray[Any]
    Rows = npt.NDArray[np.int64]

Bounds = tuple[float, float, float, float]
_DIMENSIONS = {"point": 0, "line": 1, "polygon": 2}


def rows_of(found: Sequence[Found], of: Kind, extent: Bounds, report: QualityReport) -> gpd.GeoDataFrame:
    """Return the objects of one kind that have a place in the extract.

    Parameters
    ----------
    found
        Objects in the order of the file; the number of a record is its place in it, from 1.
    of
        The kind; its geometry types decide which shapes are kept.
    extent
        West, south, east, north in degrees. What crosses it is clipped, what lies outside is left out.
    report
        Takes the count read and every finding.

    Returns
    -------
    geopandas.GeoDataFrame
        ``record``, ``source_id``, ``tags``, ``position`` and valid geometry in longitude, latitude; index 0..n-1.
    """
    batch = _Batch(found, of, report)
    batch.place_cut_outlines()
    batch.close_loops()
    batch.mend()
    batch.hold_to_types()
    batch.clip(extent)
    return batch.settle()


class _Batch:
    """Shapes and fates of one kind's objects; a fate of ``None`` is a row."""

    def __init__(self, found: Sequence[Found], of: Kind, report: QualityReport) -> None:
        self.found, self.report = found, report
        self.allowed = [_DIMENSIONS[name] for name in of.geometry]
        self.line_fate = why.IDLE_LINE if of.name == "idle_land" else why.NOT_AN_AREA
        self.fates: list[Text | None] = [_fate_of(item, of.name) for item in found]
        for row in np.flatnonzero(pd.Series([item.source_id for item in found], dtype="object").duplicated()).tolist():
            self.fates[row] = why.AGAIN
        self.shapes = _single_parts(np.asarray(shapely.from_wkb([item.wkb for item in found]), dtype=object))
        self.approximate = np.zeros(len(found), dtype=bool)
        report.read = len(found)

    def rows(self) -> Rows:
        return np.flatnonzero([fate is None for fate in self.fates])

    def leave_out(self, rows: Rows, reason: Text) -> None:
        for row in rows.tolist():
            self.fates[row] = reason

    def note(self, rows: Rows, rule: str, zh: str, en: str) -> None:
        for row in rows.tolist():
            self.report.note(rule, zh, en, record=row + 1, value=self.found[row].source_id, action="changed")

    def place_cut_outlines(self) -> None:
        """Place what has only some corners in the file by their middle, where the kind may be a point."""
        if 0 not in self.allowed:
            return
        cut = np.flatnonzero([fate is why.CUT for fate in self.fates])
        self.shapes[cut] = shapely.centroid(self.shapes[cut])
        self.approximate[cut] = True
        for row in cut.tolist():
            self.fates[row] = None

    def close_loops(self) -> None:
        """Make polygons of closed ways that osmium made no area of, because they cross themselves."""
        if 2 not in self.allowed:
            return
        is_loop = shapely.is_closed(self.shapes) & (shapely.get_type_id(self.shapes) == shapely.GeometryType.LINESTRING)
        is_loop &= shapely.get_num_coordinates(self.shapes) > 3
        for row in np.flatnonzero(is_loop).tolist():
            tags = self.found[row].tags
            if tags.get("area") != "no" and not is_linear(tags):
                self.shapes[row] = shapely.Polygon(self.shapes[row])

    def mend(self) -> None:
        rows = self.rows()
        rows = rows[~shapely.is_valid(self.shapes[rows])]
        if not len(rows):
            return
        dimensions = shapely.get_dimensions(self.shapes[rows])
        self.shapes[rows] = parts_of(shapely.make_valid(self.shapes[rows]), dimensions)
        lost = shapely.is_empty(self.shapes[rows])
        self.leave_out(rows[lost], why.NO_SHAPE)
        self.note(rows[~lost], "geometry_invalid", "轮廓自交，已修复", "its outline crossed itself; mended")

    def hold_to_types(self) -> None:
        rows = self.rows()
        dimensions = shapely.get_dimensions(self.shapes[rows])
        for dimension, reason in ((0, why.NO_OUTLINE), (1, self.line_fate)):
            if dimension not in self.allowed:
                self.leave_out(rows[dimensions == dimension], reason)

    def clip(self, extent: Bounds) -> None:
        rows = self.rows()
        bounds = shapely.bounds(self.shapes[rows]).reshape(-1, 4)
        rows = rows[(bounds[:, :2] < extent[:2]).any(axis=1) | (bounds[:, 2:] > extent[2:]).any(axis=1)]
        if not len(rows):
            return
        dimensions = shapely.get_dimensions(self.shapes[rows])
        inside = parts_of(shapely.intersection(self.shapes[rows], shapely.box(*extent)), dimensions)
        gone = shapely.is_empty(inside)
        self.leave_out(rows[gone], why.OUTSIDE)
        self.shapes[rows[~gone]] = inside[~gone]
        self.note(rows[~gone], "clipped", "跨出提取范围，已裁切", "it crosses the edge of the extract; clipped")

    def settle(self) -> gpd.GeoDataFrame:
        for row, fate in enumerate(self.fates):
            if fate is not None:
                self.report.leave_out(row + 1, fate.zh, fate.en, value=self.found[row].source_id)
        rows = self.rows()
        self.note(
            rows[self.approximate[rows]],
            "outline_cut",
            "部分角点不在文件中，取已知角点的中点定位",
            "some of its corners are not in the file: placed at the middle of those that are",
        )
        return gpd.GeoDataFrame(
            {
                "record": rows + 1,
                "source_id": [self.found[row].source_id for row in rows.tolist()],
                "tags": [self.found[row].tags for row in rows.tolist()],
                "position": np.where(self.approximate[rows], "approximate", "exact"),
            },
            geometry=gpd.GeoSeries(list(self.shapes[rows]), crs=STORAGE_CRS),
        )


def parts_of(shapes: Shapes, dimensions: Shapes) -> Shapes:
    """Return of each shape only the parts of its dimension (0, 1, 2): a clip or a mend can leave slivers of others."""
    result = shapes.copy()
    mixed = shapely.get_type_id(shapes) == shapely.GeometryType.GEOMETRYCOLLECTION
    lower = ~mixed & (shapely.get_dimensions(shapes) != dimensions)
    result[lower] = shapely.from_wkt("GEOMETRYCOLLECTION EMPTY")
    for row in np.flatnonzero(mixed):
        parts = shapely.get_parts(shapely.get_parts(shapes[row]))
        parts = parts[shapely.get_dimensions(parts) == dimensions[row]]
        result[row] = shapely.union_all(parts)
    return _single_parts(result)


def _single_parts(shapes: Shapes) -> Shapes:
    """Return multi-part shapes that have one part as that part: osmium makes every area a multipolygon."""
    is_multi = shapely.get_type_id(shapes) >= shapely.GeometryType.MULTIPOINT
    single = is_multi & (shapely.get_num_geometries(shapes) == 1)
    shapes[single] = shapely.get_geometry(shapes[single], 0)
    return shapes


def _fate_of(item: Found, kind: str) -> Text | None:
    """Return why ``item`` is no record of its kind by its tags or its lack of a shape, else ``None``."""
    if kind == "idle_land":
        reason = why_not_idle(item.tags, is_relation=item.source_id.startswith("relation/"))
        if reason is not None:
            return reason
    if kind == "heritage" and item.tags.get("historic") == "district":
        return why.A_QUARTER
    if kind == "water" and (item.tags.get("tunnel", "no") != "no" or item.tags.get("location") == "underground"):
        return why.UNDERGROUND
    return item.fault
