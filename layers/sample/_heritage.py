"""Heritage of an invented town, and the zones around it, some of which overlap."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.sample._atlas import unplace
from layers.sample._chance import blank, deal, draw
from layers.sample._names import WORDS, distinct

if TYPE_CHECKING:
    from layers.sample._atlas import Atlas
    from layers.sample._chance import GeometryArray

CLASSES = {
    "national_unit": 2, "provincial_unit": 5, "city_unit": 9, "district_unit": 14, "unclassified_relic": 22,
    "historic_building": 34, "traditional_building": 27, "unknown": 6,
}  # fmt: skip
TREES = 8
"""With these and the three historic blocks 130 sites."""
UNITS = ("national_unit", "provincial_unit", "city_unit", "district_unit")
PROTECTION_M = {"national_unit": 30.0, "provincial_unit": 24.0, "city_unit": 15.0, "district_unit": 10.0}
CONTROL_M = {"national_unit": 90.0, "provincial_unit": 70.0, "city_unit": 45.0, "district_unit": 30.0}
"""ASSUMPTION: real zones are drawn site by site; these are of a usual width."""
TYPES = {
    "hall_school": ("祠堂", "会馆", "书院", "书塾", "义学"),
    "public_industrial": ("旧厂房", "货栈", "议事厅", "水塔", "邮局旧址"),
    "residential_commercial": ("竹筒屋", "骑楼", "大屋", "洋楼", "茶楼", "当铺"),
    "garden_monument": ("牌坊", "石桥", "古井", "纪念亭", "门楼"),
}
TYPE_SHARES = {"residential_commercial": 0.58, "hall_school": 0.22, "public_industrial": 0.13, "garden_monument": 0.07}
ERA_SHARES = {"清": 0.38, "民国": 0.5, "明": 0.04, "中华人民共和国": 0.08}
USE_SHARES = {
    "residential": 0.38, "vacant": 0.23, "commercial": 0.15, "storage": 0.1, "cultural": 0.06, "office": 0.04,
    "unknown": 0.04,
}  # fmt: skip
STRUCTURE_SHARES = {
    "brick_timber": 0.5, "masonry": 0.14, "timber": 0.08, "brick_concrete": 0.12, "concrete": 0.1, "unknown": 0.06,
}  # fmt: skip
OWNER_SHARES = {"private": 0.44, "state": 0.3, "mixed": 0.06, "collective": 0.08, "trust": 0.04, "unknown": 0.08}
"""ASSUMPTION after the survey that found 34.8 % of Guangzhou's historic buildings in public hands."""
HOURS = ("9:00-17:00（周一闭馆）", "9:30-12:00，14:00-17:30", None, "周二至周日 9:00-17:00，16:30停止入场")
UNLOCATED = 3
ERAS = {"清": (1720, 1911), "民国": (1912, 1948), "明": (1480, 1640), "中华人民共和国": (1950, 1972)}
SEATS = ((-700, 560, 26), (-260, 700, 24), (-480, 880, 16))
"""Historic blocks: a place on the sheet and how many blocks of the plan around it."""
FIXED: tuple[dict[str, object], ...] = (
    {
        "heritage_class": "city_unit",
        "ownership": "state",
        "use_state": "cultural",
        "is_open": True,
        "building_type": "public_industrial",
    },
    {
        "heritage_class": "historic_building",
        "ownership": "private",
        "use_state": "residential",
        "tenant_household_count": 7,
    },
    {"heritage_class": "historic_building", "ownership": "state", "use_state": "vacant", "danger_grade": "D"},
    {"heritage_class": "historic_building", "ownership": "trust", "use_state": "storage"},
    {"heritage_class": "unclassified_relic", "ownership": "military", "use_state": "unknown"},
    {"heritage_class": "district_unit", "ownership": "religious", "use_state": "worship"},
    {
        "heritage_class": "district_unit",
        "ownership": "state",
        "is_red_listed": True,
        "red_list_document": "示例红名录〔2023〕1号",
    },
    {
        "heritage_class": "unclassified_relic",
        "ownership": "state",
        "is_red_listed": True,
        "red_list_document": "示例红名录〔2023〕2号",
    },
    {
        "heritage_class": "historic_building",
        "ownership": "state",
        "structure": "brick_timber",
        "use_state": "vacant",
        "danger_grade": "B",
    },
    {"heritage_class": "national_unit", "ownership": "state", "use_state": "cultural", "is_open": True},
    {"heritage_class": "traditional_building", "ownership": "unknown", "use_state": "unknown"},
)
"""Cases that a rule must meet, each laid over a site of its class."""
ALONE: tuple[dict[str, object], ...] = tuple(
    {
        "heritage_class": "traditional_building",
        "name": name,
        "ownership": ownership,
        "building_type": building_type,
        "use_state": "vacant",
        "is_open": False,
        "tenant_household_count": 0,
        "danger_grade": grade,
    }
    for name, ownership, building_type, grade in (
        ("榕荫祠堂", "collective", "hall_school", "B"),
        ("榕荫书塾", "collective", "hall_school", "A"),
        ("塘尾货栈", "state", "public_industrial", "B"),
    )
)
"""Cases to which heritage law leaves another use free: a traditional building (its regulation is dated, in force and
allows it), empty, safe, and in no zone, so each stands where no zone reaches. Only their owners' leave is needed, and
that of the department which the guide names."""


