"""The catalog: which snapshot is current, which runs there are, which asset a source's record is, who did what.

SQLAlchemy over SQLite in the workspace's folder, or over a PostgreSQL database (``PANHUO_CATALOG_URL``) in which every
workspace has a schema of its own. Frames never enter it; they are files (:mod:`layers.snapshot`).
"""

from __future__ import annotations

import weakref
from contextlib import contextmanager
from datetime import date, datetime  # noqa: TC003  (SQLAlchemy reads the annotations)
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, delete, inspect, select, text
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from layers import migrations
from layers._catalog_database import HINTS, WRITES, Watch, copy_without, make_engine, shown, told
from layers.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import URL

    from layers.migrations import PutKeys

FORMAT_VERSION = 2
"""Raised whenever an older Panhuo could not read what this one writes."""


class Base(DeclarativeBase):
    """Common base of the catalog's tables."""

    type_annotation_map = {dict[str, Any]: JSON}  # noqa: RUF012  (SQLAlchemy's own protocol)


class SnapshotRow(Base):
    """A version of a layer that became current; never changed. A version that is restored has a further row."""

    __tablename__ = "snapshot"

    snapshot_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    version: Mapped[str]
    accepted_at: Mapped[datetime]
    who: Mapped[str]
    manifest: Mapped[dict[str, Any]]


class CurrentRow(Base):
    """Which snapshot of a kind is current."""

    __tablename__ = "current_layer"

    kind: Mapped[str] = mapped_column(primary_key=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.snapshot_id"))


class ChangeRow(Base):
    """How a snapshot came to be current, and how it differs from the one before."""

    __tablename__ = "snapshot_change"

    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshot.snapshot_id"), primary_key=True)
    verb: Mapped[str]
    added: Mapped[int | None]
    removed: Mapped[int | None]


class RunRow(Base):
    """One finished analysis; never changed."""

    __tablename__ = "run"

    run_id: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    as_of: Mapped[date]
    seed: Mapped[int]
    who: Mapped[str]
    inputs: Mapped[dict[str, Any]]


class KeyFileRow(Base):
    """One file of keys by which assets of a kind are known (:mod:`layers.identity`), in the order they came."""

    __tablename__ = "asset_key_file"

    file_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    version: Mapped[str]
    count: Mapped[int]

    __table_args__ = (Index("ix_asset_key_file_kind", "kind"),)


class AliasRow(Base):
    """Under which id an asset goes on after it was merged into another."""

    __tablename__ = "asset_alias"

    former: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    asset_id: Mapped[str]


class MatchDecisionRow(Base):
    """Whether two records are one thing, as a person said."""

    __tablename__ = "match_decision"

    kind: Mapped[str] = mapped_column(primary_key=True)
    pair_key: Mapped[str] = mapped_column(primary_key=True)
    one: Mapped[str]
    other: Mapped[str]
    same: Mapped[bool]
    who: Mapped[str]
    at: Mapped[datetime]


class PersonalRow(Base):
    """A name or telephone of a record; never in a snapshot, an export or a log, and gone when it is erased."""

    __tablename__ = "personal"

    asset_id: Mapped[str] = mapped_column(primary_key=True)
    field: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(index=True)
    value: Mapped[str]
    erasable: Mapped[bool]


class ErasureRow(Base):
    """An asset whose personal data were erased: no later file brings them back. Its id says nothing of the person."""

    __tablename__ = "personal_erasure"

    asset_id: Mapped[str] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]


class AuditRow(Base):
    """One change, append only."""

    __tablename__ = "audit"

    audit_id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    who: Mapped[str]
    verb: Mapped[str]
    detail: Mapped[dict[str, Any]]


