"""May it be done, by whose leave: dated rules, the strictest wins, what is unknown is never allowed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import pandas as pd

from gis.model import HeritageRule
from gis.options import SEPARATOR
from layers.kinds._columns import HERITAGE_CLASSES
from layers.kinds._heritage import HERITAGE_ZONE

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import date

    from gis.model import Model, Rule

Act = Literal["new_building", "alteration", "use_change"]
STRICTNESS = {"allowed": 0, "approval": 1, "unclear": 2, "forbidden": 3}
"""Unclear is stricter than approval: until the rule is known nobody can say that a leave would be enough."""
ACT_WORDS: dict[str, str] = {"new_building": "新建", "alteration": "改动或修缮", "use_change": "改变用途"}
ZONE_CODES = dict(HERITAGE_ZONE["zone_type"].codes or {})
DIGS: tuple[Act, ...] = ("new_building", "alteration")


@dataclass(frozen=True)
class Verdict:
    """What the rules say of one act on one asset.

    Parameters
    ----------
    permission
        ``allowed``, ``approval``, ``unclear`` or ``forbidden``.
    reasons, sources, authorities, next_steps, warnings
        Why, in which documents, who decides, what to do next, what to beware of; in Chinese, without repetition.
    """

    permission: str
    reasons: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    authorities: tuple[str, ...] = ()
    next_steps: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()

    def columns(self) -> dict[str, str]:
        """Return the verdict as the columns of an options table."""
        return {
            "permission": self.permission,
            "permission_reason": SEPARATOR.join(self.reasons),
            "permission_source": SEPARATOR.join(self.sources),
            "authority": SEPARATOR.join(self.authorities),
            "next_step": SEPARATOR.join(self.next_steps),
            "warnings": SEPARATOR.join(self.warnings),
        }


def table(found: Sequence[Mapping[str, object]], index: pd.Index) -> pd.DataFrame:
    """Return verdicts as columns (with ``horizon_years``), also where there is none."""
    return pd.DataFrame(list(found), index=index, columns=[*Verdict("unclear").columns(), "horizon_years"])


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the strictest permission, with the words of the verdicts, the strictest first.

    Raises
    ------
    ValueError
        If there is no verdict.
    """
    ordered = sorted(verdicts, key=lambda verdict: -STRICTNESS[verdict.permission])
    if not ordered:
        raise ValueError("there is no verdict to choose from")
    return Verdict(
        ordered[0].permission,
        *(
            tuple(dict.fromkeys(text for verdict in ordered for text in getattr(verdict, name) if text))
            for name in ("reasons", "sources", "authorities", "next_steps", "warnings")
        ),
    )


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
    permission, warnings = says or rule.permission, []
    lapsed = rule.valid_to is not None and rule.valid_to < as_of
    early = rule.valid_from is not None and rule.valid_from > as_of
    if lapsed or early:
        warnings.append(
            f"{rule.source}已于{rule.valid_to}失效，须查后续文件"
            if lapsed
            else f"{rule.source}自{rule.valid_from}起施行，尚未生效"
        )
        permission = permission if permission == "forbidden" else "unclear"
    elif not rule.mapped:
        warnings.append(f"{rule.source}的条文号未与2025-03-01起施行的修订文本对应，不作为可行依据")
    elif rule.valid_from is None and not rule.source.startswith("ASSUMPTION"):
        warnings.append(f"{rule.source}的施行日期待核，不作为可行依据")
    elif rule.source.startswith("ASSUMPTION"):
        warnings.append("许可路径为经验做法，以当地为准")
    if permission == "allowed" and not rule.in_force(as_of):
        permission = "approval"
    return Verdict(
        permission,
        (rule.zh,) if rule.zh else (),
        (rule.source,),
        (rule.authority,),
        (rule.next_zh,) if rule.next_zh else (),
        tuple(warnings),
    )


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
        Type and class of every heritage zone that contains or touches the place.
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
    notice = f"公示不少于{model.value('heritage.notice_days'):g}日"
    if any(rule.needs_notice for _, rule in spoken if rule) or any(
        zone == "protection" and act in DIGS for zone, _ in zones
    ):
        spoken.append((Verdict("allowed", next_steps=(notice,)), None))
    return strictest(verdict for verdict, _ in spoken)


Spoken = tuple[Verdict, HeritageRule | None]


def _of_zone(
    model: Model, zone: str, zone_class: str | None, act: Act, as_of: date, ownership: str | None
) -> list[Spoken]:
    if zone == "buried_relics":
        # No row of the table speaks of buried relics, so no act there is known to be free; digging is warned of.
        beware = ("位于地下文物埋藏区，动土前须由文物部门组织考古调查",) if act in DIGS else ()
        return [(_no_rule(f"{ZONE_CODES[zone][0]}：没有对应规则", beware), None)]
    return _of_place(model, zone_class, zone, act, as_of, ownership)


def _of_place(
    model: Model, heritage_class: str | None, zone: str, act: Act, as_of: date, ownership: str | None
) -> list[Spoken]:
    where = "本体" if zone == "site" else ZONE_CODES[zone][0]
    if pd.isna(heritage_class) or heritage_class == "unknown":
        text = f"{where}的保护级别不明，规则无从适用"
        return [(Verdict("unclear", (text,), authorities=("文物部门",), next_steps=("向文物部门核实保护级别",)), None)]
    named = HERITAGE_CLASSES[str(heritage_class)][0]
    rules = [
        rule
        for rule in model.heritage_rules
        if heritage_class in rule.classes
        and zone in rule.zones
        and (not rule.ownerships or ownership in rule.ownerships)
    ]
    if not rules:
        return [(_no_rule(f"{named}{where}：没有对应规则"), None)]
    return [(_of_heritage_rule(rule, named, where, act, as_of), rule) for rule in rules]


def _no_rule(reason: str, warnings: tuple[str, ...] = ()) -> Verdict:
    return Verdict("unclear", (reason,), authorities=("文物部门",), next_steps=("向文物部门核实",), warnings=warnings)


def _of_heritage_rule(rule: HeritageRule, named: str, where: str, act: Act, as_of: date) -> Verdict:
    verdict = of_rule(rule, as_of, says=getattr(rule, act))
    words = {"allowed": "可行", "approval": "须报批", "unclear": "规则未写明", "forbidden": "禁止"}
    reason = f"{named}{where}：{ACT_WORDS[act]}{words[verdict.permission]}"
    beware = (f"不得：{rule.forbids}",) if rule.forbids else ()
    steps = {"approval": f"报{rule.authority}", "unclear": f"向{rule.authority}核实", "forbidden": "不予安排"}
    return Verdict(
        verdict.permission,
        (reason,),
        verdict.sources,
        verdict.authorities,
        (steps[verdict.permission],) if verdict.permission in steps else ("落实保护要求后实施，报镇街备案",),
        (*verdict.warnings, *beware),
    )


def lowered(verdict: Verdict, to: str, reason: str, next_step: str = "") -> Verdict:
    """Return ``verdict`` made at least as strict as ``to``, with one more reason and next step."""
    return strictest([verdict, Verdict(to, reasons=(reason,), next_steps=(next_step,) if next_step else ())])
