"""The permission card: what a click or a box on the map is answered, act by act."""

from __future__ import annotations

from datetime import date

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from need_city import AS_OF, MODEL, city
from shapely.affinity import rotate, translate
from shapely.geometry import Point, Polygon, box

from gis import heritage, permission_card
from gis._zones import BORDERS
from gis.permission_card import LAND, PermissionCard
from gis.verdicts import STRICTNESS, Verdict, strictest
from layers.errors import AnalysisError

HALL = {
    "at": (100, 100),
    "name": "旧书院",
    "heritage_class": "traditional_building",
    "building_type": "hall_school",
    "ownership": "state",
    "use_state": "vacant",
    "danger_grade": "B",
    "tenant_household_count": 0,
}
SITE = "heritage-0"
STATE = {"use_state": "vacant", "tenant_household_count": 0, "position": "exact"}
ZONES = [
    {"at": box(0, 0, 200, 200), "zone_type": "control", "heritage_class": "city_unit"},
    {"at": box(50, 50, 150, 150), "zone_type": "protection", "heritage_class": "city_unit"},
    {"at": box(300, 0, 400, 100), "zone_type": "block_core", "heritage_class": "historic_block"},
    {"at": box(380, 0, 500, 100), "zone_type": "buried_relics"},
]


def asked(place, *, as_of=AS_OF, within_m=0.0, **layers) -> PermissionCard:
    town = city(**({"heritage": [HALL], "heritage_zone": ZONES} | layers))
    return permission_card.at(town, MODEL, place, as_of, within_m=within_m)


def row(card, act, subject=LAND):
    return card.acts[(card.acts["subject"] == subject) & (card.acts["act"] == act)].iloc[0]


def test_a_box_over_a_protection_and_a_control_zone_takes_the_protection_zone():
    card = asked(box(140, 140, 160, 160))
    new = row(card, "new_building")
    assert (new["permission"], card.has_red_stop) == ("forbidden", True)
    assert new["zones"] == "建设控制地带（市级文物保护单位）；保护范围（市级文物保护单位）"
    assert "征得上一级文物行政部门同意" in new["authority"]
    assert new["documents"] == ""  # nobody prepares papers for what is forbidden
    repair = row(card, "alteration")
    assert (repair["permission"], repair["notice_days"]) == ("approval", 20)
    assert repair["documents"] == "工程或修缮设计方案；对文物及历史风貌的影响说明；公示情况说明"
    assert set(card.acts["subject"]) == {LAND}  # the hall stands 57 m off


def test_in_the_control_zone_alone_building_needs_approval_and_no_stop():
    card = asked(Point(10, 10))
    assert row(card, "new_building")["permission"] == "approval"
    assert not card.has_red_stop
    assert card.acts["notice_days"].isna().all()


def test_a_core_over_buried_relics_forbids_building_and_asks_for_a_survey():
    card = asked(box(385, 10, 390, 20))
    assert row(card, "new_building")["permission"] == "forbidden"
    alter = row(card, "alteration")
    assert (alter["permission"], alter["notice_days"]) == ("unclear", 20)
    assert "考古调查意见" in alter["documents"].split("；")
    assert "考古调查" in alter["warnings"]


def test_a_click_on_a_site_answers_for_the_site_and_for_the_ground():
    card = asked(Point(103, 100), within_m=5)
    assert list(card.acts["subject"]) == [LAND] * 3 + ["heritage-0"] * 3
    use = row(card, "use_change", "heritage-0")
    # A traditional building may change its use; the protection zone and the owner ask to be asked.
    assert use["permission"] == "approval"
    assert use["suits"] == "社区书屋、公益讲堂、文化站、管理用房"
    assert use["documents"] == "产权证明；房屋安全鉴定报告；使用方案"
    assert MODEL.rules["room.state"].authority in use["authority"].split("；")
    assert row(card, "alteration", "heritage-0")["suits"] == ""
    assert len(asked(Point(103, 100)).acts) == 3


@pytest.mark.parametrize(
    ("facts", "permission"),
    [
        ({}, "approval"),
        ({"ownership": None}, "unclear"),
        ({"ownership": "military"}, "unclear"),
        ({"heritage_class": None}, "unclear"),
        ({"danger_grade": None}, "unclear"),
        ({"building_type": None}, "unclear"),
        ({"position": "approximate"}, "unclear"),
    ],
)
def test_what_is_unknown_of_a_site_is_unclear(facts, permission):
    card = asked(Point(100, 100), heritage=[{**HALL, **facts}], heritage_zone=[])
    assert row(card, "use_change", "heritage-0")["permission"] == permission


