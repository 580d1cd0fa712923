"""How the worth of members moves with prices: each account priced again at other parameters, all members together.

Funding shares, the discount rate and the years granted are choices, not uncertainties: the tornado moves them, the
draws do not.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from gis._account_facts import CONCESSION, DRAWN_KEYS, RATE, REVENUE_TAX
from gis._account_lines import npvs
from gis._monte_carlo import DRAWS, SIZE, drawn, drawn_accounts, read_keys
from gis._price_titles import price_title
from gis._returns import npv_cny
from gis._units import NIGHT_GAP, column
from gis.finance import account_of, lines
from gis.funding import PAID_COLUMNS, SPLIT_KEYS, funding

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from numpy.typing import ArrayLike, NDArray

    from gis._account_lines import Account
    from gis.model import Model

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]

FEE, COLLECTED, UPKEEP = "reno.property_fee_m2_month", "reno.property_fee_collection", "reno.upkeep_m2_month"
OF_CARE = {"property_fee_cny": (FEE, COLLECTED), "upkeep_cny": (UPKEEP,)}
"""Line of the care after renovation (长效管养) -> the parameters that it is a product of."""
CARE_KEYS = (FEE, COLLECTED, UPKEEP, REVENUE_TAX)
SIZES = ("stalls", "chargers", NIGHT_GAP)
OF_ACCOUNT = ("revenue_cny", "opex_cny", "land_rent_cny", "tax_cny", "reinstatement_cny")
CENT = 0.005


class Case(NamedTuple):
    """A parameter with its range, and how much more each member is worth at its low and its high end.

    Of a size (:data:`gis._monte_carlo.SIZE`) the range is each member's own.
    """

    key: str
    low: ArrayLike
    value: ArrayLike
    high: ArrayLike
    more_at_low_cny: Floats
    more_at_high_cny: Floats


@dataclass(frozen=True)
class Repriced:
    """Members at other prices than the model's, without the care after renovation, which is no part of an account.

    Parameters
    ----------
    rows
        ``opportunity_id`` -> row of the arrays.
    now_cny
        What each is worth to its operator at the prices of the model.
    cases
        One parameter after the other at its ends.
    draws_cny
        What each is worth in each draw of all prices, ``members x draws``; one draw is one for all members.
    care_draws
        The parameters of the care (:data:`CARE_KEYS`) in each draw.
    """

    rows: Mapping[str, int]
    now_cny: Floats
    cases: tuple[Case, ...]
    draws_cny: Floats
    care_draws: Mapping[str, Floats]

    def of(self, members: Iterable[str]) -> Ints:
        """Return the rows of those members that can be priced again."""
        return np.array([self.rows[name] for name in members if name in self.rows], dtype=np.intp)


def repriced(basis: pd.DataFrame, model: Model, seed: int = 0) -> Repriced:
    """Return the members of ``basis`` (rows of the table ``account_basis``) at other prices.

    To price all members of a run takes hardly longer than those of one bundle: do it once for many bundles.
    """
    told = {key: drawn(model, key, seed) for key in sorted({*read_keys(basis, model), *CARE_KEYS})}
    now = {key: np.array([model.value(key)]) for key in told}
    cases = [*_of_prices(basis, model), *_of_sizes(basis, model)]
    cases += _of_terms(basis, model, {case.key for case in cases})
    if (basis["action"] == "renovation").any():
        cases += _of_payers(basis, model)
    return Repriced(
        {str(name): row for row, name in enumerate(basis["opportunity_id"])},
        _worth(_unsized(basis), model, now, 0)[:, 0] if len(basis) else np.zeros(0),
        tuple(cases),
        _worth(basis, model, told, seed) if len(basis) else np.zeros((0, DRAWS)),
        {key: told[key] for key in CARE_KEYS},
    )


def operator_share(basis: pd.DataFrame, account: Account, model: Model) -> pd.DataFrame:
    """Return what share of each investment who pays (:data:`gis.funding.PAID_COLUMNS`); none where nobody knows."""
    money = pd.DataFrame(
        {"capex_cny": 1.0, "repaying_cny_year": np.asarray(account.revenue_cny_year)}, index=basis.index
    )
    return funding(basis, money, model)[list(PAID_COLUMNS)].fillna(0.0)


def operator_lines(basis: pd.DataFrame, model: Model) -> dict[str, Floats]:
    """Return the operator's lines of each member, ``members x (years + 1)``, at the prices of ``model``.

    Of the investment only what the operator pays, beside it what the others do; without the care after renovation.
    """
    account, _ = account_of(basis, model)
    found = lines(account)
    paid = operator_share(basis, account, model)
    told = {name: found["capex_cny"] * paid[name].to_numpy()[:, None] for name in PAID_COLUMNS}
    told["capex_cny"] = told.pop("funding_enterprise_cny")
    return told | {name: found[name] for name in OF_ACCOUNT}


def care_cny(care: Mapping[str, Floats], told: Mapping[str, ArrayLike], model: Model) -> Floats:
    """Return the NPV of the care after renovation at the ``told`` prices: fees less the tax on them, less upkeep.

    ``care``: its lines by year at the prices of the model, to which they are in proportion.
    """
    scale, tax = care_scales(told, model), np.asarray(told.get(REVENUE_TAX, model.value(REVENUE_TAX)))
    fee, upkeep = (float(npv_cny(care[name], model.value(RATE))[0]) * scale[name] for name in OF_CARE)
    return np.asarray(fee * (1.0 - tax) - upkeep)


def care_scales(told: Mapping[str, ArrayLike], model: Model) -> dict[str, Floats]:
    """Return how many times what they are at the prices of the model the lines of the care are at the ``told`` ones."""
    found = {}
    for name, keys in OF_CARE.items():
        now, then = float(np.prod([model.value(key) for key in keys])), np.ones(())
        for key in keys:
            then = then * np.asarray(told.get(key, model.value(key)))
        found[name] = then / now if now else np.ones_like(then)
    return found


def tornado(members: Repriced, rows: Ints, care: Mapping[str, Floats], net_cny: Floats, model: Model) -> pd.DataFrame:
    """Return what the NPV of a bundle becomes with each parameter at either end, the widest first.

    Parameters
    ----------
    members, rows
        Members of the bundle that can be priced again.
    care
        Lines of :data:`OF_CARE` of all its members, by year.
    net_cny
        Net flows of the whole bundle by year: what cannot be priced again stays as it is in them.
    model
        Parameters with their ranges; of those without a range nothing is told.
    """
    npv = float(npv_cny(net_cny, model.value(RATE))[0])
    at_rates = (float(npv_cny(net_cny, rate)[0]) - npv for rate in (model.low(RATE), model.high(RATE)))
    told = [(*_range(RATE, model), *at_rates), *_bars(members, rows, care, model)]
    found = pd.DataFrame(told, columns=["key", "low", "value", "high", "npv_low_cny", "npv_high_cny"])
    more = found[["npv_low_cny", "npv_high_cny"]]
    found[["npv_low_cny", "npv_high_cny"]] = npv + more
    found["swing_cny"] = (found["npv_high_cny"] - found["npv_low_cny"]).abs()
    found.insert(1, "title", [price_title(key).zh for key in found["key"]])
    found.insert(2, "title_en", [price_title(key).en for key in found["key"]])
    moved = found[(more.abs() > CENT).any(axis=1)]
    return moved.sort_values(["swing_cny", "key"], ascending=[False, True], kind="stable").reset_index(drop=True)


def npv_draws_cny(members: Repriced, rows: Ints, care: Mapping[str, Floats], npv: float, model: Model) -> Floats:
    """Return the NPV of a bundle in each draw, given its NPV at the prices of the model."""
    more = (members.draws_cny[rows] - members.now_cny[rows, None]).sum(axis=0)
    return np.asarray(npv + more + care_cny(care, members.care_draws, model) - care_cny(care, {}, model))


def with_value(model: Model, key: str, value: float) -> Model:
    """Return ``model`` with another value of one parameter; its range stays."""
    changed = {**model.parameters, key: replace(model.parameters[key], value=value)}
    return replace(model, parameters=MappingProxyType(changed))


Bar = tuple[str, float, float, float, float, float]


def _range(key: str, model: Model) -> tuple[str, float, float, float]:
    return key, model.low(key), model.value(key), model.high(key)


def _bars(members: Repriced, rows: Ints, care: Mapping[str, Floats], model: Model) -> Iterator[Bar]:
    """Yield the cases of one bundle, the care after renovation moved with the prices that it shares."""
    of_care = {key: _care_moves(care, key, model) for key in CARE_KEYS}
    for case in members.cases:
        low, high = (float(more[rows].sum()) for more in (case.more_at_low_cny, case.more_at_high_cny))
        if case.key.startswith(SIZE):
            ends = [float(np.nansum(np.asarray(end)[rows])) for end in (case.low, case.value, case.high)]
            # One car that lacks a stall is near many members: of the gap only the share of its value can be told.
            unit = max(ends[1], 1.0) if case.key == SIZE + NIGHT_GAP else 1.0
            yield case.key, ends[0] / unit, ends[1] / unit, ends[2] / unit, low, high
        else:
            care_low, care_high = of_care.pop(case.key, (0.0, 0.0))
            yield *_range(case.key, model), low + care_low, high + care_high
    for key, moves in of_care.items():
        yield *_range(key, model), *moves


def _care_moves(care: Mapping[str, Floats], key: str, model: Model) -> tuple[float, float]:
    now = care_cny(care, {}, model)
    return (
        float(care_cny(care, {key: model.low(key)}, model) - now),
        float(care_cny(care, {key: model.high(key)}, model) - now),
    )


def _worth(basis: pd.DataFrame, model: Model, told: Mapping[str, Floats], seed: int) -> Floats:
    """Return the NPV of each member to its operator at each of the ``told`` prices, ``members x draws``."""
    draws = len(next(iter(told.values())))
    value, facts = account_of(basis, model)
    others = 1.0 - operator_share(basis, value, model)["funding_enterprise_cny"].to_numpy()
    found = np.zeros((len(basis), draws))
    for rows, account in drawn_accounts(basis, facts, model, told, (seed, draws)):
        found[rows] = npvs(account, (model.value(RATE),))[0] + others[rows, None] * np.asarray(account.capex_cny)
    return found


def _unsized(basis: pd.DataFrame) -> pd.DataFrame:
    """Return ``basis`` without the ends of its sizes, so that draws leave them at their value."""
    return basis.drop(columns=[f"{name}_{end}" for name in SIZES for end in ("low", "high")], errors="ignore")


def _of_prices(basis: pd.DataFrame, model: Model) -> Iterator[Case]:
    """Yield the parameters that prices are made of: all in one pass, a column for each end."""
    every = read_keys(basis, model)
    keys = _ranged(every, model)
    columns = {key: np.full(2 * len(keys) + 1, model.value(key)) for key in every}
    for place, key in enumerate(keys):
        columns[key][2 * place + 1 : 2 * place + 3] = model.low(key), model.high(key)
    found = _worth(_unsized(basis), model, columns, 0) if len(basis) else np.zeros((0, 2 * len(keys) + 1))
    for place, key in enumerate(keys):
        low, high = (found[:, 2 * place + end] - found[:, 0] for end in (1, 2))
        if (np.abs(low) > CENT).any() or (np.abs(high) > CENT).any():
            yield Case(*_range(key, model), low, high)


def _of_terms(basis: pd.DataFrame, model: Model, known: set[str]) -> Iterator[Case]:
    """Yield what is no price: lives and the usual term, each priced with a model of its own."""
    base = _npv(basis, model)
    read = set(read_keys(basis, model)).difference(known, DRAWN_KEYS)
    for key in _ranged(sorted({*read, CONCESSION}), model):
        models = (with_value(model, key, end) for end in (model.low(key), model.high(key)))
        yield Case(*_range(key, model), *(_npv(basis, moved) - base for moved in models))


def _of_payers(basis: pd.DataFrame, model: Model) -> Iterator[Case]:
    """Yield who pays for renovation: what others pay more, the operator pays less, in year 0."""
    account, _ = account_of(basis, model)
    capex = np.asarray(account.capex_cny)

    def paid(of: Model) -> Floats:
        return np.asarray(capex * operator_share(basis, account, of)["funding_enterprise_cny"].to_numpy())

    for key in _ranged(SPLIT_KEYS, model):
        models = (with_value(model, key, end) for end in (model.low(key), model.high(key)))
        yield Case(*_range(key, model), *(paid(model) - paid(moved) for moved in models))


def _of_sizes(basis: pd.DataFrame, model: Model) -> Iterator[Case]:
    base = _npv(basis, model)
    for name in SIZES:
        count, low, high = (column(basis, name + end) for end in ("", "_low", "_high"))
        low, high = np.where(np.isnan(low), count, low), np.where(np.isnan(high), count, high)
        if (low < high).any():
            moved = (_npv(basis.assign(**{name: end}), model) - base for end in (low, high))
            yield Case(SIZE + name, low, count, high, *moved)


def _npv(basis: pd.DataFrame, model: Model) -> Floats:
    """Return what each account is worth to its operator."""
    account, _ = account_of(basis, model)
    others = 1.0 - operator_share(basis, account, model)["funding_enterprise_cny"].to_numpy()
    return np.asarray(npvs(account, (model.value(RATE),))[0] + others * np.asarray(account.capex_cny))


def _ranged(keys: Iterable[str], model: Model) -> list[str]:
    return [key for key in dict.fromkeys(keys) if model.low(key) < model.high(key)]
