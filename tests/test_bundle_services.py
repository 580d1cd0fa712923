"""Public services that a bundle takes in: whose money, from which year, and what a reader is told; by hand."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from bundle_town import YEARS, found, home, member
from need_city import AS_OF, MODEL, layer

from gis import _bundle_services as services
from gis._bundle_accounts import accounted
from gis._bundle_layers import layers_of
from gis.bundle import Bundle, Limits, Plan

FREE = Limits(discount_rate=0.06)
SAVING = MODEL.load(overrides={"bundle.service_saving": "0.1"})
SHARES = pd.DataFrame({"share": [0.25], "unknown_count": [0]}, index=["S"])


def item(name, **columns):
    told = {"subdistrict_code": "S", "contract_sum_cny_year": 800.0, "is_mergeable": "yes", "fund_source": "区财政"}
    return {"name": name, "contract_end": "2026-01-01", **told, **columns}


def taken(*items, years=4, model=SAVING, shares=SHARES, **asked):
    found = services.service_lines(layer("service_item", *items), shares, AS_OF, years, model, **asked)
    names = dict(zip(found.table["member"], found.table["name"], strict=True))
    return found, {name: found.lines[found.lines["member"] == member] for member, name in names.items()}


def said(notes, place=0):
    return "\n".join(note[place] for note in notes)


def test_services_are_taken_in_by_households_once_their_contract_ends() -> None:
    need = pd.DataFrame(
        {"asset_id": ["A", "B", "C"], "subdistrict_code": ["S", "S", "S"], "household_count": [100, 300, None]}
    )
    assert services.household_shares(need, ["A"]).to_dict("index") == {"S": {"share": 0.25, "unknown_count": 1}}
    told, by = taken(
        item("保洁", contract_sum_cny_year=400.0),
        item("巡查", contract_end="2028-01-01"),
        item("部分", is_mergeable="partly"),
        item("他处", subdistrict_code="T"),
    )
    assert told.table["name"].tolist() == ["保洁", "巡查"]
    assert told.table["contract_cny_year"].tolist() == [100.0, 200.0]
    assert by["保洁"]["present_public_cny"].tolist() == [0, 100, 100, 100, 100]
    assert by["保洁"]["new_public_cny"].tolist() == pytest.approx([0, 90, 90, 90, 90])
    # its contract ends 1.5 years after the first of July 2026: the third year is the first that begins afterwards
    assert by["巡查"]["new_public_cny"].tolist() == pytest.approx([0, 200, 200, 180, 180])
    assert by["巡查"]["revenue_cny"].tolist() == pytest.approx([0, 0, 0, 180, 180])
    assert (by["巡查"]["opex_cny"] == by["巡查"]["revenue_cny"]).all()


@pytest.mark.parametrize(("start", "first"), [(0, 3), (1, 2), (2, 1), (3, 1)])
def test_contracts_end_on_their_day_however_late_the_bundle_starts(start, first) -> None:
    told, _ = taken(item("巡查", contract_end="2028-01-01"), start_year=start)
    assert told.table["first_year"].tolist() == [first]


def test_a_plan_hands_on_the_year_in_which_a_bundle_starts() -> None:
    sub = {"subdistrict_code": "440199001"}
    of = found(
        home(0, "旧村"), layers={"service_item": layer("service_item", item("巡查", contract_end="2028-01-01", **sub))}
    )
    for start, first in ((0, 3), (2, 1)):
        (made,) = accounted(of, Plan((Bundle((0,), start),), 0.0, 0.0), MODEL)
        assert made.taken_in["first_year"].tolist() == [first]


def test_a_contract_whose_end_nobody_knows_is_not_broken() -> None:
    told, by = taken(item("保洁", contract_end=None), item("长约", contract_end="2040-01-01"))
    for name in ("保洁", "长约"):
        assert by[name]["new_public_cny"].tolist() == by[name]["present_public_cny"].tolist() == [0, *[200] * 4]
        assert not by[name]["revenue_cny"].any()
    zh, en = said(told.notes), said(told.notes, 1)
    assert "没有可整体整合的购买服务" in zh
    assert "1项合同到期日不明，不能解约，全期按现价照旧，不并入（保洁）" in zh
    assert "1项合同在账目期内不到期，全期按现价照旧，不并入（长约）" in zh
    assert "the end of their contract is unknown and nobody may break it (保洁)" in en


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("区财政", None),
        ("专项资金", None),
        ("居民物业费", "不是财政支出"),
        ("住宅专项维修资金", "不是财政支出"),
        (None, "来源不明"),
        ("其他", "来源不明"),
        ("财政补助、居民自筹", "不全是财政"),
    ],
)
def test_only_what_the_public_purse_pays_is_public_spending(source, why) -> None:
    told, by = taken(item("保洁", fund_source=source))
    assert ("保洁" in by) == (why is None)
    assert told.lines.empty == (why is not None)
    if why is not None:
        assert why in said(told.notes)
        assert "（保洁）" in said(told.notes)


def test_what_is_assumed_of_services_is_said_with_its_source_in_both_languages() -> None:
    told, _ = taken(item("保洁"), model=MODEL)
    zh, en = said(told.notes), said(told.notes, 1)
    assert "按户数占比分摊（台账不分小区），承接成本等于所付价款（成本不明），整合节省0%" in zh
    assert "（bundle.service_saving，假定，未见出处：有人写明之前按不节省计，置信度低）" in zh
    assert "the bundle's share is that of its households" in en
    assert "ASSUMPTION - no source found" in en
    assert "low confidence" in en


def test_communities_of_unknown_size_make_the_share_too_large_and_that_is_said() -> None:
    codes = {"asset_id": ["A", "B", "C", "D"], "subdistrict_code": ["S", "S", "S", "T"]}
    need = pd.DataFrame({**codes, "household_count": [100, 300, None, None]})
    shares = services.household_shares(need, ["A", "C", "D"])
    assert shares.index.tolist() == ["S"]  # of T nothing is known
    told, _ = taken(item("保洁"), shares=shares)
    assert "台账不分小区，所在街镇另有1个小区户数不明，未计入分母，占比偏大）" in said(told.notes)
    assert "1 communities there being of unknown size and left out, the share is too large)" in said(told.notes, 1)
    known, _ = taken(item("保洁"))
    assert "户数不明" not in said(known.notes)
    assert "unknown size" not in said(known.notes, 1)


def test_whether_public_money_grows_is_said_by_the_account() -> None:
    sub = {"subdistrict_code": "440199001", "contract_sum_cny_year": 4e5}
    cleaning = layer("service_item", item("保洁", **sub), item("巡查", contract_end=None, **sub))
    lot = member(200, "大场", yearly_cny=5e5)

    def told(**paid):
        of = found(home(0, "旧村", **paid), lot, layers={"service_item": cleaning})
        plan = replace(Plan((), 0.0, 1000.0), bundles=(Bundle((0, 1)),))
        return layers_of(of, FREE, plan, accounted(of, plan, MODEL))

    state = told()
    assert not state["bundle"]["public_holds"].iloc[0]
    assert state["bundle_year"]["public_more_cny"].tolist() == [1.2e6, *[0.0] * YEARS]
    assert "不增加政府投入：第0年不成立" in state["bundle"]["note"].iloc[0]
    alone = told(funding_enterprise_cny=2e6, funding_state_cny=0.0)
    assert alone["bundle"]["public_holds"].iloc[0]
    assert "不增加政府投入：逐年成立" in alone["bundle"]["note"].iloc[0]
    # of the two services the one whose end nobody knows is not taken in
    assert (alone["bundle"]["service_count"].iloc[0], alone["bundle"]["service_cny_year"].iloc[0]) == (1, 4e5)
