"""Layers as tables: CSV and XLSX, with places as degrees and as WKT, and cells that are never formulas."""

from __future__ import annotations

import csv
import re
import unicodedata
from typing import TYPE_CHECKING, Any

import numpy as np
import openpyxl
import pandas as pd
import shapely
from openpyxl.cell import WriteOnlyCell
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font
from openpyxl.utils import get_column_letter

from layers._cells import neutralise
from layers.errors import UsageError
from layers.matching.exported import EXACT
from layers.schema import result_kinds

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import geopandas as gpd
    from openpyxl.worksheet._write_only import WriteOnlyWorksheet
    from pyproj import CRS

    from layers.schema import Kind

_MAX_ROWS, _MAX_CELL = 1_048_576, 32_767
_LEAST_WIDTH, _MOST_WIDTH = 8, 48
"""Of a column, in characters: the widest texts are cut on the screen rather than pushing the others off it."""
_WIDTH_RECORDS = 200
"""Records that are measured for the width; a longer one further down is cut like any other wide text."""
_WIDTH_OF_FILTER = 3
"""Room for the filter's button beside a name."""
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_PLACE_TITLES = {
    "lon": ("经度(WGS 84)", "Longitude, WGS 84", "deg"),
    "lat": ("纬度(WGS 84)", "Latitude, WGS 84", "deg"),
    "geometry_wkt": ("图形(WKT)", "Geometry as WKT", ""),
}
_EXACT_TITLE = ("来源明细(供读回)", "Sources, to be read back", "")
_UNITS_ZH = {"CNY": "元", "CNY/year": "元/年", "m2": "平方米", "m": "米", "years": "年", "persons": "人", "kW": "千瓦"}
"""Units that a Chinese head says; every other stands in its comment."""
_FINE_UNITS = ("", "1", "deg", "fraction", "share", "score")
"""Units of what is small: shown with three decimals, anything else with two."""


def with_places(table: pd.DataFrame, frame: gpd.GeoDataFrame, lonlat: gpd.GeoSeries, crs: CRS) -> pd.DataFrame:
    """Return ``table`` with ``lon``, ``lat`` (WGS 84 degrees, of a point inside) and the geometry as WKT in ``crs``.

    The WKT column is named ``geometry_wkt``, or ``geometry_wkt_epsg4547`` where it is not in WGS 84 degrees.
    """
    inside = shapely.point_on_surface(lonlat.to_numpy())
    code = crs.to_epsg()
    name = "geometry_wkt" if code in (4326, 4490) else f"geometry_wkt_epsg{code}"
    wkt = shapely.to_wkt(
        frame.geometry.to_numpy(), rounding_precision=7 if crs.is_geographic else 4, output_dimension=2
    )
    columns = {"lon": np.round(shapely.get_x(inside), 7), "lat": np.round(shapely.get_y(inside), 7), name: wkt}
    return table.assign(**columns)


