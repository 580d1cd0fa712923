"""May it be done, by whose leave: dated rules, the strictest wins, what is unknown is never allowed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import pandas as pd

from gis._dated import out_of_dates, rule_doubt
from gis._findings import EDGE, NO_RULE, ZONE_TYPES, ZONE_WORDS, Finding, sentences
from gis._notes import NOTHING, Note
from gis._permission_authorities import Authority, Cited, of_heritage, of_path, parted, unknown
from gis.model import ASSUMPTION, HeritageRule
from gis.verdicts import ASK, SUBMIT, Verdict, steps_to, strictest
from layers.kinds._columns import HERITAGE_CLASSES

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gis._model_parts import Reuse
    from gis.model import Model, Rule

Act = Literal["new_building", "alteration", "use_change"]
UNKNOWN_ZONE = "unknown"
"""Type of a zone whose own is blank."""
EDGE_OF = "edge:"
"""Before the type of a zone of which the place holds a strip of its edge only (:func:`gis._zones.are_edges`)."""
ACCURACY = "map.drawing_accuracy"
"""The parameter that says how far two drawings of one edge may lie apart, in metres."""
HERITAGE_OFFICE = Authority(Note("文物部门", "the cultural heritage department"))
DIGS: tuple[Act, ...] = ("new_building", "alteration")


def of_rule(rule: Rule, as_of: date, *, says: str | None = None) -> Verdict:
    """Return what ``rule`` yields on ``as_of``.

    A rule that has lapsed or is not yet in force yields ``unclear`` (``forbidden`` stays so). One that is undated, or
    whose articles are not mapped to the law in force, is shown with a warning and yields at most ``approval``.

    Parameters
    ----------
    rule
        The rule.
    as_of
        Day of the analysis.
    says
        What it says of the act in question; its ``permission`` when not given.
    """
    permission = says or rule.permission
    if out_of_dates(rule, as_of) is not None:
        permission = permission if permission == "forbidden" else "unclear"
    if permission == "allowed" and not rule.in_force(as_of):
        permission = "approval"
    return Verdict(
        permission,
        (rule.reason,) if rule.zh else (),
        (rule.source,),
        rule.authorities,
        (rule.next_step,) if rule.next_zh else (),
        doubts=_cautions(rule, as_of),
        levels=of_path(rule),
    )


def _cautions(rule: Rule, as_of: date) -> tuple[Note, ...]:
    """Return why ``rule`` is no sure ground on ``as_of``."""
    why = rule_doubt(rule, as_of)
    if why is not None:
        return (Note(f"{rule.source}{why.zh}", f"{rule.source} {why.en}"),)
    if rule.source.startswith(ASSUMPTION):
        return (Note("许可路径为经验做法，以当地为准", "This path is practice, not a document: verify locally"),)
    return ()


def heritage(
    model: Model,
    heritage_class: str | None,
    zones: Sequence[tuple[str, str | None]],
    act: Act,
    as_of: date,
    *,
    ownership: str | None = None,
) -> Verdict:
    """Return what the heritage rules say of ``act`` at a place: of its own class, and of every zone that holds it.

    Parameters
    ----------
    model
        Holds the rules.
    heritage_class
        Class of the building itself; ``None`` or ``unknown`` gives ``unclear``, an empty string means that the place
        is no heritage and only the zones speak.
    zones
        Type and class of every heritage zone that contains or touches the place; a type that is none of the
        code list (:data:`UNKNOWN_ZONE`), and one behind :data:`EDGE_OF`, gives ``unclear``.
    act
        ``new_building``, ``alteration`` or ``use_change``.
    as_of
        Day of the analysis.
    ownership
        Owner of the building, for rules that are limited to one.

    Raises
    ------
    ValueError
        If the place is neither heritage nor in a zone: no rule speaks, and silence is no permission.
    """
    spoken = [] if heritage_class == "" else _of_place(model, heritage_class, "site", act, as_of, ownership)
    for zone, zone_class in sorted(set(zones), key=str):
        spoken += _of_zone(model, zone, zone_class, act, as_of, ownership)
    if any(rule.needs_notice for _, rule in spoken if rule) or any(
        zone == "protection" and act in DIGS for zone, _ in zones
    ):
        spoken.append((Verdict("allowed", next_steps=(public_notice(model),)), None))
    return strictest(verdict for verdict, _ in spoken)


def public_notice(model: Model) -> Note:
    """Return the step that asks for public notice (``heritage.notice_days``)."""
    days = f"{model.value('heritage.notice_days'):g}"
    return Note(f"公示不少于{days}日", f"Public notice of at least {days} days")


Spoken = tuple[Verdict, HeritageRule | None]


def _of_zone(
    model: Model, zone: str, zone_class: str | None, act: Act, as_of: date, ownership: str | None
) -> list[Spoken]:
    on_edge, zone = zone.startswith(EDGE_OF), zone.removeprefix(EDGE_OF)
    if zone not in ZONE_TYPES:
        return [(_no_zone_type(), None)]
    if on_edge:
        return [(_on_edge(model, zone, zone_class, _of_zone(model, zone, zone_class, act, as_of, ownership)), None)]
    if zone == "buried_relics":
        # No row of the table speaks of buried relics, so no act there is known to be free; digging is warned of.
        dig = Note(
            "位于地下文物埋藏区，动土前须由文物部门组织考古调查",
            "In a buried-relics area: an archaeological survey by the heritage department before any digging",
        )
        return [(_no_rule("", zone, (dig,) if act in DIGS else ()), None)]
    return _of_place(model, zone_class, zone, act, as_of, ownership)


def _of_place(
    model: Model, heritage_class: str | None, zone: str, act: Act, as_of: date, ownership: str | None
) -> list[Spoken]:
    if not _is_known(heritage_class):
        return [(_no_class(ZONE_WORDS[zone]), None)]
    named = str(heritage_class)
    rules = [
        rule
        for rule in model.heritage_rules
        if named in rule.classes and zone in rule.zones and (not rule.ownerships or ownership in rule.ownerships)
    ]
    if not rules:
        return [(_no_rule(named, zone), None)]
    return [(_of_heritage_rule(rule, named, zone, act, as_of), rule) for rule in rules]


def _is_known(heritage_class: str | None) -> bool:
    return not pd.isna(heritage_class) and heritage_class != "unknown" and heritage_class in HERITAGE_CLASSES


def _no_zone_type() -> Verdict:
    reason = Note("位于保护区划内，区划类型不明", "Inside a heritage zone: type of zone unknown")
    ask = Note("向文物部门核实区划类型", "Ask the cultural heritage department for the type of zone")
    return _nobody_knows(reason, ask)


def _nobody_knows(reason: Note, ask: Note) -> Verdict:
    """Return that no rule can be applied: neither leave nor the level at which it is given is known."""
    return Verdict("unclear", (reason,), (), (HERITAGE_OFFICE,), (ask,), levels=(unknown(reason),))


def _no_class(where: Note) -> Verdict:
    reason = Note(f"{where.zh}的保护级别不明，规则无从适用", f"{where.en}: legal class unknown, no rule can be applied")
    ask = Note("向文物部门核实保护级别", "Ask the cultural heritage department for the legal class")
    return _nobody_knows(reason, ask)


def _on_edge(model: Model, zone: str, zone_class: str | None, spoken: Sequence[Spoken]) -> Verdict:
    """Return what holds of a strip of its edge: nobody can say, by leave and document of what its rules would say."""
    width, inside = f"{model.value(ACCURACY):g}", strictest(verdict for verdict, _ in spoken)
    named = str(zone_class) if _is_known(zone_class) else ""
    narrow = Note(
        f"仅边缘重叠，宽不足{width}米（制图精度，假定值），",
        f"a strip of its edge only, narrower than {width} m (accuracy of drawing, an assumption); ",
    )
    ask = Note("向文物部门核对区划界线", "Check the boundary of the zone with the cultural heritage department")
    finding = Finding(named, zone, EDGE, source="，".join(inside.sources), before=narrow)
    return _found(
        finding,
        "unclear",
        sources=inside.sources,
        authorities=inside.authorities,
        next_steps=(ask,),
        warnings=inside.warnings,
        forbids=inside.forbids,
        doubts=inside.doubts,
        levels=tuple(unknown(note) for note in sentences([finding])),
    )


def _no_rule(heritage_class: str, zone: str, warnings: tuple[Note, ...] = ()) -> Verdict:
    ask = Note("向文物部门核实", "Ask the cultural heritage department")
    finding = Finding(heritage_class, zone, NO_RULE)
    levels = tuple(unknown(note) for note in sentences([finding]))
    return _found(
        finding, "unclear", authorities=(HERITAGE_OFFICE,), next_steps=(ask,), warnings=warnings, levels=levels
    )


def _of_heritage_rule(rule: HeritageRule, heritage_class: str, zone: str, act: Act, as_of: date) -> Verdict:
    verdict = of_rule(rule, as_of, says=getattr(rule, act))
    beside = rule.left_open if act == "new_building" and verdict.permission == "forbidden" else NOTHING
    said = _said(rule, getattr(rule, act), verdict.permission)
    step = {"approval": SUBMIT, "unclear": ASK}.get(verdict.permission)
    done = {
        "allowed": Note(
            "落实保护要求后实施，报镇街备案",
            "Meet the protection requirements, then go ahead; report to the sub-district",
        ),
        "forbidden": Note("不予安排", "Not to be planned"),
    }
    return _found(
        Finding(heritage_class, zone, said, act, rule.source, beside),
        verdict.permission,
        step=step,
        sources=verdict.sources,
        authorities=verdict.authorities,
        next_steps=steps_to(step, verdict.authorities) if step else (done[verdict.permission],),
        warnings=verdict.warnings,
        forbids=forbidden_uses(rule),
        doubts=verdict.doubts,
        # A rule for some owners says how the place may be run; who decides stands in that of its class.
        levels=() if rule.ownerships else (of_heritage(rule, heritage_class, zone),),
    )


def forbidden_uses(rule: HeritageRule | Reuse) -> tuple[Cited, ...]:
    """Return what ``rule`` does not allow, one by one, each with its document behind it."""
    told = parted(Note(rule.forbids, rule.forbids_en or rule.forbids)) if rule.forbids else ()
    return tuple(Cited(item, Note(rule.source, rule.source)) for item in told)


def _said(rule: HeritageRule, own: str, taken: str) -> str:
    """Return what is said of a rule whose ``own`` word is ``taken`` for another: why it is, beside its document."""
    if taken == own:
        return own
    if taken == "unclear":
        return "lapsed"
    return "undated" if rule.mapped else "unmapped"


def _found(finding: Finding, permission: str, step: Note | None = None, **words: tuple[Any, ...]) -> Verdict:
    return Verdict(permission, sentences([finding]), step=step, finding=finding, **words)
