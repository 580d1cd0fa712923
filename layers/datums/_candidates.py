"""What a group of coordinates may be in, how likely that is before anything is compared, and where it would lie.

Prior shares are ASSUMPTIONS: no count of Chinese ledgers by datum is published. They are chosen so that numbers alone
never reach :data:`layers.datums.CLEAR` where two readings are possible, and they matter only then.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from pyproj import CRS, Proj

from layers.crs import BAIDU_METRES, SourceCrs, bd09_to_wgs84, gcj02_to_wgs84, in_china_box, lonlat_of
from layers.datums.numbers import FALSE_EASTING_M, ZONE_WIDTH_M, Family, is_zoned_easting

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.crs import Shift

    Floats = NDArray[np.float64]

DEGREE_SHARES: dict[Shift, float] = {"": 0.50, "GCJ-02": 0.33, "BD-09": 0.17}
"""ASSUMPTION: undeclared degrees in China are as often from surveys and receivers as from the web maps together."""
DECLARED_SHARES: dict[Shift, float] = {"": 0.80, "GCJ-02": 0.14, "BD-09": 0.06}
"""ASSUMPTION: no code stands for the web maps' datums, so that their degrees are saved as WGS 84, and their tiles'
metres as web mercator, one file in five. A declaration that nothing confirms is therefore never clear."""
SHIFTED_SHARES: dict[Shift, float] = {"": 0.94, "GCJ-02": 0.04, "BD-09": 0.02}
"""ASSUMPTION: coordinates that somebody declared or projected mostly had their offset undone before."""
ELSE_SHARE = 0.03
"""ASSUMPTION: a reading that is none of the candidates."""
ELSE_SHARE_PLAIN = 0.15
"""ASSUMPTION: eastings without a zone are more often a city's own grid, which no number shows."""
CGCS2000_SHARE = 0.75
"""ASSUMPTION: of undeclared zones three in four are CGCS2000, the only one that filings take since 2018-07-01
(国土资发〔2017〕30号); Xi'an 1980 and Beijing 1954 have the same numbers but for an offset that is not public."""
WGS84_SHARE = 0.88
"""ASSUMPTION: the same for degrees, of which few are left in the old datums."""
SHARE_WHEN_NAMED = 0.97
"""ASSUMPTION: the same where titles say CGCS2000, or where records lie on their namesakes without an offset."""
BAIDU_METRES_SHARE = 0.97
"""ASSUMPTION: of mercator metres on top of BD-09 nearly all are Baidu's own, which its interfaces give; somebody has to
project degrees of Baidu for them to be in EPSG:3857."""
_NOT_WEB_MERCATOR = 0.02
"""ASSUMPTION: few files say EPSG:3857 and hold Baidu's metres, for which there is no code."""
_THREE_DEGREE, _SIX_DEGREE, _UTM = 0.85, 0.70, 0.15
_MERCATOR, _ZONED = 0.90, 0.10
_HONG_KONG, _NEAR_THE_EQUATOR = 0.97, 0.01
_TURNED = 0.20  # of axes that the numbers allow both ways; X and Y are titles of either
_HALF_WIDTH_DEG = {3: 1.75, 6: 3.25}
"""Half a zone and a quarter of a degree: a city is drawn in one zone although it reaches into the next."""
_HONG_KONG_BOX_M = ((799e3, 870e3), (799e3, 850e3))
_MERIDIANS = range(75, 136, 3)
_CHINA_LATITUDES = (3.0, 54.0)


@dataclass(frozen=True)
class _Grids:
    """EPSG codes of a datum's Gauss-Krueger zones: the first of each series."""

    zoned3: int
    plain3: int
    zoned6: int
    plain6: int


_CGCS2000 = _Grids(4513, 4534, 4491, 4502)
_OLD_DEGREES = (4610, 4214)
_OLD = (_Grids(2349, 2370, 2327, 2338), _Grids(2401, 2422, 21413, 21453))  # Xi'an 1980, Beijing 1954


