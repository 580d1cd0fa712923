"""One thing mapped twice is one record: the same outline twice, or a point inside an area of the same kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.osm import _reasons as why
from layers.osm._tags import lifecycle, service_type

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.quality import QualityReport, Text

_SAME_THING: dict[str, tuple[str, ...]] = {
    "parking": ("name", "parking"),
    "charging": ("name", "operator"),
    "heritage": ("name", "historic"),
    "idle_land": ("name",),
    "community": ("name",),
    "service": ("name",),
}
"""Kinds of which a point inside an area is the same thing, and the tags that must not contradict each other."""


def merge_twins(rows: gpd.GeoDataFrame, kind: str, report: QualityReport) -> gpd.GeoDataFrame:
    """Return ``rows`` with things that are mapped twice as one record; the tags of both are joined.

    Two areas with one outline are one (a relation and its own outer way). A point in an area of its kind is the area
    where neither the name nor the type contradicts it; in the smallest such area where there are several.

    Parameters
    ----------
    rows
        As :func:`layers.osm._shapes.rows_of` returns them.
    kind
        Name of the layer kind.
    report
        Takes every merge with both ids.
    """
    merged: dict[int, int] = {}
    _twins(rows, merged, report)
    if kind in _SAME_THING:
        _points_in_areas(rows, _SAME_THING[kind], merged, report)
    if not merged:
        return rows
    tags = list(rows["tags"])
    for row, into in merged.items():
        tags[into] = tags[row] | tags[into]
    joined = rows.assign(tags=pd.Series(tags, index=rows.index, dtype="object"))
    return joined.drop(index=list(merged)).reset_index(drop=True)


def _twins(rows: gpd.GeoDataFrame, merged: dict[int, int], report: QualityReport) -> None:
    is_polygon = (rows.geom_type == "Polygon").to_numpy()
    places = np.flatnonzero(is_polygon)
    outlines = shapely.normalize(shapely.polygons(shapely.get_exterior_ring(rows.geometry.to_numpy()[places])))
    keys = pd.Series(shapely.to_wkb(outlines), index=places)
    # The last of the twins stays: relations follow ways in a file, and a relation knows the holes.
    for _, twins in keys[keys.duplicated(keep=False)].groupby(keys, sort=False):
        *others, into = twins.index.tolist()
        for row in others:
            _merge(rows, row, into, merged, why.SAME_OUTLINE, report)


def _points_in_areas(
    rows: gpd.GeoDataFrame, alike: tuple[str, ...], merged: dict[int, int], report: QualityReport
) -> None:
    shapes = rows.geometry.to_numpy()
    dimensions = shapely.get_dimensions(shapes)
    points, areas = np.flatnonzero(dimensions == 0), np.flatnonzero(dimensions == 2)
    areas = areas[~np.isin(areas, list(merged))]
    areas = areas[np.argsort(shapely.area(shapes[areas]), kind="stable")]
    if not len(points) or not len(areas):
        return
    tags = rows["tags"].tolist()
    tree = shapely.STRtree(shapes[areas])
    hits, within = tree.query(shapes[points], predicate="intersects")
    for hit, place in sorted(zip(hits.tolist(), within.tolist(), strict=True)):
        row, into = int(points[hit]), int(areas[place])
        if row not in merged and _agree(tags[row], tags[into], alike):
            _merge(rows, row, into, merged, why.INSIDE, report)


def _agree(point: dict[str, str], area: dict[str, str], keys: tuple[str, ...]) -> bool:
    if service_type(point) != service_type(area):
        return False
    former = {key for key, _ in lifecycle(area)}
    # An area that had a use has one disused room on its name; only one that is idle as a whole takes in other rooms.
    if former and "" not in former and not former & {key for key, _ in lifecycle(point)}:
        return False
    return all(point[key] == area[key] for key in keys if key in point and key in area)


def _merge(
    rows: gpd.GeoDataFrame, row: int, into: int, merged: dict[int, int], reason: Text, report: QualityReport
) -> None:
    merged[row] = into
    (one, other), (record, record_into) = rows["source_id"].iloc[[row, into]], rows["record"].iloc[[row, into]]
    zh, en = f"{one} 与 {other}: {reason.zh}", f"{one} and {other}: {reason.en}"
    report.merge(int(record), int(record_into), zh, en, value=one)
