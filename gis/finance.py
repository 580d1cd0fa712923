"""Money: the account of every option by year, its net present value and payback, with bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._notes import Note, noted
from gis._unit_economics import RECIPES, RENT_TERMS, End, UnitEconomics, keys_of, unit_economics
from gis._units import ENDS, UNIT_COLUMNS, YEARLY, column, of_action, priced_units, sized

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gis.model import Model

    Floats = NDArray[np.float64]

RATE = "fin.discount_rate.project"
CONCESSION = "fin.concession_default"
REPAYS_NOTHING = ("treasury", "trust", "unknown")
"""Owners whose income counts 0 in a balance until a document is named (收支两条线; owner unknown)."""
MONTHS_PER_YEAR = 12


@dataclass(frozen=True)
class Accounts:
    """The accounts of a set of options.

    Parameters
    ----------
    table
        One row per option: ``capex_cny``, ``revenue_cny_year`` (all of it), ``repaying_cny_year`` (what of it may repay
        the investment), ``opex_cny_year``, ``land_rent_cny_year`` (NaN where unknown), ``net_cny_year``, ``npv_cny``,
        ``npv_low_cny``, ``npv_high_cny``, ``payback_years`` (NaN where never within the horizon), ``horizon_years``,
        ``account_note``, ``account_note_en``. Where size, land rent or the terms of letting are unknown, all from
        ``net_cny_year`` to ``payback_years`` is NaN; terms of letting do not matter to income that repays nothing.
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
        Renovation costs by household and earns by the stalls and piles it adds.
        Land: ``area_m2`` times ``land_rent_cny_m2_month`` where ``has_land``; a rent of NaN is unknown, not free: the
        account then has no net income, NPV or payback and reads 缺地租. ``income_owner``: income of the treasury or of
        nobody known (:data:`REPAYS_NOTHING`, or null) repays nothing, at either end. ``rent_terms``: on what terms a
        repaired heritage building is let (:data:`RENT_TERMS`), null where unknown: so is the income then.
        ``reference_rent_cny_m2_month``, where given, takes the place of ``fin.rent.community_shop``. Columns that are
        absent count as NaN, ``has_land`` as false.
    model
        The model.

    Raises
    ------
    ModelError
        If an action has no account or a parameter is missing.
    """
    priced = {end: priced_units(options, model, end) for end in ENDS.values()}
    granted = column(options, "horizon_years")
    life = of_action(priced["value"], "life_years", len(options))
    horizon = np.fmin(np.fmin(granted, life), model.value(CONCESSION))
    rent, repays = _land_rent_cny_year(options), _repays(options)
    yearly = sized(priced["value"], options, "")
    repaying = _repaying(yearly, repays)
    lines = _lines(repaying, horizon, rent)
    low, high = _npv_band(options, priced, repays, (horizon, rent), model)
    table = yearly[list(YEARLY)].assign(
        repaying_cny_year=repaying["revenue_cny_year"],
        land_rent_cny_year=rent,
        net_cny_year=repaying["revenue_cny_year"] - repaying["opex_cny_year"] - rent,
        npv_cny=npv_cny(lines["net_cny"], model.value(RATE)),
        npv_low_cny=low,
        npv_high_cny=high,
        payback_years=payback_years(lines["net_cny"], horizon),
        horizon_years=horizon,
    )
    return Accounts(_with_notes(table, granted), _long(options.index, lines, horizon))


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


def payback_years(flows: Floats, horizon_years: ArrayLike) -> Floats:
    """Return the simple payback of each row of ``flows``: years until the sum of flows is no longer negative.

    Parameters
    ----------
    flows
        Accounts x (years + 1), in CNY, as :func:`cash_flow` makes them.
    horizon_years
        Years granted, one value per account or one for all. Income comes evenly over the part of a year that is
        granted, so that a payback never lies beyond them.

    Returns
    -------
    ndarray
        Years; NaN where the flows never make up for the investment, or are not known.
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
    granted = np.clip(np.broadcast_to(horizon_years, len(flows))[rows] - at, 0.0, 1.0)
    years[rows] = at + granted * np.minimum(-total[rows, at] / flows[rows, at + 1], 1.0)
    return years


