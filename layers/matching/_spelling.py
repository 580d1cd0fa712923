"""Chinese names and addresses in one spelling: width, case, script, dashes, brackets, numerals, 之.

Everything here works on one long text with a line for each name, so a million names cost a few passes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from layers.values._numbers import chinese_number
from layers.values._script import converter
from layers.values._text import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_MARKS = {
    **dict.fromkeys("[{〔【《「『<(", "("),
    **dict.fromkeys("]}〕】》」』>)", ")"),
    **dict.fromkeys("、，,;；/", ","),
    **dict.fromkeys("-~至", "-"),
}
_NUMERAL = "零〇一二两三四五六七八九十百千"
_OLD_NUMERALS = (("○", "〇"), ("廿", "二十"), ("卅", "三十"))
_COUNTERS = (
    "号|栋|幢|座|楼|层|单元|室|期|巷|弄|村|约|马路|大道|大街|横街|横路|横巷|路|街|道|区|院|门|组|队|站|厂|"
    "中学|小学|小区"
)
_WRITTEN_NUMBER = re.compile(rf"[{_NUMERAL}]+(?={_COUNTERS})")
_ORDINAL_OR_ZEROS = re.compile(r"第(?=[0-9])|(?<![0-9])0+(?=[0-9])")
_MEANINGLESS_MARK = re.compile(rf"(?<![0-9号])[-,]|[-,](?![0-9{_NUMERAL}])")
_BELOW_GROUND = re.compile(rf"(?:^|(?<=\())-(?=[0-9{_NUMERAL}]+[层楼])", re.MULTILINE)
_LOOSE_MARK = re.compile(r"(?<![0-9])[-,]|[-,](?![0-9])")
_BRANCH = re.compile(rf"([0-9]+)(?:号(?:之|-)([0-9]+|[{_NUMERAL}]+)(?:号(?!楼|院))?|(?:之|-)([0-9]+|[{_NUMERAL}]+)号)")


def spelled(texts: pd.Series) -> pd.Series:
    """Return names or addresses in one spelling, null where nothing is left.

    Half width, lower case, simplified characters, no blanks; round brackets only; numerals before a counter as digits
    (``一百二十三号`` and ``一二三号`` are ``123号``, ``二期`` is ``2期``); branch numbers in one form (``12号之一``,
    ``12号-1`` and ``12之1号`` are ``12-1号``).

    Parameters
    ----------
    texts
        Names or addresses; nulls stay null.
    """
    return by_unique(texts, _spelled)


def by_unique(texts: pd.Series, change: Callable[[Sequence[str]], list[str]]) -> pd.Series:
    """Return ``change`` of each text, worked out once for equal ones; null for nulls and where nothing is left."""
    codes, uniques = pd.factorize(texts.astype(object), use_na_sentinel=True)
    changed = np.array([*(text or None for text in change([str(item) for item in uniques])), None], dtype=object)
    return pd.Series(changed[codes], index=texts.index, dtype=object, name=texts.name)


def _spelled(texts: Sequence[str]) -> list[str]:
    lines = "\n".join(text.replace("\n", " ") for text in texts)
    for old, new in _OLD_NUMERALS:
        lines = lines.replace(old, new)
    for character in sorted(set(lines)):  # few differ, and replacing one of them everywhere is one quick pass
        written = _character(character)
        if written != character:
            lines = lines.replace(character, written)
    if not lines.isascii():
        lines = converter().convert(lines)
    lines = _BELOW_GROUND.sub("负", lines)  # (-1层) is a storey of its own, and other dashes mean nothing
    lines = _WRITTEN_NUMBER.sub(_digits, _MEANINGLESS_MARK.sub("", lines))
    lines = _ORDINAL_OR_ZEROS.sub("", lines)
    lines = _LOOSE_MARK.sub("", _BRANCH.sub(_branch, lines))
    return lines.split("\n") if texts else []


def _character(character: str) -> str:
    """Return one character as it is spelled here; nothing for blanks and for marks without meaning."""
    if character == "\n":
        return character
    bare = plain(character).lower()
    if len(bare) != 1:
        return "".join(item for item in bare if item.isalnum())
    return _MARKS.get(bare, bare if bare.isalnum() else "")


def _digits(found: re.Match[str]) -> str:
    number = chinese_number(found[0])
    return found[0] if number is None else str(number)


def _branch(found: re.Match[str]) -> str:
    branch = found[2] or found[3]
    number = int(branch) if branch.isdigit() else chinese_number(branch)
    return f"{int(found[1])}-{number}号"
