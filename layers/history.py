"""Versions of a layer over time: which were current, what differs between two of them, and going back to one.

Records are compared by their permanent asset id, so a renamed or moved asset is one change and not a loss and a gain.
"""

from __future__ import annotations

import difflib
import re
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import select

from layers import _accepting as accepting
from layers import _workspace_folder as folder
from layers import snapshot
from layers._changes import changes, shared_count
from layers.catalog import ChangeRow, CurrentRow, SnapshotRow
from layers.errors import NotFoundError, UsageError
from layers.snapshot import Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    from sqlalchemy.orm import Session

    from layers._accepting import Shelf
    from layers.schema import Kind
    from layers.scope import Scope

SINCE = "0002"
"""Version of the catalog that first tells how a snapshot came to be current."""
SHORTEST = 4
"""Digits of a version that are enough to name it; with fewer, a slip of the finger names another."""
NEAR = 3
"""How many versions an error names."""


@dataclass(frozen=True)
class Version:
    """A version of a layer that became current.

    Parameters
    ----------
    kind, version
        Of which layer, and the hash that names its file.
    at
        When it became current, ISO 8601, UTC.
    who
        Who made it so.
    verb
        ``accept``, ``restore``, or ``fill`` where only sub-districts were filled in.
    count
        Its records.
    added, removed
        Assets that came and went against the version before; ``None`` where an older Panhuo did not note it.
    source, source_file
        Where it came from.
    is_current
        Whether it is current now.
    """

    kind: str
    version: str
    at: str
    who: str
    verb: str
    count: int
    added: int | None
    removed: int | None
    source: str
    source_file: str | None
    is_current: bool

    @property
    def day(self) -> date:
        """The day on which it became current, as clocks here show it."""
        return self.moment.date()

    @property
    def moment(self) -> datetime:
        """When it became current, as clocks here show it."""
        return datetime.fromisoformat(self.at).replace(tzinfo=UTC).astimezone()

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values."""
        return {**asdict(self), "at": f"{self.at}Z"}


@dataclass(frozen=True)
class Difference:
    """What differs between two versions of a layer.

    Parameters
    ----------
    before, after
        The versions.
    table
        One row a change, as :func:`layers._changes.changes` gives it, longitude and latitude.
    unchanged
        Records that are the same in both.
    """

    before: Version
    after: Version
    table: gpd.GeoDataFrame
    unchanged: int

    @property
    def counts(self) -> dict[str, int]:
        """Records by what happened to them; one that moved and changed counts in both."""
        distinct = self.table.drop_duplicates(["asset_id", "change"])["change"].value_counts()
        return {name: int(distinct.get(name, 0)) for name in ("added", "removed", "moved", "placed", "changed")}

    @property
    def fields(self) -> dict[str, int]:
        """How many records changed in each field, the most first."""
        found = self.table.loc[self.table["change"] == "changed", "field"].value_counts()
        return {str(name): int(count) for name, count in found.items()}

    def to_dict(self) -> dict[str, Any]:
        """Return it as JSON values: every change, without geometries."""
        rows = pd.DataFrame(self.table.drop(columns="geometry")).astype(object)
        return {
            "before": self.before.to_dict(),
            "after": self.after.to_dict(),
            "counts": {**self.counts, "unchanged": self.unchanged},
            "fields": self.fields,
            "changes": rows.where(rows.notna(), None).to_dict("records"),
        }


def accepted(shelf: Shelf, kind: str, version: str) -> Snapshot | None:
    """Return a version of a layer by its whole name, as it was accepted last."""
    query = select(SnapshotRow).where(SnapshotRow.kind == kind, SnapshotRow.version == version)
    with shelf.catalog.reading() as session:
        row = session.scalars(query.order_by(SnapshotRow.snapshot_id.desc()).limit(1)).first()
    return None if row is None else Snapshot.from_dict(row.manifest)


def versions(shelf: Shelf, kind: str) -> list[Version]:
    """Return the versions of a layer in the order in which they were current, the newest first."""
    with shelf.catalog.reading() as session:
        return [_version(row, change, current) for row, change, current in _rows(shelf, session, kind)]


def _rows(shelf: Shelf, session: Session, kind: str) -> list[tuple[SnapshotRow, ChangeRow | None, bool]]:
    held = session.get(CurrentRow, kind)
    rows = session.scalars(
        select(SnapshotRow).where(SnapshotRow.kind == kind).order_by(SnapshotRow.snapshot_id.desc())
    ).all()
    told: dict[int, ChangeRow] = {}
    if shelf.catalog.version >= SINCE:
        query = select(ChangeRow).join(SnapshotRow, SnapshotRow.snapshot_id == ChangeRow.snapshot_id)
        told = {row.snapshot_id: row for row in session.scalars(query.where(SnapshotRow.kind == kind))}
    current = held.snapshot_id if held else None
    return [(row, told.get(row.snapshot_id), row.snapshot_id == current) for row in rows]


def _version(row: SnapshotRow, change: ChangeRow | None, is_current: bool) -> Version:
    of = Snapshot.from_dict(row.manifest)
    verb, added, removed = (change.verb, change.added, change.removed) if change else ("accept", None, None)
    at = row.accepted_at.isoformat(timespec="seconds")
    return Version(
        row.kind, row.version, at, row.who, verb, of.count, added, removed, of.source, of.source_file, is_current
    )


def find(known: Sequence[Version], wanted: str, kind: str) -> Version:
    """Return the version that a person means.

    Parameters
    ----------
    known
        Versions, the newest first.
    wanted
        ``current``, ``previous`` (the one before the current), the start of a version, or a day (2026-06-30): the one
        that was current at its end.
    kind
        Name of the layer, for messages.

    Raises
    ------
    NotFoundError
        If there is none.
    UsageError
        If several versions begin so.
    """
    if not known:
        raise NotFoundError(
            f"nothing was ever accepted as {kind}",
            f"{kind} 还没有任何版本",
            hint=f"run `panhuo import DIR {kind} FILE`",
            hint_zh=f"先运行 panhuo import DIR {kind} 文件",
        )
    day = _day(wanted)
    if day is not None:
        found = [item for item in known if item.day <= day]
    elif wanted in {"current", "previous"}:
        found = [item for item in known if item.is_current]
        if wanted == "previous":
            rest = known[known.index(found[0]) + 1 :]
            found = [item for item in rest if item.version != found[0].version]
    else:
        found = _beginning_with(known, wanted.lower(), kind)
    if found:
        return found[0]
    if wanted == "previous":
        raise NotFoundError(
            f"{kind} has no version before the current one: its content never changed",
            f"{kind} 的内容一直没有变化，没有上一版",
            hint=f"`panhuo history DIR {kind}` shows every import",
            hint_zh=f"panhuo history 工作区 {kind} 列出每次导入",
        )
    raise _unknown(known, wanted, kind)


def _day(text: str) -> date | None:
    parts = re.fullmatch(r"(\d{4})-(\d{1,2})-(\d{1,2})", text)
    try:
        return date(*(int(part) for part in parts.groups())) if parts else None
    except ValueError:
        return None


def _beginning_with(known: Sequence[Version], start: str, kind: str) -> list[Version]:
    found = [item for item in known if item.version.startswith(start)] if len(start) >= SHORTEST else []
    several = sorted({item.version for item in found})
    if len(several) > 1:
        raise UsageError(
            f"{len(several)} versions of {kind} begin with {start}",
            f"{kind} 有 {len(several)} 个版本以 {start} 开头",
            hint=f"write more of it: {', '.join(several[:NEAR])}",
            hint_zh=f"请多写几位：{'、'.join(several[:NEAR])}",
        )
    return found


def _unknown(known: Sequence[Version], wanted: str, kind: str) -> NotFoundError:
    """Return the error for a version that is not there: it names those most like it, else the newest."""
    by_version = {item.version: item for item in reversed(known)}
    alike = {name[: max(len(wanted), SHORTEST)]: name for name in by_version}
    near = [alike[start] for start in difflib.get_close_matches(wanted.lower(), alike, n=NEAR, cutoff=0.5)]
    chosen = [by_version[name] for name in near] or list(known[:NEAR])
    named = ", ".join(f"{item.version[:8]} ({item.day})" for item in chosen)
    return NotFoundError(
        f"{kind} has no version {wanted!r}",
        f"{kind} 没有 {wanted!r} 这个版本",
        hint=f"there are {named}; `panhuo history DIR {kind}` shows all",
        hint_zh=f"有 {named}；panhuo history DIR {kind} 列出全部",
    )


def difference(shelf: Shelf, of: Kind, before: str, after: str, scope: Scope) -> Difference:
    """Return what differs between two versions of a layer (:meth:`layers.workspace.Workspace.difference`)."""
    known = versions(shelf, of.name)
    one, other = find(known, before, of.name), find(known, after, of.name)
    old, new = (scope.apply(_frame(shelf, version)) for version in (one, other))
    table = changes(old, new, of)
    kept = shared_count(new["asset_id"], old["asset_id"])
    touched = table.loc[~table["change"].isin(["added", "removed"]), "asset_id"].nunique()
    return Difference(one, other, table, kept - int(touched))


def _frame(shelf: Shelf, version: Version) -> gpd.GeoDataFrame:
    with shelf.catalog.reading() as session:
        query = select(SnapshotRow).where(SnapshotRow.kind == version.kind, SnapshotRow.version == version.version)
        row = session.scalars(query).first()
    if row is None:
        raise ValueError("a version of the history is in the catalog")
    return snapshot.read_frame(Snapshot.from_dict(row.manifest), shelf.storage)


def restore(shelf: Shelf, kind: str, wanted: str, who: str) -> Snapshot:
    """Make an older version of a layer current again (:meth:`layers.workspace.Workspace.restore`)."""
    with shelf.catalog.writing() as session:
        rows = _rows(shelf, session, kind)
        known = [_version(*row) for row in rows]
        chosen = find(known, wanted, kind)
        if any(item.is_current and item.version == chosen.version for item in known):
            raise UsageError(
                f"version {chosen.version[:8]} of {kind} is current already",
                f"{kind} 的 {chosen.version[:8]} 已经是当前版本",
                hint=f"choose another: `panhuo history DIR {kind}`",
                hint_zh=f"请另选版本：panhuo history DIR {kind}",
            )
        manifest = rows[known.index(chosen)][0].manifest
        former = Snapshot.from_dict(manifest)
        ids = snapshot.read_ids(former, shelf.storage)
        row = SnapshotRow(kind=kind, version=former.version, accepted_at=folder.now(), who=who, manifest=manifest)
        accepting.make_current(shelf, session, row, ids, "restore")
    return former
