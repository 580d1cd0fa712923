"""The elements of a bundle's account: what each member is worth by element, followed by hand."""

from __future__ import annotations

import numpy as np
import pytest
from bundle_town import YEARS, home, member, run
from need_city import AS_OF, MODEL

from gis import bundle_city
from gis._bundle_elements import CULTURE, ELEMENTS, OTHER, PARKING, RENOVATION, ROOM, _element, element_npv_cny, told

ANNUITY = sum(1.06**-year for year in range(1, YEARS + 1))


def test_each_member_counts_in_the_element_of_its_action_and_a_community_in_care_too() -> None:
    given, tables = run(
        home(0, "旧村"),
        member(100, "车场", action="surface_parking", yearly_cny=200_000.0),
        member(200, "桩", yearly_cny=120_000.0),
        member(300, "用房", action="market", yearly_cny=50_000.0),
    )
    given["community"]["property_management"] = "none"
    found = bundle_city.members_of(given, tables, MODEL, as_of=AS_OF).candidates
    names, worth = element_npv_cny(found, MODEL)
    told = {
        name: {names[place].zh: npv for place, npv in enumerate(row) if npv}
        for name, row in zip(found.table["name"], worth, strict=True)
    }
    # 5,000 m2 at 0.5 CNY a month, 82 % collected and taxed with 3.26 %, less 0.4 CNY of upkeep
    care = 5000 * 12 * (0.5 * 0.82 * (1 - 0.0326) - 0.4)
    assert told["旧村"] == pytest.approx({"改造": -0.8e6, "长效管养": care * ANNUITY})
    assert told["车场"] == pytest.approx({"停车": 200_000 * ANNUITY - 1e6})
    assert told["桩"] == pytest.approx({"充电": 120_000 * ANNUITY - 1e6})
    assert told["用房"] == pytest.approx({"用房与市集": 50_000 * ANNUITY - 1e6})
    assert worth.sum(axis=1) == pytest.approx(found.table["npv_cny"].to_numpy())
    assert np.isfinite(worth).all()


def test_a_bundle_is_told_by_element_with_what_those_that_lose_take() -> None:
    worth = np.zeros((3, len(ELEMENTS)))
    worth[:, ELEMENTS.index(RENOVATION)] = [-2e6, 0.0, -9e6]
    worth[:, ELEMENTS.index(PARKING)] = [0.0, 2_503_000.0, 9e6]
    words, taken = told(worth, [0, 1])
    assert (words.zh, words.en) == ("改造-200.0、停车250.3万元", "Renovation -2.00, Parking 2.50 M CNY")
    assert taken == 2e6
    assert np.isnan(told(None, [0])[1]), "nobody knows"


def test_every_action_of_the_model_has_an_element() -> None:
    of = {action: _element(action, MODEL) for action in MODEL.actions}
    assert [action for action, element in of.items() if element == OTHER] == ["pocket_park"]
    assert (of["museum"], of["heritage_reuse"], of["culture_space"]) == (CULTURE, CULTURE, ROOM)
