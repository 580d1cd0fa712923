"""`panhuo route`: a walk on the sample city, kept as a run and written for phones and GIS."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING

import pyogrio
import pytest
import shapely
from cli_checks import assert_one_line

from api import deciding, routing
from layers.errors import AnalysisError, NotFoundError, UsageError
from layers.reading import read_file
from layers.workspace import Workspace

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def city(sample_workspace: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a copy of the analysed sample city, to which runs may be added."""
    return shutil.copytree(sample_workspace, tmp_path_factory.mktemp("route") / "city")


@pytest.fixture(scope="module")
def walk(panhuo: Command, city: Path) -> tuple[dict, Path]:
    """Return what the command tells of a walk of four hours, and the GeoJSON that it wrote."""
    out = city.parent / "walk.geojson"
    done = panhuo("route", city, "--hours", 4, "--seed", 3, "--out", out, "--json")
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout), out


def test_a_walk_is_told_and_kept_as_a_run(walk: tuple[dict, Path], city: Path) -> None:
    told, _ = walk
    assert told["stop_count"] >= 8
    assert told["value"] <= told["value_bound"]
    run = Workspace.open(city).run(told["run_id"])
    assert run.manifest["decided"]["route"][told["walk_id"]]["stops"] == [row["asset_id"] for row in told["stops"]]
    kept = Workspace.open(city).read_result("route", run_id=told["run_id"])
    assert kept["asset_id"].dropna().tolist() == [row["asset_id"] for row in told["stops"]]


def test_the_geojson_is_read_back(walk: tuple[dict, Path]) -> None:
    told, out = walk
    document = json.loads(out.read_text(encoding="utf-8"))
    assert "crs" not in document
    assert "示例" in document["notice"]
    line, *stops = document["features"]
    assert (line["geometry"]["type"], line["properties"]["part"]) == ("MultiLineString", "walk")
    assert [stop["geometry"]["type"] for stop in stops] == ["Point"] * len(told["stops"])
    frame = pyogrio.read_dataframe(out)
    assert len(frame) == len(told["stops"]) + 1
    assert frame.geometry.is_valid.all()


def test_the_kml_is_read_back_by_gdal_and_by_our_reader(panhuo: Command, city: Path, walk: tuple[dict, Path]) -> None:
    told, geojson = walk
    out = city.parent / "walk.kml"
    done = panhuo("route", city, "--hours", 4, "--seed", 3, "--out", out)
    assert done.returncode == 0, done.stderr
    assert "未证明最优" in done.stdout
    stops = pyogrio.read_dataframe(out, layer="停留点 Stops")
    line = pyogrio.read_dataframe(out, layer="线路 Walk")
    assert len(stops) == len(told["stops"])
    names = [row["name"] for row in told["stops"]]
    assert [name.partition(" ")[2] for name in stops["Name"]] == names
    assert stops["description"].str.contains("示例数据").all(), "the story"
    drawn = shapely.get_coordinates(pyogrio.read_dataframe(geojson).geometry.iloc[0])
    assert shapely.get_coordinates(shapely.force_2d(line.geometry.iloc[0])) == pytest.approx(drawn)
    assert len(read_file(out, "heritage", crs="EPSG:4326").frame) > len(names)


def test_walks_for_other_wishes_stand_beside_each_other(panhuo: Command, city: Path) -> None:
    workspace = Workspace.open(city)
    red = routing.Request(minutes=240, themes=("红色文化",))
    asked = (red, routing.Request(minutes=60), replace(red, themes=("red",)))
    done = [routing.route(workspace, item, rounds=200) for item in asked]
    kept = workspace.read_result("route")
    assert kept["walk_id"].nunique() >= 2
    again = kept[kept["walk_id"] == done[0].walk.told["walk_id"]]
    assert len(again) == len(done[2].walk.table), "asked for again it takes its own place"
    assert done[0].walk.told == done[2].walk.told
    assert set(workspace.run().manifest["decided"]["route"]) >= {item.walk.told["walk_id"] for item in done}
    exported = panhuo("export", city, "route", "--out", city.parent / "all.gpkg")
    assert exported.returncode == 0, exported.stderr
    assert len(pyogrio.read_dataframe(city.parent / "all.gpkg")) == len(kept)


