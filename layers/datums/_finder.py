"""From the numbers of a file and all that is known of it to a proposal."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.datums._candidates import (
    ELSE_SHARE,
    ELSE_SHARE_PLAIN,
    SHARE_WHEN_NAMED,
    State,
    lonlat,
    states_of_degrees,
    states_of_metres,
    states_of_said,
)
from layers.datums._comparing import Comparison, Sample, bounds_of
from layers.datums._model import Clues, Group, Proposal, RecordTexts
from layers.datums._ranking import rank
from layers.datums._segments import GROUP_COST, silent, split
from layers.datums._stating import reasons, word_factor, words_for
from layers.datums.numbers import Family, sort_numbers
from layers.trusted import Trusted

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]
    Objects = NDArray[np.object_]

MOST_COMPARED = 20_000
"""Records of a sort that are compared, evenly spread over the file; those between two of one datum are of it too."""
_NOTHING = RecordTexts()


def propose(
    x: Floats,
    y: Floats,
    clues: Clues,
    trusted: Trusted | None = None,
    *,
    texts: RecordTexts = _NOTHING,
    groups: Ints | None = None,
    shapes: Objects | None = None,
) -> Proposal:
    """Return what coordinates may be in, for each group of records.

    Parameters
    ----------
    x, y
        One point a record as written (its own, or the middle of its box); NaN where it has none.
    clues
        What the user, the file, its titles and its name say.
    trusted
        Accepted layers; ``None`` where there are none.
    texts
        What the records say of their places.
    groups
        Number of the source of each record (another sender, another pattern of decimals): a datum may change where
        that does.
    shapes
        Geometries as written where they are more than points.

    Returns
    -------
    Proposal
        Groups with ranked candidates; records that are in none have no coordinates, or such as no system here has.
    """
    there = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    found = _Finder(x, y, clues, _no_layers() if trusted is None else trusted, texts, groups, shapes)
    swapped = np.zeros(len(x), dtype=bool)
    if clues.said is not None:
        found.add(there, states_of_said(clues.said, *_degrees(clues.said, x[there], y[there])), ELSE_SHARE)
    else:
        kinds = sort_numbers(x[there], y[there])
        swapped[there] = kinds.swapped
        found.turn(swapped)
        found.unknown.append(there[kinds.family == Family.UNKNOWN])
        for family in (Family.DEGREES, Family.MERCATOR, Family.ZONED, Family.PLAIN):
            for zone in np.unique(kinds.zone[kinds.family == family]):
                found.add_sort(there[(kinds.family == family) & (kinds.zone == zone)], family, int(zone))
    ordered = sorted(found.groups, key=lambda group: int(group.rows[0]))
    return Proposal(tuple(ordered), swapped, _joined(found.unsure), _joined(found.unknown))


@lru_cache(maxsize=1)
def _no_layers() -> Trusted:
    return Trusted()


def _degrees(said: object, x: Floats, y: Floats) -> tuple[Floats, Floats]:
    """Return coordinates of a stated system as degrees, to see whether they lie in China."""
    return lonlat(State(said, 1.0), x, y)  # type: ignore[arg-type]


def _named(states: Sequence[State]) -> list[State]:
    """Return readings of which titles say that they are in no old datum."""
    return [replace(state, own_share=SHARE_WHEN_NAMED) for state in states]


class _Finder:
    """The file, and the groups that were found in it."""

    def __init__(
        self,
        x: Floats,
        y: Floats,
        clues: Clues,
        trusted: Trusted,
        texts: RecordTexts,
        sources: Ints | None,
        shapes: Objects | None,
    ) -> None:
        self.east, self.north = x, y
        self.clues, self.trusted, self.texts, self.sources, self.shapes = clues, trusted, texts, sources, shapes
        self.extent = bounds_of(trusted)
        self.swapped = np.zeros(len(x), dtype=bool)
        self.groups: list[Group] = []
        self.unsure: list[Ints] = []
        self.unknown: list[Ints] = []

    def turn(self, swapped: NDArray[np.bool_]) -> None:
        """Take the axes of these records the other way round."""
        self.swapped = swapped
        self.east, self.north = np.where(swapped, self.north, self.east), np.where(swapped, self.east, self.north)

    def add_sort(self, rows: Ints, family: Family, zone: int) -> None:
        """Find the groups among records of one sort of numbers."""
        east, north = self.east[rows], self.north[rows]
        named = words_for(self.clues)
        if family == Family.DEGREES:
            states = states_of_degrees(east, north, is_cgcs2000="CGCS2000" in named)
            self.add(rows, _named(states) if named else states, ELSE_SHARE)
            if self.extent is None:
                box = np.percentile(np.column_stack([east, north]), [5, 95], axis=0)
                self.extent = (*box[0].tolist(), *box[1].tolist())
            return
        states = states_of_metres(family, zone, east, north)
        if not states:
            self.unknown.append(rows)
            return
        if "CGCS2000" in named:
            states = _named(states)
        if family == Family.PLAIN and self.extent is not None:
            states = self._near(states, rows) or states
        self.add(rows, states, ELSE_SHARE_PLAIN if family == Family.PLAIN else ELSE_SHARE)

    def _near(self, states: Sequence[State], rows: Ints) -> list[State]:
        """Return the readings that put the middle record within a degree of what is known."""
        west, south, east, north = self.extent or (0.0, 0.0, 0.0, 0.0)
        middle = np.array([np.median(self.east[rows])]), np.array([np.median(self.north[rows])])
        kept = []
        for state in states:
            lon, lat = (float(item[0]) for item in lonlat(state, *middle))
            if west - 1 <= lon <= east + 1 and south - 1 <= lat <= north + 1:
                kept.append(state)
        return kept

    def add(self, rows: Ints, states: Sequence[State], else_share: float) -> None:
        """Split records of one sort where their reading changes, and rank the readings of each part."""
        if not len(rows):
            return
        looked_at = rows[np.unique(np.linspace(0, len(rows) - 1, min(len(rows), MOST_COMPARED)).astype(np.int64))]
        comparison = Comparison(self._sample(looked_at), states, self.trusted, self.extent)
        factor, why = word_factor(states, self.clues), reasons(states, self.clues)
        prior = np.array([state.prior for state in states]) * factor
        weight = comparison.weight()
        parts = split(weight, None if self.sources is None else self.sources[looked_at])
        is_silent = silent(weight, None if self.sources is None else self.sources[looked_at])
        part = parts.reading + len(states) * is_silent
        found, is_sure = _spread(rows, looked_at, part, parts.is_sure)
        self.unsure.append(rows[~is_sure])
        for name in np.unique(part).tolist():
            held = prior.copy()
            if name >= len(states):  # they say nothing: as their neighbours, unless another source is another datum
                held *= np.exp(-GROUP_COST * (np.arange(len(states)) != name - len(states)))
            scale = (held.sum() + else_share) or 1.0
            ranked = rank(comparison, part == name, held / scale, else_share / scale, why)
            self.groups.append(Group(rows[found == name], ranked))

    def _sample(self, rows: Ints) -> Sample:
        shapes = None if self.shapes is None else self.shapes[rows].copy()
        if shapes is not None and (turned := self.swapped[rows]).any():
            shapes[turned] = shapely.transform(shapes[turned], lambda xy: xy[:, ::-1])
        texts = RecordTexts(
            names=_part(self.texts.names, rows),
            addresses=_part(self.texts.addresses, rows),
            labels=tuple(label[rows] for label in self.texts.labels),
            datums=_part(self.texts.datums, rows),
        )
        return Sample(self.east[rows], self.north[rows], texts, shapes)


def _joined(parts: Sequence[Ints]) -> Ints:
    return np.sort(np.concatenate([np.empty(0, dtype=np.int64), *parts]))


def _part(column: Objects | None, rows: Ints) -> Objects | None:
    return None if column is None else column[rows]


def _spread(rows: Ints, looked_at: Ints, reading: Ints, is_sure: NDArray[np.bool_]) -> tuple[Ints, NDArray[np.bool_]]:
    """Return the readings of all records from those of the records looked at; between two that differ it is unsure."""
    after = np.minimum(np.searchsorted(looked_at, rows), len(looked_at) - 1)
    before = np.maximum(np.searchsorted(looked_at, rows, side="right") - 1, 0)
    nearest = np.where(looked_at[after] - rows < rows - looked_at[before], after, before)
    return reading[nearest], is_sure[nearest] & (reading[before] == reading[after])