def write_csv(path: Path, table: pd.DataFrame, kind: Kind) -> None:
    """Write UTF-8 with a byte-order mark (Excel needs it), blank for null, ISO dates."""
    with path.open("w", encoding="utf-8-sig", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow(table.columns)
        columns = [_texts(table[name], kind) for name in table.columns]
        writer.writerows(zip(*columns, strict=True))


def _texts(column: pd.Series, kind: Kind) -> list[Any]:
    name = str(column.name)
    if pd.api.types.is_datetime64_any_dtype(column.dtype):
        form = "%Y-%m-%d" if name in kind and kind[name].dtype == "date" else "%Y-%m-%d %H:%M:%S"
        return ["" if pd.isna(moment) else moment.strftime(form) for moment in column]
    return [_plain(value) for value in column.astype(object)]


def _plain(value: Any) -> Any:
    """Return a value as a CSV cell: numbers stay numbers, texts are neutralised."""
    if value is None or value is pd.NA or (isinstance(value, (float, np.floating)) and not np.isfinite(value)):
        return ""
    if isinstance(value, (bool, np.bool_)):
        return "true" if value else "false"
    if isinstance(value, (int, float, np.integer, np.floating)):
        return value.item() if isinstance(value, np.generic) else value
    return neutralise(str(value))


def write_xlsx(path: Path, table: pd.DataFrame, kind: Kind, *, attribution: str, notice: str) -> None:
    """Write the records on the first sheet, what the columns mean, attribution and notice on the second.

    Raises
    ------
    UsageError
        If the table is longer than a sheet, or a text longer than a cell.
    """
    if len(table) >= _MAX_ROWS:
        raise UsageError(
            f"{len(table)} records do not fit on a sheet",
            f"{len(table)} 条记录超过一张工作表的行数",
            hint="write .csv, .gpkg or .geojson",
            hint_zh="请改写 .csv、.gpkg 或 .geojson",
        )
    table, too_long = _fitting(table)
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet(kind.name)
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(max(len(table.columns), 1))}{len(table) + 1}"
    for place, name in enumerate(table.columns, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = _width(table[name], _head_text(str(name), kind))
        sheet.column_dimensions[get_column_letter(place)].hidden = name == EXACT  # for programs, not for people
    sheet.append([_head(sheet, str(name), kind) for name in table.columns])
    columns = [list(_values(sheet, table[name], kind)) for name in table.columns]
    for row in zip(*columns, strict=True):
        sheet.append(row)
    _explain(book.create_sheet("说明"), table, kind, attribution, notice, too_long)
    book.save(path)


def _fitting(table: pd.DataFrame) -> tuple[pd.DataFrame, dict[str, int]]:
    """Return the table without WKT and exact sources too long for a cell, and by column of how many records that is."""
    too_long: dict[str, int] = {}
    for name in table.columns:
        if pd.api.types.is_numeric_dtype(table[name].dtype) or pd.api.types.is_datetime64_any_dtype(table[name].dtype):
            continue
        long = table[name].astype("string").str.len().gt(_MAX_CELL).fillna(value=False).to_numpy(dtype=bool)
        if not long.any():
            continue
        if not str(name).startswith(("geometry_wkt", EXACT)):
            at = int(np.flatnonzero(long)[0]) + 1
            raise UsageError(
                "a text is too long for a cell",
                "文字超过一个单元格的长度",
                record=at,
                field=str(name),
                hint="write .csv or .gpkg",
                hint_zh="请改写 .csv 或 .gpkg",
            )
        too_long[str(name)] = int(long.sum())
        table = table.assign(**{str(name): table[name].mask(long, None)})
    return table, too_long


def _values(sheet: WriteOnlyWorksheet, column: pd.Series, kind: Kind) -> Iterator[Any]:
    name = str(column.name)
    is_moment = pd.api.types.is_datetime64_any_dtype(column.dtype)
    form = "yyyy-mm-dd" if name in kind and kind[name].dtype == "date" else "yyyy-mm-dd hh:mm:ss"
    shown = _number_format(column, kind)
    for value in column if is_moment else column.astype(object):
        if is_moment:
            cell = None if pd.isna(value) else WriteOnlyCell(sheet, value=value.to_pydatetime())
            if cell is not None:
                cell.number_format = form
            yield cell
        else:
            plain = True if value is True else False if value is False else _plain(value)
            yield None if plain == "" and not isinstance(plain, bool) else _cell(sheet, plain, shown=shown)


def _number_format(column: pd.Series, kind: Kind) -> str | None:
    """Return how the numbers of a column are shown; the values themselves stay as exact as they are."""
    name = str(column.name)
    if not pd.api.types.is_float_dtype(column.dtype) or name in _PLACE_TITLES:
        return None
    known = column.dropna()
    if (known == known.round()).all():
        return "0"
    unit = kind[name].unit if name in kind else ""
    # A share, a score or a length in degrees would lose its meaning with two decimals.
    return "0.000" if unit in _FINE_UNITS else "0.00"


def _width(column: pd.Series, head: str) -> int:
    """Return the width of a column in characters, of which a Chinese one takes two."""
    if pd.api.types.is_float_dtype(column.dtype):
        said = column.head(_WIDTH_RECORDS).round(3).astype("string")
    elif pd.api.types.is_datetime64_any_dtype(column.dtype):
        said = column.head(_WIDTH_RECORDS).dt.strftime("%Y-%m-%d").astype("string")
    else:
        said = column.head(_WIDTH_RECORDS).astype("string")
    widest = max((_columns_of(text) for text in said.dropna()), default=0)
    return min(max(widest + 1, _columns_of(head) + _WIDTH_OF_FILTER, _LEAST_WIDTH), _MOST_WIDTH)


def _columns_of(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(sign) in "WF" else 1 for sign in text[:_MOST_WIDTH])


def _head(sheet: WriteOnlyWorksheet, name: str, kind: Kind) -> Any:
    """Return the head of a column, with its name and titles as a comment."""
    cell = _cell(sheet, _head_text(name, kind), bold=True)
    zh, en, unit = _titles(name, kind)
    if zh:
        said = f"{name}: {zh} {en}" + (f" ({unit})" if unit else "")
        cell.comment = Comment(said, "Panhuo", height=60, width=240)
    return cell


def _head_text(name: str, kind: Kind) -> str:
    """Return what stands at the head of a column: its Chinese title in a result of a run, which people read.

    An input, and a sheet of pairs that is answered, are read back by their machine names, so these are their heads.
    """
    zh, _, unit = _titles(name, kind)
    if kind.name not in result_kinds() or not zh:
        return name
    if unit not in _UNITS_ZH:
        return zh
    return f"{zh[:-1]}，{_UNITS_ZH[unit]})" if zh.endswith(")") else f"{zh}({_UNITS_ZH[unit]})"


def _titles(name: str, kind: Kind) -> tuple[str, str, str]:
    if name in kind:
        return kind[name].zh, kind[name].en, kind[name].unit
    if name == EXACT:
        return _EXACT_TITLE
    return _PLACE_TITLES.get(re.sub(r"_epsg\d+$", "", name), ("", "", ""))


def _cell(sheet: WriteOnlyWorksheet, value: Any, *, bold: bool = False, shown: str | None = None) -> Any:
    if not isinstance(value, str):
        if shown is None:
            return value
        number = WriteOnlyCell(sheet, value=value)
        number.number_format = shown
        return number
    cell = WriteOnlyCell(sheet, value=_CONTROL.sub("", value))
    cell.data_type = "s"
    if bold:
        cell.font = Font(bold=True)
    return cell


def _explain(
    sheet: WriteOnlyWorksheet, table: pd.DataFrame, kind: Kind, attribution: str, notice: str, too_long: dict[str, int]
) -> None:
    """Write the sheet that says what the columns mean and whose data it is."""
    for letter, width in zip("ABCDE", (32, 24, 28, 14, 80), strict=True):
        sheet.column_dimensions[letter].width = width
    sheet.append([_cell(sheet, f"{kind.zh} {kind.en}", bold=True)])
    exact = too_long.pop(EXACT, 0)
    shapes = sum(too_long.values())
    lost = f"{shapes} 条的图形超过单元格长度，只有经纬度 / geometries too long for a cell, degrees only"
    words = f"{exact} 条的来源明细超过单元格长度，只有文字，读不回 / sources too long for a cell, in words only"
    for label, text in (
        ("注意 Notice", notice),
        ("数据归属 Attribution", attribution),
        ("图形 Geometry", lost if shapes else ""),
        ("来源 Sources", words if exact else ""),
    ):
        if text:
            sheet.append([_cell(sheet, label, bold=True), _cell(sheet, neutralise(text))])
    sheet.append([])
    titles = ("列 Column", "中文名 Chinese title", "English title", "单位 Unit", "代码 Codes")
    sheet.append([_cell(sheet, title, bold=True) for title in titles])
    for name in (str(name) for name in table.columns):
        coded = (kind[name].codes if name in kind else None) or {}
        codes = "; ".join(f"{code} = {zh} {en}" for code, (zh, en) in coded.items())
        row = (name, *_titles(name, kind), codes)
        cells = [_cell(sheet, neutralise(text)) for text in row]
        cells[-1].alignment = Alignment(wrap_text=True, vertical="top")
        sheet.append(cells)
