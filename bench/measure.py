"""Run the ``panhuo`` command in processes of its own and measure each: wall time and peak resident memory."""

from __future__ import annotations

import http.client
import os
import resource
import signal
import socket
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

ROOT = Path(__file__).resolve().parent.parent
COMMAND = (sys.executable, "-m", "api")
BYTES_PER_RSS_UNIT = 1 if sys.platform == "darwin" else 1024
POLLS = 600
POLL_PAUSE_S = 0.1
STOP_PATIENCE_S = 20.0


class CommandError(Exception):
    """A command ended otherwise than it should; the message holds its last words."""


@dataclass(frozen=True)
class Cost:
    """What one command took.

    Parameters
    ----------
    command
        The arguments given to ``panhuo``.
    wall_s
        Seconds from start to end (or until it answered, for a server).
    cpu_s
        Seconds that its processor cores worked for it; other programs on a busy machine lengthen the wall time alone.
    peak_rss_bytes
        The most memory that was resident at any moment, from the kernel's own account of the process.
    """

    command: str
    wall_s: float
    cpu_s: float
    peak_rss_bytes: int


def run(*arguments: str) -> Cost:
    """Run ``panhuo`` to its end.

    Raises
    ------
    CommandError
        If its exit status is not 0.
    """
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        process = _start(arguments, said)
        status, usage = _reap(process)
        wall_s = time.perf_counter() - started
        if status != 0:
            raise CommandError(f"panhuo {' '.join(arguments)} ended with status {status}: {_last_words(said)}")
    return _cost(arguments, wall_s, usage)


def serve_until_ready(*arguments: str, port: int, paths: Sequence[str]) -> Cost:
    """Start a command that serves, wait until every path answers 200, then stop it.

    Raises
    ------
    CommandError
        If it ends by itself, or does not answer within a minute.
    """
    with tempfile.TemporaryFile("w+") as said:
        started = time.perf_counter()
        process = _start((*arguments, "--port", str(port)), said)
        try:
            wall_s = _ready_after(process, started, port, paths, said)
        finally:
            os.kill(process.pid, signal.SIGTERM)  # Popen.terminate would reap an ended child and lose its account
            _, usage = _reap(process, STOP_PATIENCE_S)
    return _cost(arguments, wall_s, usage)


def own_peak_rss_bytes() -> int:
    """Return the most memory that this process itself had resident.

    Linux's account in ``getrusage`` begins before the program does, with what its parent held: ``VmHWM`` does not.
    """
    status = Path("/proc/self/status")
    lines = status.read_text(encoding="ascii").splitlines() if status.is_file() else []
    held = next((line.split()[1] for line in lines if line.startswith("VmHWM:")), None)
    return int(held) * 1024 if held else resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_RSS_UNIT


def free_port() -> int:
    """Return a port of this machine on which nothing listens."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _start(arguments: Sequence[str], said: TextIO) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*COMMAND, *arguments], cwd=ROOT, stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT, text=True
    )


def _cost(arguments: Sequence[str], wall_s: float, usage: resource.struct_rusage) -> Cost:
    return Cost(" ".join(arguments), wall_s, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * BYTES_PER_RSS_UNIT)


def _reap(process: subprocess.Popen[str], patience_s: float | None = None) -> tuple[int, resource.struct_rusage]:
    """Return exit status and the kernel's account; ``wait4`` alone tells that of this one child."""
    deadline = None if patience_s is None else time.monotonic() + patience_s
    while True:
        pid, status, usage = os.wait4(process.pid, 0 if deadline is None else os.WNOHANG)
        if pid:
            process.returncode = os.waitstatus_to_exitcode(status)
            return process.returncode, usage
        if deadline is not None and time.monotonic() > deadline:
            os.kill(process.pid, signal.SIGKILL)
            deadline = None
        time.sleep(POLL_PAUSE_S)


def _ready_after(
    process: subprocess.Popen[str], started: float, port: int, paths: Sequence[str], said: TextIO
) -> float:
    for _ in range(POLLS):
        if all(_status(port, path) == http.client.OK for path in paths):
            return time.perf_counter() - started
        if _has_ended(process):
            raise CommandError(f"the server ended before it answered: {_last_words(said)}")
        time.sleep(POLL_PAUSE_S)
    raise CommandError(f"the server did not answer within {POLLS * POLL_PAUSE_S:.0f} s: {_last_words(said)}")


def _has_ended(process: subprocess.Popen[str]) -> bool:
    """Whether the process has ended, without reaping it: its memory is asked for afterwards."""
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None


def _status(port: int, path: str) -> int | None:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        answer.read()
    except OSError:
        return None
    else:
        return answer.status
    finally:
        connection.close()


def _last_words(said: TextIO) -> str:
    said.seek(0)
    return " / ".join(line.strip() for line in said.read().splitlines()[-3:]) or "it said nothing"


def machine() -> Iterator[str]:
    """Yield what the numbers depend on: cores, memory, Python."""
    allowed = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    yield f"cores {allowed} of {os.cpu_count()}"
    yield f"memory {memory / 1e9:.1f} GB"
    yield f"Python {sys.version.split()[0]}"
    yield f"load {os.getloadavg()[0]:.1f}"


def verdict(is_within: bool) -> str:
    """Return the mark of a line that keeps what is asked, or does not."""
    return "OK  " if is_within else "OVER"


def say(line: str) -> None:
    """Print a line at once: what comes next may take minutes."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
