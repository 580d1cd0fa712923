"""The verifier of bundles: a plan computed by hand, every fault seen once, and the oracles of the tests beside it."""

import itertools
import math
from dataclasses import replace

import numpy as np
import pytest
from bundle_oracle import MODES, NEVER, all_sets, best_of_all, best_partition, best_within_budget, small_city

from gis.bundle import Bundle, Limits, Members, Plan, best_bundles
from gis.bundle_check import faults, npv_cny

STREET = Members(
    net_cny=np.array(
        [
            [-100.0, 20, 20],  # an old community: 60 are missing
            [-30.0, 60, 60],  # a lot that earns 90
            [-10.0, 10, 10],  # a room that earns 10
            [-50.0, 0, 30],  # a community that lacks 20
            [-5.0, 5, 5],  # a charger that earns 5, on an island
        ]
    ),
    public_cny=np.array([[150.0, 30], [0, 0], [0, 0], [40, 0], [0, 0]]),
    benefit=np.array([700.0, 90, 0, 200, 4]),
    links=np.array([[0, 1], [1, 2], [2, 3]]),
    unit=np.array([7, 7, 8, 8, 8]),
    net_scenario_cny=np.array(
        [
            [[-100.0, 20, 10], [-100, 20, 20], [-100, 20, -10]],
            [[-30, 60, 65], [-30, 60, 50], [-30, 60, 40]],
            [[-10, 10, 12], [-10, 10, 9], [-10, 10, 5]],
            [[-50, 0, 25], [-50, 0, 35], [-50, 0, 30]],
            [[-5, 5, 5], [-9, 9, 5], [-5, 5, 5]],
        ]
    ),
    npv_element_cny=np.array([[-60.0, 0], [0, 90], [-5, 15], [-20, 0], [0, 5]]),
)
"""In a row: 0 - 1 - 2 - 3, and 4 alone; money as it is, without discount; two elements: homes, and what earns."""
LIMITS = Limits(discount_rate=0.0, most_members=4, working_capital_cny=130.0, public_budget_cny=(150.0, 90.0, 30.0))
GOOD = Plan((Bundle((0, 1), 0), Bundle((4,), 2)), benefit=794.0, bound=1000.0)
"""-60 + 90 = 30 at the end and -130 in year 0; 150 and 30 of public money in years 0 and 1."""


def told(plan, limits=LIMITS, members=STREET):
    found = faults(members, limits, plan)
    assert all(note.zh and note.en and note.zh != note.en for note in found)
    return [note.en for note in found]


def plan_of(*bundles):
    return Plan(bundles, benefit=sum(STREET.benefit[row] for b in bundles for row in b.rows), bound=math.inf)


def test_a_plan_by_hand_holds():
    assert told(GOOD) == []
    assert told(Plan((), 0.0, 0.0)) == []
    assert told(plan_of(Bundle((0, 1, 2, 3))), replace(LIMITS, public_budget_cny=(), working_capital_cny=190)) == []


def test_the_value_is_discounted_to_the_start():
    assert npv_cny(STREET, replace(LIMITS, discount_rate=0.25), (0, 1)) == pytest.approx(-130 + 80 / 1.25 + 80 / 1.5625)


def test_what_falls_short_later_takes_less_of_today():
    lot_now, home_later = Bundle((1,), 0), Bundle((3,), 2)
    limits = replace(LIMITS, discount_rate=0.25, transfer_cap_cny=20.0, public_budget_cny=(0, 0, 40))
    assert npv_cny(STREET, limits, (3,)) == pytest.approx(-50 + 30 / 1.5625)  # -30.80
    assert told(plan_of(lot_now, home_later), limits) == []  # -30.80 / 1.5625 = -19.71
    assert told(plan_of(lot_now, replace(home_later, start_year=1)), replace(limits, public_budget_cny=(0, 40))) == [
        "bundles [2] take 24.64 CNY from the others, 4.64 over the cap of 20.00"
    ]


