"""What a path says beside its permission: who must agree, how many years it grants, and by which document."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis import permission
from gis._notes import Note, twins
from gis.model import ASSUMPTION

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from gis._model_parts import Rule
    from gis.model import Model
    from gis.permission import Verdict

PRACTICE = Note("经验做法或假定，以当地为准", "practice or an assumption, verify locally")
TEMPORARY_USE = "idle.temp_use_max"
"""The parameter that limits a temporary use; a path whose years it sets is one of temporary use only."""


def path_columns(rule: Rule, verdict: Verdict, model: Model) -> dict[str, object]:
    """Return a verdict on the path of ``rule`` as columns of an options table.

    Those of :class:`gis.permission.Verdict`, ``must_agree`` (by the rule, and the authorities of the zones that hold
    the place), ``horizon_years`` that the rule grants with ``horizon_reason`` and ``horizon_source``, and
    ``is_temporary``.
    """
    years, limit = model.value(rule.horizon), model[rule.horizon]
    others = [note for note in verdict.authorities if note != rule.decided_by]
    by = PRACTICE if rule.source.startswith(ASSUMPTION) else Note(rule.source, rule.source)
    why = Note(f"{by.zh}：至多{years:g}年", f"{by.en}: at most {years:g} years")
    return {
        **verdict.columns(),
        **twins("must_agree", dict.fromkeys([rule.agreed_by, *others])),
        "horizon_years": years,
        "horizon_reason": why.zh,
        "horizon_reason_en": why.en,
        "horizon_source": limit.source,
        "is_temporary": rule.horizon == TEMPORARY_USE,
    }


def path_table(found: Sequence[Mapping[str, object]], index: pd.Index) -> pd.DataFrame:
    """Return the columns of several paths (:func:`path_columns`), also where there is none."""
    more = ["must_agree", "must_agree_en", "horizon_reason", "horizon_reason_en", "horizon_source", "is_temporary"]
    return pd.DataFrame(list(found), index=index, columns=[*permission.table([], index[:0]).columns, *more])
