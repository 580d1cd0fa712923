"""The verb behind `panhuo site`: sites chosen on a finished run, kept as a run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from api import deciding
from api._deadline import deadline
from gis.city import City
from gis.site_choice import check_wish, choose_sites
from layers.errors import NotFoundError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from api.deciding import Ground
    from gis.network import Reach
    from gis.site_choice import SitePlan, Wish
    from layers.runs import Run
    from layers.scope import Scope
    from layers.workspace import Workspace

    Progress = Callable[[str, float], None]

WALKED_ON = ("street", "water")


@dataclass(frozen=True)
class Sited:
    """What was decided.

    Parameters
    ----------
    run
        The new run that holds the table ``site_choice``.
    plan
        The sites, and what is told of them.
    is_cut
        Whether a person, or the time, ended the search.
    """

    run: Run
    plan: SitePlan
    is_cut: bool


def site(
    workspace: Workspace,
    wish: Wish,
    *,
    seconds: float = 60.0,
    run_id: str | None = None,
    model_file: Path | None = None,
    overrides: Mapping[str, str] | None = None,
    scope: Scope | None = None,
    progress: Progress | None = None,
) -> Sited:
    """Choose sites on a run and keep them as a run of its own.

    Parameters
    ----------
    workspace, run_id, model_file, overrides, scope
        Which run; the model must be the one that it was made with.
    wish
        What sites are wanted for.
    seconds
        For the search; the first Ctrl-C ends it with the best so far.
    progress
        Whom to tell how far it is.

    Raises
    ------
    UsageError
        If the wish makes no sense.
    AnalysisError
        If nothing can be chosen; nothing is kept then.
    """
    tell = progress or (lambda _stage, _fraction: None)
    check_wish(wish)
    tell("walking", 0.0)
    ground = deciding.ground(workspace, run_id=run_id, model_file=model_file, overrides=overrides, scope=scope)
    _check_subdistrict(ground, wish)
    reach = _reach(ground)
    tell("walking", 1.0)
    with deadline(seconds) as time:

        def spent() -> float:
            tell("choosing", time.spent())
            return time.spent()

        plan = choose_sites(
            ground.results["opportunity"],
            ground.results["need"],
            reach,
            ground.model,
            wish,
            seconds=seconds,
            spent=spent,
            wait=time.waited,
        )
        is_cut = time.spent() >= 1.0
    tell("keeping", 0.0)
    run = deciding.keep(workspace, ground, {"site_choice": plan.table}, {"site": plan.told}, scope=scope)
    return Sited(run, plan, is_cut)


def _reach(ground: Ground) -> Reach:
    """Return how far people walk, on the streets of the run."""
    layers = {name: ground.layers[name] for name in WALKED_ON if name in ground.layers}
    detour_factor = ground.model.value("reach.detour_factor")
    return City.build(layers, as_of=ground.run.as_of, detour_factor=detour_factor).reach


def _check_subdistrict(ground: Ground, wish: Wish) -> None:
    codes = sorted(set(ground.results["need"]["subdistrict_code"].dropna()))
    if wish.subdistrict is not None and wish.subdistrict not in codes:
        raise NotFoundError(
            f"no community lies in a sub-district {wish.subdistrict!r}",
            f"没有小区在镇街 {wish.subdistrict!r} 内",
            hint=f"there are {', '.join(codes)}",
            hint_zh=f"有 {'、'.join(codes)}",
        )
