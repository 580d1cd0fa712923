"""The verbs that the command and the server share: import, analyse, export, draw, make the sample city."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from gis.model import Model
from gis.pipeline import analyze as analyze_city
from layers import __version__, crs, osm, reading, sample, schema, snapshot, writing
from layers.errors import NotFoundError, ReadError, UsageError, WorkspaceError
from layers.quality import ImportReport
from layers.snapshot import Provenance, Snapshot
from layers.subdistricts import fill_subdistricts
from layers.workspace import Workspace
from maps import folium_map

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import date
    from pathlib import Path

    import geopandas as gpd

    from layers.runs import Run
    from layers.scope import Scope

    Progress = Callable[[str, float], None]

SEED = 20261101
"""Seed of an analysis unless told; the same inputs and seed give the same result."""
SAMPLE_NAME = "榕湾区（示例数据）"
SAMPLE_FILE = f"sample city, seed {sample.DEFAULT_SEED}, panhuo {__version__}"


@dataclass(frozen=True)
class Imported:
    """What an import did, or would do: its report, the snapshots where it was carried out, and what they replace."""

    report: ImportReport
    snapshots: Mapping[str, Snapshot]
    crs_found: str | None
    replaced: tuple[Snapshot, ...] = ()


def import_file(
    workspace: Workspace,
    kind: str,
    file: Path,
    *,
    crs: str = "auto",
    encoding: str = "auto",
    columns: Mapping[str, str] | None = None,
    source: str = "ledger",
    licence: str | None = None,
    attribution: str | None = None,
    dry_run: bool = False,
    scope: Scope | None = None,
    progress: Progress | None = None,
) -> Imported:
    """Read ``file`` as ``kind`` and make it the current layer, unless it is a dry run.

    Raises
    ------
    PanhuoError
        If the file cannot be read or accepted; the workspace is then as it was.
    """
    _refuse_mixing(workspace)
    tell = progress or _tell_nobody
    tell("reading", 0.0)
    result = reading.read_file(file, kind, crs=crs, encoding=encoding, columns=columns or {})
    former = workspace.current(result.report.kind)
    replaced = (former,) if former is not None and former.count else ()
    if dry_run:
        return Imported(ImportReport(file.name, [result.report]), {}, result.crs_found, replaced)
    provenance = Provenance(
        source=source,
        source_file=file.name,
        source_sha256=snapshot.file_hash(reading.existing_file(file)[0]),
        licence=licence,
        attribution=attribution,
        crs_declared=result.crs_declared,
        crs_found=result.crs_found,
    )
    tell("accepting", 0.0)
    accepted = workspace.accept(kind, result.frame, provenance, report=result.report.to_dict(), scope=scope)
    return Imported(ImportReport(file.name, [result.report]), {accepted.kind: accepted}, result.crs_found, replaced)


def import_osm(
    workspace: Workspace, file: Path, *, scope: Scope | None = None, progress: Progress | None = None
) -> Imported:
    """Read an OpenStreetMap extract into every layer it has something for; all layers are accepted, or none."""
    _refuse_mixing(workspace)
    result = osm.read_osm(file, progress=progress)
    provenance = Provenance(
        source=osm.OSM_SOURCE,
        source_file=file.name,
        source_sha256=snapshot.file_hash(file),
        licence=osm.OSM_LICENCE,
        attribution=osm.OSM_ATTRIBUTION,
        crs_declared=schema.STORAGE_CRS,
        crs_found=schema.STORAGE_CRS,
    )
    reports = {item.kind: item.to_dict() for item in result.report.reports}
    frames = {name: frame for name, frame in result.frames.items() if len(frame)}
    if not frames:
        raise ReadError(f"{file} holds nothing that Panhuo reads", hint="take an extract with streets and buildings")
    replaced = tuple(item for item in workspace.summary() if item.kind in frames and item.count)
    accepted = workspace.accept_all(frames, provenance, reports=reports, scope=scope)
    return Imported(result.report, accepted, schema.STORAGE_CRS, replaced)


def _tell_nobody(_stage: str, _fraction: float) -> None:
    """Take progress that nobody asked for."""


def _refuse_mixing(workspace: Workspace) -> None:
    if workspace.is_sample:
        raise WorkspaceError(
            f"{workspace.root} holds the fictional sample city, and real files never share a workspace with it",
            hint="run `panhuo init` for a workspace of their own",
        )


def analyze(
    workspace: Workspace,
    *,
    model_file: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    as_of: date | None = None,
    seed: int = SEED,
    scope: Scope | None = None,
    progress: Progress | None = None,
    cancel: Callable[[], bool] | None = None,
) -> Run:
    """Analyse everything the workspace has accepted and keep the results as a run.

    Parameters
    ----------
    workspace
        Where the layers are and the run goes.
    model_file
        A district's TOML file, laid over the packaged model.
    overrides
        Parameter key -> value, laid over both.
    as_of
        The day for which clocks and months are counted: today, or the sample city's own day.
    seed
        Seed of the random draws behind rank bands.
    scope, progress, cancel
        Who asks, whom to tell how far it is, and whom to ask whether to stop.

    Raises
    ------
    PanhuoError
        If there is nothing to analyse, the model is not valid, or it was cancelled; no run is kept then.
    """
    snapshots = {item.kind: item for item in workspace.summary() if item.count}
    if not snapshots:
        raise WorkspaceError(f"{workspace.root} has no layers yet", hint="import some with `panhuo import`")
    model = Model.load(_text(model_file), dict(overrides or {}))
    frames = {name: workspace.read(name, scope) for name in snapshots}
    areas = frames.get("subdistrict")
    if areas is not None:
        frames = {name: fill_subdistricts(frame, areas) for name, frame in frames.items()}
    metric = _to_metric(frames, snapshots)
    day = as_of or (sample.DEFAULT_AS_OF if workspace.is_sample else datetime.now(UTC).astimezone().date())
    results = analyze_city(metric, model, as_of=day, seed=seed, progress=progress, cancel=cancel)
    tables = {name: frame.to_crs(schema.STORAGE_CRS) for name, frame in results.tables.items()}
    manifest = {**results.manifest, "is_sample": workspace.is_sample, "attributions": attributions(workspace)}
    inputs = {name: item.version for name, item in snapshots.items()}
    return workspace.save_run(tables, manifest, as_of=day, seed=seed, inputs=inputs, scope=scope)


def _text(file: Path | None) -> str | None:
    if file is None:
        return None
    try:
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReadError(
            f"{file} cannot be read: {getattr(error, 'strerror', error)}", hint="give a TOML file in UTF-8"
        ) from error


def _to_metric(
    frames: Mapping[str, gpd.GeoDataFrame], snapshots: Mapping[str, Snapshot]
) -> dict[str, gpd.GeoDataFrame]:
    extents = [item.extent for item in snapshots.values() if item.extent]
    if not extents:
        raise WorkspaceError("no record of any layer has a place", hint="import at least one layer with coordinates")
    west, south, east, north = zip(*extents, strict=True)
    target = crs.working_crs((min(west), min(south), max(east), max(north)))
    return {name: frame.to_crs(target) for name, frame in frames.items()}


def attributions(workspace: Workspace) -> list[str]:
    """Return what every map and print of the workspace must say of its sources, each line once."""
    lines = [
        f"{item.attribution} ({item.licence})" if item.licence else item.attribution
        for item in workspace.summary()
        if item.attribution
    ]
    return list(dict.fromkeys(line for line in lines if line))


def export(
    workspace: Workspace,
    layer: str,
    out: Path,
    *,
    crs_name: str | None = None,
    subdistrict: str | None = None,
    run_id: str | None = None,
    scope: Scope | None = None,
    progress: Progress | None = None,
) -> int:
    """Write a layer or a result to ``out``, whose suffix names the format, and return how many records it has.

    Raises
    ------
    PanhuoError
        If there is no such layer, sub-district or run, or ``out`` cannot be written.
    """
    of = schema.kind(layer)
    if of.role == "result":
        frame = workspace.read_result(of.name, scope, run_id)
    elif run_id is not None:
        raise UsageError(f"{of.name} is an input, not a result of run {run_id}", hint="leave --run out")
    else:
        if workspace.current(of.name) is None:
            have = ", ".join(item.kind for item in workspace.summary()) or "nothing"
            raise NotFoundError(f"{workspace.root} has no {of.name} layer", hint=f"it has {have}")
        frame = workspace.read(of.name, scope)
    if subdistrict is not None:
        known = sorted(frame["subdistrict_code"].dropna().unique())
        if not known:
            hint = "import the subdistrict layer first, or leave --subdistrict out"
            raise NotFoundError(f"no record of {of.name} has a sub-district code", hint=hint)
        if subdistrict not in known:
            raise NotFoundError(
                f"no record of {of.name} lies in sub-district {subdistrict!r}",
                hint=f"choose one of {', '.join(known[:12])}",
            )
        frame = frame[frame["subdistrict_code"] == subdistrict]
    (progress or _tell_nobody)("writing", 0.0)
    notice = sample.SAMPLE_NOTICE["zh"] if workspace.is_sample else None
    lines = "; ".join(attributions(workspace)) or None
    return writing.write_layer(frame, of, out, crs=crs_name, attribution=lines, notice=notice)


def draw_map(workspace: Workspace, out: Path, *, run_id: str | None = None, scope: Scope | None = None) -> Path:
    """Write the offline page of a run (the newest unless told) to ``out``."""
    run = workspace.run(run_id)
    layers = {item.kind: workspace.read(item.kind, scope) for item in workspace.summary()}
    results = {name: workspace.read_result(name, scope, run.run_id) for name in run.tables}
    return folium_map.write_map(
        out,
        layers=layers,
        results=results,
        manifest={**run.manifest, "run_id": run.run_id, "as_of": run.as_of.isoformat()},
        title=workspace.name,
        is_sample=workspace.is_sample,
        attributions=attributions(workspace),
    )


def ready_sample(root: Path, *, progress: Progress | None = None) -> Workspace:
    """Return the analysed sample workspace in ``root``, making what is not there yet.

    Raises
    ------
    WorkspaceError
        If ``root`` holds something else.
    """
    tell = progress or _tell_nobody
    workspace = _open_sample(root)
    layer = workspace.current("community")
    if layer is None or layer.source_file != SAMPLE_FILE:
        tell("sample city", 0.0)
        frames: dict[str, Any] = sample.make_city()
        workspace.accept_all(
            frames, Provenance(source=sample.SOURCE, source_file=SAMPLE_FILE, attribution=sample.SAMPLE_NOTICE["zh"])
        )
        tell("sample city", 1.0)
    run = workspace.latest_run()
    versions = {item.kind: item.version for item in workspace.summary() if item.count}
    if run is None or run.inputs != versions or run.manifest["model"]["sha256"] != Model.load().sha256:
        analyze(workspace, progress=progress)
    return workspace


def _open_sample(root: Path) -> Workspace:
    if not (root / "panhuo.json").exists():
        return Workspace.create(root, name=SAMPLE_NAME, is_sample=True)
    workspace = Workspace.open(root)
    if not workspace.is_sample:
        raise WorkspaceError(f"{root} holds real data, not the sample city", hint="give another folder with --dir")
    return workspace
