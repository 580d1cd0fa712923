"""What a person asks of bundles: wishes, those of an earlier decision carried on, and the limits that they make."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING, Any, Self

from gis import bundle_city
from layers.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from collections.abc import Set as AbstractSet

    from api.deciding import Ground
    from gis.bundle import Limits
    from gis.bundle_city import CityMembers, Within

Pair = tuple[str, str]


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
    working_capital_cny, public_budget_cny, transfer_cap_cny, element_cap_cny, balanced_share
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
    transfer_cap_cny: float | None = None
    element_cap_cny: float | None = None
    balanced_share: float | None = None
    kept: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    together: tuple[Pair, ...] = ()
    apart: tuple[Pair, ...] = ()

    @classmethod
    def told(cls, manifest: Mapping[str, Any]) -> Self:
        """Return wishes as a run's manifest tells them: as :func:`dataclasses.asdict` made them JSON."""
        known = {item.name for item in fields(cls)}
        return cls(**{name: _tuples(value) for name, value in manifest.items() if name in known})


@dataclass(frozen=True)
class Change:
    """How wishes of an earlier decision go on, beside what is asked anew.

    Parameters
    ----------
    moves
        Pairs of ids: the first goes into the bundle that holds the second, and leaves the members that it was with.
    released
        Ids of which nothing that was asked before holds on.
    taken_back
        Names of wishes that hold on no more: what the model or the command has by default holds again.
    """

    moves: tuple[Pair, ...] = ()
    released: tuple[str, ...] = ()
    taken_back: tuple[str, ...] = ()


def carried(
    before: Wishes, now: Wishes, change: Change, bundles: Sequence[AbstractSet[str]], asset_of: Mapping[str, str]
) -> Wishes:
    """Return the wishes of an earlier decision with new ones; where the two contradict each other the new ones hold.

    Parameters
    ----------
    before, now, change
        What was asked, what is asked, and what becomes of the former.
    bundles
        Of the earlier decision, by ids of assets.
    asset_of
        Asset of each opportunity, for members are named by either.

    Raises
    ------
    UsageError
        If a member cannot move to where it is to.
    """

    def pair(names: Pair) -> frozenset[str]:
        return frozenset(asset_of.get(name, name) for name in names)

    def assets(names: Collection[str]) -> frozenset[str]:
        return frozenset(asset_of.get(name, name) for name in names)

    now, joined = _with_moves(now, change.moves, bundles, assets)
    free = assets(change.released)
    _refuse_released(before, change, assets)
    no_more = {pair(each) for each in now.together} | joined
    lists: dict[str, list[Any]] = {
        "kept": [name for name in before.kept if not assets([name]) <= assets(now.left_out) | free],
        "left_out": [name for name in before.left_out if not assets([name]) <= assets(now.kept) | free],
        "together": [
            each for each in before.together if pair(each) not in map(pair, now.apart) and not pair(each) & free
        ],
        "apart": [each for each in before.apart if pair(each) not in no_more and not pair(each) & free],
    }
    default = Wishes()
    told: dict[str, Any] = {item.name: getattr(now, item.name) for item in fields(now)}
    anew = {name: value for name, value in told.items() if value != getattr(default, name)}
    both = {name: tuple(dict.fromkeys([*old, *told[name]])) for name, old in lists.items()}
    no_longer = {name: getattr(default, name) for name in change.taken_back}
    return replace(before, **{**no_longer, **anew, **both})


def _refuse_released(before: Wishes, change: Change, assets: Callable[[Collection[str]], frozenset[str]]) -> None:
    """Raise where nothing was asked of a member that is to be released: who asks it means another one."""
    asked = assets(
        [*before.kept, *before.left_out, *(name for pair in (*before.together, *before.apart) for name in pair)]
    )
    for name in change.released:
        if not assets([name]) <= asked:
            raise UsageError(
                f"--release {name}: the last plan asked nothing of it",
                f"--release {name}：上次方案对它没有要求",
                hint="leave it out; it was not named by --keep, --forbid, --together, --apart or --move",
                hint_zh="请去掉；它未在 --keep、--forbid、--together、--apart、--move 里写过",
            )


