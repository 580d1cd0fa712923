"""What tells neighbours of one name apart: numbers, letters, sides, storeys, whom a thing is for; single characters.

``锦荣花园（A区2期）`` has the letter ``a`` and the number ``2``. Where a name hides such a mark in its core
(机务段二宿舍, 市一中), two cores are laid beside each other and the characters that differ are looked at
(:func:`marks_between`).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from rapidfuzz.distance import Levenshtein

from layers.findings import Text
from layers.values._numbers import chinese_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

NUMBERED = re.compile(
    r"(?:负?[0-9]+(?:-[0-9]+)?[,/]?)+(?:号[院楼]?|期|[栋幢座区层楼铺室])?"
    r"|(?<![a-z])[a-z](?![a-z])(?:[座栋幢区馆楼门口铺室]|出?入?口)?"
)
"""A number or a letter with what it counts, as it is taken out of a core."""
_NUMERALS = "一二三四五六七八九十"
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_OF_PLACE = "东南西北中左右前后上下内外"
_HARD = frozenset(f"〇{_NUMERALS}{_STEMS}{_OF_PLACE}")
_SOFT = frozenset("新旧老大小快慢正副主附首末")
_COUNTED = frozenset("座栋幢区楼段期院门口侧边层号第充")
_STOREY_WORDS = re.compile(r"[首底]层|([0-9])f(?![a-z])")
_BELOW_GROUND = re.compile(
    r"(?:地下|负)b?([0-9]+)(?=[层楼])|(?<![a-z])b([1-5])(?=[层楼]|停车|车库)|(?<=[下场库])b([1-5])(?![0-9])"
)
_ROMAN_STAGE = re.compile(r"(?<![a-z])(viii|vii|vi|iv|ix|v|iii|ii|i)(?=期)")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9}
_LOOSE_NUMERAL = re.compile(rf"第[{_NUMERALS}]+|(?<=.)[{_NUMERALS}]+(?=$|[,)]|停车|充电|地块|宗地|车库)")
_UNSETTLED = re.compile(rf"[首底负第bfivx{_NUMERALS}]|地下")
"""What :func:`settled` could change has one of these: most names of a large layer have none."""
_NUMBER = re.compile(r"负?[0-9]+(?:-[0-9]+)?")
_LETTER = re.compile(
    rf"(?<![a-z])(?:[a-z]|i{{2,3}}|iv|vi{{1,3}}|ix)(?![a-z])|[{_STEMS}](?=[座栋幢区楼段库组铺室院门]|地块|[,)]|$)"
)
_LETTERED, _DIRECTED = re.compile(rf"[a-z{_STEMS}]"), re.compile(f"[{_OF_PLACE}]")
_SIDE = re.compile(
    r"(?:[东西][南北]|[东南西北中])(?=[区院座门园苑村里侧段站部面边端翼塔楼]|广场|出?入?口|停车|充电|"
    r"[0-9]*[横直新正]?(?:路|街|巷|大道|大街)|[,)]|$)|[前后上下左右内外](?=[街路巷侧座])"
)
SIDED = re.compile(rf"(?:{_SIDE.pattern})(?:[门侧段区]|出?入口)?")
LEVEL = re.compile(r"地下|地面|地上|路边|路内|路侧|立体|机械|屋顶|楼顶")
_LEVEL_CALLED = {"地上": "地面", "路边": "路内", "路侧": "路内", "楼顶": "屋顶"}
_USES = (
    ("ebike", re.compile(r"电动自行车|电单车|电瓶车|电动车|非机动车|自行车|单车|摩托车|[两二2]轮")),
    ("battery_swap", re.compile(r"换电")),
)
_USED = re.compile("[车轮]|换电")
_PLATE = re.compile(r"(?<=[路街巷里道横坊约直村甫])([0-9]+(?:-[0-9]+)?)号(?![楼院地])")
_DOOR_NUMBER = re.compile(r"[0-9][0-9,-]*号(?=[,)(]|$)")
_SHORTEST_WORD = 2
_SAME_THING = frozenset(("旧址", "原址"))
USES = {"ebike": Text("电动自行车", "e-bikes"), "battery_swap": Text("换电", "battery swap")}
"""What ``use`` is called; its values are codes of ``charger_type`` of the charging kind."""
NO_SIGN, ASKING, APART = 0, 1, 2
"""What the characters say in which two cores differ: nothing, that a person must look, that the things are two."""


class Qualifiers(NamedTuple):
    """What a name says besides its core; blank where it says nothing.

    ``ordinal`` is what of number and letter is no house number; ``plate`` the house number of an address in brackets.
    """

    number: str
    letter: str
    side: str
    level: str
    ordinal: str
    plate: str
    use: str


def settled(text: str) -> str:
    """Return a name with numbers of storeys, stages and loose numerals written one way.

    首层 and 1F are ``1层``, 地下一层 and B1 ``负1层``, II期 ``2期``; a numeral that ends a name, a bracket or the part
    before 停车场 is a number (停车场二, （一）).
    """
    if _UNSETTLED.search(text) is None:
        return text
    found = _STOREY_WORDS.sub(lambda hit: f"{hit[1] or 1}层", text)
    found = _BELOW_GROUND.sub(lambda hit: f"负{hit[1] or hit[2] or hit[3]}", found)
    found = _ROMAN_STAGE.sub(lambda hit: str(_ROMAN[hit[1]]), found)
    return _LOOSE_NUMERAL.sub(_digits, found)


def _digits(hit: re.Match[str]) -> str:
    number = chinese_number(hit[0].removeprefix("第"))
    return hit[0] if number is None else str(number)


def qualifiers(main: str, details: Sequence[str]) -> Qualifiers:
    """Return what a name says besides its core.

    Parameters
    ----------
    main
        The name in one spelling without brackets, :func:`settled`.
    details
        What stood in brackets, likewise.
    """
    bracketed = f"({','.join(details)})" if details else ""
    plate = ",".join(_PLATE.findall(bracketed)) if bracketed else ""
    text = main + (_PLATE.sub("", bracketed) if plate else bracketed)
    letters = ",".join(_LETTER.findall(text)) if _LETTERED.search(text) else ""
    number = counted = ",".join(_NUMBER.findall(text))
    if number and "号" in text:
        counted = ",".join(_NUMBER.findall(_DOOR_NUMBER.sub("", text)))
    sides = ",".join(_SIDE.findall(text)) if _DIRECTED.search(text) else ""
    levels = ",".join(_LEVEL_CALLED.get(word, word) for word in LEVEL.findall(text))
    use = ",".join(name for name, words in _USES if words.search(text)) if _USED.search(text) else ""
    return Qualifiers(number, letters, sides, levels, f"{counted}{letters}", plate, use)


def marks_between(one: NDArray[np.object_], other: NDArray[np.object_]) -> NDArray[np.int8]:
    """Return what the characters say in which two cores differ, pair by pair.

    Where numerals, 甲乙丙 or directions stand against each other (一宿舍 and 二宿舍) the things are :data:`APART`.
    It is :data:`ASKING` where other words stand against each other (宝源路西关大屋 and 宝华路西关大屋: a slip of the
    pen or a neighbour), where only one has such a character, and where one has a word more behind its beginning
    (东风东路小学 and 东风东路). A word more before the name is who runs it or where it is: :data:`NO_SIGN`.
    """
    found = np.full(len(one), NO_SIGN, dtype=np.int8)
    differ = np.flatnonzero((one != other) & (one != "") & (other != ""))
    found[differ] = [_sign(a, b) for a, b in zip(one[differ], other[differ], strict=True)]
    return found


def _sign(one: str, other: str) -> int:
    signs = [NO_SIGN]
    for operation in Levenshtein.opcodes(one, other):
        if operation.tag == "equal":
            continue
        a = _marks(one, operation.src_start, operation.src_end)
        b = _marks(other, operation.dest_start, operation.dest_end)
        if a and b and set(a + b) <= _HARD:
            signs.append(APART)
        elif a or b or operation.tag == "replace":
            signs.append(ASKING)
        elif operation.src_start > 0 and operation.dest_start > 0:
            more = one[operation.src_start : operation.src_end] + other[operation.dest_start : operation.dest_end]
            signs.append(ASKING if len(more) >= _SHORTEST_WORD and more not in _SAME_THING else NO_SIGN)
    return max(signs)


def _marks(core: str, start: int, end: int) -> str:
    """Return the marks in a part of a core, with the numerals right beside it; nothing where it has other words."""
    while start > 0 and end > start and core[start - 1] in _NUMERALS and core[start] in _NUMERALS:
        start -= 1
    words = [character for character in core[start:end] if character not in _COUNTED]
    return "".join(words) if all(word in _HARD or word in _SOFT for word in words) else ""
