"""Permanent asset ids: the same asset keeps its id from month to month, even when its ledger has none.

A record with an id of its own is known by (kind, source, id). Others are known by their normalised name and place: a
record with the same name within :data:`SAME_PLACE_M` is the same asset. What is new gets an id made from what it is
known by, so the same file gives the same ids in any workspace.
"""

from __future__ import annotations

import hashlib
import math
import unicodedata
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from pyproj import Geod

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

SAME_PLACE_M = 150.0
"""ASSUMPTION: two records of one name this near are one asset. A hand-placed point moves by tens of metres between
two ledgers; two communities of one name stand further apart."""
ID_LENGTH = 12
_GEOD = Geod(ellps="WGS84")


@dataclass(frozen=True)
class AssetKey:
    """By which an asset is known.

    Parameters
    ----------
    source, source_id
        The source's name and its own id, where it has one.
    name_key
        Normalised name and address.
    place
        Longitude and latitude of a point of it, in degrees, where it is placed.
    asset_id
        The permanent id.
    """

    source: str
    source_id: str | None
    name_key: str
    place: tuple[float, float] | None
    asset_id: str


def name_key(name: str, address: str) -> str:
    """Return ``name`` and ``address`` without what ledgers write differently: width, case, spaces, punctuation."""
    text = unicodedata.normalize("NFKC", f"{name}|{address}").casefold()
    return "".join(char for char in text if char.isalnum() or char == "|")


def derived_ids(kind: str, frame: pd.DataFrame) -> pd.Series:
    """Return ids of records that all carry ``source`` and ``source_id``, without any memory of earlier ones."""
    return pd.Series(
        [
            _new_id(kind, str(source), str(source_id))
            for source, source_id in zip(frame["source"], frame["source_id"], strict=True)
        ],
        index=frame.index,
        dtype="string",
        name="asset_id",
    )


def assign_ids(kind: str, frame: gpd.GeoDataFrame, known: Iterable[AssetKey]) -> tuple[pd.Series, list[AssetKey]]:
    """Give each record of ``frame`` the id of the asset it is.

    Parameters
    ----------
    kind
        Name of the layer kind.
    frame
        Records in longitude, latitude, with ``name``, ``address``, ``source``, ``source_id``.
    known
        Keys of earlier records of this kind.

    Returns
    -------
    ids
        Unique ids, indexed like ``frame``.
    new
        Keys that were not known before.
    """
    by_source: dict[tuple[str, str], str] = {}
    by_name: dict[str, list[AssetKey]] = defaultdict(list)
    for key in known:
        if key.source_id is not None:
            by_source[key.source, key.source_id] = key.asset_id
        by_name[key.name_key].append(key)
    taken: set[str] = set()
    ids: list[str] = []
    new: list[AssetKey] = []
    for record in _records(frame):
        found = _recognise(record, by_source, by_name, taken)
        asset_id = found or _free_id(kind, record, taken, {key.asset_id for key in by_name[record.name_key]})
        taken.add(asset_id)
        ids.append(asset_id)
        if found is None or _is_news(record, by_source, by_name):
            new.append(AssetKey(record.source, record.source_id, record.name_key, record.place, asset_id))
    return pd.Series(ids, index=frame.index, dtype="string", name="asset_id"), new


def _records(frame: gpd.GeoDataFrame) -> list[AssetKey]:
    points = frame.geometry.representative_point()
    places = np.column_stack([points.x, points.y]) if len(frame) else np.empty((0, 2))
    columns = (frame[name].astype("string").fillna("") for name in ("source", "source_id", "name", "address"))
    return [
        AssetKey(
            source,
            source_id or None,
            name_key(name, address),
            None if math.isnan(x) else (round(float(x), 6), round(float(y), 6)),
            "",
        )
        for source, source_id, name, address, (x, y) in zip(*columns, places, strict=True)
    ]


def _recognise(
    record: AssetKey, by_source: dict[tuple[str, str], str], by_name: dict[str, list[AssetKey]], taken: set[str]
) -> str | None:
    if record.source_id is not None:
        found = by_source.get((record.source, record.source_id))
        if found is not None:
            return None if found in taken else found
    if record.name_key == "|":
        return None
    near = (
        key.asset_id
        for key in by_name[record.name_key]
        if key.asset_id not in taken
        and (record.source_id is None or key.source_id is None or key.source != record.source)
        and _same_place(record.place, key.place)
    )
    return next(near, None)


def _same_place(one: tuple[float, float] | None, other: tuple[float, float] | None) -> bool:
    if one is None or other is None:
        return True  # the name and address agree; a record may be placed one month and not the next
    return bool(_GEOD.inv(*one, *other)[2] <= SAME_PLACE_M)


def _is_news(record: AssetKey, by_source: dict[tuple[str, str], str], by_name: dict[str, list[AssetKey]]) -> bool:
    if record.source_id is not None:
        return (record.source, record.source_id) not in by_source
    return not any(key.place == record.place for key in by_name[record.name_key])


def _free_id(kind: str, record: AssetKey, taken: set[str], namesakes: set[str]) -> str:
    known_by = (
        (record.source, record.source_id) if record.source_id is not None else (record.name_key, repr(record.place))
    )
    candidate, again = _new_id(kind, *known_by), 1
    while candidate in taken or candidate in namesakes:
        again += 1
        candidate = _new_id(kind, *known_by, str(again))
    return candidate


def _new_id(kind: str, *known_by: str) -> str:
    digest = hashlib.sha256("\x1f".join((kind, *known_by)).encode()).hexdigest()
    return f"{kind}-{digest[:ID_LENGTH]}"
