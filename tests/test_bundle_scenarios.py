"""Members at the ends of the parameters' ranges: one followed by hand, accounts made anew, what must always hold."""

from __future__ import annotations

from dataclasses import replace

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from account_cases import MODEL, SURE
from bundle_lines import HOMES, HOUSE, LOT, PILES, basis_of, lines_of

from gis._bundle_members import OF_ACCOUNT, Candidates
from gis._bundle_scenarios import (
    HIGH,
    LOW,
    SCENARIOS,
    kept_note,
    net_at_cny,
    net_scenarios_cny,
    two_levels,
    uncertain,
)
from gis._bundle_sensitivity import CARE_KEYS, OF_CARE, with_value
from gis._monte_carlo import SIZE

YEARS = 15
BASIS = basis_of(HOMES, LOT, PILES, HOUSE).assign(stalls_low=[6.0, 40.0, np.nan, np.nan], near_night_gap_high=120.0)
UNTAXED = with_value(SURE, "fin.tax.profit_share", 0.0)


def members_of(basis, model):
    """Return the members that a run with these accounts has, the care after renovation of the homes with them."""
    told, names = lines_of(basis, model), basis["opportunity_id"]
    lines = {name: np.zeros((len(basis), YEARS + 1)) for name in OF_ACCOUNT}
    for name in set(OF_ACCOUNT).intersection(told):
        wide = told.pivot_table(index="member", columns="year", values=name).reindex(names).fillna(0.0)
        lines[name][:, : wide.shape[1]] = wide.to_numpy()
    table = gpd.GeoDataFrame(index=pd.Index(names))
    return Candidates(table, lines, table.iloc[:0], ())


def ranged(model, key, low, value, high):
    """Return ``model`` with a range of one parameter."""
    moved = replace(model.parameters[key], low=low, value=value, high=high)
    return replace(model, parameters={**model.parameters, key: moved})


def cash(basis, model, **asked):
    return net_scenarios_cny(members_of(basis, model), basis, model, **asked)


def test_piles_that_cost_more_or_less_followed_by_hand():
    model = ranged(UNTAXED, "ev.capex.dc120", 6e4, 9e4, 15e4)
    basis = basis_of(PILES)
    found = cash(basis, model)
    assert found.shape == (1, SCENARIOS, YEARS + 1)
    # 4 piles: at 150,000 each where they are dear, as in the first scenario, at 60,000 in its mirror
    assert found[0, 0, 0] == pytest.approx(-600_000)
    assert found[0, SCENARIOS // 2, 0] == pytest.approx(-240_000)
    assert sorted(found[0, :, 0].round(2).tolist()) == [-600_000.0] * 50 + [-240_000.0] * 50
    account = members_of(basis, model).net_cny[0]
    assert account[0] == pytest.approx(-360_000)
    assert found[0, :, 1:] == pytest.approx(np.tile(account[1:], (SCENARIOS, 1)))


def test_at_the_values_of_the_parameters_the_cash_is_the_members_own():
    members = members_of(BASIS, MODEL)
    care = {name: members.lines[name] for name in OF_CARE}
    assert members.lines["upkeep_cny"].any()
    assert net_at_cny(BASIS, care, MODEL, {})[:, 0] == pytest.approx(members.net_cny, abs=0.005)
    sized = BASIS.drop(columns=["stalls_low", "near_night_gap_high"])
    sure = cash(sized, SURE)
    assert sure == pytest.approx(np.repeat(members_of(sized, SURE).net_cny[:, None], SCENARIOS, axis=1), abs=0.005)


@pytest.mark.parametrize("scenario", [0, 7, 57])
def test_each_scenario_is_the_account_made_anew_at_its_ends(scenario):
    keys = uncertain(BASIS, MODEL)
    assert {"ev.power.dc", "fin.asset_life.charger", "fin.tax.revenue_share", *CARE_KEYS, SIZE + "stalls"} <= set(keys)
    assert not {"fin.concession_default", "fin.discount_rate.project", "reno.private_share"} & set(keys)
    levels = two_levels(dict.fromkeys(keys, LOW), 5)
    members = members_of(BASIS, MODEL)
    found = net_at_cny(BASIS, {name: members.lines[name] for name in OF_CARE}, MODEL, levels)[:, scenario]
    model, sized = MODEL, BASIS
    for key, level in levels.items():
        is_high = level[scenario] == HIGH
        if key.startswith(SIZE):
            name = key.removeprefix(SIZE)
            end = sized.get(name + ("_high" if is_high else "_low"), sized[name])
            sized = sized.assign(**{name: end.fillna(sized[name])})
        else:
            model = with_value(model, key, MODEL.high(key) if is_high else MODEL.low(key))
    anew = members_of(sized.drop(columns=["stalls_low", "near_night_gap_high"]), model).net_cny
    assert found == pytest.approx(anew, abs=0.01)
    assert not np.allclose(anew, members.net_cny)


def test_a_life_at_its_ends_ends_the_account_sooner_or_later():
    basis = basis_of({**PILES, "horizon_years": 20.0})
    found = cash(basis, ranged(SURE, "fin.asset_life.charger", 6, 8, 10))
    last = [int(np.flatnonzero(row).max()) for row in found[0]]
    assert (last[0], last[SCENARIOS // 2]) == (6, 10)
    assert sorted(last) == [6] * 50 + [10] * 50


def test_every_parameter_stands_at_each_end_equally_often_and_half_mirrors_half():
    worse = {"a": LOW, "b": HIGH, "c": LOW}
    found = two_levels(worse, 7)
    half = SCENARIOS // 2
    for key, level in found.items():
        assert (level == LOW).sum() == (level == HIGH).sum() == half, key
        assert level[0] == worse[key]
        assert (level[half:] == -level[:half]).all()
    assert not (found["a"] == found["c"]).all()
    again, other = two_levels({"b": HIGH}, 7), two_levels(worse, 8)
    assert (again["b"] == found["b"]).all()  # other keys change nothing
    assert any((other[key] != found[key]).any() for key in worse)


def test_the_first_scenario_is_the_worst_for_all_together_and_seeds_give_the_same():
    found = cash(BASIS, MODEL, seed=7)
    worth = (found.sum(axis=0) * 1.06 ** -np.arange(YEARS + 1)).sum(axis=1)
    assert worth.argmin() == 0
    assert worth[SCENARIOS // 2] == worth.max()
    assert (cash(BASIS, MODEL, seed=7) == found).all()
    assert not np.allclose(cash(BASIS, MODEL, seed=8), found)


def test_members_share_the_scenarios_so_that_they_add_up():
    lot, pair = cash(basis_of(LOT), MODEL), cash(basis_of(LOT, LOT), MODEL)
    assert pair.sum(axis=0) == pytest.approx(2 * lot[0])


def test_a_member_without_a_basis_keeps_its_account_and_is_told():
    members = members_of(BASIS, MODEL)
    found = net_scenarios_cny(members, BASIS.iloc[1:], MODEL)
    assert (found[0] == members.net_cny[0]).all()
    assert not np.allclose(found[1], members.net_cny[1])
    note = kept_note(members, BASIS.iloc[1:])
    assert note.zh.startswith("1个成员没有账目依据")
    assert note.en.startswith("1 members have no basis")
    assert kept_note(members, BASIS) is None
    assert net_scenarios_cny(members, None, MODEL) is None
    assert net_scenarios_cny(members, BASIS.iloc[:0], MODEL) is None
