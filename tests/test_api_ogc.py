"""OGC API - Features: documents, links, paging, pages for people, real clients."""

import json
import re
import subprocess
import sys
from urllib.parse import quote, urlsplit

import httpx
import pytest
import shapely
from api_city import NASTY_ID, Served, brute_force, communities

from api._ogc_crs import SERVED
from layers import schema

pytest_plugins = ["api_fixtures"]

COLLECTION = "/ogc/collections/community"
ITEMS = f"{COLLECTION}/items"
FRAME = communities()


def links(body: dict) -> dict[str, str]:
    return {item["rel"]: item["href"] for item in reversed(body["links"])}


def test_every_link_of_every_document_answers(served_city: Served) -> None:
    seen, todo = set(), ["/ogc"]
    while todo:
        path = todo.pop()
        if path in seen or path.startswith("/docs"):
            continue
        seen.add(path)
        response = served_city.get(path)
        assert response.status_code == 200, path
        if "json" in response.headers["content-type"] and "openapi" not in response.headers["content-type"]:
            body = response.json()
            found = [*body.get("links", []), *(link for item in body.get("collections", []) for link in item["links"])]
            for link in found:
                address = urlsplit(link["href"])
                if address.hostname == "127.0.0.1":
                    todo.append(f"{address.path}?{address.query}" if address.query else address.path)
                    if address.path.startswith("/ogc"):
                        answer = served_city.get(link["href"])
                        assert answer.headers["content-type"].partition(";")[0] == link["type"].partition(";")[0]
    assert len(seen) == 63


def test_landing_has_the_links_of_the_standard(served_city: Served) -> None:
    for path in ("/ogc", "/ogc/"):
        assert {"self", "alternate", "service-desc", "service-doc", "conformance", "data"} <= set(
            links(served_city.json(path))
        )


def test_conformance_names_only_what_is_there(served_city: Served) -> None:
    classes = served_city.json("/ogc/conformance")["conformsTo"]
    assert [name.removeprefix("http://www.opengis.net/spec/") for name in classes] == [
        "ogcapi-features-1/1.0/conf/core",
        "ogcapi-features-1/1.0/conf/oas30",
        "ogcapi-features-1/1.0/conf/html",
        "ogcapi-features-1/1.0/conf/geojson",
        "ogcapi-features-2/1.0/conf/crs",
        "ogcapi-features-3/1.0/conf/queryables",
        "ogcapi-features-3/1.0/conf/queryables-query-parameters",
    ]


def test_collections_are_the_kinds_that_have_data(served_city: Served) -> None:
    body = served_city.json("/ogc/collections", headers={"Accept-Language": "zh-CN"})
    assert [item["id"] for item in body["collections"]] == [
        "community",
        "service_item",
        "report",
        "opportunity",
        "cashflow",
    ]
    community = body["collections"][0]
    assert community["title"] == "老旧小区"
    assert "示例数据" in community["description"]
    assert (community["license"], community["attribution"]) == ("ODbL 1.0", "© 虚构贡献者")
    assert links(community)["license"].startswith("https://opendatacommons.org/")
    assert community["storageCrs"] == SERVED[0].uri
    assert community["crs"] == [item.uri for item in SERVED]
    assert community["extent"]["spatial"]["bbox"] == [pytest.approx(list(FRAME.total_bounds))]


def test_a_collection_has_its_times(served_city: Served) -> None:
    assert served_city.json(COLLECTION)["extent"]["temporal"]["interval"] == [
        ["2026-01-15T00:00:00Z", "2026-06-15T00:00:00Z"]
    ]
    interval = served_city.json("/ogc/collections/report")["extent"]["temporal"]["interval"]
    assert interval == [["2026-01-01T08:00:00Z", "2026-02-01T00:00:00Z"]]
    assert "extent" not in served_city.json("/ogc/collections/service_item")


