"""Versions of the catalog: each script of ``versions/`` brings a catalog from one to the next.

A new catalog is made by the same scripts, so there is one way to every table. Alembic is loaded only where there is
something to do; looking at the version is one small query.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from sqlalchemy import inspect, text

from layers.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pyarrow as pa
    from sqlalchemy import URL, Engine

KNOWN = ("0001", "0002", "0003")
"""Every version, oldest first. Catalogs of the first one do not say so themselves."""
HEAD = KNOWN[-1]


class PutKeys(Protocol):
    """Keeps keys of a kind in a file."""

    def __call__(self, kind: str, keys: pa.Table) -> str:
        """Return the version of the file."""


def version(engine: Engine, place: str) -> str:
    """Return the version of a catalog.

    Raises
    ------
    WorkspaceError
        If a newer Panhuo wrote it, or there is no catalog.
    """
    with engine.connect() as connection:
        tables = set(inspect(connection).get_table_names())
        found = (
            connection.scalar(text("SELECT version_num FROM alembic_version")) if "alembic_version" in tables else None
        )
    if found is None and "snapshot" in tables:
        return KNOWN[0]
    if found is None:
        raise WorkspaceError(
            f"{place} holds no catalog of this workspace",
            f"{place} 里没有本工作区的目录库",
            hint="restore it from a copy, or name the database in which the workspace was made",
            hint_zh="请用备份恢复，或指明建工作区时所用的数据库",
        )
    if found not in KNOWN:
        raise WorkspaceError(
            f"{place} was written by a newer Panhuo (catalog {found}, this one knows up to {HEAD})",
            f"{place} 由更新版本的盘活写成（目录库 {found}，本机只认到 {HEAD}）",
            hint="upgrade this installation",
            hint_zh="请升级本机的盘活",
        )
    return str(found)


def upgrade(engine: Engine, put_keys: PutKeys) -> None:
    """Bring a catalog, or an empty database, to :data:`HEAD` in one transaction: all of it, or nothing.

    Parameters
    ----------
    engine
        Connections that write, one process at a time.
    put_keys
        For :mod:`layers.migrations.versions.0002`, which moves keys from rows into files.
    """
    from alembic import command  # noqa: PLC0415  (slow to load, seldom needed)
    from alembic.config import Config  # noqa: PLC0415
    from alembic.migration import MigrationContext  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes.update(connection=connection, put_keys=put_keys)
        is_first = inspect(connection).has_table("snapshot") and not inspect(connection).has_table("alembic_version")
        if is_first:
            command.stamp(config, KNOWN[0])
        if MigrationContext.configure(connection).get_current_revision() != HEAD:  # else another process was quicker
            command.upgrade(config, HEAD)


@contextmanager
def kept_aside(url: URL) -> Iterator[None]:
    """Keep a copy of an SQLite catalog beside it while it is changed; it stays there if that fails.

    Raises
    ------
    WorkspaceError
        If the copy cannot be written; nothing was changed then.
    """
    if url.get_backend_name() != "sqlite":
        yield
        return
    source = Path(str(url.database))
    copy = source.with_name(f"{source.name}.before-{HEAD}")
    try:
        with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(copy)) as new:
            old.backup(new)
    except sqlite3.Error as error:
        raise WorkspaceError(
            f"{source} is of an older version, and no copy of it ({copy.name}) can be kept first: {error}",
            f"{source} 是旧版本，升级前无法在旁边写入备份 {copy.name}",
            hint="free some space, or choose a folder that you may write to",
            hint_zh="请腾出空间，或换一个可以写入的文件夹",
        ) from error
    yield
    copy.unlink(missing_ok=True)
