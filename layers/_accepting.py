"""Making frames the current layers of a workspace: ids, sub-districts, personal data apart, all in one transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd
from sqlalchemy import select

from layers import _live_records as live
from layers import _workspace_folder as folder
from layers import identity, schema, snapshot
from layers._changes import shared_count
from layers.catalog import AliasRow, AuditRow, Catalog, ChangeRow, CurrentRow, KeyFileRow, SnapshotRow
from layers.errors import UsageError, WorkspaceError
from layers.quality import Text
from layers.snapshot import Provenance, Snapshot
from layers.subdistricts import fill_subdistricts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    import geopandas as gpd
    import pyarrow as pa
    from sqlalchemy.orm import Session

    from layers.storage import Storage

SHRUNKEN_SHARE = 0.20
"""A layer that lost a larger share of its records against its last snapshot needs a yes: a feed that was cut off looks
like a layer that is complete. The share is set by the requirement, not measured."""


@dataclass(frozen=True)
class Shelf:
    """Where a workspace keeps what it accepts."""

    root: Path
    catalog: Catalog
    storage: Storage


@dataclass(frozen=True)
class Order:
    """How frames are accepted (parameters of :meth:`layers.workspace.Workspace.accept_all`)."""

    provenance: Provenance
    who: str
    reports: Mapping[str, dict[str, Any]]
    shrunken_agreed: bool = False
    keep_ids: bool = False
    aliases: Mapping[str, str] | None = None


def accept_all(shelf: Shelf, frames: Mapping[str, gpd.GeoDataFrame], order: Order) -> dict[str, Snapshot]:
    """Accept several layers of one source: all of them, or none (:meth:`layers.workspace.Workspace.accept_all`)."""
    for name in frames:
        schema.input_kind(name)
    folder.sweep(shelf.root)
    with shelf.catalog.writing() as session:
        if not order.shrunken_agreed:
            _refuse_shrunken(shelf, session, frames, order.provenance.source)
        areas = None if "subdistrict" in frames else subdistricts(shelf, session)
        accepted = {}
        for name in (item for item in schema.input_kinds() if item in frames):
            of = schema.kind(name)
            ready = _prepared(shelf, session, of, frames[name], order)
            if name == "subdistrict":
                ready["subdistrict_code"] = ready["subdistrict_code"].fillna(ready["asset_id"])
                areas = ready
            elif areas is not None:
                ready = fill_subdistricts(ready, areas)
            accepted[name] = _store(shelf, session, of, ready, order)
        if "subdistrict" in accepted:
            _fill_older_layers(shelf, session, set(accepted), order.who)
    return accepted


def shrinking(current: Iterable[Snapshot], counts: Mapping[str, int], source: str) -> Text | None:
    """Return, for people, which layers would lose too many records against the last snapshot of the same source.

    Parameters
    ----------
    current
        Current snapshots.
    counts
        Kind -> records of the layer that would take its place.
    source
        Where these come from.
    """
    lost = [
        (schema.kind(item.kind), item.count, counts[item.kind])
        for item in current
        if item.kind in counts and item.source == source and counts[item.kind] < (1 - SHRUNKEN_SHARE) * item.count
    ]
    if not lost:
        return None
    en = ", ".join(f"{of.name} from {before} to {count}" for of, before, count in lost)
    zh = "、".join(f"{of.name} {of.zh} 从 {before} 条到 {count} 条" for of, before, count in lost)
    return Text(
        f"图层会减少 {SHRUNKEN_SHARE:.0%} 以上的记录（{zh}）",
        f"a layer would lose more than {SHRUNKEN_SHARE:.0%} of its records ({en})",
    )


def _refuse_shrunken(shelf: Shelf, session: Session, frames: Mapping[str, gpd.GeoDataFrame], source: str) -> None:
    current = [Snapshot.from_dict(row.manifest) for row in shelf.catalog.current(session)]
    told = shrinking(current, {name: len(frame) for name, frame in frames.items()}, source)
    if told is not None:
        raise UsageError(
            told.en,
            told.zh,
            hint="look whether the file is complete, and add --yes if it is",
            hint_zh="请先核对文件是否完整，确认无误请加 --yes",
        )


def _prepared(
    shelf: Shelf, session: Session, of: schema.Kind, frame: gpd.GeoDataFrame, order: Order
) -> gpd.GeoDataFrame:
    """Return ``frame`` as it is kept: with ids and sources, without personal data, which goes to its own table."""
    given = frame["asset_id"].reset_index(drop=True) if order.keep_ids and "asset_id" in frame else None
    ready = schema.conform(frame.reset_index(drop=True), of).to_crs(schema.STORAGE_CRS)
    ready["source"] = ready["source"].fillna(order.provenance.source)
    if of.geometry:
        placed = ready.geometry.notna() & ~ready.geometry.is_empty
        ready["position"] = ready["position"].where(placed, "unlocated").fillna("exact")
    ready["asset_id"] = _ids(shelf, session, of, ready, given, order.aliases or {})
    personal = [item.name for item in of.fields if item.personal]
    if personal:
        live.keep_personal(session, of.name, ready[["asset_id", *personal]])
        for name in personal:
            ready[name] = pd.Series(pd.NA, index=ready.index, dtype=ready[name].dtype)
    return ready


def _ids(
    shelf: Shelf,
    session: Session,
    of: schema.Kind,
    ready: gpd.GeoDataFrame,
    given: pd.Series | None,
    aliases: Mapping[str, str],
) -> pd.Series:
    if of.role == "context" and ready["source_id"].notna().all() and ready["source_id"].is_unique:
        return identity.derived_ids(of.name, ready)
    for former, asset_id in aliases.items():
        session.merge(AliasRow(former=former, kind=of.name, asset_id=asset_id))
    session.flush()
    ids, new = identity.assign_ids(of.name, ready, _known(shelf, session, of.name), given)
    if len(new):
        version = folder.key_keeper(shelf.storage, shelf.root)(of.name, new)
        session.add(KeyFileRow(kind=of.name, version=version, count=len(new)))
    return ids


def _known(shelf: Shelf, session: Session, kind: str) -> pa.Table:
    files = select(KeyFileRow.version).where(KeyFileRow.kind == kind).order_by(KeyFileRow.file_id)
    names = (folder.key_file(kind, version) for version in session.scalars(files))
    merges = select(AliasRow.former, AliasRow.asset_id).where(AliasRow.kind == kind)
    aliases = {row.former: row.asset_id for row in session.execute(merges)}
    return identity.merged(identity.read_keys(shelf.storage.read(name) for name in names), aliases)


def _store(
    shelf: Shelf, session: Session, of: schema.Kind, ready: gpd.GeoDataFrame, order: Order, verb: str = "accept"
) -> Snapshot:
    now = folder.now()
    version = snapshot.write_frame(ready, of.name, shelf.storage, shelf.root / "tmp")
    accepted = snapshot.describe(ready, of.name, version, order.provenance, who=order.who, now=now)
    told = {**accepted.to_dict(), "report": order.reports.get(of.name) or {}}
    shelf.storage.put_text(snapshot.json_text(told), snapshot.name_of(of.name, version, ".json"))
    row = SnapshotRow(kind=of.name, version=version, accepted_at=now, who=order.who, manifest=accepted.to_dict())
    make_current(shelf, session, row, ready["asset_id"], verb)
    return accepted


def make_current(shelf: Shelf, session: Session, row: SnapshotRow, ids: pd.Series, verb: str) -> None:
    """Make a snapshot the current one of its kind, and note by whom, and what came and went.

    Parameters
    ----------
    shelf, session
        Where.
    row
        The snapshot; ``accepted_at`` and ``who`` are those of now.
    ids
        Its asset ids.
    verb
        ``accept``, ``restore``, or ``fill`` where only sub-districts were filled in.
    """
    session.add(row)
    session.flush()
    held = session.get(CurrentRow, row.kind)
    former = session.get(SnapshotRow, held.snapshot_id) if held else None
    added, removed = (0, 0) if verb == "fill" else _came_and_went(shelf, former, ids)
    session.merge(CurrentRow(kind=row.kind, snapshot_id=row.snapshot_id))
    session.add(ChangeRow(snapshot_id=row.snapshot_id, verb=verb, added=added, removed=removed))
    of = Snapshot.from_dict(row.manifest)
    detail = {"kind": row.kind, "version": row.version, "count": of.count, "file": of.source_file}
    session.add(AuditRow(at=row.accepted_at, who=row.who, verb=verb, detail=detail))
    session.flush()


def _came_and_went(shelf: Shelf, former: SnapshotRow | None, ids: pd.Series) -> tuple[int | None, int | None]:
    """Return how many assets were added and removed; unknown where the former file is damaged and now replaced."""
    if former is None:
        return len(ids), 0
    try:
        before = snapshot.read_ids(Snapshot.from_dict(former.manifest), shelf.storage)
    except WorkspaceError:
        return None, None
    both = shared_count(ids, before)
    return len(ids) - both, len(before) - both


def _fill_older_layers(shelf: Shelf, session: Session, done: set[str], who: str) -> None:
    """Tell layers that were accepted before their sub-districts which one each record lies in."""
    areas = subdistricts(shelf, session)
    for row in shelf.catalog.current(session):
        if row.kind in done:
            continue
        former = Snapshot.from_dict(row.manifest)
        frame = snapshot.read_frame(former, shelf.storage)
        filled = fill_subdistricts(frame, areas)
        if filled is not frame:
            order = Order(former.provenance, who, {row.kind: report(shelf, former)})
            _store(shelf, session, schema.kind(row.kind), filled, order, "fill")


def subdistricts(shelf: Shelf, session: Session) -> gpd.GeoDataFrame:
    """Return the current sub-districts, empty where there are none."""
    row = next((item for item in shelf.catalog.current(session) if item.kind == "subdistrict"), None)
    if row is None:
        return schema.empty(schema.kind("subdistrict"))
    return snapshot.read_frame(Snapshot.from_dict(row.manifest), shelf.storage)


def report(shelf: Shelf, of: Snapshot) -> dict[str, Any]:
    """Return the quality report of an accepted layer.

    Raises
    ------
    WorkspaceError
        If it is missing or damaged.
    """
    name = snapshot.name_of(of.kind, of.version, ".json")
    try:
        data: dict[str, Any] = json.loads(shelf.storage.read_text(name))
    except ValueError as error:
        where = shelf.storage.place(name)
        raise WorkspaceError(f"{where} is not JSON", f"{where} 不是 JSON", **folder.RESTORE) from error
    return dict(data.get("report") or {})
