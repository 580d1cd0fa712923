"""The street network: every line split where it meets another, so that one can walk from any end to any other."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from layers.sample._cells import STRIPS, expressways
from layers.sample._names import ALLEY_ENDINGS, EXPRESSWAY_NAMES, STREET_ENDINGS, WORDS, unique_names
from layers.sample._zones import EXPRESSWAY_M, widths_m

if TYPE_CHECKING:
    from layers.sample._chance import FloatArray, GeometryArray, IntArray
    from layers.sample._warp import Warp

GRID_M = 0.01
"""Lines are split on a grid this fine, so that a street that ends on another shares a vertex with it."""
RANK = {"main": 0, "secondary": 1, "local": 2, "alley": 3, "path": 4, "steps": 5}
CROSSING_EVERY_M = 330.0


def crossings(warp: Warp, cells: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return more ways across the canals (footbridges) and under the viaducts (local streets), bank to bank."""
    rows: list[tuple[str, shapely.LineString]] = []
    for kind, (west, east, south, north) in STRIPS.items():
        if kind == "river":
            continue
        strip = shapely.union_all(cells["geometry"][cells["kind"] == kind].to_numpy())
        is_level = east - west > north - south
        low, high = (max(west, -4000.0), min(east, 4200.0)) if is_level else (max(south, -2200.0), min(north, 2800.0))
        stops = np.arange(low + 160, high - 120, CROSSING_EVERY_M)
        for stop in stops + rng.uniform(-60, 60, len(stops)):
            along, across = (
                np.array([stop, stop]),
                np.array([south - 8, north + 8] if is_level else [west - 8, east + 8]),
            )
            ends = warp.to_plane(along, across) if is_level else warp.to_plane(across, along)
            line = shapely.LineString(ends).intersection(strip)
            if line.geom_type == "LineString" and not line.is_empty:
                rows.append(("local" if kind.startswith("viaduct") else "path", line))
    return pd.DataFrame(rows, columns=["street_class", "geometry"])


def line_widths_m(lines: pd.DataFrame, warp: Warp) -> FloatArray:
    """Return the width of each line, which all its edges have."""
    middle = shapely.line_interpolate_point(lines["geometry"].to_numpy(), 0.5, normalized=True)
    sheet = warp.to_sheet(shapely.get_coordinates(middle))
    return widths_m(lines["street_class"].to_numpy(), sheet[:, 0], sheet[:, 1])


