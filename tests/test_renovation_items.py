"""Missing items of renovation: what a ledger says in its words, what the analysis finds, and what it costs by tier."""

from __future__ import annotations

import csv
import io
from importlib import resources

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from need_city import MODEL, city
from shapely.geometry import LineString, box

from gis import _renovation_costs, renovation_items
from gis._renovation_words import TIERS, WORDS
from gis.model import Model
from gis.need import assemble
from gis.renovation_items import HAS, LACKS, UNKNOWN

CODES = [item.code for item in MODEL.renovation_items]
ROAD = [LineString([(0, 0), (5000, 0)])]
HOME = {"at": box(0, 0, 60, 60), "built_year": 1990, "household_count": 300}


def listed(missing=None, existing=None):
    """Return what a ledger says: the codes that are missing, those that are there, and the words left over."""
    frame = pd.DataFrame({"missing_items": [missing], "existing_items": [existing]}, dtype="string")
    states, unread = renovation_items.ledger_states(frame, MODEL)
    lacks, has = ({code for code, state in zip(CODES, states[0], strict=True) if state == s} for s in (LACKS, HAS))
    return lacks, has, unread.iloc[0]


def needed(*communities, **layers):
    return assemble(city(ROAD, community=list(communities), **layers), MODEL)[0]


# The lists --------------------------------------------------------------------------------------------------------


def test_each_of_the_forty_rows_has_one_code():
    text = resources.files("gis").joinpath("models", "renovation_items.csv").read_text(encoding="utf-8")
    rows = list(csv.DictReader(io.StringIO(text)))
    assert [row["item"] for row in rows] == list(WORDS) == [item.zh for item in MODEL.renovation_items]
    assert len(set(CODES)) == 40
    tiers = [item.tier for item in MODEL.renovation_items]
    assert [tiers.count(tier) for tier in TIERS.values()] == [14, 15, 11]


@pytest.mark.parametrize("item", MODEL.renovation_items, ids=CODES)
def test_an_item_is_read_by_its_own_name_and_by_no_other(item):
    assert listed(item.zh) == ({item.code}, set(), "")


# What ledgers say -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        ("化粪池堵塞、三线乱", {"drainage", "overhead_lines"}),
        ("外墙脱落", {"public_parts"}),
        ("车位不足", {"parking"}),
        ("水电气改造；路", {"water", "power", "gas", "roads"}),
        ("１．给排水　２．消防设施缺失\n３、加装电梯", {"water", "drainage", "fire", "lifts"}),
        ("基础类：供水；完善类：停车库（场）/适老", {"water", "parking", "ageing_friendly"}),
        ("电动自行车及汽车充电设施", {"ebike_charging", "ev_charging"}),
        ("电动车充电桩", {"ebike_charging"}),
        ("充电桩", {"ev_charging"}),
        ("缺养老托育", {"elderly_care", "childcare"}),
        ("楼道灯不亮", {"lighting"}),
        ("长者饭堂，菜市场, 便利店", {"meals", "market", "shop"}),
        ("非机动车停车棚", set()),
        ("充电", set()),
        ("供电、充电桩", {"power", "ev_charging"}),
        ("快递柜", {"parcel_lockers"}),
        ("无障碍设施", {"barrier_free"}),
    ],
)
def test_the_words_of_a_ledger(words, codes):
    assert listed(words)[0] == codes


@pytest.mark.parametrize(
    ("words", "lacks", "has"),
    [
        ("车位充足、排水不畅", {"drainage"}, {"parking"}),
        ("已加装电梯", set(), {"lifts"}),
        ("无需加装电梯", set(), {"lifts"}),
        ("消防设施不完好", {"fire"}, set()),
        ("未加装电梯", {"lifts"}, set()),
        ("车位充足，车位不足", {"parking"}, set()),
    ],
)
def test_what_the_list_of_the_missing_says_is_in_order(words, lacks, has):
    assert listed(words)[:2] == (lacks, has)


def test_a_list_of_what_there_is():
    assert listed(None, "健身器材、路灯")[:2] == (set(), {"sports", "lighting"})
    assert listed(None, "无电梯、无障碍设施，监控损坏")[:2] == ({"lifts", "security"}, {"barrier_free"})
    assert listed("消防", "消防、绿化")[:2] == ({"fire"}, {"greening"}), "named both ways it is missing"


