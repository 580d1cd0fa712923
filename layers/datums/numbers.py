"""What coordinates can be by their numbers alone, record by record, and which way round their axes stand."""

from __future__ import annotations

from enum import IntEnum
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from layers.crs import in_china_box

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]

FALSE_EASTING_M = 500_000.0
ZONE_WIDTH_M = 1_000_000.0
"""A zone number stands before the six digits of an easting."""
_PLAIN_EASTING_M = (100e3, 900e3)  # a false easting of 500 km, 400 km to either side: a 6-degree zone at the equator
_NORTHING_M = (300e3, 6.0e6)  # China lies between 3 and 54 degrees north
_ZONED_EASTING_M = (13e6, 46e6)  # 6-degree zones 13 to 23, 3-degree zones 25 to 45
_NO_ZONE = 24
_MERCATOR_M = ((8.0e6, 15.4e6), (0.09e6, 7.6e6))
"""Web mercator of 72 to 138 degrees east, 0.8 to 56 degrees north."""
_MOSTLY = 0.5
_COMMON = 0.1


class Family(IntEnum):
    """Kinds of numbers."""

    UNKNOWN = 0
    DEGREES = 1
    MERCATOR = 2
    PLAIN = 3
    ZONED = 4


class Sorted(NamedTuple):
    """Family of each record, its zone number (0 where its easting has none), and whether northing comes first."""

    family: NDArray[np.int8]
    zone: NDArray[np.int8]
    swapped: Mask


def sort_numbers(x: Floats, y: Floats) -> Sorted:
    """Return what each record can be by its numbers alone.

    Parameters
    ----------
    x, y
        One point a record as written, finite.
    """
    family = np.zeros(len(x), dtype=np.int8)
    zone = np.zeros(len(x), dtype=np.int8)
    swapped = np.zeros(len(x), dtype=bool)
    is_degree = (np.abs(x) <= 180) & (np.abs(y) <= 180)
    family[is_degree] = Family.DEGREES
    swapped[is_degree] = swapped_degrees(x[is_degree], y[is_degree])
    for turned, (east, north) in enumerate(((x, y), (y, x))):
        open_rows = family == Family.UNKNOWN
        for name, fits in _metre_families(east, north):
            chosen = open_rows & fits
            family[chosen] = name
            swapped[chosen] = bool(turned)
            if name == Family.ZONED:
                zone[chosen] = zone_of(east[chosen])
    return Sorted(family, zone, swapped)


def _metre_families(east: Floats, north: Floats) -> tuple[tuple[Family, Mask], ...]:
    is_north = _between(north, _NORTHING_M)
    zone = zone_of(east)
    is_east = _between(east - zone * ZONE_WIDTH_M, _PLAIN_EASTING_M)
    is_zoned = _between(east, _ZONED_EASTING_M) & (zone != _NO_ZONE)
    is_mercator = _between(east, _MERCATOR_M[0]) & _between(north, _MERCATOR_M[1])
    return (
        (Family.MERCATOR, is_mercator),
        (Family.ZONED, is_zoned & is_east & is_north),
        (Family.PLAIN, (zone == 0) & is_east & is_north),
    )


def zone_of(east: Floats) -> NDArray[np.int64]:
    """Return the zone number before the six digits of eastings (metres); 0 where there is none."""
    return np.floor(np.clip(east, -1e8, 1e8) / ZONE_WIDTH_M).astype(np.int64)


def is_zoned_easting(east: Floats, zone: int) -> bool:
    """Return whether most eastings can stand in a zone, its number before them."""
    return bool(np.mean(_between(east - zone * ZONE_WIDTH_M, _PLAIN_EASTING_M)) >= _MOSTLY)


def swapped_degrees(x: Floats, y: Floats) -> Mask:
    """Return which degrees are latitude first: a latitude above 90, or a point that lies in China only when swapped."""
    impossible = (np.abs(y) > 90) & (np.abs(x) <= 90)
    in_china, in_china_swapped = in_china_box(x, y), in_china_box(y, x)
    is_chinese_file = len(x) > 0 and float(np.mean(in_china | in_china_swapped)) >= _MOSTLY
    return impossible | (in_china_swapped & ~in_china & is_chinese_file)


def decimals(values: Floats) -> NDArray[np.int8]:
    """Return with how many decimals (0 to 10) numbers of degrees are written, as far as their value shows."""
    found = np.full(len(values), 10, dtype=np.int8)
    for places in range(9, -1, -1):
        with np.errstate(over="ignore", invalid="ignore"):  # numbers beyond all degrees have no decimals to tell
            scaled = values * 10.0**places
            found[np.abs(scaled - np.rint(scaled)) < 1e-4 * max(1.0, 10.0 ** (places - 9))] = places
    return found


def patterns(x: Floats, y: Floats) -> NDArray[np.int64]:
    """Return a number for the pattern of decimals that each record shares with at least a tenth of the file.

    The last decimal is 0 by chance in one number of ten, so that rare patterns belong to the next longer one.
    """
    places = np.maximum(decimals(x), decimals(y)).astype(np.int64)
    common = np.flatnonzero(np.bincount(places, minlength=11) >= _COMMON * max(len(places), 1))
    if not len(common):
        return np.zeros(len(places), dtype=np.int64)
    return np.asarray(common[np.minimum(np.searchsorted(common, places), len(common) - 1)])


def _between(values: Floats, limits: tuple[float, float]) -> Mask:
    return (values >= limits[0]) & (values <= limits[1])
