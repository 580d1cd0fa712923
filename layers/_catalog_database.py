"""The catalog's database: SQLite in the workspace's folder, or a schema of its own in a PostgreSQL database."""

from __future__ import annotations

import json
import sqlite3
import ssl
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from sqlalchemy import URL, Engine, create_engine, event, func, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError

from layers.errors import UsageError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

CATALOG_VARIABLE = "PANHUO_CATALOG_URL"
BUSY_TIMEOUT_S = 30.0
"""How long to wait for another process that writes."""
WRITES = "panhuo_writes"
"""Execution option of connections whose transactions change something: one at a time, from the first statement on."""
DRIVER = "postgresql+pg8000"


def sqlite_url(path: Path) -> URL:
    """Return the URL of the catalog that lies in the folder itself."""
    return URL.create("sqlite", database=str(path.resolve()))


def postgresql_url(given: str, *, said: str = CATALOG_VARIABLE) -> URL:
    """Return the URL of a PostgreSQL database as the caller gives it in ``said``, with the driver that Panhuo brings.

    Raises
    ------
    UsageError
        If it is no URL of PostgreSQL. The message never holds the URL: it may carry a password.
    """
    try:
        url = make_url(given)
    except ArgumentError:
        url = URL.create("none")
    backend = url.drivername.partition("+")[0]
    if backend not in {"postgresql", "postgres"} or not url.database:
        raise UsageError(
            f"{said} is not the URL of a PostgreSQL database",
            f"{said} 不是 PostgreSQL 数据库的地址",
            hint="write postgresql://USER:PASSWORD@HOST:PORT/DATABASE"
            + (", or unset it to keep the catalog in the folder" if said == CATALOG_VARIABLE else ""),
            hint_zh="请写成 postgresql://用户:密码@主机:端口/库名"
            + ("，或取消该变量、把目录库放在文件夹里" if said == CATALOG_VARIABLE else ""),
        )
    return url.set(drivername=DRIVER) if url.drivername == backend else url


def shown(url: URL) -> str:
    """Return a URL for people, without its password."""
    return str(url.database) if url.drivername == "sqlite" else url.render_as_string(hide_password=True)


