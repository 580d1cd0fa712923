"""Culture actions: halls of fame, museums, culture markets, red route stops; and the activation potential."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from heritage_cases import HALL as PLAIN_HALL
from need_city import AS_OF, FIVE, MODEL, city
from shapely.geometry import box

from gis import culture, heritage, idle_land, public_rooms, renovation
from gis._stories import heritage_around
from gis.activation import PARTS, potential, shares
from gis.criteria import values
from gis.need import assemble
from gis.options import merged
from gis.verdicts import STRICTNESS

HALL = {**PLAIN_HALL, "story": "陈氏子弟在此读书"}
WORKS = {**HALL, "building_type": "public_industrial", "ownership": "state"}
OLD = {"at": box(5, 5, 40, 60), "household_count": 400, "built_year": 1990}
ROOM = {
    "at": (120, 0),
    "ownership": "state",
    "occupancy": "vacant",
    "has_title": True,
    "danger_grade": "A",
    "floor_area_m2": 90.0,
}
PLOT = {
    "at": box(110, 10, 150, 40),
    "tenure": "collective",
    "zoning": "B1",
    "land_rent_cny_m2_month": 2.0,
}
LISTED = {"is_red_listed": True, "red_list_document": "示〔2021〕1号"}


NEAR = {"heritage": [HALL], "public_building": [ROOM], "community": [OLD]}
EVERYWHERE = (heritage, public_rooms, renovation)
NOBODY = assemble(city(), MODEL)[0]


def offered(*programmes, **layers):
    """Return what the programmes offer, and what the culture actions make of it."""
    town = city(FIVE, **layers)
    need = assemble(town, MODEL)[0] if "community" in layers else NOBODY
    found = merged([each.options(town, need, MODEL) for each in programmes])
    return merged([found, culture.options(town, need, MODEL, found)])


def sites(*facts):
    """Return what heritage sites alone could become, all of them in one place."""
    return heritage.options(city(FIVE, heritage=[{**HALL, **each} for each in facts]), NOBODY, MODEL)


def of(found, action, kind=None):
    rows = found.table[found.table["action"] == action]
    return rows if kind is None else rows[rows["asset_kind"] == kind]


def one(found, action, kind=None):
    rows = of(found, action, kind)
    assert len(rows) == 1
    return rows.iloc[0]


def test_a_hall_of_fame_in_a_hall_a_room_and_a_wall_near_a_story_and_an_old_community():
    found = offered(*EVERYWHERE, **NEAR)
    hall, room, wall = (one(found, "hall_of_fame", kind) for kind in ("heritage", "public_building", "community"))
    # 60 m2 of display are enough: of 200 m2 and of 90 m2; the wall of 35 + 2 x 15 m holds panels of 2 m: 130 m2.
    assert [found["area_m2"] for found in (hall, room, wall)] == [60, 60, 60]
    for each in (hall, room, wall):
        assert each["theme"] == "heritage"
        assert "镇街、居民代表会议" in each["authority"].split("；")
        assert STRICTNESS[each["permission"]] >= STRICTNESS["approval"]
    # The hall lends the room half of its story.
    assert (room["cluster"], room["story"], room["filters_passed"]) == (1, 0.5, 4)
    assert np.isnan(room["idle_support"])  # no layer of idle land: null, not 0
    assert np.isnan(wall["wall_m"])


@pytest.mark.parametrize(
    "lacks", [{"heritage": [{**HALL, "story": " "}]}, {"community": [{**OLD, "built_year": 2010}]}]
)
def test_without_a_story_or_an_old_community_there_is_no_hall_of_fame(lacks):
    assert of(offered(*EVERYWHERE, **(NEAR | lacks)), "hall_of_fame").empty


def test_what_a_room_may_not_hold_a_hall_of_fame_may_not_either():
    rooms = [{**ROOM, "danger_grade": "D"}, {**ROOM, "ownership": None}]
    found = offered(public_rooms, **(NEAR | {"public_building": rooms}))
    rows = of(found, "hall_of_fame", "public_building")
    assert list(rows["asset_id"]) == ["public_building-1"]
    assert list(rows["permission"]) == ["unclear"]
    assert list(rows["filters_passed"]) == [3.5]  # the owner is unknown: half


MUSEUMS = (
    ({}, "approval"),
    ({"heritage_class": "city_unit"}, "approval"),
    ({"heritage_class": "city_unit", "ownership": "state_enterprise"}, "unclear"),
    ({"heritage_class": None}, "unclear"),
    ({"building_type": "hall_school"}, None),
    ({"building_type": None}, None),
    ({"danger_grade": "D"}, None),
    ({"tenant_household_count": 3, "use_state": "residential"}, None),
    ({"is_open": True, "use_state": "cultural"}, None),
    ({"ownership": "religious"}, None),
)


def test_a_museum_only_where_the_type_suits_and_nobody_lives_or_is_in_danger():
    found = of(sites(*({**WORKS, **facts} for facts, _ in MUSEUMS)), "museum").set_index("asset_id")
    for number, (facts, permission) in enumerate(MUSEUMS):
        said = found["permission"].get(f"heritage-{number}")
        assert said == permission, facts


def test_a_state_owned_unit_that_becomes_a_museum_is_no_asset_of_an_enterprise():
    owners = ("state", "sub_district", "state_enterprise", "private")
    found = of(sites(*({**WORKS, "heritage_class": "district_unit", "ownership": owner} for owner in owners)), "museum")
    banned = ["企业资产经营（文物保护法 2017 art.24）" in text.split("；") for text in found["forbidden_uses"]]
    assert banned == [True, True, True, False]
    assert found["permission_reason"].str.contains("登记的非营利组织").all()
    assert found["permission_source"].str.contains("博物馆条例(国务院令第659号)", regex=False).all()


def test_a_culture_market_on_idle_land_near_heritage_for_two_years_and_not_in_a_protection_zone():
    both = offered(idle_land, idle_land=[PLOT], heritage=[HALL])
    found, market = one(both, "culture_market"), one(both, "market")
    assert found["area_m2"] == market["area_m2"] == 1200
    assert found["horizon_years"] == 2
    assert bool(found["has_land"])
    assert "城市管理、市场监管部门及公安机关" in found["authority"]
    assert of(offered(idle_land, idle_land=[PLOT]), "culture_market").empty
    for of_class, kind in (("historic_building", "protection"), ("historic_block", "block_core")):
        zone = {"at": PLOT["at"], "zone_type": kind, "heritage_class": of_class}
        inside = offered(idle_land, idle_land=[PLOT], heritage=[HALL], heritage_zone=[zone])
        assert of(inside, "culture_market").empty
        assert not inside.exclusions.duplicated(["asset_id", "action", "rule"]).any()


def test_that_no_culture_market_stands_in_a_zone_is_our_assumption_and_not_told_as_law():
    zone = {"at": PLOT["at"], "zone_type": "protection", "heritage_class": "historic_building"}
    inside = offered(idle_land, idle_land=[PLOT], heritage=[HALL], heritage_zone=[zone])
    assert one(inside, "market")["permission"] == "unclear", "no rule speaks of such a zone"
    told = inside.exclusions[inside.exclusions["action"] == "culture_market"].set_index("rule")
    assert list(told.index) == ["no_market_in_zone"]
    why = told.loc["no_market_in_zone"]
    assert why["source"].startswith("ASSUMPTION")
    assert "从严的假定" in why["reason"]
    assert "assumption" in why["reason_en"]
    core = {**zone, "zone_type": "block_core", "heritage_class": "historic_block"}
    barred = offered(idle_land, idle_land=[PLOT], heritage=[HALL], heritage_zone=[core]).exclusions
    assert list(barred["rule"]) == ["heritage_zone"], "the law is enough: it bars whatever is new"


@pytest.mark.parametrize(("held", "expected"), [("", "city"), ("city", "city"), ("province", "province")])
def test_the_level_of_the_rule_of_an_action_counts_beside_that_of_what_it_is_made_of(held, expected):
    told = {"approval_level": held, "approval_reason": held and "甲", "approval_reason_en": held and "a"}
    market = offered(idle_land, idle_land=[PLOT]).table.query("action == 'market'").assign(**told)
    rule = replace(MODEL.rules["culture.market"], level="city")
    found = culture.with_rule(market, rule, AS_OF).iloc[0]
    assert found["approval_level"] == expected
    assert ("城市管理、市场监管部门及公安机关" in found["approval_reason"]) == (expected == "city")
    assert ("甲" in found["approval_reason"].split("；")) == (held != "")
    again = culture.with_rule(found.to_frame().T, rule, AS_OF).iloc[0]
    assert again["approval_reason"] == found["approval_reason"], "what is said once is not said again"


def test_land_that_may_hold_no_market_may_hold_no_culture_market():
    small = {**PLOT, "at": box(110, 10, 115, 15)}
    found = offered(idle_land, idle_land=[small, {**PLOT, "constraint": "school"}], heritage=[HALL])
    assert of(found, "culture_market").empty
    told = found.exclusions.set_index("asset_id")
    assert "too_small" in set(told.loc[["idle_land-0"]].query("action == 'culture_market'")["rule"])


def reasons_of(found, action):
    """Return the rules and reasons that exclude ``action``, by asset."""
    rows = found.exclusions[found.exclusions["action"] == action].set_index("asset_id")
    return rows[["rule", "reason", "reason_en"]]


def test_every_hall_and_market_that_is_not_offered_has_its_reason():
    young, held = {**OLD, "built_year": 2010}, {**ROOM, "danger_grade": "D"}
    layers = {"community": [young], "public_building": [ROOM, held], "idle_land": [PLOT, {**PLOT, "zoning": "G1"}]}
    found = offered(*EVERYWHERE, idle_land, **layers)
    for action, kind, base in (
        ("hall_of_fame", "public_building", "culture_space"),
        ("hall_of_fame", "community", "culture_corridor"),
        ("culture_market", "idle_land", "market"),
    ):
        thought_of = set(of(found, base, kind)["asset_id"])
        thought_of |= set(found.exclusions.query("asset_kind == @kind and action == @base")["asset_id"])
        told = found.exclusions.query("asset_kind == @kind and action == @action")
        assert set(told["asset_id"]) | set(of(found, action, kind)["asset_id"]) == thought_of
        assert not (told["asset_id"] + told["rule"]).duplicated().any()
    hall, market = (reasons_of(found, action) for action in ("hall_of_fame", "culture_market"))
    assert hall.loc["public_building-0", "rule"] == "no_residents_story"
    assert market.loc["idle_land-0"].to_list() == [
        "no_heritage_near",
        "步行范围内没有文物古迹，不考虑文化集市（缺图层：历史文化资源）",
        "No heritage within the walk: no culture market is thought of (no layer of heritage)",
    ]
    assert market.loc["idle_land-1", "rule"] == "zoning.G1", "what forbids the market comes before what is far"
    other = {**HALL, "at": (9000, 9000)}
    far = reasons_of(offered(idle_land, idle_land=[PLOT], heritage=[other]), "culture_market")
    assert far["reason"].to_list() == ["步行范围内没有文物古迹，不考虑文化集市"]


STOPS = (
    (LISTED, True),
    ({**LISTED, "is_open": True, "use_state": "cultural"}, True),
    ({**LISTED, "tenant_household_count": 9, "use_state": "residential"}, True),
    ({"is_red_listed": True}, False),
    ({"is_red_listed": True, "red_list_document": "待定"}, False),
    ({"is_red_listed": False, "red_list_document": "示〔2021〕1号"}, False),
    ({"name": "红军旧址", "story": "红色故事，革命旧址"}, False),
    ({**LISTED, "danger_grade": "D"}, False),
    ({**LISTED, "ownership": "military"}, False),
    ({**LISTED, "heritage_class": "ancient_tree"}, False),
)


def test_a_red_stop_only_by_the_official_list_with_its_document():
    found = of(sites(*(facts for facts, _ in STOPS)), "red_route_stop")
    assert list(found["asset_id"]) == [f"heritage-{n}" for n, (_, is_stop) in enumerate(STOPS) if is_stop]
    assert (found["permission"] == "approval").all()
    assert (found["area_m2"] == MODEL.value("red_stop.area")).all()


def test_a_red_stop_asks_the_heritage_rules_of_works_and_a_private_owner():
    site = {**HALL, **LISTED, "heritage_class": "city_unit"}
    stop, private = (row for _, row in of(sites(site, {**site, "ownership": "private"}), "red_route_stop").iterrows())
    assert "市级文物保护单位本体：改动或修缮须报批" in stop["permission_reason"]
    assert stop["filters_passed"] == 4
    assert private["permission"] == "unclear"


def test_every_culture_action_is_led_sized_priced_and_has_a_next_step():
    layers = {"heritage": [{**HALL, **LISTED}, {**WORKS, "at": (150, 0)}], "public_building": [ROOM]}
    found = offered(*EVERYWHERE, idle_land, **layers, community=[OLD], idle_land=[PLOT])
    for code in ("hall_of_fame", "museum", "culture_market", "red_route_stop"):
        rows = of(found, code)
        assert len(rows) > 0
        assert (rows["area_m2"] > 0).all()
        assert (rows["next_step"] != "").all()
        assert (rows["next_step_en"] != "").all()
        act = MODEL.actions[code]
        assert all((act.lead_dept, act.lead_dept_en, act.co_depts, act.co_depts_en))
        assert act.themes == ("heritage",)
        assert not (rows["asset_id"] + rows["action"]).duplicated().any()


@pytest.mark.parametrize(
    ("surface", "passed", "condition"),
    [
        ("paved", (4, 4, 4), 1),
        ("built", (2.5, 1, 4), None),  # of what stands there nobody says use, safety or type: three halves
        (None, (2.5, 1, 4), None),
    ],
)
def test_a_plot_passes_the_conditions_of_reuse_only_where_nothing_stands(surface, passed, condition):
    found = one(offered(idle_land, idle_land=[{**PLOT, "surface": surface}], heritage=[HALL]), "culture_market")
    names = ("filters_passed", "filters_passed_low", "filters_passed_high")
    assert tuple(found[name] for name in names) == passed
    assert np.isnan(found["condition"]) if condition is None else found["condition"] == condition
    assert ("idle_land.surface" in found["missing"].split(",")) == (surface is None)


@pytest.mark.parametrize(
    ("occupancy", "passed"),
    [("vacant", (4, 4, 4)), ("overdue", (3, 3, 3)), ("partly_let", (3.5, 3, 4)), (None, (3.5, 3, 4))],
)
def test_a_room_that_is_held_is_not_counted_as_vacant(occupancy, passed):
    found = one(
        offered(public_rooms, **(NEAR | {"public_building": [{**ROOM, "occupancy": occupancy}]})),
        "hall_of_fame",
        "public_building",
    )
    names = ("filters_passed", "filters_passed_low", "filters_passed_high")
    assert tuple(found[name] for name in names) == passed


def test_the_years_of_a_culture_market_are_told_as_practice():
    found = one(offered(idle_land, idle_land=[PLOT], heritage=[HALL]), "culture_market")
    assert found["horizon_reason"] == "经验做法或假定，以当地为准：至多2年"
    assert found["horizon_source"] == MODEL["culture_market.term_max"].source


# Activation potential ---------------------------------------------------------------------------------------------


def measured(**facts):
    town = city(FIVE, heritage=[{**HALL, **facts}], service=[{"at": (200, 0), "service_type": "bus_stop"}])
    table = of(heritage.options(town, NOBODY, MODEL), "heritage_reuse").assign(
        capex_cny=1.0, npv_cny=np.nan, npv_low_cny=np.nan, npv_high_cny=np.nan, npv_unrented_cny=np.nan
    )
    return values(table, MODEL, "heritage")


def test_the_potential_adds_up_from_its_parts_by_hand():
    """Weights 0.18 level, 0.06 story, 0.10 people, 0.08 stop, 0.08 idle, 0.10 cluster: 0.60 in all.

    Level 0.35; a story without a list 0.5; no community layer: people missing, 0.5; a stop at 100 m of 500: 0.8; no
    idle layers: missing, 0.5; no other heritage: 0. (0.063 + 0.03 + 0.05 + 0.064 + 0.04 + 0) / 0.6 = 0.247 / 0.6.
    """
    found = potential(measured(), MODEL.weights("heritage")).iloc[0]
    assert found["activation"] == pytest.approx(0.247 / 0.6)
    # People and idle assets may be worth 0 or 1: 0.05 and 0.04 less, 0.05 and 0.04 more.
    assert found["activation_low"] == pytest.approx(0.157 / 0.6)
    assert found["activation_high"] == pytest.approx(0.337 / 0.6)


def test_a_missing_part_widens_the_band_and_a_better_one_raises_the_number():
    weights = MODEL.weights("heritage")
    known, blank = (potential(measured(**facts), weights).iloc[0] for facts in ({}, {"story": None}))
    assert blank["activation_high"] - blank["activation_low"] == pytest.approx(
        known["activation_high"] - known["activation_low"] + 0.06 / 0.6
    )
    listed = potential(measured(**LISTED), weights).iloc[0]
    assert listed["activation"] == pytest.approx(known["activation"] + 0.03 / 0.6)


def test_shares_sum_to_one_and_are_alike_where_no_part_weighs():
    assert sum(shares(MODEL.weights("heritage")).values()) == pytest.approx(1)
    assert list(shares(dict.fromkeys(PARTS, 0.0)).values()) == [1 / 6] * 6


def test_idle_assets_that_could_not_serve_are_not_counted_and_half_a_count_is_none():
    near = {"idle_land": [PLOT, {**PLOT, "constraint": "military"}, {**PLOT, "constraint": "none"}]}
    rooms = [ROOM, {**ROOM, "danger_grade": "D"}, {**ROOM, "ownership": "trust"}, {**ROOM, "occupancy": None}]
    town = {"heritage": [HALL], **near}
    both, half = (city(FIVE, **town, **more) for more in ({"public_building": rooms}, {}))
    assert heritage_around(both, MODEL, both.placed("heritage"))["idle_support"].tolist() == [3]  # two plots, one room
    assert heritage_around(half, MODEL, half.placed("heritage"))["idle_support"].isna().all()
    # A room does not support itself.
    assert heritage_around(both, MODEL, both.placed("public_building"))["idle_support"].tolist() == [2, 3, 3, 3]
