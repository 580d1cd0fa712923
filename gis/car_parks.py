"""Existing car parks: chargers up to the share of stalls that the standard asks for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis import permission
from gis._grid import confirmed_kw, exclude_powerless
from gis._notes import Note, missing_codes, noted
from gis._zones import APPROXIMATE, exclude_forbidden, is_approximate, land_verdict, touching
from gis.capacity import piles, surface_stalls
from gis.charging import GRID
from gis.options import Options, Sieve, value_of, with_defaults
from gis.surroundings import surroundings

if TYPE_CHECKING:
    import geopandas as gpd

    from gis._zones import Zones
    from gis.city import City
    from gis.model import Model

RULES = {
    "public": "parking.public",
    "attached": "parking.public",
    "mechanical": "parking.public",
    "temporary": "parking.public",
    "residential": "parking.owners",
    "kerb": "parking.kerb",
}
"""Type of car park -> rule for adding chargers; any other type, or a private one, is unknown."""
ENDS = ("", "_low", "_high")


def options(city: City, need: pd.DataFrame, model: Model) -> Options:
    """Return the chargers that could be added to each placed car park.

    ``ev.share.public_min`` (10 %, up to 30 %) of its stalls, less the charging stalls it has. Where the ledger has no
    count of stalls, that of its polygon stands in (and is named in ``missing``); a point without a count stays null.

    Returns
    -------
    Options
        Action ``charging`` per car park. Lots that have their share are excluded, and those in a heritage zone that
        forbids the works; in any other zone its rules speak as well.
    """
    lots = city.placed("parking")
    around = surroundings(city, need, model, lots)
    added = chargers_to_add(lots, model)
    zones = touching(city, lots)
    sieve = Sieve(model, "parking", lots.index, ("charging",))
    sieve.exclude("has_chargers", added["chargers"] <= 0)
    exclude_powerless(sieve, model, lots)
    exclude_forbidden(sieve, city, model, lots, zones, ("charging",))
    rows = sieve.rows()
    table = rows.assign(theme="revitalization", stalls=0.0, stalls_low=0.0, stalls_high=0.0)
    table = table.join(added, on="asset_id").join(_verdicts(city, model, lots, rows, zones)).join(around, on="asset_id")
    table["area_m2"] = table["chargers"] * model.value("charging.lot_area_per_pile")
    table["people_served"] = table["near_people"]
    told = value_of(lots, rows, "income_owner").astype(object)
    table["income_owner"] = told.where(told.notna(), "unknown")
    until = value_of(lots, rows, "valid_until")
    for name, words in (("clock", "备案至%Y-%m-%d"), ("clock_en", "Registered until %Y-%m-%d")):
        table[name] = until.dt.strftime(words).fillna("")
    late = Note("停车场备案已过期", "Its registration has lapsed")
    unconfirmed = confirmed_kw(lots).reindex(rows["asset_id"]).isna().to_numpy()
    table = noted(table, "warnings", [(until < pd.Timestamp(city.as_of), late), (unconfirmed, GRID)])
    flags = {
        "parking.stall_count": value_of(lots, rows, "stall_count").isna(),
        "parking.charger_stall_count": value_of(lots, rows, "charger_stall_count").isna(),
        "parking.income_owner": told.isna(),
    }
    table["missing"] = missing_codes(flags, rows.index)
    return Options(with_defaults(table), sieve.exclusions())


def chargers_to_add(lots: gpd.GeoDataFrame, model: Model) -> pd.DataFrame:
    """Return the piles that each car park lacks for its share, with a band; null where its size is unknown.

    Charging stalls that the ledger does not tell count as none at the high end and as the whole share at the low end.
    """
    places = np.asarray(lots.geometry.array, dtype=object)
    area_m2 = pd.Series(np.where(shapely.get_dimensions(places) == 2, shapely.area(places), np.nan), index=lots.index)
    counted = lots["stall_count"].astype("Float64").astype("float64")
    stalls = surface_stalls(area_m2, model).apply(counted.fillna)
    asked = piles(stalls, model)
    held = lots["charger_stall_count"].astype("Float64").astype("float64")
    found = asked.sub(held.fillna(0.0), axis=0).clip(lower=0.0)
    found["chargers_low"] = found["chargers_low"].where(held.notna() | stalls["stalls"].isna(), 0.0)
    return found


def _verdicts(city: City, model: Model, lots: gpd.GeoDataFrame, rows: pd.DataFrame, zones: Zones) -> pd.DataFrame:
    keys = value_of(lots, rows, "parking_type").astype(object).map(RULES).fillna("parking.unknown")
    private = (value_of(lots, rows, "access") == "private").fillna(value=False)
    approximate = is_approximate(lots)
    found = []
    for asset, key in zip(rows["asset_id"], keys.mask(private, "parking.unknown"), strict=True):
        rule = model.rules[key]
        own = permission.of_rule(rule, city.as_of)
        if approximate[asset]:
            own = permission.lowered(own, "unclear", *APPROXIMATE)
        verdict = land_verdict(city, model, own, zones.get(asset, ()), "charging")
        found.append({**verdict.columns(), "horizon_years": model.value(rule.horizon)})
    return permission.table(found, rows.index)
