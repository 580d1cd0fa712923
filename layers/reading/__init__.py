"""Clerks' files as layers: tables and maps as people have them, everything accounted for.

One call, :func:`read_file`. What it cannot read exactly it says; what it cannot place waits as ``unlocated``; what it
leaves out is counted with its reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers.crs import parse_crs
from layers.errors import CheckError, UsageError
from layers.quality import QualityReport, Text
from layers.reading._columns_match import id_candidates, match_columns
from layers.reading._fields import FieldReader
from layers.reading._geometry import warn_of_outliers
from layers.reading._locate import locate
from layers.reading._merge import merge_duplicates
from layers.reading._open import SUFFIXES, existing_file, open_raw
from layers.reading._rows import check_totals, keep_records
from layers.schema import STORAGE_CRS, conform, input_kinds
from layers.schema import kind as kind_of
from layers.values._dates import parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.reading._columns_match import Matches
    from layers.reading._raw import Raw
    from layers.schema import Kind

__all__ = ["SUFFIXES", "ReadResult", "existing_file", "read_file"]

_SAMPLE_WORDS = r"示例数据|虚构|[Ss]ample data"
_SAMPLE_NOTICE = "示例数据，非真实数据 Sample data, not real"
_SUMMED_UNITS = frozenset(("m2", "CNY", "CNY/year", "kW"))
_DATE_IN_PREAMBLE = re.compile(
    r"(?:填报|统计|数据|更新|截止|普查)(?:日期|时间)[:：]\s*(\d{4}[-./年]\d{1,2}[-./月]\d{1,2}日?|\d{4}年\d{1,2}月)"
)


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
    """

    frame: gpd.GeoDataFrame
    report: QualityReport
    crs_declared: str | None = None
    crs_found: str = ""
    evidence: tuple[Text, ...] = ()


def read_file(
    path: Path,
    kind: str,
    *,
    crs: str = "auto",
    encoding: str = "auto",
    columns: Mapping[str, str] = MappingProxyType({}),
) -> ReadResult:
    """Return the records of a file as a layer of ``kind``, with the account of everything that was done.

    Parameters
    ----------
    path
        GeoJSON, GeoPackage (``file.gpkg|layername=name`` for one of several layers), Shapefile, GeoParquet, CSV, XLSX.
    kind
        Name of an input kind.
    crs
        ``auto``, ``EPSG:n``, ``GCJ-02`` or ``BD-09``; what the user says comes before what the file says.
    encoding
        ``auto``, or the encoding of a text table or of a shapefile's table.
    columns
        Field -> column title where the names do not tell; also ``lon``, ``lat``, ``lonlat`` and ``geometry_wkt``.

    Raises
    ------
    UsageError
        If the kind, a field, a column or the format is not known.
    ReadError
        If the file is missing, empty, damaged or not what its suffix says.
    DatumError
        If nothing tells what the coordinates are in, or the coordinates contradict what is said.
    CheckError
        If the file holds another kind, or no record could be accepted.
    """
    of = kind_of(kind)
    if of.name not in input_kinds():
        choices = ", ".join(input_kinds())
        raise UsageError(f"{kind} is a result and cannot be read from a file", hint=f"choose one of {choices}")
    said = parse_crs(crs)
    file, layer = existing_file(path)
    report = QualityReport(of.name, file.name)
    raw = open_raw(file, layer, of, encoding, columns)
    report.facts |= raw.facts
    for text in raw.warnings:
        report.note("file", text.zh, text.en, action="warning")
    matches = match_columns(raw.titles, of, columns, is_cut=raw.is_cut)
    records, totals = _records(raw, matches, report, file.name)
    reader = FieldReader(raw, of, matches, records, report)
    ids = reader.source_ids(id_candidates(raw.titles, matches))
    located = locate(raw, of, matches, records, report, file=file, said=said, explicit=columns)
    frame = _fields(reader, ids, located.columns)
    kept = np.flatnonzero(~located.rejected)
    frame, geometry, records = frame.iloc[kept].reset_index(drop=True), located.geometry[kept], records[kept]
    sums = [_sums(frame, reader)]
    stays = merge_duplicates(frame, geometry, records, report)
    frame, geometry, records = frame[stays].reset_index(drop=True), geometry[stays], records[stays]
    check_totals(totals, reader, [*sums, _sums(frame, reader)], report)
    result = _accepted(frame, geometry, of, report)
    warn_of_outliers(geometry, records, report)
    order = {title.text: number for number, title in reversed(list(enumerate(raw.titles)))}
    report.columns.sort(key=lambda use: order.get(use.title, len(order)))
    return ReadResult(result, report, located.crs_declared, located.crs_found, located.evidence)


def _records(raw: Raw, matches: Matches, report: QualityReport, file: str) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Return the numbers of the records, and the rows of totals; rows that are no records are left out of a table."""
    if raw.geometry is not None:
        report.read += len(raw.cells)
        return np.arange(1, len(raw.cells) + 1), raw.cells.iloc[:0]
    records, totals = keep_records(raw, report, matches.row_number)
    if not len(records):
        raise CheckError(
            f"{file} holds no records, only totals or notes", layer=report.kind, hint="is it the right file?"
        )
    return records, totals


def _fields(reader: FieldReader, ids: pd.Series, place_columns: set[int]) -> pd.DataFrame:
    """Return the fields of all records, with where they came from."""
    frame = reader.read()
    if "source_id" not in frame:
        frame["source_id"] = ids
    frame["remark"] = reader.remark(frame.get("remark"), place_columns)
    reader.tell_of_unkept()
    preamble = reader.raw.preamble
    if "data_date" not in frame and (found := _DATE_IN_PREAMBLE.search(preamble)):
        moment = parse_date(found[1]).value
        frame["data_date"] = pd.to_datetime(pd.Series(moment, index=frame.index)).astype("datetime64[ms]")
    is_said = frame["remark"].str.contains(_SAMPLE_WORDS, na=False) | bool(re.search(_SAMPLE_WORDS, preamble))
    is_sample = frame["is_sample"].fillna(is_said.astype("boolean")) if "is_sample" in frame else is_said
    frame["is_sample"] = is_sample.astype("boolean")
    return frame


def _sums(frame: pd.DataFrame, reader: FieldReader) -> dict[str, float]:
    """Return the sum of every column that may be added up."""
    sums: dict[str, float] = {}
    for name in reader.matches.fields:
        field = reader.kind[name]
        if (field.dtype == "int" and field.unit != "year") or (field.dtype == "float" and field.unit in _SUMMED_UNITS):
            sums[name] = float(frame[name].sum())
    return sums


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
        reasons = "; ".join(f"{count} x {text.en}" for text, count in report.left_out_reasons.items())
        raise CheckError(
            f"no record of {report.file} could be accepted ({reasons})",
            layer=of.name,
            hint="mend it or choose another kind",
        )
    there = ~shapely.is_missing(geometry)
    stated = frame.get("position", pd.Series(pd.NA, index=frame.index, dtype="string"))
    if of.geometry:
        exact = np.where(stated.eq("approximate").fillna(value=False).to_numpy(dtype=bool), "approximate", "exact")
        frame["position"] = np.where(there, exact, "unlocated")
        report.unlocated = int((~there).sum())
    report.notice = _SAMPLE_NOTICE if bool(frame["is_sample"].any()) else ""
    return conform(gpd.GeoDataFrame(frame, geometry=geometry, crs=STORAGE_CRS), of)
