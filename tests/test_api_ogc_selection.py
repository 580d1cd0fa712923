"""OGC API - Features: what a box, a time, a filter and a coordinate system select and answer."""

import numpy as np
import pytest
import shapely
from api_city import SCRIPT, SIZE, SOUTH, WEST, Served, brute_force, communities, source_rows
from hypothesis import given, settings
from hypothesis import strategies as st
from pyproj import Transformer

from api._ogc_crs import EPSG_CODES, served_crs

pytest_plugins = ["api_fixtures"]

ITEMS = "/ogc/collections/community/items"
FRAME = communities()


NUMBER = st.floats(0, SIZE * 1.2).map(lambda value: round(value, 5))
BOXES = st.tuples(NUMBER, NUMBER, NUMBER, NUMBER).map(
    lambda box: (
        WEST - 0.01 + min(box[0], box[2]),
        SOUTH - 0.01 + min(box[1], box[3]),
        WEST - 0.01 + max(box[0], box[2]),
        SOUTH - 0.01 + max(box[1], box[3]),
    )
)


@settings(max_examples=60, deadline=None)
@given(box=BOXES)
def test_bbox_selects_what_brute_force_selects(served_city: Served, box: tuple[float, float, float, float]) -> None:
    body = served_city.json(ITEMS, params={"bbox": ",".join(map(str, box)), "limit": 1000})
    assert source_rows(body) == brute_force(*box)
    with_heights = ",".join(map(str, (*box[:2], 0, *box[2:], 100)))
    assert source_rows(served_city.json(ITEMS, params={"bbox": with_heights, "limit": 1000})) == brute_force(*box)


def test_a_box_in_the_empty_corner_of_a_shape_does_not_touch_it(served_city: Served) -> None:
    west, south, east, north = FRAME.geometry[2].bounds  # a diamond
    box = (west, south, west + (east - west) / 10, south + (north - south) / 10)
    rows = source_rows(served_city.json(ITEMS, params={"bbox": ",".join(map(str, box)), "limit": 1000}))
    assert 2 not in rows
    assert rows == brute_force(*box)


@pytest.mark.parametrize("code", EPSG_CODES)
@pytest.mark.parametrize("box", [(113.21, 23.12, 113.26, 23.18), (113.2, 23.1, 113.3, 23.2)])
def test_bbox_in_every_crs(served_city: Served, code: int, box: tuple[float, float, float, float]) -> None:
    """A box of another CRS selects what intersects the same four-sided area, edges drawn with many points."""
    there = Transformer.from_crs("OGC:CRS84", f"EPSG:{code}", always_xy=False)
    low, high = there.transform(*box[:2]), there.transform(*box[2:])
    body = served_city.json(
        ITEMS,
        params={
            "bbox": ",".join(map(str, (*low, *high))),
            "bbox-crs": f"http://www.opengis.net/def/crs/EPSG/0/{code}",
            "limit": 1000,
        },
    )
    moved = shapely.transform(
        FRAME.geometry.to_numpy(), lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1]))
    )
    area = shapely.box(*low, *high)
    assert source_rows(body) == {row for row, shape in enumerate(moved) if shape is None or shape.intersects(area)}


@pytest.mark.parametrize("code", [4547, 4526, 3857])
def test_the_sides_of_a_large_box_are_bent_as_its_crs_bends_them(code: int) -> None:
    """Points half a metre inside and outside the sides of a box of 300 km stay inside and outside of its area."""
    crs = served_crs(f"EPSG:{code}", "crs")
    there = Transformer.from_crs("OGC:CRS84", f"EPSG:{code}", always_xy=True)
    west, south = there.transform(112.0, 22.0)
    side, along = 300_000.0, np.linspace(1.0, 299_999.0, 400)
    box = (south, west, south + side, west + side) if crs.is_north_first else (west, south, west + side, south + side)
    area = crs.box_to_crs84(*box)
    for inset, expected in ((0.5, True), (-0.5, False)):
        x = np.concatenate([west + along, west + along, 0 * along + west + inset, 0 * along + west + side - inset])
        y = np.concatenate([0 * along + south + inset, 0 * along + south + side - inset, south + along, south + along])
        lon, lat = there.transform(x, y, direction="INVERSE")
        assert (shapely.contains_xy(area, lon, lat) == expected).all()


def test_bbox_of_the_whole_world(served_city: Served) -> None:
    assert served_city.json(f"{ITEMS}?bbox=-180,-90,180,90")["numberMatched"] == 40
    edge = "20037508.342789244"
    assert served_city.json(f"{ITEMS}?bbox=-{edge},-{edge},{edge},{edge}&bbox-crs=EPSG:3857")["numberMatched"] == 40
    assert served_city.get(f"{ITEMS}?bbox=-3e7,-3e7,3e7,3e7&bbox-crs=EPSG:3857").status_code == 400


def test_bbox_across_the_antimeridian(served_city: Served) -> None:
    unplaced = int(FRAME.geometry.isna().sum())
    assert served_city.json(f"{ITEMS}?bbox=113,23,-170,24")["numberMatched"] == 40
    assert served_city.json(f"{ITEMS}?bbox=170,23,-170,24")["numberMatched"] == unplaced


