"""One error shape over all routes, one table from class to status and exit code."""

import inspect
import shutil
from pathlib import Path

import httpx
import pytest
from api_city import Served, serving
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from api import errors as api_errors
from api._preferences import preferred_language
from api.settings import Settings
from layers import errors, schema
from layers.workspace import Workspace

pytest_plugins = ["api_fixtures"]

ITEMS = "/ogc/collections/community/items"
WRONG = {
    "/nothing": 404,
    "/api/nothing": 404,
    "/ogc/nothing": 404,
    "/assets/none-12345678.js": 404,
    "/assets/%2e%2e/index.html": 404,
    "/.build-hash": 404,
    "/api/layers/nothing.geojson": 404,
    "/api/layers/idle_land.geojson": 404,
    "/api/opportunities/nothing": 404,
    "/ogc?x=1": 400,
    "/ogc?f=xml": 400,
    "/ogc?lang=fr": 400,
    "/ogc/conformance?limit=1": 400,
    "/ogc/api?f=yaml": 400,
    "/ogc/collections?f=": 400,
    "/ogc/collections/nothing": 404,
    "/ogc/collections/nothing/items": 404,
    "/ogc/collections/nothing/items/1": 404,
    "/ogc/collections/idle_land": 404,
    "/ogc/collections/%E4%B8%8D%E5%AD%98%E5%9C%A8/items": 404,
    f"{ITEMS}/nothing": 404,
    f"{ITEMS}/a%2Fb%2F%E5%9C%B0%E5%9D%97": 404,
    f"{ITEMS}/": 404,
    f"{ITEMS}/x?bbox=1,2,3,4": 400,
    f"{ITEMS}?limit=0": 400,
    f"{ITEMS}?limit=-1": 400,
    f"{ITEMS}?limit=1000000000": 400,
    f"{ITEMS}?limit=10001": 400,
    f"{ITEMS}?limit=ten": 400,
    f"{ITEMS}?limit=1.5": 400,
    f"{ITEMS}?limit=%D9%A1": 400,
    f"{ITEMS}?limit={'9' * 5000}": 400,
    f"{ITEMS}?limit=": 400,
    f"{ITEMS}?limit=1&limit=2": 400,
    f"{ITEMS}?offset=-1": 400,
    f"{ITEMS}?offset={2**63}": 400,
    f"{ITEMS}?bbox=113,23.2,114,23.1": 400,
    f"{ITEMS}?bbox=113,23,114": 400,
    f"{ITEMS}?bbox=nan,23,114,24": 400,
    f"{ITEMS}?bbox=-inf,23,114,24": 400,
    f"{ITEMS}?bbox=a,b,c,d": 400,
    f"{ITEMS}?bbox=113,23,114,24,25": 400,
    f"{ITEMS}?bbox=113,23,200,24": 400,
    f"{ITEMS}?bbox=113,23,114,91": 400,
    f"{ITEMS}?bbox=": 400,
    f"{ITEMS}?bbox={'1,' * 20000}1": 400,
    f"{ITEMS}?bbox=113,23,114,24&bbox-crs=EPSG:9999": 400,
    f"{ITEMS}?bbox=500000,2000000,400000,2500000&bbox-crs=EPSG:3857": 400,
    f"{ITEMS}?bbox=1e300,1e300,1e301,1e301&bbox-crs=EPSG:4547": 400,
    f"{ITEMS}?crs=EPSG:9999": 400,
    f"{ITEMS}?crs=": 400,
    f"{ITEMS}?datetime=yesterday": 400,
    f"{ITEMS}?datetime=2026-13-01": 400,
    f"{ITEMS}?datetime=2026-02-01/2026-01-01": 400,
    f"{ITEMS}?datetime=../..": 400,
    f"{ITEMS}?datetime=2026-01-01/2026-01-02/2026-01-03": 400,
    f"{ITEMS}?built_year=old": 400,
    f"{ITEMS}?built_year=nan": 400,
    f"{ITEMS}?is_self_built=perhaps": 400,
    f"{ITEMS}?data_date=soon": 400,
    f"{ITEMS}?colour=red": 400,
    f"{ITEMS}?sortby=nothing": 400,
    "/ogc/collections/report/items?telephone=000": 400,
}


def assert_problem(response: httpx.Response, status: int) -> dict:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    body = response.json()
    assert {"type", "title", "status", "detail", "code"} <= set(body)
    assert set(body) <= {"type", "title", "status", "detail", "code", "hint", "field"}
    assert body["status"] == status
    assert "Traceback" not in response.text
    assert len(response.content) < 2000
    return body


@pytest.mark.parametrize(("path", "status"), WRONG.items(), ids=[path[:70] for path in WRONG])
@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_wrong_request_has_the_one_shape(served_city: Served, path: str, status: int, language: str) -> None:
    response = served_city.get(path, headers={"Accept-Language": language})
    body = assert_problem(response, status)
    is_chinese = any("一" <= letter <= "鿿" for letter in body["title"])
    assert is_chinese == (language == "zh-CN")
    assert response.headers["content-language"] == language[:2]


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE", "PATCH"])
def test_other_methods_are_refused_in_the_same_shape(served_city: Served, method: str) -> None:
    for path in ("/api/workspace", "/ogc/collections", ITEMS, "/healthz", "/"):
        assert_problem(served_city.client.request(method, path), 405)


def test_the_field_and_the_next_step_are_named(served_city: Served) -> None:
    body = assert_problem(served_city.get(f"{ITEMS}?crs=EPSG:9999"), 400)
    assert body["field"] == "crs"
    assert "EPSG:4547" in body["hint"]