SHORT = (
    "bundle 1 (rows 0, 1): cumulative cash of year {} is {} CNY, below the working capital of 49.00; {} CNY are lacking"
)
FAULTS = {
    "no member": (plan_of(Bundle((0, 1)), Bundle(())), {}, ["bundle 2 (rows ) has no member"]),
    "no such row": (
        Plan((Bundle((4, 5)),), 4, 9),
        {},
        ["bundle 1 (rows 4, 5): row 5 does not exist, there are 5"],
    ),
    "below zero": (Plan((Bundle((-1, 4)),), 4, 9), {}, ["bundle 1 (rows -1, 4): row -1 does not exist, there are 5"]),
    "not ascending": (plan_of(Bundle((1, 0))), {}, ["bundle 1 (rows 1, 0): rows do not ascend, 0 follows 1"]),
    "twice in one": (plan_of(Bundle((1, 1))), {}, ["bundle 1 (rows 1, 1): rows do not ascend, 1 follows 1"]),
    "not disjoint": (plan_of(Bundle((0, 1)), Bundle((1, 2))), {}, ["row 1 is in 2 bundles at once"]),
    "out of order": (
        plan_of(Bundle((4,)), Bundle((0, 1))),
        {},
        ["bundles are not in the order of their first rows: [4, 0]"],
    ),
    "too large": (
        plan_of(Bundle((0, 1, 2))),
        {"most_members": 2, "working_capital_cny": 140},
        ["bundle 1 (rows 0, 1, 2) has 3 members of 2 at most, 1 too many"],
    ),
    "in pieces": (
        plan_of(Bundle((1, 3, 4))),
        {},
        ["bundle 1 (rows 1, 3, 4) is not contiguous: no link leads within it from row 1 to 3, 4"],
    ),
    "over a border": (
        plan_of(Bundle((1, 2))),
        {"within_unit": True},
        ["bundle 1 (rows 1, 2) crosses a border: row 2 is in unit 8, row 1 in 7"],
    ),
    "no balance": (
        plan_of(Bundle((2, 3))),
        {},
        ["bundle 1 (rows 2, 3) does not balance: NPV -10.00 CNY, 10.00 are lacking"],
    ),
    "no balance when discounted": (
        plan_of(Bundle((0, 1))),
        {"discount_rate": 0.25},
        ["bundle 1 (rows 0, 1) does not balance: NPV -14.80 CNY, 14.80 are lacking"],
    ),
    "capital": (
        plan_of(Bundle((0, 1))),
        {"working_capital_cny": 49},
        [
            SHORT.format(0, "-130.00", "81.00"),
            SHORT.format(1, "-50.00", "1.00"),
        ],
    ),
    "budget of a year": (
        plan_of(Bundle((0, 1), 1)),
        {},
        ["public money of year 1 is 150.00 CNY, 60.00 over the budget of 90.00"],
    ),
    "two spend in one year": (
        plan_of(Bundle((0, 1), 0), Bundle((2, 3), 1)),
        {"public_budget_cny": (150, 60), "transfer_cap_cny": 10, "working_capital_cny": 140},
        ["public money of year 1 is 70.00 CNY, 10.00 over the budget of 60.00"],
    ),
    "spends after the budget": (
        plan_of(Bundle((0, 1), 2)),
        {"public_budget_cny": (0, 0, 150)},
        ["bundle 1 (rows 0, 1) spends 30.00 CNY of public money in year 3, the budget has 3 years"],
    ),
    "starts after the budget": (
        plan_of(Bundle((4,), 3)),
        {},
        ["bundle 1 (rows 4) starts in year 3, outside the 3 years of the budget"],
    ),
    "starts before it": (
        plan_of(Bundle((4,), -1)),
        {},
        ["bundle 1 (rows 4) starts in year -1, outside the 3 years of the budget"],
    ),
    "starts later where there is no budget": (
        plan_of(Bundle((4,), 1)),
        {"public_budget_cny": ()},
        ["bundle 1 (rows 4) starts in year 1; without a budget all start in year 0"],
    ),
    "transfers over the cap": (
        plan_of(Bundle((1,)), Bundle((3,))),
        {"transfer_cap_cny": 15},
        ["bundles [2] take 20.00 CNY from the others, 5.00 over the cap of 15.00"],
    ),
    "transfers from nobody": (
        plan_of(Bundle((3,)), Bundle((4,))),
        {"transfer_cap_cny": 25},
        ["all bundles together do not balance: 20.00 CNY are taken, 5.00 can be given, 15.00 are lacking"],
    ),
    "transfers that the working capital cannot pay": (
        plan_of(Bundle((1,)), Bundle((3,))),
        {"transfer_cap_cny": 25, "working_capital_cny": 50},
        [],
    ),
    "transfers deeper than the working capital": (
        plan_of(Bundle((0, 1)), Bundle((3,))),
        {"transfer_cap_cny": 25, "public_budget_cny": (190.0, 90.0, 30.0)},
        ["all bundles together do not balance: 20.00 CNY are taken, 0.00 can be given, 20.00 are lacking"],
    ),
    "not robust": (
        plan_of(Bundle((0, 1))),
        {"balanced_share": 0.7},
        [
            "bundle 1 (rows 0, 1) balances in 2 of 3 scenarios, 3 are asked; scenario 2 is the worst, NPV -20.00 CNY",
        ],
    ),
    "not robust for a year": (
        plan_of(Bundle((4,))),
        {"balanced_share": 0.7, "working_capital_cny": 5.0},
        [
            "bundle 1 (rows 4) balances in 2 of 3 scenarios, 3 are asked; scenario 0 is the worst, NPV 5.00 CNY",
        ],
    ),
    "robust with transfers": (
        plan_of(Bundle((4,))),
        {"balanced_share": 0.5, "transfer_cap_cny": 5.0},
        ["bundle 1 (rows 4): with transfers no bundle balances alone"],
    ),
    "elements take too much": (
        plan_of(Bundle((0, 1, 2))),
        {"element_cap_cny": 64.0, "working_capital_cny": 140.0},
        ["bundle 1 (rows 0, 1, 2): elements that lose take 65.00 CNY from the others, 1.00 over the cap of 64.00"],
    ),
    "not kept": (GOOD, {"kept": (0, 3)}, ["row 3 must be kept and is in no bundle"]),
    "not left out": (GOOD, {"left_out": (1, 3)}, ["row 1 must be left out and is in bundle 1"]),
    "not together": (
        GOOD,
        {"together": ((0, 1), (1, 2), (2, 3), (0, 4))},
        [
            "rows 1 and 2 must be together: 1 is in bundle 1, 2 is in none",
            "rows 0 and 4 must be together: 0 is in bundle 1, 4 is in bundle 2",
        ],
    ),
    "not apart": (GOOD, {"apart": ((0, 1), (1, 4), (2, 3))}, ["rows 0 and 1 must be apart and are both in bundle 1"]),
    "another benefit": (
        replace(GOOD, benefit=795.0),
        {},
        ["the plan claims a benefit of 795.000000, its members have 794.000000"],
    ),
    "a bound below": (
        replace(GOOD, bound=793.0),
        {},
        ["the bound 793.000000 is below the plan's benefit of 794.000000"],
    ),
    "no bound": (replace(GOOD, bound=math.nan), {}, ["the bound nan is below the plan's benefit of 794.000000"]),
}


