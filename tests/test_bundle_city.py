"""What of a city may be bundled: each member's account, and who is whose neighbour, followed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from bundle_lines import PILES, basis_of
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


def test_where_nobody_knows_who_manages_a_place_its_upkeep_counts_and_no_fee() -> None:
    given, tables = run(home(0, "旧村"))
    given["community"]["property_management"] = None
    of = bundle_city.members_of(given, tables, MODEL, as_of=AS_OF)
    assert not of.candidates.lines["property_fee_cny"].any()
    assert of.candidates.lines["upkeep_cny"][0].tolist() == pytest.approx([0.0, *[5000 * 0.4 * 12] * YEARS])
    told = [note for note in of.candidates.notes if "物业管理情况不明" in note.zh]
    assert told[0].zh == "1个小区物业管理情况不明：从严只计长效管养支出，不计物业费收入"
    assert "no fee does" in told[0].en


def test_a_community_whose_households_nobody_knows_is_named_with_what_to_fill_in() -> None:
    given, tables = run(home(0, "旧村"), home(100, "无户村", npv_cny=float("nan")), home(200, "零户村"))
    tables["need"]["household_count"] = [100.0, None, 0.0]
    of = bundle_city.members_of(given, tables, MODEL, as_of=AS_OF)
    assert of.ids == ["旧村:renovation"]
    left = of.candidates.left.set_index("name")
    assert left["reason"].to_dict() == dict.fromkeys(
        ["无户村", "零户村"], "户数不明，受益无法计算：请在小区台账补填户数或建筑面积"
    )
    assert left["reason_en"].str.contains("fill in the households or the floor area").all()
    assert "老旧小区改造2项：户数不明" in "\n".join(note.zh for note in of.candidates.notes)


def test_households_estimated_and_old_people_unknown_are_said() -> None:
    given, tables = run(home(0, "旧村"), home(100, "新村"))
    given["community"]["household_count"] = [None, 100]
    tables["need"]["elderly_share"] = [0.2, None]
    notes = bundle_city.members_of(given, tables, MODEL, as_of=AS_OF).candidates.notes
    zh = "\n".join(note.zh for note in notes)
    assert "1个小区户数按建筑面积估算（每户73.6平方米，old_comm.floor_area_per_household，" in zh
    assert "1个小区老人占比不明，受益老人按0计" in zh
    en = "\n".join(note.en for note in notes)
    assert "1 communities: households are estimated from the floor area (73.6 m2 each" in en
    assert "1 communities: the share of old people is unknown and counts nobody" in en


def closed(gaps, *rows):
    """Return the stalls that each member counts for; ``gaps``: of the communities in their order."""
    given, tables = run(*rows)
    tables["need"]["night_gap_stalls"] = gaps
    tables["opportunity"]["x_night_gap_closed"] = [row.get("x_night_gap_closed", 10.0) for row in rows]
    of = bundle_city.members_of(given, tables, MODEL, as_of=AS_OF).candidates
    return dict(zip(of.table["name"], of.table["gap_stalls"].round(6), strict=True)), of.table, of.notes


def lot(at_m, name, stalls):
    return member(at_m, name, action="surface_parking", yearly_cny=2e5, x_night_gap_closed=stalls)


def test_an_asset_counts_what_it_closes_of_the_gap_that_the_communities_leave() -> None:
    told, table, notes = closed([50.0], home(0, "旧村"), lot(200, "大场", 30.0))
    # 10 of the 50 are the community's own stalls; the 30 of the lot fit into what is left
    assert told == {"旧村": 10.0, "大场": 30.0}
    assert table.set_index("name").loc["大场", "benefit"] == 0.5 * 30
    (said,) = [note for note in notes if "不重复计" in note.zh]
    assert "余下由步行300米内能补的成员按比例分担" in said.zh
    assert said.en.startswith("a gap at night counts once")


def test_a_gap_that_several_could_close_is_shared_and_never_counted_twice() -> None:
    told, _, _ = closed([50.0], home(0, "旧村"), lot(200, "大场", 60.0), lot(-200, "小场", 20.0))
    # the 40 that the community leaves go 3 : 1 to the lots of 60 and of 20 stalls
    assert told == {"旧村": 10.0, "大场": 30.0, "小场": 10.0}
    # two communities side by side whose gap is 5 each: neither closes the 10 that it could close alone
    told, _, _ = closed([5.0, 5.0], home(0, "甲村"), home(50, "乙村"))
    assert told == {"甲村": 5.0, "乙村": 5.0}


def test_a_gap_out_of_the_walk_or_that_nobody_knows_is_closed_by_nobody() -> None:
    told, _, _ = closed([None, 40.0], home(0, "旧村"), home(2500, "远村"), lot(200, "大场", 30.0))
    assert told == {"旧村": 0.0, "远村": 10.0, "大场": 0.0}


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


def test_scenarios_are_the_same_for_the_same_seed_and_members_without_a_basis_are_told() -> None:
    places = (home(0, "旧村"), member(100, "车场", yearly_cny=200_000.0))
    basis = basis_of(PILES).assign(opportunity_id="车场:charging")
    one, again, other = (found(*places, basis=basis, seed=seed) for seed in (1, 1, 2))
    row, net = rows(one), one.members.net_scenario_cny
    assert net.shape == (2, 100, YEARS + 1)
    assert net[row["旧村"]].tolist() == [one.members.net_cny[row["旧村"]].tolist()] * 100
    # 4 piles are worth less or more by what parameters at their ends make of them, beside what the run tells
    assert net[row["车场"], 0].sum() < one.members.net_cny[row["车场"]].sum() < net[row["车场"], 50].sum()
    assert (net == again.members.net_scenario_cny).all()
    assert (net != other.members.net_scenario_cny).any()
    assert "1个成员没有账目依据" in "".join(note.zh for note in one.candidates.notes)
    assert found(*places).members.net_scenario_cny is None


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
