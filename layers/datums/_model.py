"""What is asked of the finder and what it answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from layers.crs import SourceCrs

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from pyproj import CRS

    from layers.quality import Text

CLEAR = 0.9
"""Confidence from which a candidate is used without a question: below it, one file in ten or more would land hundreds
of metres off, and a person can say in a word what it is in. ASSUMPTION: one in ten is too many, and no evidence here
is so exact that a higher bar would tell more."""


@dataclass(frozen=True)
class Clues:
    """What is known of the coordinates besides their values.

    Parameters
    ----------
    file
        Name of the file, for messages.
    explicit
        What the user said, ``None`` for ``auto``.
    declared, declared_by
        CRS in the file, and what declares it.
    words
        Titles and column names that may name a datum.
    unconfirmed
        Names of the layers on which a question rests and whose own datum is only declared.
    is_export
        Whether Panhuo wrote the file: its coordinates were accepted, and doubted where they had to be, before.
    """

    file: str
    explicit: SourceCrs | None
    declared: CRS | None
    declared_by: str
    words: str
    unconfirmed: tuple[Text, ...] = ()
    is_export: bool = False

    @property
    def said(self) -> SourceCrs | None:
        """What the user or else the file says; a shift that the user names is laid over a declared projection."""
        declared = None if self.declared is None else SourceCrs(self.declared)
        if self.explicit is None:
            return declared
        is_shift_alone = bool(self.explicit.shift) and self.explicit.is_degrees
        if declared is not None and is_shift_alone and declared.crs.is_projected:
            return SourceCrs(declared.crs, self.explicit.shift)
        return self.explicit


@dataclass(frozen=True)
class RecordTexts:
    """What each record says of its own place, one text a record and ``None`` where it says nothing.

    Parameters
    ----------
    names
        What the place is called.
    addresses
        Texts in which names of areas may stand anywhere; several columns are joined with a space.
    labels
        Columns whose whole cell is the name or the code of an area.
    datums
        The datum that a cell of the record names (``GCJ-02``, ``BD-09``, ``WGS 84``, ``CGCS2000``), else empty.
    """

    names: NDArray[np.object_] | None = None
    addresses: NDArray[np.object_] | None = None
    labels: tuple[NDArray[np.object_], ...] = ()
    datums: NDArray[np.object_] | None = None


@dataclass(frozen=True)
class Candidate:
    """One thing the coordinates of a group may be in.

    Parameters
    ----------
    source
        CRS and shift.
    confidence
        0 to 1; the candidates of a group and "something else" sum to 1.
    confidence_alike
        The same with all candidates counted in whose numbers differ by an unpublished offset only.
    is_swapped
        Whether the axes of the whole group then stand the other way round, where the numbers alone allow both.
    evidence
        What speaks for or against it.
    """

    source: SourceCrs
    confidence: float
    confidence_alike: float
    is_swapped: bool = False
    evidence: tuple[Text, ...] = ()


@dataclass(frozen=True)
class Group:
    """Records that share a datum.

    Parameters
    ----------
    rows
        Positions of its records.
    candidates
        What they may be in, best first.
    """

    rows: NDArray[np.int64]
    candidates: tuple[Candidate, ...]

    @property
    def best(self) -> Candidate:
        """The candidate of the highest confidence."""
        return self.candidates[0]

    @property
    def is_clear(self) -> bool:
        """Whether the best candidate is told from all others, old datums of like numbers included."""
        return self.best.confidence >= CLEAR

    @property
    def is_settled(self) -> bool:
        """Whether the best candidate may be used without a question.

        Degrees of an old datum are hardly met (ASSUMPTION), so that they alone are no reason to ask; in a zone of
        Gauss-Krueger they were the rule until 2018.
        """
        return self.confidence >= CLEAR

    @property
    def confidence(self) -> float:
        """How sure the best candidate is, old datums of like numbers left out where they are hardly met."""
        return self.best.confidence_alike if self.best.source.is_degrees else self.best.confidence


@dataclass(frozen=True)
class Proposal:
    """What the finder makes of a file.

    Parameters
    ----------
    groups
        The groups, in the order of their first records; records without coordinates are in none.
    swapped
        Records whose axes the numbers show to be the other way round.
    unsure
        Records whose group cannot be told with confidence (they are in the likelier one).
    unknown
        Records with numbers that are no coordinates of any kind that is known here.
    notes
        What a person should know of the whole.
    """

    groups: tuple[Group, ...]
    swapped: NDArray[np.bool_]
    unsure: NDArray[np.int64]
    unknown: NDArray[np.int64]
    notes: tuple[Text, ...] = ()
