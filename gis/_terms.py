"""What a path says beside its permission: who must agree, how many years it grants, and by which document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis import verdicts
from gis._dated import reasons, undated
from gis._notes import Note, twins
from gis._permission_authorities import gathered
from gis.model import ASSUMPTION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from gis._model_parts import Parameter, Rule
    from gis.model import Model
    from gis.verdicts import Verdict

PRACTICE = Note("经验做法或假定，以当地为准", "practice or an assumption, verify locally")
TEMPORARY_USE = "idle.temp_use_max"
"""The parameter that limits a temporary use; a path whose years it sets is one of temporary use only."""
LEDGER = "台账 (the ledger's own date)"
"""What stands behind a term that the ledger itself tells."""
REASON_COLUMNS = ("horizon_reason", "horizon_reason_en")
TERM_COLUMNS = ("horizon_years", *REASON_COLUMNS, "horizon_source")


def path_columns(rule: Rule, verdict: Verdict, model: Model) -> dict[str, object]:
    """Return a verdict on the path of ``rule`` as columns of an options table.

    Those of :class:`gis.verdicts.Verdict`, ``must_agree`` (:func:`agreement`), ``horizon_years`` that the rule grants
    with ``horizon_reason`` and ``horizon_source`` (:func:`granted`), and ``is_temporary``. A document is named for the
    years only where the rule itself is one and leaves no question open: the years of any other are borrowed.
    """
    grants = rule.permission != "unclear" and not rule.source.startswith(ASSUMPTION)
    return {
        **verdict.columns(),
        **agreement([rule], verdict),
        **granted(model[rule.horizon], model.value(rule.horizon), is_borrowed=not grants),
        "is_temporary": rule.horizon == TEMPORARY_USE,
    }


def granted(limit: Parameter, years: float, *, is_borrowed: bool = False) -> dict[str, object]:
    """Return the years that a parameter grants as columns, in the words of its own source.

    Parameters
    ----------
    limit, years
        The parameter, and its value.
    is_borrowed
        Whether its document speaks of something else, so that the years are taken by analogy, an assumption.
    """
    by, source = limit.cited, limit.source
    if limit.is_assumption:
        by = limit.own_mark or PRACTICE
    elif is_borrowed:
        by = Note(f"比照{by.zh}，属假定，以当地为准", f"by analogy with {by.en}, an assumption, verify locally")
        source = f"{ASSUMPTION} - 比照 (by analogy with) {source}"
    return _term(Note(f"{by.zh}：至多{years:g}年", f"{by.en}: at most {years:g} years"), source, years)


def granted_surely(model: Model, key: str, usual: str, as_of: date) -> dict[str, object]:
    """Return the years of ``key``, or the fewer of ``usual`` where its own document is no sure ground on ``as_of``.

    A ceiling that no document in force grants lengthens nothing; both are then told, and what the longer one lacks.
    """
    longer, shorter = (granted(model[name], model.value(name)) for name in (key, usual))
    doubt = (undated(model) | reasons(model, as_of)).get(key)
    if doubt is None or model.value(key) <= model.value(usual):
        return longer
    told = Note(*(str(longer[name]) for name in REASON_COLUMNS))
    more = Note(
        f"（{told.zh}，但所据文件{doubt.zh}，不作为依据）",
        f" ({told.en}, but the document {doubt.en}: no ground for it)",
    )
    return shorter | {name: f"{shorter[name]}{words}" for name, words in zip(REASON_COLUMNS, more, strict=True)}


def not_granted(why: Note, source: str = "") -> dict[str, object]:
    """Return the columns of a term that nobody knows, and why."""
    return _term(why, source, np.nan)


def agreement(rules: Sequence[Rule], verdict: Verdict) -> dict[str, str]:
    """Return who must agree, as columns: by the rules, and the other authorities that the verdict names."""
    decide = [one for rule in rules for one in rule.authorities]
    others = gathered(one for one in verdict.authorities if one not in decide)
    return twins("must_agree", dict.fromkeys([*(rule.agreed_by for rule in rules), *others]))


def path_table(found: Sequence[Mapping[str, object]], index: pd.Index) -> pd.DataFrame:
    """Return the columns of several paths (:func:`path_columns`), also where there is none."""
    more = ["must_agree", "must_agree_en", *TERM_COLUMNS[1:], "is_temporary"]
    return pd.DataFrame(list(found), index=index, columns=[*verdicts.table([], index[:0]).columns, *more])


def _term(why: Note, source: str, years: float) -> dict[str, object]:
    return dict(zip(TERM_COLUMNS, (years, *why, source), strict=True))
