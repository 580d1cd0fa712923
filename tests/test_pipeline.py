"""The analysis end to end on a small city whose numbers can be followed by hand."""

from __future__ import annotations

import json
import math
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from need_city import AS_OF, MODEL
from pipeline_city import town

from gis.charging_modes import npv_by_mode
from gis.finance import account_of, accounts, lines
from gis.model import DECIDING
from gis.pipeline import STAGES, analyze
from layers.errors import AnalysisError
from layers.schema import kind

RESULT_KINDS = (
    *("need", "opportunity", "exclusion", "cashflow", "account_basis"),
    *("clock", "scorecard", "stall_layout"),
)


@pytest.fixture(scope="module")
def results():
    return analyze(town(), MODEL, as_of=AS_OF, seed=7)


@pytest.fixture(scope="module")
def opportunities(results):
    return results.tables["opportunity"].set_index("opportunity_id")


def test_stages_in_order_and_every_table_as_declared(results):
    seen = []
    again = analyze(town(), MODEL, as_of=AS_OF, seed=7, progress=lambda stage, share: seen.append((stage, share)))
    assert list(dict.fromkeys(stage for stage, _ in seen)) == list(STAGES)
    for stage in STAGES:
        shares = [share for name, share in seen if name == stage]
        assert shares == sorted(shares)
        assert (shares[0], shares[-1]) == (0, 1)
    assert tuple(again.tables) == RESULT_KINDS
    for name, table in again.tables.items():
        of = kind(name)
        assert list(table.columns)[: len(of.columns)] == list(of.columns), name
        assert table[of.id_field].is_unique, name
        required = [item.name for item in of.fields if item.required]
        assert table[required].notna().all(axis=None), name
        coded = [item for item in of.fields if item.codes]
        for item in coded:
            assert set(table[item.name].dropna()) <= set(item.codes), (name, item.name)
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(results.tables[name]))
    assert again.manifest == results.manifest


def test_no_analysis_reads_what_decisions_are_made_with(results):
    read = {key: item for key, item in MODEL.parameters.items() if not key.startswith(DECIDING)}
    assert len(read) < len(MODEL.parameters)
    again = analyze(town(), replace(MODEL, parameters=read), as_of=AS_OF, seed=7)
    for name, table in again.tables.items():
        pd.testing.assert_frame_equal(pd.DataFrame(table), pd.DataFrame(results.tables[name]))


def test_cancel_ends_it():
    with pytest.raises(AnalysisError, match="cancelled") as caught:
        analyze(town(), MODEL, as_of=AS_OF, seed=7, cancel=lambda: True)
    assert str(caught.value.line_zh).startswith("分析已取消；")


def value_by_hand(criterion, x):
    """Return the value of a raw number with a pocket calculator's means."""
    f = criterion["function"]
    if f["type"] == "linear":
        return min(1, max(0, (x - f["zero"]) / (f["one"] - f["zero"])))
    if f["type"] == "saturating":
        return x / (x + f["half"])
    if f["type"] == "threshold":
        return float(x >= f["at"])
    for (x0, v0), (x1, v1) in zip(
        zip(f["x"], f["v"], strict=True), list(zip(f["x"], f["v"], strict=True))[1:], strict=False
    ):
        if x <= x1:
            return v0 + (v1 - v0) * max(0, x - x0) / (x1 - x0)
    return f["v"][-1]


def missing_by_hand(criterion, row):
    """Return what a missing criterion counts: the middle of 0..1, of a return without its rent that of 0..its most."""
    if criterion["key"] != "return_per_cny" or np.isnan(row["npv_unrented_cny"]):
        return 0.5
    return value_by_hand(criterion, row["npv_unrented_cny"] / row["capex_cny"]) / 2


