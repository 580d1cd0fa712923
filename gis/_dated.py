"""Dated parameters: what a run stands on that has lapsed, is a draft, is repealed, or bears no date."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from gis._notes import Note, noted
from gis._unit_economics import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from gis._model_parts import Parameter, Reuse, Rule
    from gis.model import Model

STATE_WORDS = {
    "draft": Note("为征求意见稿，未正式施行", "is a draft, not in force"),
    "repealed": Note("已废止，仅作参考", "is repealed: a reference only"),
    "superseded": Note("已被后来的规定取代，仅作参考", "is superseded by later rules: a reference only"),
}
"""What stands for a state that a parameter declares, where no date says it."""
NO_DATE = Note("施行日期待核", "has no known date of force")
TARIFF = ".tariff."
"""Mark of a key that holds a price set or capped by somebody: one without a date is told."""
ONLY_WHERE = {"heritage.rent_creative_after_y1": ("rent_terms", "creative")}
"""Parameter -> column and value of the options whose account counts with it; the account of the others reads it too."""


def out_of_dates(item: Parameter | Rule | Reuse, as_of: date) -> Note | None:
    """Return how the dates of ``item`` say that it is not in force on ``as_of``, ``None`` where they do not."""
    if item.valid_to is not None and item.valid_to < as_of:
        return Note(f"已于{item.valid_to}失效，须查后续文件", f"lapsed on {item.valid_to}: look for its successor")
    if item.valid_from is not None and item.valid_from > as_of:
        return Note(f"自{item.valid_from}起施行，尚未生效", f"is in force from {item.valid_from}, not yet")
    return None


def reasons(model: Model, as_of: date) -> dict[str, Note]:
    """Return, by key, why the document behind a parameter is no sure ground on ``as_of``.

    Told are parameters whose dates do not hold the day, those that declare a ``state`` (draft, repealed, superseded),
    and tariffs without a date. A parameter without any of them (a measured mean, an assumption) has no date to lapse.
    """
    found: dict[str, Note] = {}
    for key, item in model.parameters.items():
        why = out_of_dates(item, as_of) or STATE_WORDS.get(item.state)
        if why is None and TARIFF in key and item.valid_from is None:
            why = NO_DATE
        if why is not None:
            found[key] = why
    return found


def doubts(model: Model, as_of: date) -> dict[str, Note]:
    """Return :func:`reasons` as sentences that name the parameter and its document."""
    sources = {key: item.source for key, item in model.parameters.items()}
    return {
        key: Note(f"参数{key}：{sources[key]} {why.zh}", f"parameter {key}: {sources[key]} {why.en}")
        for key, why in reasons(model, as_of).items()
    }


def notes(model: Model, as_of: date, actions: Iterable[str]) -> tuple[Note, ...]:
    """Return what the manifest of a run says of what is not in force on ``as_of``.

    Of every rule, and of the parameters that size or price one of ``actions``.
    """
    rules: list[Rule | Reuse] = [*model.rules.values(), *model.heritage_rules, *model.reuse.values()]
    told = [(rule, out_of_dates(rule, as_of)) for rule in rules]
    lapsed = [Note(f"{rule.source}{why.zh}。", f"{rule.source} {why.en}.") for rule, why in told if why is not None]
    used = {key for action in set(actions) for key in parameters_of(model, action)}
    of_parameters = [Note(f"{why.zh}。", f"{why.en}.") for key, why in doubts(model, as_of).items() if key in used]
    return tuple(dict.fromkeys((*lapsed, *of_parameters)))


def parameters_of(model: Model, action: str) -> tuple[str, ...]:
    """Return the parameters that size an option of ``action``, then those that its account reads."""
    return tuple(dict.fromkeys((*model.actions[action].parameters, *keys_of(model, action))))


def cautioned(table: pd.DataFrame, model: Model, as_of: date) -> pd.DataFrame:
    """Return the options with a warning on each that is sized or priced by a parameter that is no sure ground.

    Parameters
    ----------
    table
        Options with ``action``, ``rent_terms``, ``warnings`` and ``warnings_en``.
    model, as_of
        The model, and the day of the analysis.
    """
    why = reasons(model, as_of)
    count = pd.Series(0, index=table.index)
    for action in table["action"].unique():
        here = table["action"] == action
        for key in set(why).intersection(parameters_of(model, action)):
            column, value = ONLY_WHERE.get(key, ("action", action))
            count += here & (table[column] == value)
    cases = [(count == number, _unsure(number)) for number in sorted(set(count[count > 0]))]
    # A copy lays the many columns side by side again.
    return noted(table.copy(), "warnings", cases)


def _unsure(count: int) -> Note:
    """Return that so many parameters stand on no sure ground; which they are stands in the list of parameters."""
    parameters = "parameter rests" if count == 1 else "parameters rest"
    return Note(
        f"{count}个参数所据文件已废止、失效、是草案或日期待核，见所用参数",
        f"{count} {parameters} on what is repealed, lapsed, a draft or undated: see the parameters used",
    )
