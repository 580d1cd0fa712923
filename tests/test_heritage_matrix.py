"""The whole matrix of class, zone and act, against a table written by hand from the domain's rules."""

from __future__ import annotations

from datetime import date, timedelta
from itertools import combinations
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gis._permission_authorities import gathered
from gis.model import HeritageRule, Model, Rule
from gis.permission import Act, heritage, of_rule
from gis.verdicts import STRICTNESS
from layers.kinds._columns import HERITAGE_CLASSES
from layers.kinds._heritage import HERITAGE_ZONE

MODEL = Model.load()
DAY = date(2026, 7, 1)
PLACES = ("site", *HERITAGE_ZONE["zone_type"].codes)
ACTS = get_args(Act)
A, P, U, F = "allowed", "approval", "unclear", "forbidden"

# New building, alteration, change of use, as the rows of the table say them. A protection zone holds its site
# (实施条例 art. 9). "forbidden; exception" is forbidden: an exception is granted, not counted on. The measure for
# 历史建筑 of 2020 allows a change of use, but its day is not known: approval. What no row names is unclear.
UNIT = (F, P, P)
BY_HAND = {
    **{
        (f"{level}_unit", place): UNIT
        for level in ("national", "provincial", "city", "district")
        for place in PLACES[:2]
    },
    **{(f"{level}_unit", "control"): (P, P, P) for level in ("national", "provincial", "city", "district")},
    ("unclassified_relic", "site"): (F, P, P),
    ("historic_block", "block_core"): (F, P, P),
    ("historic_block", "block_control"): (P, P, P),
    ("historic_building", "site"): (U, P, P),
    ("traditional_building", "site"): (U, P, A),
}
GOVERNMENT = "核定公布该单位的政府批准，批准前征得上一级文物行政部门同意"
BY_WHOM = {
    ("national_unit", "site"): "省级政府批准，批准前征得国务院文物行政部门同意",
    ("national_unit", "protection"): "省级政府批准，批准前征得国务院文物行政部门同意",
    **{(f"{level}_unit", place): GOVERNMENT for level in ("provincial", "city", "district") for place in PLACES[:2]},
    **{
        (f"{level}_unit", "control"): "规划部门（报前按级别经相应文物行政部门同意）"
        for level in ("national", "provincial", "city", "district")
    },
    ("unclassified_relic", "site"): "县级文物行政部门制定具体保护措施",
    ("historic_block", "block_core"): "规划部门（会同文物部门）",
    ("historic_block", "block_control"): "规划部门",
    ("historic_building", "site"): "规划和自然资源局；住建局(结构、消防)",
    ("traditional_building", "site"): "区政府；规划部门",
}


def asked(of_class, place, act, day=DAY):
    """Return the verdict on one place: the site itself, or the ground of a zone."""
    if place == "site":
        return heritage(MODEL, of_class, [], act, day)
    return heritage(MODEL, "", [(place, of_class)], act, day)


def by_hand(of_class, place, act):
    return BY_HAND.get((of_class, place), (U, U, U))[ACTS.index(act)]


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("of_class", HERITAGE_CLASSES)
def test_every_cell_of_the_matrix(of_class, place, act):
    verdict = asked(of_class, place, act)
    assert verdict.permission == by_hand(of_class, place, act)
    named = BY_WHOM.get((of_class, place), "文物部门")
    by_whom = gathered(verdict.authorities)
    assert "；".join(note.zh for note in by_whom) == named
    assert all(note.en and note.zh for note in (*verdict.reasons, *by_whom, *verdict.next_steps))


@pytest.mark.parametrize("act", ACTS)
def test_overlaps_of_every_two_places_take_the_stricter_and_name_both(act):
    cells = [(of_class, zone) for of_class in HERITAGE_CLASSES for zone in PLACES[1:]]
    for one, two in combinations(cells, 2):
        verdict = heritage(MODEL, "", [(zone, of_class) for of_class, zone in (one, two)], act, DAY)
        expected = max((by_hand(*one, act), by_hand(*two, act)), key=STRICTNESS.__getitem__)
        assert verdict.permission == expected, (one, two)
        assert {note for cell in (one, two) for note in asked(*cell, act).authorities} == set(verdict.authorities)


