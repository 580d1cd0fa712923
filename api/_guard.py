"""What every request passes first: the Host check against DNS rebinding, HEAD, and the security headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.datastructures import Headers, MutableHeaders

from api._preferences import preferred_language, takes_gzip
from api.errors import http_problem
from api.problems import problem_response

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from api.settings import Settings

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; script-src 'self'; worker-src 'self' blob:; "
    "style-src 'self' 'unsafe-inline'; "  # MapLibre and Swagger UI set style attributes
    "connect-src 'self'; img-src 'self' data: blob:; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
SECURITY_HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}
DEFAULT_CACHE_CONTROL = "private, no-cache"


class Guard:
    """ASGI middleware around the whole application."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.settings = settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        is_head = scope["method"] == "HEAD"

        async def guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
                headers.setdefault("Cache-Control", DEFAULT_CACHE_CONTROL)
            elif is_head and message["type"] == "http.response.body":
                message = {**message, "body": b""}
            await send(message)

        headers = Headers(scope=scope)
        host = headers.get("host", "")
        if not self.settings.admits(host):
            await _refusal(headers, host)(scope, receive, guarded)
            return
        inner = {**scope, "method": "GET"} if is_head else scope
        if not takes_gzip(headers.get("accept-encoding", "")):  # GZipMiddleware does not read `gzip;q=0`
            inner = {**inner, "headers": [item for item in scope["headers"] if item[0] != b"accept-encoding"]}
        await self.app(inner, receive, guarded)


def _refusal(headers: Headers, host: str) -> ASGIApp:
    language = preferred_language(headers.get("accept-language"))
    said = {
        "zh": f"本服务不以 {host!r} 这个名字应答；请用 127.0.0.1 或 localhost 打开",
        "en": f"this server does not answer to the name {host!r}; open it as 127.0.0.1 or localhost",
    }
    return problem_response(http_problem(400, language, said[language]), language)
