"""Night counts at communities, and charging stations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.sample._chance import blank, draw, only
from layers.sample._names import WORDS, distinct

if TYPE_CHECKING:
    from datetime import date

    from layers.sample._atlas import Atlas
    from layers.sample._chance import FloatArray, IntArray

CHARGING = {"car": 70, "ebike": 76, "battery_swap": 14}
ENDINGS = {"car": "充电站", "ebike": "电动自行车充电点", "battery_swap": "换电站"}
FEE_CNY_KWH = (0.4, 0.8)
"""Range of ev.service_fee."""
AC_KW, DC_KW, PORT_KW, SWAP_KW = 7.0, (60.0, 120.0), 0.5, 160.0
"""ev.power.ac, dc_small and dc of the domain parameters; a port and a swap cabinet are ASSUMPTION."""
SURVEY_COUNT = 42
CHARGERS = ("苇席充电（示例）", "云梯新能源（示例）", "渔歌电力服务（示例）", "月牙换电（示例）")
USES = ["mall", "office", "yard", "compound", "modern", "slab", "sheds", "civic"]


def parking_surveys(homes: pd.DataFrame, as_of: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return night counts at communities: what is parked, what stands where it may not; a few were not let in."""
    placed = np.flatnonzero(~shapely.is_missing(homes["geometry"].to_numpy()))
    chosen = homes.iloc[np.sort(rng.permutation(placed)[:SURVEY_COUNT])]
    marked, vehicles = chosen["stall_count"].to_numpy(), chosen["vehicles"].to_numpy()
    parked = np.round(vehicles * rng.uniform(0.8, 1.02, len(chosen))).astype(int)
    illegal = np.minimum(np.maximum(parked - marked, 0), np.round(parked * rng.uniform(0.2, 0.7, len(chosen)))).astype(
        int
    )
    refused = rng.permutation(len(chosen))[:3]
    counts = [pd.Series(item, dtype="object") for item in (parked, illegal)]
    for item in counts:
        item.iloc[refused] = None
    nights = pd.Timestamp(as_of) - pd.to_timedelta(rng.integers(20, 160, len(chosen)), unit="D")
    clock = pd.to_timedelta(rng.integers(22 * 60 + 30, 25 * 60, len(chosen)), unit="m")
    return pd.DataFrame(
        {
            "geometry": list(shapely.point_on_surface(chosen["geometry"].to_numpy())),
            "name": [f"{name}夜间普查" for name in chosen["name"]],
            "address": list(chosen["address"]),
            "subdistrict_code": list(chosen["subdistrict_code"]),
            "surveyed_at": nights + clock,
            "community_name": list(chosen["name"]),
            "marked_stall_count": marked,
            "parked_count": counts[0],
            "illegal_count": counts[1],
            "ebike_count": blank(rng, np.round(chosen["households"].to_numpy() * 0.55).astype(int), 0.3),
            "remark": ["物业未允许进入" if row in refused else None for row in range(len(chosen))],
        }
    )


def charging(atlas: Atlas, homes: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return charging stations; the e-bike sites of communities hold the ports that the communities report."""
    kinds = np.concatenate([np.full(count, name, dtype=object) for name, count in CHARGING.items()])
    size = len(kinds)
    is_bike, is_car = kinds == "ebike", kinds == "car"
    wired = np.flatnonzero((homes["ebike_port_count"] >= 4).to_numpy())
    own = homes.iloc[np.sort(rng.permutation(wired)[: CHARGING["ebike"]])]
    piles, fast, ports, power_kw = _equipment(kinds, own["ebike_port_count"].to_numpy(), rng)
    words = [WORDS[number] for number in rng.integers(len(WORDS), size=size)]
    names = pd.Series([f"{word}{ENDINGS[kind]}" for word, kind in zip(words, kinds, strict=True)])
    names[is_bike] = [f"{name}电动自行车充电点" for name in own["name"]]
    indoors = np.zeros(size, dtype=bool)
    indoors[rng.permutation(np.flatnonzero(is_bike))[:6]] = True
    table = pd.DataFrame(
        {
            "geometry": atlas.spots(_sites(atlas, own["block"].to_numpy(), is_bike, rng), rng),
            "name": distinct(list(names)),
            "charger_type": kinds,
            "access": _access(kinds, rng),
            "pile_count": only(~is_bike, piles),
            "dc_pile_count": only(is_car, fast),
            "port_count": only(ports > 0, ports),
            "power_kw": blank(rng, power_kw, 0.08),
            "service_fee_cny_kwh": blank(rng, rng.uniform(*FEE_CNY_KWH, size).round(2), 0.1),
            "operator": np.array(CHARGERS, dtype=object)[rng.integers(len(CHARGERS), size=size)],
            "status": _status(size, rng),
            "is_indoors": indoors,
        }
    )
    return atlas.place(table, rng)


def _sites(atlas: Atlas, own: IntArray, is_bike: np.ndarray, rng: np.random.Generator) -> IntArray:
    """Return the block of each station: e-bikes charge at home, cars wherever there is room."""
    blocks = atlas.town.blocks
    fits = blocks["use"].isin(USES).to_numpy() & ~shapely.is_empty(blocks["rest"].to_numpy())
    where = np.empty(len(is_bike), dtype=np.int64)
    where[is_bike] = own
    where[~is_bike] = rng.permutation(np.flatnonzero(fits))[: (~is_bike).sum()]
    return where


def _equipment(
    kinds: np.ndarray, own_ports: IntArray, rng: np.random.Generator
) -> tuple[IntArray, IntArray, IntArray, FloatArray]:
    """Return piles, fast piles, ports and power in kW of stations."""
    size = len(kinds)
    is_bike, is_car = kinds == "ebike", kinds == "car"
    cars = np.round(rng.lognormal(2.0, 0.6, size)).astype(np.int64)
    piles = np.select([is_bike, is_car], [0, np.maximum(cars, 1)], rng.integers(1, 3, size))
    fast = np.where(is_car, rng.binomial(np.maximum(piles, 1), 0.55, size), 0)
    ports = np.where(is_car, piles + fast, 0)
    ports[is_bike] = own_ports
    car_kw = fast * rng.choice(DC_KW, size) + (piles - fast) * AC_KW
    return piles, fast, ports, np.select([is_car, is_bike], [car_kw, ports * PORT_KW], SWAP_KW)


def _access(kinds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    drawn = draw(rng, {"public": 0.7, "permit": 0.17, "private": 0.13}, len(kinds))
    drawn[kinds == "battery_swap"] = "public"
    drawn[:2] = ("private", "permit")
    return drawn


def _status(size: int, rng: np.random.Generator) -> np.ndarray:
    status = np.full(size, "operating", dtype=object)
    order: IntArray = rng.permutation(size)
    status[order[:15]], status[order[15:27]] = "planned", "closed"
    return status
