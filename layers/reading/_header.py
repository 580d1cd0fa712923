"""The header of a table: which rows it is, one to three of them, and the title that they give each column.

A workbook tells by its merged cells which rows belong together; a text table has none, so there the blank cells beside
and below a title tell it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from layers.reading._columns_match import header_score
from layers.reading._place import place_role
from layers.reading._titles import Title, key

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.reading._raw import Sheet
    from layers.schema import Kind

HEADER_ROWS = 40
MOST_ROWS = 3
"""Rows that one header may have: a group, its parts, and parts of those."""
_LONGEST_TITLE = 40
_TITLES_SHARE = 2 / 3  # ASSUMPTION: a row that divides a header is made of titles; a record says one by chance at most
_DIVIDED_SHARE = 0.5  # ASSUMPTION: of such a row less than half stands alone below a title (总数 below 泊位)
_TOLD = re.compile(r"[0-9０-９]|(?<!其中)[:：]")
"""What a line above a header says of the table (单位：万元, 2026年3月), and a title does not."""

Row = list[str | None]


class Header(NamedTuple):
    """The header of a table.

    Parameters
    ----------
    first, last
        Positions of its first and its last row among the rows of the sheet.
    titles
        One for each column.
    score
        How well it fits the kind (:func:`layers.reading._columns_match.header_score`).
    """

    first: int
    last: int
    titles: list[Title]
    score: int


class _Span(NamedTuple):
    """Merged cells among the rows of the head: columns and positions of rows, both ends included."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def is_wide(self) -> bool:
        return self.right > self.left


def find_header(sheet: Sheet, kind: Kind, explicit: Mapping[str, str]) -> Header:
    """Return the header that serves best for ``kind``.

    Parameters
    ----------
    sheet
        The table.
    kind
        Whose fields are looked for.
    explicit
        Field -> column title, as the user said; a row with these titles comes first.
    """
    head = sheet.cells.iloc[: HEADER_ROWS + MOST_ROWS]
    rows: list[Row] = [[None if pd.isna(cell) else str(cell) for cell in row] for row in head.itertuples(index=False)]
    if not rows:
        return Header(0, 0, [], 0)
    short = {cell for row in rows for cell in row if cell and len(cell) < _LONGEST_TITLE}
    is_place = {key(cell): bool(place_role(cell)) for cell in short}
    wanted = {key(column) for column in explicit.values()}

    def score(cells: Sequence[str | None]) -> int:
        return header_score(cells, kind, is_place) + sum(5 for cell in cells if cell and key(cell) in wanted)

    best = _best_row(rows[:HEADER_ROWS], [score(row) for row in rows[:HEADER_ROWS]])
    known = frozenset(cell for cell in short if not re.search(r"[0-9]", cell) and header_score([cell], kind, is_place))
    block = _Block(rows, _spans(sheet, head.index), known, best, best)
    block.grow()
    cells = dict.fromkeys(cell for row in rows[block.first : block.last + 1] for cell in row)
    return Header(block.first, block.last, block.titles(), score([*cells]))


def _best_row(rows: Sequence[Row], scores: Sequence[int]) -> int:
    """Return the row with the best score; where none has any to speak of, the first one of words only."""
    best = max(scores)
    if best >= 2 or len(scores) == 1:
        return scores.index(best)
    for position, row in enumerate(rows):
        filled = [cell for cell in row if cell]
        if len(filled) >= 2 and not any(_is_number(cell) for cell in filled):
            return position
    return 0


def _spans(sheet: Sheet, numbers: pd.Index) -> list[_Span]:
    """Return merged cells that begin in a filled row of the head, with positions for row numbers."""
    filled = {*numbers.tolist()}
    ends = np.asarray([span for span in sheet.spans if span[1] in filled], dtype="int64").reshape(-1, 4)
    top = numbers.searchsorted(ends[:, 1], side="left")
    bottom = numbers.searchsorted(ends[:, 3], side="right") - 1
    found = zip(ends[:, 0].tolist(), top.tolist(), ends[:, 2].tolist(), bottom.tolist(), strict=True)
    return [*map(_Span._make, found)]