def test_a_walk_from_a_point_round_by_name(city: Path) -> None:
    workspace = Workspace.open(city)
    heritage = workspace.read("heritage")
    is_sound = (heritage["danger_grade"] == "B") & (heritage["ownership"] == "state")
    site = heritage[is_sound.fillna(value=False).to_numpy(dtype=bool)].dropna(subset=["geometry"]).iloc[0]
    middle = site.geometry.centroid
    asked = routing.Request(
        minutes=90,
        start=f"{middle.x:.6f}，{middle.y:.6f}",
        is_round=True,
        must=(site["name"],),
        depart_minutes=570,
        day=date(2026, 11, 23),
    )
    table = routing.route(workspace, asked, rounds=200).walk.table
    stops = table[table["part"] == "stop"]
    assert site["asset_id"] in stops["asset_id"].dropna().tolist()
    assert stops["leave_clock"].iloc[0] == "09:30"
    assert stops["visit"].iloc[0] == stops["visit"].iloc[-1] == "point"


@pytest.mark.parametrize(
    ("arguments", "status", "words"),
    [
        (("--hours", "0"), 2, ("0小时", "0 hours")),
        (("--hours", "four"), 2, ("--hours four",)),
        (("--depart", "25:00"), 2, ("--depart 25:00",)),
        (("--day", "tomorrow"), 2, ("--day tomorrow",)),
        (("--theme", "sea"), 2, ("sea", "lingnan")),
        (("--theme", "food"), 1, ("美食", "culture_theme")),
        (("--round",), 2, ("--start",)),
        (("--out", "walk.pdf"), 2, (".kml", ".pdf")),
    ],
)
def test_refusals_are_one_line(panhuo: Command, city: Path, arguments: tuple, status: int, words: tuple) -> None:
    before = Workspace.open(city).latest_run()
    assert_one_line(panhuo("route", city, *arguments), status, *words)
    assert Workspace.open(city).latest_run() == before


@pytest.fixture(scope="module")
def found(city: Path) -> deciding.Ground:
    """Return what walks in the city are decided on, read once."""
    return deciding.ground(Workspace.open(city))


@pytest.mark.parametrize(
    ("wishes", "error", "word"),
    [
        ({"start": "23.1,113.2"}, UsageError, "经度在前"),
        ({"start": "没有这里"}, NotFoundError, "没有这里"),
        ({"must": ("没有这里",)}, NotFoundError, "历史文化资源"),
        ({"start": "116.4,39.9"}, AnalysisError, "走得到"),
        ({"subdistrict": "1"}, AnalysisError, "镇街 1"),
    ],
)
def test_what_is_not_there_is_named(
    monkeypatch: pytest.MonkeyPatch, city: Path, found: deciding.Ground, wishes: dict, error: type, word: str
) -> None:
    monkeypatch.setattr(deciding, "ground", lambda *_, **__: found)
    with pytest.raises(error) as caught:
        routing.route(Workspace.open(city), routing.Request(minutes=60, **wishes))
    assert word in caught.value.line_zh


def test_a_name_that_several_records_have_is_asked_about(
    monkeypatch: pytest.MonkeyPatch, city: Path, found: deciding.Ground
) -> None:
    twins = found.layers["heritage"].assign(name="同名")
    monkeypatch.setattr(deciding, "ground", lambda *_, **__: replace(found, layers={"heritage": twins}))
    with pytest.raises(UsageError, match="records are called"):
        routing.route(Workspace.open(city), routing.Request(minutes=60, must=("同名",)))


def test_a_station_is_called_by_its_name_though_an_address_bears_it(
    monkeypatch: pytest.MonkeyPatch, city: Path, found: deciding.Ground
) -> None:
    monkeypatch.setattr(deciding, "ground", lambda *_, **__: found)
    services = found.layers["service"]
    station = services[(services["service_type"] == "metro_station").to_numpy(dtype=bool)].iloc[0]
    assert (found.layers["address"]["name"] == station["name"]).any()
    done = routing.route(Workspace.open(city), routing.Request(minutes=120, start=station["name"]), rounds=200)
    first = done.walk.table[done.walk.table["stop_order"] == 1].iloc[0]
    assert (first["asset_id"], first["visit"]) == (station["asset_id"], "point")


def test_a_search_that_is_cut_says_so(city: Path) -> None:
    done = routing.route(Workspace.open(city), routing.Request(minutes=240, subdistrict="440199002"), seconds=0.0)
    assert done.is_cut
    assert done.run.manifest["decided"]["route"][done.walk.told["walk_id"]]["is_cut"]
