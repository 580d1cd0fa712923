"""What a new file can be held against: areas with names, places with names, buildings and streets already accepted.

How sure the place of a record is itself is its :class:`Standing`: a comparison of datums takes records up to one of
them (:meth:`Trusted.up_to`), all other uses take them all. Everything is in WGS 84 longitude, latitude.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from enum import IntEnum
from typing import TYPE_CHECKING, Self

import geopandas as gpd
import pandas as pd

from layers.schema import STORAGE_CRS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.quality import Text

STANDING = "standing"
"""Column that says how sure the place of a record is; frames without it are sure."""
AREA_KINDS = ("district", "subdistrict", "governance_area", "community")
"""Kinds whose names stand in addresses, from the largest area to the smallest."""
PLACE_KINDS = ("community", "parking", "charging", "heritage", "service", "public_building", "idle_land")
"""Kinds whose records have names by which other ledgers call the same place."""


class Standing(IntEnum):
    """How sure the place of an accepted record is, the surest first."""

    SURE = 0
    """Confirmed, surveyed, or of a source that has one datum (OpenStreetMap)."""
    OWN = 1
    """Given by the source whose next file is read, under a datum that a person stated or surveyors wrote."""
    DECLARED = 2
    """Read as its file declares, which nobody and nothing has confirmed: GCJ-02 is often saved as WGS 84."""
    NO_EVIDENCE = 3
    """Given by the source whose next file is read: one wrong import must not prove the next."""


def _nothing(*columns: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({name: pd.Series(dtype="string") for name in columns}, geometry=[], crs=STORAGE_CRS)


def _no_areas() -> gpd.GeoDataFrame:
    return _nothing("kind", "name", "subdistrict_code")


def _no_places() -> gpd.GeoDataFrame:
    return _nothing("kind", "asset_id", "name", "address", "subdistrict_code", "source_id", "remark", "placed_by")


@dataclass(frozen=True)
class Trusted:
    """Accepted layers of a workspace, as evidence.

    Parameters
    ----------
    areas
        Polygons with ``kind``, ``name`` and ``subdistrict_code``, of :data:`AREA_KINDS`.
    places
        Placed records with ``kind``, ``asset_id``, ``name``, ``address``, ``subdistrict_code`` and what tells how they
        came to their place, of :data:`PLACE_KINDS`; only those whose position is exact.
    buildings, streets
        Footprints and centre lines.
    unconfirmed
        Names, for people, of the layers in which records are :attr:`Standing.DECLARED`.

    All frames may have a column :data:`STANDING`.
    """

    areas: gpd.GeoDataFrame = field(default_factory=_no_areas)
    places: gpd.GeoDataFrame = field(default_factory=_no_places)
    buildings: gpd.GeoDataFrame = field(default_factory=_nothing)
    streets: gpd.GeoDataFrame = field(default_factory=_nothing)
    unconfirmed: tuple[Text, ...] = ()

    @classmethod
    def of(cls, layers: Mapping[str, gpd.GeoDataFrame], unconfirmed: tuple[Text, ...] = ()) -> Self:
        """Return the evidence that ``layers`` (kind -> frame in longitude, latitude) give."""
        polygons = ("Polygon", "MultiPolygon")
        areas = [
            _named(layers[name], name, _no_areas()).loc[lambda frame: frame.geometry.geom_type.isin(polygons)]
            for name in AREA_KINDS
            if name in layers
        ]
        places = [_named(layers[name], name, _no_places()) for name in PLACE_KINDS if name in layers]
        return cls(
            _stacked(areas, _no_areas()),
            _stacked(places, _no_places()),
            _shapes(layers["building"]) if "building" in layers else _nothing(),
            _shapes(layers["street"]) if "street" in layers else _nothing(),
            unconfirmed,
        )

    def up_to(self, standing: Standing) -> Self:
        """Return the records whose place is as sure as ``standing`` or surer."""
        frames = {name: getattr(self, name) for name in _FRAMES}
        kept = {name: frame[_standing(frame) <= standing] for name, frame in frames.items() if STANDING in frame}
        return replace(self, **kept) if kept else self

    def holds(self, standing: Standing) -> bool:
        """Return whether there are records of this standing."""
        return any(bool((_standing(getattr(self, name)) == standing).any()) for name in _FRAMES)

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to hold a file against."""
        return not (len(self.areas) or len(self.places) or len(self.buildings) or len(self.streets))


_FRAMES = ("areas", "places", "buildings", "streets")


def _standing(frame: gpd.GeoDataFrame) -> pd.Series:
    if STANDING in frame.columns:
        return frame[STANDING]
    return pd.Series(int(Standing.SURE), index=frame.index)


def _shapes(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    placed = _placed(frame)
    return placed.assign(**{STANDING: _standing(placed)})[[STANDING, "geometry"]]


def _placed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    there = frame.geometry.notna() & ~frame.geometry.is_empty
    if "position" in frame.columns:
        there &= frame["position"].eq("exact").fillna(value=False).astype(bool)
    return frame[there]


def _named(frame: gpd.GeoDataFrame, kind: str, like: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    placed = _placed(frame)
    named = placed[placed["name"].notna()]
    return named.assign(kind=kind, **{STANDING: _standing(named)})[[*like.columns, STANDING]]


def _stacked(frames: list[gpd.GeoDataFrame], empty: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else empty
