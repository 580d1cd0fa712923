"""Small files made for the reader's tests, one defect each."""

from __future__ import annotations

import csv
import io
import json
import struct
import zipfile
from typing import TYPE_CHECKING, Any

import openpyxl
import pyogrio

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    import geopandas as gpd

    from layers.quality import QualityReport

Rows = "Sequence[Sequence[Any]]"


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


def write_geojson(path: Path, features: Sequence[tuple[dict[str, Any], Any]], **members: Any) -> Path:
    """Write (properties, geometry) pairs, geometry as GeoJSON has it."""
    listed = [{"type": "Feature", "properties": props, "geometry": geometry} for props, geometry in features]
    path.write_text(json.dumps({"type": "FeatureCollection", **members, "features": listed}), encoding="utf-8")
    return path


def write_shapefile(path: Path, frame: gpd.GeoDataFrame, *, encoding: str, keep: Sequence[str] = (".prj",)) -> Path:
    """Write a shapefile with its table in ``encoding``; of .cpg and .prj only those in ``keep`` stay."""
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


def rules(report: QualityReport) -> list[str]:
    """Return the rules of a report's findings, in order."""
    return [item.rule for item in report.findings]


def found(report: QualityReport, rule: str) -> list[tuple[int | None, str | None, str | None]]:
    """Return (record, field, value) of the findings of one rule."""
    return [(item.record, item.field, item.value) for item in report.findings if item.rule == rule]