def test_every_score_can_be_recomputed_from_the_exported_columns(results, opportunities):
    for _, row in opportunities.iterrows():
        total = 0.0
        for criterion in results.manifest["criteria"]:
            if criterion["theme"] != row["theme"]:
                assert np.isnan(row[criterion["x"]])
                assert np.isnan(row[criterion["v"]])
                continue
            raw = row[criterion["x"]]
            value = missing_by_hand(criterion, row) if np.isnan(raw) else value_by_hand(criterion, raw)
            assert row[criterion["v"]] == pytest.approx(value), criterion["key"]
            assert np.isnan(raw) == (criterion["key"] in row["missing"].split(","))
            total += criterion["weight"] * value
        assert row["score"] == pytest.approx(total)
        assert row["score_low"] <= row["score"] + 1e-12
        assert row["score"] <= row["score_high"] + 1e-12


def without_car_parks():
    """Return the town without its car park: 200 and 50 cars, 126 and 31.5 stalls, so 74 + 18.5 cars without one."""
    return {name: frame for name, frame in town().items() if name != "parking"}


def test_one_site_by_hand():
    found = analyze(without_car_parks(), MODEL, as_of=AS_OF, seed=7).tables["opportunity"]
    lot = found.set_index("opportunity_id").loc["idle_land-0:surface_parking"]
    # 125 stalls lie on 60 x 50 m, at 6,000 each; 85 % of them are 106, but only 92.5 cars within the walk lack one.
    assert (lot["stalls"], lot["capex_cny"], lot["stalls_let"]) == (125, 750_000, 92.5)
    # 450 x 12 = 5,400 a stall and year, 30 % of it running cost.
    # Rent: 3,000 m2 x 2 x 12 = 72,000. The income is the collective's own.
    before_tax = 92.5 * 5400 * 0.7 - 72_000
    # Taxes: 3.26 % of the income; 25 % of the profit, which is what is left after that and a tenth of the lot.
    of_income = 0.0326 * 92.5 * 5400
    tax = of_income + 0.25 * (before_tax - of_income - 75_000)
    net = before_tax - tax
    assert lot["tax_cny_year"] == pytest.approx(tax)
    assert lot["net_cny_year"] == pytest.approx(net)
    assert lot["payback_years"] == pytest.approx(750_000 / net)
    assert lot["npv_cny"] == pytest.approx(-750_000 + net * (1 - 1.06**-10) / 0.06)
    assert lot["people_served"] == 1250  # 500 households of 2.5 within 300 m
    assert lot["x_night_gap_closed"] == 92.5
    assert lot["x_reports"] == 1
    assert lot["x_permission_ease"] == 2
    assert "缺地租" not in lot["account_note"]
    assert (lot["lead_dept"], lot["decision_level"]) == ("城市管理", "district")


def test_every_opportunity_stands_in_a_theme_that_its_action_publishes(opportunities, results):
    actions = results.manifest["actions"]
    for action, theme in set(zip(opportunities["action"], opportunities["theme"], strict=True)):
        assert theme in actions[action]["themes"], action
    assert actions["culture_space"]["themes"] == ["revitalization", "heritage"]


def test_ranks_are_per_theme_over_the_best_action_of_each_asset(opportunities):
    for _, theme in opportunities.groupby("theme"):
        ranked = theme[theme["rank"].notna()].sort_values("rank")
        assert ranked["rank"].to_list() == list(range(1, len(ranked) + 1))
        assert ranked["score"].is_monotonic_decreasing
        assert not ranked.duplicated(["asset_kind", "asset_id"]).any()
        best = theme[theme["permission"] != "forbidden"].groupby(["asset_kind", "asset_id"])["score"].max()
        assert sorted(best) == pytest.approx(sorted(ranked["score"]))
        assert (ranked["rank_p10"] <= ranked["rank_p90"]).all()
        assert theme.loc[theme["rank"].isna(), ["rank_p10", "rank_p90", "top_share"]].isna().all(axis=None)


def test_opportunities_come_by_theme_then_rank_then_those_without_by_score(opportunities):
    """The order that exports and ``/ogc`` promise."""
    assert list(opportunities["theme"].unique()) == ["revitalization", "heritage"]
    assert opportunities["rank"].isna().any()
    for _, theme in opportunities.groupby("theme"):
        ranked = theme[theme["rank"].notna()]
        assert list(theme["rank"].iloc[: len(ranked)]) == list(range(1, len(ranked) + 1))
        assert theme["score"].iloc[len(ranked) :].is_monotonic_decreasing


