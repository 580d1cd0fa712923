"""Fixtures that all tests share: real files, tools, the analysed sample city and a server over it."""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import hypothesis
import pytest

from layers.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# Machines are shared and noisy, so no case has a deadline; CI draws the same cases each time.
hypothesis.settings.register_profile("panhuo", deadline=None, derandomize=os.environ.get("CI", "").lower() == "true")
hypothesis.settings.load_profile("panhuo")

ROOT = Path(__file__).resolve().parent.parent
SHARED = ROOT.parent / "shared"
START_ATTEMPTS = 240
START_PAUSE_S = 0.25


def absent(what: str) -> None:
    """Skip with the reason; where everything must be there (CI), fail instead."""
    if os.environ.get("CI", "").lower() == "true":
        pytest.fail(f"{what}, and CI=true allows no skip for it")
    pytest.skip(what)


@pytest.fixture(scope="session")
def shared_dir() -> Path:
    """Return the folder of real files that are not part of the project."""
    if not SHARED.is_dir():
        absent(f"{SHARED} is not here: it holds the real files this test reads")
    return SHARED


@pytest.fixture
def workspace(tmp_path: Path) -> Iterator[Workspace]:
    """Return an empty workspace; a module that needs another one says so by a fixture of this name."""
    with contextlib.closing(Workspace.create(tmp_path / "ws")) as made:
        yield made


@pytest.fixture(scope="session")
def need_tool() -> Callable[[str], str]:
    """Return a function that gives a program's path, or skips the test."""

    def find(name: str) -> str:
        path = shutil.which(name)
        if path is None:
            absent(f"{name} is not installed: `make test` installs it as root")
        return str(path)

    return find


def run_panhuo(
    *arguments: object, env: dict[str, str] | None = None, timeout: float = 300
) -> subprocess.CompletedProcess[str]:
    """Run the command as a user would and return what it printed."""
    return subprocess.run(
        [sys.executable, "-m", "api", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        timeout=timeout,
        cwd=ROOT,
        env={**os.environ, "PYTHONWARNINGS": "default", **(env or {})},
    )


@pytest.fixture(scope="session")
def panhuo() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Return the command."""
    return run_panhuo


@pytest.fixture(scope="session")
def sample_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return an analysed sample workspace, made once for all test processes; nobody may change it."""
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = shared / "sample-workspace"
    with (shared / "sample.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "sample.done").exists():
            done = run_panhuo("demo", "--dir", folder, "--no-serve")
            assert done.returncode == 0, done.stderr
            (shared / "sample.done").touch()
    return folder


def free_port() -> int:
    """Return a port of this machine that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def served(workspace: Path) -> Iterator[str]:
    """Serve ``workspace`` in a process of its own and yield its address."""
    port = free_port()
    process = subprocess.Popen(
        [sys.executable, "-m", "api", "serve", str(workspace), "--port", str(port)],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        base_url = f"http://127.0.0.1:{port}"
        for _ in range(START_ATTEMPTS):
            assert process.poll() is None, "the server ended before it answered"
            with contextlib.suppress(OSError), urllib.request.urlopen(f"{base_url}/healthz", timeout=2):
                break
            time.sleep(START_PAUSE_S)
        else:
            pytest.fail("the server did not answer in time")
        yield base_url
    finally:
        process.terminate()
        process.wait(timeout=20)


@pytest.fixture(scope="session")
def served_sample(sample_workspace: Path) -> Iterator[str]:
    """Return the address of a server over the sample city."""
    with served(sample_workspace) as base_url:
        yield base_url
