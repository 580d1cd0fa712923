"""``/docs`` and ``/openapi.json``: the description of the service and its page, served by us from the built files."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from fastapi.openapi.utils import get_openapi
from starlette.requests import Request  # noqa: TC002  (FastAPI reads the annotations)
from starlette.responses import FileResponse, HTMLResponse, Response

from api import _ogc_openapi
from api._answers import tagged_json
from api._pages import not_built
from layers import __version__

if TYPE_CHECKING:
    from fastapi import FastAPI

    from api.settings import Settings

SWAGGER_FILES = {"swagger-ui.css": "text/css", "swagger-ui-bundle.js": "text/javascript"}
PAGE = """<!doctype html>
<html lang="zh-CN">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>接口说明 API · 盘活 Panhuo</title>
<link rel="stylesheet" href="docs/swagger-ui.css">
</head>
<body>
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


def router(app: FastAPI, settings: Settings) -> APIRouter:
    """Return the routes that describe ``app``."""
    routes = APIRouter(include_in_schema=False)
    folder = settings.static / "swagger"

    @routes.get("/openapi.json")
    def openapi(request: Request) -> Response:
        return tagged_json(request, app.openapi())

    @routes.get("/docs")
    def page(request: Request) -> Response:
        return HTMLResponse(PAGE) if (folder / "swagger-ui-bundle.js").is_file() else not_built(request)

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
