"""Rows that say the same thing twice: same id, same name and place, or the same in every column."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING, Literal

import numpy as np
import pandas as pd
import shapely

from layers.values._text import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from layers.quality import QualityReport

    Judge = Callable[[pd.Series, pd.Series], "Verdict"]

Verdict = Literal["same", "doubtful", "different"]
_ALIKE = 0.5
_PLACE_DECIMALS = 5  # 1e-5 degrees: about a metre
_NOT_COMPARED = frozenset(
    (
        "asset_id",
        "name",
        "address",
        "subdistrict_code",
        "source",
        "source_id",
        "data_date",
        "position",
        "is_sample",
        "remark",
    )
)


def merge_duplicates(
    frame: pd.DataFrame, geometry: NDArray[np.object_], records: NDArray[np.int64], report: QualityReport
) -> NDArray[np.bool_]:
    """Fold rows that say the same thing into the first of them; return which rows stay.

    The first row keeps its values; what it lacks is taken from the others; where they contradict each other the
    finding shows both. Rows with one id but another name elsewhere, or one name but mostly other values, stay apart
    and are pointed out.

    Parameters
    ----------
    frame
        Fields, changed in place; index 0, 1, 2 …
    geometry
        WGS 84 geometries, changed in place.
    records
        Numbers of the records.
    report
        Where every merge is said.
    """
    into = np.arange(len(frame))
    for rows in _same_rows(frame, geometry):
        _fold(rows, into, frame, geometry, records, report, "各列相同", "the same in every column")
    for name in ("asset_id", "source_id"):
        for rows in _same_ids(frame, name, report):
            _fold(rows, into, frame, geometry, records, report, "编号相同", "the same id", judge=_by_id)
    for rows in _same_names(frame, geometry):
        _fold(rows, into, frame, geometry, records, report, "名称和位置相同", "the same name and place", judge=_by_name)
    stays: NDArray[np.bool_] = into == np.arange(len(frame))
    return stays


def _groups(keys: pd.Series) -> list[NDArray[np.int64]]:
    """Return the positions of rows that share a key, groups of two or more."""
    shared = keys[keys.notna() & keys.duplicated(keep=False)]
    return [
        np.sort(np.asarray(list(rows), dtype="int64")) for rows in shared.groupby(shared, sort=False).groups.values()
    ]


def _place_keys(geometry: NDArray[np.object_]) -> pd.Series:
    """Return a key of each geometry, ``None`` where there is none; points are equal within about a metre."""
    rounded = shapely.transform(geometry, lambda xy: np.round(xy, _PLACE_DECIMALS))
    keys = shapely.to_wkb(shapely.normalize(rounded), output_dimension=2)
    return pd.Series([None if key is None else bytes(key) for key in np.atleast_1d(keys)], dtype=object)


def _same_rows(frame: pd.DataFrame, geometry: NDArray[np.object_]) -> list[NDArray[np.int64]]:
    if frame.empty:
        return []
    columns = [name for name in frame.columns if name not in ("source", "position", "is_sample")]
    hashes = pd.util.hash_pandas_object(frame[columns].astype("string"), index=False).astype(str)
    said = frame[[name for name in columns if name != "data_date"]].notna().any(axis=1) | ~shapely.is_missing(geometry)
    keys = (hashes + _place_keys(geometry).map(repr).to_numpy()).where(said)
    return _groups(keys)


def _same_ids(frame: pd.DataFrame, name: str, report: QualityReport) -> list[NDArray[np.int64]]:
    if name not in frame:
        return []
    ids = frame[name]
    repeated = int((ids.notna() & ids.duplicated()).sum())
    if repeated > 0.5 * max(int(ids.notna().sum()), 1):
        report.note(
            "id_repeated", "编号大半重复，不按编号合并", "most ids are repeated; records are not merged by id",
            field=name, action="warning",
        )  # fmt: skip
        return []
    return _groups(ids.astype(object).where(ids.notna(), None))


def _same_names(frame: pd.DataFrame, geometry: NDArray[np.object_]) -> list[NDArray[np.int64]]:
    """Return rows of one name at one place: the same geometry, or the same address where one has no geometry."""
    blank = pd.Series(pd.NA, index=frame.index, dtype="string")
    there = ~shapely.is_missing(geometry)
    places = _place_keys(geometry)
    names = _normal(frame.get("name", blank).where(~there | places.duplicated(keep=False)))
    by_place = pd.Series(np.where(there & names.notna(), names.fillna("") + places.map(repr), None), dtype=object)
    addresses = blank if there.all() else _normal(frame.get("address", blank), is_address=True)
    named = _normal(frame.get("name", blank)) if not there.all() else names
    by_address = pd.Series(
        np.where(addresses.notna(), named.fillna("") + "@" + addresses.fillna(""), None), dtype=object
    )
    groups = _groups(by_place)
    for rows in _groups(by_address):
        located = rows[there[rows]]
        if len(located) <= 1:
            groups.append(rows)
    return groups


def _normal(texts: pd.Series, *, is_address: bool = False) -> pd.Series:
    """Return names in one spelling; addresses also without what stands in brackets, ``~`` as ``-``."""

    def normal(text: str) -> str | None:
        bare = re.sub(r"\s", "", plain(text)).lower()
        if is_address:
            bare = re.sub(r"\([^()]*\)", "", bare).replace("~", "-").replace("至", "-")
        return bare or None

    return texts.astype(object).map(normal, na_action="ignore").astype(object).where(texts.notna().to_numpy(), None)


def _by_id(first: pd.Series, second: pd.Series) -> Verdict:
    """Judge two rows of one id: one thing, unless their names are quite unlike."""
    one, other = first.get("name"), second.get("name")
    if pd.isna(one) or pd.isna(other):
        return "same"
    return "same" if SequenceMatcher(None, plain(str(one)), plain(str(other))).ratio() >= _ALIKE else "doubtful"


def _by_name(first: pd.Series, second: pd.Series) -> Verdict:
    """Judge two rows of one name and place: one thing if they agree in as many values as they differ in.

    Rows without a name must agree in all values. Rows to which the source gave different ids are never one.
    """
    same, different = 0, 0
    for name in first.index:
        if name in _NOT_COMPARED or pd.isna(first[name]) or pd.isna(second[name]):
            continue
        same, different = same + bool(first[name] == second[name]), different + bool(first[name] != second[name])
    is_named = not pd.isna(first.get("name"))
    is_told_apart = any(
        name in first and not pd.isna(first[name]) and not pd.isna(second[name]) and first[name] != second[name]
        for name in ("asset_id", "source_id")
    )
    if not is_named:
        return "same" if same > 0 and different == 0 and not is_told_apart else "different"
    if is_told_apart:
        return "doubtful" if different == 0 else "different"
    return "same" if same >= different else "doubtful"


def _fold(
    rows: NDArray[np.int64], into: NDArray[np.int64], frame: pd.DataFrame, geometry: NDArray[np.object_],
    records: NDArray[np.int64], report: QualityReport, zh: str, en: str, *, judge: Judge | None = None,
) -> None:  # fmt: skip
    first = int(rows[0])
    while into[first] != first:
        first = int(into[first])
    for row in (int(row) for row in rows[1:]):
        if into[row] != row or row == first:
            continue
        verdict = "same" if judge is None else judge(frame.iloc[first], frame.iloc[row])
        if verdict == "doubtful":
            report.note(
                "maybe_duplicate",
                f"与第 {records[first]} 条{zh}，但内容或编号不同，两条都保留，请核对",
                f"shares with record {records[first]} {en}, but differs; both are kept, please check",
                record=int(records[row]), action="warning",
            )  # fmt: skip
        if verdict != "same":
            continue
        differing = _take_over(first, row, frame)
        if geometry[first] is None and geometry[row] is not None:
            geometry[first] = geometry[row]
        into[row] = first
        tail_zh = f"；取前者：{differing}" if differing else ""
        tail_en = f"; the first is kept where they differ: {differing}" if differing else ""
        report.merge(int(records[row]), int(records[first]), zh + tail_zh, en + tail_en)


def _take_over(first: int, row: int, frame: pd.DataFrame) -> str:
    """Fill what the first row lacks from the other; return where they differ."""
    differing: list[str] = []
    for place, name in enumerate(frame.columns):
        one, other = frame.iloc[first, place], frame.iloc[row, place]
        if pd.isna(other):
            continue
        if pd.isna(one):
            frame.iloc[first, place] = other
        elif name == "remark" and str(other) not in str(one):
            frame.iloc[first, place] = f"{one}；{other}"
        elif one != other and name not in ("remark", "asset_id", "source", "position"):
            differing.append(f"{name} {one} / {other}")
    return ", ".join(differing)