@dataclass(frozen=True)
class State:
    """One reading of a group's numbers.

    Parameters
    ----------
    source
        CRS and shift.
    prior
        Its share before anything is compared; the states of a group and "something else" sum to 1 after scaling.
    meridian
        Central meridian, where the reading is one of many zones of one shape; ``None`` otherwise.
    scale
        Scale on that meridian: 1 (Gauss-Krueger) or 0.9996 (UTM).
    swapped
        Whether the axes stand the other way round.
    alike
        Other CRSs with the same numbers but for an offset that is not public.
    own_share
        Share of the reading among those.
    """

    source: SourceCrs
    prior: float
    meridian: float | None = None
    scale: float = 1.0
    swapped: bool = False
    alike: tuple[SourceCrs, ...] = ()
    own_share: float = CGCS2000_SHARE


@lru_cache(maxsize=512)
def of_epsg(code: int, shift: Shift = "") -> SourceCrs:
    """Return the source of an EPSG code."""
    return SourceCrs(CRS.from_epsg(code), shift)


def states_of_degrees(lon: Floats, lat: Floats, *, is_cgcs2000: bool) -> list[State]:
    """Return what degrees may be in: the web maps' datums only inside China."""
    code = 4490 if is_cgcs2000 else 4326
    if not np.mean(in_china_box(lon, lat)) >= 0.5:
        return [State(of_epsg(code), 1.0)]
    old = tuple(of_epsg(number) for number in _OLD_DEGREES)
    plain = State(of_epsg(code), DEGREE_SHARES[""], alike=old, own_share=WGS84_SHARE)
    return [plain, *(State(of_epsg(4326, shift), share) for shift, share in DEGREE_SHARES.items() if shift)]


def is_web_mercator(crs: CRS) -> bool:
    """Return whether a system is that of the web maps' tiles, whoever numbered it."""
    operation = crs.coordinate_operation
    return operation is not None and operation.method_name == "Popular Visualisation Pseudo Mercator"


def is_often_shifted(source: SourceCrs) -> bool:
    """Return whether a system is one under which data of the web maps are passed on: degrees, and web mercator."""
    return not source.shift and source.own is None and (source.is_degrees or is_web_mercator(source.crs))


def states_of_said(source: SourceCrs, lon: Floats, lat: Floats) -> list[State]:
    """Return what coordinates may be in of which something is said: that, or a shift left in them (in China only)."""
    if source.shift or not np.mean(in_china_box(lon, lat)) >= 0.5:
        others: list[State] = []
        if source.shift and source.is_degrees:
            others = [State(of_epsg(4326, shift), 0.03) for shift in DEGREE_SHARES if shift != source.shift]
        return [State(source, 0.94), *others]
    shares = DECLARED_SHARES if is_often_shifted(source) else SHIFTED_SHARES
    states = [
        State(SourceCrs(source.crs, shift, source.own) if shift else source, share) for shift, share in shares.items()
    ]
    is_tiles = source.own is None and is_web_mercator(source.crs)
    return [*states, State(BAIDU_METRES, _NOT_WEB_MERCATOR)] if is_tiles else states


def states_of_metres(family: Family, zone: int, east: Floats, north: Floats) -> list[State]:
    """Return what eastings and northings may be in by their range."""
    if family == Family.ZONED:
        return _zoned(zone, 1.0)
    if family == Family.MERCATOR:
        states = _mercator()
        first = int(np.floor(float(np.median(east)) / ZONE_WIDTH_M))
        if 13 <= first <= 15 and is_zoned_easting(east, first):
            states += _zoned(first, _ZONED)
        return states
    return _plain(east, north)


def _mercator() -> list[State]:
    """Return web mercator with and without a shift, and Baidu's own metres."""
    shares = {shift: _MERCATOR * share for shift, share in DEGREE_SHARES.items()}
    baidu = shares["BD-09"] * BAIDU_METRES_SHARE
    shares["BD-09"] -= baidu
    return [State(of_epsg(3857, shift), share) for shift, share in shares.items()] + [State(BAIDU_METRES, baidu)]


