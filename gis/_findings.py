"""What heritage rules say of places, gathered into sentences: each consequence once, with the places it holds for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from gis._notes import NOTHING, Note
from layers.kinds._columns import HERITAGE_CLASSES
from layers.kinds._heritage import HERITAGE_ZONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

ACT_WORDS = {
    "new_building": Note("新建", "new building"),
    "alteration": Note("改动或修缮", "alteration or repair"),
    "use_change": Note("改变用途", "change of use"),
}
SAID_WORDS = {
    "allowed": Note("可行", "allowed"),
    "approval": Note("须报批", "needs approval"),
    "unclear": Note("规则未写明", "the rule does not say"),
    "forbidden": Note("禁止", "forbidden"),
    "undated": Note(
        "规则称可行，施行日期待核，按须报批处理",
        "allowed by the rule, whose date of force is not known: taken as needing approval",
    ),
    "unmapped": Note(
        "规则称可行，条文号待核，按须报批处理",
        "allowed by the rule, whose articles are not mapped to the law in force: taken as needing approval",
    ),
    "lapsed": Note("所据规则不在施行期，无从判断", "its rule is not in force on this day, so nobody can say"),
}
NO_RULE = "none"
EDGE = "edge"
ALONE = {
    NO_RULE: Note("没有对应规则", "no matching rule"),
    EDGE: Note("是否位于其内待核对界线", "whether it lies inside is open until the boundary is checked"),
}
"""What is said of a place whatever the act."""
ZONE_TYPES = {code: Note(*titles) for code, titles in (HERITAGE_ZONE["zone_type"].codes or {}).items()}
ZONE_WORDS = {"site": Note("本体", "the site itself"), **ZONE_TYPES}
UNIT = Note("文物保护单位", " protected site")
"""How the names of the classes end that most rules name together."""
BLOCK = Note("街区", "of a historic block")
"""Stands in the name of a zone and of its class: said once."""


@dataclass(frozen=True)
class Finding:
    """What one heritage rule, or the lack of one, says of an act at a place.

    Parameters
    ----------
    heritage_class
        Class of the site or of the zone; empty where it has none (buried relics).
    zone
        ``site`` or a type of zone.
    says
        Key of :data:`SAID_WORDS` or :data:`ALONE`.
    act
        Key of :data:`ACT_WORDS`; empty for what is said whatever the act.
    source
        Document of the rule.
    exception
        What the rule leaves open beside; it is told and never counted on.
    before
        What is said before the words of ``says``, with its separator: one for all findings of one consequence.
    """

    heritage_class: str
    zone: str
    says: str
    act: str = ""
    source: str = ""
    exception: Note = NOTHING
    before: Note = NOTHING


def sentences(findings: Iterable[Finding]) -> tuple[Note, ...]:
    """Return findings of one consequence as sentences: one for the places where it holds for the same acts.

    Every place stands in it with the document of its rule, classes of one rule and zone together:
    ``市级、区级文物保护单位保护范围（…）、历史文化街区核心保护范围（…）：改变用途、改动或修缮须报批``.
    """
    acts: dict[tuple[str, Note, str], dict[str, None]] = {}
    sources: dict[tuple[str, Note, str], dict[str, None]] = {}
    says, before = "", NOTHING
    for item in findings:
        says, before, place = item.says, item.before, (item.zone, item.exception, item.heritage_class)
        acts.setdefault(place, {})[item.act] = None
        sources.setdefault(place, {})[item.source] = None
    together: dict[tuple[str, ...], dict[tuple[str, Note, tuple[str, ...]], list[str]]] = {}
    for place, done in acts.items():
        zone, exception, of_class = place
        held = together.setdefault(tuple(done), {})
        held.setdefault((zone, exception, tuple(sources[place])), []).append(of_class)
    words = ALONE.get(says) or SAID_WORDS.get(says, NOTHING)
    said = Note(before.zh + words.zh, before.en + words.en)
    return tuple(_sentence(said, done, held) for done, held in together.items())


def _sentence(said: Note, acts: Sequence[str], held: dict[tuple[str, Note, tuple[str, ...]], list[str]]) -> Note:
    places = [
        (place_words(classes, zone), _bracketed(documents, exception))
        for (zone, exception, documents), classes in held.items()
    ]
    done = [ACT_WORDS[act] for act in acts if act]
    what = Note(
        "、".join(act.zh for act in done) + said.zh,
        " and ".join(act.en for act in done) + (": " if done else "") + said.en,
    )
    if len(places) == 1:
        where, by = places[0]
        return Note(f"{where.zh}：{what.zh}{by.zh}", f"{where.en}: {what.en}{by.en}")
    zh = "、".join(where.zh + by.zh for where, by in places)
    en = " as well as ".join(
        (_small(where.en) if number else where.en) + by.en for number, (where, by) in enumerate(places)
    )
    return Note(f"{zh}：{what.zh}", f"{en}: {what.en}")


def _bracketed(sources: Sequence[str], exception: Note) -> Note:
    zh, en = ([text for text in (*sources, more) if text] for more in exception)
    return Note(f"（{'，'.join(zh)}）" if zh else "", f" ({', '.join(en)})" if en else "")


def place_words(classes: Sequence[str], zone: str) -> Note:
    """Return a site or a zone in words, with its class or the classes of one rule: 历史文化街区建设控制地带."""
    where = ZONE_WORDS[zone]
    order = list(HERITAGE_CLASSES)
    names = [Note(*HERITAGE_CLASSES[code]) for code in sorted(filter(None, classes), key=order.index)]
    if not names:
        return where
    zh, en = "、".join(name.zh for name in names), _either([name.en for name in names])
    if all(name.zh.endswith(UNIT.zh) for name in names):
        zh = "、".join(name.zh.removesuffix(UNIT.zh) for name in names) + UNIT.zh
        en = _either([name.en.removesuffix(UNIT.en) for name in names]) + UNIT.en
    if zh.endswith(BLOCK.zh):
        where = Note(where.zh.removeprefix(BLOCK.zh), where.en)
        en = "" if where.en.endswith(BLOCK.en) else en
    return Note(zh + where.zh, f"{en}, {_small(where.en)}" if en else where.en)


def _either(names: Sequence[str]) -> str:
    """Return names as one: National, provincial or city."""
    rest = [_small(name) for name in names[1:]]
    head = ", ".join([names[0], *rest[:-1]])
    return f"{head} or {rest[-1]}" if rest else head


def _small(words: str) -> str:
    return words[:1].lower() + words[1:]
