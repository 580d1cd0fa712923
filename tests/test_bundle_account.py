"""The account of a bundle: sums a person can add up, then independent ones, then what must always hold."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy_financial as npf
import pandas as pd
import pytest
from account_cases import MODEL, SURE
from bundle_lines import HOMES, HOUSE, LOT, PILES, basis_of, lines_of, service_lines

from gis._bundle_sensitivity import repriced, with_value
from gis._price_titles import PRICE_TITLES
from gis._recipes import RECIPES
from gis.bundle_account import COSTS, INCOME, LINES, account
from gis.finance import ACCOUNT_KEYS, RENT_TERMS, accounts, keys_of, npv_spread
from layers.errors import AnalysisError


def by_hand():
    """Return a lean community and a fat lot, in thousands of CNY that add up in the head.

    The community: 900 of its own, 600 by the state, 100 by residents; then fees of 30 and upkeep of 20 a year.
    The lot: 100, then 500 of income, 100 to run, 50 of rent, 30 of taxes a year for three years, 20 to clear it.
    """
    lean = {
        "member": "community-1:renovation",
        "year": [0, 1, 2, 3, 4],
        "capex_cny": [900.0, 0, 0, 0, 0],
        "funding_state_cny": [600.0, 0, 0, 0, 0],
        "funding_residents_cny": [100.0, 0, 0, 0, 0],
        "property_fee_cny": [0.0, 30, 30, 30, 30],
        "upkeep_cny": [0.0, 20, 20, 20, 20],
    }
    fat = {
        "member": "idle_land-1:surface_parking",
        "year": [0, 1, 2, 3],
        "capex_cny": [100.0, 0, 0, 0],
        "revenue_cny": [0.0, 500, 500, 500],
        "opex_cny": [0.0, 100, 100, 100],
        "land_rent_cny": [0.0, 50, 50, 50],
        "tax_cny": [0.0, 30, 30, 30],
        "reinstatement_cny": [0.0, 0, 0, 20],
    }
    return pd.concat([pd.DataFrame(lean), pd.DataFrame(fat)], ignore_index=True).fillna(0.0)


def test_a_bundle_that_a_person_can_add_up():
    found = account(by_hand(), MODEL)
    assert found.by_year["net_cny"].tolist() == [-1000, 330, 330, 310, 10]
    assert found.by_year["cumulative_cny"].tolist() == [-1000, -670, -340, -30, -20]
    assert (found.deepest_deficit_cny, found.deepest_year) == (1000, 0)
    assert found.funding == {"state": 600, "owner": 0, "enterprise": 1000, "residents": 100}
    assert np.isnan(found.payback_years)
    assert np.isnan(found.payback_discounted_years)
    assert (
        found.npv_6pct_cny
        == found.npv_cny
        == pytest.approx(-1000 + 330 / 1.06 + 330 / 1.1236 + 310 / 1.191016 + 7.92094)
    )
    assert found.irr < 0


def test_the_lot_pays_the_community_back_once_it_earns_one_year_more():
    lines = by_hand()
    lines.loc[(lines["year"] == 4), "property_fee_cny"] = 90.0  # net of year 4: 70
    found = account(lines, MODEL)
    assert found.by_year["cumulative_cny"].iloc[-1] == 40
    assert found.payback_years == pytest.approx(3 + 30 / 70)


@pytest.mark.parametrize("rate", [0.035, 0.0])
def test_worth_and_debt_are_those_of_numpy_financial(rate):
    model = with_value(MODEL, "fin.loan_rate", rate)
    found = account(by_hand(), model)
    net = found.by_year["net_cny"].tolist()
    assert found.npv_4pct_cny == pytest.approx(npf.npv(0.04, net))
    assert found.npv_8pct_cny == pytest.approx(npf.npv(0.08, net))
    assert found.irr == pytest.approx(npf.irr(net))
    payment = -npf.pmt(rate, 4, 1000)
    assert found.by_year["debt_service_cny"].tolist() == pytest.approx([0, *[payment] * 4])
    assert found.by_year["debt_cover"].iloc[1:].tolist() == pytest.approx([flow / payment for flow in net[1:]])
    assert found.debt_cover_least == pytest.approx(10 / payment)
    assert not found.debt_holds


def test_a_bundle_that_owes_nothing_serves_no_debt_and_has_no_rate_of_return():
    lines = pd.DataFrame({"member": "a", "year": [0, 1], "revenue_cny": [0.0, 5.0]})
    found = account(lines, MODEL)
    assert found.debt_holds
    assert np.isnan(found.debt_cover_least)
    assert np.isnan(found.irr)
    assert found.payback_years == 0
    assert found.deepest_deficit_cny == 0


def test_public_money_is_compared_year_by_year():
    homes = by_hand()
    assert account(homes, MODEL).public_holds is None
    assert "未纳入现有购买服务支出" in account(homes, MODEL).notes[-1].zh
    nothing = account(homes.assign(funding_state_cny=0.0), MODEL)
    assert nothing.public_holds is None  # and the note claims no more
    assert nothing.notes[-1].zh == "不增加政府投入：未纳入现有购买服务，无从比较"
    assert nothing.notes[-1].en.endswith("no service bought today is taken in, so there is nothing to compare with")
    merged = pd.concat([homes, service_lines(4, today=200.0, then=180.0, cost=150.0)]).fillna(0.0)
    found = account(merged, MODEL)
    assert found.by_year["public_more_cny"].tolist() == [600, -20, -20, -20, -20]
    assert found.by_year["public_holds"].tolist() == [False, True, True, True, True]
    assert found.public_holds is False
    assert "第0年不成立，最多一年多600元" in found.notes[-1].zh
    paid = account(merged.assign(funding_state_cny=0.0), MODEL)
    assert paid.public_holds is True
    assert paid.notes[-1].en == "No more public money than today: it holds in every year"
    # What the service leaves is the bundle's: 180 - 150 a year.
    assert (found.by_year["net_cny"] - account(homes, MODEL).by_year["net_cny"]).tolist() == [0, 30, 30, 30, 30]


BASIS = basis_of(HOMES, LOT, PILES, HOUSE)


def test_the_bundle_is_the_sum_of_its_members_in_any_order():
    lines = lines_of(BASIS, MODEL)
    whole = account(lines, MODEL, basis=BASIS)
    alone = [account(rows, MODEL, basis=BASIS) for _, rows in lines.groupby("member")]
    for name in (*LINES, "net_cny", "discounted_cny"):
        parts = [item.by_year[name].reindex(whole.by_year.index, fill_value=0.0) for item in alone]
        assert sum(parts).to_numpy() == pytest.approx(whole.by_year[name].to_numpy()), name
    assert sum(item.npv_cny for item in alone) == pytest.approx(whole.npv_cny)
    left = whole.by_year[list(INCOME)].sum(axis=1) - whole.by_year[list(COSTS)].sum(axis=1)
    assert left.to_numpy() == pytest.approx(whole.by_year["net_cny"].to_numpy())
    mixed = account(lines.sample(frac=1, random_state=3), MODEL, basis=BASIS.iloc[::-1])
    pd.testing.assert_frame_equal(mixed.by_year, whole.by_year)
    pd.testing.assert_frame_equal(mixed.sensitivity, whole.sensitivity)
    assert (mixed.npv_p10_cny, mixed.balance_probability) == (whole.npv_p10_cny, whole.balance_probability)


def test_each_bar_of_the_tornado_is_the_account_at_that_price():
    lines = lines_of(BASIS, MODEL)
    found = account(lines, MODEL, basis=BASIS)
    bars = found.sensitivity.set_index("key")
    assert bars["swing_cny"].is_monotonic_decreasing
    expected = {
        *("parking.tariff.resid_monthly", "parking.capex.surface", "ev.service_fee", "heritage.repair_m2"),
        *("reno.cost_per_household", "reno.private_share", "reno.property_fee_m2_month", "reno.upkeep_m2_month"),
        *(
            "fin.tax.revenue_share",
            "fin.discount_rate.project",
            "charging.site_rent.pile_month",
            "fin.reinstatement_m2",
        ),
        *("ev.power.dc", "reno.property_fee_collection", "fin.rent.community_shop"),
    }
    assert expected <= set(bars.index)
    for key in expected:
        for end, name in ((MODEL.low(key), "npv_low_cny"), (MODEL.high(key), "npv_high_cny")):
            model = with_value(MODEL, key, end)
            again = account(lines_of(BASIS, model), model)
            assert bars.loc[key, name] == pytest.approx(again.npv_cny, abs=0.01), (key, name)
    assert "fin.concession_default" not in bars.index  # granted for fewer years at either end


def test_more_stalls_and_a_larger_gap_move_the_bundle():
    sized = BASIS.assign(stalls_low=BASIS["stalls"] / 2, near_night_gap_high=BASIS["near_night_gap"] * 2)
    bars = account(lines_of(BASIS, MODEL), MODEL, basis=sized).sensitivity.set_index("key")
    assert bars.loc["size.stalls", ["low", "value", "high"]].tolist() == [51.5, 103, 103]
    assert bars.loc["size.near_night_gap", ["low", "value", "high"]].tolist() == [1, 1, 2]
    halved = BASIS.assign(stalls=BASIS["stalls"] / 2)
    assert bars.loc["size.stalls", "npv_low_cny"] == pytest.approx(account(lines_of(halved, MODEL), MODEL).npv_cny)


def test_the_draws_are_those_of_the_option_where_the_operator_pays_for_all():
    basis = basis_of(LOT)
    spread = npv_spread(basis, accounts(basis, MODEL), MODEL, 7).iloc[0]
    found = account(lines_of(basis, MODEL), MODEL, basis=basis, seed=7)
    for name in ("npv_p10_cny", "npv_p50_cny", "npv_p90_cny"):
        assert getattr(found, name) == pytest.approx(spread[name])
    assert found.npv_p10_cny < found.npv_p50_cny < found.npv_p90_cny


def test_members_that_are_priced_once_for_many_bundles_tell_the_same():
    lines, many = lines_of(BASIS, MODEL), repriced(BASIS, MODEL, 7)
    for part in (lines, lines[lines["member"].isin(["o0", "o3"])]):
        alone, together = account(part, MODEL, basis=BASIS, seed=7), account(part, MODEL, basis=many)
        pd.testing.assert_frame_equal(together.sensitivity, alone.sensitivity)
        for name in ("npv_p10_cny", "npv_p50_cny", "npv_p90_cny", "balance_probability"):
            assert getattr(together, name) == pytest.approx(getattr(alone, name)), name


def test_two_alike_members_are_drawn_together_not_apart():
    lot, pair = basis_of(LOT), basis_of(LOT, LOT)
    one = account(lines_of(lot, MODEL), MODEL, basis=lot)
    two = account(lines_of(pair, MODEL), MODEL, basis=pair)
    assert two.npv_p90_cny - two.npv_p10_cny == pytest.approx(2 * (one.npv_p90_cny - one.npv_p10_cny))
    assert two.balance_probability == one.balance_probability


def test_where_nothing_is_uncertain_every_draw_is_the_account():
    found = account(lines_of(BASIS, SURE), SURE, basis=BASIS)
    assert found.npv_p10_cny == pytest.approx(found.npv_cny)
    assert found.npv_p90_cny == pytest.approx(found.npv_cny)
    assert found.balance_probability == float(found.npv_cny >= 0)
    assert found.sensitivity.empty


def test_what_cannot_be_priced_again_stays_and_is_told():
    service = service_lines(6, today=50_000.0, then=45_000.0, cost=40_000.0)
    lines = pd.concat([lines_of(BASIS, MODEL), service]).fillna(0.0)
    found, without = account(lines, MODEL, basis=BASIS), account(lines_of(BASIS, MODEL), MODEL, basis=BASIS)
    more = found.npv_cny - without.npv_cny
    assert more == pytest.approx(npf.npv(0.06, [0.0, *[5_000.0] * 6]))
    assert found.npv_p10_cny - without.npv_p10_cny == pytest.approx(more)
    assert any(note.zh.startswith("1个成员没有计价依据") for note in found.notes)
    fixed = account(service, MODEL)
    assert fixed.npv_p10_cny == fixed.npv_p90_cny == pytest.approx(fixed.npv_cny)
    assert fixed.sensitivity["key"].tolist() == ["fin.discount_rate.project"]


def test_every_price_of_an_account_has_a_title_in_two_languages():
    keys = {
        key for action in RECIPES for terms in (None, "site_rent", *RENT_TERMS) for key in keys_of(MODEL, action, terms)
    }
    assert {*keys, *ACCOUNT_KEYS} <= set(PRICE_TITLES)
    assert all(note.zh and note.en for note in PRICE_TITLES.values())


@pytest.mark.parametrize(
    ("column", "value", "year"),
    [("opex_cny", np.nan, 2), ("capex_cny", -1.0, 0), ("revenue_cny", np.inf, 1), ("year", 0, 0)],
)
def test_lines_that_are_no_account_are_refused_by_name(column, value, year):
    lines = by_hand()
    lines.loc[
        (lines["member"].str.startswith("idle")) & (lines["year"] == (1 if column == "year" else year)), column
    ] = value
    with pytest.raises(AnalysisError, match=f"{column} of member idle_land-1:surface_parking in year {year}"):
        account(lines, MODEL)


def test_no_lines_are_refused():
    with pytest.raises(AnalysisError, match="lack rows"):
        account(by_hand().iloc[:0], MODEL)


def test_a_range_that_is_closed_by_hand_moves_nothing():
    key = "parking.tariff.resid_monthly"
    closed = {**MODEL.parameters, key: replace(MODEL.parameters[key], low=450.0, high=450.0)}
    found = account(lines_of(BASIS, MODEL), replace(MODEL, parameters=closed), basis=BASIS)
    assert key not in set(found.sensitivity["key"])
