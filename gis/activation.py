"""Activation potential: what a place of culture has going for it, as one number that its parts explain."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis.criteria import Values

PARTS = ("legal_level", "story", "visitors", "transit", "idle_support", "cluster")
"""Criteria of theme ``heritage`` that speak of the place itself, not of leave, owner or state of repair."""


def shares(weights: Mapping[str, float]) -> dict[str, float]:
    """Return how much each part counts: the weights of the model, to sum 1; alike where all of them are 0."""
    held = {key: weights[key] for key in PARTS if key in weights}
    total = sum(held.values())
    return {key: weight / total if total > 0 else 1 / len(held) for key, weight in held.items()}


def potential(values: Values, weights: Mapping[str, float]) -> pd.DataFrame:
    """Return the activation potential of each option: ``sum(share x value)`` over :data:`PARTS`.

    Each part is the option's ``v_`` column times the share that the manifest names, so that the number can be added up
    again. A part that is missing counts as it does in the score, 0.5 with the band 0 to 1.

    Parameters
    ----------
    values
        Criteria of one theme.
    weights
        Their weights, as :meth:`gis.model.Model.weights` gives them.

    Returns
    -------
    DataFrame
        ``activation`` with ``_low`` and ``_high``, 0 to 1, by option; null for a theme without these criteria.
    """
    parts = pd.Series(shares(weights), dtype=float)
    ends = {"activation": values.value, "activation_low": values.low, "activation_high": values.high}
    found = {name: (table[parts.index] * parts).sum(axis=1, min_count=1) for name, table in ends.items()}
    return pd.DataFrame(found, index=values.value.index)
