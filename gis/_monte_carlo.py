"""The spread of every account's NPV when its parameters are drawn from their ranges.

Each parameter is as often above its value as below it, and the likelier the nearer to it: half of a triangle on each
side (:func:`two_sided`), so that the stated value is the median, as in the rank bands. Parameters are drawn
independently of one another (an ASSUMPTION: no source tells how they move together). One draw is one state of the
world: options that read the same parameter see the same draw of it, so that they can be compared, and their order
changes nothing. Sizes that have a low and a high end are drawn alike, by one quantile for all stalls, one for all piles
and one for all night gaps, beyond which no stall is let. What stays: lives and averages, the years granted, the land
rent, and the discount rate (a choice, not an uncertainty: the NPV at other rates stands beside).
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import pandas as pd

from gis._account_facts import DRAWN_KEYS, RATE, Amounts, charges
from gis._account_lines import npvs
from gis._recipes import Reader
from gis._unit_economics import keys_of, terms_of
from gis._units import LET_BY_MONTH, NIGHT_GAP, SHOP_RENT, UNIT_COLUMNS, by_kind, column, taken_share

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from numpy.typing import NDArray

    from gis._account_facts import Facts
    from gis._account_lines import Account
    from gis._recipes import Amount, Terms
    from gis.model import Model

    Floats = NDArray[np.float64]

DRAWS = 1_000
CELLS = 1 << 17
"""Options x draws that are worked on at a time: their arrays stay in the processor's cache."""
PERCENTILES = {"npv_p10_cny": 0.1, "npv_p50_cny": 0.5, "npv_p90_cny": 0.9}
PAYS_BACK = "pays_back_probability"
SIZE = "size."
"""Before the column that counts units or their takers, the key by which their number is drawn."""


def quantiles(key: str, seed: int, draws: int = DRAWS) -> Floats:
    """Return the quantiles at which ``key`` is drawn: one in each of ``draws`` equal parts of 0 to 1, in random order.

    They depend on the key and the seed alone. Drawn so (Latin hypercube), the mean and the percentiles of a result
    settle with far fewer draws than with plain random numbers.
    """
    random = np.random.default_rng([seed, crc32(key.encode())])
    return np.asarray((random.permutation(draws) + random.random(draws)) / draws)


def two_sided(quantile: Floats, low: Floats | float, value: Floats | float, high: Floats | float) -> Floats:
    """Return the quantiles of the distribution that has its median and its peak at ``value``.

    ``value - (value - low)(1 - sqrt(2 q))`` below the value, ``value + (high - value)(1 - sqrt(2 (1 - q)))`` above it:
    the density rises evenly from each end to the value. (A triangle from end to end would put the median between the
    value and the farther end, and a result outside its own band.)
    """
    below = np.subtract(value, low) * (1.0 - np.sqrt(2.0 * np.minimum(quantile, 0.5)))
    above = np.subtract(high, value) * (1.0 - np.sqrt(2.0 * np.minimum(1.0 - quantile, 0.5)))
    return np.asarray(value - below + above)


def drawn(model: Model, key: str, seed: int, draws: int = DRAWS) -> Floats:
    """Return the draws of one parameter."""
    return two_sided(quantiles(key, seed, draws), model.low(key), model.value(key), model.high(key))


def spread(options: pd.DataFrame, facts: Facts, model: Model, seed: int, draws: int = DRAWS) -> pd.DataFrame:
    """Return the percentiles of every option's NPV, and the probability that it pays back.

    Parameters
    ----------
    options, facts
        As in :func:`gis.finance.accounts`.
    model
        Parameters with their ranges.
    seed
        Seed of the draws.
    draws
        How many.

    Returns
    -------
    DataFrame
        Index of ``options``: ``npv_p10_cny``, ``npv_p50_cny``, ``npv_p90_cny`` (at ``fin.discount_rate.project``), and
        ``pays_back_probability``: the share of draws in which income makes up for all costs within the years granted.
        NaN where an account is not known.
    """
    names = [*PERCENTILES, PAYS_BACK]
    found = np.full((len(options), len(names)), np.nan)
    told = {key: drawn(model, key, seed, draws) for key in read_keys(options, model)}
    for rows, account in drawn_accounts(options, facts, model, told, (seed, draws)):
        npv, total = npvs(account, (model.value(RATE), 0.0))
        known = ~np.isnan(npv).any(axis=1)
        found[rows[known], :-1] = np.quantile(npv[known], list(PERCENTILES.values()), axis=1).T
        found[rows[known], -1] = (total[known] >= 0).mean(axis=1)
    return pd.DataFrame(found, columns=names, index=options.index)


