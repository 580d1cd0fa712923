"""What is doubtful in a layer: all of it in one pass, each thing with its records, field, value and rule.

Nothing is changed here. What a single cell or shape shows by itself (types, ranges, codes, invalid shapes) the reader
finds while it reads; these checks hold values against each other, records against each other and places against the
layers that are trusted. A new family is one module with one function of a :class:`Subject` and one line in
``_OF_VALUES`` or ``_OF_PLACES``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.check._amounts import check_amounts
from layers.check._areas import check_areas
from layers.check._dates import check_dates
from layers.check._outlines import check_outlines
from layers.check._overlaps import check_overlaps
from layers.check._required import check_required
from layers.check._scale import check_scale
from layers.check._standing import check_standing
from layers.check._subject import Subject
from layers.check._twins import check_twins
from layers.check._within import check_within
from layers.trusted import Trusted

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.findings import Finding
    from layers.schema import Kind

__all__ = ["check"]

_OF_VALUES = (check_required, check_amounts, check_scale, check_dates, check_standing)
_OF_PLACES = (check_outlines, check_areas, check_twins, check_overlaps, check_within)


def check(
    frame: gpd.GeoDataFrame,
    kind: Kind,
    trusted: Trusted | None = None,
    as_of: date | None = None,
    *,
    records: NDArray[np.int64] | None = None,
    sheet_rows: Sequence[int] | NDArray[np.int64] = (),
    sheet_names: Sequence[str] = (),
    is_quick: bool = False,
) -> list[Finding]:
    """Return everything that is doubtful in a layer, and for what its records may not be taken; nothing is changed.

    What is doubtful is a warning, what a rule makes of a sound record (built too late to be old) a note.

    Parameters
    ----------
    frame
        Records in WGS 84 longitude, latitude with columns of ``kind``.
    kind
        What they are.
    trusted
        Accepted layers: the district and its sub-districts say what lies outside.
    as_of
        The day after which nothing can have happened yet; ``None`` to hold dates against each other only.
    records
        Number of each record in its file; 1, 2, 3 … where there is none.
    sheet_rows
        Row in the sheet of every record of the file, those left out included; sentences then name rows.
    sheet_names
        Sheet of each of them, where there are several; sentences then name sheets.
    is_quick
        Whether to leave out whatever looks at places; a million records then take a second or two.
    """
    numbers = np.arange(1, len(frame) + 1) if records is None else records
    subject = Subject(frame.reset_index(drop=True), kind, numbers, trusted or Trusted(), as_of, sheet_rows, sheet_names)
    if len(frame):
        for family in _OF_VALUES if is_quick else (*_OF_VALUES, *_OF_PLACES):
            family(subject)
    return list(subject.log)
