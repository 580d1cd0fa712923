"""Offline pages of an invented street: squares in a row, each an opportunity."""

from __future__ import annotations

from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from layers import schema
from maps.folium_map import render

WEST, SOUTH = 113.25, 23.12
STEP = 0.001
HOSTILE = "<script>alert(1)</script><img src=x onerror=alert(2)>{{ 7 * 7 }}{% raw %}'\""
MANIFEST = {
    "as_of": "2026-06-30",
    "run_id": "20260701-080000",
    "notes": [{"zh": "无道路数据,按直线距离 × 1.3", "en": "no streets: straight line x 1.3"}],
    "criteria": [
        {"key": "gap", "theme": "revitalization", "zh": "夜间停车缺口", "en": "Night gap", "weight": 3},
        {"key": "area", "theme": "revitalization", "zh": "可用面积", "en": "Usable area", "weight": 1},
    ],
}


def frame(kind: str, geometry: list[Any], crs: str = "EPSG:4326", **columns: Any) -> gpd.GeoDataFrame:
    rows = pd.DataFrame({"asset_id": [f"{kind}-{n}" for n in range(len(geometry))], **columns})
    return schema.conform(
        gpd.GeoDataFrame(rows, geometry=gpd.GeoSeries(geometry, crs=crs)), schema.kind(kind), keep_extra=True
    )


def square(column: int, row: int, size: float = STEP / 2) -> shapely.Polygon:
    west, south = WEST + column * STEP, SOUTH + row * STEP
    return shapely.box(west, south, west + size, south + size)


def opportunities(revitalization: int = 25, heritage: int = 3, **changes: Any) -> gpd.GeoDataFrame:
    """One row per asset, ranked in order, and one unranked second action of the first asset."""
    ranks = [*range(1, revitalization + 1), *range(1, heritage + 1), None]
    count = len(ranks)
    columns: dict[str, Any] = {
        "opportunity_id": [f"o{n}" for n in range(count)],
        "theme": ["revitalization"] * revitalization + ["heritage"] * heritage + ["revitalization"],
        "action": ["surface_parking"] * revitalization + ["heritage_reuse"] * heritage + ["pocket_park"],
        "asset_kind": "idle_land",
        "name": [f"地块{n}" for n in range(count)],
        "subdistrict_code": "S1",
        "rank": pd.array(ranks, dtype="Int64"),
        "score": np.linspace(0.9, 0.2, count),
        "permission": "approval",
        "capex_cny": 546_000.0,
        "npv_cny": -10_000.0,
        "x_gap": 82.4,
        "v_gap": 0.8,
        "x_area": 1200.0,
        "v_area": 0.4,
    }
    shapes = [square(n % 10, n // 10) for n in range(count)]
    return frame("opportunity", shapes, **{**columns, **changes})


def page(**changes: Any) -> str:
    given_: dict[str, Any] = {
        "layers": {"subdistrict": frame("subdistrict", [square(0, 0, 0.02)], subdistrict_code="S1", name="榕荫街道")},
        "results": {"opportunity": opportunities()},
        "manifest": MANIFEST,
        "title": "示例区",
        "is_sample": False,
        "attributions": ["© OpenStreetMap contributors, ODbL 1.0"],
    }
    return render(**{**given_, **changes})
