"""Which sites to open: by hand, against every choice, and on published instances with proven optima."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import optimize, sparse
from scipy.sparse import csgraph

from gis._integer_program import Rows, minimise
from gis._serving import Serving
from gis._site_start import Rooms, started
from gis.p_median import p_median
from gis.siting import Reached, Terms, all_covered, most_covered, most_served, uncovered
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


def most_of(reached, need, room, weight, sites):
    """What these sites can serve, by a linear program of its own: nothing of the search is asked."""
    pairs = [(i, j) for i, j in zip(*reached, strict=True) if j in sites]
    if not pairs:
        return 0.0
    limits = [[i == row for i, _ in pairs] for row in range(len(need))]
    limits += [[j == site for _, j in pairs] for site in range(len(room))]
    found = optimize.linprog([-weight[i] for i, _ in pairs], np.array(limits, float), np.r_[need, room])
    return -found.fun


@st.composite
def cases(draw, needs=6, sites=5):
    """Needs, rooms, prices and weights in whole numbers, so that ties abound."""
    number = st.integers(0, 9)
    table = draw(st.lists(st.lists(st.booleans(), min_size=sites, max_size=sites), min_size=needs, max_size=needs))
    need, room, cost, weight = (
        np.array(draw(st.lists(kind, min_size=size, max_size=size)), float)
        for kind, size in ((number, needs), (number, sites), (number, sites), (st.integers(1, 3), needs))
    )
    one_of = np.array(draw(st.lists(st.integers(0, 3), min_size=sites, max_size=sites)))
    most = draw(st.none() | st.integers(1, 3))
    return reached_of(np.array(table)), need, room, cost, weight, Terms(draw(st.integers(0, 20)), (), most, one_of)


def kept(terms, cost, chosen):
    """Whether a choice keeps its terms."""
    exclusive = terms.one_of is None or len({int(terms.one_of[site]) for site in chosen}) == len(chosen)
    few = terms.most_new is None or len(chosen) <= terms.most_new
    return few and exclusive and cost[list(chosen)].sum() <= terms.budget


def test_two_sites_by_hand():
    """Site 0 covers 5 + 4, site 1 covers 4 + 3, site 2 covers 3 + 2: for two, 0 and 2 leave nothing out."""
    table = [[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]]
    found = most_covered(reached_of(table), np.array([5.0, 4, 3, 2]), np.ones(3), Terms(2))
    assert (found.sites, found.value, found.bound, found.cost) == ((0, 2), 14, 14, 2)


@pytest.mark.parametrize("fixed", [(), (2,)])
def test_covering_equals_the_best_of_every_choice(fixed):
    for seed in range(20):
        _, table, weight, cost = chance(seed)
        price = np.where(np.isin(np.arange(7), fixed), 0.0, cost)
        best = max(weight[table[:, c].any(axis=1)].sum() for c in choices(7, fixed) if price[c].sum() <= 8)
        found = most_covered(reached_of(table), weight, cost, Terms(8, fixed))
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
    assert most_served(reached_of(table), need, room, np.ones(2), Terms(1)).value == 50
    both = most_served(reached_of(table), need, room, np.ones(2), Terms(2))
    assert (both.sites, both.value, both.bound) == ((0, 1), 70, 70)
    old = most_served(reached_of(table), need, room, np.ones(2), Terms(1), weight=np.array([1.0, 1, 9]))
    assert old.value == 10 * 9 + 40


@given(cases())
@settings(max_examples=60)
def test_serving_equals_the_best_of_every_choice(case):
    reached, need, room, cost, weight, terms = case
    allowed = [chosen for chosen in choices(5) if kept(terms, cost, chosen)]
    best = max(most_of(reached, need, room, weight, chosen) for chosen in allowed)
    found = most_served(reached, need, room, cost, terms, weight=weight)
    assert (found.value, found.bound) == pytest.approx((best, best), abs=1e-6)
    assert kept(terms, cost, list(found.sites))
    assert most_of(reached, need, room, weight, found.sites) == pytest.approx(found.value, abs=1e-6)


@given(cases())
@settings(max_examples=60)
def test_covering_with_exclusions_and_a_number_equals_the_best_of_every_choice(case):
    reached, need, _, cost, _, terms = case
    covered = {site: set(reached.need[reached.site == site]) for site in range(5)}
    worth = {
        tuple(chosen): need[list(set().union(*(covered[site] for site in chosen)))].sum() if chosen else 0.0
        for chosen in choices(5)
        if kept(terms, cost, chosen)
    }
    found = most_covered(reached, need, cost, terms)
    assert (found.value, found.bound) == pytest.approx((max(worth.values()),) * 2, abs=1e-6)
    assert worth[found.sites] == pytest.approx(found.value)


@given(cases())
@settings(max_examples=60)
def test_rooms_opened_in_any_order_serve_what_a_linear_program_serves(case):
    reached, need, room, _, weight, _ = case
    for order in (range(5), reversed(range(5))):
        serving, total = Serving(reached, need, weight, room), 0.0
        for site in order:
            expected = serving.gain(site)
            gained = serving.worth(serving.open(site))
            assert gained == pytest.approx(expected)
            total += gained
        assert total == pytest.approx(most_of(reached, need, room, weight, range(5)), abs=1e-6)
        assert (serving.left >= -1e-9).all()


@given(cases())
@settings(max_examples=60)
def test_without_the_solver_a_start_is_kept_and_its_bound_holds(case):
    """Who loses patience at once is given the greedy choice, and a bound that no choice passes."""
    reached, need, room, cost, weight, terms = case
    best = most_served(reached, need, room, cost, terms, weight=weight)
    hasty = Terms(terms.budget, (), terms.most_new, terms.one_of, wait=lambda _work: None)
    start = most_served(reached, need, room, cost, hasty, weight=weight)
    assert start.value <= best.value + 1e-6
    assert start.bound >= best.value - 1e-6
    assert kept(terms, cost, list(start.sites))
    covering = most_covered(reached, need, cost, hasty)
    assert covering.value - 1e-6 <= most_covered(reached, need, cost, terms).value <= covering.bound + 1e-6
    cheapest, hurried = (all_covered(reached, 6, cost, given) for given in (None, hasty))
    assert hurried.bound - 1e-6 <= cheapest.value <= hurried.value + 1e-6


def test_an_exchange_finds_what_the_greedy_choice_missed():
    """The middle site covers most at first (3 + 3), then bars the pair that covers all: two picks, four needs."""
    table = [[1, 0, 0], [1, 1, 0], [0, 1, 1], [0, 0, 1]]
    weight = np.array([2.0, 3, 3, 2])
    pairs = reached_of(table).once()
    rooms = Rooms(pairs, weight, np.ones(4), np.full(3, np.inf))
    start = started(rooms, np.ones(3), Terms(2))
    assert (list(start.sites), start.bound) == ([0, 2], 10)


def test_of_equal_choices_the_cheapest_is_taken_when_asked_for():
    """Two sites serve both needs for 5, a third alone for 4, which begins no better for its money than the first."""
    table, need = [[1, 0, 1], [0, 1, 1]], np.array([4.0, 4])
    given = [np.array([4.0, 4, 8]), np.array([2.0, 3, 4])]
    assert most_served(reached_of(table), need, *given, Terms(8)).cost == 5
    found = most_served(reached_of(table), need, *given, Terms(8, least_cost=True))
    assert (found.sites, found.value, found.cost) == ((2,), 8, 4)


def test_best_fractions_are_no_answer_unless_they_are_whole():
    """Of two picks that may weigh 1.5 together one is had; as fractions it would be one and a half."""
    whole, rows = np.ones(2), [Rows(sparse.csr_array(np.ones((1, 2))), -np.inf, 1.5)]
    found = minimise(-whole, rows, whole, (0.0, 1.0), seconds=5, relaxed_first=True)
    assert (found.x.sum(), found.bound) == (1, -1)
    rows = [Rows(sparse.csr_array(np.ones((1, 2))), 1.0, 2.0)]
    assert minimise(whole, rows, whole, (0.0, 1.0), seconds=5, relaxed_first=True).bound == pytest.approx(1)


def test_sites_of_one_group_exclude_each_other():
    """A parcel takes cars on the ground (5 for 1) or in racks (9 for 4), never both."""
    given = [reached_of([[1, 1]]), np.array([12.0]), np.array([5.0, 9]), np.array([1.0, 4])]
    assert most_served(*given, Terms(9)).value == 12
    assert most_served(*given, Terms(9, one_of=np.array([0, 0]))).sites == (1,)
    assert most_served(*given, Terms(3, one_of=np.array([0, 0]))).sites == (0,)
    with pytest.raises(AnalysisError, match="two fixed sites exclude each other"):
        most_served(*given, Terms(9, (0, 1), one_of=np.array([0, 0])))


def test_equal_choices_are_told_alike_each_time():
    table, need = np.ones((3, 4)), np.array([2.0, 2, 2])
    found = {most_served(reached_of(table), need, np.full(4, 3.0), np.ones(4), Terms(2)).sites for _ in range(3)}
    assert found == {(0, 1)}
    assert most_covered(reached_of(table), need, np.ones(4), Terms(1)).sites == (0,)


@pytest.mark.parametrize("name", ["need", "room", "cost"])
def test_a_number_below_nothing_is_refused(name):
    columns = {"need": np.ones(2), "room": np.ones(2), "cost": np.ones(2)}
    columns[name] = np.array([1.0, -1.0])
    with pytest.raises(AnalysisError, match=f"a {name} is below 0"):
        most_served(reached_of([[1, 1], [1, 0]]), *columns.values(), Terms(1))


def test_no_money_opens_nothing_but_what_is_there():
    _, table, weight, cost = chance(1)
    assert most_covered(reached_of(table), weight, cost, Terms(0)).sites == ()
    found = most_covered(reached_of(table), weight, cost, Terms(0, (3,)))
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


@pytest.fixture(scope="module")
def san_francisco(shared_dir):
    """Walks of 205 census tracts to 16 stores, by row, and the people of each tract (spopt's example)."""
    folder = shared_dir / "data" / "optimisation" / "spopt"
    walks = pd.read_csv(folder / "SF_network_distance_candidateStore_16_censusTract_205_new.csv")
    walks = walks.pivot_table(values="distance", index="DestinationName", columns="name")
    people = pd.read_csv(folder / "SF_demand_205_centroid_uniform_weight.csv").set_index("NAME")["POP2000"]
    people.index = people.index.astype(float)
    walks.index = walks.index.astype(float)
    return walks.to_numpy(), people.reindex(walks.index).to_numpy(dtype=float)


def test_the_p_median_of_spopt_s_san_francisco(san_francisco):
    walks, people = san_francisco
    found = p_median(walks * people[:, None], 4)
    assert found.value == pytest.approx(2848268129.7145, abs=1e-3)
    assert found.gap == pytest.approx(0, abs=1e-12)


def test_covering_spopt_s_san_francisco_takes_eight(san_francisco):
    walks, _ = san_francisco
    reached = reached_of(walks <= 5000)
    found = all_covered(reached, len(walks), np.ones(walks.shape[1]))
    assert (len(found.sites), found.bound) == (8, 8)
    assert not uncovered(reached, len(walks)).size


def test_a_p_median_without_time_keeps_the_first_search_and_a_true_bound():
    cost = np.random.default_rng(3).integers(0, 50, (40, 20)).astype(float)
    best = p_median(cost, 4)
    hasty = p_median(cost, 4, spent=lambda: 1.0, wait=lambda _work: None)
    assert hasty.bound <= best.value <= hasty.value
    assert len(hasty.sites) == 4


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
