"""Chargers by how they are run: by the holder of the site, for a share of the income, or on a site that is let."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._account_facts import PROFIT_TAX, RATE, REVENUE_TAX, Amounts, charges
from gis._account_lines import NO_TAXES, Account, Taxes, lines, npvs
from gis._breakeven import breakeven_scale
from gis._recipes import MONTHS_PER_YEAR, SITE_LET, SITE_RENT, Reader
from gis._returns import irr, npv_cny, payback_years
from gis._unit_economics import unit_economics
from gis._units import UNIT_COLUMNS, column, texts

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from gis.finance import Accounts
    from gis.model import Model

    Floats = NDArray[np.float64]

UTILISATION = "ev.utilisation.dc"
UTILISATIONS = (0.03, 0.06, 0.10)
"""Utilisations at which a pile is looked at beside the model's own: the domain's 3, 6 and 10 %."""
USE_COLUMNS = tuple(f"npv_use_{used:.0%}_cny".replace("%", "pct") for used in UTILISATIONS)
SITE_SHARE = "charging.site_share"
MODE_COLUMNS = ("npv_self_run_cny", "npv_share_cny", "npv_site_rent_cny")
MODE_KEYS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {action: (SITE_SHARE, key) for action, key in SITE_RENT.items()}
)
"""Action -> the parameters that its three modes read beside its account."""


def site_income_cny_year(options: pd.DataFrame, revenue_cny_year: Floats, model: Model) -> dict[str, Floats]:
    """Return what the holder of each site gets in a full year where an operator builds and runs the chargers.

    Parameters
    ----------
    options
        ``action`` and the column that counts its units.
    revenue_cny_year
        Service fee of all units of each option.
    model
        Holds :data:`SITE_SHARE` and :data:`SITE_RENT`.

    Returns
    -------
    dict of ndarray
        ``share`` (分成): :data:`SITE_SHARE` of the fee; ``site_rent`` (场地租): :data:`SITE_RENT` of every unit,
        however much it is used. NaN for actions that charge nothing.
    """
    offered = {action: key for action, key in SITE_RENT.items() if (options["action"] == action).any()}
    rent = options["action"].map({action: model.value(key) for action, key in offered.items()}).to_numpy(dtype=float)
    units = column(options, UNIT_COLUMNS["pile"])
    share = np.where(np.isnan(rent), np.nan, model.value(SITE_SHARE) if offered else np.nan)
    return {"share": share * revenue_cny_year, "site_rent": rent * MONTHS_PER_YEAR * units}


def npv_by_mode(options: pd.DataFrame, found: Accounts, model: Model) -> pd.DataFrame:
    """Return the NPV of the holder of each charging site under the three modes.

    Self-run (自营): the account itself. For a share (分成) and let (场地租): the operator invests, runs the chargers
    and takes them away; the holder pays the land rent and the taxes on what it gets. Whose income it is counts as in
    the account. Where an operator runs chargers on somebody else's lot, the account is the operator's and bears the
    site rent; the other two modes would be the lot's holder's, and nobody knows whose that income is: null.

    Parameters
    ----------
    options, model
        As in :func:`gis.finance.accounts`.
    found
        What that returned for them.

    Returns
    -------
    DataFrame
        :data:`MODE_COLUMNS` at ``fin.discount_rate.project``; null for other actions and where the account is unknown,
        all but the first also where another than the holder of the site runs the chargers.
    """
    money, charged = found.table, charges(options, Reader(model, "value"))
    known = options["action"].isin(SITE_RENT).to_numpy() & money["npv_cny"].notna().to_numpy()
    is_anothers = (texts(options, "rent_terms") == SITE_LET).to_numpy()
    worth = {"npv_self_run_cny": money["npv_cny"].to_numpy()}
    for mode, income in site_income_cny_year(options, column(money, "revenue_cny_year"), model).items():
        account = Account(
            capex_cny=0.0,
            revenue_cny_year=np.where(charged.share > 0, income * charged.share, 0.0),
            opex_cny_year=0.0,
            land_rent_cny_year=found.facts.land_rent_cny_year,
            horizon_years=found.facts.horizon_years,
            taxes=charged.taxes,
        )
        worth[f"npv_{mode}_cny"] = np.where(is_anothers, np.nan, npvs(account, [model.value(RATE)])[0])
    return pd.DataFrame({name: np.where(known, worth[name], np.nan) for name in MODE_COLUMNS}, index=options.index)


def npv_by_use(options: pd.DataFrame, found: Accounts, model: Model) -> pd.DataFrame:
    """Return the NPV of car chargers were they used at each of :data:`UTILISATIONS`, all else as in their account.

    Parameters
    ----------
    options, model
        As in :func:`gis.finance.accounts`.
    found
        What that returned for them.

    Returns
    -------
    DataFrame
        :data:`USE_COLUMNS` at ``fin.discount_rate.project``; null for other actions, where the account is unknown, and
        where none of the income may repay: more use is then nothing but more running cost.
    """
    worth = np.full((len(options), len(UTILISATIONS)), np.nan)
    known = options["action"].eq("charging").to_numpy() & found.table["npv_cny"].notna().to_numpy()
    rows = np.flatnonzero(known & (column(found.table, "pledgeable_share") > 0))
    if rows.size:
        own, facts = options.iloc[rows], found.facts.at(rows)
        count = column(own, UNIT_COLUMNS["pile"])[:, None]
        piles = [unit_economics(model, "charging", told={UTILISATION: used}) for used in UTILISATIONS]
        capex, revenue, opex = (
            count * [getattr(pile, name) for pile in piles]
            for name in ("capex_cny", "revenue_cny_year", "opex_cny_year")
        )
        # What the account bears beyond the rent of the land itself is the rent of the site, however much it is used.
        rent = (column(found.table, "land_rent_cny_year")[rows] - facts.land_rent_cny_year)[:, None]
        account = facts.account(Amounts(capex, revenue, opex, rent), 0.0, charges(own, Reader(model, "value")))
        worth[rows] = npvs(account, [model.value(RATE)])[0]
    return pd.DataFrame(worth, columns=list(USE_COLUMNS), index=options.index)


def pile_by_utilisation(
    model: Model, utilisations: Sequence[float] = UTILISATIONS, *, taxes: Taxes = NO_TAXES
) -> pd.DataFrame:
    """Return the account of one pile over its life at several utilisations, before land rent.

    Parameters
    ----------
    model
        The model.
    utilisations
        Shares of the pile's rated energy.
    taxes
        None unless told; :func:`model_taxes` gives the model's.

    Returns
    -------
    DataFrame
        Index ``utilisation``: ``capex_cny``, ``revenue_cny_year``, ``opex_cny_year``, ``npv_cny``, ``irr``,
        ``payback_years``, and ``breakeven_utilisation``, which is the same at each of them.
    """
    piles = [unit_economics(model, "charging", told={UTILISATION: used}) for used in utilisations]
    names = ("capex_cny", "revenue_cny_year", "opex_cny_year", "opex_varying_cny_year", "life_years")
    told = pd.DataFrame([{name: getattr(pile, name) for name in names} for pile in piles])
    capex, revenue, opex, varying, life = (told[name].to_numpy(dtype=float) for name in names)
    account = Account(capex, revenue, opex, 0.0, life, taxes=taxes)
    net, rate = lines(account)["net_cny"], model.value(RATE)
    return (
        told[["capex_cny", "revenue_cny_year", "opex_cny_year"]]
        .assign(
            npv_cny=npv_cny(net, rate),
            irr=irr(net),
            payback_years=payback_years(net, life),
            breakeven_utilisation=breakeven_scale(account, varying, rate) * np.asarray(utilisations, dtype=float),
        )
        .set_index(pd.Index(utilisations, name="utilisation"))
    )


def model_taxes(model: Model) -> Taxes:
    """Return the taxes of the model."""
    return Taxes(model.value(REVENUE_TAX), model.value(PROFIT_TAX), int(model.value("fin.tax.loss_years")))
