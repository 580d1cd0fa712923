"""Run by the Python of an environment that has PyVRP: prizes collected on published instances, as one line of JSON.

One vehicle that need not visit anybody, a bound on its way, and prizes beside which the way itself weighs little.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys

import numpy as np
from pyvrp import Model
from pyvrp.stop import MaxRuntime

PRIZE = 10_000
"""Of a score of 1. With a million no answer kept its limit: PyVRP bounds what breaking one costs."""


def score(file: str, seconds: float) -> float:
    """Return what PyVRP collects in one instance, the start's own score included."""
    given = np.load(file)
    model, score_of, way = Model(), given["score"], given["way"].astype(int)
    places = [model.add_location(0, 0) for _ in score_of]
    depot = model.add_depot(places[0])
    model.add_vehicle_type(1, start_depot=depot, end_depot=depot, max_distance=int(given["limit"]))
    for number, place in enumerate(places[1:], start=1):
        model.add_client(place, prize=int(score_of[number] * PRIZE), required=False)
    for one, row in enumerate(way):
        for other, metres in enumerate(row):
            model.add_edge(places[one], places[other], int(metres))
    best = model.solve(stop=MaxRuntime(seconds), seed=1, display=False).best
    return float(best.prizes() / PRIZE + score_of[0]) if best.is_feasible() else 0.0


if __name__ == "__main__":
    version = importlib.metadata.version("pyvrp")
    told = {name: score(name, float(sys.argv[1])) for name in sys.argv[2:]}
    sys.stdout.write("\n" + json.dumps({"version": version, "score": told}))
