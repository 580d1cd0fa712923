"""Texts that a column's width cut in the middle of a character: GDAL itself cuts 停车场名称 in UTF-8 at byte ten."""

from __future__ import annotations

import codecs
import re
from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

BYTES_AS_TEXT = "ISO-8859-1"
"""Every byte is one character in it: GDAL gives texts in it as they stand."""
_NUMBERED = re.compile(rb"(.*)(_[0-9]{1,3})", re.DOTALL)
"""What GDAL makes of titles that are the same once cut: the number takes the place of the last bytes."""


def split(data: bytes, encoding: str) -> tuple[str, bytes]:
    """Return the whole characters of a text, and the first bytes of the one that was cut (none where it is whole).

    Raises
    ------
    UnicodeDecodeError
        If it is damaged anywhere but at its end, or before the number at its end.
    """
    try:
        return _whole(data, encoding)
    except UnicodeDecodeError:
        numbered = _NUMBERED.fullmatch(data)
        if numbered is None:
            raise
        text, rest = _whole(numbered[1], encoding)
        return text + numbered[2].decode("ascii"), rest


def _whole(data: bytes, encoding: str) -> tuple[str, bytes]:
    decoder = codecs.getincrementaldecoder(encoding)()
    text = decoder.decode(data)
    return text, decoder.getstate()[0]


def is_cut(texts: Iterable[bytes], encoding: str) -> bool:
    """Return whether a text is not whole in an encoding."""
    for data in texts:
        try:
            data.decode(encoding)
        except UnicodeDecodeError:
            return True
    return False


def decoded(column: pd.Series, encoding: str) -> tuple[pd.Series, list[int]]:
    """Return texts that were read as :data:`BYTES_AS_TEXT` in their encoding, and the positions of those that were cut.

    Raises
    ------
    UnicodeDecodeError
        If one is in another encoding; ``start`` is its position.
    """
    codes, words = pd.factorize(column)
    texts, cut = [], set()
    for at, word in enumerate(words):
        try:
            text, rest = split(word.encode(BYTES_AS_TEXT), encoding)
        except UnicodeDecodeError as error:
            first = int((codes == at).argmax())
            raise UnicodeDecodeError(encoding, b"", first, first + 1, error.reason) from None
        texts.append(text)
        if rest:
            cut.add(at)
    positions = [at for at, code in enumerate(codes) if code in cut] if cut else []
    return pd.Series([*texts, None], index=range(len(texts) + 1), dtype=object).iloc[codes].set_axis(
        column.index
    ), positions
