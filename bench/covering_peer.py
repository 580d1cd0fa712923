"""Run by the Python of an environment that has spopt: one maximal covering, as one line of JSON.

spopt states the program, PuLP hands it to CBC, which it brings along; a site covers within 0.5 of a cost of 0 or 1.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time

import numpy as np
import pulp
from spopt.locate import MCLP


def covering(file: str, picks: int, seconds: float) -> dict[str, float]:
    """Return the weight that spopt's choice covers, and how long stating and solving took."""
    given = np.load(file)
    weight = given["weight"]
    cost = np.ones((len(weight), int(given["sites"])))
    cost[given["need"], given["site"]] = 0.0
    begun = time.monotonic()
    stated = MCLP.from_cost_matrix(cost, weight, service_radius=0.5, p_facilities=picks)
    ready = time.monotonic()
    stated.problem.solve(pulp.PULP_CBC_CMD(msg=False, timeLimit=seconds))
    chosen = [number for number, var in enumerate(stated.fac_vars) if (var.value() or 0.0) > 0.5]
    value = float(weight[(cost[:, chosen] < 0.5).any(axis=1)].sum()) if len(chosen) <= picks else 0.0
    return {"value": value, "stating_s": ready - begun, "solving_s": time.monotonic() - ready}


if __name__ == "__main__":
    version = importlib.metadata.version("spopt")
    told = covering(sys.argv[1], int(sys.argv[2]), float(sys.argv[3]))
    sys.stdout.write("\n" + json.dumps({"version": version, **told}))
