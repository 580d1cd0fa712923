"""Where the records of a file are: geometry found, its datum decided, brought to degrees, made fit for the kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import shapely

from layers.crs import SourceCrs, to_lonlat
from layers.datums import Clues
from layers.findings import WAITS_TO_BE_MENDED
from layers.quality import Text
from layers.reading import _geometry as shaping
from layers.reading._curves import STRAIGHTENED
from layers.reading._datum import decide
from layers.reading._datum_said import turned_round
from layers.reading._far_away import find_strays, set_far_aside
from layers.reading._kind import check_kind
from layers.reading._place import PlaceColumns
from layers.reading._record_texts import record_groups, record_texts
from layers.reading._repair import no_originals
from layers.reading._table_place import TablePlaces, places_of_table
from layers.values import as_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.errors import DatumUnsureError
    from layers.quality import QualityReport
    from layers.reading._columns_match import Matches
    from layers.reading._datum_decision import Decision
    from layers.reading._raw import Raw
    from layers.schema import Kind
    from layers.trusted import Trusted

_NO_COLUMNS = PlaceColumns()
_UNREADABLE = (Text("图形无法读取", "its geometry cannot be read"), None)


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
    unread
        Which records have coordinate cells that hold something else; none where it is empty.
    originals
        The shapes that were changed, before they were.
    as_written
        Middle of each geometry as the file has its numbers, shape (records, 2); ``None`` where none was moved.
    confidence
        How sure ``crs_found`` is, 0 to 1; the group that is least sure counts.
    question
        What a person must say of the coordinates before the records are accepted, if anything.
    """

    geometry: NDArray[np.object_]
    rejected: NDArray[np.bool_]
    columns: set[int]
    crs_declared: str | None
    crs_found: str
    evidence: tuple[Text, ...]
    aside: Mapping[int, str] = field(default_factory=dict)
    unread: NDArray[np.bool_] = field(default_factory=lambda: np.zeros(0, dtype=bool))
    originals: gpd.GeoDataFrame = field(default_factory=no_originals)
    as_written: NDArray[np.float64] | None = None
    confidence: float = 1.0
    question: DatumUnsureError | None = None


class Asked(NamedTuple):
    """What the user gave: the file (its name may name a datum), the CRS, columns by field, layers to trust."""

    file: Path
    said: SourceCrs | None
    columns: Mapping[str, str]
    trusted: Trusted


