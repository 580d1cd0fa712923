"""A change of what is asked of bundles: when an old bound still holds, and what became of the members."""

from __future__ import annotations

from dataclasses import replace

import pytest
from bundle_oracle import MODES, best_of_all, small_city

from gis._bundle_change import changes, is_tighter
from gis.bundle import Limits

WIDE = Limits(
    discount_rate=0.06,
    most_members=5,
    working_capital_cny=9e6,
    public_budget_cny=(5e6, 5e6),
    transfer_cap_cny=1e6,
    element_cap_cny=1e6,
    kept=(1,),
    left_out=(2,),
    together=((3, 4),),
    apart=((5, 6),),
)


@pytest.mark.parametrize(
    "told",
    [
        {},
        {"most_members": 4},
        {"working_capital_cny": 0.0},
        {"public_budget_cny": (5e6, 4e6)},
        {"public_budget_cny": (5e6,)},
        {"transfer_cap_cny": 0.0},
        {"element_cap_cny": 0.0},
        {"balanced_share": 0.8},
        {"within_unit": True},
        {"kept": (1, 7)},
        {"left_out": (7, 2)},
        {"together": ((4, 3), (7, 8))},
        {"apart": ((6, 5), (7, 8))},
    ],
)
def test_limits_that_only_tighten_and_back(told):
    tight = replace(WIDE, **told)
    assert is_tighter(WIDE, tight)
    assert is_tighter(tight, WIDE) is (not told)


@pytest.mark.parametrize("told", [{"discount_rate": 0.05}, {"public_budget_cny": ()}, {"kept": (7,)}])
def test_limits_of_which_neither_is_tighter(told):
    other = replace(WIDE, **told)
    assert not is_tighter(WIDE, other)
    assert not is_tighter(other, WIDE)


def test_one_wider_limit_is_enough():
    assert not is_tighter(WIDE, replace(WIDE, left_out=(2, 7), most_members=6))


@pytest.mark.parametrize("mode", MODES)
def test_tighter_limits_never_let_a_better_plan_be(mode):
    for seed in range(8):
        members, limits = small_city(seed, mode, 5)
        tight = replace(
            limits,
            most_members=max(1, limits.most_members - 1),
            working_capital_cny=limits.working_capital_cny * 0.7,
            public_budget_cny=tuple(money * 0.7 for money in limits.public_budget_cny),
            transfer_cap_cny=limits.transfer_cap_cny * 0.5,
            left_out=tuple(sorted({*limits.left_out, *({len(members) - 1} - set(limits.kept))})),
        )
        assert is_tighter(limits, tight)
        assert best_of_all(members, tight) <= best_of_all(members, limits) + 1e-9


def test_a_member_that_goes_elsewhere_moved_and_those_that_stay_did_not():
    before = [{"a", "b", "c"}, {"d", "e"}, {"f"}]
    after = [{"d", "e", "c", "g"}, {"a", "b"}]
    found = changes(before, after)
    assert (found.came_in, found.left) == (("g",), ("f",))
    assert found.moved == (("c", 0, 0),)


def test_of_two_halves_the_larger_goes_on_as_the_bundle():
    assert changes([{"a", "b", "c", "d", "e"}], [{"a", "b"}, {"c", "d", "e"}]).moved == (("a", 0, 0), ("b", 0, 0))
    assert changes([], [{"a"}]).came_in == ("a",)
