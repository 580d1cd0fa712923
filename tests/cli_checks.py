"""How the command's mistakes must be told, and whether a workspace is as it was."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess
    from pathlib import Path


def state(root: Path) -> dict[str, str]:
    """Return the hash of every file of a workspace."""
    return {
        str(path.relative_to(root)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(root.rglob("*"))
        if path.is_file()
    }


def assert_one_line(done: subprocess.CompletedProcess[str], status: int, *words: str) -> None:
    """Check that a mistake was told in one line, with its next step, and nothing else."""
    assert done.returncode == status, done.stderr
    told = [line for line in done.stderr.splitlines() if not line.startswith("… ")]
    assert len(told) == 1, done.stderr
    assert told[0].startswith("panhuo: ")
    chinese, mark, _ = told[0].removeprefix("panhuo: ").partition(" | ")
    assert mark
    assert "\u4e00" <= max(chinese) <= "\uffef", told[0]
    assert "Traceback" not in done.stderr
    for word in words:
        assert word in done.stderr
