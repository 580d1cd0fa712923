"""What happens in the streets, and what the town pays others to do."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from layers.sample._atlas import unplace
from layers.sample._chance import blank, deal, draw
from layers.sample._names import SUBDISTRICT_CODES, SUBDISTRICT_STEMS
from layers.sample._zones import CENTRE, zone_at

if TYPE_CHECKING:
    from datetime import date

    from layers.sample._atlas import Atlas
    from layers.sample._chance import FloatArray, IntArray

REPORT_COUNT = 3000
UNLOCATED = 36
HOURS_PER_WORKING_HOUR = 2.4
"""Deadlines run in working hours: ASSUMPTION, ten of them to a day."""
NEAR_M = 180.0
"""Bad parking is reported this near to the compound whose stalls do not suffice."""


@dataclass(frozen=True)
class Item:
    """One thing people report: its class, share of all reports, working hours allowed, where it is dealt with."""

    event_class: str
    name: str
    share: float
    deadline_h: float
    department: str
    content: str


# Deadlines: event.sla.* of the domain parameters for rubbish, cleaning, illegal building, construction waste and
# greenery; the others are ASSUMPTION, of the same order.
ITEMS = (
    Item("event_05", "机动车乱停放", 31, 4, "城管", "{at}夜间车辆乱停放，占用消防通道"),
    Item("event_05", "占道经营", 9, 4, "城管", "{at}流动摊档占道，行人只能走机动车道"),
    Item("event_05", "无照经营", 4, 16, "市场监管", "{at}无照摊贩长期经营"),
    Item("event_01", "暴露垃圾", 9, 4, "环卫", "{at}垃圾堆放未清"),
    Item("event_01", "道路保洁", 5, 2, "环卫", "{at}路面积泥，请安排清扫"),
    Item("event_01", "私搭乱建", 4, 4, "城管", "{at}天台加建铁棚"),
    Item("event_01", "建筑垃圾渣土", 4, 16, "城管", "{at}装修余泥堆在路边"),
    Item("event_01", "绿地养护", 3, 40, "园林", "{at}绿化带枯死多日"),
    Item("event_02", "非法小广告", 3, 16, "城管", "{at}墙面小广告成片"),
    Item("event_02", "违规户外广告", 1, 40, "城管", "{at}招牌松动，有坠落风险"),
    Item("event_03", "施工扰民", 4, 4, "住建", "{at}夜间施工噪声"),
    Item("event_03", "占道施工", 2, 16, "交通", "{at}围挡占用人行道"),
    Item("event_03", "扬尘", 1.5, 8, "住建", "{at}工地未喷淋，扬尘大"),
    Item("event_04", "积水", 3, 4, "水务", "{at}雨后积水没过脚面"),
    Item("event_04", "路面塌陷", 1, 4, "交通", "{at}路面下陷"),
    Item("event_04", "管道破裂", 1.5, 4, "水务", "{at}水管爆裂"),
    Item("component_01", "井盖", 2, 8, "水务", "{at}井盖松动异响"),
    Item("component_01", "路灯", 2, 16, "路灯", "{at}路灯不亮"),
    Item("component_02", "护栏", 1.2, 16, "交通", "{at}护栏缺损"),
    Item("component_03", "公厕", 1, 8, "环卫", "{at}公厕漏水"),
    Item("component_04", "古树名木", 0.8, 40, "园林", "{at}古树枯枝需修剪"),
    Item("component_05", "公房地下室", 0.6, 40, "住建", "{at}公房地下室渗水"),
    Item("event_99", "电动自行车飞线充电", 4, 8, "消防", "{at}从窗口拉线给电动车充电"),
    Item("event_99", "噪声", 2.4, 8, "城管", "{at}广场舞音响扰民"),
)
CHANNELS = {"12345热线": 0.55, "云报事": 0.3, "网格上报": 0.15}
HOT_SPOTS = (
    ("占道经营", -520, 560, 90), ("占道经营", -2960, 1200, 80), ("暴露垃圾", 1430, -1400, 90),
    ("暴露垃圾", -300, 760, 80), ("积水", 620, 1380, 110), ("电动自行车飞线充电", -2990, 1250, 90),
    ("施工扰民", 1500, 1750, 140), ("机动车乱停放", 900, 500, 110), ("噪声", 200, 1900, 100),
    ("私搭乱建", 1400, -1430, 100),
)  # fmt: skip
"""Item, place on the sheet, spread in metres."""
CONTRACTS = {
    "环卫保洁": (2_600_000, 46, "城市管理局"),
    "绿化养护": (1_100_000, 18, "城市管理局"),
    "垃圾分类": (900_000, 22, "城市管理局"),
    "市政养护": (1_400_000, 16, "住房城乡建设局"),
    "河涌管护": (700_000, 12, "水务局"),
    "停车管理": (850_000, 20, "住房城乡建设局"),
    "出租屋管理": (620_000, 15, "综合治理办公室"),
    "安全巡查": (560_000, 14, "应急管理局"),
    "社区养老": (980_000, 17, "民政局"),
    "公厕管养": (420_000, 10, "城市管理局"),
}
"""Middle of the yearly contract sum in CNY and of the staff, and who buys; ASSUMPTION, a fictional budget."""


def reports(atlas: Atlas, homes: pd.DataFrame, as_of: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return a year of reports: bad parking where stalls lack most, the rest around hot spots and everywhere."""
    share = {number: item.share for number, item in enumerate(ITEMS)}
    item = np.sort(draw(rng, share, REPORT_COUNT).astype(np.int64))
    shapes = np.full(REPORT_COUNT, None, dtype=object)
    place = atlas.street_middles()
    sheet = atlas.town.warp.to_sheet(place)
    for number in np.unique(item):
        rows = np.flatnonzero(item == number)
        pull = _pull(atlas, homes, ITEMS[number].name, place, sheet)
        shapes[rows] = atlas.along_streets(pull, len(rows), rng)
    time = _times(as_of, rng)
    closed, state = _closing(time, np.array([ITEMS[number].deadline_h for number in item]), as_of, rng)
    table = atlas.place(
        pd.DataFrame(
            {
                "geometry": shapes,
                "reported_at": time,
                "channel": draw(rng, CHANNELS, REPORT_COUNT),
                "event_class": [ITEMS[number].event_class for number in item],
                "event_item": [ITEMS[number].name for number in item],
                "deadline_h": [ITEMS[number].deadline_h for number in item],
                "closed_at": closed,
                "state": state,
            }
        ),
        rng,
    )
    table["name"] = table["event_item"]
    table["department"] = [f"榕湾区{ITEMS[number].department}部门（示例）" for number in item]
    table["content"] = [
        ITEMS[number].content.format(at=f"{at}附近") for number, at in zip(item, table["address"], strict=True)
    ]
    table["position"] = np.where(rng.random(REPORT_COUNT) < 0.25, "approximate", "exact")
    hidden = rng.permutation(REPORT_COUNT)[:UNLOCATED]
    table.loc[hidden, "position"] = "unlocated"
    return unplace(table, hidden).sort_values("reported_at", kind="stable").reset_index(drop=True)


