"""Baidu's own mercator metres (BD09MC): six polynomials by latitude instead of a mercator formula.

The numbers are facts of Baidu's map service, the same in its JavaScript API (``MercatorProjection.MC2LL``), in its
Android SDK (``comapi.util``) and in gcoord (MIT); the code here is our own. Only the way to degrees is needed: metres
come in, and go out as nothing that Baidu alone reads.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_BANDS_M = np.array([0.0, 1678043.12, 3481989.83, 5591021.0, 8362377.87, 12890594.86])
"""Northing from which each polynomial holds: 0, 15, 30, 45, 60 and 75 degrees."""
_LONGITUDE = np.array(
    [
        [2.890871144776878e-9, 8.983055095805407e-6],
        [3.09191371068437e-9, 8.983055096812155e-6],
        [-1.981981304930552e-8, 8.983055099779535e-6],
        [-3.030883460898826e-8, 8.98305509983578e-6],
        [-7.435856389565537e-9, 8.983055097726239e-6],
        [1.410526172116255e-8, 8.98305509648872e-6],
    ]
)
"""Degrees at an easting of 0, and degrees a metre."""
_LATITUDE = np.array(
    [
        [-3.068298e-8, 7.47137025468032, -3.53937994e-6, -0.02145144861037, -1.234426596e-5, 1.0322952773e-4,
         -3.23890364e-6],
        [6.995724062e-5, 23.10934304144901, -2.3663490511e-4, -0.6321817810242, -0.00663494467273, 0.03430082397953,
         -0.00466043876332],
        [0.03278182852591, 40.31678527705744, 0.65659298677277, -4.44255534477492, 0.85341911805263, 0.12923347998204,
         -0.04625736007561],
        [0.30071316287616, 59.74293618442277, 7.357984074871, -25.38371002664745, 13.45380521110908,
         -3.29883767235584, 0.32710905363475],
        [-0.78625201886289, 96.32687599759846, -1.85204757529826, -59.36935905485877, 47.40033549296737,
         -16.50741931063887, 2.28786674699375],
        [-1.9939833816331, 200.9824383106796, -187.2403703815547, 91.6087516669843, -23.38765649603339,
         2.57121317296198, -0.03801003308653],
    ]
)  # fmt: skip
"""Coefficients of the powers 0 to 6 of the northing over :data:`_SCALE_M`, degrees."""
_SCALE_M = np.array([826088.5, 2555164.4, 4482777.06, 6856817.37, 10260144.86, 17337981.2])


def baidu_mercator_to_bd09(east_m: Floats, north_m: Floats) -> tuple[Floats, Floats]:
    """Return BD-09 degrees of Baidu's mercator metres; not finite where they are not.

    Parameters
    ----------
    east_m, north_m
        Eastings and northings, BD09MC metres, of one shape.
    """
    east, north = np.asarray(east_m, dtype="float64"), np.asarray(north_m, dtype="float64")
    size = np.abs(north)
    band = np.clip(np.searchsorted(_BANDS_M, size, side="right") - 1, 0, len(_BANDS_M) - 1)
    lon, lat = np.full(east.shape, np.nan), np.full(east.shape, np.nan)
    for number in np.unique(band):
        chosen = band == number
        start, slope = _LONGITUDE[number]
        lon[chosen] = np.copysign(start + slope * np.abs(east[chosen]), east[chosen])
        steps = np.polynomial.polynomial.polyval(size[chosen] / _SCALE_M[number], _LATITUDE[number])
        lat[chosen] = np.copysign(steps, north[chosen])
    return lon, lat


@dataclass(frozen=True)
class BaiduMercator:
    """Baidu's metres as a grid that leads to degrees of BD-09.

    Parameters
    ----------
    label
        Its name for people and manifests.
    """

    label: str = "BD-09 MC"

    def to_base(self, x: Floats, y: Floats) -> tuple[Floats, Floats]:
        """Return BD-09 degrees.

        Parameters
        ----------
        x, y
            Eastings and northings, metres.
        """
        return baidu_mercator_to_bd09(x, y)
