"""The coarse plan: river, canals, viaducts and main roads, and the cells between them.

A watercourse or a viaduct runs in a strip between two bank roads, so that what crosses it can only be a bridge, and
what is left beside it is a leftover.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from layers.sample._chance import FloatArray, GeometryArray
    from layers.sample._warp import Warp

BANK_M = 170.0
"""Bank roads run this far from the river's centre line."""
SOUTH_M, NORTH_M, WEST_M, EAST_M = -2300.0, 2900.0, -4100.0, 4300.0
Spans = tuple[tuple[float, float], ...]
WHOLE: Spans = ((-1e5, 1e5),)
LAND: Spans = ((-1e5, -BANK_M), (BANK_M, 1e5))
NORTH: Spans = ((BANK_M, 1e5),)
SOUTH: Spans = ((-1e5, -BANK_M),)


@dataclass(frozen=True)
class Line:
    """A line of the coarse plan: where it stands, what street it carries and where it parts cells."""

    at_m: float
    street: str = ""
    spans: Spans = LAND
    parts: Spans = WHOLE


U_LINES = (
    Line(WEST_M),
    Line(-3330, "main", WHOLE),
    Line(-2640, "secondary", ((-1e5, -BANK_M), (BANK_M, 2000)), ((-1e5, 2000),)),
    Line(-2010, "secondary", LAND),
    Line(-1968, "local", NORTH, NORTH),
    Line(-1290, "main", LAND),
    Line(-520, "main", WHOLE),
    Line(250, "main", LAND),
    Line(292, "local", SOUTH, SOUTH),
    Line(940, "secondary", WHOLE),
    Line(982, "local", NORTH, NORTH),
    Line(1720, "main", LAND),
    Line(1766, "local", NORTH, NORTH),
    Line(2480, "main", WHOLE),
    Line(3230, "secondary", ((-1120, -BANK_M), (BANK_M, 2000)), ((-1120, 2000),)),
    Line(EAST_M),
)
V_LINES = (
    Line(SOUTH_M),
    Line(-1700, "secondary", ((-3330, 2480),), ((-3330, 2480),)),
    Line(-1120, "main", WHOLE),
    Line(-620, "secondary", ((-3330, 3230),), ((-3330, 3230),)),
    Line(-216, "secondary", WHOLE),
    Line(-BANK_M, "secondary", WHOLE),
    Line(0),
    Line(BANK_M, "secondary", WHOLE),
    Line(560, "main", WHOLE),
    Line(1010, "secondary", ((WEST_M, 2480),), ((WEST_M, 2480),)),
    Line(1420, "main", WHOLE),
    Line(1462, "local", ((-1968, 940),), ((-1968, 940),)),
    Line(2000, "secondary", ((-3330, 3230),), ((-3330, EAST_M),)),
    Line(2480, "main", ((-3330, 2480),), ((-3330, EAST_M),)),
    Line(NORTH_M),
)
STRIPS: dict[str, tuple[float, float, float, float]] = {
    "river": (-1e5, 1e5, -BANK_M, BANK_M),
    "canal_west": (-2010, -1968, BANK_M, 1e5),
    "canal_east": (940, 982, BANK_M, 1e5),
    "canal_north": (-1968, 940, 1420, 1462),
    "canal_south": (250, 292, -1e5, -BANK_M),
    "viaduct_river": (-1e5, 1e5, -216, -BANK_M),
    "viaduct_north": (1720, 1766, BANK_M, 1e5),
}
"""West, east, south and north edge on the sheet, in order of precedence."""
CORNERS = ((-1e5, -3330, 2480, 1e5), (2480, 1e5, -1e5, -1700), (-1e5, -3330, -1e5, -1700), (3230, 1e5, 2480, 1e5))
"""Corners of the sheet that lie outside the district."""
STEP_M = 70.0
_U = np.array([line.at_m for line in U_LINES])
_V = np.array([line.at_m for line in V_LINES])


def _covers(spans: Spans, low: float, high: float) -> bool:
    return any(a <= low and high <= b for a, b in spans)


def _within(box: tuple[float, float, float, float], u: float, v: float) -> bool:
    return box[0] < u < box[1] and box[2] < v < box[3]


