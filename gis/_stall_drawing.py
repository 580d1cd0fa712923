"""A plan as shapes: dead ends given a place to turn, aisles and entrance drawn, and the whole looked over once more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gis._stall_bands import AISLE, DEPTH, FILL_DEPTH, FILL_PITCH, LEAN, TOLERANCE_M

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import Polygon

    from gis._stall_search import Drawn
    from gis._stall_shapes import Plot

    Rows = NDArray[np.float64]

SOUND_M = 1e-3
"""What a shape may stand out by from where it belongs."""
THRESHOLD_M = 0.5
"""Depth of the entrance that is shown where the aisle itself opens on the boundary."""


class Drawing(NamedTuple):
    """The shapes of one layout in the coordinates of the city, and the lengths of its rows of full stalls."""

    stalls: NDArray[np.object_]
    aisle: Polygon
    entrance: Polygon
    runs: tuple[int, ...]


def drawing(plot: Plot, found: Drawn, module: Rows, angle: float, dead_end_m: float) -> Drawing | None:
    """Return the shapes of a plan; ``None`` if nothing is left of it or a shape stands where it may not."""
    reaches = np.array([_reach(found, number) for number in range(len(found.pieces))])
    stalls, places = _with_turning(found, reaches, module, dead_end_m)
    stalls, lanes, used = _pruned(found, stalls)
    if not len(stalls):
        return None
    shapes, ground = _stalls(found, stalls, module), _turn(plot.ground, -angle)
    turns = _stalls(found, places.reshape(-1, 5), module)
    aisle = shapely.union_all([*_aisles(found, stalls, used, reaches, module), *_lanes(lanes, module), *turns])
    entrance, aisle = _entrance(found.entrance, ground, aisle)
    inside = shapely.buffer(ground, SOUND_M)
    shapely.prepare(inside)
    if aisle.geom_type != "Polygon" or entrance is None or not shapely.covers(inside, [*shapes, aisle]).all():
        return None
    placed = [_placed(item, angle, plot.origin) for item in (shapes, aisle, entrance)]
    return Drawing(placed[0], placed[1], placed[2], _runs(stalls))


def _reach(found: Drawn, number: int) -> tuple[float, float]:
    """Return from where to where lanes and entrance open on an aisle."""
    _, low, high = found.pieces[number]
    meets = (found.lanes[:, 4] == number) | (found.lanes[:, 5] == number)
    spans = [*found.lanes[meets][:, [0, 2]].tolist()]
    if number == found.at:
        spans.append([max(low, found.entrance[0]), min(high, found.entrance[2])])
    return (min(span[0] for span in spans), max(span[1] for span in spans)) if spans else (low, high)


def _with_turning(found: Drawn, reaches: Rows, module: Rows, dead_end_m: float) -> tuple[Rows, Rows]:
    """Return the stalls, less those given up so that a car can turn, and these; ``reaches`` grow to hold them.

    A dead end longer than ``dead_end_m`` gives up its outermost full stall: a car backs into it and drives out ahead.
    Where no full stall stands beside it, stalls further in than that are left out.
    """
    kept, given_up = found.stalls, []
    far = dead_end_m + TOLERANCE_M
    begin = reaches[kept[:, 3].astype(int)] if len(kept) else np.empty((0, 2))
    long = np.flatnonzero((kept[:, 1] > begin[:, 1] + far) | (kept[:, 0] < begin[:, 0] - far))
    for number in np.unique(kept[long, 3]).astype(int).tolist():
        left, right = reaches[number]
        for sign, start in ((1, right), (-1, -left)):
            here, outer = kept[:, 3] == number, kept[:, 1] if sign > 0 else -kept[:, 0]
            inner = kept[:, 0] if sign > 0 else -kept[:, 1]
            if not (here & (outer > start + far)).any():
                continue
            able = np.flatnonzero(here & (kept[:, 2] == 0) & (inner > start) & (module[FILL_PITCH] > 0))
            limit, gone = start + dead_end_m, np.zeros(len(kept), dtype=bool)
            if len(able):
                last = able[np.argmax(outer[able])]
                given_up.append(kept[last])
                reaches[number] = min(reaches[number, 0], kept[last, 0]), max(reaches[number, 1], kept[last, 1])
                limit, gone[last] = max(limit, outer[last] + dead_end_m), True
            kept = kept[~(gone | (here & (outer > limit + TOLERANCE_M)))]
    return kept, np.array(given_up)


def _pruned(found: Drawn, stalls: Rows) -> tuple[Rows, Rows, list[int]]:
    """Return stalls, lanes and aisles without the aisles at the end of a lane that serve no stall."""
    lanes = found.lanes
    while True:
        served = set(stalls[:, 3].astype(int).tolist()) | {found.at}
        ends, times = np.unique(lanes[:, 4:6], return_counts=True)
        idle = [int(end) for end, count in zip(ends, times, strict=True) if count == 1 and int(end) not in served]
        if not idle:
            return stalls, lanes, sorted(served | {int(end) for end in ends})
        lanes = lanes[~np.isin(lanes[:, 4:6], idle).any(axis=1)]


def _aisles(found: Drawn, stalls: Rows, used: list[int], reaches: Rows, module: Rows) -> list[Polygon]:
    """Return the aisles, as long as their stalls and lanes need them."""
    boxes = []
    for number in used:
        y, low, high = found.pieces[number]
        mine = stalls[stalls[:, 3] == number]
        start, end = min([reaches[number][0], *mine[:, 0]]), max([reaches[number][1], *mine[:, 1]])
        boxes.append(shapely.box(max(low, start), y, min(high, end), y + module[AISLE]))
    return boxes


def _lanes(lanes: Rows, module: Rows) -> list[Polygon]:
    """Return the lanes, each with its crossing of both aisles."""
    return [shapely.box(x0, y0 - module[AISLE], x1, y1 + module[AISLE]) for x0, y0, x1, y1, _, _ in lanes]


def _stalls(found: Drawn, stalls: Rows, module: Rows) -> NDArray[np.object_]:
    """Return the stalls; leaning ones are parallelograms with their open side on the aisle."""
    y = found.pieces[stalls[:, 3].astype(int), 0]
    above, is_full = stalls[:, 4] == 1, stalls[:, 2] == 0
    mouth = np.where(above, y + module[AISLE], y)
    depth = np.where(is_full, module[DEPTH], module[FILL_DEPTH])
    back, lean = np.where(above, mouth + depth, mouth - depth), np.where(is_full, module[LEAN], 0.0)
    start, end = stalls[:, 0], stalls[:, 1]
    corners = [(start, mouth), (end, mouth), (end + lean, back), (start + lean, back), (start, mouth)]
    found_: NDArray[np.object_] = shapely.polygons(np.stack([np.column_stack(corner) for corner in corners], axis=1))
    return found_


def _entrance(box: Rows, ground: Polygon, aisle: Polygon) -> tuple[Polygon | None, Polygon]:
    """Return the entrance outside the aisle, up to the boundary, and the aisle with what lies before the entrance."""
    outside = shapely.difference(shapely.intersection(shapely.box(*box), ground), aisle)
    parts = np.array([part for part in shapely.get_parts(outside) if part.geom_type == "Polygon"], dtype=object)
    at_edge = shapely.dwithin(parts, ground.exterior, SOUND_M) & (shapely.area(parts) > SOUND_M)
    if at_edge.any():
        chosen = np.argmax(shapely.area(parts) * at_edge)
        # A lane that crosses another aisle on its way out lies in pieces: the inner ones are aisle.
        inner = [part for part in parts[~at_edge] if part.area > SOUND_M]
        return parts[chosen], shapely.union_all([aisle, *inner])
    threshold = shapely.intersection(shapely.buffer(shapely.box(*box), THRESHOLD_M, join_style="mitre"), aisle)
    return (threshold if threshold.geom_type == "Polygon" and not threshold.is_empty else None), aisle


def _runs(stalls: Rows) -> tuple[int, ...]:
    """Return how many full stalls stand side by side, row by row."""
    full = stalls[stalls[:, 2] == 0]
    full = full[np.lexsort((full[:, 0], full[:, 4], full[:, 3]))]
    breaks = (np.diff(full[:, 3]) != 0) | (np.diff(full[:, 4]) != 0) | (full[1:, 0] - full[:-1, 1] > TOLERANCE_M)
    ends = np.concatenate([[0], np.flatnonzero(breaks) + 1, [len(full)]])
    return tuple(int(count) for count in np.diff(ends) if count)


def _turn(shape: Polygon, angle: float) -> Polygon:
    cosine, sine = math.cos(angle), math.sin(angle)
    return shapely.transform(shape, lambda xy: xy @ np.array([[cosine, sine], [-sine, cosine]]))


def _placed(shapes: NDArray[np.object_] | Polygon, angle: float, origin: Rows) -> NDArray[np.object_] | Polygon:
    cosine, sine = math.cos(angle), math.sin(angle)
    return shapely.transform(shapes, lambda xy: xy @ np.array([[cosine, sine], [-sine, cosine]]) + origin)
