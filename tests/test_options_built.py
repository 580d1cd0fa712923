"""Public rooms and car parks: filters with their reasons, terms, chargers to add."""

from __future__ import annotations

import numpy as np
import pytest
from need_city import FIVE, MODEL, city
from shapely.geometry import box

from gis import car_parks, public_rooms
from gis.finance import accounts
from gis.need import assemble
from gis.option_facts import with_facts

NOBODY = assemble(city(), MODEL)[0]
ROOM = {
    "at": (100, 0),
    "ownership": "state",
    "occupancy": "vacant",
    "floor_area_m2": 300.0,
    "danger_grade": "B",
    "has_title": True,
}


def offered(programme, **layers):
    town = city(FIVE, **layers)
    need = assemble(town, MODEL)[0] if "community" in layers else NOBODY
    return programme.options(town, need, MODEL)


def rooms(**facts):
    return offered(public_rooms, public_building=[{**ROOM, **facts}])


def test_a_vacant_state_room_needs_approval_for_five_years():
    table = rooms().table
    assert set(table["action"]) == {"community_service", "culture_space", "market"}
    assert set(table["permission"]) == {"approval"}
    assert set(table["horizon_years"]) == {5}
    assert set(table["income_owner"]) == {"treasury"}
    assert set(table["area_m2"]) == {300}
    assert set(table["missing"]) == {""}


@pytest.mark.parametrize(
    ("facts", "rule"),
    [
        ({"danger_grade": "D"}, "danger_D"),
        ({"ownership": "trust"}, "owner_trust"),
        ({"ownership": "military"}, "owner_military"),
        ({"ownership": "religious"}, "owner_religious"),
        ({"occupancy": "let", "lease_end": "2027-01-01"}, "in_use"),
        ({"occupancy": "occupied"}, "in_use"),
        ({"occupancy": None, "lease_end": "2030-01-01"}, "in_use"),
        ({"occupancy": "vacant", "lease_end": "2030-01-01"}, "in_use"),
        ({"occupancy": "overdue", "lease_end": "2030-01-01"}, "in_use"),
    ],
)
def test_filters_exclude_with_a_reason(facts, rule):
    found = rooms(**facts)
    assert found.table.empty
    assert found.exclusions["rule"].to_list() == [rule]
    assert found.exclusions["action"].isna().all()


def test_a_lease_that_runs_says_until_when_and_frees_the_part_that_is_not_let():
    assert rooms(occupancy=None, lease_end="2030-01-01").exclusions["reason"].to_list() == [
        "在租或自用，不属闲置（租期至2030-01-01）"
    ]
    part = rooms(occupancy="partly_let", lease_end="2030-01-01").table
    assert set(part["clock"]) == {"租期至2030-01-01"}
    assert part["warnings"].str.contains("部分出租").all()


@pytest.mark.parametrize("lease_end", [None, "2026-06-30"])
def test_a_room_of_unknown_occupancy_is_unclear(lease_end):
    table = rooms(occupancy=None, lease_end=lease_end).table
    assert set(table["permission"]) == {"unclear"}
    assert table["permission_reason"].str.contains("使用状况不明").all()
    assert table["permission_reason_en"].str.contains("Occupancy unknown").all()


def test_a_room_that_stands_only_near_its_place_is_unclear():
    table = rooms(position="approximate").table
    assert set(table["permission"]) == {"unclear"}
    assert table["permission_reason"].str.contains("位置为近似，须先落图").all()


def test_a_lease_that_has_ended_frees_the_room_and_says_so():
    table = rooms(occupancy="let", lease_end="2026-06-30").table
    assert set(table["clock"]) == {"租期已于2026-06-30届满"}
    late = rooms(occupancy="overdue").table
    assert late["warnings"].str.contains("超期占用").all()


@pytest.mark.parametrize(
    "facts", [{"has_title": False}, {"ownership": None}, {"ownership": "mixed"}, {"ownership": "private"}]
)
def test_without_title_or_clear_owner_a_room_is_unclear(facts):
    assert set(rooms(**facts).table["permission"]) == {"unclear"}