def _with_moves(
    now: Wishes,
    moves: Sequence[Pair],
    bundles: Sequence[AbstractSet[str]],
    assets: Callable[[Collection[str]], frozenset[str]],
) -> tuple[Wishes, set[frozenset[str]]]:
    """Return wishes that move members, and the pairs that may share a bundle by that."""
    movers, apart, joined = assets([name for name, _ in moves]), list(now.apart), set[frozenset[str]]()
    for name, other in moves:
        (mover,), (goal,) = assets([name]), assets([other])
        there = next((bundle for bundle in bundles if goal in bundle), None)
        if there is None or goal in movers or mover in there:
            raise _no_move(name, other, is_in_none=there is None, is_mover=goal in movers and mover != goal)
        here = next((bundle for bundle in bundles if mover in bundle), frozenset[str]())
        apart += [(name, asset) for asset in sorted(here - movers)]
        joined |= {frozenset((mover, asset)) for asset in there}
    named = [name for move in moves for name in move]
    return replace(now, kept=(*now.kept, *named), together=(*now.together, *moves), apart=tuple(apart)), joined


def _no_move(name: str, other: str, *, is_in_none: bool, is_mover: bool) -> UsageError:
    why, why_zh = f"{name} is in the bundle of {other} already", f"{name} 已与 {other} 同包"
    if is_in_none:
        why, why_zh = f"{other} was in no bundle of the last plan", f"{other} 不在上次方案的任何包里"
    elif is_mover:
        why, why_zh = f"{other} is to move itself", f"{other} 自己也要移走"
    return UsageError(
        f"--move {name},{other}: {why}",
        f"--move {name},{other}：{why_zh}",
        hint="name a member that stays in the bundle meant; --together puts two members into one bundle",
        hint_zh="请写目标包里不动的成员；只要求两者同包可用 --together",
    )


def _tuples(value: Any) -> Any:
    """Return lists of JSON as tuples."""
    return tuple(_tuples(each) for each in value) if isinstance(value, list) else value


def limits_of(ground: Ground, found: CityMembers, wishes: Wishes) -> Limits:
    """Return the limits that a person's wishes make of the model's defaults.

    Raises
    ------
    UsageError
        If an id is no member, wishes contradict each other, or a plan is asked of a run that lacks what it needs:
        scenarios where it is to be robust, the worth of each element where these give each other.
    """
    asked = bundle_city.default_limits(ground.model)
    kept = bundle_city.rows_of(found, wishes.kept, "--keep")
    left_out = bundle_city.rows_of(found, wishes.left_out, "--forbid")
    together = tuple(_pair(found, pair, "--together") for pair in wishes.together)
    apart = tuple(_pair(found, pair, "--apart") for pair in wishes.apart)
    _refuse_contradictions(found, (kept, left_out), (together, apart))
    _refuse_unknown(ground, found, wishes)
    return replace(
        asked,
        most_members=wishes.most_members or asked.most_members,
        working_capital_cny=_or(wishes.working_capital_cny, asked.working_capital_cny),
        public_budget_cny=_budget(wishes.public_budget_cny, asked.public_budget_cny),
        within_unit=wishes.within is not None,
        transfer_cap_cny=_or(wishes.transfer_cap_cny, asked.transfer_cap_cny),
        element_cap_cny=_or(wishes.element_cap_cny, asked.element_cap_cny),
        balanced_share=wishes.balanced_share,
        kept=kept,
        left_out=left_out,
        together=together,
        apart=apart,
    )


def _refuse_unknown(ground: Ground, found: CityMembers, wishes: Wishes) -> None:
    """Raise where nobody can say whether a bundle holds what is asked of it."""
    is_robust = wishes.balanced_share is not None
    if is_robust and wishes.transfer_cap_cny:
        raise UsageError(
            "--robust and --transfer-cap cannot be asked for together: where bundles give each other, nobody can say "
            "of a single one in which scenarios it balances",
            "--robust 与 --transfer-cap 不能同时使用：包间可以反哺时，说不清单个包在哪些情景中平衡",
            hint="leave one of them out; --robust none or --transfer-cap none takes back that of the last plan",
            hint_zh="请去掉其中一个；上次方案带来的，用 --robust none 或 --transfer-cap none 取消",
        )
    for is_lacking, option, what, what_zh in (
        (is_robust and found.members.net_scenario_cny is None, "--robust", "scenarios of its accounts", "账目情景"),
        (
            wishes.element_cap_cny is not None and found.members.npv_element_cny is None,
            "--element-cap",
            "worth of each element",
            "分要素的账目",
        ),
    ):
        if is_lacking:
            raise UsageError(
                f"run {ground.run.run_id} has no {what}",
                f"分析 {ground.run.run_id} 没有{what_zh}",
                hint=f"run `panhuo analyze` again, or leave {option} out (after --again: {option} none takes it back)",
                hint_zh=f"请重新运行 panhuo analyze，或去掉 {option}（上次方案带来的用 {option} none 取消）",
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