def test_three_zones_over_a_site_take_the_strictest_of_four():
    # A traditional building (use allowed) in a control zone (approval), a block's core (approval, notice) and over
    # buried relics (no rule: unclear).
    held = [("control", "city_unit"), ("block_core", "historic_block"), ("buried_relics", None)]
    verdict = heritage(MODEL, "traditional_building", held, "use_change", DAY)
    assert (verdict.permission, len(gathered(verdict.authorities))) == (U, 3)
    assert verdict.reasons[0].zh == "地下文物埋藏区：没有对应规则"
    assert "公示不少于20日" in [note.zh for note in verdict.next_steps]
    assert heritage(MODEL, "traditional_building", held[:2], "use_change", DAY).permission == P
    assert heritage(MODEL, "traditional_building", held, "new_building", DAY).permission == F


def test_twenty_days_of_notice_are_asked_where_the_rules_ask_for_them():
    """Of every act in the core of a block; of what is built or altered in a protection zone (art. 29, provincial)."""
    for of_class in HERITAGE_CLASSES:
        for place in PLACES:
            for act in ACTS:
                has = "公示不少于20日" in [note.zh for note in asked(of_class, place, act).next_steps]
                in_core = (of_class, place) == ("historic_block", "block_core")
                assert has == (in_core or (place == "protection" and act != "use_change")), (of_class, place, act)


RULES = [*MODEL.rules.values(), *MODEL.heritage_rules]
SAID = st.sampled_from(sorted(STRICTNESS))
DAYS = st.dates(date(1990, 1, 1), date(2060, 1, 1))


@given(st.sampled_from(RULES), DAYS)
def test_no_rule_of_the_model_allows_what_is_not_in_force(rule, day):
    verdict = of_rule(rule, day)
    if not rule.in_force(day):
        assert verdict.permission != A
        assert verdict.doubts, rule.key
    if (rule.valid_from and day < rule.valid_from) or (rule.valid_to and day > rule.valid_to):
        assert verdict.permission in (U, F)


@given(SAID, SAID, SAID, SAID, st.none() | DAYS, st.none() | DAYS, st.booleans(), DAYS)
def test_whatever_a_rule_says_its_dates_and_its_mapping_decide(whole, new, alter, use, start, end, is_mapped, day):
    made = HeritageRule(
        "made", whole, "某局", "某文件", "high", "理由", "reason", mapped=is_mapped, valid_from=start, valid_to=end,
        new_building=new, alteration=alter, use_change=use,
    )  # fmt: skip
    holds = start is not None and start <= day and (end is None or day <= end) and is_mapped
    for says in (new, alter, use, None):
        verdict = of_rule(made, day, says=says)
        assert STRICTNESS[verdict.permission] >= STRICTNESS[says or whole]
        assert holds or verdict.permission != A
        assert not holds or (verdict.permission, verdict.doubts) == (says or whole, ())


@given(st.sampled_from(list(HERITAGE_CLASSES)), st.sampled_from(PLACES), st.sampled_from(ACTS), DAYS)
def test_on_no_day_is_a_cell_easier_than_by_hand(of_class, place, act, day):
    said = STRICTNESS[asked(of_class, place, act, day).permission]
    assert said >= STRICTNESS[by_hand(of_class, place, act)]


def test_a_rule_that_lapses_turns_on_the_day_after_its_last():
    last = date(2026, 5, 31)
    rule = Rule("a", A, "某局", "某文件", "high", valid_from=date(2023, 6, 1), valid_to=last)
    found = [of_rule(rule, last + timedelta(days=shift)).permission for shift in (-1096, -1095, 0, 1)]
    assert found == [U, A, A, U]  # 2023-05-31 is 1,096 days before 2026-05-31


def test_units_under_the_law_of_2017_say_that_their_articles_are_not_mapped_and_what_was_read():
    told = " ".join(note.zh for note in heritage(MODEL, "city_unit", [], "alteration", DAY).doubts)
    assert "未与2025-03-01起施行的修订文本对应" in told
    assert "第二十八条" in told
    assert {rule.key for rule in MODEL.heritage_rules if not rule.mapped} == {"r01", "r02", "r03", "r13"}
