"""What bundles of one operator give each other (盈利反哺): how much, by whom, paid in the year in which each starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from gis._graph import Floats


class Transfers(NamedTuple):
    """What each bundle takes and gives, in money of its start, and in how much money of the plan's year 0 it counts.

    ``taken_cny``, ``given_cny``: ``(bundles,)``, 0 or more. ``worth``: money of year 0 that one yuan of its start is.
    """

    taken_cny: Floats
    given_cny: Floats
    worth: Floats


def transfers(npv_cny: Sequence[float], start_year: Sequence[int], *, rate: float, cap_cny: float) -> Transfers:
    """Return what the bundles of a plan take and give.

    All is weighed in money of the plan's year 0 (the first budget year): a bundle that starts in year ``s`` and is
    worth ``v`` then counts ``v / (1 + rate)^s``. A bundle that falls short takes what it lacks, those that are worth
    more than nothing give in proportion to what they are worth, and it is paid in the year 0 of each one's own account.

    Parameters
    ----------
    npv_cny
        Of each bundle, in money of its start.
    start_year
        Year of the plan in which each starts, 0 the first.
    rate
        Of discount.
    cap_cny
        What may be taken in all, in money of year 0.
    """
    worth = (1.0 + rate) ** -np.asarray(start_year, dtype=float)
    now = np.asarray(npv_cny, dtype=float) * worth
    short, over = np.maximum(-now, 0.0), np.maximum(now, 0.0)
    paid = min(float(short.sum()), float(over.sum()), cap_cny)
    taken, given = (side * (paid / side.sum() if side.sum() > 0 else 0.0) / worth for side in (short, over))
    return Transfers(taken, given, worth)


def with_transfers(by_year: pd.DataFrame, taken_cny: float, given_cny: float) -> pd.DataFrame:
    """Return the account of a bundle with what it takes and gives in its year 0, and what is left after that.

    ``after_cny`` is the net flow with them, ``after_cumulative_cny`` its sum so far, ``after_discounted_cny`` the same
    in money of the bundle's start: over all years it sums to what the bundle is worth after the transfers.
    """
    first = by_year.index == 0
    taken, given = np.where(first, taken_cny, 0.0), np.where(first, given_cny, 0.0)
    after = by_year["net_cny"] + taken - given
    return by_year.assign(
        transfer_in_cny=taken,
        transfer_out_cny=given,
        after_cny=after,
        after_cumulative_cny=after.cumsum(),
        after_discounted_cny=by_year["discounted_cny"] + taken - given,
    )
