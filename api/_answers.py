"""Answers with an entity tag: 304 where the caller has it already, gzip where it is wanted and was made before."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from starlette.responses import Response

from layers import __version__
from layers.serving.texts import encode

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from starlette.requests import Request

JSON_TYPE = "application/json"
GEOJSON_TYPE = "application/geo+json"
HTML_TYPE = "text/html; charset=utf-8"
VARY = "Accept, Accept-Encoding, Accept-Language"


def entity_tag(*parts: object) -> str:
    """Return a weak entity tag (gzip and plain answers share it) of everything an answer depends on."""
    text = "\n".join(str(part) for part in (__version__, *parts))
    return f'W/"{hashlib.sha256(text.encode()).hexdigest()[:24]}"'


def has_already(request: Request, tag: str) -> bool:
    """Whether ``If-None-Match`` names ``tag`` (weak comparison, RFC 9110 13.1.2)."""
    known = [item.strip() for item in request.headers.get("if-none-match", "").split(",")]
    return "*" in known or tag.removeprefix("W/") in {item.removeprefix("W/") for item in known}


def tagged(
    request: Request,
    tag: str,
    make: Callable[[], str | bytes],
    *,
    media_type: str = JSON_TYPE,
    headers: Mapping[str, str] | None = None,
) -> Response:
    """Return what ``make`` makes, or 304 without making it.

    Parameters
    ----------
    request
        The request.
    tag
        Entity tag of the answer.
    make
        Makes the body; bytes that start like gzip are sent as such.
    media_type
        Of the body.
    headers
        Further headers.
    """
    fixed = {"ETag": tag, "Cache-Control": "private, no-cache", "Vary": VARY, **(headers or {})}
    if has_already(request, tag):
        return Response(status_code=304, headers=fixed)
    body = make()
    if isinstance(body, bytes) and body.startswith(b"\x1f\x8b"):
        fixed["Content-Encoding"] = "gzip"
    return Response(body, headers=fixed, media_type=media_type)


def tagged_json(request: Request, body: object) -> Response:
    """Return a JSON answer whose tag is the hash of its text."""
    text = encode(body)
    return tagged(request, entity_tag(text), lambda: text)
