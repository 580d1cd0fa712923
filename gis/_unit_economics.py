"""What one unit of each action costs and earns, read from the model's parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

from layers.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from gis.model import Model

HOURS_PER_YEAR, DAYS_PER_YEAR, MONTHS_PER_YEAR = 8760, 365, 12

End = Literal["low", "value", "high"]
"""``low``: every parameter at the end that is worse for the account; ``high``: at the better end."""

RENT_TERMS = ("public_good", "creative", "reference")
"""On what terms a repaired heritage building is let: rent-free for the public good; free for a year and then a share of
the reference rent (the draft of 2019 for state-owned 历史建筑, and for nothing else); or at the reference rent."""


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
    life_years
        Years after which it must be built again.
    free_years
        First years without income.
    keys
        Parameters used, in the order of use.
    """

    action: str
    unit: str
    capex_cny: float
    revenue_cny_year: float
    opex_cny_year: float
    life_years: float
    free_years: int
    keys: tuple[str, ...]

    @property
    def net_cny_year(self) -> float:
        """Income less running cost of a full year."""
        return self.revenue_cny_year - self.opex_cny_year


@dataclass
class _Reader:
    """Reads parameters at one end and remembers which."""

    model: Model
    end: End
    shop_rent_cny_m2_month: float | None = None
    rent_terms: str | None = None
    keys: dict[str, None] = field(default_factory=dict)

    def rent(self) -> float:
        """Return the rent of a shop: the one that is told, else the model's."""
        assumed = self.gain("fin.rent.community_shop")
        return assumed if self.shop_rent_cny_m2_month is None else self.shop_rent_cny_m2_month

    def gain(self, key: str) -> float:
        """Return a parameter of which more is better for the account."""
        self.keys[key] = None
        return {"low": self.model.low, "value": self.model.value, "high": self.model.high}[self.end](key)

    def cost(self, key: str) -> float:
        """Return a parameter of which less is better for the account."""
        self.keys[key] = None
        return {"low": self.model.high, "value": self.model.value, "high": self.model.low}[self.end](key)

    def fixed(self, key: str) -> float:
        """Return a parameter at its value whatever the end: lives and averages are no one's advantage."""
        self.keys[key] = None
        return self.model.value(key)


@dataclass(frozen=True)
class _Terms:
    unit: str
    capex: float
    revenue: float
    opex: float
    life: float
    free_years: int = 0


def _stall_income(read: _Reader) -> tuple[float, float]:
    revenue = read.gain("parking.tariff.resid_monthly") * MONTHS_PER_YEAR * read.gain("parking.occupancy.monthly")
    return revenue, revenue * read.cost("parking.opex_share")


def _pile_income(read: _Reader) -> tuple[float, float]:
    rated_kwh = read.fixed("ev.power.dc") * HOURS_PER_YEAR
    revenue = rated_kwh * read.gain("ev.utilisation.dc") * read.gain("ev.service_fee")
    return revenue, revenue * read.cost("ev.opex_share")


def _surface_parking(read: _Reader) -> _Terms:
    revenue, opex = _stall_income(read)
    return _Terms("stall", read.cost("parking.capex.surface"), revenue, opex, read.fixed("fin.asset_life.surface"))


def _mechanical_parking(read: _Reader) -> _Terms:
    capex = read.cost("parking.capex.mech_lift_slide")
    let = 1.0 - read.cost("parking.mech_idle_rate")
    revenue = read.gain("parking.tariff.resid_monthly") * MONTHS_PER_YEAR * let
    opex = revenue * read.cost("parking.opex_share") + capex * read.cost("parking.opex.mech_of_equipment")
    return _Terms("stall", capex, revenue, opex, read.fixed("fin.asset_life.mechanical"))


def _charging(read: _Reader) -> _Terms:
    revenue, opex = _pile_income(read)
    return _Terms("pile", read.cost("ev.capex.dc120"), revenue, opex, read.fixed("fin.asset_life.charger"))


def _ebike_charging(read: _Reader) -> _Terms:
    revenue = read.gain("ebike.revenue_port_day") * DAYS_PER_YEAR
    opex = revenue * read.cost("ev.opex_share")
    return _Terms("port", read.cost("ebike.capex_port"), revenue, opex, read.fixed("fin.asset_life.charger"))


def _pocket_park(read: _Reader) -> _Terms:
    life = read.fixed("fin.concession_default")
    return _Terms("m2", read.cost("pocket_park.capex_m2"), 0.0, read.cost("pocket_park.opex_m2"), life)


