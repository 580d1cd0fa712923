"""Communities: the compounds on the ledger, with all that the ledger leaves blank."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.sample._atlas import unplace
from layers.sample._chance import blank, draw
from layers.sample._names import NEW_ENDINGS, OLD_ENDINGS, SUBDISTRICT_STEMS, WORDS, unique_names

if TYPE_CHECKING:
    from layers.sample._atlas import Atlas
    from layers.sample._chance import FloatArray, IntArray

HOUSEHOLDS_MEAN = 745
"""old_comm.households_avg of the domain parameters."""
FLOOR_M2_PER_HOUSEHOLD = 73.6
"""old_comm.floor_area_per_household."""
VEHICLES_PER_HOUSEHOLD = 0.5
"""parking.vehicles_per_household."""
ON_SITE_STALLS_PER_VEHICLE = 0.35
"""With the public car parks that are open at night about half of parking.resid_supply_actual's range of 0.3 to 1."""
EBIKES_PER_HOUSEHOLD = 0.62
"""ASSUMPTION: no source; between one and two e-bikes to every two households."""
PORTS_PER_EBIKE = 0.13
"""ebike.ports_per_bike."""
UNLOCATED = 4

ITEMS = (
    "排水", "消防", "安防", "架空线规整入地", "生活垃圾分类", "绿化", "照明", "适老设施", "无障碍设施", "加装电梯",
    "体育健身设施", "智能快件箱", "社区综合服务设施", "便利店",
)  # fmt: skip
ITEMS_TOLD = 0.6
"""Share of old communities whose ledger lists what is lacking."""


def communities(atlas: Atlas, rng: np.random.Generator) -> pd.DataFrame:
    """Return the ledger of communities, with ``block``, ``vehicles`` and ``households`` as they really are."""
    town = atlas.town
    blocks = town.blocks[town.blocks["community"] >= 0]
    size = len(blocks)
    year = blocks["built_year"].to_numpy()
    homes = town.buildings.loc[town.buildings["use"] == "apartments", "block"].to_numpy()
    buildings = np.bincount(homes, minlength=len(town.blocks))[blocks.index]
    households = _households(blocks["floor_area_m2"].to_numpy(), rng)
    floor = households * FLOOR_M2_PER_HOUSEHOLD * rng.lognormal(0, 0.06, size)
    floor *= households.sum() * FLOOR_M2_PER_HOUSEHOLD / floor.sum()
    rate = rng.lognormal(0, 0.22, size) * np.where(year > 2000, 1.15, 1.0)
    vehicles = rate / np.average(rate, weights=households) * VEHICLES_PER_HOUSEHOLD * households
    supply = np.select([year < 1980, year < 1990, year <= 2000], [0.14, 0.24, 0.36], 0.72)
    stalls = vehicles * supply * rng.lognormal(0, 0.3, size)
    stalls *= ON_SITE_STALLS_PER_VEHICLE * vehicles.sum() / stalls.sum()
    table = pd.DataFrame(
        {
            "geometry": shapely.buffer(blocks["rest"].to_numpy(), -0.4, join_style="mitre"),
            "block": blocks.index,
            "households": households,
            "vehicles": np.round(vehicles).astype(int),
            "built_year": year,
            "building_count": buildings,
            "household_count": households,
            "public_housing_household_count": _public_homes(households, year, rng),
            "floor_area_m2": floor.round(0),
            "elderly_share": blank(rng, _elderly(year, rng), 0.1),
            "stall_count": np.round(stalls).astype(int),
            "vehicle_count": blank(rng, np.round(vehicles).astype(int), 0.72),
            "charger_count": rng.poisson(np.where(year > 2000, 5.0, 0.7)),
            **_ebikes(households, rng),
            **_care(year, rng),
        }
    )
    return _exceptions(_named(atlas.place(table, rng), rng), rng)


def _households(floor_m2: FloatArray, rng: np.random.Generator) -> IntArray:
    """Return households by floor area, with the mean that Guangzhou counts and within what communities can be."""
    wanted = floor_m2 / FLOOR_M2_PER_HOUSEHOLD * rng.lognormal(0, 0.08, len(floor_m2))
    for _ in range(8):
        wanted = np.clip(wanted * HOUSEHOLDS_MEAN / wanted.mean(), 52, 4900)
    return np.round(wanted).astype(np.int64)


