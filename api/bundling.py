"""The verb behind `panhuo bundle`: bundles of a finished run, checked by a stranger to the search, kept as a run."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

from api import deciding
from api._deadline import deadline
from gis import bundle as search
from gis import bundle_check, bundle_city
from gis._bundle_accounts import Accounted, accounted
from gis._bundle_layers import layers_of
from gis._bundle_left import Left
from gis.bundle import Plan
from layers.errors import AnalysisError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    import geopandas as gpd

    from api.deciding import Ground
    from gis.bundle import Limits
    from gis.bundle_city import CityMembers, Within
    from layers.runs import Run
    from layers.scope import Scope
    from layers.workspace import Workspace

    Progress = Callable[[str, float], None]

LEAST_S = 1.0
"""What the integer programs of a search are given at least, however little time there is."""


@dataclass(frozen=True)
class Wishes:
    """What a person asks of the bundles; what is not said is the model's default.

    Parameters
    ----------
    subdistrict
        Code: only what lies in it.
    within
        What no bundle may cross.
    with_unclear
        Whether options of open permission are taken as well.
    most_members
        Of one bundle.
    working_capital_cny, public_budget_cny, transfer_cap_cny, balanced_share
        As in :class:`gis.bundle.Limits`; one budget holds for each of the model's years.
    kept, left_out
        Ids of members that must be in a bundle, that may be in none.
    together, apart
        Pairs of ids that share a bundle, that may not.
    """

    subdistrict: str | None = None
    within: Within | None = None
    with_unclear: bool = False
    most_members: int | None = None
    working_capital_cny: float | None = None
    public_budget_cny: tuple[float, ...] = ()
    transfer_cap_cny: float = 0.0
    balanced_share: float | None = None
    kept: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    together: tuple[tuple[str, str], ...] = ()
    apart: tuple[tuple[str, str], ...] = ()


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
    """

    run: Run
    ground: Ground
    found: CityMembers
    limits: Limits
    plan: Plan
    bundles: list[Accounted]
    tables: Mapping[str, gpd.GeoDataFrame]


def bundle(
    workspace: Workspace,
    wishes: Wishes,
    *,
    seconds: float = 60.0,
    seed: int = 0,
    run_id: str | None = None,
    model_file: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    scope: Scope | None = None,
    progress: Progress | None = None,
) -> Bundled:
    """Search the bundles of a run and keep them as a run of its own.

    Parameters
    ----------
    workspace, run_id, model_file, overrides, scope
        Which run; the model must be the one that it was made with.
    wishes
        What is asked.
    seconds
        For the search; the first Ctrl-C ends it with the best so far.
    seed
        Of the search and of the draws behind each account.
    progress
        Whom to tell how far it is.

    Raises
    ------
    UsageError
        If an id is no member, or wishes contradict each other.
    AnalysisError
        If the wishes cannot be met, or the checker refuses what was found: nothing is kept then.
    """
    tell = progress or (lambda _stage, _fraction: None)
    tell("members", 0.0)
    ground = deciding.ground(workspace, run_id=run_id, model_file=model_file, overrides=overrides, scope=scope)
    found = bundle_city.members_of(
        ground.layers,
        ground.results,
        ground.model,
        as_of=ground.run.as_of,
        subdistrict=wishes.subdistrict,
        within=wishes.within,
        with_unclear=wishes.with_unclear,
    )
    limits = limits_of(ground, found, wishes)
    tell("members", 1.0)
    plan = searched(found, limits, seconds=seconds, seed=seed, progress=tell)
    _refuse_faults(found, limits, plan)
    bundles = accounted(found, plan, ground.model, seed=seed, progress=tell)
    tables = layers_of(found, limits, plan, bundles)
    tell("accounts", 1.0)
    told = {"bundle": _told(limits, plan, wishes, found, seed=seed)}
    run = deciding.keep(workspace, ground, tables, told, scope=scope)
    return Bundled(run, ground, found, limits, plan, bundles, tables)


def searched(found: CityMembers, limits: Limits, *, seconds: float, seed: int, progress: Progress) -> Plan:
    """Return the best bundles found in the time given, or until the first Ctrl-C.

    Raises
    ------
    AnalysisError
        If the members to be kept cannot be, with what one of them lacks.
    """
    if not len(found.members):
        return Plan((), 0.0, 0.0)
    with deadline(seconds) as clock:
        try:
            return search.best_bundles(
                found.members,
                limits,
                seed=seed,
                seconds=max(seconds, LEAST_S),
                spent=clock.spent,
                progress=lambda share: progress("bundles", share),
            )
        except AnalysisError as error:
            raise _with_what_lacks(found, limits, error) from error