def _market(read: _Reader) -> _Terms:
    rent = read.rent() * read.gain("market.stall_rent_factor") * MONTHS_PER_YEAR
    revenue = rent * read.gain("market.lettable_share") * read.gain("market.occupancy")
    opex = revenue * read.cost("market.opex_share")
    return _Terms("m2", read.cost("market.capex_m2"), revenue, opex, read.fixed("fin.asset_life.surface"))


def _community_service(read: _Reader) -> _Terms:
    life = read.fixed("fin.horizon.building")
    return _Terms("m2", read.cost("room.fitout_m2"), 0.0, read.cost("room.opex_m2"), life)


def _let_rent(read: _Reader) -> float:
    return read.rent() * MONTHS_PER_YEAR * read.gain("room.lettable_share")


def _culture_space(read: _Reader) -> _Terms:
    """Price a reading room, lecture hall or culture station: a public good, let as one whoever owns the room."""
    life = read.fixed("fin.horizon.building")
    capex, opex = read.cost("room.fitout_m2"), read.cost("room.opex_m2")
    return _Terms("m2", capex, _let_rent(read) * read.gain("heritage.rent_public_good"), opex, life)


def _heritage_reuse(read: _Reader) -> _Terms:
    """Price a repaired building; NaN income where nobody can say on what terms it is let."""
    life = read.fixed("heritage.lease_max_state_owned")
    capex, opex = read.cost("heritage.repair_m2"), read.cost("heritage.opex_m2")
    shares = {
        "public_good": read.gain("heritage.rent_public_good"),
        "creative": read.gain("heritage.rent_creative_after_y1"),
        "reference": 1.0,
    }
    revenue = _let_rent(read) * shares.get(read.rent_terms or "", math.nan)
    return _Terms("m2", capex, revenue, opex, life, free_years=int(read.rent_terms == "creative"))


def _renovation(read: _Reader) -> _Terms:
    return _Terms("household", read.cost("reno.cost_per_household"), 0.0, 0.0, read.fixed("fin.concession_default"))


def _stall_added(read: _Reader) -> _Terms:
    revenue, opex = _stall_income(read)
    return _Terms("stall", 0.0, revenue, opex, read.fixed("fin.concession_default"))


def _pile_added(read: _Reader) -> _Terms:
    revenue, opex = _pile_income(read)
    return _Terms("pile", 0.0, revenue, opex, read.fixed("fin.concession_default"))


def _culture_corridor(read: _Reader) -> _Terms:
    capex = read.cost("corridor.cost_m")
    return _Terms("m", capex, 0.0, capex * read.cost("corridor.upkeep_share"), read.fixed("fin.horizon.building"))


RECIPES: Mapping[str, Callable[[_Reader], _Terms]] = MappingProxyType(
    {
        "surface_parking": _surface_parking,
        "mechanical_parking": _mechanical_parking,
        "charging": _charging,
        "ebike_charging": _ebike_charging,
        "pocket_park": _pocket_park,
        "market": _market,
        "community_service": _community_service,
        "culture_space": _culture_space,
        "renovation": _renovation,
        "heritage_reuse": _heritage_reuse,
        "culture_corridor": _culture_corridor,
    }
)
"""Action -> how its unit is priced. Public-good actions earn nothing."""

BESIDE: Mapping[str, tuple[Callable[[_Reader], _Terms], ...]] = MappingProxyType(
    {"renovation": (_stall_added, _pile_added)}
)
"""Action -> what it earns in units of their own: renovation costs by household and earns by the stalls and piles that
it adds. What these cost to build is in the cost of the action."""


def unit_economics(
    model: Model,
    action: str,
    end: End = "value",
    *,
    shop_rent_cny_m2_month: float | None = None,
    rent_terms: str | None = None,
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
        is NaN then.

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
    return _priced(action, RECIPES[action], _Reader(model, end, shop_rent_cny_m2_month, rent_terms))


def beside(model: Model, action: str, end: End = "value") -> tuple[UnitEconomics, ...]:
    """Return what ``action`` earns in units other than its own (:data:`BESIDE`), at ``end``; empty for most."""
    return tuple(_priced(action, recipe, _Reader(model, end)) for recipe in BESIDE.get(action, ()))


def keys_of(model: Model, action: str) -> tuple[str, ...]:
    """Return the parameters that the account of ``action`` reads, in the order of use.

    Raises
    ------
    ModelError
        As :func:`unit_economics`.
    """
    units = (unit_economics(model, action), *beside(model, action))
    return tuple(dict.fromkeys(key for unit in units for key in unit.keys))


def _priced(action: str, recipe: Callable[[_Reader], _Terms], read: _Reader) -> UnitEconomics:
    terms = recipe(read)
    return UnitEconomics(
        action, terms.unit, terms.capex, terms.revenue, terms.opex, terms.life, terms.free_years, tuple(read.keys)
    )
