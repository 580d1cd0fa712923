"""By whose leave: each authority named once, and how high the highest of them sits."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from gis._findings import place_words
from gis._notes import NOTHING, Note, twins
from layers.kinds._results import DECISION_LEVELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gis._model_parts import HeritageRule, Rule

LISTED = "listed"
"""Level of a rule that names the government, or the heritage authority, of the level at which the site is listed."""
LISTED_AT = {"national_unit": "state", "provincial_unit": "province", "city_unit": "city", "district_unit": "district"}
"""Class of a site -> the level that listed it, as its name says (文物保护法 2017 art.13)."""
ABOVE_DISTRICT = tuple(DECISION_LEVELS)[tuple(DECISION_LEVELS).index("district") + 1 :]
SAME_BODY = (
    ("规划部门", "规划和自然资源局", "规划和自然资源部门"),
    ("文物部门", "文物行政部门"),
)
"""Names of one body: in Guangzhou the planning department is 规划和自然资源局 (heritage_rules.csv row 7). A name with a
level in it (县级…, 市、县…) is a body of its own."""
BODY = {name: names[0] for names in SAME_BODY for name in names}
USUAL = Note(
    "该动作通常的决策层级（经验做法，须本地核实），所涉规则没有写明更高的层级",
    "the usual level of this action (practice, verify locally), no rule that applies names a higher one",
)


class Cited(NamedTuple):
    """One thing, and what stands in brackets behind it: of a body that decides how it does, of a ban its document."""

    name: Note
    how: Note = NOTHING


Authority = Cited
"""One body that decides."""


class Level(NamedTuple):
    """At which level an authority sits, empty where its rule does not say, and what tells it.

    ``zone`` and ``heritage_class`` are the place of a heritage rule, empty for any other; ``why`` names the authority.
    """

    code: str
    why: Note
    zone: str = ""
    heritage_class: str = ""


def authorities(names: Note, how: Note = NOTHING) -> tuple[Authority, ...]:
    """Return the bodies that ``names`` holds (:func:`parted`); ``how`` is of the first."""
    return tuple(Authority(name, NOTHING if number else how) for number, name in enumerate(parted(names)))


def parted(words: Note) -> tuple[Note, ...]:
    """Return the things that a cell of the model lists, parted by ``；``; one where the languages differ in number."""
    zh, en = words.zh.split("；"), words.en.split("; ")
    return tuple(map(Note, zh, en)) if len(zh) == len(en) else (words,)


def gathered(found: Iterable[Cited]) -> tuple[Note, ...]:
    """Return each thing once, a body by its fullest name, with all that stands behind it."""
    bodies: dict[str, list[Cited]] = {}
    for one in found:
        bodies.setdefault(BODY.get(one.name.zh, one.name.zh), []).append(one)
    told = []
    for alike in bodies.values():
        name = max((one.name for one in alike), key=lambda note: len(note.zh))
        hows = list(dict.fromkeys(one.how for one in alike if any(one.how)))
        zh, en = "，".join(how.zh for how in hows), ", ".join(how.en for how in hows)
        told.append(Note(name.zh + (f"（{zh}）" if zh else ""), name.en + (f" ({en})" if en else "")))
    return tuple(told)


def of_path(rule: Rule) -> tuple[Level, ...]:
    """Return the level that a rule on a path names; none where it names none: the action's own then stands."""
    return (Level(rule.level, _why(rule)),) if rule.level else ()


def of_heritage(rule: HeritageRule, heritage_class: str, zone: str) -> Level:
    """Return the level of who decides by a heritage rule, for a site or a zone of ``heritage_class``."""
    code = LISTED_AT.get(heritage_class, "") if rule.level == LISTED else rule.level
    return Level(code, _why(rule), zone, heritage_class)


def unknown(why: Note) -> Level:
    """Return that nobody can say at which level it is decided."""
    return Level("", why)


def _why(rule: Rule) -> Note:
    by = "、".join(note.zh for note in gathered(rule.authorities))
    by_en = ", ".join(note.en for note in gathered(rule.authorities))
    more, more_en = rule.level_words
    return Note(
        f"{by}（{'，'.join(filter(None, (rule.source, more)))}）",
        f"{by_en} ({', '.join(filter(None, (rule.source, more_en)))})",
    )


def columns(levels: Iterable[Level]) -> dict[str, str]:
    """Return the highest level named, who sits there, and what is open, as columns of an options table.

    ``approval_level`` is empty where no rule names one; ``approval_open`` says of which rules the level is not known.
    """
    found = list(levels)
    order = list(DECISION_LEVELS)
    highest = max((level.code for level in found if level.code), key=order.index, default="")
    top = [level for level in found if highest and level.code == highest]
    return {
        "approval_level": highest,
        **twins("approval_reason", _told(top)),
        **twins("approval_open", _told([level for level in found if not level.code])),
    }


def _told(levels: Iterable[Level]) -> list[Note]:
    """Return what tells levels: the places of one rule together."""
    places: dict[Note, dict[str, dict[str, None]]] = {}
    for level in levels:
        held = places.setdefault(level.why, {})
        if level.zone:
            held.setdefault(level.zone, {})[level.heritage_class] = None
    told = []
    for why, zones in places.items():
        where = [place_words(list(classes), zone) for zone, classes in zones.items()]
        zh, en = "、".join(note.zh for note in where), " and ".join(note.en for note in where)
        told.append(Note(f"{zh}：{why.zh}", f"{en}: {why.en}") if where else why)
    return told


def decided(usual: str, level: str, why: Note, still_open: Note) -> tuple[str, Note]:
    """Return at which level an option is decided, empty where nobody can say, and why.

    Parameters
    ----------
    usual
        Level of the action, which holds where no rule names a higher one.
    level, why
        The highest level that a rule names, and who sits there; empty where none does.
    still_open
        Of which rules the level is not known: it may be higher than any of the others.
    """
    order = list(DECISION_LEVELS)
    is_named = bool(level) and order.index(level) >= order.index(usual)
    highest, told = (level, why) if is_named else (usual, USUAL)
    if not any(still_open):
        return highest, told
    if highest in ABOVE_DISTRICT:
        more = Note(f"另有层级待核，可能更高：{still_open.zh}", f"others are open and may be higher: {still_open.en}")
        return highest, Note(f"{told.zh}；{more.zh}", f"{told.en}; {more.en}")
    first = Note(f"层级待核：{still_open.zh}", f"the level is not known: {still_open.en}")
    return "", Note(f"{first.zh}；{told.zh}", f"{first.en}; {told.en}") if is_named else first
