"""Actions that make no sense somewhere: they are left out for a stated reason, never without a word."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._notes import NOTHING, Note
from gis.network import has_place
from gis.options import Sieve

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from gis.city import City
    from gis.model import Model

NO_SENSE = (
    "not_placed",
    "point_without_area",
    "open_plot",
    "no_stall_fits",
    "no_capacity",
    "unfit_type",
    "no_residents_story",
    "no_heritage_near",
    "no_market_in_zone",
    "not_red_listed",
    "no_corridor",
)
"""Rules that forbid nothing: the action is not thought of there."""


def leave_out(sieve: Sieve, rule: str, where: pd.Series, actions: Iterable[str], *, detail: Note = NOTHING) -> None:
    """Exclude ``actions`` by ``rule`` where nothing else excludes them yet.

    Parameters
    ----------
    sieve
        Holds what is still offered.
    rule
        Key of the exclusion in the model, with its words.
    where
        For which assets, by asset id.
    actions
        Codes of the actions.
    detail
        What stands in brackets behind the reason.
    """
    for action in sorted(actions):
        sieve.exclude(rule, where & sieve.offered[action], actions=[action], detail=detail)


def with_unplaced(
    exclusions: pd.DataFrame, city: City, model: Model, kind: str, actions: Sequence[str]
) -> pd.DataFrame:
    """Return ``exclusions`` and, behind them, one of every action for each record of ``kind`` that has no place."""
    records = city[kind]
    unplaced = Sieve(model, kind, records.index[~has_place(records.geometry)], actions)
    unplaced.exclude("not_placed", np.ones(len(unplaced.offered), dtype=bool))
    more = unplaced.exclusions()
    if more.empty or exclusions.empty:
        return exclusions if more.empty else more
    return pd.concat([exclusions, more], ignore_index=True)
