"""What each community lacks: the parts of every programme in one table."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from gis import _renovation_costs, charging, community, living_circle, parking, parking_conflict, renovation_items
from gis._notes import Note, merged_codes
from layers.schema import conform, kind

if TYPE_CHECKING:
    from gis.city import City
    from gis.model import Model

PROGRAMMES = (community, parking, charging, living_circle, _renovation_costs)
"""Each has ``need(city, model)``: a frame by community id with the columns it owns, ``missing``, and notes."""


def assemble(city: City, model: Model) -> tuple[gpd.GeoDataFrame, tuple[Note, ...]]:
    """Return the ``need`` layer and the notes of the programmes; the missing items are read off what they found.

    Returns
    -------
    tuple
        A frame of kind ``need`` by community id in the city's CRS, whose ``missing`` unites what each programme
        lacked; and what was left out and why.
    """
    parts = [programme.need(city, model) for programme in PROGRAMMES]
    found = pd.concat([part.drop(columns="missing") for part in parts], axis=1)
    parts.append(renovation_items.need(city, found, model))
    parts.append(parking_conflict.need(found))
    notes = tuple(note for part in parts for note in part.attrs["notes"])
    columns = {name: part[name] for part in parts for name in part.columns if name != "missing"}
    columns["missing"] = merged_codes(*(part["missing"] for part in parts))
    frame = city["community"]
    table = pd.DataFrame({"asset_id": frame["asset_id"], **columns}, index=frame.index)
    return conform(gpd.GeoDataFrame(table, geometry=frame.geometry, crs=city.crs), kind("need")), notes
