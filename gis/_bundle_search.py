"""The search for bundles: prices and bundles in turn, a plan of them, its parts planned anew, and a bound."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from gis._bundle_checks import is_contiguous, still_bundles
from gis._bundle_every import MOST, every_bundle
from gis._bundle_greedy import benefit_of, by_hand, greedy
from gis._bundle_ground import may_be
from gis._bundle_master import Master, most_without_neighbours, whole
from gis._bundle_packing import packed
from gis._bundle_pricing import Pricing, seeds
from gis._bundle_windows import Window, replanned
from gis.bundle import TOLERANCE_CNY

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from numpy.typing import NDArray

    from gis._bundle_clock import Clock
    from gis._bundle_ground import Ground
    from gis._graph import Ints

Rows = tuple[int, ...]
Started = dict[Rows, int]

SHARES = (0.25, 0.05, 0.0)
"""How far members may be taken without neighbours: with all of it the bound is quick, with nothing it is the best."""

ENOUGH = 0.99
"""Of the linear program: a plan so good waits until the bound is down."""

SHARES_OF_PROOF = (0.02, 0.0)
"""The same while the bound is brought down: by then the prices are near their last."""

LOOKS = (5_000, 300_000, 5_000_000)
"""Sets looked at around one member, in rounds of proof."""

LITTLE = 1e-4
"""What changed bundles must add to the linear program for more of them to be looked for."""

IDLE = 80
"""How often in a row planning parts anew may bring nothing before it ends."""

SLOWER = 6
"""How many times as long a proof may take that looks at ten times as many sets."""

SPARE, NEAR = 2e-4, 1e-3
"""What a proof may leave open of the benefit, and how small the gap must be for it to leave nothing."""

SETTLED = 2e-3
"""What bundles may still add, of the bound, when prices have settled enough to add conditions or take no more parts."""

ROUNDS = 60
"""Rounds of prices at one share."""

AT_ONCE = 2
"""How many parts are planned anew at once, however many cores there are: their number changes the plan."""

WINDOWS, WIDE = 4000, (80, 120, 160)
SIZES, SHAKEN = (40, 70, 100), (0.0, 0.05, 0.2)
"""How often a part is planned anew, every other time of bundles that are known; how many members at once then and
otherwise, and how much their benefits are shaken to find others."""

FOR_PRICES, FOR_CUTS, FOR_PLAN, FOR_YEARS, FOR_PROOF, FOR_LAST = 0.18, 0.22, 0.36, 0.38, 0.7, 0.94
"""Shares of the time at whose end no more bundles are looked for at first, no more conditions added, no more parts
planned anew (without their years, and with them), the proof goes on no further, and parts are planned anew once more
without their years."""

FOR_FIRST, FOR_AGAIN, FOR_DEAR = 0.06, 0.02, 0.3
"""Shares of the time that a plan of all bundles may take, at first, when there is one, and when years cost much."""

DONE = 1e-6
"""A gap that is none: the arithmetic of the solver."""

FEW = 6000
"""Bundles that a first plan is made of: those nearest to paying by the last prices."""


class Search:
    """One search; :meth:`run` goes through it.

    Parameters
    ----------
    ground, allowed, kept
        Members and limits; those that may be, and must be, in a bundle.
    seed
        Of the parts that are planned anew.
    clock
        The time of the search.
    tell
        Is told the share done.
    """

    def __init__(
        self,
        ground: Ground,
        allowed: NDArray[np.bool_],
        kept: Sequence[int],
        *,
        seed: int,
        clock: Clock,
        tell: Callable[[float], None],
    ) -> None:
        self.ground, self.allowed, self.kept = ground, allowed, list(kept)
        self._rng, self._clock, self._tell = np.random.default_rng(seed), clock, tell
        self.plan: Started | None = None
        self._by_year = self._is_lost_by_year = False
        self._begun: list[Rows] = []
        self._by_hand: Started = {}
        self.are_all_tried = False
        self.bound = float(ground.benefit[allowed].sum())
        self.master = Master(ground, kept, whole(ground), clock)

    def _bounded(self, most: float) -> None:
        """Take in a proven bound; where every benefit is a whole number, so is that of every plan."""
        is_whole = bool((self.ground.benefit == np.round(self.ground.benefit)).all())
        self.bound = min(self.bound, float(np.floor(most + DONE * max(1.0, most))) if is_whole else most)

    @property
    def benefit(self) -> float:
        """Of the plan so far."""
        return benefit_of(self.ground, self.plan or ())

    @property
    def is_done(self) -> bool:
        """Whether nothing better can be."""
        return self.plan is not None and self.bound - self.benefit <= DONE * max(1.0, self.bound)

    def offer(self, bundles: Iterable[Rows]) -> None:
        """Take in bundles that are known to be some."""
        for rows in bundles:
            self.master.add(rows)

    def begin(self, plan: Started, pool: Iterable[Rows], bound: float) -> None:
        """Take in what of an earlier search still holds: bundles of its plan, others it knew, and a bound."""
        still = still_bundles(self.ground, self.allowed, dict.fromkeys([*plan, *pool]))
        self.offer(still)
        self._begun, self.bound = [rows for rows in plan if rows in set(still)], min(self.bound, bound)

    @property
    def is_whole(self) -> bool:
        """Whether no part of the search was ended by the time."""
        return self.is_done or not self._clock.is_cut

    def run(self) -> None:
        """Search until nothing better can be, or the time is over."""
        members = np.flatnonzero(self.allowed)
        if len(members) <= MOST:
            self._try_all(members)
            return
        pricing = Pricing(self.ground, self.allowed, self._clock, seeds(self.ground, self.allowed, self.kept))
        if not len(pricing.roots):
            self.plan, self.bound, self.are_all_tried = (None if self.kept else {}), 0.0, True
            return
        self._by_hand = by_hand(self.ground, self.allowed)
        self._bounded(most_without_neighbours(self.ground, self.allowed, self._clock))
        if self._begun:
            self._plan(FOR_FIRST)
        for share in SHARES:
            self._priced(pricing, share, FOR_PRICES)
        self._plan(FOR_FIRST)
        self._cut(pricing, FOR_CUTS)
        enough = ENOUGH * self.master.solve().value
        self._improve(FOR_PLAN, enough)
        self._place()
        self._improve(FOR_YEARS, enough)
        for share in SHARES_OF_PROOF:
            self._prove(pricing, share)
        self._anew(FOR_LAST)
        self._improve(1.0)
        if self._holds_kept(self._by_hand) and benefit_of(self.ground, self._by_hand) > self.benefit:
            self.plan = self._by_hand

    def pared(self, rows: Rows) -> Rows:
        """Return a bundle without members that bring no benefit and are not needed; nothing of one without any."""
        ground, left = self.ground, list(rows)
        if ground.shortfall > TOLERANCE_CNY:
            return rows  # what one bundle can spare another may take
        if not ground.benefit[left].any() and not set(left) & set(self.kept):
            return ()
        for row in sorted(left, key=lambda each: (float(ground.worth[each]), each)):
            rest = np.array([each for each in left if each != row], dtype=np.int64)
            needless = ground.benefit[row] == 0 and row not in self.kept and len(rest)
            if needless and is_contiguous(ground, rest.tolist()) and may_be(ground, rest, len(rest)):
                left = rest.tolist()
        return tuple(left)

    def _try_all(self, members: Ints) -> None:
        sets = every_bundle(self.ground, members)
        bundles = [tuple(int(row) for at, row in enumerate(members) if bits >> at & 1) for bits in sets.tolist()]
        self.offer(bundles)
        found = packed(self.ground, bundles, whole(self.ground), self._clock, kept=self.kept)
        self.are_all_tried = not self._clock.is_ended
        self._clock.is_cut |= self._clock.is_ended
        if found is not None:
            self.plan, self.bound = found.bundles, found.bound

    def _priced(self, pricing: Pricing, share: float, until: float = 1.0) -> None:
        """Offer bundles until the quick search finds none."""
        self.master.let_parts(share)
        before = -np.inf
        for _ in range(ROUNDS):
            duals = self.master.solve()
            self._tell(self._clock.share())
            if self._clock.is_over(until):
                break
            if pricing.heuristic(self.master, duals):
                continue
            is_new = pricing.changed(self.master, duals) or pricing.proof(self.master, duals, LOOKS[0], SPARE).is_new
            if not is_new or duals.value <= before + LITTLE * abs(before):
                break
            before = duals.value

    def _cut(self, pricing: Pricing, until: float) -> None:
        """Add conditions until none is broken."""
        while not self._clock.is_over(until) and self.master.cut():
            self._priced(pricing, 0.0, until)

    def _plan(self, share: float) -> None:
        """Make the best plan of the bundles nearest to paying."""
        duals = self.master.solve()
        bundles = self.master.bundles
        npv = np.array([self.ground.npv[list(rows)].sum() for rows in bundles])
        gain = np.array([duals.member[list(rows)].sum() for rows in bundles]) - duals.short * np.maximum(-npv, 0.0)
        few = [bundles[at] for at in np.argsort(-gain, kind="stable")[:FEW]]
        known = greedy(self.ground, [*self._begun, *few])
        begun = self.plan or max((known, self._by_hand), key=lambda plan: benefit_of(self.ground, plan))
        found = packed(
            self.ground,
            list(dict.fromkeys([*few, *begun])),
            whole(self.ground),
            self._clock,
            kept=self.kept,
            start=begun,
            by_year=self._by_year,
            cuts=self.master.triples,
            part=share,
        )
        if found is not None and (self.plan is None or found.benefit > self.benefit):
            self.plan = found.bundles
        elif self.plan is None and self._holds_kept(begun):
            self.plan = begun

    def _holds_kept(self, plan: Iterable[Rows]) -> bool:
        return set(self.kept) <= {row for rows in plan for row in rows}

    def _improve(self, until: float, enough: float = np.inf) -> None:
        """Plan parts anew until the time comes, the benefit is enough or nothing has come of it for long."""
        if self.plan is None:
            return
        idle, before = 0, self.benefit
        for turn in range(WINDOWS):
            if self.is_done or self.benefit >= enough or idle >= IDLE or self._clock.is_over(until):
                break
            windows = [self._window(is_wide=turn % 2 == 0) for _ in range(AT_ONCE)]
            pool = self.master.bundles
            self.plan = replanned(
                self.ground, self.allowed, self.plan, self.kept, windows, pool, self._clock, by_year=self._by_year
            )
            self.offer(self.plan)
            idle, before = (0 if self.benefit > before + DONE else idle + 1), self.benefit
            self._tell(self._clock.share())

    def _window(self, *, is_wide: bool) -> Window:
        size, most = self._rng.choice(WIDE if is_wide else SIZES), int(0.7 * self.allowed.sum())
        shaken = None if is_wide else float(self._rng.choice(SHAKEN))
        return Window(self._centre(), min(int(size), most), shaken, int(self._rng.integers(1 << 31)))

    def _place(self) -> None:
        """Give the bundles of the plan their years; what finds no money leaves it."""
        self._by_year, before = True, self.benefit
        if self.plan is None or len(self.ground.budget) < 2:
            return
        rows = sorted(self.plan, key=lambda bundle: -float(self.ground.public[list(bundle)].sum()))
        placed = packed(
            self.ground,
            rows,
            whole(self.ground),
            self._clock,
            kept=self.kept,
            start=greedy(self.ground, rows),
            part=FOR_AGAIN,
        )
        self.plan = placed.bundles if placed is not None else None
        self._plan(FOR_AGAIN)
        self._is_lost_by_year = self.benefit < (1.0 - SETTLED) * before

    def _anew(self, until: float) -> None:
        """Improve the plan as if its money had no years, with the bundles found since, and give it years again.

        Where that lost something before, the plan is made of the bundles found since year by year.
        """
        if self.plan is None or self.is_done or self._clock.is_over(until):
            return
        before, self._by_year = dict(self.plan), self._is_lost_by_year
        self._plan(FOR_DEAR if self._by_year else FOR_AGAIN)
        if self._by_year:
            return
        self._improve(until)
        self._place()
        if self.benefit < benefit_of(self.ground, before):
            self.plan = before

    def _centre(self) -> int:
        """Return around which member to plan anew: one that is in no bundle and has much benefit, more often."""
        weight = np.where(self.allowed, self.ground.benefit, 0.0) + 1e-9
        for rows in self.plan or ():
            weight[list(rows)] *= 0.25
        weight[~self.allowed] = 0.0
        return int(self._rng.choice(len(weight), p=weight / weight.sum()))

    def _prove(self, pricing: Pricing, share: float) -> None:
        """Bring the bound down as far as one share allows; at the last one, add conditions and go on."""
        self._priced(pricing, share, FOR_PROOF)
        looks, lasted = LOOKS[1], 0.0
        for _ in range(ROUNDS):
            begun = self._clock.share()
            if self.is_done or self._clock.is_over(FOR_PROOF - lasted):
                return
            duals = self.master.solve()
            spare = SPARE if self.bound - self.benefit > NEAR * self.bound else 0.0
            tried = pricing.proof(self.master, duals, looks, spare, FOR_PROOF)
            self._bounded(duals.fixed + tried.most)
            self._tell(self._clock.share())
            more = next((more for more in LOOKS if more > looks), None)
            lasted = self._clock.share() - begun
            if tried.open > tried.most / 2 > 0 and more is not None and begun + lasted * (SLOWER + 1) < FOR_PROOF:
                looks, lasted = more, lasted * SLOWER
            elif tried.is_new and tried.most > SETTLED * self.bound:
                self._priced(pricing, share, FOR_PROOF)
            elif share > 0 or not (self.master.cut() or tried.is_new):
                break
            else:
                self._priced(pricing, share, FOR_PROOF)
