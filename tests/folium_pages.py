"""Offline pages of an invented street: squares in a row, each an opportunity."""

from __future__ import annotations

import json
import re
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


def drawn(html: str) -> list[dict[str, Any]]:
    """Return every feature that the page holds as data."""
    found = re.findall(r"_add\((\{.*?\})\);\n", html)
    return [feature for text in found for feature in json.loads(text)["features"]]


def decided(name: str = "旧村", **members: Any) -> dict[str, gpd.GeoDataFrame]:
    """Return tables of one bundle of three, one community left out, a walk of two stops and two chosen sites."""
    roles = ["fat", "lean", "link", "left_out"]
    line = shapely.MultiLineString([[(WEST, SOUTH), (WEST + 3 * STEP, SOUTH)]])
    return {
        "bundle": frame(
            "bundle",
            [square(0, 0, 4 * STEP)],
            bundle_id="b1",
            bundle_number=1,
            name=f"1号包：{name}",
            name_en=f"Bundle 1: {name}",
            community_count=1,
            asset_count=2,
            member_count=3,
            household_count=120,
            elder_count=30.0,
            benefit=140.0,
            capex_cny=12_340_000.0,
            funding_enterprise_cny=4_340_000.0,
            funding_state_cny=8_000_000.0,
            npv_cny=56_000.0,
            balance_probability=0.625,
            deepest_deficit_cny=4_340_000.0,
            deepest_year=2,
            public_holds=False,
            is_sample=True,
            plan_benefit=140.0,
            plan_bound=200.0,
            plan_gap=0.3,
        ),
        "bundle_member": frame(
            "bundle_member",
            [square(0, 0), square(2, 0), shapely.Point(WEST + STEP, SOUTH + STEP), square(6, 6)],
            **{
                "bundle_member_id": [f"m{place}" for place in range(4)],
                "bundle_id": ["b1", "b1", "b1", None],
                "bundle_number": pd.array([1, 1, 1, None], dtype="Int64"),
                "opportunity_id": [f"o{place}" for place in range(4)],
                "asset_kind": ["parking", "community", "parking", "community"],
                "name": ["大场", name, "小场", "新村"],
                "role": roles,
                "action": ["charging", "renovation", "charging", "renovation"],
                "npv_cny": [900_000.0, -850_000.0, 6_000.0, -2e6],
                "paid_cny": [850_000.0, 0.0, 0.0, np.nan],
                "reason": ["为邻居付出85.0万元", "受益：120户", "唯一的连通", "并入1号包还差30.0万元"],
                "reason_en": ["pays 0.85 M CNY", "benefits 120 households", "only link", "lacks 0.30 M CNY"],
                "lacks": [None, None, None, "money"],
                "least_subsidy_cny": [np.nan, np.nan, np.nan, 300_000.0],
                **members,
            },
        ),
        "route": frame(
            "route",
            [line, shapely.Point(WEST, SOUTH), shapely.Point(WEST + 3 * STEP, SOUTH)],
            route_id=["w", "w-1", "w-2"],
            walk_id="w",
            part=["walk", "stop", "stop"],
            stop_order=pd.array([None, 1, 2], dtype="Int64"),
            name=["两站线路", name, "古井"],
            name_en=["A walk of two", name, "古井"],
            visit=[None, "inside", "outside"],
            theme=["lingnan", "red,lingnan", None],
            arrive_clock=["10:34", "10:00", "10:24"],
            leave_clock=["10:00", "10:20", "10:34"],
            arrive_minutes=[34.0, 0.0, 24.6],
            walk_m=[309.0, 0.0, 309.0],
            walk_minutes=[4.5, 0.0, 4.5],
            stay_minutes=[30.0, 20.0, 10.0],
            way=["straight", None, "straight"],
            value=[1.25, 0.75, 0.5],
            value_bound=[2.0, np.nan, np.nan],
            is_proven=pd.array([False, None, None], dtype="boolean"),
            stop_count=pd.array([2, None, None], dtype="Int64"),
            story=[None, "老街坊说的", None],
            story_en=[None, "As neighbours tell it", None],
        ),
        "site_choice": frame(
            "site_choice",
            [square(4, 0), square(5, 1)],
            site_choice_id=["s1", "s2"],
            site_order=[2, 1],
            opportunity_id=["o4", "o15"],
            asset_kind="idle_land",
            name=["边角地", name],
            action="surface_parking",
            mode="serve",
            permission="approval",
            gain=[8.0, 46.0],
            gain_of="units",
            capex_cny=[48_000.0, 276_000.0],
            reason=["补缺8个", "补缺46个"],
            reason_en=["closes 8", "closes 46"],
            choice_value=54.0,
            choice_bound=54.0,
            choice_gap=0.0,
        ),
    }
