"""Colours and sizes of the printed and offline maps: quiet ground, two themes, ramps safe for colour-blind readers.

Theme and rank are never told by colour alone: a heritage site has a dark ring, the best twenty carry their number, and
the size of a circle falls with its rank.
"""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

GROUND = "#f3f0ea"
"""The sheet on which everything lies."""

CONTEXT_STYLES: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "green": {"stroke": False, "fillColor": "#dbe8cf", "fillOpacity": 1},
        "water": {"color": "#b5d0de", "weight": 1, "fillColor": "#c9dfea", "fillOpacity": 1},
        "street": {"color": "#ffffff", "weight": 1.4, "fill": False},
        "building": {"color": "#d3ccc0", "weight": 0.5, "fillColor": "#e4ded4", "fillOpacity": 1},
    }
)
"""Leaflet path options of the base map, in the order in which it is drawn."""

STREET_WEIGHTS: Mapping[str, float] = MappingProxyType(
    {"expressway": 4.5, "main": 4.0, "secondary": 3.0, "local": 1.8, "alley": 1.0, "path": 0.8, "steps": 0.8}
)
"""Line width in pixels by street class, the most important first."""


@dataclass(frozen=True)
class RankClass:
    """How a rank is drawn.

    Parameters
    ----------
    last_rank
        The last rank of the class.
    radius_px
        Radius of the circle in pixels.
    """

    last_rank: float
    radius_px: float


RANK_CLASSES = (
    RankClass(10, 11),
    RankClass(20, 9.5),
    RankClass(50, 6),
    RankClass(float("inf"), 3.5),
)
LABELLED_RANKS = 20
"""The best ranks of each theme carry their number on the map and stand in the list beside it."""

THEME_RAMPS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "revitalization": ("#0a544e", "#147066", "#58aca1", "#a3d0c8"),
        "heritage": ("#84290f", "#a9431c", "#dd9168", "#ecc4a8"),
    }
)
"""Fill colour by rank class, best first. Numbers on the first two are white at a contrast above 4.5."""

THEME_RINGS: Mapping[str, str] = MappingProxyType({"revitalization": "#ffffff", "heritage": "#3b1508"})
"""Colour of a circle's edge: the second sign of the theme."""

OUTSIDE_STYLE: Mapping[str, object] = MappingProxyType(
    {"stroke": False, "fillColor": "#6f6a60", "fillOpacity": 0.2, "fillRule": "evenodd"}
)
"""The veil over what lies in none of the sub-districts, as Leaflet path options."""

BUNDLE_STYLE: Mapping[str, object] = MappingProxyType(
    {"color": "#6b1a4a", "weight": 2.5, "fillColor": "#6b1a4a", "fillOpacity": 0.08}
)
"""The area of a bundle, as Leaflet path options."""

ROLE_STYLES: Mapping[str, Mapping[str, object]] = MappingProxyType(
    {
        "fat": {"color": "#8a4300", "weight": 2, "fill": True, "fillColor": "#e08a2e", "fillOpacity": 0.6},
        "lean": {"color": "#1b4f86", "weight": 2, "fill": True, "fillColor": "#8db9e0", "fillOpacity": 0.55},
        "link": {
            "color": "#444444",
            "weight": 2,
            "dashArray": "5 4",
            "fill": True,
            "fillColor": "#b8b8b8",
            "fillOpacity": 0.5,
        },
        "left_out": {
            "color": "#6f757a",
            "weight": 1.2,
            "dashArray": "1 4",
            "fill": True,
            "fillColor": "#8d9398",
            "fillOpacity": 0.2,
        },
    }
)
"""A member of a bundle by its role, as Leaflet path options; orange and blue are told apart by everybody."""

ROLE_SIGNS: Mapping[str, str] = MappingProxyType({"fat": "+", "lean": "−", "link": "=", "left_out": "·"})
"""The second sign of a role: it brings money, takes money, joins."""

WALK_STYLE: Mapping[str, object] = MappingProxyType({"color": "#4b2e83", "weight": 4, "fill": False})
STRAIGHT_DASH = "2 8"
"""A walk that follows no street."""
SITE_STYLE: Mapping[str, object] = MappingProxyType(
    {"color": "#0b4a6f", "weight": 2, "fillColor": "#4aa3d8", "fillOpacity": 0.5}
)
"""The plot of a chosen site. Stops of a walk are numbered squares, chosen sites numbered diamonds."""

PERMISSION_COLOURS: Mapping[str, str] = MappingProxyType(
    {"allowed": "#1d6b3a", "approval": "#7a5200", "unclear": "#5b5570", "forbidden": "#9b1c1c"}
)

GAP_BREAKS = (0.0, 50.0, 150.0, 300.0)
GAP_RAMP = ("#e8e6ef", "#c9c3dd", "#9c90c2", "#6d5ba3", "#46347d")
"""Night parking gap in stalls: up to each break of ``GAP_BREAKS``, then above the last."""


def rank_class(rank: int) -> int:
    """Return the index in :data:`RANK_CLASSES` of the class that holds ``rank`` (1 is best)."""
    return next(index for index, item in enumerate(RANK_CLASSES) if rank <= item.last_rank)


def rank_ranges() -> tuple[str, ...]:
    """Return the words of the legend: ``1–10``, ``11–20`` … ``51+``."""
    firsts = [1, *(int(item.last_rank) + 1 for item in RANK_CLASSES[:-1])]
    closed = [f"{first}–{item.last_rank:g}" for first, item in zip(firsts, RANK_CLASSES[:-1], strict=False)]
    return (*closed, f"{firsts[-1]}+")


def gap_colour(stalls: float) -> str:
    """Return the colour of a night parking gap in stalls."""
    return GAP_RAMP[sum(stalls > limit for limit in GAP_BREAKS)]
