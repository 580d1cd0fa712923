"""Leaflet inside the page, and the guard that nothing on it is fetched from anywhere."""

from __future__ import annotations

import base64
import re
from html.parser import HTMLParser
from importlib import resources

from layers.errors import NotFoundError

CONTENT_POLICY = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; img-src data:"
"""The browser itself refuses whatever the guard could miss."""

_FETCHING = {
    "script": ("src",),
    "link": ("href",),
    "img": ("src", "srcset"),
    "iframe": ("src", "srcdoc"),
    "source": ("src", "srcset"),
    "video": ("src", "poster"),
    "audio": ("src",),
    "object": ("data",),
    "embed": ("src",),
    "image": ("href", "xlink:href"),
    "use": ("href", "xlink:href"),
    "base": ("href",),
}
_CSS_URL = re.compile(r"""url\(\s*["']?([^"')]+)["']?\s*\)""")
_CSS_FETCH = re.compile(r"""@import\b|url\(\s*["']?(?!data:|#)""", re.IGNORECASE)


def leaflet_script() -> str:
    """Return Leaflet's script without the address of its source map."""
    return re.sub(r"//# sourceMappingURL=\S+", "", _asset("leaflet.js").decode("utf-8"))


def leaflet_styles() -> str:
    """Return Leaflet's style sheet with its images as data URIs."""

    def inlined(match: re.Match[str]) -> str:
        address = match[1]
        if address.startswith(("data:", "#")):
            return match[0]
        return f"url(data:image/png;base64,{base64.b64encode(_asset(address)).decode('ascii')})"

    return _CSS_URL.sub(inlined, _asset("leaflet.css").decode("utf-8"))


def _asset(name: str) -> bytes:
    found = resources.files("maps").joinpath("static", "leaflet", *name.split("/"))
    if not found.is_file():
        raise NotFoundError(
            f"the page cannot be made: {name} of Leaflet is not in the installed maps/static/leaflet",
            f"离线地图做不出来：安装的 maps/static/leaflet 里缺 Leaflet 的 {name}",
            hint="install again (make setup)",
            hint_zh="请重新安装（make setup）",
        )
    return found.read_bytes()


class _Fetches(HTMLParser):
    """Collects every reference that a browser would fetch on opening the page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[str] = []
        self._in_style = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self._in_style = tag == "style"
        for name, value in attrs:
            address = (value or "").strip()
            if name in _FETCHING.get(tag, ()) and not address.startswith(("data:", "#")):
                self.found.append(f"<{tag} {name}={address[:80]!r}>")
            elif name == "style" and _CSS_FETCH.search(address):
                self.found.append(f"<{tag} style={address[:80]!r}>")
            elif tag == "meta" and name == "http-equiv" and address.lower() == "refresh":
                self.found.append("<meta refresh>")

    def handle_endtag(self, tag: str) -> None:
        if tag == "style":
            self._in_style = False

    def handle_data(self, data: str) -> None:
        if self._in_style and (match := _CSS_FETCH.search(data)):
            self.found.append(f"<style> {data[match.start() : match.start() + 80]!r}")


def fetches(page: str) -> list[str]:
    """Return what a browser would fetch when it opens ``page``: empty for a page that stands alone."""
    parser = _Fetches()
    parser.feed(page)
    parser.close()
    return parser.found


def require_standalone(page: str) -> None:
    """Refuse a page that would fetch anything, from the network or from beside it.

    Raises
    ------
    RuntimeError
        If it would: a fault of ours, never of a user's data.
    """
    found = fetches(page)
    if found:
        raise RuntimeError(f"the offline page is not self-contained: {'; '.join(found[:5])}")
