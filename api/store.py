"""What is served: the layers that are current at this moment, prepared once per version and scope.

Every request asks the catalog what is current, so a new snapshot or run shows at the next request without a restart.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from functools import cached_property, partial
from threading import Lock
from typing import TYPE_CHECKING, Any

from api._features import Layer, LayerInfo
from api.errors import MissingError
from layers import schema
from layers.errors import WorkspaceError
from layers.scope import Scope
from layers.serving.shelf import opened, prepared_aside
from layers.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import geopandas as gpd
    from starlette.requests import Request

    from api.settings import Settings
    from layers.runs import Run
    from layers.serving.prepared import Prepared
    from layers.snapshot import Snapshot


VERSIONS_HELD = 3
"""Versions of one layer that are kept open: the current one, and those through which somebody still pages."""


@dataclass(frozen=True)
class Current:
    """What the workspace holds at one moment."""

    workspace: Workspace
    snapshots: Mapping[str, Snapshot]
    run: Run | None

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        """Kinds that have data, in the order of the register."""
        results = self.run.tables if self.run else ()
        return tuple(name for name in schema.kinds() if name in self.snapshots or name in results)

    def version(self, kind: str) -> str:
        """Return the version of a kind that has data: content hash of a layer, run id of a result."""
        if kind in self.snapshots:
            return self.snapshots[kind].version
        return self.run.run_id if self.run else ""


@dataclass
class _Slot:
    lock: Lock = field(default_factory=Lock)
    layer: Layer | None = None


class Store:
    """Prepared layers of one workspace, shared by the threads of one process."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._lock = Lock()
        self._slots: OrderedDict[tuple[str, str, str], _Slot] = OrderedDict()
        self._workspace: Workspace | None = None
        self._opened_as: list[int] = []
        self._manifest: tuple[str, dict[str, Any]] = ("", {})
        self._current: tuple[Workspace, int, Current] | None = None

    def workspace(self) -> Workspace:
        """Return the workspace, opened again if its folder was replaced.

        Raises
        ------
        WorkspaceError
            If it cannot be opened.
        """
        root = self._settings.workspace
        try:
            marker, catalog = (root / "panhuo.json").stat(), root / "catalog.sqlite"
            in_folder = catalog.stat().st_ino if catalog.exists() else 0  # else it lies in a database
            identity = [marker.st_ino, marker.st_mtime_ns, in_folder]
        except OSError:
            identity = []
        with self._lock:
            if self._workspace is None or identity != self._opened_as or not identity:
                self._forget()
                self._workspace = Workspace.open(root)
                self._opened_as = identity
            return self._workspace

    def close(self) -> None:
        """Give back the catalog's connections."""
        with self._lock:
            self._forget()

    def _forget(self) -> None:
        self._current = None
        if self._workspace is not None:
            self._workspace.close()
        self._workspace = None
        self._slots.clear()
        self._manifest = ("", {})

    def current(self) -> Current:
        """Return what is current now; the catalog is read again whenever anybody changed it."""
        workspace = self.workspace()
        generation = workspace.generation()
        known = self._current
        if known is not None and known[0] is workspace and known[1] == generation:
            return known[2]
        snapshots = {item.kind: item for item in workspace.summary()}
        found = Current(workspace, snapshots, workspace.latest_run())
        # asked before it was read: what changes in between is seen next time
        self._current = (workspace, generation, found) if generation is not None else None
        return found

    def manifest(self, current: Current) -> dict[str, Any]:
        """Return the manifest of the current run, empty where there is none."""
        if current.run is None:
            return {}
        run_id, manifest = self._manifest
        if run_id != current.run.run_id:
            manifest = current.run.manifest
            self._manifest = (current.run.run_id, manifest)
        return manifest

    def info(self, kind: str, scope: Scope, current: Current) -> LayerInfo:
        """Return what is said of a layer; its file is read only where the catalog does not know."""
        snapshot = current.snapshots.get(kind)
        if snapshot is None or scope.is_limited:
            return self.layer(kind, scope, current).info
        return snapshot_info(snapshot)

    def layer(self, kind: str, scope: Scope, current: Current, version: str | None = None) -> Layer:
        """Return a layer of ``kind`` as ``scope`` may see it, prepared now or before: the current one unless told.

        Raises
        ------
        NotFoundError
            If there is no such kind or version, or it has no data.
        """
        if kind not in schema.kinds():
            raise MissingError(f"there is no layer {kind!r}", f"没有 {kind!r} 这个图层", **_choices(current))
        if kind not in current.kinds:
            raise MissingError(f"the layer {kind!r} has no data yet", f"图层 {kind!r} 还没有数据", **_choices(current))
        wanted = version or current.version(kind)
        slot = self._slots.get((kind, scope.cache_key, wanted))
        if slot is not None and slot.layer is not None:
            return slot.layer
        there = current if wanted == current.version(kind) else _older(kind, wanted, current)
        slot = self._slot(kind, scope, wanted)
        with slot.lock:
            if slot.layer is None:
                slot.layer = _read(kind, scope, there)
            return slot.layer

    def is_ready(self, kind: str, scope: Scope, version: str | None = None) -> bool:
        """Whether a version of a layer is prepared here, and seen to be (if it is to be current) without a database."""
        try:
            workspace = self.workspace()
        except WorkspaceError:
            return False
        known = self._current
        if known is None or known[0] is not workspace or known[1] != workspace.generation():
            return False
        slot = self._slots.get((kind, scope.cache_key, version or known[2].version(kind)))
        return slot is not None and slot.layer is not None

    def _slot(self, kind: str, scope: Scope, version: str) -> _Slot:
        key = (kind, scope.cache_key, version)
        with self._lock:
            slot = self._slots.setdefault(key, _Slot())
            self._slots.move_to_end(key)
            if slot.layer is None:
                same = [item for item in self._slots if item[:2] == key[:2]]
                for old in same[:-VERSIONS_HELD]:  # what is mapped takes its room on the disk until it is let go
                    del self._slots[old]
            while len(self._slots) > self._settings.cached_layers:
                self._slots.popitem(last=False)
            return slot


