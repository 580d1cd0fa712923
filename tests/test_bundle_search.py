"""The search for bundles of many members, held to oracles on few: prices, growing, proof, cuts, parts planned anew."""

from dataclasses import replace

import numpy as np
import pytest
from bundle_oracle import MODES, NEVER, best_of_all, best_partition, small_city

from bench.bundle_city import city, greedy
from gis import _bundle_search
from gis._bundle_cuts import broken, cuts
from gis._bundle_every import every_bundle
from gis._bundle_greedy import by_hand
from gis._bundle_ground import prepared
from gis._bundle_growth import Prices, grow
from gis._bundle_master import most_without_neighbours
from gis._bundle_proof import around, least_bound, prove, surroundings
from gis.bundle import Limits, Members, best_bundles, compile_search
from gis.bundle_check import faults
from layers.errors import AnalysisError

CITIES = 20


@pytest.mark.parametrize("mode", MODES)
def test_the_search_of_many_bounds_and_reaches_what_the_oracle_knows(mode, monkeypatch):
    monkeypatch.setattr(_bundle_search, "MOST", 0)
    bounds, taken_in = [], _bundle_search.Search._bounded

    def bounded(search, most):
        bounds.append(most)
        taken_in(search, most)

    monkeypatch.setattr(_bundle_search.Search, "_bounded", bounded)
    reached = asked = 0
    for seed in range(CITIES if mode != "balance" else 8):
        members, limits = small_city(seed, mode, 12 if mode == "balance" else 7)
        best = best_partition(members, limits) if mode == "balance" else best_of_all(members, limits)
        if best == NEVER:
            with pytest.raises(AnalysisError):
                best_bundles(members, limits, seed=seed)
            continue
        bounds.clear()
        plan = best_bundles(members, limits, seed=seed)
        assert faults(members, limits, plan) == (), seed
        assert plan.benefit - 1e-6 <= best <= plan.bound + 1e-6, seed
        assert min(bounds, default=np.inf) >= best - 1e-6, seed  # each as it was proven, before a plan hides it
        reached, asked = reached + (plan.benefit >= best - 1e-6), asked + 1
    assert reached >= 0.9 * asked


def _priced(seed, mode="balance", short=0.0):
    """Return a small city with prices of chance, and all its bundles with what each is worth by them."""
    members, limits = small_city(seed, mode, 11)
    ground, rng = prepared(members, limits), np.random.default_rng(seed)
    price = ground.benefit * rng.uniform(-0.3, 1.0, len(members)) - rng.uniform(0, 20, len(members))
    triples = [
        tuple(sorted(rng.choice(len(members), 3, replace=False).tolist())) for _ in range(4 * (len(members) > 3))
    ]
    of = cuts(triples, rng.uniform(0, 30, len(triples)), len(members))
    prices = Prices(price, 1e-4, short, of)
    every = {}
    for bits in every_bundle(ground, np.arange(len(members))).tolist():
        rows = tuple(row for row in range(len(members)) if bits >> row & 1)
        cost = sum(cost for triple, cost in zip(of.members, of.cost, strict=True) if len({*triple} & {*rows}) > 1)
        every[rows] = price[list(rows)].sum() - cost - short * max(0.0, -ground.npv[list(rows)].sum())
    return ground, prices, every


