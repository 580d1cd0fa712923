"""What was decided of the coordinates of a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from layers.crs import SourceCrs
    from layers.errors import DatumUnsureError
    from layers.quality import Text


@dataclass
class Decision:
    """What the coordinates are in, why, and which records have their axes the other way round.

    Parameters
    ----------
    sources
        What the groups of records are in; one, or several where the file is in several.
    group
        Position in ``sources`` of each record.
    swapped, is_all_swapped
        Records whose axes stand the other way round; whether that is one statement for the whole file.
    unsure
        Records whose datum among the sources cannot be told with confidence.
    misfits
        Records whose numbers are none of what all the others are; they have no group.
    evidence, warnings
        Why, and what to look at.
    confidence
        Of the group that is least sure; 1 where the user, or a file of surveyed metres, said so and nothing speaks
        against it.
    question
        What a person must say before the records are accepted, where a group is below
        :data:`layers.datums.CLEAR`; the records are read as what is likeliest meanwhile.
    """

    sources: tuple[SourceCrs, ...]
    group: NDArray[np.int64]
    swapped: NDArray[np.bool_]
    is_all_swapped: bool = False
    unsure: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    misfits: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64))
    evidence: list[Text] = field(default_factory=list)
    warnings: list[Text] = field(default_factory=list)
    confidence: float = 1.0
    question: DatumUnsureError | None = None

    @property
    def name(self) -> str:
        """Name of what was found, with counts where it is several: ``GCJ-02 400, BD-09 600``."""
        if len(self.sources) == 1:
            return self.sources[0].name
        counts = np.bincount(self.group[self.group >= 0], minlength=len(self.sources))
        return ", ".join(f"{source.name} {count}" for source, count in zip(self.sources, counts, strict=True))
