"""Making frames the current layers of a workspace: ids, sub-districts, personal data apart, all in one transaction."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from sqlalchemy import delete, select

from layers import _live_records as live
from layers import _workspace_folder as folder
from layers import identity, originals, schema, snapshot
from layers._changes import shared_count
from layers._garbage import without_search
from layers.catalog import AliasRow, AuditRow, Catalog, ChangeRow, CurrentRow, KeyFileRow, SnapshotRow
from layers.errors import OutdatedError, UsageError, WorkspaceError
from layers.incoming import Incoming, positioned
from layers.matching.doubts import Doubt
from layers.matching.ids import identify
from layers.quality import Text
from layers.snapshot import Snapshot
from layers.storage import bytes_hash
from layers.subdistricts import fill_subdistricts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd
    import pyarrow as pa
    from numpy.typing import NDArray
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


@without_search()
def accept_all(
    shelf: Shelf, layers: Mapping[str, Incoming], *, who: str, shrunken_agreed: bool = False, verb: str = "accept"
) -> dict[str, Snapshot]:
    """Accept several layers: all of them, or none (:meth:`layers.workspace.Workspace.accept_layers`)."""
    for name in layers:
        schema.input_kind(name)
    folder.sweep(shelf.root)
    with shelf.catalog.writing() as session:
        current = [Snapshot.from_dict(row.manifest) for row in shelf.catalog.current(session)]
        _refuse_outdated(current, layers)
        if not shrunken_agreed:
            _refuse_shrunken(current, layers)
        areas = None if "subdistrict" in layers else subdistricts(shelf, session)
        accepted = {}
        for name in (item for item in schema.input_kinds() if item in layers):
            of = schema.kind(name)
            ready = _prepared(shelf, session, of, layers[name])
            if name == "subdistrict":
                ready["subdistrict_code"] = ready["subdistrict_code"].fillna(ready["asset_id"])
                areas = ready
            elif areas is not None:
                ready = fill_subdistricts(ready, areas)
            accepted[name] = _store(shelf, session, of, replace(layers[name], frame=ready), who, verb)
        if "subdistrict" in accepted:
            _fill_older_layers(shelf, session, set(accepted), who)
    return accepted


def _refuse_outdated(current: Sequence[Snapshot], layers: Mapping[str, Incoming]) -> None:
    """Refuse a layer that was made of a version which is no longer current: what came since would be lost."""
    versions = {item.kind: item.version for item in current}
    for name, layer in layers.items():
        if layer.made_of is not None and layer.made_of != versions.get(name, ""):
            raise OutdatedError(
                f"layer {name} was replaced while the file was brought together with it",
                f"合并期间，图层 {name}（{schema.kind(name).zh}）已被别人更新",
                hint="import the file again",
                hint_zh="请再导入一次",
            )


def shrinking(current: Iterable[Snapshot], counts: Mapping[str, Mapping[str, int]]) -> Text | None:
    """Return, for people, which layers would lose too many records against what the same source gave before.

    Parameters
    ----------
    current
        Current snapshots.
    counts
        Kind -> source -> records of it in the layer that would take the place of the current one.
    """
    lost = []
    for item in current:
        for source, count in counts.get(item.kind, {}).items():
            before = item.source_named(source)
            if before is not None and count < (1 - SHRUNKEN_SHARE) * (before.record_count or 0):
                lost.append((schema.kind(item.kind), before.record_count, count))
    if not lost:
        return None
    en = ", ".join(f"{of.name} from {before} to {count}" for of, before, count in lost)
    zh = "、".join(f"{of.name} {of.zh} 从 {before} 条到 {count} 条" for of, before, count in lost)
    return Text(
        f"图层会减少 {SHRUNKEN_SHARE:.0%} 以上的记录（{zh}）",
        f"a layer would lose more than {SHRUNKEN_SHARE:.0%} of its records ({en})",
    )


def _refuse_shrunken(current: Sequence[Snapshot], layers: Mapping[str, Incoming]) -> None:
    told = shrinking(current, {name: layer.new_counts for name, layer in layers.items()})
    if told is not None:
        raise UsageError(
            told.en,
            told.zh,
            hint="look whether the file is complete, and add --yes if it is",
            hint_zh="请先核对文件是否完整，确认无误请加 --yes",
        )


def _prepared(shelf: Shelf, session: Session, of: schema.Kind, layer: Incoming) -> gpd.GeoDataFrame:
    """Return a layer as it is kept: with ids and sources, without personal data, which goes to its own table."""
    ready = _conformed(of, layer)
    ready["asset_id"] = _ids(shelf, session, of, ready, layer)
    personal = [item.name for item in of.fields if item.personal]
    if personal:
        live.keep_personal(session, of.name, ready[["asset_id", *personal]])
        for name in personal:
            ready[name] = pd.Series(pd.NA, index=ready.index, dtype=ready[name].dtype)
    return ready


def _conformed(of: schema.Kind, layer: Incoming) -> gpd.GeoDataFrame:
    ready = positioned(schema.conform(layer.frame.reset_index(drop=True), of).to_crs(schema.STORAGE_CRS), of)
    ready["source"] = ready["source"].fillna(layer.sources[0].source)
    if not layer.has_ids:  # a file of our own may tell sources in words; only those that were brought together count
        ready["sources"] = pd.Series(pd.NA, index=ready.index, dtype="string")
    return ready


def erased_rows(shelf: Shelf, of: schema.Kind, layer: Incoming) -> NDArray[np.int64]:
    """Return which records of a layer bring personal data that were erased: they are not kept again."""
    personal = [item.name for item in of.fields if item.personal and item.name in layer.frame]
    is_told = layer.frame[personal].notna().any(axis=1).to_numpy(dtype=bool)
    if not is_told.any() or shelf.catalog.version < live.ERASURES_SINCE:
        return np.empty(0, dtype=np.int64)
    with shelf.catalog.reading() as session:
        erased = live.erased_ids(session, layer.aliases)
        known = known_keys(shelf, session, of.name) if erased else None
    if known is None:
        return np.empty(0, dtype=np.int64)
    ready = _conformed(of, layer)
    ids, _ = identify(ready, of, known) if layer.has_ids else identity.assign_ids(of.name, ready, known)
    return np.flatnonzero(is_told & ids.isin(erased).to_numpy(dtype=bool))


def _ids(shelf: Shelf, session: Session, of: schema.Kind, ready: gpd.GeoDataFrame, layer: Incoming) -> pd.Series:
    if of.role == "context" and ready["source_id"].notna().all() and ready["source_id"].is_unique:
        return identity.derived_ids(of.name, ready)
    for former, asset_id in layer.aliases.items():
        session.merge(AliasRow(former=former, kind=of.name, asset_id=asset_id))
    session.flush()
    known = known_keys(shelf, session, of.name)
    ids, new = identify(ready, of, known) if layer.has_ids else identity.assign_ids(of.name, ready, known)
    former_ids = session.scalars(select(AliasRow.former).where(AliasRow.kind == of.name)).all()
    for former in ids[ids.isin(former_ids)] if former_ids else ():  # parted again: it goes on under its own id
        session.execute(delete(AliasRow).where(AliasRow.former == former))
    if len(new):
        version = folder.key_keeper(shelf.storage, shelf.root)(of.name, new)
        session.add(KeyFileRow(kind=of.name, version=version, count=len(new)))
    return ids


def known_keys(shelf: Shelf, session: Session, kind: str) -> pa.Table:
    """Return by what the assets of a kind are known (:data:`layers.identity.KEY_SCHEMA`), merges followed."""
    files = select(KeyFileRow.version).where(KeyFileRow.kind == kind).order_by(KeyFileRow.file_id)
    names = (folder.key_file(kind, version) for version in session.scalars(files))
    return identity.merged(identity.read_keys(shelf.storage.read(name) for name in names), aliases(session, kind))


def aliases(session: Session, kind: str) -> dict[str, str]:
    """Return the merges of a kind: former id -> the id under which the asset went on then."""
    merges = select(AliasRow.former, AliasRow.asset_id).where(AliasRow.kind == kind)
    return {row.former: row.asset_id for row in session.execute(merges)}


def _store(shelf: Shelf, session: Session, of: schema.Kind, layer: Incoming, who: str, verb: str) -> Snapshot:
    """Keep a layer that is ready, what is said of it beside it, and make it current."""
    now = folder.now()
    version = snapshot.write_frame(layer.frame, of.name, shelf.storage, shelf.root / "tmp")
    accepted = snapshot.describe(layer.frame, of.name, version, layer.sources, who=who, now=now)
    told = {
        **accepted.to_dict(),
        "report": layer.report,
        "doubts": [item.to_dict() for item in layer.doubts],
        "originals": _keep_originals(shelf, of.name, layer),
    }
    text = snapshot.json_text(told)  # named by its own hash: the same content may come again with another report
    accepted = replace(accepted, beside=bytes_hash(text.encode())[: snapshot.HASH_LENGTH])
    shelf.storage.put_text(text, snapshot.name_beside(accepted))
    row = SnapshotRow(kind=of.name, version=version, accepted_at=now, who=who, manifest=accepted.to_dict())
    make_current(shelf, session, row, layer.frame["asset_id"], verb)
    return accepted


def _keep_originals(shelf: Shelf, kind: str, layer: Incoming) -> str | None:
    """Keep the shapes that were mended, under the ids of their assets; return under which name."""
    found = layer.originals
    if found is None or found.empty:
        return None
    named = found.assign(asset_id=layer.frame["asset_id"].take(found["row"]).to_numpy())
    return originals.write(named, kind, shelf.storage, shelf.root / "tmp")


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
            layer = Incoming(
                filled,
                former.sources,
                report=report(shelf, former),
                doubts=tuple(doubts(shelf, former)),
                originals=kept_originals(shelf, former, filled["asset_id"]),
            )
            _store(shelf, session, schema.kind(row.kind), layer, who, "fill")


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
    return dict(_beside(shelf, of).get("report") or {})


def doubts(shelf: Shelf, of: Snapshot) -> list[Doubt]:
    """Return the pairs of records that a person was to tell apart when a layer was accepted (see :func:`report`)."""
    return [Doubt.from_dict(item) for item in _beside(shelf, of).get("doubts") or ()]


def kept_originals(shelf: Shelf, of: Snapshot, ids: pd.Series) -> gpd.GeoDataFrame:
    """Return the mended shapes of a layer as their files have them, with the position of their assets in ``ids``."""
    found = originals.read(of.kind, _beside(shelf, of).get("originals"), shelf.storage)
    position = pd.Series(range(len(ids)), index=ids.to_numpy())
    there = found[found["asset_id"].isin(position.index)]
    return there.assign(row=position.reindex(there["asset_id"]).to_numpy(dtype="int64"))


def _beside(shelf: Shelf, of: Snapshot) -> dict[str, Any]:
    """Return what is kept beside a layer."""
    name = snapshot.name_beside(of)
    try:
        data: dict[str, Any] = json.loads(shelf.storage.read_text(name))
    except ValueError as error:
        where = shelf.storage.place(name)
        raise WorkspaceError(f"{where} is not JSON", f"{where} 不是 JSON", **folder.RESTORE) from error
    return data
