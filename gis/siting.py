"""Which sites to open: most need covered for a budget, most served with the room there is, all covered for least money.

Places with a need and sites that may be opened come as numbers of rows; what reaches what comes as pairs of these, from
the walking network. Each search begins with a greedy choice and exchanges, and HiGHS looks for a better one; every
answer carries a proven bound. Sites that many places walk least to stand in :mod:`gis.p_median`.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from gis._integer_program import Rows, minimise
from gis._serving import Serving
from gis._site_start import Rooms, started
from gis._site_terms import ROUNDING, SECONDS, Choice, Reached, Terms, check_numbers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from gis._graph import Floats, Ints
    from gis._integer_program import Solved

__all__ = ["SECONDS", "Choice", "Reached", "Terms", "all_covered", "most_covered", "most_served", "uncovered"]


def most_covered(reached: Reached, weight: Floats, cost: Floats, terms: Terms) -> Choice:
    """Return the sites that cover most weight for a budget (maximal covering; Church and ReVelle 1974).

    Parameters
    ----------
    reached
        Which site covers which need.
    weight, cost
        Of each need and of each site.
    terms
        What the choice must keep.

    Raises
    ------
    AnalysisError
        If a number is below 0 or none.
    """
    check_numbers({"weight": weight, "cost": cost, "budget": np.array([terms.budget])})
    price, sites = terms.price(cost), len(cost)
    groups = _grouped(reached, weight, terms.fixed)
    needs = len(groups.weight)
    rooms = Rooms(Reached(groups.need, groups.site), groups.weight, np.ones(needs), np.full(sites, math.inf))
    start = started(rooms, price, terms)
    covers = sparse.csr_array((np.ones(len(groups.site)), (groups.need, groups.site)), shape=(needs, sites))
    linked = sparse.hstack([covers, -sparse.eye_array(needs)], format="csr")
    program = _Program(
        np.r_[np.zeros(sites), groups.weight],
        [Rows(linked, 0.0, np.inf), *_kept(price, terms, needs)],
        (_least(terms, sites, needs), np.ones(sites + needs)),
        relaxed_first=True,
    )
    best, bound = program.best(start.sites, price, terms, lambda chosen: _covered(groups, chosen))
    bound = min(bound, start.bound, float(groups.weight.sum()))
    return _choice(best, groups.always + _covered(groups, best), groups.always + bound, price)


def all_covered(reached: Reached, needs: int, cost: Floats, terms: Terms | None = None) -> Choice:
    """Return the sites of least cost that cover every need which any site can cover (set covering; Toregas 1971).

    Parameters
    ----------
    reached, cost
        As for :func:`most_covered`. Needs that no site covers are left out: compare :func:`uncovered`.
    needs
        How many there are.
    terms
        As for :func:`most_covered`, but for the budget, the number and the exclusions: no choice may keep them.

    Raises
    ------
    AnalysisError
        If a cost is below 0 or none.
    """
    check_numbers({"cost": cost})
    terms = terms or Terms()
    free = Terms(fixed=terms.fixed, seconds=terms.seconds, spent=terms.spent, wait=terms.wait)
    price, sites = terms.price(cost), len(cost)
    groups = _grouped(reached, np.ones(needs), terms.fixed)
    count = len(groups.weight)
    rooms = Rooms(Reached(groups.need, groups.site), np.ones(count), np.ones(count), np.full(sites, math.inf))
    covers = sparse.csr_array((np.ones(len(groups.site)), (groups.need, groups.site)), (count, sites))
    start = _without_idle(covers, started(rooms, price, free).sites, price, terms.fixed)
    found = minimise(
        price,
        [Rows(covers, 1.0, np.inf)],
        np.ones(sites),
        (_least(terms, sites, 0), 1.0),
        seconds=terms.seconds_left(),
        wait=terms.wait,
        relaxed_first=True,
    )
    options = [start, *_opened(found, sites)]
    best = min((sites for sites in options if (covers[:, sites].sum(axis=1) > 0).all()), key=lambda at: price[at].sum())
    value = float(price[best].sum())
    bound = max(0.0 if math.isinf(found.bound) else found.bound, _dues(covers, price))
    return Choice(tuple(int(site) for site in best), value, min(bound, value), value)


def most_served(
    reached: Reached, need: Floats, room: Floats, cost: Floats, terms: Terms, *, weight: Floats | None = None
) -> Choice:
    """Return the sites that serve most need with the room they have (capacitated covering): stalls against night gaps.

    Parameters
    ----------
    reached, cost, terms
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
    columns = {"need": need, "room": room, "cost": cost, "weight": counts, "budget": np.array([terms.budget])}
    check_numbers(columns)
    reached, need, room = reached.once(), np.asarray(need, dtype=np.float64), np.asarray(room, dtype=np.float64)
    price, sites, pairs = terms.price(cost), len(cost), len(reached.need)
    start = started(Rooms(reached, need, counts, room), price, terms)
    at, one = np.arange(pairs), np.ones(pairs)
    by_need = sparse.csr_array((one, (reached.need, at)), (len(need), pairs))
    by_site = sparse.csr_array((one, (reached.site, at)), (sites, pairs))
    least = np.minimum(need[reached.need], room[reached.site])
    own = sparse.csr_array((-least, (at, reached.site)), (pairs, sites))
    program = _Program(
        np.r_[np.zeros(sites), counts[reached.need]],
        [
            Rows(sparse.hstack([sparse.csr_array((len(need), sites)), by_need], format="csr"), -np.inf, need),
            Rows(sparse.hstack([-sparse.diags_array(room), by_site], format="csr"), -np.inf, 0.0),
            Rows(sparse.hstack([own, sparse.eye_array(pairs)], format="csr"), -np.inf, 0.0),
            *_kept(price, terms, pairs),
        ],
        (_least(terms, sites, pairs), np.r_[np.ones(sites), least]),
    )
    best, bound = program.best(start.sites, price, terms, lambda chosen: served(reached, need, counts, room, chosen))
    return _choice(best, served(reached, need, counts, room, best), min(bound, start.bound), price)


