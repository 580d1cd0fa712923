"""Dated documents: what a run stands on that has lapsed, is a draft, is repealed, is renumbered, or bears no date."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from gis._model_parts import ASSUMPTION, OWN
from gis._notes import Note, noted
from gis._unit_economics import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from gis._model_parts import Exclusion, Parameter, Reuse, Rule
    from gis.model import Model

STATE_WORDS = {
    "draft": Note("为征求意见稿，未正式施行", "is a draft, not in force"),
    "repealed": Note("已废止，仅作参考", "is repealed: a reference only"),
    "superseded": Note("已被后来的规定取代，仅作参考", "is superseded by later rules: a reference only"),
    "unverified": Note("所引条文待核", "cites an article that is yet to be checked"),
}
"""What stands for a state that a parameter declares, where no date says it."""
NO_DATE = Note("施行日期待核", "has no known date of force")
NO_RULE_DATE = Note("的施行日期待核，不作为可行依据", "has no known date of force: no ground to allow")
TARIFF = ".tariff."
"""Mark of a key that holds a price set or capped by somebody: one without a date is told."""
DOCUMENT = re.compile(
    r"〔\d{4}〕|\bGB[/ ]|\bJG[JT] |art\.\s?\d|(?:法|办法|条例|规定|规范|导则|标准|若干措施)(?=[ (（]|$)"
    r"|(?:历史建筑|住建部) \d{4}| standard\b"
)
"""How a source names a law, a standard or a notice: one without a date is told. The others are means and reports."""
NO_DOCUMENT = (ASSUMPTION, OWN, "derived", "secondary", "domain sanity")
UNREAD = (
    *("case.", "crs.", "event.", "fin.concession_max", "parking.ratio.", "parking.tariff."),
    *("heritage.block.", "heritage.inventory.", "heritage.trad_building_age"),
)
"""How the keys begin that nothing counts with but the account of an action that names them."""
ONLY_WHERE = {"heritage.rent_creative_after_y1": ("rent_terms", "creative")}
"""Parameter -> column and value of the options whose account counts with it; the account of the others reads it too."""


class Doubtful(NamedTuple):
    """One entry of the model that is no sure ground: its section and key, its document, and why."""

    section: str
    key: str
    source: str
    why: Note
    source_zh: str = ""

    @property
    def cited(self) -> Note:
        """The document, for a reader."""
        return Note(self.source_zh or self.source, self.source)

    @property
    def sentence(self) -> Note:
        """The document and why, as a sentence; of a parameter with its name."""
        is_number = self.section == "parameter"
        zh, en = (f"参数{self.key}：", f"parameter {self.key}: ") if is_number else ("", "")
        gap = " " if is_number else ""
        return Note(f"{zh}{self.cited.zh}{gap}{self.why.zh}。", f"{en}{self.source} {self.why.en}.")


def out_of_dates(item: Parameter | Rule | Reuse | Exclusion, as_of: date) -> Note | None:
    """Return how the dates of ``item`` say that it is not in force on ``as_of``, ``None`` where they do not."""
    if item.valid_to is not None and item.valid_to < as_of:
        return Note(f"已于{item.valid_to}失效，须查后续文件", f"lapsed on {item.valid_to}: look for its successor")
    if item.valid_from is not None and item.valid_from > as_of:
        return Note(f"自{item.valid_from}起施行，尚未生效", f"is in force from {item.valid_from}, not yet")
    return None


def rule_doubt(rule: Rule, as_of: date) -> Note | None:
    """Return why ``rule`` is no ground to allow anything on ``as_of``: its dates, its articles, or no known date.

    ``None`` where it is in force, and for practice, which no document stands behind.
    """
    dates = out_of_dates(rule, as_of)
    if dates is not None:
        return dates
    if not rule.mapped:
        zh = f"的条文号未与2025-03-01起施行的修订文本对应，不作为可行依据{rule.successor and f'（{rule.successor}）'}"
        en = "has articles not mapped to the revision in force since 2025-03-01: no ground to allow"
        return Note(zh, en + (rule.successor_en and f" ({rule.successor_en})"))
    return NO_RULE_DATE if rule.valid_from is None and not rule.source.startswith(ASSUMPTION) else None


def reasons(model: Model, as_of: date) -> dict[str, Note]:
    """Return, by key, why the document behind a parameter is no sure ground on ``as_of``.

    Told are parameters whose dates do not hold the day, those that declare a ``state`` (:data:`STATE_WORDS`),
    and tariffs without a date. A parameter without any of them (a measured mean, an assumption) has no date to lapse;
    a law without a date is told by :func:`undated`.
    """
    found: dict[str, Note] = {}
    for key, item in model.parameters.items():
        why = out_of_dates(item, as_of) or STATE_WORDS.get(item.state)
        if why is None and TARIFF in key and item.valid_from is None:
            why = NO_DATE
        if why is not None:
            found[key] = why
    return found


def undated(model: Model) -> dict[str, Note]:
    """Return, by key, that the law, standard or notice behind a parameter bears no date of force in the model."""
    return {
        key: NO_DATE
        for key, item in model.parameters.items()
        if not (item.valid_from or item.valid_to or item.state or item.source.startswith(NO_DOCUMENT))
        and DOCUMENT.search(item.source)
    }


def not_in_force(model: Model, as_of: date) -> tuple[Doubtful, ...]:
    """Return every entry of a model that is no sure ground on ``as_of``, section by section.

    Parameters by :func:`reasons` and :func:`undated`, rules by :func:`rule_doubt`, reuse and exclusions by their dates.
    An exclusion out of its dates still excludes: unknown is not allowed.
    """
    found = [
        Doubtful("parameter", key, model[key].source, why, model[key].source_zh)
        for key, why in (undated(model) | reasons(model, as_of)).items()
    ]
    for section, rules in (("rule", model.rules.values()), ("heritage_rule", model.heritage_rules)):
        told = [(rule, rule_doubt(rule, as_of)) for rule in rules]
        found += [Doubtful(section, rule.key, rule.source, why) for rule, why in told if why is not None]
    for section, items in (("reuse", model.reuse), ("exclusion", model.exclusions)):
        found += _lapsed(section, items, as_of)
    return tuple(found)


def _lapsed(section: str, items: Mapping[str, Reuse | Exclusion], as_of: date) -> list[Doubtful]:
    told = [(key, item.source, out_of_dates(item, as_of)) for key, item in items.items()]
    return [Doubtful(section, key, source, why) for key, source, why in told if why is not None]


def notes(model: Model, as_of: date, actions: Iterable[str]) -> tuple[Note, ...]:
    """Return what the manifest of a run says of what is no sure ground on ``as_of``.

    Of every rule, of the parameters that size or price one of ``actions``, and of those that the whole run counts with
    (all but :data:`UNREAD`); laws without a date stand in one sentence.
    """
    used = {key for action in set(actions) for key in parameters_of(model, action)}
    every = [
        item
        for item in not_in_force(model, as_of)
        if item.section != "parameter" or item.key in used or not item.key.startswith(UNREAD)
    ]
    bare = [item for item in every if item.section == "parameter" and item.why == NO_DATE and TARIFF not in item.key]
    told = [item.sentence for item in every if item not in bare]
    if bare:
        named = [(item.key, *item.cited) for item in bare]
        keys, zh, en = (", ".join(dict.fromkeys(names)) for names in zip(*named, strict=True))
        told.append(
            Note(
                f"{len(bare)}个参数所据文件{NO_DATE.zh}（{keys}）：{zh}。",
                f"{len(bare)} parameters rest on documents without a known date of force ({keys}): {en}.",
            )
        )
    return tuple(dict.fromkeys(told))


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
