"""Public buildings that stand empty or are let, and the services that people walk to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.sample._chance import blank, deal, draw
from layers.sample._names import WORDS, distinct

if TYPE_CHECKING:
    from datetime import date

    from layers.sample._atlas import Atlas
    from layers.sample._chance import IntArray

OCCUPANCY = {"vacant": 24, "partly_let": 9, "let": 15, "occupied": 5, "overdue": 7}
OWNERSHIP = {
    "state": 24, "state_enterprise": 11, "sub_district": 9, "collective": 5,
    "trust": 4, "mixed": 2, "private": 1, "unknown": 4,
}  # fmt: skip
INCOME = {"treasury": 26, "state_enterprise": 12, "collective": 7, "owners": 4, "operator": 4, "unknown": 6, "trust": 1}
GRADE = {"A": 18, "B": 22, "C": 10, "D": 5, None: 5}
RENT_CNY_M2_MONTH = (20.0, 150.0)
"""Range of fin.rent.community_shop."""
SERVICES = {
    "merged_centre": 9, "party_service_centre": 12, "civilisation_centre": 8, "governance_centre": 7, "clinic": 20,
    "elder_day_care": 11, "canteen": 14, "childcare": 9, "kindergarten": 22, "primary_school": 14,
    "junior_school": 8, "market": 13, "supermarket": 20, "sports": 9, "library": 8, "metro_station": 9,
    "bus_stop": 25, "other": 2,
}  # fmt: skip
AREAS_M2 = {
    "merged_centre": 900, "party_service_centre": 420, "civilisation_centre": 260, "governance_centre": 300,
    "clinic": 190, "elder_day_care": 360, "canteen": 180, "childcare": 240, "kindergarten": 2300,
    "primary_school": 7600, "junior_school": 11800, "market": 1500, "supermarket": 320, "sports": 900,
    "library": 420,
}  # fmt: skip
"""Usual floor area; the first five where the 完整居住社区 standard names one, the rest ASSUMPTION."""
STATION_OFFSET_M = (9.0, 6.0)
"""A station's entrance stands beside its junction."""
ENDINGS = {
    "merged_centre": "党群服务·文明实践·综治中心", "party_service_centre": "党群服务中心",
    "civilisation_centre": "新时代文明实践站", "governance_centre": "综治中心", "clinic": "社区卫生服务站",
    "elder_day_care": "日间照料中心", "canteen": "长者饭堂", "childcare": "托育点", "kindergarten": "幼儿园",
    "primary_school": "小学", "junior_school": "初级中学", "market": "肉菜市场", "supermarket": "便利店",
    "sports": "体育健身点", "library": "图书室", "metro_station": "站（示例）", "bus_stop": "公交站",
    "other": "便民点",
}  # fmt: skip


