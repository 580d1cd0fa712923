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
