"""Which records are one thing: what was one before, what a person said, what the scores say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from layers.findings import Text
from layers.matching import same_place
from layers.matching.doubts import Doubt, members_of, pair_key
from layers.matching.names import PART_COLUMNS, explain

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.matching.doubts import Pair
    from layers.matching.same_place import Side

LARGEST_LIST = 300_000
"""Records up to which a file is searched for things that it holds twice; a list of places is far smaller, and what is
larger has no names to compare."""


@dataclass(frozen=True)
class Answers:
    """What people said, as positions of records: pairs that are one, pairs that are two."""

    yes: NDArray[np.int64]
    no: NDArray[np.int64]

    @classmethod
    def among(cls, keys: NDArray[np.object_], decisions: Mapping[Pair, bool]) -> Answers:
        """Return the answers about records with ``keys``."""
        at: dict[str, list[int]] = {}
        if decisions:
            asked = {key for pair in decisions for key in pair}
            for position in np.flatnonzero(pd.Series(keys).isin(asked)):
                at.setdefault(str(keys[position]), []).append(int(position))
        found: dict[bool, list[tuple[int, int]]] = {True: [], False: []}
        for (one, other), is_one in decisions.items():
            found[is_one] += [(a, b) for a in at.get(one, []) for b in at.get(other, []) if a != b]
        return cls(_pairs(found[True]), _pairs(found[False]))


def _pairs(found: Iterable[tuple[int, int]]) -> NDArray[np.int64]:
    return np.array([sorted(pair) for pair in found], dtype=np.int64).reshape(-1, 2)


def united(row: NDArray[np.int64], edges: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the number of the group of each record: records of one ``row`` and those that ``edges`` join."""
    if not len(row):
        return row
    _, first, back = np.unique(row, return_index=True, return_inverse=True)
    links = np.concatenate([edges, np.column_stack([first[back], np.arange(len(row))])])
    graph = coo_array((np.ones(len(links)), (links[:, 0], links[:, 1])), shape=(len(row), len(row)))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.int64)


def parted(group: NDArray[np.int64], refused: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return groups in which no two records that a person told apart are together: the later one leaves, alone."""
    found = group.copy()
    for one, other in refused[np.lexsort(refused.T[::-1])]:
        if found[one] == found[other]:
            found[max(one, other)] = found.max() + 1
    return found


@dataclass(frozen=True)
class Matches:
    """Pairs of records (positions) that are one by their scores, and pairs that a person must look at."""

    edges: NDArray[np.int64]
    doubts: tuple[Doubt, ...]


def matches(
    everything: gpd.GeoDataFrame,
    keys: NDArray[np.object_],
    rest: NDArray[np.int64],
    fresh: NDArray[np.int64],
    kind: str,
    answers: Answers,
    areas: Iterable[str],
    *,
    asks_within: bool = True,
) -> Matches:
    """Match records of a new file with what other sources said, one to one.

    Parameters
    ----------
    everything
        All records, with ``row``: records of one row are one thing.
    keys
        What each is known by.
    rest, fresh
        Positions of the records of other sources, and of the file, that are not matched yet. A thing that several
        sources know is compared by each of its records and counts by the best.
    kind
        Their kind.
    answers
        Pairs told apart are never matched; pairs told apart or together are never asked about again.
    areas
        Names of districts and sub-districts.
    asks_within
        Whether pairs within the file are looked for.
    """
    left, right = same_place.sides([everything.take(rest), everything.take(fresh)], areas)
    answered = {tuple(sorted(pair)) for pair in np.concatenate([answers.yes, answers.no]).tolist()}
    found = same_place.score_pairs(left, right, kind)
    found["one"], found["other"] = rest[found["left"]], fresh[found["right"]]
    found["left"] = everything["row"].to_numpy()[found["one"]]
    found = found[~_is_refused(found, everything["row"].to_numpy(), answers.no)]
    best = found.sort_values(["score", "one", "other"], ascending=[False, True, True], kind="stable")
    best = best.drop_duplicates(["left", "right"]).reset_index(drop=True)
    verdict = same_place.decide(best)
    merged = best[verdict == "merge"]
    asked = [(best[verdict == "doubt"], left, right, rest, fresh)]
    if asks_within and len(fresh) <= LARGEST_LIST:
        own = same_place.score_own_pairs(right, kind)
        own["one"], own["other"] = fresh[own["left"]], fresh[own["right"]]
        is_told = own["one"].isin(merged["other"]) & own["other"].isin(merged["other"])
        asked.append((own[~is_told], right, right, fresh, fresh))
    doubts = [
        doubt
        for pairs, one, other, ones, others in asked
        for doubt in _doubts(pairs, (one, other), (ones, others), everything, keys, kind, answered)
    ]
    ordered = sorted(doubts, key=lambda item: (-item.score, item.pair_key))
    return Matches(merged[["one", "other"]].to_numpy(dtype=np.int64).reshape(-1, 2), tuple(ordered))


def _is_refused(pairs: pd.DataFrame, row: NDArray[np.int64], refused: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which pairs would bring two records together that a person told apart."""
    if not len(refused):
        return np.zeros(len(pairs), dtype=bool)
    told = pd.MultiIndex.from_arrays(np.sort(row[refused], axis=1).T)
    rows = np.sort(np.stack([row[pairs["one"]], row[pairs["other"]]], axis=1), axis=1)
    return np.asarray(pd.MultiIndex.from_arrays(rows.T).isin(told), dtype=bool)


def _doubts(
    pairs: pd.DataFrame,
    lists: tuple[Side, Side],
    at: tuple[NDArray[np.int64], NDArray[np.int64]],
    everything: gpd.GeoDataFrame,
    keys: NDArray[np.object_],
    kind: str,
    answered: set[tuple[int, ...]],
) -> list[Doubt]:
    if pairs.empty:
        return []
    ones, others = (members_of(everything, keys, pairs[side].to_numpy()) for side in ("one", "other"))
    place = [pd.Series(np.arange(len(rows)), index=rows) for rows in at]
    parts = [
        list(side.names.take(position.reindex(pairs[name]).to_numpy())[list(PART_COLUMNS)].itertuples(index=False))
        for side, position, name in zip(lists, place, ("one", "other"), strict=True)
    ]
    found = []
    for number, pair in enumerate(pairs.itertuples(index=False)):
        one, other = sorted((ones[number], others[number]), key=lambda member: member.key)
        if tuple(sorted((pair.one, pair.other))) in answered or one.key == other.key:
            continue
        distance_m = None if np.isnan(pair.distance_m) else float(pair.distance_m)
        reasons = (explain(parts[0][number], parts[1][number], pair.name), *_reasons(distance_m, pair))
        found.append(Doubt(kind, pair_key(one.key, other.key), one, other, float(pair.score), distance_m, reasons))
    return found


def _reasons(distance_m: float | None, pair: object) -> list[Text]:
    texts = [
        Text("有一方没有坐标", "one has no place")
        if distance_m is None
        else Text(f"相距 {distance_m:.0f} 米", f"{distance_m:.0f} m apart")
    ]
    rest = float(pair.rest)  # type: ignore[attr-defined]
    if not np.isnan(rest):
        texts.append(Text(f"其他各项一致程度 {rest:.2f}", f"other columns agree to {rest:.2f}"))
    if pair.unsaid:  # type: ignore[attr-defined]
        texts.append(Text("只有一方写明用途或类别", "only one says what it is for, or of what sort it is"))
    return texts
