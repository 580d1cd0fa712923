"""Coded and yes-no cells: a code, its title in either language, or words of a ledger that mean one code."""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.values._half_said import half_said
from layers.values._text import MISSING, Reading, is_mark, is_missing, plain, split_notes, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Field

_YES = frozenset(("是", "有", "y", "yes", "true", "t", "1", "√", "✓", "✔", "对", "已", "1.0"))
_NO = frozenset(("否", "无", "n", "no", "false", "f", "0", "x", "✗", "✘", "没有", "未", "不", "0.0"))
_NEGATIONS = "无非不未没"
_MOST_CHOICES = 12
_SYNONYMS: Mapping[str, Mapping[str, str]] = MappingProxyType(
    {
        "tenure": {
            "出让": "granted",
            "划拨": "allocated",
            "划拨工业": "allocated",
            "收储地": "reserve",
            "储备用地": "reserve",
            "储备土地": "reserve",
            "已收储": "reserve",
            "集体用地": "collective",
            "集体土地": "collective",
            "留用地": "collective",
            "桥底": "under_bridge",
            "高架桥底": "under_bridge",
            "桥下": "under_bridge",
            "道路用地": "road_leftover",
            "公园绿地": "green_leftover",
            "防护绿地": "green_leftover",
            "绿地": "green_leftover",
        },
        "ownership": {
            "国有": "state",
            "直管公房": "state",
            "公房": "state",
            "区属国企": "state_enterprise",
            "市属国企": "state_enterprise",
            "国企": "state_enterprise",
            "街道办": "sub_district",
            "街道办事处": "sub_district",
            "街道": "sub_district",
            "经联社": "collective",
            "村集体": "collective",
            "私房": "private",
            "私有": "private",
            "个人": "private",
            "代管侨房": "trust",
            "侨房代管": "trust",
            "公私混合": "mixed",
        },
        "heritage_class": {
            "国保": "national_unit",
            "省保": "provincial_unit",
            "市保": "city_unit",
            "区保": "district_unit",
            "县保": "district_unit",
            "县级文物保护单位": "district_unit",
            "全国重点": "national_unit",
            "尚未核定公布为文物保护单位的不可移动文物": "unclassified_relic",
            "未定级不可移动文物": "unclassified_relic",
            "未定级": "unclassified_relic",
            "街区": "historic_block",
            "古树": "ancient_tree",
            "名木": "ancient_tree",
        },
        "structure": {
            "砖木结构": "brick_timber",
            "砖混结构": "brick_concrete",
            "砖石结构": "masonry",
            "框架": "concrete",
            "钢筋混凝土": "concrete",
            "混凝土": "concrete",
            "木": "timber",
        },
        "use_state": {"闲置": "vacant", "租住": "residential", "住宅": "residential", "自住": "residential"},
        "danger_grade": {"a": "A", "b": "B", "c": "C", "d": "D", "au级": "A", "bu级": "B", "cu级": "C", "du级": "D"},
        "condition_grade": {"a": "A", "b": "B", "c": "C", "d": "D", "au级": "A", "bu级": "B", "cu级": "C", "du级": "D"},
        "occupancy": {"闲置": "vacant", "出租": "let", "已出租": "let", "自用": "occupied", "占用": "occupied"},
        "income_owner": {
            "上缴区财政": "treasury",
            "上缴财政": "treasury",
            "区财政": "treasury",
            "收支两条线": "treasury",
            "全体业主": "owners",
            "业主": "owners",
            "经联社": "collective",
            "企业": "state_enterprise",
            "代管专户": "trust",
        },
        "access": {
            "是": "public",
            "对外": "public",
            "开放": "public",
            "公共": "public",
            "公用": "public",
            "否": "private",
            "不对外": "private",
            "职工": "permit",
            "业主": "permit",
            "专用": "permit",
        },
        "property_management": {
            "居委": "residents_committee",
            "居委会": "residents_committee",
            "无": "none",
            "三无": "none",
            "自管": "unit",
            "物业": "company",
        },
        "charger_type": {"电动车": "ebike", "电单车": "ebike", "汽车": "car", "换电柜": "battery_swap"},
        "parking_type": {
            "公共": "public",
            "路内": "kerb",
            "路边": "kerb",
            "路内泊位": "kerb",
            "路内停车": "kerb",
            "立体车库": "mechanical",
            "机械车库": "mechanical",
        },
        "surface": {
            "长草": "grass",
            "草地": "grass",
            "绿地": "grass",
            "厂房": "built",
            "房屋": "built",
            "开挖": "dug",
            "基坑": "dug",
            "硬化": "paved",
            "水泥": "paved",
            "沥青": "paved",
            "裸露": "bare",
            "黄土": "bare",
        },
        "constraint": {"地铁": "metro_protection", "河涌": "river_strip"},
        "status": {"在运营": "operating", "已建": "operating", "拟建": "planned", "在建": "planned", "停运": "closed"},
        "is_mergeable": {"可以": "yes", "是": "yes", "否": "no"},
    }
)
"""Words that ledgers use, by field; a word stands here only where it can mean nothing else in that column."""