def _pull(atlas: Atlas, homes: pd.DataFrame, item: str, place: FloatArray, sheet: FloatArray) -> FloatArray:
    """Return how much each street draws reports of an item: its length, weighted by what lies near."""
    streets = atlas.town.streets
    shapes = streets["geometry"].to_numpy()
    lived_in = ~np.isin(zone_at(sheet[:, 0], sheet[:, 1]), ["hill", "ponds"])
    length = np.where(streets["is_walkable"].to_numpy() & lived_in, shapely.length(shapes), 0.0)
    pull = np.full(len(shapes), 0.12) * np.exp(-np.hypot(*(sheet - CENTRE).T) / 2600)
    for name, u, v, spread in HOT_SPOTS:
        if name == item:
            pull += 14 * np.exp(-((sheet[:, 0] - u) ** 2 + (sheet[:, 1] - v) ** 2) / (2 * spread**2))
    if item == "机动车乱停放":
        placed = homes[~shapely.is_missing(homes["geometry"].to_numpy())]
        gap = np.maximum(placed["vehicles"].to_numpy() - placed["stall_count"].to_numpy(), 0)
        tree = shapely.STRtree(placed["geometry"].to_numpy())
        street, home = tree.query(shapely.points(place), predicate="dwithin", distance=NEAR_M)
        order = np.lexsort((home, street))
        street, home = street[order], home[order]
        distance = shapely.distance(shapely.points(place[street]), placed["geometry"].to_numpy()[home])
        weight = gap[home] * np.exp(-((distance / 60.0) ** 2)) / 90.0
        pull += np.bincount(street, weights=weight, minlength=len(pull))
    return np.asarray(length * pull, dtype=float)


