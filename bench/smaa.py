"""Rank bands of a large city: ten thousand opportunities, twelve criteria, a thousand draws."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from bench.measure import ROOT, CommandError, Cost, own_peak_rss_bytes
from gis import ranking
from gis.criteria import Values

if TYPE_CHECKING:
    from pathlib import Path

SITES, CRITERIA, DRAWS = 10_000, 12, 1000
_SEED = 20261001


def smaa(folder: Path) -> list[Cost]:
    """Draw the ranks in a process of its own; the compiler has kept its work from a run before, as it does for users.

    Raises
    ------
    CommandError
        If the process ends otherwise than it should.
    """
    del folder
    _child(sites=10)
    return [_child(sites=SITES)]


def _child(*, sites: int) -> Cost:
    done = subprocess.run(
        [sys.executable, "-m", "bench.smaa", str(sites)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise CommandError(done.stderr.strip().rpartition("\n")[2] or "it said nothing")
    told = json.loads(done.stdout)
    return Cost(f"rank_bands {sites} x {CRITERIA} x {DRAWS}", told["wall_s"], told["cpu_s"], told["peak_rss_bytes"])


def opportunities(sites: int) -> tuple[Values, dict[str, float], pd.Series]:
    """Return values with a band in every cell, the first four criteria by assumptions that sites share."""
    rng = np.random.default_rng(_SEED)
    keys = [f"criterion_{number}" for number in range(CRITERIA)]
    middle = rng.random((sites, CRITERIA))
    low, high = middle * rng.random(middle.shape), middle + (1 - middle) * rng.random(middle.shape)
    value, below, above = (pd.DataFrame(part, columns=keys) for part in (middle, low, high))
    actions = pd.Series(rng.choice(["surface_parking", "charging", "market"], sites), dtype="object")
    shared = {key: key + ":" + actions for key in keys[:4]}
    weights = dict(zip(keys, rng.dirichlet(np.full(CRITERIA, 5.0)), strict=True))
    ids = pd.Series([f"site-{number:06d}:market" for number in range(sites)], dtype="object")
    return Values(value, value, below, above, value.isna(), shared), weights, ids


def _measure(sites: int) -> dict[str, float]:
    values, weights, ids = opportunities(sites)
    started, worked = time.perf_counter(), time.process_time()
    ranking.rank_bands(values, weights, ids, concentration=50.0, seed=1, draws=DRAWS)
    wall_s, cpu_s = time.perf_counter() - started, time.process_time() - worked
    return {"wall_s": wall_s, "cpu_s": cpu_s, "peak_rss_bytes": own_peak_rss_bytes()}


if __name__ == "__main__":
    sys.stdout.write(json.dumps(_measure(int(sys.argv[1]))))