def test_without_a_run_the_model_is_missing(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "w").close()
    with serving(Settings(tmp_path / "w")) as served:
        for path in ("/api/model", "/api/opportunities", "/api/opportunities/x"):
            assert assert_problem(served.get(path), 404)["hint"] == "run `panhuo analyze`"
        assert served.json("/api/workspace")["run"] is None
        assert served.json("/api/workspace")["extent"] is None
        assert served.json("/ogc/collections")["collections"] == []


def test_a_workspace_that_is_not_there_is_503(tmp_path: Path) -> None:
    with serving(Settings(tmp_path / "none")) as served:
        health = served.get("/healthz")
        assert (health.status_code, health.json()["status"], health.json()["workspace"]) == (503, "no-workspace", False)
        for path in ("/api/workspace", "/ogc", "/ogc/collections", ITEMS):
            assert "panhuo init" in assert_problem(served.get(path), 503)["hint"]


def test_a_workspace_that_goes_and_comes_back(own_served_city: Served) -> None:
    assert own_served_city.get("/healthz").status_code == 200
    marker = own_served_city.folder / "panhuo.json"
    text = marker.read_text(encoding="utf-8")
    marker.unlink()
    assert own_served_city.get("/healthz").status_code == 503
    marker.write_text(text, encoding="utf-8")
    assert own_served_city.get("/healthz").status_code == 200


def test_a_workspace_that_is_replaced_by_another(own_served_city: Served) -> None:
    assert own_served_city.json("/api/workspace")["name"] == "虚构区"
    shutil.rmtree(own_served_city.folder)
    Workspace.create(own_served_city.folder, name="另一个虚构区").close()
    body = own_served_city.json("/api/workspace")
    assert (body["name"], body["layers"], body["run"]) == ("另一个虚构区", [], None)
    assert_problem(own_served_city.get(ITEMS), 404)


def test_a_damaged_snapshot_is_told_not_thrown(own_served_city: Served) -> None:
    file = next((own_served_city.folder / "snapshots" / "report").glob("*.parquet"))
    file.write_bytes(b"PAR1 nothing")
    assert_problem(own_served_city.get("/ogc/collections/report/items"), 503)
    assert own_served_city.get(ITEMS).status_code == 200


def error_classes() -> list[type[errors.PanhuoError]]:
    return [item for _, item in inspect.getmembers(errors, inspect.isclass) if issubclass(item, errors.PanhuoError)]


def test_every_class_of_error_is_in_the_table() -> None:
    assert set(api_errors.MEANINGS) == set(error_classes())
    for kind in error_classes():
        error = kind("what happened")
        assert api_errors.exit_code(error) in (1, 2)
        assert 400 <= api_errors.status(error) < 600


def test_wrong_use_is_2_and_400_and_everything_else_failed() -> None:
    assert (api_errors.exit_code(errors.UsageError("x")), api_errors.status(errors.UsageError("x"))) == (2, 400)
    assert (api_errors.exit_code(errors.WorkspaceError("x")), api_errors.status(errors.WorkspaceError("x"))) == (1, 503)
    assert api_errors.status(api_errors.MissingError("x", "甲")) == 404


def test_a_problem_speaks_the_language_that_it_has() -> None:
    told = api_errors.RequestError("wrong", "错了", hint="do this", hint_zh="这样做")
    assert api_errors.problem(told, "zh")["detail"] == "错了"
    assert api_errors.problem(told, "en")["hint"] == "do this"
    plain = errors.ReadError("a.csv cannot be read", layer="parking", record=3, field="name")
    body = api_errors.problem(plain, "zh")
    assert body["detail"] == "a.csv cannot be read (layer parking, record 3)"
    assert body["field"] == "name"
    assert body["title"] == "文件无法读取"


def test_a_line_is_chinese_first_even_where_the_error_speaks_none() -> None:
    told = errors.ReadError("a.csv is bad", "a.csv 有误", layer="parking", record=3, hint="mend it", hint_zh="请改正")
    assert api_errors.line(told) == (
        "a.csv 有误 (图层 parking, 记录 3)；请改正 | a.csv is bad (layer parking, record 3): mend it"
    )
    assert api_errors.problem(told, "zh")["detail"] == "a.csv 有误 (图层 parking, 记录 3)"
    assert api_errors.line(errors.ReadError("a.csv is bad")) == "文件无法读取 | a.csv is bad"


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (None, "en"),
        ("zh-CN,zh;q=0.9,en;q=0.8", "zh"),
        ("en-GB,zh;q=0.5", "en"),
        ("fr, zh;q=0.2, en;q=0.1", "zh"),
        ("zh;q=0", "en"),
        ("zh;q=nonsense, en;q=0.1", "en"),
        ("*", "en"),
    ],
)
def test_language(header: str | None, expected: str) -> None:
    assert preferred_language(header) == expected


QUERY_NAMES = st.sampled_from(
    ["bbox", "bbox-crs", "crs", "datetime", "limit", "offset", "f", "lang", "name", "built_year", "is_self_built"]
)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    query=st.dictionaries(QUERY_NAMES | st.text(max_size=8), st.text(max_size=30), max_size=4),
    tail=st.text(max_size=20),
)
def test_no_text_in_a_request_makes_the_server_fail(served_city: Served, query: dict[str, str], tail: str) -> None:
    for response in (
        served_city.get(ITEMS, params=query),
        served_city.get(f"{ITEMS}/{httpx.QueryParams({'x': tail})!s}"),
    ):
        assert response.status_code < 500, response.text
        if response.status_code >= 400:
            assert_problem(response, response.status_code)


def test_no_column_has_the_name_of_a_parameter() -> None:
    reserved = {"f", "lang", "crs", "bbox", "bbox-crs", "datetime", "limit", "offset"}
    assert not [
        (name, item.name) for name, kind in schema.kinds().items() for item in kind.fields if item.name in reserved
    ]
