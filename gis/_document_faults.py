"""What a model file may not say of documents: an end before its beginning, leave that no document gives."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from gis._model_faults import entry_name
from gis._model_parts import ASSUMPTION, OWN
from gis._notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from gis._model_parts import Rule

SAYS = ("permission", "new_building", "alteration", "use_change")
"""Fields of a rule that tell what it permits."""
ABOUT = ("name", "weights")
"""What ``[model]`` may hold; what it says of weights is read where they are laid."""


def date_faults(section: str, entries: Mapping[str, Any]) -> Iterator[Note]:
    """Yield the entries of a section whose document ends before it begins."""
    for key, item in entries.items():
        if item.valid_from is not None and item.valid_to is not None and item.valid_to < item.valid_from:
            at = entry_name(section, key)
            yield Note(
                f"{at.zh}：valid_to {item.valid_to} 早于 valid_from {item.valid_from}",
                f"{at.en}: valid_to {item.valid_to} is before valid_from {item.valid_from}",
            )


def practice_faults(section: str, rules: Mapping[str, Rule]) -> Iterator[Note]:
    """Yield the rules that allow something without a document: practice may ask for leave, never give it."""
    for key, rule in rules.items():
        said = [name for name in SAYS if getattr(rule, name, "") == "allowed"]
        if said and (not rule.source.strip() or rule.source.startswith((ASSUMPTION, OWN))):
            at, names = entry_name(section, key), ", ".join(said)
            yield Note(
                f"{at.zh}：{names} 不能是 allowed，出处是假定而不是文件，至多 approval",
                f"{at.en}: {names} cannot be 'allowed', its source is no document: at most 'approval'",
            )


def about_faults(entries: Mapping[str, Any]) -> Iterator[Note]:
    """Yield what ``[model]`` holds that it may not, and a name that is no text."""
    for key, value in entries.items():
        if key not in ABOUT:
            known = ", ".join(ABOUT)
            yield Note(f"[model] 没有 {key} 这一项，可用的有 {known}", f"[model] has no entry {key!r}, only {known}")
        elif key == "name" and (not isinstance(value, str) or not value.strip()):
            yield Note(f"[model] 的 {key} 须是文字（{value!r}）", f"[model] {key} must be a text ({value!r})")
