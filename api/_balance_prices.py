"""The recipes of :mod:`gis._recipes` as formulas of a spreadsheet: one source of how a unit is priced."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from gis._recipes import Reader
from gis._unit_economics import terms_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from gis._recipes import Terms
    from gis.model import Model

_MARK = re.compile(r"\{([^{}]+)\}")


@dataclass(frozen=True)
class Formula:
    """A formula that stands for a number; ``{key}`` in it is a parameter of the model."""

    text: str

    def __add__(self, other: Formula | float) -> Formula:
        return _joined(self, "+", other)

    def __radd__(self, other: float) -> Formula:
        return _joined(other, "+", self)

    def __sub__(self, other: Formula | float) -> Formula:
        return _joined(self, "-", other)

    def __rsub__(self, other: float) -> Formula:
        return _joined(other, "-", self)

    def __mul__(self, other: Formula | float) -> Formula:
        return _joined(self, "*", other)

    def __rmul__(self, other: float) -> Formula:
        return _joined(other, "*", self)


def _joined(left: Formula | float, sign: str, right: Formula | float) -> Formula:
    return Formula(f"({written(left)}{sign}{written(right)})")


def written(value: object) -> str:
    """Return a formula or a number as the text of a formula."""
    return value.text if isinstance(value, Formula) else repr(float(cast("float", value)))


def parameter(key: str) -> Formula:
    """Return the formula that reads a parameter."""
    return Formula("{" + key + "}")


class _Symbols(Reader):
    """Reads every parameter as the cell that holds it."""

    def gain(self, key: str) -> Any:
        return parameter(key)

    cost = gain

    def fixed(self, key: str) -> Any:
        return parameter(key)


def unit_formulas(model: Model, action: str, rent_terms: str | None, shop_rent: Formula) -> tuple[Terms, ...]:
    """Return what the units of an action cost and earn, with formulas in the place of amounts.

    ``shop_rent``: the cell that holds the rent of a shop at the place.
    """
    read = _Symbols(model, "value", cast("float", shop_rent), rent_terms)
    return terms_of(read, action)


class Prices:
    """The parameters that formulas read, each in a row of its own, in the order of use."""

    def __init__(self, sheet: str, first_row: int, column: str) -> None:
        self._sheet, self._first, self._column = sheet, first_row, column
        self._rows: dict[str, int] = {}

    def cell(self, key: str) -> str:
        """Return the address of a parameter."""
        row = self._rows.setdefault(key, self._first + len(self._rows))
        return f"'{self._sheet}'!${self._column}${row}"

    def resolved(self, said: Formula | str) -> str:
        """Return a formula with the addresses of its parameters."""
        return _MARK.sub(lambda found: self.cell(found[1]), said.text if isinstance(said, Formula) else said)

    def rows(self) -> Iterable[tuple[str, int]]:
        """Return the parameters and their rows."""
        return self._rows.items()
