"""The command: help, JSON, exit statuses, and one line for every mistake, with the workspace as it was."""

from __future__ import annotations

import json
import os
import socket
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from anyio.from_thread import start_blocking_portal
from cli_checks import assert_one_line, state

from api import cli_layers, server
from api.cli import app
from layers import __version__, _catalog_database, schema
from layers.errors import WorkspaceError
from layers.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

    Command = Callable[..., subprocess.CompletedProcess[str]]

pytest_plugins = ["cli_fixtures"]

ROOT = Path(__file__).parent.parent
COMMANDS = (
    "demo",
    "init",
    "import",
    "import-osm",
    "layers",
    "history",
    "diff",
    "restore",
    "matches",
    "erase",
    "move-catalog",
    "analyze",
    "export",
    "map",
    "serve",
)


def test_every_command_of_the_design_has_help(panhuo: Command) -> None:
    assert sorted(
        item.name or item.callback.__name__ for group in (app, cli_layers.app) for item in group.registered_commands
    ) == sorted(COMMANDS)
    listing = panhuo("--help")
    assert listing.returncode == 0
    for name in COMMANDS:
        assert name in listing.stdout
    one = panhuo("import", "--help")
    assert one.returncode == 0
    assert "--dry-run" in one.stdout
    for name in schema.input_kinds():
        assert name in " ".join(one.stdout.split())


def test_version_is_the_package_version(panhuo: Command) -> None:
    assert panhuo("--version").stdout == f"panhuo {__version__}\n"


def test_import_layers_and_export_round_trip(panhuo: Command, folder: Path, ledger: Path, tmp_path: Path) -> None:
    page = tmp_path / "质检报告.html"
    done = panhuo("import", folder, "parking", ledger, "--report", page)
    assert done.returncode == 0, done.stderr
    assert "read 2 = kept 2 + merged 0 + left out 0" in done.stdout
    assert ledger.name in page.read_text(encoding="utf-8")
    listed = json.loads(panhuo("layers", folder, "--json").stdout)
    assert [(item["kind"], item["count"]) for item in listed["layers"]] == [("parking", 2)]
    assert listed["is_sample"] is False
    out = tmp_path / "parking.geojson"
    assert panhuo("export", folder, "parking", "--out", out).returncode == 0
    features = json.loads(out.read_text(encoding="utf-8"))["features"]
    assert [item["properties"]["stall_count"] for item in features] == [80, 40]
    assert features[0]["geometry"]["coordinates"] == pytest.approx([113.2713, 23.1302], abs=1e-6)


def test_next_month_s_file_keeps_the_ids_of_its_assets_whatever_it_is_called(
    panhuo: Command, folder: Path, tmp_path: Path
) -> None:
    ids = []
    for name, row in (("九月.csv", "7,旧名,80,113.2713,23.1302"), ("十月.csv", "7,新名,90,113.2790,23.1390")):
        file = tmp_path / name
        file.write_text(f"备案编号,停车场名称,泊位总数,WGS84经度,WGS84纬度\n{row}\n", encoding="utf-8")
        assert panhuo("import", folder, "parking", file, "--source", "城管局", "--replace").returncode == 0
        frame = Workspace.open(folder).read("parking")
        assert frame["source"].tolist() == ["城管局"]
        ids.append(frame["asset_id"].item())
    assert ids[0] == ids[1]


def test_an_import_says_which_layer_it_replaces_and_a_dry_run_which_it_would(
    panhuo: Command, folder: Path, ledger: Path
) -> None:
    assert "替换 parking" not in panhuo("import", folder, "parking", ledger).stdout
    for extra in (("--dry-run",), ()):
        told = panhuo("import", folder, "parking", ledger, *extra).stdout
        assert "替换 parking 原有 2 条（停车场.csv）" in told


def test_dry_run_changes_nothing(panhuo: Command, folder: Path, ledger: Path) -> None:
    before = state(folder)
    done = panhuo("import", folder, "parking", ledger, "--dry-run")
    assert done.returncode == 0
    assert "dry run" in done.stdout
    assert state(folder) == before


