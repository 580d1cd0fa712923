"""Buildings: what stands in each block, how high and how old."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.sample import _lots
from layers.sample._chance import IntArray, generator
from layers.sample._rows import Fabric, fit_rows, plots, sound
from layers.sample._uses import BUILDING_USE, FABRICS

if TYPE_CHECKING:
    from layers.sample._chance import BoolArray, FloatArray, GeometryArray

ROW_DEPTH_M = {"houses": 21.0, "village": 11.5}
POND_FABRIC = Fabric((44.0, 56.0), (58.0, 64.0), (70.0, 120.0), 9.0, 8.0, (0, 0), has_spine=True)
DERELICT_FABRIC = Fabric((10.0, 18.0), (46.0, 70.0), (20.0, 44.0), 34.0, 4.0, (1, 2), faces_south=False)
COMMUNITY_YEARS = {1952: 0.02, 1965: 0.05, 1976: 0.1, 1984: 0.27, 1990: 0.3, 1996: 0.26}
"""Middle of the time of building of old compounds and its share; ASSUMPTION, a plain ring-by-ring growth."""

OLD_SHARE, YOUNGER_SHARE = 0.79, 0.13
"""ASSUMPTION: communities on the ledger finished by 2000, and in 2001-2005; the others are younger still."""


@dataclass(frozen=True)
class Built:
    """Buildings and plots of the town.

    Parameters
    ----------
    buildings
        ``use``, ``floor_count``, ``built_year``, ``block``, ``geometry``.
    paths
        Paths inside blocks: ``block``, ``geometry``.
    gaps
        Plots whose house is gone: ``form``, ``block``, ``geometry``.
    """

    buildings: pd.DataFrame
    paths: pd.DataFrame
    gaps: pd.DataFrame


def built_years(blocks: pd.DataFrame, rng: np.random.Generator) -> IntArray:
    """Return the year in which each block was built, later the further out it lies."""
    zone = blocks["zone"].to_numpy()
    year = np.select(
        [zone == "core", zone == "village", zone == "inner", zone == "industry"],
        [rng.integers(1895, 1949, len(blocks)), rng.integers(1985, 2006, len(blocks)),
         rng.integers(1978, 2009, len(blocks)), rng.integers(1988, 2012, len(blocks))],
        rng.integers(2001, 2021, len(blocks)),
    )  # fmt: skip
    listed = np.flatnonzero(blocks["community"].to_numpy() >= 0)
    old = round(len(listed) * OLD_SHARE)
    middles = rng.choice(list(COMMUNITY_YEARS), size=old, p=list(COMMUNITY_YEARS.values()))
    early = np.clip(middles + rng.integers(-4, 5, old), 1948, 2000)
    middle = rng.integers(2001, 2006, round(len(listed) * YOUNGER_SHARE))
    late = rng.integers(2006, 2016, len(listed) - old - len(middle))
    years = np.sort(np.concatenate([early, middle, late]))
    years[old - 2 : old] = 2000
    years[old : old + 2] = 2001
    outward = np.argsort(blocks["distance_m"].to_numpy()[listed] + rng.normal(0, 420, len(listed)), kind="stable")
    year[listed[outward]] = years
    return year.astype(np.int64)


def build(blocks: pd.DataFrame, seed: int) -> Built:
    """Build every block on its ``rest``, what is left of it when idle lots and car parks are taken out."""
    rows, paths = [], []
    for use, fabric in FABRICS.items():
        chosen = blocks[(blocks["use"] == use) & ~shapely.is_empty(blocks["rest"].to_numpy())]
        found = fit_rows(
            chosen["rest"].to_numpy(), chosen["open_face"].to_numpy(), fabric, generator(seed, f"rows {use}")
        )
        number = chosen.index.to_numpy()
        rows.append(pd.DataFrame({"use": use, "block": number[found.block], "geometry": found.shapes}))
        paths.append(pd.DataFrame({"block": number[found.path_block], "geometry": found.paths}))
    gaps = []
    for use in ROW_DEPTH_M:
        houses, gone = _plot_by_plot(blocks[blocks["use"] == use], use, generator(seed, f"plots {use}"))
        rows.append(houses)
        gaps.append(gone)
    buildings = pd.concat(rows, ignore_index=True)
    return Built(
        _describe(buildings, blocks, generator(seed, "floors")),
        pd.concat(paths, ignore_index=True),
        pd.concat(gaps, ignore_index=True),
    )


def _plot_by_plot(blocks: pd.DataFrame, use: str, rng: np.random.Generator) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return houses of the old town or a village, and the plots where the house has gone."""
    size = len(blocks)
    if use == "houses":
        narrow = rng.random(size) < 0.27
        low, high = np.where(narrow, 5.0, 13.0), np.where(narrow, 6.5, 21.0)
    else:
        low, high = np.full(size, 9.5), np.full(size, 13.0)
    plot, house, owner = plots(blocks["geometry"].to_numpy(), (low, high), ROW_DEPTH_M[use], rng)
    if use == "village":
        house = shapely.buffer(plot, -0.5, join_style="mitre")
    kept = sound(house, 26.0) & sound(plot, 40.0)
    plot, house, owner = plot[kept], house[kept], owner[kept]
    gone, merged = _gone(plot, owner, _lots.COUNTS["plot" if use == "houses" else "village"], rng)
    number = blocks.index.to_numpy()
    return (
        pd.DataFrame({"use": use, "block": number[owner[~gone]], "geometry": house[~gone]}),
        pd.DataFrame(
            {
                "form": "plot" if use == "houses" else "village",
                "block": number[owner[[group[0] for group in merged]]],
                "geometry": [
                    shapely.union_all(shapely.buffer(plot[group], 0.08, join_style="mitre")) for group in merged
                ],
            }
        ),
    )