class Watch:
    """Sees whether anybody changed a SQLite catalog: a connection of its own that never writes."""

    def __init__(self, url: URL) -> None:
        self._path = Path(str(url.database))
        self._lock = Lock()
        self._connection: sqlite3.Connection | None = None

    def generation(self) -> int | None:
        """Return SQLite's ``data_version``: another number after every commit of any other connection.

        ``None`` where it cannot be read: whoever asks looks into the catalog itself then, which says why.
        """
        with self._lock, suppress(sqlite3.Error):
            if self._connection is None:
                address = f"{self._path.as_uri()}?mode=ro"
                self._connection = sqlite3.connect(
                    address, uri=True, timeout=BUSY_TIMEOUT_S, check_same_thread=False, isolation_level=None
                )
            return int(self._connection.execute("PRAGMA data_version").fetchone()[0])
        return None

    def close(self) -> None:
        """Give back the connection."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None


def make_engine(url: URL, schema: str | None) -> Engine:
    """Return connections to the catalog's database; on PostgreSQL every name means one in ``schema``."""
    if url.get_backend_name() == "sqlite":
        engine = create_engine(url, connect_args={"timeout": BUSY_TIMEOUT_S}, json_serializer=_to_json)
        event.listen(engine, "connect", _tune_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    try:
        engine = create_engine(_plain(url), connect_args=_tls(url), json_serializer=_to_json, pool_pre_ping=True)
    except ModuleNotFoundError as error:
        raise WorkspaceError(
            f"the driver for {shown(url)} is not installed ({error.name})",
            f"没有安装连接 {shown(url)} 的驱动（{error.name}）",
            hint="pip install 'panhuo[postgresql]'",
            hint_zh="请运行 pip install 'panhuo[postgresql]'",
        ) from error

    def _enter_schema(connection: Any, _record: object) -> None:
        connection.autocommit = True
        cursor = connection.cursor()
        cursor.execute(f'SET SESSION search_path TO "{schema}"')
        cursor.close()
        connection.autocommit = False

    event.listen(engine, "connect", _enter_schema, insert=True)
    event.listen(engine, "begin", _begin_postgresql)
    return engine


def _plain(url: URL) -> URL:
    return url.difference_update_query(["sslmode", "sslrootcert"]) if url.drivername == DRIVER else url


def _tls(url: URL) -> dict[str, Any]:
    """Return how the connection is encrypted: libpq's ``sslmode`` in the URL, which pg8000 does not know."""
    mode = url.query.get("sslmode")
    if url.drivername != DRIVER or mode in (None, "disable", "allow", "prefer"):
        return {}
    if mode == "require":
        return {"ssl_context": True}
    root = url.query.get("sslrootcert")
    context = ssl.create_default_context(cafile=root if isinstance(root, str) else None)
    context.check_hostname = mode == "verify-full"
    return {"ssl_context": context}


def _tune_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # transactions begin where SQLAlchemy says so, those that create tables too
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")  # what is erased is overwritten in the file


def copy_without(database: str, stamp: str, table: str) -> str:
    """Copy an SQLite file beside itself without the rows of ``table``, not even their traces; return its path."""
    kept = f"{database}.before-{stamp}"
    try:
        with closing(sqlite3.connect(database)) as old, closing(sqlite3.connect(kept, isolation_level=None)) as new:
            old.backup(new)
            new.execute(f'DELETE FROM "{table}"')  # noqa: S608
            new.execute("VACUUM")
    except sqlite3.Error as error:
        Path(kept).unlink(missing_ok=True)
        raise WorkspaceError(
            f"no copy of {database} can be kept beside it: {error}",
            f"{database} 旁边无法写入备份",
            hint="free some space and try again",
            hint_zh="请腾出空间再试",
        ) from error
    return kept


def _begin_sqlite(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE" if connection.get_execution_options().get(WRITES) else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    """Let one process at a time write to a workspace, as SQLite does; the lock ends with the transaction."""
    if connection.get_execution_options().get(WRITES):
        connection.execute(text(f"SET LOCAL lock_timeout = {int(BUSY_TIMEOUT_S * 1000)}"))
        connection.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(func.current_schema(), 0))))


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True)


HINTS = {
    "readonly": ("copy the folder, or ask for rights to it", "请复制一份文件夹，或申请写入权限"),
    "read-only": ("ask for rights to write to it", "请申请写入权限"),
    "locked": ("another process is writing; try again when it is done", "另一个进程正在写入，稍后再试"),
    "lock timeout": ("another process is writing; try again when it is done", "另一个进程正在写入，稍后再试"),
    "full": ("free some space and try again", "请腾出空间再试"),
    "No space left": ("free some space on its server and try again", "请在数据库服务器上腾出空间再试"),
    "disk I/O": ("look at the disk: there may be no space left", "请检查磁盘，空间可能已满"),
    "connection": (f"start the database, or correct {CATALOG_VARIABLE}", f"请启动数据库，或改正 {CATALOG_VARIABLE}"),
    "authentication": (f"correct user and password in {CATALOG_VARIABLE}", f"请改正 {CATALOG_VARIABLE} 中的用户和密码"),
    "permission denied": ("ask for rights to that database", "请申请该数据库的权限"),
}
"""The next step by a word of the database's own message, in English and Chinese."""
DAMAGED_HINT = (
    "restore the folder from a copy, or start a new one with `panhuo init`",
    "请用备份恢复文件夹，或用 panhuo init 另建",
)


@contextmanager
def told(url: URL) -> Iterator[None]:
    """Turn a database error into one line for people.

    Raises
    ------
    WorkspaceError
        If the database refuses.
    """
    try:
        yield
    except DBAPIError as error:
        cause = _cause(error)
        hint, hint_zh = next((texts for word, texts in HINTS.items() if word in cause), DAMAGED_HINT)
        place = shown(url)
        raise WorkspaceError(
            f"the catalog {place} cannot be used: {cause}", f"目录库 {place} 无法使用", hint=hint, hint_zh=hint_zh
        ) from error


def _cause(error: DBAPIError) -> str:
    """Return the first line of what the database said; PostgreSQL's message stands under M."""
    said = error.orig.args[0] if error.orig is not None and error.orig.args else str(error.orig or error)
    message = said.get("M", said) if isinstance(said, dict) else said
    return (str(message).splitlines() or ["no reason given"])[0]
