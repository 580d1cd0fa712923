"""Car parks as two departments list them, for the tests of what becomes of a layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api import imports

if TYPE_CHECKING:
    from pathlib import Path

    from layers.workspace import Workspace

HEADER = "车场名称,泊位数,经度,纬度"
BUREAU = ("中山里停车场,320,113.2600,23.1200", "北渠街停车场,80,113.2700,23.1200", "东坝停车场,40,113.2800,23.1200")
PLATFORM = ("中山里停車場,318,113.2601,23.1201", "西门停车场,60,113.2500,23.1200")  # the first is 15 m off
NEARLY = ("北渠路停车场,80,113.2701,23.1201",)  # half the name of another one 15 m away: nobody but a person knows


def ledger(folder: Path, name: str, *lines: str) -> Path:
    path = folder / f"{name}.csv"
    path.write_text("\n".join((HEADER, *lines)) + "\n", encoding="utf-8")
    return path


def give(workspace: Workspace, source: str, *lines: str, **said: object) -> imports.Imported:
    path = ledger(workspace.root.parent, source, *lines)
    draft = imports.read_import(workspace, "parking", path, crs="WGS84", source=source)
    return imports.accept_import(workspace, draft, shrunken_agreed=True, **said)  # type: ignore[arg-type]
