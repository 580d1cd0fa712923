"""Parking at night: vehicles, stalls on site, stalls within the walk shared by all who need them, and the gap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis import _parking_basis, community, parking_supply
from gis._notes import GEOMETRY, missing_codes
from gis._on_site import sum_inside
from gis._parking_basis import ASSUMED, LEDGER, LOTS, NOTHING, ON_SITE, PER_HOUSEHOLD, SURVEY
from gis._radius_bands import gap_within, walks_within
from gis._survey import night_counts, survey_notes
from gis._told_about import TOLD_ENDS, told
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
        By community id: ``vehicles``, ``stalls_on_site``, ``night_gap_stalls`` (all three with ``_low``, ``_high``),
        ``vehicles_basis`` and ``stalls_on_site_basis`` (what they rest on, with their English twins),
        ``stalls_nearby``, ``missing``; ``attrs["notes"]`` holds notes.
    """
    frame = city["community"]
    cars, lots = vehicles(city, model), supply(city, model)
    on_site = stalls_on_site(city, model, cars)
    left = _left_over(cars, on_site, model)
    walk = walks_within(city, city["parking"].geometry.reindex(lots.index), RADIUS, model)
    stalls = lots[[f"stalls{end}" for end in ENDS]].set_axis(list(ENDS), axis=1)
    found = gap_within(city, walk, left, stalls, RADIUS, model)
    unplaced, blind = ~has_place(frame.geometry), lots.empty
    unknown_nearby = pd.Series(unplaced | blind, index=frame.index)
    flags = {
        "community.vehicle_count": ~cars["is_counted"],
        "community.household_count": cars["vehicles"].isna() | cars["are_homes_estimated"],
        "community.stall_count": on_site["basis"].isin([ASSUMED, NOTHING]),
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
            **{f"stalls_on_site{end}": on_site[f"stalls{end}"] for end in ENDS},
            **_parking_basis.basis_columns(cars, on_site, model),
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
    band of both; else null. A count that is told about keeps the range of its words (:func:`gis._told_about.told`).

    Returns
    -------
    DataFrame
        ``vehicles``, ``vehicles_low``, ``vehicles_high``, ``is_counted``, ``basis`` (:mod:`gis._parking_basis`) and the
        ``words`` of a ledger that tells about it, by community id; ``household_count`` with its ends, and where it was
        estimated from the floor area and the vehicles from it (``are_homes_estimated``).
    """
    frame = city["community"]
    surveyed = night_counts(city, "parked_count").reindex(frame.index)
    ledger = told(frame, "community", "vehicle_count")
    homes = community.households(city, model)
    each = {"": model.value(PER_HOUSEHOLD), "_low": model.low(PER_HOUSEHOLD), "_high": model.high(PER_HOUSEHOLD)}
    columns = {
        f"vehicles{end}": surveyed[of].fillna(ledger[of]).fillna(homes[f"household_count{end}"] * each[end])
        for end, of in TOLD_ENDS.items()
    }
    is_surveyed, is_told = surveyed["value"].notna(), ledger["value"].notna()
    basis = np.select([is_surveyed, is_told, columns["vehicles"].notna()], [SURVEY, LEDGER, ASSUMED], NOTHING)
    return pd.DataFrame(
        {
            **columns,
            **homes,
            "are_homes_estimated": (basis == ASSUMED) & frame["household_count"].isna(),
            "is_counted": is_surveyed | is_told,
            "basis": basis.astype(object),
            "words": ledger["words"].mask(is_surveyed, ""),
        },
        index=frame.index,
    )


def stalls_on_site(city: City, model: Model, cars: pd.DataFrame) -> pd.DataFrame:
    """Return the stalls inside each community.

    The ledger's count; else the stalls that the night survey found marked; else those of residential and staff car
    parks inside its outline, each with the range of the words that tell about it; else a share of its vehicles
    (``parking.resid_supply_actual``, 0.63 with 0.3-1.0: to be used only where nothing is counted, and an assumption
    then); else null.

    Parameters
    ----------
    city, model
        The city and the model.
    cars
        What :func:`vehicles` returned.

    Returns
    -------
    DataFrame
        By community id: ``stalls``, ``stalls_low``, ``stalls_high``, ``basis`` (:mod:`gis._parking_basis`), ``words``
        of a ledger that tells about it.
    """
    areas, lots = city.placed("community"), city.placed("parking")
    own = lots[(lots["access"] == "permit") | ((lots["parking_type"] == "residential") & lots["access"].isna())]
    held, counted = told(own, "parking", "stall_count"), told_on_site(city)
    inside = {of: sum_inside(areas, own.geometry, held[of]).reindex(cars.index) for of in TOLD_ENDS.values()}
    share = {"": model.value(ON_SITE), "_low": model.low(ON_SITE), "_high": model.high(ON_SITE)}
    stalls = {
        f"stalls{end}": counted[of].fillna(inside[of]).fillna(cars[f"vehicles{end}"] * share[end])
        for end, of in TOLD_ENDS.items()
    }
    basis = counted["basis"].astype(object)
    basis = basis.mask((basis == NOTHING) & inside["value"].notna(), LOTS)
    basis = basis.mask((basis == NOTHING) & stalls["stalls"].notna(), ASSUMED)
    return pd.DataFrame({**stalls, "basis": basis, "words": counted["words"]}, index=cars.index)


def _left_over(cars: pd.DataFrame, on_site: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return the vehicles that the stalls on site leave over (``""``, ``_low``, ``_high``).

    Stalls that are assumed as a share of the vehicles leave the rest of them over, at the low end the least.
    """
    share = {"": model.value(ON_SITE), "_low": model.high(ON_SITE), "_high": model.low(ON_SITE)}
    against = {"": "", "_low": "_high", "_high": "_low"}
    is_share = on_site["basis"] == ASSUMED
    own = {
        end: on_site[f"stalls{other}"].mask(is_share, cars[f"vehicles{end}"] * share[end])
        for end, other in against.items()
    }
    return pd.DataFrame({end: (cars[f"vehicles{end}"] - own[end]).clip(lower=0.0) for end in ENDS})


def _sees(walk: pd.DataFrame, holds: pd.Series, communities: pd.Index) -> pd.Series:
    """Return which communities reach a car park for which ``holds`` is true."""
    seen = walk["origin"][walk["site"].map(holds).fillna(value=False).astype(bool)]
    return pd.Series(communities.isin(seen), index=communities)
