"""Night parking by hand: who parks, what is on site, what is shared, and what is left over."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from need_city import FIVE, MODEL, city
from shapely.geometry import LineString, box

from gis import parking, parking_supply
from gis._catchment import accessibility, shared_supply, zone_weight

OPEN = {"parking_type": "public", "access": "public", "is_open_at_night": True}


def test_two_communities_share_one_lot_on_five_nodes():
    # c0 at A needs 100, c1 at E needs 50, the lot of 60 stands at B: 100 m from c0 and 180 m from c1.
    # Its ratio is 60 / 150 = 0.4 stalls a vehicle: 40 for c0, 20 for c1. Were nearer claims to weigh more, c0 (within a
    # third of 300 m) would count 100 and c1 (in the second third) 0.68 x 50 = 34: 60 x 100 / 134 = 44.8 and 15.2.
    # Within 200 m, the low end of the radius, they stand in the second and the last third: 68 to 0.22 x 50 = 11, of
    # the 60 that is 60 x 68 / 79 = 51.6 and 8.4.
    found = parking.need(
        city(
            FIVE,
            community=[
                {"asset_id": "c0", "vehicle_count": 130, "stall_count": 30, "at": (0, 0)},
                {"asset_id": "c1", "vehicle_count": 50, "stall_count": 0, "at": (200, 80)},
            ],
            parking=[{**OPEN, "stall_count": 60, "at": (100, 0)}],
        ),
        MODEL,
    )
    assert found["stalls_nearby"].tolist() == pytest.approx([40, 20])
    assert found["night_gap_stalls"].tolist() == pytest.approx([60, 30])
    assert found["night_gap_stalls_low"].tolist() == pytest.approx([100 - 4080 / 79, 30])
    assert found["night_gap_stalls_high"].tolist() == pytest.approx([60, 50 - 660 / 79])
    assert found["missing"].tolist() == ["", ""]


def test_three_communities_by_hand():
    # Left over on site: c0 at A 130 - 30 = 100; c1 at E 100 households, 0.5 (0.3 to 1.26) vehicles each, 50 (30, 126);
    # c2 at C 40 - 20 = 20. Lot p at B has 60; q at D has 30 and does not say whether it opens at night: 30 (0, 30).
    # All reach both.   Value: 90 stalls for 170 vehicles, 80 are missing: 1 - 90 / 170 of each.
    #
    # Low: 100 + 30 + 20 = 150 ask for 90, 40 % stay: 40, 12, 8. Nearer first (1 : 0.68, see test_catchment_peers):
    #   p 60 / (100 + 20.4 + 20) = 0.42735, q 30 / (68 + 30 + 13.6) = 0.26882 a vehicle;
    #   c0, c2 get 0.42735 + 0.68 x 0.26882 = 0.61015: 38.985, 7.797 stay; c1 gets 0.55942: 13.218. The least of each.
    # High: 100 + 126 + 20 = 246 ask for 60: 75.610, 95.268, 15.122 stay. Nearer first: p 60 / 205.68 = 0.29172;
    #   c0, c2: 70.828, 14.166; c1 gets 0.68 x 0.29172: 101.006.
    #   Within 200 m (0.68 at 100 m, 0.22 at 180 m): p 60 / (68 + 27.72 + 13.6) = 0.54885 a vehicle; c1 gets 0.22 x
    #   0.54885: 110.786 stay. The most of each; at the low end 200 m give nobody more.
    found = parking.need(
        city(
            FIVE,
            community=[
                {"asset_id": "c0", "vehicle_count": 130, "stall_count": 30, "at": (0, 0)},
                {"asset_id": "c1", "household_count": 100, "stall_count": 0, "at": (200, 80)},
                {"asset_id": "c2", "vehicle_count": 40, "stall_count": 20, "at": (200, 0)},
            ],
            parking=[
                {**OPEN, "stall_count": 60, "at": (100, 0)},
                {**OPEN, "stall_count": 30, "at": (100, 80), "is_open_at_night": None},
            ],
        ),
        MODEL,
    )
    assert found["night_gap_stalls"].tolist() == pytest.approx([8000 / 170, 4000 / 170, 1600 / 170])
    assert found["night_gap_stalls_low"].tolist() == pytest.approx([38.985, 12, 7.797], abs=1e-3)
    assert found["night_gap_stalls_high"].tolist() == pytest.approx([75.610, 110.786, 15.122], abs=1e-3)


def test_a_lot_beyond_the_walk_or_across_the_river_gives_nothing():
    banks = [LineString([(0, 0), (400, 0)]), LineString([(0, 60), (400, 60)])]
    found = parking.need(
        city(
            banks,
            community=[{"vehicle_count": 10, "stall_count": 0, "at": (0, 0)}],
            parking=[
                {**OPEN, "stall_count": 50, "at": (301, 0)},
                {**OPEN, "stall_count": 50, "at": (0, 60)},
                {**OPEN, "stall_count": 4, "at": (300, 0)},
            ],
        ),
        MODEL,
    )
    assert found["stalls_nearby"].item() == 4
    assert found["night_gap_stalls"].item() == 6


def lots(*rows):
    return parking.supply(city(FIVE, parking=[{"stall_count": 100, "at": (0, 0), **row} for row in rows]), MODEL)


@pytest.mark.parametrize(
    ("row", "value", "low", "high"),
    [
        (OPEN, 100, 100, 100),
        ({**OPEN, "is_open_at_night": None}, 100, 0, 100),
        ({**OPEN, "is_open_at_night": False}, 0, 0, 0),
        ({**OPEN, "access": "private"}, 0, 0, 0),
        ({**OPEN, "access": "permit"}, 0, 0, 0),
        ({**OPEN, "access": None}, 100, 0, 100),
        ({"parking_type": "kerb"}, 100, 0, 100),
        ({"parking_type": "attached"}, 0, 0, 100),
        ({"parking_type": "residential"}, 0, 0, 0),
        ({**OPEN, "parking_type": "residential"}, 100, 100, 100),
        ({**OPEN, "parking_type": "informal"}, 0, 0, 100),
        ({**OPEN, "valid_until": pd.Timestamp("2026-06-30")}, 0, 0, 100),
        ({**OPEN, "valid_until": pd.Timestamp("2026-07-01")}, 100, 100, 100),
        ({**OPEN, "parking_type": "mechanical"}, 58, 58, 85),
        ({**OPEN, "stall_count": None}, 0, 0, 0),
        # 3,000 m2: 27.5 m2 a stall, 30 at the low end, 25 at the high.
        ({**OPEN, "stall_count": None, "at": box(0, 0, 100, 30)}, 109, 100, 120),
        # An outline that stands in for another may hold none; 约100 is 90 to 110.
        ({**OPEN, "stall_count": None, "at": box(0, 0, 100, 30), "position": "approximate"}, 109, 0, 120),
        ({**OPEN, "remark": "泊位数: 约100"}, 100, 90, 110),
    ],
)
def test_which_stalls_count_at_night(row, value, low, high):
    found = lots(row).iloc[0]
    assert found[["stalls", "stalls_low", "stalls_high"]].tolist() == pytest.approx([value, low, high])


def test_a_lot_of_unknown_type_counts_at_the_high_end_of_supply_and_is_said():
    # 40 vehicles are left over; a lot of 25 says neither what it is nor for whom: it may take them, or may not.
    home = {"vehicle_count": 50, "stall_count": 10, "at": (0, 0)}
    found = parking.need(city(FIVE, community=[home], parking=[{"stall_count": 25, "at": (100, 0)}]), MODEL)
    row = found.iloc[0]
    assert row["stalls_nearby"] == 0
    assert [row[f"night_gap_stalls{end}"] for end in ("", "_low", "_high")] == pytest.approx([40, 15, 40])
    assert row["missing"] == "parking.access,parking.is_open_at_night"
    (note,) = found.attrs["notes"]
    assert "1处中0处计入夜间共享；1处开放对象与类型不明，只计入供给高值" in note.zh
    assert "0 of 1 count as shared at night; 1 of unknown access and type count only at the high end" in note.en


def test_the_residents_own_lot_is_not_counted_on_site_and_around_it_as_well():
    # The compound counts 30 stalls on site, and its lot of 30 is registered as open to the public: 30 in all, not 60.
    home = {"vehicle_count": 50, "stall_count": 30, "at": box(0, 0, 100, 100)}
    lot = {**OPEN, "parking_type": "residential", "stall_count": 30, "at": (50, 50)}
    found = parking.need(city(FIVE, community=[home], parking=[lot]), MODEL).iloc[0]
    assert [found[f"night_gap_stalls{end}"] for end in ("", "_low", "_high")] == pytest.approx([20, 20, 20])
    # A lot larger than its count is another lot, and a public car park is never the compound's own.
    for other in ({"stall_count": 31}, {"parking_type": "public"}):
        found = parking.need(city(FIVE, community=[home], parking=[{**lot, **other}]), MODEL).iloc[0]
        assert found["night_gap_stalls"] == 0


@pytest.mark.parametrize("parts", [[60], [30, 30], [20, 20, 20]])
def test_residents_lots_are_held_together_against_the_count_of_their_compound(parts):
    # 100 vehicles, 30 counted on site, lots of 60 in all inside: other stalls, 10 are missing. The 30 may be half of
    # the 60 all the same: then 40 are missing.
    home = {"vehicle_count": 100, "stall_count": 30, "at": box(0, 0, 100, 100)}
    lots = [{**OPEN, "parking_type": "residential", "stall_count": count, "at": (50, 50)} for count in parts]
    found = parking.need(city(FIVE, community=[home], parking=lots), MODEL).iloc[0]
    assert [found[f"night_gap_stalls{end}"] for end in ("", "_low", "_high")] == pytest.approx([10, 10, 40])
    # A count of 60 holds them all, in however many lots.
    found = parking.need(city(FIVE, community=[{**home, "stall_count": 60}], parking=lots), MODEL).iloc[0]
    assert [found[f"night_gap_stalls{end}"] for end in ("", "_low", "_high")] == [40, 40, 40]


def test_a_residents_lot_drawn_but_not_counted_is_not_counted_twice():
    # 825 m2 at 27.5 m2 are 30 stalls, which the compound's 30 hold.
    home = {"vehicle_count": 50, "stall_count": 30, "at": box(0, 0, 100, 100)}
    lot = {**OPEN, "parking_type": "residential", "at": box(20, 20, 60, 40.625)}
    found = parking.need(city(FIVE, community=[home], parking=[lot]), MODEL).iloc[0]
    assert [found[f"night_gap_stalls{end}"] for end in ("", "_low", "_high")] == [20, 20, 20]


def test_the_band_holds_both_ends_of_the_radius():
    # A lot of 30 at 250 m is within 300 m, not within 200 m: 20 or 50 of 50 are missing.
    road = [LineString([(0, 0), (400, 0)])]
    home = {"vehicle_count": 50, "stall_count": 0, "at": (0, 0)}
    found = parking.need(city(road, community=[home], parking=[{**OPEN, "stall_count": 30, "at": (250, 0)}]), MODEL)
    assert [found[f"night_gap_stalls{end}"].item() for end in ("", "_low", "_high")] == [20, 20, 50]


def test_what_a_public_lot_serves_by_day():
    # 100 stalls at 5 (3 to 7) parks a day; of 100 mechanical ones 58 are used (58 to 85).
    town = city(
        FIVE,
        parking=[
            {**OPEN, "asset_id": "a", "stall_count": 100, "at": (0, 0), "is_open_at_night": False},
            {**OPEN, "asset_id": "b", "stall_count": 100, "at": (0, 0), "parking_type": "mechanical"},
            {**OPEN, "asset_id": "c", "stall_count": None, "at": (0, 0)},
            {"asset_id": "d", "stall_count": 100, "at": (0, 0), "parking_type": "residential"},
            {**OPEN, "asset_id": "e", "stall_count": 100, "at": (0, 0), "valid_until": pd.Timestamp("2026-06-30")},
        ],
    )
    found = parking_supply.day_turnover(town, MODEL)
    assert found.loc["a"].tolist() == pytest.approx([500, 300, 700])
    assert found.loc["b"].tolist() == pytest.approx([58 * 5, 58 * 3, 85 * 7])
    assert found.index.tolist() == ["a", "b"]
    assert parking_supply.day_turnover(city(FIVE), MODEL).empty
    # 500 + 290 (300 + 174 to 700 + 595): said of the run, as what they can hold.
    said = parking.need(town, MODEL).attrs["notes"][-1]
    assert "2处公共停车场每日可停约790车次（474–1,295），按每泊位每日5次（3–7，GB 50220-95 8.1.6，已废止）" in said.zh
    assert "about 790 parks a day (474-1,295), at 5 a stall (3-7, GB 50220-95 8.1.6, repealed)" in said.en


def test_nobody_at_home_and_nothing_known_stay_without_a_number():
    homes = [{"asset_id": "a", "household_count": 0, "at": (0, 0)}, {"asset_id": "b", "at": (0, 0)}]
    found = parking.need(city(FIVE, community=homes, parking=[{**OPEN, "stall_count": 9, "at": (0, 0)}]), MODEL)
    ends = [f"night_gap_stalls{end}" for end in ("", "_low", "_high")]
    assert found.loc["a", ends].tolist() == [0, 0, 0]
    assert found.loc["b", ends].isna().all()
    assert "community.household_count" in found.loc["b", "missing"].split(",")


def test_vehicles_are_surveyed_else_counted_else_assumed():
    survey = [
        {"community_name": "甲 小区", "surveyed_at": pd.Timestamp("2026-06-01 23:30"), "parked_count": 40},
        {"community_name": "甲小区", "surveyed_at": pd.Timestamp("2026-06-02 00:40"), "parked_count": 20},
        {"community_name": "甲小区", "surveyed_at": pd.Timestamp("2026-05-01 23:00"), "parked_count": 75},
        {"community_name": "甲小区", "surveyed_at": pd.Timestamp("2026-07-02 23:00"), "parked_count": 999},
        {"community_name": "不让进", "surveyed_at": pd.Timestamp("2026-06-01"), "parked_count": None},
        {"surveyed_at": pd.Timestamp("2026-06-01"), "parked_count": 33, "at": (550, 50)},
    ]
    here = city(
        community=[
            {"asset_id": "a", "name": "甲小区", "vehicle_count": 5, "at": (0, 0)},
            {"asset_id": "b", "name": "乙小区", "vehicle_count": 70, "at": (300, 0)},
            {"asset_id": "c", "name": "丙小区", "household_count": 200, "at": (400, 0)},
            {"asset_id": "d", "at": box(500, 0, 600, 100)},
            {"asset_id": "e", "floor_area_m2": 7360.0, "at": (700, 0)},
            {"asset_id": "f", "name": "不让进", "at": (800, 0)},
        ],
        parking_survey=survey,
    )
    found = parking.vehicles(here, MODEL)
    # a: the parts of one night add up to 60; the other night's 75 is the high end; the future is not known.
    assert found.loc["a", ["vehicles", "vehicles_low", "vehicles_high"]].tolist() == [60, 60, 75]
    assert found.loc["b", ["vehicles", "vehicles_low", "vehicles_high"]].tolist() == [70, 70, 70]
    assert found.loc["c", ["vehicles", "vehicles_low", "vehicles_high"]].tolist() == pytest.approx([100, 60, 252])
    assert found.loc["d", "vehicles"] == 33, "an unnamed count belongs to the outline that holds it"
    assert found.loc["e", "vehicles"] == pytest.approx(50), "7,360 m2 are 100 households of 73.6 m2"
    ends = ["vehicles", "vehicles_low", "vehicles_high"]
    assert found.loc["f", ends].isna().all(), "not let in is missing, never 0"
    assert found["basis"].tolist() == ["survey", "ledger", "assumed", "survey", "assumed", ""]
    assert found["is_counted"].tolist() == [True, True, False, True, False, False]


def test_two_communities_of_one_name_are_told_apart_by_place_only():
    here = city(
        community=[
            {"asset_id": "a", "name": "新村", "at": box(0, 0, 100, 100)},
            {"asset_id": "b", "name": "新村", "at": box(500, 0, 600, 100)},
        ],
        parking_survey=[
            {"community_name": "新村", "parked_count": 12, "at": (550, 50)},
            {"community_name": "新村", "parked_count": 99},
        ],
    )
    assert parking.vehicles(here, MODEL)["vehicles"].tolist() == pytest.approx([np.nan, 12], nan_ok=True)
    assert any("1 records belong to no community" in note.en for note in parking.need(here, MODEL).attrs["notes"])


def test_stalls_on_site_are_counted_else_marked_else_the_residents_lot_else_a_share_of_vehicles():
    here = city(
        community=[
            {"asset_id": "a", "name": "甲", "stall_count": 7, "at": box(0, 0, 100, 100)},
            {"asset_id": "b", "name": "乙", "at": box(200, 0, 300, 100)},
            {"asset_id": "c", "at": box(400, 0, 500, 100)},
            {"asset_id": "d", "vehicle_count": 100, "at": box(2000, 0, 2100, 100)},
        ],
        parking_survey=[
            {"community_name": "甲", "marked_stall_count": 99},
            {"community_name": "乙", "marked_stall_count": 20},
        ],
        parking=[
            {"parking_type": "residential", "stall_count": 15, "at": (450, 50)},
            {"parking_type": "attached", "access": "permit", "stall_count": 5, "at": (450, 60)},
            {**OPEN, "stall_count": 500, "at": (450, 70)},
            {"parking_type": "residential", "stall_count": 99, "at": (50, 50)},
        ],
    )
    found = parking.stalls_on_site(here, MODEL, parking.vehicles(here, MODEL))
    assert found["stalls"].tolist() == pytest.approx([7, 20, 20, 63])
    assert found["basis"].tolist() == ["ledger", "survey", "lots", "assumed"]
    row = parking.need(here, MODEL).loc["d"]
    assert row["stalls_on_site"] == pytest.approx(63)
    assert row["night_gap_stalls_low"] == 0
    assert row["night_gap_stalls_high"] == pytest.approx(70), "at 0.3 stalls a vehicle 70 of 100 are left over"
    assert row["missing"] == "community.stall_count"
    assert row[["stalls_on_site_low", "stalls_on_site_high"]].tolist() == pytest.approx([30, 100])
    # Nobody counted them: the need says so, with the parameter's source and confidence.
    said = "无泊位数：按夜间车辆100辆×0.63（0.3–1）估算，为假定，不是现状数"
    assert row["stalls_on_site_basis"] == f"{said}（{MODEL['parking.resid_supply_actual'].cited.zh}，置信度中）"
    assert "100 vehicles at night x 0.63 (0.3-1), an assumption and no count" in row["stalls_on_site_basis_en"]
    assert row["stalls_on_site_basis_en"].endswith("medium confidence)")


def test_without_car_parks_the_gap_says_so_and_its_low_end_is_zero():
    found = parking.need(city(FIVE, community=[{"vehicle_count": 50, "stall_count": 10, "at": (0, 0)}]), MODEL).iloc[0]
    assert np.isnan(found["stalls_nearby"])
    assert [found[f"night_gap_stalls{end}"] for end in ("", "_low", "_high")] == [40, 0, 40]
    assert found["missing"] == "parking"


def test_a_community_without_a_place_has_a_gap_but_no_neighbourhood():
    found = parking.need(
        city(
            FIVE,
            community=[{"vehicle_count": 50, "stall_count": 10}],
            parking=[{**OPEN, "stall_count": 30, "at": (0, 0)}],
        ),
        MODEL,
    ).iloc[0]
    assert np.isnan(found["stalls_nearby"])
    assert [found[f"night_gap_stalls{end}"] for end in ("", "_low", "_high")] == [40, 0, 40]
    assert found["missing"] == "community.geometry"


def test_catchment_by_hand():
    # Sites p (10) and q (6); origins a (2) reaches both, b (3) reaches p, c (0) reaches q.
    pairs = pd.DataFrame(
        {"origin": ["a", "a", "b", "c"], "site": ["p", "q", "p", "q"], "distance_m": [0.0, 100.0, 100.0, 0.0]}
    )
    demand, supply = pd.Series({"a": 2.0, "b": 3.0, "c": 0.0, "d": 9.0}), pd.Series({"p": 10.0, "q": 6.0})
    # p has 10 for 5, which is 2 each; q has 6 for 2, which is 3 each.
    assert accessibility(pairs, demand, supply).to_dict() == {"a": 5.0, "b": 2.0, "c": 3.0, "d": 0.0}
    # Weight 1 at 0 m and 0.5 at 100 m: p: 10 / (2 + 1.5) = 20/7; q: 6 / (1 + 0) = 6.
    weighted = accessibility(pairs, demand, supply, lambda metres: 1 - metres / 200)
    assert weighted.to_dict() == pytest.approx({"a": 20 / 7 + 3, "b": 10 / 7, "c": 6.0, "d": 0.0})


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_no_stall_is_given_out_twice(data):
    origins, sites = data.draw(st.integers(1, 8)), data.draw(st.integers(1, 8))
    reach = data.draw(st.lists(st.booleans(), min_size=origins * sites, max_size=origins * sites))
    amount = st.just(0.0) | st.floats(1e-3, 1e4)
    demand = pd.Series(data.draw(st.lists(amount, min_size=origins, max_size=origins)))
    supply = pd.DataFrame({"stalls": data.draw(st.lists(amount, min_size=sites, max_size=sites))})
    at = np.flatnonzero(reach)
    metres = data.draw(st.lists(st.floats(0, 300), min_size=len(at), max_size=len(at)))
    pairs = pd.DataFrame({"origin": at // sites, "site": at % sites, "distance_m": metres})
    steep = data.draw(st.lists(st.floats(0.01, 1), min_size=3, max_size=3))
    shared = shared_supply(pairs, demand, supply["stalls"], zone_weight([100, 200, 300], steep))
    assert (shared >= 0).all()
    asked = demand.loc[pairs["origin"]].groupby(pairs["site"].to_numpy()).sum()
    served = supply["stalls"].loc[asked.index[asked > 0]].sum()
    assert shared.sum() <= supply["stalls"].sum() * (1 + 1e-9)
    assert shared.sum() == pytest.approx(served)