def _zoned(zone: int, share: float) -> list[State]:
    width, first = (3, 25) if zone >= 25 else (6, 13)
    name = "zoned3" if width == 3 else "zoned6"
    code, *old = (getattr(grids, name) + zone - first for grids in (_CGCS2000, *_OLD))
    meridian = 3.0 * zone if width == 3 else 6.0 * zone - 3.0
    return [_gauss(code, old, share * SHIFTED_SHARES[""], meridian)] + [
        State(of_epsg(code, shift), share * SHIFTED_SHARES[shift], meridian)
        for shift in ("GCJ-02", "BD-09")  # somebody projected degrees of a web map
    ]


def _gauss(code: int, old: list[int], prior: float, meridian: float) -> State:
    return State(of_epsg(code), prior, meridian, alike=tuple(of_epsg(number) for number in old))


def _plain(east: Floats, north: Floats) -> list[State]:
    """Return every zone whose width takes the eastings, UTM beside each 6-degree zone, and Hong Kong where it fits."""
    off_deg, latitude = (float(np.median(item)) for item in _base(1.0, east, north))
    states: list[State] = []
    is_hong_kong = _in_hong_kong(east, north)
    if is_hong_kong:
        turned = _in_hong_kong(north, east)
        states.append(State(of_epsg(2326), _HONG_KONG * (1 - _TURNED if turned else 1)))
        if turned:
            states.append(State(of_epsg(2326), _HONG_KONG * _TURNED, swapped=True))
    if not _CHINA_LATITUDES[0] <= latitude <= _CHINA_LATITUDES[1]:
        return states
    weight = _NEAR_THE_EQUATOR if is_hong_kong else 1.0
    for meridian in _MERIDIANS:
        step3, (step6, rest) = (meridian - 75) // 3, divmod(meridian - 75, 6)
        if abs(off_deg) <= _HALF_WIDTH_DEG[3]:
            old = [grids.plain3 + step3 for grids in _OLD]
            states.append(_gauss(_CGCS2000.plain3 + step3, old, _THREE_DEGREE * weight, meridian))
        elif not rest and abs(off_deg) <= _HALF_WIDTH_DEG[6]:
            old = [grids.plain6 + step6 for grids in _OLD]
            states.append(_gauss(_CGCS2000.plain6 + step6, old, _SIX_DEGREE * weight, meridian))
        if not rest and abs(off_deg) <= _HALF_WIDTH_DEG[6]:
            states.append(State(of_epsg(32643 + step6), _UTM * weight, meridian, 0.9996))
    return states


def _in_hong_kong(east: Floats, north: Floats) -> bool:
    (west, right), (south, top) = _HONG_KONG_BOX_M
    inside = (east >= west) & (east <= right) & (north >= south) & (north <= top)
    return bool(np.mean(inside) >= 0.95)


@lru_cache(maxsize=2)
def _projection(scale: float) -> Proj:
    """Return a transverse Mercator projection about the meridian of Greenwich: every zone is its turned copy."""
    return Proj(f"+proj=tmerc +lat_0=0 +lon_0=0 +k={scale} +x_0={FALSE_EASTING_M} +y_0=0 +ellps=GRS80")


def _base(scale: float, east: Floats, north: Floats) -> tuple[Floats, Floats]:
    """Return degrees from the central meridian, and latitudes."""
    inside = east - np.floor(east / ZONE_WIDTH_M) * ZONE_WIDTH_M
    return _projection(scale)(inside, north, inverse=True)


def lonlat(state: State, east: Floats, north: Floats) -> tuple[Floats, Floats]:
    """Return WGS 84 degrees of coordinates read as ``state`` says.

    Parameters
    ----------
    state
        The reading.
    east, north
        As the numbers show them: longitude or easting first.
    """
    x, y = (north, east) if state.swapped else (east, north)
    if state.meridian is None:
        return lonlat_of(x, y, state.source)
    lon, lat = _base(state.scale, x, y)
    lon = lon + state.meridian
    if state.source.shift == "GCJ-02":
        return gcj02_to_wgs84(lon, lat)
    return bd09_to_wgs84(lon, lat) if state.source.shift == "BD-09" else (lon, lat)
