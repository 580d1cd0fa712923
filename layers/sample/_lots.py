"""Leftovers: ends and corners of blocks, slivers along roads, strips along canals and under viaducts."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.sample._blocks import envelopes, half_planes, largest
from layers.sample._cells import BANK_M, EAST_M, NORTH_M, SOUTH_M, STRIPS, WEST_M, quad

if TYPE_CHECKING:
    from layers.sample._chance import FloatArray, GeometryArray, IntArray
    from layers.sample._warp import Warp

COUNTS = {"end": 66, "corner": 46, "sliver": 28, "whole": 20, "viaduct": 26, "bank": 34, "plot": 24, "village": 16}
"""Idle parcels by form; together 260."""
CARPARK_COUNT = 36
POCKET_COUNT = 30
CANAL_M = {"canal_west": 18.0, "canal_east": 15.0, "canal_north": 14.0, "canal_south": 20.0}
RIVER_HALF_M = 143.0
LEAST_STRIP_M2 = 40.0


@dataclass(frozen=True)
class Lots:
    """What was taken out of blocks: ``form``, ``block``, ``geometry``; and what is left of every block."""

    table: pd.DataFrame
    rest: GeometryArray


def carve(blocks: pd.DataFrame, rng: np.random.Generator) -> Lots:
    """Take idle parcels, car parks and pocket greens out of blocks, at most one from each block."""
    shapes = blocks["geometry"].to_numpy()
    rest, rows = shapes.copy(), []
    free = _candidates(blocks, rng)
    whole = _whole(blocks, rng)
    free = free[~np.isin(free, whole)]
    rows.append(pd.DataFrame({"form": "whole", "block": whole, "geometry": shapes[whole]}))
    rest[whole] = shapely.Polygon()
    for form, count in (
        ("end", COUNTS["end"]),
        ("carpark", CARPARK_COUNT),
        ("pocket", POCKET_COUNT),
        ("corner", COUNTS["corner"]),
        ("sliver", COUNTS["sliver"]),
    ):
        chosen, free = _take(free, count + 12)
        point, normal = _plane(form, shapes[chosen], rng)
        lot = largest(shapely.intersection(shapes[chosen], half_planes(point, normal)))
        remains = largest(shapely.intersection(shapes[chosen], half_planes(point + 2.0 * normal, -normal)))
        least = 18 if form in ("corner", "sliver") else 260
        fine = (shapely.area(lot) >= least) & (shapely.area(lot) < 0.75 * shapely.area(shapes[chosen]))
        kept = np.flatnonzero(fine)[:count]
        rows.append(pd.DataFrame({"form": form, "block": chosen[kept], "geometry": lot[kept]}))
        rest[chosen[kept]] = remains[kept]
    return Lots(pd.concat(rows, ignore_index=True), rest)


def _whole(blocks: pd.DataFrame, rng: np.random.Generator) -> IntArray:
    """Return the blocks that lie idle as a whole: those without a use, then others of the same size."""
    use, area = blocks["use"].to_numpy(), shapely.area(blocks["geometry"].to_numpy())
    void = rng.permutation(np.flatnonzero(use == "void"))
    other = rng.permutation(
        np.flatnonzero(np.isin(use, ["nursery", "slab", "yard"]) & (area > 4_000) & (area < 45_000))
    )
    return np.concatenate([void, other])[: COUNTS["whole"]]


def _candidates(blocks: pd.DataFrame, rng: np.random.Generator) -> IntArray:
    """Return blocks that may give up a part, shuffled; villages and the old town give up whole plots instead."""
    use = ["compound", "mixed", "modern", "slab", "office", "civic", "sheds", "yard", "mall", "nursery", "market"]
    area = shapely.area(blocks["geometry"].to_numpy())
    least = np.where(blocks["use"] == "compound", 7000.0, 3000.0)
    rows = np.flatnonzero(blocks["use"].isin(use).to_numpy() & (area > least))
    return rows[rng.permutation(len(rows))]


def _take(free: IntArray, count: int) -> tuple[IntArray, IntArray]:
    return free[:count], free[count:]


def _plane(form: str, shapes: GeometryArray, rng: np.random.Generator) -> tuple[FloatArray, FloatArray]:
    """Return a point and the outward normal of the cut that takes a lot of this form off each shape."""
    if form in ("end", "carpark", "pocket"):
        box = envelopes(shapes)
        side = rng.choice([-1.0, 1.0], len(shapes))[:, None] * box.along
        depth = {"end": (20, 100), "carpark": (26, 64), "pocket": (16, 40)}[form]
        wanted = np.minimum(rng.uniform(*depth, len(shapes)), 0.42 * box.length_m)
        return box.centre + side * (box.length_m / 2 - wanted)[:, None], -side
    plain = shapely.simplify(shapes, 1.5)
    found = [_corner(shape) if form == "corner" else _longest_side(shape) for shape in plain]
    point, inward = np.array([item[0] for item in found]), np.array([item[1] for item in found])
    deep = rng.uniform(7, 30, len(shapes)) if form == "corner" else rng.uniform(3.2, 9.5, len(shapes))
    return point + inward * deep[:, None], inward


def _corner(shape: shapely.Polygon) -> tuple[FloatArray, FloatArray]:
    """Return the sharpest corner of a polygon and the direction into it."""
    ring = shapely.get_coordinates(shape.exterior)[:-1]
    before, after = np.roll(ring, 1, axis=0) - ring, np.roll(ring, -1, axis=0) - ring
    before /= np.hypot(*before.T)[:, None]
    after /= np.hypot(*after.T)[:, None]
    sharpest = int(np.argmax((before * after).sum(axis=1)))
    inward = before[sharpest] + after[sharpest]
    return ring[sharpest], inward / np.hypot(*inward)


def _longest_side(shape: shapely.Polygon) -> tuple[FloatArray, FloatArray]:
    """Return the middle of the longest side of a polygon and the direction inwards."""
    ring = shapely.get_coordinates(shapely.normalize(shape).exterior)
    side = np.diff(ring, axis=0)
    longest = int(np.argmax(np.hypot(*side.T)))
    middle = (ring[longest] + ring[longest + 1]) / 2
    normal = np.array([-side[longest, 1], side[longest, 0]]) / np.hypot(*side[longest])
    inside = shape.contains(shapely.Point(middle + normal * 0.5))
    return middle, normal if inside else -normal


def strip_lots(warp: Warp, streets: pd.DataFrame, waters: GeometryArray, rng: np.random.Generator) -> pd.DataFrame:
    """Return pieces of ground along the canals and the river and under the viaducts: ``strip``, ``geometry``.

    What streets cross or the bend of a canal floods is left out, with room beside it.
    """
    names, shapes = zip(*_bank_strips(warp, rng), *_viaduct_strips(warp, rng), strict=True)
    found = np.array(shapes, dtype=object)
    width_m = streets["width_m"].to_numpy()
    bands = shapely.buffer(streets["geometry"].to_numpy(), width_m / 2 + 2.0, cap_style="flat")
    near = np.unique(shapely.STRtree(bands).query(found, predicate="intersects")[1])
    closed = shapely.union_all([*bands[near], *shapely.buffer(waters, 1.0)])
    shapely.prepare(closed)
    touched = shapely.intersects(found, closed)
    found[touched] = largest(shapely.difference(found[touched], closed))
    table = pd.DataFrame({"strip": names, "geometry": found})
    return table[shapely.area(found) >= LEAST_STRIP_M2].reset_index(drop=True)


def _bank_strips(warp: Warp, rng: np.random.Generator) -> list[tuple[str, shapely.Polygon]]:
    """Return the ground between each watercourse and the roads on its banks, in pieces."""
    rows: list[tuple[str, shapely.Polygon]] = []
    for name in ("canal_west", "canal_east", "canal_south"):
        west, east, south, north = STRIPS[name]
        low, high = (max(south, SOUTH_M), -232.0) if name == "canal_south" else (south + 12, min(north, NORTH_M) - 20)
        edge = CANAL_M[name] / 2 + 1.6
        middle = (west + east) / 2
        for start, stop in _pieces(low, high, rng):
            rows.append((name, quad(warp, west + 6.5, middle - edge, start, stop)))
            rows.append((name, quad(warp, middle + edge, east - 6.5, start, stop)))
    west, east, south, north = STRIPS["canal_north"]
    middle, edge = (south + north) / 2, CANAL_M["canal_north"] / 2 + 1.6
    for start, stop in _pieces(west + 12, east - 12, rng):
        rows.append(("canal_north", quad(warp, start, stop, middle + edge, north - 6.5)))
        rows.append(("canal_north", quad(warp, start, stop, south + 9.5, middle - edge)))
    for start, stop in _pieces(WEST_M + 15, EAST_M - 15, rng):
        rows.append(("river", quad(warp, start, stop, RIVER_HALF_M + 2.5, BANK_M - 12)))
        rows.append(("river", quad(warp, start, stop, 12 - BANK_M, -RIVER_HALF_M - 2.5)))
    return rows


def _viaduct_strips(warp: Warp, rng: np.random.Generator) -> list[tuple[str, shapely.Polygon]]:
    """Return the ground under the viaducts, in pieces."""
    along = STRIPS["viaduct_river"]
    north = STRIPS["viaduct_north"]
    level = _pieces(WEST_M + 15, EAST_M - 15, rng)
    upright = _pieces(BANK_M + 20, NORTH_M - 20, rng)
    return [
        *(("viaduct_river", quad(warp, a, b, along[2] + 12, along[3] - 12)) for a, b in level),
        *(("viaduct_north", quad(warp, north[0] + 18, north[1] - 10, a, b)) for a, b in upright),
    ]


def _pieces(low: float, high: float, rng: np.random.Generator) -> list[tuple[float, float]]:
    """Divide a stretch into pieces of 40 to 150 m with gaps of 4 m between them."""
    stops = [low]
    while stops[-1] < high - 60:
        stops.append(min(stops[-1] + float(rng.uniform(40, 150)), high))
    return [(a, b - 4.0) for a, b in pairwise(stops)]
