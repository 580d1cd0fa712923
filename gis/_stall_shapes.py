"""The plot of one layout, made ready: what may be built on, its sides, and the directions that aisles may take."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import Geometry, Polygon

MOST_EDGES = 300
"""A plot with more edges is drawn more coarsely, and set back by as much as that may move it."""
LEAST_TOLERANCE_M = 1e-3
SIDE_TURN = math.radians(20)
"""Edges that turn by less belong to one side of the plot."""
SAME_DIRECTION = math.radians(3)
MOST_DIRECTIONS = 3
"""Directions of sides that aisles are laid along, each with its perpendicular."""
MITRE_LIMIT = 2.0


class Plot(NamedTuple):
    """One connected plot, in metres from ``origin``.

    Parameters
    ----------
    ground
        The plot less its obstacles.
    edges
        ``(n, 4)`` of the ground less the setback; every ring.
    hard
        ``(n, 4)`` of the ground itself.
    sides
        To which side of the plot each of ``hard`` belongs; -1 for holes and obstacles.
    side_m
        Length of each side.
    angles
        Directions of the aisles to try, in radians.
    origin
        What was taken from the coordinates.
    """

    ground: Polygon
    edges: NDArray[np.float64]
    hard: NDArray[np.float64]
    sides: NDArray[np.int64]
    side_m: NDArray[np.float64]
    angles: tuple[float, ...]
    origin: NDArray[np.float64]


def plot_of(part: Polygon, obstacles: Geometry | None, setback_m: float) -> list[Plot]:
    """Return the plots that one polygon is: as many as its obstacles leave apart."""
    origin = np.floor(shapely.get_coordinates(part).min(axis=0))
    part, slack_m = _simple(shapely.transform(part, lambda xy: xy - origin))
    ground: Geometry = part
    if obstacles is not None:
        ground = shapely.difference(part, shapely.transform(obstacles, lambda xy: xy - origin))
    pieces = [piece for piece in shapely.get_parts(ground) if piece.geom_type == "Polygon" and not piece.is_empty]
    found = [_plot(piece, part, setback_m + slack_m, origin) for piece in pieces]
    return [plot for plot in found if plot is not None]


def fronted(plot: Plot, streets: Geometry | None, reach_m: float) -> tuple[Plot, NDArray[np.float64]]:
    """Return the plot with its sides cut where they come within reach of a street, and how far each one is from it.

    Parameters
    ----------
    plot
        The plot.
    streets
        Streets around in the coordinates of the city, as one geometry.
    reach_m
        What lies within this of a street is its front.

    Returns
    -------
    Plot
        The same shape; ``hard``, ``sides`` and ``side_m`` cut.
    ndarray
        Mean distance of each side from the nearest street in metres; infinite for what is no front.
    """
    away_m = np.full(len(plot.side_m), np.inf)
    if streets is None or streets.is_empty:
        return plot, away_m
    local = shapely.transform(streets, lambda xy: xy - plot.origin)
    hard, sides = _cut(plot.hard, plot.sides, shapely.buffer(local, reach_m))
    middles = shapely.points((hard[:, :2] + hard[:, 2:]) / 2)
    distance_m = shapely.distance(middles, local)
    is_front, length_m = distance_m <= reach_m, np.hypot(hard[:, 2] - hard[:, 0], hard[:, 3] - hard[:, 1])
    outer = np.flatnonzero(sides >= 0)
    new = np.full(len(hard), -1)
    _, new[outer] = np.unique(_runs(2 * sides[outer] + is_front[outer]), return_inverse=True)
    side_m = np.bincount(new[outer], weights=length_m[outer]).astype(float)
    weighed = np.bincount(new[outer], weights=(distance_m * length_m)[outer])
    front = np.bincount(new[outer], weights=is_front[outer]) > 0
    return plot._replace(hard=hard, sides=new, side_m=side_m), np.where(front, weighed / side_m, np.inf)


def _cut(
    hard: NDArray[np.float64], sides: NDArray[np.int64], zone: Geometry
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Return edges and their sides, those of the outline cut where they cross the boundary of ``zone``."""
    lines = shapely.linestrings(hard.reshape(-1, 2, 2))
    crossing = shapely.intersection(lines, shapely.boundary(zone))
    at = [np.empty(0)] * len(hard)
    for i in np.flatnonzero((sides >= 0) & ~shapely.is_empty(crossing)):
        along = shapely.line_locate_point(lines[i], shapely.points(shapely.get_coordinates(crossing[i])))
        inner = (along > LEAST_TOLERANCE_M) & (along < shapely.length(lines[i]) - LEAST_TOLERANCE_M)
        at[i] = np.unique(np.round(along[inner], 4)) / shapely.length(lines[i])
    pieces = [
        edge[:2] + np.concatenate([[0.0], share, [1.0]])[:, None] * (edge[2:] - edge[:2])
        for edge, share in zip(hard, at, strict=True)
    ]
    times = [len(corners) - 1 for corners in pieces]
    return np.concatenate([np.hstack([xy[:-1], xy[1:]]) for xy in pieces]), np.repeat(sides, times)


