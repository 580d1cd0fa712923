"""Years and dates that cannot be: in the future, before anything stood, ends before beginnings."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from layers.check._subject import Subject

_SPANS = (
    ("reported_at", "closed_at"),
    ("agreed_start_date", "stopped_since"),
    ("agreed_start_date", "certificate_date"),
)
"""Pairs of columns of which the second cannot come before the first: a report is closed after it was received; works
stop, and land is certified idle, only after the day on which works were to begin (闲置土地处置办法 article 2)."""
_PAST = ("reported_at", "closed_at", "surveyed_at", "vacant_since", "stopped_since", "certificate_date", "data_date")
"""Columns of things that have happened."""
FIRST_YEAR = 1840
"""The year from which the schema admits communities; an older building that is no heritage is a slip."""
_HERITAGE = frozenset(("heritage", "heritage_zone"))


def check_dates(subject: Subject) -> None:
    """Warn of years and dates that contradict each other, the date of the data or the day of the check."""
    if "built_year" in subject.kind and subject.has("built_year"):
        _years(subject)
    for begin, end in _SPANS:
        if begin in subject.kind and end in subject.kind and subject.has(begin, end):
            _span(subject, begin, end)
    for name in _PAST if subject.as_of else ():
        if name in subject.kind and subject.has(name):
            _future(subject, name)


def _years(subject: Subject) -> None:
    years = subject.numbers("built_year")
    latest = pd.Series(np.nan, index=years.index)
    if subject.has("data_date"):
        latest = subject.frame["data_date"].dt.year.astype("float64")
    if subject.as_of is not None:
        latest = latest.fillna(subject.as_of.year)
    ahead = (years > latest).to_numpy(dtype=bool)
    subject.warn(
        "built_in_future", "建成年份晚于数据日期，请核对", "built after the date of the data: check the year",
        ahead, field="built_year", values=[f"{year:.0f}" for year in years[ahead]],
    )  # fmt: skip
    early = (years < FIRST_YEAR).to_numpy(dtype=bool)
    if subject.kind.name not in _HERITAGE:
        subject.warn(
            "built_too_early", f"建成年份早于 {FIRST_YEAR} 年，请核对", f"built before {FIRST_YEAR}: check the year",
            early, field="built_year", values=[f"{year:.0f}" for year in years[early]],
        )  # fmt: skip


def _span(subject: Subject, begin: str, end: str) -> None:
    first, last = subject.frame[begin], subject.frame[end]
    rows = np.flatnonzero((last < first).fillna(value=False))
    zh, zh_end = subject.kind[begin].zh, subject.kind[end].zh
    shown = [_both(last.iloc[at], first.iloc[at]) for at in rows]
    subject.warn(
        "ends_before_begin", f"“{zh_end}”早于“{zh}”，请核对", f"{end} comes before {begin}: check both",
        rows, field=end, values=shown,
    )  # fmt: skip


def _future(subject: Subject, name: str) -> None:
    days = subject.frame[name]
    rows = np.flatnonzero(days >= pd.Timestamp(subject.as_of) + pd.Timedelta(days=1))
    zh = subject.kind[name].zh
    subject.warn(
        "date_in_future", f"“{zh}”在未来，请核对", f"{name} lies in the future: check it",
        rows, field=name, values=[f"{day:%Y-%m-%d}" for day in days.iloc[rows]],
    )  # fmt: skip


def _both(last: pd.Timestamp, first: pd.Timestamp) -> str:
    """Return two moments, by their days where these tell them apart: fewer different values make a shorter report."""
    form = "%Y-%m-%d" if last.date() != first.date() else "%Y-%m-%d %H:%M"
    return f"{last:{form}} < {first:{form}}"