def bad_files(tmp_path: Path) -> dict[str, Path]:
    """Return files that cannot be what they say."""
    files = {
        "missing": tmp_path / "nowhere.geojson",
        "directory": tmp_path / "folder.geojson",
        "empty": tmp_path / "empty.csv",
        "text as shapefile": tmp_path / "fake.shp",
        "no geometry to read": tmp_path / "broken.geojson",
        "truncated geojson": tmp_path / "cut.geojson",
        "fake xlsx": tmp_path / "fake.xlsx",
    }
    files["directory"].mkdir()
    files["empty"].touch()
    files["text as shapefile"].write_text("this is a letter\n" * 20)
    broken = {"type": "Feature", "properties": {"name": "甲"}, "geometry": {"type": "Polygon", "coordinates": "none"}}
    files["no geometry to read"].write_text(json.dumps({"type": "FeatureCollection", "features": [broken]}))
    files["truncated geojson"].write_text('{"type": "FeatureCollection", "features": [{"type": "Fea')
    files["fake xlsx"].write_bytes(b"PK\x03\x04 not a workbook")
    return files


BAD = {
    "missing": "不存在",
    "directory": "是文件夹",
    "empty": "是空文件",
    "text as shapefile": "不是 Shapefile",
    "no geometry to read": "图形都读不出",
    "truncated geojson": "无法读取",
    "fake xlsx": "不是 Excel 工作簿",
}
"""What a planner is told in Chinese of each."""


@pytest.mark.parametrize("case", BAD)
def test_bad_file_is_one_line_and_the_workspace_is_as_it_was(
    panhuo: Command, folder: Path, ledger: Path, tmp_path: Path, case: str
) -> None:
    assert panhuo("import", folder, "parking", ledger).returncode == 0
    before = state(folder)
    file = bad_files(tmp_path)[case]
    done = panhuo("import", folder, "parking", file)
    assert_one_line(done, 1, f"{file.name} ", BAD[case])
    assert state(folder) == before


@pytest.mark.parametrize("case", ["missing", "directory", "empty", "truncated", "text"])
def test_bad_extract_is_one_line_and_the_workspace_is_as_it_was(
    panhuo: Command, folder: Path, tmp_path: Path, shared_dir: Path, case: str
) -> None:
    file = tmp_path / "city.osm.pbf"
    whole = (
        (shared_dir / "osm" / "monaco.osm.pbf")
        if (shared_dir / "osm").is_dir()
        else shared_dir / "data" / "osm" / "monaco.osm.pbf"
    )
    if case == "directory":
        file.mkdir()
    elif case == "empty":
        file.touch()
    elif case == "truncated":
        file.write_bytes(whole.read_bytes()[:200_000])
    elif case == "text":
        file.write_text("this is a letter\n" * 2000)
    before = state(folder)
    assert_one_line(panhuo("import-osm", folder, file), 1, "city.osm.pbf")
    assert state(folder) == before


def test_wrong_kind_column_option_and_crs_are_wrong_use(panhuo: Command, folder: Path, ledger: Path) -> None:
    before = state(folder)
    for name in ("carpark", "opportunity"):
        refused = panhuo("import", folder, name, ledger)
        assert_one_line(refused, 2, name, "parking 停车场")
        assert "scorecard" not in refused.stderr
    assert_one_line(panhuo("import", folder, "parking", ledger, "--column", "stalls"), 2, "field=column")
    assert_one_line(panhuo("import", folder, "parking", ledger, "--column", "stalls=泊位总数"), 2, "stalls")
    assert_one_line(panhuo("import", folder, "parking", ledger, "--nope"), 2, "--nope", "--help")
    assert_one_line(panhuo("import", folder, "parking"), 2, "FILE")
    assert_one_line(panhuo("import", folder, "parking", ledger, "--crs", "mars"), 2, "mars", "EPSG")
    assert_one_line(panhuo("analyze", folder, "--as-of", "2026/13/1"), 2, "2026/13/1", "不是日期", "2026-06-30")
    assert_one_line(panhuo("serve", folder, "--port", "99999"), 2, "99999", "端口", "65535")
    assert_one_line(panhuo("export", folder, "nonsense", "--out", "x.csv"), 2, "nonsense")
    assert state(folder) == before


def test_a_ledger_of_another_kind_says_which_kind_it_looks_like(panhuo: Command, folder: Path, tmp_path: Path) -> None:
    file = tmp_path / "ledger.csv"
    head = "停车场名称,泊位总数,月保（元/月）,WGS84经度,WGS84纬度"
    file.write_text(f"{head}\n虚构停车场,80,450,113.27,23.13\n", encoding="utf-8")
    done = panhuo("import", folder, "heritage_zone", file)
    assert_one_line(done, 1, "parking")