@pytest.mark.parametrize(
    ("facts", "why", "why_en"),
    [
        ({"has_title": None}, "有无产权证不明", "Nobody says whether it has a title"),
        ({"danger_grade": None}, "房屋安全等级不明，可能为D级", "it may be grade D"),
        ({"occupancy": "overdue"}, "租期已届满或超期占用", "nobody says that it is free"),
        ({"occupancy": "let", "lease_end": "2026-06-30"}, "租期已届满或超期占用", "nobody says that it is free"),
        ({"occupancy": "occupied", "lease_end": "2026-07-01"}, "租期已届满或超期占用", "nobody says that it is free"),
    ],
)
def test_what_nobody_says_of_a_room_makes_it_unclear(facts, why, why_en):
    table = rooms(**facts).table
    assert set(table["permission"]) == {"unclear"}
    assert table["permission_reason"].str.contains(why).all()
    assert table["permission_reason_en"].str.contains(why_en).all()
    assert table["next_step"].str.contains("；").all()


def test_a_vacant_room_whose_lease_ended_is_free():
    assert set(rooms(occupancy="vacant", lease_end="2026-06-30").table["permission"]) == {"approval"}


def test_a_room_says_who_must_agree_and_for_how_long():
    table = rooms().table
    assert set(table["must_agree"]) == {"产权（管理）单位，财政部门"}
    assert set(table["must_agree_en"]) == {"the owner or its manager, and the finance department"}
    assert table["horizon_reason"].str.endswith("至多5年").all()
    assert set(table["horizon_source"]) == {MODEL["room.lease_max"].source}
    assert not table["is_temporary"].any()


def test_a_room_without_a_place_is_among_the_exclusions():
    found = rooms(at=None)
    assert found.table.empty
    assert found.exclusions["rule"].to_list() == ["not_placed"]


def test_small_rooms_hold_culture_only():
    assert set(rooms(floor_area_m2=86.4).table["action"]) == {"culture_space"}


def test_a_room_is_let_at_the_reference_rent_of_its_own_ledger():
    assumed, told = (
        accounts(rooms(**facts).table.query("action == 'market'"), MODEL).table["revenue_cny_year"].item()
        for facts in ({}, {"reference_rent_cny_m2_month": 90.0})
    )
    assert told / assumed == pytest.approx(90 / MODEL.value("fin.rent.community_shop"))


LET = {"ownership": "state_enterprise", "income_owner": "operator", "reference_rent_cny_m2_month": 118.0}


def market_of(**facts):
    return rooms(**facts).table.query("action == 'market'")


def test_a_tenant_pays_the_reference_rent_of_the_room():
    table = market_of(**LET)
    account = accounts(table, MODEL).table.iloc[0]
    assert account["land_rent_cny_year"] == pytest.approx(118 * 300 * 12)  # 424,800 CNY for 300 m2
    assert account["reinstatement_cny"] == 0
    free = accounts(table.assign(has_land=False), MODEL).table.iloc[0]
    assert account["npv_cny"] < free["npv_cny"] - 118 * 300 * 12
    public_good = rooms(**LET).table.query("action != 'market'")
    assert not public_good["has_land"].any()


@pytest.mark.parametrize(
    ("facts", "is_let"),
    [
        ({"ownership": "state_enterprise", "income_owner": "state_enterprise"}, False),
        ({"ownership": "state", "income_owner": "treasury"}, False),
        ({"ownership": "state_enterprise", "income_owner": "treasury"}, False),  # what is handed over is no lease
        ({"ownership": "state", "income_owner": "state_enterprise"}, True),
        ({"ownership": "private", "income_owner": "owners"}, False),
        ({"ownership": None, "income_owner": "operator"}, True),
        ({"ownership": None, "income_owner": None}, False),
    ],
)
def test_whose_room_bears_a_rent(facts, is_let):
    assert market_of(**facts)["has_land"].to_list() == [is_let]


def test_a_rent_that_nobody_knows_is_not_free():
    table = market_of(**(LET | {"reference_rent_cny_m2_month": None}))
    assert table["missing"].to_list() == ["public_building.reference_rent_cny_m2_month"]
    account = accounts(table, MODEL).table.iloc[0]
    assert np.isnan(account["npv_cny"])
    assert "缺地租" in account["account_note"]


def test_of_a_room_that_is_partly_let_nobody_knows_how_much_is_free():
    table = rooms(occupancy="partly_let", lease_end="2030-01-01").table
    assert table["area_m2"].isna().all()
    assert set(table["missing"]) == {"public_building.floor_area_m2"}
    assert "缺规模" in accounts(table, MODEL).table["account_note"].iloc[0]


