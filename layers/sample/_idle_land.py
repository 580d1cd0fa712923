"""Idle land: legal idleness at every turn of its clock, and the leftovers that the law does not call idle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from layers.sample._atlas import unplace
from layers.sample._chance import blank, deal, draw
from layers.sample._names import CITY_NAME, DISTRICT_STEM, WORDS, distinct

if TYPE_CHECKING:
    from datetime import date

    from layers.sample._atlas import Atlas
    from layers.sample._chance import GeometryArray

TENURES = {
    "end": {"granted": 20, "allocated": 14, "reserve": 16, "public_unit": 7, "collective": 5, "unknown": 4},
    "whole": {"granted": 9, "reserve": 7, "collective": 4},
    "corner": {"road_leftover": 30, "green_leftover": 6, "public_unit": 6, "unknown": 4},
    "sliver": {"road_leftover": 14, "green_leftover": 10, "allocated": 4},
    "bank": {"green_leftover": 22, "road_leftover": 6, "allocated": 4, "unknown": 2},
    "viaduct": {"under_bridge": 26},
    "plot": {"allocated": 8, "public_unit": 6, "reserve": 4, "granted": 2, "unknown": 4},
    "village": {"collective": 16},
}
ZONING = {
    "granted": {"R2": 0.4, "B1": 0.25, "B2": 0.15, "M1": 0.2},
    "allocated": {"A33": 0.3, "A5": 0.2, "U1": 0.2, "R2": 0.3},
    "reserve": {"R2": 0.35, "B1": 0.25, "A33": 0.2, "G1": 0.2},
    "collective": {"H14": 0.7, "M1": 0.2, "R2": 0.1},
    "public_unit": {"A1": 0.3, "A2": 0.3, "A33": 0.4},
    "under_bridge": {"S1": 1.0},
    "road_leftover": {"S1": 0.8, "S4": 0.2},
    "green_leftover": {"G1": 0.75, "G2": 0.25},
    "unknown": {"R2": 0.5, "S1": 0.5},
}
"""Codes of GB 50137."""
SURFACES = {
    "granted": {"bare": 0.4, "grass": 0.35, "dug": 0.2, "paved": 0.05},
    "under_bridge": {"paved": 0.7, "bare": 0.3},
    "green_leftover": {"grass": 0.9, "bare": 0.1},
}
USUAL_SURFACE = {"paved": 0.4, "bare": 0.3, "grass": 0.3}
OWNERS = {
    "granted": ("榕湾置业（示例）有限公司", "望潮实业（示例）有限公司", "砖雕地产（示例）有限公司"),
    "allocated": ("示例市公用事业中心", "示例市织造总厂清算组", "示例市供水公司"),
    "reserve": ("示例市土地开发中心榕湾分中心",),
    "collective": ("蓑衣村经济联合社（示例）", "糖寮村经济联合社（示例）"),
    "public_unit": ("榕湾区教育局（示例）", "榕湾区卫生健康局（示例）", "榕湾区机关事务中心（示例）"),
    "under_bridge": ("示例市路桥养护中心",),
    "road_leftover": ("榕湾区城市管理局（示例）",),
    "green_leftover": ("榕湾区园林管护中心（示例）",),
    "unknown": (None,),
}
TERM_DAYS = {"reserve": (690, 770), "collective": (1100, 2900), "under_bridge": (300, 1900), "public_unit": (700, 2200)}
RENT_CNY_M2_MONTH = {
    "collective": (3.0, 12.0),
    "under_bridge": (2.0, 6.0),
    "public_unit": (4.0, 15.0),
    "reserve": (0.0, 3.0),
}
"""ASSUMPTION: no published rents; around the 6.8 and 8.1 at which a surface car park's account turns."""
PRICE_CNY_M2 = (4000.0, 14000.0)
"""ASSUMPTION: what granted land cost, for the fee of 20 %."""
CLOCK_COLUMNS = (
    "certificate_no", "certificate_date", "agreed_start_date", "stopped_since", "started_area_share", "invested_share",
    "land_price_cny", "idle_cause",
)  # fmt: skip
CERTAIN_COLUMNS = ("geometry", "form", "zoning", "available_until", "area_m2")
NEW_COLUMNS = ("position", "slope_share", "grid_capacity_kw", "is_grid_confirmed")
STEEP_SHARE, WEAK_KW = 0.12, 10.0
"""A plot too steep for cars, and one whose grid has room for less than one pile."""
DISPOSED = "示例：闲置已处置，认定书待注销"
DISPOSED_CASE = 9
"""The certified parcel of which the ledger says that its idleness has ended."""
ZONED_BY_CONSTRAINT = {"military": "H41", "religious": "A9"}
ENDED_DAYS = 45
"""How long ago the one term that has ended did."""
UNLOCATED = 8
# Days since the agreed start, days since works stopped, share of area started, share invested, cause, litigation.
Case = tuple[int | None, int | None, float | None, float | None, str, bool]
LEGAL: tuple[Case, ...] = (
    (385, None, 0.0, 0.0, "company", False),
    (755, None, 0.0, 0.02, "company", False),
    (425, None, 0.0, 0.0, "government", False),
    (830, None, 0.0, 0.05, "government", False),
    (1500, 396, 0.33, 0.30, "company", False),
    (1700, 430, 0.45, 0.24, "company", False),
    (1600, 790, 0.10, 0.08, "company", True),
    (565, None, 0.0, 0.0, "unknown", False),
    (700, None, 0.0, 0.0, "company", False),
    (2900, 1400, 0.15, 0.12, "government", False),
    (372, None, 0.0, 0.0, "company", True),
    (1250, 500, 0.33, 0.24, "company", False),
)
"""With a certificate: just past one year, past two, started 0.33 of the area, invested under 0.25."""
SUSPECTED: tuple[Case, ...] = (
    (370, None, 0.0, 0.0, "company", False),
    (1400, 396, 0.34, 0.30, "company", False),
    (1300, 410, 0.40, 0.25, "company", False),
    (358, None, 0.0, 0.0, "company", False),
    (1100, 335, 0.20, 0.15, "company", False),
    (900, None, 0.0, 0.0, "unknown", True),
    (None, None, None, None, "unknown", False),
    (800, None, 0.0, 0.01, "government", False),
    (760, None, 0.0, 0.0, "company", False),
    (None, 600, 0.2, None, "company", False),
)
"""Without one: over a limit, just short of one, in litigation, with dates missing."""


