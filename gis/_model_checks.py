"""Reading a model file: every entry checked against its declaration, all faults told at once."""

from __future__ import annotations

import dataclasses
import math
from datetime import date
from typing import TYPE_CHECKING, Any, get_type_hints

from gis._document_faults import about_faults, date_faults, practice_faults
from gis._equal_weights import lay_equal_weights
from gis._model_faults import Faults, entry_name, near
from gis._model_functions import Reading
from gis._model_parts import UNVERIFIED, Action, Criterion, Exclusion, HeritageRule, Parameter, Reuse, Rule, own_source
from gis._parameter_ranges import law_faults, range_faults, term_faults
from gis._permission_authorities import LISTED
from gis._pledges import pledge_faults
from gis._values import ValueFunction
from layers.errors import ModelError, SettingError
from layers.kinds._columns import HERITAGE_CLASSES, OWNERSHIPS
from layers.kinds._heritage import HERITAGE_ZONE
from layers.kinds._results import ACTIONS, DECISION_LEVELS, PERMISSIONS, THEMES

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from gis._notes import Note

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
    "level": ("", LISTED, *DECISION_LEVELS),
    "direction": ("benefit", "cost"),
    "confidence": ("high", "medium", "low"),
    "actions": tuple(ACTIONS),
    "land_act": ("new_building", "alteration"),
    "zones": ("site", *ZONES),
    "ownerships": tuple(OWNERSHIPS),
    "classes": tuple(HERITAGE_CLASSES),
    "use_class": ("public_good", "commercial"),
    "state": ("", "draft", "repealed", "superseded", UNVERIFIED),
}


NUMBERS = ("value", "low", "high")
"""Fields of a parameter that its source stands behind."""
ALLOWED = ("model", *SECTIONS, "level")
"""Sections that a model file may have."""


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
    faults = Faults()
    parts = _parts(packaged, district, settings, heritage_rows, faults)
    if not faults:
        return parts
    of_file = Faults()
    _parts(packaged, district, {}, heritage_rows, of_file)
    raise _refusal(faults, file, settings if not of_file else {})


def _refusal(faults: Faults, file: str, settings: Mapping[str, str]) -> ModelError:
    """Return the error that tells every fault: of the settings where there are any, else of the file."""
    told = faults.words
    given = "、".join(f"{key}={text}" for key, text in settings.items())
    error = (
        SettingError(
            f"the settings have {told.en}",
            f"所设参数 {given} 有 {told.zh}",
            hint="`panhuo model show` tells keys and ranges",
            hint_zh="参数名与取值范围见 panhuo model show",
        )
        if settings
        else ModelError(
            f"{file} has {told.en}",
            f"模型文件 {file} 有 {told.zh}",
            hint="mend them in the file; `panhuo model check` tells them line by line",
            hint_zh="请在文件里改正；panhuo model check 逐条列出",
        )
    )
    error.faults = tuple(faults)
    return error


def _parts(
    packaged: Mapping[str, Any],
    district: Mapping[str, Any],
    settings: Mapping[str, str],
    heritage_rows: Sequence[Mapping[str, str]],
    faults: Faults,
) -> dict[str, Any]:
    """Return what :func:`checked` does, with every fault in ``faults``."""
    document = {name: dict(packaged.get(name, {})) for name in SECTIONS}
    levels = dict(packaged.get("level", {}))
    _lay_over(document, levels, district, faults)
    _set(document, lay_equal_weights(document["criterion"], district, settings, faults), faults)
    parameters = _read(document, "parameter", faults)
    faults.extend(range_faults(parameters))
    faults.extend(law_faults(parameters, packaged["parameter"]))
    faults.extend(pledge_faults(parameters))
    for section in ("heritage_rule", "reuse"):
        _add_rows(document[section], section, heritage_rows, faults)
    reading = Reading(parameters, faults)
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
    faults.extend(term_faults(parts["rules"], parameters))
    _check_documents(parts, faults)
    _check_weights(parts["criteria"], faults)
    _check_references(parts, faults)
    return parts


