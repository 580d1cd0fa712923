"""The floating catchment against PySAL's ``access`` on the same input, by hand on five nodes, and its band."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from access import weights as peer_weights
from access.fca import two_stage_fca
from hypothesis import given, settings
from hypothesis import strategies as st
from need_city import FIVE, MODEL, city

from gis._catchment import accessibility, gap_with_band, shared_supply, weights_within, zone_weight

RADIUS_M = 300.0
STEPS = {100.0: 1.0, 200.0: 0.68, 300.0: 0.22}
STEEP = zone_weight(list(STEPS), list(STEPS.values()))


def peer(pairs, demand, supply, weight):
    """Return the E2SFCA of PySAL ``access`` on the same pairs; origins that reach nothing are 0 there as here."""
    found = two_stage_fca(
        demand_df=pd.DataFrame({"demand": demand}).rename_axis("geoid").reset_index(),
        supply_df=pd.DataFrame({"supply": supply}).rename_axis("geoid").reset_index().set_index("geoid"),
        cost_df=pairs.rename(columns={"site": "dest", "distance_m": "cost"}),
        max_cost=RADIUS_M,
        demand_name="demand",
        supply_name="supply",
        weight_fn=weight,
    )
    return found.reindex(demand.index).fillna(0.0)


def drawn(seed, origins=60, sites=25):
    rng = np.random.default_rng(seed)
    homes, lots = rng.uniform(0, 900, (origins, 2)), rng.uniform(0, 900, (sites, 2))
    metres = np.abs(homes[:, None] - lots[None]).sum(axis=2)
    origin, site = np.nonzero(metres <= RADIUS_M)
    pairs = pd.DataFrame(
        {"origin": [f"c{n}" for n in origin], "site": [f"p{n}" for n in site], "distance_m": metres[origin, site]}
    )
    demand = pd.Series(rng.uniform(1, 200, origins).round(), index=[f"c{n}" for n in range(origins)])
    return pairs, demand, pd.Series(rng.uniform(0, 300, sites).round(), index=[f"p{n}" for n in range(sites)])


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (None, None),
        (STEEP, peer_weights.step_fn(STEPS)),
        (lambda metres: np.exp(-(metres**2) / (2 * 150**2)), peer_weights.gaussian(150)),
    ],
    ids=["2SFCA", "steps", "gaussian"],
)
def test_equal_to_pysal_access(seed, ours, theirs):
    pairs, demand, supply = drawn(seed)
    expected = peer(pairs, demand, supply, theirs)
    assert expected.gt(0).sum() > 30, "a case in which most reach something"
    found = accessibility(pairs, demand, supply, ours)
    np.testing.assert_allclose(found.to_numpy(), expected.to_numpy(), rtol=1e-12)


# Five nodes: A(0,0) B(100,0) C(200,0) along the bottom, D(100,80) E(200,80) above; edges AB 100, BC 100, BD 80, DE 100,
# CE 80 m. Homes: c0 at A asks for 100, c1 at E for 50, c2 at C for 20. Lots: p at B has 60, q at D has 30.
#
#   metres     p (B)                 q (D)                   weight (1 to 100, 0.68 to 200, 0.22 to 300 m)
#   c0 (A)     100                   100 + 80 = 180          1      0.68
#   c1 (E)     80 + 100 = 180        100                     0.68   1
#   c2 (C)     100                   100 + 80 = 180          1      0.68
#
# Weighted demand:  p: 100 + 0.68 x 50 + 20 = 154       q: 68 + 50 + 13.6 = 131.6
# Stalls a vehicle: p: 60 / 154 = 0.389610               q: 30 / 131.6 = 0.227964
#   c0: 0.389610 + 0.68 x 0.227964 = 0.544626 -> 54.4626 stalls
#   c1: 0.68 x 0.389610 + 0.227964 = 0.492899 -> 24.6449
#   c2: as c0                                 -> 10.8925      together 54.4626 + 24.6449 + 10.8925 = 90 = 60 + 30
HOMES = {"c0": ((0, 0), 100.0), "c1": ((200, 80), 50.0), "c2": ((200, 0), 20.0)}
LOTS = {"p": ((100, 0), 60.0), "q": ((100, 80), 30.0)}


def test_five_nodes_by_hand_on_the_network_and_by_the_peer():
    town = city(
        FIVE,
        community=[{"asset_id": key, "at": at} for key, (at, _) in HOMES.items()],
        parking=[{"asset_id": key, "at": at} for key, (at, _) in LOTS.items()],
    )
    pairs = town.reach.pairs(town.placed("community").geometry, town.placed("parking").geometry, RADIUS_M)
    told = pairs.set_index(["origin", "site"])["distance_m"].to_dict()
    by_hand = {
        ("c0", "p"): 100,
        ("c0", "q"): 180,
        ("c1", "p"): 180,
        ("c1", "q"): 100,
        ("c2", "p"): 100,
        ("c2", "q"): 180,
    }
    assert told == pytest.approx(by_hand)
    demand, supply = (pd.Series({key: held for key, (_, held) in places.items()}) for places in (HOMES, LOTS))
    shared = shared_supply(pairs, demand, supply, STEEP)
    assert shared.to_dict() == pytest.approx({"c0": 54.4626, "c1": 24.6449, "c2": 10.8925}, abs=1e-4)
    assert shared.sum() == pytest.approx(90)
    theirs = peer(pairs, demand, supply, peer_weights.step_fn(STEPS))
    assert (theirs * demand).to_dict() == pytest.approx(shared.to_dict())


def test_weights_are_declared_in_the_model():
    usual, steep = weights_within(RADIUS_M, MODEL)
    metres = pd.Series([0.0, 100.0, 100.1, 200.0, 200.1, 300.0])
    assert usual(metres).tolist() == [1] * 6, "within the radius all have one claim"
    assert steep(metres).tolist() == [1, 1, 0.68, 0.68, 0.22, 0.22]
    assert weights_within(900.0, MODEL)[1](pd.Series([300.0, 301.0])).tolist() == [1, 0.68], "thirds of any radius"


amount = st.just(0.0) | st.floats(0.01, 500)


@st.composite
def cases(draw):
    """Draw pairs, demands and supplies with their ends, and one state of the world between the ends."""
    origins, sites = draw(st.integers(1, 6)), draw(st.integers(1, 5))
    size = origins * sites
    reached = np.flatnonzero(draw(st.lists(st.booleans(), min_size=size, max_size=size)))
    metres = draw(st.lists(st.floats(0, RADIUS_M), min_size=len(reached), max_size=len(reached)))
    pairs = pd.DataFrame({"origin": reached // sites, "site": reached % sites, "distance_m": metres})

    def ends(count):
        rows = [sorted(draw(st.lists(amount, min_size=3, max_size=3))) for _ in range(count)]
        return pd.DataFrame(rows, columns=["_low", "", "_high"])

    left, supply = ends(origins), ends(sites)
    real = [frame["_low"] + draw(st.floats(0, 1)) * (frame["_high"] - frame["_low"]) for frame in (left, supply)]
    return pairs, left, supply, real


@settings(max_examples=30, deadline=None)
@given(case=cases())
def test_the_band_holds_every_state_between_its_ends(case):
    pairs, left, supply, (asked, given_out) = case
    weights = weights_within(RADIUS_M, MODEL)
    found = gap_with_band(pairs, left, supply, weights)
    assert (found["gap_low"] >= 0).all()
    assert (found["gap_low"] <= found["gap"]).all()
    assert (found["gap"] <= found["gap_high"]).all()
    for weight in weights:
        real = (asked - shared_supply(pairs, asked, given_out, weight)).clip(lower=0)
        assert (real >= found["gap_low"] - 1e-6).all()
        assert (real <= found["gap_high"] + 1e-6).all()


@settings(max_examples=20, deadline=None)
@given(case=cases(), more=st.floats(0, 100), which=st.integers(0, 4))
def test_more_supply_never_raises_a_gap(case, more, which):
    pairs, left, supply, _ = case
    weights = weights_within(RADIUS_M, MODEL)
    added = supply.copy()
    added.iloc[which % len(added)] += more
    before, after = (gap_with_band(pairs, left, stalls, weights) for stalls in (supply, added))
    for end in ("gap", "gap_low", "gap_high"):
        assert (after[end] <= before[end] + 1e-9).all()


@settings(max_examples=15, deadline=None)
@given(case=cases(), data=st.data())
def test_the_order_of_rows_changes_nothing(case, data):
    pairs, left, supply, _ = case
    weights = weights_within(RADIUS_M, MODEL)
    shuffled = [frame.loc[data.draw(st.permutations(list(frame.index)))] for frame in (pairs, left, supply)]
    found, other = gap_with_band(pairs, left, supply, weights), gap_with_band(*shuffled, weights)
    pd.testing.assert_frame_equal(other.loc[found.index], found, rtol=1e-9, atol=1e-9)