@pytest.mark.parametrize(
    ("mode", "short"),
    [
        ("balance", 0.0),
        ("robust", 0.0),
        ("transfers", 0.0),
        ("transfers", 3e-4),
        ("transfers", -3e-4),
        ("elements", 0.0),
    ],
)
@pytest.mark.parametrize("seed", range(12))
def test_the_proof_tells_the_best_bundle_around_each_member(seed, mode, short):
    ground, prices, every = _priced(seed, mode, short)
    allowed = np.ones(len(ground.npv), dtype=bool)
    for root in range(len(allowed)):
        trade, bound = least_bound(ground, around(ground, root, allowed), prices, 1e-4)
        place = surroundings(ground, around(ground, root, allowed), prices, trade)
        found = prove(ground, place, short, -1e9, (10**6, np.zeros(1, dtype=bool)))
        mine = [worth for rows, worth in every.items() if min(rows, key=lambda row: ground.order[row]) == root]
        best = max(mine, default=-1e9)
        assert found.most == pytest.approx(best, abs=1e-6)
        assert best <= bound + 1e-6
        assert prove(ground, place, short, -1e9, (2, np.zeros(1, dtype=bool))).most >= best - 1e-6  # given up it bounds
        assert prove(ground, place, short, -1e9, (10**6, np.ones(1, dtype=bool))).most >= best - 1e-6


@pytest.mark.parametrize("seed", range(12))
def test_what_grows_is_a_bundle_of_the_worth_it_says(seed):
    ground, prices, every = _priced(seed)
    allowed, marks = np.ones(len(ground.npv), dtype=bool), np.arange(1, len(ground.npv) + 1, dtype=np.uint64) ** 9
    for root in range(len(allowed)):
        found = grow(ground, allowed, prices, (np.array([root]), -1), (50, 5), marks)
        for at in range(found.found):
            rows = tuple(sorted(found.rows[at, : found.size[at]].tolist()))
            assert root in rows
            assert found.value[at] == pytest.approx(every[rows], abs=1e-6)


def test_three_halves_break_a_condition_and_two_wholes_do_not():
    halves = [(0, 1), (1, 2), (0, 2)]
    assert broken(halves, np.full(3, 0.5), set()) == [(0, 1, 2)]
    assert broken(halves, np.full(3, 0.5), {(0, 1, 2)}) == []
    assert broken([(0, 1), (2, 3)], np.ones(2), set()) == []


def test_a_city_is_planned_better_than_by_a_greedy_planner_and_the_same_each_time():
    members, limits = city(40, 0.40, 3)
    plan = best_bundles(members, limits, seed=5)
    assert faults(members, limits, plan) == ()
    assert greedy(members, limits).benefit <= plan.benefit <= plan.bound
    assert plan.bound <= most_without_neighbours(prepared(members, limits), np.ones(40, dtype=bool)) + 1
    assert plan.gap < 0.05
    assert best_bundles(members, limits, seed=5) == plan
    assert best_bundles(members, limits, seed=6, warm=plan).benefit >= plan.benefit


@pytest.mark.parametrize(("count", "share"), [(40, 0.4), (40, 0.08), (200, 0.4), (200, 0.08)])
def test_no_time_at_all_gives_no_less_than_a_greedy_planner(count, share):
    members, limits = city(count, share, 2)
    plan = best_bundles(members, limits, seconds=1e-3, spent=lambda: 1.0)
    assert faults(members, limits, plan) == ()
    assert plan.benefit >= greedy(members, limits).benefit > 0


def test_a_plan_by_hand_fills_what_a_bundle_bears():
    """A lot of +9 carries the community of -4 beside it and, while it bears them, the next ones: -3, not -5."""
    net, benefit = np.array([[9.0], [-4.0], [-3.0], [-5.0]]), np.array([0.0, 10.0, 5.0, 6.0])
    members = Members(net, np.zeros((4, 1)), benefit, np.array([[0, 1], [0, 2], [0, 3]]))
    ground = prepared(members, Limits(0.0, most_members=3))
    assert by_hand(ground, np.ones(4, dtype=bool)) == {(0, 1, 3): 0}
    assert by_hand(ground, np.array([True, True, True, False])) == {(0, 1, 2): 0}
    assert by_hand(ground, np.array([False, True, True, True])) == {}


def test_what_is_compiled_before_a_search_is_all_that_one_needs():
    looked_at = (every_bundle, grow, around, least_bound, surroundings, prove)
    compile_search()
    before = [len(each.signatures) for each in looked_at]
    assert min(before) > 0
    members, limits = city(50, 0.4, 1)
    best_bundles(members, limits)
    assert [len(each.signatures) for each in looked_at] == before


