"""What the worked cases leave out: taxes, clearing the land, further income, whose income it is, breaking even."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from account_cases import BEFORE_TAX, MODEL, STALLS, annuity_factor, nothing_of, options
from hypothesis import given, settings
from hypothesis import strategies as st

from gis._account_lines import by_year, npvs
from gis._breakeven import breakeven_scale
from gis.finance import Account, Taxes, accounts, lines, npv_cny
from gis.model import Model
from layers.errors import AnalysisError, ModelError

LOT = {"action": "surface_parking", "stalls": float(STALLS)}
LINES = ("revenue_cny", "other_income_cny", "opex_cny", "land_rent_cny", "tax_cny", "reinstatement_cny", "capex_cny")


def net_is_the_sum_of_its_lines(flows):
    spent = sum(flows[name] for name in LINES[2:])
    assert np.abs(flows["net_cny"] - (flows["revenue_cny"] + flows["other_income_cny"] - spent)).max() < 1e-6


def test_taxes_and_clearing_by_hand():
    # 91 stalls at 450: 417,690 in, 125,307 to run, 72,000 land rent, 546,000 / 5 = 109,200 written off.
    # 3.26 % of the income: 13,616.69. Profit 97,566.31, of it 25 %: 24,391.58. Left: 182,374.73.
    # At the end 3,000 m2 x 30 = 90,000: profit of that year 7,566.31, tax on it 1,891.58.
    found = accounts(options(LOT), MODEL)
    row, flows = found.table.loc["o0"], found.cashflow.set_index("year")
    assert row["tax_cny_year"] == pytest.approx(13_616.694 + 24_391.5765)
    assert row["net_cny_year"] == pytest.approx(182_374.7295)
    assert row["reinstatement_cny"] == 90_000
    assert flows["tax_cny"].tolist() == pytest.approx([0, *[38_008.2705] * 4, 13_616.694 + 1_891.5765])
    assert flows["reinstatement_cny"].tolist() == [0, 0, 0, 0, 0, 90_000]
    assert flows.loc[5, "net_cny"] == pytest.approx(114_874.7295)
    worth = 182_374.7295 * annuity_factor(0.06, 4) + 114_874.7295 / 1.06**5 - 546_000
    assert row["npv_cny"] == pytest.approx(worth)
    assert flows["discounted_cny"].sum() == pytest.approx(worth)
    assert row["account_note"].endswith("税费按收入的3.26%、利润的25%估算；到期腾退复原按每平方米30元估算")
    net_is_the_sum_of_its_lines(found.cashflow)


def test_only_land_that_must_be_handed_back_is_cleared():
    # Open parking lives 10 years: a grant of 2 or 5 ends before, one of 10 or of nobody knows how long does not.
    table = accounts(
        options(
            {**LOT, "horizon_years": 2.0},
            {**LOT, "horizon_years": 10.0},
            {**LOT, "horizon_years": np.nan},
            {**LOT, "horizon_years": 2.0, "has_land": False},
            {**LOT, "horizon_years": 2.0, "clears_at_end": False},
            {**LOT, "horizon_years": 10.0, "clears_at_end": True},
        ),
        MODEL,
    ).table
    assert table["reinstatement_cny"].tolist() == [90_000, 0, 0, 0, 0, 90_000]


def test_a_two_year_grant_earns_for_two_years():
    found = accounts(options({**LOT, "horizon_years": 2.0, "land_rent_cny_m2_month": 0.0}), BEFORE_TAX)
    assert found.cashflow["year"].tolist() == [0, 1, 2]
    assert found.cashflow["revenue_cny"].tolist() == pytest.approx([0, 417_690, 417_690])
    assert found.table.loc["o0", "npv_cny"] == pytest.approx(-10_000, abs=500)
    assert np.isnan(found.table.loc["o0", "payback_discounted_years"]), "292,383 x 1.8334 = 536,054 < 546,000"


def test_a_loss_is_set_against_later_profits_for_so_many_years():
    # 100 to run, nothing in the first year, 200 from then on, no investment: a loss of 100, then profits of 100.
    def taxes(years):
        account = Account(0.0, 200.0, 100.0, 0.0, 4.0, free_years=1.0, taxes=Taxes(0.0, 0.25, years))
        return lines(account)["tax_cny"].tolist()

    assert taxes(5) == [0, 0, 0, 25, 25]
    assert taxes(0) == [0, 0, 25, 25, 25]


def test_the_oldest_loss_is_used_first_and_lapses():
    # Losses of 30, 30, 0 and 0 in years 1 to 4, then profits of 20: with two years, that of year 2 has lapsed by year
    # 5.
    income = np.array([0.0, 0, 30, 30, 50, 50])[:, None]
    account = Account([0.0], [0.0], [30.0], [0.0], [6.0], taxes=Taxes(0.0, 0.5, 2), other_income_cny=income)
    assert lines(account)["tax_cny"][0].tolist() == [0, 0, 0, 0, 0, 10, 10]
    long = Account([0.0], [0.0], [30.0], [0.0], [6.0], taxes=Taxes(0.0, 0.5, 4), other_income_cny=income)
    # Year 5 uses 20 of year 1's 30, which lapses; year 6 uses 20 of year 2's.
    assert lines(long)["tax_cny"][0].tolist() == [0, 0, 0, 0, 0, 0, 0]


def entry(**facts):
    base = {"asset_id": "a", "item": "广告", "income_cny_year": 10_000.0, "cost_cny_year": 1_000.0}
    return {**base, "from_year": np.nan, "to_year": np.nan, "income_owner": "operator", **facts}


def test_other_income_joins_the_account_in_its_years():
    lots = options({**LOT, "asset_id": "a"}, {**LOT, "asset_id": "b"}, {"action": "pocket_park", "asset_id": "a"})
    told = pd.DataFrame(
        [
            entry(),
            entry(item="快递柜", income_cny_year=500.0, cost_cny_year=0.0, from_year=2.0, to_year=3.0),
            entry(item="物业", income_owner="treasury", cost_cny_year=0.0),
            entry(item="食堂", income_cny_year=70.0, cost_cny_year=0.0, action="pocket_park"),
        ]
    )
    found = accounts(lots, BEFORE_TAX, other_income=told)
    flows = found.cashflow.pivot_table(index="option", columns="year", values="other_income_cny", aggfunc="sum")
    assert flows.loc["o0"].tolist() == [0, 9_000, 9_500, 9_500, 9_000, 9_000]
    assert flows.loc["o1"].tolist() == [0] * 6
    assert flows.loc["o2"].tolist() == [0, 9_070, 9_570, 9_570, 9_070, 9_070]
    plain = accounts(lots, BEFORE_TAX).table["npv_cny"]
    more = 9_000 * annuity_factor(0.06, 5) + 500 / 1.06**2 + 500 / 1.06**3
    assert found.table.loc["o0", "npv_cny"] - plain["o0"] == pytest.approx(more)
    net_is_the_sum_of_its_lines(accounts(lots, MODEL, other_income=told).cashflow)


@pytest.mark.parametrize(
    "facts",
    [{"income_cny_year": -1.0}, {"cost_cny_year": np.nan}, {"from_year": 0.0}, {"from_year": 3.0, "to_year": 2.0}],
)
def test_other_income_that_does_not_hold_is_refused(facts):
    with pytest.raises(AnalysisError, match="'广告' of a") as caught:
        accounts(options({**LOT, "asset_id": "a"}), MODEL, other_income=pd.DataFrame([entry(**facts)]))
    assert "其他收入" in caught.value.line_zh
    with pytest.raises(AnalysisError, match="lacks the columns item"):
        accounts(options(LOT), MODEL, other_income=pd.DataFrame([entry()]).drop(columns="item"))


def test_the_pledgeable_share_counts_and_the_treasury_needs_a_document():
    half = Model.load('[parameter."fin.pledgeable.owners"]\nvalue = 0.5\n' + nothing_of(("fin.tax.revenue_share",)))
    own = {**LOT, "income_owner": "owners"}
    state = {**LOT, "income_owner": "treasury", "pledgeable_share": 0.4}
    table = accounts(options(own, state, {**state, "pledge_document": "区财〔2026〕1号"}), half).table
    assert table["pledgeable_share"].tolist() == [0.5, 0, 0.4]
    assert table["repaying_cny_year"].tolist() == pytest.approx([208_845, 0, 167_076])
    assert table["revenue_cny_year"].tolist() == pytest.approx([417_690] * 3)
    with pytest.raises(ModelError, match="above 0 only with a document"):
        Model.load(overrides={"fin.pledgeable.treasury": "0.4"})
    named = '[parameter."fin.pledgeable.treasury"]\nvalue = 0.4\nsource = "区财〔2026〕1号"\n'
    assert accounts(options({**LOT, "income_owner": "treasury"}), Model.load(named)).table.loc[
        "o0", "repaying_cny_year"
    ] == pytest.approx(167_076)


@pytest.mark.parametrize("key", ["fin.tax.revenue_share", "fin.tax.profit_share", "fin.pledgeable.operator"])
def test_a_share_beyond_the_whole_is_refused(key):
    with pytest.raises(ModelError, match=key.replace(".", r"\.")):
        Model.load(overrides={key: "1.5"})


@pytest.mark.parametrize("name", ["capex_cny", "horizon_years", "reinstatement_cny"])
def test_a_negative_investment_or_term_is_refused(name):
    given = {"capex_cny": 1.0, "revenue_cny_year": 1.0, "opex_cny_year": 0.0, "land_rent_cny_year": 0.0}
    with pytest.raises(AnalysisError, match=f"{name} of an account is negative"):
        Account(**{**given, "horizon_years": 1.0, name: -1.0})


def test_no_years_granted_and_nothing_invested():
    table = accounts(options({**LOT, "horizon_years": 0.0}, {**LOT, "stalls": 0.0}), MODEL).table
    assert table.loc["o0", ["npv_cny", "npv_8pct_cny"]].tolist() == [-636_000, -636_000], "built, cleared, never open"
    assert table.loc["o0", ["irr", "payback_years", "breakeven_utilisation"]].isna().all()
    assert table.loc["o1", "capex_cny"] == 0
    assert np.isnan(table.loc["o1", "irr"])
    assert not np.isinf(table.select_dtypes("number").to_numpy(dtype=float)).any()


def test_breaking_even_by_hand():
    # 91 stalls for 10 years, no land: 546,000 / annuity(6 %, 10) = 74,184 net a year, of 70 % of 546 CNY a stall and
    # per cent of use: 91 x 450 x 12 x 0.7 = 343,980 at full use. Occupancy 21.6 %.
    lot = {**LOT, "has_land": False, "horizon_years": 10.0}
    table = accounts(options(lot, {**lot, "horizon_years": 1.0}), BEFORE_TAX).table
    assert table.loc["o0", "breakeven_utilisation"] == pytest.approx(546_000 / annuity_factor(0.06, 10) / 343_980)
    assert table.loc["o0", "breakeven_of"] == "月租车位出租率"
    # In one year even full stalls bring 343,980 of 546,000.
    assert np.isnan(table.loc["o1", "breakeven_utilisation"])
    assert pd.isna(table.loc["o1", "breakeven_of"])
    assert "满负荷也不能保本" in table.loc["o1", "account_note"]
    # Taxed: n - 25 % of (n - 54,600) = 74,184 gives n = 80,712, of income less 3.26 % tax and 30 % to run.
    needed = (546_000 / annuity_factor(0.06, 10) - 0.25 * 54_600) / 0.75 / (1 - 0.0326 - 0.3)
    taxed = accounts(options(lot), MODEL).table.loc["o0", "breakeven_utilisation"]
    assert taxed == pytest.approx(needed / (STALLS * 450 * 12))


amounts = st.floats(0, 1e6)
terms = {
    "capex": st.floats(0, 1e7),
    "revenue": amounts,
    "opex": amounts,
    "rent": amounts,
    "horizon": st.floats(0, 20),
    "clearing": amounts,
    "revenue_tax": st.floats(0, 0.1),
    "profit_tax": st.floats(0, 0.5),
}


@settings(max_examples=60, deadline=None)
@given(**terms)
def test_steady_accounts_are_worth_what_their_years_are(
    capex, revenue, opex, rent, horizon, clearing, revenue_tax, profit_tax
):
    taxes = Taxes(revenue_tax, profit_tax, 5)
    account = Account([capex], [revenue], [opex], [rent], [horizon], reinstatement_cny=[clearing], taxes=taxes)
    found = lines(account)
    net_is_the_sum_of_its_lines({name: found[name] for name in (*LINES, "net_cny")})
    for rate, npv in zip((0.0, 0.06), npvs(account, (0.0, 0.06)), strict=True):
        assert npv[0] == pytest.approx(npv_cny(found["net_cny"], rate)[0], rel=1e-9, abs=1e-3)
    assert sum(1 for _ in by_year(account)) == np.ceil(horizon) + 1
    assert (found["tax_cny"] >= 0).all()


@settings(max_examples=40, deadline=None)
@given(varying=st.floats(0, 0.6), **terms)
def test_at_its_breakeven_an_account_is_worth_nothing(
    varying, capex, revenue, opex, rent, horizon, clearing, revenue_tax, profit_tax
):
    taxes = Taxes(revenue_tax, profit_tax, 5)
    fixed = Account([capex], [revenue], [opex + varying * revenue], [rent], [horizon], 0, [clearing], taxes)
    share = breakeven_scale(fixed, [varying * revenue], 0.06)[0]
    if revenue < 1 or horizon < 0.01:
        return
    at = Account(
        [capex], [revenue * share], [opex + varying * revenue * share], [rent], [horizon], 0, [clearing], taxes
    )
    scale = capex + clearing + (opex + rent) * horizon + 1
    assert npvs(at, [0.06])[0][0] == pytest.approx(0, abs=1e-9 * scale)
