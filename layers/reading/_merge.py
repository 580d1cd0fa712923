"""Which rows say the same thing twice: the same in every column, the same id, the same name and place."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.findings import positions_by_code
from layers.reading._fold import ORIGINAL_PLACE, SAID_BESIDE, Folding
from layers.values._text import plain

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from layers.quality import QualityReport
    from layers.reading._fields import FieldReader
    from layers.reading._fold import Row, Verdict

__all__ = ["ORIGINAL_PLACE", "merge_duplicates"]

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
    frame: pd.DataFrame, geometry: NDArray[np.object_], records: NDArray[np.int64], reader: FieldReader
) -> NDArray[np.int64]:
    """Fold rows that say the same thing into the first of them; return of which row each became part.

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
    reader
        Knows the columns and their units; its report is where every merge is said.
    """
    folding = Folding(frame, geometry, records, reader)
    folding.fold_same(_same_rows(frame, geometry), "各列相同", "the same in every column")
    for name in ("asset_id", "source_id"):
        folding.fold_all(_same_ids(frame, name, reader.report), "编号相同", "the same id", judge=_by_id)
    folding.fold_all(_same_names(frame, geometry), "名称和位置相同", "the same name and place", judge=_by_name)
    return folding.roots()


def _shared(rows: NDArray[np.int64], columns: Iterable[pd.Series]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return those of ``rows`` that agree with another one in all columns, and the number of the group of each.

    Columns are compared one after the other, each only where the ones before agree, so that the first that tells
    nearly all rows apart ends the work. Missing values agree with each other.
    """
    group = np.zeros(len(rows), dtype=np.int64)
    for number, column in enumerate(columns):
        if not len(rows):
            break
        codes, uniques = pd.factorize(column.iloc[rows], use_na_sentinel=True)
        group = codes + 1 if number == 0 else pd.factorize(group * (len(uniques) + 1) + codes + 1)[0]
        again = np.bincount(group)[group] > 1
        rows, group = rows[again], group[again]
    return rows, pd.factorize(group)[0]


def _groups(rows: NDArray[np.int64], group: NDArray[np.int64]) -> list[NDArray[np.int64]]:
    """Return the rows of each group, ascending."""
    return [rows[positions] for positions in positions_by_code(group, int(group.max()) + 1 if len(group) else 0)]


def _place_codes(geometry: NDArray[np.object_]) -> pd.Series:
    """Return a number for each place, missing where there is none; places are equal within about a metre.

    Only shapes that share their box are compared vertex by vertex.
    """
    boxes = np.round(shapely.bounds(geometry) * 10**_PLACE_DECIMALS)
    there = np.flatnonzero(np.isfinite(boxes[:, 0]))
    is_point = (shapely.get_type_id(geometry[there]) == 0).all()
    sides = [pd.Series(boxes[:, side]) for side in range(2 if is_point else 4)]
    rows, group = _shared(there, sides)
    if not is_point:
        rounded = shapely.transform(geometry[rows], lambda xy: np.round(xy, _PLACE_DECIMALS))
        written = pd.Series(shapely.to_wkb(shapely.normalize(rounded), output_dimension=2), dtype=object)
        group = pd.factorize(written)[0]
    codes = np.full(len(geometry), np.nan)
    codes[there] = len(geometry) + there
    codes[rows] = group
    return pd.Series(codes)


def _same_rows(frame: pd.DataFrame, geometry: NDArray[np.object_]) -> list[NDArray[np.int64]]:
    names = [name for name in frame.columns if name not in SAID_BESIDE]
    said = frame[[name for name in names if name != "data_date"]].notna().any(axis=1).to_numpy()
    rows = np.flatnonzero(said | ~shapely.is_missing(geometry))
    telling = sorted(names, key=lambda name: name not in ("asset_id", "source_id", "name"))
    return _groups(*_shared(rows, [_place_codes(geometry), *(frame[name] for name in telling)]))


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
    return _groups(*_shared(np.flatnonzero(ids.notna()), [ids])) if repeated else []


def _same_names(frame: pd.DataFrame, geometry: NDArray[np.object_]) -> list[NDArray[np.int64]]:
    """Return rows of one name at one place: the same geometry, or the same address where one has no geometry."""
    blank = pd.Series(pd.NA, index=frame.index, dtype="string")
    there = ~shapely.is_missing(geometry)
    names, places = frame.get("name", blank), _place_codes(geometry)
    rows, _ = _shared(np.flatnonzero(there & names.notna()), [places])
    groups = _groups(*_shared(rows, [places, _normal(names, rows)]))
    addresses = frame.get("address", blank)
    if there.all() or addresses.isna().all():
        return groups
    rows = np.flatnonzero(addresses.notna())
    spelled = _normal(addresses, rows, is_address=True)
    rows, _ = _shared(rows[spelled.iloc[rows].notna()], [spelled])
    by_address = _groups(*_shared(rows, [spelled, _normal(names, rows)]))
    return [*groups, *(rows for rows in by_address if there[rows].sum() <= 1)]


def _normal(texts: pd.Series, rows: NDArray[np.int64], *, is_address: bool = False) -> pd.Series:
    """Return the texts of ``rows`` in one spelling; addresses also without what stands in brackets, ``~`` as ``-``."""

    def normal(text: str) -> str | None:
        bare = re.sub(r"\s", "", plain(text)).lower()
        if is_address:
            bare = re.sub(r"\([^()]*\)", "", bare).replace("~", "-").replace("至", "-")
        return bare or None

    codes, uniques = pd.factorize(texts.iloc[rows].astype(object), use_na_sentinel=True)
    spelled = np.array([*(normal(str(text)) for text in uniques), None], dtype=object)  # a missing text has code -1
    whole = np.full(len(texts), None, dtype=object)
    whole[rows] = spelled[codes]
    return pd.Series(whole, dtype=object)


def _by_id(first: Row, second: Row) -> Verdict:
    """Judge two rows of one id: one thing, unless their names are quite unlike."""
    one, other = first.get("name"), second.get("name")
    if one is None or other is None or one == other:
        return "same"
    return "same" if SequenceMatcher(None, plain(str(one)), plain(str(other))).ratio() >= _ALIKE else "doubtful"


def _by_name(first: Row, second: Row) -> Verdict:
    """Judge two rows of one name and place: one thing if they agree in as many values as they differ in.

    Rows without a name must agree in all values. Rows to which the source gave different ids are never one.
    """
    both = [name for name, value in first.items() if value is not None and second[name] is not None]
    agree = [first[name] == second[name] for name in both if name not in _NOT_COMPARED]
    same, different = sum(agree), len(agree) - sum(agree)
    is_told_apart = any(name in both and first[name] != second[name] for name in ("asset_id", "source_id"))
    if first.get("name") is None:
        return "same" if same > 0 and different == 0 and not is_told_apart else "different"
    if is_told_apart:
        return "doubtful" if different == 0 else "different"
    return "same" if same >= different else "doubtful"
