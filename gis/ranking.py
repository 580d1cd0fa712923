"""Ranking: weighted scores, contributions that sum to them, and how far a rank can be trusted."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from gis.criteria import Values
    from gis.model import Model

    Floats = NDArray[np.float64]

DRAWS = 1000
"""Draws behind a rank band. ASSUMPTION: a share of 0.1 of so many draws has a standard error of 0.01."""
BAND_QUANTILES = (0.1, 0.9)
"""Ends of a rank band, as ``rank_p10`` and ``rank_p90`` say in their names."""
TOP = 10
"""Ranks that ``top_share`` counts, places. ASSUMPTION: a district looks at ten sites first."""
CHUNK_CELLS = 4_000_000
"""Scores held in memory at a time (32 MB)."""


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

    Of options with the same score the one whose ``opportunity_id`` comes first in the alphabet is taken.

    Parameters
    ----------
    options
        ``opportunity_id``, ``asset_kind``, ``asset_id``, ``permission``, ``score``; of one theme.
    """
    allowed = options[options["permission"] != "forbidden"]
    ordered = allowed.sort_values(["score", "opportunity_id"], ascending=[False, True])
    return ordered.drop_duplicates(["asset_kind", "asset_id"]).index


def ranks(options: pd.DataFrame) -> pd.Series:
    """Return the rank of each candidate (1 is best, ties by ``opportunity_id``); null for the other options."""
    chosen = options.loc[candidates(options)]
    ordered = chosen.sort_values(["score", "opportunity_id"], ascending=[False, True]).index
    found = pd.Series(pd.NA, index=options.index, dtype="Int64", name="rank")
    found.loc[ordered] = np.arange(1, len(ordered) + 1)
    return found


def rank_bands(
    values: Values,
    weights: Mapping[str, float],
    ids: pd.Series,
    *,
    concentration: float,
    seed: int | tuple[int, ...],
    draws: int = DRAWS,
) -> pd.DataFrame:
    """Return how far the rank of each candidate can be trusted under uncertain weights and data.

    In each draw the weights come from a Dirichlet distribution with mean ``weights`` and the given concentration, and
    each value from its band, on its own: half of the draws lie evenly below the value, half evenly above, so that the
    stated value is the median (a missing one is even over 0..1). Draws belong to ids: the order of rows changes
    nothing. A nominal rank may lie outside its band; it is not moved into it.

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

    Returns
    -------
    DataFrame
        ``rank_p10``, ``rank_p90`` (nearest ranks) and ``top_share`` (share of draws among the first ten).
    """
    order = np.argsort(ids.to_numpy(dtype=object), kind="stable")
    index = values.value.index[order]
    keys = [key for key in values.value.columns if weights[key] > 0]
    rng = np.random.default_rng(seed)
    drawn = rng.dirichlet(concentration * np.array([weights[key] for key in keys]), size=draws)
    middle, low, high = (part[keys].to_numpy()[order] for part in (values.value, values.low, values.high))
    found = np.empty((draws, len(index)), dtype=np.int32)
    chunk = max(1, CHUNK_CELLS // max(1, len(index)))
    for start in range(0, draws, chunk):
        found[start : start + chunk] = _drawn_ranks(drawn[start : start + chunk], middle, low, high, rng)
    quantiles = np.quantile(found, BAND_QUANTILES, axis=0, method="nearest") if len(index) else np.empty((2, 0))
    table = pd.DataFrame(
        {"rank_p10": quantiles[0], "rank_p90": quantiles[1], "top_share": (found <= TOP).mean(axis=0)}, index=index
    )
    return table.reindex(values.value.index).astype({"rank_p10": "Int64", "rank_p90": "Int64"})


def _drawn_ranks(
    weights: Floats, middle: Floats, low: Floats, high: Floats, rng: np.random.Generator
) -> NDArray[np.int32]:
    """Return ranks (draws x candidates) of values drawn from their bands."""
    total = weights @ middle.T
    for column in range(low.shape[1]):
        banded = np.flatnonzero(high[:, column] > low[:, column])
        if banded.size:
            side = rng.uniform(-1.0, 1.0, (len(weights), banded.size))
            up, down = (high - middle)[banded, column], (middle - low)[banded, column]
            total[:, banded] += weights[:, column][:, None] * side * np.where(side > 0, up, down)
    order = np.argsort(-total, axis=1, kind="stable")
    found = np.empty(order.shape, dtype=np.int32)
    np.put_along_axis(found, order, np.arange(1, order.shape[1] + 1, dtype=np.int32)[None, :], axis=1)
    return found


def confidence(options: pd.DataFrame, values: Values, weights: Mapping[str, float], model: Model) -> pd.Series:
    """Return ``high``, ``medium`` or ``low`` by the width of the score's band and what is missing.

    ``low`` where criteria of more than ``rank.confidence.missing_share`` (1/3) of the weight are missing, or the band
    is wider than ``rank.confidence.band_wide`` (0.4); ``high`` where nothing is missing and the band is narrower than
    ``rank.confidence.band_narrow`` (0.2).
    """
    weight = pd.Series(dict(weights)).reindex(values.missing.columns)
    unknown = (values.missing * weight).sum(axis=1)
    width = options["score_high"] - options["score_low"]
    most, wide = (model.value(f"rank.confidence.{name}") for name in ("missing_share", "band_wide"))
    worst = (unknown > most) | (width > wide)
    best = (unknown == 0) & (width < model.value("rank.confidence.band_narrow"))
    return pd.Series(np.select([worst, best], ["low", "high"], "medium"), index=options.index)


def missing_criteria(values: Values) -> pd.Series:
    """Return the keys of the criteria that are missing for each option, separated by commas."""
    keys = np.asarray(values.missing.columns, dtype=object)
    return pd.Series(
        [",".join(keys[row]) for row in values.missing.to_numpy(dtype=bool)], index=values.missing.index, dtype="object"
    )
