"""Stall layouts of plots made in code: how many a second one core lays out."""

from __future__ import annotations

import math
import time

import numpy as np
import shapely

from gis.model import Model
from gis.stalls import StallRules, layout

PLOTS = 300
AREA_M2 = (300.0, 10_000.0)
_SEED = 20261001


def stalls_per_second() -> float:
    """Return how many plots a second of the processor lays out, after the code was compiled."""
    rules, plots = StallRules.of(Model.load().value), irregular_plots()
    layout(plots[0], rules)
    started = time.process_time()
    for plot in plots:
        layout(plot, rules)
    return len(plots) / (time.process_time() - started)


def irregular_plots() -> list[shapely.Polygon]:
    """Return plots of four to nine corners, many of them concave, with areas drawn evenly from :data:`AREA_M2`."""
    draw, plots = np.random.default_rng(_SEED), []
    while len(plots) < PLOTS:
        count = draw.integers(4, 10)
        angles, reach = np.sort(draw.uniform(0, 2 * math.pi, count)), draw.uniform(0.45, 1.0, count)
        corners = np.column_stack([reach * np.cos(angles) * draw.uniform(0.5, 1.0), reach * np.sin(angles)])
        area_m2, plot = draw.uniform(*AREA_M2), shapely.polygons(corners)
        if shapely.is_valid(plot) and plot.area > 0.3:
            plots.append(shapely.polygons(corners * math.sqrt(area_m2 / plot.area)))
    return plots
