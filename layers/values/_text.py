"""One cell of a ledger as text, and what can be read in it."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from layers.quality import Action

_MARKS = frozenset(("", "/", "\\", "-", "--", "---", ".", "…", "*", "?", "??", "_"))
_MISSING = _MARKS.union(
    ("n/a", "na", "null", "none", "nan", "<na>", "nil", "不详", "未知", "待核", "待核实", "待查", "待定", "暂无"),
    ("无数据", "缺", "空", "未填", "未统计", "未调查"),
)
_DASHES = str.maketrans(
    dict.fromkeys("—–―−－‐‑‒﹣─", "-")
    | dict.fromkeys("～〜∼", "~")
    | dict.fromkeys("×✕✖✗✘╳", "x")
    | dict.fromkeys("✓✔☑", "√")
)
_TICKS = MappingProxyType({"√": "是", "x": "否"})
"""Marks of columns asked with 是 or 否; a circle is yes for some and no for others, and stays what it is."""


@dataclass(frozen=True)
class Reading:
    """What one cell says.

    Parameters
    ----------
    value
        The value taken, ``None`` where there is none.
    rule
        Empty where the cell was read exactly (or is blank); else why a person should know.
    zh, en
        The sentence of the finding.
    keep_text
        Whether the words of the cell say more than ``value`` and must be kept in the remark.
    """

    value: Any = None
    rule: str = ""
    zh: str = ""
    en: str = ""
    keep_text: bool = False

    @property
    def action(self) -> Action:
        """What was done to the cell."""
        if self.value is None:
            return "nulled"
        return "kept" if self.rule == "unit_assumed" else "changed"


MISSING = Reading()


def unreadable(zh: str, en: str, *, rule: str = "unreadable") -> Reading:
    """Return the reading of a cell that holds something, but not what its column asks for."""
    return Reading(None, rule, zh, en, keep_text=True)


def plain(text: str) -> str:
    """Return ``text`` trimmed, in half-width forms, with one kind of dash and tilde and single spaces."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text).translate(_DASHES)
    return " ".join(text.split())


def is_mark(text: str) -> bool:
    """Return whether a plain text is only a mark for "nothing to say" (``/``, ``-``)."""
    return re.sub(r"\s", "", text) in _MARKS or (bool(text) and set(text) <= {"-", " "})


def says_nothing(text: str) -> bool:
    """Return whether a cell, as it is, holds only a mark for "nothing to say"; most cells are seen by one character."""
    bare = text.strip()
    return not bare or (not bare[0].isalnum() and is_mark(plain(bare)))


def is_missing(text: str) -> bool:
    """Return whether a plain text says that the value is missing (``/``, ``不详``, ``待核``)."""
    return is_mark(text) or text.lower() in _MISSING


def tick_as_word(text: str) -> str:
    """Return 是 for a cell with a tick only and 否 for one with a cross, what stands in brackets behind kept."""
    cell = plain(text)
    word = _TICKS.get(cell[:1].lower(), "")
    return word + cell[1:] if word and not split_notes(cell[1:])[0] else text


def split_notes(text: str) -> tuple[str, bool]:
    """Return a plain text without what stands in brackets, and whether anything did."""
    bare = re.sub(r"[(\[][^()\[\]]*[)\]]", "", text)
    return bare.strip(), bare != text
