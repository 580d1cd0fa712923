"""``python -m bench.decide``: published instances of choosing sites and walks, each gap printed as it is.

p-median
    OR-Library ``pmed1`` to ``pmed20`` (Beasley 1985), whose optima are known.
covering
    20,000 needs, 2,000 sites, 50 picks, seeded: the gap to the proven bound, beside spopt (with the solver that comes
    with it) in an environment of its own, made for this.
walks
    OPLib, 17 instances: gaps to the best scores known (of heuristics, some of which are beaten), beside PyVRP in an
    environment of its own, made for this.
"""

from __future__ import annotations

import csv
import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import sparse, spatial
from scipy.sparse import csgraph

from bench.measure import ROOT, machine, say, verdict
from gis.orienteering import Sights, arrivals, best_tour
from gis.p_median import p_median
from gis.siting import Reached, Terms, most_covered

if TYPE_CHECKING:
    from collections.abc import Callable

DATA = ROOT.parent / "shared" / "data" / "optimisation"
SECONDS, WALK_SECONDS, PEER_SECONDS = 60.0, 10.0, 900.0
FOUND, PROVEN = 20, 15
"""Optima of pmed1 to pmed20 asked, found and proven."""
MEAN_GAP, WORST_GAP, COVER_GAP = 0.007, 0.03, 0.01
NEEDS, SITES, PICKS = 20_000, 2_000, 50
_SEED, _SIDE_M, _REACH_M = 20261001, 40_000.0, 1_500.0
_NEVER = 10**9


def p_medians(folder: Path) -> None:
    """Print the published p-medians."""
    del folder
    optima = dict(line.split() for line in (DATA / "pmed" / "optima.txt").read_text().splitlines()[1:])
    found = proven = 0
    for number in range(1, 21):
        ways, count = _median(DATA / "pmed" / f"pmed{number}.txt")
        started = time.monotonic()
        choice = p_median(ways, count, seconds=SECONDS)
        is_best = choice.value == float(optima[f"pmed{number}"])
        found, proven = found + is_best, proven + (choice.gap == 0)
        word = "proven" if choice.gap == 0 else f"bound {choice.bound:.1f}"
        say(
            f"       · pmed{number}: {len(ways)} places, {count} sites, {choice.value:g} "
            f"{'=' if is_best else 'not'} {optima[f'pmed{number}']}, {word}, {time.monotonic() - started:.1f} s"
        )
    say(f"  {verdict(found >= FOUND)} {found} of 20 optima found, asked {FOUND}")
    say(f"  {verdict(proven >= PROVEN)} {proven} of 20 proven, asked {PROVEN}")


def _median(file: Path) -> tuple[Any, int]:
    """Return the ways between all nodes of an OR-Library file; of an edge given twice the last holds."""
    words = file.read_text().split()
    nodes, edges, count = (int(word) for word in words[:3])
    ways = np.zeros((nodes, nodes))
    for one, other, metres in np.array(words[3 : 3 + 3 * edges], dtype=float).reshape(-1, 3):
        ways[int(one) - 1, int(other) - 1] = ways[int(other) - 1, int(one) - 1] = metres
    return csgraph.shortest_path(sparse.csr_array(ways), directed=False), count


def covering(folder: Path) -> None:
    """Print a large covering, and what spopt makes of it."""
    rng = np.random.default_rng(_SEED)
    needs, sites = rng.uniform(0, _SIDE_M, (NEEDS, 2)), rng.uniform(0, _SIDE_M, (SITES, 2))
    near = spatial.cKDTree(needs).sparse_distance_matrix(spatial.cKDTree(sites), _REACH_M, output_type="coo_matrix")
    weight = rng.integers(1, 100, NEEDS).astype(float)
    reached = Reached(near.row.astype(np.int64), near.col.astype(np.int64))
    started = time.monotonic()
    choice = most_covered(reached, weight, np.ones(SITES), Terms(PICKS, seconds=SECONDS))
    took = time.monotonic() - started
    say(
        f"  {verdict(choice.gap <= COVER_GAP)} {near.nnz:,} pairs: {choice.value:,.0f} of {choice.bound:,.0f} at most"
        f", gap {choice.gap:.2%}, asked {COVER_GAP:.0%}; {took:.1f} s"
    )
    np.savez(folder / "covering.npz", need=reached.need, site=reached.site, weight=weight, sites=SITES)
    asked = [str(folder / "covering.npz"), str(PICKS), str(SECONDS)]
    peer = _peer(folder, "spopt", "covering_peer.py", asked, most_s=PEER_SECONDS)
    if not peer:
        return
    theirs = peer["stating_s"] + peer["solving_s"]
    ratio = f"ours reaches {choice.value / peer['value']:.4f} of it" if peer["value"] else "it found no choice"
    say(
        f"       spopt {peer['version']} (CBC, {SECONDS:g} s to solve): {peer['value']:,.0f} in {theirs:.1f} s "
        f"({peer['stating_s']:.1f} s to state the program); {ratio} in {took / theirs:.3f} of the time"
    )


