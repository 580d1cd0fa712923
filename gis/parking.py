"""Parking at night: vehicles, stalls on site, stalls within the walk shared by all who need them, and the gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis import community, parking_supply
from gis._notes import GEOMETRY, missing_codes
from gis._on_site import sum_inside
from gis._radius_bands import gap_within, walks_within
from gis._survey import night_counts, survey_notes
from gis.network import has_place
from gis.parking_supply import ENDS, supply, told_on_site

if TYPE_CHECKING:
    from gis.city import City
    from gis.model import Model

RADIUS = "parking.service_radius"


def need(city: City, model: Model) -> pd.DataFrame:
    """Return the night parking gap of each community.

    ``gap = max(0, vehicles - on site - nearby)`` in stalls. Nearby are stalls within ``parking.service_radius`` on foot
    of public car parks open at night, shared by a floating catchment (:mod:`gis._catchment`) among the communities that
    reach them, by the vehicles left over on site. The low end takes few vehicles everywhere and every stall that may be
    there, the high end many vehicles and only stalls that are known, each with whoever stands nearer served equally or
    first (``catchment.weight``), and both the radius at either end of its range. Where nearby supply is not known at
    all the value takes none and the low end is 0.

    Returns
    -------
    DataFrame
        By community id: ``vehicles``, ``night_gap_stalls`` (both with ``_low``, ``_high``), ``stalls_on_site``,
        ``stalls_nearby``, ``missing``; ``attrs["notes"]`` holds notes.
    """
    frame = city["community"]
    cars, on_site, lots = vehicles(city, model), stalls_on_site(city, model), supply(city, model)
    left = _left_over(cars, on_site)
    walk = walks_within(city, city["parking"].geometry.reindex(lots.index), RADIUS, model)
    stalls = lots[[f"stalls{end}" for end in ENDS]].set_axis(list(ENDS), axis=1)
    found = gap_within(city, walk, left, stalls, RADIUS, model)
    unplaced, blind = ~has_place(frame.geometry), lots.empty
    unknown_nearby = pd.Series(unplaced | blind, index=frame.index)
    flags = {
        "community.vehicle_count": ~cars["is_counted"],
        "community.household_count": cars["vehicles"].isna(),
        "community.stall_count": ~on_site["is_counted"],
        GEOMETRY: unplaced,
        "parking": "parking" in city.missing,
        "parking.geometry": "parking" not in city.missing and blind,
        "parking.stall_count": _sees(walk, lots["is_estimated"], frame.index),
        "parking.access": _sees(walk, lots["is_access_unknown"], frame.index),
        "parking.is_open_at_night": _sees(walk, lots["is_night_unknown"], frame.index),
    }
    table = pd.DataFrame(
        {
            **cars[[f"vehicles{end}" for end in ENDS]],
            "stalls_on_site": on_site["stalls"].fillna(cars["vehicles"] * on_site["share"]),
            "stalls_nearby": found["nearby"].mask(unknown_nearby),
            "night_gap_stalls": found["gap"],
            "night_gap_stalls_low": found["gap_low"].mask(unknown_nearby & found["gap"].notna(), 0.0),
            "night_gap_stalls_high": found["gap_high"],
            "missing": missing_codes(flags, frame.index),
        },
        index=frame.index,
    )
    table.attrs["notes"] = (*survey_notes(city), *parking_supply.notes(city, model, lots))
    return table


def vehicles(city: City, model: Model) -> pd.DataFrame:
    """Return the vehicles that each community parks at night.

    The latest night survey; else the ledger's count; else households times ``parking.vehicles_per_household``, with the
    band of both; else null.

    Returns
    -------
    DataFrame
        ``vehicles``, ``vehicles_low``, ``vehicles_high`` and ``is_counted`` by community id.
    """
    frame = city["community"]
    surveyed = night_counts(city, "parked_count").reindex(frame.index)
    ledger = frame["vehicle_count"].astype("Float64").astype("float64")
    homes = community.households(city, model)
    key = "parking.vehicles_per_household"
    each = {"": model.value(key), "_low": model.low(key), "_high": model.high(key)}
    columns = {
        f"vehicles{end}": surveyed[f"{end[1:] or 'value'}"].fillna(ledger).fillna(homes[f"household_count{end}"] * rate)
        for end, rate in each.items()
    }
    is_counted = surveyed["value"].notna() | ledger.notna()
    return pd.DataFrame({**columns, "is_counted": is_counted}, index=frame.index)


def stalls_on_site(city: City, model: Model) -> pd.DataFrame:
    """Return the stalls inside each community.

    The ledger's count; else the stalls that the night survey found marked; else those of residential and staff car
    parks inside its outline; else a share of its vehicles (``parking.resid_supply_actual``, 0.63 with 0.3-1.0: to
    be used only where nothing is counted), told by ``share``.

    Returns
    -------
    DataFrame
        By community id: ``stalls`` (null where not counted), ``is_counted``, and the ``share``, ``share_low``,
        ``share_high`` of vehicles that stands in.
    """
    frame = city["community"]
    lots = city.placed("parking")
    own = lots[(lots["access"] == "permit") | ((lots["parking_type"] == "residential") & lots["access"].isna())]
    inside = sum_inside(city.placed("community"), own.geometry, own["stall_count"]).reindex(frame.index)
    stalls = told_on_site(city).fillna(inside)
    key = "parking.resid_supply_actual"
    shares = {"share": model.value(key), "share_low": model.low(key), "share_high": model.high(key)}
    return pd.DataFrame({"stalls": stalls, "is_counted": stalls.notna(), **shares}, index=frame.index)


def _left_over(cars: pd.DataFrame, on_site: pd.DataFrame) -> pd.DataFrame:
    """Return the vehicles that the stalls on site leave over (``""``, ``_low``, ``_high``)."""
    counted = on_site["stalls"]
    own = {
        "": counted.fillna(cars["vehicles"] * on_site["share"]),
        "_low": counted.fillna(cars["vehicles_low"] * on_site["share_high"]),
        "_high": counted.fillna(cars["vehicles_high"] * on_site["share_low"]),
    }
    return pd.DataFrame({end: (cars[f"vehicles{end}"] - own[end]).clip(lower=0.0) for end in ENDS})


def _sees(walk: pd.DataFrame, holds: pd.Series, communities: pd.Index) -> pd.Series:
    """Return which communities reach a car park for which ``holds`` is true."""
    seen = walk["origin"][walk["site"].map(holds).fillna(value=False).astype(bool)]
    return pd.Series(communities.isin(seen), index=communities)
