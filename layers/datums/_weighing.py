"""A proposal that says on what it rests: on layers that are sure, on the source's own former version, on mere words.

A layer in degrees that its file declares as WGS 84 is evidence only as far as that declaration is. What it alone shows
is shown, but never surer than the declaration: two exports of one web map confirm each other perfectly.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from layers.datums._candidates import DECLARED_SHARES, is_often_shifted
from layers.datums._finder import propose
from layers.trusted import Standing

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from layers.crs import SourceCrs
    from layers.datums._model import Candidate, Clues, Group, Proposal
    from layers.quality import Text
    from layers.trusted import Trusted

    Floats = NDArray[np.float64]

DECLARED_TRUST = DECLARED_SHARES[""]
"""What rests on a declaration that nothing confirms is at most as sure as it: four files in five are what they say."""


@dataclass(frozen=True)
class Weighed:
    """A proposal and what it rests on.

    Parameters
    ----------
    proposal
        What the finder makes of the file.
    rests_on_own
        Whether the former version of the same source was needed for it.
    rests_on_declared
        Whether layers were needed for it, or speak against what surer ones show, that are only declared.
    unconfirmed
        The names of these layers.
    """

    proposal: Proposal
    rests_on_own: bool = False
    rests_on_declared: bool = False
    unconfirmed: tuple[Text, ...] = ()

    @property
    def weakened(self) -> Proposal:
        """The proposal, no surer than what it rests on."""
        if not self.rests_on_declared:
            return self.proposal
        return replace(self.proposal, groups=tuple(_weakened(group) for group in self.proposal.groups))


def weigh(x: Floats, y: Floats, clues: Clues, trusted: Trusted | None, **told: Any) -> Weighed:
    """Return the proposal for coordinates, and what it rests on.

    Parameters
    ----------
    x, y, clues, trusted
        As for :func:`layers.datums.propose`.
    **told
        Its other parameters.
    """
    if trusted is None:
        return Weighed(propose(x, y, clues, None, **told))
    sure = propose(x, y, clues, trusted.up_to(Standing.OWN), **told)
    rests_on_own = (
        trusted.holds(Standing.OWN)
        and _is_settled(sure)
        and not _is_settled(propose(x, y, clues, trusted.up_to(Standing.SURE), **told))
    )
    is_confirmed = clues.said is not None and is_often_shifted(clues.said) and _is_settled(sure)
    if is_confirmed or not trusted.holds(Standing.DECLARED):
        return Weighed(sure, rests_on_own)
    wide = propose(x, y, clues, trusted.up_to(Standing.DECLARED), **told)
    if not _is_settled(sure) and not _is_settled(wide):  # nothing rests on them
        return Weighed(wide)
    if _is_settled(sure) and _is_settled(wide) and _readings(sure, len(x)) == _readings(wide, len(x)):
        return Weighed(sure, rests_on_own)
    return Weighed(wide, rests_on_declared=True, unconfirmed=trusted.unconfirmed)


def _is_settled(proposal: Proposal) -> bool:
    return all(group.is_settled for group in proposal.groups)


def _readings(proposal: Proposal, count: int) -> list[str]:
    """Return what each record is read as."""
    name = np.full(count, "", dtype=object)
    for group in proposal.groups:
        name[group.rows] = group.best.source.name
    return [str(item) for item in name]


def _weakened(group: Group) -> Group:
    """Return a group as it is where the layers it rests on are what they declare in four of five cases.

    Else they are in a web map's datum themselves, and so is a file that lies on them.
    """
    candidates = [_less_sure(item, group.candidates) for item in group.candidates]
    return replace(group, candidates=tuple(sorted(candidates, key=lambda item: -item.confidence)))


def _less_sure(item: Candidate, candidates: Sequence[Candidate]) -> Candidate:
    source = item.source
    is_plain = (other for other in candidates if not other.source.shift and _is_like(other.source, source))
    plain = next(is_plain, None) if source.shift else None
    added = 0.0 if plain is None else plain.confidence_alike * DECLARED_SHARES[source.shift]
    return replace(
        item,
        confidence=item.confidence * DECLARED_TRUST + added,
        confidence_alike=item.confidence_alike * DECLARED_TRUST + added,
    )


def _is_like(one: SourceCrs, other: SourceCrs) -> bool:
    """Return whether two sources have the same numbers but for a shift."""
    return one.crs == other.crs or (one.is_degrees and other.is_degrees)
