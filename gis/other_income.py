"""Further income of an asset as plain entries: advertising, parcel lockers, canteens, recycling, property service."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from gis._pledges import pledgeable_share
from gis._units import column
from layers.errors import AnalysisError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from gis.model import Model

    Floats = NDArray[np.float64]

COLUMNS = ("asset_id", "item", "income_cny_year", "cost_cny_year", "from_year", "to_year", "income_owner")
"""One entry of further income; ``action`` beside them where it comes with one action alone."""


def by_year(options: pd.DataFrame, entries: pd.DataFrame | None, model: Model, years: int) -> tuple[Floats, Floats]:
    """Return the further income of every option that may repay, and its cost, of full years.

    An entry stands in the account of every action on its asset (only one of them will be done), or of the one that its
    ``action`` names. No entry, no income: nothing is assumed.

    Parameters
    ----------
    options
        ``asset_id`` and ``action``.
    entries
        :data:`COLUMNS`: ``income_cny_year`` and ``cost_cny_year`` of a full year, in the years ``from_year`` to
        ``to_year`` of the account (1 is the first; null is from the first and to the last), whose income it is
        (:func:`gis._pledges.pledgeable_share` of it counts); ``None`` for no entries.
    model
        Holds the pledgeable shares.
    years
        How many years are looked at.

    Returns
    -------
    tuple of ndarray
        Income and cost, years x options, in CNY.

    Raises
    ------
    AnalysisError
        If a column is missing, an amount is unknown or negative, or an entry ends before it starts.
    """
    shape = (years, len(options))
    if entries is None or entries.empty:
        return np.zeros(shape), np.zeros(shape)
    _check(entries)
    told = entries.reset_index(drop=True).assign(
        income=column(entries, "income_cny_year") * pledgeable_share(entries, model.value),
        cost=column(entries, "cost_cny_year"),
        first=np.nan_to_num(column(entries, "from_year"), nan=1.0),
        last=np.nan_to_num(column(entries, "to_year"), nan=np.inf),
        only=entries["action"].array if "action" in entries else None,
    )
    asked = pd.DataFrame(
        {
            "asset_id": options["asset_id"].array if "asset_id" in options else None,
            "doing": options["action"].array,
            "row": np.arange(len(options)),
        }
    )
    held = asked.merge(told[["asset_id", "income", "cost", "first", "last", "only"]], on="asset_id")
    held = held[held["only"].isna() | (held["only"] == held["doing"])]
    year = np.arange(1, years + 1)[:, None]
    counts = (year >= held["first"].to_numpy()) & (year <= held["last"].to_numpy())
    income, cost = (
        _summed(held[name].to_numpy() * counts, held["row"].to_numpy(), shape) for name in ("income", "cost")
    )
    return income, cost


def _summed(amounts: Floats, row: NDArray[np.intp], shape: tuple[int, int]) -> Floats:
    """Return amounts (years x entries) added up by the option at ``row``."""
    found = np.zeros(shape)
    np.add.at(found.T, row, amounts.T)
    return found


def _check(entries: pd.DataFrame) -> None:
    absent = [name for name in COLUMNS if name not in entries]
    if absent:
        raise AnalysisError(
            f"other income lacks the columns {', '.join(absent)}",
            f"其他收入缺少列 {'、'.join(absent)}",
            hint=f"give {', '.join(COLUMNS)}",
            hint_zh=f"须有 {'、'.join(COLUMNS)}",
        )
    income, cost = column(entries, "income_cny_year"), column(entries, "cost_cny_year")
    first = np.nan_to_num(column(entries, "from_year"), nan=1.0)
    last = np.nan_to_num(column(entries, "to_year"), nan=np.inf)
    good = (income >= 0) & (cost >= 0) & (first >= 1) & (last >= first)
    if not good.all():
        bad = entries.iloc[int(np.argmin(good))]
        raise AnalysisError(
            f"other income {bad['item']!r} of {bad['asset_id']} does not hold: an amount or a year",
            f"资产 {bad['asset_id']} 的其他收入“{bad['item']}”金额或年序有误",
            hint="amounts must be 0 or more, years 1 or later and in order",
            hint_zh="金额须不小于 0，年序须从 1 起且先后有序",
        )
