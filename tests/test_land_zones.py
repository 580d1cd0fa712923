"""Heritage zones round idle land: an edge is no ground, standing rooms are no new building; farmland; the clock."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from land_cases import COLLECTIVE, LOT, actions, excluded, offered, row
from need_city import AS_OF, FIVE, MODEL, city, layer
from shapely.geometry import Point, box

from gis import _stall_city, _stories, _zones, heritage, idle_land, renovation
from gis.finance import accounts
from gis.need import assemble

# The lot is 60 m x 50 m, from (50, 10) to (110, 60).
PROTECTED = {"zone_type": "protection", "heritage_class": "district_unit"}
CORE = {"at": box(0, 0, 300, 300), "zone_type": "block_core", "heritage_class": "historic_block"}
BEGUN = {"at": LOT, "certificate_no": "认1", "idle_cause": "company", "tenure": "granted", "started_area_share": 0.1}
HALL = {"at": (60, 20), "heritage_class": "traditional_building", "building_type": "hall_school"}
HALL |= {"ownership": "state", "use_state": "vacant", "danger_grade": "B", "tenant_household_count": 0}


@pytest.mark.parametrize(
    ("left", "is_inside"),
    [
        (110.0, False),  # one edge in common: 0 m2
        (109.9999, False),  # 0.1 mm along 50 m: 0.005 m2, the rounding of two drawings
        (109.0, True),  # 1 m along 50 m: 50 m2
        (111.0, False),  # 1 m off
    ],
)
def test_land_that_only_shares_an_edge_with_a_zone_lies_not_in_it(left, is_inside):
    zone = {"at": box(left, 10, 200, 60), **PROTECTED}
    town = city(idle_land=[COLLECTIVE], heritage_zone=[zone])
    assert bool(_zones.touching(town, MODEL, town["idle_land"])) == is_inside
    assert _zones.bordering(town, town["idle_land"]).item() == (left in (110.0, 109.9999))


def test_an_edge_is_warned_of_and_excludes_nothing():
    plain = offered(COLLECTIVE)
    beside = offered(COLLECTIVE, heritage_zone=[{"at": box(110, 10, 200, 60), **PROTECTED}])
    assert actions(beside) == actions(plain)
    lot, before = row(beside, "surface_parking"), row(plain, "surface_parking")
    assert lot["permission"] == before["permission"]
    assert (_zones.BORDERS.zh in lot["warnings"], _zones.BORDERS.zh in before["warnings"]) == (True, False)


@pytest.mark.parametrize(
    ("zone", "permission"),
    [
        (box(109.9, 10, 200, 60), "unclear"),  # 0.1 m along 50 m
        (box(109.1, 10, 200, 60), "unclear"),  # 0.9 m, less than the accuracy of 1 m, though 45 m2
        (box(108.9, 10, 200, 60), None),  # 1.1 m: it lies inside, and nothing may be built
        (box(108.0, 10, 200, 13), None),  # 2 m x 3 m, 0.2 % of the lot: a small share is no inaccuracy
        (box(80, 30, 80.8, 70), None),  # a zone that is itself 0.8 m wide has no inside to tell from its edge
    ],
)
def test_a_sliver_of_a_zone_is_unclear_and_a_zone_on_the_lot_excludes(zone, permission):
    found = offered(COLLECTIVE, heritage_zone=[{"at": zone, **PROTECTED}])
    if permission is None:
        assert actions(found) == set()
        return
    lot = row(found, "surface_parking")
    assert lot["permission"] == permission
    said = "仅边缘重叠，宽不足1米（制图精度，假定值），是否位于其内待核对界线"
    said = f"区级文物保护单位保护范围：{said}（文物保护法 2017 art.17）"
    assert said in lot["permission_reason"].split("；")
    assert "核定公布该单位的政府批准" in lot["authority"]
    assert "narrower than 1 m (accuracy of drawing, an assumption)" in lot["permission_reason_en"]
    assert "向文物部门核对区划界线" in lot["next_step"]
    assert not excluded(found, "heritage_zone")


@pytest.mark.parametrize(
    ("name", "taken", "facts", "what"),
    [
        # 0.9 m along 50 m of a lot of 3,000 m2, whatever the zone; 0.5 m, and 10 m, of a park.
        ("heritage_zone", box(109.1, 10, 200, 60), PROTECTED, "保护区划边缘占45平方米（地块的1.5%）"),
        ("heritage_zone", box(109.1, 10, 200, 60), {"zone_type": "control"}, "保护区划边缘占45平方米（地块的1.5%）"),
        ("green", box(109.5, 10, 200, 60), {"green_type": "park"}, "公园占25平方米（地块的0.83%）"),
        ("green", box(100, 10, 200, 60), {"green_type": "park"}, "公园占500平方米（地块的17%）"),
    ],
)
def test_stalls_lie_where_they_certainly_may_and_the_rest_is_told(name, taken, facts, what):
    layers = {name: [{"at": taken, **facts}]}
    plain, found = offered(COLLECTIVE), offered(COLLECTIVE, **layers)
    town = city(FIVE, idle_land=[COLLECTIVE], **layers)
    laid = _stall_city.layouts(town, MODEL, town.placed("idle_land"))["idle_land-0"]
    for shapes in (laid.stalls, laid.aisles, laid.entrances):
        assert shapely.area(shapely.intersection(shapes, taken)).sum() < 1e-6
    for action in ("surface_parking", "mechanical_parking", "charging"):
        lot = row(found, action)
        assert what + "，泊位只布在其余部分" in lot["warnings"].split("；")
        assert "% of the plot): stalls are laid on the rest only" in lot["warnings_en"]
    assert what in row(found, "market")["warnings"].split("；")
    assert not plain.table["warnings"].str.contains("地块的").any()
    # The whole plot, should the boundary prove to lie elsewhere, stays within the band.
    lot, whole = row(found, "surface_parking"), row(plain, "surface_parking")
    assert lot["stalls"] == laid.count
    assert max(lot["stalls"], whole["stalls"]) <= lot["stalls_high"]


def _narrow(width_m, strip_m):
    """Return what a lot 60 m long offers, by whether a control zone has a strip of its far edge."""
    lot, top = {**COLLECTIVE, "at": box(50, 10, 110, 10 + width_m)}, 10 + width_m
    edge = {"at": box(50, top - strip_m, 110, top + 40), "zone_type": "control"}
    return offered(lot), offered(lot, heritage_zone=[edge])


def test_the_high_end_holds_the_rows_that_only_the_whole_plot_has():
    """60 m x 11.5 m hold two rows of 11 stalls, and one where 0.9 m of the 11.5 m are in doubt."""
    plain, found = _narrow(11.5, 0.9)
    assert [row(found, "surface_parking")[name] for name in ("stalls", "stalls_high")] == [11, 22]
    assert row(plain, "surface_parking")["stalls"] == 22
    for action, size in (("mechanical_parking", "stalls"), ("charging", "chargers")):
        assert row(found, action)[size] < row(plain, action)[size]
        assert row(found, action)[f"{size}_high"] == row(plain, action)[f"{size}_high"]


def test_ground_in_doubt_that_all_stalls_need_leaves_their_number_open_and_excludes_nothing():
    """60 m x 6.3 m hold two stalls at the kerb, and none where 0.7 m of the 6.3 m are in doubt."""
    plain, found = _narrow(6.3, 0.7)
    assert actions(found) == actions(plain)
    assert not excluded(found, "no_stall_fits") | excluded(found, "no_capacity")
    for action, size, most in (("surface_parking", "stalls", 2), ("charging", "chargers", 1)):
        lot = row(found, action)
        assert [lot[f"{size}_low"], lot[f"{size}_high"], lot["permission"]] == [0, most, "unclear"]
        assert np.isnan(lot[size])
        assert "界线存疑部分以外排不下一个泊位，核清界线前规模不定" in lot["warnings"].split("；")
        assert "保护区划边缘占42平方米（地块的11%），泊位只布在其余部分" in lot["warnings"].split("；")
        assert "No stall fits outside the part in doubt" in lot["warnings_en"]
    money = accounts(found.table, MODEL).table.set_index(found.table["action"])
    assert np.isnan(money.loc["surface_parking", "npv_cny"])
    assert "缺规模，无法算账" in money.loc["charging", "account_note"]


def test_a_point_on_the_border_counts_as_inside():
    town = city(idle_land=[{**COLLECTIVE, "at": Point(110, 30)}], heritage_zone=[{"at": LOT, **PROTECTED}])
    assert _zones.touching(town, MODEL, town["idle_land"]) == {"idle_land-0": (("protection", "district_unit"),)}
    assert not _zones.bordering(town, town["idle_land"]).any()


def test_rooms_that_stand_in_a_core_change_their_use_and_are_no_new_building():
    """Row 5 of the rules: in a core new building is forbidden, a change of use conditional."""
    house, open_plot = {**COLLECTIVE, "at": Point(80, 30)}, COLLECTIVE
    found = offered(house, {**COLLECTIVE, "surface": "built"}, open_plot, heritage_zone=[CORE])
    for premises in (0, 1):
        assert actions(found, premises) >= {"community_service", "culture_space"}
        assert row(found, "community_service", premises)["permission"] == "approval"
        assert "改变用途须报批" in row(found, "community_service", premises)["permission_reason"]
    assert "community_service" not in actions(found, 2)
    told = found.exclusions
    why = told[(told["asset_id"] == "idle_land-1") & (told["rule"] == "heritage_zone")]
    assert not set(why["action"]) & {"community_service", "culture_space"}
    # The document stands behind the reason with the exception that it makes, not only the table it was read from.
    said = "新建禁止（名城名镇名村保护条例 art.27-28，必要的基础设施和公共服务设施除外，此处不作依据）"
    assert said in why["reason"].iloc[0]
    assert "except necessary infrastructure and public services: not counted on here" in why["reason_en"].iloc[0]


@pytest.mark.parametrize("zoning", ["E2", "农林用地", "E2农林用地", "E9"])
def test_what_is_no_construction_land_is_excluded(zoning):
    found = offered({**COLLECTIVE, "zoning": zoning})
    assert actions(found) == set()
    assert "*" in excluded(found, f"zoning.{'E9' if zoning == 'E9' else 'E2'}")


def test_a_class_that_holds_farmland_beside_others_is_unclear():
    assert row(offered({**COLLECTIVE, "zoning": "非建设用地"}), "surface_parking")["permission"] == "unclear"


def test_land_planned_for_roads_fire_stations_or_mining_is_unclear():
    """No rule opens them to another use; the path of a road leftover asks the authority of the road already."""
    ask = ("H5", "采矿用地", "U31", "消防用地U31", "S1", "H21", "A7", "B41", "U12", "U2")
    told = [("collective", zoning) for zoning in (*ask, "B1")]
    told += [("under_bridge", "S1"), ("under_bridge", "U31")]
    found = offered(*({**COLLECTIVE, "tenure": tenure, "zoning": zoning} for tenure, zoning in told))
    lots = [row(found, "surface_parking", plot) for plot in range(len(told))]
    assert [lot["permission"] for lot in lots] == ["unclear"] * 10 + ["approval"] * 2 + ["unclear"]
    assert "规划用途为采矿用地（H5），没有规则写明可否另作他用" in lots[1]["permission_reason"].split("；")
    assert "Planned for fire stations (U31)" in lots[3]["permission_reason_en"]
    assert "该用地主管部门" in lots[4]["next_step"]


@pytest.mark.parametrize(
    ("facts", "count"),
    [
        ({}, 1),
        ({"in_litigation": True}, 0),
        ({"available_until": str(AS_OF)}, 0),
        ({"zoning": "G1"}, 0),
        ({"zoning": "A33"}, 0),
        ({"zoning": "E1"}, 0),
        ({"tenure": "green_leftover"}, 0),
        ({"constraint": "fire_lane"}, 0),
    ],
)
def test_a_parcel_that_is_out_serves_no_site(facts, count):
    town = city(FIVE, heritage=[HALL], idle_land=[{**COLLECTIVE, **facts}], public_building=[{"at": (900, 900)}])
    assert _stories.heritage_around(town, MODEL, town.placed("heritage"))["idle_support"].item() == count


def test_a_parcel_under_water_serves_no_site():
    wet = {"water": [{"at": box(40, 0, 120, 70)}]}
    town = city(FIVE, heritage=[HALL], idle_land=[COLLECTIVE], public_building=[{"at": (900, 900)}], **wet)
    assert _stories.heritage_around(town, MODEL, town.placed("heritage"))["idle_support"].item() == 0


@pytest.mark.parametrize(("kind", "programme"), [("heritage", heritage), ("community", renovation)])
def test_a_record_without_a_place_has_its_reason(kind, programme):
    lost = [{**({} if kind == "community" else HALL), "at": None}]
    town = city(**{kind: lost})
    told = programme.options(town, assemble(town, MODEL)[0], MODEL).exclusions
    assert list(told["rule"]) == ["not_placed"]
    assert list(told["asset_id"]) == [f"{kind}-0"]


def test_a_lapsed_law_is_said_by_the_clock():
    model = type(MODEL).load('[parameter."idle.fee"]\nvalid_to = 2020-01-01\n')
    facts = {"certificate_no": "认1", "idle_cause": "company", "tenure": "granted", "agreed_start_date": "2020-01-01"}
    land = layer("idle_land", {"at": LOT, **facts})
    town = city(idle_land=[{"at": LOT, **facts}])
    times, legal = idle_land.clock(land, town, model), idle_land.legal_class(land, town, model)
    told = idle_land.clock_text(times, legal, model, AS_OF)
    assert told["clock"].item().endswith("已于2020-01-01失效，须查后续文件")
    assert told["clock_en"].item().endswith("lapsed on 2020-01-01: look for its successor")
    sure = idle_land.clock_text(idle_land.clock(land, town, MODEL), legal, MODEL, AS_OF)
    assert sure["clock"].item().endswith("可无偿收回（条文待核）")


def test_a_lapsed_law_is_told_of_works_that_were_stopped_too():
    stopped = {**BEGUN, "agreed_start_date": "2023-06-01", "stopped_since": "2024-01-01"}
    extended = {**stopped, "extended_start_date": "2024-06-01"}
    town = city(idle_land=[stopped, extended])
    for key, tells in (("idle.fee", [True, True]), ("idle.extension_max", [False, True])):
        model = type(MODEL).load(f'[parameter."{key}"]\nvalid_to = 2020-01-01\n')
        legal = idle_land.legal_class(town["idle_land"], town, model)
        told = idle_land.clock_text(idle_land.clock(town["idle_land"], town, model), legal, model, AS_OF)
        assert told["clock"].str.endswith("已于2020-01-01失效，须查后续文件").to_list() == tells
        assert told["clock"].str.contains("曾动工开发后中止").all()


def test_works_that_stop_on_a_day_to_come_are_asked_about():
    stops = {**BEGUN, "agreed_start_date": "2023-06-01"}
    found = offered({**stops, "stopped_since": "2027-01-01"}, {**stops, "stopped_since": str(AS_OF)})
    lots = [row(found, "surface_parking", lot) for lot in (0, 1)]
    assert lots[0]["clock"] == "台账所载停工日期2027-01-01尚未到，请核实"
    assert lots[0]["clock_en"] == "Its works stop on 2027-01-01, a day to come: check the ledger"
    assert lots[1]["clock"].startswith("闲置0.0年：曾动工开发后中止")


def test_the_last_month_is_counted_in_days():
    """Ten days before the fee is due it is not "0 months"; 2026-07-11 is ten days after 2026-07-01."""
    facts = {"certificate_no": "认1", "idle_cause": "company", "tenure": "granted", "agreed_start_date": "2025-07-11"}
    lot = row(offered({"at": LOT, **facts}), "surface_parking")
    assert lot["clock"] == "闲置1.0年：距满一年还有10天；距满两年还有12个月（条文待核）"
    words = "Idle for 1.0 years: 10 days left to 1 year; 12 months left to 2 years (clause to be checked)"
    assert lot["clock_en"] == words
