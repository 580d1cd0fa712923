"""Bundles against oracles that go through all of them: 200 small cities of chance for each mode, the gap always 0."""

import pytest
from bundle_oracle import MODES, NEVER, best_of_all, best_partition, small_city

from gis.bundle import best_bundles
from gis.bundle_check import faults
from layers.errors import AnalysisError

CITIES, PARTS = 200, 4


@pytest.mark.parametrize("part", range(PARTS))
@pytest.mark.parametrize("mode", MODES)
def test_the_search_equals_the_oracle(mode, part):
    for seed in range(part, CITIES, PARTS):
        members, limits = small_city(seed, mode, 12 if mode == "balance" else 7)
        best = best_partition(members, limits) if mode == "balance" else best_of_all(members, limits)
        if best == NEVER:
            with pytest.raises(AnalysisError):
                best_bundles(members, limits, seed=seed)
            continue
        plan = best_bundles(members, limits, seed=seed)
        assert faults(members, limits, plan) == (), seed
        assert (plan.benefit, plan.bound) == pytest.approx((best, best), abs=1e-6), seed
        assert not plan.is_cut


@pytest.mark.parametrize("mode", MODES)
def test_the_same_question_has_the_same_answer(mode):
    members, limits = next(
        (members, limits)
        for members, limits in (small_city(seed, mode, 7) for seed in range(CITIES))
        if best_of_all(members, limits) > 0
    )
    assert best_bundles(members, limits, seed=1) == best_bundles(members, limits, seed=1)