def _lay_over(
    document: dict[str, dict[str, Any]], levels: dict[str, Any], district: Mapping[str, Any], faults: Faults
) -> None:
    for section, entries in district.items():
        if section not in ALLOWED:
            known = ", ".join(f"[{name}]" for name in ALLOWED)
            faults.tell(f"不认识的节 [{section}]，可用的有 {known}", f"unknown section [{section}], none of {known}")
        elif not isinstance(entries, dict):
            faults.tell(f"[{section}] 须是一张表", f"[{section}] must be a table")
        elif section == "model":
            faults.extend(about_faults(entries))
        elif section == "level":
            levels |= entries
        else:
            _lay_section(document[section], section, entries, faults)


def _lay_section(base: dict[str, Any], section: str, entries: Mapping[str, Any], faults: Faults) -> None:
    for key, entry in entries.items():
        if key not in base:
            close, at = near(key, base), entry_name(section, key)
            faults.tell(
                f"没有{at.zh}（带点的键要加引号）{close.zh}", f"unknown {at.en} (dotted keys need quotes){close.en}"
            )
        elif not isinstance(entry, dict):
            at = entry_name(section, key)
            faults.tell(f"{at.zh} 须写成表，如 {{value = 1}}", f"{at.en} must be a table such as {{value = 1}}")
        else:
            base[key] = _over(base[key], entry, section)


def _over(packaged: Mapping[str, Any], entry: Mapping[str, Any], section: str) -> dict[str, Any]:
    """Return an entry with a district's fields over it: a new number does not keep the name of the old one's document.

    Nor its confidence, its name in Chinese or what is yet to be checked of it, unless the district states them.
    """
    laid = {**packaged, **entry}
    is_own = section == "parameter" and any(laid.get(name) != packaged.get(name) for name in NUMBERS)
    if not (is_own or "source" in entry):
        return laid
    of_old = {"source_zh"} | ({"state"} if packaged.get("state") == UNVERIFIED else set())
    laid = {name: value for name, value in laid.items() if name in entry or name not in of_old}
    if "source" in entry:
        return laid
    return laid | {"source": own_source(str(packaged["source"])), "confidence": entry.get("confidence", "low")}


def _set(document: dict[str, dict[str, Any]], settings: Mapping[str, str], faults: Faults) -> None:
    for key, text in settings.items():
        section, name, field = ("parameter", key, "value")
        if key.startswith("weight."):
            section, name, field = ("criterion", key.removeprefix("weight."), "weight")
        try:
            number = float(text)
        except ValueError:
            number = math.nan
        if not math.isfinite(number):
            faults.tell(f"{key}={text} 不是数", f"setting {key}={text!r} is not a number")
            continue
        if name not in document[section]:
            close, at = near(name, document[section]), entry_name(section, name)
            faults.tell(f"没有{at.zh}{close.zh}", f"setting {key}: unknown {at.en}{close.en}")
        else:
            document[section][name] = _over(document[section][name], {field: number}, section)


def _add_rows(entries: dict[str, Any], section: str, rows: Sequence[Mapping[str, str]], faults: Faults) -> None:
    """Give each coded heritage row the words of its row: authority, what is forbidden, document, confidence."""
    for key, entry in entries.items():
        row = entry.get("row") if isinstance(entry, dict) else None
        if not isinstance(row, int) or not 1 <= row <= len(rows):
            faults.tell(
                f"row 须是 heritage_rules.csv 的行号，1 到 {len(rows)}",
                f"'row' must name a row of heritage_rules.csv, 1 to {len(rows)}",
                at=entry_name(section, key),
            )
            # One fault for one mistake: what the row would have said is not missed as well.
            entries[key] = dict.fromkeys(("authority", "source"), "?") | {"confidence": "low"} | entry
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
    faults: Faults,
    special: Callable[[Note, Mapping[str, Any]], Any] | None = None,
) -> dict[str, Any]:
    of = SECTIONS[section]
    hints = get_type_hints(of)
    found = {}
    for key, raw in document[section].items():
        where = entry_name(section, key)
        count = len(faults)
        given = {NAMED_BY[section]: key} | {name: tuple(v) if isinstance(v, list) else v for name, v in raw.items()}
        if special is not None:
            given["function"] = special(where, raw)
        for name in (name for name in given if name not in hints):
            close = near(name, hints)
            faults.tell(f"不认识的项 {name}{close.zh}", f"unknown entry {name!r}{close.en}", at=where)
        for item in dataclasses.fields(of):
            _check_field(where, item, hints[item.name], given, faults)
        if len(faults) == count:
            found[key] = of(**{name: _cast(value, hints[name]) for name, value in given.items()})
    return found