def read_keys(options: pd.DataFrame, model: Model) -> list[str]:
    """Return the parameters that the accounts of ``options`` read and that are drawn, and those of no range."""
    keys = {key for action, let in by_kind(options) for key in keys_of(model, action, let or None)}
    return sorted({*keys, *DRAWN_KEYS})


def drawn_accounts(
    options: pd.DataFrame, facts: Facts, model: Model, told: Mapping[str, Floats], drawing: tuple[int, int]
) -> Iterator[tuple[NDArray[np.intp], Account]]:
    """Yield accounts at the ``told`` draws of their parameters, some rows at a time, all of one action and its terms.

    ``drawing``: the seed by which sizes are drawn that have a low and a high end, and the number of draws. ``told`` may
    have their quantiles instead, by :data:`SIZE` and the column.
    """
    read = Reader(model, "value", told=told)
    for (action, let), rows in by_kind(options).items():
        priced = [terms_of(Reader(model, "value", rent, let or None, told=told), action) for rent in (0.0, 1.0)]
        free = float(priced[0][0].free_years)
        for part in np.array_split(rows, -(-len(rows) * drawing[1] // CELLS)):
            own, of_part = options.iloc[part], facts.at(part)
            yield part, of_part.account(_amounts(own, priced, told, drawing), free, charges(own, read))


def _amounts(
    options: pd.DataFrame, priced: list[tuple[Terms, ...]], told: Mapping[str, Floats], drawing: tuple[int, int]
) -> Amounts:
    """Return the amounts of each option in each draw.

    Prices are linear in the rent of a shop; no more units earn than find a taker.
    """
    shop_rent = _shop_rent(options, told)
    is_let = options["action"].isin(LET_BY_MONTH).to_numpy()[:, None]
    wanted = np.where(is_let, _count(options, NIGHT_GAP, told, drawing), np.nan) if is_let.any() else np.nan
    capex, revenue, opex, rent = (np.zeros((len(options), drawing[1])) for _ in range(4))
    for none, one in zip(*priced, strict=True):
        count = _count(options, UNIT_COLUMNS[none.unit], told, drawing)
        earned = _at_rent(none.revenue, one.revenue, shop_rent) * count * taken_share(none.used, count, wanted)
        capex += none.capex * count
        revenue += earned
        opex += none.opex_fixed * count + (none.opex_share * earned if np.any(none.opex_share) else 0.0)
        rent += none.rent * count if np.any(none.rent) else 0.0
    return Amounts(capex, revenue, opex, rent)


def _at_rent(none: Amount, one: Amount, rent: Floats | None) -> Amount:
    return none if rent is None else none + (np.asarray(one) - np.asarray(none)) * rent


def _shop_rent(options: pd.DataFrame, told: Mapping[str, Floats]) -> Floats | None:
    """Return the rent of a shop for each option and draw: the one that is known for the place, else the drawn one."""
    if SHOP_RENT not in told:
        return None
    known = column(options, "reference_rent_cny_m2_month")[:, None]
    return np.where(np.isnan(known), told[SHOP_RENT][None, :], known)


def _count(options: pd.DataFrame, name: str, told: Mapping[str, Floats], drawing: tuple[int, int]) -> Floats:
    """Return how many units each option has in each draw (one column where their number is sure)."""
    count, low, high = (column(options, name + end) for end in ("", "_low", "_high"))
    low, high = np.fmin(low, count), np.fmax(high, count)
    if not (low < high).any():
        return count[:, None]
    quantile = told[SIZE + name] if SIZE + name in told else quantiles(SIZE + name, *drawing)
    return two_sided(quantile[None, :], *(end[:, None] for end in (low, count, high)))
