"""Accounts: the worked cases of the domain file to the figures printed there, then invariants.

Those figures are before taxes, land rent and the cost of clearing the land, so the cases give these as 0: ``cash_flow``
holds none, ``BEFORE_TAX`` is the model without them. ``test_account_taxes.py`` puts them back.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from account_cases import BEFORE_TAX, LOT_M2, MODEL, STALLS, annuity_factor, options
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.finance import (
    RECIPES,
    accounts,
    cash_flow,
    keys_of,
    npv_cny,
    payback_years,
    unit_economics,
)
from gis.model import Model
from layers.errors import ModelError


def at_rent(rent):
    return unit_economics(Model.load(overrides={"parking.tariff.resid_monthly": str(rent)}), "surface_parking")


@pytest.mark.parametrize(("rent", "net", "payback"), [(300, 195_000, 2.8), (450, 292_000, 1.9)])
def test_91_surface_stalls(rent, net, payback):
    stall = at_rent(rent)
    assert stall.capex_cny * STALLS == 546_000
    assert stall.net_cny_year * STALLS == pytest.approx(net, abs=500)
    flows = cash_flow(stall.capex_cny * STALLS, stall.net_cny_year * STALLS, 20)
    assert payback_years(flows, 20)[0] == pytest.approx(payback, abs=0.05)


def test_91_stalls_at_450_are_worth_281_over_20_years_and_break_even_within_two():
    stall = at_rent(450)
    capex, net = stall.capex_cny * STALLS, stall.net_cny_year * STALLS
    assert npv_cny(cash_flow(capex, net, 20), 0.06)[0] == pytest.approx(2_810_000, abs=5_000)
    two_years = cash_flow(capex, net, 2)
    assert npv_cny(two_years, 0.06)[0] == pytest.approx(-10_000, abs=500)
    assert payback_years(two_years, 2)[0] < 2
    at_300 = cash_flow(capex, at_rent(300).net_cny_year * STALLS, 2)
    assert np.isnan(payback_years(at_300, 2)[0]), "300 fails the 2 years"


def test_land_rent_that_leaves_nothing_over():
    stall = at_rent(450)
    capex, net = stall.capex_cny * STALLS, stall.net_cny_year * STALLS
    assert net - 8.1 * LOT_M2 * 12 == pytest.approx(0, abs=0.05 * LOT_M2 * 12)
    to_zero = (net - capex / annuity_factor(0.06, 20)) / (LOT_M2 * 12)
    assert to_zero == pytest.approx(6.8, abs=0.05)
    assert npv_cny(cash_flow(capex, net - to_zero * LOT_M2 * 12, 20), 0.06)[0] == pytest.approx(0, abs=1e-6)


def test_120_lift_slide_stalls_never_pay_back():
    stall = unit_economics(MODEL, "mechanical_parking")
    capex, net = stall.capex_cny * 120, stall.net_cny_year * 120
    assert capex == 3_000_000
    assert net == pytest.approx(143_000, abs=500)
    assert payback_years(cash_flow(capex, net, 30), 30)[0] == pytest.approx(21, abs=0.05)
    within = cash_flow(capex, net, stall.life_years)
    assert np.isnan(payback_years(within, stall.life_years)[0]), "21 years is beyond its life"


@pytest.mark.parametrize(
    ("utilisation", "net", "payback"), [(0.03, 12_000, 7.6), (0.06, 24_000, 3.8), (0.10, 39_000, 2.3)]
)
def test_a_pile_of_120_kw(utilisation, net, payback):
    pile = unit_economics(Model.load(overrides={"ev.utilisation.dc": str(utilisation)}), "charging")
    assert pile.capex_cny == 90_000
    assert pile.net_cny_year == pytest.approx(net, abs=500)
    flows = cash_flow(pile.capex_cny, pile.net_cny_year, pile.life_years)
    assert payback_years(flows, pile.life_years)[0] == pytest.approx(payback, abs=0.05)


def test_a_pile_breaks_even_near_3_7_percent():
    pile = unit_economics(Model.load(overrides={"ev.utilisation.dc": "0.037"}), "charging")
    worth = pile.net_cny_year * annuity_factor(0.06, 8) - pile.capex_cny
    assert worth == pytest.approx(0, abs=0.0005 / 0.037 * pile.capex_cny)


def test_an_average_old_community_earns_a_third_of_a_percent_of_its_cost():
    home = {"action": "renovation", "household_count": 745.0, "stalls": 15.8, "chargers": 0.68, "has_land": False}
    capex, net = accounts(options(home), BEFORE_TAX).table.loc["o0", ["capex_cny", "net_cny_year"]]
    assert capex == pytest.approx(19_900_000, abs=50_000)
    assert net == pytest.approx(67_000, abs=500)
    assert net / capex == pytest.approx(0.0034, abs=0.00005)
    worth = net * annuity_factor(0.06, 20)
    assert worth == pytest.approx(770_000, abs=5_000)
    assert worth / capex == pytest.approx(0.039, abs=0.0005)


def test_payback_is_read_within_the_year_and_only_if_it_lasts():
    flows = np.array([[-100, 40, 40, 40], [-100, 10, 10, 10], [-100, 200, -150, 20], [0, 0, 0, 0], [-100, 0, 0, 100]])
    assert payback_years(flows, 3) == pytest.approx([2.5, np.nan, np.nan, 0.0, 3.0], nan_ok=True)


def test_payback_within_a_year_that_is_granted_in_part():
    # 100 out, 70 a year: 30 are left after a year, and 30 of 70 take 0.43 years.
    assert payback_years(cash_flow(100, 70, 1.5), 1.5)[0] == pytest.approx(1 + 30 / 70)
    assert np.isnan(payback_years(cash_flow(100, 70, 1.4), 1.4)[0]), "70 + 0.4 x 70 = 98"
    lot = {"action": "surface_parking", "stalls": STALLS, "has_land": False, "horizon_years": 1.9}
    row = accounts(options(lot), BEFORE_TAX).table.loc["o0"]
    assert row["payback_years"] == pytest.approx(546_000 / 292_383)


@settings(max_examples=100, deadline=None)
@given(capex=st.floats(1, 1e7), net=st.floats(-1e6, 1e7), horizon=st.floats(0, 40))
def test_no_account_pays_back_after_the_years_granted(capex, net, horizon):
    found = payback_years(cash_flow(capex, net, horizon), horizon)[0]
    if capex > net * horizon * (1 + 1e-9):
        assert np.isnan(found)
    elif capex < net * horizon * (1 - 1e-9):
        assert found <= horizon
        assert found == pytest.approx(capex / net)


def test_of_a_year_granted_in_part_that_part_is_earned():
    assert cash_flow(100, 40, [0, 1.5, 3]).tolist() == [[-100, 0, 0, 0], [-100, 40, 20, 0], [-100, 40, 40, 40]]


def test_an_account_by_hand():
    # 91 stalls, 2 CNY/m2/month: 292,383 - 72,000 = 220,383 a year for five years, before taxes and clearing.
    found = accounts(options({"action": "surface_parking", "stalls": STALLS}), BEFORE_TAX)
    row = found.table.loc["o0"]
    assert row["land_rent_cny_year"] == 72_000
    assert row["net_cny_year"] == pytest.approx(220_383)
    assert row["npv_cny"] == pytest.approx(220_383 * annuity_factor(0.06, 5) - 546_000)
    assert row["payback_years"] == pytest.approx(546_000 / 220_383)
    assert (
        row["account_note"]
        == "周边夜间缺口未知，出租数未封顶；出资按谁经营谁投资，为假定；税费按收入的0%、利润的0%估算"
    )
    assert found.cashflow["year"].tolist() == [0, 1, 2, 3, 4, 5]
    assert found.cashflow["cumulative_cny"].iloc[-1] == pytest.approx(5 * 220_383 - 546_000)
    lines = found.cashflow
    spent = lines["capex_cny"] + lines["opex_cny"] + lines["land_rent_cny"]
    assert (lines["net_cny"] - (lines["revenue_cny"] - spent)).abs().max() < 1e-6


def test_what_is_not_known_is_said_and_never_a_nan_in_the_cash_flow():
    found = accounts(
        options(
            {"action": "surface_parking", "stalls": STALLS, "land_rent_cny_m2_month": np.nan},
            {"action": "surface_parking", "stalls": np.nan},
            {"action": "charging", "chargers": 4, "horizon_years": np.nan},
            {"action": "pocket_park"},
            {"action": "mechanical_parking", "stalls": 120, "has_land": False, "horizon_years": 15.0},
        ),
        MODEL,
    )
    notes = found.table["account_note"]
    assert "缺地租" in notes["o0"]
    assert "不能" not in notes["o0"], "of an account that is not known, nobody can say it never pays back"
    assert "缺规模" in notes["o1"]
    assert found.table.loc["o1", ["capex_cny", "npv_cny", "npv_low_cny", "payback_years"]].isna().all()
    assert "年限未定" in notes["o2"]
    assert found.table.loc["o2", "horizon_years"] == 8, "no longer than the piles last"
    assert "无经营收入" in notes["o3"]
    assert "年限内不能回本" in notes["o4"]
    assert found.table.loc["o4", "land_rent_cny_year"] == 0, "an asset without land pays no land rent"
    assert found.cashflow.notna().all().all()
    assert not {"o0", "o1"} & set(found.cashflow["option"])


ACCOUNT = [
    "net_cny_year",
    "tax_cny_year",
    "npv_cny",
    "npv_low_cny",
    "npv_high_cny",
    "npv_4pct_cny",
    "npv_8pct_cny",
    "irr",
    "payback_years",
    "payback_discounted_years",
    "breakeven_utilisation",
]


def test_an_unknown_land_rent_is_not_a_rent_of_nothing():
    plot = {"action": "surface_parking", "stalls": STALLS}
    unknown = {**plot, "land_rent_cny_m2_month": np.nan}
    table = accounts(
        options(unknown, {**plot, "land_rent_cny_m2_month": 0.0}, {**unknown, "has_land": False}), BEFORE_TAX
    ).table
    assert table.loc["o0", ACCOUNT].isna().all()
    assert (table.loc["o0", "capex_cny"], table.loc["o0", "revenue_cny_year"]) == (546_000, pytest.approx(417_690))
    for known in ("o1", "o2"):
        assert table.loc[known, "net_cny_year"] == pytest.approx(292_383)
        assert table.loc[known, "payback_years"] == pytest.approx(546_000 / 292_383)
        assert "缺地租" not in table.loc[known, "account_note"]


@pytest.mark.parametrize(
    ("owner", "repays"),
    [
        ("operator", True),
        ("owners", True),
        ("collective", True),
        ("state_enterprise", True),
        ("treasury", False),
        ("unknown", False),
        (None, False),
    ],
)
def test_income_of_the_treasury_or_of_nobody_known_repays_nothing(owner, repays):
    # 91 x 450 x 12 x 0.85 = 417,690 a year in, 30 % of it out, no land rent.
    lot = {"action": "surface_parking", "stalls": STALLS, "has_land": False, "income_owner": owner}
    found = accounts(options(lot), BEFORE_TAX)
    row = found.table.loc["o0"]
    assert row["revenue_cny_year"] == pytest.approx(417_690), "what it takes stays in its own column"
    assert row["repaying_cny_year"] == pytest.approx(417_690 * repays)
    assert row["net_cny_year"] == pytest.approx(417_690 * repays - 125_307)
    assert row["npv_cny"] == pytest.approx((417_690 * repays - 125_307) * annuity_factor(0.06, 5) - 546_000)
    assert (row["npv_high_cny"] > 0) == (owner != "treasury"), "nobody known may turn out to be somebody"
    assert np.isnan(row["payback_years"]) != repays
    assert found.cashflow["revenue_cny"].sum() == pytest.approx(5 * 417_690 * repays)
    assert ("收入归财政或代管，没有文件不计还本" in row["account_note"]) == (owner == "treasury")
    assert ("收入归属不明，不计还本" in row["account_note"]) == (owner in (None, "unknown"))
    assert "无经营收入" not in row["account_note"]


def test_an_owner_nobody_wrote_down_is_unknown():
    table = accounts(options({"action": "surface_parking", "stalls": 1}).drop(columns="income_owner"), MODEL).table
    assert table["repaying_cny_year"].tolist() == [0]


def test_the_horizon_is_the_shortest_of_grant_life_and_concession():
    table = accounts(
        options(
            {"action": "surface_parking", "stalls": 10, "horizon_years": 2.0},
            {"action": "surface_parking", "stalls": 10, "horizon_years": 40.0},
            {"action": "heritage_reuse", "horizon_years": 40.0},
        ),
        MODEL,
    ).table
    assert table["horizon_years"].tolist() == [2, 10, 15]


HOUSE = {"action": "heritage_reuse", "area_m2": 100.0, "has_land": False, "income_owner": "owners"}


def test_a_known_rent_takes_the_place_of_the_assumed_one():
    known = {**HOUSE, "rent_terms": "reference"}
    table = accounts(options(known, {**known, "reference_rent_cny_m2_month": 30.0}), MODEL).table
    assert table.loc["o0", "revenue_cny_year"] == pytest.approx(60 * 12 * 0.7 * 100)
    assert table.loc["o1", "revenue_cny_year"] == pytest.approx(30 * 12 * 0.7 * 100)


@pytest.mark.parametrize(
    ("terms", "share", "first_year"), [("public_good", 0, 0), ("creative", 0.5, 0), ("reference", 1, 1)]
)
def test_a_building_is_let_on_its_terms(terms, share, first_year):
    found = accounts(options({**HOUSE, "rent_terms": terms}), MODEL)
    whole = 60 * 12 * 0.7 * 100
    assert found.table.loc["o0", "revenue_cny_year"] == pytest.approx(whole * share)
    flows = found.cashflow.set_index("year")["revenue_cny"]
    assert (flows[1], flows[2]) == (pytest.approx(whole * first_year), pytest.approx(whole * share))


@pytest.mark.parametrize("terms", [None, np.nan, pd.NA])
def test_without_terms_nobody_can_say_what_a_building_earns(terms):
    found = accounts(options({**HOUSE, "rent_terms": terms}, {**HOUSE, "income_owner": "treasury"}), MODEL)
    row = found.table.loc["o0"]
    assert row[["revenue_cny_year", *ACCOUNT]].isna().all()
    assert "租金条件未知" in row["account_note"]
    assert "无经营收入" not in row["account_note"]
    assert "不计还本" not in row["account_note"]
    # What repays nothing does so on any terms: 100 m2 x 150 a year to run.
    assert found.table.loc["o1", "net_cny_year"] == -15_000
    assert set(found.cashflow["option"]) == {"o1"}


def test_a_culture_space_is_a_public_good_in_any_room():
    table = accounts(options({**HOUSE, "action": "culture_space", "reference_rent_cny_m2_month": 90.0}), MODEL).table
    assert table.loc["o0", "revenue_cny_year"] == 0
    let = Model.load(overrides={"heritage.rent_public_good": "0.2"})
    assert accounts(options({**HOUSE, "action": "culture_space"}), let).table.loc[
        "o0", "revenue_cny_year"
    ] == pytest.approx(60 * 12 * 0.7 * 0.2 * 100)


def test_renovation_costs_by_household_and_earns_by_what_it_adds():
    home = {"action": "renovation", "household_count": 61.0, "has_land": False, "income_owner": "owners"}
    nothing, some = {"stalls": 0.0, "chargers": 0.0}, {"stalls": 2.0, "chargers": 0.0}
    table = accounts(options({**home, **nothing}, {**home, **some}, home), BEFORE_TAX).table
    assert table["capex_cny"].tolist()[:2] == [61 * 26_700] * 2
    assert table["net_cny_year"].tolist()[:2] == [0, pytest.approx(2 * 3213)]
    assert table.loc["o2", ["capex_cny", *ACCOUNT]].isna().all()
    assert "缺规模" in table.loc["o2", "account_note"]


def test_every_action_of_the_model_has_an_account_with_cited_parameters():
    assert set(RECIPES) == set(MODEL.actions)
    for action in RECIPES:
        assert all(MODEL[key].source for key in keys_of(MODEL, action))
    with pytest.raises(ModelError, match="no account for the action 'casino'") as caught:
        unit_economics(MODEL, "casino")
    assert "没有账目" in str(caught.value.line_zh)


def test_no_options_no_accounts():
    found = accounts(options({"action": "charging"}).iloc[:0], MODEL)
    assert found.table.empty
    assert found.cashflow.empty
    assert "npv_cny" in found.table


@settings(max_examples=50, deadline=None)
@given(flows=st.lists(st.floats(-1e6, 1e6), min_size=1, max_size=20), rate=st.floats(0, 0.2))
def test_npv_is_the_sum_of_discounted_flows(flows, rate):
    by_hand = sum(flow / (1 + rate) ** year for year, flow in enumerate(flows))
    assert npv_cny(np.array([flows]), rate)[0] == pytest.approx(by_hand, rel=1e-9, abs=1e-6)
