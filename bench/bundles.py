"""``python -m bench.bundles``: bundles of seeded cities, how near to the proven bound, and what a greedy planner makes.

Every search runs in a process of its own, whose peak memory is its own. All sizes, budgets and seeds take about an hour
and a quarter; ``--sizes``, ``--budgets``, ``--seeds`` and ``--seconds`` run a part of it.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from statistics import median
from typing import Any

from bench.bundle_city import city, greedy
from bench.measure import ROOT, machine, own_peak_rss_bytes, say, verdict
from gis.bundle import best_bundles, compile_search
from gis.bundle_check import faults

GENEROUS, TIGHT = 0.40, 0.08
ASKED_GAP = {
    GENEROUS: {50: 0.02, 100: 0.05, 300: 0.02, 1_000: 0.04},
    TIGHT: {50: 0.05, 100: 0.08, 300: 0.06, 1_000: 0.08},
}
"""Of the proven bound, the median of five seeds at most, by budget (share of all capex) and areas."""
SEEDS = (1, 2, 3, 4, 5)
MEMORY_BYTES = 4e9
LATE = 1.05
"""Of the time given: when a search has not kept it."""
_WORDS = 300


def seconds_of(n: int) -> float:
    """Return the time that a search of ``n`` areas is given."""
    return 60.0 if n <= 300 else 180.0


def one(n: int, budget: float, seed: int, seconds: float) -> dict[str, Any]:
    """Search one city in this process and return what came of it."""
    members, limits = city(n, budget, seed)
    by_hand = greedy(members, limits)
    compile_search()
    begun = time.monotonic()
    plan = best_bundles(members, limits, seed=seed, seconds=seconds, spent=lambda: (time.monotonic() - begun) / seconds)
    took_s = time.monotonic() - begun
    wrong = [note.en for found in (plan, by_hand) for note in faults(members, limits, found)]
    if plan.bound < by_hand.benefit:
        wrong.append(f"the bound {plan.bound:,.0f} is disproved by the greedy plan, which has {by_hand.benefit:,.0f}")
    return {
        "benefit": plan.benefit,
        "bound": plan.bound,
        "gap": plan.gap,
        "bundles": len(plan.bundles),
        "greedy": by_hand.benefit,
        "faults": wrong,
        "seconds": took_s,
        "bytes": own_peak_rss_bytes(),
    }


def _child(n: int, budget: float, seed: int, seconds: float) -> dict[str, Any] | None:
    """Return what a process of its own found; nothing, and a word, where it failed."""
    told = [str(value) for value in (n, budget, seed, seconds)]
    done = subprocess.run(
        [sys.executable, "-m", "bench.bundles", "--one", *told], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode:
        say(f"  OVER {n} areas, seed {seed}: ended with status {done.returncode}: {done.stderr.strip()[-_WORDS:]}")
        return None
    found: dict[str, Any] = json.loads(done.stdout.strip().rpartition("\n")[2])
    return found


def cities(n: int, budget: float, seeds: list[int], seconds: float) -> None:
    """Print the cities of one size and budget."""
    found = []
    for seed in seeds:
        one_city = _child(n, budget, seed, seconds)
        if one_city is None:
            continue
        found.append(one_city)
        say(
            f"       · seed {seed}: {one_city['benefit']:,.0f} of {one_city['bound']:,.0f} at most, gap "
            f"{one_city['gap']:.2%}, {one_city['bundles']} bundles; greedy {one_city['greedy']:,.0f}; "
            f"{one_city['seconds']:.1f} s, {one_city['bytes'] / 1e9:.2f} GB"
        )
        for fault in one_city["faults"]:
            say(f"         {fault}")
    if found:
        _judge(n, budget, found, seconds)


def _judge(n: int, budget: float, found: list[dict[str, Any]], seconds: float) -> None:
    """Print what was asked beside what was reached."""
    gap, asked = median(one_city["gap"] for one_city in found), ASKED_GAP[budget].get(n)
    word = f", asked {asked:.0%} of the median" if asked is not None else ""
    say(
        f"  {verdict(asked is None or gap <= asked)} gap: median {gap:.2%}, worst "
        f"{max(one_city['gap'] for one_city in found):.2%}{word}"
    )
    wrong = sum(bool(one_city["faults"]) for one_city in found)
    say(f"  {verdict(not wrong)} {len(found) - wrong} of {len(found)} pass the verifier")
    gains = [one_city["benefit"] / max(one_city["greedy"], 1e-9) for one_city in found]
    say(f"  {verdict(min(gains) >= 1)} against greedy: {min(gains):.3f} to {max(gains):.3f} times, asked 1 at least")
    slow, heavy = (max(one_city[key] for one_city in found) for key in ("seconds", "bytes"))
    say(f"  {verdict(slow <= seconds * LATE)} {slow:.1f} s at most, given {seconds:g} s")
    say(f"  {verdict(heavy <= MEMORY_BYTES)} {heavy / 1e9:.2f} GB at most, asked {MEMORY_BYTES / 1e9:g} GB")


def main(words: list[str]) -> int:
    """Print the cities that were asked for, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench.bundles", description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="+", default=list(ASKED_GAP[GENEROUS]), help="areas")
    parser.add_argument("--budgets", type=float, nargs="+", default=list(ASKED_GAP), choices=list(ASKED_GAP))
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--seconds", type=float, help="for each search, instead of 60 (up to 300 areas) and 180")
    parser.add_argument("--one", type=float, nargs=4, help=argparse.SUPPRESS)
    asked = parser.parse_args(words)
    if asked.one:
        n, budget, seed, seconds = asked.one
        sys.stdout.write(json.dumps(one(int(n), budget, int(seed), seconds)) + "\n")
        return 0
    say(" · ".join(machine()))
    for n in asked.sizes:
        for budget in asked.budgets:
            seconds = asked.seconds or seconds_of(n)
            say(f"{n:,} areas, public money {budget:.0%} of all capex, {seconds:g} s each")
            cities(n, budget, asked.seeds, seconds)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
