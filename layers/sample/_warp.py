"""The bend of the river, and how the whole street plan follows it.

Streets are planned on a flat sheet (``u`` along the river, ``v`` away from it, metres) and bent into the plane of
EPSG:4547. Near the river the sheet follows its curve; further out the bend fades, so blocks stay blocks.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from layers.sample._chance import FloatArray

PLANE_CRS = "EPSG:4547"
ORIGIN_EN_M = (425_700.0, 2_557_700.0)
"""Easting and northing of the sheet's origin: the latitude and longitude of Guangzhou, an invented town."""
BENDS = ((420.0, 7600.0, 0.74), (130.0, 3100.0, 0.8))
"""Amplitude and wavelength in metres, phase: the river's centre line as a sum of sines."""
FADE_ALONG_M = 2600.0
FADE_ACROSS_M = 1400.0


@dataclass(frozen=True)
class Warp:
    """From the planner's sheet to the plane and back.

    Parameters
    ----------
    phases
        Eight phases of the low waves that keep roads from being straight, shape ``(2, 4)``.
    """

    phases: FloatArray

    def to_plane(self, u_m: FloatArray, v_m: FloatArray) -> FloatArray:
        """Return eastings and northings, shape ``(n, 2)``, of points on the sheet."""
        u, v = np.asarray(u_m, dtype=float), np.asarray(v_m, dtype=float)
        shift_x, shift_y = self._shift(u, v)
        return np.stack([u + shift_x + ORIGIN_EN_M[0], v + shift_y + ORIGIN_EN_M[1]], axis=-1)

    def to_sheet(self, xy_m: FloatArray) -> FloatArray:
        """Return ``u`` and ``v``, shape ``(n, 2)``, of points in the plane, by fixed-point iteration."""
        target = np.asarray(xy_m, dtype=float) - np.array(ORIGIN_EN_M)
        found = target.copy()
        for _ in range(26):
            found = target - np.stack(self._shift(found[..., 0], found[..., 1]), axis=-1)
        return np.asarray(found)

    def _shift(self, u: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
        bend = np.zeros_like(u)
        slope = np.zeros_like(u)
        for amplitude, length, phase in BENDS:
            turn = 2 * np.pi / length
            bend += amplitude * np.sin(turn * u + phase)
            slope += amplitude * turn * np.cos(turn * u + phase)
        wave_x, wave_y = self._waves(u, v)
        across = 0.7 * slope * v * np.exp(-((v / FADE_ACROSS_M) ** 2))
        return -across + wave_x, bend * np.exp(-((v / FADE_ALONG_M) ** 2)) + wave_y

    def _waves(self, u: FloatArray, v: FloatArray) -> tuple[FloatArray, FloatArray]:
        reach = 1.0 + (np.hypot(u, v) / 4500.0) ** 2  # the outline wanders more than the centre
        a, b = self.phases
        wave_x = 46 * np.sin(v / 420 + a[0]) * np.cos(u / 900 + a[1]) + 26 * np.sin(v / 230 + u / 700 + a[2])
        wave_y = 40 * np.sin(u / 390 + b[0]) * np.cos(v / 800 + b[1]) + 24 * np.sin(u / 210 - v / 650 + b[2])
        return wave_x * reach, wave_y * reach
