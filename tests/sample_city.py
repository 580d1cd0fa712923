"""The sample city made once for a test process, in degrees and in metres; nobody may change it."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from layers.sample import make_city

if TYPE_CHECKING:
    import geopandas as gpd
    import numpy.typing as npt

PLANE = "EPSG:4547"


@functools.cache
def city() -> dict[str, gpd.GeoDataFrame]:
    return make_city()


@functools.cache
def plane() -> dict[str, gpd.GeoDataFrame]:
    """Return the placed records in metres."""
    return {kind: frame[frame.geometry.notna()].to_crs(PLANE) for kind, frame in city().items() if frame.crs}


def shapes(kind: str) -> npt.NDArray[Any]:
    return np.asarray(plane()[kind].geometry.to_numpy())


def bands(*, without: tuple[str, ...] = ("expressway",), slack_m: float = 0.25) -> npt.NDArray[Any]:
    """Return the ground of the streets: centre lines as wide as they say, but for ``slack_m`` on either side."""
    street = plane()["street"]
    street = street[~street["street_class"].isin(without)]
    half = street["width_m"].to_numpy() / 2 - slack_m
    return np.asarray(shapely.buffer(np.asarray(street.geometry.to_numpy()), half, cap_style="flat"))


def shared_m2(first: npt.NDArray[Any], second: npt.NDArray[Any] | None = None) -> npt.NDArray[np.float64]:
    """Return the area that each touching pair has in common; within ``first`` where there is no ``second``."""
    others = first if second is None else second
    a, b = shapely.STRtree(others).query(first, predicate="intersects")
    if second is None:
        a, b = a[a < b], b[a < b]
    return np.asarray(shapely.area(shapely.intersection(first[a], others[b])))
