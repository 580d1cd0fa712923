"""What the programmes hand over: options (one asset with one action) and exclusions (what may not be, and why)."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

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
    "danger_grade": None,
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
    "forbidden_uses": "",
    "forbidden_uses_en": "",
    "rank_condition": "",
    "rank_condition_en": "",
    "clauses_open": "",
    "clauses_open_en": "",
    "approval_level": "",
    "approval_reason": "",
    "approval_reason_en": "",
    "approval_open": "",
    "approval_open_en": "",
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

MOST_DECIMALS = 6
"""Digits that may be added to tell a quantity from its limit; beyond these the two are the same."""
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


class _Excluded(NamedTuple):
    """Assets that one rule excludes from an action (``None``: from all), and what it says of each."""

    assets: pd.Index
    action: str | None
    rule: str
    reasons: list[str]
    reasons_en: list[str]
    sources: list[str]


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
        self._found: list[_Excluded] = []

    def exclude(
        self,
        rule: str,
        where: pd.Series | NDArray[np.bool_],
        *,
        actions: Sequence[str] | None = None,
        detail: pd.Series | Note = NOTHING,
        sources: pd.Series | None = None,
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
        sources
            The document behind it for each asset; that of the model's rule when not given.
        """
        words = self.model.exclusions[rule]
        named = words.actions if actions is None else actions
        hit = self.offered.index[np.asarray(where, dtype=bool)]
        touched = [action for action in self.offered.columns if not named or action in named]
        if hit.empty or not touched:
            return
        details = [detail] * len(hit) if isinstance(detail, Note) else list(detail.loc[hit])
        codes: list[str | None] = [None] if len(touched) == self.offered.shape[1] else list(touched)
        reasons = [words.zh + (f"（{more.zh}）" if more.zh else "") for more in details]
        reasons_en = [words.en + (f" ({more.en})" if more.en else "") for more in details]
        named_by = [words.source] * len(hit) if sources is None else list(sources.loc[hit])
        self._found += [_Excluded(hit, code, rule, reasons, reasons_en, named_by) for code in codes]
        self.withdraw(where, touched)

    def withdraw(self, where: pd.Series | NDArray[np.bool_], actions: Sequence[str]) -> None:
        """Take ``actions`` back for the assets ``where`` they make no sense, without calling it an exclusion."""
        left = self.offered.to_numpy(copy=True)
        left[np.ix_(np.asarray(where, dtype=bool), self.offered.columns.isin(list(actions)))] = False
        self.offered = pd.DataFrame(left, index=self.offered.index, columns=self.offered.columns)

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
        if not self._found:
            return pd.DataFrame(columns=list(EXCLUSION_COLUMNS))
        ids, codes, rules, reasons, reasons_en, sources = zip(*self._found, strict=True)
        action, rule = (np.repeat(np.array(each, dtype=object), [len(hit) for hit in ids]) for each in (codes, rules))
        return pd.DataFrame(
            {
                "asset_kind": self.asset_kind,
                "asset_id": ids[0].append(list(ids[1:])),
                "action": pd.Series(action, dtype="object" if None in codes else "str"),
                "rule": pd.Series(rule, dtype="str"),
                "reason": list(chain(*reasons)),
                "reason_en": list(chain(*reasons_en)),
                "source": pd.Series(list(chain(*sources)), dtype="str"),
            }
        )


def with_defaults(rows: pd.DataFrame) -> pd.DataFrame:
    """Return ``rows`` with every column of :data:`OPTION_DEFAULTS`, in a fixed order."""
    absent = {name: default for name, default in OPTION_DEFAULTS.items() if name not in rows.columns}
    table = rows.assign(**absent)
    first = ["asset_kind", "asset_id", "action", "theme", *OPTION_DEFAULTS]
    return table[[*first, *(name for name in table.columns if name not in first)]]


def at_least(measured: pd.Series, limit: float, unit: str, decimals: int = 0) -> pd.Series:
    """Return the measured quantity of each row beside the least that is asked, as notes.

    With ``decimals`` digits behind the point, and as many more as it takes to tell the two apart.
    """

    def note(value: float) -> Note:
        held, least = apart(value, limit, decimals)
        return Note(f"{held} {unit}，至少{least} {unit}", f"{held} {unit}, at least {least} {unit} needed")

    return measured.map(note)


def at_most(measured: pd.Series, limit: float, unit: str, decimals: int = 0) -> pd.Series:
    """Return the measured quantity of each row beside the most that is allowed, as notes, like :func:`at_least`.

    ``unit`` is written as it is given, with the space before it if it has one.
    """

    def note(value: float) -> Note:
        held, most = apart(value, limit, decimals)
        return Note(f"{held}{unit}，至多{most}{unit}", f"{held}{unit}, at most {most}{unit}")

    return measured.map(note)


def apart(value: float, limit: float, decimals: int) -> tuple[str, str]:
    """Return a quantity and its limit as texts with the same digits, enough of them to tell the two apart.

    >>> apart(6.196, 6.2, 1)
    ('6.196', '6.200')
    """
    texts = ((f"{value:,.{count}f}", f"{limit:,.{count}f}") for count in range(decimals, decimals + MOST_DECIMALS))
    return next((pair for pair in texts if pair[0] != pair[1]), (f"{value:,.{decimals}f}", f"{limit:,.{decimals}f}"))


def code_of(record: pd.Series, column: str) -> str | None:
    """Return a coded value of one record, ``None`` where it is blank."""
    value = record[column]
    return None if pd.isna(value) else str(value)


def value_of(assets: gpd.GeoDataFrame, rows: pd.DataFrame, column: str) -> pd.Series:
    """Return ``column`` of the asset of each row, with the index of ``rows``."""
    return pd.Series(assets[column].reindex(rows["asset_id"]).array, index=rows.index)
