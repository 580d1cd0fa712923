"""Heritage, renovation and culture corridors: what a site suits, who may, what stands around it."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import numpy as np
import pytest
from heritage_cases import HALL
from hypothesis import given, settings
from hypothesis import strategies as st
from need_city import FIVE, MODEL, city
from shapely.geometry import box

from gis import heritage, renovation
from gis._notes import SEPARATORS
from gis.need import assemble
from gis.verdicts import STRICTNESS
from layers.kinds._columns import HERITAGE_CLASSES, OWNERSHIPS

NOBODY = assemble(city(), MODEL)[0]
OLD = {"at": box(5, 5, 40, 60), "household_count": 400, "built_year": 1990, "elderly_share": 0.3}


def offered(programme, **layers):
    town = city(FIVE, **layers)
    need = assemble(town, MODEL)[0] if "community" in layers else NOBODY
    return programme.options(town, need, MODEL)


def site(**facts):
    return offered(heritage, heritage=[{**HALL, **facts}])


def act(found, action):
    return found.table[found.table["action"] == action].iloc[0]


def words(text):
    return text.split(SEPARATORS[""])


def test_a_traditional_hall_may_become_a_culture_space_by_leave_of_its_owner_and_the_department_of_the_guide():
    found = act(site(), "culture_space")
    assert found["permission"] == "approval"
    assert set(words(found["permission_source"])) == {
        "广州市传统风貌建筑保护规定 2023-07-01",
        "文物建筑开放导则 文物保发〔2019〕24号",
        "ASSUMPTION - 经验做法，须本地核实 (practice, verify locally)",
    }
    of_class = "传统风貌建筑本体：改变用途可行（广州市传统风貌建筑保护规定 2023-07-01）"
    assert {of_class, "集体物业：集体表决并经三资平台公开交易"} < set(words(found["permission_reason"]))
    assert "宜：社区书屋、公益讲堂、文化站、管理用房" in found["permission_reason"]
    assert {"农村集体经济组织（三资平台）", "文物行政部门（备案/批准）"} < set(words(found["authority"]))
    guide = "文物建筑开放导则 文物保发〔2019〕24号"
    assert f"改变结构体系、形式格局（{guide}）" in words(found["forbidden_uses"])
    assert f"changing its structure, form or layout ({guide})" in found["forbidden_uses_en"].split("; ")
    assert found["filters_passed"] == found["filters_passed_low"] == found["filters_passed_high"] == 4


@pytest.mark.parametrize("owner", ["collective", "state", "state_enterprise", "sub_district", "private", "mixed"])
@pytest.mark.parametrize("of_class", ["traditional_building", "historic_building"])
def test_the_rule_of_a_room_of_the_same_owner_holds_for_a_site(owner, of_class):
    rule = MODEL.rules[f"room.{owner}"]
    found = act(site(ownership=owner, heritage_class=of_class), "culture_space")
    assert STRICTNESS[found["permission"]] >= STRICTNESS[rule.permission] >= STRICTNESS["approval"]
    assert rule.authority in words(found["authority"])
    assert rule.zh in words(found["permission_reason"])
    assert rule.next_zh in words(found["next_step"])


@pytest.mark.parametrize(
    ("facts", "permission", "reason"),
    [
        ({"use_state": "residential", "tenant_household_count": None}, "unclear", "有人居住，住户数不明"),
        ({"use_state": None}, "unclear", "使用现状不明"),
        ({"use_state": "unknown"}, "unclear", "使用现状不明"),
        ({"use_state": "residential"}, "approval", "现有使用人，须征得其同意"),
        ({"use_state": "worship"}, "approval", "现有使用人，须征得其同意"),
        ({"use_state": "commercial"}, "approval", "现有使用人，须征得其同意"),
        ({"use_state": "office"}, "approval", "现有使用人，须征得其同意"),
        ({"use_state": "cultural"}, "approval", "现有使用人，须征得其同意"),
        ({"danger_grade": None}, "unclear", "房屋安全等级不明"),
        ({"danger_grade": "C"}, "approval", "C级（局部危险），加固前不得开放"),
        ({"position": "approximate"}, "unclear", "位置为近似，须先落图"),
    ],
)
def test_occupants_danger_and_place_make_a_verdict_stricter_and_say_so(facts, permission, reason):
    found = act(site(**facts), "culture_space")
    assert found["permission"] == permission
    assert reason in words(found["permission_reason"])


STATES = ("vacant", "storage", "residential", "office", "commercial", "cultural", "worship", "unknown", None)
OWNERS = (*OWNERSHIPS, None)


@settings(max_examples=25, deadline=None)
@given(
    st.fixed_dictionaries(
        {
            "heritage_class": st.sampled_from((*HERITAGE_CLASSES, None)),
            "ownership": st.sampled_from(OWNERS),
            "use_state": st.sampled_from(STATES),
            "danger_grade": st.sampled_from(("A", "B", "C", "D", None)),
            "tenant_household_count": st.sampled_from((0, 3, None)),
            "building_type": st.sampled_from((*MODEL.reuse, "unknown", None)),
        }
    )
)
def test_no_site_is_ever_allowed_without_asking_and_what_is_unknown_is_unclear(facts):
    table = site(**facts).table
    assert "allowed" not in set(table["permission"])
    unknown = {None, "unknown"} & {facts[name] for name in ("heritage_class", "ownership", "use_state", "danger_grade")}
    if unknown:
        assert set(table["permission"]) <= {"unclear", "forbidden"}


def test_repair_needs_approval_where_only_use_is_free():
    assert act(site(), "heritage_reuse")["permission"] == "approval"


@pytest.mark.parametrize("facts", [{"heritage_class": None}, {"ownership": None}, {"building_type": None}])
def test_an_unknown_class_owner_or_type_is_unclear(facts):
    found = site(**facts).table
    assert set(found["permission"]) == {"unclear"}
    assert len(found) == 2


def test_what_openstreetmap_knows_is_never_allowed():
    found = offered(heritage, heritage=[{"at": (100, 0), "name": "x"}]).table
    assert set(found["permission"]) == {"unclear"}
    assert found["legal_level"].isna().all()
    assert found["filters_passed"].isna().all()
    assert np.allclose(found["filters_passed_high"] - found["filters_passed_low"], 4)


@pytest.mark.parametrize(
    ("facts", "rule", "left"),
    [
        ({"ownership": "trust"}, "owner_trust", set()),
        ({"ownership": "religious"}, "owner_religious", set()),
        ({"ownership": "military"}, "owner_military", set()),
        ({"heritage_class": "ancient_tree"}, "ancient_tree", set()),
        ({"is_open": True, "use_state": "cultural"}, "in_use", set()),
        ({"danger_grade": "D"}, "danger_D", {"heritage_reuse"}),
        ({"tenant_household_count": 11}, "in_use", {"heritage_reuse"}),
        ({"building_type": "residential_commercial"}, "reuse_type", {"heritage_reuse"}),
        ({"building_type": "garden_monument"}, "reuse_type", {"heritage_reuse"}),
    ],
)
def test_filters_of_owner_tenants_danger_and_type(facts, rule, left):
    found = site(**facts)
    assert set(found.table["action"]) == left
    assert rule in set(found.exclusions["rule"])


def test_what_is_not_thought_of_has_its_reason():
    """Every action of every site is offered or excluded: a hall suits no museum, has no story and is on no list."""
    found = site(use_state="vacant")
    told = found.exclusions.set_index("action")["rule"].to_dict()
    assert told == {"museum": "unfit_type", "hall_of_fame": "no_residents_story", "red_route_stop": "not_red_listed"}
    assert set(found.table["action"]) | set(told) == set(heritage.ACTIONS)
    assert site(building_type=None).exclusions["rule"].tolist().count("unfit_type") == 2
    held = site(ownership="religious").exclusions
    assert list(held["rule"]) == ["owner_religious"], "one reason is enough where the whole site is out"


GUEST_HOUSE = {"building_type": "residential_commercial", "heritage_class": "provincial_unit"}


@pytest.mark.parametrize(
    ("facts", "is_barred"),
    [
        ({**GUEST_HOUSE, "ownership": "state"}, True),
        ({**GUEST_HOUSE, "ownership": "state_enterprise"}, True),
        ({**GUEST_HOUSE, "ownership": "private"}, False),
        ({**GUEST_HOUSE, "ownership": None}, False),
        ({**GUEST_HOUSE, "ownership": "state", "heritage_class": "traditional_building"}, False),
    ],
)
def test_what_it_suits_says_what_of_it_the_law_bars(facts, is_barred):
    """Row 13: no protected site of the State is run as an enterprise's asset, whatever its type of building suits."""
    found = site(**facts)
    reuse = act(found, "heritage_reuse")
    said = next(text for text in words(reuse["permission_reason"]) if text.startswith("宜："))
    assert said.startswith("宜：小型宾馆、客栈、民宿、店铺、茶室、传统工艺作坊（文物建筑开放导则")
    row = "国有文保单位（博物馆、保管所、参观游览场所）不得作为企业资产经营，文物保护法 2017 art.24，条文号待核"
    assert (f"（{row}，其他用途是否适用须向文物部门核实）" in said) == is_barred
    english = (
        "not allowed is running it as an enterprise's asset, 文物保护法 2017 art.24, articles not mapped to the law in "
        "force, of other uses ask"
    )
    assert (english in reuse["permission_reason_en"]) == is_barred
    unfit = found.exclusions.loc[found.exclusions["rule"] == "reuse_type", "reason"]
    assert unfit.str.contains("不得作为企业资产经营").all() == is_barred
    assert unfit.str.contains("条文号待核").all() == is_barred


