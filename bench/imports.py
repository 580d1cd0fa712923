"""Large files made in code, what it takes to import them, and what a bare read of them takes beside."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import pyogrio
import shapely

from bench.measure import Cost, run

if TYPE_CHECKING:
    from pathlib import Path

POINTS, POLYGONS = 1_000_000, 200_000
_SEED = 20261001
_BARE = """
import sys, time, pyogrio
started = time.perf_counter()
pyogrio.read_dataframe(sys.argv[1])
print(time.perf_counter() - started)
"""
_WORDS = ("市容环境", "街面秩序", "公用设施", "道路交通", "园林绿化")
_SIDE_M, _ACROSS = 60, 450
_WEST_M, _SOUTH_M = 425_000, 2_560_000


def import_points(folder: Path) -> list[Cost]:
    """Import a million reports of the citizens' hotline from CSV."""
    return _imported(folder, "report", points_csv(folder), "--crs", "EPSG:4326")


def import_polygons(folder: Path) -> list[Cost]:
    """Import two hundred thousand parcels of idle land from a GeoPackage."""
    return _imported(folder, "idle_land", parcels_gpkg(folder))


def bare_points_s(folder: Path) -> float:
    """Return the seconds that ``pyogrio.read_dataframe`` takes for the same reports."""
    return _bare_s(points_csv(folder))


def bare_polygons_s(folder: Path) -> float:
    """Return the seconds that ``pyogrio.read_dataframe`` takes for the same parcels."""
    return _bare_s(parcels_gpkg(folder))


def points_csv(folder: Path) -> Path:
    """Write the reports once; each has a moment, a channel, a class in a clerk's words, a place and a text."""
    path = folder / "reports.csv"
    if path.exists():
        return path
    draw = np.random.default_rng(_SEED)
    number = np.arange(POINTS)
    moments = pd.Timestamp("2025-01-01") + pd.to_timedelta(np.sort(draw.integers(0, 365 * 86_400, POINTS)), unit="s")
    table = {
        "工单编号": np.char.add("GD", np.char.zfill(number.astype(str), 8)),
        "受理时间": moments.strftime("%Y-%m-%d %H:%M:%S"),
        "来源渠道": np.where(number % 3 == 0, "云报事", "12345热线"),
        "大类": np.array(_WORDS)[draw.integers(0, len(_WORDS), POINTS)],
        "小类": np.where(number % 2 == 0, "暴露垃圾", "占道经营"),
        "WGS84经度": np.round(113.2 + 0.3 * draw.random(POINTS), 7),
        "WGS84纬度": np.round(23.0 + 0.3 * draw.random(POINTS), 7),
        "诉求内容": np.char.add(np.char.add("示范路", (number % 5_000).astype(str)), "号门前"),
    }
    pd.DataFrame(table).to_csv(path, index=False)
    return path


def parcels_gpkg(folder: Path) -> Path:
    """Write the parcels once, in metres of EPSG:4547: L-shaped lots on a grid, one in two hundred crossing itself."""
    path = folder / "parcels.gpkg"
    if path.exists():
        return path
    draw = np.random.default_rng(_SEED)
    number = np.arange(POLYGONS)
    west, south = _WEST_M + number % _ACROSS * _SIDE_M, _SOUTH_M + number // _ACROSS * _SIDE_M
    width, height = 20 + 30 * draw.random(POLYGONS), 20 + 30 * draw.random(POLYGONS)
    steps = ((0, 0), (1, 0), (1, 0.5), (0.8, 0.5), (0.8, 1), (0, 1), (0, 0))
    corners = np.stack([np.column_stack([west + x * width, south + y * height]) for x, y in steps], axis=1)
    area_m2 = 0.9 * width * height
    crossing = number % 200 == 0
    corners[crossing, 1], corners[crossing, 2] = corners[crossing, 2].copy(), corners[crossing, 1].copy()
    table = {
        "地块编号": np.char.add("DK", number.astype(str)),
        "地块名称": np.char.add("示范地块", number.astype(str)),
        "土地性质": np.where(number % 3 == 0, "收储地", "国有划拨"),
        "面积（平方米）": np.round(area_m2, 1),
        "地址": np.char.add(np.char.add("示范路", (number % 5_000).astype(str)), "号"),
        "现状": np.where(number % 2 == 0, "杂草", "硬化"),
    }
    frame = gpd.GeoDataFrame(pd.DataFrame(table), geometry=shapely.polygons(corners), crs="EPSG:4547")
    pyogrio.write_dataframe(frame, path)
    return path


def _imported(folder: Path, kind: str, file: Path, *options: str) -> list[Cost]:
    workspace = str(folder / f"import-{kind}")
    run("init", workspace)
    return [run("import", workspace, kind, str(file), *options)]


def _bare_s(file: Path) -> float:
    done = subprocess.run([sys.executable, "-c", _BARE, str(file)], check=True, capture_output=True, text=True)
    return float(done.stdout)