def test_time_that_is_over_still_gives_a_plan_that_holds():
    members, limits = city(60, 0.40, 3)
    asked = iter(range(10**6))
    plan = best_bundles(members, limits, seconds=1.0, spent=lambda: next(asked) / 8)
    assert faults(members, limits, plan) == ()
    assert plan.is_cut


def _over_after(looks):
    """Return a clock that is over when it has been looked at so often."""
    asked = iter(range(10**6))
    return lambda: 0.0 if next(asked) < looks else 2.0


@pytest.mark.parametrize("looks", [0, 3, 30])
def test_a_change_begins_with_the_plan_before_and_what_only_tightens_keeps_its_bound(looks):
    members, limits = city(40, 0.40, 3)
    before = best_bundles(members, limits, seed=5)
    gone = before.bundles[0].rows[0]
    tighter = replace(limits, left_out=(gone,))
    plan = best_bundles(members, tighter, seconds=1.0, spent=_over_after(looks), warm=before, is_tighter=True)
    assert faults(members, tighter, plan) == ()
    rest = sum(members.benefit[list(bundle.rows)].sum() for bundle in before.bundles if gone not in bundle.rows)
    assert rest <= plan.benefit <= plan.bound <= before.bound
    looser = best_bundles(members, tighter, seconds=1.0, spent=_over_after(looks), warm=before)
    assert looser.bound >= plan.bound


@pytest.mark.parametrize("looks", [0, 5, 50])
def test_programs_end_with_the_time_and_what_they_have_still_bounds(looks):
    members, limits = city(60, 0.40, 3)
    plan = best_bundles(members, limits, seconds=1000.0, spent=_over_after(looks))
    assert faults(members, limits, plan) == ()
    assert plan.is_cut
    assert plan.bound >= best_bundles(members, limits, seconds=1000.0, spent=_over_after(2000)).benefit


def _pair(**changes):
    given = {
        "net_cny": np.array([[-100.0, 300.0], [-100.0, 0.0]]),
        "public_cny": np.zeros((2, 1)),
        "benefit": np.array([0.0, 5.0]),
        "links": np.array([[0, 1]]),
    }
    return Members(**(given | changes))


LIMITS = Limits(0.0)


@pytest.mark.parametrize(
    ("members", "limits", "said"),
    [
        (_pair(benefit=np.array([0.0, -1.0])), LIMITS, "benefit has a value below 0"),
        (_pair(net_cny=np.full((2, 2), np.nan)), LIMITS, "net_cny has a value that is none or infinite"),
        (_pair(net_cny=np.zeros((3, 2))), LIMITS, "net_cny has not the shape of 2 members"),
        (_pair(links=np.array([[0, 7]])), LIMITS, "links name members that do not exist"),
        (_pair(), Limits(-0.1), "the discount rate must be 0 or more"),
        (_pair(), Limits(0.0, most_members=0), "a bundle must be allowed 1 member at least"),
        (_pair(), Limits(0.0, working_capital_cny=-1.0), "working capital must be 0 or more"),
        (_pair(), Limits(0.0, public_budget_cny=(-1.0,)), "a year's public money must be 0 or more"),
        (_pair(), Limits(0.0, balanced_share=1.5), "the share of scenarios must lie between 0 and 1"),
        (_pair(), Limits(0.0, balanced_share=0.5), "there are no scenarios to balance in"),
        (_pair(), Limits(0.0, balanced_share=0.5, transfer_cap_cny=1.0), "scenarios cannot be asked for together"),
        (_pair(), Limits(0.0, element_cap_cny=1.0), "there are no NPVs by element"),
        (_pair(net_scenario_cny=np.zeros((2, 2))), LIMITS, "net_scenario_cny has not the shape of 2 members"),
        (_pair(), Limits(0.0, kept=(3,)), "a member is named that does not exist"),
        (_pair(), Limits(0.0, kept=(1,), left_out=(1,)), "a member is to be kept and left out at once"),
        (_pair(), Limits(0.0, together=((0, 1),), apart=((1, 0),)), "two members are to be together and apart at once"),
    ],
)
def test_input_that_makes_no_sense_is_refused_with_every_fault(members, limits, said):
    with pytest.raises(AnalysisError, match=said) as refused:
        best_bundles(members, limits)
    assert "无法组包" in refused.value.zh


