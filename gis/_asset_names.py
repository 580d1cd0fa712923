"""By what name an asset is shown: its own, else its number in the source (宗地号), else where it lies."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd

ROW_NUMBER = r"[0-9]{1,4}|[a-z]+/[0-9]+"
"""A ``source_id`` that tells nobody which asset it is: a number of the row, an id of OpenStreetMap (``way/12``)."""


def shown_name(assets: gpd.GeoDataFrame) -> pd.Series:
    """Return the name under which each asset is listed; the layer keeps what it holds.

    Its ``name``; where it has none its ``source_id`` (宗地号, 备案编号), before its ``address`` unless it is a mere
    :data:`ROW_NUMBER`. Null where all three are blank.

    Parameters
    ----------
    assets
        Rows of a kind with ``name``, ``source_id`` and ``address``.
    """
    number = assets["source_id"].astype(object)
    telling = number.mask(assets["source_id"].str.fullmatch(ROW_NUMBER).fillna(value=False).astype(bool))
    name = assets["name"].astype(object)
    for other in (telling, assets["address"].astype(object), number):
        name = name.where(name.notna(), other)
    return name.rename("name")
