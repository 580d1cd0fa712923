"""The range of every parameter: its own low and high, what its unit allows, and what a law lets a district set."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

from gis._notes import Note

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from gis._model_parts import Parameter, Rule


class Bounds(NamedTuple):
    """What a unit allows: from ``least`` (itself only where ``holds_least``) to ``most``."""

    least: float
    most: float
    holds_least: bool

    def hold(self, number: float) -> bool:
        """Whether ``number`` lies within."""
        above = number >= self.least if self.holds_least else number > self.least
        return above and number <= self.most

    @property
    def words(self) -> Note:
        """The bounds, for a reader."""
        if not math.isinf(self.most):
            return Note(f"须在{self.least:g}到{self.most:g}之间", f"must lie in {self.least:g} to {self.most:g}")
        if self.holds_least:
            return Note(f"不得小于{self.least:g}", f"must not be below {self.least:g}")
        return Note(f"须大于{self.least:g}", f"must be above {self.least:g}")


SHARE = Bounds(0.0, 1.0, holds_least=True)
NOT_NEGATIVE = Bounds(0.0, math.inf, holds_least=True)
POSITIVE = Bounds(0.0, math.inf, holds_least=False)
SHARES = ("fraction", "share", "of ", "per year", "score", "bool")
"""How the units of shares, rates and yes or no begin."""
MAY_BE_NOTHING = ("CNY", "m (PROJ)")
"""How the units begin of what may be nothing: a price, a shift between two datums."""

CAPPED = ("idle.temp_use_max", "idle.extension_max")
"""Parameters whose packaged value is the most that a national law grants."""
FLOORED = (
    *("consent.quorum_area", "consent.quorum_people", "consent.major_area", "consent.major_people"),
    "consent.ordinary",
)
"""Parameters whose packaged value is the least that a national law asks for."""
ROUNDING = 5e-4
"""Two thirds may be written 0.6667 or 0.66667."""

NAMES_ZH = {"low": "下限", "value": "值", "high": "上限"}


def bounds(unit: str) -> Bounds:
    """Return what ``unit`` allows: shares 0 to 1, prices nothing below 0, any other quantity only what is above 0.

    Radii, areas, years and counts are divided by or measured with: at 0 they mean nothing.
    """
    if unit.startswith(SHARES):
        return SHARE
    return NOT_NEGATIVE if unit.startswith(MAY_BE_NOTHING) else POSITIVE


def range_faults(parameters: Mapping[str, Parameter]) -> Iterator[Note]:
    """Yield what is wrong with the numbers of the parameters: outside the unit, outside their range, low above high."""
    for key, item in parameters.items():
        allowed = bounds(item.unit)
        outside = [name for name in ("low", "value", "high") if not _fits(getattr(item, name), allowed)]
        if outside:
            for name in outside:
                number = getattr(item, name)
                yield Note(
                    f"参数 {key} 的{NAMES_ZH[name]} {number:g} {allowed.words.zh}（{item.unit}）",
                    f"parameter {key!r}: {name} {number:g} {allowed.words.en} ({item.unit})",
                )
            continue
        low = -math.inf if item.low is None else item.low
        high = math.inf if item.high is None else item.high
        if low > high:
            yield Note(
                f"参数 {key} 的下限 {low:g} 大于上限 {high:g}",
                f"parameter {key!r}: low {low:g} is above high {high:g}",
            )
        elif item.value is not None and not low <= item.value <= high:
            yield Note(
                f"参数 {key} 的值 {item.value:g} 不在 {low:g} 到 {high:g} 之间（{item.unit}）",
                f"parameter {key!r}: value {item.value:g} is outside [{low:g}, {high:g}] {item.unit}",
            )
        elif item.unit == "bool" and item.value not in (0.0, 1.0):
            yield Note(f"参数 {key} 只可为 0 或 1", f"parameter {key!r}: value {item.value} must be 0 or 1")


def law_faults(parameters: Mapping[str, Parameter], packaged: Mapping[str, Mapping[str, Any]]) -> Iterator[Note]:
    """Yield the numbers of a district that are looser than a national law: the strictest wins, whatever it names.

    Parameters
    ----------
    parameters
        Those of the model, with a district's numbers laid over.
    packaged
        Entries of the packaged file by key; their value is the law's.
    """
    for key in (*CAPPED, *FLOORED):
        if key not in parameters:
            continue
        item, law, is_cap = parameters[key], packaged[key], key in CAPPED
        for name in ("value", "high" if is_cap else "low"):
            number, legal = getattr(item, name), float(law["value"])
            if number is None or (number - legal if is_cap else legal - number) <= ROUNDING:
                continue
            most, said = ("最多", "more than") if is_cap else ("至少", "less than")
            by, by_en = law.get("source_zh", law["source"]), law["source"]
            yield Note(
                f"参数 {key} 的{NAMES_ZH[name]} {number:g} 宽于法定的{most} {legal:g}（{by}）：从严，不可放宽",
                f"parameter {key!r}: {name} {number:g} is {said} the law's {legal:g} ({by_en}): "
                "the strictest holds, a district may only be stricter",
            )


def term_faults(rules: Mapping[str, Rule], parameters: Mapping[str, Parameter]) -> Iterator[Note]:
    """Yield the rules of idle land that a district lets run longer than a temporary use of it may last."""
    most = parameters.get(CAPPED[0])
    for key, rule in rules.items():
        term = parameters.get(rule.horizon)
        if not key.startswith("idle.") or term is None or most is None or (term.value or 0.0) <= (most.value or 0.0):
            continue
        law = f"{most.key} {most.value:g}"
        yield Note(
            f"规则 {key} 的年限取自 {term.key} {term.value:g}，长于临时使用上限 {law}（{most.cited.zh}）：从严",
            f"rule {key!r}: {term.key} {term.value:g} is longer than {law} ({most.cited.en}): the strictest holds",
        )


def _fits(number: float | None, allowed: Bounds) -> bool:
    return number is None or allowed.hold(number)
