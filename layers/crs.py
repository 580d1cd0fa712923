"""Coordinate systems: which one to measure in, what a user's ``--crs`` means, Chinese datums both ways.

Longitude (easting) comes first everywhere, whatever the authority says of an axis order.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from layers._datum_shift import (
    CHINA_BOX,
    bd09_to_wgs84,
    gcj02_to_wgs84,
    in_china_box,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from layers.errors import DatumError
from layers.schema import STORAGE_CRS

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

__all__ = [
    "CHINA_BOX",
    "SourceCrs",
    "bd09_to_wgs84",
    "gcj02_to_wgs84",
    "gk3_crs",
    "gk3_crs_of_zone",
    "in_china_box",
    "parse_crs",
    "to_lonlat",
    "to_working",
    "wgs84_to_bd09",
    "wgs84_to_gcj02",
    "working_crs",
]

Shift = Literal["", "GCJ-02", "BD-09"]
_GK3_FIRST_EPSG, _GK3_FIRST_MERIDIAN, _GK3_LAST_MERIDIAN = 4534, 75, 135
_GK3_ZONED_FIRST_EPSG, _GK3_FIRST_ZONE, _GK3_LAST_ZONE = 4513, 25, 45
_NAMED = {
    "wgs84": ("EPSG:4326", ""),
    "crs84": ("EPSG:4326", ""),
    "cgcs2000": ("EPSG:4490", ""),
    "gcj02": ("EPSG:4326", "GCJ-02"),
    "bd09": ("EPSG:4326", "BD-09"),
    "bd09ll": ("EPSG:4326", "BD-09"),
}
_CRS_HINT = "use --crs auto, EPSG:n (such as EPSG:4547), GCJ-02 or BD-09"


@dataclass(frozen=True)
class SourceCrs:
    """What coordinates are in: a CRS, and on top of it one of the shifts of Chinese web maps.

    Parameters
    ----------
    crs
        The CRS in which the numbers are written, longitude or easting first.
    shift
        Empty, or the web-map datum whose offset must be undone after going to degrees.
    """

    crs: CRS
    shift: Shift = ""

    @property
    def name(self) -> str:
        """Name for people and manifests: ``GCJ-02``, ``EPSG:4547``, or the CRS's own name."""
        authority = self.crs.to_authority()
        plain = ":".join(authority) if authority else self.crs.name
        if not self.shift:
            return plain
        return self.shift if self.crs.is_geographic else f"{self.shift} ({plain})"


def parse_crs(text: str) -> SourceCrs | None:
    """Return what the user says the coordinates are in; ``None`` for ``auto``.

    Parameters
    ----------
    text
        ``auto``, ``EPSG:n`` or the bare number, ``GCJ-02``, ``BD-09``, ``WGS 84``, ``CGCS2000``; case, spaces and
        hyphens do not matter.

    Raises
    ------
    DatumError
        If it is none of these, or a CRS that is neither geographic nor projected.
    """
    plain = re.sub(r"[\s_:-]", "", text).lower()
    if plain in ("auto", ""):
        return None
    if plain in _NAMED:
        crs, shift = _NAMED[plain]
        return SourceCrs(CRS(crs), cast("Shift", shift))
    code = re.fullmatch(r"(?:epsg)?([0-9]{4,6})", plain)
    if code is None:
        raise DatumError(f"{text!r} is not a coordinate system that can be read", hint=_CRS_HINT)
    try:
        crs_found = CRS.from_epsg(int(code[1]))
    except CRSError:
        raise DatumError(f"there is no EPSG:{code[1]}", hint=_CRS_HINT) from None
    if not (crs_found.is_geographic or crs_found.is_projected):
        raise DatumError(f"EPSG:{code[1]} ({crs_found.name}) is not a horizontal coordinate system", hint=_CRS_HINT)
    return SourceCrs(crs_found)


