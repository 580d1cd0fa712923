"""What one unit of each action costs and earns, read from the model's parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from gis._recipes import BESIDE, RECIPES, Reader
from layers.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gis._recipes import End, Terms
    from gis.model import Model


@dataclass(frozen=True)
class UnitEconomics:
    """One unit of an action.

    Parameters
    ----------
    action
        Code of the action.
    unit
        What is counted: stall, pile, port, m2, household, m.
    capex_cny
        Investment a unit.
    revenue_cny_year, opex_cny_year
        Income and running cost of a full year, land rent not included.
    opex_varying_cny_year
        What of the running cost rises and falls with the income.
    used_share
        How much it is used: share of stalls let, of a pile's rated energy, of stands let; NaN where no parameter says
        so.
    life_years
        Years after which it must be built again.
    free_years
        First years without income.
    rent_cny_year
        Rent of the place that the unit stands on; land is rented beside it.
    keys
        Parameters used, in the order of use.
    """

    action: str
    unit: str
    capex_cny: float
    revenue_cny_year: float
    opex_cny_year: float
    opex_varying_cny_year: float
    used_share: float
    life_years: float
    free_years: int
    rent_cny_year: float
    keys: tuple[str, ...]

    @property
    def net_cny_year(self) -> float:
        """Income less running cost of a full year, before any rent."""
        return self.revenue_cny_year - self.opex_cny_year


def unit_economics(
    model: Model,
    action: str,
    end: End = "value",
    *,
    shop_rent_cny_m2_month: float | None = None,
    rent_terms: str | None = None,
    told: Mapping[str, float] | None = None,
) -> UnitEconomics:
    """Return what one unit of ``action`` costs and earns.

    Parameters
    ----------
    model
        The model.
    action
        Code of the action.
    end
        ``value``, or every parameter at its worse (``low``) or better (``high``) end for the account. Lives of assets
        stay at their value.
    shop_rent_cny_m2_month
        Rent that is known for the place, in the stead of ``fin.rent.community_shop``.
    rent_terms
        One of :data:`RENT_TERMS`, which only ``heritage_reuse`` reads; ``None`` where they are unknown: its income
        is NaN then. Of chargers :data:`SITE_LET` where they stand on a lot of somebody else.
    told
        Values by key that take the place of the model's, whatever the end.

    Raises
    ------
    ModelError
        If the action has no account, or a parameter it needs is missing.
    """
    if action not in RECIPES:
        known = ", ".join(RECIPES)
        raise ModelError(
            f"there is no account for the action {action!r}",
            f"动作 {action!r} 没有账目",
            hint=f"choose one of {known}",
            hint_zh=f"可选 {known}",
        )
    return _priced(action, RECIPES[action], Reader(model, end, shop_rent_cny_m2_month, rent_terms, told=told or {}))


def beside(model: Model, action: str, end: End = "value") -> tuple[UnitEconomics, ...]:
    """Return what ``action`` earns in units other than its own (:data:`BESIDE`), at ``end``; empty for most."""
    return tuple(_priced(action, recipe, Reader(model, end)) for recipe in BESIDE.get(action, ()))


def terms_of(read: Reader, action: str) -> tuple[Terms, ...]:
    """Return what the units of ``action`` cost and earn to ``read``: its own unit, then those beside it.

    Amounts that are told to the reader as arrays (one for each draw) give arrays.
    """
    return tuple(recipe(read) for recipe in (RECIPES[action], *BESIDE.get(action, ())))


def keys_of(model: Model, action: str, rent_terms: str | None = None) -> tuple[str, ...]:
    """Return the parameters that the account of ``action`` reads on these terms, in the order of use.

    Raises
    ------
    ModelError
        As :func:`unit_economics`.
    """
    units = (unit_economics(model, action, rent_terms=rent_terms), *beside(model, action))
    return tuple(dict.fromkeys(key for unit in units for key in unit.keys))


def _priced(action: str, recipe: Callable[[Reader], Terms], read: Reader) -> UnitEconomics:
    terms = recipe(read)
    # A share of nothing is nothing, also where the income is not known.
    varying = terms.opex_share * terms.revenue if np.any(terms.opex_share) else 0.0
    return UnitEconomics(
        action,
        terms.unit,
        float(terms.capex),
        float(terms.revenue),
        float(varying + terms.opex_fixed),
        float(varying),
        float(terms.used),
        terms.life,
        terms.free_years,
        float(terms.rent),
        tuple(read.keys),
    )
