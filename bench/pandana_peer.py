"""Run by the Python of an environment that has pandana: the walks of ``bench.walking``, timed, as one line of JSON.

The table that comes out holds what that of ``Reach.pairs`` holds, ids and metres of every pair, in whatever order.
"""

from __future__ import annotations

import importlib.metadata
import json
import sys
import time
from typing import Any

import numpy as np
import pandana
import pandas as pd

CUTOFF_M, NEAREST, TURNS = 1000, 10, 3


def pairs(network: Any, origins: Any, sites: Any) -> tuple[int, dict[str, float]]:
    """Return how many pairs there are, the seconds of each step, and what the processor worked for all.

    ``origins`` and ``sites`` are coordinates with the ids of the places as index.
    """
    worked, at = time.process_time(), [time.perf_counter()]
    origin_nodes, site_nodes = (
        network.get_node_ids(places["x"], places["y"]).to_numpy() for places in (origins, sites)
    )
    at.append(time.perf_counter())
    reached = network.nodes_in_range(np.unique(site_nodes), CUTOFF_M)
    at.append(time.perf_counter())
    at_origin = pd.DataFrame({"origin": np.arange(len(origins)), "destination": origin_nodes})
    at_site = pd.DataFrame({"site": np.arange(len(sites)), "source": site_nodes})
    found = at_origin.merge(reached, on="destination").merge(at_site, on="source")
    names = {"origin": origins.index.take(found["origin"]), "site": sites.index.take(found["site"])}
    found = pd.DataFrame({**names, "distance_m": found["length_m"].to_numpy()})
    at.append(time.perf_counter())
    steps = dict(zip(("snap_s", "range_s", "join_s"), np.diff(at).tolist(), strict=True))
    return len(found), {**steps, "cpu_s": time.process_time() - worked}


def places(xy: Any, prefix: str) -> Any:
    """Return coordinates with ids, named as those that Panhuo is given."""
    return pd.DataFrame(xy, columns=["x", "y"], index=[f"{prefix}{number}" for number in range(len(xy))])


def main() -> None:
    """Time the preparation, all pairs (the best of some turns) and the nearest few."""
    city = np.load(sys.argv[1])
    x, y = (pd.Series(city["xy"][:, axis]) for axis in (0, 1))
    started = time.perf_counter()
    length = pd.DataFrame({"length_m": city["length_m"]})
    network = pandana.Network(x, y, pd.Series(city["start"]), pd.Series(city["end"]), length, twoway=True)
    told: dict[str, Any] = {"build_s": time.perf_counter() - started, "version": importlib.metadata.version("pandana")}
    origins, sites = places(city["origins"], "o"), places(city["sites"], "s")
    turns = [pairs(network, origins, sites) for _ in range(TURNS)]
    told["pairs"], best = min(turns, key=lambda turn: turn[1]["snap_s"] + turn[1]["range_s"] + turn[1]["join_s"])
    told |= best
    started = time.perf_counter()
    network.set_pois("sites", CUTOFF_M, NEAREST, sites["x"], sites["y"])
    network.nearest_pois(CUTOFF_M, "sites", num_pois=NEAREST, include_poi_ids=True)
    told["nearest_s"] = time.perf_counter() - started
    sys.stdout.write("\n" + json.dumps(told))


if __name__ == "__main__":
    main()
