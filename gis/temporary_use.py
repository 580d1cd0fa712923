"""Temporary use: does an option pay back within the years granted, and which of a parcel's uses do."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._account_notes import lacking
from gis._notes import NOTHING, Note, noted
from gis._pledges import owners

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

NONE = Note("无：", "None: ")
UNOFFERED = Note("未提供用途，见排除项", "No use is offered: see the exclusions")
UNLIMITED = Note(
    "不限于临时使用，见各机会的回本判断", "Not for temporary use only: see whether each opportunity pays back"
)
NO_YEARS = Note("年限未定", "Years granted unknown")
UNCOUNTED = {
    "treasury": Note(
        "收入归财政，不计还本，须有准许以该收入还本的文件（名称、文号）",
        "The treasury's income, not counted until a document, with its name and number, lets it repay",
    ),
    "trust": Note(
        "收入归代管专户，不计还本，须有准许以该收入还本的文件（名称、文号）",
        "Income of a trust account, not counted until a document, with its name and number, lets it repay",
    ),
    "unknown": Note(
        "收入归属不明，不计还本，须有写明收入归谁的文件",
        "Nobody knows whose income it is: not counted until a document says whose",
    ),
}
"""Whose income repays nothing -> why, and what document would let it count."""
NO_SHARE = Note(
    "可还本收入占比为0，不计还本，须有准许以该收入还本的文件（名称、文号）",
    "The share of its income that may repay is 0: not counted until a document lets it repay",
)
EVEN = {
    "counted": Note("即使全部收入可还本也", ", even if all of its income might repay"),
    "rentless": Note(
        "即使全部收入可还本、不计地租也", ", even if all of its income might repay and its land were free"
    ),
}
"""What an account counts that does not pay back at its best, where no income is counted or its rent is unknown too."""
BETWEEN = ","
"""Between the codes of a list of actions, as in ``missing``."""


def fits_horizon(table: pd.DataFrame) -> pd.DataFrame:
    """Return whether each option pays back within the years granted, and why.

    It does where its simple payback is known and no longer than the years; it does not where its account is known and
    holds no payback; nobody knows where the account lacks its size, its land rent or the years, or counts no income
    (the treasury's, or nobody's known: what it earns may repay once a document says so), and the reason says which.
    What counts no income and would not pay back if all of it counted, at no rent where that is unknown, does not: no
    document would help.

    Parameters
    ----------
    table
        Options with their account: ``horizon_years`` (years granted, null where unknown), ``npv_cny`` (null where the
        account is not known), ``payback_years`` (null where it never pays back within the years),
        ``payback_counted_years`` (:class:`gis.finance.Accounts`), and what :func:`gis._account_notes.lacking` and
        :func:`uncounted` read.

    Returns
    -------
    DataFrame
        ``fits_horizon`` (true, false, null), ``fits_reason``, ``fits_reason_en``, on the same rows.
    """
    names = ("horizon_years", "payback_years", "payback_counted_years")
    granted, payback, counted = (table[name].astype(float).to_numpy() for name in names)
    is_priced, is_open = table["npv_cny"].notna().to_numpy(), _repaid_by_nothing(table)
    is_whole, is_hopeless = is_priced & ~np.isnan(granted), is_open & (counted > granted)
    known = is_hopeless | (is_whole & ~is_open)
    fits = known & (payback <= granted)
    even = np.where(is_hopeless, np.where(is_priced, "counted", "rentless"), "")
    lacks = [EVEN.get(at_best, lack) for at_best, lack in zip(even, _lacks(table, is_open), strict=True)]
    told = zip(lacks, np.where(fits, payback, np.nan), np.where(known, granted, np.nan), is_whole, strict=True)
    notes = [_reason(lack, years, most, is_whole=bool(whole)) for lack, years, most, whole in told]
    reasons = pd.DataFrame(notes, index=table.index, columns=["fits_reason", "fits_reason_en"])
    answer = pd.Series(fits, index=table.index, dtype="boolean").mask(~known)
    return reasons.assign(fits_horizon=answer)[["fits_horizon", "fits_reason", "fits_reason_en"]]


def _lacks(table: pd.DataFrame, is_open: NDArray[np.bool_]) -> list[Note]:
    """Return what each account lacks to be judged, ``is_open`` for want of a document; empty where nothing does."""
    unpriced = table["npv_cny"].isna().to_numpy()
    lacks = [(unpriced & np.asarray(where, dtype=bool), what) for where, what in lacking(table, table)]
    uncounts = [(is_open & where, what) for where, what in uncounted(table)]
    blank = pd.DataFrame("", index=table.index, columns=["lack", "lack_en"])
    told = noted(blank, "lack", [*lacks, *uncounts, (table["horizon_years"].isna(), NO_YEARS)])
    return [Note(*row) for row in told.itertuples(index=False)]


def uncounted(table: pd.DataFrame) -> list[tuple[NDArray[np.bool_], Note]]:
    """Return which accounts have an income, known or not, of which none is counted, why, and what would let it count.

    Parameters
    ----------
    table
        ``income_owner``, ``capex_cny``, ``revenue_cny_year``, ``pledgeable_share`` of each option.
    """
    revenue, whose = table["revenue_cny_year"].astype(float), owners(table)
    earns = (revenue > 0) | revenue.isna()
    here = (table["capex_cny"].notna() & earns & (table["pledgeable_share"] == 0)).to_numpy(dtype=bool)
    others = (here & ~np.isin(whose, list(UNCOUNTED)), NO_SHARE)
    return [*((here & (whose == owner), words) for owner, words in UNCOUNTED.items()), others]


def _repaid_by_nothing(table: pd.DataFrame) -> NDArray[np.bool_]:
    """Return where no income is counted, so that nobody can say; nothing comes back within no years, whoever earns."""
    counts_none = np.any([where for where, _ in uncounted(table)], axis=0)
    over = table["horizon_years"].astype(float).to_numpy() <= 0
    return np.asarray(counts_none & ~over & table["payback_years"].isna().to_numpy(), dtype=bool)


def _reason(lack: Note, payback_years: float, granted_years: float, *, is_whole: bool) -> Note:
    """Return the reason in words; ``lack``: what lacks to judge, or what was counted of what does not pay back."""
    if np.isnan(granted_years):
        behind = Note(f"（{lack.zh}）", f" ({lack.en})") if lack.zh else NOTHING
        if is_whole:
            return Note(f"不能判断能否回本{behind.zh}", f"Nobody can say whether it pays back{behind.en}")
        return Note(f"账目或年限不全，不能判断{behind.zh}", f"Account or term incomplete: nobody can say{behind.en}")
    if np.isnan(payback_years):
        return Note(
            f"可用{granted_years:.3g}年内{lack.zh}不能回本",
            f"It does not pay back within the {granted_years:.3g} years granted{lack.en}",
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


def fitting_notes(table: pd.DataFrame, assets: Iterable[object]) -> pd.DataFrame:
    """Return how the temporary uses of each asset come out, in words: how many pay back, do not, or cannot be told.

    Parameters
    ----------
    table
        Options as :func:`fitting_uses` takes them, with what :func:`fits_horizon` reads of what lacks.
    assets
        Asset ids, once or more often; one without an option reads that nothing is offered.

    Returns
    -------
    DataFrame
        ``fitting_note`` and ``fitting_note_en``, indexed by asset id, each once.
    """
    temporary = table[_true(table["is_temporary"])]
    groups = dict(list(temporary.groupby(temporary["asset_id"].astype(object))))
    offered, ids = set(table["asset_id"].astype(object)), list(dict.fromkeys(assets))
    notes = [_tally(groups[name]) if name in groups else UNLIMITED if name in offered else UNOFFERED for name in ids]
    return pd.DataFrame(notes, index=pd.Index(ids, dtype=object), columns=["fitting_note", "fitting_note_en"])


def _tally(uses: pd.DataFrame) -> Note:
    """Return how many of an asset's temporary uses pay back in time, do not, or cannot be told and why."""
    fits, unknown = _true(uses["fits_horizon"]), uses["fits_horizon"].isna().to_numpy()
    open_uses = uses[unknown]
    not_counted = uncounted(open_uses)
    causes = [*lacking(open_uses, open_uses), *not_counted, (open_uses["horizon_years"].isna(), NO_YEARS)]
    lacks = [note for where, note in causes if np.any(where)]
    why = Note(f"（{'；'.join(note.zh for note in lacks)}）", f" ({'; '.join(note.en for note in lacks)})")
    counts = (fits.sum(), (~fits & ~unknown).sum(), unknown.sum())
    words = (
        Note("{}项可在可用年限内回本", "{} would pay back within the years granted"),
        Note("{}项在可用年限内不能回本", "{} would not pay back within the years granted"),
        Note(f"{{}}项不能判断{why.zh if lacks else ''}", f"{{}} cannot be judged{why.en if lacks else ''}"),
    )
    told = [
        Note(said.zh.format(count), said.en.format(count)) for said, count in zip(words, counts, strict=True) if count
    ]
    none = NONE if counts[1] == len(uses) else NOTHING
    return Note(f"{none.zh}{'；'.join(note.zh for note in told)}", f"{none.en}{'; '.join(note.en for note in told)}")


def _true(told: pd.Series) -> NDArray[np.bool_]:
    return np.asarray(told.astype("boolean").fillna(value=False), dtype=bool)
