"""The cases and their bounds."""

from __future__ import annotations

import resource
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.imports import bare_points_s, bare_polygons_s, import_points, import_polygons
from bench.measure import BYTES_PER_RSS_UNIT, ROOT, Cost, free_port, run, serve_until_ready
from bench.smaa import smaa
from bench.walking import beside, beside_large, walking, walking_large

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

GB = 1e9
LAYOUTS = 100
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
        What it may take on two cores; ``None`` where nothing is asked.
    bare_s
        Measures what ``pyogrio.read_dataframe`` takes for the same file, in seconds; ``None`` where nothing compares.
    beside
        Measures what others take for the same question, given what it cost here, and says so line by line.
    """

    name: str
    title: str
    costs: Callable[[Path], list[Cost] | None]
    bound_s: float | None
    bound_bytes: float | None
    bare_s: Callable[[Path], float] | None = None
    beside: Callable[[Path, list[Cost]], Iterator[str]] | None = None


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


def _made_sample(folder: Path) -> str:
    workspace = folder / "sample"
    if not workspace.exists():
        run("demo", "--dir", str(workspace), "--no-serve")
    return str(workspace)


def _second_demo(folder: Path) -> list[Cost]:
    return [serve_until_ready("demo", "--dir", _made_sample(folder), port=free_port(), paths=("/healthz", "/"))]


def _analysis(folder: Path) -> list[Cost]:
    return [run("analyze", _made_sample(folder))]


def _stalls(folder: Path) -> list[Cost]:
    del folder
    from bench.stalls import stalls_per_second  # noqa: PLC0415  (compiles; no other case needs it)

    wall_s = LAYOUTS / stalls_per_second()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_RSS_UNIT
    return [Cost(f"layouts of {LAYOUTS} plots", wall_s, wall_s, peak)]


CASES = (
    Case("sample", "sample city, from nothing to ranked", _sample, 60, 1.5 * GB),
    Case("demo", "second `panhuo demo`, until the page answers", _second_demo, 10, None),
    Case("san-francisco", "San Francisco, import and analysis", _san_francisco, 90, 2 * GB),
    Case("points", "1,000,000 points of CSV to an accepted snapshot", import_points, 30, 2 * GB, bare_points_s),
    Case(
        "polygons", "200,000 polygons of GeoPackage to an accepted snapshot", import_polygons, 30, None, bare_polygons_s
    ),
    Case("analysis", "whole analysis of the sample city", _analysis, 20, None),
    Case(
        "walking",
        "walks of 100,000 origins to 5,000 sites within 1 km, 71,000 nodes",
        walking,
        None,
        None,
        beside=beside,
    ),
    Case(
        "walking-large",
        "the same walks in a city of 640,000 nodes",
        walking_large,
        None,
        None,
        beside=beside_large,
    ),
    Case("stalls", f"stall layouts of {LAYOUTS} plots on one core, {LAYOUTS} a second asked", _stalls, 1, None),
    Case("smaa", "rank bands of 10,000 opportunities x 12 criteria x 1,000 draws", smaa, 2, 0.5 * GB),
)
"""In this order: the second demo and the analysis find the workspace that the first case made."""
