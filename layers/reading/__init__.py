"""Clerks' files as layers: tables and maps as people have them, everything accounted for.

One call, :func:`read_file`. What it cannot read exactly it says; what it cannot place waits as ``unlocated``; what it
leaves out is counted with its reason.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers._garbage import without_search
from layers._sketch import sketch
from layers.check import check
from layers.crs import parse_crs
from layers.errors import CheckError
from layers.quality import QualityReport, Text
from layers.reading._columns_match import id_candidates, match_columns
from layers.reading._field_names import named_fields
from layers.reading._fields import FieldReader
from layers.reading._fill_down import is_amount
from layers.reading._locate import Asked, locate
from layers.reading._merge import ORIGINAL_PLACE, merge_duplicates
from layers.reading._open import SUFFIXES, Request, existing_file, open_raw
from layers.reading._privacy import folded_people
from layers.reading._provenance import fields_of
from layers.reading._refusals import IS_IT_RIGHT
from layers.reading._rejected import refuse_suffix, rejected_records, still_to_mend, without_added, write_rejected
from layers.reading._repair import no_originals
from layers.reading._rows import keep_records
from layers.reading._said_twice import said_twice, tell_said_twice
from layers.reading._totals import added, check_totals
from layers.reading._words import tell_elsewhere
from layers.schema import STORAGE_CRS, conform, input_kind
from layers.trusted import Trusted
from layers.values import as_text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.crs import SourceCrs
    from layers.errors import DatumUnsureError
    from layers.reading._columns_match import Matches
    from layers.reading._locate import Located
    from layers.reading._raw import Raw
    from layers.schema import Kind

__all__ = [
    "SUFFIXES",
    "ReadResult",
    "existing_file",
    "read_file",
    "refuse_suffix",
    "still_to_mend",
    "write_rejected",
]

_SAMPLE_NOTICE = "示例数据，非真实数据 Sample data, not real"


@dataclass(frozen=True)
class ReadResult:
    """One file read as one kind.

    Parameters
    ----------
    frame
        The records, with exactly the columns of the kind, WGS 84; ``asset_id`` is null unless the file has it.
    report
        Counts, columns, findings.
    crs_declared
        CRS that the file declares, ``None`` where it declares none.
    crs_found
        What the coordinates were taken to be in; empty where there are none.
    evidence
        Why.
    originals
        The shapes that were changed, as the file has them, with how much they changed; columns as
        :func:`layers.reading._repair.no_originals` tells.
    rejected
        The records that were left out, or wait for a place, and can be mended, under the titles of the source
        (:func:`write_rejected`).
    crs_confidence
        How sure ``crs_found`` is, 0 to 1 (the least sure group of records); 1 where it is said and nothing contradicts.
    records
        Number in the file of each record of ``frame``.
    question
        What a person must say of the coordinates before the layer is accepted (:data:`layers.datums.CLEAR`); ``None``
        where they are plain.
    is_correction
        Whether the file is one of records to be mended (:func:`write_rejected`) that comes back.
    """

    frame: gpd.GeoDataFrame
    report: QualityReport
    crs_declared: str | None = None
    crs_found: str = ""
    evidence: tuple[Text, ...] = ()
    originals: gpd.GeoDataFrame = field(default_factory=no_originals)
    rejected: pd.DataFrame = field(default_factory=pd.DataFrame)
    crs_confidence: float = 1.0
    records: NDArray[np.int64] = field(default_factory=lambda: np.empty(0, dtype=np.int64), repr=False)
    question: DatumUnsureError | None = None
    is_correction: bool = False


@without_search()
def read_file(
    path: Path,
    kind: str,
    *,
    crs: str | SourceCrs | None = "auto",
    encoding: str = "auto",
    columns: Mapping[str, str] = MappingProxyType({}),
    trusted: Trusted | None = None,
    as_of: date | None = None,
) -> ReadResult:
    """Return the records of a file as a layer of ``kind``, with the account of everything that was done.

    Parameters
    ----------
    path
        Shapefile, GeoPackage, GeoJSON (also one feature a line), FlatGeobuf, GeoParquet, KML, KMZ, DXF, CSV (also TXT,
        TSV), XLSX (also XLSM), XLS, a list of corner points (界址点成果表) as text or workbook, or a ZIP of one of them
        (:data:`SUFFIXES`). ``file.gpkg|layername=name`` names one of several layers, sheets or members.
    kind
        Name of an input kind.
    crs
        ``auto``, what :func:`layers.crs.parse_crs` reads, or what :func:`layers.crs.crs_option` returned; what the
        user says comes before what the file says.
    encoding
        ``auto``, or the encoding of a text table or of a shapefile's table.
    columns
        Field -> column title where the names do not tell; also ``lon``, ``lat``, ``lonlat`` and ``geometry_wkt``.
    trusted
        Accepted layers to hold the coordinates against; without them degrees that nothing declares are undetermined.
    as_of
        The day after which nothing can have happened yet; ``None`` to hold dates against each other only.

    Raises
    ------
    UsageError, ReadError
        If kind, field, column or format are not known; if the file is missing, damaged or not what its suffix says.
    DatumError, CheckError
        If the coordinates' system is not told or contradicted; if it is another kind of file or nothing is accepted.
    """
    of = input_kind(kind)
    file, layer = existing_file(path)
    said = parse_crs(crs) if isinstance(crs, str) else crs
    return _read(of, layer, encoding, as_of, Asked(file, said, named_fields(columns, of), trusted or Trusted()))


def _read(of: Kind, layer: str | None, encoding: str, as_of: date | None, asked: Asked) -> ReadResult:
    """Read the file that is asked for; the steps in their order."""
    report = QualityReport(of.name, asked.file.name)
    latest_year = None if as_of is None else as_of.year
    raw = _opened(Request(asked.file, layer, of, encoding, asked.columns, latest_year), report)
    matches = match_columns(raw.titles, of, asked.columns)
    records, totals = _records(raw, of, matches, report, asked.file.name)
    reader = FieldReader(raw, of, matches, records, report, latest_year=latest_year)
    ids = reader.source_ids(id_candidates(raw.titles, matches))
    located = locate(raw, of, matches, records, report, asked)
    _keep_places(reader, located)
    _keep_shared(reader)
    frame, geometry, rows = _folded(fields_of(reader, ids, located.columns), located, reader, totals)
    result, numbers = _accepted(frame, geometry, of, report), records[rows]
    waits = rows[shapely.is_missing(geometry)] if of.geometry else rows[:0]
    chosen = located.rejected | np.isin(np.arange(len(records)), waits)
    rejected = rejected_records(raw, chosen, records, report)
    tell_elsewhere(result, of, numbers, report)
    report.extend(
        check(
            result, of, asked.trusted, as_of, records=numbers, sheet_rows=report.rows, sheet_names=report.sheets
        )
    )  # fmt: skip
    _draw(report, located, geometry, records, rows, asked.trusted)
    result[list(reader.people)] = reader.people.set_axis(result.index)  # last: no check and no finding has seen them
    order = {title.text: number for number, title in reversed(list(enumerate(raw.titles)))}
    report.columns.sort(key=lambda use: order.get(use.title, len(order)))
    return ReadResult(
        result,
        report,
        located.crs_declared,
        located.crs_found,
        located.evidence,
        located.originals,
        rejected,
        located.confidence,
        numbers,
        located.question,
        raw.is_correction,
    )


def _opened(ask: Request, report: QualityReport) -> Raw:
    """Return the raw content of a file; what is known of the file itself is said in ``report``."""
    raw = without_added(open_raw(ask))
    report.facts |= raw.facts
    report.rows = [] if raw.row_numbers is None else raw.row_numbers.to_numpy(dtype="int64")
    report.sheets = raw.sheets or []
    for text in raw.warnings:
        report.note("file", text.zh, text.en, action="warning")
    return raw


def _records(
    raw: Raw, kind: Kind, matches: Matches, report: QualityReport, file: str
) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Return the numbers of the records, and the rows of totals; rows that are no records are left out of a table."""
    if raw.geometry is not None:
        report.read += len(raw.cells)
        return np.arange(1, len(raw.cells) + 1), raw.cells.iloc[:0]
    amounts = {number for name, number in matches.fields.items() if is_amount(kind[name])}
    records, totals = keep_records(raw, report, matches.row_number, amounts)
    if not len(records):
        raise CheckError(
            f"{file} holds no records, only totals or notes",
            f"{file} 里没有记录，只有合计或说明",
            layer=report.kind,
            **IS_IT_RIGHT,
        )
    return records, totals


