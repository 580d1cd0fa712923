"""Asset by action: what is offered, what is excluded by which rule, and what makes no sense there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis._left_out import NO_SENSE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

STATES = ("offered", "excluded", "withdrawn")
"""Offered as an opportunity; excluded by a rule; withdrawn, since it makes no sense there (:data:`NO_SENSE`)."""
COLUMNS = ("asset_id", "action", "state", "permission", "rules", "reason", "reason_en")
_JOINTS = {"rules": ",", "reason": "；", "reason_en": "; "}


def action_matrix(
    opportunities: pd.DataFrame, exclusions: pd.DataFrame, assets: Iterable[str], actions: Sequence[str]
) -> pd.DataFrame:
    """Return one row per asset and action, with its state and every reason for it.

    Parameters
    ----------
    opportunities
        Options or opportunities: ``asset_id``, ``action``, ``permission``, ``permission_reason`` with its twin.
    exclusions
        ``asset_id``, ``action`` (null when every action is excluded), ``rule``, ``reason``, ``reason_en``.
    assets
        Ids of the assets of one kind.
    actions
        Codes of the actions that are thought of for them.

    Returns
    -------
    DataFrame
        :data:`COLUMNS`. ``state`` is one of :data:`STATES`, null where neither table speaks: of the assets and actions
        of a programme that hides nothing there is none. ``permission`` is that of what is offered.
    """
    cells = pd.MultiIndex.from_product([list(assets), list(actions)], names=["asset_id", "action"])
    offered = _keyed(opportunities).drop_duplicates(["asset_id", "action"]).set_index(["asset_id", "action"])
    told = offered.reindex(cells)[["permission", "permission_reason", "permission_reason_en"]]
    told.columns = pd.Index(["permission", "reason", "reason_en"])
    out = _by_cell(exclusions, actions).reindex(cells)
    is_offered, is_out = told["permission"].notna(), out["rules"].notna()
    state = pd.Series(pd.NA, index=cells, dtype="string")
    state = state.mask(is_out, out["state"].astype("string")).mask(is_offered, "offered")
    words = {name: told[name].where(is_offered, out[name]) for name in ("reason", "reason_en")}
    table = told.assign(state=state, rules=out["rules"].mask(is_offered), **words)
    return table.reset_index()[list(COLUMNS)]


def _keyed(table: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(table).astype({"asset_id": object, "action": object})


def _by_cell(exclusions: pd.DataFrame, actions: Sequence[str]) -> pd.DataFrame:
    """Return ``state``, ``rules``, ``reason``, ``reason_en`` by asset and action; what excludes all is told for each.

    Where a rule excludes and another says that it makes no sense there, it is excluded.
    """
    table = _keyed(exclusions)
    every = table["action"].isna()
    whole = table[every].drop(columns="action").merge(pd.DataFrame({"action": list(actions)}), how="cross")
    rows = pd.concat([part for part in (table[~every], whole) if len(part)] or [table])
    rows = rows.assign(rules=rows["rule"].astype(str), makes_sense=~rows["rule"].isin(NO_SENSE))
    groups = rows.groupby(["asset_id", "action"], sort=False)
    told = {
        name: groups[name].agg(lambda texts, by=joint: by.join(dict.fromkeys(texts.astype(str))))
        for name, joint in _JOINTS.items()
    }
    found = pd.DataFrame(told, columns=list(_JOINTS))
    return found.assign(state=groups["makes_sense"].any().map({True: "excluded", False: "withdrawn"}))
