"""Fields told by words elsewhere in a row: 收入上缴财政 in a remark, 高架桥底 in an address, 子母位16 in a bracket.

Which words tell which field is declared in the schema (:class:`layers.schema.Phrase`). A field's own column comes
first, unless the phrase says which of its values it corrects; everything taken is said with the words that tell it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from layers.reading._phrases import TITLE, bare, ways
from layers.schema import PANDAS_DTYPES, Phrase
from layers.values import as_string, parse_column
from layers.values._sift import contains
from layers.values._written import as_written

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from numpy.typing import NDArray

    from layers.quality import QualityReport
    from layers.reading._phrases import Way
    from layers.schema import Elsewhere, Field, Kind

BETWEEN = "；"
"""Stands between what different columns say, as in a remark."""
_DASHES, _TILDES = "[—–―−－‐‑‒﹣─]", "[～〜∼]"
_NOT_WORDS = frozenset(("asset_id", "source", "source_id", "subdistrict_code", "sources", "story"))


class RecordWords:
    """Everything that the rows of a frame say in words, looked through for many phrases at once.

    Parameters
    ----------
    frame
        Fields of the records; their texts are the words, each behind the Chinese title of its field.
    kind
        What they are.
    phrases
        All phrases that will be asked for: rows without a cue of any of them are never looked at again.
    only
        Fields to look through; empty for all texts.
    """

    def __init__(self, frame: pd.DataFrame, kind: Kind, phrases: Sequence[Phrase], only: Collection[str] = ()) -> None:
        fields = [item for item in kind.fields if item.dtype == "string" and not (item.codes or item.personal)]
        texts = {
            item.name: (item.zh, as_string(frame[item.name]))
            for item in fields
            if phrases and item.name in frame and item.name not in _NOT_WORDS and item.name in (only or frame.columns)
        }
        cues = "|".join(dict.fromkeys(phrase.cue for phrase in phrases))
        told = np.zeros(len(frame), dtype=bool)
        for zh, text in texts.values():
            is_title = re.search(cues, zh) is not None
            told |= text.notna().to_numpy(dtype=bool) if is_title else contains(text, cues)
        self.rows = np.flatnonzero(told)
        """Positions of the rows in which a cue stands."""
        self._said = _plain(_joined({name: (zh, text.iloc[self.rows]) for name, (zh, text) in texts.items()}))
        self._cells = pc.replace_substring_regex(self._said, TITLE, BETWEEN) if len(self._said) else self._said

    def find(self, phrase: Phrase) -> tuple[NDArray[np.int64], pd.Series, pd.Series]:
        """Return the positions of the rows that say a phrase, the words found, and what its group holds."""
        at = _saying(np.arange(len(self.rows)), self._said, bare(phrase))[0]
        if phrase.with_also and len(at):
            also = Phrase(phrase.cue, phrase.value, phrase.with_also)
            at = at[np.isin(at, np.concatenate([self._said_so(way, at)[0] for way in ways(also)]))]
        told = [self._said_so(way, at) for way in ways(phrase)]
        where = np.concatenate([found for found, *_ in told])
        first = np.unique(where, return_index=True)[1]
        words = pd.concat([found for _, found, _ in told], ignore_index=True).iloc[first].reset_index(drop=True)
        held = pd.concat([found for *_, found in told], ignore_index=True).iloc[first].reset_index(drop=True)
        return self.rows[where[first]], words, held

    def _said_so(self, way: Way, at: NDArray[np.int64]) -> tuple[NDArray[np.int64], pd.Series, pd.Series]:
        """Return those of the rows that say a phrase in one way and take it back nowhere, as `find` does."""
        said = (self._cells if way.is_of_cells else self._said).take(pa.array(at))
        at, said = _saying(at, said, way.pattern.replace("(?P<value>", "(?:"))
        if len(at):
            said = pc.replace_substring_regex(said, way.taken_back, BETWEEN)
            at, said = _saying(at, said, way.pattern.replace("(?P<value>", "(?:"))
        found = pc.extract_regex(said, f"(?P<phrase>{way.pattern})")
        words = _texts(pc.struct_field(found, "phrase")).str.strip(BETWEEN)
        return at, words, _texts(pc.struct_field(found, "value")) if "(?P<value>" in way.pattern else words


def _saying(at: NDArray[np.int64], said: pa.Array, pattern: str) -> tuple[NDArray[np.int64], pa.Array]:
    """Return those of the texts, and of their numbers, in which a pattern is found."""
    hits = pc.match_substring_regex(said, pattern)
    return at[hits.to_numpy(zero_copy_only=False).astype(bool)], said.filter(hits)


def _texts(column: pa.Array) -> pd.Series:
    return pd.Series(column.to_pandas(), dtype="string")


class _Told(NamedTuple):
    """What one phrase tells of a field: positions, values, and the words that tell it."""

    rows: NDArray[np.int64]
    read: pd.Series
    words: pd.Series
    phrase: Phrase


def fill_from_words(frame: pd.DataFrame, kind: Kind, records: NDArray[np.int64], report: QualityReport) -> None:
    """Fill fields of ``frame`` that words elsewhere in a row tell; each is said in ``report``.

    Where two phrases tell different values of one field, neither is taken. A value of the field's own column that a
    phrase corrects goes to the remark.
    """
    fields = [item for item in kind.fields if item.phrases]
    words = RecordWords(frame, kind, [phrase for item in fields for phrase in item.phrases])
    for item in fields if len(words.rows) else ():
        told = [_told(words, phrase, item) for phrase in item.phrases]
        clash = _contradicting(told, len(frame))
        for one in told:
            _take(frame, item, one, clash, records, report)


def _told(words: RecordWords, phrase: Phrase, field: Field) -> _Told:
    rows, found, held = words.find(phrase)
    if phrase.value is None:
        values = parse_column(held, field).series
    else:
        values = pd.Series(phrase.value, index=range(len(rows)), dtype=PANDAS_DTYPES[field.dtype])
    is_read = values.notna().to_numpy(dtype=bool)
    return _Told(rows[is_read], values[is_read], found[is_read], phrase)


def _contradicting(told: Sequence[_Told], count: int) -> NDArray[np.bool_]:
    """Return the rows of which two phrases tell different values."""
    first = pd.Series([None] * count, dtype=object)
    clash = np.zeros(count, dtype=bool)
    for one in told:
        known = first.iloc[one.rows].to_numpy()
        new = one.read.astype(object).to_numpy()
        clash[one.rows] |= ~pd.isna(known) & (known != new)
        first.iloc[one.rows] = new
    return clash


def _take(
    frame: pd.DataFrame,
    field: Field,
    told: _Told,
    clash: NDArray[np.bool_],
    records: NDArray[np.int64],
    report: QualityReport,
) -> None:
    """Put what one phrase tells into the field, where its own column says nothing or is outweighed."""
    if field.name not in frame:
        frame[field.name] = pd.Series(dtype=PANDAS_DTYPES[field.dtype]).reindex(frame.index)
    own = frame[field.name].iloc[told.rows]
    silent = own.isna() | own.isin(["unknown"])
    corrected = own.isin(told.phrase.outweighs)
    chosen = ((silent | corrected).to_numpy(dtype=bool)) & ~clash[told.rows]
    if not chosen.any():
        return
    rows, values, words = told.rows[chosen], told.read[chosen], told.words[chosen]
    _keep_corrected(frame, field, rows[corrected.to_numpy(dtype=bool)[chosen]])
    frame.iloc[rows, frame.columns.get_loc(field.name)] = values.to_numpy()
    for value in values.unique():
        zh, en = as_written(value, field)
        same = (values == value).to_numpy(dtype=bool)
        report.note_each(
            "told_in_words", f"据行内文字，“{field.zh}”取{zh}", f"words in the row tell {field.name}: {en}",
            records[rows[same]], field=field.name, values=words[same], action="changed",
        )  # fmt: skip


def _keep_corrected(frame: pd.DataFrame, field: Field, rows: NDArray[np.int64]) -> None:
    """Keep in the remark what the field's own column said."""
    remark = frame.columns.get_loc("remark")
    for at in rows.tolist():
        said = f"{field.zh}: {as_written(frame[field.name].iloc[at], field).zh}"
        before = frame.iloc[at, remark]
        frame.iloc[at, remark] = said if pd.isna(before) else f"{before}{BETWEEN}{said}"


