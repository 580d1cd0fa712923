"""Members at the ends of the parameters' ranges: the operator's cash by year in scenarios a robust bundle must bear.

A two-level design, an ASSUMPTION of ours: in each scenario every uncertain parameter stands at one end of its range,
low or high, by chance and independently of the others. The second half of the scenarios mirrors the first, so each
parameter stands at each end equally often; the first scenario has every parameter at the end that is worse for all
members together, and its mirror at the better one. Of a parameter whose range lies mostly on one side of its value the
scenarios therefore do not average to the value: they ask what a bundle bears, not how likely it is (that is told by the
draws of :mod:`gis._bundle_sensitivity`).

All prices, taxes, shares that may repay, lives and powers that the accounts read are uncertain, and the sizes that have
two ends; who pays, the usual term and the discount rate are choices and stay, as the years granted do.
"""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np
import pandas as pd

from gis._account_facts import CONCESSION, RATE, REVENUE_TAX
from gis._account_lines import by_year
from gis._bundle_sensitivity import CARE_KEYS, OF_CARE, SIZES, care_scales, operator_share, with_value
from gis._monte_carlo import SIZE, drawn_accounts, read_keys
from gis._notes import Note
from gis._recipes import Reader
from gis._returns import npv_cny
from gis._unit_economics import terms_of
from gis._units import by_kind, column
from gis.finance import account_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from gis._account_lines import Account
    from gis._bundle_members import Candidates
    from gis.model import Model

    Floats = NDArray[np.float64]
    Ints = NDArray[np.intp]
    Levels = Mapping[str, NDArray[np.int8]]

SCENARIOS = 100
LOW, VALUE, HIGH = -1, 0, 1
"""Where a parameter stands in a scenario."""
CHOSEN = (CONCESSION, RATE)


def net_scenarios_cny(found: Candidates, basis: pd.DataFrame | None, model: Model, *, seed: int = 0) -> Floats | None:
    """Return the operator's net cash by year of each member in each scenario, ``members x SCENARIOS x (years + 1)``.

    A scenario is the same for all members: within it they can be added up. A member that cannot be priced again keeps
    its account in all of them (:func:`kept_note`); where none can, there are no scenarios.

    Parameters
    ----------
    found
        The members.
    basis
        The run's table ``account_basis``; ``None`` where it has none.
    model
        Of the run.
    seed
        Of the ends by chance.
    """
    rows, own = _priced_again(found, basis)
    if not rows.size:
        return None
    care = {name: found.lines[name][rows] for name in OF_CARE}
    keys = uncertain(own, model)
    alone = net_at_cny(own, care, model, _one_by_one(keys))
    worth = npv_cny(alone.sum(axis=0), model.value(RATE))
    worse = {key: LOW if low <= high else HIGH for key, low, high in zip(keys, worth[1::2], worth[2::2], strict=True)}
    net = np.repeat(found.net_cny[:, None, :], SCENARIOS, axis=1)
    # What cannot be priced again of an account (income that a district named) stays in it as it is.
    net[rows] += net_at_cny(own, care, model, two_levels(worse, seed)) - alone[:, :1]
    return net


def kept_note(found: Candidates, basis: pd.DataFrame | None) -> Note | None:
    """Return how many members cannot be priced again, so that no scenario moves them; ``None`` where all can."""
    count = len(found.table) - len(_priced_again(found, basis)[0])
    if not count:
        return None
    return Note(
        f"{count}个成员没有账目依据，不能按参数两端重算：各情景中均按原账目计",
        f"{count} members have no basis to price them again: they keep their account in all scenarios",
    )


