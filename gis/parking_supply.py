"""Car parks: the stalls that they offer to the neighbourhood at night, and the parks a day that they can serve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._notes import NOTHING as NO_NOTE
from gis._notes import Note
from gis._on_site import held_share
from gis._parking_basis import LEDGER, NOTHING, SURVEY
from gis._survey import night_counts
from gis._told_about import TOLD_ENDS, told
from gis._zones import is_approximate

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.city import City
    from gis.model import Model

ENDS = tuple(TOLD_ENDS)
TURNOVER, IDLE = "parking.turnover_per_day", "parking.mech_idle_rate"
REPEALED = " (repealed)"
"""How the model ends the name of a standard that is repealed."""
PUBLIC_BY_TYPE = ("public", "kerb")
"""Types that are open to the public where nobody says: a public car park, and stalls at the kerb."""


def supply(city: City, model: Model) -> pd.DataFrame:
    """Return the stalls that each placed car park offers to the neighbourhood at night.

    Counted: lots open to the public (public and kerb lots also where nobody says) and not closed at night. Not
    counted: private and residents' lots, informal ones, and lots whose registration has lapsed. Mechanical stalls
    count less the share that stands empty (``parking.mech_idle_rate``). Residents' own lots inside a community that
    counts at least as many stalls on site as they have together are its stalls on site, and not shared a second time;
    of lots that have more than it counts, so many may be its own, and come off at the low end. A lot without a count
    but with an outline is taken as its area over the stall area of its type, one without either as nothing. The low end
    counts only lots known to be public and open, the high end also those of unknown access or type, informal and lapsed
    ones.

    Returns
    -------
    DataFrame
        ``stalls``, ``stalls_low``, ``stalls_high``; ``is_estimated`` (no count), ``is_access_unknown`` (neither the
        access nor a type that settles it: at the high end only), ``is_night_unknown``, by car park id.
    """
    lots = city.placed("parking")
    access, of_type = lots["access"].astype(object), lots["parking_type"].astype(object)
    offers = _offers(lots, city)
    theirs = _theirs(city, model, lots)
    offers = {end: offered & (theirs < 1) for end, offered in offers.items()}
    stalls = _used_stalls(lots, model)
    columns = {f"stalls{end}": stalls[end].fillna(0.0) * offers[end] for end in ENDS}
    columns["stalls_low"] *= 1 - theirs
    unsettled = access.isna() & ~of_type.isin([*PUBLIC_BY_TYPE, "residential"])
    return pd.DataFrame(
        {
            **columns,
            "is_estimated": lots["stall_count"].isna() & offers["_high"],
            "is_access_unknown": unsettled & offers["_high"],
            "is_night_unknown": lots["is_open_at_night"].isna() & offers["_high"],
        },
        index=lots.index,
    )


def _theirs(city: City, model: Model, lots: gpd.GeoDataFrame) -> pd.Series:
    """Return the share of each residents' lot that its community may have counted on site, 0 of all others."""
    is_home = (lots["parking_type"] == "residential").fillna(value=False).astype(bool)
    is_permit = (lots["access"] == "permit").fillna(value=False).astype(bool)
    stalls = _stalls(lots, model)[""].where(is_home | is_permit)
    return held_share(city.placed("community"), told_on_site(city)["value"], lots.geometry, stalls).where(is_home, 0.0)


def told_on_site(city: City) -> pd.DataFrame:
    """Return the stalls on site that each community tells: its ledger's, else those marked in the night survey.

    Returns
    -------
    DataFrame
        ``value``, ``low``, ``high``, ``basis`` (``ledger``, ``survey`` or empty) and the ``words`` of a ledger that
        tells about them, by community id; null where neither says anything.
    """
    frame = city["community"]
    ledger, marked = told(frame, "community", "stall_count"), night_counts(city, "marked_stall_count")
    numbers = {of: ledger[of].fillna(marked[of].reindex(frame.index)) for of in TOLD_ENDS.values()}
    by = np.select([ledger["value"].notna(), numbers["value"].notna()], [LEDGER, SURVEY], NOTHING)
    return pd.DataFrame({**numbers, "basis": by.astype(object), "words": ledger["words"]}, index=frame.index)


def day_turnover(city: City, model: Model) -> pd.DataFrame:
    """Return the parks a day that each placed public car park can serve: stalls times ``parking.turnover_per_day``.

    Public are those open to the public (public and kerb lots also where nobody says) whose registration has not
    lapsed. It is what a lot can serve, not a forecast: 3 to 7 parks a stall and day, 5 in the middle (GB 50220-95
    8.1.6, repealed). Mechanical stalls count less the share that stands empty.

    Returns
    -------
    DataFrame
        ``day_parks``, ``day_parks_low``, ``day_parks_high`` in parks a day, by id of the public car parks whose size
        is known.
    """
    lots = city.placed("parking")
    is_lapsed = (lots["valid_until"] < pd.Timestamp(city.as_of)).fillna(value=False).astype(bool)
    stalls = _used_stalls(lots, model)
    known = stalls[""].notna() & _is_public(lots) & ~is_lapsed
    return day_parks(pd.DataFrame({f"stalls{end}": stalls[end] for end in ENDS})[known], model)


def day_parks(stalls: pd.DataFrame, model: Model) -> pd.DataFrame:
    """Return ``day_parks`` with its band from ``stalls`` in use with its band; null where the stalls are."""
    turns = {"": model.value(TURNOVER), "_low": model.low(TURNOVER), "_high": model.high(TURNOVER)}
    return pd.DataFrame(
        {f"day_parks{end}": stalls[f"stalls{end}"] * turns[end] for end in ENDS}, index=stalls.index
    ).astype(float)


