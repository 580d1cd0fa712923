"""Which sites to open: most need covered for a budget, least walk, all covered for least money; each with its gap.

Places with a need and sites that may be opened come as numbers of rows; what reaches what comes as pairs of these, from
the walking network. Every answer carries a proven bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from gis._integer_program import Rows, minimise
from layers.errors import AnalysisError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from gis._graph import Floats, Ints

SECONDS = 60.0
"""How long a search may take by default."""


class Reached(NamedTuple):
    """Pairs of a need and a site that serves it, by row."""

    need: Ints
    site: Ints


@dataclass(frozen=True)
class Choice:
    """Sites to open.

    Parameters
    ----------
    sites
        Rows of the sites, ascending; those fixed among them.
    value
        What the choice reaches: need covered, or metres walked, or money spent, as asked for.
    bound
        Proven: no choice reaches more (or, where little is better, less).
    cost
        Of the sites that were not there before.
    """

    sites: tuple[int, ...]
    value: float
    bound: float
    cost: float

    @property
    def gap(self) -> float:
        """How much better another choice could be at most, as a share of :attr:`bound`; 0 is proven best."""
        return abs(self.bound - self.value) / max(abs(self.bound), 1e-9)


def most_covered(
    reached: Reached,
    weight: Floats,
    cost: Floats,
    budget: float,
    *,
    fixed: Sequence[int] = (),
    seconds: float = SECONDS,
) -> Choice:
    """Return the sites that cover most weight for ``budget`` (maximal covering; Church and ReVelle 1974).

    Parameters
    ----------
    reached
        Which site covers which need.
    weight, cost
        Of each need and of each site; the fixed ones cost nothing more.
    budget
        In the unit of ``cost``.
    fixed
        Sites that are there already.
    seconds
        After which the best so far is returned.

    Raises
    ------
    AnalysisError
        If a number is below 0 or none.
    """
    _check({"weight": weight, "cost": cost, "budget": np.array([budget])})
    price = _without(cost, fixed)
    groups = _grouped(reached, weight, fixed)
    start = _greedy(groups, price, budget, fixed)
    sites, needs = len(cost), len(groups.weight)
    covers = sparse.csr_array((np.ones(len(groups.site)), (groups.need, groups.site)), shape=(needs, sites))
    linked = sparse.hstack([covers, -sparse.eye_array(needs)], format="csr")
    money = sparse.csr_array(np.r_[price, np.zeros(needs)][None, :])
    low = np.zeros(sites + needs)
    low[list(fixed)] = 1.0
    found = minimise(
        -np.r_[np.zeros(sites), groups.weight],
        [Rows(linked, 0.0, np.inf), Rows(money, -np.inf, budget)],
        np.r_[np.ones(sites), np.zeros(needs)],
        (low, 1.0),
        seconds=seconds,
    )
    options = [start] if found.x is None else [start, np.flatnonzero(found.x[:sites] > 0.5)]
    best = max(options, key=lambda chosen: _covered(groups, chosen))
    value = groups.always + _covered(groups, best)
    bound = min(groups.always - found.bound, groups.always + float(groups.weight.sum()))
    return Choice(tuple(int(site) for site in best), value, max(bound, value), float(price[best].sum()))


def all_covered(
    reached: Reached, needs: int, cost: Floats, *, fixed: Sequence[int] = (), seconds: float = SECONDS
) -> Choice:
    """Return the sites of least cost that cover every need which any site can cover (set covering; Toregas 1971).

    Parameters
    ----------
    reached, cost, fixed, seconds
        As for :func:`most_covered`. Needs that no site covers are left out: compare :func:`uncovered`.
    needs
        How many there are.

    Raises
    ------
    AnalysisError
        If a cost is below 0 or none, or no answer was found in time.
    """
    _check({"cost": cost})
    price = _without(cost, fixed)
    groups = _grouped(reached, np.ones(needs), fixed)
    sites, low = len(cost), np.zeros(len(cost))
    low[list(fixed)] = 1.0
    covers = sparse.csr_array((np.ones(len(groups.site)), (groups.need, groups.site)), (len(groups.weight), sites))
    found = minimise(price, [Rows(covers, 1.0, np.inf)], np.ones(sites), (low, 1.0), seconds=seconds)
    if found.x is None:
        raise AnalysisError(
            f"no choice of sites that covers all was found in {seconds:g} s",
            f"{seconds:g}秒内未找到全覆盖方案",
            hint="allow more time",
            hint_zh="请延长求解时间",
        )
    best = np.flatnonzero(found.x > 0.5)
    value = float(price[best].sum())
    return Choice(tuple(int(site) for site in best), value, min(found.bound, value), value)


def most_served(
    reached: Reached,
    need: Floats,
    room: Floats,
    cost: Floats,
    budget: float,
    *,
    weight: Floats | None = None,
    fixed: Sequence[int] = (),
    seconds: float = SECONDS,
) -> Choice:
    """Return the sites that serve most need with the room they have (capacitated covering): stalls against night gaps.

    Parameters
    ----------
    reached, cost, budget, fixed, seconds
        As for :func:`most_covered`.
    need, room
        Of each need, and of each site, in the same unit; a need may be served in part and by several sites.
    weight
        What a unit of each need counts: more, say, where many are old. 1 each where not given.

    Raises
    ------
    AnalysisError
        If a number is below 0 or none.
    """
    counts = np.ones(len(need)) if weight is None else np.asarray(weight, dtype=np.float64)
    _check({"need": need, "room": room, "cost": cost, "weight": counts, "budget": np.array([budget])})
    price, sites, pairs = _without(cost, fixed), len(cost), len(reached.need)
    at, one = np.arange(pairs), np.ones(pairs)
    by_need = sparse.csr_array((one, (reached.need, at)), (len(need), pairs))
    by_site = sparse.csr_array((one, (reached.site, at)), (sites, pairs))
    least = np.minimum(np.asarray(need)[reached.need], np.asarray(room)[reached.site])
    own = sparse.csr_array((-least, (at, reached.site)), (pairs, sites))
    low = np.zeros(sites + pairs)
    low[list(fixed)] = 1.0
    found = minimise(
        -np.r_[np.zeros(sites), counts[reached.need]],
        [
            Rows(
                sparse.hstack([sparse.csr_array((len(need), sites)), by_need], format="csr"), -np.inf, np.asarray(need)
            ),
            Rows(sparse.hstack([-sparse.diags_array(room), by_site], format="csr"), -np.inf, 0.0),
            Rows(sparse.hstack([own, sparse.eye_array(pairs)], format="csr"), -np.inf, 0.0),
            Rows(sparse.csr_array(np.r_[price, np.zeros(pairs)][None, :]), -np.inf, budget),
        ],
        np.r_[np.ones(sites), np.zeros(pairs)],
        (low, np.r_[np.ones(sites), least]),
        seconds=seconds,
    )
    if found.x is None:
        best, value = np.asarray(sorted(fixed), dtype=np.int64), 0.0
    else:
        best, value = np.flatnonzero(found.x[:sites] > 0.5), float(counts[reached.need] @ found.x[sites:])
    return Choice(tuple(int(site) for site in best), value, max(-found.bound, value), float(price[best].sum()))


def uncovered(reached: Reached, needs: int) -> Ints:
    """Return the rows of needs that no site covers."""
    return np.setdiff1d(np.arange(needs), reached.need)


class _Groups(NamedTuple):
    """Needs that the same sites cover, as one; what is covered already is only counted."""

    need: Ints
    site: Ints
    weight: Floats
    always: float


def _grouped(reached: Reached, weight: Floats, fixed: Sequence[int]) -> _Groups:
    covered = np.zeros(len(weight), dtype=np.bool_)
    covered[reached.need[np.isin(reached.site, np.asarray(fixed, dtype=np.int64))]] = True
    is_open = ~covered[reached.need]
    pairs = sparse.csr_array(
        (np.ones(int(is_open.sum()), dtype=np.bool_), (reached.need[is_open], reached.site[is_open])),
        shape=(len(weight), int(reached.site.max(initial=-1)) + 1),
    )
    pairs.sum_duplicates()
    pairs.sort_indices()
    alike: dict[bytes, list[int]] = {}
    for row in np.flatnonzero(np.diff(pairs.indptr)):
        alike.setdefault(pairs.indices[pairs.indptr[row] : pairs.indptr[row + 1]].tobytes(), []).append(int(row))
    firsts = [rows[0] for rows in alike.values()]
    sets = [pairs.indices[pairs.indptr[row] : pairs.indptr[row + 1]].astype(np.int64) for row in firsts]
    need = np.repeat(np.arange(len(sets)), [len(sites) for sites in sets])
    site = np.concatenate(sets) if sets else np.empty(0, dtype=np.int64)
    total = np.array([np.asarray(weight)[rows].sum() for rows in alike.values()], dtype=np.float64)
    return _Groups(need, site, total, float(np.asarray(weight)[covered].sum()))


def _greedy(groups: _Groups, price: Floats, budget: float, fixed: Sequence[int]) -> Ints:
    """Return sites chosen one by one, each time that which covers most more for its money; ties by row."""
    chosen, left, rest = list(fixed), groups.weight.copy(), budget
    while True:
        gain = np.bincount(groups.site, weights=left[groups.need], minlength=len(price))
        gain[chosen] = 0.0
        gain[price > rest] = 0.0
        if not (gain > 0).any():
            return np.array(sorted(chosen), dtype=np.int64)
        best = int(np.argmax(gain / np.maximum(price, 1e-9)))
        chosen.append(best)
        rest -= float(price[best])
        left[groups.need[groups.site == best]] = 0.0


def _covered(groups: _Groups, chosen: Ints) -> float:
    return float(groups.weight[np.unique(groups.need[np.isin(groups.site, chosen)])].sum())


def _without(cost: Floats, fixed: Sequence[int]) -> Floats:
    """Return the costs, nothing for the fixed sites."""
    price = np.array(cost, dtype=np.float64)
    price[list(fixed)] = 0.0
    return price


def _check(columns: dict[str, Floats]) -> None:
    words = {"weight": "权重", "cost": "造价", "budget": "预算", "need": "需求", "room": "容量"}
    for name, column in columns.items():
        if not np.isfinite(column).all() or (np.asarray(column) < 0).any():
            raise AnalysisError(f"a {name} is below 0 or no number", f"{words[name]}有负数或空值")
