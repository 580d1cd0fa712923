"""Data worth collecting: the few fields whose absence moves the rank of a site, or of the sites around a community.

A field that is missing opens the band of every criterion it feeds (:data:`gis._feeds.FEEDS`). With all these at
their low and at their high end, all else as it is, the site takes the two ranks between which the field may decide.
Where several fields open one band, each is told with the whole of it: what it could move at most.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._feeds import FEEDS, Feed, stand_in, title
from gis._notes import GEOMETRY, SEPARATORS, Note, texts_of
from gis._standing import Standing
from gis.network import SLACK_M
from gis.ranking import contributions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from gis.criteria import Values
    from gis.model import Model

MOST = 3
"""Fields that a list names. ASSUMPTION: nobody collects more at a time."""
DIGITS = 9
"""Digits to which two spans of a score are told apart, so that no rounding decides an order."""
GAP_COLUMNS = ("option", "code", "rank_low", "rank_high")


def near_codes(walk: pd.DataFrame, missing: pd.Series, model: Model) -> pd.DataFrame:
    """Return the data that communities around each site lack, by criterion.

    Of a community without a place it is the place: nothing else that it lacks is of use before.

    Parameters
    ----------
    walk
        ``origin`` (community id), ``site`` (label of the option), ``distance_m`` on foot; for a community without a
        place the least that it may be (:func:`gis._unplaced.may_be_near`).
    missing
        Codes that each community lacks, separated by commas (column ``missing`` of ``need``).
    model
        Holds the radii within which a community counts.

    Returns
    -------
    DataFrame
        ``option``, ``origin``, ``criterion``, ``code``.
    """
    codes = missing.fillna("").astype(object).str.split(",").explode().rename("code")
    unplaced = codes.index[codes == GEOMETRY]
    codes = codes[~codes.index.isin(unplaced) | (codes == GEOMETRY)]
    lacked = walk.merge(codes[codes != ""], left_on="origin", right_index=True).rename(columns={"site": "option"})
    parts = [
        lacked[lacked["code"].isin(feed.near) & (lacked["distance_m"] <= model.value(feed.radius) + SLACK_M)].assign(
            criterion=key
        )
        for key, feed in FEEDS.items()
        if feed.radius
    ]
    return pd.concat(parts, ignore_index=True)[["option", "origin", "criterion", "code"]]


def farthest_m(model: Model) -> float:
    """Return the longest walk in metres within which a community counts for a criterion."""
    return max(model.value(feed.radius) for feed in FEEDS.values() if feed.radius)


def gaps(
    values: Values,
    weights: Mapping[str, float],
    options: pd.DataFrame,
    near: pd.DataFrame,
    absent: tuple[str, ...] = (),
) -> pd.DataFrame:
    """Return the missing fields behind each site's bands, those that could move its rank most first.

    Parameters
    ----------
    values
        Of the candidates.
    weights
        Weights by criterion, summing to 1.
    options
        ``opportunity_id``, ``asset_kind`` and ``missing`` (codes of its own record) of the candidates.
    near
        What :func:`near_codes` returned.
    absent
        Layers that are missing altogether.

    Returns
    -------
    DataFrame
        ``option`` (label), ``code``, ``rank_low``, ``rank_high``: the best and the worst rank it might bring; without
        fields that move nothing.
    """
    fed = _fed(values, options, near, absent)
    up = contributions(values.high - values.value, weights)
    down = contributions(values.value - values.low, weights)
    at = values.value.index.get_indexer(fed["option"])
    column = values.value.columns.get_indexer(fed["criterion"])
    spans = fed.assign(up=up.to_numpy()[at, column], down=down.to_numpy()[at, column])
    table = spans.groupby(["option", "code"], sort=True)[["up", "down"]].sum().reset_index()
    score = contributions(values.value, weights).sum(axis=1)
    standing = Standing(score, options["opportunity_id"])
    at = values.value.index.get_indexer(table["option"])
    middle = score.to_numpy()[at]
    table["rank_low"] = standing.rank(at, middle + table["up"].to_numpy())
    table["rank_high"] = standing.rank(at, middle - table["down"].to_numpy())
    moving = table[table["rank_low"] < table["rank_high"]]
    width = moving["rank_low"] - moving["rank_high"]
    # Of fields that move it as far, the one that opens more of its score comes first.
    span = -(moving["up"] + moving["down"]).round(DIGITS)
    ordered = moving.assign(width=width, span=span).sort_values(["option", "width", "span", "code"], kind="stable")
    return ordered[list(GAP_COLUMNS)].reset_index(drop=True)


def _fed(values: Values, options: pd.DataFrame, near: pd.DataFrame, absent: tuple[str, ...]) -> pd.DataFrame:
    """Return ``option``, ``criterion``, ``code`` of every missing field that opens a band."""
    pairs = _where(values.high > values.low)
    own = options["missing"].fillna("").astype(object).str.split(",").explode().rename("code")
    feeds = pd.DataFrame(
        [(key, code) for key in values.value.columns for code in FEEDS.get(key, Feed()).own],
        columns=["criterion", "code"],
    )
    mine = pairs.merge(own, left_on="option", right_index=True).merge(feeds, on=["criterion", "code"])
    around = pairs.merge(near[["option", "criterion", "code"]].drop_duplicates(), on=["option", "criterion"])
    told = pd.concat([mine, around], ignore_index=True).drop_duplicates()
    gone = pd.MultiIndex.from_frame(_where(values.missing))
    untold = gone.difference(pd.MultiIndex.from_frame(told[["option", "criterion"]]))
    kinds = options["asset_kind"]
    others = [(option, key, _present(stand_in(key, kinds[option]), absent)) for option, key in untold]
    named = pd.DataFrame([row for row in others if row[2]], columns=["option", "criterion", "code"])
    return pd.concat([told, named], ignore_index=True) if len(named) else told


def _where(flags: pd.DataFrame) -> pd.DataFrame:
    """Return ``option`` and ``criterion`` of the flags that are set."""
    row, column = np.nonzero(flags.to_numpy(dtype=bool))
    return pd.DataFrame({"option": flags.index[row], "criterion": flags.columns[column]})


def _present(code: str | None, absent: tuple[str, ...]) -> str | None:
    """Return ``code``, or its layer where the whole layer is missing."""
    layer = (code or "").partition(".")[0]
    return layer if layer in absent else code


def site_notes(found: pd.DataFrame) -> pd.Series:
    """Return the first three fields of each site in words, by option."""
    few = found.groupby("option", sort=False).head(MOST)
    pieces = [
        Note(f"{name.zh}（名次可在{low}–{high}）", f"{name.en} (rank {low}-{high})")
        for name, low, high in zip(few["code"].map(title), few["rank_low"], few["rank_high"], strict=True)
    ]
    return _joined(pd.Series(pieces, index=few["option"].to_numpy(), dtype="object"))


def community_gaps(found: pd.DataFrame, near: pd.DataFrame) -> pd.DataFrame:
    """Return the fields that each community lacks, those that could move the ranks of the sites around it most first.

    Parameters
    ----------
    found
        What :func:`gaps` returned.
    near
        What :func:`near_codes` returned.

    Returns
    -------
    DataFrame
        ``origin`` (community id), ``code``, ``sites`` (whose rank it could move), ``places`` (by how many at most).
    """
    lacked = near[["option", "origin", "code"]].drop_duplicates().merge(found, on=["option", "code"])
    moved = lacked.assign(places=lacked["rank_high"] - lacked["rank_low"]).groupby(["origin", "code"])["places"]
    table = moved.agg(sites="size", places="max").reset_index()
    ordered = table.sort_values(["origin", "places", "code"], ascending=[True, False, True], kind="stable")
    return ordered[["origin", "code", "sites", "places"]].reset_index(drop=True)


def of_alike(lacks: pd.DataFrame, alike: pd.Series) -> pd.DataFrame:
    """Return what :func:`community_gaps` told of one community without a place for all that are like it.

    Parameters
    ----------
    lacks
        What :func:`community_gaps` returned.
    alike
        What :func:`gis._unplaced.alike` returned.
    """
    others = alike[alike.index != alike].rename_axis("other").reset_index()
    told = lacks.merge(others, on="origin").drop(columns="origin").rename(columns={"other": "origin"})
    return pd.concat([lacks, told[lacks.columns]], ignore_index=True) if len(told) else lacks


def united(parts: Iterable[pd.DataFrame]) -> pd.DataFrame:
    """Return what communities lack in several themes as one: sites added up, the farthest move of them all."""
    groups = pd.concat(list(parts), ignore_index=True).groupby(["origin", "code"], sort=True)
    table = groups.agg(sites=("sites", "sum"), places=("places", "max")).reset_index()
    return table.sort_values(["origin", "places", "code"], ascending=[True, False, True], kind="stable")


def community_notes(found: pd.DataFrame) -> pd.Series:
    """Return the first three fields of each community in words, by community id."""
    few = found.groupby("origin", sort=False).head(MOST)
    pieces = [
        Note(
            f"{name.zh}（关系到{sites}处机会，名次最多变动{places}位）",
            f"{name.en} (matters to {sites} sites, up to {places} ranks)",
        )
        for name, sites, places in zip(few["code"].map(title), few["sites"], few["places"], strict=True)
    ]
    return _joined(pd.Series(pieces, index=few["origin"].to_numpy(), dtype="object"))


def _joined(pieces: pd.Series) -> pd.Series:
    """Return the notes of each label as one."""
    return (
        pieces.groupby(level=0, sort=False).agg(
            lambda notes: Note("；".join(note.zh for note in notes), "; ".join(note.en for note in notes))
        )
        if len(pieces)
        else pieces
    )


def columns(found: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """Return ``data_to_collect`` and its English twin for the options ``index``, null where nothing would move them."""
    return _told(site_notes(found), index)


def community_columns(found: pd.DataFrame, index: pd.Index) -> pd.DataFrame:
    """Return ``data_to_collect`` and its English twin for the communities ``index``."""
    return _told(community_notes(found), index)


def _told(notes: pd.Series, index: pd.Index) -> pd.DataFrame:
    texts = {f"data_to_collect{end}": texts_of(notes, index, place) for place, end in enumerate(SEPARATORS)}
    return pd.DataFrame(texts, index=index)
