"""Best bundles of a few members by going through all of them, and small cities of chance to go through.

Nothing of the search is used, and nothing of :mod:`gis.bundle_check`: three ways to the same figure.
"""

import math
from dataclasses import dataclass, replace

import numpy as np

from gis.bundle import TOLERANCE_CNY, Limits, Members

NEVER = -math.inf
"""Benefit of what cannot be: rows are to be kept that no plan can hold."""


@dataclass(frozen=True)
class Sets:
    """Every set of members, the row number being its bits: what it brings, and whether it may be a bundle by itself."""

    npv_cny: np.ndarray
    public_cny: np.ndarray
    benefit: np.ndarray
    is_bundle: np.ndarray


def all_sets(members, limits):
    """Return all ``2 ** n`` sets; with transfers, a bundle may fall short by the cap."""
    years = np.arange(members.net_cny.shape[1])
    npv = sums(members.net_cny @ (1.0 / (1.0 + limits.discount_rate) ** years))
    least = -math.inf if limits.transfer_cap_cny else -TOLERANCE_CNY  # who falls short is looked at in the plan
    cash = sums(np.cumsum(members.net_cny, axis=1)).min(axis=1)
    count = sums(np.ones(len(members)))
    good = _contiguous(len(members), members.links) & (count >= 1) & (count <= limits.most_members)
    good &= (npv >= least) & (cash >= -limits.working_capital_cny - TOLERANCE_CNY)
    if limits.balanced_share is not None:
        flows = sums(members.net_scenario_cny)
        holds = flows @ (1.0 / (1.0 + limits.discount_rate) ** years) >= -TOLERANCE_CNY
        holds &= np.cumsum(flows, axis=2).min(axis=2) >= -limits.working_capital_cny - TOLERANCE_CNY
        good &= holds.sum(axis=1) >= math.ceil(limits.balanced_share * flows.shape[1] - 1e-9)
    if not math.isinf(limits.element_cap_cny):
        by_element = sums(members.npv_element_cny)
        good &= -by_element.clip(max=0).sum(axis=1) <= limits.element_cap_cny + TOLERANCE_CNY
    if limits.within_unit and members.unit is not None:
        good &= sum(sums((members.unit == unit) * 1.0) > 0 for unit in np.unique(members.unit)) <= 1
    holds = {row: np.arange(len(npv)) >> row & 1 == 1 for row in range(len(members))}
    for row in limits.left_out:
        good &= ~holds[row]
    for one, other in limits.together:
        good &= holds[one] == holds[other]
    for one, other in limits.apart:
        good &= ~(holds[one] & holds[other])
    return Sets(npv, sums(members.public_cny), sums(members.benefit), good)


def sums(values):
    """Return the sum over each set of rows."""
    total = np.zeros((1, *np.shape(values)[1:]))
    for value in values:
        total = np.concatenate([total, total + value])
    return total


def _contiguous(n, links):
    """Whether each set hangs together: grown along the links from its lowest row until nothing comes to it."""
    every = np.arange(2**n)
    beside = np.zeros(n, dtype=np.int64)
    for one, other in links:
        beside[one] |= 1 << other
        beside[other] |= 1 << one
    reached = every & -every
    for _ in range(n):
        near = reached.copy()
        for row in range(n):
            near |= np.where(reached >> row & 1, beside[row], 0)
        reached = near & every
    return reached == every


def best_partition(members, limits):
    """Return the greatest benefit by dynamic programming over sets, for all modes without budget and transfer."""
    assert not limits.public_budget_cny
    assert not limits.transfer_cap_cny
    n, found = len(members), all_sets(members, limits)
    value = np.zeros(2**n)
    bundles = np.flatnonzero(found.is_bundle)
    lowest = bundles & -bundles
    for row in reversed(range(n)):
        over = np.arange(1 << row, 2**n, 2 << row)  # sets whose lowest member is this row
        best = np.full(len(over), NEVER) if row in limits.kept else value[over - (1 << row)]
        for bundle in bundles[lowest == 1 << row]:
            holds = over & bundle == bundle
            best[holds] = np.maximum(best[holds], found.benefit[bundle] + value[over[holds] - bundle])
        value[over] = best
    return float(value[-1])


