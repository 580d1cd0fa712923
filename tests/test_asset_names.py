"""By what name a site without one is listed: its parcel number, else where it lies."""

from __future__ import annotations

import pandas as pd
import pytest
from land_cases import LOT, NOBODY
from need_city import FIVE, MODEL, city, layer

from gis import _tables, idle_land
from gis._asset_names import shown_name


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ({"name": "一号地", "source_id": "RQ-2026-01", "address": "河边"}, "一号地"),
        ({"source_id": "RQ-2026-01", "address": "河边"}, "RQ-2026-01"),
        ({"source_id": "440103001001GB00123"}, "440103001001GB00123"),
        ({"source_id": "12", "address": "东至河，西至路"}, "东至河，西至路"),  # a number of the row tells nothing
        ({"source_id": "way/12", "address": "河边"}, "河边"),
        ({"address": "河边"}, "河边"),
        ({"source_id": "12"}, "12"),
        ({}, None),
    ],
)
def test_a_site_without_a_name_takes_its_number_or_its_place(told, name):
    found = shown_name(layer("idle_land", told)).item()
    assert found == name or (name is None and pd.isna(found))


def test_opportunities_and_exclusions_carry_that_name_and_the_layer_keeps_its_own():
    plot = {"at": LOT, "tenure": "collective", "zoning": "B1", "source_id": "RQ-2026-01"}
    town = city(FIVE, idle_land=[plot])
    found = idle_land.options(town, NOBODY, MODEL)
    tables = _tables.identified(found, town), _tables.exclusion_layer(found, town)
    assert [set(table["name"]) for table in tables] == [{"RQ-2026-01"}] * 2
    assert town["idle_land"]["name"].isna().all()