def run(warp: Warp, start: tuple[float, float], end: tuple[float, float]) -> FloatArray:
    """Return the points in the plane of a straight run on the sheet, one about every :data:`STEP_M`.

    The way back passes through the very same points, to the last bit: neighbours share their border.
    """
    if start > end:
        return run(warp, end, start)[::-1]
    length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
    share = np.linspace(0.0, 1.0, max(2, int(np.ceil(length / STEP_M)) + 1))
    return warp.to_plane(start[0] + share * (end[0] - start[0]), start[1] + share * (end[1] - start[1]))


def quad(warp: Warp, west: float, east: float, south: float, north: float) -> shapely.Polygon:
    """Return the polygon in the plane of a rectangle on the sheet."""
    corners = [(west, south), (east, south), (east, north), (west, north), (west, south)]
    sides = [run(warp, a, b)[:-1] for a, b in itertools.pairwise(corners)]
    return shapely.Polygon(np.concatenate(sides))


def kind_at(u: float, v: float) -> str:
    """Return what the cell around a point of the sheet is: a strip's name, ``outside`` or ``land``."""
    if any(_within(box, u, v) for box in CORNERS):
        return "outside"
    return next((name for name, box in STRIPS.items() if _within(box, u, v)), "land")


def cells(warp: Warp) -> pd.DataFrame:
    """Return the cells of the coarse plan: ``kind``, ``u``, ``v`` of a point inside, ``geometry``.

    Neighbouring cells share their vertices exactly, so unions of them tile without gaps.
    """
    across, along = len(_U) - 1, len(_V) - 1
    parent = list(range(across * along))

    def root(item: int) -> int:
        while parent[item] != item:
            item = parent[item]
        return item

    for i in range(across):
        for j in range(along):
            here = i * along + j
            if i and not _covers(U_LINES[i].parts, _V[j], _V[j + 1]):
                parent[root(here)] = root(here - along)
            if j and not _covers(V_LINES[j].parts, _U[i], _U[i + 1]):
                parent[root(here)] = root(here - 1)
    rows = []
    for i in range(across):
        for j in range(along):
            u, v = (_U[i] + _U[i + 1]) / 2, (_V[j] + _V[j + 1]) / 2
            shape = quad(warp, _U[i], _U[i + 1], _V[j], _V[j + 1])
            rows.append((root(i * along + j), kind_at(u, v), u, v, shape))
    table = pd.DataFrame(rows, columns=["group", "kind", "u", "v", "geometry"])
    table = table[table["kind"] != "outside"]
    grouped = table.groupby(["group", "kind"], sort=True)
    merged = grouped[["u", "v"]].mean()
    merged["geometry"] = grouped["geometry"].apply(lambda shapes: shapely.union_all(list(shapes)))
    return merged.reset_index().drop(columns="group")


def roads(warp: Warp) -> pd.DataFrame:
    """Return the roads of the coarse plan, a row for each stretch: ``street_class``, ``line``, ``geometry``."""
    rows = []
    for name, own, other, flip in (("u", U_LINES, V_LINES, False), ("v", V_LINES, U_LINES, True)):
        stops = [line.at_m for line in other if line.at_m != 0]
        for number, line in enumerate(own):
            for low, high in itertools.pairwise(stops):
                if not line.street or not _covers(line.spans, low, high):
                    continue
                middle = (low + high) / 2
                sides = [(line.at_m - 5, middle), (line.at_m + 5, middle)]
                if all(kind_at(*(side[::-1] if flip else side)) == "outside" for side in sides):
                    continue
                ends = [(line.at_m, low), (line.at_m, high)]
                a, b = (end[::-1] if flip else end for end in ends)
                rows.append((line.street, f"{name}{number}", shapely.LineString(run(warp, a, b))))
    return pd.DataFrame(rows, columns=["street_class", "line", "geometry"])


def expressways(warp: Warp) -> GeometryArray:
    """Return the elevated roads: one along the river, one north from it, over the strips kept for them."""
    v = (STRIPS["viaduct_river"][2] + STRIPS["viaduct_river"][3]) / 2
    u = (STRIPS["viaduct_north"][0] + STRIPS["viaduct_north"][1]) / 2
    along = [run(warp, (WEST_M, v), (u, v)), run(warp, (u, v), (EAST_M, v))]
    north = run(warp, (u, v), (u, NORTH_M))
    return np.array([shapely.LineString(points) for points in (*along, north)], dtype=object)
