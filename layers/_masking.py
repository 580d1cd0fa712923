"""Telephones, identity numbers, accounts, car plates and names taken out of texts before anything shows them."""

from __future__ import annotations

from layers._accounts import MAYBE_ACCOUNTS, mask_accounts
from layers._people import cut_names, cut_names_behind_roles
from layers._telephones import MAYBE_NUMBERS, mask_numbers

_MAX_VALUE_CHARACTERS = 200
MAYBE_PERSONAL = f"{MAYBE_NUMBERS}|{MAYBE_ACCOUNTS}"
"""What every text that :func:`mask_personal` changes contains; without look-around, so that columns can be sifted."""


def mask_personal(text: str) -> str:
    """Return ``text`` without numbers and addresses that reach or identify a person; names are another matter.

    Accounts are first: 13800138000@139.com is one address, not a telephone before a host.
    """
    return mask_numbers(mask_accounts(text))


def shorten(value: object) -> str | None:
    """Return ``value`` as masked text of at most 200 characters on one line, ``None`` for a missing one."""
    if value is None or value != value:  # noqa: PLR0124  (NaN is the value that differs from itself)
        return None
    named = cut_names(cut_names_behind_roles(mask_personal(str(value))), only_told=True)
    text = " ".join(named.split())
    return text if len(text) <= _MAX_VALUE_CHARACTERS else text[: _MAX_VALUE_CHARACTERS - 1] + "…"
