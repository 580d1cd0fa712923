"""Which idle parcels (and car parks) to turn into parking or charging, of what a run offers, within a budget.

What communities lack (``need``) is already less what existing car parks and stations give them
(:mod:`gis.parking`, :mod:`gis.charging`). So what exists is in the gap: it is no site here, has no room here, and
nobody is counted twice. Sites that were decided since (:attr:`Wish.decided`) are open and cost nothing more.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from gis._site_ground import site_ground
from gis._site_table import site_table
from gis._site_terms import Terms
from gis.p_median import p_median
from gis.siting import all_covered, most_covered, most_served
from layers.errors import AnalysisError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    from numpy.typing import NDArray

    from gis._graph import Floats, Ints
    from gis._integer_program import Wait
    from gis._site_ground import SiteGround
    from gis._site_terms import Choice
    from gis.model import Model
    from gis.network import Reach

MODES = ("cover", "serve", "all", "nearest")
MEASURES = ("people", "gap")


@dataclass(frozen=True)
class Wish:
    """What sites are wanted for.

    Parameters
    ----------
    actions
        Codes of actions that provide one thing (:data:`gis._site_ground.GOODS`); of each asset one is chosen at most.
    mode
        ``cover``: most people or gap within the walk (maximal covering); ``serve``: most of the gap closed with the
        stalls there are (capacitated covering); ``all``: everybody that can be reached, for least money (set covering);
        ``nearest``: least walking with ``count`` sites (p-median).
    budget_cny
        Of the new sites; asked for by ``cover`` and ``serve``, a limit for ``all``, none for ``nearest``.
    count
        New sites at most; asked for by ``nearest``.
    subdistrict
        Only its assets and its communities.
    with_unclear
        Whether assets of unclear permission may be chosen too.
    elderly_first
        Whether each person over 60 counts 1 + ``site.elderly_extra``.
    by
        ``people`` of communities that lack, or their ``gap``: what ``cover`` and ``nearest`` count.
    decided, left_out
        Ids of assets that are open already, and that may not be chosen.
    """

    actions: tuple[str, ...]
    mode: str = "serve"
    budget_cny: float | None = None
    count: int | None = None
    subdistrict: str | None = None
    with_unclear: bool = False
    elderly_first: bool = False
    by: str = "people"
    decided: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class SitePlan:
    """The chosen sites as a table of kind ``site_choice``, and what is told of them."""

    table: gpd.GeoDataFrame
    told: dict[str, Any]


def choose_sites(
    opportunities: gpd.GeoDataFrame,
    need: gpd.GeoDataFrame,
    reach: Reach,
    model: Model,
    wish: Wish,
    *,
    seconds: float = 60.0,
    spent: Callable[[], float] | None = None,
    wait: Wait | None = None,
) -> SitePlan:
    """Return the best sites.

    Parameters
    ----------
    opportunities, need
        Tables of a run, in the metric CRS of ``reach``.
    reach
        How far people walk.
    model
        The radii of the run.
    wish
        What is wanted.
    seconds, spent, wait
        As of :class:`gis._site_terms.Terms`.

    Raises
    ------
    UsageError
        If the wish makes no sense.
    AnalysisError
        If nothing can be chosen, or the budget cannot be kept.
    """
    check_wish(wish)
    ground = site_ground(opportunities, need, reach, model, wish)
    _check_count(ground, wish)
    decided = np.flatnonzero(ground.candidates["asset_id"].isin(wish.decided))
    fixed = tuple(int(row) for row in decided[~_again(ground.asset[decided])])
    terms = Terms(
        math.inf if wish.budget_cny is None else wish.budget_cny,
        fixed,
        wish.count,
        ground.asset,
        True,
        seconds,
        spent,
        wait,
    )
    choice = _chosen(ground, wish, terms)
    if set(choice.sites) <= set(fixed):
        raise _nothing_fits(ground, wish)
    return SitePlan(*site_table(ground, wish, choice, fixed, model))


def check_wish(wish: Wish) -> None:
    """Refuse a wish that makes no sense.

    Raises
    ------
    UsageError
        If a number is negative or missing, or a word is none of its choices.
    """
    _check_word("mode", "方式", wish.mode, MODES)
    _check_word("measure", "计量", wish.by, MEASURES)
    if wish.budget_cny is not None and not (math.isfinite(wish.budget_cny) and wish.budget_cny >= 0):
        raise UsageError(f"a budget of {wish.budget_cny:g} CNY is none", f"预算 {wish.budget_cny:g} 元无效，不能为负")
    if wish.count is not None and wish.count < 1:
        raise UsageError(f"{wish.count} sites cannot be chosen", f"不能选 {wish.count} 处，至少 1 处")
    if wish.mode in {"cover", "serve"} and wish.budget_cny is None:
        raise UsageError(
            f"mode {wish.mode} needs a budget",
            f"方式 {wish.mode} 需要预算",
            hint="give --budget CNY",
            hint_zh="请给 --budget 元",
        )
    if wish.budget_cny == 0 and wish.mode != "nearest":
        raise UsageError(
            "with a budget of 0 nothing can be opened",
            "预算为0，什么也建不了",
            hint="give a budget above 0, or ask what covering all would cost (--mode all without --budget)",
            hint_zh="请给大于0的预算，或不写 --budget 用 --mode all 看全覆盖要多少钱",
        )
    if wish.mode == "all" and wish.count is not None:
        raise UsageError(
            "mode all opens as many sites as it takes",
            "方式 all 需要几处就开几处，不能限定处数",
            hint="leave out --count, or use --mode cover",
            hint_zh="请去掉 --count，或改用 --mode cover",
        )
    if wish.mode == "nearest" and (wish.count is None or wish.budget_cny is not None):
        raise UsageError(
            "mode nearest asks how many sites (--count), and weighs no budget",
            "方式 nearest 按处数选（--count），不看预算",
            hint="give --count, without --budget; within a budget use --mode cover",
            hint_zh="请给 --count、不写 --budget；按预算选请用 --mode cover",
        )


def _check_word(name: str, zh: str, word: str, choices: tuple[str, ...]) -> None:
    if word not in choices:
        raise UsageError(
            f"there is no {name} {word!r}",
            f"没有{zh} {word!r}",
            hint=f"choose from {', '.join(choices)}",
            hint_zh=f"可选：{'、'.join(choices)}",
        )


def _check_count(ground: SiteGround, wish: Wish) -> None:
    free = ground.candidates.loc[~ground.candidates["asset_id"].isin(wish.decided), "asset_id"].nunique()
    if wish.count is not None and wish.count > free:
        raise UsageError(
            f"{wish.count} sites are asked for, there are {free} candidates",
            f"要选 {wish.count} 处，候选只有 {free} 处",
            hint="ask for fewer, or take in more candidates (--with-unclear)",
            hint_zh="请减少处数，或放宽候选（--with-unclear）",
        )


def _nothing_fits(ground: SiteGround, wish: Wish) -> AnalysisError:
    """Return why nothing was opened: everybody is served by what was decided, or no candidate is cheap enough."""
    free = ground.candidates.loc[~ground.candidates["asset_id"].isin(wish.decided), "capex_cny"]
    least = float(free.min()) if len(free) else 0.0
    if wish.budget_cny is not None and least > wish.budget_cny:
        return AnalysisError(
            f"no candidate fits the budget: the cheapest takes {least:,.0f} CNY, there are {wish.budget_cny:,.0f}",
            f"预算不够建任何一处：最便宜的要{least / 1e4:,.2f}万元，预算{wish.budget_cny / 1e4:,.2f}万元",
            hint="raise the budget, or take in more candidates",
            hint_zh="请提高预算，或放宽候选范围",
        )
    return AnalysisError(
        "no further site adds anything: those decided serve all that can be reached",
        "已定的选址已满足能到达的全部需求，无须再选",
        hint="look at the layer `need`, or decide fewer",
        hint_zh="可看结果表 need，或减少已定的选址",
    )


def _again(numbers: Ints) -> NDArray[np.bool_]:
    """Return which numbers stood there before."""
    again = np.ones(len(numbers), dtype=np.bool_)
    again[np.unique(numbers, return_index=True)[1]] = False
    return again


def _chosen(ground: SiteGround, wish: Wish, terms: Terms) -> Choice:
    amount = ground.amount(wish.by)
    if wish.mode == "cover":
        return most_covered(ground.reached, amount, ground.cost_cny, terms)
    if wish.mode == "serve":
        return most_served(ground.reached, ground.gap, ground.room, ground.cost_cny, terms, weight=ground.weight)
    if wish.mode == "nearest":
        return _nearest(ground, ground.walks_m() * amount[:, None], terms)
    choice = all_covered(ground.reached, len(ground.needs), ground.cost_cny, replace(terms, one_of=None))
    if choice.cost > terms.budget:
        raise AnalysisError(
            f"covering all takes {choice.cost:,.0f} CNY (at least {choice.bound:,.0f}), the budget is "
            f"{terms.budget:,.0f}",
            f"全覆盖需{choice.cost / 1e4:,.1f}万元（至少{choice.bound / 1e4:,.1f}万元），预算只有"
            f"{terms.budget / 1e4:,.1f}万元",
            hint="choose the most that the budget covers with --mode cover",
            hint_zh="请用 --mode cover 选预算内覆盖最多的",
        )
    return choice


def _nearest(ground: SiteGround, cost: Floats, terms: Terms) -> Choice:
    """Return the sites of least walking; their money is told, and weighs nothing."""
    fixed = terms.fixed
    choice = p_median(
        cost,
        (terms.most_new or 0) + len(fixed),
        fixed=fixed,
        seconds=terms.seconds,
        spent=terms.spent,
        wait=terms.wait,
    )
    return replace(choice, cost=float(terms.price(ground.cost_cny)[list(choice.sites)].sum()))
