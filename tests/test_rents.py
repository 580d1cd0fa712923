"""On what terms a heritage building is let: by use and by owner, and nothing that no document says."""

from __future__ import annotations

import pandas as pd
import pytest
from need_city import FIVE, MODEL, city

from gis import heritage
from gis._rents import rent_terms
from gis.finance import accounts
from gis.model import Model
from gis.need import assemble
from layers.errors import ModelError

HOUSE = {
    "at": (100, 0),
    "heritage_class": "historic_building",
    "building_type": "residential_commercial",
    "ownership": "state",
    "floor_area_m2": 100.0,
}


def terms(**facts):
    sites = city(FIVE, heritage=[{**HOUSE, **facts}]).placed("heritage")
    found = rent_terms(sites, pd.DataFrame({"asset_id": sites.index, "action": "heritage_reuse"}), MODEL)
    return found.iloc[0]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, "creative"),
        ({"ownership": "private"}, "reference"),
        ({"ownership": "collective"}, "reference"),
        ({"ownership": "state_enterprise"}, "reference"),
        ({"heritage_class": "traditional_building"}, "reference"),
        ({"heritage_class": "district_unit"}, "barred"),
        ({"heritage_class": "district_unit", "ownership": "state_enterprise"}, "barred"),
        ({"heritage_class": "district_unit", "ownership": "collective"}, "reference"),
        ({"heritage_class": None, "ownership": "sub_district"}, None),
        ({"building_type": "hall_school"}, "public_good"),
        ({"building_type": "hall_school", "ownership": "collective"}, "public_good"),
        ({"building_type": "hall_school", "ownership": None, "heritage_class": None}, "public_good"),
        ({"building_type": "public_industrial"}, "public_good"),
        ({"building_type": "garden_monument", "ownership": "private"}, "public_good"),
        ({"building_type": None}, None),
        ({"building_type": "unknown"}, None),
        ({"ownership": None}, None),
        ({"ownership": "unknown"}, None),
        ({"ownership": "mixed"}, None),
        ({"heritage_class": None}, None),
        ({"heritage_class": None, "ownership": "private"}, "reference"),
    ],
)
def test_terms_by_use_owner_and_class(facts, expected):
    """The draft of 2019 speaks of state-owned 历史建筑 alone; the public good is free whoever owns the building."""
    assert terms(**facts) == expected


def reused(**facts):
    town = city(FIVE, heritage=[{**HOUSE, **facts}])
    table = heritage.options(town, assemble(town, MODEL)[0], MODEL).table
    return accounts(table, MODEL).table[(table["action"] == "heritage_reuse").to_numpy()].iloc[0]


def test_a_hall_that_becomes_a_reading_room_earns_no_shop_rent():
    hall = reused(building_type="hall_school", ownership="collective")
    assert hall["revenue_cny_year"] == 0
    assert hall["net_cny_year"] == -100 * 150
    assert "无经营收入" in hall["account_note"]


def test_a_private_house_is_let_at_the_reference_rent_from_the_first_year():
    house = reused(ownership="private", heritage_class="traditional_building")
    assert house["revenue_cny_year"] == pytest.approx(100 * 60 * 12 * 0.7)
    state = reused()
    assert state["revenue_cny_year"] == pytest.approx(100 * 60 * 12 * 0.7 * 0.5)
    assert state["repaying_cny_year"] == 0, "the state's rent goes to the treasury"


@pytest.mark.parametrize("owner", ["state", "state_enterprise", "sub_district"])
def test_a_protected_site_of_the_state_counts_no_rent_and_says_why(owner):
    """Row 13: it may not be run as an enterprise's asset; by the stricter reading that holds for shops as well."""
    house = reused(ownership=owner, heritage_class="city_unit")
    assert (house["revenue_cny_year"], house["net_cny_year"]) == (0, -100 * 150)
    barred = "国有文保单位（博物馆、保管所、参观游览场所）不得作为企业资产经营（文物保护法 2017 art.24，条文号待核）"
    assert f"{barred}，其他用途是否适用未写明，从严不计租金" in house["account_note"]
    assert "does not say whether other uses are meant" in house["account_note_en"]
    assert "articles not mapped" in house["account_note_en"]
    assert "no rent is counted" in house["account_note_en"]
    assert reused(ownership="private", heritage_class="city_unit")["revenue_cny_year"] > 0


def test_every_type_of_the_guide_says_what_its_uses_are():
    assert {suits.use_class for suits in MODEL.reuse.values()} == {"public_good", "commercial"}
    with pytest.raises(ModelError, match="'use_class' cannot be 'free'"):
        Model.load('[reuse.hall_school]\nuse_class = "free"')
