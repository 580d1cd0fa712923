"""Rows right below a header that are no records: they number the columns (栏次 1 2 3) or name units (个, ㎡, 度)."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pandas as pd

from layers.findings import Text
from layers.values._text import plain
from layers.values._units import is_unit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.reading._titles import Title

_LEAST_NUMBERS = 3
"""ASSUMPTION: a record may say 1 and 2 side by side by chance; 1, 2, 3 across all its columns no record says."""
_LEAST_UNITS = 2
_BEFORE_NUMBERS = re.compile(r"栏次|栏号|列次|列号|序号|行次|[甲乙丙丁戊]")
_NO_WORD = frozenset(("", "-", "—", "--", "/"))
_NUMBERED, _UNITS = Text("列号", "numbers of columns"), Text("单位", "units")


def rows_aside(cells: pd.DataFrame, titles: Sequence[Title]) -> tuple[list[Title], list[Text]]:
    """Return the titles with the units that stand below them, and what each row below the header is that is no record.

    Parameters
    ----------
    cells
        What stands below the header, one column a title.
    titles
        Titles from left to right.
    """
    told: list[Text] = []
    known = list(titles)
    for row in cells.head(2).itertuples(index=False):
        words = ["" if pd.isna(cell) else plain(str(cell)).strip() for cell in row]
        if _numbers_columns(words):
            told.append(_NUMBERED)
        elif _names_units(words):
            told.append(_UNITS)
            known = [_with_unit(title, word) for title, word in zip(known, words, strict=True)]
        else:
            break
    return known, told


def _numbers_columns(words: Sequence[str]) -> bool:
    filled = [word for word in words if word and not _BEFORE_NUMBERS.fullmatch(word)]
    numbers = [re.sub(r"[()]|\.0$", "", word) for word in filled]
    return len(numbers) >= _LEAST_NUMBERS and numbers == [str(at) for at in range(1, len(numbers) + 1)]


def _names_units(words: Sequence[str]) -> bool:
    filled = [word for word in words if word not in _NO_WORD]
    return len(filled) >= _LEAST_UNITS and all(is_unit(word) for word in filled)


def _with_unit(title: Title, word: str) -> Title:
    """Return a title with the unit in brackets behind it, as other ledgers write it; one with brackets stays."""
    if word in _NO_WORD or re.search(r"[(（]", title.text):
        return title
    unit = f"（{word.strip('()')}）"
    return replace(title, sub=title.sub + unit) if title.sub else replace(title, top=title.top + unit)
