"""What members, money and balance are worth to a plan: the linear program over bundles, solved again as they come.

Its dual prices, with the most that a bundle around each member can be worth by them (:mod:`gis._bundle_proof`), bound
every plan. Beside the bundles each member may be taken in part without any neighbour, as long as such parts of a region
balance: that changes no bound and draws the prices towards the one price of money there at which proofs are quick.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import highspy
import numpy as np

from gis._bundle_clock import Clock
from gis._bundle_cuts import Cuts, broken, cuts
from gis._bundle_regions import regions
from gis.bundle import TOLERANCE_CNY

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from gis._bundle_ground import Ground
    from gis._graph import Floats

    Rows = tuple[int, ...]
    Triple = tuple[int, int, int]

CNY = 1e-6
"""Money stands in the program in millions: numbers of one size are solved more surely."""

_NO_ROWS, _NO_VALUES = np.empty(0, dtype=np.int32), np.empty(0)


class Left(NamedTuple):
    """What a part of a plan may use: public money by year, and NPV and transfers in year 0, in CNY."""

    budget: Floats
    npv: float
    transfers: float


def whole(ground: Ground) -> Left:
    """Return what a whole plan may use."""
    return Left(ground.budget, 0.0, ground.transfers)


def to_share(ground: Ground, bundles: Iterable[Rows]) -> Floats:
    """Return what each bundle can give the others, or lacks (below 0), in money of its start."""
    found = []
    for rows in map(list, bundles):
        npv = float(ground.npv[rows].sum())
        if npv > 0 and ground.transfers > TOLERANCE_CNY:
            left = ground.working_capital - TOLERANCE_CNY / 2 + min(0.0, float(ground.cash[rows].sum(axis=0).min()))
            npv = max(0.0, min(npv, left))  # the tolerance of each would add up
        found.append(npv)
    return np.array(found)


def at_best(ground: Ground, shares: Floats) -> Floats:
    """Return what shares are worth in year 0 at most, whenever their bundles start: a loss the latest, a gain at once.

    ``shares``: as :func:`to_share` tells.
    """
    return np.where(shares < 0, shares * ground.late, shares)


class Duals(NamedTuple):
    """Prices of a linear program.

    Parameters
    ----------
    member
        ``(n,)``: benefit of each less what it takes from the plan: what a bundle is looked for by.
    trade
        Benefit a CNY is worth, about, where members balance without regard to neighbours.
    short
        Benefit a CNY costs by which a bundle falls short, in money of its start; below 0 where it gains by waiting.
    fixed
        What all plans have at most beside what single bundles are worth by these prices.
    value
        Of the linear program.
    cuts
        What bundles cost that hold two of certain three members.
    """

    member: Floats
    trade: float
    short: float
    fixed: float
    value: float
    cuts: Cuts


def solver(clock: Clock, **options: float) -> highspy.Highs:
    """Return a solver that says nothing, does the same each time and ends with the time."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    clock.watch(highs)
    for option, value in {"output_flag": False, "threads": 1, "random_seed": 0, **options}.items():
        highs.setOptionValue(option, value)
    return highs


def most_without_neighbours(ground: Ground, allowed: NDArray[np.bool_], clock: Clock | None = None) -> float:
    """Return the most benefit of members, in parts, that balance and are paid for together: no plan has more.

    What falls short may start later than what pays for it: its NPV may be larger by what waiting takes off.
    """
    highs, rows = solver(clock or Clock()), np.flatnonzero(allowed)
    money = float(ground.budget.sum()) * CNY if ground.budget.size else highspy.kHighsInf
    highs.addRow(-(1.0 - ground.late) * ground.shortfall * CNY, highspy.kHighsInf, 0, _NO_ROWS, _NO_VALUES)
    highs.addRow(-highspy.kHighsInf, money, 0, _NO_ROWS, _NO_VALUES)
    for row in rows:
        values = np.array([ground.npv[row], ground.public[row].sum()]) * CNY
        highs.addCol(-ground.benefit[row], 0.0, 1.0, 2, np.arange(2, dtype=np.int32), values)
    highs.run()
    if highs.getModelStatus() != highspy.HighsModelStatus.kOptimal:
        return float(ground.benefit[rows].sum())  # the value of a program that was not solved bounds nothing
    return -float(highs.getInfo().objective_function_value) * (1.0 + 1e-9)


