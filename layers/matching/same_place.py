"""Whether two records of one kind from two sources are one thing: by name, place and what else they say.

A score from 0 to 1 is made of three marks, each from 0 to 1: the name (:func:`layers.matching.names.similarity`), the
place (1 at no distance, one half at :data:`HALF_M`) and what else is compared (``_rules``), weighted by
:data:`WEIGHTS`; marks that cannot be given are left out and the others' weights scaled. From :data:`MERGE` on two
records are one, from :data:`DOUBT` on a person is asked, below they are two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.matching._assignment import assign, rivals
from layers.matching._candidates import candidate_pairs, metric_places, own_pairs
from layers.matching._rules import COMPARED, STACKED, compare, is_unsaid
from layers.matching.names import (
    agreement_of_addresses,
    area_prefix,
    core_similarity,
    is_unsure,
    name_parts,
    similarity,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    from numpy.typing import NDArray

WEIGHTS = {"name": 0.65, "place": 0.25, "rest": 0.10}
"""ASSUMPTION: the name says most (several things stand at one place), then the place, then counts and codes that
departments fill in differently."""
MERGE = 0.85
"""ASSUMPTION: with the weights above, equal names up to 150 m apart, or names four fifths alike at the same point.
Measured on the sample city disturbed: no wrong merge (tests/test_matching_truth.py)."""
DOUBT = 0.65
"""ASSUMPTION: equal names anywhere near, or half alike names at the same point: worth one look of a person."""
MARGIN = 0.05
"""ASSUMPTION: two choices whose scores differ by less are equally good, and nobody but a person chooses."""
HALF_M = 150.0
"""Distance at which the place speaks half: the tolerance of layers.identity."""
HALF_NAMELESS_M = 15.0
"""ASSUMPTION: where no name helps, only things that stand on each other can be one: GPS and digitising errors."""
SAME_DOOR, NO_DOOR, OTHER_DOOR = 0.9, 0.4, 0.1
"""ASSUMPTION: place marks of records of which one has no place: the same door of a street is as good as some 60 m."""
SAME_NAME = 0.97
"""Names at least this alike are one name: they may differ by 小区 behind it."""


@dataclass(frozen=True)
class Side:
    """One list, ready to be compared: records, metric places, names and addresses taken apart."""

    frame: gpd.GeoDataFrame
    places: NDArray[np.object_]
    names: pd.DataFrame
    addresses: pd.DataFrame


def is_matched(kind: str) -> bool:
    """Return whether records of ``kind`` are matched across sources at all."""
    return kind in COMPARED


def is_brought_together(kind: str) -> bool:
    """Return whether a layer of ``kind`` may hold what several sources gave."""
    return kind in COMPARED or kind in STACKED


def sides(frames: Iterable[gpd.GeoDataFrame], areas: Iterable[str]) -> list[Side]:
    """Return lists of one kind ready to be compared; ``areas`` are names of districts and sub-districts."""
    lists, prefix = list(frames), area_prefix(areas)
    return [
        Side(frame, places, name_parts(frame["name"], prefix), name_parts(frame["address"], prefix))
        for frame, places in zip(lists, metric_places(*lists), strict=True)
    ]


def score_pairs(left: Side, right: Side, kind: str) -> pd.DataFrame:
    """Return every pair of two lists that could be one thing, scored.

    Returns
    -------
    DataFrame
        ``left``, ``right`` (positions), ``distance_m``, the marks ``name``, ``place``, ``rest`` (NaN where not given),
        ``score``, ``unsaid`` (one leaves open whom it is for, or what it is) and ``asks``: the pair may not be merged
        without a person, because of that, because a name or a place is missing, names have different details, or a
        figure contradicts. Only pairs that score :data:`DOUBT` or more.
    """
    pairs = candidate_pairs((left.places, right.places), (_keys(left), _keys(right)))
    return _scored(pairs, left, right, kind)


def score_own_pairs(side: Side, kind: str) -> pd.DataFrame:
    """Return pairs of records of one list that look like one thing entered twice, as :func:`score_pairs` does.

    One list seldom says a thing twice, so only records near each other with one core and a score of :data:`MERGE` or
    more are returned, and all of them ask.
    """
    pairs = own_pairs(side.places, side.names)
    table = _scored(pairs, side, side, kind)
    return table[table["score"] >= MERGE].assign(asks=True).reset_index(drop=True)


def _keys(side: Side) -> pd.DataFrame:
    return side.names.assign(street=side.addresses["street"], door=side.addresses["door"])


def _hopeful(pairs: pd.DataFrame, left: Side, right: Side) -> pd.DataFrame:
    """Return the pairs whose cores, or where there are none whose places, still allow a score of :data:`DOUBT`.

    Most pairs near each other have nothing in common; leaving them early makes a city of 100,000 points quick.
    """
    one = left.names["core"].to_numpy(dtype=object)[pairs["left"]]
    other = right.names["core"].to_numpy(dtype=object)[pairs["right"]]
    least = (DOUBT - WEIGHTS["place"] - WEIGHTS["rest"]) / WEIGHTS["name"]
    is_nameless = (one == "") | (other == "")
    is_near = ~(pairs["distance_m"].to_numpy() > 2 * HALF_NAMELESS_M)  # at twice the half the place speaks 1/16
    same = left.names["key"].to_numpy()[pairs["left"]] == right.names["key"].to_numpy()[pairs["right"]]
    return pairs[np.where(is_nameless, is_near, same | (core_similarity(one, other) >= least))]


def _scored(candidates: pd.DataFrame, left: Side, right: Side, kind: str) -> pd.DataFrame:
    pairs = _hopeful(candidates, left, right)
    one, other = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    rows = left.frame.take(one), right.frame.take(other)
    names = left.names.take(one), right.names.take(other)
    name = similarity(*names)
    address = agreement_of_addresses(left.addresses.take(one), right.addresses.take(other))
    distance_m = pairs["distance_m"].to_numpy()
    is_placed = ~np.isnan(distance_m)
    rest, contradicts, apart = compare(*rows, COMPARED[kind])
    marks = {
        "name": name,
        "place": np.where(is_placed, place_mark(distance_m, name), _address_mark(address)),
        "rest": _mean(rest, np.where(is_placed, address, np.nan)),
    }
    score = _weighted(marks)
    unsaid = _leaves_open(rows, names, kind)
    asks = np.isnan(name) | (~is_placed & (address != 1.0)) | (contradicts & ~(name >= SAME_NAME))
    asks |= is_unsure(*names) | unsaid
    apart |= ~is_placed & _in_two_areas(*rows)
    return pairs.assign(**marks, score=score, asks=asks, unsaid=unsaid)[(score >= DOUBT) & ~apart].reset_index(
        drop=True
    )


def _leaves_open(
    rows: tuple[pd.DataFrame, pd.DataFrame], names: tuple[pd.DataFrame, pd.DataFrame], kind: str
) -> NDArray[np.bool_]:
    """Return where one record leaves open what the other says and names do not settle it."""
    keys, uses = ([frame[name].to_numpy(dtype=object) for frame in names] for name in ("key", "use"))
    by_use, by_code = is_unsaid(*rows, COMPARED[kind], (uses[0], uses[1]))
    return np.asarray(by_use | (by_code & (keys[0] != keys[1])), dtype=bool)


def place_mark(distance_m: NDArray[np.float64], name: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return what the distance says: ``0.5 ** (distance / half) ** 2``, 1 at no distance.

    ``half`` is :data:`HALF_M`, and :data:`HALF_NAMELESS_M` where there is no ``name`` mark (NaN).
    """
    half_m = np.where(np.isnan(name), HALF_NAMELESS_M, HALF_M)
    return np.asarray(0.5 ** np.square(distance_m / half_m), dtype=np.float64)


