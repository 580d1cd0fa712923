"""Communities without a place: unknown around every site that they may stand near, never nobody."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from need_city import AS_OF, MODEL, city, layer
from shapely.geometry import box

from gis import _unplaced, data_gaps, idle_land, option_facts
from gis.criteria import values
from gis.need import assemble
from gis.pipeline import analyze
from gis.surroundings import surroundings

PLOT = {"tenure": "collective", "zoning": "B1", "land_rent_cny_m2_month": 0.0}
HERE, THERE = box(50, 10, 110, 60), box(5050, 10, 5110, 60)
EAST_OF = {"subdistrict": [{"at": box(-500, -500, 500, 500), "subdistrict_code": "W"}]}
NEIGHBOUR = {"at": (60, 0), "household_count": 100, "vehicle_count": 80, "stall_count": 50, "subdistrict_code": "W"}
LOST = {"household_count": 200, "vehicle_count": 90, "stall_count": 20, "charger_count": 0, "subdistrict_code": "W"}


def around(*homes, **layers):
    """Return what stands around a plot in sub-district W, and around one 5 km to the east of it."""
    town = city(idle_land=[{"at": HERE, **PLOT}, {"at": THERE, **PLOT}], community=homes, **layers)
    return surroundings(town, assemble(town, MODEL)[0], MODEL, town.placed("idle_land"))


def test_while_no_community_has_a_place_nobody_knows_who_lives_around():
    found = around(LOST, LOST, **EAST_OF)
    for name in ("people", "people_15min", "night_gap", "night_gap_high", "charger_gap", "ebike_gap_low"):
        assert found[f"near_{name}"].isna().all(), name
    assert found["near_lack_market_0_high"].isna().all()
    assert found["near_unplaced"].to_list() == [2, 2], "whatever sub-district they are of"


def test_the_high_end_takes_in_who_may_stand_there():
    found = around(NEIGHBOUR, LOST, **EAST_OF)
    people = found["near_people"].iloc[0]
    # The neighbour lacks 80 - 50 = 30 stalls; the lost one 90 - 20 = 70, wherever in W it stands.
    assert found["near_night_gap"].to_list() == [30, 0]
    assert found["near_night_gap_high"].to_list() == [30, 0], "no income is drawn from who may stand there"
    assert found["near_night_gap_unplaced"].to_list() == [70, 0]
    assert found["near_night_gap_low"].to_list() == [0, 0], "without car parks the low end is 0"
    # A tenth of 80 cars is asked of the neighbour (30 % at the high end), of 90 of the lost one.
    assert found["near_charger_gap_high"].iloc[0] == pytest.approx(0.3 * 80)
    assert found["near_charger_gap_unplaced"].iloc[0] == pytest.approx(0.3 * 90)
    assert found["near_people_unplaced"].to_list() == [2 * people, 0]
    assert found["near_unplaced"].to_list() == [1, 0]


def test_a_community_of_no_known_sub_district_may_stand_anywhere():
    for lost, layers in (({**LOST, "subdistrict_code": None}, EAST_OF), (LOST, {})):
        found = around(NEIGHBOUR, lost, **layers)
        assert found["near_unplaced"].to_list() == [1, 1]
        assert found["near_night_gap_unplaced"].to_list() == [70, 70]


def test_where_most_of_a_sub_district_have_no_place_nobody_knows_who_lives_around():
    afar = {**NEIGHBOUR, "at": (-400, -400)}
    found = around(afar, LOST, LOST, **EAST_OF)
    # Two of W are lost and one has a place, too far from the plot: nobody there is no fact. The other plot is not in W.
    assert found["near_people"].isna().to_list() == [True, False]
    assert found["near_night_gap_high"].isna().to_list() == [True, False]
    assert found["near_people"].iloc[1] == 0
    assert around(afar, LOST, **EAST_OF)["near_people"].to_list() == [0, 0], "as many with a place as without"


def test_a_lost_community_of_unknown_size_is_as_large_as_the_largest():
    unsized = {"subdistrict_code": "W"}
    found = around(NEIGHBOUR, unsized, **EAST_OF)
    assert found["near_people_unplaced"].iloc[0] == found["near_people"].iloc[0]
    assert found["near_night_gap_unplaced"].iloc[0] == 30


def test_the_share_of_elders_has_the_band_of_who_may_live_there():
    old, young = ({**home, "elderly_share": share} for home, share in ((NEIGHBOUR, 0.1), (LOST, 0.9)))
    found = around(old, young, **EAST_OF).iloc[0]
    # 100 households at 10 % have a place, 200 have none: 10 to 210 of 300.
    ends = [found[f"near_elderly_share{end}"] for end in ("", "_low", "_high")]
    assert ends == pytest.approx([0.1, 10 / 300, 210 / 300])


def test_a_site_outside_the_sub_district_but_within_the_walk_of_it_counts():
    # W ends at x = 500: the plot from 790 lies 290 m off it, within 300 m of the 5-minute circle; that from 810 not.
    town = city(community=[NEIGHBOUR, LOST], idle_land=[{"at": (790, 0)}, {"at": (810, 0)}], **EAST_OF)
    found = surroundings(town, assemble(town, MODEL)[0], MODEL, town.placed("idle_land"))
    assert found["near_unplaced"].to_list() == [1, 0]
    assert found["near_unplaced_far"].to_list() == [1, 1]
    pairs = _unplaced.may_be_near(town, town.placed("idle_land").geometry, 300.0)
    assert pairs.to_numpy().tolist() == [["community-1", "idle_land-0", 290.0]]


def test_services_without_a_record_open_the_residents_that_may_lack_them():
    people = around(NEIGHBOUR)["near_people"].iloc[0]
    far = {"at": (5000, 5000), "service_type": "market"}
    found = around(NEIGHBOUR, service=[far]).iloc[0]
    # A market is on record, and far away: who lacks it is known. Of a clinic there is no record anywhere.
    assert (found["near_lack_market_0"], found["near_lack_market_0_high"]) == (people, people)
    assert (found["near_lack_community_service_800"], found["near_lack_community_service_800_high"]) == (0, people)


def criteria_of(*homes, **layers):
    town = city(idle_land=[{"at": HERE, **PLOT}], community=homes, **layers)
    need = assemble(town, MODEL)[0]
    table = idle_land.options(town, need, MODEL).table.query("action == 'surface_parking'")
    table = option_facts.with_facts(table, town, MODEL)
    money = dict.fromkeys(("capex_cny", "npv_cny", "npv_unrented_cny", "return_low", "return_high"), np.nan)
    return table.iloc[0], values(table.assign(**money), MODEL, "revitalization")


def test_criteria_hold_the_band_and_missing_names_the_place():
    alone, before = criteria_of(NEIGHBOUR, **EAST_OF)
    row, after = criteria_of(NEIGHBOUR, LOST, **EAST_OF)
    assert "community.geometry" not in alone["missing"]
    assert "community.geometry" in row["missing"].split(",")
    assert "未落图小区，其夜间缺口未计入停车收入" in row["warnings"]
    assert alone["warnings"] == row["warnings"].replace("附近可能另有未落图小区，其夜间缺口未计入停车收入", "").strip(
        "；"
    )
    for key in ("people_served", "night_gap_closed"):
        assert after.raw[key].to_list() == before.raw[key].to_list()
        assert after.value[key].to_list() == before.value[key].to_list()
        assert (after.high[key] > before.high[key]).all(), key
        assert (after.low[key] == before.low[key]).all(), key
        assert before.shared[key].notna().all(), "one assumption for all sites"
        assert after.shared[key].isna().all(), f"{key}: twice as many without a place as with one"
    _, blind = criteria_of(LOST, **EAST_OF)
    for key in ("people_served", "night_gap_closed"):
        assert blind.missing[key].all(), key
        assert (blind.value[key].iloc[0], blind.low[key].iloc[0], blind.high[key].iloc[0]) == (0.5, 0, 1)


def test_of_a_community_without_a_place_it_is_the_place_that_is_lacked():
    town = city(idle_land=[{"at": HERE}, {"at": THERE}], community=[LOST, {**LOST, "subdistrict_code": None}])
    walk = _unplaced.may_be_near(town, town.placed("idle_land").geometry, data_gaps.farthest_m(MODEL))
    near = data_gaps.near_codes(walk, assemble(town, MODEL)[0]["missing"], MODEL)
    assert set(near["code"]) == {"community.geometry"}
    assert set(near["option"]) == {"idle_land-0", "idle_land-1"}
    assert set(near["criterion"]) >= {"people_served", "night_gap_closed", "charger_gap_closed", "elderly_share"}
    # One of them stands for both; each is told of.
    assert set(near["origin"]) == {"community-0"}
    told = pd.DataFrame([["community-0", "community.geometry", 2, 5]], columns=["origin", "code", "sites", "places"])
    both = data_gaps.of_alike(told, _unplaced.alike(town))
    assert both.to_numpy().tolist() == [[f"community-{at}", "community.geometry", 2, 5] for at in (0, 1)]


def test_the_place_is_the_first_thing_to_collect():
    lots = [{"at": box(x, 10, x + 60, 60), **PLOT, "land_rent_cny_m2_month": 3.0} for x in (50, 150, 250)]
    layers = {"idle_land": lots, "community": [NEIGHBOUR, LOST, LOST], **EAST_OF}
    found = analyze({name: layer(name, *rows) for name, rows in layers.items()}, MODEL, as_of=AS_OF, seed=7).tables
    ranked = found["opportunity"].query("rank.notna() and theme == 'revitalization' and asset_kind == 'idle_land'")
    assert ranked["missing"].str.split(",").map(lambda codes: "community.geometry" in codes).all()
    assert ranked["data_to_collect"].str.startswith("老旧小区·位置或边界").all()
    need = found["need"].set_index("asset_id").loc[["community-1", "community-2"]]
    assert need["data_to_collect"].str.fullmatch(r"老旧小区·位置或边界（关系到\d+处机会，名次最多变动\d+位）").all()
    assert need["data_to_collect_en"].str.startswith("Community: place or outline (matters to").all()