def test_what_is_excluded_says_why(results, opportunities):
    excluded = results.tables["exclusion"].set_index("exclusion_id")
    assert excluded.loc["idle_land-3:*:constraint.school", "reason"] == "学校用地，默认排除"
    assert "idle_land-1:surface_parking:too_narrow" in excluded.index
    both = opportunities.index.intersection(excluded["asset_id"] + ":" + excluded["action"].fillna("*"))
    assert both.empty


def test_what_a_run_says_in_chinese_it_says_in_english(results):
    """Only documents keep the Chinese name under which they are published."""
    rules = (*MODEL.rules.values(), *MODEL.heritage_rules, *MODEL.reuse.values(), *MODEL.parameters.values())
    documents = sorted({rule.source for rule in rules}, key=len, reverse=True)
    seen = 0
    for name in ("need", "opportunity", "exclusion"):
        table = results.tables[name]
        for english in (column for column in table.columns if column.endswith("_en")):
            chinese, texts = (table[column].fillna("") for column in (english.removesuffix("_en"), english))
            assert ((chinese == "") == (texts == "")).all(), (name, english)
            for document in documents:
                texts = texts.str.replace(document, "", regex=False)
            assert list(texts[texts.str.contains("[\u4e00-\u9fff；，]")]) == [], (name, english)
            seen += 1
    declared = [
        name for of in ("need", "opportunity", "exclusion") for name in kind(of).columns if name.endswith("_en")
    ]
    assert seen == len(declared)


def test_cash_flows_give_the_same_npv(results, opportunities):
    flows = results.tables["cashflow"]
    assert set(flows["opportunity_id"]) == set(opportunities.index[opportunities["npv_cny"].notna()])
    for name, rows in flows.groupby("opportunity_id"):
        npv = (rows["net_cny"] / 1.06 ** rows["year"].astype(float)).sum()
        assert npv == pytest.approx(opportunities.loc[name, "npv_cny"])
        assert rows["cumulative_cny"].iloc[-1] == pytest.approx(rows["net_cny"].sum())
        assert rows.loc[rows["year"] == 0, "capex_cny"].item() == pytest.approx(opportunities.loc[name, "capex_cny"])


def test_accounts_can_be_made_again_of_their_basis(results):
    basis, flows = results.tables["account_basis"], results.tables["cashflow"]
    assert set(basis["opportunity_id"]) == set(flows["opportunity_id"])
    net = lines(account_of(basis, MODEL)[0])["net_cny"]
    for place, name in enumerate(basis["opportunity_id"]):
        told = flows.loc[flows["opportunity_id"] == name, "net_cny"].to_numpy()
        assert net[place, : len(told)] == pytest.approx(told), name
        assert not net[place, len(told) :].any()


def test_unknown_size_has_no_account(opportunities):
    shop = opportunities.loc["idle_land-2:community_service"]
    assert shop[["capex_cny", "npv_cny", "payback_years", "area_m2"]].isna().all()
    assert "return_per_cny" in shop["missing"].split(",")
    assert shop["account_note"]


def test_without_a_land_rent_the_return_is_missing():
    layers = without_car_parks()
    layers["idle_land"]["land_rent_cny_m2_month"] = np.nan
    table = analyze(layers, MODEL, as_of=AS_OF, seed=7).tables["opportunity"].set_index("opportunity_id")
    lot = table.loc["idle_land-0:surface_parking"]
    assert lot["capex_cny"] == 750_000
    assert lot[["net_cny_year", "npv_cny", "npv_low_cny", "npv_high_cny", "payback_years"]].isna().all()
    assert np.isnan(lot["x_return_per_cny"])
    # At no rent it is worth more than it costs: the middle of 0..1.
    assert lot["npv_unrented_cny"] > lot["capex_cny"]
    assert lot["v_return_per_cny"] == 0.5
    # A rack that does not pay even so counts less than the neutral half, not as much.
    rack = table.loc["idle_land-0:mechanical_parking"]
    most = rack["npv_unrented_cny"] / rack["capex_cny"]
    assert most < 0
    assert rack["v_return_per_cny"] == pytest.approx(max(0, 0.5 + most / 2) / 2)
    assert "return_per_cny" in lot["missing"].split(",")
    assert "缺地租" in lot["account_note"]
    assert "可用年限内不能回本" not in lot["warnings"]


