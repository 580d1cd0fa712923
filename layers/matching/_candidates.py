"""Which records of two lists could be one thing at all: near each other, or of one name, or of one door."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from pyproj import Transformer

from layers.crs import working_crs
from layers.schema import STORAGE_CRS

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

NEAR_M = 150.0
"""ASSUMPTION: lists place one thing at its gate, its centre or its office, up to 150 m apart (see layers.identity)."""
NAMESAKE_M = 500.0
"""ASSUMPTION: a thing of the same full name this near may have been misplaced; further away it is a namesake."""
MOST_NAMESAKES = 20
"""A name that more records of one list bear (a chain's) says nothing about which of them is meant."""


def metric_places(*frames: gpd.GeoDataFrame) -> list[NDArray[np.object_]]:
    """Return the geometries of records placed exactly, in one metric CRS; ``None`` for all others."""
    lists = []
    for frame in frames:
        places = np.array(frame.geometry.to_numpy(), dtype=object)
        places[shapely.is_empty(places) | ~frame["position"].eq("exact").fillna(value=False).to_numpy(dtype=bool)] = (
            None
        )
        lists.append(places)
    return in_metres(lists)


def in_metres(lists: list[NDArray[np.object_]]) -> list[NDArray[np.object_]]:
    """Return geometries, longitude and latitude, in the one metric CRS of their common extent."""
    bounds = np.array([shapely.total_bounds(places) for places in lists if not shapely.is_missing(places).all()])
    if not len(bounds):
        return lists
    outer = (*bounds[:, :2].min(axis=0), *bounds[:, 2:].max(axis=0))
    to_metres = _to_metres(working_crs(outer).to_epsg())

    def project(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(to_metres.transform(xy[:, 0], xy[:, 1]))

    return [shapely.transform(places, project) for places in lists]


@cache
def _to_metres(epsg: int) -> Transformer:
    return Transformer.from_crs(STORAGE_CRS, epsg, always_xy=True)


def distances_m(left: NDArray[np.object_], right: NDArray[np.object_]) -> NDArray[np.float64]:
    """Return distances pair by pair; NaN where one has no place.

    0 for a point inside an area; between the centres of two areas, since neighbouring plots touch and are two. Rounded
    to a decimetre, so that the order of records cannot change a verdict.
    """
    areas = (shapely.get_dimensions(left) == 2) & (shapely.get_dimensions(right) == 2)
    one, other = left.copy(), right.copy()
    one[areas], other[areas] = shapely.centroid(left[areas]), shapely.centroid(right[areas])
    return np.asarray(np.round(shapely.distance(one, other), 1), dtype=np.float64)


def candidate_pairs(
    places: tuple[NDArray[np.object_], NDArray[np.object_]], parts: tuple[pd.DataFrame, pd.DataFrame]
) -> pd.DataFrame:
    """Return pairs worth comparing between two lists.

    Within :data:`NEAR_M`; of the same full name within :data:`NAMESAKE_M`; or, where one has no place, of the same full
    name or the same door of the same street.

    Returns
    -------
    DataFrame
        ``left`` and ``right`` (positions), ``distance_m`` (NaN where one has no place); each pair once, ordered.
    """
    found = [_near(*places), _sharing(*parts, ["key"])]
    has_no_place = shapely.is_missing(places[0]).any() or shapely.is_missing(places[1]).any()
    if has_no_place:
        found.append(_sharing(*parts, ["street", "door"]))
    every = np.concatenate(found)
    number = np.unique(every[:, 0] * len(places[1]) + every[:, 1])  # far quicker than unique rows
    pairs = np.column_stack([number // max(len(places[1]), 1), number % max(len(places[1]), 1)])
    distance_m = distances_m(places[0][pairs[:, 0]], places[1][pairs[:, 1]])
    table = pd.DataFrame({"left": pairs[:, 0], "right": pairs[:, 1], "distance_m": distance_m})
    return table[~(table["distance_m"] > NAMESAKE_M)].reset_index(drop=True)


def own_pairs(places: NDArray[np.object_], names: pd.DataFrame) -> pd.DataFrame:
    """Return pairs of one list with the same core within :data:`NEAR_M`, or of which one has no place."""
    pairs = _sharing(names, names, ["core"])
    pairs = pairs[pairs[:, 0] < pairs[:, 1]]
    distance_m = distances_m(places[pairs[:, 0]], places[pairs[:, 1]])
    table = pd.DataFrame({"left": pairs[:, 0], "right": pairs[:, 1], "distance_m": distance_m})
    return table[~(table["distance_m"] > NEAR_M)].reset_index(drop=True)


def _near(left: NDArray[np.object_], right: NDArray[np.object_]) -> NDArray[np.int64]:
    tree = shapely.STRtree(right)
    return np.asarray(tree.query(left, predicate="dwithin", distance=NEAR_M), dtype=np.int64).T.reshape(-1, 2)


def _sharing(left: pd.DataFrame, right: pd.DataFrame, columns: list[str]) -> NDArray[np.int64]:
    """Return pairs that are equal in ``columns`` (the first of them not blank), unless too many are."""
    sides = []
    for frame in (left, right):
        named = frame[frame["core"] != ""] if columns == ["key"] else frame
        told = named[columns].assign(at=pd.Series(np.arange(len(frame)), index=frame.index))
        told = told[(told[columns] != "").all(axis=1)]
        sides.append(told[told.groupby(columns)["at"].transform("size") <= MOST_NAMESAKES])
    both = sides[0].merge(sides[1], on=columns, suffixes=("_left", "_right"))
    return np.asarray(both[["at_left", "at_right"]], dtype=np.int64).reshape(-1, 2)
