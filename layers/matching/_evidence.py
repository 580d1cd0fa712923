"""What may place a record: pairs of waiting records and accepted things, way by way, and which of them is the one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.matching._candidates import in_metres
from layers.matching._mentions import mentions
from layers.matching.names import agreement_of_addresses, area_prefix, name_parts, spelled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from layers import schema
    from layers.trusted import Trusted

SAME_SPOT_M = 30.0
"""ASSUMPTION: choices this near each other are one place for a record that has none (two doors of one building)."""
SHORTEST_NAME = 3
"""ASSUMPTION: community names of fewer characters occur in other words too often to be evidence."""
TOPIC_KINDS = frozenset(("report", "service_item"))
"""Kinds whose name is a topic, not the name of a place."""
_NAMES_STREET = re.compile(
    r"[东南西北中前后上下新横正直]?[0-9]*(?:大道|大街|马路|路|街|巷|道|横|涌|桥|市场|地铁|站)|[0-9][0-9,-]*号(?!楼|院)"
)
"""What stands behind a community's name where it is the name of a street, bridge or stop."""
_NAMES_DOOR = re.compile(r"[0-9]")
_CODE = re.compile(r"(?<![0-9A-Za-z])[0-9A-Za-z]{8,}(?![0-9A-Za-z])")
"""Building and grid codes have eight characters or more; shorter numbers occur by chance."""


@dataclass(frozen=True)
class Waiting:
    """Records without a place, positions 0, 1, 2 …, and what can be read in them."""

    names: pd.DataFrame
    addresses: pd.DataFrame
    asset_id: pd.Series
    texts: tuple[pd.Series, ...]
    codes: pd.DataFrame
    area: NDArray[np.object_]
    prefix: re.Pattern[str]

    @classmethod
    def of(cls, rows: pd.DataFrame, kind: schema.Kind, trusted: Trusted) -> Waiting:
        """Return ``rows`` read; their sub-district is that of the record, else the one their address names."""
        frame = rows.reset_index(drop=True)
        prefix = area_prefix(trusted.areas.loc[trusted.areas["kind"].isin(("district", "subdistrict")), "name"])
        nothing = pd.Series(pd.NA, index=frame.index, dtype="string")
        name = nothing if kind.name in TOPIC_KINDS else frame["name"]
        named = name_parts(name, prefix)
        doors = name_parts(frame["address"], prefix)
        doors = doors.where(doors["door"].ne(""), named)  # 北渠街10号 may be the name of a house
        community = frame.get("community_name", nothing)
        texts = tuple(spelled(text).fillna("") for text in (frame["address"], community, name))
        area = frame["subdistrict_code"].astype(object).where(frame["subdistrict_code"].notna(), None)
        found = cls(named, doors, frame["asset_id"], texts, _codes(frame), area.to_numpy(dtype=object), prefix)
        return found.with_areas(trusted)

    def with_areas(self, trusted: Trusted) -> Waiting:
        """Return the same with the sub-district that the texts name, where the record does not say it."""
        areas = trusted.areas[trusted.areas["kind"] == "subdistrict"].reset_index(drop=True)
        pairs = mentioned(self.texts, areas["name"], _NAMES_DOOR)
        code = areas["subdistrict_code"].to_numpy(dtype=object)[pairs["target"]]
        told = pairs.assign(code=code).dropna().drop_duplicates(["row", "code"])
        told = told[~told["row"].duplicated(keep=False)]
        area = self.area.copy()
        blank = pd.isna(area[told["row"]])
        area[told["row"].to_numpy()[blank]] = told["code"].to_numpy()[blank]
        return replace(self, area=area)


def _codes(frame: pd.DataFrame) -> pd.DataFrame:
    """Return words of a record that may be codes: ``row``, ``code``."""
    parts = (frame[name].astype("string").fillna("") for name in ("source_id", "address", "remark"))
    found = next(parts).str.cat(list(parts), sep=" ").str.findall(_CODE).explode().dropna()
    return pd.DataFrame(
        {"row": found.index.to_numpy(dtype=np.int64), "code": found.to_numpy(dtype=object)}
    ).drop_duplicates()


