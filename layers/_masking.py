"""Telephones and identity numbers taken out of texts before anything shows or keeps them."""

from __future__ import annotations

import re

_MAX_VALUE_CHARACTERS = 200
_DIGIT = "[0-9０-９]"
_HIDDEN = "[0-9０-９Xx*×]"
_GAP = "[- －—]?"
_MOBILE = f"[1１][3-9３-９]{_DIGIT}{_GAP}{_HIDDEN}{{4}}{_GAP}{_HIDDEN}{{4}}"
_AREA_CODE = f"[0０](?:[1１][0０]|[2２]{_DIGIT}|[3-9３-９]{_DIGIT}{{2}})"
_LANDLINE = f"{_AREA_CODE}{_GAP}[2-8２-８]{_HIDDEN}{{3}}{_GAP}{_HIDDEN}{{3,4}}"
_TELEPHONE = re.compile(f"(?<![0-9０-９A-Za-z.])(?:(?:\\+?86[- ]?)?{_MOBILE}|{_LANDLINE})(?![0-9０-９A-Za-z])")
_PERSON = (
    f"[1-9１-９]{_DIGIT}{{5}}(?:[1１][9９]|[2２][0０]){_DIGIT}{{2}}(?:[0０][1-9１-９]|[1１][0-2０-２])"
    f"(?:[0０][1-9１-９]|[12１２]{_DIGIT}|[3３][01０１]){_DIGIT}{{3}}[0-9０-９XxＸｘ]"
)
_IDENTITY_NUMBER = re.compile(f"(?<![0-9０-９A-Za-z]){_PERSON}(?![0-9０-９A-Za-z])")
_TELEPHONE_MASK, _IDENTITY_MASK = "[电话已隐去]", "[证件号已隐去]"
MAYBE_PERSONAL = f"{_MOBILE}|{_LANDLINE}|{_PERSON}"
"""What every text that :func:`mask_personal` changes contains; without look-around, so that columns can be sifted."""


def mask_personal(text: str) -> str:
    """Return ``text`` with telephone and identity-card numbers replaced by a mask."""
    return _IDENTITY_NUMBER.sub(_IDENTITY_MASK, _TELEPHONE.sub(_TELEPHONE_MASK, text))


def shorten(value: object) -> str | None:
    """Return ``value`` as masked text of at most 200 characters on one line, ``None`` for a missing one."""
    if value is None or value != value:  # noqa: PLR0124  (NaN is the value that differs from itself)
        return None
    text = " ".join(mask_personal(str(value)).split())
    return text if len(text) <= _MAX_VALUE_CHARACTERS else text[: _MAX_VALUE_CHARACTERS - 1] + "…"
