"""Administrative areas of an extract, also where the extract cuts their boundaries off.

An extract holds the boundary ways inside it; most of its areas run over the edge, so osmium cannot close them. Here the
ways of one level and the extract's own edge divide the extract into faces. Crossing a way of an area's boundary goes
into the area or out of it, crossing any other way changes nothing; so for each area the faces fall into two sides,
and only which side is inside is open. Areas of one level do not overlap, so at most one of them holds more than half:
the smaller side is inside, unless that makes areas overlap and turning exactly one of them over mends it. An area whose
boundary is whole in the file is known and never turned.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from pyproj import Geod

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import numpy.typing as npt

    from layers.osm._found import Boundary
    from layers.osm._shapes import Bounds

    Flags = npt.NDArray[np.bool_]

GAP_M = 1_000.0
"""ASSUMPTION: a gap in a boundary up to this long is closed by a straight line, and said so. Boundary ways between two
junctions in a city are shorter; a longer gap would move whole blocks from one area to the next."""
EDGE_M = 150.0
"""ASSUMPTION: a boundary that stops this near the edge of the extract was cut there; its nodes stand closer."""
_ON_LINE_DEG = 1e-9
_GEOD = Geod(ellps="WGS84")
Point = tuple[float, float]


@dataclass
class Areas:
    """The areas of one administrative level inside the extract.

    Parameters
    ----------
    shapes
        Area by relation id, clipped to the extract.
    closed
        Straight lines drawn over gaps: relation id -> length in metres.
    unresolved
        Relations whose area could not be told: boundary broken, or inside and outside cannot be told apart.
    """

    shapes: dict[int, shapely.Geometry] = field(default_factory=dict)
    closed: dict[int, float] = field(default_factory=dict)
    unresolved: list[int] = field(default_factory=list)


def areas_of_level(boundaries: Sequence[Boundary], ways: Mapping[int, list[bytes]], extent: Bounds) -> Areas:
    """Return the areas of boundaries that are all of one administrative level.

    Parameters
    ----------
    boundaries
        Relations of one ``admin_level``.
    ways
        WKB lines of their member ways by way id; ways that the file does not hold are missing.
    extent
        West, south, east, north in degrees.
    """
    result = Areas()
    lines, owners = _member_lines(boundaries, ways)
    for boundary in boundaries:
        _close(boundary.relation_id, lines, owners, extent, result)
    if not lines:
        return result
    faces, sides, crossed = _faces(lines, owners, extent)
    if not len(faces):
        return result
    whole = _whole(boundaries, ways, faces)
    inside = dict(whole)
    for boundary in boundaries:
        if boundary.relation_id in whole:
            continue
        parity = _parity(len(faces), sides, crossed, boundary.relation_id)
        if parity is None:
            result.unresolved.append(boundary.relation_id)
        else:
            smaller = shapely.area(faces[parity]).sum() * 2 <= shapely.area(faces).sum()
            inside[boundary.relation_id] = parity if smaller else ~parity
    _settle_overlaps(inside, whole, result)
    for relation_id, members in inside.items():
        if members.any():
            result.shapes[relation_id] = shapely.union_all(faces[members])
    return result


def _whole(
    boundaries: Sequence[Boundary], ways: Mapping[int, list[bytes]], faces: npt.NDArray[Any]
) -> dict[int, Flags]:
    """Return the faces of the areas whose boundary the file holds whole."""
    inner_points = shapely.point_on_surface(faces)
    whole = {}
    for boundary in boundaries:
        if not boundary.way_ids or not all(len(ways.get(way_id, [])) == 1 for way_id in boundary.way_ids):
            continue
        lines = [shapely.from_wkb(ways[way_id][0]) for way_id in boundary.way_ids]
        area = shapely.build_area(shapely.multilinestrings(lines))
        ends = [point for line in lines for point in (line.coords[0], line.coords[-1])]
        if not area.is_empty and all(ends.count(point) % 2 == 0 for point in ends):
            whole[boundary.relation_id] = np.asarray(shapely.intersects(area, inner_points))
    return whole


def _member_lines(
    boundaries: Sequence[Boundary], ways: Mapping[int, list[bytes]]
) -> tuple[list[shapely.LineString], list[set[int]]]:
    of_way: dict[int, set[int]] = {}
    for boundary in boundaries:
        for way_id in boundary.way_ids:
            if way_id in ways:
                # A way named twice by one relation (an area that touches itself) bounds nothing of it.
                of_way.setdefault(way_id, set()).symmetric_difference_update({boundary.relation_id})
    lines: list[shapely.LineString] = []
    owners: list[set[int]] = []
    for way_id, relations in of_way.items():
        parts = shapely.from_wkb(ways[way_id])
        lines += list(parts)
        owners += [relations] * len(parts)
    return lines, owners


def _close(
    relation_id: int, lines: list[shapely.LineString], owners: list[set[int]], extent: Bounds, result: Areas
) -> None:
    """Add straight lines where the boundary of one relation stops: to the edge of the extract, or over a gap."""
    ends: dict[Point, int] = {}
    for line, relations in zip(lines, owners, strict=True):
        if relation_id in relations:
            for end in (line.coords[0], line.coords[-1]):
                ends[end] = ends.get(end, 0) + 1
    loose = [end for end, uses in ends.items() if uses % 2 and _is_inside(end, extent)]
    to_edge = {end: _foot_on_edge(end, extent) for end in loose}
    near = [end for end in loose if _distance_m(end, to_edge[end]) <= EDGE_M]
    for end in near:
        _add(lines, owners, end, to_edge[end], relation_id)
    rest = [end for end in loose if end not in near]
    if len(rest) != 2:
        return
    start, end = sorted(rest)
    gap_m = _distance_m(start, end)
    if gap_m <= GAP_M:
        _add(lines, owners, start, end, relation_id)
        result.closed[relation_id] = gap_m


def _add(lines: list[Any], owners: list[set[int]], start: Point, end: Point, relation_id: int) -> None:
    drawn = shapely.LineString([start, end])
    for line, relations in zip(lines, owners, strict=True):
        if line.equals(drawn):
            relations.add(relation_id)  # the neighbour's gap is the same
            return
    lines.append(drawn)
    owners.append({relation_id})


def _faces(
    lines: list[shapely.LineString], owners: list[set[int]], extent: Bounds
) -> tuple[npt.NDArray[Any], list[tuple[int, int]], list[set[int]]]:
    """Return the faces inside the extract, pairs of faces that share an edge, and whose boundary each edge is."""
    edge_of_extract = shapely.box(*extent).exterior
    edges = shapely.get_parts(shapely.union_all([*lines, edge_of_extract]))
    faces = shapely.get_parts(shapely.polygonize(edges))
    faces = faces[shapely.contains(shapely.box(*extent), shapely.point_on_surface(faces))]
    beside: dict[tuple[Point, Point], list[int]] = {}
    for number, face in enumerate(faces):
        for ring in (face.exterior, *face.interiors):
            points = list(ring.coords)
            for one, other in pairwise(points):
                beside.setdefault((min(one, other), max(one, other)), []).append(number)
    tree = shapely.STRtree(lines)
    sides, crossed = [], []
    for edge in edges:
        one, other = edge.coords[0], edge.coords[1]
        pair = beside.get((min(one, other), max(one, other)), [])
        if len(pair) == 2:
            middle = shapely.Point((one[0] + other[0]) / 2, (one[1] + other[1]) / 2)
            hits = tree.query(middle, predicate="dwithin", distance=_ON_LINE_DEG)
            sides.append((pair[0], pair[1]))
            # Two ways on top of each other, both of one area, lead into it and out again.
            crossed.append(_odd(owners[hit] for hit in hits.tolist()))
    return faces, sides, crossed


def _odd(sets: Any) -> set[int]:
    result: set[int] = set()
    for item in sets:
        result ^= item
    return result


def _parity(count: int, sides: list[tuple[int, int]], crossed: list[set[int]], relation_id: int) -> Flags | None:
    """Return on which side of one boundary each face lies, ``None`` where the boundary has a hole."""
    near: list[list[tuple[int, bool]]] = [[] for _ in range(count)]
    for (one, other), relations in zip(sides, crossed, strict=True):
        near[one].append((other, relation_id in relations))
        near[other].append((one, relation_id in relations))
    side = np.full(count, -1)
    for start in range(count):
        if side[start] >= 0:
            continue
        side[start] = 0
        stack = [start]
        while stack:
            face = stack.pop()
            for other, flips in near[face]:
                expected = side[face] ^ flips
                if side[other] < 0:
                    side[other] = expected
                    stack.append(other)
                elif side[other] != expected:
                    return None
    return np.asarray(side == 1)


def _settle_overlaps(inside: dict[int, Flags], whole: dict[int, Flags], result: Areas) -> None:
    """Turn over the one area, not a whole one, that alone undoes every overlap; else give up those that overlap."""
    open_ones = [relation_id for relation_id, members in inside.items() if relation_id not in whole and members.any()]
    taken = np.sum(list(inside.values()), axis=0)
    if not inside or (taken <= 1).all():
        return
    mended = [key for key in open_ones if ((taken - inside[key].astype(int) + (~inside[key]).astype(int)) <= 1).all()]
    if len(mended) == 1:
        inside[mended[0]] = ~inside[mended[0]]
        return
    for relation_id in [key for key in open_ones if (inside[key] & (taken > 1)).any()]:
        result.unresolved.append(relation_id)
        del inside[relation_id]


def _is_inside(point: Point, extent: Bounds) -> bool:
    return extent[0] < point[0] < extent[2] and extent[1] < point[1] < extent[3]


def _foot_on_edge(point: Point, extent: Bounds) -> Point:
    feet = [(extent[0], point[1]), (extent[2], point[1]), (point[0], extent[1]), (point[0], extent[3])]
    return min(feet, key=lambda foot: _distance_m(point, foot))


def _distance_m(one: Point, other: Point) -> float:
    return float(_GEOD.inv(one[0], one[1], other[0], other[1])[2])
