"""Coded and yes-no cells: a code, its title in either language, or words of a ledger that mean one code."""

from __future__ import annotations

import re
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.values._code_words import words_of
from layers.values._half_said import half_said
from layers.values._script import simplified
from layers.values._text import MISSING, Reading, is_mark, is_missing, plain, split_notes, unreadable

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Field

_YES = frozenset(("是", "有", "y", "yes", "true", "t", "1", "√", "✓", "✔", "对", "已", "1.0"))
_NO = frozenset(("否", "无", "n", "no", "false", "f", "0", "x", "✗", "✘", "没有", "未", "不", "0.0"))
_NEGATIONS = "无非不未没待拟"
"""What stands before a word and takes it back; land 待出让 is not granted yet."""
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
    inside = _codes_inside(_key(cell), _names(field, inside=True))
    if bare in names and (bare not in _YES | _NO or not inside):
        return names[bare] if inside <= {names[bare]} else None
    if len(inside) == 1:
        return inside.pop()
    return "mixed" if field.name == "ownership" and len(inside) > 1 and "mixed" in (field.codes or {}) else None


def exact_code(text: str, field: Field) -> str | None:
    """Return the code that a cell names outright, by code, title or a ledger's word for it."""
    return _names(field).get(_key(simplified(plain(text))))


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


def _names(field: Field, *, inside: bool = False) -> dict[str, str]:
    """Return the codes of a field by every name, ledgers' words included, as keys; ``inside`` as in `words_of`."""
    words = words_of(field.name, inside=inside).items()
    return {_key(word): code for word, code in words if code in (field.codes or {})} | dict(_titles(field))


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
    cell = simplified(plain(text))
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