def mentioned(texts: Iterable[pd.Series], names: pd.Series, not_before: re.Pattern[str]) -> pd.DataFrame:
    """Return which records name which areas: in the first of their texts that names one.

    Parameters
    ----------
    texts
        Texts of each record in one spelling, the best first.
    names
        Names of the areas. 街道 may be written 街, and 小区 behind a name may be missing.
    not_before
        What may not stand behind an occurrence.

    Returns
    -------
    DataFrame
        ``row``, ``target`` (position in ``names``); each pair once.
    """
    bare = spelled(names.reset_index(drop=True)).fillna("").astype(str).str.replace(r"\([^()]*\)?", "", regex=True)
    short = bare.str.replace(r"(?<=街)道$|(?<=...)(?:住宅)?小区$", "", regex=True)
    words = pd.concat([bare, short[short != bare]])
    words = words[words.str.len() >= np.where(words.str.endswith(("街", "街道", "镇", "乡")), 2, SHORTEST_NAME)]
    found: list[pd.DataFrame] = []
    seen: NDArray[np.int64] = np.empty(0, dtype=np.int64)
    for text in texts:
        lines = text.to_list()
        hits = mentions(lines, words.to_list())
        ends = zip(hits["text"], hits["end"], strict=True)
        is_other = np.fromiter(
            (bool(not_before.match(lines[row], end)) for row, end in ends), dtype=bool, count=len(hits)
        )
        hits = hits[~is_other & ~hits["text"].isin(seen).to_numpy()]
        found.append(pd.DataFrame({"row": hits["text"], "target": words.index.to_numpy()[hits["name"]]}))
        seen = np.union1d(seen, hits["text"].to_numpy())
    return pd.concat(found, ignore_index=True).astype(np.int64).drop_duplicates(ignore_index=True)


