"""Plans made at once, as a planner makes them by hand: where a search begins, and what it is never worse than."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis._bundle_ground import may_be

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from gis._bundle_ground import Ground
    from gis._graph import Floats

    Rows = tuple[int, ...]
    Started = dict[Rows, int]


def by_hand(ground: Ground, allowed: NDArray[np.bool_]) -> Started:
    """Return a plan that starts at the member of most benefit for what it lacks, and takes what earns beside it.

    A bundle takes its best earning neighbour until it may be one; what earns and is left over starts alone. Of two such
    plans, one whose bundles then take neighbours that lack as long as the account bears them, the better is returned.
    """
    plans = [_by_hand(ground, allowed, is_filled=is_filled) for is_filled in (False, True)]
    return max(plans, key=lambda plan: benefit_of(ground, plan))


def benefit_of(ground: Ground, plan: Iterable[Rows]) -> float:
    """Return the benefit of bundles."""
    return sum(float(ground.benefit[list(rows)].sum()) for rows in plan)


def greedy(ground: Ground, bundles: Iterable[Rows]) -> Started:
    """Return a plan of the first bundles that go together, each in the first year that has the money."""
    found: Started = {}
    left, taken = ground.budget.copy(), set[int]()
    for rows in bundles:
        if ground.npv[list(rows)].sum() < 0 or not taken.isdisjoint(rows):
            continue
        year = _paid(ground, left, rows)
        if year is not None:
            taken.update(rows)
            found[rows] = year
    return found


def _paid(ground: Ground, left: Floats, rows: Sequence[int]) -> int | None:
    """Take the public money of a bundle from the first year that has it, and return that year."""
    if not len(left):
        return 0
    spent = ground.public[list(rows)].sum(axis=0)
    last = len(left) - len(np.trim_zeros(spent, "b"))
    for year in range(last + 1):
        of = slice(year, year + len(spent))
        if (spent[: len(left) - year] <= left[of]).all():
            left[of] -= spent[: len(left) - year]
            return year
    return None


def _by_hand(ground: Ground, allowed: NDArray[np.bool_], *, is_filled: bool) -> Started:
    found: Started = {}
    is_free, left = allowed.copy(), ground.budget.copy()
    lacking = np.maximum(-ground.worth, 0.0)
    rate = np.where(lacking > 0, ground.benefit / np.maximum(lacking, 1.0), -1.0)
    for row in np.argsort(-rate, kind="stable").tolist():
        if not is_free[row] or ground.benefit[row] <= 0:
            continue
        rows = _balanced(ground, is_free, row)
        if rows and is_filled:
            rows = _filled(ground, is_free, rows)
        year = _paid(ground, left, rows) if rows else None
        if year is not None:
            is_free[rows] = False
            found[tuple(sorted(rows))] = year
    return found


def _balanced(ground: Ground, is_free: NDArray[np.bool_], row: int) -> list[int]:
    """Return a row with earning neighbours until they may be a bundle; nothing where they may never be."""
    rows = [row]
    while not _may_be(ground, rows):
        near = [other for other in _near(ground, is_free, rows) if ground.worth[other] > 0]
        if not near or len(rows) == ground.most:
            return []
        rows.append(max(near, key=lambda other: (float(ground.worth[other]), -other)))
    return rows


def _filled(ground: Ground, is_free: NDArray[np.bool_], rows: list[int]) -> list[int]:
    """Return a bundle with the neighbours of most benefit that it bears."""
    tried = set[int]()
    while len(rows) < ground.most:
        near = [other for other in _near(ground, is_free, rows) if other not in tried and ground.benefit[other] > 0]
        if not near:
            break
        best = max(near, key=lambda other: (float(ground.benefit[other]), -other))
        tried.add(best)
        if _may_be(ground, [*rows, best]):
            rows = [*rows, best]
    return rows


def _near(ground: Ground, is_free: NDArray[np.bool_], rows: list[int]) -> set[int]:
    """Return the free neighbours of rows."""
    near = {int(end) for row in rows for end in ground.ends[ground.starts[row] : ground.starts[row + 1]]}
    return {row for row in near.difference(rows) if is_free[row]}


def _may_be(ground: Ground, rows: list[int]) -> bool:
    """Return whether rows may be a bundle that balances by itself."""
    return bool(ground.npv[rows].sum() >= 0 and may_be(ground, np.array(rows, dtype=np.int64), len(rows)))
