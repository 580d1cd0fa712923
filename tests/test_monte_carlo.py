"""The spread of the accounts under drawn parameters: by hand where nothing is uncertain, then what must always hold."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from account_cases import MODEL, STALLS, SURE, options
from hypothesis import given, settings
from hypothesis import strategies as st

from gis._monte_carlo import drawn, quantiles, spread, two_sided
from gis.finance import RECIPES, RENT_TERMS, accounts, npv_spread

NAMES = ["npv_p10_cny", "npv_p50_cny", "npv_p90_cny"]
EVERY = [
    {
        "action": action,
        "rent_terms": terms,
        "stalls": 40.0,
        "chargers": 6.0,
        "household_count": 300.0,
        "wall_m": 50.0,
        "reference_rent_cny_m2_month": rent,
        "horizon_years": years,
        "near_night_gap": gap,
    }
    for action in sorted(RECIPES)
    for terms, rent, years, gap in zip(
        RENT_TERMS, (np.nan, 30.0, np.nan), (2.0, 7.5, 20.0), (np.nan, 12.0, 900.0), strict=True
    )
]


def spread_of(table, model=MODEL, seed=7, other_income=None):
    return npv_spread(table, accounts(table, model, other_income=other_income), model, seed)


def test_where_nothing_is_uncertain_every_draw_is_the_account():
    table = options(*EVERY).assign(asset_id="a")
    more = pd.DataFrame(
        [("a", "广告", 900.0, 100.0, 2.0, 3.0, "operator")],
        columns=["asset_id", "item", "income_cny_year", "cost_cny_year", "from_year", "to_year", "income_owner"],
    )
    for other in (None, more):
        money, found = accounts(table, SURE, other_income=other).table, spread_of(table, SURE, other_income=other)
        for name in NAMES:
            assert found[name].to_numpy() == pytest.approx(money["npv_cny"].to_numpy())
        assert found["pays_back_probability"].tolist() == money["payback_years"].notna().astype(float).tolist()


def test_percentiles_are_in_order_and_the_seed_alone_decides():
    table = options(*EVERY)
    found = spread_of(table)
    assert found.notna().all().all()
    assert (found["npv_p10_cny"] <= found["npv_p50_cny"]).all()
    assert (found["npv_p50_cny"] <= found["npv_p90_cny"]).all()
    assert found["pays_back_probability"].between(0, 1).all()
    pd.testing.assert_frame_equal(spread_of(table), found)
    assert not np.allclose(spread_of(table, seed=8)[NAMES], found[NAMES], rtol=1e-6)


def test_neither_order_nor_company_changes_a_spread():
    table = options(*EVERY)
    shuffled = table.sample(frac=1, random_state=3)
    pd.testing.assert_frame_equal(spread_of(shuffled).loc[table.index], spread_of(table))
    pd.testing.assert_frame_equal(spread_of(table.iloc[:1]), spread_of(table).iloc[:1])


def test_options_with_the_same_parameter_see_the_same_draw():
    # Twice the stalls on twice the land is worth twice as much in every draw, so also at every percentile.
    lot = {"action": "surface_parking", "stalls": float(STALLS), "area_m2": 3000.0}
    found = spread_of(options(lot, {**lot, "stalls": 2.0 * STALLS, "area_m2": 6000.0}))
    assert found.loc["o1", NAMES].to_numpy() == pytest.approx(2 * found.loc["o0", NAMES].to_numpy(dtype=float))


def test_what_is_not_known_has_no_spread():
    lot = {"action": "surface_parking", "stalls": float(STALLS)}
    found = spread_of(options({**lot, "land_rent_cny_m2_month": np.nan}, {**lot, "stalls": np.nan}, lot))
    assert found.iloc[:2].isna().all().all()
    assert found.iloc[2].notna().all()


def test_no_options_no_spread():
    found = spread_of(options(*EVERY).iloc[:0])
    assert found.empty
    assert "pays_back_probability" in found


def test_an_unsure_number_of_stalls_widens_the_spread():
    lot = {"action": "surface_parking", "stalls": 50.0, "has_land": False, "horizon_years": 10.0}
    found = spread_of(options(lot, {**lot, "stalls_low": 10.0, "stalls_high": 120.0}))
    width = found["npv_p90_cny"] - found["npv_p10_cny"]
    assert width["o1"] > 1.1 * width["o0"]


def test_half_a_triangle_on_each_side_by_hand():
    # From 0 over 2 to 6: half of the mass on each side. An eighth of it lies below 1: a quarter of the lower half.
    found = two_sided(np.array([0.0, 1 / 8, 0.5, 7 / 8, 1.0]), 0.0, 2.0, 6.0)
    assert found == pytest.approx([0, 1, 2, 4, 6])
    assert two_sided(np.array([0.0, 0.125, 0.5, 1.0]), 0.0, 1.0, 1.0) == pytest.approx([0, 0.5, 1, 1]), "at its end"
    assert two_sided(np.array([0.3]), 5.0, 5.0, 5.0).tolist() == [5]


def test_a_parameter_is_drawn_within_its_range_with_its_value_in_the_middle():
    item = MODEL["parking.tariff.resid_monthly"]
    found = drawn(MODEL, item.key, 1)
    assert item.low <= found.min() <= found.max() <= item.high
    assert np.median(found) == pytest.approx(item.value, rel=1e-3)
    # A half triangle has its mean a third of its width from its peak.
    assert found.mean() == pytest.approx(item.value + (item.low + item.high - 2 * item.value) / 6, rel=1e-3)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 2**31), draws=st.integers(1, 300), keys=st.tuples(st.text(max_size=9), st.text(max_size=9)))
def test_quantiles_fill_every_part_of_0_to_1_once(seed, draws, keys):
    found = quantiles(keys[0], seed, draws)
    assert sorted(np.floor(found * draws).astype(int)) == list(range(draws))
    assert np.array_equal(found, quantiles(keys[1], seed, draws)) == (keys[0] == keys[1])


def test_more_draws_tell_the_same():
    table = options(*EVERY)
    facts = accounts(table, MODEL).facts
    few, many = (spread(table, facts, MODEL, 7, draws) for draws in (1_000, 16_000))
    width = many["npv_p90_cny"] - many["npv_p10_cny"]
    assert ((few[NAMES].sub(many[NAMES])).abs().max(axis=1) <= 0.1 * width).all()
    assert (few["pays_back_probability"] - many["pays_back_probability"]).abs().max() < 0.05
