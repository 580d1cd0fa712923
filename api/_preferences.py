"""What the caller prefers: Chinese or English, packed or plain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Iterator

Language = Literal["zh", "en"]
DEFAULT_LANGUAGE: Language = "en"
"""For callers that state no preference: programs, whose readers grep for English."""


def preferred_language(accept_language: str | None) -> Language:
    """Return the language of ``Accept-Language`` that we speak and that is wanted most."""
    wanted = [(quality, -place, tag) for place, (tag, quality) in enumerate(weighted(accept_language or ""))]
    for quality, _, tag in sorted(wanted, reverse=True):
        primary = tag.partition("-")[0]
        if quality > 0 and primary == "zh":
            return "zh"
        if quality > 0 and primary == "en":
            return "en"
    return DEFAULT_LANGUAGE


def weighted(header: str) -> Iterator[tuple[str, float]]:
    """Yield the values of an ``Accept…`` header with their ``q``; a ``q`` that cannot be read counts as 0."""
    for part in header.split(","):
        value, *parameters = (item.strip().lower() for item in part.split(";"))
        quality = next((item[2:] for item in parameters if item.startswith("q=")), "1")
        if value:
            yield value, _number(quality)


def takes_gzip(accept_encoding: str) -> bool:
    """Whether ``Accept-Encoding`` admits gzip."""
    accepted = dict(weighted(accept_encoding))
    return accepted.get("gzip", accepted.get("*", 0.0)) > 0


def _number(text: str) -> float:
    try:
        return min(max(float(text), 0.0), 1.0)
    except ValueError:
        return 0.0
