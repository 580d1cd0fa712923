"""Numbers that a ledger tells about (三百多, 约350): a layer holds one number, its remark words that tell a range."""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache
from typing import TYPE_CHECKING

import pandas as pd

from gis._notes import SEPARATORS, Note
from layers.schema import kind
from layers.values import range_told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.schema import Field

BRACKETS = re.compile(r"[（(][^）)]*[）)]")
"""The unit in a title."""
TOLD_ENDS = {"": "value", "_low": "low", "_high": "high"}
"""Ending of a column -> the column of :func:`told` that goes with it."""


def told(frame: pd.DataFrame, of: str, column: str) -> pd.DataFrame:
    """Return the numbers of ``column`` with the range of the words that tell about them.

    A remark keeps such words as ``title: words``, one beside the other (:mod:`layers.reading`). They are those of the
    number where the title is one of its column's and the number lies within the range that they tell; where the title
    is of no column of the kind (somebody named the column for the import), where they say just this number, and no
    other column of the record holds the same: nobody knows then of which they tell.

    Parameters
    ----------
    frame
        Records of kind ``of``, with their ``remark``.
    of
        Name of the kind.
    column
        A column of numbers.

    Returns
    -------
    DataFrame
        ``value``, ``low``, ``high``: all three the number where it is exact, null where there is none; ``words`` that
        tell about it, empty where it is exact.
    """
    number = frame[column].astype("Float64").astype("float64")
    found = pd.DataFrame({"value": number, "low": number, "high": number}).assign(words="")
    field, spoken = kind(of)[column], frame["remark"][number.notna().to_numpy()].dropna()
    alone = _is_alone(frame.loc[spoken.index], of, column)
    for row, remark in spoken.items():
        for title, words in _pieces(str(remark)):
            ends = _ends(title, words, number[row], (of, field), is_alone=bool(alone[row]))
            if ends is not None:
                found.loc[row, ["low", "high", "words"]] = [*ends, words]
                break
    return found


def _pieces(remark: str) -> Iterator[tuple[str, str]]:
    for piece in remark.split(SEPARATORS[""]):
        title, found, words = piece.partition(": ")
        if found:
            yield title, words


def _is_alone(frame: pd.DataFrame, of: str, column: str) -> pd.Series:
    """Return which records hold the number of ``column`` in no other column."""
    others = [field.name for field in kind(of).fields if field.dtype in ("int", "float") and field.name != column]
    numbers = frame[[name for name in others if name in frame]].astype("Float64").astype("float64")
    return ~numbers.eq(frame[column].astype("Float64").astype("float64"), axis=0).any(axis=1)


def _ends(
    title: str, words: str, number: float, wanted: tuple[str, Field], *, is_alone: bool
) -> tuple[float, float] | None:
    """Return between what ``number`` lies if these words tell about it; ``is_alone``: no other column holds it."""
    of, field = wanted
    named = _plain(title)
    is_own, is_unknown = named in _titles(of, field.name), named not in _titles(of)
    ends = range_told(words, field, title) if is_own or (is_unknown and is_alone) else None
    if ends is None or not (ends[1] <= number <= ends[2]) or (is_unknown and number != ends[0]):
        return None
    return ends[1], ends[2]


@cache
def _titles(of: str, column: str = "") -> frozenset[str]:
    """Return the titles of a column of a kind, of all its columns where none is named, as they are compared."""
    fields = [kind(of)[column]] if column else kind(of).fields
    return frozenset(_plain(name) for field in fields for name in (field.zh, *field.aliases))


@lru_cache(maxsize=4096)
def _plain(title: str) -> str:
    return key_of(BRACKETS.sub("", title))


def about_notes(numbers: pd.DataFrame, what: Note, unit: Note) -> list[tuple[pd.Series, Note]]:
    """Return what is said of the numbers that are told about, as :func:`gis._notes.noted` takes it.

    Parameters
    ----------
    numbers
        What :func:`told` returned.
    what
        The quantity in words.
    unit
        Its unit, in English with the space before it.
    """
    about = numbers[numbers["words"] != ""]
    return [
        (
            pd.Series(numbers.index.isin(group.index), index=numbers.index),
            Note(
                f"{what.zh}为约数（{words}），按{low:,.0f}–{high:,.0f}{unit.zh}计",
                f"{what.en}: told about only ({words}), taken as {low:,.0f}-{high:,.0f}{unit.en}",
            ),
        )
        for (words, low, high), group in about.groupby(["words", "low", "high"])
    ]


def key_of(name: str) -> str:
    """Return a name or a title as it is compared: one width of characters, no spaces, no brackets."""
    plain = unicodedata.normalize("NFKC", str(name))
    return "".join(sign for sign in plain if sign.isalnum())