def parse_code(text: str, field: Field) -> Reading:
    """Return the code of a cell; words that mean none of the codes give null and stay in the remark.

    Parameters
    ----------
    text
        The cell: a code, a Chinese or English title, or words that contain exactly one of them.
    field
        The coded field.
    """
    cell = plain(text)
    if is_mark(cell):
        return MISSING
    names, key = _names(field), _key(cell)
    if key in _titles(field):
        return Reading(names[key])
    if key not in names and is_missing(cell):
        return Reading(names["unknown"]) if "unknown" in (field.codes or {}) else MISSING
    found = _code_of_words(cell, names, field)
    if found is not None:
        return _read_as(found, field)
    if (lacking := half_said(_key(split_notes(cell)[0]), field.name)) is not None:
        kept = "，已置空，原文留在备注", ", set to null, its words kept in the remark"
        return unreadable(f"“{cell}”{lacking.zh}{kept[0]}", f"{lacking.en}{kept[1]}", rule="code_unknown")
    zh, en = _choices(tuple((field.codes or {}).values()))
    return unreadable(
        f"不在代码表内，已置空，原文留在备注；可改写为：{zh}",
        f"not in the code list, set to null, its words kept in the remark; accepted are: {en}",
        rule="code_unknown",
    )


@lru_cache(maxsize=256)
def _choices(titles: tuple[tuple[str, str], ...]) -> tuple[str, str]:
    """Return the titles that a cell may hold, without brackets, in Chinese and English, cut where they are many."""
    shown = [(split_notes(plain(zh))[0], split_notes(en)[0]) for zh, en in titles[:_MOST_CHOICES]]
    left = len(titles) - len(shown)
    zh = "，".join(zh for zh, _ in shown) + (f" 等 {len(titles)} 种，见数据字典" if left else "")
    en = "; ".join(en for _, en in shown) + (f"; and {left} more, see the data dictionary" if left else "")
    return zh, en


def _code_of_words(cell: str, names: Mapping[str, str], field: Field) -> str | None:
    """Return the one code that words mean: without their brackets, else the only name inside them."""
    bare = _key(split_notes(cell)[0])
    inside = _codes_inside(_key(cell), names)
    if bare in names and (bare not in _YES | _NO or not inside):
        return names[bare] if inside <= {names[bare]} else None
    if len(inside) == 1:
        return inside.pop()
    return "mixed" if field.name == "ownership" and len(inside) > 1 and "mixed" in (field.codes or {}) else None


def exact_code(text: str, field: Field) -> str | None:
    """Return the code that a cell names outright, by code, title or a ledger's word for it."""
    return _names(field).get(_key(plain(text)))


def _read_as(code: str, field: Field) -> Reading:
    zh, en = (field.codes or {})[code]
    return Reading(code, "code_read_as", f"读作“{zh}”", f"read as {en!r}", keep_text=True)


def _key(text: str) -> str:
    return re.sub(r"[\s_|/-]", "", text).lower()


@lru_cache(maxsize=256)
def _titles_of(codes: tuple[tuple[str, str, str], ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for code, zh, en in codes:
        for title in (zh, split_notes(plain(zh))[0], en, code):
            found[_key(plain(title))] = code
        for part in re.split(r"[、,，]", plain(zh)) if "、" in zh else ():
            found.setdefault(_key(split_notes(part)[0]), code)
    return MappingProxyType(found)


def _titles(field: Field) -> Mapping[str, str]:
    """Return the codes of a field by code and title, as keys."""
    return _titles_of(tuple((code, zh, en) for code, (zh, en) in (field.codes or {}).items()))


def _names(field: Field) -> dict[str, str]:
    """Return the codes of a field by every name, ledgers' words included, as keys."""
    words = {_key(word): code for word, code in _SYNONYMS.get(field.name, {}).items() if code in (field.codes or {})}
    return words | dict(_titles(field))


def _codes_inside(text: str, names: Mapping[str, str]) -> set[str]:
    """Return the codes whose names stand in a text, longest names first, none of them negated."""
    found: set[str] = set()
    rest = text
    for name in sorted((name for name in names if len(name) > 1 and not name.isascii()), key=len, reverse=True):
        while (at := rest.find(name)) >= 0:
            if at and rest[at - 1] in _NEGATIONS:
                return set()
            found.add(names[name])
            rest = rest[:at] + "|" * len(name) + rest[at + len(name) :]
    return found


def parse_bool(text: str) -> Reading:
    """Return yes or no of a cell; anything in between gives null and stays in the remark."""
    cell = plain(text)
    if is_mark(cell) or is_missing(cell):
        return MISSING
    bare, has_notes = split_notes(cell)
    key = _key(bare)
    for words, value, zh in ((_YES, True, "是"), (_NO, False, "否")):
        if key in words:
            if not has_notes:
                return Reading(value)
            return Reading(
                value,
                "words_in_cell",
                f"括号内另有说明，读作“{zh}”",
                f"words in brackets set aside, read as {'yes' if value else 'no'}",
                keep_text=True,
            )
    if re.fullmatch(r"(?:无(?!法)|没有|未(?![明定核查详知填统]))[一-鿿]{1,4}", bare):
        return Reading(False, "words_in_cell", "读作“否”", "read as no", keep_text=True)
    return unreadable(
        "不是“是”或“否”，已置空，原文留在备注", "neither yes nor no, set to null, its words kept in the remark"
    )
