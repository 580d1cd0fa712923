"""Charging: piles for cars and ports for e-bikes that each community lacks."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gis import _fire_rules as fire
from gis import parking
from gis._notes import GEOMETRY, Note, missing_codes
from gis._on_site import held_share, sum_inside
from gis._radius_bands import gap_within, walks_within
from gis._survey import night_counts
from gis._told_about import TOLD_ENDS, told
from gis.network import has_place
from gis.options import Options, Sieve, with_defaults
from gis.parking_supply import ENDS

if TYPE_CHECKING:
    import geopandas as gpd

    from gis.city import City
    from gis.model import Model

CAR_SHARE, CAR_RADIUS = "parking.ev_ready_share_min", "ev.service_radius.core"
EBIKE_RATIO, EBIKE_RADIUS = "ebike.ports_per_bike", "circle.5min.radius"
"""E-bike ports are walked to within the 5-minute circle: an ASSUMPTION, the source (Nanzhou street) says 3 minutes."""
OWN_COLUMN = {"car": "charger_count", "ebike": "ebike_port_count"}
"""What a community counts on site."""

GRID = Note("待供电核实", "Grid capacity to be confirmed")
"""Said of every place for chargers: without a confirmed capacity no date can be promised."""


def need(city: City, model: Model) -> pd.DataFrame:
    """Return the car piles and e-bike ports that each community lacks.

    Cars: one pile for every tenth vehicle that stands there at night (``parking.ev_ready_share_min``; 30 % at the high
    end. GB/T 51149-2016 5.2.3 asks that at least 10 % of stalls be ready: piles a vehicle are our ASSUMPTION), less its
    own and its part of the public piles within ``ev.service_radius.core`` (900 m, Beijing's target for its core area;
    no national radius was found). There is no figure for the share of electric cars, so the standard's share of stalls
    stands for it. E-bikes: ``ebike.ports_per_bike`` (0.13, Nanzhou street) a bike, less its own and its part of the
    public ports within the 5-minute circle. Both supplies are shared by a floating catchment (:mod:`gis._catchment`);
    ports inside buildings are none (:mod:`gis._fire_rules`).

    Returns
    -------
    DataFrame
        By community id: ``chargers_nearby``, ``charger_gap_piles`` and ``ebike_gap_ports`` (with ``_low``, ``_high``),
        ``missing``; ``attrs["notes"]`` holds notes.
    """
    frame = city["community"]
    cars, bikes = parking.vehicles(city, model), ebikes(city)
    share = {"": model.value(CAR_SHARE), "_low": model.low(CAR_SHARE), "_high": model.high(CAR_SHARE)}
    ratio = {"": model.value(EBIKE_RATIO), "_low": model.low(EBIKE_RATIO), "_high": model.high(EBIKE_RATIO)}
    piles_asked = {end: cars[f"vehicles{end}"] * share[end] for end in ENDS}
    ports_asked = {end: bikes[end[1:] or "value"] * ratio[end] for end in ENDS}
    own_piles, own_ports = _own(city, "car"), _own(city, "ebike")
    piles, ports = supply(city, "car"), supply(city, "ebike")
    of_cars = _gap(city, piles_asked, own_piles, piles, CAR_RADIUS, model)
    of_bikes = _gap(city, ports_asked, own_ports, ports, EBIKE_RADIUS, model)
    stations = city.placed("charging")
    flags = {
        "community.vehicle_count": ~cars["is_counted"],
        "community.household_count": cars["vehicles"].isna() | cars["are_homes_estimated"],
        "community.charger_count": frame["charger_count"].isna(),
        "community.ebike_count": bikes["value"].isna(),
        "community.ebike_port_count": own_ports[""].isna(),
        GEOMETRY: ~has_place(frame.geometry),
        "charging": "charging" in city.missing,
        "charging.geometry": "charging" not in city.missing and stations.empty,
        "charging.charger_type": of_cars.sees(piles["is_type_unknown"]) | of_bikes.sees(ports["is_type_unknown"]),
    }
    table = pd.DataFrame(
        {
            "chargers_nearby": of_cars.table["nearby"],
            **{f"charger_gap_piles{end}": of_cars.table[f"gap{end}"] for end in ENDS},
            **{f"ebike_gap_ports{end}": of_bikes.table[f"gap{end}"] for end in ENDS},
            "missing": missing_codes(flags, frame.index),
        },
        index=frame.index,
    )
    table.attrs["notes"] = _notes(city, model, piles)
    return table


def options(city: City, need: pd.DataFrame, model: Model) -> Options:  # noqa: ARG001 - every programme has these
    """Return no options, but the e-bike stations that stand inside buildings as exclusions, each with its reason."""
    sieve = Sieve(model, "charging", city.placed("charging").index, (fire.ACTION,))
    fire.list_indoor_stations(sieve, fire.indoor_stations(city))
    sieve.withdraw(np.ones(len(sieve.offered), dtype=bool), (fire.ACTION,))
    rows = sieve.rows().assign(theme="revitalization")
    return Options(with_defaults(rows), sieve.exclusions())


def supply(city: City, charger_type: str) -> pd.DataFrame:
    """Return the piles (``car``) or ports (``ebike``) that each placed station offers to the neighbourhood.

    Counted: stations open to the public and operating (where nobody says, they are taken to be; not at the low end).
    Not counted: planned and closed ones, those for residents, staff or private use, battery swapping, and e-bikes
    inside a building (:func:`gis._fire_rules.indoor_stations`; where the ledger is silent and only the map says so,
    the high end counts them). Stations of unknown type count at the high end only. So do those inside a community that
    counts at least as many of its own as all inside have together: they may be what it counts. Where they have more, so
    many come off at the low end. A station that gives no number has at least one; at the high end as many piles as it
    has connectors.

    Returns
    -------
    DataFrame
        ``units``, ``units_low``, ``units_high``, ``is_type_unknown`` by station id.
    """
    stations = city.placed("charging")
    of_type = stations["charger_type"].astype(object)
    number = _numbers(stations, charger_type)
    access, status = stations["access"].astype(object), stations["status"].astype(object)
    indoor = fire.indoor_stations(city)
    may_serve = (access.isna() | (access == "public")) & (status.isna() | (status == "operating"))
    may_serve &= ~indoor["is_indoors"]
    areas, ledger = city.placed("community"), city["community"][OWN_COLUMN[charger_type]]
    could_be_theirs = (of_type == charger_type) & (status.isna() | (status == "operating"))
    theirs = held_share(areas, ledger, stations.geometry, number[""].where(could_be_theirs))
    is_shared = (of_type == charger_type) & ~indoor["may_be_indoors"] & (theirs < 1)
    serves = {
        "": may_serve & is_shared,
        "_low": may_serve & (access == "public") & (status == "operating") & is_shared,
        "_high": may_serve & (of_type.isna() | (of_type == charger_type)),
    }
    units = {f"units{end}": number[end].where(serves[end], 0.0) for end in ENDS}
    units["units_low"] *= 1 - theirs
    return pd.DataFrame({**units, "is_type_unknown": of_type.isna() & serves["_high"]}, index=stations.index)


def _numbers(stations: gpd.GeoDataFrame, charger_type: str) -> dict[str, pd.Series]:
    """Return how many piles or ports each station has: counted, else at least one."""
    piles, ports, direct = (told(stations, "charging", name) for name in ("pile_count", "port_count", "dc_pile_count"))
    found = {}
    for end, of in TOLD_ENDS.items():
        counted = piles[of].fillna(direct[of])
        counted = counted if charger_type == "car" else ports[of].fillna(counted)
        found[end] = counted.fillna(ports[of] if end == "_high" else 1.0).fillna(1.0)
    return found


def ebikes(city: City) -> pd.DataFrame:
    """Return the e-bikes of each community: the latest night survey, else the ledger's count, else null.

    A count that is told about keeps the range of its words.

    Returns
    -------
    DataFrame
        ``value``, ``low``, ``high`` by community id.
    """
    frame = city["community"]
    ledger = told(frame, "community", "ebike_count").drop(columns="words")
    return night_counts(city, "ebike_count").reindex(frame.index).fillna(ledger)


def _own(city: City, charger_type: str) -> dict[str, pd.Series]:
    """Return the piles or ports on site: the ledger's count, else those of residents' stations inside the outline.

    Null where neither says anything. The ports of e-bike stations inside buildings come off (they are no supply), but
    not at the low end of the gap: the ledger may have left them out already.

    Returns
    -------
    dict
        ``""``, ``_low``, ``_high`` of the gap, each by community id.
    """
    stations, areas = city.placed("charging"), city.placed("community")
    number = _numbers(stations, charger_type)[""].where(_is_told(stations))
    of_type = (stations["charger_type"] == charger_type).fillna(value=False).astype(bool)
    is_own = (stations["access"] == "permit") & (stations["status"] == "operating")
    is_own = of_type & is_own.fillna(value=False).astype(bool)
    indoor = fire.indoor_stations(city)["is_indoors"] & of_type
    ledger = told(city["community"], "community", OWN_COLUMN[charger_type])
    held = {True: is_own, False: is_own & ~indoor}
    inside = {
        all_of_them: sum_inside(areas, stations.geometry[where], number[where]).reindex(ledger.index)
        for all_of_them, where in held.items()
    }
    banned = sum_inside(areas, stations.geometry[indoor], number[indoor]).reindex(ledger.index).fillna(0.0)
    least = {of: (ledger[of] - banned).clip(lower=0.0).fillna(inside[False]) for of in ("value", "low")}
    return {"": least["value"], "_low": ledger["high"].fillna(inside[True]), "_high": least["low"]}


def _is_told(stations: gpd.GeoDataFrame) -> pd.Series:
    """Return which stations give any number."""
    return stations[["pile_count", "dc_pile_count", "port_count"]].notna().any(axis=1)


class _Gap(NamedTuple):
    """``nearby``, ``gap``, ``gap_low``, ``gap_high`` by community, and who reaches which station."""

    table: pd.DataFrame
    walk: pd.DataFrame

    def sees(self, holds: pd.Series) -> pd.Series:
        """Return which communities reach a station for which ``holds`` is true."""
        seen = self.walk["origin"][self.walk["site"].map(holds).fillna(value=False).astype(bool)]
        return pd.Series(self.table.index.isin(seen), index=self.table.index)


def _gap(
    city: City,
    asked: dict[str, pd.Series],
    own: dict[str, pd.Series],
    stations: pd.DataFrame,
    radius: str,
    model: Model,
) -> _Gap:
    """Return ``max(0, asked - own - nearby)`` with its band, and the shared units nearby.

    Unknown own units are taken as none and an unknown neighbourhood as empty; the low end is then 0, since either might
    close the gap.
    """
    communities = city.placed("community")
    left = pd.DataFrame({end: (asked[end] - own[end].fillna(0.0)).clip(lower=0.0) for end in ENDS})
    walk = walks_within(city, city["charging"].geometry.reindex(stations.index), radius, model)
    units = stations[[f"units{end}" for end in ENDS]].set_axis(list(ENDS), axis=1)
    found = gap_within(city, walk, left, units, radius, model)
    blind = pd.Series(~left.index.isin(communities.index) | stations.empty, index=left.index)
    unsure = (blind | own[""].isna()) & found["gap"].notna()
    return _Gap(found.assign(nearby=found["nearby"].mask(blind), gap_low=found["gap_low"].mask(unsure, 0.0)), walk)


def _notes(city: City, model: Model, piles: pd.DataFrame) -> tuple[Note, ...]:
    return (*_supply_notes(city, piles), _demand_note(model)) if len(city["community"]) else _supply_notes(city, piles)


def _demand_note(model: Model) -> Note:
    """Return what is asked for, and what of that is our reading of a source and no clause of it."""
    share, radius = model[CAR_SHARE], model[CAR_RADIUS]
    ratio, circle = model[EBIKE_RATIO], model[EBIKE_RADIUS]
    zh = (
        f"充电需求：目标桩数按夜间车辆的{share.value:.0%}计，为假设（ASSUMPTION）：{share.cited.zh}说的是具备充电条件的泊位比例，"
        f"不是每车桩数；服务半径{radius.value:g}米（{radius.cited.zh}，北京核心区目标，非国家标准）。电动自行车按每辆"
        f"{ratio.value:g}个充电口（{ratio.cited.zh}，仅一个街道的数据），步行{circle.value:g}米（5分钟生活圈，为假设："
        "该街道资料称3分钟）。"
    )
    en = (
        f"Chargers asked for: {share.value:.0%} of the vehicles at night, an ASSUMPTION: {share.source} is about the "
        f"share of stalls made ready for charging, not about piles a vehicle; radius {radius.value:g} m "
        f"({radius.source}: a target for Beijing's core area, no national standard). E-bikes: {ratio.value:g} ports "
        f"each ({ratio.source}: one sub-district), within {circle.value:g} m on foot (the 5-minute circle, an "
        "ASSUMPTION: that sub-district speaks of 3 minutes)."
    )
    if ratio.low == ratio.high:
        zh += "该比例没有范围可依，电动自行车缺口的区间不含比例本身的误差。"
        en += " No range of that ratio is known: the band of the e-bike gap does not hold its uncertainty."
    return Note(zh, en)


def _supply_notes(city: City, piles: pd.DataFrame) -> tuple[Note, ...]:
    stations = city.placed("charging")
    if stations.empty:
        return ()
    is_car, untyped = int((stations["charger_type"] == "car").sum()), int(stations["charger_type"].isna().sum())
    used = int((piles["units"] > 0).sum())
    unnumbered = int((~_is_told(stations)).sum())
    indoor = fire.indoor_stations(city)
    inside, doubtful = int(indoor["is_indoors"].sum()), int(indoor["may_be_indoors"].sum())
    zh = (
        f"汽车充电：{len(stations)}处充电设施中{is_car}处为汽车充电，{used}处计入（规划、停用、专用、换电及小区自报在内的"
        f"不计）；{untyped}处类型不明，只计入供给高值；{unnumbered}处无桩数，按1计。"
    )
    en = (
        f"Car charging: of {len(stations)} stations {is_car} serve cars, {used} count (planned, closed, private and "
        f"swapping ones do not, nor those that a community counts as its own); {untyped} of unknown type count only at "
        f"the high end of supply; {unnumbered} stations give no number and count as 1."
    )
    told = [Note(zh, en)]
    if inside + doubtful:
        told.append(
            Note(
                f"电动自行车充电：{inside}处设在建筑内，不计入供给，列入排除项；另{doubtful}处点位落在建筑轮廓内，"
                "只计入供给高值，须现场核查。",
                f"E-bike charging: {inside} stations stand inside buildings, count as no supply and are listed as "
                f"exclusions; {doubtful} more lie inside an outline on the map and count only at the high end of "
                "supply: look at them on site.",
            )
        )
    return tuple(told)