def _land_rent_cny_year(options: pd.DataFrame) -> Floats:
    rent = column(options, "area_m2") * column(options, "land_rent_cny_m2_month") * MONTHS_PER_YEAR
    has_land = options["has_land"].to_numpy(dtype=bool) if "has_land" in options else np.zeros(len(options), dtype=bool)
    return np.where(has_land, rent, 0.0)


def _repays(options: pd.DataFrame) -> NDArray[np.bool_]:
    """Return whose income may repay the investment."""
    if "income_owner" not in options:
        return np.zeros(len(options), dtype=bool)
    owner = options["income_owner"].astype(object)
    return np.asarray(owner.notna() & ~owner.isin(REPAYS_NOTHING), dtype=bool)


def _repaying(yearly: pd.DataFrame, repays: NDArray[np.bool_]) -> pd.DataFrame:
    """Return ``yearly`` with no income where it repays nothing, known or not."""
    return yearly.assign(revenue_cny_year=np.where(repays, yearly["revenue_cny_year"], 0.0))


def _active(horizon: Floats) -> Floats:
    """Return the part of each year that is granted (accounts x years)."""
    years = int(np.ceil(np.max(horizon, initial=0.0)))
    return np.clip(horizon[:, None] - np.arange(years, dtype=float), 0.0, 1.0)


def _lines(yearly: pd.DataFrame, horizon: Floats, rent_cny_year: Floats) -> dict[str, Floats]:
    """Return every line of the accounts (accounts x (years + 1)), costs positive."""
    active = np.column_stack([np.zeros(len(yearly)), _active(horizon)])
    earning = active * (np.arange(active.shape[1]) > yearly["free_years"].to_numpy()[:, None])
    capex = np.zeros_like(active)
    capex[:, 0] = yearly["capex_cny"]
    revenue = yearly["revenue_cny_year"].to_numpy()[:, None] * earning
    opex = yearly["opex_cny_year"].to_numpy()[:, None] * active
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
    options: pd.DataFrame,
    priced: dict[End, pd.DataFrame],
    repays: NDArray[np.bool_],
    fixed: tuple[Floats, Floats],
    model: Model,
) -> tuple[Floats, Floats]:
    """Return the worst and the best NPV over the ends of parameters, units and discount rate.

    More units are better for an account that pays and worse for one that does not, and so is a lower rate: so both
    ends of both are tried. ``fixed`` are the horizon and the land rent.
    """
    rates = (model.low(RATE), model.value(RATE), model.high(RATE))

    def tried(end: End) -> Floats:
        each = [_repaying(sized(priced[end], options, size), repays) for size in ENDS]
        flows = [_lines(yearly, *fixed)["net_cny"] for yearly in each]
        return np.array([npv_cny(flow, rate) for flow in flows for rate in rates])

    return np.min(tried("low"), axis=0), np.max(tried("high"), axis=0)


def _with_notes(table: pd.DataFrame, granted: Floats) -> pd.DataFrame:
    """Return ``table`` with what a reader must know of each account."""
    earns, known = table["revenue_cny_year"] > 0, table["capex_cny"].notna()
    priced, repays_nothing = table["revenue_cny_year"].notna(), table["repaying_cny_year"] == 0
    repays, whole = table["repaying_cny_year"] > 0, table["npv_cny"].notna()
    short = repays & whole & table["payback_years"].isna()
    nobody = Note("收入归财政或归属不明，不计还本", "Income of the treasury or of nobody known: repays nothing")
    cases = [
        (~known, Note("缺规模，无法算账", "Size unknown, no account")),
        (table["land_rent_cny_year"].isna(), Note("缺地租", "Land rent unknown")),
        (np.isnan(granted), Note("年限未定，按默认期限", "Years granted unknown, the usual term is assumed")),
        (
            known & ~priced,
            Note("用途或产权不明，租金条件未知", "Use or owner unknown: nobody can say at what rent it is let"),
        ),
        (known & priced & ~earns, Note("无经营收入", "It earns nothing")),
        (known & (earns | ~priced) & repays_nothing, nobody),
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
    "RENT_TERMS",
    "UNIT_COLUMNS",
    "Accounts",
    "UnitEconomics",
    "accounts",
    "cash_flow",
    "keys_of",
    "npv_cny",
    "payback_years",
    "unit_economics",
]