def limits_of(ground: Ground, found: CityMembers, wishes: Wishes) -> Limits:
    """Return the limits that a person's wishes make of the model's defaults.

    Raises
    ------
    UsageError
        If an id is no member, wishes contradict each other, or a robust plan is asked of a run without scenarios.
    """
    asked = bundle_city.default_limits(ground.model)
    kept = bundle_city.rows_of(found, wishes.kept, "--keep")
    left_out = bundle_city.rows_of(found, wishes.left_out, "--forbid")
    together = tuple(_pair(found, pair, "--together") for pair in wishes.together)
    apart = tuple(_pair(found, pair, "--apart") for pair in wishes.apart)
    _refuse_contradictions(found, (kept, left_out), (together, apart))
    if wishes.balanced_share is not None and found.members.npv_scenario_cny is None:
        raise UsageError(
            f"run {ground.run.run_id} has no scenarios of its accounts",
            f"分析 {ground.run.run_id} 没有账目情景",
            hint="run `panhuo analyze` again, or leave --robust out",
            hint_zh="请重新运行 panhuo analyze，或去掉 --robust",
        )
    return replace(
        asked,
        most_members=wishes.most_members or asked.most_members,
        working_capital_cny=_or(wishes.working_capital_cny, asked.working_capital_cny),
        public_budget_cny=_budget(wishes.public_budget_cny, asked.public_budget_cny),
        within_unit=wishes.within is not None,
        transfer_cap_cny=wishes.transfer_cap_cny,
        balanced_share=wishes.balanced_share,
        kept=kept,
        left_out=left_out,
        together=together,
        apart=apart,
    )


def _budget(told: tuple[float, ...], default: tuple[float, ...]) -> tuple[float, ...]:
    """Return the public money of each year; one amount holds for each of the model's years."""
    return told * len(default) if len(told) == 1 else told or default


def _or(told: float | None, default: float) -> float:
    return default if told is None else told


def _pair(found: CityMembers, pair: Sequence[str], option: str) -> tuple[int, int]:
    first, second = bundle_city.rows_of(found, pair, option)
    if first == second:
        raise UsageError(
            f"{option} {','.join(pair)}: the two are one member",
            f"{option} {','.join(pair)} 两个编号是同一个成员",
            hint="give two members",
            hint_zh="请写两个不同的成员",
        )
    return first, second


def _refuse_contradictions(
    found: CityMembers,
    rows: tuple[tuple[int, ...], tuple[int, ...]],
    pairs: tuple[tuple[tuple[int, int], ...], tuple[tuple[int, int], ...]],
) -> None:
    both = set(rows[0]) & set(rows[1])
    twice = set(map(frozenset, pairs[0])) & set(map(frozenset, pairs[1]))
    for options, members in (
        ("--keep / --forbid", [found.ids[row] for row in sorted(both)]),
        ("--together / --apart", [",".join(found.ids[row] for row in sorted(pair)) for pair in twice]),
    ):
        if members:
            raise UsageError(
                f"{options} contradict each other: {'; '.join(members)}",
                f"{options} 互相矛盾：{'；'.join(members)}",
                hint="take it out of one of the two",
                hint_zh="请从其中一个选项里去掉",
            )


def _with_what_lacks(found: CityMembers, limits: Limits, error: AnalysisError) -> AnalysisError:
    """Return the error of a search that could not keep its members, with what one of them lacks by itself."""
    left = Left(found, limits, Plan((), 0.0, 0.0), {})
    told = [(found.ids[row], left.why(row)) for row in limits.kept]
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


def _told(limits: Limits, plan: Plan, wishes: Wishes, found: CityMembers, *, seed: int) -> dict[str, Any]:
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
        "notes": [{"zh": note.zh, "en": note.en} for note in found.candidates.notes],
    }


def write_workbook(done: Bundled, path: Path) -> None:
    """Write 资金平衡表.xlsx of the bundles: their accounts by year, with live formulas."""
    from api.balance_workbook import Balance, write_balance  # noqa: PLC0415

    basis = done.found.basis
    sheets = [Balance(item.bundle_id, item.name.zh, item.members, item.lines, basis) for item in done.bundles]
    notice = "; ".join(done.ground.run.manifest.get("attributions", ()))
    write_balance(
        path, sheets, done.ground.model, is_sample=bool(done.ground.run.manifest.get("is_sample")), notice=notice
    )
