"""Rows folded into the first of their kind, and what was done with every value that they do not share."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from layers.quality import Text
from layers.values._written import as_written

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from layers.reading._fields import FieldReader

Verdict = Literal["same", "doubtful", "different"]
Row = dict[str, Any]
"""The values of one record by field, ``None`` where missing."""
ORIGINAL_PLACE = "原坐标"
"""Title, in the remark, of coordinates that were set aside."""
SAID_BESIDE = ("source", "position", "is_sample")
"""Columns that say nothing of the thing itself."""
_NEVER_DIFFERING = ("asset_id", *SAID_BESIDE)


class Folding:
    """Folds rows of a frame; ``into`` holds for each row the one that it became part of, itself where it stays.

    Parameters
    ----------
    frame, geometry, records, reader
        As in :func:`layers.reading._merge.merge_duplicates`.
    """

    def __init__(
        self, frame: pd.DataFrame, geometry: NDArray[np.object_], records: NDArray[np.int64], reader: FieldReader
    ) -> None:
        self.frame, self.geometry, self.records = frame, geometry, records
        self.reader, self.report = reader, reader.report
        self.into = np.arange(len(frame))
        self._rows: dict[int, Row] = {}
        self._changed: dict[str, set[int]] = {}
        fields = {number: name for name, number in reader.matches.fields.items()}
        self._fields = {title.text: fields.get(number, "") for number, title in enumerate(reader.raw.titles)}
        known = "|".join(re.escape(title) for title in sorted(self._fields, key=len, reverse=True))
        self._between_pieces = re.compile(rf"；(?=(?:{known}|{ORIGINAL_PLACE}[^：；]*): )")

    def fold_all(
        self,
        groups: Sequence[NDArray[np.int64]],
        zh: str,
        en: str,
        *,
        judge: Callable[[Row, Row], Verdict] | None = None,
    ) -> None:
        """Fold the rows of each group into its first for a reason, those that ``judge`` calls the same thing."""
        open_groups = self._open(groups)
        if not open_groups:
            return
        members = np.concatenate(open_groups)
        self._take_out(np.unique(np.concatenate([members, self.roots()[members]])))
        for rows in open_groups:
            self._fold(rows.tolist(), zh, en, judge)
        self._put_back()

    def roots(self) -> NDArray[np.int64]:
        """Return for each row the one that it ended in."""
        roots = self.into
        while not np.array_equal(roots, roots[roots]):
            roots = roots[roots]
        return roots

    def _open(self, groups: Sequence[NDArray[np.int64]]) -> list[NDArray[np.int64]]:
        """Return the groups in which a row after the first is not folded yet."""
        if not groups:
            return []
        sizes = np.array([len(rows) for rows in groups])
        members = np.concatenate(groups)
        starts = np.append(0, np.cumsum(sizes)[:-1])
        still = self.into[members] == members
        still[starts] = False
        return [rows for rows, count in zip(groups, np.add.reduceat(still, starts), strict=True) if count]

    def fold_same(self, groups: Sequence[NDArray[np.int64]], zh: str, en: str) -> None:
        """Fold rows that agree in all that they say of the thing itself; what is said beside is taken from the first.

        Nothing can differ, so no row is looked at by itself.
        """
        if not groups:
            return
        firsts = np.repeat([rows[0] for rows in groups], [len(rows) for rows in groups])
        members = np.concatenate(groups)
        self.into[members] = firsts
        for name in set(SAID_BESIDE) & set(self.frame.columns):
            said = self.frame[name].iloc[members].groupby(firsts).first()
            self.frame.iloc[said.index, self.frame.columns.get_loc(name)] = said.array
        for rows in groups:
            self.report.merge_each(self.records[rows[1:]], int(self.records[rows[0]]), zh, en)

    def _take_out(self, rows: NDArray[np.int64]) -> None:
        """Copy the rows that may change; single cells of a frame are slow to read and to write."""
        part = self.frame.iloc[rows]
        cells = [_objects(part[name]) for name in part.columns]
        named = (dict(zip(part.columns, row, strict=True)) for row in zip(*cells, strict=True))
        self._rows = dict(zip(rows.tolist(), named, strict=True))
        self._changed = {}

    def _put_back(self) -> None:
        for name, changed in self._changed.items():
            rows = sorted(changed)
            self.frame.iloc[rows, self.frame.columns.get_loc(name)] = [self._rows[row][name] for row in rows]

    def _set(self, row: int, name: str, value: object) -> None:
        self._rows[row][name] = value
        self._changed.setdefault(name, set()).add(row)

    def _fold(self, rows: list[int], zh: str, en: str, judge: Callable[[Row, Row], Verdict] | None) -> None:
        first = rows[0]
        while self.into[first] != first:
            first = int(self.into[first])
        for row in rows[1:]:
            if self.into[row] != row or row == first:
                continue
            verdict = "same" if judge is None else judge(self._rows[first], self._rows[row])
            if verdict == "doubtful":
                there = self.report.where(int(self.records[first]))
                self.report.note(
                    "maybe_duplicate",
                    f"与{there.zh}{zh}，但内容或编号不同，两条都保留，请核对",
                    f"shares with {there.en} {en}, but differs; both are kept, please check",
                    record=int(self.records[row]), action="warning",
                )  # fmt: skip
            if verdict != "same":
                continue
            differing = self._take_over(first, row)
            self.into[row] = first
            tail_zh = "；取前者：" + "，".join(text.zh for text in differing) if differing else ""
            tail_en = "; the first is kept where they differ: " + ", ".join(text.en for text in differing)
            told = zh + tail_zh, en + (tail_en if differing else "")
            self.report.merge(int(self.records[row]), int(self.records[first]), *told)

    def _take_over(self, first: int, row: int) -> list[Text]:
        """Fill what the first row lacks from the other; return where they differ."""
        differing: dict[str, Text] = {}
        taken: set[str] = set()
        has_place = self.geometry[first] is not None
        if not has_place:
            self.geometry[first] = self.geometry[row]
        values = self._rows[first]
        for name, other in self._rows[row].items():
            if name == "remark" or other is None:
                continue
            if values[name] is None:
                self._set(first, name, other)
                taken.add(name)
            elif values[name] != other and name not in _NEVER_DIFFERING:
                differing[name] = self._difference(name, values[name], other)
        settled = {*differing, "geometry"} if has_place else set(differing)
        return [*differing.values(), *self._join_remarks(first, row, taken, settled)]

    def _difference(self, name: str, one: object, other: object) -> Text:
        field, unit = self.reader.kind[name], self.reader.units.get(name, "")
        kept, left = as_written(one, field, unit), as_written(other, field, unit)
        return Text(f"{field.zh} {kept.zh} / {left.zh}", f"{name} {kept.en} / {left.en}")

    def _join_remarks(self, first: int, row: int, taken: set[str], settled: set[str]) -> list[Text]:
        """Add to the remark of the first row what it does not say yet; return which words of a column contradict it.

        Words on a field whose value was ``taken`` over come along. Words on a field in which the first row is
        ``settled`` do not: ``泊位: 约300`` explains nothing beside the 320 that is kept, and a finding has them.
        """
        said, new = (self._rows[at].get("remark") or "" for at in (first, row))
        if new in ("", said):
            return []
        pieces = [piece for piece in self._between_pieces.split(said) if piece]
        titles = {piece.partition(": ")[0]: piece for piece in pieces}
        differing: list[Text] = []
        for piece in self._between_pieces.split(new):
            title, _, words = piece.partition(": ")
            is_place = title.startswith(ORIGINAL_PLACE)
            field = "geometry" if is_place else self._fields.get(title)
            if piece in pieces or (field is None and piece in said):
                continue
            if title in titles and field not in taken:
                both = f"{titles[title]} / {words}"
                differing.append(Text(both, both))
            elif field not in settled:
                pieces.append(piece)
        self._set(first, "remark", "；".join(pieces) or None)
        return differing


def _objects(column: pd.Series) -> list[Any]:
    """Return values as Python objects, ``None`` where missing."""
    values = column.astype(object).to_numpy(copy=True)
    values[column.isna().to_numpy()] = None
    objects: list[Any] = values.tolist()
    return objects
