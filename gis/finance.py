"""Money: the account of every option by year, what it is worth, when it pays back, who funds it, with bands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis import _monte_carlo
from gis._account_facts import ACCOUNT_KEYS, CONCESSION, RATE, Amounts, Facts, charges
from gis._account_lines import NO_TAXES, Account, Taxes, lines, npvs, yearly_tax
from gis._account_notes import with_notes
from gis._breakeven import MEASURES, OF_INCOME, breakeven_scale
from gis._pledges import if_all_counts, is_owner_open
from gis._recipes import GAIN_ENDS, RECIPES, RENT_TERMS, End, Reader
from gis._returns import discounted, irr, npv_cny, payback_years
from gis._unit_economics import UnitEconomics, keys_of, unit_economics
from gis._units import ENDS, UNIT_COLUMNS, of_action, priced_units, sized
from gis.funding import funding

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from gis._account_facts import Charges
    from gis.model import Model

    Floats = NDArray[np.float64]

FIXED_RATES = {"npv_4pct_cny": 0.04, "npv_8pct_cny": 0.08}
"""Rates at which every account is told beside the model's: 8 % is the social rate (建设项目经济评价方法与参数 3rd ed.),
4 % about what parking bonds paid (4.10-4.63 %)."""


@dataclass(frozen=True)
class Accounts:
    """The accounts of a set of options.

    Parameters
    ----------
    table
        One row per option. What is put in and what a full year brings: ``capex_cny``, ``revenue_cny_year`` (all of it),
        ``stalls_let`` (of those let by the month, at the usual occupancy and no more than are wanted; NaN for other
        actions), ``taken_share`` (what of them finds a taker), ``pledgeable_share``, ``repaying_cny_year`` (what of it
        may repay the investment), ``opex_cny_year``, ``land_rent_cny_year`` (NaN where unknown), ``tax_cny_year``,
        ``net_cny_year`` (``repaying - opex - rent - tax``), ``reinstatement_cny`` (once, at the end),
        ``horizon_years``. What it is worth: ``npv_cny``, ``npv_low_cny``, ``npv_high_cny``, ``npv_4pct_cny``,
        ``npv_8pct_cny``, ``irr`` (NaN where there is no single one), ``payback_years`` and ``payback_discounted_years``
        (NaN where never within the horizon), ``breakeven_utilisation`` with ``breakeven_of`` and its English twin, the
        columns of :func:`gis.funding.funding`, ``account_note``, ``account_note_en``. Where size, land rent or the
        terms of letting are unknown, all that rests on the net income is NaN; terms of letting do not matter to income
        that repays nothing. Where only the rent is unknown ``npv_unrented_cny`` is the NPV at no rent: more it cannot
        be. Where nobody knows whose the income is, ``npv_cny`` counts none of it and ``npv_high_cny`` all that could
        count (:func:`gis._pledges.if_all_counts`). ``return_low`` and ``return_high`` are the least and the most NPV
        per CNY invested, of the accounts behind ``npv_low_cny`` and ``npv_high_cny``, each over its own investment
        (NaN where that is 0 or unknown); where only the rent is unknown the high one is that at no rent.
        ``payback_counted_years`` is ``payback_years``, where no income may repay that of an account that counts all of
        it and no unknown rent: infinite where even that never pays back within the horizon, NaN where it is not known.
    cashflow
        One row per option and year, year 0 being the investment, of the accounts that are known: ``option`` (index
        label), ``year``, the fields of :class:`gis._account_lines.Year` (``revenue_cny``: what may repay),
        ``cumulative_cny``, ``discounted_cny`` (the net flow in money of year 0).
    facts
        What the accounts rest on beside prices, for :func:`npv_spread`.
    """

    table: pd.DataFrame
    cashflow: pd.DataFrame
    facts: Facts


def accounts(options: pd.DataFrame, model: Model, *, other_income: pd.DataFrame | None = None) -> Accounts:
    """Return the account of every option.

    ``net_t = repaying revenue_t + other income_t - opex_t - land rent_t - tax_t - reinstatement_t - capex_t``;
    ``NPV = sum(net_t / (1 + r)^t)`` at ``fin.discount_rate.project``, income at the end of each year, over the horizon:
    the years granted, no longer than the asset lives and ``fin.concession_default``. The low and high ends of the NPV
    are the least and the most of all ends of the parameters, of the number of units and of the discount rate. Stalls
    are let by the month to no more cars than lack one within the walk (:func:`gis._units.stalls_wanted`); to how many
    they must be let to break even is told all the same. Constant prices.
    Taxes: ``fin.tax.revenue_share`` of the income that counts, and ``fin.tax.profit_share`` of the profit
    (:func:`gis._account_lines.by_year`), losses carried forward ``fin.tax.loss_years``.

    Parameters
    ----------
    options
        ``action``, ``horizon_years`` (years granted, NaN where unknown), and what the action is counted in
        (:data:`UNIT_COLUMNS`; ``…_low`` and ``…_high`` where there are; NaN where unknown: so is the account then).
        ``near_night_gap``, with ends where there are: cars that lack a stall within the walk; NaN limits nothing.
        Renovation costs by household and earns by the stalls and piles it adds.
        Land: ``area_m2`` times ``land_rent_cny_m2_month`` where ``has_land``; a rent of NaN is unknown, not free: the
        account then has no net income, NPV or payback and reads 缺地租. ``clears_at_end``: whether the land must be
        cleared when its years end; where nobody says, land that is granted for fewer years than the asset lives.
        ``income_owner``: whose income it is, and so what share of it may repay (``fin.pledgeable.*``; the treasury's
        and nobody known's is 0 at either end); ``pledgeable_share`` with ``pledge_document`` where the option's own
        papers tell it. ``rent_terms``: on what terms a repaired heritage building is let (:data:`RENT_TERMS`), null
        where unknown: so is the income then; :data:`SITE_LET` of chargers on somebody else's lot, whose rent of the
        site (:data:`gis._recipes.SITE_RENT`) the account bears. ``reference_rent_cny_m2_month``, where given, takes the
        place of ``fin.rent.community_shop``. ``danger_grade``, where given, of the house: what it costs to strengthen
        one of grade C or D is in no price, and the note says so. Columns that are absent count as NaN, ``has_land``
        as false.
    model
        The model.
    other_income
        Entries of further income, as in :func:`gis.other_income.by_year`; none are assumed.

    Raises
    ------
    ModelError
        If an action has no account or a parameter is missing.
    AnalysisError
        If a size or a term is negative, or an entry of other income does not hold.
    """
    priced = {end: priced_units(options, model, end) for end in GAIN_ENDS}
    facts = Facts.of(options, of_action(priced["value"], "life_years", len(options)), model, other_income)
    yearly, charged = sized(priced["value"], options, ""), charges(options, Reader(model, "value"))
    account = _account(yearly, facts, charged)
    by_line = lines(account)
    worth = _worth(by_line["net_cny"], facts, model)
    table = _yearly_money(yearly, account, charged).assign(**worth, **_bands(options, priced, facts, model, worth))
    table = table.assign(npv_unrented_cny=_unrented(yearly, facts, charged, model))
    table = table.assign(payback_counted_years=_payback_counted(options, table, facts, model))
    table = table.join(_breakeven(options, priced["value"], facts, charged, model))
    table = table.join(funding(options, table, model))
    noted = with_notes(table, options, facts, charged, model)
    by_line["discounted_cny"] = discounted(by_line["net_cny"], model.value(RATE))
    return Accounts(noted, _long(options.index, by_line, facts.horizon_years), facts)


def account_of(
    options: pd.DataFrame, model: Model, *, other_income: pd.DataFrame | None = None
) -> tuple[Account, Facts]:
    """Return the accounts of options alone, and what they rest on beside prices: quick, for many prices in turn.

    Parameters are those of :func:`accounts`.
    """
    units = priced_units(options, model, "value")
    facts = Facts.of(options, of_action(units, "life_years", len(options)), model, other_income)
    return _account(sized(units, options, ""), facts, charges(options, Reader(model, "value"))), facts


def npv_spread(options: pd.DataFrame, found: Accounts, model: Model, seed: int) -> pd.DataFrame:
    """Return the percentiles of every option's NPV and the probability that it pays back: see :mod:`gis._monte_carlo`.

    Parameters
    ----------
    options, model
        As in :func:`accounts`.
    found
        What :func:`accounts` returned for them.
    seed
        Seed of the draws.
    """
    return _monte_carlo.spread(options, found.facts, model, seed)


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
    return lines(Account(capex, net, 0.0, 0.0, horizon))["net_cny"]


def _account(yearly: pd.DataFrame, facts: Facts, charged: Charges) -> Account:
    names = ("capex_cny", "revenue_cny_year", "opex_cny_year", "rent_cny_year", "free_years")
    *amounts, free = (yearly[name].to_numpy(dtype=float) for name in names)
    return facts.account(Amounts(*amounts), free, charged)


def _yearly_money(yearly: pd.DataFrame, account: Account, charged: Charges) -> pd.DataFrame:
    """Return what is put in and what a full year brings."""
    repaying, rent = np.asarray(account.revenue_cny_year), np.asarray(account.land_rent_cny_year)
    tax = yearly_tax(account)
    return yearly[["capex_cny", "revenue_cny_year", "opex_cny_year", "stalls_let", "taken_share"]].assign(
        pledgeable_share=charged.share,
        repaying_cny_year=repaying,
        land_rent_cny_year=rent,
        tax_cny_year=tax,
        reinstatement_cny=np.asarray(account.reinstatement_cny),
        net_cny_year=repaying - yearly["opex_cny_year"] - rent - tax,
        horizon_years=np.asarray(account.horizon_years),
    )


def _worth(net: Floats, facts: Facts, model: Model) -> dict[str, Floats]:
    """Return what the net flows are worth and when they pay back."""
    rate = model.value(RATE)
    return {
        "npv_cny": npv_cny(net, rate),
        **{name: npv_cny(net, fixed) for name, fixed in FIXED_RATES.items()},
        "irr": irr(net),
        "payback_years": payback_years(net, facts.horizon_years),
        "payback_discounted_years": payback_years(discounted(net, rate), facts.horizon_years),
    }


def _unrented(yearly: pd.DataFrame, facts: Facts, charged: Charges, model: Model) -> Floats:
    """Return what accounts would be worth at a rent of nothing, where nobody knows their rent; NaN for the others."""
    free = lines(_account(yearly, facts.without_unknown_rent(), charged))
    return np.where(np.isnan(facts.land_rent_cny_year), npv_cny(free["net_cny"], model.value(RATE)), np.nan)


def _payback_counted(options: pd.DataFrame, table: pd.DataFrame, facts: Facts, model: Model) -> Floats:
    """Return when accounts pay back, those that count no income as if all of it counted and no unknown rent did."""
    found: Floats = table["payback_years"].to_numpy(dtype=float, copy=True)
    rows = np.flatnonzero(table["pledgeable_share"] == 0)
    if rows.size:
        owned, best = if_all_counts(options.iloc[rows], model), facts.without_unknown_rent().at(rows)
        yearly = sized(priced_units(owned, model, "value"), owned, "")
        net = lines(_account(yearly, best, charges(owned, Reader(model, "value"))))["net_cny"]
        years = payback_years(net, best.horizon_years)
        found[rows] = np.where(np.isnan(years) & ~np.isnan(net).any(axis=1), np.inf, years)
    return found


def _breakeven(
    options: pd.DataFrame, priced: pd.DataFrame, facts: Facts, charged: Charges, model: Model
) -> pd.DataFrame:
    """Return how well used each asset must be to break even, and what that is measured by; null beyond full use.

    However many want to use it: where fewer do, the account beside it says so.
    """
    yearly = sized(priced.assign(wanted=np.nan), options, "")
    account = _account(yearly, facts, charged)
    scale = breakeven_scale(account, yearly["opex_varying_cny_year"].to_numpy(), model.value(RATE))
    used = of_action(priced, "used_share", len(options))
    share = np.where(np.isnan(used), scale, scale * used)
    share = np.where(~np.isnan(used) & (share > 1.0), np.nan, share)
    pairs = zip(options["action"], np.isnan(share), strict=True)
    words = [(None, None) if is_open else MEASURES.get(action, OF_INCOME) for action, is_open in pairs]
    named = pd.DataFrame(words, columns=["breakeven_of", "breakeven_of_en"], index=options.index, dtype=object)
    return named.assign(breakeven_utilisation=share)


def _bands(
    options: pd.DataFrame, priced: dict[End, pd.DataFrame], facts: Facts, model: Model, worth: dict[str, Floats]
) -> dict[str, Floats]:
    """Return the least and the most NPV, and NPV per CNY invested, over the ends of prices, units and discount rate.

    Where the land rent is not known, the accounts at no rent tell the most that the investment could return; where
    nobody knows whose the income is, those that count all that anybody's could (:func:`gis._pledges.if_all_counts`).
    To count more income is never worse, so the low ends are those of counting none.
    """
    free = facts.without_unknown_rent()
    npv, returned = _corners(options, priced, free, model)
    known, is_rented = ~np.isnan(npv).any(axis=0), ~np.isnan(facts.land_rent_cny_year)
    high, most = np.max([worth["npv_cny"], *npv], axis=0), np.fmax.reduce(returned)
    rows = np.flatnonzero(is_owner_open(options))
    if rows.size:
        owned = if_all_counts(options.iloc[rows], model)
        units = {end: priced_units(owned, model, end) for end in GAIN_ENDS}
        npv_owned, returned_owned = _corners(owned, units, free.at(rows), model)
        high[rows] = np.maximum(high[rows], np.max(npv_owned, axis=0))
        most[rows] = np.fmax(most[rows], np.fmax.reduce(returned_owned))
    return {
        "npv_low_cny": np.min([worth["npv_cny"], *npv], axis=0),
        "npv_high_cny": high,
        "return_low": np.where(known & is_rented, np.fmin.reduce(returned), np.nan),
        "return_high": np.where(known, most, np.nan),
    }


def _corners(
    options: pd.DataFrame, priced: dict[End, pd.DataFrame], facts: Facts, model: Model
) -> tuple[list[Floats], list[Floats]]:
    """Return the NPV, and the NPV per CNY invested, of every option at each end of prices, units and discount rate.

    All ends of all three are tried: more units and a lower rate are better for an account that pays and worse for one
    that does not, and more income is worse for one whose income repays nothing but costs to earn (so four corners of
    the parameters: :data:`gis._recipes.End`).
    """
    rates = (model.low(RATE), model.value(RATE), model.high(RATE))
    found: list[Floats] = []
    returned: list[Floats] = []
    for end, units in priced.items():
        charged = charges(options, Reader(model, end))
        for size in ENDS:
            account = _account(sized(units, options, size), facts, charged)
            each, capex = np.array(npvs(account, rates)), np.asarray(account.capex_cny)
            found.extend(each)
            returned.extend(np.divide(each, capex, out=np.full(each.shape, np.nan), where=capex > 0))
    return found, returned


def _long(options: pd.Index, by_line: dict[str, Floats], horizon: Floats) -> pd.DataFrame:
    """Return the lines as one row per option and year, up to each option's last year; no rows of unknown accounts."""
    years = by_line["net_cny"].shape[1]
    year = np.tile(np.arange(years), len(options))
    frame = pd.DataFrame({"option": np.repeat(options.to_numpy(), years), "year": year})
    frame = frame.assign(**{name: values.ravel() for name, values in by_line.items()})
    known = ~np.isnan(by_line["net_cny"]).any(axis=1)
    shown = (year <= np.repeat(np.ceil(horizon), years)) & np.repeat(known, years)
    return frame[shown].reset_index(drop=True)


__all__ = [
    "ACCOUNT_KEYS",
    "CONCESSION",
    "NO_TAXES",
    "RATE",
    "RECIPES",
    "RENT_TERMS",
    "UNIT_COLUMNS",
    "Account",
    "Accounts",
    "Taxes",
    "UnitEconomics",
    "account_of",
    "accounts",
    "cash_flow",
    "discounted",
    "irr",
    "keys_of",
    "lines",
    "npv_cny",
    "npv_spread",
    "payback_years",
    "unit_economics",
]
