"""Drawn ranks: the compiled kernel against plain numpy, shares that sum, and what must not change them."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from gis import _smaa, ranking
from gis.criteria import Values

UNIT = st.floats(0, 1, allow_nan=False)
KEYS = list("abc")
WEIGHTS = {"a": 0.5, "b": 0.3, "c": 0.2}


def case(rng, size=30, count=4, draws=40):
    """Return random bands, weights and keys."""
    value = rng.random((size, count))
    low, high = value * rng.random((size, count)), value + (1 - value) * rng.random((size, count))
    weights = rng.dirichlet(np.ones(count), draws)
    quantities, sites, salts = (
        rng.integers(2**64, size=shape, dtype=np.uint64) for shape in ((size, count), size, draws)
    )
    return weights, (value, low, high), quantities, sites, salts


def by_hand(weights, bands, quantities, salts):
    """Return the ranks with numpy alone, one draw after the other; without ties."""
    value, low, high = bands
    found = []
    for weight, salt in zip(weights, salts, strict=True):
        side = (_smaa.mixed(quantities ^ salt) >> np.uint64(11)).astype(float) / 2.0**52 - 1.0
        drawn = value + np.where(side > 0, side * (high - value), side * (value - low))
        found.append((-(drawn @ weight)).argsort().argsort() + 1)
    return np.array(found)


def values_of(value, low=None, high=None, shared=None, index=None):
    middle, below, above = (
        pd.DataFrame(value if part is None else part, columns=KEYS, index=index) for part in (value, low, high)
    )
    return Values(middle, middle, below, above, middle.isna(), shared or {})


def bands(values, ids, **more):
    given = {"concentration": 50.0, "seed": 1, "draws": 200, **more}
    return ranking.rank_bands(values, WEIGHTS, pd.Series(ids, index=values.value.index), **given)


def test_the_kernel_ranks_as_numpy_does():
    weights, given_bands, quantities, sites, salts = case(np.random.default_rng(5))
    found = _smaa.drawn_ranks(weights, given_bands, quantities, sites, salts)
    assert (found == by_hand(weights, given_bands, quantities, salts)).all()


def test_the_number_of_threads_and_the_size_of_blocks_change_nothing(monkeypatch):
    inputs = case(np.random.default_rng(6), size=50, draws=70)
    first = _smaa.drawn_ranks(*inputs, threads=1)
    monkeypatch.setattr(_smaa, "BLOCK_CELLS", 150)
    assert (_smaa.drawn_ranks(*inputs, threads=5) == first).all()


def test_drawn_numbers_are_even_and_independent():
    rng = np.random.default_rng(7)
    keys = _smaa.mixed(_smaa.keys_of(f"site {n}" for n in range(400)))
    salts = rng.integers(2**64, size=500, dtype=np.uint64)
    drawn = (_smaa.mixed(keys[:, None] ^ salts[None, :]) >> np.uint64(11)).astype(float) / 2.0**53
    counts = np.histogram(drawn, 20, (0, 1))[0]
    assert ((counts - 10_000) ** 2 / 10_000).sum() < 43.8  # chi square, 19 degrees of freedom, 0.1 %
    assert np.abs(np.corrcoef(drawn[:40]) - np.eye(40)).max() < 5 / np.sqrt(500)


def test_every_draw_holds_each_rank_once_even_where_all_score_the_same():
    weights, _, quantities, sites, salts = case(np.random.default_rng(8), size=13, draws=60)
    same = np.full((13, 4), 0.5)
    found = _smaa.drawn_ranks(weights, (same, same, same), quantities, sites, salts)
    assert (np.sort(found, axis=1) == np.arange(1, 14)).all()


def test_equal_sites_share_their_ranks_by_chance():
    # Each is first in a quarter of the draws, with a standard error of sqrt(0.25 x 0.75 / 2000) = 1 %.
    found = bands(values_of(np.full((4, 3), 0.5)), list("wxyz"), draws=2000)
    assert found["rank1_share"].to_numpy() == pytest.approx(np.full(4, 0.25), abs=0.05)
    assert found["rank_p10"].to_list() == [1, 1, 1, 1]
    assert found["rank_p90"].to_list() == [4, 4, 4, 4]


def test_scores_that_differ_by_rounding_alone_are_equal():
    # 0.2 x 0.4 and 0.3 x 0.2 + 0.2 x 0.1 are 0.08 in exact numbers, not in binary ones.
    numbers = np.array([[0.0, 0.0, 0.4], [0.0, 0.2, 0.1]])
    assert 0.2 * 0.4 > 0.3 * 0.2 + 0.2 * 0.1
    weights = np.tile([0.5, 0.3, 0.2], (400, 1))
    salts = np.random.default_rng(3).integers(2**64, size=400, dtype=np.uint64)
    keys = _smaa.mixed(_smaa.keys_of(["x", "y"]))
    found = _smaa.drawn_ranks(weights, (numbers, numbers, numbers), np.zeros((2, 3), np.uint64), keys, salts)
    assert (found == 1).mean(axis=0) == pytest.approx([0.5, 0.5], abs=0.1)


@settings(max_examples=30, deadline=None)
@given(arrays(float, (14, 3), elements=UNIT), arrays(float, (14, 3), elements=UNIT), st.integers(1, 20))
def test_acceptabilities_sum_to_k(numbers, width, top):
    low, high = numbers * width, numbers + (1 - numbers) * width
    found = bands(values_of(numbers, low, high), [f"s{n}" for n in range(14)], top=top, draws=64)
    assert found["top_share"].sum() == min(top, 14)  # 64 draws: the shares are exact in binary
    for place in ranking.PODIUM:
        assert found[f"rank{place}_share"].sum() == 1
    assert (found["rank_p10"] <= found["rank_p50"]).all()
    assert (found["rank_p50"] <= found["rank_p90"]).all()


@settings(max_examples=25, deadline=None)
@given(arrays(float, (8, 3), elements=UNIT), st.randoms(), st.integers(0, 99))
def test_permuting_sites_permutes_bands(numbers, random, seed):
    ids, order = list("hgfedcba"), list(range(8))
    random.shuffle(order)
    low, high = numbers * 0.5, numbers * 0.5 + 0.5
    first = bands(values_of(numbers, low, high), ids, seed=seed, draws=50)
    moved = bands(values_of(numbers[order], low[order], high[order]), [ids[at] for at in order], seed=seed, draws=50)
    pd.testing.assert_frame_equal(moved.reset_index(drop=True), first.iloc[order].reset_index(drop=True))


def test_another_site_at_the_end_of_the_list_changes_no_band():
    rng = np.random.default_rng(9)
    numbers = 0.3 + 0.4 * rng.random((6, 3))
    with_last = np.vstack([numbers, np.zeros((1, 3))])
    few = bands(values_of(numbers, numbers - 0.2, numbers + 0.2), list("abcdef"))
    more = bands(
        values_of(with_last, np.maximum(with_last - 0.2, 0), np.r_[numbers + 0.2, [[0, 0, 0]]]), list("abcdef0")
    )
    pd.testing.assert_frame_equal(more.iloc[:6], few)


def shared_case(names):
    """Return two sites, 0.1 apart in ``a``, both with a band of 0.2 either way in it, by one assumption or by two."""
    numbers = np.array([[0.6, 0.5, 0.5], [0.5, 0.5, 0.5]])
    low, high = numbers.copy(), numbers.copy()
    low[:, 0] -= 0.2
    high[:, 0] += 0.2
    return values_of(numbers, low, high, {"a": pd.Series(names, dtype=object)})


def test_an_assumption_that_all_share_moves_all_and_swaps_none():
    found = bands(shared_case(["a", "a"]), ["x", "y"], draws=1000)
    assert found["rank1_share"].to_list() == [1, 0]


def test_what_each_site_lacks_is_drawn_for_it_alone():
    # y beats x where u_y - u_x > 0.5 with u even over -1..1: the triangle (1.5 x 1.5 / 2) of a square of 4, 0.28.
    alone = bands(shared_case([None, None]), ["x", "y"], draws=4000)
    apart = bands(shared_case(["charging", "stalls"]), ["x", "y"], draws=4000)
    assert alone["rank1_share"].to_list() == pytest.approx([0.72, 0.28], abs=0.03)
    assert apart["rank1_share"].to_list() == pytest.approx([0.72, 0.28], abs=0.03)


def test_the_shared_part_of_a_band_by_hand():
    # Widths: a 0.5 x 0.4 = 0.20 shared, c 0.2 x 1 = 0.20 of its own; the second site has no band at all.
    low, high = np.array([[0.3, 0.5, 0.0], [0.5, 0.5, 0.5]]), np.array([[0.7, 0.5, 1.0], [0.5, 0.5, 0.5]])
    values = values_of(np.full((2, 3), 0.5), low, high, {"a": pd.Series(["a", "a"], dtype=object)})
    assert ranking.shared_share(values, WEIGHTS).to_list() == pytest.approx([0.5, 0.0])


@pytest.mark.parametrize("size", [0, 1, 2])
def test_few_sites_all_missing_have_bands_without_a_gap(size):
    half = np.full((size, 3), 0.5)
    found = bands(values_of(half, half * 0, half * 0 + 1), [f"s{n}" for n in range(size)])
    assert len(found) == size
    assert not found.isna().any(axis=None)
    assert found["top_share"].to_list() == [1] * size


def test_a_single_criterion_has_weight_one_in_every_draw():
    one = pd.DataFrame({"a": [0.2, 0.8]})
    found = ranking.rank_bands(
        Values(one, one, one, one, one.isna()), {"a": 1.0}, pd.Series(["x", "y"]), concentration=50.0, seed=1, draws=20
    )
    assert found["rank1_share"].to_list() == [0, 1]
