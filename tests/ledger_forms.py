"""The ten invented ledgers in four forms: CSV in UTF-8 and in GBK, XLSX and XLS with true merged cells."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING, Any

from openpyxl.utils import get_column_letter
from reading_files import write_xls, write_xlsx

from layers._cells import neutralise

if TYPE_CHECKING:
    from pathlib import Path

FORMS = ("csv", "gbk", "xlsx", "xls")
MERGED_DOWN = ("街道", "社区", "事项类别", "宗地号")
FIRST_TITLES = ("序号", "宗地号", "备案编号", "路段/小区", "站点名称", "编号", "工单编号", "事项类别")
SECOND_TITLES = ("总户数", "小型车", "起")


def written(source: Path, form: str, folder: Path) -> Path:
    """Write a ledger in one of the four forms."""
    path = folder / f"{source.stem}.{'csv' if form == 'gbk' else form}"
    if form in ("csv", "gbk"):
        path.write_bytes(source.read_text("utf-8").encode("gb18030" if form == "gbk" else "utf-8"))
        return path
    rows = table(source)
    cells = [[typed(cell) for cell in row] for row in rows]
    return (write_xlsx if form == "xlsx" else write_xls)(path, {"台账": cells}, merges=merges(rows))


def table(path: Path) -> list[list[str | None]]:
    """Return the cells of a ledger, ``None`` where blank."""
    with path.open(encoding="utf-8", newline="") as stream:
        rows = [[cell if cell.strip() else None for cell in row] for row in csv.reader(stream)]
    width = max(map(len, rows))
    return [row + [None] * (width - len(row)) for row in rows]


def typed(cell: str | None) -> Any:
    """Return a cell as a clerk types it: a number where it is one to the letter."""
    if cell is None or not re.fullmatch(r"-?(0|[1-9][0-9]*)(\.[0-9]+)?", cell) or len(cell) > 15:
        return cell if cell is None else neutralise(cell)
    number = float(cell)
    return int(cell) if cell.isdigit() else number if repr(number) == cell else cell


def merges(rows: list[list[str | None]]) -> list[str]:
    """Return the ranges that the ledger's form has merged: title rows, header cells, groups down a column."""
    head = next(at for at, row in enumerate(rows) if row[0] in FIRST_TITLES)
    has_two = any(cell in SECOND_TITLES for cell in rows[head + 1])
    ranges = [(at, 0, at, len(row) - 1) for at, row in enumerate(rows[:head]) if sum(map(bool, row)) == 1]
    for number, title in enumerate(rows[head]):
        if title and has_two:
            last = number
            while last + 1 < len(rows[head]) and rows[head][last + 1] is None:
                last += 1
            ranges.append((head, number, head + (rows[head + 1][number] is None), last))
        if title in MERGED_DOWN:
            ranges += _groups(rows, number, head + 1 + has_two)
    wide = [item for item in ranges if item[:2] != item[2:]]
    return [f"{get_column_letter(l + 1)}{t + 1}:{get_column_letter(r + 1)}{b + 1}" for t, l, b, r in wide]  # noqa: E741


def _groups(rows: list[list[str | None]], column: int, start: int) -> list[tuple[int, int, int, int]]:
    """Return the cells of a column that one value stands for, ending where a total or another value begins."""
    found_groups = []
    first: int | None = None
    for at in range(start, len(rows) + 1):
        cells = rows[at] if at < len(rows) else []
        ends = at == len(rows) or cells[column] is not None or any(cell in ("小计", "合计") for cell in cells[:2])
        ends = ends or sum(cell is not None for cell in cells) <= 1
        if ends and first is not None:
            if at - 1 > first:
                found_groups.append((first, column, at - 1, column))
            first = None
        if at < len(rows) and cells[column] is not None and cells[column] not in ("小计", "合计"):
            first = at
    return found_groups
