"""What a ledger says of planned use, as classes of GB 50137-2011: by code, by name, or not understood."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from gis._notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd

CLASS_NAMES = """
R 居住用地  R1 一类居住用地  R2 二类居住用地  R3 三类居住用地  R 住宅用地  R 服务设施用地
A 公共管理与公共服务设施用地  A 公共管理与公共服务用地  A1 行政办公用地  A2 文化设施用地  A21 图书展览用地
A22 文化活动用地  A3 教育科研用地  A31 高等院校用地  A32 中等专业学校用地  A33 中小学用地  A34 特殊教育用地
A35 科研用地  A4 体育用地  A41 体育场馆用地  A42 体育训练用地  A5 医疗卫生用地  A51 医院用地  A52 卫生防疫用地
A53 特殊医疗用地  A59 其他医疗卫生用地  A6 社会福利用地  A7 文物古迹用地  A8 外事用地  A9 宗教用地
B 商业服务业设施用地  B1 商业用地  B11 零售商业用地  B12 批发市场用地  B13 餐饮用地  B14 旅馆用地  B2 商务用地
B21 金融保险用地  B22 艺术传媒用地  B29 其他商务用地  B3 娱乐康体用地  B31 娱乐用地  B32 康体用地
B4 公用设施营业网点用地  B41 加油加气站用地  B49 其他公用设施营业网点用地  B9 其他服务设施用地
M 工业用地  M1 一类工业用地  M2 二类工业用地  M3 三类工业用地
W 物流仓储用地  W1 一类物流仓储用地  W2 二类物流仓储用地  W3 三类物流仓储用地
S 道路与交通设施用地  S1 城市道路用地  S2 城市轨道交通用地  S3 交通枢纽用地  S4 交通场站用地
S41 公共交通场站用地  S42 社会停车场用地  S9 其他交通设施用地
U 公用设施用地  U1 供应设施用地  U11 供水用地  U12 供电用地  U13 供燃气用地  U14 供热用地  U15 通信用地
U16 广播电视用地  U2 环境设施用地  U21 排水用地  U22 环卫用地  U3 安全设施用地  U31 消防用地  U32 防洪用地
U9 其他公用设施用地
G 绿地与广场用地  G1 公园绿地  G2 防护绿地  G3 广场用地
H 建设用地  H1 城乡居民点建设用地  H11 城市建设用地  H12 镇建设用地  H13 乡建设用地  H14 村庄建设用地
H2 区域交通设施用地  H21 铁路用地  H22 公路用地  H23 港口用地  H24 机场用地  H25 管道运输用地
H3 区域公用设施用地  H4 特殊用地  H41 军事用地  H42 安保用地  H5 采矿用地  H9 其他建设用地
E 非建设用地  E1 水域  E11 自然水域  E12 水库  E13 坑塘沟渠  E2 农林用地  E9 其他非建设用地
"""
"""Codes and names of GB 50137-2011, tables 3.2.2 and 3.3.2 (住宅用地 and 服务设施用地 stand under R1, R2 and R3)."""

LAND = "用地"
"""A name is also read without it: 军事, 工业."""
DIVIDED_ELSEWHERE = ("H1", "H11")
"""Classes of table 3.2.2 that table 3.3.2 divides into R to G: they hold parks and schools as well as shops."""
JOINED = re.compile(r"[\s\W_]|兼容|混合|[兼及和与或]|规划")
"""What may stand between classes without saying anything."""

SERVES_ELSEWHERE = {
    "S1": Note("城市道路用地", "urban roads"),
    "A7": Note("文物古迹用地", "monuments"),
    "B41": Note("加油加气站用地", "fuel and gas stations"),
    "U1": Note("供应设施用地", "supply utilities"),
    "U2": Note("环境设施用地", "sewerage and sanitation"),
    "U31": Note("消防用地", "fire stations"),
    "H2": Note("区域交通设施用地", "regional transport"),
    "H3": Note("区域公用设施用地", "regional utilities"),
    "H5": Note("采矿用地", "mining"),
}
"""Planned uses that no exclusion names and no rule opens to anything else."""
ROAD_TENURES = ("road_leftover", "under_bridge")
"""Their own path asks the authority of the road: that the plan shows a road there is no news."""
ASK_HOLDER = Note(
    "向规划和自然资源部门、该用地主管部门核实可否另作他用",
    "Ask the natural-resources department and the authority of that land whether it may serve anything else",
)


def _names() -> dict[str, str]:
    pairs = [item.split(" ") for item in re.split(r"\s{2,}|\n", CLASS_NAMES.strip())]
    return {name.removesuffix(LAND): code for code, name in pairs} | {name: code for code, name in pairs}


NAMES = _names()
CODES = frozenset(NAMES.values())
BY_NAME = re.compile("|".join(sorted(NAMES, key=len, reverse=True)))
"""The longest name first: 非建设用地 is no 建设用地."""
BY_CODE = re.compile(r"(?<![A-Z0-9])(?:[A-Z]|(?:[A-Z]\d*)*[A-Z]\d+(?:[A-Z]\d*)*)(?![A-Z0-9])")
"""One letter, or letters and digits by turns with a digit among them (``A33``, ``B1B2``): ``NULL`` is no code."""


class Zoning(NamedTuple):
    """The classes that a text names, and whether they are all that it says."""

    codes: tuple[str, ...]
    is_understood: bool


def read_zoning(text: object) -> Zoning:
    """Return the classes of GB 50137-2011 in a planned use as ledgers write it.

    ``公园绿地G1`` gives ``G1``, ``B1/B2`` both, ``军事用地`` ``H41``. Whatever else stands there (待定, a code of
    another standard) leaves the text not understood: what is not read can hold the class that forbids.
    """
    if pd.isna(text):
        return Zoning((), is_understood=False)
    rest = unicodedata.normalize("NFKC", str(text)).upper()
    found = [NAMES[name] for name in BY_NAME.findall(rest)]
    rest = BY_NAME.sub(" ", rest)
    written = [code for run in BY_CODE.findall(rest) for code in re.findall(r"[A-Z]\d*", run)]
    left = JOINED.sub("", BY_CODE.sub(" ", rest))
    known = [code for code in written if code[:2] in CODES]
    codes = tuple(dict.fromkeys([*found, *known]))
    return Zoning(codes, is_understood=bool(codes) and not left and len(known) == len(written))


def zonings(told: pd.Series) -> pd.Series:
    """Return what :func:`read_zoning` finds in each text; each different text is read once."""
    read = {text: read_zoning(text) for text in told.dropna().unique()}
    nothing = Zoning((), is_understood=False)
    return pd.Series([read.get(text, nothing) for text in told.astype(object)], index=told.index, dtype=object)


def is_sure(zoning: Zoning, excluded: Iterable[str]) -> bool:
    """Whether a text tells for certain if one of the ``excluded`` classes is meant.

    It does not where part of it is not understood, nor where it names a class that holds an excluded one beside others:
    绿地与广场用地 (G) may be a park or a square.
    """
    too_wide = {code[:size] for code in excluded for size in range(1, len(code))} | set(DIVIDED_ELSEWHERE)
    return zoning.is_understood and too_wide.isdisjoint(zoning.codes)


def serving_elsewhere(land: gpd.GeoDataFrame) -> list[tuple[pd.Series, tuple[Note, Note]]]:
    """Return where land is planned for something that no rule opens to another use, why that is unclear, what to ask.

    A road leftover or the ground under a bridge that the plan shows as a road is not among them (:data:`ROAD_TENURES`).
    """
    zoned, is_road = zonings(land["zoning"]), land["tenure"].isin(ROAD_TENURES)
    told = []
    for key, words in SERVES_ELSEWHERE.items():
        where = zoned.map(lambda held, key=key: any(code.startswith(key) for code in held.codes)).astype(bool)
        why = Note(
            f"规划用途为{words.zh}（{key}），没有规则写明可否另作他用",
            f"Planned for {words.en} ({key}): no rule says whether it may serve anything else",
        )
        told.append((where & ~is_road if key == "S1" else where, (why, ASK_HOLDER)))
    return told
