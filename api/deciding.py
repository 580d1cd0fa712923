"""What decisions (bundles, sites, walks) are made on, and how they are kept: as a run beside the one before.

A run is never changed: what is decided on it becomes a run of its own, with the tables of the first and the new ones.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from api import work
from api.models import laid_over, read_model
from gis._manifest import parameters
from gis.model import DECIDING
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

MOST_NAMED = 3
"""Keys that an error about another model names."""


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
        The model that it used; parameters of decisions, which no analysis reads, may have other values.
    own_model
        What was laid over the packaged model, as the run's manifest tells it.
    """

    run: Run
    layers: Mapping[str, gpd.GeoDataFrame]
    results: Mapping[str, gpd.GeoDataFrame]
    model: Model
    own_model: dict[str, Any] | None = None


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
        If the run was made with another model: parameters that no analysis reads may differ.
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
    _refuse_another(run, model)
    frames = {name: workspace.read(name, scope) for name in snapshots}
    if "subdistrict" in frames:
        frames = {name: fill_subdistricts(frame, frames["subdistrict"]) for name, frame in frames.items()}
    metric = work.to_metric(frames, snapshots)
    target = next(iter(metric.values())).crs
    tables = {name: workspace.read_result(name, scope, run.run_id).to_crs(target) for name in run.tables}
    return Ground(run, metric, tables, model, laid_over(model_file, overrides) or run.manifest.get("own_model"))


def _refuse_another(run: Run, model: Model) -> None:
    """Raise if the run was made with another model, and say where it differs."""
    made_with, digest = run.manifest["model"], "analysis_sha256"
    if digest not in made_with:  # an older run tells of its whole model alone
        digest = "sha256"
    if made_with[digest] == getattr(model, digest):
        return
    keys = _differing(run.manifest, model)
    named = f": {', '.join(keys[:MOST_NAMED])}" if keys else ""
    named_zh = f"：{'、'.join(keys[:MOST_NAMED])}" if keys else ""
    more, more_zh = (" …", " 等") if len(keys) > MOST_NAMED else ("", "")
    raise UsageError(
        f"run {run.run_id} was made with another model{named}{more}",
        f"分析 {run.run_id} 用的是另一套参数{named_zh}{more_zh}",
        hint="give the same --model and --set as then, or run `panhuo analyze` again",
        hint_zh="请给出与当时相同的 --model 和 --set，或重新运行 panhuo analyze",
    )


def _differing(manifest: Mapping[str, Any], model: Model) -> list[str]:
    """Return the parameters and criteria that an analysis reads and that are not as its manifest tells them."""
    old: dict[str, list[Any]] = {
        item["key"]: [item[name] for name in ("value", "low", "high")] for item in manifest["parameters"]
    }
    new: dict[str, list[Any]] = {key: [item.value, item.low, item.high] for key, item in model.parameters.items()}
    old |= {f"weight.{item['key']}": [item["weight_as_set"], item["function"]] for item in manifest["criteria"]}
    new |= {f"weight.{item.key}": [item.weight, item.function.as_json()] for item in model.criteria}
    return [key for key in {**new, **old} if not key.startswith(DECIDING) and old.get(key) != new.get(key)]


def keep(
    workspace: Workspace,
    found: Ground,
    tables: Mapping[str, gpd.GeoDataFrame],
    told: Mapping[str, Any],
    *,
    documents: Mapping[str, dict[str, Any]] | None = None,
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
        What the run's manifest says of the decision, as JSON, under its name: ``{"bundle": {…}}``. Beside it stand
        the parameters that begin with this name, as they were when it was made (``decided_with``).
    documents
        What a later decision may go on from, as JSON by name; those of the run that it was decided on stay.
    scope
        Who decides.
    """
    every = {name: frame.to_crs(schema.STORAGE_CRS) for name, frame in {**found.results, **tables}.items()}
    before, own = found.run.manifest, {name: _own_parameters(found, name) for name in told}
    of_told = {item["key"]: item for items in own.values() for item in items}
    values = {name: {item["key"]: item["value"] for item in items} for name, items in own.items()}
    manifest = {
        **before,
        "decided": {**before.get("decided", {}), **told},
        "decided_with": {**before.get("decided_with", {}), **values},
        "parameters": [of_told.get(item["key"], item) for item in before["parameters"]],
        "own_model": found.own_model,
        "counts": {**before.get("counts", {}), **{name: len(frame) for name, frame in tables.items()}},
        "decided_on": found.run.run_id,
    }
    return workspace.save_run(
        every,
        manifest,
        as_of=found.run.as_of,
        seed=found.run.seed,
        inputs=found.run.inputs,
        documents={**found.run.documents, **(documents or {})},
        scope=scope,
    )


def _own_parameters(found: Ground, name: str) -> list[dict[str, Any]]:
    """Return the parameters of one decision, as a manifest tells them."""
    return [item for item in parameters(found.model, found.run.as_of) if item["key"].startswith(f"{name}.")]
