"""The verb behind `panhuo bundle`: bundles of a finished run, checked by a stranger to the search, kept as a run."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from api import _bundle_memory as memory
from api import deciding
from api._bundle_assumptions import assumptions
from api._bundle_names import by_id
from api._bundle_wishes import Wishes, carried, limits_of
from api._deadline import deadline
from gis import bundle as search
from gis import bundle_check, bundle_city
from gis._bundle_accounts import Accounted, accounted
from gis._bundle_change import Changes, changes
from gis._bundle_layers import layers_of
from gis._bundle_left import Left, all_in_turn
from gis.bundle import Plan
from layers.errors import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from api._bundle_memory import Earlier
    from api._bundle_wishes import Change
    from api.deciding import Ground
    from gis.bundle import Limits
    from gis.bundle_city import CityMembers
    from gis.model import Model
    from layers.runs import Run
    from layers.scope import Scope
    from layers.workspace import Workspace

    Progress = Callable[[str, float], None]

LEAST_S = 1.0
"""What the integer programs of a search are given at least, however little time there is."""


@dataclass(frozen=True)
class Since:
    """What a decision changed against the one that it went on from.

    Parameters
    ----------
    run_id, benefit
        The run that holds the earlier one, and what that reached.
    changes
        What became of the members.
    """

    run_id: str
    benefit: float
    changes: Changes


@dataclass(frozen=True)
class Bundled:
    """What was decided, and on what.

    Parameters
    ----------
    run
        The new run that holds the tables.
    ground, found, limits, plan
        What it was decided on, what was searched, under what limits, and what was found.
    bundles
        With their accounts, the one of most benefit first.
    tables
        ``bundle``, ``bundle_member``, ``bundle_year``.
    since
        What changed against the decision that the run held; ``None`` where it held none for the same place.
    """

    run: Run
    ground: Ground
    found: CityMembers
    limits: Limits
    plan: Plan
    bundles: list[Accounted]
    tables: Mapping[str, gpd.GeoDataFrame]
    since: Since | None = None


def bundle(
    workspace: Workspace,
    wishes: Wishes,
    change: Change | None = None,
    *,
    seconds: float = 60.0,
    seed: int | None = None,
    run_id: str | None = None,
    model_file: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    scope: Scope | None = None,
    progress: Progress | None = None,
) -> Bundled:
    """Search the bundles of a run and keep them as a run of its own.

    A search begins from the decision that the run holds, as far as that still holds.

    Parameters
    ----------
    workspace, run_id, model_file, overrides, scope
        Which run; what an analysis reads of the model must be what it was made with.
    wishes, change
        What is asked; with a change, beside what the last decision was asked (and its parameters of the model).
    seconds
        For the search; the first Ctrl-C ends it with the best so far.
    seed
        Of the search and of the draws behind each account; ``None``: that of the decision changed, else 0.
    progress
        Whom to tell how far it is.

    Raises
    ------
    UsageError
        If an id is no member, wishes contradict each other, or there is no decision to change.
    AnalysisError
        If the wishes cannot be met, or the checker refuses what was found: nothing is kept then.
    """
    tell = progress or (lambda _stage, _fraction: None)
    tell("members", 0.0)
    before, wishes, ground = _asked(
        workspace, wishes, change, run_id=run_id, model_file=model_file, overrides=overrides, scope=scope
    )
    if seed is None:
        seed = before.seed if before is not None and change is not None else 0
    found = _found(ground, wishes, seed)
    limits = limits_of(ground, found, wishes)
    tell("members", 1.0)
    plan = searched(found, limits, before, seconds=seconds, seed=seed, progress=tell)
    _refuse_faults(found, limits, plan)
    bundles = accounted(found, plan, ground.model, seed=seed, progress=tell)
    tables = layers_of(found, limits, plan, bundles)
    tell("accounts", 1.0)
    since = _since(before, wishes, found, bundles)
    told = {
        "bundle": {**_told(limits, plan, wishes, found, bundles, ground.model, seed=seed), "since": _told_since(since)}
    }
    left = {memory.DOCUMENT: memory.document(found, limits, plan, [item.bundle for item in bundles])}
    kept = deciding.keep(workspace, ground, tables, told, documents=left, scope=scope)
    return Bundled(kept, ground, found, limits, plan, bundles, tables, since)


def _asked(
    workspace: Workspace,
    wishes: Wishes,
    change: Change | None,
    *,
    run_id: str | None,
    model_file: Path | None,
    overrides: Mapping[str, str] | None,
    scope: Scope | None,
) -> tuple[Earlier | None, Wishes, Ground]:
    """Return the decision that a search begins from, what is asked in all, and what it is decided on."""
    run = workspace.run(run_id)
    before = memory.earlier(workspace, run, is_needed=change is not None)
    if before is not None and change is not None:
        overrides = memory.settings(before, model_file, overrides or {})
    ground = deciding.ground(workspace, run_id=run.run_id, model_file=model_file, overrides=overrides, scope=scope)
    options = ground.results["opportunity"]
    wishes, change = by_id(wishes, change, options)
    if before is not None and change is not None:
        asset_of = dict(zip(options["opportunity_id"], options["asset_id"], strict=True))
        bundles = [{asset_of.get(name, name) for name in bundle} for bundle in before.bundles]
        wishes = carried(before.wishes, wishes, change, bundles, asset_of)
    return before, wishes, ground


def _found(ground: Ground, wishes: Wishes, seed: int) -> CityMembers:
    return bundle_city.members_of(
        ground.layers,
        ground.results,
        ground.model,
        as_of=ground.run.as_of,
        subdistrict=wishes.subdistrict,
        within=wishes.within,
        with_unclear=wishes.with_unclear,
        seed=seed,
    )


def searched(
    found: CityMembers, limits: Limits, before: Earlier | None, *, seconds: float, seed: int, progress: Progress
) -> Plan:
    """Return the best bundles found in the time given, or until the first Ctrl-C, beginning from an earlier decision.

    Raises
    ------
    AnalysisError
        If the members to be kept cannot be, with what one of them lacks.
    """
    if not len(found.members):
        return Plan((), 0.0, 0.0)
    progress("bundles", 0.0)
    search.compile_search()  # half a minute on a new machine, and no time of the search
    warm, is_tighter = memory.begun(found, limits, before)
    with deadline(seconds) as clock:
        try:
            return search.best_bundles(
                found.members,
                limits,
                seed=seed,
                seconds=max(seconds, LEAST_S),
                spent=clock.spent,
                progress=lambda share: progress("bundles", share),
                warm=warm,
                is_tighter=is_tighter,
            )
        except AnalysisError as error:
            raise _with_what_lacks(found, limits, error) from error


def _with_what_lacks(found: CityMembers, limits: Limits, error: AnalysisError) -> AnalysisError:
    """Return the error of a search that could not keep its members, with what the first that nothing fits lacks."""
    left = Left(found, limits, Plan((), 0.0, 0.0), {})
    told = ((found.ids[row], why) for row, why in left.in_turn(limits.kept))
    short = next(((name, why.note) for name, why in told if why.lacks != "nothing"), None)
    if short is None:
        return error
    name, note = short
    zh = f"{error.zh}（{name}：{note.zh}）"
    return AnalysisError(f"{error.message} ({name}: {note.en})", zh, hint=error.hint, hint_zh=error.hint_zh)


def _refuse_faults(found: CityMembers, limits: Limits, plan: Plan) -> None:
    """Raise if the checker, which shares nothing with the search, finds a fault in the plan."""
    faults = bundle_check.faults(found.members, limits, plan)
    if faults:
        raise AnalysisError(
            f"the bundles that were found do not hold ({len(faults)} faults, the first: {faults[0].en}); none is kept",
            f"搜索所得的包未通过独立校验（{len(faults)} 处，首处：{faults[0].zh}），未保存",
            hint="this is a fault of Panhuo: please report it with the command that you gave",
            hint_zh="这是盘活的错误：请连同所用命令一起反馈",
        )


def _told(
    limits: Limits,
    plan: Plan,
    wishes: Wishes,
    found: CityMembers,
    bundles: Sequence[Accounted],
    model: Model,
    *,
    seed: int,
) -> dict[str, Any]:
    """Return what the run's manifest says of the decision."""
    capital = limits.working_capital_cny
    return {
        "benefit": plan.benefit,
        "bound": plan.bound,
        "gap": plan.gap,
        "is_cut": plan.is_cut,
        "seed": seed,
        "bundles": len(plan.bundles),
        "members": len(found.members),
        "earning": found.earning,
        "wishes": asdict(wishes),
        "most_members": limits.most_members,
        "working_capital_cny": capital,
        "public_budget_cny": list(limits.public_budget_cny),
        "left_in_turn": all_in_turn(found, limits, plan)._asdict(),
        "assumptions": assumptions(model, limits, found.basis, bundles),
        "notes": [{"zh": note.zh, "en": note.en} for note in found.candidates.notes],
    }


