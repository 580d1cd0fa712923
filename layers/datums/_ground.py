"""Degrees as metres about one place, and names as people write them: what all comparisons share."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

EARTH_RADIUS_M = 6_371_000.0
_M_PER_DEG = np.pi / 180.0 * EARTH_RADIUS_M
_NOISE = re.compile(r"\s|[()\[\]【】《》“”\"'·-]")


@dataclass(frozen=True)
class Ground:
    """A plane about one place: x = (lon - lon0) cos(lat0) R, y = (lat - lat0) R.

    Distances of some kilometres are true to about 0.5 %, which is enough to tell offsets of hundreds of metres apart;
    nothing is kept in these metres.

    Parameters
    ----------
    lon_deg, lat_deg
        The place.
    """

    lon_deg: float
    lat_deg: float

    def xy(self, lon: Floats, lat: Floats) -> Floats:
        """Return metres east and north, shape (n, 2); what is not finite stays so."""
        scale = np.cos(np.radians(self.lat_deg)) * _M_PER_DEG
        return np.column_stack([(lon - self.lon_deg) * scale, (lat - self.lat_deg) * _M_PER_DEG])

    def points(self, lon: Floats, lat: Floats) -> NDArray[np.object_]:
        """Return points in metres, ``None`` where a coordinate is not finite."""
        xy = self.xy(lon, lat)
        there = np.isfinite(xy).all(axis=1)
        made = np.full(len(xy), None, dtype=object)
        made[there] = shapely.points(xy[there])
        return made

    def shapes(self, geometry: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return geometries of degrees in metres."""
        return np.asarray(shapely.transform(geometry, lambda lonlat: self.xy(lonlat[:, 0], lonlat[:, 1])))


def plain_name(text: Any) -> str:
    """Return a name without spaces, brackets and width, in small letters; empty where there is none."""
    if pd.isna(text):
        return ""
    return _NOISE.sub("", unicodedata.normalize("NFKC", str(text))).lower()
