"""The verbs that the command and the server share: analyse, export, draw, make the sample city."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pandas as pd

from api.models import laid_over, read_model
from gis.pipeline import analyze as analyze_city
from layers import __version__, crs, sample, schema, writing
from layers.errors import NotFoundError, UsageError, WorkspaceError
from layers.matching.exported import with_exact
from layers.originals import ORIGINAL
from layers.snapshot import Provenance, Snapshot
from layers.subdistricts import fill_subdistricts
from layers.workspace import Workspace
from maps import folium_map

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping
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
        raise WorkspaceError(
            f"{workspace.root} has no layers yet",
            f"{workspace.root} 还没有图层",
            hint="import some with `panhuo import`",
            hint_zh="先用 panhuo import 导入",
        )
    model = read_model(model_file, overrides)
    frames = {name: workspace.read(name, scope) for name in snapshots}
    areas = frames.get("subdistrict")
    if areas is not None:
        frames = {name: fill_subdistricts(frame, areas) for name, frame in frames.items()}
    metric = to_metric(frames, snapshots)
    day = as_of or (sample.DEFAULT_AS_OF if workspace.is_sample else datetime.now(UTC).astimezone().date())
    results = analyze_city(metric, model, as_of=day, seed=seed, progress=progress, cancel=cancel)
    tables = {name: frame.to_crs(schema.STORAGE_CRS) for name, frame in results.tables.items()}
    manifest = {
        **results.manifest,
        "is_sample": workspace.is_sample,
        "attributions": attributions(workspace),
        "own_model": laid_over(model_file, overrides),
    }
    inputs = {name: item.version for name, item in snapshots.items()}
    return workspace.save_run(tables, manifest, as_of=day, seed=seed, inputs=inputs, scope=scope)


def to_metric(frames: Mapping[str, gpd.GeoDataFrame], snapshots: Mapping[str, Snapshot]) -> dict[str, gpd.GeoDataFrame]:
    """Return layers in the metric CRS of their place.

    Raises
    ------
    WorkspaceError
        If no record of any layer has a place.
    """
    extents = [item.extent for item in snapshots.values() if item.extent]
    if not extents:
        raise WorkspaceError(
            "no record of any layer has a place",
            "所有图层都没有落图的记录",
            hint="import at least one layer with coordinates",
            hint_zh="至少导入一个带坐标的图层",
        )
    west, south, east, north = zip(*extents, strict=True)
    target = crs.working_crs((min(west), min(south), max(east), max(north)))
    return {name: frame.to_crs(target) for name, frame in frames.items()}


def attributions(workspace: Workspace, kinds: Collection[str] | None = None) -> list[str]:
    """Return what maps and prints of layers (all, unless told) must say of their sources, each line once.

    Whom to name comes first, the licence stands in brackets; a licence without anybody to name is said of its file.
    """
    lines = [
        f"{item.attribution or item.source_file or item.source} ({item.licence})" if item.licence else item.attribution
        for layer in workspace.summary()
        if kinds is None or layer.kind in kinds
        for item in layer.sources
    ]
    return list(dict.fromkeys(line for line in lines if line))


def notes_of(workspace: Workspace, of: schema.Kind, run: Run | None = None) -> dict[str, str | None]:
    """Return what a file of a layer, or of a result of ``run``, says of its sources and of sample data."""
    lines = attributions(workspace, {of.name}) if run is None else list(run.manifest.get("attributions", ()))
    notice = sample.SAMPLE_NOTICE["zh"] if workspace.is_sample else None
    return {"attribution": "; ".join(lines) or None, "notice": notice}


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
    run = workspace.run(run_id) if of.role == "result" else None
    if run is None and run_id is not None:
        raise UsageError(
            f"{of.name} is an input, not a result of run {run_id}",
            f"{of.name}（{of.zh}）是输入图层，不是 {run_id} 这次分析的结果",
            hint="leave --run out",
            hint_zh="请去掉 --run",
        )
    frame = _accepted(workspace, of, scope) if run is None else workspace.read_result(of.name, scope, run.run_id)
    if subdistrict is not None:
        frame = _lying_in(subdistrict, frame, of)
    current = workspace.current(of.name) if run is None else None
    if current is not None:
        frame = with_exact(frame, of, current.sources)
    (progress or _tell_nobody)("writing", 0.0)
    shown = of
    if run is not None and of.name == "cashflow":
        frame, shown = _named(frame, workspace.read_result("opportunity", scope, run.run_id), of)
    elif run is not None:
        shown = with_criteria(of, run.manifest, frame.columns)
    return writing.write_layer(frame, shown, out, crs=crs_name, **notes_of(workspace, of, run))


def _accepted(workspace: Workspace, of: schema.Kind, scope: Scope | None) -> gpd.GeoDataFrame:
    if workspace.current(of.name) is None:
        have = ", ".join(item.kind for item in workspace.summary())
        raise NotFoundError(
            f"{workspace.root} has no {of.name} layer",
            f"{workspace.root} 没有图层 {of.name}（{of.zh}）",
            hint=f"it has {have}" if have else f"import one: panhuo import {workspace.root} {of.name} FILE",
            hint_zh=f"有 {have}" if have else f"还没有任何图层，先运行 panhuo import {workspace.root} {of.name} 文件",
        )
    return workspace.read(of.name, scope)


def _lying_in(subdistrict: str, frame: gpd.GeoDataFrame, of: schema.Kind) -> gpd.GeoDataFrame:
    known = sorted(frame["subdistrict_code"].dropna().unique())
    if not known:
        raise NotFoundError(
            f"no record of {of.name} has a sub-district code",
            f"图层 {of.name}（{of.zh}）的记录都没有镇街代码",
            hint="import the subdistrict layer first, or leave --subdistrict out",
            hint_zh="先导入 subdistrict（镇街），或去掉 --subdistrict",
        )
    if subdistrict not in known:
        codes = ", ".join(known[:12])
        raise NotFoundError(
            f"no record of {of.name} lies in sub-district {subdistrict!r}",
            f"图层 {of.name}（{of.zh}）没有镇街 {subdistrict!r} 的记录",
            hint=f"choose one of {codes}",
            hint_zh=f"可选 {codes}",
        )
    return frame[frame["subdistrict_code"] == subdistrict]


def with_criteria(of: schema.Kind, manifest: Mapping[str, Any], columns: Collection[str]) -> schema.Kind:
    """Return a kind with the criterion columns (``x_…`` raw, ``v_…`` valued) that a run's manifest declares.

    Criteria of two themes that have one title are told apart by the theme's.
    """
    fields = []
    themes = schema.kind("opportunity")["theme"].codes or {}
    criteria = manifest.get("criteria", ())
    often = Counter(item["zh"] for item in criteria)
    for item in criteria:
        zh, en = item["zh"], item["en"]
        if often[zh] > 1:
            zh, en = (f"{of_all}·{of_theme}" for of_all, of_theme in zip((zh, en), themes[item["theme"]], strict=True))
        raw = schema.Field(item["x"], "float", f"{zh}(原值)", f"{en}, raw", item["unit"])
        valued = schema.Field(item["v"], "float", f"{zh}(评价值)", f"{en}, value", "score")
        fields += [field for field in (raw, valued) if field.name in columns]
    return replace(of, fields=(*of.fields, *fields))


def _named(flows: pd.DataFrame, opportunities: pd.DataFrame, of: schema.Kind) -> tuple[pd.DataFrame, schema.Kind]:
    """Return cash flows with the name of the asset and the action behind the id, and their kind with these columns.

    An id says little to who reads the file; the action stands there as its code and in words.
    """
    action = schema.kind("opportunity")["action"]
    told = opportunities[["opportunity_id", "name", "action"]]
    for end, place in (("", 0), ("_en", 1)):
        words = {code: titles[place] for code, titles in (action.codes or {}).items()}
        told = told.assign(**{f"action_name{end}": told["action"].map(words).astype("string")})
    fields = (
        schema.kind("opportunity")["name"],
        action,
        schema.Field("action_name", "string", "活化动作(中文)", "Action, in Chinese"),
        schema.Field("action_name_en", "string", "活化动作(英文)", "Action, in English"),
    )
    at = of.columns.index("opportunity_id") + 1
    named = flows.merge(pd.DataFrame(told), on="opportunity_id", how="left", validate="many_to_one")
    return named, replace(of, fields=(*of.fields[:at], *fields, *of.fields[at:]))


def export_originals(
    workspace: Workspace, layer: str, out: Path, *, crs_name: str | None = None, scope: Scope | None = None
) -> int:
    """Write the mended shapes of a layer as their files have them, and return how many there are.

    Raises
    ------
    PanhuoError
        If there is no such layer, nothing in it was mended, or ``out`` cannot be written.
    """
    of = schema.input_kind(layer)
    current = workspace.current(of.name)
    found = None if current is None else workspace.originals(current, scope)
    if found is None or found.empty:
        raise NotFoundError(
            f"no shape of {of.name} was mended",
            f"图层 {of.name}（{of.zh}）没有修复过的图形",
            hint="leave --originals out",
            hint_zh="请去掉 --originals",
        )
    return writing.write_layer(found.drop(columns="row"), ORIGINAL, out, crs=crs_name, **notes_of(workspace, of))


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
        attributions=list(dict.fromkeys([*run.manifest.get("attributions", ()), *attributions(workspace)])),
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
    read = None if run is None else run.manifest["model"].get("analysis_sha256")
    if run is None or run.inputs != versions or read != read_model(None).analysis_sha256:
        analyze(workspace, progress=progress)
    return workspace


def _open_sample(root: Path) -> Workspace:
    if not (root / "panhuo.json").exists():
        return Workspace.create(root, name=SAMPLE_NAME, is_sample=True)
    workspace = Workspace.open(root)
    if not workspace.is_sample:
        raise WorkspaceError(
            f"{root} holds real data, not the sample city",
            f"{root} 里是真实数据，不是示例城区",
            hint="give another folder with --dir",
            hint_zh="请用 --dir 另指文件夹",
        )
    return workspace


def _tell_nobody(_stage: str, _fraction: float) -> None:
    """Take progress that nobody asked for."""
