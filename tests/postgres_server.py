"""A PostgreSQL server of the tests' own, and every catalog test on SQLite and on it, shared as a plugin."""

from __future__ import annotations

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from conftest import absent, free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

SERVER_USERS = ("postgres", "nobody")
"""PostgreSQL does not run as root; root starts it as the first of these that there is."""
START_S = 60.0
STOP_S = 30.0


def program(name: str) -> str:
    """Return the path of one of PostgreSQL's programs, or skip the test; Debian keeps them out of the path."""
    packaged = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), reverse=True)
    found = shutil.which(name) or next((str(path) for path in packaged), None)
    if found is None:
        absent("PostgreSQL is not installed: `make test` installs Debian's package `postgresql` as root")
    return str(found)


def other_user() -> dict[str, Any]:
    """Return as whom to start the server: nobody else, unless this is root."""
    if os.geteuid() != 0:
        return {}
    known = {item.pw_name: item for item in pwd.getpwall()}
    entry = next(known[name] for name in SERVER_USERS if name in known)
    return {"user": entry.pw_uid, "group": entry.pw_gid, "extra_groups": []}


@pytest.fixture(scope="session")
def postgresql_url() -> Iterator[str]:
    """Start a server in a temporary folder on a free port, return its URL, stop it by its process id."""
    initdb, postgres = program("initdb"), program("postgres")
    folder, rights = Path(tempfile.mkdtemp(prefix="panhuo-postgresql-")), other_user()
    if rights:
        os.chown(folder, rights["user"], rights["group"])
    data, port = folder / "data", free_port()
    setting = {"cwd": folder, "env": {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}, **rights}
    try:
        made = subprocess.run(
            [initdb, "-D", data, "-U", "panhuo", "-A", "trust", "-E", "UTF8", "--no-sync"],
            capture_output=True,
            text=True,
            check=False,
            **setting,
        )
        assert made.returncode == 0, made.stderr
        with (folder / "log").open("wb") as log:
            server = subprocess.Popen(
                [postgres, "-D", data, "-p", str(port), "-h", "127.0.0.1", "-k", folder, "-c", "fsync=off"],
                stdout=log,
                stderr=log,
                **setting,
            )
        try:
            wait_until_ready(port, server, folder / "log")
            yield f"postgresql://panhuo@127.0.0.1:{port}/postgres"
        finally:
            server.send_signal(signal.SIGINT)  # what PostgreSQL calls a fast shutdown
            server.wait(STOP_S)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def wait_until_ready(port: int, server: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until the server answers, or fail with what it said."""
    is_ready, deadline = program("pg_isready"), time.monotonic() + START_S
    while subprocess.run([is_ready, "-q", "-h", "127.0.0.1", "-p", str(port)], check=False).returncode != 0:
        assert server.poll() is None, log.read_text(errors="replace")
        assert time.monotonic() < deadline, log.read_text(errors="replace")
        time.sleep(0.1)


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Run the test with new catalogs in the workspace's folder, then with new catalogs in PostgreSQL."""
    if request.param == "postgresql":
        monkeypatch.setenv("PANHUO_CATALOG_URL", request.getfixturevalue("postgresql_url"))
    else:
        monkeypatch.delenv("PANHUO_CATALOG_URL", raising=False)
    return str(request.param)
