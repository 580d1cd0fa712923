"""Areas that no single object gives: sub-districts, also cut ones, the grid, the sea, communities."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from osm_files import SIDE, Drawing, Point, lonlat, square

from layers import schema
from layers.crs import working_crs
from layers.osm import read_osm
from layers.osm._admin import areas_of_level
from layers.osm._communities import communities
from layers.osm._found import Boundary
from layers.osm._sea import sea
from layers.osm._subdistricts import _letters, subdistricts
from layers.quality import QualityReport

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

EXTENT = (*lonlat((0, 0)), *lonlat((SIDE, SIDE)))
HALF = SIDE // 2


def line(*points: Point) -> shapely.LineString:
    return shapely.LineString([lonlat(point) for point in points])


def areas(relations: dict[int, Sequence[int]], ways: dict[int, shapely.LineString]):
    boundaries = [Boundary(number, {"admin_level": "10"}, tuple(members)) for number, members in relations.items()]
    return areas_of_level(boundaries, {number: [shapely.to_wkb(way)] for number, way in ways.items()}, EXTENT)


def share(shape: shapely.Geometry) -> float:
    return shape.area / shapely.box(*EXTENT).area


# Three areas whose outer borders run far outside: a way between 1 and 2, one between 2 and 3.
CUT_WAYS = {1: line((500, -900), (500, SIDE + 900)), 2: line((1_500, -900), (1_500, SIDE + 900))}
CUT_AREAS = {10: [1, 91], 20: [1, 2, 92, 93], 30: [2, 94]}


def test_areas_that_the_extract_cuts_off_are_found_from_the_ways_between_them() -> None:
    found = areas(CUT_AREAS, CUT_WAYS)
    assert {number: share(shape) for number, shape in found.shapes.items()} == pytest.approx(
        {10: 0.25, 20: 0.5, 30: 0.25}
    )
    assert found.unresolved == []


@given(st.lists(st.integers(50, SIDE - 50), min_size=2, max_size=6, unique=True))
def test_cut_areas_tile_the_extract(cuts: list[int]) -> None:
    cuts = sorted(cuts)
    ways = {number: line((x, -100), (x, SIDE + 100)) for number, x in enumerate(cuts, start=1)}
    relations = {100 + number: [number, number + 1] for number in range(len(cuts) + 1)}
    found = areas(relations, ways)
    edges = [0, *cuts, SIDE]
    expected = {100 + number: (edges[number + 1] - edges[number]) / SIDE for number in range(len(cuts) + 1)}
    assert {number: share(shape) for number, shape in found.shapes.items()} == pytest.approx(expected, rel=1e-6)


def test_one_area_may_hold_more_than_half() -> None:
    ring = line(*square(100, 100, 400))
    other = line(*square(1_000, 1_000, 400))
    found = areas({1: [1], 2: [2], 3: [1, 2, 99]}, {1: ring, 2: other})
    assert share(found.shapes[3]) == pytest.approx(1 - 2 * 0.2**2)
    assert share(found.shapes[1]) == pytest.approx(0.2**2)


def test_area_around_a_whole_one_lies_outside_it() -> None:
    found = areas({1: [1], 2: [1, 99]}, {1: line(*square(500, 500, 400))})
    assert share(found.shapes[1]) == pytest.approx(0.2**2)
    assert share(found.shapes[2]) == pytest.approx(1 - 0.2**2)


def test_two_halves_of_one_border_cannot_be_told_apart() -> None:
    found = areas({1: [1, 98], 2: [1, 99]}, {1: line((HALF, -50), (HALF, SIDE + 50))})
    assert found.shapes == {}
    assert sorted(found.unresolved) == [1, 2]


def test_short_gap_is_closed_and_long_gap_is_not() -> None:
    near = line((300, 300), (300, 600), (900, 600), (900, 300))
    found = areas({1: [1, 99]}, {1: near})
    assert found.closed[1] == pytest.approx(600 * 1.024, rel=0.01)
    assert share(found.shapes[1]) == pytest.approx(600 * 300 / SIDE**2)
    far = line((200, 300), (200, 600), (1_800, 600), (1_800, 300))
    assert areas({1: [1, 99]}, {1: far}).closed == {}


def test_border_cut_just_before_the_edge_is_drawn_to_it() -> None:
    ways = {1: line((500, 60), (500, SIDE - 60)), 2: line((1_500, 60), (1_500, SIDE - 60))}
    found = areas(CUT_AREAS, ways)
    assert {number: share(shape) for number, shape in found.shapes.items()} == pytest.approx(
        {10: 0.25, 20: 0.5, 30: 0.25}
    )
    assert found.closed == {}


def test_deepest_level_that_covers_becomes_the_subdistricts(tmp_path: Path) -> None:
    drawing = Drawing()
    for number, level in ((1, "10"), (2, "8")):
        west = drawing.way(
            [(HALF, -5 * number), (HALF, SIDE + 5), (-5, SIDE + 5), (-5, -5 * number), (HALF, -5 * number)]
        )
        east = drawing.way(
            [(HALF, -5 * number), (HALF, SIDE + 5), (SIDE + 5, SIDE + 5), (SIDE + 5, -5), (HALF, -5 * number)]
        )
        tags = {"type": "boundary", "boundary": "administrative", "admin_level": level}
        drawing.relation((west, "outer"), name=f"West {level}", **tags)
        drawing.relation((east, "outer"), name=f"East {level}", **tags)
    drawing.node((HALF - 100, 50), amenity="parking")
    drawing.node((HALF + 100, 50), amenity="parking")
    result = read_osm(drawing.write(tmp_path / "city.osm.pbf"))
    assert list(result.frames["subdistrict"]["name"]) == ["West 10", "East 10"]
    assert list(result.frames["parking"]["subdistrict_code"]) == ["osm-1", "osm-2"]
    assert list(result.frames["subdistrict"]["source_id"]) == ["relation/1", "relation/2"]
    report = result.report["subdistrict"]
    assert (report.read, report.kept, report.left_out) == (4, 2, 2)


def test_grid_where_no_level_covers() -> None:
    places = shapely.points([lonlat((100, 100)), lonlat((SIDE - 100, SIDE - 100))])
    report = QualityReport("subdistrict", "city.osm.pbf")
    frame = subdistricts([], {}, places, EXTENT, report)
    # 2,000 steps are 2,050 m by 2,215 m: three cells of about 800 m each way, and only two of them hold anything.
    assert list(frame["subdistrict_code"]) == ["grid-A3", "grid-C1"]
    assert shapely.area(frame.geometry).sum() == pytest.approx(2 / 9 * shapely.box(*EXTENT).area)
    assert "grid" in report.facts["subdistricts"].en
    report.check_counts()


def test_rows_of_the_grid_are_lettered_like_a_spreadsheet() -> None:
    assert [_letters(number) for number in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


def drawn_sea(*lines: shapely.LineString) -> tuple[float, QualityReport]:
    report = QualityReport("water", "city.osm.pbf")
    frame = sea([shapely.to_wkb(item) for item in lines], EXTENT, report)
    report.check_counts()
    assert (frame["water_type"] == "sea").all()
    return sum(share(shape) for shape in frame.geometry), report


def test_sea_lies_on_the_right_of_the_coast() -> None:
    northward = line((HALF, -10), (HALF, SIDE + 10))
    assert drawn_sea(northward)[0] == pytest.approx(0.5)
    report = QualityReport("water", "f")
    assert sea([shapely.to_wkb(northward)], EXTENT, report).geometry.iloc[0].bounds[0] == pytest.approx(
        lonlat((HALF, 0))[0]
    )


def test_island_is_no_sea() -> None:
    coast = line((HALF, -10), (HALF, SIDE + 10))
    island = line(*square(1_500, 500, 200))  # counter-clockwise: land inside
    assert drawn_sea(coast, island)[0] == pytest.approx(0.5 - 0.1**2)


def test_broken_coast_draws_no_sea_and_says_so() -> None:
    area, report = drawn_sea(line((HALF, -10), (HALF, 900)))
    assert area == 0
    assert "gap" in report.facts["sea"].en


def test_no_coast_no_sea() -> None:
    area, report = drawn_sea()
    assert area == 0
    assert report.facts == {}


def layer(kind: str, shapes: list[shapely.Geometry], **columns: object) -> gpd.GeoDataFrame:
    data = {"source_id": [f"way/{number}" for number in range(1, len(shapes) + 1)], **columns}
    return schema.conform(gpd.GeoDataFrame(data, geometry=shapes, crs=schema.STORAGE_CRS), schema.kind(kind))


def block(x: float, y: float, side: float = 20) -> shapely.Polygon:
    return shapely.Polygon([lonlat(point) for point in square(x, y, side)])


def homes(blocks: list[shapely.Polygon], floors: list[int | None], use: str = "apartments", **columns: object):
    return layer("building", blocks, use=[use] * len(blocks), floor_count=floors, **columns)


NO_STREETS = layer("street", [])
NO_COMMUNITIES = layer("community", [])


def found_communities(mapped, buildings, streets):
    report = QualityReport("community", "city.osm.pbf", read=len(mapped))
    frame = communities(mapped, buildings, streets, EXTENT, report)
    report.kept = len(frame)
    report.check_counts()
    return frame


def test_near_homes_cluster_and_far_or_single_ones_do_not() -> None:
    blocks = [block(100, 100), block(150, 100), block(300, 100), block(600, 100), block(610, 150)]
    frame = found_communities(NO_COMMUNITIES, homes(blocks, [6, 6, 6, None, 6]), NO_STREETS)
    assert list(frame["source_id"]) == ["cluster/way/1", "cluster/way/4"]
    assert list(frame["building_count"]) == [2, 2]
    metric = working_crs(EXTENT)
    footprint = gpd.GeoSeries(blocks[:1], crs=schema.STORAGE_CRS).to_crs(metric).area.iloc[0]
    assert frame["floor_area_m2"].iloc[0] == pytest.approx(2 * 6 * footprint, rel=1e-3)
    assert np.isnan(frame["floor_area_m2"].iloc[1]), "floors of half the footprint are not enough"
    for shape, members in zip(frame.geometry, ([0, 1], [3, 4]), strict=True):
        assert all(shape.buffer(1e-7).covers(blocks[member]) for member in members)
    assert frame["household_count"].isna().all()


def test_a_street_for_cars_parts_a_cluster_and_a_footpath_does_not() -> None:
    blocks = [block(100, 100), block(100, 130), block(140, 100), block(140, 130)]
    between = line((130, 0), (130, 300))
    for street_class, count in (("local", 2), ("path", 1)):
        streets = layer("street", [between], street_class=[street_class])
        assert len(found_communities(NO_COMMUNITIES, homes(blocks, [6] * 4), streets)) == count


def test_mapped_community_takes_its_buildings() -> None:
    mapped = layer("community", [block(90, 90, 200)], name=["东湖"])
    inside = homes([block(100, 100), block(150, 100), block(200, 100)], [5, 5, 5], built_year=[1980, 1990, None])
    frame = found_communities(mapped, inside, NO_STREETS)
    assert list(frame["name"]) == ["东湖"]
    assert frame["building_count"].iloc[0] == 3
    assert frame["built_year"].iloc[0] == 1985


def test_shops_make_no_community() -> None:
    frame = found_communities(NO_COMMUNITIES, homes([block(0, 0), block(25, 0)], [1, 1], use="retail"), NO_STREETS)
    assert len(frame) == 0


def test_cluster_is_named_by_its_commonest_street() -> None:
    addresses = ["大塘街 12", "大塘街 14", "德政路 3"]
    blocks = [block(100, 100), block(130, 100), block(160, 100)]
    frame = found_communities(NO_COMMUNITIES, homes(blocks, [6] * 3, address=addresses), NO_STREETS)
    assert list(frame["name"]) == ["大塘街 cluster 1"]