def _public_homes(households: IntArray, year: IntArray, rng: np.random.Generator) -> IntArray:
    share = np.where(year < 1990, rng.beta(1.2, 5, len(year)), np.where(rng.random(len(year)) < 0.2, 0.05, 0.0))
    return np.floor(households * share).astype(np.int64)


def _elderly(year: IntArray, rng: np.random.Generator) -> FloatArray:
    share = 0.34 - (year - 1960) * 0.0035 + rng.normal(0, 0.045, len(year))
    return np.clip(share, 0.1, 0.4).round(3)


def _ebikes(households: IntArray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    size = len(households)
    bikes = np.round(households * EBIKES_PER_HOUSEHOLD * rng.lognormal(0, 0.25, size)).astype(int)
    counted = blank(rng, bikes, 0.14)
    known = np.array([value is not None for value in counted])
    ports = bikes * rng.gamma(1.1, 1.0, size) * (rng.random(size) > 0.16)
    ports *= PORTS_PER_EBIKE * bikes[known].sum() / ports[known].sum()
    return {"ebike_count": counted, "ebike_port_count": np.round(ports).astype(int)}


def _care(year: IntArray, rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Return who looks after a community, in what state it is, and what its people want."""
    size = len(year)
    kept = [
        {"company": 0.3, "unit": 0.2, "residents_committee": 0.32, "none": 0.18},
        {"company": 0.9, "unit": 0.04, "residents_committee": 0.06, "none": 0.0},
    ]
    manager = np.where(year > 2000, draw(rng, kept[1], size), draw(rng, kept[0], size))
    older = draw(rng, {"A": 0.12, "B": 0.52, "C": 0.31, "D": 0.05}, size)
    grade = np.where(year > 1995, draw(rng, {"A": 0.7, "B": 0.3}, size), older)
    state = draw(rng, {"none": 0.44, "planned": 0.2, "started": 0.12, "done": 0.24}, size)
    return {
        "property_management": manager,
        "condition_grade": blank(rng, grade, 0.05),
        "renovation_state": np.where(year > 2005, "none", state),
        "willingness_share": blank(rng, np.clip(rng.beta(9, 3, size), 0.35, 0.99).round(2), 0.12),
    }


def _named(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    words = (*WORDS, *SUBDISTRICT_STEMS)
    size = len(table)
    old, new = unique_names(rng, words, OLD_ENDINGS, size), unique_names(rng, words, NEW_ENDINGS, size)
    return table.assign(name=np.where(table["built_year"] > 2000, new, old))


def _exceptions(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return ``table`` with the cases that rules must meet: self-built, to be rebuilt, not counted, not placed."""
    old = np.flatnonzero((table["built_year"] < 2000).to_numpy())
    small = old[np.argsort(table["households"].to_numpy()[old], kind="stable")]
    self_built = np.zeros(len(table), dtype=bool)
    self_built[small[2:6]] = True
    order = rng.permutation(small[10:])
    rebuild = np.zeros(len(table), dtype=bool)
    rebuild[order[:3]] = True
    counted = table["household_count"].astype("object").to_numpy().copy()
    counted[order[3:5]] = None
    table = table.assign(
        is_self_built=self_built,
        in_rebuild_plan=rebuild,
        household_count=counted,
        renovation_state=np.where(rebuild | self_built, "none", table["renovation_state"]),
        condition_grade=np.where(rebuild, "D", table["condition_grade"]),
    )
    return unplace(_items(table, rng.spawn(1)[0]), order[5 : 5 + UNLOCATED])


def _items(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return ``table`` with what old communities lack or have of the items of renovation, as some ledgers list it."""
    is_told = (table["built_year"] < 2000).to_numpy() & (rng.random(len(table)) < ITEMS_TOLD)
    lacking, having = (np.full(len(table), None, dtype=object) for _ in range(2))
    for row in np.flatnonzero(is_told):
        mixed = rng.permutation(ITEMS)
        count = int(rng.integers(2, 7))
        lacking[row], having[row] = "、".join(mixed[:count]), "、".join(mixed[count : count + 4])
    return table.assign(missing_items=lacking, existing_items=having)
