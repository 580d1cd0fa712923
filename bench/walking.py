"""Walks of a large city: every pair of 100,000 origins and 5,000 sites within 1 km, beside scipy and pandana.

All three are asked which sites lie within 1,000 m of each origin, and how far.

Panhuo
    ``Reach.pairs``: finds for each place the nearest point of a street (along an edge), adds the way to it, searches
    from the sites and returns the table of pairs with ids.
scipy
    ``csgraph.dijkstra`` with ``limit`` from the sites' nodes in chunks, and the origins read off both ends of their
    edges, as numpy does it: places stand on their edges already. Of some sites only, and multiplied, since each
    search fills a row as long as the city.
pandana
    ``get_node_ids`` of both and ``nodes_in_range`` of the sites' nodes, joined to the origins on their nodes and named
    by id: the only call of its that returns pairs (``aggregate`` returns sums, ``nearest_pois`` the first few). Places
    stand on nodes. It is AGPL and lives in an environment of its own, made for this.

Asked is five times, of the searches alone and of all of this, from coordinates to the table of pairs, the networks
being built; that with building them (contraction hierarchies there) is printed beside.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import csgraph

from bench.measure import BYTES_PER_RSS_UNIT, ROOT, CommandError, Cost, verdict
from gis.network import Reach
from gis.network import _walked as _walked_pairs
from layers.schema import conform, kind

if TYPE_CHECKING:
    from collections.abc import Iterator

ORIGINS, SITES, CUTOFF_M = 100_000, 5_000, 1000.0
NODES, MANY_NODES = 71_000, 640_000
ASKED = 5.0
"""How many times as long pandana has to take: for the search alone, and for a table of the same pairs."""
NEAREST = 10
_SEED, _STEP_M, _BEND_M, _MISSING = 20261001, 60.0, 15.0, 0.15
_SCIPY_SITES, _SCIPY_CHUNK = 200, 20
_TURNS = 3
_PATIENCE_S = 1800


def walking(folder: Path) -> list[Cost]:
    """Return what the walks on some 71,000 nodes cost, the best of several turns."""
    return [_walked(_city(folder, NODES))]


def walking_large(folder: Path) -> list[Cost]:
    """Return what the walks on some 640,000 nodes cost."""
    return [_walked(_city(folder, MANY_NODES))]


def beside(folder: Path, costs: list[Cost]) -> Iterator[str]:
    """Yield how the others fare on 71,000 nodes."""
    file = _city(folder, NODES)
    yield from _own_parts(file)
    yield _beside_scipy(file)
    yield from _beside_pandana(folder, file, costs[0])


def beside_large(folder: Path, costs: list[Cost]) -> Iterator[str]:
    """Yield how scipy fares on 640,000 nodes; pandana's preparation alone takes many minutes there."""
    del costs
    file = _city(folder, MANY_NODES)
    yield from _own_parts(file)
    yield _beside_scipy(file)
    yield "pandana: not measured, its contraction hierarchies take many minutes for a network of this size"


