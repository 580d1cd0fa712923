"""The street network: ways split where they meet, so that edges share end points exactly.

A way of OpenStreetMap runs through its junctions. Here it is cut at every node that two street lines share (or one
visits twice), and ``source_id`` says which piece it is: ``way/123#0``. Pieces whose ends coincide are connected;
pieces that only cross (a bridge) are not. Squares (``area=yes`` or a relation) are kept by their outline, on which
people reach the streets around.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers import schema
from layers.osm import _reasons as why
from layers.osm._found import NO_PLACE, UNITS_PER_DEGREE
from layers.osm._values import metres, name_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy.typing as npt

    from layers.osm._found import Found, Lines
    from layers.osm._shapes import Bounds
    from layers.quality import QualityReport, Text

    Ints = npt.NDArray[np.int64]

STREET_CLASSES: Mapping[str, str] = {
    "motorway": "expressway",
    "motorway_link": "expressway",
    "trunk": "expressway",
    "trunk_link": "expressway",
    "primary": "main",
    "primary_link": "main",
    "secondary": "secondary",
    "secondary_link": "secondary",
    "tertiary": "local",
    "tertiary_link": "local",
    "unclassified": "local",
    "residential": "local",
    "living_street": "local",
    "busway": "local",
    "bus_guideway": "local",
    "road": "local",
    "service": "alley",
    "track": "alley",
    "pedestrian": "path",
    "footway": "path",
    "path": "path",
    "cycleway": "path",
    "bridleway": "path",
    "corridor": "path",
    "platform": "path",
    "elevator": "path",
    "trail": "path",
    "crossing": "path",
    "steps": "steps",
}
"""``highway`` -> ``street_class``."""

_NOT_ON_FOOT = frozenset({"motorway", "motorway_link", "busway", "bus_guideway"})
_NOT_BUILT = frozenset({"proposed", "planned", "construction", "abandoned", "disused", "razed", "no"})
_NO_STREET = frozenset(
    {"raceway", "rest_area", "services", "bus_stop", "escape", "emergency_bay", "street_lamp", "traffic_island"}
)
_FOOT_ALLOWED = frozenset({"yes", "designated", "permissive", "destination", "customers"})
_CLOSED_TO_ALL = frozenset({"no", "private"})


def is_walkable(tags: Mapping[str, str]) -> bool:
    """Whether people on foot may use a street: no motorway or busway, not forbidden or private, or ``foot`` allows it.

    ``foot`` beats ``access``; ``motorroad=yes`` is a motorway by another name.
    """
    foot = tags.get("foot")
    if foot in _FOOT_ALLOWED:
        return True
    if foot is not None and foot in ("no", "private", "use_sidepath"):
        return False
    if tags.get("highway") in _NOT_ON_FOOT or tags.get("motorroad") == "yes":
        return False
    return tags.get("access") not in _CLOSED_TO_ALL


def streets(lines: Lines, without_line: list[Found], extent: Bounds, report: QualityReport) -> gpd.GeoDataFrame:
    """Return the street layer: edges between junctions, clipped to the extract.

    Parameters
    ----------
    lines
        Ways and outlines of squares with ``highway=*``, as runs of nodes.
    without_line
        Objects with ``highway=*`` that have no line, with the reason.
    extent
        West, south, east, north in degrees.
    report
        Takes the counts of objects (``read``, ``kept``, left out with reasons), and how many edges they became.
    """
    first = pd.Series(lines.source_ids).drop_duplicates()
    records = {source_id: number for number, source_id in enumerate(first, start=1)}
    fates = [_fate_of(tags) for tags in lines.tags]
    edges = _split(lines, np.array([fate is None for fate in fates], dtype=bool))
    edges = _clip(edges, extent)
    kept = {lines.source_ids[line] for line in np.unique(edges["line"]).tolist()}
    report.read, report.kept = len(records) + len(without_line), len(kept)
    reasons: dict[str, Text] = {}
    sizes = np.asarray(lines.sizes)
    for line, source_id in enumerate(lines.source_ids):
        if source_id not in kept:
            reasons[source_id] = fates[line] or (why.BROKEN if sizes[line] < 2 else why.OUTSIDE)
    for source_id, reason in reasons.items():
        report.leave_out(records[source_id], reason.zh, reason.en, value=source_id)
    for number, item in enumerate(without_line, start=len(records) + 1):
        fault = item.fault or why.NO_SHAPE
        report.leave_out(number, fault.zh, fault.en, value=item.source_id)
    frame = _frame(edges, lines)
    _tell(frame, kept, lines, report)
    return frame


def _fate_of(tags: Mapping[str, str]) -> Text | None:
    highway = tags.get("highway", "")
    if highway in _NOT_BUILT:
        return why.NOT_BUILT
    if highway in _NO_STREET:
        return why.NOT_A_STREET
    return None if highway in STREET_CLASSES else why.UNKNOWN_STREET


def _split(lines: Lines, wanted: npt.NDArray[np.bool_]) -> pd.DataFrame:
    """Return edges (``line``, ``geometry``): wanted lines cut at shared nodes and at nodes that are not in the file."""
    sizes = np.asarray(lines.sizes, dtype=np.int64)
    line = np.repeat(np.arange(len(sizes)), sizes)
    keep = wanted[line]
    refs, x, y = (np.asarray(part, dtype=np.int64)[keep] for part in (lines.refs, lines.x, lines.y))
    line = line[keep]
    placed = x != NO_PLACE
    _, inverse, uses = np.unique(refs, return_inverse=True, return_counts=True)
    joins = np.flatnonzero((line[1:] == line[:-1]) & placed[1:] & placed[:-1] & (refs[1:] != refs[:-1]))
    # Step i runs from node joins[i] to the next. A new edge starts where the step before it is not on the same line,
    # or where the node between them is a junction: used by another line, or twice by this one.
    starts_edge = np.ones(len(joins), dtype=bool)
    if len(joins):
        starts_edge[1:] = (np.diff(joins) != 1) | (uses[inverse[joins[1:]]] > 1)
    edge_of_step = np.cumsum(starts_edge) - 1
    first = joins[starts_edge]
    step_counts = np.bincount(edge_of_step, minlength=len(first))
    node_counts = step_counts + 1
    offsets = np.repeat(first - np.concatenate([[0], np.cumsum(node_counts)[:-1]]), node_counts)
    nodes = np.arange(node_counts.sum()) + offsets
    coordinates = np.column_stack([x[nodes], y[nodes]]) / UNITS_PER_DEGREE
    shapes = shapely.linestrings(coordinates, indices=np.repeat(np.arange(len(first)), node_counts))
    return pd.DataFrame({"line": line[first], "geometry": np.asarray(shapes, dtype=object)})


def _clip(edges: pd.DataFrame, extent: Bounds) -> pd.DataFrame:
    """Return ``edges`` inside the extract; an edge that leaves and comes back gives several."""
    shapes = edges["geometry"].to_numpy()
    bounds = shapely.bounds(shapes).reshape(-1, 4)
    crosses = (bounds[:, :2] < extent[:2]).any(axis=1) | (bounds[:, 2:] > extent[2:]).any(axis=1)
    if not crosses.any():
        return edges
    shapes = shapes.copy()
    shapes[crosses] = shapely.intersection(shapes[crosses], shapely.box(*extent))
    parts, source = shapely.get_parts(shapes, return_index=True)
    is_line = (shapely.get_type_id(parts) == shapely.GeometryType.LINESTRING) & ~shapely.is_empty(parts)
    return pd.DataFrame({"line": edges["line"].to_numpy()[source[is_line]], "geometry": parts[is_line]})


def _frame(edges: pd.DataFrame, lines: Lines) -> gpd.GeoDataFrame:
    ids = pd.Series(np.asarray(lines.source_ids, dtype=object)[edges["line"].to_numpy()], dtype="string")
    piece = ids.groupby(ids, sort=False).cumcount().astype("string")
    used = np.unique(edges["line"])
    by_line = pd.DataFrame([_columns(lines.tags[number]) for number in used.tolist()], index=used)
    columns = by_line.reindex(edges["line"]).reset_index(drop=True)
    columns["source_id"] = ids + "#" + piece
    columns["position"] = "exact"
    geometry = gpd.GeoSeries(list(edges["geometry"]), crs=schema.STORAGE_CRS)
    return schema.conform(gpd.GeoDataFrame(columns, geometry=geometry), schema.kind("street"))


def _columns(tags: Mapping[str, str]) -> dict[str, Any]:
    return {
        "name": name_of(tags),
        "street_class": STREET_CLASSES[tags["highway"]],
        "is_walkable": is_walkable(tags),
        "is_bridge": tags.get("bridge", "no") != "no",
        "width_m": metres(tags.get("width")),
    }


def _tell(frame: gpd.GeoDataFrame, kept: set[str], lines: Lines, report: QualityReport) -> None:
    walkable = {
        source_id
        for source_id, tags in zip(lines.source_ids, lines.tags, strict=True)
        if source_id in kept and is_walkable(tags)
    }
    squares = sum(
        source_id in kept and (tags.get("area") == "yes" or source_id.startswith("relation/"))
        for source_id, tags in zip(lines.source_ids, lines.tags, strict=True)
    )
    report.note(
        "street_edges",
        f"{len(kept)} 个道路对象(其中 {len(walkable)} 个可步行)在交点处切分为 {len(frame)} 段",
        f"{len(kept)} street objects, {len(walkable)} of them usable on foot, are cut at their junctions "
        f"into {len(frame)} edges",
    )
    if squares:
        report.note(
            "square_outline",
            f"{squares} 个广场轮廓作为步行线保留",
            f"{squares} outlines of squares are kept as lines to walk on",
        )
