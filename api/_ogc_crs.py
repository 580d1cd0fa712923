"""The coordinate reference systems of OGC API - Features Part 2, in the axis order of their authority."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely
from pyproj import CRS, Transformer
from pyproj.exceptions import ProjError

from api.errors import RequestError
from layers.serving.texts import DEGREE_DECIMALS, METRE_DECIMALS

if TYPE_CHECKING:
    from numpy.typing import NDArray

CRS84_URI = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG_CODES = (4326, 4490, 4547, 4526, 3857)
"""WGS 84; CGCS2000 in degrees; CGCS2000 3-degree Gauss-Krüger at 114 E without and with zone number; web mercator."""
EDGE_SEGMENTS = 128
"""Pieces into which each side of a box in a projected CRS is cut, because it is not straight in degrees.

With these a side of 300 km is off by less than half a metre."""
ROUND_TRIP_M = 1.0
"""Farther off than this after going there and back, a coordinate lies outside the domain of its CRS."""


@dataclass(frozen=True)
class ServedCrs:
    """One CRS of the service.

    Parameters
    ----------
    uri
        Its name in ``crs=``, ``bbox-crs=`` and ``Content-Crs``.
    authority
        Its name for PROJ.
    """

    uri: str
    authority: str

    @property
    def names(self) -> tuple[str, ...]:
        """What callers call it: URI, safe CURIE, URN."""
        spellings = (self.uri, self.uri.replace("http:", "https:", 1), self.authority, f"[{self.authority}]")
        return (*spellings, "urn:ogc:def:crs:" + self.uri.partition("/crs/")[2].replace("/0/", "::").replace("/", ":"))

    @property
    def is_default(self) -> bool:
        """Whether it is longitude, latitude as RFC 7946 wants them."""
        return self.uri == CRS84_URI

    @property
    def is_geographic(self) -> bool:
        """Whether its unit is the degree."""
        return bool(_crs(self.authority).is_geographic)

    @property
    def decimals(self) -> int:
        """Decimals that stand for a millimetre."""
        return DEGREE_DECIMALS if self.is_geographic else METRE_DECIMALS

    @property
    def is_north_first(self) -> bool:
        """Whether its first axis is latitude or northing."""
        return _crs(self.authority).axis_info[0].direction == "north"

    def from_crs84(self, geometry: NDArray[np.object_]) -> NDArray[np.object_]:
        """Return ``geometry`` (longitude, latitude) in this CRS, in its own axis order.

        Raises
        ------
        RequestError
            If a place has no coordinates in this CRS.
        """
        if self.is_default:
            return geometry
        moved = shapely.transform(geometry, lambda points: _moved(points, self.authority, swap=self.is_north_first))
        if not np.isfinite(shapely.get_coordinates(moved)).all():
            raise RequestError(
                f"some of these features have no coordinates in {self.authority}",
                f"部分要素在 {self.authority} 中没有坐标",
                field="crs",
                hint="ask for CRS84",
                hint_zh="请改用 CRS84",
            )
        return np.asarray(moved, dtype=object)

    def box_to_crs84(
        self, first_low: float, second_low: float, first_high: float, second_high: float
    ) -> shapely.Geometry | None:
        """Return the area of a box of this CRS (own axis order) in longitude, latitude; ``None`` outside its domain."""
        if self.is_north_first:
            first_low, second_low, first_high, second_high = second_low, first_low, second_high, first_high
        if self.is_geographic:
            return box(first_low, second_low, first_high, second_high)
        points = _edge(first_low, second_low, first_high, second_high)
        degrees = _moved(points, self.authority, back=True)
        again = _moved(degrees, self.authority) if np.isfinite(degrees).all() else np.full_like(points, np.inf)
        if not np.allclose(again, points, rtol=0, atol=ROUND_TRIP_M):
            return None
        corners = len(degrees) // 4
        if first_low == first_high or second_low == second_high:
            return box(*degrees[0], *degrees[2 * corners])
        area = shapely.polygons(degrees)
        return area if area.is_valid else None


def box(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """Return a box as the simplest geometry that covers it: one without width or height is a line or a point."""
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)


def _edge(west: float, south: float, east: float, north: float) -> NDArray[np.float64]:
    """Return points along the edge of a box, anticlockwise from its lower left corner."""
    step = np.linspace(0.0, 1.0, EDGE_SEGMENTS, endpoint=False)
    there, back, still = step, 1.0 - step, np.zeros_like(step)
    along = np.concatenate([there, still + 1, back, still])
    up = np.concatenate([still, there, still + 1, back])
    return np.column_stack((west * (1 - along) + east * along, south * (1 - up) + north * up))


SERVED: tuple[ServedCrs, ...] = (
    ServedCrs(CRS84_URI, "OGC:CRS84"),
    *(ServedCrs(f"http://www.opengis.net/def/crs/EPSG/0/{code}", f"EPSG:{code}") for code in EPSG_CODES),
)
DEFAULT = SERVED[0]


def served_crs(text: str, field: str) -> ServedCrs:
    """Return the CRS called ``text``: a URI, a URN, or ``EPSG:4547`` for short.

    Raises
    ------
    RequestError
        If it is not served.
    """
    name = text.strip()
    for item in SERVED:
        if name in item.names:
            return item
    choices = ", ".join(item.authority for item in SERVED)
    raise RequestError(
        f"the CRS {text[:200]!r} is not served",
        f"不提供坐标系 {text[:200]!r}",
        field=field,
        hint=f"choose one of {choices}",
        hint_zh=f"可选：{choices}",
    )


@lru_cache(maxsize=16)
def _crs(authority: str) -> CRS:
    return CRS.from_user_input(authority)


@lru_cache(maxsize=16)
def _transformer(authority: str) -> Transformer:
    """Return the projection of a CRS from its own degrees.

    WGS 84 and CGCS2000 agree far below planning scale, so no datum is changed; PROJ's search for an operation between
    the two takes a second a thread and finds none but "ballpark".
    """
    crs = _crs(authority)
    return Transformer.from_crs(crs.geodetic_crs, crs, always_xy=True)


def _moved(
    points: NDArray[np.float64], authority: str, *, swap: bool = False, back: bool = False
) -> NDArray[np.float64]:
    x, y = points[:, 0], points[:, 1]
    if not _crs(authority).is_geographic:
        try:
            x, y = _transformer(authority).transform(x, y, direction="INVERSE" if back else "FORWARD")
        except ProjError:
            return np.full_like(points, np.inf)
    return np.column_stack((y, x) if swap else (x, y))