def test_what_names_no_item_is_kept_and_what_says_nothing_is_not():
    assert listed("无物业、充电设施、楼道堆放、水压低")[2] == "无物业、充电设施、楼道堆放"
    for silent in ("无", "/", "—", "不详", "待核", "", None):
        assert listed(silent) == (set(), set(), "")


def test_each_record_speaks_for_itself():
    frame = pd.DataFrame(
        {"missing_items": ["消防", None, "绿化"], "existing_items": [None, "消防", None]}, dtype="string"
    )
    states, _ = renovation_items.ledger_states(frame, MODEL)
    fire, green = CODES.index("fire"), CODES.index("greening")
    assert states[:, fire].tolist() == [LACKS, HAS, UNKNOWN]
    assert states[:, green].tolist() == [UNKNOWN, UNKNOWN, LACKS]


@settings(max_examples=25, deadline=None)
@given(st.lists(st.sampled_from(MODEL.renovation_items), unique_by=lambda item: item.code), st.randoms())
def test_the_order_of_the_words_changes_nothing(items, chance):
    turned = chance.sample(items, len(items))
    told = [listed("、".join(item.zh for item in named) or None) for named in (items, turned)]
    assert told[0] == told[1] == ({item.code for item in items}, set(), "")


# What the analysis finds ------------------------------------------------------------------------------------------


def measured(services=None, **gaps):
    """Return the states of one community by code, from gaps given as (value, high)."""
    columns = {f"{name}{end}": [np.nan] for name in renovation_items.GAPS.values() for end in ("", "_high")}
    for name, (value, high) in gaps.items():
        columns |= {name: [value], f"{name}_high": [high]}
    found = pd.DataFrame(columns | {"services_missing": pd.array([services], dtype="string")}, index=["community-0"])
    town = city(
        ROAD,
        community=[HOME],
        service=[{"service_type": "clinic", "at": (9, 0)}, {"service_type": "merged_centre", "at": (9, 0)}],
    )
    return dict(zip(CODES, renovation_items.measured_states(town, found, MODEL)[0].tolist(), strict=True))


@pytest.mark.parametrize(
    ("gap", "state"),
    [((12.0, 30.0), LACKS), ((0.5, 0.9), LACKS), ((0.4, 0.9), UNKNOWN), ((0.0, 0.4), HAS), ((np.nan, np.nan), UNKNOWN)],
)
def test_a_gap_that_rounds_to_one_makes_an_item_missing(gap, state):
    assert measured(night_gap_stalls=gap)["parking"] == state
    assert measured(charger_gap_piles=gap)["ev_charging"] == state
    assert measured(ebike_gap_ports=gap)["ebike_charging"] == state


def test_services_out_of_the_walk_are_missing_and_types_nobody_holds_unknown():
    out = measured("clinic")
    assert (out["clinic"], out["service_centre"], out["childcare"]) == (LACKS, HAS, UNKNOWN)
    part = measured("party_service_centre,civilisation_centre")
    assert part["service_centre"] == HAS, "one of the three centres is enough"
    whole = measured("party_service_centre,civilisation_centre,governance_centre")
    assert whole["service_centre"] == LACKS
    assert measured(None)["clinic"] == UNKNOWN, "nobody knows where the community is"


def test_the_need_of_a_community_names_its_missing_items():
    # 200 vehicles, 50 stalls: a gap of 150. A clinic 2 km away. The ledger: drains, lines; street lamps are there.
    found = needed(
        {
            **HOME,
            "vehicle_count": 200,
            "stall_count": 50,
            "missing_items": "化粪池堵塞、三线乱、打架",
            "existing_items": "路灯",
        },
        service=[{"service_type": "clinic", "at": (2000, 0)}, {"service_type": "market", "at": (100, 0)}],
    ).iloc[0]
    assert (found["missing_basic"], found["missing_basic_items"]) == (2, "排水、架空线规整入地")
    assert found["missing_improve_items"].startswith("停车库(场)（测算）")
    assert (found["missing_upgrade"], found["missing_upgrade_items"]) == (1, "卫生服务站（测算）")
    assert found["missing_upgrade_items_en"] == "clinic (measured)"
    assert found["items_unread"] == "打架"
    unknown = found["items_unknown"].split("、")
    assert "消防" in unknown
    assert not {"照明", "便民市场", "卫生服务站", "供热"} & set(unknown), "told, reached, missing; none is heated here"
    assert len(unknown) == found["items_unknown_count"]


