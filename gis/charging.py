"""Charging: piles for cars and ports for e-bikes that each community lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis import parking
from gis._catchment import shared_supply
from gis._notes import GEOMETRY, Note, missing_codes
from gis._survey import night_counts
from gis.network import has_place

if TYPE_CHECKING:
    from gis.city import City
    from gis.model import Model

ENDS = parking.ENDS
CAR_SHARE, CAR_RADIUS = "parking.ev_ready_share_min", "ev.service_radius.core"
EBIKE_RATIO, EBIKE_RADIUS = "ebike.ports_per_bike", "circle.5min.radius"
"""E-bike ports are walked to within the 5-minute circle: an ASSUMPTION, the source (Nanzhou street) says 3 minutes."""

GRID = Note("待供电核实", "Grid capacity to be confirmed")
"""Said of every place for chargers: without a confirmed capacity no date can be promised."""


def need(city: City, model: Model) -> pd.DataFrame:
    """Return the car piles and e-bike ports that each community lacks.

    Cars: one pile for every tenth vehicle that stands there at night (``parking.ev_ready_share_min``, GB/T 51149-2016
    5.2.3: at least 10 % of stalls; 30 % at the high end), less its own and its part of the public piles within
    ``ev.service_radius.core`` (900 m, Beijing's target; no national radius was found). There is no figure for the share
    of electric cars, so the standard's share of stalls stands for it. E-bikes: ``ebike.ports_per_bike`` (0.13, Nanzhou
    street) a bike, less its own and its part of the public ports within the 5-minute circle.

    Returns
    -------
    DataFrame
        By community id: ``chargers_nearby``, ``charger_gap_piles`` and ``ebike_gap_ports`` (with ``_low``, ``_high``),
        ``missing``; ``attrs["notes"]`` holds notes.
    """
    frame = city["community"]
    cars = parking.vehicles(city, model)
    bikes = ebikes(city)
    piles = supply(city, "car")
    share = {"": model.value(CAR_SHARE), "_low": model.low(CAR_SHARE), "_high": model.high(CAR_SHARE)}
    asked = {end: cars[f"vehicles{end}"] * share[end] for end in ENDS}
    own_piles = _own_piles(city)
    car_gap, nearby = _gap(city, asked, own_piles, piles, model.value(CAR_RADIUS))
    ratio = {"": model.value(EBIKE_RATIO), "_low": model.low(EBIKE_RATIO), "_high": model.high(EBIKE_RATIO)}
    ports_asked = {end: bikes[end[1:] or "value"] * ratio[end] for end in ENDS}
    own_ports = frame["ebike_port_count"].astype("Float64").astype("float64")
    ebike_gap, _ = _gap(city, ports_asked, own_ports, supply(city, "ebike"), model.value(EBIKE_RADIUS))
    flags = {
        "community.vehicle_count": ~cars["is_counted"],
        "community.household_count": cars["vehicles"].isna(),
        "community.charger_count": frame["charger_count"].isna(),
        "community.ebike_count": bikes["value"].isna(),
        "community.ebike_port_count": frame["ebike_port_count"].isna(),
        GEOMETRY: ~has_place(frame.geometry),
        "charging": "charging" in city.missing,
        "charging.geometry": "charging" not in city.missing and city.placed("charging").empty,
    }
    table = pd.DataFrame(
        {
            "chargers_nearby": nearby,
            **{f"charger_gap_piles{end}": car_gap[end] for end in ENDS},
            **{f"ebike_gap_ports{end}": ebike_gap[end] for end in ENDS},
            "missing": missing_codes(flags, frame.index),
        },
        index=frame.index,
    )
    table.attrs["notes"] = _notes(city, model, piles)
    return table


def supply(city: City, charger_type: str) -> pd.DataFrame:
    """Return the piles (``car``) or ports (``ebike``) that each placed station offers to the neighbourhood.

    Counted: stations open to the public and operating (where nobody says, they are taken to be; not at the low end).
    Not counted: planned and closed ones, those for residents, staff or private use, battery swapping. A
    station that gives no number has at least one; at the high end as many piles as it has connectors.

    Returns
    -------
    DataFrame
        ``units``, ``units_low``, ``units_high`` by station id.
    """
    stations = city.placed("charging")
    of_type = stations["charger_type"].astype(object)
    piles, ports = (stations[name].astype("Float64").astype("float64") for name in ("pile_count", "port_count"))
    counted = piles.fillna(stations["dc_pile_count"].astype("Float64").astype("float64"))
    counted, most = (counted, ports) if charger_type == "car" else (ports.fillna(counted), ports)
    number = {"": counted.fillna(1.0), "_low": counted.fillna(1.0), "_high": counted.fillna(most).fillna(1.0)}
    access, status = stations["access"].astype(object), stations["status"].astype(object)
    may_serve = (access.isna() | (access == "public")) & (status.isna() | (status == "operating"))
    serves = {
        "": may_serve & (of_type == charger_type),
        "_low": (access == "public") & (status == "operating") & (of_type == charger_type),
        "_high": may_serve & (of_type.isna() | (of_type == charger_type)),
    }
    return pd.DataFrame({f"units{end}": number[end].where(serves[end], 0.0) for end in ENDS}, index=stations.index)


def ebikes(city: City) -> pd.DataFrame:
    """Return the e-bikes of each community: the latest night survey, else the ledger's count, else null.

    Returns
    -------
    DataFrame
        ``value``, ``low``, ``high`` by community id.
    """
    frame = city["community"]
    ledger = frame["ebike_count"].astype("Float64").astype("float64")
    return night_counts(city, "ebike_count").reindex(frame.index).apply(lambda column: column.fillna(ledger))


def _own_piles(city: City) -> pd.Series:
    """Return the piles on site: the ledger's count, else those of residents' stations inside the outline, else null."""
    stations = city.placed("charging")
    is_own = (
        (stations["charger_type"] == "car") & (stations["access"] == "permit") & (stations["status"] == "operating")
    )
    own = stations[is_own.fillna(value=False).astype(bool)]
    inside = parking.sum_inside(city.placed("community"), own.geometry, own["pile_count"])
    ledger = city["community"]["charger_count"].astype("Float64").astype("float64")
    return ledger.fillna(inside.reindex(ledger.index))


def _gap(
    city: City, asked: dict[str, pd.Series], own: pd.Series, stations: pd.DataFrame, radius_m: float
) -> tuple[dict[str, pd.Series], pd.Series]:
    """Return ``max(0, asked - own - nearby)`` with its band, and the shared units nearby.

    Unknown own units are taken as none and an unknown neighbourhood as empty; the low end is then 0, since either might
    close the gap.
    """
    communities = city.placed("community")
    left = {end: (series - own.fillna(0.0)).clip(lower=0.0) for end, series in asked.items()}
    walk = city.reach.pairs(communities.geometry, city["charging"].geometry.reindex(stations.index), radius_m)
    shares = shared_supply(walk, left[""], stations)
    blind = pd.Series(~left[""].index.isin(communities.index) | stations.empty, index=left[""].index)
    nearby = shares.mask(blind)
    known_low = (left["_low"] - nearby["units_high"]).clip(lower=0.0)
    gap = {
        "": (left[""] - nearby["units"].fillna(0.0)).clip(lower=0.0),
        "_low": known_low.mask((blind | own.isna()) & left["_low"].notna(), 0.0),
        "_high": (left["_high"] - nearby["units_low"].fillna(0.0)).clip(lower=0.0),
    }
    return gap, nearby["units"]


def _notes(city: City, model: Model, piles: pd.DataFrame) -> tuple[Note, ...]:
    stations = city.placed("charging")
    if stations.empty:
        return ()
    is_car, untyped = int((stations["charger_type"] == "car").sum()), int(stations["charger_type"].isna().sum())
    used = int((piles["units"] > 0).sum())
    unnumbered = int(stations[["pile_count", "dc_pile_count", "port_count"]].isna().all(axis=1).sum())
    radius, share = model[CAR_RADIUS], model[CAR_SHARE]
    zh = (
        f"汽车充电：{is_car}处中{used}处计入（规划、停用、专用、换电不计）；服务半径{radius.value:g}米（{radius.source}），"
        f"目标桩数为夜间车辆的{share.value:.0%}（{share.source}）；{unnumbered}处无桩数，按1计；{untyped}处类型不明，只计入高值。"
    )
    en = (
        f"Car charging: {used} of {is_car} stations count (planned, closed, private and swapping ones do not); radius "
        f"{radius.value:g} m ({radius.source}); piles asked for are {share.value:.0%} of the vehicles at night "
        f"({share.source}); {unnumbered} stations give no number and count as 1; {untyped} of unknown type count only "
        "at the high end of supply."
    )
    return (Note(zh, en),)
