"""Blocks: the cells of the coarse plan cut, again and again, by streets, as towns are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.sample._zones import CORE, VILLAGES, zone_at

if TYPE_CHECKING:
    from layers.sample._chance import BoolArray, FloatArray, GeometryArray
    from layers.sample._warp import Warp

TARGET_M2 = {"inner": 31_000.0, "outer": 96_000.0, "industry": 110_000.0}
"""Median area above which a block is cut again, where the town is not of alleys."""
SPREAD = {"inner": 0.6, "outer": 0.5, "industry": 0.3}
ALLEY_LENGTH_M = {"core": 175.0, "village": 130.0}
ALLEY_DEPTH_M = {"core": 52.0, "village": 52.0}
UNCUT = ("hill", "ponds")
FINE_TOUCH_M2 = 15_000.0
LEVELS = 12


@dataclass(frozen=True)
class Cutting:
    """Faces between street centre lines (``geometry``, ``zone``, ``u``, ``v``) and the streets that part them."""

    faces: pd.DataFrame
    streets: pd.DataFrame


@dataclass(frozen=True)
class Envelopes:
    """Smallest rectangle around each shape: centre, direction of its long side, length and depth in metres."""

    centre: FloatArray
    along: FloatArray
    length_m: FloatArray
    depth_m: FloatArray


def envelopes(shapes: GeometryArray) -> Envelopes:
    """Return the smallest rectangle, of any direction, around each of ``shapes``."""
    corners = shapely.get_coordinates(shapely.oriented_envelope(shapes)).reshape(-1, 5, 2)
    first, second = corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 1]
    size = np.stack([np.hypot(*first.T), np.hypot(*second.T)], axis=1)
    is_first = size[:, 0] >= size[:, 1]
    along = np.where(is_first[:, None], first, second) / size.max(axis=1)[:, None]
    along = np.where((along[:, :1] < 0), -along, along)
    return Envelopes(corners[:, :4].mean(axis=1), along, size.max(axis=1), size.min(axis=1))


def half_planes(points: FloatArray, normals: FloatArray, reach_m: float = 4000.0) -> GeometryArray:
    """Return, for each point and unit normal, the part of the plane behind it, ``reach_m`` wide and deep."""
    side = np.stack([-normals[:, 1], normals[:, 0]], axis=1) * reach_m
    back = -normals * reach_m
    ring = np.stack([points + side, points - side, points - side + back, points + side + back, points + side], axis=1)
    return np.asarray(shapely.polygons(ring))


def polygons_of(shapes: GeometryArray) -> tuple[GeometryArray, np.ndarray[tuple[int], np.dtype[np.intp]]]:
    """Return the polygons that ``shapes`` consist of and the number of the shape that each comes from."""
    parts, source = shapely.get_parts(shapes, return_index=True)
    is_area = shapely.get_type_id(parts) == shapely.GeometryType.POLYGON
    return parts[is_area], source[is_area]


def _is_cut(
    zone: np.ndarray, box: Envelopes, area_m2: FloatArray, rng: np.random.Generator
) -> tuple[BoolArray, BoolArray]:
    """Return which faces are cut, and which of those lengthwise."""
    median = np.array([TARGET_M2.get(name, np.inf) for name in zone])
    spread = np.array([SPREAD.get(name, 0.0) for name in zone])
    cut = area_m2 > median * np.exp(spread * rng.standard_normal(len(zone)))
    cut &= box.depth_m > 34
    fine_length = np.array([ALLEY_LENGTH_M.get(name, np.inf) for name in zone])
    fine_depth = np.array([ALLEY_DEPTH_M.get(name, np.inf) for name in zone])
    lengthwise = (box.length_m <= fine_length) & (box.depth_m > fine_depth)
    return cut | (box.length_m > fine_length) | lengthwise, lengthwise


def _street_class(zone: np.ndarray, area_m2: FloatArray) -> np.ndarray:
    fine = np.isin(zone, list(ALLEY_LENGTH_M))
    large = area_m2 > np.where(zone == "industry", 4e5, np.where(zone == "outer", 2.6e5, 1.6e5))
    return np.where(fine, np.where(area_m2 > 4e4, "local", "alley"), np.where(large, "secondary", "local"))


def cut(cells: pd.DataFrame, warp: Warp, rng: np.random.Generator) -> Cutting:
    """Cut cells of kind ``land`` into blocks of the size that their zone is built in."""
    whole = cells["geometry"].to_numpy()
    origin = cells.index.to_numpy()
    fine = _fine_ground(warp)
    faces, streets = [], []
    for level in range(LEVELS):
        centre = shapely.get_coordinates(shapely.centroid(whole))
        sheet = warp.to_sheet(centre)
        zone = zone_at(sheet[:, 0], sheet[:, 1])
        box, area = envelopes(whole), shapely.area(whole)
        again, lengthwise = _is_cut(zone, box, area, rng)
        # what the old town or a village only touches is cut until its parts can be told apart
        again |= shapely.intersects(whole, fine) & (area > FINE_TOUCH_M2)
        again &= ~np.isin(zone, UNCUT) if level < LEVELS - 1 else False
        done = ~again
        faces.append(_frame(whole[done], zone[done], sheet[done], origin[done]))
        if done.all():
            break
        parts, lines, source = _halve(whole[again], _take(box, again), lengthwise[again], rng)
        streets.append(pd.DataFrame({"street_class": _street_class(zone, area)[again], "geometry": lines}))
        whole, origin = parts, origin[again][source]
    return Cutting(pd.concat(faces, ignore_index=True), pd.concat(streets, ignore_index=True))


def _fine_ground(warp: Warp) -> shapely.Geometry:
    """Return where alleys are: the old town and the villages, in the plane."""
    turn = np.linspace(0, 2 * np.pi, 60)
    rings = [warp.to_plane(u + a * np.cos(turn), v + b * np.sin(turn)) for u, v, a, b in (CORE, *VILLAGES)]
    ground = shapely.union_all([shapely.Polygon(ring) for ring in rings])
    shapely.prepare(ground)
    return ground


def _frame(shapes: GeometryArray, zone: np.ndarray, sheet: FloatArray, origin: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame(
        {"zone": zone.astype(object), "u": sheet[:, 0], "v": sheet[:, 1], "cell": origin, "geometry": shapes}
    )


def _take(box: Envelopes, rows: BoolArray) -> Envelopes:
    return Envelopes(box.centre[rows], box.along[rows], box.length_m[rows], box.depth_m[rows])


def _halve(
    shapes: GeometryArray, box: Envelopes, lengthwise: BoolArray, rng: np.random.Generator
) -> tuple[GeometryArray, GeometryArray, np.ndarray]:
    """Return the halves of ``shapes``, the street that parts each, and the shape that each half comes from."""
    turn = np.radians(rng.uniform(-7, 7, len(shapes)) * np.where(lengthwise, 0.35, 1.0))
    across = np.stack([-box.along[:, 1], box.along[:, 0]], axis=1)
    normal = np.where(lengthwise[:, None], across, box.along)
    normal = np.stack(
        [
            normal[:, 0] * np.cos(turn) - normal[:, 1] * np.sin(turn),
            normal[:, 0] * np.sin(turn) + normal[:, 1] * np.cos(turn),
        ],
        axis=1,
    )
    extent = np.where(lengthwise, box.depth_m, box.length_m)
    shift = rng.uniform(-0.1, 0.1, len(shapes)) * extent * np.where(lengthwise, 0.4, 1.0)
    point = box.centre + shift[:, None] * np.where(lengthwise[:, None], across, box.along)
    behind = half_planes(point, normal)
    before = half_planes(point, -normal)
    halves = np.concatenate([shapely.intersection(shapes, behind), shapely.intersection(shapes, before)])
    parts, source = polygons_of(halves)
    side = np.stack([-normal[:, 1], normal[:, 0]], axis=1) * 3000
    lines = shapely.intersection(shapely.linestrings(np.stack([point - side, point + side], axis=1)), shapes)
    order = np.argsort(source % len(shapes), kind="stable")
    return parts[order], lines, (source % len(shapes))[order]


def trim(faces: GeometryArray, streets: GeometryArray, widths_m: FloatArray) -> GeometryArray:
    """Return the largest polygon of each face that streets of the given widths leave."""
    bands = shapely.buffer(streets, widths_m / 2, cap_style="flat", join_style="mitre", mitre_limit=2.0)
    tree = shapely.STRtree(bands)
    face, band = tree.query(faces, predicate="intersects")
    order = np.lexsort((band, face))
    face, band = face[order], band[order]
    left = faces.copy()
    for number, rows in zip(*_runs(face), strict=True):
        left[number] = shapely.difference(faces[number], shapely.union_all(bands[band[rows]]))
    return largest(left)


def largest(shapes: GeometryArray) -> GeometryArray:
    """Return the largest polygon of each shape, an empty polygon where it has none."""
    parts, source = polygons_of(shapes)
    order = np.lexsort((-shapely.area(parts), source))
    first = np.unique(source[order], return_index=True)
    found = np.full(len(shapes), shapely.Polygon(), dtype=object)
    found[first[0]] = parts[order][first[1]]
    return found


def _runs(sorted_values: np.ndarray) -> tuple[list[int], list[slice]]:
    values, starts = np.unique(sorted_values, return_index=True)
    stops = np.append(starts[1:], len(sorted_values))
    return values.tolist(), [slice(a, b) for a, b in zip(starts, stops, strict=True)]
