"""A run as the workbench reads it: the model, the table of opportunities, one opportunity with its reasons.

A run's manifest holds ``criteria`` (a list), ``parameters`` (a list), ``actions`` (code -> themes and the keys of the
parameters that the action's account uses) and ``notes``; the raw value of criterion *k* stands in column ``x_k`` of an
opportunity, its value from 0 to 1 in ``v_k``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from api.errors import MissingError
from layers import schema
from layers.errors import NotFoundError
from layers.serving.texts import DEGREE_DECIMALS, DRAWING_DECIMALS, geometry_texts, json_values, rounded

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from api._features import Layer
    from api.store import Current, Store
    from layers.scope import Scope

TABLE_COLUMNS = (
    "opportunity_id",
    "theme",
    "action",
    "asset_kind",
    "asset_id",
    "name",
    "subdistrict_code",
    "rank",
    "score",
    "score_low",
    "score_high",
    "rank_p10",
    "rank_p90",
    "permission",
    "people_served",
    "stalls",
    "chargers",
    "capex_cny",
    "npv_cny",
    "npv_p10_cny",
    "payback_years",
    "fits_horizon",
    "horizon_years",
    "revenue_cny_year",
    "land_rent_cny_year",
    "pledgeable_share",
    "confidence",
    "area_m2",
)
CASHFLOW_COLUMNS = (
    "year",
    "capex_cny",
    "revenue_cny",
    "other_income_cny",
    "opex_cny",
    "land_rent_cny",
    "tax_cny",
    "reinstatement_cny",
    "net_cny",
    "cumulative_cny",
)
CRITERION_KEYS = ("key", "theme", "zh", "en", "unit", "weight", "direction", "function", "source", "confidence")
MISSING_VALUE = 0.5
"""Value of a criterion whose data is missing, in the score; its band is the whole of 0..1."""


def notes(manifest: Mapping[str, Any]) -> list[dict[str, str]]:
    """Return what a run says of itself, in both languages."""
    said = manifest.get("notes", [])
    return [{"zh": str(note["zh"]), "en": str(note["en"])} if isinstance(note, dict) else _twice(note) for note in said]


def model_document(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return the document of ``/api/model``."""
    return {
        "criteria": [{key: item.get(key) for key in CRITERION_KEYS} for item in manifest.get("criteria", [])],
        "actions": {code: {**titles, "themes": _themes(manifest, code)} for code, titles in _titles("action").items()},
        "permissions": _titles("permission"),
    }


def opportunity_table(layer: Layer, manifest: Mapping[str, Any]) -> dict[str, Any]:
    """Return every opportunity as ``columns`` and ``rows``, with label points in longitude, latitude."""
    valued = [f"v_{item['key']}" for item in manifest.get("criteria", [])]
    names = [name for name in (*TABLE_COLUMNS, *valued) if name in layer.frame.columns]
    lon, lat = _label_points(layer)
    places = len([name for name in names if not name.startswith("v_")])
    columns = [json_values(layer.frame[name]) for name in names]
    columns[places:places] = [lon, lat]
    names[places:places] = ["lon", "lat"]
    return {"columns": names, "rows": [list(row) for row in zip(*columns, strict=True)]}


def opportunity_document(
    store: Store, scope: Scope, current: Current, manifest: Mapping[str, Any], opportunity_id: str
) -> dict[str, Any]:
    """Return the document of ``/api/opportunities/{id}``.

    Raises
    ------
    NotFoundError
        If the run has no such opportunity, or the caller may not see it.
    """
    layer = store.layer("opportunity", scope, current)
    row = layer.held.row(opportunity_id)
    if row is None:
        raise MissingError(
            f"there is no opportunity {opportunity_id!r} in run {layer.info.version}",
            f"分析批次 {layer.info.version} 中没有机会 {opportunity_id!r}",
            hint="take an id from /api/opportunities; a new run gives new ones",
            hint_zh="编号取自 /api/opportunities；重新分析后编号会变",
        )
    properties = layer.held.record(row)
    return {
        "properties": properties,
        "geometry": json.loads(geometry_texts(layer.geometry[[row]], DEGREE_DECIMALS)[0]),
        "asset": _asset(store, scope, current, properties),
        "contributions": contributions(properties, manifest),
        "cashflow": _cashflow(store, scope, current, opportunity_id),
        "layout": _layout(store, scope, current, opportunity_id),
        "alternatives": _alternatives(layer, properties),
        "parameters": _parameters(manifest, str(properties.get("action"))),
        "is_sample": bool(properties.get("is_sample")) or current.workspace.is_sample,
    }


