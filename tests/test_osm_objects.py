"""What OpenStreetMap objects become: kinds, columns, and why an object is left out. One rule a test."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pytest
import shapely
from osm_files import SIDE, Drawing, lonlat, square

from layers.osm import OsmResult, read_osm
from layers.osm._idle import why_not_idle
from layers.osm._tags import kinds_of
from layers.osm._values import count, metres, year

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def drawing() -> Drawing:
    return Drawing()


def read(drawing: Drawing, tmp_path: Path) -> OsmResult:
    result = read_osm(drawing.write(tmp_path / "city.osm.pbf"))
    result.report.check_counts()
    return result


def row(result: OsmResult, kind: str, source_id: str) -> pd.Series:
    frame = result.frames[kind]
    found = frame[frame["source_id"] == source_id]
    assert len(found) == 1, f"{source_id} is {len(found)} times in {kind}: {list(frame['source_id'])}"
    return found.iloc[0]


def left_out(result: OsmResult, kind: str) -> dict[str, str]:
    return {str(item.value): item.en for item in result.report[kind].findings if item.action == "left_out"}


@pytest.mark.parametrize(
    ("tags", "kinds"),
    [
        ({"amenity": "parking"}, {"parking"}),
        ({"amenity": "parking;fuel"}, {"parking"}),
        ({"amenity": "parking_space"}, set()),
        ({"amenity": "parking_entrance"}, set()),
        ({"amenity": "motorcycle_parking"}, set()),
        ({"amenity": "charging_station"}, {"charging"}),
        ({"historic": "memorial"}, {"heritage"}),
        ({"historic": "no"}, set()),
        ({"heritage": "2", "building": "yes"}, {"heritage", "building"}),
        ({"landuse": "brownfield"}, {"idle_land"}),
        ({"landuse": "construction"}, {"idle_land"}),
        ({"landuse": "grass"}, {"green"}),
        ({"shop": "vacant"}, {"idle_land"}),
        ({"landuse": "residential", "building": "yes"}, {"community", "building"}),
        ({"building": "no"}, set()),
        ({"amenity": "library", "building": "civic"}, {"service", "building"}),
        ({"railway": "tram_stop"}, {"service"}),
        ({"waterway": "river"}, {"water"}),
        ({"natural": "tree"}, set()),
        ({}, set()),
    ],
)
def test_table_of_kinds(tags: dict[str, str], kinds: set[str]) -> None:
    assert set(kinds_of(tags)) == kinds


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ({"landuse": "brownfield"}, None),
        ({"landuse": "construction"}, "under construction, not idle"),
        ({"landuse": "construction", "abandoned": "yes"}, None),
        ({"disused:shop": "yes"}, None),
        ({"disused:shop": "yes", "building": "retail"}, None),
        ({"disused:shop": "clothes", "amenity": "cafe"}, "in use again"),
        ({"disused:shop": "clothes", "amenity": "bench"}, None),
        ({"amenity": "cafe", "disused": "yes"}, None),
        ({"amenity": "bench", "disused": "yes"}, "street furniture or equipment, not a place"),
        ({"disused:amenity": "atm"}, "street furniture or equipment, not a place"),
        ({"abandoned:railway": "rail"}, "a disused line, not a parcel"),
        ({"disused:railway": "station"}, None),
        (
            {"disused:name": "Camper", "shop": "shoes"},
            "only a former detail; nothing says that the place is out of use",
        ),
        ({"shop": "vacant"}, None),
        ({"vacant": "yes"}, None),
    ],
)
def test_idle_or_why_not(tags: dict[str, str], reason: str | None) -> None:
    found = why_not_idle(tags)
    assert (found.en if found else None) == reason


def test_disused_route_is_no_parcel() -> None:
    found = why_not_idle({"type": "route", "disused:route": "bus"}, is_relation=True)
    assert found is not None
    assert "route" in found.en


@pytest.mark.parametrize(
    ("text", "number"), [("1906", 1906), ("1906-04-18", 1906), ("~1906", 1906), ("C19", None), ("1880s", None)]
)
def test_year(text: str, number: int | None) -> None:
    assert year(text) == number


def test_counts_and_widths() -> None:
    assert [count(text) for text in ("12", "2.5", "8;9", "many", None)] == [12, 3, None, None, None]
    assert [metres(text) for text in ("3.5", "3.5 m", "12'", None)] == [3.5, 3.5, None, None]


def test_parking_as_node_way_and_relation(drawing: Drawing, tmp_path: Path) -> None:
    node = drawing.node((100, 100), amenity="parking", parking="street_side", capacity="12", fee="no")
    way = drawing.way(square(200, 200), amenity="parking", access="residents", capacity="8;9")
    outer, inner = drawing.way(square(300, 300, 40)), drawing.way(square(310, 310, 10))
    members = ((outer, "outer"), (inner, "inner"))
    relation = drawing.relation(*members, type="multipolygon", amenity="parking", access="private", name="大塘停车场")
    drawing.node((400, 400), amenity="parking_space")
    result = read(drawing, tmp_path)
    frame = result.frames["parking"]
    assert list(frame["source_id"]) == [node, way, relation]
    assert list(frame["parking_type"].fillna("-")) == ["kerb", "residential", "-"]
    assert list(frame["stall_count"].fillna(-1)) == [12, -1, -1]
    assert list(frame["access"].fillna("-")) == ["-", "permit", "private"]
    assert list(frame["tariff_cny_h"].fillna(-1)) == [0, -1, -1]
    assert row(result, "parking", relation)["name"] == "大塘停车场"
    assert len(row(result, "parking", relation)["geometry"].interiors) == 1
    assert (result.report["parking"].read, result.report["parking"].kept) == (3, 3)


def test_open_line_is_no_car_park(drawing: Drawing, tmp_path: Path) -> None:
    way = drawing.way([(0, 0), (50, 50)], amenity="parking")
    drawing.node((9, 9), amenity="parking")
    assert left_out(read(drawing, tmp_path), "parking") == {way: "an open line, not an area"}


def test_charging_tells_cars_from_bicycles(drawing: Drawing, tmp_path: Path) -> None:
    drawing.node((1, 1), amenity="charging_station", motorcar="yes", capacity="4")
    drawing.node((2, 2), amenity="charging_station", bicycle="yes")
    drawing.node((3, 3), amenity="charging_station", socket__type2="2")
    drawing.node((4, 4), amenity="charging_station")
    frame = read(drawing, tmp_path).frames["charging"]
    assert list(frame["charger_type"].fillna("-")) == ["car", "ebike", "car", "-"]
    assert frame["pile_count"].iloc[0] == 4
    assert frame["pile_count"].iloc[1:].isna().all()


def test_heritage_never_gets_a_legal_class(drawing: Drawing, tmp_path: Path) -> None:
    tomb = drawing.way(square(10, 10), historic="tomb", heritage="1", start_date="1906", ownership="public")
    wall = drawing.way(square(100, 100), historic="citywalls", start_date="C14")
    quarter = drawing.way(square(200, 200, 300), historic="district")
    result = read(drawing, tmp_path)
    first = row(result, "heritage", tomb)
    assert (first["heritage_class"], first["ownership"]) == ("unknown", "unknown")
    assert (first["building_type"], first["built_year"]) == ("garden_monument", 1906)
    assert row(result, "heritage", wall)["geometry"].geom_type == "LineString"
    assert row(result, "heritage", wall)["era"] == "C14"
    assert left_out(result, "heritage") == {quarter: "a historic quarter, not one site"}
    assert any(item.rule == "year" and wall in str(item.value) for item in result.report["heritage"].findings)


def test_idle_land_keeps_what_it_was(drawing: Drawing, tmp_path: Path) -> None:
    field = drawing.way(square(10, 10), landuse="brownfield")
    shop = drawing.node((200, 200), disused__shop="clothes", old_name="Mao's")
    line = drawing.way([(0, 0), (50, 50)], abandoned__railway="rail")
    works = drawing.way(square(300, 300), landuse="construction")
    result = read(drawing, tmp_path)
    one, other = row(result, "idle_land", field), row(result, "idle_land", shop)
    assert (one["land_class"], one["tenure"], other["surface"]) == ("underused_space", "unknown", "built")
    assert pd.isna(one["surface"])
    assert (other["name"], other["remark"]) == ("Mao's", "disused:shop=clothes")
    assert left_out(result, "idle_land") == {
        line: "a disused line, not a parcel",
        works: "under construction, not idle",
    }


def test_point_in_its_own_area_is_merged(drawing: Drawing, tmp_path: Path) -> None:
    area = drawing.way(square(10, 10), abandoned="yes", building="hotel")
    inside = drawing.node((15, 15), disused__amenity="restaurant", name="Canton")
    outside = drawing.node((200, 15), disused__amenity="restaurant")
    result = read(drawing, tmp_path)
    assert set(result.frames["idle_land"]["source_id"]) == {area, outside}
    assert row(result, "idle_land", area)["name"] == "Canton"
    report = result.report["idle_land"]
    assert (report.read, report.kept, report.merged) == (3, 2, 1)
    said = [item for item in report.findings if item.action == "merged"]
    assert [item.value for item in said] == [inside]
    assert area in said[0].en


@pytest.mark.parametrize(
    ("kind", "of_area", "of_point"),
    [
        ("parking", {"amenity": "parking", "name": "A"}, {"amenity": "parking", "name": "B"}),
        ("parking", {"amenity": "parking", "parking": "surface"}, {"amenity": "parking", "parking": "underground"}),
        ("service", {"amenity": "school"}, {"amenity": "kindergarten"}),
        ("idle_land", {"disused:shop": "yes", "building": "yes"}, {"disused:amenity": "cafe"}),
    ],
)
def test_contradicting_point_is_another_thing(
    kind: str, of_area: dict[str, str], of_point: dict[str, str], drawing: Drawing, tmp_path: Path
) -> None:
    drawing.way(square(10, 10), **of_area)
    drawing.node((15, 15), **of_point)
    result = read(drawing, tmp_path)
    assert len(result.frames[kind]) == 2
    assert result.report[kind].merged == 0


def test_relation_and_its_own_outer_way_are_one(drawing: Drawing, tmp_path: Path) -> None:
    outer = drawing.way(square(10, 10, 40), building="yes", name="Hall")
    inner = drawing.way(square(20, 20, 10))
    relation = drawing.relation((outer, "outer"), (inner, "inner"), type="multipolygon", building="yes")
    result = read(drawing, tmp_path)
    assert list(result.frames["building"]["source_id"]) == [relation]
    assert row(result, "building", relation)["name"] == "Hall"
    assert result.report["building"].merged == 1


@pytest.mark.parametrize(
    ("tags", "code"),
    [
        ({"amenity": "doctors"}, "clinic"),
        ({"amenity": "school", "isced:level": "1;2"}, "primary_school"),
        ({"amenity": "school", "name": "广州市第一初级中学"}, "junior_school"),
        ({"amenity": "school", "name": "International High School"}, "other"),
        ({"amenity": "community_centre"}, "other"),
        ({"amenity": "community_centre", "name": "大塘街党群服务中心"}, "party_service_centre"),
        (
            {"amenity": "social_facility", "social_facility": "day_care", "social_facility:for": "senior"},
            "elder_day_care",
        ),
        ({"amenity": "social_facility", "social_facility": "shelter"}, "other"),
        ({"shop": "convenience"}, "supermarket"),
        ({"railway": "station", "station": "subway", "train": "yes"}, "metro_station"),
        ({"railway": "station", "train": "yes"}, "other"),
        ({"railway": "tram_stop"}, "bus_stop"),
    ],
)
def test_service_types(tags: dict[str, str], code: str, drawing: Drawing, tmp_path: Path) -> None:
    node = drawing.node((5, 5), **tags)
    assert row(read(drawing, tmp_path), "service", node)["service_type"] == code


def test_building_columns_and_bounds(drawing: Drawing, tmp_path: Path) -> None:
    levels = "building:levels"
    tower = drawing.way(square(10, 10), building="apartments", start_date="1987-05", **{levels: "8.5"})
    wrong = drawing.way(square(100, 10), building="yes", **{levels: "900"})
    point = drawing.node((200, 10), building="yes")
    drawing.way(square(300, 10), building="no")
    result = read(drawing, tmp_path)
    first, second = row(result, "building", tower), row(result, "building", wrong)
    assert (first["use"], first["floor_count"], first["built_year"]) == ("apartments", 9, 1987)
    assert pd.isna(second["use"])
    assert pd.isna(second["floor_count"])
    nulled = [item for item in result.report["building"].findings if item.action == "nulled"]
    assert [(item.field, item.value) for item in nulled] == [("floor_count", f"{wrong}: 900")]
    assert left_out(result, "building") == {point: "a node: it has no outline"}
    assert result.report["building"].read == 3


def test_culvert_is_no_water(drawing: Drawing, tmp_path: Path) -> None:
    open_water = drawing.way([(0, 0), (50, 50)], waterway="stream")
    culvert = drawing.way([(50, 50), (90, 90)], waterway="stream", tunnel="culvert")
    result = read(drawing, tmp_path)
    assert row(result, "water", open_water)["water_type"] == "stream"
    assert list(left_out(result, "water")) == [culvert]


def test_outside_is_left_out_and_across_is_clipped(drawing: Drawing, tmp_path: Path) -> None:
    inside = drawing.way(square(SIDE - 10, 100), landuse="brownfield")
    outside = drawing.way(square(SIDE + 10, 100), landuse="brownfield")
    beyond = drawing.node((-5, 100), amenity="parking")
    result = read(drawing, tmp_path)
    clipped = row(result, "idle_land", inside)["geometry"]
    west, south, east, north = clipped.bounds
    assert east == pytest.approx(lonlat((SIDE, 0))[0])
    assert (east - west) * 2 == pytest.approx(north - south, rel=1e-6)
    assert left_out(result, "idle_land") == {outside: "outside the extract"}
    assert left_out(result, "parking") == {beyond: "outside the extract"}
    assert [item.value for item in result.report["idle_land"].findings if item.rule == "clipped"] == [inside]


def test_crossed_outline_is_mended(drawing: Drawing, tmp_path: Path) -> None:
    bow = drawing.way([(0, 0), (20, 20), (20, 0), (0, 20), (0, 0)], landuse="brownfield")
    result = read(drawing, tmp_path)
    mended = row(result, "idle_land", bow)["geometry"]
    assert mended.is_valid
    assert mended.area == pytest.approx(200 * 1e-10, rel=1e-5)
    assert [item.value for item in result.report["idle_land"].findings if item.rule == "geometry_invalid"] == [bow]


def test_cut_outline_is_placed_by_what_is_left(drawing: Drawing, tmp_path: Path) -> None:
    lot = drawing.way(square(100, 100), amenity="parking")
    house = drawing.way(square(100, 100), building="yes")
    drawing.lose((120, 120))
    result = read(drawing, tmp_path)
    found = row(result, "parking", lot)
    assert found["position"] == "approximate"
    # Corners (100,100) twice, (120,100) and (100,120) are left of the closed way.
    assert shapely.get_coordinates(found["geometry"])[0] == pytest.approx(lonlat((105, 105)), abs=3e-5)
    assert left_out(result, "building") == {house: "some of its nodes are not in the file"}


def test_relations_that_are_no_area(drawing: Drawing, tmp_path: Path) -> None:
    side = drawing.way([(0, 0), (50, 0), (50, 50)])
    lost = drawing.way(square(0, 0), is_lost=True)
    site = drawing.relation((side, ""), type="site", amenity="parking")
    partly = drawing.relation((side, "outer"), (lost, "outer"), type="multipolygon", amenity="parking")
    unclosed = drawing.relation((side, "outer"), type="multipolygon", amenity="parking")
    drawing.node((5, 5), amenity="parking")
    assert left_out(read(drawing, tmp_path), "parking") == {
        site: "a relation that has no outline of its own",
        partly: "some member ways of the relation are not in the file",
        unclosed: "the member ways of the relation do not close to an area",
    }
