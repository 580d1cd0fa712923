"""Cities of chance for the bundles, of any size and seeded, and the plan that a greedy planner makes of one.

What the figures rest on (``A1``, ``A7``: sections of the domain's facts; names with dots: its ``parameters.csv``, whose
low, default and high are the ends and the top of a triangular draw):

communities
    Households around 745 (A1), log-normal, 50 at least; 26,700 CNY each (``reno.cost_per_household``), of which the
    state pays 60.5 % and the operator 39.5 % at once (Jinsong); own income 67,000 CNY a year at 745 households (A7)
    over a concession of 15 to 20 years (``fin.concession_default``).
idle lots
    400 to 10,000 m2 (A4), 103 stalls on average (``parking.idle_lot_stalls_avg``), 25 to 30 m2 a stall of 85 % of the
    site; 450 CNY a month, let to 85 %, 30 % to run, 6,000 CNY a stall to build (``parking.*``); for 2, 5, 10, 20 years.
charging
    90,000 CNY a pile of 120 kW, used at 3 to 10 %, 0.5 CNY a kWh less 25 % (A7, ``ev.*``) for 8 years
    (``fin.asset_life.charger``).
public rooms
    Let at 60 CNY/m2 a month (``fin.rent.community_shop``) for five years (A7), or kept for public use without income.
ASSUMPTION, no source
    The shares of the kinds (2.75 lots a community, of which a part earns: not all communities can be paid for, A7), the
    spread of sizes, how many lots have which term, land rents up to 4 CNY/m2 a month on half of the lots, fit-out of
    rooms, piles a site, the share of the elderly, working capital of 20 M, 200 m between areas, river and island, one
    link in twenty cut.

Benefit: households and once more their elderly; of the others the stalls and piles that close a gap, and 1 per 10 m2 of
rooms in public use; rooms that are let have none.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import spatial

from gis.bundle import Bundle, Limits, Members, Plan

if TYPE_CHECKING:
    from collections.abc import Callable

    from gis._graph import Floats, Ints

DISCOUNT_RATE, TERM_YEARS, MOST_MEMBERS, WORKING_CAPITAL_CNY = 0.06, 20, 12, 20_000_000.0
BUDGET_YEARS = 5
KINDS = ("community", "lot", "charging", "room")
SHARES = (0.20, 0.55, 0.10, 0.15)
STATE_SHARE = 0.605
HOUSEHOLDS, OWN_INCOME_CNY = 745, 67_000.0
SPACING_M, WALK_M, DETOUR = 200.0, 500.0, 1.3
BRIDGE_EVERY_M, BRIDGE_M = 1_200.0, 200.0
ISLAND_SHARE, CUT_SHARE, UNIT_SIZE = 0.03, 0.05, 30
"""Of the areas: on the island; of the links: cut by walls and railways; areas a sub-district."""


def city(n: int, budget_share: float, seed: int) -> tuple[Members, Limits]:
    """Return a city of ``n`` areas and what its bundles must keep, all money in whole CNY.

    Parameters
    ----------
    n, seed
        Say everything but the budget: both budgets of a seed are asked of the same city.
    budget_share
        Public money, of the capex of all areas, in equal parts of five years; of fewer where a fifth would not pay the
        state's share of one average community (8 % of 50 areas are one and a half communities), the other years none.
    """
    rng = np.random.default_rng([seed, n])
    places = rng.uniform(0, SPACING_M * np.sqrt(n), (n, 2))
    links = _links(rng, places)
    seats = places[rng.choice(n, max(1, n // UNIT_SIZE), replace=False)]
    unit = spatial.cKDTree(seats).query(places)[1].astype(np.int64)
    kind = rng.choice(len(KINDS), n, p=SHARES)
    net, public, benefit = np.zeros((n, TERM_YEARS + 1)), np.zeros((n, 1)), np.zeros(n)
    for number, make in enumerate(_MAKERS):
        rows = np.flatnonzero(kind == number)
        net[rows], public[rows, 0], benefit[rows] = make(rng, len(rows))
    capex = float(public.sum() - net[:, 0].sum())
    limits = Limits(DISCOUNT_RATE, MOST_MEMBERS, WORKING_CAPITAL_CNY, _budget(budget_share * capex))
    return Members(net, public, benefit, links, unit), limits


def _budget(money_cny: float) -> tuple[float, ...]:
    average = STATE_SHARE * HOUSEHOLDS * 26_700
    years = int(np.clip(money_cny // average, 1, BUDGET_YEARS))
    return (*[float(money_cny // years)] * years, *[0.0] * (BUDGET_YEARS - years))


def _links(rng: Any, places: Floats) -> Ints:
    """Return pairs of neighbours: Gabriel's graph within the walk, cut by a river but for its bridges, an island."""
    ends = spatial.Delaunay(places).simplices[:, [0, 1, 1, 2, 0, 2]].reshape(-1, 2)
    pairs = np.unique(np.sort(ends, axis=1), axis=0).astype(np.int64)
    middle = places[pairs].mean(axis=1)
    metres = np.hypot(*(places[pairs[:, 0]] - places[pairs[:, 1]]).T)
    is_near = spatial.cKDTree(places).query(middle)[0] >= metres / 2 - 1e-6
    side = SPACING_M * np.sqrt(len(places))
    south = places[:, 1] < side * (0.45 + 0.1 * np.sin(2 * np.pi * places[:, 0] / side + rng.uniform(0, 6)))
    bridge = (
        np.abs((middle[:, 0] + rng.uniform(0, BRIDGE_EVERY_M)) % BRIDGE_EVERY_M - BRIDGE_EVERY_M / 2) < BRIDGE_M / 2
    )
    is_dry = (south[pairs[:, 0]] == south[pairs[:, 1]]) | bridge
    count = max(2, round(ISLAND_SHARE * len(places)))
    island = np.zeros(len(places), dtype=bool)
    island[spatial.cKDTree(places).query(places[rng.integers(len(places))], count)[1]] = True
    is_open = (island[pairs[:, 0]] == island[pairs[:, 1]]) & (rng.random(len(pairs)) >= CUT_SHARE)
    return np.asarray(pairs[is_near & (metres * DETOUR <= WALK_M) & is_dry & is_open])


