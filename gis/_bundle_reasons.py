"""Why each member is in its bundle, and what would make a community fit that is in none: computed, then said."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from gis._notes import SEPARATORS, Note

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis._bundle_trials import Trial

ONLY_LINK = Note("唯一的连通：去掉它，其余成员不再相连", "only contiguous link: without it the others fall apart")
KEPT = Note("按要求必须入包", "in a bundle because it was asked for")
FORBIDDEN = Note("按要求不得入包", "in no bundle because it was asked for")
TOGETHER = Note("按要求须与他处同包，合在一起未能入包", "asked to share a bundle with another: the two fit into none")
NO_WAY = Note("没有找到能放下它的包", "no bundle was found that could hold it")
NOT_NEEDED = Note("自身不赚钱，去掉它其余成员仍相连", "it earns nothing, and without it the others stay contiguous")
ALONE = Note("周边没有相邻的成员", "no member is next to it")
NEIGHBOURS = Note("邻居", "its neighbours")
OTHERS = Note("他包（反哺）", "other bundles (by transfers)")
NEIGHBOURS_AND_OTHERS = Note("邻居和他包（反哺）", "its neighbours and other bundles (by transfers)")
FITS = Note(
    "条件都够，本次搜索没有用上：可加时（--seconds）再算，或用 --keep 指定",
    "nothing is lacking, but the search did not use it: give it more time (--seconds), or ask for it by --keep",
)
ROLES = ("fat", "lean", "link")
LACKS = ("money", "working_capital", "public_budget", "size", "contiguity", "nothing", "asked", "not_counted")


class Why(NamedTuple):
    """What a community in no bundle lacks (one of :data:`LACKS`), how much money at least, and the sentence."""

    lacks: str
    subsidy_cny: float
    note: Note


def money(cny: float) -> Note:
    """Return an amount in the words of each language."""
    return Note(f"{cny / 1e4:,.1f}万元", f"{cny / 1e6:,.2f} M CNY")


def role(*, npv_cny: float, is_community: bool, is_link: bool) -> str:
    """Return the part that a member plays: fat earns, lean benefits, link joins."""
    if npv_cny > 0:
        return "fat"
    return "link" if is_link and not is_community else "lean"


def payers(*, inside: bool, others: bool) -> Note:
    """Return who pays what the members of a bundle lack: some ``inside`` it, or ``others`` by transfers (反哺)."""
    if not others:
        return NEIGHBOURS
    return NEIGHBOURS_AND_OTHERS if inside else OTHERS


def of_member(
    *,
    npv_cny: float,
    paid_cny: float,
    people: tuple[float, float] | None,
    payers: Note = NEIGHBOURS,
    stalls: float,
    is_link: bool,
    is_kept: bool,
) -> Note:
    """Return why a member is in its bundle.

    Parameters
    ----------
    npv_cny
        What it is worth to the operator.
    paid_cny
        What of that goes to its neighbours.
    people
        Of a community: households, people over 60 (NaN where nobody knows).
    payers
        As :func:`payers` tells.
    stalls
        Of the night gap, that it closes.
    is_link, is_kept
        Whether the others fall apart without it; whether a person asked for it.
    """
    told = [KEPT] if is_kept else []
    if people is not None:
        households, elders = people
        old = Note(f"老人{elders:,.0f}人", f"{elders:,.0f} people over 60")
        if math.isnan(elders):
            old = Note("老人人数不明（按0计）", "an unknown number of people over 60 (counted as none)")
        short = money(-npv_cny) if npv_cny < 0 else None
        told.append(
            Note(
                f"受益：{households:,.0f}户、{old.zh}、补车位{stalls:,.0f}个"
                + (f"，缺额{short.zh}由{payers.zh}补" if short else ""),
                f"benefits {households:,.0f} households, {old.en}, {stalls:,.0f} stalls"
                + (f"; {payers.en} pay the {short.en} that it lacks" if short else ""),
            )
        )
    elif stalls > 0:
        told.append(Note(f"补上夜间车位缺口{stalls:,.0f}个", f"closes {stalls:,.0f} stalls of the night gap around it"))
    if npv_cny > 0:
        paid, worth = money(paid_cny), money(npv_cny)
        pays = f"pays {paid.en} for its neighbours (it is worth {worth.en})"
        if paid_cny > 0:
            told.append(Note(f"为邻居付出{paid.zh}（净现值{worth.zh}）", pays))
        else:
            told.append(Note(f"净现值{worth.zh}，包内无人需补", f"worth {worth.en}, which nobody in its bundle needs"))
    if is_link:
        told.append(ONLY_LINK)
    if not told:
        told.append(NOT_NEEDED)
    return _joined(told)


def of_left(
    trials: Sequence[Trial],
    named: Callable[[Trial], Note],
    *,
    is_alone: bool,
    most_members: int,
    has_budget: bool,
) -> Why:
    """Return what would make a community fit: the trial that lacks least, and whether a larger bundle would hold it.

    Parameters
    ----------
    trials
        Of :class:`gis._bundle_trials.Trials`, the best first; the one of a bundle of its own is always there.
    named
        Says which bundle a trial makes.
    is_alone
        Whether the community has no neighbour at all.
    most_members
        The limit on the size of a bundle.
    has_budget
        Whether public money has a limit: a subsidy counts in it.
    """
    best = trials[0]
    larger = [trial for trial in trials if trial.over and trial.subsidy_cny < best.subsidy_cny]
    where = named(best)
    if best.fits:
        return Why("nothing", 0.0, FITS)
    lacks, told = "public_budget", []
    if best.subsidy_cny > 0:
        need, deep = money(best.subsidy_cny), best.capital_lack_cny > best.npv_lack_cny
        lacks = "contiguity" if is_alone else "working_capital" if deep else "money"
        zh, en = ("垫资超限", "its working capital falls short by") if deep else ("还差", "it lacks")
        would_do = f"{where.en} {en} {need.en}: a subsidy of that would do"
        held = Note("", "")
        if has_budget and best.public_lack_cny <= 0:
            held = Note("（属财政资金，预算内有余）", " (public money, which the budget still holds)")
        told.append(Note(f"{where.zh}{zh}{need.zh}，有此补助即可{held.zh}", would_do + held.en))
    if best.public_lack_cny > 0:
        need = money(best.public_lack_cny)
        if told:
            zh, en = "补助属财政资金，连同财政出资，", "a subsidy is public money: with it and the state's part "
        else:
            zh, en = f"{where.zh}账目够，", f"{where.en} it balances, but "
        told.append(Note(f"{zh}财政预算还差{need.zh}", f"{en}the public budget lacks {need.en}"))
    if best.over:
        lacks = "size"
        told.append(_larger(best, where, most_members))
    elif larger and larger[0].subsidy_cny <= 0:
        told.append(_larger(larger[0], named(larger[0]), most_members))
    return Why(lacks, best.subsidy_cny, _joined([ALONE, *told] if is_alone else told))


def _larger(trial: Trial, where: Note, most_members: int) -> Note:
    most = most_members + trial.over
    zh = f"{where.zh}须放宽到每包{most}个成员（--most {most}）"
    return Note(zh, f"{where.en} it needs bundles of {most} (--most {most})")


def _joined(told: Sequence[Note]) -> Note:
    return Note(*(separator.join(note[place] for note in told) for place, separator in enumerate(SEPARATORS.values())))