def best_within_budget(members, limits):
    """Return the greatest benefit within one year's budget: as above, with a list of what is worth its money a set."""
    (budget,) = limits.public_budget_cny
    n, found = len(members), all_sets(members, limits)
    cost, outside = found.public_cny[:, 0], found.public_cny[:, 1:].sum(axis=1)
    bundles = np.flatnonzero(found.is_bundle & (outside <= TOLERANCE_CNY)).tolist()
    worth = {0: [(0.0, 0.0)]}
    for rest in range(1, 2**n):
        row = (rest & -rest).bit_length() - 1
        offers = [] if row in limits.kept else list(worth[rest - (1 << row)])
        for bundle in bundles:
            if bundle >> row & 1 and bundle & rest == bundle:
                spend, gain = cost[bundle], found.benefit[bundle]
                offers += [
                    (c + spend, b + gain) for c, b in worth[rest - bundle] if c + spend <= budget + TOLERANCE_CNY
                ]
        worth[rest] = _undominated([offer for offer in offers if offer[0] <= budget + TOLERANCE_CNY])
    return max((gain for _, gain in worth[2**n - 1]), default=NEVER)


def _undominated(offers):
    kept = []
    for cost, gain in sorted(offers, key=lambda offer: (offer[0], -offer[1])):
        if not kept or gain > kept[-1][1]:
            kept.append((cost, gain))
    return kept


def best_of_all(members, limits):
    """Return the greatest benefit of every set of disjoint bundles with every start year, for all modes."""
    n, found = len(members), all_sets(members, limits)
    budget = tuple(limits.public_budget_cny)
    bundles = [int(bundle) for bundle in np.flatnonzero(found.is_bundle)]
    by_lowest = [[bundle for bundle in bundles if bundle & -bundle == 1 << row] for row in range(n)]
    deepest = np.maximum(0.0, -sums(np.cumsum(members.net_cny, axis=1)).min(axis=1))
    npv = np.minimum(found.npv_cny, np.maximum(0.0, limits.working_capital_cny - deepest)).tolist()  # what it can give
    benefit = found.benefit.tolist()
    yearly = 1.0 + limits.discount_rate
    most_short = limits.transfer_cap_cny + TOLERANCE_CNY if limits.transfer_cap_cny else math.inf
    spends = {bundle: _spendings(found.public_cny[bundle].tolist(), len(budget)) for bundle in bundles}
    best = NEVER

    def look(row, rest, left, short, total, gain):
        nonlocal best
        if row == n:
            if total >= -TOLERANCE_CNY or not limits.transfer_cap_cny:
                best = max(best, gain)
            return
        if not rest >> row & 1 or row not in limits.kept:
            look(row + 1, rest, left, short, total, gain)
        if not rest >> row & 1:
            return
        for bundle in by_lowest[row]:
            if bundle & rest != bundle:
                continue
            for start, spend in spends[bundle]:
                worth = npv[bundle] / yearly**start
                lacking = short + max(0.0, -worth)
                after = tuple(have - need for have, need in zip(left, spend, strict=True))
                if lacking <= most_short and all(money >= -TOLERANCE_CNY for money in after):
                    look(row + 1, rest - bundle, after, lacking, total + worth, gain + benefit[bundle])

    look(0, 2**n - 1, budget, 0.0, 0.0, 0.0)
    return best


def _spendings(public, years):
    """Return every start whose money falls within the budget, with the public money of each budget year."""
    if not years:
        return [(0, ())]
    return [
        (start, tuple(public[year - start] if 0 <= year - start < len(public) else 0.0 for year in range(years)))
        for start in range(years)
        if sum(public[years - start :]) <= TOLERANCE_CNY
    ]


MODES = ("balance", "transfers", "elements", "robust", "wishes", "years", "within_unit", "everything")


