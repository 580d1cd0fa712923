"""Faults: killed, full, at once, damaged. Never a wrong layer, never a lost accepted one."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import fault_killer
import numpy as np
import pytest
from conftest import absent
from test_catalog import first_version
from workspace_layers import LEDGER, accept, lots, numbered

from layers.errors import WorkspaceError
from layers.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Iterator

pytest_plugins = ["postgres_server"]

TESTS = Path(__file__).parent
ROOT = TESTS.parent
ENVIRONMENT = {**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{TESTS}", "OMP_NUM_THREADS": "1"}
SEED = 20260731
MIB = 2**20


def killed(what: str, folder: Path, times: int) -> dict[str, int]:
    """Return what :mod:`fault_killer` found."""
    done = subprocess.run(
        [sys.executable, TESTS / "fault_killer.py", what, folder, str(times), str(SEED)],
        env={**ENVIRONMENT, **{name: os.environ[name] for name in ("PANHUO_CATALOG_URL",) if name in os.environ}},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, int] = json.loads(done.stdout)
    return found


def test_an_import_killed_at_fifty_moments_leaves_the_old_layer_or_the_new(tmp_path: Path) -> None:
    Workspace.create(tmp_path / "ws").close()
    found = killed("import", tmp_path / "ws", 50)
    assert found["kept"] + found["taken"] == 50
    assert found["kept"] > 0
    assert found["drafts"] == 0


def test_an_import_into_postgresql_killed_at_five_moments(
    tmp_path: Path, postgresql_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PANHUO_CATALOG_URL", postgresql_url)
    Workspace.create(tmp_path / "ws").close()
    found = killed("import", tmp_path / "ws", 5)
    assert found["kept"] + found["taken"] == 5
    assert found["drafts"] == 0


def test_an_upgrade_killed_at_four_moments_loses_nothing(tmp_path: Path) -> None:
    workspace = Workspace.create(tmp_path / "older")
    fault_killer.take_in(workspace.root, 1)
    assert killed("upgrade", first_version(workspace), 4) == {"upgraded": 5}


AT_ONCE = """
import sys
from pathlib import Path
from layers.workspace import Workspace
from workspace_layers import LEDGER, lots
start = int(sys.argv[2])
workspace = Workspace.open(Path(sys.argv[1]))
sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
names = [(f"p{at}", 113 + at / 1000, 23.1) for at in range(start, start + 400)]
workspace.accept("parking", lots(*names, stall_count=[start] * 400), LEDGER)
workspace.close()
"""


def test_two_imports_at_once_end_one_after_the_other(tmp_path: Path, database: str) -> None:
    workspace = Workspace.create(tmp_path / "ws")
    both = [
        subprocess.Popen(
            [sys.executable, "-c", AT_ONCE, workspace.root, str(start)],
            env={**ENVIRONMENT, **{k: v for k, v in os.environ.items() if k == "PANHUO_CATALOG_URL"}},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for start in (0, 200)
    ]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    for process in both:
        said = process.communicate(timeout=60)[1]
        assert process.returncode == 0, said
    newest, oldest = workspace.history("parking")
    assert (newest.added, newest.removed, oldest.added) == (200, 200, 400)
    assert workspace.read("parking")["stall_count"].nunique() == 1
    found = workspace.difference("parking", "previous", "current")
    assert found.fields == {"stall_count": 200}  # what both have is one asset, whichever came first
    workspace.close()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder on a disk of 2 MiB; only root can make one."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m", "tmpfs", disk], check=False, capture_output=True)
    if mounted.returncode != 0:
        absent("no small disk can be mounted here, which takes root (a limit of a file's size is tested in any case)")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_disk_that_fills_at_any_moment_leaves_the_old_layer_or_the_new(small_disk: Path) -> None:
    workspace = Workspace.create(small_disk / "ws")
    accept(workspace, "first")
    filler, refused = small_disk / "filler", list[str]()
    for kib in (0, 4, 8, 12, 16, 20, 24, 28, 32, 40, 48, 64, 96):
        before = workspace.read("parking")["name"].tolist()
        free = os.statvfs(small_disk)
        filler.write_bytes(bytes(max(free.f_bavail * free.f_frsize - kib * 1024, 0)))
        names = [f"n{kib}-{at}" for at in range(20)]
        try:
            accept(workspace, *names)
        except WorkspaceError as error:
            refused.append(str(error))
            names = before
        filler.unlink()
        assert workspace.read("parking")["name"].tolist() == names
        assert list((workspace.root / "tmp").iterdir()) == []
    assert refused
    assert not any("\n" in line for line in refused)
    accept(workspace, "last")
    assert workspace.read("parking")["name"].tolist() == ["last"]
    workspace.close()


LIMITED = """
import resource, sys
from pathlib import Path
from layers.errors import WorkspaceError
from layers.workspace import Workspace
from workspace_layers import LEDGER, accept
workspace = Workspace.open(Path(sys.argv[1]))
for limit in range(2_000, 50_000, 4_000):
    before = workspace.read("parking")["name"].tolist()
    names = [f"n{limit}-{at}" for at in range(20)]
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
    try:
        accept(workspace, *names)
    except WorkspaceError as error:
        assert chr(10) not in str(error)
        names = before
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    assert workspace.read("parking")["name"].tolist() == names, limit
accept(workspace, "last")
workspace.close()
"""


def test_files_that_may_not_grow_leave_the_old_layer_or_the_new(tmp_path: Path) -> None:
    with closing(Workspace.create(tmp_path / "ws")) as workspace:
        accept(workspace, "first")
    done = subprocess.run(
        [sys.executable, "-c", LIMITED, tmp_path / "ws"], env=ENVIRONMENT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    with closing(Workspace.open(tmp_path / "ws")) as workspace:
        assert workspace.read("parking")["name"].tolist() == ["last"]


def test_a_byte_that_changed_anywhere_is_noticed(tmp_path: Path) -> None:
    chance = random.Random(SEED)  # noqa: S311
    with closing(Workspace.create(tmp_path / "ws")) as workspace:
        version = workspace.accept("parking", numbered(*(f"p{at}" for at in range(50))), LEDGER).version
        file = workspace.root / "snapshots" / "parking" / f"{version}.parquet"
        whole = file.read_bytes()
        for at in [0, len(whole) - 1, *(chance.randrange(len(whole)) for _ in range(40))]:
            file.write_bytes(whole[:at] + bytes([whole[at] ^ 1 << chance.randrange(8)]) + whole[at + 1 :])
            with pytest.raises(WorkspaceError, match=f"{version}.*its hash is not its name.*panhuo restore"):
                workspace.read("parking")
        for length in (0, 1, len(whole) // 2, len(whole) - 1):
            file.write_bytes(whole[:length])
            with pytest.raises(WorkspaceError, match=f"{version}.*its hash is not its name.*panhuo history"):
                workspace.read("parking")
        file.write_bytes(whole)
        assert len(workspace.read("parking")) == 50


def test_damaged_keys_stop_an_import_before_it_can_give_wrong_ids(tmp_path: Path) -> None:
    with closing(Workspace.create(tmp_path / "ws")) as workspace:
        accept(workspace, "a", "b")
        file = next((workspace.root / "keys" / "parking").iterdir())
        whole = file.read_bytes()
        file.write_bytes(whole[:-5])
        with pytest.raises(WorkspaceError, match=f"{file.name}.*its hash is not its name"):
            accept(workspace, "a", "b", "c")
        assert workspace.read("parking")["name"].tolist() == ["a", "b"]
        file.write_bytes(whole)
        accept(workspace, "a", "b", "c")


def test_ids_survive_imports_in_any_order(tmp_path: Path) -> None:
    chance = np.random.default_rng(SEED)
    with closing(Workspace.create(tmp_path / "ws")) as workspace:
        named: dict[str, str] = {}
        for _ in range(15):
            chosen = chance.permutation(12)[: chance.integers(1, 12)]
            places = [(f"p{at}", 113 + at / 100, 23.1) for at in chosen.tolist()]
            workspace.accept("parking", lots(*places), LEDGER, shrunken_agreed=True)
            frame = workspace.read("parking")
            for name, asset_id in zip(frame["name"], frame["asset_id"], strict=True):
                assert named.setdefault(name, asset_id) == asset_id
        assert len(set(named.values())) == len(named)