def hill_paths(hills: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return winding paths over the hills, one in three of them steps, from edge to edge."""
    rows = []
    for shape in hills["face"]:
        west, south, east, north = shape.bounds
        for number in range(6):
            share = np.linspace(-0.1, 1.1, 28)
            level = rng.uniform(0.2, 0.8) + 0.16 * np.sin(share * rng.uniform(5, 11) + rng.uniform(0, 6))
            x, y = (share, level) if number % 2 else (level, share)
            line = shapely.LineString(np.stack([west + x * (east - west), south + y * (north - south)], axis=1))
            inside = shapely.get_parts(line.intersection(shape))
            rows += [("steps" if number % 3 == 2 else "path", part) for part in inside if part.length > 40]
    return pd.DataFrame(rows, columns=["street_class", "geometry"])


def park_paths(parks: pd.DataFrame, waters: GeometryArray, rng: np.random.Generator) -> pd.DataFrame:
    """Return two paths through each park, where they stay dry."""
    shapes = parks["face"].to_numpy()
    centre = shapely.get_coordinates(shapely.point_on_surface(shapes))
    turn = rng.uniform(0, np.pi, len(shapes))
    angle = np.concatenate([turn, turn + np.pi / 2 + rng.uniform(-0.4, 0.4, len(shapes))])
    step = np.stack([np.cos(angle), np.sin(angle)], axis=1) * 2000
    middle = np.concatenate([centre, centre])
    lines = shapely.linestrings(np.stack([middle - step, middle + step], axis=1))
    parts = shapely.get_parts(shapely.intersection(lines, np.concatenate([shapes, shapes])))
    tree = shapely.STRtree(waters)
    wet = np.unique(tree.query(parts, predicate="intersects")[0])
    dry = np.delete(parts, wet)
    return pd.DataFrame({"street_class": "path", "geometry": dry[shapely.length(dry) > 15]})


def name_lines(lines: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return ``lines`` with a ``name`` each: one for all stretches of a coarse line, none for paths."""
    named = lines.copy()
    key = named["line"].where(named["line"].notna(), named.index.to_series().map("c{}".format))
    named["name"] = pd.Series(pd.NA, index=named.index, dtype="object")
    for street_class, endings in {**STREET_ENDINGS, "alley": ALLEY_ENDINGS}.items():
        rows = named["street_class"] == street_class
        groups = key[rows].unique()
        names = dict(zip(groups, unique_names(rng, WORDS, endings, len(groups)), strict=True))
        named.loc[rows, "name"] = key[rows].map(names)
    return named


def network(lines: pd.DataFrame, warp: Warp, waters: GeometryArray) -> pd.DataFrame:
    """Split lines at every junction and describe the edges.

    Parameters
    ----------
    lines
        ``street_class``, ``name``, ``width_m``, ``geometry`` of everything that can be walked.
    warp
        Bends the expressways, which are added.
    waters
        River and canals: an edge over them is a bridge.

    Returns
    -------
    Edges with ``name``, ``street_class``, ``is_walkable``, ``is_bridge``, ``width_m``, ``geometry``. Edges that hang
    together with nothing else are left out.
    """
    shapes = lines["geometry"].to_numpy()
    edges = shapely.get_parts(shapely.union_all(shapes, grid_size=GRID_M))
    edges = edges[shapely.length(edges) > 0]
    edges = edges[_connected(edges)]
    middle = shapely.line_interpolate_point(edges, 0.5, normalized=True)
    edge, line = shapely.STRtree(shapes).query(middle, predicate="dwithin", distance=0.1)
    rank = lines["street_class"].map(RANK).to_numpy()
    order = np.lexsort((line, rank[line], edge))
    found, first = np.unique(edge[order], return_index=True)
    source = line[order][first]
    table = pd.DataFrame(
        {
            "name": lines["name"].to_numpy()[source],
            "street_class": lines["street_class"].to_numpy()[source],
            "is_walkable": True,
            "width_m": lines["width_m"].to_numpy(dtype=float)[source],
            "geometry": edges[found],
        }
    )
    fast = elevated(warp)
    table = pd.concat([table, fast], ignore_index=True)
    shapes = table["geometry"].to_numpy()
    tree = shapely.STRtree(waters)
    over_water = np.zeros(len(table), dtype=bool)
    over_water[np.unique(tree.query(shapes, predicate="intersects")[0])] = True
    return table.assign(is_bridge=over_water | (table["street_class"] == "expressway"))


def elevated(warp: Warp) -> pd.DataFrame:
    """Return the expressways, which no one walks on and which meet no street on the ground."""
    lines = expressways(warp)
    parts = shapely.get_parts(shapely.union_all(lines, grid_size=GRID_M))
    is_north = np.asarray(shapely.dwithin(shapely.line_interpolate_point(parts, 0.5, normalized=True), lines[-1], 1.0))
    return pd.DataFrame(
        {
            "name": np.where(is_north, EXPRESSWAY_NAMES[1], EXPRESSWAY_NAMES[0]),
            "street_class": "expressway",
            "is_walkable": False,
            "width_m": EXPRESSWAY_M,
            "geometry": parts,
        }
    )


def ends(edges: GeometryArray) -> tuple[IntArray, IntArray, int]:
    """Return the numbers of the nodes at both ends of each edge, and how many nodes there are."""
    both = np.concatenate([shapely.get_point(edges, 0), shapely.get_point(edges, -1)])
    points = np.round(shapely.get_coordinates(both), 3)
    _, number = np.unique(points, axis=0, return_inverse=True)
    number = number.reshape(2, -1)
    return number[0], number[1], int(number.max()) + 1


def _connected(edges: GeometryArray) -> np.ndarray:
    """Return which edges belong to the largest connected part."""
    start, end, count = ends(edges)
    graph = coo_array((np.ones(len(edges)), (start, end)), shape=(count, count))
    _, part = connected_components(graph, directed=False)
    return np.asarray(part[start] == np.bincount(part[start]).argmax())
