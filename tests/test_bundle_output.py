"""What is said where nothing balances, and how good a plan is, in words."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from bundle_town import found, home, member

from api import _bundle_output, _bundle_tables
from api._bundle_assumptions import assumptions, sensitive_lines
from api.bundling import searched
from gis._bundle_accounts import accounted
from gis._bundle_layers import layers_of
from gis._bundle_left import all_in_turn
from gis.bundle import Bundle, Limits, Plan
from gis.bundle_city import default_limits
from gis.model import Model
from layers.errors import AnalysisError

LIMITS = Limits(discount_rate=0.06, public_budget_cny=(1e8,))
EARNS = 300_000.0


def verdict(of, plan=None, limits=LIMITS):
    plan = plan or Plan((), 0.0, 0.0)
    tables = layers_of(of, limits, plan, accounted(of, plan, Model.load()))
    return _bundle_output._verdict(SimpleNamespace(plan=plan, found=of, limits=limits, tables=tables))


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ([home(0, "待核实", permission="unclear")], "没有可改造的老旧小区，也没有有收益的资产"),
        ([member(0, "车场", yearly_cny=EARNS)], "没有可入包的老旧小区，无须搭配"),
        ([home(0, "旧村")], "没有净现值为正的资产，任何包都不能平衡"),
        ([home(0, "旧村"), member(100, "亏", yearly_cny=1.0)], "没有净现值为正的资产，任何包都不能平衡"),
        ([home(0, "旧村"), member(2000, "远场", yearly_cny=EARNS)], "没有能平衡的包"),
    ],
)
def test_why_there_is_no_bundle(rows, said) -> None:
    told = verdict(found(*rows))
    assert told[0].startswith(f"{said} | ")


def test_where_no_member_balances_in_enough_scenarios_no_bundle_can() -> None:
    of = found(home(0, "旧村"), member(100, "车场", yearly_cny=EARNS))
    net = np.repeat(of.members.net_cny[:, None], 5, axis=1)
    net[of.ids.index("车场:charging"), :3, 1:] = 0.0  # of five scenarios it earns in two
    risky = replace(of, members=replace(of.members, net_scenario_cny=net))
    cut = Plan((), 0.0, 9.0, is_cut=True)
    assert verdict(risky, cut, replace(LIMITS, balanced_share=0.8))[0] == (
        "只有40%的情景中有成员的净现值不为负，任何包都不能在80%的情景中平衡 | "
        "in only 40% of the scenarios does any member balance: no bundle can in 80% of them"
    )
    for limits in (LIMITS, replace(LIMITS, balanced_share=0.4)):
        assert verdict(risky, cut, limits)[0].startswith("时限内没有找到")
    whole = Plan((), 0.0, 0.0)
    assert verdict(risky, whole, replace(LIMITS, balanced_share=0.4))[0].startswith("没有能在40%的情景中平衡的包；稳健")


def test_nothing_to_bundle_is_no_error() -> None:
    of = found(home(0, "待核实", permission="unclear"))
    assert searched(of, LIMITS, None, seconds=1, seed=0, progress=lambda _stage, _share: None) == Plan((), 0.0, 0.0)


def test_what_is_to_be_kept_and_cannot_be_is_told_with_what_it_lacks() -> None:
    of = found(home(0, "旧村"), home(1000, "孤村"), member(100, "车场", yearly_cny=EARNS))
    kept = replace(LIMITS, kept=tuple(range(3)))
    with pytest.raises(AnalysisError, match="孤村:renovation: no member is next to it") as error:
        searched(of, kept, None, seconds=1, seed=0, progress=lambda _stage, _share: None)
    assert "孤村:renovation：周边没有相邻的成员；单独还差80.0万元" in error.value.zh


def test_without_anything_that_earns_the_least_subsidy_is_told() -> None:
    told = verdict(found(home(0, "旧村"), home(100, "小村", funding_enterprise_cny=3e5)))
    assert told[1] == "最少补助：小村 30.0万元 | least subsidy: 0.30 M CNY for one community"


def test_what_all_that_are_left_out_take_is_no_sum_of_the_single_ones() -> None:
    # beside the car park of 0.942 M either lacks nothing; both together take 1.6 M
    of = found(home(0, "旧村"), home(100, "小村"), member(200, "车场", yearly_cny=200_000.0))
    said = _bundle_output._in_turn(all_in_turn(of, LIMITS, Plan((), 0.0, 0.0))._asdict())
    zh, _, en = said.partition(" | ")
    assert "不能相加；逐个补足（前一个用掉的不再给后一个），2个小区入包、其中1个须补助" in zh
    assert "合计补助65.8万元（属财政资金）" in zh
    assert "1 of them by subsidies of 0.66 M CNY in all (public money)" in en
    short = replace(LIMITS, public_budget_cny=(1e6,))
    said = _bundle_output._in_turn(all_in_turn(of, short, Plan((), 0.0, 0.0))._asdict())
    # the state's 1.2 M for each and the 0.658 M, of which 1 M are there
    assert "连同财政出资，财政预算还差205.8万元" in said
    assert "the public budget lacks 2.06 M CNY" in said


def test_a_budget_of_nothing_is_named_as_what_lacks() -> None:
    of = found(home(0, "旧村"), member(100, "车场", yearly_cny=EARNS))
    told = verdict(of, limits=Limits(discount_rate=0.06, public_budget_cny=(0.0,)))
    assert told[1].startswith("1个小区账目够，只缺财政预算 | 1 communities would balance and lack public money alone")


@pytest.mark.parametrize(
    ("bound", "is_cut", "said"),
    [
        (130.0, False, ["1个包，公共效益 130.0", "已证明没有更好的方案"]),
        (200.0, False, ["1个包，公共效益 130.0", "已证明任何方案都不超过 200.0：本方案离最优不超过 35.0%"]),
        (130.1, False, ["1个包，公共效益 130.0", "已证明任何方案都不超过 130.1：本方案离最优不超过 0.1%"]),
        (200.0, True, ["1个包，公共效益 130.0", "已证明任何方案都不超过 200.0", "搜索提前结束"]),
    ],
)
def test_how_good_a_plan_is_in_words(bound, is_cut, said) -> None:
    of = found(home(0, "旧村"), member(100, "车场", yearly_cny=EARNS))
    told = verdict(of, Plan((Bundle((0, 1)),), 130.0, bound, is_cut))
    assert len(told) == len(said)
    assert all(line.startswith(words) for line, words in zip(told, said, strict=True))


def test_what_all_bundles_come_to_is_told_with_the_public_money_of_each_year_and_weak_debt() -> None:
    rows = pd.DataFrame(
        {
            "capex_cny": [5e6, 3e6],
            "funding_state_cny": [2e6, 1e6],
            "funding_enterprise_cny": [3e6, 2e6],
            "npv_cny": [1e6, 1.1e6],
            "start_year": [0, 1],
            "debt_cover_least": [0.5, np.nan],
        }
    )
    told = _bundle_tables.in_all(rows, Limits(0.1, public_budget_cny=(4e6, 4e6)), Model.load())
    assert told[0].startswith(
        "合计（万元）：总投资800.0，财政300.0，企业500.0，净现值200.0（折首个预算年） | in all (M CNY): "
    )
    assert told[1].startswith("财政逐年用/预算（万元）：200.0/400.0、100.0/400.0 | ")
    assert told[2].startswith("偿债：1个包有的年份还贷能力不足1.2倍（最低0.50倍")
    assert told[3].startswith("开始：预算第几年，0为首年。")
    paid = _bundle_tables.in_all(rows.assign(debt_cover_least=1.3), Limits(0.1), Model.load())
    assert len(paid) == 2


def test_the_limits_are_told_in_figures_in_both_languages() -> None:
    of = found(home(0, "旧村"), member(100, "车场", yearly_cny=EARNS))
    limits = replace(LIMITS, working_capital_cny=5e7, transfer_cap_cny=2e6, public_budget_cny=(1e8, 5e7))
    ground = SimpleNamespace(model=Model.load())
    told = _bundle_output._asked(SimpleNamespace(found=of, limits=limits, ground=ground))
    assert "财政各年10,000.0、5,000.0万元" in told[0]
    assert "limits: 12 members a bundle, its cash no deeper than 50.00 M CNY, public money 100.00, 50.00 M" in told[0]
    assert "2.00 M CNY at most, in money of the first budget year" in told[-1]
    told += _bundle_output._asked(
        SimpleNamespace(found=of, limits=replace(LIMITS, element_cap_cny=1.5e6), ground=ground)
    )
    assert "每包要素间盈利反哺至多150.0万元" in told[-1]
    assert "1.50 M CNY at most from those that earn" in told[-1]
    for line in told:
        zh, _, en = line.partition(" | ")
        assert re.findall(r"[0-9]", en), line
        assert not re.findall(r"[\u4e00-\u9fff]", en), line
        assert zh


def test_who_gives_and_takes_is_printed_with_what_is_left(capsys) -> None:
    of = found(
        home(0, "旧村", funding_enterprise_cny=2.2e6, funding_state_cny=0.0),
        member(100, "小场", yearly_cny=EARNS),
        member(1500, "大场", yearly_cny=EARNS),
    )
    row = {name: place for place, name in enumerate(of.candidates.table["name"])}
    needy, rich = tuple(sorted((row["旧村"], row["小场"]))), (row["大场"],)
    plan = Plan((Bundle(needy, 1), Bundle(rich, 0)), 1.0, 1.0)
    limits = replace(LIMITS, transfer_cap_cny=1e6)
    rows = layers_of(of, limits, plan, accounted(of, plan, Model.load()))["bundle"]
    _bundle_tables.tell_transfers(rows, limits)
    told = capsys.readouterr().out
    short = -rows["npv_cny"].min()
    assert f"补入{short / 1.06 / 1e4:,.1f}＝付出{short / 1.06 / 1e4:,.1f}，上限100.0" in told
    assert "taken = " in told
    first = next(line.split() for line in told.splitlines() if line.startswith("1 "))
    assert first[1:4] == ["1", f"{-short / 1e4:,.1f}", f"{short / 1e4:,.1f}"]
    _bundle_tables.tell_transfers(rows, LIMITS)
    assert capsys.readouterr().out == "", "where they may give nothing, nothing is said of it"


def test_what_is_taken_before_it_is_given_is_told_by_year_and_as_an_assumption(capsys) -> None:
    of = found(
        home(0, "旧村", funding_enterprise_cny=2.2e6, funding_state_cny=0.0),
        member(100, "小场", yearly_cny=EARNS),
        member(1500, "大场", yearly_cny=EARNS),
    )
    row = {name: place for place, name in enumerate(of.candidates.table["name"])}
    needy, rich = tuple(sorted((row["旧村"], row["小场"]))), (row["大场"],)
    limits = replace(LIMITS, transfer_cap_cny=1e6)

    def told(needy_year: int, rich_year: int):
        plan = Plan((Bundle(needy, needy_year), Bundle(rich, rich_year)), 1.0, 1.0)
        rows = layers_of(of, limits, plan, accounted(of, plan, Model.load()))["bundle"].set_index("bundle_number")
        _bundle_tables.tell_transfers(rows.reset_index(), limits)
        return rows, capsys.readouterr().out

    rows, out = told(0, 1)
    short = -rows["npv_cny"].min()
    by_year = [line.split() for line in out.partition("盈利反哺分年")[2].splitlines() if line[:1] in {"0", "1"}]
    assert by_year[0] == ["0", f"{short / 1e4:,.1f}", "0.0", f"{short / 1e4:,.1f}"]
    assert by_year[1] == ["1", "0.0", f"{short * 1.06 / 1e4:,.1f}"]
    assert "补入早于付出的年份由经营主体按折现率垫付（假定） | in the years in which it is taken before others" in out
    assert "由经营主体按折现率垫付（假定）" in rows.loc[1, "note"]
    assert "advances it at the rate of discount (ASSUMPTION)" in rows.loc[1, "note_en"]
    assert "垫付" not in rows.loc[2, "note"], "it gives"
    for years in ((1, 0), (1, 1)):
        rows, out = told(*years)
        assert "由经营主体" not in out
        assert not rows["note"].str.contains("由经营主体").any()


def test_what_a_cap_between_elements_lets_be_taken_is_printed(capsys) -> None:
    of = found(home(0, "旧村"), member(100, "桩", yearly_cny=EARNS))
    plan = Plan((Bundle((0, 1)),), 130.0, 130.0)
    limits = replace(LIMITS, element_cap_cny=1e6)
    rows = layers_of(of, limits, plan, accounted(of, plan, Model.load()))["bundle"]
    assert rows["element_taken_cny"].tolist() == pytest.approx([0.8e6])
    assert rows["elements"].tolist() == ["改造-80.0、充电191.4万元"]
    assert rows["elements_en"].tolist() == ["Renovation -0.80, Charging 1.91 M CNY"]
    _bundle_tables.tell_elements(rows, limits)
    told = capsys.readouterr().out
    assert "每包上限100.0" in told
    assert "80.0" in told
    assert "改造-80.0、充电191.4万元" in told
    _bundle_tables.tell_elements(rows, LIMITS)
    assert capsys.readouterr().out == ""


def test_what_a_plan_rests_on_is_printed_with_value_basis_and_confidence(capsys) -> None:
    model = Model.load()
    limits = replace(default_limits(model), working_capital_cny=3e7)
    told = assumptions(model, limits)
    known = {item["key"]: item for item in told}
    for key in ("fin.discount_rate.project", "fin.concession_default", "reno.gov_share", "bundle.service_saving"):
        assert known[key]["value"] == model.value(key), key
        assert known[key]["source"]["en"], key
    assert known["bundle.working_capital"] | {"value": 3e7, "is_given": True} == known["bundle.working_capital"]
    assert all(not item["key"].startswith("bundle.benefit") or item["is_assumption"] for item in told)
    assert json.loads(json.dumps(told)) == told
    asked = replace(limits, transfer_cap_cny=2e7, element_cap_cny=1e6, balanced_share=0.5, most_members=8)
    given = {item["key"]: item["shown"]["en"] for item in assumptions(model, asked) if item["is_given"]}
    assert given["--transfer-cap"] == "20.00 M CNY"
    assert given["--element-cap"] == "1.00 M CNY"
    assert (given["--robust"], given["--most"]) == ("50%", "8")
    _bundle_tables.tell_assumptions(told)
    lines = {line.split(" ")[0]: line for line in capsys.readouterr().out.splitlines()}
    assert "6%" in lines["折现率"]
    assert "有出处 sourced, 中 medium" in lines["折现率"]
    assert "15年 | 15 years" in lines["默认经营期限"]
    assert "假定 ASSUMPTION, 低 low" in lines["默认经营期限"]
    assert "3,000.0万元 | 30.00 M CNY" in lines["每包累计垫资上限"]
    assert "给定 given" in lines["每包累计垫资上限"]
    assert not [item["key"] for item in told if item["zh"] == item["key"]], "every value has a title"


def test_what_moves_a_plan_most_comes_first_and_is_told_of_each_bundle() -> None:
    model, limits = Model.load(), default_limits(Model.load())
    basis = pd.DataFrame({"opportunity_id": ["p"], "action": ["charging"], "land_rent_cny_m2_month": [4.2]})
    tornado = pd.DataFrame(
        [("ev.utilisation.dc", "充电桩利用率", "Use of a pile", 0.03, 0.139, -4e5, 12e5, 16e5)],
        columns=["key", "title", "title_en", "low", "high", "npv_low_cny", "npv_high_cny", "swing_cny"],
    )
    members = pd.DataFrame({"member": ["p"]})
    bundle = SimpleNamespace(number=1, members=members, account=SimpleNamespace(sensitivity=tornado))
    told = assumptions(model, limits, basis, [bundle])
    keys = [item["key"] for item in told]
    assert [item["key"] for item in told if item["npv_swing_cny"]] == ["ev.utilisation.dc"]
    assert keys.index("ev.utilisation.dc") < keys.index("fin.discount_rate.project")
    assert {"ev.service_fee", "ev.capex.dc120", "ev.power.dc", "fin.pledgeable.owners"} < set(keys)
    assert told[-1]["shown"]["zh"] == "4.2元/m²·月（1处）"
    assert "充电桩利用率 3%→13.9%：净现值-40.0万元→120.0万元" in sensitive_lines([bundle], model)[1]