def test_tenants_and_danger_lower_the_conditions():
    found = act(site(danger_grade="D", tenant_household_count=11), "heritage_reuse")
    assert found["filters_passed"] == 2
    assert words(found["next_step"])[:2] == ["先排险修缮，并复核安全等级", "有住户，须先依法腾退安置"]
    assert found["condition"] == 4


def test_red_only_by_the_official_list_with_its_document():
    def points(**facts):
        return act(site(**facts), "heritage_reuse")["story"]

    assert np.isnan(points())
    assert points(story="红色故事，红军旧址") == 1
    assert points(is_red_listed=True, red_list_document="示〔2021〕1号") == 1
    assert points(is_red_listed=True) == 0
    for none_yet in ("无", "待定", "申报中", "待公布2024", "1"):
        assert points(is_red_listed=True, red_list_document=none_yet) == 0
    assert points(story="故事", is_red_listed=True, red_list_document="示〔2021〕1号") == 2


def test_what_stands_around_a_site():
    found = offered(
        heritage,
        heritage=[HALL, {**HALL, "at": (200, 0)}, {**HALL, "at": (4000, 0)}],
        service=[{"at": (100, 80), "service_type": "bus_stop"}, {"at": (100, 1), "service_type": "clinic"}],
        idle_land=[{"at": (150, 0)}],
        public_building=[{"at": (0, 0), "occupancy": "vacant"}, {"at": (0, 0), "occupancy": "let"}],
    )
    first = found.table.iloc[0]
    assert (first["cluster"], first["transit_m"], first["idle_support"]) == (1, 80, 2)
    far = found.table[found.table["asset_id"] == "heritage-2"].iloc[0]
    assert (far["cluster"], far["transit_m"], far["idle_support"]) == (0, 1000, 0)


