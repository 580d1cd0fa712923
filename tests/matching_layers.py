"""Layers of heritage that several departments gave, as the workspace keeps them."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import shapely

from layers import schema
from layers.matching.join import Joined, join

KIND = schema.kind("heritage")
LON_M = 1 / 102_470
CULTURE, PLANNING = "文广旅局", "规自局"


def records(source: str, *rows: dict[str, object]) -> gpd.GeoDataFrame:
    """Return records of heritage; ``at`` is metres east of 113 E 23 N, or missing."""
    shapes = [None if row.get("at") is None else shapely.Point(113 + row["at"] * LON_M, 23) for row in rows]
    told = [{"position": "exact" if shape else "unlocated", **row} for row, shape in zip(rows, shapes, strict=True)]
    frame = pd.DataFrame(told).drop(columns="at", errors="ignore").assign(source=source)
    if "data_date" in frame:
        frame["data_date"] = pd.to_datetime(frame["data_date"], format="ISO8601")
    return schema.conform(gpd.GeoDataFrame(frame, geometry=shapes, crs="EPSG:4326"), KIND)


def with_ids(joined: Joined) -> gpd.GeoDataFrame:
    """Return the layer as the workspace keeps it: records that are new get an id of their own."""
    frame = joined.frame.copy()
    taken = set(frame["asset_id"].dropna())
    fresh = (f"new-{number:03d}" for number in range(10_000))
    ids = [
        known if pd.notna(known) else next(item for item in fresh if item not in taken) for known in frame["asset_id"]
    ]
    return frame.assign(asset_id=pd.array(ids, dtype="string"))


def layer(*lists: gpd.GeoDataFrame, decisions: dict[tuple[str, str], bool] | None = None) -> gpd.GeoDataFrame:
    """Return the layer after several files."""
    current = schema.empty(KIND)
    for frame in lists:
        source = frame["source"].iloc[0] if len(frame) else "-"
        current = with_ids(join(current, frame, kind="heritage", source=source, decisions=decisions))
    return current
