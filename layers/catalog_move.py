"""Moving the catalog of a workspace: from its folder into a PostgreSQL database, back, or into another database.

All rows are copied in one transaction and compared there with what was read, before the workspace's marker names the
new place; until then the old catalog is what counts, whatever happens. Nobody can write to the workspace meanwhile.
"""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, select, text

from layers import _workspace_folder as folder
from layers._catalog_database import CATALOG_VARIABLE, postgresql_url, sqlite_url
from layers.catalog import Base, Catalog
from layers.errors import UsageError, WorkspaceError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from sqlalchemy import Row, Table
    from sqlalchemy.orm import Session

ROWS_AT_ONCE = 1000
"""Rows of one statement: a driver that sends rows one by one would need minutes, and databases bound the parameters."""
_HASH_MODULUS = 2**256


@dataclass(frozen=True)
class Moved:
    """What a move did.

    Parameters
    ----------
    before, after
        Where the catalog was and is, without passwords.
    is_in_database
        Whether it lies in a database now, so that ``PANHUO_CATALOG_URL`` must name it.
    counts
        Table -> rows, each verified by count and hash.
    kept
        Where the old catalog is kept, without names and telephones.
    """

    before: str
    after: str
    is_in_database: bool
    counts: dict[str, int]
    kept: str


def move_catalog(root: Path, to: str, *, progress: Callable[[str, float], None] | None = None) -> Moved:
    """Move the catalog of the workspace in ``root`` to an empty place; all of it, or nothing changes.

    Parameters
    ----------
    root
        The workspace's folder.
    to
        ``folder``, ``database`` (the one that ``PANHUO_CATALOG_URL`` names) or the URL of a PostgreSQL database.
    progress
        Whom to tell how far it is.

    Raises
    ------
    UsageError
        If ``to`` is no place, or the catalog is there already.
    WorkspaceError
        If the target is not empty, either side cannot be written, or what arrived differs from what was sent.
    """
    made = folder.settings(root)
    _refuse_staying(root, made, to)
    source = folder.open_catalog(root, made)
    made = folder.settings(root)  # an older workspace got its id just now
    tell = progress or _tell_nobody
    with source.writing() as reading, _target(root, made, to) as (target, place):
        counts = _copied(reading, target, tell)
        target.close()
        folder.settle_catalog(root, made, place)
        kept = source.retire(reading, folder.now().strftime("%Y%m%dT%H%M%S"))
    source.close()
    if made.get("catalog", folder.FOLDER) == folder.FOLDER:
        (root / folder.CATALOG).unlink(missing_ok=True)
    after = target.place if place == folder.DATABASE else str(root / folder.CATALOG)
    return Moved(source.place, after, place == folder.DATABASE, counts, kept)


def _tell_nobody(_stage: str, _fraction: float) -> None:
    pass


def _refuse_staying(root: Path, made: dict[str, Any], to: str) -> None:
    if to == folder.FOLDER == made.get("catalog", folder.FOLDER):
        raise UsageError(
            f"the catalog of {root} is in its folder already",
            f"{root} 的目录库本来就在文件夹里",
            hint="name a database to move it there: panhuo move-catalog DIR postgresql://USER:PASSWORD@HOST/DATABASE",
            hint_zh="要搬到数据库，请写 panhuo move-catalog DIR postgresql://用户:密码@主机/库名",
        )


@contextmanager
def _target(root: Path, made: dict[str, Any], to: str) -> Iterator[tuple[Catalog, str]]:
    """Give an empty catalog at the new place, and what the marker calls that place; it is discarded if a move fails."""
    put_keys = folder.key_keeper(folder.storage(root, made), root)
    if to == folder.FOLDER:
        place, draft = folder.FOLDER, root / "tmp" / f"{os.getpid()}-{folder.CATALOG}"
        _refuse_full(is_empty=not (root / folder.CATALOG).exists(), place=str(root / folder.CATALOG))
        target = Catalog(sqlite_url(draft))
    else:
        url = (
            postgresql_url(os.environ.get(CATALOG_VARIABLE, ""))
            if to == folder.DATABASE
            else postgresql_url(to, said="TO")
        )
        place, draft = folder.DATABASE, None
        target = Catalog(url, schema=f"panhuo_{made['workspace_id']}")
        _refuse_full(is_empty=target.is_empty(), place=target.place)
    try:
        target.create(put_keys)
        yield target, place
    except BaseException:
        if folder.settings(root).get("catalog") == made.get("catalog"):  # else the workspace lives there by now
            target.discard()
        raise
    finally:
        target.close()
        if draft is not None:
            draft.unlink(missing_ok=True)


def _refuse_full(*, is_empty: bool, place: str) -> None:
    if not is_empty:
        raise WorkspaceError(
            f"{place} already holds a catalog of this workspace, and nothing is overwritten",
            f"{place} 里已有本工作区的目录库，不会覆盖",
            hint="name another database, or take the old one away if it is no longer needed",
            hint_zh="请换一个数据库；确认旧的不再需要，可先移走",
        )


def _copied(reading: Session, target: Catalog, tell: Callable[[str, float], None]) -> dict[str, int]:
    """Copy every table in one transaction and return how many rows each has.

    Raises
    ------
    WorkspaceError
        If the rows that arrived are not those that were sent; nothing is kept then.
    """
    tables, counts = Base.metadata.sorted_tables, dict[str, int]()
    with target.writing() as writing:
        for number, table in enumerate(tables):
            tell("moving", number / len(tables))
            sent = _Digest()
            for rows in _portions(reading, table):
                sent.add(rows)
                writing.execute(insert(table).values([dict(row._mapping) for row in rows]))  # noqa: SLF001
            arrived = _Digest()
            for rows in _portions(writing, table):
                arrived.add(rows)
            if (sent.count, sent.total) != (arrived.count, arrived.total):
                raise WorkspaceError(
                    f"table {table.name} arrived with {arrived.count} rows, not the {sent.count} that were sent",
                    f"表 {table.name} 核对不符：送出 {sent.count} 行，到达 {arrived.count} 行，目录库没有搬",
                    hint="look at the database and try again; the workspace is as it was",
                    hint_zh="请检查数据库后再试，工作区保持原样",
                )
            _continue_numbers(writing, table)
            counts[table.name] = sent.count
    tell("moving", 1.0)
    return counts


def _portions(session: Session, table: Table) -> Iterator[Sequence[Row[Any]]]:
    return iter(session.execute(select(table).execution_options(yield_per=ROWS_AT_ONCE)).partitions())


class _Digest:
    """How many rows there are, and a hash over them that does not depend on their order: databases sort texts apart."""

    def __init__(self) -> None:
        self.count, self.total = 0, 0

    def add(self, rows: Sequence[Row[Any]]) -> None:
        """Count some rows in."""
        for row in rows:
            line = json.dumps(list(row), default=str, sort_keys=True, ensure_ascii=False)
            self.total += int.from_bytes(hashlib.sha256(line.encode()).digest())
        self.total %= _HASH_MODULUS
        self.count += len(rows)


def _continue_numbers(session: Session, table: Table) -> None:
    """Let PostgreSQL number further rows after those that came; SQLite does so by itself."""
    column = table.autoincrement_column
    if column is None or session.get_bind().dialect.name != "postgresql":
        return
    last = session.scalar(select(func.max(column)))
    if last is not None:
        call = text("SELECT setval(pg_get_serial_sequence(:name, :column), :last)")
        session.execute(call, {"name": table.name, "column": column.name, "last": last})
