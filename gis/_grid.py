"""The grid connection of chargers: unconfirmed until somebody confirms it, and then a bound on what can be built."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._notes import Note, noted
from gis.charging import GRID
from gis.parking_supply import ENDS

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.city import City
    from gis.model import Model
    from gis.options import Sieve

POWER = {"charging": "ev.power.dc", "ebike_charging": "ebike.power_port"}
"""Action -> the power in kW of one pile or port."""
BOUND = Note("供电容量有限，充电设施数按可接入容量折减", "The grid capacity bounds the number of chargers")


def confirmed_kw(assets: gpd.GeoDataFrame) -> pd.Series:
    """Return the grid capacity of each asset in kW; null unless the ledger gives it **and** says it is confirmed."""
    capacity = assets["grid_capacity_kw"].astype("float64")
    return capacity.where(assets["is_grid_confirmed"].fillna(value=False).astype(bool))


def exclude_powerless(sieve: Sieve, model: Model, assets: gpd.GeoDataFrame) -> None:
    """Exclude car charging where the confirmed capacity feeds not even one small pile (low end of ``ev.power.dc``)."""
    capacity = confirmed_kw(assets)
    least = model.low(POWER["charging"])
    detail = capacity.map(
        lambda held: Note(f"{held:g} kW，至少{least:g} kW", f"{held:g} kW, at least {least:g} kW needed"),
        na_action="ignore",
    )
    sieve.exclude("grid_capacity", capacity < least, detail=detail)


def connected(table: pd.DataFrame, city: City, model: Model) -> pd.DataFrame:
    """Return the options with their chargers bounded by the confirmed capacity, and the power that they need.

    ``chargers = min(chargers, floor(capacity / power))``; the low end of the chargers takes the high end of the power
    of one, the high end the opposite, and the area that they use shrinks with them. ``power_kw`` is chargers times
    power, at no end more than the confirmed capacity (most chargers and most power of one do not go together there),
    null where the chargers are not known.

    Parameters
    ----------
    table
        Options with ``asset_kind``, ``asset_id``, ``action``, ``area_m2``, ``chargers`` with its band, ``warnings``.
    city, model
        The city whose assets tell their capacity, and the model.

    Returns
    -------
    DataFrame
        With ``power_kw`` (``_low``, ``_high``) in kW and what is known of the grid in words (``grid``, ``grid_en``);
        null and empty for what is no charging.
    """
    found = table.assign(grid="", grid_en="", **dict.fromkeys((f"power_kw{end}" for end in ENDS), np.nan))
    capacity = _capacity_of(table, city)
    is_bounded = pd.Series(False, index=table.index)
    for action, key in POWER.items():
        rows = (table["action"] == action).to_numpy(dtype=bool)
        power = {"": model.value(key), "_low": model.low(key), "_high": model.high(key)}
        against = {"": power[""], "_low": power["_high"], "_high": power["_low"]}
        for end in ENDS:
            thought_of = found.loc[rows, f"chargers{end}"].astype(float)
            fed = np.minimum(thought_of, np.floor(capacity[rows] / against[end]).fillna(np.inf))
            found.loc[rows, f"chargers{end}"] = fed
            found.loc[rows, f"power_kw{end}"] = (fed * power[end]).clip(upper=capacity[rows].fillna(np.inf))
            if not end:
                is_bounded[rows] = fed < thought_of
                found.loc[rows, "area_m2"] *= (fed / thought_of).where(thought_of > 0, 1.0)
    is_charging = table["action"].isin(POWER).to_numpy(dtype=bool)
    said = [_word(held) for held in capacity[is_charging]]
    found.loc[is_charging, "grid"] = [note.zh for note in said]
    found.loc[is_charging, "grid_en"] = [note.en for note in said]
    return noted(found, "warnings", [(is_bounded, BOUND)])


def _capacity_of(table: pd.DataFrame, city: City) -> pd.Series:
    """Return the confirmed capacity of the asset of each option in kW, null where its kind has none."""
    found = pd.Series(np.nan, index=table.index)
    for kind, rows in table.groupby("asset_kind", sort=False):
        if "grid_capacity_kw" in city[kind].columns:
            found[rows.index] = confirmed_kw(city[kind]).reindex(rows["asset_id"]).to_numpy()
    return found


def _word(capacity_kw: float) -> Note:
    if np.isnan(capacity_kw):
        return GRID
    return Note(f"供电已核实，可接入{capacity_kw:g} kW", f"Grid capacity confirmed: {capacity_kw:g} kW")
