"""Whole imports, from the file to the layer, that meet each other or a full disk."""

from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import department_ledgers as departments
import fault_killer
from conftest import ROOT
from test_faults import ENVIRONMENT, small_disk  # noqa: F401  (a fixture)

from api import imports
from layers.errors import PanhuoError
from layers.workspace import Workspace

if TYPE_CHECKING:
    from pathlib import Path

pytest_plugins = ["postgres_server"]
GIVEN = {
    "bureau": departments.BUREAU,
    "platform": departments.PLATFORM,
    "street": departments.NEARLY,
}
START = "import sys; sys.stdout.write('ready\\n'); sys.stdout.flush(); sys.stdin.readline(); "
IMPORT = START + "from api.cli import main; main()"


def at_once(*commands: list[object]) -> list[tuple[int, str]]:
    """Run commands that all begin at the same moment; return status and errors of each."""
    found = {**ENVIRONMENT, "PYTHONPATH": f"{ROOT}{os.pathsep}{ENVIRONMENT['PYTHONPATH']}"}
    if "PANHUO_CATALOG_URL" in os.environ:
        found["PANHUO_CATALOG_URL"] = os.environ["PANHUO_CATALOG_URL"]
    running = [
        subprocess.Popen(
            [sys.executable, "-c", IMPORT, *map(str, command)],
            env=found,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for command in commands
    ]
    for process in running:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    return [(process.returncode, said) for process in running for said in [process.communicate("\n", timeout=120)[1]]]


def files(folder: Path) -> dict[str, Path]:
    """Write the ledger of every department."""
    folder.mkdir()
    return {source: departments.ledger(folder, source, *lines) for source, lines in GIVEN.items()}


def command(root: Path, source: str, file: Path) -> list[object]:
    return ["import", root, "parking", file, "--source", source, "--crs", "WGS84"]


def test_three_departments_at_once_are_one_layer_as_if_one_after_the_other(tmp_path: Path, database: str) -> None:
    with closing(Workspace.create(tmp_path / "ws")) as workspace:
        ledgers = files(tmp_path / "files")
        ended = at_once(*(command(workspace.root, source, file) for source, file in ledgers.items()))
        assert ended == [(0, "")] * 3, database
        history = workspace.history("parking")[::-1]
        told = [set((item.source_file or "").split("; ")) for item in history]
        order = [
            name.removesuffix(".csv")
            for now, before in zip(told, [set[str](), *told], strict=False)
            for name in now - before
        ]
        assert sorted(order) == sorted(GIVEN)
        with closing(Workspace.create(tmp_path / "again")) as again:
            for source in order:
                imports.accept_import(
                    again, imports.read_import(again, "parking", ledgers[source], crs="WGS84", source=source)
                )
            one, other = (layer.read("parking") for layer in (workspace, again))
        assert one.to_json() == other.to_json()
        assert len(one) == 5  # six lines, of which two name one car park; the pair that is in doubt stays two
        assert {item.source for item in workspace.current("parking").sources} == set(GIVEN)  # type: ignore[union-attr]


def test_two_files_of_one_department_at_once_are_two_versions_and_one_of_them_is_current(tmp_path: Path) -> None:
    with closing(Workspace.create(tmp_path / "ws")) as workspace:
        fault_killer.take_in(workspace.root, 1)
        later = []
        for generation in (2, 3):
            (tmp_path / str(generation)).mkdir()
            later.append(fault_killer.ledger(tmp_path / str(generation), generation))
        ended = at_once(*(["import", workspace.root, "parking", file, "--crs", "WGS84"] for file in later))
        assert ended == [(0, ""), (0, "")]
        assert fault_killer.generation_of(workspace.root) in {2, 3}  # whole, under the ids of the first
        versions = [(item.count, item.added, item.removed) for item in workspace.history("parking")]
        assert versions == [(300, 0, 0), (300, 0, 0), (300, 300, 0)]


def test_a_whole_import_on_a_disk_that_fills_leaves_the_old_layer_or_the_new(small_disk: Path) -> None:  # noqa: F811
    workspace = Workspace.create(small_disk / "ws")
    ledgers = small_disk.parent / "ledgers"
    ledgers.mkdir()
    current, refused = 1, list[str]()
    take_in(workspace, ledgers, 1)
    for generation, kib in enumerate((0, 4, 8, 16, 24, 32, 48, 64, 96, 128), 2):
        filler, free = small_disk / "filler", os.statvfs(small_disk)
        filler.write_bytes(bytes(max(free.f_bavail * free.f_frsize - kib * 1024, 0)))
        try:
            take_in(workspace, ledgers, generation)
            current = generation
        except PanhuoError as error:
            refused.append(str(error))
        filler.unlink()
        assert set(workspace.read("parking")["stall_count"]) == {current}
        assert list((workspace.root / "tmp").iterdir()) == []
    assert refused
    assert current > 1
    assert not any("\n" in line for line in refused)
    workspace.close()


def take_in(workspace: Workspace, folder: Path, generation: int) -> None:
    """Import a generation from a file that lies elsewhere."""
    file = fault_killer.ledger(folder, generation)
    imports.accept_import(workspace, imports.read_import(workspace, "parking", file, crs="EPSG:4326"))
