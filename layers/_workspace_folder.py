"""The folder behind a workspace: making it, knowing it again, clearing what a crash left."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers import identity, snapshot
from layers._catalog_database import CATALOG_VARIABLE, postgresql_url, sqlite_url
from layers.catalog import FORMAT_VERSION, Catalog
from layers.errors import WorkspaceError
from layers.storage import FolderStorage, RemoteStorage, Storage

if TYPE_CHECKING:
    import pyarrow as pa

    from layers.migrations import PutKeys

MARKER, CATALOG = "panhuo.json", "catalog.sqlite"
SNAPSHOTS_VARIABLE = "PANHUO_SNAPSHOTS_URL"
RESTORE = {"hint": "restore it from a copy of the workspace", "hint_zh": "请用工作区的备份恢复"}
OWN_NAMES = frozenset({MARKER, CATALOG, f"{CATALOG}-journal", "snapshots", "keys", "runs", "tmp", "cache"})
FOLDER, DATABASE = "folder", "database"
"""Where the catalog of a workspace lies, as its marker says."""


def make(root: Path, *, name: str, is_sample: bool) -> None:
    """Make an empty workspace in ``root``; its marker is written last.

    Raises
    ------
    WorkspaceError
        If the folder holds other things, is a workspace already, or cannot be written.
    """
    if root.exists() and not root.is_dir():
        raise WorkspaceError(
            f"{root} is a file", f"{root} 是文件，不是文件夹", hint="give a folder", hint_zh="请给文件夹"
        )
    if (root / MARKER).exists():
        raise WorkspaceError(
            f"{root} is a workspace already",
            f"{root} 已经是工作区",
            hint="use it, or give another folder",
            hint_zh="直接使用它，或换一个文件夹",
        )
    try:
        found = sorted(item.name for item in root.iterdir()) if root.exists() else []
        strangers = [item for item in found if item not in OWN_NAMES and not item.endswith(f"-{MARKER}")]
        strangers = [item for item in strangers if not item.startswith(f"{CATALOG}.before-")]
        if strangers:
            names = ", ".join(strangers[:3])
            raise WorkspaceError(
                f"{root} holds other things ({names})",
                f"{root} 里已有别的东西（{names}）",
                hint="give a new or empty folder",
                hint_zh="请换一个新的或空的文件夹",
            )
        root.mkdir(parents=True, exist_ok=True)
        (root / CATALOG).unlink(missing_ok=True)
        for folder in ("runs", "tmp"):
            (root / folder).mkdir(exist_ok=True)
    except OSError as error:
        raise snapshot.unwritable(root, error) from error
    made = {
        "format_version": FORMAT_VERSION,
        "workspace_id": uuid.uuid4().hex[:12],
        "name": name,
        "is_sample": is_sample,
        "created_at": now().isoformat(timespec="seconds"),
        "catalog": DATABASE if os.environ.get(CATALOG_VARIABLE) else FOLDER,
        "snapshots_url": os.environ.get(SNAPSHOTS_VARIABLE) or None,
    }
    catalog = _catalog(root, made, read_only=False)
    catalog.create(key_keeper(storage(root, made), root))
    catalog.close()
    snapshot.write_json(made, root / MARKER)


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
        if not re.fullmatch("[0-9a-f]{12}", found.get("workspace_id", "0" * 12)):
            raise ValueError("workspace_id names a schema and a folder")  # noqa: TRY301
    except (FileNotFoundError, NotADirectoryError) as error:
        half = (root / CATALOG).exists()
        raise WorkspaceError(
            f"{root} is a workspace that was only half made" if half else f"{root} is not a Panhuo workspace",
            f"{root} 是没有建完的工作区" if half else f"{root} 不是盘活工作区",
            hint=f"run `panhuo init {root}` first",
            hint_zh=f"先运行 panhuo init {root}",
        ) from error
    except PermissionError as error:
        raise WorkspaceError(
            f"{marker} may not be read by you",
            f"您没有读取 {marker} 的权限",
            hint="ask for rights to the folder",
            hint_zh="请申请这个文件夹的权限",
        ) from error
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise WorkspaceError(f"{marker} cannot be read", f"{marker} 无法读取", **RESTORE) from error
    if version > FORMAT_VERSION:
        raise WorkspaceError(
            f"{root} was written by a newer Panhuo (format {version})",
            f"{root} 由更新版本的盘活写成（格式 {version}）",
            hint="upgrade this installation",
            hint_zh="请升级本机的盘活",
        )
    if found.get("catalog", FOLDER) == FOLDER and not (root / CATALOG).is_file():
        raise WorkspaceError(f"{root} has no {CATALOG}", f"{root} 缺 {CATALOG}", **RESTORE)
    return found


def open_catalog(root: Path, made: dict[str, Any]) -> Catalog:
    """Return the catalog of a workspace, brought to the present version where it may be written.

    Parameters
    ----------
    root
        The workspace's folder.
    made
        What its marker says; brought up to date with the catalog.

    Raises
    ------
    WorkspaceError
        If it cannot be reached or read, or a newer Panhuo wrote it.
    """
    catalog = _catalog(root, made, read_only=not _is_writable(root, made))
    catalog.prepare(key_keeper(storage(root, made), root))
    if made["format_version"] < FORMAT_VERSION and not catalog.read_only:
        made |= {"format_version": FORMAT_VERSION, "workspace_id": made.get("workspace_id") or uuid.uuid4().hex[:12]}
        snapshot.write_json(made, root / MARKER)
    return catalog


def _catalog(root: Path, made: dict[str, Any], *, read_only: bool) -> Catalog:
    if made.get("catalog", FOLDER) == FOLDER:
        return Catalog(sqlite_url(root / CATALOG), read_only=read_only)
    given = os.environ.get(CATALOG_VARIABLE)
    if not given:
        raise WorkspaceError(
            f"the catalog of {root} lies in a database, and {CATALOG_VARIABLE} does not say in which",
            f"{root} 的目录库在数据库里，而 {CATALOG_VARIABLE} 没有设置",
            hint=f"set {CATALOG_VARIABLE} to the database in which the workspace was made",
            hint_zh=f"请把 {CATALOG_VARIABLE} 设为建工作区时所用的数据库",
        )
    return Catalog(postgresql_url(given), schema=f"panhuo_{made['workspace_id']}", read_only=read_only)


def settle_catalog(root: Path, made: dict[str, Any], place: str) -> None:
    """Let the workspace's marker say that its catalog lies in ``place``, where it is complete by now."""
    draft = root / "tmp" / f"{os.getpid()}-{CATALOG}"
    try:
        if place == FOLDER:
            draft.replace(root / CATALOG)
    except OSError as error:
        raise snapshot.unwritable(root, error) from error
    snapshot.write_json({**made, "catalog": place}, root / MARKER)


