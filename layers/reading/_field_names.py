"""Fields as people call them: by machine name, Chinese title or alias; and what a misspelt name may mean."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from layers.errors import UsageError
from layers.reading._columns_match import PLACE_FIELDS
from layers.reading._titles import key

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Field, Kind

ALIKE = 60.0
"""ASSUMPTION: titles that share three characters of five are worth a suggestion (规划用地性子, 规划用地性质: 83)."""
PLACE_TITLES: Mapping[str, str] = MappingProxyType(
    {"经度": "lon", "东坐标": "lon", "纬度": "lat", "北坐标": "lat", "经纬度": "lonlat", "坐标": "lonlat"}
    | {"图形": "geometry_wkt", "wkt": "geometry_wkt"}
)
"""The same in words."""


def field_titles(kind: Kind) -> Mapping[str, str]:
    """Return the fields of a kind, and where its place stands, by the keys of their names, titles and aliases."""
    found = {**PLACE_TITLES, **{name: name for name in PLACE_FIELDS}} if kind.geometry else {}
    for item in reversed(kind.fields):  # the first field to claim a name has it, its own title before another's alias
        found |= dict.fromkeys(map(key, item.aliases), item.name)
    return found | {key(title): item.name for item in reversed(kind.fields) for title in (item.zh, item.name)}


def named_fields(explicit: Mapping[str, str], kind: Kind) -> dict[str, str]:
    """Return field -> column title for fields that the user calls by name, Chinese title or alias; the last one counts.

    Raises
    ------
    UsageError
        If a kind has no such field; the message names the nearest ones, else all.
    """
    known, machine = field_titles(kind), {*kind.columns, *PLACE_FIELDS}
    found: dict[str, str] = {}
    for said, column in explicit.items():
        name = said if said in machine else known.get(key(said))
        if name is None:
            choices = near_fields(said, kind) or [*kind.columns, *PLACE_FIELDS]
            raise UsageError(
                f"there is no field {said!r}",
                f"没有字段 {said!r}",
                field=said,
                hint=f"choose one of {', '.join(choices)}",
                hint_zh=f"可选 {'、'.join(with_title(name, kind) for name in choices)}",
            )
        found.pop(name, None)
        found[name] = column
    return found


def near_fields(title: str, kind: Kind) -> list[str]:
    """Return the field whose names come nearest to a title that is none of them; none where nothing is alike."""
    known = field_titles(kind)
    best = process.extractOne(key(title), list(known), scorer=fuzz.WRatio, score_cutoff=ALIKE)
    return [] if best is None else [known[best[0]]]


def likeness(title: str, field: Field) -> float:
    """Return how like a title is to those of a field, 0 to 100; from :data:`ALIKE` on it is worth a suggestion."""
    best = process.extractOne(key(title), [key(name) for name in (field.zh, *field.aliases)], scorer=fuzz.WRatio)
    return 0.0 if best is None else float(best[1])


def with_title(name: str, kind: Kind) -> str:
    """Return a field's name and its Chinese title: ``stall_count 泊位总数``."""
    places = {field: title for title, field in reversed([*PLACE_TITLES.items()])}
    return f"{name} {kind[name].zh if name in kind else places[name]}"
