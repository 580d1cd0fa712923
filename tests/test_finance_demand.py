"""Stalls let by the month: to no more cars than lack one within the walk at night."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from account_cases import BEFORE_TAX, MODEL, SURE, annuity_factor, options
from hypothesis import given, settings
from hypothesis import strategies as st

from gis._monte_carlo import PERCENTILES
from gis.finance import accounts, npv_spread

LOT = {"action": "surface_parking", "stalls": 100.0, "has_land": False}
RACK = {"action": "mechanical_parking", "stalls": 120.0, "has_land": False}
FULL = 450 * 12
"""What a stall that is let brings in a year, in CNY."""


def table_of(*rows, model=BEFORE_TAX):
    return accounts(options(*rows), model).table


def test_no_more_stalls_are_let_than_cars_lack():
    # 100 stalls at 85 % would let 85. Cars of the neighbours lack 40: 40 x 5,400 = 216,000, less 30 % to run.
    table = table_of({**LOT, "near_night_gap": 40.0}, {**LOT, "near_night_gap": 85.0}, LOT)
    row = table.loc["o0"]
    assert row["stalls_let"] == 40
    assert row["revenue_cny_year"] == pytest.approx(216_000)
    assert row["opex_cny_year"] == pytest.approx(64_800)
    assert row["npv_cny"] == pytest.approx(151_200 * annuity_factor(0.06, 5) - 600_000)
    told = table["account_note"]
    assert "出租以步行范围内夜间缺口为限（40个，布置100个）" in told["o0"]
    assert "(40; 100 laid out)" in row["account_note_en"]
    assert table["stalls_let"].tolist()[1:] == [pytest.approx(85)] * 2
    assert table["revenue_cny_year"].tolist()[1:] == [pytest.approx(85 * FULL)] * 2
    assert not told.iloc[1:].str.contains("为限").any()


def test_racks_keep_their_fixed_cost_however_few_are_let():
    # 120 x 58 % = 69.6 would be let, 30 are: 30 x 5,400 x 70 % = 113,400, less 120 x 1,000 of upkeep.
    row = table_of({**RACK, "near_night_gap": 30.0}).loc["o0"]
    assert row["stalls_let"] == pytest.approx(30)
    assert row["net_cny_year"] == pytest.approx(-6_600)


def test_where_the_gap_is_unknown_nothing_limits_and_the_account_says_so():
    charging = {"action": "charging", "chargers": 4.0, "near_night_gap": 0.0, "has_land": False}
    table = table_of({**LOT, "near_night_gap": np.nan}, LOT, charging, {**LOT, "stalls": np.nan})
    assert table["stalls_let"].tolist()[:2] == [pytest.approx(85)] * 2
    assert table["stalls_let"].isna().tolist()[2:] == [True, True]
    assert table["account_note"].str.contains("周边夜间缺口未知").tolist() == [True, True, False, False]
    assert table.loc["o2", "revenue_cny_year"] == pytest.approx(4 * 120 * 8760 * 0.06 * 0.5), "chargers are not let"


def test_where_nobody_lacks_a_stall_none_is_let_and_the_use_that_would_pay_is_told():
    # All 100 let would bring 5,400 x 70 % each: 600,000 / (annuity x 378,000) of them would do.
    table = table_of({**LOT, "near_night_gap": 0.0}, {**LOT, "near_night_gap": 40.0}, {**LOT, "near_night_gap": 500.0})
    assert table["breakeven_utilisation"].tolist() == [pytest.approx(600_000 / (378_000 * annuity_factor(0.06, 5)))] * 3
    row = table.loc["o0"]
    assert row[["stalls_let", "revenue_cny_year", "opex_cny_year"]].tolist() == [0, 0, 0]
    assert row["npv_cny"] == -600_000
    assert "（0个，布置100个）" in row["account_note"]
    assert "不计还本" not in row["account_note"]


def test_the_band_takes_the_ends_of_the_gap():
    gap = {"near_night_gap": 40.0, "near_night_gap_low": 10.0, "near_night_gap_high": 70.0}
    alone = [{**LOT, "near_night_gap": cars} for cars in (10.0, 70.0)]
    owned = {"income_owner": "treasury"}
    table = table_of({**LOT, **gap}, *alone, {**LOT, **gap, **owned}, *({**one, **owned} for one in alone), model=SURE)
    low, high, npv = (table[name] for name in ("npv_low_cny", "npv_high_cny", "npv_cny"))
    assert (low["o0"], high["o0"]) == (pytest.approx(npv["o1"]), pytest.approx(npv["o2"]))
    assert npv["o1"] < npv["o0"] < npv["o2"]
    assert (low["o3"], high["o3"]) == (pytest.approx(npv["o5"]), pytest.approx(npv["o4"])), "what repays nothing costs"


def spread_of(*rows, model):
    table = options(*rows)
    return npv_spread(table, accounts(table, model), model, 7)


@pytest.mark.parametrize("stands", [LOT, RACK])
def test_draws_of_the_gap_are_those_of_the_account(stands):
    sure, gap = {**stands, "near_night_gap": 40.0}, {"near_night_gap_low": 10.0, "near_night_gap_high": 60.0}
    found, table = spread_of(sure, {**sure, **gap}, stands, model=SURE), table_of(sure, stands, model=SURE)
    assert found.loc["o0", list(PERCENTILES)].tolist() == [pytest.approx(table.loc["o0", "npv_cny"])] * 3
    assert found.loc["o2", list(PERCENTILES)].tolist() == [pytest.approx(table.loc["o1", "npv_cny"])] * 3
    # A tenth of the draws lies below 40 - 30 (1 - sqrt(0.2)) cars, a tenth above 40 + 20 (1 - sqrt(0.2)).
    part = 1 - np.sqrt(0.2)
    ends = table_of(
        *({**stands, "near_night_gap": cars} for cars in (40 - 30 * part, 40.0, 40 + 20 * part)), model=SURE
    )
    assert found.loc["o1", list(PERCENTILES)].tolist() == pytest.approx(ends["npv_cny"].tolist(), rel=5e-3)


def test_all_sites_see_the_same_draw_of_the_gap():
    # Twice the stalls for twice the cars, all ends too: worth twice as much in every draw.
    one = {**LOT, "near_night_gap": 40.0, "near_night_gap_low": 5.0, "near_night_gap_high": 90.0}
    two = {name: 2 * value if name.startswith(("stalls", "near")) else value for name, value in one.items()}
    found = spread_of(one, two, model=MODEL)[list(PERCENTILES)].to_numpy(dtype=float)
    assert found[1] == pytest.approx(2 * found[0])


@settings(max_examples=20, deadline=None)
@given(
    stalls=st.floats(1, 3000),
    gaps=st.lists(st.floats(0, 3000), min_size=2, max_size=6),
    action=st.sampled_from(["surface_parking", "mechanical_parking"]),
)
def test_a_larger_gap_never_lets_fewer_and_never_more_than_stand_there(stalls, gaps, action):
    rows = [{"action": action, "stalls": stalls, "near_night_gap": gap} for gap in sorted(gaps)]
    table = table_of(*rows, {**rows[0], "near_night_gap": np.nan}, model=MODEL)
    let = table["stalls_let"].to_numpy()
    assert (np.diff(let) >= -1e-9).all(), "sorted by gap; the last one is not limited"
    assert (let[:-1] <= np.array(sorted(gaps)) + 1e-9).all()
    assert (np.diff(table["npv_cny"]) >= -1e-6 * stalls).all()
    assert pd.Series(let).le(stalls).all()