def test_where_no_zone_is_drawn_nobody_can_say():
    beside = asked(Point(900, 900))
    assert set(beside.acts["permission"]) == {"unclear"}
    assert "没有区划覆盖此处" in row(beside, "new_building")["permission_reason"]
    none = asked(Point(900, 900), heritage_zone=[])
    assert row(none, "new_building")["permission_reason"] == "没有保护区划图层，无从判断"


def test_before_a_rule_is_in_force_it_allows_nothing():
    """The rule for traditional buildings is of 2023-07-01, the regulation on blocks of 2008-07-01."""
    card = asked(Point(350, 50), as_of=date(2008, 6, 30))
    assert row(card, "alteration")["permission"] == "unclear"
    assert row(card, "new_building")["permission"] == "forbidden"
    assert "尚未生效" in row(card, "alteration")["clauses_open"]


def test_what_the_layers_do_not_know_is_told():
    drawn = {**HALL, "name": "南堂", "is_zone_on_drawing": True}
    lost = {key: value for key, value in HALL.items() if key != "at"}
    card = asked(Point(120, 100), heritage=[drawn, lost])
    assert [note.zh for note in card.notes] == ["南堂的区划仅见图则，范围未知", "另有1处文物待落图，可能涉及此处"]


@pytest.mark.parametrize(
    ("grade", "permission", "words"),
    [("A", "allowed", ""), ("B", "allowed", ""), ("C", "approval", "加固"), ("D", "unclear", "先排险修缮")],
)
def test_the_worse_the_house_the_stricter_the_card(grade, permission, words):
    """Of the state of the house alone: a site without owner's rule or class would hide the grades."""
    told = heritage.conditions(pd.Series({**STATE, "danger_grade": grade}), has_type=True)
    found = strictest([Verdict("allowed"), *(Verdict(to, (why,), next_steps=(ask,)) for to, (why, ask) in told)])
    assert found.permission == permission
    assert words in "".join(note.zh for note in found.next_steps)
    card = row(asked(Point(100, 100), heritage=[{**HALL, "danger_grade": grade}], heritage_zone=[]), "use_change", SITE)
    assert card["permission"] == {"unclear": "unclear"}.get(permission, "approval")
    assert words in card["next_step"]


def test_a_box_that_only_touches_a_zone_is_told_so_and_nobody_can_say():
    card = asked(box(500, 0, 520, 100))
    assert row(card, "new_building")["zones"] == ""
    assert row(card, "new_building")["permission"] == "unclear"
    assert BORDERS in card.notes
    assert BORDERS not in asked(box(501, 0, 520, 100)).notes


def test_an_empty_place_is_refused():
    with pytest.raises(AnalysisError, match="empty"):
        asked(Polygon())


CORNERS = st.tuples(st.integers(-50, 520), st.integers(-50, 250))


@settings(max_examples=8, deadline=None)
@given(CORNERS, CORNERS, st.integers(0, 359), st.tuples(st.integers(-9999, 9999), st.integers(-9999, 9999)))
def test_a_wider_box_is_never_easier_and_the_city_may_be_moved_and_turned(one, two, angle, by):
    (left, right), (low, high) = sorted((one[0], two[0])), sorted((one[1], two[1]))
    small, wide = box(left, low, right + 1, high + 1), box(left - 7, low - 7, right + 8, high + 8)

    def moved(shape):
        return translate(rotate(Point(shape) if isinstance(shape, tuple) else shape, angle, origin=(0, 0)), *by)

    def said(place, turn=lambda shape: shape):
        layers = {"heritage": [HALL], "heritage_zone": ZONES}
        turned = {name: [{**item, "at": turn(item["at"])} for item in items] for name, items in layers.items()}
        acts = asked(turn(place), **turned).acts
        return acts[acts["subject"] == LAND]["permission"].map(STRICTNESS)

    inside = [zone for zone in ZONES if zone["at"].intersection(small).area > 0]
    if inside:  # outside every zone nobody can say, which a zone may clear up
        assert (said(wide) >= said(small)).all()
    touch = [zone["at"].boundary.distance(small.boundary) for zone in ZONES]
    if min(touch) > 1e-3 or all(zone["at"].intersection(small).area > 1 for zone in inside):
        assert list(said(small, moved)) == list(said(small))
