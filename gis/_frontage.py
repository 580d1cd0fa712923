"""How much of a boundary lies near streets: walls that people see, sides from which cars get in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

PIECE_M = 5.0
"""ASSUMPTION: a boundary is measured in pieces of this length, a few steps."""


def near_length_m(places: NDArray[Any], lines: NDArray[Any], distance_m: float) -> NDArray[np.float64]:
    """Return the length of each place's boundary that lies near one of the lines, in metres.

    The boundary, that of holes included, is cut into pieces of at most :data:`PIECE_M`; a piece counts whole where its
    middle is within ``distance_m`` of a line, so the result is true to about a piece at either end.

    Parameters
    ----------
    places
        Geometries in a metric CRS.
    lines
        Lines in the same CRS, such as the centre lines of streets.
    distance_m
        How near is near.

    Returns
    -------
    ndarray
        One length per place; NaN for what is no polygon, 0 where no line is near.
    """
    length_m = np.full(len(places), np.nan)
    is_polygon = shapely.get_dimensions(places) == 2
    if not is_polygon.any():
        return length_m
    edges = shapely.segmentize(shapely.boundary(places[is_polygon]), PIECE_M)
    parts, owner = shapely.get_parts(edges, return_index=True)
    points, line = shapely.get_coordinates(parts, return_index=True)
    same = line[1:] == line[:-1]
    starts, ends = points[:-1][same], points[1:][same]
    middles = shapely.points((starts + ends) / 2)
    seen = np.unique(shapely.STRtree(lines).query(middles, predicate="dwithin", distance=distance_m)[0])
    pieces_m = np.linalg.norm(ends - starts, axis=1)
    place = owner[line[:-1][same]]
    length_m[is_polygon] = np.bincount(place[seen], weights=pieces_m[seen], minlength=int(is_polygon.sum()))
    return length_m
