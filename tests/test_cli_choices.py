"""What a person says at the command: may a layer be replaced, what is it called, which day, which settings."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import geopandas as gpd
import pytest
import shapely
from cli_checks import assert_one_line, state
from osm_files import Drawing, square

from api import _arguments, osm_imports
from layers import osm
from layers.errors import UsageError
from layers.quality import ImportReport
from layers.snapshot import Provenance
from layers.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., subprocess.CompletedProcess[str]]

pytest_plugins = ["cli_fixtures"]

ROOT = Path(__file__).parent.parent


def test_a_file_of_another_name_replaces_a_layer_only_when_told_to(
    panhuo: Command, folder: Path, ledger: Path, another: Path
) -> None:
    assert panhuo("import", folder, "parking", ledger).returncode == 0
    before = state(folder)
    refused = panhuo("import", folder, "parking", another)
    assert_one_line(refused, 2, "parking", "停车场", "现有 2 条", ledger.name, another.name, "--replace")
    assert state(folder) == before
    assert panhuo("import", folder, "parking", another, "--dry-run").returncode == 0
    assert state(folder) == before
    told = panhuo("import", folder, "parking", another, "--replace").stdout
    assert "替换 parking 原有 2 条（停车场.csv）" in told
    assert panhuo("import", folder, "parking", another).returncode == 0


def answered(answer: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command with a person at a terminal who types ``answer``."""
    terminal, typed = os.openpty()
    os.write(terminal, f"{answer}\n".encode())
    try:
        return subprocess.run(
            [sys.executable, "-m", "api", *map(str, arguments)],
            stdin=typed,
            capture_output=True,
            text=True,
            check=False,
            cwd=ROOT,
        )
    finally:
        os.close(terminal)
        os.close(typed)


@pytest.mark.parametrize(("answer", "status", "source_file"), [("y", 0, "路边泊位.csv"), ("", 1, "停车场.csv")])
def test_a_person_at_a_terminal_is_asked(
    panhuo: Command, folder: Path, ledger: Path, another: Path, answer: str, status: int, source_file: str
) -> None:
    assert panhuo("import", folder, "parking", ledger).returncode == 0
    done = answered(answer, "import", folder, "parking", another)
    assert done.returncode == status, done.stderr
    assert "是否替换" in done.stderr
    assert Workspace.open(folder).current("parking").source_file == source_file


@pytest.mark.parametrize(("answer", "status", "count"), [("y", 0, 1), ("", 1, 10)])
def test_a_person_at_a_terminal_is_asked_before_an_extract_shrinks_a_layer(
    panhuo: Command, folder: Path, tmp_path: Path, answer: str, status: int, count: int
) -> None:
    def extract(buildings: int) -> Path:
        drawing = Drawing()
        for number in range(buildings):
            drawing.way(square(100 + 50 * number, 100), building="yes")
        return drawing.write(tmp_path / f"{buildings}.osm.pbf")

    assert panhuo("import-osm", folder, extract(10)).returncode == 0
    refused = panhuo("import-osm", folder, extract(1))
    assert_one_line(refused, 2, "building", "--yes")
    done = answered(answer, "import-osm", folder, tmp_path / "1.osm.pbf")
    assert done.returncode == status, done.stderr
    assert "确认" in done.stderr
    assert Workspace.open(folder).current("building").count == count
    assert panhuo("import-osm", folder, tmp_path / "1.osm.pbf", "--yes").returncode == 0


def test_a_person_at_a_terminal_is_asked_before_an_extract_replaces_a_ledger(folder: Path, tmp_path: Path) -> None:
    areas = gpd.GeoDataFrame({"name": ["甲楼"]}, geometry=[shapely.box(113.0, 23.0, 113.001, 23.001)], crs=4326)
    Workspace.open(folder).accept("building", areas, Provenance("ledger", source_file="台账.csv"))
    drawing = Drawing()
    drawing.way(square(100, 100), building="yes")
    file = drawing.write(tmp_path / "a.osm.pbf")
    for answer, status, source in (("", 1, "ledger"), ("y", 0, "OpenStreetMap")):
        done = answered(answer, "import-osm", folder, file)
        assert done.returncode == status, done.stderr
        assert "是否替换" in done.stderr
        assert Workspace.open(folder).current("building").source == source


def test_an_extract_replaces_a_whole_layer_of_a_ledger_only_when_told_to(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    areas = gpd.GeoDataFrame({"name": ["甲街"]}, geometry=[shapely.box(113.1, 23.0, 113.3, 23.2)], crs=4326)
    report = ImportReport("city.osm.pbf", [])
    monkeypatch.setattr(osm, "read_osm", lambda *_, **__: osm.OsmResult({"subdistrict": areas}, report, (0, 0, 1, 1)))
    workspace, file = Workspace.open(folder), folder / "panhuo.json"
    for _ in range(2):
        osm_imports.accept_extract(workspace, osm_imports.read_extract(workspace, file))
    workspace.accept("subdistrict", areas, Provenance("ledger", source_file="台账.csv"))
    extract = osm_imports.read_extract(workspace, file)
    with pytest.raises(UsageError, match="台账") as refused:
        osm_imports.accept_extract(workspace, extract)
    assert "镇街" in str(refused.value.line_zh)
    (before,) = osm_imports.accept_extract(workspace, extract, replace=True).replaced["subdistrict"]
    assert (before.source_file, before.record_count) == ("台账.csv", 1)


def test_a_workspace_is_called_as_it_is_told_or_as_its_folder(panhuo: Command, tmp_path: Path) -> None:
    for root, extra in ((tmp_path / "a", ("--name", "虚构区")), (tmp_path / "甲区", ())):
        assert panhuo("init", root, *extra).returncode == 0
    assert [Workspace.open(tmp_path / name).name for name in ("a", "甲区")] == ["虚构区", "甲区"]


@pytest.mark.parametrize("text", ["2026-06-30", "2026/6/30", "2026-6-30", " 2026.6.30", "2026年6月30日"])
def test_days_are_read_as_people_write_them(text: str) -> None:
    assert _arguments.day(text) == date(2026, 6, 30)


def test_settings_and_model_files_say_where_they_are_wrong(panhuo: Command, folder: Path, ledger: Path) -> None:
    assert panhuo("import", folder, "parking", ledger).returncode == 0
    wrong = panhuo("analyze", folder, "--set", "parking.tarif.resid_monthly=380")
    near = "parking.tariff.resid_monthly"
    assert_one_line(wrong, 2, "所设参数", f"，近似的有 {near}", f", near {near}")
    model = folder.parent / "本区.toml"
    for text, words in (("[model]\nname = 区\n", ("本区.toml 第 2 行", "[parameter]")), ("[colour]\n", ("[colour]",))):
        model.write_text(text, encoding="utf-8")
        assert_one_line(panhuo("analyze", folder, "--model", model), 1, "本区.toml", *words)
    assert_one_line(panhuo("analyze", folder, "--model", folder / "none.toml"), 1, "none.toml 不存在")
