"""What flows of money are worth: net present value, payback, internal rate of return."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]

HALVINGS = 80
"""Halvings of a bracket of width 1: beyond the last digit of a float."""
REAL = 1e-7
"""Imaginary part below which a root of a polynomial counts as real: two roots that meet are told this far apart."""


def npv_cny(flows: Floats, rate: float) -> Floats:
    """Return the net present value of each row of ``flows`` (years 0, 1, 2 …) at ``rate`` per year."""
    return np.asarray(discounted(flows, rate).sum(axis=-1))


def discounted(flows: Floats, rate: float) -> Floats:
    """Return the flows of years 0, 1, 2 … at what they are worth in year 0: ``flow_t / (1 + rate)^t``."""
    flows = np.atleast_2d(flows)
    return np.asarray(flows * (1.0 + rate) ** -np.arange(flows.shape[-1], dtype=float))


def payback_years(flows: Floats, horizon_years: ArrayLike) -> Floats:
    """Return the simple payback of each row of ``flows``: years until the sum of flows is no longer negative.

    Of :func:`discounted` flows it is the discounted payback.

    Parameters
    ----------
    flows
        Accounts x (years + 1), in CNY.
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


def irr(flows: Floats) -> Floats:
    """Return the internal rate of return of each row of ``flows``: the rate at which they are worth nothing.

    Rates of 0 and more come first: the one at which ``sum(flow_t / (1 + r)^t) = 0``. Where there is none, the one
    between -1 and 0. How many there are is told by Descartes' rule of signs, then by Norstrom's (flows whose running
    sum changes sign once, and does not end at 0, have one rate above 0), else by all roots of the polynomial; the one
    that is told is found by halving its bracket.

    Parameters
    ----------
    flows
        Accounts x (years + 1), in CNY.

    Returns
    -------
    ndarray
        Rate per year; NaN where there is none, or more than one, or where a flow is not known.
    """
    flows = np.atleast_2d(np.asarray(flows, dtype=float))
    found = np.full(len(flows), np.nan)
    scale = np.max(np.abs(flows), axis=1, initial=0.0)
    known = np.flatnonzero(np.isfinite(scale) & (scale > 0))
    unit = flows[known] / scale[known, None]
    above, below = _root_counts(unit)
    total = unit.sum(axis=1)
    exact = np.abs(total) <= np.finfo(float).eps * unit.shape[1]
    # In x = 1 / (1 + r): rates of 0 and more are x in (0, 1]; the flows told backwards hold the rest, y = 1 / x = 1 +
    # r.
    comes_over = _first_sign(unit) * total < 0, _first_sign(unit[:, ::-1]) * total < 0
    one_above = (above == 1) & ~exact & comes_over[0]
    one_below = (above == 0) & (below == 1) & ~exact & comes_over[1]
    found[known[one_above]] = 1.0 / _halved(unit[one_above]) - 1.0
    found[known[one_below]] = _halved(unit[one_below][:, ::-1]) - 1.0
    found[known[exact & (above <= 1)]] = 0.0
    return found


def _root_counts(flows: Floats) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Return how many rates of 0 and more, and how many between -1 and 0, make each row worth nothing."""
    total = flows.sum(axis=1)
    is_zero = np.abs(total) <= np.finfo(float).eps * flows.shape[1]
    signs = _sign_changes(flows)
    above, below = (np.zeros(len(flows), dtype=np.intp) for _ in range(2))
    # One change of sign: one rate; above 0 where the sum has come over to the side of the later flows.
    is_above = is_zero | (_first_sign(flows) * total < 0)
    above[(signs == 1) & is_above], below[(signs == 1) & ~is_above] = 1, 1
    is_norstrom = (signs > 1) & ~is_zero & (_sign_changes(np.cumsum(flows, axis=1)) == 1)
    above[is_norstrom] = 1
    for row in np.flatnonzero((signs > 1) & ~is_norstrom):
        above[row], below[row] = _roots_of(flows[row])
    return above, below


def _first_sign(flows: Floats) -> Floats:
    """Return the sign of the first value of each row that is not zero."""
    return np.sign(np.take_along_axis(flows, np.argmax(flows != 0, axis=1)[:, None], axis=1)[:, 0])


def _sign_changes(values: Floats) -> NDArray[np.intp]:
    """Return how often the values of each row change their sign, zeros left out."""
    sign = np.sign(values)
    # Carry the sign before a zero over it.
    held = np.maximum.accumulate(np.where(sign != 0, np.arange(values.shape[1]), 0), axis=1)
    carried = np.take_along_axis(sign, held, axis=1)
    return np.asarray(((carried[:, 1:] * carried[:, :-1]) < 0).sum(axis=1), dtype=np.intp)


def _roots_of(flows: Floats) -> tuple[int, int]:
    """Return how many real roots one row has at rates of 0 and more, and between -1 and 0."""
    roots = np.roots(flows[::-1])
    x = roots.real[(np.abs(roots.imag) <= REAL * np.maximum(np.abs(roots), 1.0)) & (roots.real > 0)]
    return int((x <= 1.0 + REAL).sum()), int((x > 1.0 + REAL).sum())


def _halved(coefficients: Floats) -> Floats:
    """Return the root in (0, 1) of each polynomial ``sum(c_t x^t)``, which changes sign once there."""
    low, high = np.zeros(len(coefficients)), np.ones(len(coefficients))
    end = np.sign(coefficients.sum(axis=1))
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        value = np.zeros_like(middle)
        for column in coefficients.T[::-1]:
            value = value * middle + column
        is_right = np.sign(value) == end
        low, high = np.where(is_right, low, middle), np.where(is_right, middle, high)
    return np.asarray((low + high) / 2)
