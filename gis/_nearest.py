"""The street nearest to each of many points: straight pieces of street listed by the squares of a grid they pass.

A general spatial index asks once per point and measures every line that it finds from end to end; here one compiled
loop measures single pieces, in the squares round a point, until no square further out can hold a nearer one. Distances
are computed as GEOS computes them, operation for operation, so that streets that tie there tie here.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from gis._compiled import compiled

if TYPE_CHECKING:
    from gis._graph import Floats, Geometries, Ints

MARGIN_M = 1e-3
"""Squares this much further out than need be are looked at too: rounding may list a piece in the square beside."""


class Grid(NamedTuple):
    """Pieces of lines in square cells, row by row from the south-west.

    Parameters
    ----------
    ends
        ``(n, 4)``: ``x0, y0, x1, y1`` of each piece.
    line
        The line that each piece is of.
    box
        ``west, south, east, north`` of all lines, and the side of a cell; metres.
    columns
        Cells in a row.
    first, piece
        The pieces that pass cell ``i`` are ``piece[first[i] : first[i + 1]]``.
    """

    ends: Floats
    line: Ints
    box: Floats
    columns: int
    first: Ints
    piece: Ints


def grid_of(lines: Geometries) -> Grid:
    """Return the grid of LineStrings (two points or more each) with about a cell per piece."""
    xy, number = shapely.get_coordinates(lines, return_index=True)
    follows = np.flatnonzero(number[1:] == number[:-1])
    ends, line = np.hstack([xy[follows], xy[follows + 1]]), number[follows].astype(np.int64)
    (west, south), (east, north) = xy.min(axis=0), xy.max(axis=0)
    wide, high = east - west, north - south
    cell_m = max(math.sqrt(wide * high / len(ends)), wide / len(ends), high / len(ends))
    box, columns = np.array([west, south, east, north, cell_m]), int(wide // cell_m) + 1
    places = np.zeros(columns * (int(high // cell_m) + 1) + 1, dtype=np.int64)
    _list(ends, box, columns, places[1:], np.empty(0, dtype=np.int64))
    first = np.cumsum(places)
    piece = np.empty(first[-1], dtype=np.int64)
    _list(ends, box, columns, first[:-1].copy(), piece)
    return Grid(ends, line, box, columns, first, piece)


def nearest_lines(grid: Grid, points: Floats) -> Ints:
    """Return the line nearest to each of ``points``, ``(n, 2)``, whose coordinates are numbers.

    Of several at one distance it is the one whose nearest point lies furthest west, then south, then the first.
    """
    return _nearest(grid, np.require(points, dtype=np.float64, requirements=["C", "W"]))


@compiled()
def _list(ends: Floats, box: Floats, columns: int, place: Ints, piece: Ints) -> None:
    """Put each piece into the cells that it passes, or only count in ``place`` where ``piece`` has no room."""
    west, south, cell_m = box[0], box[1], box[4]
    rows = place.size // columns
    for number in range(ends.shape[0]):
        x0, y0, x1, y1 = ends[number]
        bottom = min(max(int((min(y0, y1) - south) / cell_m), 0), rows - 1)
        top = min(max(int((max(y0, y1) - south) / cell_m), 0), rows - 1)
        for row in range(bottom, top + 1):
            low_x, high_x = x0, x1
            if bottom < top:  # as far as it lies in this row
                low = min(max((south + row * cell_m - y0) / (y1 - y0), 0.0), 1.0)
                high = min(max((south + (row + 1) * cell_m - y0) / (y1 - y0), 0.0), 1.0)
                low_x, high_x = x0 + low * (x1 - x0), x0 + high * (x1 - x0)
            left = min(max(int((min(low_x, high_x) - west) / cell_m), 0), columns - 1)
            right = min(max(int((max(low_x, high_x) - west) / cell_m), 0), columns - 1)
            for cell in range(row * columns + left, row * columns + right + 1):
                if piece.size:
                    piece[place[cell]] = number
                place[cell] += 1


@compiled()
def _nearest_point(x: float, y: float, ends: Floats) -> tuple[float, float, float]:
    """Return metres from a point to a piece, and where on it that is; as ``Distance::pointToSegment`` of GEOS."""
    x0, y0, x1, y1 = ends
    wide, high = x1 - x0, y1 - y0
    square = wide * wide + high * high
    along = ((x - x0) * wide + (y - y0) * high) / square if square > 0 else 0.0
    if along <= 0.0:
        return math.sqrt((x - x0) * (x - x0) + (y - y0) * (y - y0)), x0, y0
    if along >= 1.0:
        return math.sqrt((x - x1) * (x - x1) + (y - y1) * (y - y1)), x1, y1
    beside = ((y0 - y) * wide - (x0 - x) * high) / square
    return abs(beside) * math.sqrt(square), x0 + along * wide, y0 + along * high


@compiled()
def _beyond(x: float, y: float, box: Floats, size: tuple[int, int], seen: tuple[int, int, int, int]) -> float:
    """Return the least distance of a point to any cell outside those seen (left, bottom, right, top)."""
    west, south, east, north, cell_m = box
    aside, above = max(west - x, x - east, 0.0), max(south - y, y - north, 0.0)
    least = np.inf
    if seen[0] > 0:
        least = min(least, math.hypot(max(x - west - seen[0] * cell_m, 0.0), above))
    if seen[1] > 0:
        least = min(least, math.hypot(max(y - south - seen[1] * cell_m, 0.0), aside))
    if seen[2] < size[0] - 1:
        least = min(least, math.hypot(max(west + (seen[2] + 1) * cell_m - x, 0.0), above))
    if seen[3] < size[1] - 1:
        least = min(least, math.hypot(max(south + (seen[3] + 1) * cell_m - y, 0.0), aside))
    return least


@compiled()
def _nearest(grid: Grid, points: Floats) -> Ints:
    """Look through rings of cells round the cell of each point, until what lies further out is further away."""
    ends, line, box, columns, first, piece = grid
    rows, found = (first.size - 1) // columns, np.empty(points.shape[0], dtype=np.int64)
    for number in range(points.shape[0]):
        x, y = points[number]
        column = int(min(max((x - box[0]) / box[4], 0.0), columns - 1.0))
        row = int(min(max((y - box[1]) / box[4], 0.0), rows - 1.0))
        best, best_m, best_x, best_y = -1, np.inf, np.inf, np.inf
        for ring in range(max(columns, rows)):
            for at_row in range(max(row - ring, 0), min(row + ring, rows - 1) + 1):
                step = 1 if abs(at_row - row) == ring else 2 * ring  # the whole side of the ring, or its two ends
                for at_column in range(column - ring, column + ring + 1, step):
                    if at_column < 0 or at_column >= columns:
                        continue
                    cell = at_row * columns + at_column
                    for slot in range(first[cell], first[cell + 1]):
                        metres, at_x, at_y = _nearest_point(x, y, ends[piece[slot]])
                        if metres > best_m:
                            continue
                        whose = line[piece[slot]]
                        if metres < best_m or (at_x, at_y, whose) < (best_x, best_y, best):
                            best, best_m, best_x, best_y = whose, metres, at_x, at_y
            seen = (column - ring, row - ring, column + ring, row + ring)
            if _beyond(x, y, box, (columns, rows), seen) - MARGIN_M > best_m:
                break
        found[number] = best
    return found
