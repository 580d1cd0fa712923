"""Why each member is in its bundle, what a community lacks that is in none, and the layers of a plan; by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import shapely
from bundle_town import YEARS, found, home, member
from need_city import MODEL

from gis import _bundle_reasons as reasons
from gis._bundle_accounts import accounted
from gis._bundle_layers import area, layers_of, paid_cny
from gis._bundle_left import all_in_turn
from gis._bundle_links import is_only_link, neighbours
from gis._bundle_transfers import transfers
from gis._bundle_trials import Trials, in_turn
from gis._notes import Note
from gis.bundle import Bundle, Limits, Members, Plan

ANNUITY = sum(1.06**-year for year in range(1, YEARS + 1))
FREE = Limits(discount_rate=0.06)


def plan_of(of, *bundles, bound=1000.0):
    ids = {name: row for row, name in enumerate(of.candidates.table["name"])}
    made = [Bundle(tuple(sorted(ids[name] for name in names))) for names in bundles]
    benefit = sum(of.members.benefit[list(item.rows)].sum() for item in made)
    return Plan(tuple(sorted(made, key=lambda item: item.rows)), float(benefit), bound)


def tables(of, plan, limits=FREE):
    return layers_of(of, limits, plan, accounted(of, plan, MODEL))


def worth(npv):
    """Return the yearly income that makes an asset of 1 M CNY worth ``npv``."""
    return (npv + 1e6) / ANNUITY


@pytest.fixture(scope="module")
def town():
    """Return 旧村 (-0.8 M) between car parks of 2 M and 0.2 M; further on 过渡 (-0.1 M), 远村 and 孤村."""
    return found(
        home(0, "旧村"),
        member(200, "大场", yearly_cny=worth(2e6)),
        member(-200, "小场", yearly_cny=worth(0.2e6), income_owner="collective"),
        member(650, "过渡", yearly_cny=worth(-0.1e6)),
        home(1100, "远村"),
        home(2500, "孤村", funding_enterprise_cny=1.5e6, funding_state_cny=0.5e6),
    )


def test_members_say_what_they_pay_whom_they_benefit_and_what_they_join(town) -> None:
    plan = plan_of(town, ["旧村", "大场", "过渡", "远村"])
    told = tables(town, plan)["bundle_member"].set_index("name")
    inside = told[told["bundle_id"].notna()]
    assert inside["role"].to_dict() == {"旧村": "lean", "大场": "fat", "过渡": "link", "远村": "lean"}
    # 0.8 + 0.1 + 0.8 M lack; the one fat member pays them of its 2 M
    assert inside.loc["大场", "paid_cny"] == pytest.approx(1.7e6)
    assert (
        inside.loc["大场", "reason"] == "为邻居付出170.0万元（净现值200.0万元）；唯一的连通：去掉它，其余成员不再相连"
    )
    assert inside.loc["大场", "reason_en"].startswith("pays 1.70 M CNY for its neighbours (it is worth 2.00 M CNY)")
    assert inside.loc["旧村", "reason"] == "受益：100户、老人50人、补车位10个，缺额80.0万元由邻居补"
    assert inside.loc["过渡", "reason"] == "唯一的连通：去掉它，其余成员不再相连"


def test_a_community_of_unknown_age_and_an_asset_that_closes_a_gap_say_so() -> None:
    told = {"paid_cny": 0.0, "is_link": False, "is_kept": False}
    aged = reasons.of_member(npv_cny=-1e6, people=(100.0, float("nan")), stalls=5.0, **told)
    assert aged.zh == "受益：100户、老人人数不明（按0计）、补车位5个，缺额100.0万元由邻居补"
    assert "an unknown number of people over 60 (counted as none)" in aged.en
    lot = reasons.of_member(npv_cny=1e6, people=None, stalls=30.0, **told)
    assert lot.zh == "补上夜间车位缺口30个；净现值100.0万元，包内无人需补"
    assert lot.en.startswith("closes 30 stalls of the night gap around it; worth 1.00 M CNY, which nobody")


def test_each_fat_member_pays_the_same_share() -> None:
    assert paid_cny(np.array([3e6, 1e6, -2e6])).tolist() == [1.5e6, 0.5e6, 0.0]
    assert paid_cny(np.array([1e6, -2e6])).tolist() == [1e6, 0.0]  # no more than it is worth
    assert paid_cny(np.array([-1e6])).tolist() == [0.0]


def test_a_community_left_out_is_told_the_least_that_would_do(town) -> None:
    plan = plan_of(town, ["旧村", "大场"])
    told = tables(town, plan)["bundle_member"].set_index("name")
    # 远村 has 过渡 for a neighbour only, which is free and would not help: alone it lacks its 0.8 M
    assert told.loc["远村", "lacks"] == "money"
    assert told.loc["远村", "least_subsidy_cny"] == pytest.approx(0.8e6)
    assert told.loc["远村", "reason"] == "单独还差80.0万元，有此补助即可"
    assert told.loc["孤村", "lacks"] == "contiguity"
    assert told.loc["孤村", "reason"].startswith("周边没有相邻的成员；单独还差150.0万元")
    assert told.loc["孤村", "reason_en"].startswith("no member is next to it; by itself it lacks 1.50 M CNY")


@pytest.fixture
def pair():
    """Return rows 0 (a community that lacks 100), 1 (an asset of 60), 2 (one of 500 in a bundle), 3 (another of 50)."""
    net = np.array([[-100.0, 0.0], [-10.0, 70.0], [-10.0, 510.0], [-10.0, 60.0]])
    public = np.array([[30.0], [0.0], [0.0], [0.0]])
    return Members(net, public, np.array([9.0, 0, 0, 0]), np.array([[0, 1], [0, 2], [1, 3]]))


PLAIN = Limits(discount_rate=0.0)


@pytest.mark.parametrize(
    ("limits", "expected"),
    [
        # joined to the bundle of 2 it costs nothing more
        ({}, (0.0, 0.0, 0)),
        # its bundle runs 110 deep, 30 more than it may
        ({"working_capital_cny": 80.0}, (30.0, 0.0, 0)),
        ({"public_budget_cny": (10.0,)}, (0.0, 20.0, 0)),
        # no room beside 2: on its own with 1 it lacks 40
        ({"most_members": 1}, (100.0, 0.0, 0)),
        # 2 is forbidden to share with it: 1 and, behind it, 3 bring 110
        ({"apart": ((0, 2),)}, (0.0, 0.0, 0)),
        ({"apart": ((0, 2),), "most_members": 2}, (40.0, 0.0, 0)),
        ({"apart": ((0, 2), (0, 1))}, (100.0, 0.0, 0)),
        ({"apart": ((0, 2), (0, 1)), "transfer_cap_cny": 70.0}, (30.0, 0.0, 0)),
    ],
)
def test_what_a_left_out_member_lacks(pair, limits, expected) -> None:
    plan = Plan((Bundle((2,)),), 0.0, 9.0)
    best = Trials(pair, replace(PLAIN, **limits), plan).of(0)[0]
    assert (best.subsidy_cny, best.public_lack_cny, best.over) == pytest.approx(expected)


def test_what_a_bundle_takes_from_others_already_is_not_asked_for_again() -> None:
    net = np.array([[-100.0, 0.0], [-50.0, 0.0], [-10.0, 510.0]])
    three = Members(net, np.zeros((3, 1)), np.array([9.0, 9, 0]), np.array([[0, 1]]))
    plan = Plan((Bundle((1,)), Bundle((2,))), 9.0, 18.0)
    limits = replace(PLAIN, transfer_cap_cny=60.0)
    # of the 60 that may be given 1 takes 50; 0 beside it lacks its own 100, of which 10 are left to give
    joined = next(trial for trial in Trials(three, limits, plan).of(0) if trial.joined == 0)
    assert joined.subsidy_cny == 90.0


def test_working_capital_that_runs_out_is_called_so(town) -> None:
    limits = replace(FREE, working_capital_cny=1.2e6)
    told = tables(town, Plan((), 0.0, 0.0), limits)["bundle_member"].set_index("name")
    # 旧村 with 大场: 0.8 + 1 M in the first year, 1.2 M are there; by itself it would lack 0.8 M
    assert told.loc["旧村", "lacks"] == "working_capital"
    assert told.loc["旧村", "reason"] == "与大场成包垫资超限60.0万元，有此补助即可"


def test_a_full_bundle_is_told_beside_what_fits_the_size(pair) -> None:
    plan = Plan((Bundle((2,)),), 0.0, 9.0)
    trials = Trials(pair, replace(PLAIN, most_members=1), plan).of(0)
    assert [(trial.joined, trial.over, trial.subsidy_cny) for trial in trials] == [(None, 0, 100.0), (0, 1, 0.0)]


def test_a_border_and_scenarios_count_in_a_trial(pair) -> None:
    plan = Plan((Bundle((2,)),), 0.0, 9.0)
    parted = replace(pair, unit=np.array([0, 0, 1, 0]))
    assert Trials(parted, replace(PLAIN, within_unit=True, most_members=2), plan).of(0)[0].subsidy_cny == 40.0
    npv = np.array([[-100.0, -100, -100, -600], [60.0, 60, 60, 60], [500.0, 500, 500, 500], [50.0, 50, 50, 50]])
    risky = replace(pair, net_scenario_cny=npv[:, :, None] * [0.0, 1.0])
    # three of the four scenarios balance; in the last one the 500 of 2 leave 100 of its 600 to be paid
    assert Trials(risky, replace(PLAIN, balanced_share=0.75), plan).of(0)[0].subsidy_cny == 0.0
    tight = Trials(risky, replace(PLAIN, balanced_share=1.0, most_members=2), plan).of(0)[0]
    assert (tight.joined, tight.subsidy_cny) == (0, 100.0)
    # no more of it comes by working capital of 70: in the worst scenario the bundle falls by 100, 30 too deep
    shallow = replace(PLAIN, balanced_share=1.0, most_members=2, working_capital_cny=70.0)
    deep = replace(risky, net_scenario_cny=np.concatenate([npv[:, :, None], 0 * npv[:, :, None], -npv[:, :, None]], 2))
    deep = replace(deep, net_cny=np.zeros((4, 2)))
    assert Trials(deep, shallow, plan).of(0)[0].subsidy_cny == 30.0


def test_elements_that_take_more_than_they_may_are_told_so(pair) -> None:
    elements = np.array([[-100.0, 0.0], [0.0, 60.0], [0.0, 500.0], [0.0, 50.0]])
    plan = Plan((Bundle((2,)),), 0.0, 9.0)
    capped = replace(PLAIN, element_cap_cny=75.0)
    assert Trials(replace(pair, npv_element_cny=elements), capped, plan).of(0)[0].subsidy_cny == 25.0


def test_a_subsidy_is_public_money_and_counts_in_the_budget(pair) -> None:
    limits = replace(PLAIN, apart=((0, 2), (0, 1)), public_budget_cny=(10.0, 90.0))
    best = Trials(pair, limits, Plan((Bundle((2,)),), 0.0, 9.0)).of(0)[0]
    # by itself it lacks 100; with the state's 30 that is 130 in the year of its start, in which 90 are there at most
    assert (best.subsidy_cny, best.start_year, best.public_lack_cny) == (100.0, 1, 40.0)
    told = reasons.of_left(
        [best], lambda _: Note("单独", "by itself"), is_alone=False, most_members=12, has_budget=True
    )
    assert told.note.zh == "单独还差0.0万元，有此补助即可；补助属财政资金，连同财政出资，财政预算还差0.0万元"
    assert "a subsidy is public money: with it and the state's part the public budget lacks" in told.note.en


def test_a_bundle_takes_no_surplus_twice_and_in_money_of_its_start() -> None:
    net = np.array([[-300.0, 0.0], [100.0, 0.0], [100.0, 0.0]])
    three = Members(net, np.zeros((3, 1)), np.array([9.0, 0, 0]), np.array([[0, 1]]))
    limits = Limits(discount_rate=0.25, transfer_cap_cny=500.0, public_budget_cny=(1.0, 1.0))
    plan = Plan((Bundle((1,), 1), Bundle((2,), 0)), 0.0, 9.0)
    joined = next(trial for trial in Trials(three, limits, plan).of(0) if trial.joined == 0)
    # its own 100, and the 100 of the other: 125 in money of a year later; the 100 are not the others' as well
    assert joined.subsidy_cny == pytest.approx(75.0)
    alone = next(trial for trial in Trials(three, limits, plan).of(0) if trial.joined is None)
    # 100, and of the bundle that starts a year later 80: today it would lack 120, a year later 225 are there of 300
    assert (alone.start_year, alone.subsidy_cny) == (1, pytest.approx(75.0))


def test_who_must_share_a_bundle_is_tried_together() -> None:
    # 0 (lacks 100) - 1 (earns 10) - 2 (lacks 50) - 3 (earns 400)
    net = np.array([[-100.0], [10.0], [-50.0], [400.0]])
    row = Members(net, np.zeros((4, 1)), np.array([9.0, 0, 9.0, 0]), np.array([[0, 1], [1, 2], [2, 3]]))
    nothing = Plan((), 0.0, 9.0)
    three = replace(PLAIN, most_members=3)
    assert Trials(row, three, nothing).of(0)[0].rows == (0, 1)
    limits = replace(three, together=((0, 2),))
    (best,) = Trials(row, limits, nothing).of(0)
    assert (sorted(best.rows), best.subsidy_cny, best.over) == ([0, 1, 2], 140.0, 0)
    assert Trials(row, replace(limits, apart=((0, 1),)), nothing).of(0) == ()
    # a neighbour that must share its bundle with one elsewhere brings that along, or does not come
    bound = replace(PLAIN, together=((1, 3),))
    assert sorted(Trials(row, bound, nothing).of(2)[0].rows) == [1, 2, 3]
    assert Trials(row, bound, nothing).of(0)[0].rows == (0,)


def test_what_several_lack_is_added_up_one_after_the_other() -> None:
    # 0 and 1 lack 100 and 60; 2 (earns 80) is next to both; in turn the second has nobody left
    net = np.array([[-100.0, 0.0], [-60.0, 0.0], [80.0, 0.0]])
    public = np.array([[30.0], [5.0], [0.0]])
    three = Members(net, public, np.array([9.0, 9, 0]), np.array([[0, 2], [1, 2]]))
    nothing, limits = Plan((), 0.0, 18.0), replace(PLAIN, most_members=2, public_budget_cny=(50.0,))
    trials = Trials(three, limits, nothing)
    assert [trials.of(row)[0].subsidy_cny for row in (0, 1)] == [20.0, 0.0]
    done = dict(in_turn(three, limits, nothing, [0, 1]))
    assert list(done) == [1, 0]
    assert [done[row].subsidy_cny for row in (0, 1)] == [100.0, 0.0]
    # 5 of the 50 are spent: of 30 and a subsidy of 100 in all 85 are lacking
    assert [done[row].public_lack_cny for row in (0, 1)] == [85.0, 0.0]


def test_the_sum_for_all_that_are_left_out_is_what_it_takes_in_turn(town) -> None:
    of = found(home(0, "甲村"), home(100, "乙村"), member(200, "大场", yearly_cny=worth(0.8e6)), home(2500, "孤村"))
    nothing = Plan((), 0.0, 0.0)
    alone = tables(of, nothing)["bundle_member"].set_index("name")["least_subsidy_cny"]
    assert alone.to_dict() == pytest.approx({"甲村": 0.0, "乙村": 0.0, "孤村": 0.8e6}, abs=0.01)
    total = all_in_turn(of, FREE, nothing)
    assert (total.brought, total.subsidised, total.never) == (3, 2, 0)
    assert total.subsidy_cny == pytest.approx(1.6e6)
    without = {name: row for row, name in enumerate(of.candidates.table["name"])}["孤村"]
    assert all_in_turn(of, replace(FREE, left_out=(without,)), nothing).subsidy_cny == pytest.approx(0.8e6)


def test_who_is_the_only_link(pair) -> None:
    near = neighbours(pair)
    assert is_only_link(0, [0, 1, 2, 3], near)
    assert is_only_link(1, [0, 1, 2, 3], near)
    assert not is_only_link(2, [0, 1, 2, 3], near)
    assert not is_only_link(0, [0, 1], near)


def test_the_area_of_a_bundle_is_one_polygon_round_its_members() -> None:
    shapes = [shapely.box(0, 0, 10, 10), shapely.Point(200, 5), shapely.box(10, 0, 20, 10)]
    drawn = area(shapes, np.array([[0, 1], [0, 2], [1, 2]]))
    assert drawn.geom_type == "Polygon"
    assert drawn.is_valid
    assert all(drawn.contains(shape) for shape in shapes)
    assert not drawn.contains(shapely.Point(100, 50))  # no hull: what lies between is not in it


def test_the_bundles_row_its_years_and_its_id(town) -> None:
    plan = plan_of(town, ["旧村", "大场"])
    told = tables(town, plan)
    row = told["bundle"].iloc[0]
    assert row["name"] == "1号包：旧村等2处"
    assert row["name_en"] == "Bundle 1: 旧村 and 1 more"
    assert (row["community_count"], row["asset_count"], row["household_count"]) == (1, 1, 100)
    assert row["npv_cny"] == pytest.approx(1.2e6)
    assert (row["capex_cny"], row["funding_state_cny"], row["funding_enterprise_cny"]) == (3e6, 1.2e6, 1.8e6)
    assert (row["deepest_deficit_cny"], row["deepest_year"]) == (1.8e6, 0)
    assert row["plan_gap"] == pytest.approx(1 - plan.benefit / 1000)
    assert row["subdistrict_code"] == "440199001"
    years = told["bundle_year"]
    assert years["year"].tolist() == list(range(YEARS + 1))
    assert years["net_cny"].tolist() == pytest.approx([-1.8e6, *[worth(2e6)] * YEARS])
    assert years["discounted_cny"].sum() == pytest.approx(1.2e6)
    again = tables(town, plan_of(town, ["大场", "旧村"], ["小场"]))["bundle"]
    assert again["bundle_id"].iloc[0] == row["bundle_id"] != again["bundle_id"].iloc[1]


def test_the_row_names_what_its_worth_depends_on_most(town) -> None:
    row = tables(town, plan_of(town, ["旧村", "大场"]))["bundle"].iloc[0]
    net = np.array([-1.8e6, *[worth(2e6)] * YEARS])
    low, high = (float((net * (1 + rate) ** -np.arange(YEARS + 1.0)).sum()) for rate in (0.04, 0.08))
    # nothing but the discount rate is told of members without a basis of prices
    assert row["sensitive_to"] == f"折现率0.04–0.08：净现值{low / 1e4:,.1f}万元至{high / 1e4:,.1f}万元"
    assert row["sensitive_to_en"].startswith(f"Discount rate 0.04–0.08: NPV {low / 1e6:,.2f} M CNY to")


def test_what_lives_on_the_income_of_others_says_so(town) -> None:
    note = tables(town, plan_of(town, ["旧村", "小场", "大场"]))["bundle"].iloc[0]
    assert "1处收益资产的收入归集体经济组织，用于还本须经其同意" in note["note"]
    assert "the income of 1 that earn is somebody else's" in note["note_en"]


def test_one_bundle_takes_from_another(town) -> None:
    told = tables(town, plan_of(town, ["旧村", "小场"], ["大场"]), replace(FREE, transfer_cap_cny=1e6))["bundle"]
    rows = told.set_index("bundle_number")
    assert rows.loc[1, "transfer_in_cny"] == pytest.approx(0.6e6)
    assert rows.loc[2, "transfer_out_cny"] == pytest.approx(0.6e6)
    assert "由他包补入60.0万元" in rows.loc[1, "note"]
    # chances and shares of scenarios are those of its own account
    assert rows["note"].str.contains("平衡概率与两端情景占比按自身账目计（未计反哺）", regex=False).all()
    assert "are those of its own account, without transfers" in rows.loc[1, "note_en"]
    without = tables(town, plan_of(town, ["旧村", "大场"]), replace(FREE, transfer_cap_cny=1e6))["bundle"]
    assert "未计反哺" not in without["note"].iloc[0]


@pytest.mark.parametrize(
    ("bundle", "zh", "en"),
    [
        (["旧村", "小场"], "邻居和他包（反哺）", "its neighbours and other bundles (by transfers)"),
        (["旧村"], "他包（反哺）", "other bundles (by transfers)"),
        (["旧村", "大场"], "邻居", "its neighbours"),
    ],
)
def test_a_community_is_told_who_pays_what_it_lacks(town, bundle, zh, en) -> None:
    plan = plan_of(town, bundle, [name for name in ("大场",) if name not in bundle] or ["小场"])
    told = tables(town, plan, replace(FREE, transfer_cap_cny=1e6))["bundle_member"].set_index("name")
    assert told.loc["旧村", "reason"].startswith(f"受益：100户、老人50人、补车位10个，缺额80.0万元由{zh}补")
    assert f"; {en} pay the 0.80 M CNY that it lacks" in told.loc["旧村", "reason_en"]


def test_transfers_stand_in_the_years_in_which_they_are_paid_and_the_accounts_then_add_up_to_a_balance(town) -> None:
    plan = plan_of(town, ["旧村", "小场"], ["大场"])
    needy = next(item for item in plan.bundles if len(item.rows) == 2)
    later = replace(plan, bundles=tuple(replace(item, start_year=2 * (item is needy)) for item in plan.bundles))
    told = tables(town, later, replace(FREE, transfer_cap_cny=1e6))
    rows = told["bundle"].set_index("bundle_number")
    # what the first lacks two years from now, 0.6 M, takes 0.6 M / 1.06^2 of the other today
    assert rows.loc[1, "transfer_in_cny"] == pytest.approx(0.6e6)
    assert rows.loc[2, "transfer_out_cny"] == pytest.approx(0.6e6 / 1.06**2)
    assert "起始年由他包补入60.0万元（折首个预算年53.4万元）" in rows.loc[1, "note"]
    assert (
        "gives to other bundles in the year it starts 0.53 M CNY; after that its account runs 1.53 M CNY deep"
        in (rows.loc[2, "note_en"])
    )
    assert rows["deepest_after_cny"].tolist() == pytest.approx([1.8e6 - 0.6e6, 1e6 + 0.6e6 / 1.06**2])
    years = told["bundle_year"].set_index(["bundle_number", "year"])
    assert years.loc[1, "plan_year"].tolist() == list(range(2, YEARS + 3))
    assert years.loc[(1, 0), ["transfer_in_cny", "transfer_out_cny"]].tolist() == pytest.approx([0.6e6, 0.0])
    assert years.loc[1, "transfer_in_cny"].iloc[1:].eq(0).all()
    assert years.loc[1, "after_discounted_cny"].sum() == pytest.approx(0.0, abs=0.01)
    assert years.loc[2, "after_discounted_cny"].sum() == pytest.approx(2e6 - 0.6e6 / 1.06**2)
    net, taken, given = (years[name] for name in ("net_cny", "transfer_in_cny", "transfer_out_cny"))
    assert years["after_cny"].tolist() == pytest.approx((net + taken - given).tolist())
    assert years.loc[1, "after_cumulative_cny"].tolist() == pytest.approx(years.loc[1, "after_cny"].cumsum().tolist())


def test_what_bundles_give_follows_what_they_are_worth_in_money_of_one_year() -> None:
    found = transfers([-121.0, 110.0, 300.0, 0.0], [0] * 4, [2, 1, 0, 5], rate=0.1, cap_cny=1000.0)
    # in money of year 0: short 100, over 100 and 300
    assert found.taken_cny.tolist() == pytest.approx([121.0, 0.0, 0.0, 0.0])
    assert found.given_cny.tolist() == pytest.approx([0.0, 27.5, 75.0, 0.0])
    deep = transfers([-50.0, 90.0, 90.0], [0, 60, 90], [0] * 3, rate=0.1, cap_cny=99.0, working_capital_cny=100.0)
    assert deep.given_cny.tolist() == pytest.approx([0.0, 40.0, 10.0])  # 40 and 10 of working capital are left
    assert transfers([-0.005, 5.0], [0, 0], [0, 0], rate=0.1, cap_cny=0.0).given_cny.tolist() == [0.0, 0.0]


def test_the_share_of_scenarios_counts_those_that_balance_and_keep_to_the_working_capital(town) -> None:
    plan = plan_of(town, ["旧村", "大场"])
    assert tables(town, plan)["bundle"]["ends_share"].isna().all()
    net = np.repeat(town.members.net_cny[:, None], 4, axis=1)
    row = town.ids.index("大场:charging")
    net[row, 0, 1:] = 0.0  # it earns nothing: no balance
    net[row, 1, 0] *= 2.0  # it costs 2 M: the two balance by 0.2 M and run 2.8 M deep
    risky = replace(town, members=replace(town.members, net_scenario_cny=net))
    assert tables(risky, plan)["bundle"]["ends_share"].tolist() == [0.75]
    shallow = replace(FREE, working_capital_cny=2.7e6)
    assert tables(risky, plan, shallow)["bundle"]["ends_share"].tolist() == [0.5]


def test_a_plan_of_nothing_has_rows_for_what_is_left_out_only(town) -> None:
    told = tables(town, Plan((), 0.0, 0.0))
    assert not len(told["bundle"])
    assert not len(told["bundle_year"])
    assert sorted(told["bundle_member"]["name"]) == ["孤村", "旧村", "远村"]
    # 旧村 could have had a bundle with 大场: the search did not use it
    assert told["bundle_member"].set_index("name").loc["旧村", "lacks"] == "nothing"


def test_who_is_asked_to_share_a_bundle_or_to_be_in_none_says_so(town) -> None:
    row = {name: number for number, name in enumerate(town.candidates.table["name"])}
    limits = replace(FREE, together=((row["旧村"], row["孤村"]),), left_out=(row["远村"],))
    told = tables(town, Plan((), 0.0, 0.0), limits)["bundle_member"].set_index("name")
    assert told["lacks"].to_dict() == {"旧村": "asked", "孤村": "asked", "远村": "asked"}
    assert told.loc["旧村", "reason"] == "按要求须与他处同包，合在一起未能入包"
    assert told.loc["远村", "reason"] == "按要求不得入包"
