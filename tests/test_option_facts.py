"""Parks a day, and what the grid leaves of the chargers: unconfirmed until it is confirmed, then a bound."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from need_city import MODEL, city

from gis import car_parks, need, option_facts
from gis.charging import GRID

ENDS = ("", "_low", "_high")
BUILDING = {"building": [{"at": (9000, 9000)}]}


def facts(action, lot=None, **sizes):
    """Return the facts of one option at a car park."""
    town = city(parking=[{"asset_id": "lot", "at": (0, 0), **(lot or {})}], **BUILDING)
    row = {f"{name}{end}": np.nan for name in ("stalls", "chargers") for end in ENDS}
    row |= {"asset_kind": "parking", "asset_id": "lot", "action": action, "permission": "approval", "area_m2": 275.0}
    row |= {"permission_reason": "", "next_step": "", "missing": "", "warnings": "", "warnings_en": ""}
    return option_facts.with_facts(pd.DataFrame([{**row, **sizes}]), town, MODEL).iloc[0]


def numbers(row, name):
    return [float(row[f"{name}{end}"]) for end in ENDS]


def test_parks_a_day_by_hand():
    # 90 (40 to 120) stalls at 5 (3 to 7) parks a day; of a rack 58 % are used (58 to 85 %).
    size = {"stalls": 90, "stalls_low": 40, "stalls_high": 120}
    assert numbers(facts("surface_parking", **size), "day_parks") == pytest.approx([450, 120, 840])
    assert numbers(facts("mechanical_parking", **size), "day_parks") == pytest.approx([261, 69.6, 714])
    assert np.isnan(numbers(facts("market", **size), "day_parks")).all()


def test_the_grid_stands_unconfirmed_until_the_ledger_says_it_is():
    # 10 (8 to 24) piles of 120 kW (60 to 180) need 1,200 kW (480 to 4,320).
    size = {"chargers": 10, "chargers_low": 8, "chargers_high": 24}
    for lot in (
        {},
        {"grid_capacity_kw": 500.0},
        {"is_grid_confirmed": True},
        {"grid_capacity_kw": 500.0, "is_grid_confirmed": False},
    ):
        row = facts("charging", lot, **size)
        assert (row["grid"], row["grid_en"]) == ("待供电核实", "Grid capacity to be confirmed")
        assert numbers(row, "chargers") == [10, 8, 24]
        assert numbers(row, "power_kw") == pytest.approx([1200, 480, 4320])
    # 500 kW feed 4 piles of 120 kW, 2 of 180 kW, 8 of 60 kW.
    row = facts("charging", {"grid_capacity_kw": 500.0, "is_grid_confirmed": True}, **size)
    assert numbers(row, "chargers") == [4, 2, 8]
    assert numbers(row, "power_kw") == [480, 120, 500], "8 of 180 kW would be 1,440 kW"
    assert row["area_m2"] == pytest.approx(110), "four of ten piles use four tenths of 275 m2"
    assert row["grid"] == "供电已核实，可接入500 kW"
    assert "供电容量有限" in row["warnings"]
    ample = facts("charging", {"grid_capacity_kw": 5000.0, "is_grid_confirmed": True}, **size)
    assert numbers(ample, "chargers") == [10, 8, 24]
    assert "供电" not in ample["warnings"]
    assert facts("surface_parking", **size)["grid"] == ""


def test_ports_of_ebikes_are_bounded_too():
    # 4 kW feed 8 ports of 0.5 kW, 4 of 1 kW, 20 of 0.2 kW.
    lot = {"grid_capacity_kw": 4.0, "is_grid_confirmed": True}
    row = facts("ebike_charging", lot, chargers=20, chargers_low=12, chargers_high=40)
    assert numbers(row, "chargers") == [8, 4, 20]


def test_car_parks_with_a_confirmed_grid_lose_the_warning_or_the_option():
    def at(**lot):
        town = city(parking=[{"asset_id": "lot", "parking_type": "public", "stall_count": 200, "at": (0, 0), **lot}])
        return car_parks.options(town, need.assemble(town, MODEL)[0], MODEL)

    assert GRID.zh in at().table["warnings"].iloc[0]
    assert GRID.zh in at(grid_capacity_kw=700.0).table["warnings"].iloc[0]
    assert GRID.zh not in at(grid_capacity_kw=700.0, is_grid_confirmed=True).table["warnings"].iloc[0]
    out = at(grid_capacity_kw=59.0, is_grid_confirmed=True)
    assert out.table.empty
    assert out.exclusions["rule"].tolist() == ["grid_capacity"]
    assert "59 kW，至少60 kW" in out.exclusions["reason"].iloc[0]
    assert len(at(grid_capacity_kw=59.0).table) == 1, "nobody has confirmed it"


@settings(max_examples=25, deadline=None)
@given(chargers=st.lists(st.integers(0, 80), min_size=3, max_size=3), capacity=st.floats(0, 9000))
def test_bounded_chargers_keep_their_band_and_fit_the_grid(chargers, capacity):
    low, value, high = sorted(chargers)
    lot = {"grid_capacity_kw": capacity, "is_grid_confirmed": True}
    row = facts("charging", lot, chargers=value, chargers_low=low, chargers_high=high)
    found = numbers(row, "chargers")
    assert found[1] <= found[0] <= found[2]
    assert all(kilowatts <= capacity + 1e-9 for kilowatts in numbers(row, "power_kw"))
    assert row["chargers"] * MODEL.value("ev.power.dc") == pytest.approx(row["power_kw"])