def share_in_use(model: Model) -> dict[str, float]:
    """Return the share of mechanical stalls that is used (one less ``parking.mech_idle_rate``), with its band."""
    return {"": 1 - model.value(IDLE), "_low": 1 - model.high(IDLE), "_high": 1 - model.low(IDLE)}


def notes(city: City, model: Model, lots: pd.DataFrame) -> tuple[Note, ...]:
    """Return what was counted as shared at night, and what is not known of the car parks in :func:`supply`."""
    if lots.empty:
        return ()
    used, estimated = int((lots["stalls"] > 0).sum()), int(lots["is_estimated"].sum())
    unknown = int((lots["is_access_unknown"] & (lots["stalls"] == 0)).sum())
    idle = model.value(IDLE)
    night = int(city.placed("parking")["is_open_at_night"].isna().sum())
    zh = (
        f"停车供给：{len(lots)}处中{used}处计入夜间共享；{unknown}处开放对象与类型不明，只计入供给高值；"
        f"专用、未开放的住宅配建、自发、备案过期的不计，机械式按{idle:.0%}闲置折减；"
        f"{night}处未填夜间是否开放，按开放计（低值不计）；{estimated}处无泊位数，按面积估算。"
    )
    en = (
        f"Car parks: {used} of {len(lots)} count as shared at night; {unknown} of unknown access and type count only "
        "at the high end of supply; private, residents' own, informal and lapsed ones do not count, mechanical stalls "
        f"are cut by {idle:.0%}; {night} do not say whether they open at night and are taken as open (not at the low "
        f"end); {estimated} give no stalls and are estimated from their area."
    )
    return (Note(zh, en), *_day_notes(city, model))


def _day_notes(city: City, model: Model) -> tuple[Note, ...]:
    """Return what the public car parks can serve by day; nothing where there is none of known size."""
    found = day_turnover(city, model)
    if found.empty:
        return ()
    parks, least, most = (f"{found[f'day_parks{end}'].sum():,.0f}" for end in ENDS)
    each, few, many = (f"{find(TURNOVER):g}" for find in (model.value, model.low, model.high))
    source, is_repealed = model[TURNOVER].source.removesuffix(REPEALED), model[TURNOVER].source.endswith(REPEALED)
    state = Note("，已废止", ", repealed") if is_repealed else NO_NOTE
    return (
        Note(
            f"白天周转：{len(found)}处公共停车场每日可停约{parks}车次（{least}–{most}），按每泊位每日{each}次"
            f"（{few}–{many}，{source}{state.zh}）计，是容量不是预测。",
            f"By day: {len(found)} public car parks can serve about {parks} parks a day ({least}-{most}), at "
            f"{each} a stall ({few}-{many}, {source}{state.en}): what they can hold, no forecast.",
        ),
    )


def _is_public(lots: gpd.GeoDataFrame) -> pd.Series:
    access, of_type = lots["access"].astype(object), lots["parking_type"].astype(object)
    return (access == "public") | (access.isna() & of_type.isin(PUBLIC_BY_TYPE))


def _offers(lots: gpd.GeoDataFrame, city: City) -> dict[str, pd.Series]:
    """Return which lots count, for the value and for both ends."""
    access, of_type = lots["access"].astype(object), lots["parking_type"].astype(object)
    at_night = lots["is_open_at_night"]
    lapsed = (lots["valid_until"] < pd.Timestamp(city.as_of)).fillna(value=False)
    may_be_public = (access == "public") | (access.isna() & (of_type != "residential"))
    open_at_night = at_night.fillna(value=True).astype(bool)
    regular = (of_type != "informal") & ~lapsed
    known = (access == "public") & at_night.fillna(value=False).astype(bool)
    return {
        "": _is_public(lots) & open_at_night & regular,
        "_low": known & regular,
        "_high": may_be_public & open_at_night,
    }


def _used_stalls(lots: gpd.GeoDataFrame, model: Model) -> dict[str, pd.Series]:
    """Return the stalls in use of each lot: mechanical ones less what stands empty."""
    stalls, in_use = _stalls(lots, model), share_in_use(model)
    return {end: stalls[end] * np.where(_is_mechanical(lots), in_use[end], 1.0) for end in ENDS}


def _stalls(lots: gpd.GeoDataFrame, model: Model) -> dict[str, pd.Series]:
    """Return the stalls of each lot: counted, else its area over the stall area of its type.

    An outline that stands in for one that nobody knows may hold more stalls or none: its low end is 0.
    """
    counted = told(lots, "parking", "stall_count")
    area_m2 = lots.geometry.area.where(lots.geometry.area > 0)
    areas = {"": area_m2, "_low": area_m2.mask(is_approximate(lots), 0.0), "_high": area_m2}
    surface, rack = "parking.stall_area.surface", "parking.stall_area.mechanical"
    m2_each = {
        "": (model.value(surface), model.value(rack)),
        "_low": (model.high(surface), model.high(rack)),
        "_high": (model.low(surface), model.low(rack)),
    }
    is_mechanical = _is_mechanical(lots)
    return {
        end: counted[TOLD_ENDS[end]].fillna(np.floor(areas[end] / np.where(is_mechanical, m2[1], m2[0])))
        for end, m2 in m2_each.items()
    }


def _is_mechanical(lots: gpd.GeoDataFrame) -> pd.Series:
    return (lots["parking_type"] == "mechanical").fillna(value=False).astype(bool)
