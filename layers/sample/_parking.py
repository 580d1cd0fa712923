"""Car parks: what is registered, what the kerb holds, what people made for themselves."""

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

PARKING = {
    "residential": 105, "public": 36, "attached": 70, "kerb": 50, "mechanical": 14, "temporary": 20, "informal": 25,
}  # fmt: skip
OPEN_AT_NIGHT = {
    "residential": 1.0,
    "public": 0.95,
    "attached": 0.4,
    "kerb": 1.0,
    "mechanical": 0.8,
    "temporary": 0.8,
    "informal": 1.0,
}
STALLS = {"attached": (26, 190), "kerb": (8, 42), "mechanical": (30, 140), "temporary": (18, 70), "informal": (6, 30)}
STALL_M2 = 27.5
SITE_YIELD = 0.85
"""parking.stall_area.surface and parking.site_yield_factor of the domain parameters."""
TARIFF_CNY_H = {"class1": (8.0, 16.0), "class2": (5.0, 12.0), "class3": (2.0, 4.0)}
"""Within the caps of parking.tariff.gz.commercial.*."""
MONTH_CNY = (300, 600)
"""Range of parking.tariff.resid_monthly."""
HOME_TARIFF_CNY_H = (2.5, 3.0, 4.0, 5.0)
"""Values of parking.tariff.gz.resid_indoor and open_air."""
INCOME = {
    "residential": {"owners": 1.0},
    "public": {"treasury": 0.4, "state_enterprise": 0.45, "unknown": 0.15},
    "attached": {"operator": 1.0},
    "kerb": {"treasury": 1.0},
    "mechanical": {"operator": 0.5, "state_enterprise": 0.3, "collective": 0.2},
    "temporary": {"operator": 0.8, "collective": 0.2},
    "informal": {"unknown": 1.0},
}
OPERATORS = (
    "榕湾静态交通（示例）有限公司",
    "潮信停车服务（示例）有限公司",
    "鱼灯物业（示例）有限公司",
    "木鹤城服（示例）有限公司",
)


def parking(atlas: Atlas, homes: pd.DataFrame, as_of: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return the register of car parks; those of compounds hold the stalls that the compounds report."""
    kinds = np.concatenate([np.full(count, name, dtype=object) for name, count in PARKING.items()])
    blocks = atlas.town.blocks
    own = homes.iloc[
        np.sort(rng.permutation(np.flatnonzero((homes["stall_count"] > 0).to_numpy()))[: PARKING["residential"]])
    ]
    stalls, shapes = np.zeros(len(kinds), dtype=int), np.full(len(kinds), None, dtype=object)
    for name, (low, high) in STALLS.items():
        rows = kinds == name
        stalls[rows] = np.round(np.exp(rng.uniform(np.log(low), np.log(high), rows.sum())))
    built_on = ["mall", "office", "civic", "market", "yard"]
    shapes[kinds == "residential"] = atlas.spots(own["block"].to_numpy(), rng)
    shapes[kinds == "public"] = atlas.town.carparks["geometry"].to_numpy()
    places = {
        "attached": built_on,
        "mechanical": ["compound", "mixed", "office"],
        "temporary": ["yard", "modern", "slab", "mixed"],
        "informal": ["village", "houses", "mixed"],
    }
    for name, uses in places.items():
        chosen = rng.permutation(
            np.flatnonzero((blocks["use"].isin(uses) & ~shapely.is_empty(blocks["rest"].to_numpy())).to_numpy())
        )
        shapes[kinds == name] = atlas.spots(chosen[: PARKING[name]], rng)
    shapes[kinds == "kerb"] = _kerbs(atlas, PARKING["kerb"], rng)
    stalls[kinds == "residential"] = own["stall_count"]
    stalls[kinds == "public"] = shapely.area(shapes[kinds == "public"]) * SITE_YIELD / STALL_M2
    table = pd.DataFrame({"geometry": shapes, "parking_type": kinds, "stall_count": np.maximum(stalls, 4)})
    table = atlas.place(table, rng)
    table["name"] = _names(table, own, rng)
    return _terms(table, as_of, rng)


def _kerbs(atlas: Atlas, count: int, rng: np.random.Generator) -> np.ndarray:
    streets = atlas.town.streets
    fits = streets["street_class"].isin(["local", "secondary"]).to_numpy() & ~streets["is_bridge"].to_numpy()
    return atlas.along_streets(np.where(fits, shapely.length(streets["geometry"].to_numpy()), 0.0), count, rng)


def _names(table: pd.DataFrame, own: pd.DataFrame, rng: np.random.Generator) -> list[str]:
    endings = {
        "public": "公共停车场",
        "attached": "配建停车场",
        "kerb": "路段泊位",
        "mechanical": "立体停车库",
        "temporary": "临时停车场",
        "informal": "自发停车点",
    }
    words = [WORDS[number] for number in rng.integers(len(WORDS), size=len(table))]
    names = [f"{word}{endings.get(kind, '')}" for word, kind in zip(words, table["parking_type"], strict=True)]
    names[: len(own)] = [f"{name}停车场" for name in own["name"]]
    return distinct(names)


def _terms(table: pd.DataFrame, as_of: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return ``table`` with what parking costs, who may park and when, and whose the income is."""
    kinds, size = table["parking_type"].to_numpy(), len(table)
    is_home, free = kinds == "residential", kinds == "informal"
    tariff_class = draw(rng, {"class1": 0.2, "class2": 0.4, "class3": 0.4}, size)
    hourly = np.array([rng.uniform(*TARIFF_CNY_H[name]) for name in tariff_class]).round(1)
    hourly = np.where(is_home, rng.choice(HOME_TARIFF_CNY_H, size), hourly)
    monthly = rng.integers(MONTH_CNY[0] // 10, MONTH_CNY[1] // 10 + 1, size) * 10.0
    days = np.where(rng.random(size) < 0.14, -rng.integers(10, 700, size), rng.integers(20, 1100, size))
    until = (pd.Timestamp(as_of) + pd.to_timedelta(days, unit="D")).to_numpy()
    attached = draw(rng, {"public": 0.55, "permit": 0.35, "private": 0.1}, size)
    used = rng.integers(22, 75, size)
    wired = np.where(rng.random(size) < 0.35, rng.uniform(0, 0.2, size), 0.0)
    return table.assign(
        charger_stall_count=np.floor(table["stall_count"].to_numpy() * wired),
        access=np.select([is_home, kinds == "attached"], ["permit", attached], "public"),
        is_open_at_night=blank(rng, rng.random(size) < np.array([OPEN_AT_NIGHT[name] for name in kinds]), 0.05),
        tariff_class=only(~free & ~is_home, tariff_class),
        tariff_cny_h=np.where(free, np.nan, hourly),
        tariff_cny_month=np.where(free | (kinds == "kerb"), np.nan, monthly),
        operator=only(~free, np.array(OPERATORS, dtype=object)[rng.integers(len(OPERATORS), size=size)]),
        valid_until=only(~free, blank(rng, until, 0.06)),
        income_owner=[draw(rng, INCOME[name], 1)[0] for name in kinds],
        remark=only((kinds == "mechanical") & (used < 58), [f"日均使用率约{share}%" for share in used]),
    )