def contributions(properties: Mapping[str, Any], manifest: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return what each criterion of the opportunity's theme adds to its score.

    ``contribution_i = weight_i * v_i`` with weights that sum to 1 in the theme; a criterion whose data is missing
    counts the value that the run gave it, :data:`MISSING_VALUE` where it gave none. The contributions sum to ``score``.
    """
    criteria = [item for item in manifest.get("criteria", []) if item["theme"] == properties.get("theme")]
    total = sum(float(item["weight"]) for item in criteria)
    found = []
    for item in criteria:
        raw, value = properties.get(f"x_{item['key']}"), properties.get(f"v_{item['key']}")
        missing = raw is None or value is None
        weight = float(item["weight"]) / total if total else 0.0
        found.append(
            {
                "key": item["key"],
                "zh": item["zh"],
                "en": item["en"],
                "unit": item.get("unit", ""),
                "raw": raw,
                "value": None if missing else value,
                "weight": weight,
                "contribution": weight * (MISSING_VALUE if value is None else value),
                "missing": missing,
                "source": item.get("source", ""),
            }
        )
    return found


def _label_points(layer: Layer) -> tuple[list[float | None], list[float | None]]:
    """Return longitude and latitude of a point inside each record's geometry."""
    points = rounded(np.asarray(shapely.point_on_surface(layer.geometry), dtype=object), DRAWING_DECIMALS)
    there = ~layer.unplaced
    return _ordinates(shapely.get_x(points), there), _ordinates(shapely.get_y(points), there)


def _ordinates(values: NDArray[np.float64], there: NDArray[np.bool_]) -> list[float | None]:
    return [float(value) if known else None for value, known in zip(values, there, strict=True)]


def _asset(store: Store, scope: Scope, current: Current, properties: Mapping[str, Any]) -> dict[str, Any] | None:
    """Return the asset as the current layer has it, ``None`` where it has gone since the run."""
    kind, asset_id = str(properties.get("asset_kind")), str(properties.get("asset_id"))
    if kind not in current.snapshots:
        return None
    layer = store.layer(kind, scope, current)
    row = layer.held.row(asset_id)
    return None if row is None else layer.held.record(row)


def _cashflow(store: Store, scope: Scope, current: Current, opportunity_id: str) -> list[dict[str, Any]]:
    try:
        layer = store.layer("cashflow", scope, current)
    except NotFoundError:  # a run without accounts
        return []
    frame = layer.frame
    own = frame[frame["opportunity_id"].eq(opportunity_id).fillna(False)].sort_values("year")
    own = own.reindex(columns=list(CASHFLOW_COLUMNS))  # older runs have fewer
    columns = [json_values(own[name]) for name in CASHFLOW_COLUMNS]
    return [dict(zip(CASHFLOW_COLUMNS, row, strict=True)) for row in zip(*columns, strict=True)]


def _layout(store: Store, scope: Scope, current: Current, opportunity_id: str) -> list[dict[str, Any]]:
    """Return what is laid out on the plot, as ``part`` (stall, aisle, entrance) and ``geometry``."""
    try:
        layer = store.layer("stall_layout", scope, current)
    except NotFoundError:  # no plot of the run holds a stall, or the run is older than layouts
        return []
    own = np.flatnonzero(layer.frame["opportunity_id"].eq(opportunity_id).fillna(False))
    shapes = geometry_texts(layer.geometry[own], DEGREE_DECIMALS)
    parts = json_values(layer.frame["part"].iloc[own])
    return [{"part": part, "geometry": json.loads(text)} for part, text in zip(parts, shapes, strict=True)]


def _alternatives(layer: Layer, properties: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the other actions on the same asset: those of its theme first, best first."""
    frame = layer.frame
    same = frame["asset_kind"].eq(properties["asset_kind"]) & frame["asset_id"].eq(properties["asset_id"])
    others = frame[(same & frame["opportunity_id"].ne(properties["opportunity_id"])).fillna(False)]
    names = ("opportunity_id", "theme", "action", "score", "permission")
    ordered = others.assign(is_other=others["theme"] != properties["theme"]).sort_values(
        ["is_other", "score"], ascending=[True, False], kind="stable"
    )
    columns = [json_values(ordered[name]) for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)]


def _parameters(manifest: Mapping[str, Any], action: str) -> list[dict[str, Any]]:
    """Return the parameters that the account of ``action`` uses; all of them where the manifest does not say which."""
    used = manifest.get("actions", {}).get(action, {}).get("parameters")
    names = ("key", "value", "low", "high", "unit", "source", "confidence", "doubt")
    return [
        {**{name: item.get(name) for name in names}, "is_assumption": _is_assumption(item)}
        for item in manifest.get("parameters", [])
        if used is None or item["key"] in used
    ]


def _is_assumption(parameter: Mapping[str, Any]) -> bool:
    return bool(parameter.get("is_assumption", str(parameter.get("source", "")).startswith("ASSUMPTION")))


def _titles(field: str) -> dict[str, dict[str, str]]:
    codes = schema.kind("opportunity")[field].codes or {}
    return {code: {"zh": zh, "en": en} for code, (zh, en) in codes.items()}


def _themes(manifest: Mapping[str, Any], action: str) -> list[str]:
    """Return the themes whose ranking an action stands in, as the model of the run says; none if it says nothing."""
    return list(manifest.get("actions", {}).get(action, {}).get("themes", ()))


def _twice(note: object) -> dict[str, str]:
    return {"zh": str(note), "en": str(note)}
