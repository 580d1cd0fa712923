"""Traditional characters as simplified ones."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import opencc


def simplified(text: str) -> str:
    """Return a title or a cell in simplified characters (名稱 -> 名称).

    What GB 2312 can write is returned as it is: it holds the simplified characters, and nearly every text is of them.
    """
    if text.isascii():
        return text
    try:
        text.replace("·", "").encode("gb2312")
    except UnicodeEncodeError:
        return str(converter().convert(text))
    return text


@cache
def converter() -> opencc.OpenCC:
    """Return the converter from traditional to simplified characters, loaded when it is first needed."""
    import opencc  # noqa: PLC0415  (takes as long to load as a small ledger to read, and few need it)

    return opencc.OpenCC("t2s")