def idle_land(atlas: Atlas, as_of: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return the ledger of idle land; clocks are set against ``as_of``."""
    lots = atlas.town.lots
    tenure = np.empty(len(lots), dtype=object)
    for form, counts in TENURES.items():
        tenure[(lots["form"] == form).to_numpy()] = deal(rng, counts)
    area = shapely.area(lots["geometry"].to_numpy())
    table = pd.DataFrame(
        {
            "geometry": lots["geometry"],
            "form": lots["form"],
            "tenure": tenure,
            "land_class": "underused_space",
            "owner": [OWNERS[name][rng.integers(len(OWNERS[name]))] for name in tenure],
            "zoning": blank(rng, [draw(rng, ZONING[name], 1)[0] for name in tenure], 0.08),
            "area_m2": blank(rng, (area * rng.lognormal(0, 0.015, len(lots))).round(0), 0.04),
            "surface": _surfaces(tenure, lots["is_built"].to_numpy(), rng),
            "is_fenced": blank(rng, rng.random(len(lots)) < 0.4, 0.1),
            "in_litigation": False,
            "constraint": _constraints(lots["form"].to_numpy(), tenure, rng),
            "available_until": _terms(tenure, as_of, rng),
            "land_rent_cny_m2_month": _rents(tenure, rng),
        }
    )
    table = _certain(table, atlas, as_of)
    table = _clocks(_named(atlas.place(table, rng), rng), area, as_of, rng)
    small = np.flatnonzero(
        table["form"].isin(["corner", "end"]).to_numpy() & (table["land_class"] == "underused_space").to_numpy()
    )
    return unplace(table, rng.permutation(small)[:UNLOCATED])


def _certain(table: pd.DataFrame, atlas: Atlas, as_of: date) -> pd.DataFrame:
    """Return ``table`` with the cases that rules single out and chance may leave out.

    Land zoned for the military, religion, water, farming, flood control, the metro and a filling station; a slope, a
    weak grid and a term that has ended; and four records that ledgers give as a point only: in a park, on a pond, in
    the middle of a block for want of a better place (``approximate``), and a shop of which nobody wrote down the area.
    """
    town, found = atlas.town, {name: table[name].to_numpy(dtype=object).copy() for name in CERTAIN_COLUMNS}
    found |= {name: np.full(len(table), None, dtype=object) for name in NEW_COLUMNS}
    for constraint, zoning in ZONED_BY_CONSTRAINT.items():
        found["zoning"][(table["constraint"] == constraint).to_numpy(dtype=bool)] = zoning
    bank, viaduct = (np.flatnonzero((table["form"] == form).to_numpy()) for form in ("bank", "viaduct"))
    found["zoning"][bank[0]], found["zoning"][bank[1]] = "E1", "U32"
    found["zoning"][np.flatnonzero((table["constraint"] == "metro_protection").to_numpy(dtype=bool))[0]] = "S2"
    is_free = (table["constraint"] == "none") & table["tenure"].isin(["collective", "public_unit"])
    open_plots = np.flatnonzero((is_free & table["form"].isin(["end", "corner", "plot"])).to_numpy(dtype=bool))
    steep, (weak, station, farm, other) = open_plots[:2], open_plots[2:6]  # one of two may be left without a place
    found["zoning"][farm], found["zoning"][other] = "E2", "E9"
    found["slope_share"][steep] = STEEP_SHARE
    found["grid_capacity_kw"][weak], found["is_grid_confirmed"][weak] = WEAK_KW, True
    found["zoning"][station] = "B41"
    found["available_until"][viaduct[0]] = pd.Timestamp(as_of) - pd.Timedelta(days=ENDED_DAYS)
    parks, ponds = town.greens["green_type"] == "park", town.waters["water_type"] == "pond"
    places = {
        "park": _largest(town.greens["geometry"].to_numpy()[parks.to_numpy()]),
        "pond": _largest(town.waters["geometry"].to_numpy()[ponds.to_numpy()]),
        "block": _largest(town.blocks["face"].to_numpy()[(town.blocks["use"] == "compound").to_numpy()]),
    }
    rows = np.flatnonzero(((table["form"] == "village") & (table["tenure"] == "collective")).to_numpy())
    for row, (form, place) in zip(rows, places.items(), strict=False):
        found["geometry"][row], found["form"][row] = shapely.point_on_surface(place), form
    found["position"][rows[len(places) - 1]] = "approximate"
    shop = rows[len(places)]
    found["geometry"][shop] = shapely.centroid(found["geometry"][shop])
    found["form"][shop], found["area_m2"][shop] = "shop", None
    return table.assign(**found)


def _largest(shapes: GeometryArray) -> shapely.Geometry:
    return shapes[int(np.argmax(shapely.area(shapes)))]


def _surfaces(tenure: np.ndarray, is_built: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    drawn = np.array([draw(rng, SURFACES.get(name, USUAL_SURFACE), 1)[0] for name in tenure], dtype=object)
    return np.where(is_built, "built", blank(rng, drawn, 0.05))


def _constraints(form: np.ndarray, tenure: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    found = blank(rng, np.full(len(form), "none", dtype=object), 0.2)
    found[form == "bank"] = "river_strip"
    rare = (
        ("end", "metro_protection", 9),
        ("corner", "fire_lane", 7),
        ("end", "military", 2),
        ("plot", "religious", 2),
    )
    for shape, constraint, count in rare:
        rows = np.flatnonzero((form == shape) & np.isin(tenure, ["reserve", "allocated", "road_leftover", "unknown"]))
        found[rng.permutation(rows)[:count]] = constraint
    school = np.flatnonzero(tenure == "public_unit")
    found[rng.permutation(school)[:6]] = "school"
    return found


def _terms(tenure: np.ndarray, as_of: date, rng: np.random.Generator) -> np.ndarray:
    days = np.array([rng.integers(*TERM_DAYS[name]) if name in TERM_DAYS else -1 for name in tenure])
    ends = pd.Timestamp(as_of) + pd.to_timedelta(np.maximum(days, 0), unit="D")
    dates = blank(rng, ends.to_numpy(), 0.12)
    dates[days < 0] = None
    return dates


def _rents(tenure: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    rents = [
        round(float(rng.uniform(*RENT_CNY_M2_MONTH[name])), 1) if name in RENT_CNY_M2_MONTH else None for name in tenure
    ]
    return blank(rng, rents, 0.3)


def _named(table: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    endings = {
        "end": "地块", "whole": "待建地块", "corner": "路口边角地", "sliver": "沿路窄条地",
        "bank": "涌边地", "viaduct": "桥下空间", "plot": "旧屋拆除空地", "village": "村内空地",
        "park": "园边空地", "pond": "填塘地", "block": "村外零星地", "shop": "临街旧铺",
    }  # fmt: skip
    words = [WORDS[number] for number in rng.integers(len(WORDS), size=len(table))]
    names = [f"{word}{endings[form]}" for word, form in zip(words, table["form"], strict=True)]
    return table.assign(name=distinct(names))


def _clocks(table: pd.DataFrame, area_m2: np.ndarray, as_of: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return ``table`` with the clocks of land that is, or may be, idle in the sense of the law."""
    filled: dict[str, np.ndarray] = {name: np.full(len(table), None, dtype=object) for name in CLOCK_COLUMNS}
    filled |= {name: table[name].to_numpy(dtype=object).copy() for name in ("land_class", "in_litigation", "surface")}
    filled["remark"] = np.full(len(table), None, dtype=object)
    cases = [("legal_idle", case) for case in LEGAL] + [("suspected_idle", case) for case in SUSPECTED]
    state_land = table["tenure"].isin(["granted", "allocated"]) & table["form"].isin(["end", "whole", "plot"])
    rows = np.flatnonzero(state_land.to_numpy())
    rows = np.concatenate([rng.permutation(rows[area_m2[rows] > 900]), rng.permutation(rows[area_m2[rows] <= 900])])
    for number, (row, (name, case)) in enumerate(zip(rows, cases, strict=False), start=1):
        clock = _one_clock(case, number if name == "legal_idle" else None, pd.Timestamp(as_of))
        for key, value in clock.items():
            filled[key][row] = value
        filled["land_class"][row], filled["in_litigation"][row] = name, case[5]
        if number == DISPOSED_CASE:
            filled["remark"][row] = DISPOSED
        if case[1] is not None and filled["surface"][row] != "built":
            filled["surface"][row] = "dug"  # works that stopped leave a pit
        if table["tenure"].iloc[row] == "granted":
            filled["land_price_cny"][row] = round(float(area_m2[row] * rng.uniform(*PRICE_CNY_M2)), -4)
    others = np.setdiff1d(np.arange(len(table)), rows)
    filled["in_litigation"][rng.permutation(others)[:3]] = True
    return table.assign(**filled)


def _one_clock(case: Case, certificate: int | None, today: pd.Timestamp) -> dict[str, Any]:
    since_start, since_stop, started, invested, cause, _ = case

    def before(days: int | None) -> pd.Timestamp | None:
        return None if days is None else today - pd.Timedelta(days=days)

    idle_days = since_stop if since_stop is not None else since_start
    clock: dict[str, Any] = {
        "agreed_start_date": before(since_start),
        "stopped_since": before(since_stop),
        "started_area_share": started,
        "invested_share": invested,
        "idle_cause": cause,
    }
    if certificate is not None and idle_days is not None:
        signed = before(max(idle_days - 366, 0) // 2 + 2)
        year = today.year if signed is None else signed.year
        clock["certificate_date"] = signed
        clock["certificate_no"] = f"{CITY_NAME}{DISTRICT_STEM}规资闲认〔{year}〕{certificate:03d}号"
    return clock