def test_unknown_transit_and_idle_layers_stay_unknown():
    found = act(site(), "culture_space")
    assert np.isnan(found["transit_m"])
    assert np.isnan(found["idle_support"])


# Renovation and corridors -----------------------------------------------------------------------------------------


def test_renovation_of_an_old_community_needs_leave_and_serves_who_lives_there():
    found = act(offered(renovation, community=[OLD]), "renovation")
    assert (found["people_served"], found["household_count"]) == (1000, 400)
    assert found["permission"] == "approval"
    assert "穗建规字〔2023〕8号已于2026-05-31失效" in found["clauses_open"]


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"built_year": 2001}, "not_old"),
        ({"is_self_built": True}, "not_old"),
        ({"in_rebuild_plan": True}, "not_old"),
        ({"renovation_state": "done"}, "renovated"),
    ],
)
def test_what_is_not_renovated_and_why(facts, rule):
    found = offered(renovation, community=[{**OLD, **facts}])
    assert "renovation" not in set(found.table["action"])
    assert rule in set(found.exclusions["rule"])


def test_an_unknown_year_is_unclear():
    found = act(offered(renovation, community=[{**OLD, "built_year": None}]), "renovation")
    assert found["permission"] == "unclear"
    assert "community.built_year" in found["missing"].split(",")


