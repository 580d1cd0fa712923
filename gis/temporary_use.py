"""Temporary use: does an option pay back within the years granted, and which of a parcel's uses do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._notes import NOTHING, Note

if TYPE_CHECKING:
    from numpy.typing import NDArray

BETWEEN = ","
"""Between the codes of a list of actions, as in ``missing``."""


def fits_horizon(table: pd.DataFrame) -> pd.DataFrame:
    """Return whether each option pays back within the years granted, and why.

    It does where its simple payback is known and no longer than the years; it does not where its account is known and
    holds no payback; nobody knows where the account lacks its size, its land rent or the years.

    Parameters
    ----------
    table
        Options with their account: ``horizon_years`` (years granted, null where unknown), ``npv_cny`` (null where the
        account is not known), ``payback_years`` (null where it never pays back within the years), ``account_note``,
        ``account_note_en``.

    Returns
    -------
    DataFrame
        ``fits_horizon`` (true, false, null), ``fits_reason``, ``fits_reason_en``, on the same rows.
    """
    granted, payback = (table[name].astype(float).to_numpy() for name in ("horizon_years", "payback_years"))
    known = table["npv_cny"].notna().to_numpy() & ~np.isnan(granted)
    fits = known & (payback <= granted)
    notes = [
        _reason(account, years, until)
        for account, years, until in zip(
            zip(table["account_note"], table["account_note_en"], strict=True),
            np.where(fits, payback, np.nan),
            np.where(known, granted, np.nan),
            strict=True,
        )
    ]
    told = pd.DataFrame(notes, index=table.index, columns=["fits_reason", "fits_reason_en"])
    answer = pd.Series(fits, index=table.index, dtype="boolean").mask(~known)
    return told.assign(fits_horizon=answer)[["fits_horizon", "fits_reason", "fits_reason_en"]]


def _reason(account: tuple[object, object], payback_years: float, granted_years: float) -> Note:
    said = NOTHING if pd.isna(account[0]) else Note(*(str(text) for text in account))
    behind = Note(f"（{said.zh}）", f" ({said.en})") if said.zh else NOTHING
    if np.isnan(granted_years):
        return Note(f"账目或年限不全，不能判断{behind.zh}", f"Account or term incomplete: nobody can say{behind.en}")
    if np.isnan(payback_years):
        return Note(
            f"可用{granted_years:.3g}年内不能回本{behind.zh}",
            f"It does not pay back within the {granted_years:.3g} years granted{behind.en}",
        )
    return Note(
        f"约{payback_years:.1f}年回本，可用{granted_years:.3g}年",
        f"It pays back in about {payback_years:.1f} years of the {granted_years:.3g} granted",
    )


def fitting_uses(table: pd.DataFrame) -> pd.Series:
    """Return, by asset id, the temporary uses that pay back within the years granted, the soonest first.

    Parameters
    ----------
    table
        Options with ``asset_id``, ``action``, ``is_temporary``, ``fits_horizon``, ``payback_years``.

    Returns
    -------
    Series
        ``fitting_uses``: codes of actions between commas; assets without one are not in it.
    """
    chosen = table[_true(table["is_temporary"]) & _true(table["fits_horizon"])]
    ordered = chosen.assign(years=chosen["payback_years"].astype(float)).sort_values(["asset_id", "years", "action"])
    listed = ordered.groupby(ordered["asset_id"].astype(object))["action"].agg(BETWEEN.join)
    return pd.Series(listed, dtype=object).rename("fitting_uses")


def _true(told: pd.Series) -> NDArray[np.bool_]:
    return np.asarray(told.astype("boolean").fillna(value=False), dtype=bool)
