"""Where a phrase tells something: in a cell, in a title and its cell together, in a title whose cell says yes.

The words of a row are ``title: cell`` after each other. A phrase that stands in a title only asks (是否储备地: 否); a
phrase that is denied, asked or over (不存在诉讼, 是否涉诉, 诉讼已结案) tells nothing either.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from layers.values._taken_back import ENDED

if TYPE_CHECKING:
    from layers.schema import Phrase

TITLE = "；[^；]*: "
"""A title behind what divides the columns; a colon that people write has no blank behind it."""
_ASKED = "(?:是否|有无|是不是|有没有|能否|可否|是否有)"
_STEM = (
    "(?:[^有]无|[非不未没拟将待]|周边|毗邻|邻近|紧邻|附近|旁边|曾经?|原(?:为|是|属|系)|同意|愿意|申请|建议)"
    f"{_ASKED}?(?:纳入|列入|计入|涉及|属于|属|是|为|有|在)?|待核实?"
)
"""What takes back a phrase right behind it: it is denied, only planned, past, or said of a neighbour. 有无 asks."""
_CLAUSE = "[^；:,.。!?的但而却只仅且并]"
_FAR = (
    "(?:不存在?|不涉及|不属于|不含|不包括|不包含|并无|并非|从未|从无|无任何|没有任何|未见|"
    f"(?:未|没有)(?:发现|发生|涉及|存在|出现)){_CLAUSE}{{0,12}}"
)
"""What takes back a phrase with other words between, within one clause: 不存在抵押、查封、诉讼."""
_BURDEN = (
    "(?:被|其[他它])?(?:权属|产权|债权|经济|法律|司法)?"
    "(?:抵押|质押|担保|查封|冻结|纠纷|争议|诉讼|仲裁|债务|违[法建章]|欠[费租款]|转租)"
)
_LIST = f"(?:无|没有|未有)(?:{_BURDEN}[、及和与或]?){{1,6}}"
_LIST_END = "(?:等|的?(?:情形|问题|现象|行为))"
"""A plain 无 or 没有 denies a list only where all before the phrase are burdens, which no office would miss: 无抵押、
涉诉等情形; in 未动工、涉诉等问题 and 无证照且涉诉等问题 it belongs to its own word alone."""
_LINK = "(?:案件?|纠纷|状态|情况|情形|问题|认定|计划|项目|手续|等|的|均|都|现|目前)*"
_CELL_NO = (
    r"[^；:,.。]{0,12}: ?(?:(?:否|不(?:存在|涉及?|属于?|是|含)|没有?|[暂并均]?无|未(?:涉及?|纳入|列入|发生|发现)?|"
    r"待(?:核|查|定|确认)|空)(?:[；,.。()! 此相任涉]|实|查|认|定|$)|[-/xX]?(?:；|$)|[0nN][oO]?(?:；|$))"
)
_NOTE_NO = r" ?\((?:否|无|不是|不存在|不涉及)\)"
_TAIL = r"(?:情况|情形|问题|项目|计划|范围|地块|用地|土地|空间|区域|的)*(?:\([^()；]*\))?"
"""What may stand in a title behind the phrase that it asks for; 自建房排查: 是 asks for something else."""
_END = r"(?:[；,.。!( ]|$)"
_YES = (
    "(?:是的?|有(?: ?[0-9一二三两]+ ?[宗处个起件户栋条])?|存在|涉及|属于?|对|√|✓|✔|[yY](?:[eE][sS])?|"
    f"[tT](?:[rR][uU][eE])?|已(?:纳入|列入|上缴|收储|涉诉)?|纳入|列入){_END}"
)


class Way(NamedTuple):
    """One way in which a row may say a phrase.

    Parameters
    ----------
    is_of_cells
        Whether it is looked for in the cells alone; else in titles and cells.
    pattern
        What says it.
    taken_back
        What takes it back, the words themselves included.
    """

    is_of_cells: bool
    pattern: str
    taken_back: str


@lru_cache(maxsize=256)
def ways(phrase: Phrase) -> tuple[Way, ...]:
    """Return the ways in which rows may say a phrase, the plainest first."""
    parts = alternatives(phrase.pattern or phrase.cue)
    over = f"已(?:经|被|全部)?(?:{'|'.join(filter(None, (ENDED, phrase.ended)))})(?:完[毕成])?"
    plain = "|".join(part for part in parts if not _has_colon(part))
    titled = "|".join(part for part in parts if _has_colon(part))
    found = (_in_cells(plain, over), _in_asking_titles(plain, over)) if plain else ()
    return (*found, _with_its_title(titled, over)) if titled else found


def bare(phrase: Phrase) -> str:
    """Return the pattern of a phrase without a named group."""
    return _without_group(phrase.pattern or phrase.cue)


def _in_cells(told: str, over: str) -> Way:
    """Return how cells say a phrase, wherever they stand: 区储备土地."""
    words = _without_group(told)
    before = f"{_STEM}|{_FAR}|{_ASKED}[^；:,。且并]{{0,12}}"
    behind = f"{_NOTE_NO}|{_CELL_NO}|{_LINK}[,(]?{over}(?:[；,.。)! 了]|$)"
    listed = f"{_LIST}(?:{words}){_LIST_END}"
    return Way(True, told, f"(?:{before})(?:{words})|{listed}|(?:{words})(?:{behind})")


def _in_asking_titles(told: str, over: str) -> Way:
    """Return how a title asks for a phrase and its cell says yes: 是否储备地: 是."""
    words = _without_group(told)
    yes = f"{_TAIL}: ?{_YES}"
    ticked = f"{_ASKED}[^；:]*(?:{words}){_TAIL}: ?1(?:\\.0)?(?:；|$)"
    return Way(False, f"(?:{told}){yes}|{ticked}", f"(?:{_STEM}|{_FAR})(?:{words}){yes}|(?:{words}){yes}[^；]*{over}")


def _with_its_title(told: str, over: str) -> Way:
    """Return how a title and its cell say a phrase together, as its pattern has them: 类型: 城中村."""
    words = _without_group(told)
    return Way(False, told, f"(?:{_STEM})(?:{words})|(?:{words})[^；]*{over}")


def _without_group(pattern: str) -> str:
    return pattern.replace("(?P<value>", "(?:")


@lru_cache(maxsize=256)
def alternatives(pattern: str) -> tuple[str, ...]:
    """Return the alternatives of a pattern, as divided by those ``|`` that stand in no bracket."""
    found, depth, start = [], 0, 0
    for at, sign in enumerate(re.sub(r"\\.|\[[^\]]*\]", lambda one: "_" * len(one[0]), pattern)):
        depth += (sign == "(") - (sign == ")")
        if sign == "|" and not depth:
            found.append(pattern[start:at])
            start = at + 1
    return (*found, pattern[start:])


def _has_colon(pattern: str) -> bool:
    return ":" in re.sub(r"\[[^\]]*\]|\(\?:", "", pattern)
