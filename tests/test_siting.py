"""Which sites to open: by hand, against every choice, and on published instances with proven optima."""

from itertools import combinations

import numpy as np
import pytest
from scipy import sparse
from scipy.sparse import csgraph

from gis.p_median import p_median
from gis.siting import Reached, all_covered, most_covered, most_served, uncovered
from layers.errors import AnalysisError


def reached_of(table):
    """Of rows of 0 and 1: which need (row) is covered by which site (column)."""
    return Reached(*(part.astype(np.int64) for part in np.nonzero(np.asarray(table))))


def chance(seed, needs=9, sites=7):
    rng = np.random.default_rng(seed)
    table = rng.random((needs, sites)) < 0.3
    return rng, table, rng.integers(1, 9, needs).astype(float), rng.integers(1, 6, sites).astype(float)


def choices(sites, fixed=()):
    for count in range(sites + 1):
        for chosen in combinations(range(sites), count):
            if set(fixed) <= set(chosen):
                yield list(chosen)


def test_two_sites_by_hand():
    """Site 0 covers 5 + 4, site 1 covers 4 + 3, site 2 covers 3 + 2: for two, 0 and 2 leave nothing out."""
    table = [[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]]
    found = most_covered(reached_of(table), np.array([5.0, 4, 3, 2]), np.ones(3), 2)
    assert (found.sites, found.value, found.bound, found.cost) == ((0, 2), 14, 14, 2)


@pytest.mark.parametrize("fixed", [(), (2,)])
def test_covering_equals_the_best_of_every_choice(fixed):
    for seed in range(20):
        _, table, weight, cost = chance(seed)
        price = np.where(np.isin(np.arange(7), fixed), 0.0, cost)
        best = max(weight[table[:, c].any(axis=1)].sum() for c in choices(7, fixed) if price[c].sum() <= 8)
        found = most_covered(reached_of(table), weight, cost, 8, fixed=fixed)
        assert found.value == pytest.approx(best)
        assert found.bound == pytest.approx(best)
        assert set(fixed) <= set(found.sites)
        assert found.cost == price[list(found.sites)].sum() <= 8


def test_covering_all_equals_the_cheapest_of_every_choice_and_names_what_nobody_covers():
    for seed in range(20):
        _, table, _, cost = chance(seed)
        open_needs = table.any(axis=1)
        best = min(cost[c].sum() for c in choices(7) if table[open_needs][:, c].any(axis=1).all())
        found = all_covered(reached_of(table), len(table), cost)
        assert (found.value, found.bound) == pytest.approx((best, best))
        assert list(uncovered(reached_of(table), len(table))) == list(np.flatnonzero(~open_needs))


def test_stalls_serve_no_more_than_there_are():
    """Two lots of 30 and 50 stalls by three communities that lack 40, 20 and 10; the second lot reaches all."""
    table = [[1, 1], [1, 1], [0, 1]]
    need, room = np.array([40.0, 20, 10]), np.array([30.0, 50])
    assert most_served(reached_of(table), need, room, np.ones(2), 1).value == 50
    both = most_served(reached_of(table), need, room, np.ones(2), 2)
    assert (both.sites, both.value, both.bound) == ((0, 1), 70, 70)
    old = most_served(reached_of(table), need, room, np.ones(2), 1, weight=np.array([1.0, 1, 9]))
    assert old.value == 10 * 9 + 40


def test_no_money_opens_nothing_but_what_is_there():
    _, table, weight, cost = chance(1)
    assert most_covered(reached_of(table), weight, cost, 0).sites == ()
    found = most_covered(reached_of(table), weight, cost, 0, fixed=[3])
    assert (found.sites, found.value) == ((3,), weight[table[:, 3]].sum())


@pytest.mark.parametrize("fixed", [(), (1, 4)])
def test_p_median_equals_the_best_of_every_choice(fixed):
    for seed in range(20):
        cost = np.random.default_rng(seed).integers(0, 50, (12, 8)).astype(float)
        best = min(cost[:, c].min(axis=1).sum() for c in choices(8, fixed) if len(c) == 3)
        found = p_median(cost, 3, fixed=fixed)
        assert (found.value, found.bound) == (best, best)
        assert set(fixed) <= set(found.sites)
        assert len(found.sites) == 3


@pytest.mark.parametrize("number", [1, 5, 7, 12, 15])
def test_published_p_medians_are_found_and_proven(shared_dir, number):
    folder = shared_dir / "data" / "optimisation" / "pmed"
    lines = (folder / "optima.txt").read_text().splitlines()
    optima = dict(line.split() for line in lines if line.startswith("pmed"))
    words = (folder / f"pmed{number}.txt").read_text().split()
    nodes, edges, count = (int(word) for word in words[:3])
    rows = np.array(words[3 : 3 + 3 * edges], dtype=float).reshape(-1, 3)
    ways = np.zeros((nodes, nodes))
    for one, other, metres in rows:  # of an edge given twice the last holds
        ways[int(one) - 1, int(other) - 1] = ways[int(other) - 1, int(one) - 1] = metres
    found = p_median(csgraph.shortest_path(sparse.csr_array(ways), directed=False), count)
    assert found.value == found.bound == float(optima[f"pmed{number}"])


@pytest.mark.parametrize(
    ("count", "fixed", "says"),
    [(0, (), "0 sites cannot be had"), (9, (), "9 sites cannot be had of 8"), (1, (2, 3), "with 2 fixed")],
)
def test_more_sites_than_there_are_is_said(count, fixed, says):
    with pytest.raises(AnalysisError, match=says):
        p_median(np.ones((4, 8)), count, fixed=fixed)


def test_a_place_that_reaches_no_site_is_named():
    cost = np.ones((4, 8))
    cost[2] = np.inf
    with pytest.raises(AnalysisError, match="reaches no site") as told:
        p_median(cost, 2)
    assert told.value.record == 2