def small_city(seed, mode, most):
    """Return a few members of chance, with the limits of a mode.

    Parameters
    ----------
    seed, mode
        Say everything.
    most
        Members at most; there may be one alone, and islands, and members of no benefit, and twins.
    """
    rng = np.random.default_rng([seed, MODES.index(mode)])
    n = int(rng.integers(max(1, most - 2), most + 1)) if seed % 20 else 1 + seed % most
    every = mode == "everything"
    members = _small_members(rng, n, with_scenarios=every or mode == "robust")
    if every or mode == "elements":
        members = replace(members, npv_element_cny=_small_elements(rng, members))
    lean = members.net_cny[:, 0].min()
    limits = {
        "discount_rate": float(rng.choice([0.0, 0.04, 0.06, 0.08])),
        "most_members": int(rng.integers(2, max(4, n * 3 // 4 + 1))),
        "working_capital_cny": float(rng.choice([np.inf, -round(lean * 0.6), -round(lean * 0.9), -round(lean * 1.2)])),
    }
    if mode == "transfers" or (every and rng.random() < 0.5):
        limits["transfer_cap_cny"] = float(rng.choice([500_000, 1_500_000, 4_000_000]))
    elif mode == "robust" or (every and rng.random() < 0.8):
        limits["balanced_share"] = float(rng.choice([0.5, 0.6, 0.8, 1.0]))
    if mode == "elements" or (every and rng.random() < 0.5):
        limits["element_cap_cny"] = float(rng.choice([1_000_000, 3_000_000, 6_000_000]))
    if mode == "years" or (mode == "transfers" and rng.random() < 0.5) or (every and rng.random() < 0.7):
        limits["public_budget_cny"] = _small_budget(rng, members)
    if mode == "within_unit" or (every and rng.random() < 0.5):
        limits["within_unit"] = True
    if mode == "wishes" or (every and rng.random() < 0.5):
        limits |= _small_wishes(rng, members)
    return members, Limits(**limits)


def _small_members(rng, n, *, with_scenarios):
    """Return lean members that cost and fat ones that earn, some twins of others, on a map that may fall apart."""
    years = int(rng.integers(3, 9))
    is_lean = rng.random(n) < 0.4
    first = np.where(is_lean, -rng.integers(500, 5_000, n), -rng.integers(0, 900, n)) * 1_000.0
    yearly = np.where(is_lean, rng.integers(0, 80, n), rng.integers(-20, 900, n)) * 1_000.0
    granted = rng.integers(1, years + 1, n)
    net = np.where(np.arange(1, years + 1) <= granted[:, None], yearly[:, None], 0.0)
    net = np.column_stack([first, net + rng.integers(-5_000, 5_000, net.shape) * (rng.random() < 0.5)])
    public = np.where(is_lean[:, None], rng.integers(0, 6_000, (n, int(rng.integers(1, 3)))) * 1_000.0, 0.0)
    served = np.where(is_lean, rng.integers(50, 2_000, n), rng.integers(0, 120, n) * rng.integers(0, 2, n))
    benefit = served.astype(float)
    for row in range(1, n):
        if rng.random() < 0.15:  # twins: two optima of the same benefit
            net[row], public[row], benefit[row] = net[row - 1], public[row - 1], benefit[row - 1]
    pairs = np.array([(one, other) for one in range(n) for other in range(one + 1, n)], dtype=np.int64).reshape(-1, 2)
    links = pairs[rng.random(len(pairs)) < rng.choice([0.2, 0.4, 0.7])]
    scenarios = None
    if with_scenarios:
        moved = net[:, None, :] + np.abs(net[:, None, :]) * rng.normal(0, 0.3, (n, 5, 1))
        scenarios = np.round(moved + rng.normal(0, 20_000, moved.shape))
    return Members(net, public, benefit, links, unit=rng.integers(0, 2, n), net_scenario_cny=scenarios)


def _small_elements(rng, members):
    """Return what members are worth by three elements of chance: what one loses another may earn."""
    worth = members.net_cny.sum(axis=1)
    first = worth * rng.uniform(-0.5, 1.5, len(worth)) * (rng.random(len(worth)) < 0.6)
    second = (worth - first) * rng.integers(0, 2, len(worth))
    return np.column_stack([first, second, worth - first - second])


def _small_budget(rng, members):
    """Return one to three years, whose money is from nothing to more than enough."""
    years = int(rng.integers(members.public_cny.shape[1], 4))
    share = rng.choice([0.0, 0.1, 0.2, 0.3, 2.0], years, p=[0.1, 0.2, 0.3, 0.3, 0.1])
    return tuple(float(round(money)) for money in members.public_cny.sum() * share)


def _small_wishes(rng, members):
    """Return rows to keep and leave out, pairs together and apart; now and then they cannot all be kept."""
    n = len(members)
    rows = rng.permutation(n).tolist()
    if rng.random() < 0.7:
        rows.sort(key=lambda row: -members.net_cny[row].sum())
    wishes = {}
    if n >= 2:
        wishes["kept"] = tuple(sorted(rows[: rng.integers(0, 3)]))
        others = [row for row in rows if row not in wishes["kept"]]
        wishes["left_out"] = tuple(sorted(rng.permutation(others)[: rng.integers(0, 2)].tolist()))
    if n >= 4:
        wishes["together"] = tuple(_pair(rng.choice(n, 2, replace=False)) for _ in range(rng.integers(0, 2)))
        joined = rng.permutation(members.links)[: rng.integers(0, 3)]
        wishes["apart"] = tuple(pair for pair in map(_pair, joined) if pair not in wishes["together"])
    return wishes


def _pair(rows):
    return min(rows.tolist()), max(rows.tolist())
