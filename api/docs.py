"""``/docs`` and ``/openapi.json``: the description of the service and its page, served by us from the built files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request  # noqa: TC002  (FastAPI reads the annotations)
from starlette.responses import FileResponse, HTMLResponse, Response

from api import _ogc_openapi
from api._answers import tagged_json
from api._ogc_html import sample_banner
from api._pages import not_built
from api._preferences import preferred_language
from layers import __version__
from layers.errors import WorkspaceError

if TYPE_CHECKING:
    from fastapi import FastAPI

    from api.settings import Settings
    from api.store import Store

SWAGGER_FILES = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>接口说明 API · 盘活 Panhuo</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
<style>.notice{{margin:1rem auto;max-width:1400px;padding:.5rem .75rem;border:2px solid #a34700;color:#7a3500;
font:600 1rem/1.5 system-ui,sans-serif}}</style>
</head>
<body>
{banner}
<div id="swagger-ui"></div>
<noscript>请打开 <a href="openapi.json">openapi.json</a>。 Without scripts, read openapi.json.</noscript>
<script src="docs/swagger-ui-bundle.js"></script>
<script src="docs/start.js"></script>
</body>
</html>
"""
START = """// Started from a file of its own: the content security policy admits no inline script.
SwaggerUIBundle({
  url: new URL("openapi.json", document.baseURI).href,
  dom_id: "#swagger-ui",
  deepLinking: true,
  docExpansion: "list",
  defaultModelsExpandDepth: 0,
  validatorUrl: null,
});
"""


def router(app: FastAPI, settings: Settings, store: Store) -> APIRouter:
    """Return the routes that describe ``app``; above its page stands whether the data of ``store`` is invented."""
    routes = APIRouter(include_in_schema=False)
    folder = settings.static / "swagger"

    @routes.get("/openapi.json")
    def openapi(request: Request) -> Response:
        return tagged_json(request, app.openapi())

    @routes.get("/docs")
    def page(request: Request) -> Response:
        if not (folder / "swagger-ui-bundle.js").is_file():
            return not_built(request)
        return HTMLResponse(PAGE.format(banner=_banner(request, store)))

    @routes.get("/docs/start.js")
    def start() -> Response:
        return Response(START, media_type="text/javascript")

    def serve(name: str, media_type: str) -> None:
        @routes.get(f"/docs/{name}")
        def file(request: Request) -> Response:
            path = folder / name
            return FileResponse(path, media_type=media_type) if path.is_file() else not_built(request)

    for name, media_type in SWAGGER_FILES.items():
        serve(name, media_type)
    return routes


def _banner(request: Request, store: Store) -> str:
    """Return the notice of invented data, empty for other data and where no workspace can be read."""
    try:
        is_sample = store.workspace().is_sample
    except WorkspaceError:
        return ""
    return sample_banner(preferred_language(request.headers.get("accept-language"))) if is_sample else ""


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI 3.0 document of the whole service."""
    found = get_openapi(
        title="盘活 Panhuo",
        version=__version__,
        openapi_version=_ogc_openapi.OPENAPI_VERSION,
        description=(
            "What a district leaves idle, what it could become, and how it pays for itself. "
            "`/ogc` is for other programs (OGC API - Features), `/api` for the workbench."
        ),
        routes=app.routes,
    )
    shared = _ogc_openapi.components()
    found["components"] = {**shared, "schemas": {**found.get("components", {}).get("schemas", {}), **shared["schemas"]}}
    found["paths"] = {**found["paths"], **_ogc_openapi.paths("/ogc")}
    return found
