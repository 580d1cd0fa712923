"""Money: the account of every option by year, its net present value and payback, with bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._notes import Note, noted
from gis._unit_economics import HOURS_PER_YEAR, RECIPES, End, UnitEconomics, unit_economics

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gis.model import Model

    Floats = NDArray[np.float64]

RATE = "fin.discount_rate.project"
CONCESSION = "fin.concession_default"
SHOP_RENT = "fin.rent.community_shop"
REPAYS_NOTHING = ("treasury", "unknown")
"""Owners whose income counts 0 in a balance until a document is named (收支两条线; owner unknown)."""
MONTHS_PER_YEAR = 12
UNIT_COLUMNS = {
    "stall": "stalls",
    "pile": "chargers",
    "port": "chargers",
    "m2": "area_m2",
    "household": "household_count",
    "m": "wall_m",
}
"""Unit of an action -> the column of an options table that counts it."""


@dataclass(frozen=True)
class Accounts:
    """The accounts of a set of options.

    Parameters
    ----------
    table
        One row per option: ``capex_cny``, ``revenue_cny_year`` (all of it), ``repaying_cny_year`` (what of it may repay
        the investment), ``opex_cny_year``, ``land_rent_cny_year`` (NaN where unknown), ``net_cny_year``, ``npv_cny``,
        ``npv_low_cny``, ``npv_high_cny``, ``payback_years`` (NaN where never within the horizon), ``horizon_years``,
        ``account_note``, ``account_note_en``. Where size or land rent is unknown, all from ``net_cny_year`` to
        ``payback_years`` is NaN.
    cashflow
        One row per option and year, year 0 being the investment, of the accounts that are known: ``option`` (index
        label), ``year``, ``capex_cny``, ``revenue_cny`` (what may repay), ``opex_cny``, ``land_rent_cny``,
        ``net_cny``, ``cumulative_cny``.
    """

    table: pd.DataFrame
    cashflow: pd.DataFrame


def accounts(options: pd.DataFrame, model: Model) -> Accounts:
    """Return the account of every option.

    ``net_t = repaying revenue_t - opex_t - land rent_t - capex_t``; ``NPV = sum(net_t / (1 + r)^t)`` at
    ``fin.discount_rate.project``, income at the end of each year, over the horizon: the years granted, no longer than
    the asset lives and ``fin.concession_default``. The low and high ends of the NPV take every parameter, the number of
    units and the discount rate at the end that is worse or better. Constant prices; taxes and reinstatement are not
    in it and the note says so.

    Parameters
    ----------
    options
        ``action``, ``horizon_years`` (years granted, NaN where unknown), and what the action is counted in
        (:data:`UNIT_COLUMNS`; ``…_low`` and ``…_high`` where there are; NaN where unknown: so is the account then).
        Land: ``area_m2`` times ``land_rent_cny_m2_month`` where ``has_land``; a rent of NaN is unknown, not free: the
        account then has no net income, NPV or payback and reads 缺地租. ``income_owner``: income of the treasury or of
        nobody known (:data:`REPAYS_NOTHING`, or null) repays nothing, at either end.
        ``reference_rent_cny_m2_month``, where given, takes the place of ``fin.rent.community_shop``. Columns that are
        absent count as NaN, ``has_land`` as false.
    model
        The model.

    Raises
    ------
    ModelError
        If an action has no account or a parameter is missing.
    """
    ends: tuple[End, ...] = ("low", "value", "high")
    priced = {end: _priced(options, model, end) for end in ends}
    unit, units = priced["value"], _units(options, model)
    granted = _column(options, "horizon_years")
    horizon = np.fmin(np.fmin(granted, unit["life_years"].to_numpy()), model.value(CONCESSION))
    rent = _land_rent_cny_year(options)
    repays = _repays(options)
    priced = {end: each.assign(revenue_cny_year=each["revenue_cny_year"] * repays) for end, each in priced.items()}
    lines = _lines(priced["value"], units[0], horizon, rent)
    low, high = _npv_band(units, priced, horizon, rent, model)
    yearly = {name: unit[name].to_numpy() * units[0] for name in ("capex_cny", "revenue_cny_year", "opex_cny_year")}
    table = pd.DataFrame(
        {
            **yearly,
            "repaying_cny_year": yearly["revenue_cny_year"] * repays,
            "land_rent_cny_year": rent,
            "net_cny_year": yearly["revenue_cny_year"] * repays - yearly["opex_cny_year"] - rent,
            "npv_cny": npv_cny(lines["net_cny"], model.value(RATE)),
            "npv_low_cny": low,
            "npv_high_cny": high,
            "payback_years": payback_years(lines["net_cny"]),
            "horizon_years": horizon,
        },
        index=options.index,
    )
    table = _with_notes(table, granted)
    return Accounts(table, _long(options.index, lines, horizon))


def cash_flow(capex_cny: ArrayLike, net_cny_year: ArrayLike, horizon_years: ArrayLike) -> Floats:
    """Return the net flow of each account by year: the investment in year 0, then a steady net income.

    Parameters
    ----------
    capex_cny, net_cny_year, horizon_years
        One value per account, or one for all. Of a year that is granted in part, that part is earned.

    Returns
    -------
    ndarray
        Accounts x (years + 1), in CNY.
    """
    capex, net, horizon = np.broadcast_arrays(
        *(np.atleast_1d(np.asarray(x, dtype=float)) for x in (capex_cny, net_cny_year, horizon_years))
    )
    return np.column_stack([-capex, net[:, None] * _active(horizon)])


def npv_cny(flows: Floats, rate: float) -> Floats:
    """Return the net present value of each row of ``flows`` (years 0, 1, 2 …) at ``rate`` per year."""
    return np.asarray(np.atleast_2d(flows) @ (1.0 + rate) ** -np.arange(np.shape(flows)[-1], dtype=float))


def payback_years(flows: Floats) -> Floats:
    """Return the simple payback of each row of ``flows``: years until the sum of flows is no longer negative.

    Within a year income comes evenly. NaN where the flows never make up for the investment.
    """
    flows = np.atleast_2d(flows)
    total = np.cumsum(flows, axis=1)
    # The last year from which the sum stays below zero: a later dip would undo an earlier payback.
    below = total < 0
    last = np.where(below.any(axis=1), total.shape[1] - 1 - np.argmax(below[:, ::-1], axis=1), -1)
    years = np.full(len(flows), np.nan)
    never_below = last < 0
    years[never_below & ~np.isnan(total).any(axis=1)] = 0.0
    rows = np.flatnonzero(~never_below & (last < total.shape[1] - 1))
    at = last[rows]
    years[rows] = at + -total[rows, at] / flows[rows, at + 1]
    return years


def annuity_factor(rate: float, years: float) -> float:
    """Return the present value of 1 CNY at the end of each of ``years`` years: ``(1 - (1 + r)^-n) / r``."""
    return years if rate == 0 else (1.0 - (1.0 + rate) ** -years) / rate


def break_even_rent_cny_m2_month(
    net_cny_year: float, area_m2: float, *, capex_cny: float = 0.0, rate: float = 0.0, years: float = 1.0
) -> float:
    """Return the land rent in CNY/m2/month that leaves nothing over.

    ``(net - capex / annuity) / (12 area)``: without ``capex_cny`` the rent that takes the whole net income, with it the
    rent that takes the NPV over ``years`` at ``rate`` to zero.
    """
    return (net_cny_year - capex_cny / annuity_factor(rate, years)) / (MONTHS_PER_YEAR * area_m2)


def break_even_utilisation(model: Model) -> float:
    """Return the share of rated energy at which a 120 kW pile has an NPV of zero over its life."""
    full = model.value("ev.power.dc") * HOURS_PER_YEAR * model.value("ev.service_fee")
    kept = full * (1.0 - model.value("ev.opex_share"))
    annuity = annuity_factor(model.value(RATE), model.value("fin.asset_life.charger"))
    return model.value("ev.capex.dc120") / (annuity * kept)


def _column(options: pd.DataFrame, name: str) -> Floats:
    """Return a column as floats, NaN where it or a value is absent."""
    if name not in options:
        return np.full(len(options), np.nan)
    return np.asarray(options[name].astype("Float64").to_numpy(dtype=float, na_value=np.nan))


def _units(options: pd.DataFrame, model: Model) -> tuple[Floats, Floats, Floats]:
    """Return how many units of its action each option has: the value, the low and the high end."""
    unit = options["action"].map({code: unit_economics(model, code).unit for code in options["action"].unique()})
    column = unit.map(UNIT_COLUMNS)
    found = []
    for end in ("", "_low", "_high"):
        choices = {name: _column(options, name + end) for name in set(UNIT_COLUMNS.values())}
        found.append(np.select([column == name for name in choices], list(choices.values()), np.nan))
    value, low, high = found
    return value, np.where(np.isnan(low), value, low), np.where(np.isnan(high), value, high)


def _land_rent_cny_year(options: pd.DataFrame) -> Floats:
    rent = _column(options, "area_m2") * _column(options, "land_rent_cny_m2_month") * MONTHS_PER_YEAR
    has_land = options["has_land"].to_numpy(dtype=bool) if "has_land" in options else np.zeros(len(options), dtype=bool)
    return np.where(has_land, rent, 0.0)


def _repays(options: pd.DataFrame) -> NDArray[np.bool_]:
    """Return whose income may repay the investment."""
    if "income_owner" not in options:
        return np.zeros(len(options), dtype=bool)
    owner = options["income_owner"].astype(object)
    return np.asarray(owner.notna() & ~owner.isin(REPAYS_NOTHING), dtype=bool)


def _priced(options: pd.DataFrame, model: Model, end: End) -> pd.DataFrame:
    """Return the unit economics of each option's action, by option; income is linear in the rent of a shop."""
    actions = options["action"]
    at = {
        rent: {code: unit_economics(model, code, end, shop_rent_cny_m2_month=rent) for code in actions.unique()}
        for rent in (0.0, 1.0)
    }

    def column(name: str, rent: float) -> Floats:
        values = actions.map({code: getattr(unit, name) for code, unit in at[rent].items()})
        return np.asarray(values.to_numpy(dtype=float))

    assumed = {"low": model.low, "value": model.value, "high": model.high}[end](SHOP_RENT)
    told = _column(options, "reference_rent_cny_m2_month")
    rent = np.where(np.isnan(told), assumed, told)
    names = ("capex_cny", "revenue_cny_year", "opex_cny_year", "life_years", "free_years")
    return pd.DataFrame(
        {name: column(name, 0.0) + (column(name, 1.0) - column(name, 0.0)) * rent for name in names},
        index=options.index,
    )