def _sharing(left: pd.DataFrame, right: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """Return pairs equal in ``columns``, none of them blank: ``row``, ``target``."""
    one = left[columns].assign(row=np.arange(len(left)))
    other = right[columns].assign(target=np.arange(len(right)))
    both = one[(one[columns] != "").all(axis=1)].merge(other[(other[columns] != "").all(axis=1)], on=columns)
    return both[["row", "target"]].astype(np.int64)


Way = tuple[str, gpd.GeoDataFrame, pd.DataFrame]
"""A way to place: its method, the things to place by, and pairs of ``row`` and ``target``."""


def ways(
    waiting: Waiting, kind: str, trusted: Trusted, addresses: gpd.GeoDataFrame | None, standing: gpd.GeoDataFrame
) -> Iterator[Way]:
    """Yield the ways to place records, the surest first.

    A place that the asset's source measured, or a person set, stays. One that was derived from an address or a code is
    derived anew, and kept only where nothing better is found and the record says nothing else now.

    Parameters
    ----------
    waiting, kind, trusted, addresses
        Records, and what they can be held against.
    standing
        The same records as they are: some have a place that was derived before.
    """
    places = trusted.places.reset_index(drop=True)
    own = places[places["kind"] == kind]
    is_derived = own["placed_by"].notna()
    measured, derived = (own[chosen].reset_index(drop=True) for chosen in (~is_derived, is_derived))
    yield "kept", measured, _by_asset_id(waiting, measured)
    yield from _by_same_name(waiting, measured, kind, is_sure=True)
    if addresses is not None and len(addresses):
        standard = addresses[addresses.geometry.notna() & ~addresses.geometry.is_empty].reset_index(drop=True)
        known = name_parts(standard["address"], waiting.prefix)
        yield "standard_address", standard, _sharing(waiting.addresses, known, ["street", "door"])
        yield "building_code", standard, _by_code(waiting.codes, standard["building_code"])
    yield "kept", standing, _standing(standing)
    yield "kept", derived, _unchanged(waiting, derived, _by_asset_id(waiting, derived))
    yield from _by_same_name(waiting, derived, kind, is_sure=True)
    yield from _by_same_name(waiting, own.reset_index(drop=True), kind, is_sure=False)
    known = name_parts(places["address"], waiting.prefix)
    yield "same_door", places, _sharing(waiting.addresses, known, ["street", "door"])
    communities = places[places["kind"] == "community"].reset_index(drop=True)
    yield "community", communities, mentioned(waiting.texts, communities["name"], _NAMES_STREET)
    if addresses is not None and len(addresses):
        yield "grid_code", standard, _by_code(waiting.codes, standard["grid_code"])


def by_subdistrict(waiting: Waiting, trusted: Trusted) -> Way:
    """Return the coarsest way: the sub-district that a record says or names."""
    areas = trusted.areas[trusted.areas["kind"] == "subdistrict"].reset_index(drop=True)
    coded = pd.DataFrame({"code": waiting.area, "row": np.arange(len(waiting.area))}).dropna()
    known = pd.DataFrame({"code": areas["subdistrict_code"].astype(object), "target": np.arange(len(areas))}).dropna()
    return "subdistrict", areas, coded.merge(known, on="code")[["row", "target"]].astype(np.int64)


def _by_asset_id(waiting: Waiting, own: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return what the records themselves were placed as before: their source may leave the place out this month."""
    known = pd.DataFrame({"id": own["asset_id"].astype(object), "target": np.arange(len(own))}).dropna()
    ids = pd.DataFrame({"id": waiting.asset_id.astype(object), "row": np.arange(len(waiting.asset_id))}).dropna()
    return ids.merge(known, on="id")[["row", "target"]].astype(np.int64)


def _standing(standing: gpd.GeoDataFrame) -> pd.DataFrame:
    """Return the records that have an exact place already, each with itself."""
    is_exact = standing["position"].eq("exact").fillna(value=False) & standing.geometry.notna()
    rows = np.flatnonzero(is_exact)
    return pd.DataFrame({"row": rows, "target": rows})


def _unchanged(waiting: Waiting, derived: gpd.GeoDataFrame, pairs: pd.DataFrame) -> pd.DataFrame:
    """Return those pairs whose record says nothing else now than what its asset was placed by."""
    row, target = pairs["row"].to_numpy(), pairs["target"].to_numpy()
    now = waiting.texts[0].to_numpy(dtype=object)[row]
    then = spelled(derived["address"]).fillna("").to_numpy(dtype=object)[target]
    told = waiting.codes.merge(pairs, on="row")
    known = pd.MultiIndex.from_frame(_codes(derived)[["row", "code"]])
    is_new = ~pd.MultiIndex.from_frame(told[["target", "code"]]).isin(known)
    is_by_code = derived["placed_by"].eq("by_building_code").to_numpy(dtype=bool, na_value=False)[target]
    says_other_code = np.isin(row, told.loc[is_new, "row"])
    return pairs[np.where(is_by_code, ~says_other_code, (now == "") | (now == then)).astype(bool)]


def _by_same_name(waiting: Waiting, own: gpd.GeoDataFrame, kind: str, *, is_sure: bool) -> Iterator[Way]:
    """Yield records of the same kind and full name: the same asset where door or sub-district agree too."""
    if kind in TOPIC_KINDS or own.empty:
        return
    known, doors = name_parts(own["name"], waiting.prefix), name_parts(own["address"], waiting.prefix)
    pairs = _sharing(waiting.names, known, ["key", "core"])
    one, other = pairs["row"].to_numpy(), pairs["target"].to_numpy()
    agreement = agreement_of_addresses(waiting.addresses.take(one), doors.take(other))
    areas = waiting.area[one], own["subdistrict_code"].to_numpy(dtype=object)[other]
    same_area = pd.notna(areas[0]) & pd.notna(areas[1]) & (np.where(pd.notna(areas[1]), areas[1], "") == areas[0])
    sure = (agreement == 1.0) | (np.isnan(agreement) & same_area)
    yield ("same_asset", own, pairs[sure]) if is_sure else ("same_name", own, pairs[np.isnan(agreement) & ~sure])


def _by_code(codes: pd.DataFrame, known: pd.Series) -> pd.DataFrame:
    targets = pd.DataFrame({"code": known.astype(object), "target": np.arange(len(known))}).dropna()
    return codes.merge(targets, on="code")[["row", "target"]].astype(np.int64)


def choose(pairs: pd.DataFrame, targets: gpd.GeoDataFrame, area: NDArray[np.object_]) -> pd.DataFrame:
    """Return for each record what it may be placed by, and whether that is one place.

    Choices in another sub-district than the record's are left out; choices within :data:`SAME_SPOT_M` of the first are
    one place.

    Returns
    -------
    DataFrame
        ``row``, ``target`` (the first choice), ``is_one``, ``choices`` (positions of all).
    """
    own, theirs = area[pairs["row"]], targets["subdistrict_code"].to_numpy(dtype=object)[pairs["target"]]
    known = pd.notna(own) & pd.notna(theirs)
    fits = ~known | (np.where(known, own, "") == np.where(known, theirs, ""))
    left = pairs[fits].drop_duplicates().sort_values(["row", "target"], ignore_index=True)
    used, at = np.unique(left["target"].to_numpy(), return_inverse=True)
    (spots,) = in_metres([shapely.point_on_surface(targets.geometry.to_numpy()[used])])
    first = left.groupby("row")["target"].transform("first").to_numpy()
    away_m = shapely.distance(spots[at], spots[np.searchsorted(used, first)])
    table = left.assign(away_m=away_m).groupby("row", sort=True)
    return pd.DataFrame(
        {
            "target": table["target"].first(),
            "is_one": table["away_m"].max() <= SAME_SPOT_M,
            "choices": table["target"].agg(list),
        }
    ).reset_index()