def test_analysis_export_and_map_of_an_empty_workspace_name_the_next_step(
    panhuo: Command, folder: Path, tmp_path: Path
) -> None:
    assert_one_line(panhuo("analyze", folder), 1, "panhuo import")
    assert_one_line(panhuo("export", folder, "opportunity", "--out", tmp_path / "x.geojson"), 1, "panhuo analyze")
    assert_one_line(panhuo("map", folder, "--out", tmp_path / "x.html"), 1, "panhuo analyze")
    assert_one_line(panhuo("layers", tmp_path / "none"), 1, "panhuo init")
    assert_one_line(panhuo("serve", tmp_path / "none"), 1, "panhuo init")


def test_a_proxy_may_hand_on_the_name_that_it_is_called_by(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    monkeypatch.setattr(os, "environ", dict(os.environ))
    monkeypatch.setattr(server.uvicorn.Server, "run", lambda *_, **__: None)
    with server.listener("127.0.0.1", 0) as bound:
        server.serve(folder, bound, host="127.0.0.1", workers=1, allowed_hosts=["Panhuo.Example"])
    transport = httpx.ASGITransport(server.factory())

    async def status(name: str) -> int:
        async with httpx.AsyncClient(transport=transport, base_url=f"http://{name}") as client:
            return (await client.get("/healthz")).status_code

    with start_blocking_portal() as portal:  # a loop of its own: the browser tests keep one in this thread
        assert [portal.call(status, name) for name in ("panhuo.example:443", "other.example")] == [200, 400]


def test_port_in_use_and_open_address_are_refused(panhuo: Command, folder: Path) -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        assert_one_line(panhuo("serve", folder, "--port", port), 1, str(port), "--port")
        assert_one_line(panhuo("demo", "--dir", folder.parent / "demo", "--port", port), 1, str(port))
    assert not (folder.parent / "demo").exists()
    assert_one_line(panhuo("serve", folder, "--host", "0.0.0.0"), 2, "0.0.0.0")  # noqa: S104


def test_real_files_never_share_a_workspace_with_the_sample_city(panhuo: Command, tmp_path: Path, ledger: Path) -> None:
    root = Workspace.create(tmp_path / "sample", is_sample=True).root
    assert_one_line(panhuo("import", root, "parking", ledger), 1, "sample city", "panhuo init")
    real = Workspace.create(tmp_path / "real").root
    assert_one_line(panhuo("demo", "--dir", real, "--no-serve"), 1, "--dir")


def as_mortal(*arguments: object) -> subprocess.CompletedProcess[str]:
    """Run the command bound by file modes; root is bound once it may no longer override them."""
    caps = "-dac_override,-dac_read_search"
    bound = ["setpriv", f"--bounding-set={caps}", f"--inh-caps={caps}"] if os.geteuid() == 0 else []
    return subprocess.run(
        [*bound, sys.executable, "-m", "api", *map(str, arguments)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )


def test_workspace_that_may_not_be_entered_is_one_line(folder: Path) -> None:
    folder.chmod(0o000)
    try:
        done = as_mortal("layers", folder)
    finally:
        folder.chmod(0o755)
    assert_one_line(done, 1, "panhuo.json", "rights")


def test_read_only_workspace_can_be_read_and_says_why_it_cannot_be_written(
    panhuo: Command, folder: Path, ledger: Path
) -> None:
    assert panhuo("import", folder, "parking", ledger).returncode == 0
    before = state(folder)
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o555 if path.is_dir() else 0o444)
    try:
        listed = as_mortal("layers", folder, "--json")
        written = as_mortal("import", folder, "parking", ledger)
    finally:
        for path in (folder, *folder.rglob("*")):
            path.chmod(0o755 if path.is_dir() else 0o644)
    assert listed.returncode == 0, listed.stderr
    assert json.loads(listed.stdout)["layers"][0]["count"] == 2
    assert_one_line(written, 1, "rights")
    assert state(folder) == before


def test_half_made_workspace_names_the_command_that_finishes_it(panhuo: Command, folder: Path) -> None:
    (folder / "panhuo.json").unlink()
    assert_one_line(panhuo("layers", folder), 1, "half made", f"panhuo init {folder}")
    assert panhuo("init", folder).returncode == 0
    assert panhuo("layers", folder).returncode == 0


def test_locked_catalog_is_told(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_catalog_database, "BUSY_TIMEOUT_S", 0.1)
    workspace = Workspace.open(folder)
    with sqlite3.connect(folder / "catalog.sqlite") as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(WorkspaceError, match="locked"):
            workspace.summary()
