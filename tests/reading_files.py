"""Small files made for the reader's tests, one defect each."""

from __future__ import annotations

import csv
import io
import json
import struct
import warnings
import zipfile
from datetime import date
from typing import TYPE_CHECKING, Any

import openpyxl
import pyogrio
import xlwt
from openpyxl.utils.cell import range_boundaries

from layers.schema import kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd

    from layers.quality import QualityReport
    from layers.reading import ReadResult

Rows = "Sequence[Sequence[Any]]"


LEDGER_KINDS = {
    "01": "community",
    "02": "idle_land",
    "03": "idle_land",
    "04": "parking",
    "05": "parking_survey",
    "06": "charging",
    "07": "public_building",
    "08": "heritage",
    "09": "report",
    "10": "service_item",
}
"""Kind of each of the ten ledgers, by the number before its name."""


def write_csv(path: Path, rows: Rows, *, encoding: str = "utf-8", delimiter: str = ",") -> Path:
    """Write rows as a text table."""
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows([["" if cell is None else cell for cell in row] for row in rows])
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def write_xlsx(path: Path, sheets: dict[str, Rows], *, merges: Sequence[str] = ()) -> Path:
    """Write sheets; ``merges`` are ranges of the first sheet."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    for merge in merges:
        book.worksheets[0].merge_cells(merge)
    book.save(path)
    return path


def write_xls(path: Path, sheets: dict[str, Rows], *, merges: Sequence[str] = ()) -> Path:
    """Write sheets as Excel 97 does; ``merges`` are ranges of the first sheet, dates are cells in a date format."""
    book = xlwt.Workbook(encoding="utf-8")
    for name, rows in sheets.items():
        sheet = book.add_sheet(name)
        spans = [range_boundaries(merge) for merge in merges] if name == next(iter(sheets)) else []
        inside = {(row, column) for left, top, right, bottom in spans
                  for row in range(top - 1, bottom) for column in range(left - 1, right)}  # fmt: skip
        for at, row in enumerate(rows):
            for column, cell in enumerate(row):
                if cell is not None and (at, column) not in inside:
                    sheet.write(at, column, cell, _XLS_DATE if isinstance(cell, date) else _XLS_PLAIN)
        for left, top, right, bottom in spans:
            sheet.write_merge(top - 1, bottom - 1, left - 1, right - 1, rows[top - 1][left - 1])
    book.save(str(path))
    return path


_XLS_PLAIN = xlwt.XFStyle()
_XLS_DATE = xlwt.XFStyle()
_XLS_DATE.num_format_str = "yyyy/m/d"


def write_zip(path: Path, files: dict[str, bytes], *, name_encoding: str | None = None) -> Path:
    """Write an archive; with ``name_encoding`` the names are in it and no flag says so, as Windows packs them."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            if name_encoding is None:
                archive.writestr(name, data)
                continue
            info = _BytesNamed(name.encode(name_encoding).decode("cp437"))
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, data)
    return path


class _BytesNamed(zipfile.ZipInfo):
    """A member whose name is written byte by byte, without the flag for UTF-8."""

    def _encodeFilenameFlags(self) -> tuple[bytes, int]:  # noqa: N802  (overrides zipfile's)
        return self.filename.encode("cp437"), self.flag_bits & ~0x800


def folder_files(folder: Path, stem: str) -> dict[str, bytes]:
    """Return the files of a stem in a folder by name, as an archive wants them."""
    return {item.name: item.read_bytes() for item in sorted(folder.iterdir()) if item.stem == stem}


def dxf(*entities: Sequence[tuple[int, Any]], header: Sequence[tuple[int, Any]] = ()) -> str:
    """Return a drawing of entities, each a list of (group code, value)."""
    pairs: list[tuple[int, Any]] = [(0, "SECTION"), (2, "HEADER"), *header, (0, "ENDSEC")]
    pairs += [(0, "SECTION"), (2, "ENTITIES")]
    for entity in entities:
        pairs += entity
    pairs += [(0, "ENDSEC"), (0, "EOF")]
    return "".join(f"{code:>3}\n{value}\n" for code, value in pairs)


def polyline(places: Sequence[tuple[float, float]], *, closed: bool, layer: str = "宗地") -> list[tuple[int, Any]]:
    """Return a light polyline of a drawing."""
    start = [(0, "LWPOLYLINE"), (100, "AcDbEntity"), (8, layer), (100, "AcDbPolyline"), (90, len(places))]
    corners = [pair for x, y in places for pair in ((10, x), (20, y))]
    return [*start, (70, int(closed)), *corners]


def words(text: str, x: float, y: float, layer: str = "注记") -> list[tuple[int, Any]]:
    """Return a text of a drawing."""
    return [(0, "TEXT"), (100, "AcDbEntity"), (8, layer), (100, "AcDbText"), (10, x), (20, y), (40, 2), (1, text)]


def write_geojson(path: Path, features: Sequence[tuple[dict[str, Any], Any]], **members: Any) -> Path:
    """Write (properties, geometry) pairs, geometry as GeoJSON has it."""
    listed = [{"type": "Feature", "properties": props, "geometry": geometry} for props, geometry in features]
    path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": listed}), encoding="utf-8")
    return path


def write_shapefile(path: Path, frame: gpd.GeoDataFrame, *, encoding: str, keep: Sequence[str] = (".prj",)) -> Path:
    """Write a shapefile with its table in ``encoding``; of .cpg and .prj only those in ``keep`` stay."""
    with warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Normalized|Could not decode", RuntimeWarning)  # long titles are cut
        pyogrio.write_dataframe(frame, path, driver="ESRI Shapefile", encoding=encoding)
    for suffix in (".cpg", ".prj"):
        if suffix not in keep:
            path.with_suffix(suffix).unlink(missing_ok=True)
    return path


def set_language_byte(path: Path, value: int) -> None:
    """Set the byte of a DBF that says (or lies about) its code page."""
    data = bytearray(path.read_bytes())
    data[29] = value
    path.write_bytes(bytes(data))


def zip_bomb(path: Path, size: int) -> Path:
    """Write a workbook whose sheet unpacks to ``size`` bytes of nothing."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"\0" * size)
    return path


def shp_header(length_words: int) -> bytes:
    """Return the header of a shapefile that claims a length in 16-bit words."""
    return struct.pack(">7i", 9994, 0, 0, 0, 0, 0, length_words) + struct.pack("<2i", 1000, 1) + b"\0" * 64


def passed_on(result: ReadResult) -> gpd.GeoDataFrame:
    """Return the records without the fields that a workspace keeps apart (:mod:`layers._live_records`)."""
    apart = [item.name for item in kind(result.report.kind).fields if item.personal]
    return result.frame.drop(columns=apart)


def rules(report: QualityReport) -> list[str]:
    """Return the rules of a report's findings in order, once for each record that they name."""
    return [item.rule for item in report.findings for _ in range(max(len(item.records), 1))]


def found(report: QualityReport, rule: str) -> list[tuple[int | None, str | None, str | None]]:
    """Return (record, field, value) of each record that a rule touched."""
    return [
        (record, item.field, item.value)
        for item in report.findings
        if item.rule == rule
        for record in (item.records or (None,))
    ]
