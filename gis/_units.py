"""Units of options: what each unit costs and earns, how many there are of it, and how many of them find a taker."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._recipes import GAIN_ENDS, at_end
from gis._unit_economics import UnitEconomics, beside, unit_economics

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

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
YEARLY = ("capex_cny", "revenue_cny_year", "opex_cny_year", "opex_varying_cny_year", "rent_cny_year")
ENDS: dict[str, End] = {"_low": "low", "": "value", "_high": "high"}
"""Ending of a column -> the end of the parameters it goes with."""
LET_BY_MONTH = ("surface_parking", "mechanical_parking")
"""Actions whose stalls are let by the month, to no more cars than lack one within the walk."""
NIGHT_GAP = "near_night_gap"
"""Column that tells how many cars lack a stall at night within the walk."""


def column(options: pd.DataFrame, name: str) -> Floats:
    """Return a column as floats, NaN where it or a value is absent."""
    if name not in options:
        return np.full(len(options), np.nan)
    return np.asarray(options[name].astype("Float64").to_numpy(dtype=float, na_value=np.nan))


def texts(options: pd.DataFrame, name: str) -> pd.Series:
    """Return a column as objects, null throughout where it is absent."""
    return options[name].astype(object) if name in options else pd.Series(None, index=options.index, dtype=object)


def at_ending(options: pd.DataFrame, name: str, ending: str) -> Floats:
    """Return the end of a column that ``ending`` names (a key of :data:`ENDS`); where it is not told, the value."""
    told = column(options, name + ending)
    return np.where(np.isnan(told), column(options, name), told)


def priced_units(options: pd.DataFrame, model: Model, end: End) -> pd.DataFrame:
    """Return what the units of every option cost and earn, one row per option and kind of unit.

    Columns: ``row`` (position of the option), ``is_own`` (the unit of the action itself; the others stand beside it),
    ``unit``, :data:`YEARLY` for one unit, ``used_share``, ``life_years``, ``free_years``, ``wanted`` (how many units
    can be let at most, NaN where nothing limits them). Prices are linear in the rent of a shop, so two rents price any.
    """
    assumed = at_end(model, SHOP_RENT, GAIN_ENDS[end])
    told = column(options, "reference_rent_cny_m2_month")
    rent = np.where(np.isnan(told), assumed, told)
    wanted = stalls_wanted(options, next(ending for ending, named in ENDS.items() if named == GAIN_ENDS[end]))
    parts = []
    for (action, let), rows in by_kind(options).items():
        none, one = (
            unit_economics(model, action, end, shop_rent_cny_m2_month=at, rent_terms=let or None) for at in (0.0, 1.0)
        )
        parts.append(_unit_rows(rows, none, one, rent[rows], is_own=True))
        parts += [_unit_rows(rows, unit, unit, rent[rows], is_own=False) for unit in beside(model, action, end)]
    found = pd.concat(parts, ignore_index=True) if parts else _NO_UNITS
    return found.assign(wanted=np.where(found["is_own"], wanted[found["row"]], np.nan))


def by_kind(options: pd.DataFrame) -> dict[tuple[str, str], NDArray[np.intp]]:
    """Return the positions of the options by action and terms of letting, which price them alike."""
    terms = options["rent_terms"] if "rent_terms" in options else pd.Series(None, index=options.index, dtype=object)
    let_on = terms.astype(object).where(terms.notna(), "")
    kinds = pd.DataFrame({"action": options["action"].to_numpy(), "terms": let_on.to_numpy()})
    return dict(kinds.groupby(["action", "terms"], sort=False).indices)


_NO_UNITS = pd.DataFrame({"row": np.empty(0, dtype=np.intp), "unit": "", "is_own": np.empty(0, dtype=bool)}).assign(
    **{name: np.empty(0) for name in (*YEARLY, "used_share", "life_years", "free_years")}
)


def _unit_rows(
    rows: NDArray[np.intp], none: UnitEconomics, one: UnitEconomics, rent: Floats, *, is_own: bool
) -> pd.DataFrame:
    """Return one kind of unit of the options at ``rows``, from its prices at a shop rent of 0 and of 1."""
    prices = {}
    for name in (*YEARLY, "used_share", "life_years", "free_years"):
        base = getattr(none, name)
        prices[name] = base + (getattr(one, name) - base) * rent
    return pd.DataFrame({"row": rows, "unit": none.unit, "is_own": is_own, **prices})


def stalls_wanted(options: pd.DataFrame, ending: str) -> Floats:
    """Return how many stalls of each option could be let by the month: to the cars that lack one within the walk.

    NaN where nobody knows the gap, and for actions that let no stalls: nothing limits these.
    """
    return np.where(options["action"].isin(LET_BY_MONTH), at_ending(options, NIGHT_GAP, ending), np.nan)


def taken_share(used: ArrayLike, count: ArrayLike, wanted: ArrayLike) -> Floats:
    """Return what share of the units that would be let find a taker: ``min(1, wanted / (used x count))``.

    Parameters
    ----------
    used
        Share of the units that is let where takers are enough (:attr:`gis._recipes.Terms.used`).
    count
        How many units there are.
    wanted
        How many can be let at most; NaN where nothing limits them.

    Returns
    -------
    ndarray
        All three broadcast together; 1 where nothing limits them.
    """
    let, most = np.broadcast_arrays(np.multiply(used, count), np.asarray(wanted, dtype=float))
    return np.asarray(np.divide(most, let, out=np.ones(let.shape), where=let > most))


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
        found = np.where(counted_in == name, at_ending(options, name, size)[row], found)
    return found


def sized(priced: pd.DataFrame, options: pd.DataFrame, size: str) -> pd.DataFrame:
    """Return :data:`YEARLY` of every option, all its units together, and what they rest on.

    No more units earn than find a taker (:func:`taken_share`), and what runs with the income falls with it. Beside
    them: ``free_years``; ``taken_share`` and ``stalls_let``, the stalls that are let by the month (NaN for actions that
    let none). ``size`` is the ending of the columns that tell how many units there are: ``""``, ``_low`` or ``_high``.
    """
    row = priced["row"].to_numpy()
    count = unit_counts(priced["unit"], row, options, size)
    capex, revenue, opex, varying, rent, used = (priced[name].to_numpy() for name in (*YEARLY, "used_share"))
    taken = taken_share(used, count, priced["wanted"].to_numpy())
    each = (capex, revenue * taken, opex - varying * (1.0 - taken), varying * taken)
    weights = [*(one * count for one in each), np.where(rent > 0, rent * count, 0.0)]  # no rent, however many there are
    totals = {
        name: np.bincount(row, weights=of_row, minlength=len(options))
        for name, of_row in zip(YEARLY, weights, strict=True)
    }
    own = priced.assign(taken_share=taken, let=used * count * taken)
    free, taken_of, let = (of_action(own, name, len(options)) for name in ("free_years", "taken_share", "let"))
    stalls_let = np.where(options["action"].isin(LET_BY_MONTH), let, np.nan)
    return pd.DataFrame(
        {**totals, "free_years": free, "taken_share": taken_of, "stalls_let": stalls_let}, index=options.index
    )