def public_buildings(atlas: Atlas, as_of: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return the ledger of publicly held rooms: most are buildings of the old quarters, one in five only a point."""
    buildings = atlas.town.buildings
    zone = atlas.town.blocks["zone"].to_numpy()[buildings["block"].to_numpy().clip(0)]
    fits = buildings["use"].isin(["mixed", "public", "retail", "house", "office"]).to_numpy() & np.isin(
        zone, ["core", "inner"]
    )
    size = sum(OCCUPANCY.values())
    chosen = buildings.iloc[np.sort(rng.permutation(np.flatnonzero(fits))[:size])]
    shapes = chosen["geometry"].to_numpy(dtype=object).copy()
    point_only = rng.permutation(size)[: size // 5]
    shapes[point_only] = shapely.point_on_surface(shapes[point_only])
    whole = shapely.area(chosen["geometry"].to_numpy()) * chosen["floor_count"].to_numpy()
    occupancy = deal(rng, OCCUPANCY)
    area = np.minimum(whole, rng.lognormal(5.9, 0.8, size)).round(0)
    reference = rng.uniform(28, 120, size).round(0)
    is_let = np.isin(occupancy, ["let", "partly_let", "overdue"])
    rent = np.where(is_let, (area * reference * rng.uniform(0.5, 1.05, size)).round(-1), np.nan)
    floor_rent = np.clip(reference, *RENT_CNY_M2_MONTH)
    words = [WORDS[number] for number in rng.permutation(len(WORDS))[:size]]
    use = draw(rng, {"商铺": 0.4, "办公": 0.25, "仓库": 0.15, "宿舍": 0.12, "礼堂": 0.08}, size)
    table = pd.DataFrame(
        {
            "geometry": shapes,
            "name": [f"{word}{kind}（公房）" for word, kind in zip(words, use, strict=True)],
            "ownership": deal(rng, OWNERSHIP),
            "has_title": blank(rng, rng.random(size) < 0.72, 0.08),
            "floor_area_m2": area,
            "use": use,
            "occupancy": occupancy,
            "vacant_since": _dates(occupancy == "vacant", -rng.integers(60, 2400, size), as_of),
            "lease_end": _dates(is_let, _lease_days(occupancy, rng), as_of),
            "rent_cny_month": rent,
            "reference_rent_cny_m2_month": blank(rng, floor_rent, 0.15),
            "danger_grade": deal(rng, GRADE),
            "income_owner": deal(rng, INCOME),
        }
    )
    return atlas.place(_certain(table), rng)


def _lease_days(occupancy: np.ndarray, rng: np.random.Generator) -> IntArray:
    ahead, behind = rng.integers(40, 1700, len(occupancy)), -rng.integers(30, 1300, len(occupancy))
    return np.where(occupancy == "overdue", behind, ahead)


def _dates(where: np.ndarray, days: IntArray, as_of: date) -> np.ndarray:
    dates = np.full(len(days), None, dtype=object)
    dates[where] = (pd.Timestamp(as_of) + pd.to_timedelta(days[where], unit="D")).to_numpy()
    return dates


def _certain(table: pd.DataFrame) -> pd.DataFrame:
    """Return ``table`` in which the cases that rules single out are all met by a vacant building."""
    vacant = np.flatnonzero((table["occupancy"] == "vacant").to_numpy())
    fixed = {
        "ownership": ("trust", "unknown", "state", "state", "state_enterprise", "sub_district", "private", "mixed"),
        "danger_grade": ("B", "B", "D", "A", "A", "B", "A", "B"),
        "has_title": (True, True, True, False, True, True, True, True),
        "income_owner": (
            "treasury",
            "unknown",
            "treasury",
            "treasury",
            "state_enterprise",
            "operator",
            "owners",
            "owners",
        ),
    }
    for name, values in fixed.items():
        column = table[name].to_numpy(dtype=object).copy()
        column[vacant[: len(values)]] = values
        table = table.assign(**{name: column})
    return table


def services(atlas: Atlas, rng: np.random.Generator) -> pd.DataFrame:
    """Return services: schools have their grounds, the others stand in a building or on a street."""
    kinds = np.concatenate([np.full(count, name, dtype=object) for name, count in SERVICES.items()])
    shapes = np.full(len(kinds), None, dtype=object)
    blocks = atlas.town.blocks
    schools = rng.permutation(np.flatnonzero(((blocks["use"] == "school") & (blocks["zone"] != "core")).to_numpy()))
    grounds = np.flatnonzero(np.isin(kinds, ["primary_school", "junior_school"]))[: len(schools)]
    shapes[grounds] = blocks["geometry"].to_numpy()[schools[: len(grounds)]]
    open_air = np.isin(kinds, ["metro_station", "bus_stop"])
    shapes[open_air] = _stops(atlas, kinds[open_air], rng)
    rest = np.flatnonzero([shape is None for shape in shapes])
    shapes[rest] = _inside(atlas, len(rest), rng)
    usual = np.array([AREAS_M2.get(name, np.nan) for name in kinds], dtype=float)
    words = [WORDS[number % len(WORDS)] for number in rng.permutation(len(kinds))]
    names = [f"{word}{ENDINGS[kind]}" for word, kind in zip(words, kinds, strict=True)]
    area = blank(rng, (usual * rng.lognormal(0, 0.25, len(kinds))).round(0), 0.12)
    table = pd.DataFrame(
        {
            "geometry": shapes,
            "name": distinct(names),
            "service_type": kinds,
            "floor_area_m2": pd.Series(area, dtype="object").where(~np.isnan(usual), None),
        }
    )
    return atlas.place(table, rng)


def _inside(atlas: Atlas, count: int, rng: np.random.Generator) -> np.ndarray:
    """Return points in buildings where people live or shop; the old quarters have most."""
    buildings = atlas.town.buildings
    weights = {"apartments": 1.0, "mixed": 5.0, "house": 0.5, "retail": 3.0, "public": 5.0, "self_built": 0.4}
    weight = buildings["use"].map(weights).fillna(0.0).to_numpy()
    chosen = rng.choice(len(buildings), size=count, replace=False, p=weight / weight.sum())
    return np.asarray(shapely.point_on_surface(buildings["geometry"].to_numpy()[chosen]))


def _stops(atlas: Atlas, kinds: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Return metro stations at junctions far from one another, and bus stops along main roads."""
    streets = atlas.town.streets
    is_main = (streets["street_class"] == "main").to_numpy() & ~streets["is_bridge"].to_numpy()
    points = shapely.get_point(streets["geometry"].to_numpy()[is_main], 0)
    place = shapely.get_coordinates(points)[rng.permutation(len(points))]
    metro: list[int] = [0]
    while len(metro) < int((kinds == "metro_station").sum()):
        gap = np.min([np.hypot(*(place - place[row]).T) for row in metro], axis=0)
        metro.append(int(np.argmax(np.where(gap > 900, 1e5 - gap, gap))))
    along = atlas.along_streets(
        np.where(is_main, shapely.length(streets["geometry"].to_numpy()), 0.0), int((kinds == "bus_stop").sum()), rng
    )
    return np.concatenate([shapely.points(place[metro] + STATION_OFFSET_M), along])