def caller(_request: Request) -> Scope:
    """Return the scope of whoever asks: everything, until users exist."""
    return Scope.everything()


def snapshot_info(snapshot: Snapshot) -> LayerInfo:
    """Return what the catalog knows of an accepted layer."""
    return LayerInfo(
        kind=snapshot.kind,
        version=snapshot.version,
        count=snapshot.count,
        unlocated_count=snapshot.unlocated_count,
        extent=snapshot.extent,
        data_date=snapshot.data_date,
        accepted_at=utc(snapshot.accepted_at),
        source=snapshot.source,
        licence=snapshot.licence,
        attribution=snapshot.attribution,
        crs_note=_crs_note(snapshot.crs_declared, snapshot.crs_found),
    )


def result_info(kind: str, run: Run, current: Current) -> LayerInfo:
    """Return the provenance of a result: the run, and the licences of every layer that went into it."""
    inputs = [current.snapshots[name] for name in run.inputs if name in current.snapshots]
    return LayerInfo(
        kind=kind,
        version=run.run_id,
        count=0,
        unlocated_count=0,
        extent=None,
        data_date=run.as_of.isoformat(),
        accepted_at=utc(run.created_at),
        source=f"run {run.run_id}",
        licence=_joined(item.licence for item in inputs),
        attribution=_joined(item.attribution for item in inputs),
        crs_note=None,
    )


def utc(moment: str) -> str:
    """Return an ISO 8601 moment of the catalog, which keeps UTC without saying so, with its zone."""
    return moment if moment.endswith("Z") or "+" in moment[10:] else f"{moment}Z"


def _read(kind: str, scope: Scope, current: Current) -> Layer:
    """Read and prepare the version of a layer that is current."""
    workspace, of, snapshot, run = current.workspace, schema.kind(kind), current.snapshots.get(kind), current.run
    if snapshot is not None:
        info = snapshot_info(snapshot)
        held = _held(workspace, of, scope, snapshot.version, partial(workspace.read_snapshot, snapshot, scope))
    elif run is not None:
        info = result_info(kind, run, current)
        held = _held(workspace, of, scope, run.run_id, partial(workspace.read_result, kind, scope, run.run_id))
    else:
        raise WorkspaceError(
            f"there is no run that holds {kind}",
            f"还没有含 {kind} 的分析结果",
            hint="run `panhuo analyze`",
            hint_zh="先运行 panhuo analyze",
        )
    return Layer.of(held, of, info)


def _older(kind: str, version: str, current: Current) -> Current:
    """Return what the workspace held when ``version`` of ``kind`` was current, as far as that kind goes.

    Raises
    ------
    NotFoundError
        If there never was such a version.
    """
    workspace = current.workspace
    if schema.kind(kind).role == "result":
        run = next((item for item in workspace.runs() if item.run_id == version and kind in item.tables), None)
        if run is not None:
            return Current(workspace, current.snapshots, run)
    else:
        snapshot = workspace.accepted(kind, version)
        if snapshot is not None:
            return Current(workspace, {**current.snapshots, kind: snapshot}, current.run)
    raise MissingError(
        f"the layer {kind} has no version {version[:40]!r}",
        f"图层 {kind} 没有 {version[:40]!r} 这个版本",
        hint="leave `snapshot` out for the current one",
        hint_zh="去掉 snapshot 参数即取当前版本",
    )


def _held(
    workspace: Workspace, of: schema.Kind, scope: Scope, version: str, read: Callable[[], gpd.GeoDataFrame]
) -> Prepared:
    """Return a version as ``scope`` may see it; only what everybody sees is kept on disk for all."""
    return prepared_aside(read(), of) if scope.is_limited else opened(workspace.root, of, version, read)


def _joined(texts: Any) -> str | None:
    return "; ".join(dict.fromkeys(text for text in texts if text)) or None


def _crs_note(declared: str | None, found: str | None) -> str | None:
    if not found or found in (schema.STORAGE_CRS, declared):
        return None if found in (None, schema.STORAGE_CRS) else f"{found} → {schema.STORAGE_CRS}"
    return f"{declared} / {found} → {schema.STORAGE_CRS}" if declared else f"{found} → {schema.STORAGE_CRS}"


def _choices(current: Current) -> dict[str, str]:
    names = ", ".join(current.kinds)
    if not names:
        return {"hint": "import a layer first: panhuo import", "hint_zh": "先用 panhuo import 导入图层"}
    return {"hint": f"choose one of {names}", "hint_zh": f"可选：{names}"}
