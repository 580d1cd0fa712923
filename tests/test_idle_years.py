"""A district's own year of idleness: the legal test and the clock count it alike, half years too."""

from __future__ import annotations

import pandas as pd
import pytest
from need_city import city

from gis import idle_land
from gis.model import Model


def parcel(day):
    land = {
        "at": (0, 0),
        "tenure": "granted",
        "agreed_start_date": day,
        "certificate_no": "穗规资闲认〔2025〕1号",
        "idle_cause": "company",
    }
    town = city(idle_land=[land])
    return town, town["idle_land"]


@pytest.mark.parametrize(
    ("years", "day", "idle"),
    [
        ("1.5", "2025-01-01", True),
        ("1.5", "2025-01-02", False),
        ("0.5", "2026-01-01", True),
        ("0.5", "2026-01-02", False),
        ("1", "2025-07-01", True),
        ("1", "2025-07-02", False),
        ("2", "2024-07-01", True),
        ("2", "2024-07-02", False),
    ],
)
def test_the_test_counts_the_years_that_the_model_sets(years, day, idle):
    """The day of the analysis is 2026-07-01."""
    model = Model.load(overrides={"idle.years_not_started": years})
    town, land = parcel(day)
    assert idle_land.meets_idle_test(land, town, model).item() == idle


@pytest.mark.parametrize("years", [0.5, 1.0, 1.5, 2.0])
def test_test_and_clock_agree(years):
    model = Model.load(overrides={"idle.years_not_started": str(years)})
    for days_over in (-40, -3, 3, 40):
        since = pd.Timestamp("2026-07-01") - pd.DateOffset(months=int(12 * years)) - pd.DateOffset(days=days_over)
        town, land = parcel(f"{since:%Y-%m-%d}")
        past = idle_land.clock(land, town, model)["months_to_fee"].item() == 0
        assert past == idle_land.meets_idle_test(land, town, model).item() == (days_over > 0)