@pytest.mark.parametrize(("remark", "is_about"), [("建筑面积: 约300", True), ("建筑面积: 约900", False), (None, False)])
def test_a_floor_area_told_about_is_said(remark, is_about):
    town = city(public_building=[{**ROOM, "remark": remark}])
    table = with_facts(public_rooms.options(town, NOBODY, MODEL).table, town, MODEL)
    said = (
        table["warnings"].str.split("；").map(lambda notes: "台账建筑面积为约数（约300），按270–330平方米计" in notes)
    )
    assert said.to_list() == [is_about] * len(table)
    assert len(table) > 1


def test_unknown_floor_area_is_named_not_guessed():
    table = rooms(floor_area_m2=None, danger_grade=None).table
    assert table["area_m2"].isna().all()
    assert set(table["missing"]) == {"public_building.danger_grade,public_building.floor_area_m2"}


def test_a_room_in_a_protection_zone_is_judged_by_the_zone_too():
    zone = {"at": box(90, -10, 110, 10), "zone_type": "protection"}
    found = offered(public_rooms, public_building=[ROOM], heritage_zone=[zone])
    assert set(found.table["permission"]) == {"unclear"}


def test_a_room_in_a_zone_needs_the_leave_of_its_authority_and_builds_nothing():
    zone = {"at": box(90, -10, 110, 10), "zone_type": "protection", "heritage_class": "district_unit"}
    found = offered(public_rooms, public_building=[ROOM], heritage_zone=[zone])
    assert set(found.table["action"]) == {"community_service", "culture_space", "market"}
    assert set(found.table["permission"]) == {"approval"}
    assert found.table["permission_reason"].str.contains("区级文物保护单位保护范围：改变用途须报批").all()
    blank = {"at": box(90, -10, 110, 10), "heritage_class": "district_unit"}
    unknown = offered(public_rooms, public_building=[ROOM], heritage_zone=[blank])
    assert set(unknown.table["permission"]) == {"unclear"}
    relics = {"at": box(90, -10, 110, 10), "zone_type": "buried_relics"}
    buried = offered(public_rooms, public_building=[ROOM], heritage_zone=[relics])
    assert set(buried.table["permission"]) == {"unclear"}


def lots(*rows, **layers):
    return offered(car_parks, parking=rows, **layers)


PUBLIC_LOT = {"at": (0, 0), "stall_count": 100, "parking_type": "public"}
AROUND_LOT = box(-10, -10, 10, 10)


@pytest.mark.parametrize(("zone_type", "of_class"), [("protection", "district_unit"), ("block_core", "historic_block")])
def test_no_chargers_are_built_where_a_zone_forbids_it(zone_type, of_class):
    zone = {"at": AROUND_LOT, "zone_type": zone_type, "heritage_class": of_class}
    found = lots(PUBLIC_LOT, {**PUBLIC_LOT, "at": (100, 0)}, heritage_zone=[zone])
    assert found.table["asset_id"].to_list() == ["parking-1"]
    assert found.exclusions["rule"].to_list() == ["heritage_zone"]
    assert "新建禁止" in found.exclusions["reason"].iloc[0]


@pytest.mark.parametrize(("of_class", "permission"), [("district_unit", "approval"), (None, "unclear")])
def test_in_any_other_zone_its_authority_is_asked_for_chargers_as_well(of_class, permission):
    zone = {"at": AROUND_LOT, "zone_type": "control", "heritage_class": of_class}
    found = lots(PUBLIC_LOT, heritage_zone=[zone]).table.iloc[0]
    assert found["permission"] == permission
    assert "停车场经营单位、供电企业" in found["authority"]
    assert "文物" in found["authority"]


def test_chargers_up_to_a_tenth_of_the_stalls():
    table = lots({"at": (0, 0), "stall_count": 95, "charger_stall_count": 4, "parking_type": "public"}).table
    assert table[["chargers", "chargers_low", "chargers_high"]].iloc[0].to_list() == [6, 6, 25]  # 10 - 4, 29 - 4
    # They stand on stalls that are there: the lot has no area but its own, which nobody measured.
    assert table["area_m2"].isna().all()


def test_a_lot_with_its_share_is_excluded():
    found = lots({"at": (0, 0), "stall_count": 100, "charger_stall_count": 10})
    assert found.table.empty
    assert found.exclusions["rule"].to_list() == ["has_chargers"]
    # What is tested is cited: the share of the public lot, not the standard's share of stalls made ready.
    assert found.exclusions["source"].to_list() == [MODEL["ev.share.public_min"].source]


