"""Which way round the axes of coordinates stand whose system is said."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from layers.crs import BAIDU_METRES, CHINA_BOX, lonlat_of
from layers.datums.numbers import swapped_degrees
from layers.errors import DatumError
from layers.reading._datum_refusals import SAY

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.crs import SourceCrs
    from layers.datums import Clues

    Floats = NDArray[np.float64]
    Mask = NDArray[np.bool_]
    Extent = tuple[float, float, float, float]

_MOSTLY = 0.95
_AREA_MARGIN_DEG = 3.0
_EXTENT_MARGIN_DEG = 0.05


def turned_axes(x: Floats, y: Floats, source: SourceCrs, clues: Clues, extent: Extent | None) -> tuple[Mask, bool]:
    """Return which records have their axes the other way round, and whether that is the whole file.

    Parameters
    ----------
    x, y
        Coordinates as written, finite.
    source
        What they are said to be in.
    clues
        The file, for messages.
    extent
        West, south, east, north of what is accepted already, ``None`` where nothing is.

    Raises
    ------
    DatumError
        If the numbers cannot be in ``source``.
    """
    degrees_share = float(np.mean((np.abs(x) <= 180) & (np.abs(y) <= 180)))
    if source.is_degrees:
        if degrees_share < _MOSTLY:
            raise DatumError(
                f"{clues.file} should be in degrees ({source.name}), but {1 - degrees_share:.0%} of its coordinates "
                "are none",
                f"{clues.file} 应为经纬度（{source.name}），但 {1 - degrees_share:.0%} 的坐标不是",
                **SAY,
            )
        return swapped_degrees(x, y), False
    is_swapped = _is_northing_first(x, y, degrees_share, source, clues, extent)
    return np.full(len(x), is_swapped), is_swapped


def _is_northing_first(
    x: Floats, y: Floats, degrees_share: float, source: SourceCrs, clues: Clues, extent: Extent | None
) -> bool:
    """Return whether projected coordinates are northing first.

    Where the CRS takes them either way round (web mercator covers the world), what is accepted already decides, and
    else China: Guangzhou turned round is in the Arctic Ocean.

    Raises
    ------
    DatumError
        If they are degrees, or lie far outside the area where the CRS is used, whichever axis comes first.
    """
    if degrees_share >= _MOSTLY:
        raise DatumError(
            f"{clues.file} should be in metres ({source.name}), but its coordinates look like degrees "
            f"({x[0]:.8g}, {y[0]:.8g})",
            f"{clues.file} 应为米制坐标（{source.name}），但看上去是经纬度（{x[0]:.8g}, {y[0]:.8g}）",
            **SAY,
        )
    used = _used_in(source)
    plain = replace(source, shift="")
    fits = [_share_inside(lonlat_of(*axes, plain), used) >= 0.5 for axes in ((x, y), (y, x))]
    if all(fits):
        for box, margin in ((extent, _EXTENT_MARGIN_DEG), (CHINA_BOX, 0.0)):
            if box is not None:
                here, turned = (_share_inside(lonlat_of(*axes, plain), box, margin) for axes in ((x, y), (y, x)))
                if here != turned:
                    return turned > here
    if any(fits):
        return not fits[0]
    raise DatumError(
        f"{clues.file} should be in {source.name} ({source.crs.name}), but its coordinates (such as {x[0]:.10g}, "
        f"{y[0]:.10g}) lie far outside the area where that is used",
        f"{clues.file} 应为 {source.name}（{source.crs.name}），但坐标（如 {x[0]:.10g}, {y[0]:.10g}）远在其适用范围外",
        **SAY,
    )


def _used_in(source: SourceCrs) -> Extent | None:
    """Return the box where a system is used, ``None`` where nobody says; Baidu's metres are China's."""
    if source == BAIDU_METRES:
        return CHINA_BOX
    area = source.crs.area_of_use
    return None if area is None else (area.west, area.south, area.east, area.north)


def _share_inside(lonlat: tuple[Floats, Floats], box: Extent | None, margin: float = _AREA_MARGIN_DEG) -> float:
    """Return the share of points in a box and a margin around it; of all that are finite where there is no box."""
    lon, lat = lonlat
    if box is None:
        return float(np.mean(np.isfinite(lon) & np.isfinite(lat)))
    west, south, east, north = box
    inside = (lon >= west - margin) & (lon <= east + margin)
    return float(np.mean(inside & (lat >= south - margin) & (lat <= north + margin)))
