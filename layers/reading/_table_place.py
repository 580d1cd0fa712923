"""The geometry of a table: from its geometry column, its coordinate columns or its pair column."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely
from pyproj import CRS
from pyproj.exceptions import CRSError

from layers.findings import WAITS
from layers.quality import ColumnUse
from layers.reading._place import PlaceColumns, coordinates, find_places, is_curved, pairs, shapes, unclosed
from layers.schema import STORAGE_CRS
from layers.values import as_string, as_text

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    import pandas as pd
    from numpy.typing import NDArray

    from layers.quality import QualityReport
    from layers.reading._raw import Raw


_USES = {
    "lon": ("经度或东坐标", "longitude or easting"),
    "lat": ("纬度或北坐标", "latitude or northing"),
    "lonlat": ("经纬度", "both coordinates"),
    "geometry_wkt": ("图形", "geometry"),
}


class TablePlaces(NamedTuple):
    """Geometries as written, the columns they stand in, the records to reject, and what the columns declare.

    ``written`` are the cells of points, both numbers on one line; ``None`` for geometries of another form. ``unread``
    are the records whose coordinate cells hold something that is no coordinate (线状, 见图).
    """

    geometry: NDArray[np.object_]
    columns: PlaceColumns
    rejected: NDArray[np.bool_]
    crs: CRS | None
    crs_from: str
    written: pd.Series | None = None
    unread: NDArray[np.bool_] | None = None


def places_of_table(
    raw: Raw, free: Collection[int], explicit: Mapping[str, str], records: NDArray[np.int64], report: QualityReport
) -> TablePlaces:
    """Return the geometry of each row of a table, from the first set of coordinate columns that has any.

    Cells that hold something which is no coordinate leave the record unlocated; a geometry column that cannot be
    read leaves it out, for it said exactly where the record was.
    """
    count = len(raw.cells)
    nothing = np.full(count, None, dtype=object)
    found = find_places(raw.titles, free, explicit)
    for at, columns in enumerate(found):
        if not any(raw.cells[number].notna().any() for number in columns.numbers):
            continue
        for name, number in columns.by_name.items():
            report.columns.append(ColumnUse(raw.titles[number].text, name, *_USES[name]))
        if columns.shape is not None:
            return _from_shapes(raw, columns, found[at + 1 :], records, report)
        geometry, written, unread = _from_numbers(raw, columns, records, report)
        crs, said_by = _stated(raw, "", None)
        return TablePlaces(geometry, columns, np.zeros(count, dtype=bool), crs, said_by, written, unread)
    return TablePlaces(nothing, PlaceColumns(), np.zeros(count, dtype=bool), None, "")


def _from_shapes(
    raw: Raw, columns: PlaceColumns, others: list[PlaceColumns], records: NDArray[np.int64], report: QualityReport
) -> TablePlaces:
    """Return the geometries of a WKT column; where it is blank, the point beside it (WGS 84 degrees in an export)."""
    number = columns.shape
    assert number is not None  # noqa: S101  (the caller chose this branch by it)
    geometry, is_bad, srid = _written_shapes(as_text(raw.cells[number]), records, report)
    crs, said_by = _stated(raw, raw.titles[number].text, srid)
    beside = next((item for item in others if item.shape is None and item.datum == columns.datum), None)
    if beside is None or not (crs is None or crs.is_geographic or raw.is_own):
        return TablePlaces(geometry, columns, is_bad, crs, said_by)
    both = replace(columns, lon=beside.lon, lat=beside.lat, pair=beside.pair)
    blank = shapely.is_missing(geometry) & ~is_bad
    if blank.any() and (crs is None or crs.is_geographic):
        points, *_ = _from_numbers(raw, beside, records, report)
        geometry = np.where(blank, points, geometry)
        report.note_each(
            "point_for_shape", "没有图形，用同行的经纬度", "no geometry; the degrees beside it are used",
            records[blank & ~shapely.is_missing(points)], field="geometry", action="changed",
        )  # fmt: skip
    return TablePlaces(geometry, both, is_bad, crs, said_by)


def _written_shapes(
    texts: pd.Series, records: NDArray[np.int64], report: QualityReport
) -> tuple[NDArray[np.object_], NDArray[np.bool_], int | None]:
    """Return what :func:`shapes` reads; cells that are no geometry are left out, rings that were closed are said."""
    geometry, is_bad, srid = shapes(texts)
    curved = is_bad & is_curved(texts)
    for chosen, zh, en, rule in (
        (
            curved,
            "图形是曲线，请在 GIS 里转为折线",
            "is a curve: turn it into straight pieces in a GIS",
            "geometry_curved",
        ),
        (is_bad & ~curved, "图形无法读取", "its geometry cannot be read", "geometry_unreadable"),
    ):
        report.leave_out_each(records[chosen], zh, en, rule=rule, values=texts[chosen])
    report.note_each(
        "geometry_unclosed", "环没有闭合，已连回起点", "a ring did not end where it began; closed",
        records[unclosed(texts, geometry)], field="geometry", action="changed",
    )  # fmt: skip
    return geometry, is_bad, srid


def _stated(raw: Raw, title: str, srid: int | None) -> tuple[CRS | None, str]:
    """Return the CRS that a title (``geometry_wkt_epsg4547``), an SRID or a Panhuo export states, and by what."""
    code = re.search(r"epsg[_: ]?(\d{4,6})$", title, re.IGNORECASE)
    try:
        if code:
            return CRS.from_epsg(int(code[1])), f"the column {title}"
        if srid:
            return CRS.from_epsg(srid), "the SRID"
    except CRSError:
        return None, ""
    return (CRS(STORAGE_CRS), "the columns of a Panhuo export") if raw.is_own else (None, "")


def _from_numbers(
    raw: Raw, columns: PlaceColumns, records: NDArray[np.int64], report: QualityReport
) -> tuple[NDArray[np.object_], pd.Series, NDArray[np.bool_]]:
    """Return the points of two columns or of one that holds both numbers, the cells, and which cannot be read."""
    if columns.pair is not None:
        x, y, is_bad = pairs(as_text(raw.cells[columns.pair]))
        shown = as_text(raw.cells[columns.pair])
    else:
        lon, lat = as_string(raw.cells[columns.lon]), as_string(raw.cells[columns.lat])
        (x, bad_x), (y, bad_y) = coordinates(lon), coordinates(lat)
        is_bad = bad_x | bad_y
        shown = lon.fillna("") + ", " + lat.fillna("")
        half = np.isfinite(x) != np.isfinite(y)
        is_bad |= half
    report.note_each(
        "coordinates_unreadable", "坐标无法读取" + WAITS.zh, "its coordinates cannot be read" + WAITS.en,
        records[is_bad], field="geometry", values=shown[is_bad], action="unlocated",
    )  # fmt: skip
    geometry = np.full(len(x), None, dtype=object)
    there = np.isfinite(x) & np.isfinite(y) & ~is_bad
    geometry[there] = shapely.points(x[there], y[there])
    return geometry, shown, is_bad
