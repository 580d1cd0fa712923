"""What the checks find in shapes and places: squares, strips and spikes measured by hand, in metres."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from layers.check import check
from layers.check._areas import MU_M2
from layers.check._overlaps import _overlaps
from layers.check._within import _two_digits
from layers.schema import conform, kind
from layers.trusted import Trusted

if TYPE_CHECKING:
    from collections.abc import Sequence

ZONE = "EPSG:4547"  # central meridian 114 E, metres
EAST, NORTH = 425_000.0, 2_559_000.0


def layer(of: str, shapes: Sequence[shapely.Geometry | None], /, **columns: list[Any]) -> gpd.GeoDataFrame:
    """Return a layer whose shapes are given in metres east and north of one corner."""
    moved = [None if shape is None else shapely.affinity.translate(shape, EAST, NORTH) for shape in shapes]
    places = gpd.GeoSeries(moved, crs=ZONE).to_crs("EPSG:4326")
    return conform(gpd.GeoDataFrame(pd.DataFrame(columns, index=range(len(shapes))), geometry=places), kind(of))


def trusted(name: str, *areas: tuple[str, str, shapely.Geometry]) -> Trusted:
    """Return areas (name, code, shape) as an accepted layer."""
    names, codes, shapes = zip(*areas, strict=True)
    return Trusted.of({name: layer(name, shapes, name=list(names), subdistrict_code=list(codes), position="exact")})


def said(name: str, frame: gpd.GeoDataFrame, *more: Any, **options: Any) -> list[tuple[str, list[int], str | None]]:
    """Return rule, records and value of what is found."""
    return [(item.rule, list(item.records), item.value) for item in check(frame, kind(name), *more, **options)]


def test_parcels_that_overlap_are_told_with_area_and_both_names() -> None:
    frame = layer(
        "idle_land",
        [shapely.box(0, 0, 100, 100), shapely.box(90, 0, 200, 100), shapely.box(200, 0, 300, 100), None],
        name=["甲地", "乙地", "丙地", "丁地"],
    )
    (found,) = check(frame, kind("idle_land"), sheet_rows=[3, 4, 5, 6])
    assert (found.rule, list(found.records), found.value) == ("overlap", [2], "乙地")
    area = float(found.zh.split("重叠 ")[1].split(" ")[0])
    assert area == pytest.approx(1000, rel=1e-3)
    assert "与第 3 行“甲地”重叠" in found.zh
    assert "overlaps row 3 '甲地' by" in found.en
    assert said("community", layer("community", [shapely.box(0, 0, 9, 9)] * 2, name=["甲", "乙"])) == []
    halves = [shapely.Polygon([(0, 0), (50, 0), (0, 50)]), shapely.Polygon([(50, 0), (50, 50), (0, 50)])]
    assert said("idle_land", layer("idle_land", halves)) == []


@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.integers(0, 20), st.integers(2, 12), st.integers(2, 12)),
        min_size=2,
        max_size=9,
    )
)
def test_overlaps_are_those_of_every_pair_cut_with_every_other(boxes: list[tuple[int, int, int, int]]) -> None:
    shapes = np.array([shapely.box(x, y, x + w, y + h) for x, y, w, h in boxes], dtype=object)
    found = {(int(a), int(b)): area for a, b, area in zip(*_overlaps(shapes), strict=True)}
    wanted = {
        (a, b): shapes[a].intersection(shapes[b]).area
        for a in range(len(shapes))
        for b in range(a + 1, len(shapes))
        if shapes[a].intersection(shapes[b]).area > 1
    }
    assert found == pytest.approx(wanted)


def test_slivers_are_small_and_thin_and_spikes_are_sharp_and_long() -> None:
    strip = shapely.box(0, 0, 40, 0.3)  # 12 m2, 4 pi A / P2 = 0.023
    verge = shapely.box(0, 10, 100, 12)  # 200 m2: a verge beside a road may be as thin
    kiosk = shapely.box(0, 20, 4, 24)
    spike = shapely.Polygon([(0, 30), (20, 30), (20, 40), (60, 40.1), (20, 40.2), (20, 50), (0, 50)])
    wedge = shapely.Polygon([(0, 60), (50, 60), (0, 65)])
    holed = shapely.box(0, 70, 50, 120).difference(shapely.Polygon([(10, 80), (30, 80.05), (10, 80.1)]))
    frame = layer(
        "idle_land", [strip, verge, kiosk, spike, wedge, shapely.union_all([holed, shapely.box(60, 70, 70, 80)])]
    )
    assert said("idle_land", frame) == [
        ("sliver", [1], "12 m2"),
        ("spike", [4, 6], "1 处 spikes"),
    ]
    assert said("water", layer("water", [strip])) == []


def test_outlines_of_very_many_vertices_are_told() -> None:
    ring = shapely.Point(0, 0).buffer(500, quad_segs=6_000)
    assert said("idle_land", layer("idle_land", [ring])) == [("vertices", [1], "24001")]


def test_stated_areas_are_held_against_shapes() -> None:
    shapes = [shapely.box(0, 200 * at, 100, 200 * at + 100) for at in range(5)]  # 1 ha each
    frame = layer("idle_land", shapes, area_m2=[10_000, 10_900, 12_000, 10_000 / MU_M2, None])
    found = check(frame, kind("idle_land"))
    assert [(item.rule, list(item.records)) for item in found] == [("area_differs", [4]), ("area_differs", [3])]
    assert "以亩为单位" in found[0].zh
    assert (found[1].value or "").endswith("(+20 %)")
    tiny = layer("idle_land", [shapely.box(0, 0, 5, 5)], area_m2=[40])  # 15 m2 matter to nobody
    assert said("idle_land", tiny) == []


def test_places_outside_the_district_are_told_with_their_distance() -> None:
    points = [shapely.Point(500, 500), shapely.Point(1_040, 500), shapely.Point(1_340, 500), shapely.Point(500, 13_000)]
    held = trusted("district", ("区", "1", shapely.box(0, 0, 1_000, 1_000)))
    found = check(layer("parking", [*points, None]), kind("parking"), held)
    assert [(item.rule, list(item.records)) for item in found] == [("outside", [3]), ("outside", [4])]
    assert "约 340 米" in found[0].zh
    assert "about 340 m " in found[0].en
    assert "约 12 公里" in found[1].zh
    assert check(layer("street", [shapely.LineString([(5_000, 0), (6_000, 0)])]), kind("street"), held) == []
    assert check(layer("parking", points), kind("parking"), Trusted()) == []


def test_a_shape_that_reaches_over_the_boundary_is_inside_and_one_beyond_is_not() -> None:
    held = trusted(
        "subdistrict", ("东", "1", shapely.box(0, 0, 1_000, 1_000)), ("西", "2", shapely.box(1_000, 0, 2_000, 1_000))
    )
    shapes = [shapely.box(1_900, 0, 2_100, 50), shapely.box(2_500, 0, 2_600, 50)]
    assert said("idle_land", layer("idle_land", shapes), held) == [("outside", [2], None)]


def test_a_record_lies_in_the_sub_district_that_it_names() -> None:
    held = trusted(
        "subdistrict",
        ("东街", "1", shapely.box(0, 0, 1_000, 1_000)),
        ("西街", "2", shapely.box(1_000, 0, 2_000, 1_000)),
    )
    points = [shapely.Point(500, 500), shapely.Point(1_020, 500), shapely.Point(1_400, 500), shapely.Point(1_400, 500)]
    frame = layer("parking", points, subdistrict_code=["1", "1", "1", None])
    (found,) = check(frame, kind("parking"), held)
    assert (found.rule, list(found.records)) == ("outside_subdistrict", [3])
    assert "“东街”以外约 400 米" in found.zh


@given(st.floats(50.1, 9e6))
def test_distances_are_told_to_two_digits(distance_m: float) -> None:
    (told,) = _two_digits(np.array([distance_m]))
    assert told == pytest.approx(distance_m, rel=0.051)
    assert float(f"{told:.1e}") == pytest.approx(told)


def test_one_name_twice_near_by_is_told_and_far_apart_is_not() -> None:
    points = [shapely.Point(x, y) for x, y in ((0, 0), (30, 0), (0, 500), (45, 0), (0, 501))]
    frame = layer("heritage", points, name=["陈家祠", "陈家祠 ", "陈家祠", "别处", "陈家祠"])
    found = check(frame, kind("heritage"), sheet_rows=[2, 3, 4, 5, 6])  # records 3 and 5 are one place for the reader
    assert [(item.rule, list(item.records)) for item in found] == [("same_name_near", [2])]
    assert found[0].zh.startswith("与第 2 行同名，相距 30 米")
    assert said("report", layer("report", points, name=["甲"] * 5)) == []


@settings(max_examples=25)
@given(st.lists(st.tuples(st.integers(0, 300), st.sampled_from(["甲", "乙"])), min_size=1, max_size=12, unique=True))
def test_whoever_has_a_namesake_within_fifty_metres_is_in_some_pair(items: list[tuple[int, str]]) -> None:
    frame = layer("heritage", [shapely.Point(4 * x, 0) for x, _ in items], name=[name for _, name in items])
    found = check(frame, kind("heritage"))
    later = {record for item in found for record in item.records}
    lonely = [
        at
        for at, (x, name) in enumerate(items)
        if not any(other != at and same == name and abs(x - y) * 4 <= 49 for other, (y, same) in enumerate(items))
    ]
    has_pairs = any(
        a != b and name == same and abs(x - y) * 4 <= 49
        for a, (x, name) in enumerate(items)
        for b, (y, same) in enumerate(items)
    )
    assert bool(later) == has_pairs
    assert not later & {at + 1 for at in lonely if all(abs(items[at][0] - y) * 4 > 51 for y, _ in items[:at])}


def test_quick_checks_look_at_no_place() -> None:
    frame = layer("idle_land", [shapely.box(0, 0, 100, 100)] * 2, name=["甲", "乙"])
    assert said("idle_land", frame, is_quick=True) == []
    assert said("idle_land", frame) != []
