"""Starting the HTTP service: the address is looked at first, so that a mistake is one line."""

from __future__ import annotations

import ipaddress
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn

from api import _console as console
from api.app import create_app
from api.settings import Settings
from layers.errors import UsageError, WorkspaceError
from layers.workspace import Workspace

if TYPE_CHECKING:
    from fastapi import FastAPI

WORKSPACE_VARIABLE = "PANHUO_SERVED_WORKSPACE"
"""How worker processes learn which workspace they serve."""


def check_address(host: str, port: int) -> None:
    """Refuse an address that cannot or must not be listened on.

    Raises
    ------
    UsageError
        If ``host`` is not this machine alone: without users, nobody else may ask.
    WorkspaceError
        If the port is taken.
    """
    try:
        family, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise UsageError(f"{host} is not an address of this machine", hint="use 127.0.0.1") from error
    if not ipaddress.ip_address(str(address[0])).is_loopback:
        raise UsageError(
            f"{host} can be reached from other machines, and there are no users to ask for a password yet",
            hint="serve on 127.0.0.1 and put an authenticating proxy before it",
        )
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(address)
        except OSError as error:
            hint = "choose another with --port"
            raise WorkspaceError(f"port {port} of {host} is in use: {error.strerror}", hint=hint) from error


def serve(directory: Path, *, host: str, port: int, workers: int) -> None:
    """Serve the workspace in ``directory`` until stopped.

    Raises
    ------
    WorkspaceError
        If there is no workspace.
    """
    Workspace.open(directory).close()
    os.environ[WORKSPACE_VARIABLE] = str(directory.resolve())
    shown = f"[{host}]" if ":" in host else host
    console.show_line(f"盘活 Panhuo: open http://{shown}:{port}/ in a browser (Ctrl-C stops)")
    uvicorn.run("api.server:factory", factory=True, host=host, port=port, workers=workers, log_level="warning")


def factory() -> FastAPI:
    """Return the application of the workspace that this process was told to serve."""
    return create_app(Settings(workspace=Path(os.environ[WORKSPACE_VARIABLE])))
