"""Which column of a ledger is which field of a kind: by name, in any spelling, one column a field."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from layers.errors import UsageError
from layers.reading._personal_titles import is_personal, person_field
from layers.reading._titles import fields_named, is_by_pinyin, key, known_titles, titles_of
from layers.schema import input_kinds
from layers.schema import kind as kind_of
from layers.values._script import simplified
from layers.values._text import plain
from layers.values._units import unit_in_title

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.reading._titles import Title
    from layers.schema import Kind

_SHARED = frozenset(("asset_id", "address", "source", "source_id", "data_date", "position", "is_sample", "remark"))
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
        "宗地代码",
        "stationid",
        "sourceid",
    )
)
_ID_TAIL = re.compile(
    r"(?:编号|编码|(?:备案证?|登记|档案|工单|受理|流水|地块|图斑|场库)号|_?id)$|^[a-z]{2,4}bh$", re.IGNORECASE
)
"""Ends of titles of ids; DKBH is 地块编号 in Pinyin."""


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
    names = titles_of(kind.name)
    taken = set(explicit_columns(titles, explicit, (*kind.columns, *PLACE_FIELDS)).values())
    claims = [
        (-mark, number, name)
        for number, title in enumerate(titles)
        if number not in taken and title.content not in PLACE_FIELDS
        for mark, name in fields_named(title, names, kind)
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
    names, known = titles_of(kind.name), known_titles()
    score = 0
    for cell in cells:
        if not cell:
            continue
        whole, bare = key(cell), key(cell, with_brackets=False)
        if whole in names or bare in names or is_by_pinyin(cell, kind):
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