def two_levels(worse: Mapping[str, int], seed: int) -> dict[str, NDArray[np.int8]]:
    """Return at which end every parameter stands in each scenario: :data:`LOW` or :data:`HIGH`.

    It depends on the parameter's key, its ``worse`` end (where it stands in the first scenario) and the seed alone.
    """
    found = {}
    for key, first in worse.items():
        random = np.random.default_rng([seed, crc32(key.encode())])
        half = np.where(random.random(SCENARIOS // 2) < 0.5, LOW, HIGH).astype(np.int8)
        half[0] = first
        found[key] = np.concatenate([half, -half])
    return found


def uncertain(basis: pd.DataFrame, model: Model) -> list[str]:
    """Return the parameters of a range that the accounts read, and the sizes that have two ends."""
    read = {*read_keys(basis, model), *CARE_KEYS}.difference(CHOSEN)
    ranged = [key for key in sorted(read) if model.low(key) < model.high(key)]
    return ranged + [SIZE + name for name in SIZES if _has_ends(basis, name)]


def net_at_cny(basis: pd.DataFrame, care: Mapping[str, Floats], model: Model, levels: Levels) -> Floats:
    """Return the operator's net cash by year with parameters at these levels, ``members x levels x (years + 1)``.

    With all of them at :data:`VALUE` it is that of the members (:attr:`gis._bundle_members.Candidates.net_cny`).

    Parameters
    ----------
    basis
        Rows of the table ``account_basis``.
    care
        Lines of :data:`gis._bundle_sensitivity.OF_CARE` of each, ``members x (years + 1)``, at the values.
    model
        Parameters with their ranges.
    levels
        :data:`LOW`, :data:`VALUE` or :data:`HIGH` of every parameter that moves, equally many of each.
    """
    count = len(next(iter(levels.values()))) if levels else 1
    told = _told(basis, model, levels, count)
    others = 1.0 - operator_share(basis, account_of(basis, model)[0], model)["funding_enterprise_cny"].to_numpy()
    scale, kept = care_scales(told, model), 1.0 - told[REVENUE_TAX]
    fee, upkeep = (care[name][:, None, :] * scale[name][:, None] for name in ("property_fee_cny", "upkeep_cny"))
    found = np.asarray(fee * kept[:, None] - upkeep)
    for rows, at, account in _accounts(basis, model, told, levels):
        net = np.stack([np.broadcast_to(year.net_cny, account.shape) for year in by_year(account)], axis=-1)
        # Its investment is the operator's only in part, the same part at whatever cost.
        net[..., 0] += others[rows, None] * np.asarray(account.capex_cny)
        found[rows[:, None], at, : net.shape[-1]] += net
    return found


def _priced_again(found: Candidates, basis: pd.DataFrame | None) -> tuple[Ints, pd.DataFrame]:
    """Return the rows of the members that have a basis, and the basis of each."""
    if basis is None or basis.empty:
        return np.zeros(0, dtype=np.intp), pd.DataFrame()
    place = pd.Index(basis["opportunity_id"]).get_indexer(found.table.index)
    rows = np.flatnonzero(place >= 0)
    return rows, basis.iloc[place[rows]].reset_index(drop=True)


def _has_ends(basis: pd.DataFrame, name: str) -> bool:
    count, low, high = (column(basis, name + end) for end in ("", "_low", "_high"))
    return bool((np.fmin(low, count) < np.fmax(high, count)).any())


def _one_by_one(keys: Sequence[str]) -> dict[str, NDArray[np.int8]]:
    """Return levels at which all stand at their values, then each in turn at its low and at its high end."""
    found = np.zeros((len(keys), 2 * len(keys) + 1), dtype=np.int8)
    for place, row in enumerate(found):
        row[2 * place + 1 : 2 * place + 3] = LOW, HIGH
    return dict(zip(keys, found, strict=True))


def _told(basis: pd.DataFrame, model: Model, levels: Levels, count: int) -> dict[str, Floats]:
    """Return what every parameter is at its levels; of a size the quantile: 0 at its low end, 1 at its high one."""
    keys = {*read_keys(basis, model), *CARE_KEYS}
    ends = {key: (model.low(key), model.value(key), model.high(key)) for key in keys}
    ends |= {SIZE + name: (0.0, 0.5, 1.0) for name in SIZES}
    at = {key: np.asarray(levels.get(key, np.zeros(count, dtype=np.int8))) for key in ends}
    return {key: np.asarray(told, dtype=float)[at[key] - LOW] for key, told in ends.items()}


def _accounts(
    basis: pd.DataFrame, model: Model, told: Mapping[str, Floats], levels: Levels
) -> Iterator[tuple[Ints, Ints, Account]]:
    """Yield accounts, those of one action and of levels that leave its lives alike together, with their places."""
    for (action, let), rows in by_kind(basis).items():
        own = basis.iloc[rows]
        for at, moved in _with_lives(model, (action, let), told, levels):
            facts = account_of(own, moved)[1]
            here = {key: values[at] for key, values in told.items()}
            for part, account in drawn_accounts(own, facts, moved, here, (0, at.size)):
                yield rows[part], at, account


def _with_lives(
    model: Model, of: tuple[str, str], told: Mapping[str, Floats], levels: Levels
) -> Iterator[tuple[Ints, Model]]:
    """Yield places of ``told`` with a model that has their lives and powers: these are no prices, and are not drawn."""
    read = Reader(model, "value", 0.0, of[1] or None)
    terms_of(read, of[0])
    lives = [key for key in read.fixed_keys if key in levels]
    count = len(told[REVENUE_TAX])
    each = np.stack([told[key] for key in lives], axis=1) if lives else np.zeros((count, 0))
    kinds, kind = np.unique(each, axis=0, return_inverse=True) if lives else (each[:1], np.zeros(count, dtype=np.intp))
    for number, values in enumerate(kinds):
        moved = reduce(lambda so_far, life: with_value(so_far, *life), zip(lives, values.tolist(), strict=True), model)
        yield np.flatnonzero(kind.ravel() == number), moved
