"""Renovation and culture corridors: what a community really gets, and what a wall is asked."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from need_city import FIVE, MODEL, city
from shapely.geometry import box

from gis import renovation
from gis.finance import accounts
from gis.need import assemble

OLD = {"at": box(5, 5, 40, 60), "household_count": 400, "built_year": 1990}
HALL = {"at": (100, 0), "heritage_class": "traditional_building"}
SIZES = ["stalls", "stalls_low", "stalls_high", "chargers", "chargers_low", "chargers_high"]
GAPS = ["night_gap_stalls", "charger_gap_piles"]


def offered(community, gaps=None, **layers):
    """Return the options of one community, whose night gap and charging gap are as told."""
    town = city(FIVE, community=[community], **layers)
    need = assemble(town, MODEL)[0]
    if gaps:
        told = {
            f"{name}{end}": float(gap) for name, gap in zip(GAPS, gaps, strict=True) for end in ("", "_low", "_high")
        }
        need = need.assign(**told)
    return renovation.options(town, need, MODEL).table.set_index("action", drop=False)


def renewed(community, gaps=None):
    return offered(community, gaps).loc["renovation"]


@pytest.mark.parametrize(
    ("households", "stalls", "chargers"),
    [(745, 15.8, 0.68), (61, 61 * 15.8 / 745, 61 * 0.68 / 745), (0, 0, 0)],
)
def test_stalls_and_piles_follow_the_households(households, stalls, chargers):
    """15.8 stalls and 0.68 piles are the mean of communities of 745 households."""
    found = renewed({**OLD, "household_count": households}, gaps=(500, 50))
    assert (found["stalls"], found["chargers"]) == (pytest.approx(stalls), pytest.approx(chargers))
    assert found["stalls_low"] == pytest.approx(stalls * 14.8 / 15.8)
    assert found["stalls_high"] == pytest.approx(stalls)
    assert found["chargers_low"] == pytest.approx(chargers * 0.47 / 0.68)


def test_the_account_counts_the_stalls_that_are_promised():
    """61 households: 1.29 stalls of 4,590 a year and 0.056 piles of 31,536, at 26,700 a household.

    30 % of the stalls' and 25 % of the piles' income are running cost; of all of it the tax on income is due, and there
    is no profit to tax.
    """
    table = offered({**OLD, "household_count": 61}, gaps=(500, 50))
    money = accounts(table, MODEL).table.loc["renovation"]
    stalls, piles = 15.8 * 4590, 0.68 * 120 * 8760 * 0.06 * 0.5
    tax = MODEL.value("fin.tax.revenue_share") * (stalls + piles)
    by_hand = 61 / 745 * (stalls * 0.7 + piles * 0.75 - tax)
    assert money["capex_cny"] == 61 * 26_700
    assert money["net_cny_year"] == pytest.approx(by_hand)


def test_no_more_stalls_than_the_outline_holds():
    # 10 x 12 m: 120 m2 x 0.85 / 27.5 = 3 stalls, at least 120 x 0.4 / 30 = 1, at most 120 / 25 = 4.
    found = renewed({**OLD, "at": box(0, 0, 10, 12), "household_count": 745}, gaps=(500, 50))
    assert found[["stalls", "stalls_low", "stalls_high"]].tolist() == [3, 1, 4]
    tiny = renewed({**OLD, "at": box(0, 0, 3, 3), "household_count": 745}, gaps=(500, 50))
    assert tiny["stalls"] == 0
    assert tiny["chargers"] == pytest.approx(9 / 27.5), "a pile needs a stall of its own"
    point = renewed({**OLD, "at": (20, 20), "household_count": 745}, gaps=(500, 50))
    assert point["stalls"] == 15.8, "a point tells no area"


def test_no_more_than_the_community_lacks():
    found = renewed({**OLD, "household_count": 745}, gaps=(2, 0))
    assert found[SIZES].tolist() == [2, 2, 2, 0, 0, 0]
    unknown = renewed({**OLD, "household_count": 745}, gaps=(np.nan, np.nan))
    assert (unknown["stalls"], unknown["chargers"]) == (15.8, 0.68)


def test_without_households_nobody_can_say_how_many():
    found = renewed({**OLD, "household_count": None})
    assert found[SIZES].isna().all()
    assert "户数不明，未估算新增泊位和充电桩" in found["warnings"]
    assert "community.household_count" in found["missing"].split(",")


@settings(max_examples=25, deadline=None)
@given(households=st.integers(1, 5000), side=st.floats(2, 300), gaps=st.tuples(st.floats(0, 200), st.floats(0, 30)))
def test_never_more_than_households_outline_and_need_allow(households, side, gaps):
    homes = city(community=[{**OLD, "at": box(0, 0, side, side)}]).placed("community")
    facts = pd.DataFrame({"household_count": [households]}, index=homes.index, dtype="Int64")
    for name, gap in zip(GAPS, gaps, strict=True):
        facts = facts.assign(**{f"{name}{end}": gap for end in ("", "_low", "_high")})
    found = renovation.added(homes, facts, MODEL).iloc[0]
    for name, gap in zip(("stalls", "chargers"), gaps, strict=True):
        assert 0 <= found[f"{name}_low"] <= found[name] <= found[f"{name}_high"] <= gap
    assert found["stalls"] <= households * 15.8 / 745 + 1e-9
    assert found["stalls_high"] * 25 <= side**2


# What the owners must agree to, and what is missing ---------------------------------------------------------------


def test_paid_stalls_need_three_quarters_repair_alone_more_than_half():
    """400 households less 40 in public housing: 360 owners; 240 take part; 180 or 121 of them agree."""
    home = {**OLD, "public_housing_household_count": 40, "willingness_share": 0.8}
    stalls, repair = (offered(home, gaps=gaps).loc["renovation"] for gaps in ((500, 50), (0, 0)))
    assert "第八项" in stalls["consent_needed"]
    assert "至少240户参与、其中180户同意" in stalls["consent_needed"]
    assert "第五项" in repair["consent_needed"]
    assert "至少240户参与、其中121户同意" in repair["consent_needed"]
    assert "of 360, at least 240 take part and 121 agree" in repair["consent_needed_en"]
    assert (stalls["willingness_share"], repair["willingness_share"]) == (0.8, 0.8)
    lifts = offered({**home, "lifts_to_add_count": 2}, gaps=(0, 0)).loc["renovation"]
    assert "第七项" in lifts["consent_needed"]
    assert "其中180户同意" in lifts["consent_needed"]


def test_stalls_of_unknown_number_ask_for_the_stricter_vote():
    found = renewed({**OLD, "household_count": None})
    assert "第八项" in found["consent_needed"]
    assert "户数不明，未算人数" in found["consent_needed"]
    assert np.isnan(found["willingness_share"])


def test_a_wall_needs_more_than_half():
    wall = offered(OLD, heritage=[HALL]).loc["culture_corridor"]
    assert "第九项" in wall["consent_needed"]
    assert "超过二分之一同意" in wall["consent_needed"]
    assert wall["must_agree"].startswith("全体业主")


def test_basic_items_that_are_missing_are_told_first_of_the_community_not_of_its_wall():
    home = {**OLD, "missing_items": "化粪池堵塞、消防、电梯"}
    found = offered(home, heritage=[HALL])
    assert "基础类应改尽改，尚缺：排水、消防" in found.loc["renovation", "warnings"]
    assert "Basic items come first, missing: drainage, fire" in found.loc["renovation", "warnings_en"]
    assert "应改尽改" not in found.loc["culture_corridor", "warnings"]
    assert "应改尽改" not in offered(OLD).loc["renovation", "warnings"]


def test_counts_that_cannot_be_are_told_of_the_community():
    odd = offered({**OLD, "household_count": 10, "floor_area_m2": 90_000.0}, heritage=[HALL])
    for words in ("户数不在50至5000户之间", "户均建筑面积不在20至200平方米之间"):
        assert words in odd.loc["renovation", "warnings"]
        assert words not in odd.loc["culture_corridor", "warnings"]
        assert words not in renewed({**OLD, "floor_area_m2": 30_000.0})["warnings"]


# Corridors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("facts", "low", "middle", "high"),
    [
        ({"willingness_share": 0.7, "condition_grade": "B"}, 4, 4, 4),
        ({"willingness_share": 0.7, "condition_grade": "C"}, 2, 2, 2),
        ({"willingness_share": 0.5, "condition_grade": "D"}, 0, 0, 0),
        ({"willingness_share": 0.7}, 2, 3, 4),
        ({"condition_grade": "C"}, 0, 1, 2),
        ({}, 0, np.nan, 4),
    ],
)
def test_a_wall_is_asked_for_willing_owners_and_a_sound_grade(facts, low, middle, high):
    """Two points each; nothing is given for what nobody measured."""
    wall = offered({**OLD, **facts}, heritage=[HALL]).loc["culture_corridor"]
    found = wall[["filters_passed_low", "filters_passed", "filters_passed_high"]].tolist()
    assert found == pytest.approx([low, middle, high], nan_ok=True)


def test_the_criterion_says_what_is_asked_of_a_wall():
    note = next(item.note for item in MODEL.criteria if item.key == "reuse_fit")
    assert "of a wall (culture_corridor), which is lived in and has no type, two each" in note


def test_where_nothing_new_may_be_built_a_community_is_repaired_and_gets_no_stalls():
    zone = {"at": box(0, 0, 50, 70), "zone_type": "protection", "heritage_class": "district_unit"}
    free, held = offered(OLD, gaps=(500, 50)), offered(OLD, gaps=(500, 50), heritage_zone=[zone])
    assert free.loc["renovation", "stalls"] > 0
    assert held.loc["renovation", SIZES].tolist() == [0.0] * 6
    assert "不得新增泊位" in held.loc["renovation", "warnings"]
    assert held.loc["renovation", "permission"] == "approval"


def test_where_building_needs_leave_new_stalls_ask_for_it():
    zone = {"at": box(0, 0, 50, 70), "zone_type": "control", "heritage_class": "district_unit"}
    held = offered(OLD, gaps=(500, 50), heritage_zone=[zone]).loc["renovation"]
    assert held["stalls"] > 0
    assert "不得新增泊位" not in held["warnings"]
    assert held["permission"] in {"approval", "unclear"}


def test_a_law_that_names_no_term_is_not_said_to_grant_years():
    """Civil Code art. 278 is how owners vote; the 15 and 10 years are assumptions of the model."""
    table = offered(OLD)
    assert set(table["horizon_reason"]) <= {f"经验做法或假定，以当地为准：至多{years}年" for years in (10, 15)}
    assert not table["horizon_reason_en"].str.contains("278").any()
    assert set(table["horizon_source"]) <= {
        MODEL["fin.concession_default"].source,
        MODEL["fin.horizon.building"].source,
    }


def test_a_strip_of_an_edge_opens_the_band_of_what_is_added():
    """1 mm of a zone along 300 m is the drawing: it may be 15.8 stalls or none, and is not none as a fact."""
    zone = {"at": box(299.999, 0, 400, 200), "zone_type": "protection", "heritage_class": "national_unit"}
    home = {**OLD, "at": box(0, 0, 300, 200), "household_count": 745}
    free, held = (offered(home, gaps=(500, 50), heritage_zone=zones).loc["renovation"] for zones in ([], [zone]))
    assert held["stalls"] == free["stalls"] == 15.8
    assert (held["stalls_low"], held["stalls_high"], held["chargers_low"]) == (0, free["stalls_high"], 0)
    assert held["permission"] == "unclear"
    assert "界线核对前，新增泊位和充电桩可能为零" in held["warnings"]
    assert "只可修缮" not in held["warnings"]