def heritage(atlas: Atlas, rng: np.random.Generator) -> pd.DataFrame:
    """Return heritage sites: houses of the old town and halls of the villages, blocks, and old trees as points."""
    kinds = deal(rng, CLASSES)
    houses = _character(kinds, _houses(atlas, len(kinds), rng), rng)
    fixed = _set_apart(_fixed(houses), block_shapes(atlas))
    table = pd.concat([fixed, _historic_blocks(atlas), _trees(atlas, rng)], ignore_index=True)
    table["story"] = [_story(name, era) for name, era in zip(table["name"], table["era"], strict=True)]
    table["opening_hours"] = _hours(table)
    is_traditional = table["heritage_class"] == "traditional_building"
    unplaced = np.flatnonzero((is_traditional & ~table["name"].isin([case["name"] for case in ALONE])).to_numpy())
    return unplace(atlas.place(table, rng), rng.permutation(unplaced)[:UNLOCATED])


def _character(kinds: np.ndarray, shapes: GeometryArray, rng: np.random.Generator) -> pd.DataFrame:
    """Return what the register says of each house; arches, wells and bridges have no tenants."""
    size = len(kinds)
    building_type, era = draw(rng, TYPE_SHARES, size), draw(rng, ERA_SHARES, size)
    monument = building_type == "garden_monument"
    use_state = np.where(monument, "cultural", draw(rng, USE_SHARES, size))
    tenants = np.where(use_state == "residential", rng.integers(1, 13, size), 0)
    return pd.DataFrame(
        {
            "geometry": shapes,
            "name": _names(building_type, rng),
            "heritage_class": kinds,
            "era": era,
            "built_year": blank(rng, [int(rng.integers(*ERAS[name])) for name in era], 0.25),
            "building_type": np.where(rng.random(size) < 0.05, "unknown", building_type),
            "structure": np.where(monument, "masonry", draw(rng, STRUCTURE_SHARES, size)),
            "ownership": draw(rng, OWNER_SHARES, size),
            "use_state": use_state,
            "tenant_household_count": blank(rng, tenants, 0.12),
            "danger_grade": blank(rng, draw(rng, {"A": 0.08, "B": 0.4, "C": 0.38, "D": 0.14}, size), 0.16),
            "floor_area_m2": blank(rng, (shapely.area(shapes) * rng.integers(1, 4, size)).round(0), 0.12),
            "is_red_listed": False,
            "is_open": use_state == "cultural",
        }
    )


def _houses(atlas: Atlas, count: int, rng: np.random.Generator) -> GeometryArray:
    """Return the footprints that are heritage: most in the old town, a few in villages and around."""
    buildings = atlas.town.buildings
    use = buildings["use"].to_numpy()
    zone = atlas.town.blocks["zone"].to_numpy()[buildings["block"].to_numpy().clip(0)]
    area = shapely.area(buildings["geometry"].to_numpy())
    weight = np.select(
        [(use == "house") & (area > 70), (use == "self_built") & (area > 70), (use == "mixed") & (zone == "inner")],
        [1.0, 0.06, 0.35],
        0.0,
    )
    chosen = rng.choice(len(buildings), size=count, replace=False, p=weight / weight.sum())
    return np.asarray(buildings["geometry"].to_numpy()[chosen])


def _names(building_type: np.ndarray, rng: np.random.Generator) -> list[str]:
    words = [WORDS[number] for number in rng.integers(len(WORDS), size=len(building_type))]
    every = [
        f"{word}{TYPES[kind][rng.integers(len(TYPES[kind]))]}" for word, kind in zip(words, building_type, strict=True)
    ]
    return distinct(every, "之", "")


def _fixed(table: pd.DataFrame) -> pd.DataFrame:
    table = table.astype({name: "object" for name in table.columns if name != "geometry"})
    table["red_list_document"] = pd.Series(None, index=table.index, dtype="object")
    used: set[int] = set()
    for case in (*FIXED, *ALONE):
        rows = np.flatnonzero((table["heritage_class"] == case["heritage_class"]).to_numpy())
        row = next(int(item) for item in rows if int(item) not in used)
        used.add(row)
        for name, value in case.items():
            table.loc[row, name] = value
    return table


def _set_apart(table: pd.DataFrame, blocks: list[tuple[shapely.Polygon, shapely.Polygon]]) -> pd.DataFrame:
    """Return ``table`` with the cases of :data:`ALONE` in the places of the houses farthest from what has a zone."""
    shapes = table["geometry"].to_numpy(dtype=object).copy()
    has_zone = table["heritage_class"].isin(UNITS).to_numpy()
    zoned = shapely.union_all([*shapes[has_zone], *(shape for pair in blocks for shape in pair)])
    own = np.flatnonzero(table["name"].isin([case["name"] for case in ALONE]).to_numpy())
    room = shapely.distance(shapes, zoned)
    room[has_zone] = room[own] = -np.inf
    far = np.argsort(-room, kind="stable")[: len(own)]
    shapes[own], shapes[far] = shapes[far], shapes[own]
    return table.assign(geometry=shapes)


