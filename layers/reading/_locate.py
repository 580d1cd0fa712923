"""Where the records of a file are: geometry found, its datum decided, brought to degrees, made fit for the kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.crs import SourceCrs, to_lonlat
from layers.quality import Text
from layers.reading import _geometry as shaping
from layers.reading._datum import Clues, Decision, decide
from layers.reading._kind import check_kind
from layers.reading._place import PlaceColumns
from layers.reading._table_place import TablePlaces, places_of_table

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.quality import QualityReport
    from layers.reading._columns_match import Matches
    from layers.reading._raw import Raw
    from layers.schema import Kind

_NO_COLUMNS = PlaceColumns()


@dataclass(frozen=True)
class Located:
    """Where the records are.

    Parameters
    ----------
    geometry
        WGS 84, fit for the kind; ``None`` where a record has no place.
    rejected
        Records that are left out (already counted).
    columns
        Numbers of the columns that held coordinates.
    crs_declared, crs_found, evidence
        What the file declares, what was decided, and why.
    """

    geometry: NDArray[np.object_]
    rejected: NDArray[np.bool_]
    columns: set[int]
    crs_declared: str | None
    crs_found: str
    evidence: tuple[Text, ...]


def locate(
    raw: Raw,
    kind: Kind,
    matches: Matches,
    records: NDArray[np.int64],
    report: QualityReport,
    *,
    file: Path,
    said: SourceCrs | None,
    explicit: Mapping[str, str],
) -> Located:
    """Return where the records are, every doubt and change said in ``report``.

    Parameters
    ----------
    raw
        The file, rows that are no records taken out.
    kind, matches, records
        What it is read as, its columns, and the numbers of its records.
    report
        Where everything is said.
    file
        Its name may name a datum.
    said
        What the user says the coordinates are in.
    explicit
        Columns that the user named.

    Raises
    ------
    DatumError
        If the datum cannot be decided.
    CheckError, ReadError
        If the file is another kind of file.
    """
    found = _written(raw, matches, explicit, records, report)
    has_place = not shapely.is_missing(found.geometry).all()
    check_kind(raw, kind, matches, has_place=has_place, explicit=explicit, file=file.name, report=report)
    flat = shaping.drop_unusable(shaping.flatten(found.geometry, report), records, report)
    columns = found.columns.numbers
    declared = None if found.crs is None else SourceCrs(found.crs).name
    if not kind.geometry:
        nothing = np.full(len(records), None, dtype=object)
        return Located(nothing, np.zeros(len(records), dtype=bool), columns, declared, "", ())
    words = found.columns.datum or f"{raw.preamble} {file.stem}"
    x, y = _middles(flat)
    decision = decide(x, y, Clues(file.name, said, found.crs, found.crs_from, words))
    has_place = bool(np.isfinite(x).any())
    _tell(decision, report, has_place=has_place)
    if decision.source.crs.is_geographic:
        shaping.warn_of_coarse(x, y, report)
    lonlat = to_lonlat(_swapped(flat, decision, records, report), decision.source)
    shapes = shaping.fit(shaping.drop_unusable(lonlat, records, report), kind, records, report)
    name = decision.source.name if has_place else ""
    return Located(shapes.geometry, shapes.rejected | found.rejected, columns, declared, name, tuple(decision.evidence))


def _written(
    raw: Raw, matches: Matches, explicit: Mapping[str, str], records: NDArray[np.int64], report: QualityReport
) -> TablePlaces:
    """Return the geometry as the file has it, from its geometry column or from columns of numbers."""
    free = set(range(len(raw.titles))) - matches.used - set(matches.rivals)
    if raw.geometry is None:
        return places_of_table(raw, free, explicit, records, report)
    nothing = np.zeros(len(raw.geometry), dtype=bool) if raw.unreadable is None else raw.unreadable
    for at in np.flatnonzero(nothing):
        report.leave_out(int(records[at]), "图形无法读取", "its geometry cannot be read", rule="geometry_unreadable")
    empty = TablePlaces(raw.geometry, _NO_COLUMNS, nothing, raw.crs, raw.crs_from)
    if not shapely.is_missing(raw.geometry).all():
        return empty
    in_columns = places_of_table(raw, free, explicit, records, report)
    return empty if shapely.is_missing(in_columns.geometry).all() else in_columns


def _middles(geometry: NDArray[np.object_]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    bounds = shapely.bounds(geometry)
    return (bounds[:, 0] + bounds[:, 2]) / 2, (bounds[:, 1] + bounds[:, 3]) / 2


def _tell(decision: Decision, report: QualityReport, *, has_place: bool) -> None:
    if not has_place:
        return
    name = decision.source.name
    zh = "；".join(text.zh for text in decision.evidence)
    en = "; ".join(text.en for text in decision.evidence)
    report.facts["crs"] = Text(f"坐标系 {name}（{zh}）", f"coordinates in {name} ({en})")
    for text in decision.warnings:
        report.note("datum", text.zh, text.en, field="geometry", action="warning")


def _swapped(
    geometry: NDArray[np.object_], decision: Decision, records: NDArray[np.int64], report: QualityReport
) -> NDArray[np.object_]:
    """Return geometries longitude first; each record whose axes were the other way round is said."""
    if not decision.swapped.any():
        return geometry
    turned = geometry.copy()
    turned[decision.swapped] = shapely.transform(geometry[decision.swapped], lambda xy: xy[:, ::-1])
    for at in np.flatnonzero(decision.swapped) if not decision.is_all_swapped else ():
        report.note(
            "axes_swapped", "经纬度写反，已对调", "latitude and longitude were the other way round; put right",
            record=int(records[at]), field="geometry", action="changed",
        )  # fmt: skip
    return turned
