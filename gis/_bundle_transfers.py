"""What bundles of one operator give each other (盈利反哺): how much, by whom, paid in the year in which each starts."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from gis._notes import Note

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd

    from gis._graph import Floats


ADVANCED = Note(
    "补入早于付出的年份由经营主体按折现率垫付（假定）",
    "in the years in which it is taken before others give it, the operator advances it at the rate of discount "
    "(ASSUMPTION)",
)


class Transfers(NamedTuple):
    """What each bundle takes and gives, in money of its start, and in how much money of the plan's year 0 it counts.

    ``taken_cny``, ``given_cny``: ``(bundles,)``, 0 or more. ``worth``: money of year 0 that one yuan of its start is.
    """

    taken_cny: Floats
    given_cny: Floats
    worth: Floats


def share_cny(
    npv_cny: Floats | Sequence[float], deepest_deficit_cny: Floats | Sequence[float], working_capital_cny: float
) -> Floats:
    """Return what each bundle can give the others, or lacks (below 0), in money of its start.

    It pays at its start: it has its NPV to give, and no more than its working capital leaves beside its deepest
    deficit (0 or more).
    """
    left = np.maximum(working_capital_cny - np.asarray(deepest_deficit_cny, dtype=float), 0.0)
    return np.asarray(np.minimum(np.asarray(npv_cny, dtype=float), left))


def transfers(
    npv_cny: Sequence[float],
    deepest_deficit_cny: Sequence[float],
    start_year: Sequence[int],
    *,
    rate: float,
    cap_cny: float,
    working_capital_cny: float = np.inf,
) -> Transfers:
    """Return what the bundles of a plan take and give.

    All is weighed in money of the plan's year 0 (the first budget year): a bundle that starts in year ``s`` and is
    worth ``v`` then counts ``v / (1 + rate)^s``. A bundle that falls short takes what it lacks, those that are worth
    more than nothing give in proportion to what they can (:func:`share_cny`), and it is paid in the year 0 of
    each one's own account.

    Parameters
    ----------
    npv_cny, deepest_deficit_cny
        Of each bundle, in money of its start; the deficit 0 or more.
    start_year
        Year of the plan in which each starts, 0 the first.
    rate
        Of discount.
    cap_cny, working_capital_cny
        What may be taken in all, in money of year 0; how far the cumulative cash of each may fall below 0.
    """
    worth = (1.0 + rate) ** -np.asarray(start_year, dtype=float)
    now = share_cny(npv_cny, deepest_deficit_cny, working_capital_cny) * worth
    short, over = np.maximum(-now, 0.0), np.maximum(now, 0.0)
    paid = min(float(short.sum()), float(over.sum()), cap_cny)
    taken, given = (side * (paid / side.sum() if side.sum() > 0 else 0.0) / worth for side in (short, over))
    return Transfers(taken, given, worth)


def advanced_cny(paid: Transfers, start_year: Sequence[int]) -> Floats:
    """Return how much more than was given is taken by the year in which each bundle starts, in money of year 0.

    Above 0 where one takes before another, which starts later, gives: the operator advances it at the rate of discount
    (ASSUMPTION: it may, beside the working capital of each bundle).
    """
    start, flow = np.asarray(start_year), (paid.taken_cny - paid.given_cny) * paid.worth
    return np.array([max(0.0, float(flow[start <= year].sum())) for year in start])


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
