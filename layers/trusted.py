"""What a new file can be held against: areas with names, places with names, buildings and streets already accepted.

Only layers whose own place is sure belong here. Everything is in WGS 84 longitude, latitude.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Self

import geopandas as gpd
import pandas as pd

from layers.schema import STORAGE_CRS

if TYPE_CHECKING:
    from collections.abc import Mapping

AREA_KINDS = ("district", "subdistrict", "governance_area", "community")
"""Kinds whose names stand in addresses, from the largest area to the smallest."""
PLACE_KINDS = ("community", "parking", "charging", "heritage", "service", "public_building", "idle_land")
"""Kinds whose records have names by which other ledgers call the same place."""


def _nothing(*columns: str) -> gpd.GeoDataFrame:
    return gpd.GeoDataFrame({name: pd.Series(dtype="string") for name in columns}, geometry=[], crs=STORAGE_CRS)


def _no_areas() -> gpd.GeoDataFrame:
    return _nothing("kind", "name", "subdistrict_code")


def _no_places() -> gpd.GeoDataFrame:
    return _nothing("kind", "asset_id", "name", "address", "subdistrict_code")


@dataclass(frozen=True)
class Trusted:
    """Accepted layers of a workspace, as evidence.

    Parameters
    ----------
    areas
        Polygons with ``kind``, ``name`` and ``subdistrict_code``, of :data:`AREA_KINDS`.
    places
        Placed records with ``kind``, ``asset_id``, ``name``, ``address`` and ``subdistrict_code``, of
        :data:`PLACE_KINDS`; only those whose position is exact.
    buildings, streets
        Footprints and centre lines.
    """

    areas: gpd.GeoDataFrame = field(default_factory=_no_areas)
    places: gpd.GeoDataFrame = field(default_factory=_no_places)
    buildings: gpd.GeoDataFrame = field(default_factory=_nothing)
    streets: gpd.GeoDataFrame = field(default_factory=_nothing)

    @classmethod
    def of(cls, layers: Mapping[str, gpd.GeoDataFrame]) -> Self:
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
            _placed(layers["building"])[["geometry"]] if "building" in layers else _nothing(),
            _placed(layers["street"])[["geometry"]] if "street" in layers else _nothing(),
        )

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to hold a file against."""
        return not (len(self.areas) or len(self.places) or len(self.buildings) or len(self.streets))


def _placed(frame: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    there = frame.geometry.notna() & ~frame.geometry.is_empty
    if "position" in frame.columns:
        there &= frame["position"].eq("exact").fillna(value=False).astype(bool)
    return frame[there]


def _named(frame: gpd.GeoDataFrame, kind: str, like: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    placed = _placed(frame)
    named = placed[placed["name"].notna()]
    return named.assign(kind=kind)[list(like.columns)]


def _stacked(frames: list[gpd.GeoDataFrame], empty: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else empty
