"""Ranking: weighted scores, contributions that sum to them, and how far a rank can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis import _units
from gis._standing import RESOLUTION

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gis.criteria import Values
    from gis.model import Model

DRAWS = 1000
"""Draws behind a rank band. ASSUMPTION: a share of 0.1 of so many draws has a standard error of 0.01."""
BAND_QUANTILES = (0.1, 0.5, 0.9)
"""Ends and middle of a rank band, as ``rank_p10``, ``rank_p50`` and ``rank_p90`` say in their names."""
ASSET = ["asset_kind", "asset_id"]
"""What tells one asset from another."""
PODIUM = (1, 2, 3)
"""Ranks whose share of the draws is told each by itself."""
TOP = 10
"""Ranks that ``top_share`` counts, places. ASSUMPTION: a district looks at ten sites first."""


def contributions(values: pd.DataFrame, weights: Mapping[str, float]) -> pd.DataFrame:
    """Return ``weight x value`` by option and criterion; each row sums to the score.

    Parameters
    ----------
    values
        Values from 0 to 1 by option and criterion.
    weights
        Weights by criterion, summing to 1.
    """
    return values * pd.Series(dict(weights)).reindex(values.columns)


def scores(values: Values, weights: Mapping[str, float]) -> pd.DataFrame:
    """Return ``score = sum(weight x value)`` from 0 to 1, and its band with every criterion at its low and high end.

    Returns
    -------
    DataFrame
        ``score``, ``score_low``, ``score_high`` by option.
    """
    return pd.DataFrame(
        {
            "score": contributions(values.value, weights).sum(axis=1),
            "score_low": contributions(values.low, weights).sum(axis=1),
            "score_high": contributions(values.high, weights).sum(axis=1),
        },
        index=values.value.index,
    )


def candidates(options: pd.DataFrame) -> pd.Index:
    """Return the options that are ranked: the best of each asset among those that are not forbidden.

    Of options with the same score the one with the higher NPV is taken, then the one that costs less (an unknown sum
    comes last), then the one whose ``opportunity_id`` comes first in the alphabet.

    Parameters
    ----------
    options
        ``opportunity_id``, ``asset_kind``, ``asset_id``, ``permission``, ``score``; ``npv_cny`` and ``capex_cny``,
        where known; of one theme.
    """
    return _by_asset(options).drop_duplicates(ASSET).index


def ties(options: pd.DataFrame) -> pd.Series:
    """Return, by candidate, the label of the next best option of its asset; only those that have the same score."""
    allowed = _by_asset(options)
    # The best stands first; what follows it at once is the second of its asset.
    first, second = allowed.iloc[:-1], allowed.iloc[1:]
    is_tie = ~first.duplicated(ASSET).to_numpy()
    for name in (*ASSET, "steps"):
        is_tie &= first[name].to_numpy() == second[name].to_numpy()
    return pd.Series(second.index[is_tie], index=first.index[is_tie], dtype="object")


def _by_asset(options: pd.DataFrame) -> pd.DataFrame:
    """Return what is not forbidden by asset, the best of each first."""
    allowed = options[options["permission"] != "forbidden"]
    ordered = _stepped(allowed).assign(npv=_units.column(allowed, "npv_cny"), capex=_units.column(allowed, "capex_cny"))
    by = [*ASSET, "steps", "npv", "capex", "opportunity_id"]
    return ordered.sort_values(by, ascending=[True, True, False, False, True, True])


def ranks(options: pd.DataFrame) -> pd.Series:
    """Return the rank of each candidate (1 is best, ties by ``opportunity_id``); null for the other options."""
    ordered = _best_first(options.loc[candidates(options)]).index
    found = pd.Series(pd.NA, index=options.index, dtype="Int64", name="rank")
    found.loc[ordered] = np.arange(1, len(ordered) + 1)
    return found


def _best_first(options: pd.DataFrame) -> pd.DataFrame:
    """Return options by score, those nearer to each other than :data:`gis._standing.RESOLUTION` by id."""
    return _stepped(options).sort_values(["steps", "opportunity_id"], ascending=[False, True])


def _stepped(options: pd.DataFrame) -> pd.DataFrame:
    """Return options with their score in ``steps`` of :data:`gis._standing.RESOLUTION`."""
    return options.assign(steps=np.rint(options["score"].astype(float) / RESOLUTION))


def topsis(values: pd.DataFrame, weights: Mapping[str, float]) -> pd.Series:
    """Return the closeness of each option to the ideal, from 0 to 1: a second opinion beside the weighted sum.

    ``closeness = d0 / (d0 + d1)``, with ``d0 = sqrt(sum((w v)^2))`` the distance from the worst option there could be
    (every value 0) and ``d1 = sqrt(sum((w (1 - v))^2))`` from the best (every value 1). Unlike the weighted sum it
    prefers a balanced option to one that is excellent in one thing and poor in another.

    Hwang, C. L. & Yoon, K. (1981): Multiple Attribute Decision Making. They take the best and worst among the
    options at hand; here the ends of the value functions stand for them, so that no option changes the closeness of
    another, and one option alone has one.

    Parameters
    ----------
    values
        Values from 0 to 1 by option and criterion.
    weights
        Weights by criterion, summing to 1.
    """
    weight = pd.Series(dict(weights)).reindex(values.columns)
    from_worst = np.sqrt((values * weight).pow(2).sum(axis=1))
    from_best = np.sqrt(((1.0 - values) * weight).pow(2).sum(axis=1))
    return (from_worst / (from_worst + from_best)).rename("topsis")


def rank_bands(
    values: Values,
    weights: Mapping[str, float],
    ids: pd.Series,
    *,
    concentration: float,
    seed: int | tuple[int, ...],
    draws: int = DRAWS,
    top: int = TOP,
) -> pd.DataFrame:
    """Return how far the rank of each candidate can be trusted under uncertain weights and data (SMAA-2).

    In each draw the weights come from a Dirichlet distribution with mean ``weights`` and the given concentration, and
    each value from its band: half of the draws lie evenly below the value, half evenly above, so that the stated
    value is the median (a missing one is even over 0..1). What a site itself lacks is drawn for it alone. What the
    model assumes for all (``values.shared``) is drawn once and puts every site at the same place of its band: such a
    band moves the scores of all sites together and tells little about their order. So a wide band of the score can
    stand beside a narrow band of the rank; :func:`shared_share` says how much of the former is shared.

    Draws belong to ids: neither the order of rows nor other candidates change the values drawn for one. Equal scores
    are ranked by chance, in each draw anew, so that the ranks of a draw are 1 to the number of candidates and the
    shares over all candidates sum to ``top`` (to their number, where they are fewer). A nominal rank may lie outside
    its band; it is not moved into it (:func:`outside_band`).

    Parameters
    ----------
    values
        Of the candidates only.
    weights
        Weights by criterion, summing to 1; those at 0 stay 0.
    ids
        ``opportunity_id`` of each candidate, unique.
    concentration
        Sum of the Dirichlet parameters; larger is nearer to ``weights``.
    seed
        Seed of the draws.
    draws
        Number of draws.
    top
        Ranks that ``top_share`` counts.

    Returns
    -------
    DataFrame
        ``rank_p10``, ``rank_p50``, ``rank_p90`` (nearest ranks), ``rank1_share``, ``rank2_share``, ``rank3_share``
        (share of draws at that rank) and ``top_share`` (among the first ``top``), by candidate.

    References
    ----------
    Lahdelma, R. & Salminen, P. (2001): SMAA-2: Stochastic multicriteria acceptability analysis for group decision
    making. Operations Research 49(3), 444-454.
    """
    index = values.value.index
    drawn = _drawn_ranks(values, weights, ids, concentration, np.random.default_rng(seed), draws)
    ordered = np.sort(drawn, axis=1)
    nearest = np.rint(np.array(BAND_QUANTILES) * (draws - 1)).astype(int)
    table = {f"rank_p{100 * share:.0f}": ordered[:, at] for share, at in zip(BAND_QUANTILES, nearest, strict=True)}
    shares = {f"rank{place}_share": (drawn == place).mean(axis=1) for place in PODIUM}
    shares["top_share"] = (drawn <= top).mean(axis=1)
    return pd.DataFrame({**table, **shares}, index=index).astype(dict.fromkeys(table, "Int64"))


def _drawn_ranks(
    values: Values,
    weights: Mapping[str, float],
    ids: pd.Series,
    concentration: float,
    rng: np.random.Generator,
    draws: int,
) -> NDArray[np.unsignedinteger]:
    """Return the ranks of the candidates (rows) in each draw (columns)."""
    from gis import _smaa  # noqa: PLC0415  (the compiler takes half a second to load)

    keys = [key for key in values.value.columns if weights[key] > 0]
    drawn = rng.dirichlet(concentration * np.array([weights[key] for key in keys]), size=draws)
    salts = rng.integers(2**64, size=draws, dtype=np.uint64)
    order = np.argsort(ids.to_numpy(dtype=object), kind="stable")
    sites = _smaa.mixed(_smaa.keys_of(ids))
    quantities = _smaa.mixed(sites[:, None] ^ _smaa.keys_of(keys)[None, :])
    for column, key in enumerate(keys):
        if key in values.shared:
            codes, names = pd.factorize(values.shared[key])
            shared = _smaa.mixed(_smaa.keys_of(names))
            quantities[codes >= 0, column] = shared[codes[codes >= 0]]
    low, middle, high = (part[keys].to_numpy(dtype=float)[order] for part in (values.low, values.value, values.high))
    ranked = _smaa.drawn_ranks(drawn, (middle, low, high), quantities[order], sites[order], salts)
    found = np.empty((len(order), draws), dtype=ranked.dtype)
    found[order] = ranked.T
    return found


def outside_band(options: pd.DataFrame) -> pd.Series:
    """Return which ranks lie outside their own band P10-P90.

    The draws are not centred on the nominal rank: a site near an end can only be drawn to one side, and a missing
    criterion counts its middle in the score but moves others past it in the draws.
    """
    rank, low, high = (options[name].astype("Float64") for name in ("rank", "rank_p10", "rank_p90"))
    return ((rank < low) | (rank > high)).fillna(value=False).astype(bool)


def shared_share(values: Values, weights: Mapping[str, float]) -> pd.Series:
    """Return the share of the width of each score's band that assumptions shared by all sites make up; 0 without one.

    ``sum over shared criteria of weight x (high - low) / sum over all criteria``. That part moves the scores of all
    sites together and hardly changes their order.
    """
    width = contributions(values.high - values.low, weights)
    shared = pd.DataFrame(
        {key: values.shared[key].notna() if key in values.shared else False for key in width}, index=width.index
    )
    total = width.sum(axis=1)
    return (width.where(shared, 0.0).sum(axis=1) / total.where(total > 0)).fillna(0.0)


def confidence(options: pd.DataFrame, values: Values, weights: Mapping[str, float], model: Model) -> pd.Series:
    """Return ``high``, ``medium`` or ``low`` by the width of the bands of score and rank, and what is missing.

    ``low`` where criteria of more than ``rank.confidence.missing_share`` (1/3) of the weight are missing, or the band
    is wider than ``rank.confidence.band_wide`` (0.4); ``high`` where nothing is missing, the band is narrower than
    ``rank.confidence.band_narrow`` (0.2) and, of a ranked option, P10 and P90 of its rank are no more than
    ``rank.confidence.rank_share`` (5 %) of the list apart.
    """
    weight = pd.Series(dict(weights)).reindex(values.missing.columns)
    unknown = (values.missing * weight).sum(axis=1)
    width = options["score_high"] - options["score_low"]
    most, wide = (model.value(f"rank.confidence.{name}") for name in ("missing_share", "band_wide"))
    worst = (unknown > most) | (width > wide)
    apart = (options["rank_p90"] - options["rank_p10"]).astype("Float64").fillna(0.0).astype(float)
    is_steady = apart <= model.value("rank.confidence.rank_share") * options["rank"].notna().sum()
    best = (unknown == 0) & (width < model.value("rank.confidence.band_narrow")) & is_steady
    return pd.Series(np.select([worst, best], ["low", "high"], "medium"), index=options.index)


def missing_criteria(values: Values) -> pd.Series:
    """Return the keys of the criteria that are missing for each option, separated by commas."""
    keys = np.asarray(values.missing.columns, dtype=object)
    return pd.Series(
        [",".join(keys[row]) for row in values.missing.to_numpy(dtype=bool)], index=values.missing.index, dtype="object"
    )
