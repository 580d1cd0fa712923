"""A workspace: one folder with everything a district has accepted and every run made from it.

::

    panhuo.json                 what this folder is; written last, so a half-made workspace has none
    catalog.sqlite              what is current (layers.catalog); else a schema of a PostgreSQL database
    snapshots/KIND/HASH.parquet accepted layers, never changed; else under an fsspec URL, copies of them in cache/
    keys/KIND/HASH.parquet      by what the assets of a kind are known (layers.identity), beside the snapshots
    runs/RUN/KIND.parquet       results, never changed, with manifest.json
    serving/KIND/VERSION-FORM/  layers and results prepared to be served; may be removed, made anew when asked for
    tmp/                        drafts; whatever a crash leaves here is not part of the workspace
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from layers import _accepting as accepting
from layers import _live_records as live
from layers import _workspace_folder as folder
from layers import erasures, history, runs, schema, snapshot
from layers._accepting import Shelf
from layers.errors import NotFoundError, UsageError
from layers.incoming import Incoming
from layers.scope import Scope
from layers.snapshot import Provenance, Snapshot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path

    import geopandas as gpd
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from layers.catalog import Catalog
    from layers.history import Difference, Version
    from layers.matching.doubts import Doubt, Pair
    from layers.quality import Text
    from layers.runs import Run
    from layers.storage import Storage


class Workspace:
    """The folder of a district. Make one with :meth:`create`, use one with :meth:`open`."""

    def __init__(self, root: Path, settings: dict[str, Any], catalog: Catalog, storage: Storage) -> None:
        self.root = root
        self._settings = settings
        self._catalog = catalog
        self._shelf = Shelf(root, catalog, storage)

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
        UsageError
            If a URL in the environment is none.
        """
        settings = folder.settings(root)
        return cls(root, settings, folder.open_catalog(root, settings), folder.storage(root, settings))

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
        shrunken_agreed: bool = False,
    ) -> Snapshot:
        """Make ``frame``, all of one source, the current layer of ``kind``. See :meth:`accept_layers`."""
        name = schema.kind(kind).name
        layers = {name: Incoming(frame, (provenance,), report or {})}
        return self.accept_layers(layers, scope=scope, shrunken_agreed=shrunken_agreed)[name]

    def accept_all(
        self, frames: Mapping[str, gpd.GeoDataFrame], provenance: Provenance, *, scope: Scope | None = None
    ) -> dict[str, Snapshot]:
        """Make several frames of one source current: all of them, or none. See :meth:`accept_layers`."""
        return self.accept_layers({name: Incoming(frame, (provenance,)) for name, frame in frames.items()}, scope=scope)

    def accept_layers(
        self,
        layers: Mapping[str, Incoming],
        *,
        scope: Scope | None = None,
        shrunken_agreed: bool = False,
        verb: str = "accept",
    ) -> dict[str, Snapshot]:
        """Make layers the current ones of their kinds: all of them, or none if anything fails; the former ones stay.

        Parameters
        ----------
        layers
            Input or context kind -> layer.
        scope
            Who does it.
        shrunken_agreed
            That it is meant if a source gives a fifth less records than it gave to the current layer, or fewer.
        verb
            What the history calls it: ``accept``, or ``settle`` after a person's answers.

        Raises
        ------
        UsageError
            If a kind is a result kind, or a layer shrank and ``shrunken_agreed`` does not say that this is meant.
        OutdatedError
            If a layer was made of a version that is not current any more.
        WorkspaceError
            If the workspace cannot be written; it is then as it was.
        """
        who = (scope or Scope.everything()).who
        return accepting.accept_all(self._shelf, layers, who=who, shrunken_agreed=shrunken_agreed, verb=verb)

    def shrinking(self, counts: Mapping[str, Mapping[str, int]]) -> Text | None:
        """Return, for people, which layers (kind -> source -> records) would be refused as shrunken; else ``None``."""
        return accepting.shrinking(self.summary(), counts)

    def doubts(self, of: Snapshot) -> list[Doubt]:
        """Return the pairs of records that waited for a person when a layer was accepted."""
        return accepting.doubts(self._shelf, of)

    def originals(self, of: Snapshot, scope: Scope | None = None) -> gpd.GeoDataFrame:
        """Return the mended shapes of an accepted layer as their files have them (:data:`layers.originals.ORIGINAL`).

        ``row`` is the position of each in the layer.
        """
        layer = snapshot.read_frame(of, self._shelf.storage)
        seen = (scope or Scope.everything()).apply(layer)["asset_id"]
        found = accepting.kept_originals(self._shelf, of, layer["asset_id"])
        return found[found["asset_id"].isin(seen)]

    def report(self, of: Snapshot) -> dict[str, Any]:
        """Return the quality report of an accepted layer."""
        return accepting.report(self._shelf, of)

    def current(self, kind: str) -> Snapshot | None:
        """Return the current snapshot of ``kind``, if there is one."""
        return next((item for item in self.summary() if item.kind == kind), None)

    def accepted(self, kind: str, version: str) -> Snapshot | None:
        """Return a version of ``kind`` by its whole name, current or not, if it was ever accepted."""
        return history.accepted(self._shelf, kind, version)

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
            raise UsageError(f"{kind} is a result", f"{kind} 是分析结果", hint="read it from a run")
        found, seen = self.current(kind), scope or Scope.everything()
        return self.read_snapshot(found, seen) if found else seen.apply(schema.empty(of))

    def read_snapshot(self, of: Snapshot, scope: Scope | None = None) -> gpd.GeoDataFrame:
        """Return one accepted version of a layer in longitude, latitude, current or not."""
        return (scope or Scope.everything()).apply(snapshot.read_frame(of, self._shelf.storage))

    def history(self, kind: str) -> list[Version]:
        """Return the versions of a layer in the order in which they were current, the newest first."""
        return history.versions(self._shelf, schema.input_kind(kind).name)

    def difference(self, kind: str, before: str, after: str, scope: Scope | None = None) -> Difference:
        """Return what changed in a layer between two versions.

        Parameters
        ----------
        before, after
            ``current``, ``previous``, the start of a version, or a day (2026-06-30): the version current at its end.

        Raises
        ------
        NotFoundError
            If there is no such version.
        """
        return history.difference(self._shelf, schema.input_kind(kind), before, after, scope or Scope.everything())

    def restore(self, kind: str, version: str, scope: Scope | None = None) -> Snapshot:
        """Make an older version of a layer current again; every version stays.

        Raises
        ------
        NotFoundError
            If there is no such version.
        UsageError
            If it is current already.
        WorkspaceError
            If its file is damaged, or the workspace cannot be written; it is then as it was.
        """
        name = schema.input_kind(kind).name
        return history.restore(self._shelf, name, version, (scope or Scope.everything()).who)

    def personal(self, asset_ids: Sequence[str], scope: Scope | None = None) -> pd.DataFrame:
        """Return names and telephones of assets: ``asset_id``, ``field``, ``value``; that they were read is noted."""
        return live.personal(self._catalog, asset_ids, (scope or Scope.everything()).who)

    def erase_personal(self, asset_ids: Sequence[str], scope: Scope | None = None) -> int:
        """Erase names and telephones of assets for good and return how many values were; no later file brings them."""
        return live.erase_personal(self._catalog, asset_ids, (scope or Scope.everything()).who)

    def personal_held(self, kind: str) -> pd.DataFrame:
        """Return of which assets of a kind personal data are kept (:func:`layers.erasures.held`)."""
        return erasures.held(self._shelf, schema.input_kind(kind).name)

    def designations(self, kind: str) -> pd.DataFrame:
        """Return by which ids and numbers people call the assets of a kind (:func:`layers.erasures.designations`)."""
        return erasures.designations(self._shelf, schema.input_kind(kind).name)

    def erased_rows(self, kind: str, layer: Incoming) -> NDArray[np.int64]:
        """Return the positions of records whose personal data were erased and are not kept again when accepted."""
        return accepting.erased_rows(self._shelf, schema.input_kind(kind), layer)

    def decide_matches(self, kind: str, answers: Mapping[Pair, bool], scope: Scope | None = None) -> None:
        """Keep whether pairs of records (:attr:`layers.matching.doubts.Doubt.pair`) are one thing, as a person said."""
        live.decide_matches(self._catalog, schema.input_kind(kind).name, answers, (scope or Scope.everything()).who)

    def match_decisions(self, kind: str) -> dict[Pair, bool]:
        """Return what people said about pairs of records of a kind."""
        return live.match_decisions(self._catalog, schema.input_kind(kind).name)

    def save_run(
        self,
        tables: Mapping[str, gpd.GeoDataFrame],
        manifest: dict[str, Any],
        *,
        as_of: date,
        seed: int,
        inputs: Mapping[str, str],
        documents: Mapping[str, dict[str, Any]] | None = None,
        scope: Scope | None = None,
    ) -> Run:
        """Keep the results of an analysis; they appear whole or not at all.

        Parameters
        ----------
        tables
            Frames of result kinds, in longitude, latitude.
        manifest
            What the run used and left out.
        inputs
            Kind -> version of the snapshots it read.
        documents
            What else programs that go on from the run read, by name: :attr:`layers.runs.Run.documents`.
        """
        who = (scope or Scope.everything()).who
        kept = (tables, manifest, documents or {})
        return runs.save(self.root, self._catalog, *kept, as_of=as_of, seed=seed, inputs=inputs, who=who)

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
            raise NotFoundError(
                f"{self.root} has no analysis yet",
                f"{self.root} 还没有分析结果",
                hint=f"run `panhuo analyze {self.root}`",
                hint_zh=f"先运行 panhuo analyze {self.root}",
            )
        wanted = found[0] if run_id is None else next((item for item in found if item.run_id == run_id), None)
        if wanted is None:
            names = ", ".join(item.run_id for item in found[:3])
            raise NotFoundError(
                f"there is no run {run_id!r}",
                f"没有 {run_id!r} 这次分析",
                hint=f"the newest are {names}",
                hint_zh=f"最近几次是 {names}",
            )
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
            names = ", ".join(run.tables)
            raise NotFoundError(
                f"run {run.run_id} has no {kind}",
                f"{run.run_id} 这次分析没有 {kind} 表",
                hint=f"it has {names}",
                hint_zh=f"有 {names}",
            )
        return (scope or Scope.everything()).apply(snapshot.read_file(path, kind))

    def generation(self) -> int | None:
        """Return a number that differs after every change (:meth:`layers.catalog.Catalog.generation`)."""
        return self._catalog.generation()

    def close(self) -> None:
        """Give back the catalog's connections."""
        self._catalog.close()
