"""Telephones, identity numbers and names of people taken out of texts before anything shows or keeps them."""

from __future__ import annotations

from layers._people import cut_names
from layers._telephones import MAYBE_NUMBERS as MAYBE_PERSONAL
from layers._telephones import mask_numbers as mask_personal

__all__ = ["MAYBE_PERSONAL", "mask_personal", "shorten"]

_MAX_VALUE_CHARACTERS = 200


def shorten(value: object) -> str | None:
    """Return ``value`` as masked text of at most 200 characters on one line, ``None`` for a missing one."""
    if value is None or value != value:  # noqa: PLR0124  (NaN is the value that differs from itself)
        return None
    text = " ".join(cut_names(mask_personal(str(value)), only_told=True).split())
    return text if len(text) <= _MAX_VALUE_CHARACTERS else text[: _MAX_VALUE_CHARACTERS - 1] + "…"
