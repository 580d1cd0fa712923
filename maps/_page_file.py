"""The file of a page: refused where its name promises another format, and put in place whole or not at all."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from layers.errors import UsageError

PAGE_SUFFIXES = (".html", ".htm")


def require_page_name(path: Path) -> None:
    """Refuse a name under which a page would pass for something else.

    Raises
    ------
    UsageError
        If ``path`` ends in neither ``.html`` nor ``.htm``.
    """
    if path.suffix.lower() not in PAGE_SUFFIXES:
        raise UsageError(
            f"the map is a page: {path.name} should end in .html",
            f"离线地图是网页，{path.name} 的后缀应为 .html",
            hint="write --out FILE.html; a browser prints it as PDF",
            hint_zh="请写 --out 文件.html，需要 PDF 时用浏览器打印",
        )


def replace(path: Path, html: str) -> None:
    """Write beside the file and put it in its place, so that a failure leaves the old one.

    Raises
    ------
    UsageError
        If it cannot be written.
    """
    draft: str | None = None
    try:
        handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(html)
        Path(draft).chmod(0o644)
        Path(draft).replace(path)
    except OSError as error:
        if draft is not None:
            Path(draft).unlink(missing_ok=True)
        reason = error.strerror or str(error)
        raise UsageError(
            f"{path} cannot be written: {reason}",
            f"无法写入 {path}（{reason}）",
            hint="name a file in an existing folder that you may write to",
            hint_zh="请把文件写到一个已有的、可以写入的文件夹里",
        ) from error