@pytest.mark.parametrize("limit", [1, 7, 39, 40, 41, 10000])
def test_next_links_page_through_everything_once(served_city: Served, limit: int) -> None:
    url, seen, pages = f"{ITEMS}?limit={limit}", [], 0
    while url:
        body = served_city.json(url)
        assert body["numberMatched"] == 40
        assert body["numberReturned"] == len(body["features"]) <= limit
        seen += [feature["id"] for feature in body["features"]]
        url, pages, last = links(body).get("next"), pages + 1, body
    assert len(seen) == len(set(seen)) == 40
    assert pages == -(-40 // limit)
    back = [feature["id"] for feature in last["features"]]
    while "prev" in links(last):
        last = served_city.json(links(last)["prev"])
        back = [feature["id"] for feature in last["features"]] + back
    assert back == seen


def test_the_first_page_before_an_odd_offset_does_not_overlap(served_city: Served) -> None:
    whole = [feature["id"] for feature in served_city.json(ITEMS)["features"]]
    body = served_city.json(f"{ITEMS}?limit=7&offset=3")
    before = served_city.json(links(body)["prev"])
    assert [feature["id"] for feature in before["features"] + body["features"]] == whole[:10]
    assert "prev" not in links(before)


def test_pages_keep_the_query(served_city: Served) -> None:
    body = served_city.json(f"{ITEMS}?limit=2&condition_grade=C&crs=EPSG:4547&bbox=113,23,114,24&lang=zh")
    again = served_city.get(links(body)["next"])
    assert again.json()["numberMatched"] == body["numberMatched"] < 40
    assert again.headers["content-crs"] == "<http://www.opengis.net/def/crs/EPSG/0/4547>"
    assert served_city.json(f"{ITEMS}?offset=40")["features"] == []


def test_features_are_rfc_7946(served_city: Served) -> None:
    response = served_city.get(f"{ITEMS}?limit=40")
    assert response.headers["content-type"] == "application/geo+json"
    assert response.headers["content-crs"] == f"<{SERVED[0].uri}>"
    body = response.json()
    assert body["type"] == "FeatureCollection"
    assert body["attribution"] == "© 虚构贡献者"
    assert "Sample data" in body["notice"]
    assert "crs" not in body
    for feature in body["features"]:
        row = int(feature["properties"]["source_id"][1:])
        geometry = FRAME.geometry[row]
        assert feature["id"] == feature["properties"]["asset_id"]
        assert set(feature["properties"]) == set(schema.kind("community").columns)
        if geometry is None:
            assert feature["geometry"] is None
            assert feature["properties"]["position"] == "unlocated"
        else:
            assert shapely.hausdorff_distance(shapely.geometry.shape(feature["geometry"]), geometry) < 1e-8


def test_an_id_with_slashes_and_chinese(served_city: Served) -> None:
    path = f"/ogc/collections/opportunity/items/{quote(NASTY_ID, safe='')}"
    body = served_city.json(path)
    assert body["id"] == NASTY_ID
    assert body["type"] == "Feature"
    assert served_city.json(links(body)["self"]) == body
    assert links(body)["collection"].endswith("/collections/opportunity?f=json")
    assert served_city.json("/ogc/collections/opportunity/items/o4")["geometry"] is None


def test_results_carry_their_criteria(served_city: Served) -> None:
    record = served_city.json("/ogc/collections/opportunity/items/o3")["properties"]
    assert (record["x_gap"], record["v_gap"], record["x_people"]) == (4.0, 0.4, None)
    assert served_city.json("/ogc/collections/opportunity/items?action=surface_parking")["numberMatched"] == 2


@pytest.mark.parametrize(
    "path",
    ["/ogc", "/ogc/conformance", "/ogc/api", "/ogc/collections", COLLECTION, f"{ITEMS}?limit=3", f"{ITEMS}/<first>"],
)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_pages_for_people(served_city: Served, path: str, language: str) -> None:
    if path.endswith("<first>"):
        path = f"{ITEMS}/{served_city.json(f'{ITEMS}?limit=1')['features'][0]['id']}"
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8", "Accept-Language": language}
    response = served_city.get(path, headers=browser)
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    page = response.text
    assert page.startswith("<!doctype html>")
    assert f'<html lang="{"zh-CN" if language == "zh" else "en"}">' in page
    assert ("示例数据：" if language == "zh" else "Sample data:") in page
    assert "<script" not in page
    other = re.search(r'href="([^"]+)" hreflang', page)[1].replace("&amp;", "&")
    assert ("Sample data:" if language == "zh" else "示例数据：") in served_city.get(other, headers=browser).text
    if "community" in path:
        assert "© 虚构贡献者" in page
        assert "ODbL 1.0" in page


def test_markup_in_names_is_escaped(served_city: Served) -> None:
    for path in (f"{ITEMS}?f=html", f"{ITEMS}/{served_city.json(f'{ITEMS}?limit=1')['features'][0]['id']}?f=html"):
        page = served_city.get(path).text
        assert "<script>" not in page
        assert "&lt;script&gt;alert(&#x27;甲&#x27;)&lt;/script&gt;" in page


def test_pages_show_titles_of_codes_and_link_on(served_city: Served) -> None:
    page = served_city.get("/ogc/collections/opportunity/items?f=html&lang=zh&limit=2").text
    assert "地面停车场" in page
    assert "共 4 条，第 1–2 条" in page
    assert 'rel="next"' in page
    assert quote(NASTY_ID, safe="") in page


def test_f_wins_over_accept(served_city: Served) -> None:
    assert served_city.get("/ogc?f=json", headers={"Accept": "text/html"}).headers["content-type"] == "application/json"
    assert (
        served_city.get("/ogc", headers={"Accept": "application/json, text/html"}).headers["content-type"]
        == "application/json"
    )


def test_the_definition_covers_every_collection(served_city: Served) -> None:
    response = served_city.get("/ogc/api")
    assert response.headers["content-type"] == "application/vnd.oai.openapi+json;version=3.0"
    body = response.json()
    assert body["openapi"] == "3.0.3"
    for name in schema.kinds():
        parameters = body["paths"][f"/collections/{name}/items"]["get"]["parameters"]
        assert {item.get("$ref", "").rpartition("/")[2] or item["name"] for item in parameters} >= {
            "bbox",
            "limit",
            "crs",
        }
    names = {item.get("name") for item in body["paths"]["/collections/opportunity/items"]["get"]["parameters"]}
    assert "action" in names
    assert "telephone" not in json.dumps(body)


def references(value: object) -> set[str]:
    if isinstance(value, dict):
        own = {value["$ref"]} if "$ref" in value else set()
        return own.union(*(references(item) for item in value.values()))
    return set().union(*(references(item) for item in value)) if isinstance(value, list) else set()


@pytest.mark.parametrize("path", ["/ogc/api", "/openapi.json"])
def test_definitions_are_closed_and_named_once(served_city: Served, path: str) -> None:
    body = served_city.json(path)
    for reference in references(body):
        section, name = reference.removeprefix("#/components/").split("/")
        assert name in body["components"][section]
    operations = [method["operationId"] for methods in body["paths"].values() for method in methods.values()]
    assert len(operations) == len(set(operations))
    for template, methods in body["paths"].items():
        named = {item["name"] for item in methods["get"].get("parameters", []) if item.get("in") == "path"}
        assert named == set(re.findall(r"\{(\w+)\}", template)), template
    assert "422" not in json.dumps(body["paths"])


def test_the_whole_service_is_described(served_city: Served) -> None:
    paths = served_city.json("/openapi.json")["paths"]
    assert {"/healthz", "/api/workspace", "/api/layers/{kind}.geojson", "/api/opportunities/{opportunity_id}"} <= set(
        paths
    )
    assert "/ogc/collections/opportunity/items/{featureId}" in paths


READ_ALL = """
import sys, warnings, pyogrio
url = "OAPIF:" + sys.argv[1] + "/ogc"
warnings.simplefilter("ignore")  # the driver tells of records without a place
frame = pyogrio.read_dataframe(url, layer="community", PAGE_SIZE="7")
print(len(frame), frame["source_id"].nunique(), int(frame.geometry.notna().sum()))
boxed = pyogrio.read_dataframe(url, layer="community", bbox=(113.2, 23.1, 113.25, 23.15), PAGE_SIZE="7")
print(",".join(sorted(boxed["source_id"])))
"""


def test_gdal_reads_a_whole_layer_once(served_city: Served) -> None:
    done = subprocess.run(
        [sys.executable, "-c", READ_ALL, str(served_city.client.base_url).rstrip("/")],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    counts, boxed = done.stdout.splitlines()
    assert counts.split() == ["40", "40", str(int(FRAME.geometry.notna().sum()))]
    placed = {row for row in brute_force(113.2, 23.1, 113.25, 23.15) if FRAME.geometry[row] is not None}
    assert {int(name[1:]) for name in boxed.split(",")} == placed


def test_ogrinfo_pages_through_a_layer(served_city: Served, need_tool) -> None:
    program = need_tool("ogrinfo")
    source = f"OAPIF:{str(served_city.client.base_url).rstrip('/')}/ogc"
    done = subprocess.run(
        [program, "-al", "-geom=NO", "-oo", "PAGE_SIZE=7", source, "community"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert sorted(re.findall(r"source_id \(String\) = (c\d+)", done.stdout)) == sorted(f"c{row}" for row in range(40))


def test_the_base_of_links_is_the_host_that_was_called(served_city: Served) -> None:
    port = httpx.URL(served_city.client.base_url).port
    body = served_city.json("/ogc", headers={"Host": f"localhost:{port}"})
    assert all(link["href"].startswith(f"http://localhost:{port}/") for link in body["links"])


@pytest.mark.parametrize("path", ["/ogc", "/ogc/conformance", "/ogc/api", "/ogc/collections", COLLECTION, ITEMS])
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_of_sample_data_says_so_in_both_languages(served_city: Served, path: str, language: str) -> None:
    page = served_city.get(f"{path}?f=html", headers={"Accept-Language": language}).text
    notice = page.partition('class="notice"')[2].partition("</p>")[0]
    said = [notice.index("示例数据"), notice.index("Sample data")]
    assert said == sorted(said, reverse=language == "en")


def test_what_is_not_there_is_told_with_the_next_step(served_city: Served) -> None:
    for path in (f"{ITEMS}/none", "/api/opportunities/none"):
        answer = served_city.get(path, headers={"Accept-Language": "zh"})
        assert answer.status_code == 404
        assert "编号取自 /" in answer.text