def _flows(capex: Floats, yearly: Floats, years: Ints) -> Floats:
    """Return the operator's cash by year: what is paid at once, and what comes in each year granted."""
    granted = np.arange(1, TERM_YEARS + 1) <= np.asarray(years)[:, None]
    return np.round(np.column_stack([-capex, np.where(granted, yearly[:, None], 0.0)]))


def _sizes(rng: Any, n: int, mean: float, low: float, high: float) -> Floats:
    """Return log-normal sizes around a mean."""
    spread = 0.6
    return np.asarray(np.clip(rng.lognormal(np.log(mean) - spread**2 / 2, spread, n), low, high))


def _communities(rng: Any, n: int) -> tuple[Floats, Floats, Floats]:
    households = np.round(_sizes(rng, n, HOUSEHOLDS, 50, 5_000))
    capex = np.round(households * rng.triangular(21_082, 26_700, 30_766, n))
    public = np.round(STATE_SHARE * capex)
    income = OWN_INCOME_CNY * households / HOUSEHOLDS
    elderly = np.round(households * rng.triangular(0.1, 0.2, 0.35, n))
    return _flows(capex - public, income, rng.integers(15, 21, n)), public, households + elderly


def _lots(rng: Any, n: int) -> tuple[Floats, Floats, Floats]:
    area = _sizes(rng, n, 103 * 27.5 / 0.85, 400, 10_000)
    stalls = np.floor(area * 0.85 / rng.uniform(25, 30, n))
    sold = 12 * rng.triangular(300, 450, 600, n) * rng.triangular(0.6, 0.85, 0.95, n)
    rent = 12 * area * rng.uniform(0, 4, n) * (rng.random(n) < 0.5)
    yearly = stalls * sold * (1 - rng.triangular(0.2, 0.3, 0.45, n)) - rent
    flows = _flows(stalls * rng.triangular(3_400, 6_000, 12_000, n), yearly, rng.choice([2, 5, 10, 20], n))
    return flows, np.zeros(n), stalls


