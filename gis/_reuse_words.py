"""What a type of heritage building suits, in words, with what the law bars of it for the site's class and owner."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis import permission, verdicts
from gis._dated import out_of_dates
from gis._notes import Note

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from gis._model_parts import HeritageRule, Reuse
    from gis.model import Model


PLACES = Note("博物馆、保管所、参观游览场所", "museums, depositories or places to visit")
"""What row 13 speaks of: it says nothing of a State site of another use."""
UNMAPPED = Note("条文号待核", "articles not mapped to the law in force")


def suited(model: Model, suits: Reuse, sites: pd.DataFrame) -> list[Note]:
    """Return what a type of building suits, in words, with what the law of their class and owner bars of it.

    The guide goes by the type of building alone; a rule that is limited to owners (row 13: the protected sites of the
    State) bars a way of running them whatever the type.
    """
    held = [[None if pd.isna(code) else str(code) for code in sites[name]] for name in ("heritage_class", "ownership")]
    uses = Note(suits.zh, suits.en)
    return [_but_for(uses, owners_rules(model, own, owner)) for own, owner in zip(*held, strict=True)]


def owners_rules(model: Model, own: str | None, owner: str | None) -> list[HeritageRule]:
    """Return the rules of a site's class that are limited to its owner and forbid something."""
    return [
        rule
        for rule in model.heritage_rules
        if rule.forbids and own in rule.classes and owner in rule.ownerships and "site" in rule.zones
    ]


def banned(rule: HeritageRule) -> tuple[Note, Note]:
    """Return what an owner's rule bars and of which sites, and by which document, with what is open of that."""
    by, by_en = rule.source, rule.source
    if not rule.mapped:
        by, by_en = f"{by}，{UNMAPPED.zh}", f"{by_en}, {UNMAPPED.en}"
    of = Note(
        f"国有文保单位（{PLACES.zh}）不得作为{rule.forbids}",
        f"protected sites of the State that are {PLACES.en}: not allowed is {rule.forbids_en or rule.forbids}",
    )
    return of, Note(by, by_en)


def _but_for(uses: Note, rules: Sequence[HeritageRule]) -> Note:
    """Return ``uses`` with what ``rules`` bar of them."""
    for rule in rules:
        what, by = banned(rule)
        uses = Note(
            f"{uses.zh}（{what.zh}，{by.zh}，其他用途是否适用须向文物部门核实）",
            f"{uses.en} ({what.en}, {by.en}, of other uses ask the heritage department)",
        )
    return uses


def of_guide(suits: Reuse, rules: Sequence[HeritageRule], as_of: date) -> verdicts.Verdict:
    """Return what 文物建筑开放导则 says of a type of building: what it suits, by whose leave, and what it forbids.

    The ``rules`` of its owner bar some of what it suits: that stands in the same sentence.
    """
    told = _but_for(Note(f"{suits.zh}（{suits.source}）", f"{suits.en} ({suits.source})"), rules)
    lapse = out_of_dates(suits, as_of)
    doubts = (Note(f"{suits.source}{lapse.zh}", f"{suits.source} {lapse.en}"),) if lapse else ()
    return verdicts.Verdict(
        "unclear" if lapse else "approval",
        (Note(f"宜：{told.zh}", f"It suits: {told.en}"),),
        (suits.source,),
        suits.authorities,
        verdicts.steps_to(verdicts.SUBMIT, suits.authorities),
        forbids=permission.forbidden_uses(suits),
        doubts=doubts,
        step=verdicts.SUBMIT,
    )
