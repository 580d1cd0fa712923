"""Coded and yes-no cells: a code, its title in either language, or words of a ledger that mean one code."""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

from layers.quality import Text
from layers.values import _taken_back as taken_back
from layers.values._code_words import words_of
from layers.values._everyday import everyday_code
from layers.values._half_said import half_said
from layers.values._script import simplified
from layers.values._text import MISSING, Reading, is_mark, is_missing, plain, split_notes, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Field

_YES = frozenset(("是", "有", "y", "yes", "true", "t", "1", "√", "✓", "✔", "对", "已", "1.0"))
_YES |= {"是的", "存在", "涉及", "属于"}
_NO = frozenset(("否", "无", "n", "no", "false", "f", "0", "x", "✗", "✘", "没有", "未", "不", "0.0"))
_NO |= {"不存在", "不涉及", "不属于", "不是", "并无", "从未", "从无"}
_SAYS_NO = re.compile(
    r"(?:[并均都从暂尚]?(?:无(?!法)|没有|未(?![明定核查详知填统]))|并非|"
    r"不(?:存在|涉及?|属于?|是|含|在))"
    r"[^,，。;；：:明清确详知核查很0-9A-Za-z]{1,8}"
)
"""没有围蔽, 不存在诉讼纠纷, 从未涉诉; 未核实, 不是很清楚 and 无法确认 are no answer."""
_ENDS = f"{taken_back.ENDED}|审结|终审|终结|[完办]结|调解|履行|生效|解决|处理|上诉|撤"
_BETWEEN = "[^未、及和与或]{0,5}?"
_GOES_ON = re.compile(
    rf"[并均都从暂尚]?(?:未[结了决判审执撤]|"
    rf"(?:未|没有|无|不是|不属于?|并非){_BETWEEN}(?:{_ENDS}|判|裁[决定]|执行(?!案)|审理|开庭|结[果论])|"
    rf"不{_BETWEEN}(?:已|{_ENDS}))"
)
"""A case that is denied an end goes on: 没有结案, 尚未全部执行, 不是已结案; 没有未结诉讼 and 不涉及执行 deny it."""
_IS_OVER = re.compile(rf"[一-鿿]{{0,4}}已(?:经|全部|均)?(?:{taken_back.ENDED})(?:完毕)?")
_NOT_OVER = re.compile(
    "[未否待拟将没非无似应据]|不(?!动产)|部分|其中|个别|可能|基本|[一二两三四五六七八九十几数多][宗起件个审]|"
    "抵押|查封|冻结|租|合同|协议"
)
"""Not yet over, over in part, by hearsay; or something else is over (查封已解除)."""
_MOST_CHOICES = 12


def parse_code(text: str, field: Field) -> Reading:
    """Return the code of a cell; words that mean none of the codes give null and stay in the remark.

    Parameters
    ----------
    text
        The cell: a code, a Chinese or English title, or words that contain exactly one of them.
    field
        The coded field.
    """
    cell = simplified(plain(text))
    if is_mark(cell):
        return MISSING
    names, key = _names(field), _key(cell)
    if key in _titles(field):
        return Reading(names[key])
    if key not in names and is_missing(cell):
        return Reading(names["unknown"]) if "unknown" in (field.codes or {}) else MISSING
    said = everyday_code(cell, field) or _taken_back(cell, names, field)
    said = said or _read_as(_code_of_words(cell, names, field), field)
    if said is not None:
        return said
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
    named = _codes_inside(_key(cell), _names(field, inside=True), field.name)
    inside = set() if named.denied else named.codes
    if bare in names and (bare not in _YES | _NO or not inside):
        return names[bare] if inside <= {names[bare]} else None
    if len(inside) == 1:
        return inside.pop()
    return "mixed" if field.name == "ownership" and len(inside) > 1 and "mixed" in (field.codes or {}) else None


def exact_code(text: str, field: Field) -> str | None:
    """Return the code that a cell names outright, by code, title or a ledger's word for it."""
    return _names(field).get(_key(simplified(plain(text))))


