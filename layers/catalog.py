"""The catalog: which snapshot is current, which runs there are, which asset a source's record is, who did what.

SQLAlchemy over SQLite by default. Frames never enter it; they are files (:mod:`layers.snapshot`).
"""

from __future__ import annotations

import json
from contextlib import contextmanager
from datetime import date, datetime  # noqa: TC003  (SQLAlchemy reads the annotations)
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, ForeignKey, Index, create_engine, event, select
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

from layers.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FORMAT_VERSION = 1
"""Raised whenever an older Panhuo could not read what this one writes."""
BUSY_TIMEOUT_S = 30.0
"""How long to wait for another process that writes."""


class Base(DeclarativeBase):
    """Common base of the catalog's tables."""

    type_annotation_map = {dict[str, Any]: JSON, list[float]: JSON}  # noqa: RUF012  (SQLAlchemy's own protocol)


class SnapshotRow(Base):
    """One accepted version of a layer; never changed."""

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


class RunRow(Base):
    """One finished analysis; never changed."""

    __tablename__ = "run"

    run_id: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[datetime] = mapped_column(index=True)
    as_of: Mapped[date]
    seed: Mapped[int]
    who: Mapped[str]
    inputs: Mapped[dict[str, Any]]


class AssetKeyRow(Base):
    """By which name a source calls an asset. Several keys may lead to one asset."""

    __tablename__ = "asset_key"

    key_id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    source: Mapped[str]
    source_id: Mapped[str | None]
    name_key: Mapped[str]
    place: Mapped[list[float] | None]
    asset_id: Mapped[str] = mapped_column(index=True)

    __table_args__ = (Index("ix_asset_key_kind", "kind"),)


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
        SQLAlchemy URL.
    read_only
        Never write, so that a workspace on a read-only disk can still be read.
    """

    def __init__(self, url: str, *, read_only: bool = False) -> None:
        self.url = url
        self.read_only = read_only
        arguments: dict[str, Any] = {"timeout": BUSY_TIMEOUT_S} if url.startswith("sqlite") else {}
        self._engine = create_engine(url, connect_args=arguments, json_serializer=_to_json)
        if url.startswith("sqlite"):
            event.listen(self._engine, "connect", _tune_sqlite)

    def create_tables(self) -> None:
        """Make the tables that do not exist yet."""
        with _told(self.url):
            Base.metadata.create_all(self._engine)

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """Open a session that only reads."""
        with _told(self.url), Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """Open a session whose changes are all kept, or none of them.

        Raises
        ------
        WorkspaceError
            If the catalog is read-only, locked or damaged.
        """
        if self.read_only:
            raise WorkspaceError(
                f"the workspace of {self.url.removeprefix('sqlite:///')} is read-only",
                hint="copy the folder, or ask for rights to it",
            )
        with _told(self.url), Session(self._engine, expire_on_commit=False) as session, session.begin():
            yield session

    def current(self, session: Session) -> Sequence[SnapshotRow]:
        """Return the current snapshot of every kind."""
        query = select(SnapshotRow).join(CurrentRow, CurrentRow.snapshot_id == SnapshotRow.snapshot_id)
        return session.scalars(query).all()

    def close(self) -> None:
        """Give back the connections."""
        self._engine.dispose()


def _to_json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, sort_keys=True)


def _tune_sqlite(connection: Any, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")


HINTS = {
    "readonly": "copy the folder, or ask for rights to it",
    "locked": "another process is writing; try again when it is done",
    "full": "free some space and try again",
}
DAMAGED_HINT = "restore the folder from a copy, or start a new one with `panhuo init`"


@contextmanager
def _told(url: str) -> Iterator[None]:
    """Turn a database error into one line for people."""
    try:
        yield
    except DatabaseError as error:
        cause = str(error.orig or error).splitlines()[0]
        hint = next((text for word, text in HINTS.items() if word in cause), DAMAGED_HINT)
        place = url.removeprefix("sqlite:///")
        raise WorkspaceError(f"the catalog {place} cannot be used: {cause}", hint=hint) from error
