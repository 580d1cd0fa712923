"""Consent by Civil Code art. 278: exact at the edges, counted by hand, and as a brute-force count finds it."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from need_city import MODEL

from gis import _consent_words, consent
from gis.model import Model
from layers.errors import AnalysisError

ORDINARY, MAJOR = consent.threshold(5, MODEL), consent.threshold(8, MODEL)


@pytest.mark.parametrize("item", range(1, 10))
def test_items_six_to_eight_need_three_quarters_and_the_others_more_than_half(item):
    rule = consent.threshold(item, MODEL)
    assert rule.quorum_heads == rule.quorum_area == Fraction(2, 3), "0.6667 in the model is two thirds"
    is_major = item in {6, 7, 8}
    assert rule.agree_heads == rule.agree_area == (Fraction(3, 4) if is_major else Fraction(1, 2))
    assert rule.is_strict != is_major


def test_there_are_nine_items():
    assert sorted(consent.ITEMS) == list(range(1, 10))
    with pytest.raises(AnalysisError, match="no item 10"):
        consent.threshold(10, MODEL)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (0.6667, (2, 3)),
        (0.666667, (2, 3)),
        (0.3333, (1, 3)),
        (0.75, (3, 4)),
        (0.5, (1, 2)),
        (0.55, (11, 20)),
        (1, (1, 1)),
    ],
)
def test_a_decimal_means_a_fraction(written, meant):
    assert consent.exact_share(written) == Fraction(*meant)


def test_a_district_may_ask_for_more():
    strict = Model.load(overrides={"consent.quorum_people": "0.8"})
    assert consent.quorum_heads(10, consent.threshold(8, strict)) == 8


@pytest.mark.parametrize(
    ("owners", "quorum"),
    [(1, 1), (2, 2), (3, 2), (4, 3), (5, 4), (6, 4), (9, 6), (10, 7), (300, 200), (301, 201), (3_000_000, 2_000_000)],
)
def test_two_thirds_of_the_heads(owners, quorum):
    assert consent.quorum_heads(owners, MAJOR) == consent.quorum_heads(owners, ORDINARY) == quorum


@pytest.mark.parametrize(
    ("voters", "ordinary", "major"),
    [(1, 1, 1), (2, 2, 2), (3, 2, 3), (4, 3, 3), (8, 5, 6), (100, 51, 75), (200, 101, 150)],
)
def test_more_than_half_and_at_least_three_quarters(voters, ordinary, major):
    assert consent.agreeing_heads(voters, ORDINARY) == ordinary
    assert consent.agreeing_heads(voters, MAJOR) == major


@given(st.integers(1, 5000), st.sampled_from([1, 8]))
def test_heads_are_the_fewest_that_do(count, item):
    rule = consent.threshold(item, MODEL)
    heads = np.arange(count + 1)
    takes_part = heads[heads * 3 >= count * 2][0]
    agrees = heads[heads * 4 >= count * 3][0] if item == 8 else heads[heads * 2 > count][0]
    assert consent.quorum_heads(count, rule) == takes_part
    assert consent.agreeing_heads(count, rule) == agrees


def vote(rule, voting, agreeing, owners=(3, 300.0)):
    return consent.tally(rule, owners=owners, voting=voting, agreeing=agreeing)


def test_a_vote_is_carried_at_the_very_edge():
    # 3 owners of 100 m2 each: 2 take part (2/3 of heads and area), both agree: 2 of 2, 200 of 200.
    assert vote(MAJOR, (2, 200.0), (2, 200.0)).is_carried
    # 4 owners, all vote, 3 agree with 300 of 400 m2: exactly three quarters carry item 8.
    assert vote(MAJOR, (4, 400.0), (3, 300.0), (4, 400.0)).is_carried
    # 2 of 4 with 200 of 400 m2 is half, not more than half.
    half = vote(ORDINARY, (4, 400.0), (2, 200.0), (4, 400.0))
    assert (half.is_carried, half.heads_to_agree, half.area_to_agree_m2) == (False, 1, 0.0)
    # 3 heads of 4, but they own just half of the area.
    assert not vote(ORDINARY, (4, 400.0), (3, 200.0), (4, 400.0)).is_carried
    assert vote(ORDINARY, (4, 400.0), (3, 200.01), (4, 400.0)).is_carried


def test_what_is_still_missing_is_counted():
    # 300 owners, 30,000 m2; 180 voted with 15,000 m2, 140 agree with 12,000. Quorum: 200 heads, 20,000 m2. Item 8
    # asks 3/4 of the quorum, 150 heads and 15,000 m2.
    found = vote(MAJOR, (180, 15_000.0), (140, 12_000.0), (300, 30_000.0))
    assert not found.has_quorum
    assert (found.heads_to_come, found.area_to_come_m2) == (20, 5_000)
    assert (found.heads_to_agree, found.area_to_agree_m2) == (10, 3_000)
    # With 240 voters of 24,000 m2: 180 heads and 18,000 m2.
    found = vote(MAJOR, (240, 24_000.0), (175, 18_500.0), (300, 30_000.0))
    assert found.has_quorum
    assert (found.heads_to_agree, found.area_to_agree_m2, found.is_carried) == (5, 0, False)


def test_both_heads_and_area_make_a_quorum():
    assert not vote(ORDINARY, (1, 250.0), (1, 250.0)).has_quorum, "one owner of three, though with most of the area"
    assert not vote(ORDINARY, (2, 150.0), (2, 150.0)).has_quorum, "two of three, with half of the area"


def test_areas_to_the_cent_are_exact():
    # 2/3 of 0.3 m2 is 0.2 m2; in binary floats 0.3 * 2 / 3 and 0.1 + 0.1 need not meet.
    assert vote(MAJOR, (2, 0.1 + 0.1), (2, 0.2), (3, 0.1 + 0.2)).is_carried


@pytest.mark.parametrize(
    ("owners", "voting", "agreeing"),
    [
        ((3, 300.0), (4, 300.0), (3, 300.0)),
        ((3, 300.0), (2, 200.0), (2, 201.0)),
        ((0, 0.0), (0, 0.0), (0, 0.0)),
        ((3, 0.0), (0, 0.0), (0, 0.0)),
        ((3, float("nan")), (2, 200.0), (2, 200.0)),
        ((3, 300.0), (2, 200.0), (-1, 0.0)),
    ],
)
def test_counts_that_contradict_each_other_are_refused(owners, voting, agreeing):
    with pytest.raises(AnalysisError, match="contradict each other"):
        vote(MAJOR, voting, agreeing, owners)


@given(st.integers(1, 60), st.data())
def test_one_more_yes_never_undoes_a_vote(owners, data):
    voting = data.draw(st.integers(0, owners - 1))
    agreeing = data.draw(st.integers(0, voting))
    rule = data.draw(st.sampled_from([ORDINARY, MAJOR]))
    before = vote(rule, (voting, voting), (agreeing, agreeing), (owners, owners))
    after = vote(rule, (voting + 1, voting + 1), (agreeing + 1, agreeing + 1), (owners, owners))
    assert after.is_carried or not before.is_carried
    assert before.is_carried == (before.has_quorum and before.heads_to_agree == 0)


# In words ---------------------------------------------------------------------------------------------------------


def told(item, **home):
    names = ("household_count", "public_housing_household_count", "willingness_share")
    homes = pd.DataFrame({name: [home.get(name)] for name in names}, dtype="Float64")
    return tuple(_consent_words.consent_needed(np.array([item]), homes, MODEL).iloc[0])


def test_paid_stalls_ask_three_quarters_of_the_owners_who_take_part():
    # 330 households less 30 in public housing: 300; two thirds are 200; three quarters of those 150.
    zh, en = told(8, household_count=330, public_housing_household_count=30, willingness_share=0.86)
    assert "第八项" in zh
    assert "四分之三以上同意" in zh
    assert "约300户，至少200户参与、其中150户同意" in zh
    assert "已减直管公房30户" in zh
    assert "以户数代业主数（假设" in zh
    assert "摸查意愿86%，不是表决" in zh
    assert "of 300, at least 200 take part and 150 agree" in en


def test_repair_asks_more_than_half_and_says_what_would_ask_more():
    zh, en = told(5, household_count=300)
    assert "超过二分之一同意" in zh
    assert "至少200户参与、其中101户同意" in zh
    assert "直管公房户数不明，未减" in zh
    assert "须筹集资金或改建的另须四分之三" in zh
    assert "more than 1/2" in en
    assert "意愿" not in zh


@pytest.mark.parametrize(
    ("home", "words"),
    [
        ({}, "户数不明，未算人数"),
        ({"household_count": 0}, "没有可作业主计的户数"),
        ({"household_count": 20, "public_housing_household_count": 20}, "没有可作业主计的户数"),
        ({"household_count": 20, "public_housing_household_count": 25}, "没有可作业主计的户数"),
    ],
)
def test_without_owners_no_heads_are_told(home, words):
    for text in told(8, **home):
        assert "nan" not in text
    assert words in told(8, **home)[0]


def test_the_strictest_item_is_asked():
    yes, no = np.array([True]), np.array([False])
    assert _consent_words.item_of(no, yes, yes) == 8
    assert _consent_words.item_of(no, no, yes) == 7
    assert _consent_words.item_of(no, no, no) == 5
    assert _consent_words.item_of(yes, yes, yes) == 9, "a wall adds no stalls and no lifts"
