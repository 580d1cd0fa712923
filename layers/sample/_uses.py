"""What each block is for, and how each use is built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from layers.sample._blocks import envelopes
from layers.sample._chance import draw
from layers.sample._rows import Fabric
from layers.sample._zones import CENTRE

if TYPE_CHECKING:
    import pandas as pd

SHARES: dict[str, dict[str, float]] = {
    "core": {"houses": 0.9, "school": 0.02, "park": 0.03, "market": 0.02, "civic": 0.03},
    "village": {"village": 0.93, "park": 0.04, "civic": 0.03},
    "inner": {
        "compound": 0.66,
        "mixed": 0.13,
        "school": 0.05,
        "park": 0.06,
        "civic": 0.04,
        "market": 0.03,
        "office": 0.03,
    },
    "outer": {
        "modern": 0.3,
        "slab": 0.17,
        "mall": 0.08,
        "school": 0.06,
        "park": 0.11,
        "civic": 0.04,
        "office": 0.09,
        "yard": 0.05,
        "nursery": 0.03,
        "void": 0.07,
    },
    "industry": {"sheds": 0.8, "park": 0.04, "void": 0.1, "office": 0.05, "yard": 0.04},
    "hill": {"hill": 1.0},
    "ponds": {"ponds": 1.0},
}
FABRICS: dict[str, Fabric] = {
    "compound": Fabric((10.5, 12.5), (20.5, 26.0), (23.0, 40.0), 5.5, 4.0, (6, 9), has_spine=True),
    "mixed": Fabric((15.0, 20.0), (25.0, 31.0), (20.0, 46.0), 5.0, 2.5, (3, 8), faces_south=False),
    "modern": Fabric((20.0, 26.0), (66.0, 88.0), (30.0, 40.0), 52.0, 9.0, (18, 33), has_spine=True),
    "slab": Fabric((13.0, 15.5), (46.0, 58.0), (80.0, 124.0), 18.0, 8.0, (9, 18), has_spine=True),
    "mall": Fabric((40.0, 56.0), (70.0, 84.0), (60.0, 100.0), 18.0, 9.0, (4, 8), faces_south=False),
    "office": Fabric((26.0, 36.0), (60.0, 76.0), (34.0, 56.0), 28.0, 8.0, (8, 30), faces_south=False),
    "civic": Fabric((18.0, 26.0), (48.0, 62.0), (32.0, 70.0), 20.0, 7.0, (3, 8)),
    "market": Fabric((24.0, 32.0), (38.0, 46.0), (34.0, 60.0), 8.0, 4.0, (1, 4), faces_south=False),
    "school": Fabric((12.0, 15.0), (66.0, 90.0), (50.0, 84.0), 22.0, 7.0, (4, 6)),
    "yard": Fabric((14.0, 20.0), (70.0, 95.0), (30.0, 60.0), 40.0, 8.0, (1, 2), faces_south=False),
    "sheds": Fabric((34.0, 58.0), (50.0, 76.0), (56.0, 125.0), 13.0, 8.0, (1, 4), faces_south=False),
}
"""Detached fabrics; ``houses`` and ``village`` are built plot by plot."""
VOID_MOST_M2 = 40_000.0
COMPOUND_MOST_M2 = 110_000.0
COMPOUND_REACH_M = 2300.0
BUILDING_USE = {
    "compound": "apartments",
    "mixed": "mixed",
    "modern": "apartments",
    "slab": "apartments",
    "mall": "retail",
    "office": "office",
    "civic": "public",
    "market": "retail",
    "school": "school",
    "sheds": "industrial",
    "yard": "warehouse",
    "houses": "house",
    "village": "self_built",
}


def assign(blocks: pd.DataFrame, community_count: int, rng: np.random.Generator) -> pd.DataFrame:
    """Return ``blocks`` with ``use``, and ``community`` numbered where a block is one of the listed compounds.

    Compounds of the 1980s and 1990s ring the old town: the nearer a block of the outer zone, the likelier it is one.
    """
    use = np.empty(len(blocks), dtype=object)
    zone = blocks["zone"].to_numpy()
    for name, shares in SHARES.items():
        rows = np.flatnonzero(zone == name)
        use[rows] = draw(rng, shares, len(rows))
    area = blocks["geometry"].map(lambda shape: shape.area).to_numpy()
    distance = np.hypot(*(blocks[["u", "v"]].to_numpy(dtype=float) - CENTRE).T)
    use[np.isin(use, ["modern", "slab", "mall", "office", "void"]) & (area < 6_000)] = "mixed"
    use[(use == "void") & (area > VOID_MOST_M2)] = "nursery"
    use[(zone == "core") & np.isin(use, ["school", "market", "civic"]) & (area < 5_000)] = "houses"
    near = distance + rng.normal(0, 250, len(blocks))
    fits = np.isin(use, ["modern", "slab"]) & (area > 5_000)
    use[fits & (near < COMPOUND_REACH_M)] = "compound"
    deep = envelopes(blocks["geometry"].to_numpy()).depth_m > 36
    listed = np.flatnonzero((use == "compound") & (area > 3_000) & (area < COMPOUND_MOST_M2) & deep)
    order = listed[np.argsort(near[listed] - 260 * np.log(area[listed] / 1e4), kind="stable")]
    community = np.full(len(blocks), -1)
    use[use == "compound"] = "slab"
    use[order[:community_count]] = "compound"
    community[np.sort(order[:community_count])] = np.arange(min(community_count, len(order)))
    return blocks.assign(use=use, community=community, distance_m=distance)
