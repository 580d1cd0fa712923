"""The sea of an extract, from its coastline: land lies on the left of it, water on the right."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers import schema
from layers.quality import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy.typing as npt

    from layers.osm._shapes import Bounds
    from layers.quality import QualityReport

    Shapes = npt.NDArray[Any]

_BESIDE_DEG = 1e-7
"""How far beside the coastline is looked, about 1 cm: OpenStreetMap's own resolution."""
_MOSTLY = 0.95
"""ASSUMPTION: this share of the coast of a face, by length, must agree on sea or land; else the coastline is broken."""


def sea(coastlines: Sequence[bytes], extent: Bounds, report: QualityReport) -> gpd.GeoDataFrame:
    """Return the sea inside the extract as rows of the ``water`` layer; none where there is no coast.

    The coastline and the edge of the extract divide it into faces; a face is sea where it lies on the right of its
    coast. Where that contradicts itself, because the coastline has a gap, no sea is drawn and the report says so.

    Parameters
    ----------
    coastlines
        WKB lines in degrees, land on the left.
    extent
        West, south, east, north in degrees.
    report
        Takes how many faces were derived; they count as read and kept.
    """
    nothing = schema.empty(schema.kind("water"))
    box = shapely.box(*extent)
    lines = shapely.from_wkb(list(coastlines)) if coastlines else np.array([], dtype=object)
    lines = lines[shapely.intersects(lines, box)]
    if not len(lines):
        return nothing
    edges = shapely.get_parts(shapely.union_all([*lines, box.exterior]))
    faces = shapely.get_parts(shapely.polygonize(edges))
    faces = faces[shapely.contains(box, shapely.point_on_surface(faces))]
    wet, dry = _shores(faces, lines, box)
    is_sea = wet > 0
    if (np.minimum(wet, dry) > (1 - _MOSTLY) * (wet + dry)).any():
        report.facts["sea"] = Text(
            "海岸线在提取范围内有缺口，未绘海面", "the coastline has a gap inside the extract: no sea is drawn"
        )
        return nothing
    shapes = shapely.intersection(faces[is_sea & (wet > dry)], box)
    shapes = shapes[np.argsort(-shapely.area(shapes), kind="stable")]
    report.read += len(shapes)
    report.kept += len(shapes)
    report.facts["sea"] = Text(
        f"由 natural=coastline 推出海面 {len(shapes)} 块",
        f"{len(shapes)} areas of sea are derived from natural=coastline",
    )
    columns = pd.DataFrame(
        {
            "water_type": "sea",
            "source_id": [f"coastline/{number}" for number in range(len(shapes))],
            "position": "exact",
        }
    )
    frame = gpd.GeoDataFrame(columns, geometry=gpd.GeoSeries(list(shapes), crs=schema.STORAGE_CRS))
    return schema.conform(frame, schema.kind("water"))


def _shores(faces: Shapes, lines: Shapes, box: shapely.Polygon) -> tuple[Shapes, Shapes]:
    """Return for each face the length of coast that has it on its right (wet) and on its left (dry), in degrees."""
    points, line = shapely.get_coordinates(lines, return_index=True)
    same = line[1:] == line[:-1]
    start, end = points[:-1][same], points[1:][same]
    step = end - start
    length = np.hypot(step[:, 0], step[:, 1])
    start, step, length = start[length > 0], step[length > 0], length[length > 0]
    right = np.column_stack([step[:, 1], -step[:, 0]]) / length[:, None] * _BESIDE_DEG
    middle = start + step / 2
    inside = shapely.contains_xy(box, middle)
    middle, right, length = middle[inside], right[inside], length[inside]
    tree = shapely.STRtree(faces)
    result = []
    for side in (middle + right, middle - right):
        coast, face = tree.query(shapely.points(side), predicate="intersects")
        result.append(np.bincount(face, weights=length[coast], minlength=len(faces)))
    return result[0], result[1]
