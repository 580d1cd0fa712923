"""The town in the plane: blocks, leftovers, buildings, streets, water and green, before anyone keeps a ledger of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.sample import _areas, _blocks, _buildings, _lots, _nature, _streets, _uses
from layers.sample._cells import cells as coarse_cells
from layers.sample._cells import roads
from layers.sample._chance import generator
from layers.sample._warp import Warp

if TYPE_CHECKING:
    from layers.sample._chance import FloatArray, GeometryArray

COMMUNITY_COUNT = 180
BUILT_LOT_COUNT = 22
PAVEMENT_M = 0.5
LEAST_BLOCK_M2 = 60.0


@dataclass(frozen=True)
class Town:
    """Everything that has a shape, in metres of EPSG:4547.

    Parameters
    ----------
    blocks
        ``zone``, ``use``, ``u``, ``v``, ``distance_m`` from the old town, ``built_year``, ``community`` (-1 is none),
        ``floor_area_m2``, ``subdistrict`` by number, ``face`` (between street centre lines), ``geometry`` (between the
        streets' edges), ``rest`` (without what was taken out of it).
    buildings, streets, waters, greens
        The base map.
    lots
        Idle parcels: ``form``, ``block`` (-1 for strips), ``strip``, ``is_built``, ``geometry``.
    carparks
        Car parks with ground of their own: ``block``, ``geometry``.
    subdistricts
        Shapes in the order of their codes.
    governance
        ``area_type`` and ``geometry``.
    """

    warp: Warp
    blocks: pd.DataFrame
    buildings: pd.DataFrame
    streets: pd.DataFrame
    waters: pd.DataFrame
    greens: pd.DataFrame
    lots: pd.DataFrame
    carparks: pd.DataFrame
    subdistricts: GeometryArray
    governance: pd.DataFrame

    def sheet(self, shapes: GeometryArray) -> FloatArray:
        """Return where shapes lie on the planner's sheet, shape ``(n, 2)``."""
        return self.warp.to_sheet(shapely.get_coordinates(shapely.centroid(shapes)))


def plan(seed: int) -> Town:
    """Plan the town of this seed: coarse lines, blocks between them, what is taken out of blocks, what is built."""
    warp = Warp(generator(seed, "warp").uniform(0, 2 * np.pi, (2, 4)))
    cells = coarse_cells(warp)
    subdistricts = _areas.subdistricts(cells)
    cutting = _blocks.cut(cells[cells["kind"] == "land"], warp, generator(seed, "cut"))
    crossing = _streets.crossings(warp, cells, generator(seed, "crossings"))
    lines = pd.concat([roads(warp), cutting.streets, crossing], ignore_index=True)
    lines["width_m"] = _streets.line_widths_m(lines, warp)
    blocks, taken = _make_blocks(cutting.faces, lines, seed)
    built = _buildings.build(blocks, seed)
    blocks["floor_area_m2"] = _buildings.floor_area_m2(built.buildings, len(blocks))
    blocks["subdistrict"] = _areas.locate(shapely.point_on_surface(blocks["geometry"].to_numpy()), subdistricts)
    courses = _nature.waterways(warp, shapely.union_all(subdistricts))
    still, dykes = _nature.still_waters(blocks, seed)
    waters = pd.concat([courses, still], ignore_index=True)
    strips = _lots.strip_lots(warp, lines, courses["geometry"].to_numpy(), generator(seed, "strips"))
    lots, banks = _idle_lots(taken, built.gaps, strips, seed)
    standing = lots[lots["is_built"]]
    ruins = _buildings.derelict(standing["geometry"].to_numpy(), standing["block"].to_numpy(), seed)
    ways = _ways(lines, pd.concat([built.paths, dykes]), blocks, waters, warp, seed)
    pockets = taken.loc[taken["form"] == "pocket", "geometry"].to_numpy()
    return Town(
        warp=warp,
        blocks=blocks,
        buildings=pd.concat([built.buildings, ruins], ignore_index=True),
        streets=_streets.network(ways, warp, courses["geometry"].to_numpy()),
        waters=waters,
        greens=_nature.greens(blocks, pockets, banks, waters["geometry"].to_numpy()),
        lots=lots,
        carparks=taken[taken["form"] == "carpark"].reset_index(drop=True),
        subdistricts=subdistricts,
        governance=_areas.governance_areas(blocks),
    )


def _make_blocks(faces: pd.DataFrame, lines: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the blocks between the streets' edges with their uses, and what is taken out of them."""
    blocks = faces.rename(columns={"geometry": "face"})
    width_m = lines["width_m"].to_numpy() + 2 * PAVEMENT_M
    blocks["geometry"] = _blocks.trim(blocks["face"].to_numpy(), lines["geometry"].to_numpy(), width_m)
    blocks = blocks[shapely.area(blocks["geometry"].to_numpy()) > LEAST_BLOCK_M2].reset_index(drop=True)
    blocks = _uses.assign(blocks, COMMUNITY_COUNT, generator(seed, "uses"))
    blocks["built_year"] = _buildings.built_years(blocks, generator(seed, "years"))
    carved = _lots.carve(blocks, generator(seed, "carve"))
    blocks["rest"] = carved.rest
    blocks["use"] = blocks["use"].where((blocks["use"] != "void") | shapely.is_empty(carved.rest), "nursery")
    blocks["open_face"] = _without(blocks["face"].to_numpy(), carved.table)
    return blocks, carved.table


def _ways(
    lines: pd.DataFrame, inside: pd.DataFrame, blocks: pd.DataFrame, waters: pd.DataFrame, warp: Warp, seed: int
) -> pd.DataFrame:
    """Return everything that can be walked on the ground: named streets, and paths in blocks, hills and parks."""
    parks = blocks[(blocks["use"] == "park") & (blocks["zone"] != "core")]
    paths = [
        inside.assign(street_class="path"),
        _streets.hill_paths(blocks[blocks["use"] == "hill"], generator(seed, "hills")),
        _streets.park_paths(parks, waters["geometry"].to_numpy(), generator(seed, "park paths")),
    ]
    paths = [table.assign(width_m=_streets.line_widths_m(table, warp)) for table in paths]
    return pd.concat([_streets.name_lines(lines, generator(seed, "street names")), *paths], ignore_index=True)


def _without(faces: GeometryArray, taken: pd.DataFrame) -> GeometryArray:
    """Return the faces without the lots taken out of them, so that no path runs over a lot."""
    left = faces.copy()
    rows = taken["block"].to_numpy()
    lots = shapely.buffer(taken["geometry"].to_numpy(), 1.0, join_style="mitre")
    left[rows] = shapely.difference(left[rows], lots)
    return left


def _idle_lots(
    taken: pd.DataFrame, gaps: pd.DataFrame, strips: pd.DataFrame, seed: int
) -> tuple[pd.DataFrame, GeometryArray]:
    """Return the idle parcels, and the banks that are planted and not idle."""
    rng = generator(seed, "idle lots")
    is_viaduct = strips["strip"].str.startswith("viaduct").to_numpy()
    idle = []
    for rows, form in ((np.flatnonzero(is_viaduct), "viaduct"), (np.flatnonzero(~is_viaduct), "bank")):
        chosen = np.sort(rng.permutation(rows)[: _lots.COUNTS[form]])
        idle.append(strips.iloc[chosen].assign(form=form, block=-1))
    banks = strips[~is_viaduct].drop(idle[1].index)["geometry"].to_numpy()
    cut = taken[taken["form"].isin(list(_lots.COUNTS))]
    lots = pd.concat([cut, *idle, gaps], ignore_index=True)
    large = np.flatnonzero(
        (lots["form"].isin(["end", "whole"]) & (shapely.area(lots["geometry"].to_numpy()) > 1500)).to_numpy()
    )
    built = np.zeros(len(lots), dtype=bool)
    built[rng.permutation(large)[:BUILT_LOT_COUNT]] = True
    return lots.assign(is_built=built), banks
