"""A further file of a kind: what its source said is replaced, what others say stays, one thing becomes one record.

Pure: frames in, frames out. Matching starts from what each source said (:func:`layers.matching.sources.members`), so
joining a file twice changes nothing, and the next file of one source never touches what the others said.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa

from layers import identity, schema
from layers._garbage import without_search
from layers.matching._groups import Answers, Matches, matches, parted, united
from layers.matching._report import merges, summary
from layers.matching.doubts import record_keys
from layers.matching.same_place import is_matched
from layers.matching.sources import SOURCES, members, merged, precedence

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.findings import Finding
    from layers.matching.doubts import Doubt, Pair

_NO_EDGES: NDArray[np.int64] = np.empty((0, 2), dtype=np.int64)


@dataclass(frozen=True)
class JoinCounts:
    """What became of the records: ``read = kept + merged``, and ``total = kept + carried``.

    Parameters
    ----------
    read
        Records of the new file.
    kept
        Of these, how many are records of the layer by themselves.
    merged
        Of these, how many were merged into another record.
    carried
        Records of the layer that hold what other sources said.
    replaced
        Records of the same source in the former layer.
    gone
        Of these, how many left the layer, because no other source knows them and the new file does not.
    total
        Records of the layer.
    """

    read: int
    kept: int
    merged: int
    carried: int
    replaced: int
    gone: int
    total: int


@dataclass(frozen=True)
class Joined:
    """A layer after a further file.

    Parameters
    ----------
    frame
        Records; ``asset_id`` is that of the former layer where the thing was known, null where it is new (or where the
        catalog must find it by name).
    doubts
        Pairs for a person, most likely first; nobody has answered them yet.
    findings
        For the report: merges with their contradictions, records of the new file by number.
    counts
        Counts that add up.
    aliases
        Former asset id -> the id under which the thing goes on; where a person said that two are one.
    gone
        Former asset ids that are in no record any more.
    rows
        Position in ``frame`` of each record of the file, in the order of the file.
    """

    frame: gpd.GeoDataFrame
    doubts: tuple[Doubt, ...]
    findings: tuple[Finding, ...]
    counts: JoinCounts
    aliases: Mapping[str, str] = field(default_factory=dict)
    gone: tuple[str, ...] = ()
    rows: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64), compare=False)


@without_search()
def join(
    current: gpd.GeoDataFrame,
    new: gpd.GeoDataFrame,
    *,
    kind: str,
    source: str,
    decisions: Mapping[Pair, bool] | None = None,
    areas: Collection[str] = (),
    records: Sequence[int] | None = None,
    asks_within: bool = True,
) -> Joined:
    """Return the layer after a further file of one of its sources.

    Parameters
    ----------
    current
        The layer as it is, longitude and latitude, with asset ids.
    new
        Records of the file.
    kind
        Their kind.
    source
        Name of the source, whatever the records say themselves; its former records are replaced by the file.
    decisions
        Pair (:attr:`layers.matching.doubts.Doubt.pair`) -> whether a person said that the two are one thing.
    areas
        Names of the districts and sub-districts, which are no part of a name.
    records
        Numbers of the records in the file, for the findings; 1, 2, 3 … unless told.
    asks_within
        Whether a person is asked about two records of the file that look like one thing entered twice. OpenStreetMap
        has the two stops of a street by one name.
    """
    of, told = schema.kind(kind), dict(decisions or {})
    former = _former(current, of, told)
    fresh = _fresh(new, of, source, former)
    is_replaced = former["source"].eq(source).fillna(value=False).to_numpy(dtype=bool)
    everything = _stacked([former[~is_replaced], fresh])
    n_rest = len(everything) - len(fresh)
    keys = record_keys(everything)
    answers = Answers.among(keys, told)
    fixed = np.concatenate([answers.yes, _known_by_id(everything, n_rest)])
    found = _matched(everything, keys, n_rest, fixed, of.name, answers, areas, asks_within=asks_within)
    group = united(everything["row"].to_numpy(), np.concatenate([fixed, found.edges]))
    return _joined(of, current, everything, n_rest, parted(group, answers.no), found.doubts, records, is_replaced)


def settle(
    current: gpd.GeoDataFrame, *, kind: str, decisions: Mapping[Pair, bool], areas: Collection[str] = ()
) -> Joined:
    """Return the layer after a person's answers, without a new file (see :func:`join`)."""
    return join(current, schema.empty(schema.kind(kind)), kind=kind, source="", decisions=decisions, areas=areas)


def _former(current: gpd.GeoDataFrame, of: schema.Kind, told: Mapping[Pair, bool]) -> gpd.GeoDataFrame:
    """Return what each source said so far; records that a person told apart are no longer one."""
    former = members(current, of)
    row = former["row"].to_numpy()
    apart = parted(row, Answers.among(record_keys(former), told).no) if told else row
    former["asset_id"] = former["asset_id"].mask(apart != row)
    return former.assign(row=apart)