def test_an_item_that_is_told_is_not_marked_as_measured():
    found = needed({**HOME, "vehicle_count": 200, "stall_count": 50, "missing_items": "车位不足"}).iloc[0]
    assert found["missing_improve_items"].split("、")[0] == "停车库(场)"


def test_where_nobody_says_anything_it_is_unknown_not_none():
    silent, told = needed({"asset_id": "a"}, {"asset_id": "b", "missing_items": "车位不足"}).to_dict("records")
    for tier in TIERS.values():
        assert pd.isna(silent[f"missing_{tier}"])
        assert pd.isna(silent[f"missing_{tier}_items"])
    assert "community.missing_items" in silent["missing"].split(",")
    assert silent["items_unknown_count"] == 39, "all forty but heating"
    assert (told["missing_basic"], told["missing_basic_items"], told["missing_improve"]) == (0, "", 1)
    assert "community.missing_items" not in told["missing"].split(",")


def test_heating_is_an_item_where_there_is_any():
    north = Model.load(overrides={"reno.heating_applies": "1"})
    found = assemble(city(community=[{}]), north)[0].iloc[0]
    assert "供热" in found["items_unknown"].split("、")


# What it costs ----------------------------------------------------------------------------------------------------


def costs(**row):
    return _renovation_costs.need(city(community=[row]), MODEL).iloc[0]


def test_cost_by_tier_is_the_cost_a_household_in_the_ratio_of_the_tiers():
    # 100 households x 26,700 x 400/600, 600/600, 800/600; lows 21,082 x 174, 400, 600; highs 30,766 x 400, 600, 800.
    found = costs(household_count=100, floor_area_m2=9_999.0)
    value, low, high = ([found[f"cost_{tier}_cny{end}"] for tier in TIERS.values()] for end in ("", "_low", "_high"))
    assert value == pytest.approx([1_780_000, 2_670_000, 3_560_000])
    assert low == pytest.approx([2_108_200 * share for share in (0.29, 2 / 3, 1)])
    assert high == pytest.approx([3_076_600 * share for share in (2 / 3, 1, 4 / 3)])
    assert found["missing"] == ""


def test_households_told_about_open_the_cost():
    exact, about = costs(household_count=100), costs(household_count=100, remark="户数: 约100")
    for end, share in (("", 1), ("_low", 0.9), ("_high", 1.1)):
        assert about[f"cost_improve_cny{end}"] == pytest.approx(share * exact[f"cost_improve_cny{end}"])


def test_without_households_the_floor_area_tells_the_cost():
    # 10,000 m2 x 363 CNY; low 174 x 174/600; high 800 x 800/600.
    for homes in (None, 0):
        found = costs(household_count=homes, floor_area_m2=10_000.0)
        assert found["cost_improve_cny"] == pytest.approx(3_630_000)
        assert found["cost_basic_cny_low"] == pytest.approx(1_740_000 * 174 / 600)
        assert found["cost_upgrade_cny_high"] == pytest.approx(8_000_000 * 800 / 600)


def test_without_either_nothing_is_claimed():
    found = costs(household_count=0)
    assert found.filter(like="cost_").isna().all()
    assert found["missing"] == "community.household_count"


def test_lifts_cost_only_where_they_are_counted():
    found = costs(household_count=100, lifts_to_add_count=3)
    assert found[["cost_lifts_cny", "cost_lifts_cny_low", "cost_lifts_cny_high"]].tolist() == [3.3e6, 2.85e6, 3.9e6]
    assert np.isnan(costs(household_count=100)["cost_lifts_cny"])
    assert costs(household_count=100, lifts_to_add_count=0)["cost_lifts_cny"] == 0


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 5000), st.floats(100, 1e6))
def test_a_wider_tier_never_costs_less_and_no_value_leaves_its_band(homes, floor_m2):
    for row in ({"household_count": homes}, {"floor_area_m2": floor_m2}):
        found = costs(**row)
        for end in ("", "_low", "_high"):
            assert found[[f"cost_{tier}_cny{end}" for tier in TIERS.values()]].is_monotonic_increasing
        for tier in TIERS.values():
            band = found[[f"cost_{tier}_cny_low", f"cost_{tier}_cny", f"cost_{tier}_cny_high"]]
            assert band.is_monotonic_increasing
