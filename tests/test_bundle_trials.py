"""What a member in no bundle lacks where bundles live on each other; what fits holds for the checker as well."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from bundle_oracle import small_city
from bundle_town import found, home, member

from api import _bundle_output
from gis._bundle_left import all_in_turn
from gis._bundle_trials import Trials
from gis.bundle import Bundle, Limits, Members, Plan, best_bundles
from gis.bundle_check import faults
from layers.errors import AnalysisError

PLAIN = Limits(discount_rate=0.0)
CITIES = 60


def city(*net, links=(), public=None):
    """Return members of these flows, each of benefit 1; public money of year 0 where it is told."""
    flows, n = np.array(net, dtype=float), len(net)
    paid = np.zeros((n, 1)) if public is None else np.array(public, dtype=float)[:, None]
    return Members(flows, paid, np.ones(n), np.array(links, dtype=np.int64).reshape(-1, 2))


def plan_with(members, plan, trial):
    """Return the plan with what a trial makes of it."""
    kept = [bundle for place, bundle in enumerate(plan.bundles) if place != trial.joined]
    made = sorted([*kept, Bundle(tuple(sorted(trial.rows)), trial.start_year)], key=lambda bundle: bundle.rows)
    benefit = float(sum(members.benefit[list(bundle.rows)].sum() for bundle in made))
    return Plan(tuple(made), benefit, benefit)


def test_a_bundle_that_others_live_on_has_that_to_give_before_it_grows() -> None:
    # 0 earns 100, of which 1 lives in its bundle (80); 2 lacks 90
    three = city([100.0, 0.0], [-80.0, 0.0], [-90.0, 0.0], links=[(0, 2)])
    plan = Plan((Bundle((0,)), Bundle((1,))), 2.0, 3.0)
    found = {trial.joined: trial for trial in Trials(three, replace(PLAIN, transfer_cap_cny=85.0), plan).of(2)}
    assert found[0].subsidy_cny == 70.0  # 10 are left of it, the other takes 80
    assert found[None].subsidy_cny == 85.0  # of the cap of 85 but 5 are left
    (fault,) = faults(three, replace(PLAIN, transfer_cap_cny=85.0), plan_with(three, plan, found[0]))
    assert "70.00 are lacking" in fault.en


def test_what_others_give_keeps_to_their_working_capital() -> None:
    # the giver is worth 350 and runs 50 deep of the 60 it may
    two = city([-50.0, 400.0], [-30.0, 0.0])
    limits = replace(PLAIN, transfer_cap_cny=1000.0, working_capital_cny=60.0)
    (trial,) = Trials(two, limits, Plan((Bundle((0,)),), 1.0, 2.0)).of(1)
    assert (trial.npv_lack_cny, trial.fits) == (20.0, False)


def test_who_joins_takes_of_the_working_capital_that_is_to_be_given() -> None:
    # 0 gives 1 its 30; with 2, which earns in the end, it runs 90 deep of 100 and can give 10
    three = city([-50.0, 400.0], [-30.0, 0.0], [-40.0, 50.0], links=[(0, 2)])
    limits = replace(PLAIN, transfer_cap_cny=1000.0, working_capital_cny=100.0)
    plan = Plan((Bundle((0,)), Bundle((1,))), 2.0, 3.0)
    assert faults(three, limits, plan) == ()
    joined = next(trial for trial in Trials(three, limits, plan).of(2) if trial.joined == 0)
    assert (joined.npv_lack_cny, joined.capital_lack_cny, joined.fits) == (0.0, 20.0, False)
    (fault,) = faults(three, limits, plan_with(three, plan, joined))
    assert "20.00 are lacking" in fault.en


def test_a_start_is_chosen_with_the_transfer_that_it_brings() -> None:
    # 100 lack; the other can give 90, which is 108 in money of a year later; the public 10 are there in either year
    two = city([-100.0, 0.0], [90.0, 0.0], public=[10.0, 0.0])
    limits = Limits(discount_rate=0.2, transfer_cap_cny=500.0, public_budget_cny=(30.0, 10.0))
    plan = Plan((Bundle((1,)),), 1.0, 2.0)
    (trial,) = Trials(two, limits, plan).of(0)
    assert (trial.start_year, trial.subsidy_cny, trial.fits) == (1, 0.0, True)
    assert faults(two, limits, plan_with(two, plan, trial)) == ()


def test_subsidies_of_several_years_are_told_in_money_of_the_first() -> None:
    # no public money is there in the first year: the community that lacks 0.8 M starts in the second
    of = found(home(0, "旧村", funding_state_cny=0.0), member(2000, "远场"))
    limits = Limits(discount_rate=0.06, public_budget_cny=(0.0, 1e6))
    total = all_in_turn(of, limits, Plan((), 0.0, 0.0))
    assert (total.subsidised, total.later, total.subsidy_cny) == (1, 1, pytest.approx(0.8e6 / 1.06))
    said = _bundle_output._in_turn(total._asdict())
    assert "合计补助75.5万元（属财政资金，折首个预算年）" in said
    assert "0.75 M CNY in all (public money, in money of the first budget year)" in said
    today = all_in_turn(of, replace(limits, public_budget_cny=(1e6,)), Plan((), 0.0, 0.0))
    assert (today.later, today.subsidy_cny) == (0, pytest.approx(0.8e6))
    assert "合计补助80.0万元（属财政资金）" in _bundle_output._in_turn(today._asdict())


@pytest.mark.parametrize("mode", ["transfers", "years", "wishes", "everything"])
def test_what_fits_makes_a_plan_without_fault(mode) -> None:
    """Each fitting trial of a plan, of parts of it and of none, in small cities of chance."""
    checked = 0
    for seed in range(CITIES):
        members, limits = small_city(seed, mode, 7)
        try:
            best = best_bundles(members, limits, seed=seed)
        except AnalysisError:
            continue  # what is to be kept cannot be
        loose = replace(limits, kept=())  # a part of a plan need not hold all of them
        for plan in _parts(members, best):
            if faults(members, loose, plan):
                continue  # a bundle lived on the one that was taken away
            held = {row for bundle in plan.bundles for row in bundle.rows}
            trials = Trials(members, limits, plan)
            for trial in (trial for row in set(range(len(members))) - held for trial in trials.of(row) if trial.fits):
                assert faults(members, loose, plan_with(members, plan, trial)) == (), (seed, plan, trial)
                checked += 1
    assert checked >= CITIES


def _parts(members, plan):
    """Yield a plan, then it without each of its bundles, then none."""
    every = plan.bundles
    for bundles in (every, *(every[:place] + every[place + 1 :] for place in range(len(every))), ()):
        benefit = float(sum(members.benefit[list(bundle.rows)].sum() for bundle in bundles))
        yield Plan(bundles, benefit, benefit)
