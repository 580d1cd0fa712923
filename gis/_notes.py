"""What an analysis says about itself in words: notes in two languages, and the codes of data that is missing."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

GEOMETRY = "community.geometry"
"""Code in ``missing`` of a community that has no place yet."""


class Note(NamedTuple):
    """One sentence about a run (what was left out and why), in Chinese and in English."""

    zh: str
    en: str


NOTHING = Note("", "")
SEPARATORS = {"": "；", "_en": "; "}
"""Between the pieces of a reason, a warning or a next step: in its column, and in the English twin of that."""


IN_PIECES = ("permission_reason", "authority", "next_step", "forbidden_uses", "clauses_open", "warnings")
"""Columns that readers may part at the separator: the page draws them as lists."""


def one_piece(note: Note) -> Note:
    """Return a note without the separators, which would part it."""
    return Note(note.zh.replace("；", "，"), note.en.replace("; ", ", "))


def twins(name: str, notes: Iterable[Note]) -> dict[str, str]:
    """Return notes as the texts of column ``name`` and of its English twin ``<name>_en``."""
    told = [one_piece(note) for note in notes]
    return {
        f"{name}{end}": separator.join(note[place] for note in told)
        for place, (end, separator) in enumerate(SEPARATORS.items())
    }


def texts_of(notes: pd.Series, index: pd.Index, place: int) -> NDArray[np.object_]:
    """Return one language (0 Chinese, 1 English) of notes by label as texts on ``index``, null where there is none."""
    texts = {label: note[place] for label, note in notes.items()}
    return np.array([texts.get(label) for label in index], dtype=object)


def noted(table: pd.DataFrame, name: str, cases: Iterable[tuple[pd.Series | NDArray[np.bool_], Note]]) -> pd.DataFrame:
    """Return ``table`` with more notes in column ``name`` and its English twin.

    Parameters
    ----------
    table
        Holds both columns, empty text where nothing is said yet.
    name
        Column, without ``_en``.
    cases
        For which rows (null is no), and what is said of them.
    """
    told = {f"{name}{end}": table[f"{name}{end}"].astype("object") for end in SEPARATORS}
    for where, said in cases:
        note = one_piece(said) if name in IN_PIECES else said
        here = np.asarray(pd.Series(where).fillna(value=False), dtype=bool)
        for (column, text), separator, piece in zip(tuple(told.items()), SEPARATORS.values(), note, strict=True):
            told[column] = text.mask(here, text.where(text == "", text + separator) + piece)
    return table.assign(**told)


def missing_codes(flags: Mapping[str, pd.Series | NDArray[np.bool_] | bool], index: pd.Index) -> pd.Series:
    """Return, per row, the codes whose flag is true, sorted and separated by commas (empty where none is).

    Parameters
    ----------
    flags
        Code (``community.vehicle_count``: layer and field; ``parking``: the whole layer) -> which rows lack it.
    index
        Rows of the result.
    """
    text = pd.Series("", index=index, dtype="object")
    for code in sorted(flags):
        lacks = pd.Series(flags[code], index=index, dtype="bool")
        text = text.mask(lacks, text + "," + code)
    return text.str.lstrip(",").rename("missing").astype("string")


def merged_codes(*parts: pd.Series) -> pd.Series:
    """Return the union of several ``missing`` columns on the same rows, sorted and separated by commas."""
    rows = zip(*(part.fillna("") for part in parts), strict=True)
    united = [",".join(sorted({code for text in row for code in text.split(",") if code})) for row in rows]
    return pd.Series(united, index=parts[0].index, name="missing", dtype="string")