def locate(
    raw: Raw, kind: Kind, matches: Matches, records: NDArray[np.int64], report: QualityReport, asked: Asked
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
    asked
        What the user gave.

    Raises
    ------
    DatumError
        If the datum cannot be decided.
    CheckError, ReadError
        If the file is another kind of file.
    """
    found = _written(raw, matches, asked.columns, records, report)
    has_place = not shapely.is_missing(found.geometry).all()
    name = asked.file.name
    check_kind(raw, kind, matches, has_place=has_place, explicit=asked.columns, file=name, report=report)
    flat = shaping.drop_unusable(shaping.flatten(found.geometry, records, report), records, report)
    if not kind.geometry:
        return _nowhere(found, len(records))
    middles = _middles(flat)
    decision = _decided(
        flat, middles, found, raw, matches, asked, where=lambda at: report.where(int(records[at]))
    )  # fmt: skip
    _tell(decision, records, report, has_place=bool(np.isfinite(middles[0]).any()))
    if all(source.is_degrees for source in decision.sources):
        shaping.warn_of_coarse(*middles, found.written, report)
    lonlat = _lonlat(_swapped(flat, decision, records, report), decision)
    usable = shaping.drop_unusable(lonlat, records, report)
    shapes = shaping.fit(usable, kind, records, report, written=found.geometry)
    shapes.rejected |= found.rejected
    shapes.geometry[shapes.rejected] = None
    aside = _set_misfits_aside(decision, found, records, report)
    aside |= _set_far_aside(shapes.geometry, found, raw, matches, records, report, asked.trusted.areas)
    return _located(found, middles, decision, shapes, aside)


def _decided(
    flat: NDArray[np.object_],
    middles: tuple[NDArray[np.float64], NDArray[np.float64]],
    found: TablePlaces,
    raw: Raw,
    matches: Matches,
    asked: Asked,
    *,
    where: Callable[[int], Text],
) -> Decision:
    """Return what the coordinates are in, by what is said of them and what the records' words tell."""
    words = found.columns.datum or f"{raw.preamble} {asked.file.stem}"
    columns = found.columns.numbers
    clues = Clues(asked.file.name, asked.said, found.crs, found.crs_from, words, is_export=raw.is_own)
    return decide(
        *middles, clues, asked.trusted,
        texts=record_texts(raw, matches, columns, with_places=not asked.trusted.is_empty),
        groups=record_groups(raw, columns, *middles),
        shapes=None if (shapely.get_type_id(flat) <= 0).all() else flat,
        where=where,
    )  # fmt: skip


def _declared(found: TablePlaces) -> str | None:
    return None if found.crs is None else SourceCrs(found.crs).name


def _nowhere(found: TablePlaces, count: int) -> Located:
    """Return what there is to say of a kind that has no place of its own."""
    nothing = np.full(count, None, dtype=object)
    return Located(nothing, np.zeros(count, dtype=bool), found.columns.numbers, _declared(found), "", ())


def _located(
    found: TablePlaces,
    middles: tuple[NDArray[np.float64], NDArray[np.float64]],
    decision: Decision,
    shapes: shaping.Shapes,
    aside: Mapping[int, str],
) -> Located:
    has_place, is_unread = bool(np.isfinite(middles[0]).any()), found.unread
    is_moved = any(source.shift or source.own for source in decision.sources) or decision.swapped.any()
    return Located(
        shapes.geometry,
        shapes.rejected,
        found.columns.numbers,
        _declared(found),
        decision.name if has_place else "",
        tuple(decision.evidence),
        aside,
        np.zeros(len(shapes.geometry), dtype=bool) if is_unread is None else is_unread,
        shapes.originals,
        np.column_stack(middles) if is_moved else None,
        decision.confidence,
        decision.question,
    )


def _set_far_aside(
    geometry: NDArray[np.object_],
    found: TablePlaces,
    raw: Raw,
    matches: Matches,
    records: NDArray[np.int64],
    report: QualityReport,
    areas: gpd.GeoDataFrame,
) -> dict[int, str]:
    """Take away the places that are a slip; return by position what the file says, for it must not be lost."""
    strays = find_strays(geometry, areas)
    if not len(strays.rows):
        return {}
    written = _as_written(found, strays.rows)
    name = matches.fields.get("name")
    cells = None if name is None else as_text(raw.cells[name].iloc[strays.rows])
    names = [""] * len(written) if cells is None else cells.fillna("").str.strip().tolist()
    far = set(set_far_aside(geometry, strays, names, written, records, report).tolist())
    return {at: text for at, text in zip(strays.rows.tolist(), written, strict=True) if at in far}


def _set_misfits_aside(
    decision: Decision, found: TablePlaces, records: NDArray[np.int64], report: QualityReport
) -> dict[int, str]:
    """Say which numbers are none of the system of all the others; return by position what the file says."""
    rows = decision.misfits
    written = _as_written(found, rows)
    report.note_each(
        "stray_coordinates",
        f"与其余坐标不是一类数（{decision.name}），可能丢了小数点{WAITS_TO_BE_MENDED.zh}",
        f"no numbers like the others ({decision.name}), perhaps without their decimal point{WAITS_TO_BE_MENDED.en}",
        records[rows], field="geometry", values=written, action="unlocated",
    )  # fmt: skip
    return dict(zip(rows.tolist(), written, strict=True))


def _as_written(found: TablePlaces, rows: NDArray[np.int64]) -> list[str]:
    """Return coordinates of records as the file has them."""
    if found.written is None:
        return _as_points(found.geometry[rows])
    texts: list[str] = found.written.iloc[rows].fillna("").tolist()
    return texts


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
    for at in np.flatnonzero(nothing).tolist():
        why, value = raw.faults.get(at, _UNREADABLE)
        report.leave_out(int(records[at]), *why, rule="geometry_unreadable", value=value)
    if raw.curved is not None:
        report.note_each(
            "geometry_straightened", *STRAIGHTENED, records[raw.curved], field="geometry", action="changed"
        )
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
