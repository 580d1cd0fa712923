"""Outlines that are valid and yet no parcel looks like: slivers, spikes, too many vertices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.check._subject import Subject

SLIVER_AREA_M2 = 20.0
"""ASSUMPTION: below this a strip is what is left between two outlines drawn apart; a stall alone takes 12.5 m2, but is
no strip."""
SLIVER_COMPACTNESS = 0.15
"""ASSUMPTION: 4 pi area / perimeter2 (Polsby and Popper; 1 for a circle) of a strip eighteen times as long as wide."""
SPIKE_ANGLE_DEG = 0.5
"""ASSUMPTION: corners of land are never as sharp as this; a vertex that was snapped to a wrong place is."""
SPIKE_LENGTH_M = 5.0
"""ASSUMPTION: shorter legs are the noise of drawing."""
MOST_VERTICES = 20_000
"""ASSUMPTION: an outline of more is a coastline or a raster edge; it slows every map down."""


def check_outlines(subject: Subject) -> None:
    """Warn of slivers, spikes and outlines of very many vertices, in layers that are no mere context."""
    if subject.kind.role == "context" or not len(subject.polygons):
        return
    shapes = subject.outlines
    _slivers(subject, shapes)
    spikes = _spike_counts(shapes)
    spiky = np.flatnonzero(spikes)
    subject.warn(
        "spike", f"边线上有尖刺（夹角小于 {SPIKE_ANGLE_DEG:g} 度、长于 {SPIKE_LENGTH_M:g} 米），请核对",
        f"its outline has spikes (sharper than {SPIKE_ANGLE_DEG:g} degree, longer than {SPIKE_LENGTH_M:g} m): check it",
        subject.polygons[spiky], field="geometry", values=[f"{spikes[at]} 处 spikes" for at in spiky],
    )  # fmt: skip
    vertices = shapely.get_num_coordinates(shapes)
    dense = np.flatnonzero(vertices > MOST_VERTICES)
    subject.warn(
        "vertices", f"顶点多于 {MOST_VERTICES} 个，地图会变慢，请抽稀",
        f"more than {MOST_VERTICES} vertices, which slows maps down: simplify it",
        subject.polygons[dense], field="geometry", values=[str(vertices[at]) for at in dense],
    )  # fmt: skip


def _slivers(subject: Subject, shapes: NDArray[np.object_]) -> None:
    areas = shapely.area(shapes)
    with np.errstate(divide="ignore", invalid="ignore"):
        compactness = 4 * np.pi * areas / shapely.length(shapes) ** 2
    thin = np.flatnonzero((areas < SLIVER_AREA_M2) & (compactness < SLIVER_COMPACTNESS))
    subject.warn(
        "sliver", "细长的碎面，多半是两条边线没有对齐，请核对",
        "a sliver, most likely left between two outlines that do not meet: check it",
        subject.polygons[thin], field="geometry", values=[f"{areas[at]:.2g} m2" for at in thin],
    )  # fmt: skip


def _spike_counts(shapes: NDArray[np.object_]) -> NDArray[np.int64]:
    """Return how many vertices of each polygon are the tip of a spike."""
    parts, part_owner = shapely.get_parts(shapes, return_index=True)
    rings, ring_owner = shapely.get_rings(parts, return_index=True)
    owner = part_owner[ring_owner]
    xy, ring = shapely.get_coordinates(rings, return_index=True)
    last = np.append(ring[1:] != ring[:-1], True)  # the vertex that closes a ring repeats its first
    xy, ring = xy[~last], ring[~last]
    at = np.arange(len(ring))
    first = np.searchsorted(ring, ring, side="left")
    end = np.searchsorted(ring, ring, side="right") - 1
    before, after = xy[np.where(at == first, end, at - 1)], xy[np.where(at == end, first, at + 1)]
    back, on = before - xy, after - xy
    lengths = np.hypot(*back.T), np.hypot(*on.T)
    with np.errstate(divide="ignore", invalid="ignore"):
        cosine = (back * on).sum(axis=1) / (lengths[0] * lengths[1])
    is_tip = (cosine > np.cos(np.radians(SPIKE_ANGLE_DEG))) & (np.minimum(*lengths) > SPIKE_LENGTH_M)
    return np.bincount(owner[ring[is_tip]], minlength=len(shapes))
