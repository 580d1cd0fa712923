"""Which column of a ledger is which field of a kind: by name, in any spelling, one column a field."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from functools import lru_cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.errors import UsageError
from layers.reading._personal_titles import is_personal, person_field
from layers.schema import input_kinds
from layers.schema import kind as kind_of
from layers.values._script import simplified
from layers.values._text import plain
from layers.values._units import unit_in_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.schema import Kind

_SHARED = frozenset(("asset_id", "address", "source", "source_id", "data_date", "position", "is_sample", "remark"))
_NOT_BY_TITLE = frozenset(("asset_id", "source", "source_id", "position", "placed_by", "is_sample"))  # by machine name
_ROW_NUMBERS = frozenset(("序号", "序", "行号", "no", "fid", "objectid", "gid", "ogcfid", "index", "unnamed0", "rowid"))
_IDS = frozenset(
    (
        "id",
        "uuid",
        "osmid",
        "@id",
        "bsm",
        "标识码",
        "编号",
        "编码",
        "资产编号",
        "统一编号",
        "宗地号",
        "stationid",
        "sourceid",
    )
)
_ID_TAIL = re.compile(r"(?:编号|编码|(?:备案证?|登记|档案|工单|受理|流水|地块|图斑|场库)号|_?id)$", re.IGNORECASE)


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


@dataclass
class Matches:
    """What each column was taken for.

    Parameters
    ----------
    fields
        Field name -> number of its column.
    units
        Field name -> unit that the title states.
    source_id, row_number
        Columns of the source's own ids and of mere row numbers.
    personal
        Columns that hold names or telephones.
    people
        Those of them that the kind has a field for: number -> field; a workspace keeps it apart.
    rivals
        Columns that could also have been a field, but another column was taken: number -> field.
    """

    fields: dict[str, int] = field(default_factory=dict)
    units: dict[str, str] = field(default_factory=dict)
    source_id: int | None = None
    row_number: int | None = None
    personal: list[int] = field(default_factory=list)
    people: dict[int, str] = field(default_factory=dict)
    rivals: dict[int, str] = field(default_factory=dict)

    @property
    def used(self) -> set[int]:
        """Columns that have a use (personal ones included: they are kept apart, or nowhere)."""
        single = {number for number in (self.source_id, self.row_number) if number is not None}
        return set(self.fields.values()) | set(self.personal) | single


def key(title: str, *, with_brackets: bool = True) -> str:
    """Return a title in the form in which titles are compared: half width, simplified, lower case, no punctuation."""
    text = simplified(plain(title))
    if not with_brackets:
        text = re.sub(r"[(\[][^()\[\]]*[)\]]", "", text)
    return re.sub(r"[\s()\[\]*:_./·、,'\"#?-]", "", text).lower()


@lru_cache(maxsize=64)
def _names(kind_name: str) -> Mapping[str, tuple[str, int]]:
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


@lru_cache(maxsize=1)
def _known_titles() -> Mapping[str, int]:
    """Return how many input kinds know each title."""
    return MappingProxyType(Counter(name for kind in input_kinds() for name in _names(kind)))


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


def cut_fields(title: Title, kind: Kind) -> dict[str, int]:
    """Return the fields that a cut title may name, each with how far back in its list the title stands that does."""
    return {} if title.cut is None else _cut_fields(key(title.top), _names(kind.name), title.cut)


def _cut_fields(start: str, names: Mapping[str, tuple[str, int]], cut: tuple[str, bytes]) -> dict[str, int]:
    encoding, rest = cut
    data = start.encode(encoding, "replace") + rest
    found: dict[str, int] = {}
    for name, (of, place) in names.items():
        if name.encode(encoding, "replace").startswith(data):
            found[of] = min(place, found.get(of, place))
    return found


def _candidates(title: Title, names: Mapping[str, tuple[str, int]], kind: Kind) -> list[tuple[int, str]]:
    """Return the fields a title may name, with their marks.

    In a header of several rows all of them together come first, then the lowest, then those above where a group begins;
    but a quantity above comes before the lowest: 小型车 below 实停 says what is counted.
    """
    if not title.sub or not title.top or title.top == title.sub:
        found = _field_of(title.top or title.sub, names, title.cut)
        return [found] if found else []
    parts = [*title.top.split("/"), title.sub]
    for start in range(len(parts) - 1):
        if found := _field_of("".join(parts[start:]), names):
            return [found]
    leaf, top = (_field_of(part, names) for part in (title.sub, title.top))
    marked = [(70, top[1])] if top and title.opens_group else []
    is_counted = bool(marked) and kind[marked[0][1]].dtype in ("int", "float")
    return marked + ([(65 if is_counted else 75, leaf[1])] if leaf else [])


def match_columns(titles: Sequence[Title], kind: Kind, explicit: Mapping[str, str] = MappingProxyType({})) -> Matches:
    """Return which column is which field; the surest names first, then the leftmost column.

    Parameters
    ----------
    titles
        Column titles from left to right.
    kind
        The kind whose fields are wanted.
    explicit
        Field -> column title, as the user said; comes before everything else.

    Raises
    ------
    UsageError
        If ``explicit`` names a field or a column that does not exist.
    """
    found = Matches()
    for name, column in explicit_columns(titles, explicit, (*kind.columns, *PLACE_FIELDS)).items():
        if name in kind:
            found.fields[name] = column
    names = _names(kind.name)
    taken = set(explicit_columns(titles, explicit, (*kind.columns, *PLACE_FIELDS)).values())
    claims = [
        (-mark, number, name)
        for number, title in enumerate(titles)
        if number not in taken and title.content not in PLACE_FIELDS
        for mark, name in _candidates(title, names, kind)
    ]
    for _, number, name in sorted(claims):
        if number in taken:
            continue
        if name in found.fields:
            found.rivals.setdefault(number, name)
            continue
        found.fields[name] = number
        taken.add(number)
    found.rivals = {number: name for number, name in found.rivals.items() if number not in taken}
    for number, title in enumerate(titles):
        if title.content in kind and title.content not in found.fields and number not in taken:
            found.fields[title.content] = number
    for name, number in found.fields.items():
        found.units[name] = unit_in_title(titles[number].text, kind[name]) or (
            unit_in_title(titles[number].top, kind[name])
        )
    _match_the_rest(titles, kind, found)
    return found


PLACE_FIELDS = ("lon", "lat", "lonlat", "geometry_wkt")
"""Names by which the user can say where the coordinates stand."""


def explicit_columns(titles: Sequence[Title], explicit: Mapping[str, str], fields: Sequence[str]) -> dict[str, int]:
    """Return field -> number of the column that the user named.

    Raises
    ------
    UsageError
        If a field or a column does not exist; the message names the choices.
    """
    numbers = {key(title.text): number for number, title in reversed(list(enumerate(titles)))}
    absent = [column for column in explicit.values() if key(column) not in numbers]
    found: dict[str, int] = {}
    for name, column in explicit.items():
        if name not in fields:
            names = ", ".join(fields)
            raise UsageError(
                f"there is no field {name!r}",
                f"没有字段 {name!r}",
                field=name,
                hint=f"choose one of {names}",
                hint_zh=f"可选 {names}",
            )
        if key(column) not in numbers:
            there = ", ".join(title.text for title in titles[:60] if title.text)
            missing = ", ".join(repr(title) for title in absent)
            raise UsageError(
                f"the file has no column {missing}",
                f"文件里没有 {missing} 这一列" if len(absent) == 1 else f"文件里没有这些列：{missing}",
                field=name,
                hint=f"its columns are {there}",
                hint_zh=f"它的列有 {there}",
            )
        found[name] = numbers[key(column)]
    return found


def _match_the_rest(titles: Sequence[Title], kind: Kind, found: Matches) -> None:
    """Find the columns of row numbers, ids and personal data among those that are no field."""
    personal = {item.name for item in kind.fields if item.personal}
    claimed = {number: name for name, number in found.fields.items()} | found.rivals
    found.people = {number: name for number, name in claimed.items() if name in personal}
    for number, name in found.people.items():
        found.fields.pop(name, None)
        found.rivals.pop(number, None)
    found.personal = list(found.people)
    for number, title in enumerate(titles):
        if number in found.used or number in found.rivals:
            continue
        name = key(title.text)
        if is_personal(title.text, with_flats=kind.name != "public_building"):
            found.personal.append(number)
            if (of := person_field(title.text)) in personal:
                found.people[number] = of
        elif name in _ROW_NUMBERS and found.row_number is None:
            found.row_number = number
        elif name in _IDS and found.source_id is None and "source_id" not in found.fields:
            found.source_id = number
    found.people = dict(sorted(found.people.items()))


def id_candidates(titles: Sequence[Title], found: Matches) -> list[int]:
    """Return columns that end like an id (``TAZID``, ``备案编号``): they are one if their values are all different."""
    if found.source_id is not None or "source_id" in found.fields:
        return []
    return [
        number
        for number, title in enumerate(titles)
        if number not in found.used
        and number not in found.rivals
        and _ID_TAIL.search(re.sub(r"\s", "", simplified(plain(title.text))))
    ]


def header_score(cells: Sequence[str | None], kind: Kind, is_place: Mapping[str, bool]) -> int:
    """Return how much a row looks like the header of a ledger of ``kind``.

    A title of the kind counts 3; one of another kind, a coordinate, an id, a row number or a personal column 1.
    ``is_place`` remembers, by key, which titles name coordinates.
    """
    names, known = _names(kind.name), _known_titles()
    score = 0
    for cell in cells:
        if not cell:
            continue
        whole, bare = key(cell), key(cell, with_brackets=False)
        if whole in names or bare in names:
            score += 3
            continue
        is_known = whole in known or bare in known or whole in _IDS or whole in _ROW_NUMBERS or is_place.get(whole)
        score += bool(is_known or (len(cell) < 12 and (is_personal(cell) or _ID_TAIL.search(cell))))
    return score


def kind_scores(titles: Sequence[Title]) -> dict[str, int]:
    """Return for every input kind how many of its own fields (not those all kinds share) the titles name."""
    scores: dict[str, int] = {}
    for name in input_kinds():
        kind = kind_of(name)
        found = match_columns(titles, kind)
        own = [item for item in found.fields if item not in _SHARED and item not in ("name", "subdistrict_code")]
        if "name" in found.fields and key(titles[found.fields["name"]].text) not in ("名称", "name"):
            own.append("name")
        scores[name] = len(own)
    return scores