def _gone(
    plot: GeometryArray, owner: IntArray, count: int, rng: np.random.Generator
) -> tuple[BoolArray, list[list[int]]]:
    """Return which plots are empty, and the runs of one to four neighbouring plots that they form."""
    gone = np.zeros(len(plot), dtype=bool)
    groups: list[list[int]] = []
    for start in rng.permutation(len(plot) - 5):
        run = list(range(int(start), int(start) + int(rng.integers(1, 5))))
        together = shapely.union_all(shapely.buffer(plot[run], 0.08, join_style="mitre"))
        apart = owner[run].min() != owner[run].max() or together.geom_type != "Polygon"
        if apart or gone[max(run[0] - 6, 0) : run[-1] + 7].any():
            continue
        gone[run] = True
        groups.append(run)
        if len(groups) == count:
            break
    return gone, groups


def derelict(lots: GeometryArray, block: IntArray, seed: int) -> pd.DataFrame:
    """Return what still stands on idle lots whose surface is built upon."""
    found = fit_rows(lots, lots, DERELICT_FABRIC, generator(seed, "derelict"))
    frame = pd.DataFrame({"use": "disused", "block": block[found.block], "geometry": found.shapes})
    return frame.assign(floor_count=2, built_year=1986)


def _describe(buildings: pd.DataFrame, blocks: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    fabric = buildings["use"].to_numpy()
    low = np.array([FABRICS[name].floors[0] if name in FABRICS else 2 for name in fabric])
    high = np.array([FABRICS[name].floors[1] if name in FABRICS else (3 if name == "houses" else 7) for name in fabric])
    year = blocks["built_year"].to_numpy()[buildings["block"].to_numpy()]
    floors = low + np.floor(rng.random(len(buildings)) * (high - low + 1)).astype(int)
    is_compound = fabric == "compound"
    floors = np.where(is_compound & (year < 1980), np.minimum(floors, 7) - 1, floors)
    floors = np.where(is_compound & (year > 2000), floors + 3, floors)
    rebuilt = (fabric == "houses") & (rng.random(len(buildings)) < 0.3)
    year = np.where(rebuilt, rng.integers(1955, 1988, len(buildings)), year + rng.integers(0, 3, len(buildings)))
    return buildings.assign(
        use=[BUILDING_USE[name] for name in fabric],
        floor_count=np.where(rebuilt, floors + 2, floors),
        built_year=year,
    )


def floor_area_m2(buildings: pd.DataFrame, block_count: int) -> FloatArray:
    """Return the floor area in each block: footprints times floors."""
    area = shapely.area(buildings["geometry"].to_numpy()) * buildings["floor_count"].to_numpy(dtype=float)
    return np.asarray(np.bincount(buildings["block"].to_numpy(), weights=area, minlength=block_count), dtype=float)
