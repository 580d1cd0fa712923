"""Where the records of a file are: geometry found, its datum decided, brought to degrees, made fit for the kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.crs import SourceCrs, to_lonlat
from layers.datums import Clues
from layers.quality import Text
from layers.reading import _geometry as shaping
from layers.reading._datum import Decision, decide, turned_round
from layers.reading._kind import check_kind
from layers.reading._place import PlaceColumns
from layers.reading._record_texts import record_groups, record_texts
from layers.reading._repair import no_originals
from layers.reading._table_place import TablePlaces, places_of_table
from layers.values import as_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.quality import QualityReport
    from layers.reading._columns_match import Matches
    from layers.reading._raw import Raw
    from layers.schema import Kind
    from layers.trusted import Trusted

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
    aside
        Positions of records whose coordinates are a slip -> these coordinates as the file has them.
    originals
        The shapes that were changed, before they were.
    as_written
        Middle of each geometry as the file has its numbers, shape (records, 2); ``None`` where none was moved.
    confidence
        How sure ``crs_found`` is, 0 to 1; the group that is least sure counts.
    """

    geometry: NDArray[np.object_]
    rejected: NDArray[np.bool_]
    columns: set[int]
    crs_declared: str | None
    crs_found: str
    evidence: tuple[Text, ...]
    aside: Mapping[int, str] = field(default_factory=dict)
    originals: gpd.GeoDataFrame = field(default_factory=no_originals)
    as_written: NDArray[np.float64] | None = None
    confidence: float = 1.0


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
    trusted: Trusted | None = None,
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
    trusted
        Accepted layers to hold the coordinates against.

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
    x, y = _middles(flat)
    has_place = bool(np.isfinite(x).any())
    decision = decide(
        x, y, Clues(file.name, said, found.crs, found.crs_from, found.columns.datum or f"{raw.preamble} {file.stem}"),
        trusted,
        texts=record_texts(raw, matches, columns, with_places=trusted is not None and not trusted.is_empty),
        groups=record_groups(raw, columns, x, y),
        shapes=None if (shapely.get_type_id(flat) <= 0).all() else flat,
    )  # fmt: skip
    _tell(decision, records, report, has_place=has_place)
    if all(source.crs.is_geographic for source in decision.sources):
        shaping.warn_of_coarse(x, y, found.written, report)
    lonlat = _lonlat(_swapped(flat, decision, records, report), decision)
    usable = shaping.drop_unusable(lonlat, records, report)
    shapes = shaping.fit(usable, kind, records, report, written=found.geometry)
    rejected = shapes.rejected | found.rejected
    shapes.geometry[rejected] = None
    aside = _set_far_aside(shapes.geometry, found, raw, matches, records, report)
    name = decision.name if has_place else ""
    evidence, moved = tuple(decision.evidence), any(source.shift or source.own for source in decision.sources)
    as_written = np.column_stack([x, y]) if moved or decision.swapped.any() else None
    return Located(
        shapes.geometry, rejected, columns, declared, name, evidence, aside, shapes.originals, as_written,
        decision.confidence,
    )  # fmt: skip


def _set_far_aside(
    geometry: NDArray[np.object_],
    found: TablePlaces,
    raw: Raw,
    matches: Matches,
    records: NDArray[np.int64],
    report: QualityReport,
) -> dict[int, str]:
    """Take away the places that are a slip; return by position what the file says, for it must not be lost."""
    if not shaping.far_away(geometry).any():
        return {}
    written = _as_points(found.geometry) if found.written is None else found.written.fillna("").tolist()
    name = matches.fields.get("name")
    names = [""] * len(geometry) if name is None else as_text(raw.cells[name]).fillna("").str.strip().tolist()
    far = shaping.set_far_aside(geometry, names, written, records, report)
    return {int(at): written[at] for at in np.flatnonzero(far)}


def _as_points(geometry: NDArray[np.object_]) -> list[str]:
    """Return points as two numbers, other geometries as WKT, with all their digits."""
    is_point = shapely.get_type_id(geometry) == 0
    points = zip(shapely.get_x(geometry), shapely.get_y(geometry), strict=True)
    texts = shapely.to_wkt(geometry, rounding_precision=-1)
    return [
        f"{x:.15g}, {y:.15g}" if single else str(text)
        for single, (x, y), text in zip(is_point, points, texts, strict=True)
    ]


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


def _lonlat(geometry: NDArray[np.object_], decision: Decision) -> NDArray[np.object_]:
    """Return geometries in WGS 84 degrees, each out of the system of its group."""
    changed = np.full(len(geometry), None, dtype=object)
    for number, source in enumerate(decision.sources):
        rows = decision.group == number
        changed[rows] = to_lonlat(geometry[rows], source)
    return changed


def _tell(decision: Decision, records: NDArray[np.int64], report: QualityReport, *, has_place: bool) -> None:
    if not has_place:
        return
    name = decision.name
    zh = "；".join(text.zh for text in decision.evidence)
    en = "; ".join(text.en for text in decision.evidence)
    report.facts["crs"] = Text(f"坐标系 {name}（{zh}）", f"coordinates in {name} ({en})")
    for text in decision.warnings:
        report.note("datum", text.zh, text.en, field="geometry", action="warning")
    if len(decision.unsure):
        count = len(decision.unsure)
        report.note(
            "datum_unsure",
            f"{count} 条的坐标系看不准，按前后记录读入，请逐条核对",
            f"the datum of {count} records cannot be told with confidence; they are read like their neighbours",
            field="geometry", action="warning",
        )  # fmt: skip
    for at in decision.unsure:
        source = decision.sources[decision.group[at]].name
        report.note(
            "datum_unsure", f"按 {source} 读入，但看不准", f"read as {source}, but not sure",
            record=int(records[at]), field="geometry", action="note",
        )  # fmt: skip


def _swapped(
    geometry: NDArray[np.object_], decision: Decision, records: NDArray[np.int64], report: QualityReport
) -> NDArray[np.object_]:
    """Return geometries longitude first; each record whose axes were the other way round is said."""
    if not decision.swapped.any():
        return geometry
    turned = turned_round(geometry, decision.swapped)
    for at in np.flatnonzero(decision.swapped) if not decision.is_all_swapped else ():
        report.note(
            "axes_swapped", "经纬度写反，已对调", "latitude and longitude were the other way round; put right",
            record=int(records[at]), field="geometry", action="changed",
        )  # fmt: skip
    return turned