@dataclass
class _Block:
    """Rows that are one header so far; ``known`` are the cells that some kind knows as titles."""

    rows: Sequence[Row]
    spans: Sequence[_Span]
    known: frozenset[str]
    first: int
    last: int

    def grow(self) -> None:
        """Take the rows above and below that belong to it."""
        while self._has_room() and self.first > 0 and self._begins_above(self.first - 1):
            self.first -= 1
        while self._has_room() and self.last + 1 < len(self.rows) and self._goes_on_below(self.last + 1):
            self.last += 1

    def _has_room(self) -> bool:
        return self.last - self.first + 1 < MOST_ROWS

    def _lowest(self) -> Row:
        """Return for each column the lowest cell that is filled."""
        columns = zip(*self.rows[self.first : self.last + 1], strict=True)
        return [next((cell for cell in reversed(column) if cell), None) for column in columns]

    def _begins_above(self, above: int) -> bool:
        """Return whether a row above holds titles merged down into the block, or above blank cells of it."""
        row = self.rows[above]
        filled = [number for number, cell in enumerate(row) if cell]
        if len(filled) < 2 or any(_is_number(row[number] or "") for number in filled):
            return False
        across = [span for span in self.spans if span.top <= above and self.first <= span.bottom]
        if any(self.rows[span.top][span.left] for span in across):
            return True
        lowest = self._lowest()
        if any(row[number] in self.known and not lowest[number] for number in filled):
            return True
        blank = [number for number, cell in enumerate(lowest) if not cell]
        below = [number for number, cell in enumerate(lowest) if cell]
        is_preamble = any(_TOLD.search(row[number] or "") for number in filled)
        return bool(blank) and not is_preamble and all(row[number] for number in blank) and _is_below(row, below)

    def _goes_on_below(self, below: int) -> bool:
        """Return whether a row below divides the columns of the block: words only, below wide or blank cells."""
        row, lowest = self.rows[below], self._lowest()
        filled = [number for number, cell in enumerate(row) if cell]
        if not filled or any(_is_number(row[number] or "") for number in filled):
            return False
        inside = [span for span in self.spans if self.first <= span.top <= self.last]
        down = {span.left for span in inside if span.bottom >= below and self.rows[span.top][span.left]}
        wide = {number for span in inside if span.is_wide for number in range(span.left, span.right + 1)}
        alone = [number for number in filled if number not in wide and row[number] not in self.known]
        if down and len(alone) < min(len(down), _DIVIDED_SHARE * len(filled)):
            return True
        return _divides(lowest, filled) or self._is_of_titles(row, filled, lowest)

    def _is_of_titles(self, row: Row, filled: Sequence[int], lowest: Row) -> bool:
        """Return whether a row is made of titles that the rows above it do not say already."""
        titles = [number for number in filled if row[number] in self.known]
        news = [number for number in titles if row[number] not in lowest]
        return len(titles) >= max(2, _TITLES_SHARE * len(filled)) and len(news) > 0.5 * len(titles)

    def titles(self) -> list[Title]:
        """Return the title of each column: what stands above its lowest cell, then that cell."""
        levels = self._levels()
        titles: list[Title] = []
        for number, column in enumerate(zip(*levels, strict=True)):
            parts = [*dict.fromkeys(part for part in column if part)]
            top, sub = ("/".join(parts[:-1]), parts[-1]) if len(parts) > 1 else ("".join(parts), "")
            opens = bool(self.rows[self.first][number]) and number + 1 < len(levels[0])
            is_wide = opens and bool(sub) and not self.rows[self.first][number + 1] and not place_role(sub)
            titles.append(Title(top, sub, is_wide))
        return titles

    def _levels(self) -> list[list[str]]:
        """Return the rows of the block with the cells that are one wide cell filled to the right."""
        levels: list[list[str]] = []
        for at in range(self.first, self.last + 1):
            row, filled = self.rows[at], [""] * len(self.rows[at])
            lower = self.rows[at + 1 : self.last + 1]
            for number, cell in enumerate(row):
                if cell:
                    filled[number] = cell.strip()
                elif number and any(below[number] for below in lower) and self._goes_on(at, number):
                    filled[number] = filled[number - 1]
            levels.append(filled)
        return levels

    def _goes_on(self, at: int, number: int) -> bool:
        """Return whether a blank cell belongs to the one on its left: merged, or nothing says where that one ends."""
        if any(above[number] for above in self.rows[self.first : at]):
            return False
        for span in self.spans:
            if span.top <= at <= span.bottom and span.left < number:
                if number <= span.right:
                    return span.top == at
                if number == span.right + 1:
                    return False
        return True


def _divides(lowest: Row, filled: Sequence[int]) -> bool:
    """Return whether cells stand only below blank or widened ones, fewer than there are titles above."""
    return _is_below(lowest, filled) and len(filled) < sum(1 for cell in lowest if cell)


def _is_below(upper: Row, filled: Sequence[int]) -> bool:
    """Return whether cells stand only below blank cells and cells that may reach over the blank one on their right."""
    following = [*upper[1:], "end"]
    return all(not upper[number] or not following[number] for number in filled) and any(
        not upper[number] for number in filled
    )


def _is_number(text: str) -> bool:
    return re.fullmatch(r"[-+]?[0-9][0-9,.]*%?", text.strip()) is not None