def _times(as_of: date, rng: np.random.Generator) -> pd.DatetimeIndex:
    """Return moments over the twelve months before ``as_of``, more by day, in summer and lately."""
    days = rng.choice(365, size=REPORT_COUNT, p=_season())
    hours = rng.choice(24, size=REPORT_COUNT, p=_day())
    minutes = rng.integers(0, 60, REPORT_COUNT)
    start = pd.Timestamp(as_of) - pd.Timedelta(days=364)
    return pd.DatetimeIndex(start + pd.to_timedelta((days * 24 + hours) * 60 + minutes, unit="m"))


def _season() -> FloatArray:
    day = np.arange(365)
    weight = 1 + 0.25 * np.sin(2 * np.pi * (day - 120) / 365) + 0.2 * day / 365
    return np.asarray(weight / weight.sum(), dtype=float)


def _day() -> FloatArray:
    hour = np.arange(24)
    weight = 0.15 + np.exp(-(((hour - 10) / 3.0) ** 2)) + 0.9 * np.exp(-(((hour - 20) / 3.0) ** 2))
    return np.asarray(weight / weight.sum(), dtype=float)


def _closing(
    time: pd.DatetimeIndex, deadline_h: FloatArray, as_of: date, rng: np.random.Generator
) -> tuple[np.ndarray, np.ndarray]:
    """Return when reports were closed and what the source says of them; the newest ones are often still open."""
    end = pd.Timestamp(as_of) + pd.Timedelta(hours=23, minutes=59)
    allowed_h = deadline_h * HOURS_PER_WORKING_HOUR
    hours = allowed_h * rng.lognormal(-0.6, 0.9, len(time))
    closed = time + pd.to_timedelta(np.round(hours * 60), unit="m")
    age_h = np.asarray((end - time) / pd.Timedelta(hours=1), dtype=float)
    is_fresh = (age_h < allowed_h) & (rng.random(len(time)) < 0.8)
    is_open = np.asarray(closed > end) | is_fresh | (rng.random(len(time)) < 0.025)
    still = np.where(age_h > allowed_h, "超期未办结", "办理中")
    state = np.where(is_open, still, np.where(hours > allowed_h, "超期办结", "已办结"))
    moments = np.full(len(time), None, dtype=object)
    moments[~is_open] = closed.to_numpy()[~is_open]
    return moments, state


def service_items(as_of: date, rng: np.random.Generator) -> pd.DataFrame:
    """Return services that are now bought item by item, sub-district by sub-district; they have no place."""
    size = 60
    category = deal(rng, {name: size // len(CONTRACTS) for name in CONTRACTS})
    area: IntArray = rng.integers(len(SUBDISTRICT_CODES), size=size)
    middle = np.array([CONTRACTS[name][0] for name in category], dtype=float)
    staff = np.array([CONTRACTS[name][1] for name in category], dtype=float)
    factor = rng.lognormal(0, 0.35, size)
    ends = pd.Timestamp(as_of) + pd.to_timedelta(rng.integers(-60, 800, size), unit="D")
    return pd.DataFrame(
        {
            "name": [f"{SUBDISTRICT_STEMS[k]}{name}服务" for k, name in zip(area, category, strict=True)],
            "subdistrict_code": [SUBDISTRICT_CODES[k] for k in area],
            "category": category,
            "coverage": [f"{SUBDISTRICT_STEMS[k]}街道全域（示例）" for k in area],
            "department": [f"榕湾区{CONTRACTS[name][2]}（示例）" for name in category],
            "provider": draw(
                rng,
                {"木鹤城服（示例）有限公司": 0.4, "鱼灯物业（示例）有限公司": 0.35, "石阶环境（示例）有限公司": 0.25},
                size,
            ),
            "contract_sum_cny_year": blank(rng, (middle * factor).round(-3), 0.05),
            "fund_source": draw(rng, {"区财政": 0.6, "街道财政": 0.3, "专项资金": 0.1}, size),
            "contract_end": blank(rng, ends.to_numpy(), 0.05),
            "staff_count": np.round(staff * factor),
            "is_mergeable": draw(rng, {"yes": 0.5, "partly": 0.2, "no": 0.2, "unknown": 0.1}, size),
        }
    )
