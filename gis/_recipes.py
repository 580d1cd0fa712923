"""How each action is priced: what its unit costs and earns, from the model's parameters."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import numpy as np
    from numpy.typing import NDArray

    from gis.model import Model

    Amount = float | NDArray[np.float64]
    """One amount, or one for each draw of the parameters."""

HOURS_PER_YEAR, DAYS_PER_YEAR, MONTHS_PER_YEAR = 8760, 365, 12

End = Literal["low", "value", "high", "idle", "busy"]
"""``low``: every parameter at the end that is worse for the account; ``high``: at the better end. ``idle``: little
comes in and all is cheap; ``busy``: much comes in and all is dear: the worst where income repays nothing but costs to
earn, as ``idle`` is the best there."""
GAIN_ENDS: Mapping[End, End] = MappingProxyType(
    {"low": "low", "value": "value", "high": "high", "idle": "low", "busy": "high"}
)
COST_ENDS: Mapping[End, End] = MappingProxyType(
    {"low": "high", "value": "value", "high": "low", "idle": "low", "busy": "high"}
)
"""At each end of an account, the end of a parameter of which more is better, and of one of which less is."""

RENT_TERMS = ("public_good", "creative", "reference")
"""On what terms a repaired heritage building is let: rent-free for the public good; free for a year and then a share of
the reference rent (the draft of 2019 for state-owned 历史建筑, and for nothing else); or at the reference rent."""
BARRED = "barred"
"""On what terms a protected site of the State is let that may not be run as an enterprise's asset: none, so no rent."""
SITE_LET = "site_rent"
"""On what terms car chargers stand on the lot of somebody else: for a rent by the pile (:data:`SITE_RENT`)."""
SITE_RENT: Mapping[str, str] = MappingProxyType(
    {"charging": "charging.site_rent.pile_month", "ebike_charging": "ebike.site_rent.port_month"}
)
"""Action -> the parameter that says at what rent a site is let to an operator, for each pile or port and month."""


def at_end(model: Model, key: str, end: End) -> float:
    """Return a parameter at one end of its range, or its value."""
    return {"low": model.low, "high": model.high}.get(end, model.value)(key)


@dataclass
class Reader:
    """Reads parameters at one end and remembers which, and which of them it reads at their value whatever the end.

    ``told`` amounts, by key, take the place of the model's, but for those.
    """

    model: Model
    end: End
    shop_rent_cny_m2_month: float | None = None
    rent_terms: str | None = None
    keys: dict[str, None] = field(default_factory=dict)
    told: Mapping[str, Amount] = field(default_factory=dict)
    fixed_keys: dict[str, None] = field(default_factory=dict)

    def rent(self) -> Amount:
        """Return the rent of a shop: the one that is told, else the model's."""
        assumed = self.gain("fin.rent.community_shop")
        return assumed if self.shop_rent_cny_m2_month is None else self.shop_rent_cny_m2_month

    def gain(self, key: str) -> Amount:
        """Return a parameter of which more is better for the account."""
        self.keys[key] = None
        return self.told[key] if key in self.told else at_end(self.model, key, GAIN_ENDS[self.end])

    def cost(self, key: str) -> Amount:
        """Return a parameter of which less is better for the account."""
        self.keys[key] = None
        return self.told[key] if key in self.told else at_end(self.model, key, COST_ENDS[self.end])

    def fixed(self, key: str) -> float:
        """Return a parameter at its value whatever the end: lives and averages are no one's advantage."""
        self.keys[key] = self.fixed_keys[key] = None
        return self.model.value(key)


@dataclass(frozen=True)
class Terms:
    """What a recipe tells of a unit. Running cost is ``opex_share`` of the income and ``opex_fixed``.

    ``rent``: what a year of the place costs that the unit rents; land is rented beside it.
    """

    unit: str
    capex: Amount
    revenue: Amount
    opex_share: Amount
    opex_fixed: Amount
    life: float
    free_years: int = 0
    used: Amount = math.nan
    rent: Amount = 0.0


def _let(read: Reader, occupancy: Amount) -> Amount:
    return read.gain("parking.tariff.resid_monthly") * MONTHS_PER_YEAR * occupancy


def _surface_parking(read: Reader) -> Terms:
    occupancy, life = read.gain("parking.occupancy.monthly"), read.fixed("fin.asset_life.surface")
    capex, share = read.cost("parking.capex.surface"), read.cost("parking.opex_share")
    return Terms("stall", capex, _let(read, occupancy), share, 0.0, life, used=occupancy)


def _mechanical_parking(read: Reader) -> Terms:
    capex, occupancy = read.cost("parking.capex.mech_lift_slide"), 1.0 - read.cost("parking.mech_idle_rate")
    share, fixed = read.cost("parking.opex_share"), capex * read.cost("parking.opex.mech_of_equipment")
    life = read.fixed("fin.asset_life.mechanical")
    return Terms("stall", capex, _let(read, occupancy), share, fixed, life, used=occupancy)


def _charging(read: Reader) -> Terms:
    life = read.fixed("fin.asset_life.charger")
    rent = read.cost(SITE_RENT["charging"]) * MONTHS_PER_YEAR if read.rent_terms == SITE_LET else 0.0
    return _pile(read, read.cost("ev.capex.dc120"), life, rent)


def _pile(read: Reader, capex: Amount, life: float, rent: Amount = 0.0) -> Terms:
    used, rated_kwh = read.gain("ev.utilisation.dc"), read.fixed("ev.power.dc") * HOURS_PER_YEAR
    revenue = rated_kwh * used * read.gain("ev.service_fee")
    return Terms("pile", capex, revenue, read.cost("ev.opex_share"), 0.0, life, used=used, rent=rent)