def _keep_places(reader: FieldReader, located: Located) -> None:
    """Put coordinates that are a slip or that nobody can read into the remarks: the file said something there."""
    aside = [(np.array([at]), words) for at, words in located.aside.items()]
    reader.keep(f"{ORIGINAL_PLACE}（{located.crs_found}）", aside)
    unread = np.flatnonzero(located.unread)
    for number in sorted(located.columns) if len(unread) else ():
        texts = as_text(reader.raw.cells[number].iloc[unread])
        same = texts.groupby(texts).indices
        reader.keep(number, [(unread[at], str(text)) for text, at in same.items()])


def _keep_shared(reader: FieldReader) -> None:
    """Put amounts that belong to several records together into the remark of each."""
    kept: dict[int, list[tuple[NDArray[np.int64], str]]] = {}
    for number, positions, text in reader.raw.shared:
        kept.setdefault(number, []).append((positions, f"{text}（{len(positions)} 条合计）"))
    for number, words in kept.items():
        reader.keep(number, words)


def _folded(
    frame: pd.DataFrame, located: Located, reader: FieldReader, totals: pd.DataFrame
) -> tuple[pd.DataFrame, NDArray[np.object_], NDArray[np.int64]]:
    """Return the records to keep, their geometries, and their positions among all that were read.

    Those that cannot be placed are left out, those that say the same thing twice are folded, and totals are compared.
    """
    rows = np.flatnonzero(~located.rejected)
    frame, geometry = frame.iloc[rows].reset_index(drop=True), located.geometry[rows]
    read, twice = added(frame, reader, rows), said_twice(frame, rows, reader)
    into = merge_duplicates(frame, geometry, reader.records[rows], reader)
    stays = into == np.arange(len(into))
    reader.people = folded_people(reader.people.iloc[rows].reset_index(drop=True), into)
    tell_said_twice(twice, stays, reader.records[rows], reader.report)
    frame, geometry, rows = frame[stays].reset_index(drop=True), geometry[stays], rows[stays]
    check_totals(totals, reader, [read, added(frame, reader, rows)], reader.report)
    return frame, geometry, rows