def _read_as(code: str | None, field: Field) -> Reading | None:
    if code is None:
        return None
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


def _names(field: Field, *, inside: bool = False) -> dict[str, str]:
    """Return the codes of a field by every name, ledgers' words included, as keys; ``inside`` as in `words_of`."""
    words = words_of(field.name, inside=inside).items()
    return {_key(word): code for word, code in words if code in (field.codes or {})} | dict(_titles(field))


class _Inside(NamedTuple):
    """What names of codes stand in a text: their codes, those of them that are denied, and the text without them."""

    codes: set[str]
    denied: set[str]
    rest: str


def _codes_inside(text: str, names: Mapping[str, str], field: str) -> _Inside:
    """Return the codes whose names stand in a text, longest names first."""
    found: set[str] = set()
    denied: set[str] = set()
    rest = text
    for name in sorted((name for name in names if len(name) > 1 and not name.isascii()), key=len, reverse=True):
        while (at := rest.find(name)) >= 0:
            found.add(names[name])
            if taken_back.is_denied(rest[:at], field):
                denied.add(names[name])
            rest = rest[:at] + "|" * len(name) + rest[at + len(name) :]
    return _Inside(found, denied, rest)


def _taken_back(cell: str, names: Mapping[str, str], field: Field) -> Reading | None:
    """Return what a cell comes to that names one code and takes it back; ``None`` where it takes nothing back."""
    inside, bare = _codes_inside(_key(cell), _names(field, inside=True), field.name), _key(split_notes(cell)[0])
    is_bare = bare in names and bare not in _YES | _NO
    codes = {names[bare]} if is_bare else inside.codes
    if len(codes) != 1:
        return None
    (code,) = codes
    notes = "".join(re.findall(r"[(\[][^()\[\]]*[)\]]", cell))
    rest = _codes_inside(_key(notes), _names(field, inside=True), field.name).rest if is_bare else inside.rest
    titles = {of: Text(split_notes(plain(zh))[0], split_notes(en)[0]) for of, (zh, en) in (field.codes or {}).items()}
    if words := taken_back.over(rest, field.name, code):
        return unreadable(*taken_back.said_over(words, titles[code], field.name), rule="code_unknown")
    if words := taken_back.pending(rest, field.name, code):
        counts_as = taken_back.of_pending(code, field.name)
        said = taken_back.said_pending(words, titles[counts_as] if counts_as else None)
        return Reading(counts_as, "code_read_as" if counts_as else "code_unknown", *said, keep_text=True)
    if code in inside.denied:
        return unreadable(*taken_back.said_denied(titles[code]), rule="code_unknown")
    return None


def parse_bool(text: str) -> Reading:
    """Return yes or no of a cell; anything in between gives null and stays in the remark."""
    cell = simplified(plain(text))
    if is_mark(cell) or is_missing(cell):
        return MISSING
    bare, has_notes = split_notes(cell)
    key = _key(bare)
    if key in _YES | _NO and not has_notes:
        return Reading(key in _YES)
    if _is_over(bare) or (key in _YES and _is_over(cell.removeprefix(bare).strip(" ()[]"))):
        said = "写明已经结束，读作“否”", "says that it is over: read as no"
        return Reading(False, "words_in_cell", *said, keep_text=True)
    if key in _YES | _NO:
        zh, en = ("是", "yes") if key in _YES else ("否", "no")
        said = f"括号内另有说明，读作“{zh}”", f"words in brackets set aside, read as {en}"
        return Reading(key in _YES, "words_in_cell", *said, keep_text=True)
    if _SAYS_NO.fullmatch(bare) and _GOES_ON.match(bare) is None:
        return Reading(False, "words_in_cell", "读作“否”", "read as no", keep_text=True)
    return unreadable(
        "不是“是”或“否”，已置空，原文留在备注", "neither yes nor no, set to null, its words kept in the remark"
    )


def _is_over(words: str) -> bool:
    return _IS_OVER.fullmatch(words) is not None and _NOT_OVER.search(words) is None
