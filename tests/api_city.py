"""A small fictional workspace and a server over it, for the tests of the HTTP service."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import httpx
import numpy as np
import pandas as pd
import shapely
import uvicorn

from api.app import create_app
from layers import schema
from layers.snapshot import Provenance
from layers.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from api.settings import Settings

WEST, SOUTH, SIZE = 113.20, 23.10, 0.10
SCRIPT = "<script>alert('甲')</script>"
NASTY_ID = "idle_land/虚构 1#地面?停车"
CRITERIA: list[dict[str, Any]] = [
    {
        "key": key,
        "theme": theme,
        "zh": zh,
        "en": en,
        "unit": unit,
        "weight": weight,
        "direction": "benefit",
        "function": {"type": "linear", "zero": 0, "one": 10},
        "source": "ASSUMPTION for the tests",
        "confidence": "low",
    }
    for key, theme, zh, en, unit, weight in (
        ("gap", "revitalization", "缺口", "Gap", "stalls", 3.0),
        ("people", "revitalization", "人口", "People", "persons", 1.0),
        ("danger", "heritage", "险情", "Danger", "", 2.0),
    )
]
MANIFEST: dict[str, Any] = {
    "criteria": CRITERIA,
    "actions": {"surface_parking": {"themes": ["revitalization"], "parameters": ["parking.stall_area"]}},
    "parameters": [
        {
            "key": key,
            "value": 25.0,
            "low": 20.0,
            "high": 30.0,
            "unit": "m2",
            "source": source,
            "confidence": "low",
        }
        for key, source in (("parking.stall_area", "ASSUMPTION of the tests"), ("parking.other", "GB 0000"))
    ],
    "notes": [{"zh": "没有路网", "en": "no streets"}],
}


def points(count: int, seed: int = 1) -> np.ndarray:
    """Return points in the fictional district."""
    places = np.random.default_rng(seed).random((count, 2)) * SIZE + (WEST, SOUTH)
    return shapely.points(places)


def lots(count: int, seed: int = 2) -> np.ndarray:
    """Return small lots in the fictional district: rectangles, every third a diamond, drawn clockwise."""
    rng = np.random.default_rng(seed)
    west, south = rng.random(count) * SIZE + WEST, rng.random(count) * SIZE + SOUTH
    width, height = rng.uniform(2e-4, 8e-3, (2, count))
    rectangles = shapely.box(west, south, west + width, south + height, ccw=False)
    corners = [(0.5, 0), (0, 0.5), (0.5, 1), (1, 0.5)]
    diamonds = [
        shapely.Polygon([(x + dx * w, y + dy * h) for dx, dy in corners])
        for x, y, w, h in zip(west, south, width, height, strict=True)
    ]
    return np.where(np.arange(count) % 3 == 2, diamonds, rectangles)


def communities(count: int = 40) -> gpd.GeoDataFrame:
    """Return communities: lots, every fifth a point, every eighth without a place; the first has markup in its name."""
    geometry = np.where(np.arange(count) % 5 == 4, points(count), lots(count)).astype(object)
    geometry[np.arange(count) % 8 == 7] = None
    return gpd.GeoDataFrame(
        {
            "source_id": [f"c{row}" for row in range(count)],
            "name": [SCRIPT, *(f"虚构小区{row}" for row in range(1, count))],
            "subdistrict_code": np.where(np.arange(count) % 2, "A", "B"),
            "built_year": pd.array([1980 + row if row % 3 else None for row in range(count)], dtype="Int64"),
            "floor_area_m2": [float("nan") if row % 4 == 0 else row * 1000.5 for row in range(count)],
            "condition_grade": np.where(np.arange(count) % 2, "C", "D"),
            "is_self_built": np.arange(count) % 2 == 0,
            "data_date": pd.to_datetime([f"2026-0{1 + row % 6}-15" for row in range(count)]),
            "is_sample": True,
        },
        geometry=geometry,
        crs=schema.STORAGE_CRS,
    )


PLACES = list(communities().geometry)
"""Geometries of the communities, in order."""


def reports() -> gpd.GeoDataFrame:
    """Return four reports at known times, one of them without."""
    times = pd.to_datetime(["2026-01-01T08:00:00", "2026-01-01T20:30:00", "2026-02-01T00:00:00", None])
    return gpd.GeoDataFrame(
        {
            "source_id": list("abcd"),
            "reported_at": times,
            "reporter": "虚构来电人",
            "telephone": "000",
            "content": "虚构内容",
        },
        geometry=points(4, seed=3),
        crs=schema.STORAGE_CRS,
    )


def service_items() -> gpd.GeoDataFrame:
    """Return two records of a kind that has no place."""
    frame = pd.DataFrame({"source_id": ["s1", "s2"], "name": ["虚构事项一", "虚构事项二"]})
    return schema.conform(frame, schema.kind("service_item"))


def opportunities(asset_ids: list[str], asset_geometry: np.ndarray) -> gpd.GeoDataFrame:
    """Return opportunities whose scores a hand can follow: weights 3/4 and 1/4 of revitalization, 1 of heritage."""
    rows = [
        # id, theme, action, asset, x_gap, v_gap, x_people, v_people, x_danger, v_danger, score
        (NASTY_ID, "revitalization", "surface_parking", 0, 8.0, 0.8, 4.0, 0.4, None, None, 0.7),
        ("o2", "revitalization", "pocket_park", 0, 2.0, 0.2, 10.0, 1.0, None, None, 0.4),
        ("o3", "revitalization", "surface_parking", 1, 4.0, 0.4, None, None, None, None, 0.425),
        ("o4", "heritage", "culture_space", 7, None, None, None, None, 6.0, 0.6, 0.6),
    ]
    figures = ["x_gap", "v_gap", "x_people", "v_people", "x_danger", "v_danger", "score"]
    table = pd.DataFrame(rows, columns=["opportunity_id", "theme", "action", "asset", *figures])
    table = table.astype(dict.fromkeys(figures, float))
    table["asset_kind"] = "community"
    table["asset_id"] = [asset_ids[row] for row in table["asset"]]
    table["permission"] = ["allowed", "approval", "unclear", "approval"]
    table["rank"] = pd.array([1, None, 2, 1], dtype="Int64")
    table["name"] = "虚构机会"
    table["npv_cny"] = [1e6, -2e5, float("nan"), float("inf")]
    return gpd.GeoDataFrame(table.drop(columns="asset"), geometry=asset_geometry[[0, 0, 1, 7]], crs=schema.STORAGE_CRS)


def cash_flows() -> gpd.GeoDataFrame:
    """Return three years of one opportunity, out of order."""
    frame = pd.DataFrame({"year": [2, 0, 1], "opportunity_id": NASTY_ID})
    frame["cashflow_id"] = [f"{NASTY_ID}/{year}" for year in frame["year"]]
    frame["capex_cny"] = [0.0, 100.0, 0.0]
    frame["revenue_cny"], frame["opex_cny"], frame["land_rent_cny"] = [60.0, 0.0, 60.0], 0.0, 0.0
    frame["net_cny"], frame["cumulative_cny"] = [60.0, -100.0, 60.0], [20.0, -100.0, -40.0]
    return schema.conform(frame, schema.kind("cashflow"))


def fill(workspace: Workspace) -> None:
    """Put the fictional layers and one run into ``workspace``."""
    provenance = Provenance("虚构台账", licence="ODbL 1.0", attribution="© 虚构贡献者", crs_found="GCJ-02")
    workspace.accept("community", communities(), provenance)
    workspace.accept("report", reports(), Provenance("虚构热线"))
    workspace.accept("service_item", service_items(), Provenance("虚构采购"))
    assets = workspace.read("community")
    geometry = assets.geometry.to_numpy()
    tables = {"opportunity": opportunities(list(assets["asset_id"]), geometry), "cashflow": cash_flows()}
    versions = {item.kind: item.version for item in workspace.summary()}
    workspace.save_run(tables, MANIFEST, as_of=date(2026, 6, 30), seed=7, inputs=versions)


def brute_force(west: float, south: float, east: float, north: float) -> set[int]:
    """Return the communities that touch a box, one by one, and those without a place."""
    corners = [(west, south), (east, south), (east, north), (west, north)]
    area = shapely.convex_hull(shapely.MultiPoint(corners))
    return {row for row, shape in enumerate(PLACES) if shape is None or shape.intersects(area)}


def source_rows(body: dict[str, Any]) -> set[int]:
    """Return which communities an answer holds."""
    return {int(feature["properties"]["source_id"][1:]) for feature in body["features"]}


@dataclass
class Served:
    """A running server: its workspace and a client to call it with."""

    folder: Path
    client: httpx.Client

    def get(self, path: str, **more: Any) -> httpx.Response:
        """Call the server."""
        return self.client.get(path, **more)

    def json(self, path: str, **more: Any) -> Any:
        """Call the server and return what it says, which must not be an error."""
        response = self.get(path, **more)
        assert response.status_code == 200, response.text
        return response.json()


@contextmanager
def serving(settings: Settings) -> Iterator[Served]:
    """Run a server in a thread of this process on a free port."""
    listener = socket.socket(proto=socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(create_app(settings), log_level="critical", ws="none"))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive(), "the server did not start"
        time.sleep(0.01)
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    try:
        with httpx.Client(base_url=address, timeout=30, trust_env=False) as client:
            yield Served(settings.workspace, client)
    finally:
        server.should_exit = True
        thread.join(timeout=10)
        listener.close()


def new_workspace(folder: Path, *, is_sample: bool = True) -> Path:
    """Make the fictional workspace in ``folder``."""
    workspace = Workspace.create(folder, name="虚构区", is_sample=is_sample)
    fill(workspace)
    workspace.close()
    return folder
