"""Reading a model file: every entry checked against its declaration, all faults told at once."""

from __future__ import annotations

import dataclasses
import difflib
import math
from datetime import date
from typing import TYPE_CHECKING, Any, get_type_hints

from gis._model_parts import Action, Criterion, Exclusion, HeritageRule, Parameter, Reuse, Rule
from gis._values import SHAPES, ValueFunction
from layers.errors import ModelError, SettingError
from layers.kinds._columns import HERITAGE_CLASSES, OWNERSHIPS
from layers.kinds._heritage import HERITAGE_ZONE
from layers.kinds._results import ACTIONS, DECISION_LEVELS, PERMISSIONS, THEMES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

SECTIONS: dict[str, type[Any]] = {
    "parameter": Parameter,
    "criterion": Criterion,
    "action": Action,
    "rule": Rule,
    "heritage_rule": HeritageRule,
    "exclusion": Exclusion,
    "reuse": Reuse,
}
NAMED_BY = {"parameter": "key", "criterion": "key", "action": "code", "rule": "key", "heritage_rule": "key"}
NAMED_BY |= {"exclusion": "key", "reuse": "building_type"}
ZONES = tuple(HERITAGE_ZONE["zone_type"].codes or ())
CODES: dict[str, Sequence[str]] = {
    "permission": tuple(PERMISSIONS),
    "new_building": tuple(PERMISSIONS),
    "alteration": tuple(PERMISSIONS),
    "use_change": tuple(PERMISSIONS),
    "theme": tuple(THEMES),
    "themes": tuple(THEMES),
    "decision_level": tuple(DECISION_LEVELS),
    "direction": ("benefit", "cost"),
    "confidence": ("high", "medium", "low"),
    "actions": tuple(ACTIONS),
    "land_act": ("new_building", "alteration"),
    "zones": ("site", *ZONES),
    "ownerships": tuple(OWNERSHIPS),
    "classes": tuple(HERITAGE_CLASSES),
}


ALLOWED = ("model", *SECTIONS, "level")
"""Sections that a model file may have."""
NEAR = 3
"""Known keys that are offered where one is not known."""


class _Faults(list[str]):
    """The faults found so far."""


def checked(
    packaged: Mapping[str, Any],
    district: Mapping[str, Any],
    settings: Mapping[str, str],
    heritage_rows: Sequence[Mapping[str, str]],
    *,
    file: str = "the model file",
) -> dict[str, Any]:
    """Return the parts of a model, read from the packaged document with a district's file and settings over it.

    Raises
    ------
    ModelError
        With every fault found.
    SettingError
        If there would be none without the settings.
    """
    faults = _Faults()
    parts = _parts(packaged, district, settings, heritage_rows, faults)
    if not faults:
        return parts
    of_file = _Faults()
    _parts(packaged, district, {}, heritage_rows, of_file)
    told = f"{len(faults)} fault{'s' if len(faults) > 1 else ''}: {'; '.join(faults)}"
    if of_file:
        raise ModelError(
            f"{file} has {told}",
            f"模型文件 {file} 有 {len(faults)} 处错误，逐条见后",
            hint="mend them in the file",
            hint_zh="请在文件里改正",
        )
    raise SettingError(
        f"the settings have {told}",
        f"所设参数 {'、'.join(f'{key}={text}' for key, text in settings.items())} 有 {len(faults)} 处不对，逐条见后",
        hint="keys and ranges stand in gis/models/guangzhou.toml",
        hint_zh="参数名与取值范围见 gis/models/guangzhou.toml",
    )


def _parts(
    packaged: Mapping[str, Any],
    district: Mapping[str, Any],
    settings: Mapping[str, str],
    heritage_rows: Sequence[Mapping[str, str]],
    faults: _Faults,
) -> dict[str, Any]:
    """Return what :func:`checked` does, with every fault in ``faults``."""
    document = {name: dict(packaged.get(name, {})) for name in SECTIONS}
    levels = dict(packaged.get("level", {}))
    _lay_over(document, levels, district, faults)
    _set(document, settings, faults)
    parameters = _read(document, "parameter", faults)
    _check_parameters(parameters, faults)
    for section in ("heritage_rule", "reuse"):
        _add_rows(document[section], section, heritage_rows, faults)
    reading = _Reading(parameters, faults)
    parts: dict[str, Any] = {
        "parameters": parameters,
        "criteria": tuple(_read(document, "criterion", faults, reading.function).values()),
        "actions": _read(document, "action", faults),
        "rules": _read(document, "rule", faults),
        "heritage_rules": tuple(_read(document, "heritage_rule", faults).values()),
        "exclusions": _read(document, "exclusion", faults),
        "reuse": _read(document, "reuse", faults),
        "levels": _levels(levels, faults),
    }
    _check_weights(parts["criteria"], faults)
    _check_references(parts, faults)
    return parts


