"""The ends of what an account is worth: of its NPV, and of its NPV per CNY invested."""

from __future__ import annotations

import numpy as np
import pytest
from account_cases import BEFORE_TAX, MODEL, STALLS, SURE, annuity_factor, options
from hypothesis import given, settings
from hypothesis import strategies as st

from gis._monte_carlo import PERCENTILES
from gis.finance import RECIPES, RENT_TERMS, UNIT_COLUMNS, accounts, npv_spread
from layers.kinds._columns import ROOM_INCOME_OWNERS

LOT = {"action": "surface_parking", "stalls": float(STALLS)}


def test_more_income_that_repays_nothing_is_no_better_end():
    # Ten piles of the treasury: the fee does not count, a share of it is what they cost to run. At best the least comes
    # in and all is cheap, discounted at the high rate; at worst the most, and all is dear.
    piles = {"action": "charging", "chargers": 10.0, "has_land": False, "horizon_years": 8.0}
    row = accounts(options({**piles, "income_owner": "treasury"}), MODEL).table.loc["o0"]

    def worth(gains, costs, rate):
        energy = 120 * 8760 * gains("ev.utilisation.dc") * gains("ev.service_fee")
        return -10 * (costs("ev.capex.dc120") + energy * costs("ev.opex_share") * annuity_factor(rate, 8))

    low, high = MODEL.low("fin.discount_rate.project"), MODEL.high("fin.discount_rate.project")
    assert row["npv_low_cny"] == pytest.approx(worth(MODEL.high, MODEL.high, low))
    assert row["npv_high_cny"] == pytest.approx(worth(MODEL.low, MODEL.low, high))
    assert row["npv_low_cny"] < row["npv_cny"] < row["npv_high_cny"]


def test_what_each_cny_returns_does_not_depend_on_how_many_units_there_are():
    # All prices sure and no land rent: twice the stalls cost and earn twice as much.
    lot = {**LOT, "has_land": False, "stalls_low": 30.0, "stalls_high": 300.0}
    row = accounts(options(lot), SURE).table.loc["o0"]
    each = row["npv_cny"] / (STALLS * 6000)
    assert row[["return_low", "return_high"]].tolist() == [pytest.approx(each)] * 2
    assert row["npv_high_cny"] / row["capex_cny"] == pytest.approx(each * 300 / STALLS), "at its own size only"


def test_without_a_rent_the_most_is_that_of_free_land():
    unknown = {**LOT, "land_rent_cny_m2_month": np.nan, "stalls_low": 40.0, "stalls_high": 120.0}
    treasury = {**unknown, "income_owner": "treasury"}
    free = {"land_rent_cny_m2_month": 0.0}
    table = accounts(options(unknown, {**unknown, **free}, treasury, {**LOT, "stalls": np.nan}), MODEL).table
    assert table.loc["o0", ["npv_cny", "npv_low_cny", "npv_high_cny", "return_low"]].isna().all()
    assert table.loc["o0", "return_high"] == pytest.approx(table.loc["o1", "return_high"])
    assert table.loc["o0", "return_high"] >= table.loc["o0", "npv_unrented_cny"] / table.loc["o0", "capex_cny"]
    assert table.loc["o2", "return_high"] < -1, "income that repays nothing never wins the investment back"
    assert table.loc["o3", ["return_low", "return_high"]].isna().all()


def test_nothing_invested_returns_nothing_by_the_cny():
    table = accounts(options({**LOT, "stalls": 0.0}, {**LOT, "stalls_low": 0.0}), BEFORE_TAX).table
    assert table.loc["o0", ["return_low", "return_high"]].isna().all()
    assert table.loc["o1", ["return_low", "return_high"]].notna().all()


some_options = st.lists(
    st.fixed_dictionaries(
        {
            "action": st.sampled_from(sorted(RECIPES)),
            "units": st.floats(1, 5000),
            "spread": st.floats(0.3, 1.0),
            "horizon_years": st.floats(0, 40),
            "land_rent_cny_m2_month": st.floats(0, 30) | st.just(np.nan),
            "rent_terms": st.sampled_from(RENT_TERMS),
            "income_owner": st.sampled_from(sorted(ROOM_INCOME_OWNERS)),
            "near_night_gap": st.floats(0, 5000) | st.just(np.nan),
            "has_land": st.booleans(),
        }
    ),
    min_size=1,
    max_size=12,
)