def test_a_corridor_needs_a_wall_on_a_street_and_heritage_near():
    found = offered(renovation, community=[OLD], heritage=[HALL])
    wall = act(found, "culture_corridor")
    # South side (35 m) at 5 m from the street and of east and west sides what is within 20 m of it.
    assert wall["wall_m"] == pytest.approx(35 + 2 * 15)
    assert wall["theme"] == "heritage"
    assert (wall["cluster"], wall["legal_level"]) == (
        1,
        MODEL.levels["traditional_building"] * MODEL.value("heritage.lent_share"),
    )
    assert "culture_corridor" not in set(offered(renovation, community=[OLD]).table["action"])
    alone = offered(renovation, community=[OLD]).exclusions
    assert list(alone["reason"]) == ["不考虑文化长廊（步行范围内没有文物古迹，或图层缺失）"]
    behind = {**OLD, "at": box(5, 100, 40, 160)}
    told = offered(renovation, community=[behind], heritage=[HALL]).exclusions
    assert told[["action", "rule"]].to_numpy().tolist() == [["culture_corridor", "no_corridor"]]
    assert told["reason"].item() == "不考虑文化长廊（临街边界不足或不明）"
    assert "culture_corridor" not in set(offered(renovation, community=[behind], heritage=[HALL]).table["action"])


def test_a_wall_in_a_protection_zone_needs_the_heritage_authority():
    zone = {"at": OLD["at"], "zone_type": "protection", "heritage_class": "district_unit"}
    wall = act(offered(renovation, community=[OLD], heritage=[HALL], heritage_zone=[zone]), "culture_corridor")
    assert wall["permission"] == "approval"
    assert "核定公布该单位的政府批准，批准前征得上一级文物行政部门同意" in wall["authority"]


def test_a_ceiling_of_years_without_a_date_of_force_grants_none():
    of_state = {"heritage_class": "historic_building", "ownership": "state"}
    old = act(site(**of_state), "culture_space")
    assert old["horizon_years"] == MODEL.value("room.lease_max") == 5
    assert old["horizon_source"] == MODEL["room.lease_max"].source
    usual = "经验做法或假定，以当地为准：至多5年"
    assert old["horizon_reason"] == f"{usual}（广州历史建筑2020年规定：至多20年，但所据文件施行日期待核，不作为依据）"
    assert "at most 20 years, but the document has no known date of force" in old["horizon_reason_en"]
    key = "heritage.lease_max_state_owned"
    dated = {**MODEL.parameters, key: replace(MODEL[key], valid_from=date(2021, 1, 1))}
    hall = city(FIVE, heritage=[{**HALL, **of_state}])
    sure = act(heritage.options(hall, NOBODY, replace(MODEL, parameters=dated)), "culture_space")
    assert (sure["horizon_years"], sure["horizon_reason"]) == (20, f"{MODEL[key].cited.zh}：至多20年")


def test_a_site_says_who_must_agree_for_how_long_and_by_what():
    found = act(site(), "culture_space")
    assert found["must_agree"].split("；")[0] == MODEL.rules["room.collective"].must_agree
    assert "文物行政部门（备案/批准）" in words(found["must_agree"])
    assert found["horizon_reason"] == "经验做法或假定，以当地为准：至多5年"
    assert found["horizon_source"] == MODEL["room.lease_max"].source
    private = act(site(ownership="private"), "heritage_reuse")
    assert np.isnan(private["horizon_years"])
    assert private["horizon_reason"] == "产权人同意使用几年不明"
    assert private["horizon_reason_en"]
    assert private["must_agree"].startswith("产权人")