def test_a_fat_and_a_lean_neighbour_balance_and_without_the_link_they_do_not():
    plan = best_bundles(_pair(), LIMITS)
    assert [bundle.rows for bundle in plan.bundles] == [(0, 1)]
    assert (plan.benefit, plan.bound, plan.gap) == (5.0, 5.0, 0.0)
    alone = best_bundles(_pair(links=np.empty((0, 2), dtype=int)), LIMITS)
    assert (alone.bundles, alone.benefit, alone.bound) == ((), 0.0, 0.0)


@pytest.mark.parametrize("tried_all", [16, 0])
@pytest.mark.parametrize(("lacking", "best"), [(105.0, 5.0), (115.0, 0.0)])
def test_what_falls_short_is_paid_for_by_waiting(lacking, best, tried_all, monkeypatch):
    """A lot earns 100 now; a home that lacks 105 lacks 95.45 of today's money when it starts a year later."""
    monkeypatch.setattr(_bundle_search, "MOST", tried_all)
    net = np.array([[100.0, 0.0], [-lacking, 0.0]])
    members = Members(net, np.zeros((2, 1)), np.array([0.0, 5.0]), np.empty((0, 2), dtype=int))
    limits = Limits(0.1, transfer_cap_cny=1000.0, public_budget_cny=(0.0, 0.0))
    plan = best_bundles(members, limits)
    assert faults(members, limits, plan) == ()
    assert plan.benefit == best <= plan.bound
    assert {bundle.rows: bundle.start_year for bundle in plan.bundles}.get((1,), 1) == 1


def test_bundles_start_as_soon_as_there_is_money():
    net, public = np.array([[-10.0, 20.0]] * 3), np.array([[50.0], [60.0], [50.0]])
    members = Members(net, public, np.array([3.0, 4.0, 3.0]), np.empty((0, 2), dtype=int))
    plan = best_bundles(members, Limits(0.0, public_budget_cny=(70.0, 0.0, 100.0)))
    assert plan.benefit == 10.0
    assert sorted(bundle.start_year for bundle in plan.bundles) == [0, 2, 2]
    free = best_bundles(members, Limits(0.0, public_budget_cny=(200.0, 200.0, 200.0)))
    assert [bundle.start_year for bundle in free.bundles] == [0, 0, 0]


@pytest.mark.parametrize("over_cny", [0.60, 0.02])
def test_money_that_is_over_by_less_than_a_solver_sees_is_over(over_cny):
    net = np.array([[-10.0, 20.0], [-10.0, 20.0]])
    public = np.full((2, 1), 50_000_000.0 + over_cny / 2)
    members = Members(net, public, np.array([3.0, 4.0]), np.empty((0, 2), dtype=int))
    limits = Limits(0.0, public_budget_cny=(100_000_000.0,))
    plan = best_bundles(members, limits)
    assert faults(members, limits, plan) == ()
    assert (plan.benefit, plan.bound) == (4.0, 4.0)


def test_members_to_be_kept_that_were_not_all_tried_are_not_said_to_be_impossible():
    members, limits = city(40, 0.08, 3)
    nobody = Limits(limits.discount_rate, most_members=1, kept=tuple(range(40)))
    with pytest.raises(AnalysisError, match="was found"):
        best_bundles(members, nobody)


def test_no_members_make_no_bundles():
    nobody = Members(np.empty((0, 3)), np.empty((0, 1)), np.empty(0), np.empty((0, 2), dtype=int))
    assert best_bundles(nobody, LIMITS).bundles == ()