def walks(folder: Path) -> None:
    """Print the published walks, and what PyVRP collects in the same time."""
    lines = (DATA / "oplib" / "best_known.csv").read_text().splitlines()
    known = {row["instance"]: float(row["best_known_score"]) for row in csv.DictReader(lines)}
    gaps, files = {}, {}
    for name, best in known.items():
        sights = _oplib(DATA / "oplib" / f"{name}.oplib")
        files[name] = folder / f"{name}.npz"
        np.savez(files[name], way=sights.travel_minutes, score=sights.value, limit=sights.limit_minutes)
        begun = time.monotonic()
        tour = best_tour(
            sights, seed=1, rounds=_NEVER, spent=lambda begun=begun: (time.monotonic() - begun) / WALK_SECONDS
        )
        if arrivals(sights, tour.rows)[-1] > sights.limit_minutes or len(set(tour.rows)) != len(tour.rows) - 1:
            say(f"  OVER {name}: the walk breaks its limit or comes to a place twice")
        gaps[name] = 1 - tour.value / best
    peer = _pyvrp(folder, files)
    for name, gap in gaps.items():
        beside = f", PyVRP {1 - peer[str(files[name])] / known[name]:.2%}" if peer else ""
        say(f"       · {name}: {gap:.2%}{beside}")
    mean, worst = float(np.mean(list(gaps.values()))), max(gaps.values())
    say(f"  {verdict(mean <= MEAN_GAP)} mean gap to the best known {mean:.2%}, asked {MEAN_GAP:.1%}")
    say(f"  {verdict(worst <= WORST_GAP)} worst {worst:.2%}, asked {WORST_GAP:.0%}")
    if peer:
        others = [1 - peer[str(files[name])] / known[name] for name in known]
        say(f"       PyVRP {peer['version']}: mean {np.mean(others):.2%}, worst {max(others):.2%}")


def _oplib(file: Path) -> Sights:
    """Return a round walk from the first place; distances are rounded as TSPLIB does."""
    sections: dict[str, list[list[str]]] = {"": []}
    section = ""
    limit = 0.0
    for words in (line.replace(":", " ").split() for line in file.read_text().splitlines() if line.strip()):
        if words[0] == "COST_LIMIT":
            limit = float(words[1])
        elif words[0].endswith("_SECTION"):
            section = words[0]
        else:
            sections.setdefault(section, []).append(words)
    xy = np.array([[float(word) for word in words[1:]] for words in sections["NODE_COORD_SECTION"]])
    score = np.zeros(len(xy))
    for number, value in (words[:2] for words in sections["NODE_SCORE_SECTION"]):
        score[int(number) - 1] = float(value)
    way = np.floor(spatial.distance_matrix(xy, xy) + 0.5)
    return Sights(way, score, np.zeros(len(xy)), limit, start=0, end=0)


def _pyvrp(folder: Path, files: dict[str, Path]) -> dict[str, Any]:
    """Return what PyVRP collects, by file, and its version; nothing where it cannot be had."""
    told = _peer(folder, "pyvrp", "orienteering_peer.py", [str(WALK_SECONDS), *map(str, files.values())])
    return {**told["score"], "version": told["version"]} if told else {}


def _peer(folder: Path, package: str, script: str, asked: list[str], *, most_s: float | None = None) -> dict[str, Any]:
    """Return what a script tells from an environment that has ``package``; nothing where it cannot be had."""
    home = folder / package
    try:
        subprocess.run([sys.executable, "-m", "venv", str(home)], check=True, capture_output=True)
        python = str(home / "bin" / "python")
        install = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", package]
        subprocess.run(install, check=True, capture_output=True)
        peer = str(Path(__file__).with_name(script))
        done = subprocess.run([python, peer, *asked], check=True, capture_output=True, text=True, timeout=most_s)
    except (subprocess.SubprocessError, OSError) as error:
        say(f"       {package}: not measured ({error})")
        return {}
    told: dict[str, Any] = json.loads(done.stdout.strip().rpartition("\n")[2])
    return told


PARTS: dict[str, tuple[str, Callable[[Path], None]]] = {
    "p-median": (f"p-medians of OR-Library, {SECONDS:g} s each", p_medians),
    "covering": (f"covering of {NEEDS:,} needs by {PICKS} of {SITES:,} sites, {SECONDS:g} s", covering),
    "walks": (f"walks of OPLib, {WALK_SECONDS:g} s each", walks),
}


def main(names: list[str]) -> int:
    """Print the parts that were named, or all."""
    if unknown := sorted(set(names) - set(PARTS)):
        say(f"there is no part {', '.join(unknown)}; choose from {', '.join(PARTS)}")
        return 2
    if not DATA.is_dir():
        say(f"the published instances are not on this machine: {DATA}")
        return 1
    say(" · ".join(machine()))
    with tempfile.TemporaryDirectory(prefix="panhuo-decide-") as folder:
        for name, (title, part) in PARTS.items():
            if not names or name in names:
                say(title)
                part(Path(folder))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
