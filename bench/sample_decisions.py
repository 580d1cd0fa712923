"""``python -m bench.sample_decisions``: decisions on the sample city, asked for as a user asks, beside what was asked.

Bundles of one sub-district in 20 s and of the whole district in 90 s, a member forbidden and the plan searched again,
and a walk of four hours.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from bench.measure import ROOT, machine, say, verdict

SUBDISTRICT = "440199005"
"""Of the sample city: old communities and car parks side by side."""
SUBDISTRICT_S, DISTRICT_S, CHANGE_S = 20.0, 90.0, 20.0
WALK_HOURS, LEAST_STOPS = 4, 8
STARTING_S = 10.0
"""What a command takes beside its search, two cores: to start, read the run, price the accounts, keep the tables."""
SURE = 1e-6
"""A gap that is none: the arithmetic of the solver."""
_WORDS = 300


def ask(*words: object) -> tuple[dict[str, Any] | None, float]:
    """Return what a command answered as JSON and the seconds that it took; nothing, and a word, where it failed."""
    begun = time.monotonic()
    asked = [sys.executable, "-m", "api", *map(str, words), "--json"]
    done = subprocess.run(asked, cwd=ROOT, capture_output=True, text=True, check=False)
    took_s = time.monotonic() - begun
    if done.returncode:
        say(f"  OVER {words[0]} ended with status {done.returncode}: {done.stderr.strip()[-_WORDS:]}")
        return None, took_s
    return json.loads(done.stdout), took_s


def bundles(city: Path, title: str, bound_s: float, *asked: object) -> dict[str, Any] | None:
    """Print one search of bundles, which is given its time less what the command takes beside it."""
    seconds = bound_s - STARTING_S
    found, took_s = ask("bundle", city, "--seconds", seconds, *asked)
    if found is None:
        return None
    proof = "proven best" if found["gap"] <= SURE else f"gap {found['gap']:.2%}"
    say(title)
    say(f"  {verdict(took_s <= bound_s)} {took_s:.1f} s, asked {bound_s:g} s (--seconds {seconds:g})")
    say(
        f"       {found['bundles']} bundles of {found['members']} members, benefit {found['benefit']:,.1f} of "
        f"{found['bound']:,.1f} at most, {proof}"
    )
    return found


def changed(city: Path, before: dict[str, Any]) -> None:
    """Print what a member forbidden does to the plan at hand."""
    gone = next((row["asset_id"] for row in before["bundle_member"] if row["role"] == "lean"), None)
    if gone is None:
        say("  -    no community is in a bundle: none can be forbidden")
        return
    found = bundles(city, "the same without one of its communities, going on", CHANGE_S, "--again", "--forbid", gone)
    if found is not None:
        since = found["since"]
        say(
            f"       benefit {since['benefit']:,.1f} -> {found['benefit']:,.1f}, gap {before['gap']:.2%} -> "
            f"{found['gap']:.2%}; {len(since['came_in'])} came in, {len(since['left'])} left, "
            f"{len(since['moved'])} changed their bundle"
        )


def walk(city: Path) -> None:
    """Print a walk of four hours."""
    found, took_s = ask("route", city, "--hours", WALK_HOURS)
    if found is None:
        return
    stops = sum(row["asset_kind"] == "heritage" for row in found["stops"])
    say(f"a walk of {WALK_HOURS} hours")
    say(f"  {verdict(stops >= LEAST_STOPS)} {stops} heritage sites, asked {LEAST_STOPS}; {took_s:.1f} s")


def main() -> int:
    """Print them all, on a sample city made for this."""
    say(" · ".join(machine()))
    with tempfile.TemporaryDirectory(prefix="panhuo-bench-") as folder:
        city = Path(folder) / "city"
        made = [sys.executable, "-m", "api", "demo", "--dir", str(city), "--no-serve"]
        subprocess.run(made, cwd=ROOT, capture_output=True, check=True)
        inside = bundles(city, "bundles of one sub-district", SUBDISTRICT_S, "--subdistrict", SUBDISTRICT)
        if inside is not None:
            changed(city, inside)
        whole = bundles(city, "bundles of the whole district", DISTRICT_S)
        if whole is not None:
            changed(city, whole)
        walk(city)
    return 0


if __name__ == "__main__":
    sys.exit(main())