class Master:
    """The linear program.

    Parameters
    ----------
    ground
        Members and limits.
    kept
        Members that must be in a bundle.
    left
        What a plan may use.
    clock
        Ends the program.
    """

    def __init__(self, ground: Ground, kept: Sequence[int], left: Left, clock: Clock) -> None:
        self._ground, self._count, self._kept = ground, len(ground.npv), list(kept)
        self._budget = float(left.budget.sum()) * CNY if left.budget.size else highspy.kHighsInf
        self._spare_npv, self._transfers = left.npv * CNY, left.transfers * CNY
        self._public = ground.public.sum(axis=1)
        self._penalty = float(ground.benefit.sum()) + 1.0
        self._seen: dict[Rows, int] = {}
        self._cuts: list[Triple] = []
        self._often: list[int] = []
        self._highs = highs = solver(clock)
        lowest = np.full(self._count, -highspy.kHighsInf)
        lowest[self._kept] = 1.0
        rows = [(low, 1.0) for low in lowest]
        rows += [(-highspy.kHighsInf, self._budget)]  # public money
        rows += [(-self._spare_npv, highspy.kHighsInf), (-highspy.kHighsInf, self._transfers)]  # all balance; transfers
        for low, high in rows:
            highs.addRow(low, high, 0, _NO_ROWS, _NO_VALUES)
        highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self._parts()
        self._first_cut = highs.getNumRow()
        self._dual = np.zeros(self._first_cut)
        for row in self._kept:
            highs.addCol(-self._penalty, 0.0, 1.0, 1, np.array([row], np.int32), np.ones(1))

    def _parts(self) -> None:
        """Let each member be taken in part, without neighbours, as long as the parts of a region balance."""
        ground = self._ground
        every = regions(ground)
        often = np.bincount(np.concatenate(every), minlength=self._count)
        for region in every:
            self._highs.addRow(0.0, highspy.kHighsInf, 0, _NO_ROWS, _NO_VALUES)
            for row in region:
                at = np.array([row, self._count, self._highs.getNumRow() - 1], dtype=np.int32)
                values = np.array([1.0, self._public[row] * CNY, ground.worth[row] * CNY])
                self._highs.addCol(ground.benefit[row], 0.0, 0.0, 3, at, values)
                self._often.append(int(often[row]))

    def let_parts(self, share: float) -> None:
        """Let each member be taken without neighbours up to ``share`` of it."""
        for column, often in enumerate(self._often):
            self._highs.changeColBounds(column, 0.0, share / often)

    def add(self, rows: Iterable[int]) -> bool:
        """Offer a bundle and return whether it is new."""
        bundle = tuple(sorted(int(row) for row in rows))
        if bundle in self._seen:
            return False
        self._seen[bundle] = self._highs.getNumCol()
        members, ground, holds = list(bundle), self._ground, set(bundle)
        held = [self._first_cut + cut for cut, of in enumerate(self._cuts) if len(holds.intersection(of)) > 1]
        at = np.array([*bundle, *range(self._count, self._count + 3), *held], dtype=np.int32)
        worth = float(at_best(ground, to_share(ground, [bundle]))[0])
        amounts = np.array([self._public[members].sum(), worth, max(0.0, -worth)]) * CNY
        values = np.r_[np.ones(len(bundle)), amounts, np.ones(len(held))]
        self._highs.addCol(float(ground.benefit[members].sum()), 0.0, highspy.kHighsInf, len(at), at, values)
        return True

    @property
    def bundles(self) -> list[Rows]:
        """All that were offered."""
        return sorted(self._seen)

    @property
    def triples(self) -> list[Triple]:
        """The conditions that were added."""
        return list(self._cuts)

    def cut(self) -> bool:
        """Add conditions that plans keep and the program, as it was solved last, does not; return whether any."""
        shares = np.array(self._highs.getSolution().col_value)
        bundles = list(self._seen)
        found = broken(bundles, shares[list(self._seen.values())], set(self._cuts))
        for triple in found:
            at = [column for bundle, column in self._seen.items() if len(set(triple).intersection(bundle)) > 1]
            self._highs.addRow(-highspy.kHighsInf, 1.0, len(at), np.array(at, np.int32), np.ones(len(at)))
        self._cuts += found
        return bool(found)

    def solve(self) -> Duals:
        """Return the prices now."""
        self._highs.run()
        if self._highs.getModelStatus() == highspy.HighsModelStatus.kOptimal:
            self._dual = np.array(self._highs.getSolution().row_dual)
        # Any prices bound the plan: those of the last program that was solved, nothing for what is new since.
        dual = np.r_[self._dual, np.zeros(self._highs.getNumRow() - len(self._dual))]
        member, (money, balance, short) = dual[: self._count], dual[self._count : self._count + 3]
        parts, each = -dual[self._count + 3 : self._first_cut], np.maximum(dual[self._first_cut :], 0.0)
        is_kept = np.zeros(self._count, dtype=bool)
        is_kept[self._kept] = True
        member = np.where(is_kept, member, np.maximum(member, 0.0))
        money, short = (max(float(value), 0.0) for value in (money, short))
        balance, trade = max(-float(balance), 0.0), float(np.median(parts[parts > 0])) if (parts > 0).any() else 0.0
        ground = self._ground
        prices = ground.benefit - member - money * CNY * self._public + balance * CNY * ground.npv
        fixed = float(member.sum()) + float(each.sum()) + short * self._transfers + balance * self._spare_npv
        fixed += money * self._budget if ground.budget.size else 0.0
        short = short * ground.late - balance * (1.0 - ground.late)
        value = self._highs.getInfo().objective_function_value
        return Duals(prices, trade * CNY, short * CNY, fixed, value, cuts(self._cuts, each, self._count))
