"""Pairs of records that only a person can tell apart or together, and how an answer is found again.

Rows of the catalog hold them; here is what they are. A pair is known by what its two records are known by: source and
id, or source, name, address and place where a ledger has no ids. So an answer holds from month to month, whatever order
files come in, and is asked again when a record without id moves or is renamed.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import pandas as pd
import shapely

from layers.findings import Text
from layers.matching._spelling import spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

Pair = tuple[str, str]
"""Keys of two records, the smaller first."""
KEY_LENGTH = 20
_PLACE_DECIMALS = 5  # 1e-5 degrees: about a metre


@dataclass(frozen=True)
class Member:
    """One of the two records, as a person sees it.

    Parameters
    ----------
    key
        What it is known by (:func:`record_keys`).
    source, source_id, name, address, data_date
        As its source gave them.
    asset_id
        The asset that it belongs to; ``None`` for a record that is new.
    place
        Longitude and latitude of a point of it, where it has a place.
    """

    key: str
    source: str
    source_id: str | None
    name: str | None
    address: str | None
    data_date: str | None
    asset_id: str | None
    place: tuple[float, float] | None


@dataclass(frozen=True)
class Doubt:
    """Two records that may be one thing.

    Parameters
    ----------
    kind
        Layer kind.
    pair_key
        Key of the pair, whichever record comes first.
    one, other
        The records; ``one`` has the smaller key.
    score
        How much speaks for one thing, 0 to 1 (:mod:`layers.matching.same_place`).
    distance_m
        Between their places; ``None`` where one has none.
    reasons
        What speaks for and against.
    """

    kind: str
    pair_key: str
    one: Member
    other: Member
    score: float
    distance_m: float | None
    reasons: tuple[Text, ...]

    def to_dict(self) -> dict[str, Any]:
        """Return the doubt as JSON values."""
        return {**asdict(self), "reasons": [text._asdict() for text in self.reasons]}

    @property
    def pair(self) -> Pair:
        """The keys of the two records, as answers are kept."""
        return self.one.key, self.other.key

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Self:
        """Return the doubt that :meth:`to_dict` wrote."""
        members = {
            name: Member(**{**data[name], "place": tuple(data[name]["place"]) if data[name]["place"] else None})
            for name in ("one", "other")
        }
        reasons = tuple(Text(**text) for text in data["reasons"])
        return cls(**{**data, **members, "reasons": reasons})


def record_keys(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return what each record is known by: its source and id, else source, name, address and place (to a metre)."""
    source = frame["source"].astype(object).fillna("")
    known_by = "#" + frame["source_id"].astype(object)
    without = np.flatnonzero(frame["source_id"].isna())
    if len(without):  # only theirs are put together, which takes seconds for a hundred thousand
        known_by.iloc[without] = _said_of_place(frame.iloc[without])
    return np.asarray(source + "|" + known_by, dtype=object)


def _said_of_place(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    """Return name, address and place of records in one spelling."""
    points = shapely.get_coordinates(_inner_points(frame))
    there = ~shapely.is_missing(frame.geometry.to_numpy()) & ~shapely.is_empty(frame.geometry.to_numpy())
    place = np.full(len(frame), "", dtype=object)
    place[there] = [f"{x:.{_PLACE_DECIMALS}f},{y:.{_PLACE_DECIMALS}f}" for x, y in points]
    named = spelled(frame["name"]).fillna("") + "|" + spelled(frame["address"]).fillna("") + "|" + place
    return np.asarray(named, dtype=object)


def _inner_points(frame: gpd.GeoDataFrame) -> NDArray[np.object_]:
    shapes = frame.geometry.to_numpy()
    return np.asarray(shapely.point_on_surface(shapes), dtype=object)


def pair_key(one: str, other: str) -> str:
    """Return the key of two records, the same whichever comes first."""
    return hashlib.sha256("\x1f".join(sorted((one, other))).encode()).hexdigest()[:KEY_LENGTH]


def members_of(frame: gpd.GeoDataFrame, keys: NDArray[np.object_], rows: NDArray[np.int64]) -> list[Member]:
    """Return records as a person sees them."""
    taken = frame.take(rows)
    points = _inner_points(taken)
    texts = taken[["source", "source_id", "name", "address", "asset_id"]].astype(object)
    texts = texts.where(texts.notna(), None)
    days = taken["data_date"].dt.strftime("%Y-%m-%d").astype(object)
    return [
        Member(
            key, row.source or "", row.source_id, row.name_, row.address, None if pd.isna(day) else day, row.asset_id,
            None if point is None or point.is_empty else (round(point.x, 7), round(point.y, 7)),
        )
        for key, row, day, point in zip(
            keys[rows], texts.rename(columns={"name": "name_"}).itertuples(index=False), days, points, strict=True
        )
    ]  # fmt: skip


def table(doubts: Iterable[Doubt]) -> pd.DataFrame:
    """Return doubts as a table for people: one row each, both records side by side, the most likely first."""
    rows = [
        {
            "pair_key": item.pair_key,
            "kind": item.kind,
            "score": item.score,
            "distance_m": item.distance_m,
            **{f"{side}_{name}": value for side in ("one", "other") for name, value in _shown(getattr(item, side))},
            "reasons_zh": "；".join(text.zh for text in item.reasons),
            "reasons_en": "; ".join(text.en for text in item.reasons),
        }
        for item in doubts
    ]
    found = pd.DataFrame(rows, columns=TABLE_COLUMNS)
    return found.sort_values(["score", "pair_key"], ascending=[False, True], ignore_index=True)


_SHOWN = ("source", "source_id", "name", "address", "data_date", "asset_id", "lon", "lat")
TABLE_COLUMNS = [
    "pair_key", "kind", "score", "distance_m",
    *(f"{side}_{name}" for side in ("one", "other") for name in _SHOWN),
    "reasons_zh", "reasons_en",
]  # fmt: skip


def _shown(member: Member) -> list[tuple[str, Any]]:
    lon, lat = member.place or (None, None)
    values = {**asdict(member), "lon": lon, "lat": lat}
    return [(name, values[name]) for name in _SHOWN]


def still_open(doubts: Iterable[Doubt], layer_keys: Iterable[str], decisions: Mapping[Pair, bool]) -> list[Doubt]:
    """Return the doubts that nobody has answered and whose records are both still in the layer.

    Parameters
    ----------
    doubts
        Doubts of one kind.
    layer_keys
        :func:`record_keys` of the layer's members.
    decisions
        Pair -> whether a person said that the two are one.
    """
    there = set(layer_keys)
    return [item for item in doubts if item.pair not in decisions and {item.one.key, item.other.key} <= there]