def _city(folder: Path, nodes: int) -> Path:
    """Write a crooked grid of streets once, some missing, with places all over it: coordinates and edges only."""
    file = folder / f"walking-{nodes}.npz"
    if file.exists():
        return file
    rng, side = np.random.default_rng(_SEED), round(nodes**0.5)
    number = np.arange(side * side).reshape(side, side)
    place = np.stack([number % side, number // side], axis=-1) * _STEP_M
    xy = (place + rng.uniform(-_BEND_M, _BEND_M, place.shape)).reshape(-1, 2)
    level, upright = (number[:, :-1], number[:, 1:]), (number[:-1], number[1:])
    start, end = (np.concatenate([level[at].ravel(), upright[at].ravel()]) for at in (0, 1))
    kept = rng.random(start.size) > _MISSING
    start, end = start[kept], end[kept]
    length_m = np.hypot(*(xy[start] - xy[end]).T)
    origins, sites = (rng.uniform(0, side * _STEP_M, (count, 2)) for count in (ORIGINS, SITES))
    np.savez(file, xy=xy, start=start, end=end, length_m=length_m, origins=origins, sites=sites)
    return file


def _walked(file: Path) -> Cost:
    told = _told([sys.executable, "-m", "bench.walking", str(file)])
    file.with_suffix(".json").write_text(json.dumps(told), encoding="utf-8")
    what = f"pairs {ORIGINS} x {SITES} within {CUTOFF_M:g} m"
    return Cost(what, told["pairs_s"], told["pairs_cpu_s"], int(told["peak_rss_bytes"]))


def _told(command: list[str]) -> dict[str, float]:
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=_PATIENCE_S)
    if done.returncode != 0:
        raise CommandError(done.stderr.strip().rpartition("\n")[2] or "it said nothing")
    told: dict[str, float] = json.loads(done.stdout.strip().rpartition("\n")[2])
    return told


def _own_parts(file: Path) -> Iterator[str]:
    told = _own(file)
    yield (
        f"{told['nodes']:,.0f} nodes, {told['edges']:,.0f} edges; {told['pairs']:,.0f} pairs; "
        f"graph {told['build_s']:.1f} s; first walk of a process {told['first_s']:.1f} s"
    )
    yield (
        f"of this places to edges {told['snap_s']:.1f} s, search {told['search_s']:.2f} s "
        f"(processor {told['search_cpu_s']:.2f} s); nearest {NEAREST} of each origin {told['nearest_s']:.1f} s"
    )


def _own(file: Path) -> dict[str, float]:
    told: dict[str, float] = json.loads(file.with_suffix(".json").read_text(encoding="utf-8"))
    return told


def _beside_scipy(file: Path) -> str:
    city, own = np.load(file), _own(file)
    reach = _reach(city)
    graph = reach._graph  # noqa: SLF001  (the same network, asked of another library)
    if graph is None:
        raise CommandError("the city has no network")
    at = reach._enter(_places(city["origins"], "o"))  # noqa: SLF001
    rest_m = graph.length_m[at.edge] - at.along_m
    sources = np.random.default_rng(_SEED).integers(0, graph.node_count, _SCIPY_SITES)
    started, search_s = time.process_time(), 0.0
    for first in range(0, _SCIPY_SITES, _SCIPY_CHUNK):
        before = time.process_time()
        some = sources[first : first + _SCIPY_CHUNK]
        metres = csgraph.dijkstra(graph.adjacency, indices=some, limit=CUTOFF_M)
        search_s += time.process_time() - before
        over_ends = np.minimum(metres[:, graph.start[at.edge]] + at.along_m, metres[:, graph.end[at.edge]] + rest_m)
        np.nonzero(over_ends + at.access_m <= CUTOFF_M)
    scipy_s = (time.process_time() - started) * SITES / _SCIPY_SITES
    return (
        f"scipy, search and reading: processor {scipy_s:.1f} s, {search_s * SITES / _SCIPY_SITES:.1f} s of it in "
        f"csgraph.dijkstra ({_SCIPY_SITES} of {SITES} sites measured): "
        f"{scipy_s / own['search_cpu_s']:.1f} times as long as the search"
    )


def _beside_pandana(folder: Path, file: Path, cost: Cost) -> Iterator[str]:
    try:
        told = _told([str(_pandana(folder)), str(Path(__file__).with_name("pandana_peer.py")), str(file)])
    except (CommandError, subprocess.SubprocessError, OSError) as error:
        yield f"pandana: not measured ({str(error).strip().rpartition(chr(10))[2]})"
        return
    yield from _ratios(_own(file), told, cost)


def _ratios(own: dict[str, float], told: dict[str, float], cost: Cost) -> Iterator[str]:
    """Yield pandana's times as multiples of those here: the whole, with the network built, and part by part."""
    total_s = told["snap_s"] + told["range_s"] + told["join_s"]
    query = told["range_s"] / own["search_s"]
    ratio, built = total_s / cost.wall_s, (told["build_s"] + total_s) / (own["build_s"] + cost.wall_s)
    yield (
        f"{verdict(query >= ASKED)} pandana {told['version']}, nodes_in_range: {told['range_s']:.1f} s, {query:.1f} "
        f"times as long as the search here (which returns the pairs of places as well), asked {ASKED:g}"
    )
    yield (
        f"{verdict(ratio >= ASKED)} all of pandana {total_s:.1f} s for {told['pairs']:,.0f} "
        f"pairs: {ratio:.1f} times as long as all of it here, asked {ASKED:g} "
        f"(processor {told['cpu_s']:.1f} s beside {cost.cpu_s:.1f} s)"
    )
    yield f"the same with the network built: {told['build_s'] + total_s:.1f} s, {built:.1f} times as long"
    yield (
        f"of this places to nodes {told['snap_s']:.1f} s, nodes_in_range {told['range_s']:.1f} s, "
        f"join {told['join_s']:.1f} s"
    )
    yield (
        f"pandana, nearest_pois of {NEAREST}: {told['nearest_s']:.1f} s: "
        f"{told['nearest_s'] / own['nearest_s']:.1f} times as long"
    )


def _pandana(folder: Path) -> Path:
    """Return the Python of a new environment that has pandana."""
    home = folder / "pandana"
    python = home / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, capture_output=True)
    free = {name: value for name, value in os.environ.items() if name != "PIP_CONSTRAINT"}
    subprocess.run(
        [str(python), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "pandana"],
        check=True,
        capture_output=True,
        env=free,
        timeout=_PATIENCE_S,
    )
    return python


