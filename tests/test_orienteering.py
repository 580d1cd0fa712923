"""Walks of most value: by hand, against all orders, and over published instances."""

from itertools import permutations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gis.orienteering import Sights, arrivals, best_tour
from layers.errors import AnalysisError

ROUNDS = 400


def line(places, value, stay, limit, **more):
    """Sights along a straight street, a minute apart for each step."""
    at = np.asarray(places, float)
    return Sights(np.abs(at[:, None] - at[None, :]), np.asarray(value, float), np.asarray(stay, float), limit, **more)


def town(seed, count, *, hours=False, **more):
    rng = np.random.default_rng(seed)
    xy = rng.uniform(0, 30, (count, 2))
    travel = np.round(np.hypot(*(xy[:, None] - xy[None]).transpose(2, 0, 1)), 1)
    opened = rng.integers(0, 60, count).astype(float) if hours else None
    closed = opened + rng.integers(30, 90, count) if hours else None
    value, stay = rng.integers(1, 20, count).astype(float), rng.integers(0, 12, count).astype(float)
    limit = float(rng.integers(40, 110))
    return Sights(travel, value, stay, limit, open_minutes=opened, close_minutes=closed, **more)


def is_kept(sights, rows):
    """Whether a walk keeps its limit and the hours, by its arrivals."""
    seen = rows[:-1] if len(rows) > 1 and rows[0] == rows[-1] else rows
    begins = arrivals(sights, rows)
    ends = [begin + sights.stay_minutes[row] for begin, row in zip(begins, seen, strict=False)]
    closing = np.full(len(sights.value), np.inf) if sights.close_minutes is None else sights.close_minutes
    if any(end > closing[row] + 1e-6 for end, row in zip(ends, seen, strict=True)):
        return False
    return not rows or max([*ends, begins[-1]]) <= sights.limit_minutes + 1e-6


def most(sights):
    """The most that any order of any sights is worth, all of them looked at."""
    ends = {row for row in (sights.start, sights.end) if row is not None}
    inner = [row for row in range(len(sights.value)) if row not in ends]
    head, tail = ([] if row is None else [row] for row in (sights.start, sights.end))
    best = -1.0
    for count in range(len(inner) + 1):
        for order in permutations(inner, count):
            rows = [*head, *order, *tail]
            if set(sights.must) <= set(rows) and is_kept(sights, rows):
                best = max(best, sum(sights.value[row] for row in set(rows)))
    return best


def test_a_round_walk_by_hand():
    """There and back along a street: 10 + 5 + 10 minutes of way and stay reach the second sight, not the third."""
    found = best_tour(line([0, 5, 10, 20], [0, 3, 4, 9], [0, 2, 3, 1], 25, start=0, end=0), seed=1, rounds=ROUNDS)
    assert sorted(found.rows[1:-1]) == [1, 2]
    assert found.rows[0] == found.rows[-1] == 0
    assert (found.value, found.minutes) == (7, 25)


def test_who_may_start_anywhere_goes_where_it_is_worth_most():
    found = best_tour(line([0, 5, 10, 20], [1, 3, 4, 9], [0, 2, 3, 1], 14), seed=1, rounds=ROUNDS)
    assert sorted(found.rows) == [2, 3]
    assert (found.value, found.minutes) == (13, 14)


def test_what_must_be_seen_is_seen_whatever_else_is_lost():
    found = best_tour(line([0, 5, 10, 20], [1, 3, 4, 9], [0, 2, 3, 1], 14, must=[0]), seed=1, rounds=ROUNDS)
    assert 0 in found.rows
    assert (found.value, found.minutes) == (5, 13)


def test_one_waits_for_an_opening_and_is_out_before_the_closing():
    sights = line([0, 5, 10], [0, 3, 4], [0, 2, 3], 60, start=0, end=0, open_minutes=np.array([0, 30.0, 0]))
    sights = Sights(**{**vars(sights), "close_minutes": np.array([60.0, 40, 13])})
    found = best_tour(sights, seed=1, rounds=ROUNDS)
    assert found.rows == (0, 2, 1, 0)
    assert arrivals(sights, found.rows) == [0, 10, 30, 37]
    assert found.minutes == 37