class Catalog:
    """A connection to the catalog's database.

    Parameters
    ----------
    url
        Where it lies.
    schema
        On PostgreSQL, the schema of the workspace.
    read_only
        Never write, so that a workspace on a read-only disk can still be read.
    """

    def __init__(self, url: URL, *, schema: str | None = None, read_only: bool = False) -> None:
        self._url, self._schema = url, schema
        self.read_only = read_only
        self.version = migrations.HEAD
        self._engine = make_engine(url, schema)
        self._writer = self._engine.execution_options(**{WRITES: True})
        self._watch = Watch(url) if url.get_backend_name() == "sqlite" else None
        weakref.finalize(self, self._engine.dispose)  # also where nobody closes it: at the end of a command

    @property
    def place(self) -> str:
        """Where it lies, for people."""
        return shown(self._url)

    def create(self, put_keys: PutKeys) -> None:
        """Make an empty catalog."""
        with told(self._url):
            if self._schema is not None:
                with self._engine.begin() as connection:
                    connection.execute(text(f'CREATE SCHEMA IF NOT EXISTS "{self._schema}"'))
            migrations.upgrade(self._writer, put_keys)

    def is_empty(self) -> bool:
        """Return whether nothing is kept there yet: no table, or none with a row."""
        with told(self._url), self._engine.connect() as connection:
            names = set(inspect(connection).get_table_names(schema=self._schema)) - {"alembic_version"}
            found = (connection.scalar(text(f'SELECT 1 FROM "{name}" LIMIT 1')) for name in sorted(names))  # noqa: S608
            return all(one is None for one in found)

    def discard(self) -> None:
        """Take away what :meth:`create` made, where nothing was kept in it."""
        if self._schema is not None:
            with told(self._url), self._engine.begin() as connection:
                connection.execute(text(f'DROP SCHEMA IF EXISTS "{self._schema}" CASCADE'))

    def retire(self, session: Session, stamp: str) -> str:
        """Take a catalog that was moved out of use, in the session that holds its lock; return where a copy is kept.

        The copy holds no names and telephones: what is erased in the new catalog must be gone everywhere. A process
        that still has the old one open finds no table in it, and so cannot write where nobody reads.
        """
        if self._schema is not None:
            kept = f"{self._schema}_before_{stamp}"
            session.execute(delete(PersonalRow))
            session.execute(text(f'ALTER SCHEMA "{self._schema}" RENAME TO "{kept}"'))
            return kept
        kept = copy_without(str(self._url.database), stamp, PersonalRow.__tablename__)
        for table in reversed(Base.metadata.sorted_tables):
            session.execute(text(f'DROP TABLE "{table.name}"'))
        return kept

    def prepare(self, put_keys: PutKeys) -> bool:
        """Bring an older catalog to this version, where it may be written; return whether that was needed.

        Parameters
        ----------
        put_keys
            Keeps keys that older catalogs held as rows (kind, keys) in a file, and returns its version.

        Raises
        ------
        WorkspaceError
            If a newer Panhuo wrote it, or it is none.
        """
        with told(self._url):
            self.version = migrations.version(self._engine, self.place)
            if self.read_only or self.version == migrations.HEAD:
                return False
            with migrations.kept_aside(self._url):
                migrations.upgrade(self._writer, put_keys)
            self.version = migrations.HEAD
        return True

    def require(self, version: str, what: str, what_zh: str) -> None:
        """Refuse to look for what an older catalog, read-only and so not migrated, does not hold.

        Raises
        ------
        WorkspaceError
            If the catalog is older than ``version``.
        """
        if self.version < version:
            raise WorkspaceError(
                f"the catalog {self.place} is of an older version ({self.version}) and holds no {what}",
                f"目录库 {self.place} 是旧版本（{self.version}），没有{what_zh}",
                hint="open it once where it may be written, and it is brought up to date",
                hint_zh="请在可写入的地方打开一次，即会自动升级",
            )

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads."""
        with told(self._url), Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session whose changes are all kept, or none of them. One process at a time is in it; others wait.

        Raises
        ------
        WorkspaceError
            If the catalog is read-only, locked or damaged.
        """
        if self.read_only:
            raise WorkspaceError(
                f"the workspace of {self.place} is read-only",
                f"工作区只读（{self.place}）",
                hint=HINTS["readonly"][0],
                hint_zh=HINTS["readonly"][1],
            )
        with told(self._url), Session(self._writer, expire_on_commit=False) as session, session.begin():
            session.connection()  # the lock is taken now, before anything is read
            yield session

    def current(self, session: Session) -> Sequence[SnapshotRow]:
        """Return the current snapshot of every kind."""
        query = select(SnapshotRow).join(CurrentRow, CurrentRow.snapshot_id == SnapshotRow.snapshot_id)
        return session.scalars(query).all()

    def generation(self) -> int | None:
        """Return a number that differs after every change by anybody; ``None`` where the database cannot tell.

        It is compared with others of this process only, and asks for no lock and no row.
        """
        return self._watch.generation() if self._watch is not None else None

    def close(self) -> None:
        """Give back the connections."""
        if self._watch is not None:
            self._watch.close()
        self._engine.dispose()
