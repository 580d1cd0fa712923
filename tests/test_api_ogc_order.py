"""``sortby`` and ``properties``: every record once in the order asked for, missing values last, only what was asked."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest
from api_city import communities

if TYPE_CHECKING:
    from api_city import Served

pytest_plugins = ["api_fixtures"]

ITEMS = "/ogc/collections/community/items"


def rows(served: Served, **query: Any) -> list[int]:
    """Return which communities come, page by page of seven."""
    found, link = [], None
    while True:
        answer = served.client.get(link) if link else served.client.get(ITEMS, params={"limit": 7, **query})
        page = answer.raise_for_status().json()
        found += [int(item["properties"]["source_id"][1:]) for item in page["features"]]
        link = next((item["href"] for item in page["links"] if item["rel"] == "next"), None)
        if link is None:
            return found


def expected(*keys: tuple[str, bool]) -> list[int]:
    """Return the order by Python's own sort, which is stable: the last key first."""
    frame, order = communities(), list(range(40))
    for name, is_descending in reversed(keys):
        values = frame[name].astype(object).where(frame[name].notna(), None).tolist()
        there = [row for row in order if values[row] is not None and values[row] == values[row]]
        there.sort(key=values.__getitem__, reverse=is_descending)
        if is_descending:  # equals stay as they were
            there = [
                row for value in dict.fromkeys(values[row] for row in there) for row in order if values[row] == value
            ]
        order = [*there, *(row for row in order if row not in set(there))]
    return order


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        ("built_year", [("built_year", False)]),
        ("+built_year", [("built_year", False)]),
        ("-built_year", [("built_year", True)]),
        ("-floor_area_m2", [("floor_area_m2", True)]),
        ("condition_grade,-built_year", [("condition_grade", False), ("built_year", True)]),
        ("-is_self_built, data_date", [("is_self_built", True), ("data_date", False)]),
        ("name", [("name", False)]),
    ],
)
def test_records_come_in_the_order_asked_for(served_city: Served, text: str, keys: list[tuple[str, bool]]) -> None:
    assert rows(served_city, sortby=text) == expected(*keys)


def test_the_order_holds_with_a_filter_too(served_city: Served) -> None:
    wanted = [row for row in expected(("floor_area_m2", True)) if row % 2]
    assert rows(served_city, sortby="-floor_area_m2", condition_grade="C") == wanted
    assert math.isnan(communities()["floor_area_m2"][wanted[-1]]) or wanted[-1] % 4


def test_only_the_columns_asked_for_come(served_city: Served) -> None:
    whole = served_city.client.get(ITEMS, params={"limit": 40}).json()["features"]
    for crs in ({}, {"crs": "EPSG:4547"}):
        part = served_city.client.get(ITEMS, params={"limit": 40, "properties": "built_year,name", **crs}).json()
        for one, other in zip(whole, part["features"], strict=True):
            assert list(other["properties"]) == ["built_year", "name"]
            assert other["properties"] == {name: one["properties"][name] for name in ("built_year", "name")}
            assert other["id"] == one["id"]
            assert crs or other["geometry"] == one["geometry"]
    nothing = served_city.client.get(ITEMS, params={"properties": ""}).json()
    assert nothing["features"][0]["properties"] == {}


@pytest.mark.parametrize("parameter", ["sortby", "properties"])
@pytest.mark.parametrize(
    ("kind", "text", "said"),
    [
        ("community", "heigth", "heigth"),
        ("community", "name,name", "twice"),
        ("community", "name,,built_year", "''"),
        ("community", "name; DROP TABLE x", "DROP"),
        ("report", "reporter", "reporter"),
        ("report", "telephone", "telephone"),
    ],
)
def test_what_is_no_column_is_refused(served_city: Served, parameter: str, kind: str, text: str, said: str) -> None:
    answer = served_city.client.get(
        f"/ogc/collections/{kind}/items", params={parameter: text}, headers={"Accept-Language": "en"}
    )
    assert answer.status_code == 400
    assert said in answer.json()["detail"]
    choices = answer.json()["detail"].partition("choose")[2]
    assert "reporter" not in choices
    assert "telephone" not in choices


def test_too_many_columns_to_sort_by_are_refused(served_city: Served) -> None:
    names = "name,built_year,floor_area_m2,condition_grade,is_self_built,data_date,source_id,asset_id,subdistrict_code"
    assert served_city.client.get(ITEMS, params={"sortby": names}).status_code == 400


@pytest.mark.parametrize("part", ["queryables", "schema"])
def test_the_columns_of_a_collection_are_told_as_json_schema(served_city: Served, part: str) -> None:
    links = served_city.client.get("/ogc/collections/community").json()["links"]
    address = next(
        item["href"]
        for item in links
        if item["rel"] == f"http://www.opengis.net/def/rel/ogc/1.0/{part}" and "json" in item["type"]
    )
    answer = served_city.client.get(address, headers={"Accept-Language": "en"})
    assert answer.headers["content-type"] == "application/schema+json"
    body = answer.json()
    assert body["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert body["$id"].endswith(f"/ogc/collections/community/{part}")
    assert body["properties"]["asset_id"]["x-ogc-role"] == "id"
    assert body["properties"]["geometry"]["x-ogc-role"] == "primary-geometry"
    assert body["properties"]["built_year"]["type"] == "integer"
    assert body["properties"]["condition_grade"]["enum"]
    features = served_city.client.get(ITEMS, params={"limit": 40}).json()["features"]
    if part == "schema":
        assert set(body["properties"]) == {*features[0]["properties"], "geometry"}
    else:
        assert body["additionalProperties"] is False
        for name in set(body["properties"]) - {"geometry"}:  # each is a parameter
            value = next((item["properties"][name] for item in features if item["properties"][name] is not None), None)
            text = str(value).lower() if isinstance(value, bool) else str(value)
            told = served_city.client.get(ITEMS, params={name: text}) if value is not None else None
            assert told is None or told.json()["numberMatched"] >= 1, name


def test_columns_of_a_run_and_personal_ones(served_city: Served) -> None:
    columns = served_city.client.get("/ogc/collections/opportunity/schema").json()["properties"]
    assert columns["x_gap"]["type"] == columns["v_people"]["type"] == "number"
    for part in ("queryables", "schema"):
        told = served_city.client.get(f"/ogc/collections/report/{part}").json()["properties"]
        assert not {"reporter", "telephone"} & set(told)
        page = served_city.client.get(f"/ogc/collections/report/{part}", params={"f": "html", "lang": "zh"}).text
        assert "reported_at" in page
        assert "telephone" not in page
        assert served_city.client.get(f"/ogc/collections/nothing/{part}").status_code == 404
    assert "geometry" not in served_city.client.get("/ogc/collections/service_item/queryables").json()["properties"]
