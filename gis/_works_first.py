"""What must be done to a dangerous house before it opens, and how far the urgency of that lifts its rank."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

from gis._account_notes import OUTDOORS
from gis._notes import NOTHING, Note, noted

if TYPE_CHECKING:
    from collections.abc import Mapping

    import pandas as pd

    from gis.criteria import Values
    from gis.model import Criterion

WORKS: Mapping[str, Note] = MappingProxyType(
    {
        "C": Note(
            "先加固：C级（局部危险），加固并复核等级前不得开放；加固费用未计入投资",
            "Strengthen first: grade C, partly dangerous, not to be opened before it is strengthened and graded anew; "
            "what that costs is not in the investment",
        ),
        "D": Note(
            "先排险：D级危房，排险修缮并复核等级前不得使用；排险加固费用未计入投资",
            "Make safe first: grade D, not to be used before it is made safe, repaired and graded anew; what that "
            "costs is not in the investment",
        ),
    }
)
"""Danger grade -> what comes before an option indoors, which no price of the model holds."""
URGENCY = "urgency"
"""The criterion that counts the grade as a reason to act soon."""


def is_due(options: pd.DataFrame) -> pd.Series:
    """Return for which options, of whatever theme, the house must be made safe first; a stop stands before it."""
    return options["danger_grade"].isin(list(WORKS)) & ~options["action"].isin(OUTDOORS)


def with_condition(
    ranked: pd.DataFrame, values: Values, weights: Mapping[str, float], criteria: tuple[Criterion, ...]
) -> pd.DataFrame:
    """Return ranked options with ``rank_condition``: on what works the rank of an option stands.

    Parameters
    ----------
    ranked
        Options of one theme with ``rank``; what has none stands on nothing.
    values, weights, criteria
        Of the theme: what the urgency adds to the score is told where it adds anything.
    """
    due = is_due(ranked) & ranked["rank"].notna()
    cases = [(due & (ranked["danger_grade"] == grade), note) for grade, note in WORKS.items()]
    for item in criteria:
        if item.key == URGENCY:
            worth = values.value[URGENCY].where(due & ~values.missing[URGENCY])
            cases += [(worth == value, _lifted(item, weights[URGENCY], value)) for value in worth.dropna().unique()]
    return noted(ranked, "rank_condition", [case for case in cases if any(case[1])])


def _lifted(item: Criterion, weight: float, value: float) -> Note:
    points = weight * value
    if not points:
        return NOTHING
    return Note(
        f"得分中“{item.zh}”占{points:.3g}分（权重{weight:.3g}×值{value:.3g}），是急需修缮，不是可先开放",
        f"{points:.3g} of its score is “{item.en}” (weight {weight:.3g} x value {value:.3g}): it needs repair soon, "
        "not that it could open sooner",
    )