@pytest.mark.parametrize("case", FAULTS)
def test_every_fault_is_told_and_alone(case):
    plan, changes, expected = FAULTS[case]
    assert told(plan, replace(LIMITS, **changes)) == expected


def test_what_just_holds_is_no_fault():
    assert told(plan_of(Bundle((0, 1))), replace(LIMITS, balanced_share=2 / 3)) == []
    assert told(plan_of(Bundle((4,))), replace(LIMITS, balanced_share=2 / 3, working_capital_cny=5.0)) == []
    assert told(plan_of(Bundle((0, 1))), replace(LIMITS, element_cap_cny=60.0)) == []
    assert told(plan_of(Bundle((1,)), Bundle((3,))), replace(LIMITS, transfer_cap_cny=20)) == []
    assert told(plan_of(Bundle((3,)), Bundle((4,))), replace(LIMITS, transfer_cap_cny=25, kept=(3,)))
    assert told(plan_of(Bundle((0, 1), 0)), replace(LIMITS, public_budget_cny=(150, 30))) == []
    hundredth = replace(STREET, net_cny=STREET.net_cny - 0.001)
    assert told(plan_of(Bundle((2,))), members=replace(hundredth, net_cny=hundredth.net_cny - [[0, 0, 10]])) == []


def test_what_many_give_to_the_last_of_their_working_capital_holds():
    """Six lots that may pay 10 each, of 100 of working capital, and a home that lacks 60: none of them more."""
    net = np.array([[-90.0, 200.0]] * 6 + [[-100.0, 40.0 - 0.004]])
    members = Members(net, np.zeros((7, 1)), np.r_[np.zeros(6), 5.0], np.array([[row, 6] for row in range(6)]))
    for lacking in (-0.02, 0.0, 0.02):
        net[6, 1] = 40.0 + lacking
        limits = Limits(0.0, most_members=1, working_capital_cny=100.0, transfer_cap_cny=1000.0)
        plan = best_bundles(members, limits)
        assert faults(members, limits, plan) == ()
        assert plan.benefit == (0.0 if lacking < -0.01 else 5.0)