@pytest.mark.parametrize("hours", [False, True])
@pytest.mark.parametrize(("start", "end"), [(None, None), (0, 0), (0, 1), (0, None), (None, 1)])
def test_equals_the_best_of_all_orders(start, end, hours):
    for seed in range(10):
        sights = town(seed, 6, hours=hours, start=start, end=end)
        if start is not None and hours:
            sights.open_minutes[start], sights.close_minutes[start] = 0.0, 999.0
        if end is not None and hours:
            sights.open_minutes[end], sights.close_minutes[end] = 0.0, 999.0
        expected = most(sights)
        if expected < 0:
            with pytest.raises(AnalysisError):
                best_tour(sights, seed=seed, rounds=ROUNDS)
            continue
        found = best_tour(sights, seed=seed, rounds=ROUNDS)
        assert is_kept(sights, found.rows)
        assert found.value == expected
        assert found.is_proven


def test_the_search_finds_what_trying_all_proves(monkeypatch):
    """Eleven sights: all are tried, and then none."""
    for seed in range(12):
        sights = town(seed, 11, hours=seed % 2 == 0)
        proven = best_tour(sights, seed=seed)
        monkeypatch.setattr("gis._tour_exact.MOST_SIGHTS", 0)
        found = best_tour(sights, seed=seed, rounds=4000)
        monkeypatch.undo()
        assert is_kept(sights, found.rows)
        assert found.value <= proven.value
        assert found.value >= 0.95 * proven.value


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10_000), st.integers(2, 30), st.booleans())
def test_no_sight_twice_no_minute_too_many(seed, count, hours):
    sights = town(seed, count, hours=hours)
    found = best_tour(sights, seed=seed, rounds=100)
    assert len(set(found.rows)) == len(found.rows)
    assert is_kept(sights, found.rows)
    assert found.value == pytest.approx(sum(sights.value[row] for row in found.rows))


def test_the_same_seed_gives_the_same_walk():
    sights = town(3, 25)
    assert best_tour(sights, seed=5, rounds=ROUNDS) == best_tour(sights, seed=5, rounds=ROUNDS)


def test_an_interrupt_gives_the_best_walk_so_far():
    def stop(share):
        if share > 0.5:
            raise KeyboardInterrupt

    sights = town(3, 25)
    found = best_tour(sights, seed=5, rounds=ROUNDS, progress=stop)
    assert is_kept(sights, found.rows)
    assert found.value > 0


def test_a_matrix_that_breaks_the_triangle_inequality_is_taken_as_it_stands():
    """From 0 to 2 takes 50 minutes straight and 20 by way of 1: only by that can both be seen in 70."""
    travel = np.array([[0, 10, 50], [10, 0, 10], [50, 10, 0]], float)
    found = best_tour(Sights(travel, np.array([0, 1.0, 5]), np.zeros(3), 70, start=0, end=0), seed=1, rounds=ROUNDS)
    assert sorted(found.rows[1:-1]) == [1, 2]
    assert found.minutes == 70


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"must": [3]}, "sees all that must be seen"),
        ({"limit_minutes": 0}, "above 0 minutes"),
        ({"limit_minutes": 3.0, "end": 3}, "takes 21 minutes"),
        ({"value": np.array([0, -1.0, 4, 9])}, "a value is below 0"),
        ({"stay_minutes": np.array([0, np.nan, 4, 9])}, "a stay is below 0 or no number"),
        ({"value": np.ones(3)}, "3 sights need 3 stays"),
    ],
)
def test_what_cannot_be_is_said(wrong, says):
    sights = line([0, 5, 10, 20], [0, 3, 4, 9], [0, 2, 3, 1], 14, start=0)
    with pytest.raises(AnalysisError, match=says):
        best_tour(Sights(**{**vars(sights), **wrong}), seed=1, rounds=ROUNDS)


def test_where_no_way_leads_is_never_gone():
    travel = np.array([[0, 1, np.inf], [1, 0, np.inf], [np.inf, np.inf, 0]])
    sights = Sights(travel, np.array([0, 1.0, 99]), np.zeros(3), 40, start=0, end=0)
    assert best_tour(sights, seed=1, rounds=ROUNDS).rows == (0, 1, 0)
    with pytest.raises(AnalysisError, match="no way leads"):
        best_tour(Sights(travel, np.ones(3), np.zeros(3), 40, start=0, end=2), seed=1, rounds=ROUNDS)
