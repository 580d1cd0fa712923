"""What a join did to the records of a file, for its report."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.findings import Finding, FindingLog, Text
from layers.matching.exported import source_title

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers import schema


def merges(
    of: schema.Kind,
    everything: pd.DataFrame,
    number: NDArray[np.int64],
    differences: pd.DataFrame,
    records: NDArray[np.int64],
) -> tuple[Finding, ...]:
    """Return one finding for each record of the file that became one with others: with which, and where they differ.

    Parameters
    ----------
    of
        Their kind.
    everything
        All records, those of the file last.
    number
        Number of the thing that each belongs to.
    differences
        Values that sources say differently (:func:`layers.matching.sources.merged`).
    records
        Numbers of the records in the file.
    """
    names, sources = (everything[column].to_numpy(dtype=object, na_value="") for column in ("name", "source"))
    n_rest = len(everything) - len(records)
    at = n_rest + np.flatnonzero(np.bincount(number)[number[n_rest:]] > 1)
    known = pd.DataFrame({"group": number, "source": sources})[np.isin(number, number[at])]
    among = known.drop_duplicates().sort_values(["group", "source"]).groupby("group")["source"].agg("、".join)
    tails = _differing(of, differences)
    told = pd.DataFrame(
        {"record": records[at - n_rest], "name": names[at], "among": among.reindex(number[at]).to_numpy()}
    )
    for column in ("zh", "en"):
        told[column] = tails[column].reindex(number[at]).fillna("").to_numpy(dtype=object)
    log = FindingLog()
    for (those, zh, en), rows in told.groupby(["among", "zh", "en"], sort=False):
        said = (
            f"与其他记录为同一处，合为一条（{those}）{zh}",
            f"the same place as another record, now one of {those}{en}",
        )
        log.note_each("same_place", *said, rows["record"].to_numpy(), values=rows["name"].tolist(), action="merged")
    return tuple(log)


def _differing(of: schema.Kind, differences: pd.DataFrame) -> pd.DataFrame:
    """Return for each group where its sources differ, in Chinese and in English."""
    rows = list(differences.itertuples(index=False))
    names = [(source_title(row.source), source_title(row.other_source)) for row in rows]
    values = [
        Text(f"{row.kept}（{one.zh}）/ {row.other}（{other.zh}）", f"{row.kept} ({one.en}) / {row.other} ({other.en})")
        for row, (one, other) in zip(rows, names, strict=True)
    ]
    told = pd.DataFrame(
        {
            "zh": [f"{of[row.field].zh} {value.zh}" for row, value in zip(rows, values, strict=True)],
            "en": [f"{row.field} {value.en}" for row, value in zip(rows, values, strict=True)],
        },
        dtype="string",
    ).groupby(differences["group"].to_numpy())
    zh, en = told["zh"].agg("，".join).astype("string"), told["en"].agg(", ".join).astype("string")
    return pd.DataFrame({"zh": "；所报不同，取前者：" + zh, "en": "; where they differ the first is kept: " + en})


def summary(doubt_count: int, gone_count: int) -> tuple[Finding, ...]:
    """Return what concerns the whole file: pairs that wait for a person, and things that left the layer."""
    log = FindingLog()
    if doubt_count:
        log.note(
            "maybe_same_place",
            f"{doubt_count} 对记录可能是同一处，未合并，请逐对确认",
            f"{doubt_count} pairs of records may be one place; they were left apart, please answer for each",
            action="warning",
        )
    if gone_count:
        log.note(
            "gone",
            f"该来源原有 {gone_count} 处本次未报，其他来源也没有，已不在图层中",
            f"{gone_count} places of this source are not in the file nor known to another source; they left the layer",
        )
    return tuple(log)