@settings(max_examples=25, deadline=None)
@given(rows=some_options)
def test_low_is_never_above_the_value_nor_the_value_above_high(rows):
    table = options(*rows)
    units, spread, gap = (table.pop(name) for name in ("units", "spread", "near_night_gap"))
    table = table.assign(**dict.fromkeys(("stalls", "chargers", "household_count", "wall_m", "area_m2"), units))
    ends = {
        f"{name}{end}": value * by
        for name, value in (("stalls", units), ("chargers", units), ("near_night_gap", gap))
        for end, by in (("_low", spread), ("_high", 1 / spread))
    }
    found = accounts(table.assign(near_night_gap=gap, **ends), MODEL).table
    known = found[found["npv_cny"].notna()]
    assert (known["npv_low_cny"] <= known["npv_cny"]).all()
    assert (known["npv_cny"] <= known["npv_high_cny"]).all()
    each = known["npv_cny"] / known["capex_cny"]
    slack = 1e-9 * (1 + each.abs())
    assert (known["return_low"] <= each + slack).all()
    assert (each <= known["return_high"] + slack).all()
    rentless = found[found["npv_cny"].isna()]
    assert rentless["return_low"].isna().all()
    assert (rentless["npv_unrented_cny"] / rentless["capex_cny"] <= rentless["return_high"] + 1e-9).all()
    assert (found["npv_8pct_cny"] <= found["npv_4pct_cny"] + 1e-6)[found["payback_years"].notna()].all()


WHOSE = st.fixed_dictionaries({"income_owner": st.sampled_from(sorted(ROOM_INCOME_OWNERS))})
PAPERS = st.fixed_dictionaries(
    {
        "income_owner": st.just("unknown"),
        "pledgeable_share": st.floats(0, 1),
        "pledge_document": st.just("示〔2026〕1号"),
    }
)


@settings(max_examples=25, deadline=None)
@given(rows=some_options, told=WHOSE | PAPERS, has_terms=st.booleans())
def test_whoever_turns_out_to_have_the_income_the_account_lies_within_its_ends(rows, told, has_terms):
    # Of some houses the terms of letting hang on the owner as well: they are known once the owner is.
    sized = [{**row, **dict.fromkeys(UNIT_COLUMNS.values(), row["units"])} for row in rows]
    unknown = {"income_owner": "unknown"} if has_terms else {"income_owner": "unknown", "rent_terms": None}
    found = accounts(options(*({**row, **told} for row in sized)), MODEL).table
    ends = accounts(options(*({**row, **unknown} for row in sized)), MODEL).table
    each = (found["npv_cny"].fillna(found["npv_unrented_cny"]) / found["capex_cny"]).dropna()
    slack = 1e-9 * (1 + each.abs())
    assert (each <= ends["return_high"][each.index] + slack).all()
    worth = found["npv_cny"].dropna()
    slack = slack[worth.index] * found["capex_cny"][worth.index]
    assert (ends["npv_low_cny"][worth.index] - slack <= worth).all()
    assert (worth <= ends["npv_high_cny"][worth.index] + slack).all()


def test_the_high_end_of_an_income_that_nobody_owns_up_to_counts_all_of_it():
    # 91 stalls, no land rent: all ends at their best, and the operator has the whole of its income.
    lot = {**LOT, "has_land": False}
    rows = [{**lot, "income_owner": owner} for owner in ("unknown", "operator", "treasury", "trust")]
    table = accounts(options(*rows), MODEL).table
    assert table.loc["o0", "npv_cny"] == table.loc["o2", "npv_cny"], "counted as nothing"
    for name in ("npv_high_cny", "return_high"):
        assert table.loc["o0", name] == pytest.approx(table.loc["o1", name])
        assert table.loc["o2", name] == table.loc["o3", name] < 0, "a known owner, by a rule: no band of data"
    for name in ("npv_low_cny", "return_low"):
        assert table.loc["o0", name] == table.loc["o2", name]
    assert "净现值上限按查明后收入可还本算" in table.loc["o0", "account_note"]
    assert "收入归财政或代管" in table.loc["o2", "account_note"]


def test_the_value_lies_within_its_ends_in_every_action_whoever_has_the_income():
    every = [
        {
            "action": action,
            "income_owner": owner,
            "rent_terms": "reference",
            **dict.fromkeys(("stalls", "chargers", "household_count", "wall_m"), 25.0),
        }
        for action in sorted(RECIPES)
        for owner in ROOM_INCOME_OWNERS
    ]
    table = options(*every)
    made = accounts(table, MODEL)
    found = made.table.join(npv_spread(table, made, MODEL, 7))
    for name in ("npv_cny", *PERCENTILES):
        inside = found[name].between(found["npv_low_cny"], found["npv_high_cny"])
        assert inside.all(), table[~inside]