def _check_field(where: Note, item: dataclasses.Field[Any], hint: Any, given: dict[str, Any], faults: Faults) -> None:
    """Tell what is wrong with one entry's field; put its default in its place where it is not given."""
    name = item.name
    if name not in given:
        optional = item.default is not dataclasses.MISSING or type(None) in getattr(hint, "__args__", ())
        if optional:
            given[name] = None if item.default is dataclasses.MISSING else item.default
        else:
            faults.tell(f"缺 {name}", f"{name!r} is missing", at=where)
        return
    value = given[name]
    if not _is_a(value, hint):
        faults.tell(f"{name} 的类型不对（{value!r}）", f"{name!r} has the wrong type ({value!r})", at=where)
    elif name in CODES and value is not None:
        for code in (value,) if isinstance(value, str) else value:
            if code not in CODES[name]:
                known = "、".join(CODES[name])
                faults.tell(f"{name} 不能是 {code!r}，可用的有 {known}", f"{name!r} cannot be {code!r}", at=where)


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


def _levels(levels: Mapping[str, Any], faults: Faults) -> dict[str, float]:
    for code, value in levels.items():
        if code not in HERITAGE_CLASSES:
            faults.tell(f"level：没有保护级别 {code}", f"level: unknown heritage class {code!r}")
        elif isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
            faults.tell(
                f"level {code} 须是 0 到 1 之间的数（{value!r}）",
                f"level {code!r} must be a number in 0..1 ({value!r})",
            )
    return {code: float(value) for code, value in levels.items() if isinstance(value, int | float)}


def _check_documents(parts: Mapping[str, Any], faults: Faults) -> None:
    rows = {rule.key: rule for rule in parts["heritage_rules"]}
    for section, rules in (("rule", parts["rules"]), ("heritage_rule", rows)):
        faults.extend(practice_faults(section, rules))
        faults.extend(date_faults(section, rules))
    for section, part in (("parameter", "parameters"), ("exclusion", "exclusions"), ("reuse", "reuse")):
        faults.extend(date_faults(section, parts[part]))


def _check_weights(criteria: Sequence[Criterion], faults: Faults) -> None:
    for item in criteria:
        if item.weight < 0:
            at = entry_name("criterion", item.key)
            faults.tell(f"权重 {item.weight:g} 小于 0", f"weight {item.weight:g} is below 0", at=at)
    for theme in THEMES:
        if criteria and sum(max(item.weight, 0.0) for item in criteria if item.theme == theme) <= 0:
            faults.tell(f"主题 {theme}：权重之和为零", f"theme {theme!r}: the weights sum to zero")


def _check_references(parts: Mapping[str, Any], faults: Faults) -> None:
    known = parts["parameters"]
    named = [(entry_name("action", code), key) for code, item in parts["actions"].items() for key in item.parameters]
    named += [(entry_name("rule", key), rule.horizon) for key, rule in parts["rules"].items() if rule.horizon]
    for at, key in named:
        if key not in known:
            faults.tell(f"没有参数 {key}", f"parameter {key!r} does not exist", at=at)
    for code in parts["actions"]:
        if code not in ACTIONS:
            faults.tell("没有这个动作", "there is no such action", at=entry_name("action", code))
