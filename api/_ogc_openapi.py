"""The OpenAPI 3.0 definition of ``/ogc``, drawn from the declarations of the layer kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api._answers import GEOJSON_TYPE, JSON_TYPE
from api._ogc_crs import SERVED
from api._ogc_documents import HTML, OPENAPI_TYPE
from api._ogc_files import FILE_TYPES
from api._ogc_query import DEFAULT_LIMIT, MAX_LIMIT, MAX_OFFSET, filter_fields
from api._ogc_schema import SCHEMA_TYPE, TYPES
from api.problems import PROBLEM_TYPE
from layers import __version__, schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from layers.schema import Field, Kind

Schema = dict[str, Any]

OPENAPI_VERSION = "3.0.3"
LINK: Schema = {
    "type": "object",
    "required": ["href", "rel"],
    "properties": {name: {"type": "string"} for name in ("href", "rel", "type", "title")},
}
LINKS: Schema = {"type": "array", "items": {"$ref": "#/components/schemas/Link"}}
TEXT: Schema = {"type": "string"}
SCHEMAS: dict[str, Schema] = {
    "Problem": {
        "type": "object",
        "required": ["type", "title", "status", "detail", "code"],
        "properties": {
            "type": TEXT,
            "title": TEXT,
            "status": {"type": "integer"},
            "detail": TEXT,
            "code": TEXT,
            "field": TEXT,
            "hint": TEXT,
        },
    },
    "Link": LINK,
    "Landing": {
        "type": "object",
        "required": ["links"],
        "properties": {"title": TEXT, "description": TEXT, "links": LINKS},
    },
    "Conformance": {
        "type": "object",
        "required": ["conformsTo"],
        "properties": {"conformsTo": {"type": "array", "items": TEXT}},
    },
    "Collection": {
        "type": "object",
        "required": ["id", "links"],
        "properties": {
            "id": TEXT,
            "title": TEXT,
            "description": TEXT,
            "attribution": TEXT,
            "license": TEXT,
            "extent": {"type": "object"},
            "itemType": TEXT,
            "crs": {"type": "array", "items": TEXT},
            "storageCrs": TEXT,
            "links": LINKS,
        },
    },
    "Collections": {
        "type": "object",
        "required": ["collections", "links"],
        "properties": {
            "title": TEXT,
            "links": LINKS,
            "crs": {"type": "array", "items": TEXT},
            "collections": {"type": "array", "items": {"$ref": "#/components/schemas/Collection"}},
        },
    },
    "Feature": {
        "type": "object",
        "required": ["type", "geometry", "properties"],
        "properties": {
            "type": {"type": "string", "enum": ["Feature"]},
            "id": TEXT,
            "geometry": {"type": "object", "nullable": True},
            "properties": {"type": "object", "nullable": True},
            "attribution": TEXT,
            "links": LINKS,
        },
    },
    "FeatureCollection": {
        "type": "object",
        "required": ["type", "features"],
        "properties": {
            "type": {"type": "string", "enum": ["FeatureCollection"]},
            "features": {"type": "array", "items": {"$ref": "#/components/schemas/Feature"}},
            "numberMatched": {"type": "integer", "minimum": 0},
            "numberReturned": {"type": "integer", "minimum": 0},
            "attribution": TEXT,
            "license": {"type": "string", "nullable": True},
            "snapshot": TEXT,
            "notice": TEXT,
            "links": LINKS,
        },
    },
}


def _query(name: str, description: str, schema_: Schema, **more: Any) -> Schema:
    return {"name": name, "in": "query", "required": False, "description": description, "schema": schema_, **more}


CRS_NAMES: Schema = {"type": "string", "enum": [item.uri for item in SERVED], "default": SERVED[0].uri}
PARAMETERS: dict[str, Schema] = {
    "f": _query("f", "Format; wins over Accept", {"type": "string", "enum": ["json", "html"]}),
    "f-items": _query(
        "f",
        "Format; wins over Accept. A file (csv, xlsx, gpkg) holds all that matches unless a limit is given",
        {"type": "string", "enum": ["json", "html", *FILE_TYPES]},
    ),
    "lang": _query("lang", "Language; wins over Accept-Language", {"type": "string", "enum": ["zh", "en"]}),
    "crs": _query("crs", "CRS of the answer, in the axis order of its authority", CRS_NAMES),
    "bbox-crs": _query("bbox-crs", "CRS of bbox", CRS_NAMES),
    "bbox": _query(
        "bbox",
        "Only features that intersect this box, and those without a place; four numbers, or six with heights. "
        "In degrees a west beyond the east crosses the antimeridian",
        {"type": "array", "minItems": 4, "maxItems": 6, "items": {"type": "number"}},
        style="form",
        explode=False,
    ),
    "datetime": _query(
        "datetime", "Only features of this time or interval (.. for open), and those without a time", TEXT
    ),
    "limit": _query(
        "limit",
        "Features on a page",
        {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT},
        style="form",
        explode=False,
    ),
    "sortby": _query("sortby", "Columns to sort by, - before one for descending; missing values come last", TEXT),
    "properties": _query("properties", "Columns that are wanted, divided by commas; all unless told", TEXT),
    "snapshot": _query(
        "snapshot", "A version of the layer instead of the current one; `next` and `prev` carry it", TEXT
    ),
    "offset": _query(
        "offset", "Features before the page", {"type": "integer", "minimum": 0, "maximum": MAX_OFFSET, "default": 0}
    ),
}


def document(base: str) -> dict[str, Any]:
    """Return the definition of the service at ``base``."""
    return {
        "openapi": OPENAPI_VERSION,
        "info": {
            "title": "Panhuo · OGC API - Features",
            "version": __version__,
            "description": "What a district leaves idle, what it could become. Every kind of layer is a collection.",
        },
        "servers": [{"url": base}],
        "tags": [{"name": "ogc", "description": "OGC API - Features"}],
        "paths": paths(""),
        "components": components(),
    }


def components() -> dict[str, Any]:
    """Return the shared schemas, parameters and responses."""
    wrong = {
        "description": "What is wrong (RFC 9457)",
        "content": {PROBLEM_TYPE: {"schema": _ref("schemas", "Problem")}},
    }
    unchanged = {"description": "The caller has it already (If-None-Match)"}
    return {"schemas": SCHEMAS, "parameters": PARAMETERS, "responses": {"Problem": wrong, "Unchanged": unchanged}}


def paths(prefix: str) -> dict[str, Any]:
    """Return the paths of the service, each starting with ``prefix``."""
    found = {
        f"{prefix}/": _get("landing", "Landing page", "Landing"),
        f"{prefix}/conformance": _get("conformance", "Conformance classes", "Conformance"),
        f"{prefix}/api": _get("api", "This definition", None, media_type=OPENAPI_TYPE),
        f"{prefix}/collections": _get("collections", "Every layer and result that has data", "Collections"),
    }
    for name, kind in schema.kinds().items():
        start, title = f"{prefix}/collections/{name}", f"{kind.en} · {kind.zh}"
        found[start] = _get(f"collection.{name}", title, "Collection")
        for part, told in (("queryables", "Queryables"), ("schema", "Schema")):
            found[f"{start}/{part}"] = _get(f"{part}.{name}", f"{told} of {title}", None, media_type=SCHEMA_TYPE)
        found[f"{start}/items"] = _items(kind, title)
        found[f"{start}/items/{{featureId}}"] = _item(kind, title)
    return found


MORE = ("snapshot", "sortby", "properties")


def _items(kind: Kind, title: str) -> Schema:
    names = [_ref("parameters", name) for name in ("crs", "bbox", "bbox-crs", "datetime", "limit", "offset", *MORE)]
    own = [_query(item.name, f"{item.zh} · {item.en}", _field(item)) for item in filter_fields(kind).values()]
    summary = f"Features of {title}"
    own_parameters = [*names, *own]
    return _get(
        f"items.{kind.name}",
        summary,
        "FeatureCollection",
        media_type=GEOJSON_TYPE,
        parameters=own_parameters,
        files=FILE_TYPES.values(),
    )


def _item(kind: Kind, title: str) -> Schema:
    named = {"name": "featureId", "in": "path", "required": True, "schema": TEXT, "description": "Id of the feature"}
    parameters = [named, _ref("parameters", "crs")]
    summary = f"One feature of {title}"
    return _get(f"item.{kind.name}", summary, "Feature", media_type=GEOJSON_TYPE, parameters=parameters)


def _get(
    operation: str,
    summary: str,
    answer: str | None,
    *,
    media_type: str = JSON_TYPE,
    parameters: list[Schema] | None = None,
    files: Iterable[str] = (),
) -> Schema:
    binary = {name: {"schema": {"type": "string", "format": "binary"}} for name in files}
    shape = _ref("schemas", answer) if answer else {"type": "object"}
    return {
        "get": {
            "tags": ["ogc"],
            "operationId": f"ogc.{operation}",
            "summary": summary,
            "parameters": [
                *(parameters or ()),
                _ref("parameters", "f-items" if files else "f"),
                _ref("parameters", "lang"),
            ],
            "responses": {
                "200": {
                    "description": summary,
                    "content": {media_type: {"schema": shape}, HTML: {"schema": TEXT}, **binary},
                },
                "304": _ref("responses", "Unchanged"),
                "default": _ref("responses", "Problem"),
            },
        }
    }


def _field(item: Field) -> Schema:
    """Return the schema of a column, with the meaning of its codes."""
    found = dict(TYPES[item.dtype])
    if item.codes:
        found["enum"] = list(item.codes)
        found["description"] = "; ".join(f"{code}: {zh} · {en}" for code, (zh, en) in item.codes.items())
    return found


def _ref(section: str, name: str) -> Schema:
    return {"$ref": f"#/components/{section}/{name}"}
