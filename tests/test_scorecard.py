"""Sub-districts side by side: old communities by what they lack, and how old their people are."""

from __future__ import annotations

import pandas as pd
import pytest
from need_city import MODEL, city
from shapely.geometry import box

from gis.need import assemble
from gis.scorecard import scorecards
from layers.schema import empty, kind

AREAS = [
    {"name": "一街", "subdistrict_code": "S1", "at": box(0, 0, 900, 900)},
    {"name": "二街", "subdistrict_code": "S2", "at": box(900, 0, 1800, 900)},
]
OLD = {"built_year": 1990, "subdistrict_code": "S1"}


def cards(*communities):
    town = city(subdistrict=AREAS, community=list(communities))
    return scorecards(town, assemble(town, MODEL)[0], empty(kind("opportunity"))).set_index("subdistrict_code")


def test_old_communities_are_counted_by_what_they_lack():
    """Of three old ones one lacks drains, one drains and a lift, one has told nothing; the new one does not count."""
    found = cards(
        {**OLD, "missing_items": "排水"},
        {**OLD, "missing_items": "排水、电梯"},
        OLD,
        {**OLD, "built_year": 2010, "missing_items": "消防"},
    )
    counts = [
        "old_community_count",
        "old_missing_basic_count",
        "old_missing_improve_count",
        "old_missing_upgrade_count",
    ]
    assert found.loc["S1", counts].tolist() == [3, 2, 1, 0]


def test_where_no_old_community_has_told_anything_the_count_is_unknown():
    found = cards(OLD, {**OLD, "subdistrict_code": "S2", "missing_items": "排水"})
    assert found["old_missing_basic_count"].isna().tolist() == [True, False]


def test_the_elderly_share_is_that_of_the_people_not_of_the_communities():
    """100 households of 2.5 at 40 % and 300 at 20 %: 100 + 150 of 1,000 people; who tells no age does not count."""
    found = cards(
        {**OLD, "household_count": 100, "elderly_share": 0.4},
        {**OLD, "household_count": 300, "elderly_share": 0.2},
        {**OLD, "household_count": 900},
        {**OLD, "elderly_share": 0.9},
    )
    assert found.loc["S1", "elderly_share"] == pytest.approx(0.25)
    assert pd.isna(found.loc["S2", "elderly_share"])
