"""Low confidence asks and ``--crs`` decides: who cannot be asked is told what to write."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pytest
import shapely
from cli_checks import assert_one_line, state
from reading_files import write_csv

from api import imports
from layers.crs import wgs84_to_bd09, wgs84_to_gcj02
from layers.datums import CLEAR
from layers.errors import DatumUnsureError
from layers.reading import read_file
from layers.trusted import Trusted
from layers.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., subprocess.CompletedProcess[str]]

ROOT = Path(__file__).parents[1]
NAMES = ("东湖街道", "西关街道", "南源街道", "北亭街道")
CELLS = [shapely.box(113.20 + 0.03 * at, 23.10, 113.23 + 0.03 * at, 23.13) for at in range(4)]
RNG = np.random.default_rng(6)


def places(count: int) -> tuple[np.ndarray, np.ndarray, list[str]]:
    """Return true places in the four sub-districts, and an address of each that names its own."""
    cell = np.arange(count) % 4
    lon = 113.20 + 0.03 * cell + RNG.uniform(0.002, 0.028, count)
    return lon, RNG.uniform(23.102, 23.128, count), [f"{NAMES[at]}{number}号" for number, at in enumerate(cell)]


def table(path: Path, lon: np.ndarray, lat: np.ndarray, addresses: list[str]) -> Path:
    rows = [["停车场名称", "泊位总数", "地址", "经度", "纬度"]]
    rows += [
        [f"P{at}", "5", address, f"{x:.7f}", f"{y:.7f}"]
        for at, (x, y, address) in enumerate(zip(lon, lat, addresses, strict=True))
    ]
    return write_csv(path, rows)


def areas() -> gpd.GeoDataFrame:
    columns = {"kind": "subdistrict", "name": list(NAMES), "subdistrict_code": None}
    return gpd.GeoDataFrame(columns, geometry=CELLS, crs="EPSG:4326")


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """Return a workspace that trusts four sub-districts."""
    made = Workspace.create(tmp_path / "ws")
    path = tmp_path / "街道.gpkg"
    gpd.GeoDataFrame({"名称": list(NAMES)}, geometry=CELLS, crs="EPSG:4326").to_file(path)
    imports.accept_import(made, imports.read_import(made, "subdistrict", path, crs="EPSG:4326"))
    return made


def test_degrees_that_nothing_tells_are_asked_about_although_a_layer_is_trusted(
    tmp_path: Path, workspace: Workspace
) -> None:
    lon, lat, _ = places(40)
    file = table(tmp_path / "a.csv", lon, lat, ["" for _ in lon])
    before = state(workspace.root)
    with pytest.raises(DatumUnsureError, match=r"--crs WGS84, --crs GCJ-02 or --crs BD-09$") as caught:
        imports.read_import(workspace, "parking", file)
    assert caught.value.line_zh is not None
    assert caught.value.line_zh.endswith("请写明 --crs WGS84、--crs GCJ-02 或 --crs BD-09")
    confidence = [item.confidence for item in caught.value.choices]
    assert confidence == sorted(confidence, reverse=True)
    assert 0.3 < confidence[0] < CLEAR
    assert state(workspace.root) == before
    assert imports.read_import(workspace, "parking", file, crs="WGS84").result.question is None


def test_degrees_that_contradict_their_addresses_are_asked_about_by_datum_not_by_zone(
    tmp_path: Path, workspace: Workspace
) -> None:
    lon, lat, addresses = places(40)
    with pytest.raises(DatumUnsureError) as caught:  # each address names the sub-district after its own
        imports.read_import(workspace, "parking", table(tmp_path / "a.csv", lon, lat, [*addresses[1:], addresses[0]]))
    assert {"WGS84", "GCJ-02", "BD-09"} <= {item.name for item in caught.value.choices}
    assert "个带" not in str(caught.value.line_zh)
    assert "EPSG:4547" not in str(caught.value.line_zh)


@pytest.mark.parametrize(
    ("datum", "shift"), [("EPSG:4326", None), ("GCJ-02", wgs84_to_gcj02), ("BD-09", wgs84_to_bd09)]
)
def test_degrees_whose_addresses_tell_are_not(tmp_path: Path, workspace: Workspace, datum: str, shift) -> None:
    lon, lat, addresses = places(200)
    x, y = (lon, lat) if shift is None else shift(lon, lat)
    result = imports.read_import(workspace, "parking", table(tmp_path / "a.csv", x, y, addresses)).result
    assert result.crs_found == datum
    assert np.allclose(result.frame.geometry.x, lon, atol=1e-6)


def test_a_zone_that_may_be_of_an_old_datum_is_asked_about(tmp_path: Path) -> None:
    frame = gpd.GeoSeries(gpd.points_from_xy(*places(10)[:2]), crs="EPSG:4326").to_crs(4526)
    question = read_file(table(tmp_path / "a.csv", frame.x, frame.y, [""] * 10), "parking").question
    assert question is not None
    assert [item.name for item in question.choices][:3] == ["EPSG:4526", "EPSG:2362", "EPSG:2414"]
    rows = [
        ["2000国家大地坐标系"],
        ["停车场名称", "X", "Y"],
        *([f"P{at}", f"{x:.3f}", f"{y:.3f}"] for at, (x, y) in enumerate(zip(frame.x, frame.y, strict=True))),
    ]
    assert read_file(write_csv(tmp_path / "b.csv", rows), "parking").question is None


def test_of_a_mixed_file_the_records_that_nothing_tells_are_named(tmp_path: Path) -> None:
    lon, lat, addresses = places(120)
    x, y = wgs84_to_gcj02(lon[:60], lat[:60])
    rows = [["停车场名称", "地址", "坐标来源", "经度", "纬度"]]
    for at in range(120):
        told = at < 60
        place = (x[at], y[at]) if told else (lon[at], lat[at])
        rows.append(
            [f"P{at}", addresses[at] if told else "", "甲" if told else "乙", *(f"{number:.7f}" for number in place)]
        )
    with pytest.raises(DatumUnsureError, match=r"60 records \(row 62 ") as caught:
        read_file(write_csv(tmp_path / "a.csv", rows), "parking", trusted=Trusted(areas=areas()))
    assert "60 条（第 62 行" in str(caught.value.zh)
    assert "坐标系" in str(caught.value.hint_zh)
    assert [item.name for item in caught.value.choices][:3] == ["GCJ-02", "WGS84", "BD-09"]
    for row in rows[1:]:
        row[2] = "高德" if row[2] == "甲" else "WGS84"
    told = read_file(write_csv(tmp_path / "b.csv", rows), "parking", trusted=Trusted(areas=areas()))
    assert (told.question, told.crs_found) == (None, "GCJ-02 60, EPSG:4326 60")


def answered(answer: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command with a person at a terminal who types ``answer``."""
    terminal, typed = os.openpty()
    os.write(terminal, f"{answer}\n".encode())
    command = [sys.executable, "-m", "api", *map(str, arguments)]
    try:
        return subprocess.run(command, stdin=typed, capture_output=True, text=True, check=False, cwd=ROOT)
    finally:
        os.close(terminal)
        os.close(typed)


def test_a_person_at_a_terminal_chooses(panhuo: Command, tmp_path: Path) -> None:
    lon, lat, addresses = places(8)
    file = table(tmp_path / "a.csv", lon, lat, addresses)
    for answer, found in (("2", "GCJ-02"), ("高德", "GCJ-02")):
        folder = Workspace.create(tmp_path / answer).root
        assert_one_line(panhuo("import", folder, "parking", file), 1, "--crs WGS84", "--crs GCJ-02", "43%")
        done = answered(answer, "import", folder, "parking", file)
        assert done.returncode == 0, done.stderr
        assert "  2. GCJ-02 (32%)" in done.stderr
        assert Workspace.open(folder).current("parking").crs_found == found
    folder = Workspace.create(tmp_path / "empty").root
    refused = answered("某坐标", "import", folder, "parking", file)
    assert refused.returncode == 2
    assert "不认识坐标系" in refused.stderr