def test_a_lot_that_is_not_on_the_map_yet_is_unclear():
    sure, near = lots(PUBLIC_LOT, {**PUBLIC_LOT, "position": "approximate"}).table.itertuples()
    assert (sure.permission, near.permission) == ("approval", "unclear")
    assert "位置为近似" in near.permission_reason


def test_unknown_chargers_widen_the_band_and_unknown_size_stays_null():
    table = lots({"at": (0, 0), "stall_count": 100}, {"at": (0, 0)}, {"at": box(0, 0, 60, 50)}).table
    assert table["chargers_low"].to_list()[0] == 0
    assert np.isnan(table["chargers"].iloc[1])
    assert table["chargers"].iloc[2] == 10  # 92 stalls on 3,000 m2
    assert "parking.stall_count" in table["missing"].iloc[2].split(",")
    by_area = table["warnings"].str.contains("台账无泊位数：按场地轮廓面积折算泊位")
    assert by_area.to_list() == [False, False, True]
    # An outline that only stands in for the lot says nothing of its size.
    near = lots({"at": box(0, 0, 60, 50), "position": "approximate"}).table.iloc[0]
    assert np.isnan(near["chargers"])


def test_stalls_told_about_open_the_band_of_chargers():
    # 约400 is 360 to 440: a tenth at the low end, 30 % at the high one.
    table = lots({"at": (0, 0), "stall_count": 400, "charger_stall_count": 4, "remark": "泊位数: 约400"}).table
    assert table[["chargers", "chargers_low", "chargers_high"]].iloc[0].to_list() == [36, 32, 128]
    assert "泊位数为约数（约400），按360–440个计" in table["warnings"].iloc[0]


@pytest.mark.parametrize(
    ("facts", "permission", "authority"),
    [
        ({"parking_type": "public"}, "approval", "停车场经营单位、供电企业"),
        ({"parking_type": "residential"}, "approval", "业主大会、供电企业"),
        ({"parking_type": "kerb"}, "unclear", "公安交警、道路主管部门"),
        ({"parking_type": "informal"}, "unclear", "停车场权属人"),
        ({"parking_type": None}, "unclear", "停车场权属人"),
        ({"parking_type": "public", "access": "private"}, "unclear", "停车场权属人"),
    ],
)
def test_whose_leave_for_chargers(facts, permission, authority):
    found = lots({"at": (0, 0), "stall_count": 50, **facts}).table.iloc[0]
    assert (found["permission"], found["authority"]) == (permission, authority)
    assert "待供电核实" in found["warnings"]


@pytest.mark.parametrize(
    ("facts", "years", "reason"),
    [
        ({"parking_type": "temporary", "valid_until": "2027-01-01"}, 184 / 365.25, "临时停车场，备案至2027-01-01"),
        ({"parking_type": "temporary", "valid_until": "2026-01-01"}, 0, "临时停车场，备案已于2026-01-01到期"),
        ({"parking_type": "temporary"}, None, "备案期限不明"),
        ({"parking_type": "public", "valid_until": "2027-01-01"}, None, "备案至2027-01-01，可否续办未定"),
        ({"parking_type": "kerb", "valid_until": "2026-01-01"}, None, "备案已于2026-01-01到期，可否续办未定"),
        ({"parking_type": "residential"}, None, "备案期限不明"),
    ],
)
def test_a_car_park_grants_no_more_years_than_its_registration(facts, years, reason):
    found = lots({"at": (0, 0), "stall_count": 100, **facts}).table.iloc[0]
    assert np.isnan(found["horizon_years"]) if years is None else found["horizon_years"] == pytest.approx(years)
    assert found["horizon_reason"] == reason
    assert found["horizon_reason_en"]
    assert ("台账" in found["horizon_source"]) == ("valid_until" in facts)
    assert found["must_agree"] == MODEL.rules[car_parks.RULES[facts["parking_type"]]].authority
    # From 2026-07-01 on there is nothing left of a registration until January.
    assert (found["permission"] == "unclear") == (years == 0 or facts["parking_type"] == "kerb")


def test_an_account_on_a_car_park_of_unknown_term_says_that_it_assumes_one():
    lot = lots({**PUBLIC_LOT, "valid_until": "2027-01-01", "income_owner": "operator"}).table
    account = accounts(lot, MODEL).table.iloc[0]
    assert "年限未定，按默认期限" in account["account_note"]
    assert account["horizon_years"] == MODEL.value("fin.asset_life.charger")
