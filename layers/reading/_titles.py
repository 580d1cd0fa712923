"""What a column title may name: the fields of a kind, in any spelling, cut by its format, or in Pinyin."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.reading._pinyin_titles import is_pinyin, spelled_fields
from layers.schema import input_kinds
from layers.schema import kind as kind_of
from layers.values._script import simplified
from layers.values._text import plain

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Kind

_NOT_BY_TITLE = frozenset(("asset_id", "source", "source_id", "position", "placed_by", "is_sample"))  # by machine name


@dataclass(frozen=True)
class Title:
    """A column title: its lowest cell in a header of several rows, and those above it (``情况/户``) as ``top``.

    Of a header of one row there is ``top`` only.

    ``content`` is the field, or the place (``lon``, ``lat``, ``lonlat``, ``geometry_wkt``), that the cells below show
    where the title itself tells nothing (:mod:`layers.reading._contents`). ``cut`` is for a title that its format may
    have cut: its encoding, and the first bytes of the character that was cut.
    """

    top: str
    sub: str = ""
    opens_group: bool = False
    content: str = ""
    cut: tuple[str, bytes] | None = None

    @property
    def text(self) -> str:
        """The title as people write it on one line."""
        return "/".join(dict.fromkeys(part for part in (self.top, self.sub) if part))


def key(title: str, *, with_brackets: bool = True) -> str:
    """Return a title in the form in which titles are compared: half width, simplified, lower case, no punctuation."""
    text = simplified(plain(title))
    if not with_brackets:
        text = re.sub(r"[(\[][^()\[\]]*[)\]]", "", text)
    return re.sub(r"[\s()\[\]*:_./·、,'\"#?-]", "", text).lower()


@lru_cache(maxsize=64)
def titles_of(kind_name: str) -> Mapping[str, tuple[str, int]]:
    """Return the fields of a kind by the keys of their names, titles and aliases, with how far back in that list.

    The first field to claim a key has it.
    """
    found: dict[str, tuple[str, int]] = {}
    fields = kind_of(kind_name).fields
    for item in fields:
        found.setdefault(key(item.name), (item.name, 0))
    for item in fields:
        if item.name not in _NOT_BY_TITLE:
            for place, title in enumerate((item.zh, *item.aliases)):
                found.setdefault(key(title), (item.name, place))
                found.setdefault(key(title, with_brackets=False), (item.name, place))
    for item in fields:
        if item.name not in _NOT_BY_TITLE:
            found.setdefault(key(item.en), (item.name, 9))
    return MappingProxyType(found)


@lru_cache(maxsize=64)
def pinyin_fields(kind_name: str) -> Mapping[str, tuple[str, int]]:
    """Return the fields of a kind by the keys of their titles in Pinyin (dkmc: 地块名称), as :func:`titles_of` does."""
    fields = {item.name: item for item in kind_of(kind_name).fields}
    return MappingProxyType(spelled_fields(titles_of(kind_name), fields))


@lru_cache(maxsize=1)
def known_titles() -> Mapping[str, int]:
    """Return how many input kinds know each title."""
    return MappingProxyType(Counter(name for kind in input_kinds() for name in titles_of(kind)))


def _field_of(
    text: str, names: Mapping[str, tuple[str, int]], cut: tuple[str, bytes] | None = None
) -> tuple[int, str] | None:
    """Return how surely a title names a field, and the field; a cut one by the only field that goes on as it does."""
    if not text:
        return None
    whole, bare = key(text), key(text, with_brackets=False)
    for name, mark in ((whole, 90), (bare, 80)):
        if name and name in names and not (cut and cut[1]):
            field, place = names[name]
            return 100 if field == text else mark - min(place, 9), field
    found = {} if cut is None else _cut_fields(whole, names, cut)
    return (60, next(iter(found))) if len(found) == 1 else None


def is_by_pinyin(text: str, kind: Kind) -> bool:
    """Return whether a title names a field of a kind by its Pinyin."""
    return is_pinyin(key(text)) and key(text) in pinyin_fields(kind.name)


def _spelled(text: str, kind: Kind) -> tuple[int, str] | None:
    """Return the field that a title in Pinyin names, less sure than any title in its own words."""
    if not is_by_pinyin(text, kind):
        return None
    field, place = pinyin_fields(kind.name)[key(text)]
    return 50 - min(place, 9), field


def cut_fields(title: Title, kind: Kind) -> dict[str, int]:
    """Return the fields that a cut title may name, each with how far back in its list the title stands that does."""
    return {} if title.cut is None else _cut_fields(key(title.top), titles_of(kind.name), title.cut)


def _cut_fields(start: str, names: Mapping[str, tuple[str, int]], cut: tuple[str, bytes]) -> dict[str, int]:
    encoding, rest = cut
    data = start.encode(encoding, "replace") + rest
    found: dict[str, int] = {}
    for name, (of, place) in names.items():
        if name.encode(encoding, "replace").startswith(data):
            found[of] = min(place, found.get(of, place))
    return found


def fields_named(title: Title, names: Mapping[str, tuple[str, int]], kind: Kind) -> list[tuple[int, str]]:
    """Return the fields a title may name, with their marks.

    In a header of several rows all of them together come first, then the lowest, then those above where a group begins;
    but a quantity above comes before the lowest: 小型车 below 实停 says what is counted.
    """
    if not title.sub or not title.top or title.top == title.sub:
        found = _field_of(title.top or title.sub, names, title.cut) or _spelled(title.top or title.sub, kind)
        return [found] if found else []
    parts = [*title.top.split("/"), title.sub]
    for start in range(len(parts) - 1):
        if found := _field_of("".join(parts[start:]), names):
            return [found]
    leaf, top = (_field_of(part, names) for part in (title.sub, title.top))
    marked = [(70, top[1])] if top and title.opens_group else []
    is_counted = bool(marked) and kind[marked[0][1]].dtype in ("int", "float")
    return marked + ([(65 if is_counted else 75, leaf[1])] if leaf else [])
