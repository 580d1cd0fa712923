"""Starting the HTTP service. The address is taken before anything else, so that a mistake is one line at once."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING

import uvicorn
from uvicorn.supervisors import Multiprocess

from api import _console as console
from api.app import create_app
from api.settings import Settings
from layers.errors import UsageError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fastapi import FastAPI

WORKSPACE_VARIABLE = "PANHUO_SERVED_WORKSPACE"
HOST_VARIABLE = "PANHUO_SERVED_HOST"
NAMES_VARIABLE = "PANHUO_SERVED_NAMES"
"""How worker processes learn what they serve, and under which name."""


def listener(host: str, port: int) -> socket.socket:
    """Return a socket bound to the address; nobody is answered until it is served.

    The protocol is named because asyncio sends small answers at once (``TCP_NODELAY``) only on such sockets.

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
        raise UsageError(
            f"{host} is not an address of this machine",
            f"{host} 不是本机地址",
            hint="use 127.0.0.1",
            hint_zh="请用 127.0.0.1",
        ) from error
    if not ipaddress.ip_address(str(address[0])).is_loopback:
        raise UsageError(
            f"{host} can be reached from other machines, and there are no users to ask for a password yet",
            f"{host} 可从别的机器访问，而本服务还没有登录",
            hint="serve on 127.0.0.1 and put an authenticating proxy before it",
            hint_zh="请只用 127.0.0.1，前面放带认证的代理",
        )
    bound = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        bound.bind(address)
    except OSError as error:
        bound.close()
        in_use = error.errno == errno.EADDRINUSE
        raise WorkspaceError(
            f"port {port} of {host} {'is in use' if in_use else f'cannot be taken ({error.strerror or error})'}",
            f"{host} 的端口 {port} {'已被占用' if in_use else f'不能使用（{error.strerror or error}）'}",
            hint="choose another with --port",
            hint_zh="请用 --port 换一个",
        ) from error
    return bound


def serve(directory: Path, bound: socket.socket, *, host: str, workers: int, allowed_hosts: Iterable[str] = ()) -> None:
    """Serve the workspace in ``directory`` on a socket of :func:`listener` until stopped.

    ``allowed_hosts`` are the names under which a proxy on this machine is called, if it hands the ``Host`` on.
    """
    os.environ |= {
        WORKSPACE_VARIABLE: str(directory.resolve()),
        HOST_VARIABLE: host,
        NAMES_VARIABLE: " ".join(allowed_hosts),
    }
    shown = f"[{host}]" if ":" in host else host
    console.show_line(f"盘活 Panhuo: 浏览器打开 open http://{shown}:{bound.getsockname()[1]}/ (Ctrl-C 停止 stops)")
    config = uvicorn.Config("api.server:factory", factory=True, workers=workers, log_level="warning")
    if workers == 1:
        uvicorn.Server(config).run(sockets=[bound])
    else:
        Multiprocess(config, [bound]).run()


def factory() -> FastAPI:
    """Return the application of the workspace that this process was told to serve."""
    names = frozenset(os.environ[NAMES_VARIABLE].lower().split())
    return create_app(
        Settings(Path(os.environ[WORKSPACE_VARIABLE]), host=os.environ[HOST_VARIABLE], allowed_hosts=names)
    )
