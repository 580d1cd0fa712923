"""What a server is started with. Nothing here is read from the environment: whoever starts the server decides."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

import maps

LOOPBACK_HOSTS = frozenset({"127.0.0.1", "localhost", "::1"})


def packaged_page() -> Path:
    """Return the folder into which the workbench page is built."""
    return Path(maps.__file__).with_name("static")


@dataclass(frozen=True)
class Settings:
    """Settings of one server.

    Parameters
    ----------
    workspace
        Folder of the district that is served.
    host
        Address that the server listens on. A wildcard (``0.0.0.0``, ``::``) also admits every ``Host`` that is an
        IP address: DNS rebinding needs a name.
    allowed_hosts
        Further names under which the server may be called.
    static
        Folder of the built workbench page.
    cached_layers
        How many prepared layers are kept in memory.
    """

    workspace: Path
    host: str = "127.0.0.1"
    allowed_hosts: frozenset[str] = frozenset()
    static: Path = field(default_factory=packaged_page)
    cached_layers: int = 64

    def admits(self, host: str) -> bool:
        """Whether a request may call the server by this ``Host`` (port included or not)."""
        name = _host_name(host)
        return name in LOOPBACK_HOSTS or name in {self.host.lower(), *self.allowed_hosts}


def _host_name(host: str) -> str:
    """Return the host of a ``Host`` header, without port and brackets."""
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0] if host.count(":") == 1 else host