def _since(before: Earlier | None, wishes: Wishes, found: CityMembers, bundles: Sequence[Accounted]) -> Since | None:
    """Return what changed against an earlier decision; nothing where that looked at another place."""
    if before is None or before.wishes.subdistrict != wishes.subdistrict:
        return None
    now = [{found.ids[row] for row in item.rows} for item in bundles]
    return Since(before.run_id, before.benefit, changes(before.bundles, now))


def _told_since(since: Since | None) -> dict[str, Any] | None:
    if since is None:
        return None
    moved = [{"member": name, "from": here + 1, "to": there + 1} for name, here, there in since.changes.moved]
    came_in, left = (list(names) for names in (since.changes.came_in, since.changes.left))
    return {"run_id": since.run_id, "benefit": since.benefit, "came_in": came_in, "left": left, "moved": moved}


def write_workbook(done: Bundled, path: Path) -> None:
    """Write 资金平衡表.xlsx of the bundles: their accounts by year, with live formulas."""
    from api.balance_workbook import KEPT, Balance, Origin, write_balance  # noqa: PLC0415

    basis, told = done.found.basis, done.run.manifest
    kept = done.tables["bundle"].set_index("bundle_id")[list(KEPT)].to_dict("index")
    homes = done.tables["bundle_member"].set_index("opportunity_id")["household_count"]
    sheets = [
        Balance(
            item.bundle_id,
            item.name.zh,
            item.members.assign(household_count=item.members["member"].map(homes)),
            item.lines,
            basis,
            kept={str(name): float(value) for name, value in kept[item.bundle_id].items()},
            start_year=item.bundle.start_year,
        )
        for item in done.bundles
    ]
    notice, is_sample = "; ".join(told.get("attributions", ())), bool(told.get("is_sample"))
    write_balance(
        path,
        sheets,
        done.ground.model,
        Origin(done.run.run_id, done.run.as_of.isoformat(), is_sample=is_sample, notice=notice),
        transfer_cap_cny=done.limits.transfer_cap_cny,
        working_capital_cny=done.limits.working_capital_cny,
    )
