"""A model as a list of entries that people and programs can read, and what differs between two models."""

from __future__ import annotations

from dataclasses import dataclass, fields, is_dataclass
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from gis import _dated
from gis._model_faults import SECTION_TITLES
from gis._values import ValueFunction

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gis._dated import Doubtful
    from gis.model import Model

LEVEL = "level"
PARTS: Mapping[str, str] = {
    "parameter": "parameters",
    "criterion": "criteria",
    "action": "actions",
    "rule": "rules",
    "heritage_rule": "heritage_rules",
    "exclusion": "exclusions",
    "reuse": "reuse",
}
"""Section of a model file -> the part of :class:`gis.model.Model` that holds it."""
TITLES: Mapping[str, str] = {**SECTION_TITLES, LEVEL: "级别分值"}
"""Section -> its title in Chinese."""


class Entry(NamedTuple):
    """One entry of a model file: its section, its key, and its fields as JSON values."""

    section: str
    key: str
    fields: dict[str, Any]


@dataclass(frozen=True)
class Difference:
    """One field of one entry that differs between two models; ``None`` where one of them has no such entry."""

    section: str
    key: str
    field: str
    before: Any
    after: Any


def entries(model: Model, *, section: str | None = None, key: str = "") -> tuple[Entry, ...]:
    """Return the entries of a model, by section, then in the model's order.

    Parameters
    ----------
    model
        The model.
    section
        Only this section, all of them when not given.
    key
        Only entries whose key is this, or begins with it and a dot; where there are none of either, those that hold
        it anywhere.
    """
    every = [entry for entry in _every(model) if section in (None, entry.section)]
    if not key:
        return tuple(every)
    exact = [entry for entry in every if entry.key == key or entry.key.startswith(f"{key}.")]
    return tuple(exact or (entry for entry in every if key in entry.key))


def differences(before: Model, after: Model) -> tuple[Difference, ...]:
    """Return every field in which two models differ, by section, then by key.

    The name of a source in Chinese goes with the source and is not told beside it.
    """
    old, new = ({(item.section, item.key): item.fields for item in entries(model)} for model in (before, after))
    found = []
    for section, key in dict.fromkeys((*old, *new)):
        one, other = old.get((section, key), {}), new.get((section, key), {})
        found += [
            Difference(section, key, name, one.get(name), other.get(name))
            for name in dict.fromkeys((*one, *other))
            if name != "source_zh" and one.get(name) != other.get(name)
        ]
    return tuple(found)


def not_in_force(model: Model, as_of: date) -> tuple[Doubtful, ...]:
    """Return every entry that is no sure ground on ``as_of``: lapsed, not yet in force, a draft, renumbered, undated.

    The run's notes say the same of what it counts with (:mod:`gis._dated` holds the one rule for both).
    """
    return _dated.not_in_force(model, as_of)


def _every(model: Model) -> Iterator[Entry]:
    for section, part in PARTS.items():
        held = getattr(model, part)
        for item in held.values() if hasattr(held, "values") else held:
            told = _fields(item)
            yield Entry(section, str(told.pop(next(iter(told)))), told)
    for key, points in model.levels.items():
        yield Entry(LEVEL, key, {"value": points})


def _fields(item: Any) -> dict[str, Any]:
    """Return the fields of an entry as JSON values, the one that names it first."""
    return {field.name: _plain(getattr(item, field.name)) for field in fields(item)}


def _plain(value: Any) -> Any:
    if isinstance(value, ValueFunction):
        return value.as_json()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    return _fields(value) if is_dataclass(value) and not isinstance(value, type) else value
