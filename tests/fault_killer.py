"""Run something again and again in child processes and kill each at a random moment; a program of its own.

``python fault_killer.py import FOLDER TIMES SEED`` imports generation 1, 2, 3 … of a ledger into a workspace;
``python fault_killer.py upgrade FOLDER TIMES SEED`` opens copies of a workspace of an older version.
After each kill a further child looks at what is there. One JSON line tells what was found. Modules are loaded once and
children forked, so that a moment is one of the import and not of Python's start.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd
from alembic import command  # noqa: F401  (loaded before forking)

from api import imports
from layers import reading, snapshot  # noqa: F401
from layers.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Callable

RECORDS = 300


def ledger(folder: Path, generation: int) -> Path:
    """Write a ledger whose every record says its generation."""
    file = folder / "车场.csv"
    rows = range(RECORDS)
    pd.DataFrame(
        {
            "停车场名称": [f"虚构{at}号停车场" for at in rows],
            "泊位总数": generation,
            "WGS84经度": [113.2 + at / 1e5 for at in rows],
            "WGS84纬度": 23.1,
        }
    ).to_csv(file, index=False)
    return file


def take_in(folder: Path, generation: int) -> None:
    """Import a generation as the command does."""
    workspace = Workspace.open(folder)
    draft = imports.read_import(workspace, "parking", ledger(folder.parent, generation), crs="EPSG:4326")
    imports.accept_import(workspace, draft)
    workspace.close()


def generation_of(folder: Path) -> int:
    """Return which generation a workspace shows; its ids are those of the first look, its versions whole."""
    workspace = Workspace.open(folder)
    frame = workspace.read("parking")
    generations = frame["stall_count"].unique().tolist()
    if len(frame) != RECORDS or len(generations) != 1:
        raise AssertionError(f"a wrong layer: {len(frame)} records of generations {generations}")
    ids, first = sorted(frame["asset_id"]), folder.parent / "ids.json"
    if not first.exists():
        first.write_text(json.dumps(ids), encoding="utf-8")
    if ids != json.loads(first.read_text(encoding="utf-8")):
        raise AssertionError("the same car parks have other ids")
    for item in workspace.history("parking"):
        workspace._shelf.storage.read(snapshot.name_of("parking", item.version))
    workspace.close()
    return int(generations[0])


def in_child(work: Callable[[], int], kill_after_s: float | None = None) -> int | None:
    """Return the exit status of ``work`` in a child, ``None`` where it was killed first."""
    child = os.fork()
    if child == 0:
        status = 99
        try:
            status = work()
        except BaseException:  # noqa: BLE001  (it must not return into the parent's code)
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(status)
    if kill_after_s is not None:
        time.sleep(kill_after_s)
        os.kill(child, signal.SIGKILL)
    _, ended = os.waitpid(child, 0)
    return None if os.WIFSIGNALED(ended) else os.waitstatus_to_exitcode(ended)


def looked_at(folder: Path) -> int:
    """Return the generation that a fresh process finds."""
    found = in_child(lambda: generation_of(folder))
    if found is None or found == 99:
        raise SystemExit(f"the workspace {folder} could not be read after a kill")
    return found


def kill_imports(folder: Path, times: int, chance: random.Random) -> dict[str, int]:
    """Kill imports of new generations; each must leave the former generation or its own."""
    started = time.monotonic()
    if in_child(lambda: take_in(folder, 1) or 0) != 0:
        raise SystemExit("the import that nobody killed failed")
    lasts_s = time.monotonic() - started
    current, kept, taken = 1, 0, 0
    for generation in range(2, times + 2):
        in_child(lambda new=generation: take_in(folder, new) or 0, chance.uniform(0, 1.1 * lasts_s))
        found = looked_at(folder)
        if found not in {current, generation}:
            raise SystemExit(f"generation {found} after {current} was accepted and {generation} killed")
        kept, taken = kept + (found == current), taken + (found == generation)
        current = found
    if in_child(lambda: take_in(folder, 90) or 0) != 0 or looked_at(folder) != 90:
        raise SystemExit("the import after all kills failed")
    return {"kept": kept, "taken": taken, "drafts": len(list((folder / "tmp").iterdir()))}


def kill_upgrades(folder: Path, times: int, chance: random.Random) -> dict[str, int]:
    """Kill the opening of copies of an older workspace; each must open afterwards and hold what it held."""
    copies, lasts_s = folder.parent / "copies", 0.0
    for at in range(times + 1):
        copy = shutil.copytree(folder, copies / str(at))
        started = time.monotonic()
        in_child(lambda one=copy: Workspace.open(one).close() or 0, chance.uniform(0, 1.1 * lasts_s) if at else None)
        lasts_s = lasts_s or time.monotonic() - started
        if looked_at(copy) != 1:
            raise SystemExit("an upgraded workspace shows another layer")
    return {"upgraded": times + 1}


if __name__ == "__main__":
    what, where, how_often, seed = sys.argv[1:]
    kill = kill_imports if what == "import" else kill_upgrades
    sys.stdout.write(json.dumps(kill(Path(where), int(how_often), random.Random(int(seed)))) + "\n")  # noqa: S311
