"""What is said where nothing balances, and how good a plan is, in words."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
from bundle_town import found, home, member

from api import _bundle_output
from api.bundling import searched
from gis._bundle_accounts import accounted
from gis._bundle_layers import layers_of
from gis.bundle import Bundle, Limits, Plan
from gis.model import Model
from layers.errors import AnalysisError

LIMITS = Limits(discount_rate=0.06, public_budget_cny=(1e8,))
EARNS = 300_000.0


def verdict(of, plan=None, limits=LIMITS):
    plan = plan or Plan((), 0.0, 0.0)
    tables = layers_of(of, limits, plan, accounted(of, plan, Model.load()))
    return _bundle_output._verdict(SimpleNamespace(plan=plan, found=of, tables=tables))


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


def test_nothing_to_bundle_is_no_error() -> None:
    of = found(home(0, "待核实", permission="unclear"))
    assert searched(of, LIMITS, seconds=1, seed=0, progress=lambda _stage, _share: None) == Plan((), 0.0, 0.0)


def test_what_is_to_be_kept_and_cannot_be_is_told_with_what_it_lacks() -> None:
    of = found(home(0, "旧村"), home(1000, "孤村"), member(100, "车场", yearly_cny=EARNS))
    kept = replace(LIMITS, kept=tuple(range(3)))
    with pytest.raises(AnalysisError, match="孤村:renovation: no member is next to it") as error:
        searched(of, kept, seconds=1, seed=0, progress=lambda _stage, _share: None)
    assert "孤村:renovation：周边没有相邻的成员；单独还差80.0万元" in error.value.zh


def test_without_anything_that_earns_the_least_subsidy_is_told() -> None:
    told = verdict(found(home(0, "旧村"), home(100, "小村", funding_enterprise_cny=3e5)))
    assert told[1] == (
        "最少补助：小村 30.0万元；2个小区逐个补足合计110.0万元 | "
        "least subsidy: 0.30 M CNY for one community, 1.10 M CNY for all 2"
    )


def test_a_budget_of_nothing_is_named_as_what_lacks() -> None:
    of = found(home(0, "旧村"), member(100, "车场", yearly_cny=EARNS))
    told = verdict(of, limits=Limits(discount_rate=0.06, public_budget_cny=(0.0,)))
    assert told[1].startswith("1个小区账目够，只缺财政预算 | 1 communities would balance and lack public money alone")


@pytest.mark.parametrize(
    ("bound", "is_cut", "said"),
    [
        (130.0, False, ["1个包，公共效益 130.0", "已证明没有更好的方案"]),
        (200.0, False, ["1个包，公共效益 130.0", "已证明任何方案都不超过 200.0（差距至多 35.0%）"]),
        (130.1, False, ["1个包，公共效益 130.0", "已证明任何方案都不超过 130.1（差距不到0.1%）"]),
        (200.0, True, ["1个包，公共效益 130.0", "已证明任何方案都不超过 200.0", "时限已到，取当前最好"]),
    ],
)
def test_how_good_a_plan_is_in_words(bound, is_cut, said) -> None:
    of = found(home(0, "旧村"), member(100, "车场", yearly_cny=EARNS))
    told = verdict(of, Plan((Bundle((0, 1)),), 130.0, bound, is_cut))
    assert len(told) == len(said)
    assert all(line.startswith(words) for line, words in zip(told, said, strict=True))
