"""Clerks' files as layers: tables and maps as people have them, everything accounted for.

One call, :func:`read_file`. What it cannot read exactly it says; what it cannot place waits as ``unlocated``; what it
leaves out is counted with its reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers._sketch import sketch
from layers.check import check
from layers.crs import parse_crs
from layers.errors import CheckError
from layers.quality import QualityReport, Text
from layers.reading._columns_match import id_candidates, match_columns
from layers.reading._fields import FieldReader
from layers.reading._locate import locate
from layers.reading._merge import ORIGINAL_PLACE, merge_duplicates
from layers.reading._open import SUFFIXES, existing_file, open_raw
from layers.reading._refusals import IS_IT_RIGHT
from layers.reading._rejected import rejected_records, without_added, write_rejected
from layers.reading._repair import no_originals
from layers.reading._rows import check_totals, keep_records
from layers.schema import STORAGE_CRS, conform, input_kind
from layers.trusted import Trusted
from layers.values._dates import parse_date

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    from numpy.typing import NDArray

    from layers.crs import SourceCrs
    from layers.reading._columns_match import Matches
    from layers.reading._raw import Raw
    from layers.schema import Kind

__all__ = ["SUFFIXES", "ReadResult", "existing_file", "read_file", "write_rejected"]

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
    originals
        The shapes that were changed, as the file has them, with how much they changed; columns as
        :func:`layers.reading._repair.no_originals` tells.
    rejected
        The records that were left out and can be mended, under the titles of the source (:func:`write_rejected`).
    crs_confidence
        How sure ``crs_found`` is, 0 to 1 (the least sure group of records); 1 where it is said and nothing contradicts.
    """

    frame: gpd.GeoDataFrame
    report: QualityReport
    crs_declared: str | None = None
    crs_found: str = ""
    evidence: tuple[Text, ...] = ()
    originals: gpd.GeoDataFrame = field(default_factory=no_originals)
    rejected: pd.DataFrame = field(default_factory=pd.DataFrame)
    crs_confidence: float = 1.0


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
        GeoJSON, GeoPackage (``file.gpkg|layername=name`` for one of several layers), Shapefile, GeoParquet, CSV, XLSX.
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
    UsageError
        If the kind, a field, a column or the format is not known.
    ReadError
        If the file is missing, empty, damaged or not what its suffix says.
    DatumError
        If nothing tells what the coordinates are in, or the coordinates contradict what is said.
    CheckError
        If the file holds another kind, or no record could be accepted.
    """
    of = input_kind(kind)
    said = parse_crs(crs) if isinstance(crs, str) else crs
    file, layer = existing_file(path)
    report = QualityReport(of.name, file.name)
    raw = without_added(open_raw(file, layer, of, encoding, columns))
    report.facts |= raw.facts
    report.rows = [] if raw.row_numbers is None else raw.row_numbers.to_numpy(dtype="int64")
    for text in raw.warnings:
        report.note("file", text.zh, text.en, action="warning")
    matches = match_columns(raw.titles, of, columns, is_cut=raw.is_cut)
    records, totals = _records(raw, matches, report, file.name)
    reader = FieldReader(raw, of, matches, records, report)
    ids = reader.source_ids(id_candidates(raw.titles, matches))
    located = locate(raw, of, matches, records, report, file=file, said=said, explicit=columns, trusted=trusted)
    aside = [(np.array([at]), words) for at, words in located.aside.items()]
    reader.keep(f"{ORIGINAL_PLACE}（{located.crs_found}）", aside)
    rejected = rejected_records(raw, located.rejected, records, report)
    frame = _fields(reader, ids, located.columns)
    kept = np.flatnonzero(~located.rejected)
    frame, geometry, records = frame.iloc[kept].reset_index(drop=True), located.geometry[kept], records[kept]
    sums = [_sums(frame, reader)]
    stays = merge_duplicates(frame, geometry, records, reader)
    frame, geometry, records = frame[stays].reset_index(drop=True), geometry[stays], records[stays]
    check_totals(totals, reader, [*sums, _sums(frame, reader)], report)
    result = _accepted(frame, geometry, of, report)
    held = trusted or Trusted()
    report.extend(check(result, of, held, as_of, records=records, sheet_rows=report.rows))
    written = None if located.as_written is None else located.as_written[kept][stays]
    changed = located.originals.geometry.to_numpy()
    report.sketch = sketch(geometry, held.areas, records=records, written=written, changed=changed)
    order = {title.text: number for number, title in reversed(list(enumerate(raw.titles)))}
    report.columns.sort(key=lambda use: order.get(use.title, len(order)))
    found = located.crs_declared, located.crs_found, located.evidence
    return ReadResult(result, report, *found, located.originals, rejected, located.confidence)


def _records(raw: Raw, matches: Matches, report: QualityReport, file: str) -> tuple[NDArray[np.int64], pd.DataFrame]:
    """Return the numbers of the records, and the rows of totals; rows that are no records are left out of a table."""
    if raw.geometry is not None:
        report.read += len(raw.cells)
        return np.arange(1, len(raw.cells) + 1), raw.cells.iloc[:0]
    records, totals = keep_records(raw, report, matches.row_number)
    if not len(records):
        raise CheckError(
            f"{file} holds no records, only totals or notes",
            f"{file} 里没有记录，只有合计或说明",
            layer=report.kind,
            **IS_IT_RIGHT,
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
    frame["is_sample"] = _is_sample(frame, reader)
    return frame


def _is_sample(frame: pd.DataFrame, reader: FieldReader) -> pd.Series:
    """Return which records are invented: what the file states, else what words above the header or in remarks say."""
    above = re.search(_SAMPLE_WORDS, reader.raw.preamble)
    is_said = frame["remark"].str.contains(_SAMPLE_WORDS).fillna(value=False).astype(bool) | bool(above)
    stated = frame.get("is_sample", pd.Series(pd.NA, index=frame.index, dtype="boolean"))
    taken = np.flatnonzero(is_said & stated.isna())
    if len(taken):
        there = reader.report.where(int(reader.records[taken[0]]))
        inside = None if above else re.search(_SAMPLE_WORDS, str(frame["remark"].iloc[taken[0]]))
        word = (above or inside or [""])[0]
        where = (
            Text("表头以上", "above the header")
            if above
            else Text(f"{there.zh}等的备注", f"in the remark of {there.en}")
        )
        reader.report.note(
            "sample_words",
            f"{where.zh}写有“{word}”，{len(taken)} 条按示例数据收下；若是真实数据，请删去这些字再导入",
            f"{word!r} stands {where.en}: {len(taken)} records are taken as sample data; if they are real, take these "
            "words out and import again",
            field="is_sample", action="warning",
        )  # fmt: skip
    return stated.fillna(is_said.astype("boolean")).astype("boolean")


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
        reasons_zh = "；".join(f"{text.zh} {count} 条" for text, count in report.left_out_reasons.items())
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
        _tell_of_unlocated(report)
    report.notice = _SAMPLE_NOTICE if bool(frame["is_sample"].any()) else ""
    return conform(gpd.GeoDataFrame(frame, geometry=geometry, crs=STORAGE_CRS), of)


def _tell_of_unlocated(report: QualityReport) -> None:
    """Say what becomes of records without a place, and how they get one."""
    count = report.unlocated
    if count:
        report.facts["unlocated"] = Text(
            f"{count} 条没有可用的位置，照样保留（待落图），落图前不作为点位参与分析；"
            "请在台账里补上“经度”“纬度”两列（或一列 WKT 图形），再导入一次",
            f"{count} records have no usable place: they are kept, but not analysed as sites until they are placed; "
            "add the columns 经度 and 纬度 (or one of WKT) and import again",
        )