def _runs(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of the run of equal labels that each belongs to; the last goes on at the first."""
    run = np.concatenate([[0], np.cumsum(labels[1:] != labels[:-1])])
    return np.where((run == run[-1]) & (labels[-1] == labels[0]), 0, run)


def _simple(part: Polygon) -> tuple[Polygon, float]:
    """Return the plot without needless corners, and how far that may have moved its sides."""
    tolerance, found = LEAST_TOLERANCE_M, shapely.simplify(part, LEAST_TOLERANCE_M)
    while shapely.get_num_coordinates(found) > MOST_EDGES and tolerance < 1e3:
        tolerance *= 4
        found = shapely.simplify(part, tolerance)
    same = found.equals_exact(part) or shapely.get_num_coordinates(found) == shapely.get_num_coordinates(part)
    return (part, 0.0) if same else (found, tolerance)


def _plot(ground: Polygon, part: Polygon, setback_m: float, origin: NDArray[np.float64]) -> Plot | None:
    inner = shapely.buffer(ground, -setback_m, join_style="mitre", mitre_limit=MITRE_LIMIT) if setback_m else ground
    if inner.is_empty:
        return None
    hard, corners = _edges(ground), shapely.get_coordinates(ground.exterior)
    outer = np.arange(len(hard)) < len(corners) - 1
    middles = shapely.points((hard[:, :2] + hard[:, 2:]) / 2)
    outer &= shapely.dwithin(middles, part.exterior, LEAST_TOLERANCE_M)
    sides = _sides(hard, outer)
    lengths = np.hypot(hard[:, 2] - hard[:, 0], hard[:, 3] - hard[:, 1])
    side_m = np.bincount(sides[sides >= 0], weights=lengths[sides >= 0], minlength=1).astype(float)
    return Plot(ground, _edges(inner), hard, sides, side_m, _directions(hard[sides >= 0], lengths[sides >= 0]), origin)


def _edges(shape: Geometry) -> NDArray[np.float64]:
    """Return the edges of every ring ``(n, 4)``, the outer ring of the first part first."""
    rings = shapely.get_rings(shapely.get_parts(shape))
    corners = [shapely.get_coordinates(ring) for ring in rings]
    return np.concatenate([np.hstack([xy[:-1], xy[1:]]) for xy in corners])


def _sides(hard: NDArray[np.float64], outer: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the side of each edge: a new one begins where the outline turns or an obstacle interrupts it."""
    way = np.arctan2(hard[:, 3] - hard[:, 1], hard[:, 2] - hard[:, 0])
    number, sides, begun = -1, np.full(len(hard), -1), 0.0
    for i in np.flatnonzero(outer):
        follows = i > 0 and outer[i - 1] and abs(math.remainder(way[i] - begun, math.tau)) < SIDE_TURN
        if number < 0 or not follows:
            number, begun = number + 1, way[i]
        sides[i] = number
    last = np.flatnonzero(outer)
    if number > 0 and outer[0] and len(last) and abs(math.remainder(way[last[-1]] - way[0], math.tau)) < SIDE_TURN:
        sides[sides == number] = 0
    return sides


def _directions(edges: NDArray[np.float64], lengths: NDArray[np.float64]) -> tuple[float, ...]:
    """Return the directions in which most of the outline runs, each with its perpendicular."""
    way = np.arctan2(edges[:, 3] - edges[:, 1], edges[:, 2] - edges[:, 0])
    groups: list[list[float]] = []
    for i in np.argsort(-np.round(lengths, 3), kind="stable"):
        near = [group for group in groups if abs(math.remainder(way[i] - group[0], math.pi / 2)) < SAME_DIRECTION]
        if near:
            near[0][1] += lengths[i]
        else:
            groups.append([float(way[i]), float(lengths[i])])
    groups.sort(key=lambda group: -round(group[1], 3))
    return tuple(angle + turn for angle, _ in groups[:MOST_DIRECTIONS] for turn in (0.0, math.pi / 2))