def test_an_account_that_does_not_pay_within_its_term_says_so(opportunities):
    homes = opportunities.loc["community-0:renovation"]
    assert homes["revenue_cny_year"] > 0
    assert pd.isna(homes["payback_years"])
    assert "可用年限内不能回本" in homes["warnings"]
    market = opportunities.loc["public_building-0:market"]
    assert (market["income_owner"], market["v_return_per_cny"]) == ("treasury", 0)
    assert "收入归财政或代管，没有文件不计还本" in market["account_note"]
    assert "可用年限内不能回本" not in opportunities.loc["idle_land-0:surface_parking", "warnings"]


def test_scorecards_count_what_has_no_place(results):
    card = results.tables["scorecard"].set_index("subdistrict_code").loc["S1"]
    assert (card["community_count"], card["old_community_count"], card["household_count"]) == (2, 2, 450)
    assert (card["idle_land_count"], card["idle_land_m2"]) == (2, 3000 + 760)
    assert (card["vacant_building_count"], card["heritage_count"]) == (1, 1)
    assert (card["report_count"], card["report_closed_share"]) == (2, 0.5)
    assert card["unlocated_count"] == 1
    assert card["month"] == "2026-07"
    ranked = results.tables["opportunity"].dropna(subset=["rank"])
    assert card["opportunity_count"] == (ranked["subdistrict_code"] == "S1").sum()


def test_the_manifest_is_json_and_complete(results):
    manifest = results.manifest
    text = json.dumps(manifest, ensure_ascii=False, allow_nan=False)
    assert json.loads(text) == manifest
    assert (manifest["seed"], manifest["as_of"]) == (7, "2026-07-01")
    digests = {"sha256": MODEL.sha256, "analysis_sha256": MODEL.analysis_sha256}
    assert manifest["model"] == {"name": "guangzhou", **digests}
    for theme in ("revitalization", "heritage"):
        assert math.isclose(sum(c["weight"] for c in manifest["criteria"] if c["theme"] == theme), 1)
    keys = {item["key"] for item in manifest["parameters"]}
    assert len(keys) > 143
    for action in manifest["actions"].values():
        assert action["parameters"]
        assert set(action["parameters"]) <= keys
    assert all(note["zh"] and note["en"] for note in manifest["notes"])
    assert manifest["counts"]["opportunity"] == len(results.tables["opportunity"])


class Reads(dict):
    """Parameters that remember which of them were asked for."""

    def __init__(self, parameters):
        super().__init__(parameters)
        self.keys_read = set()

    def __getitem__(self, key):
        self.keys_read.add(key)
        return super().__getitem__(key)


def test_the_parameters_listed_for_an_action_are_read(results):
    reads = Reads(MODEL.parameters)
    analyze(town(), replace(MODEL, parameters=reads), as_of=AS_OF, seed=7)
    for code, action in results.manifest["actions"].items():
        assert set(action["parameters"]) <= reads.keys_read, code
    # Those of the account are read when one such option is priced, and nothing else is.
    for code, action in results.manifest["actions"].items():
        priced = Reads(MODEL.parameters)
        option, model = pd.DataFrame({"action": [code], "area_m2": 1.0}), replace(MODEL, parameters=priced)
        npv_by_mode(option, accounts(option, model), model)
        sizing = set(MODEL.actions[code].parameters)
        used = priced.keys_read - {"fin.rent.community_shop"}  # a place's own rent may stand in for it
        assert set(action["parameters"]) - sizing - {"fin.rent.community_shop"} == used - sizing, code
