"""What the checks find in values that contradict each other: cases a hand can follow."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.check import check
from layers.check._amounts import FLOOR_AREA_FACTOR, FLOOR_AREA_PER_HOUSEHOLD_M2
from layers.schema import conform, kind

if TYPE_CHECKING:
    import geopandas as gpd


def layer(of: str, /, **columns: list[Any]) -> gpd.GeoDataFrame:
    """Return a layer of a kind without places."""
    return conform(pd.DataFrame(columns), kind(of))


def said(name: str, frame: gpd.GeoDataFrame, **options: Any) -> list[tuple[str, list[int], str | None]]:
    """Return rule, records and value of what is doubtful."""
    found = check(frame, kind(name), **options)
    return [(item.rule, list(item.records), item.value) for item in found if item.action == "warning"]


@pytest.mark.parametrize(
    ("name", "part", "whole"),
    [
        ("community", "public_housing_household_count", "household_count"),
        ("parking", "charger_stall_count", "stall_count"),
        ("charging", "dc_pile_count", "pile_count"),
        ("parking_survey", "illegal_count", "parked_count"),
    ],
)
def test_a_part_is_never_more_than_its_whole(name: str, part: str, whole: str) -> None:
    frame = layer(name, **{part: [5, 6, None, 7], whole: [5, 5, 5, None]})
    assert said(name, frame) == [("part_exceeds_whole", [2], "6 > 5")]


def test_households_live_on_a_plausible_floor() -> None:
    frame = layer("community", household_count=[100, 100, 100, 0, None], floor_area_m2=[7360, 500, 73600, 10, 10])
    found = check(frame, kind("community"))
    assert [(item.rule, list(item.records), item.value) for item in found] == [
        ("floor_area_per_household", [2], "500 m2 / 100 = 5 m2"),
        ("floor_area_per_household", [3], "73600 m2 / 100 = 736 m2"),
    ]
    assert "73.6 平方米" in found[0].zh
    assert "18 to 294 m2" in found[0].en
    assert all(item.action == "warning" for item in found)


@given(st.integers(1, 5_000), st.floats(0.01, 3e6))
def test_floor_areas_are_doubted_exactly_beyond_the_factor(households: int, area: float) -> None:
    found = check(layer("community", household_count=[households], floor_area_m2=[area]), kind("community"))
    each = area / households
    low, high = FLOOR_AREA_PER_HOUSEHOLD_M2 / FLOOR_AREA_FACTOR, FLOOR_AREA_PER_HOUSEHOLD_M2 * FLOOR_AREA_FACTOR
    assert bool(found) == (each < low or each > high)


def test_years_are_held_against_the_date_of_the_data_and_then_against_the_day() -> None:
    frame = layer(
        "community", built_year=[2020, 2019, 2027, 1900], data_date=["2019-06-30", "2019-06-30", None, "2019-01-01"]
    )
    assert said("community", frame) == [("built_in_future", [1], "2020")]
    assert said("community", frame, as_of=date(2026, 1, 1)) == [
        ("built_in_future", [1], "2020"),
        ("built_in_future", [3], "2027"),
    ]
    assert said("building", layer("building", built_year=[1839, 1840])) == [("built_too_early", [1], "1839")]
    assert said("heritage", layer("heritage", built_year=[-200, 1400])) == []


def test_nothing_ends_before_it_begins() -> None:
    frame = layer(
        "report",
        reported_at=["2026-03-02 08:00", "2026-03-02 08:00", "2026-03-02 08:00", None],
        closed_at=["2026-03-01 09:00", "2026-03-02 07:59", "2026-03-02 08:00", "2026-01-01 00:00"],
    )
    assert said("report", frame) == [
        ("ends_before_begin", [1], "2026-03-01 < 2026-03-02"),
        ("ends_before_begin", [2], "2026-03-02 07:59 < 2026-03-02 08:00"),
    ]
    land = layer("idle_land", agreed_start_date=["2020-01-01"] * 2, certificate_date=["2019-12-31", "2021-01-01"])
    assert said("idle_land", land) == [("ends_before_begin", [1], "2019-12-31 < 2020-01-01")]


def test_what_has_happened_lies_in_the_past_when_a_day_is_given() -> None:
    frame = layer("report", reported_at=["2026-03-02 23:59", "2026-03-03 00:00"])
    assert said("report", frame) == []
    assert said("report", frame, as_of=date(2026, 3, 2)) == [("date_in_future", [2], "2026-03-03")]


def test_required_values_are_missed() -> None:
    frame = layer("service", name=["甲", "乙", "丙"], service_type=["clinic", None, None])
    assert said("service", frame) == [("required", [2, 3], None)]
    assert said("community", layer("community", name=["甲"])) == []


def test_record_numbers_are_those_of_the_file_and_sentences_name_its_rows() -> None:
    frame = layer("service", service_type=["clinic", None])
    (found,) = check(frame, kind("service"), records=np.array([4, 9]))
    assert list(found.records) == [9]


def test_all_faults_of_one_record_are_found_together_and_nothing_is_changed() -> None:
    frame = layer(
        "community", built_year=[2030], household_count=[10], public_housing_household_count=[11], floor_area_m2=[10.0],
        data_date=["2026-01-01"],
    )  # fmt: skip
    before = frame.copy(deep=True)
    assert {rule for rule, _, _ in said("community", frame)} == {
        "part_exceeds_whole", "floor_area_per_household", "built_in_future",
    }  # fmt: skip
    pd.testing.assert_frame_equal(frame, before)
    assert check(frame.iloc[:0], kind("community")) == []


def test_a_thousandfold_slip_is_asked_about_and_a_large_site_is_not() -> None:
    plots = [400.0, 900.0, 1200.0, 2000.0, 2600.0, 5000.0, 30_000.0, 150_000.0]
    assert said("idle_land", layer("idle_land", area_m2=plots)) == []
    slipped = [*plots, 3_333_333.0]
    assert said("idle_land", layer("idle_land", area_m2=slipped)) == [("out_of_scale", [9], "3333333 m2")]
    assert said("idle_land", layer("idle_land", area_m2=[*slipped[:6], slipped[8]])) == [], "seven have no scale"
