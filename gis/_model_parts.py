"""What a model is made of: parameters, criteria, actions, dated rules, exclusions."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date  # noqa: TC003  (the checks read these annotations)
from typing import TYPE_CHECKING, Literal

from gis._notes import Note
from gis._permission_authorities import authorities
from gis._values import ValueFunction  # noqa: TC001  (the checks read these annotations)

if TYPE_CHECKING:
    from gis._permission_authorities import Authority

ASSUMPTION = "ASSUMPTION"
OWN = "本区设定"
"""How the source of a number begins that a district set without naming a document."""
UNVERIFIED = "unverified"
"""State of a number whose document is known, but not the article that grants it."""
TWICE = re.compile(r"^(derived:? )(?:derived:? )+")
OWN_WORDS = {
    "^derived:? ": "折算：",
    "^secondary web source": "网络二手来源",
    ", no document number": "，无文号",
    f"^{ASSUMPTION} - no source found": f"{ASSUMPTION} - 未查到出处",
}
"""Our own words in a source, which no document says -> the same in Chinese; what stands beside them stays as it is."""
OWN_MARK = Note(OWN, "set by the district")
Direction = Literal["benefit", "cost"]


@dataclass(frozen=True)
class Parameter:
    """One number of the model, with where it comes from.

    Parameters
    ----------
    key
        Dotted name, as in ``parking.stall_area.surface``.
    value, low, high
        The value and the range it may take; ``None`` where the source gives none.
    unit
        Unit of the three.
    source
        Document number, or ``ASSUMPTION …`` with its reason; :func:`own_source` where a district set the number.
    confidence
        ``high``, ``medium`` or ``low``.
    note
        What a reader must know to use it well.
    source_zh
        The source as a Chinese text names it, where ``source`` does so in English; else empty.
    valid_from, valid_to
        Days on which the rule or tariff behind it starts and ends to be in force, where known.
    state
        ``draft``, ``repealed`` or ``superseded`` where the document is known to be so and no day is known,
        :data:`UNVERIFIED` where the article that it names is yet to be checked; else empty.
    """

    key: str
    value: float | None
    low: float | None
    high: float | None
    unit: str
    source: str
    confidence: str
    note: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    state: str = ""
    source_zh: str = ""

    @property
    def cited(self) -> Note:
        """The source, for a reader: as it stands, our own words in the reader's language, none twice."""
        once = TWICE.sub(r"\1", self.source)
        zh = once
        for word, said in OWN_WORDS.items():
            zh = re.sub(word, said, zh)
        return Note(self.source_zh or zh, once)

    @property
    def is_assumption(self) -> bool:
        """Whether no document stands behind the value."""
        return self.source.startswith((ASSUMPTION, OWN))

    @property
    def own_mark(self) -> Note | None:
        """What is said of a number that a district set without naming a document, ``None`` of any other."""
        return OWN_MARK if self.source.startswith(OWN) else None


def own_source(packaged: str) -> str:
    """Return the source of a number that a district set in place of one from ``packaged``, naming no document."""
    if packaged.startswith(OWN):
        return packaged
    return f"{OWN}（原据 {packaged}） set by the district, not by that document"


@dataclass(frozen=True)
class Criterion:
    """One criterion of a theme: what is measured, how it is valued from 0 to 1, and how much it weighs.

    The raw value stands in column ``x_<key>`` of an opportunity, its value in ``v_<key>``.
    """

    key: str
    theme: str
    zh: str
    en: str
    unit: str
    direction: Direction
    weight: float
    function: ValueFunction
    source: str
    confidence: str
    note: str = ""


@dataclass(frozen=True)
class Action:
    """One thing that can be done with an asset, who leads it, and the parameters that size it.

    ``themes`` are the rankings it stands in (a culture space is one in a vacant room and one in a heritage site);
    ``land_act`` is the act that heritage rules see when it is done on open land: ``new_building`` or ``alteration``;
    ``gives`` are the services (codes of the ``service`` layer) whose lack it meets. Departments without an English
    name are named in Chinese.
    """

    code: str
    themes: tuple[str, ...]
    land_act: str
    gives: tuple[str, ...]
    lead_dept: str
    co_depts: str
    decision_level: str
    practice: str
    parameters: tuple[str, ...]
    lead_dept_en: str = ""
    co_depts_en: str = ""


