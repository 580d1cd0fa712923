"""Standard addresses of the sample city: a door, a building code and a grid cell for every addressed place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from collections.abc import Mapping

ADDRESSED = ("community", "public_building", "service", "heritage")
"""Layers whose records stand in a building with a door of its own."""
GRID_M = 250.0
"""Side of a grid cell."""


def standard_addresses(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return one point for each address that places of the city have; the first place at a door gives it its point."""
    columns = ["name", "address", "subdistrict_code", "geometry"]
    placed = [tables[kind][columns].loc[lambda table: table["geometry"].notna()] for kind in ADDRESSED]
    doors = pd.concat(placed, ignore_index=True).dropna(subset="address").drop_duplicates("address", ignore_index=True)
    points = shapely.point_on_surface(doors["geometry"].to_numpy())
    cells = np.floor(np.column_stack([shapely.get_x(points), shapely.get_y(points)]) / GRID_M).astype(int)
    cells -= cells.min(axis=0)
    code = doors["subdistrict_code"].astype(str)
    return doors.assign(
        geometry=points,
        building_code=[f"{area}{number:06d}" for area, number in zip(code, range(1, len(doors) + 1), strict=True)],
        grid_code=[f"{area}{row:03d}{column:03d}" for area, (column, row) in zip(code, cells, strict=True)],
    )
