"""Headers, hosts, caches and the page."""

import gzip
from pathlib import Path

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from api_city import Served, new_workspace, serving

from api.app import create_app
from api.settings import Settings

pytest_plugins = ["api_fixtures"]

PATHS = ("/healthz", "/api/workspace", "/api/schema", "/ogc", "/ogc/collections/community/items", "/nothing", "/")


def test_every_answer_carries_the_security_headers(served_city: Served) -> None:
    for path in PATHS:
        headers = served_city.get(path).headers
        policy = dict(part.strip().split(" ", 1) for part in headers["content-security-policy"].split(";"))
        assert policy["script-src"] == "'self'"
        assert policy["worker-src"] == "'self' blob:"
        assert policy["connect-src"] == "'self'"
        assert policy["img-src"] == "'self' data: blob:"
        assert headers["x-content-type-options"] == "nosniff"
        assert "public" not in headers["cache-control"]


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:8000", "127.0.0.1.evil.example", "10.0.0.1", "", "[::2]"]
)
def test_a_foreign_host_is_refused(served_city: Served, host: str) -> None:
    response = served_city.get("/api/workspace", headers={"Host": host})
    assert response.status_code == 400
    assert response.headers["content-type"] == "application/problem+json"
    assert "content-security-policy" in response.headers


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost:8000", "LOCALHOST", "[::1]:8000"])
def test_local_hosts_are_served(served_city: Served, host: str) -> None:
    assert served_city.get("/api/workspace", headers={"Host": host}).status_code == 200


def test_hosts_of_other_settings() -> None:
    named = Settings(Path(), host="192.0.2.7", allowed_hosts=frozenset({"panhuo.example"}))
    assert named.admits("192.0.2.7:80")
    assert named.admits("panhuo.example")
    assert not named.admits("192.0.2.8")


def test_head_is_get_without_a_body(served_city: Served) -> None:
    for path in ("/api/workspace", "/ogc/collections/community/items"):
        head, get = served_city.client.head(path), served_city.get(path)
        assert head.status_code == 200
        assert head.content == b""
        assert head.headers["etag"] == get.headers["etag"]


def test_head_has_no_body_whatever_server_runs_the_application(served_city: Served) -> None:
    async def call() -> httpx.Response:
        transport = httpx.ASGITransport(create_app(Settings(served_city.folder)))
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.head("/api/schema")

    with start_blocking_portal() as portal:  # a loop of its own: the browser tests keep one in this thread
        head = portal.call(call)
    assert (head.status_code, head.content) == (200, b"")


@pytest.mark.parametrize(
    "path",
    [
        "/api/workspace",
        "/api/schema",
        "/api/model",
        "/api/opportunities",
        "/api/layers/community.geojson",
        "/openapi.json",
        "/ogc",
        "/ogc/api",
        "/ogc/collections",
        "/ogc/collections/community",
        "/ogc/collections/community/items?limit=3",
        "/ogc/collections/community/items?f=html",
    ],
)
def test_a_known_tag_is_answered_with_304(served_city: Served, path: str) -> None:
    first = served_city.get(path)
    tag = first.headers["etag"]
    again = served_city.get(path, headers={"If-None-Match": f'"other", {tag.removeprefix("W/")}'})
    assert again.status_code == 304
    assert again.content == b""
    assert again.headers["etag"] == tag
    assert again.headers["cache-control"] == "private, no-cache"
    assert served_city.get(path, headers={"If-None-Match": '"other"'}).status_code == 200


def test_tags_differ_by_query_format_and_language(served_city: Served) -> None:
    path = "/ogc/collections/community/items"
    answers = [
        served_city.get(path),
        served_city.get(f"{path}?limit=3"),
        served_city.get(f"{path}?f=html"),
        served_city.get(path, headers={"Accept-Language": "zh"}),
    ]
    assert len({answer.headers["etag"] for answer in answers}) == len(answers)


def test_gzip_only_where_it_is_taken(served_city: Served) -> None:
    path = "/api/layers/community.geojson"
    plain = served_city.get(path, headers={"Accept-Encoding": "identity"})
    refused = served_city.get(path, headers={"Accept-Encoding": "gzip;q=0"})
    packed = served_city.get(path, headers={"Accept-Encoding": "gzip"})
    assert "content-encoding" not in plain.headers
    assert "content-encoding" not in refused.headers
    assert packed.headers["content-encoding"] == "gzip"
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"])
    assert plain.content == packed.content
    assert gzip.decompress(gzip.compress(plain.content)) == packed.content
    assert "accept-encoding" in packed.headers["vary"].lower()


def test_without_a_built_page_the_command_is_told(served_city: Served) -> None:
    for path in ("/", "/docs", "/docs/swagger-ui-bundle.js"):
        response = served_city.get(path)
        assert response.status_code == 503
        assert "make setup" in response.text
        assert "页面尚未构建" in response.text
        assert "not built" in response.text


def test_a_built_page_is_served_and_hashed_files_are_kept(tmp_path: Path) -> None:
    static = tmp_path / "static"
    for name, text in {
        "index.html": "<!doctype html><title>盘活</title>",
        "favicon.svg": "<svg/>",
        "assets/index-Ab3_dEf9.js": "export {}",
        "assets/plain.js": "export {}",
        "swagger/swagger-ui-bundle.js": "var SwaggerUIBundle",
        "swagger/swagger-ui.css": "body{}",
        ".build-hash": "0",
    }.items():
        path = static / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    with serving(Settings(new_workspace(tmp_path / "w"), static=static)) as served:
        assert "盘活" in served.get("/").text
        assert served.get("/").headers["cache-control"] == "private, no-cache"
        assert "immutable" in served.get("/assets/index-Ab3_dEf9.js").headers["cache-control"]
        assert "immutable" not in served.get("/assets/plain.js").headers["cache-control"]
        assert served.get("/favicon.svg").status_code == 200
        assert served.get("/.build-hash").status_code == 404
        assert served.get("/assets/..%2f..%2fw%2fpanhuo.json").status_code == 404
        page = served.get("/docs").text
        assert "示例数据" in page
        assert "Sample data" in page
        assert "<script>" not in page
        assert "http://" not in page
        assert "https://" not in page
        assert "SwaggerUIBundle" in served.get("/docs/start.js").text
        assert served.get("/docs/swagger-ui.css").headers["content-type"].startswith("text/css")
        assert served.get("/docs/swagger-ui-bundle.js").headers["content-type"].startswith("text/javascript")