def tell_elsewhere(frame: pd.DataFrame, kind: Kind, records: NDArray[np.int64], report: QualityReport) -> None:
    """Say which records belong into a layer of another kind as well, and how they get there."""
    words = RecordWords(frame, kind, [item.phrase for item in kind.elsewhere])
    for item in kind.elsewhere:
        rows = words.find(item.phrase)[0] if len(words.rows) else np.empty(0, dtype=np.int64)
        if item.codes is not None and item.codes[0] in frame:
            rows = np.union1d(rows, np.flatnonzero(frame[item.codes[0]].eq(item.codes[1]).fillna(value=False)))
        names = frame["name"].iloc[rows] if "name" in frame else None
        _tell(item, records[rows], names, report)


def _tell(item: Elsewhere, records: NDArray[np.int64], names: Collection[object] | None, report: QualityReport) -> None:
    column, word = item.says
    how_zh = f"请把它的范围另存为面（“{column}”列写“{word}”），用 panhuo import DIR {item.kind} FILE 导入"
    how_en = f"save its extent as polygons ({column} = {word}) and import them: panhuo import DIR {item.kind} FILE"
    report.note_each(
        "another_kind", f"{item.zh}；{how_zh}", f"{item.en}; {how_en}", records, values=names, action="warning",
    )  # fmt: skip


def _joined(texts: dict[str, tuple[str, pd.Series]]) -> pa.Array:
    """Return what each row says: ``title: words`` of each field; a remark has its titles already."""
    parts = [
        pa.array(text if name == "remark" else zh + ": " + text, type=pa.large_string(), from_pandas=True)
        for name, (zh, text) in texts.items()
    ]
    if not parts:
        return pa.array([], type=pa.large_string())
    between = pa.scalar(BETWEEN, type=pa.large_string())
    return pc.binary_join_element_wise(*parts, between, null_handling="skip")


def _plain(said: pa.Array) -> pa.Array:
    """Return texts in half-width forms with one kind of dash and tilde (:func:`layers.values._text.plain`)."""
    if not len(said):
        return said
    # NFKC turns the separator ； into ; which stays distinct from the commas of a sentence
    texts = pc.utf8_normalize(said, form="NFKC")
    texts = pc.replace_substring_regex(texts, _DASHES, "-")
    texts = pc.replace_substring_regex(texts, _TILDES, "~")
    # one before the first column too, and two elsewhere: a pattern that takes the end of one column leaves the
    # beginning of the next
    doubled = pc.replace_substring(pc.replace_substring(texts, ";", BETWEEN), BETWEEN, BETWEEN * 2)
    none, one = (pa.scalar(text, type=pa.large_string()) for text in ("", BETWEEN))
    return pc.binary_join_element_wise(one, doubled, none)