def _ebike_charging(read: Reader) -> Terms:
    revenue = read.gain("ebike.revenue_port_day") * DAYS_PER_YEAR
    share, life = read.cost("ev.opex_share"), read.fixed("fin.asset_life.charger")
    return Terms("port", read.cost("ebike.capex_port"), revenue, share, 0.0, life)


def _pocket_park(read: Reader) -> Terms:
    life = read.fixed("fin.concession_default")
    return Terms("m2", read.cost("pocket_park.capex_m2"), 0.0, 0.0, read.cost("pocket_park.opex_m2"), life)


def _market(read: Reader) -> Terms:
    rent = read.rent() * read.gain("market.stall_rent_factor") * MONTHS_PER_YEAR
    occupancy = read.gain("market.occupancy")
    revenue = rent * read.gain("market.lettable_share") * occupancy
    share, life = read.cost("market.opex_share"), read.fixed("fin.asset_life.surface")
    return Terms("m2", read.cost("market.capex_m2"), revenue, share, 0.0, life, used=occupancy)


def _community_service(read: Reader) -> Terms:
    life = read.fixed("fin.horizon.building")
    return Terms("m2", read.cost("room.fitout_m2"), 0.0, 0.0, read.cost("room.opex_m2"), life)


def _let_rent(read: Reader) -> Amount:
    return read.rent() * MONTHS_PER_YEAR * read.gain("room.lettable_share")


def _culture_space(read: Reader) -> Terms:
    """Price a reading room, lecture hall or culture station: a public good, let as one whoever owns the room."""
    life = read.fixed("fin.horizon.building")
    capex, opex = read.cost("room.fitout_m2"), read.cost("room.opex_m2")
    return Terms("m2", capex, _let_rent(read) * read.gain("heritage.rent_public_good"), 0.0, opex, life)


def _heritage_reuse(read: Reader) -> Terms:
    """Price a repaired building; NaN income where nobody can say on what terms it is let."""
    life = read.fixed("heritage.lease_max_state_owned")
    capex, opex = read.cost("heritage.repair_m2"), read.cost("heritage.opex_m2")
    shares: dict[str, Amount] = {
        "public_good": read.gain("heritage.rent_public_good"),
        "creative": read.gain("heritage.rent_creative_after_y1"),
        "reference": 1.0,
        BARRED: 0.0,
    }
    revenue = _let_rent(read) * shares.get(read.rent_terms or "", math.nan)
    return Terms("m2", capex, revenue, 0.0, opex, life, free_years=int(read.rent_terms == "creative"))


def _renovation(read: Reader) -> Terms:
    return Terms("household", read.cost("reno.cost_per_household"), 0.0, 0.0, 0.0, read.fixed("fin.concession_default"))


def _stall_added(read: Reader) -> Terms:
    revenue, share = _let(read, read.gain("parking.occupancy.monthly")), read.cost("parking.opex_share")
    return Terms("stall", 0.0, revenue, share, 0.0, read.fixed("fin.concession_default"))


def _pile_added(read: Reader) -> Terms:
    return _pile(read, 0.0, read.fixed("fin.concession_default"))


def _culture_corridor(read: Reader) -> Terms:
    capex = read.cost("corridor.cost_m")
    return Terms("m", capex, 0.0, 0.0, capex * read.cost("corridor.upkeep_share"), read.fixed("fin.horizon.building"))


def _hall_of_fame(read: Reader) -> Terms:
    capex, life = read.cost("hall_of_fame.capex_m2"), read.fixed("fin.horizon.building")
    return Terms("m2", capex, 0.0, 0.0, capex * read.cost("hall_of_fame.upkeep_share"), life)


def _museum(read: Reader) -> Terms:
    """Price a repaired building with a display: a public good, let as one whoever owns the house."""
    capex, opex = read.cost("heritage.repair_m2") + read.cost("museum.exhibit_m2"), read.cost("museum.opex_m2")
    revenue = _let_rent(read) * read.gain("heritage.rent_public_good")
    return Terms("m2", capex, revenue, 0.0, opex, read.fixed("heritage.lease_max_state_owned"))


def _culture_market(read: Reader) -> Terms:
    occupancy = read.gain("market.occupancy")
    revenue = read.gain("culture_market.fee_m2_day") * read.gain("culture_market.days") * occupancy
    capex, share = read.cost("culture_market.capex_m2"), read.cost("market.opex_share")
    revenue, life = revenue * read.gain("market.lettable_share"), read.fixed("fin.asset_life.surface")
    return Terms("m2", capex, revenue, share, 0.0, life, used=occupancy)


def _red_route_stop(read: Reader) -> Terms:
    capex, life = read.cost("red_stop.capex_m2"), read.fixed("fin.horizon.building")
    return Terms("m2", capex, 0.0, 0.0, capex * read.cost("red_stop.upkeep_share"), life)


RECIPES: Mapping[str, Callable[[Reader], Terms]] = MappingProxyType(
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
        "hall_of_fame": _hall_of_fame,
        "museum": _museum,
        "culture_market": _culture_market,
        "red_route_stop": _red_route_stop,
    }
)
"""Action -> how its unit is priced. Public-good actions earn nothing."""

BESIDE: Mapping[str, tuple[Callable[[Reader], Terms], ...]] = MappingProxyType(
    {"renovation": (_stall_added, _pile_added)}
)
"""Action -> what it earns in units of their own: renovation costs by household and earns by the stalls and piles that
it adds. What these cost to build is in the cost of the action."""