def _lay_over(
    document: dict[str, dict[str, Any]], levels: dict[str, Any], district: Mapping[str, Any], faults: _Faults
) -> None:
    for section, entries in district.items():
        if section not in ALLOWED:
            faults.append(f"unknown section [{section}], none of {', '.join(f'[{name}]' for name in ALLOWED)}")
        elif not isinstance(entries, dict):
            faults.append(f"[{section}] must be a table")
        elif section == "level":
            levels |= entries
        elif section != "model":
            _lay_section(document[section], section, entries, faults)


def _lay_section(base: dict[str, Any], section: str, entries: Mapping[str, Any], faults: _Faults) -> None:
    for key, entry in entries.items():
        if key not in base:
            faults.append(f"unknown {section} {key!r} (dotted keys need quotes){_near(key, base)}")
        elif not isinstance(entry, dict):
            faults.append(f"{section} {key!r} must be a table such as {{value = 1}}")
        else:
            base[key] = base[key] | entry


def _set(document: dict[str, dict[str, Any]], settings: Mapping[str, str], faults: _Faults) -> None:
    for key, text in settings.items():
        section, name, field = ("parameter", key, "value")
        if key.startswith("weight."):
            section, name, field = ("criterion", key.removeprefix("weight."), "weight")
        try:
            number = float(text)
        except ValueError:
            faults.append(f"setting {key}={text!r} is not a number")
            continue
        if name not in document[section]:
            faults.append(f"setting {key}: unknown {section} {name!r}{_near(name, document[section])}")
        else:
            document[section][name] = document[section][name] | {field: number}


def _near(key: str, known: Iterable[str]) -> str:
    """Return the known keys that ``key`` may have been meant as, as the end of a sentence."""
    near = difflib.get_close_matches(key, known, NEAR)
    return f", near 近似的有 {', '.join(near)}" if near else ""


def _add_rows(entries: dict[str, Any], section: str, rows: Sequence[Mapping[str, str]], faults: _Faults) -> None:
    """Give each coded heritage row the words of its row: authority, what is forbidden, document, confidence."""
    for key, entry in entries.items():
        row = entry.get("row") if isinstance(entry, dict) else None
        if not isinstance(row, int) or not 1 <= row <= len(rows):
            faults.append(f"{section} {key!r}: 'row' must name a row of heritage_rules.csv, 1 to {len(rows)}")
            continue
        text = rows[row - 1]
        words = {
            "authority": _same_as_above(rows, row, "approval_by"),
            "forbids": _same_as_above(rows, row, "forbidden"),
            "source": _same_as_above(rows, row, "source"),
            "confidence": text["confidence"].split(" ")[0],
        }
        entries[key] = words | entry


def _same_as_above(rows: Sequence[Mapping[str, str]], row: int, column: str) -> str:
    while row > 1 and rows[row - 1][column] == "same":
        row -= 1
    return rows[row - 1][column]


def _read(
    document: Mapping[str, Mapping[str, Any]],
    section: str,
    faults: _Faults,
    special: Callable[[str, Mapping[str, Any]], Any] | None = None,
) -> dict[str, Any]:
    of = SECTIONS[section]
    hints = get_type_hints(of)
    found = {}
    for key, raw in document[section].items():
        where = f"{section} {key!r}"
        count = len(faults)
        given = {NAMED_BY[section]: key} | {name: tuple(v) if isinstance(v, list) else v for name, v in raw.items()}
        if special is not None:
            given["function"] = special(where, raw)
        faults += [f"{where}: unknown entry {name!r}" for name in given if name not in hints]
        for item in dataclasses.fields(of):
            faults += _field_faults(where, item, hints[item.name], given)
        if len(faults) == count:
            found[key] = of(**{name: _cast(value, hints[name]) for name, value in given.items()})
    return found


