"""Water and green: river, canals, lakes, ponds; parks, hills, banks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.sample._buildings import POND_FABRIC
from layers.sample._cells import EAST_M, NORTH_M, SOUTH_M, STRIPS, WEST_M, quad, run
from layers.sample._chance import generator
from layers.sample._lots import CANAL_M, RIVER_HALF_M
from layers.sample._names import CANAL_NAMES, LAKE_NAMES, RIVER_NAME
from layers.sample._rows import fit_rows

if TYPE_CHECKING:
    from layers.sample._chance import GeometryArray
    from layers.sample._warp import Warp

LAKE_COUNT = 4


def waterways(warp: Warp, outline: shapely.Geometry) -> pd.DataFrame:
    """Return the river and the canals that flow into it: ``name``, ``water_type``, ``geometry``."""
    river = quad(warp, WEST_M - 30, EAST_M + 30, -RIVER_HALF_M, RIVER_HALF_M).intersection(outline)
    rows = [(RIVER_NAME, "river", river)]
    middle = {name: (box[0] + box[1]) / 2 for name, box in STRIPS.items()}
    north = (STRIPS["canal_north"][2] + STRIPS["canal_north"][3]) / 2
    courses = {
        "canal_west": ((middle["canal_west"], 0.0), (middle["canal_west"], NORTH_M + 30)),
        "canal_east": ((middle["canal_east"], 0.0), (middle["canal_east"], NORTH_M + 30)),
        "canal_south": ((middle["canal_south"], SOUTH_M - 30), (middle["canal_south"], 0.0)),
        "canal_north": ((middle["canal_west"], north), (middle["canal_east"], north)),
    }
    wet: shapely.Geometry = river
    for name, (start, end) in courses.items():
        line = shapely.LineString(run(warp, start, end))
        shape = line.buffer(CANAL_M[name] / 2, cap_style="flat").intersection(outline).difference(wet)
        shape = max(shapely.get_parts(shape), key=lambda part: part.area)
        rows.append((CANAL_NAMES[name], "canal", shape))
        wet = wet.union(shape)
    return pd.DataFrame(rows, columns=["name", "water_type", "geometry"])


def still_waters(blocks: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return lakes in the largest parks and ponds in the fields, and the paths on the dykes between the ponds."""
    rng = generator(seed, "lakes")
    area = shapely.area(blocks["geometry"].to_numpy())
    parks = np.flatnonzero((blocks["use"] == "park").to_numpy() & (blocks["zone"] != "core").to_numpy())
    parks = parks[np.argsort(-area[parks], kind="stable")][:LAKE_COUNT]
    village = np.flatnonzero((blocks["use"] == "park").to_numpy() & (blocks["zone"] == "village").to_numpy())
    chosen = np.concatenate([parks, village])
    lakes = [_blob(blocks["geometry"].iloc[row], rng) for row in chosen]
    names = [*LAKE_NAMES[: len(parks)], *("风水塘" for _ in village)]
    kinds = ["lake"] * len(parks) + ["pond"] * len(village)
    fields = blocks[blocks["use"] == "ponds"]
    ponds = fit_rows(
        fields["geometry"].to_numpy(), fields["face"].to_numpy(), POND_FABRIC, generator(seed, "rows ponds")
    )
    table = pd.DataFrame(
        {
            "name": [*names, *("鱼塘" for _ in ponds.shapes)],
            "water_type": [*kinds, *("pond" for _ in ponds.shapes)],
            "geometry": [*lakes, *ponds.shapes],
        }
    )
    dykes = pd.DataFrame({"block": fields.index.to_numpy()[ponds.path_block], "geometry": ponds.paths})
    return table[shapely.area(table["geometry"].to_numpy()) > 30].reset_index(drop=True), dykes


def _blob(park: shapely.Polygon, rng: np.random.Generator) -> shapely.Polygon:
    """Return a rounded body of water inside a park."""
    centre = np.array(park.representative_point().coords[0])
    reach = np.sqrt(park.area / np.pi)
    inner = park.buffer(-0.12 * reach)
    turn = np.linspace(0, 2 * np.pi, 48, endpoint=False)
    waves = sum(rng.uniform(0.03, 0.16) * np.cos(k * turn + rng.uniform(0, 6.3)) for k in range(1, 5))
    ring = centre + (reach * (0.62 + waves))[:, None] * np.stack([np.cos(turn), np.sin(turn)], axis=1)
    shape = shapely.Polygon(ring).buffer(0).intersection(inner).buffer(-0.05 * reach).buffer(0.05 * reach)
    return max(shapely.get_parts(shape), key=lambda part: part.area)


def greens(blocks: pd.DataFrame, pockets: GeometryArray, strips: GeometryArray, waters: GeometryArray) -> pd.DataFrame:
    """Return parks, hills, nurseries, pocket gardens and planted banks, without the water in them."""
    types = {"park": "park", "hill": "wood", "nursery": "nursery"}
    rows = blocks[blocks["use"].isin(list(types))]
    shapes = np.concatenate([rows["rest"].to_numpy(), pockets, strips])
    kinds = [*(types[use] for use in rows["use"]), *("garden" for _ in pockets), *("bank" for _ in strips)]
    wet = shapely.union_all(waters)
    shapely.prepare(wet)
    touched = shapely.intersects(shapes, wet)
    shapes = shapes.copy()
    shapes[touched] = shapely.difference(shapes[touched], wet)
    block = np.concatenate([rows.index.to_numpy(), np.full(len(pockets) + len(strips), -1)])
    table = pd.DataFrame({"green_type": kinds, "block": block, "geometry": shapes})
    return table[~shapely.is_empty(shapes)].reset_index(drop=True)
