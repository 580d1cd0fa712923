"""Net present value, internal rate of return and payback beside numpy-financial and beside plain loops."""

from __future__ import annotations

import numpy as np
import numpy_financial as npf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.finance import discounted, irr, npv_cny, payback_years

whole = st.integers(-1_000_000, 1_000_000)
flows_of_years = st.lists(whole, min_size=2, max_size=21)
investment = st.tuples(st.integers(1, 10_000_000), st.lists(st.integers(-200_000, 2_000_000), min_size=1, max_size=20))


@settings(max_examples=200, deadline=None)
@given(flows=flows_of_years, rate=st.floats(-0.5, 1.0))
def test_npv_is_that_of_numpy_financial(flows, rate):
    assert npv_cny(np.array([flows], dtype=float), rate)[0] == pytest.approx(npf.npv(rate, flows), rel=1e-9, abs=1e-6)


def rates_of(flows):
    """Return the rates above -1 at which ``flows`` are worth nothing, from the roots of their polynomial."""
    x = np.roots(np.array(flows, dtype=float)[::-1])
    real = x.real[(np.abs(x.imag) < 1e-6 * np.maximum(np.abs(x), 1)) & (x.real > 0)]
    return 1 / real - 1


@settings(max_examples=150, deadline=None)
@given(account=investment)
def test_irr_is_that_of_numpy_financial(account):
    capex, income = account
    flows = [-capex, *income]
    found, rates = irr(np.array([flows]))[0], rates_of(flows)
    above, below = rates[rates > 1e-4], rates[(rates < -1e-4) & (rates > -1 + 1e-6)]
    if len(above) + len(below) < len(rates):  # at or near 0, or where nothing is left: told apart by the last digits
        return
    if len(above) == 1:
        assert found == pytest.approx(above[0], rel=1e-6)
        if len(below) == 0:
            assert found == pytest.approx(npf.irr(flows), rel=1e-6)
    elif len(above) == 0 and len(below) == 1:
        assert found == pytest.approx(below[0], rel=1e-6)
        assert found == pytest.approx(npf.irr(flows), rel=1e-6)
    else:
        assert np.isnan(found)


@settings(max_examples=100, deadline=None)
@given(capex=st.integers(1, 10**7), net=st.integers(1, 10**7), years=st.integers(1, 40))
def test_a_steady_income_has_the_rate_of_an_annuity(capex, net, years):
    flows = np.array([[-capex, *[net] * years]], dtype=float)
    found = irr(flows)[0]
    assert found > -1
    assert npv_cny(flows, found)[0] == pytest.approx(0, abs=1e-6 * max(capex, net * max(1.0, (1 + found) ** -years)))
    assert (found > 0) == (net * years > capex) or net * years == capex
    if 0.001 < found < 10:
        assert found == pytest.approx(npf.rate(years, net, -capex, 0, guess=found * 1.1), rel=1e-6)


@pytest.mark.parametrize(
    ("flows", "rate"),
    [
        ([-100, 110], 0.10),
        ([-100, 60, 60], 0.13066),  # 60x + 60x^2 = 100
        ([-100, 50], -0.5),
        ([-100, 60, 60, -10], 0.07250),  # cleared at the end: a second rate lies near -0.85, below 0
        ([-100, 100], 0.0),
        ([0, -100, 110], 0.10),
        ([100, -110], 0.10),
        ([-100, 230, -132], np.nan),  # 10 % and 20 %
        ([-1000, 3600, -4310, 1716], np.nan),  # 10 %, 20 % and 30 %
        ([-100, 200, -150], np.nan),  # none
        ([-100, -10], np.nan),
        ([0, 10, 10], np.nan),
        ([0, 0], np.nan),
        ([-100, np.nan], np.nan),
    ],
)
def test_rates_by_hand(flows, rate):
    assert irr(np.array([flows]))[0] == pytest.approx(rate, abs=1e-5, nan_ok=True)


def test_rates_of_many_accounts_are_those_of_each():
    rows = np.array([[-100, 60, 60, -10], [-100, 230, -132, 0], [0, 0, 0, 0], [-100, 50, 0, 0], [-9e7, 1e7, 9e7, 9e7]])
    alone = np.concatenate([irr(row[None]) for row in rows])
    assert irr(rows) == pytest.approx(alone, nan_ok=True)
    assert irr(rows[::-1] * 1e-9) == pytest.approx(alone[::-1], nan_ok=True), "neither their order nor the currency"


@settings(max_examples=150, deadline=None)
@given(account=investment, rate=st.floats(0, 0.2))
def test_discounted_payback_is_where_the_discounted_sum_comes_over_for_good(account, rate):
    capex, income = account
    flows = np.array([[-capex, *income]], dtype=float)
    found = payback_years(discounted(flows, rate), len(income))[0]
    sums = np.cumsum([flow / (1 + rate) ** year for year, flow in enumerate(flows[0])])
    if sums[-1] < -1e-6:
        assert np.isnan(found)
    elif sums[-1] > 1e-6:
        assert (sums[int(np.ceil(found - 1e-9)) :] > -1e-6).all()
        assert sums[max(int(np.ceil(found - 1e-9)) - 1, 0)] < 1e-6
        assert found >= payback_years(flows, len(income))[0] - 1e-9 or (flows[0, 1:] < 0).any()
