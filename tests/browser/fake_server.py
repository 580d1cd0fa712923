"""Serve the built page over the fake town, in tests or by ``python -m tests.browser.fake_server [port]``."""

from __future__ import annotations

import json
import sys
import threading
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote, urlsplit

from .fake_city import FakeCity

if TYPE_CHECKING:
    from collections.abc import Callable

STATIC = Path(__file__).parents[2] / "maps" / "static"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; font-src 'self'; "
    "connect-src 'self'; worker-src 'self' blob:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


class FakeServer:
    """A server on 127.0.0.1 whose answers a test can change.

    Parameters
    ----------
    answer
        Path to JSON, to ``(status, JSON)``, or to None for 404.
    port
        0 takes a free one.
    """

    def __init__(self, answer: Callable[[str], Any], port: int = 0) -> None:
        self.answer = answer
        server = self

        class Handler(SimpleHTTPRequestHandler):
            def __init__(self, *args: Any, **kwargs: Any) -> None:
                super().__init__(*args, directory=str(STATIC), **kwargs)

            def do_GET(self) -> None:
                path = unquote(urlsplit(self.path).path)
                if not path.startswith(("/api/", "/healthz")):
                    super().do_GET()
                    return
                found = server.answer(path)
                status, body = found if isinstance(found, tuple) else (200 if found is not None else 404, found)
                data = json.dumps(body or {"title": "not found", "status": 404}, ensure_ascii=False).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json; charset=utf-8")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def end_headers(self) -> None:
                self.send_header("Content-Security-Policy", CSP)
                self.send_header("Cache-Control", "no-cache")
                super().end_headers()

            def log_message(self, *_: Any) -> None:
                """Keep quiet: the tests speak."""

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()


if __name__ == "__main__":
    with FakeServer(FakeCity().answer, int(sys.argv[1]) if len(sys.argv) > 1 else 8123) as running:
        print(running.url)
        threading.Event().wait()
