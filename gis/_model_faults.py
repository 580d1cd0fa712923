"""What is wrong with a model file or a setting, said in both languages and told all at once."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING

from gis._notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterable

NEAR = 3
"""Known keys that are offered where one is not known."""
SECTION_TITLES = {
    "parameter": "参数",
    "criterion": "指标",
    "action": "动作",
    "rule": "规则",
    "heritage_rule": "文物规则",
    "exclusion": "排除项",
    "reuse": "文物利用",
}
"""Chinese title of a section of the model file."""


class Faults(list[Note]):
    """The faults found so far."""

    def tell(self, zh: str, en: str, *, at: Note | None = None) -> None:
        """Add a fault; ``at`` names the entry it is in."""
        self.append(Note(zh, en) if at is None else Note(f"{at.zh}：{zh}", f"{at.en}: {en}"))

    @property
    def words(self) -> Note:
        """How many there are, and each of them."""
        zh, en = "；".join(fault.zh for fault in self), "; ".join(fault.en for fault in self)
        return Note(f"{len(self)} 处错误：{zh}", f"{len(self)} fault{'s' if len(self) > 1 else ''}: {en}")


def entry_name(section: str, key: str) -> Note:
    """Return the name of an entry of the model file."""
    return Note(f"{SECTION_TITLES[section]} {key}", f"{section} {key!r}")


def near(key: str, known: Iterable[str]) -> Note:
    """Return the known keys that ``key`` may have been meant as, as the end of a sentence; empty where none is near.

    A key that was cut short names those that begin with it; else those count that are spelt alike.
    """
    every = list(known)
    longer = sorted((name for name in every if name.startswith(key)), key=len)
    offered = dict.fromkeys((*longer, *difflib.get_close_matches(key, every, NEAR)))
    found = ", ".join([*offered][:NEAR])
    return Note(f"，近似的有 {found}", f", near {found}") if found else Note("", "")
