"""Floating catchments: a supply is shared by all who can walk to it, so that it is never counted twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable

NO_DEMAND = 1e-9
"""A site that is asked for less than this is asked for by nobody: what is left of a subtraction is no demand."""


def accessibility(
    pairs: pd.DataFrame,
    demand: pd.Series,
    supply: pd.Series,
    weight: Callable[[pd.Series], pd.Series] | None = None,
) -> pd.Series:
    """Return the supply that each origin can reach per unit of its demand (two-step floating catchment area).

    Step one gives each site its ratio ``R_j = S_j / sum_i(w_ij D_i)`` over the origins that reach it; step two gives
    each origin ``A_i = sum_j(w_ij R_j)`` over the sites it reaches. Since ``sum_i(A_i D_i)`` is the supply of the sites
    that somebody with a demand reaches, no unit of supply is given out twice.

    Parameters
    ----------
    pairs
        ``origin``, ``site``, ``distance_m`` of those within the catchment.
    demand
        Demand by origin, not negative; null counts as none.
    supply
        Supply by site, not negative.
    weight
        Weight of a distance in metres (E2SFCA); 1 within the catchment where none is given.

    Returns
    -------
    Series
        ``A_i`` with the index of ``demand``; 0 where nothing is reached.

    References
    ----------
    Luo and Wang (2003), Environment and Planning B 30(6); with weights Luo and Qi (2009), Health & Place 15(4).
    """
    near = np.ones(len(pairs)) if weight is None else weight(pairs["distance_m"]).to_numpy(dtype=float)
    asked = near * pairs["origin"].map(demand.fillna(0.0)).to_numpy(dtype=float)
    asked_of_site = pd.Series(asked).groupby(pairs["site"].to_numpy()).transform("sum").to_numpy(dtype=float)
    supplied = pairs["site"].map(supply.fillna(0.0)).to_numpy(dtype=float)
    ratio = np.divide(supplied, asked_of_site, out=np.zeros(len(pairs)), where=asked_of_site > NO_DEMAND)
    reached = pd.Series(near * ratio).groupby(pairs["origin"].to_numpy()).sum()
    return reached.reindex(demand.index, fill_value=0.0).astype(float)


def shared_supply(pairs: pd.DataFrame, demand: pd.Series, supplies: pd.DataFrame) -> pd.DataFrame:
    """Return, per origin, its part ``A_i D_i`` of every column of ``supplies``, shared by the same demand.

    An origin without a demand gets nothing. The parts of all origins together are never more than the supply.
    """
    asked = demand.fillna(0.0).clip(lower=0.0)
    return pd.DataFrame(
        {name: accessibility(pairs, asked, supplies[name]) * asked for name in supplies}, index=demand.index
    )
