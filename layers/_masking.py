"""Telephones and identity numbers taken out of texts before anything shows or keeps them."""

from __future__ import annotations

import re

_MAX_VALUE_CHARACTERS = 200
_TELEPHONE = re.compile(
    r"(?<![0-9A-Za-z.])(?:(?:\+?86[- ]?)?1[3-9][0-9](?:[- ]?[0-9Xx*×]{4}){2}|0[0-9]{2,3}[-－—][0-9Xx*×]{7,8})"
    r"(?![0-9A-Za-z])"
)
_IDENTITY_NUMBER = re.compile(
    r"(?<![0-9A-Za-z])[1-9][0-9]{5}(?:19|20)[0-9]{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12][0-9]|3[01])[0-9]{3}[0-9Xx]"
    r"(?![0-9A-Za-z])"
)
_TELEPHONE_MASK, _IDENTITY_MASK = "[电话已隐去]", "[证件号已隐去]"
MAYBE_PERSONAL = (
    r"1[3-9][0-9][- ]?[0-9Xx*×]{4}[- ]?[0-9Xx*×]{4}|0[0-9]{2,3}[-－—][0-9Xx*×]{7}"
    r"|[1-9][0-9]{5}(?:19|20)[0-9]{2}[01][0-9][0-3][0-9]{4}[0-9Xx]"
)
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
