"""Equity: where the first sites lie, whom they serve, and how evenly; by hand, then what must always hold."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gis import equity

PEOPLE = pd.Series({"c1": 100.0, "c2": 300.0, "c3": 600.0})


def test_a_sub_district_counts_its_first_sites_by_hand():
    table = pd.DataFrame(
        {
            "subdistrict_code": ["S1", "S1", "S2", "S2", None],
            "rank": pd.array([1, 11, 2, pd.NA, 3], dtype="Int64"),
            "score": [0.9, 0.3, 0.8, 0.99, 0.7],
        }
    )
    found = equity.by_subdistrict(table, pd.Index(["S1", "S2", "S3"]))
    assert found["top10_count"].to_list() == [1, 1, 0]
    assert found["best_score"].fillna(-1).to_list() == [0.9, 0.8, -1]


def test_a_site_is_shared_out_by_residents():
    # Site x reaches c1 and c2: 40 are 10 and 30. Site y reaches c2 alone. Nobody known walks to z.
    walk = pd.DataFrame({"origin": ["c1", "c2", "c2", "c9"], "site": ["x", "x", "y", "z"]})
    found = equity.shared_out(walk, PEOPLE, pd.Series({"x": 40.0, "y": 6.0, "z": 99.0}))
    assert found.to_dict() == {"c1": 10, "c2": 36, "c3": 0}


def test_the_oldest_third_by_hand():
    # Of four communities of known age the oldest ceil(4 / 3) = 2 are c and a (0.3, then 0.2 before d by its id).
    benefit = pd.Series({"a": 10.0, "b": 20.0, "c": 30.0, "d": 40.0, "e": 1000.0})
    age = pd.Series({"a": 0.2, "b": 0.1, "c": 0.3, "d": 0.2, "e": np.nan})
    assert equity.oldest_share(benefit, age) == pytest.approx(40 / 100)
    assert equity.oldest_share(benefit, age.iloc[::-1]) == pytest.approx(40 / 100)
    assert equity.oldest_share(benefit, age * np.nan) is None
    assert equity.oldest_share(benefit * 0, age) is None


def test_gini_and_theil_by_hand():
    # All of it goes to c1, a tenth of the residents: 1 - 0.1, and ln 10.
    alone = pd.Series({"c1": 5.0, "c2": 0.0, "c3": 0.0})
    assert equity.gini(alone, PEOPLE) == pytest.approx(0.9)
    assert equity.theil(alone, PEOPLE) == pytest.approx(math.log(10))
    # Half to c2 (0.3 of the residents), half to c3 (0.6): in the order c1, c3, c2 the Lorenz curve runs through
    # (0.1, 0), (0.7, 0.5), (1, 1); twice the area below it is 0.6 x 0.5 + 0.3 x 1.5 = 0.75.
    halves = pd.Series({"c1": 0.0, "c2": 1.0, "c3": 1.0})
    assert equity.gini(halves, PEOPLE) == pytest.approx(0.25)
    assert equity.theil(halves, PEOPLE) == pytest.approx(0.5 * math.log(0.5 / 0.3) + 0.5 * math.log(0.5 / 0.6))


def test_nothing_known_gives_nothing():
    none = PEOPLE * 0
    for figure in (equity.gini, equity.theil):
        assert figure(none, PEOPLE) is None
        assert figure(PEOPLE, none) is None
        assert figure(PEOPLE, PEOPLE * np.nan) is None
        assert figure(PEOPLE.iloc[:0], PEOPLE.iloc[:0]) is None


AMOUNTS = arrays(float, 6, elements=st.floats(0, 1e6, allow_subnormal=False))
COUNTS = arrays(float, 6, elements=st.floats(1, 1e5))


@settings(max_examples=40, deadline=None)
@given(AMOUNTS, COUNTS, st.floats(0.01, 100), st.randoms())
def test_neither_scale_nor_order_matters(amounts, counts, scale, random):
    benefit, people = pd.Series(amounts), pd.Series(counts)
    order = list(range(6))
    random.shuffle(order)
    for figure in (equity.gini, equity.theil):
        first = figure(benefit, people)
        again = figure(benefit.iloc[order] * scale, people.iloc[order] * 3)
        assert (first is None) == (again is None)
        if first is not None:
            assert first == pytest.approx(again, abs=1e-9)
            assert first >= 0
    if benefit.sum() > 0:
        assert equity.gini(benefit, people) <= 1


@given(COUNTS, st.floats(0.1, 50))
def test_the_same_for_each_resident_is_even(counts, each):
    people = pd.Series(counts)
    assert equity.gini(people * each, people) == pytest.approx(0, abs=1e-9)
    assert equity.theil(people * each, people) == pytest.approx(0, abs=1e-9)


@settings(max_examples=30, deadline=None)
@given(arrays(float, (2, 5), elements=st.floats(0, 1000)), st.floats(1, 500))
def test_all_of_a_benefit_that_somebody_can_walk_to_is_shared_out(numbers, benefit):
    people = pd.Series(numbers[0], index=list("abcde"))
    walk = pd.DataFrame({"origin": list("abcde"), "site": "x"})
    got = equity.shared_out(walk, people, pd.Series({"x": benefit}))
    assert got.sum() == pytest.approx(benefit if people.sum() > 0 else 0)
