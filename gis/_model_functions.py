"""The value functions of a model file, whose break points may name parameters."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from gis._values import SHAPES, ValueFunction

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gis._model_faults import Faults
    from gis._model_parts import Parameter
    from gis._notes import Note

FUNCTION_RULES = {
    "linear": ("one 须大于 zero", "one 须小于 zero"),
    "saturating": ("half 须大于 0", "half 须大于 0"),
    "piecewise": (
        "x 与 v 须等长且不少于两个，x 递增，v 不下降、在 0 到 1 之间",
        "x 与 v 须等长且不少于两个，x 递增，v 不上升、在 0 到 1 之间",
    ),
}
"""What must hold of the break points of a value function, for a benefit and for a cost."""


class Reading:
    """Value functions, whose break points may name parameters."""

    def __init__(self, parameters: Mapping[str, Parameter], faults: Faults) -> None:
        self.parameters = parameters
        self.faults = faults

    def function(self, where: Note, raw: Mapping[str, Any]) -> ValueFunction | None:
        given = raw.get("function")
        shape = SHAPES.get(given.get("type", "")) if isinstance(given, dict) else None
        if not isinstance(given, dict) or shape is None:
            known = ", ".join(SHAPES)
            self.faults.tell(
                f"function 须有 type，可用的有 {known}", f"'function' must have a type, one of {known}", at=where
            )
            return None
        names = {name for name in given if name != "type"}
        if names != set(shape):
            known = ", ".join(shape)
            self.faults.tell(
                f"{given['type']} 函数的折点是 {known}",
                f"a {given['type']} function has the break points {known}",
                at=where,
            )
            return None
        points = {name: self._point(where, given[name]) for name in shape}
        if any(point is None for point in points.values()):
            return None
        made = ValueFunction(given["type"], points, raw.get("direction") != "cost")
        found = made.faults()
        if found:
            rule = FUNCTION_RULES[made.type][0 if made.is_benefit else 1]
            self.faults.tell(f"取值函数 {made.type} 的折点不对：{rule}", "; ".join(found), at=where)
        return made

    def _point(self, where: Note, value: Any) -> Any:
        if isinstance(value, list):
            parts = tuple(self._point(where, part) for part in value)
            return None if None in parts else parts
        if isinstance(value, str):
            known = self.parameters.get(value)
            if known is None or known.value is None:
                self.faults.tell(
                    f"折点 {value} 不是有值的参数", f"break point {value!r} is no parameter with a value", at=where
                )
                return None
            return known.value
        if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
            self.faults.tell(f"折点 {value!r} 不是数", f"break point {value!r} is not a number", at=where)
            return None
        return float(value)