def gk3_crs(central_meridian: int) -> CRS:
    """Return the CGCS2000 3-degree Gauss-Krueger CRS of a central meridian (EPSG:4534 for 75 to 4554 for 135 E).

    Raises
    ------
    DatumError
        If the meridian is not one of 75, 78, … 135.
    """
    if central_meridian not in range(_GK3_FIRST_MERIDIAN, _GK3_LAST_MERIDIAN + 1, 3):
        raise DatumError(f"{central_meridian} E is no central meridian of a CGCS2000 3-degree zone", hint=_CRS_HINT)
    return CRS.from_epsg(_GK3_FIRST_EPSG + (central_meridian - _GK3_FIRST_MERIDIAN) // 3)


def gk3_crs_of_zone(zone: int) -> CRS:
    """Return the CGCS2000 3-degree CRS whose eastings start with the zone number (EPSG:4513 for 25 to 4533 for 45).

    Raises
    ------
    DatumError
        If the zone is not one of 25 to 45.
    """
    if not _GK3_FIRST_ZONE <= zone <= _GK3_LAST_ZONE:
        raise DatumError(f"{zone} is no CGCS2000 3-degree zone", hint="zones run from 25 to 45; " + _CRS_HINT)
    return CRS.from_epsg(_GK3_ZONED_FIRST_EPSG + zone - _GK3_FIRST_ZONE)


def working_crs(bounds_lonlat: Sequence[float]) -> CRS:
    """Return the metric CRS to measure in: a CGCS2000 3-degree zone in China's box, a UTM zone elsewhere.

    The zone is that of the central longitude. In a 3-degree zone lengths are true to 1 part in 3,000 or better.

    Parameters
    ----------
    bounds_lonlat
        West, south, east, north of the data, WGS 84 degrees.

    Raises
    ------
    DatumError
        If the bounds are empty (nothing has a place yet) or are not degrees.
    """
    west, south, east, north = (float(value) for value in bounds_lonlat)
    if not all(math.isfinite(value) for value in (west, south, east, north)):
        raise DatumError("no record has a place yet, so there is nothing to measure", hint="import a layer with places")
    lon, lat = (west + east) / 2, (south + north) / 2
    if not (abs(west) <= 180 and abs(east) <= 180 and abs(south) <= 90 and abs(north) <= 90):
        raise DatumError(f"the bounds {west:g}, {south:g}, {east:g}, {north:g} are not degrees")
    if bool(in_china_box(lon, lat)):
        meridian = min(max(round(lon / 3) * 3, _GK3_FIRST_MERIDIAN), _GK3_LAST_MERIDIAN)
        return gk3_crs(meridian)
    zone = min(int((lon + 180) // 6) + 1, 60)
    return CRS.from_epsg((32600 if lat >= 0 else 32700) + zone)


def to_working(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return ``frame`` in the metric CRS of its own extent (:func:`working_crs`).

    Raises
    ------
    DatumError
        If no record has a geometry.
    """
    lonlat = frame if frame.crs == STORAGE_CRS else frame.to_crs(STORAGE_CRS)
    return lonlat.to_crs(working_crs(lonlat.total_bounds))


@lru_cache(maxsize=64)
def _transformer(source_wkt: str) -> Transformer:
    return Transformer.from_crs(CRS.from_wkt(source_wkt), STORAGE_CRS, always_xy=True)


def is_old_chinese_datum(crs: CRS) -> bool:
    """Return whether a CRS stands on Beijing 1954 or Xi'an 1980, whose way to CGCS2000 is not public.

    Without a district's own parameters nobody can say how far off such coordinates land.
    """
    geodetic = crs.geodetic_crs
    return geodetic is not None and any(name in geodetic.name for name in ("Beijing 1954", "Xian 1980"))


def to_lonlat(geometries: NDArray[np.object_], source: SourceCrs) -> NDArray[np.object_]:
    """Return 2-D geometries in WGS 84 longitude, latitude.

    Parameters
    ----------
    geometries
        shapely geometries (or ``None``) whose coordinates are in ``source``, longitude or easting first.
    source
        What the coordinates are in.
    """
    transformer = None if source.crs == CRS(STORAGE_CRS) else _transformer(source.crs.to_wkt())

    def change(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        x, y = xy[:, 0], xy[:, 1]
        if transformer is not None:
            x, y = transformer.transform(x, y)
        if source.shift == "GCJ-02":
            x, y = gcj02_to_wgs84(x, y)
        elif source.shift == "BD-09":
            x, y = bd09_to_wgs84(x, y)
        return np.column_stack([x, y])

    return cast("NDArray[np.object_]", shapely.transform(shapely.force_2d(geometries), change))
