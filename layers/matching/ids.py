"""Asset ids of a joined layer: what goes on keeps its id, what is new gets one, and every source's name leads to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd
import pyarrow as pa

from layers import identity
from layers.matching.sources import members

if TYPE_CHECKING:
    import geopandas as gpd

    from layers import schema

_BY_ID, _BY_NAME = ["source", "source_id", "asset_id"], ["name_key", "lon", "lat", "asset_id"]


def identify(frame: gpd.GeoDataFrame, of: schema.Kind, known: pa.Table) -> tuple[pd.Series, pa.Table]:
    """Return the asset id of each record of a joined layer, and the keys that the catalog does not know yet.

    Parameters
    ----------
    frame
        :attr:`layers.matching.join.Joined.frame`: ``asset_id`` where a thing goes on, null where it is new.
    of
        Its kind.
    known
        Keys of earlier records of this kind (:data:`layers.identity.KEY_SCHEMA`), oldest first.

    Returns
    -------
    ids
        Unique ids, indexed like ``frame``.
    new
        Keys to add: those of new assets, and of every record that a merged one was made of, so that next month's file
        of any source is known again.
    """
    ids, new = identity.assign_ids(of.name, frame, known, given=frame["asset_id"])
    told = members(frame.assign(asset_id=ids), of)
    shared = told[told["row"].duplicated(keep=False)]
    keys = identity.record_keys(shared).append_column(
        "asset_id", pa.array(shared["asset_id"].astype(object), pa.string())
    )
    seen = pa.concat_tables([known.select(keys.column_names), new.select(keys.column_names)])
    return ids, pa.concat_tables([new.select(keys.column_names), keys.filter(pa.array(~_are_known(keys, seen)))])


def _are_known(keys: pa.Table, seen: pa.Table) -> pd.Series:
    """Return which keys say nothing new: the same id of the same source, or, without one, the same name and place."""
    ours, theirs = keys.to_pandas(), seen.to_pandas()
    by_id, by_name = (
        pd.MultiIndex.from_frame(ours[columns]).isin(pd.MultiIndex.from_frame(theirs[columns]))
        for columns in (_BY_ID, _BY_NAME)
    )
    return pd.Series(by_name).mask(ours["source_id"].notna(), pd.Series(by_id))