def _active(horizon: Floats) -> Floats:
    """Return the part of each year that is granted (accounts x years)."""
    years = int(np.ceil(np.max(horizon, initial=0.0)))
    return np.clip(horizon[:, None] - np.arange(years, dtype=float), 0.0, 1.0)


def _lines(priced: pd.DataFrame, units: Floats, horizon: Floats, rent_cny_year: Floats) -> dict[str, Floats]:
    """Return every line of the accounts (accounts x (years + 1)), costs positive."""
    active = np.column_stack([np.zeros(len(units)), _active(horizon)])
    earning = active * (np.arange(active.shape[1]) > priced["free_years"].to_numpy()[:, None])
    capex = np.zeros_like(active)
    capex[:, 0] = priced["capex_cny"].to_numpy() * units
    revenue = (priced["revenue_cny_year"].to_numpy() * units)[:, None] * earning
    opex = (priced["opex_cny_year"].to_numpy() * units)[:, None] * active
    rent = rent_cny_year[:, None] * active
    net = revenue - opex - rent - capex
    return {
        "capex_cny": capex,
        "revenue_cny": revenue,
        "opex_cny": opex,
        "land_rent_cny": rent,
        "net_cny": net,
        "cumulative_cny": np.cumsum(net, axis=1),
    }


def _npv_band(
    units: tuple[Floats, ...], priced: dict[End, pd.DataFrame], horizon: Floats, rent: Floats, model: Model
) -> tuple[Floats, Floats]:
    """Return the worst and the best NPV over the ends of parameters, units and discount rate.

    More units are better for an account that pays and worse for one that does not, and so is a lower rate: so both
    ends of both are tried.
    """
    rates = (model.low(RATE), model.value(RATE), model.high(RATE))
    found = {
        end: np.array([npv_cny(_lines(priced[end], n, horizon, rent)["net_cny"], r) for n in units for r in rates])
        for end in priced
    }
    return np.min(found["low"], axis=0), np.max(found["high"], axis=0)


