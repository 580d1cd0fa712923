"""The folder behind a workspace: making it, knowing it again, clearing what a crash left."""

from __future__ import annotations

import json
import os
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from layers import snapshot
from layers.catalog import FORMAT_VERSION, Catalog
from layers.errors import WorkspaceError

MARKER = "panhuo.json"
OWN_NAMES = frozenset({MARKER, "catalog.sqlite", "catalog.sqlite-journal", "snapshots", "runs", "tmp"})


def make(root: Path, *, name: str, is_sample: bool) -> None:
    """Make an empty workspace in ``root``; its marker is written last.

    Raises
    ------
    WorkspaceError
        If the folder holds other things, is a workspace already, or cannot be written.
    """
    if root.exists() and not root.is_dir():
        raise WorkspaceError(f"{root} is a file", hint="give a folder")
    if (root / MARKER).exists():
        raise WorkspaceError(f"{root} is a workspace already", hint="use it, or give another folder")
    try:
        found = sorted(item.name for item in root.iterdir()) if root.exists() else []
        strangers = [item for item in found if item not in OWN_NAMES and not item.endswith(f"-{MARKER}")]
        if strangers:
            names = ", ".join(strangers[:3])
            raise WorkspaceError(f"{root} holds other things ({names})", hint="give a new or empty folder")
        root.mkdir(parents=True, exist_ok=True)
        (root / "catalog.sqlite").unlink(missing_ok=True)
        for folder in ("snapshots", "runs", "tmp"):
            (root / folder).mkdir(exist_ok=True)
    except OSError as error:
        raise snapshot.unwritable(root, error) from error
    catalog = Catalog(catalog_url(root))
    catalog.create_tables()
    catalog.close()
    settings = {
        "format_version": FORMAT_VERSION,
        "name": name,
        "is_sample": is_sample,
        "created_at": now().isoformat(timespec="seconds"),
    }
    snapshot.write_json(settings, root / MARKER)


def settings(root: Path) -> dict[str, Any]:
    """Return what the marker of the workspace in ``root`` says.

    Raises
    ------
    WorkspaceError
        If there is no workspace, it is half made, damaged, or written by a newer Panhuo.
    """
    marker = root / MARKER
    try:
        found: dict[str, Any] = json.loads(marker.read_text(encoding="utf-8"))
        version = int(found["format_version"])
    except (FileNotFoundError, NotADirectoryError) as error:
        half = (root / "catalog.sqlite").exists()
        what = "is a workspace that was only half made" if half else "is not a Panhuo workspace"
        raise WorkspaceError(f"{root} {what}", hint=f"run `panhuo init {root}` first") from error
    except PermissionError as error:
        raise WorkspaceError(f"{marker} may not be read by you", hint="ask for rights to the folder") from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(f"{marker} cannot be read", hint="restore it from a copy of the workspace") from error
    if version > FORMAT_VERSION:
        raise WorkspaceError(
            f"{root} was written by a newer Panhuo (format {version})", hint="upgrade this installation"
        )
    if not (root / "catalog.sqlite").is_file():
        raise WorkspaceError(f"{root} has no catalog.sqlite", hint="restore it from a copy of the workspace")
    return found


def catalog_url(root: Path) -> str:
    """Return the URL of the catalog that lies in the folder itself."""
    return f"sqlite:///{(root / 'catalog.sqlite').resolve()}"


def is_writable(root: Path) -> bool:
    """Whether the folder and its catalog may be changed by this process."""
    return os.access(root, os.W_OK) and os.access(root / "catalog.sqlite", os.W_OK)


def sweep(root: Path) -> None:
    """Remove drafts of processes that are gone; no draft is part of the workspace."""
    tmp = root / "tmp"
    for item in list(tmp.iterdir()) if tmp.is_dir() else []:
        pid = item.name.partition("-")[0]
        if not pid.isdigit() or Path("/proc", pid).exists():
            continue
        if item.is_dir():
            shutil.rmtree(item, ignore_errors=True)
        else:
            item.unlink(missing_ok=True)


def now() -> datetime:
    """Return the present moment, UTC, as the catalog keeps it."""
    return datetime.now(UTC).replace(tzinfo=None)