@dataclass(frozen=True)
class Rule:
    """One dated rule: what it permits, by whose leave, for how long, and the document it stands in.

    Parameters
    ----------
    key
        ``tenure.reserve``, ``room.state`` …
    permission
        What the rule yields while it is in force: ``allowed``, ``approval``, ``unclear`` or ``forbidden``.
    authority, authority_en
        Who decides; in Chinese where there is no English name.
    zh, en
        The reason, for a reader.
    next_zh, next_en
        The next step.
    horizon
        Key of the parameter that limits the years granted, or empty.
    source, confidence, valid_from, valid_to
        The document and the days between which it is in force.
    mapped
        Whether its article numbers are those of the law in force.
    successor, successor_en
        What has been read of the articles that took their place, where that is not enough to map them; else empty.
    must_agree, must_agree_en
        Who must agree before it can be decided; empty where that is who decides.
    authority_how, authority_how_en
        How the first of the authorities decides, told behind its name.
    level, level_note, level_note_en
        At which level the highest of them sits: a code of :data:`DECISION_LEVELS`, or ``listed`` where it is that
        of the site's listing; empty where the rule does not say. What tells it, beside the document.
    """

    key: str
    permission: str
    authority: str
    source: str
    confidence: str
    zh: str = ""
    en: str = ""
    next_zh: str = ""
    next_en: str = ""
    horizon: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    mapped: bool = True
    authority_en: str = ""
    successor: str = ""
    successor_en: str = ""
    must_agree: str = ""
    must_agree_en: str = ""
    authority_how: str = ""
    authority_how_en: str = ""
    level: str = ""
    level_note: str = ""
    level_note_en: str = ""

    @property
    def reason(self) -> Note:
        """The reason, for a reader."""
        return Note(self.zh, self.en or self.zh)

    @property
    def next_step(self) -> Note:
        """The next step."""
        return Note(self.next_zh, self.next_en or self.next_zh)

    @property
    def agreed_by(self) -> Note:
        """Who must agree; who decides, where the rule names nobody else."""
        return Note(self.must_agree, self.must_agree_en or self.must_agree) if self.must_agree else self.decided_by

    @property
    def decided_by(self) -> Note:
        """Who decides."""
        return Note(self.authority, self.authority_en or self.authority)

    @property
    def authorities(self) -> tuple[Authority, ...]:
        """Who decides, body by body."""
        return authorities(self.decided_by, Note(self.authority_how, self.authority_how_en or self.authority_how))

    @property
    def level_words(self) -> Note:
        """What tells its level, beside the document."""
        return Note(self.level_note, self.level_note_en or self.level_note)

    def in_force(self, as_of: date) -> bool:
        """Whether the rule is dated, mapped to the law in force, and in force on ``as_of``."""
        started = self.valid_from is not None and self.valid_from <= as_of
        return self.mapped and started and (self.valid_to is None or as_of <= self.valid_to)


@dataclass(frozen=True)
class HeritageRule(Rule):
    """One row of ``heritage_rules.csv`` in codes: which classes and zones it speaks of, and what it says of each act.

    Zone ``site`` is the building itself. ``ownerships`` limits it to owners; empty is any. What the row says in words
    (authority, what is forbidden, document, confidence) is read from the row. ``exception`` is what it excepts
    from a ban on new building: told, never counted on.
    """

    row: int = 0
    classes: tuple[str, ...] = ()
    zones: tuple[str, ...] = ()
    ownerships: tuple[str, ...] = ()
    new_building: str = "unclear"
    alteration: str = "unclear"
    use_change: str = "unclear"
    forbids: str = ""
    forbids_en: str = ""
    needs_notice: bool = False
    exception: str = ""
    exception_en: str = ""

    @property
    def left_open(self) -> Note:
        """The exception that the row makes of what it forbids to build."""
        return Note(self.exception, self.exception_en or self.exception)


@dataclass(frozen=True)
class Exclusion:
    """One hard exclusion: where its test holds, its actions (all of them when empty) are out, for this reason.

    ``valid_from`` and ``valid_to`` are the days between which the document in ``source`` is in force, where known: out
    of them it still excludes, and the run says so.
    """

    key: str
    actions: tuple[str, ...]
    zh: str
    en: str
    source: str
    confidence: str
    valid_from: date | None = None
    valid_to: date | None = None


@dataclass(frozen=True)
class Reuse:
    """What one type of heritage building suits: a row of ``heritage_rules.csv`` (文物建筑开放导则) in codes.

    Who must agree (``authority``) and what is not allowed (``forbids``) are read from the row. ``use_class`` tells
    whether those uses are a ``public_good``, let free of rent, or ``commercial``.
    """

    building_type: str
    row: int
    actions: tuple[str, ...]
    zh: str
    en: str
    authority: str
    use_class: str
    source: str
    confidence: str
    forbids: str = ""
    authority_en: str = ""
    authority_how: str = ""
    authority_how_en: str = ""
    forbids_en: str = ""
    valid_from: date | None = None
    valid_to: date | None = None

    @property
    def authorities(self) -> tuple[Authority, ...]:
        """Who decides, body by body."""
        names = Note(self.authority, self.authority_en or self.authority)
        return authorities(names, Note(self.authority_how, self.authority_how_en or self.authority_how))
