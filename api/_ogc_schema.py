"""What the columns of a collection are, as JSON Schema: its queryables (Part 3) and its schema (Part 5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from api._ogc_query import filter_fields

if TYPE_CHECKING:
    from collections.abc import Sequence

    from api._features import Layer
    from api._ogc_documents import Site
    from layers.schema import Field

DIALECT = "https://json-schema.org/draft/2020-12/schema"
SCHEMA_TYPE = "application/schema+json"
QUERYABLES_REL = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
SCHEMA_REL = "http://www.opengis.net/def/rel/ogc/1.0/schema"
TYPES: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "int": {"type": "integer"},
    "float": {"type": "number"},
    "bool": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string"},
}
"""Times carry no zone, so they are no ``date-time`` of RFC 3339."""
ARROW_TYPES = (("int", "integer"), ("float", "number"), ("double", "number"), ("bool", "boolean"))


def queryables(site: Site, layer: Layer) -> dict[str, Any]:
    """Return by which columns the features of a collection can be asked for, each a query parameter of ``items``."""
    found = _document(site, layer, "queryables", [*filter_fields(layer.kind).values()])
    return {**found, "additionalProperties": False}


def schema(site: Site, layer: Layer) -> dict[str, Any]:
    """Return what a feature of a collection holds, the criterion columns of a run (``x_…``, ``v_…``) too."""
    there = set(layer.held.columns.column_names)
    found = _document(site, layer, "schema", [item for item in layer.kind.fields if item.name in there])
    for column in layer.held.columns.schema:
        if column.name not in found["properties"]:
            told = next((name for start, name in ARROW_TYPES if str(column.type).startswith(start)), "string")
            found["properties"][column.name] = {"title": column.name, "type": told}
    return found


def _document(site: Site, layer: Layer, name: str, fields: Sequence[Field]) -> dict[str, Any]:
    kind = layer.kind
    properties = {item.name: described(site, item) for item in fields if not item.personal}
    if kind.id_field in properties:
        properties[kind.id_field]["x-ogc-role"] = "id"
    if kind.geometry:
        properties["geometry"] = {
            "title": site.say("几何", "Geometry"),
            "x-ogc-role": "primary-geometry",
            "format": "geometry-any",
        }
    return {
        "$schema": DIALECT,
        "$id": site.url("collections", kind.name, name),
        "title": site.say(kind.zh, kind.en),
        "type": "object",
        "properties": properties,
    }


def described(site: Site, item: Field) -> dict[str, Any]:
    """Return a column: type, title, unit, and its codes with their meaning."""
    found: dict[str, Any] = {"title": site.say(item.zh, item.en), **TYPES[item.dtype]}
    if item.unit:
        found["x-ogc-unit"] = item.unit
    if item.codes:
        found["enum"] = list(item.codes)
        found["description"] = "; ".join(f"{code}: {site.say(*both)}" for code, both in item.codes.items())
    return found
