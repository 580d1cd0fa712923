"""Finished analyses: a folder of result tables and a manifest each, and a row in the catalog."""

from __future__ import annotations

import json
import os
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from layers import _workspace_folder as folder
from layers import schema, snapshot
from layers.catalog import AuditRow, Catalog, RunRow

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date, datetime
    from pathlib import Path

    import geopandas as gpd


@dataclass(frozen=True)
class Run:
    """One finished analysis."""

    run_id: str
    created_at: str
    as_of: date
    seed: int
    inputs: dict[str, str]
    folder: Path

    @property
    def manifest(self) -> dict[str, Any]:
        """What the run used and left out: criteria, weights, parameters, notes."""
        data: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text(encoding="utf-8"))
        return data

    @property
    def documents(self) -> dict[str, dict[str, Any]]:
        """What the run keeps beside its tables for programs that go on from it, by name."""
        files = sorted(self.folder.glob("*.json"))
        return {
            file.stem: json.loads(file.read_text(encoding="utf-8")) for file in files if file.name != "manifest.json"
        }

    @property
    def tables(self) -> tuple[str, ...]:
        """Kinds of results that the run has."""
        return tuple(name for name in schema.result_kinds() if (self.folder / f"{name}.parquet").exists())


def all_runs(root: Path, catalog: Catalog) -> list[Run]:
    """Return the finished runs of a workspace, newest first."""
    with catalog.reading() as session:
        rows = session.scalars(select(RunRow).order_by(RunRow.created_at.desc(), RunRow.run_id.desc())).all()
    return [
        Run(
            row.run_id,
            row.created_at.isoformat(timespec="seconds"),
            row.as_of,
            row.seed,
            dict(row.inputs),
            root / "runs" / row.run_id,
        )
        for row in rows
    ]


def save(
    root: Path,
    catalog: Catalog,
    tables: Mapping[str, gpd.GeoDataFrame],
    manifest: dict[str, Any],
    documents: Mapping[str, dict[str, Any]],
    *,
    as_of: date,
    seed: int,
    inputs: Mapping[str, str],
    who: str,
) -> Run:
    """Keep the results of an analysis; they appear whole or not at all.

    Raises
    ------
    WorkspaceError
        If the workspace cannot be written.
    """
    folder.sweep(root)
    now = folder.now()
    run_id = _free_run_id(root, now)
    draft, final = root / "tmp" / f"{os.getpid()}-{run_id}", root / "runs" / run_id
    try:
        draft.mkdir(parents=True)
        for name, frame in tables.items():
            ready = schema.conform(frame.reset_index(drop=True), schema.kind(name), keep_extra=True)
            ready.to_parquet(draft / f"{name}.parquet", index=False, compression="zstd")
            snapshot.flush(draft / f"{name}.parquet")
        for name, document in {**documents, "manifest": manifest}.items():
            snapshot.write_json(document, draft / f"{name}.json")
        with catalog.writing() as session:
            session.add(RunRow(run_id=run_id, created_at=now, as_of=as_of, seed=seed, who=who, inputs=dict(inputs)))
            session.add(AuditRow(at=now, who=who, verb="analyze", detail={"run_id": run_id}))
            session.flush()
            draft.replace(final)
            snapshot.flush(final.parent)
    except OSError as error:
        raise snapshot.unwritable(final, error) from error
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Run(run_id, now.isoformat(timespec="seconds"), as_of, seed, dict(inputs), final)


def _free_run_id(root: Path, now: datetime) -> str:
    base = now.strftime("%Y%m%d-%H%M%S")
    taken = {item.name for item in (root / "runs").iterdir()} if (root / "runs").exists() else set()
    return next(name for name in (base, *(f"{base}-{again}" for again in range(2, 1000))) if name not in taken)