def _charging(rng: Any, n: int) -> tuple[Floats, Floats, Floats]:
    piles = rng.integers(4, 21, n).astype(float)
    yearly = piles * 120 * 8_760 * rng.uniform(0.03, 0.10, n) * 0.5 * (1 - 0.25)
    return _flows(piles * 90_000, yearly, np.full(n, 8)), np.zeros(n), piles


def _rooms(rng: Any, n: int) -> tuple[Floats, Floats, Floats]:
    area = np.round(_sizes(rng, n, 300, 60, 1_500))
    is_let = rng.random(n) < 0.7
    yearly = np.where(is_let, 12 * area * rng.triangular(20, 60, 150, n) * 0.7, 0.0)
    return _flows(area * 800, yearly, np.full(n, 5)), np.zeros(n), np.where(is_let, 0.0, np.floor(area / 10))


_MAKERS: tuple[Callable[[Any, int], tuple[Floats, Floats, Floats]], ...] = (_communities, _lots, _charging, _rooms)


class _Greedy:
    """What a planner holds in hand: who is free, and the public money left of each year."""

    def __init__(self, members: Members, limits: Limits) -> None:
        self.members, self.limits = members, limits
        self.npv = members.net_cny @ (1.0 + limits.discount_rate) ** -np.arange(members.net_cny.shape[1])
        self.is_free = np.ones(len(members), dtype=bool)
        self.left = np.array(limits.public_budget_cny)
        self.beside: list[set[int]] = [set() for _ in range(len(members))]
        for one, other in members.links.tolist():
            self.beside[one].add(other)
            self.beside[other].add(one)
        self.bundles: list[Bundle] = []

    def frontier(self, rows: list[int]) -> list[int]:
        """Return free neighbours of rows that earn, the best first."""
        near = {other for row in rows for other in self.beside[row]} - set(rows)
        if self.limits.within_unit and self.members.unit is not None:
            near = {row for row in near if self.members.unit[row] == self.members.unit[rows[0]]}
        return sorted((row for row in near if self.is_free[row] and self.npv[row] > 0), key=lambda row: -self.npv[row])

    def start_year(self, rows: list[int]) -> int | None:
        """Return the first year that has the money for rows whose account holds; ``None`` where there is none."""
        cash = self.members.net_cny[rows].sum(axis=0)
        if self.npv[rows].sum() < 0 or cash.cumsum().min() < -self.limits.working_capital_cny:
            return None
        spends = self.members.public_cny[rows].sum(axis=0)
        spends = spends[: np.flatnonzero(spends).max(initial=-1) + 1]
        if not len(self.left):
            return 0
        for year in range(len(self.left) - max(len(spends), 1) + 1):
            if np.all(self.left[year : year + len(spends)] >= spends):
                self.left[year : year + len(spends)] -= spends
                return year
        return None

    def take(self, row: int) -> None:
        """Start a bundle at a row: add what earns beside it until it balances, or leave it."""
        rows = [row]
        while self.npv[rows].sum() < 0 and len(rows) < self.limits.most_members and (near := self.frontier(rows)):
            rows.append(near[0])
        if (year := self.start_year(rows)) is not None:
            self.is_free[rows] = False
            self.bundles.append(Bundle(tuple(sorted(rows)), year))


def greedy(members: Members, limits: Limits) -> Plan:
    """Return what a greedy planner makes: the area of most benefit per missing money first, until nothing balances.

    It adds the best earning neighbour until the account balances, and starts in the first year that has money; what
    earns and is left over starts alone. Wishes, transfers and scenarios are beyond it. Its bound is the benefit of all.
    """
    hand = _Greedy(members, limits)
    missing = np.maximum(-hand.npv, 0.0)
    worth = np.where(missing > 0, members.benefit / np.maximum(missing, 1.0), -1.0)
    for row in np.argsort(-worth, kind="stable").tolist():
        if hand.is_free[row] and members.benefit[row] > 0:
            hand.take(row)
    bundles = tuple(sorted(hand.bundles, key=lambda bundle: bundle.rows))
    benefit = float(sum(members.benefit[list(bundle.rows)].sum() for bundle in bundles))
    return Plan(bundles, benefit, float(members.benefit.sum()))