def _reach(city: Any) -> Reach:
    lines = shapely.linestrings(np.stack([city["xy"][city["start"]], city["xy"][city["end"]]], axis=1))
    frame = gpd.GeoDataFrame({"asset_id": np.arange(len(lines)).astype(str)}, geometry=lines, crs="EPSG:4547")
    return Reach.build(conform(frame, kind("street")), detour_factor=1.3)


def _places(xy: Any, prefix: str) -> gpd.GeoSeries:
    return gpd.GeoSeries(shapely.points(xy), index=[f"{prefix}{number}" for number in range(len(xy))], crs="EPSG:4547")


def _measure(file: str) -> dict[str, float]:
    city = np.load(file)
    told: dict[str, float] = {"nodes": len(city["xy"]), "edges": len(city["start"])}
    origins, sites = _places(city["origins"], "o"), _places(city["sites"], "s")
    reach = _reach(city)
    told["first_s"] = _first_walk_s(reach, origins, sites)
    started = time.perf_counter()
    reach = _reach(city)
    told["build_s"] = time.perf_counter() - started + _first_walk_s(reach, origins, sites)
    turns = []
    for _ in range(_TURNS):
        started, worked = time.perf_counter(), time.process_time()
        told["pairs"] = len(reach.pairs(origins, sites, CUTOFF_M))
        turns.append((time.perf_counter() - started, time.process_time() - worked))
    told["pairs_s"], told["pairs_cpu_s"] = min(turns)
    told |= _parts(reach, origins, sites)
    started = time.perf_counter()
    reach.nearest(origins, sites, CUTOFF_M, NEAREST)
    told["nearest_s"] = time.perf_counter() - started
    told["peak_rss_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * BYTES_PER_RSS_UNIT
    return told


def _first_walk_s(reach: Reach, origins: gpd.GeoSeries, sites: gpd.GeoSeries) -> float:
    """Return what the first walks on a network take: they load the search, and finish the network for it."""
    started = time.perf_counter()
    reach.pairs(origins[:1], sites[:1], CUTOFF_M)
    reach.nearest(origins[:1], sites[:1], CUTOFF_M, NEAREST)
    return time.perf_counter() - started


def _parts(reach: Reach, origins: gpd.GeoSeries, sites: gpd.GeoSeries) -> dict[str, float]:
    """Return what finding the places' edges takes, and what the search alone takes at best."""
    started = time.perf_counter()
    few, many = reach._enter(sites), reach._enter(origins)  # noqa: SLF001
    snap_s = time.perf_counter() - started
    turns = []
    for _ in range(_TURNS):
        started, worked = time.perf_counter(), time.process_time()
        _walked_pairs(reach._graph, few, many, CUTOFF_M)  # noqa: SLF001
        turns.append((time.perf_counter() - started, time.process_time() - worked))
    return {"snap_s": snap_s, "search_s": min(turns)[0], "search_cpu_s": min(cpu for _, cpu in turns)}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure(sys.argv[1])))
