"""What the programmes hand over: options (one asset with one action) and exclusions (what may not be, and why)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._notes import NOTHING, Note

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis.model import Model

OPTION_DEFAULTS: dict[str, object] = {
    "area_m2": np.nan,
    "stalls": np.nan,
    "stalls_low": np.nan,
    "stalls_high": np.nan,
    "chargers": np.nan,
    "chargers_low": np.nan,
    "chargers_high": np.nan,
    "wall_m": np.nan,
    "household_count": np.nan,
    "people_served": np.nan,
    "land_rent_cny_m2_month": np.nan,
    "has_land": False,
    "reference_rent_cny_m2_month": np.nan,
    "rent_terms": None,
    "horizon_years": np.nan,
    "income_owner": "unknown",
    "horizon_reason": "",
    "horizon_reason_en": "",
    "horizon_source": "",
    "is_temporary": False,
    "must_agree": "",
    "must_agree_en": "",
    "frontage_m": np.nan,
    "consent_needed": "",
    "consent_needed_en": "",
    "willingness_share": np.nan,
    "clock": "",
    "clock_en": "",
    "permission": "unclear",
    "permission_reason": "",
    "permission_reason_en": "",
    "permission_source": "",
    "authority": "",
    "authority_en": "",
    "next_step": "",
    "next_step_en": "",
    "missing": "",
    "warnings": "",
    "warnings_en": "",
    "legal_level": np.nan,
    "condition": np.nan,
    "filters_passed": np.nan,
    "filters_passed_low": np.nan,
    "filters_passed_high": np.nan,
    "story": np.nan,
    "cluster": np.nan,
    "transit_m": np.nan,
    "idle_support": np.nan,
}
"""Columns of an options table beside its identity, with what stands where a programme says nothing.

Stalls and chargers are null where the capacity is not known, 0 where the action gives none. ``has_land`` tells whether
the account must hold a land rent. From ``legal_level`` on only heritage fills them.
"""

EXCLUSION_COLUMNS = ("asset_kind", "asset_id", "action", "rule", "reason", "reason_en", "source")


@dataclass(frozen=True)
class Options:
    """What one programme offers.

    Parameters
    ----------
    table
        One row per asset and action: ``asset_kind``, ``asset_id``, ``action``, ``theme``, the columns of
        :data:`OPTION_DEFAULTS` and those of :func:`gis.surroundings.surroundings`.
    exclusions
        ``asset_kind``, ``asset_id``, ``action`` (null when every action is excluded), ``rule``, ``reason``,
        ``reason_en``, ``source``.
    notes
        What was left out and why.
    """

    table: pd.DataFrame
    exclusions: pd.DataFrame
    notes: tuple[Note, ...] = ()


def merged(parts: Iterable[Options]) -> Options:
    """Return the options and exclusions of several programmes as one."""
    given = list(parts)
    return Options(
        _stacked([part.table for part in given], ("asset_kind", "asset_id", "action", "theme", *OPTION_DEFAULTS)),
        _stacked([part.exclusions for part in given], EXCLUSION_COLUMNS),
        tuple(note for part in given for note in part.notes),
    )


def _stacked(frames: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    if filled:
        return pd.concat(filled, ignore_index=True)
    return frames[0] if frames else pd.DataFrame(columns=list(columns))


class Sieve:
    """The actions thought of for each asset of a kind, less those that are excluded for a stated reason.

    Parameters
    ----------
    model
        Holds the exclusions and their words.
    asset_kind
        Kind of the assets.
    assets
        Index of asset ids.
    actions
        Codes of the actions thought of.
    """

    def __init__(self, model: Model, asset_kind: str, assets: pd.Index, actions: Sequence[str]) -> None:
        self.model = model
        self.asset_kind = asset_kind
        self.offered = pd.DataFrame(True, index=assets, columns=list(actions))
        self._found: list[pd.DataFrame] = []

    def exclude(
        self,
        rule: str,
        where: pd.Series | NDArray[np.bool_],
        *,
        actions: Sequence[str] | None = None,
        detail: pd.Series | Note = NOTHING,
    ) -> None:
        """Exclude the assets ``where`` rule ``rule`` of the model holds.

        Parameters
        ----------
        rule
            Key of the exclusion in the model.
        where
            Which assets it holds for.
        actions
            Actions it excludes; those of the model's rule when not given, all of them when that is empty.
        detail
            What stands in brackets behind the reason, such as the measured width: a note, or one for each asset.
        """
        words = self.model.exclusions[rule]
        named = words.actions if actions is None else actions
        hit = self.offered.index[np.asarray(where, dtype=bool)]
        touched = [action for action in self.offered.columns if not named or action in named]
        if hit.empty or not touched:
            return
        details = [detail] * len(hit) if isinstance(detail, Note) else list(detail.loc[hit])
        codes: list[str | None] = [None] if len(touched) == self.offered.shape[1] else list(touched)
        self._found += [
            pd.DataFrame(
                {
                    "asset_kind": self.asset_kind,
                    "asset_id": hit,
                    "action": code,
                    "rule": rule,
                    "reason": [words.zh + (f"（{more.zh}）" if more.zh else "") for more in details],
                    "reason_en": [words.en + (f" ({more.en})" if more.en else "") for more in details],
                    "source": words.source,
                }
            )
            for code in codes
        ]
        self.offered.loc[hit, touched] = False

    def withdraw(self, where: pd.Series | NDArray[np.bool_], actions: Sequence[str]) -> None:
        """Take ``actions`` back for the assets ``where`` they make no sense, without calling it an exclusion."""
        held = [action for action in actions if action in self.offered.columns]
        self.offered.loc[np.asarray(where, dtype=bool), held] = False

    def rows(self) -> pd.DataFrame:
        """Return ``asset_kind``, ``asset_id``, ``action`` of what is still offered, by asset, then by action."""
        at, which = np.nonzero(self.offered.to_numpy())
        return pd.DataFrame(
            {
                "asset_kind": self.asset_kind,
                "asset_id": self.offered.index.to_numpy()[at],
                "action": self.offered.columns.to_numpy()[which],
            }
        )

    def exclusions(self) -> pd.DataFrame:
        """Return what was excluded, each with its reason."""
        return _stacked(self._found, EXCLUSION_COLUMNS)


def with_defaults(rows: pd.DataFrame) -> pd.DataFrame:
    """Return ``rows`` with every column of :data:`OPTION_DEFAULTS`, in a fixed order."""
    absent = {name: default for name, default in OPTION_DEFAULTS.items() if name not in rows.columns}
    table = rows.assign(**absent)
    first = ["asset_kind", "asset_id", "action", "theme", *OPTION_DEFAULTS]
    return table[[*first, *(name for name in table.columns if name not in first)]]


def at_least(measured: pd.Series, limit: float, unit: str, decimals: int = 0) -> pd.Series:
    """Return the measured quantity of each row beside the least that is asked, as notes."""
    return measured.map(
        lambda value: Note(
            f"{value:,.{decimals}f} {unit}，至少{limit:,.{decimals}f} {unit}",
            f"{value:,.{decimals}f} {unit}, at least {limit:,.{decimals}f} {unit} needed",
        )
    )


def code_of(record: pd.Series, column: str) -> str | None:
    """Return a coded value of one record, ``None`` where it is blank."""
    value = record[column]
    return None if pd.isna(value) else str(value)


def value_of(assets: gpd.GeoDataFrame, rows: pd.DataFrame, column: str) -> pd.Series:
    """Return ``column`` of the asset of each row, with the index of ``rows``."""
    return pd.Series(assets[column].reindex(rows["asset_id"]).array, index=rows.index)