def storage(root: Path, made: dict[str, Any]) -> Storage:
    """Return where the accepted layers of a workspace lie.

    A workspace that was made with a URL keeps it in its marker; ``PANHUO_SNAPSHOTS_URL`` names where a bucket went
    since. One that was made in its folder stays there.
    """
    kept = made.get("snapshots_url")
    if not kept:
        return FolderStorage(root)
    url = os.environ.get(SNAPSHOTS_VARIABLE) or str(kept)
    has_room = os.access(root, os.W_OK)
    cache = root / "cache" if has_room else Path(tempfile.gettempdir(), f"panhuo-{made['workspace_id']}")
    return RemoteStorage(f"{url.rstrip('/')}/{made['workspace_id']}", cache)


def key_keeper(store: Storage, root: Path) -> PutKeys:
    """Return the function that keeps keys of a kind in a file of ``store``."""

    def put_keys(kind: str, keys: pa.Table) -> str:
        return snapshot.write_table(kind, store, root / "tmp", key_file, lambda draft: identity.write_keys(keys, draft))

    return put_keys


def key_file(kind: str, version: str) -> str:
    """Return the name under which a file of keys is kept."""
    return f"keys/{kind}/{version}.parquet"


def _is_writable(root: Path, made: dict[str, Any]) -> bool:
    """Whether the folder and its catalog may be changed by this process."""
    in_folder = made.get("catalog", FOLDER) == FOLDER
    return os.access(root, os.W_OK) and (not in_folder or os.access(root / CATALOG, os.W_OK))


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
