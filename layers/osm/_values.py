"""What the values of OpenStreetMap tags mean: names, addresses, counts, years, who may enter."""

from __future__ import annotations

import math
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_METRES = re.compile(r"(\d+(?:\.\d+)?)(?: ?m)?")
_YEAR = re.compile(r"(?:~|c\.? ?|circa )?(\d{4})(?:-\d{2}(?:-\d{2})?)?")
_ACCESSES = {
    "yes": "public",
    "public": "public",
    "permissive": "public",
    "destination": "public",
    "customers": "permit",
    "permit": "permit",
    "residents": "permit",
    "members": "permit",
    "employees": "permit",
    "delivery": "permit",
    "private": "private",
    "no": "private",
}


def name_of(tags: Mapping[str, str]) -> str | None:
    """Return the name on the spot, else in Chinese, else in English."""
    return next((tags[key] for key in ("name", "name:zh", "name:en") if tags.get(key)), None)


def address_of(tags: Mapping[str, str]) -> str | None:
    """Return ``addr:full``, else street and house number."""
    if tags.get("addr:full"):
        return tags["addr:full"]
    street = tags.get("addr:street") or tags.get("addr:place")
    return " ".join(part for part in (street, tags.get("addr:housenumber")) if part) if street else None


def count(text: str | None) -> int | None:
    """Return a count that is written as a plain number, rounded half up (``2.5`` levels are 3), else ``None``."""
    return math.floor(float(text) + 0.5) if text and _NUMBER.fullmatch(text.strip()) else None


def metres(text: str | None) -> float | None:
    """Return a width written as ``3.5`` or ``3.5 m``; other units and spans give ``None``."""
    found = _METRES.fullmatch(text.strip()) if text else None
    return float(found[1]) if found else None


def year(text: str | None) -> int | None:
    """Return the year of ``1906``, ``1906-04``, ``1906-04-18`` or ``~1906``; a decade or a century gives ``None``."""
    found = _YEAR.fullmatch(text.strip()) if text else None
    return int(found[1]) if found else None


def access_of(tags: Mapping[str, str]) -> str | None:
    """Return who may enter, as the code list ``ACCESSES`` says it; ``None`` where nobody said."""
    return _ACCESSES.get(tags.get("access", ""))


def said(tags: Mapping[str, str], *keys: str) -> str | None:
    """Return ``key=value; key=value`` of the keys that are there, for the remark."""
    return "; ".join(f"{key}={tags[key]}" for key in keys if key in tags) or None
