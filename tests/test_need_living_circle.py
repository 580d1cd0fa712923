"""Services within the walk: each in its own circle, merged centres as three, unknown is not missing."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from need_city import MODEL, city
from shapely.geometry import LineString

from gis import criteria, living_circle, public_rooms
from gis._tables import MONEY
from gis.living_circle import MERGED, RADIUS_KEYS
from gis.need import assemble
from layers.schema import kind

ROAD = [LineString([(0, 0), (5000, 0)])]
HOME = [{"asset_id": "home", "at": (0, 0)}]


def services(*placed):
    return [{"service_type": code, "at": (metres, 0)} for code, metres in placed]


def lacking(*placed, lines=ROAD):
    found = living_circle.need(city(lines, community=HOME, service=services(*placed)), MODEL).loc["home"]
    return set(filter(None, found["services_missing"].split(","))), found["services_missing_count"]


@pytest.mark.parametrize("code", sorted(RADIUS_KEYS))
def test_a_service_counts_up_to_its_own_radius(code):
    radius = MODEL.value(RADIUS_KEYS[code])
    assert lacking((code, radius)) == (set(), 0)
    assert lacking((code, radius + 1)) == ({code}, 1)


def test_levels_are_not_nested():
    # A junior school 900 m away serves its 1,000 m circle; it is no primary school, which must be within 500 m.
    assert lacking(("junior_school", 900), ("primary_school", 900)) == ({"primary_school"}, 1)
    # A market at 400 m is within its 500 m circle, the shop beside it is beyond its 300 m.
    assert lacking(("market", 400), ("supermarket", 400)) == ({"supermarket"}, 1)


def test_a_merged_centre_is_three_services():
    assert lacking(("merged_centre", 900), ("clinic", 900)) == ({"clinic"}, 1)
    missing, count = lacking(("merged_centre", 1100))
    assert (missing, count) == (set(MERGED), 3)


def test_distances_are_walked():
    river = [LineString([(0, 0), (1000, 0), (1000, 50), (0, 50)])]
    service = [{"service_type": "clinic", "at": (0, 50)}]
    found = living_circle.need(city(river, community=HOME, service=service), MODEL)
    assert found["services_missing"].item() == "clinic", "50 m across the water is 2,050 m on foot"
    clinic = kind("service")["service_type"].codes["clinic"]
    assert (found["services_missing_names"].item(), found["services_missing_names_en"].item()) == clinic
    found = living_circle.need(city(community=HOME, service=service), MODEL)
    assert found["services_missing"].item() == "", "without streets 50 m x 1.3 is near"


def test_no_service_layer_is_unknown_not_all_missing():
    for layers in ({}, {"service": [{"service_type": "clinic"}]}):
        found = living_circle.need(city(ROAD, community=HOME, **layers), MODEL).loc["home"]
        assert found[["services_missing", "services_missing_names", "services_missing_names_en"]].isna().all()
        assert pd.isna(found["services_missing_count"])
        assert found["missing"] == ("service.geometry" if layers else "service")


def test_types_the_layer_does_not_hold_are_named_in_the_notes():
    here = city(ROAD, community=HOME, service=services(("clinic", 0), ("other", 0), (None, 0), ("metro_station", 0)))
    found = living_circle.need(here, MODEL)
    assert found["services_missing_count"].item() == 0, "at least none, of 13 more nothing is known"
    assert found["services_unknown_count"].item() == 13
    assert found["missing"].item() == "service.service_type"
    of_types, untyped = found.attrs["notes"]
    assert "长者饭堂" in of_types.zh
    assert "社区卫生服务站" not in of_types.zh
    assert "2 records are of unknown or other type" in untyped.en, "a metro station is known, and no such service"


# Levels, and the walk to the nearest ------------------------------------------------------------------------------


def test_every_service_belongs_to_the_narrowest_circle_that_its_radius_fits():
    table = living_circle.circles(MODEL)
    assert tuple(table.index) == tuple(RADIUS_KEYS)
    assert table.loc[["kindergarten", "primary_school", "junior_school"], "circle"].tolist() == [
        "5min",
        "10min",
        "15min",
    ]
    assert table.loc[["kindergarten", "primary_school", "junior_school"], "radius_m"].tolist() == [300, 500, 1000]
    limits = {"5min": 300, "10min": 500, "15min": 1000}
    assert (table["radius_m"] <= table["circle"].map(limits)).all()
    assert (MODEL.low("circle.15min.radius"), MODEL.high("circle.15min.radius")) == (800, 1000)
    people = table.drop_duplicates("circle").set_index("circle")[["circle_people_low", "circle_people_high"]]
    assert people.loc["5min"].tolist() == [5_000, 12_000]
    assert people.loc["10min"].tolist() == [15_000, 25_000]
    assert people.loc["15min"].tolist() == [50_000, 100_000]


def card(service, **more):
    table = living_circle.nearest(city(ROAD, community=HOME, service=service), MODEL, **more)
    return table.set_index("service_type")


def test_the_card_tells_the_walk_to_the_nearest_of_each_service():
    placed = [
        {"service_type": "clinic", "at": (900, 0), "name": "远站", "floor_area_m2": 400.0},
        {"service_type": "clinic", "at": (600, 0), "name": "近站", "floor_area_m2": 149.0},
        {"service_type": "market", "at": (400, 0), "name": "肉菜市场"},
        {"service_type": "childcare", "at": (3001, 0)},
    ]
    found = card(placed)
    assert found.loc[["clinic", "market"], "distance_m"].tolist() == pytest.approx([600, 400])
    assert found.loc["clinic", ["site_name", "state", "has_area"]].tolist() == ["近站", "missing", False]
    assert found.loc["market", ["state", "circle"]].tolist() == ["reached", "10min"]
    assert pd.isna(found.loc["market", "has_area"]), "the standard names no area of a market"
    assert pd.isna(found.loc["childcare", "distance_m"]), "3,001 m is further than is looked"
    assert found.loc["childcare", "state"] == "missing"
    assert found.loc["library", "state"] == "unknown"
    assert len(found) == len(RADIUS_KEYS)


def test_a_merged_centre_is_the_nearest_of_three_and_the_card_agrees_with_need():
    placed = services(("merged_centre", 700), ("party_service_centre", 800), ("sports", 501), ("library", 1000))
    found = card(placed)
    assert found.loc[list(MERGED), "distance_m"].tolist() == pytest.approx([700, 700, 700])
    missing, _ = lacking(*((row["service_type"], row["at"][0]) for row in placed))
    assert set(found.index[found["state"] == "missing"]) == missing == {"sports"}


def test_only_the_communities_asked_for_and_none_without_a_place():
    homes = [*HOME, {"asset_id": "other", "at": (50, 0)}, {"asset_id": "nowhere"}]
    town = city(ROAD, community=homes, service=services(("clinic", 100)))
    assert set(living_circle.nearest(town, MODEL)["asset_id"]) == {"home", "other"}
    assert set(living_circle.nearest(town, MODEL, ["other", "nowhere"])["asset_id"]) == {"other"}
    bare = living_circle.nearest(city(ROAD, community=HOME), MODEL)
    assert set(bare["state"]) == {"unknown"}


def test_a_community_without_a_place_is_unknown():
    here = city(ROAD, community=[*HOME, {"asset_id": "nowhere"}], service=services(("clinic", 2000)))
    found = living_circle.need(here, MODEL)
    assert found["services_missing_count"].isna().tolist() == [False, True]
    assert found.loc["nowhere", "missing"] == "community.geometry"


# What a site has room for -----------------------------------------------------------------------------------------


def test_services_fit_by_the_area_of_the_standard():
    """完整居住社区: clinic 150, childcare 200, day care 350, service station 800 m2; no area is known of a canteen."""
    gives = MODEL.actions["community_service"].gives
    steps = living_circle.steps_by_area(gives, MODEL)
    assert list(steps) == [0, 150, 200, 350, 800]
    assert steps[0] == {"canteen"}
    assert steps[200] == {"canteen", "clinic", "childcare"}
    assert steps[800] == set(gives)
    assert set(living_circle.AREA_KEYS) <= set(RADIUS_KEYS)


@pytest.mark.parametrize(
    ("lacks", "area_m2", "people"),
    [
        ("elder_day_care", 160.0, 0),
        ("elder_day_care", 349.0, 0),
        ("elder_day_care", 350.0, 1000),
        ("clinic", 160.0, 1000),
        ("party_service_centre", 799.0, 0),
        ("party_service_centre", 800.0, 1000),
        ("canteen", 160.0, 1000),
        ("elder_day_care", None, np.nan),
    ],
)
def test_a_room_is_credited_with_what_it_has_room_for(lacks, area_m2, people):
    """400 households of 2.5 within 300 m lack one service, which the layer knows only far away."""
    room = {"at": (100, 0), "ownership": "state", "occupancy": "vacant", "floor_area_m2": area_m2}
    town = city(
        ROAD,
        community=[{**HOME[0], "household_count": 400}],
        service=services((lacks, 4000)),
        public_building=[room],
    )
    table = public_rooms.options(town, assemble(town, MODEL)[0], MODEL).table
    table = table[table["action"] == "community_service"].assign(**dict.fromkeys(MONEY, 0.0))
    found = criteria.values(table, MODEL, "revitalization").raw["service_gap"].item()
    assert found == pytest.approx(people, nan_ok=True)


@settings(max_examples=10, deadline=None)
@given(
    placed=st.lists(st.tuples(st.sampled_from(sorted(RADIUS_KEYS)), st.floats(0, 1500)), min_size=1, max_size=8),
    more=st.tuples(st.sampled_from(sorted(RADIUS_KEYS)), st.floats(0, 1500)),
)
def test_one_more_service_of_a_known_type_never_makes_more_missing(placed, more):
    before, _ = lacking(*placed)
    after, count = lacking(*placed, (placed[0][0], more[1]))
    assert after <= before
    assert count == len(after)
