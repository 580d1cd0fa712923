"""Workbooks: stored results of formulas, merged cells, bounded in size whatever the file claims."""

from __future__ import annotations

import re
import warnings
import zipfile
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any

import openpyxl
import pandas as pd
from openpyxl.utils.cell import range_boundaries
from openpyxl.utils.exceptions import InvalidFileException

from layers.errors import ReadError
from layers.quality import Text
from layers.reading._raw import MAX_COLUMNS, Sheet, sheet_score

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.schema import Kind

MAX_UNPACKED_BYTES = 1024**3
MAX_RATIO = 200
_NAMESPACE = rb"(?:\w+:)?"
_MERGE = re.compile(rb"<" + _NAMESPACE + rb'mergeCell\s[^>]*ref="([A-Z]{1,3}[0-9]{1,7}:[A-Z]{1,3}[0-9]{1,7})"')
_NO_RESULT = re.compile(  # a cell with a formula and no stored value
    (
        rb'<{0}c\s[^>]*?r="([A-Z]+[0-9]+)"[^>]*>\s*<{0}f(?:\s[^>]*)?(?:/>|>[^<]*</{0}f>)\s*'
        rb"(?:<{0}v\s*/>|<{0}v></{0}v>)?\s*</{0}c>"
    ).replace(b"{0}", _NAMESPACE)
)


def read_xlsx(path: Path, kind: Kind, explicit: Mapping[str, str]) -> tuple[Sheet, dict[str, Text], list[Text]]:
    """Return the sheet whose header fits ``kind`` best, what was found out, and what a person should know.

    Raises
    ------
    ReadError
        If the file is no workbook, is damaged, unpacks to more than is sane, or holds no cells.
    """
    _check_archive(path)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", category=UserWarning)  # openpyxl on styles and extensions it does not keep
            sheets, scans = _sheets(path)
    except (
        InvalidFileException,
        zipfile.BadZipFile,
        KeyError,
        ValueError,
        TypeError,
        OSError,
        SyntaxError,
        EOFError,
    ) as error:
        reason = " ".join(str(error).split())[:120]
        raise ReadError(
            f"{path.name} is a damaged workbook ({reason})", hint="open it in Excel or WPS and save it again"
        ) from None
    filled = [sheet for sheet in sheets if len(sheet.cells)]
    if not filled:
        raise ReadError(f"{path.name} has no cells", hint="is it the right file?")
    scores = {sheet.name: sheet_score(sheet, kind, explicit)[0] for sheet in filled}
    best = max(filled, key=lambda sheet: (not sheet.is_hidden, scores[sheet.name]))
    facts = {"sheet": Text(f"工作表 {best.name}", f"sheet {best.name}")}
    said: list[Text] = []
    others = [name for name, score in scores.items() if name != best.name and score >= max(6, scores[best.name] // 2)]
    if others:
        shown = "、".join(others)
        said.append(
            Text(
                f"另有像同类台账的工作表未读入: {shown}",
                f"other sheets look like such ledgers and were not read: {shown}",
            )
        )
    missing = scans[best.name]
    if missing:
        said.append(
            Text(
                f"{len(missing)} 个公式单元格没有存下结果（如 {missing[0]}），按空读入；请在 Excel 中打开并保存",
                f"{len(missing)} formula cells have no stored result (such as {missing[0]}) and were read as blank; "
                "open the file in Excel and save it",
            )
        )
    return best, facts, said


def _check_archive(path: Path) -> None:
    """Raise unless the file is a zip that unpacks to a sane size."""
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
            unpacked = sum(item.file_size for item in members)
            packed = max(sum(item.compress_size for item in members), 1)
            names = {item.filename for item in members}
    except (zipfile.BadZipFile, EOFError, ValueError, NotImplementedError):
        raise ReadError(f"{path.name} is not an Excel workbook (.xlsx)", hint="save it as .xlsx or .csv") from None
    if unpacked > MAX_UNPACKED_BYTES or (unpacked > 50_000_000 and unpacked / packed > MAX_RATIO):
        raise ReadError(
            f"{path.name} unpacks to {unpacked / 1e6:.0f} MB, {unpacked // packed} times its size",
            hint="this is no ordinary workbook; save its sheet as .csv",
        )
    if "xl/workbook.xml" not in names and "[Content_Types].xml" not in names:
        raise ReadError(f"{path.name} is a zip file but no Excel workbook", hint="save it as .xlsx or .csv")


def _sheets(path: Path) -> tuple[list[Sheet], dict[str, list[str]]]:
    """Return all sheets as text, and for each the formula cells without a stored result."""
    book = openpyxl.load_workbook(path, read_only=True, data_only=True, keep_links=False)
    sheets: list[Sheet] = []
    scans: dict[str, list[str]] = {}
    try:
        with zipfile.ZipFile(path) as archive:
            for page in book.worksheets:
                merges, scans[page.title] = _scan(archive, page._worksheet_path)  # noqa: SLF001  (no public name)
                sheets.append(_sheet(page, merges))
    finally:
        book.close()
    return sheets, scans


def _scan(archive: zipfile.ZipFile, member: str) -> tuple[list[tuple[int, int, int, int]], list[str]]:
    """Return merged ranges (left, top, right, bottom) and formula cells without results, read in blocks."""
    merges: dict[str, tuple[int, int, int, int]] = {}
    missing: dict[str, None] = {}
    tail = b""
    with archive.open(member) as stream:
        while block := stream.read(1 << 20):
            text = tail + block
            for found in _MERGE.findall(text):
                left, top, right, bottom = range_boundaries(found.decode())
                merges[found.decode()] = (int(left or 1), int(top or 1), int(right or 1), int(bottom or 1))
            missing |= dict.fromkeys(found.decode() for found in _NO_RESULT.findall(text))
            tail = text[-4096:]
    return list(merges.values()), list(missing)


def _sheet(page: Any, merges: list[tuple[int, int, int, int]]) -> Sheet:
    page.reset_dimensions()
    rows: list[list[str | None]] = []
    numbers: list[int] = []
    for number, row in enumerate(page.iter_rows(values_only=True), start=1):
        cells = [cell_text(value) for value in row]
        while cells and cells[-1] is None:
            cells.pop()
        if len(cells) > MAX_COLUMNS:
            raise ReadError(
                f"sheet {page.title} has something in column {len(cells)} of row {number}",
                hint=f"a table may have {MAX_COLUMNS} columns; clear what stands far to the right",
            )
        if cells:
            rows.append(cells)
            numbers.append(number)
    width = max((len(row) for row in rows), default=0)
    for cells in rows:
        cells.extend([None] * (width - len(cells)))
    frame = pd.DataFrame(rows, columns=range(width), index=pd.Index(numbers, dtype="int64"), dtype=object)
    down: dict[int, list[tuple[int, int]]] = {}
    for left, top, _, bottom in merges:
        if bottom > top and left <= width:
            down.setdefault(left - 1, []).append((top, bottom))
    return Sheet(page.title, frame, down, is_hidden=page.sheet_state != "visible")


def cell_text(value: object) -> str | None:
    """Return the value of a cell as text, ``None`` where blank; dates in ISO form, numbers at full precision."""
    if value is None or (isinstance(value, str) and not value.strip()):
        return None
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="seconds").removesuffix(" 00:00:00")
    if isinstance(value, (date, time)):
        return value.isoformat()
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 2**53 else repr(value)
    return str(value)