def _draw(
    report: QualityReport,
    located: Located,
    geometry: NDArray[np.object_],
    records: NDArray[np.int64],
    rows: NDArray[np.int64],
    trusted: Trusted,
) -> None:
    """Give the report what its page draws: before and after, what was changed, the areas around."""
    written = None if located.as_written is None else located.as_written[rows]
    changed = located.originals.geometry.to_numpy()
    report.sketch = sketch(geometry, trusted.areas, records=records[rows], written=written, changed=changed)


def _accepted(frame: pd.DataFrame, geometry: NDArray[np.object_], of: Kind, report: QualityReport) -> gpd.GeoDataFrame:
    """Return the layer, its counts checked.

    Raises
    ------
    CheckError
        If nothing is left.
    """
    report.kept = len(frame)
    report.check_counts()
    if frame.empty:
        first = {item.zh: f" [{item.value}]" for item in reversed(report.findings) if item.value}
        counts = [(text, count, first.get(text.zh, "")) for text, count in report.left_out_reasons.items()]
        reasons = "; ".join(f"{count} x {text.en}{value}" for text, count, value in counts)
        reasons_zh = "；".join(f"{text.zh} {count} 条{value}" for text, count, value in counts)
        raise CheckError(
            f"no record of {report.file} could be accepted ({reasons})",
            f"{report.file} 没有一条记录可以收下（{reasons_zh}）",
            layer=of.name,
            hint="mend it or choose another kind",
            hint_zh="请改正，或换一类图层导入",
        )
    there = ~shapely.is_missing(geometry)
    stated = frame.get("position", pd.Series(pd.NA, index=frame.index, dtype="string"))
    if of.geometry:
        exact = np.where(stated.eq("approximate").fillna(value=False).to_numpy(dtype=bool), "approximate", "exact")
        frame["position"] = np.where(there, exact, "unlocated")
        report.unlocated = int((~there).sum())
        report.tell_of_unlocated()
    report.notice = _SAMPLE_NOTICE if bool(frame["is_sample"].any()) else ""
    return conform(gpd.GeoDataFrame(frame, geometry=geometry, crs=STORAGE_CRS), of)
