"""Parking at night: vehicles, stalls on site, stalls within the walk shared by all who need them, and the gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from gis import community
from gis._catchment import shared_supply
from gis._notes import GEOMETRY, Note, missing_codes
from gis._survey import night_counts, survey_notes
from gis.network import has_place

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.city import City
    from gis.model import Model

ENDS = ("", "_low", "_high")


def need(city: City, model: Model) -> pd.DataFrame:
    """Return the night parking gap of each community.

    ``gap = max(0, vehicles - on site - nearby)`` in stalls. Nearby are stalls within ``parking.service_radius`` on foot
    of public car parks open at night, shared among the communities that reach them in proportion to the vehicles
    left over on site. The low end takes few vehicles and every stall that may be there, the high end many vehicles
    and only stalls that are known. Where nearby supply is not known at all the value takes none and the low end is 0.

    Returns
    -------
    DataFrame
        By community id: ``vehicles``, ``night_gap_stalls`` (both with ``_low``, ``_high``), ``stalls_on_site``,
        ``stalls_nearby``, ``missing``; ``attrs["notes"]`` holds notes.
    """
    frame = city["community"]
    cars, on_site, lots = vehicles(city, model), stalls_on_site(city, model), supply(city, model)
    left = _left_over(cars, on_site)
    nearby, sees_unknown = _nearby(city, model, left["left"], lots)
    unplaced, blind = ~has_place(frame.geometry), lots.empty
    unknown_nearby = pd.Series(unplaced | blind, index=frame.index)
    offered = nearby.mask(unknown_nearby)
    gap = (left["left"] - offered["stalls"].fillna(0.0)).clip(lower=0.0)
    gap_low = (left["left_low"] - offered["stalls_high"]).clip(lower=0.0)
    gap_high = (left["left_high"] - offered["stalls_low"].fillna(0.0)).clip(lower=0.0)
    flags = {
        "community.vehicle_count": ~cars["is_counted"],
        "community.household_count": cars["vehicles"].isna(),
        "community.stall_count": ~on_site["is_counted"],
        GEOMETRY: unplaced,
        "parking": "parking" in city.missing,
        "parking.geometry": "parking" not in city.missing and blind,
        "parking.stall_count": sees_unknown,
    }
    table = pd.DataFrame(
        {
            **cars[[f"vehicles{end}" for end in ENDS]],
            "stalls_on_site": left["on_site"],
            "stalls_nearby": offered["stalls"],
            "night_gap_stalls": gap,
            "night_gap_stalls_low": gap_low.mask(unknown_nearby & gap.notna(), 0.0),
            "night_gap_stalls_high": gap_high,
            "missing": missing_codes(flags, frame.index),
        },
        index=frame.index,
    )
    table.attrs["notes"] = (*survey_notes(city), *_supply_notes(city, model, lots))
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
    ledger = frame["stall_count"].astype("Float64").astype("float64")
    marked = night_counts(city, "marked_stall_count")["value"].reindex(frame.index)
    lots = city.placed("parking")
    own = lots[(lots["access"] == "permit") | ((lots["parking_type"] == "residential") & lots["access"].isna())]
    inside = sum_inside(city.placed("community"), own.geometry, own["stall_count"]).reindex(frame.index)
    stalls = ledger.fillna(marked).fillna(inside)
    key = "parking.resid_supply_actual"
    shares = {"share": model.value(key), "share_low": model.low(key), "share_high": model.high(key)}
    return pd.DataFrame({"stalls": stalls, "is_counted": stalls.notna(), **shares}, index=frame.index)


def sum_inside(areas: gpd.GeoDataFrame, places: gpd.GeoSeries, amounts: pd.Series) -> pd.Series:
    """Return the sum of ``amounts`` over the places whose middle lies in each area; null where none with an amount."""
    amount = amounts.astype("Float64").astype("float64").to_numpy()
    told = ~np.isnan(amount)
    middle = shapely.centroid(np.asarray(places.array, dtype=object))[told]
    place, area = shapely.STRtree(np.asarray(areas.geometry.array, dtype=object)).query(middle, predicate="intersects")
    sums = pd.Series(amount[told][place]).groupby(areas.index.to_numpy()[area]).sum()
    return sums.reindex(areas.index)


def supply(city: City, model: Model) -> pd.DataFrame:
    """Return the stalls that each placed car park offers to the neighbourhood at night.

    Counted: lots open to the public (public and kerb lots also where nobody says) and not closed at night. Not
    counted: private and residents' lots, informal ones, and lots whose registration has lapsed. Mechanical stalls
    count less the share that stands empty (``parking.mech_idle_rate``). A lot without a count but with an outline
    is taken as its area over the stall area of its type, one without either as nothing. The low end counts only lots
    known to be public and open, the high end also those of unknown access, informal and lapsed ones.

    Returns
    -------
    DataFrame
        ``stalls``, ``stalls_low``, ``stalls_high``, ``is_estimated`` by car park id.
    """
    lots = city.placed("parking")
    counted = lots["stall_count"].astype("Float64").astype("float64")
    is_mechanical = (lots["parking_type"] == "mechanical").fillna(value=False).astype(bool)
    estimate = _estimated_stalls(lots, is_mechanical, model)
    idle = "parking.mech_idle_rate"
    used = {"": 1 - model.value(idle), "_low": 1 - model.high(idle), "_high": 1 - model.low(idle)}
    offers = _offers(lots, city)
    columns = {
        f"stalls{end}": counted.fillna(estimate[end]).fillna(0.0)
        * np.where(is_mechanical, used[end], 1.0)
        * offers[end]
        for end in ENDS
    }
    return pd.DataFrame({**columns, "is_estimated": counted.isna() & offers["_high"]}, index=lots.index)


def _offers(lots: gpd.GeoDataFrame, city: City) -> dict[str, pd.Series]:
    """Return which lots count, for the value and for both ends."""
    access, of_type = lots["access"].astype(object), lots["parking_type"].astype(object)
    at_night = lots["is_open_at_night"]
    lapsed = (lots["valid_until"] < pd.Timestamp(city.as_of)).fillna(value=False)
    may_be_public = (access == "public") | (access.isna() & (of_type != "residential"))
    open_at_night = at_night.fillna(value=True).astype(bool)
    is_public = (access == "public") | (access.isna() & of_type.isin(["public", "kerb"]))
    regular = (of_type != "informal") & ~lapsed
    known = (access == "public") & at_night.fillna(value=False).astype(bool)
    return {
        "": is_public & open_at_night & regular,
        "_low": known & regular,
        "_high": may_be_public & open_at_night,
    }


def _estimated_stalls(lots: gpd.GeoDataFrame, is_mechanical: pd.Series, model: Model) -> dict[str, pd.Series]:
    area_m2 = lots.geometry.area.where(lots.geometry.area > 0)
    surface, rack = "parking.stall_area.surface", "parking.stall_area.mechanical"
    m2_each = {
        "": (model.value(surface), model.value(rack)),
        "_low": (model.high(surface), model.high(rack)),
        "_high": (model.low(surface), model.low(rack)),
    }
    return {end: np.floor(area_m2 / np.where(is_mechanical, m2[1], m2[0])) for end, m2 in m2_each.items()}


def _left_over(cars: pd.DataFrame, on_site: pd.DataFrame) -> pd.DataFrame:
    """Return the stalls on site and the vehicles that they leave over, with the band of both."""
    few = on_site["stalls"].fillna(cars["vehicles"] * on_site["share"])
    most = on_site["stalls"].fillna(cars["vehicles_low"] * on_site["share_high"])
    least = on_site["stalls"].fillna(cars["vehicles_high"] * on_site["share_low"])
    return pd.DataFrame(
        {
            "on_site": few,
            "left": (cars["vehicles"] - few).clip(lower=0.0),
            "left_low": (cars["vehicles_low"] - most).clip(lower=0.0),
            "left_high": (cars["vehicles_high"] - least).clip(lower=0.0),
        }
    )


def _nearby(city: City, model: Model, left: pd.Series, lots: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return the shared stalls within the walk, and which communities reach a lot without a count."""
    places = city["parking"].geometry.reindex(lots.index)
    walk = city.reach.pairs(city.placed("community").geometry, places, model.value("parking.service_radius"))
    shares = shared_supply(walk, left, lots[[f"stalls{end}" for end in ENDS]])
    estimated = walk["origin"][walk["site"].map(lots["is_estimated"]).astype(bool)]
    return shares, pd.Series(left.index.isin(estimated), index=left.index)


def _supply_notes(city: City, model: Model, lots: pd.DataFrame) -> tuple[Note, ...]:
    if lots.empty:
        return ()
    used, estimated = int((lots["stalls"] > 0).sum()), int(lots["is_estimated"].sum())
    idle = model.value("parking.mech_idle_rate")
    night = int(city.placed("parking")["is_open_at_night"].isna().sum())
    zh = (
        f"停车供给：{len(lots)}处中{used}处计入夜间共享；专用、未开放的住宅配建、自发、备案过期的不计，"
        f"机械式按{idle:.0%}闲置折减；{night}处未填夜间是否开放，按开放计（低值不计）；"
        f"{estimated}处无泊位数，按面积估算。"
    )
    en = (
        f"Car parks: {used} of {len(lots)} count as shared at night; private, residents' own, informal and lapsed ones "
        f"do not, mechanical stalls are cut by {idle:.0%}; {night} do not say whether they open at night and are taken "
        f"as open (not at the low end); {estimated} give no stalls and are estimated from their area."
    )
    return (Note(zh, en),)
