"""Coordinate systems: which one to measure in, what a user's ``--crs`` means, Chinese datums both ways.

Longitude (easting) comes first everywhere, whatever the authority says of an axis order.
"""

from __future__ import annotations

import math
import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal, cast

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import CRSError

from layers._baidu_mercator import BaiduMercator
from layers._datum_shift import (
    CHINA_BOX,
    bd09_to_wgs84,
    gcj02_to_wgs84,
    in_china_box,
    wgs84_to_bd09,
    wgs84_to_gcj02,
)
from layers._own_grid import OwnGrid, is_grid_file, read_grid
from layers.errors import CrsNameError, DatumError
from layers.schema import STORAGE_CRS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = [
    "BAIDU_METRES",
    "CHINA_BOX",
    "SourceCrs",
    "bd09_to_wgs84",
    "crs_name",
    "crs_option",
    "gcj02_to_wgs84",
    "gk3_crs",
    "gk3_crs_of_zone",
    "in_china_box",
    "lonlat_of",
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
_NAMED: Mapping[str, tuple[str, Shift]] = MappingProxyType(
    dict.fromkeys(("wgs84", "wgs1984", "crs84"), ("EPSG:4326", ""))
    | dict.fromkeys(("cgcs2000", "国家2000", "2000国家", "国家大地坐标系2000"), ("EPSG:4490", ""))
    | dict.fromkeys(("gcj02", "高德", "腾讯", "火星", "国测局", "amap", "gaode", "tencent"), ("EPSG:4326", "GCJ-02"))
    | dict.fromkeys(("bd09", "bd09ll", "百度", "baidu"), ("EPSG:4326", "BD-09"))
)
_BAIDU_METRES = frozenset(("bd09mc", "bd09m", "baidumercator", "baidumc", "百度墨卡托", "百度米制", "百度平面"))
_SHIFTED_GRID = re.compile(r"(gcj02|bd09)[(+](epsg[0-9]{4,6})\)?")
_GENERIC_WORDS = re.compile(r"(?:地图|大地)?(?:坐标系?|经纬度)$|地图$")
_CRS_HINT = (
    "use auto, WGS84, CGCS2000 (国家2000), GCJ-02 (高德, 腾讯, 火星), BD-09 (百度), BD09MC (百度墨卡托) or EPSG:n "
    "such as EPSG:4547 or 4526"
)
_CRS_HINT_ZH = (
    "可写 auto、WGS84、国家2000（CGCS2000）、高德或腾讯或火星（GCJ-02）、百度（BD-09）、百度墨卡托（BD09MC）、"
    "EPSG:4547 这样的编号"
)


@dataclass(frozen=True)
class SourceCrs:
    """What coordinates are in: a CRS, and on top of it one of the shifts of Chinese web maps.

    Parameters
    ----------
    crs
        The CRS in which the numbers are written, longitude or easting first.
    shift
        Empty, or the web-map datum whose offset must be undone after going to degrees.
    own
        The district's own grid in which the numbers are written, if its file leads to ``crs``, its parameters are told
        nobody; or Baidu's metres, which lead to degrees of BD-09.
    """

    crs: CRS
    shift: Shift = ""
    own: OwnGrid | BaiduMercator | None = None

    def __repr__(self) -> str:
        """Return the name alone: a CRS may be a district's secret."""
        return f"SourceCrs({self.name!r})"

    @property
    def name(self) -> str:
        """Name for people and manifests: ``GCJ-02``, ``EPSG:4547``, the CRS's own name, or a grid's file."""
        if self.own is not None:
            return self.own.label
        authority = self.crs.to_authority()
        plain = ":".join(authority) if authority else self.crs.name
        if not self.shift:
            return plain
        return self.shift if self.crs.is_geographic else f"{self.shift} ({plain})"

    @property
    def is_degrees(self) -> bool:
        """Whether the numbers as they are written are degrees."""
        return self.crs.is_geographic and self.own is None


BAIDU_METRES = SourceCrs(CRS("EPSG:4326"), "BD-09", BaiduMercator())
"""Baidu's own mercator metres (BD09MC), on top of BD-09: some 17 km south of web mercator's in Guangzhou."""


def parse_crs(text: str) -> SourceCrs | None:
    """Return what the user says the coordinates are in; ``None`` for ``auto``.

    Parameters
    ----------
    text
        ``auto``, ``EPSG:n`` or the bare number, ``GCJ-02`` (高德, 腾讯, 火星), ``BD-09`` (百度), ``WGS 84``,
        ``CGCS2000`` (国家2000), ``BD09MC`` (百度墨卡托), ``GCJ-02 (EPSG:3857)`` for a shift under a projection, as
        reports write it; case, spaces, hyphens and 坐标系 behind a name do not matter.

    Raises
    ------
    DatumError
        If it is none of these, or a CRS that is neither geographic nor projected.
    """
    plain = re.sub(r"[\s_:-]", "", unicodedata.normalize("NFKC", text)).lower()
    if plain in ("auto", "自动", ""):
        return None
    for name in (plain, _GENERIC_WORDS.sub("", plain)):
        if name in _NAMED:
            crs, shift = _NAMED[name]
            return SourceCrs(CRS(crs), shift)
        if name in _BAIDU_METRES:
            return BAIDU_METRES
    if found := _SHIFTED_GRID.fullmatch(plain):
        grid = parse_crs(found[2])
        return None if grid is None else SourceCrs(grid.crs, _NAMED[found[1]][1])
    code = re.fullmatch(r"(?:epsg)?([0-9]{4,6})", plain)
    if code is None:
        raise _not_read(f"{text!r} is not a coordinate system that can be read", f"不认识坐标系 {text!r}")
    try:
        crs_found = CRS.from_epsg(int(code[1]))
    except CRSError:
        raise _not_read(f"there is no EPSG:{code[1]}", f"没有 EPSG:{code[1]} 这个坐标系") from None
    if not (crs_found.is_geographic or crs_found.is_projected):
        raise _not_read(
            f"EPSG:{code[1]} ({crs_found.name}) is not a horizontal coordinate system",
            f"EPSG:{code[1]}（{crs_found.name}）不是平面或经纬度坐标系",
        )
    return SourceCrs(crs_found)


def crs_option(text: str) -> SourceCrs | None:
    """Return what a user at this machine says with ``--crs``: a name (:func:`parse_crs`) or the file of a grid.

    Requests of other programs must not come here, for it opens files: they name systems, and :func:`parse_crs` is
    theirs.

    Parameters
    ----------
    text
        What :func:`parse_crs` reads, or the path of a ``.prj``, ``.wkt`` or ``.toml`` file.

    Raises
    ------
    DatumError
        If it is neither.
    """
    if not is_grid_file(text):
        return parse_crs(text)
    crs, own = read_grid(Path(text))
    return SourceCrs(crs, own=own)


def crs_name(source: SourceCrs) -> str:
    """Return the word for ``--crs`` that :func:`parse_crs` reads as ``source`` (a grid's file is named by its path)."""
    plain = "WGS84" if source == SourceCrs(CRS(STORAGE_CRS)) else source.name
    return plain.replace(" (", "+").rstrip(")") if source.own is None else plain.replace(" ", "")


def _not_read(en: str, zh: str) -> CrsNameError:
    """Return the error of a coordinate system that nobody can read, with all that may be said instead."""
    return CrsNameError(en, zh, hint=_CRS_HINT, hint_zh=_CRS_HINT_ZH)


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
        raise DatumError(
            "no record has a place yet, so there is nothing to measure",
            "还没有落图的记录，无从量算",
            hint="import a layer with places",
            hint_zh="请导入带坐标的图层",
        )
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


def lonlat_of(x: Floats, y: Floats, source: SourceCrs) -> tuple[Floats, Floats]:
    """Return WGS 84 longitudes and latitudes of coordinates.

    Parameters
    ----------
    x, y
        Coordinates in ``source``, longitude or easting first.
    source
        What they are in.
    """
    if source.own is not None:
        x, y = source.own.to_base(x, y)
    if source.crs != CRS(STORAGE_CRS):
        x, y = _transformer(source.crs.to_wkt()).transform(x, y)
    if source.shift == "GCJ-02":
        return gcj02_to_wgs84(x, y)
    return bd09_to_wgs84(x, y) if source.shift == "BD-09" else (x, y)


def to_lonlat(geometries: NDArray[np.object_], source: SourceCrs) -> NDArray[np.object_]:
    """Return 2-D geometries in WGS 84 longitude, latitude.

    Parameters
    ----------
    geometries
        shapely geometries (or ``None``) whose coordinates are in ``source``, longitude or easting first.
    source
        What the coordinates are in.
    """
    if source == SourceCrs(CRS(STORAGE_CRS)) and not shapely.has_z(geometries).any():
        return geometries  # a million points need no copy of themselves

    def change(xy: Floats) -> Floats:
        return np.column_stack(lonlat_of(xy[:, 0], xy[:, 1], source))

    return cast("NDArray[np.object_]", shapely.transform(shapely.force_2d(geometries), change))
