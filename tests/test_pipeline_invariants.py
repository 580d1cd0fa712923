"""What must not change a result of the analysis, and what is said where layers are missing."""

from __future__ import annotations

import json
from datetime import date

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from need_city import AS_OF, MODEL
from pipeline_city import town
from shapely import affinity

from gis.pipeline import analyze
from layers.errors import AnalysisError


@pytest.fixture(scope="module")
def results():
    return analyze(town(), MODEL, as_of=AS_OF, seed=7)


def test_the_order_of_records_changes_nothing(results):
    turned = {name: frame.iloc[::-1] for name, frame in town().items()}
    again = analyze(turned, MODEL, as_of=AS_OF, seed=7)
    first, second = results.tables["opportunity"], again.tables["opportunity"]
    pd.testing.assert_frame_equal(pd.DataFrame(first), pd.DataFrame(second))


@pytest.mark.parametrize("move", [(1000.0, -2000.0, 0.0), (0.0, 0.0, 37.0)])
def test_moving_and_turning_the_city_changes_no_score(results, move):
    def moved(shape):
        return shape and affinity.translate(affinity.rotate(shape, move[2], origin=(0, 0)), move[0], move[1])

    layers = {
        name: frame.set_geometry(gpd.GeoSeries([moved(g) for g in frame.geometry], index=frame.index, crs=frame.crs))
        for name, frame in town().items()
    }
    again = analyze(layers, MODEL, as_of=AS_OF, seed=7).tables["opportunity"].set_index("opportunity_id")
    first = results.tables["opportunity"].set_index("opportunity_id")
    assert set(again.index) == set(first.index)
    # Wall pieces and inscribed circles are found to within half a metre.
    np.testing.assert_allclose(again.loc[first.index, "score"], first["score"], atol=2e-3)


def test_another_seed_moves_bands_only(results):
    again = analyze(town(), MODEL, as_of=AS_OF, seed=8).tables["opportunity"]
    shares = ["rank1_share", "rank2_share", "rank3_share", "top_share", "pays_back_probability"]
    percentiles = [f"{name}_{end}" for name in ("rank", "npv") for end in ("p10", "p50", "p90")]
    drawn = [*shares, *(f"{name}_cny" if name.startswith("npv") else name for name in percentiles)]
    drawn += ["warnings", "warnings_en"]  # they say where a rank or an NPV lies outside its band
    first = results.tables["opportunity"]
    pd.testing.assert_frame_equal(pd.DataFrame(first).drop(columns=drawn), pd.DataFrame(again).drop(columns=drawn))


def test_a_city_of_idle_land_alone_says_what_is_missing():
    found = analyze({"idle_land": town()["idle_land"]}, MODEL, as_of=AS_OF, seed=1)
    table = found.tables["opportunity"]
    assert len(table) > 0
    assert table["score"].between(0, 1).all()
    assert table["x_people_served"].isna().all()
    assert "community" in found.manifest["missing_layers"]
    assert found.tables["scorecard"].empty


def test_no_layer_at_all_gives_empty_tables_and_notes():
    found = analyze({}, MODEL, as_of=date(2026, 7, 1), seed=1)
    assert all(table.empty for table in found.tables.values())
    assert found.manifest["notes"]
    json.dumps(found.manifest, allow_nan=False)


def test_one_id_for_two_assets_is_refused():
    layers = town()
    layers["public_building"] = layers["public_building"].assign(asset_id="idle_land-0")
    with pytest.raises(AnalysisError, match=r"idle_land-0.*give each asset an id of its own") as caught:
        analyze(layers, MODEL, as_of=AS_OF, seed=1)
    assert "在两个图层里各指一项资产；请给每项资产各自的编号" in str(caught.value.line_zh)


@pytest.mark.shared
@pytest.mark.slow
def test_san_francisco_has_two_hundred_opportunities_and_none_is_allowed(shared_dir):
    from layers.crs import working_crs  # noqa: PLC0415
    from layers.osm import read_osm  # noqa: PLC0415

    frames = read_osm(shared_dir / "data" / "osm" / "sf-downtown.osm.pbf").frames
    crs = working_crs(tuple(frames["street"].total_bounds))
    layers = {
        name: frame.assign(asset_id=name + "/" + frame["source_id"].astype(str)).to_crs(crs)
        for name, frame in frames.items()
    }
    found = analyze(layers, MODEL, as_of=date(2023, 6, 1), seed=1)
    table = found.tables["opportunity"]
    assert table["rank"].notna().sum() >= 200
    assert set(table["permission"]) == {"approval", "unclear"}
    assert set(table.loc[table["asset_kind"] == "heritage", "permission"]) == {"unclear"}
    assert {"parking", "heritage", "idle_land", "community"} <= set(table["asset_kind"])
    assert table["score"].between(0, 1).all()
    assert table.geometry.is_valid.all()
