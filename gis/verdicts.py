"""What rules say of one act on one asset, in words and columns, and the strictest of several."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from gis._findings import sentences
from gis._notes import SEPARATORS, Note, twins
from gis._permission_authorities import columns as level_columns
from gis._permission_authorities import gathered

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from gis._findings import Finding
    from gis._permission_authorities import Authority, Cited, Level

STRICTNESS = {"allowed": 0, "approval": 1, "unclear": 2, "forbidden": 3}
"""Unclear is stricter than approval: until the rule is known nobody can say that a leave would be enough."""
SUBMIT, ASK = (Note("报{}", "Submit to {}"), Note("向{}核实", "Ask {}"))
"""What is done with an authority: the step of leave that is needed, and of what its rule leaves open."""


@dataclass(frozen=True)
class Verdict:
    """What the rules say of one act on one asset.

    Parameters
    ----------
    permission
        ``allowed``, ``approval``, ``unclear`` or ``forbidden``.
    reasons, sources, authorities, first_steps, next_steps, warnings
        Why, in which documents, who decides, what to do first and next, what to beware of; without repetition.
    forbids, doubts
        What a rule does not allow, and which clauses are no sure ground, each with its document.
    levels
        At which level who decides sits, where a rule tells.
    step
        :data:`SUBMIT` or :data:`ASK` where the next step goes to the authorities: one step for all of them.
    finding
        What a heritage rule says, for :func:`gis._findings.sentences`; ``None`` for any other verdict.
    parts
        The single verdicts that it is put together from; empty for a single one.
    """

    permission: str
    reasons: tuple[Note, ...] = ()
    sources: tuple[str, ...] = ()
    authorities: tuple[Authority, ...] = ()
    next_steps: tuple[Note, ...] = ()
    warnings: tuple[Note, ...] = ()
    first_steps: tuple[Note, ...] = ()
    forbids: tuple[Cited, ...] = ()
    doubts: tuple[Note, ...] = ()
    levels: tuple[Level, ...] = ()
    step: Note | None = field(default=None, compare=False, repr=False)
    finding: Finding | None = field(default=None, compare=False, repr=False)
    parts: tuple[Verdict, ...] = field(default=(), compare=False, repr=False)

    def columns(self) -> dict[str, str]:
        """Return the verdict as the columns of an options table; documents keep the name they are published under."""
        return {
            "permission": self.permission,
            **twins("permission_reason", self.reasons),
            "permission_source": SEPARATORS[""].join(self.sources),
            **twins("authority", gathered(self.authorities)),
            **twins("next_step", dict.fromkeys([*self.first_steps, *self.next_steps])),
            **twins("forbidden_uses", gathered(self.forbids)),
            **twins("clauses_open", self.doubts),
            **twins("warnings", self.warnings),
            **level_columns(self.levels),
        }


def table(found: Sequence[Mapping[str, object]], index: pd.Index) -> pd.DataFrame:
    """Return verdicts as columns (with ``horizon_years``), also where there is none."""
    return pd.DataFrame(list(found), index=index, columns=[*Verdict("unclear").columns(), "horizon_years"])


def strictest(verdicts: Iterable[Verdict]) -> Verdict:
    """Return the strictest permission, with the words of the verdicts, those of the strictest first.

    What heritage rules say is gathered: each consequence once, with the places and acts it holds for.

    Raises
    ------
    ValueError
        If there is no verdict.
    """
    single = [part for verdict in verdicts for part in verdict.parts or (verdict,)]
    ordered = sorted(single, key=lambda verdict: -STRICTNESS[verdict.permission])
    if not ordered:
        raise ValueError("there is no verdict to choose from")

    def words(name: str) -> tuple[Any, ...]:
        return tuple(dict.fromkeys(text for verdict in ordered for text in getattr(verdict, name) if any(text)))

    return Verdict(
        ordered[0].permission,
        _reasons(ordered),
        words("sources"),
        words("authorities"),
        _steps(ordered),
        words("warnings"),
        words("first_steps"),
        words("forbids"),
        words("doubts"),
        words("levels"),
        parts=tuple(ordered),
    )


def _steps(ordered: Sequence[Verdict]) -> tuple[Note, ...]:
    """Return the next steps of single verdicts: one for each authority, where the first that goes to any stands."""
    to: dict[Note, list[Authority]] = {}
    for verdict in ordered:
        if verdict.step is not None:
            to.setdefault(verdict.step, []).extend(verdict.authorities)
    told: dict[Note, None] = {}
    for verdict in ordered:
        steps = verdict.next_steps
        if verdict.step is not None:
            steps = steps_to(verdict.step, to.pop(verdict.step, ()))
        told |= dict.fromkeys(note for note in steps if any(note))
    return tuple(told)


def steps_to(step: Note, to: Iterable[Authority]) -> tuple[Note, ...]:
    """Return :data:`SUBMIT` or :data:`ASK` for each body among ``to``."""
    return tuple(Note(step.zh.format(by.zh), step.en.format(by.en)) for by in gathered(to))


def _reasons(ordered: Sequence[Verdict]) -> tuple[Note, ...]:
    """Return the reasons of single verdicts; findings of one consequence stand where the first of them would."""
    alike: dict[str, list[Finding]] = {}
    for verdict in ordered:
        if verdict.finding is not None:
            alike.setdefault(verdict.finding.says, []).append(verdict.finding)
    told: dict[Note, None] = {}
    for verdict in ordered:
        said = sentences(alike.pop(verdict.finding.says, ())) if verdict.finding is not None else verdict.reasons
        told |= dict.fromkeys(note for note in said if any(note))
    return tuple(told)


def lowered(verdict: Verdict, to: str, reason: Note, next_step: Note) -> Verdict:
    """Return ``verdict`` made at least as strict as ``to``, with one more reason, and a step that comes first."""
    return strictest([verdict, Verdict(to, reasons=(reason,), first_steps=(next_step,))])
