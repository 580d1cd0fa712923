"""Floating catchments: a supply is shared by all who can walk to it, so that it is never counted twice."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis.model import Model

Weight = Callable[[pd.Series], pd.Series]
"""Weight of distances in metres, not negative."""

NO_DEMAND = 1e-9
"""A site that is asked for less than this is asked for by nobody: what is left of a subtraction is no demand."""
FARTHER_ZONES = ("catchment.weight.middle", "catchment.weight.far")
"""Weights of the second and the last third of a radius; that of the first is 1, since only their ratios matter."""


def accessibility(pairs: pd.DataFrame, demand: pd.Series, supply: pd.Series, weight: Weight | None = None) -> pd.Series:
    """Return the supply that each origin can reach per unit of its demand (enhanced two-step floating catchment area).

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
        Weight of a distance in metres (E2SFCA); 1 within the catchment where none is given (2SFCA).

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


def shared_supply(pairs: pd.DataFrame, demand: pd.Series, supply: pd.Series, weight: Weight | None = None) -> pd.Series:
    """Return the part ``A_i D_i`` of ``supply`` that each origin gets; nothing where it asks for nothing.

    The parts of all origins together are never more than the supply, whatever the weights: they only say who gets it.
    """
    asked = demand.fillna(0.0).clip(lower=0.0)
    return accessibility(pairs, asked, supply, weight) * asked


def zone_weight(bounds_m: Sequence[float], weights: Sequence[float]) -> Weight:
    """Return a weight in steps: ``weights[k]`` for distances up to ``bounds_m[k]``, the last one beyond."""
    edges, steps = np.asarray(bounds_m, dtype=float)[:-1], np.asarray(weights, dtype=float)

    def weight(distance_m: pd.Series) -> pd.Series:
        zone = np.searchsorted(edges, distance_m.to_numpy(dtype=float), side="left")
        return pd.Series(steps[zone], index=distance_m.index)

    return weight


def weights_within(radius_m: float, model: Model) -> tuple[Weight, Weight]:
    """Return the weight of distances within ``radius_m`` as the model sets it, and the steepest that it allows.

    Three zones of a third of the radius each, as in E2SFCA. By default all three weigh 1: the radius is the planning
    rule (who stands within it is served), no decay was measured for walks of some minutes, and at the scale of a
    neighbourhood the size of the catchment matters more than the decay in it (Chen and Jia 2019, IJGIS 33(9)). Who
    gives weights only moves stalls from far claimants to near ones, so both ends belong into a band.
    """
    bounds_m = [radius_m * part / (len(FARTHER_ZONES) + 1) for part in range(1, len(FARTHER_ZONES) + 2)]
    found = ([1.0, *(read(key) for key in FARTHER_ZONES)] for read in (model.value, model.low))
    usual, steep = (zone_weight(bounds_m, steps) for steps in found)
    return usual, steep


def gap_with_band(
    pairs: pd.DataFrame, left: pd.DataFrame, supply: pd.DataFrame, weights: Sequence[Weight]
) -> pd.DataFrame:
    """Return what each origin still lacks after its part of the supply around it: ``max(0, D_i - A_i D_i)``.

    The low end takes the low demands of all with the high supply, the high end the opposite, each at the worst of the
    weights. Those are the tightest ends: where the gap ``D_i - sum_j(S_j w_ij D_i / (w_ij D_i + others_j))`` is
    positive it rises with ``D_i`` (its slope is at least the gap over ``D_i``) and with the others' demand, and it
    falls with every supply.

    Parameters
    ----------
    pairs
        ``origin``, ``site``, ``distance_m`` of those within the catchment.
    left
        ``""``, ``_low``, ``_high`` by origin: what is asked for beyond what is on site.
    supply
        ``""``, ``_low``, ``_high`` by site.
    weights
        The first gives the value, all of them together the band.

    Returns
    -------
    DataFrame
        ``nearby`` (the part of the supply), ``gap``, ``gap_low``, ``gap_high`` by origin; null where ``left`` is.
    """

    def lacking(asked: str, given: str, weight: Weight) -> pd.Series:
        part = shared_supply(pairs, left[asked], supply[given], weight)
        return (left[asked] - part).clip(lower=0.0)

    ends = {
        "gap_low": [lacking("_low", "_high", weight) for weight in weights],
        "gap_high": [lacking("_high", "_low", weight) for weight in weights],
    }
    gap = lacking("", "", weights[0])
    # With one number at both ends the sums differ in their last digit only: the band must hold its value all the same.
    low = pd.concat([gap, *ends["gap_low"]], axis=1).min(axis=1)
    high = pd.concat([gap, *ends["gap_high"]], axis=1).max(axis=1)
    nearby = shared_supply(pairs, left[""], supply[""], weights[0])
    return pd.DataFrame({"nearby": nearby, "gap": gap, "gap_low": low, "gap_high": high}, index=left.index)