def _with_notes(table: pd.DataFrame, granted: Floats) -> pd.DataFrame:
    """Return ``table`` with what a reader must know of each account."""
    earns, known = table["revenue_cny_year"] > 0, table["capex_cny"].notna()
    repays, whole = table["repaying_cny_year"] > 0, table["npv_cny"].notna()
    short = repays & whole & table["payback_years"].isna()
    nobody = Note("收入归财政或归属不明，不计还本", "Income of the treasury or of nobody known: repays nothing")
    cases = [
        (~known, Note("缺规模，无法算账", "Size unknown, no account")),
        (table["land_rent_cny_year"].isna(), Note("缺地租", "Land rent unknown")),
        (np.isnan(granted), Note("年限未定，按默认期限", "Years granted unknown, the usual term is assumed")),
        (known & ~earns, Note("无经营收入", "It earns nothing")),
        (earns & ~repays, nobody),
        (short, Note("年限内不能回本", "It does not pay back within its years")),
        (known, Note("未计税费和复原费", "Taxes and reinstatement are not counted")),
    ]
    return noted(table.assign(account_note="", account_note_en=""), "account_note", cases)


def _long(options: pd.Index, lines: dict[str, Floats], horizon: Floats) -> pd.DataFrame:
    """Return the lines as one row per option and year, up to each option's last year; no rows of unknown accounts."""
    years = lines["net_cny"].shape[1]
    year = np.tile(np.arange(years), len(options))
    frame = pd.DataFrame({"option": np.repeat(options.to_numpy(), years), "year": year})
    frame = frame.assign(**{name: values.ravel() for name, values in lines.items()})
    shown = (year <= np.repeat(np.ceil(horizon), years)) & frame["net_cny"].notna()
    return frame[shown].reset_index(drop=True)


__all__ = [
    "RECIPES",
    "Accounts",
    "UnitEconomics",
    "accounts",
    "annuity_factor",
    "break_even_rent_cny_m2_month",
    "break_even_utilisation",
    "cash_flow",
    "npv_cny",
    "payback_years",
    "unit_economics",
]
