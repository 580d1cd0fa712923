"""A workspace: one folder with everything a district has accepted and every run made from it.

::

    panhuo.json                 what this folder is; written last, so a half-made workspace has none
    catalog.sqlite              what is current (layers.catalog)
    snapshots/KIND/HASH.parquet accepted layers, never changed
    runs/RUN/KIND.parquet       results, never changed, with manifest.json
    tmp/                        drafts; whatever a crash leaves here is not part of the workspace
"""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Any, Self

import pandas as pd
from sqlalchemy import func, insert, select

from layers import _workspace_folder as folder
from layers import identity, runs, schema, snapshot
from layers.catalog import AssetKeyRow, AuditRow, Catalog, CurrentRow, SnapshotRow
from layers.errors import NotFoundError, UsageError
from layers.scope import Scope
from layers.snapshot import Provenance, Snapshot
from layers.subdistricts import fill_subdistricts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date
    from pathlib import Path

    import geopandas as gpd
    from sqlalchemy.orm import Session

    from layers.runs import Run


class Workspace:
    """The folder of a district. Make one with :meth:`create`, use one with :meth:`open`."""

    def __init__(self, root: Path, settings: dict[str, Any], catalog: Catalog) -> None:
        self.root = root
        self._settings = settings
        self._catalog = catalog

    @classmethod
    def create(cls, root: Path, *, name: str | None = None, is_sample: bool = False) -> Self:
        """Make a workspace in a new or empty folder, or finish one that was half made.

        Raises
        ------
        WorkspaceError
            If the folder holds other things, is a workspace already, or cannot be written.
        """
        folder.make(root, name=name or root.resolve().name, is_sample=is_sample)
        return cls.open(root)

    @classmethod
    def open(cls, root: Path) -> Self:
        """Open the workspace in ``root``.

        Raises
        ------
        WorkspaceError
            If there is none, it is half made, damaged, or written by a newer Panhuo.
        """
        settings = folder.settings(root)
        return cls(root, settings, Catalog(folder.catalog_url(root), read_only=not folder.is_writable(root)))

    @property
    def name(self) -> str:
        """Name shown on pages and prints."""
        return str(self._settings.get("name") or self.root.name)

    @property
    def is_sample(self) -> bool:
        """Whether everything in it is the fictional sample city."""
        return bool(self._settings.get("is_sample"))

    def accept(
        self,
        kind: str,
        frame: gpd.GeoDataFrame,
        provenance: Provenance,
        *,
        report: dict[str, Any] | None = None,
        scope: Scope | None = None,
    ) -> Snapshot:
        """Make ``frame`` the current layer of ``kind``; the former one stays as it was.

        Parameters
        ----------
        kind
            An input or context kind.
        frame
            Records in longitude, latitude. Ids are given here, personal fields are left out, sub-district codes that
            are missing are filled from the current ``subdistrict`` layer.
        provenance
            Where it came from.
        report
            The quality report, kept in the manifest.
        scope
            Who does it.

        Raises
        ------
        UsageError
            If the kind is a result kind.
        WorkspaceError
            If the workspace cannot be written; it is then as it was.
        """
        return self.accept_all({schema.kind(kind).name: frame}, provenance, reports={kind: report or {}}, scope=scope)[
            schema.kind(kind).name
        ]

    def accept_all(
        self,
        frames: Mapping[str, gpd.GeoDataFrame],
        provenance: Provenance,
        *,
        reports: Mapping[str, dict[str, Any]] | None = None,
        scope: Scope | None = None,
    ) -> dict[str, Snapshot]:
        """Accept several layers of one source: all of them, or none if anything fails. See :meth:`accept`."""
        who = (scope or Scope.everything()).who
        for name in frames:
            if schema.kind(name).role == "result":
                raise UsageError(f"{name} is a result of analyses and cannot be imported", hint="run `panhuo analyze`")
        folder.sweep(self.root)
        with self._catalog.writing() as session:
            areas = None if "subdistrict" in frames else self._subdistricts(session)
            accepted = {}
            for name in (item for item in schema.input_kinds() if item in frames):
                ready = self._prepared(session, schema.kind(name), frames[name], provenance.source, areas)
                report = (reports or {}).get(name)
                accepted[name] = self._store(session, schema.kind(name), ready, provenance, who, report)
                areas = ready if name == "subdistrict" else areas
            if "subdistrict" in accepted:
                self._fill_older_layers(session, set(accepted), who)
        return accepted

    def _store(
        self,
        session: Session,
        of: schema.Kind,
        ready: gpd.GeoDataFrame,
        provenance: Provenance,
        who: str,
        report: dict[str, Any] | None,
    ) -> Snapshot:
        home, now = self.root / "snapshots" / of.name, folder.now()
        version = snapshot.write_frame(ready, home, self.root / "tmp")
        accepted = snapshot.describe(ready, of.name, version, provenance, who=who, now=now)
        snapshot.write_json({**accepted.to_dict(), "report": report or {}}, home / f"{version}.json")
        row = SnapshotRow(kind=of.name, version=version, accepted_at=now, who=who, manifest=accepted.to_dict())
        session.add(row)
        session.flush()
        session.merge(CurrentRow(kind=of.name, snapshot_id=row.snapshot_id))
        detail = {"kind": of.name, "version": version, "count": accepted.count, "file": provenance.source_file}
        session.add(AuditRow(at=now, who=who, verb="accept", detail=detail))
        session.flush()
        return accepted

    def _fill_older_layers(self, session: Session, done: set[str], who: str) -> None:
        """Tell layers that were accepted before their sub-districts which one each record lies in."""
        areas = self._subdistricts(session)
        for row in self._catalog.current(session):
            if row.kind in done:
                continue
            former = Snapshot.from_dict(row.manifest)
            frame = self._load(former)
            filled = fill_subdistricts(frame, areas)
            if filled is not frame:
                self._store(session, schema.kind(row.kind), filled, former.provenance, who, self.report(former))

    def report(self, of: Snapshot) -> dict[str, Any]:
        """Return the quality report of an accepted layer."""
        path = self.root / "snapshots" / of.kind / f"{of.version}.json"
        data: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        return dict(data.get("report") or {})

    def _prepared(
        self,
        session: Session,
        of: schema.Kind,
        frame: gpd.GeoDataFrame,
        source: str,
        areas: gpd.GeoDataFrame | None,
    ) -> gpd.GeoDataFrame:
        ready = schema.conform(frame.reset_index(drop=True), of).to_crs(schema.STORAGE_CRS)
        ready["source"] = ready["source"].fillna(source)
        if of.geometry:
            placed = ready.geometry.notna() & ~ready.geometry.is_empty
            ready["position"] = ready["position"].where(placed, "unlocated").fillna("exact")
        for item in of.fields:
            if item.personal:
                ready[item.name] = pd.Series(pd.NA, index=ready.index, dtype=ready[item.name].dtype)
        if of.role == "context" and ready["source_id"].notna().all() and ready["source_id"].is_unique:
            ready["asset_id"] = identity.derived_ids(of.name, ready)
        else:
            ready["asset_id"], new = identity.assign_ids(of.name, ready, self._known(session, of.name))
            if new:
                session.execute(insert(AssetKeyRow), [{"kind": of.name, **asdict(key)} for key in new])
        if of.name == "subdistrict":
            ready["subdistrict_code"] = ready["subdistrict_code"].fillna(ready["asset_id"])
            return ready
        return ready if areas is None else fill_subdistricts(ready, areas)

    def _known(self, session: Session, kind: str) -> list[identity.AssetKey]:
        rows = session.scalars(select(AssetKeyRow).where(AssetKeyRow.kind == kind).order_by(AssetKeyRow.key_id))
        return [
            identity.AssetKey(row.source, row.source_id, row.name_key, _place(row.place), row.asset_id) for row in rows
        ]

    def _subdistricts(self, session: Session) -> gpd.GeoDataFrame:
        current = {row.kind: row for row in self._catalog.current(session)}
        row = current.get("subdistrict")
        return self._load(Snapshot.from_dict(row.manifest)) if row else schema.empty(schema.kind("subdistrict"))

    def current(self, kind: str) -> Snapshot | None:
        """Return the current snapshot of ``kind``, if there is one."""
        return next((item for item in self.summary() if item.kind == kind), None)

    def summary(self) -> list[Snapshot]:
        """Return the current snapshot of every kind that has one, in the order of the schema."""
        with self._catalog.reading() as session:
            found = {row.kind: Snapshot.from_dict(row.manifest) for row in self._catalog.current(session)}
        return [found[name] for name in schema.input_kinds() if name in found]

    def read(self, kind: str, scope: Scope | None = None) -> gpd.GeoDataFrame:
        """Return the current layer of ``kind`` in longitude, latitude; empty if none was accepted.

        Raises
        ------
        UsageError
            If there is no such input or context kind.
        """
        of = schema.kind(kind)
        if of.role == "result":
            raise UsageError(f"{kind} is a result", hint="read it from a run")
        found = self.current(kind)
        frame = self._load(found) if found else schema.empty(of)
        return (scope or Scope.everything()).apply(frame)

    def _load(self, of: Snapshot) -> gpd.GeoDataFrame:
        return snapshot.read_frame(self.root / "snapshots" / of.kind / f"{of.version}.parquet", of.kind)

    def save_run(
        self,
        tables: Mapping[str, gpd.GeoDataFrame],
        manifest: dict[str, Any],
        *,
        as_of: date,
        seed: int,
        inputs: Mapping[str, str],
        scope: Scope | None = None,
    ) -> Run:
        """Keep the results of an analysis; they appear whole or not at all.

        Parameters
        ----------
        tables
            Frames of result kinds, in longitude, latitude.
        manifest
            What the run used and left out.
        as_of
            The day for which it was made.
        seed
            Seed of its random draws.
        inputs
            Kind -> version of the snapshots it read.
        scope
            Who made it.
        """
        who = (scope or Scope.everything()).who
        return runs.save(self.root, self._catalog, tables, manifest, as_of=as_of, seed=seed, inputs=inputs, who=who)

    def runs(self) -> list[Run]:
        """Return the finished runs, newest first."""
        return runs.all_runs(self.root, self._catalog)

    def latest_run(self) -> Run | None:
        """Return the newest finished run, if there is one."""
        return next(iter(self.runs()), None)

    def run(self, run_id: str | None = None) -> Run:
        """Return a run by its id, or the newest.

        Raises
        ------
        NotFoundError
            If there is none.
        """
        found = self.runs()
        if not found:
            raise NotFoundError(f"{self.root} has no analysis yet", hint=f"run `panhuo analyze {self.root}`")
        wanted = found[0] if run_id is None else next((item for item in found if item.run_id == run_id), None)
        if wanted is None:
            names = ", ".join(item.run_id for item in found[:3])
            raise NotFoundError(f"there is no run {run_id!r}", hint=f"the newest are {names}")
        return wanted

    def read_result(self, kind: str, scope: Scope | None = None, run_id: str | None = None) -> gpd.GeoDataFrame:
        """Return a table of a run (the newest unless told) in longitude, latitude.

        Raises
        ------
        NotFoundError
            If there is no run, or the run has no such table.
        """
        run = self.run(run_id)
        path = run.folder / f"{schema.kind(kind).name}.parquet"
        if not path.exists():
            raise NotFoundError(f"run {run.run_id} has no {kind}", hint=f"it has {', '.join(run.tables)}")
        return (scope or Scope.everything()).apply(snapshot.read_frame(path, kind))

    def audit_count(self) -> int:
        """Return how many changes were recorded."""
        with self._catalog.reading() as session:
            return int(session.scalar(select(func.count()).select_from(AuditRow)) or 0)

    def close(self) -> None:
        """Give back the catalog's connections."""
        self._catalog.close()


def _place(value: list[float] | None) -> tuple[float, float] | None:
    return (value[0], value[1]) if value else None
