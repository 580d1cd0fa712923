"""What each record of a file says of its own place and of where its coordinates came from."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.datums import RecordTexts
from layers.datums.numbers import patterns
from layers.datums.words import datum_in
from layers.matching.exported import EXACT
from layers.values import as_text

if TYPE_CHECKING:
    from collections.abc import Collection

    from numpy.typing import NDArray

    from layers.reading._columns_match import Matches
    from layers.reading._raw import Raw

    Objects = NDArray[np.object_]

_AREA_TITLE = re.compile(
    r"镇街|街道|乡镇|区县|行政区|所属区|所在区|社区|片区|小区|区划|网格|district|town|zone|taz|community", re.IGNORECASE
)
_ADDRESS_TITLE = re.compile(r"地址|住址|位置|地点|坐落|四至|address|location", re.IGNORECASE)
_SOURCE_TITLE = re.compile(r"坐标|来源|采集方式|数据源|经纬度类型|datum|crs|srid|source", re.IGNORECASE)
_OF_FORMER_FILES = frozenset(("source", "sources", EXACT))
_AREA_FIELDS = ("subdistrict_code", "district_code", "community_name")
_MOST_SOURCES = 50
"""ASSUMPTION: a column of sources names a few; one with more different cells holds something else."""


def record_texts(raw: Raw, matches: Matches, place_columns: Collection[int], *, with_places: bool) -> RecordTexts:
    """Return what the records say of their places; columns of coordinates say nothing.

    Parameters
    ----------
    raw, matches
        The file and its columns.
    place_columns
        Numbers of the columns of coordinates.
    with_places
        Whether names and addresses are wanted; without an accepted layer they say nothing.
    """
    titles = {number: title.text for number, title in enumerate(raw.titles) if number not in place_columns}
    if not with_places:
        return RecordTexts(datums=_datums(raw, titles))
    fields = matches.fields
    addresses = _chosen(titles, _ADDRESS_TITLE) | ({fields["address"]} if "address" in fields else set())
    labels = _chosen(titles, _AREA_TITLE) | {fields[name] for name in _AREA_FIELDS if name in fields}
    name = fields.get("name")
    texts = [_cells(raw, number) for number in sorted(addresses | labels)]
    joined = None
    if texts:
        joined = pd.Series(texts[0], dtype=object).fillna("").astype(str)
        for text in texts[1:]:
            joined = joined + " " + pd.Series(text, dtype=object).fillna("").astype(str)
    return RecordTexts(
        names=None if name is None else _cells(raw, name),
        addresses=None if joined is None else joined.to_numpy(dtype=object),
        labels=tuple(_cells(raw, number) for number in sorted(labels)),
        datums=_datums(raw, titles),
    )


def _chosen(titles: dict[int, str], words: re.Pattern[str]) -> set[int]:
    return {number for number, title in titles.items() if words.search(title)}


def _cells(raw: Raw, number: int) -> Objects:
    return np.asarray(as_text(raw.cells[number]).to_numpy(dtype=object))


def _source_columns(raw: Raw, titles: dict[int, str]) -> list[tuple[NDArray[np.int64], list[str]]]:
    """Return the columns that say where coordinates came from: the code of each record, and the texts of the codes."""
    found = []
    for number in sorted(_chosen(titles, _SOURCE_TITLE)):
        codes, texts = pd.factorize(_cells(raw, number))
        if 0 < len(texts) <= _MOST_SOURCES:
            found.append((np.asarray(codes, dtype=np.int64), [str(text) for text in texts]))
    return found


def _datums(raw: Raw, titles: dict[int, str]) -> Objects | None:
    """Return the datum that a cell of each record names, from the first column that names any.

    What an export tells of the files that its records came from says nothing of its own coordinates.
    """
    if raw.is_own:
        titles = {number: title for number, title in titles.items() if title not in _OF_FORMER_FILES}
    for codes, texts in _source_columns(raw, titles):
        named = np.array([*(datum_in(text) for text in texts), ""], dtype=object)  # the code of a blank cell is -1
        if any(named):
            return named[codes]
    return None


def record_groups(
    raw: Raw, place_columns: Collection[int], x: NDArray[np.float64], y: NDArray[np.float64]
) -> NDArray[np.int64]:
    """Return a number for each record that differs where its source or its pattern of decimals does.

    Parameters
    ----------
    raw
        The file.
    place_columns
        Numbers of the columns of coordinates.
    x, y
        Coordinates as written.
    """
    titles = {number: title.text for number, title in enumerate(raw.titles) if number not in place_columns}
    groups = patterns(x, y)
    for codes, _ in _source_columns(raw, titles):
        groups = groups * (_MOST_SOURCES + 1) + codes + 1
    return np.asarray(np.unique(groups, return_inverse=True)[1], dtype=np.int64)