def served(reached: Reached, need: Floats, weight: Floats, room: Floats, sites: Sequence[int] | Ints) -> float:
    """Return the most that ``sites`` can serve together, weighted."""
    serving = Serving(reached, need, weight, room)
    return float(sum(serving.worth(serving.open(int(site))) for site in sites))


def uncovered(reached: Reached, needs: int) -> Ints:
    """Return the rows of needs that no site covers."""
    return np.setdiff1d(np.arange(needs), reached.need)


@dataclass(frozen=True)
class _Program:
    """What is worth most under conditions: the first variables are the sites, the others what they serve."""

    worth: Floats
    rows: list[Rows]
    bounds: tuple[Floats, Floats]
    relaxed_first: bool = False

    def best(self, start: Ints, price: Floats, terms: Terms, value: Callable[[Ints], float]) -> tuple[Ints, float]:
        """Return the better of ``start`` and what HiGHS finds, and a bound; the cheapest of equals where asked for."""
        found = self._solved(-self.worth, self.rows, price, terms)
        best = max([start, *_opened(found, len(price))], key=value)
        if terms.least_cost and not terms.is_over():
            reached = value(best)
            as_good = Rows(sparse.csr_array(self.worth[None, :]), reached * (1.0 - ROUNDING) - ROUNDING, np.inf)
            money = np.r_[price, np.zeros(len(self.worth) - len(price))]
            cheaper = self._solved(money, [*self.rows, as_good], price, terms)
            enough = [
                sites for sites in _opened(cheaper, len(price)) if value(sites) >= reached * (1.0 - 10 * ROUNDING)
            ]
            best = min([best, *enough], key=lambda sites: float(price[sites].sum()))
        return best, -found.bound

    def _solved(self, cost: Floats, rows: list[Rows], price: Floats, terms: Terms) -> Solved:
        is_site = np.r_[np.ones(len(price)), np.zeros(len(cost) - len(price))]
        return minimise(
            cost,
            rows,
            is_site,
            self.bounds,
            seconds=terms.seconds_left(),
            wait=terms.wait,
            relaxed_first=self.relaxed_first,
        )


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


def _opened(found: Solved, sites: int) -> list[Ints]:
    """Return the sites that a program opens, as a list of one, or none where it found nothing."""
    return [] if found.x is None else [np.flatnonzero(found.x[:sites] > 0.5)]


def _covered(groups: _Groups, chosen: Ints) -> float:
    return float(groups.weight[np.unique(groups.need[np.isin(groups.site, chosen)])].sum())


def _least(terms: Terms, sites: int, others: int) -> Floats:
    """Return the least value of each variable: fixed sites are open."""
    low = np.zeros(sites + others)
    low[list(terms.fixed)] = 1.0
    return low


def _kept(price: Floats, terms: Terms, others: int) -> list[Rows]:
    """Return the conditions on the sites alone: money, number and exclusions."""
    sites, rows = len(price), []
    if math.isfinite(terms.budget):
        rows.append(Rows(sparse.csr_array(np.r_[price, np.zeros(others)][None, :]), -np.inf, terms.budget))
    if terms.most_new is not None:
        is_site = np.r_[np.ones(sites), np.zeros(others)][None, :]
        rows.append(Rows(sparse.csr_array(is_site), -np.inf, terms.most_new + len(set(terms.fixed))))
    group = terms.groups(sites)
    _, number, count = np.unique(group, return_inverse=True, return_counts=True)
    if (count > 1).any():
        one_of = sparse.csr_array((np.ones(sites), (number, np.arange(sites))), (len(count), sites + others))
        rows.append(Rows(one_of[np.flatnonzero(count > 1)], -np.inf, 1.0))
    return rows


def _without_idle(covers: sparse.csr_array, sites: Ints, price: Floats, fixed: Sequence[int]) -> Ints:
    """Return a covering without the sites whose needs others cover, the dearest given up first; ties by row."""
    kept, times = [int(site) for site in sites], covers[:, sites].sum(axis=1)
    columns = covers.tocsc()
    for site in sorted(kept, key=lambda at: (-price[at], at)):
        own = columns[:, [site]].toarray()[:, 0]
        if site not in fixed and (times - own)[own > 0].min(initial=np.inf) >= 1:
            kept.remove(site)
            times = times - own
    return np.array(kept, dtype=np.int64)


def _dues(covers: sparse.csr_array, price: Floats) -> float:
    """Return what covering all costs at least: each need pays the least share of any site that covers it.

    No site is paid more than its price by the needs that it covers: these shares are a feasible dual.
    """
    column = covers.indices
    share = (price / np.maximum(np.bincount(column, minlength=len(price)), 1))[column]
    row = np.repeat(np.arange(covers.shape[0]), np.diff(covers.indptr))
    least = np.full(covers.shape[0], np.inf)
    np.minimum.at(least, row, share)
    return float(least.sum())


def _choice(sites: Ints, value: float, bound: float, price: Floats) -> Choice:
    return Choice(tuple(int(site) for site in sites), value, max(bound, value), float(price[sites].sum()))
