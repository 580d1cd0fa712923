"""What members and limits of bundles must be, checked once before a search; every fault is told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis._bundle_ground import may_be
from gis._notes import Note
from layers.errors import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from gis._bundle_ground import Ground
    from gis.bundle import Limits, Members

    Rows = tuple[int, ...]


def check(members: Members, limits: Limits) -> None:
    """Refuse members or limits that make no sense, and tell every fault.

    Raises
    ------
    AnalysisError
        If there is any.
    """
    found = [*_of_members(members), *_of_limits(members, limits)]
    if found:
        raise AnalysisError(
            "bundles cannot be looked for: " + "; ".join(note.en for note in found),
            "无法组包：" + "；".join(note.zh for note in found),
            hint="mend what is named",
            hint_zh="请更正后重试",
        )


def _of_members(members: Members) -> Iterator[Note]:
    count = len(members)
    arrays = {
        "net_cny": (members.net_cny, 2),
        "public_cny": (members.public_cny, 2),
        "benefit": (members.benefit, 1),
        "net_scenario_cny": (members.net_scenario_cny, 3),
        "npv_element_cny": (members.npv_element_cny, 2),
        "unit": (members.unit, 1),
    }
    for name, (array, dimensions) in arrays.items():
        if array is None:
            continue
        if np.ndim(array) != dimensions or len(array) != count:
            yield Note(f"{name} 的形状与成员数 {count} 不符", f"{name} has not the shape of {count} members")
        elif not np.isfinite(np.asarray(array, dtype=float)).all():
            yield Note(f"{name} 有空值或无穷大", f"{name} has a value that is none or infinite")
        elif name in {"public_cny", "benefit"} and (np.asarray(array) < 0).any():
            yield Note(f"{name} 有负数", f"{name} has a value below 0")
    links = np.asarray(members.links)
    if links.size and (links.ndim != 2 or links.shape[1] != 2 or links.min() < 0 or links.max() >= count):
        yield Note("links 指向不存在的成员", "links name members that do not exist")


def _of_limits(members: Members, limits: Limits) -> Iterator[Note]:
    if not np.isfinite(limits.discount_rate) or limits.discount_rate < 0:
        yield Note("折现率不得为负", "the discount rate must be 0 or more")
    if limits.most_members < 1:
        yield Note("每包至少 1 个成员", "a bundle must be allowed 1 member at least")
    for zh, en, value in (
        ("垫资上限", "working capital", limits.working_capital_cny),
        ("互补上限", "the cap on transfers", limits.transfer_cap_cny),
        ("要素反哺上限", "the cap between elements", limits.element_cap_cny),
        *(("财政资金", "a year's public money", budget) for budget in limits.public_budget_cny),
    ):
        if np.isnan(value) or value < 0:
            yield Note(f"{zh}不得为负或空", f"{en} must be 0 or more")
    if limits.balanced_share is not None and not 0 < limits.balanced_share <= 1:
        yield Note("平衡情景比例须在 0 到 1 之间", "the share of scenarios must lie between 0 and 1")
    if limits.balanced_share is not None and members.net_scenario_cny is None:
        yield Note("没有情景，无法按比例平衡", "there are no scenarios to balance in")
    if limits.balanced_share is not None and limits.transfer_cap_cny > 0:
        yield Note(
            "包间互补与情景平衡不能同时要求：互补之下单个包无所谓平衡",
            "transfers and scenarios cannot be asked for together: with transfers no bundle balances by itself",
        )
    if np.isfinite(limits.element_cap_cny) and members.npv_element_cny is None:
        yield Note("没有分要素的净现值，无法限制要素间反哺", "there are no NPVs by element to put a cap on")
    yield from _of_wishes(len(members), limits)


def _of_wishes(count: int, limits: Limits) -> Iterator[Note]:
    named = [*limits.kept, *limits.left_out, *(row for pair in (*limits.together, *limits.apart) for row in pair)]
    if any(not 0 <= row < count for row in named):
        yield Note("指定了不存在的成员", "a member is named that does not exist")
    if set(limits.kept) & set(limits.left_out):
        yield Note("同一成员既指定入包又指定不入包", "a member is to be kept and left out at once")
    if {frozenset(pair) for pair in limits.together} & {frozenset(pair) for pair in limits.apart}:
        yield Note("同一对成员既要同包又要分开", "two members are to be together and apart at once")


def still_bundles(ground: Ground, allowed: NDArray[np.bool_], sets: Iterable[Rows]) -> list[Rows]:
    """Return those of earlier sets that may still be bundles."""
    count = len(ground.npv)
    return [
        rows
        for rows in sets
        if rows
        and max(rows) < count
        and len(rows) <= ground.most
        and allowed[list(rows)].all()
        and is_contiguous(ground, rows)
        and may_be(ground, np.array(rows, dtype=np.int64), len(rows))
    ]


def is_contiguous(ground: Ground, rows: Iterable[int]) -> bool:
    """Return whether neighbours join all of ``rows``; nothing at all is not joined."""
    left = set(rows)
    queue = [left.pop()] if left else []
    while queue:
        row = queue.pop()
        near = left.intersection(ground.ends[ground.starts[row] : ground.starts[row + 1]].tolist())
        left -= near
        queue += near
    return not left