def _address_mark(address: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the place mark of records of which one has no place: by their addresses."""
    return np.select([address == 1.0, address == 0.0], [SAME_DOOR, OTHER_DOOR], NO_DOOR).astype(np.float64)


def _in_two_areas(left: pd.DataFrame, right: pd.DataFrame) -> NDArray[np.bool_]:
    one, other = left["subdistrict_code"].to_numpy(), right["subdistrict_code"].to_numpy()
    known = pd.notna(one) & pd.notna(other)
    return np.asarray(known & (np.where(known, one, "") != np.where(known, other, "")), dtype=bool)


def _mean(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.where(np.isnan(one), other, np.where(np.isnan(other), one, (one + other) / 2))


def _weighted(marks: dict[str, NDArray[np.float64]]) -> NDArray[np.float64]:
    weights = np.array([WEIGHTS[name] for name in marks])[:, None]
    table = np.stack(list(marks.values()))
    known = ~np.isnan(table)
    total = (np.where(known, table, 0.0) * weights).sum(axis=0)
    # Rounded, so that the order of two lists cannot decide between equal scores.
    weighted = total / np.maximum((known * weights).sum(axis=0), np.finfo(float).tiny)
    return np.asarray(np.round(weighted, 6), dtype=np.float64)


def decide(pairs: pd.DataFrame) -> NDArray[np.str_]:
    """Return the verdict on scored pairs of two lists: ``merge``, ``doubt`` or ``apart``.

    Pairs of :data:`MERGE` and more that do not ask are assigned one-to-one for the greatest total score; those between
    which the scores do not decide (:data:`MARGIN`) are doubtful. Of the rest, a pair is doubtful if neither of its
    records was merged and it is the best choice of one of them, or near it.

    Parameters
    ----------
    pairs
        ``left``, ``right``, ``score``, ``asks``.
    """
    left, right = pairs["left"].to_numpy(), pairs["right"].to_numpy()
    score = pairs["score"].to_numpy(dtype=np.float64)
    firm = (score >= MERGE) & ~pairs["asks"].to_numpy(dtype=bool)
    taken = np.zeros(len(pairs), dtype=bool)
    taken[firm] = assign(left[firm], right[firm], score[firm])
    contested = rivals(left, right, score, taken, MARGIN)
    merged = taken & ~contested
    is_free = ~np.isin(left, left[merged]) & ~np.isin(right, right[merged])
    best = np.minimum(_best(left, score, is_free), _best(right, score, is_free))
    doubtful = is_free & (contested | (score > best - MARGIN))
    return np.select([merged, doubtful], ["merge", "doubt"], "apart")


def _best(records: NDArray[np.int64], score: NDArray[np.float64], among: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the best score of each pair's record among some pairs."""
    best = pd.Series(np.where(among, score, 0.0)).groupby(records).transform("max")
    return np.asarray(best, dtype=np.float64)
