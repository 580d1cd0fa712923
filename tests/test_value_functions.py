"""Value functions: rising or falling as declared, and what raw value reaches a value."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gis import ranking
from gis._values import ValueFunction

UNIT = st.floats(0, 1, allow_nan=False)
RISING = [
    ValueFunction("linear", {"zero": -2.0, "one": 6.0}),
    ValueFunction("threshold", {"at": 3.0}),
    ValueFunction("saturating", {"half": 2.0}),
    ValueFunction("piecewise", {"x": (-1.0, 0.0, 2.0, 5.0), "v": (0.0, 0.5, 0.5, 1.0)}),
]
FALLING = [
    ValueFunction("linear", {"zero": 6.0, "one": -2.0}, is_benefit=False),
    ValueFunction("threshold", {"at": 3.0}, is_benefit=False),
    ValueFunction("saturating", {"half": 2.0}, is_benefit=False),
    ValueFunction("piecewise", {"x": (-1.0, 0.0, 2.0, 5.0), "v": (1.0, 0.5, 0.5, 0.0)}, is_benefit=False),
]
RAW = st.floats(-10, 10)


@pytest.mark.parametrize("function", RISING + FALLING, ids=lambda f: f"{f.type}-{'up' if f.is_benefit else 'down'}")
@settings(max_examples=20, deadline=None)
@given(RAW, st.floats(0, 10), arrays(float, (4, 2), elements=UNIT))
def test_raising_a_benefit_never_lowers_its_site(function, raw, more, others):
    better = raw + more if function.is_benefit else raw - more
    first, second = (function([number])[0] for number in (raw, better))
    assert 0 <= first <= second <= 1
    places = []
    for value in (first, second):
        others[0, 0] = value
        score = ranking.contributions(pd.DataFrame(others, columns=list("ab")), {"a": 0.6, "b": 0.4}).sum(axis=1)
        ids = pd.Series(list("wxyz"))
        table = pd.DataFrame({"opportunity_id": ids, "asset_kind": "idle_land", "asset_id": ids, "score": score})
        places.append(ranking.ranks(table.assign(permission="approval"))[0])
    assert places[1] <= places[0]


@pytest.mark.parametrize("function", RISING + FALLING, ids=lambda f: f"{f.type}-{'up' if f.is_benefit else 'down'}")
@settings(max_examples=40, deadline=None)
@given(st.floats(0.001, 0.999))
def test_the_raw_value_that_reaches_a_value_is_the_worst_that_does(function, value):
    raw = function.inverse([value])[0]
    away = -1e-6 if function.is_benefit else 1e-6
    assert function([raw])[0] >= value - 1e-9
    assert function([raw + 1000 * away])[0] < value


def test_what_no_raw_value_reaches_is_infinite():
    capped = ValueFunction("piecewise", {"x": (0.0, 1.0), "v": (0.0, 0.6)})
    assert capped.inverse([0.6, 0.7]).tolist() == [1, np.inf]
    assert RISING[2].inverse([0.5, 1.0]).tolist() == [2, np.inf]
    assert FALLING[3].inverse([0.5, 1.0, 0.0]).tolist() == [2, -1, 5]