@pytest.mark.parametrize("code", EPSG_CODES)
def test_answers_in_another_crs_are_those_of_pyproj(served_city: Served, code: int) -> None:
    uri = f"http://www.opengis.net/def/crs/EPSG/0/{code}"
    there = Transformer.from_crs("OGC:CRS84", f"EPSG:{code}", always_xy=False)
    tolerance = 1e-7 if code in (4326, 4490) else 2e-3
    response = served_city.get(ITEMS, params={"crs": uri, "limit": 1000})
    assert response.headers["content-crs"] == f"<{uri}>"
    for feature in response.json()["features"]:
        geometry = FRAME.geometry[int(feature["properties"]["source_id"][1:])]
        if geometry is None:
            assert feature["geometry"] is None
            continue
        expected = shapely.transform(geometry, lambda xy: np.column_stack(there.transform(xy[:, 0], xy[:, 1])))
        assert shapely.hausdorff_distance(shapely.geometry.shape(feature["geometry"]), expected) < tolerance
    one = served_city.get(f"{ITEMS}/{feature['id']}", params={"crs": f"EPSG:{code}"})
    assert one.json()["geometry"] == feature["geometry"]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"condition_grade": "C"}, {row for row in range(40) if row % 2}),
        ({"is_self_built": "true"}, {row for row in range(40) if row % 2 == 0}),
        ({"built_year": "1984"}, {4}),
        ({"built_year": "1983"}, set()),
        ({"floor_area_m2": "1000.5"}, {1}),
        ({"name": SCRIPT}, {0}),
        ({"data_date": "2026-02-15", "condition_grade": "C"}, {row for row in range(40) if row % 6 == 1}),
        ({"name": "没有"}, set()),
        ({"condition_grade": "C", "bbox": "113.2,23.1,113.25,23.15"}, None),
    ],
)
def test_equality_filters(served_city: Served, query: dict[str, str], expected: set[int] | None) -> None:
    if expected is None:
        expected = {row for row in brute_force(113.2, 23.1, 113.25, 23.15) if row % 2}
    assert source_rows(served_city.json(ITEMS, params={**query, "limit": 1000})) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01T08:00:00Z", "ad"),
        ("2026-01-01", "abd"),
        ("2026-01-01T08:00:00Z/2026-01-01T20:30:00Z", "abd"),
        ("2026-01-01T08:00:01Z/..", "bcd"),
        ("../2026-01-01T08:00:00+08:00", "ad"),
        ("/2026-01-31", "abd"),
        ("2026-02-01/", "cd"),
        ("2025-01-01/2025-12-31", "d"),
    ],
)
def test_datetime_of_times(served_city: Served, text: str, expected: str) -> None:
    body = served_city.json("/ogc/collections/report/items", params={"datetime": text})
    assert "".join(feature["properties"]["source_id"] for feature in body["features"]) == expected


def test_datetime_of_days_and_of_kinds_without_a_time(served_city: Served) -> None:
    assert served_city.json(f"{ITEMS}?datetime=2026-01-15T12:00:00Z")["numberMatched"] == 7
    assert served_city.json(f"{ITEMS}?datetime=2026-01-15T12:00:00Z/2026-02-15T00:00:00Z")["numberMatched"] == 14
    assert served_city.json("/ogc/collections/opportunity/items?datetime=2001-01-01")["numberMatched"] == 4


def test_an_unknown_code_is_refused_with_the_known_ones(served_city: Served) -> None:
    response = served_city.get("/ogc/collections/opportunity/items?theme=xyz", headers={"accept-language": "en"})
    assert response.status_code == 400
    problem = response.json()
    assert (problem["field"], problem["hint"]) == ("theme", "choose one of revitalization, heritage")
    assert "'xyz'" in problem["detail"]
    zh = served_city.get("/ogc/collections/opportunity/items?permission=foo", headers={"accept-language": "zh"}).json()
    assert zh["hint"] == "可选：allowed, approval, unclear, forbidden"
    assert served_city.get(f"{ITEMS}?condition_grade=Z").status_code == 400
    assert served_city.json("/ogc/collections/opportunity/items?permission=forbidden")["numberMatched"] == 0


def test_the_definition_tells_every_code_that_is_accepted(served_city: Served) -> None:
    operation = served_city.json("/ogc/api")["paths"]["/collections/opportunity/items"]["get"]
    theme = next(item for item in operation["parameters"] if item.get("name") == "theme")
    assert theme["schema"]["enum"] == ["revitalization", "heritage"]


def test_ranked_records_can_be_asked_for_alone(served_city: Served) -> None:
    items = "/ogc/collections/opportunity/items"
    for value, expected in (("true", [1, 2, 1]), ("false", [None])):
        body = served_city.json(f"{items}?ranked={value}")
        assert [feature["properties"]["rank"] for feature in body["features"]] == expected
    assert served_city.json(f"{items}?ranked=true&theme=heritage")["numberMatched"] == 1
    assert served_city.get(f"{ITEMS}?ranked=true").status_code == 400
    described = served_city.json("/ogc/collections/opportunity?lang=en")["description"]
    assert "items?ranked=true" in described
    assert "ranked" not in served_city.json("/ogc/collections/community?lang=en")["description"]
