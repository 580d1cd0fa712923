"""Invented names. No real place may be given an invented condition, so none of these names one.

Administrative names carry 示例 (sample), and so does every address (``示例市``); the codes begin with 440199, which
GB/T 2260 does not assign.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np

CITY_NAME = "示例市"
DISTRICT_STEM = "榕湾区"
DISTRICT_NAME = f"{DISTRICT_STEM}（示例）"
DISTRICT_CODE = "440199"
SUBDISTRICT_STEMS = (
    "榕荫", "蕉浪", "鹭汀", "潮信", "砚塘", "木鹤", "云艇", "荔帆", "石桨",
    "铜漏", "蚝廊", "鱼灯", "葵扇", "橹声", "柚亭", "缆桩", "苔井", "茶灶",
)  # fmt: skip
SUBDISTRICT_NAMES = tuple(f"{stem}街道（示例）" for stem in SUBDISTRICT_STEMS)
SUBDISTRICT_CODES = tuple(f"{DISTRICT_CODE}{number:03d}" for number in range(1, 19))
RIVER_NAME = "潮信江"
CANAL_NAMES = {
    "canal_west": "缆桩涌",
    "canal_east": "葵扇涌",
    "canal_south": "荔帆涌",
    "canal_north": "砚塘濠",
}
LAKE_NAMES = ("木鹤湖", "柚亭湖", "鹭汀湖", "苔井湖")
EXPRESSWAY_NAMES = ("潮信江快速路", "橹声高架路")
WORDS = (
    "望潮", "晒网", "玉簪", "蓑衣", "灯芯", "纸鸢", "陶瓮", "竹篙", "藤椅", "蝉衣", "麻绳", "瓦当",
    "雨檐", "盐斗", "米筛", "船篷", "墨斗", "桑榆", "蒲团", "竹笠", "铁锚", "糖寮", "风炉", "花窗",
    "纱灯", "水磨", "纸伞", "绣针", "木屐", "白兰", "青砖", "灰塑", "砖雕", "蚝壳", "帆索", "渡灯",
    "茶筅", "棕垫", "苇席", "渔歌", "月牙", "云梯", "雁行", "蝶影", "鹤鸣", "荷风", "桂影", "梅雨",
    "松涛", "兰棹", "锦鲤", "画眉", "石阶", "鼓楼坡", "钟声坡", "龙骨车", "凤眼莲", "醒狮", "南音", "粤韵",
)  # fmt: skip
WORKS = (
    "织造厂",
    "搪瓷厂",
    "缝纫机厂",
    "修船厂",
    "电池厂",
    "玻璃厂",
    "罐头厂",
    "印刷厂",
    "制伞厂",
    "钟表厂",
    "胶鞋厂",
    "仪表厂",
)
OLD_ENDINGS = (
    "新村",
    "一村",
    "二村",
    "三村",
    "大院",
    "里",
    "坊",
    "小区",
    "北区",
    "南区",
    "东区",
    "西区",
    *(f"{name}宿舍" for name in WORKS),
)
NEW_ENDINGS = ("花园", "雅苑", "华庭", "名轩", "湾畔", "阁")
STREET_ENDINGS = {
    "main": ("大道", "路", "中路"),
    "secondary": ("路", "北路", "南路"),
    "local": ("街", "横街", "东街", "西街", "南街", "北街", "新街", "后街", "前街", "上街", "下街", "正街"),
}
ALLEY_ENDINGS = ("巷", "里", "横巷", "直街", "首约", "二约")


def unique_names(rng: np.random.Generator, words: Sequence[str], endings: Sequence[str], count: int) -> list[str]:
    """Return ``count`` different names of a word and an ending, numbered where the combinations do not suffice."""
    every = [f"{word}{ending}" for word in words for ending in endings]
    order = rng.permutation(len(every))
    names = [every[number] for number in order]
    rounds = 2
    while len(names) < count:
        names += [f"{every[number]}{rounds}号" for number in order]
        rounds += 1
    return names[:count]


def distinct(names: Sequence[str], joint: str = "", ending: str = "号") -> list[str]:
    """Return ``names`` in which the second and later ones of a name carry their number."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}{joint}{seen[name]}{ending}")
    return found


def address(subdistrict: int, street: str, number: int) -> str:
    """Return an address that begins with 示例市, so that it can be no real one."""
    return f"{CITY_NAME}{DISTRICT_STEM}{SUBDISTRICT_STEMS[subdistrict]}街道{street}{number}号"
