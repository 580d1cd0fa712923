"""``/api``: what the workbench speaks. All JSON, all GET, all about what is current now."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from fastapi import APIRouter
from starlette.requests import Request  # noqa: TC002  (FastAPI reads the annotations)
from starlette.responses import Response

from api import _results
from api._answers import GEOJSON_TYPE, entity_tag, tagged, tagged_json
from api._preferences import takes_gzip
from api.errors import MissingError
from api.store import Current, Store, caller, utc
from layers import __version__, schema
from layers.serving.texts import encode
from maps import opening

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api._features import LayerInfo
    from layers.runs import Run
    from layers.scope import Scope
    from layers.snapshot import Snapshot

ANALYSED_KINDS = ("opportunity", "need")
ASSET_KINDS = ("community", "idle_land", "public_building", "heritage", "parking")
"""What a map looks at first while there is no run."""

PROBLEM: dict[int | str, dict[str, Any]] = {
    "default": {
        "description": "What is wrong, as problem details (RFC 9457)",
        "content": {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}},
    },
}
UNCHANGED: dict[int | str, dict[str, Any]] = {304: {"description": "The caller has it already (If-None-Match)"}}


class GeoJson(Response):
    """An answer in GeoJSON."""

    media_type = GEOJSON_TYPE


def router(store: Store) -> APIRouter:
    """Return the routes of the workbench over ``store``."""
    routes = APIRouter(prefix="/api", tags=["workbench"], responses={**PROBLEM, **UNCHANGED})

    @routes.get("/workspace", summary="What is in the workspace: layers, extent, the latest run")
    def workspace(request: Request) -> Response:
        return tagged_json(request, describe_workspace(store, caller(request)))

    @routes.get("/schema", summary="Every layer kind with its columns, units and code lists")
    def kinds(request: Request) -> Response:
        return tagged_json(request, {"kinds": {name: describe_kind(item) for name, item in schema.kinds().items()}})

    @routes.get(
        "/layers/{kind}.geojson",
        summary="A layer for drawing: slim properties, coordinates to 0.1 m",
        response_class=GeoJson,
        responses={200: {"content": {GEOJSON_TYPE: {"schema": {"$ref": "#/components/schemas/FeatureCollection"}}}}},
    )
    def drawing(request: Request, kind: str) -> Response:
        return _drawing(request, store, kind)

    @routes.get("/model", summary="Criteria, actions and permissions of the latest run")
    def model(request: Request) -> Response:
        current = store.current()
        return tagged_json(request, _results.model_document(_run_manifest(store, current)))

    @routes.get("/opportunities", summary="Every opportunity of the latest run, as columns and rows")
    def opportunities(request: Request) -> Response:
        return _opportunities(request, store)

    @routes.get("/opportunities/{opportunity_id:path}", summary="One opportunity with its reasons and its account")
    def opportunity(request: Request, opportunity_id: str) -> Response:
        current, scope = store.current(), caller(request)
        manifest = _run_manifest(store, current)
        return tagged_json(request, _results.opportunity_document(store, scope, current, manifest, opportunity_id))

    return routes


def describe_workspace(store: Store, scope: Scope) -> dict[str, Any]:
    """Return the document of ``/api/workspace``."""
    current = store.current()
    infos = [store.info(kind, scope, current) for kind in current.kinds]
    boxes = [info.extent for info in infos if info.extent]
    run, manifest = current.run, store.manifest(current)
    return {
        "name": current.workspace.name,
        "is_sample": current.workspace.is_sample,
        "notice": opening.sample_notice(
            {item.kind: item.sample_count for item in current.snapshots.values()},
            is_sample=current.workspace.is_sample,
        ),
        "extent": [pick(values) for pick, values in zip((min, min, max, max), zip(*boxes, strict=True), strict=True)]
        if boxes
        else None,
        "view": _first_view(store, scope, current),
        "layers": [describe_layer(info) for info in infos],
        "run": None
        if run is None
        else {
            "run_id": run.run_id,
            "as_of": run.as_of.isoformat(),
            "created_at": utc(run.created_at),
            "seed": run.seed,
            "version": __version__,
            "notes": _results.notes(manifest),
            "model": manifest.get("own_model"),
            "changed_layers": changed_layers(run, current.snapshots),
            "assumptions": manifest.get("decided", {}).get("bundle", {}).get("assumptions", []),
        },
    }


def changed_layers(run: Run, snapshots: Mapping[str, Snapshot]) -> list[str]:
    """Return the kinds whose layer is not the one that ``run`` was made from: changed, new or gone."""
    now = {name: item.version for name, item in snapshots.items() if item.count}
    return [name for name in schema.input_kinds() if now.get(name) != run.inputs.get(name)]


def _first_view(store: Store, scope: Scope, current: Current) -> opening.Bounds | None:
    """Return the box that the map shows first: see :func:`maps.opening.first_view`."""
    held = [
        [store.layer(name, scope, current).geometry for name in names if name in current.kinds]
        for names in (ANALYSED_KINDS if current.run else ASSET_KINDS, ("subdistrict",))
    ]
    nothing = np.empty(0, dtype=object)
    places, areas = (np.concatenate([nothing, *geometry]) for geometry in held)
    return opening.first_view(places, areas)


def describe_layer(info: LayerInfo) -> dict[str, Any]:
    """Return what ``/api/workspace`` says of one layer."""
    kind = schema.kind(info.kind)
    return {
        "kind": info.kind,
        "zh": kind.zh,
        "en": kind.en,
        "role": kind.role,
        "geometry": list(kind.geometry),
        "count": info.count,
        "unlocated_count": info.unlocated_count,
        "data_date": info.data_date,
        "accepted_at": info.accepted_at,
        "source": info.source,
        "licence": info.licence,
        "attribution": info.attribution,
        "crs_note": info.crs_note,
        "version": info.version,
        "url": f"/api/layers/{info.kind}.geojson?v={info.version}",
    }


def describe_kind(kind: schema.Kind) -> dict[str, Any]:
    """Return the declaration of a kind as JSON; personal columns are not served and not named."""
    return {
        "zh": kind.zh,
        "en": kind.en,
        "role": kind.role,
        "geometry": list(kind.geometry),
        "id_field": kind.id_field,
        "fields": [
            {
                "name": item.name,
                "dtype": item.dtype,
                "zh": item.zh,
                "en": item.en,
                "unit": item.unit,
                "codes": _codes(item),
            }
            for item in kind.fields
            if not item.personal
        ],
    }


def _codes(item: schema.Field) -> dict[str, dict[str, str]] | None:
    if item.codes is None:
        return None
    return {code: {"zh": zh, "en": en} for code, (zh, en) in item.codes.items()}


def _drawing(request: Request, store: Store, kind: str) -> Response:
    scope = caller(request)
    layer = store.layer(kind, scope, store.current())
    tag = entity_tag("drawing", kind, layer.info.version, scope.cache_key)
    wants_gzip = takes_gzip(request.headers.get("accept-encoding", ""))

    def body() -> bytes:
        return layer.drawing_gzip if wants_gzip else layer.drawing

    return tagged(request, tag, body, media_type=GEOJSON_TYPE)


def _opportunities(request: Request, store: Store) -> Response:
    current, scope = store.current(), caller(request)
    manifest = _run_manifest(store, current)
    layer = store.layer("opportunity", scope, current)
    run_id = layer.info.version
    tag = entity_tag("opportunities", run_id, scope.cache_key)
    return tagged(request, tag, lambda: encode({"run_id": run_id, **_results.opportunity_table(layer, manifest)}))


def _run_manifest(store: Store, current: Current) -> dict[str, Any]:
    if current.run is None:
        raise MissingError(
            "there is no analysis yet", "还没有分析结果", hint="run `panhuo analyze`", hint_zh="先运行 panhuo analyze"
        )
    return store.manifest(current)
