"""Which sub-district a record lies in: the unit of governance, whose code every feature knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    import geopandas as gpd


def fill_subdistricts(frame: gpd.GeoDataFrame, subdistricts: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Return ``frame`` with missing ``subdistrict_code`` filled by place: the area of its inner point."""
    open_rows = frame["subdistrict_code"].isna() & frame.geometry.notna() & ~frame.geometry.is_empty
    if not open_rows.any() or subdistricts.empty:
        return frame
    filled = frame.copy()
    points = frame.geometry[open_rows].representative_point()
    areas = subdistricts.reset_index(drop=True)
    rows, hits = areas.sindex.query(points, predicate="intersects")
    first = pd.Series(hits, index=points.index[rows]).groupby(level=0).first()
    filled.loc[first.index, "subdistrict_code"] = areas["subdistrict_code"].to_numpy()[first.to_numpy()]
    return filled
