"""What decisions (bundles, sites, walks) are made on, and how they are kept: as a run beside the one before.

A run is never changed: what is decided on it becomes a run of its own, with the tables of the first and the new ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api import work
from api.models import read_model
from layers import schema
from layers.errors import OutdatedError, UsageError
from layers.subdistricts import fill_subdistricts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    import geopandas as gpd

    from gis.model import Model
    from layers.runs import Run
    from layers.scope import Scope
    from layers.workspace import Workspace


@dataclass(frozen=True)
class Ground:
    """An analysis to decide on.

    Parameters
    ----------
    run
        The analysis.
    layers
        The layers that it read, in metres.
    results
        Its tables, in the same CRS.
    model
        The model that it used.
    """

    run: Run
    layers: Mapping[str, gpd.GeoDataFrame]
    results: Mapping[str, gpd.GeoDataFrame]
    model: Model


def ground(
    workspace: Workspace,
    *,
    run_id: str | None = None,
    model_file: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    scope: Scope | None = None,
) -> Ground:
    """Return what a decision is made on.

    Raises
    ------
    NotFoundError
        If there is no such run.
    OutdatedError
        If a layer has changed since.
    UsageError
        If the run was made with another model.
    """
    run = workspace.run(run_id)
    snapshots = {item.kind: item for item in workspace.summary() if item.count}
    changed = [name for name, item in snapshots.items() if run.inputs.get(name) != item.version]
    changed += [name for name in run.inputs if name not in snapshots]
    if changed:
        titles = "、".join(schema.kind(name).zh for name in changed)
        raise OutdatedError(
            f"layers changed since run {run.run_id}: {', '.join(changed)}",
            f"分析 {run.run_id} 之后图层有更新：{titles}",
            hint=f"run `panhuo analyze {workspace.root}` first",
            hint_zh=f"请先重新运行 panhuo analyze {workspace.root}",
        )
    model = read_model(model_file, overrides)
    if run.manifest["model"]["sha256"] != model.sha256:
        raise UsageError(
            f"run {run.run_id} was made with another model",
            f"分析 {run.run_id} 用的是另一套参数",
            hint="give the same --model and --set as then, or run `panhuo analyze` again",
            hint_zh="请给出与当时相同的 --model 和 --set，或重新运行 panhuo analyze",
        )
    frames = {name: workspace.read(name, scope) for name in snapshots}
    if "subdistrict" in frames:
        frames = {name: fill_subdistricts(frame, frames["subdistrict"]) for name, frame in frames.items()}
    metric = work.to_metric(frames, snapshots)
    target = next(iter(metric.values())).crs
    tables = {name: workspace.read_result(name, scope, run.run_id).to_crs(target) for name in run.tables}
    return Ground(run, metric, tables, model)


def keep(
    workspace: Workspace,
    found: Ground,
    tables: Mapping[str, gpd.GeoDataFrame],
    told: Mapping[str, Any],
    *,
    scope: Scope | None = None,
) -> Run:
    """Keep what was decided as a run of its own, with all tables of the run that it was decided on.

    Parameters
    ----------
    workspace, found
        Where, and on what.
    tables
        The new tables, in the CRS of ``found``; they take the place of tables of the same kind.
    told
        What the run's manifest says of the decision, as JSON, under its name: ``{"bundle": {…}}``.
    scope
        Who decides.
    """
    every = {name: frame.to_crs(schema.STORAGE_CRS) for name, frame in {**found.results, **tables}.items()}
    decided = {**found.run.manifest.get("decided", {}), **told}
    counts = {**found.run.manifest.get("counts", {}), **{name: len(frame) for name, frame in tables.items()}}
    manifest = {**found.run.manifest, "decided": decided, "counts": counts, "decided_on": found.run.run_id}
    return workspace.save_run(
        every, manifest, as_of=found.run.as_of, seed=found.run.seed, inputs=found.run.inputs, scope=scope
    )
