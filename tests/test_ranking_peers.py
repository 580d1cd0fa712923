"""The weighted sum and TOPSIS beside an implementation that others wrote (``pymcdm``)."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from pymcdm.methods import TOPSIS, WSM

from gis import ranking

UNIT = st.floats(0, 1, allow_nan=False)
WEIGHT = st.floats(0.01, 1, allow_nan=False)
KEYS = list("abcd")


def as_they_are(matrix, cost=False):
    """Leave values alone: they are from 0 to 1 already, and more is better."""
    return matrix


def given_weights(numbers):
    weights = numbers / numbers.sum()
    return weights, dict(zip(KEYS, weights, strict=True))


@settings(deadline=None)
@given(arrays(float, (7, 4), elements=UNIT), arrays(float, 4, elements=WEIGHT))
def test_the_score_is_the_weighted_sum_of_pymcdm(numbers, raw_weights):
    weights, by_key = given_weights(raw_weights)
    theirs = WSM(normalization_function=as_they_are)(numbers, weights, np.ones(4), validation=False)
    ours = ranking.contributions(pd.DataFrame(numbers, columns=KEYS), by_key).sum(axis=1)
    np.testing.assert_allclose(ours, theirs, atol=1e-12)


@settings(deadline=None)
@given(arrays(float, (7, 4), elements=UNIT), arrays(float, 4, elements=WEIGHT))
def test_topsis_is_that_of_pymcdm_with_both_ideals_among_the_sites(numbers, raw_weights):
    weights, by_key = given_weights(raw_weights)
    with_ideals = np.vstack([numbers, np.ones((1, 4)), np.zeros((1, 4))])
    theirs = TOPSIS(normalization_function=as_they_are)(with_ideals, weights, np.ones(4), validation=False)
    ours = ranking.topsis(pd.DataFrame(numbers, columns=KEYS), by_key)
    np.testing.assert_allclose(ours, theirs[:-2], atol=1e-12)


def test_topsis_by_hand():
    # Weights 0.6, 0.4; values 1 and 0: d0 = 0.6, d1 = 0.4, so 0.6. Values 0.5 and 0.5: as far from both ends.
    numbers = pd.DataFrame({"a": [1.0, 0.5, 0.0, 1.0], "b": [0.0, 0.5, 0.0, 1.0]})
    assert ranking.topsis(numbers, {"a": 0.6, "b": 0.4}).to_list() == pytest.approx([0.6, 0.5, 0, 1])


def test_topsis_prefers_the_balanced_of_two_equal_sums():
    numbers = pd.DataFrame({"a": [1.0, 0.6], "b": [0.2, 0.6], "c": [0.0, 0.0]})
    weights = {"a": 0.4, "b": 0.4, "c": 0.2}
    assert ranking.contributions(numbers, weights).sum(axis=1).to_list() == pytest.approx([0.48, 0.48])
    closeness = ranking.topsis(numbers, weights)
    assert closeness[1] > closeness[0]
