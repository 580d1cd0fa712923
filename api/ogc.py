"""``/ogc``: OGC API - Features, Part 1 (core, GeoJSON, HTML, OpenAPI 3.0) and Part 2 (CRS by reference)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request  # noqa: TC002  (FastAPI reads the annotations)
from starlette.responses import Response  # noqa: TC002

from api import _ogc_documents as documents
from api import _ogc_files as files
from api import _ogc_html as html
from api import _ogc_schema as columns
from api._answers import GEOJSON_TYPE, HTML_TYPE, JSON_TYPE, entity_tag, tagged
from api._ogc_crs import DEFAULT, served_crs
from api._ogc_documents import CONFORMANCE, OPENAPI_TYPE, Site
from api._ogc_files import FILE_TYPES
from api._ogc_openapi import document as openapi_document
from api._ogc_query import (
    DEFAULT_LIMIT,
    ITEM_PARAMETERS,
    ITEMS_PARAMETERS,
    Presentation,
    filter_fields,
    items_query,
    parameters,
    presentation,
    selected,
)
from api._ogc_schema import SCHEMA_TYPE
from api.errors import MissingError
from api.store import Store, caller
from layers import schema
from layers.sample import SAMPLE_NOTICE
from layers.serving.texts import encode

if TYPE_CHECKING:
    from collections.abc import Callable

    from api._features import Layer
    from api._ogc_crs import ServedCrs
    from api._ogc_query import ItemsQuery
    from layers.scope import Scope

SHORT_LIMIT = 1000
SHORT_PARAMETERS = frozenset({"f", "lang", "limit", "offset", "bbox", "snapshot"})
"""Pages of so many features, asked for by nothing else, are put together without a thread."""


def router(store: Store) -> APIRouter:
    """Return the routes of OGC API - Features over ``store``; they are described by :mod:`api._ogc_openapi`."""
    routes = APIRouter(prefix="/ogc", include_in_schema=False)
    _add_service(routes, store)
    _add_collections(routes, store)
    return routes


def _add_service(routes: APIRouter, store: Store) -> None:
    @routes.get("")
    @routes.get("/")
    def landing(request: Request) -> Response:
        return _landing(request, store)

    @routes.get("/conformance")
    def conformance(request: Request) -> Response:
        how, site, notice = _opened(request, store)
        if how.is_html:
            return _page(request, site, lambda: html.conformance(site, CONFORMANCE, notice=notice))
        return _json(request, site, {"conformsTo": CONFORMANCE})

    @routes.get("/api")
    def api(request: Request) -> Response:
        how, site, notice = _opened(request, store)
        definition = openapi_document(site.base)
        if how.is_html:
            return _page(request, site, lambda: html.operations(site, definition, notice=notice))
        return _json(request, site, definition, OPENAPI_TYPE)


def _add_collections(routes: APIRouter, store: Store) -> None:
    @routes.get("/collections")
    def collections(request: Request) -> Response:
        return _collections(request, store)

    @routes.get("/collections/{kind}")
    def collection(request: Request, kind: str) -> Response:
        return _collection(request, store, kind)

    @routes.get("/collections/{kind}/queryables")
    def queryables(request: Request, kind: str) -> Response:
        return _columns(request, store, kind, columns.queryables)

    @routes.get("/collections/{kind}/schema")
    def collection_schema(request: Request, kind: str) -> Response:
        return _columns(request, store, kind, columns.schema)

    @routes.get("/collections/{kind}/items")
    async def items(request: Request, kind: str) -> Response:
        version = request.query_params.get("snapshot")
        at_once = _is_short(request) and store.is_ready(kind, caller(request), version)
        return await _answered(at_once, _items, request, store, kind)

    @routes.get("/collections/{kind}/items/{feature_id:path}")
    async def item(request: Request, kind: str, feature_id: str) -> Response:
        return await _answered(store.is_ready(kind, caller(request)), _item, request, store, kind, feature_id)


def _is_short(request: Request) -> bool:
    """Whether an answer takes a few milliseconds at most: a thread of its own would cost more than it saves."""
    asked = request.query_params
    limit = asked.get("limit", str(DEFAULT_LIMIT))
    is_data = asked.get("f") == "json" or ("f" not in asked and "text/html" not in request.headers.get("accept", ""))
    is_few = limit.isascii() and limit.isdigit() and len(limit) <= len(str(SHORT_LIMIT)) and int(limit) <= SHORT_LIMIT
    return is_data and is_few and asked.keys() <= SHORT_PARAMETERS


async def _answered(at_once: bool, make: Callable[..., Response], *arguments: Any) -> Response:
    return make(*arguments) if at_once else await run_in_threadpool(make, *arguments)


def _opened(request: Request, store: Store) -> tuple[Presentation, Site, bool]:
    """Return how to answer, from where, and whether the sample notice is shown."""
    how = presentation(request)
    return how, Site.of(request, how.language), store.workspace().is_sample


def _json(request: Request, site: Site, body: Any, media_type: str = JSON_TYPE) -> Response:
    text = encode(body)
    headers = {"Content-Language": site.language}
    return tagged(request, entity_tag(media_type, text), lambda: text, media_type=media_type, headers=headers)


def _page(request: Request, site: Site, make: Callable[[], str]) -> Response:
    text = make()
    headers = {"Content-Language": site.language}
    return tagged(request, entity_tag("html", text), lambda: text, media_type=HTML_TYPE, headers=headers)


def _landing(request: Request, store: Store) -> Response:
    how, site, notice = _opened(request, store)
    body = documents.landing(site, store.workspace().name, is_sample=notice, is_html=how.is_html)
    return (
        _page(request, site, lambda: html.landing(site, body, notice=notice))
        if how.is_html
        else _json(request, site, body)
    )


def _collections(request: Request, store: Store) -> Response:
    how, site, notice = _opened(request, store)
    current, scope = store.current(), caller(request)
    infos = [store.info(kind, scope, current) for kind in current.kinds]
    body = documents.collections(site, infos, is_sample=notice, is_html=how.is_html)
    if how.is_html:
        return _page(request, site, lambda: html.collections(site, body, infos, notice=notice))
    return _json(request, site, body)


def _collection(request: Request, store: Store, kind: str) -> Response:
    how, site, notice = _opened(request, store)
    layer = store.layer(kind, caller(request), store.current())
    body = documents.collection(
        site, layer.info, is_sample=notice, is_html=how.is_html, moments=documents.moments_of(layer)
    )
    if how.is_html:
        return _page(request, site, lambda: html.collection(site, body, layer.info, notice=notice))
    return _json(request, site, body)


def _columns(request: Request, store: Store, kind: str, describe: Callable[[Site, Layer], dict[str, Any]]) -> Response:
    how, site, notice = _opened(request, store)
    layer = store.layer(kind, caller(request), store.current())
    body = describe(site, layer)
    if how.is_html:
        return _page(request, site, lambda: html.columns(site, body, layer.info, notice=notice))
    return _json(request, site, body, SCHEMA_TYPE)


def _items(request: Request, store: Store, kind: str) -> Response:
    scope, current = caller(request), store.current()
    layer = store.layer(kind, scope, current, request.query_params.get("snapshot"))
    of = schema.kind(kind)
    allowed = (*ITEMS_PARAMETERS, *filter_fields(of))
    how, given = presentation(request, allowed, ("json", "html", *FILE_TYPES)), parameters(request, allowed)
    query = items_query(request, of)
    if how.format in FILE_TYPES:
        return _file(request, how, layer, query, is_sample=current.workspace.is_sample)
    site, notice = Site.of(request, how.language), current.workspace.is_sample

    def make() -> str | bytes:
        rows = selected(layer, query)
        shown = rows[query.offset : query.offset + query.limit]
        links = documents.page_links(site, layer.info, given, query, len(rows), is_html=how.is_html)
        if not how.is_html:
            texts = documents.features(layer, shown, query.crs, query.properties)
            return documents.feature_page(site, layer.info, texts, (len(rows), len(shown)), links, notice=notice)
        first, last = query.offset + 1, query.offset + len(shown)
        counted = site.say(f"共 {len(rows)} 条，第 {first}–{last} 条", f"{first} to {last} of {len(rows)}")
        records = [layer.held.record(row) for row in shown.tolist()]
        names = [layer.held.name(row) for row in shown.tolist()]
        return html.items(site, layer.info, records, names, counted, links, notice=notice)

    return _features(request, site, how, layer, scope, query.crs, make)


def _file(request: Request, how: Presentation, layer: Layer, query: ItemsQuery, *, is_sample: bool) -> Response:
    """Return features as a file to keep."""
    rows = files.chosen(selected(layer, query), query, is_limited="limit" in request.query_params)
    form = how.format
    tag = entity_tag(layer.info.version, layer.info.accepted_at, caller(request).cache_key, request.url, form)
    notice = SAMPLE_NOTICE[how.language] if is_sample else None
    headers = {"Content-Disposition": files.disposition(layer, form, is_sample=is_sample)}
    return tagged(
        request,
        tag,
        lambda: files.written(layer, rows, query, form, notice=notice),
        media_type=FILE_TYPES[form],
        headers=headers,
    )


def _item(request: Request, store: Store, kind: str, feature_id: str) -> Response:
    scope, current = caller(request), store.current()
    layer = store.layer(kind, scope, current)
    how, given = presentation(request, ITEM_PARAMETERS), parameters(request, ITEM_PARAMETERS)
    crs = served_crs(given["crs"], "crs") if "crs" in given else DEFAULT
    row = layer.held.row(feature_id)
    if row is None:
        raise MissingError(
            f"the collection {kind} has no feature {feature_id!r}",
            f"集合 {kind} 中没有要素 {feature_id!r}",
            hint=f"take an id from /ogc/collections/{kind}/items",
            hint_zh=f"编号取自 /ogc/collections/{kind}/items",
        )
    site, notice = Site.of(request, how.language), current.workspace.is_sample

    def make() -> str:
        links = documents.feature_links(site, kind, feature_id, is_html=how.is_html)
        if how.is_html:
            geometry = layer.held.geometry_text(row)
            return html.item(site, layer.info, feature_id, layer.held.record(row), geometry, links, notice=notice)
        text = documents.features(layer, np.array([row]), crs).decode()
        extra = {"attribution": layer.info.attribution or layer.info.source, "links": links}
        return text[:-1] + "," + encode(extra)[1:]

    return _features(request, site, how, layer, scope, crs, make)


def _features(
    request: Request,
    site: Site,
    how: Presentation,
    layer: Layer,
    scope: Scope,
    crs: ServedCrs,
    make: Callable[[], str | bytes],
) -> Response:
    """Return features; the tag stands for the layer's version, the whole address and what the caller may see."""
    tag = entity_tag(layer.info.version, layer.info.accepted_at, scope.cache_key, request.url, how.format, how.language)
    headers = {"Content-Crs": f"<{crs.uri}>", "Content-Language": site.language}
    media_type = HTML_TYPE if how.is_html else GEOJSON_TYPE
    return tagged(request, tag, make, media_type=media_type, headers=headers)
