"""What of a city may be bundled: each member's account, and who is whose neighbour, followed by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from bundle_town import YEARS, found, home, member, run
from need_city import AS_OF, MODEL, layer
from shapely.geometry import LineString, box

from gis import bundle_city
from gis.model import Model
from layers.errors import NotFoundError, UsageError

ANNUITY = sum(1.06**-year for year in range(1, YEARS + 1))


def rows(of):
    return dict(zip(of.candidates.table["name"], range(len(of.members)), strict=True))


def test_the_operators_account_of_each_member() -> None:
    of = found(home(0, "旧村"), member(100, "车场", yearly_cny=200_000.0))
    row = rows(of)
    assert of.members.net_cny[row["旧村"]].tolist() == [-0.8e6, *[0.0] * YEARS]
    assert of.members.net_cny[row["车场"]].tolist() == [-1e6, *[200_000.0] * YEARS]
    npv = of.candidates.table["npv_cny"]
    assert npv.iloc[row["车场"]] == pytest.approx(-1e6 + 200_000 * ANNUITY)
    assert of.members.public_cny[:, 0].tolist() == [1.2e6 if name == "旧村" else 0.0 for name in row]
    # 100 households, 250 x 0.2 = 50 people over 60, 10 stalls; an asset has no benefit of its own
    assert of.members.benefit[row["旧村"]] == 100 + 0.5 * 50 + 0.5 * 10
    assert of.members.benefit[row["车场"]] == 0
    assert of.earning == 1


def test_fees_and_upkeep_come_after_renovation_unless_a_company_is_there() -> None:
    given, tables = run(home(0, "旧村"))
    given["community"]["property_management"] = "none"
    of = bundle_city.members_of(given, tables, MODEL, as_of=AS_OF)
    fee, upkeep = 5000 * 0.5 * 12 * 0.82, 5000 * 0.4 * 12
    lines = of.candidates.lines
    assert lines["property_fee_cny"][0].tolist() == pytest.approx([0.0, *[fee] * YEARS])
    assert lines["upkeep_cny"][0].tolist() == pytest.approx([0.0, *[upkeep] * YEARS])
    assert of.members.net_cny[0, 1] == pytest.approx(fee * (1 - 0.0326) - upkeep)


def test_the_best_action_of_an_asset_is_taken_and_never_one_that_is_forbidden_or_unknown() -> None:
    of = found(
        home(0, "旧村"),
        member(100, "一场", asset_id="P", yearly_cny=150_000.0),
        member(100, "一场", asset_id="P", action="surface_parking", yearly_cny=160_000.0),
        member(200, "待核实", yearly_cny=900_000.0, permission="unclear"),
        member(300, "缺地租", yearly_cny=900_000.0, npv=float("nan")),
        member(400, "无出资方", yearly_cny=900_000.0, funding_enterprise_cny=float("nan")),
        member(500, "无收入"),
    )
    assert of.ids == ["P:surface_parking", "旧村:renovation"]
    told = "\n".join(note.zh for note in of.candidates.notes)
    for said in ("1项：许可待核实", "1项：账目不全", "1项：没有明确出资方", "1项做法：没有可还本的收入"):
        assert said in told
    given, tables = run(home(0, "旧村"), member(200, "待核实", yearly_cny=900_000.0, permission="unclear"))
    wished = bundle_city.members_of(given, tables, MODEL, as_of=AS_OF, with_unclear=True)
    assert "待核实:charging" in wished.ids


def test_a_community_that_cannot_be_counted_is_named_with_the_reason() -> None:
    of = found(home(0, "旧村"), home(100, "未定村", permission="unclear"), home(None, "无图村"))
    assert of.ids == ["旧村:renovation"]
    left = of.candidates.left.set_index("name")["reason"]
    assert left["未定村"].startswith("许可待核实")
    assert left["无图村"].startswith("没有位置")


def test_neighbours_walk_300_m_or_500_m_on_one_street_and_touching_ones_are_neighbours_anywhere() -> None:
    of = found(
        home(0, "起点"),
        member(250, "近", yearly_cny=1.0),
        member(480, "同街", yearly_cny=1.0),
        member(1500, "远", yearly_cny=1.0),
        member(box(1520, 2, 1540, 22), "贴邻", yearly_cny=1.0),
    )
    row = rows(of)
    linked = {frozenset(pair) for pair in of.members.links.tolist()}
    pairs = [("起点", "近"), ("起点", "同街"), ("近", "同街"), ("远", "贴邻")]
    assert linked == {frozenset((row[one], row[other])) for one, other in pairs}


def test_no_street_is_shared_by_places_off_it_and_a_river_parts() -> None:
    lines = (LineString([(0, 0), (0, 400)]), LineString([(0, 400), (400, 400)]))
    streets = layer("street", *({"at": line} for line in lines))
    corner = [home((5, 0), "南"), member((200, 395), "东", yearly_cny=1.0), member((5, 250), "中", yearly_cny=1.0)]
    of = found(*corner, layers={"street": streets})
    row = rows(of)
    # 中 walks 250 m to 南 and 350 m round the corner to 东: too far for places on two streets
    assert {frozenset(pair) for pair in of.members.links.tolist()} == {frozenset((row["南"], row["中"]))}
    given, tables = run(home((0, 0), "此岸"), member((0, 100), "彼岸", yearly_cny=1.0))
    given["street"] = given["street"].iloc[:0]
    given["water"] = layer("water", {"at": box(-2000, 40, 2000, 60)})
    assert not len(bundle_city.members_of(given, tables, MODEL, as_of=AS_OF).members.links)


def test_units_are_sub_districts_or_districts_and_an_unknown_one_is_its_own() -> None:
    places = [
        home(0, "甲", subdistrict_code="440199001"),
        home(100, "乙", subdistrict_code="440199002"),
        home(200, "丙", subdistrict_code="440188001"),
        home(300, "丁", subdistrict_code=None),
        home(400, "戊", subdistrict_code=None),
    ]
    by = {within: found(*places, within=within).members.unit for within in (None, "subdistrict", "district")}
    assert by[None] is None
    assert len(set(by["subdistrict"].tolist())) == 5
    row = rows(found(*places))
    units = by["district"]
    assert units[row["甲"]] == units[row["乙"]] != units[row["丙"]]
    assert [list(units).count(units[row[name]]) for name in "丁戊"] == [1, 1]


def test_one_sub_district_alone_and_one_that_has_nothing() -> None:
    places = [home(0, "甲", subdistrict_code="440199001"), home(100, "乙", subdistrict_code="440199002")]
    assert found(*places, subdistrict="440199002").ids == ["乙:renovation"]
    with pytest.raises(NotFoundError, match="choose one of 440199001, 440199002"):
        found(*places, subdistrict="440199009")


def test_scenarios_bear_the_operators_share_of_what_is_invested() -> None:
    told = pd.DataFrame(
        [
            {"opportunity_id": "旧村:renovation", "scenario": 0, "npv_cny": -2.5e6, "capex_cny": 2.5e6},
            {"opportunity_id": "旧村:renovation", "scenario": 1, "npv_cny": -1.5e6, "capex_cny": 1.5e6},
        ]
    )
    of = found(home(0, "旧村"), member(100, "车场", yearly_cny=200_000.0), scenarios=told)
    row, npv = rows(of), of.members.npv_scenario_cny
    assert npv[row["旧村"]].tolist() == pytest.approx([-1e6, -0.6e6])  # 40 % of each
    base = of.candidates.table["npv_cny"].iloc[row["车场"]]
    assert npv[row["车场"]].tolist() == pytest.approx([base, base])  # it has none: the account stays
    assert found(home(0, "旧村")).members.npv_scenario_cny is None


def test_members_are_named_by_opportunity_or_asset_and_strangers_are_refused() -> None:
    of = found(home(0, "旧村"), home(50, "未定村", permission="unclear"), member(100, "车场", yearly_cny=1.0))
    row = rows(of)
    assert bundle_city.rows_of(of, ["旧村", "车场:charging"], "--keep") == (row["旧村"], row["车场"])
    with pytest.raises(UsageError, match=r"--keep 未定村: no member .* permission is open"):
        bundle_city.rows_of(of, ["未定村"], "--keep")


def test_default_limits_are_the_models() -> None:
    limits = bundle_city.default_limits(MODEL)
    assert limits.working_capital_cny == MODEL.value("bundle.working_capital")
    assert limits.public_budget_cny == (MODEL.value("bundle.public_budget"),) * 3
    assert limits.discount_rate == 0.06
    own = Model.load(overrides={"bundle.budget_years": "1", "bundle.public_budget": "0"})
    assert bundle_city.default_limits(own).public_budget_cny == (0.0,)


def test_a_city_without_anything_has_no_members() -> None:
    given, tables = run(home(0, "旧村", permission="unclear"))
    of = bundle_city.members_of(given, tables, MODEL, as_of=AS_OF)
    assert len(of.members) == 0
    assert of.members.links.shape == (0, 2)
    assert np.isfinite(of.members.net_cny).all()
