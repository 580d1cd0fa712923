"""Value functions: from a raw criterion to 0..1, simple enough for a pocket calculator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import ArrayLike, NDArray

SHAPES: dict[str, tuple[str, ...]] = {
    "linear": ("zero", "one"),
    "threshold": ("at",),
    "saturating": ("half",),
    "piecewise": ("x", "v"),
}


@dataclass(frozen=True)
class ValueFunction:
    r"""A monotone function from raw values to 0..1, with declared break points.

    ==========  ===========================================================================
    type        value of x
    ==========  ===========================================================================
    linear      ``(x - zero) / (one - zero)``, held to 0..1
    threshold   1 where ``x >= at`` (benefit) or ``x <= at`` (cost), else 0
    saturating  ``x / (x + half)`` (benefit) or ``half / (x + half)`` (cost), x held to >= 0
    piecewise   straight lines through the points ``(x[i], v[i])``, flat outside them
    ==========  ===========================================================================

    Parameters
    ----------
    type
        One of the four.
    points
        Its break points by name, as numbers.
    is_benefit
        Whether more is better.
    """

    type: str
    points: Mapping[str, Any]
    is_benefit: bool = True

    def __call__(self, raw: ArrayLike) -> NDArray[np.float64]:
        """Return the values of ``raw``; not-a-number stays so."""
        x = np.asarray(raw, dtype=np.float64)
        p = self.points
        if self.type == "linear":
            return np.asarray(np.clip((x - p["zero"]) / (p["one"] - p["zero"]), 0.0, 1.0))
        if self.type == "threshold":
            met = x >= p["at"] if self.is_benefit else x <= p["at"]
            return np.where(np.isnan(x), np.nan, met.astype(np.float64))
        if self.type == "saturating":
            held = np.maximum(x, 0.0)
            return np.asarray((held if self.is_benefit else p["half"]) / (held + p["half"]))
        return np.interp(x, np.asarray(p["x"], dtype=np.float64), np.asarray(p["v"], dtype=np.float64))

    def inverse(self, value: ArrayLike) -> NDArray[np.float64]:
        """Return the raw value that just reaches ``value`` (0..1), of several the worst that does; infinite where none.

        A saturating benefit never reaches 1.
        """
        v = np.asarray(value, dtype=np.float64)
        p = self.points
        if self.type == "linear":
            return np.asarray(p["zero"] + v * (p["one"] - p["zero"]))
        if self.type == "threshold":
            return np.full_like(v, p["at"])
        if self.type == "saturating":
            with np.errstate(divide="ignore"):
                odds = v / (1.0 - v)
                return np.asarray(p["half"] * odds if self.is_benefit else p["half"] / odds)
        return self._piecewise_inverse(v)

    def _piecewise_inverse(self, v: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the first point from the worse end on at which the straight lines reach ``v``."""
        x, y = (np.asarray(self.points[name], dtype=np.float64) for name in ("x", "v"))
        if not self.is_benefit:
            x, y = x[::-1], y[::-1]
        at = np.searchsorted(y, v, side="left")
        end = np.clip(at, 1, len(y) - 1)
        rise = y[end] - y[end - 1]
        share = np.divide(v - y[end - 1], rise, out=np.zeros_like(v), where=rise > 0)
        reached = x[end - 1] + np.clip(share, 0.0, 1.0) * (x[end] - x[end - 1])
        none = np.inf if self.is_benefit else -np.inf
        return np.where(at == len(y), none, reached)

    def faults(self) -> list[str]:
        """Return what is wrong with the break points, nothing where all is well."""
        p, rises = self.points, self.is_benefit
        if self.type == "linear":
            good = p["one"] > p["zero"] if rises else p["one"] < p["zero"]
            return [] if good else [f"'one' must lie {'above' if rises else 'below'} 'zero'"]
        if self.type == "saturating":
            return [] if p["half"] > 0 else ["'half' must be above 0"]
        if self.type == "piecewise":
            return _piecewise_faults(list(p["x"]), list(p["v"]), rises=rises)
        return []

    def as_json(self) -> dict[str, Any]:
        """Return the function as JSON: its type and break points."""
        points = {name: list(value) if isinstance(value, tuple) else value for name, value in self.points.items()}
        return {"type": self.type, **points}


def _piecewise_faults(x: list[float], v: list[float], *, rises: bool) -> list[str]:
    if len(x) != len(v) or len(x) < 2:
        return ["'x' and 'v' must be lists of the same length, two or more"]
    found = []
    if np.any(np.diff(x) <= 0):
        found.append("'x' must rise")
    if np.any(np.diff(v) < 0 if rises else np.diff(v) > 0):
        found.append(f"'v' must {'not fall for a benefit' if rises else 'not rise for a cost'}")
    if min(v) < 0 or max(v) > 1:
        found.append("'v' must lie in 0..1")
    return found
