"""A layer that is to become the current one of its kind, with everything that is kept beside it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from layers import schema
    from layers.matching.doubts import Doubt
    from layers.snapshot import Provenance


@dataclass(frozen=True)
class Incoming:
    """A layer that is to become current.

    Parameters
    ----------
    frame
        Records in longitude, latitude. Ids are given when it is accepted, personal fields go to a table of their own
        that can be erased, sub-district codes that are missing are filled from the ``subdistrict`` layer.
    sources
        Where it came from: the newest source first, and every other that still has records in it.
    report
        Quality report of the file.
    doubts
        Pairs of records that only a person can tell apart or together.
    aliases
        Former asset id -> the id under which the asset goes on; kept for ever.
    originals
        Shapes that were mended, as their files have them (:data:`layers.originals.ORIGINAL`), with ``row``: the
        position in ``frame`` of the record that each belongs to.
    has_ids
        Whether ``asset_id`` of ``frame`` is decided where it is not null (:func:`layers.matching.join.join`).
    made_of
        Version of the layer that it was made of, empty for none; it is refused if another is current by then.
        ``None`` where it takes the place of whatever is current.
    """

    frame: gpd.GeoDataFrame
    sources: tuple[Provenance, ...]
    report: Mapping[str, Any] = field(default_factory=dict)
    doubts: tuple[Doubt, ...] = ()
    aliases: Mapping[str, str] = field(default_factory=dict)
    originals: gpd.GeoDataFrame | None = None
    has_ids: bool = False
    made_of: str | None = None

    @property
    def new_counts(self) -> dict[str, int]:
        """Source -> records that it gave, of the newest source."""
        newest = self.sources[0]
        return {newest.source: len(self.frame) if newest.record_count is None else newest.record_count}


def positioned(frame: gpd.GeoDataFrame, of: schema.Kind) -> gpd.GeoDataFrame:
    """Return records that all say how sure their place is: ``exact`` unless told, ``unlocated`` without a place."""
    if not of.geometry:
        return frame
    shapes = frame.geometry.to_numpy()
    placed = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    return frame.assign(position=frame["position"].where(placed, "unlocated").fillna("exact"))