def _historic_blocks(atlas: Atlas) -> pd.DataFrame:
    shapes = [core for core, _ in block_shapes(atlas)]
    return pd.DataFrame(
        {
            "geometry": shapes,
            "name": ["望潮历史文化街区（示例）", "青砖历史文化街区（示例）", "纱灯历史文化街区（示例）"],
            "heritage_class": "historic_block",
            "era": ["清", "民国", "民国"],
            "building_type": "residential_commercial",
            "ownership": "mixed",
            "use_state": "residential",
            "is_red_listed": False,
            "is_open": True,
        }
    )


def block_shapes(atlas: Atlas) -> list[tuple[shapely.Polygon, shapely.Polygon]]:
    """Return core and control zone of each historic block; the control zone surrounds the core."""
    blocks = atlas.town.blocks
    faces = blocks["face"].to_numpy()[(blocks["zone"] == "core").to_numpy()]
    sheet = atlas.town.sheet(faces)
    free = np.ones(len(faces), dtype=bool)
    found = []
    for u, v, count in SEATS:
        gap = np.where(free, np.hypot(sheet[:, 0] - u, sheet[:, 1] - v), np.inf)
        near = np.argsort(gap, kind="stable")[:count]
        free[near] = False
        whole = shapely.union_all(shapely.buffer(faces[near], 0.05, join_style="mitre"))
        core = shapely.Polygon(max(shapely.get_parts(whole), key=lambda part: part.area).exterior)
        found.append(core)
    others = shapely.union_all(found)
    return [(core, core.buffer(48, join_style="mitre").difference(others)) for core in found]


def _trees(atlas: Atlas, rng: np.random.Generator) -> pd.DataFrame:
    greens = atlas.town.greens
    near = greens[greens["green_type"].isin(["park", "garden", "bank"])]["geometry"].to_numpy()
    chosen = near[rng.permutation(len(near))[:TREES]]
    species = ("细叶榕", "木棉", "樟树", "人面子", "秋枫", "龙眼", "杧果", "菩提榕")
    return pd.DataFrame(
        {
            "geometry": shapely.point_on_surface(chosen),
            "name": [f"{word}古{kind}" for word, kind in zip(WORDS[:TREES], species, strict=True)],
            "heritage_class": "ancient_tree",
            "era": "清",
            "ownership": "state",
            "use_state": "cultural",
            "is_red_listed": False,
            "is_open": True,
        }
    )


def _hours(table: pd.DataFrame) -> list[str | None]:
    """Return the hours of the houses that are open, in the words of several ledgers; every fourth tells none."""
    is_open = table["is_open"].astype(bool) & ~table["heritage_class"].isin(("historic_block", "ancient_tree"))
    is_open &= table["building_type"] != "garden_monument"
    number = is_open.cumsum()
    return [HOURS[int(at) % len(HOURS)] if opened else None for at, opened in zip(number, is_open, strict=True)]


def _story(name: str, era: object) -> str:
    return (
        f"示例数据：{name}，虚构，{era}代样式，街坊口述待采集。"
        if isinstance(era, str)
        else f"示例数据：{name}，虚构。"
    )


def heritage_zones(atlas: Atlas, sites: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Return zones of protected sites and historic blocks, and one area of buried relics across them."""
    rows: list[tuple[str, str, str, str | None, shapely.Geometry]] = []
    for number, site in enumerate(sites.itertuples(), start=1):
        kind = str(site.heritage_class)
        if kind in UNITS and site.geometry is not None:
            near = site.geometry.buffer(PROTECTION_M[kind], join_style="mitre")
            wide = site.geometry.buffer(PROTECTION_M[kind] + CONTROL_M[kind], quad_segs=4)
            rows.append((f"{site.name}保护范围", "protection", kind, _site_id(number), near))
            rows.append((f"{site.name}建设控制地带", "control", kind, _site_id(number), wide.difference(near)))
    numbers = np.flatnonzero((sites["heritage_class"] == "historic_block").to_numpy()) + 1
    for block, (core, control) in zip(numbers, block_shapes(atlas), strict=True):
        name, owner = sites["name"].iloc[block - 1], _site_id(int(block))
        rows.append((f"{name}核心保护范围", "block_core", "historic_block", owner, core))
        rows.append((f"{name}建设控制地带", "block_control", "historic_block", owner, control))
    buried = shapely.Point(atlas.town.warp.to_plane(np.array([-900.0]), np.array([480.0]))[0]).buffer(330, quad_segs=6)
    dry = buried.difference(shapely.union_all(atlas.town.waters["geometry"].to_numpy()))
    rows.append(("潮信江北岸地下文物埋藏区（示例）", "buried_relics", "unknown", None, dry))
    table = pd.DataFrame(rows, columns=["name", "zone_type", "heritage_class", "heritage_id", "geometry"])
    return atlas.place(table, rng)


def _site_id(number: int) -> str:
    return f"WW-{number:04d}"
