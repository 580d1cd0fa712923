"""Values as a clerk writes them, for the sentences of a report: no seconds of midnight, no endless decimals."""

from __future__ import annotations

from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from layers.quality import Text
from layers.values._units import factor_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import Field

_UNITS_ZH: Mapping[str, str] = MappingProxyType(
    {"m2": "平方米", "m": "米", "kW": "千瓦", "CNY": "元", "CNY/month": "元/月", "CNY/year": "元/年", "CNY/h": "元/时"}
    | {"CNY/kWh": "元/度", "CNY/m2/month": "元/平方米/月", "working hours": "工时"}
)
"""Units that a number cannot go without; what is counted (户, 泊位) stands in the title already."""


def number_as_written(number: float) -> str:
    """Return a number with two decimals at most, below 1 with four digits; no exponent, no trailing noughts."""
    if number and abs(number) < 1:
        return f"{float(f'{number:.4g}'):f}".rstrip("0").rstrip(".")
    return f"{number:.2f}".rstrip("0").rstrip(".")


def moment_as_written(moment: datetime) -> str:
    """Return a date, with the time of day where there is one."""
    if not (moment.hour or moment.minute or moment.second):
        return f"{moment:%Y-%m-%d}"
    return f"{moment:%Y-%m-%d %H:%M:%S}" if moment.second else f"{moment:%Y-%m-%d %H:%M}"


def quantity_as_written(number: float, unit: str, stated_unit: str = "") -> Text:
    """Return a number that is kept in ``unit`` as the ledger has it: in the unit it states, if it states one."""
    if unit == "fraction":
        percent = f"{number_as_written(number * 100)}%"
        return Text(percent, percent)
    factor = factor_of(stated_unit, unit) if stated_unit else None
    if factor:
        text = f"{number_as_written(number / factor)} {stated_unit}"
        return Text(text, text)
    text = number_as_written(number)
    return Text(f"{text} {_UNITS_ZH[unit]}", f"{text} {unit}") if unit in _UNITS_ZH else Text(text, text)


def unit_as_written(unit: str) -> str:
    """Return the unit of a field as a Chinese sentence has it."""
    return _UNITS_ZH.get(unit, unit)


def as_written(value: Any, field: Field, stated_unit: str = "") -> Text:
    """Return a value of a field: a code by its titles, a number in the ledger's unit, a date without midnight.

    Parameters
    ----------
    value
        A value of the field's type; never a missing one.
    field
        The field.
    stated_unit
        Unit in which the ledger has the column, as far as it says so.
    """
    if field.codes is not None:
        return Text(*field.codes.get(str(value), (str(value), str(value))))
    if field.dtype == "bool":
        return Text("是", "yes") if value else Text("否", "no")
    if field.dtype in ("int", "float"):
        return quantity_as_written(float(value), field.unit, stated_unit)
    text = moment_as_written(value) if isinstance(value, datetime) else str(value)
    return Text(text, text)
