"""A change of what is asked of bundles: whether it only tightens the limits, and what it did to the plan."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence
    from collections.abc import Set as AbstractSet

    from gis.bundle import Limits

NO_SHARE = 0.0
"""Of the scenarios that must balance where none is asked for."""


@dataclass(frozen=True)
class Changes:
    """What became of the members of a plan, by id.

    Parameters
    ----------
    came_in, left
        Members of a bundle that were in none; that were in one and are in none.
    moved
        Members that are in another bundle than before, with the places of the bundle before and of that now.
    """

    came_in: tuple[str, ...]
    left: tuple[str, ...]
    moved: tuple[tuple[str, int, int], ...]


def is_tighter(before: Limits, after: Limits) -> bool:
    """Return whether every plan that keeps ``after`` keeps ``before``: what is proven of the latter holds then.

    Both are of the same members. ``False`` where it is not certain: public money by year beside none at all.
    """
    caps = ("most_members", "working_capital_cny", "transfer_cap_cny", "element_cap_cny")
    return (
        before.discount_rate == after.discount_rate
        and all(getattr(after, name) <= getattr(before, name) for name in caps)
        and _has_no_more(before.public_budget_cny, after.public_budget_cny)
        and after.within_unit >= before.within_unit
        and (after.balanced_share or NO_SHARE) >= (before.balanced_share or NO_SHARE)
        and set(after.kept) >= set(before.kept)
        and set(after.left_out) >= set(before.left_out)
        and _pairs(after.together) >= _pairs(before.together)
        and _pairs(after.apart) >= _pairs(before.apart)
    )


def _has_no_more(before: tuple[float, ...], after: tuple[float, ...]) -> bool:
    """Return whether no year has more public money; without a budget there is no limit, and no year to start in."""
    if not before or not after:
        return not before and not after
    return len(after) <= len(before) and all(new <= old for old, new in zip(before, after, strict=False))


def _pairs(pairs: Sequence[tuple[int, int]]) -> AbstractSet[frozenset[int]]:
    return {frozenset(pair) for pair in pairs}


def changes(before: Sequence[AbstractSet[str]], after: Sequence[AbstractSet[str]]) -> Changes:
    """Return what became of the members of disjoint bundles.

    A bundle goes on in the one that shares most members with it, the pair that shares most first.
    """
    shared = [(len(old & new), here, there) for here, old in enumerate(before) for there, new in enumerate(after)]
    goes_on: dict[int, int] = {}
    for count, here, there in sorted(shared, key=lambda item: (-item[0], *item[1:])):
        if count and here not in goes_on and there not in goes_on.values():
            goes_on[here] = there
    was = {name: place for place, bundle in enumerate(before) for name in bundle}
    now = {name: place for place, bundle in enumerate(after) for name in bundle}
    return Changes(
        tuple(sorted(now.keys() - was.keys())),
        tuple(sorted(was.keys() - now.keys())),
        tuple(
            (name, was[name], now[name])
            for name in sorted(was.keys() & now.keys())
            if goes_on.get(was[name]) != now[name]
        ),
    )
