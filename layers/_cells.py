"""Text cells that a spreadsheet would run as formulas: made harmless when written, themselves again when read."""

from __future__ import annotations

import re

_DANGEROUS = re.compile(r"'*[=+\-@\t\r＝＋－＠]")
_NEUTRALISED = re.compile(r"'+[=+\-@\t\r＝＋－＠]")


def neutralise(text: str) -> str:
    """Return ``text`` with an apostrophe before it if a spreadsheet could take it for a formula."""
    return f"'{text}" if _DANGEROUS.match(text) else text


def restore(text: str) -> str:
    """Return what :func:`neutralise` was given."""
    return text[1:] if _NEUTRALISED.match(text) else text
