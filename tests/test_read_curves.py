"""Arcs in map files: GDAL straightens them silently, the report says in which records."""

from __future__ import annotations

import contextlib
import math
import sqlite3
import struct
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pyogrio
import pytest
import shapely
from reading_files import dxf, found, polyline, rules

from layers.reading import read_file
from layers.reading._curves import curved_entities, curved_records

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

WEST, SOUTH, RADIUS_M = 425_000.0, 2_560_000.0, 50.0
SQUARE = ((0.0, 0.0), (100.0, 0.0), (100.0, 100.0), (0.0, 100.0))
BULGE = 0.5  # the tangent of a quarter of the arc's angle


def circle_wkb(x: float, y: float, order: str) -> bytes:
    """Return a circle as CURVEPOLYGON(CIRCULARSTRING(…)), OGC well-known binary."""
    places = [(x - RADIUS_M, y), (x, y + RADIUS_M), (x + RADIUS_M, y), (x, y - RADIUS_M), (x - RADIUS_M, y)]
    mark, points = b"\1" if order == "<" else b"\0", b"".join(struct.pack(f"{order}dd", *place) for place in places)
    ring = mark + struct.pack(f"{order}II", 8, len(places)) + points
    return mark + struct.pack(f"{order}II", 10, 1) + ring


def geopackage(path: Path, *, order: str = "<", geometry_type: str = "Unknown") -> Path:
    """Write a square, nothing and a circle; GDAL cannot be asked to write curves, so its blob is put in by hand."""
    west, south = WEST + 1000, SOUTH + 1000
    square = shapely.box(west, south, west + 100, south + 100)
    frame = gpd.GeoDataFrame({"name": ["方", "无", "圆"]}, geometry=[square, None, square], crs="EPSG:4547")
    pyogrio.write_dataframe(frame, path, layer="idle_land", geometry_type=geometry_type)
    with contextlib.closing(sqlite3.connect(path)) as base, base:
        triggers = base.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall()
        for (name,) in triggers:  # they call functions of GDAL
            base.execute(f'DROP TRIGGER "{name}"')
        (blob,) = base.execute("SELECT geom FROM idle_land WHERE name = '方'").fetchone()
        head = blob[:3] + bytes([blob[3] & ~0x0E]) + blob[4:8]  # the same header, no envelope
        base.execute("UPDATE idle_land SET geom = ? WHERE name = '圆'", (head + circle_wkb(WEST, SOUTH, order),))
    return path


@pytest.mark.parametrize("order", ["<", ">"])
def test_curves_of_a_geopackage_are_named(tmp_path: Path, order: str) -> None:
    path = geopackage(tmp_path / "t.gpkg", order=order)
    assert curved_records(path, layer="idle_land").tolist() == [False, False, True]
    result = read_file(path, "idle_land")
    assert found(result.report, "geometry_straightened") == [(3, "geometry", None)]
    area_m2 = result.frame.to_crs("EPSG:4547").area.iloc[2]
    assert area_m2 == pytest.approx(math.pi * RADIUS_M**2, rel=2e-3)  # a polygon of ninety sides
    assert area_m2 < math.pi * RADIUS_M**2


def test_a_layer_of_straight_shapes_is_not_asked_twice(tmp_path: Path) -> None:
    assert curved_records(geopackage(tmp_path / "t.gpkg", geometry_type="Polygon")) is None


def parcel(shift_m: float, handle: str = "", bulges: Sequence[float] = ()) -> list[tuple[int, Any]]:
    """Return a closed light polyline with arcs after its first corners."""
    start = [(0, "LWPOLYLINE"), *([(5, handle)] if handle else []), (100, "AcDbEntity"), (8, "宗地")]
    pairs: list[tuple[int, Any]] = [*start, (100, "AcDbPolyline"), (90, len(SQUARE)), (70, 1)]
    for at, (x, y) in enumerate(SQUARE):
        pairs += [(10, WEST + shift_m + x), (20, SOUTH + y), *([(42, bulges[at])] if at < len(bulges) else [])]
    return pairs


def test_arcs_of_a_drawing_are_named(tmp_path: Path) -> None:
    path = tmp_path / "t.dxf"
    path.write_text(dxf(parcel(0, "1A", (0.0, 0.0)), parcel(200, "1b", (0.0, BULGE)), parcel(400, "1C")), "utf-8")
    assert curved_entities(path) == ({"1B"}, 0)
    result = read_file(path, "idle_land", crs="EPSG:4547")
    assert found(result.report, "geometry_straightened") == [(2, "geometry", None)]
    angle = 4 * math.atan(BULGE)
    radius = 100 / (2 * math.sin(angle / 2))
    segment = radius**2 / 2 * (angle - math.sin(angle))
    assert result.frame.to_crs("EPSG:4547").area.tolist() == pytest.approx([1e4, 1e4 + segment, 1e4], rel=1e-3)


def test_arcs_without_a_handle_are_said_of_the_drawing(tmp_path: Path) -> None:
    path = tmp_path / "t.dxf"
    path.write_text(dxf(parcel(0, "", (BULGE,)), parcel(200, "2A")), "utf-8")
    assert curved_entities(path) == (frozenset(), 1)
    report = read_file(path, "idle_land", crs="EPSG:4547").report
    assert "geometry_straightened" not in rules(report)
    assert any("1 个带圆弧的图元没有句柄" in item.zh for item in report.warnings)


def test_old_polylines_hold_their_arcs_in_their_vertices(tmp_path: Path) -> None:
    path = tmp_path / "t.dxf"
    corners = [(10, WEST), (20, SOUTH)]
    old = [(0, "POLYLINE"), (5, "7"), (8, "宗地"), (66, 1), (70, 1), (0, "VERTEX"), (5, "8"), (8, "宗地"), *corners]
    path.write_text(dxf([*old, (42, -BULGE), (0, "SEQEND"), (5, "9")], [(0, "INSERT"), (5, "A"), (42, 2.0)]), "utf-8")
    assert curved_entities(path) == ({"7"}, 0)  # 42 of an inserted block is its scale


def test_a_drawing_of_straight_lines_says_nothing(tmp_path: Path) -> None:
    path = tmp_path / "t.dxf"
    square = [(WEST + x, SOUTH + y) for x, y in SQUARE]
    path.write_text(dxf(polyline(square, closed=True)), "utf-8")
    report = read_file(path, "idle_land", crs="EPSG:4547").report
    assert "geometry_straightened" not in rules(report)
    assert not any("圆弧" in item.zh for item in report.findings)
