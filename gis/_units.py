"""Units of options: what each unit of an option costs and earns, and how many there are of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._unit_economics import UnitEconomics, beside, unit_economics

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis._recipes import End
    from gis.model import Model

    Floats = NDArray[np.float64]

SHOP_RENT = "fin.rent.community_shop"
UNIT_COLUMNS = {
    "stall": "stalls",
    "pile": "chargers",
    "port": "chargers",
    "m2": "area_m2",
    "household": "household_count",
    "m": "wall_m",
}
"""Unit of an action -> the column of an options table that counts it."""
YEARLY = ("capex_cny", "revenue_cny_year", "opex_cny_year", "opex_varying_cny_year")
ENDS: dict[str, End] = {"_low": "low", "": "value", "_high": "high"}
"""Ending of a column -> the end of the parameters it goes with."""


def column(options: pd.DataFrame, name: str) -> Floats:
    """Return a column as floats, NaN where it or a value is absent."""
    if name not in options:
        return np.full(len(options), np.nan)
    return np.asarray(options[name].astype("Float64").to_numpy(dtype=float, na_value=np.nan))


def priced_units(options: pd.DataFrame, model: Model, end: End) -> pd.DataFrame:
    """Return what the units of every option cost and earn, one row per option and kind of unit.

    Columns: ``row`` (position of the option), ``is_own`` (the unit of the action itself; the others stand beside it),
    ``unit``, :data:`YEARLY` for one unit, ``used_share``, ``life_years``, ``free_years``. All are linear in the rent of
    a shop, so two rents price any.
    """
    assumed = {"low": model.low, "value": model.value, "high": model.high}[end](SHOP_RENT)
    told = column(options, "reference_rent_cny_m2_month")
    rent = np.where(np.isnan(told), assumed, told)
    parts = []
    for (action, let), rows in by_kind(options).items():
        none, one = (
            unit_economics(model, action, end, shop_rent_cny_m2_month=at, rent_terms=let or None) for at in (0.0, 1.0)
        )
        parts.append(_unit_rows(rows, none, one, rent[rows]).assign(is_own=True))
        parts += [_unit_rows(rows, unit, unit, rent[rows]).assign(is_own=False) for unit in beside(model, action, end)]
    return pd.concat(parts, ignore_index=True) if parts else _NO_UNITS


def by_kind(options: pd.DataFrame) -> dict[tuple[str, str], NDArray[np.intp]]:
    """Return the positions of the options by action and terms of letting, which price them alike."""
    terms = options["rent_terms"] if "rent_terms" in options else pd.Series(None, index=options.index, dtype=object)
    let_on = terms.astype(object).where(terms.notna(), "")
    kinds = pd.DataFrame({"action": options["action"].to_numpy(), "terms": let_on.to_numpy()})
    return dict(kinds.groupby(["action", "terms"], sort=False).indices)


_NO_UNITS = pd.DataFrame({"row": np.empty(0, dtype=np.intp), "unit": "", "is_own": np.empty(0, dtype=bool)}).assign(
    **{name: np.empty(0) for name in (*YEARLY, "used_share", "life_years", "free_years")}
)


def _unit_rows(rows: NDArray[np.intp], none: UnitEconomics, one: UnitEconomics, rent: Floats) -> pd.DataFrame:
    """Return one kind of unit of the options at ``rows``, from its prices at a shop rent of 0 and of 1."""
    prices = {}
    for name in (*YEARLY, "used_share", "life_years", "free_years"):
        base = getattr(none, name)
        prices[name] = base + (getattr(one, name) - base) * rent
    return pd.DataFrame({"row": rows, "unit": none.unit, **prices})


def of_action(priced: pd.DataFrame, name: str, count: int) -> Floats:
    """Return a property of the unit that each of ``count`` options is counted in."""
    own = priced[priced["is_own"]]
    found = np.full(count, np.nan)
    found[own["row"].to_numpy()] = own[name].to_numpy()
    return found


def unit_counts(unit: pd.Series, row: NDArray[np.intp], options: pd.DataFrame, size: str) -> Floats:
    """Return how many units of each kind there are, ``unit`` of the option at ``row``.

    ``size`` is the ending of the columns that tell it: ``""``, ``_low`` or ``_high``; where such an end is not told,
    the value holds.
    """
    counted_in = np.array([UNIT_COLUMNS[one] for one in unit], dtype=object)
    found = np.full(len(row), np.nan)
    for name in sorted(set(UNIT_COLUMNS.values())):
        at_end, value = (column(options, name + end)[row] for end in (size, ""))
        found = np.where(counted_in == name, np.where(np.isnan(at_end), value, at_end), found)
    return found


def sized(priced: pd.DataFrame, options: pd.DataFrame, size: str) -> pd.DataFrame:
    """Return :data:`YEARLY` of every option, all its units together, and its ``free_years``.

    ``size`` is the ending of the columns that tell how many units there are: ``""``, ``_low`` or ``_high``.
    """
    row = priced["row"].to_numpy()
    count = unit_counts(priced["unit"], row, options, size)
    totals = {
        name: np.bincount(row, weights=priced[name].to_numpy() * count, minlength=len(options)) for name in YEARLY
    }
    free = of_action(priced, "free_years", len(options))
    return pd.DataFrame({**totals, "free_years": free}, index=options.index)