def _field_faults(where: str, item: dataclasses.Field[Any], hint: Any, given: dict[str, Any]) -> list[str]:
    name = item.name
    if name not in given:
        optional = item.default is not dataclasses.MISSING or type(None) in getattr(hint, "__args__", ())
        if optional:
            given.setdefault(name, None if item.default is dataclasses.MISSING else item.default)
            return []
        return [f"{where}: {name!r} is missing"]
    value = given[name]
    if not _is_a(value, hint):
        return [f"{where}: {name!r} has the wrong type ({value!r})"]
    if name in CODES and value is not None:
        wrong = [code for code in ((value,) if isinstance(value, str) else value) if code not in CODES[name]]
        return [f"{where}: {name!r} cannot be {code!r}" for code in wrong]
    return []


def _is_a(value: Any, hint: Any) -> bool:
    options = getattr(hint, "__args__", ())
    wanted = next((one for one in (bool, float, date, ValueFunction, int) if hint is one or one in options), str)
    if value is None:
        return type(None) in options
    if getattr(hint, "__origin__", None) is tuple:
        return isinstance(value, tuple) and all(isinstance(part, str) for part in value)
    if wanted is float:
        return isinstance(value, int | float) and not isinstance(value, bool) and math.isfinite(value)
    return type(value) is wanted


def _cast(value: Any, hint: Any) -> Any:
    wants_float = hint is float or float in getattr(hint, "__args__", ())
    return float(value) if wants_float and value is not None else value


class _Reading:
    """Value functions, whose break points may name parameters."""

    def __init__(self, parameters: Mapping[str, Parameter], faults: _Faults) -> None:
        self.parameters = parameters
        self.faults = faults

    def function(self, where: str, raw: Mapping[str, Any]) -> ValueFunction | None:
        given = raw.get("function")
        shape = SHAPES.get(given.get("type", "")) if isinstance(given, dict) else None
        if not isinstance(given, dict) or shape is None:
            self.faults.append(f"{where}: 'function' must have a type, one of {', '.join(SHAPES)}")
            return None
        names = {name for name in given if name != "type"}
        if names != set(shape):
            self.faults.append(f"{where}: a {given['type']} function has the break points {', '.join(shape)}")
            return None
        points = {name: self._point(where, given[name]) for name in shape}
        if any(point is None for point in points.values()):
            return None
        made = ValueFunction(given["type"], points, raw.get("direction") != "cost")
        self.faults.extend(f"{where}: {fault}" for fault in made.faults())
        return made

    def _point(self, where: str, value: Any) -> Any:
        if isinstance(value, list):
            parts = tuple(self._point(where, part) for part in value)
            return None if None in parts else parts
        if isinstance(value, str):
            known = self.parameters.get(value)
            if known is None or known.value is None:
                self.faults.append(f"{where}: break point {value!r} is no parameter with a value")
                return None
            return known.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.faults.append(f"{where}: break point {value!r} is not a number")
            return None
        return float(value)


def _levels(levels: Mapping[str, Any], faults: _Faults) -> dict[str, float]:
    for code, value in levels.items():
        if code not in HERITAGE_CLASSES:
            faults.append(f"level: unknown heritage class {code!r}")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            faults.append(f"level {code!r} must be a number in 0..1 ({value!r})")
    return {code: float(value) for code, value in levels.items() if isinstance(value, int | float)}


def _check_parameters(parameters: Mapping[str, Parameter], faults: _Faults) -> None:
    for key, item in parameters.items():
        low = -math.inf if item.low is None else item.low
        high = math.inf if item.high is None else item.high
        if low > high:
            faults.append(f"parameter {key!r}: low {low:g} is above high {high:g}")
        elif item.value is not None and not low <= item.value <= high:
            faults.append(f"parameter {key!r}: value {item.value:g} is outside [{low:g}, {high:g}] {item.unit}")


def _check_weights(criteria: Sequence[Criterion], faults: _Faults) -> None:
    faults += [f"criterion {item.key!r}: weight {item.weight:g} is below 0" for item in criteria if item.weight < 0]
    for theme in THEMES:
        if criteria and sum(max(item.weight, 0.0) for item in criteria if item.theme == theme) <= 0:
            faults.append(f"theme {theme!r}: the weights sum to zero")


def _check_references(parts: Mapping[str, Any], faults: _Faults) -> None:
    known = parts["parameters"]
    named = [(f"action {code!r}", key) for code, item in parts["actions"].items() for key in item.parameters]
    named += [(f"rule {key!r}", rule.horizon) for key, rule in parts["rules"].items() if rule.horizon]
    faults += [f"{where}: parameter {key!r} does not exist" for where, key in named if key not in known]
    faults += [f"action {code!r}: there is no such action" for code in parts["actions"] if code not in ACTIONS]
