"""What several readers say of a file that they refuse, and the next steps that they share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.errors import ReadError

if TYPE_CHECKING:
    from pathlib import Path

IS_IT_RIGHT = {"hint": "is it the right file?", "hint_zh": "请核对是不是这个文件"}
AGAIN = {"hint": "copy or export it again from its source", "hint_zh": "请从来源重新拷贝或导出"}
SAVE_AS_XLSX = {"hint": "save it as .xlsx or .csv", "hint_zh": "请另存为 .xlsx 或 .csv"}


def not_what_it_says(path: Path, en: str, zh: str) -> ReadError:
    """Return the error for a file whose suffix promises a format that its content is not."""
    return ReadError(f"{path.name} is not {en}, whatever its name says", f"{path.name} 其实不是 {zh}", **IS_IT_RIGHT)


def too_wide(path: Path, width: int) -> ReadError:
    """Return the error for a table of more columns than any ledger has."""
    return ReadError(
        f"{path.name} has {width} columns",
        f"{path.name} 有 {width} 列",
        hint="a table may have 512: clear what stands far to the right",
        hint_zh="一张表最多 512 列，请清除右边多余的内容",
    )
