"""Static-parking conflict: how many reports about parked cars stand against each stall that is missing at night."""

from __future__ import annotations

import numpy as np
import pandas as pd

from gis._notes import Note, missing_codes

LEAST_STALLS = 1.0
"""A gap of less than one stall is no stall to share reports over: it counts as one, so that no ratio explodes."""
WORDS = {
    "no_gap": Note(
        "有{}件停车诉求而无夜间泊位缺口：症结在管理、占道或白天停车，不在泊位数",
        "{} parking reports and no stalls missing at night: it is about order, the kerb or the day, not about stalls",
    ),
    "maybe_no_gap": Note(
        "有{}件停车诉求，按现有数据夜间无缺口，高值有：先核实车辆与泊位数",
        "{} parking reports and no stalls missing at night, but at the high end: check vehicles and stalls first",
    ),
    "no_numbers": Note(
        "有{}件停车诉求，夜间缺口不明，先摸查车辆数", "{} parking reports, gap unknown: count the vehicles first"
    ),
}
"""What is said of reports that no gap can be set against; the number of reports stands in the braces."""


def need(found: pd.DataFrame) -> pd.DataFrame:
    """Return the static-parking conflict of each community, and the order in which disputes concentrate.

    ``parking_conflict = parking reports of 12 months / max(night gap, 1 stall)``, in reports a missing stall and year.
    Its low end takes the high end of the gap, its high end the low one. Null where there is no gap or it is unknown;
    where reports stand all the same, ``parking_conflict_note`` says so. Reports are those within ``report.radius``: one
    report may speak of two communities, so they are not to be added up.

    ``parking_conflict_order`` (1 is first) puts communities with reports and a gap by their reports a stall, then those
    with reports and no gap, then those with reports and an unknown gap, each of both by reports; ties by reports, then
    by id. Null without reports.

    Parameters
    ----------
    found
        By community id: ``night_gap_stalls`` with ``_low`` and ``_high``, and ``parking_report_count``.

    Returns
    -------
    DataFrame
        ``parking_conflict`` with its band, ``parking_conflict_note``, ``parking_conflict_note_en``,
        ``parking_conflict_order``, ``missing`` (empty: what is lacking is named by its parts).
    """
    reports = found["parking_report_count"].astype("Float64").astype("float64")
    gap = {end: found[f"night_gap_stalls{end}"].astype("Float64").astype("float64") for end in ("", "_low", "_high")}
    has_gap = gap[""] > 0
    over = {"": gap[""], "_low": gap["_high"], "_high": gap["_low"]}
    ratio = {
        f"parking_conflict{end}": (reports / stalls.clip(lower=LEAST_STALLS)).where(has_gap)
        for end, stalls in over.items()
    }
    table = pd.DataFrame(ratio, index=found.index)
    asks = (reports > 0).to_numpy(dtype=bool)
    none = asks & (gap[""] == 0)
    cases = [none & (gap["_high"] == 0), none, asks & gap[""].isna()]
    kinds = np.select(cases, ["no_gap", "maybe_no_gap", "no_numbers"], "")
    said = [_said(kind, count) for kind, count in zip(kinds, reports, strict=True)]
    table["parking_conflict_note"] = pd.Series([note.zh for note in said], index=found.index, dtype="string")
    table["parking_conflict_note_en"] = pd.Series([note.en for note in said], index=found.index, dtype="string")
    table["parking_conflict_order"] = _order(table["parking_conflict"], reports, kinds)
    table["missing"] = missing_codes({}, found.index)
    table.attrs["notes"] = ()
    return table


def _said(kind: str, reports: float) -> Note:
    return Note(*(text.format(f"{reports:.0f}") for text in WORDS[kind])) if kind else Note("", "")


def _order(conflict: pd.Series, reports: pd.Series, kinds: np.ndarray) -> pd.Series:
    """Return the place of each community among those with reports, 1 for the first."""
    group = np.select([np.isin(kinds, ["no_gap", "maybe_no_gap"]), kinds == "no_numbers"], [1, 2], 0)
    keys = pd.DataFrame(
        {"group": group, "conflict": -conflict.fillna(0.0), "reports": -reports, "id": conflict.index.astype(str)},
        index=conflict.index,
    )
    asked = keys[reports > 0].sort_values(["group", "conflict", "reports", "id"])
    place = pd.Series(np.arange(1, len(asked) + 1), index=asked.index)
    return place.reindex(conflict.index).astype("Int64")
