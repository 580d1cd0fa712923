"""The HTTP application: made by :func:`create_app`, holding nothing at module level."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request  # noqa: TC002  (FastAPI reads the annotations)
from starlette.responses import JSONResponse, Response

from api import docs, ogc, problems, workbench
from api._features import GZIP_LEVEL
from api._guard import Guard
from api._pages import PageFiles, home
from api.store import Store
from layers import __version__
from layers.errors import WorkspaceError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from api.settings import Settings

GZIP_FROM_BYTES = 1000


def create_app(settings: Settings) -> FastAPI:
    """Return the application that serves one workspace.

    Parameters
    ----------
    settings
        Which workspace, and under which names the server answers.
    """
    store = Store(settings)

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        yield
        store.close()

    app = Panhuo(
        title="盘活 Panhuo",
        version=__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: f"{(route.tags or ['service'])[0]}.{route.name}",
        lifespan=lifespan,
    )
    problems.install(app)
    app.add_middleware(GZipMiddleware, minimum_size=GZIP_FROM_BYTES, compresslevel=GZIP_LEVEL)
    app.add_middleware(Guard, settings=settings)

    @app.get(
        "/healthz",
        tags=["service"],
        summary="Whether the service runs and its workspace can be read",
        responses={503: {"description": "The workspace cannot be read"}},
    )
    def healthz() -> Response:
        try:
            store.current()
        except WorkspaceError as error:
            body = {"status": "no-workspace", "version": __version__, "workspace": False, "detail": str(error)}
            return JSONResponse(body, status_code=503)
        return JSONResponse({"status": "ok", "version": __version__, "workspace": True})

    @app.get("/", include_in_schema=False)
    def index(request: Request) -> Response:
        return home(request, settings)

    app.include_router(workbench.router(store))
    app.include_router(ogc.router(store))
    app.include_router(docs.router(app, settings, store))
    app.mount("/", PageFiles(settings))
    return app


class Panhuo(FastAPI):
    """FastAPI with our description of the OGC routes."""

    def openapi(self) -> dict[str, Any]:
        """Return the OpenAPI document, made once."""
        if self.openapi_schema is None:
            self.openapi_schema = docs.describe(self)
        return self.openapi_schema
