"""What is missing, broken or of one value: a clear word, wider bands, and no number that is none."""

from __future__ import annotations

import json

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from need_city import AS_OF, CRS, MODEL, layer
from pipeline_city import town
from shapely.geometry import LineString

from gis.model import Model
from gis.pipeline import analyze
from layers.errors import ModelError
from layers.schema import kind

SEED = 7


def analysed(layers, model=MODEL):
    return analyze(layers, model, as_of=AS_OF, seed=SEED)


def assert_honest(found):
    """No number is infinite, every score is one, what is null is named, and the manifest is JSON."""
    for name, table in found.tables.items():
        numbers = pd.DataFrame(table).select_dtypes("number").astype("Float64").to_numpy(float, na_value=np.nan)
        assert not np.isinf(numbers).any(), name
    table = found.tables["opportunity"]
    for column in ("score", "score_low", "score_high"):
        assert table[column].between(0, 1).all(), column
    assert (table["score_low"] <= table["score"] + 1e-12).all()
    assert (table["score"] <= table["score_high"] + 1e-12).all()
    without_account = table[table["npv_cny"].isna()]
    assert (without_account["account_note"].fillna("") != "").all()
    need = found.tables["need"]
    unknown = need[need[["night_gap_stalls", "services_missing_count", "report_count"]].isna().any(axis=1)]
    assert (unknown["missing"] != "").all()
    json.dumps(found.manifest, allow_nan=False)


@pytest.fixture(scope="module")
def whole():
    return analysed(town())


HOLDS_NO_BAND = ("heritage", "street", "subdistrict")
"""Without sub-districts nothing is summed by area; without heritage its own options go. Without streets a radius has
the range of the detour factor (test_need_charging counts it by hand), which in this small town reaches nobody more.
Every other layer opens a band of what is left."""


@pytest.mark.parametrize("name", sorted(town()))
def test_a_layer_that_is_missing_altogether_is_named_and_widens_the_bands(whole, name):
    layers = {kind_name: frame for kind_name, frame in town().items() if kind_name != name}
    found = analysed(layers)
    assert_honest(found)
    assert name in found.manifest["missing_layers"]
    if kind(name).role == "input" and name != "street":
        assert any(
            kind(name).zh in note["zh"] and kind(name).en.lower() in note["en"].lower()
            for note in found.manifest["notes"]
        )
    before, after = (
        pd.DataFrame(run.tables["opportunity"]).set_index("opportunity_id")[["score_low", "score_high"]]
        for run in (whole, found)
    )
    both = before.index.intersection(after.index)
    width = (after.loc[both, "score_high"] - after.loc[both, "score_low"]) - (
        before.loc[both, "score_high"] - before.loc[both, "score_low"]
    )
    assert width.mean() >= -1e-9, width.to_dict()
    assert (width.max() > 1e-3) == (name not in HOLDS_NO_BAND), width.to_dict()


def test_a_community_with_no_households_has_no_gap_and_says_why():
    layers = town()
    layers["community"] = layer("community", {"at": (100, 5), "name": "空小区", "built_year": 1990})
    found = analysed(layers)
    assert_honest(found)
    (row,) = found.tables["need"].to_dict("records")
    assert pd.isna(row["night_gap_stalls"])
    assert pd.isna(row["vehicles"])
    assert "community.household_count" in row["missing"].split(",")


def test_a_community_of_zero_households_asks_for_nothing():
    layers = town()
    layers["community"] = layer(
        "community", {"at": (100, 5), "name": "空小区", "household_count": 0, "built_year": 1990}
    )
    found = analysed(layers)
    assert_honest(found)
    (row,) = found.tables["need"].to_dict("records")
    assert (row["vehicles"], row["night_gap_stalls"], row["people"]) == (0, 0, 0)


def test_a_network_in_pieces_says_so_and_walks_on_each():
    layers = town()
    far = LineString([(0, 5000), (400, 5000)])
    streets = layer("street", *({"at": line} for line in (LineString([(0, 0), (400, 0)]), far)))
    found = analysed({**layers, "street": streets})
    assert_honest(found)
    assert any("2块" in note["zh"] for note in found.manifest["notes"])


def test_weights_that_sum_to_zero_are_refused_with_both_languages():
    nothing = {f"weight.{item.key}": "0" for item in MODEL.theme_criteria("heritage")}
    with pytest.raises(ModelError, match="weights sum to zero") as caught:
        Model.load(overrides=nothing)
    assert "权重之和为零" in str(caught.value.line_zh)


def test_a_parameter_outside_its_range_is_refused_before_anything_is_analysed():
    with pytest.raises(ModelError, match="outside") as caught:
        Model.load(overrides={"parking.stall_area.surface": "31"})
    assert "25 到 30" in str(caught.value.line_zh)


def test_a_criterion_with_one_value_moves_nobody():
    plots = [
        {"at": LineString([(x, 10), (x + 40, 10)]).buffer(20, cap_style="flat"), "tenure": "collective", "zoning": "B1"}
        for x in (0, 100, 200)
    ]
    layers = {"idle_land": layer("idle_land", *plots), "street": town()["street"]}
    found = analysed(layers)
    assert_honest(found)
    table = found.tables["opportunity"]
    ranked = table[table["rank"].notna()]
    assert sorted(ranked["rank"]) == [1, 2, 3]
    assert len(set(ranked["v_permission_ease"])) == 1


def test_one_site_alone_is_first_and_stays_so():
    layers = {
        "idle_land": layer(
            "idle_land",
            town()["idle_land"].iloc[0].dropna().drop("asset_id").to_dict()
            | {"at": town()["idle_land"].geometry.iloc[0]},
        )
    }
    found = analysed(layers)
    assert_honest(found)
    ranked = found.tables["opportunity"].dropna(subset="rank")
    assert ranked[["rank", "rank_p10", "rank_p90"]].to_numpy().tolist() == [[1, 1, 1]]


def test_a_layer_without_a_row_is_a_missing_layer():
    empty = gpd.GeoDataFrame(town()["report"].iloc[:0], geometry="geometry", crs=CRS)
    found = analysed({**town(), "report": empty})
    assert_honest(found)
    assert "report" in found.manifest["missing_layers"]