@pytest.mark.parametrize("mode", ["balance", "robust", "elements", "within_unit"])
def test_verifier_and_oracle_agree_on_every_single_bundle(mode):
    for seed in range(12):
        members, limits = small_city(seed, mode, 6)
        for bits, is_bundle in enumerate(all_sets(members, limits).is_bundle):
            rows = tuple(row for row in range(len(members)) if bits >> row & 1)
            plan = Plan((Bundle(rows),), benefit=members.benefit[list(rows)].sum(), bound=math.inf)
            assert (faults(members, limits, plan) == ()) == is_bundle, (seed, rows)


def every_plan(members, limits, row=0, bundles=((),)):
    """Yield every set of disjoint sets of rows, in every start year."""
    sets, years = bundles[1:], max(1, len(limits.public_budget_cny))
    if row == len(members):
        benefit = sum(members.benefit[list(rows)].sum() for rows in sets)
        for starts in itertools.product(range(years), repeat=len(sets)):
            yield Plan(tuple(map(Bundle, sets, starts)), benefit, math.inf)
        return
    for place, rows in enumerate(bundles):
        grown = (*bundles[:place], (*rows, row), *bundles[place + 1 :]) if place else bundles
        yield from every_plan(members, limits, row + 1, grown)
    yield from every_plan(members, limits, row + 1, (*bundles, (row,)))


@pytest.mark.parametrize("mode", ["transfers", "wishes", "years", "everything"])
def test_the_best_plan_that_the_verifier_passes_is_the_oracle_s(mode):
    for seed in range(12):
        members, limits = small_city(seed, mode, 5)
        plans = sorted(every_plan(members, limits), key=lambda plan: -plan.benefit)
        best = next((plan.benefit for plan in plans if not faults(members, limits, plan)), NEVER)
        assert best == pytest.approx(best_of_all(members, limits)), seed


@pytest.mark.parametrize("mode", MODES)
def test_the_oracles_agree(mode):
    for seed in range(40):
        members, limits = small_city(seed, mode, 7)
        one_year = replace(limits, transfer_cap_cny=0.0, public_budget_cny=(members.public_cny.sum() // 4,))
        assert best_within_budget(members, one_year) == pytest.approx(best_of_all(members, one_year))
        free = replace(one_year, public_budget_cny=())
        assert best_partition(members, free) == pytest.approx(best_of_all(members, free))
