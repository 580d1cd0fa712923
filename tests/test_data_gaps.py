"""Data worth collecting: which missing field could move which rank, by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gis import data_gaps
from gis._feeds import FEEDS, stand_in, title
from gis.criteria import MEASURES, Values
from gis.model import Model
from layers.schema import kind

MODEL = Model.load()
WEIGHTS = {"night_gap_closed": 0.5, "return_per_cny": 0.3, "elderly_share": 0.2}
KEYS = list(WEIGHTS)
NEED = pd.Series({"c1": "community.vehicle_count,service", "c2": "", "c3": "community.stall_count"})


def case():
    """Return three sites with 0.75, 0.5 and 0.25; the second's gap may be 0 to 1, the third's return is missing."""
    value = pd.DataFrame([[0.75] * 3, [0.5] * 3, [0.1, 0.5, 0.25]], columns=KEYS, index=[10, 20, 30])
    low, high, raw = value.copy(), value.copy(), value.copy()
    low.loc[20, "night_gap_closed"], high.loc[20, "night_gap_closed"] = 0, 1
    low.loc[30, "return_per_cny"], high.loc[30, "return_per_cny"] = 0, 1
    raw.loc[30, "return_per_cny"] = np.nan
    options = pd.DataFrame(
        {
            "opportunity_id": ["p:a", "q:a", "r:a"],
            "asset_kind": "idle_land",
            "missing": ["", "", "idle_land.land_rent_cny_m2_month,idle_land.zoning"],
        },
        index=value.index,
    )
    return Values(raw, value, low, high, raw.isna()), options


def walked(*rows):
    return pd.DataFrame(rows, columns=["origin", "site", "distance_m"])


NEAR = walked(("c1", 20, 100.0), ("c2", 20, 50.0), ("c3", 20, 5000.0), ("c1", 10, 100.0))


def test_every_criterion_is_fed_by_fields_that_exist():
    assert set(FEEDS) == set(MEASURES)
    for key, feed in FEEDS.items():
        assert feed.near or feed.own, key
        assert bool(feed.near) == bool(feed.radius), key
        for code in (*feed.near, *feed.own):
            layer, _, field = code.partition(".")
            assert not field or field == "geometry" or field in kind(layer), code


def test_titles_name_layer_and_field():
    assert title("community.household_count") == ("老旧小区·户数", "Community: households")
    assert title("service") == ("公共服务设施图层", "the layer service")
    assert title("idle_land.geometry").zh == "闲置用地·位置或边界"


def test_communities_count_within_the_radius_of_each_criterion():
    # c3 is too far; no criterion of parking reads the layer of services; c1 feeds the night gap and the charger gap.
    found = data_gaps.near_codes(NEAR, NEED, MODEL)
    assert set(found["origin"]) == {"c1"}
    vehicles = found[found["code"] == "community.vehicle_count"]
    assert set(vehicles["criterion"]) == {"night_gap_closed", "charger_gap_closed"}
    assert set(found.loc[found["code"] == "service", "criterion"]) == {"service_gap", "transit"}


def test_the_ranks_that_a_field_could_bring_by_hand():
    values, options = case()
    found = data_gaps.gaps(values, WEIGHTS, options, data_gaps.near_codes(NEAR, NEED, MODEL))
    # The second scores 0.5, with its gap at 0: 0.25, at 1: 0.75, as much as the first, which comes first by its id.
    # The third scores 0.05 + 0.15 + 0.05 = 0.25, with its return 0.1 to 0.4: it stays the last, so nothing is told.
    assert found.to_numpy().tolist() == []
    values.value.loc[30, "night_gap_closed"] = 0.3  # 0.35 now, with its return 0.2 to 0.5
    found = data_gaps.gaps(values, WEIGHTS, options, data_gaps.near_codes(NEAR, NEED, MODEL))
    assert found.to_numpy().tolist() == [[20, "community.vehicle_count", 2, 3]]
    values.value.loc[30, "elderly_share"] = 0.3  # 0.36, with its return 0.21 to 0.51
    found = data_gaps.gaps(values, WEIGHTS, options, data_gaps.near_codes(NEAR, NEED, MODEL))
    assert found.to_numpy().tolist() == [
        [20, "community.vehicle_count", 2, 3],
        [30, "idle_land.land_rent_cny_m2_month", 2, 3],
    ]
    told = data_gaps.columns(found, options.index)
    assert told["data_to_collect"].fillna("").to_list() == [
        "",
        "老旧小区·夜间车辆数（名次可在2–3）",
        "闲置用地·土地租金（名次可在2–3）",
    ]
    assert told["data_to_collect_en"][20] == "Community: vehicles at night (rank 2-3)"


def test_the_two_ends_of_a_band_are_looked_at_by_themselves():
    values, options = case()
    near = data_gaps.near_codes(NEAR, NEED, MODEL)
    values.value.loc[30, "night_gap_closed"] = 0.3  # 0.35, so the second falls behind it only below 0.35
    values.low.loc[20, "night_gap_closed"] = 0.5
    assert data_gaps.gaps(values, WEIGHTS, options, near).empty
    values.low.loc[20, "night_gap_closed"], values.high.loc[20, "night_gap_closed"] = 0.0, 0.5
    assert data_gaps.gaps(values, WEIGHTS, options, near).to_numpy().tolist() == [[20, "community.vehicle_count", 2, 3]]


def test_a_missing_criterion_that_no_code_explains_names_its_field_or_its_layer():
    values, options = case()
    options["missing"] = ""
    values.value.loc[30, ["night_gap_closed", "elderly_share"]] = 0.3
    nobody = data_gaps.near_codes(NEAR.iloc[:0], NEED, MODEL)
    found = data_gaps.gaps(values, WEIGHTS, options, nobody)
    assert found.to_numpy().tolist() == [[30, "idle_land.land_rent_cny_m2_month", 2, 3]]
    gone = data_gaps.gaps(values, WEIGHTS, options, nobody, absent=("idle_land",))
    assert gone["code"].to_list() == ["idle_land"]
    assert stand_in("elderly_share", "parking") == "community.elderly_share"
    assert stand_in("no such criterion", "parking") is None


def test_a_list_names_three_fields_at_most_the_widest_first():
    found = pd.DataFrame(
        [
            [1, f"community.{name}", 1, high]
            for name, high in (("ebike_count", 9), ("built_year", 7), ("stall_count", 5))
        ]
        + [[1, "report", 1, 2]],
        columns=list(data_gaps.GAP_COLUMNS),
    )
    text = data_gaps.site_notes(found)[1].zh
    assert [piece.partition("（")[0] for piece in text.split("；")] == [
        "老旧小区·电动自行车数",
        "老旧小区·建成年份",
        "老旧小区·小区内泊位数",
    ]


def test_what_a_community_lacks_counts_the_sites_that_it_could_move():
    near = pd.DataFrame(
        [(option, "c1", "night_gap_closed", "community.vehicle_count") for option in (1, 2, 3)],
        columns=["option", "origin", "criterion", "code"],
    )
    code = "community.vehicle_count"
    found = pd.DataFrame([[1, code, 2, 5], [2, code, 1, 2], [9, code, 1, 9]], columns=list(data_gaps.GAP_COLUMNS))
    lacked = data_gaps.community_gaps(found, near)
    assert lacked.to_numpy().tolist() == [["c1", code, 2, 3]]
    both = data_gaps.united([lacked, lacked.assign(places=7)])
    assert both.to_numpy().tolist() == [["c1", code, 4, 7]]
    told = data_gaps.community_columns(both, pd.Index(["c1", "c2"]))
    texts = told["data_to_collect"].fillna("").to_list()
    assert texts == ["老旧小区·夜间车辆数（关系到4处机会，名次最多变动7位）", ""]


@pytest.mark.parametrize("rows", [0, 1])
def test_no_site_or_one_site_has_nothing_to_collect(rows):
    values, options = case()
    some = values.value.index[:rows]
    found = data_gaps.gaps(
        values.at(some), WEIGHTS, options.loc[some], data_gaps.near_codes(NEAR, NEED, MODEL).iloc[:0]
    )
    assert found.empty
    assert data_gaps.columns(found, some)["data_to_collect"].isna().all()
    assert data_gaps.community_gaps(found, data_gaps.near_codes(NEAR, NEED, MODEL)).empty
