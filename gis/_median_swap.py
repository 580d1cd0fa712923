"""Swaps of one open site for a closed one until none helps, compiled (M. Resende and R. Werneck's arithmetic, 2007)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis._compiled import compiled

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis._graph import Floats, Ints

    Flags = NDArray[np.bool_]

LEAST_GAIN = 1e-9


class _Served(NamedTuple):
    """Of each place: its nearest open site, what that costs, and what the second nearest does."""

    site: Ints
    cost: Floats
    second: Floats


@compiled()
def swapped(cost: Floats, is_open: Flags, is_fixed: Flags) -> float:
    """Swap in ``is_open`` while that saves anything, the best swap first; return what the places cost then."""
    while True:
        served = _served(cost, is_open)
        comes, goes = _best_swap(cost, is_open, is_fixed, served)
        if comes < 0:
            return float(served.cost.sum())
        is_open[comes], is_open[goes] = True, False


@compiled()
def _served(cost: Floats, is_open: Flags) -> _Served:
    places = cost.shape[0]
    site, first, second = np.full(places, -1), np.full(places, np.inf), np.full(places, np.inf)
    for place in range(places):
        for number in np.flatnonzero(is_open):
            if cost[place, number] < first[place]:
                second[place] = first[place]
                site[place], first[place] = number, cost[place, number]
            elif cost[place, number] < second[place]:
                second[place] = cost[place, number]
    return _Served(site, first, second)


@compiled()
def _best_swap(cost: Floats, is_open: Flags, is_fixed: Flags, served: _Served) -> tuple[int, int]:
    """Return the site to open and the site to close that save most together, or -1."""
    places, sites = cost.shape
    loss, least, comes, goes = np.zeros(sites), LEAST_GAIN, -1, -1
    for place in range(places):
        loss[served.site[place]] += served.second[place] - served.cost[place]
    for number in range(sites):
        if is_open[number]:
            continue
        gain, spared = _if_opened(cost[:, number], served, sites)
        for old in np.flatnonzero(is_open):
            if not is_fixed[old] and gain - loss[old] + spared[old] > least:
                least, comes, goes = gain - loss[old] + spared[old], number, int(old)
    return comes, goes


@compiled()
def _if_opened(new: Floats, served: _Served, sites: int) -> tuple[float, Floats]:
    """Return what one more site saves, and what of the loss by closing each other site it spares."""
    gain, spared = 0.0, np.zeros(sites)
    for place in range(new.size):
        if new[place] < served.cost[place]:
            gain += served.cost[place] - new[place]
            spared[served.site[place]] += served.second[place] - served.cost[place]
        elif new[place] < served.second[place]:
            spared[served.site[place]] += served.second[place] - new[place]
    return gain, spared
