"""Idle land: what is never offered, and why; what is unclear because its planned use or its zone is."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from land_cases import COLLECTIVE, LOT, actions, excluded, offered, row
from need_city import MODEL
from shapely.geometry import box

from gis._notes import SEPARATORS
from gis._zoning import CODES, NAMES, Zoning, read_zoning

# Exclusions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("code", ["metro_protection", "river_strip", "fire_lane", "school", "military", "religious"])
def test_constraints_exclude_everything_once(code):
    found = offered({**COLLECTIVE, "constraint": code})
    assert actions(found) == set()
    assert found.exclusions["rule"].to_list() == [f"constraint.{code}"]
    assert found.exclusions["action"].isna().all()
    assert found.exclusions["reason"].str.len().min() > 0


def test_litigation_excludes_everything():
    assert actions(offered({**COLLECTIVE, "in_litigation": True})) == set()


@pytest.mark.parametrize("zoning", ["G1", "公园绿地G1", "g12"])
def test_no_parking_in_parks(zoning):
    found = offered({**COLLECTIVE, "zoning": zoning})
    assert actions(found) == {"pocket_park"}
    assert "surface_parking" in excluded(found, "zoning.G1")


@pytest.mark.parametrize(
    ("zoning", "rule"),
    [
        ("A33", "A3"),
        ("A9", "A9"),
        ("H41", "H4"),
        ("E1", "E1"),
        ("军事用地", "H4"),
        ("特殊用地", "H4"),
        ("水域", "E1"),
        ("中小学用地", "A3"),
        ("教育科研", "A3"),
        ("宗教用地", "A9"),
        ("Ａ３３", "A3"),
        ("R2（拟调整为A33）", "A3"),
    ],
)
def test_schools_religion_military_water_by_zoning(zoning, rule):
    found = offered({**COLLECTIVE, "zoning": zoning})
    assert actions(found) == set()
    assert excluded(found, f"zoning.{rule}") == {"*"}


@pytest.mark.parametrize("zoning", ["公园绿地", "防护绿地", "G1、G2"])
def test_green_by_name(zoning):
    assert actions(offered({**COLLECTIVE, "zoning": zoning})) == {"pocket_park"}


UNREAD = ("不详", "-", "未编", "", "待定", "NULL", "N/A", "D1", "小学", "R2（待定）", "B9Z", "080403", "RB", "Z3")
WIDE = ("G", "绿地与广场用地", "A", "公共管理与公共服务设施用地", "H", "H11", "城市建设用地", "E", "非建设用地")
"""Classes that hold an excluded one beside others: the park may be what is meant."""


def test_planned_use_that_cannot_be_read_is_unclear_and_missing():
    told = (*UNREAD, *WIDE)
    found = offered(*({**COLLECTIVE, "zoning": zoning} for zoning in told))
    for plot, zoning in enumerate(told):
        rack = row(found, "mechanical_parking", plot)
        assert rack["permission"] == "unclear", zoning
        assert "规划用途不能确定为GB 50137的用地类别" in rack["permission_reason"], zoning
        assert "idle_land.zoning" in rack["missing"].split(","), zoning
    assert set(found.table["permission"]) == {"unclear"}


def test_planned_use_in_words_and_codes_is_read():
    told = (
        "S42",
        "社会停车场用地",
        "商业用地（B1）",
        "二类居住用地R2",
        "B1/B2",
        "B1B2",
        "R2兼容B1",
        "工业",
        "H14",
    )
    found = offered(*({**COLLECTIVE, "zoning": zoning} for zoning in told))
    for plot, zoning in enumerate(told):
        rack = row(found, "mechanical_parking", plot)
        assert rack["permission"] == "approval", zoning
        assert "idle_land.zoning" not in rack["missing"].split(","), zoning


def test_every_name_of_the_standard_is_read_as_its_own_class():
    for name, code in NAMES.items():
        assert read_zoning(name) == Zoning((code,), is_understood=True), name
        assert read_zoning(f"{name}（{code}）") == Zoning((code,), is_understood=True), name


@given(st.text(alphabet="RABMWSUGHEXD0123456789用地商业公园军事、/ ", max_size=12))
def test_what_is_read_of_a_text_never_makes_it_sure_when_more_is_added(text):
    codes, _ = read_zoning(text)
    assert all(code[:2] in CODES for code in codes)
    assert not read_zoning(f"{text}待定").is_understood
    assert set(read_zoning(f"{text}、军事用地").codes) >= {"H41"}


def test_land_whose_term_has_ended_is_excluded_and_what_is_left_of_a_term_is_said():
    for day in ("2026-07-01", "2020-01-31"):
        over = offered({**COLLECTIVE, "available_until": day})
        assert over.table.empty
        assert excluded(over, "availability_ended") == {"*"}
        assert over.exclusions["reason"].to_list() == [f"可用期限已届满（可用至{day}）"]
        assert over.exclusions["reason_en"].iloc[0].endswith(f"(available until {day})")
    runs = row(offered({**COLLECTIVE, "available_until": "2026-07-02"}), "market")
    assert (runs["clock"], runs["clock_en"]) == ("可用至2026-07-02", "Available until 2026-07-02")
    suspected = {**COLLECTIVE, "land_class": "suspected_idle", "available_until": "2027-01-01"}
    assert row(offered(suspected), "market")["clock"] == "疑似闲置，不起算；可用至2027-01-01"


@pytest.mark.parametrize("at", [(100, 0), LOT])
def test_an_approximate_position_yields_no_stalls_and_no_area(at):
    place = {"at": at, "tenure": "collective", "zoning": "B1", "area_m2": 3000.0, "position": "approximate"}
    found = offered(place, {**place, "position": "exact"})
    assert actions(found) == {"community_service", "culture_space"}
    table = found.table[found.table["asset_id"] == "idle_land-0"]
    assert set(table["permission"]) == {"unclear"}
    assert table["permission_reason"].str.contains("位置为近似，须先落图").all()
    assert table["area_m2"].isna().all()
    assert (table["stalls_high"] == 0).all()
    assert table["missing"].str.contains("idle_land.geometry").all()
    out = found.exclusions[found.exclusions["rule"] == "approximate_position"]
    assert {"surface_parking", "mechanical_parking", "charging", "pocket_park"} < set(out["action"])
    assert set(out["reason"]) == {"位置为近似，须先落图"}
    assert row(found, "surface_parking", 1)["stalls"] > 0
    assert [note.zh for note in found.notes] == ["闲置用地：1处位置为近似，须先落图；不估算泊位，台账面积不作依据。"]


def test_leftovers_of_a_green_are_kept_as_parks_are():
    found = offered({"at": LOT, "tenure": "green_leftover", "zoning": "S1"})
    assert actions(found) == {"pocket_park"}
    assert set(MODEL.exclusions["tenure.green_leftover"].actions) == set(MODEL.exclusions["zoning.G1"].actions)


def test_a_plot_mostly_in_a_park_or_on_water_is_not_built_on():
    half = {"at": box(40, 0, 82, 70)}
    park = offered(COLLECTIVE, green=[{**half, "green_type": "park"}])
    assert actions(park) == {"pocket_park"}
    assert actions(offered(COLLECTIVE, green=[{**half, "green_type": "grass"}])) == actions(offered(COLLECTIVE))
    less = {"at": box(40, 0, 78, 70), "green_type": "park"}
    assert actions(offered(COLLECTIVE, green=[less])) == actions(offered(COLLECTIVE))
    assert actions(offered(COLLECTIVE, water=[half])) == set()


def test_temporary_land_holds_nothing_permanent():
    found = offered({"at": LOT, "tenure": "reserve", "zoning": "B1"})
    assert actions(found) == {"surface_parking", "charging", "ebike_charging", "pocket_park", "market"}
    assert excluded(found, "permanent_on_temporary") == {"mechanical_parking", "community_service"}
    assert "只可临时使用" in row(found, "surface_parking")["warnings"]


def test_a_strip_of_four_metres_holds_no_car():
    found = offered({**COLLECTIVE, "at": box(50, 10, 54, 260)})
    assert {"surface_parking", "charging", "mechanical_parking"}.isdisjoint(actions(found))
    reasons = found.exclusions.loc[found.exclusions["rule"] == "too_narrow", "reason"]
    assert "过窄（最宽处4.0 m，至少6.2 m）" in set(reasons)


def test_what_is_short_by_less_than_a_digit_is_said_with_the_digits_that_tell():
    strip = box(50, 10, 50 + MODEL.value("parking.module_width.parallel") - 0.004, 260)
    found = offered({**COLLECTIVE, "at": strip}, {**COLLECTIVE, "at": box(300, 0, 400.003, 100)})
    narrow, large = (
        found.exclusions.loc[found.exclusions["rule"] == rule, ["reason", "reason_en"]].to_numpy().tolist()
        for rule in ("too_narrow", "too_large")
    )
    assert [
        "过窄（最宽处6.196 m，至少6.200 m）",
        "Too narrow (at its widest 6.196 m, at least 6.200 m needed)",
    ] in narrow
    assert [reason for reason, _ in large] == ["超过口袋公园面积上限（10,000.3 m2，至多10,000.0 m2）"]


def test_too_small_and_too_large_say_by_how_much():
    found = offered({**COLLECTIVE, "at": box(50, 10, 60, 20)}, {**COLLECTIVE, "at": box(300, 0, 500, 100)})
    assert "pocket_park" not in actions(found, 0) | actions(found, 1)
    reasons = set(found.exclusions["reason"])
    assert "面积不足（100 m2，至少400 m2）" in reasons
    assert "超过口袋公园面积上限（20,000 m2，至多10,000 m2）" in reasons
    in_english = set(found.exclusions["reason_en"])
    assert "Too small (100 m2, at least 400 m2 needed)" in in_english
    assert "Larger than a pocket park (20,000 m2, at most 10,000 m2)" in in_english


def test_nothing_is_dug_or_set_up_in_a_protection_zone_not_even_a_garden():
    zone = {"at": box(100, 0, 140, 40), "zone_type": "protection", "heritage_class": "district_unit"}
    found = offered(COLLECTIVE, heritage_zone=[zone])
    assert actions(found) == set()
    assert excluded(found, "heritage_zone") == {"*"}
    assert "区级文物保护单位保护范围：新建禁止" in found.exclusions["reason"].iloc[-1]


def test_in_a_control_zone_a_garden_is_judged_as_new_building():
    zone = {"at": box(100, 0, 140, 40), "zone_type": "control", "heritage_class": "district_unit"}
    park = row(offered(COLLECTIVE, heritage_zone=[zone]), "pocket_park")
    assert park["permission"] == "approval"
    told = park["permission_reason"].split(SEPARATORS[""])
    assert any(reason.startswith("区级文物保护单位建设控制地带：新建须报批") for reason in told)


@pytest.mark.parametrize("zone_type", [None, "其他"])
def test_a_zone_of_unknown_type_makes_land_unclear(zone_type):
    zone = {"at": box(100, 0, 140, 40), "zone_type": zone_type, "heritage_class": "district_unit"}
    found = offered(COLLECTIVE, heritage_zone=[zone])
    assert set(found.table["permission"]) == {"unclear"}
    assert found.table["permission_reason"].str.contains("区划类型不明").all()
    assert found.table["permission_reason_en"].str.contains("type of zone unknown").all()


def test_a_zone_takes_the_class_of_its_site_and_without_one_is_unclear():
    site = {"at": (400, 400), "heritage_class": "city_unit", "source_id": "W1"}
    known = {"at": LOT, "zone_type": "control", "heritage_id": "W1"}
    assert row(offered(COLLECTIVE, heritage=[site], heritage_zone=[known]), "market")["permission"] == "approval"
    twice = row(offered(COLLECTIVE, heritage=[site, site], heritage_zone=[known]), "market")
    assert twice["permission"] == "unclear", "two sites of one id: nobody knows which class the zone has"
    blank = {"at": LOT, "zone_type": "control"}
    assert row(offered(COLLECTIVE, heritage_zone=[blank]), "market")["permission"] == "unclear"