def _fresh(new: gpd.GeoDataFrame, of: schema.Kind, source: str, former: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return the records of the file; those that their source told before go on under their asset ids."""
    fresh = schema.conform(new.reset_index(drop=True), of).to_crs(schema.STORAGE_CRS)
    fresh[SOURCES] = pd.Series(pd.NA, index=fresh.index, dtype="string")
    fresh["source"] = pd.Series(source, index=fresh.index, dtype="string")
    known = former[former["source"].eq(source).fillna(value=False) & former["asset_id"].notna()]
    if len(known) and len(fresh):
        keys = identity.record_keys(known).append_column("asset_id", pa.array(known["asset_id"], pa.string()))
        ids, _ = identity.assign_ids(of.name, fresh, keys)
        fresh["asset_id"] = ids.where(ids.isin(known["asset_id"]))
    else:
        fresh["asset_id"] = pd.Series(pd.NA, index=fresh.index, dtype="string")
    first = int(former["row"].max()) + 1 if len(former) else 0
    return fresh.assign(row=np.arange(first, first + len(fresh)))


def _stacked(frames: list[gpd.GeoDataFrame]) -> gpd.GeoDataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if len(filled) > 1 else (filled or frames)[0].reset_index(drop=True)


def _known_by_id(everything: gpd.GeoDataFrame, n_rest: int) -> NDArray[np.int64]:
    """Return which records of the file go on in a thing that other sources know too."""
    ids = everything["asset_id"]
    rest, fresh = ids.iloc[:n_rest].dropna().drop_duplicates(), ids.iloc[n_rest:].dropna()
    at = pd.Series(rest.index.to_numpy(), index=rest.to_numpy()).reindex(fresh).to_numpy(dtype=np.float64)
    is_known = ~np.isnan(at)
    return np.column_stack([at[is_known], fresh.index.to_numpy()[is_known]]).astype(np.int64)


def _matched(
    everything: gpd.GeoDataFrame,
    keys: NDArray[np.object_],
    n_rest: int,
    fixed: NDArray[np.int64],
    kind: str,
    answers: Answers,
    areas: Collection[str],
    *,
    asks_within: bool,
) -> Matches:
    """Match the records of the file that neither an id nor a person has brought to their thing."""
    if not is_matched(kind):
        return Matches(_NO_EDGES, ())
    group = united(everything["row"].to_numpy(), fixed)
    is_fresh = np.arange(len(everything)) >= n_rest
    is_both = np.isin(group, group[is_fresh]) & np.isin(group, group[~is_fresh])
    rest, fresh = np.flatnonzero(~is_fresh & ~is_both), np.flatnonzero(is_fresh & ~is_both)
    return matches(everything.assign(row=group), keys, rest, fresh, kind, answers, areas, asks_within=asks_within)


def _joined(
    of: schema.Kind,
    current: gpd.GeoDataFrame,
    everything: gpd.GeoDataFrame,
    n_rest: int,
    group: NDArray[np.int64],
    doubts: tuple[Doubt, ...],
    records: Sequence[int] | None,
    is_replaced: NDArray[np.bool_],
) -> Joined:
    order = pd.unique(group)  # records of the former layer first, in their order
    number = pd.Series(np.arange(len(order)), index=order).reindex(group).to_numpy()
    is_single = np.bincount(number, minlength=len(order))[number] == 1
    singles = everything[is_single].set_axis(number[is_single])
    several, differences = merged(everything[~is_single], number[~is_single], of)
    frame = _stacked_by_index([schema.conform(singles, of), several], of)
    ids, aliases = _ids(everything, of, number, len(order))
    frame["asset_id"] = ids
    for item in of.fields:
        if item.personal:  # no source's own words hold it: what the file says of a merged record goes on here alone
            frame[item.name] = everything[item.name].groupby(number).first().reindex(frame.index)
    former_ids = current["asset_id"].dropna().astype(str)
    gone = tuple(sorted(set(former_ids) - set(ids.dropna()) - set(aliases)))
    has_rest = np.zeros(len(order), dtype=bool)
    has_rest[number[:n_rest]] = True
    kept, carried = int((~has_rest).sum()), int(has_rest.sum())
    counts = JoinCounts(
        read=len(everything) - n_rest, kept=kept, merged=len(everything) - n_rest - kept, carried=carried,
        replaced=int(is_replaced.sum()), gone=len(gone), total=len(order),
    )  # fmt: skip
    numbers = np.arange(1, counts.read + 1) if records is None else np.asarray(records, dtype=np.int64)
    findings = (*merges(of, everything, number, differences, numbers), *summary(len(doubts), counts.gone))
    return Joined(frame, doubts, findings, counts, aliases, gone, number[n_rest:])


def _stacked_by_index(frames: list[gpd.GeoDataFrame], of: schema.Kind) -> gpd.GeoDataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled).sort_index() if filled else schema.empty(of)


def _ids(
    everything: gpd.GeoDataFrame, of: schema.Kind, number: NDArray[np.int64], count: int
) -> tuple[pd.Series, dict[str, str]]:
    """Return the asset id of each thing, and of things that became one the ids that are no longer used.

    Of several ids that of the record stays whose values come first, whatever order records come in; of one that is
    parted, too.
    """
    first_said = np.empty(len(everything), dtype=np.int64)
    first_said[precedence(everything, of)] = np.arange(len(everything))
    known = pd.DataFrame(
        {"number": number, "asset_id": everything["asset_id"].to_numpy(dtype=object), "at": first_said}
    )
    known = known.dropna().sort_values("at", kind="stable").drop_duplicates("asset_id")
    first = known.drop_duplicates("number").set_index("number")["asset_id"]
    others = known[known.duplicated("number")]
    aliases = dict(zip(others["asset_id"], first.reindex(others["number"]), strict=True))
    return first.reindex(range(count)).astype("string"), aliases
