"""The cases and their bounds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.imports import bare_points_s, bare_polygons_s, import_points, import_polygons
from bench.measure import ROOT, Cost, free_port, run, serve_until_ready

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GB = 1e9
SAN_FRANCISCO = ROOT.parent / "shared" / "data" / "osm" / "sf-downtown.osm.pbf"


@dataclass(frozen=True)
class Case:
    """One thing that a user waits for.

    Parameters
    ----------
    name
        Name on the command line.
    title
        What is measured.
    costs
        Runs it in an empty folder and returns what each command took; ``None`` if its input is not on this machine.
    bound_s, bound_bytes
        What it may take on two cores; ``None`` where memory is not bounded.
    bare_s
        Measures what ``pyogrio.read_dataframe`` takes for the same file, in seconds; ``None`` where nothing compares.
    """

    name: str
    title: str
    costs: Callable[[Path], list[Cost] | None]
    bound_s: float
    bound_bytes: float | None
    bare_s: Callable[[Path], float] | None = None


def _sample(folder: Path) -> list[Cost]:
    return [run("demo", "--dir", str(folder / "sample"), "--no-serve")]


def _san_francisco(folder: Path) -> list[Cost] | None:
    if not SAN_FRANCISCO.is_file():
        return None
    workspace = str(folder / "sf")
    return [
        run("init", workspace),
        run("import-osm", workspace, str(SAN_FRANCISCO)),
        run("analyze", workspace),
    ]


def _second_demo(folder: Path) -> list[Cost]:
    workspace = folder / "sample"
    if not workspace.exists():
        run("demo", "--dir", str(workspace), "--no-serve")
    return [serve_until_ready("demo", "--dir", str(workspace), port=free_port(), paths=("/healthz", "/"))]


CASES = (
    Case("sample", "sample city, from nothing to ranked", _sample, 60, 1.5 * GB),
    Case("demo", "second `panhuo demo`, until the page answers", _second_demo, 10, None),
    Case("san-francisco", "San Francisco, import and analysis", _san_francisco, 90, 2 * GB),
    Case("points", "1,000,000 points of CSV to an accepted snapshot", import_points, 30, 2 * GB, bare_points_s),
    Case(
        "polygons", "200,000 polygons of GeoPackage to an accepted snapshot", import_polygons, 30, None, bare_polygons_s
    ),
)
"""In this order: the second demo finds the workspace that the first case made."""
